/*
 * Zip archives and the office files in them: an answer or a fault, within memory.
 */
#include "fuzz.h"

#include "text/text_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct buffer out;
    buffer_init(&out, arena);
    enum status status = office_parse(arena, input, &out);
    fuzz_expect(status == DONE || (status == REFUSED && out.length == 1));
}
