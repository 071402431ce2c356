/*
 * Refusals go into the chain as well: a person who tries what is not allowed
 * leaves a trace.  So that nobody can fill the chain by trying in a loop, of one
 * person only so many a minute are written; the rest is counted, and told by the
 * next one that is written.
 */
#include "ledger_own.h"

#include <jansson.h>

#define REFUSALS_A_MINUTE 20

struct refused {
    id64 group;
    const struct ledger_act *act;
    const struct refusal *refusal; /* may be NULL */
};

struct account_of_refusals {
    instant since;
    int64_t written;
    int64_t withheld;
};

static enum status write_refusal(struct call *call, void *what);
static enum status count_refusal(struct call *call, id64 group, bool *out_write,
                                 int64_t *out_withheld);
static enum status read_refusals(struct call *call, id64 group,
                                 struct account_of_refusals *out_account);
static struct str payload_of(struct call *call, const struct refused *refused,
                             int64_t withheld);

enum status ledger_refused(struct call *call, id64 group, const struct ledger_act *act) {
    struct refusal *refusal = call->refusal;
    struct refused refused = {group, act, refusal};
    enum status status = store_transact(call, TXN_WRITE, write_refusal, &refused);
    call->refusal = refusal;
    return status;
}

enum status ledger_settle(struct call *call, id64 group, const struct ledger_act *act,
                          enum status status) {
    bool form = call->refusal != NULL && call->refusal->field != NULL;
    if ((status == REFUSED && !form) || status == DENIED) {
        if (ledger_refused(call, group, act) != DONE) {
            log_fault("ledger: the refusal of %s could not be recorded", act->act);
        }
    }
    return status;
}

static enum status write_refusal(struct call *call, void *what) {
    const struct refused *refused = what;
    bool write = false;
    int64_t withheld = 0;
    TRY(count_refusal(call, refused->group, &write, &withheld));
    if (!write) {
        return DONE;
    }
    struct ledger_act act = *refused->act;
    if (str_is_empty(act.rule) && refused->refusal != NULL) {
        act.rule = refused->refusal->rule;
    }
    act.payload = payload_of(call, refused, withheld);
    return ledger_extend(call, refused->group, &act, LEDGER_REFUSED, NULL);
}

static enum status count_refusal(struct call *call, id64 group, bool *out_write,
                                 int64_t *out_withheld) {
    struct account_of_refusals account;
    TRY(read_refusals(call, group, &account));
    if (call->now - account.since >= INSTANT_MINUTE || call->now < account.since) {
        account.since = call->now;
        account.written = 0;
    }
    *out_write = account.written < REFUSALS_A_MINUTE;
    *out_withheld = account.withheld;
    if (*out_write) {
        account.written++;
        account.withheld = 0;
    } else {
        account.withheld++;
    }
    return store_run(
        call, &ledger_refusals_set, NULL, bind_int("group", group),
        bind_int("person", call->actor.person), bind_int("since", account.since),
        bind_int("written", account.written), bind_int("withheld", account.withheld));
}

static enum status read_refusals(struct call *call, id64 group,
                                 struct account_of_refusals *out_account) {
    struct rows *row;
    enum status status =
        store_find(call, &ledger_refusals_lock, &row, bind_int("group", group),
                   bind_int("person", call->actor.person));
    if (status == ABSENT) {
        TRY(store_run(call, &ledger_refusals_insert, NULL, bind_int("group", group),
                      bind_int("person", call->actor.person),
                      bind_int("since", call->now)));
        status = store_find(call, &ledger_refusals_lock, &row, bind_int("group", group),
                            bind_int("person", call->actor.person));
    }
    TRY(status);
    out_account->since = row_int(row, "since");
    out_account->written = row_int(row, "written");
    out_account->withheld = row_int(row, "withheld");
    return DONE;
}

static struct str payload_of(struct call *call, const struct refused *refused,
                             int64_t withheld) {
    struct str asked = refused->act->payload;
    json_t *json = json_object();
    if (!str_is_empty(asked)) {
        json_object_set_new(json, "asked",
                            json_loadb(asked.at, asked.length, JSON_DECODE_ANY, NULL));
    }
    if (refused->refusal != NULL) {
        json_object_set_new(json, "words", json_string(refused->refusal->words));
    }
    if (withheld > 0) {
        json_object_set_new(json, "withheld", json_integer(withheld));
    }
    return ledger_payload(call, json);
}
