/*
 * What stays: filings, forms, files, matters.  Part of element.h.
 */
#ifndef RULEBOOK_ELEMENT_RECORD_H
#define RULEBOOK_ELEMENT_RECORD_H

#include "element_route.h"

/* ---- Filing, forms, archives, matters ---- */

/* A gapless numbered series. */
struct series {
    struct basis basis;
    struct str code;
    struct text title;
    struct str pattern; /* "审表 {year}-{number:4}" */
};

enum form_source {
    SOURCE_NUMBER,
    SOURCE_TITLE,
    SOURCE_CLASS,
    SOURCE_COLUMN,
    SOURCE_UNIT,
    SOURCE_HANDLER,
    SOURCE_SUBMITTER,
    SOURCE_ORIGIN_DATE,
    SOURCE_DISCLOSURE,
    SOURCE_REVISION,
    SOURCE_DIGEST,
    SOURCE_ATTACHMENTS,
    SOURCE_SOURCE,
    SOURCE_MEETING,
    SOURCE_CATALOGUE,
    SOURCE_DECLARATIONS,
    SOURCE_FINDINGS,
    SOURCE_STEPS,
    SOURCE_HEAD_APPROVAL,
    SOURCE_DESTINATION,
    SOURCE_TIME,
    SOURCE_RELEASED_AT,
    SOURCE_RELEASED_BY,
    SOURCE_ADDRESS,
    SOURCE_REASON,
    SOURCE_CHANNELS,
    SOURCE_LEGAL_BASIS,
};

struct form_field {
    struct basis basis;
    struct text title;
    enum form_source source;
};

/* A record written in the same transaction as the act that causes it. */
struct filing_rule {
    struct basis basis; /* LZ-11.d */
    struct str code;    /* submission-record, review-form */
    struct text title;
    int series;
    struct str *steps; /* written when these steps are done; "release" at release */
    size_t step_count;
    struct form_field *fields; /* in the order of the paper */
    size_t field_count;
};

/* A final text with its decisions, kept by the section that handled it. */
struct archive_rule {
    struct basis basis; /* LZ-12.5.b */
    struct str code;
    struct text title;
    enum item_state at;     /* STATE_INTERNAL, STATE_PUBLISHED */
    struct str keeper_step; /* the unit that did this step keeps it */
    int series; /* numbers the files without gaps; NO_INDEX: our own pattern */
};

/* How what is kept is kept (YZ-13.b).  Where a part is missing, nobody may do it: then
 * nothing is lent, opened or destroyed, and everything is kept for ever. */
struct retention_rule {
    struct basis basis;
    int years; /* at least, from the end of the year of filing; 0 is for ever */
};

struct custody_rule {
    struct basis basis;
    int *roles; /* whose holder keeps the files of a unit, counted in that unit */
    size_t role_count;
};

struct loan_rule {
    struct basis basis;
    int approver; /* role */
    int days;     /* at most, of the calendar */
};

struct destruction_rule {
    struct basis basis;
    int approver;
    int witnesses; /* who look on, besides the proposer and the approver */
};

/* Who may open what was taken out of public view and is kept sealed. */
struct opening_rule {
    struct basis basis;
    int role;
};

struct archiving {
    struct retention_rule *retention; /* each of these may be NULL */
    struct custody_rule *custody;
    struct loan_rule *loan;
    struct destruction_rule *destruction;
    struct opening_rule *opening;
};

/* A unit may update the columns of others, at their request (LZ-5.5). */
struct help_rule {
    struct basis basis;
    int unit;   /* that helps */
    int matter; /* the kind of the request, numbered */
};

/* Each unit has a catalogue of what it releases and how often (YZ-12.a). */
struct catalogue_rule {
    struct basis basis;
    int drawer;   /* role, in the unit */
    int approver; /* role */
};

/* Something opened by one role, answered by another, on the record until closed:
 * plans, issues for the leading group, support requests, acknowledgements. */
enum matter_kind {
    MATTER_ANSWERED, /* opened by one, stays open until the other answers (BZ-19, 5.6) */
    MATTER_YEARLY,   /* expected once a year; missing is flagged (BZ-5.1) */
    MATTER_EACH_UNIT_EACH_VERSION, /* every unit confirms every rulebook version (BZ-7.1)
                                    */
    MATTER_RECORDED,               /* a register: entered by one, complete with that */
    MATTER_EACH_UNIT,   /* every unit files one of its own (YZ-14.a, SZ-16.a) */
    MATTER_EACH_CHANGE, /* whoever answers takes note of each new holder of *of_role* in a
                           unit (YZ-7, CS-6.d) */
};

/* What an agreed matter opens the way to; without one the act is refused. */
enum matter_permit {
    PERMIT_NOTHING,
    PERMIT_COLUMN,   /* a new column, a closed one: the matter is titled by its path */
    PERMIT_SUB_SITE, /* a new site beside the main one: titled by its code */
    PERMIT_THEME,    /* another theme for a site: titled by the theme's name */
};

/* A line of a matter's form. */
struct matter_field {
    struct basis basis;
    struct str code;
    struct text title;
    bool optional;
    struct str *only; /* values it may have; none: any */
    size_t only_count;
    bool unique; /* no two standing matters of the kind have the same here */
    bool due;    /* a day, by the end of which the answer is due (BZ-7.2) */
};

struct answer_limit {
    struct basis basis;
    enum time_unit unit;
    int amount;
};

struct matter_rule {
    struct basis basis;
    struct str code;
    struct text title;
    enum matter_kind kind;
    int opener;    /* role */
    int answerer;  /* role, NO_INDEX with *body* or *route* */
    int body;      /* body, or NO_INDEX */
    int route;     /* the way on which several decide (QX-6); NO_INDEX: one answers */
    int follows;   /* matter: opened only where one of that kind with the same title was
                      agreed to; NO_INDEX: freely */
    int of_role;   /* for MATTER_EACH_CHANGE */
    bool blocks;   /* … and until then the unit submits nothing (YZ-7) */
    bool suspends; /* … and whoever holds no post any more has his account shut (ED-15.c)
                    */
    int successor;  /* who names the next holder of a post that falls vacant; NO_INDEX */
    int *registers; /* roles that act on a column only with a line of this register */
    size_t register_count;
    int series;                  /* numbers it without gaps; NO_INDEX: no number */
    struct matter_field *fields; /* its form, in order */
    size_t field_count;
    struct answer_limit *limit; /* NULL: no time limit for the answer */
    enum matter_permit permit;
};

#endif
