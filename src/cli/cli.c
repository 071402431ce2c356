/*
 * What all commands share: options, sentences, exit statuses.
 */
#include "cli/cli.h"

#include "page/page.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static json_t *refusals_json(const struct cli *cli, enum status status);

const char *cli_option(const struct cli *cli, const char *name) {
    for (size_t i = 0; i < cli->option_count; i++) {
        if (strcmp(cli->options[i].name, name) == 0) {
            return cli->options[i].value == NULL ? "" : cli->options[i].value;
        }
    }
    return NULL;
}

void cli_say(const struct cli *cli, json_t *json, const char *format, ...) {
    if (cli->json) {
        char *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
        puts(text == NULL ? "{}" : text);
        free(text);
    } else {
        va_list arguments;
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        putchar('\n');
    }
    json_decref(json);
}

enum exit_status cli_no(const struct cli *cli, enum status status) {
    struct call *call = cli->call;
    if (cli->json) {
        json_t *json = refusals_json(cli, status);
        char *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
        puts(text == NULL ? "{}" : text);
        free(text);
        json_decref(json);
    } else if (call->refusal == NULL) {
        fprintf(stderr, "shenfa: %s\n",
                status == FAILED   ? "something failed on this machine; the log says what"
                : status == ABSENT ? "there is no such thing here"
                                   : status_name(status));
    }
    for (const struct refusal *refusal = call->refusal; !cli->json && refusal != NULL;
         refusal = refusal->next) {
        struct str sentence =
            words_refusal(cli->words, call->arena, call->language, refusal);
        fprintf(stderr, "shenfa: %.*s%s%.*s%s\n", STR_ARG(sentence),
                str_is_empty(refusal->rule) ? "" : " [", STR_ARG(refusal->rule),
                str_is_empty(refusal->rule) ? "" : "]");
    }
    return status == FAILED ? EXIT_FAILED : EXIT_NO;
}

enum exit_status cli_usage(const struct cli *cli, const char *format, ...) {
    va_list arguments;
    (void)cli;
    va_start(arguments, format);
    fputs("shenfa: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

static json_t *refusals_json(const struct cli *cli, enum status status) {
    struct call *call = cli->call;
    json_t *list = json_array();
    for (const struct refusal *refusal = call->refusal; refusal != NULL;
         refusal = refusal->next) {
        struct str sentence =
            words_refusal(cli->words, call->arena, call->language, refusal);
        json_array_append_new(
            list, json_pack("{s:s%, s:s%, s:s}", "detail", sentence.at, sentence.length,
                            "rule", refusal->rule.at, refusal->rule.length, "field",
                            refusal->field == NULL ? "" : refusal->field));
    }
    return json_pack("{s:s, s:o}", "status", status_name(status), "refusals", list);
}
