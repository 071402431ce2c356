/*
 * What the rulebooks in force say of the machine: for each matter the strictest.
 */
#include "upkeep_own.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

static const struct rulebook *book_of(struct call *call, const struct site *site);
static enum status add_site(struct call *call, const struct site *site,
                            struct upkeep_bounds *bounds);
static const struct days_rule *backup_rule(const struct rulebook *book,
                                           const struct site *site);
static enum status add_sub_site(struct call *call, const struct site *site,
                                struct sub_site_backups *sites);
static enum status is_given(struct call *call, id64 site, struct str code, bool *out_is);
static enum status tighten(struct call *call, const struct site *site,
                           const struct rulebook *book, const struct days_rule *rule,
                           bool longer, struct upkeep_bound *bound);

enum status upkeep_bounds(struct call *call, struct upkeep_bounds *out_bounds) {
    struct upkeep_bounds bounds = {{.rule = STR(""), .title = STR("")},
                                   {.rule = STR(""), .title = STR("")}};
    struct site *sites;
    size_t count;
    TRY(upkeep_sites(call, &sites, &count));
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

enum status upkeep_sites(struct call *call, struct site **out_sites, size_t *out_count) {
    id64 group;
    *out_sites = NULL;
    *out_count = 0;
    enum status found = site_group_first(call, &group);
    if (found == DONE) {
        found = site_list(call, group, out_sites, out_count);
    }
    return found == ABSENT ? DONE : found;
}

enum status upkeep_sub_sites(struct call *call, struct sub_site_backups *out_sites) {
    struct sub_site_backups found = {0};
    struct site *sites;
    size_t count;
    TRY(upkeep_sites(call, &sites, &count));
    found.at = TAKE_ARRAY(call->arena, count + 1, struct sub_site_backup);
    for (size_t i = 0; i < count; i++) {
        TRY(add_sub_site(call, &sites[i], &found));
    }
    *out_sites = found;
    return DONE;
}

int upkeep_suggest_days(size_t releases) {
    return releases >= 30 ? 1 : releases >= 4 ? 7 : 30;
}

static enum status add_sub_site(struct call *call, const struct site *site,
                                struct sub_site_backups *sites) {
    const struct rulebook *book = book_of(call, site);
    const struct days_rule *rule = book == NULL ? NULL : book->sub_backups;
    if (rule == NULL || !str_is(site->kind, "sub")) {
        return DONE;
    }
    struct sub_site_backup found = {.site = site->id,
                                    .code = site->code,
                                    .title = site->title,
                                    .is_stated = rule->days > 0,
                                    .rule = rule->basis.id};
    TRY(site_days(call, site->id, book, rule, &found.days));
    if (rule->days == 0) {
        TRY(is_given(call, site->id, rule->setting, &found.is_stated));
    }
    sites->at[sites->count++] = found;
    return DONE;
}

static enum status is_given(struct call *call, id64 site, struct str code, bool *out_is) {
    struct site_value *values;
    size_t count;
    *out_is = false;
    TRY(site_values(call, site, &values, &count));
    for (size_t i = 0; i < count; i++) {
        *out_is = *out_is || str_equal(values[i].code, code);
    }
    return DONE;
}

/* NULL if it is not loaded. */
static const struct rulebook *book_of(struct call *call, const struct site *site) {
    return call->house->shelf == NULL
               ? NULL
               : shelf_find(call->house->shelf, &site->rulebook_digest);
}

static enum status add_site(struct call *call, const struct site *site,
                            struct upkeep_bounds *bounds) {
    const struct rulebook *book = book_of(call, site);
    if (book == NULL) {
        return DONE;
    }
    TRY(tighten(call, site, book, book->logs, true, &bounds->logs));
    return tighten(call, site, book, backup_rule(book, site), false, &bounds->backups);
}

static const struct days_rule *backup_rule(const struct rulebook *book,
                                           const struct site *site) {
    return str_is(site->kind, "sub") && book->sub_backups != NULL ? book->sub_backups
                                                                  : book->backups;
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
