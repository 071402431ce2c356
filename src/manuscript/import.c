/*
 * Manuscripts from JSON lines: as drafts of the one who brings them, or, for an old
 * site's public items, as what the public already reads.
 *
 * A line is an object with "title" and "body" and, where known, "body_format" (html,
 * markdown, text; html if missing), "pub_date", "source", "doc_number",
 * "index_number", "keywords" (a list), "summary", "url", "origin_date".  What is not
 * known here is left alone.
 */
#include "manuscript_own.h"

#include "manuscript_sql.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "text/text.h"

#include <jansson.h>

#define LINES_MOST 100000

struct import_line {
    int number;
    struct content content;
};

struct importing {
    id64 column;
    id64 unit;
    struct str item_class;
    struct import_line *lines;
    size_t count;
};

static enum status read_line(struct call *call, struct str line, struct content *out_content);
static enum status read_json(struct call *call, const json_t *object,
                             struct content *out_content);
static struct str text_of(struct call *call, const json_t *object, const char *name);
static struct str words_of(struct call *call, const json_t *list);
static void add_fault(struct call *call, struct import_report *report, int line,
                      struct refusal *refusal);
static enum status write_drafts(struct call *call, void *what);

enum status manuscript_import(struct call *call, id64 column, id64 unit, struct str item_class,
                              struct bytes lines, struct import_report *out_report) {
    struct importing importing = {.column = column, .unit = unit, .item_class = item_class};
    struct import_report report = {0};
    struct str rest = {(const char *)lines.at, lines.length};
    size_t most = 0;
    for (size_t i = 0; i < lines.length; i++) {
        most += lines.at[i] == '\n';
    }
    if (most > LINES_MOST) {
        return call_refuse(call, REFUSED, "", "manuscript.import-long", NULL);
    }
    importing.lines = TAKE_ARRAY(call->arena, most + 1, struct import_line);
    report.faults = TAKE_ARRAY(call->arena, most + 1, struct import_fault);
    for (int number = 1; !str_is_empty(rest); number++) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (str_is_empty(line)) {
            continue;
        }
        struct refusal *before = call->refusal;
        struct import_line *taken = &importing.lines[importing.count];
        call->refusal = NULL;
        enum status read = read_line(call, line, &taken->content);
        struct refusal *said = call->refusal;
        call->refusal = before;
        if (read == FAILED) {
            return FAILED;
        }
        if (read != DONE) {
            add_fault(call, &report, number, said);
            continue;
        }
        taken->number = number;
        importing.count++;
    }
    *out_report = report;
    if (report.fault_count > 0) {
        return call_refuse(call, REFUSED, "", "manuscript.import-faults", NULL);
    }
    TRY(store_transact(call, TXN_WRITE, write_drafts, &importing));
    out_report->taken = (int)importing.count;
    return DONE;
}

enum status manuscript_read_line(struct call *call, struct str line,
                                 struct content *out_content, struct migrated_facts *out_facts) {
    json_error_t error;
    json_t *object = json_loadb(line.at, line.length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        json_decref(object);
        return call_refuse(call, REFUSED, "", "manuscript.line-no-json", "error", error.text, NULL);
    }
    struct str date = text_of(call, object, "pub_date");
    out_facts->old_address = text_of(call, object, "url");
    out_facts->old_id = text_of(call, object, "id");
    out_facts->published = 0;
    enum status answer = read_json(call, object, out_content);
    json_decref(object);
    if (!str_is_empty(date) && day_from_text(date, &out_facts->published) != DONE) {
        answer = call_refuse_field(call, "pub_date", "", "manuscript.field-no-day", NULL);
    }
    return answer;
}

enum status manuscript_take_migrated(struct call *call, id64 column, id64 unit,
                                     struct str item_class, const struct content *content,
                                     struct manuscript *out_manuscript,
                                     struct revision *out_revision) {
    struct column place;
    struct site site;
    TRY(site_column_find(call, column, &place));
    TRY(site_find(call, place.site, &site));
    struct manuscript manuscript = {.id = call_new_id(call),
                                    .group = site.group,
                                    .site = site.id,
                                    .column = column,
                                    .unit = unit,
                                    .author = call->actor.person,
                                    .item_class = item_class,
                                    .title = content->title,
                                    .state = STR("published"),
                                    .draft_version = 1,
                                    .origin = content_origin(content),
                                    .migrated = true};
    struct revision revision = {.id = call_new_id(call),
                                .manuscript = manuscript.id,
                                .number = 1,
                                .digest = content_digest(content),
                                .content = *content,
                                .made_by = call->actor.person,
                                .made_at = call->now};
    struct manuscript_row row = {.manuscript = manuscript};
    TRY(store_run(call, &manuscript_insert, NULL, bind_id("id", manuscript.id),
                  bind_id("site_group", manuscript.group), bind_id("site", manuscript.site),
                  bind_id("site_column", column), bind_id("unit", unit),
                  bind_id("author", manuscript.author), bind_text("item_class", item_class),
                  bind_text("title", manuscript.title), bind_text("state", manuscript.state),
                  bind_int("now", call->now), bind_int("draft_version", 0),
                  bind_int("origin", manuscript.origin), bind_int("migrated", 1)));
    TRY(manuscript_admit(call, manuscript.id, "", unit));
    TRY(manuscript_write_draft(call, &row, content, 1));
    TRY(store_run(call, &manuscript_revision_insert, NULL, bind_id("id", revision.id),
                  bind_id("manuscript", manuscript.id), bind_int("number", 1),
                  bind_digest("digest", &revision.digest), bind_text("title", content->title),
                  bind_text("body", content->body),
                  bind_text("fields", content_fields_json(call->arena, content)),
                  bind_text("attachments", content_attachments_json(call->arena, content)),
                  bind_id("made_by", revision.made_by), bind_int("now", call->now)));
    TRY(store_run(call, &manuscript_set_revision, NULL, bind_id("revision", revision.id),
                  bind_id("id", manuscript.id)));
    TRY(manuscript_set_live(call, manuscript.id, revision.id));
    manuscript.revision = revision.id;
    manuscript.live_revision = revision.id;
    *out_manuscript = manuscript;
    *out_revision = revision;
    return DONE;
}

static enum status read_line(struct call *call, struct str line, struct content *out_content) {
    struct migrated_facts unused;
    return manuscript_read_line(call, line, out_content, &unused);
}

static enum status read_json(struct call *call, const json_t *object,
                             struct content *out_content) {
    static const struct {
        const char *name;
        const char *field;
    } fields[] = {
        {"source", "source"},           {"doc_number", "doc-number"},
        {"index_number", "index-number"}, {"summary", "summary"},
        {"origin_date", "origin"},      {"pub_date", "origin"},
    };
    struct content typed = {.title = text_of(call, object, "title")};
    struct str format = text_of(call, object, "body_format");
    struct str html;
    struct cleaned cleaned;
    if (str_is_empty(str_trim(typed.title))) {
        return call_refuse_field(call, "title", "", "manuscript.line-no-title", NULL);
    }
    enum status made = text_html_of(call->arena, str_is_empty(format) ? STR("html") : format,
                                    text_of(call, object, "body"), &html);
    if (made != DONE) {
        return call_refuse_field(call, "body_format", "", "manuscript.line-format", NULL);
    }
    TRY(text_clean_html(call, html, &cleaned));
    typed.body = cleaned.html;
    typed.fields = TAKE_ARRAY(call->arena, LENGTH(fields) + 2, struct field_value);
    for (size_t i = 0; i < LENGTH(fields); i++) {
        struct str value = text_of(call, object, fields[i].name);
        bool given = !str_is_empty(content_field(&typed, fields[i].field));
        if (!str_is_empty(value) && !given) {
            typed.fields[typed.field_count++] =
                (struct field_value){.name = str_of(fields[i].field), .value = value};
        }
    }
    struct str keywords = words_of(call, json_object_get(object, "keywords"));
    if (!str_is_empty(keywords)) {
        typed.fields[typed.field_count++] =
            (struct field_value){.name = STR("keywords"), .value = keywords};
    }
    typed.fields[typed.field_count++] =
        (struct field_value){.name = STR("disclosure"), .value = STR("active")};
    return content_settle(call, &typed, out_content);
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

static void add_fault(struct call *call, struct import_report *report, int line,
                      struct refusal *refusal) {
    (void)call;
    report->faults[report->fault_count++] =
        (struct import_fault){.line = line, .refusal = refusal};
}

static enum status write_drafts(struct call *call, void *what) {
    struct importing *importing = what;
    for (size_t i = 0; i < importing->count; i++) {
        id64 manuscript;
        struct manuscript_row row;
        const struct content *content = &importing->lines[i].content;
        TRY(manuscript_begin(call, importing->column, importing->unit, importing->item_class,
                             content->title, &manuscript));
        TRY(manuscript_lock_row(call, manuscript, &row));
        TRY(manuscript_write_draft(call, &row, content, 2));
    }
    return DONE;
}
