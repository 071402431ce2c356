/*
 * What a release or a withdrawal would change, in figures, before anybody orders it.
 */
#include "publication_own.h"
#include "publication_sql.h"

static enum status plan_order(struct call *call, const struct release_order *order,
                              const struct manuscript *manuscript, id64 target,
                              struct plan *plan);
static struct publication_effect count_effect(const struct plan *plan);

enum status publication_effect_of(struct call *call, id64 manuscript,
                                  struct publication_effect *out_effect) {
    struct release *present;
    size_t count;
    struct plan plan;
    plan_init(&plan, call->arena);
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", manuscript)), 64, &present, &count));
    for (size_t i = 0; i < count; i++) {
        struct rows *row;
        TRY(store_find(call, &publication_place_of, &row, bind_id("id", present[i].id)));
        TRY(plan_release(call, &plan, &present[i], row_int(row, "place")));
    }
    *out_effect = count_effect(&plan);
    return DONE;
}

enum status publication_effect_of_order(struct call *call,
                                        const struct release_order *order,
                                        struct publication_effect *out_effect) {
    struct manuscript manuscript;
    struct plan plan;
    plan_init(&plan, call->arena);
    TRY(manuscript_find(call, order->manuscript, &manuscript));
    for (size_t i = 0; i < order->column_count; i++) {
        TRY(plan_order(call, order, &manuscript, order->columns[i], &plan));
    }
    if (order->column_count == 0) {
        TRY(plan_order(call, order, &manuscript, manuscript.column, &plan));
    }
    *out_effect = count_effect(&plan);
    return DONE;
}

/* What a release to *target* would change: at the address that the manuscript has
 * there, or at the next one. */
static enum status plan_order(struct call *call, const struct release_order *order,
                              const struct manuscript *manuscript, id64 target,
                              struct plan *plan) {
    struct release *present;
    struct column column;
    struct rows *row;
    size_t count;
    struct release release = {.manuscript = order->manuscript,
                              .column = target,
                              .revision = manuscript->revision,
                              .released_at = call->now,
                              .number = 1};
    int64_t place = 1;
    TRY(site_column_find(call, target, &column));
    release.site = column.site;
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", order->manuscript)), 64, &present,
                      &count));
    for (size_t i = 0; i < count; i++) {
        if (present[i].column == target) {
            TRY(store_find(call, &publication_place_of, &row,
                           bind_id("id", present[i].id)));
            return plan_release(call, plan, &present[i], row_int(row, "place"));
        }
    }
    enum status found =
        store_find(call, &publication_counters, &row, bind_id("site_column", target));
    if (found == DONE) {
        release.number = row_int(row, "next_number");
        found =
            store_find(call, &publication_site_row, &row, bind_id("site", column.site));
        place = found == DONE ? row_int(row, "next_place") : 1;
    }
    if (found == FAILED) {
        return FAILED;
    }
    release.path =
        address_item(call->arena, column.path, release.released_at, release.number);
    return plan_release(call, plan, &release, place);
}

static struct publication_effect count_effect(const struct plan *plan) {
    struct publication_effect effect = {0};
    for (size_t i = 0; i < plan->count; i++) {
        enum operation_kind kind = plan->at[i].kind;
        effect.pages += kind == OPERATE_ITEM;
        effect.lists +=
            kind == OPERATE_LIST || kind == OPERATE_COLUMN || kind == OPERATE_HOME;
        effect.feeds += kind == OPERATE_FEED || kind == OPERATE_COLUMN_FEED ||
                        kind == OPERATE_SHARD || kind == OPERATE_SHARDS ||
                        kind == OPERATE_INDEX;
    }
    return effect;
}
