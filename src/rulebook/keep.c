/*
 * A copy of a rulebook's files in a workspace: yesterday's decision is judged by
 * yesterday's rule, also after the program was replaced.
 */
#include "rulebook_own.h"

#include <dirent.h>
#include <sys/stat.h>

static enum status copy_files(struct arena *arena, const char *from, const char *to);
static enum status copy_one(struct arena *arena, const char *from, const char *to,
                            const char *name);

enum status rulebook_keep(const struct rulebook *book, const char *directory) {
    struct arena *arena = arena_new((size_t)1 << 26);
    struct stat kind;
    const char *to =
        str_format(arena, "%s/%.*s", directory, STR_ARG(book_folder(arena, book))).at;
    const char *from = str_text(arena, book->path);
    enum status status = DONE;
    if (!file_exists(str_format(arena, "%s/rulebook.yaml", to).at) &&
        stat(from, &kind) == 0 && S_ISDIR(kind.st_mode)) {
        status = file_make_directory(to);
        status = status == DONE ? copy_files(arena, from, to) : status;
    }
    arena_free(arena);
    return status;
}

struct str book_folder(struct arena *arena, const struct rulebook *book) {
    struct bytes start = {book->digest.at, sizeof book->digest.at / 4};
    return str_format(arena, "%.*s-%.*s", STR_ARG(book->code),
                      STR_ARG(bytes_to_hex(arena, start)));
}

/* The file that makes it a rulebook comes last: a copy that was cut off is none. */
static enum status copy_files(struct arena *arena, const char *from, const char *to) {
    DIR *listing = opendir(from);
    if (listing == NULL) {
        return log_failed("rulebook: cannot list %s", from);
    }
    enum status status = DONE;
    for (struct dirent *entry = readdir(listing); entry != NULL && status == DONE;
         entry = readdir(listing)) {
        struct str name = str_of(entry->d_name);
        bool wanted =
            str_ends(name, ".yaml") || str_ends(name, ".txt") || str_ends(name, ".words");
        if (wanted && !str_is(name, "rulebook.yaml")) {
            status = copy_one(arena, from, to, entry->d_name);
        }
    }
    closedir(listing);
    return status == DONE ? copy_one(arena, from, to, "rulebook.yaml") : status;
}

static enum status copy_one(struct arena *arena, const char *from, const char *to,
                            const char *name) {
    struct bytes bytes;
    TRY(file_read(arena, str_format(arena, "%s/%s", from, name).at, FILE_MOST, &bytes));
    return file_write(str_format(arena, "%s/%s", to, name).at, bytes);
}
