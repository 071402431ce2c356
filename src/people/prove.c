/*
 * Wrong passwords: counted by what was typed as the login, whether there is such
 * an account or not, so that both cost the same and lock alike; and the proof of
 * a signer, which is counted apart, so that a stranger who locks the sign-in does
 * not keep anybody from signing who is in already.
 */
#include "people_own.h"

#define FAILED_MOST    5
#define LOCK_FIRST     (15 * INSTANT_MINUTE)
#define LOCK_MOST      INSTANT_DAY
#define DOUBLINGS_MOST 8
#define FORGET         INSTANT_DAY

struct proof {
    struct str key;
    bool fits;
    bool locked; /* answered */
    id64 account;
    struct str rehashed; /* empty: the hash is of today's form */
    struct factor_proof factor;
    enum factor_answer answer;
};

static enum status prove_by(struct call *call, struct str password, struct str code,
                            struct key_secret *wrap);
static enum status prove_work(struct call *call, void *what);
static enum status read_account(struct call *call, void *what);

struct own_account;
static enum status add_age(struct call *call, instant changed_at,
                           struct own_account *account);

struct own_account {
    id64 id;
    struct str password;
    bool by_recovery; /* this session was opened with a recovery code */
    bool demanded;    /* a second factor, where no page would ask to set one up */
    bool is_over;     /* the password, where no page would ask for another */
};

enum status people_prove(struct call *call, struct str password) {
    return people_prove_with(call, password, STR(""));
}

enum status people_prove_with(struct call *call, struct str password, struct str code) {
    struct key_secret wrap = {{0}};
    call->actor.freshly_proven = false;
    call->actor.key = NULL;
    enum status status = prove_by(call, password, code, &wrap);
    key_wipe(&wrap, sizeof wrap);
    return status;
}

static enum status prove_by(struct call *call, struct str password, struct str code,
                            struct key_secret *wrap) {
    struct own_account account = {0};
    struct ledger_act act = {.act = "people.prove"};
    TRY(store_transact(call, TXN_READ, read_account, &account));
    act.subject = (struct subject){SUBJECT_ACCOUNT, account.id};
    struct proof proof = {
        .account = account.id,
        .key = attempt_key(call, "prove", id_to_text(call->arena, account.id)),
        .fits = password_fits(account.password, password, wrap)};
    if (proof.fits && password_needs_rehash(account.password)) {
        proof.rehashed = password_hash(call, password, wrap);
    }
    TRY(factor_judge(call, account.id, code, &proof.factor));
    if (account.by_recovery) { /* its session can do nothing but set up anew */
        proof.factor.account = 0;
    }
    TRY(store_transact(call, TXN_WRITE, prove_work, &proof));
    const char *wrong = proof.locked                   ? "people.locked"
                        : !proof.fits                  ? "people.password-wrong"
                        : proof.answer == FACTOR_WRONG ? "people.code-wrong"
                        : account.is_over              ? "people.password-first"
                        : account.demanded && proof.answer == FACTOR_NONE
                            ? "people.factor-first"
                            : NULL;
    if (wrong != NULL) {
        return ledger_settle(call, LEDGER_HOUSE, &act,
                             call_refuse(call, DENIED, "", wrong, NULL));
    }
    TRY(key_open(call, call->actor.person, wrap,
                 proof.answer == FACTOR_CODE ? "password+code" : "password",
                 &call->actor.key));
    call->actor.freshly_proven = true;
    return DONE;
}

struct str attempt_key(struct call *call, const char *kind, struct str what) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, kind, what);
    struct digest digest = digest_end(&digesting);
    return digest_to_text(call->arena, &digest);
}

enum status attempt_lock(struct call *call, struct str key, int64_t *out_failed,
                         bool *out_locked) {
    struct rows *row;
    TRY(store_run(call, &people_attempt_insert, NULL, bind_text("login", key),
                  bind_int("now", call->now)));
    TRY(store_find(call, &people_attempt_lock, &row, bind_text("login", key)));
    *out_failed = row_int(row, "failed");
    *out_locked = row_int(row, "locked_until") > call->now;
    return DONE;
}

enum status attempt_failed(struct call *call, struct str key, int64_t failed,
                           bool *out_locked) {
    instant locked_until = 0;
    failed++;
    if (failed >= FAILED_MOST) {
        int64_t doublings = failed - FAILED_MOST;
        doublings = doublings > DOUBLINGS_MOST ? DOUBLINGS_MOST : doublings;
        instant span = LOCK_FIRST << doublings;
        locked_until = call->now + (span > LOCK_MOST ? LOCK_MOST : span);
    }
    *out_locked = locked_until != 0;
    TRY(store_run(call, &people_attempt_set, NULL, bind_text("login", key),
                  bind_int("failed", failed), bind_int("locked_until", locked_until),
                  bind_int("now", call->now)));
    return store_run(call, &people_attempts_sweep, NULL,
                     bind_int("before", call->now - FORGET));
}

static enum status prove_work(struct call *call, void *what) {
    struct proof *proof = what;
    int64_t failed = 0;
    TRY(attempt_lock(call, proof->key, &failed, &proof->locked));
    if (proof->locked) {
        return DONE;
    }
    if (proof->fits) {
        TRY(factor_redeem(call, &proof->factor, &proof->answer));
    }
    if (!proof->fits || proof->answer == FACTOR_WRONG) {
        return attempt_failed(call, proof->key, failed, &proof->locked);
    }
    if (!str_is_empty(proof->rehashed)) {
        TRY(store_run(call, &people_account_rehash, NULL,
                      bind_int("account", proof->account),
                      bind_text("password", proof->rehashed)));
    }
    return store_run(call, &people_attempt_drop, NULL, bind_text("login", proof->key));
}

/* Older than any rule that binds its holder lets it grow. */
static enum status add_age(struct call *call, instant changed_at,
                           struct own_account *account) {
    struct people_password_rule rule = {.days_rule = STR("")};
    TRY(people_password_rule(call, call->actor.person, &rule));
    int64_t age = (call->now - changed_at) / INSTANT_DAY;
    account->is_over = account->is_over || (rule.days > 0 && age >= rule.days);
    return DONE;
}

static enum status read_account(struct call *call, void *what) {
    struct own_account *account = what;
    struct rows *row;
    enum status status = store_find(call, &people_account_by_person, &row,
                                    bind_int("person", call->actor.person));
    if (status == ABSENT ||
        (status == DONE && row_int(row, "state") != PEOPLE_ACCOUNT_ACTIVE)) {
        return call_refuse(call, DENIED, "", "people.no-account", NULL);
    }
    TRY(status);
    account->id = row_id(row, "id");
    account->password = row_text(row, "password");
    if (call->door == DOOR_API && row_int(row, "sample") == 0) {
        instant changed_at = row_int(row, "password_at");
        account->is_over = row_int(row, "must_change") != 0;
        TRY(add_age(call, changed_at, account));
        TRY(factor_is_demanded(call, call->actor.person, &account->demanded));
    }
    status = store_find(call, &people_session_by_id, &row,
                        bind_int("session", call->actor.session));
    account->by_recovery = status == DONE && row_int(row, "factor") == FACTOR_RECOVERY;
    return status == ABSENT ? DONE : status;
}
