/*
 * The elements of a rulebook, as the other rooms read them.  All arrays are a
 * pointer and a count; strings and arrays live as long as the rulebook.
 * Limits: 64 roles, 32 steps a route (ends included), 24 questions a step.
 */
#ifndef RULEBOOK_ELEMENT_H
#define RULEBOOK_ELEMENT_H

#include "element_book.h"
#include "element_item.h"
#include "element_people.h"
#include "element_record.h"
#include "element_route.h"
#include "element_watch.h"

/* ---- What it says beside ---- */

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
