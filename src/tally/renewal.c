/*
 * One demand on one column, home page or unit, and where it stands.  What is kept is the
 * window under way and the windows that were missed; everything else follows from the
 * releases, so that looking twice changes nothing.
 */
#include "tally_own.h"

#include "calendar/calendar.h"

#include <jansson.h>

enum { NEWEST, OLDEST, COUNTED, QUESTIONS };

static enum status advance_span(struct call *call, struct watch *watch);
static enum status withdraw_base(struct call *call, struct watch *watch);
static void run_from(struct call *call, struct watch *watch, instant last);
static enum status advance_windows(struct call *call, struct watch *watch);
static enum status make_good(struct call *call, struct watch *watch);
static void add_miss(struct call *call, struct watch *watch, int64_t counted);
static enum status ask(struct call *call, const struct watch *watch, int question,
                       struct span window, struct rows **out_row);
static enum status find_release(struct call *call, const struct watch *watch,
                                int question, struct span window, instant *out_at);
static enum status count(struct call *call, const struct watch *watch, struct span window,
                         int64_t *out_counted);
static enum status settle(struct call *call, void *what);
static enum status keep_misses(struct call *call, struct watch *watch);
static enum status note_misses(struct call *call, const struct watch *watch);

struct str watch_terms(struct arena *arena, const struct cadence_rule *rule) {
    struct buffer terms;
    buffer_init(&terms, arena);
    buffer_add_format(&terms, "%d %d %d %d %d", (int)rule->counts, rule->least,
                      (int)rule->window, rule->within, (int)rule->unit);
    buffer_add_text(&terms, rule->confirm ? " or-confirmed" : "");
    for (size_t i = 0; i < rule->date_count; i++) {
        buffer_add_format(&terms, " %.*s", STR_ARG(rule->dates[i]));
    }
    return buffer_str(&terms);
}

enum status watch_about(struct call *call, const struct watch *watch,
                        struct watched *out_watched) {
    struct watched found = {.path = STR("")};
    TRY(site_find(call, watch->site, &found.site));
    found.owner = found.site.body;
    found.title = found.site.title;
    if (watch->subject.kind == SUBJECT_COLUMN) {
        struct column column;
        TRY(site_column_find(call, watch->subject.id, &column));
        found.owner = column.owner;
        found.path = column.path;
        found.title = column.title;
    } else if (watch->subject.kind == SUBJECT_UNIT) {
        struct people_unit unit;
        TRY(people_unit(call, watch->subject.id, &unit));
        found.owner = unit.id;
        found.title = unit.title;
    }
    *out_watched = found;
    return DONE;
}

struct watch watch_read(struct rows *rows) {
    struct watch watch = {
        .id = row_id(rows, "id"),
        .group = row_id(rows, "site_group"),
        .site = row_id(rows, "site"),
        .cadence = row_text(rows, "cadence"),
        .terms = row_text(rows, "terms"),
        .subject = {.id = row_id(rows, "subject")},
        .since = row_int(rows, "since"),
        .window = {row_int(rows, "window_from"), row_int(rows, "window_until")},
        .late_since = row_int(rows, "late_since")};
    if (subject_kind_from_name(row_text(rows, "subject_kind"), &watch.subject.kind) !=
        DONE) {
        log_fault("something of a kind that is not known is watched");
    }
    return watch;
}

bool watch_bind(struct call *call, struct watch *watch, const struct rulebook *book) {
    watch->rule = NULL;
    for (size_t i = 0; i < book->cadence_count; i++) {
        const struct cadence_rule *rule = &book->cadences[i];
        if (str_equal(rule->code, watch->cadence) &&
            str_equal(watch_terms(call->arena, rule), watch->terms)) {
            watch->rule = rule;
        }
    }
    return watch->rule != NULL;
}

enum status watch_advance(struct call *call, struct watch *watch) {
    return watch->rule->window == CADENCE_SPAN ? advance_span(call, watch)
                                               : advance_windows(call, watch);
}

/* From release to release; where the next one came too late, or has not come, the span
 * was missed. */
static enum status advance_span(struct call *call, struct watch *watch) {
    instant last;
    TRY(withdraw_base(call, watch));
    for (;;) {
        struct span window = {watch->window.from + 1, watch->window.until};
        TRY(find_release(call, watch, NEWEST, window, &last));
        if (last != 0) {
            run_from(call, watch, last);
            continue;
        }
        if (watch->window.until > call->now) {
            break;
        }
        if (watch->late_since != watch->window.until) {
            add_miss(call, watch, 0);
            watch->late_since = watch->window.until;
        }
        window = (struct span){watch->window.until, INSTANT_NEVER};
        TRY(find_release(call, watch, OLDEST, window, &last));
        if (last == 0) {
            break;
        }
        run_from(call, watch, last);
    }
    if (watch->late_since != 0) {
        watch->counted = 0; /* the span that this one began is over */
    }
    return DONE;
}

/* The release that its window runs from may have been taken away since. */
static enum status withdraw_base(struct call *call, struct watch *watch) {
    struct span window = {watch->since, watch->window.from + 1};
    instant last;
    TRY(find_release(call, watch, NEWEST, window, &last));
    instant from = last > watch->since ? last : watch->since;
    if (from < watch->window.from) {
        run_from(call, watch, from);
    }
    watch->counted = last != 0 ? 1 : 0;
    return DONE;
}

static void run_from(struct call *call, struct watch *watch, instant last) {
    watch->window.from = last;
    watch->window.until = cadence_due(call->house->calendar, watch->rule, last);
    watch->late_since = 0;
    watch->counted = 1;
}

static enum status advance_windows(struct call *call, struct watch *watch) {
    while (watch->window.until <= call->now) {
        int64_t counted;
        TRY(count(call, watch, watch->window, &counted));
        if (counted >= watch->rule->least) {
            watch->late_since = 0;
        } else {
            add_miss(call, watch, counted);
            watch->late_since =
                watch->late_since != 0 ? watch->late_since : watch->window.until;
        }
        watch->window = cadence_after(call->house->calendar, watch->rule, &watch->window);
    }
    TRY(count(call, watch, watch->window, &watch->counted));
    if (watch->counted >= watch->rule->least) {
        watch->late_since = 0;
    }
    return watch->rule->window == CADENCE_DATES ? make_good(call, watch) : DONE;
}

/* A date that was missed is made good on a later day, and not only on the next date. */
static enum status make_good(struct call *call, struct watch *watch) {
    instant after = 0;
    if (watch->late_since != 0) {
        struct span since = {watch->late_since, INSTANT_NEVER};
        TRY(find_release(call, watch, NEWEST, since, &after));
    }
    watch->late_since = after != 0 ? 0 : watch->late_since;
    return DONE;
}

static void add_miss(struct call *call, struct watch *watch, int64_t counted) {
    struct miss **end = &watch->misses;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = TAKE(call->arena, struct miss);
    **end = (struct miss){.window = watch->window, .counted = counted};
}

static enum status ask(struct call *call, const struct watch *watch, int question,
                       struct span window, struct rows **out_row) {
    static const struct statement *const of_column[QUESTIONS] = {
        &renewal_newest_column, &renewal_oldest_column, &renewal_count_column};
    static const struct statement *const of_home[QUESTIONS] = {
        &renewal_newest_home, &renewal_oldest_home, &renewal_count_home};
    instant until = window.until > call->now ? call->now + 1 : window.until;
    if (watch->subject.kind == SUBJECT_UNIT) {
        return store_find(call, &renewal_count_unit, out_row,
                          bind_int("site", watch->site),
                          bind_int("subject", watch->subject.id),
                          bind_int("from", window.from), bind_int("until", until));
    }
    return store_find(call,
                      watch->subject.kind == SUBJECT_SITE ? of_home[question]
                                                          : of_column[question],
                      out_row, bind_int("subject", watch->subject.id),
                      bind_int("from", window.from), bind_int("until", until));
}

/* 0 if there is none until now. */
static enum status find_release(struct call *call, const struct watch *watch,
                                int question, struct span window, instant *out_at) {
    struct rows *row;
    enum status found = ask(call, watch, question, window, &row);
    *out_at = found == DONE ? row_int(row, "at") : 0;
    return found == ABSENT ? DONE : found;
}

static enum status count(struct call *call, const struct watch *watch, struct span window,
                         int64_t *out_counted) {
    struct rows *row;
    TRY(ask(call, watch, COUNTED, window, &row));
    int64_t counted =
        row_int(row, watch->rule->counts == CADENCE_ITEMS ? "items" : "days");
    if (watch->rule->confirm && counted == 0) {
        TRY(store_find(call, &renewal_check_count, &row, bind_int("watch", watch->id),
                       bind_int("from", window.from), bind_int("until", window.until)));
        counted = row_int(row, "number") > 0 ? 1 : 0;
    }
    *out_counted = counted;
    return DONE;
}

enum status watch_settle(struct call *call, id64 id) {
    return store_transact(call, TXN_WRITE, settle, &id);
}

static enum status settle(struct call *call, void *what) {
    const id64 *id = what;
    const struct rulebook *book;
    struct rows *row;
    enum status found = store_find(call, &renewal_row, &row, bind_int("id", *id));
    if (found != DONE) {
        return found == ABSENT ? DONE : found; /* it has ended */
    }
    struct watch watch = watch_read(row);
    TRY(site_rulebook(call, watch.site, &book));
    if (!watch_bind(call, &watch, book)) {
        return DONE; /* the site is about to be followed */
    }
    TRY(watch_advance(call, &watch));
    TRY(store_run(call, &renewal_set, NULL, bind_int("from", watch.window.from),
                  bind_int("until", watch.window.until),
                  bind_int("late", watch.late_since), bind_int("id", watch.id)));
    TRY(keep_misses(call, &watch));
    TRY(watch_duty(call, book, &watch, true));
    return note_misses(call, &watch);
}

static enum status keep_misses(struct call *call, struct watch *watch) {
    for (struct miss *miss = watch->misses; miss != NULL; miss = miss->next) {
        int64_t changed = 0;
        TRY(store_run(
            call, &renewal_miss_insert, &changed, bind_int("id", call_new_id(call)),
            bind_int("watch", watch->id), bind_int("from", miss->window.from),
            bind_int("until", miss->window.until), bind_int("least", watch->rule->least),
            bind_int("counted", miss->counted), bind_int("now", call->now)));
        miss->noted = changed > 0;
    }
    return DONE;
}

static enum status note_misses(struct call *call, const struct watch *watch) {
    struct arena *arena = call->arena;
    for (const struct miss *miss = watch->misses; miss != NULL; miss = miss->next) {
        struct str from = instant_to_text(arena, miss->window.from);
        struct str until = instant_to_text(arena, miss->window.until);
        struct ledger_act act = {
            .act = "tally.missed",
            .subject = watch->subject,
            .rule = watch->rule->basis.id,
            .follows = true,
            .payload = ledger_payload(
                call,
                json_pack("{s:s%, s:s%, s:s%, s:i, s:I}", "cadence", watch->cadence.at,
                          watch->cadence.length, "from", from.at, from.length, "until",
                          until.at, until.length, "least", watch->rule->least, "counted",
                          (json_int_t)miss->counted))};
        if (miss->noted) {
            TRY(ledger_append(call, watch->group, &act, NULL));
        }
    }
    return DONE;
}
