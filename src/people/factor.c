/*
 * One-time codes (RFC 6238: HMAC-SHA-1, six digits, thirty seconds) beside the password.
 *
 * A code is taken once: the step it belongs to must be later than the last one taken, at
 * sign-in and at signing alike.  One step before and after the clock's is tolerated.  The
 * seed lies sealed with a key of the workspace and is shown to its holder while he sets
 * it up, and never again.  A recovery code stands in for a code once, and who came in by
 * one sets up anew before anything else; so losing a telephone never leaves an account
 * with a password alone.
 */
#include "people_own.h"

#include "rulebook/rulebook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define SEED_SIZE      20
#define STEP           (30 * INSTANT_SECOND)
#define STEPS_AROUND   1
#define DIGITS         6
#define MODULUS        1000000
#define CODE_MOST      32
#define RECOVERY_CODES 10
#define RECOVERY_SIZE  12 /* letters of 32: 60 bits */

static const struct keyring_purpose seeds = {.name = "factors"};

struct factor_wish {
    id64 account;
    struct str seed; /* sealed */
    int64_t step;
    const struct people_recovery *recovery;
};

static enum status settings_demand(struct call *call, id64 person, bool *out_demanded);
static enum status own_account(struct call *call, struct factor *out_factor,
                               struct str *out_login);
static enum status unseal(struct call *call, id64 account, struct str sealed,
                          struct bytes *out_seed);
static int64_t matching_step(struct call *call, struct bytes seed, struct str code);
static struct str plain_code(struct call *call, struct str typed);
static struct str recovery_digest(struct call *call, id64 account, struct str plain);
static void make_recovery(struct call *call, struct people_recovery *recovery);
static enum status keep_recovery(struct call *call, id64 account,
                                 const struct people_recovery *recovery);
static enum status begin_work(struct call *call, void *what);
static enum status confirm_work(struct call *call, void *what);
static enum status help_work(struct call *call, void *what);
static enum status record(struct call *call, const char *act, id64 account);
static struct str base32(struct call *call, struct bytes bytes);
static struct str setting_up(struct call *call, struct str login, struct str seed);

/* ---- what other rooms ask ---- */

enum status people_factor(struct call *call, struct people_factor *out_factor) {
    struct factor factor;
    struct str login;
    struct people_factor answer = {.seed = STR(""), .address = STR("")};
    TRY(own_account(call, &factor, &login));
    answer.active = factor.active;
    answer.recovery_left = factor.recovery_left;
    TRY(factor_is_demanded(call, call->actor.person, &answer.demanded));
    if (factor.pending.length > 0) {
        struct bytes seed;
        TRY(unseal(call, factor.account, factor.pending, &seed));
        answer.seed = base32(call, seed);
        answer.address = setting_up(call, login, answer.seed);
    }
    *out_factor = answer;
    return DONE;
}

enum status people_factor_begin(struct call *call) {
    struct ledger_act act = {.act = "people.factor-begin",
                             .subject = {SUBJECT_PERSON, call->actor.person}};
    struct factor factor;
    struct str login;
    TRY(own_account(call, &factor, &login));
    if (!call->actor.freshly_proven) {
        return ledger_settle(call, LEDGER_HOUSE, &act,
                             call_refuse(call, DENIED, "", "people.prove-first", NULL));
    }
    struct factor_wish wish = {.account = factor.account};
    TRY(keyring_seal(call, &seeds, id_to_text(call->arena, factor.account),
                     call_random(call, SEED_SIZE), &wish.seed));
    return store_transact(call, TXN_WRITE, begin_work, &wish);
}

enum status people_factor_confirm(struct call *call, struct str code,
                                  struct people_recovery *out_recovery) {
    struct factor factor;
    struct str login;
    struct bytes seed;
    TRY(own_account(call, &factor, &login));
    if (factor.pending.length == 0) {
        return call_refuse(call, REFUSED, "", "people.factor-none", NULL);
    }
    TRY(unseal(call, factor.account, factor.pending, &seed));
    struct factor_wish wish = {
        .account = factor.account,
        .seed = factor.pending,
        .step = matching_step(call, seed, plain_code(call, code)),
    };
    if (wish.step == 0) {
        return call_refuse_field(call, "code", "", "people.factor-differs", NULL);
    }
    struct people_recovery recovery;
    make_recovery(call, &recovery);
    wish.recovery = &recovery;
    TRY(store_transact(call, TXN_WRITE, confirm_work, &wish));
    *out_recovery = recovery;
    return DONE;
}

enum status people_factor_help(struct call *call, id64 account,
                               struct people_recovery *out_recovery) {
    struct people_recovery recovery;
    struct ledger_act act = {.act = "people.factor-help",
                             .subject = {SUBJECT_ACCOUNT, account}};
    make_recovery(call, &recovery);
    recovery.count = 1;
    struct factor_wish wish = {.account = account, .recovery = &recovery};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act,
                      store_transact(call, TXN_WRITE, help_work, &wish)));
    *out_recovery = recovery;
    return DONE;
}

/* ---- for signing in and signing ---- */

enum status people_demand_factor(struct call *call, id64 site,
                                 const struct rulebook *rulebook) {
    TRY(store_run(call, &people_factor_role_drop, NULL, bind_int("site", site)));
    for (size_t i = 0; i < rulebook->role_count; i++) {
        if (rulebook->roles[i].second_factor) {
            TRY(store_run(call, &people_factor_role_insert, NULL, bind_int("site", site),
                          bind_text("role", rulebook->roles[i].code)));
        }
    }
    return DONE;
}

enum status factor_is_demanded(struct call *call, id64 person, bool *out_demanded) {
    struct rows *row;
    TRY(settings_demand(call, person, out_demanded));
    if (*out_demanded) {
        return DONE;
    }
    enum status found =
        store_find(call, &people_factor_role_held, &row, bind_int("person", person),
                   bind_int("now", call->now));
    *out_demanded = found == DONE;
    return found == ABSENT ? DONE : found;
}

static enum status settings_demand(struct call *call, id64 person, bool *out_demanded) {
    const struct people_security *security = call->house->security;
    struct str wanted =
        security == NULL ? STR(PEOPLE_FACTOR_ADMINISTRATORS) : security->second_factor;
    *out_demanded = str_is(wanted, PEOPLE_FACTOR_EVERYBODY);
    if (*out_demanded || str_is_empty(wanted) || str_is(wanted, PEOPLE_FACTOR_NOBODY)) {
        return DONE;
    }
    struct people_role_codes codes;
    TRY(people_roles_on(call, person, 0, &codes));
    for (size_t i = 0; i < codes.count; i++) {
        struct str rest = wanted;
        while (!str_is_empty(rest)) {
            struct str each = str_cut(&rest, ' ');
            *out_demanded = *out_demanded || str_equal(each, codes.at[i]) ||
                            (str_is(each, PEOPLE_FACTOR_ADMINISTRATORS) &&
                             role_is_admin(codes.at[i]));
        }
    }
    return DONE;
}

enum status factor_read(struct call *call, id64 account, struct factor *out_factor) {
    struct rows *row;
    struct factor factor = {.account = account, .sealed = STR(""), .pending = STR("")};
    enum status status =
        store_find(call, &people_factor_find, &row, bind_int("account", account));
    if (status == ABSENT) {
        *out_factor = factor;
        return DONE;
    }
    TRY(status);
    factor.sealed = row_text(row, "seed");
    factor.pending = row_text(row, "pending");
    factor.active = factor.sealed.length > 0;
    factor.recovery_left = (int)row_int(row, "recovery_left");
    *out_factor = factor;
    return DONE;
}

enum status factor_judge(struct call *call, id64 account, struct str typed,
                         struct factor_proof *out_proof) {
    struct factor factor;
    struct bytes seed;
    TRY(factor_read(call, account, &factor));
    struct factor_proof proof = {
        .account = account, .active = factor.active, .sealed = factor.sealed};
    struct str plain = plain_code(call, typed);
    if (factor.active && plain.length == DIGITS) {
        TRY(unseal(call, account, factor.sealed, &seed));
        proof.step = matching_step(call, seed, plain);
    } else if (factor.active && plain.length == RECOVERY_SIZE) {
        proof.recovery = recovery_digest(call, account, plain);
    }
    *out_proof = proof;
    return DONE;
}

enum status factor_redeem(struct call *call, const struct factor_proof *proof,
                          enum factor_answer *out_answer) {
    struct rows *row;
    int64_t gone = 0;
    *out_answer = FACTOR_WRONG;
    enum status status =
        store_find(call, &people_factor_lock, &row, bind_int("account", proof->account));
    if (status == ABSENT || (status == DONE && str_is_empty(row_text(row, "seed")))) {
        *out_answer = FACTOR_NONE;
        return DONE;
    }
    TRY(status);
    if (!str_equal(row_text(row, "seed"), proof->sealed)) {
        return DONE; /* set up anew since it was judged */
    }
    if (proof->step > row_int(row, "step")) {
        *out_answer = FACTOR_CODE;
        return store_run(call, &people_factor_step, NULL,
                         bind_int("account", proof->account),
                         bind_int("step", proof->step));
    }
    if (proof->recovery.length > 0) {
        TRY(store_run(call, &people_recovery_take, &gone,
                      bind_int("account", proof->account),
                      bind_text("code", proof->recovery)));
        *out_answer = gone > 0 ? FACTOR_RECOVERY : FACTOR_WRONG;
    }
    return DONE;
}

/* ---- codes ---- */

int factor_code(struct bytes seed, int64_t step) {
    unsigned char counter[8];
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    for (int i = 7; i >= 0; i--) {
        counter[i] = (unsigned char)(step & 0xff);
        step >>= 8;
    }
    if (HMAC(EVP_sha1(), seed.at, (int)seed.length, counter, sizeof counter, mac,
             &length) == NULL ||
        length < 20) {
        log_fatal("the machine has no HMAC-SHA-1");
    }
    size_t at = mac[length - 1] & 0x0f;
    uint32_t number = ((uint32_t)(mac[at] & 0x7f) << 24) | ((uint32_t)mac[at + 1] << 16) |
                      ((uint32_t)mac[at + 2] << 8) | mac[at + 3];
    return (int)(number % MODULUS);
}

/* The latest step around now whose code this is; 0 if none.  Each is compared, so that
 * the time says nothing. */
static int64_t matching_step(struct call *call, struct bytes seed, struct str code) {
    int64_t now = call->now / STEP;
    int64_t found = 0;
    for (int64_t step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step++) {
        struct str wanted =
            str_format(call->arena, "%0*d", DIGITS, factor_code(seed, step));
        if (bytes_equal_secret(bytes_of_str(wanted), bytes_of_str(code))) {
            found = step;
        }
    }
    return found;
}

/* As people type it: with spaces, dashes, capitals. */
static struct str plain_code(struct call *call, struct str typed) {
    char *copy = arena_take(call->arena, typed.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < typed.length && length < CODE_MOST; i++) {
        char byte = typed.at[i];
        if (byte != ' ' && byte != '-') {
            copy[length++] = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
        }
    }
    return (struct str){copy, length};
}

static struct str recovery_digest(struct call *call, id64 account, struct str plain) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "recovery", id_to_text(call->arena, account));
    digest_add_field(&digesting, "code", plain);
    struct digest digest = digest_end(&digesting);
    return digest_to_text(call->arena, &digest);
}

/* Groups of four letters without look-alikes. */
static void make_recovery(struct call *call, struct people_recovery *recovery) {
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    recovery->count = RECOVERY_CODES;
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        struct bytes random = call_random(call, RECOVERY_SIZE);
        struct buffer text;
        buffer_init(&text, call->arena);
        for (size_t j = 0; j < RECOVERY_SIZE; j++) {
            if (j > 0 && j % 4 == 0) {
                buffer_add_char(&text, '-');
            }
            buffer_add_char(&text, alphabet[random.at[j] & 31]);
        }
        recovery->codes[i] = buffer_str(&text);
    }
}

static enum status keep_recovery(struct call *call, id64 account,
                                 const struct people_recovery *recovery) {
    for (size_t i = 0; i < recovery->count; i++) {
        TRY(store_run(
            call, &people_recovery_insert, NULL, bind_int("account", account),
            bind_text("code", recovery_digest(call, account,
                                              plain_code(call, recovery->codes[i]))),
            bind_int("now", call->now)));
    }
    return DONE;
}

/* ---- acts ---- */

static enum status own_account(struct call *call, struct factor *out_factor,
                               struct str *out_login) {
    struct rows *row;
    enum status status = store_find(call, &people_account_by_person, &row,
                                    bind_int("person", call->actor.person));
    if (status == ABSENT) {
        return call_refuse(call, DENIED, "", "people.no-account", NULL);
    }
    TRY(status);
    *out_login = row_text(row, "login");
    return factor_read(call, row_id(row, "id"), out_factor);
}

static enum status unseal(struct call *call, id64 account, struct str sealed,
                          struct bytes *out_seed) {
    enum status opened =
        keyring_open(call, &seeds, id_to_text(call->arena, account), sealed, out_seed);
    return opened == ABSENT ? log_failed("a seed of one-time codes does not open: its "
                                         "key is missing from the keyring")
                            : opened;
}

static enum status begin_work(struct call *call, void *what) {
    const struct factor_wish *wish = what;
    TRY(store_run(call, &people_factor_pend, NULL, bind_int("account", wish->account),
                  bind_text("pending", wish->seed), bind_int("now", call->now)));
    return record(call, "people.factor-begin", wish->account);
}

/* The confirming code counts as taken; other sessions end, this one has it proven. */
static enum status confirm_work(struct call *call, void *what) {
    const struct factor_wish *wish = what;
    struct rows *row;
    TRY(store_find(call, &people_factor_lock, &row, bind_int("account", wish->account)));
    if (!str_equal(row_text(row, "pending"), wish->seed)) {
        return STALE;
    }
    TRY(store_run(call, &people_factor_activate, NULL, bind_int("account", wish->account),
                  bind_text("seed", wish->seed), bind_int("step", wish->step),
                  bind_int("now", call->now)));
    TRY(store_run(call, &people_recovery_drop, NULL, bind_int("account", wish->account)));
    TRY(keep_recovery(call, wish->account, wish->recovery));
    TRY(sessions_end(call, wish->account, call->actor.session));
    TRY(store_run(call, &people_session_factor, NULL,
                  bind_int("session", call->actor.session),
                  bind_int("factor", FACTOR_CODE)));
    return record(call, "people.factor", wish->account);
}

/* Handed over in person: the account's sessions end, its factor stays. */
static enum status help_work(struct call *call, void *what) {
    const struct factor_wish *wish = what;
    struct rows *row;
    TRY(people_must_be_security(call));
    TRY(store_find(call, &people_account_lock, &row, bind_int("account", wish->account)));
    if (row_id(row, "person") == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.own-account", NULL);
    }
    enum status found =
        store_find(call, &people_factor_lock, &row, bind_int("account", wish->account));
    if (found == ABSENT || (found == DONE && str_is_empty(row_text(row, "seed")))) {
        return call_refuse(call, REFUSED, "", "people.factor-unset", NULL);
    }
    TRY(found);
    TRY(store_run(call, &people_recovery_drop, NULL, bind_int("account", wish->account)));
    TRY(keep_recovery(call, wish->account, wish->recovery));
    TRY(sessions_end(call, wish->account, 0));
    return record(call, "people.factor-help", wish->account);
}

static enum status record(struct call *call, const char *act, id64 account) {
    struct ledger_act entry = {.act = act, .subject = {SUBJECT_ACCOUNT, account}};
    return ledger_append(call, LEDGER_HOUSE, &entry, NULL);
}

/* RFC 4648 §6 without padding, as authenticators read it. */
static struct str base32(struct call *call, struct bytes bytes) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buffer text;
    uint32_t bits = 0;
    int held = 0;
    buffer_init(&text, call->arena);
    for (size_t i = 0; i < bytes.length; i++) {
        bits = (bits << 8) | bytes.at[i];
        for (held += 8; held >= 5; held -= 5) {
            buffer_add_char(&text, alphabet[(bits >> (held - 5)) & 31]);
        }
    }
    if (held > 0) {
        buffer_add_char(&text, alphabet[(bits << (5 - held)) & 31]);
    }
    return buffer_str(&text);
}

/* What the QR code says; a login needs no escaping. */
static struct str setting_up(struct call *call, struct str login, struct str seed) {
    return str_format(
        call->arena,
        "otpauth://totp/Shenfa:%.*s?secret=%.*s&issuer=Shenfa&algorithm=SHA1"
        "&digits=6&period=30",
        STR_ARG(login), STR_ARG(seed));
}
