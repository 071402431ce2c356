/* Only for src/version. */
#ifndef VERSION_VERSION_OWN_H
#define VERSION_VERSION_OWN_H

#include "store/store.h"
#include "version/version.h"

/* Who may propose versions, and only while the draft is worked on; its row is locked. */
enum status version_draft_lock(struct call *call, id64 draft,
                               struct version_draft *out_draft);

#endif
