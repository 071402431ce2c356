/*
 * A handle on the file: opened without SQLite's own mutexes, WAL,
 * synchronous=FULL, foreign keys, and nothing trusted that the file says.
 */
#include "sqlite_own.h"

#include <stdlib.h>
#include <string.h>

#define LOOKASIDE         400   /* small pieces it need not ask the machine for */
#define BUSY_MILLISECONDS 10000 /* another process of this workspace is writing */

static enum status handle_set(struct handle *handle, bool reads_only);

enum status handle_open(const char *path, bool reads_only, struct handle **out_handle) {
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

void handle_close(struct handle *handle) {
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

enum status handle_execute(sqlite3 *db, const char *text) {
    char *message = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &message) == SQLITE_OK) {
        return DONE;
    }
    enum status answer = log_failed("%s", message == NULL ? sqlite3_errmsg(db) : message);
    sqlite3_free(message);
    return answer;
}

static enum status handle_set(struct handle *handle, bool reads_only) {
    sqlite3_busy_timeout(handle->db, BUSY_MILLISECONDS);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1200, LOOKASIDE);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    TRY(handle_execute(handle->db, "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA journal_size_limit = 67108864;"
                                   "PRAGMA mmap_size = 33554432;"));
    if (reads_only) {
        TRY(handle_execute(handle->db, "PRAGMA query_only = ON;"));
    }
    sqlite3_stmt *stmt = NULL;
    bool is_wal = sqlite3_prepare_v2(handle->db, "PRAGMA journal_mode", -1, &stmt,
                                     NULL) == SQLITE_OK &&
                  sqlite3_step(stmt) == SQLITE_ROW &&
                  strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
    sqlite3_finalize(stmt);
    return is_wal ? DONE : log_failed("the file system of the database allows no WAL");
}
