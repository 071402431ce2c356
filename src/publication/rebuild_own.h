/*
 * Only for rebuild.c and rebuild_worker.c: a site that is written anew.
 */
#ifndef PUBLICATION_REBUILD_OWN_H
#define PUBLICATION_REBUILD_OWN_H

#include "publication_own.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS_MOST 16
#define BATCH        256

struct site_build {
    struct call *call;
    const struct rebuild *how;
    id64 site;
    struct site facts;
    struct str frame; /* what its pages show around their matter */
    const char *live;
    const char *fresh;
    instant begun_at;
    bool anew;       /* nothing stands in the fresh tree that was not written by now */
    int64_t resumed; /* items up to this place are written and synced */
    int64_t places;  /* items have places 1 … */
    struct plan lists;
    struct unproven unproven; /* what the ledger does not know is not written */
    atomic_llong next_batch;
    atomic_size_t next_list;
    atomic_size_t done;
    atomic_bool stopped;
    atomic_bool failed;
    atomic_bool *batch_done;
    size_t batch_count;
};

struct worker {
    pthread_t thread;
    struct site_build *build;
    struct call call;      /* arena of a batch */
    struct call page_call; /* arena of a page */
    struct arena *rows_arena;
    struct theme *theme;
    struct view view;
    struct tree *tree;
    struct sink sink;
    bool started;
};

/* Write items and lists with so many threads, and wait for them.  STALE if the listener
 * wants no more; FAILED was logged where it happened. */
MUST_CHECK enum status workers_run(struct site_build *build, struct worker *workers,
                                   int threads);
void worker_close(struct worker *worker); /* one that was never opened is fine */

/* One view of the store for a piece of work; a page has an arena of its own. */
MUST_CHECK enum status worker_begin_piece(struct worker *worker);

#endif
