/* Only for src/tally. */
#ifndef TALLY_TALLY_OWN_H
#define TALLY_TALLY_OWN_H

#include "tally.h"
#include "tally_sql.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "store/store.h"

#define CATALOGUE_MOST 1000

/* A drop of counted views: "views-RUN-NUMBER.json" in the drop box, which says the same
 * run and number again, the day, and [site, page, readers, robots, staff] for each page.
 */
#define DROP_MOST ((size_t)4 << 20)
#define RUN_TEXT  32 /* hexadecimal digits */

/* The rulebook in force at the site has its views counted. */
struct site;
bool view_is_counted(struct call *call, const struct site *site);

#endif
