/*
 * OpenSSL's EVP does the arithmetic.
 */
#include "digest.h"

#include "log.h"

#include <openssl/evp.h>
#include <string.h>

static const EVP_MD *algorithm(enum digest_profile profile);

void digest_begin(struct digesting *digesting, enum digest_profile profile) {
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    if (state == NULL || EVP_DigestInit_ex(state, algorithm(profile), NULL) != 1) {
        log_fatal("the digest %d is not to be had from OpenSSL", profile);
    }
    *digesting = (struct digesting){.profile = profile, .state = state};
}

void digest_add(struct digesting *digesting, const void *at, size_t length) {
    if (length > 0 && EVP_DigestUpdate(digesting->state, at, length) != 1) {
        log_fatal("OpenSSL could not go on with a digest");
    }
}

void digest_add_field(struct digesting *digesting, const char *name, struct str value) {
    unsigned char length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)((uint64_t)value.length >> (56 - 8 * i));
    }
    digest_add(digesting, name, strlen(name) + 1);
    digest_add(digesting, length, sizeof length);
    digest_add(digesting, value.at, value.length);
}

struct digest digest_end(struct digesting *digesting) {
    struct digest digest = {.profile = (unsigned char)digesting->profile};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(digesting->state, digest.at, &length) != 1 ||
        length != DIGEST_SIZE) {
        log_fatal("OpenSSL could not end a digest");
    }
    EVP_MD_CTX_free(digesting->state);
    digesting->state = NULL;
    return digest;
}

struct digest digest_of(enum digest_profile profile, struct bytes bytes) {
    struct digesting digesting;
    digest_begin(&digesting, profile);
    digest_add(&digesting, bytes.at, bytes.length);
    return digest_end(&digesting);
}

bool digest_equal(const struct digest *a, const struct digest *b) {
    return a->profile == b->profile && memcmp(a->at, b->at, DIGEST_SIZE) == 0;
}

bool digest_is_none(const struct digest *digest) { return digest->profile == 0; }

struct str digest_to_text(struct arena *arena, const struct digest *digest) {
    if (digest_is_none(digest)) {
        return STR("");
    }
    struct str hex = bytes_to_hex(arena, (struct bytes){digest->at, DIGEST_SIZE});
    return str_format(arena, "%s:%.*s", digest->profile == DIGEST_SM3 ? "sm3" : "sha256",
                      STR_ARG(hex));
}

enum status digest_from_text(struct str text, struct digest *out_digest) {
    struct digest digest = {0};
    if (str_starts(text, "sm3:")) {
        digest.profile = DIGEST_SM3;
    } else if (str_starts(text, "sha256:")) {
        digest.profile = DIGEST_SHA256;
    } else {
        return REFUSED;
    }
    str_cut(&text, ':');
    if (text.length != (size_t)DIGEST_SIZE * 2) {
        return REFUSED;
    }
    for (size_t i = 0; i < text.length; i++) {
        char digit = text.at[i];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                   : -1;
        if (value < 0) {
            return REFUSED;
        }
        digest.at[i / 2] = (unsigned char)(digest.at[i / 2] << 4 | value);
    }
    *out_digest = digest;
    return DONE;
}

struct str digest_to_short(struct arena *arena, const struct digest *digest) {
    const unsigned char *at = digest->at;
    return str_format(arena, "%02x%02x %02x%02x %02x%02x %02x%02x", at[0], at[1], at[2],
                      at[3], at[4], at[5], at[6], at[7]);
}

static const EVP_MD *algorithm(enum digest_profile profile) {
    return profile == DIGEST_SM3 ? EVP_sm3() : EVP_sha256();
}
