/*
 * Only for src/web: what the screens of units, posts, people and appointments share.
 */
#ifndef WEB_STAFF_H
#define WEB_STAFF_H

#include "table.h"

#include "people/people.h"

#define STAFF_READERS WEB_OFFICE "|dept-head|" PEOPLE_ROLE_SECURITY "|" PEOPLE_ROLE_AUDIT

/* The roles and kinds of units of the rulebook in force. */
MUST_CHECK enum status staff_roles(struct visit *visit, struct people_roles *out_roles);

/* Does this person keep units and posts?  Politeness: the acts ask again. */
bool staff_keeps(struct visit *visit);

/* "2024-03-01 起", or both ends. */
struct str staff_span(struct visit *visit, const struct people_holding *holding);

/* "/people/units/ID" and further down. */
struct str staff_unit_path(struct visit *visit, id64 unit, const char *more);
struct str staff_post_path(struct visit *visit, id64 post, const char *more);
struct str staff_person_path(struct visit *visit, id64 person, const char *more);

#endif
