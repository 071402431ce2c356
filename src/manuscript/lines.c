/*
 * What JSON lines say: each read and cleaned, then compared with the others.
 *
 * A line is an object with "title" and "body" and, where known, "body_format" (html,
 * markdown, text; html if missing), "pub_date", "source", "doc_number",
 * "index_number", "keywords" (a list), "summary", "url", "origin_date", "id".  What is
 * not known here is left alone.  The file is UTF-8, with or without a mark, UTF-16 or
 * GB18030.
 */
#include "manuscript_own.h"

#include "text/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MOST ((size_t)16 << 20) /* a body of 8 MiB may be written twice as long */

/* A value that no other line may have too. */
struct single {
    struct str value;
    int line;
};

static enum status read_one(struct call *call, struct str line, int number,
                            struct import_lines *lines, struct import_report *report);
static enum status read_json(struct call *call, const json_t *object,
                             struct content *out_content);
static enum status read_body(struct call *call, const json_t *object,
                             struct str *out_body);
static void read_fields(struct call *call, const json_t *object, struct content *typed);
static enum status check_texts(struct call *call, const json_t *object);
static void find_twins(struct call *call, const struct import_lines *lines,
                       bool by_address, struct import_report *report);
static int single_order(const void *a, const void *b);
static int fault_order(const void *a, const void *b);
static struct str text_of(struct call *call, const json_t *object, const char *name);
static struct str words_of(struct call *call, const json_t *list);
static void add_fault(struct import_report *report, int line, struct refusal *refusal);

enum status manuscript_read_lines(struct call *call, struct bytes bytes, size_t most,
                                  struct import_lines *out_lines,
                                  struct import_report *out_report) {
    struct str rest;
    struct import_lines lines = {0};
    struct import_report report = {0};
    enum status decoded = text_decode(call->arena, bytes, &rest);
    if (decoded == REFUSED) {
        return call_refuse(call, REFUSED, "", "manuscript.import-characters", NULL);
    }
    TRY(decoded);
    size_t room = 1;
    for (size_t i = 0; i < rest.length; i++) {
        room += rest.at[i] == '\n';
    }
    if (room > most + 1) {
        return call_refuse(call, REFUSED, "", "manuscript.import-long", NULL);
    }
    lines.contents = TAKE_ARRAY(call->arena, room, struct content);
    lines.facts = TAKE_ARRAY(call->arena, room, struct migrated_facts);
    lines.numbers = TAKE_ARRAY(call->arena, room, int);
    report.faults = TAKE_ARRAY(call->arena, 3 * room, struct import_fault);
    for (int number = 1; !str_is_empty(rest); number++) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!str_is_empty(line)) {
            TRY(read_one(call, line, number, &lines, &report));
        }
    }
    find_twins(call, &lines, false, &report);
    find_twins(call, &lines, true, &report);
    qsort(report.faults, report.fault_count, sizeof *report.faults, fault_order);
    *out_report = report;
    *out_lines = lines;
    if (report.fault_count > 0) {
        return call_refuse(call, REFUSED, "", "manuscript.import-faults", NULL);
    }
    return lines.count > 0
               ? DONE
               : call_refuse(call, REFUSED, "", "manuscript.import-empty", NULL);
}

/* Its refusals are its own: those of the wish stay as they are. */
static enum status read_one(struct call *call, struct str line, int number,
                            struct import_lines *lines, struct import_report *report) {
    struct refusal *before = call->refusal;
    call->refusal = NULL;
    enum status read = manuscript_read_line(call, line, &lines->contents[lines->count],
                                            &lines->facts[lines->count]);
    struct refusal *said = call->refusal;
    call->refusal = before;
    if (read == FAILED) {
        return FAILED;
    }
    if (read != DONE) {
        add_fault(report, number, said);
        return DONE;
    }
    lines->numbers[lines->count++] = number;
    return DONE;
}

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

/* The same address or the same id in two lines: one of them would be lost. */
static void find_twins(struct call *call, const struct import_lines *lines,
                       bool by_address, struct import_report *report) {
    struct single *singles = TAKE_ARRAY(call->arena, lines->count + 1, struct single);
    size_t count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct migrated_facts *facts = &lines->facts[i];
        struct str value = str_trim(by_address ? facts->old_address : facts->old_id);
        if (!str_is_empty(value)) {
            singles[count++] = (struct single){value, lines->numbers[i]};
        }
    }
    qsort(singles, count, sizeof *singles, single_order);
    for (size_t i = 1; i < count; i++) {
        if (str_equal(singles[i].value, singles[i - 1].value)) {
            struct refusal *before = call->refusal;
            struct str other = str_format(call->arena, "%d", singles[i - 1].line);
            call->refusal = NULL;
            (void)!call_refuse_field(
                call, by_address ? "url" : "id", "", "manuscript.line-twin", "name",
                by_address ? "url" : "id", "line", str_text(call->arena, other), NULL);
            add_fault(report, singles[i].line, call->refusal);
            call->refusal = before;
        }
    }
}

static int single_order(const void *a, const void *b) {
    const struct single *one = a;
    const struct single *other = b;
    size_t length =
        one->value.length < other->value.length ? one->value.length : other->value.length;
    int order = memcmp(one->value.at, other->value.at, length);
    if (order == 0) {
        order = (one->value.length > other->value.length) -
                (one->value.length < other->value.length);
    }
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

static int fault_order(const void *a, const void *b) {
    const struct import_fault *one = a;
    const struct import_fault *other = b;
    return (one->line > other->line) - (one->line < other->line);
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

static void add_fault(struct import_report *report, int line, struct refusal *refusal) {
    report->faults[report->fault_count++] =
        (struct import_fault){.line = line, .refusal = refusal};
}
