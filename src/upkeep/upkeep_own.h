/* Only for src/upkeep. */
#ifndef UPKEEP_UPKEEP_OWN_H
#define UPKEEP_UPKEEP_OWN_H

#include "upkeep.h"

#include "ledger/ledger.h"
#include "store/store.h"
#include "upkeep_sql.h"

/* The chain that acts of the machine are entered in: the group's, or the house's before
 * there is one. */
MUST_CHECK enum status upkeep_chain(struct call *call, id64 *out_group);

/* Every site of the machine; none before the first is founded. */
struct site;
MUST_CHECK enum status upkeep_sites(struct call *call, struct site **out_sites,
                                    size_t *out_count);

#endif
