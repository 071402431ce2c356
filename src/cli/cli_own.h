/*
 * Only for src/cli: what several commands ask for.
 */
#ifndef CLI_CLI_OWN_H
#define CLI_CLI_OWN_H

#include "cli/cli.h"
#include "people/people.h"
#include "site/site.h"

#define TRY_CLI(expression)                                                              \
    do {                                                                                 \
        enum exit_status try_exit_ = (expression);                                       \
        if (try_exit_ != EXIT_DONE) {                                                    \
            return try_exit_;                                                            \
        }                                                                                \
    } while (0)

/* Where things are brought to: --column, --unit, --class, and --as whom. */
struct cli_place {
    struct site site;
    struct column column;
    struct people_unit unit;
    struct str item_class;
};

/* Read the options; the call's actor becomes the person of --as. */
enum exit_status cli_find_place(struct cli *cli, struct cli_place *out_place);

/* The faults of an import, line by line, and the exit status of *status*. */
struct import_report;
enum exit_status cli_tell_faults(struct cli *cli, const struct import_report *report,
                                 enum status status);

/* The rulebook at *path*; its faults are told. */
struct rulebook;
enum exit_status cli_read_rulebook(struct cli *cli, const char *path,
                                   struct rulebook **out_book);

/* Prove it; a counter-example is told.  The story of *out_proof* is not kept. */
struct proof;
enum exit_status cli_prove(struct cli *cli, const struct rulebook *book,
                           struct proof *out_proof);

/* A file of at most 2 GiB, or standard input for "-". */
enum exit_status cli_read_file(struct cli *cli, const char *path,
                               struct bytes *out_bytes);

#endif
