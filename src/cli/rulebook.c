/*
 * shenfa rulebook check, map, explain, schema: what a rulebook says, without any
 * workspace.
 */
#include "cli_own.h"

#include "rulebook/rulebook.h"

#include <jansson.h>
#include <string.h>

static enum exit_status check(struct cli *cli);
static enum exit_status map(struct cli *cli);
static enum exit_status explain(struct cli *cli);
static enum exit_status schema(struct cli *cli);
static enum exit_status read_book(struct cli *cli, struct rulebook **out_book);
static enum exit_status read_cases(struct cli *cli, const struct rulebook *book,
                                   struct rulebook_case **out_cases);
static enum exit_status tell_faults(struct cli *cli, const struct fault *faults);
static const char *book_path(struct cli *cli);

const struct command cli_rulebook_check = {
    .words = "rulebook check",
    .usage = "rulebook check PATH",
    .summary = "read a rulebook and tell every fault",
    .options = "json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = check,
};

const struct command cli_rulebook_map = {
    .words = "rulebook map",
    .usage = "rulebook map PATH",
    .summary = "requirement by requirement: rules and cases",
    .options = "json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = map,
};

const struct command cli_rulebook_explain = {
    .words = "rulebook explain",
    .usage = "rulebook explain PATH [--route ID] [--svg] [--language zh-CN|en]",
    .summary = "the routes as sentences, or drawn",
    .options = "route= svg language= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = explain,
};

const struct command cli_rulebook_schema = {
    .words = "rulebook schema",
    .usage = "rulebook schema",
    .summary = "the JSON schema of rulebook files, for editors",
    .options = "json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
    .most = 0,
    .run = schema,
};

static enum exit_status check(struct cli *cli) {
    struct rulebook *book = NULL;
    struct rulebook_case *cases = NULL;
    TRY_CLI(read_book(cli, &book));
    enum exit_status answer = read_cases(cli, book, &cases);
    if (answer == EXIT_DONE) {
        size_t count = 0;
        for (const struct rulebook_case *at = cases; at != NULL; at = at->next) {
            count++;
        }
        struct str digest = digest_to_text(cli->call->arena, &book->digest);
        cli_say(cli,
                json_pack("{s:b, s:s%, s:s%, s:I, s:I, s:s%}", "sound", 1, "code", book->code.at,
                          book->code.length, "version", book->version.at, book->version.length,
                          "routes", (json_int_t)book->route_count, "cases", (json_int_t)count,
                          "digest", digest.at, digest.length),
                "%.*s version %.*s is sound: %zu routes, %zu requirements, %zu cases\n%.*s",
                STR_ARG(book->code), STR_ARG(book->version), book->route_count,
                book->requirement_count, count, STR_ARG(digest));
    }
    rulebook_free(book);
    return answer;
}

static enum exit_status map(struct cli *cli) {
    struct rulebook *book = NULL;
    struct rulebook_case *cases = NULL;
    TRY_CLI(read_book(cli, &book));
    enum exit_status answer = read_cases(cli, book, &cases);
    if (answer == EXIT_DONE) {
        struct str text = cli->json ? rulebook_map_json(cli->call->arena, book, cases)
                                    : rulebook_map_text(cli->call->arena, book, cases,
                                                        cli->call->language);
        printf("%.*s\n", STR_ARG(text));
    }
    rulebook_free(book);
    return answer;
}

static enum exit_status explain(struct cli *cli) {
    struct rulebook *book = NULL;
    const char *route = cli_option(cli, "route");
    const char *language = cli_option(cli, "language");
    TRY_CLI(read_book(cli, &book));
    enum exit_status answer = EXIT_NO;
    for (size_t i = 0; i < book->route_count; i++) {
        if (route != NULL && !str_is(book->routes[i].code, route)) {
            continue;
        }
        struct drawing drawing = {.current = NO_INDEX, .link = STR(""), .id = STR("route")};
        struct str wanted = language == NULL ? cli->call->language : str_of(language);
        struct str text = cli_option(cli, "svg") != NULL
                              ? rulebook_draw(cli->call->arena, book, &book->routes[i], &drawing,
                                              wanted)
                              : rulebook_explain(cli->call->arena, book, &book->routes[i],
                                                 wanted);
        printf("%.*s\n", STR_ARG(text));
        answer = EXIT_DONE;
    }
    if (answer == EXIT_NO) {
        fprintf(stderr, "shenfa: the rulebook has no route \"%s\"; it has:", route);
        for (size_t i = 0; i < book->route_count; i++) {
            fprintf(stderr, " %.*s", STR_ARG(book->routes[i].code));
        }
        fputc('\n', stderr);
    }
    rulebook_free(book);
    return answer;
}

static enum exit_status schema(struct cli *cli) {
    struct str text = rulebook_schema_json(cli->call->arena);
    printf("%.*s\n", STR_ARG(text));
    return EXIT_DONE;
}

static enum exit_status read_book(struct cli *cli, struct rulebook **out_book) {
    struct fault *faults = NULL;
    enum status read =
        rulebook_read(cli->call->arena, book_path(cli), STR(""), out_book, &faults);
    if (read == REFUSED) {
        return tell_faults(cli, faults);
    }
    if (read == ABSENT) {
        return cli_usage(cli, "there is no rulebook at %s", cli->arguments[0]);
    }
    return read == DONE ? EXIT_DONE : cli_no(cli, read);
}

static enum exit_status read_cases(struct cli *cli, const struct rulebook *book,
                                   struct rulebook_case **out_cases) {
    struct fault *faults = NULL;
    enum status read =
        rulebook_read_cases(cli->call->arena, book_path(cli), book, out_cases, &faults);
    if (read == REFUSED) {
        return tell_faults(cli, faults);
    }
    return read == DONE ? EXIT_DONE : cli_no(cli, read);
}

static enum exit_status tell_faults(struct cli *cli, const struct fault *faults) {
    if (!cli->json) {
        struct str text = faults_as_text(cli->call->arena, faults, cli->call->language);
        fprintf(stderr, "%.*s", STR_ARG(text));
        return EXIT_NO;
    }
    json_t *list = json_array();
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        struct str sentence = text_in(fault->sentence, cli->call->language);
        json_array_append_new(
            list, json_pack("{s:s%, s:i, s:i, s:s%, s:s%}", "file", fault->file.at,
                            fault->file.length, "line", fault->line, "column", fault->column,
                            "detail", sentence.at, sentence.length, "suggestion",
                            fault->suggestion.at, fault->suggestion.length));
    }
    cli_say(cli, json_pack("{s:b, s:o}", "sound", 0, "faults", list), "%s", "");
    return EXIT_NO;
}

/* A path, or the code of a rulebook that the product ships. */
static const char *book_path(struct cli *cli) {
    const char *given = cli->arguments[0];
    struct str shipped = str_format(cli->call->arena, "%s/%s", cli->rulebooks, given);
    const char *path = str_text(cli->call->arena, shipped);
    return strchr(given, '/') == NULL && !file_exists(given) && file_exists(path) ? path : given;
}
