/* Only for src/approval. */
#ifndef APPROVAL_APPROVAL_OWN_H
#define APPROVAL_APPROVAL_OWN_H

#include "approval.h"

#include "approval_sql.h"
#include "store/store.h"

/* The act under which decisions of before the signatures are kept. */
#define BEFORE "approval.before"

/* Answers as they are kept and signed: an object with its keys sorted. */
struct str answers_to_json(struct arena *arena, const struct decision *decision);

/* What follows a statement's body. */
struct testimony_end {
    id64 signer;
    instant at;
    struct str proof;
    struct str after; /* sequence, blank, hash */
    struct str key;
};
struct str testimony_end_text(struct call *call, const struct testimony_end *end);

void signature_read(struct rows *row, struct signature *out_signature);

#endif
