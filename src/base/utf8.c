/*
 * The table of RFC 3629 §4, written as comparisons.
 */
#include "utf8.h"

static size_t sequence_length(const unsigned char *at, size_t left);

bool utf8_is_valid(struct str text) {
    const unsigned char *at = (const unsigned char *)text.at;
    for (size_t i = 0; i < text.length;) {
        size_t length = sequence_length(at + i, text.length - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

size_t utf8_count(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    }
    return count;
}

uint32_t utf8_next(struct str text, size_t *position) {
    const unsigned char *at = (const unsigned char *)text.at + *position;
    size_t left = text.length - *position;
    if (at[0] < 0x80 || left < 2) {
        *position += 1;
        return at[0];
    }
    if (at[0] < 0xe0 || left < 3) {
        *position += 2;
        return (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
    }
    if (at[0] < 0xf0 || left < 4) {
        *position += 3;
        return (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 |
               (at[2] & 0x3f);
    }
    *position += 4;
    return (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 |
           (uint32_t)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);
}

void utf8_add(struct buffer *buffer, uint32_t code_point) {
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) {
        code_point = 0xfffd;
    }
    if (code_point < 0x80) {
        buffer_add_char(buffer, (char)code_point);
        return;
    }
    if (code_point < 0x800) {
        buffer_add_char(buffer, (char)(0xc0 | code_point >> 6));
    } else {
        if (code_point < 0x10000) {
            buffer_add_char(buffer, (char)(0xe0 | code_point >> 12));
        } else {
            buffer_add_char(buffer, (char)(0xf0 | code_point >> 18));
            buffer_add_char(buffer, (char)(0x80 | (code_point >> 12 & 0x3f)));
        }
        buffer_add_char(buffer, (char)(0x80 | (code_point >> 6 & 0x3f)));
    }
    buffer_add_char(buffer, (char)(0x80 | (code_point & 0x3f)));
}

static size_t sequence_length(const unsigned char *at, size_t left) {
    if (at[0] == 0) {
        return 0;
    }
    if (at[0] < 0x80) {
        return 1;
    }
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || left < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) {
        return 0; /* overlong, surrogate, or beyond the last plane */
    }
    return length;
}
