/*
 * keys: pairs that sign, and secrets that lock.
 *
 * Two profiles, as with digests: SM2 with SM3 (GB/T 32918, the usual identity
 * 1234567812345678), and Ed25519 (RFC 8032).  A public key carries its profile, so that
 * an old signature is checked by its own rule after a switch.  A locked thing is SM4-CTR
 * under HMAC-SM3, encrypted first, with a version byte in front.
 *
 * It keeps nothing and knows nobody: where a secret lies and who may use it is the
 * caller's care.  Secrets are wiped by key_wipe; they must never reach a log.
 */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H

#include "base/base.h"

#define KEY_SIGNATURE_SIZE 64 /* r and s, 32 bytes each; or as RFC 8032 has it */
#define KEY_SECRET_SIZE    32
#define KEY_PUBLIC_MOST    65

enum key_profile {
    KEY_SM2 = 1,
    KEY_ED25519 = 2,
};

struct key_public {
    unsigned char profile; /* enum key_profile; 0 is no key at all */
    unsigned char length;  /* 65 (04, x, y) or 32 */
    unsigned char at[KEY_PUBLIC_MOST];
};

struct key_pair {
    struct key_public open;
    unsigned char secret[KEY_SECRET_SIZE];
};

struct key_signature {
    unsigned char at[KEY_SIGNATURE_SIZE];
};

/* A new pair, by OpenSSL's randomness. */
MUST_CHECK enum status key_pair_new(enum key_profile profile, struct key_pair *out_pair);

/* Overwrite a secret so that the compiler cannot leave it out. */
void key_wipe(void *at, size_t size);

MUST_CHECK enum status key_sign(const struct key_pair *pair, struct bytes bytes,
                                struct key_signature *out_signature);
bool key_signed(const struct key_public *key, struct bytes bytes,
                const struct key_signature *signature);

/* "sm2:…" or "ed25519:…", hexadecimal; and back, REFUSED if it is none. */
struct str key_public_to_text(struct arena *arena, const struct key_public *key);
MUST_CHECK enum status key_public_from_text(struct str text, struct key_public *out_key);
bool key_public_equal(const struct key_public *a, const struct key_public *b);

/* A pair in a file only its owner reads (0600): public key, blank, secret in
 * hexadecimal.  key_pair_read is REFUSED if the file is no pair or others may read it. */
MUST_CHECK enum status key_pair_write(const char *path, const struct key_pair *pair);
MUST_CHECK enum status key_pair_read(struct arena *arena, const char *path,
                                     struct key_pair *out_pair);

/* A secret to lock things with. */
struct key_secret {
    unsigned char at[KEY_SECRET_SIZE];
};

/* From a password and 16 bytes of salt, by argon2id (64 MiB, 3 passes: about 0.1 s). */
#define KEY_SALT_SIZE 16
MUST_CHECK enum status key_secret_from_password(struct str password, struct bytes salt,
                                                struct key_secret *out_secret);

/* The secret that needs both: of two persons, whoever comes first. */
struct key_secret key_secret_of_both(const struct key_secret *one,
                                     const struct key_secret *other);

/*
 * *bytes* locked: version 1, 16 bytes of nonce, what is encrypted, 32 bytes of HMAC over
 * all before it and the *label*, which says what it is so that one locked thing cannot
 * stand for another.  key_unlock is REFUSED if anything of it was changed or the secret
 * is another.  At most 2 GiB.
 */
struct bytes key_lock(struct arena *arena, const struct key_secret *secret,
                      struct str label, struct bytes bytes);
MUST_CHECK enum status key_unlock(struct arena *arena, const struct key_secret *secret,
                                  struct str label, struct bytes locked,
                                  struct bytes *out_bytes);

#endif
