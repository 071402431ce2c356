/*
 * PostgreSQL 15 behind the backend struct: a pool of connections.
 *
 * A connection that broke is thrown away and the act answers FAILED; one that
 * broke while idle is replaced before anything was asked of it.  A COMMIT is
 * believed only when the server says COMMIT.
 */
#include "postgres_own.h"

#include <stdlib.h>
#include <string.h>

struct postgres_store {
    struct store store;
    char *address;
    struct pool connections;
    struct herald herald;
};

static enum status postgres_open(struct str where, struct store **out_store);
static void postgres_close(struct store *store);
static enum status postgres_begin(struct store *store, enum txn_kind kind,
                                  struct arena *arena, struct txn **out_txn);
static enum status postgres_commit(struct txn *txn);
static void postgres_abort(struct txn *txn);
static void postgres_committed(struct store *store);
static void postgres_waited_for(struct store *store);
static void postgres_fall_silent(struct store *store);
static enum status postgres_script(struct txn *txn, const char *text);
static enum status postgres_copy(struct store *store, const char *path);
static char *address_of(struct str where);
static enum status connection_begin(struct postgres_store *store, enum txn_kind kind,
                                    struct connection **out_connection);
static void give_back(struct postgres_txn *txn);

const struct backend postgres_backend = {
    .kind = "postgres",
    .migrations =
        "CREATE TABLE IF NOT EXISTS store_migration (number bigint PRIMARY KEY, "
        "name text NOT NULL, digest text NOT NULL);",
    .migrations_lock = "SELECT pg_advisory_xact_lock(5136001);",
    .open = postgres_open,
    .close = postgres_close,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .abort = postgres_abort,
    .run = postgres_run,
    .query = postgres_query,
    .next = postgres_next,
    .end = postgres_end,
    .committed = postgres_committed,
    .waited_for = postgres_waited_for,
    .fall_silent = postgres_fall_silent,
    .script = postgres_script,
    .copy = postgres_copy,
};

static enum status postgres_open(struct str where, struct store **out_store) {
    struct postgres_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        log_fatal("out of memory");
    }
    store->address = address_of(where);
    struct connection *connection;
    if (connection_open(store->address, &connection) != DONE) {
        free(store->address);
        free(store);
        return FAILED;
    }
    herald_init(&store->herald, &store->store, store->address);
    pool_init(&store->connections);
    store->connections.count = 1;
    pool_return(&store->connections, &connection->pooled);
    *out_store = &store->store;
    return DONE;
}

/* Every transaction has ended by now, so every connection is idle. */
static void postgres_close(struct store *base) {
    struct postgres_store *store = (struct postgres_store *)base;
    while (store->connections.idle != NULL) {
        connection_close((struct connection *)pool_take(&store->connections));
    }
    pool_release(&store->connections);
    free(store->address);
    free(store);
}

static enum status postgres_begin(struct store *base, enum txn_kind kind,
                                  struct arena *arena, struct txn **out_txn) {
    struct postgres_txn *txn = TAKE(arena, struct postgres_txn);
    txn->txn.store = base;
    TRY(connection_begin((struct postgres_store *)base, kind, &txn->connection));
    *out_txn = &txn->txn;
    return DONE;
}

/* COMMIT of a failed transaction answers ROLLBACK; a lost connection tells nothing. */
static enum status postgres_commit(struct txn *base) {
    struct postgres_txn *txn = (struct postgres_txn *)base;
    PGresult *result = PQexec(txn->connection->pg, "COMMIT");
    enum status answer = DONE;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        answer = postgres_failure(base, "COMMIT", result);
    } else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        answer = log_failed("the server has rolled back where it should commit");
    }
    PQclear(result);
    give_back(txn);
    return answer;
}

static void postgres_abort(struct txn *base) {
    struct postgres_txn *txn = (struct postgres_txn *)base;
    PGconn *pg = txn->connection->pg;
    if (PQtransactionStatus(pg) != PQTRANS_IDLE) {
        connection_command(pg, "ROLLBACK", "ROLLBACK");
    }
    give_back(txn);
}

static void postgres_committed(struct store *store) {
    herald_tell(&((struct postgres_store *)store)->herald);
}

static void postgres_waited_for(struct store *store) {
    herald_start(&((struct postgres_store *)store)->herald);
}

static void postgres_fall_silent(struct store *store) {
    herald_release(&((struct postgres_store *)store)->herald);
}

static enum status postgres_script(struct txn *txn, const char *text) {
    PGresult *result = PQexec(((struct postgres_txn *)txn)->connection->pg, text);
    ExecStatusType status = PQresultStatus(result);
    enum status answer = DONE;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
        status != PGRES_EMPTY_QUERY) {
        answer = postgres_failure(txn, "a script", result);
    }
    PQclear(result);
    return answer;
}

static enum status postgres_copy(struct store *store, const char *path) {
    (void)store;
    (void)path;
    return REFUSED;
}

/* The address of a store may itself be a URI: postgres://host/database. */
static char *address_of(struct str where) {
    const char *scheme = str_starts(where, "//") ? "postgresql:" : "";
    char *address;
    if (asprintf(&address, "%s%.*s", scheme, STR_ARG(where)) < 0) {
        log_fatal("out of memory");
    }
    return address;
}

/* An idle connection may be dead without our knowing: then the next is tried, at
 * last a fresh one. */
static enum status connection_begin(struct postgres_store *store, enum txn_kind kind,
                                    struct connection **out_connection) {
    const char *begin = kind == TXN_READ
                            ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                            : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    for (;;) {
        struct connection *connection =
            (struct connection *)pool_take(&store->connections);
        bool is_fresh = connection == NULL;
        if (is_fresh && connection_open(store->address, &connection) != DONE) {
            pool_lose(&store->connections);
            return FAILED;
        }
        if (connection_command(connection->pg, begin, "BEGIN")) {
            *out_connection = connection;
            return DONE;
        }
        connection_close(connection);
        pool_lose(&store->connections);
        if (is_fresh) {
            return FAILED;
        }
    }
}

/* Only a connection that is surely outside a transaction is used again. */
static void give_back(struct postgres_txn *txn) {
    struct postgres_store *store = (struct postgres_store *)txn->txn.store;
    struct connection *connection = txn->connection;
    txn->connection = NULL;
    if (PQstatus(connection->pg) == CONNECTION_OK &&
        PQtransactionStatus(connection->pg) == PQTRANS_IDLE) {
        pool_return(&store->connections, &connection->pooled);
    } else {
        connection_close(connection);
        pool_lose(&store->connections);
    }
}
