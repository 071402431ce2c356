/*
 * Instants and days.  An instant is microseconds since 1970-01-01 UTC; a day
 * is the number of days since 1970-01-01 in the office's civil time, which is
 * UTC+8 all year (China has no summer time).
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include "str.h"

typedef int64_t instant;
typedef int32_t civil_day;

#define INSTANT_SECOND ((instant)1000000)
#define INSTANT_MINUTE (60 * INSTANT_SECOND)
#define INSTANT_HOUR   (60 * INSTANT_MINUTE)
#define INSTANT_DAY    (24 * INSTANT_HOUR)
#define INSTANT_NEVER  INT64_MAX

struct date {
    int year;
    int month; /* 1–12 */
    int day;   /* 1–31 */
};

/* The machine's clock.  Only doors and workers call it, once per call; acts
 * take the instant from their call. */
instant instant_read_clock(void);

civil_day instant_day(instant at);
instant day_start(civil_day day); /* 00:00 */
instant day_end(civil_day day);   /* 24:00, the start of the next day */
civil_day day_of_date(struct date date);
struct date date_of_day(civil_day day);
int day_weekday(civil_day day); /* 0 Sunday … 6 Saturday */
int instant_hour(instant at);
int instant_minute(instant at);

/* "2026-12-02", and back; REFUSED on anything that is no day of the calendar. */
struct str day_to_text(struct arena *arena, civil_day day);
MUST_CHECK enum status day_from_text(struct str text, civil_day *out_day);

/* "2026-12-02 09:30" in civil time, as public pages and forms show it. */
struct str instant_to_text(struct arena *arena, instant at);

/* "2026-12-02T09:30:00+08:00", for machines (RFC 3339); the reader takes any
 * offset, with or without a fraction, and the form without seconds. */
struct str instant_to_rfc3339(struct arena *arena, instant at);
MUST_CHECK enum status instant_from_rfc3339(struct str text, instant *out_at);

#endif
