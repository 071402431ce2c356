/*
 * shenfa site verify: what stands in the published trees against the signed manifest.
 */
#include "cli_own.h"

#include "publication/publication.h"

#include <jansson.h>

static enum exit_status verify(struct cli *cli);
static void tell(struct cli *cli, const struct site *site, const struct guarded *guarded);

const struct command cli_site_verify = {
    .words = "site verify",
    .usage = "site verify DIR [--repair]",
    .summary = "find any changed, added, missing or exchanged public file, and put it right",
    .options = "repair json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = verify,
};

static enum exit_status verify(struct cli *cli) {
    struct call *call = cli->call;
    struct site *sites;
    size_t count;
    id64 group;
    bool repair = cli_option(cli, "repair") != NULL;
    size_t faults = 0;
    json_t *list = json_array();
    enum status status = site_group_first(call, &group);
    if (status == DONE) {
        status = site_list(call, group, &sites, &count);
    }
    for (size_t i = 0; status == DONE && i < count; i++) {
        struct guarded guarded = {0};
        status = publication_guard(call, sites[i].id, NULL, 0, repair, &guarded);
        if (status == DONE) {
            faults += guarded.changed + guarded.missing + guarded.foreign +
                      guarded.forged + guarded.unproven;
            json_array_append_new(
                list,
                json_pack(
                    "{s:s%, s:I, s:I, s:I, s:I, s:I, s:b, s:I}", "site", sites[i].code.at,
                    sites[i].code.length, "files", (json_int_t)guarded.looked, "changed",
                    (json_int_t)guarded.changed, "missing", (json_int_t)guarded.missing,
                    "foreign", (json_int_t)guarded.foreign, "restored",
                    (json_int_t)guarded.restored, "forged", (int)guarded.forged,
                    "unproven", (json_int_t)guarded.unproven));
            tell(cli, &sites[i], &guarded);
        }
    }
    if (status != DONE) {
        json_decref(list);
        return cli_no(cli, status);
    }
    if (cli->json) {
        cli_say(cli, json_pack("{s:b, s:o}", "whole", faults == 0, "sites", list), "%s", "");
    } else {
        json_decref(list);
    }
    return faults == 0 ? EXIT_DONE : EXIT_NO;
}

static void tell(struct cli *cli, const struct site *site, const struct guarded *guarded) {
    if (cli->json) {
        return;
    }
    for (size_t i = 0; i < guarded->path_count; i++) {
        printf("%.*s: %.*s\n", STR_ARG(site->code), STR_ARG(guarded->paths[i]));
    }
    printf("%.*s: %zu files; %zu changed, %zu missing, %zu foreign, %zu put right%s\n",
           STR_ARG(site->code), guarded->looked, guarded->changed, guarded->missing,
           guarded->foreign, guarded->restored,
           guarded->forged ? "; the manifest is not the one that the ledger names" : "");
    if (guarded->unproven > 0) {
        printf(
            "%.*s: %zu releases in the database are unknown to the ledger and not shown; "
            "`shenfa ledger export` names them (publication.unproven)\n",
            STR_ARG(site->code), guarded->unproven);
    }
}
