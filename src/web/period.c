/*
 * Months, quarters and years to choose from, for screens that count.
 */
#include "parts.h"

#define MONTHS_SHOWN 12

static void add_period(struct visit *visit, struct model *part, struct str value,
                       struct str chosen);

/* The months of a year back, its quarters, and two years. */
void part_periods(struct visit *visit, struct model *part, struct str chosen) {
    struct arena *arena = visit->call->arena;
    struct date today = date_of_day(instant_day(visit->call->now));
    int month = today.month;
    int year = today.year;
    for (int i = 0; i < MONTHS_SHOWN; i++) {
        add_period(visit, part, str_format(arena, "%d-%02d", year, month), chosen);
        year -= month == 1;
        month = month == 1 ? 12 : month - 1;
    }
    int quarter = (today.month - 1) / 3 + 1;
    year = today.year;
    for (int i = 0; i < 4; i++) {
        add_period(visit, part, str_format(arena, "%d-Q%d", year, quarter), chosen);
        year -= quarter == 1;
        quarter = quarter == 1 ? 4 : quarter - 1;
    }
    add_period(visit, part, str_format(arena, "%d", today.year), chosen);
    add_period(visit, part, str_format(arena, "%d", today.year - 1), chosen);
}

static void add_period(struct visit *visit, struct model *part, struct str value,
                       struct str chosen) {
    struct model *option = model_list_add(part, "periods");
    model_text(option, "value", value);
    model_text(option, "label", part_period(visit, value));
    model_flag(option, "chosen", str_equal(value, chosen));
}

struct str part_period(struct visit *visit, struct str period) {
    struct arena *arena = visit->call->arena;
    struct str rest = period;
    const char *year = str_text(arena, str_cut(&rest, '-'));
    if (rest.length == 0) {
        return web_say(visit, "summary.year", "year", year, NULL);
    }
    bool quarter = str_starts(rest, "Q");
    const char *part = str_text(arena, quarter ? str_part(rest, 1, rest.length) : rest);
    return web_say(visit, quarter ? "summary.quarter" : "summary.month", "year", year,
                   "part", part[0] == '0' ? part + 1 : part, NULL);
}
