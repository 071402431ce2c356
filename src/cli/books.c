/*
 * Which rulebooks a command is about: the one that is named, or with --all every one that
 * the product ships, in order of their codes.
 */
#include "cli.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static const char *path_of(struct cli *cli, const char *given);
static int by_name(const void *a, const void *b);

enum exit_status cli_books(struct cli *cli, struct cli_books *out_books) {
    struct cli_books books = {
        .paths = TAKE_ARRAY(cli->call->arena, CLI_BOOKS_MOST, const char *)};
    bool all = cli_option(cli, "all") != NULL;
    if (all == (cli->argument_count > 0)) {
        return cli_usage(cli, "name one rulebook, or write --all");
    }
    if (!all) {
        books.paths[books.count++] = path_of(cli, cli->arguments[0]);
        *out_books = books;
        return EXIT_DONE;
    }
    DIR *directory = opendir(cli->rulebooks);
    if (directory == NULL) {
        return cli_usage(cli, "there are no rulebooks at %s", cli->rulebooks);
    }
    for (struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        const char *path =
            str_format(cli->call->arena, "%s/%s", cli->rulebooks, entry->d_name).at;
        const char *head = str_format(cli->call->arena, "%s/rulebook.yaml", path).at;
        if (entry->d_name[0] != '.' && file_exists(head) &&
            books.count < CLI_BOOKS_MOST) {
            books.paths[books.count++] = path;
        }
    }
    closedir(directory);
    qsort(books.paths, books.count, sizeof *books.paths, by_name);
    *out_books = books;
    return EXIT_DONE;
}

/* A path, or the code of a rulebook that the product ships. */
static const char *path_of(struct cli *cli, const char *given) {
    const char *shipped = str_format(cli->call->arena, "%s/%s", cli->rulebooks, given).at;
    bool is_code = strchr(given, '/') == NULL && !file_exists(given);
    return is_code && file_exists(shipped) ? shipped : given;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
