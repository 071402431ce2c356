/*
 * The frame of a page: the marks of its site, menu, way from the top and links around
 * its own matter, and the lint that what came out of the template must pass.
 */
#include "render_own.h"

#include <string.h>

static void add_frame_links(struct frame *frame);
static void add_menu(struct frame *frame);
static void add_column(struct frame *frame, const struct column *column);
static struct str short_path(struct str path);

struct frame frame_make(struct call *call, const struct view *view, struct str path,
                        const struct column *column) {
    struct frame frame = {.call = call,
                          .view = view,
                          .path = path,
                          .up = address_up(call->arena, path),
                          .model = model_new(call->arena)};
    struct model *site = model_part(frame.model, "site");
    model_text(site, "title", view->site.title);
    model_text(site, "domain", view->site.domain);
    model_text(site, "id_code", view->site.id_code);
    model_text(site, "sponsor", view->site.sponsor);
    model_text(site, "contact", view->site.contact);
    model_text(site, "icp", view->site.icp);
    model_text(site, "police", view->site.police);
    model_flag(frame.model, "demo", view->demo);
    model_text(frame.model, "up", frame.up);
    if (str_ends(path, ".xml")) {
        return frame;
    }
    add_frame_links(&frame);
    add_menu(&frame);
    if (column != NULL) {
        add_column(&frame, column);
    }
    return frame;
}

static void add_frame_links(struct frame *frame) {
    struct arena *arena = frame->call->arena;
    struct str own = short_path(frame->path);
    model_url(frame->model, "home", frame_link(frame, STR("index.html")));
    model_url(frame->model, "map", frame_link(frame, STR("sitemap.html")));
    model_url(frame->model, "search", frame_link(frame, STR("search.html")));
    model_url(frame->model, "elder",
              str_format(arena, "%.*szz/%.*s", STR_ARG(frame->up), STR_ARG(own)));
    model_url(frame->model, "plain",
              str_format(arena, "%.*s../%.*s", STR_ARG(frame->up), STR_ARG(own)));
    model_url(frame->model, "canonical", frame_address(frame, frame->path));
}

/* Parents come before children, and the menu shows the top alone. */
static void add_menu(struct frame *frame) {
    for (size_t i = 0; i < frame->view->column_count; i++) {
        const struct column *column = &frame->view->columns[i];
        if (column->parent != 0) {
            continue;
        }
        struct model *entry = model_list_add(frame->model, "menu");
        model_text(entry, "title", column->title);
        model_url(entry, "href",
                  frame_link(frame, address_below(frame->call->arena, column->path,
                                                  "index.html")));
    }
}

static void add_column(struct frame *frame, const struct column *column) {
    struct model *part = model_part(frame->model, "column");
    model_text(part, "title", column->title);
    model_text(part, "summary", column->summary);
    model_text(part, "keywords", column->keywords);
    model_text(part, "type", column->type);
    model_url(
        part, "href",
        frame_link(frame, address_below(frame->call->arena, column->path, "index.html")));
}

/* The way from the top; the last one only where the page lies below it. */
void frame_add_crumbs(struct frame *frame, const struct column *column, bool whole) {
    const struct column *way[COLUMN_DEPTH];
    size_t depth = 0;
    while (column != NULL && depth < COLUMN_DEPTH) {
        way[depth++] = column;
        column = column->parent == 0 ? NULL : view_column(frame->view, column->parent);
    }
    for (size_t i = depth; i > 0; i--) {
        if (i == 1 && !whole) {
            break;
        }
        struct model *entry = model_list_add(frame->model, "crumbs");
        model_text(entry, "title", way[i - 1]->title);
        model_url(entry, "href",
                  frame_link(frame, address_below(frame->call->arena, way[i - 1]->path,
                                                  "index.html")));
    }
}

void frame_add_feed(struct frame *frame, const struct column *column) {
    struct model *part = model_part(frame->model, "feed");
    struct str at = column == NULL ? STR("") : column->path;
    model_text(part, "title", column == NULL ? frame->view->site.title : column->title);
    model_url(part, "href",
              frame_link(frame, address_below(frame->call->arena, at, "feed.xml")));
}

/* The picture by which this page is counted, where the rulebook has that done.  It is not
 * lazy: browsers never fetch a lazy picture that is out of sight. */
void frame_add_seen(struct frame *frame) {
    if (frame->view->counted) {
        model_url(frame->model, "seen",
                  str_format(frame->call->arena, "%.*s%.*s", STR_ARG(frame->up),
                             STR_ARG(address_seen(frame->call->arena, frame->path))));
    }
}

struct str frame_link(const struct frame *frame, struct str path) {
    struct str target = short_path(path);
    if (frame->up.length + target.length == 0) {
        return STR("./");
    }
    return address_join(frame->call->arena, frame->up, target);
}

struct str frame_address(const struct frame *frame, struct str path) {
    return str_format(frame->call->arena, "https://%.*s/%.*s",
                      STR_ARG(frame->view->site.domain), STR_ARG(short_path(path)));
}

/* A directory's page is called by the directory. */
static struct str short_path(struct str path) {
    const size_t length = strlen("index.html");
    if (str_is(path, "index.html") || str_ends(path, "/index.html")) {
        path.length -= length;
    }
    return path;
}

struct str frame_title(struct frame *frame, struct str own) {
    return str_format(frame->call->arena, "%.*s - %.*s", STR_ARG(own),
                      STR_ARG(frame->view->site.title));
}

struct str frame_say(struct frame *frame, const char *key) {
    return words_say(theme_words(frame->view->theme), frame->call->arena, STR("zh-CN"),
                     key, NULL, 0);
}

/* Fill the template and hold what came out against the guideline. */
enum status frame_finish(struct frame *frame, const char *page,
                         const struct column *column, const struct item_view *item,
                         struct buffer *out) {
    const struct site *site = &frame->view->site;
    struct arena *arena = frame->call->arena;
    struct demand demands[20] = {
        {"SiteName", site->title, true, false},
        {"SiteDomain", site->domain, true, false},
        {"SiteIDCode", site->id_code, true, false},
        {"party-mark", frame_say(frame, "theme.party-mark"), false, true},
        {"find-error", frame_say(frame, "theme.find-error"), false, true},
        {"id-code", site->id_code, false, true},
        {"sponsor", site->sponsor, false, true},
        {"contact", site->contact, false, true},
        {"icp", site->icp, false, true},
        {"police", site->police, false, true},
        {"search", frame_say(frame, "theme.search"), false, true},
    };
    size_t count = 11;
    if (column != NULL) {
        demands[count++] = (struct demand){"ColumnName", column->title, true, false};
        demands[count++] =
            (struct demand){"ColumnDescription", column->summary, true, false};
        demands[count++] =
            (struct demand){"ColumnKeywords", column->keywords, true, false};
        demands[count++] = (struct demand){"ColumnType", column->type, true, false};
    }
    if (item != NULL) {
        demands[count++] =
            (struct demand){"ArticleTitle", item->release->title, true, true};
        demands[count++] = (struct demand){
            "PubDate", instant_to_text(arena, item->release->released_at), true, true};
        demands[count++] = (struct demand){
            "ContentSource", item_source(frame->view, item->content), true, true};
    }
    size_t before = out->length;
    TRY(page_render(theme_pages(frame->view->theme), page, STR("zh-CN"), frame->model,
                    out));
    const char *missing = NULL;
    struct str html = str_part(buffer_str(out), before, out->length);
    if (!lint_page(arena, html, demands, count, &missing)) {
        return log_failed("%.*s is not written: it lacks %s", STR_ARG(frame->path),
                          missing);
    }
    return DONE;
}

/* A text of our own needs no source; the body that speaks is it. */
struct str item_source(const struct view *view, const struct content *content) {
    struct str source = content_field(content, "source");
    return str_is_empty(source) ? view->site.sponsor : source;
}
