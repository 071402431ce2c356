/*
 * What a changed site, column or theme asks of the tree.
 *
 * The frame is what every page of a site shows around its own matter: theme, marks
 * of the site, menu.  The store keeps the frame the tree was last whole with; when
 * the present one differs, a job writes the whole site anew, goes on where it was
 * interrupted, and keeps the new frame in the transaction that ends it.  A column
 * that changes without changing the frame costs its own pages, through the journal;
 * if those are many, the same job.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "jobs/jobs.h"

#define JOB        "publication.rebuild"
#define PIECE      500  /* operations of one journal */
#define PAGES_MOST 2000 /* of a column, beyond which the whole site is written anew */
#define WORK_MOST  (100 * INSTANT_MINUTE)
#define LEASE      (110 * INSTANT_MINUTE)
#define ATTEMPTS   40

struct column_change {
    struct column column;
    struct column *below; /* with the column itself first */
    size_t below_count;
};

struct job_order {
    id64 site;
    struct str key;
};

static enum status frame_shown(struct call *call, id64 site, struct str *out_frame,
                               instant *out_since);
static enum status frame_now(struct call *call, id64 site, struct str *out_frame);
static enum status order_rebuild(struct call *call, id64 site, struct str key);
static enum status add_job(struct call *call, void *what);
static enum status count_pages(struct call *call, const struct column_change *change,
                               int64_t *out_pages);
static enum status write_column(struct call *call, void *what);
static enum status write_items(struct call *call, const struct column *column);
static enum status write_lists(struct call *call, const struct column *column);
static enum status write_around(struct call *call, const struct column *column);
static enum status rebuild_site(struct call *call, struct job *job);
static enum status has_tree(struct call *call, id64 site, bool *out_has);
static bool go_on(void *listener, size_t done, size_t all);

struct str frame_digest(struct arena *arena, const struct view *view) {
    const struct site *site = &view->site;
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    theme_add_digest(view->theme, &digesting);
    digest_add_field(&digesting, "demo", view->demo ? STR("1") : STR("0"));
    digest_add_field(&digesting, "title", site->title);
    digest_add_field(&digesting, "domain", site->domain);
    digest_add_field(&digesting, "id-code", site->id_code);
    digest_add_field(&digesting, "sponsor", site->sponsor);
    digest_add_field(&digesting, "contact", site->contact);
    digest_add_field(&digesting, "icp", site->icp);
    digest_add_field(&digesting, "police", site->police);
    if (view->counted) {
        digest_add_field(&digesting, "counted", STR("1"));
    }
    for (size_t i = 0; i < view->column_count; i++) {
        if (view->columns[i].parent == 0) {
            digest_add_field(&digesting, "menu", view->columns[i].path);
            digest_add_field(&digesting, "title", view->columns[i].title);
        }
    }
    struct digest digest = digest_end(&digesting);
    return digest_to_text(arena, &digest);
}

enum status publication_follow_site(struct call *call, id64 site, instant at) {
    struct str shown;
    struct str now;
    instant since;
    enum status known = frame_shown(call, site, &shown, &since);
    if (known != DONE) {
        return known == ABSENT ? DONE : known; /* nothing is public yet */
    }
    TRY(frame_now(call, site, &now));
    if (str_equal(shown, now)) {
        return DONE;
    }
    return order_rebuild(
        call, site,
        str_format(call->arena, JOB ":%lld:%lld", (long long)site, (long long)at));
}

enum status publication_follow_column(struct call *call, id64 column, instant at) {
    struct column_change change;
    struct column *columns;
    struct str shown;
    size_t count;
    int64_t pages = 0;
    TRY(site_column_find(call, column, &change.column));
    instant since = 0;
    enum status known = frame_shown(call, change.column.site, &shown, &since);
    if (known != DONE) {
        return known == ABSENT ? DONE : known;
    }
    if (at < since) {
        return DONE; /* every page was written after it */
    }
    TRY(publication_follow_site(call, change.column.site, at));
    TRY(site_columns(call, change.column.site, &columns, &count));
    change.below = TAKE_ARRAY(call->arena, count + 1, struct column);
    change.below_count = 0;
    struct str below = str_format(call->arena, "%.*s/", STR_ARG(change.column.path));
    for (size_t i = 0; i < count; i++) {
        if (columns[i].id == column || str_starts(columns[i].path, below.at)) {
            change.below[change.below_count++] = columns[i];
        }
    }
    TRY(count_pages(call, &change, &pages));
    if (pages > PAGES_MOST) {
        return order_rebuild(call, change.column.site,
                             str_format(call->arena, JOB ":column:%lld:%lld",
                                        (long long)column, (long long)at));
    }
    TRY(store_transact(call, TXN_WRITE, write_column, &change));
    return publication_apply(call, change.column.site, NULL);
}

enum status publication_look(struct call *call) {
    struct rows *rows;
    id64 sites[1000];
    size_t count = 0;
    TRY(store_query(call, &publication_sites, &rows, NO_VALUES));
    while (count < LENGTH(sites) && rows_next(rows)) {
        sites[count++] = row_id(rows, "site");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        struct rows *row;
        struct str shown;
        struct str now;
        instant since;
        TRY(frame_shown(call, sites[i], &shown, &since));
        TRY(frame_now(call, sites[i], &now));
        enum status broken_off =
            store_find(call, &publication_rebuild_row, &row, bind_id("site", sites[i]));
        if (broken_off == FAILED) {
            return FAILED;
        }
        bool there;
        TRY(has_tree(call, sites[i], &there));
        if (broken_off == DONE || !there || !str_equal(shown, now)) {
            TRY(order_rebuild(call, sites[i], STR("")));
        }
    }
    return DONE;
}

const struct job_handler *publication_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = JOB, .work = rebuild_site, .attempts_most = ATTEMPTS, .lease = LEASE},
    };
    *out_count = LENGTH(handlers);
    return handlers;
}

enum status publication_progress(struct call *call, id64 site,
                                 struct rebuild_progress *out_progress) {
    struct rows *row;
    struct rebuild_progress progress;
    TRY(store_find(call, &publication_rebuild_row, &row, bind_id("site", site)));
    progress.begun_at = row_int(row, "begun_at");
    progress.done = row_int(row, "place");
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", site)));
    progress.all = row_int(row, "next_place") - 1;
    *out_progress = progress;
    return DONE;
}

/* ABSENT if the site has no tree; empty if the tree is of an older program. */
static enum status frame_shown(struct call *call, id64 site, struct str *out_frame,
                               instant *out_since) {
    struct rows *row;
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", site)));
    enum status found =
        store_find(call, &publication_frame_row, &row, bind_id("site", site));
    *out_frame = found == DONE ? row_text(row, "frame") : STR("");
    *out_since = found == DONE ? row_int(row, "shown_at") : 0;
    return found == FAILED ? FAILED : DONE;
}

/* A restored workspace may have no public files yet. */
static enum status has_tree(struct call *call, id64 site, bool *out_has) {
    struct site facts;
    TRY(site_find(call, site, &facts));
    *out_has = file_exists(site_tree_path(call, facts.code));
    return DONE;
}

static enum status frame_now(struct call *call, id64 site, struct str *out_frame) {
    struct site facts;
    struct theme *theme;
    struct view view;
    TRY(site_find(call, site, &facts));
    TRY(theme_load_worn(call, &facts, &theme));
    enum status loaded = view_load(call, site, theme, &view);
    if (loaded == DONE) {
        *out_frame = frame_digest(call->arena, &view);
    }
    theme_free(theme);
    return loaded;
}

static enum status order_rebuild(struct call *call, id64 site, struct str key) {
    struct job_order order = {site, key};
    return store_transact(call, TXN_WRITE, add_job, &order);
}

static enum status add_job(struct call *call, void *what) {
    const struct job_order *order = what;
    return jobs_add(call, JOB, id_to_text(call->arena, order->site), 0, order->key);
}

static enum status count_pages(struct call *call, const struct column_change *change,
                               int64_t *out_pages) {
    int64_t pages = 0;
    for (size_t i = 0; i < change->below_count; i++) {
        struct rows *row;
        TRY(store_find(call, &publication_held_count, &row,
                       bind_id("site_column", change->below[i].id)));
        pages += row_int(row, "items");
    }
    *out_pages = pages;
    return DONE;
}

/* The way to a page names every column above it, so what lies below goes along. */
static enum status write_column(struct call *call, void *what) {
    const struct column_change *change = what;
    for (size_t i = 0; i < change->below_count; i++) {
        TRY(write_items(call, &change->below[i]));
        TRY(write_lists(call, &change->below[i]));
    }
    return write_around(call, &change->column);
}

static enum status write_items(struct call *call, const struct column *column) {
    int64_t after = 0;
    for (;;) {
        struct release *items;
        struct plan plan;
        size_t count;
        plan_init(&plan, call->arena);
        TRY(release_query(
            call, &publication_held_in_column,
            VALUES(bind_id("site_column", column->id), bind_int("after", after)), 200,
            &items, &count));
        if (count == 0) {
            return DONE;
        }
        for (size_t i = 0; i < count; i++) {
            plan_append(&plan, OPERATE_ITEM, column->id, items[i].number, items[i].path);
        }
        after = items[count - 1].number;
        TRY(plan_record(call, &plan, column->site, 0, "column"));
    }
}

static enum status write_lists(struct call *call, const struct column *column) {
    struct rows *row;
    struct plan plan;
    int64_t last = 0;
    enum status found =
        store_find(call, &publication_counters, &row, bind_id("site_column", column->id));
    if (found == FAILED) {
        return FAILED;
    }
    last = found == DONE ? row_int(row, "next_number") - 1 : 0;
    int64_t pages = (last + LIST_ROWS - 1) / LIST_ROWS;
    plan_init(&plan, call->arena);
    plan_append(&plan, OPERATE_COLUMN, column->id, 0,
                address_below(call->arena, column->path, "index.html"));
    plan_append(&plan, OPERATE_COLUMN_FEED, column->id, 0,
                address_below(call->arena, column->path, "feed.xml"));
    for (int64_t page = 1; page <= pages; page++) {
        plan_append(&plan, OPERATE_LIST, column->id, page,
                    address_list(call->arena, column->path, page));
        if (plan.count == PIECE) {
            TRY(plan_record(call, &plan, column->site, 0, "column"));
            plan_init(&plan, call->arena);
        }
    }
    return plan_record(call, &plan, column->site, 0, "column");
}

/* Where a column is named outside of itself. */
static enum status write_around(struct call *call, const struct column *column) {
    struct plan plan;
    plan_init(&plan, call->arena);
    if (column->parent != 0) {
        struct column parent;
        TRY(site_column_find(call, column->parent, &parent));
        plan_append(&plan, OPERATE_COLUMN, parent.id, 0,
                    address_below(call->arena, parent.path, "index.html"));
    }
    plan_append(&plan, OPERATE_HOME, 0, 0, STR("index.html"));
    plan_append(&plan, OPERATE_MAP, 0, 0, STR("sitemap.html"));
    plan_append(&plan, OPERATE_SHARD, 0, 0, STR("sitemap-0.xml"));
    return plan_record(call, &plan, column->site, 0, "column");
}

static enum status rebuild_site(struct call *call, struct job *job) {
    id64 site;
    instant end = instant_read_clock() + WORK_MOST;
    struct rebuild how = {.progress = go_on, .listener = &end};
    if (id_from_text(job->subject, &site) != DONE) {
        job->reason = STR("the job names no site");
        return REFUSED;
    }
    enum status done = publication_rebuild(call, site, &how, NULL);
    if (done != DONE) {
        job->reason = STR("the site could not be written anew; the log says why");
    }
    return done;
}

static bool go_on(void *listener, size_t done, size_t all) {
    const instant *end = listener;
    (void)done;
    (void)all;
    return instant_read_clock() < *end;
}
