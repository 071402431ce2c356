/*
 * Two bodies, parted by a zero byte: their difference gives both back.
 */
#include "fuzz.h"

#include "text/text.h"

#include <string.h>

void fuzz_one(struct arena *arena, struct bytes input) {
    const unsigned char *zero =
        input.length == 0 ? NULL : memchr(input.at, 0, input.length);
    if (zero == NULL) {
        return;
    }
    size_t middle = (size_t)(zero - input.at);
    struct str before = {(const char *)input.at, middle};
    struct str after = {(const char *)zero + 1, input.length - middle - 1};
    if (!utf8_is_valid(before) || !utf8_is_valid(after)) {
        return;
    }
    struct changed_paragraph line;
    struct buffer sides[2];
    text_difference_in_line(arena, before, after, &line);
    buffer_init(&sides[0], arena);
    buffer_init(&sides[1], arena);
    for (size_t i = 0; i < line.piece_count; i++) {
        if (line.pieces[i].change != CHANGE_ADDED) {
            buffer_add(&sides[0], line.pieces[i].text);
        }
        if (line.pieces[i].change != CHANGE_REMOVED) {
            buffer_add(&sides[1], line.pieces[i].text);
        }
    }
    fuzz_expect(str_equal(buffer_str(&sides[0]), before));
    fuzz_expect(str_equal(buffer_str(&sides[1]), after));
    struct difference difference;
    (void)!text_difference(arena, before, after, &difference);
}
