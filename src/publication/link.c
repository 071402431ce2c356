/*
 * A document and what interprets it: one text names the other in its field
 * "interpretation", and while both are public each page links to the other (T-08).
 * The pages that name an item are written again when it comes or goes.
 */
#include "publication_own.h"
#include "publication_sql.h"

enum status link_write(struct call *call, const struct release *release,
                       const struct content *content) {
    id64 other;
    if (id_from_text(content_field(content, "interpretation"), &other) != DONE ||
        other == release->manuscript) {
        return DONE;
    }
    return store_run(
        call, &publication_link_insert, NULL, bind_id("release", release->id),
        bind_id("manuscript", release->manuscript), bind_int("other", other));
}

enum status link_related(struct call *call, const struct view *view,
                         const struct release *release, struct release **out_related,
                         size_t *out_count) {
    struct release *found;
    size_t count;
    size_t kept = 0;
    TRY(release_query(call, &publication_interpreted,
                      VALUES(bind_id("manuscript", release->manuscript)), LINKS_MOST,
                      &found, &count));
    for (size_t i = 0; i < count; i++) {
        size_t one = 1;
        if (found[i].site != release->site ||
            found[i].manuscript == release->manuscript) {
            continue;
        }
        TRY(proven_numbers(call, view, found[i].column, &found[i], &one));
        if (one == 1) {
            found[kept++] = found[i];
        }
    }
    *out_related = found;
    *out_count = kept;
    return DONE;
}

enum status plan_named(struct call *call, struct plan *plan,
                       const struct release *release) {
    struct release *named;
    size_t count;
    TRY(release_query(call, &publication_named,
                      VALUES(bind_id("manuscript", release->manuscript)), LINKS_MOST,
                      &named, &count));
    for (size_t i = 0; i < count; i++) {
        if (named[i].site == release->site &&
            named[i].manuscript != release->manuscript) {
            plan_add(plan, OPERATE_ITEM, named[i].column, named[i].number, named[i].path);
        }
    }
    return DONE;
}
