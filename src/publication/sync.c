/*
 * Many files made durable at once.
 *
 * A journaling file system writes its journal for every sync, and one for all those that
 * wait at the same moment: eight files one after another took 32 ms where together they
 * took 5.  So each file waits in a thread of its own, up to a limit.
 */
#include "publication_own.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define TOGETHER 16

struct syncing {
    const int *descriptors;
    size_t count;
    atomic_size_t next;
    atomic_int failed; /* errno of the first that failed */
};

static void *sync_some(void *what);

enum status sync_together(const int *descriptors, size_t count) {
    struct syncing syncing = {.descriptors = descriptors, .count = count};
    pthread_t threads[TOGETHER];
    size_t started = 0;
    /* This thread is one of them; fewer do the same work if no more can be had. */
    while (started + 1 < count && started + 1 < TOGETHER &&
           pthread_create(&threads[started], NULL, sync_some, &syncing) == 0) {
        started++;
    }
    sync_some(&syncing);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    int failed = atomic_load(&syncing.failed);
    return failed == 0 ? DONE : log_failed("fsync: %s", strerror(failed));
}

/* A sync that failed is not tried again, and the others are of no use then. */
static void *sync_some(void *what) {
    struct syncing *syncing = what;
    for (;;) {
        size_t at = atomic_fetch_add(&syncing->next, 1);
        if (at >= syncing->count || atomic_load(&syncing->failed) != 0) {
            return NULL;
        }
        if (fsync(syncing->descriptors[at]) != 0) {
            int none = 0;
            (void)atomic_compare_exchange_strong(&syncing->failed, &none, errno);
        }
    }
}
