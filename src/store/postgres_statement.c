/*
 * PostgreSQL's statements and rows: prepared once a connection and once for
 * each row of parameter types, parameters and results in binary.
 */
#include "postgres_own.h"

#include <stdlib.h>
#include <string.h>

#define OID_INT8  20
#define OID_TEXT  25
#define OID_BYTEA 17
#define AS_BINARY 1

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

static enum status execute(struct txn *txn, const struct statement *statement,
                           const struct binding *binding, PGresult **out_result);
static void set_parameters(const struct binding *binding, struct parameters *parameters);
static Oid type_of(enum value_kind kind);
static enum status prepare(struct txn *txn, const struct statement *statement,
                           const struct parameters *parameters, size_t count,
                           struct prepared **out_prepared);
static int64_t rows_changed(PGresult *result);

enum status postgres_run(struct txn *txn, const struct statement *statement,
                         const struct binding *binding, int64_t *out_changed) {
    PGresult *result;
    TRY(execute(txn, statement, binding, &result));
    *out_changed = rows_changed(result);
    PQclear(result);
    return DONE;
}

enum status postgres_query(struct txn *txn, const struct statement *statement,
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

bool postgres_next(struct rows *rows) {
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

void postgres_end(struct rows *rows) { PQclear(((struct postgres_rows *)rows)->result); }

/* Only the first line of a message: the detail behind it quotes people's text. */
enum status postgres_failure(struct txn *txn, const char *name, const PGresult *result) {
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
        enum status answer = postgres_failure(txn, statement->name, result);
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
        answer = postgres_failure(txn, statement->name, result);
        free(prepared);
    } else {
        prepared->next = *bucket;
        *bucket = prepared;
        *out_prepared = prepared;
    }
    PQclear(result);
    return answer;
}

static int64_t rows_changed(PGresult *result) {
    const char *status = PQcmdStatus(result);
    bool changes = strncmp(status, "INSERT", 6) == 0 ||
                   strncmp(status, "UPDATE", 6) == 0 || strncmp(status, "DELETE", 6) == 0;
    return changes ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
}
