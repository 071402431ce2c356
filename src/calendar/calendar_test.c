/*
 * The official calendar, the counting of periods, and how deadlines read.
 *
 * With ../shared the whole table of announced days 2007–2026 is compared with
 * what the calendar answers, and the shipped file with that table.
 */
#include "calendar/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct arena *arena;
    struct calendar *calendar;
    const char *source;
};

static int open_bench(void **state) {
    struct bench *bench = calloc(1, sizeof *bench);
    bench->arena = arena_new((size_t)64 << 20);
    bench->source = getenv("SHENFA_SOURCE");
    if (bench->source == NULL) {
        bench->source = ".";
    }
    struct str path = str_format(bench->arena, "%s/share/calendar/cn.tsv", bench->source);
    assert_int_equal(calendar_open(path.at, &bench->calendar), DONE);
    *state = bench;
    return 0;
}

static int close_bench(void **state) {
    struct bench *bench = *state;
    calendar_close(bench->calendar);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

static civil_day day(const char *text) {
    civil_day found = 0;
    assert_int_equal(day_from_text(str_of(text), &found), DONE);
    return found;
}

static instant at(const char *text) {
    instant found = 0;
    struct arena *arena = arena_new(4096);
    struct str whole = str_format(arena, "%s:00+08:00", text);
    assert_int_equal(instant_from_rfc3339(whole, &found), DONE);
    arena_free(arena);
    return found;
}

static void test_calendar__days_are_worked_as_announced(void **state) {
    static const struct {
        const char *date;
        bool works;
        bool provisional;
        const char *name;
    } rows[] = {
        {"2026-11-20", true, false, ""},  /* a Friday */
        {"2026-11-21", false, false, ""}, /* a Saturday */
        {"2026-10-01", false, false, "国庆节"},
        {"2026-10-10", true, false, "国庆节"}, /* a Saturday, made up */
        {"2026-02-17", false, false, "春节"},
        {"2020-01-31", false, false, "春节"}, /* prolonged in January 2020 */
        {"2027-01-01", false, true, "元旦"},  /* fixed by law, not announced */
        {"2027-01-04", true, true, ""},
        {"2027-05-02", false, true, "劳动节"},
        {"2019-12-31", true, true, ""}, /* before the file begins */
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        bool provisional = false;
        civil_day one = day(rows[i].date);
        assert_int_equal(calendar_is_working(bench->calendar, one, &provisional),
                         rows[i].works);
        assert_int_equal(provisional, rows[i].provisional);
        assert_true(str_is(calendar_day_name(bench->calendar, one), rows[i].name));
    }
}

static void test_calendar__periods_end_at_midnight(void **state) {
    static const struct {
        const char *start;
        int amount;
        enum calendar_unit unit;
        const char *due;
        bool provisional;
    } rows[] = {
        /* BZ-15: born on 1 March, in principle within 5 days, at the latest 15. */
        {"2022-03-01T10:00", 5, CALENDAR_DAY, "2022-03-07T00:00", false},
        {"2022-03-01T10:00", 15, CALENDAR_DAY, "2022-03-17T00:00", false},
        {"2022-03-01T00:00", 5, CALENDAR_DAY, "2022-03-07T00:00", false},
        {"2026-12-02T09:00", 0, CALENDAR_DAY, "2026-12-03T00:00", false},
        {"2026-12-02T09:00", 1, CALENDAR_WORKING_DAY, "2026-12-04T00:00", false},
        /* Over a weekend, over the National Day and its make-up days. */
        {"2026-12-04T09:00", 1, CALENDAR_WORKING_DAY, "2026-12-08T00:00", false},
        {"2026-09-30T17:59", 3, CALENDAR_WORKING_DAY, "2026-10-11T00:00", false},
        {"2026-09-30T17:59", 4, CALENDAR_WORKING_DAY, "2026-10-13T00:00", false},
        /* An event on a day of rest. */
        {"2026-12-05T12:00", 2, CALENDAR_WORKING_DAY, "2026-12-09T00:00", false},
        /* Hours run through the night and the feast. */
        {"2026-10-01T18:30", 24, CALENDAR_HOUR, "2026-10-02T18:30", false},
        {"2026-10-01T23:50", 30, CALENDAR_MINUTE, "2026-10-02T00:20", false},
        /* Into a year that is not announced. */
        {"2026-12-30T09:00", 2, CALENDAR_WORKING_DAY, "2027-01-05T00:00", true},
        {"2026-12-30T09:00", 9, CALENDAR_DAY, "2027-01-09T00:00", false},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        bool provisional = false;
        instant due = calendar_due(bench->calendar, at(rows[i].start), rows[i].amount,
                                   rows[i].unit, &provisional);
        assert_true(due == at(rows[i].due));
        assert_int_equal(provisional, rows[i].provisional);
    }
}

static void test_calendar__time_left_is_in_its_own_unit(void **state) {
    static const struct {
        const char *now;
        const char *due;
        enum calendar_unit unit;
        int left;
    } rows[] = {
        {"2026-12-02T09:00", "2026-12-04T00:00", CALENDAR_DAY, 1},
        {"2026-12-02T09:00", "2026-12-03T00:00", CALENDAR_DAY, 0},
        {"2026-12-02T09:00", "2026-12-02T00:00", CALENDAR_DAY, -1},
        {"2026-12-02T09:00", "2026-12-01T00:00", CALENDAR_DAY, -2},
        {"2026-12-02T09:00", "2026-12-08T00:00", CALENDAR_WORKING_DAY, 3},
        {"2026-12-07T09:00", "2026-12-05T00:00", CALENDAR_WORKING_DAY, -1},
        {"2026-12-06T09:00", "2026-12-05T00:00", CALENDAR_WORKING_DAY, 0},
        {"2026-12-02T12:20", "2026-12-02T18:30", CALENDAR_HOUR, 6},
        {"2026-12-02T18:30", "2026-12-02T18:30", CALENDAR_HOUR, -1},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(calendar_left(bench->calendar, at(rows[i].now), at(rows[i].due),
                                       rows[i].unit),
                         rows[i].left);
    }
}

/* The sentence of *saying* from the words file of *language*. */
static struct str spoken(struct bench *bench, const char *language,
                         const struct calendar_saying *saying) {
    struct bytes bytes;
    struct str path = str_format(bench->arena, "%s/share/words/%s/calendar.words",
                                 bench->source, language);
    assert_int_equal(file_read(bench->arena, path.at, 1 << 16, &bytes), DONE);
    struct str text = {(const char *)bytes.at, bytes.length};
    struct str key = str_format(bench->arena, "%s = ", saying->words);
    while (text.length > 0) {
        struct str line = str_cut(&text, '\n');
        if (!str_starts(line, key.at)) {
            continue;
        }
        struct str rest = str_part(line, key.length, line.length);
        struct buffer buffer;
        buffer_init(&buffer, bench->arena);
        while (rest.length > 0) {
            buffer_add(&buffer, str_cut(&rest, '{'));
            struct str name = rest.length > 0 ? str_cut(&rest, '}') : STR("");
            struct str many = name; /* {count|day|days} */
            name = str_cut(&many, '|');
            struct str one = str_cut(&many, '|');
            for (size_t i = 0; name.length > 0 && i < LENGTH(saying->arguments); i++) {
                const struct refusal_argument *argument = &saying->arguments[i];
                if (argument->name != NULL && str_is(name, argument->name)) {
                    struct str form = str_is(argument->value, "1") ? one : many;
                    buffer_add(&buffer, many.length > 0 ? form : argument->value);
                    name = STR("");
                }
            }
            assert_int_equal(name.length, 0);
        }
        return buffer_str(&buffer);
    }
    fail_msg("no words for %s", saying->words);
    return STR("");
}

static void test_calendar__deadlines_read_as_the_screens_show_them(void **state) {
    static const struct {
        const char *now;
        const char *soft;
        const char *hard;
        enum calendar_unit unit;
        enum due_shape shape;
        const char *zh;
        const char *en;
    } rows[] = {
        {"2026-12-02T09:00", NULL, "2026-12-18T00:00", CALENDAR_WORKING_DAY, DUE_FAR,
         "12月17日（周四）24:00 前", "by the end of Thu 17 Dec"},
        {"2026-12-02T09:00", NULL, "2026-12-08T00:00", CALENDAR_WORKING_DAY, DUE_NEAR,
         "还剩 3 个工作日，12月7日（周一）24:00 前",
         "3 working days left, by the end of Mon 7 Dec"},
        {"2026-12-02T09:00", NULL, "2026-12-04T00:00", CALENDAR_WORKING_DAY, DUE_NEAR,
         "还剩 1 个工作日，12月3日（周四）24:00 前",
         "1 working day left, by the end of Thu 3 Dec"},
        {"2026-10-09T09:00", NULL, "2026-10-11T00:00", CALENDAR_WORKING_DAY, DUE_NEAR,
         "还剩 1 个工作日，10月10日（周六，调休上班）24:00 前",
         "1 working day left, by the end of Sat 10 Oct (working day)"},
        {"2026-12-02T09:00", NULL, "2026-12-03T00:00", CALENDAR_DAY, DUE_TODAY,
         "今天 24:00 到期", "due by the end of today"},
        {"2026-12-02T12:20", NULL, "2026-12-02T18:30", CALENDAR_HOUR, DUE_HOURS,
         "还剩 6 小时，今天 18:30 前", "6 hours left, by 18:30 today"},
        {"2026-12-02T18:29", NULL, "2026-12-02T18:30", CALENDAR_HOUR, DUE_HOURS,
         "还剩 1 分钟，今天 18:30 前", "1 minute left, by 18:30 today"},
        {"2026-12-02T18:00", NULL, "2026-12-02T18:30", CALENDAR_MINUTE, DUE_HOURS,
         "还剩 30 分钟，今天 18:30 前", "30 minutes left, by 18:30 today"},
        {"2026-12-02T18:41", NULL, "2026-12-02T18:30", CALENDAR_MINUTE, DUE_LATE,
         "已超期 12 分钟，应于今天 18:30 前", "12 minutes late, was due by 18:30 today"},
        {"2026-12-02T20:00", NULL, "2026-12-03T08:05", CALENDAR_HOUR, DUE_HOURS,
         "还剩 12 小时，12月3日（周四） 08:05 前",
         "12 hours left, by 08:05 on Thu 3 Dec"},
        {"2026-12-02T09:00", NULL, "2026-12-01T00:00", CALENDAR_DAY, DUE_LATE,
         "已超期 2 天，应于11月30日前", "2 days late, was due by 30 Nov"},
        {"2026-12-06T09:00", NULL, "2026-12-05T00:00", CALENDAR_WORKING_DAY, DUE_LATE,
         "已超期 2 天，应于12月4日前", "2 days late, was due by 4 Dec"},
        {"2026-01-05T09:00", NULL, "2026-01-01T00:00", CALENDAR_WORKING_DAY, DUE_LATE,
         "已超期 2 个工作日，应于2025年12月31日前",
         "2 working days late, was due by 31 Dec 2025"},
        {"2026-12-02T18:31", NULL, "2026-12-02T18:30", CALENDAR_HOUR, DUE_LATE,
         "已超期 1 小时，应于今天 18:30 前", "1 hour late, was due by 18:30 today"},
        {"2026-12-02T09:00", "2026-12-06T00:00", "2026-12-16T00:00", CALENDAR_DAY,
         DUE_SOFT, "原则上12月5日前，最迟12月15日",
         "expected by 5 Dec, at the latest 15 Dec"},
        {"2026-12-06T09:00", "2026-12-06T00:00", "2026-12-16T00:00", CALENDAR_DAY,
         DUE_SOFT_PAST, "已过原则上的12月5日，最迟12月15日",
         "was expected by 5 Dec, at the latest 15 Dec"},
        {"2026-12-16T09:00", "2026-12-06T00:00", "2026-12-16T00:00", CALENDAR_DAY,
         DUE_LATE, "已超期 1 天，应于12月15日前", "1 day late, was due by 15 Dec"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct calendar_deadline deadline = {
            .soft = rows[i].soft == NULL ? 0 : at(rows[i].soft),
            .hard = at(rows[i].hard),
            .unit = rows[i].unit,
        };
        struct calendar_due_words zh = calendar_say_due(
            bench->arena, bench->calendar, STR("zh-CN"), at(rows[i].now), &deadline);
        struct calendar_due_words en = calendar_say_due(
            bench->arena, bench->calendar, STR("en"), at(rows[i].now), &deadline);
        assert_int_equal(zh.shape, rows[i].shape);
        assert_string_equal(str_text(bench->arena, spoken(bench, "zh-CN", &zh.sentence)),
                            rows[i].zh);
        assert_string_equal(str_text(bench->arena, spoken(bench, "en", &en.sentence)),
                            rows[i].en);
    }
}

static void test_calendar__remarks_stand_below_the_sentence(void **state) {
    struct bench *bench = *state;
    struct calendar_deadline deadline = {.hard = at("2027-01-05T00:00"),
                                         .unit = CALENDAR_WORKING_DAY,
                                         .provisional = true,
                                         .house = 2};
    struct calendar_due_words words = calendar_say_due(
        bench->arena, bench->calendar, STR("zh-CN"), at("2026-12-30T09:00"), &deadline);
    assert_true(str_is(spoken(bench, "zh-CN", &words.house),
                       "本规章未规定具体时限，默认 2 个工作日"));
    assert_true(str_is(spoken(bench, "zh-CN", &words.provisional),
                       "2027年放假安排未公布，暂按2027年1月4日计"));
    deadline.stopped = true;
    deadline.waiting = STR("市司法局");
    words = calendar_say_due(bench->arena, bench->calendar, STR("en"),
                             at("2026-12-30T09:00"), &deadline);
    assert_int_equal(words.shape, DUE_STOPPED);
    assert_true(str_is(spoken(bench, "en", &words.sentence),
                       "Clock stopped: waiting for 市司法局"));
    deadline = (struct calendar_deadline){.unit = CALENDAR_DAY};
    words = calendar_say_due(bench->arena, bench->calendar, STR("en"),
                             at("2026-12-30T09:00"), &deadline);
    assert_int_equal(words.shape, DUE_NONE);
    assert_null(words.sentence.words);
}

static struct calendar *calendar_of(const struct calendar *under, const char *text) {
    char path[] = "/tmp/calendar-XXXXXX";
    int file = mkstemp(path);
    struct calendar *calendar = NULL;
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum status status = calendar_open_over(under, path, &calendar);
    unlink(path);
    return status == DONE ? calendar : NULL;
}

static void test_calendar__a_region_adds_its_own_days(void **state) {
    struct bench *bench = *state;
    struct calendar *region =
        calendar_of(bench->calendar, "2026-12-11\toff\t自治区成立纪念日\n");
    assert_non_null(region);
    assert_false(calendar_is_working(region, day("2026-12-11"), NULL));
    assert_true(calendar_is_working(bench->calendar, day("2026-12-11"), NULL));
    assert_false(calendar_is_working(region, day("2026-10-01"), NULL));
    assert_true(calendar_due(region, at("2026-12-10T09:00"), 1, CALENDAR_WORKING_DAY,
                             NULL) == at("2026-12-15T00:00"));
    calendar_close(region);
}

static void test_calendar__a_wrong_line_is_refused(void **state) {
    static const char *const wrong[] = {
        "2026-13-01\toff\t元旦\n",
        "2026-01-01\tfree\t元旦\n",
        "2026-01-01\toff\t元旦\n2026-01-01\twork\t元旦\n",
        "valid\t2026-12-31\t2026-01-01\n",
        "every\t02-30\t元旦\n",
        "元旦\n",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        assert_null(calendar_of(NULL, wrong[i]));
    }
}

/* The table of announced days, read without the calendar's own reader. */
static struct str read_table(struct bench *bench) {
    struct bytes bytes;
    struct str path = str_format(
        bench->arena, "%s/../shared/data/holiday/cn_holidays.tsv", bench->source);
    if (file_read(bench->arena, path.at, 1 << 20, &bytes) != DONE) {
        print_message("standing alone: the table of 2007-2026 is not there\n");
        skip();
    }
    struct str text = {(const char *)bytes.at, bytes.length};
    str_cut(&text, '\n'); /* the heading */
    return text;
}

static void test_calendar__agrees_with_twenty_years_of_announcements(void **state) {
    struct bench *bench = *state;
    struct str text = read_table(bench);
    struct str file =
        str_format(bench->arena, "valid\t2007-01-01\t2026-12-31\n%.*s", STR_ARG(text));
    struct calendar *all = calendar_of(NULL, file.at);
    assert_non_null(all);
    int announced = 0;
    for (civil_day one = day("2006-12-30"); one <= day("2026-12-31"); one++) {
        struct str date = day_to_text(bench->arena, one);
        size_t found = str_find(text, date);
        bool works = day_weekday(one) >= 1 && day_weekday(one) <= 5;
        if (found < text.length) {
            works = text.at[found + date.length + 1] == 'w';
            announced++;
        }
        bool provisional = false;
        assert_int_equal(calendar_is_working(all, one, &provisional), works);
        if (one >= day("2020-01-01")) {
            assert_int_equal(calendar_is_working(bench->calendar, one, &provisional),
                             works);
            assert_false(provisional);
        }
    }
    assert_int_equal(announced, 678);
    calendar_close(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar__days_are_worked_as_announced),
        cmocka_unit_test(test_calendar__periods_end_at_midnight),
        cmocka_unit_test(test_calendar__time_left_is_in_its_own_unit),
        cmocka_unit_test(test_calendar__deadlines_read_as_the_screens_show_them),
        cmocka_unit_test(test_calendar__remarks_stand_below_the_sentence),
        cmocka_unit_test(test_calendar__a_region_adds_its_own_days),
        cmocka_unit_test(test_calendar__a_wrong_line_is_refused),
        cmocka_unit_test(test_calendar__agrees_with_twenty_years_of_announcements),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
