/*
 * What somebody typed into a form whose session had ended travels through the
 * sign-in page, encrypted to this process and bound to the person: whoever
 * else signs in at that desk learns nothing of it.  AES-256-GCM, a random nonce.
 */
#include "web_own.h"

#include <openssl/evp.h>

#define NONCE 12
#define TAG   16

static void add_typed(void *to, const struct field *field, struct str typed);
static void add_escaped(struct buffer *out, struct str text);
static struct str encrypt(struct visit *visit, struct str plain);
static enum status decrypt(struct visit *visit, struct str sealed, struct str *out_plain);

struct str seal_typed(struct visit *visit, id64 person) {
    struct arena *arena = visit->call->arena;
    struct buffer plain;
    if (person == 0 || visit->request->form == NULL) {
        return STR("");
    }
    buffer_init(&plain, arena);
    buffer_add(&plain, id_to_text(arena, person));
    buffer_add_char(&plain, '\n');
    buffer_add(&plain, visit->request->path);
    buffer_add_char(&plain, '\n');
    request_each_typed(visit->request, add_typed, &plain);
    return encrypt(visit, buffer_str(&plain));
}

enum status seal_open(struct visit *visit, struct str sealed, id64 person,
                      struct str *out_path, struct str *out_form) {
    struct str rest;
    TRY(decrypt(visit, sealed, &rest));
    struct str owner = str_cut(&rest, '\n');
    if (!str_equal(owner, id_to_text(visit->call->arena, person))) {
        return ABSENT;
    }
    *out_path = str_cut(&rest, '\n');
    *out_form = rest;
    return DONE;
}

static void add_typed(void *to, const struct field *field, struct str typed) {
    struct buffer *out = to;
    add_escaped(out, str_of(field->name));
    buffer_add_char(out, '=');
    add_escaped(out, typed);
    buffer_add_char(out, '&');
}

static void add_escaped(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte > ' ' && byte != '%' && byte != '&' && byte != '=' && byte != '+') {
            buffer_add_char(out, (char)byte);
        } else {
            buffer_add_format(out, "%%%02X", byte);
        }
    }
}

static struct str encrypt(struct visit *visit, struct str plain) {
    struct arena *arena = visit->call->arena;
    unsigned char *sealed = arena_take(arena, NONCE + TAG + plain.length);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;
    memcpy(sealed, call_random(visit->call, NONCE).at, NONCE);
    bool good =
        cipher != NULL && plain.length < INT32_MAX &&
        EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, visit->web->seal_key,
                           sealed) == 1 &&
        EVP_EncryptUpdate(cipher, sealed + NONCE + TAG, &length,
                          (const unsigned char *)plain.at, (int)plain.length) == 1 &&
        EVP_EncryptFinal_ex(cipher, sealed + NONCE + TAG + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG, sealed + NONCE) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!good) {
        log_fault("what was typed could not be sealed");
        return STR("");
    }
    return bytes_to_base64(arena, (struct bytes){sealed, NONCE + TAG + plain.length});
}

static enum status decrypt(struct visit *visit, struct str sealed,
                           struct str *out_plain) {
    struct arena *arena = visit->call->arena;
    struct bytes bytes;
    if (bytes_from_base64(arena, sealed, &bytes) != DONE || bytes.length < NONCE + TAG ||
        bytes.length > INT32_MAX) {
        return ABSENT;
    }
    size_t size = bytes.length - NONCE - TAG;
    unsigned char *plain = arena_take(arena, size + 1);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;
    bool good = cipher != NULL &&
                EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, visit->web->seal_key,
                                   bytes.at) == 1 &&
                EVP_DecryptUpdate(cipher, plain, &length, bytes.at + NONCE + TAG,
                                  (int)size) == 1 &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG,
                                    (void *)(uintptr_t)(bytes.at + NONCE)) == 1 &&
                EVP_DecryptFinal_ex(cipher, plain + length, &length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!good) {
        return ABSENT;
    }
    *out_plain = (struct str){(const char *)plain, size};
    return DONE;
}
