/*
 * Manuscripts: listed, begun, read, changed; their revisions and files.
 */
#include "entries.h"

#include "page/page.h"

#define BODY_MOST ((size_t)12 << 20)

static enum status run_list(struct exchange *exchange);
static enum status run_begin(struct exchange *exchange);
static enum status run_read(struct exchange *exchange);
static enum status run_change(struct exchange *exchange);
static enum status run_begin_change(struct exchange *exchange);
static enum status run_revisions(struct exchange *exchange);
static enum status run_revision(struct exchange *exchange);
static enum status run_keep_file(struct exchange *exchange);
static void tell_traces(struct exchange *exchange, const char *traces);
static enum status run_file(struct exchange *exchange);
static bool names_content(const struct exchange *exchange);
static enum status save_content(struct exchange *exchange, id64 manuscript, int *version);
static enum status version_seen(struct exchange *exchange, id64 manuscript,
                                int *out_version);
static enum status find_file(struct exchange *exchange, id64 manuscript,
                             const struct digest *digest, struct attachment *out_file);
static bool content_has(const struct content *content, const struct digest *digest,
                        struct attachment *out_file);

static const struct field list_query[] = {
    {.name = "site", .kind = FIELD_ID, .label = "api.field.site"},
    {.name = "column", .kind = FIELD_ID, .label = "api.field.column"},
    {.name = "unit", .kind = FIELD_ID, .label = "api.field.unit"},
    {.name = "author", .kind = FIELD_ID, .label = "api.field.author"},
    {.name = "state", .kind = FIELD_TEXT, .label = "api.field.state"},
    {.name = "class", .kind = FIELD_TEXT, .label = "api.field.class"},
    {.name = "words", .kind = FIELD_TEXT, .label = "api.field.words"},
    {.name = "page", .kind = FIELD_INT, .label = "api.field.page"},
    {.name = "page_size", .kind = FIELD_INT, .label = "api.field.page_size"},
    {0}};

static const struct member begin_members[] = {
    {"column", MEMBER_ID, true},          {"unit", MEMBER_ID, true},
    {"class", MEMBER_TEXT, true},         {"title", MEMBER_TEXT, true},
    {"body", MEMBER_TEXT, false},         {"fields", MEMBER_PAIRS, false},
    {"attachments", MEMBER_FILES, false}, {0}};
static const struct member change_members[] = {{"column", MEMBER_ID, false},
                                               {"class", MEMBER_TEXT, false},
                                               {"title", MEMBER_TEXT, false},
                                               {"body", MEMBER_TEXT, false},
                                               {"fields", MEMBER_PAIRS, false},
                                               {"attachments", MEMBER_FILES, false},
                                               {0}};
static const struct member no_members[] = {{0}};

const struct endpoint api_manuscripts = {
    .method = "GET", .pattern = "/manuscripts", .query = list_query, .run = run_list};
const struct endpoint api_manuscript_begin = {.method = "POST",
                                              .pattern = "/manuscripts",
                                              .members = begin_members,
                                              .body_most = BODY_MOST,
                                              .run = run_begin};
const struct endpoint api_manuscript = {
    .method = "GET", .pattern = "/manuscripts/{id}", .run = run_read};
const struct endpoint api_manuscript_change = {.method = "PATCH",
                                               .pattern = "/manuscripts/{id}",
                                               .members = change_members,
                                               .if_match = true,
                                               .body_most = BODY_MOST,
                                               .run = run_change,
                                               .again = run_read};
const struct endpoint api_manuscript_begin_change = {.method = "POST",
                                                     .pattern =
                                                         "/manuscripts/{id}/change",
                                                     .members = no_members,
                                                     .run = run_begin_change,
                                                     .again = run_read};
const struct endpoint api_revisions = {
    .method = "GET", .pattern = "/manuscripts/{id}/revisions", .run = run_revisions};
const struct endpoint api_revision = {.method = "GET",
                                      .pattern = "/manuscripts/{id}/revisions/{number}",
                                      .run = run_revision};
const struct endpoint api_file_keep = {.method = "POST",
                                       .pattern = "/files",
                                       .body_most = MANUSCRIPT_FILE_MOST + 1,
                                       .run = run_keep_file};
const struct endpoint api_file = {
    .method = "GET", .pattern = "/manuscripts/{id}/files/{digest}", .run = run_file};

static enum status run_list(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct manuscript_filter filter = {.site = request_id(request, "site"),
                                       .column = request_id(request, "column"),
                                       .unit = request_id(request, "unit"),
                                       .author = request_id(request, "author"),
                                       .state = request_text(request, "state"),
                                       .item_class = request_text(request, "class"),
                                       .words = request_text(request, "words"),
                                       .page = (int)request_int(request, "page"),
                                       .page_size =
                                           (int)request_int(request, "page_size")};
    struct manuscript *found;
    size_t count = 0;
    int64_t total = 0;
    filter.page = filter.page < 1 ? 1 : filter.page;
    filter.page_size = filter.page_size < 1 ? 50 : filter.page_size;
    TRY(manuscript_list(exchange->call, &filter, &found, &count, &total));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, tell_manuscript(exchange, &found[i]));
    }
    exchange->answer =
        json_pack("{s:o,s:I,s:i,s:i}", "manuscripts", list, "total", (json_int_t)total,
                  "page", filter.page, "page_size", filter.page_size);
    return DONE;
}

/* Begun and saved are two acts; the key is the first one's.  A wish repeated after it
 * was granted shows the manuscript as it stands. */
static enum status run_begin(struct exchange *exchange) {
    id64 id = 0;
    int version = 0;
    struct subject granted;
    struct content content;
    if (was_granted(exchange, &granted)) {
        return answer_manuscript(exchange, granted.id);
    }
    TRY(manuscript_begin(exchange->call, body_id(exchange, "column"),
                         body_id(exchange, "unit"), body_text(exchange, "class"),
                         body_text(exchange, "title"), &id));
    exchange->call->key = STR("");
    TRY(manuscript_draft(exchange->call, id, &content, &version));
    if (body_has(exchange, "body") || body_has(exchange, "fields") ||
        body_has(exchange, "attachments")) {
        TRY(save_content(exchange, id, &version));
    }
    exchange->status = 201;
    response_header(exchange->response, "Location",
                    str_format(exchange->call->arena, "/api/v1/manuscripts/%.*s",
                               STR_ARG(id_to_text(exchange->call->arena, id))));
    return answer_manuscript(exchange, id);
}

static enum status run_read(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return answer_manuscript(exchange, id);
}

/* What the body does not name stays as it is. */
static enum status run_change(struct exchange *exchange) {
    id64 id = 0;
    int version = 0;
    struct manuscript manuscript;
    TRY(path_id(exchange, &id));
    TRY(manuscript_find(exchange->call, id, &manuscript));
    TRY(version_seen(exchange, id, &version));
    if (names_content(exchange)) {
        TRY(save_content(exchange, id, &version));
        exchange->call->key = STR("");
    }
    if (body_has(exchange, "column") || body_has(exchange, "class")) {
        id64 column = body_has(exchange, "column") ? body_id(exchange, "column")
                                                   : manuscript.column;
        struct str item_class = body_has(exchange, "class") ? body_text(exchange, "class")
                                                            : manuscript.item_class;
        TRY(manuscript_place(exchange->call, id, version, column, item_class, &version));
    }
    return answer_manuscript(exchange, id);
}

static enum status run_begin_change(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(manuscript_begin_change(exchange->call, id));
    return answer_manuscript(exchange, id);
}

static enum status run_revisions(struct exchange *exchange) {
    struct manuscript manuscript;
    struct revision *revisions;
    size_t count = 0;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(manuscript_find(exchange->call, id, &manuscript));
    TRY(manuscript_revisions(exchange->call, id, &revisions, &count));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list,
            json_pack("{s:o,s:i,s:o,s:o,s:o}", "id", tell_id(exchange, revisions[i].id),
                      "number", revisions[i].number, "digest",
                      tell_digest(exchange, &revisions[i].digest), "made_by",
                      tell_person(exchange, revisions[i].made_by), "made_at",
                      tell_instant(exchange, revisions[i].made_at)));
    }
    exchange->answer = json_pack("{s:o}", "revisions", list);
    return DONE;
}

static enum status run_revision(struct exchange *exchange) {
    struct manuscript manuscript;
    struct revision revision;
    int64_t number = 0;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(manuscript_find(exchange->call, id, &manuscript));
    if (str_to_int(request_parameter(exchange->request, "number"), &number) != DONE ||
        number < 1 || number > INT32_MAX) {
        return ABSENT;
    }
    TRY(manuscript_revision_number(exchange->call, id, (int)number, &revision));
    exchange->answer = json_pack(
        "{s:o,s:i,s:o,s:o,s:o,s:o}", "id", tell_id(exchange, revision.id), "number",
        revision.number, "digest", tell_digest(exchange, &revision.digest), "made_by",
        tell_person(exchange, revision.made_by), "made_at",
        tell_instant(exchange, revision.made_at), "content",
        tell_content(exchange, &revision.content));
    return DONE;
}

/* The bytes as they are; the name in the query. */
static enum status run_keep_file(struct exchange *exchange) {
    struct attachment file;
    struct str name = request_query(exchange->request, "name");
    if (str_is_empty(name)) {
        return call_refuse_field(exchange->call, "name", "", "api.member-missing", NULL);
    }
    TRY(manuscript_keep_file(exchange->call, name, exchange->request->body, &file));
    exchange->answer = tell_attachment(exchange, &file);
    tell_traces(exchange, file.traces);
    exchange->status = 201;
    return DONE;
}

/* What was taken out of the file, for programs and, if it was something, for people. */
static void tell_traces(struct exchange *exchange, const char *traces) {
    struct call *call = exchange->call;
    const struct words *words = exchange->api->house->words;
    const char *key =
        str_text(call->arena, str_format(call->arena, "edit.without-%s", traces));
    json_object_set_new(exchange->answer, "taken_out", json_string(traces));
    if (words_know(words, key)) {
        json_object_set_new(
            exchange->answer, "said",
            tell_text(words_say(words, call->arena, call->language, key, NULL, 0)));
    }
}

static enum status run_file(struct exchange *exchange) {
    struct manuscript manuscript;
    struct attachment file;
    struct digest digest;
    struct bytes bytes;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(manuscript_find(exchange->call, id, &manuscript));
    if (digest_from_text(request_parameter(exchange->request, "digest"), &digest) !=
        DONE) {
        return ABSENT;
    }
    TRY(find_file(exchange, id, &digest, &file));
    TRY(manuscript_file(exchange->call, &digest, &bytes));
    response_body(exchange->response, 200, "application/octet-stream",
                  (struct str){(const char *)bytes.at, bytes.length});
    response_download(exchange->response, file.name,
                      str_text(exchange->call->arena, file.media_type), true);
    exchange->answered = true;
    return DONE;
}

static bool names_content(const struct exchange *exchange) {
    return body_has(exchange, "title") || body_has(exchange, "body") ||
           body_has(exchange, "fields") || body_has(exchange, "attachments");
}

static enum status save_content(struct exchange *exchange, id64 manuscript,
                                int *version) {
    struct content content;
    struct dropped dropped;
    int present = 0;
    TRY(manuscript_draft(exchange->call, manuscript, &content, &present));
    if (body_has(exchange, "title")) {
        content.title = body_text(exchange, "title");
    }
    if (body_has(exchange, "body")) {
        content.body = body_text(exchange, "body");
    }
    if (body_has(exchange, "fields")) {
        content.field_count = body_fields(exchange, &content.fields);
    }
    if (body_has(exchange, "attachments")) {
        content.attachment_count = body_files(exchange, &content.attachments);
    }
    return manuscript_save(exchange->call, manuscript, *version, &content, version,
                           &dropped);
}

static enum status version_seen(struct exchange *exchange, id64 manuscript,
                                int *out_version) {
    struct content content;
    if (exchange->seen != 0) {
        *out_version = exchange->seen;
        return DONE;
    }
    return manuscript_draft(exchange->call, manuscript, &content, out_version);
}

/* Only files that the draft or the newest revision names: a digest alone opens none. */
static enum status find_file(struct exchange *exchange, id64 manuscript,
                             const struct digest *digest, struct attachment *out_file) {
    struct manuscript found;
    struct content draft;
    struct revision revision;
    int version = 0;
    TRY(manuscript_draft(exchange->call, manuscript, &draft, &version));
    if (content_has(&draft, digest, out_file)) {
        return DONE;
    }
    TRY(manuscript_find(exchange->call, manuscript, &found));
    if (found.revision == 0) {
        return ABSENT;
    }
    TRY(manuscript_revision(exchange->call, found.revision, &revision));
    return content_has(&revision.content, digest, out_file) ? DONE : ABSENT;
}

static bool content_has(const struct content *content, const struct digest *digest,
                        struct attachment *out_file) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        if (digest_equal(&content->attachments[i].digest, digest)) {
            *out_file = content->attachments[i];
            return true;
        }
    }
    return false;
}
