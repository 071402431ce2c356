/*
 * The end of the founding: from here on the machine's operator has no say over
 * people, so those who will have it must be there.
 */
#include "people_own.h"

static enum status found_work(struct call *call, void *what);
static enum status found_bodies(struct call *call, int64_t *out_founded);
static enum status must_have_office(struct call *call, id64 body);
static enum status must_have(struct call *call, const char *role);

enum status people_found(struct call *call) {
    struct ledger_act act = {.act = "people.found", .subject = {SUBJECT_WORKSPACE, 1}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, found_work, NULL));
}

static enum status found_work(struct call *call, void *what) {
    (void)what;
    int64_t founded = 0;
    int64_t bodies = 0;
    if (!people_is_operator(call)) {
        TRY(people_must_be_security(call));
    }
    TRY(must_have(call, PEOPLE_ROLE_SYSTEM));
    TRY(must_have(call, PEOPLE_ROLE_SECURITY));
    TRY(must_have(call, PEOPLE_ROLE_AUDIT));
    TRY(found_bodies(call, &bodies));
    TRY(store_run(call, &people_founding_insert, &founded, bind_int("now", call->now)));
    if (founded == 0 && bodies == 0) {
        return DONE;
    }
    struct ledger_act act = {.act = "people.found", .subject = {SUBJECT_WORKSPACE, 1}};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

/* The workspace's own, and those that were added since. */
static enum status found_bodies(struct call *call, int64_t *out_founded) {
    struct rows *rows;
    id64 *bodies = NULL;
    size_t count = 0;
    TRY(store_query(call, &people_bodies_unfounded, &rows, NO_VALUES));
    while (rows_next(rows)) {
        bodies = list_grow(call->arena, bodies, count, sizeof *bodies);
        bodies[count++] = row_id(rows, "id");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        TRY(must_have_office(call, bodies[i]));
        TRY(store_run(call, &people_body_insert, NULL, bind_int("body", bodies[i]),
                      bind_int("now", call->now)));
    }
    *out_founded = (int64_t)count;
    return DONE;
}

static enum status must_have_office(struct call *call, id64 body) {
    struct rows *row;
    enum status status = store_find(
        call, &people_office_anybody, &row, bind_int("body", body),
        bind_text("code", STR(PEOPLE_UNIT_OFFICE)), bind_int("now", call->now));
    return status == ABSENT ? call_refuse(call, REFUSED, "", "people.found-office", NULL)
                            : status;
}

static enum status must_have(struct call *call, const char *role) {
    struct people_holdings holders;
    TRY(people_holders(call, role, 0, &holders));
    if (holders.count == 0) {
        return call_refuse(call, REFUSED, "", "people.found-admin", "role", role, NULL);
    }
    return DONE;
}
