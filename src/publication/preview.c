/*
 * A site as it would look in another design: single pages, made for who asks and kept
 * nowhere.  What is shown is the design with one digest, or nothing.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include <string.h>

struct previewing {
    id64 site;
    struct str theme;
    const struct digest *design;
    struct str path;
    struct str page;
};

static enum status preview(struct call *call, void *what);
static enum status is_still(struct call *call, const struct previewing *previewing);
static enum status draw(struct call *call, struct previewing *previewing,
                        struct theme *theme);
static enum status operation_at(struct call *call, const struct view *view,
                                struct str path, struct operation *out_operation);
static enum status column_at(const struct view *view, struct str path,
                             struct operation *out_operation);

enum status publication_preview(struct call *call, id64 site, struct str theme,
                                const struct digest *design, struct str path,
                                struct str *out_page) {
    struct previewing previewing = {
        .site = site, .theme = theme, .design = design, .path = path};
    TRY(store_transact(call, TXN_READ, preview, &previewing));
    *out_page = previewing.page;
    return DONE;
}

/* Measured before and after it was loaded, so that what is loaded is what was measured.
 */
static enum status preview(struct call *call, void *what) {
    struct previewing *previewing = what;
    struct theme *theme;
    TRY(is_still(call, previewing));
    TRY(theme_load(call, previewing->theme, &theme));
    enum status drawn = is_still(call, previewing);
    if (drawn == DONE) {
        drawn = draw(call, previewing, theme);
    }
    theme_free(theme);
    return drawn;
}

static enum status is_still(struct call *call, const struct previewing *previewing) {
    struct digest present;
    TRY(site_design(call, previewing->theme, &present));
    return digest_equal(&present, previewing->design)
               ? DONE
               : call_refuse(call, STALE, "", "publication.other-design", "theme",
                             str_text(call->arena, previewing->theme), NULL);
}

static enum status draw(struct call *call, struct previewing *previewing,
                        struct theme *theme) {
    struct operation operation;
    struct view view;
    struct sink sink;
    struct buffer page;
    TRY(view_load(call, previewing->site, theme, &view));
    view.site.theme = previewing->theme;
    TRY(operation_at(call, &view, previewing->path, &operation));
    buffer_init(&page, call->arena);
    sink_init(&sink, NULL, call->arena);
    sink.shown = &page;
    sink.shown_path = operation.path;
    TRY(operation_do(call, &view, &operation, &sink));
    previewing->page = buffer_str(&page);
    return str_is_empty(previewing->page) ? ABSENT : DONE;
}

/* What stands at an address of the site: the pages that a design shapes, and its files.
 */
static enum status operation_at(struct call *call, const struct view *view,
                                struct str path, struct operation *out_operation) {
    static const struct {
        const char *path;
        enum operation_kind kind;
    } once[] = {{"index.html", OPERATE_HOME},   {"s/style.css", OPERATE_STYLE},
                {"s/elder.css", OPERATE_ELDER}, {"s/search.js", OPERATE_SCRIPT},
                {"sitemap.html", OPERATE_MAP},  {"search.html", OPERATE_SEARCH}};
    struct rows *row;
    struct release release;
    for (size_t i = 0; i < LENGTH(once); i++) {
        if (str_is(path, once[i].path)) {
            *out_operation = (struct operation){.kind = once[i].kind, .path = path};
            return DONE;
        }
    }
    if (column_at(view, path, out_operation) == DONE) {
        return DONE;
    }
    TRY(store_find(call, &publication_at_path, &row, bind_id("site", view->site.id),
                   bind_text("path", path)));
    TRY(publication_find(call, row_id(row, "id"), &release));
    *out_operation = (struct operation){.kind = OPERATE_ITEM,
                                        .column = release.column,
                                        .number = release.number,
                                        .path = release.path};
    return DONE;
}

static enum status column_at(const struct view *view, struct str path,
                             struct operation *out_operation) {
    for (size_t i = 0; i < view->column_count; i++) {
        struct str column = view->columns[i].path;
        struct str rest = path;
        if (path.length > column.length &&
            memcmp(path.at, column.at, column.length) == 0) {
            rest = str_part(path, column.length, path.length);
        }
        if (str_is(rest, "/index.html")) {
            *out_operation = (struct operation){
                .kind = OPERATE_COLUMN, .column = view->columns[i].id, .path = path};
            return DONE;
        }
    }
    return ABSENT;
}
