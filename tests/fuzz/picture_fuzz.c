/*
 * Heads of pictures.
 */
#include "fuzz.h"

#include "text/text_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct buffer out;
    buffer_init(&out, arena);
    if (picture_parse(arena, input, &out) == DONE) {
        fuzz_expect(out.length == 4 * sizeof(int32_t));
    }
}
