/*
 * Operations carried out: rows of the store in, bytes of a file out.  Each
 * writes what the store says at this moment, so that the same operation may be
 * carried out any number of times, in any order, by whoever finds it undone.
 */
#include "publication_own.h"
#include "publication_sql.h"

#define BLOCKS_MOST  64
#define HOLDERS_MOST 8

static enum status do_item(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink);
static enum status do_file(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink);
static enum status do_list(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink);
static enum status do_column(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink);
static enum status do_home(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink);
static enum status do_feed(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink);
static enum status do_column_feed(struct call *call, const struct view *view,
                                  const struct operation *operation, struct sink *sink);
static enum status do_shard(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink);
static enum status do_shards(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink);
static enum status do_map(struct call *call, const struct view *view,
                          const struct operation *operation, struct sink *sink);
static enum status do_missing(struct call *call, const struct view *view,
                              const struct operation *operation, struct sink *sink);
static enum status do_style(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink);
static enum status do_elder(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink);
static enum status do_robots(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink);
static enum status do_search(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink);
static enum status do_index(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink);
static enum status do_script(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink);
static enum status last_shard(struct call *call, const struct view *view, int64_t size,
                              int64_t *out_last);

static enum status holder_of(struct call *call, const struct view *view,
                             const struct operation *operation,
                             struct release *out_release);
static enum status put_item(struct call *call, const struct view *view,
                            const struct release *release, const struct column *column,
                            struct sink *sink);
static enum status put_files(struct call *call, const struct release *release,
                             const struct content *content, struct sink *sink);
static enum status find_successor(struct call *call, const struct view *view,
                                  const struct release *release,
                                  struct release *out_successor);
static enum status last_number(struct call *call, id64 column, int64_t *out_number);
static enum status load_blocks(struct call *call, const struct view *view,
                               const struct column *parent, bool home,
                               struct front_block *out_blocks, size_t *out_count);
static enum status put_rendered(struct sink *sink, struct str path,
                                const struct buffer *page);

enum status operation_do(struct call *call, const struct view *view,
                         const struct operation *operation, struct sink *sink) {
    static enum status (*const acts[OPERATE_KINDS])(
        struct call *, const struct view *, const struct operation *, struct sink *) = {
        [OPERATE_ITEM] = do_item,
        [OPERATE_FILE] = do_file,
        [OPERATE_LIST] = do_list,
        [OPERATE_COLUMN] = do_column,
        [OPERATE_HOME] = do_home,
        [OPERATE_FEED] = do_feed,
        [OPERATE_COLUMN_FEED] = do_column_feed,
        [OPERATE_SHARD] = do_shard,
        [OPERATE_SHARDS] = do_shards,
        [OPERATE_MAP] = do_map,
        [OPERATE_MISSING] = do_missing,
        [OPERATE_STYLE] = do_style,
        [OPERATE_ELDER] = do_elder,
        [OPERATE_ROBOTS] = do_robots,
        [OPERATE_SEARCH] = do_search,
        [OPERATE_INDEX] = do_index,
        [OPERATE_SCRIPT] = do_script,
    };
    return acts[operation->kind](call, view, operation, sink);
}

/* One item as it is now: its page and files, the page that says it is gone, or
 * nothing at all. */
enum status item_do(struct call *call, const struct view *view,
                    const struct release *release, struct sink *sink) {
    const struct column *column = view_column(view, release->column);
    if (column == NULL) {
        return log_failed("a release stands in a column that its site does not have");
    }
    struct str gone = address_gone(call->arena, release->path);
    if (release->state == RELEASE_LIVE || release->state == RELEASE_EXPIRED) {
        TRY(sink_drop(sink, gone));
        return put_item(call, view, release, column, sink);
    }
    TRY(sink_drop(sink, release->path));
    if (release->state == RELEASE_SEALED) {
        return sink_drop(sink, gone);
    }
    struct buffer page;
    buffer_init(&page, call->arena);
    struct item_view item = {.column = column, .release = release};
    TRY(render_gone(call, view, &item, &page));
    return sink_put(sink, gone, buffer_str(&page), release->id);
}

static enum status do_item(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink) {
    struct release release;
    enum status found = holder_of(call, view, operation, &release);
    if (found == ABSENT) {
        TRY(sink_drop(sink, operation->path));
        return sink_drop(sink, address_gone(call->arena, operation->path));
    }
    TRY(found);
    return item_do(call, view, &release, sink);
}

/* An attachment of an earlier state stays only if the present text has it. */
static enum status do_file(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink) {
    struct release release;
    enum status found = holder_of(call, view, operation, &release);
    if (found == DONE &&
        (release.state == RELEASE_LIVE || release.state == RELEASE_EXPIRED)) {
        struct revision revision;
        TRY(manuscript_revision(call, release.revision, &revision));
        for (size_t i = 0; i < revision.content.attachment_count; i++) {
            struct str extension =
                attachment_extension(call->arena, &revision.content.attachments[i]);
            if (str_equal(operation->path, address_attachment(call->arena, release.path,
                                                              (int)i + 1, extension))) {
                return DONE;
            }
        }
    } else if (found != DONE && found != ABSENT) {
        return found;
    }
    return sink_drop(sink, operation->path);
}

static enum status do_list(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink) {
    const struct column *column = view_column(view, operation->column);
    int64_t last;
    TRY(last_number(call, operation->column, &last));
    int64_t last_page = (last + LIST_ROWS - 1) / LIST_ROWS;
    int64_t page = operation->number;
    if (column == NULL || page < 1 || page > last_page) {
        return sink_drop(sink, operation->path);
    }
    struct list_view list = {.column = column, .path = operation->path, .page = page};
    list.newer = page < last_page ? page + 1 : -1;
    list.older = page - 1;
    struct release *rows;
    TRY(release_query(call, &publication_between,
                      VALUES(bind_id("site_column", column->id),
                             bind_int("low", (page - 1) * LIST_ROWS + 1),
                             bind_int("high", page * LIST_ROWS)),
                      LIST_ROWS, &rows, &list.row_count));
    TRY(proven_numbers(call, view, column->id, rows, &list.row_count));
    list.rows = rows;
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_list(call, view, &list, &out));
    return put_rendered(sink, operation->path, &out);
}

/* The front shows the newest page, and the one before it until that is full. */
static enum status do_column(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink) {
    const struct column *column = view_column(view, operation->column);
    if (column == NULL) {
        return sink_drop(sink, operation->path);
    }
    int64_t last;
    TRY(last_number(call, column->id, &last));
    int64_t last_page = (last + LIST_ROWS - 1) / LIST_ROWS;
    int64_t from = last % LIST_ROWS != 0 && last_page > 1 ? last_page - 1 : last_page;
    struct list_view list = {.column = column, .path = operation->path};
    list.older = from > 1 ? from - 1 : 0;
    struct release *rows = NULL;
    if (last > 0) {
        TRY(release_query(call, &publication_between,
                          VALUES(bind_id("site_column", column->id),
                                 bind_int("low", (from - 1) * LIST_ROWS + 1),
                                 bind_int("high", last)),
                          2 * LIST_ROWS, &rows, &list.row_count));
        TRY(proven_numbers(call, view, column->id, rows, &list.row_count));
    }
    list.rows = rows;
    struct front_block *blocks = TAKE_ARRAY(call->arena, BLOCKS_MOST, struct front_block);
    TRY(load_blocks(call, view, column, false, blocks, &list.block_count));
    list.blocks = blocks;
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_list(call, view, &list, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_home(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink) {
    struct front_block *blocks = TAKE_ARRAY(call->arena, BLOCKS_MOST, struct front_block);
    size_t count;
    TRY(load_blocks(call, view, NULL, true, blocks, &count));
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_home(call, view, blocks, count, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_feed(struct call *call, const struct view *view,
                           const struct operation *operation, struct sink *sink) {
    struct release *rows;
    size_t count;
    TRY(release_query(call, &publication_newest_of_site,
                      VALUES(bind_id("site", view->site.id), bind_int("most", FEED_ROWS)),
                      FEED_ROWS, &rows, &count));
    if (count > 0) {
        struct rows *row;
        TRY(store_find(call, &publication_place_of, &row,
                       bind_id("id", rows[count - 1].id)));
        TRY(proven_places(call, view, row_int(row, "place"), INT64_MAX, rows, &count));
    }
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_feed(call, view, NULL, rows, count, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_column_feed(struct call *call, const struct view *view,
                                  const struct operation *operation, struct sink *sink) {
    const struct column *column = view_column(view, operation->column);
    if (column == NULL) {
        return sink_drop(sink, operation->path);
    }
    struct release *rows;
    size_t count;
    TRY(release_query(
        call, &publication_newest,
        VALUES(bind_id("site_column", column->id), bind_int("most", FEED_ROWS)),
        FEED_ROWS, &rows, &count));
    TRY(proven_numbers(call, view, column->id, rows, &count));
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_feed(call, view, column, rows, count, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_shard(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink) {
    struct rows *found;
    size_t count = 0;
    struct release *rows = TAKE_ARRAY(call->arena, SHARD_PLACES, struct release);
    TRY(store_query(call, &publication_places, &found, bind_id("site", view->site.id),
                    bind_int("low", operation->number * SHARD_PLACES),
                    bind_int("high", (operation->number + 1) * SHARD_PLACES - 1)));
    while (count < SHARD_PLACES && rows_next(found)) {
        rows[count++] = (struct release){.path = row_text(found, "path"),
                                         .released_at = row_int(found, "released_at"),
                                         .changed_at = row_int(found, "changed_at")};
    }
    TRY(rows_end(found));
    TRY(proven_places(call, view, operation->number * SHARD_PLACES,
                      (operation->number + 1) * SHARD_PLACES - 1, rows, &count));
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_shard(call, view, operation->number, rows, count, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_shards(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink) {
    int64_t last;
    struct buffer out;
    TRY(last_shard(call, view, SHARD_PLACES, &last));
    buffer_init(&out, call->arena);
    TRY(render_shards(call, view, last, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_map(struct call *call, const struct view *view,
                          const struct operation *operation, struct sink *sink) {
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_map(call, view, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_missing(struct call *call, const struct view *view,
                              const struct operation *operation, struct sink *sink) {
    struct buffer out;
    buffer_init(&out, call->arena);
    TRY(render_missing(call, view, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_style(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink) {
    (void)call;
    return sink_put(sink, operation->path, theme_style(view->theme), 0);
}

static enum status do_elder(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink) {
    (void)call;
    return sink_put(sink, operation->path, theme_elder(view->theme), 0);
}

static enum status do_robots(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink) {
    struct str text = str_format(call->arena,
                                 "User-agent: *\nDisallow: /zz/\n"
                                 "Sitemap: https://%.*s/sitemap.xml\n",
                                 STR_ARG(view->site.domain));
    return sink_put(sink, operation->path, text, 0);
}

static enum status do_search(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink) {
    int64_t last;
    struct buffer out;
    TRY(last_shard(call, view, INDEX_PLACES, &last));
    buffer_init(&out, call->arena);
    TRY(render_search(call, view, last, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_index(struct call *call, const struct view *view,
                            const struct operation *operation, struct sink *sink) {
    struct rows *found;
    struct buffer out;
    size_t count = 0;
    struct release *rows = TAKE_ARRAY(call->arena, INDEX_PLACES, struct release);
    TRY(store_query(call, &publication_titles, &found, bind_id("site", view->site.id),
                    bind_int("low", operation->number * INDEX_PLACES),
                    bind_int("high", (operation->number + 1) * INDEX_PLACES - 1)));
    while (count < INDEX_PLACES && rows_next(found)) {
        bool expired = str_is(row_text(found, "state"), "expired");
        rows[count++] =
            (struct release){.path = row_text(found, "path"),
                             .title = row_text(found, "title"),
                             .state = expired ? RELEASE_EXPIRED : RELEASE_LIVE,
                             .released_at = row_int(found, "released_at")};
    }
    TRY(rows_end(found));
    TRY(proven_places(call, view, operation->number * INDEX_PLACES,
                      (operation->number + 1) * INDEX_PLACES - 1, rows, &count));
    buffer_init(&out, call->arena);
    TRY(render_index(call, rows, count, &out));
    return put_rendered(sink, operation->path, &out);
}

static enum status do_script(struct call *call, const struct view *view,
                             const struct operation *operation, struct sink *sink) {
    (void)call;
    return sink_put(sink, operation->path, theme_script(view->theme), 0);
}

static enum status last_shard(struct call *call, const struct view *view, int64_t size,
                              int64_t *out_last) {
    struct rows *row;
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", view->site.id)));
    *out_last = (row_int(row, "next_place") - 1) / size;
    return DONE;
}

/* Who holds a number of a column, of those that the ledger knows. */
static enum status holder_of(struct call *call, const struct view *view,
                             const struct operation *operation,
                             struct release *out_release) {
    struct release *rows;
    size_t count;
    TRY(release_query(call, &publication_at_number,
                      VALUES(bind_id("site_column", operation->column),
                             bind_int("number", operation->number)),
                      HOLDERS_MOST, &rows, &count));
    TRY(proven_numbers(call, view, operation->column, rows, &count));
    if (count == 0) {
        return ABSENT;
    }
    *out_release = rows[0];
    return DONE;
}

static enum status put_item(struct call *call, const struct view *view,
                            const struct release *release, const struct column *column,
                            struct sink *sink) {
    struct revision revision;
    TRY(manuscript_revision(call, release->revision, &revision));
    if (!digest_equal(&revision.digest, &release->digest)) {
        return log_failed("%.*s is not written: the revision is not what was released",
                          STR_ARG(release->path));
    }
    struct release successor;
    struct item_view item = {
        .column = column, .release = release, .content = &revision.content};
    if (release->successor != 0) {
        enum status found = find_successor(call, view, release, &successor);
        if (found == FAILED) {
            return FAILED;
        }
        item.successor = found == DONE ? &successor : NULL;
    }
    if (view->linked) {
        struct release *related;
        TRY(link_related(call, view, release, &related, &item.related_count));
        item.related = related;
    }
    struct buffer page;
    buffer_init(&page, call->arena);
    TRY(put_files(call, release, &revision.content, sink));
    TRY(render_item(call, view, &item, &page));
    return sink_put(sink, release->path, buffer_str(&page), release->id);
}

static enum status put_files(struct call *call, const struct release *release,
                             const struct content *content, struct sink *sink) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *file = &content->attachments[i];
        struct bytes bytes;
        TRY(manuscript_file(call, &file->digest, &bytes));
        struct str path = address_attachment(call->arena, release->path, (int)i + 1,
                                             attachment_extension(call->arena, file));
        TRY(sink_put(sink, path, (struct str){(const char *)bytes.at, bytes.length},
                     release->id));
    }
    return DONE;
}

/* A successor is linked only while the public can see it, on the same site. */
static enum status find_successor(struct call *call, const struct view *view,
                                  const struct release *release,
                                  struct release *out_successor) {
    struct release *found;
    size_t count;
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", release->successor)), 64, &found,
                      &count));
    for (size_t i = 0; i < count; i++) {
        size_t one = 1;
        if (found[i].state != RELEASE_LIVE || found[i].site != release->site) {
            continue;
        }
        *out_successor = found[i];
        TRY(proven_numbers(call, view, out_successor->column, out_successor, &one));
        if (one == 1) {
            return DONE;
        }
    }
    return ABSENT;
}

static enum status last_number(struct call *call, id64 column, int64_t *out_number) {
    struct rows *row;
    enum status found =
        store_find(call, &publication_counters, &row, bind_id("site_column", column));
    if (found == ABSENT) {
        *out_number = 0;
        return DONE;
    }
    TRY(found);
    *out_number = row_int(row, "next_number") - 1;
    return DONE;
}

static enum status load_blocks(struct call *call, const struct view *view,
                               const struct column *parent, bool home,
                               struct front_block *out_blocks, size_t *out_count) {
    size_t count = 0;
    for (size_t i = 0; i < view->column_count && count < BLOCKS_MOST; i++) {
        const struct column *column = &view->columns[i];
        if (home ? !column->on_home : column->parent != parent->id) {
            continue;
        }
        size_t most = home ? HOME_ROWS : BLOCK_ROWS;
        struct release *rows;
        struct front_block *block = &out_blocks[count++];
        *block = (struct front_block){.column = column};
        TRY(release_query(
            call, &publication_newest,
            VALUES(bind_id("site_column", column->id), bind_int("most", (int64_t)most)),
            most, &rows, &block->row_count));
        TRY(proven_numbers(call, view, column->id, rows, &block->row_count));
        block->rows = rows;
    }
    *out_count = count;
    return DONE;
}

static enum status put_rendered(struct sink *sink, struct str path,
                                const struct buffer *page) {
    return sink_put(sink, path, buffer_str(page), 0);
}
