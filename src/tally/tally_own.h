/* Only for src/tally. */
#ifndef TALLY_TALLY_OWN_H
#define TALLY_TALLY_OWN_H

#include "tally.h"
#include "tally_sql.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "site/site.h"
#include "store/store.h"

#define CATALOGUE_MOST 1000

/* A drop of counted views: "views-RUN-NUMBER.json" in the drop box, which says the same
 * run and number again, the day, and [site, page, readers, robots, staff] for each page.
 */
#define DROP_MOST ((size_t)4 << 20)
#define RUN_TEXT  32 /* hexadecimal digits */

/* ---- cadence.c: the windows of a cadence ---- */

struct calendar;

/* From an instant until the first one that is no longer in it. */
struct span {
    instant from, until;
};

/* The window of the calendar that holds *at*; of working days, and of dates, the next
 * where there is none. */
struct span cadence_at(const struct calendar *calendar, const struct cadence_rule *rule,
                       instant at);
struct span cadence_after(const struct calendar *calendar,
                          const struct cadence_rule *rule, const struct span *span);

/* The first that something begun at *since* is measured by: no window of the calendar
 * that had begun before. */
struct span cadence_first(const struct calendar *calendar,
                          const struct cadence_rule *rule, instant since);

/* When the span ends that runs from *last*: its day not counted, 24:00 of the last day.
 */
instant cadence_due(const struct calendar *calendar, const struct cadence_rule *rule,
                    instant last);

/* ---- renewal.c: one demand, and where it stands ---- */

struct miss {
    struct span window;
    int64_t counted;
    bool noted; /* in this act; it was not on record before */
    struct miss *next;
};

struct watch {
    id64 id;
    id64 group;
    id64 site;
    struct subject subject;
    struct str cadence;
    struct str terms;
    const struct cadence_rule *rule;
    instant since;
    struct span window;
    instant late_since;
    int64_t counted;     /* in the window */
    struct miss *misses; /* what watch_advance found, oldest first */
};

/* What it is about, and whose duty it is; ABSENT if it is no more. */
struct watched {
    struct site site;
    id64 owner;
    struct str path; /* of a column */
    struct str title;
};
MUST_CHECK enum status watch_about(struct call *call, const struct watch *watch,
                                   struct watched *out_watched);

/* What a rule asks for, in words that change when it does. */
struct str watch_terms(struct arena *arena, const struct cadence_rule *rule);

/* Where it stands at call->now: past windows judged, the one under way counted.  Reads
 * alone. */
MUST_CHECK enum status watch_advance(struct call *call, struct watch *watch);

/* A row of renewal_row and the like; and its rule, if *book* still has it in these terms.
 */
struct watch watch_read(struct rows *rows);
bool watch_bind(struct call *call, struct watch *watch, const struct rulebook *book);

/* Advance it and keep what came of it: row, misses, duties, ledger; in a transaction of
 * its own.  Doing it again does no harm. */
MUST_CHECK enum status watch_settle(struct call *call, id64 watch);

/* renewal_duty.c: the duty of its window, and of the one that was missed; at the end of
 * an act.  *asked*: the watch has not ended. */
MUST_CHECK enum status watch_duty(struct call *call, const struct rulebook *book,
                                  const struct watch *watch, bool asked);

/* renewal_follow.c: what a release of *found* means for what is watched. */
struct manuscript;
MUST_CHECK enum status renewal_follow_release(struct call *call,
                                              const struct manuscript *found);

/* The rulebook in force at the site has its views counted. */
bool view_is_counted(struct call *call, const struct site *site);

#endif
