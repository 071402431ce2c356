/*
 * tally: what is expected of whom, and what came of it; counted, never typed.
 *
 * A *summary* of a month or a quarter counts, for every unit, what was submitted,
 * released, returned, late and withdrawn, by class and by column: from the ledger and the
 * decisions, so that no figure in it can be entered by hand and each leads to its acts.
 *
 * The *release catalogue* (信息发布目录) says what a unit releases and how often.  An
 * approved entry is a duty of the unit with a day: a release that counts for it closes
 * it and opens the next one.  So does what a regulation says of how often its columns
 * are *renewed* (更新频次).
 */
#ifndef TALLY_TALLY_H
#define TALLY_TALLY_H

#include "base/base.h"
#include "ledger/ledger.h"
#include "rulebook/rulebook.h"

struct site;

/* ---- summaries ---- */

/* "2026-11", "2026-Q4", "2026-H2", "2026", and back; REFUSED for anything else. */
struct period {
    struct str text;
    instant from, until;
    bool ended; /* at the call's instant */
};
MUST_CHECK enum status tally_period(struct call *call, struct str text,
                                    struct period *out_period);

/* The month, or the quarter, before the one that holds *now*. */
struct str tally_period_before(struct arena *arena, instant now, bool quarter);

/* The month, or the quarter, that holds *at*. */
struct str tally_period_of(struct arena *arena, instant at, bool quarter);

/*
 * 月报 2027-01, 季报 2027-01: the number of the summary of a month or a quarter of
 * *group*, without gaps in the year that it is given in.  Given at the first look after
 * the period has ended, with those of all earlier periods that have none yet, so that the
 * numbers follow the periods; entered in the ledger.  ABSENT for a year, for a period
 * that has not ended, and for one before the group's first entry.
 */
MUST_CHECK enum status tally_number(struct call *call, id64 group,
                                    const struct period *period, struct str *out_number);

enum tally_figure {
    TALLY_SUBMITTED,
    TALLY_RELEASED,
    TALLY_RETURNED,
    TALLY_LATE, /* a limit passed while somebody had it */
    TALLY_WITHDRAWN,
    TALLY_FIGURES
};

/* One line: of a unit alone, of a class or of a column in it. */
struct tally_line {
    id64 unit;
    struct str unit_title;
    struct str item_class; /* title; empty unless by class */
    id64 column;
    struct str column_title; /* empty unless by column */
    int64_t figures[TALLY_FIGURES];
};

struct tally_lines {
    struct tally_line *at;
    size_t count;
};

struct summary {
    struct period period;
    struct tally_lines units; /* every open unit, those without anything too */
    struct tally_lines classes;
    struct tally_lines columns;
    int64_t totals[TALLY_FIGURES];
};

/* Of a group, under *book* (titles of classes). */
MUST_CHECK enum status tally_summary(struct call *call, id64 group,
                                     const struct rulebook *book, struct str period,
                                     struct summary *out_summary);

/* An item and the column where it first came before the public in a span. */
struct released_item {
    id64 manuscript;
    id64 unit;
    id64 column;
    struct str title;
    instant at;
};
struct released_items {
    struct released_item *at;
    size_t count;
};

/*
 * What *unit* (0: every unit of the group) released in a span, each column of an item
 * once however often the item was changed, items together, oldest column first; what was
 * taken over from an old site is not among them.  At most 20,000.
 */
MUST_CHECK enum status tally_released(struct call *call, id64 group, id64 unit,
                                      instant from, instant until,
                                      struct released_items *out_items);

/* Columns that stand open and hold nothing public: what the rulebook names comes first,
 * with its article (CS-3, CX-15). */
struct empty_column {
    id64 column;
    struct str path;
    struct str title;
    id64 owner;
    struct str rule; /* requirement ID; empty if the regulation does not name it */
};
MUST_CHECK enum status tally_empty_columns(struct call *call, id64 site,
                                           const struct rulebook *book,
                                           struct empty_column **out_columns,
                                           size_t *out_count);

/* ---- how often columns are renewed ---- */

/*
 * What the rulebook's cadences ask of a column, a home page or a unit is watched from the
 * day it is asked for, or from the founding of the column.  A window of the calendar is
 * judged when it has ended, the first one that begins after that day; a span runs from
 * the last release.  Each window is a duty of the owner's unit with a day, from a month
 * before its end.  One that
 * passed without enough is late, stays on record ("tally.missed"), and is told to whom
 * the rulebook names; the column is late until it has been renewed enough again.
 * Counted is what was released and still stands: a withdrawn text counts no more in the
 * window under way.
 */
struct renewal {
    id64 id;
    id64 site;
    struct subject subject; /* the column, the site (its home page) or the unit */
    struct str path;        /* of a column, else empty */
    struct str title;
    id64 owner; /* unit */
    const struct cadence_rule *rule;
    instant from, until; /* the window under way, or the first to come */
    int64_t counted;     /* in it: items, or days with a release */
    instant due;         /* late from then on, if nothing more is released */
    instant late_since;  /* 0: not late */
    int64_t missed;      /* windows on record */
};

struct renewals {
    struct renewal *at;
    size_t count;
};

/* What is watched at *site*, by path, where it stands at call->now; of those of *unit*,
 * or of all (0).  Each asks for the releases of its own window alone. */
MUST_CHECK enum status tally_renewals(struct call *call, id64 site, id64 unit,
                                      struct renewals *out_renewals);

/* Windows that passed without enough, newest first; at most 100. */
struct missed_window {
    instant from, until;
    int64_t least;
    int64_t counted;
    instant noted_at;
};
MUST_CHECK enum status tally_missed(struct call *call, id64 renewal,
                                    struct missed_window **out_windows,
                                    size_t *out_count);

/*
 * 复核: somebody of the owner's unit has looked and nothing has changed, which counts as
 * an update where the rule has `or-confirmed` (SZ-15.1).  DENIED for anybody else,
 * REFUSED where the rule wants something new and before the period begins, each citing
 * its article; ABSENT if it is no longer asked for.  Entered as "tally.confirm".
 */
MUST_CHECK enum status tally_confirm(struct call *call, id64 renewal);
MUST_CHECK enum status tally_may_confirm(struct call *call, id64 renewal, bool *out_may);

/* Watch what the rulebook in force asks of the site's columns since *at*, and no longer
 * what it does not (a column closed or merged, another rule).  With *all* those that
 * stay are looked at again too: an owner may have changed.  Doing it again does no harm.
 */
MUST_CHECK enum status tally_follow_site(struct call *call, id64 site, instant at,
                                         bool all);

/* Of every site: units come and go without an act on the site; with *all*, as once on
 * each day, what comes near its end becomes a duty. */
MUST_CHECK enum status tally_follow_sites(struct call *call, bool all);

/* Judge the windows that have ended. */
MUST_CHECK enum status tally_renew_due(struct call *call, size_t *out_count);

/* May this actor see the renewal of all columns: who is told when they are late, and
 * who keeps the columns; others see their own units'. */
MUST_CHECK enum status tally_may_supervise(struct call *call, const struct site *site,
                                           const struct rulebook *book, bool *out_may);

/* ---- views of public pages (CX-10) ---- */

enum view_kind {
    VIEW_READER,
    VIEW_ROBOT, /* says so itself; one that loads no pictures is not seen at all */
    VIEW_STAFF, /* from an address of the offices */
    VIEW_KINDS
};

/*
 * The counter of the public process, which has neither store nor credentials: sums in
 * memory, put into the drop box WORKSPACE/drop from time to time.  Of who looks it keeps
 * nothing but, until the next drop, how often each of 16,384 salted numbers, into which
 * addresses fall, was counted.  Limits against a flood: of one address VIEW_ALLOWANCE
 * views between two drops, of VIEW_PAGES different pages; what is beyond is not counted.
 * May be used by several threads.
 */
#define VIEW_ALLOWANCE 120
#define VIEW_PAGES     4096
struct view_counter;
struct page_view {
    struct str site; /* its code */
    struct str page; /* below the site's root; one that is public */
    struct str agent;
    struct str peer;
    bool is_staff;
    instant at;
};
MUST_CHECK enum status view_counter_new(struct call *call,
                                        struct view_counter **out_counter);
void view_counter_free(struct view_counter *counter); /* NULL is fine */

/* Count one; false if a limit is reached. */
bool view_counter_see(struct view_counter *counter, const struct page_view *view);

/* Put what was counted into the drop box, whole or not at all; on anything but DONE it is
 * kept for the next time.  Nothing counted: DONE, and no file. */
MUST_CHECK enum status view_counter_drop(struct view_counter *counter);

/* Neither says that it is a robot, nor keeps silent about what it is. */
bool view_is_robot(struct str agent);

/*
 * Merge what lies in the drop box, each drop exactly once, whatever becomes of this
 * process in between, and take it away.  Views of a site whose rulebook does not have
 * them counted, and of pages nobody knows, are dropped; what is no drop of ours is
 * removed and logged.
 */
MUST_CHECK enum status tally_merge_views(struct call *call, size_t *out_merged);

struct view_line {
    id64 site;
    struct str site_title;
    bool is_counted; /* of a site: its rulebook has views counted at present */
    id64 column;     /* 0: the home page */
    struct str column_title;
    id64 manuscript;
    struct str title; /* empty: no longer public */
    struct str path;
    int64_t numbers[VIEW_KINDS];
};

struct view_lines {
    struct view_line *at;
    size_t count;
};

/* All sites of a group; the columns and the *most* looked-at items of *site* (0: of
 * all).  A column has its list pages and its items. */
struct views {
    struct period period;
    struct view_lines sites;
    struct view_lines columns;
    struct view_lines items;
    int64_t totals[VIEW_KINDS];
};
MUST_CHECK enum status tally_views(struct call *call, id64 group, id64 site,
                                   struct str period, size_t most,
                                   struct views *out_views);

/* Whether the figures are what was merged, and nothing was merged twice. */
MUST_CHECK enum status tally_views_agree(struct call *call, bool *out_agree);

/* ---- registers ---- */

/* 转载登记 of a year (YZ-9.4, SZ-17, ZJ-13.1.b): what this actor may know of. */
struct reprint {
    id64 manuscript;
    struct str title;
    struct str source;
    struct str author;
    struct str source_at;
    struct str address;
    instant released_at;
    struct str unit_title;
};
MUST_CHECK enum status tally_reprints(struct call *call, id64 group, int year,
                                      struct reprint **out_rows, size_t *out_count);

/* 政策文件与解读 of a year (YZ-9.1.c, BZ-10): each that names the other. */
struct policy_pair {
    id64 manuscript;
    struct str title;
    instant released_at;
    id64 pair;
    struct str pair_title;
    instant pair_released_at; /* 0: not public */
    struct str unit_title;
};
MUST_CHECK enum status tally_pairs(struct call *call, id64 group, int year,
                                   struct policy_pair **out_rows, size_t *out_count);

/* 面签单 of a year (LZ-13): signatures on paper, with who entered and who confirmed. */
struct paper_signature {
    id64 manuscript;
    struct str step_title;
    struct str signer;
    civil_day day;
    struct str number;
    struct str entered_by;
    struct str confirmed_by;
};
MUST_CHECK enum status tally_signatures(struct call *call, id64 group, int year,
                                        struct paper_signature **out_rows,
                                        size_t *out_count);

/* ---- the release catalogue ---- */

enum catalogue_kind { CATALOGUE_ROUTINE, CATALOGUE_PERIODIC, CATALOGUE_OCCASIONAL };
const char *catalogue_kind_name(enum catalogue_kind kind);

struct catalogue_item {
    id64 id;
    id64 group;
    id64 unit;
    struct str title;
    enum catalogue_kind kind;
    int days;
    id64 column;
    struct str item_class;
    struct str responsible;
    id64 drawn_by;
    instant drawn_at;
    id64 approved_by;
    instant approved_at; /* 0: not in force yet */
    instant ended_at;    /* 0: in force */
    instant last;        /* when something last counted for it; 0 never */
    instant due;         /* the next is due then; INSTANT_NEVER if nothing is */
    bool missing;        /* the day has passed */
};

struct catalogue_items {
    struct catalogue_item *at;
    size_t count;
};

/* Of a unit, or of all (0), those ended left out; by unit and title.  At most 1,000. */
MUST_CHECK enum status tally_catalogue(struct call *call, id64 group, id64 unit,
                                       struct catalogue_items *out_items);
MUST_CHECK enum status tally_catalogue_item(struct call *call, id64 item,
                                            struct catalogue_item *out_item);

/* Units in which somebody could draw one up and none is approved (YZ-12.a); none where
 * the rulebook knows no catalogue. */
MUST_CHECK enum status tally_without_catalogue(struct call *call, id64 group,
                                               const struct rulebook *book,
                                               id64 **out_units, size_t *out_count);

/*
 * Draw up an entry for *item->unit*, by whoever the rulebook lets (`release-catalogue`)
 * in that unit.  ABSENT if it knows no catalogue; REFUSED for an empty title, an empty
 * body, and for days that do not fit the kind.
 */
MUST_CHECK enum status tally_draw(struct call *call, id64 group,
                                  const struct rulebook *book,
                                  struct catalogue_item *item);

/* Approve it, by whom the rulebook names and never by who drew it: from now on it is a
 * duty.  STALE if it was approved or ended. */
MUST_CHECK enum status tally_approve(struct call *call, const struct rulebook *book,
                                     id64 item);

/* End it, by who may draw or approve; with a reason. */
MUST_CHECK enum status tally_end(struct call *call, const struct rulebook *book,
                                 id64 item, struct str reason);

/* What a release means for the catalogue, and for how often columns are renewed: duties
 * that it answers are closed and the next opened.  Doing it again does no harm. */
MUST_CHECK enum status tally_follow_release(struct call *call, id64 manuscript);

MUST_CHECK enum status tally_may_draw(struct call *call, const struct rulebook *book,
                                      id64 unit, bool *out_may);
MUST_CHECK enum status tally_may_approve(struct call *call, const struct rulebook *book,
                                         bool *out_may);

#endif
