/*
 * Forms: pairs of text become the typed fields a route declares.  What does
 * not fit becomes a fault with the field's name; what was typed is kept.
 */
#include "http_own.h"

#include <string.h>

#define TEXT_MOST ((size_t)200)
#define LONG_MOST ((size_t)1024 * 1024)
#define FILE_MOST ((size_t)20 * 1024 * 1024)

struct form_value {
    struct str name; /* as it was posted; of "q-*" any name that begins with "q-" */
    struct str typed;
    struct str text;
    int64_t number; /* INT, ID, DAY, INSTANT, FLAG */
    struct upload *upload;
    struct form_value *next;
    bool good;
};

struct http_form {
    const struct field *fields;
    struct form_value **values; /* the first of each field, in the table's order */
    size_t *counts;
};

static enum status read_pairs(struct request *request, struct pairs *out_pairs);
static void read_field(struct request *request, const struct field *field, size_t index,
                       const struct pairs *pairs);
static void read_value(struct request *request, const struct field *field,
                       const struct pair *pair, struct form_value *value);
static void read_text(struct request *request, const struct field *field,
                      struct form_value *value);
static void read_upload(struct request *request, const struct field *field,
                        const struct pair *pair, struct form_value *value);
static bool read_number(const struct field *field, struct str text, int64_t *out_number);
static bool read_instant(struct str text, int64_t *out_number);
static bool is_choice(const char *choices, struct str text);
static struct str with_plain_ends(struct arena *arena, struct str text);
static bool was_given(const struct pair *pair);
static bool is_family(const struct field *field);
static bool is_of_field(const struct field *field, struct str name);
static size_t most_of(const struct field *field);
static void add_fault(struct request *request, const struct field *field,
                      const char *words, struct str most);
static const struct form_value *value_at(const struct request *request, const char *name,
                                         size_t at);

void form_read(struct request *request) {
    const struct field *fields = request->route->fields;
    struct pairs pairs = {NULL, 0};
    if (read_pairs(request, &pairs) != DONE) {
        request->problem = request->problem != 0 ? request->problem : 400;
        pairs.count = 0;
    }
    size_t count = 0;
    while (fields[count].name != NULL) {
        count++;
    }
    struct http_form *form = TAKE(request->arena, struct http_form);
    form->fields = fields;
    form->values = TAKE_ARRAY(request->arena, count + 1, struct form_value *);
    form->counts = TAKE_ARRAY(request->arena, count + 1, size_t);
    request->form = form;
    for (size_t i = 0; i < count && request->problem == 0; i++) {
        read_field(request, &fields[i], i, &pairs);
    }
}

static enum status read_pairs(struct request *request, struct pairs *out_pairs) {
    if (strcmp(request->route->method, "GET") == 0) {
        return http_read_urlencoded(request->arena, request->query, out_pairs);
    }
    struct str type = request_header(request, "content-type");
    struct str kind = type;
    kind = str_trim(str_cut(&kind, ';'));
    struct str body = {(const char *)request->body.at, request->body.length};
    if (str_is(kind, "application/x-www-form-urlencoded")) {
        return http_read_urlencoded(request->arena, body, out_pairs);
    }
    if (str_is(kind, "multipart/form-data")) {
        return http_read_multipart(request->arena, type, request->body, out_pairs);
    }
    if (body.length > 0) {
        request->problem = 415;
        return REFUSED;
    }
    return DONE;
}

static void read_field(struct request *request, const struct field *field, size_t index,
                       const struct pairs *pairs) {
    struct form_value **end = &request->form->values[index];
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->at[i];
        if (!is_of_field(field, pair->name) || !was_given(pair)) {
            continue;
        }
        if (count > 0 && !field->many && !is_family(field)) {
            add_fault(request, field, "form.twice", STR(""));
            break;
        }
        struct form_value *value = TAKE(request->arena, struct form_value);
        value->name = pair->name;
        read_value(request, field, pair, value);
        *end = value;
        end = &value->next;
        count++;
    }
    request->form->counts[index] = count;
    if (count == 0 && field->required) {
        const char *words = field->kind == FIELD_FILE     ? "form.choose-file"
                            : field->kind == FIELD_CHOICE ? "form.choose"
                            : field->kind == FIELD_FLAG   ? "form.tick"
                                                          : "form.fill-in";
        add_fault(request, field, words, STR(""));
    }
}

static void read_value(struct request *request, const struct field *field,
                       const struct pair *pair, struct form_value *value) {
    if (field->kind == FIELD_FILE) {
        read_upload(request, field, pair, value);
        return;
    }
    value->typed = pair->value;
    if (pair->is_file) {
        add_fault(request, field, "form.not-a-text", STR(""));
        return;
    }
    struct str text = pair->value;
    switch (field->kind) {
    case FIELD_SECRET:
        value->text = text;
        read_text(request, field, value);
        break;
    case FIELD_LINES:
    case FIELD_HTML:
        value->text = with_plain_ends(request->arena, text);
        read_text(request, field, value);
        break;
    case FIELD_TEXT:
        value->text = str_trim(text);
        if (memchr(text.at, '\n', text.length) != NULL) {
            add_fault(request, field, "form.one-line", STR(""));
        } else {
            read_text(request, field, value);
        }
        break;
    case FIELD_CHOICE:
        value->text = text;
        value->good = is_choice(field->choices, text);
        if (!value->good) {
            add_fault(request, field, "form.not-a-choice", STR(""));
        }
        break;
    default: {
        static const char *const words[] = {
            [FIELD_INT] = "form.not-a-number",  [FIELD_ID] = "form.not-a-choice",
            [FIELD_DAY] = "form.not-a-day",     [FIELD_INSTANT] = "form.not-a-moment",
            [FIELD_FLAG] = "form.not-a-choice",
        };
        value->text = str_trim(text);
        value->good = read_number(field, value->text, &value->number);
        if (!value->good) {
            add_fault(request, field, words[field->kind], STR(""));
        }
        break;
    }
    }
}

static void read_text(struct request *request, const struct field *field,
                      struct form_value *value) {
    size_t most = most_of(field);
    value->good = utf8_count(value->text) <= most;
    if (!value->good) {
        add_fault(request, field, "form.too-long",
                  str_format(request->arena, "%zu", most));
    }
}

static void read_upload(struct request *request, const struct field *field,
                        const struct pair *pair, struct form_value *value) {
    size_t most = most_of(field);
    value->typed = pair->file;
    if (!pair->is_file) {
        add_fault(request, field, "form.choose-file", STR(""));
        return;
    }
    if (pair->value.length > most) {
        add_fault(request, field, "form.file-too-large",
                  str_format(request->arena, "%zu", most / (1024 * 1024)));
        return;
    }
    value->upload = TAKE(request->arena, struct upload);
    value->upload->name = pair->file;
    value->upload->type = pair->type;
    value->upload->bytes =
        (struct bytes){(const unsigned char *)pair->value.at, pair->value.length};
    value->good = true;
}

static bool read_number(const struct field *field, struct str text, int64_t *out_number) {
    civil_day day;
    switch (field->kind) {
    case FIELD_INT:
        return str_to_int(text, out_number) == DONE;
    case FIELD_ID:
        return id_from_text(text, out_number) == DONE;
    case FIELD_DAY:
        if (day_from_text(text, &day) != DONE) {
            return false;
        }
        *out_number = day;
        return true;
    case FIELD_INSTANT:
        return read_instant(text, out_number);
    default:
        *out_number = 1;
        return str_is(text, "on") || str_is(text, "1") || str_is(text, "yes");
    }
}

/* A browser's field sends no offset: the office's own time is meant. */
static bool read_instant(struct str text, int64_t *out_number) {
    char whole[48];
    struct str clock = str_part(text, 10, text.length);
    bool offset = str_find(clock, STR("+")) < clock.length ||
                  str_find(clock, STR("-")) < clock.length || str_ends(clock, "Z");
    if (text.length > 36) {
        return false;
    }
    snprintf(whole, sizeof whole, "%.*s%s", STR_ARG(text), offset ? "" : "+08:00");
    return instant_from_rfc3339(str_of(whole), out_number) == DONE;
}

static bool is_choice(const char *choices, struct str text) {
    struct str rest = str_of(choices);
    while (rest.length > 0) {
        if (str_equal(str_cut(&rest, '|'), text)) {
            return true;
        }
    }
    return false;
}

static struct str with_plain_ends(struct arena *arena, struct str text) {
    if (text.length == 0 || memchr(text.at, '\r', text.length) == NULL) {
        return text;
    }
    char *plain = arena_take(arena, text.length);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        bool pair = text.at[i] == '\r' && i + 1 < text.length && text.at[i + 1] == '\n';
        if (!pair) {
            plain[length++] = text.at[i] == '\r' ? '\n' : text.at[i];
        }
    }
    return (struct str){plain, length};
}

/* "q-*": fields whose names only the page that was shown could know. */
static bool is_family(const struct field *field) {
    return str_ends(str_of(field->name), "*");
}

static bool is_of_field(const struct field *field, struct str name) {
    if (!is_family(field)) {
        return str_is(name, field->name);
    }
    size_t stem = strlen(field->name) - 1;
    return name.length > stem && memcmp(name.at, field->name, stem) == 0;
}

/* An empty field of a form is one that was not filled in; so is an unchosen file. */
static bool was_given(const struct pair *pair) {
    return pair->is_file ? pair->file.length > 0 || pair->value.length > 0
                         : str_trim(pair->value).length > 0;
}

static size_t most_of(const struct field *field) {
    if (field->most > 0) {
        return field->most;
    }
    switch (field->kind) {
    case FIELD_FILE:
        return FILE_MOST;
    case FIELD_LINES:
    case FIELD_HTML:
        return LONG_MOST;
    default:
        return TEXT_MOST;
    }
}

/* The label goes along as its key; the door says it in the reader's language. */
static void add_fault(struct request *request, const struct field *field,
                      const char *words, struct str most) {
    struct refusal **end = &request->faults;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    struct refusal *fault = TAKE(request->arena, struct refusal);
    fault->rule = str_of(field->rule);
    fault->words = words;
    fault->field = field->name;
    fault->arguments[0] =
        (struct refusal_argument){.name = "label", .value = str_of(field->label)};
    if (most.length > 0) {
        fault->arguments[1] = (struct refusal_argument){.name = "most", .value = most};
    }
    *end = fault;
}

bool request_given(const struct request *request, const char *name) {
    return value_at(request, name, 0) != NULL;
}

struct str request_typed(const struct request *request, const char *name) {
    const struct form_value *value = value_at(request, name, 0);
    return value == NULL ? STR("") : value->typed;
}

struct str request_text(const struct request *request, const char *name) {
    return request_text_at(request, name, 0);
}

int64_t request_int(const struct request *request, const char *name) {
    const struct form_value *value = value_at(request, name, 0);
    return value == NULL || !value->good ? 0 : value->number;
}

id64 request_id(const struct request *request, const char *name) {
    return request_int(request, name);
}

civil_day request_day(const struct request *request, const char *name) {
    const struct form_value *value = value_at(request, name, 0);
    return value == NULL || !value->good ? INT32_MIN : (civil_day)value->number;
}

instant request_instant(const struct request *request, const char *name) {
    return request_int(request, name);
}

bool request_flag(const struct request *request, const char *name) {
    return request_int(request, name) != 0;
}

const struct upload *request_file(const struct request *request, const char *name) {
    return request_file_at(request, name, 0);
}

size_t request_count(const struct request *request, const char *name) {
    size_t count = 0;
    for (const struct form_value *value = value_at(request, name, 0); value != NULL;
         value = value->next) {
        count++;
    }
    return count;
}

struct str request_text_at(const struct request *request, const char *name, size_t at) {
    const struct form_value *value = value_at(request, name, at);
    return value == NULL || !value->good ? STR("") : value->text;
}

struct str request_name_at(const struct request *request, const char *name, size_t at) {
    const struct form_value *value = value_at(request, name, at);
    return value == NULL ? STR("") : value->name;
}

id64 request_id_at(const struct request *request, const char *name, size_t at) {
    const struct form_value *value = value_at(request, name, at);
    return value == NULL || !value->good ? 0 : value->number;
}

const struct upload *request_file_at(const struct request *request, const char *name,
                                     size_t at) {
    const struct form_value *value = value_at(request, name, at);
    return value == NULL || !value->good ? NULL : value->upload;
}

void request_each_typed(const struct request *request,
                        void (*each)(void *to, const struct field *field,
                                     struct str typed),
                        void *to) {
    const struct http_form *form = request->form;
    for (size_t i = 0; form != NULL && form->fields[i].name != NULL; i++) {
        const struct field *field = &form->fields[i];
        const struct form_value *value = form->values[i];
        for (; value != NULL; value = value->next) {
            struct field posted = *field;
            posted.name = str_text(request->arena, value->name);
            if (field->kind != FIELD_SECRET && field->kind != FIELD_FILE) {
                each(to, &posted, value->typed);
            }
        }
    }
}

static const struct form_value *value_at(const struct request *request, const char *name,
                                         size_t at) {
    const struct http_form *form = request->form;
    for (size_t i = 0; form != NULL && form->fields[i].name != NULL; i++) {
        if (strcmp(form->fields[i].name, name) == 0) {
            const struct form_value *value = form->values[i];
            for (; value != NULL && at > 0; at--) {
                value = value->next;
            }
            return value;
        }
    }
    return NULL;
}
