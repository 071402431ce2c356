/*
 * SQLite's statements and rows.  Statements stay prepared with their handle;
 * rows are stepped one by one and their cells copied.
 */
#include "sqlite_own.h"

#include <stdlib.h>
#include <string.h>

struct sqlite_rows {
    struct rows rows;
    struct prepared *prepared;
    int stepped; /* what the step taken ahead gave, 0 once that is used */
};

static enum status prepare(struct handle *handle, const struct statement *statement,
                           struct prepared **out_prepared);
static enum status prepare_new(struct handle *handle, const struct statement *statement,
                               struct prepared **out_prepared);
static void prepared_return(struct store *store, struct prepared *prepared);
static void bind_all(sqlite3_stmt *stmt, const struct binding *binding,
                     sqlite3_destructor_type lifetime);
static enum status failure(const struct handle *handle,
                           const struct statement *statement);
static bool fill_cell(struct rows *rows, sqlite3_stmt *stmt, size_t column);

enum status sqlite_run(struct txn *txn, const struct statement *statement,
                       const struct binding *binding, int64_t *out_changed) {
    struct handle *handle = ((struct sqlite_txn *)txn)->handle;
    struct prepared *prepared;
    TRY(prepare(handle, statement, &prepared));
    bind_all(prepared->stmt, binding, SQLITE_STATIC);
    int result;
    do {
        result = sqlite3_step(prepared->stmt);
    } while (result == SQLITE_ROW);
    enum status answer = result == SQLITE_DONE ? DONE : failure(handle, statement);
    if (answer == DONE) {
        *out_changed =
            sqlite3_stmt_readonly(prepared->stmt) ? 0 : sqlite3_changes64(handle->db);
    }
    prepared_return(txn->store, prepared);
    return answer;
}

/* The first step is taken at once: an INSERT … RETURNING whose rows nobody reads
 * happens all the same, as on PostgreSQL. */
enum status sqlite_query(struct txn *txn, const struct statement *statement,
                         const struct binding *binding, struct rows **out_rows) {
    struct handle *handle = ((struct sqlite_txn *)txn)->handle;
    struct prepared *prepared;
    TRY(prepare(handle, statement, &prepared));
    bind_all(prepared->stmt, binding, SQLITE_TRANSIENT);
    int stepped = sqlite3_step(prepared->stmt);
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) {
        enum status answer = failure(handle, statement);
        prepared_return(txn->store, prepared);
        return answer;
    }
    txn->changes +=
        sqlite3_stmt_readonly(prepared->stmt) ? 0 : sqlite3_changes64(handle->db);
    struct rows *rows =
        rows_new(txn, statement, sizeof(struct sqlite_rows), prepared->column_count);
    for (size_t i = 0; i < rows->count; i++) {
        const char *name = prepared->columns[i];
        rows->cells[i].name =
            prepared->is_kept ? name : arena_copy(txn->arena, name, strlen(name) + 1);
    }
    ((struct sqlite_rows *)rows)->prepared = prepared;
    ((struct sqlite_rows *)rows)->stepped = stepped;
    *out_rows = rows;
    return DONE;
}

bool sqlite_next(struct rows *rows) {
    struct sqlite_rows *own = (struct sqlite_rows *)rows;
    sqlite3_stmt *stmt = own->prepared->stmt;
    int result = own->stepped != 0 ? own->stepped : sqlite3_step(stmt);
    own->stepped = 0;
    if (result == SQLITE_DONE) {
        return false;
    }
    if (result != SQLITE_ROW) {
        rows->answer = failure(((struct sqlite_txn *)rows->txn)->handle, rows->statement);
        return false;
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (!fill_cell(rows, stmt, i)) {
            return false;
        }
    }
    return true;
}

void sqlite_end(struct rows *rows) {
    prepared_return(rows->txn->store, ((struct sqlite_rows *)rows)->prepared);
}

/* A statement whose rows are being read further out gets a second, passing life. */
static enum status prepare(struct handle *handle, const struct statement *statement,
                           struct prepared **out_prepared) {
    size_t bucket = ((uintptr_t)statement >> 4) % BUCKETS;
    struct prepared *prepared = handle->prepared[bucket];
    while (prepared != NULL && prepared->statement != statement) {
        prepared = prepared->next;
    }
    if (prepared == NULL || prepared->is_busy) {
        bool is_kept = prepared == NULL;
        TRY(prepare_new(handle, statement, &prepared));
        if (is_kept) {
            prepared->is_kept = true;
            prepared->next = handle->prepared[bucket];
            handle->prepared[bucket] = prepared;
        }
    }
    prepared->is_busy = true;
    *out_prepared = prepared;
    return DONE;
}

static enum status prepare_new(struct handle *handle, const struct statement *statement,
                               struct prepared **out_prepared) {
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(handle->db, statement->sqlite, -1, SQLITE_PREPARE_PERSISTENT,
                           &stmt, NULL) != SQLITE_OK) {
        return failure(handle, statement);
    }
    size_t count = (size_t)sqlite3_column_count(stmt);
    struct prepared *prepared = calloc(1, sizeof *prepared);
    char **columns = calloc(count + 1, sizeof *columns);
    if (prepared == NULL || columns == NULL) {
        log_fatal("out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        columns[i] = strdup(sqlite3_column_name(stmt, (int)i));
        if (columns[i] == NULL) {
            log_fatal("out of memory");
        }
    }
    *prepared = (struct prepared){
        .statement = statement, .stmt = stmt, .columns = columns, .column_count = count};
    *out_prepared = prepared;
    return DONE;
}

void prepared_free(struct prepared *prepared) {
    sqlite3_finalize(prepared->stmt);
    for (size_t i = 0; i < prepared->column_count; i++) {
        free(prepared->columns[i]);
    }
    free(prepared->columns);
    free(prepared);
}

static void prepared_return(struct store *store, struct prepared *prepared) {
    int stepped = sqlite3_stmt_status(prepared->stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
    atomic_fetch_add_explicit(&store->stepped, (unsigned)stepped, memory_order_relaxed);
    if (!prepared->is_kept) {
        prepared_free(prepared);
        return;
    }
    sqlite3_reset(prepared->stmt);
    sqlite3_clear_bindings(prepared->stmt);
    prepared->is_busy = false;
}

static void bind_all(sqlite3_stmt *stmt, const struct binding *binding,
                     sqlite3_destructor_type lifetime) {
    for (size_t i = 0; i < binding->count; i++) {
        const struct value *value = binding->values[i];
        bool empty = value->text.length == 0;
        const char *at = empty ? "" : value->text.at;
        sqlite3_destructor_type kept = empty ? SQLITE_STATIC : lifetime; /* no copy */
        int place = (int)i + 1;
        int result = SQLITE_OK;
        switch (value->kind) {
        case VALUE_INT:
            result = sqlite3_bind_int64(stmt, place, value->number);
            break;
        case VALUE_TEXT:
            result = sqlite3_bind_text64(stmt, place, at, value->text.length, kept,
                                         SQLITE_UTF8);
            break;
        case VALUE_BYTES:
            result = sqlite3_bind_blob64(stmt, place, at, value->text.length, kept);
            break;
        case VALUE_NULL:
        case VALUE_DIGEST: /* store.c has made it text */
            result = sqlite3_bind_null(stmt, place);
            break;
        }
        if (result != SQLITE_OK) {
            log_fatal("binding %s: %s", value->name, sqlite3_errstr(result));
        }
    }
}

static enum status failure(const struct handle *handle,
                           const struct statement *statement) {
    switch (sqlite3_extended_errcode(handle->db)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return STALE;
    default:
        return log_failed("%s: %s", statement->name, sqlite3_errmsg(handle->db));
    }
}

static bool fill_cell(struct rows *rows, sqlite3_stmt *stmt, size_t column) {
    int place = (int)column;
    switch (sqlite3_column_type(stmt, place)) {
    case SQLITE_NULL:
        rows->cells[column].kind = VALUE_NULL;
        rows->cells[column].number = 0;
        return true;
    case SQLITE_INTEGER:
        rows->cells[column].kind = VALUE_INT;
        rows->cells[column].number = sqlite3_column_int64(stmt, place);
        return true;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(stmt, place);
        cell_set_bytes(rows, column, VALUE_TEXT, text,
                       (size_t)sqlite3_column_bytes(stmt, place));
        return true;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_column_blob(stmt, place);
        cell_set_bytes(rows, column, VALUE_BYTES, blob,
                       (size_t)sqlite3_column_bytes(stmt, place));
        return true;
    }
    default:
        rows->answer = log_failed("%s: the column %s is a fraction",
                                  rows->statement->name, rows->cells[column].name);
        return false;
    }
}
