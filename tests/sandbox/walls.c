/*
 * What the fuzz targets keep, read once more where it is read in the product: in the
 * sandbox.  A reader that calls the kernel for something it may not is a mistake of ours,
 * whatever the file; so is one that dies.
 *
 *   walls CORPUS
 */
#include "text/text_own.h"

#include <dirent.h>

static const struct {
    const char *folder;
    enum text_parser parser;
} rows[] = {{"html", TEXT_PARSER_HTML},
            {"office", TEXT_PARSER_OFFICE},
            {"picture", TEXT_PARSER_PICTURE},
            {"pdf", TEXT_PARSER_PDF}};

static int read_one_file(struct sandbox *sandbox, enum text_parser parser,
                         const char *path) {
    struct arena *arena = arena_new((size_t)256 << 20);
    struct bytes bytes;
    int wrong = 1;
    if (file_read(arena, path, (size_t)64 << 20, &bytes) == DONE) {
        struct sandbox_wish wish = {.parser = (int)parser,
                                    .input = bytes,
                                    .seconds = 30,
                                    .most = (size_t)64 << 20};
        struct sandbox_answer answer;
        enum status status = sandbox_run(sandbox, arena, &wish, &answer);
        wrong = status == FAILED || answer.end != SANDBOX_ANSWERED;
        if (wrong != 0) {
            printf("%s: %s\n", path, sandbox_end_name(answer.end));
        }
    }
    arena_free(arena);
    return wrong;
}

int main(int count, char **arguments) {
    struct sandbox *sandbox;
    int inputs = 0;
    int wrong = 0;
    if (count != 2 || sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 2;
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char folder[4096];
        char path[8192];
        snprintf(folder, sizeof folder, "%s/%s", arguments[1], rows[i].folder);
        DIR *directory = opendir(folder);
        int before = inputs;
        for (struct dirent *entry; directory != NULL && (entry = readdir(directory));) {
            if (entry->d_name[0] != '.') {
                snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
                wrong += read_one_file(sandbox, rows[i].parser, path);
                inputs++;
            }
        }
        if (directory != NULL) {
            closedir(directory);
        }
        wrong += inputs == before; /* a corpus that is not there proves nothing */
    }
    sandbox_stop(sandbox);
    printf("%d inputs read in the sandbox, %d wrong\n", inputs, wrong);
    return wrong > 0;
}
