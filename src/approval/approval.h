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
#define DECISION_IN_SYSTEM "system"
#define DECISION_ON_PAPER "face-sign"

struct decision {
    id64 id;
    struct subject subject;
    struct digest digest; /* the revision or version decided on */
    struct digest terms;  /* targets and time window it was given for; none if not yet set */
    id64 run;             /* the passage it belongs to */
    int round;            /* 1, and one more after every return */
    int turn;             /* its place among the run's decisions; 0 while a paper one
                             waits for its second person */
    struct str step;      /* code in the rulebook */
    struct str outcome;   /* code in the rulebook */
    struct answer *answers;
    size_t answer_count;
    struct str opinion;
    id64 person;     /* the signer */
    id64 stands_for; /* a deputy: the absent person in whose post; 0 the signer's own */
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
 * Record a decision inside the act's transaction, as the run's turn it names (0:
 * a paper signature that waits).  Id and instant are filled in.  STALE if that
 * turn is taken: two people pressed at once.  Whom a deputy stands for is found out here.
 */
MUST_CHECK enum status approval_record(struct call *call, struct decision *decision);

/* A second person confirms a paper signature (LZ-13): it counts from then on, as
 * *turn*.  STALE if it waits no longer, or for somebody else than its enterer. */
MUST_CHECK enum status approval_confirm(struct call *call, id64 decision, int turn);

/* The second person finds that what was entered is not what the paper says: it will never
 * count (turn 0 with confirmed_by set).  STALE as above. */
MUST_CHECK enum status approval_decline(struct call *call, id64 decision);

/* One decision; ABSENT if there is none. */
MUST_CHECK enum status approval_find(struct call *call, id64 decision,
                                     struct decision *out_decision);

/*
 * The decisions that count in *round* of *run*, in the order of their turns:
 * complete paper signatures among them, waiting ones not.
 */
MUST_CHECK enum status approval_set(struct call *call, id64 run, int round,
                                    struct decision **out_decisions, size_t *out_count);

/* Everything ever decided in a run, all rounds and digests, open paper
 * signatures too; for the route, the form and the archive. */
MUST_CHECK enum status approval_history(struct call *call, id64 run,
                                        struct decision **out_decisions, size_t *out_count);

/* The answer a decision gave to *question*, or the empty string. */
struct str decision_answer(const struct decision *decision, const char *question);

#endif
