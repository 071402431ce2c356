/*
 * site: where manuscripts go.
 *
 * A site group is one ledger, one workspace's body of sites.  A site runs under
 * one rulebook at a time; the version in force is changed only by an approved
 * activation.  A site has a tree of columns; each column has exactly one owner
 * unit, a type, the item classes it takes and the units that may submit to it.
 * A column without owner cannot exist (BZ-7.2), and whom the rulebook names,
 * and nobody else, changes the tree (LZ-5.2, BZ-5.2.a).
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "base/base.h"
#include "matter/matter.h"

struct rulebook;

/* What a site is to its public; the marks of the page's foot among it. */
struct site {
    id64 id;
    id64 group;
    struct str code;  /* [a-z0-9-]{1,40}, the first part of every public path but the main
                         site's */
    struct str title; /* the body's full name as in SiteName */
    struct str title_en;
    struct str
        kind; /* "main", "sub", or "platform": a superior site reached by submission */
    struct str domain;  /* without scheme: SiteDomain */
    struct str id_code; /* ten characters: SiteIDCode */
    id64 body;          /* the unit in whose name it is run */
    id64 root;          /* the body above that unit; told, never given */
    struct str sponsor;
    struct str contact;
    struct str icp;
    struct str police;
    struct str theme;
    struct str rulebook;           /* code */
    struct digest rulebook_digest; /* the version in force */
};

struct column {
    id64 id;
    id64 site;
    id64 parent;     /* 0 at the top */
    struct str code; /* [a-z0-9-]{1,40} */
    struct str path; /* codes from the top, joined by '/' */
    struct str title;
    struct str title_en;
    struct str type; /* 概况信息, 政策文件, …: ColumnType of the national guideline */
    struct str summary;  /* ColumnDescription */
    struct str keywords; /* ColumnKeywords */
    id64 owner;          /* unit */
    int position;        /* among its siblings */
    bool open;
    bool on_home; /* its newest items stand on the home page */
};

/* The group of this workspace; made by init.  Its id goes with every ledger entry. */
MUST_CHECK enum status site_group_new(struct call *call, struct str code,
                                      struct str title, id64 *out_group);
MUST_CHECK enum status site_group_first(struct call *call, id64 *out_group);

/*
 * Found a workspace's first site: a group, the body bound by *book* and the units that
 * the book knows by code, the site, and the columns that share/starter names for this
 * book (or default.tsv).  By the machine's operator, before people_found.
 */
MUST_CHECK enum status site_found(struct call *call, const struct rulebook *book,
                                  struct site *out_site);

/*
 * Found a further body beside the first, bound by a rulebook of its own: its units, its
 * main site at an address of its own, its columns.  *code* is the body's and the site's.
 * With a *keeper* that person takes the first post of its office and the founding is
 * over, in the same act; with 0 people are seated next, and people_found ends it.  By the
 * machine's operator; REFUSED for a code that does not fit or is taken.
 */
MUST_CHECK enum status site_found_beside(struct call *call, const struct rulebook *book,
                                         struct str code, id64 keeper,
                                         struct site *out_site);

/*
 * A new site of *site->group* under the rulebook version it names.  REFUSED, citing the
 * article, where there may be no further site, or where one has to be reviewed (ZJ-10)
 * and *site* differs in code, unit or name from what was agreed to.
 */
MUST_CHECK enum status site_new(struct call *call, const struct site *site,
                                id64 *out_site);
MUST_CHECK enum status site_find(struct call *call, id64 site, struct site *out_site);

/* The further sites of *first*'s body that were agreed to, opened or not, newest first;
 * ABSENT if its rulebook has none reviewed. */
struct reviewed_site {
    id64 unit; /* that applied, and alone may run it */
    struct str unit_title;
    struct str code;
    struct str title; /* empty where the form asks for no name */
};
MUST_CHECK enum status site_reviewed(struct call *call, const struct site *first,
                                     struct reviewed_site **out_reviewed,
                                     size_t *out_count);

/* Other marks of the site *site->id*: titles, domain, identification code, sponsor,
 * contact, filing numbers, theme.  Nothing is released before all of them are there.
 * DENIED unless the actor manages the site (and, where there is a register, maintains a
 * column of it); REFUSED for a theme whose files are not those
 * that were decided on, where the rulebook wants that. */
MUST_CHECK enum status site_change(struct call *call, const struct site *site);
/* Would that act let this actor?  For showing what can be done. */
MUST_CHECK enum status site_may_manage(struct call *call, const struct site *site,
                                       bool *out_may);
MUST_CHECK enum status site_find_code(struct call *call, id64 group, struct str code,
                                      struct site *out_site);

/* The main site of the body that *unit* belongs to, under whose rulebook the unit works.
 */
MUST_CHECK enum status site_of_unit(struct call *call, id64 group, id64 unit,
                                    struct site *out_site);

/* All sites of the group, that of its founding first, then by code; *out_sites in the
 * call's arena. */
MUST_CHECK enum status site_list(struct call *call, id64 group, struct site **out_sites,
                                 size_t *out_count);

/* The rulebook version in force for a site; ABSENT if the shelf does not hold it. */
MUST_CHECK enum status site_rulebook(struct call *call, id64 site,
                                     const struct rulebook **out_rulebook);

/* Put another version in force: called by review when its activation is approved,
 * in the transaction of that act.  REFUSED as by site_must_have_values. */
MUST_CHECK enum status site_put_in_force(struct call *call, id64 site,
                                         const struct rulebook *rulebook);

/* ---- The design ---- */

#define SITE_THEME_DEFAULT "default" /* which the others only colour */

/* The digest of a theme's files as they are now; ABSENT if there is no such theme. */
MUST_CHECK enum status site_design(struct call *call, struct str theme,
                                   struct digest *out_design);

/*
 * The directory, like share/, whose themes/ holds the files that *site* is drawn with:
 * where the rulebook wants a redesign decided on, those that were, whatever became of
 * them on disk meanwhile.  REFUSED, citing its article, if they are lost.
 */
MUST_CHECK enum status site_design_place(struct call *call, const struct site *site,
                                         const char **out_share);

/*
 * Put on *theme* as its files are now, also the theme that the site wears when they are
 * others than those it wears.  On the ledger as "site.design".  DENIED and REFUSED as
 * site_change.
 */
MUST_CHECK enum status site_put_on(struct call *call, id64 site, struct str theme);

/* The themes that are installed, by name. */
MUST_CHECK enum status site_themes(struct call *call, struct str **out_themes,
                                   size_t *out_count);

/*
 * What is to be opened (matter_open), looked at before: a line of a register is checked,
 * and what leads to another design, titled by its theme, speaks for its files as they are
 * in this moment: the preview of exactly these is what is decided on, and site_change
 * puts on no others (QX-6).
 */
MUST_CHECK enum status site_measure_matter(struct call *call, id64 group,
                                           const struct rulebook *book,
                                           const struct matter_wish *wish,
                                           struct matter_wish *out_measured);

/* Each change of a site's design, newest first; at most 100. */
struct worn_design {
    struct str theme;
    struct digest design;
    struct str former;
    struct digest former_design; /* none: its files were gone */
    bool restored;
    struct str reason;
    id64 changed_by;
    instant changed_at;
};
MUST_CHECK enum status site_worn(struct call *call, id64 site,
                                 struct worn_design **out_worn, size_t *out_count);

/*
 * Take back the design before the present one, in one act and without a new decision; on
 * the ledger as "site.design-restore".  DENIED unless the actor manages the site; REFUSED
 * without a reason, without a former design, and if its files are no longer what they
 * were and were not kept: that would be a redesign.
 */
MUST_CHECK enum status site_restore_design(struct call *call, id64 site,
                                           struct str reason);

/*
 * The register of administrators (ED-15).  DENIED, citing its article, where the rulebook
 * has one and *person* holds a post that it names, but no line in force that grants him
 * *right* on this column.  Asked of whoever wishes: uploading is beginning, writing,
 * handing in and releasing a text that is not public yet, changing the same for one that
 * is, maintaining is taking it away and keeping the column itself.  The machine (person
 * 0) needs none; what it carries out is asked of the person who ordered it.
 */
enum site_right { SITE_RIGHT_UPLOAD, SITE_RIGHT_CHANGE, SITE_RIGHT_MAINTAIN };
MUST_CHECK enum status site_must_be_registered(struct call *call, id64 person,
                                               const struct column *column,
                                               enum site_right right);

/* Its lines in the order of their numbers; ABSENT if the rulebook has no register. */
struct registered_line {
    struct matter matter; /* number, unit, who granted it and when */
    id64 person;          /* 0: nobody's account, or not granted */
    struct str account;
    struct str columns;
    struct str rights;
    bool in_force;
};
/* Takes the next word off a line's columns or rights; may be empty. */
struct str site_register_word(struct str *list);
MUST_CHECK enum status site_register(struct call *call, const struct site *site,
                                     struct registered_line **out_lines,
                                     size_t *out_count);

/*
 * A change of staff (house->staff_changed), inside the transaction that makes it: a duty
 * with a reminder for each who must take note of it, for who names a successor where a
 * post falls vacant, and whether the account goes with the last post.
 */
MUST_CHECK enum status site_follow_staff(struct call *call, struct staff_change *change);

/* ---- Values that the regulation leaves open (struct setting) ---- */

struct site_value {
    struct str code;
    struct str value;
    id64 given_by; /* 0: the operator, at the founding */
    instant given_at;
    bool sample; /* a demonstration's */
};

/*
 * Give the value *code* that *book* (the version in force or one to come) leaves open; a
 * later one takes its place.  DENIED unless the actor keeps the rulebook, or founds the
 * site and gives it for the first time; REFUSED for the field "value" if it does not fit;
 * ABSENT if the book has no such value.  On the ledger as "site.value" with the article.
 */
MUST_CHECK enum status site_give_value(struct call *call, id64 site,
                                       const struct rulebook *book, struct str code,
                                       struct str value, bool sample);

/* All that were given, by code; at most 100. */
MUST_CHECK enum status site_values(struct call *call, id64 site,
                                   struct site_value **out_values, size_t *out_count);

/* What counts now: given, or the default of the version in force; ABSENT if neither. */
MUST_CHECK enum status site_value(struct call *call, id64 site, struct str code,
                                  struct str *out_value);

/* The days of a rule of *book* at this site, with the value that was given; 0 without a
 * rule. */
MUST_CHECK enum status site_days(struct call *call, id64 site,
                                 const struct rulebook *book,
                                 const struct days_rule *rule, int *out_days);

/* REFUSED, naming each, while a value without default that *book* asks for is missing. */
MUST_CHECK enum status site_must_have_values(struct call *call, id64 site,
                                             const struct rulebook *book);

/* DENIED unless the actor may propose versions of the rulebook (the first step of their
 * route). */
MUST_CHECK enum status site_must_keep_rulebook(struct call *call,
                                               const struct site *site);

/*
 * Add or change a column.  REFUSED with field messages for a code or title that
 * does not fit, a missing owner (BZ-7.2), a class the rulebook does not know;
 * DENIED unless the actor holds the role that the rulebook names as
 * site-manager and, where there is a register, may maintain the column, a new one's
 * parent, or at the top any column.  *classes* and *units* are what it takes and who may
 * submit beside the owner; none means: every class, every unit.
 */
struct column_terms {
    const struct str *classes;
    size_t class_count;
    const id64 *units;
    size_t unit_count;
};
MUST_CHECK enum status site_column_add(struct call *call, const struct column *column,
                                       const struct column_terms *terms,
                                       id64 *out_column);
MUST_CHECK enum status site_column_change(struct call *call, const struct column *column,
                                          const struct column_terms *terms);

/* Close a column: it takes nothing more; what is public stays public. */
MUST_CHECK enum status site_column_close(struct call *call, id64 column,
                                         struct str reason);

/* Merge a column into another of its site (SZ-13.a): closed for good, its items stay
 * where they are, its list leads on.  As for closing; REFUSED for a target that is not
 * open. */
MUST_CHECK enum status site_column_merge(struct call *call, id64 column, id64 into,
                                         struct str reason);
/* Into which column it was merged; ABSENT if it was not. */
MUST_CHECK enum status site_column_merged(struct call *call, id64 column,
                                          struct column *out_into);

MUST_CHECK enum status site_column_find(struct call *call, id64 column,
                                        struct column *out_column);
MUST_CHECK enum status site_column_find_path(struct call *call, id64 site,
                                             struct str path, struct column *out_column);

/* The tree, parents before children, siblings by position. */
MUST_CHECK enum status site_columns(struct call *call, id64 site,
                                    struct column **out_columns, size_t *out_count);

/* What a column takes and from whom, as it was set. */
MUST_CHECK enum status site_column_terms(struct call *call, id64 column,
                                         struct column_terms *out_terms);

/*
 * May *unit* send an item of *item_class* to this column?  REFUSED with the
 * article otherwise (closed column, class not taken, column not the unit's:
 * BZ-12.a).
 */
MUST_CHECK enum status site_column_takes(struct call *call, const struct column *column,
                                         struct str item_class, id64 unit);

#endif
