/*
 * The house's own pair, which says whose every other is.
 *
 * Its secret half is sealed with a key that does not lie in the database, for its own
 * public half and for one use, so that whoever owns the database can put no other there.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

static const struct keyring_purpose registrars = {.name = "registrar"};

static enum status rehearse_work(struct call *call, void *what);
static enum status make_registrar(struct call *call, int64_t number, bool rehearsal);
static struct str registrar_context(struct call *call, struct str key, bool rehearsal);

enum status people_rehearse(struct call *call) {
    return store_transact(call, TXN_WRITE, rehearse_work, NULL);
}

/* One that does not open was sealed with keys that are lost, or planted: another follows,
 * and what the former certified no longer opens the gate. */
enum status registrar_take(struct call *call, struct signing_key *out_key) {
    struct rows *row;
    int64_t number = 0;
    enum status found = store_find(call, &people_registrar_newest, &row, NO_VALUES);
    if (found == DONE) {
        number = row_int(row, "number");
        found = registrar_open(call, row, out_key);
    }
    if (found != ABSENT) {
        return found;
    }
    if (number > 0) {
        log_fault("people: the registrar's pair does not open with the workspace's keys; "
                  "another one is made");
    }
    TRY(make_registrar(call, number + 1, false));
    TRY(store_find(call, &people_registrar_newest, &row, NO_VALUES));
    found = registrar_open(call, row, out_key);
    return found == ABSENT ? log_failed("people: a registrar just made does not open")
                           : found;
}

static enum status rehearse_work(struct call *call, void *what) {
    (void)what;
    bool founded = true;
    TRY(people_is_founded(call, &founded));
    return founded ? log_failed("a workspace that is founded cannot become a rehearsal")
                   : make_registrar(call, 1, true);
}

/* Two processes may come here together: the first one's stays. */
static enum status make_registrar(struct call *call, int64_t number, bool rehearsal) {
    struct signing_key *made = signing_key_new(call);
    struct str sealed;
    int64_t kept = 0;
    TRY(key_pair_new(signing_profile(call), &made->pair));
    struct str key = key_public_to_text(call->arena, &made->pair.open);
    TRY(keyring_seal(call, &registrars, registrar_context(call, key, rehearsal),
                     (struct bytes){made->pair.secret, sizeof made->pair.secret},
                     &sealed));
    TRY(store_run(call, &people_registrar_insert, &kept, bind_int("number", number),
                  bind_text("key", key), bind_text("sealed", sealed),
                  bind_int("rehearsal", rehearsal), bind_int("now", call->now)));
    if (kept == 0) {
        return DONE;
    }
    struct ledger_act act = {.act = "people.registrar",
                             .subject = {SUBJECT_WORKSPACE, 1},
                             .payload = ledger_payload(
                                 call, json_pack("{s:s%, s:b}", "key", key.at, key.length,
                                                 "rehearsal", (int)rehearsal)),
                             .follows = true};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

/* Sealed for its own public half and use, so that neither can be altered beside it. */
static struct str registrar_context(struct call *call, struct str key, bool rehearsal) {
    return str_format(call->arena, "%s %.*s", rehearsal ? "rehearsal" : "office",
                      STR_ARG(key));
}

enum status registrar_open(struct call *call, struct rows *row,
                           struct signing_key *out_key) {
    struct bytes bytes;
    struct str key = row_text(row, "key");
    struct str sealed = row_text(row, "sealed");
    out_key->rehearsal = row_int(row, "rehearsal") != 0;
    out_key->certificate = STR("");
    enum status opened =
        keyring_open(call, &registrars, registrar_context(call, key, out_key->rehearsal),
                     sealed, &bytes);
    TRY(opened);
    bool sound = signing_secret_read(bytes, key, &out_key->pair);
    key_wipe((void *)(uintptr_t)bytes.at, bytes.length);
    return sound ? DONE : log_failed("people: the registrar's pair is no pair");
}

enum key_profile signing_profile(const struct call *call) {
    const struct people_security *security = call->house->security;
    return security != NULL && security->ed25519 ? KEY_ED25519 : KEY_SM2;
}

bool signing_secret_read(struct bytes bytes, struct str public_text,
                         struct key_pair *out_pair) {
    struct key_pair pair;
    if (bytes.length != KEY_SECRET_SIZE ||
        key_public_from_text(public_text, &pair.open) != DONE) {
        return false;
    }
    memcpy(pair.secret, bytes.at, KEY_SECRET_SIZE);
    *out_pair = pair;
    key_wipe(&pair, sizeof pair);
    return true;
}

struct str certificate_text(struct call *call, id64 person, struct str key,
                            struct str origin, struct str at) {
    return str_format(
        call->arena,
        "shenfa signing key 1\nperson %lld\nkey %.*s\norigin %.*s\nat %.*s\n",
        (long long)person, STR_ARG(key), STR_ARG(origin), STR_ARG(at));
}
