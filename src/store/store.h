/*
 * store: the only door to a database.
 *
 * A store is one database, SQLite (a file) or PostgreSQL 15 (a server), shared
 * by all threads of the process.  Work is done in transactions, with named
 * statements that live in `.sql` files beside the module that owns them and
 * are bound by name; no statement is ever put together from pieces.
 *
 * Committed means durable: SQLite runs in WAL mode with synchronous=FULL,
 * PostgreSQL with synchronous_commit=on.  A write transaction takes the
 * writer's place at once (BEGIN IMMEDIATE; on PostgreSQL the first statement
 * of an act locks its subject's row with FOR UPDATE).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"

struct store;
struct txn;

/* One named statement, made by tools/statements.py from a .sql file. */
struct statement {
    const char *name;
    const char *sqlite;            /* text with ?1, ?2, … */
    const char *postgres;          /* text with $1, $2, … */
    const char *const *parameters; /* their names in that order, ended by NULL */
};

/* A value bound by name. */
enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES, VALUE_DIGEST };

struct value {
    const char *name;
    enum value_kind kind;
    int64_t number;
    struct str text; /* text or bytes */
    const struct digest *digest;
};

struct value bind_int(const char *name,
                      int64_t number);           /* ids, instants, flags, counts */
struct value bind_id(const char *name, id64 id); /* 0 is bound as NULL */
struct value bind_text(const char *name, struct str text);
struct value bind_text_or_null(const char *name, struct str text); /* empty is NULL */
struct value bind_bytes(const char *name, struct bytes bytes);
struct value bind_digest(const char *name, const struct digest *digest); /* as its text;
                                                                   no digest is NULL */

/*
 * Open the database at *url*: "sqlite:PATH" or "postgres:…" (what follows is a
 * libpq connection string or URI).  The caller owns the store.
 */
MUST_CHECK enum status store_open(struct str url, struct store **out_store);
void store_close(struct store *store);

/*
 * Bring the schema up to date from the numbered files in *directory*
 * (share/schema/0001-name.sql …), each in its own transaction and recorded with
 * its digest.  REFUSED if a file that was applied has changed since, or if the
 * database is newer than the program.
 */
MUST_CHECK enum status store_migrate(struct store *store, const char *directory,
                                     int *out_applied);

/* How many statements calls have given it so far; for tests of what a page costs. */
uint64_t store_asked(const struct store *store);

/* How many steps of its own SQLite took for them, once their rows are ended: the same for
 * the same work on any machine, more where rows are looked at one by one.  0 on
 * PostgreSQL, which does not tell. */
uint64_t store_stepped(const struct store *store);

/*
 * For workers, in place of sleeping: how many transactions of this process have
 * committed a change (and how often store_wake was called), and a wait until
 * that number is no longer *seen* or *most* microseconds have passed; the
 * number is the answer.  On PostgreSQL other processes' commits count too, by
 * LISTEN and NOTIFY, several perhaps as one; on SQLite they do not, and *most* is
 * how late those are seen.
 */
uint64_t store_commits(struct store *store);
uint64_t store_wait(struct store *store, uint64_t seen, int64_t most);
void store_wake(struct store *store); /* wake all who wait, to end them */

/* "sqlite" or "postgres", for the few who must say it. */
const char *store_kind(const struct store *store);

enum txn_kind {
    TXN_READ,  /* one consistent view; never waits for the writer */
    TXN_WRITE, /* one writer at a time on SQLite */
};

/*
 * Run *work* in one transaction of *call* (call->txn is set meanwhile) and
 * commit if it answers DONE, else roll back: nothing has changed.  A deadlock
 * or serialisation failure runs *work* again, at most five times; it must not
 * touch anything but the store and the call.  Inside an open transaction it
 * simply runs *work* there; if that changed something and then answered
 * anything but DONE, the outer transaction can no longer commit.
 *
 * The same holds after a statement that answered STALE or FAILED: the
 * transaction can only be rolled back, on both databases (INSERT … ON CONFLICT
 * DO NOTHING with *out_changed* is the way to ask without failing).  A COMMIT
 * whose outcome is not known answers FAILED.  A transaction left open is rolled
 * back when the call's arena is cleared.
 */
typedef enum status (*txn_work)(struct call *call, void *what);
MUST_CHECK enum status store_transact(struct call *call, enum txn_kind kind,
                                      txn_work work, void *what);

/*
 * A query outside a transaction opens a view of its own (TXN_READ), which lasts
 * until a transaction begins or the call ends: reading acts need not begin
 * anything, and what one call reads is of one state.  Writing needs a
 * transaction.  Who waits long within a call ends its view with txn_abort.
 */

/* True while a write transaction is open: rows that are read may be locked. */
bool store_is_writing(const struct call *call);

/* store_transact in two steps, for tests; nothing is run again. */
MUST_CHECK enum status txn_begin(struct call *call, enum txn_kind kind);
MUST_CHECK enum status txn_commit(struct call *call);
void txn_abort(struct call *call); /* fine without an open transaction */

/*
 * A call of its own for the same actor, with an arena and a view of the store that begin
 * now: for a thread, and for work that must see what others committed meanwhile.
 * call_end ends its view and gives its arena back.
 */
struct call call_afresh(const struct call *call);
void call_end(struct call *call);

/*
 * Run a statement that gives no rows.  Every parameter of the statement must
 * be bound, once, by its name.  STALE on a unique or foreign key violation.
 * *out_changed* (may be NULL) gets the number of rows changed.
 *
 *   TRY(store_run(call, &people_end_session, NULL, bind_id("session", id)));
 */
#define store_run(call, statement, out_changed, ...)                                     \
    store_run_values((call), (statement), (out_changed), (struct value[]){__VA_ARGS__},  \
                     sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value))
MUST_CHECK enum status store_run_values(struct call *call,
                                        const struct statement *statement,
                                        int64_t *out_changed, const struct value *values,
                                        size_t count);

/*
 * Rows of a query, read forward.  The values borrowed from a row live in the
 * call's arena and outlive the transaction.  Reading to the end or rows_end
 * releases the statement; the end of the transaction does so too.  While rows
 * are open, do not change the table they are read from: read first, then change
 * (SQLite steps along the living table, PostgreSQL has taken its picture).
 *
 *   struct rows *rows;
 *   TRY(store_query(call, &site_columns, &rows, bind_id("site", site)));
 *   while (rows_next(rows)) {
 *       … row_id(rows, "id"), row_text(rows, "title") …
 *   }
 *   TRY(rows_end(rows));       FAILED if the machine broke in the middle
 */
struct rows;
#define store_query(call, statement, out_rows, ...)                                      \
    store_query_values((call), (statement), (out_rows), (struct value[]){__VA_ARGS__},   \
                       sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value))
MUST_CHECK enum status store_query_values(struct call *call,
                                          const struct statement *statement,
                                          struct rows **out_rows,
                                          const struct value *values, size_t count);
bool rows_next(struct rows *rows);
MUST_CHECK enum status rows_end(struct rows *rows);

/* As store_query for at most one row: ABSENT if there is none.  The row stands
 * ready to be read; no rows_next, no rows_end. */
#define store_find(call, statement, out_rows, ...)                                       \
    store_find_values((call), (statement), (out_rows), (struct value[]){__VA_ARGS__},    \
                      sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value))
MUST_CHECK enum status store_find_values(struct call *call,
                                         const struct statement *statement,
                                         struct rows **out_row,
                                         const struct value *values, size_t count);

/*
 * Columns of the present row by name (fastest in the order of the select list).
 * NULL reads as 0 or the empty string.  An unknown name ends the process: it is
 * a mistake of the program that any test of the statement finds.
 */
int64_t row_int(struct rows *rows, const char *column);
id64 row_id(struct rows *rows, const char *column);
struct str row_text(struct rows *rows, const char *column);
struct bytes row_bytes(struct rows *rows, const char *column);
struct digest row_digest(struct rows *rows, const char *column);
bool row_is_null(struct rows *rows, const char *column);

/* For a statement without parameters. */
#define NO_VALUES bind_none()
struct value bind_none(void);

/*
 * Consistent copy of a SQLite database to *path* while others work; for
 * PostgreSQL REFUSED, as its own tools do that.
 */
MUST_CHECK enum status store_copy(struct store *store, const char *path);

#endif
