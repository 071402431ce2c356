/*
 * Merging: a column that is not kept filled goes into another (SZ-13.a).  It takes
 * nothing more, its items stay at their addresses, and its list leads on to the other
 * column's.
 */
#include "site_own.h"

#include "ledger/ledger.h"
#include "matter/matter.h"
#include "rulebook/rulebook.h"
#include "site_sql.h"

#include <jansson.h>

struct merging {
    struct site site;
    struct column from;
    struct column into;
    struct str reason;
    struct str rule;
    id64 matter; /* agreed to, that this act redeems; 0: none is wanted */
};

static enum status check(struct call *call, id64 column, id64 into,
                         struct merging *merging);
static enum status merge(struct call *call, void *what);

enum status site_column_merge(struct call *call, id64 column, id64 into,
                              struct str reason) {
    struct merging merging = {.reason = str_trim(reason), .rule = STR("")};
    TRY(check(call, column, into, &merging));
    return store_transact(call, TXN_WRITE, merge, &merging);
}

enum status site_column_merged(struct call *call, id64 column, struct column *out_into) {
    struct rows *row;
    TRY(store_find(call, &site_merge_row, &row, bind_id("site_column", column)));
    return site_column_find(call, row_id(row, "into_column"), out_into);
}

static enum status check(struct call *call, id64 column, id64 into,
                         struct merging *merging) {
    TRY(site_column_find(call, column, &merging->from));
    TRY(site_find(call, merging->from.site, &merging->site));
    TRY(column_must_maintain(call, &merging->site, column));
    if (str_is_empty(merging->reason)) {
        return call_refuse_field(call, "reason", "", "site.reason-missing", NULL);
    }
    enum status found = site_column_find(call, into, &merging->into);
    if (found == ABSENT ||
        (found == DONE && (into == column || !merging->into.open ||
                           merging->into.site != merging->from.site))) {
        return call_refuse_field(call, "into", "", "site.merge-into", NULL);
    }
    TRY(found);
    const struct rulebook *book =
        shelf_find(call->house->shelf, &merging->site.rulebook_digest);
    const struct column_rule *ruled =
        book == NULL ? NULL : rulebook_column(book, merging->from.path);
    if (ruled != NULL) {
        return call_refuse_field(call, "column", str_text(call->arena, ruled->basis.id),
                                 "site.column-ruled", "column",
                                 str_text(call->arena, merging->from.title), NULL);
    }
    const struct setting *setting =
        book == NULL ? NULL : rulebook_setting(book, STR("column-merge-days"));
    merging->rule = setting == NULL ? STR("") : setting->basis.id;
    return site_must_be_applied_for(call, &merging->site, PERMIT_COLUMN,
                                    merging->from.path, &merging->matter);
}

static enum status merge(struct call *call, void *what) {
    const struct merging *merging = what;
    int64_t changed = 0;
    struct str matter =
        merging->matter == 0 ? STR("") : id_to_text(call->arena, merging->matter);
    TRY(matter_redeem(call, merging->matter, "site.column-merge"));
    TRY(store_run(call, &site_column_shut, &changed, bind_id("id", merging->from.id)));
    if (changed == 0) {
        return STALE;
    }
    TRY(store_run(call, &site_merge_insert, NULL,
                  bind_id("site_column", merging->from.id),
                  bind_id("into_column", merging->into.id), bind_int("now", call->now)));
    struct ledger_act record = {
        .act = "site.column-merge",
        .subject = {.kind = SUBJECT_COLUMN, .id = merging->from.id},
        .payload = ledger_payload(
            call,
            json_pack("{s:s%, s:s%, s:s%, s:s%}", "matter", matter.at, matter.length,
                      "path", merging->from.path.at, merging->from.path.length, "into",
                      merging->into.path.at, merging->into.path.length, "reason",
                      merging->reason.at, merging->reason.length)),
        .rule = merging->rule,
        .post = STR("")};
    return ledger_append(call, merging->site.group, &record, NULL);
}
