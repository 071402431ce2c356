/*
 * The official calendar in memory, and the counting of periods over it.
 *
 * A calendar is read once and not changed; looking up a day is a binary search
 * over some forty days a year.  How a deadline reads is said in words.c.
 */
#include "calendar_own.h"

#include <stdlib.h>

#define CALENDAR_FILE_MOST ((size_t)128 << 10) /* some 80 years */
#define CALENDAR_ROOM      ((size_t)8 << 20)

static enum status read_lines(struct calendar *calendar, struct str text,
                              const char *path);
static enum status read_line(struct calendar *calendar, struct str line);
static enum status read_valid(struct calendar *calendar, struct str rest);
static enum status read_yearly(struct calendar *calendar, struct str rest);
static enum status read_day(struct calendar *calendar, struct str first, struct str rest);
static int compare_days(const void *a, const void *b);
static const struct named_day *find_day(const struct calendar *calendar, civil_day day);
static const struct yearly_day *find_yearly(const struct calendar *calendar,
                                            civil_day day);
static bool is_announced(const struct calendar *calendar, civil_day day);
static instant due_in_working_days(const struct calendar *calendar, civil_day day,
                                   int64_t amount, bool *out_provisional);
static int64_t spans_left(instant now, instant due, instant span);
static int64_t working_days_between(const struct calendar *calendar, civil_day after,
                                    civil_day to);

enum status calendar_open(const char *path, struct calendar **out_calendar) {
    return calendar_open_over(NULL, path, out_calendar);
}

enum status calendar_open_over(const struct calendar *under, const char *path,
                               struct calendar **out_calendar) {
    struct arena *arena = arena_new(CALENDAR_ROOM);
    struct bytes bytes;
    enum status status = file_read(arena, path, CALENDAR_FILE_MOST, &bytes);
    if (status == DONE) {
        struct calendar *calendar = TAKE(arena, struct calendar);
        calendar->arena = arena;
        calendar->under = under;
        calendar->valid_to = -1;
        struct str text = {(const char *)bytes.at, bytes.length};
        status = read_lines(calendar, text, path);
        if (status == DONE) {
            *out_calendar = calendar;
            return DONE;
        }
    }
    arena_free(arena);
    return status;
}

void calendar_close(struct calendar *calendar) {
    if (calendar != NULL) {
        arena_free(calendar->arena);
    }
}

static enum status read_lines(struct calendar *calendar, struct str text,
                              const char *path) {
    if (!utf8_is_valid(text)) {
        log_fault("calendar %s is not UTF-8", path);
        return REFUSED;
    }
    size_t lines = 1;
    for (size_t i = 0; i < text.length; i++) {
        lines += text.at[i] == '\n';
    }
    calendar->days = TAKE_ARRAY(calendar->arena, lines, struct named_day);
    for (int number = 1; text.length > 0; number++) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.length > 0 && line.at[0] != '#' && read_line(calendar, line) != DONE) {
            log_fault("calendar %s, line %d is not understood", path, number);
            return REFUSED;
        }
    }
    qsort(calendar->days, calendar->count, sizeof *calendar->days, compare_days);
    for (size_t i = 1; i < calendar->count; i++) {
        if (calendar->days[i].day == calendar->days[i - 1].day) {
            struct str day = day_to_text(calendar->arena, calendar->days[i].day);
            log_fault("calendar %s names %.*s twice", path, STR_ARG(day));
            return REFUSED;
        }
    }
    return DONE;
}

static enum status read_line(struct calendar *calendar, struct str line) {
    struct str rest = line;
    struct str first = str_cut(&rest, '\t');
    if (str_is(first, "valid")) {
        return read_valid(calendar, rest);
    }
    if (str_is(first, "every")) {
        return read_yearly(calendar, rest);
    }
    return read_day(calendar, first, rest);
}

static enum status read_valid(struct calendar *calendar, struct str rest) {
    struct str from = str_cut(&rest, '\t');
    TRY(day_from_text(from, &calendar->valid_from));
    TRY(day_from_text(str_trim(rest), &calendar->valid_to));
    return calendar->valid_from <= calendar->valid_to ? DONE : REFUSED;
}

static enum status read_yearly(struct calendar *calendar, struct str rest) {
    struct str date = str_cut(&rest, '\t');
    civil_day day;
    /* A leap year, so that every date of any year is one. */
    TRY(day_from_text(str_format(calendar->arena, "2024-%.*s", STR_ARG(date)), &day));
    if (calendar->yearly_count == LENGTH(calendar->yearly)) {
        return REFUSED;
    }
    struct yearly_day *yearly = &calendar->yearly[calendar->yearly_count++];
    yearly->month = date_of_day(day).month;
    yearly->day = date_of_day(day).day;
    yearly->name = str_copy(calendar->arena, str_trim(rest));
    return DONE;
}

static enum status read_day(struct calendar *calendar, struct str first,
                            struct str rest) {
    struct named_day *named = &calendar->days[calendar->count];
    TRY(day_from_text(first, &named->day));
    struct str kind = str_cut(&rest, '\t');
    if (!str_is(kind, "off") && !str_is(kind, "work")) {
        return REFUSED;
    }
    named->works = str_is(kind, "work");
    named->name = str_copy(calendar->arena, str_trim(rest));
    calendar->count++;
    return DONE;
}

static int compare_days(const void *a, const void *b) {
    civil_day one = ((const struct named_day *)a)->day;
    civil_day other = ((const struct named_day *)b)->day;
    return (one > other) - (one < other);
}

bool calendar_is_working(const struct calendar *calendar, civil_day day,
                         bool *out_provisional) {
    const struct named_day *named = find_day(calendar, day);
    if (named != NULL) {
        return named->works;
    }
    bool weekend = day_weekday(day) == 0 || day_weekday(day) == 6;
    if (is_announced(calendar, day)) {
        return !weekend;
    }
    if (out_provisional != NULL) {
        *out_provisional = true;
    }
    return !weekend && find_yearly(calendar, day) == NULL;
}

struct str calendar_day_name(const struct calendar *calendar, civil_day day) {
    const struct named_day *named = find_day(calendar, day);
    if (named != NULL) {
        return named->name;
    }
    const struct yearly_day *yearly =
        is_announced(calendar, day) ? NULL : find_yearly(calendar, day);
    return yearly != NULL ? yearly->name : STR("");
}

bool calendar_is_make_up(const struct calendar *calendar, civil_day day) {
    const struct named_day *named = find_day(calendar, day);
    return named != NULL && named->works;
}

static const struct named_day *find_day(const struct calendar *calendar, civil_day day) {
    const struct named_day sought = {.day = day};
    for (; calendar != NULL; calendar = calendar->under) {
        const struct named_day *named =
            calendar->count == 0 ? NULL
                                 : bsearch(&sought, calendar->days, calendar->count,
                                           sizeof *calendar->days, compare_days);
        if (named != NULL) {
            return named;
        }
    }
    return NULL;
}

static const struct yearly_day *find_yearly(const struct calendar *calendar,
                                            civil_day day) {
    struct date date = date_of_day(day);
    for (; calendar != NULL; calendar = calendar->under) {
        for (size_t i = 0; i < calendar->yearly_count; i++) {
            const struct yearly_day *yearly = &calendar->yearly[i];
            if (yearly->month == date.month && yearly->day == date.day) {
                return yearly;
            }
        }
    }
    return NULL;
}

/* The nation's announcement decides; a region's file need not repeat it. */
static bool is_announced(const struct calendar *calendar, civil_day day) {
    for (; calendar != NULL; calendar = calendar->under) {
        if (day >= calendar->valid_from && day <= calendar->valid_to) {
            return true;
        }
    }
    return false;
}

const char *calendar_unit_name(enum calendar_unit unit) {
    switch (unit) {
    case CALENDAR_WORKING_DAY:
        return "working-day";
    case CALENDAR_HOUR:
        return "hour";
    case CALENDAR_MINUTE:
        return "minute";
    case CALENDAR_DAY:
        break;
    }
    return "day";
}

enum status calendar_unit_from_text(struct str text, enum calendar_unit *out_unit) {
    static const enum calendar_unit units[] = {CALENDAR_DAY, CALENDAR_WORKING_DAY,
                                               CALENDAR_HOUR, CALENDAR_MINUTE};
    for (size_t i = 0; i < LENGTH(units); i++) {
        if (str_is(text, calendar_unit_name(units[i]))) {
            *out_unit = units[i];
            return DONE;
        }
    }
    return REFUSED;
}

instant calendar_due(const struct calendar *calendar, instant start, int64_t amount,
                     enum calendar_unit unit, bool *out_provisional) {
    civil_day day = instant_day(start);
    switch (unit) {
    case CALENDAR_HOUR:
        return start + amount * INSTANT_HOUR;
    case CALENDAR_MINUTE:
        return start + amount * INSTANT_MINUTE;
    case CALENDAR_WORKING_DAY:
        return due_in_working_days(calendar, day, amount, out_provisional);
    case CALENDAR_DAY:
        break;
    }
    return day_end((civil_day)(day + amount));
}

static instant due_in_working_days(const struct calendar *calendar, civil_day day,
                                   int64_t amount, bool *out_provisional) {
    while (amount > 0) {
        day++;
        amount -= calendar_is_working(calendar, day, out_provisional);
    }
    return day_end(day);
}

instant calendar_before(const struct calendar *calendar, instant due, int64_t amount,
                        enum calendar_unit unit) {
    civil_day day = calendar_last_day(due);
    switch (unit) {
    case CALENDAR_HOUR:
        return due - amount * INSTANT_HOUR;
    case CALENDAR_MINUTE:
        return due - amount * INSTANT_MINUTE;
    case CALENDAR_WORKING_DAY:
        while (amount > 0) {
            amount -= calendar_is_working(calendar, day, NULL);
            day--;
        }
        while (!calendar_is_working(calendar, day, NULL)) {
            day--;
        }
        break;
    case CALENDAR_DAY:
        day = (civil_day)(day - amount);
        break;
    }
    return day_start(day) + 8 * INSTANT_HOUR + 30 * INSTANT_MINUTE;
}

civil_day calendar_last_day(instant due) { return instant_day(due - 1); }

int64_t calendar_left(const struct calendar *calendar, instant now, instant due,
                      enum calendar_unit unit) {
    civil_day today = instant_day(now);
    civil_day last = calendar_last_day(due);
    switch (unit) {
    case CALENDAR_HOUR:
        return spans_left(now, due, INSTANT_HOUR);
    case CALENDAR_MINUTE:
        return spans_left(now, due, INSTANT_MINUTE);
    case CALENDAR_WORKING_DAY:
        return last >= today ? working_days_between(calendar, today, last)
                             : -working_days_between(calendar, last, today);
    case CALENDAR_DAY:
        break;
    }
    return last - today;
}

static int64_t spans_left(instant now, instant due, instant span) {
    return now < due ? (due - now) / span : -((now - due) / span) - 1;
}

static int64_t working_days_between(const struct calendar *calendar, civil_day after,
                                    civil_day to) {
    int64_t count = 0;
    for (civil_day day = after + 1; day <= to; day++) {
        count += calendar_is_working(calendar, day, NULL);
    }
    return count;
}
