/*
 * shenfa rulebook install, propose: a version of a rulebook comes to a workspace, and is
 * handed to whoever decides on it.  It comes into force by that decision alone.
 */
#include "cli_own.h"

#include "review/review.h"
#include "rulebook/rulebook.h"

#include <jansson.h>

static enum exit_status install(struct cli *cli);
static enum exit_status propose(struct cli *cli);
static enum exit_status value(struct cli *cli);
static const struct rulebook *book_with(struct cli *cli, const struct site *site,
                                        struct str code);
static enum exit_status take(struct cli *cli, struct site *out_site,
                             const struct rulebook **out_book);
static enum status find_site(struct cli *cli, struct str rulebook, struct site *out_site);
static enum status find_site_with(struct cli *cli, struct str code, struct site *out_site,
                                  const struct rulebook **out_book);
static void say(struct cli *cli, const struct rulebook *book, const char *state,
                const char *sentence);

const struct command cli_rulebook_install = {
    .words = "rulebook install",
    .usage = "rulebook install DIR PATH",
    .summary = "check a version of the rulebook and keep it in a workspace",
    .options = "json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = install,
};

const struct command cli_rulebook_propose = {
    .words = "rulebook propose",
    .usage = "rulebook propose DIR PATH --as USER [--from DAY]",
    .summary = "install a version and propose it for activation",
    .options = "as= from= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = propose,
};

const struct command cli_rulebook_value = {
    .words = "rulebook value",
    .usage = "rulebook value DIR CODE VALUE --as USER",
    .summary = "give a value that the regulation leaves open",
    .options = "as= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 3,
    .most = 3,
    .run = value,
};

static enum exit_status install(struct cli *cli) {
    const struct rulebook *book;
    struct site site;
    TRY_CLI(take(cli, &site, &book));
    say(cli, book, "installed",
        "is installed; the office sees it under Regulation, Versions");
    return EXIT_DONE;
}

static enum exit_status propose(struct cli *cli) {
    const struct rulebook *book;
    const char *as = cli_option(cli, "as");
    const char *day = cli_option(cli, "from");
    struct people_person person;
    struct site site;
    struct run run;
    civil_day from = 0;
    if (day != NULL && day_from_text(str_of(day), &from) != DONE) {
        return cli_usage(cli, "--from wants a day, such as 2027-01-01");
    }
    if (as == NULL) {
        return cli_usage(cli, "--as is needed: the account of the rulebook's keeper");
    }
    if (people_person_find(cli->call, str_of(as), &person) != DONE) {
        return cli_usage(cli, "there is no account \"%s\"", as);
    }
    TRY_CLI(take(cli, &site, &book));
    cli->call->actor = (struct actor){.person = person.id};
    enum status status = review_propose_rulebook(cli->call, site.id, book, from, &run);
    if (status != DONE) {
        return cli_no(cli, status);
    }
    say(cli, book, "proposed", "is proposed and waits for its decision");
    return EXIT_DONE;
}

static enum exit_status value(struct cli *cli) {
    struct call *call = cli->call;
    const char *as = cli_option(cli, "as");
    struct str code = str_of(cli->arguments[1]);
    struct people_person person;
    struct site site;
    if (as == NULL) {
        return cli_usage(cli, "--as is needed: the account of the rulebook's keeper");
    }
    if (people_person_find(call, str_of(as), &person) != DONE) {
        return cli_usage(cli, "there is no account \"%s\"", as);
    }
    const struct rulebook *book = NULL;
    enum status status = find_site_with(cli, code, &site, &book);
    if (status == DONE && book == NULL) {
        return cli_usage(cli, "no version here leaves a value \"%s\" open",
                         cli->arguments[1]);
    }
    call->actor = (struct actor){.person = person.id};
    status = status == DONE ? site_give_value(call, site.id, book, code,
                                              str_of(cli->arguments[2]), false)
                            : status;
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(
        cli,
        json_pack("{s:s, s:s}", "code", cli->arguments[1], "value", cli->arguments[2]),
        "%s is %s now; the ledger says by whom", cli->arguments[1], cli->arguments[2]);
    return EXIT_DONE;
}

/* The version in force, else the newest that leaves the value open. */
static const struct rulebook *book_with(struct cli *cli, const struct site *site,
                                        struct str code) {
    const struct rulebook *books[256];
    struct shelf *shelf = cli->call->house->shelf;
    const struct rulebook *now = shelf_find(shelf, &site->rulebook_digest);
    if (now != NULL && rulebook_setting(now, code) != NULL) {
        return now;
    }
    size_t count = shelf_all(shelf, books, LENGTH(books));
    for (size_t i = count; i > 0; i--) {
        if (str_equal(books[i - 1]->code, site->rulebook) &&
            rulebook_setting(books[i - 1], code) != NULL) {
            return books[i - 1];
        }
    }
    return NULL;
}

/* Read, compared with what the site runs under, kept below DIR/rulebooks, on the shelf.
 */
static enum exit_status take(struct cli *cli, struct site *out_site,
                             const struct rulebook **out_book) {
    struct call *call = cli->call;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    enum status read =
        rulebook_read(call->arena, cli->arguments[1], STR(""), &book, &faults);
    if (read == REFUSED) {
        struct str text = faults_as_text(call->arena, faults, call->language);
        fprintf(stderr, "%.*s\n", STR_ARG(text));
        return EXIT_NO;
    }
    if (read == ABSENT) {
        return cli_usage(cli, "there is no rulebook at %s", cli->arguments[1]);
    }
    if (read != DONE) {
        return cli_no(cli, read);
    }
    enum status status = find_site(cli, book->code, out_site);
    if (status == DONE && !str_equal(out_site->rulebook, book->code)) {
        fprintf(stderr, "shenfa: the site runs under %.*s; %s is %.*s\n",
                STR_ARG(out_site->rulebook), cli->arguments[1], STR_ARG(book->code));
        rulebook_free(book);
        return EXIT_NO;
    }
    if (status == DONE) {
        const char *folder =
            str_format(call->arena, "%s/rulebooks", call->house->workspace).at;
        status = rulebook_keep(book, folder);
    }
    if (status != DONE) {
        rulebook_free(book);
        return cli_no(cli, status);
    }
    *out_book = shelf_add(call->house->shelf, book);
    return EXIT_DONE;
}

/* The site that runs under *rulebook*; the first one if none does. */
static enum status find_site(struct cli *cli, struct str rulebook,
                             struct site *out_site) {
    struct site *sites;
    size_t count;
    id64 group;
    TRY(site_group_first(cli->call, &group));
    TRY(site_list(cli->call, group, &sites, &count));
    if (count == 0) {
        return ABSENT;
    }
    *out_site = sites[0];
    for (size_t i = count; i > 0; i--) {
        if (str_equal(sites[i - 1].rulebook, rulebook)) {
            *out_site = sites[i - 1];
        }
    }
    return DONE;
}

/* The site whose rulebook leaves the value *code* open; no book if none does. */
static enum status find_site_with(struct cli *cli, struct str code, struct site *out_site,
                                  const struct rulebook **out_book) {
    struct site *sites;
    size_t count;
    id64 group;
    *out_book = NULL;
    TRY(site_group_first(cli->call, &group));
    TRY(site_list(cli->call, group, &sites, &count));
    for (size_t i = 0; i < count && *out_book == NULL; i++) {
        *out_book = book_with(cli, &sites[i], code);
        *out_site = sites[i];
    }
    return DONE;
}

static void say(struct cli *cli, const struct rulebook *book, const char *state,
                const char *sentence) {
    struct str digest = digest_to_text(cli->call->arena, &book->digest);
    cli_say(cli,
            json_pack("{s:s,s:s%,s:s%,s:s%}", "state", state, "code", book->code.at,
                      book->code.length, "version", book->version.at,
                      book->version.length, "digest", digest.at, digest.length),
            "%.*s version %.*s %s\n%.*s", STR_ARG(book->code), STR_ARG(book->version),
            sentence, STR_ARG(digest));
}
