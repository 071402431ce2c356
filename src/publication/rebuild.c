/*
 * A whole site anew, beside the old tree, by as many threads as there are
 * processors, and swapped in by one exchange of directories.
 *
 * The fresh tree is written plainly and synced as a whole: from time to time,
 * with a mark in the store that says how far, and once before the exchange.
 * Releases go on meanwhile; their journals are carried out on the fresh tree
 * too, at the end, under the site's lock.
 *
 * Invariant: a file named ".building" stands in a tree that is being written
 * and never in one that was live, so that a rebuild is taken up again only in
 * its own half-finished tree.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "ledger/ledger.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MOST  16
#define BATCH         256
#define ARENA_MOST    ((size_t)1 << 31)
#define LISTS_A_PIECE 64
#define MARK_SECONDS  5
#define LATE_ACTS     (10 * INSTANT_MINUTE)

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

static enum status rebuild_under_lock(struct call *call, id64 site,
                                      const struct rebuild *rebuild,
                                      struct applied *out_applied);
static enum status rebuild_locked(struct call *call, struct site_build *build,
                                  struct applied *out_applied);
static enum status begin_or_resume(struct site_build *build);
static enum status begin_anew(struct call *call, void *what);
static enum status state_of_theme(struct site_build *build, struct theme *theme,
                                  struct str *out_state);
static enum status plan_lists_of_site(struct site_build *build);
static enum status run_workers(struct site_build *build, struct worker *workers,
                               int threads);
static enum status watch_workers(struct site_build *build, atomic_int *running);
static enum status mark_progress(struct site_build *build, struct tree *tree);
static enum status worker_open(struct worker *worker, struct site_build *build);
static void worker_close(struct worker *worker);
static void *worker_run(void *what);
static enum status begin_piece(struct worker *worker);
static enum status do_batch(struct worker *worker, int64_t batch);
static enum status do_lists(struct worker *worker, size_t from);
static enum status put_in_place(struct call *call, struct site_build *build,
                                struct worker *workers, int threads,
                                struct applied *out_applied);
static enum status catch_up(struct call *call, struct site_build *build,
                            struct worker *worker);
static enum status record_rebuild(struct call *call, void *what);
static int count_threads(const struct rebuild *rebuild);

struct running {
    struct worker *worker;
    atomic_int *count;
};

enum status publication_rebuild(struct call *call, id64 site,
                                const struct rebuild *rebuild,
                                struct applied *out_applied) {
    struct call fresh = call_afresh(call);
    enum status done = rebuild_under_lock(&fresh, site, rebuild, out_applied);
    call_end(&fresh);
    return done;
}

static enum status rebuild_under_lock(struct call *call, id64 site,
                                      const struct rebuild *rebuild,
                                      struct applied *out_applied) {
    static const struct rebuild plain;
    struct site_build build = {.call = call,
                               .how = rebuild == NULL ? &plain : rebuild,
                               .site = site,
                               .begun_at = call->now};
    int lock;
    TRY(make_public_root(call));
    TRY(site_find(call, site, &build.facts));
    build.live = site_tree_path(call, build.facts.code);
    build.fresh = site_fresh_path(call, build.facts.code);
    const char *path =
        str_format(call->arena, "%s-rebuild", site_lock_path(call, build.facts.code)).at;
    TRY(tree_lock(path, &lock));
    enum status done = rebuild_locked(call, &build, out_applied);
    free(build.batch_done);
    tree_unlock(lock);
    return done;
}

static enum status rebuild_locked(struct call *call, struct site_build *build,
                                  struct applied *out_applied) {
    struct worker workers[THREADS_MOST] = {0};
    int threads = count_threads(build->how);
    TRY(begin_or_resume(build));
    TRY(unproven_of_site(call, build->site, &build->unproven));
    TRY(unproven_tell(call, &build->facts, &build->unproven));
    TRY(plan_lists_of_site(build));
    enum status done = run_workers(build, workers, threads);
    if (done == DONE) {
        done = put_in_place(call, build, workers, threads, out_applied);
    }
    for (int i = 0; i < threads; i++) {
        worker_close(&workers[i]);
    }
    return done;
}

struct beginning {
    struct site_build *build;
    struct str theme;
};

static enum status begin_or_resume(struct site_build *build) {
    struct call *call = build->call;
    struct theme *theme;
    struct rows *row;
    TRY(theme_load(call, build->facts.theme, &theme));
    struct beginning beginning = {build, STR("")};
    enum status known = state_of_theme(build, theme, &beginning.theme);
    theme_free(theme);
    TRY(known);
    const char *mark = str_format(call->arena, "%s/.building", build->fresh).at;
    enum status found =
        store_find(call, &publication_rebuild_row, &row, bind_id("site", build->site));
    if (found == DONE && str_equal(row_text(row, "theme"), beginning.theme) &&
        file_exists(mark)) {
        build->begun_at = row_int(row, "begun_at");
        build->resumed = row_int(row, "place");
    } else if (found == DONE || found == ABSENT) {
        build->anew = true;
        TRY(tree_clear(build->fresh));
        TRY(store_transact(call, TXN_WRITE, begin_anew, &beginning));
        if (mkdir(build->fresh, 0755) != 0) {
            return log_failed("make %s: %s", build->fresh, strerror(errno));
        }
        TRY(file_write(mark, bytes_of_str(STR("a rebuild is under way\n"))));
    } else {
        return found;
    }
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", build->site)));
    build->places = row_int(row, "next_place") - 1;
    build->batch_count = (size_t)(build->places / BATCH + 1);
    build->batch_done = calloc(build->batch_count, sizeof *build->batch_done);
    if (build->batch_done == NULL) {
        log_fatal("out of memory");
    }
    return DONE;
}

static enum status begin_anew(struct call *call, void *what) {
    struct beginning *beginning = what;
    TRY(site_ensure(call, beginning->build->site));
    return store_run(call, &publication_rebuild_begin, NULL,
                     bind_id("site", beginning->build->site),
                     bind_int("id", call_new_id(call)),
                     bind_text("theme", beginning->theme), bind_int("now", call->now));
}

/* What the pages depend on; a rebuild begun under another is begun again. */
static enum status state_of_theme(struct site_build *build, struct theme *theme,
                                  struct str *out_state) {
    struct call *call = build->call;
    struct digesting digesting;
    struct view view;
    TRY(view_load(call, build->site, theme, &view));
    build->frame = frame_digest(call->arena, &view);
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "frame", build->frame);
    for (size_t i = 0; i < view.column_count; i++) {
        const struct column *column = &view.columns[i];
        digest_add_field(&digesting, "path", column->path);
        digest_add_field(&digesting, "title", column->title);
        digest_add_field(&digesting, "type", column->type);
        digest_add_field(&digesting, "summary", column->summary);
        digest_add_field(&digesting, "keywords", column->keywords);
    }
    struct digest digest = digest_end(&digesting);
    *out_state = digest_to_text(call->arena, &digest);
    return DONE;
}

/* Everything but the items; distributed by the piece, as the items are. */
static enum status plan_lists_of_site(struct site_build *build) {
    plan_init(&build->lists, build->call->arena);
    return plan_all_lists(build->call, &build->lists, build->site, build->places);
}

static enum status run_workers(struct site_build *build, struct worker *workers,
                               int threads) {
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
    TRY(theme_load(build->call, build->facts.theme, &worker->theme));
    TRY(view_load(build->call, build->site, worker->theme, &worker->view));
    worker->view.unproven = &build->unproven;
    TRY(tree_open(build->fresh, TREE_FRESH, &worker->tree));
    sink_init(&worker->sink, worker->tree, worker->rows_arena);
    worker->sink.is_empty = build->anew;
    return DONE;
}

static void worker_close(struct worker *worker) {
    if (worker->build == NULL) {
        return;
    }
    tree_close(worker->tree);
    theme_free(worker->theme);
    arena_free(worker->rows_arena);
    arena_free(worker->page_call.arena);
    call_end(&worker->call);
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
static enum status begin_piece(struct worker *worker) {
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
    TRY(begin_piece(worker));
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
    TRY(begin_piece(worker));
    for (size_t i = from; i < from + LISTS_A_PIECE && i < build->lists.count; i++) {
        arena_clear(worker->page_call.arena);
        TRY(operation_do(&worker->page_call, &worker->view, &build->lists.at[i],
                         &worker->sink));
        atomic_fetch_add(&build->done, 1);
    }
    return DONE;
}

struct placing {
    struct site_build *build;
    struct worker *workers;
    int threads;
    id64 *journals;
    size_t journal_count;
    struct applied applied;
};

static enum status put_in_place(struct call *call, struct site_build *build,
                                struct worker *workers, int threads,
                                struct applied *out_applied) {
    struct placing placing = {.build = build, .workers = workers, .threads = threads};
    int lock;
    TRY(tree_sync_all(workers[0].tree)); /* the long one, before the lock */
    TRY(tree_lock(site_lock_path(call, build->facts.code), &lock));
    enum status done = catch_up(call, build, &workers[0]);
    if (done == DONE) {
        const char *mark = str_format(call->arena, "%s/.building", build->fresh).at;
        done = file_remove(mark);
    }
    if (done == DONE) {
        done = tree_sync_all(workers[0].tree);
    }
    if (done == DONE) {
        done = tree_swap(build->live, build->fresh);
    }
    if (done == DONE) {
        done = store_transact(call, TXN_WRITE, record_rebuild, &placing);
    }
    tree_unlock(lock);
    if (done == DONE) {
        done = tree_clear(build->fresh); /* the old tree by now */
    }
    if (done == DONE && out_applied != NULL) {
        *out_applied = placing.applied;
    }
    return done;
}

/* What was released or withdrawn since the rebuild began, on the fresh tree. */
static enum status catch_up(struct call *call, struct site_build *build,
                            struct worker *worker) {
    struct rows *rows;
    struct plan plan;
    id64 *journals = TAKE_ARRAY(call->arena, 10000, id64);
    size_t count = 0;
    plan_init(&plan, call->arena);
    worker->sink.is_empty = false;
    txn_abort(call);
    TRY(begin_piece(worker)); /* views that begin under the lock */
    TRY(store_query(call, &publication_journal_since, &rows, bind_id("site", build->site),
                    bind_int("since", build->begun_at - LATE_ACTS)));
    while (count < 10000 && rows_next(rows)) {
        journals[count++] = row_id(rows, "id");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        TRY(plan_load(call, &plan, journals[i]));
    }
    TRY(view_load(call, build->site, worker->theme, &worker->view));
    for (size_t i = 0; i < plan.count; i++) {
        arena_clear(worker->page_call.arena);
        TRY(operation_do(&worker->page_call, &worker->view, &plan.at[i], &worker->sink));
    }
    txn_abort(&worker->call);
    return DONE;
}

static enum status record_rebuild(struct call *call, void *what) {
    struct placing *placing = what;
    struct site_build *build = placing->build;
    size_t count = 0;
    size_t at = 0;
    for (int i = 0; i < placing->threads; i++) {
        count += placing->workers[i].sink.count;
    }
    struct file_row *rows = TAKE_ARRAY(call->arena, count + 1, struct file_row);
    /* The first worker caught up last, so its rows come last and count. */
    for (int i = placing->threads - 1; i >= 0; i--) {
        const struct sink *sink = &placing->workers[i].sink;
        for (size_t j = 0; j < sink->count; j++) {
            rows[at] = sink->rows[j];
            rows[at].order = at;
            at++;
        }
    }
    placing->applied = (struct applied){0};
    TRY(manifest_replace(call, build->site, rows, count, &placing->applied.written));
    TRY(store_run(call, &publication_journals_done, NULL, bind_id("site", build->site),
                  bind_int("since", build->begun_at - LATE_ACTS),
                  bind_int("now", call->now)));
    TRY(store_run(call, &publication_frame_put, NULL, bind_id("site", build->site),
                  bind_text("frame", build->frame), bind_int("now", build->begun_at)));
    TRY(store_run(call, &publication_rebuild_end, NULL, bind_id("site", build->site)));
    struct ledger_act record = {
        .act = "publication.rebuild",
        .subject = {.kind = SUBJECT_SITE, .id = build->site},
        .payload = ledger_payload(
            call, json_pack("{s:I}", "files", (json_int_t)placing->applied.written))};
    return ledger_append(call, build->facts.group, &record, NULL);
}

static int count_threads(const struct rebuild *rebuild) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = rebuild->threads > 0 ? rebuild->threads : (int)processors;
    return threads < 1 ? 1 : threads > THREADS_MOST ? THREADS_MOST : threads;
}
