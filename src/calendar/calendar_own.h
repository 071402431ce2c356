/* Only for src/calendar. */
#ifndef CALENDAR_CALENDAR_OWN_H
#define CALENDAR_CALENDAR_OWN_H

#include "calendar.h"

struct named_day {
    civil_day day;
    bool works;
    struct str name;
};

/* A legal day off with a fixed date, for years that are not announced. */
struct yearly_day {
    int month;
    int day;
    struct str name;
};

struct calendar {
    struct arena *arena; /* owned; everything below lives in it */
    const struct calendar *under;
    struct named_day *days; /* sorted */
    size_t count;
    struct yearly_day yearly[16];
    size_t yearly_count;
    civil_day valid_from; /* announced days; empty if from > to */
    civil_day valid_to;
};

#endif
