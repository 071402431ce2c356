/*
 * Only for src/store: the two tables, the statements and the few acts that its
 * tests share.
 */
#ifndef STORE_STORE_BENCH_H
#define STORE_STORE_BENCH_H

#include "store_own.h"
#include "trial_store.h"

extern const struct statement add_thing;
extern const struct statement find_thing;
extern const struct statement list_things;
extern const struct statement count_things;
extern const struct statement retitle_all;
extern const struct statement find_count;
extern const struct statement see_count;
extern const struct statement set_count;

/* The test's store, with the tables trial_thing and trial_counter. */
struct trial_store *with_tables(void **state);

/* Add a thing in the open transaction; STALE if id or title are taken. */
MUST_CHECK enum status add(struct call *call, id64 id, id64 owner, const char *title);

/* How many things there are, in a transaction of its own. */
int64_t things(struct call *call);

/* Work for store_transact: add thing 1, then answer *(enum status *)what. */
enum status bench_add_one(struct call *call, void *what);

/* Run it in a thread of its own and wait for its answer. */
void *bench_run(struct trial_store *trial, void *(*run)(void *));

/* A thread that adds thing 5 and answers its status; one that answers how many there are.
 */
void *bench_write(void *trial);
void *bench_count(void *trial);

#endif
