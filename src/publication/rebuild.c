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
#include "publication_sql.h"
#include "rebuild_own.h"

#include "ledger/ledger.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LATE_ACTS (10 * INSTANT_MINUTE)

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
static enum status put_in_place(struct call *call, struct site_build *build,
                                struct worker *workers, int threads,
                                struct applied *out_applied);
static enum status catch_up(struct call *call, struct site_build *build,
                            struct worker *worker);
static enum status record_rebuild(struct call *call, void *what);
static int count_threads(const struct rebuild *rebuild);

enum status publication_rebuild(struct call *call, id64 site,
                                const struct rebuild *rebuild,
                                struct applied *out_applied) {
    struct site facts;
    const char *share;
    TRY(site_find(call, site, &facts));
    TRY(site_design_place(call, &facts, &share)); /* its no is said to who asked */
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
    enum status done = workers_run(build, workers, threads);
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
    TRY(theme_load_worn(call, &build->facts, &theme));
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
    TRY(worker_begin_piece(worker)); /* views that begin under the lock */
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
