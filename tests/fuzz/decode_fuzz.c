/*
 * Characters of other programs: what is decoded is valid UTF-8.
 */
#include "fuzz.h"

#include "text/text.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str text;
    if (text_decode(arena, input, &text) == DONE) {
        fuzz_expect(utf8_is_valid(text));
    }
}
