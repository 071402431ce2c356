/*
 * sandbox: runs a parser of untrusted bytes where a break-in gains nothing.
 *
 * Every run is a process of its own: no files, no network, no other process,
 * at most 512 MiB of memory, a limit on time, nothing to write to but the answer.
 * It is forked from a zygote that was itself forked before the program had
 * threads, keys or an open database, so there is nothing to find in its memory
 * but the input.  What a run answers is as untrusted as what it was given: the
 * asker checks it.
 *
 * The walls: seccomp allows some twenty calls on memory and on the one answer
 * socket and kills the process for any other; NO_NEW_PRIVS; resource limits; and
 * Landlock without a single path where the kernel has it.  sandbox_start tries a
 * forbidden call in a run of its own and refuses to start unless that dies.
 *
 * Acts may be called from any thread; at most eight runs go on at once, others wait.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "base/base.h"

struct sandbox;

/*
 * A parser: reads *input*, adds its answer to *out* (arena of 256 MiB).  DONE or
 * REFUSED; on REFUSED what it added says why.  It is run after the walls stand:
 * anything that needs a file (locale, character tables) must have been used once
 * in *warm*.
 */
struct sandbox_parser {
    const char *name; /* for the log */
    enum status (*parse)(struct arena *arena, struct bytes input, struct buffer *out);
    /* It does not look at the input itself: it writes it down, has a program read it by
     * sandbox_program, and takes back what that wrote.  No walls but the program's. */
    bool starts_program;
};

/* The closed table of a program's parsers; a parser is named by its place in it. */
struct sandbox_table {
    const struct sandbox_parser *parsers;
    size_t count;
    void (*warm)(void); /* run once in the zygote, before any input; may be NULL */
};

/*
 * Fork the zygote.  Call it first of all, before threads and before anything
 * secret is in memory; *table* lives as long as the program.  REFUSED, with a
 * line in the log, if the walls cannot be put up on this machine.
 */
MUST_CHECK enum status sandbox_start(const struct sandbox_table *table,
                                     struct sandbox **out_sandbox);

/* End the zygote and every run under way.  NULL is fine. */
void sandbox_stop(struct sandbox *sandbox);

/* How a run ended. */
enum sandbox_end {
    SANDBOX_ANSWERED,  /* the parser came to its end, whatever it said */
    SANDBOX_FORBIDDEN, /* it tried a call it may not make */
    SANDBOX_TIME,      /* it was still busy at its limit */
    SANDBOX_CRASHED,   /* it died: a fault, or out of memory */
    SANDBOX_TOO_MUCH,  /* its answer was longer than asked for */
};

struct sandbox_wish {
    int parser;         /* place in the table */
    struct bytes input; /* at most 64 MiB */
    int seconds;        /* of wall clock and of processor; 1–60 */
    size_t most;        /* bytes of answer, at most 64 MiB */
};

struct sandbox_answer {
    enum sandbox_end end;
    struct bytes out; /* in the arena; empty unless ANSWERED */
};

/*
 * Run one parser.  DONE if it answered DONE; REFUSED if it refused or died, and
 * then too *out_answer* is filled in and says which; FAILED if the sandbox itself
 * is gone.
 */
MUST_CHECK enum status sandbox_run(struct sandbox *sandbox, struct arena *arena,
                                   const struct sandbox_wish *wish,
                                   struct sandbox_answer *out_answer);

/*
 * A program that reads what nobody trusts, in a process of its own: no network, no other
 * process, no file but those of the system and of *home* (its own, or NULL) to read, and
 * *folder* to write; at most *seconds*.  Only for a parser with starts_program.  Needs
 * Landlock; FORBIDDEN, and nothing is started, where the walls do not stand.  Else
 * ANSWERED with its exit code, TIME or CRASHED.
 */
struct sandbox_program {
    const char *path;
    const char *const *arguments;
    const char *const *environment; /* NULL: empty */
    const char *home;
    const char *folder;
    int seconds;
};
enum sandbox_end sandbox_program(const struct sandbox_program *program, int *out_code);

/* "answered", "forbidden", … for logs and tests. */
const char *sandbox_end_name(enum sandbox_end end);

/* True if Landlock stands beside seccomp on this machine. */
bool sandbox_has_landlock(const struct sandbox *sandbox);

#endif
