/*
 * Steps of frequency (MS-3.2): a release in every week, in every half of a month, in
 * every month; all or nothing, nothing in between.
 */
#include "assessment_own.h"

#define WEEK_DAYS 4 /* a week that the period cuts counts with so many days in it */
#define HALF      15

static bool every_week(const struct indicator *indicator, const struct period *period,
                       const civil_day *days, size_t count);
static bool every_part(const struct period *period, bool halves, const civil_day *days,
                       size_t count);
static bool holds(const civil_day *days, size_t count, civil_day from, civil_day until);

int64_t frequency_points(const struct indicator *indicator, const struct period *period,
                         const civil_day *days, size_t count) {
    if (every_week(indicator, period, days, count)) {
        return indicator->weekly;
    }
    return every_part(period, true, days, count)    ? indicator->half_monthly
           : every_part(period, false, days, count) ? indicator->monthly
                                                    : 0;
}

/* Weeks run from Monday. */
static bool every_week(const struct indicator *indicator, const struct period *period,
                       const civil_day *days, size_t count) {
    civil_day first = instant_day(period->from);
    civil_day end = instant_day(period->until);
    int least = indicator->week_days == 0 ? WEEK_DAYS : indicator->week_days;
    for (civil_day monday = first - (day_weekday(first) + 6) % 7; monday < end;
         monday += 7) {
        civil_day from = monday < first ? first : monday;
        civil_day until = monday + 7 > end ? end : monday + 7;
        if (until - from >= least && !holds(days, count, from, until)) {
            return false;
        }
    }
    return true;
}

static bool every_part(const struct period *period, bool halves, const civil_day *days,
                       size_t count) {
    civil_day end = instant_day(period->until);
    for (civil_day from = instant_day(period->from); from < end;) {
        struct date date = date_of_day(from);
        struct date next = date.month == 12 ? (struct date){date.year + 1, 1, 1}
                                            : (struct date){date.year, date.month + 1, 1};
        civil_day until = halves && date.day == 1 ? from + HALF : day_of_date(next);
        if (!holds(days, count, from, until)) {
            return false;
        }
        from = until;
    }
    return true;
}

static bool holds(const civil_day *days, size_t count, civil_day from, civil_day until) {
    for (size_t i = 0; i < count; i++) {
        if (days[i] >= from && days[i] < until) {
            return true;
        }
    }
    return false;
}
