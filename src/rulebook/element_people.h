/*
 * Units, roles, bodies, and the sites that they run.  Part of element.h.
 */
#ifndef RULEBOOK_ELEMENT_PEOPLE_H
#define RULEBOOK_ELEMENT_PEOPLE_H

#include "element_book.h"

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

#endif
