/*
 * Items and their classes, what must be asked of them, what must not be in them.  Part of
 * element.h.
 */
#ifndef RULEBOOK_ELEMENT_ITEM_H
#define RULEBOOK_ELEMENT_ITEM_H

#include "element_book.h"

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

#endif
