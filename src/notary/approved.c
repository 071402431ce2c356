/*
 * The signatures in an export, checked as a stranger would: by the text of the manual and
 * by nothing that the program itself uses to make or to read them.
 *
 * A line's payload carries what was signed.  Each signature must fit its key and its
 * bytes, the key must be certified for the signer by the registrar, and the bytes must
 * speak of this very line: act, chain, subject, digest, person, and the entry before it.
 */
#include "notary_own.h"

#include <string.h>

static bool note_registrar(struct approvals *approvals, struct str payload);
static bool is_registrar(const struct approvals *approvals, struct str key);
static void note_beginning(struct approvals *approvals, const json_t *payload);
static bool must_be_signed(const struct approvals *approvals, const json_t *line);
static bool check_one(struct arena *arena, const struct approvals *approvals,
                      const json_t *line, const json_t *given);
static bool speaks_of(struct arena *arena, const json_t *line, struct str statement,
                      struct str key);
static bool is_certified(struct arena *arena, const struct approvals *approvals,
                         struct str person, struct str key, struct str certificate);
static bool fits(struct arena *arena, struct str key, struct str text,
                 struct str signature);
static struct str line_of(struct str statement, const char *name);
static struct str text_of(const json_t *object, const char *name);

bool approvals_fit(struct arena *arena, struct approvals *approvals, const json_t *line) {
    struct str act = text_of(line, "act");
    struct str payload = text_of(line, "payload");
    if (str_is_empty(payload)) {
        return true; /* an export without payloads, or one that was erased */
    }
    if (str_is(act, "people.registrar")) {
        return note_registrar(approvals, payload);
    }
    json_t *json = json_loadb(payload.at, payload.length, 0, NULL);
    json_t *list = json_object_get(json, "signed");
    bool sound = true;
    if (str_is(act, "approval.begin")) {
        sound = !approvals->begun;
        note_beginning(approvals, json);
    }
    if (json_array_size(list) == 0) {
        sound = sound && !must_be_signed(approvals, line);
    }
    for (size_t i = 0; sound && i < json_array_size(list); i++) {
        sound = check_one(arena, approvals, line, json_array_get(list, i));
        approvals->signatures++;
    }
    json_decref(json);
    return sound;
}

/* The first is believed if none was given from outside; there is one for ever, unless the
 * workspace lost its keys, and then whoever checks must say that he knows the others. */
static bool note_registrar(struct approvals *approvals, struct str payload) {
    json_t *json = json_loadb(payload.at, payload.length, 0, NULL);
    struct str key = text_of(json, "key");
    bool sound = str_is_empty(approvals->registrar) || is_registrar(approvals, key);
    if (str_is_empty(approvals->registrar)) {
        approvals->registrar = str_copy(approvals->arena, key);
    }
    json_decref(json);
    return sound;
}

/* One a line. */
static bool is_registrar(const struct approvals *approvals, struct str key) {
    struct str rest = approvals->registrar;
    bool known = false;
    while (!str_is_empty(rest)) {
        known = str_equal(str_trim(str_cut(&rest, '\n')), key) || known;
    }
    return known && !str_is_empty(key);
}

static void note_beginning(struct approvals *approvals, const json_t *payload) {
    const json_t *chains = json_object_get(payload, "chains");
    approvals->begun = true;
    for (size_t i = 0; i < json_array_size(chains) &&
                       approvals->chain_count < LENGTH(approvals->chains);
         i++) {
        const json_t *chain = json_array_get(chains, i);
        struct approvals_chain *place = &approvals->chains[approvals->chain_count];
        if (str_to_int(text_of(chain, "chain"), &place->chain) == DONE) {
            place->sequence = json_integer_value(json_object_get(chain, "sequence"));
            approvals->chain_count++;
        }
    }
}

static bool must_be_signed(const struct approvals *approvals, const json_t *line) {
    static const char *const acts[] = {
        "review.submit",        "review.decide",        "review.propose",
        "review.enter-paper",   "review.confirm-paper", "publication.release",
        "publication.schedule", "publication.withdraw", "matter.answer"};
    bool decides = false;
    int64_t group = 0;
    int64_t began = 0;
    for (size_t i = 0; i < LENGTH(acts); i++) {
        decides = decides || str_is(text_of(line, "act"), acts[i]);
    }
    if (!approvals->begun || !decides ||
        json_integer_value(json_object_get(line, "outcome")) != 0 ||
        str_to_int(text_of(line, "group"), &group) != DONE) {
        return false;
    }
    for (size_t i = 0; i < approvals->chain_count; i++) {
        began =
            approvals->chains[i].chain == group ? approvals->chains[i].sequence : began;
    }
    return json_integer_value(json_object_get(line, "sequence")) > began;
}

static bool check_one(struct arena *arena, const struct approvals *approvals,
                      const json_t *line, const json_t *given) {
    struct str statement = text_of(given, "statement");
    struct str key = text_of(given, "key");
    struct str certificate = text_of(given, "certificate");
    return speaks_of(arena, line, statement, key) &&
           is_certified(arena, approvals, text_of(line, "person"), key, certificate) &&
           fits(arena, key, statement, text_of(given, "signature"));
}

static bool speaks_of(struct arena *arena, const json_t *line, struct str statement,
                      struct str key) {
    struct str kind = text_of(line, "subject_kind");
    struct str id = text_of(line, "subject");
    struct str previous = text_of(line, "previous");
    json_int_t sequence = json_integer_value(json_object_get(line, "sequence"));
    struct str subject = str_format(arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(id));
    struct str after =
        str_format(arena, "%lld %.*s", (long long)sequence - 1, STR_ARG(previous));
    return str_starts(statement, "shenfa approval 1\n") &&
           str_equal(line_of(statement, "act"), text_of(line, "act")) &&
           str_equal(line_of(statement, "group"), text_of(line, "group")) &&
           str_equal(line_of(statement, "subject"), subject) &&
           str_equal(line_of(statement, "digest"), text_of(line, "digest")) &&
           str_equal(line_of(statement, "signer"), text_of(line, "person")) &&
           str_equal(line_of(statement, "after"), after) &&
           str_equal(line_of(statement, "key"), key);
}

/* "REGISTRAR ORIGIN AT SIGNATURE"; empty where the key is the registrar's own. */
static bool is_certified(struct arena *arena, const struct approvals *approvals,
                         struct str person, struct str key, struct str certificate) {
    struct str rest = certificate;
    if (str_is_empty(certificate)) {
        return is_registrar(approvals, key);
    }
    struct str registrar = str_cut(&rest, ' ');
    struct str origin = str_cut(&rest, ' ');
    struct str at = str_cut(&rest, ' ');
    struct str text = str_format(
        arena, "shenfa signing key 1\nperson %.*s\nkey %.*s\norigin %.*s\nat %.*s\n",
        STR_ARG(person), STR_ARG(key), STR_ARG(origin), STR_ARG(at));
    return is_registrar(approvals, registrar) && fits(arena, registrar, text, rest);
}

static bool fits(struct arena *arena, struct str key, struct str text,
                 struct str signature) {
    struct key_public open;
    struct key_signature given;
    struct bytes bytes;
    if (key_public_from_text(key, &open) != DONE ||
        bytes_from_hex(arena, signature, &bytes) != DONE ||
        bytes.length != KEY_SIGNATURE_SIZE) {
        return false;
    }
    memcpy(given.at, bytes.at, KEY_SIGNATURE_SIZE);
    return key_signed(&open, bytes_of_str(text), &given);
}

static struct str line_of(struct str statement, const char *name) {
    while (!str_is_empty(statement)) {
        struct str line = str_cut(&statement, '\n');
        if (str_is(str_cut(&line, ' '), name)) {
            return line;
        }
    }
    return STR("");
}

static struct str text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}
