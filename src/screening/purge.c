/*
 * Results that nobody needs any more.
 *
 * Every save of a draft is another text with another result.  Kept for good are those
 * of a revision, for decisions rest on them, and those that somebody asked a ruling
 * for; the others go after a day, and a draft opened later is screened again.
 */
#include "jobs/jobs.h"
#include "screening/screening_own.h"
#include "screening_sql.h"

#define PURGE_JOB  "screening.purge"
#define FILES_KEPT (30 * 24 * INSTANT_HOUR)
#define BATCH      500 /* as many as screening_old gives */

struct purging {
    struct job *job; /* NULL: only plan */
    struct digest *digests;
    size_t count;
    struct digest last; /* where the next batch begins */
};

static enum status do_purge(struct call *call, struct job *job);
static enum status choose(struct call *call, void *what);
static enum status purge(struct call *call, void *what);
static enum status plan(struct call *call, void *what);

const struct job_handler *screening_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {{.kind = PURGE_JOB, .work = do_purge}};
    *out_count = LENGTH(handlers);
    return handlers;
}

enum status screening_purge_plan(struct call *call) {
    struct purging purging = {0};
    return store_transact(call, TXN_WRITE, plan, &purging);
}

static enum status do_purge(struct call *call, struct job *job) {
    struct purging purging = {.job = job};
    do {
        TRY(store_transact(call, TXN_READ, choose, &purging));
        TRY(store_transact(call, TXN_WRITE, purge, &purging));
    } while (!digest_is_none(&purging.last));
    return store_transact(call, TXN_WRITE, plan, &purging);
}

/* One batch of old results that are no revision's, in the order of their digests. */
static enum status choose(struct call *call, void *what) {
    struct purging *purging = what;
    struct digest *found = TAKE_ARRAY(call->arena, BATCH, struct digest);
    struct rows *rows;
    size_t count = 0;
    size_t read = 0;
    struct str after = digest_is_none(&purging->last)
                           ? STR("")
                           : digest_to_text(call->arena, &purging->last);
    TRY(store_query(call, &screening_old, &rows, bind_text("after", after),
                    bind_int("before", call->now - SCREENING_KEPT)));
    while (rows_next(rows)) {
        read += 1;
        found[read - 1] = row_digest(rows, "digest");
    }
    TRY(rows_end(rows));
    struct digest last = read == BATCH ? found[read - 1] : (struct digest){0};
    for (size_t i = 0; i < read; i++) {
        bool kept;
        TRY(manuscript_has_revision(call, &found[i], &kept));
        if (!kept) {
            found[count++] = found[i];
        }
    }
    purging->digests = found;
    purging->count = count;
    purging->last = last;
    return DONE;
}

/* Whoever has made it a revision since has also renewed its result, and then it is no
 * longer old. */
static enum status purge(struct call *call, void *what) {
    const struct purging *purging = what;
    for (size_t i = 0; i < purging->count; i++) {
        TRY(store_run(call, &screening_purge_text, NULL,
                      bind_digest("digest", &purging->digests[i]),
                      bind_int("before", call->now - SCREENING_KEPT)));
    }
    return store_run(call, &screening_purge_files, NULL,
                     bind_int("before", call->now - FILES_KEPT));
}

static enum status plan(struct call *call, void *what) {
    const struct purging *purging = what;
    civil_day day = instant_day(call->now) + (purging->job != NULL);
    instant at = day_start(day) + 3 * INSTANT_HOUR;
    struct str slot = instant_to_rfc3339(call->arena, at);
    struct str key = str_format(call->arena, PURGE_JOB ":%.*s", STR_ARG(slot));
    TRY(jobs_add(call, PURGE_JOB, slot, at, key));
    return purging->job == NULL ? DONE : jobs_complete(call, purging->job);
}
