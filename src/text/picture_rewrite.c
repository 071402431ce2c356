/*
 * PNG (ISO/IEC 15948), JPEG (ITU T.81) and GIF (89a) written anew, piece by piece: what
 * makes the picture is copied as it stands, pixels are never decoded, and every piece
 * that is not known to be part of the picture is left out, with all that follows its
 * end.  A second passage changes nothing.
 */
#include "text/text_own.h"

#include <string.h>

#define EXIF_ORIENTATION 0x0112 /* Exif 2.3 §4.6.4 */
#define EXIF_GPS         0x8825 /* §4.6.3: pointer to the GPS directory */
#define ENTRIES_MOST     512    /* of one directory of Exif */
#define JFIF_LENGTH      16     /* without a small picture inside */

struct exif {
    int orientation; /* 1–8, 0 if not told */
    bool tells_place;
    bool tells_more;
};

static bool jpeg_segment(struct bytes bytes, size_t at, size_t length,
                         struct picture *picture, struct buffer *out);
static size_t jpeg_scan_end(struct bytes bytes, size_t at);
static void add_orientation(struct buffer *out, int orientation);
static struct exif read_exif(struct bytes exif);
static bool gif_block(struct bytes bytes, size_t *at, struct picture *picture,
                      struct buffer *out);
static size_t gif_table_size(unsigned char flags);
static bool gif_skip(struct bytes bytes, size_t *at);
static void copy(struct buffer *out, struct bytes bytes, size_t from, size_t to);
static bool starts(struct bytes bytes, size_t at, const char *mark, size_t length);
static uint32_t big(struct bytes bytes, size_t at, size_t size);
static uint32_t number(struct bytes bytes, size_t at, size_t size, bool little);

bool png_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out) {
    static const char *const kept[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS",
                                       "gAMA", "cHRM", "sRGB", "iCCP", "sBIT",
                                       "pHYs", "bKGD", "acTL", "fcTL", "fdAT"};
    if (!starts(bytes, 0, "\x89PNG\r\n\x1a\n", 8) || !starts(bytes, 12, "IHDR", 4) ||
        bytes.length < 33) {
        return false;
    }
    picture->width = (int)(big(bytes, 16, 4) & INT32_MAX);
    picture->height = (int)(big(bytes, 20, 4) & INT32_MAX);
    copy(out, bytes, 0, 8);
    for (size_t at = 8; at + 12 <= bytes.length;) {
        size_t length = big(bytes, at, 4);
        if (length > bytes.length - at - 12) {
            return false;
        }
        bool is_kept = false;
        for (size_t i = 0; i < LENGTH(kept); i++) {
            is_kept = is_kept || starts(bytes, at + 4, kept[i], 4);
        }
        if (is_kept) {
            copy(out, bytes, at, at + length + 12);
        } else {
            struct bytes inside = {bytes.at + at + 8, length};
            picture->tells_device = true;
            picture->tells_place =
                picture->tells_place ||
                (starts(bytes, at + 4, "eXIf", 4) && read_exif(inside).tells_place);
        }
        if (starts(bytes, at + 4, "IEND", 4)) {
            return true;
        }
        at += length + 12;
    }
    return false;
}

bool jpeg_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out) {
    if (!starts(bytes, 0, "\xff\xd8\xff", 3)) {
        return false;
    }
    copy(out, bytes, 0, 2);
    for (size_t at = 2; at + 4 <= bytes.length && bytes.at[at + 1] != 0xd9;) {
        if (bytes.at[at] != 0xff) {
            return false;
        }
        if (bytes.at[at + 1] == 0xff) { /* it may be filled up with them */
            at++;
            continue;
        }
        size_t length = big(bytes, at + 2, 2);
        if (length < 2 || length > bytes.length - at - 2 ||
            !jpeg_segment(bytes, at, length, picture, out)) {
            return false;
        }
        bool is_scan = bytes.at[at + 1] == 0xda;
        at += length + 2;
        if (is_scan) {
            size_t end = jpeg_scan_end(bytes, at);
            copy(out, bytes, at, end);
            at = end;
        }
    }
    buffer_add(out, (struct str){"\xff\xd9", 2});
    return picture->width > 0;
}

/* Table B.1: what decoding needs, with the marks of its colours. */
static bool jpeg_segment(struct bytes bytes, size_t at, size_t length,
                         struct picture *picture, struct buffer *out) {
    unsigned char kind = bytes.at[at + 1];
    bool is_frame =
        kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
    if (is_frame && length >= 7) {
        picture->height = (int)big(bytes, at + 5, 2);
        picture->width = (int)big(bytes, at + 7, 2);
    }
    bool is_table = kind == 0xc4 || kind == 0xcc || (kind >= 0xda && kind <= 0xdf);
    bool is_colour = (kind == 0xe2 && starts(bytes, at + 4, "ICC_PROFILE\0", 12)) ||
                     (kind == 0xee && starts(bytes, at + 4, "Adobe", 5));
    if (is_frame || is_table || is_colour) {
        copy(out, bytes, at, at + length + 2);
    } else if (kind == 0xe0 && starts(bytes, at + 4, "JFIF\0", 5) &&
               length >= JFIF_LENGTH) {
        buffer_add(out, (struct str){"\xff\xe0\0\x10", 4});
        copy(out, bytes, at + 4, at + JFIF_LENGTH);
        buffer_add(out, (struct str){"\0\0", 2});
        picture->tells_device = picture->tells_device || length > JFIF_LENGTH;
    } else if (kind == 0xe1 && starts(bytes, at + 4, "Exif\0\0", 6) && length >= 8) {
        struct exif exif = read_exif((struct bytes){bytes.at + at + 10, length - 8});
        picture->tells_place = picture->tells_place || exif.tells_place;
        picture->tells_device = picture->tells_device || exif.tells_more;
        add_orientation(out, exif.orientation);
    } else if (kind >= 0xe0 || kind == 0xc8) {
        picture->tells_device = true;
    } else {
        return false;
    }
    return true;
}

/* The next mark that is neither a stuffed byte nor a restart; the end if none comes. */
static size_t jpeg_scan_end(struct bytes bytes, size_t at) {
    for (; at + 1 < bytes.length; at++) {
        unsigned char next = bytes.at[at + 1];
        if (bytes.at[at] == 0xff && next != 0 && next != 0xff &&
            (next < 0xd0 || next > 0xd7)) {
            return at;
        }
    }
    return bytes.length;
}

/* Without it the picture would lie on its side. */
static void add_orientation(struct buffer *out, int orientation) {
    if (orientation > 1) {
        buffer_add(out, (struct str){"\xff\xe1\0\x22"
                                     "Exif\0\0MM\0\x2a\0\0\0\x08"
                                     "\0\1\x01\x12\0\3\0\0\0\1\0",
                                     29});
        buffer_add_char(out, (char)orientation);
        buffer_add(out, (struct str){"\0\0\0\0\0\0", 6});
    }
}

static struct exif read_exif(struct bytes bytes) {
    struct exif exif = {.tells_more = true};
    bool little = starts(bytes, 0, "II", 2);
    if (bytes.length < 14) {
        return exif;
    }
    size_t at = number(bytes, 4, 4, little);
    if (at > bytes.length - 2) {
        return exif;
    }
    size_t count = number(bytes, at, 2, little);
    exif.tells_more = count != 1 || bytes.length != at + 18;
    count = count < ENTRIES_MOST ? count : ENTRIES_MOST;
    for (size_t i = 0; i < count && at + 2 + 12 * (i + 1) <= bytes.length; i++) {
        size_t entry = at + 2 + 12 * i;
        uint32_t tag = number(bytes, entry, 2, little);
        uint32_t value = number(bytes, entry + 8, 2, little);
        exif.tells_place = exif.tells_place || tag == EXIF_GPS;
        exif.tells_more = exif.tells_more || tag != EXIF_ORIENTATION;
        if (tag == EXIF_ORIENTATION && value >= 1 && value <= 8) {
            exif.orientation = (int)value;
        }
    }
    return exif;
}

bool gif_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out) {
    if ((!starts(bytes, 0, "GIF87a", 6) && !starts(bytes, 0, "GIF89a", 6)) ||
        bytes.length < 14) {
        return false;
    }
    picture->width = (int)number(bytes, 6, 2, true);
    picture->height = (int)number(bytes, 8, 2, true);
    size_t at = 13 + gif_table_size(bytes.at[10]);
    if (at > bytes.length) {
        return false;
    }
    copy(out, bytes, 0, at);
    while (at < bytes.length && bytes.at[at] != ';') {
        if (!gif_block(bytes, &at, picture, out)) {
            return false;
        }
    }
    buffer_add_char(out, ';');
    return true;
}

/* One picture or extension; of these, its times, its text and its being repeated. */
static bool gif_block(struct bytes bytes, size_t *at, struct picture *picture,
                      struct buffer *out) {
    size_t from = *at;
    if (bytes.length - from < 3) {
        return false;
    }
    bool is_kept = bytes.at[from] == ',';
    if (is_kept) {
        if (bytes.length - from < 11) {
            return false;
        }
        *at = from + 10 + gif_table_size(bytes.at[from + 9]) + 1;
    } else if (bytes.at[from] == '!') {
        unsigned char kind = bytes.at[from + 1];
        is_kept = kind == 0xf9 || kind == 0x01 ||
                  (kind == 0xff && (starts(bytes, from + 3, "NETSCAPE2.0", 11) ||
                                    starts(bytes, from + 3, "ANIMEXTS1.0", 11)));
        *at = from + 2;
    } else {
        return false;
    }
    if (!gif_skip(bytes, at)) {
        return false;
    }
    if (is_kept) {
        copy(out, bytes, from, *at);
    }
    picture->tells_device = picture->tells_device || !is_kept;
    return true;
}

static size_t gif_table_size(unsigned char flags) {
    return (flags & 0x80) != 0 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Past a row of sub-blocks and the empty one at its end. */
static bool gif_skip(struct bytes bytes, size_t *at) {
    while (*at < bytes.length) {
        size_t length = bytes.at[*at];
        *at += length + 1;
        if (length == 0) {
            return true;
        }
    }
    return false;
}

static void copy(struct buffer *out, struct bytes bytes, size_t from, size_t to) {
    buffer_add(out, (struct str){(const char *)bytes.at + from, to - from});
}

static bool starts(struct bytes bytes, size_t at, const char *mark, size_t length) {
    return at <= bytes.length && bytes.length - at >= length &&
           memcmp(bytes.at + at, mark, length) == 0;
}

static uint32_t big(struct bytes bytes, size_t at, size_t size) {
    return number(bytes, at, size, false);
}

/* Zero where the bytes are too short. */
static uint32_t number(struct bytes bytes, size_t at, size_t size, bool little) {
    uint32_t value = 0;
    for (size_t i = 0; i < size && at + size <= bytes.length; i++) {
        size_t from = little ? size - 1 - i : i;
        value = value << 8 | bytes.at[at + from];
    }
    return value;
}
