/*
 * Workers: threads that do what is due and otherwise wait for the store.
 *
 * They never sleep a fixed time: a commit of this process wakes them, so does
 * the instant the next job comes due, so does jobs_stop.
 */
#include "jobs_own.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CALL_MOST  ((size_t)256 * 1024 * 1024)
#define WAIT_TAKEN (INSTANT_SECOND / 100)

struct jobs {
    const struct house *house;
    const struct job_handler *handlers;
    size_t handler_count;
    instant (*clock)(void);
    atomic_bool is_stopping;
    size_t thread_count;
    pthread_t threads[];
};

static void *work(void *what);
static int64_t wait_for_next(struct jobs *jobs, struct arena *arena);
static int64_t do_one(struct jobs *jobs, struct arena *arena);
static void call_of_machine(struct call *call, const struct jobs *jobs,
                            struct arena *arena);

enum status jobs_start(const struct house *house, const struct job_handler *handlers,
                       size_t count, size_t threads, instant (*clock)(void),
                       struct jobs **out_jobs) {
    struct jobs *jobs = calloc(1, sizeof *jobs + threads * sizeof jobs->threads[0]);
    if (jobs == NULL) {
        log_fatal("out of memory");
    }
    jobs->house = house;
    jobs->handlers = handlers;
    jobs->handler_count = count;
    jobs->clock = clock;
    for (; jobs->thread_count < threads; jobs->thread_count++) {
        if (pthread_create(&jobs->threads[jobs->thread_count], NULL, work, jobs) != 0) {
            jobs_stop(jobs);
            return log_failed("a worker cannot be started");
        }
    }
    *out_jobs = jobs;
    return DONE;
}

void jobs_stop(struct jobs *jobs) {
    if (jobs == NULL) {
        return;
    }
    jobs->is_stopping = true;
    store_wake(jobs->house->store);
    for (size_t i = 0; i < jobs->thread_count; i++) {
        pthread_join(jobs->threads[i], NULL);
    }
    free(jobs);
}

/* The count of commits is read before looking, so that none is missed between
 * looking and waiting. */
static void *work(void *what) {
    struct jobs *jobs = what;
    struct store *store = jobs->house->store;
    struct arena *arena = arena_new(CALL_MOST);
    while (!jobs->is_stopping) {
        uint64_t seen = store_commits(store);
        int64_t wait = wait_for_next(jobs, arena);
        if (wait == 0) {
            wait = do_one(jobs, arena);
        }
        if (wait > 0 && !jobs->is_stopping) {
            store_wait(store, seen, wait);
        }
    }
    arena_free(arena);
    return NULL;
}

/* A look that changes nothing, so that commits of others do not bring the workers
 * into the writers' way; 0 if something is due. */
static int64_t wait_for_next(struct jobs *jobs, struct arena *arena) {
    struct call call;
    instant due;
    arena_clear(arena);
    call_of_machine(&call, jobs, arena);
    if (queue_next_due(&call, &due) != DONE) {
        return JOBS_LOOK_EVERY;
    }
    if (due <= call.now) {
        return 0;
    }
    return due - call.now < JOBS_LOOK_EVERY ? due - call.now : JOBS_LOOK_EVERY;
}

/* How long to wait afterwards: another worker may be just taking what was due. */
static int64_t do_one(struct jobs *jobs, struct arena *arena) {
    struct call call;
    arena_clear(arena);
    call_of_machine(&call, jobs, arena);
    switch (jobs_do_next(&call, jobs->handlers, jobs->handler_count)) {
    case DONE:
        return 0;
    case ABSENT:
        return WAIT_TAKEN;
    default:
        return JOBS_LOOK_EVERY;
    }
}

static void call_of_machine(struct call *call, const struct jobs *jobs,
                            struct arena *arena) {
    call_init(call, arena, jobs->house, jobs->clock());
    call->door = DOOR_CLOCK;
}
