/*
 * Items that were public before this program came: released with their old
 * date, at their old address where it is in nobody's way, and marked as
 * migrated.  What stands for them are not decisions but the two persons and the
 * manifest of the migration.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "ledger/ledger.h"

#include <jansson.h>

static enum status choose_path(struct call *call, const struct column *column,
                               const struct migrated_item *item, int64_t number,
                               struct str *out_path);

enum status publication_migrate(struct call *call, const struct migrated_item *item,
                                id64 *out_release) {
    struct release release;
    struct site site;
    int64_t place;
    TRY(migrate_item(call, item, &release, &place));
    TRY(site_find(call, release.site, &site));
    TRY(migrate_note(call, site.group, item, item->old_path));
    *out_release = release.id;
    return DONE;
}

enum status migrate_note(struct call *call, id64 group, const struct migrated_item *item,
                         struct str address) {
    struct ledger_act record = {
        .act = "publication.migrate",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = item->manuscript},
        .digest = item->digest,
        .payload = ledger_payload(call, json_pack("{s:s%, s:s%}", "title", item->title.at,
                                                  item->title.length, "address",
                                                  address.length == 0 ? "" : address.at,
                                                  address.length)),
        .follows = true};
    return ledger_append(call, group, &record, NULL);
}

enum status migrate_item(struct call *call, const struct migrated_item *item,
                         struct release *out_release, int64_t *out_place) {
    struct column column;
    struct site site;
    int64_t number;
    int64_t place;
    struct str path;
    TRY(site_column_find(call, item->column, &column));
    TRY(site_find(call, column.site, &site));
    if (!address_column_fits(column.path)) {
        return log_failed("the column path %.*s cannot be published",
                          STR_ARG(column.path));
    }
    TRY(site_ensure(call, column.site));
    TRY(number_take(call, column.site, column.id, &number, &place));
    TRY(choose_path(call, &column, item, number, &path));
    id64 release = call_new_id(call);
    struct digest none = {0};
    TRY(store_run(
        call, &publication_insert, NULL, bind_id("id", release), bind_id("act", release),
        bind_id("site_group", site.group), bind_id("site", column.site),
        bind_id("site_column", column.id), bind_id("manuscript", item->manuscript),
        bind_id("revision", item->revision), bind_digest("digest", &item->digest),
        bind_digest("terms", &none), bind_int("number", number), bind_int("place", place),
        bind_text("path", path), bind_text("title", item->title),
        bind_int("origin", item->origin_day), bind_int("released_at", item->released_at),
        bind_int("changed_at", 0), bind_int("releaser", call->actor.person),
        bind_text("state", STR("live")), bind_int("scheduled_for", 0),
        bind_text("reason", STR("")), bind_int("migrated", 1)));
    *out_release = (struct release){.id = release,
                                    .site = column.site,
                                    .column = column.id,
                                    .manuscript = item->manuscript,
                                    .revision = item->revision,
                                    .digest = item->digest,
                                    .number = number,
                                    .path = path,
                                    .title = item->title,
                                    .state = RELEASE_LIVE,
                                    .migrated = true};
    *out_place = place;
    return DONE;
}

static enum status choose_path(struct call *call, const struct column *column,
                               const struct migrated_item *item, int64_t number,
                               struct str *out_path) {
    *out_path = address_item(call->arena, column->path, item->released_at, number);
    struct str old = item->old_path;
    while (str_starts(old, "/")) {
        old = str_part(old, 1, old.length);
    }
    if (!address_may_be_kept(old)) {
        return DONE;
    }
    struct rows *row;
    enum status taken = store_find(call, &publication_at_path, &row,
                                   bind_id("site", column->site), bind_text("path", old));
    if (taken == ABSENT) {
        *out_path = old;
        return DONE;
    }
    return taken;
}
