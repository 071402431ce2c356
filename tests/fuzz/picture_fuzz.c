/*
 * Pictures written anew: a second passage changes nothing and finds nothing to tell.
 */
#include "fuzz.h"

#include "text/text_own.h"

#include <string.h>

#define HEAD (4 * sizeof(int32_t))

void fuzz_one(struct arena *arena, struct bytes input) {
    struct buffer once;
    struct buffer twice;
    buffer_init(&once, arena);
    buffer_init(&twice, arena);
    if (picture_parse(arena, input, &once) != DONE) {
        return;
    }
    struct str first = buffer_str(&once);
    fuzz_expect(first.length > HEAD && first.length <= input.length + HEAD + 64);
    struct str clean = str_part(first, HEAD, first.length);
    fuzz_expect(picture_parse(arena, bytes_of_str(clean), &twice) == DONE);
    struct str second = buffer_str(&twice);
    fuzz_expect(str_equal(str_part(second, HEAD, second.length), clean));
    int32_t told[4];
    memcpy(told, second.at, sizeof told);
    fuzz_expect(told[2] == 0 && told[3] == 0);
}
