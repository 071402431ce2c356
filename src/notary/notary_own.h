/* Only for src/notary. */
#ifndef NOTARY_NOTARY_OWN_H
#define NOTARY_NOTARY_OWN_H

#include "notary.h"

#include "notary_sql.h"
#include "store/store.h"

/* A leaf of the tree, of an entry's hash. */
struct digest notary_leaf(const struct digest *hash);

#endif
