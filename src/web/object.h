/*
 * Only for src/web: what passes along a route and is no manuscript, a version of the
 * rulebook or a matter: its way, who has it, and the decision.
 */
#ifndef WEB_OBJECT_H
#define WEB_OBJECT_H

#include "parts.h"

extern const struct field object_fields[]; /* of the posted decision */

/* The parts "object", "decision" and "route" of the screen; the form posts to *action*.
 */
MUST_CHECK enum status object_show(struct visit *visit, const struct run *run,
                                   struct str action);

/* Decide as the posted form says, the password proven first. */
MUST_CHECK enum status object_decide(struct visit *visit, struct subject subject);

#endif
