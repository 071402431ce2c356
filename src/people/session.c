/*
 * Signing in and staying in.  A cookie holds 256 random bits, the database only
 * their digest.  A session ends with idleness, with its day, with its account and
 * with every change of the password; what it may do is asked anew at every call.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

#define TOKEN_SIZE    32
#define TOUCH         INSTANT_MINUTE
#define UNUSED_DAYS   90
#define LOGIN_MOST    64
#define PASSWORD_MOST 1024

struct sign_in {
    struct str login;
    struct str key;
    struct str address;
    id64 account; /* 0: there is none */
    id64 person;
    struct str hash;
    bool sample;  /* of a demonstration */
    bool entered; /* as a sample person, without a password */
    bool fits;
    struct factor_proof proof;
    enum factor_answer factor;
    struct str rehashed; /* empty: it need not be */
    struct people_session session;
};

static struct str fold_login(struct call *call, struct str login);
static enum status find_account(struct call *call, void *what);
static enum status sign_in_work(struct call *call, void *what);
static enum status open_session(struct call *call, struct sign_in *sign_in);
static enum status read_session(struct call *call, struct rows *row,
                                struct people_session *out_session);
static enum status set_password_age(struct call *call, struct rows *row,
                                    struct people_session *session);
static struct str new_token(struct call *call);
static struct str digest_of_token(struct call *call, const char *kind, struct str token);
static enum status touch_work(struct call *call, void *what);
static enum status rotate_work(struct call *call, void *what);
static enum status end_work(struct call *call, void *what);

enum status people_sign_in(struct call *call, struct str login, struct str password,
                           struct str address, struct people_session *out_session) {
    return people_sign_in_with(call, login, password, STR(""), address, out_session);
}

enum status people_sign_in_with(struct call *call, struct str login, struct str password,
                                struct str code, struct str address,
                                struct people_session *out_session) {
    struct str typed = fold_login(call, login);
    struct sign_in sign_in = {
        .login = typed, .key = attempt_key(call, "login", typed), .address = address};
    sign_in.hash = password_nobody();
    call->actor = (struct actor){0};
    TRY(store_transact(call, TXN_READ, find_account, &sign_in));
    bool fits =
        password.length <= PASSWORD_MOST && password_fits(sign_in.hash, password, NULL);
    sign_in.fits = fits && sign_in.account != 0;
    if (sign_in.fits && password_needs_rehash(sign_in.hash)) {
        sign_in.rehashed = password_hash(call, password, NULL);
    }
    if (sign_in.fits) {
        TRY(factor_judge(call, sign_in.account, code, &sign_in.proof));
    }
    enum status status = store_transact(call, TXN_WRITE, sign_in_work, &sign_in);
    if (status != DONE) {
        call->actor = (struct actor){0};
        return status;
    }
    if (str_is_empty(sign_in.session.token)) {
        struct ledger_act act = {.act = "people.sign-in",
                                 .subject = {SUBJECT_ACCOUNT, sign_in.account}};
        return ledger_settle(call, LEDGER_HOUSE, &act,
                             call_refuse(call, DENIED, "", "people.sign-in", NULL));
    }
    *out_session = sign_in.session;
    return DONE;
}

enum status people_sign_in_as(struct call *call, struct str login, struct str address,
                              struct people_session *out_session) {
    struct str typed = fold_login(call, login);
    struct sign_in sign_in = {.login = typed,
                              .key = attempt_key(call, "login", typed),
                              .address = address,
                              .entered = true,
                              .fits = true};
    TRY(store_transact(call, TXN_READ, find_account, &sign_in));
    if (!sign_in.sample) {
        return ABSENT;
    }
    TRY(store_transact(call, TXN_WRITE, sign_in_work, &sign_in));
    if (str_is_empty(sign_in.session.token)) {
        return ABSENT;
    }
    *out_session = sign_in.session;
    return DONE;
}

enum status people_session_open(struct call *call, struct str token,
                                struct people_session *out_session) {
    struct rows *row;
    struct people_session session;
    TRY(store_find(call, &people_session_by_token, &row,
                   bind_text("token", digest_of_token(call, "session", token))));
    TRY(read_session(call, row, &session));
    session.csrf = digest_of_token(call, "csrf", token);
    if (call->now - session.seen_at >= TOUCH) {
        TRY(store_transact(call, TXN_WRITE, touch_work, &session.id));
        session.seen_at = call->now;
    }
    call->actor = (struct actor){.person = session.person, .session = session.id};
    *out_session = session;
    return DONE;
}

bool people_csrf_is_right(struct call *call, struct str token, struct str given) {
    return bytes_equal_secret(bytes_of_str(digest_of_token(call, "csrf", token)),
                              bytes_of_str(given));
}

enum status people_session_rotate(struct call *call, struct people_session *out_session) {
    struct people_session session = {.id = call->actor.session, .token = new_token(call)};
    TRY(store_transact(call, TXN_WRITE, rotate_work, &session));
    session.csrf = digest_of_token(call, "csrf", session.token);
    *out_session = session;
    return DONE;
}

enum status people_session_end(struct call *call, id64 session) {
    struct ledger_act act = {.act = "people.session-end",
                             .subject = {SUBJECT_SESSION, session}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, end_work, &session));
}

enum status people_sessions(struct call *call, id64 person,
                            struct people_sessions *out_sessions) {
    struct people_sessions sessions = {0};
    struct rows *rows;
    if (person == 0 || person != call->actor.person) {
        TRY(people_must_be_security(call));
    }
    TRY(store_query(call, &people_sessions_open, &rows, bind_int("person_low", person),
                    bind_int("person_high", person == 0 ? INT64_MAX : person),
                    bind_int("seen_after", call->now - PEOPLE_SESSION_IDLE),
                    bind_int("opened_after", call->now - PEOPLE_SESSION_ABSOLUTE)));
    while (rows_next(rows)) {
        sessions.at =
            list_grow(call->arena, sessions.at, sessions.count, sizeof *sessions.at);
        if (read_session(call, rows, &sessions.at[sessions.count]) == DONE) {
            sessions.count++;
        }
    }
    TRY(rows_end(rows));
    *out_sessions = sessions;
    return DONE;
}

enum status sessions_end(struct call *call, id64 account, id64 but) {
    return store_run(call, &people_sessions_of_account, NULL,
                     bind_int("account", account), bind_int("but", but));
}

static struct str fold_login(struct call *call, struct str login) {
    struct str trimmed = str_trim(login);
    if (trimmed.length > LOGIN_MOST) {
        trimmed.length = 0; /* no account has such a login */
    }
    char *copy = arena_copy(call->arena, trimmed.at, trimmed.length);
    for (size_t i = 0; i < trimmed.length; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] - 'A' + 'a');
        }
    }
    return (struct str){copy, trimmed.length};
}

static enum status find_account(struct call *call, void *what) {
    struct sign_in *sign_in = what;
    struct rows *row;
    sign_in->account = 0;
    enum status status = store_find(call, &people_account_by_login, &row,
                                    bind_text("login", sign_in->login));
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    if (row_int(row, "state") == PEOPLE_ACCOUNT_ACTIVE) {
        sign_in->account = row_id(row, "id");
        sign_in->person = row_id(row, "person");
        sign_in->hash = row_text(row, "password");
        sign_in->sample = row_int(row, "sample") != 0;
    }
    return DONE;
}

/* Counts a failure and answers DONE without a session; the counting must stay. */
static enum status sign_in_work(struct call *call, void *what) {
    struct sign_in *sign_in = what;
    struct rows *row;
    int64_t failed = 0;
    bool locked = false;
    TRY(attempt_lock(call, sign_in->key, &failed, &locked));
    if (locked) {
        return DONE;
    }
    if (sign_in->fits && !sign_in->entered) {
        TRY(factor_redeem(call, &sign_in->proof, &sign_in->factor));
    }
    if (!sign_in->fits || sign_in->factor == FACTOR_WRONG) {
        return attempt_failed(call, sign_in->key, failed, &locked);
    }
    TRY(store_run(call, &people_attempt_drop, NULL, bind_text("login", sign_in->key)));
    TRY(store_find(call, &people_account_by_id, &row,
                   bind_int("account", sign_in->account)));
    instant last = row_int(row, "signed_in_at");
    if (row_int(row, "state") != PEOPLE_ACCOUNT_ACTIVE) {
        return DONE;
    }
    if (!sign_in->sample && last != 0 && call->now - last > UNUSED_DAYS * INSTANT_DAY) {
        return account_shut(call, sign_in->account, STR("90 天未使用"));
    }
    sign_in->session.last_sign_in = last;
    return open_session(call, sign_in);
}

static enum status open_session(struct call *call, struct sign_in *sign_in) {
    struct rows *row;
    id64 id = call_new_id(call);
    struct str token = new_token(call);
    TRY(store_run(call, &people_sessions_sweep, NULL,
                  bind_int("seen_before", call->now - PEOPLE_SESSION_IDLE),
                  bind_int("opened_before", call->now - PEOPLE_SESSION_ABSOLUTE)));
    TRY(store_run(
        call, &people_session_insert, NULL, bind_int("session", id),
        bind_text("token", digest_of_token(call, "session", token)),
        bind_int("account", sign_in->account), bind_int("person", sign_in->person),
        bind_int("now", call->now), bind_int("before", sign_in->session.last_sign_in),
        bind_text("address", sign_in->address), bind_int("factor", sign_in->factor)));
    if (!str_is_empty(sign_in->rehashed)) {
        TRY(store_run(call, &people_account_rehash, NULL,
                      bind_int("account", sign_in->account),
                      bind_text("password", sign_in->rehashed)));
    }
    TRY(store_run(call, &people_account_signed_in, NULL,
                  bind_int("account", sign_in->account), bind_int("now", call->now)));
    TRY(store_find(call, &people_session_by_id, &row, bind_int("session", id)));
    struct people_session session;
    TRY(read_session(call, row, &session));
    call->actor = (struct actor){.person = session.person, .session = id};
    struct ledger_act act = {.act = "people.sign-in",
                             .subject = {SUBJECT_ACCOUNT, sign_in->account}};
    TRY(ledger_append(call, LEDGER_HOUSE, &act, NULL));
    session.token = token;
    session.csrf = digest_of_token(call, "csrf", token);
    sign_in->session = session;
    return DONE;
}

/* ABSENT if it is over. */
static enum status read_session(struct call *call, struct rows *row,
                                struct people_session *out_session) {
    struct people_session session = {.id = row_id(row, "id"),
                                     .account = row_id(row, "account"),
                                     .person = row_id(row, "person"),
                                     .name = row_text(row, "name"),
                                     .token = STR(""),
                                     .csrf = STR(""),
                                     .opened_at = row_int(row, "opened_at"),
                                     .seen_at = row_int(row, "seen_at"),
                                     .last_sign_in = row_int(row, "before_at"),
                                     .address = row_text(row, "address")};
    if (!row_is_null(row, "gone_at") || row_int(row, "state") != PEOPLE_ACCOUNT_ACTIVE ||
        call->now - session.seen_at >= PEOPLE_SESSION_IDLE ||
        call->now - session.opened_at >= PEOPLE_SESSION_ABSOLUTE) {
        return ABSENT;
    }
    session.has_factor = row_int(row, "has_factor") != 0;
    bool sample = row_int(row, "sample") != 0;
    bool by_recovery = row_int(row, "factor") == FACTOR_RECOVERY;
    TRY(set_password_age(call, row, &session));
    if (by_recovery) {
        session.must_enrol = true;
    } else if (!session.has_factor && !sample) {
        TRY(factor_is_demanded(call, session.person, &session.must_enrol));
    }
    *out_session = session;
    return DONE;
}

/* A demonstration does not age. */
static enum status set_password_age(struct call *call, struct rows *row,
                                    struct people_session *session) {
    instant age = call->now - row_int(row, "password_at");
    bool given = row_int(row, "must_change") != 0;
    struct people_password_rule rule = {.days_rule = STR("")};
    session->days_left = PASSWORD_DAYS;
    session->password_rule = STR("");
    if (row_int(row, "sample") != 0) {
        return DONE;
    }
    TRY(people_password_rule(call, session->person, &rule));
    session->password_days = rule.days;
    session->password_rule = rule.days_rule;
    session->must_change = given;
    if (rule.days > 0) {
        int64_t left = rule.days - age / INSTANT_DAY;
        session->days_left = left < 0 ? 0 : (int)left;
        session->must_change = given || left <= 0;
        session->must_renew = !given && left <= 0;
    }
    return DONE;
}

static struct str new_token(struct call *call) {
    return bytes_to_base64(call->arena, call_random(call, TOKEN_SIZE));
}

/* 43 characters, from which the token cannot be found; one for each purpose. */
static struct str digest_of_token(struct call *call, const char *kind, struct str token) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, kind, token);
    struct digest digest = digest_end(&digesting);
    return bytes_to_base64(call->arena, (struct bytes){digest.at, DIGEST_SIZE});
}

static enum status touch_work(struct call *call, void *what) {
    return store_run(call, &people_session_touch, NULL,
                     bind_int("session", *(id64 *)what), bind_int("now", call->now));
}

static enum status rotate_work(struct call *call, void *what) {
    struct people_session *session = what;
    struct rows *row;
    struct people_session found;
    struct str token = session->token;
    TRY(store_run(call, &people_session_token, NULL, bind_int("session", session->id),
                  bind_text("token", digest_of_token(call, "session", token))));
    TRY(store_find(call, &people_session_by_id, &row, bind_int("session", session->id)));
    TRY(read_session(call, row, &found));
    found.token = token;
    *session = found;
    return DONE;
}

static enum status end_work(struct call *call, void *what) {
    id64 session = *(id64 *)what;
    struct rows *row;
    TRY(store_find(call, &people_session_by_id, &row, bind_int("session", session)));
    bool own = row_id(row, "person") == call->actor.person && call->actor.person != 0;
    if (!own) {
        TRY(people_must_be_security(call));
    }
    TRY(store_run(call, &people_session_delete, NULL, bind_int("session", session)));
    struct ledger_act act = {.act = own ? "people.sign-out" : "people.session-end",
                             .subject = {SUBJECT_SESSION, session}};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}
