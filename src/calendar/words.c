/*
 * How a deadline reads.
 *
 * The sentences stand in share/words; here their key and arguments are chosen.
 * Only the order of day, month and weekday in a date is written here, once for
 * each language, as no sentence can be cut from it.
 */
#include "calendar_own.h"

/* From here on the end of a period is named without counting. */
#define FAR_FROM 6

struct speaking {
    struct arena *arena;
    const struct calendar *calendar;
    struct str language;
    instant now;
};

static void say_late(const struct speaking *speaking,
                     const struct calendar_deadline *deadline, instant due,
                     struct calendar_due_words *words);
static void say_left(const struct speaking *speaking,
                     const struct calendar_deadline *deadline,
                     struct calendar_due_words *words);
static void say_hours(const struct speaking *speaking, instant due,
                      struct calendar_due_words *words);
static void say_remarks(const struct speaking *speaking,
                        const struct calendar_deadline *deadline,
                        struct calendar_due_words *words);
static struct calendar_saying saying_of(const char *words);
static void add_argument(struct calendar_saying *saying, const char *name,
                         struct str value);
static void add_count(const struct speaking *speaking, struct calendar_saying *saying,
                      int64_t count);
static void add_date(const struct speaking *speaking, struct calendar_saying *saying,
                     const char *name, instant due);
static bool is_span(enum calendar_unit unit);
static bool is_english(struct str language);
static struct str say_end(const struct speaking *speaking, instant due);

/* Keys by unit. */
static const char *const near_words[] = {
    [CALENDAR_DAY] = "calendar.near-days",
    [CALENDAR_WORKING_DAY] = "calendar.near-working-days",
    [CALENDAR_HOUR] = "calendar.left-hours",
    [CALENDAR_MINUTE] = "calendar.left-minutes",
};
static const char *const late_words[] = {
    [CALENDAR_DAY] = "calendar.late-days",
    [CALENDAR_WORKING_DAY] = "calendar.late-working-days",
    [CALENDAR_HOUR] = "calendar.late-hours",
    [CALENDAR_MINUTE] = "calendar.late-minutes",
};
static const char *const house_words[] = {
    [CALENDAR_DAY] = "calendar.house-days",
    [CALENDAR_WORKING_DAY] = "calendar.house-working-days",
    [CALENDAR_HOUR] = "calendar.house-hours",
    [CALENDAR_MINUTE] = "calendar.house-minutes",
};

const char *due_shape_name(enum due_shape shape) {
    static const char *const names[] = {
        [DUE_NONE] = "none",           [DUE_FAR] = "far",     [DUE_NEAR] = "near",
        [DUE_TODAY] = "today",         [DUE_HOURS] = "hours", [DUE_SOFT] = "soft",
        [DUE_SOFT_PAST] = "soft-past", [DUE_LATE] = "late",   [DUE_STOPPED] = "stopped",
    };
    return names[shape];
}

struct calendar_due_words calendar_say_due(struct arena *arena,
                                           const struct calendar *calendar,
                                           struct str language, instant now,
                                           const struct calendar_deadline *deadline) {
    struct speaking speaking = {arena, calendar, language, now};
    struct calendar_due_words words = {.unit = deadline->unit};
    instant last = deadline->hard != 0 ? deadline->hard : deadline->soft;
    words.due = last;
    if (deadline->stopped) {
        words.shape = DUE_STOPPED;
        words.sentence = saying_of("calendar.stopped");
        add_argument(&words.sentence, "waiting", deadline->waiting);
        return words;
    }
    if (last == 0) {
        return words;
    }
    if (now >= last) {
        say_late(&speaking, deadline, last, &words);
    } else {
        say_left(&speaking, deadline, &words);
    }
    say_remarks(&speaking, deadline, &words);
    return words;
}

static void say_late(const struct speaking *speaking,
                     const struct calendar_deadline *deadline, instant due,
                     struct calendar_due_words *words) {
    words->shape = DUE_LATE;
    words->count = -calendar_left(speaking->calendar, speaking->now, due, deadline->unit);
    if (words->count == 0) {
        /* Late by days of rest alone: those are counted then. */
        words->unit = CALENDAR_DAY;
        words->count =
            -calendar_left(speaking->calendar, speaking->now, due, CALENDAR_DAY);
    }
    words->sentence = saying_of(late_words[words->unit]);
    add_count(speaking, &words->sentence, words->count);
    if (is_span(words->unit)) {
        add_argument(&words->sentence, "moment", say_end(speaking, due));
    } else {
        add_date(speaking, &words->sentence, "date", due);
    }
}

static void say_left(const struct speaking *speaking,
                     const struct calendar_deadline *deadline,
                     struct calendar_due_words *words) {
    words->count =
        calendar_left(speaking->calendar, speaking->now, words->due, deadline->unit);
    if (deadline->soft != 0 && deadline->hard != 0) {
        bool past = speaking->now >= deadline->soft;
        words->shape = past ? DUE_SOFT_PAST : DUE_SOFT;
        words->sentence = saying_of(past ? "calendar.soft-past" : "calendar.soft");
        add_date(speaking, &words->sentence, "soft", deadline->soft);
        add_date(speaking, &words->sentence, "hard", deadline->hard);
        return;
    }
    if (is_span(deadline->unit)) {
        say_hours(speaking, words->due, words);
        return;
    }
    civil_day last = calendar_last_day(words->due);
    struct str day = calendar_say_day(speaking->arena, speaking->calendar,
                                      speaking->language, speaking->now, last);
    if (last == instant_day(speaking->now)) {
        words->shape = DUE_TODAY;
        words->sentence = saying_of("calendar.today");
    } else if (words->count >= FAR_FROM || words->count == 0) {
        words->shape = words->count == 0 ? DUE_NEAR : DUE_FAR;
        words->sentence = saying_of("calendar.far");
        add_argument(&words->sentence, "day", day);
    } else {
        words->shape = DUE_NEAR;
        words->sentence = saying_of(near_words[words->unit]);
        add_count(speaking, &words->sentence, words->count);
        add_argument(&words->sentence, "day", day);
    }
}

/* Hours, the last of them in minutes; and short periods in minutes throughout. */
static void say_hours(const struct speaking *speaking, instant due,
                      struct calendar_due_words *words) {
    words->shape = DUE_HOURS;
    if (words->count == 0) {
        words->unit = CALENDAR_MINUTE;
        words->count = (due - speaking->now) / INSTANT_MINUTE;
    }
    words->sentence = saying_of(near_words[words->unit]);
    add_count(speaking, &words->sentence, words->count);
    add_argument(&words->sentence, "moment", say_end(speaking, due));
}

static void say_remarks(const struct speaking *speaking,
                        const struct calendar_deadline *deadline,
                        struct calendar_due_words *words) {
    if (deadline->house > 0) {
        words->house = saying_of(house_words[deadline->unit]);
        add_count(speaking, &words->house, deadline->house);
    }
    if (deadline->provisional) {
        civil_day last = calendar_last_day(words->due);
        words->provisional = saying_of("calendar.provisional");
        add_argument(&words->provisional, "year",
                     str_format(speaking->arena, "%d", date_of_day(last).year));
        add_date(speaking, &words->provisional, "date", words->due);
    }
}

static struct calendar_saying saying_of(const char *words) {
    return (struct calendar_saying){.words = words};
}

static void add_argument(struct calendar_saying *saying, const char *name,
                         struct str value) {
    for (size_t i = 0; i < LENGTH(saying->arguments); i++) {
        if (saying->arguments[i].name == NULL) {
            saying->arguments[i] = (struct refusal_argument){name, value};
            return;
        }
    }
}

static void add_count(const struct speaking *speaking, struct calendar_saying *saying,
                      int64_t count) {
    add_argument(saying, "count", str_format(speaking->arena, "%lld", (long long)count));
}

static void add_date(const struct speaking *speaking, struct calendar_saying *saying,
                     const char *name, instant due) {
    add_argument(saying, name,
                 calendar_say_date(speaking->arena, speaking->language, speaking->now,
                                   calendar_last_day(due)));
}

static bool is_span(enum calendar_unit unit) {
    return unit == CALENDAR_HOUR || unit == CALENDAR_MINUTE;
}

static bool is_english(struct str language) { return str_starts(language, "en"); }

static const char *const english_days[] = {"Sun", "Mon", "Tue", "Wed",
                                           "Thu", "Fri", "Sat"};
static const char *const english_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const chinese_days[] = {"周日", "周一", "周二", "周三",
                                           "周四", "周五", "周六"};

struct str calendar_say_day(struct arena *arena, const struct calendar *calendar,
                            struct str language, instant now, civil_day day) {
    struct str date = calendar_say_date(arena, language, now, day);
    bool make_up = calendar_is_make_up(calendar, day);
    int weekday = day_weekday(day);
    if (is_english(language)) {
        return str_format(arena, "%s %.*s%s", english_days[weekday], STR_ARG(date),
                          make_up ? " (working day)" : "");
    }
    return str_format(arena, "%.*s（%s%s）", STR_ARG(date), chinese_days[weekday],
                      make_up ? "，调休上班" : "");
}

struct str calendar_say_date(struct arena *arena, struct str language, instant now,
                             civil_day day) {
    struct date date = date_of_day(day);
    bool this_year = date.year == date_of_day(instant_day(now)).year;
    if (is_english(language)) {
        const char *month = english_months[date.month - 1];
        return this_year ? str_format(arena, "%d %s", date.day, month)
                         : str_format(arena, "%d %s %d", date.day, month, date.year);
    }
    return this_year ? str_format(arena, "%d月%d日", date.month, date.day)
                     : str_format(arena, "%d年%d月%d日", date.year, date.month, date.day);
}

struct str calendar_say_moment(struct arena *arena, struct str language, instant now,
                               instant at) {
    int hour = instant_hour(at);
    int minute = instant_minute(at);
    if (instant_day(at) == instant_day(now)) {
        return str_format(arena,
                          is_english(language) ? "today %02d:%02d" : "今天 %02d:%02d",
                          hour, minute);
    }
    struct str date = calendar_say_date(arena, language, now, instant_day(at));
    if (date_of_day(instant_day(at)).year != date_of_day(instant_day(now)).year) {
        return date;
    }
    return str_format(arena, "%.*s %02d:%02d", STR_ARG(date), hour, minute);
}

/* The end of a period in hours: "今天 18:30", "18:30 today", "18:30 on Thu 3 Dec". */
static struct str say_end(const struct speaking *speaking, instant due) {
    int hour = instant_hour(due);
    int minute = instant_minute(due);
    bool english = is_english(speaking->language);
    if (instant_day(due) == instant_day(speaking->now)) {
        return str_format(speaking->arena, english ? "%02d:%02d today" : "今天 %02d:%02d",
                          hour, minute);
    }
    struct str day =
        calendar_say_day(speaking->arena, speaking->calendar, speaking->language,
                         speaking->now, instant_day(due));
    return english ? str_format(speaking->arena, "%02d:%02d on %.*s", hour, minute,
                                STR_ARG(day))
                   : str_format(speaking->arena, "%.*s %02d:%02d", STR_ARG(day), hour,
                                minute);
}
