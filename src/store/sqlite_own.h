/*
 * Only for src/store: what the three files of the SQLite backend share.
 */
#ifndef STORE_SQLITE_OWN_H
#define STORE_SQLITE_OWN_H

#include "store_own.h"

#include <sqlite3.h>

#define BUCKETS 256

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

struct sqlite_txn {
    struct txn txn;
    struct handle *handle;
};

/* A handle set for durability (sqlite_handle.c). */
MUST_CHECK enum status handle_open(const char *path, bool reads_only,
                                   struct handle **out_handle);
void handle_close(struct handle *handle);

/* Statements without rows and parameters, one after the other. */
MUST_CHECK enum status handle_execute(sqlite3 *db, const char *text);

/* The backend's statements and rows (sqlite_statement.c). */
MUST_CHECK enum status sqlite_run(struct txn *txn, const struct statement *statement,
                                  const struct binding *binding, int64_t *out_changed);
MUST_CHECK enum status sqlite_query(struct txn *txn, const struct statement *statement,
                                    const struct binding *binding,
                                    struct rows **out_rows);
bool sqlite_next(struct rows *rows);
void sqlite_end(struct rows *rows);
void prepared_free(struct prepared *prepared);

#endif
