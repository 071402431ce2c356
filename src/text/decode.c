/*
 * Characters of other programs, by glibc's iconv, strictly.
 */
#include "text/text.h"

#include <errno.h>
#include <iconv.h>

static enum status convert(struct arena *arena, const char *from, struct str text,
                           struct str *out_text);

enum status text_decode(struct arena *arena, struct bytes bytes, struct str *out_text) {
    struct str text = {(const char *)bytes.at, bytes.length};
    if (str_starts(text, "\xef\xbb\xbf")) {
        text = str_part(text, 3, text.length);
    }
    if (utf8_is_valid(text)) {
        *out_text = text;
        return DONE;
    }
    if (text.at != (const char *)bytes.at) {
        return REFUSED; /* it said UTF-8 and is not */
    }
    if (str_starts(text, "\xff\xfe")) {
        return convert(arena, "UTF-16LE", str_part(text, 2, text.length), out_text);
    }
    if (str_starts(text, "\xfe\xff")) {
        return convert(arena, "UTF-16BE", str_part(text, 2, text.length), out_text);
    }
    return convert(arena, "GB18030", text, out_text);
}

static enum status convert(struct arena *arena, const char *from, struct str text,
                           struct str *out_text) {
    iconv_t converter = iconv_open("UTF-8", from);
    if (converter == (iconv_t)-1) {
        return log_failed("iconv does not know %s", from);
    }
    size_t room = text.length * 3 + 16; /* two bytes of either make at most three */
    char *start = arena_take(arena, room);
    char *at = start;
    char *in = (char *)(uintptr_t)text.at;
    size_t left = text.length;
    size_t irregular = iconv(converter, &in, &left, &at, &room);
    iconv_close(converter);
    struct str converted = {start, (size_t)(at - start)};
    if (irregular != 0 || left != 0 || !utf8_is_valid(converted)) {
        return REFUSED;
    }
    *out_text = converted;
    return DONE;
}
