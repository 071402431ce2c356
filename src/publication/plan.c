/*
 * Which files an act changes.  The plan is written in the transaction of the
 * act; what goes into the files is looked up when the plan is carried out, so
 * that a plan carried out late, or twice, still leaves the present truth.
 *
 * The number of operations depends on how deep the column lies, never on how
 * much the site holds: list pages are numbered from the oldest, so an item
 * touches its own page of the list, and the one before it when it opens a new
 * one.
 */
#include "publication_own.h"
#include "publication_sql.h"

static const char *const names[OPERATE_KINDS] = {
    [OPERATE_ITEM] = "item",
    [OPERATE_FILE] = "file",
    [OPERATE_LIST] = "list",
    [OPERATE_COLUMN] = "column",
    [OPERATE_HOME] = "home",
    [OPERATE_FEED] = "feed",
    [OPERATE_COLUMN_FEED] = "column-feed",
    [OPERATE_SHARD] = "shard",
    [OPERATE_SHARDS] = "shards",
    [OPERATE_MAP] = "map",
    [OPERATE_MISSING] = "missing",
    [OPERATE_STYLE] = "style",
    [OPERATE_ELDER] = "elder",
    [OPERATE_ROBOTS] = "robots",
    [OPERATE_SEARCH] = "search",
    [OPERATE_INDEX] = "index",
    [OPERATE_SCRIPT] = "script",
};

static enum status plan_files(struct call *call, struct plan *plan,
                              const struct release *release);
static void plan_lists(struct plan *plan, const struct column *column, int64_t number);

const char *operation_name(enum operation_kind kind) { return names[kind]; }

enum operation_kind operation_of_name(struct str name) {
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (str_is(name, names[i])) {
            return (enum operation_kind)i;
        }
    }
    return OPERATE_KINDS;
}

void plan_init(struct plan *plan, struct arena *arena) {
    *plan = (struct plan){.arena = arena};
}

void plan_add(struct plan *plan, enum operation_kind kind, id64 column, int64_t number,
              struct str path) {
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->at[i].kind == kind && str_equal(plan->at[i].path, path)) {
            return;
        }
    }
    plan_append(plan, kind, column, number, path);
}

void plan_append(struct plan *plan, enum operation_kind kind, id64 column, int64_t number,
                 struct str path) {
    if (plan->count == plan->room) {
        size_t room = plan->room == 0 ? 16 : plan->room * 2;
        struct operation *grown = TAKE_ARRAY(plan->arena, room, struct operation);
        for (size_t i = 0; i < plan->count; i++) {
            grown[i] = plan->at[i];
        }
        plan->at = grown;
        plan->room = room;
    }
    plan->at[plan->count++] =
        (struct operation){kind, column, number, str_copy(plan->arena, path)};
}

enum status plan_release(struct call *call, struct plan *plan,
                         const struct release *release, int64_t place) {
    struct column column;
    TRY(site_column_find(call, release->column, &column));
    plan_add(plan, OPERATE_ITEM, column.id, release->number, release->path);
    TRY(plan_files(call, plan, release));
    TRY(plan_named(call, plan, release));
    plan_lists(plan, &column, release->number);
    plan_add(plan, OPERATE_COLUMN, column.id, 0,
             address_below(plan->arena, column.path, "index.html"));
    plan_add(plan, OPERATE_COLUMN_FEED, column.id, 0,
             address_below(plan->arena, column.path, "feed.xml"));
    if (column.parent != 0) {
        struct column parent;
        TRY(site_column_find(call, column.parent, &parent));
        plan_add(plan, OPERATE_COLUMN, parent.id, 0,
                 address_below(plan->arena, parent.path, "index.html"));
    }
    if (column.on_home) {
        plan_add(plan, OPERATE_HOME, 0, 0, STR("index.html"));
    }
    plan_add(plan, OPERATE_FEED, 0, 0, STR("feed.xml"));
    int64_t shard = place / SHARD_PLACES;
    plan_add(plan, OPERATE_SHARD, 0, shard,
             str_format(plan->arena, "sitemap-%lld.xml", (long long)shard));
    int64_t index = place / INDEX_PLACES;
    plan_add(plan, OPERATE_INDEX, 0, index,
             str_format(plan->arena, "search-%lld.json", (long long)index));
    if (place % INDEX_PLACES == 0) {
        plan_add(plan, OPERATE_SEARCH, 0, 0, STR("search.html"));
    }
    if (place % SHARD_PLACES == 0) {
        plan_add(plan, OPERATE_SHARDS, 0, 0, STR("sitemap.xml"));
    }
    return DONE;
}

enum status plan_site(struct call *call, struct plan *plan, id64 site) {
    struct column *columns;
    size_t count;
    TRY(site_columns(call, site, &columns, &count));
    plan_add(plan, OPERATE_STYLE, 0, 0, STR("s/style.css"));
    plan_add(plan, OPERATE_ELDER, 0, 0, STR("zz/s/style.css"));
    for (size_t i = 0; i < count; i++) {
        plan_add(plan, OPERATE_COLUMN, columns[i].id, 0,
                 address_below(plan->arena, columns[i].path, "index.html"));
        plan_add(plan, OPERATE_COLUMN_FEED, columns[i].id, 0,
                 address_below(plan->arena, columns[i].path, "feed.xml"));
    }
    plan_add(plan, OPERATE_HOME, 0, 0, STR("index.html"));
    plan_add(plan, OPERATE_FEED, 0, 0, STR("feed.xml"));
    plan_add(plan, OPERATE_MAP, 0, 0, STR("sitemap.html"));
    plan_add(plan, OPERATE_MISSING, 0, 0, STR("404.html"));
    plan_add(plan, OPERATE_ROBOTS, 0, 0, STR("robots.txt"));
    plan_add(plan, OPERATE_SCRIPT, 0, 0, STR("s/search.js"));
    plan_add(plan, OPERATE_SEARCH, 0, 0, STR("search.html"));
    plan_add(plan, OPERATE_INDEX, 0, 0, STR("search-0.json"));
    plan_add(plan, OPERATE_SHARD, 0, 0, STR("sitemap-0.xml"));
    plan_add(plan, OPERATE_SHARDS, 0, 0, STR("sitemap.xml"));
    return DONE;
}

enum status plan_all_lists(struct call *call, struct plan *plan, id64 site,
                           int64_t places) {
    struct column *columns;
    size_t count;
    TRY(plan_site(call, plan, site));
    TRY(site_columns(call, site, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        struct rows *row;
        enum status found = store_find(call, &publication_counters, &row,
                                       bind_id("site_column", columns[i].id));
        if (found == ABSENT) {
            continue;
        }
        TRY(found);
        int64_t last = row_int(row, "next_number") - 1;
        int64_t pages = (last + LIST_ROWS - 1) / LIST_ROWS;
        for (int64_t page = 1; page <= pages; page++) {
            plan_append(plan, OPERATE_LIST, columns[i].id, page,
                        address_list(plan->arena, columns[i].path, page));
        }
    }
    for (int64_t shard = 1; shard <= places / SHARD_PLACES; shard++) {
        plan_append(plan, OPERATE_SHARD, 0, shard,
                    str_format(plan->arena, "sitemap-%lld.xml", (long long)shard));
    }
    for (int64_t index = 1; index <= places / INDEX_PLACES; index++) {
        plan_append(plan, OPERATE_INDEX, 0, index,
                    str_format(plan->arena, "search-%lld.json", (long long)index));
    }
    return DONE;
}

enum status plan_record(struct call *call, const struct plan *plan, id64 site,
                        id64 release, const char *act) {
    id64 journal = call_new_id(call);
    TRY(store_run(call, &publication_journal_insert, NULL, bind_int("id", journal),
                  bind_int("site", site), bind_int("release", release),
                  bind_text("act", str_of(act)), bind_int("now", call->now)));
    for (size_t i = 0; i < plan->count; i++) {
        const struct operation *operation = &plan->at[i];
        TRY(store_run(call, &publication_operation_insert, NULL,
                      bind_int("journal", journal), bind_int("position", (int64_t)i),
                      bind_text("kind", str_of(names[operation->kind])),
                      bind_int("site_column", operation->column),
                      bind_int("number", operation->number),
                      bind_text("path", operation->path)));
    }
    return DONE;
}

enum status plan_load(struct call *call, struct plan *plan, id64 journal) {
    struct rows *rows;
    TRY(store_query(call, &publication_operations, &rows, bind_int("journal", journal)));
    while (rows_next(rows)) {
        enum operation_kind kind = operation_of_name(row_text(rows, "kind"));
        if (kind == OPERATE_KINDS) {
            return log_failed("a journal holds an operation of a newer program");
        }
        plan_add(plan, kind, row_id(rows, "site_column"), row_int(rows, "number"),
                 row_text(rows, "path"));
    }
    return rows_end(rows);
}

/* The attachments of what stands there now: they go unless the new text has
 * one at the same address. */
static enum status plan_files(struct call *call, struct plan *plan,
                              const struct release *release) {
    struct revision revision;
    TRY(manuscript_revision(call, release->revision, &revision));
    for (size_t i = 0; i < revision.content.attachment_count; i++) {
        struct str extension =
            attachment_extension(plan->arena, &revision.content.attachments[i]);
        plan_add(plan, OPERATE_FILE, release->column, release->number,
                 address_attachment(plan->arena, release->path, (int)i + 1, extension));
    }
    return DONE;
}

static void plan_lists(struct plan *plan, const struct column *column, int64_t number) {
    int64_t page = (number - 1) / LIST_ROWS + 1;
    plan_add(plan, OPERATE_LIST, column->id, page,
             address_list(plan->arena, column->path, page));
    if ((number - 1) % LIST_ROWS == 0 && page > 1) {
        plan_add(plan, OPERATE_LIST, column->id, page - 1,
                 address_list(plan->arena, column->path, page - 1));
    }
}
