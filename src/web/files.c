/*
 * Attachments and pictures of a draft, uploaded apart from its form; kept files read.
 */
#include "entries.h"
#include "parts.h"
#include "text/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static enum status run_attach(struct visit *visit);
static enum status run_remove(struct visit *visit);
static enum status run_picture(struct visit *visit);
static enum status run_convert(struct visit *visit);
static struct str said_of(struct visit *visit, const struct attachment *attachment);
static json_t *json_text(struct str text);
static enum status answer_json(struct visit *visit, int code, json_t *said);
static enum status answer_refused(struct visit *visit);
static enum status run_read(struct visit *visit);
static enum status run_read_picture(struct visit *visit);
static enum status add_to_draft(struct visit *visit, id64 manuscript,
                                const struct attachment *attachment);
static enum status send_file(struct visit *visit, const struct digest *digest,
                             struct str name, struct str type, bool attachment);
static enum status newest_content(struct visit *visit,
                                  const struct manuscript *manuscript,
                                  struct content *out_content);
static const char *picture_type(struct bytes bytes);

static const struct field attach_fields[] = {
    {.name = "file", .kind = FIELD_FILE, .required = true, .label = "edit.attach"},
    {.name = NULL},
};
const struct entry file_attach = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/files",
                                  .fields = attach_fields,
                                  .body_most = (size_t)22 << 20,
                                  .may = WEB_STAFF,
                                  .form = &edit_show,
                                  .run = run_attach};

static const struct field remove_fields[] = {
    {.name = "number", .kind = FIELD_INT, .required = true, .label = "edit.remove"},
    {.name = NULL},
};
const struct entry file_remove_entry = {.method = "POST",
                                        .pattern =
                                            "/manuscripts/{manuscript}/files/remove",
                                        .fields = remove_fields,
                                        .may = WEB_STAFF,
                                        .form = &edit_show,
                                        .run = run_remove};

static const struct field picture_fields[] = {
    {.name = "manuscript", .kind = FIELD_ID, .required = true, .label = "edit.picture"},
    {.name = "file", .kind = FIELD_FILE, .required = true, .label = "edit.picture"},
    {.name = NULL},
};
const struct entry file_picture = {.method = "POST",
                                   .pattern = "/files",
                                   .fields = picture_fields,
                                   .body_most = (size_t)22 << 20,
                                   .may = WEB_STAFF,
                                   .run = run_picture};

static const struct field convert_fields[] = {
    {.name = "file", .kind = FIELD_FILE, .required = true, .label = "edit.docx"},
    {.name = NULL},
};
const struct entry file_convert = {.method = "POST",
                                   .pattern = "/files/convert",
                                   .fields = convert_fields,
                                   .body_most = (size_t)22 << 20,
                                   .may = WEB_STAFF,
                                   .run = run_convert};

const struct entry file_read_entry = {.method = "GET",
                                      .pattern =
                                          "/manuscripts/{manuscript}/files/{digest}",
                                      .may = WEB_STAFF,
                                      .run = run_read};

const struct entry file_read_picture = {.method = "GET",
                                        .pattern = "/files/{digest}",
                                        .may = WEB_STAFF,
                                        .run = run_read_picture};

static enum status run_attach(struct visit *visit) {
    struct manuscript manuscript;
    struct attachment attachment;
    const struct upload *upload = request_file(visit->request, "file");
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_keep_file(visit->call, upload->name, upload->bytes, &attachment));
    TRY(add_to_draft(visit, manuscript.id, &attachment));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit?without=%s", STR_ARG(id),
                  attachment.traces);
}

static enum status run_remove(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct content draft;
    struct dropped dropped;
    int version;
    int64_t number = request_int(visit->request, "number");
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_draft(call, manuscript.id, &draft, &version));
    if (number < 1 || (size_t)number > draft.attachment_count) {
        return ABSENT;
    }
    for (size_t i = (size_t)number; i < draft.attachment_count; i++) {
        draft.attachments[i - 1] = draft.attachments[i];
    }
    draft.attachment_count--;
    TRY(manuscript_save(call, manuscript.id, version, &draft, &version, &dropped));
    struct str id = id_to_text(call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

/* A picture of the body: kept, listed with the draft, its address told, and what was
 * taken out of it. */
static enum status run_picture(struct visit *visit) {
    struct call *call = visit->call;
    struct attachment attachment;
    const struct upload *upload = request_file(visit->request, "file");
    id64 id = request_id(visit->request, "manuscript");
    struct manuscript manuscript;
    TRY(manuscript_find(call, id, &manuscript));
    enum status kept =
        manuscript_keep_file(call, upload->name, upload->bytes, &attachment);
    if (kept == REFUSED) {
        return answer_refused(visit);
    }
    TRY(kept);
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){attachment.digest.at, DIGEST_SIZE});
    struct str source = str_format(call->arena, "/files/%.*s", STR_ARG(hex));
    json_t *said = json_object();
    json_object_set_new(said, "src", json_text(source));
    json_object_set_new(said, "said", json_text(said_of(visit, &attachment)));
    return answer_json(visit, 201, said);
}

/* What was taken out of the file, or nothing. */
static struct str said_of(struct visit *visit, const struct attachment *attachment) {
    struct arena *arena = visit->call->arena;
    const char *words =
        str_text(arena, str_format(arena, "edit.without-%s", attachment->traces));
    return words_know(visit->web->options.words, words) ? web_say(visit, words, NULL)
                                                        : STR("");
}

static json_t *json_text(struct str text) { return json_stringn(text.at, text.length); }

/* A .doc or .wps as .docx, which the editor reads; nothing is kept. */
static enum status run_convert(struct visit *visit) {
    static const char docx[] =
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    struct call *call = visit->call;
    const struct upload *upload = request_file(visit->request, "file");
    const struct file_type *type;
    struct bytes converted = upload->bytes;
    enum status status = text_file_type(call, upload->name, upload->bytes, &type);
    if (status == DONE && text_is_older(type)) {
        status = text_convert(call, type, upload->bytes, &converted);
    }
    if (status == REFUSED) {
        return answer_refused(visit);
    }
    TRY(status);
    response_body(visit->response, 200, docx,
                  (struct str){(const char *)converted.at, converted.length});
    response_download(visit->response, STR("in.docx"), docx, true);
    return DONE;
}

/* The refusal as {"sentence": …}, for a script that shows it. */
static enum status answer_refused(struct visit *visit) {
    struct call *call = visit->call;
    struct str sentence = web_say_refusal(visit, call->refusal);
    json_t *said = json_object();
    json_object_set_new(said, "sentence", json_text(sentence));
    call_forgive(call);
    return answer_json(visit, 422, said);
}

static enum status answer_json(struct visit *visit, int code, json_t *said) {
    char *text = json_dumps(said, JSON_COMPACT);
    struct str json = str_copy(visit->call->arena, str_of(text));
    free(text);
    json_decref(said);
    visit->status = code;
    return web_json(visit, json);
}

static enum status run_read(struct visit *visit) {
    struct manuscript manuscript;
    struct content content;
    struct digest digest;
    TRY(part_manuscript(visit, &manuscript));
    if (digest_from_text(request_parameter(visit->request, "digest"), &digest) != DONE) {
        return ABSENT;
    }
    TRY(newest_content(visit, &manuscript, &content));
    for (size_t i = 0; i < content.attachment_count; i++) {
        const struct attachment *attachment = &content.attachments[i];
        if (digest_equal(&attachment->digest, &digest)) {
            return send_file(visit, &digest, attachment->name, attachment->media_type,
                             true);
        }
    }
    return ABSENT;
}

/* Pictures are asked for by their digest alone, by pages that show a text; the digest
 * is known only to who may read a text that holds it. */
static enum status run_read_picture(struct visit *visit) {
    struct str name = request_parameter(visit->request, "digest");
    struct digest digest;
    struct str text = str_format(visit->call->arena, "sm3:%.*s", STR_ARG(name));
    if (digest_from_text(text, &digest) != DONE) {
        return ABSENT;
    }
    return send_file(visit, &digest, name, STR(""), false);
}

static enum status add_to_draft(struct visit *visit, id64 manuscript,
                                const struct attachment *attachment) {
    struct call *call = visit->call;
    struct content draft;
    struct dropped dropped;
    int version;
    TRY(manuscript_draft(call, manuscript, &draft, &version));
    for (size_t i = 0; i < draft.attachment_count; i++) {
        if (digest_equal(&draft.attachments[i].digest, &attachment->digest)) {
            return DONE;
        }
    }
    struct attachment *more =
        TAKE_ARRAY(call->arena, draft.attachment_count + 1, struct attachment);
    for (size_t i = 0; i < draft.attachment_count; i++) {
        more[i] = draft.attachments[i];
    }
    more[draft.attachment_count++] = *attachment;
    draft.attachments = more;
    return manuscript_save(call, manuscript, version, &draft, &version, &dropped);
}

static enum status send_file(struct visit *visit, const struct digest *digest,
                             struct str name, struct str type, bool attachment) {
    struct bytes bytes;
    TRY(manuscript_file(visit->call, digest, &bytes));
    const char *media =
        str_is_empty(type) ? picture_type(bytes) : str_text(visit->call->arena, type);
    response_body(visit->response, 200, media,
                  (struct str){(const char *)bytes.at, bytes.length});
    response_download(visit->response, name, media, attachment);
    return DONE;
}

/* What the manuscript says now: the text under review, or the draft in its author's
 * hands. */
static enum status newest_content(struct visit *visit,
                                  const struct manuscript *manuscript,
                                  struct content *out_content) {
    struct revision revision;
    int version;
    bool drafting = str_is(manuscript->state, "draft") ||
                    str_is(manuscript->state, "proof") ||
                    str_is(manuscript->state, "second-proof");
    if (drafting || manuscript->revision == 0) {
        return manuscript_draft(visit->call, manuscript->id, out_content, &version);
    }
    TRY(manuscript_revision(visit->call, manuscript->revision, &revision));
    *out_content = revision.content;
    return DONE;
}

/* Pictures that may stand in a body; anything else is a download. */
static const char *picture_type(struct bytes bytes) {
    static const struct {
        const char *mark;
        size_t length;
        const char *type;
    } marks[] = {{"\x89PNG", 4, "image/png"},
                 {"\xff\xd8\xff", 3, "image/jpeg"},
                 {"GIF8", 4, "image/gif"}};
    for (size_t i = 0; i < LENGTH(marks); i++) {
        if (bytes.length > marks[i].length &&
            memcmp(bytes.at, marks[i].mark, marks[i].length) == 0) {
            return marks[i].type;
        }
    }
    return "application/octet-stream";
}
