/*
 * Only for src/store: what the three files of the PostgreSQL backend share.
 */
#ifndef STORE_POSTGRES_OWN_H
#define STORE_POSTGRES_OWN_H

#include "store_own.h"

#include <libpq-fe.h>
#include <stdatomic.h>

#define BUCKETS   256
#define NAME_SIZE 64

/* A statement as one connection knows it, for one row of parameter types. */
struct prepared {
    struct prepared *next;
    const struct statement *statement;
    Oid types[STATEMENT_PARAMETERS_MOST];
    char name[NAME_SIZE];
};

struct connection {
    struct pooled pooled;
    PGconn *pg;
    struct prepared *prepared[BUCKETS];
    unsigned prepared_count;
};

struct postgres_txn {
    struct txn txn;
    struct connection *connection;
};

/* A connection set for durability (postgres_connection.c). */
MUST_CHECK enum status connection_open(const char *address,
                                       struct connection **out_connection);
void connection_close(struct connection *connection);

/* Tells other processes of this one's commits and hears of theirs (postgres_herald.c):
 * its thread begins with the first of either. */
struct herald {
    struct store *store;
    const char *address;
    pthread_mutex_t lock; /* for the start */
    pthread_t thread;
    int bell; /* an eventfd; -1 until the thread runs */
    struct connection *connection;
    bool is_listening;
    atomic_bool untold;
    atomic_bool is_stopping;
};

void herald_init(struct herald *herald, struct store *store, const char *address);
void herald_start(struct herald *herald);
void herald_tell(struct herald *herald);
void herald_release(struct herald *herald);

/* Run a command that must answer *expected*; a fault is logged. */
bool connection_command(PGconn *pg, const char *text, const char *expected);

/* The backend's statements and rows (postgres_statement.c). */
MUST_CHECK enum status postgres_run(struct txn *txn, const struct statement *statement,
                                    const struct binding *binding, int64_t *out_changed);
MUST_CHECK enum status postgres_query(struct txn *txn, const struct statement *statement,
                                      const struct binding *binding,
                                      struct rows **out_rows);
bool postgres_next(struct rows *rows);
void postgres_end(struct rows *rows);

/* The answer to a failed *result*, logged unless it is STALE or runs again. */
MUST_CHECK enum status postgres_failure(struct txn *txn, const char *name,
                                        const PGresult *result);

#endif
