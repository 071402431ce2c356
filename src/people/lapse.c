/*
 * What follows when somebody leaves a post: who is to know is told in the same act, and
 * where the rulebook wants it, an account whose holder has no post left is shut that day,
 * by the act that ended it or, for an end that was set beforehand, by the clock.
 */
#include "people_own.h"

#define IDLE_MOST 500

struct lapse {
    id64 account;
    id64 person;
};

static enum status lapse(struct call *call, void *what);
static enum status has_post(struct call *call, id64 person, bool *out_has);
static enum status shut(struct call *call, id64 person);

enum status appointment_left(struct call *call, const struct people_holding *holding) {
    struct staff_change change = {.post = holding->post,
                                  .unit = holding->unit,
                                  .role = holding->role,
                                  .name = holding->name,
                                  .left = true};
    bool has = false;
    if (call->house->staff_changed == NULL) {
        return DONE;
    }
    TRY(call->house->staff_changed(call, &change));
    TRY(has_post(call, holding->person, &has));
    return change.suspend && !has ? shut(call, holding->person) : DONE;
}

enum status people_idle_accounts(struct call *call,
                                 struct people_accounts *out_accounts) {
    struct people_accounts accounts = {0};
    struct rows *rows;
    TRY(store_query(call, &people_accounts_idle, &rows, bind_int("now", call->now)));
    while (rows_next(rows) && accounts.count < IDLE_MOST) {
        struct people_account account = {.id = row_id(rows, "id"),
                                         .person = row_id(rows, "person"),
                                         .name = row_text(rows, "name"),
                                         .login = row_text(rows, "login"),
                                         .state = PEOPLE_ACCOUNT_ACTIVE};
        accounts.at =
            list_grow(call->arena, accounts.at, accounts.count, sizeof *accounts.at);
        accounts.at[accounts.count++] = account;
    }
    TRY(rows_end(rows));
    *out_accounts = accounts;
    return DONE;
}

enum status people_lapse(struct call *call, size_t *out_count) {
    struct people_accounts idle;
    *out_count = 0;
    TRY(people_idle_accounts(call, &idle));
    for (size_t i = 0; i < idle.count; i++) {
        struct lapse one = {idle.at[i].id, idle.at[i].person};
        TRY(store_transact(call, TXN_WRITE, lapse, &one));
        struct people_account account;
        TRY(people_account(call, one.account, &account));
        *out_count += account.state == PEOPLE_ACCOUNT_DISABLED;
    }
    return DONE;
}

/* The post left last says whether the account goes with it. */
static enum status lapse(struct call *call, void *what) {
    const struct lapse *one = what;
    struct people_holdings past;
    struct rows *row;
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", one->account)));
    TRY(people_appointments(call, one->person, true, &past));
    return past.count == 0 ? DONE : appointment_left(call, &past.at[0]);
}

static enum status has_post(struct call *call, id64 person, bool *out_has) {
    struct people_holdings holdings;
    TRY(people_appointments(call, person, false, &holdings));
    *out_has = holdings.count > 0;
    return DONE;
}

static enum status shut(struct call *call, id64 person) {
    struct rows *row;
    enum status found =
        store_find(call, &people_account_by_person, &row, bind_int("person", person));
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    if (row_int(row, "state") != PEOPLE_ACCOUNT_ACTIVE) {
        return DONE;
    }
    return account_shut(call, row_id(row, "id"), STR("离任"));
}
