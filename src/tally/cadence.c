/*
 * The windows of a cadence: parts of the calendar, or the span that runs from the last
 * release.  Pure; whether there was enough in one is asked elsewhere.
 */
#include "tally_own.h"

#include "calendar/calendar.h"

static civil_day next_date(const struct cadence_rule *rule, civil_day day);
static struct span months(civil_day day, int length);
static struct span days(civil_day first, civil_day count);
static civil_day months_after(civil_day day, int count);
static int month_length(int year, int month);

struct span cadence_at(const struct calendar *calendar, const struct cadence_rule *rule,
                       instant at) {
    civil_day day = instant_day(at);
    switch (rule->window) {
    case CADENCE_DATES:
        return days(next_date(rule, day), 1);
    case CADENCE_WORKING_DAY:
        while (!calendar_is_working(calendar, day, NULL)) {
            day++;
        }
        return days(day, 1);
    case CADENCE_WEEK:
        return days(day - (day_weekday(day) + 6) % 7, 7);
    case CADENCE_MONTH:
        return months(day, 1);
    case CADENCE_HALF_YEAR:
        return months(day, 6);
    case CADENCE_YEAR:
        return months(day, 12);
    case CADENCE_DAY:
    case CADENCE_SPAN:
        break;
    }
    return days(day, 1);
}

struct span cadence_after(const struct calendar *calendar,
                          const struct cadence_rule *rule, const struct span *span) {
    return cadence_at(calendar, rule, span->until);
}

struct span cadence_first(const struct calendar *calendar,
                          const struct cadence_rule *rule, instant since) {
    if (rule->window == CADENCE_SPAN) {
        return (struct span){since, cadence_due(calendar, rule, since)};
    }
    struct span span = cadence_at(calendar, rule, since);
    return span.from >= since ? span : cadence_after(calendar, rule, &span);
}

instant cadence_due(const struct calendar *calendar, const struct cadence_rule *rule,
                    instant last) {
    if (rule->unit == CADENCE_MONTHS) {
        return day_end(months_after(instant_day(last), rule->within));
    }
    return calendar_due(
        calendar, last, rule->within,
        rule->unit == CADENCE_WORKING_DAYS ? CALENDAR_WORKING_DAY : CALENDAR_DAY, NULL);
}

/* The first of its dates on *day* or later. */
static civil_day next_date(const struct cadence_rule *rule, civil_day day) {
    civil_day next = INT32_MAX;
    int year = date_of_day(day).year;
    for (size_t i = 0; i < 2 * rule->date_count; i++) {
        struct str text = rule->dates[i / 2];
        int64_t month;
        int64_t of_month;
        if (str_to_int(str_part(text, 0, 2), &month) == DONE &&
            str_to_int(str_part(text, 3, 5), &of_month) == DONE) {
            civil_day found = day_of_date(
                (struct date){year + (int)(i % 2), (int)month, (int)of_month});
            next = found >= day && found < next ? found : next;
        }
    }
    return next;
}

/* The part of its year that holds *day*, so many months long. */
static struct span months(civil_day day, int length) {
    struct date date = date_of_day(day);
    date.month -= (date.month - 1) % length;
    date.day = 1;
    civil_day first = day_of_date(date);
    return (struct span){day_start(first), day_start(months_after(first, length))};
}

static struct span days(civil_day first, civil_day count) {
    return (struct span){day_start(first), day_start(first + count)};
}

/* The same day of a later month, or that month's last (31 August and 6: 28 February). */
static civil_day months_after(civil_day day, int count) {
    struct date date = date_of_day(day);
    int month = date.month - 1 + count;
    date.year += month / 12;
    date.month = month % 12 + 1;
    int length = month_length(date.year, date.month);
    date.day = date.day > length ? length : date.day;
    return day_of_date(date);
}

static int month_length(int year, int month) {
    struct date next = {year, month + 1, 1};
    if (month == 12) {
        next = (struct date){year + 1, 1, 1};
    }
    return day_of_date(next) - day_of_date((struct date){year, month, 1});
}
