/*
 * A table of people or units: whatever the bytes, it comes out as rows of UTF-8 cells
 * or is refused with a sentence.
 */
#include "fuzz.h"

#include "people/people_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct call call;
    struct table table;
    struct people_import_error error = {0};
    call_init(&call, arena, NULL, 0);
    if (table_read(&call, input, &table, &error) != DONE) {
        fuzz_expect(error.words != NULL);
        return;
    }
    fuzz_expect(table.count > 0 && table.heading.count > 0);
    for (size_t i = 0; i < table.count; i++) {
        fuzz_expect(table.rows[i].line > table.heading.line);
        for (size_t c = 0; c < table.rows[i].count; c++) {
            fuzz_expect(utf8_is_valid(table.rows[i].cells[c]));
        }
    }
}
