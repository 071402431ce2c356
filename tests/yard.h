/*
 * Only for tests: a bureau with people in every post, manuscripts in it, and
 * a witness who looks at whatever is live with nothing but the record in hand.
 */
#ifndef TRIAL_YARD_H
#define TRIAL_YARD_H

#include "manuscript/manuscript.h"
#include "publication/publication.h"
#include "trial/trial.h"
#include "trial_store.h"

#define YARD_PEOPLE 24

struct sandbox;

struct yard {
    struct call *call; /* a call of its own for each thread */
    const struct rulebook *book;
    struct trial_bureau bureau;
    id64 people[YARD_PEOPLE]; /* whoever holds a post of the rulebook, the writer first */
    size_t people_count;
};

/* Found it under the rulebook *code*; *sandbox* as for the whole program. */
void yard_open(struct trial_store *trial, struct sandbox *sandbox, const char *code,
               struct yard *out_yard);
void yard_close(struct trial_store *trial);

/* The same bureau through a further call, for another thread. */
struct yard yard_beside(const struct trial_store *trial, const struct yard *yard);
void yard_leave(struct yard *yard);

/* Who wishes from now on, with fresh credentials. */
void yard_become(struct yard *yard, id64 person);
id64 yard_holder(struct yard *yard, const char *role);

/* A manuscript of the writer's, a draft with every field. */
id64 yard_draft(struct yard *yard, const char *title);
/* A new body, saved by whoever wishes; as the act answers. */
enum status yard_write(struct yard *yard, id64 manuscript, const char *body);
/* Handed in by whoever wishes, with every declaration. */
enum status yard_submit(struct yard *yard, id64 manuscript);
/* The present step decided by whoever wishes, on *seen* (NULL: the present text). */
enum status yard_decide(struct yard *yard, id64 manuscript, const struct digest *seen,
                        const char *outcome);
/* Released by whoever wishes, at *when* (0: now). */
enum status yard_release(struct yard *yard, id64 manuscript, const struct digest *seen,
                         instant when);
/* A text of the writer's in the rulebook's first column that takes it, walked along its
 * route, released, and on disk. */
id64 yard_publish(struct yard *yard, const char *title, struct attachment *files,
                  size_t file_count);
/* Where its open run stands; false if there is none. */
bool yard_stands(struct yard *yard, id64 manuscript, struct run *out_run,
                 const struct step **out_step);

/*
 * Whether what is live of *manuscript* may be: every demanded step of the route of the
 * run that released it was approved on exactly the live digest, after the last return
 * that reached so far back, by a person who is not among those who wrote in it where the
 * route keeps writers out, one at least by nobody who wrote; and one release of it at
 * most is live in a column.  Says in words what is wrong and answers false.
 */
bool yard_is_lawful(struct yard *yard, id64 manuscript);

/* A number from the environment, for larger rounds. */
size_t yard_size(const char *name, size_t usual);

#endif
