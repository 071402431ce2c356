/*
 * Only for guard.c and repair.c: one look at a site's tree, and what was found damaged.
 */
#ifndef PUBLICATION_GUARD_OWN_H
#define PUBLICATION_GUARD_OWN_H

#include "publication_own.h"

#define GUARD_FILE_MOST ((size_t)64 << 20)

struct damage {
    struct str path;
    enum tampering kind;
};

struct guarding {
    struct call *call; /* afresh, begun under the lock */
    struct site site;
    int root;
    struct damage *at;
    size_t count;
    struct str *suspects; /* what differed before the lock was held; NULL: not looked */
    size_t suspect_count;
    struct plan lists; /* every operation that is not an item's */
    struct plan plan;
    struct sink sink;
    struct guarded guarded;
};

/* Open what stands at *path* below *root*, following no link on the way; -1 if it cannot
 * be. */
int guard_open(int root, struct arena *arena, struct str path, int flags);

/* Put right what was noted, under the tree's lock, and record it in the manifest. */
MUST_CHECK enum status repair_damages(struct guarding *guarding);

#endif
