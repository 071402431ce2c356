/*
 * What a regulation leaves open and nobody can assume: asked for before a workspace is
 * made, given as soon as its site is there.
 */
#include "app_own.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

#include <unistd.h>

static struct str given_as_option(struct cli *cli, struct str code);
static struct str ask(struct cli *cli, const struct setting *setting);
static const char *bounds(struct cli *cli, const struct setting *setting);

enum exit_status init_values_find(struct cli *cli, const char *path,
                                  struct init_values *out_values) {
    struct call *call = cli->call;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    struct init_values values = {.count = 0};
    if (!file_exists(path) ||
        rulebook_read(call->arena, path, STR(""), &book, &faults) != DONE) {
        return EXIT_DONE; /* what is wrong with it is said by who opens the shelf */
    }
    arena_defer(call->arena, (void (*)(void *))rulebook_free, book);
    bool missing = false;
    for (size_t i = 0; i < book->setting_count && values.count < INIT_VALUES_MOST; i++) {
        const struct setting *setting = &book->settings[i];
        struct str value = given_as_option(cli, setting->code);
        if (str_is_empty(value) && str_is_empty(setting->value)) {
            value = ask(cli, setting);
        }
        if (str_is_empty(value) && !str_is_empty(setting->value)) {
            continue;
        }
        if (!setting_fits(setting, value)) {
            missing = true;
            fprintf(stderr,
                    "shenfa: the regulation leaves open: %.*s / %.*s [%.*s]. The body "
                    "decides it: --values %.*s=%s\n",
                    STR_ARG(setting->title.zh), STR_ARG(setting->title.en),
                    STR_ARG(setting->basis.id), STR_ARG(setting->code),
                    bounds(cli, setting));
        }
        values.codes[values.count] = setting->code;
        values.values[values.count++] = value;
    }
    *out_values = values;
    return missing ? EXIT_NO : EXIT_DONE;
}

enum status init_values_give(struct call *call, id64 site, const struct rulebook *book,
                             const struct init_values *values) {
    for (size_t i = 0; i < values->count; i++) {
        TRY(site_give_value(call, site, book, values->codes[i], values->values[i],
                            false));
    }
    return site_must_have_values(call, site, book);
}

/* "--values pass-mark=60,open-hours=24" */
static struct str given_as_option(struct cli *cli, struct str code) {
    const char *option = cli_option(cli, "values");
    struct str rest = str_of(option == NULL ? "" : option);
    while (!str_is_empty(rest)) {
        struct str value = str_cut(&rest, ',');
        struct str name = str_trim(str_cut(&value, '='));
        if (str_equal(name, code)) {
            return str_trim(value);
        }
    }
    return STR("");
}

/* At a terminal; elsewhere there is nobody to ask. */
static struct str ask(struct cli *cli, const struct setting *setting) {
    char line[256];
    struct str title = text_in(setting->title, cli->call->language);
    struct str measure = text_in(setting->measure, cli->call->language);
    if (cli->json || isatty(STDIN_FILENO) == 0) {
        return STR("");
    }
    printf("%.*s [%.*s], %s %.*s: ", STR_ARG(title), STR_ARG(setting->basis.id),
           bounds(cli, setting), STR_ARG(measure));
    fflush(stdout);
    return fgets(line, sizeof line, stdin) == NULL
               ? STR("")
               : str_trim(str_copy(cli->call->arena, str_of(line)));
}

static const char *bounds(struct cli *cli, const struct setting *setting) {
    return setting->kind == SETTING_WORDS
               ? "WORDS"
               : str_format(cli->call->arena, setting->most == 0 ? "%d…" : "%d…%d",
                            setting->least, setting->most)
                     .at;
}
