/*
 * What is watched from day to day: how often columns are renewed, views, passwords,
 * logs and backups, how units do, and what citizens write.  Part of element.h.
 */
#ifndef RULEBOOK_ELEMENT_WATCH_H
#define RULEBOOK_ELEMENT_WATCH_H

#include "element_route.h"

/* ---- How often columns are renewed ---- */

enum cadence_scope {
    CADENCE_COLUMNS,     /* each of those that it names */
    CADENCE_EACH_COLUMN, /* each open one that no other cadence names */
    CADENCE_HOME_PAGE,   /* those that stand on the home page, taken together */
    CADENCE_EACH_UNIT,   /* what a unit releases, in whichever column */
};

enum cadence_count {
    CADENCE_ITEMS, /* 条: texts that were released and stand */
    CADENCE_TIMES, /* 次: days on which something was */
};

/* The windows: parts of the calendar, or a span that runs from the last release. */
enum cadence_window {
    CADENCE_SPAN,
    CADENCE_DAY,
    CADENCE_WORKING_DAY,
    CADENCE_WEEK, /* Monday to Sunday */
    CADENCE_MONTH,
    CADENCE_HALF_YEAR,
    CADENCE_YEAR,
    CADENCE_DATES, /* each a day of its own, the same every year (ZJ-14.c) */
};

enum cadence_unit { CADENCE_DAYS, CADENCE_WORKING_DAYS, CADENCE_MONTHS };

/* Several on one column must all hold (DQ-7). */
struct cadence_rule {
    struct basis basis;
    struct str code;
    struct text title; /* 每周至少更新2次 */
    enum cadence_scope scope;
    struct str *columns; /* paths, for CADENCE_COLUMNS */
    size_t column_count;
    int *unit_kinds; /* for CADENCE_EACH_UNIT; none: every unit below the body */
    size_t unit_kind_count;
    enum cadence_count counts;
    int least;
    enum cadence_window window;
    struct str *dates; /* "01-10", for CADENCE_DATES */
    size_t date_count;
    int within; /* for CADENCE_SPAN: so many of *unit* */
    enum cadence_unit unit;
    bool confirm; /* the owner's word that nothing has changed does too (SZ-15.1) */
    int remind;   /* days before the end when the owner is reminded; 0 none */
    int role;     /* whose duty it is in the owner's unit; NO_INDEX: anybody's there */
    int escalate; /* who is told once it is late, or NO_INDEX */
};

/* ---- What is counted, and what the machine owes ---- */

/* How much a public page may weigh with the pictures that stand in it (ZJ-9.c). */
struct page_limit {
    struct basis basis;
    int kilobytes;
};

/* Views of every site of the group are counted by one counter, in one way (CX-10). */
struct page_view_rule {
    struct basis basis;
};

/* So many days, said outright or left to the body: then *setting* is the code of the
 * value that it gives (rulebook_days). */
struct days_rule {
    struct basis basis;
    int days; /* 0: by *setting* */
    struct str setting;
};

/* None of an account's passwords so far, the present one and so many before it in all,
 * may be taken again (CS-9.c). */
struct reuse_rule {
    struct basis basis;
    int last;
};

/* One person in the body keeps the site's password: there is no second holder of the
 * role, nor a deputy, and who takes it over first sets a password of his own (QX-10). */
struct keeper_rule {
    struct basis basis;
    int role;
};

/* What the regulation says of accounts; each of these may be NULL. */
struct account_rules {
    struct days_rule *age; /* of a password, at most */
    struct reuse_rule *reuse;
    struct keeper_rule *keeper;
};

/* ---- Assessment (考核) ---- */

enum assessment_span { SPAN_MONTH, SPAN_QUARTER, SPAN_HALF_YEAR, SPAN_YEAR };

/* How often a sheet is drawn up; the days below are days of the month after it. */
struct assessment_period {
    struct basis basis;
    enum assessment_span span;
};

/* Who assesses.  Of several, each has a sheet of marks of its own and all must have
 * answered before those concerned see anything (ED-18). */
struct assessor_rule {
    struct basis basis;
    int *roles;
    size_t role_count;
};

enum assessed { ASSESSED_UNITS, ASSESSED_COLUMNS };

/* What has a line on the sheet: the units of some kinds (none said: of all), or the
 * open columns. */
struct assessed_rule {
    struct basis basis;
    enum assessed what;
    int *unit_kinds;
    size_t unit_kind_count;
};

/* What an indicator is measured by.  All but the first are computed and never typed. */
enum measure {
    MEASURE_NONE, /* an assessor answers */
    MEASURE_SUBMITTED,
    MEASURE_RELEASED,
    MEASURE_RETURNED,
    MEASURE_LATE,
    MEASURE_WITHDRAWN,
    MEASURE_FREQUENCY, /* releases in every week, half-month, month */
};

/* One indicator.  Without a measure and with *points* it is answered with yes or no, all
 * or nothing; without points it is a remark.  With a measure it counts, and has points
 * *per_item*, or by its steps, or none. */
struct indicator {
    struct basis basis;
    struct str code;
    struct text title;
    enum measure measure;
    int points;
    int per_item;
    int weekly; /* steps of MEASURE_FREQUENCY */
    int half_monthly;
    int monthly;
    int week_days; /* a cut week counts with so many days in the period; 0: four */
    bool optional; /* a sheet may be closed without it */
};

struct day_limit {
    struct basis basis;
    int day; /* of the month after the period, to its end */
};

/* A unit says first what it thinks it deserves (MS-4.0). */
struct self_report {
    struct basis basis;
    int role; /* of the unit */
    struct day_limit *due;
};

/* A computed figure may be adjusted with a reason, and stays beside it (MS-4.2). */
struct adjustment_rule {
    struct basis basis;
};

enum visibility { RESULTS_INTERNAL, RESULTS_PUBLIC };

/* Who may read the results; public ones become a manuscript of *item_class* in *column*
 * and walk its route. */
struct results_rule {
    struct basis basis;
    enum visibility visibility;
    struct str column;
    int item_class;
};

enum notice_kind { NOTICE_COMMEND, NOTICE_CRITICISE };
enum notice_of { NOTICE_OF_UNIT = 1 << 0, NOTICE_OF_PERSON = 1 << 1 };

/* Who may be commended or criticised (通报); what is not listed is refused. */
struct notice_rule {
    struct basis basis;
    enum notice_kind kind;
    unsigned of;       /* enum notice_of */
    struct str column; /* it is published there as *item_class* (CX-31); else empty */
    int item_class;
};

struct assessment {
    struct assessment_period *period; /* each of these may be NULL */
    struct assessor_rule *assessors;
    struct assessed_rule *assessed; /* NULL: every unit */
    struct indicator *indicators;
    size_t indicator_count;
    struct self_report *self;
    struct adjustment_rule *adjustments;
    struct day_limit *due; /* of the results */
    struct results_rule *results;
    struct notice_rule *notices;
    size_t notice_count;
};

/* ---- Citizens' letters ---- */

/* Who enters the letters of a mailbox, who answers them where the mailbox is. */
struct mail_hand {
    struct basis basis;
    int role;
};

enum look_each { LOOK_EVERY_DAY, LOOK_WORKING_DAY };

/* A receiver looks at the day's letters, also when there are none (TS-1.c, CS-10.a). */
struct look_rule {
    struct basis basis;
    enum look_each each;
};

/* To whom a letter may go on, and who answers it there. */
struct letter_transfer {
    struct basis basis;
    int *units; /* to these alone; none: to any unit of the body */
    size_t unit_count;
    int answerer; /* role, counted in the unit it goes to */
};

enum letter_clock {
    CLOCK_RUNS_ON,      /* from the receipt, wherever it goes (ZJ-15.c) */
    CLOCK_STARTS_AGAIN, /* with the transfer (TS-1.d) */
};

/* What the time for the answer is after a transfer. */
struct transferred_clock {
    struct basis basis;
    enum letter_clock clock;
    enum time_unit unit;
    int amount; /* of a clock that starts again */
};

/* A letter is closed by telling its writer the result: how, and when (CS-10.b). */
struct told_rule {
    struct basis basis;
};

struct mailbox_rule {
    struct basis basis;
    struct str code; /* director-mailbox */
    struct text title;
    int owner;          /* bound unit that runs it */
    struct str pattern; /* of its numbers, "局长信箱 {year}-{number:4}" */
    struct mail_hand *receiver;
    struct mail_hand *answerer;       /* NULL: nobody answers before a transfer */
    struct letter_transfer *transfer; /* NULL: it goes nowhere */
    struct look_rule *look;           /* NULL: no day is demanded */
    struct answer_limit *limit;       /* from the receipt; NULL: none */
    struct answer_limit *passing;     /* from the receipt to the transfer */
    struct answer_limit *referral;    /* from the receipt to asking those above */
    struct transferred_clock *onward; /* NULL: it runs on, our default */
    struct told_rule *told;           /* NULL: the answer closes it */
    int remind;                       /* units before an end; 0 none */
    int escalate;                     /* the role that is told of a late one; NO_INDEX */
};

#endif
