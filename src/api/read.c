/*
 * Bodies: one JSON object whose members are what the entry says, no more and no
 * less.  What does not fit is told member by member, before any act is called.
 */
#include "api_own.h"

#include <string.h>

static enum status check_member(struct exchange *exchange, const struct member *member,
                                const json_t *value);
static bool fits(struct exchange *exchange, enum member_kind kind, const json_t *value);
static bool all_fit(struct exchange *exchange, enum member_kind kind,
                    const json_t *array);
static bool is_pairs(const json_t *value);
static bool is_file(const json_t *value);
static const char *words_of(enum member_kind kind);
static const struct member *member_named(const struct exchange *exchange,
                                         const char *name);
static struct str text_of(const json_t *value);
static json_t *member(const struct exchange *exchange, const char *name);

enum status read_body(struct exchange *exchange) {
    struct str type = request_header(exchange->request, "content-type");
    struct bytes bytes = exchange->request->body;
    json_error_t error;
    if (bytes.length == 0) {
        exchange->body = json_object();
    } else {
        if (!str_starts(type, "application/json")) {
            problem_status(exchange, 415, "api.not-json");
            exchange->answered = true;
            return DONE;
        }
        exchange->body = json_loadb((const char *)bytes.at, bytes.length,
                                    JSON_REJECT_DUPLICATES, &error);
    }
    if (!json_is_object(exchange->body)) {
        struct str place = str_format(exchange->call->arena, "%d", error.line);
        return exchange->body != NULL
                   ? call_refuse_field(exchange->call, "", "", "api.no-object", NULL)
                   : call_refuse_field(exchange->call, "", "", "api.bad-json", "line",
                                       place.at, NULL);
    }
    enum status status = DONE;
    const char *name;
    json_t *value;
    json_object_foreach(exchange->body, name, value) {
        const struct member *known = member_named(exchange, name);
        enum status one =
            known == NULL
                ? call_refuse_field(exchange->call,
                                    str_text(exchange->call->arena, str_of(name)), "",
                                    "api.unknown-member", NULL)
                : check_member(exchange, known, value);
        status = one == DONE ? status : one;
    }
    for (const struct member *each = exchange->endpoint->members; each->name != NULL;
         each++) {
        if (each->required && !body_has(exchange, each->name)) {
            status = call_refuse_field(exchange->call, each->name, "",
                                       "api.member-missing", NULL);
        }
    }
    return status;
}

bool body_has(const struct exchange *exchange, const char *name) {
    return member(exchange, name) != NULL;
}

struct str body_text(const struct exchange *exchange, const char *name) {
    return text_of(member(exchange, name));
}

id64 body_id(const struct exchange *exchange, const char *name) {
    id64 id = 0;
    return id_from_text(body_text(exchange, name), &id) == DONE ? id : 0;
}

struct digest body_digest(const struct exchange *exchange, const char *name) {
    struct digest digest = {0};
    return digest_from_text(body_text(exchange, name), &digest) == DONE
               ? digest
               : (struct digest){0};
}

instant body_instant(const struct exchange *exchange, const char *name) {
    instant at = 0;
    return instant_from_rfc3339(body_text(exchange, name), &at) == DONE ? at : 0;
}

civil_day body_day(const struct exchange *exchange, const char *name) {
    civil_day day = 0;
    return day_from_text(body_text(exchange, name), &day) == DONE ? day : 0;
}

size_t body_ids(const struct exchange *exchange, const char *name, id64 **out_ids) {
    const json_t *array = member(exchange, name);
    size_t count = json_array_size(array);
    id64 *ids = TAKE_ARRAY(exchange->call->arena, count + 1, id64);
    for (size_t i = 0; i < count; i++) {
        if (id_from_text(text_of(json_array_get(array, i)), &ids[i]) != DONE) {
            ids[i] = 0; /* read_body has refused it before */
        }
    }
    *out_ids = ids;
    return count;
}

size_t body_digests(const struct exchange *exchange, const char *name,
                    struct digest **out_digests) {
    const json_t *array = member(exchange, name);
    size_t count = json_array_size(array);
    struct digest *digests = TAKE_ARRAY(exchange->call->arena, count + 1, struct digest);
    for (size_t i = 0; i < count; i++) {
        if (digest_from_text(text_of(json_array_get(array, i)), &digests[i]) != DONE) {
            digests[i] = (struct digest){0};
        }
    }
    *out_digests = digests;
    return count;
}

size_t body_answers(const struct exchange *exchange, const char *name,
                    struct answer **out_answers) {
    json_t *object = member(exchange, name);
    size_t count = 0;
    struct answer *answers =
        TAKE_ARRAY(exchange->call->arena, json_object_size(object) + 1, struct answer);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        answers[count++] = (struct answer){str_of(key), text_of(value)};
    }
    *out_answers = answers;
    return count;
}

size_t body_fields(const struct exchange *exchange, struct field_value **out_fields) {
    json_t *object = member(exchange, "fields");
    size_t count = 0;
    struct field_value *fields = TAKE_ARRAY(
        exchange->call->arena, json_object_size(object) + 1, struct field_value);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (json_string_length(value) > 0) {
            fields[count++] = (struct field_value){str_of(key), text_of(value)};
        }
    }
    *out_fields = fields;
    return count;
}

size_t body_files(const struct exchange *exchange, struct attachment **out_files) {
    const json_t *array = member(exchange, "attachments");
    size_t count = json_array_size(array);
    struct attachment *files =
        TAKE_ARRAY(exchange->call->arena, count + 1, struct attachment);
    for (size_t i = 0; i < count; i++) {
        const json_t *file = json_array_get(array, i);
        files[i] = (struct attachment){
            .name = text_of(json_object_get(file, "name")),
            .media_type = text_of(json_object_get(file, "media_type")),
            .alt = text_of(json_object_get(file, "alt")),
            .size = json_integer_value(json_object_get(file, "size")),
            .in_body = json_is_true(json_object_get(file, "in_body"))};
        if (digest_from_text(text_of(json_object_get(file, "digest")),
                             &files[i].digest) != DONE) {
            files[i].digest = (struct digest){0};
        }
    }
    *out_files = files;
    return count;
}

enum status path_id(struct exchange *exchange, id64 *out_id) {
    return request_id_parameter(exchange->request, "id", out_id);
}

enum status prove(struct exchange *exchange) {
    return body_has(exchange, "password")
               ? people_prove_with(exchange->call, body_text(exchange, "password"),
                                   body_text(exchange, "code"))
               : DONE;
}

static enum status check_member(struct exchange *exchange, const struct member *member,
                                const json_t *value) {
    if (json_is_null(value) || fits(exchange, member->kind, value)) {
        return DONE;
    }
    return call_refuse_field(exchange->call, member->name, "", words_of(member->kind),
                             NULL);
}

static bool fits(struct exchange *exchange, enum member_kind kind, const json_t *value) {
    struct str text = text_of(value);
    struct digest digest;
    instant at;
    civil_day day;
    id64 id;
    switch (kind) {
    case MEMBER_TEXT:
        return json_is_string(value) && utf8_is_valid(text);
    case MEMBER_ID:
        return json_is_string(value) && id_from_text(text, &id) == DONE;
    case MEMBER_DIGEST:
        return json_is_string(value) && digest_from_text(text, &digest) == DONE;
    case MEMBER_DAY:
        return json_is_string(value) && day_from_text(text, &day) == DONE;
    case MEMBER_INSTANT:
        return json_is_string(value) && instant_from_rfc3339(text, &at) == DONE;
    case MEMBER_IDS:
        return all_fit(exchange, MEMBER_ID, value);
    case MEMBER_DIGESTS:
        return all_fit(exchange, MEMBER_DIGEST, value);
    case MEMBER_PAIRS:
        return is_pairs(value);
    case MEMBER_FILES:
        break;
    }
    bool good = json_is_array(value);
    for (size_t i = 0; good && i < json_array_size(value); i++) {
        good = is_file(json_array_get(value, i));
    }
    return good;
}

static bool all_fit(struct exchange *exchange, enum member_kind kind,
                    const json_t *array) {
    bool good = json_is_array(array);
    for (size_t i = 0; good && i < json_array_size(array); i++) {
        good = fits(exchange, kind, json_array_get(array, i));
    }
    return good;
}

static bool is_pairs(const json_t *value) {
    const char *name;
    json_t *each;
    bool good = json_is_object(value);
    json_object_foreach((json_t *)(uintptr_t)value, name, each) {
        good = good && json_is_string(each);
    }
    return good;
}

static bool is_file(const json_t *value) {
    struct digest digest;
    const json_t *size = json_object_get(value, "size");
    return json_is_object(value) && json_is_string(json_object_get(value, "name")) &&
           digest_from_text(text_of(json_object_get(value, "digest")), &digest) == DONE &&
           (size == NULL || json_is_integer(size));
}

static const char *words_of(enum member_kind kind) {
    static const char *const words[] = {
        [MEMBER_TEXT] = "api.want-text",       [MEMBER_ID] = "api.want-id",
        [MEMBER_DIGEST] = "api.want-digest",   [MEMBER_DAY] = "api.want-day",
        [MEMBER_INSTANT] = "api.want-instant", [MEMBER_IDS] = "api.want-ids",
        [MEMBER_DIGESTS] = "api.want-digests", [MEMBER_PAIRS] = "api.want-pairs",
        [MEMBER_FILES] = "api.want-files"};
    return words[kind];
}

static const struct member *member_named(const struct exchange *exchange,
                                         const char *name) {
    for (const struct member *each = exchange->endpoint->members; each->name != NULL;
         each++) {
        if (strcmp(each->name, name) == 0) {
            return each;
        }
    }
    return NULL;
}

static struct str text_of(const json_t *value) {
    return json_is_string(value)
               ? (struct str){json_string_value(value), json_string_length(value)}
               : STR("");
}

/* null is as if it were not there. */
static json_t *member(const struct exchange *exchange, const char *name) {
    json_t *value = json_object_get(exchange->body, name);
    return json_is_null(value) ? NULL : value;
}
