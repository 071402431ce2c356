/*
 * approval: what was decided, by whom, on exactly which bytes.
 *
 * A decision is an immutable record about one digest of one subject, whatever
 * the subject is: a revision of a manuscript, a version of a rulebook.  Nothing
 * changes it; a text that is edited has another digest, and a round that begins
 * anew has another number, so earlier decisions simply do not count for it.
 * Acts that need decisions ask for them inside their own transaction
 * (approval_set) and get what stands then.
 */
#ifndef APPROVAL_APPROVAL_H
#define APPROVAL_APPROVAL_H

#include "base/base.h"
#include "ledger/ledger.h"

/* One answer to a question of the step's checklist. */
struct answer {
    struct str question; /* code in the rulebook */
    struct str value;    /* "yes", "no", a choice's code, or text */
};

/* How the decision was given (LZ-13); the words are the rulebook's. */
#define CHANNEL_SYSTEM "system"
#define CHANNEL_FACE "face-sign"

struct decision {
    id64 id;
    struct subject subject;
    struct digest digest; /* the revision or version decided on */
    struct digest terms;  /* targets and time window it was given for; none if not yet set */
    id64 run;             /* the passage it belongs to */
    int round;            /* 1, and one more after every return */
    struct str step;      /* code in the rulebook */
    struct str outcome;   /* code in the rulebook */
    struct answer *answers;
    size_t answer_count;
    struct str opinion;
    id64 person;     /* the signer */
    struct str role; /* in which post: role code … */
    id64 unit;       /* … and unit */
    bool by_contributor; /* the signer wrote part of this text */
    struct str channel;
    civil_day face_day;      /* face-sign: the day on the paper */
    struct str paper_number; /* face-sign: number of the sheet, or */
    struct digest scan;      /* face-sign: digest of its scan */
    id64 entered_by;         /* face-sign: who put it in, not a contributor */
    id64 confirmed_by;       /* face-sign: the second person; 0 while open */
    instant at;
};

/*
 * Record a decision inside the act's transaction.  Ids and the instant are
 * filled in.  STALE if this step of this round has been decided on this digest
 * already (two people pressed at once); nothing is then written.
 */
MUST_CHECK enum status approval_record(struct call *call, struct decision *decision);

/* A second person confirms a paper signature (LZ-13); from then on it counts. */
MUST_CHECK enum status approval_confirm(struct call *call, id64 decision);

/*
 * The decisions that count on *digest* in *round* of *run*, in the order they
 * were given: complete paper signatures among them, open ones not.
 */
MUST_CHECK enum status approval_set(struct call *call, id64 run, int round,
                                    const struct digest *digest,
                                    struct decision **out_decisions, size_t *out_count);

/* Everything ever decided in a run, all rounds and digests, open paper
 * signatures too; for the route, the form and the archive. */
MUST_CHECK enum status approval_history(struct call *call, id64 run,
                                        struct decision **out_decisions, size_t *out_count);

/* The answer a decision gave to *question*, or the empty string. */
struct str decision_answer(const struct decision *decision, const char *question);

#endif
