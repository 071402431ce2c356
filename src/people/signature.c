/*
 * What a signature is worth: whose key it is, and whether it is over these bytes.
 */
#include "people_own.h"

#include <pthread.h>
#include <string.h>

#define REMEMBERED 4096

/* What this process has found sound, each at a place that follows from itself. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct digest remembered[REMEMBERED];

/* The parts of a certificate as it stands beside a key. */
struct certificate {
    struct str registrar;
    struct str origin;
    struct str at;
    struct str signature;
};

static enum status is_certified(struct call *call, const struct people_signed *given,
                                bool *out_sound);
static enum status is_registrar(struct call *call, struct str key, bool *out_is,
                                bool *out_rehearsal);
static bool certificate_read(struct str text, struct certificate *out_certificate);
static bool signature_fits(struct call *call, struct str key, struct str text,
                           struct str signature);
static bool remembers(const struct digest *digest);
static void remember(const struct digest *digest);

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
    struct signing_key *found = signing_key_new(call);
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
    *out_is = status == DONE && registrar_open(call, row, found) == DONE;
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
