/*
 * cli: commands come in from a terminal.
 *
 * A command is a file with its entry on top; it asks acts and prints what they
 * answer, in words or with --json.  It decides nothing: a command of the machine's
 * operator passes the same gates as a button.
 *
 * Exit status: 0 done, 1 the answer is no (refused, absent, not whole), 2 the
 * command line is wrong, 3 the machine failed.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/base.h"

struct words;

enum exit_status {
    EXIT_DONE = 0,
    EXIT_NO = 1,
    EXIT_USAGE = 2,
    EXIT_FAILED = 3,
};

/* One run of a command. */
struct cli {
    struct call *call; /* with an open house unless the command needs none */
    const struct words *words;
    const char *share;            /* installed share/ directory */
    const char *rulebooks;        /* installed rulebooks/ directory */
    const char *const *arguments; /* after the command's words, NULL-ended, no options */
    size_t argument_count;
    bool json;
    const struct cli_option *options; /* as given */
    size_t option_count;
};

struct cli_option {
    const char *name;  /* "column", without the dashes */
    const char *value; /* NULL if it stood alone */
};

/* What a command needs before it runs. */
enum cli_need {
    CLI_NEEDS_NOTHING,
    CLI_NEEDS_WORKSPACE, /* its first argument is a workspace's directory */
};

struct command {
    const char *words;   /* "ledger verify" */
    const char *usage;   /* "ledger verify DIR [--since FILE]" */
    const char *summary; /* one line, English */
    const char *options; /* names it takes, separated by blanks; "=" behind one that
                            wants a value: "column= unit= json" */
    enum cli_need need;
    size_t least; /* arguments, the workspace counted */
    size_t most;
    enum exit_status (*run)(struct cli *cli);
};

/* Every command of this door; NULL-ended. */
extern const struct command *const cli_commands[];

/* An option's value; NULL if it was not given, "" if it stood alone. */
const char *cli_option(const struct cli *cli, const char *name);

/* The rulebooks a command is about: the one its first argument names, by path or by the
 * code of one that is shipped, or with --all every shipped one by name. */
#define CLI_BOOKS_MOST 64
struct cli_books {
    const char **paths;
    size_t count;
};
enum exit_status cli_books(struct cli *cli, struct cli_books *out_books);

/* Print a sentence (or, with --json, the object *json*, which is taken over). */
struct json_t;
void cli_say(const struct cli *cli, struct json_t *json, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Tell why an act did not happen and give the exit status that goes with it. */
enum exit_status cli_no(const struct cli *cli, enum status status);

/* A complaint about the command line, on standard error. */
enum exit_status cli_usage(const struct cli *cli, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
