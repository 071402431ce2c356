/*
 * What is asked of the columns, and where each stands: for those who answer for them and
 * those who supervise.  It is reckoned at the call's instant, whether or not the clock
 * has been round.
 */
#include "tally_own.h"

#include <stdlib.h>

#define RENEWALS_MOST 2000
#define MISSES_MOST   100

static struct renewal standing_of(struct call *call, const struct watch *watch,
                                  const struct watched *watched);
static enum status count_misses(struct call *call, id64 site, struct renewals *renewals);
static int compare(const void *one, const void *other);
static enum status holds_above(struct call *call, const struct site *site,
                               const struct rulebook *book, int role, bool *out_holds);

enum status tally_renewals(struct call *call, id64 site, id64 unit,
                           struct renewals *out_renewals) {
    struct renewals renewals = {0};
    struct watch *watches = TAKE_ARRAY(call->arena, RENEWALS_MOST, struct watch);
    const struct rulebook *book;
    struct rows *rows;
    size_t count = 0;
    TRY(site_rulebook(call, site, &book));
    TRY(store_query(call, &renewal_rows, &rows, bind_int("site", site)));
    while (rows_next(rows)) {
        watches[count++] = watch_read(rows);
    }
    TRY(rows_end(rows));
    renewals.at = TAKE_ARRAY(call->arena, count + 1, struct renewal);
    for (size_t i = 0; i < count; i++) {
        struct watched watched;
        TRY(watch_about(call, &watches[i], &watched));
        if (watch_bind(call, &watches[i], book) && (unit == 0 || watched.owner == unit)) {
            TRY(watch_advance(call, &watches[i]));
            renewals.at[renewals.count++] = standing_of(call, &watches[i], &watched);
        }
    }
    TRY(count_misses(call, site, &renewals));
    if (renewals.count > 1) {
        qsort(renewals.at, renewals.count, sizeof *renewals.at, compare);
    }
    *out_renewals = renewals;
    return DONE;
}

static struct renewal standing_of(struct call *call, const struct watch *watch,
                                  const struct watched *watched) {
    struct renewal renewal = {.id = watch->id,
                              .site = watch->site,
                              .subject = watch->subject,
                              .path = watched->path,
                              .title = watched->title,
                              .owner = watched->owner,
                              .rule = watch->rule,
                              .from = watch->window.from,
                              .until = watch->window.until,
                              .counted = watch->counted,
                              .due = watch->window.until,
                              .late_since = watch->late_since};
    if (watch->rule->window != CADENCE_SPAN && watch->counted >= watch->rule->least) {
        renewal.due =
            cadence_after(call->house->calendar, watch->rule, &watch->window).until;
    }
    return renewal;
}

static enum status count_misses(struct call *call, id64 site, struct renewals *renewals) {
    struct rows *rows;
    TRY(store_query(call, &renewal_miss_counts, &rows, bind_int("site", site)));
    while (rows_next(rows)) {
        id64 watch = row_id(rows, "watch");
        for (size_t i = 0; i < renewals->count; i++) {
            if (renewals->at[i].id == watch) {
                renewals->at[i].missed = row_int(rows, "number");
            }
        }
    }
    return rows_end(rows);
}

/* Columns by path, then the home page, then units; of one subject in the order of the
 * rulebook. */
static int compare(const void *one, const void *other) {
    const struct renewal *a = one;
    const struct renewal *b = other;
    if (a->subject.kind != b->subject.kind) {
        return a->subject.kind < b->subject.kind ? -1 : 1;
    }
    int by_path = str_compare(a->path, b->path);
    if (by_path != 0) {
        return by_path;
    }
    if (a->subject.id != b->subject.id) {
        return a->subject.id < b->subject.id ? -1 : 1;
    }
    return (a->rule > b->rule) - (a->rule < b->rule);
}

enum status tally_missed(struct call *call, id64 renewal,
                         struct missed_window **out_windows, size_t *out_count) {
    struct missed_window *windows =
        TAKE_ARRAY(call->arena, MISSES_MOST, struct missed_window);
    size_t count = 0;
    struct rows *rows;
    TRY(store_query(call, &renewal_misses, &rows, bind_int("watch", renewal)));
    while (rows_next(rows)) {
        windows[count++] = (struct missed_window){.from = row_int(rows, "window_from"),
                                                  .until = row_int(rows, "window_until"),
                                                  .least = row_int(rows, "least"),
                                                  .counted = row_int(rows, "counted"),
                                                  .noted_at = row_int(rows, "noted_at")};
    }
    *out_windows = windows;
    *out_count = count;
    return rows_end(rows);
}

enum status tally_may_supervise(struct call *call, const struct site *site,
                                const struct rulebook *book, bool *out_may) {
    bool may = false;
    for (size_t i = 0; i < book->cadence_count && !may; i++) {
        TRY(holds_above(call, site, book, book->cadences[i].escalate, &may));
    }
    for (size_t i = 0; i < book->column_keeper_count && !may; i++) {
        TRY(holds_above(call, site, book, book->column_keepers[i].role, &may));
    }
    if (!may && book->column_keeper_count == 0) {
        TRY(site_may_manage(call, site, &may));
    }
    *out_may = may;
    return DONE;
}

/* Not as one of each unit's own. */
static enum status holds_above(struct call *call, const struct site *site,
                               const struct rulebook *book, int role, bool *out_holds) {
    if (role == NO_INDEX || book->roles[role].scope == ROLE_OWN_UNIT) {
        return DONE;
    }
    return people_holds(call, call->actor.person,
                        str_text(call->arena, book->roles[role].code),
                        people_anywhere_in(site->root), out_holds);
}
