/*
 * When checkpoints are not taken or do not leave: who is told, and when work stops.
 *
 * No record, no act.  The record itself is in every act's transaction; that it cannot be
 * rewritten behind everybody's back is only so while checkpoints lie elsewhere.  So a
 * trouble is told once, when it begins, to those who can look into it, and after
 * house->unwitnessed_most nothing more is decided or released.  Taking away still works:
 * it makes nothing public.
 */
#include "notary_own.h"

#include "notice/notice.h"
#include "people/people.h"

#include <inttypes.h>
#include <jansson.h>

static const struct {
    const char *name;  /* in the ledger */
    const char *words; /* of the news */
} conditions[] = {
    [NOTARY_SOUND] = {"sound", NULL},
    [NOTARY_SILENT] = {"silent", "news.checkpoints-silent"},
    [NOTARY_UNSENT] = {"unsent", "news.checkpoints-unsent"},
    [NOTARY_STOPPED] = {"stopped", "news.checkpoints-stopped"},
    [NOTARY_BACKWARD] = {"rolled-back", "news.checkpoints-rolled-back"},
    [NOTARY_REWRITTEN] = {"altered", "news.checkpoints-altered"},
};

struct telling {
    enum notary_condition condition;
    instant held; /* microseconds for which none left */
};

static enum status tell(struct call *call, void *what);
static enum status tell_role(struct call *call, const struct telling *telling,
                             const char *role);

const char *notary_condition_name(enum notary_condition condition) {
    return conditions[condition].name;
}

enum notary_condition notary_condition_of(const struct notary_state *state) {
    return state->trouble == NOTARY_ALTERED       ? NOTARY_REWRITTEN
           : state->trouble == NOTARY_ROLLED_BACK ? NOTARY_BACKWARD
           : state->stopped                       ? NOTARY_STOPPED
           : state->held > NOTARY_LATE ? state->late ? NOTARY_SILENT : NOTARY_UNSENT
                                       : NOTARY_SOUND;
}

enum status notary_watch(struct call *call) {
    struct notary_state state;
    TRY(notary_state(call, LEDGER_HOUSE, &state));
    struct telling telling = {notary_condition_of(&state), state.held};
    if (telling.condition == state.told) {
        return DONE;
    }
    txn_abort(call);
    return store_transact(call, TXN_WRITE, tell, &telling);
}

enum status notary_may_decide(struct call *call) {
    struct notary_state state;
    if (call->house->unwitnessed_most == 0) {
        return DONE;
    }
    TRY(notary_state(call, LEDGER_HOUSE, &state));
    if (!state.stopped) {
        return DONE;
    }
    struct str minutes =
        str_format(call->arena, "%" PRId64, (int64_t)(state.held / INSTANT_MINUTE));
    return call_refuse(call, REFUSED, "", "notary.stopped", "minutes", minutes.at, NULL);
}

static enum status tell(struct call *call, void *what) {
    const struct telling *telling = what;
    struct ledger_act record = {
        .act = "notary.watch",
        .subject = {SUBJECT_WORKSPACE, 1},
        .payload = ledger_payload(
            call,
            json_pack("{s:s, s:I}", "condition", conditions[telling->condition].name,
                      "minutes", (json_int_t)(telling->held / INSTANT_MINUTE)))};
    TRY(store_run(call, &notary_state_put, NULL, NO_VALUES));
    TRY(store_run(call, &notary_state_told, NULL, bind_int("told", telling->condition)));
    if (conditions[telling->condition].words != NULL) {
        TRY(tell_role(call, telling, PEOPLE_ROLE_AUDIT));
        TRY(tell_role(call, telling, PEOPLE_ROLE_SECURITY));
        TRY(tell_role(call, telling, PEOPLE_ROLE_SYSTEM));
        log_fault("notary: checkpoints: %s", conditions[telling->condition].name);
    }
    return ledger_append(call, LEDGER_HOUSE, &record, NULL);
}

static enum status tell_role(struct call *call, const struct telling *telling,
                             const char *role) {
    struct people_holdings holders;
    TRY(people_holders(call, role, 0, &holders));
    for (size_t i = 0; i < holders.count; i++) {
        struct news news = {.person = holders.at[i].person,
                            .subject = {SUBJECT_WORKSPACE, 1},
                            .words = str_of(conditions[telling->condition].words),
                            .title = STR("检查点"),
                            .remark =
                                str_format(call->arena, "%" PRId64,
                                           (int64_t)(telling->held / INSTANT_MINUTE))};
        TRY(notice_tell(call, &news));
    }
    return DONE;
}
