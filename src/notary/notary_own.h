/* Only for src/notary. */
#ifndef NOTARY_NOTARY_OWN_H
#define NOTARY_NOTARY_OWN_H

#include "notary.h"

#include "notary_sql.h"
#include "store/store.h"

#include <jansson.h>

/* ---- the signatures of people in an export ---- */

#define APPROVALS_CHAINS_MOST 1024

struct approvals {
    struct arena *arena;  /* what outlives a line */
    struct str registrar; /* its public key; empty until the export names it */
    bool begun;           /* acts that decide are signed from here on … */
    struct approvals_chain {
        id64 chain;
        int64_t sequence; /* … behind this entry */
    } chains[APPROVALS_CHAINS_MOST];
    size_t chain_count;
    int64_t signatures; /* looked at */
};

/* Is the line, whose own hashes fit, signed as it says and as it must be? */
bool approvals_fit(struct arena *arena, struct approvals *approvals,
                   const struct json_t *line);

/* A leaf of the tree, of an entry's hash. */
struct digest notary_leaf(const struct digest *hash);

#endif
