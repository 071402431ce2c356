/*
 * Only for src/web: what the list of matters and the page of one share.
 */
#ifndef WEB_MATTER_WEB_H
#define WEB_MATTER_WEB_H

#include "parts.h"

#include "matter/matter.h"

/* Under which *unit* works. */
MUST_CHECK enum status matter_book(struct visit *visit, id64 unit,
                                   const struct rulebook **out_book);

/* Its badge: what nobody has to answer is done by being there. */
const char *matter_state(const struct rulebook *book, const struct matter *matter);

/* /matters/ID and *act*. */
struct str matter_address(struct visit *visit, id64 matter, const char *act);

#endif
