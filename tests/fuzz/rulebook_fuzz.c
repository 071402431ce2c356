/*
 * A rulebook written by anybody: it becomes one, or a list of faults with their lines.
 * What stands behind a line "=====" is the parent of what stands before it.
 */
#include "fuzz.h"

#include "folder.h"
#include "rulebook/rulebook.h"

static void check_faults(const struct fault *faults);
static void read_child(struct arena *arena, struct str child, struct str parent);

void fuzz_one(struct arena *arena, struct bytes input) {
    static const char mark[] = "\n=====\n";
    struct str text = {(const char *)input.at, input.length};
    size_t at = str_find(text, str_of(mark));
    if (at < text.length) {
        read_child(arena, str_part(text, 0, at + 1),
                   str_part(text, at + sizeof mark - 1, text.length));
        return;
    }
    const char *path = folder_put("rulebook.yaml", input);
    struct rulebook *book;
    struct fault *faults = NULL;
    struct departures changes;
    enum status status = rulebook_read(arena, path, STR(""), &book, &faults);
    if (status == DONE) {
        fuzz_expect(faults == NULL);
        rulebook_compare(arena, book, book, &changes);
        fuzz_expect(changes.count == 0);
        rulebook_free(book);
        return;
    }
    fuzz_expect(status == REFUSED);
    check_faults(faults);
}

static void read_child(struct arena *arena, struct str child, struct str parent) {
    struct rulebook_file both[] = {{STR("rulebook.yaml"), child},
                                   {STR("parent/rulebook.yaml"), parent}};
    struct rulebook_file alone[] = {{STR("rulebook.yaml"), parent}};
    struct rulebook_files files = {both, LENGTH(both)};
    struct rulebook_files above = {alone, LENGTH(alone)};
    struct rulebook *book = NULL;
    struct rulebook *other = NULL;
    struct fault *faults = NULL;
    struct departures changes;
    enum status status = rulebook_read_files(arena, &files, &book, &faults);
    if (status != DONE) {
        fuzz_expect(status == REFUSED);
        check_faults(faults);
        return;
    }
    if (rulebook_read_files(arena, &above, &other, &faults) == DONE) {
        rulebook_compare(arena, other, book, &changes);
        for (size_t i = 0; i < changes.count; i++) {
            fuzz_expect(utf8_is_valid(changes.at[i].sentence.zh));
        }
        rulebook_free(other);
    }
    rulebook_free(book);
}

static void check_faults(const struct fault *faults) {
    fuzz_expect(faults != NULL);
    for (; faults != NULL; faults = faults->next) {
        fuzz_expect(faults->line >= 1 && utf8_is_valid(faults->sentence.zh));
    }
}
