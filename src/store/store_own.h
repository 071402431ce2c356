/*
 * Only for src/store: the backend struct and what its two implementations share.
 *
 * store.c keeps the contract (one transaction a call, spoiled transactions,
 * running again), rows.c reads cells; sqlite.c and postgres.c know one client
 * library each and decide nothing.
 */
#ifndef STORE_STORE_OWN_H
#define STORE_STORE_OWN_H

#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

#define STATEMENT_PARAMETERS_MOST 64 /* tools/statements.py refuses more */
#define HANDLES_MOST              16 /* readers on SQLite, connections on PostgreSQL */

/* The first member of a backend's own struct. */
struct store {
    const struct backend *backend;
    pthread_mutex_t lock; /* for the two below */
    pthread_cond_t committed;
    uint64_t commits;
    atomic_ullong asked;
    atomic_ullong stepped;
};

/* The first member of a backend's own struct; lives in the call's arena. */
struct txn {
    struct store *store;
    struct arena *arena;
    enum txn_kind kind;
    bool is_view; /* opened by a query on its own */
    bool is_open;
    bool is_spoiled;   /* a statement failed in it: it can only be rolled back */
    bool again;        /* it failed for a reason that running again mends */
    int64_t changes;   /* rows changed so far */
    struct rows *rows; /* those not yet ended */
};

/* The first member of a backend's own struct; lives in the call's arena. */
struct rows {
    struct txn *txn; /* NULL once ended */
    const struct statement *statement;
    struct rows *next;
    struct value *cells; /* the present row; the names are the columns' */
    size_t count;
    size_t cursor; /* the column most likely asked for next */
    enum status answer;
};

/* Values in the order of the statement's parameters. */
struct binding {
    const struct value *values[STATEMENT_PARAMETERS_MOST];
    size_t count;
};

struct backend {
    const char *kind;

    /* What keeps the applied migrations, and the lock two migrating processes meet at. */
    const char *migrations;
    const char *migrations_lock; /* NULL if a write transaction is lock enough */

    enum status (*open)(struct str where, struct store **out_store);
    void (*close)(struct store *store);

    /* *out_txn* is wholly set but for the fields that store.c keeps. */
    enum status (*begin)(struct store *store, enum txn_kind kind, struct arena *arena,
                         struct txn **out_txn);
    /* Both give the handle back whatever happens. */
    enum status (*commit)(struct txn *txn);
    void (*abort)(struct txn *txn);

    enum status (*run)(struct txn *txn, const struct statement *statement,
                       const struct binding *binding, int64_t *out_changed);
    enum status (*query)(struct txn *txn, const struct statement *statement,
                         const struct binding *binding, struct rows **out_rows);
    /* Fill the cells with the next row; false at the end or, with rows->answer, on
     * failure. */
    bool (*next)(struct rows *rows);
    void (*end)(struct rows *rows);

    /* A change was committed, or somebody waits for one: for a backend that can tell
     * other processes and hear of them; NULL where it cannot. */
    void (*committed)(struct store *store);
    void (*waited_for)(struct store *store);
    void (*fall_silent)(struct store *store); /* before close: tell and hear no more */

    /* Several statements without parameters, for migrations. */
    enum status (*script)(struct txn *txn, const char *text);
    enum status (*copy)(struct store *store, const char *path);
};

extern const struct backend sqlite_backend;
extern const struct backend postgres_backend;

/* Text of a migration in the dialect of *kind* (see share/schema). */
struct str dialect_text(struct arena *arena, struct str text, const char *kind);

/* Rows of *count* columns in the arena of *txn*; the size is the backend's own struct's.
 */
struct rows *rows_new(struct txn *txn, const struct statement *statement, size_t size,
                      size_t count);
void rows_release(struct rows *rows);

/* Set the cell from borrowed bytes, copied with a zero behind them. */
void cell_set_bytes(struct rows *rows, size_t column, enum value_kind kind,
                    const void *at, size_t length);

/*
 * A pool of handles; *struct pooled* is the first member of what is pooled.
 */
struct pooled {
    struct pooled *next;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct pooled *idle;
    int count; /* idle and taken */
};

void pool_init(struct pool *pool);
void pool_release(struct pool *pool);

/* Wait for one that is idle, or for room for a further one: then NULL, and the
 * caller makes it, or says pool_lose. */
struct pooled *pool_take(struct pool *pool);
void pool_return(struct pool *pool, struct pooled *pooled);

/* One that was taken is no more. */
void pool_lose(struct pool *pool);

/*
 * PostgreSQL's binary forms (postgres_cell.c).
 */
#define PARAMETER_SIZE 8
void parameter_from_int(int64_t number, char out_bytes[PARAMETER_SIZE]);

/* Set the cell from a value of the type *oid*; false for a type or a number that
 * no column may have. */
bool cell_set_binary(struct rows *rows, size_t column, unsigned oid, const char *at,
                     size_t length);

/*
 * A turnstile: a lock that is given in the order it was asked for, so that no
 * writer starves behind busier ones.
 */
struct waiter;
struct turnstile {
    pthread_mutex_t lock;
    bool is_taken;
    struct waiter *first;
    struct waiter **end;
};

void turnstile_init(struct turnstile *turnstile);
void turnstile_release(struct turnstile *turnstile);
void turnstile_enter(struct turnstile *turnstile);
void turnstile_leave(struct turnstile *turnstile);

#endif
