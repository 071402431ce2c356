/*
 * The worker: reactions as soon as an act has committed, schedules when they fall
 * due, counted views as they are dropped, jobs of mail, messages and forms.
 */
#include "app_own.h"

#include "archive/archive.h"
#include "assessment/assessment.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "publication/publication.h"
#include "review/review.h"
#include "screening/screening.h"
#include "store/store.h"
#include "tally/tally.h"
#include "upkeep/upkeep.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The longest wait: what another process did is noticed after it. */
#define WORKER_LOOK_EVERY INSTANT_SECOND
#define HANDLERS_MOST     16
#define LAPSE_EVERY       (10 * INSTANT_MINUTE)
#define RENEW_EVERY       (5 * INSTANT_MINUTE)

struct worker {
    struct estate *estate;
    struct jobs *jobs;
    struct watchman *watchman;
    pthread_t thread;
    atomic_bool stopping;
    struct job_handler handlers[HANDLERS_MOST];
    instant lapsed_at;  /* accounts without a post were looked for then */
    instant renewed_at; /* and windows in which columns were not renewed */
    civil_day renewed_day;
    instant kept_at;  /* and backups, and logs */
    instant drawn_at; /* and periods that are over */
};

static size_t gather_handlers(struct worker *worker);
static enum status plan_work(struct estate *estate);
static void *work(void *what);
static enum status one_round(struct worker *worker, struct arena *arena);
static enum status lapse_accounts(struct worker *worker, struct call *call);
static enum status renew_columns(struct worker *worker, struct call *call);
static enum status draw_sheets(struct worker *worker, struct call *call);
static enum status keep_machine(struct worker *worker, struct call *call);

enum status worker_start(struct estate *estate, struct worker **out_worker) {
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        return log_failed("out of memory");
    }
    worker->estate = estate;
    size_t count = gather_handlers(worker);
    enum status started = plan_work(estate);
    if (started == DONE) {
        started = jobs_start(&estate->house, worker->handlers, count, 1,
                             instant_read_clock, &worker->jobs);
    }
    if (started != DONE) {
        free(worker);
        return started;
    }
    started = watchman_start(estate, &worker->watchman);
    if (started != DONE) {
        jobs_stop(worker->jobs);
        free(worker);
        return started;
    }
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        watchman_stop(worker->watchman);
        jobs_stop(worker->jobs);
        free(worker);
        return log_failed("the worker's thread could not be started");
    }
    *out_worker = worker;
    return DONE;
}

void worker_stop(struct worker *worker) {
    if (worker == NULL) {
        return;
    }
    atomic_store(&worker->stopping, true);
    store_wake(worker->estate->house.store);
    pthread_join(worker->thread, NULL);
    watchman_stop(worker->watchman);
    jobs_stop(worker->jobs);
    free(worker);
}

static size_t gather_handlers(struct worker *worker) {
    static const struct job_handler *(*const rooms[])(size_t *) = {
        notice_handlers,      screening_handlers, review_handlers,    ledger_handlers,
        publication_handlers, archive_handlers,   draft_case_handlers};
    size_t all = 0;
    for (size_t i = 0; i < LENGTH(rooms); i++) {
        size_t count = 0;
        const struct job_handler *handlers = rooms[i](&count);
        assert(all + count <= HANDLERS_MOST);
        memcpy(&worker->handlers[all], handlers, count * sizeof *handlers);
        all += count;
    }
    return all;
}

/* Every digest and every purge plans its successor; this is for the first, and after a
 * long stop.  A site whose theme has changed meanwhile is to be written anew. */
static enum status plan_work(struct estate *estate) {
    struct call call;
    struct arena *arena = arena_new((size_t)1 << 20);
    call_init(&call, arena, &estate->house, instant_read_clock());
    enum status planned = notice_digest_plan(&call);
    if (planned == DONE) {
        planned = screening_purge_plan(&call);
    }
    if (planned == DONE) {
        planned = publication_look(&call);
    }
    txn_abort(&call);
    arena_free(arena);
    return planned;
}

static void *work(void *what) {
    struct worker *worker = what;
    struct arena *arena = arena_new((size_t)1 << 30);
    uint64_t seen = 0;
    while (!atomic_load(&worker->stopping)) {
        if (one_round(worker, arena) != DONE) {
            log_fault("a round of the worker failed and will be tried again");
        }
        arena_clear(arena);
        seen = store_wait(worker->estate->house.store, seen, WORKER_LOOK_EVERY);
    }
    arena_free(arena);
    return NULL;
}

static enum status one_round(struct worker *worker, struct arena *arena) {
    struct call call;
    size_t released = 0;
    size_t lapsed = 0;
    call_init(&call, arena, &worker->estate->house, instant_read_clock());
    enum status due = publication_release_due(&call, &released);
    enum status over = publication_lapse(&call, &lapsed);
    enum status left = lapse_accounts(worker, &call);
    enum status kept = keep_machine(worker, &call);
    enum status reacted = reactions_run(&call, worker->estate->group);
    enum status renewed = renew_columns(worker, &call);
    enum status drawn = draw_sheets(worker, &call);
    enum status counted = tally_merge_views(&call, NULL);
    txn_abort(&call);
    return due != DONE       ? due
           : over != DONE    ? over
           : left != DONE    ? left
           : kept != DONE    ? kept
           : reacted != DONE ? reacted
           : renewed != DONE ? renewed
           : drawn != DONE   ? drawn
                             : counted;
}

/* The windows that have ended, after what was released in them was taken note of. */
static enum status renew_columns(struct worker *worker, struct call *call) {
    if (call->now - worker->renewed_at < RENEW_EVERY) {
        return DONE;
    }
    worker->renewed_at = call->now;
    bool is_new_day = instant_day(call->now) != worker->renewed_day;
    TRY(tally_follow_sites(call, is_new_day));
    worker->renewed_day = instant_day(call->now);
    return tally_renew_due(call, NULL);
}

/* Appointments that have run out by themselves, now and then. */
static enum status lapse_accounts(struct worker *worker, struct call *call) {
    size_t shut = 0;
    if (call->now - worker->lapsed_at < LAPSE_EVERY) {
        return DONE;
    }
    worker->lapsed_at = call->now;
    return people_lapse(call, &shut);
}

/* The sheets of periods that are over. */
static enum status draw_sheets(struct worker *worker, struct call *call) {
    if (call->now - worker->drawn_at < LAPSE_EVERY) {
        return DONE;
    }
    worker->drawn_at = call->now;
    enum door door = call->door;
    call->door = DOOR_CLOCK;
    enum status drawn = assessment_open_due(call, NULL);
    call->door = door;
    return drawn;
}

/* A backup that is missing is told of; logs that are old enough go.  What a rulebook asks
 * beyond the settings, since they were read, is kept to. */
static enum status keep_machine(struct worker *worker, struct call *call) {
    struct upkeep_bounds bounds;
    int days = call->house->log_days;
    size_t pruned = 0;
    if (call->now - worker->kept_at < LAPSE_EVERY) {
        return DONE;
    }
    worker->kept_at = call->now;
    TRY(upkeep_look(call));
    TRY(upkeep_bounds(call, &bounds));
    days = days > 0 && days < bounds.logs.days ? bounds.logs.days : days;
    return upkeep_prune_logs(call, days, &pruned);
}
