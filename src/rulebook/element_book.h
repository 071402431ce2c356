/*
 * What every element has, and what the regulation is.  Part of element.h.
 */
#ifndef RULEBOOK_ELEMENT_BOOK_H
#define RULEBOOK_ELEMENT_BOOK_H

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

#endif
