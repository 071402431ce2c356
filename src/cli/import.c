/*
 * shenfa import: manuscripts from JSON lines, as drafts of a person.
 */
#include "cli/cli.h"
#include "cli_own.h"

#include "manuscript/manuscript.h"
#include "page/page.h"
#include "people/people.h"
#include "site/site.h"

#include <jansson.h>

#define FAULTS_SHOWN 40

static enum exit_status run(struct cli *cli);
static struct str sentences_of(struct cli *cli, const struct refusal *refusal);

const struct command cli_import = {
    .words = "import",
    .usage = "import DIR FILE --column ID --unit ID --class ID --as USER",
    .summary = "bring in manuscripts (JSON lines) as drafts",
    .options = "column= unit= class= as= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = run,
};

/* Everything wrong with a line, in a row. */
static struct str sentences_of(struct cli *cli, const struct refusal *refusal) {
    struct call *call = cli->call;
    struct buffer sentences;
    buffer_init(&sentences, call->arena);
    for (; refusal != NULL; refusal = refusal->next) {
        buffer_add_text(&sentences, sentences.length > 0 ? " " : "");
        buffer_add(&sentences,
                   words_refusal(cli->words, call->arena, call->language, refusal));
    }
    return buffer_str(&sentences);
}

static enum exit_status run(struct cli *cli) {
    struct import_report report = {0};
    struct cli_place place;
    struct bytes lines;
    TRY_CLI(cli_read_file(cli, cli->arguments[1], &lines));
    TRY_CLI(cli_find_place(cli, &place));
    enum status status = manuscript_import(cli->call, place.column.id, place.unit.id,
                                           place.item_class, lines, &report);
    if (status != DONE) {
        return cli_tell_faults(cli, &report, status);
    }
    cli_say(cli, json_pack("{s:i}", "taken", report.taken),
            "%d manuscripts taken in as drafts.", report.taken);
    return EXIT_DONE;
}

enum exit_status cli_tell_faults(struct cli *cli, const struct import_report *report,
                                 enum status status) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct import_fault *fault = &report->faults[i];
        struct str sentence = sentences_of(cli, fault->refusal);
        if (!cli->json && i == FAULTS_SHOWN) {
            fprintf(stderr, "… and %zu more lines; --json lists all\n",
                    report->fault_count - i);
        }
        if (!cli->json && i < FAULTS_SHOWN) {
            fprintf(stderr, "%s:%d: %.*s\n", cli->arguments[1], fault->line,
                    STR_ARG(sentence));
        }
        json_array_append_new(list, json_pack("{s:i, s:s%}", "line", fault->line,
                                              "detail", sentence.at, sentence.length));
    }
    if (cli->json && report->fault_count > 0) {
        cli_say(cli, json_pack("{s:s, s:o}", "status", "refused", "faults", list), "%s",
                "");
        return EXIT_NO;
    }
    json_decref(list);
    return cli_no(cli, status);
}
