/*
 * What a captured reader of documents could tell: parts that are text, or nothing.
 */
#include "fuzz.h"

#include "text/text_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct document document;
    if (document_told(arena, input, &document) != DONE) {
        return;
    }
    for (size_t i = 0; i < document.count; i++) {
        const struct document_part *part = &document.parts[i];
        fuzz_expect(part_kind_name(part->kind)[0] != '\0');
        fuzz_expect(utf8_is_valid(part->name) && utf8_is_valid(part->text));
    }
}
