/*
 * Months, quarters and years, as a summary is asked for.
 */
#include "tally_own.h"

static enum status read_span(struct str text, int *out_year, int *out_first,
                             int *out_months);
static instant start_of(int year, int month);

enum status tally_period(struct call *call, struct str text, struct period *out_period) {
    int year;
    int first;
    int months;
    if (read_span(text, &year, &first, &months) != DONE) {
        return call_refuse_field(call, "period", "", "tally.period-odd", NULL);
    }
    struct period period = {.text = text, .from = start_of(year, first)};
    int after = first + months;
    period.until =
        start_of(after > 12 ? year + 1 : year, after > 12 ? after - 12 : after);
    period.ended = call->now >= period.until;
    *out_period = period;
    return DONE;
}

struct str tally_period_before(struct arena *arena, instant now, bool quarter) {
    struct date date = date_of_day(instant_day(now));
    int units = quarter ? (date.month - 1) / 3 : date.month - 1;
    int year = units == 0 ? date.year - 1 : date.year;
    int before = units == 0 ? (quarter ? 4 : 12) : units;
    return quarter ? str_format(arena, "%d-Q%d", year, before)
                   : str_format(arena, "%d-%02d", year, before);
}

struct str tally_period_of(struct arena *arena, instant at, bool quarter) {
    struct date date = date_of_day(instant_day(at));
    return quarter ? str_format(arena, "%d-Q%d", date.year, (date.month - 1) / 3 + 1)
                   : str_format(arena, "%d-%02d", date.year, date.month);
}

static enum status read_span(struct str text, int *out_year, int *out_first,
                             int *out_months) {
    struct str rest = text;
    struct str head = str_cut(&rest, '-');
    bool half = str_starts(rest, "H");
    bool quarter = str_starts(rest, "Q");
    int64_t year;
    int64_t part = 1;
    if (head.length != 4 || str_to_int(head, &year) != DONE || year < 1990) {
        return REFUSED;
    }
    if (rest.length != 0) {
        struct str digits = quarter || half ? str_part(rest, 1, rest.length) : rest;
        if (digits.length != (quarter || half ? 1U : 2U) ||
            str_to_int(digits, &part) != DONE || part < 1 ||
            part > (half      ? 2
                    : quarter ? 4
                              : 12)) {
            return REFUSED;
        }
    } else if (text.length != 4) {
        return REFUSED;
    }
    *out_year = (int)year;
    *out_months = rest.length == 0 ? 12 : half ? 6 : quarter ? 3 : 1;
    *out_first = (int)(part - 1) * *out_months + 1;
    return DONE;
}

static instant start_of(int year, int month) {
    return day_start(day_of_date((struct date){year, month, 1}));
}
