/*
 * Locked things.  OpenSSL 3.0 has no SM4 in a mode that proves itself, so it is counter
 * mode and an HMAC over all of it, each with a key of its own drawn from the secret.
 */
#include "keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sodium/core.h>
#include <sodium/crypto_pwhash.h>
#include <string.h>

#define VERSION  1
#define NONCE    16
#define TAG      DIGEST_SIZE
#define OVERHEAD (1 + NONCE + TAG)
#define PASSES   3
#define MEMORY   ((size_t)64 << 20)

static void derive(const struct key_secret *secret, const char *what,
                   unsigned char out[DIGEST_SIZE]);
static void run_through(const struct key_secret *secret, const unsigned char *nonce,
                        struct bytes from, unsigned char *to);
static void make_tag(const struct key_secret *secret, struct str label,
                     struct bytes bytes, unsigned char out_tag[TAG]);

enum status key_secret_from_password(struct str password, struct bytes salt,
                                     struct key_secret *out_secret) {
    if (sodium_init() < 0 || salt.length != crypto_pwhash_SALTBYTES) {
        return log_failed("keys: libsodium does not start, or the salt is no salt");
    }
    if (crypto_pwhash(out_secret->at, KEY_SECRET_SIZE, password.at, password.length,
                      salt.at, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return log_failed("keys: there is no memory to hash a password");
    }
    return DONE;
}

struct key_secret key_secret_of_both(const struct key_secret *one,
                                     const struct key_secret *other) {
    struct key_secret both;
    struct digesting digesting;
    bool ordered = memcmp(one->at, other->at, KEY_SECRET_SIZE) < 0;
    const struct key_secret *first = ordered ? one : other;
    const struct key_secret *second = ordered ? other : one;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "one",
                     (struct str){(const char *)first->at, KEY_SECRET_SIZE});
    digest_add_field(&digesting, "other",
                     (struct str){(const char *)second->at, KEY_SECRET_SIZE});
    struct digest digest = digest_end(&digesting);
    memcpy(both.at, digest.at, KEY_SECRET_SIZE);
    return both;
}

struct bytes key_lock(struct arena *arena, const struct key_secret *secret,
                      struct str label, struct bytes bytes) {
    unsigned char *locked = arena_take(arena, bytes.length + OVERHEAD);
    locked[0] = VERSION;
    if (RAND_bytes(locked + 1, NONCE) != 1) {
        log_fatal("keys: there is no randomness");
    }
    run_through(secret, locked + 1, bytes, locked + 1 + NONCE);
    size_t before = 1 + NONCE + bytes.length;
    make_tag(secret, label, (struct bytes){locked, before}, locked + before);
    return (struct bytes){locked, before + TAG};
}

enum status key_unlock(struct arena *arena, const struct key_secret *secret,
                       struct str label, struct bytes locked, struct bytes *out_bytes) {
    unsigned char tag[TAG];
    if (locked.length < OVERHEAD || locked.at[0] != VERSION) {
        return REFUSED;
    }
    size_t before = locked.length - TAG;
    make_tag(secret, label, (struct bytes){locked.at, before}, tag);
    if (!bytes_equal_secret((struct bytes){tag, TAG},
                            (struct bytes){locked.at + before, TAG})) {
        return REFUSED;
    }
    struct bytes inner = {locked.at + 1 + NONCE, locked.length - OVERHEAD};
    unsigned char *open = arena_take(arena, inner.length + 1);
    run_through(secret, locked.at + 1, inner, open);
    *out_bytes = (struct bytes){open, inner.length};
    return DONE;
}

/* A key for one purpose: SM3 over the purpose and the secret, both by length. */
static void derive(const struct key_secret *secret, const char *what,
                   unsigned char out[DIGEST_SIZE]) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, what,
                     (struct str){(const char *)secret->at, KEY_SECRET_SIZE});
    struct digest digest = digest_end(&digesting);
    memcpy(out, digest.at, DIGEST_SIZE);
    key_wipe(&digest, sizeof digest);
}

/* Counter mode is its own reverse. */
static void run_through(const struct key_secret *secret, const unsigned char *nonce,
                        struct bytes from, unsigned char *to) {
    unsigned char key[DIGEST_SIZE];
    int length = 0;
    derive(secret, "encrypt", key);
    EVP_CIPHER_CTX *state = EVP_CIPHER_CTX_new();
    if (state == NULL || from.length > INT32_MAX ||
        EVP_EncryptInit_ex(state, EVP_sm4_ctr(), NULL, key, nonce) != 1 ||
        (from.length > 0 &&
         EVP_EncryptUpdate(state, to, &length, from.at, (int)from.length) != 1)) {
        log_fatal("keys: OpenSSL has no SM4 in counter mode");
    }
    EVP_CIPHER_CTX_free(state);
    key_wipe(key, sizeof key);
}

static void make_tag(const struct key_secret *secret, struct str label,
                     struct bytes bytes, unsigned char out_tag[TAG]) {
    unsigned char key[DIGEST_SIZE];
    unsigned length = 0;
    derive(secret, "authenticate", key);
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "label", label);
    digest_add_field(&digesting, "bytes",
                     (struct str){(const char *)bytes.at, bytes.length});
    struct digest digest = digest_end(&digesting);
    if (HMAC(EVP_sm3(), key, sizeof key, digest.at, DIGEST_SIZE, out_tag, &length) ==
            NULL ||
        length != TAG) {
        log_fatal("keys: OpenSSL has no HMAC with SM3");
    }
    key_wipe(key, sizeof key);
}
