/*
 * approval: what was decided, by whom, on exactly which bytes.
 *
 * A decision is an immutable record about one digest of one subject, whatever
 * the subject is: a revision of a manuscript, a version of a rulebook.  Nothing
 * changes it; a text that is edited has another digest, and a round that begins
 * anew has another number, so earlier decisions simply do not count for it.
 * Acts that need decisions ask for them inside their own transaction
 * (approval_set) and get what stands then.
 *
 * A decision is worth what was signed.  The act that records one has its *testimony*
 * signed, plain text with every byte that matters, and the signature stands beside the
 * decision and in the payload of the ledger's entry.  Whoever relies on a decision makes
 * the testimony again from what stands in the database, and asks for the same bytes: so
 * nothing of it can be altered, and a row that somebody wrote below the program is worth
 * nothing.
 */
#ifndef APPROVAL_APPROVAL_H
#define APPROVAL_APPROVAL_H

#include "base/base.h"
#include "ledger/ledger.h"

struct json_t;

/* One answer to a question of the step's checklist. */
struct answer {
    struct str question; /* code in the rulebook */
    struct str value;    /* "yes", "no", a choice's code, or text */
};

/* How the decision was given (LZ-13); the words are the rulebook's. */
#define DECISION_IN_SYSTEM "system"
#define DECISION_ON_PAPER  "face-sign"

struct decision {
    id64 id;
    struct subject subject;
    struct digest digest; /* the revision or version decided on */
    struct digest
        terms;       /* targets and time window it was given for; none if not yet set */
    id64 run;        /* the passage it belongs to */
    int round;       /* 1, and one more after every return */
    int turn;        /* its place among the run's decisions; 0 while a paper one
                        waits for its second person */
    struct str step; /* code in the rulebook */
    struct str outcome; /* code in the rulebook */
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
                                        struct decision **out_decisions,
                                        size_t *out_count);

/* A page of all decisions there are, by id; for those who go through them all. */
MUST_CHECK enum status approval_page(struct call *call, id64 after, int limit,
                                     struct decision **out_decisions, size_t *out_count);

/* ---- what is signed ---- */

/*
 * A testimony is lines of a name, a blank and a value, in a fixed order; in a value a
 * backslash is doubled and a new line is \\n:
 *
 *   shenfa approval 1
 *   act review.decide
 *   group 7
 *   subject manuscript 184…
 *   digest sm3:…               of the revision: title, body, fields, attachments
 *   …                          the lines of the act
 *   signer 184…
 *   at 1796173200000000
 *   proof password+code        how he proved himself: see struct people_signer
 *   after 811 sm3:…            the entry of the chain that the act's own continues
 *   key sm2:…
 *
 * The lines up to the act's last are its *body*.
 */
struct testimony {
    struct buffer text;
    const char *act;
    id64 group;
    struct subject subject;
};

void testimony_begin(struct call *call, const char *act, id64 group,
                     struct subject subject, const struct digest *digest,
                     struct testimony *out_testimony);
void testimony_add(struct testimony *testimony, const char *name, struct str value);
void testimony_add_int(struct testimony *testimony, const char *name, int64_t number);
void testimony_add_digest(struct testimony *testimony, const char *name,
                          const struct digest *digest);
void testimony_add_decision(struct call *call, struct testimony *testimony,
                            const struct decision *decision);

/* The value of a line as it stands there, or the empty string. */
struct str testimony_line(struct str text, const char *name);

/*
 * Sign *testimony* as the actor, inside the act's transaction, when nothing but its entry
 * is left to be written (it holds the chain's head): the signature is kept for *about*, a
 * decision, an order, and added to *list*, the array "signed" of the entry's payload.
 * About 0.5 ms.
 */
MUST_CHECK enum status approval_sign(struct call *call, struct testimony *testimony,
                                     id64 about, struct json_t *list);

/*
 * Is *testimony* what *signer* signed about it?  *personal*: with his own key, after
 * proving himself.  *out_wrong* is empty if so; else "missing", "key" (nobody's, or not
 * his), "signature" (not over these bytes), or the name of the first line that differs.
 */
struct signature {
    id64 about;
    struct str act;
    id64 signer;
    struct str key;
    struct str certificate;
    struct str statement;
    struct str signature;
    instant at;
};
MUST_CHECK enum status approval_check(struct call *call,
                                      const struct testimony *testimony, id64 about,
                                      id64 signer, bool personal, struct str *out_wrong);

/* What was signed about *about* in *act*; ABSENT if nothing. */
MUST_CHECK enum status approval_signature(struct call *call, id64 about, const char *act,
                                          struct signature *out_signature);

/* The last thing that was signed about *about*, whatever the act; ABSENT if nothing. */
MUST_CHECK enum status approval_signature_newest(struct call *call, id64 about,
                                                 struct signature *out_signature);

/*
 * Begin to sign, once in the life of a workspace, inside a transaction or in one of its
 * own: decisions of before are sealed as they stand, and "approval.begin" in the chain of
 * the house says how many there were.  DONE at once when it has begun.  FAILED if the
 * keys know that it had begun and the database does not: somebody has taken it away.
 */
MUST_CHECK enum status approval_begin(struct call *call);

/* When that was; 0 if it has not begun. */
MUST_CHECK enum status approval_begun_at(struct call *call, instant *out_at);

/* Is it a decision of before, and still as it was? */
MUST_CHECK enum status
approval_is_of_before(struct call *call, const struct decision *decision, bool *out_is);

/* Go through much, page by page: *step* is called with a call of its own, whose room is
 * given back behind each page, until it answers anything but DONE; ABSENT is the end. */
typedef enum status approval_step(struct call *call, void *what);
MUST_CHECK enum status approval_by_pages(struct call *call, approval_step *step,
                                         void *what);

/*
 * Go through a chain and hold what it says was signed against the signatures that are
 * kept, each way.  *out_wrong* is zero if they agree.
 */
struct signature_report {
    int64_t signatures; /* looked at */
    id64 about;         /* the first one that is wrong; 0: none */
    struct str act;
    struct str
        wrong; /* as approval_check says it, "entry": the chain has none, or another */
    int64_t sequence; /* of the chain's entry, 0 if it has none */
};
MUST_CHECK enum status approval_verify(struct call *call, id64 group,
                                       struct signature_report *out_report);

/* The same for the entries about one subject, in whichever chain; the signatures that
 * stand in none are not looked for. */
MUST_CHECK enum status approval_verify_about(struct call *call, struct subject subject,
                                             struct signature_report *out_report);

/* The answer a decision gave to *question*, or the empty string. */
struct str decision_answer(const struct decision *decision, const char *question);

#endif
