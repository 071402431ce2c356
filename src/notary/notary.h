/*
 * notary: what makes a ledger provable to somebody who trusts neither the program nor
 * whoever runs it.
 *
 * Over each chain stands the tree of RFC 6962: its leaves are the entries' hashes, so one
 * root stands for all that was ever written.  A *checkpoint* says how many entries there
 * are, their root and the instant, signed by a process of its own, the *signer*, which
 * remembers what it signed and signs only what continues it; no listener can read its
 * key.  Checkpoints are published and leave the machine each minute.  Whoever keeps one
 * can show later that the entries it covers were altered; whoever keeps a newer one, that
 * some were cut off.  Neither needs anything of ours running: notary_check, and a second
 * verifier in share/verify, read files.
 *
 * A checkpoint is plain text:
 *
 *   shenfa checkpoint 1
 *   chain 7
 *   size 184207
 *   root sm3:…
 *   head sm3:…
 *   at 1796173200000000
 *   <an empty line>
 *   — 4bf1c0d2a8e67735 SIGNATURE
 *
 * SIGNATURE is hexadecimal, over every byte before the empty line; before it the first
 * 16 digits of the SHA-256 of the public key's text.  Several may follow one another in
 * one file.
 */
#ifndef NOTARY_NOTARY_H
#define NOTARY_NOTARY_H

#include "base/base.h"
#include "keys/keys.h"
#include "ledger/ledger.h"

/* ---- the tree ---- */

#define NOTARY_LEVELS 63

/* A tree that grows: its full subtrees, the smallest first. */
struct notary_tree {
    enum digest_profile profile;
    int64_t size;
    struct digest peaks[NOTARY_LEVELS];
};

void notary_tree_begin(struct notary_tree *tree, enum digest_profile profile);
void notary_tree_add(struct notary_tree *tree, const struct digest *hash);
struct digest notary_tree_root(const struct notary_tree *tree);

struct notary_path {
    struct digest at[2 * NOTARY_LEVELS];
    size_t count;
};

/* Gives the entries' hashes one after the other, from the first. */
typedef enum status (*notary_leaves)(void *from, struct digest *out_hash);

/* The path from the leaf at *place* (from 0) to the root of the first *size* leaves; and
 * the one that shows the first *older* leaves to be the beginning of *size*.  All *size*
 * leaves are read. */
MUST_CHECK enum status notary_path_to(enum digest_profile profile, notary_leaves leaves,
                                      void *from, int64_t place, int64_t size,
                                      struct notary_path *out_path,
                                      struct digest *out_root);
MUST_CHECK enum status notary_path_between(enum digest_profile profile,
                                           notary_leaves leaves, void *from,
                                           int64_t older, int64_t size,
                                           struct notary_path *out_path,
                                           struct digest *out_root);

bool notary_path_includes(const struct notary_path *path, const struct digest *hash,
                          int64_t place, int64_t size, const struct digest *root);
bool notary_path_grows(const struct notary_path *path, int64_t older, int64_t size,
                       const struct digest *older_root, const struct digest *root);

/* ---- checkpoints ---- */

struct checkpoint {
    id64 chain;
    int64_t size;
    struct digest root;
    struct digest head; /* hash of the last entry; none if size is 0 */
    instant at;
    struct str body;   /* what is signed */
    struct str text;   /* all of it */
    struct str key_id; /* 16 hexadecimal digits */
    struct key_signature signature;
};

/* Make and sign; chain, size, root, head and at are given, the rest is filled in. */
MUST_CHECK enum status checkpoint_sign(struct arena *arena, const struct key_pair *pair,
                                       struct checkpoint *checkpoint);

/* Read the next one of *rest* and step behind it: ABSENT at the end, REFUSED if what
 * stands there is no checkpoint. */
MUST_CHECK enum status checkpoint_read(struct arena *arena, struct str *rest,
                                       struct checkpoint *out_checkpoint);

bool checkpoint_signed(const struct checkpoint *checkpoint, const struct key_public *key);
struct str checkpoint_key_id(struct arena *arena, const struct key_public *key);

/* ---- a chain of lines, as ledger_export writes them ---- */

/* Where the walk along a chain stands. */
struct notary_chain {
    id64 chain;
    enum digest_profile profile; /* 0 until the first line tells it */
    instant at;
    struct digest hash; /* of the last entry */
    struct notary_tree tree;
};

enum notary_fault {
    NOTARY_WHOLE = 0,
    NOTARY_FAULT_LINE,      /* it is no entry of a ledger */
    NOTARY_FAULT_ORDER,     /* another number, or an earlier instant, than must follow */
    NOTARY_FAULT_CHAIN,     /* it does not continue the entry before it */
    NOTARY_FAULT_ENTRY,     /* its fields are not those that were hashed */
    NOTARY_FAULT_PAYLOAD,   /* its payload is not the one that was recorded */
    NOTARY_FAULT_REWRITTEN, /* another history than the one of the checkpoint */
    NOTARY_FAULT_CUT,       /* it ends before the checkpoint does */
    NOTARY_FAULT_FORKED,    /* two checkpoints of one chain contradict each other */
    NOTARY_FAULT_SIGNATURE, /* the checkpoint is not signed by that key */
    NOTARY_FAULT_APPROVAL,  /* a decision or an order is not signed, or not as it says */
};
const char *notary_fault_name(enum notary_fault fault);

/* Check one line and go on to it; on a fault nothing is changed.  A chain that is
 * zeroed but for `chain` begins with its first entry. */
enum notary_fault notary_chain_add(struct arena *arena, struct notary_chain *chain,
                                   struct str line);

/* ---- offline ---- */

/* What an export is held against. */
struct notary_known {
    struct str checkpoints;       /* texts of checkpoints, or empty */
    const struct key_public *key; /* that must have signed them; NULL: not looked at */
    struct str registrar; /* keys, one a line, that must have certified those of people;
                             empty: the one that the export itself names first */
};

struct notary_verdict {
    enum notary_fault fault; /* the first one found */
    id64 chain;
    int64_t sequence; /* the entry at which it shows; of a rewriting, the last one that
                         the checkpoint covers */
    int64_t entries;  /* looked at */
    size_t chains;
    size_t checkpoints; /* held against them, each fitting */
    int64_t signatures; /* of people and of the house, each fitting; only in payloads */
};

/*
 * Go through the lines of an export (*next* gives each, ABSENT at the end) and the
 * checkpoints.  DONE whatever was found.  Needs no store.
 */
typedef enum status (*notary_next)(void *from, struct str *out_line);
MUST_CHECK enum status notary_check(struct arena *arena, notary_next next, void *from,
                                    const struct notary_known *known,
                                    struct notary_verdict *out_verdict);

/* ---- proofs ---- */

/*
 * A proof as one JSON object, against the newest checkpoint of the chain: that an entry
 * is in it, or that an older *size* is its beginning.  ABSENT if there is no checkpoint
 * that covers it yet.  The entry's payload is not in it.
 */
MUST_CHECK enum status notary_prove_entry(struct call *call, id64 group, int64_t sequence,
                                          struct str *out_proof);
MUST_CHECK enum status notary_prove_growth(struct call *call, id64 group, int64_t older,
                                           struct str *out_proof);

/* Check such a proof, offline.  *older* are texts of checkpoints held against a proof of
 * growth (NULL *key*: signatures are not looked at). */
MUST_CHECK enum status notary_check_proof(struct arena *arena, struct str proof,
                                          const struct notary_known *known,
                                          struct notary_verdict *out_verdict);

/* ---- the signer ---- */

struct signer_options {
    const char *directory;    /* its own, 0700: key and what it has signed */
    const char *socket;       /* NULL: DIRECTORY/socket */
    enum key_profile profile; /* of the key that the first start makes */
    int until;                /* a descriptor whose end of file ends it, or -1 */
    instant (*clock)(void);
};

/*
 * Be the signer until SIGTERM or the end of *until*.  It has no database and no network:
 * it is handed the entries as lines, checks each as a stranger would, remembers the tree
 * durably before it signs, and signs nothing that does not continue it.
 */
MUST_CHECK enum status notary_sign_for_all(const struct signer_options *options);

/* ---- taking and keeping checkpoints ---- */

enum notary_trouble {
    NOTARY_WELL = 0,
    NOTARY_NO_SIGNER,   /* it does not answer */
    NOTARY_ROLLED_BACK, /* the signer has signed more entries than there are */
    NOTARY_ALTERED,     /* the entries are not those that were signed, or not whole */
};
const char *notary_trouble_name(enum notary_trouble trouble);

/*
 * Have the signer at *socket* checkpoint every chain, keep the checkpoints in the store
 * and publish them below WORKSPACE/public/.well-known/shenfa/: checkpoint (the newest of
 * all chains), DAY.txt (the last of each day), key.  DONE whatever was the trouble; the
 * first one is told and kept for notary_state.
 */
MUST_CHECK enum status notary_take(struct call *call, const char *socket,
                                   enum notary_trouble *out_trouble);

/* At start, before anything is served: remove what a killed writer left beside them. */
void notary_tidy(struct call *call);

/* The file that the public reads at *path* ("/.well-known/shenfa/…"); ABSENT for any
 * other path.  It is plain text. */
MUST_CHECK enum status notary_locate(struct call *call, struct str path,
                                     struct str *out_file);

/* The newest checkpoints of all chains, as one text; ABSENT if there are none. */
MUST_CHECK enum status notary_newest(struct call *call, struct str *out_text);

/*
 * Carry the newest checkpoints off the machine: POSTed to the message hook, and dropped
 * as a file into the directory `checkpoints` of WORKSPACE/notice.conf.  *out_ways: how
 * many took them; 0 is DONE as well, and noted.
 */
MUST_CHECK enum status notary_send(struct call *call, size_t *out_ways);

/* What is amiss, the mildest first; the names in the ledger are those in brackets. */
enum notary_condition {
    NOTARY_SOUND = 0, /* [sound] */
    NOTARY_SILENT,    /* [silent] none was taken for five minutes */
    NOTARY_UNSENT,    /* [unsent] none left the machine for five minutes */
    NOTARY_STOPPED,   /* [stopped] for so long that nothing is decided any more */
    NOTARY_BACKWARD,  /* [rolled-back] */
    NOTARY_REWRITTEN, /* [altered] */
};
const char *notary_condition_name(enum notary_condition condition);

/* How the notary's work stands, for screens and for `shenfa status`. */
#define NOTARY_LATE (5 * INSTANT_MINUTE)
struct notary_state {
    instant taken_at; /* of the newest checkpoint; 0 if there is none */
    int64_t size;     /* entries of *group* it covers */
    instant sent_at;  /* when one last left the machine; 0 never */
    enum notary_trouble trouble;
    bool late;    /* none was taken for five minutes, or there is trouble */
    bool unsent;  /* none left the machine for five minutes */
    instant held; /* for how long none has left although one should: a place is named, or
                     was, or the signer is in trouble */
    bool stopped; /* longer than house->unwitnessed_most */
    enum notary_condition told; /* what the administrators know of */
};
MUST_CHECK enum status notary_state(struct call *call, id64 group,
                                    struct notary_state *out_state);
enum notary_condition notary_condition_of(const struct notary_state *state);

/* Each minute: when the condition is another than before, enter it in the ledger
 * ("notary.watch") and, if something is amiss, tell the three administrators. */
MUST_CHECK enum status notary_watch(struct call *call);

/* REFUSED with "notary.stopped", which says what to do, while no checkpoint has left for
 * longer than house->unwitnessed_most.  Asked by whatever decides or makes public; what
 * takes away never asks. */
MUST_CHECK enum status notary_may_decide(struct call *call);

#endif
