/*
 * What a site is drawn with: where a redesign is decided on (QX-6), the files that were
 * decided on, byte for byte, also when those on disk have become others meanwhile.
 *
 * They are copied below WORKSPACE/archive/designs, by their digest, before they are worn,
 * and measured again whenever they are used.  What a site wears when it is drawn for the
 * first time was chosen by whoever founded it and counts from then on.
 */
#include "site_own.h"

#include "site_sql.h"

#include <stdio.h>

static const char *kept_in(struct call *call, const struct digest *design);
static enum status wear_first(struct call *call, const struct site *site);
static enum status insert_first(struct call *call, void *what);

enum status site_design_place(struct call *call, const struct site *site,
                              const char **out_share) {
    struct worn_design *worn;
    size_t count;
    bool kept = false;
    if (call->house->shelf == NULL || str_is_empty(design_rule(call, site))) {
        *out_share = call->house->share;
        return DONE;
    }
    TRY(site_worn(call, site->id, &worn, &count));
    if (count == 0) {
        TRY(wear_first(call, site));
        TRY(site_worn(call, site->id, &worn, &count));
    }
    if (count > 0 && str_equal(worn[0].theme, site->theme)) {
        TRY(design_is_kept(call, site->theme, &worn[0].design, &kept));
    }
    if (!kept) {
        return call_refuse(call, REFUSED, str_text(call->arena, design_rule(call, site)),
                           "site.design-lost", "theme",
                           str_text(call->arena, site->theme), "site",
                           str_text(call->arena, site->title), NULL);
    }
    *out_share = kept_in(call, &worn[0].design);
    return DONE;
}

enum status design_is_kept(struct call *call, struct str theme,
                           const struct digest *design, bool *out_kept) {
    struct digest present;
    enum status there = design_at(call, kept_in(call, design), theme, &present);
    if (there == DONE && digest_equal(&present, design)) {
        *out_kept = true;
        return DONE;
    }
    *out_kept = false;
    there = design_at(call, call->house->share, theme, &present);
    if (there == DONE && digest_equal(&present, design)) {
        TRY(design_keep(call, theme, design));
        *out_kept = true;
    }
    return there == FAILED ? FAILED : DONE;
}

enum status design_keep(struct call *call, struct str theme,
                        const struct digest *design) {
    struct digest kept;
    const char *to = kept_in(call, design);
    enum status there = design_at(call, to, theme, &kept);
    if (there == DONE && digest_equal(&kept, design)) {
        return DONE;
    }
    TRY(design_copy(call, call->house->share, to, theme));
    TRY(design_at(call, to, theme, &kept));
    return digest_equal(&kept, design)
               ? DONE
               : call_refuse(call, STALE, "", "site.design-changed-meanwhile", NULL);
}

static const char *kept_in(struct call *call, const struct digest *design) {
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){design->at, sizeof design->at});
    return str_format(call->arena, "%s/archive/designs/%.*s", call->house->workspace,
                      STR_ARG(hex))
        .at;
}

static enum status wear_first(struct call *call, const struct site *site) {
    struct design_change first = {.site = site,
                                  .theme = site->theme,
                                  .former = STR(""),
                                  .reason = STR(""),
                                  .rule = design_rule(call, site)};
    TRY(site_design(call, site->theme, &first.design));
    TRY(design_keep(call, site->theme, &first.design));
    return store_transact(call, TXN_WRITE, insert_first, &first);
}

static enum status insert_first(struct call *call, void *what) {
    const struct design_change *first = what;
    struct worn_design *worn;
    size_t count;
    TRY(site_worn(call, first->site->id, &worn, &count));
    return count > 0 ? DONE : design_record(call, first);
}
