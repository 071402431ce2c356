/*
 * The asker's half of reading files: what the sandbox tells is checked and becomes
 * parts; plain text needs no sandbox.
 */
#include "text/text_own.h"

#include <string.h>

#define READ_SECONDS 20
#define TOLD_MOST    ((size_t)40 << 20)

static enum status read_plain(struct call *call, struct bytes bytes,
                              struct document *out_document);
static enum status refuse_fault(struct call *call, const struct sandbox_answer *answer);
static bool next_part(struct bytes told, size_t *position, struct document_part *part);
static bool next_text(struct bytes told, size_t *position, struct str *out_text);

enum status text_document(struct call *call, const struct file_type *type,
                          struct bytes bytes, struct document *out_document) {
    if (!type->has_text) {
        *out_document = (struct document){0};
        return DONE;
    }
    if (str_starts(str_of(type->media_type), "text/")) {
        return read_plain(call, bytes, out_document);
    }
    if (text_is_older(type)) {
        TRY(text_convert(call, type, bytes, &bytes));
    }
    bool is_pdf = str_is(str_of(type->media_type), "application/pdf");
    struct sandbox_wish wish = {.parser = is_pdf ? TEXT_PARSER_PDF : TEXT_PARSER_OFFICE,
                                .input = bytes,
                                .seconds = READ_SECONDS,
                                .most = TOLD_MOST};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status != DONE) {
        return status == FAILED ? FAILED : refuse_fault(call, &answer);
    }
    if (document_told(call->arena, answer.out, out_document) != DONE) {
        return call_refuse(call, REFUSED, "", "text.file-broken", NULL);
    }
    return DONE;
}

enum status document_told(struct arena *arena, struct bytes told,
                          struct document *out_document) {
    struct document_part part;
    size_t count = 0;
    size_t position = 0;
    while (next_part(told, &position, &part)) {
        count++;
    }
    if (position != told.length) {
        return REFUSED;
    }
    struct document document = {.is_read = true, .count = count};
    document.parts = TAKE_ARRAY(arena, count + 1, struct document_part);
    position = 0;
    for (size_t i = 0; i < count; i++) {
        (void)next_part(told, &position, &document.parts[i]);
    }
    *out_document = document;
    return DONE;
}

const char *part_kind_name(enum part_kind kind) {
    static const char *const names[PART_KINDS] = {
        "body",  "header",  "note",     "comment",  "revision", "sheet",
        "slide", "drawing", "property", "embedded", "page",     "scan"};
    return kind < PART_KINDS ? names[kind] : "body";
}

static enum status read_plain(struct call *call, struct bytes bytes,
                              struct document *out_document) {
    struct str text;
    enum status status = text_decode(call->arena, bytes, &text);
    if (status == REFUSED) {
        return call_refuse(call, REFUSED, "", "text.file-characters", NULL);
    }
    TRY(status);
    struct document_part *part = TAKE(call->arena, struct document_part);
    *part = (struct document_part){.kind = PART_BODY, .name = STR(""), .text = text};
    *out_document = (struct document){.parts = part, .count = 1, .is_read = true};
    return DONE;
}

static enum status refuse_fault(struct call *call, const struct sandbox_answer *answer) {
    static const char *const words[UNPACK_FAULTS] = {
        [UNPACK_BROKEN] = "text.file-broken", [UNPACK_TOO_MUCH] = "text.file-bomb",
        [UNPACK_WILD] = "text.file-wild",     [UNPACK_LOCKED] = "text.file-locked",
        [UNPACK_XML] = "text.file-broken",
    };
    unsigned char fault = answer->out.length == 1 ? answer->out.at[0] : UNPACK_BROKEN;
    if (answer->end == SANDBOX_TIME || answer->end == SANDBOX_TOO_MUCH) {
        fault = UNPACK_TOO_MUCH;
    }
    if (fault == 0 || fault >= UNPACK_FAULTS) {
        fault = UNPACK_BROKEN;
    }
    return call_refuse(call, REFUSED, "", words[fault], NULL);
}

static bool next_part(struct bytes told, size_t *position, struct document_part *part) {
    size_t at = *position;
    if (told.length - at < 2 || told.at[at] >= PART_KINDS || told.at[at + 1] > 1) {
        return false;
    }
    *part = (struct document_part){.kind = (enum part_kind)told.at[at],
                                   .hidden = told.at[at + 1] != 0};
    at += 2;
    if (!next_text(told, &at, &part->name) || !next_text(told, &at, &part->text)) {
        return false;
    }
    *position = at;
    return true;
}

static bool next_text(struct bytes told, size_t *position, struct str *out_text) {
    uint32_t length;
    if (told.length - *position < sizeof length) {
        return false;
    }
    memcpy(&length, told.at + *position, sizeof length);
    *position += sizeof length;
    if (told.length - *position < length) {
        return false;
    }
    *out_text = (struct str){(const char *)told.at + *position, length};
    *position += length;
    return utf8_is_valid(*out_text);
}
