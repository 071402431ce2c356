/*
 * shenfa migrate: an old site's public items, answered for by two persons who prove who
 * they are by a token each.
 */
#include "cli_own.h"

#include "manuscript/manuscript.h"
#include "page/page.h"
#include "publication/publication.h"

#include <jansson.h>

static enum exit_status run(struct cli *cli);
static enum exit_status find_second(struct cli *cli, id64 *out_second);
static enum exit_status show(struct cli *cli, id64 site, int taken);

const struct command cli_migrate = {
    .words = "migrate",
    .usage = "migrate DIR FILE --column ID --unit ID --class ID --as USER --second-token "
             "TOKEN",
    .summary = "take over an old site's public items (JSON lines)",
    .options = "column= unit= class= as= second-token= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct import_report report = {0};
    struct migration migration = {0};
    struct cli_place place;
    struct digest manifest;
    TRY_CLI(cli_read_file(cli, cli->arguments[1], &migration.lines));
    TRY_CLI(find_second(cli, &migration.second));
    TRY_CLI(cli_find_place(cli, &place));
    migration.column = place.column.id;
    migration.unit = place.unit.id;
    migration.item_class = place.item_class;
    enum status status = publication_take_over(cli->call, &migration, &report, &manifest);
    if (status != DONE) {
        return cli_tell_faults(cli, &report, status);
    }
    TRY_CLI(show(cli, place.site.id, report.taken));
    struct str digest = digest_to_text(cli->call->arena, &manifest);
    cli_say(cli,
            json_pack("{s:i, s:s%}", "taken", report.taken, "manifest", digest.at,
                      digest.length),
            "%d items taken over; the manifest is %.*s", report.taken, STR_ARG(digest));
    return EXIT_DONE;
}

/* The token is the second person's own; that is how he is there. */
static enum exit_status find_second(struct cli *cli, id64 *out_second) {
    const char *token = cli_option(cli, "second-token");
    if (token == NULL) {
        return cli_usage(
            cli, "a migration is answered for by two persons: give the second one's "
                 "token with --second-token (shenfa token makes one)");
    }
    struct actor before = cli->call->actor;
    enum status opened = people_token_open(cli->call, str_of(token));
    *out_second = cli->call->actor.person;
    cli->call->actor = before;
    return opened == DONE
               ? EXIT_DONE
               : cli_usage(cli, "the second token does not open anything; it may have "
                                "been revoked or have run out");
}

/* What is many against the site is written anew, what is few by itself. */
static enum exit_status show(struct cli *cli, id64 site, int taken) {
    struct rebuild order = {0};
    struct applied applied;
    enum status status = taken > PUBLICATION_TAKE_OVER_SOME
                             ? publication_rebuild(cli->call, site, &order, &applied)
                             : publication_apply(cli->call, site, &applied);
    return status == DONE ? EXIT_DONE : cli_no(cli, status);
}
