/*
 * Whoever owns the database: he writes below the program, whatever keeps the program
 * itself from it.  For the tests of what that is worth.
 */
#ifndef TRIAL_OWNER_H
#define TRIAL_OWNER_H

#include "approval/approval.h"
#include "yard.h"

/* The decision that is attacked, and the signature on it; $1 is the manuscript. */
#define DECISION "subject = $1 AND step = 'leader-review'"
#define SIGNED   "about IN (SELECT id FROM decision WHERE " DECISION ")"

/* Run a statement inside the open transaction; $1 is *one*, $2 *other*. */
enum status owner_run(struct yard *yard, const char *sql, id64 one, id64 other);

/* The same in a transaction of its own, that must be committed. */
void owner_does(struct yard *yard, const char *sql, id64 one);

/* Nothing is refused by trigger any more. */
void owner_drop_triggers(struct yard *yard);

/* A manuscript with an attachment, brought to *step* (empty: the release desk). */
id64 owner_article(struct yard *yard, size_t number, const char *step);

/* What was decided about it at *step*, in its open run. */
struct decision owner_decision(struct yard *yard, id64 manuscript, const char *step);

#endif
