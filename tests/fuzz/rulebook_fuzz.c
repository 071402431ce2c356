/*
 * A rulebook written by anybody: it becomes one, or a list of faults with their lines.
 */
#include "fuzz.h"

#include "folder.h"
#include "rulebook/rulebook.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    const char *path = folder_put("rulebook.yaml", input);
    struct rulebook *book;
    struct fault *faults = NULL;
    enum status status = rulebook_read(arena, path, STR(""), &book, &faults);
    if (status == DONE) {
        fuzz_expect(faults == NULL);
        rulebook_free(book);
        return;
    }
    fuzz_expect(status == REFUSED && faults != NULL);
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        fuzz_expect(fault->line >= 1 && utf8_is_valid(fault->sentence.zh));
    }
}
