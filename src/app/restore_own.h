/*
 * Only for restore.c and loss.c: a restore under way.
 */
#ifndef APP_RESTORE_OWN_H
#define APP_RESTORE_OWN_H

#include "app_own.h"

#include "publication/publication.h"

#define CHAINS_MOST      256
#define WITHDRAWALS_MOST 10000

/* Where a chain stood in the backup, and how far later times are known. */
struct chain {
    id64 group;
    int64_t size;
    struct str hash;
    int64_t known; /* entries that an export or a checkpoint tells of */
    int64_t told;  /* … an export alone */
};

struct withdrawn {
    id64 manuscript;
    enum withdrawal kind;
    int64_t sequence;
};

struct restoring {
    struct cli *cli;
    const char *from;
    const char *name; /* that the whole workspace will have */
    const char *to;   /* … and half of it, so that nobody serves that */
    struct str listing;
    struct chain chains[CHAINS_MOST];
    size_t chain_count;
    struct withdrawn *withdrawn;
    size_t withdrawn_count;
    size_t applied; /* withdrawals carried out again */
    int64_t lost;   /* entries that the backup does not have */
    size_t pages;
    bool identical;
};

/* Learn from --checkpoint and --export, each checked first, how far the chains had come
 * after the backup and what was withdrawn since; REFUSED, with a complaint, if they are
 * not whole or of another history. */
MUST_CHECK enum status loss_hear(struct restoring *restoring);

/* Count what is lost.  REFUSED, with a complaint, if acts are lost that nobody can name
 * and --accept-loss is not given. */
MUST_CHECK enum status loss_judge(struct restoring *restoring);

#endif
