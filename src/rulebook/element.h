/*
 * The elements of a rulebook, as the other rooms read them.  All arrays are a
 * pointer and a count; strings and arrays live as long as the rulebook.
 * Limits: 64 roles, 32 steps a route (ends included), 24 questions a step.
 */
#ifndef RULEBOOK_ELEMENT_H
#define RULEBOOK_ELEMENT_H

#include "base/base.h"
#include "calendar/calendar.h"

#define RULEBOOK_ROLES_MOST     64
#define RULEBOOK_STEPS_MOST     32
#define RULEBOOK_QUESTIONS_MOST 24
#define NO_INDEX                (-1)

/* Something a person reads, in both languages of the office. */
struct text {
    struct str zh;
    struct str en;
};

/* "en" gives English, anything else Chinese. */
struct str text_in(struct text text, struct str language);

/* What an element rests on: a requirement ID such as "LZ-12.3.b", or empty and
 * *house* (our default; "本规章未规定，默认…").  Every element opens with this. */
struct basis {
    struct str id;
    bool house;
    struct str path; /* "routes.government.steps.dept-review" */
    struct str file; /* where it stands, for messages */
    int line;
};

/* ---- What the regulation is ---- */

enum rulebook_status { RULEBOOK_IN_FORCE, RULEBOOK_TRIAL, RULEBOOK_DRAFT };

enum disclosure {
    DISCLOSURE_NONE,    /* not chosen yet */
    DISCLOSURE_ACTIVE,  /* 主动公开 */
    DISCLOSURE_REQUEST, /* 依申请公开 */
    DISCLOSURE_REFUSED, /* 不予公开 */
};

struct legal_basis {
    struct basis basis;
    struct str printed; /* the name as the regulation prints it */
    struct str correct; /* the name as it is */
    struct str number;  /* 国办发〔2017〕47号; may be empty */
};

/* One requirement of the regulation.  Either rules rest on it, or *later* names
 * the stage that will own it ("supervision", "assessment", "mailbox", …). */
struct requirement {
    struct str id;      /* "LZ-12.3.b" */
    struct str kind;    /* "route", "checklist", … */
    struct text cite;   /* 第十二条第三项 / Article 12.3 */
    struct str article; /* key of the article in regulation.txt, "第十二条" */
    struct text says;
    struct str later; /* empty when enforced */
};

/* One article of the regulation's own words, as printed. */
struct article {
    struct str number; /* as printed: "第十二条"; "前言" and "通知" before the first */
    struct str chapter; /* heading above it, or empty */
    struct str words;
};

/* Who interprets; where it came from and what it repeals. */
struct interpreter {
    struct basis basis;
    int unit; /* index of a bound unit */
    int head; /* role that approves a new version for it */
};

struct effect_date {
    struct basis basis;
    civil_day from;     /* 0: the regulation gives no date */
    bool on_activation; /* in force from the day it is activated (QX-17) */
    bool month_only;    /* the day is not known, the first stands for it (YZ-19) */
};

/* What the regulation professes and asks no act for: stands on its page (CS-1). */
struct principle {
    struct basis basis;
    struct text words;
};

struct predecessor {
    struct basis basis;
    struct str title;
    struct str number;
    civil_day repealed;
};

/* ---- Units, roles, bodies ---- */

struct unit_kind {
    struct basis basis;
    struct str code; /* department, district-bureau, affiliated, … */
    struct text title;
};

/* A unit the rulebook knows by code; made when a bureau starts. */
struct unit {
    struct basis basis;
    struct str code; /* office, general-section, data-centre */
    struct text title;
    int kind;
    struct str *aliases; /* 数管中心: resolves to this unit everywhere */
    size_t alias_count;
};

enum role_scope {
    ROLE_OWN_UNIT,    /* counts only in the manuscript's own unit */
    ROLE_BOUND_UNIT,  /* counts only in the bound unit */
    ROLE_BODY,        /* anywhere in the body (bureau leaders) */
    ROLE_NAMED_UNIT,  /* counts in the unit that the manuscript names as concerned
                         (SZ-18.a) */
    ROLE_PARENT_UNIT, /* counts in the unit above the manuscript's own (YZ-8.b) */
};

enum role_number { ROLE_AT_LEAST_ONE, ROLE_AT_MOST_ONE };

/* How many may hold a role in one unit, and what follows otherwise. */
struct role_limit {
    struct basis basis;
    enum role_number number;
    bool cannot_submit; /* a unit without one cannot submit */
    int *unit_kinds;    /* kinds of units it is about; none = all */
    size_t unit_kind_count;
};

/* The title a role has in units of one kind (联络员 / 通讯员); cannot be swapped. */
struct role_title {
    struct basis basis;
    int unit_kind;
    struct text title;
};

struct role {
    struct basis basis;
    struct str code; /* handler, dept-head, liaison, … */
    struct text title;
    enum role_scope scope;
    int unit;  /* for ROLE_BOUND_UNIT */
    bool open; /* every member of the unit holds it (handler), no appointment needed */
    bool second_factor; /* its holders must have one-time codes */
    struct role_limit *limits;
    size_t limit_count;
    struct role_title *titles;
    size_t title_count;
};

/* What a role may see of manuscripts: all, or its own unit's only. */
struct sight {
    struct basis basis;
    int role;
    bool own_unit_only;
};

/* A screen or list that a role has (LZ-5.4). */
enum desk { DESK_RELEASE, DESK_COMPLIANCE, DESK_SECRECY };

struct desk_right {
    struct basis basis;
    enum desk desk;
    int role;
};

/* What the regulation says of the site itself; each part rests on its own article. */
struct site_name {
    struct basis basis;
    struct text title; /* the site is called so, and stays so */
};

struct site_domain {
    struct basis basis;
    struct str is;    /* the main site's */
    struct str below; /* a further site's: one label below this name */
};

enum sub_site_maker {
    SUB_SITES_BY_KEEPER, /* who keeps the columns makes sites too */
    SUB_SITES_BY_ANYONE, /* every unit may */
    SUB_SITES_NEVER,     /* one site, no further one */
};

struct sub_site_rule {
    struct basis basis;
    enum sub_site_maker by;
};

/* What the site is there for, and the column that stands for it: without the column the
 * rulebook does not load. */
struct site_function {
    struct basis basis;
    struct text title;
    struct str column; /* path */
};

/* A sub-site's units write there alone, the bureau's in its own site alone (ZJ-11.3). */
struct level_rule {
    struct basis basis;
};

struct site_rules {
    struct site_name *name; /* these four may be NULL */
    struct site_domain *domain;
    struct site_domain *sub_domain;
    struct site_name *sponsor; /* in whose name it is run */
    struct sub_site_rule *sub_sites;
    struct level_rule *levels;
    struct site_function *functions;
    size_t function_count;
};

/* A column opens only where its owner unit has a holder of this role (ED-8). */
struct column_person {
    struct basis basis;
    int role;
};

/* Who changes the tree of columns (LZ-5.2, BZ-5.2.a); with none said, the holders of
 * site-manager and site-operator. */
struct column_keeper {
    struct basis basis;
    int role;
};

/* A column that the regulation names: it is there from the founding, belongs to its
 * owner, and is neither closed nor given to another unit (MS-1, CX-15, CS-3). */
struct column_rule {
    struct basis basis;
    struct str path; /* "notices", "news/county" */
    struct text title;
    struct str type; /* ColumnType of the national guideline */
    int owner;       /* bound unit; NO_INDEX: the first unit of the book */
    int *units;      /* further units that may submit */
    size_t unit_count;
    bool exclusive; /* nobody but owner and *units* submits; without it, every unit */
    int *classes;   /* what it takes; none: every class */
    size_t class_count;
    bool on_home;
    struct text holds; /* what must stand in it, as a sentence; may be empty */
};

/* A body whose members follow from posts, not names (BZ-4). */
struct body_seat {
    struct basis basis;
    struct text title; /* 组长 */
    int role;
    bool each; /* one seat for every unit that has the role */
};

struct body {
    struct basis basis;
    struct str code;
    struct text title;
    struct body_seat *seats;
    size_t seat_count;
};

/* ---- Items and their classes ---- */

/* Facts of an item that select its route, as bits. */
enum item_flag {
    ITEM_REPRINT = 1 << 0,     /* taken from another source */
    ITEM_HOST_LISTED = 1 << 1, /* the source's host is on the list of higher sites */
    ITEM_EMERGENCY = 1 << 2,   /* the fast lane: same approvers, minutes as clock */
    ITEM_LIVE_CHANGE = 1 << 3, /* changes an item that is live */
    ITEM_ATTACHMENTS = 1 << 4,
};

/* Fields of an item's metadata that a class or rule can demand, as bits. */
enum item_field {
    FIELD_TITLE = 1 << 0,
    FIELD_COLUMN = 1 << 1,
    FIELD_CLASS = 1 << 2,
    FIELD_ORIGIN_DATE = 1 << 3,
    FIELD_DISCLOSURE = 1 << 4,
    FIELD_SOURCE = 1 << 5,     /* 来源 */
    FIELD_SOURCE_URL = 1 << 6, /* address of a reprint */
    FIELD_MEETING = 1 << 7,    /* meeting name */
    FIELD_MEETING_DATE = 1 << 8,
    FIELD_MINUTE_NUMBER = 1 << 9,
    FIELD_CATALOGUE = 1 << 10,  /* entry of the disclosure catalogue */
    FIELD_EVENT_TIME = 1 << 11, /* when the emergency began */
    FIELD_AUTHOR = 1 << 12,
    FIELD_SOURCE_DATE = 1 << 13,
};

struct field_rule {
    struct basis basis;
    enum item_field field;
};

/* The route of a class depends on the kind of unit that writes (YZ-9). */
struct class_way {
    struct basis basis;
    int *unit_kinds;
    size_t unit_kind_count;
    int route;
};

struct item_class {
    struct basis basis;
    struct str code; /* government-affairs, statistics, news, … */
    struct text title;
    int route;              /* for the own site; NO_INDEX: only by the ways */
    struct class_way *ways; /* by kind of unit, before *route* */
    size_t way_count;
    struct field_rule *needs; /* fields without which the class cannot be chosen */
    size_t need_count;
    bool reprint;     /* only for reprints from a listed host (BZ-13.4) */
    struct text note; /* "本规章未规定审核科室，默认办公室"; may be empty */
};

/* What a public column takes. */
struct disclosure_rule {
    struct basis basis; /* LZ-0 */
    enum disclosure only;
};

/* Entries of the catalogue of voluntary disclosure, hosts of higher sites. */
struct catalogue_entry {
    struct basis basis;
    struct str code;
    struct text title;
};

struct listed_host {
    struct basis basis;
    struct str host; /* "www.gov.cn"; covers the names below it too */
    struct text title;
};

/* Where an item goes: the bureau's own site, or a site above. */
struct target {
    struct basis basis;
    struct str code; /* own, city */
    struct text title;
    int route; /* of a site above; NO_INDEX for the own site (route by class) */
    struct str host;
};

/* ---- Questions and prohibitions ---- */

enum question_kind { QUESTION_TICK, QUESTION_YES_NO, QUESTION_CHOICE, QUESTION_TEXT };

/* What a bad answer does.  Refusing, holding and returning also block. */
enum question_effect {
    EFFECT_BLOCK,  /* no approval while it stands */
    EFFECT_REFUSE, /* the item is refused for good */
    EFFECT_HOLD,
    EFFECT_RETURN,
    EFFECT_WARN, /* shown, stops nothing */
};

enum detector {
    DETECTOR_NONE,
    DETECTOR_CLASSIFICATION_MARK,
    DETECTOR_INTERNAL_MARK,
    DETECTOR_CITIZEN_ID,
    DETECTOR_BANK_CARD,
    DETECTOR_PHONE,
    DETECTOR_REPRINT_SOURCE,
    DETECTOR_PICTURE_TEXT,
    DETECTOR_LEXICON,
    DETECTOR_WRONG_WORD,
    DETECTOR_SECTOR_WORDS,
};

struct question_choice {
    struct str code; /* release, internal, second-proof */
    struct text title;
    bool bad;
    bool approves; /* choosing it is part of an approval (instruction: release) */
};

/* Values of an answer: 0 unanswered; tick 1; yes-no 1 no, 2 yes; choice 1 + its
 * index; text 1 when there is any. */
struct question {
    struct basis basis;
    struct str code;
    struct text title;
    enum question_kind kind;
    struct question_choice *choices;
    size_t choice_count;
    int bad; /* bad value of yes-no, 0 none; choices say it themselves */
    enum question_effect effect;
    enum detector prefill; /* the machine's hint, marked as such */
    bool optional;
    bool carries;  /* the answer stays with the run (instruction of the leader) */
    bool spawns;   /* "yes" begins a run for the own site in parallel (BZ-14.b) */
    bool per_file; /* asked once for each attachment (BZ-16.a) */
};

enum severity { SEVERITY_BLOCK, SEVERITY_JUDGE, SEVERITY_NOTE };

struct prohibition {
    struct basis basis;
    struct str code;
    struct text title;
    enum detector detector;
    enum severity severity;
    bool ruling;           /* the author may ask for a ruling on the digest */
    int ruler;             /* role that answers it */
    struct text way;       /* what to do about it, one sentence */
    struct str words_file; /* lexicon beside the rulebook, or empty */
    bool until_confirmed;  /* only warns until the bureau has confirmed its allow-list */
};

/* ---- Time ---- */

enum time_unit { UNIT_MINUTE, UNIT_HOUR, UNIT_CALENDAR_DAY, UNIT_WORKING_DAY };

/* As the calendar counts it. */
enum calendar_unit time_unit_counted(enum time_unit unit);

enum clock_start {
    START_STEP,     /* the duty began */
    START_ORIGIN,   /* the information came into being (its date) */
    START_EVENT,    /* the sudden event began */
    START_OUTSIDE,  /* it was published by another channel */
    START_APPROVAL, /* the head approved */
};

enum clock_nature {
    NATURE_REMINDER, /* measured; a reminder, nothing else */
    NATURE_SOFT,     /* after it the act needs a stated reason */
    NATURE_HARD,     /* after it the item is a listed breach as well */
};

enum lane { LANE_ORDINARY, LANE_EMERGENCY, LANE_EVERY };

struct deadline {
    struct basis basis; /* may be a number of our own under an article: house and id */
    struct str code;
    struct text title;
    enum clock_start start;
    enum clock_nature nature;
    enum time_unit unit;
    int amount;   /* 0: simultaneous, at once */
    int remind;   /* units before the end when a reminder goes out; 0 none */
    int escalate; /* the role that is told once it has passed, or NO_INDEX */
    enum lane lane;
    bool release;      /* runs until release */
    struct str *steps; /* or until these steps are done, by code */
    size_t step_count;
    int *routes; /* only on these; none: on every route */
    size_t route_count;
};

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

/* ---- Routes ---- */

enum item_state {
    STATE_DRAFT,
    STATE_PROOF,
    STATE_SECOND_PROOF,
    STATE_DEPT_REVIEW,
    STATE_OFFICE_REVIEW,
    STATE_LEADER_REVIEW,
    STATE_DISPOSITION,
    STATE_FINAL_CHECK,
    STATE_CONSULTING,
    STATE_HELD,
    STATE_APPROVED, /* every decision is there; waits for release */
    STATE_SCHEDULED,
    STATE_PUBLISHED,
    STATE_REVIEW_OWED, /* public by a grant, its review still to be finished */
    STATE_INTERNAL,
    STATE_REFUSED,
    STATE_SUBMITTED, /* handed to the site above */
    STATE_WITHDRAWN,
    STATE_HIDDEN,
    STATE_EXPIRED,
    STATE_CANCELLED,
    STATE_REPLACED,
    STATE_ARCHIVED,
};

/* "second-proof" and back; the word of badges and of the API. */
const char *item_state_name(enum item_state state);
MUST_CHECK enum status item_state_from_name(struct str name, enum item_state *out_state);

enum step_kind {
    STEP_AUTHOR,  /* the writing side has it: draft, proof, second proof; may edit */
    STEP_REVIEW,  /* a verdict */
    STEP_FORWARD, /* sent on without a verdict (the liaison's submission) */
    STEP_RELEASE, /* every demanded decision is there; the releaser's turn */
    STEP_END,     /* published, internal, refused, submitted */
};

/* Who may not, or must, do a step: a set of bits. */
enum hand {
    HAND_CONTRIBUTOR = 1 << 0, /* wrote any of the text or its attachments */
    HAND_SUBMITTER = 1 << 1,   /* sent it in */
    HAND_DECIDER = 1 << 2,     /* decided at the steps named */
};

struct hand_rule {
    struct basis basis;
    unsigned never; /* enum hand: these may not */
    unsigned only;  /* enum hand: nobody else may */
    uint32_t steps; /* for HAND_DECIDER: bits of steps of this route */
};

enum outcome_kind {
    OUTCOME_FORWARD, /* goes on; at a review step it is the approving one */
    OUTCOME_BACK,    /* to an earlier step */
    OUTCOME_ASIDE,   /* another end (internal, refused) */
    OUTCOME_ONTO,    /* another route takes its place, and begins anew (YZ-10.7) */
};

/* This outcome, and no other that goes on, follows from an answer given in the same
 * form: a sensitive text goes to two leaders, one that may wait is held. */
struct outcome_when {
    struct basis basis;
    int question;
    struct str is;  /* yes, no, or a choice's code */
    uint8_t answer; /* the same as a value of *question* */
};

struct outcome {
    struct basis basis;
    struct str code; /* pass, fail, release, internal, second-proof */
    struct text title;
    int next; /* step index; NO_INDEX with *onto* */
    int onto; /* the route that replaces this one; NO_INDEX */
    enum outcome_kind kind;
    bool reason;               /* needs a written reason */
    bool new_round;            /* the next step opens a new round */
    struct str only_as;        /* allowed only if the carried answer is this choice */
    struct outcome_when *when; /* NULL: whatever was answered */
};

/* A step may be done only as an earlier carried answer says (LZ-12.5.a). */
struct as_instructed {
    struct basis basis;
    int step;     /* where it was answered */
    int question; /* index in the rulebook */
};

enum channel {
    CHANNEL_SYSTEM = 1 << 0,
    CHANNEL_FACE = 1 << 1, /* 面签: paper, its scan or number entered and confirmed */
    CHANNEL_EXCHANGE = 1 << 2, /* the document exchange system */
};

struct channel_rule {
    struct basis basis;
    unsigned channels; /* enum channel */
};

/* An act that must have been done on this very text first (LZ-11.b, BZ-16.a). */
enum preparation {
    PREPARE_PROOFREADING,   /* the proofreading run was gone through */
    PREPARE_ATTACHMENTS,    /* every attachment opened and confirmed */
    PREPARE_COLUMN,         /* the column is assigned to the unit */
    PREPARE_DISCLOSURE,     /* the disclosure option allows the column */
    PREPARE_LIAISON,        /* the unit has a person named for it */
    PREPARE_LEGAL_BASIS,    /* the law it rests on was shown and ticked */
    PREPARE_LATER_DAY,      /* the day to which it was put off has come (YZ-10.6) */
    PREPARE_INTERPRETATION, /* its interpretation is approved or public (YZ-9.1.c) */
};

struct preparation_rule {
    struct basis basis;
    enum preparation preparation;
};

/*
 * Several people sign the step, in any order: one for the step's own role, and one for
 * each of these, each of them another person.  The step has passed with *need* of these
 * signatures; whoever returns it returns it for all.
 */
#define RULEBOOK_SIGNERS_MOST 8
struct joint_rule {
    struct basis basis;
    int *roles; /* beside the step's own */
    size_t role_count;
    int need; /* signatures in all; 0: every one */
};

struct step {
    struct basis basis;
    struct str code;
    struct text title;
    enum step_kind kind;
    enum item_state state;
    int role;                /* who acts; NO_INDEX at an end */
    struct basis role_basis; /* cited when somebody else tries; may equal basis */
    struct basis gate;       /* cited when something later is tried before it passed */
    bool demanded;           /* its approval must stand on the digest for a release */
    bool signature;          /* the password again, in the same request */
    bool edits;              /* its actor may change the text (and becomes contributor) */
    struct hand_rule *hands;
    size_t hand_count;
    int *asks; /* questions, in the order of the form */
    size_t ask_count;
    struct preparation_rule *prepared;
    size_t prepared_count;
    struct outcome *outcomes;
    size_t outcome_count;
    struct as_instructed *as_instructed; /* NULL: freely */
    struct channel_rule *channels;       /* NULL: the system only */
    struct joint_rule *joint;            /* NULL: one person decides */
};

/* What passes along a route. */
enum route_subject { ROUTE_OF_MANUSCRIPT, ROUTE_OF_RULEBOOK, ROUTE_OF_MATTER };

/* What a release asks for, beyond the releaser's role. */
struct release_gate {
    struct basis basis; /* LZ-4.a: cited when a demanded decision is missing */
};

/* What follows when the time for an owed review has run out. */
enum owed_end {
    OWED_WITHDRAW, /* the page is taken down */
    OWED_ESCALATE, /* it stays, and *escalate* is told */
};

/*
 * Live, review owed: in an emergency *role* may put a text before the public while
 * *steps* have not decided yet.  Only an article grants it, never our own default: its
 * own words, *words*, stand in the regulation and say that release comes first and
 * review after (law_grants_release_first).  What the reviewers find is final at once: a
 * text that one of them returns is taken down.
 */
struct owed_rule {
    struct basis basis;
    struct str words; /* of the article, verbatim */
    int role;
    uint32_t steps; /* bits: decisions that may be owed */
    enum time_unit unit;
    int amount; /* from going live until the last of them */
    enum owed_end then;
    int escalate; /* who is told when the time has run out; NO_INDEX */
};

struct route {
    struct basis basis;
    struct str code;
    struct text title;
    enum route_subject subject;
    struct step *steps; /* in order; the ends follow the written ones */
    size_t step_count;
    int first;         /* where a manuscript begins */
    int release;       /* the release step; NO_INDEX if nothing is released here */
    uint32_t demanded; /* bits of steps whose approval must stand */
    struct release_gate *gate;
    struct channel_rule *channels; /* for every review step without its own */
    struct basis central;          /* BZ-11: units never release; empty id if not said */
    struct owed_rule *owed;        /* NULL: nothing is released before its review */
};

/* A change of a live item takes the whole route again. */
struct change_rule {
    struct basis basis; /* BZ-13.0, LZ-4.a */
};

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

/* The stages the history of an item shows (BZ-1), with the steps they cover. */
struct history_stage {
    struct basis basis;
    struct str code;
    struct text title;
    struct str *steps;
    size_t step_count;
};

/* The mechanisms that must be defined, or the rulebook does not load (LZ-1). */
enum mechanism {
    MECHANISM_COLLECTION = 1 << 0,
    MECHANISM_REVIEW = 1 << 1,
    MECHANISM_RELEASE = 1 << 2,
    MECHANISM_UPDATE = 1 << 3,
};

struct mechanism_demand {
    struct basis basis;
    unsigned needs; /* enum mechanism */
};

struct mechanism_rule {
    struct basis basis;
    enum mechanism mechanism;
    struct str *by; /* codes of the roles or routes that define it */
    size_t by_count;
};

/* The site comes first, or at the same time, as other channels. */
enum channel_order { ORDER_SITE_FIRST, ORDER_SAME_TIME };

struct outside_rule {
    struct basis basis; /* BZ-9.a, BZ-9.b */
    enum channel_order order;
};

/* May one act decide on several items?  Each has its own record all the same. */
struct bulk_rule {
    struct basis basis; /* SZ-19.b forbids it */
    bool allow;
};

/* The fast lane: every decision, minutes as its clock, alerts at once. */
struct emergency_rule {
    struct basis basis; /* BZ-9.c */
    bool alert;
    int remind_hours; /* while it is open */
};

/* A value that the regulation leaves open.  With a default of ours it is shown as such
 * ("本规章未规定，默认 …"); where none can be assumed, activation waits until the body
 * has given one (site_give_value). */
enum setting_kind { SETTING_NUMBER, SETTING_WORDS };

struct setting {
    struct basis basis;
    struct str code;
    struct text title;
    enum setting_kind kind;
    int least; /* of a number; *most* 0: no bound */
    int most;
    struct text measure; /* 小时 / hours; may be empty */
    struct str value;    /* the default; empty: the body must give it */
    struct str sample;   /* what a demonstration begins with */
};

/* What a child rulebook may change (DQ-5.b): elements by path, "deadlines.*.amount". */
enum allow_how {
    ALLOW_ANY,      /* freely */
    ALLOW_NOT_MORE, /* a number, not above the parent's */
    ALLOW_NOT_LESS,
    ALLOW_ADD, /* by adding members of its own */
};

struct allow_rule {
    struct basis basis;
    struct str path;
    enum allow_how how;
};

/* ---- The whole ---- */

struct rulebook {
    struct arena *arena; /* owns everything below */
    struct digest digest;
    struct str code;    /* liuzhou-stats */
    struct str prefix;  /* LZ */
    struct str version; /* "1" */
    struct text title;
    struct text issuer; /* the body bound by it */
    struct str number;  /* document number */
    civil_day issued;
    civil_day posted; /* 0 if the same or unknown */
    enum rulebook_status status;
    enum disclosure disclosure; /* of the regulation itself */
    struct str site_url;
    struct interpreter *interpreter;
    struct effect_date *effect;
    struct predecessor *predecessor;
    struct str path;   /* where it was read from; empty if it was read from texts */
    struct str parent; /* code of the parent rulebook; empty: none */
    struct str parent_prefix; /* the IDs it has from there begin with it */
    struct allow_rule *allows;
    size_t allow_count;
    struct str without; /* requirement left out; empty in every book that acts */

    struct requirement *requirements;
    size_t requirement_count;
    struct article *articles;
    size_t article_count;
    struct basis *elements; /* every element that rests on something, in order */
    size_t element_count;
    struct legal_basis *legals;
    size_t legal_count;
    struct unit_kind *unit_kinds;
    size_t unit_kind_count;
    struct unit *units;
    size_t unit_count;
    struct role *roles;
    size_t role_count;
    struct sight *sights;
    size_t sight_count;
    struct desk_right *desks;
    size_t desk_count;
    struct principle *principles;
    size_t principle_count;
    struct site_rules *site_rules;       /* NULL: nothing said */
    struct column_person *column_person; /* NULL: an owner is enough */
    struct column_keeper *column_keepers;
    size_t column_keeper_count;
    struct column_rule *columns;
    size_t column_count;
    struct body *bodies;
    size_t body_count;
    struct item_class *classes;
    size_t class_count;
    struct field_rule *fields; /* what every item must have */
    size_t field_count;
    struct catalogue_entry *catalogue;
    size_t catalogue_count;
    struct listed_host *hosts;
    size_t host_count;
    struct target *targets;
    size_t target_count;
    struct question *questions;
    size_t question_count;
    struct prohibition *prohibitions;
    size_t prohibition_count;
    struct deadline *deadlines;
    size_t deadline_count;
    struct cadence_rule *cadences;
    size_t cadence_count;
    struct route *routes;
    size_t route_count;
    struct series *series;
    size_t series_count;
    struct filing_rule *filings;
    size_t filing_count;
    struct archive_rule *archives;
    size_t archive_count;
    struct archiving *archiving;              /* NULL: nothing said */
    struct page_limit *page_limit;            /* NULL: any weight */
    struct page_view_rule *page_views;        /* NULL: nobody counts */
    struct account_rules *accounts;           /* NULL: nothing said */
    struct days_rule *logs;                   /* NULL: nothing said */
    struct days_rule *backups;                /* NULL: nothing said */
    struct days_rule *sub_backups;            /* NULL: as *backups* says */
    struct help_rule *help;                   /* NULL: nothing said */
    struct catalogue_rule *release_catalogue; /* NULL: no catalogue is drawn up */
    struct assessment *assessment;            /* NULL: nobody is assessed */
    struct matter_rule *matters;
    size_t matter_count;
    struct mailbox_rule *mailboxes;
    size_t mailbox_count;
    struct history_stage *stages;
    size_t stage_count;
    struct mechanism_rule *mechanisms;
    size_t mechanism_count;
    struct outside_rule *outsides;
    size_t outside_count;
    struct setting *settings;
    size_t setting_count;
    struct bulk_rule *bulk; /* these five may be NULL */
    struct mechanism_demand *mechanism_demand;
    struct disclosure_rule *disclosure_rule;
    struct change_rule *change;
    struct emergency_rule *emergency;
};

/* Index by code, or NO_INDEX. */
int rulebook_role(const struct rulebook *book, struct str code);
int rulebook_unit(const struct rulebook *book, struct str code_or_alias);
int rulebook_unit_kind(const struct rulebook *book, struct str code);
int rulebook_class(const struct rulebook *book, struct str code);
int rulebook_route(const struct rulebook *book, struct str code);
int rulebook_target(const struct rulebook *book, struct str code);
int rulebook_question(const struct rulebook *book, struct str code);
int rulebook_body(const struct rulebook *book, struct str code);
int route_step(const struct route *route, struct str code);
int step_outcome(const struct step *step, struct str code);

/* The signatures of a step: how many people may give one, whose it is, and how many are
 * needed; 1 where one person decides. */
size_t step_signers(const struct step *step);
int step_signer_role(const struct step *step, size_t signer);
size_t step_signatures(const struct step *step);

/* Do these words of a law say that something may be released before it is reviewed?
 * True of one sentence that speaks of releasing first and of review after it
 * (先发布…补审), and forbids nothing. */
bool law_grants_release_first(struct str words);

/* A role's title in units of *unit_kind* (NO_INDEX: the general one). */
struct text role_title_in(const struct role *role, int unit_kind);

/* The rule about the column at *path*; NULL if the regulation names none such. */
const struct column_rule *rulebook_column(const struct rulebook *book, struct str path);

/* Does this deadline run on *route* in *lane*? */
bool deadline_runs(const struct rulebook *book, const struct deadline *deadline,
                   const struct route *route, enum lane lane);

/* The limit of *number* that binds a role in units of *unit_kind*; NULL if none. */
const struct role_limit *role_limit_in(const struct role *role, enum role_number number,
                                       int unit_kind);

/* True if *host* is a listed host or a name below one. */
bool rulebook_lists_host(const struct rulebook *book, struct str host);

/* A value left open, by code; NULL if the book has none such. */
const struct setting *rulebook_setting(const struct rulebook *book, struct str code);

/* The days of *rule*, where *value* is what the body gave for its setting (empty: the
 * default counts); 0 without a rule. */
int rulebook_days(const struct rulebook *book, const struct days_rule *rule,
                  struct str value);

/* Can *value* stand for it: a number in its bounds, or words (at most 200 bytes)? */
bool setting_fits(const struct setting *setting, struct str value);

/* A requirement by ID; NULL if the book has none such. */
const struct requirement *rulebook_requirement(const struct rulebook *book,
                                               struct str id);

/* The law's own words: the article as printed ("第十二条"), or NULL. */
const struct article *rulebook_article(const struct rulebook *book, struct str number);

#endif
