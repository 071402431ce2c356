/*
 * Migrations are applied once, whole, and held to what they were; the shared
 * dialect reads the same on both databases.
 */
#include "trial_store.h"

#include "store_own.h"

#include <pthread.h>
#include <string.h>

#define FIRST "CREATE TABLE first (id bigint PRIMARY KEY, title text NOT NULL) STRICT;\n"
#define SECOND                                                                           \
    "-- With a comment; and a semicolon.\nINSERT INTO first (id, title)\n"               \
    "VALUES (1, 'text; -- bigint');\n"
#define BROKEN "CREATE TABLE second (id bigint PRIMARY KEY) STRICT;\nCREATE TABEL x;\n"

static const char *const nothing[] = {NULL};

/* An empty database beside the test's own, and a directory of migrations. */
struct bench {
    struct trial_store *trial;
    struct house house;
    struct call *call;
    const char *url;
    const char *directory;
};

static void write(struct bench *bench, const char *name, const char *text) {
    struct str path = str_format(bench->call->arena, "%s/%s", bench->directory, name);
    assert_int_equal(file_write(path.at, bytes_of_str(str_of(text))), DONE);
}

static void drop(struct bench *bench, const char *name) {
    struct str path = str_format(bench->call->arena, "%s/%s", bench->directory, name);
    assert_int_equal(file_remove(path.at), DONE);
}

static struct bench begin(void **state) {
    static const struct statement make_schema = {"make", NULL, "CREATE SCHEMA other",
                                                 nothing};
    struct trial_store *trial = *state;
    struct bench bench = {.trial = trial, .house = trial->house};
    struct arena *arena = trial->arena;
    bench.directory = str_format(arena, "%s/schema", trial->workspace).at;
    if (strcmp(store_kind(trial->house.store), "sqlite") == 0) {
        bench.url = str_format(arena, "sqlite:%s/other.db", trial->workspace).at;
    } else {
        assert_int_equal(txn_begin(&trial->call, TXN_WRITE), DONE);
        assert_int_equal(store_run(&trial->call, &make_schema, NULL, NO_VALUES), DONE);
        assert_int_equal(txn_commit(&trial->call), DONE);
        bench.url = str_format(arena, "%s options=-csearch_path=other", trial->url).at;
    }
    assert_int_equal(store_open(str_of(bench.url), &bench.house.store), DONE);
    bench.call = trial_call_new(trial);
    write(&bench, "0001-first.sql", FIRST);
    write(&bench, "0002-second.sql", SECOND);
    write(&bench, "README.md", "no migration");
    return bench;
}

static void end(struct bench *bench) {
    trial_call_free(bench->call);
    store_close(bench->house.store);
}

static enum status migrate(struct bench *bench, int *out_applied) {
    return store_migrate(bench->house.store, bench->directory, out_applied);
}

/* The title in the first row, or NULL if the table or the row is missing. */
static const char *first_title(struct bench *bench) {
    static const struct statement find = {"find", "SELECT title FROM first WHERE id = 1",
                                          "SELECT title FROM first WHERE id = 1",
                                          nothing};
    struct rows *rows;
    const char *title = NULL;
    bench->call->house = &bench->house;
    assert_int_equal(txn_begin(bench->call, TXN_READ), DONE);
    if (store_find(bench->call, &find, &rows, NO_VALUES) == DONE) {
        title = row_text(rows, "title").at;
    }
    txn_abort(bench->call);
    return title;
}

static void test_migrate__each_file_once_in_order(void **state) {
    struct bench bench = begin(state);
    int applied = -1;
    assert_int_equal(migrate(&bench, &applied), DONE);
    assert_int_equal(applied, 2);
    assert_string_equal(first_title(&bench), "text; -- bigint");
    assert_int_equal(migrate(&bench, &applied), DONE);
    assert_int_equal(applied, 0);
    write(&bench, "0003-third.sql", "UPDATE first SET title = 'later';");
    assert_int_equal(migrate(&bench, &applied), DONE);
    assert_int_equal(applied, 1);
    assert_string_equal(first_title(&bench), "later");
    end(&bench);
}

static void test_migrate__refuses_a_changed_file(void **state) {
    struct bench bench = begin(state);
    int applied = -1;
    assert_int_equal(migrate(&bench, &applied), DONE);
    write(&bench, "0001-first.sql", FIRST "-- changed\n");
    write(&bench, "0003-third.sql", "UPDATE first SET title = 'later';");
    assert_int_equal(migrate(&bench, &applied), REFUSED);
    assert_int_equal(applied, 2); /* untouched */
    assert_string_equal(first_title(&bench), "text; -- bigint");
    write(&bench, "0001-first.sql", FIRST);
    assert_int_equal(migrate(&bench, &applied), DONE);
    assert_int_equal(applied, 1);
    end(&bench);
}

static void test_migrate__refuses_a_newer_database(void **state) {
    struct bench bench = begin(state);
    assert_int_equal(migrate(&bench, NULL), DONE);
    drop(&bench, "0002-second.sql");
    assert_int_equal(migrate(&bench, NULL), REFUSED);
    end(&bench);
}

static void test_migrate__failing_file_leaves_nothing(void **state) {
    struct bench bench = begin(state);
    int applied;
    write(&bench, "0003-third.sql", BROKEN);
    assert_int_equal(migrate(&bench, NULL), FAILED);
    assert_string_equal(first_title(&bench), "text; -- bigint"); /* those before stand */
    write(&bench, "0003-third.sql", "CREATE TABLE second (id bigint) STRICT;");
    assert_int_equal(migrate(&bench, &applied), DONE);
    assert_int_equal(applied, 1);
    write(&bench, "0003-fourth.sql", "");
    assert_int_equal(migrate(&bench, NULL), FAILED); /* two of one number */
    end(&bench);
}

struct racer {
    struct bench *bench;
    pthread_barrier_t *start;
    enum status answer;
    int applied;
};

static void *race(void *what) {
    struct racer *racer = what;
    struct store *store;
    if (store_open(str_of(racer->bench->url), &store) == DONE) {
        pthread_barrier_wait(racer->start);
        racer->answer = store_migrate(store, racer->bench->directory, &racer->applied);
        store_close(store);
    }
    return NULL;
}

static void test_migrate__two_processes_take_turns(void **state) {
    struct bench bench = begin(state);
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    struct racer racers[2];
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        racers[i] = (struct racer){&bench, &start, FAILED, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(racers[i].answer, DONE);
    }
    assert_int_equal(racers[0].applied + racers[1].applied, 2);
    pthread_barrier_destroy(&start);
    end(&bench);
}

static void test_dialect__reads_for_each_database(void **state) {
    static const struct {
        const char *shared;
        const char *sqlite;
        const char *postgres;
    } table[] = {
        {"CREATE TABLE t (id bigint PRIMARY KEY, n smallint, b bytea, s text) STRICT;",
         "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, b BLOB, s text) STRICT;",
         "CREATE TABLE t (id bigint PRIMARY KEY, n smallint, b bytea, s text COLLATE "
         "\"C\") "
         ";"},
        /* A column may be called text; an expression may use it. */
        {"CREATE TABLE t (text text, CHECK (id > 0 AND text <> '')) STRICT;",
         "CREATE TABLE t (text text, CHECK (id > 0 AND text <> '')) STRICT;",
         "CREATE TABLE t (text text COLLATE \"C\", CHECK (id > 0 AND text <> '')) ;"},
        {"ALTER TABLE t ADD COLUMN s text; SELECT (text), text FROM t;",
         "ALTER TABLE t ADD COLUMN s text; SELECT (text), text FROM t;",
         "ALTER TABLE t ADD COLUMN s text COLLATE \"C\"; SELECT (text), text FROM t;"},
        /* Comments and quotations stand. */
        {"-- a bigint\n/* b bytea */ 'c bytea ''d bytea' \"e bytea\"",
         "-- a bigint\n/* b bytea */ 'c bytea ''d bytea' \"e bytea\"",
         "-- a bigint\n/* b bytea */ 'c bytea ''d bytea' \"e bytea\""},
        {"(a -- the a\n text, /* b */ b text)", "(a -- the a\n text, /* b */ b text)",
         "(a -- the a\n text COLLATE \"C\", /* b */ b text COLLATE \"C\")"},
        /* Blocks for one database, as they stand. */
        {"a bigint\n-- sqlite:\nb bytea\n-- postgres:\nc $$ -- both: (s text) $$\n-- "
         "both:\nd "
         "bigint\n",
         "a INTEGER\nb bytea\nd INTEGER\n",
         "a bigint\nc $$ -- both: (s text) $$\nd bigint\n"},
        {"-- postgres:\nx\n", "", "x\n"},
        {"'unclosed bigint", "'unclosed bigint", "'unclosed bigint"},
        {"", "", ""},
    };
    struct arena *arena = ((struct trial_store *)*state)->arena;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct str shared = str_of(table[i].shared);
        assert_string_equal(str_text(arena, dialect_text(arena, shared, "sqlite")),
                            table[i].sqlite);
        assert_string_equal(str_text(arena, dialect_text(arena, shared, "postgres")),
                            table[i].postgres);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_migrate__each_file_once_in_order),
        TRIAL_ON_BOTH(test_migrate__refuses_a_changed_file),
        TRIAL_ON_BOTH(test_migrate__refuses_a_newer_database),
        TRIAL_ON_BOTH(test_migrate__failing_file_leaves_nothing),
        TRIAL_ON_BOTH(test_migrate__two_processes_take_turns),
        TRIAL_ON_SQLITE(test_dialect__reads_for_each_database),
    };
    return trial_run("migrate", tests, LENGTH(tests));
}
