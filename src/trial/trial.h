/*
 * trial: a door for examples.  It speaks for sample persons, one after another,
 * through the same acts as every other door: a demonstration is filled by it, and the
 * cases beside a rulebook are run by it on a real store.
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include "base/base.h"
#include "people/people.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

/* The password of every sample account. */
#define TRIAL_PASSWORD "Shenfa-demo-2026"

/*
 * Found a bureau under *book* (site_found) and fill every post that the book knows with
 * a sample person, a department that writes among its units.  With *accounts* each
 * may sign in.  Ends the founding.
 */
struct trial_bureau {
    struct site site;
    struct people_unit department; /* 工业科 */
    id64 writer;                   /* its handler and liaison */
};
MUST_CHECK enum status trial_found(struct call *call, const struct rulebook *book,
                                   bool accounts, struct trial_bureau *out_bureau);

/* The same for several bodies on one installation, each under its own book; a person of
 * the samples works under all of them, one administrator for all. */
MUST_CHECK enum status trial_found_several(struct call *call,
                                           const struct rulebook *const *books,
                                           size_t count, bool accounts,
                                           struct trial_bureau *out_bureaus);

/* A new post of *role* in *unit*, and *person* in it. */
MUST_CHECK enum status trial_seat(struct call *call, const struct people_roles *roles,
                                  id64 unit, const char *role, const char *title,
                                  id64 person);

/* Hand a draft in as the call's actor, with every declaration that its route asks for. */
MUST_CHECK enum status trial_hand_in(struct call *call, id64 manuscript);

/*
 * Bring a manuscript along its route to *step* (a code of the route; empty: to the
 * release step), each step done by somebody who holds its post and may, with the
 * answers that let it pass.  The call's actor is the same afterwards as before.
 * REFUSED or DENIED, as the acts answer, when somebody's post is vacant.
 */
MUST_CHECK enum status trial_walk(struct call *call, id64 manuscript, struct str step);

/* The same, and then released by somebody who may. */
MUST_CHECK enum status trial_release(struct call *call, id64 manuscript);

/* One step of it: the present one, with *outcome* (empty: the approving one) and
 * *opinion*, by whoever may. */
MUST_CHECK enum status trial_step(struct call *call, id64 manuscript, struct str outcome,
                                  struct str opinion);

/* Agree to a matter, or not, as the call's actor: the present step of its route, or its
 * answer. */
struct matter;
MUST_CHECK enum status trial_answer_matter(struct call *call, const struct rulebook *book,
                                           const struct matter *matter, bool agreed,
                                           struct str words);

/* The answers that let *step* pass, in the order of its form. */
size_t trial_good_answers(struct call *call, const struct rulebook *book,
                          const struct step *step, struct answer **out_answers);

/* ---- cases ---- */

/*
 * Where cases are run.  *open* gives a call of the machine's operator in an empty
 * workspace with a store of its own, *shelf* in its house and its clock at *now*;
 * *close* takes all of it away again, save the shelf.
 */
struct trial_place {
    void *owner;
    struct call *(*open)(void *owner, struct shelf *shelf, instant now);
    void (*close)(void *owner, struct call *call);
};

struct trial_verdict {
    bool passed;
    struct str why; /* what was expected and what came instead */
    /* The same in parts where two values differ: "status", "article", "state", "step" or
     * "shown"; NULL where it is something else. */
    const char *what;
    struct str wanted;
    struct str found;
};

/*
 * Run *one* case of the rulebook at *path* by acts on a real store: found a bureau,
 * bring a manuscript to the step the case names, do its acts one after another, and
 * compare status, article, state, ledger, what is shown, what the public gets.  All
 * acts but the last must be DONE.  *without* leaves a requirement out, to see that the
 * case then fails.  FAILED only if the place fails.
 */
MUST_CHECK enum status trial_case(struct arena *arena, const struct trial_place *place,
                                  const char *path, struct str without,
                                  const struct rulebook_case *one,
                                  struct trial_verdict *out_verdict);

#endif
