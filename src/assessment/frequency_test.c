/*
 * Steps of frequency at the edges of months, weeks and halves.
 */
#include "assessment_own.h"
#include "trial_store.h"

#define DAYS_MOST 12

static const struct indicator mashan = {
    .measure = MEASURE_FREQUENCY, .weekly = 30, .half_monthly = 20, .monthly = 10};

static void test_frequency__all_or_nothing_at_the_edges(void **state) {
    static const struct {
        const char *from;
        const char *until;
        const char *days[DAYS_MOST];
        int64_t points;
    } table[] = {
        /* February 2027 is four whole weeks from Monday. */
        {"2027-02-01", "2027-03-01", {NULL}, 0},
        {"2027-02-01", "2027-03-01", {"2027-02-28"}, 10},
        {"2027-02-01", "2027-03-01", {"2027-02-15", "2027-02-16"}, 20},
        {"2027-02-01", "2027-03-01", {"2027-02-01", "2027-02-15"}, 10},
        {"2027-02-01", "2027-03-01", {"2027-02-16", "2027-02-28"}, 10},
        {"2027-02-01",
         "2027-03-01",
         {"2027-02-07", "2027-02-08", "2027-02-21", "2027-02-22"},
         30},
        {"2027-02-01",
         "2027-03-01",
         {"2027-02-01", "2027-02-08", "2027-02-15", "2027-02-21"},
         20},
        /* January 2027 begins on a Friday: its first three days are no week. */
        {"2027-01-01",
         "2027-02-01",
         {"2027-01-04", "2027-01-11", "2027-01-18", "2027-01-31"},
         30},
        /* October 2026 begins on a Thursday: four days are a week. */
        {"2026-10-01",
         "2026-11-01",
         {"2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"},
         20},
        {"2026-10-01",
         "2026-11-01",
         {"2026-10-04", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"},
         30},
        /* What was released before and after does not count. */
        {"2027-02-01", "2027-03-01", {"2027-01-31", "2027-03-01"}, 0},
        /* A quarter wants every one of its months. */
        {"2027-01-01", "2027-04-01", {"2027-01-31", "2027-02-01"}, 0},
        {"2027-01-01", "2027-04-01", {"2027-01-31", "2027-02-01", "2027-03-31"}, 10},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        civil_day days[DAYS_MOST];
        civil_day from;
        civil_day until;
        size_t count = 0;
        assert_int_equal(day_from_text(str_of(table[i].from), &from), DONE);
        assert_int_equal(day_from_text(str_of(table[i].until), &until), DONE);
        while (count < DAYS_MOST && table[i].days[count] != NULL) {
            assert_int_equal(day_from_text(str_of(table[i].days[count]), &days[count]),
                             DONE);
            count++;
        }
        struct period period = {.from = day_start(from), .until = day_start(until)};
        int64_t points = frequency_points(&mashan, &period, days, count);
        if (points != table[i].points) {
            fail_msg("line %zu: %lld", i, (long long)points);
        }
    }
}

/* A week of one day counts where the rulebook says so. */
static void test_frequency__cut_weeks_as_the_rulebook_says(void **state) {
    struct indicator strict = mashan;
    civil_day days[4];
    civil_day first;
    (void)state;
    assert_int_equal(day_from_text(STR("2027-01-01"), &first), DONE);
    for (int i = 0; i < 4; i++) {
        days[i] = first + 3 + 7 * i;
    }
    struct period period = {.from = day_start(first), .until = day_start(first + 31)};
    assert_int_equal(frequency_points(&strict, &period, days, 4), 30);
    strict.week_days = 1;
    assert_int_equal(frequency_points(&strict, &period, days, 4), 20);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frequency__all_or_nothing_at_the_edges),
        cmocka_unit_test(test_frequency__cut_weeks_as_the_rulebook_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
