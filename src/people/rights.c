/*
 * Who may do what about people.  The machine's operator founds a workspace and
 * has no say afterwards; then the office keeps posts and appointments, and the
 * security administrator accounts: nobody can give himself both.
 */
#include "people_own.h"

static enum status is_founder(struct call *call, id64 body, bool *out_founder);
static enum status body_is_founded(struct call *call, id64 body, bool *out_founded);

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
    return people_must_be_office_of(call, 0);
}

enum status people_must_be_office_of(struct call *call, id64 body) {
    bool founder = false;
    TRY(is_founder(call, body, &founder));
    if (founder) {
        return DONE;
    }
    struct rows *row;
    enum status status =
        store_find(call, &people_office_find, &row,
                   bind_int("person", call->actor.person), bind_int("now", call->now),
                   bind_text("code", STR(PEOPLE_UNIT_OFFICE)), bind_int("body", body));
    if (status == ABSENT) {
        return call_refuse(call, DENIED, "", "people.only-office", NULL);
    }
    return status;
}

enum status people_must_be_security(struct call *call) {
    bool founder = false;
    TRY(is_founder(call, 0, &founder));
    if (founder) {
        return DONE;
    }
    bool holds = false;
    TRY(people_holds(call, call->actor.person, PEOPLE_ROLE_SECURITY, 0, &holds));
    return holds ? DONE : call_refuse(call, DENIED, "", "people.only-security", NULL);
}

bool people_is_operator(const struct call *call) {
    return call->actor.person == 0 && call->door == DOOR_CLI;
}

/* Of the workspace (body 0), or of one body: until its founding is over. */
static enum status is_founder(struct call *call, id64 body, bool *out_founder) {
    bool founded = true;
    if (people_is_operator(call)) {
        TRY(body == 0 ? people_is_founded(call, &founded)
                      : body_is_founded(call, body, &founded));
    }
    *out_founder = !founded;
    return DONE;
}

static enum status body_is_founded(struct call *call, id64 body, bool *out_founded) {
    struct rows *row;
    enum status status =
        store_find(call, &people_body_find, &row, bind_int("body", body));
    if (status != DONE && status != ABSENT) {
        return status;
    }
    *out_founded = status == DONE;
    return DONE;
}
