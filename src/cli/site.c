/*
 * shenfa site add: a further body on this installation, under a rulebook of its own.
 * shenfa site verify: what stands in the published trees against the signed manifest.
 */
#include "cli_own.h"

#include "publication/publication.h"
#include "rulebook/rulebook.h"

#include <jansson.h>

static enum exit_status add(struct cli *cli);
static enum exit_status verify(struct cli *cli);
static void tell(struct cli *cli, const struct site *site, const struct guarded *guarded);

const struct command cli_site_add = {
    .words = "site add",
    .usage = "site add DIR --rulebook ID --office USER [--code CODE]",
    .summary = "found a further body with its own rulebook, units and site",
    .options = "rulebook= office= code= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = add,
};

const struct command cli_site_verify = {
    .words = "site verify",
    .usage = "site verify DIR [--repair]",
    .summary =
        "find any changed, added, missing or exchanged public file, and put it right",
    .options = "repair json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = verify,
};

static enum exit_status add(struct cli *cli) {
    struct call *call = cli->call;
    const char *rulebook = cli_option(cli, "rulebook");
    const char *code = cli_option(cli, "code");
    const char *office = cli_option(cli, "office");
    struct people_person keeper;
    struct site site;
    if (rulebook == NULL || office == NULL) {
        return cli_usage(cli, "--rulebook and --office are needed");
    }
    const struct rulebook *book = shelf_latest(call->house->shelf, str_of(rulebook));
    if (book == NULL) {
        call_refuse(call, REFUSED, "", "app.no-rulebook", "code", rulebook, NULL);
        return cli_no(cli, REFUSED);
    }
    enum status status = people_person_find(call, str_of(office), &keeper);
    if (status == ABSENT) {
        status = call_refuse(call, ABSENT, "", "cli.no-user", "login", office, NULL);
    }
    if (status == DONE) {
        status = site_found_beside(call, book, code == NULL ? book->code : str_of(code),
                                   keeper.id, &site);
    }
    if (status == DONE) {
        status = publication_apply(call, site.id, NULL);
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:s%, s:s%, s:s%}", "site", site.code.at, site.code.length,
                      "domain", site.domain.at, site.domain.length, "rulebook",
                      site.rulebook.at, site.rulebook.length),
            "%.*s is founded beside the others, under the rulebook %.*s; %.*s keeps its "
            "units and posts.\nIts site is shown to who asks for %.*s, once shenfa serve "
            "is started again.",
            STR_ARG(site.title), STR_ARG(site.rulebook), STR_ARG(keeper.name),
            STR_ARG(site.domain));
    return EXIT_DONE;
}

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
        cli_say(cli, json_pack("{s:b, s:o}", "whole", faults == 0, "sites", list), "%s",
                "");
    } else {
        json_decref(list);
    }
    return faults == 0 ? EXIT_DONE : EXIT_NO;
}

static void tell(struct cli *cli, const struct site *site,
                 const struct guarded *guarded) {
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
