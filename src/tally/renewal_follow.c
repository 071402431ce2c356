/*
 * What is watched follows the rulebook in force and the columns that there are; and what
 * a release, or the clock, means for it.
 */
#include "tally_own.h"

#include "manuscript/manuscript.h"
#include "publication/publication.h"

#define WATCHES_MOST 2000

struct demand {
    const struct cadence_rule *rule;
    struct subject subject;
    bool met; /* it is watched already */
};

struct following {
    id64 site;
    instant at;
    struct site found;
    const struct rulebook *book;
    struct demand *demands;
    size_t demand_count;
    struct watch *watches; /* as they were before */
    size_t watch_count;
    id64 *touched; /* to be settled */
    size_t touched_count;
};

static enum status list_demands(struct call *call, struct following *following);
static void demand_column(struct following *following, const struct column *column);
static bool names(const struct cadence_rule *rule, const struct column *column);
static bool is_named(const struct rulebook *book, const struct column *column);
static void demand_units(struct following *following, const struct people_units *units,
                         const struct cadence_rule *rule);
static bool is_kind(const struct rulebook *book, const struct cadence_rule *rule,
                    struct str kind);
static bool is_below(const struct people_units *units, const struct people_unit *unit,
                     id64 root);
static void demand(struct following *following, const struct cadence_rule *rule,
                   struct subject subject);
static enum status follow(struct call *call, void *what);
static enum status read_watches(struct call *call, struct following *following);
static enum status begin_watch(struct call *call, struct following *following,
                               const struct demand *demand);
static enum status settle_all(struct call *call, const struct statement *which,
                              const struct value *values, size_t value_count,
                              size_t *out_count);

enum status tally_follow_site(struct call *call, id64 site, instant at, bool all) {
    struct following following = {.site = site, .at = at};
    TRY(site_find(call, site, &following.found));
    enum status ruled = site_rulebook(call, site, &following.book);
    if (ruled != DONE) {
        return ruled == ABSENT ? DONE : ruled; /* nothing can be asked of it */
    }
    TRY(list_demands(call, &following));
    TRY(store_transact(call, TXN_WRITE, follow, &following));
    for (size_t i = 0; all && i < following.watch_count; i++) {
        TRY(watch_settle(call, following.watches[i].id));
    }
    for (size_t i = 0; i < following.touched_count; i++) {
        TRY(watch_settle(call, following.touched[i]));
    }
    return DONE;
}

enum status tally_follow_sites(struct call *call, bool all) {
    struct site *sites;
    size_t count;
    id64 group;
    TRY(site_group_first(call, &group));
    TRY(site_list(call, group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        if (!str_is(sites[i].kind, "platform")) {
            TRY(tally_follow_site(call, sites[i].id, call->now, all));
        }
    }
    return DONE;
}

static enum status list_demands(struct call *call, struct following *following) {
    const struct rulebook *book = following->book;
    struct people_units units = {0};
    struct column *columns;
    size_t count;
    TRY(site_columns(call, following->site, &columns, &count));
    TRY(people_units(call, false, &units));
    following->demands =
        TAKE_ARRAY(call->arena, (count + units.count + 1) * (book->cadence_count + 1),
                   struct demand);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].open) {
            demand_column(following, &columns[i]);
        }
    }
    for (size_t i = 0; i < book->cadence_count; i++) {
        const struct cadence_rule *rule = &book->cadences[i];
        if (rule->scope == CADENCE_HOME_PAGE) {
            demand(following, rule, (struct subject){SUBJECT_SITE, following->site});
        } else if (rule->scope == CADENCE_EACH_UNIT &&
                   str_is(following->found.kind, "main")) {
            demand_units(following, &units, rule);
        }
    }
    return DONE;
}

static void demand_column(struct following *following, const struct column *column) {
    const struct rulebook *book = following->book;
    for (size_t i = 0; i < book->cadence_count; i++) {
        const struct cadence_rule *rule = &book->cadences[i];
        if (rule->scope == CADENCE_COLUMNS
                ? names(rule, column)
                : rule->scope == CADENCE_EACH_COLUMN && !is_named(book, column)) {
            demand(following, rule, (struct subject){SUBJECT_COLUMN, column->id});
        }
    }
}

static bool names(const struct cadence_rule *rule, const struct column *column) {
    for (size_t i = 0; i < rule->column_count; i++) {
        if (str_equal(rule->columns[i], column->path)) {
            return true;
        }
    }
    return false;
}

static bool is_named(const struct rulebook *book, const struct column *column) {
    for (size_t i = 0; i < book->cadence_count; i++) {
        if (names(&book->cadences[i], column)) {
            return true;
        }
    }
    return false;
}

static void demand_units(struct following *following, const struct people_units *units,
                         const struct cadence_rule *rule) {
    id64 root = following->found.root;
    for (size_t i = 0; i < units->count; i++) {
        const struct people_unit *unit = &units->at[i];
        if (unit->id != root && is_kind(following->book, rule, unit->kind) &&
            is_below(units, unit, root)) {
            demand(following, rule, (struct subject){SUBJECT_UNIT, unit->id});
        }
    }
}

static bool is_kind(const struct rulebook *book, const struct cadence_rule *rule,
                    struct str kind) {
    for (size_t i = 0; i < rule->unit_kind_count; i++) {
        if (str_equal(book->unit_kinds[rule->unit_kinds[i]].code, kind)) {
            return true;
        }
    }
    return rule->unit_kind_count == 0;
}

static bool is_below(const struct people_units *units, const struct people_unit *unit,
                     id64 root) {
    id64 above = unit->parent;
    for (size_t steps = 0; above != 0 && above != root && steps < units->count; steps++) {
        id64 next = 0;
        for (size_t i = 0; i < units->count; i++) {
            next = units->at[i].id == above ? units->at[i].parent : next;
        }
        above = next;
    }
    return above == root;
}

static void demand(struct following *following, const struct cadence_rule *rule,
                   struct subject subject) {
    following->demands[following->demand_count++] =
        (struct demand){.rule = rule, .subject = subject};
}

/* What is asked for and watched stays; what is asked for otherwise ends, and begins. */
static enum status follow(struct call *call, void *what) {
    struct following *following = what;
    struct rows *site;
    following->touched = TAKE_ARRAY(call->arena, following->demand_count + 1, id64);
    following->touched_count = 0;
    TRY(store_find(call, &renewal_site_lock, &site, bind_int("site", following->site)));
    TRY(read_watches(call, following));
    for (size_t i = 0; i < following->demand_count; i++) {
        following->demands[i].met = false;
    }
    for (size_t i = 0; i < following->watch_count; i++) {
        struct watch *watch = &following->watches[i];
        bool asked = false;
        (void)watch_bind(call, watch, following->book);
        for (size_t j = 0; j < following->demand_count; j++) {
            struct demand *demand = &following->demands[j];
            if (demand->rule == watch->rule &&
                demand->subject.kind == watch->subject.kind &&
                demand->subject.id == watch->subject.id) {
                demand->met = true;
                asked = true;
            }
        }
        if (!asked) {
            TRY(watch_duty(call, following->book, watch, false));
            TRY(store_run(call, &renewal_end, NULL, bind_int("now", call->now),
                          bind_int("id", watch->id)));
        }
    }
    for (size_t i = 0; i < following->demand_count; i++) {
        if (!following->demands[i].met) {
            TRY(begin_watch(call, following, &following->demands[i]));
        }
    }
    return DONE;
}

static enum status read_watches(struct call *call, struct following *following) {
    struct rows *rows;
    following->watches = TAKE_ARRAY(call->arena, WATCHES_MOST, struct watch);
    following->watch_count = 0;
    TRY(store_query(call, &renewal_rows, &rows, bind_int("site", following->site)));
    while (rows_next(rows)) {
        following->watches[following->watch_count++] = watch_read(rows);
    }
    return rows_end(rows);
}

static enum status begin_watch(struct call *call, struct following *following,
                               const struct demand *demand) {
    struct span first = cadence_first(call->house->calendar, demand->rule, following->at);
    id64 id = call_new_id(call);
    following->touched[following->touched_count++] = id;
    return store_run(
        call, &renewal_insert, NULL, bind_int("id", id),
        bind_int("group", following->found.group), bind_int("site", following->site),
        bind_text("cadence", demand->rule->code),
        bind_text("terms", watch_terms(call->arena, demand->rule)),
        bind_text("kind", str_of(subject_kind_name(demand->subject.kind))),
        bind_int("subject", demand->subject.id), bind_int("since", following->at),
        bind_int("from", first.from), bind_int("until", first.until));
}

enum status renewal_follow_release(struct call *call, const struct manuscript *found) {
    struct release *releases;
    size_t count;
    TRY(publication_of_manuscript(call, found->id, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        const struct value values[] = {bind_int("site", releases[i].site),
                                       bind_int("column", releases[i].column),
                                       bind_int("unit", found->unit)};
        TRY(settle_all(call, &renewal_of, values, LENGTH(values), NULL));
    }
    return DONE;
}

enum status tally_renew_due(struct call *call, size_t *out_count) {
    const struct value now = bind_int("now", call->now);
    return settle_all(call, &renewal_ended, &now, 1, out_count);
}

static enum status settle_all(struct call *call, const struct statement *which,
                              const struct value *values, size_t value_count,
                              size_t *out_count) {
    id64 *watches = TAKE_ARRAY(call->arena, WATCHES_MOST, id64);
    size_t count = 0;
    struct rows *rows;
    TRY(store_query_values(call, which, &rows, values, value_count));
    while (rows_next(rows)) {
        watches[count++] = row_id(rows, "id");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        TRY(watch_settle(call, watches[i]));
    }
    if (out_count != NULL) {
        *out_count = count;
    }
    return DONE;
}
