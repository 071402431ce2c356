/*
 * shenfa rulebook diff: what one version of a rulebook says otherwise than another, in
 * words with their articles.
 */
#include "cli_own.h"

#include "rulebook/rulebook.h"

#include <jansson.h>

static enum exit_status diff(struct cli *cli);
static json_t *json_of(struct str text);

const struct command cli_rulebook_diff = {
    .words = "rulebook diff",
    .usage = "rulebook diff PATH PATH [--language zh-CN|en]",
    .summary = "what the second says otherwise than the first, in words",
    .options = "language= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 2,
    .most = 2,
    .run = diff,
};

static enum exit_status diff(struct cli *cli) {
    struct arena *arena = cli->call->arena;
    const char *wanted = cli_option(cli, "language");
    struct str language = wanted == NULL ? cli->call->language : str_of(wanted);
    struct rulebook *books[2] = {NULL, NULL};
    struct departures changes;
    for (int i = 0; i < 2; i++) {
        TRY_CLI(cli_read_rulebook(cli, cli->arguments[i], &books[i]));
        arena_defer(arena, (void (*)(void *))rulebook_free, books[i]);
    }
    rulebook_compare(arena, books[0], books[1], &changes);
    json_t *list = json_array();
    for (size_t i = 0; i < changes.count; i++) {
        const struct departure *change = &changes.at[i];
        struct str sentence = text_in(change->sentence, language);
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o}", "sentence", json_of(sentence), "rule",
                            json_of(change->rule), "path", json_of(change->path)));
        if (!cli->json) {
            printf("%.*s%s%.*s%s\n", STR_ARG(sentence),
                   str_is_empty(change->rule) ? "" : " [", STR_ARG(change->rule),
                   str_is_empty(change->rule) ? "" : "]");
        }
    }
    if (changes.count == 0 || cli->json) {
        cli_say(cli, json_pack("{s:O}", "changes", list), "%s",
                "both say the same; they differ at most in layout");
    }
    json_decref(list);
    return EXIT_DONE;
}

static json_t *json_of(struct str text) { return json_stringn(text.at, text.length); }
