/*
 * Pairs and signatures; OpenSSL's EVP does the arithmetic.
 */
#include "keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#define SM2_IDENTITY  "1234567812345678"
#define SM2_POINT     65
#define ED25519_POINT 32
#define HALF          (KEY_SIGNATURE_SIZE / 2)
#define DER_MOST      80

static EVP_PKEY *load_public(const struct key_public *key);
static EVP_PKEY *load_pair(const struct key_pair *pair);
static EVP_PKEY *load_sm2(const struct key_public *key, const unsigned char *secret);
static bool read_pair(EVP_PKEY *key, enum key_profile profile, struct key_pair *out_pair);
static EVP_MD_CTX *begin(EVP_PKEY *key, enum key_profile profile, bool signing);
static bool from_der(const unsigned char *der, size_t length,
                     struct key_signature *out_signature);
static size_t to_der(const struct key_signature *signature, unsigned char *der);

enum status key_pair_new(enum key_profile profile, struct key_pair *out_pair) {
    EVP_PKEY *key = profile == KEY_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
                                       : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    struct key_pair pair = {.open.profile = (unsigned char)profile};
    bool sound = key != NULL && read_pair(key, profile, &pair);
    EVP_PKEY_free(key);
    if (!sound) {
        return log_failed("keys: OpenSSL makes no pair of profile %d", (int)profile);
    }
    *out_pair = pair;
    key_wipe(&pair, sizeof pair);
    return DONE;
}

void key_wipe(void *at, size_t size) { OPENSSL_cleanse(at, size); }

enum status key_sign(const struct key_pair *pair, struct bytes bytes,
                     struct key_signature *out_signature) {
    unsigned char made[DER_MOST];
    size_t length = sizeof made;
    enum key_profile profile = (enum key_profile)pair->open.profile;
    EVP_PKEY *key = load_pair(pair);
    EVP_MD_CTX *state = key == NULL ? NULL : begin(key, profile, true);
    bool done = state != NULL &&
                EVP_DigestSign(state, made, &length, bytes.at, bytes.length) == 1;
    EVP_MD_CTX_free(state);
    EVP_PKEY_free(key);
    if (done && profile == KEY_SM2) {
        done = from_der(made, length, out_signature);
    } else if (done) {
        memcpy(out_signature->at, made, KEY_SIGNATURE_SIZE);
    }
    return done ? DONE : log_failed("keys: OpenSSL does not sign");
}

bool key_signed(const struct key_public *key, struct bytes bytes,
                const struct key_signature *signature) {
    unsigned char der[DER_MOST];
    const unsigned char *at = signature->at;
    size_t length = KEY_SIGNATURE_SIZE;
    if (key->profile == KEY_SM2) {
        length = to_der(signature, der);
        at = der;
    }
    EVP_PKEY *open = load_public(key);
    EVP_MD_CTX *state =
        open == NULL ? NULL : begin(open, (enum key_profile)key->profile, false);
    bool fits = state != NULL && length > 0 &&
                EVP_DigestVerify(state, at, length, bytes.at, bytes.length) == 1;
    EVP_MD_CTX_free(state);
    EVP_PKEY_free(open);
    return fits;
}

static EVP_PKEY *load_public(const struct key_public *key) {
    if (key->profile == KEY_SM2 && key->length == SM2_POINT) {
        return load_sm2(key, NULL);
    }
    if (key->profile == KEY_ED25519 && key->length == ED25519_POINT) {
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->at, key->length);
    }
    return NULL;
}

static EVP_PKEY *load_pair(const struct key_pair *pair) {
    if (pair->open.profile == KEY_SM2) {
        return load_sm2(&pair->open, pair->secret);
    }
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, pair->secret,
                                        KEY_SECRET_SIZE);
}

static EVP_PKEY *load_sm2(const struct key_public *key, const unsigned char *secret) {
    EVP_PKEY *made = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    BIGNUM *number =
        secret == NULL ? NULL : BN_bin2bn(secret, KEY_SECRET_SIZE, BN_secure_new());
    OSSL_PARAM *parameters = NULL;
    if (builder != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, key->at,
                                         key->length) &&
        (number == NULL ||
         OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number))) {
        parameters = OSSL_PARAM_BLD_to_param(builder);
    }
    if (parameters != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &made,
                          secret == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                          parameters) != 1) {
        made = NULL;
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(number);
    EVP_PKEY_CTX_free(context);
    return made;
}

static bool read_pair(EVP_PKEY *key, enum key_profile profile,
                      struct key_pair *out_pair) {
    size_t length = KEY_PUBLIC_MOST;
    if (profile == KEY_ED25519) {
        size_t secret = KEY_SECRET_SIZE;
        bool read = EVP_PKEY_get_raw_public_key(key, out_pair->open.at, &length) == 1 &&
                    EVP_PKEY_get_raw_private_key(key, out_pair->secret, &secret) == 1;
        out_pair->open.length = (unsigned char)length;
        return read;
    }
    BIGNUM *secret = NULL;
    bool read =
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                        out_pair->open.at, KEY_PUBLIC_MOST,
                                        &length) == 1 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1 &&
        BN_bn2binpad(secret, out_pair->secret, KEY_SECRET_SIZE) == KEY_SECRET_SIZE;
    BN_clear_free(secret);
    out_pair->open.length = (unsigned char)length;
    return read && length == SM2_POINT;
}

static EVP_MD_CTX *begin(EVP_PKEY *key, enum key_profile profile, bool signing) {
    static char identity[] = SM2_IDENTITY;
    const OSSL_PARAM with_identity[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, identity,
                                          strlen(identity)),
        OSSL_PARAM_construct_end()};
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    const char *digest = profile == KEY_SM2 ? "SM3" : NULL;
    const OSSL_PARAM *parameters = profile == KEY_SM2 ? with_identity : NULL;
    int ready =
        state == NULL ? 0
        : signing
            ? EVP_DigestSignInit_ex(state, NULL, digest, NULL, NULL, key, parameters)
            : EVP_DigestVerifyInit_ex(state, NULL, digest, NULL, NULL, key, parameters);
    if (ready != 1) {
        EVP_MD_CTX_free(state);
        return NULL;
    }
    return state;
}

static bool from_der(const unsigned char *der, size_t length,
                     struct key_signature *out_signature) {
    ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &der, (long)length);
    bool read =
        parts != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(parts), out_signature->at, HALF) == HALF &&
        BN_bn2binpad(ECDSA_SIG_get0_s(parts), out_signature->at + HALF, HALF) == HALF;
    ECDSA_SIG_free(parts);
    return read;
}

static size_t to_der(const struct key_signature *signature, unsigned char *der) {
    ECDSA_SIG *parts = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature->at, HALF, NULL);
    BIGNUM *s = BN_bin2bn(signature->at + HALF, HALF, NULL);
    int length = 0;
    if (parts != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(parts, r, s) == 1) {
        length = i2d_ECDSA_SIG(parts, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(parts);
    return length > 0 ? (size_t)length : 0;
}
