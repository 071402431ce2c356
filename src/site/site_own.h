/*
 * Only for src/site.
 */
#ifndef SITE_SITE_OWN_H
#define SITE_SITE_OWN_H

#include "rulebook/rulebook.h"
#include "site/site.h"
#include "store/store.h"

/* [a-z0-9-]{1,40}: safe in every path and address. */
bool site_code_fits(struct str code);

/* DONE if the actor manages this site: a holder of the rulebook's site-manager or
 * site-operator role whom the register, if there is one, lets maintain some column of it;
 * or the machine's operator before anybody is there. */
MUST_CHECK enum status site_must_manage(struct call *call, const struct site *site);

/* column.c: the same, and the register lets the actor maintain *column* (0: none yet). */
MUST_CHECK enum status column_must_maintain(struct call *call, const struct site *site,
                                            id64 column);

/* Where the site's rulebook wants *permit* applied for: REFUSED, citing its article,
 * without an agreed matter titled *title*, which whoever opens, closes or merges a
 * column redeems (matter_redeem; a site's code is taken once); 0 if none is wanted.  The
 * machine's operator founds without. */
MUST_CHECK enum status site_must_be_applied_for(struct call *call,
                                                const struct site *site,
                                                enum matter_permit permit,
                                                struct str title, id64 *out_matter);

/* further.c: REFUSED, citing the article, where the rulebook of *first* wants a further
 * site reviewed and *site* is not one that was: its code, its unit, its name. */
MUST_CHECK enum status further_must_be_as_reviewed(struct call *call,
                                                   const struct site *first,
                                                   const struct site *site);

/* design.c: another design for a site, before it is put on. */
struct design_change {
    const struct site *site;
    struct str theme;
    struct digest design;
    struct str former;
    struct digest former_design; /* none: its files are gone */
    bool restored;
    struct str reason;
    struct str rule; /* requirement behind the decision; empty where none is wanted */
};
/* REFUSED for the field *field* where there is no such theme. */
MUST_CHECK enum status design_must_exist(struct call *call, struct str theme,
                                         const char *field, struct digest *out_design);
/* May *site* wear *theme* as its files are now?  REFUSED, citing the rule, if not. */
MUST_CHECK enum status design_ask(struct call *call, const struct site *site,
                                  struct str theme, struct design_change *out_change);
/* Keep it and enter it in the ledger, inside the act's transaction. */
MUST_CHECK enum status design_record(struct call *call,
                                     const struct design_change *change);
struct str design_rule(struct call *call, const struct site *site);
/* The digest of a theme below *share*; ABSENT if there is none.  Copy its files. */
MUST_CHECK enum status design_at(struct call *call, const char *share, struct str theme,
                                 struct digest *out_design);
MUST_CHECK enum status design_copy(struct call *call, const char *share, const char *to,
                                   struct str theme);
/* worn.c: keep the files of a theme as they are now; STALE if they are not *design*. */
MUST_CHECK enum status design_keep(struct call *call, struct str theme,
                                   const struct digest *design);
/* Are these very files kept, or still there to be kept? */
MUST_CHECK enum status design_is_kept(struct call *call, struct str theme,
                                      const struct digest *design, bool *out_kept);

/* right.c: site_must_be_registered on that site; *column* NULL: on any column of it. */
MUST_CHECK enum status register_grants(struct call *call, const struct site *site,
                                       id64 person, const struct column *column,
                                       enum site_right right);

/* REFUSED for a line of the register whose account does not work in the unit, or
 * that asks for a column the unit has no part in. */
struct matter_rule;
struct matter_wish;
MUST_CHECK enum status register_check(struct call *call, id64 group,
                                      const struct rulebook *book,
                                      const struct matter_rule *rule,
                                      const struct matter_wish *wish);

/* value.c: what *book* says of accounts counts from now on for the body of *unit*; inside
 * the act's transaction. */
MUST_CHECK enum status rule_accounts(struct call *call, id64 site, id64 unit,
                                     const struct rulebook *book);

/* level.c: REFUSED, citing the rule, where *unit* belongs to another level than *site*.
 */
MUST_CHECK enum status site_level_fits(struct call *call, const struct site *site,
                                       id64 unit);

#endif
