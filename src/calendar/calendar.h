/*
 * calendar: which days are worked, when a period ends, how long is left.
 *
 * Working days follow the official calendar with its make-up working days
 * (调休).  A year that is not announced yet is answered from Saturdays, Sundays
 * and the legal days with a fixed date, and the answer says it is provisional.
 *
 * Counting, as the regulations count: the day of the event is not
 * counted, a period ends at 24:00 of its last day, hours and minutes run
 * through nights and holidays.  The calendar knows nothing of rules; who owes what by
 * when is the stages' business.
 */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "base/base.h"

struct calendar;

/*
 * Read the calendar at *path* (share/calendar/cn.tsv explains the lines).  The
 * caller owns it.  ABSENT without the file; REFUSED, with the line in the log,
 * if a line is not understood or a day is named twice.
 */
MUST_CHECK enum status calendar_open(const char *path, struct calendar **out_calendar);

/*
 * The same over another calendar, for a region's own days: what *path* names
 * goes before what *under* says.  *under* must live longer.
 */
MUST_CHECK enum status calendar_open_over(const struct calendar *under, const char *path,
                                          struct calendar **out_calendar);
void calendar_close(struct calendar *calendar); /* NULL is fine */

/* Is *day* worked?  *out_provisional* (may be NULL) becomes true if its year is
 * not announced, and is left alone otherwise, so that it gathers over days. */
bool calendar_is_working(const struct calendar *calendar, civil_day day,
                         bool *out_provisional);

/* The official name of a day off or of a make-up day; empty for any other. */
struct str calendar_day_name(const struct calendar *calendar, civil_day day);

/* A Saturday or Sunday that is worked. */
bool calendar_is_make_up(const struct calendar *calendar, civil_day day);

/* What a period is counted in.  The values are kept in the database. */
enum calendar_unit {
    CALENDAR_DAY = 1,
    CALENDAR_WORKING_DAY = 2,
    CALENDAR_HOUR = 3,
    CALENDAR_MINUTE = 4,
};

/* "day", "working-day", "hour", "minute", as rulebooks write them; and back. */
const char *calendar_unit_name(enum calendar_unit unit);
MUST_CHECK enum status calendar_unit_from_text(struct str text,
                                               enum calendar_unit *out_unit);

/*
 * The end of a period of *amount* (not negative) units that begins with an
 * event at *start*: the first instant that is late.  For days that is 24:00 of
 * the last day, the same instant as 0:00 of the next; an amount of 0 ends with
 * the day of the event.  *out_provisional* as above.
 */
instant calendar_due(const struct calendar *calendar, instant start, int64_t amount,
                     enum calendar_unit unit, bool *out_provisional);

/*
 * When somebody is told *amount* units before a period that ends at *due*: for days the
 * morning (8:30) of the day from which that many are left, else the span before.
 */
instant calendar_before(const struct calendar *calendar, instant due, int64_t amount,
                        enum calendar_unit unit);

/* The last day of a period that ends at *due*. */
civil_day calendar_last_day(instant due);

/*
 * Whole units from *now* to *due*.  Today is not counted: on 2 December, a
 * period that ends with 3 December has 1 day left and one that ends today 0.
 * Late is negative: on the day after the last day −1, in working days only
 * those worked; an hour or minute begun counts when late and does not when left.
 */
int64_t calendar_left(const struct calendar *calendar, instant now, instant due,
                      enum calendar_unit unit);

/* ---- Words ---- */

/* A sentence to be: a key of share/words and its named arguments. */
struct calendar_saying {
    const char *words; /* NULL: nothing to say */
    struct refusal_argument arguments[4];
};

/* A deadline as a duty or a page knows it.  Instants of 0 are none. */
struct calendar_deadline {
    instant soft; /* "in principle" */
    instant hard; /* "at the latest"; the only one where a rule has one */
    enum calendar_unit unit;
    bool provisional;   /* counted over days not announced yet */
    int64_t house;      /* the amount, where no regulation sets one but we do; else 0 */
    bool stopped;       /* the clock does not run */
    struct str waiting; /* for whom, when stopped */
};

enum due_shape {
    DUE_NONE,      /* no limit */
    DUE_FAR,       /* more than five units */
    DUE_NEAR,      /* five or fewer */
    DUE_TODAY,     /* ends today at 24:00 */
    DUE_HOURS,     /* a matter of hours, or of minutes */
    DUE_SOFT,      /* neither the soft nor the hard limit has passed */
    DUE_SOFT_PAST, /* the soft one has */
    DUE_LATE,
    DUE_STOPPED,
};

/* "far", "late" … for class names in templates. */
const char *due_shape_name(enum due_shape shape);

/* What a page needs to show a deadline: the shape for its colour, the figures
 * for sorting, the sentence and up to two remarks below it. */
struct calendar_due_words {
    enum due_shape shape;
    int64_t count;           /* units left, or late, never negative */
    enum calendar_unit unit; /* of the count */
    instant due;             /* for <time datetime>; 0 with DUE_NONE */
    struct calendar_saying sentence;
    struct calendar_saying house;       /* "no limit in this regulation; …" */
    struct calendar_saying provisional; /* "2027 holidays not announced; …" */
};

/* A deadline in words for a reader of *language* ("zh-CN" or "en") at *now*. */
struct calendar_due_words calendar_say_due(struct arena *arena,
                                           const struct calendar *calendar,
                                           struct str language, instant now,
                                           const struct calendar_deadline *deadline);

/* "12月17日（周四）", "Thu 17 Dec"; make-up days say so; another year than that
 * of *now* is named. */
struct str calendar_say_day(struct arena *arena, const struct calendar *calendar,
                            struct str language, instant now, civil_day day);

/* "11月30日", "30 Nov"; another year than that of *now* is named. */
struct str calendar_say_date(struct arena *arena, struct str language, instant now,
                             civil_day day);

/* "今天 14:05", "11月30日 14:05", "2025年11月30日" (UI: moments in the past). */
struct str calendar_say_moment(struct arena *arena, struct str language, instant now,
                               instant at);

#endif
