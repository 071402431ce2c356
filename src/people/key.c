/*
 * The pairs that people sign with, and the registrar's, which says whose they are.
 *
 * Locked twice: with what only the password gives, and with a key of the workspace.  A
 * pair of origin "machine", of a sample person, is sealed alone.
 */
#include "people_own.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>

#define ORIGIN_PASSWORD "password"
#define ORIGIN_MACHINE  "machine"
#define REMEMBERED      4096

static const struct keyring_purpose registrars = {.name = "registrar"};
static const struct keyring_purpose wraps = {.name = "signing"};

/* What this process has found sound, each at a place that follows from itself. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct digest remembered[REMEMBERED];

/* A pair about to be kept. */
struct new_key {
    id64 id;
    id64 person;
    const char *origin;
    const struct key_pair *pair;
    struct str wrapped;
    struct str certificate;
};

/* The parts of a certificate as it stands beside a key. */
struct certificate {
    struct str registrar;
    struct str origin;
    struct str at;
    struct str signature;
};

static enum status present_key(struct call *call, id64 person, const char *origin,
                               struct rows **out_row);
static struct signing_key *new_signing_key(struct call *call);
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
static struct str certificate_text(struct call *call, id64 person, struct str key,
                                   struct str origin, struct str at);
static enum status registrar(struct call *call, struct signing_key *out_key);
static enum status rehearse_work(struct call *call, void *what);
static enum status make_registrar(struct call *call, bool rehearsal);
static struct str registrar_context(struct call *call, struct str key, bool rehearsal);
static enum status open_registrar(struct call *call, struct rows *row,
                                  struct signing_key *out_key);
static enum key_profile profile_of(const struct call *call);
static bool secret_from(struct bytes bytes, struct str public_text,
                        struct key_pair *out_pair);
static enum status is_certified(struct call *call, const struct people_signed *given,
                                bool *out_sound);
static enum status is_registrar(struct call *call, struct str key, bool *out_is,
                                bool *out_rehearsal);
static bool certificate_read(struct str text, struct certificate *out_certificate);
static bool signature_fits(struct call *call, struct str key, struct str text,
                           struct str signature);
static bool remembers(const struct digest *digest);
static void remember(const struct digest *digest);

enum status key_open(struct call *call, id64 person, const struct key_secret *wrap,
                     const char *proof, const struct signing_key **out_key) {
    struct rows *row;
    struct signing_key *key = new_signing_key(call);
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
        struct signing_key *made = new_signing_key(call);
        TRY(registrar(call, made));
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

enum status people_rehearse(struct call *call) {
    return store_transact(call, TXN_WRITE, rehearse_work, NULL);
}

enum status people_sign(struct call *call, const struct people_signer *signer,
                        struct str text, struct str *out_signature) {
    struct key_signature signature;
    TRY(key_sign(signer->pair, bytes_of_str(text), &signature));
    *out_signature =
        bytes_to_hex(call->arena, (struct bytes){signature.at, KEY_SIGNATURE_SIZE});
    return DONE;
}

enum status people_signature_check(struct call *call, const struct people_signed *given,
                                   enum people_signature_fault *out_fault) {
    bool sound = false;
    bool rehearsal = false;
    if (!str_is_empty(given->certificate)) {
        TRY(is_certified(call, given, &sound));
    } else if (!given->personal) {
        TRY(is_registrar(call, given->key, &sound, &rehearsal));
    }
    if (!sound) {
        *out_fault = PEOPLE_SIGNATURE_KEY;
        return DONE;
    }
    bool fits = signature_fits(call, given->key, given->text, given->signature);
    *out_fault = fits ? PEOPLE_SIGNATURE_SOUND : PEOPLE_SIGNATURE_BYTES;
    return DONE;
}

/* ---- a person's pair ---- */

static enum status present_key(struct call *call, id64 person, const char *origin,
                               struct rows **out_row) {
    return store_find(call, &people_key_present, out_row, bind_int("person", person),
                      bind_text("origin", str_of(origin)));
}

static struct signing_key *new_signing_key(struct call *call) {
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
    bool sound = secret_from(bytes, text, &key->pair);
    key_wipe((void *)(uintptr_t)bytes.at, bytes.length);
    return sound ? DONE : log_failed("the pair of a person is no pair");
}

static enum status make_by_password(struct call *call, id64 person,
                                    const struct key_secret *wrap,
                                    struct signing_key *key) {
    TRY(key_pair_new(profile_of(call), &key->pair));
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
    TRY(key_pair_new(profile_of(call), &key->pair));
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
    struct signing_key *house = new_signing_key(call);
    struct key_signature signature;
    TRY(registrar(call, house));
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

static struct str certificate_text(struct call *call, id64 person, struct str key,
                                   struct str origin, struct str at) {
    return str_format(
        call->arena,
        "shenfa signing key 1\nperson %lld\nkey %.*s\norigin %.*s\nat %.*s\n",
        (long long)person, STR_ARG(key), STR_ARG(origin), STR_ARG(at));
}

/* ---- the registrar ---- */

static enum status registrar(struct call *call, struct signing_key *out_key) {
    struct rows *row;
    enum status found = store_find(call, &people_registrar_newest, &row, NO_VALUES);
    if (found == ABSENT) {
        TRY(make_registrar(call, false));
        found = store_find(call, &people_registrar_newest, &row, NO_VALUES);
    }
    TRY(found);
    return open_registrar(call, row, out_key);
}

static enum status rehearse_work(struct call *call, void *what) {
    (void)what;
    bool founded = true;
    TRY(people_is_founded(call, &founded));
    return founded ? log_failed("a workspace that is founded cannot become a rehearsal")
                   : make_registrar(call, true);
}

/* Two processes may come here together: the first one's stays. */
static enum status make_registrar(struct call *call, bool rehearsal) {
    struct signing_key *made = new_signing_key(call);
    struct str sealed;
    int64_t kept = 0;
    TRY(key_pair_new(profile_of(call), &made->pair));
    struct str key = key_public_to_text(call->arena, &made->pair.open);
    TRY(keyring_seal(call, &registrars, registrar_context(call, key, rehearsal),
                     (struct bytes){made->pair.secret, sizeof made->pair.secret},
                     &sealed));
    TRY(store_run(call, &people_registrar_insert, &kept, bind_text("key", key),
                  bind_text("sealed", sealed), bind_int("rehearsal", rehearsal),
                  bind_int("now", call->now)));
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

static enum status open_registrar(struct call *call, struct rows *row,
                                  struct signing_key *out_key) {
    struct bytes bytes;
    struct str key = row_text(row, "key");
    struct str sealed = row_text(row, "sealed");
    out_key->rehearsal = row_int(row, "rehearsal") != 0;
    out_key->certificate = STR("");
    enum status opened =
        keyring_open(call, &registrars, registrar_context(call, key, out_key->rehearsal),
                     sealed, &bytes);
    if (opened == ABSENT ||
        (opened == DONE && !secret_from(bytes, key, &out_key->pair))) {
        return log_failed("the registrar's pair does not open: its key is missing from "
                          "the keyring, or somebody has put another in its place");
    }
    TRY(opened);
    key_wipe((void *)(uintptr_t)bytes.at, bytes.length);
    return DONE;
}

static enum key_profile profile_of(const struct call *call) {
    const struct people_security *security = call->house->security;
    return security != NULL && security->ed25519 ? KEY_ED25519 : KEY_SM2;
}

static bool secret_from(struct bytes bytes, struct str public_text,
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

/* ---- checking ---- */

static enum status is_certified(struct call *call, const struct people_signed *given,
                                bool *out_sound) {
    struct certificate certificate;
    bool known = false;
    bool rehearsal = false;
    *out_sound = false;
    if (!certificate_read(given->certificate, &certificate)) {
        return DONE;
    }
    TRY(is_registrar(call, certificate.registrar, &known, &rehearsal));
    struct str text = certificate_text(call, given->person, given->key,
                                       certificate.origin, certificate.at);
    *out_sound = known && (rehearsal || str_is(certificate.origin, ORIGIN_PASSWORD)) &&
                 signature_fits(call, certificate.registrar, text, certificate.signature);
    return DONE;
}

/* Of those in the database only one that the workspace's keys open. */
static enum status is_registrar(struct call *call, struct str key, bool *out_is,
                                bool *out_rehearsal) {
    struct rows *row;
    struct signing_key *found = new_signing_key(call);
    struct digest seen[2];
    *out_is = true;
    for (int rehearsal = 0; rehearsal < 2; rehearsal++) {
        struct str text = str_format(call->arena, "registrar %d %.*s %s", rehearsal,
                                     STR_ARG(key), keyring_path(call, NULL));
        seen[rehearsal] = digest_of(DIGEST_SM3, bytes_of_str(text));
        *out_rehearsal = rehearsal == 1;
        if (remembers(&seen[rehearsal])) {
            return DONE;
        }
    }
    enum status status =
        store_find(call, &people_registrar_by_key, &row, bind_text("key", key));
    *out_is = status == DONE && open_registrar(call, row, found) == DONE;
    *out_rehearsal = found->rehearsal;
    if (*out_is) {
        remember(&seen[found->rehearsal ? 1 : 0]);
    }
    return status == ABSENT ? DONE : status;
}

static bool certificate_read(struct str text, struct certificate *out_certificate) {
    struct str rest = text;
    out_certificate->registrar = str_cut(&rest, ' ');
    out_certificate->origin = str_cut(&rest, ' ');
    out_certificate->at = str_cut(&rest, ' ');
    out_certificate->signature = rest;
    return !str_is_empty(rest);
}

static bool signature_fits(struct call *call, struct str key, struct str text,
                           struct str signature) {
    struct key_public open;
    struct bytes bytes;
    struct key_signature given;
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "key", key);
    digest_add_field(&digesting, "text", text);
    digest_add_field(&digesting, "signature", signature);
    struct digest whole = digest_end(&digesting);
    if (remembers(&whole)) {
        return true;
    }
    if (key_public_from_text(key, &open) != DONE ||
        bytes_from_hex(call->arena, signature, &bytes) != DONE ||
        bytes.length != KEY_SIGNATURE_SIZE) {
        return false;
    }
    memcpy(given.at, bytes.at, KEY_SIGNATURE_SIZE);
    bool fits = key_signed(&open, bytes_of_str(text), &given);
    if (fits) {
        remember(&whole);
    }
    return fits;
}

static struct digest *place_of(const struct digest *digest) {
    return &remembered[(digest->at[0] << 8 | digest->at[1]) % REMEMBERED];
}

static bool remembers(const struct digest *digest) {
    pthread_mutex_lock(&lock);
    bool known = digest_equal(place_of(digest), digest);
    pthread_mutex_unlock(&lock);
    return known;
}

static void remember(const struct digest *digest) {
    pthread_mutex_lock(&lock);
    *place_of(digest) = *digest;
    pthread_mutex_unlock(&lock);
}
