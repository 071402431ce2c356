/*
 * shenfa: one program, its commands.
 */
#include "app_own.h"

#include "page/page.h"
#include "store/store.h"

#include <signal.h>
#include <string.h>

#define ARGUMENTS_MOST 64

static const struct command *const roof_commands[] = {
    &app_init,    &app_serve,         &app_routes, &app_backup, &app_backup_drill,
    &app_restore, &app_rulebook_test, &app_signer, NULL};

static const struct command *find_command(int argc, char **argv, int *out_words);
static enum exit_status parse(struct cli *cli, const struct command *command, int argc,
                              char **argv);
static bool takes_option(const struct command *command, const char *name,
                         bool *out_value);
static enum exit_status run(struct cli *cli, const struct command *command,
                            struct arena *process);
static int print_help(void);
static void print_commands(const struct command *const *commands);

int main(int argc, char **argv) {
    struct cli cli = {0};
    int words = 0;
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        return print_help();
    }
    if (strcmp(argv[1], "version") == 0 || strcmp(argv[1], "--version") == 0) {
        puts("shenfa " SHENFA_VERSION);
        return EXIT_DONE;
    }
    const struct command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        bool two = argc > 2 && argv[2][0] != '-';
        fprintf(stderr,
                "shenfa: there is no command \"%s%s%s\"; shenfa help lists them\n",
                argv[1], two ? " " : "", two ? argv[2] : "");
        return EXIT_USAGE;
    }
    struct arena *process = arena_new((size_t)1 << 32);
    enum exit_status status = parse(&cli, command, argc - words - 1, argv + words + 1);
    if (status == EXIT_DONE) {
        cli.share = place_share(process);
        cli.rulebooks = place_rulebooks(process);
        status = run(&cli, command, process);
    }
    arena_free(process);
    return (int)status;
}

static enum exit_status run(struct cli *cli, const struct command *command,
                            struct arena *process) {
    struct estate estate = {0};
    struct call call;
    struct arena *arena = arena_new((size_t)1 << 32);
    enum status opened = DONE;
    if (command->need == CLI_NEEDS_WORKSPACE) {
        opened = estate_open(process, cli->arguments[0], &estate);
    } else {
        struct buffer errors;
        buffer_init(&errors, process);
        opened =
            words_load(str_text(process, str_format(process, "%s/words", cli->share)),
                       &errors, &estate.words);
    }
    enum exit_status status = opened == FAILED ? EXIT_FAILED : EXIT_NO;
    if (opened == DONE) {
        call_init(&call, arena, &estate.house, instant_read_clock());
        call.door = DOOR_CLI;
        call.language = STR("en");
        cli->call = &call;
        cli->words = estate.words;
        status = command->run(cli);
        txn_abort(&call);
    }
    arena_free(arena);
    if (command->need == CLI_NEEDS_WORKSPACE) {
        estate_close(&estate);
    } else {
        words_free(estate.words);
    }
    return status;
}

/* The command whose words are the longest match. */
static const struct command *find_command(int argc, char **argv, int *out_words) {
    const struct command *const *const tables[] = {roof_commands, cli_commands};
    const struct command *best = NULL;
    for (size_t t = 0; t < LENGTH(tables); t++) {
        for (const struct command *const *at = tables[t]; *at != NULL; at++) {
            struct str rest = str_of((*at)->words);
            int count = 0;
            bool fits = true;
            while (!str_is_empty(rest) && fits) {
                struct str word = str_cut(&rest, ' ');
                fits = count + 1 < argc && str_is(word, argv[count + 1]);
                count += fits;
            }
            if (fits && count > *out_words) {
                best = *at;
                *out_words = count;
            }
        }
    }
    return best;
}

static enum exit_status parse(struct cli *cli, const struct command *command, int argc,
                              char **argv) {
    static const char *arguments[ARGUMENTS_MOST + 1];
    static struct cli_option options[ARGUMENTS_MOST];
    for (int i = 0; i < argc; i++) {
        bool wants_value = false;
        if (strncmp(argv[i], "--", 2) != 0) {
            if (cli->argument_count == ARGUMENTS_MOST) {
                return cli_usage(cli, "too many arguments");
            }
            arguments[cli->argument_count++] = argv[i];
            continue;
        }
        char *name = argv[i] + 2;
        char *value = strchr(name, '=');
        if (value != NULL) {
            *value++ = '\0';
        }
        if (!takes_option(command, name, &wants_value) ||
            cli->option_count == ARGUMENTS_MOST) {
            return cli_usage(cli, "there is no option --%s here; usage: shenfa %s", name,
                             command->usage);
        }
        if (wants_value && value == NULL && i + 1 < argc) {
            value = argv[++i];
        }
        if (wants_value != (value != NULL)) {
            return cli_usage(cli, "--%s %s; usage: shenfa %s", name,
                             wants_value ? "wants a value" : "takes no value",
                             command->usage);
        }
        options[cli->option_count++] = (struct cli_option){.name = name, .value = value};
    }
    cli->arguments = arguments;
    cli->options = options;
    cli->json = cli_option(cli, "json") != NULL;
    if (cli->argument_count < command->least || cli->argument_count > command->most) {
        return cli_usage(cli, "usage: shenfa %s", command->usage);
    }
    return EXIT_DONE;
}

static bool takes_option(const struct command *command, const char *name,
                         bool *out_value) {
    struct str rest = str_of(command->options);
    while (!str_is_empty(rest)) {
        struct str known = str_cut(&rest, ' ');
        bool wants_value = str_ends(known, "=");
        known = str_part(known, 0, known.length - wants_value);
        if (str_is(known, name)) {
            *out_value = wants_value;
            return true;
        }
    }
    return false;
}

static int print_help(void) {
    puts("shenfa, the publication work of government websites: " SHENFA_VERSION "\n");
    print_commands(roof_commands);
    print_commands(cli_commands);
    puts("\nExit status: 0 done, 1 the answer is no, 2 wrong usage, 3 the machine "
         "failed.\n"
         "See shenfa(1).");
    return EXIT_DONE;
}

static void print_commands(const struct command *const *commands) {
    for (; *commands != NULL; commands++) {
        printf("  shenfa %-58s %s\n", (*commands)->usage, (*commands)->summary);
    }
}
