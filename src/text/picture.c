/*
 * Pictures: what they are, and the same pictures without what cameras and programs
 * tell about them (place, device, person, software).
 */
#include "text/text_own.h"

#include <string.h>

#define PIXELS_MOST   100000000
#define PARSE_SECONDS 5
#define TOLD_NUMBERS  4
#define GROWS_MOST    64 /* a picture may end without its last mark */

enum status text_picture(struct call *call, struct bytes bytes,
                         struct picture *out_picture) {
    const size_t head = TOLD_NUMBERS * sizeof(int32_t);
    struct sandbox_wish wish = {.parser = TEXT_PARSER_PICTURE,
                                .input = bytes,
                                .seconds = PARSE_SECONDS,
                                .most = head + bytes.length + GROWS_MOST};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status == FAILED) {
        return FAILED;
    }
    int32_t told[TOLD_NUMBERS] = {0};
    if (status != DONE || answer.out.length <= head) {
        return call_refuse(call, REFUSED, "", "text.picture-broken", NULL);
    }
    memcpy(told, answer.out.at, head);
    if (told[0] < 1 || told[1] < 1) {
        return call_refuse(call, REFUSED, "", "text.picture-broken", NULL);
    }
    if ((int64_t)told[0] * told[1] > PIXELS_MOST) {
        return call_refuse(call, REFUSED, "", "text.picture-too-large", NULL);
    }
    *out_picture =
        (struct picture){.width = told[0],
                         .height = told[1],
                         .tells_place = told[2] != 0,
                         .tells_device = told[3] != 0,
                         .bytes = {answer.out.at + head, answer.out.length - head}};
    return DONE;
}

enum status picture_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    struct picture picture = {0};
    struct buffer bytes;
    buffer_init(&bytes, arena);
    if (!png_rewrite(input, &picture, &bytes) && !jpeg_rewrite(input, &picture, &bytes) &&
        !gif_rewrite(input, &picture, &bytes)) {
        return REFUSED;
    }
    const int32_t told[TOLD_NUMBERS] = {picture.width, picture.height,
                                        picture.tells_place, picture.tells_device};
    memcpy(buffer_room(out, sizeof told), told, sizeof told);
    buffer_add(out, buffer_str(&bytes));
    return DONE;
}
