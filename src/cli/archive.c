/*
 * shenfa archive export and list: the package of a year, and what is kept.
 */
#include "cli_own.h"

#include "archive/archive.h"
#include "site/site.h"

#include <jansson.h>

#define FILES_MOST 100000

static enum exit_status export(struct cli *cli);
static enum exit_status list(struct cli *cli);
static void add_file(struct cli *cli, const struct archive_file *file, json_t *files);

const struct command cli_archive_export = {
    .words = "archive export",
    .usage = "archive export DIR FOLDER --year YEAR",
    .summary =
        "write the package of a year, which verifies offline, into an empty folder",
    .options = "year= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = export,
};

const struct command cli_archive_list = {
    .words = "archive list",
    .usage = "archive list DIR [--year YEAR]",
    .summary = "files that are kept, until when, and who has them",
    .options = "year= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = list,
};

static enum exit_status export(struct cli *cli) {
    const char *given = cli_option(cli, "year"); struct exported exported; int64_t year;
    id64 group;
    if (given == NULL || str_to_int(str_of(given), &year) != DONE || year < 1990 ||
        year > 9999){return cli_usage(cli, "--year wants a year, such as 2026");}
enum status status = site_group_first(cli->call, &group);
if (status == DONE) {
    status = archive_export(cli->call, group, (int)year, cli->arguments[1], &exported);
}
if (status != DONE) {
    return cli_no(cli, status);
}
const char *digest =
    str_text(cli->call->arena, digest_to_text(cli->call->arena, &exported.manifest));
cli_say(cli,
        json_pack("{s:I, s:I, s:I, s:I, s:s}", "items", (json_int_t)exported.items,
                  "files", (json_int_t)exported.files, "bytes",
                  (json_int_t)exported.bytes, "missing", (json_int_t)exported.missing,
                  "manifest", digest),
        "%lld items, %lld files, %lld bytes, %lld missing; manifest %s",
        (long long)exported.items, (long long)exported.files, (long long)exported.bytes,
        (long long)exported.missing, digest);
return EXIT_DONE;
}

static enum exit_status list(struct cli *cli) {
    const char *given = cli_option(cli, "year");
    struct archive_filter filter = {0};
    struct archive_files files = {0};
    int64_t year = 0;
    size_t count = 0;
    id64 group;
    if (given != NULL && str_to_int(str_of(given), &year) != DONE) {
        return cli_usage(cli, "--year wants a year, such as 2026");
    }
    filter.year = (int)year;
    json_t *json = json_array();
    enum status status = site_group_first(cli->call, &group);
    do {
        status =
            status == DONE ? archive_list(cli->call, group, &filter, &files) : status;
        for (size_t i = 0; status == DONE && i < files.count; i++) {
            filter.before = files.at[i].id;
            add_file(cli, &files.at[i], json);
            count++;
        }
    } while (status == DONE && files.more && count < FILES_MOST);
    if (status != DONE) {
        json_decref(json);
        return cli_no(cli, status);
    }
    cli_say(cli, json_pack("{s:o}", "files", json), "%zu files", count);
    return EXIT_DONE;
}

static void add_file(struct cli *cli, const struct archive_file *file, json_t *files) {
    struct arena *arena = cli->call->arena;
    struct str until =
        file->kept_until == 0 ? STR("for ever") : day_to_text(arena, file->kept_until);
    const char *state = file->destroyed_at != 0  ? "destroyed"
                        : file->destruction != 0 ? "on a list"
                        : file->loan != 0        ? "lent"
                                                 : "here";
    json_array_append_new(files, json_pack("{s:s%, s:s%, s:s%, s:s}", "number",
                                           file->number.at, file->number.length, "title",
                                           file->title.at, file->title.length, "until",
                                           until.at, until.length, "state", state));
    if (!cli->json) {
        printf("%.*s  %-10.*s %-9s %.*s\n", STR_ARG(file->number), STR_ARG(until), state,
               STR_ARG(file->title));
    }
}
