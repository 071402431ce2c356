/*
 * Accounts: asked for by the office, opened and closed by the security
 * administrator, changed in their password by their holder.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

#define LOGIN_LEAST 2
#define LOGIN_MOST  32

struct change_wish {
    id64 account;
    struct password_owner owner;
    struct str former[PASSWORD_FORMER_MOST + 1];
    size_t former_count;
    struct str hash;
    struct str wrapped; /* the pair that its holder signs with, under the new password */
};

static enum status read_account(struct call *call, struct rows *rows,
                                struct people_account *out_account);
static enum status read_owner(struct call *call, id64 account, id64 person,
                              struct str login, struct password_owner *out_owner);
static bool is_login(struct str login);
static enum status open_work(struct call *call, void *what);
static enum status disable_work(struct call *call, void *what);
static enum status unlock_work(struct call *call, void *what);
static enum status read_former(struct call *call, void *what);
static enum status change_work(struct call *call, void *what);
static enum status keep_former(struct call *call, id64 account);
static enum status record(struct call *call, const char *act, id64 account,
                          struct str reason);

enum status people_account(struct call *call, id64 account,
                           struct people_account *out_account) {
    struct rows *row;
    TRY(store_find(call, &people_account_by_id, &row, bind_int("account", account)));
    return read_account(call, row, out_account);
}

enum status people_accounts(struct call *call, const struct people_page *page,
                            struct people_accounts *out_accounts) {
    struct people_accounts accounts = {0};
    struct rows *rows;
    size_t most = (size_t)page_most(page);
    TRY(store_query(call, &people_accounts_page, &rows,
                    bind_text("search", page == NULL ? STR("") : page->search),
                    bind_int("most", (int64_t)most + 1),
                    bind_int("first", page == NULL ? 0 : page->first)));
    while (rows_next(rows)) {
        if (accounts.count == most) {
            accounts.more = true;
            break;
        }
        accounts.at =
            list_grow(call->arena, accounts.at, accounts.count, sizeof *accounts.at);
        TRY(read_account(call, rows, &accounts.at[accounts.count++]));
    }
    TRY(rows_end(rows));
    *out_accounts = accounts;
    return DONE;
}

enum status people_account_request(struct call *call, id64 person, struct str login,
                                   id64 *out_account) {
    struct account_wish wish = {.person = person, .login = login};
    struct ledger_act act = {.act = "people.account-request",
                             .subject = {SUBJECT_PERSON, person}};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act,
                      store_transact(call, TXN_WRITE, account_request_work, &wish)));
    *out_account = wish.account;
    return DONE;
}

enum status people_account_open(struct call *call, id64 account, struct str password,
                                bool lasting) {
    struct people_account found;
    struct password_owner owner;
    bool founded = true;
    struct account_wish wish = {.account = account, .lasting = lasting};
    struct ledger_act act = {.act = "people.account-open",
                             .subject = {SUBJECT_ACCOUNT, account}};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act, people_must_be_security(call)));
    TRY(people_account(call, account, &found));
    TRY(read_owner(call, account, found.person, found.login, &owner));
    TRY(people_is_founded(call, &founded));
    owner.sample = lasting && !founded;
    txn_abort(call); /* the view: nothing is open while hashing */
    TRY(password_check(call, "password", password, &owner, NULL, 0));
    wish.password = password_hash(call, password, NULL);
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, open_work, &wish));
}

enum status people_account_disable(struct call *call, id64 account, struct str reason) {
    struct account_wish wish = {.account = account, .reason = reason};
    struct ledger_act act = {.act = "people.account-disable",
                             .subject = {SUBJECT_ACCOUNT, account}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, disable_work, &wish));
}

enum status people_account_unlock(struct call *call, id64 account) {
    struct account_wish wish = {.account = account};
    struct ledger_act act = {.act = "people.account-unlock",
                             .subject = {SUBJECT_ACCOUNT, account}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, unlock_work, &wish));
}

enum status people_password_change(struct call *call, struct str old, struct str code,
                                   struct str wanted) {
    struct change_wish wish = {0};
    struct key_secret wrap;
    TRY(people_prove_with(call, old, code));
    TRY(store_transact(call, TXN_READ, read_former, &wish));
    TRY(password_check(call, "password", wanted, &wish.owner, wish.former,
                       wish.former_count));
    wish.hash = password_hash(call, wanted, &wrap);
    enum status status = key_wrap(call, call->actor.key, &wrap, &wish.wrapped);
    key_wipe(&wrap, sizeof wrap);
    TRY(status);
    return store_transact(call, TXN_WRITE, change_work, &wish);
}

enum status account_request_work(struct call *call, void *what) {
    struct account_wish *wish = what;
    struct rows *row;
    int64_t made = 0;
    if (people_must_be_office(call) != DONE) {
        call_forgive(call);
        TRY(people_must_be_security(call));
    }
    if (!is_login(wish->login)) {
        return call_refuse_field(call, "login", "", "people.login", NULL);
    }
    TRY(store_find(call, &people_person_lock, &row, bind_int("person", wish->person)));
    wish->account = call_new_id(call);
    TRY(store_run(call, &people_account_insert, &made, bind_int("account", wish->account),
                  bind_int("person", wish->person), bind_text("login", wish->login)));
    if (made == 0) {
        return call_refuse_field(call, "login", "", "people.login-taken", "login",
                                 str_text(call->arena, wish->login), NULL);
    }
    return record(call, "people.account-request", wish->account, wish->login);
}

enum status account_shut(struct call *call, id64 account, struct str reason) {
    TRY(store_run(call, &people_account_state, NULL, bind_int("account", account),
                  bind_int("state", PEOPLE_ACCOUNT_DISABLED)));
    TRY(sessions_end(call, account, 0));
    return record(call, "people.account-disable", account, reason);
}

static enum status read_account(struct call *call, struct rows *rows,
                                struct people_account *out_account) {
    struct rows *attempt;
    struct people_account account = {
        .id = row_id(rows, "id"),
        .person = row_id(rows, "person"),
        .name = row_text(rows, "name"),
        .login = row_text(rows, "login"),
        .state = (enum people_account_state)row_int(rows, "state"),
        .must_change = row_int(rows, "must_change") != 0,
        .sample = row_int(rows, "sample") != 0,
        .password_at = row_int(rows, "password_at"),
        .signed_in_at = row_int(rows, "signed_in_at")};
    enum status status =
        store_find(call, &people_attempt_read, &attempt,
                   bind_text("login", attempt_key(call, "login", account.login)));
    if (status == DONE) {
        account.failed = (int)row_int(attempt, "failed");
        instant until = row_int(attempt, "locked_until");
        account.locked_until = until > call->now ? until : 0;
    } else if (status != ABSENT) {
        return status;
    }
    *out_account = account;
    return DONE;
}

static enum status read_owner(struct call *call, id64 account, id64 person,
                              struct str login, struct password_owner *out_owner) {
    struct people_person found;
    struct factor factor;
    TRY(factor_read(call, account, &factor));
    TRY(people_person(call, person, &found));
    struct people_password_rule rule;
    TRY(people_password_rule(call, person, &rule));
    *out_owner = (struct password_owner){.login = login,
                                         .name = found.name,
                                         .pinyin = found.pinyin,
                                         .second_factor = factor.active,
                                         .rule = rule};
    return DONE;
}

static bool is_login(struct str login) {
    bool good = login.length >= LOGIN_LEAST && login.length <= LOGIN_MOST;
    for (size_t i = 0; i < login.length; i++) {
        char byte = login.at[i];
        good = good && ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                        byte == '.' || byte == '_' || byte == '-');
    }
    return good;
}

static enum status open_work(struct call *call, void *what) {
    struct account_wish *wish = what;
    struct rows *row;
    bool founded = true;
    TRY(people_must_be_security(call));
    TRY(people_is_founded(call, &founded));
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", wish->account)));
    if (row_id(row, "person") == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.own-account", NULL);
    }
    struct str login = row_text(row, "login");
    TRY(keep_former(call, wish->account));
    TRY(store_run(
        call, &people_account_password, NULL, bind_int("account", wish->account),
        bind_text("password", wish->password),
        bind_int("must_change", founded || !wish->lasting),
        bind_int("sample", !founded && wish->lasting), bind_int("now", call->now)));
    TRY(sessions_end(call, wish->account, 0));
    TRY(store_run(call, &people_attempt_drop, NULL,
                  bind_text("login", attempt_key(call, "login", login))));
    return record(call, "people.account-open", wish->account, STR(""));
}

static enum status disable_work(struct call *call, void *what) {
    struct account_wish *wish = what;
    struct rows *row;
    TRY(people_must_be_security(call));
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", wish->account)));
    if (row_id(row, "person") == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.own-account", NULL);
    }
    return account_shut(call, wish->account, wish->reason);
}

static enum status unlock_work(struct call *call, void *what) {
    struct account_wish *wish = what;
    struct rows *row;
    TRY(people_must_be_security(call));
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", wish->account)));
    struct str login = row_text(row, "login");
    struct str own = id_to_text(call->arena, wish->account);
    TRY(store_run(call, &people_attempt_drop, NULL,
                  bind_text("login", attempt_key(call, "login", login))));
    TRY(store_run(call, &people_attempt_drop, NULL,
                  bind_text("login", attempt_key(call, "prove", own))));
    return record(call, "people.account-unlock", wish->account, STR(""));
}

/* The present password and those before it. */
static enum status read_former(struct call *call, void *what) {
    struct change_wish *wish = what;
    struct rows *rows;
    TRY(store_find(call, &people_account_by_person, &rows,
                   bind_int("person", call->actor.person)));
    wish->account = row_id(rows, "id");
    TRY(read_owner(call, wish->account, call->actor.person, row_text(rows, "login"),
                   &wish->owner));
    wish->former[0] = row_text(rows, "password");
    wish->former_count = 1;
    TRY(store_query(call, &people_old_passwords, &rows,
                    bind_int("account", wish->account),
                    bind_int("most", PASSWORD_FORMER_MOST - 1)));
    while (rows_next(rows) && wish->former_count < PASSWORD_FORMER_MOST) {
        wish->former[wish->former_count++] = row_text(rows, "password");
    }
    return rows_end(rows);
}

static enum status change_work(struct call *call, void *what) {
    struct change_wish *wish = what;
    struct rows *row;
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", wish->account)));
    if (!str_equal(row_text(row, "password"), wish->former[0])) {
        return STALE; /* changed by somebody else meanwhile */
    }
    TRY(keep_former(call, wish->account));
    TRY(store_run(call, &people_account_password, NULL,
                  bind_int("account", wish->account), bind_text("password", wish->hash),
                  bind_int("must_change", 0), bind_int("sample", 0),
                  bind_int("now", call->now)));
    TRY(store_run(call, &people_key_rewrap, NULL, bind_id("id", call->actor.key->id),
                  bind_text("wrapped", wish->wrapped)));
    TRY(sessions_end(call, wish->account, call->actor.session));
    return record(call, "people.password", wish->account, STR(""));
}

static enum status keep_former(struct call *call, id64 account) {
    struct rows *row;
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", account)));
    struct str password = row_text(row, "password");
    if (str_is_empty(password)) {
        return DONE;
    }
    return store_run(
        call, &people_old_password_insert, NULL, bind_int("account", account),
        bind_int("set_at", row_int(row, "password_at")), bind_text("password", password));
}

static enum status record(struct call *call, const char *act, id64 account,
                          struct str reason) {
    struct ledger_act entry = {.act = act, .subject = {SUBJECT_ACCOUNT, account}};
    if (!str_is_empty(reason)) {
        entry.payload =
            ledger_payload(call, json_pack("{s:s%}", "reason", reason.at, reason.length));
    }
    return ledger_append(call, LEDGER_HOUSE, &entry, NULL);
}
