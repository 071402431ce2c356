/*
 * Strings and buffers over an arena.
 */
#include "str.h"

#include <stdarg.h>
#include <string.h>

static struct str format_into(struct arena *arena, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
static size_t leading_blank(struct str text);
static size_t trailing_blank(struct str text);

struct str str_of(const char *text) {
    return text == NULL ? (struct str){"", 0} : (struct str){text, strlen(text)};
}

bool str_equal(struct str a, struct str b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool str_is(struct str a, const char *text) { return str_equal(a, str_of(text)); }

int str_compare(struct str a, struct str b) {
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared == 0 ? 0 : memcmp(a.at, b.at, shared);
    if (order != 0) {
        return order;
    }
    return (a.length > b.length) - (a.length < b.length);
}

bool str_starts(struct str text, const char *prefix) {
    size_t length = strlen(prefix);
    return text.length >= length && memcmp(text.at, prefix, length) == 0;
}

bool str_ends(struct str text, const char *suffix) {
    size_t length = strlen(suffix);
    return text.length >= length &&
           memcmp(text.at + text.length - length, suffix, length) == 0;
}

bool str_is_empty(struct str text) { return text.length == 0; }

struct str str_trim(struct str text) {
    for (size_t blank = leading_blank(text); blank > 0; blank = leading_blank(text)) {
        text.at += blank;
        text.length -= blank;
    }
    for (size_t blank = trailing_blank(text); blank > 0; blank = trailing_blank(text)) {
        text.length -= blank;
    }
    return text;
}

struct str str_part(struct str text, size_t from, size_t to) {
    if (to > text.length) {
        to = text.length;
    }
    if (from > to) {
        from = to;
    }
    return (struct str){text.at + from, to - from};
}

size_t str_find(struct str text, struct str needle) {
    if (needle.length == 0) {
        return 0;
    }
    if (text.length == 0) {
        return 0;
    }
    const char *found = memmem(text.at, text.length, needle.at, needle.length);
    return found == NULL ? text.length : (size_t)(found - text.at);
}

struct str str_cut(struct str *text, char mark) {
    const char *found = text->length == 0 ? NULL : memchr(text->at, mark, text->length);
    struct str head = *text;
    if (found == NULL) {
        *text = (struct str){text->at + text->length, 0};
        return head;
    }
    head.length = (size_t)(found - text->at);
    *text = (struct str){found + 1, text->length - head.length - 1};
    return head;
}

enum status str_to_int(struct str text, int64_t *out_number) {
    bool negative = text.length > 0 && text.at[0] == '-';
    size_t start = negative ? 1 : 0;
    if (text.length == start) {
        return REFUSED;
    }
    int64_t number = 0;
    for (size_t i = start; i < text.length; i++) {
        char digit = text.at[i];
        if (digit < '0' || digit > '9') {
            return REFUSED;
        }
        int64_t step = negative ? -(digit - '0') : digit - '0';
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, step, &number)) {
            return REFUSED;
        }
    }
    *out_number = number;
    return DONE;
}

struct str str_copy(struct arena *arena, struct str text) {
    return (struct str){str_text(arena, text), text.length};
}

const char *str_text(struct arena *arena, struct str text) {
    char *copy = arena_take(arena, text.length + 1);
    if (text.length > 0) {
        memcpy(copy, text.at, text.length);
    }
    return copy;
}

struct str str_format(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct str text = format_into(arena, format, arguments);
    va_end(arguments);
    return text;
}

void buffer_init(struct buffer *buffer, struct arena *arena) {
    *buffer = (struct buffer){.arena = arena, .at = arena_take(arena, 1)};
}

void buffer_add(struct buffer *buffer, struct str text) {
    if (text.length > 0) {
        memcpy(buffer_room(buffer, text.length), text.at, text.length);
    }
}

void buffer_add_text(struct buffer *buffer, const char *text) {
    buffer_add(buffer, str_of(text));
}

void buffer_add_char(struct buffer *buffer, char byte) { *buffer_room(buffer, 1) = byte; }

void buffer_add_format(struct buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct str text = format_into(buffer->arena, format, arguments);
    va_end(arguments);
    buffer_add(buffer, text);
}

void buffer_add_int(struct buffer *buffer, int64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    buffer_add(buffer, (struct str){digits + at, sizeof digits - at});
}

char *buffer_room(struct buffer *buffer, size_t size) {
    if (buffer->room - buffer->length < size) {
        size_t room = buffer->room < 256 ? 256 : buffer->room * 2;
        while (room - buffer->length < size) {
            room *= 2;
        }
        char *grown = arena_take(buffer->arena, room);
        if (buffer->length > 0) {
            memcpy(grown, buffer->at, buffer->length);
        }
        buffer->at = grown;
        buffer->room = room;
    }
    char *room = buffer->at + buffer->length;
    buffer->length += size;
    return room;
}

struct str buffer_str(const struct buffer *buffer) {
    return (struct str){buffer->at, buffer->length};
}

static struct str format_into(struct arena *arena, const char *format,
                              va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    size_t size = length < 0 ? 0 : (size_t)length;
    char *text = arena_take(arena, size + 1);
    vsnprintf(text, size + 1, format, arguments);
    return (struct str){text, size};
}

static size_t leading_blank(struct str text) {
    if (text.length > 0 && text.at[0] != '\0' && strchr(" \t\r\n", text.at[0]) != NULL) {
        return 1;
    }
    return str_starts(text, "\xe3\x80\x80") ? 3 : 0; /* U+3000, as Word and WPS indent */
}

static size_t trailing_blank(struct str text) {
    if (text.length > 0 && text.at[text.length - 1] != '\0' &&
        strchr(" \t\r\n", text.at[text.length - 1]) != NULL) {
        return 1;
    }
    return str_ends(text, "\xe3\x80\x80") ? 3 : 0;
}
