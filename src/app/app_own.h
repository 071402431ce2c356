/*
 * Only for src/app: the roof.  It builds the house once, opens a workspace, runs
 * the listeners and the worker, and holds the one table that says what follows an
 * act.
 */
#ifndef APP_APP_OWN_H
#define APP_APP_OWN_H

#include "base/base.h"
#include "cli/cli.h"
#include "people/people.h"

#include <sys/types.h>

struct words;
struct pages;
struct jobs;

/* A workspace's settings: WORKSPACE/shenfa.conf, lines "name = value". */
struct config {
    const char *workspace;
    struct str store; /* "sqlite:shenfa.db" (relative to the workspace) or "postgres:…" */
    struct str office;      /* address of the editors' listener */
    struct str office_from; /* who may connect to it (http_ranges_read); empty: all */
    struct str public_address;
    struct str staff_from; /* whose views stand apart; empty: office_from */
    struct str signer;     /* "own", "none", or the path of a socket */
    struct str signature;  /* "sm2" or "ed25519" */
    struct str
        unwitnessed;     /* minutes without a checkpoint after which nothing is decided */
    struct str log_days; /* for which the program's log is kept; 0 is for ever */
    bool demo;           /* sign in as anybody: only on loopback addresses */
    struct str keys;     /* directory of the secret keys; relative to the workspace */
    struct str passwords;     /* profile of password rules: "gb-l3" or "asvs" */
    struct str second_factor; /* who must have one-time codes (see people_security) */
};

/* What holds where shenfa.conf says nothing. */
struct config config_default(const char *workspace);

/* REFUSED with a line for each mistake on standard error. */
MUST_CHECK enum status config_read(struct arena *arena, const char *workspace,
                                   struct config *out_config);
MUST_CHECK enum status config_write(const struct config *config);

/* What the public listener must know when it runs by itself: WORKSPACE/public.conf.
 * Nothing else of the workspace's settings is readable to it. */
struct public_config {
    struct str address;
    struct str site;  /* its code */
    struct str sites; /* all of them, "CODE DOMAIN", with ", " between */
    struct str staff; /* addresses whose views are the staff's */
};
MUST_CHECK enum status config_read_public(struct arena *arena, const char *workspace,
                                          struct public_config *out_config);
MUST_CHECK enum status config_write_public(const char *workspace,
                                           const struct public_config *config);

/* The open house and what only the roof needs beside it. */
struct estate {
    struct arena *arena; /* of the process */
    struct config config;
    struct house house;
    struct people_security security;
    struct words *words;
    struct pages *pages;
    const char *share;
    const char *rulebooks;
    id64 group;
    const char *signer; /* socket of the signer; NULL: no checkpoints are taken */
};

/* Open everything a process needs: sandbox first (before any thread), store with its
 * schema brought up to date, calendar, shelf, words, pages.  Sentences on standard
 * error when something is amiss. */
MUST_CHECK enum status estate_open(struct arena *arena, const char *workspace,
                                   struct estate *out_estate);
void estate_close(struct estate *estate);

/* Where share/ and rulebooks/ are: beside the program when it runs from its build,
 * else where it was installed. */
const char *place_share(struct arena *arena);
const char *place_rulebooks(struct arena *arena);
/* What the browser loads, as the build bundled it. */
const char *place_static(struct arena *arena);

/* The public listener (public.c); lives in *arena*, ended by public_stop. */
struct public_listener;
MUST_CHECK enum status public_start(struct arena *arena, const char *workspace,
                                    const struct public_config *config,
                                    const char *address,
                                    struct public_listener **out_listener);
const char *public_address(const struct public_listener *listener);
void public_drain(struct public_listener *listener, int seconds); /* NULL is fine */
void public_stop(struct public_listener *listener);               /* NULL is fine */

/* Commands of the roof. */
extern const struct command app_init;
extern const struct command app_serve;
extern const struct command app_routes;
extern const struct command app_backup;
extern const struct command app_backup_drill;
extern const struct command app_restore;
extern const struct command app_rulebook_test;
extern const struct command app_signer;

/*
 * Values that the regulation leaves open and init has to be told (--values CODE=VALUE,…)
 * or asks for at a terminal: EXIT_NO, with a sentence for each that is missing or does
 * not fit, before anything is made.
 */
#define INIT_VALUES_MOST 32
struct init_values {
    struct str codes[INIT_VALUES_MOST];
    struct str values[INIT_VALUES_MOST];
    size_t count;
};
struct rulebook;
enum exit_status init_values_find(struct cli *cli, const char *path,
                                  struct init_values *out_values);
MUST_CHECK enum status init_values_give(struct call *call, id64 site,
                                        const struct rulebook *book,
                                        const struct init_values *values);

/* A demonstration in a workspace that init has just founded: a body for each book. */
struct rulebook;
MUST_CHECK enum status demo_fill(struct call *call, const struct rulebook *const *books,
                                 size_t count);

/*
 * Reactions: what follows an act.  One pass brings every chain's cursor to its
 * head; a crash in between delays a consequence and loses none.
 */
MUST_CHECK enum status reactions_run(struct call *call, id64 group);

/*
 * The listeners and the worker, or those of *parts* (a sum), over an open estate; the
 * addresses are those of the configuration unless given.  REFUSED with a sentence on
 * standard error if it may not be served so.  The pages are closed before the estate is.
 */
enum part { PART_OFFICE = 1, PART_PUBLIC = 2, PART_WORKER = 4, PART_ALL = 7 };
struct service;
MUST_CHECK enum status service_start(struct estate *estate, int parts, const char *office,
                                     const char *public_name,
                                     struct service **out_service);
/* The public listener by itself: of the workspace it reads public.conf and public/. */
MUST_CHECK enum status service_start_public(struct arena *arena, const char *workspace,
                                            const char *address,
                                            struct service **out_service);
const char *service_office(const struct service *service); /* "127.0.0.1:8080"; or NULL */
const char *service_public(const struct service *service);
void service_stop(struct service *service); /* lets answers under way end; NULL is fine */

/* The signer of checkpoints as a child of this process, for a workspace whose
 * configuration says "own"; its end comes with signer_child_stop, or with our own. */
struct signer_child {
    pid_t process;      /* 0: none */
    int lifeline;       /* it reads the other end, and ends when that does */
    const char *socket; /* NULL: no checkpoints are taken */
};
MUST_CHECK enum status signer_child_start(struct estate *estate,
                                          struct signer_child *out_child);
void signer_child_stop(struct signer_child *child);

/* The watchman: takes and sends checkpoints each minute, and guards the published tree;
 * in a thread of its own, as the other side of a socket or a disk may be slow. */
struct watchman;
struct treewatch; /* a directory tree under inotify */

#define TOUCHED_MOST 1000
struct touched {
    struct str paths[TOUCHED_MOST]; /* below the root */
    size_t count;
    bool all; /* too much happened to be told one by one */
};

/* NULL if it cannot be watched: not there, or no more watches to be had. */
struct treewatch *treewatch_new(const char *root);
void treewatch_free(struct treewatch *watch); /* NULL is fine */
int treewatch_descriptor(
    const struct treewatch *watch); /* readable: something happened */
/* What was touched since the last time, copied into *arena*; false if it is not known. */
bool treewatch_read(struct treewatch *watch, struct arena *arena,
                    struct touched *touched);

/*
 * One turn of his: a round of checkpoints and of all trees if a minute has passed, by the
 * monotonic instant *now*, else only what was touched.  Then a rest until something is
 * touched or the next turn is due; false if he was told to stop.
 */
MUST_CHECK enum status watchman_new(struct estate *estate,
                                    struct watchman **out_watchman);
void watchman_free(struct watchman *watchman); /* NULL is fine; one without a thread */
void watchman_step(struct watchman *watchman, struct call *call, instant now);
bool watchman_rest(struct watchman *watchman, instant now);

MUST_CHECK enum status watchman_start(struct estate *estate,
                                      struct watchman **out_watchman);
void watchman_stop(struct watchman *watchman); /* NULL is fine */

/* Where cases are run: an empty workspace for each, gone afterwards.  *share*, *sandbox*
 * and *calendar* are the caller's; the rest is the case's that is open. */
struct case_ground {
    const char *share;
    struct sandbox *sandbox;
    struct calendar *calendar;
    struct house house;
    struct call call;
    char workspace[64];
};
struct trial_place;
struct trial_place case_place(struct case_ground *ground);

/* The worker's part of the cases of a rulebook's draft (version_run_ask). */
struct job_handler;
const struct job_handler *draft_case_handlers(size_t *out_count);

struct worker;
MUST_CHECK enum status worker_start(struct estate *estate, struct worker **out_worker);
void worker_stop(struct worker *worker); /* lets work under way end; NULL is fine */

#endif
