/*
 * The asker's half of leaving out what a file tells about its making.
 */
#include "text/text_own.h"

#define REWRITE_SECONDS 5

static enum status picture_without(struct call *call, struct bytes bytes,
                                   struct bytes *out_bytes, enum traces *out_traces);
static enum status package_without(struct call *call, struct bytes bytes,
                                   struct bytes *out_bytes, enum traces *out_traces);

enum status text_without_traces(struct call *call, const struct file_type *type,
                                struct bytes bytes, struct bytes *out_bytes,
                                enum traces *out_traces) {
    if (type->is_picture) {
        return picture_without(call, bytes, out_bytes, out_traces);
    }
    if (str_starts(str_of(type->media_type),
                   "application/vnd.openxmlformats-officedocument.")) {
        return package_without(call, bytes, out_bytes, out_traces);
    }
    *out_bytes = bytes;
    *out_traces = TRACES_NONE;
    return DONE;
}

const char *traces_name(enum traces traces) {
    static const char *const names[TRACES_KINDS] = {"none", "device", "place", "maker"};
    return traces < TRACES_KINDS ? names[traces] : "none";
}

static enum status picture_without(struct call *call, struct bytes bytes,
                                   struct bytes *out_bytes, enum traces *out_traces) {
    struct picture picture;
    TRY(text_picture(call, bytes, &picture));
    *out_bytes = picture.bytes;
    *out_traces = picture.tells_place    ? TRACES_PLACE
                  : picture.tells_device ? TRACES_DEVICE
                                         : TRACES_NONE;
    return DONE;
}

/* What cannot be rewritten is kept as it came: screening tells what it cannot read, and
 * whom its properties name. */
static enum status package_without(struct call *call, struct bytes bytes,
                                   struct bytes *out_bytes, enum traces *out_traces) {
    struct sandbox_wish wish = {.parser = TEXT_PARSER_PACKAGE,
                                .input = bytes,
                                .seconds = REWRITE_SECONDS,
                                .most = 1 + TEXT_FILE_MOST};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status == FAILED) {
        return FAILED;
    }
    bool is_written = status == DONE && answer.out.length > 1 && answer.out.at[0] <= 1;
    *out_bytes =
        is_written ? (struct bytes){answer.out.at + 1, answer.out.length - 1} : bytes;
    *out_traces = is_written && answer.out.at[0] == 1 ? TRACES_MAKER : TRACES_NONE;
    return DONE;
}
