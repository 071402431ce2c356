/*
 * Releases as the store gives them, and the questions that only read.
 */
#include "publication_own.h"
#include "publication_sql.h"

static const char *const state_names[] = {
    [RELEASE_SCHEDULED] = "scheduled", [RELEASE_LIVE] = "live",
    [RELEASE_EXPIRED] = "expired",     [RELEASE_CORRECTED] = "corrected",
    [RELEASE_WITHDRAWN] = "withdrawn", [RELEASE_SEALED] = "sealed",
    [RELEASE_REPLACED] = "replaced",   [RELEASE_CANCELLED] = "cancelled",
};

static struct release release_of(struct rows *rows);
static enum release_state state_of(struct str name);

const char *release_state_name(enum release_state state) { return state_names[state]; }

enum status publication_find(struct call *call, id64 release,
                             struct release *out_release) {
    return release_find(call, &publication_row, VALUES(bind_id("id", release)),
                        out_release);
}

enum status publication_of_manuscript(struct call *call, id64 manuscript,
                                      struct release **out_releases, size_t *out_count) {
    return release_query(call, &publication_by_manuscript,
                         VALUES(bind_id("manuscript", manuscript)), 200, out_releases,
                         out_count);
}

enum status publication_list(struct call *call, id64 site, enum release_state state,
                             instant before, size_t most, struct release **out_releases,
                             size_t *out_count) {
    size_t bound = most > 500 ? 500 : most;
    return release_query(call, &publication_in_state,
                         VALUES(bind_id("site", site),
                                bind_text("state", str_of(state_names[state])),
                                bind_int("before", before == 0 ? INSTANT_NEVER : before),
                                bind_int("most", (int64_t)bound)),
                         bound, out_releases, out_count);
}

enum status publication_released(struct call *call, id64 group, instant from,
                                 instant until, id64 after, size_t most,
                                 struct release **out_releases, size_t *out_count) {
    size_t bound = most > 500 ? 500 : most;
    return release_query(call, &publication_released_between,
                         VALUES(bind_id("group", group), bind_int("from", from),
                                bind_int("until", until), bind_int("after", after),
                                bind_int("most", (int64_t)bound)),
                         bound, out_releases, out_count);
}

enum status release_find(struct call *call, const struct statement *statement,
                         const struct value *values, size_t count,
                         struct release *out_release) {
    struct rows *row;
    TRY(store_find_values(call, statement, &row, values, count));
    *out_release = release_of(row);
    return DONE;
}

enum status release_query(struct call *call, const struct statement *statement,
                          const struct value *values, size_t count, size_t most,
                          struct release **out_releases, size_t *out_count) {
    struct rows *rows;
    TRY(store_query_values(call, statement, &rows, values, count));
    struct release *releases = NULL;
    size_t found = 0;
    size_t room = 0;
    while (found < most && rows_next(rows)) {
        if (found == room) {
            room = room == 0 ? 8 : room * 2;
            struct release *grown = TAKE_ARRAY(call->arena, room, struct release);
            for (size_t i = 0; i < found; i++) {
                grown[i] = releases[i];
            }
            releases = grown;
        }
        releases[found++] = release_of(rows);
    }
    TRY(rows_end(rows));
    *out_releases = releases;
    *out_count = found;
    return DONE;
}

static struct release release_of(struct rows *rows) {
    return (struct release){
        .id = row_id(rows, "id"),
        .act = row_id(rows, "act"),
        .group = row_id(rows, "site_group"),
        .site = row_id(rows, "site"),
        .column = row_id(rows, "site_column"),
        .manuscript = row_id(rows, "manuscript"),
        .revision = row_id(rows, "revision"),
        .digest = row_digest(rows, "digest"),
        .terms = row_digest(rows, "terms"),
        .number = row_int(rows, "number"),
        .path = row_text(rows, "path"),
        .title = row_text(rows, "title"),
        .origin_day = (civil_day)row_int(rows, "origin"),
        .released_at = row_int(rows, "released_at"),
        .changed_at = row_int(rows, "changed_at"),
        .releaser = row_id(rows, "releaser"),
        .state = state_of(row_text(rows, "state")),
        .scheduled_for = row_int(rows, "scheduled_for"),
        .ended_at = row_int(rows, "ended_at"),
        .reason = row_text(rows, "reason"),
        .successor = row_id(rows, "successor"),
        .migrated = row_int(rows, "migrated") != 0,
    };
}

static enum release_state state_of(struct str name) {
    for (size_t i = 0; i < LENGTH(state_names); i++) {
        if (str_is(name, state_names[i])) {
            return (enum release_state)i;
        }
    }
    log_fatal("a release is in the state %.*s, which there is not", STR_ARG(name));
}
