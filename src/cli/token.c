/*
 * shenfa token: a bearer token for a person, shown once.
 */
#include "cli/cli.h"

#include "people/people.h"

#include <jansson.h>

static enum exit_status run(struct cli *cli);

const struct command cli_token = {
    .words = "token",
    .usage = "token DIR USER [--title TEXT]",
    .summary = "make an API token that acts as USER",
    .options = "title= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct people_person person;
    struct str secret;
    const char *title = cli_option(cli, "title");
    enum status status =
        people_person_find(cli->call, str_of(cli->arguments[1]), &person);
    if (status == ABSENT && cli->call->refusal == NULL) {
        status = call_refuse(cli->call, ABSENT, "", "cli.no-user", "login",
                             cli->arguments[1], NULL);
    }
    if (status == DONE) {
        status = people_token_new(cli->call, person.id,
                                  str_of(title == NULL ? "cli" : title), 0, &secret);
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:s%, s:s}", "token", secret.at, secret.length, "user",
                      cli->arguments[1]),
            "%.*s", STR_ARG(secret));
    return EXIT_DONE;
}
