/*
 * Files by their digest: WORKSPACE/blobs/ab/<digest>.  A file is written once, whole
 * and durable, and read back only if it still has its digest.  It is kept without what it
 * tells of its making, as far as that can be taken out without a loss.
 */
#include "manuscript_own.h"

#include "text/text.h"

static enum status without_traces(struct call *call, struct str name,
                                  const struct file_type *type, struct bytes *bytes,
                                  enum traces *out_traces);
static const char *blob_path(struct call *call, const struct digest *digest);
static struct str clean_name(struct arena *arena, struct str name);

enum status manuscript_keep_file(struct call *call, struct str name, struct bytes bytes,
                                 struct attachment *out_attachment) {
    const struct file_type *type;
    enum traces traces;
    struct str cleaned = clean_name(call->arena, name);
    const char *shown = str_text(call->arena, cleaned);
    if (bytes.length > MANUSCRIPT_FILE_MOST) {
        return call_refuse_field(call, "file", "", "manuscript.file-large", "name", shown,
                                 NULL);
    }
    if (bytes.length == 0) {
        return call_refuse_field(call, "file", "", "manuscript.file-empty", "name", shown,
                                 NULL);
    }
    TRY(text_file_type(call, cleaned, bytes, &type));
    TRY(without_traces(call, cleaned, type, &bytes, &traces));
    struct attachment attachment = {.name = cleaned,
                                    .digest = digest_of(DIGEST_SM3, bytes),
                                    .size = (int64_t)bytes.length,
                                    .media_type = str_of(type->media_type),
                                    .alt = STR(""),
                                    .traces = traces_name(traces)};
    const char *path = blob_path(call, &attachment.digest);
    if (!file_exists(path)) {
        TRY(file_write(path, bytes));
    }
    *out_attachment = attachment;
    return DONE;
}

/* What people review, sign and publish is the file without them.  The sandbox's word is
 * not taken for what came out of it. */
static enum status without_traces(struct call *call, struct str name,
                                  const struct file_type *type, struct bytes *bytes,
                                  enum traces *out_traces) {
    struct bytes without;
    const struct file_type *written;
    TRY(text_without_traces(call, type, *bytes, &without, out_traces));
    TRY(text_file_type(call, name, without, &written));
    *bytes = without;
    return DONE;
}

enum status manuscript_file(struct call *call, const struct digest *digest,
                            struct bytes *out_bytes) {
    struct bytes bytes;
    TRY(file_read(call->arena, blob_path(call, digest), MANUSCRIPT_FILE_MOST, &bytes));
    struct digest found = digest_of((enum digest_profile)digest->profile, bytes);
    if (!digest_equal(&found, digest)) {
        struct str name = digest_to_text(call->arena, digest);
        return log_failed("the kept file %.*s no longer has its digest", STR_ARG(name));
    }
    *out_bytes = bytes;
    return DONE;
}

static const char *blob_path(struct call *call, const struct digest *digest) {
    struct str hex = bytes_to_hex(call->arena, (struct bytes){digest->at, DIGEST_SIZE});
    struct str path =
        str_format(call->arena, "%s/blobs/%.2s/%s-%.*s", call->house->workspace, hex.at,
                   digest->profile == DIGEST_SM3 ? "sm3" : "sha256", STR_ARG(hex));
    return str_text(call->arena, path);
}

/* What is left of an uploader's path: its last part, without what would be read as
 * a path, a header or a control by anybody downstream. */
static struct str clean_name(struct arena *arena, struct str name) {
    struct buffer cleaned;
    buffer_init(&cleaned, arena);
    struct str part = name;
    while (part.length > 0) {
        struct str rest = part;
        struct str head = str_cut(&rest, '/');
        if (rest.length == 0) {
            part = head;
            break;
        }
        part = rest;
    }
    for (size_t i = 0; i < part.length; i++) {
        unsigned char byte = (unsigned char)part.at[i];
        bool is_plain = byte >= 0x20 && byte != 0x7f && byte != '\\' && byte != '"' &&
                        byte != '<' && byte != '>' && byte != ':' && byte != '|';
        buffer_add_char(&cleaned, is_plain ? (char)byte : '_');
    }
    struct str kept = str_trim(buffer_str(&cleaned));
    while (str_starts(kept, ".")) {
        kept = str_part(kept, 1, kept.length);
    }
    if (kept.length > 200) {
        size_t from = kept.length - 200;
        while (((unsigned char)kept.at[from] & 0xc0) == 0x80) {
            from++;
        }
        kept = str_part(kept, from, kept.length);
    }
    return kept.length == 0 ? STR("file") : kept;
}
