/*
 * What every page of a site shows, loaded once for a batch; and where the
 * site's files stand in the workspace.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "rulebook/rulebook.h"

#include <string.h>

enum status view_load(struct call *call, id64 site, struct theme *theme,
                      struct view *out_view) {
    struct view view = {.theme = theme};
    TRY(site_find(call, site, &view.site));
    TRY(site_columns(call, site, &view.columns, &view.column_count));
    view.demo = call->house->demo;
    struct rows *row;
    enum status linked = store_find(call, &publication_any_link, &row, NO_VALUES);
    if (linked == FAILED) {
        return FAILED;
    }
    view.linked = linked == DONE;
    const struct rulebook *book =
        call->house->shelf == NULL
            ? NULL
            : shelf_find(call->house->shelf, &view.site.rulebook_digest);
    view.counted = book != NULL && book->page_views != NULL;
    *out_view = view;
    return DONE;
}

const struct column *view_column(const struct view *view, id64 column) {
    for (size_t i = 0; i < view->column_count; i++) {
        if (view->columns[i].id == column) {
            return &view->columns[i];
        }
    }
    return NULL;
}

const char *site_tree_path(struct call *call, struct str code) {
    return str_format(call->arena, "%s/public/%.*s", call->house->workspace,
                      STR_ARG(code))
        .at;
}

const char *site_fresh_path(struct call *call, struct str code) {
    return str_format(call->arena, "%s/public/.next-%.*s", call->house->workspace,
                      STR_ARG(code))
        .at;
}

const char *site_lock_path(struct call *call, struct str code) {
    return str_format(call->arena, "%s/public/.lock-%.*s", call->house->workspace,
                      STR_ARG(code))
        .at;
}
