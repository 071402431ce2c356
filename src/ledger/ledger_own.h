/* Only for src/ledger. */
#ifndef LEDGER_LEDGER_OWN_H
#define LEDGER_LEDGER_OWN_H

#include "ledger.h"

#include "ledger_sql.h"
#include "store/store.h"

/* Of the canonical bytes; a change of their form is a new number, and the old form
 * stays readable for ever. */
#define LEDGER_VERSION 1

/* An entry with what only the chain itself needs: the texts are those that stand in
 * the database and were hashed, whatever somebody may have put there. */
struct ledger_link {
    struct ledger_entry entry;
    int64_t version;
    int64_t door;
    int64_t outcome;
    struct str subject_kind;
    struct str digest;
    struct str payload_digest;
    struct str previous;
    struct str hash;
    struct bytes salt;
    int64_t erased_by;
};

/* The digest of a payload with its salt, and of an entry with all its fields but
 * the hash. */
struct digest ledger_payload_digest(enum digest_profile profile, struct bytes salt,
                                    struct str payload);
struct digest ledger_hash(enum digest_profile profile, const struct ledger_link *link);

/* The present row of a query for entries. */
void ledger_link_read(struct rows *rows, struct ledger_link *out_link);

/* As ledger_append, with an outcome. */
MUST_CHECK enum status ledger_extend(struct call *call, id64 group,
                                     const struct ledger_act *act,
                                     enum ledger_outcome outcome, int64_t *out_sequence);

#endif
