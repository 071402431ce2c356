/*
 * shenfa init: a workspace for a body bound by a rulebook.
 *
 * It founds the site, the units that the rulebook knows by code, a first tree of
 * columns, the three administrators and somebody of the office who enters the
 * rest.  There is no default password: each account's is printed once and must be
 * changed at the first sign-in.
 */
#include "app_own.h"

#include "page/page.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#define BODIES_MOST 12

static enum exit_status run(struct cli *cli);

const struct command app_init = {
    .words = "init",
    .usage =
        "init DIR --rulebook IDS|PATH [--demo] [--store URL] [--values CODE=VALUE,…]",
    .summary = "make a workspace",
    .options = "rulebook= demo store= values= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum status make_drop_box(struct call *call, const char *directory);
static enum exit_status found(struct cli *cli, const char *directory,
                              const char *rulebook, const struct init_values *values);
static enum status find_book(struct call *call, const char *rulebook,
                             const struct rulebook **out_book);
static enum status found_bodies(struct call *call, const struct estate *estate,
                                const char *rulebooks, const struct init_values *values);
static enum status found_accounts(struct call *call, const struct rulebook *book);
static struct str role_of_office(const struct people_roles *roles);

static enum exit_status run(struct cli *cli) {
    const char *directory = cli->arguments[0];
    const char *rulebook = cli_option(cli, "rulebook");
    const char *store = cli_option(cli, "store");
    struct call *call = cli->call;
    if (rulebook == NULL) {
        return cli_usage(cli, "init wants --rulebook ID, the name of a directory in %s",
                         place_rulebooks(call->arena));
    }
    if (file_exists(str_text(call->arena,
                             str_format(call->arena, "%s/shenfa.conf", directory)))) {
        return cli_usage(cli, "%s is a workspace already; nothing was changed",
                         directory);
    }
    const char *folder =
        strchr(rulebook, '/') == NULL
            ? str_format(call->arena, "%s/%s", cli->rulebooks, rulebook).at
            : rulebook;
    struct init_values values = {.count = 0};
    if (cli_option(cli, "demo") == NULL && strchr(rulebook, ',') == NULL) {
        enum exit_status known = init_values_find(cli, folder, &values);
        if (known != EXIT_DONE) {
            return known;
        }
    }
    struct config config = config_default(directory);
    config.store = store == NULL ? config.store : str_of(store);
    config.demo = cli_option(cli, "demo") != NULL;
    if (file_make_directory(directory) != DONE || config_write(&config) != DONE ||
        make_drop_box(call, directory) != DONE) {
        return EXIT_FAILED;
    }
    return found(cli, directory, rulebook, &values);
}

/* Where the public listener puts citizens' letters: into it, and not out again. */
static enum status make_drop_box(struct call *call, const char *directory) {
    const char *path =
        str_text(call->arena, str_format(call->arena, "%s/drop", directory));
    TRY(file_make_directory(path));
    return chmod(path, 0730) == 0 ? DONE : log_failed("chmod %s: %m", path);
}

static enum exit_status found(struct cli *cli, const char *directory,
                              const char *rulebook, const struct init_values *values) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct arena *arena = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct call call;
    enum status status = estate_open(process, directory, &estate);
    call_init(&call, arena, &estate.house, instant_read_clock());
    call.door = DOOR_CLI;
    call.language = cli->call->language;
    if (status == DONE) {
        status = found_bodies(&call, &estate, rulebook, values);
    }
    struct cli answering = *cli;
    answering.call = &call;
    answering.words = estate.words == NULL ? cli->words : estate.words;
    enum exit_status answer = EXIT_DONE;
    if (status == DONE) {
        cli_say(&answering,
                json_pack("{s:s, s:s}", "workspace", directory, "rulebook", rulebook),
                "The workspace %s is made, under the rulebook %s.\nServe it with: shenfa "
                "serve %s",
                directory, rulebook, directory);
    } else {
        answer = cli_no(&answering, status);
    }
    txn_abort(&call);
    arena_free(arena);
    estate_close(&estate);
    arena_free(process);
    return answer;
}

/* The code of one of ours, or the path of another's: read, proved and kept in the
 * workspace. */
static enum status find_book(struct call *call, const char *rulebook,
                             const struct rulebook **out_book) {
    struct rulebook *read = NULL;
    struct fault *faults = NULL;
    struct proof proof;
    const char *own = str_format(call->arena, "%s/rulebooks", call->house->workspace).at;
    *out_book = shelf_latest(call->house->shelf, str_of(rulebook));
    if (*out_book != NULL) {
        return DONE;
    }
    if (strchr(rulebook, '/') == NULL) {
        return call_refuse(call, REFUSED, "", "app.no-rulebook", "code", rulebook, NULL);
    }
    enum status status = rulebook_read(call->arena, rulebook, STR(""), &read, &faults);
    if (status == REFUSED) {
        struct str text = faults_as_text(call->arena, faults, call->language);
        return call_refuse(call, REFUSED, "", "app.rulebook-faults", "faults",
                           str_text(call->arena, text), NULL);
    }
    TRY(status);
    rulebook_prove(call->arena, read, NULL, &proof);
    if (proof.answer != PROOF_HOLDS) {
        struct str text = proof_as_text(call->arena, read, &proof, call->language);
        rulebook_free(read);
        return call_refuse(call, REFUSED, "", "app.rulebook-faults", "faults",
                           str_text(call->arena, text), NULL);
    }
    status = rulebook_keep(read, own);
    if (status != DONE) {
        rulebook_free(read);
        return status;
    }
    *out_book = shelf_add(call->house->shelf, read);
    return DONE;
}

/* A body for each rulebook; further ones only in a demonstration, for real bodies come
 * one by one with their own people (shenfa site add). */
static enum status found_bodies(struct call *call, const struct estate *estate,
                                const char *rulebooks, const struct init_values *values) {
    const struct rulebook *books[BODIES_MOST];
    struct str rest = str_of(rulebooks);
    size_t count = 0;
    struct site site;
    while (!str_is_empty(rest) && count < BODIES_MOST) {
        struct str code = str_cut(&rest, ',');
        TRY(find_book(call, str_text(call->arena, code), &books[count++]));
    }
    if (estate->config.demo) {
        return demo_fill(call, books, count);
    }
    if (count != 1) {
        return call_refuse(call, REFUSED, "", "app.one-body", NULL);
    }
    TRY(site_found(call, books[0], &site));
    TRY(init_values_give(call, site.id, books[0], values));
    return found_accounts(call, books[0]);
}

static enum status found_accounts(struct call *call, const struct rulebook *book) {
    static const struct {
        const char *login;
        const char *name;
        const char *role;
    } first[] = {
        {"system", "系统管理员", PEOPLE_ROLE_SYSTEM},
        {"security", "安全管理员", PEOPLE_ROLE_SECURITY},
        {"audit", "审计管理员", PEOPLE_ROLE_AUDIT},
        {"office", "办公室经办人", NULL},
    };
    struct people_roles roles = people_roles_of(call, book);
    struct people_unit office;
    TRY(people_unit_find(call, STR("office"), &office));
    puts("First accounts; each password is shown once and must be changed at first "
         "sign-in:");
    for (size_t i = 0; i < LENGTH(first); i++) {
        struct people_person person = {.name = str_of(first[i].name)};
        struct str password = people_password_make(call);
        id64 account;
        TRY(people_person_save(call, &person));
        TRY(trial_seat(call, &roles, office.id,
                       first[i].role == NULL
                           ? str_text(call->arena, role_of_office(&roles))
                           : first[i].role,
                       first[i].name, person.id));
        TRY(people_account_request(call, person.id, str_of(first[i].login), &account));
        TRY(people_account_open(call, account, password, false));
        printf("  %-10s %.*s\n", first[i].login, STR_ARG(password));
    }
    return people_found(call);
}

/* Whoever holds a post in the office keeps units and people. */
static struct str role_of_office(const struct people_roles *roles) {
    for (size_t i = 0; i < roles->count; i++) {
        if (str_is(roles->at[i].unit, "office")) {
            return roles->at[i].role;
        }
    }
    return roles->at[0].role;
}
