/*
 * The queue in the store: what is added, leased, done, failed and given up.
 *
 * Invariant: only the holder of a job's present lease ends an attempt at it.
 */
#include "jobs_own.h"
#include "jobs_sql.h"
#include "store/store.h"

#include <string.h>

#define ATTEMPTS_MOST 8
#define LEASE         (10 * INSTANT_MINUTE)

struct attempt {
    const struct job_handler *handlers;
    size_t count;
    const struct job_handler *handler; /* NULL: no handler of that kind */
    struct job job;
};

struct ending {
    const struct job *job;
    const char *state;
    instant due_at;
};

struct listing {
    size_t most;
    struct job *jobs;
    size_t count;
};

struct forgetting {
    instant before;
    int64_t forgotten;
};

static enum status lease_next(struct call *call, void *what);
static const struct job_handler *handler_of(const struct attempt *attempt);
static int64_t attempts_most(const struct job_handler *handler);
static struct job read_job(struct rows *rows);
static enum status attempt_end(struct call *call, const struct attempt *attempt,
                               enum status answer);
static bool is_worth_another(const struct attempt *attempt, enum status answer);
static enum status mark_done(struct call *call, void *what);
static enum status mark_failed(struct call *call, void *what);
static instant wait_after(int64_t attempt);
static enum status read_next_due(struct call *call, void *what);
static enum status count_all(struct call *call, void *what);
static enum status list_given_up(struct call *call, void *what);
static enum status set_waiting(struct call *call, void *what);
static enum status delete_done(struct call *call, void *what);

enum status jobs_add(struct call *call, const char *kind, struct str subject,
                     instant not_before, struct str key) {
    return store_run(call, &jobs_insert, NULL, bind_id("id", call_new_id(call)),
                     bind_text("kind", str_of(kind)), bind_text("subject", subject),
                     bind_text_or_null("key", key),
                     bind_int("due", not_before == 0 ? call->now : not_before),
                     bind_int("now", call->now));
}

enum status jobs_cancel(struct call *call, struct str key) {
    struct rows *row;
    TRY(store_find(call, &jobs_find_key, &row, bind_text("key", key)));
    id64 job = row_id(row, "id");
    bool is_leased = row_id(row, "lease") != 0;
    if (is_leased && row_int(row, "due_at") > call->now) {
        return STALE;
    }
    return store_run(call, &jobs_delete, NULL, bind_id("job", job));
}

enum status jobs_complete(struct call *call, const struct job *job) {
    int64_t changed;
    TRY(store_run(call, &jobs_mark_done, &changed, bind_id("job", job->id),
                  bind_id("lease", job->lease), bind_int("now", call->now)));
    return changed == 1 ? DONE : STALE;
}

enum status jobs_do_next(struct call *call, const struct job_handler *handlers,
                         size_t count) {
    struct attempt attempt = {.handlers = handlers, .count = count};
    TRY(store_transact(call, TXN_WRITE, lease_next, &attempt));
    const struct job_handler *handler = attempt.handler;
    enum status answer = ABSENT;
    attempt.job.reason = STR("");
    if (handler == NULL) {
        attempt.job.reason = STR("no handler of this kind");
    } else if (attempt.job.attempt > attempts_most(handler)) {
        attempt.job.reason = STR("its worker ended each time");
    } else {
        answer = handler->work(call, &attempt.job);
        txn_abort(call);
    }
    if (str_is_empty(attempt.job.reason)) {
        attempt.job.reason = str_of(status_name(answer));
    }
    return attempt_end(call, &attempt, answer);
}

enum status queue_next_due(struct call *call, instant *out_due) {
    return store_transact(call, TXN_READ, read_next_due, out_due);
}

enum status jobs_look(struct call *call, struct jobs_state *out_state) {
    return store_transact(call, TXN_READ, count_all, out_state);
}

enum status jobs_list_given_up(struct call *call, size_t most, struct job **out_jobs,
                               size_t *out_count) {
    struct listing listing = {.most = most};
    TRY(store_transact(call, TXN_READ, list_given_up, &listing));
    *out_jobs = listing.jobs;
    *out_count = listing.count;
    return DONE;
}

enum status jobs_retry(struct call *call, id64 job) {
    return store_transact(call, TXN_WRITE, set_waiting, &job);
}

enum status jobs_forget(struct call *call, instant before, int64_t *out_forgotten) {
    struct forgetting forgetting = {.before = before};
    TRY(store_transact(call, TXN_WRITE, delete_done, &forgetting));
    *out_forgotten = forgetting.forgotten;
    return DONE;
}

static enum status lease_next(struct call *call, void *what) {
    struct attempt *attempt = what;
    struct rows *row;
    TRY(store_find(call, &jobs_find_due, &row, bind_int("now", call->now)));
    attempt->job = read_job(row);
    attempt->job.attempt++;
    attempt->job.lease = call_new_id(call);
    attempt->handler = handler_of(attempt);
    int64_t lease = attempt->handler != NULL && attempt->handler->lease > 0
                        ? attempt->handler->lease
                        : LEASE;
    return store_run(call, &jobs_lease, NULL, bind_id("job", attempt->job.id),
                     bind_id("lease", attempt->job.lease),
                     bind_int("until", call->now + lease),
                     bind_int("attempt", attempt->job.attempt));
}

static const struct job_handler *handler_of(const struct attempt *attempt) {
    for (size_t i = 0; i < attempt->count; i++) {
        if (str_is(attempt->job.kind, attempt->handlers[i].kind)) {
            return &attempt->handlers[i];
        }
    }
    return NULL;
}

static int64_t attempts_most(const struct job_handler *handler) {
    return handler->attempts_most > 0 ? handler->attempts_most : ATTEMPTS_MOST;
}

static struct job read_job(struct rows *rows) {
    struct job job = {0};
    job.id = row_id(rows, "id");
    job.kind = row_text(rows, "kind");
    job.subject = row_text(rows, "subject");
    job.attempt = row_int(rows, "attempts");
    job.reason = row_text(rows, "reason");
    job.due_at = row_int(rows, "due_at");
    job.added_at = row_int(rows, "added_at");
    return job;
}

static enum status attempt_end(struct call *call, const struct attempt *attempt,
                               enum status answer) {
    const struct job *job = &attempt->job;
    if (answer == DONE) {
        answer = store_transact(call, TXN_WRITE, mark_done, (void *)(uintptr_t)job);
        if (answer != STALE && answer != ABSENT) {
            return answer;
        }
        log_fault("job %lld of the kind %.*s outlived its lease", (long long)job->id,
                  STR_ARG(job->kind));
        return DONE;
    }
    struct ending ending = {
        .job = job, .state = "waiting", .due_at = call->now + wait_after(job->attempt)};
    if (!is_worth_another(attempt, answer)) {
        ending.state = "given-up";
        log_fault("job %lld of the kind %.*s is given up after attempt %lld: %.*s",
                  (long long)job->id, STR_ARG(job->kind), (long long)job->attempt,
                  STR_ARG(job->reason));
    }
    return store_transact(call, TXN_WRITE, mark_failed, &ending);
}

static bool is_worth_another(const struct attempt *attempt, enum status answer) {
    return (answer == FAILED || answer == STALE) &&
           attempt->job.attempt < attempts_most(attempt->handler);
}

/* The handler may have marked it with its effect already. */
static enum status mark_done(struct call *call, void *what) {
    const struct job *job = what;
    struct rows *row;
    TRY(store_find(call, &jobs_is_done, &row, bind_id("job", job->id)));
    return row_int(row, "is_done") == 1 ? DONE : jobs_complete(call, job);
}

/* Nothing changes if the lease was lost: the one who has it answers for the job. */
static enum status mark_failed(struct call *call, void *what) {
    const struct ending *ending = what;
    bool is_over = strcmp(ending->state, "waiting") != 0;
    return store_run(
        call, &jobs_mark_failed, NULL, bind_id("job", ending->job->id),
        bind_id("lease", ending->job->lease), bind_text("state", str_of(ending->state)),
        bind_text("reason", ending->job->reason), bind_int("due", ending->due_at),
        bind_int("ended", is_over ? call->now : 0));
}

static instant wait_after(int64_t attempt) {
    instant wait = JOBS_WAIT_FIRST;
    for (int64_t i = 1; i < attempt && wait < JOBS_WAIT_MOST; i++) {
        wait *= 2;
    }
    return wait < JOBS_WAIT_MOST ? wait : JOBS_WAIT_MOST;
}

static enum status read_next_due(struct call *call, void *what) {
    struct rows *row;
    TRY(store_find(call, &jobs_find_next_due, &row, NO_VALUES));
    *(instant *)what =
        row_is_null(row, "due_at") ? INSTANT_NEVER : row_int(row, "due_at");
    return DONE;
}

static enum status count_all(struct call *call, void *what) {
    struct jobs_state *state = what;
    struct rows *row;
    TRY(store_find(call, &jobs_count, &row,
                   bind_int("overdue", call->now - INSTANT_MINUTE)));
    state->waiting = row_int(row, "waiting");
    state->overdue = row_int(row, "overdue");
    state->given_up = row_int(row, "given_up");
    return DONE;
}

static enum status list_given_up(struct call *call, void *what) {
    struct listing *listing = what;
    struct rows *rows;
    listing->count = 0;
    listing->jobs = TAKE_ARRAY(call->arena, listing->most, struct job);
    TRY(store_query(call, &jobs_given_up, &rows,
                    bind_int("most", (int64_t)listing->most)));
    while (rows_next(rows)) {
        struct job *job = &listing->jobs[listing->count++];
        *job = read_job(rows);
        job->ended_at = row_int(rows, "ended_at");
    }
    return rows_end(rows);
}

static enum status set_waiting(struct call *call, void *what) {
    int64_t changed;
    TRY(store_run(call, &jobs_set_waiting, &changed, bind_id("job", *(id64 *)what),
                  bind_int("now", call->now)));
    return changed == 1 ? DONE : ABSENT;
}

static enum status delete_done(struct call *call, void *what) {
    struct forgetting *forgetting = what;
    return store_run(call, &jobs_delete_done, &forgetting->forgotten,
                     bind_int("before", forgetting->before));
}
