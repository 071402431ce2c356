/*
 * Levels: where the regulation keeps a bureau's site and its sub-sites apart, the units
 * of a sub-site write in that one alone, and the bureau's units in the bureau's
 * (ZJ-11.3).
 */
#include "site_own.h"

#include "people/people.h"

static enum status level_of_unit(struct call *call, const struct site *sites,
                                 size_t count, id64 unit, const struct site **out_site);
static const struct site *run_by(const struct site *sites, size_t count, id64 unit);

enum status site_level_fits(struct call *call, const struct site *site, id64 unit) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct level_rule *rule =
        book == NULL || book->site_rules == NULL ? NULL : book->site_rules->levels;
    const struct site *own;
    struct site *sites;
    size_t count;
    if (rule == NULL) {
        return DONE;
    }
    TRY(site_list(call, site->group, &sites, &count));
    TRY(level_of_unit(call, sites, count, unit, &own));
    bool sub = str_is(site->kind, "sub");
    if (own == NULL ? !sub || run_by(sites, count, site->body) == NULL
                    : own->id == site->id) {
        return DONE;
    }
    return call_refuse_field(
        call, "column", str_text(call->arena, rule->basis.id),
        own == NULL ? "site.not-of-sub-site" : "site.other-level", "site",
        str_text(call->arena, own == NULL ? site->title : own->title), NULL);
}

/* The sub-site whose body the unit is or stands below; NULL for a unit of the bureau. */
static enum status level_of_unit(struct call *call, const struct site *sites,
                                 size_t count, id64 unit, const struct site **out_site) {
    const struct site *found = NULL;
    while (unit != 0 && found == NULL) {
        struct people_unit above;
        found = run_by(sites, count, unit);
        TRY(people_unit(call, unit, &above));
        unit = above.parent;
    }
    *out_site = found;
    return DONE;
}

/* A sub-site run by the bureau itself is no level of its own. */
static const struct site *run_by(const struct site *sites, size_t count, id64 unit) {
    const struct site *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (sites[i].body != unit) {
            continue;
        }
        if (!str_is(sites[i].kind, "sub")) {
            return NULL;
        }
        found = unit != 0 ? &sites[i] : NULL;
    }
    return found;
}
