/*
 * The journal worked off: the one way by which a change of the store reaches
 * the live tree.  Whoever comes first takes all open journals of the site, so
 * that many releases at once write each list only once.
 *
 * Order: all new bytes are written and synced beside what stands; then what goes
 * is unlinked, pages and their files are shown, and after them what links to
 * them; then the directories are synced.  (A journaling file system keeps the
 * order of these changes of names; waiting for each group cost twice the time.)
 * The manifest and the journal's end are one transaction after all of it.  A
 * crash anywhere leaves the journal open and the next start does the same work
 * again.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define JOURNALS_MOST 200
#define LOOK_EVERY    (20 * INSTANT_SECOND / 1000)
#define LOOKS_MOST    750 /* fifteen seconds for the publisher */

struct work {
    id64 site;
    struct view view;
    id64 *journals;
    size_t journal_count;
    struct plan plan;
    struct sink sink;
    struct str frame;
    bool sweeps; /* after a crash: what a killed writer left goes too */
};

static enum status apply(struct call *call, id64 site, bool sweeps,
                         struct applied *out_applied);
static enum status await_publisher(struct call *call, id64 site);
static enum status is_open(struct call *call, id64 site, bool *out_open);
static enum status lock_and_apply(struct call *call, struct work *work,
                                  struct applied *applied);
static enum status apply_locked(struct call *call, struct work *work,
                                struct applied *applied);
static enum status apply_some(struct call *call, struct work *work,
                              struct applied *applied);
static enum status load_journals(struct call *call, struct work *work);
static enum status carry_out(struct call *call, struct work *work, bool *out_broken);
static enum status one_by_one(struct call *call, struct work *work,
                              struct applied *applied);
static enum status do_group(struct call *call, struct work *work, int group);
static int group_of(struct call *call, const struct operation *operation);
static enum status close_journals(struct call *call, void *what);
static void count_applied(const struct work *work, struct applied *applied);

static enum status apply(struct call *call, id64 site, bool sweeps,
                         struct applied *out_applied) {
    struct work work = {.site = site, .sweeps = sweeps};
    struct applied applied = {0};
    struct call fresh = call_afresh(call);
    enum status done = call->house->tree_apart ? await_publisher(&fresh, site)
                                               : lock_and_apply(&fresh, &work, &applied);
    call_end(&fresh);
    if (done == DONE && out_applied != NULL) {
        *out_applied = applied;
    }
    return done;
}

enum status publication_apply(struct call *call, id64 site, struct applied *out_applied) {
    return apply(call, site, false, out_applied);
}

enum status publication_replay(struct call *call) {
    struct rows *rows;
    id64 sites[1000];
    size_t count = 0;
    struct call fresh = call_afresh(call);
    enum status done = store_query(&fresh, &publication_sites_open, &rows, NO_VALUES);
    while (done == DONE && count < LENGTH(sites) && rows_next(rows)) {
        sites[count++] = row_id(rows, "site");
    }
    if (done == DONE) {
        done = rows_end(rows);
    }
    call_end(&fresh);
    for (size_t i = 0; i < count && done == DONE; i++) {
        struct applied applied;
        done = apply(call, sites[i], true, &applied);
        if (done == DONE) {
            log_note("finished %zu acts of publication that were under way",
                     applied.acts);
        }
    }
    return done;
}

/* Where this process may not write the tree: until the one that may has done so. */
static enum status await_publisher(struct call *call, id64 site) {
    struct store *store = call->house->store;
    for (int look = 0; look < LOOKS_MOST; look++) {
        uint64_t seen = store_commits(store);
        bool open = true;
        TRY(is_open(call, site, &open));
        txn_abort(call);
        arena_clear(call->arena);
        if (!open) {
            return DONE;
        }
        store_wait(store, seen, LOOK_EVERY);
    }
    return log_failed("the worker has not published what was ordered; is it running?");
}

static enum status is_open(struct call *call, id64 site, bool *out_open) {
    struct rows *rows;
    bool open = false;
    TRY(store_query(call, &publication_sites_open, &rows, NO_VALUES));
    while (rows_next(rows)) {
        open = open || row_id(rows, "site") == site;
    }
    TRY(rows_end(rows));
    *out_open = open;
    return DONE;
}

/* What is read is read after the lock is held: nobody's later page is undone. */
static enum status lock_and_apply(struct call *call, struct work *work,
                                  struct applied *applied) {
    struct site facts;
    int lock;
    TRY(make_public_root(call));
    TRY(site_find(call, work->site, &facts));
    TRY(tree_lock(site_lock_path(call, facts.code), &lock));
    txn_abort(call);
    enum status done = apply_locked(call, work, applied);
    tree_unlock(lock);
    return done;
}

static enum status apply_locked(struct call *call, struct work *work,
                                struct applied *applied) {
    for (;;) {
        TRY(load_journals(call, work));
        if (work->journal_count == 0) {
            return DONE;
        }
        struct site facts;
        struct theme *theme;
        TRY(site_find(call, work->site, &facts));
        TRY(theme_load_worn(call, &facts, &theme));
        enum status done = view_load(call, work->site, theme, &work->view);
        if (done == DONE) {
            work->frame = frame_digest(call->arena, &work->view);
            done = apply_some(call, work, applied);
        }
        theme_free(theme);
        TRY(done);
        txn_abort(call);
        arena_clear(call->arena);
    }
}

static enum status apply_some(struct call *call, struct work *work,
                              struct applied *applied) {
    bool broken = false;
    enum status done = carry_out(call, work, &broken);
    if (broken) {
        return one_by_one(call, work, applied);
    }
    if (done == DONE) {
        count_applied(work, applied);
    }
    return done;
}

/* A page that cannot be written holds up its own act and no other. */
static enum status one_by_one(struct call *call, struct work *work,
                              struct applied *applied) {
    id64 *journals = work->journals;
    size_t count = work->journal_count;
    enum status first = DONE;
    for (size_t i = 0; i < count; i++) {
        bool broken = false;
        work->journals = &journals[i];
        work->journal_count = 1;
        plan_init(&work->plan, call->arena);
        TRY(plan_load(call, &work->plan, journals[i]));
        enum status done = carry_out(call, work, &broken);
        if (done == DONE) {
            count_applied(work, applied);
        } else if (!broken) {
            return done;
        } else if (first == DONE) {
            first = done;
        }
    }
    return first;
}

static enum status load_journals(struct call *call, struct work *work) {
    struct rows *rows;
    work->journals = TAKE_ARRAY(call->arena, JOURNALS_MOST, id64);
    work->journal_count = 0;
    plan_init(&work->plan, call->arena);
    TRY(store_query(call, &publication_journal_open, &rows, bind_id("site", work->site)));
    while (work->journal_count < JOURNALS_MOST && rows_next(rows)) {
        work->journals[work->journal_count++] = row_id(rows, "id");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < work->journal_count; i++) {
        TRY(plan_load(call, &work->plan, work->journals[i]));
    }
    return DONE;
}

/* *out_broken*: a page could not be made; nothing was shown yet. */
static enum status carry_out(struct call *call, struct work *work, bool *out_broken) {
    struct tree *tree;
    TRY(tree_open(site_tree_path(call, work->view.site.code), TREE_SAFE, &tree));
    sink_init(&work->sink, tree, call->arena);
    enum status done = DONE;
    for (size_t i = 0; work->sweeps && done == DONE && i < work->plan.count; i++) {
        done = tree_sweep(tree, work->plan.at[i].path);
    }
    for (int group = 0; group < 3 && done == DONE; group++) {
        done = do_group(call, work, group);
        *out_broken = done != DONE;
    }
    if (done == DONE) {
        done = tree_settle(tree);
    }
    tree_close(tree);
    return done == DONE ? store_transact(call, TXN_WRITE, close_journals, work) : done;
}

static enum status do_group(struct call *call, struct work *work, int group) {
    for (size_t i = 0; i < work->plan.count; i++) {
        if (group_of(call, &work->plan.at[i]) == group) {
            TRY(operation_do(call, &work->view, &work->plan.at[i], &work->sink));
        }
    }
    return DONE;
}

/* 0 what may have to go, 1 what readers come for, 2 what leads there. */
static int group_of(struct call *call, const struct operation *operation) {
    if (operation->kind == OPERATE_FILE) {
        return 0;
    }
    if (operation->kind == OPERATE_ITEM) {
        struct release release;
        enum status found = release_find(call, &publication_at_number,
                                         VALUES(bind_id("site_column", operation->column),
                                                bind_int("number", operation->number)),
                                         &release);
        return found == DONE && release.state == RELEASE_LIVE ? 1 : 0;
    }
    return operation->kind == OPERATE_STYLE || operation->kind == OPERATE_ELDER ||
                   operation->kind == OPERATE_SCRIPT
               ? 1
               : 2;
}

static enum status close_journals(struct call *call, void *what) {
    struct work *work = what;
    struct rows *row;
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", work->site)));
    if (row_int(row, "applied_at") == 0) { /* the tree's first pages */
        TRY(store_run(call, &publication_frame_put, NULL, bind_id("site", work->site),
                      bind_text("frame", work->frame), bind_int("now", call->now)));
    }
    TRY(manifest_record(call, work->site, work->sink.rows, work->sink.count));
    for (size_t i = 0; i < work->journal_count; i++) {
        TRY(store_run(call, &publication_journal_done, NULL,
                      bind_int("id", work->journals[i]), bind_int("now", call->now)));
    }
    return DONE;
}

enum status make_public_root(struct call *call) {
    const char *root = str_format(call->arena, "%s/public", call->house->workspace).at;
    if (mkdir(root, 0755) == 0) {
        return file_sync_directory(call->house->workspace);
    }
    return errno == EEXIST ? DONE : log_failed("make %s: %s", root, strerror(errno));
}

static void count_applied(const struct work *work, struct applied *applied) {
    applied->acts += work->journal_count;
    applied->written += work->sink.written;
    for (size_t i = 0; i < work->sink.count; i++) {
        applied->removed += work->sink.rows[i].gone;
    }
}
