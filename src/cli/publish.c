/*
 * shenfa publish --rebuild: every page of every site anew.
 */
#include "cli_own.h"

#include "publication/publication.h"

#include <jansson.h>
#include <unistd.h>

static enum exit_status run(struct cli *cli);
static bool show_progress(void *listener, size_t done, size_t all);

const struct command cli_publish = {
    .words = "publish",
    .usage = "publish DIR --rebuild [--threads N]",
    .summary = "render every public page anew",
    .options = "rebuild threads= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct call *call = cli->call;
    struct site *sites;
    size_t count;
    id64 group;
    int64_t threads = 0;
    struct applied sum = {0};
    const char *wanted = cli_option(cli, "threads");
    if (cli_option(cli, "rebuild") == NULL) {
        return cli_usage(
            cli, "publish wants --rebuild; single items are released, not published");
    }
    if (wanted != NULL &&
        (str_to_int(str_of(wanted), &threads) != DONE || threads < 1 || threads > 64)) {
        return cli_usage(cli, "--threads wants a number from 1 to 64");
    }
    struct rebuild rebuild = {.threads = (int)threads, .progress = show_progress};
    enum status status = site_group_first(call, &group);
    if (status == DONE) {
        status = site_list(call, group, &sites, &count);
    }
    for (size_t i = 0; status == DONE && i < count; i++) {
        struct applied applied = {0};
        status = publication_rebuild(call, sites[i].id, &rebuild, &applied);
        sum.written += applied.written;
        sum.removed += applied.removed;
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:I, s:I}", "written", (json_int_t)sum.written, "removed",
                      (json_int_t)sum.removed),
            "%zu files written.", sum.written);
    return EXIT_DONE;
}

static bool show_progress(void *listener, size_t done, size_t all) {
    (void)listener;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%zu of %zu", done, all);
        if (done == all) {
            fputc('\n', stderr);
        }
    }
    return true;
}
