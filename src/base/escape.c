/*
 * Escaping: the one place where text becomes HTML or SVG.
 */
#include "base.h"

#include <string.h>

static const char *const entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

static size_t skip_clean(struct str text, size_t at);

void buffer_add_escaped(struct buffer *out, struct str text) {
    size_t clean = 0;
    for (size_t i = skip_clean(text, 0); i < text.length; i = skip_clean(text, i)) {
        const char *entity = entities[(unsigned char)text.at[i]];
        if (entity != NULL) {
            buffer_add(out, str_part(text, clean, i));
            buffer_add_text(out, entity);
            clean = i + 1;
        }
        i++;
    }
    buffer_add(out, str_part(text, clean, text.length));
}

/*
 * Step over whole words of eight bytes that hold none of & ' < > ".  With the
 * lowest bit set & and ' are one byte, with the next one < and > are; a byte is
 * found by the usual test for a zero byte, which may also stop early: that costs
 * a step, never a mistake.
 */
static size_t skip_clean(struct str text, size_t at) {
    const uint64_t ones = 0x0101010101010101U;
    const uint64_t tops = 0x8080808080808080U;
    while (text.length - at >= 8) {
        uint64_t word;
        memcpy(&word, text.at + at, 8);
        uint64_t a = (word | ones) ^ (ones * '\'');
        uint64_t b = (word | (ones * 2)) ^ (ones * '>');
        uint64_t c = word ^ (ones * '"');
        if ((((a - ones) & ~a) | ((b - ones) & ~b) | ((c - ones) & ~c)) & tops) {
            break;
        }
        at += 8;
    }
    return at;
}
