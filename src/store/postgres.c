/*
 * PostgreSQL 15 behind the backend struct: a pool of connections, statements
 * prepared once a connection, parameters and results in binary.
 *
 * A connection that broke is thrown away and the act answers FAILED; one that
 * broke while idle is replaced before anything was asked of it.  A COMMIT is
 * believed only when the server says COMMIT.
 */
#include "store_own.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS       256
#define VERSION_LEAST 150000
#define NAME_SIZE     64

#define OID_INT8  20
#define OID_TEXT  25
#define OID_BYTEA 17
#define AS_BINARY 1

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

struct postgres_store {
    struct store store;
    char *address;
    struct pool connections;
};

struct postgres_txn {
    struct txn txn;
    struct connection *connection;
};

struct postgres_rows {
    struct rows rows;
    PGresult *result; /* the whole of it */
    int at;
};

/* What PQexecPrepared wants to know, in its order. */
struct parameters {
    Oid types[STATEMENT_PARAMETERS_MOST];
    const char *values[STATEMENT_PARAMETERS_MOST];
    int lengths[STATEMENT_PARAMETERS_MOST];
    int formats[STATEMENT_PARAMETERS_MOST];
    char numbers[STATEMENT_PARAMETERS_MOST][PARAMETER_SIZE];
};

static enum status postgres_open(struct str where, struct store **out_store);
static void postgres_close(struct store *store);
static enum status postgres_begin(struct store *store, enum txn_kind kind,
                                  struct arena *arena, struct txn **out_txn);
static enum status postgres_commit(struct txn *txn);
static void postgres_abort(struct txn *txn);
static enum status postgres_run(struct txn *txn, const struct statement *statement,
                                const struct binding *binding, int64_t *out_changed);
static enum status postgres_query(struct txn *txn, const struct statement *statement,
                                  const struct binding *binding, struct rows **out_rows);
static bool postgres_next(struct rows *rows);
static void postgres_end(struct rows *rows);
static enum status postgres_script(struct txn *txn, const char *text);
static enum status postgres_copy(struct store *store, const char *path);

static char *address_of(struct str where);
static enum status connection_open(const char *address,
                                   struct connection **out_connection);
static enum status connection_set(PGconn *pg);
static enum status connection_is_durable(PGconn *pg);
static void connection_close(struct connection *connection);
static enum status connection_begin(struct postgres_store *store, enum txn_kind kind,
                                    struct connection **out_connection);
static void give_back(struct postgres_txn *txn);
static bool command(PGconn *pg, const char *text, const char *expected);
static enum status execute(struct txn *txn, const struct statement *statement,
                           const struct binding *binding, PGresult **out_result);
static void set_parameters(const struct binding *binding, struct parameters *parameters);
static Oid type_of(enum value_kind kind);
static enum status prepare(struct txn *txn, const struct statement *statement,
                           const struct parameters *parameters, size_t count,
                           struct prepared **out_prepared);
static enum status failure(struct txn *txn, const char *name, const PGresult *result);
static int64_t rows_changed(PGresult *result);
static void ignore_notice(void *nothing, const char *message);

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
        answer = failure(base, "COMMIT", result);
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
        command(pg, "ROLLBACK", "ROLLBACK");
    }
    give_back(txn);
}

static enum status postgres_run(struct txn *txn, const struct statement *statement,
                                const struct binding *binding, int64_t *out_changed) {
    PGresult *result;
    TRY(execute(txn, statement, binding, &result));
    *out_changed = rows_changed(result);
    PQclear(result);
    return DONE;
}

static enum status postgres_query(struct txn *txn, const struct statement *statement,
                                  const struct binding *binding, struct rows **out_rows) {
    PGresult *result;
    TRY(execute(txn, statement, binding, &result));
    txn->changes += rows_changed(result);
    struct rows *rows =
        rows_new(txn, statement, sizeof(struct postgres_rows), (size_t)PQnfields(result));
    for (size_t i = 0; i < rows->count; i++) {
        const char *name = PQfname(result, (int)i);
        rows->cells[i].name = arena_copy(txn->arena, name, strlen(name) + 1);
    }
    ((struct postgres_rows *)rows)->result = result;
    *out_rows = rows;
    return DONE;
}

static bool postgres_next(struct rows *rows) {
    struct postgres_rows *own = (struct postgres_rows *)rows;
    if (own->at == PQntuples(own->result)) {
        return false;
    }
    for (size_t i = 0; i < rows->count; i++) {
        int column = (int)i;
        if (PQgetisnull(own->result, own->at, column)) {
            rows->cells[i].kind = VALUE_NULL;
            rows->cells[i].number = 0;
        } else if (!cell_set_binary(rows, i, PQftype(own->result, column),
                                    PQgetvalue(own->result, own->at, column),
                                    (size_t)PQgetlength(own->result, own->at, column))) {
            rows->answer =
                log_failed("%s: the column %s is a fraction or of a foreign type",
                           rows->statement->name, rows->cells[i].name);
            return false;
        }
    }
    own->at++;
    return true;
}

static void postgres_end(struct rows *rows) {
    PQclear(((struct postgres_rows *)rows)->result);
}

static enum status postgres_script(struct txn *txn, const char *text) {
    PGresult *result = PQexec(((struct postgres_txn *)txn)->connection->pg, text);
    ExecStatusType status = PQresultStatus(result);
    enum status answer = DONE;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
        status != PGRES_EMPTY_QUERY) {
        answer = failure(txn, "a script", result);
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

static enum status connection_open(const char *address,
                                   struct connection **out_connection) {
    static const char *const names[] = {"dbname", "client_encoding", "connect_timeout",
                                        "fallback_application_name", NULL};
    const char *values[] = {address, "UTF8", "10", "shenfa", NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    if (PQstatus(pg) != CONNECTION_OK) {
        enum status answer = log_failed("PostgreSQL: %s", PQerrorMessage(pg));
        PQfinish(pg);
        return answer;
    }
    enum status answer = connection_set(pg);
    if (answer != DONE) {
        PQfinish(pg);
        return answer;
    }
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        log_fatal("out of memory");
    }
    connection->pg = pg;
    *out_connection = connection;
    return DONE;
}

static enum status connection_set(PGconn *pg) {
    static const char *const settings[] = {
        "SET synchronous_commit = on", "SET lock_timeout = '10s'",
        "SET jit = off", /* its start costs more than our statements */
    };
    PQsetNoticeProcessor(pg, ignore_notice, NULL);
    if (PQserverVersion(pg) < VERSION_LEAST) {
        return log_failed("PostgreSQL %d is older than 15", PQserverVersion(pg) / 10000);
    }
    const char *encoding = PQparameterStatus(pg, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
        return log_failed("the database's encoding is %s, not UTF8", encoding);
    }
    for (size_t i = 0; i < LENGTH(settings); i++) {
        if (!command(pg, settings[i], "SET")) {
            return FAILED;
        }
    }
    return connection_is_durable(pg);
}

static enum status connection_is_durable(PGconn *pg) {
    PGresult *result = PQexec(pg, "SHOW synchronous_commit");
    bool is_on = PQresultStatus(result) == PGRES_TUPLES_OK &&
                 strcmp(PQgetvalue(result, 0, 0), "on") == 0;
    PQclear(result);
    return is_on ? DONE : log_failed("PostgreSQL does not commit durably");
}

static void connection_close(struct connection *connection) {
    PQfinish(connection->pg);
    for (size_t i = 0; i < BUCKETS; i++) {
        while (connection->prepared[i] != NULL) {
            struct prepared *prepared = connection->prepared[i];
            connection->prepared[i] = prepared->next;
            free(prepared);
        }
    }
    free(connection);
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
        if (command(connection->pg, begin, "BEGIN")) {
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

static bool command(PGconn *pg, const char *text, const char *expected) {
    PGresult *result = PQexec(pg, text);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK &&
                   strcmp(PQcmdStatus(result), expected) == 0;
    if (!is_done) {
        log_fault("PostgreSQL, at %s: %s", expected, PQerrorMessage(pg));
    }
    PQclear(result);
    return is_done;
}

static enum status execute(struct txn *txn, const struct statement *statement,
                           const struct binding *binding, PGresult **out_result) {
    struct parameters parameters;
    struct prepared *prepared = NULL;
    set_parameters(binding, &parameters);
    TRY(prepare(txn, statement, &parameters, binding->count, &prepared));
    PGresult *result = PQexecPrepared(
        ((struct postgres_txn *)txn)->connection->pg, prepared->name, (int)binding->count,
        parameters.values, parameters.lengths, parameters.formats, AS_BINARY);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        enum status answer = failure(txn, statement->name, result);
        PQclear(result);
        return answer;
    }
    *out_result = result;
    return DONE;
}

static void set_parameters(const struct binding *binding, struct parameters *parameters) {
    for (size_t i = 0; i < binding->count; i++) {
        const struct value *value = binding->values[i];
        parameters->formats[i] = AS_BINARY;
        if (value->kind == VALUE_NULL) {
            parameters->types[i] = type_of((enum value_kind)value->number);
            parameters->values[i] = NULL;
            parameters->lengths[i] = 0;
        } else if (value->kind == VALUE_INT) {
            parameter_from_int(value->number, parameters->numbers[i]);
            parameters->types[i] = OID_INT8;
            parameters->values[i] = parameters->numbers[i];
            parameters->lengths[i] = PARAMETER_SIZE;
        } else {
            parameters->types[i] = type_of(value->kind);
            parameters->values[i] = value->text.at == NULL ? "" : value->text.at;
            parameters->lengths[i] = (int)value->text.length;
        }
    }
}

static Oid type_of(enum value_kind kind) {
    switch (kind) {
    case VALUE_TEXT:
    case VALUE_DIGEST:
        return OID_TEXT;
    case VALUE_BYTES:
        return OID_BYTEA;
    case VALUE_INT:
    case VALUE_NULL:
        break;
    }
    return OID_INT8;
}

static enum status prepare(struct txn *txn, const struct statement *statement,
                           const struct parameters *parameters, size_t count,
                           struct prepared **out_prepared) {
    struct connection *connection = ((struct postgres_txn *)txn)->connection;
    struct prepared **bucket =
        &connection->prepared[((uintptr_t)statement >> 4) % BUCKETS];
    size_t types_size = count * sizeof parameters->types[0];
    for (struct prepared *known = *bucket; known != NULL; known = known->next) {
        if (known->statement == statement &&
            memcmp(known->types, parameters->types, types_size) == 0) {
            *out_prepared = known;
            return DONE;
        }
    }
    struct prepared *prepared = calloc(1, sizeof *prepared);
    if (prepared == NULL) {
        log_fatal("out of memory");
    }
    prepared->statement = statement;
    memcpy(prepared->types, parameters->types, types_size);
    snprintf(prepared->name, sizeof prepared->name, "%.48s_%u", statement->name,
             ++connection->prepared_count);
    PGresult *result = PQprepare(connection->pg, prepared->name, statement->postgres,
                                 (int)count, parameters->types);
    enum status answer = DONE;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        answer = failure(txn, statement->name, result);
        free(prepared);
    } else {
        prepared->next = *bucket;
        *bucket = prepared;
        *out_prepared = prepared;
    }
    PQclear(result);
    return answer;
}

/* Only the first line of a message: the detail behind it quotes people's text. */
static enum status failure(struct txn *txn, const char *name, const PGresult *result) {
    static const struct {
        const char *state;
        enum status answer;
        bool again;
    } known[] = {
        {"23505", STALE, false}, /* unique_violation */
        {"23503", STALE, false}, /* foreign_key_violation */
        {"40001", FAILED, true}, /* serialization_failure */
        {"40P01", FAILED, true}, /* deadlock_detected */
    };
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    for (size_t i = 0; state != NULL && i < LENGTH(known); i++) {
        if (strcmp(state, known[i].state) == 0) {
            txn->again = known[i].again;
            return known[i].answer;
        }
    }
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message == NULL) {
        return log_failed("%s: %s", name,
                          PQerrorMessage(((struct postgres_txn *)txn)->connection->pg));
    }
    return log_failed("%s: %s", name, message);
}

static int64_t rows_changed(PGresult *result) {
    const char *status = PQcmdStatus(result);
    bool changes = strncmp(status, "INSERT", 6) == 0 ||
                   strncmp(status, "UPDATE", 6) == 0 || strncmp(status, "DELETE", 6) == 0;
    return changes ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
}

static void ignore_notice(void *nothing, const char *message) {
    (void)nothing;
    (void)message;
}
