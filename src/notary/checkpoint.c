/*
 * Checkpoints as text.
 */
#include "notary_own.h"

#include <inttypes.h>
#include <string.h>

#define TITLE "shenfa checkpoint 1"
#define DASH  "— "

static enum status read_fields(struct str body, struct checkpoint *checkpoint);
static bool take_number(struct str *rest, const char *name, int64_t *out_number);
static bool take_digest(struct str *rest, const char *name, struct digest *out_digest);
static bool take(struct str *rest, const char *name, struct str *out_value);
static enum status read_signature(struct arena *arena, struct str line,
                                  struct checkpoint *checkpoint);

enum status checkpoint_sign(struct arena *arena, const struct key_pair *pair,
                            struct checkpoint *checkpoint) {
    struct str root = digest_to_text(arena, &checkpoint->root);
    struct str head = digest_to_text(arena, &checkpoint->head);
    checkpoint->body = str_format(arena,
                                  TITLE "\nchain %" PRId64 "\nsize %" PRId64
                                        "\nroot %.*s\nhead %.*s\nat %" PRId64 "\n",
                                  checkpoint->chain, checkpoint->size, STR_ARG(root),
                                  STR_ARG(head), checkpoint->at);
    TRY(key_sign(pair, bytes_of_str(checkpoint->body), &checkpoint->signature));
    checkpoint->key_id = checkpoint_key_id(arena, &pair->open);
    struct str signature =
        bytes_to_hex(arena, (struct bytes){checkpoint->signature.at, KEY_SIGNATURE_SIZE});
    checkpoint->text =
        str_format(arena, "%.*s\n" DASH "%.*s %.*s\n", STR_ARG(checkpoint->body),
                   STR_ARG(checkpoint->key_id), STR_ARG(signature));
    return DONE;
}

enum status checkpoint_read(struct arena *arena, struct str *rest,
                            struct checkpoint *out_checkpoint) {
    struct checkpoint checkpoint = {0};
    while (str_starts(*rest, "\n")) {
        str_cut(rest, '\n');
    }
    if (str_is_empty(*rest)) {
        return ABSENT;
    }
    size_t end = str_find(*rest, STR("\n\n"));
    struct str begin = *rest;
    if (end == rest->length) {
        return REFUSED;
    }
    checkpoint.body = str_part(*rest, 0, end + 1);
    *rest = str_part(*rest, end + 2, rest->length);
    struct str line = str_cut(rest, '\n');
    size_t end_of_line = (size_t)(line.at + line.length - begin.at);
    checkpoint.text = str_part(begin, 0, end_of_line + 1); /* with its own line's end */
    TRY(read_fields(checkpoint.body, &checkpoint));
    TRY(read_signature(arena, line, &checkpoint));
    *out_checkpoint = checkpoint;
    return DONE;
}

bool checkpoint_signed(const struct checkpoint *checkpoint,
                       const struct key_public *key) {
    return key_signed(key, bytes_of_str(checkpoint->body), &checkpoint->signature);
}

struct str checkpoint_key_id(struct arena *arena, const struct key_public *key) {
    struct digest digest =
        digest_of(DIGEST_SHA256, bytes_of_str(key_public_to_text(arena, key)));
    return bytes_to_hex(arena, (struct bytes){digest.at, 8});
}

static enum status read_fields(struct str body, struct checkpoint *checkpoint) {
    if (!str_is(str_cut(&body, '\n'), TITLE) ||
        !take_number(&body, "chain ", &checkpoint->chain) ||
        !take_number(&body, "size ", &checkpoint->size) ||
        !take_digest(&body, "root ", &checkpoint->root) ||
        !take_digest(&body, "head ", &checkpoint->head) ||
        !take_number(&body, "at ", &checkpoint->at) || !str_is_empty(body) ||
        digest_is_none(&checkpoint->root) || checkpoint->size < 0 ||
        (checkpoint->size > 0) == digest_is_none(&checkpoint->head)) {
        return REFUSED;
    }
    return DONE;
}

static bool take_number(struct str *rest, const char *name, int64_t *out_number) {
    struct str value;
    return take(rest, name, &value) && str_to_int(value, out_number) == DONE;
}

static bool take_digest(struct str *rest, const char *name, struct digest *out_digest) {
    struct str value;
    *out_digest = (struct digest){0};
    return take(rest, name, &value) &&
           (str_is_empty(value) || digest_from_text(value, out_digest) == DONE);
}

static bool take(struct str *rest, const char *name, struct str *out_value) {
    struct str line = str_cut(rest, '\n');
    *out_value = str_part(line, strlen(name), line.length);
    return str_starts(line, name);
}

static enum status read_signature(struct arena *arena, struct str line,
                                  struct checkpoint *checkpoint) {
    struct bytes bytes;
    if (!str_starts(line, DASH)) {
        return REFUSED;
    }
    line = str_part(line, strlen(DASH), line.length);
    checkpoint->key_id = str_cut(&line, ' ');
    if (checkpoint->key_id.length != 16 || bytes_from_hex(arena, line, &bytes) != DONE ||
        bytes.length != KEY_SIGNATURE_SIZE) {
        return REFUSED;
    }
    memcpy(checkpoint->signature.at, bytes.at, KEY_SIGNATURE_SIZE);
    return DONE;
}
