/*
 * Hexadecimal and base64, and a comparison that does not leak.
 */
#include "bytes.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int digit_value(const char *digits, char digit);

struct bytes bytes_of_str(struct str text) {
    return (struct bytes){(const unsigned char *)text.at, text.length};
}

struct str bytes_to_hex(struct arena *arena, struct bytes bytes) {
    char *hex = arena_take(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        hex[2 * i] = hex_digits[bytes.at[i] >> 4];
        hex[2 * i + 1] = hex_digits[bytes.at[i] & 15];
    }
    return (struct str){hex, bytes.length * 2};
}

enum status bytes_from_hex(struct arena *arena, struct str hex, struct bytes *out_bytes) {
    if (hex.length % 2 != 0) {
        return REFUSED;
    }
    unsigned char *bytes = arena_take(arena, hex.length / 2 + 1);
    for (size_t i = 0; i < hex.length; i += 2) {
        int high = digit_value(hex_digits, hex.at[i]);
        int low = digit_value(hex_digits, hex.at[i + 1]);
        if (high < 0 || low < 0) {
            return REFUSED;
        }
        bytes[i / 2] = (unsigned char)(high << 4 | low);
    }
    *out_bytes = (struct bytes){bytes, hex.length / 2};
    return DONE;
}

struct str bytes_to_base64(struct arena *arena, struct bytes bytes) {
    struct buffer text;
    buffer_init(&text, arena);
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < bytes.length; i++) {
        held = held << 8 | bytes.at[i];
        for (bits += 8; bits >= 6; bits -= 6) {
            buffer_add_char(&text, base64_digits[held >> (bits - 6) & 63]);
        }
    }
    if (bits > 0) {
        buffer_add_char(&text, base64_digits[held << (6 - bits) & 63]);
    }
    return buffer_str(&text);
}

enum status bytes_from_base64(struct arena *arena, struct str text,
                              struct bytes *out_bytes) {
    if (text.length % 4 == 1) {
        return REFUSED;
    }
    unsigned char *bytes = arena_take(arena, text.length / 4 * 3 + 3);
    size_t length = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.length; i++) {
        int value = digit_value(base64_digits, text.at[i]);
        if (value < 0) {
            return REFUSED;
        }
        held = held << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[length++] = (unsigned char)(held >> bits);
        }
    }
    if ((held & ((1U << bits) - 1)) != 0) {
        return REFUSED; /* a second spelling of the same bytes */
    }
    *out_bytes = (struct bytes){bytes, length};
    return DONE;
}

bool bytes_equal_secret(struct bytes a, struct bytes b) {
    if (a.length != b.length) {
        return false;
    }
    unsigned difference = 0;
    for (size_t i = 0; i < a.length; i++) {
        difference |= (unsigned)(a.at[i] ^ b.at[i]);
    }
    return difference == 0;
}

static int digit_value(const char *digits, char digit) {
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    return found == NULL ? -1 : (int)(found - digits);
}
