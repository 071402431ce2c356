/*
 * shenfa rulebook prove: every state that a rulebook can come to, walked; and the same
 * walk at the end of `rulebook check`.
 */
#include "cli_own.h"

#include "rulebook/rulebook.h"

#include <jansson.h>

#define PROOF_BYTES ((size_t)1 << 30) /* a million states and the ways between them */

static enum exit_status prove(struct cli *cli);
static enum exit_status prove_one(struct cli *cli, const char *path);
static json_t *proof_as_json(const struct cli *cli, const struct rulebook *book,
                             const struct proof *proof, double seconds);
static json_t *defaults_of(const struct rulebook *book);
static json_t *claims_of(const struct rulebook *book, const struct proof *proof);

const struct command cli_rulebook_prove = {
    .words = "rulebook prove",
    .usage = "rulebook prove PATH|--all [--language zh-CN|en]",
    .summary = "walk every state it can come to; the shortest counter-example",
    .options = "all language= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
    .most = 1,
    .run = prove,
};

static enum exit_status prove(struct cli *cli) {
    struct cli_books books;
    enum exit_status worst = EXIT_DONE;
    TRY_CLI(cli_books(cli, &books));
    for (size_t i = 0; i < books.count; i++) {
        enum exit_status answer = prove_one(cli, books.paths[i]);
        worst = answer > worst ? answer : worst;
    }
    return worst;
}

static enum exit_status prove_one(struct cli *cli, const char *path) {
    struct arena *arena = arena_new(PROOF_BYTES);
    const char *wanted = cli_option(cli, "language");
    struct str language = wanted == NULL ? cli->call->language : str_of(wanted);
    struct rulebook *book = NULL;
    struct proof proof;
    enum exit_status answer = cli_read_rulebook(cli, path, &book);
    if (answer == EXIT_DONE) {
        instant before = instant_read_clock();
        rulebook_prove(arena, book, NULL, &proof);
        double seconds = (double)(instant_read_clock() - before) / INSTANT_SECOND;
        struct str text = proof_as_text(arena, book, &proof, language);
        answer = proof.answer == PROOF_HOLDS ? EXIT_DONE : EXIT_NO;
        cli_say(cli, proof_as_json(cli, book, &proof, seconds),
                "%.*s%.*s: %zu states, %llu wishes, %.2f s", STR_ARG(text),
                STR_ARG(book->code), proof.states, (unsigned long long)proof.wishes,
                seconds);
    }
    rulebook_free(book);
    arena_free(arena);
    return answer;
}

enum exit_status cli_prove(struct cli *cli, const struct rulebook *book,
                           struct proof *out_proof) {
    struct arena *arena = arena_new(PROOF_BYTES);
    rulebook_prove(arena, book, NULL, out_proof);
    enum exit_status answer = out_proof->answer == PROOF_HOLDS ? EXIT_DONE : EXIT_NO;
    if (answer != EXIT_DONE && cli->json) {
        cli_say(cli, proof_as_json(cli, book, out_proof, 0), "%s", "");
    } else if (answer != EXIT_DONE) {
        struct str text = proof_as_text(arena, book, out_proof, cli->call->language);
        fprintf(stderr, "%.*s", STR_ARG(text));
    }
    arena_free(arena);
    return answer;
}

static json_t *proof_as_json(const struct cli *cli, const struct rulebook *book,
                             const struct proof *proof, double seconds) {
    json_t *story = json_array();
    for (size_t i = 0; i < proof->story_count; i++) {
        struct str sentence = text_in(proof->story[i], cli->call->language);
        json_array_append_new(story, json_stringn(sentence.at, sentence.length));
    }
    bool broken = proof->answer == PROOF_BROKEN;
    struct str rule = broken ? proof->basis->id : STR("");
    return json_pack("{s:b, s:b, s:I, s:I, s:f, s:o, s:o, s:s, s:s%, s:o}", "holds",
                     proof->answer == PROOF_HOLDS, "finished",
                     proof->answer != PROOF_TOO_LARGE, "states",
                     (json_int_t)proof->states, "wishes", (json_int_t)proof->wishes,
                     "seconds", seconds, "claims", claims_of(book, proof), "defaults",
                     defaults_of(book), "broken", broken ? claim_name(proof->broken) : "",
                     "rule", rule.at, rule.length, "story", story);
}

static json_t *claims_of(const struct rulebook *book, const struct proof *proof) {
    json_t *claims = json_array();
    for (size_t i = 0; i < CLAIMS; i++) {
        bool vacuous = proof_is_vacuous(book, proof, (enum claim)i);
        json_array_append_new(
            claims, json_pack("{s:s, s:I, s:b}", "claim", claim_name((enum claim)i),
                              "met", (json_int_t)proof->met[i], "vacuous", vacuous));
    }
    return claims;
}

/* Routes that no article names. */
static json_t *defaults_of(const struct rulebook *book) {
    json_t *routes = json_array();
    for (size_t i = 0; i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        if (proof_is_of_default(route)) {
            json_array_append_new(routes,
                                  json_stringn(route->code.at, route->code.length));
        }
    }
    return routes;
}
