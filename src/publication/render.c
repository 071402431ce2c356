/*
 * Pages: from rows of the store to bytes of HTML and XML.
 *
 * Every link inside the site is relative, so that the same bytes serve at the
 * root, below another path, and below /zz/ with the elder stylesheet.  Nothing
 * here reads a clock or the store; the same rows give the same bytes.
 */
#include "render_own.h"

#include "paper/paper.h"

#include <stdlib.h>
#include <string.h>

static const struct release *newest_live(const struct front_block *blocks, size_t count);
static void add_rows(struct frame *frame, struct model *into, const struct release *rows,
                     size_t count);
static void add_item(struct frame *frame, const struct item_view *item);
static void add_facts(struct frame *frame, const struct content *content);
static void add_fact(struct frame *frame, const struct content *content,
                     const char *field, const char *words);
static void add_files(struct frame *frame, const struct item_view *item);
static void add_banner(struct frame *frame, const struct item_view *item);
static void add_related(struct frame *frame, const struct item_view *item);
static enum status add_code(struct frame *frame, const struct item_view *item);
static enum status add_moved(struct frame *frame, const struct column *column);
static void add_pager(struct frame *frame, const struct list_view *list);
static void add_pager_link(struct frame *frame, const struct list_view *list,
                           const char *key, int64_t page);
static struct str size_text(struct arena *arena, int64_t size);

enum status render_item(struct call *call, const struct view *view,
                        const struct item_view *item, struct buffer *out) {
    struct frame frame = frame_make(call, view, item->release->path, item->column);
    model_text(frame.model, "page_title", frame_title(&frame, item->release->title));
    frame_add_crumbs(&frame, item->column, true);
    frame_add_seen(&frame);
    add_banner(&frame, item);
    add_item(&frame, item);
    add_facts(&frame, item->content);
    model_html(frame.model, "body",
               body_for_public(call->arena, item->content, item->release->path));
    add_files(&frame, item);
    add_related(&frame, item);
    TRY(add_code(&frame, item));
    model_text(frame.model, "proof",
               digest_to_short(call->arena, &item->release->digest));
    return frame_finish(&frame, "item", item->column, item, out);
}

enum status render_gone(struct call *call, const struct view *view,
                        const struct item_view *item, struct buffer *out) {
    struct frame frame = frame_make(call, view, item->release->path, item->column);
    bool correcting = item->release->state == RELEASE_CORRECTED;
    model_text(frame.model, "page_title",
               frame_title(&frame, frame_say(&frame, correcting ? "theme.correcting"
                                                                : "theme.gone")));
    model_flag(frame.model, "correcting", correcting);
    frame_add_crumbs(&frame, item->column, true);
    return frame_finish(&frame, "gone", item->column, NULL, out);
}

enum status render_list(struct call *call, const struct view *view,
                        const struct list_view *list, struct buffer *out) {
    struct frame frame = frame_make(call, view, list->path, list->column);
    model_text(frame.model, "page_title", frame_title(&frame, list->column->title));
    model_text(frame.model, "heading", list->column->title);
    frame_add_crumbs(&frame, list->column, list->page > 0);
    frame_add_seen(&frame);
    frame_add_feed(&frame, list->column);
    size_t shown = list->row_count;
    for (size_t i = 0; i < list->block_count; i++) {
        const struct front_block *block = &list->blocks[i];
        if (block->row_count == 0) {
            continue;
        }
        struct model *part = model_list_add(frame.model, "blocks");
        model_text(part, "title", block->column->title);
        model_url(part, "href",
                  frame_link(&frame, address_below(call->arena, block->column->path,
                                                   "index.html")));
        add_rows(&frame, part, block->rows, block->row_count);
        shown += block->row_count;
    }
    model_flag(frame.model, "has_rows", list->row_count > 0);
    model_flag(frame.model, "is_bare", shown == 0);
    add_rows(&frame, frame.model, list->rows, list->row_count);
    add_pager(&frame, list);
    TRY(add_moved(&frame, list->column));
    return frame_finish(&frame, "list", list->column, NULL, out);
}

enum status render_home(struct call *call, const struct view *view,
                        const struct front_block *blocks, size_t count,
                        struct buffer *out) {
    struct frame frame = frame_make(call, view, STR("index.html"), NULL);
    model_text(frame.model, "page_title", view->site.title);
    frame_add_seen(&frame);
    frame_add_feed(&frame, NULL);
    const struct release *lead = newest_live(blocks, count);
    for (size_t i = 0; i < count; i++) {
        struct model *part = model_list_add(frame.model, "blocks");
        model_text(part, "title", blocks[i].column->title);
        model_url(part, "href",
                  frame_link(&frame, address_below(call->arena, blocks[i].column->path,
                                                   "index.html")));
        add_rows(&frame, part, blocks[i].rows, blocks[i].row_count);
    }
    if (lead != NULL) {
        struct model *part = model_part(frame.model, "lead");
        model_text(part, "title", lead->title);
        model_url(part, "href", frame_link(&frame, lead->path));
        model_text(part, "day", day_to_text(call->arena, instant_day(lead->released_at)));
        model_text(part, "stamp", instant_to_rfc3339(call->arena, lead->released_at));
    }
    return frame_finish(&frame, "home", NULL, NULL, out);
}

/* The headline: what is newest and still holds. */
static const struct release *newest_live(const struct front_block *blocks, size_t count) {
    const struct release *newest = NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < blocks[i].row_count; j++) {
            const struct release *row = &blocks[i].rows[j];
            if (row->state == RELEASE_LIVE &&
                (newest == NULL || row->released_at > newest->released_at)) {
                newest = row;
            }
        }
    }
    return newest;
}

enum status render_map(struct call *call, const struct view *view, struct buffer *out) {
    struct frame frame = frame_make(call, view, STR("sitemap.html"), NULL);
    model_text(frame.model, "page_title",
               frame_title(&frame, frame_say(&frame, "theme.map")));
    for (size_t i = 0; i < view->column_count; i++) {
        const struct column *column = &view->columns[i];
        int64_t depth = 0;
        for (size_t at = 0; at < column->path.length; at++) {
            depth += column->path.at[at] == '/';
        }
        struct model *part = model_list_add(frame.model, "tree");
        model_text(part, "title", column->title);
        model_text(part, "depth",
                   str_format(call->arena, "%lld", (long long)(depth > 3 ? 3 : depth)));
        model_url(
            part, "href",
            frame_link(&frame, address_below(call->arena, column->path, "index.html")));
    }
    return frame_finish(&frame, "sitemap", NULL, NULL, out);
}

enum status render_search(struct call *call, const struct view *view, int64_t last,
                          struct buffer *out) {
    struct frame frame = frame_make(call, view, STR("search.html"), NULL);
    model_text(frame.model, "page_title",
               frame_title(&frame, frame_say(&frame, "theme.search")));
    model_text(frame.model, "last", str_format(call->arena, "%lld", (long long)last));
    return frame_finish(&frame, "search", NULL, NULL, out);
}

/* Not a byte beyond ASCII, so that no reader can take it for anything else. */
enum status render_index(struct call *call, const struct release *rows, size_t count,
                         struct buffer *out) {
    buffer_add_text(out, "[");
    for (size_t i = 0; i < count; i++) {
        struct str day = day_to_text(call->arena, instant_day(rows[i].released_at));
        json_t *row = json_pack("[s%, s%, s%, i]", rows[i].path.at, rows[i].path.length,
                                rows[i].title.at, rows[i].title.length, day.at,
                                day.length, rows[i].state == RELEASE_EXPIRED);
        char *text =
            row == NULL ? NULL : json_dumps(row, JSON_COMPACT | JSON_ENSURE_ASCII);
        json_decref(row);
        if (text == NULL) {
            return log_failed("a row of the search index cannot be written");
        }
        buffer_add_text(out, i == 0 ? "\n" : ",\n");
        buffer_add_text(out, text);
        free(text);
    }
    buffer_add_text(out, "\n]\n");
    return DONE;
}

enum status render_missing(struct call *call, const struct view *view,
                           struct buffer *out) {
    struct frame frame = frame_make(call, view, STR("404.html"), NULL);
    model_text(frame.model, "page_title",
               frame_title(&frame, frame_say(&frame, "theme.missing")));
    return frame_finish(&frame, "missing", NULL, NULL, out);
}

/* Atom (RFC 4287), entry ids as tags (RFC 4151) that outlive a change of scheme. */
enum status render_feed(struct call *call, const struct view *view,
                        const struct column *column, const struct release *rows,
                        size_t count, struct buffer *out) {
    struct str at = column == NULL ? STR("") : column->path;
    struct str path = address_below(call->arena, at, "feed.xml");
    struct frame frame = frame_make(call, view, path, NULL);
    struct model *model = frame.model;
    model_text(model, "feed_title",
               column == NULL ? view->site.title : frame_title(&frame, column->title));
    model_text(model, "feed_id", frame_address(&frame, path));
    model_url(model, "self", frame_address(&frame, path));
    model_url(model, "front",
              frame_address(&frame, address_below(call->arena, at, "index.html")));
    instant newest = count > 0 ? rows[0].released_at : 0;
    model_text(model, "updated", instant_to_rfc3339(call->arena, newest));
    for (size_t i = 0; i < count; i++) {
        const struct release *row = &rows[i];
        struct model *entry = model_list_add(model, "rows");
        model_text(entry, "title", row->title);
        model_text(entry, "id",
                   str_format(call->arena, "tag:%.*s,%d:%.*s", STR_ARG(view->site.domain),
                              date_of_day(instant_day(row->released_at)).year,
                              STR_ARG(row->path)));
        model_text(entry, "stamp", instant_to_rfc3339(call->arena, row->released_at));
        model_url(entry, "href", frame_address(&frame, row->path));
    }
    return page_render(theme_pages(view->theme), "feed.xml", STR("zh-CN"), model, out);
}

/* Shard 0 begins with the fronts; the others hold items alone. */
enum status render_shard(struct call *call, const struct view *view, int64_t shard,
                         const struct release *rows, size_t count, struct buffer *out) {
    struct str path = str_format(call->arena, "sitemap-%lld.xml", (long long)shard);
    struct frame frame = frame_make(call, view, path, NULL);
    if (shard == 0) {
        model_url(model_list_add(frame.model, "rows"), "href",
                  frame_address(&frame, STR("index.html")));
        for (size_t i = 0; i < view->column_count; i++) {
            model_url(
                model_list_add(frame.model, "rows"), "href",
                frame_address(&frame, address_below(call->arena, view->columns[i].path,
                                                    "index.html")));
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct model *entry = model_list_add(frame.model, "rows");
        instant at = rows[i].changed_at > 0 ? rows[i].changed_at : rows[i].released_at;
        model_url(entry, "href", frame_address(&frame, rows[i].path));
        model_text(entry, "stamp", instant_to_rfc3339(call->arena, at));
    }
    return page_render(theme_pages(view->theme), "shard.xml", STR("zh-CN"), frame.model,
                       out);
}

enum status render_shards(struct call *call, const struct view *view, int64_t last,
                          struct buffer *out) {
    struct frame frame = frame_make(call, view, STR("sitemap.xml"), NULL);
    for (int64_t shard = 0; shard <= last; shard++) {
        struct str path = str_format(call->arena, "sitemap-%lld.xml", (long long)shard);
        model_url(model_list_add(frame.model, "shards"), "href",
                  frame_address(&frame, path));
    }
    return page_render(theme_pages(view->theme), "shards.xml", STR("zh-CN"), frame.model,
                       out);
}

static void add_rows(struct frame *frame, struct model *into, const struct release *rows,
                     size_t count) {
    struct arena *arena = frame->call->arena;
    for (size_t i = 0; i < count; i++) {
        struct model *row = model_list_add(into, "rows");
        struct str stamp = instant_to_rfc3339(arena, rows[i].released_at);
        model_text(row, "title", rows[i].title);
        model_url(row, "href", frame_link(frame, rows[i].path));
        model_text(row, "stamp", stamp);
        model_text(row, "day", str_part(stamp, 0, strlen("2026-12-02")));
        model_flag(row, "expired", rows[i].state == RELEASE_EXPIRED);
    }
}

static void add_item(struct frame *frame, const struct item_view *item) {
    struct arena *arena = frame->call->arena;
    const struct release *release = item->release;
    struct model *part = model_part(frame->model, "item");
    model_text(part, "title", release->title);
    model_text(part, "date", instant_to_text(arena, release->released_at));
    model_text(part, "stamp", instant_to_rfc3339(arena, release->released_at));
    model_text(part, "source", item_source(frame->view, item->content));
    if (release->changed_at > 0) {
        model_text(part, "changed", instant_to_text(arena, release->changed_at));
        model_text(part, "changed_stamp", instant_to_rfc3339(arena, release->changed_at));
    }
}

static void add_facts(struct frame *frame, const struct content *content) {
    add_fact(frame, content, "index-number", "theme.index-number");
    add_fact(frame, content, "doc-number", "theme.document-number");
    add_fact(frame, content, "issuer", "theme.issuer");
    add_fact(frame, content, "doc-date", "theme.written-on");
    add_fact(frame, content, "validity", "theme.validity");
}

static void add_fact(struct frame *frame, const struct content *content,
                     const char *field, const char *words) {
    struct str value = content_field(content, field);
    if (str_is_empty(value)) {
        return;
    }
    struct model *fact = model_list_add(frame->model, "facts");
    model_words(fact, "name", words);
    model_text(fact, "value", value);
    model_flag(frame->model, "has_fields", true);
}

static void add_files(struct frame *frame, const struct item_view *item) {
    struct arena *arena = frame->call->arena;
    for (size_t i = 0; i < item->content->attachment_count; i++) {
        const struct attachment *file = &item->content->attachments[i];
        if (file->in_body) {
            continue;
        }
        struct str extension = attachment_extension(arena, file);
        struct str path =
            address_attachment(arena, item->release->path, (int)i + 1, extension);
        struct model *part = model_list_add(frame->model, "files");
        model_text(part, "name", file->name);
        model_url(part, "href", frame_link(frame, path));
        model_text(part, "type", attachment_type(arena, extension));
        model_text(part, "size", size_text(arena, file->size));
        model_flag(frame->model, "has_files", true);
    }
}

static void add_banner(struct frame *frame, const struct item_view *item) {
    if (item->release->state != RELEASE_EXPIRED) {
        return;
    }
    struct arena *arena = frame->call->arena;
    struct model *banner = model_part(frame->model, "banner");
    struct refusal_argument day = {
        "day", day_to_text(arena, instant_day(item->release->ended_at))};
    model_text(banner, "says",
               words_say(theme_words(frame->view->theme), arena, STR("zh-CN"),
                         "theme.expired", &day, 1));
    if (item->successor != NULL) {
        struct model *part = model_part(banner, "successor");
        model_text(part, "title", item->successor->title);
        model_url(part, "href", frame_link(frame, item->successor->path));
    }
}

static void add_related(struct frame *frame, const struct item_view *item) {
    for (size_t i = 0; i < item->related_count; i++) {
        const struct release *other = &item->related[i];
        struct model *part = model_list_add(frame->model, "related");
        model_text(part, "title", other->title);
        model_url(part, "href", frame_link(frame, other->path));
        model_flag(part, "expired", other->state == RELEASE_EXPIRED);
        model_flag(frame->model, "has_related", true);
    }
}

/* The page's own address, to be taken along on a phone. */
static enum status add_code(struct frame *frame, const struct item_view *item) {
    struct arena *arena = frame->call->arena;
    struct paper_qr code;
    TRY(paper_qr(arena, frame_address(frame, item->release->path), &code));
    struct model *part = model_part(frame->model, "code");
    model_int(part, "side", code.size + 8);
    model_text(part, "lines", paper_qr_lines(arena, &code));
    return DONE;
}

/* A merged column's list leads on to the other's. */
static enum status add_moved(struct frame *frame, const struct column *column) {
    struct column into;
    enum status merged =
        column->open ? ABSENT : site_column_merged(frame->call, column->id, &into);
    if (merged == ABSENT) {
        return DONE;
    }
    TRY(merged);
    struct model *part = model_part(frame->model, "moved");
    model_text(part, "title", into.title);
    model_url(
        part, "href",
        frame_link(frame, address_below(frame->call->arena, into.path, "index.html")));
    return DONE;
}

static void add_pager(struct frame *frame, const struct list_view *list) {
    model_flag(frame->model, "has_pages", list->newer != 0 || list->older != 0);
    if (list->page > 0) {
        model_int(frame->model, "page", list->page);
    }
    add_pager_link(frame, list, "newer", list->newer);
    add_pager_link(frame, list, "older", list->older);
}

static void add_pager_link(struct frame *frame, const struct list_view *list,
                           const char *key, int64_t page) {
    struct arena *arena = frame->call->arena;
    if (page == 0) {
        return;
    }
    struct str path = page < 0 ? address_below(arena, list->column->path, "index.html")
                               : address_list(arena, list->column->path, page);
    model_url(frame->model, key, frame_link(frame, path));
}

static struct str size_text(struct arena *arena, int64_t size) {
    if (size >= 1 << 20) {
        return str_format(arena, "%.1f MB", (double)size / (1 << 20));
    }
    return str_format(arena, "%lld KB", (long long)((size + 1023) / 1024));
}
