/*
 * The watchman's rounds: each minute the ledger's checkpoints are taken and sent.
 */
#include "app_own.h"

#include "notary/notary.h"
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define ROUND_SECONDS 60

struct watchman {
    struct estate *estate;
    struct signer_child signer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool stopping;
};

static void *watch(void *what);
static void make_round(struct watchman *watchman, struct arena *arena);
static enum status checkpoints(struct watchman *watchman, struct call *call);
static bool rest(struct watchman *watchman);

enum status watchman_start(struct estate *estate, struct watchman **out_watchman) {
    struct watchman *watchman = calloc(1, sizeof *watchman);
    if (watchman == NULL) {
        return log_failed("out of memory");
    }
    watchman->estate = estate;
    pthread_mutex_init(&watchman->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchman->told, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status started = signer_child_start(estate, &watchman->signer);
    if (started == DONE &&
        pthread_create(&watchman->thread, NULL, watch, watchman) != 0) {
        signer_child_stop(&watchman->signer);
        started = log_failed("the watchman's thread could not be started");
    }
    if (started != DONE) {
        free(watchman);
        return started;
    }
    *out_watchman = watchman;
    return DONE;
}

void watchman_stop(struct watchman *watchman) {
    if (watchman == NULL) {
        return;
    }
    pthread_mutex_lock(&watchman->lock);
    watchman->stopping = true;
    pthread_cond_signal(&watchman->told);
    pthread_mutex_unlock(&watchman->lock);
    pthread_join(watchman->thread, NULL);
    signer_child_stop(&watchman->signer);
    pthread_cond_destroy(&watchman->told);
    pthread_mutex_destroy(&watchman->lock);
    free(watchman);
}

static void *watch(void *what) {
    struct watchman *watchman = what;
    struct arena *arena = arena_new((size_t)1 << 30);
    do {
        make_round(watchman, arena);
        arena_clear(arena);
    } while (rest(watchman));
    arena_free(arena);
    return NULL;
}

static void make_round(struct watchman *watchman, struct arena *arena) {
    struct call call;
    call_init(&call, arena, &watchman->estate->house, instant_read_clock());
    call.door = DOOR_CLOCK;
    if (watchman->signer.socket != NULL && checkpoints(watchman, &call) != DONE) {
        log_fault("checkpoints were not taken and will be tried again");
    }
    txn_abort(&call);
}

static enum status checkpoints(struct watchman *watchman, struct call *call) {
    enum notary_trouble trouble;
    size_t ways = 0;
    TRY(notary_take(call, watchman->signer.socket, &trouble));
    return trouble == NOTARY_WELL ? notary_send(call, &ways) : DONE;
}

/* False if it is told to stop. */
static bool rest(struct watchman *watchman) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ROUND_SECONDS;
    pthread_mutex_lock(&watchman->lock);
    while (!watchman->stopping &&
           pthread_cond_timedwait(&watchman->told, &watchman->lock, &until) !=
               ETIMEDOUT) {
    }
    bool going_on = !watchman->stopping;
    pthread_mutex_unlock(&watchman->lock);
    return going_on;
}
