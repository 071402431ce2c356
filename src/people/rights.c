/*
 * Who may do what about people.  The machine's operator founds a workspace and
 * has no say afterwards; then the office keeps posts and appointments, and the
 * security administrator accounts: nobody can give himself both.
 */
#include "people_own.h"

static enum status is_founder(struct call *call, bool *out_founder);

enum status people_is_founded(struct call *call, bool *out_founded) {
    struct rows *row;
    enum status status = store_find(call, &people_founding_find, &row, NO_VALUES);
    if (status != DONE && status != ABSENT) {
        return status;
    }
    *out_founded = status == DONE;
    return DONE;
}

enum status people_must_be_office(struct call *call) {
    bool founder = false;
    TRY(is_founder(call, &founder));
    if (founder) {
        return DONE;
    }
    struct rows *row;
    enum status status = store_find(
        call, &people_office_find, &row, bind_int("person", call->actor.person),
        bind_int("now", call->now), bind_text("code", STR(PEOPLE_UNIT_OFFICE)));
    if (status == ABSENT) {
        return call_refuse(call, DENIED, "", "people.only-office", NULL);
    }
    return status;
}

enum status people_must_be_security(struct call *call) {
    bool founder = false;
    TRY(is_founder(call, &founder));
    if (founder) {
        return DONE;
    }
    bool holds = false;
    TRY(people_holds(call, call->actor.person, PEOPLE_ROLE_SECURITY, 0, &holds));
    return holds ? DONE : call_refuse(call, DENIED, "", "people.only-security", NULL);
}

static enum status is_founder(struct call *call, bool *out_founder) {
    bool founded = true;
    if (call->actor.person == 0 && call->door == DOOR_CLI) {
        TRY(people_is_founded(call, &founded));
    }
    *out_founder = !founded;
    return DONE;
}
