/*
 * Key files, read at each use: it is rare, and a key that was rotated away is then
 * gone from every process at once.  Lines "NUMBER MADE-AT KEY", the present key first.
 */
#include "keyring.h"

#include "file.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_SIZE  32
#define NONCE     12
#define TAG       16
#define KEYS_MOST 32
#define FILE_MOST ((size_t)16 * 1024)
#define ALGORITHM "1"

struct key {
    int64_t number;
    instant made_at;
    unsigned char at[KEY_SIZE];
};

struct keys {
    struct key at[KEYS_MOST];
    size_t count;
};

static enum status open_directory(struct call *call, int *out_lock);
static enum status prepare(struct call *call, const struct keyring_purpose *purpose,
                           bool rotate, struct keys *out_keys);
static bool is_due(struct call *call, const struct keyring_purpose *purpose,
                   const struct keys *keys);
static enum status add_key(struct call *call, const struct keyring_purpose *purpose,
                           struct keys *keys);
static bool still_kept(struct call *call, const struct keyring_purpose *purpose,
                       const struct keys *keys, size_t at);
static const char *parent_of(struct call *call, const char *path);
static enum status read_keys(struct call *call, const struct keyring_purpose *purpose,
                             struct keys *out_keys);
static bool read_key(struct call *call, struct str line, struct key *out_key);
static enum status write_keys(struct call *call, const struct keyring_purpose *purpose,
                              const struct keys *keys);
static enum status is_private(const char *path);
static struct str authenticated(struct call *call, const struct keyring_purpose *purpose,
                                struct str context);

enum status keyring_seal(struct call *call, const struct keyring_purpose *purpose,
                         struct str context, struct bytes plain, struct str *out_sealed) {
    struct keys keys;
    TRY(prepare(call, purpose, false, &keys));
    struct str also = authenticated(call, purpose, context);
    unsigned char *sealed = arena_take(call->arena, NONCE + TAG + plain.length);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;
    memcpy(sealed, call_random(call, NONCE).at, NONCE);
    bool good =
        cipher != NULL && plain.length < INT32_MAX &&
        EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, keys.at[0].at, sealed) == 1 &&
        EVP_EncryptUpdate(cipher, NULL, &length, (const unsigned char *)also.at,
                          (int)also.length) == 1 &&
        EVP_EncryptUpdate(cipher, sealed + NONCE + TAG, &length, plain.at,
                          (int)plain.length) == 1 &&
        EVP_EncryptFinal_ex(cipher, sealed + NONCE + TAG + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG, sealed + NONCE) == 1;
    EVP_CIPHER_CTX_free(cipher);
    long long number = keys.at[0].number;
    OPENSSL_cleanse(&keys, sizeof keys);
    if (!good) {
        return log_failed("nothing could be sealed for %s", purpose->name);
    }
    struct str text =
        bytes_to_base64(call->arena, (struct bytes){sealed, NONCE + TAG + plain.length});
    *out_sealed = str_format(call->arena, ALGORITHM ".%lld.%.*s", number, STR_ARG(text));
    return DONE;
}

enum status keyring_open(struct call *call, const struct keyring_purpose *purpose,
                         struct str context, struct str sealed, struct bytes *out_plain) {
    struct keys keys;
    struct bytes bytes;
    int64_t number = 0;
    struct str rest = sealed;
    if (!str_is(str_cut(&rest, '.'), ALGORITHM) ||
        str_to_int(str_cut(&rest, '.'), &number) != DONE ||
        bytes_from_base64(call->arena, rest, &bytes) != DONE ||
        bytes.length < NONCE + TAG || bytes.length > INT32_MAX) {
        return ABSENT;
    }
    TRY(read_keys(call, purpose, &keys));
    size_t at = 0;
    while (at < keys.count && keys.at[at].number != number) {
        at++;
    }
    if (at == keys.count || !still_kept(call, purpose, &keys, at)) {
        OPENSSL_cleanse(&keys, sizeof keys);
        return ABSENT;
    }
    struct str also = authenticated(call, purpose, context);
    size_t size = bytes.length - NONCE - TAG;
    unsigned char *plain = arena_take(call->arena, size + 1);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;
    bool good = cipher != NULL &&
                EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, keys.at[at].at,
                                   bytes.at) == 1 &&
                EVP_DecryptUpdate(cipher, NULL, &length, (const unsigned char *)also.at,
                                  (int)also.length) == 1 &&
                EVP_DecryptUpdate(cipher, plain, &length, bytes.at + NONCE + TAG,
                                  (int)size) == 1 &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG,
                                    (void *)(uintptr_t)(bytes.at + NONCE)) == 1 &&
                EVP_DecryptFinal_ex(cipher, plain + length, &length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    OPENSSL_cleanse(&keys, sizeof keys);
    if (!good) {
        return ABSENT;
    }
    *out_plain = (struct bytes){plain, size};
    return DONE;
}

enum status keyring_rotate(struct call *call, const struct keyring_purpose *purpose) {
    struct keys keys;
    enum status status = prepare(call, purpose, true, &keys);
    OPENSSL_cleanse(&keys, sizeof keys);
    return status;
}

const char *keyring_path(struct call *call, const char *name) {
    const char *own = call->house->keys;
    struct str directory =
        own != NULL ? str_of(own)
                    : str_format(call->arena, "%s/keys", call->house->workspace);
    return str_text(call->arena, name == NULL ? directory
                                              : str_format(call->arena, "%.*s/%s",
                                                           STR_ARG(directory), name));
}

/* The keys with a present one; made or renewed under the directory's lock, so that two
 * processes that start together agree. */
static enum status prepare(struct call *call, const struct keyring_purpose *purpose,
                           bool rotate, struct keys *out_keys) {
    enum status found = read_keys(call, purpose, out_keys);
    if (found == FAILED || (!rotate && !is_due(call, purpose, out_keys))) {
        return found == FAILED ? FAILED : DONE;
    }
    int lock = -1;
    TRY(open_directory(call, &lock));
    found = read_keys(call, purpose, out_keys);
    if (found != FAILED && (rotate || is_due(call, purpose, out_keys))) {
        found = add_key(call, purpose, out_keys);
    }
    close(lock);
    return found == FAILED ? FAILED : DONE;
}

/* The directory, made if need be, and locked until *out_lock* is closed. */
static enum status open_directory(struct call *call, int *out_lock) {
    const char *directory = keyring_path(call, NULL);
    if (!file_exists(directory)) {
        TRY(file_make_directory(parent_of(call, directory)));
        if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
            return log_failed("make directory %s: %s", directory, strerror(errno));
        }
    }
    TRY(is_private(directory));
    int lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        enum status failed = log_failed("lock %s: %s", directory, strerror(errno));
        if (lock >= 0) {
            close(lock);
        }
        return failed;
    }
    *out_lock = lock;
    return DONE;
}

static bool is_due(struct call *call, const struct keyring_purpose *purpose,
                   const struct keys *keys) {
    return keys->count == 0 ||
           (purpose->renew > 0 && call->now - keys->at[0].made_at >= purpose->renew);
}

/* The new one goes first; those that open nothing any more are dropped. */
static enum status add_key(struct call *call, const struct keyring_purpose *purpose,
                           struct keys *keys) {
    size_t kept = 0;
    while (kept < keys->count && kept < KEYS_MOST - 1 &&
           still_kept(call, purpose, keys, kept)) {
        kept++;
    }
    int64_t number = keys->count == 0 ? 1 : keys->at[0].number + 1;
    memmove(&keys->at[1], &keys->at[0], kept * sizeof keys->at[0]);
    keys->at[0].number = number;
    keys->at[0].made_at = call->now;
    memcpy(keys->at[0].at, call_random(call, KEY_SIZE).at, KEY_SIZE);
    keys->count = kept + 1;
    return write_keys(call, purpose, keys);
}

/* The present key always; a former one for a while after its successor was made. */
static bool still_kept(struct call *call, const struct keyring_purpose *purpose,
                       const struct keys *keys, size_t at) {
    return at == 0 || purpose->keep == 0 ||
           call->now - keys->at[at - 1].made_at < purpose->keep;
}

static const char *parent_of(struct call *call, const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash == path
               ? "."
               : str_text(call->arena, str_part(str_of(path), 0, (size_t)(slash - path)));
}

/* No file is no key yet: DONE with none. */
static enum status read_keys(struct call *call, const struct keyring_purpose *purpose,
                             struct keys *out_keys) {
    const char *path = keyring_path(call, purpose->name);
    struct bytes bytes;
    out_keys->count = 0;
    enum status read = file_read(call->arena, path, FILE_MOST, &bytes);
    if (read == ABSENT) {
        return DONE;
    }
    TRY(is_private(path));
    TRY(read);
    struct str rest = {(const char *)bytes.at, bytes.length};
    while (!str_is_empty(rest) && out_keys->count < KEYS_MOST) {
        if (!read_key(call, str_cut(&rest, '\n'), &out_keys->at[out_keys->count++])) {
            return log_failed("%s holds a line that is no key", path);
        }
    }
    return DONE;
}

static bool read_key(struct call *call, struct str line, struct key *out_key) {
    struct bytes key;
    struct str number = str_cut(&line, ' ');
    struct str made_at = str_cut(&line, ' ');
    if (str_to_int(number, &out_key->number) != DONE ||
        str_to_int(made_at, &out_key->made_at) != DONE ||
        bytes_from_base64(call->arena, line, &key) != DONE || key.length != KEY_SIZE) {
        return false;
    }
    memcpy(out_key->at, key.at, KEY_SIZE);
    return true;
}

static enum status write_keys(struct call *call, const struct keyring_purpose *purpose,
                              const struct keys *keys) {
    struct buffer text;
    buffer_init(&text, call->arena);
    for (size_t i = 0; i < keys->count; i++) {
        struct str key =
            bytes_to_base64(call->arena, (struct bytes){keys->at[i].at, KEY_SIZE});
        buffer_add_format(&text, "%lld %lld %.*s\n", (long long)keys->at[i].number,
                          (long long)keys->at[i].made_at, STR_ARG(key));
    }
    return file_write_secret(keyring_path(call, purpose->name),
                             bytes_of_str(buffer_str(&text)));
}

static enum status is_private(const char *path) {
    struct stat facts;
    if (stat(path, &facts) != 0) {
        return log_failed("%s: %s", path, strerror(errno));
    }
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return log_failed("%s may be read by others; chmod go= it, and rotate the keys",
                          path);
    }
    return DONE;
}

static struct str authenticated(struct call *call, const struct keyring_purpose *purpose,
                                struct str context) {
    return str_format(call->arena, "%s:%.*s", purpose->name, STR_ARG(context));
}
