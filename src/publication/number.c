/*
 * Places and numbers.  A release has a number in its column, by which lists are
 * cut, and a place in its site, by which the site map is.  Both are given out
 * under a lock and never twice; what is withdrawn leaves a gap.
 */
#include "publication_own.h"
#include "publication_sql.h"

enum status site_ensure(struct call *call, id64 site) {
    struct site facts;
    int64_t made = 0;
    TRY(site_find(call, site, &facts));
    TRY(store_run(call, &publication_site_insert, &made, bind_id("site", site),
                  bind_text("code", facts.code)));
    if (made == 0) {
        return DONE;
    }
    struct plan plan;
    plan_init(&plan, call->arena);
    TRY(plan_site(call, &plan, site));
    return plan_record(call, &plan, site, 0, "site");
}

enum status number_take(struct call *call, id64 site, id64 column, int64_t *out_number,
                        int64_t *out_place) {
    struct rows *row;
    TRY(store_run(call, &publication_column_insert, NULL, bind_id("site_column", column),
                  bind_id("site", site)));
    TRY(store_find(call, &publication_number_lock, &row, bind_id("site_column", column)));
    int64_t number = row_int(row, "next_number");
    TRY(store_run(call, &publication_number_take, NULL, bind_id("site_column", column)));
    TRY(store_find(call, &publication_place_lock, &row, bind_id("site", site)));
    *out_place = row_int(row, "next_place");
    TRY(store_run(call, &publication_place_take, NULL, bind_id("site", site)));
    *out_number = number;
    return DONE;
}
