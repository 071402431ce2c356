/*
 * shenfa logs prune: what the program said of itself, where it is older than it must be.
 */
#include "cli/cli.h"

#include "upkeep/upkeep.h"

#include <jansson.h>

static enum exit_status run(struct cli *cli);

const struct command cli_logs_prune = {
    .words = "logs prune",
    .usage = "logs prune DIR [--days N]",
    .summary = "take away logs of more than N days ago (logs-keep), if rulebooks let it",
    .options = "days= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    const char *typed = cli_option(cli, "days");
    int64_t days = cli->call->house->log_days;
    size_t count = 0;
    if (typed != NULL &&
        (str_to_int(str_of(typed), &days) != DONE || days < 1 || days > 36600)) {
        return cli_usage(cli, "--days is a number of days, from 1 on");
    }
    enum status status = upkeep_prune_logs(cli->call, (int)days, &count);
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:I, s:I}", "files", (json_int_t)count, "days", (json_int_t)days),
            days == 0 ? "Logs are kept for ever (logs-keep = 0): %zu files were taken "
                        "away."
                      : "%zu files of logs were taken away; those of the last %lld days "
                        "stay.",
            count, (long long)days);
    return EXIT_DONE;
}
