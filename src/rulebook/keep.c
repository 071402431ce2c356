/*
 * A copy of a rulebook's files in a workspace: yesterday's decision is judged by
 * yesterday's rule, also after the program was replaced.
 */
#include "rulebook_own.h"

#include <sys/stat.h>

enum status rulebook_keep(const struct rulebook *book, const char *directory) {
    struct arena *arena = arena_new((size_t)1 << 26);
    struct stat kind;
    const char *to =
        str_format(arena, "%s/%.*s", directory, STR_ARG(book_folder(arena, book))).at;
    const char *from = str_text(arena, book->path);
    enum status status = DONE;
    if (!file_exists(str_format(arena, "%s/rulebook.yaml", to).at) &&
        stat(from, &kind) == 0 && S_ISDIR(kind.st_mode)) {
        struct rulebook_files files = {0};
        status = rulebook_load_files(arena, from, &files);
        status = status == DONE ? rulebook_write_files(&files, to) : status;
    }
    arena_free(arena);
    return status;
}

enum status rulebook_keep_files(struct arena *arena, const struct rulebook_files *files,
                                const char *directory, struct rulebook **out_book,
                                struct fault **out_faults) {
    struct rulebook *book = NULL;
    TRY(rulebook_read_files(arena, files, &book, out_faults));
    const char *folder =
        str_format(arena, "%s/%.*s", directory, STR_ARG(book_folder(arena, book))).at;
    rulebook_free(book);
    TRY(rulebook_write_files(files, folder));
    return rulebook_read(arena, folder, STR(""), out_book, out_faults);
}

struct str book_folder(struct arena *arena, const struct rulebook *book) {
    struct bytes start = {book->digest.at, sizeof book->digest.at / 4};
    return str_format(arena, "%.*s-%.*s", STR_ARG(book->code),
                      STR_ARG(bytes_to_hex(arena, start)));
}
