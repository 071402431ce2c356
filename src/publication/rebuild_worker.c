/*
 * The threads that write a site anew, each in batches of items and pieces of lists, and
 * the watch over them: it tells how far they are, and marks in the store what is synced.
 */
#include "publication_sql.h"
#include "rebuild_own.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define ARENA_MOST    ((size_t)1 << 31)
#define LISTS_A_PIECE 64
#define MARK_SECONDS  5

struct running {
    struct worker *worker;
    atomic_int *count;
};

static enum status watch_workers(struct site_build *build, atomic_int *running);
static enum status mark_progress(struct site_build *build, struct tree *tree);
static enum status worker_open(struct worker *worker, struct site_build *build);
static void *worker_run(void *what);
static enum status do_batch(struct worker *worker, int64_t batch);
static enum status do_lists(struct worker *worker, size_t from);

enum status workers_run(struct site_build *build, struct worker *workers, int threads) {
    struct running runnings[THREADS_MOST];
    atomic_int running = 0;
    enum status done = DONE;
    for (int i = 0; i < threads && done == DONE; i++) {
        done = worker_open(&workers[i], build);
    }
    for (int i = 0; i < threads && done == DONE; i++) {
        runnings[i] = (struct running){&workers[i], &running};
        atomic_fetch_add(&running, 1);
        if (pthread_create(&workers[i].thread, NULL, worker_run, &runnings[i]) != 0) {
            atomic_fetch_sub(&running, 1);
            done = log_failed("start a thread: %s", strerror(errno));
            atomic_store(&build->failed, true);
        } else {
            workers[i].started = true;
        }
    }
    if (done == DONE) {
        done = watch_workers(build, &running);
    }
    for (int i = 0; i < threads; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
            workers[i].started = false;
        }
    }
    if (done == DONE && atomic_load(&build->failed)) {
        return FAILED; /* logged where it happened */
    }
    return done;
}

void worker_close(struct worker *worker) {
    if (worker->build == NULL) {
        return;
    }
    tree_close(worker->tree);
    theme_free(worker->theme);
    arena_free(worker->rows_arena);
    arena_free(worker->page_call.arena);
    call_end(&worker->call);
}

/* Tell of the progress and set marks until the workers are through. */
static enum status watch_workers(struct site_build *build, atomic_int *running) {
    struct tree *tree;
    size_t all = (size_t)build->places + build->lists.count;
    enum status done = tree_open(build->fresh, TREE_FRESH, &tree);
    if (done != DONE) {
        atomic_store(&build->failed, true);
        return done;
    }
    const struct timespec nap = {0, 5 * 1000 * 1000};
    for (int naps = 1; atomic_load(running) > 0; naps++) {
        nanosleep(&nap, NULL);
        if (naps % 40 == 0 && build->how->progress != NULL &&
            !build->how->progress(build->how->listener, atomic_load(&build->done), all)) {
            atomic_store(&build->stopped, true);
        }
        if (naps % (MARK_SECONDS * 200) == 0 && done == DONE) {
            done = mark_progress(build, tree);
        }
    }
    if (done == DONE && atomic_load(&build->stopped)) {
        done = mark_progress(build, tree);
        done = done == DONE ? STALE : done;
    }
    if (done == DONE && build->how->progress != NULL) {
        (void)build->how->progress(build->how->listener, all, all);
    }
    tree_close(tree);
    return done;
}

static enum status mark_act(struct call *call, void *what) {
    struct site_build *build = what;
    return store_run(call, &publication_rebuild_mark, NULL, bind_id("site", build->site),
                     bind_int("place", build->resumed));
}

/* The items before the first unfinished batch, synced and then noted. */
static enum status mark_progress(struct site_build *build, struct tree *tree) {
    size_t whole = 0;
    while (whole < build->batch_count && atomic_load(&build->batch_done[whole])) {
        whole++;
    }
    int64_t place = (int64_t)whole * BATCH - 1;
    if (place <= build->resumed) {
        return DONE;
    }
    TRY(tree_sync_all(tree));
    build->resumed = place;
    return store_transact(build->call, TXN_WRITE, mark_act, build);
}

static enum status worker_open(struct worker *worker, struct site_build *build) {
    worker->build = build;
    worker->call = call_afresh(build->call);
    worker->page_call = worker->call;
    worker->page_call.arena = arena_new(ARENA_MOST);
    worker->rows_arena = arena_new(ARENA_MOST);
    TRY(theme_load_worn(build->call, &build->facts, &worker->theme));
    TRY(view_load(build->call, build->site, worker->theme, &worker->view));
    worker->view.unproven = &build->unproven;
    TRY(tree_open(build->fresh, TREE_FRESH, &worker->tree));
    sink_init(&worker->sink, worker->tree, worker->rows_arena);
    worker->sink.is_empty = build->anew;
    return DONE;
}

static void *worker_run(void *what) {
    struct running *running = what;
    struct worker *worker = running->worker;
    struct site_build *build = worker->build;
    enum status done = DONE;
    while (done == DONE && !atomic_load(&build->stopped) &&
           !atomic_load(&build->failed)) {
        int64_t batch = atomic_fetch_add(&build->next_batch, 1);
        if (batch < (int64_t)build->batch_count) {
            done = do_batch(worker, batch);
            continue;
        }
        size_t from = atomic_fetch_add(&build->next_list, LISTS_A_PIECE);
        if (from >= build->lists.count) {
            break;
        }
        done = do_lists(worker, from);
    }
    if (done != DONE) {
        atomic_store(&build->failed, true);
    }
    atomic_fetch_sub(running->count, 1);
    return NULL;
}

/* One view of the store for a piece of work; a page has an arena of its own. */
enum status worker_begin_piece(struct worker *worker) {
    txn_abort(&worker->call);
    arena_clear(worker->call.arena);
    TRY(txn_begin(&worker->call, TXN_READ));
    worker->page_call.txn = worker->call.txn;
    return DONE;
}

static enum status do_batch(struct worker *worker, int64_t batch) {
    struct site_build *build = worker->build;
    struct release *releases;
    size_t count;
    int64_t low = batch * BATCH;
    int64_t high = low + BATCH - 1;
    TRY(worker_begin_piece(worker));
    TRY(release_query(&worker->call, &publication_held,
                      VALUES(bind_id("site", build->site), bind_int("low", low),
                             bind_int("high", high)),
                      BATCH, &releases, &count));
    proven_alone(&build->unproven, releases, &count);
    /* What is written and synced is only read off again, for the manifest. */
    worker->sink.tree = high <= build->resumed ? NULL : worker->tree;
    for (size_t i = 0; i < count; i++) {
        arena_clear(worker->page_call.arena);
        TRY(item_do(&worker->page_call, &worker->view, &releases[i], &worker->sink));
    }
    worker->sink.tree = worker->tree;
    atomic_store(&build->batch_done[batch], true);
    atomic_fetch_add(&build->done, BATCH);
    return DONE;
}

static enum status do_lists(struct worker *worker, size_t from) {
    struct site_build *build = worker->build;
    TRY(worker_begin_piece(worker));
    for (size_t i = from; i < from + LISTS_A_PIECE && i < build->lists.count; i++) {
        arena_clear(worker->page_call.arena);
        TRY(operation_do(&worker->page_call, &worker->view, &build->lists.at[i],
                         &worker->sink));
        atomic_fetch_add(&build->done, 1);
    }
    return DONE;
}
