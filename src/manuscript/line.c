/*
 * What one JSON line says, cleaned.
 *
 * A line is an object with "title" and "body" and, where known, "body_format" (html,
 * markdown, text; html if missing), "pub_date", "source", "doc_number",
 * "index_number", "keywords" (a list), "summary", "url", "origin_date", "id".  What is
 * not known here is left alone.
 */
#include "manuscript_own.h"

#include "text/text.h"

#include <jansson.h>
#include <string.h>

#define LINE_MOST ((size_t)16 << 20) /* a body of 8 MiB may be written twice as long */

static enum status read_json(struct call *call, const json_t *object,
                             struct content *out_content);
static enum status read_body(struct call *call, const json_t *object,
                             struct str *out_body);
static void read_fields(struct call *call, const json_t *object, struct content *typed);
static enum status check_texts(struct call *call, const json_t *object);
static struct str text_of(struct call *call, const json_t *object, const char *name);
static struct str words_of(struct call *call, const json_t *list);

enum status manuscript_read_line(struct call *call, struct str line,
                                 struct content *out_content,
                                 struct migrated_facts *out_facts) {
    json_error_t error;
    if (line.length > LINE_MOST) {
        return call_refuse(call, REFUSED, "", "manuscript.line-long", NULL);
    }
    json_t *object = json_loadb(line.at, line.length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        json_decref(object);
        return call_refuse(call, REFUSED, "", "manuscript.line-no-json", "error",
                           error.text, NULL);
    }
    struct str date = text_of(call, object, "pub_date");
    out_facts->old_address = text_of(call, object, "url");
    out_facts->old_id = text_of(call, object, "id");
    out_facts->published = 0;
    enum status texts = check_texts(call, object);
    enum status answer = read_json(call, object, out_content);
    json_decref(object);
    if (!str_is_empty(date) && day_from_text(date, &out_facts->published) != DONE) {
        answer = call_refuse_field(call, "pub_date", "", "manuscript.line-no-day", "name",
                                   "pub_date", NULL);
    }
    return answer == DONE ? texts : answer;
}

/* Everything wrong with it at once. */
static enum status read_json(struct call *call, const json_t *object,
                             struct content *out_content) {
    struct content typed = {.title = text_of(call, object, "title")};
    enum status answer = DONE;
    if (str_is_empty(str_trim(typed.title))) {
        answer = call_refuse_field(call, "title", "", "manuscript.line-no-title", NULL);
    }
    enum status body = read_body(call, object, &typed.body);
    if (body == FAILED) {
        return FAILED;
    }
    read_fields(call, object, &typed);
    enum status settled = content_settle(call, &typed, out_content);
    return settled != DONE ? settled : body != DONE ? body : answer;
}

static enum status read_body(struct call *call, const json_t *object,
                             struct str *out_body) {
    struct str format = text_of(call, object, "body_format");
    struct str html;
    struct cleaned cleaned;
    *out_body = STR("");
    if (!json_is_string(json_object_get(object, "body"))) {
        return call_refuse_field(call, "body", "", "manuscript.line-no-body", NULL);
    }
    enum status made =
        text_html_of(call->arena, str_is_empty(format) ? STR("html") : format,
                     text_of(call, object, "body"), &html);
    if (made != DONE) {
        return made == FAILED
                   ? FAILED
                   : call_refuse_field(call, "body_format", "",
                                       made == ABSENT ? "manuscript.line-format"
                                                      : "manuscript.line-long",
                                       NULL);
    }
    TRY(text_clean_html(call, html, &cleaned));
    *out_body = cleaned.html;
    return DONE;
}

/* A day that is none is told under the name that the line gives it. */
static void read_fields(struct call *call, const json_t *object, struct content *typed) {
    static const struct {
        const char *name;
        const char *field;
    } fields[] = {
        {"source", "source"},
        {"doc_number", "doc-number"},
        {"index_number", "index-number"},
        {"summary", "summary"},
        {"origin_date", "origin"},
        {"pub_date", "origin"},
    };
    typed->fields = TAKE_ARRAY(call->arena, LENGTH(fields) + 2, struct field_value);
    for (size_t i = 0; i < LENGTH(fields); i++) {
        struct str value = text_of(call, object, fields[i].name);
        civil_day day;
        bool given = !str_is_empty(content_field(typed, fields[i].field));
        bool fits =
            strcmp(fields[i].field, "origin") != 0 || day_from_text(value, &day) == DONE;
        if (!str_is_empty(value) && !given && fits) {
            typed->fields[typed->field_count++] =
                (struct field_value){.name = str_of(fields[i].field), .value = value};
        }
    }
    struct str keywords = words_of(call, json_object_get(object, "keywords"));
    if (!str_is_empty(keywords)) {
        typed->fields[typed->field_count++] =
            (struct field_value){.name = STR("keywords"), .value = keywords};
    }
    typed->fields[typed->field_count++] =
        (struct field_value){.name = STR("disclosure"), .value = STR("active")};
}

/* What is known here must be text (null counts as missing), and days days. */
static enum status check_texts(struct call *call, const json_t *object) {
    static const char *const texts[] = {"body_format", "pub_date",     "source",
                                        "doc_number",  "index_number", "summary",
                                        "url",         "origin_date"};
    enum status answer = DONE;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const json_t *value = json_object_get(object, texts[i]);
        if (value != NULL && !json_is_string(value) && !json_is_null(value)) {
            answer = call_refuse_field(call, texts[i], "", "manuscript.line-no-text",
                                       "name", texts[i], NULL);
        }
    }
    struct str origin = text_of(call, object, "origin_date");
    civil_day day;
    if (!str_is_empty(origin) && day_from_text(origin, &day) != DONE) {
        answer = call_refuse_field(call, "origin_date", "", "manuscript.line-no-day",
                                   "name", "origin_date", NULL);
    }
    return answer;
}

static struct str text_of(struct call *call, const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value)) {
        return STR("");
    }
    struct str text = {json_string_value(value), json_string_length(value)};
    return utf8_is_valid(text) ? str_copy(call->arena, text) : STR("");
}

static struct str words_of(struct call *call, const json_t *list) {
    struct buffer words;
    size_t index;
    json_t *item;
    buffer_init(&words, call->arena);
    json_array_foreach(list, index, item) {
        if (json_is_string(item) && words.length < 1000) {
            buffer_add_text(&words, words.length == 0 ? "" : " ");
            buffer_add_text(&words, json_string_value(item));
        }
    }
    return buffer_str(&words);
}
