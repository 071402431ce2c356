/*
 * The windows of a cadence at their edges: weeks, the ends of months, half-years, days
 * off and the weekends that are worked for them.
 */
#include "tally_own.h"

#include "calendar/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct calendar *calendar;
static struct arena *arena;

static int open_calendar(void **state) {
    const char *source = getenv("SHENFA_SOURCE");
    (void)state;
    arena = arena_new((size_t)1 << 20);
    struct str path =
        str_format(arena, "%s/share/calendar/cn.tsv", source == NULL ? "." : source);
    return calendar_open(path.at, &calendar) == DONE ? 0 : 1;
}

static int close_calendar(void **state) {
    (void)state;
    calendar_close(calendar);
    arena_free(arena);
    return 0;
}

static instant at(const char *text) {
    instant found = 0;
    assert_int_equal(instant_from_rfc3339(str_format(arena, "%s:00+08:00", text), &found),
                     DONE);
    return found;
}

static const char *day_of(instant instant_) {
    return str_text(arena, day_to_text(arena, instant_day(instant_)));
}

static void test_cadence__a_window_is_whole(void **state) {
    static const struct {
        enum cadence_window window;
        const char *at;
        const char *from, *until; /* the first instant of the next */
    } table[] = {
        {CADENCE_DAY, "2026-12-31T23:59", "2026-12-31", "2027-01-01"},
        {CADENCE_DAY, "2027-01-01T00:00", "2027-01-01", "2027-01-02"},
        {CADENCE_WEEK, "2026-12-06T23:59", "2026-11-30", "2026-12-07"}, /* Sunday */
        {CADENCE_WEEK, "2026-12-07T00:00", "2026-12-07", "2026-12-14"}, /* Monday */
        {CADENCE_WEEK, "2027-01-01T12:00", "2026-12-28", "2027-01-04"},
        {CADENCE_MONTH, "2028-02-29T23:59", "2028-02-01", "2028-03-01"},
        {CADENCE_MONTH, "2026-12-31T23:59", "2026-12-01", "2027-01-01"},
        {CADENCE_HALF_YEAR, "2026-06-30T23:59", "2026-01-01", "2026-07-01"},
        {CADENCE_HALF_YEAR, "2026-07-01T00:00", "2026-07-01", "2027-01-01"},
        {CADENCE_YEAR, "2026-12-31T23:59", "2026-01-01", "2027-01-01"},
        {CADENCE_WORKING_DAY, "2026-09-20T10:00", "2026-09-20", "2026-09-21"},
        {CADENCE_WORKING_DAY, "2026-10-01T10:00", "2026-10-08", "2026-10-09"},
        {CADENCE_WORKING_DAY, "2026-10-10T10:00", "2026-10-10", "2026-10-11"},
        {CADENCE_WORKING_DAY, "2026-12-05T10:00", "2026-12-07", "2026-12-08"},
        {CADENCE_DATES, "2027-01-10T23:59", "2027-01-10", "2027-01-11"},
        {CADENCE_DATES, "2027-01-11T00:00", "2027-07-10", "2027-07-11"},
        {CADENCE_DATES, "2027-07-11T00:00", "2028-01-10", "2028-01-11"},
    };
    struct str dates[] = {STR("07-10"), STR("01-10")};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct cadence_rule rule = {
            .window = table[i].window, .dates = dates, .date_count = LENGTH(dates)};
        struct span span = cadence_at(calendar, &rule, at(table[i].at));
        if (span.from != at(str_format(arena, "%sT00:00", table[i].from).at) ||
            span.until != at(str_format(arena, "%sT00:00", table[i].until).at)) {
            fail_msg("%s: %s to %s", table[i].at, day_of(span.from), day_of(span.until));
        }
    }
}

/* What had begun before is nobody's fault; what begins at that very instant counts. */
static void test_cadence__the_first_window_is_whole(void **state) {
    static const struct {
        enum cadence_window window;
        const char *since;
        const char *from;
    } table[] = {
        {CADENCE_WEEK, "2026-12-07T00:00", "2026-12-07"},
        {CADENCE_WEEK, "2026-12-07T00:01", "2026-12-14"},
        {CADENCE_DAY, "2026-12-02T09:00", "2026-12-03"},
        {CADENCE_MONTH, "2026-12-31T09:00", "2027-01-01"},
        {CADENCE_WORKING_DAY, "2026-12-04T09:00", "2026-12-07"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct cadence_rule rule = {.window = table[i].window, .least = 1};
        struct span span = cadence_first(calendar, &rule, at(table[i].since));
        assert_string_equal(day_of(span.from), table[i].from);
        struct span next = cadence_after(calendar, &rule, &span);
        assert_true(next.from >= span.until);
    }
}

static void test_cadence__a_span_runs_from_the_last_release(void **state) {
    static const struct {
        int within;
        enum cadence_unit unit;
        const char *last;
        const char *day; /* the last one in time */
    } table[] = {
        {7, CADENCE_DAYS, "2026-12-02T23:59", "2026-12-09"},
        {7, CADENCE_DAYS, "2026-12-03T00:00", "2026-12-10"},
        {5, CADENCE_WORKING_DAYS, "2026-09-18T09:00", "2026-09-24"}, /* Sunday worked */
        {5, CADENCE_WORKING_DAYS, "2026-09-29T09:00", "2026-10-12"}, /* a week off */
        {6, CADENCE_MONTHS, "2026-08-31T09:00", "2027-02-28"},
        {6, CADENCE_MONTHS, "2027-08-31T09:00", "2028-02-29"},
        {12, CADENCE_MONTHS, "2028-02-29T09:00", "2029-02-28"},
        {12, CADENCE_MONTHS, "2026-12-31T09:00", "2027-12-31"},
        {1, CADENCE_MONTHS, "2027-01-31T09:00", "2027-02-28"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct cadence_rule rule = {.within = table[i].within, .unit = table[i].unit};
        instant due = cadence_due(calendar, &rule, at(table[i].last));
        assert_string_equal(day_of(due - 1), table[i].day);
        assert_true(due == day_start(instant_day(due)));
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cadence__a_window_is_whole),
        cmocka_unit_test(test_cadence__the_first_window_is_whole),
        cmocka_unit_test(test_cadence__a_span_runs_from_the_last_release),
    };
    return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
