/*
 * What a manuscript says: its fields, its canonical digest, its columns.
 */
#include "manuscript_own.h"

#include <jansson.h>
#include <stdlib.h>

/* The closed set of fields; the order is that of the alphabet and of the digest. */
static const char *const field_names[] = {
    "author",           /* 作者, of a reprint */
    "basis",            /* 政策依据 or ground of disclosure */
    "catalogue",        /* 主动公开目录 entry */
    "concerned-unit",   /* code of another unit whose work it touches */
    "disclosure",       /* 公开属性: active, on-request, none */
    "doc-date",         /* 成文日期 */
    "doc-number",       /* 文号 */
    "editor",           /* 责任编辑 */
    "emergency-at",     /* the moment of a sudden event */
    "flags",            /* codes of the rulebook's flags, separated by blanks */
    "index-number",     /* 索引号 */
    "interpretation",   /* manuscript id of the interpretation, or of the interpreted */
    "issuer",           /* 发文机关 */
    "keywords",         /* 关键词 */
    "late-reason",      /* why it is later than the rule expects */
    "meeting-date",     /* collective decision: day … */
    "meeting-name",     /* … name … */
    "meeting-number",   /* … and number of the minutes */
    "origin",           /* 产生日期 */
    "other-channel",    /* where it appeared elsewhere … */
    "other-channel-at", /* … and when */
    "reprint-at",       /* when the source published it */
    "reprint-source",   /* name of the source */
    "reprint-url",      /* its address */
    "request",          /* 申请编号: an edit for another unit cites it */
    "source",           /* 来源, ContentSource */
    "summary",          /* 摘要 */
    "targets",          /* codes of further sites, separated by blanks */
    "title-breaks",     /* where the title may break */
    "valid-until",      /* the day until which it is right */
    "validity",         /* 有效性 */
};

static enum status settle_field(struct call *call, struct field_value typed,
                                struct content *content);
static int compare_fields(const void *left, const void *right);
static enum status read_fields(struct call *call, struct str json,
                               struct content *content);
static enum status read_attachments(struct call *call, struct str json,
                                    struct content *content);
static struct str json_text(struct arena *arena, json_t *value);

bool content_field_is_known(struct str name) {
    for (size_t i = 0; i < LENGTH(field_names); i++) {
        if (str_is(name, field_names[i])) {
            return true;
        }
    }
    return false;
}

struct str content_field(const struct content *content, const char *name) {
    for (size_t i = 0; i < content->field_count; i++) {
        if (str_is(content->fields[i].name, name)) {
            return content->fields[i].value;
        }
    }
    return STR("");
}

struct digest content_digest(const struct content *content) {
    struct digesting digesting;
    char number[24];
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-content", STR("1"));
    digest_add_field(&digesting, "title", content->title);
    digest_add_field(&digesting, "body", content->body);
    for (size_t i = 0; i < content->field_count; i++) {
        digest_add_field(&digesting, "field", content->fields[i].name);
        digest_add_field(&digesting, "value", content->fields[i].value);
    }
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *attachment = &content->attachments[i];
        int length = snprintf(number, sizeof number, "%d:%lld",
                              attachment->digest.profile, (long long)attachment->size);
        digest_add_field(&digesting, "attachment", attachment->name);
        digest_add_field(&digesting, "digest",
                         (struct str){(const char *)attachment->digest.at, DIGEST_SIZE});
        digest_add_field(&digesting, "size", (struct str){number, (size_t)length});
        digest_add_field(&digesting, "type", attachment->media_type);
        digest_add_field(&digesting, "alt", attachment->alt);
        digest_add_field(&digesting, "place",
                         attachment->in_body ? STR("body") : STR("file"));
    }
    return digest_end(&digesting);
}

enum status content_settle(struct call *call, const struct content *typed,
                           struct content *out_content) {
    struct content content = {.title = str_trim(typed->title), .body = typed->body};
    enum status answer = DONE;
    if (content.title.length > MANUSCRIPT_TITLE_MOST) {
        answer = call_refuse_field(call, "title", "", "manuscript.title-long", NULL);
    }
    if (content.body.length > MANUSCRIPT_BODY_MOST) {
        answer = call_refuse_field(call, "body", "", "manuscript.body-large", NULL);
    }
    if (typed->attachment_count > MANUSCRIPT_FILES_MOST) {
        answer =
            call_refuse_field(call, "attachments", "", "manuscript.files-many", NULL);
    }
    content.fields = TAKE_ARRAY(call->arena, typed->field_count + 1, struct field_value);
    for (size_t i = 0; i < typed->field_count; i++) {
        enum status settled = settle_field(call, typed->fields[i], &content);
        answer = settled == DONE ? answer : settled;
    }
    qsort(content.fields, content.field_count, sizeof *content.fields, compare_fields);
    for (size_t i = 1; i < content.field_count; i++) {
        if (str_equal(content.fields[i - 1].name, content.fields[i].name)) {
            answer =
                call_refuse_field(call, str_text(call->arena, content.fields[i].name), "",
                                  "manuscript.field-twice", "name",
                                  str_text(call->arena, content.fields[i].name), NULL);
        }
    }
    content.attachments = typed->attachments;
    content.attachment_count = typed->attachment_count;
    if (answer == DONE) {
        *out_content = content;
    }
    return answer;
}

static enum status settle_field(struct call *call, struct field_value typed,
                                struct content *content) {
    static const char *const days[] = {"origin", "doc-date", "meeting-date"};
    static const char *const instants[] = {"emergency-at", "other-channel-at"};
    struct str value = str_trim(typed.value);
    const char *name = str_text(call->arena, typed.name);
    if (!content_field_is_known(typed.name)) {
        return call_refuse_field(call, name, "", "manuscript.field-unknown", "name", name,
                                 NULL);
    }
    if (str_is_empty(value)) {
        return DONE;
    }
    if (value.length > 2000) {
        return call_refuse_field(call, name, "", "manuscript.field-long", NULL);
    }
    for (size_t i = 0; i < LENGTH(days); i++) {
        civil_day day;
        if (str_is(typed.name, days[i]) && day_from_text(value, &day) != DONE) {
            return call_refuse_field(call, name, "", "manuscript.field-no-day", NULL);
        }
    }
    for (size_t i = 0; i < LENGTH(instants); i++) {
        instant at;
        if (str_is(typed.name, instants[i]) && instant_from_rfc3339(value, &at) != DONE) {
            return call_refuse_field(call, name, "", "manuscript.field-no-instant", NULL);
        }
    }
    content->fields[content->field_count++] =
        (struct field_value){.name = typed.name, .value = value};
    return DONE;
}

civil_day content_origin(const struct content *content) {
    civil_day day;
    return day_from_text(content_field(content, "origin"), &day) == DONE ? day : 0;
}

struct str content_fields_json(struct arena *arena, const struct content *content) {
    json_t *object = json_object();
    for (size_t i = 0; i < content->field_count; i++) {
        struct field_value field = content->fields[i];
        json_object_setn_new(object, field.name.at, field.name.length,
                             json_stringn(field.value.at, field.value.length));
    }
    return json_text(arena, object);
}

struct str content_attachments_json(struct arena *arena, const struct content *content) {
    json_t *array = json_array();
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *attachment = &content->attachments[i];
        struct str digest = digest_to_text(arena, &attachment->digest);
        json_array_append_new(
            array,
            json_pack("{s:s%, s:s%, s:I, s:s%, s:s%, s:b}", "name", attachment->name.at,
                      attachment->name.length, "digest", digest.at, digest.length, "size",
                      (json_int_t)attachment->size, "type", attachment->media_type.at,
                      attachment->media_type.length, "alt", attachment->alt.at,
                      attachment->alt.length, "in_body", attachment->in_body));
    }
    return json_text(arena, array);
}

enum status content_read_row(struct call *call, struct rows *rows,
                             struct content *out_content) {
    struct content content = {0};
    content.title = row_text(rows, "title");
    content.body = row_text(rows, "body");
    TRY(read_fields(call, row_text(rows, "fields"), &content));
    TRY(read_attachments(call, row_text(rows, "attachments"), &content));
    *out_content = content;
    return DONE;
}

static enum status read_fields(struct call *call, struct str json,
                               struct content *content) {
    json_t *object = json_loadb(json.at, json.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return log_failed("the fields of a text are not a JSON object");
    }
    content->fields =
        TAKE_ARRAY(call->arena, json_object_size(object) + 1, struct field_value);
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        content->fields[content->field_count++] = (struct field_value){
            .name = str_copy(call->arena, str_of(name)),
            .value = str_copy(call->arena, str_of(json_string_value(value)))};
    }
    json_decref(object);
    qsort(content->fields, content->field_count, sizeof *content->fields, compare_fields);
    return DONE;
}

static enum status read_attachments(struct call *call, struct str json,
                                    struct content *content) {
    json_t *array = json_loadb(json.at, json.length, 0, NULL);
    if (!json_is_array(array)) {
        json_decref(array);
        return log_failed("the attachments of a text are not a JSON array");
    }
    size_t count = json_array_size(array);
    content->attachments = TAKE_ARRAY(call->arena, count + 1, struct attachment);
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(array, i);
        struct attachment *attachment =
            &content->attachments[content->attachment_count++];
        struct arena *arena = call->arena;
        attachment->name =
            str_copy(arena, str_of(json_string_value(json_object_get(item, "name"))));
        attachment->size = json_integer_value(json_object_get(item, "size"));
        attachment->media_type =
            str_copy(arena, str_of(json_string_value(json_object_get(item, "type"))));
        attachment->alt =
            str_copy(arena, str_of(json_string_value(json_object_get(item, "alt"))));
        attachment->in_body = json_is_true(json_object_get(item, "in_body"));
        if (digest_from_text(str_of(json_string_value(json_object_get(item, "digest"))),
                             &attachment->digest) != DONE) {
            json_decref(array);
            return log_failed("an attachment's digest cannot be read");
        }
    }
    json_decref(array);
    return DONE;
}

static struct str json_text(struct arena *arena, json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    struct str json = str_copy(arena, str_of(text));
    free(text);
    json_decref(value);
    return json;
}

static int compare_fields(const void *left, const void *right) {
    return str_compare(((const struct field_value *)left)->name,
                       ((const struct field_value *)right)->name);
}
