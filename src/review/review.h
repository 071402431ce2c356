/*
 * review: one subject's passage along the route that the rulebook lays down.
 *
 * A run begins when a text is submitted and keeps the rulebook version it began
 * with.  Each step waits for the people whom the rulebook names; each decision
 * is about exactly the digest they read, and a decision on any other is STALE.
 * What may happen next is answered by rulebook's transition function alone: this
 * stage gathers the facts, asks it, and writes what it answers, in one
 * transaction with the decision, the duties, the filing and the ledger entry.
 *
 * Two kinds of subject pass here: a manuscript, and a rulebook version.
 */
#ifndef REVIEW_REVIEW_H
#define REVIEW_REVIEW_H

#include "approval/approval.h"
#include "base/base.h"
#include "rulebook/rulebook.h"

struct run {
    id64 id;
    struct subject subject;
    id64 group;
    id64 site;
    id64 revision;        /* manuscript revision; 0 for other subjects */
    struct digest digest; /* what is decided on now */
    struct digest rulebook_digest;
    struct str route;
    struct str target; /* site code, or empty for the manuscript's own */
    struct str step;   /* code of the step waited at, or of the end state */
    struct str state;
    int round;
    int turn;  /* decisions so far */
    id64 unit; /* the drafting unit */
    id64 submitter;
    instant started_at;
    instant step_since;
    instant due;        /* of the present step, INSTANT_NEVER without */
    instant owed_until; /* it is public already, its review owed until then; 0 nothing */
    instant lapse_at;   /* when it is taken down if it is owed still; 0 never */
    bool replaced;      /* an answer put this route in the place of the class's */
    bool open;
};

/*
 * Submit a manuscript: its draft becomes a revision, screened before (outside
 * any transaction), and the run stands at the first step that waits for another
 * person.  *seen* is the draft version the submitter looked at; *declarations*
 * are the answers of the submission form (LZ-6.b).  One transaction holds the
 * run, the filing record (LZ-11.d), the duty and the entry.  REFUSED with the
 * article for a blocking finding, a missing field or declaration, a unit without
 * its named person, a column the unit may not send to; STALE if the draft has
 * moved on.  Submitting again after a return goes on with the same run in a new
 * round.  A repeated call->key answers with the run of the first.
 */
MUST_CHECK enum status review_submit(struct call *call, id64 manuscript, int seen,
                                     const struct answer *declarations, size_t count,
                                     struct run *out_run);

/* What a person decides, as a door hears it. */
struct verdict {
    id64 run;           /* 0: the subject's only open run */
    struct digest seen; /* the revision the person read */
    struct str step;    /* the step the form was made for */
    struct str outcome;
    struct str role; /* empty unless two posts of the person fit */
    bool bulk;       /* one of several items that are decided in one act */
    const struct answer *answers;
    size_t answer_count;
    struct str opinion;
    const struct digest *confirmed; /* attachments looked at, one by one */
    size_t confirmed_count;
    struct digest terms;
    /* A paper signature (LZ-13), else channel is empty or "system": */
    struct str channel;
    id64 signer;
    civil_day face_day;
    struct str paper_number;
    struct digest scan;
};

/*
 * Record one decision on the open run.  REFUSED or DENIED, citing the rule, if
 * the route, the hands or the answers do not allow it; STALE if the subject has
 * moved on from *seen*; a signed step needs actor.freshly_proven.  On anything
 * but DONE nothing has changed.  A repeated call->key answers what the first
 * did.
 */
MUST_CHECK enum status review_decide(struct call *call, struct subject subject,
                                     const struct verdict *verdict, struct run *out_run);

/*
 * Decide on several manuscripts in one act, where the rulebook allows it: each verdict is
 * carried out by itself, in a transaction and with a ledger entry of its own, and one
 * that is refused leaves the others as they are.  *out_results* says of each, in order,
 * what came of it.  FAILED only if the machine failed; what was done before that stays
 * done.
 */
#define REVIEW_TOGETHER_MOST 50
struct decided_item {
    id64 manuscript;
    enum status status;
    struct refusal *refusal; /* why not; NULL if it was done */
    struct run run;          /* as it stands now, if it was done */
};
MUST_CHECK enum status review_decide_all(struct call *call, const id64 *manuscripts,
                                         const struct verdict *verdicts, size_t count,
                                         struct decided_item **out_results);

/* The second person confirms a paper signature; then the run goes on. */
MUST_CHECK enum status review_confirm_face(struct call *call, struct subject subject,
                                           id64 decision, struct run *out_run);

/* The second person finds that what was entered is not what the paper says: it never
 * counts, the step stays open, and the reason is on record.  Who may is as above. */
MUST_CHECK enum status review_decline_face(struct call *call, struct subject subject,
                                           id64 decision, struct str reason);

/* The author takes a submitted manuscript back, until the first decision. */
MUST_CHECK enum status review_recall(struct call *call, id64 manuscript,
                                     struct str reason, struct run *out_run);

/* The subject's newest run; ABSENT if there was none. */
MUST_CHECK enum status review_run(struct call *call, struct subject subject,
                                  struct run *out_run);

/* All runs of a subject, newest first. */
MUST_CHECK enum status review_runs(struct call *call, struct subject subject,
                                   struct run **out_runs, size_t *out_count);

/* The same without asking who wants to know, for the house itself: never for what is
 * shown to a person. */
MUST_CHECK enum status review_runs_peek(struct call *call, struct subject subject,
                                        struct run **out_runs, size_t *out_count);

struct manuscript;

/* Does this text have to cite a request of the unit whose column it is for (its field
 * "request", the number of that unit's matter)?  review_submit refuses it without. */
MUST_CHECK enum status review_needs_request(struct call *call,
                                            const struct rulebook *book,
                                            const struct manuscript *manuscript,
                                            bool *out_needs);

/* The manuscript as rulebook's facts, for the route it would take now. */
MUST_CHECK enum status review_item_facts(struct call *call, id64 manuscript,
                                         const struct rulebook **out_rulebook,
                                         struct item_facts *out_facts);

/*
 * What the present step offers this actor, for showing the form or saying who has
 * it; the act asks everything again.  *run* 0 is the subject's open run.
 */
struct offer {
    struct run run;
    const struct rulebook *book;
    const struct route *route;
    struct position position;
    const struct step *step;
    bool may_decide;
    struct str role; /* the post it takes, and in which unit (0: of the body) */
    id64 unit;
    struct str holders;    /* who has it: names, or the post where it is vacant */
    struct cosignature {   /* of a step that several sign, in the order of the rulebook */
        struct text title; /* of the post */
        struct str holders;
        struct str signer; /* who has signed; empty while it is wanted */
    } signatures[RULEBOOK_SIGNERS_MOST];
    size_t signature_count; /* 0 where one person decides */
    bool may_release_first; /* the grant is this person's, and the case is there */
};
MUST_CHECK enum status review_offer(struct call *call, struct subject subject, id64 run,
                                    struct offer *out_offer);

/* Who signed, as forms and screens name him: 黄敏, and 黄敏（代陈立） if as a deputy. */
MUST_CHECK enum status review_signer(struct call *call, const struct decision *decision,
                                     struct str language, struct str *out_name);

/*
 * The gate: inside publication's write transaction, with the manuscript locked.
 * DONE, with the decisions it rests on, only if every decision the route demands
 * stands on exactly *seen* in the present round, each by a person then entitled,
 * at least one by somebody who wrote none of it.  *late_reason* is what the releaser
 * states where a deadline has passed (the text's own field counts too).  REFUSED names
 * the first one missing, its article, and who has it.
 */
struct clearance {
    struct run run;
    struct decision *decisions;
    size_t decision_count;
    const struct rulebook *book;
    const struct route *route;
    const struct past *pasts;      /* the decisions as the rulebook looks at them */
    struct moved moved;            /* what review_released writes */
    const struct passage *passage; /* for review_must_be_signed */
};
MUST_CHECK enum status review_clear_for_release(struct call *call, id64 manuscript,
                                                const struct digest *seen,
                                                struct str late_reason,
                                                struct clearance *out_clearance);

/*
 * Is every decision of a clearance what its signer signed, over the text, the column and
 * the route as they stand now?  REFUSED with REVIEW_NOT_SIGNED if not: {step}, {signer},
 * {what} is wrong as approval_check says it, {decision}.
 */
#define REVIEW_NOT_SIGNED "review.not-signed"
MUST_CHECK enum status review_must_be_signed(struct call *call,
                                             const struct clearance *clearance);

/* Go through every decision ever made and say which is the first that is not what was
 * signed; for the operator. */
MUST_CHECK enum status review_verify_signatures(struct call *call,
                                                struct signature_report *out_report);

/* The same for one subject, and its entries in the ledger with it. */
MUST_CHECK enum status review_verify_subject(struct call *call, struct subject subject,
                                             struct signature_report *out_report);

/*
 * The gate for what goes live before its review: inside publication's write transaction,
 * with the manuscript locked.  DONE only where an article of the rulebook grants it, in
 * an emergency, to this person, with every decision there that may not be owed.  Then
 * review_released with the same clearance notes until when the rest is owed.
 */
MUST_CHECK enum status review_clear_first(struct call *call, id64 manuscript,
                                          const struct digest *seen,
                                          struct clearance *out_clearance);

/* The manuscripts whose time for an owed review has run out, at most 100. */
MUST_CHECK enum status review_lapsed(struct call *call, id64 **out_manuscripts,
                                     size_t *out_count);

/* What went live before its review is taken down, in publication's transaction with the
 * manuscript locked; its review goes on.  Nothing happens if nothing is owed.  *lapsed*:
 * because its time has run out, REFUSED before; else because somebody took it down whom
 * publication let; *for_good*: then its review ends with it. */
MUST_CHECK enum status review_taken_down(struct call *call, id64 manuscript, bool lapsed,
                                         bool for_good);

/* The cleared text was released: the run ends, in publication's transaction, before
 * its ledger entry. */
MUST_CHECK enum status review_released(struct call *call,
                                       const struct clearance *clearance);

/*
 * Make the PDF of a form that a move opened (审查表, 审核单), outside any transaction,
 * from the decisions on record; made once, the same bytes ever after.  The jobs that do
 * so after each release are among review_handlers.
 */
struct form;
MUST_CHECK enum status review_make_form(struct call *call, id64 form,
                                        struct form *out_form);

/* The form of *subject* with that text in the series that the rulebook of *site* calls
 * *series*: each body's numbers run in a series of its own.  ABSENT if there is none. */
MUST_CHECK enum status review_form_of(struct call *call, id64 site, struct str series,
                                      struct subject subject, const struct digest *digest,
                                      struct form *out_form);
struct job_handler;
const struct job_handler *review_handlers(size_t *out_count);

/*
 * Open a matter (site_measure_matter, matter_open); where the rulebook names a route for
 * it, its run begins in the same act, handed in by who opened it.  It is decided on by
 * review_decide with {SUBJECT_MATTER, its id}, every decision bound to what stands there
 * (matter_digest); the last one is its answer.  Answers as matter_open does.
 */
struct matter;
struct matter_wish;
MUST_CHECK enum status review_open_matter(struct call *call, id64 group,
                                          const struct rulebook *book,
                                          const struct matter_wish *wish,
                                          struct matter *out_matter);

/* Propose a version of a rulebook for activation at *site*, to be in force *from* that
 * day's beginning or, with 0, as soon as it is approved; the run of its object route
 * begins.  REFUSED for a day that is past or further off than REVIEW_EFFECT_DAYS_MOST,
 * and with the shortest counter-example if the version, walked through every state
 * (rulebook_prove), lets something past or holds it for ever. */
MUST_CHECK enum status review_propose_rulebook(struct call *call, id64 site,
                                               const struct rulebook *rulebook,
                                               civil_day from, struct run *out_run);

/* The day that was chosen for it (0: none), and whether it is approved and waits for it.
 */
#define REVIEW_EFFECT_DAYS_MOST 366
struct effect {
    civil_day from;
    bool waits;
};
MUST_CHECK enum status review_effect(struct call *call, id64 run,
                                     struct effect *out_effect);

/* The subject under which a version passes, from its digest. */
id64 review_rulebook_subject(const struct rulebook *rulebook);

#endif
