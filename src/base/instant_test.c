/*
 * Civil days and instants.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_instant__days_and_dates_agree(void **state) {
    (void)state;
    for (civil_day day = -200000; day < 200000; day += 17) {
        assert_int_equal(day_of_date(date_of_day(day)), day);
    }
    civil_day wednesday;
    assert_int_equal(day_from_text(STR("2026-12-02"), &wednesday), DONE);
    assert_int_equal(day_weekday(wednesday), 3);
}

static void test_instant__no_such_day_is_refused(void **state) {
    static const char *const wrong[] = {
        "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-01",
        "2026-04-31", "20260401",   "二〇二六年", ""};
    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        civil_day day = 7;
        assert_int_equal(day_from_text(str_of(wrong[i]), &day), REFUSED);
        assert_int_equal(day, 7);
    }
}

static void test_instant__rfc3339_takes_any_offset(void **state) {
    struct arena *arena = arena_new(4096);
    instant east;
    instant utc;
    (void)state;
    assert_int_equal(instant_from_rfc3339(STR("2026-12-02T09:30:00+08:00"), &east), DONE);
    assert_int_equal(instant_from_rfc3339(STR("2026-12-02T01:30:00.25Z"), &utc), DONE);
    assert_true(east == utc);
    assert_true(str_is(instant_to_text(arena, east), "2026-12-02 09:30"));
    assert_true(str_is(instant_to_rfc3339(arena, east), "2026-12-02T09:30:00+08:00"));
    assert_int_equal(instant_from_rfc3339(STR("2026-12-02T24:30:00Z"), &utc), REFUSED);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instant__days_and_dates_agree),
        cmocka_unit_test(test_instant__no_such_day_is_refused),
        cmocka_unit_test(test_instant__rfc3339_takes_any_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
