/*
 * assessment: how units did in a period, who says so, and who hears of it (考核).
 *
 * A *sheet* is the period of a site's body: its units (or columns) by the indicators of
 * the rulebook.  It is drawn up after the period has ended, by the clock or by an
 * assessor; what an indicator measures is counted from the record then (tally) and
 * frozen, never typed.  The rest an assessor answers: all or nothing where there are
 * points, a remark where there are none.  A computed figure may be adjusted where the
 * rulebook says so, with a reason, and stays beside what replaced it.
 *
 * A sheet is OPEN until every assessing role has answered, then ASSESSED: nothing on it
 * changes any more.  Results that stay internal are CLOSED with that, and only assessors
 * and the units concerned read them; results that the regulation publishes become a
 * manuscript that walks its ordinary route, and the sheet is closed when that is public.
 *
 * A *commendation or criticism* (通报) names a unit or a person, as far as the rulebook
 * has one for such, with its ground and the score that it rests on.
 */
#ifndef ASSESSMENT_ASSESSMENT_H
#define ASSESSMENT_ASSESSMENT_H

#include "base/base.h"
#include "rulebook/rulebook.h"
#include "tally/tally.h"

#define ASSESSMENT_SELF "self" /* the role under which a unit reports of itself */

enum sheet_state { SHEET_OPEN, SHEET_ASSESSED, SHEET_CLOSED };
const char *sheet_state_name(enum sheet_state state); /* "open", "assessed", "closed" */

struct sheet {
    id64 id;
    id64 group;
    id64 site;
    struct period period;
    const struct rulebook *book; /* the version it was drawn up under */
    id64 opened_by;              /* 0: the clock */
    instant opened_at;
    instant assessed_at; /* 0 until every assessor has answered */
    id64 manuscript;     /* the results as a text; 0: none */
    enum sheet_state state;
};

struct sheets {
    struct sheet *at;
    size_t count;
};

/* What one said of a line by an indicator. */
struct assessed_mark {
    bool is_given;
    bool has_points;
    int64_t points;
    struct str remark;
    struct str reason; /* of an adjustment */
    id64 person;
    instant at;
    bool is_late; /* a self-report after its day */
};

struct assessed_cell {
    bool is_computed;
    int64_t number;   /* what was counted … */
    int64_t computed; /* … and the points of that */
    bool is_adjusted;
    bool has_points; /* it counts in the sum: computed, adjusted or answered */
    int64_t points;
    struct assessed_mark self;
    struct assessed_mark *marks; /* one for each assessing role, in the book's order */
};

struct assessed_line {
    id64 subject; /* a unit or a column */
    id64 unit;    /* itself, or the column's owner */
    struct str title;
    struct assessed_cell *cells; /* one for each indicator, in the book's order */
    int64_t sum;                 /* of the unified points, which prevail */
    int64_t self_sum;
    bool has_self;
    bool is_complete; /* nothing that a sheet needs is missing */
};

/* A sheet as one person may read it. */
struct sheet_view {
    struct sheet sheet;
    struct assessed_line *lines;
    size_t count;
    size_t answered;  /* roles that have answered … */
    size_t assessors; /* … of so many */
    bool has_points;  /* some indicator has; else there is no sum */
    bool is_assessor; /* this actor is one */
    bool shows_marks; /* false: what assessors say is withheld until all have answered */
};

/*
 * Draw up the sheet of *period* for *site*, by an assessor or by the clock (actor 0, door
 * DOOR_CLOCK).  ABSENT if the rulebook in force has no period of assessment; DENIED,
 * citing it, for anybody else; REFUSED before the period has ended, for a period of
 * another length, and for one before the site's first entry; STALE if it is there.
 */
MUST_CHECK enum status assessment_open(struct call *call, id64 site, struct str period,
                                       id64 *out_sheet);

/* The last ended period of every site whose rulebook assesses, where it has no sheet;
 * for the clock.  How many were drawn up in *out_count* (may be NULL). */
MUST_CHECK enum status assessment_open_due(struct call *call, size_t *out_count);

/* The period before the one that holds *at*, as the rulebook cuts time. */
struct str assessment_period_before(struct arena *arena, const struct rulebook *book,
                                    instant at);

/* Sheets of a site (0: of the group), newest first; everybody may know that they are. */
MUST_CHECK enum status assessment_sheets(struct call *call, id64 group, id64 site,
                                         struct sheets *out_sheets);

/*
 * A sheet as the actor may read it: all of it as an assessor, or once its results are
 * before the public; otherwise the lines of the actor's own units alone (who leads the
 * body has all of them), and what assessors say only when all have answered.  DENIED,
 * citing the article of the results, for somebody who has no line there.
 */
MUST_CHECK enum status assessment_view(struct call *call, id64 sheet,
                                       struct sheet_view *out_view);

/* The items a unit released in the sheet's period, behind its figures. */
MUST_CHECK enum status assessment_items(struct call *call, const struct sheet *sheet,
                                        id64 unit, struct released_items *out_items);

/* What somebody says of one indicator. */
struct mark_wish {
    struct str indicator;
    bool has_points;
    int64_t points;
    struct str remark;
};

/*
 * Say it of the line *subject*, all at once.  DENIED, citing the assessors' article,
 * unless the actor is one, and REFUSED once his role has answered.  An indicator without
 * points takes a remark and no points; all or nothing takes its points or 0; what is
 * computed takes other points only where the rulebook has adjustments, and with *reason*.
 * Refusals of a form name the indicator as their field, or "reason".
 */
MUST_CHECK enum status assessment_mark(struct call *call, id64 sheet, id64 subject,
                                       const struct mark_wish *marks, size_t count,
                                       struct str reason);

/* The same by the unit of itself (自测), by the role that the rulebook names in it: kept
 * beside the unified points and never counted.  Its duty ends when all that is not
 * computed was said.  After its day it is taken and marked late; REFUSED once the sheet
 * is assessed. */
MUST_CHECK enum status assessment_report(struct call *call, id64 sheet, id64 subject,
                                         const struct mark_wish *marks, size_t count);

/* The actor's assessing role has answered.  REFUSED, naming the line, while something
 * that is not optional is unanswered; STALE if it has answered before. */
MUST_CHECK enum status assessment_close(struct call *call, id64 sheet);

/*
 * Make a manuscript of the results, by an assessor: a draft in the column and of the
 * class that the rulebook names.  REFUSED, citing the article, where the results are
 * internal, and before the sheet is assessed; STALE if there is one already.
 */
MUST_CHECK enum status assessment_publish(struct call *call, id64 sheet,
                                          id64 *out_manuscript);

/* What a release means for the sheet whose results it carries: their publication is no
 * duty any more.  Doing it again does no harm. */
MUST_CHECK enum status assessment_follow_release(struct call *call, id64 manuscript);

/* ---- commendation and criticism ---- */

struct commendation {
    id64 id;
    id64 site;
    enum notice_kind kind;
    enum notice_of of;
    id64 subject; /* the unit or the person */
    id64 unit;    /* the unit, or the person's */
    struct str name;
    struct str ground;
    id64 sheet; /* it rests on this; 0: none */
    struct str period;
    bool has_score;
    int64_t score;
    struct str rule;
    id64 given_by;
    instant given_at;
    id64 manuscript; /* it is published as this text; 0: it is not */
    bool is_public;
};

/*
 * Enter one, by an assessor; *site*, *kind*, *of*, *subject*, *unit* (of a person),
 * *ground* and *sheet* are given, the rest is filled in.  REFUSED, citing the article,
 * for what the rulebook has no notice for (LZ-15: a person is not criticised), without a
 * ground, on a sheet that is not assessed or has no line of the unit, and without a sheet
 * where the rulebook draws up any.  Where the rulebook publishes it, a draft is made.
 */
MUST_CHECK enum status assessment_give(struct call *call, struct commendation *wish);

MUST_CHECK enum status assessment_given(struct call *call, id64 group,
                                        struct commendation **out_rows,
                                        size_t *out_count);

/* Is the actor an assessor of the site?  For showing what can be done. */
MUST_CHECK enum status assessment_may(struct call *call, id64 site, bool *out_may);

#endif
