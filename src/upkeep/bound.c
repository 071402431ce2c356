/*
 * What the rulebooks in force say of the machine: for each matter the strictest.
 */
#include "upkeep_own.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

static enum status add_site(struct call *call, const struct site *site,
                            struct upkeep_bounds *bounds);
static enum status tighten(struct call *call, const struct site *site,
                           const struct rulebook *book, const struct days_rule *rule,
                           bool longer, struct upkeep_bound *bound);

enum status upkeep_bounds(struct call *call, struct upkeep_bounds *out_bounds) {
    struct upkeep_bounds bounds = {{.rule = STR(""), .title = STR("")},
                                   {.rule = STR(""), .title = STR("")}};
    struct site *sites;
    size_t count = 0;
    id64 group;
    enum status found = site_group_first(call, &group);
    if (found == DONE) {
        found = site_list(call, group, &sites, &count);
    }
    if (found == FAILED) {
        return FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(add_site(call, &sites[i], &bounds));
    }
    *out_bounds = bounds;
    return DONE;
}

enum status upkeep_chain(struct call *call, id64 *out_group) {
    enum status found = site_group_first(call, out_group);
    if (found == ABSENT) {
        *out_group = LEDGER_HOUSE;
    }
    return found == ABSENT ? DONE : found;
}

static enum status add_site(struct call *call, const struct site *site,
                            struct upkeep_bounds *bounds) {
    const struct rulebook *book =
        call->house->shelf == NULL
            ? NULL
            : shelf_find(call->house->shelf, &site->rulebook_digest);
    if (book == NULL) {
        return DONE;
    }
    TRY(tighten(call, site, book, book->logs, true, &bounds->logs));
    return tighten(call, site, book, book->backups, false, &bounds->backups);
}

static enum status tighten(struct call *call, const struct site *site,
                           const struct rulebook *book, const struct days_rule *rule,
                           bool longer, struct upkeep_bound *bound) {
    int days = 0;
    TRY(site_days(call, site->id, book, rule, &days));
    bool stricter = longer ? days > bound->days : days < bound->days || bound->days == 0;
    if (days > 0 && stricter) {
        *bound = (struct upkeep_bound){.days = days,
                                       .rule = rule->basis.id.at == NULL ? STR("")
                                                                         : rule->basis.id,
                                       .title = text_in(book->title, call->language)};
    }
    return DONE;
}
