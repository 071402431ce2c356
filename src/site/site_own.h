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
 * site-operator role, or the machine's operator before anybody is there. */
MUST_CHECK enum status site_must_manage(struct call *call, const struct site *site);

/* Where the site's rulebook wants *permit* applied for: REFUSED, citing its article,
 * without an agreed matter titled *title*.  The machine's operator founds without. */
MUST_CHECK enum status site_must_be_applied_for(struct call *call, const struct site *site,
                                                enum matter_permit permit,
                                                struct str title);

/* level.c: REFUSED, citing the rule, where *unit* belongs to another level than *site*. */
MUST_CHECK enum status site_level_fits(struct call *call, const struct site *site,
                                       id64 unit);

#endif
