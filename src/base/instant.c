/*
 * Civil dates by days since the epoch (the proleptic Gregorian calendar;
 * algorithm by era of 400 years), fixed offset UTC+8.
 */
#include "instant.h"

#include <time.h>

#define CIVIL_OFFSET (8 * INSTANT_HOUR)
#define DAY_LENGTH   (sizeof "2026-12-02" - 1)
#define YEAR_MOST    9999

static bool read_digits(struct str text, size_t from, size_t count, int *out_number);
static int64_t floor_divide(int64_t number, int64_t by);
static void write_digits(char *at, int count, int number);
static void write_day(char *at, civil_day day);
static void write_minute(char *at, char before, instant when);
static enum status read_offset(struct str text, instant *out_offset);

instant instant_read_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (instant)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

civil_day instant_day(instant at) {
    return (civil_day)floor_divide(at + CIVIL_OFFSET, INSTANT_DAY);
}

instant day_start(civil_day day) { return (instant)day * INSTANT_DAY - CIVIL_OFFSET; }

instant day_end(civil_day day) { return day_start(day + 1); }

civil_day day_of_date(struct date date) {
    int year = date.month <= 2 ? date.year - 1 : date.year;
    int era = (int)floor_divide(year, 400);
    int year_of_era = year - era * 400;
    int day_of_year =
        (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_of_day(civil_day day) {
    int shifted = day + 719468;
    int era = (int)floor_divide(shifted, 146097);
    int day_of_era = shifted - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return (struct date){.year = year_of_era + era * 400 + (month <= 2),
                         .month = month,
                         .day = day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

int day_weekday(civil_day day) { return (int)(((day + 4) % 7 + 7) % 7); }

int instant_hour(instant at) {
    return (int)((at - day_start(instant_day(at))) / INSTANT_HOUR);
}

int instant_minute(instant at) {
    return (int)((at - day_start(instant_day(at))) / INSTANT_MINUTE % 60);
}

struct str day_to_text(struct arena *arena, civil_day day) {
    char *text = arena_take(arena, DAY_LENGTH + 1);
    write_day(text, day);
    return (struct str){text, DAY_LENGTH};
}

enum status day_from_text(struct str text, civil_day *out_day) {
    struct date date;
    if (text.length != 10 || text.at[4] != '-' || text.at[7] != '-' ||
        !read_digits(text, 0, 4, &date.year) || !read_digits(text, 5, 2, &date.month) ||
        !read_digits(text, 8, 2, &date.day) || date.month < 1 || date.month > 12 ||
        date.day < 1) {
        return REFUSED;
    }
    civil_day found = day_of_date(date);
    struct date again = date_of_day(found);
    if (again.month != date.month || again.day != date.day) {
        return REFUSED;
    }
    *out_day = found;
    return DONE;
}

struct str instant_to_text(struct arena *arena, instant at) {
    const size_t length = sizeof "2026-12-02 09:30" - 1;
    char *text = arena_take(arena, length + 1);
    write_day(text, instant_day(at));
    write_minute(text + DAY_LENGTH, ' ', at);
    return (struct str){text, length};
}

struct str instant_to_rfc3339(struct arena *arena, instant at) {
    const char pattern[] = "2026-12-02T09:30:00+08:00";
    char *text = arena_copy(arena, pattern, sizeof pattern);
    int second = (int)((at - day_start(instant_day(at))) / INSTANT_SECOND % 60);
    write_day(text, instant_day(at));
    write_minute(text + DAY_LENGTH, 'T', at);
    write_digits(text + DAY_LENGTH + 7, 2, second);
    return (struct str){text, sizeof pattern - 1};
}

/* Several stand on every public page; printf would be a twentieth of its making. */
static void write_digits(char *at, int count, int number) {
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

static void write_day(char *at, civil_day day) {
    struct date date = date_of_day(day);
    write_digits(at, 4,
                 date.year < 0           ? 0
                 : date.year > YEAR_MOST ? YEAR_MOST
                                         : date.year);
    at[4] = '-';
    write_digits(at + 5, 2, date.month);
    at[7] = '-';
    write_digits(at + 8, 2, date.day);
}

/* " 09:30" */
static void write_minute(char *at, char before, instant when) {
    at[0] = before;
    write_digits(at + 1, 2, instant_hour(when));
    at[3] = ':';
    write_digits(at + 4, 2, instant_minute(when));
}

enum status instant_from_rfc3339(struct str text, instant *out_at) {
    civil_day date;
    int hour;
    int minute;
    int second = 0;
    instant offset = CIVIL_OFFSET;
    TRY(day_from_text(str_part(text, 0, 10), &date));
    if (text.length < 16 || (text.at[10] != 'T' && text.at[10] != ' ') ||
        !read_digits(text, 11, 2, &hour) || text.at[13] != ':' ||
        !read_digits(text, 14, 2, &minute) || hour > 23 || minute > 59) {
        return REFUSED;
    }
    struct str rest = str_part(text, 16, text.length);
    if (str_starts(rest, ":")) {
        if (!read_digits(rest, 1, 2, &second) || second > 59) {
            return REFUSED;
        }
        rest = str_part(rest, 3, rest.length);
    }
    if (str_starts(rest, ".")) {
        size_t digits = 1;
        while (digits < rest.length && rest.at[digits] >= '0' && rest.at[digits] <= '9') {
            digits++;
        }
        rest = str_part(rest, digits, rest.length);
    }
    if (!str_is_empty(rest)) {
        TRY(read_offset(rest, &offset));
    }
    *out_at = (instant)date * INSTANT_DAY + hour * INSTANT_HOUR +
              minute * INSTANT_MINUTE + second * INSTANT_SECOND - offset;
    return DONE;
}

static enum status read_offset(struct str text, instant *out_offset) {
    int hour;
    int minute;
    if (str_is(text, "Z")) {
        *out_offset = 0;
        return DONE;
    }
    if (text.length != 6 || (text.at[0] != '+' && text.at[0] != '-') ||
        text.at[3] != ':' || !read_digits(text, 1, 2, &hour) ||
        !read_digits(text, 4, 2, &minute) || hour > 14 || minute > 59) {
        return REFUSED;
    }
    instant offset = hour * INSTANT_HOUR + minute * INSTANT_MINUTE;
    *out_offset = text.at[0] == '-' ? -offset : offset;
    return DONE;
}

static bool read_digits(struct str text, size_t from, size_t count, int *out_number) {
    int number = 0;
    for (size_t i = from; i < from + count; i++) {
        if (i >= text.length || text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    *out_number = number;
    return true;
}

static int64_t floor_divide(int64_t number, int64_t by) {
    int64_t quotient = number / by;
    return quotient * by > number ? quotient - 1 : quotient;
}
