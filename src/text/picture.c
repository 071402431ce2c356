/*
 * Size and metadata of a picture: the heads of PNG (ISO/IEC 15948), JPEG (ITU
 * T.81) and GIF (89a) are walked, pixels are never decoded.
 */
#include "text/text_own.h"

#include <string.h>

#define PIXELS_MOST    100000000
#define PARSE_SECONDS  5
#define TAG_GPS        0x8825 /* Exif 2.3 §4.6.3: pointer to the GPS directory */
#define DIRECTORY_MOST 512    /* entries of one directory of Exif */

static bool read_png(struct bytes bytes, struct picture *picture);
static bool read_jpeg(struct bytes bytes, struct picture *picture);
static bool read_gif(struct bytes bytes, struct picture *picture);
static void read_exif(struct bytes exif, struct picture *picture);
static bool starts(struct bytes bytes, size_t at, const char *mark, size_t length);
static uint32_t big(struct bytes bytes, size_t at, size_t size);
static uint32_t number(struct bytes bytes, size_t at, size_t size, bool little);

enum status text_picture(struct call *call, struct bytes bytes,
                         struct picture *out_picture) {
    struct sandbox_wish wish = {.parser = TEXT_PARSER_PICTURE,
                                .input = bytes,
                                .seconds = PARSE_SECONDS,
                                .most = 4 * sizeof(int32_t)};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status == FAILED) {
        return FAILED;
    }
    int32_t told[4] = {0};
    if (status != DONE || answer.out.length != sizeof told) {
        return call_refuse(call, REFUSED, "", "text.picture-broken", NULL);
    }
    memcpy(told, answer.out.at, sizeof told);
    if (told[0] < 1 || told[1] < 1) {
        return call_refuse(call, REFUSED, "", "text.picture-broken", NULL);
    }
    if ((int64_t)told[0] * told[1] > PIXELS_MOST) {
        return call_refuse(call, REFUSED, "", "text.picture-too-large", NULL);
    }
    *out_picture = (struct picture){told[0], told[1], told[2] != 0, told[3] != 0};
    return DONE;
}

enum status picture_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    struct picture picture = {0};
    if (!read_png(input, &picture) && !read_jpeg(input, &picture) &&
        !read_gif(input, &picture)) {
        return REFUSED;
    }
    const int32_t told[4] = {picture.width, picture.height, picture.tells_place,
                             picture.tells_device};
    memcpy(buffer_room(out, sizeof told), told, sizeof told);
    return DONE;
}

static bool read_png(struct bytes bytes, struct picture *picture) {
    if (!starts(bytes, 0, "\x89PNG\r\n\x1a\n", 8) || !starts(bytes, 12, "IHDR", 4) ||
        bytes.length < 33) {
        return false;
    }
    picture->width = (int)(big(bytes, 16, 4) & INT32_MAX);
    picture->height = (int)(big(bytes, 20, 4) & INT32_MAX);
    for (size_t at = 8; at + 12 <= bytes.length;) {
        size_t length = big(bytes, at, 4);
        if (length > bytes.length - at - 12) {
            return false;
        }
        if (starts(bytes, at + 4, "eXIf", 4)) {
            read_exif((struct bytes){bytes.at + at + 8, length}, picture);
        }
        picture->tells_device =
            picture->tells_device || starts(bytes, at + 4, "tEXt", 4) ||
            starts(bytes, at + 4, "iTXt", 4) || starts(bytes, at + 4, "zTXt", 4);
        if (starts(bytes, at + 4, "IEND", 4)) {
            return true;
        }
        at += length + 12;
    }
    return false;
}

static bool read_jpeg(struct bytes bytes, struct picture *picture) {
    if (!starts(bytes, 0, "\xff\xd8\xff", 3)) {
        return false;
    }
    for (size_t at = 2; at + 4 <= bytes.length;) {
        unsigned char kind = bytes.at[at + 1];
        if (bytes.at[at] != 0xff) {
            return false;
        }
        if (kind == 0xff) {
            at++;
            continue;
        }
        size_t length = big(bytes, at + 2, 2);
        if (length < 2 || length > bytes.length - at - 2) {
            return false;
        }
        if (kind == 0xe1 && starts(bytes, at + 4, "Exif\0\0", 6) && length >= 8) {
            read_exif((struct bytes){bytes.at + at + 10, length - 8}, picture);
        }
        picture->tells_device = picture->tells_device || kind == 0xe1 || kind == 0xed;
        bool is_frame =
            kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
        if (is_frame && length >= 7) {
            picture->height = (int)big(bytes, at + 5, 2);
            picture->width = (int)big(bytes, at + 7, 2);
        }
        if (kind == 0xda) { /* the scan: no heads behind it */
            return picture->width > 0;
        }
        at += length + 2;
    }
    return false;
}

static bool read_gif(struct bytes bytes, struct picture *picture) {
    if ((!starts(bytes, 0, "GIF87a", 6) && !starts(bytes, 0, "GIF89a", 6)) ||
        bytes.length < 14) {
        return false;
    }
    picture->width = (int)number(bytes, 6, 2, true);
    picture->height = (int)number(bytes, 8, 2, true);
    return true;
}

static void read_exif(struct bytes exif, struct picture *picture) {
    picture->tells_device = true;
    bool little = starts(exif, 0, "II", 2);
    if (exif.length < 14) {
        return;
    }
    size_t at = number(exif, 4, 4, little);
    if (at > exif.length - 2) {
        return;
    }
    size_t count = number(exif, at, 2, little);
    count = count < DIRECTORY_MOST ? count : DIRECTORY_MOST;
    for (size_t i = 0; i < count && at + 2 + 12 * (i + 1) <= exif.length; i++) {
        if (number(exif, at + 2 + 12 * i, 2, little) == TAG_GPS) {
            picture->tells_place = true;
        }
    }
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
