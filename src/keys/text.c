/*
 * Keys as text, and pairs in files.
 */
#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST 1024

static const struct {
    enum key_profile profile;
    const char *name;
    size_t length;
} profiles[] = {{KEY_SM2, "sm2", 65}, {KEY_ED25519, "ed25519", 32}};

static bool only_mine(const char *path);

struct str key_public_to_text(struct arena *arena, const struct key_public *key) {
    for (size_t i = 0; i < LENGTH(profiles); i++) {
        if (profiles[i].profile == (enum key_profile)key->profile) {
            struct str hex = bytes_to_hex(arena, (struct bytes){key->at, key->length});
            return str_format(arena, "%s:%.*s", profiles[i].name, STR_ARG(hex));
        }
    }
    return STR("");
}

enum status key_public_from_text(struct str text, struct key_public *out_key) {
    struct str name = str_cut(&text, ':');
    struct key_public key = {0};
    char digits[KEY_PUBLIC_MOST * 2];
    for (size_t i = 0; i < LENGTH(profiles); i++) {
        if (str_is(name, profiles[i].name) && text.length == profiles[i].length * 2) {
            key.profile = (unsigned char)profiles[i].profile;
            key.length = (unsigned char)profiles[i].length;
        }
    }
    if (key.profile == 0) {
        return REFUSED;
    }
    memcpy(digits, text.at, text.length);
    struct arena *arena = arena_new(4096);
    struct bytes bytes;
    enum status status = bytes_from_hex(arena, (struct str){digits, text.length}, &bytes);
    if (status == DONE) {
        memcpy(key.at, bytes.at, key.length);
        *out_key = key;
    }
    arena_free(arena);
    return status;
}

bool key_public_equal(const struct key_public *a, const struct key_public *b) {
    return a->profile == b->profile && a->length == b->length &&
           memcmp(a->at, b->at, a->length) == 0;
}

enum status key_pair_write(const char *path, const struct key_pair *pair) {
    struct arena *arena = arena_new(64 * 1024);
    struct str shown = key_public_to_text(arena, &pair->open);
    struct str secret =
        bytes_to_hex(arena, (struct bytes){pair->secret, KEY_SECRET_SIZE});
    struct str text = str_format(arena, "%.*s %.*s\n", STR_ARG(shown), STR_ARG(secret));
    /* Nobody else may read it from its first moment on, and none is written over. */
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    enum status status = DONE;
    if (file < 0 || write(file, text.at, text.length) != (ssize_t)text.length ||
        fsync(file) != 0) {
        status = log_failed("write %s: %s", path, strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
    key_wipe((void *)secret.at, secret.length);
    key_wipe((void *)text.at, text.length);
    arena_free(arena);
    return status;
}

enum status key_pair_read(struct arena *arena, const char *path,
                          struct key_pair *out_pair) {
    struct bytes bytes;
    struct bytes secret;
    struct key_pair pair;
    TRY(file_read(arena, path, FILE_MOST, &bytes));
    struct str rest = str_trim((struct str){(const char *)bytes.at, bytes.length});
    struct str open = str_cut(&rest, ' ');
    if (!only_mine(path) || key_public_from_text(open, &pair.open) != DONE ||
        bytes_from_hex(arena, rest, &secret) != DONE ||
        secret.length != KEY_SECRET_SIZE) {
        return REFUSED;
    }
    memcpy(pair.secret, secret.at, KEY_SECRET_SIZE);
    *out_pair = pair;
    key_wipe(&pair, sizeof pair);
    key_wipe((void *)secret.at, secret.length);
    key_wipe((void *)bytes.at, bytes.length);
    return DONE;
}

static bool only_mine(const char *path) {
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISREG(facts.st_mode) &&
           (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}
