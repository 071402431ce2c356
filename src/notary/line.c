/*
 * A chain as lines of JSON, checked as a stranger would: nothing of the ledger's own
 * code is asked, so that a mistake there shows here.
 */
#include "notary_own.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* The fields that are hashed, in the order of version 1 of the canonical bytes. */
static const char *const fields[] = {"version",        "group",   "sequence", "at",
                                     "person",         "post",    "door",     "act",
                                     "subject_kind",   "subject", "outcome",  "digest",
                                     "payload_digest", "key",     "rule",     "previous"};

static enum notary_fault check(struct notary_chain *chain, json_t *line);
static bool read_hash(json_t *line, const char *name, struct digest *out_digest);
static bool hash_of(json_t *line, enum digest_profile profile, struct digest *out_hash);
static bool field_text(json_t *value, char number[24], struct str *out_text);
static bool payload_fits(json_t *line, enum digest_profile profile);
static int64_t number_of(json_t *line, const char *name);

const char *notary_fault_name(enum notary_fault fault) {
    static const char *const names[] = {"whole",  "line",      "order",     "chain",
                                        "entry",  "payload",   "rewritten", "cut",
                                        "forked", "signature", "approval"};
    return names[fault];
}

enum notary_fault notary_chain_add(struct arena *arena, struct notary_chain *chain,
                                   struct str line) {
    (void)arena;
    json_t *json = json_loadb(line.at, line.length, JSON_REJECT_DUPLICATES, NULL);
    enum notary_fault fault =
        json_is_object(json) ? check(chain, json) : NOTARY_FAULT_LINE;
    json_decref(json);
    return fault;
}

static enum notary_fault check(struct notary_chain *chain, json_t *line) {
    struct digest hash;
    struct digest previous;
    struct digest made;
    int64_t sequence = number_of(line, "sequence");
    instant at = number_of(line, "at");
    if (number_of(line, "version") != 1 || number_of(line, "group") != chain->chain ||
        !read_hash(line, "hash", &hash) || !read_hash(line, "previous", &previous) ||
        digest_is_none(&hash)) {
        return NOTARY_FAULT_LINE;
    }
    enum digest_profile profile = (enum digest_profile)hash.profile;
    if (sequence != chain->tree.size + 1 || at < chain->at) {
        return NOTARY_FAULT_ORDER;
    }
    if (!digest_equal(&previous, &chain->hash) ||
        (chain->tree.size > 0 && profile != chain->profile)) {
        return NOTARY_FAULT_CHAIN;
    }
    if (!hash_of(line, profile, &made) || !digest_equal(&made, &hash)) {
        return NOTARY_FAULT_ENTRY;
    }
    if (!payload_fits(line, profile)) {
        return NOTARY_FAULT_PAYLOAD;
    }
    if (chain->tree.size == 0) {
        notary_tree_begin(&chain->tree, profile);
        chain->profile = profile;
    }
    notary_tree_add(&chain->tree, &hash);
    chain->hash = hash;
    chain->at = at;
    return NOTARY_WHOLE;
}

static bool read_hash(json_t *line, const char *name, struct digest *out_digest) {
    struct str text = str_of(json_string_value(json_object_get(line, name)));
    *out_digest = (struct digest){0};
    return json_is_string(json_object_get(line, name)) &&
           (str_is_empty(text) || digest_from_text(text, out_digest) == DONE);
}

static bool hash_of(json_t *line, enum digest_profile profile, struct digest *out_hash) {
    struct digesting digesting;
    bool sound = true;
    digest_begin(&digesting, profile);
    for (size_t i = 0; i < LENGTH(fields) && sound; i++) {
        char number[24];
        struct str text;
        sound = field_text(json_object_get(line, fields[i]), number, &text);
        if (sound) {
            digest_add_field(&digesting, fields[i], text);
        }
    }
    *out_hash = digest_end(&digesting);
    return sound;
}

static bool field_text(json_t *value, char number[24], struct str *out_text) {
    if (json_is_string(value)) {
        *out_text = (struct str){json_string_value(value), json_string_length(value)};
        return true;
    }
    int length = snprintf(number, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    *out_text = (struct str){number, (size_t)length};
    return json_is_integer(value);
}

/* An export without payloads has neither; one that was erased has neither too. */
static bool payload_fits(json_t *line, enum digest_profile profile) {
    json_t *payload = json_object_get(line, "payload");
    json_t *salt = json_object_get(line, "salt");
    struct digest wanted;
    struct bytes bytes;
    if (payload == NULL && salt == NULL) {
        return true;
    }
    struct arena *arena = arena_new((size_t)1 << 20);
    bool fits = json_is_string(payload) && json_is_string(salt) &&
                read_hash(line, "payload_digest", &wanted) &&
                bytes_from_hex(arena, str_of(json_string_value(salt)), &bytes) == DONE;
    if (fits) {
        struct digesting digesting;
        digest_begin(&digesting, profile);
        digest_add_field(&digesting, "salt",
                         (struct str){(const char *)bytes.at, bytes.length});
        digest_add_field(
            &digesting, "payload",
            (struct str){json_string_value(payload), json_string_length(payload)});
        struct digest made = digest_end(&digesting);
        fits = digest_equal(&made, &wanted);
    }
    arena_free(arena);
    return fits;
}

/* Ids and instants are strings, as they do not fit into the numbers of JavaScript. */
static int64_t number_of(json_t *line, const char *name) {
    json_t *value = json_object_get(line, name);
    int64_t number = -1;
    if (json_is_integer(value)) {
        return json_integer_value(value);
    }
    if (str_to_int(str_of(json_string_value(value)), &number) != DONE) {
        return -1;
    }
    return number;
}
