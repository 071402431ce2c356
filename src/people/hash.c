/*
 * argon2id by libsodium, two at a time.  Each takes 64 MiB and tens of
 * milliseconds; without the limit a flood of sign-ins would take all memory and
 * both cores.  The count is the process's, as the memory is.
 *
 * One computation gives 64 bytes.  The first half is kept, in
 *   $argon2id64$v=19$m=65536,t=3,p=1$SALT$HALF     (both in hexadecimal)
 * and says whether the password fits; the second half is kept nowhere and locks the pair
 * that its holder signs with.  Hashes of libsodium's own form ($argon2id$) are of before
 * there were such pairs: they fit as ever, and are made anew at the next sign-in.
 */
#include "people_own.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PASSES         3
#define MEMORY         ((size_t)64 << 20)
#define HASHERS_MOST   2
#define HALF           KEY_SECRET_SIZE
#define FORM           "$argon2id64$v=19$m=%d,t=%d,p=1$"
#define KIBIBYTES_MOST (1 << 20)
#define PASSES_MOST    16

/* A hash of the form above. */
struct kept {
    int kibibytes;
    int passes;
    unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char half[HALF];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static struct hashing hashing;

static bool stretch(struct str password, const unsigned char *salt, int passes,
                    size_t memory, unsigned char out_halves[2 * HALF]);
static bool fits_old(struct str hash, struct str password);
static bool read_kept(struct str hash, struct kept *out_kept);
static void enter(void);
static void leave(void);

struct str password_hash(struct call *call, struct str password,
                         struct key_secret *out_wrap) {
    unsigned char halves[2 * HALF];
    struct bytes salt = call_random(call, crypto_pwhash_SALTBYTES);
    if (!stretch(password, salt.at, PASSES, MEMORY, halves)) {
        log_fatal("there is no memory to hash a password");
    }
    if (out_wrap != NULL) {
        memcpy(out_wrap->at, halves + HALF, HALF);
    }
    struct str kept = bytes_to_hex(call->arena, (struct bytes){halves, HALF});
    key_wipe(halves, sizeof halves);
    return str_format(call->arena, FORM "%.*s$%.*s", (int)(MEMORY >> 10), PASSES,
                      STR_ARG(bytes_to_hex(call->arena, salt)), STR_ARG(kept));
}

bool password_fits(struct str hash, struct str password, struct key_secret *out_wrap) {
    unsigned char halves[2 * HALF] = {0};
    struct kept kept;
    if (!read_kept(hash, &kept)) {
        return fits_old(hash, password);
    }
    bool fits =
        stretch(password, kept.salt, kept.passes, (size_t)kept.kibibytes << 10, halves) &&
        bytes_equal_secret((struct bytes){halves, HALF}, (struct bytes){kept.half, HALF});
    if (fits && out_wrap != NULL) {
        memcpy(out_wrap->at, halves + HALF, HALF);
    }
    key_wipe(halves, sizeof halves);
    return fits;
}

bool password_needs_rehash(struct str hash) {
    struct kept kept;
    return !read_kept(hash, &kept) || kept.passes != PASSES ||
           (size_t)kept.kibibytes << 10 != MEMORY;
}

/* Of 32 random bytes that nobody kept. */
struct str password_nobody(void) {
    return STR("$argon2id$v=19$m=65536,t=3,p=1"
               "$KVBMfjZVODraRjh9rZn41w$PDqytTgcuGphfTPnTTE4sk3+IjdOi7EBL2YTyWjN4ew");
}

struct hashing password_hashing(void) {
    pthread_mutex_lock(&lock);
    struct hashing now = hashing;
    pthread_mutex_unlock(&lock);
    return now;
}

static bool stretch(struct str password, const unsigned char *salt, int passes,
                    size_t memory, unsigned char out_halves[2 * HALF]) {
    enter();
    int failed = crypto_pwhash(out_halves, (unsigned long long)2 * HALF, password.at,
                               password.length, salt, (unsigned long long)passes, memory,
                               crypto_pwhash_ALG_ARGON2ID13);
    leave();
    return failed == 0;
}

static bool fits_old(struct str hash, struct str password) {
    char text[crypto_pwhash_STRBYTES] = {0};
    if (hash.length >= sizeof text) {
        return false;
    }
    memcpy(text, hash.at, hash.length);
    enter();
    int differs = crypto_pwhash_str_verify(text, password.at, password.length);
    leave();
    return differs == 0;
}

static bool read_kept(struct str hash, struct kept *out_kept) {
    char text[160] = {0};
    char salt[2 * crypto_pwhash_SALTBYTES + 1];
    char half[2 * HALF + 1];
    struct kept kept = {0};
    if (hash.length >= sizeof text) {
        return false;
    }
    memcpy(text, hash.at, hash.length);
    if (sscanf(text, FORM "%32[0-9a-f]$%64[0-9a-f]", &kept.kibibytes, &kept.passes, salt,
               half) != 4 ||
        kept.kibibytes < 8 || kept.kibibytes > KIBIBYTES_MOST || kept.passes < 1 ||
        kept.passes > PASSES_MOST) {
        return false;
    }
    size_t read = 0;
    bool sound = sodium_hex2bin(kept.salt, sizeof kept.salt, salt, strlen(salt), NULL,
                                &read, NULL) == 0 &&
                 read == sizeof kept.salt;
    sound = sound &&
            sodium_hex2bin(kept.half, HALF, half, strlen(half), NULL, &read, NULL) == 0 &&
            read == HALF;
    if (sound) {
        *out_kept = kept;
    }
    return sound;
}

static void enter(void) {
    if (sodium_init() < 0) {
        log_fatal("libsodium does not start");
    }
    pthread_mutex_lock(&lock);
    while (hashing.now == HASHERS_MOST) {
        pthread_cond_wait(&left, &lock);
    }
    hashing.now++;
    hashing.begun++;
    hashing.most = hashing.now > hashing.most ? hashing.now : hashing.most;
    pthread_mutex_unlock(&lock);
}

static void leave(void) {
    pthread_mutex_lock(&lock);
    hashing.now--;
    pthread_cond_signal(&left);
    pthread_mutex_unlock(&lock);
}
