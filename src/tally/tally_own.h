/* Only for src/tally. */
#ifndef TALLY_TALLY_OWN_H
#define TALLY_TALLY_OWN_H

#include "tally.h"
#include "tally_sql.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "store/store.h"

#define CATALOGUE_MOST 1000

#endif
