/* Only for src/trial: a case under way. */
#ifndef TRIAL_TRIAL_OWN_H
#define TRIAL_TRIAL_OWN_H

#include "trial.h"

#include "manuscript/manuscript.h"

/* A case between its founding and its end. */
struct hearing {
    struct call *call;
    const struct rulebook *book;
    const struct rulebook_case *one;
    struct trial_bureau bureau;
    id64 pair;        /* the manuscript that goes with it; 0: none */
    id64 manuscript;  /* 0 if the case has none */
    id64 letter;      /* the newest that came in; 0: none */
    struct str shown; /* what the last act showed */
    struct str why;   /* why the case cannot go on; empty while it can */
    const char *what; /* … because this differs; NULL: for another reason */
    struct str wanted;
    struct str found;
};

/* scene.c: the manuscript of the case, at its step. */
MUST_CHECK enum status hearing_begin(struct hearing *hearing);

/* A draft of the call's actor, filled as the case says and may ask. */
MUST_CHECK enum status hearing_write(struct hearing *hearing, id64 column, id64 unit,
                                     struct str item_class);

/* act.c: one act of a sample person; answers as the act answered. */
MUST_CHECK enum status hearing_act(struct hearing *hearing, const struct case_act *act);

/* look.c: the acts that only look, and show something; ABSENT if *act* is none. */
bool hearing_looks(struct str act);
MUST_CHECK enum status hearing_look(struct hearing *hearing, const struct case_act *act);

/* keep.c: acts on the newest file of the archive; ABSENT if *act* is none. */
bool hearing_keeps(struct str act);
MUST_CHECK enum status hearing_keep(struct hearing *hearing, const struct case_act *act);

/* count.c: acts on the release catalogue and views; ABSENT if *act* is none. */
bool hearing_counts(struct str act);
MUST_CHECK enum status hearing_count(struct hearing *hearing, const struct case_act *act);

/* renewal.c: releases, days that pass, and what they mean for how often columns are
 * renewed; ABSENT if *act* is none. */
bool hearing_renews(struct str act);
MUST_CHECK enum status hearing_renew(struct hearing *hearing, const struct case_act *act);

/* assess.c: acts on assessments and notices; ABSENT if *act* is none. */
bool hearing_assesses(struct str act);
MUST_CHECK enum status hearing_assess(struct hearing *hearing,
                                      const struct case_act *act);

/* site.c: acts on the site itself and its columns; ABSENT if *act* is none. */
bool hearing_builds(struct str act);
MUST_CHECK enum status hearing_build(struct hearing *hearing, const struct case_act *act);

/* mail.c: acts on citizens' letters and mailboxes; ABSENT if *act* is none. */
bool hearing_mails(struct str act);
MUST_CHECK enum status hearing_mail(struct hearing *hearing, const struct case_act *act);

/* matter.c: acts on matters; ABSENT if *act* is none. */
bool hearing_asks(struct str act);
MUST_CHECK enum status hearing_ask(struct hearing *hearing, const struct case_act *act);

/* operate.c: acts on accounts and on what the machine owes; ABSENT if *act* is none. */
bool hearing_operates(struct str act);
MUST_CHECK enum status hearing_operate(struct hearing *hearing,
                                       const struct case_act *act);

/* standing.c: looks that are not at the text of the case. */
MUST_CHECK enum status look_standings(struct hearing *hearing,
                                      const struct case_act *act);
MUST_CHECK enum status look_duties(struct hearing *hearing, const struct case_act *act);
MUST_CHECK enum status look_staff(struct hearing *hearing, const struct case_act *act);
MUST_CHECK enum status look_uninterpreted(struct hearing *hearing,
                                          const struct case_act *act);

/* A sample person: a role's holder, "author", "stranger" (another unit's liaison) or
 * "machine". */
MUST_CHECK enum status hearing_person(struct hearing *hearing, struct str name,
                                      id64 *out_person);

/* Somebody new of that name, without a post. */
MUST_CHECK enum status hearing_new_person(struct hearing *hearing, const char *name,
                                          id64 *out_person);

/* The number that an answer to *question* gives, else *otherwise*. */
int64_t hearing_number(const struct case_act *act, const char *question,
                       int64_t otherwise);

/* *good* with the case's own answers put in; an empty one takes the answer away. */
size_t hearing_answers(struct hearing *hearing, const struct case_act *act,
                       struct answer *good, size_t count, struct answer **out_answers);

#endif
