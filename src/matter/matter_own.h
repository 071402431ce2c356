/*
 * What the files of matter share.
 */
#ifndef MATTER_OWN_H
#define MATTER_OWN_H

#include "matter/matter.h"
#include "store/store.h"

/* DENIED, citing the rule's article, unless the actor holds *role* (NO_INDEX: nobody
 * does) in *unit*, or anywhere in its body if the role is not of a unit. */
enum status matter_must_hold(struct call *call, const struct rulebook *book,
                             const struct matter_rule *rule, int role, id64 unit);

/* The same for a member of the body: whoever holds the post of one of its seats. */
enum status matter_must_sit(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit);

/* The body above a unit; 0 for none. */
enum status matter_body(struct call *call, id64 unit, id64 *out_body);

/* What comes second waits for what comes first: a plan is approved after its review. */
enum status matter_must_follow(struct call *call, id64 group, id64 body,
                               const struct rulebook *book,
                               const struct matter_rule *rule,
                               const struct matter_wish *wish);

/* Put it on the desk of everybody who may answer it, inside the act's transaction; what
 * takes a route comes to the desks of those who stand on it. */
enum status matter_ask(struct call *call, const struct rulebook *book,
                       const struct matter_rule *rule, id64 body,
                       const struct matter *matter);

/* Nobody answers it: it is complete with being entered. */
bool matter_is_complete_when_entered(const struct matter_rule *rule);

/* Sign the answer of *matter* as the actor, inside the transaction of the act, into the
 * payload of its entry. */
struct json_t;
enum status matter_sign(struct call *call, const struct matter *matter,
                        struct json_t *payload);

#endif
