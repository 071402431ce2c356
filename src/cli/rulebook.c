/*
 * shenfa rulebook check, map, explain, schema: what a rulebook says, without any
 * workspace.
 */
#include "cli_own.h"

#include "rulebook/rulebook.h"

#include <jansson.h>

static enum exit_status check(struct cli *cli);
static enum exit_status map(struct cli *cli);
static enum exit_status explain(struct cli *cli);
static enum exit_status schema(struct cli *cli);
static enum exit_status check_one(struct cli *cli, const char *path);
static enum exit_status read_cases(struct cli *cli, const char *path,
                                   const struct rulebook *book,
                                   struct rulebook_case **out_cases);
static enum exit_status tell_faults(struct cli *cli, const struct fault *faults);

const struct command cli_rulebook_check = {
    .words = "rulebook check",
    .usage = "rulebook check PATH|--all",
    .summary = "read a rulebook, tell every fault, and prove it",
    .options = "all json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
    .most = 1,
    .run = check,
};

const struct command cli_rulebook_map = {
    .words = "rulebook map",
    .usage = "rulebook map PATH|--all",
    .summary = "requirement by requirement: rules and cases; of all, a table by kind",
    .options = "all json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
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
    struct cli_books books;
    enum exit_status worst = EXIT_DONE;
    TRY_CLI(cli_books(cli, &books));
    for (size_t i = 0; i < books.count; i++) {
        enum exit_status answer = check_one(cli, books.paths[i]);
        worst = answer > worst ? answer : worst;
    }
    return worst;
}

static enum exit_status check_one(struct cli *cli, const char *path) {
    struct rulebook *book = NULL;
    struct rulebook_case *cases = NULL;
    TRY_CLI(cli_read_rulebook(cli, path, &book));
    struct proof proof;
    enum exit_status answer = read_cases(cli, path, book, &cases);
    answer = answer == EXIT_DONE ? cli_prove(cli, book, &proof) : answer;
    if (answer == EXIT_DONE) {
        size_t count = 0;
        for (const struct rulebook_case *at = cases; at != NULL; at = at->next) {
            count++;
        }
        struct str digest = digest_to_text(cli->call->arena, &book->digest);
        cli_say(cli,
                json_pack("{s:b, s:s%, s:s%, s:I, s:I, s:I, s:s%}", "sound", 1, "code",
                          book->code.at, book->code.length, "version", book->version.at,
                          book->version.length, "routes", (json_int_t)book->route_count,
                          "cases", (json_int_t)count, "states", (json_int_t)proof.states,
                          "digest", digest.at, digest.length),
                "%.*s version %.*s is sound: %zu routes, %zu requirements, %zu cases; "
                "proved over "
                "%zu states\n%.*s",
                STR_ARG(book->code), STR_ARG(book->version), book->route_count,
                book->requirement_count, count, proof.states, STR_ARG(digest));
    }
    rulebook_free(book);
    return answer;
}

static enum exit_status map(struct cli *cli) {
    struct cli_books paths;
    const struct rulebook *books[CLI_BOOKS_MOST];
    struct rulebook_case *cases[CLI_BOOKS_MOST];
    TRY_CLI(cli_books(cli, &paths));
    for (size_t i = 0; i < paths.count; i++) {
        struct rulebook *book = NULL;
        TRY_CLI(cli_read_rulebook(cli, paths.paths[i], &book));
        arena_defer(cli->call->arena, (void (*)(void *))rulebook_free, book);
        TRY_CLI(read_cases(cli, paths.paths[i], book, &cases[i]));
        books[i] = book;
    }
    struct arena *arena = cli->call->arena;
    bool one = cli_option(cli, "all") == NULL;
    struct str text =
        one && cli->json ? rulebook_map_json(arena, books[0], cases[0])
        : one ? rulebook_map_text(arena, books[0], cases[0], cli->call->language)
              : rulebook_map_table(arena, books, (void *)cases, paths.count, cli->json);
    printf("%.*s\n", STR_ARG(text));
    return EXIT_DONE;
}

static enum exit_status explain(struct cli *cli) {
    struct rulebook *book = NULL;
    const char *route = cli_option(cli, "route");
    const char *language = cli_option(cli, "language");
    struct cli_books books;
    TRY_CLI(cli_books(cli, &books));
    TRY_CLI(cli_read_rulebook(cli, books.paths[0], &book));
    enum exit_status answer = EXIT_NO;
    for (size_t i = 0; i < book->route_count; i++) {
        if (route != NULL && !str_is(book->routes[i].code, route)) {
            continue;
        }
        struct drawing drawing = {
            .current = NO_INDEX, .link = STR(""), .id = STR("route")};
        struct str wanted = language == NULL ? cli->call->language : str_of(language);
        struct str text =
            cli_option(cli, "svg") != NULL
                ? rulebook_draw(cli->call->arena, book, &book->routes[i], &drawing,
                                wanted)
                : rulebook_explain(cli->call->arena, book, &book->routes[i], wanted);
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

enum exit_status cli_read_rulebook(struct cli *cli, const char *path,
                                   struct rulebook **out_book) {
    struct fault *faults = NULL;
    enum status read = rulebook_read(cli->call->arena, path, STR(""), out_book, &faults);
    if (read == REFUSED) {
        return tell_faults(cli, faults);
    }
    if (read == ABSENT) {
        return cli_usage(cli, "there is no rulebook at %s", path);
    }
    return read == DONE ? EXIT_DONE : cli_no(cli, read);
}

static enum exit_status read_cases(struct cli *cli, const char *path,
                                   const struct rulebook *book,
                                   struct rulebook_case **out_cases) {
    struct fault *faults = NULL;
    enum status read =
        rulebook_read_cases(cli->call->arena, path, book, out_cases, &faults);
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
        json_array_append_new(list,
                              json_pack("{s:s%, s:i, s:i, s:s%, s:s%}", "file",
                                        fault->file.at, fault->file.length, "line",
                                        fault->line, "column", fault->column, "detail",
                                        sentence.at, sentence.length, "suggestion",
                                        fault->suggestion.at, fault->suggestion.length));
    }
    cli_say(cli, json_pack("{s:b, s:o}", "sound", 0, "faults", list), "%s", "");
    return EXIT_NO;
}
