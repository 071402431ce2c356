/*
 * Only for src/review: the facts that the transition function wants, and what is
 * written when it has answered.
 */
#ifndef REVIEW_REVIEW_OWN_H
#define REVIEW_REVIEW_OWN_H

#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "matter/matter.h"
#include "review/review.h"
#include "site/site.h"
#include "store/store.h"

/*
 * Everything about one run that a move needs, read inside the act's transaction.
 * For a manuscript that was never submitted the run is one that would begin.
 */
struct passage {
    struct run run;
    const struct rulebook *book;
    const struct route *route;
    struct site site;
    struct manuscript manuscript; /* zero for other subjects */
    struct revision revision;     /* the text decided on; zero for other subjects */
    struct matter matter;         /* zero for other subjects */
    civil_day from;               /* of a version: the day that was chosen, or 0 */
    struct item_facts item;
    enum lane lane;
    struct decision *decisions; /* that count in this round, by turn */
    size_t decision_count;
    struct past *pasts; /* the same, as the rulebook looks at them */
    struct position position;
    struct decision made[RULEBOOK_STEPS_MOST]; /* recorded in this act, to be signed */
    size_t made_count;
};

/* Read a run and its surroundings; *lock* for a write transaction. */
MUST_CHECK enum status passage_open(struct call *call, id64 run, bool lock,
                                    struct passage *out_passage);

/* The same for the house itself, which no permission asks: jobs, the archive. */
MUST_CHECK enum status passage_open_unasked(struct call *call, id64 run,
                                            struct passage *out_passage);

/* The same without decisions and position, which may be forged. */
MUST_CHECK enum status passage_around(struct call *call, id64 run,
                                      struct passage *out_passage);

/* All runs of a subject, newest first, without asking who wants to know. */
MUST_CHECK enum status runs_of(struct call *call, struct subject subject,
                               struct run **out_runs, size_t *out_count);

/* Which of the signatures of *step* is that of *role*; 0 where one person decides. */
uint8_t signer_with(const struct rulebook *book, const struct step *step,
                    struct str role);

/* Which signature of the present step a person gives: that of *role*, else the first that
 * is wanted and whose post the person holds. */
MUST_CHECK enum status signer_of(struct call *call, const struct passage *passage,
                                 id64 person, struct str role, uint8_t *out_signer);

/* The subject's one open run, or *run* if it is given; ABSENT if none is open. */
MUST_CHECK enum status passage_find(struct call *call, struct subject subject, id64 run,
                                    id64 *out_run);

/* The manuscript's facts for choosing a route, from *content*. */
MUST_CHECK enum status item_facts_of(struct call *call, const struct rulebook *book,
                                     const struct manuscript *manuscript,
                                     const struct content *content, struct str target,
                                     struct item_facts *out_item);

/* What a decision is about to be, beside the facts. */
struct wish {
    id64 person; /* the signer, who on paper is not the actor */
    struct digest seen;
    const struct answer *answers;
    size_t answer_count;
    const struct digest *confirmed;
    size_t confirmed_count;
    bool paper_complete;
};

/* The facts of move.h for *wish* on *passage*. */
MUST_CHECK enum status passage_facts(struct call *call, const struct passage *passage,
                                     const struct wish *wish,
                                     struct move_facts *out_facts);

/* A person's role bits as to the passage (the rulebook's scopes). */
MUST_CHECK enum status passage_roles(struct call *call, const struct passage *passage,
                                     id64 person, uint64_t *out_roles);

/* The unit in which a role of the book counts for this passage; 0 for the body. */
MUST_CHECK enum status passage_role_unit(struct call *call, const struct passage *passage,
                                         int role, id64 *out_unit);

/* Set the answers of a form into a move, in the order of step->asks; REFUSED with the
 * field for an answer that is none of the question's. */
MUST_CHECK enum status move_answers(struct call *call, const struct rulebook *book,
                                    const struct step *step, const struct answer *answers,
                                    size_t count, struct move *move);

/* Field refusals for a paper signature without signer, day, or scan or number; DENIED
 * if its enterer wrote any of the text (DESIGN: entered by a non-contributor). */
MUST_CHECK enum status paper_must_fit(struct call *call, const struct passage *passage,
                                      const struct verdict *verdict);

/* Did the person write any of the text that is decided on? */
MUST_CHECK enum status passage_wrote(struct call *call, const struct passage *passage,
                                     id64 person, bool *out_wrote);

/* Do the hands of the present step let this person decide? */
MUST_CHECK enum status hands_allow(struct call *call, const struct passage *passage,
                                   id64 person, bool *out_allowed);

/* Write what a move answered: the run, the manuscript's state, duties, filings,
 * archive, news.  The decision itself has been recorded. */
MUST_CHECK enum status passage_write(struct call *call, struct passage *passage,
                                     const struct moved *moved);

/* The act's entry, with the signatures of what it decided; takes *payload* over. */
MUST_CHECK enum status passage_note(struct call *call, const struct passage *passage,
                                    const struct ledger_act *act, struct json_t *payload);

/* REFUSED with REVIEW_NOT_SIGNED unless every decision that counts is what its signer
 * signed. */
MUST_CHECK enum status passage_must_be_signed(struct call *call,
                                              const struct passage *passage);

/* The own site's run, beside the one to the site above (BZ-14.b). */
MUST_CHECK enum status passage_spawn(struct call *call, const struct passage *passage,
                                     int target);

/* A text that reached its way's end as submitted goes to the site above, if that stands
 * on this installation. */
MUST_CHECK enum status passage_deliver(struct call *call, const struct passage *passage);

/* Begin a run at its route's first step; update one (STALE if it moved meanwhile). */
MUST_CHECK enum status run_begin(struct call *call, const struct rulebook *book,
                                 const struct route *route, struct run *run);
MUST_CHECK enum status run_update(struct call *call, struct passage *passage);

/* Everyone whose step lies on the route may know of the manuscript from now on. */
MUST_CHECK enum status passage_admit_readers(struct call *call,
                                             const struct rulebook *book,
                                             const struct route *route,
                                             const struct run *run);

/* matter.c: the last decision on a matter's way is its answer.  REFUSED if what stands
 * there is not what was decided on. */
MUST_CHECK enum status passage_conclude(struct call *call, const struct passage *passage,
                                        const struct moved *moved);

/* The present author's step, done by the actor with these declarations. */
MUST_CHECK enum status pass_authors_step(struct call *call, struct passage *passage,
                                         const struct answer *declarations, size_t count);

/* duty.c: the duties that a move opens, one for each signature that is wanted; and the
 * time of a review that is owed, from going live until its last decision. */
MUST_CHECK enum status passage_open_duties(struct call *call, struct passage *passage,
                                           const struct moved *moved);
void passage_owe_review(struct call *call, struct passage *passage,
                        const struct moved *moved);

/* The deadline of the present step as notice and the desk show it, and the one that ends
 * first (NULL: without limit). */
MUST_CHECK enum status passage_deadline(struct call *call, const struct passage *passage,
                                        const struct deadline *const *deadlines,
                                        struct calendar_deadline *out_deadline,
                                        const struct deadline **out_first);

/* Where a clock of the rulebook starts for this passage; 0 if that is not known. */
instant passage_clock_start(const struct passage *passage, enum clock_start start);

/* The job that makes a form's PDF; its subject is the form's id. */
#define REVIEW_FORM_JOB "review.form"

void review_read_run(struct rows *rows, struct run *out_run);

/* help.c: REFUSED, citing the rule, for a text in another unit's column without a request
 * of that unit. */
MUST_CHECK enum status check_request(struct call *call, const struct rulebook *book,
                                     const struct manuscript *manuscript);

/* weight.c: REFUSED, citing the rule, for a page heavier than the rulebook allows. */
MUST_CHECK enum status check_weight(struct call *call, const struct rulebook *book,
                                    const struct content *content);

/* effect.c: the day of a version, chosen when it is proposed; put in force, or waiting
 * for it, when it is approved; the job that puts it in force. */
#define REVIEW_VERSION_JOB "review.version"
struct job;
MUST_CHECK enum status effect_choose(struct call *call, id64 run, civil_day from);
MUST_CHECK enum status effect_begin(struct call *call, const struct passage *passage);
MUST_CHECK enum status do_version(struct call *call, struct job *job);

#endif
