/*
 * SQLite behind the backend struct: one file, WAL, synchronous=FULL.
 *
 * A transaction has a handle for itself.  Readers take theirs from a pool,
 * writers share one behind a turnstile.
 */
#include "sqlite_own.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COPY_PAGES 256

struct sqlite_store {
    struct store store;
    char *path;
    struct turnstile writers;
    struct handle *writer;
    struct pool readers;
};

static enum status sqlite_open(struct str where, struct store **out_store);
static void configure(void);
static void sqlite_close(struct store *store);
static enum status sqlite_begin(struct store *store, enum txn_kind kind,
                                struct arena *arena, struct txn **out_txn);
static enum status sqlite_commit(struct txn *txn);
static void sqlite_abort(struct txn *txn);
static enum status sqlite_script(struct txn *txn, const char *text);
static enum status sqlite_copy(struct store *store, const char *path);
static enum status create_file(const char *path);
static enum status reader_take(struct sqlite_store *store, struct handle **out_handle);
static void give_back(struct sqlite_txn *txn);

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
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    pthread_once(&configured, configure);
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

/* Nobody asks how much memory SQLite holds; counting it is a lock for every piece.  Has
 * no effect, and does no harm, if SQLite is in use in this process already. */
static void configure(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

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

static enum status sqlite_script(struct txn *txn, const char *text) {
    return handle_execute(((struct sqlite_txn *)txn)->handle->db, text);
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
