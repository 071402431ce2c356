/*
 * The pairs that people sign with, and the registrar's, which says whose they are.
 *
 * Locked twice: with what only the password gives, and with a key of the workspace.  A
 * pair of origin "machine", of a sample person, is sealed alone.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

static const struct keyring_purpose wraps = {.name = "signing"};

/* A pair about to be kept. */
struct new_key {
    id64 id;
    id64 person;
    const char *origin;
    const struct key_pair *pair;
    struct str wrapped;
    struct str certificate;
};

static enum status present_key(struct call *call, id64 person, const char *origin,
                               struct rows **out_row);
static void wipe_key(void *key);
static enum status unlock(struct call *call, struct rows *row,
                          const struct key_secret *wrap, struct signing_key *key);
static enum status make_by_password(struct call *call, id64 person,
                                    const struct key_secret *wrap,
                                    struct signing_key *key);
static enum status keep_work(struct call *call, void *what);
static enum status machine_key(struct call *call, id64 person, struct signing_key *key);
static enum status keep_key(struct call *call, struct new_key *made);
static enum status certify(struct call *call, struct new_key *made);
enum status registrar_take(struct call *call, struct signing_key *out_key);

enum status key_open(struct call *call, id64 person, const struct key_secret *wrap,
                     const char *proof, const struct signing_key **out_key) {
    struct rows *row;
    struct signing_key *key = signing_key_new(call);
    enum status found = present_key(call, person, ORIGIN_PASSWORD, &row);
    if (found == DONE) {
        found = unlock(call, row, wrap, key);
    }
    txn_abort(call); /* the view: a pair may be made now */
    if (found == ABSENT) {
        found = make_by_password(call, person, wrap, key);
    }
    TRY(found);
    key->proof = proof;
    *out_key = key;
    return DONE;
}

enum status key_wrap(struct call *call, const struct signing_key *key,
                     const struct key_secret *wrap, struct str *out_wrapped) {
    struct str text = key_public_to_text(call->arena, &key->pair.open);
    struct bytes locked =
        key_lock(call->arena, wrap, text,
                 (struct bytes){key->pair.secret, sizeof key->pair.secret});
    return keyring_seal(call, &wraps, id_to_text(call->arena, key->id), locked,
                        out_wrapped);
}

enum status people_signer(struct call *call, struct people_signer *out_signer) {
    const struct signing_key *key = call->actor.key;
    if (key == NULL || key->person != call->actor.person) {
        struct signing_key *made = signing_key_new(call);
        TRY(registrar_take(call, made));
        made->proof = call->actor.person != 0 ? "session" : "clock";
        if (made->rehearsal && call->actor.freshly_proven && call->actor.person != 0) {
            TRY(machine_key(call, call->actor.person, made));
            made->proof = ORIGIN_MACHINE;
        }
        key = made;
    }
    *out_signer =
        (struct people_signer){.person = call->actor.person,
                               .key = key_public_to_text(call->arena, &key->pair.open),
                               .certificate = key->certificate,
                               .proof = key->proof,
                               .pair = &key->pair};
    return DONE;
}

enum status people_sign(struct call *call, const struct people_signer *signer,
                        struct str text, struct str *out_signature) {
    struct key_signature signature;
    TRY(key_sign(signer->pair, bytes_of_str(text), &signature));
    *out_signature =
        bytes_to_hex(call->arena, (struct bytes){signature.at, KEY_SIGNATURE_SIZE});
    return DONE;
}

/* ---- a person's pair ---- */

static enum status present_key(struct call *call, id64 person, const char *origin,
                               struct rows **out_row) {
    return store_find(call, &people_key_present, out_row, bind_int("person", person),
                      bind_text("origin", str_of(origin)));
}

struct signing_key *signing_key_new(struct call *call) {
    struct signing_key *key = TAKE(call->arena, struct signing_key);
    arena_defer(call->arena, wipe_key, key);
    return key;
}

static void wipe_key(void *key) { key_wipe(key, sizeof(struct signing_key)); }

/* ABSENT if this password does not open it: somebody else has set it. */
static enum status unlock(struct call *call, struct rows *row,
                          const struct key_secret *wrap, struct signing_key *key) {
    struct bytes bytes;
    struct str text = row_text(row, "key");
    key->id = row_id(row, "id");
    key->person = row_id(row, "person");
    key->certificate = row_text(row, "certificate");
    TRY(keyring_open(call, &wraps, id_to_text(call->arena, key->id),
                     row_text(row, "wrapped"), &bytes));
    struct bytes locked = bytes;
    if (wrap != NULL && key_unlock(call->arena, wrap, text, locked, &bytes) != DONE) {
        return ABSENT;
    }
    bool sound = signing_secret_read(bytes, text, &key->pair);
    key_wipe((void *)(uintptr_t)bytes.at, bytes.length);
    return sound ? DONE : log_failed("the pair of a person is no pair");
}

static enum status make_by_password(struct call *call, id64 person,
                                    const struct key_secret *wrap,
                                    struct signing_key *key) {
    TRY(key_pair_new(signing_profile(call), &key->pair));
    key->id = call_new_id(call);
    key->person = person;
    struct new_key made = {
        .id = key->id, .person = person, .origin = ORIGIN_PASSWORD, .pair = &key->pair};
    TRY(key_wrap(call, key, wrap, &made.wrapped));
    TRY(store_transact(call, TXN_WRITE, keep_work, &made));
    key->certificate = made.certificate;
    return DONE;
}

static enum status keep_work(struct call *call, void *what) {
    return keep_key(call, what);
}

static enum status machine_key(struct call *call, id64 person, struct signing_key *key) {
    struct rows *row;
    enum status found = present_key(call, person, ORIGIN_MACHINE, &row);
    if (found == DONE) {
        found = unlock(call, row, NULL, key);
    }
    if (found != ABSENT) {
        return found;
    }
    TRY(key_pair_new(signing_profile(call), &key->pair));
    key->id = call_new_id(call);
    key->person = person;
    struct new_key made = {
        .id = key->id, .person = person, .origin = ORIGIN_MACHINE, .pair = &key->pair};
    TRY(keyring_seal(call, &wraps, id_to_text(call->arena, key->id),
                     (struct bytes){key->pair.secret, sizeof key->pair.secret},
                     &made.wrapped));
    TRY(keep_key(call, &made));
    key->certificate = made.certificate;
    return DONE;
}

static enum status keep_key(struct call *call, struct new_key *made) {
    struct str key = key_public_to_text(call->arena, &made->pair->open);
    TRY(certify(call, made));
    TRY(store_run(call, &people_key_end, NULL, bind_int("now", call->now),
                  bind_id("person", made->person),
                  bind_text("origin", str_of(made->origin))));
    TRY(store_run(call, &people_key_insert, NULL, bind_id("id", made->id),
                  bind_id("person", made->person), bind_text("key", key),
                  bind_text("wrapped", made->wrapped),
                  bind_text("certificate", made->certificate),
                  bind_text("origin", str_of(made->origin)), bind_int("now", call->now)));
    struct ledger_act act = {
        .act = "people.key",
        .subject = {SUBJECT_PERSON, made->person},
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%}", "key", key.at, key.length, "certificate",
                            made->certificate.at, made->certificate.length)),
        .follows = true};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static enum status certify(struct call *call, struct new_key *made) {
    struct signing_key *house = signing_key_new(call);
    struct key_signature signature;
    TRY(registrar_take(call, house));
    struct str at = str_format(call->arena, "%lld", (long long)call->now);
    struct str text = certificate_text(call, made->person,
                                       key_public_to_text(call->arena, &made->pair->open),
                                       str_of(made->origin), at);
    TRY(key_sign(&house->pair, bytes_of_str(text), &signature));
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){signature.at, KEY_SIGNATURE_SIZE});
    struct str by = key_public_to_text(call->arena, &house->pair.open);
    made->certificate = str_format(call->arena, "%.*s %s %.*s %.*s", STR_ARG(by),
                                   made->origin, STR_ARG(at), STR_ARG(hex));
    return DONE;
}
