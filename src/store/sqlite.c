/*
 * SQLite behind the backend struct: one file, WAL, synchronous=FULL.
 *
 * Handles are opened without SQLite's own mutexes; a transaction has one for
 * itself.  Readers check theirs out of a stack (the warmest first, at most
 * HANDLES_MOST), writers share one behind a turnstile.  Prepared statements
 * stay with their handle.
 */
#include "store_own.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_MILLISECONDS 10000 /* another process of this workspace is writing */
#define BUCKETS           256
#define COPY_PAGES        256

/* A statement prepared on one handle; the column names live with it. */
struct prepared {
    struct prepared *next;
    const struct statement *statement;
    sqlite3_stmt *stmt;
    char **columns;
    size_t column_count;
    bool is_busy; /* its rows are being read */
    bool is_kept; /* in the handle's table; others end with their rows */
};

struct handle {
    struct pooled pooled;
    sqlite3 *db;
    struct prepared *prepared[BUCKETS];
};

struct sqlite_store {
    struct store store;
    char *path;
    struct turnstile writers;
    struct handle *writer;
    struct pool readers;
};

struct sqlite_txn {
    struct txn txn;
    struct handle *handle;
};

struct sqlite_rows {
    struct rows rows;
    struct prepared *prepared;
    int stepped; /* what the step taken ahead gave, 0 once that is used */
};

static enum status sqlite_open(struct str where, struct store **out_store);
static void sqlite_close(struct store *store);
static enum status sqlite_begin(struct store *store, enum txn_kind kind,
                                struct arena *arena, struct txn **out_txn);
static enum status sqlite_commit(struct txn *txn);
static void sqlite_abort(struct txn *txn);
static enum status sqlite_run(struct txn *txn, const struct statement *statement,
                              const struct binding *binding, int64_t *out_changed);
static enum status sqlite_query(struct txn *txn, const struct statement *statement,
                                const struct binding *binding, struct rows **out_rows);
static bool sqlite_next(struct rows *rows);
static void sqlite_end(struct rows *rows);
static enum status sqlite_script(struct txn *txn, const char *text);
static enum status sqlite_copy(struct store *store, const char *path);

static enum status create_file(const char *path);
static enum status handle_open(const char *path, bool reads_only,
                               struct handle **out_handle);
static enum status handle_set(struct handle *handle, bool reads_only);
static void handle_close(struct handle *handle);
static enum status reader_take(struct sqlite_store *store, struct handle **out_handle);
static void give_back(struct sqlite_txn *txn);
static enum status execute(sqlite3 *db, const char *text);
static enum status prepare(struct handle *handle, const struct statement *statement,
                           struct prepared **out_prepared);
static enum status prepare_new(struct handle *handle, const struct statement *statement,
                               struct prepared **out_prepared);
static void prepared_free(struct prepared *prepared);
static void prepared_return(struct prepared *prepared);
static void bind_all(sqlite3_stmt *stmt, const struct binding *binding,
                     sqlite3_destructor_type lifetime);
static enum status failure(const struct handle *handle,
                           const struct statement *statement);
static bool fill_cell(struct rows *rows, sqlite3_stmt *stmt, size_t column);

const struct backend sqlite_backend = {
    .kind = "sqlite",
    .migrations =
        "CREATE TABLE IF NOT EXISTS store_migration (number INTEGER PRIMARY KEY, "
        "name TEXT NOT NULL, digest TEXT NOT NULL) STRICT;",
    .migrations_lock = NULL,
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .abort = sqlite_abort,
    .run = sqlite_run,
    .query = sqlite_query,
    .next = sqlite_next,
    .end = sqlite_end,
    .script = sqlite_script,
    .copy = sqlite_copy,
};

static enum status sqlite_open(struct str where, struct store **out_store) {
    struct sqlite_store *store = calloc(1, sizeof *store);
    char *path = strndup(where.at, where.length);
    if (store == NULL || path == NULL) {
        log_fatal("out of memory");
    }
    store->path = path;
    enum status answer = create_file(path);
    if (answer == DONE) {
        answer = handle_open(path, false, &store->writer);
    }
    if (answer != DONE) {
        free(path);
        free(store);
        return answer;
    }
    turnstile_init(&store->writers);
    pool_init(&store->readers);
    *out_store = &store->store;
    return DONE;
}

/* Every transaction has ended by now, so every reader is idle. */
static void sqlite_close(struct store *base) {
    struct sqlite_store *store = (struct sqlite_store *)base;
    while (store->readers.idle != NULL) {
        handle_close((struct handle *)pool_take(&store->readers));
    }
    handle_close(store->writer);
    pool_release(&store->readers);
    turnstile_release(&store->writers);
    free(store->path);
    free(store);
}

static enum status sqlite_begin(struct store *base, enum txn_kind kind,
                                struct arena *arena, struct txn **out_txn) {
    static const struct statement begin_read = {"begin", "BEGIN", NULL, NULL};
    static const struct statement begin_write = {"begin", "BEGIN IMMEDIATE", NULL, NULL};
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sqlite_txn *txn = TAKE(arena, struct sqlite_txn);
    txn->txn.store = base;
    txn->txn.kind = kind;
    if (kind == TXN_WRITE) {
        turnstile_enter(&store->writers);
        txn->handle = store->writer;
    } else {
        TRY(reader_take(store, &txn->handle));
    }
    int64_t changed;
    enum status answer =
        sqlite_run(&txn->txn, kind == TXN_WRITE ? &begin_write : &begin_read,
                   &(struct binding){.count = 0}, &changed);
    if (answer != DONE) {
        give_back(txn);
        return FAILED;
    }
    *out_txn = &txn->txn;
    return DONE;
}

/* A commit that failed may still reach the disk; whoever asked hears FAILED. */
static enum status sqlite_commit(struct txn *base) {
    static const struct statement commit = {"commit", "COMMIT", NULL, NULL};
    struct sqlite_txn *txn = (struct sqlite_txn *)base;
    int64_t changed;
    enum status answer =
        sqlite_run(base, &commit, &(struct binding){.count = 0}, &changed);
    if (answer != DONE) {
        sqlite_abort(base);
        return answer;
    }
    give_back(txn);
    return DONE;
}

static void sqlite_abort(struct txn *base) {
    static const struct statement rollback = {"rollback", "ROLLBACK", NULL, NULL};
    struct sqlite_txn *txn = (struct sqlite_txn *)base;
    int64_t changed;
    if (sqlite3_get_autocommit(txn->handle->db) == 0 &&
        sqlite_run(base, &rollback, &(struct binding){.count = 0}, &changed) != DONE) {
        log_fatal("a transaction cannot be rolled back");
    }
    give_back(txn);
}

static enum status sqlite_run(struct txn *txn, const struct statement *statement,
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
    prepared_return(prepared);
    return answer;
}

/* The first step is taken at once: an INSERT … RETURNING whose rows nobody reads
 * happens all the same, as on PostgreSQL. */
static enum status sqlite_query(struct txn *txn, const struct statement *statement,
                                const struct binding *binding, struct rows **out_rows) {
    struct handle *handle = ((struct sqlite_txn *)txn)->handle;
    struct prepared *prepared;
    TRY(prepare(handle, statement, &prepared));
    bind_all(prepared->stmt, binding, SQLITE_TRANSIENT);
    int stepped = sqlite3_step(prepared->stmt);
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) {
        enum status answer = failure(handle, statement);
        prepared_return(prepared);
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

static bool sqlite_next(struct rows *rows) {
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

static void sqlite_end(struct rows *rows) {
    prepared_return(((struct sqlite_rows *)rows)->prepared);
}

static enum status sqlite_script(struct txn *txn, const char *text) {
    return execute(((struct sqlite_txn *)txn)->handle->db, text);
}

/* The copy is taken in steps from a reader of its own, so writers go on between them. */
static enum status sqlite_copy(struct store *base, const char *path) {
    struct handle *from = NULL;
    struct handle *to = NULL;
    TRY(handle_open(((struct sqlite_store *)base)->path, true, &from));
    enum status answer = create_file(path);
    if (answer == DONE) {
        answer = handle_open(path, false, &to);
    }
    if (answer != DONE) {
        handle_close(from);
        return answer;
    }
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
    int result = backup == NULL ? sqlite3_errcode(to->db) : SQLITE_OK;
    while (result == SQLITE_OK || result == SQLITE_BUSY || result == SQLITE_LOCKED) {
        result = sqlite3_backup_step(backup, COPY_PAGES);
    }
    sqlite3_backup_finish(backup);
    handle_close(to);
    handle_close(from);
    return result == SQLITE_DONE ? DONE
                                 : log_failed("copying the database to %s: %s", path,
                                              sqlite3_errstr(result));
}

/* SQLite would make it readable for the group and the world. */
static enum status create_file(const char *path) {
    int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {
        return errno == EEXIST ? DONE : log_failed("%s: %s", path, strerror(errno));
    }
    close(file);
    char directory[PATH_MAX];
    if (strlen(path) >= sizeof directory) {
        return log_failed("%s: the path is too long", path);
    }
    memcpy(directory, path, strlen(path) + 1);
    return file_sync_directory(dirname(directory));
}

static enum status handle_open(const char *path, bool reads_only,
                               struct handle **out_handle) {
    struct handle *handle = calloc(1, sizeof *handle);
    if (handle == NULL) {
        log_fatal("out of memory");
    }
    int result = sqlite3_open_v2(
        path, &handle->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    enum status answer = result == SQLITE_OK
                             ? handle_set(handle, reads_only)
                             : log_failed("%s: %s", path, sqlite3_errstr(result));
    if (answer != DONE) {
        handle_close(handle);
        return answer;
    }
    *out_handle = handle;
    return DONE;
}

static enum status handle_set(struct handle *handle, bool reads_only) {
    sqlite3_busy_timeout(handle->db, BUSY_MILLISECONDS);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    TRY(execute(handle->db, "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA temp_store = MEMORY;"
                            "PRAGMA journal_size_limit = 67108864;"
                            "PRAGMA mmap_size = 33554432;"));
    if (reads_only) {
        TRY(execute(handle->db, "PRAGMA query_only = ON;"));
    }
    sqlite3_stmt *stmt = NULL;
    bool is_wal = sqlite3_prepare_v2(handle->db, "PRAGMA journal_mode", -1, &stmt,
                                     NULL) == SQLITE_OK &&
                  sqlite3_step(stmt) == SQLITE_ROW &&
                  strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
    sqlite3_finalize(stmt);
    return is_wal ? DONE : log_failed("the file system of the database allows no WAL");
}

static void handle_close(struct handle *handle) {
    for (size_t i = 0; i < BUCKETS; i++) {
        while (handle->prepared[i] != NULL) {
            struct prepared *prepared = handle->prepared[i];
            handle->prepared[i] = prepared->next;
            prepared_free(prepared);
        }
    }
    if (sqlite3_close(handle->db) != SQLITE_OK) {
        log_fault("a database handle is closed while in use");
    }
    free(handle);
}

static enum status reader_take(struct sqlite_store *store, struct handle **out_handle) {
    struct handle *handle = (struct handle *)pool_take(&store->readers);
    if (handle == NULL && handle_open(store->path, true, &handle) != DONE) {
        pool_lose(&store->readers);
        return FAILED;
    }
    *out_handle = handle;
    return DONE;
}

static void give_back(struct sqlite_txn *txn) {
    struct sqlite_store *store = (struct sqlite_store *)txn->txn.store;
    struct handle *handle = txn->handle;
    txn->handle = NULL;
    if (txn->txn.kind == TXN_WRITE) {
        turnstile_leave(&store->writers);
    } else {
        pool_return(&store->readers, &handle->pooled);
    }
}

static enum status execute(sqlite3 *db, const char *text) {
    char *message = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &message) == SQLITE_OK) {
        return DONE;
    }
    enum status answer = log_failed("%s", message == NULL ? sqlite3_errmsg(db) : message);
    sqlite3_free(message);
    return answer;
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

static void prepared_free(struct prepared *prepared) {
    sqlite3_finalize(prepared->stmt);
    for (size_t i = 0; i < prepared->column_count; i++) {
        free(prepared->columns[i]);
    }
    free(prepared->columns);
    free(prepared);
}

static void prepared_return(struct prepared *prepared) {
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
        const char *at = value->text.at == NULL ? "" : value->text.at;
        int place = (int)i + 1;
        int result = SQLITE_OK;
        switch (value->kind) {
        case VALUE_INT:
            result = sqlite3_bind_int64(stmt, place, value->number);
            break;
        case VALUE_TEXT:
            result = sqlite3_bind_text64(stmt, place, at, value->text.length, lifetime,
                                         SQLITE_UTF8);
            break;
        case VALUE_BYTES:
            result = sqlite3_bind_blob64(stmt, place, at, value->text.length, lifetime);
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
