/*
 * argon2id by libsodium, two at a time.  Each takes 64 MiB and tens of
 * milliseconds; without the limit a flood of sign-ins would take all memory and
 * both cores.  The count is the process's, as the memory is.
 */
#include "people_own.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define PASSES       3
#define MEMORY       ((size_t)64 << 20)
#define HASHERS_MOST 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static struct hashing hashing;

static void enter(void);
static void leave(void);

struct str password_hash(struct call *call, struct str password) {
    char *hash = arena_take(call->arena, crypto_pwhash_STRBYTES);
    enter();
    int failed = crypto_pwhash_str_alg(hash, password.at, password.length, PASSES, MEMORY,
                                       crypto_pwhash_ALG_ARGON2ID13);
    leave();
    if (failed != 0) {
        log_fatal("there is no memory to hash a password");
    }
    return str_of(hash);
}

bool password_fits(struct str hash, struct str password) {
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

bool password_needs_rehash(struct str hash) {
    char text[crypto_pwhash_STRBYTES] = {0};
    if (hash.length >= sizeof text) {
        return true;
    }
    memcpy(text, hash.at, hash.length);
    return crypto_pwhash_str_needs_rehash(text, PASSES, MEMORY) != 0;
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
