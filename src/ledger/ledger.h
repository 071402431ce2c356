/*
 * ledger: the append-only, hash-chained record of every act.
 *
 * One chain per site group, and one for the house itself (people, accounts,
 * rulebooks, site groups).  An entry is appended in the transaction of the act
 * it records, as that transaction's last step: both are there or neither is.
 * Sequences have no gaps; order is the sequence, never the clock.  An entry is
 * never changed and never removed: the database refuses it by trigger (and on
 * PostgreSQL by right), and the chain shows it when somebody takes the triggers
 * away.  What follows an act is driven by its entry: a reader tails the chain
 * from a durable cursor.
 *
 * The chain holds salted digests of payloads; the payloads stand beside it, so
 * that a rule of retention can erase one without breaking the chain.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/base.h"

struct json_t;

/* The chain of the house: everything that belongs to no one site group. */
#define LEDGER_HOUSE ((id64)1)

/* What an act was about.  The names in the database are those without SUBJECT_, in
 * lower case: "manuscript", "rulebook", … */
enum subject_kind {
    SUBJECT_NONE = 0,
    SUBJECT_MANUSCRIPT,
    SUBJECT_RULEBOOK,
    SUBJECT_COLUMN,
    SUBJECT_SITE,
    SUBJECT_GROUP,
    SUBJECT_PERSON,
    SUBJECT_UNIT,
    SUBJECT_POST,
    SUBJECT_ACCOUNT,
    SUBJECT_SESSION,
    SUBJECT_LEXICON,
    SUBJECT_RELEASE,
    SUBJECT_FORM,
    SUBJECT_NOTICE,
    SUBJECT_JOB,
    SUBJECT_WORKSPACE,
    SUBJECT_ENTRY,      /* another entry of the same chain, by its sequence */
    SUBJECT_ARCHIVE,    /* a file that is kept, a loan of one, a list for destruction */
    SUBJECT_CATALOGUE,  /* an entry of the release catalogue */
    SUBJECT_MATTER,     /* a matter on the way that its rule names */
    SUBJECT_LETTER,     /* of a citizen */
    SUBJECT_ASSESSMENT, /* the sheet of a period; a commendation or a criticism */
    SUBJECT_KINDS
};

struct subject {
    enum subject_kind kind;
    id64 id;
};

const char *subject_kind_name(enum subject_kind kind);

/* ABSENT if there is no kind of that name. */
MUST_CHECK enum status subject_kind_from_name(struct str name,
                                              enum subject_kind *out_kind);

enum ledger_outcome {
    LEDGER_DONE = 0,
    LEDGER_REFUSED = 1,
};

/*
 * One act to be recorded.  Actor, door, instant and idempotency key come from
 * the call.
 */
struct ledger_act {
    const char *act;        /* "review.decide": module, dot, verb */
    struct subject subject; /* what it was done to */
    struct digest digest;   /* of the revision it was bound to; zero if none */
    struct str payload;     /* made by ledger_payload; empty is "{}" */
    struct str rule;        /* the requirement ID it rests on, or empty */
    struct str post;        /* the post acted in, as people read it, or empty */
    bool follows;           /* a second entry of the same wish: it carries no key */
};

/*
 * *json* as an entry keeps it: keys sorted, no blanks, UTF-8.  Takes the
 * reference over (json_decref), so that a caller may write
 *   ledger_payload(call, json_pack("{s:s}", "verdict", "pass"))
 * NULL, which is what json_pack gives for bad input, ends the process: it is a
 * mistake of the program.
 */
struct str ledger_payload(struct call *call, struct json_t *json);

/*
 * Begin the chain of *group* with a digest profile.  REFUSED if it has begun.
 * Without this the first ledger_append begins the chain with SM3.
 */
MUST_CHECK enum status ledger_begin(struct call *call, id64 group,
                                    enum digest_profile profile);

/*
 * Append *act* to the chain of *group*, inside the act's open transaction, as
 * its last step (it holds the head's row until the commit).  *out_sequence* may
 * be NULL.  The entry's instant is call->now, or the previous entry's if the
 * clock stands before it.
 *
 * STALE with the refusal "ledger.repeated" if the actor has already had an act
 * recorded under call->key: the transaction must be rolled back, and
 * ledger_find_key tells what was done.
 */
MUST_CHECK enum status ledger_append(struct call *call, id64 group,
                                     const struct ledger_act *act, int64_t *out_sequence);

/* ledger_append in a transaction of its own: for what a door alone does, an export. */
MUST_CHECK enum status ledger_note(struct call *call, id64 group,
                                   const struct ledger_act *act);

/*
 * Record that *act* was refused, in a transaction of its own: call it after that of
 * the act has ended.  The rule and the words come from call->refusal (the first) if
 * act->rule is empty; the payload becomes {"asked":…, "words":…}.
 *
 * Of one person at most 20 refusals a minute are written (of strangers, person
 * 0, together as many); the others are counted, and the next one written says
 * how many were ("withheld").  Refusals carry no idempotency key, so that the
 * wish can be repeated once the obstacle is gone.
 */
MUST_CHECK enum status ledger_refused(struct call *call, id64 group,
                                      const struct ledger_act *act);

/*
 * TRY for the end of an act: hands *status* back, and has refusals (DENIED, and
 * REFUSED unless it is about a form field to be mended) recorded first.  A failure to
 * record one is logged and does not hide the refusal. return ledger_settle(call, group,
 * &act, store_transact(…));
 */
MUST_CHECK enum status ledger_settle(struct call *call, id64 group,
                                     const struct ledger_act *act, enum status status);

/* An entry as it is read. */
struct ledger_entry {
    id64 group;
    int64_t sequence; /* 1, 2, 3 … */
    instant at;
    id64 person; /* 0: the machine itself, or a stranger */
    struct str post;
    enum door door;
    struct str act;
    struct subject subject;
    enum ledger_outcome outcome;
    struct digest digest;
    struct str payload; /* empty once erased */
    bool erased;
    struct str rule;
    struct str key;
    struct digest previous;
    struct digest hash;
};

/* A list in the call's arena. */
struct ledger_list {
    struct ledger_entry *at;
    size_t count;
};

/* What the actor already had done under *key*: the first such entry that was DONE.
 * ABSENT if nothing, or if *key* is empty. */
MUST_CHECK enum status ledger_find_key(struct call *call, id64 group, struct str key,
                                       struct ledger_entry *out_entry);

/* Which entries to read; zero and empty mean any. */
struct ledger_filter {
    struct subject subject;
    id64 person;
    struct str act; /* exactly this act; or all of a module, by "review." */
    instant from;   /* at or after */
    instant until;  /* before; 0 is no end */
    int64_t before; /* sequence below this one: the next page */
    int limit;      /* 50 if 0, at most 500 */
};

/* Entries of *group*, newest first. */
MUST_CHECK enum status ledger_read(struct call *call, id64 group,
                                   const struct ledger_filter *filter,
                                   struct ledger_list *out_list);

/* 经过: everything that was done to *subject* in whichever chain, oldest first,
 * refusals left out; at most the newest 1,000. */
MUST_CHECK enum status ledger_history(struct call *call, struct subject subject,
                                      struct ledger_list *out_list);

/* One entry; ABSENT if there is none. */
MUST_CHECK enum status ledger_entry_find(struct call *call, id64 group, int64_t sequence,
                                         struct ledger_entry *out_entry);

/* How often each rule was applied, and how often it said no, in [from, until). */
struct ledger_rule {
    struct str rule; /* requirement ID */
    int64_t done;
    int64_t refused;
};
struct ledger_rules {
    struct ledger_rule *at;
    size_t count;
};
MUST_CHECK enum status ledger_rules(struct call *call, id64 group, instant from,
                                    instant until, struct ledger_rules *out_rules);

/* All chains there are, by group. */
struct ledger_groups {
    id64 *at;
    size_t count;
};
MUST_CHECK enum status ledger_groups(struct call *call, struct ledger_groups *out_groups);

/* Where a chain ends; what leaves the machine to prove later that history was
 * not rewritten.  sequence 0 if nothing was written yet. */
struct ledger_checkpoint {
    id64 group;
    int64_t sequence;
    struct digest hash;
};
MUST_CHECK enum status ledger_head(struct call *call, id64 group,
                                   struct ledger_checkpoint *out_head);

/* The same inside an act's transaction, held until it ends: what is appended next
 * continues exactly this. */
MUST_CHECK enum status ledger_head_hold(struct call *call, id64 group,
                                        struct ledger_checkpoint *out_head);

enum ledger_fault {
    LEDGER_WHOLE = 0,
    LEDGER_FAULT_MISSING,   /* a sequence that should be there is not: removed */
    LEDGER_FAULT_CHAIN,     /* does not continue its predecessor: inserted or swapped */
    LEDGER_FAULT_ENTRY,     /* its fields are not those that were hashed: altered */
    LEDGER_FAULT_PAYLOAD,   /* its payload is not the one that was recorded, or gone */
    LEDGER_FAULT_HEAD,      /* entries are missing at the end, or stand behind the head */
    LEDGER_FAULT_CHECKPOINT /* the chain is not the one the checkpoint was taken of */
};

/* "missing", "chain", … for words and JSON. */
const char *ledger_fault_name(enum ledger_fault fault);

struct ledger_report {
    id64 group;
    int64_t entries;         /* looked at */
    enum ledger_fault fault; /* LEDGER_WHOLE if none was found */
    int64_t bad;             /* sequence of the first bad entry; 0 if whole */
    struct ledger_checkpoint head;
};

/*
 * Go through the chain of *group* from its first entry, in constant memory and
 * in transactions of its own, so it sees what is committed.  *known* is a
 * checkpoint kept elsewhere, or NULL.  DONE whatever was found: the answer is in
 * the report, and the first fault ends the walk.  An entry that was rewritten
 * with a fresh hash shows at its successor, which no longer continues it.
 *
 * Without a checkpoint from outside it cannot find that somebody cut off the
 * end *and* wrote the head back, or wrote the whole chain anew.
 */
MUST_CHECK enum status ledger_verify(struct call *call, id64 group,
                                     const struct ledger_checkpoint *known,
                                     struct ledger_report *out_report);

/* As ledger_verify; after each page *watch* hears how many entries were looked at,
 * outside any transaction, and answers anything but DONE to stop with that. */
typedef enum status (*ledger_watcher)(void *watcher, int64_t entries);
MUST_CHECK enum status ledger_verify_watched(struct call *call, id64 group,
                                             const struct ledger_checkpoint *known,
                                             ledger_watcher watch, void *watcher,
                                             struct ledger_report *out_report);

/* One entry alone: its hash and its payload's digest made again, and whether it continues
 * the entry before it.  ABSENT if there is none. */
MUST_CHECK enum status ledger_verify_entry(struct call *call, id64 group,
                                           int64_t sequence,
                                           enum ledger_fault *out_fault);

/* A verification of a group's chain and that of the house, done by a worker. */
struct ledger_verification {
    id64 id;
    id64 asked_by;
    instant asked_at;
    int64_t done;     /* entries looked at */
    int64_t total;    /* entries when it was asked for */
    instant ended_at; /* 0 while it waits or runs */
    enum ledger_fault fault;
    id64 bad_group; /* of the first bad entry; 0 if none */
    int64_t bad;    /* its sequence */
};

/* Ask for one; the entry "ledger.verify" says who did.  DONE as well, and nothing new,
 * while one is under way. */
MUST_CHECK enum status ledger_verification_ask(struct call *call, id64 group);

/* The newest of the group; ABSENT if there was none. */
MUST_CHECK enum status
ledger_verification_last(struct call *call, id64 group,
                         struct ledger_verification *out_verification);

/* The job that carries it out, for the workers. */
struct job_handler;
const struct job_handler *ledger_handlers(size_t *out_count);

/*
 * The chain as JSON lines, oldest first, after sequence *after*; every field
 * that was hashed is there, so that a stranger can verify it; payloads and their
 * salts only if *payloads*.  *write* answers false to stop (FAILED).
 */
typedef bool (*ledger_writer)(void *to, struct str line);
MUST_CHECK enum status ledger_export(struct call *call, id64 group, int64_t after,
                                     bool payloads, ledger_writer write, void *to);

/* The same for at most *most* entries, in one view and without payloads; what it takes
 * lives in the call's arena. */
MUST_CHECK enum status ledger_export_some(struct call *call, id64 group, int64_t after,
                                          int64_t most, ledger_writer write, void *to);

/*
 * Erase the payload of one entry, which appends "ledger.erase" about it with
 * *reason*; inside a transaction.  DONE as well if it was erased before.
 */
MUST_CHECK enum status ledger_erase(struct call *call, id64 group, int64_t sequence,
                                    struct str rule, struct str reason);

/*
 * Reactions: read the cursor, tail, do, move the cursor.  store_wait tells a
 * follower that something was committed; it only saves waiting, the cursor is
 * what counts.
 */

/* Entries after sequence *after*, oldest first, at most *limit*. */
MUST_CHECK enum status ledger_tail(struct call *call, id64 group, int64_t after,
                                   int limit, struct ledger_list *out_list);

/* How far the reaction *name* has come in *group*; 0 at first. */
MUST_CHECK enum status ledger_cursor(struct call *call, const char *name, id64 group,
                                     int64_t *out_sequence);

/*
 * Move it, inside the transaction of what the reaction did, so that both happen
 * exactly once.  STALE if it does not stand at *from*: somebody else was first.
 */
MUST_CHECK enum status ledger_cursor_set(struct call *call, const char *name, id64 group,
                                         int64_t from, int64_t to);

#endif
