/*
 * Arenas that one request leaves to the next, so that a page does not begin by asking the
 * machine for memory.  Those that grew large are given back.
 */
#include "http_own.h"

#define LARGE ((size_t)512 * 1024)

void spares_init(struct spares *spares) { pthread_mutex_init(&spares->lock, NULL); }

void spares_release(struct spares *spares) {
    while (spares->count > 0) {
        arena_free(spares->at[--spares->count]);
    }
    pthread_mutex_destroy(&spares->lock);
}

struct arena *spares_take(struct spares *spares, size_t most) {
    struct arena *arena = NULL;
    pthread_mutex_lock(&spares->lock);
    if (spares->count > 0) {
        arena = spares->at[--spares->count];
    }
    pthread_mutex_unlock(&spares->lock);
    return arena != NULL ? arena : arena_new(most);
}

void spares_return(struct spares *spares, struct arena *arena) {
    bool kept = arena_used(arena) < LARGE;
    if (kept) {
        arena_clear(arena); /* undoes what is left, so not under the lock */
        pthread_mutex_lock(&spares->lock);
        kept = spares->count < SPARES_MOST;
        if (kept) {
            spares->at[spares->count++] = arena;
        }
        pthread_mutex_unlock(&spares->lock);
    }
    if (!kept) {
        arena_free(arena);
    }
}
