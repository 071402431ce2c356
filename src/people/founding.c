/*
 * The end of the founding: from here on the machine's operator has no say over
 * people, so those who will have it must be there.
 */
#include "people_own.h"

static enum status found_work(struct call *call, void *what);
static enum status must_have(struct call *call, const char *role);

enum status people_found(struct call *call) {
    struct ledger_act act = {.act = "people.found", .subject = {SUBJECT_WORKSPACE, 1}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, found_work, NULL));
}

static enum status found_work(struct call *call, void *what) {
    (void)what;
    struct rows *row;
    int64_t founded = 0;
    TRY(people_must_be_security(call));
    TRY(must_have(call, PEOPLE_ROLE_SYSTEM));
    TRY(must_have(call, PEOPLE_ROLE_SECURITY));
    TRY(must_have(call, PEOPLE_ROLE_AUDIT));
    enum status status = store_find(call, &people_office_anybody, &row,
                                    bind_text("code", STR(PEOPLE_UNIT_OFFICE)),
                                    bind_int("now", call->now));
    if (status == ABSENT) {
        return call_refuse(call, REFUSED, "", "people.found-office", NULL);
    }
    TRY(status);
    TRY(store_run(call, &people_founding_insert, &founded, bind_int("now", call->now)));
    if (founded == 0) {
        return DONE;
    }
    struct ledger_act act = {.act = "people.found", .subject = {SUBJECT_WORKSPACE, 1}};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static enum status must_have(struct call *call, const char *role) {
    struct people_holdings holders;
    TRY(people_holders(call, role, 0, &holders));
    if (holders.count == 0) {
        return call_refuse(call, REFUSED, "", "people.found-admin", "role", role, NULL);
    }
    return DONE;
}
