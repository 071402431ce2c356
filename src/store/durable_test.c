/*
 * What lasts: killed processes, lost servers, the settings that make a commit
 * durable, waiting for commits, copies.
 */
#include "store_bench.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const nothing[] = {NULL};

/* A process that is killed. */

/* Pairs of things, each said on *pipe* once its commit was acknowledged. */
static void commit_and_say(const struct trial_store *trial, int pipe) {
    struct house house = trial->house;
    if (store_open(str_of(trial->url), &house.store) != DONE) {
        _exit(1);
    }
    for (id64 id = 1;; id += 2) {
        struct call *call = trial_call_new(trial);
        call->house = &house;
        char title[32];
        snprintf(title, sizeof title, "t%lld", (long long)id);
        bool is_done =
            txn_begin(call, TXN_WRITE) == DONE && add(call, id, 0, title) == DONE;
        title[0] = 'u';
        is_done =
            is_done && add(call, id + 1, id, title) == DONE && txn_commit(call) == DONE;
        if (!is_done || write(pipe, &id, sizeof id) != sizeof id) {
            _exit(1);
        }
        trial_call_free(call);
    }
}

static void test_store__killed_process_loses_nothing_acknowledged(void **state) {
    struct trial_store *trial = with_tables(state);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        commit_and_say(trial, pipes[1]);
    }
    close(pipes[1]);
    id64 said = 0;
    id64 last = 0;
    while (read(pipes[0], &said, sizeof said) == sizeof said) {
        last = said;
        if (said > 60) {
            kill(child, SIGKILL); /* in the middle of a later one */
        }
    }
    close(pipes[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    int64_t found = things(&trial->call);
    assert_true(found >= last + 1);
    assert_int_equal(found % 2, 0); /* pairs, whole */
}

/* A server that goes away. */

static const struct statement end_others = {
    "end_others",
    NULL,
    "SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    nothing,
};

static const struct statement count_others = {
    "count_others",
    NULL,
    "SELECT count(*) AS others FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    nothing,
};

/* From a store of its own, so that the connections of the test's store are the others. */
static void end_connections(struct trial_store *trial, int64_t expected) {
    struct house house = trial->house;
    struct call *call = trial_call_new(trial);
    struct rows *rows;
    assert_int_equal(store_open(str_of(trial->url), &house.store), DONE);
    call->house = &house;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_find(call, &end_others, &rows, NO_VALUES), DONE);
    assert_int_equal(row_int(rows, "ended"), expected + 1); /* and the herald's */
    do {
        assert_int_equal(store_find(call, &count_others, &rows, NO_VALUES), DONE);
    } while (row_int(rows, "others") != 0 && txn_commit(call) == DONE &&
             txn_begin(call, TXN_READ) == DONE);
    trial_call_free(call);
    store_close(house.store);
}

static void test_store__lost_connection_fails_and_is_replaced(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(add(call, 1, 0, "lost"), DONE);
    end_connections(trial, 1);
    assert_int_equal(add(call, 2, 0, "too"), FAILED);
    assert_int_equal(txn_commit(call), FAILED);
    assert_int_equal(things(call), 0);
}

static void test_store__lost_commit_is_never_done(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(add(call, 1, 0, "lost"), DONE);
    end_connections(trial, 1);
    assert_int_equal(txn_commit(call), FAILED);
    assert_int_equal(things(call), 0);
}

static void test_store__dead_idle_connection_is_not_noticed(void **state) {
    struct trial_store *trial = with_tables(state);
    end_connections(trial, 1);
    assert_int_equal(things(&trial->call), 0);
}

static void test_store__connection_commits_durably(void **state) {
    static const struct statement show = {"show", NULL, "SHOW synchronous_commit",
                                          nothing};
    struct call *call = &with_tables(state)->call;
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_find(call, &show, &rows, NO_VALUES), DONE);
    assert_true(str_is(row_text(rows, "synchronous_commit"), "on"));
    txn_abort(call);
}

/* SQLite's own. */

static void test_store__file_is_durable_strict_and_private(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    static const struct {
        const char *column;
        struct statement statement;
        enum txn_kind kind;
        int64_t expected;
    } settings[] = {
        {"synchronous", {"a", "PRAGMA synchronous", NULL, nothing}, TXN_WRITE, 2},
        {"foreign_keys", {"b", "PRAGMA foreign_keys", NULL, nothing}, TXN_WRITE, 1},
        {"trusted_schema", {"c", "PRAGMA trusted_schema", NULL, nothing}, TXN_WRITE, 0},
        {"query_only", {"d", "PRAGMA query_only", NULL, nothing}, TXN_WRITE, 0},
        {"query_only", {"e", "PRAGMA query_only", NULL, nothing}, TXN_READ, 1},
        {"foreign_keys", {"f", "PRAGMA foreign_keys", NULL, nothing}, TXN_READ, 1},
    };
    static const struct statement mode = {"mode", "PRAGMA journal_mode", NULL, nothing};
    static const struct statement defended = {
        "defended", "UPDATE sqlite_schema SET sql = '' WHERE name = 'trial_thing'", NULL,
        nothing};
    struct rows *rows;
    for (size_t i = 0; i < LENGTH(settings); i++) {
        assert_int_equal(txn_begin(call, settings[i].kind), DONE);
        assert_int_equal(store_find(call, &settings[i].statement, &rows, NO_VALUES),
                         DONE);
        assert_int_equal(row_int(rows, settings[i].column), settings[i].expected);
        assert_int_equal(txn_commit(call), DONE);
    }
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_find(call, &mode, &rows, NO_VALUES), DONE);
    assert_true(str_is(row_text(rows, "journal_mode"), "wal"));
    assert_int_equal(store_run(call, &defended, NULL, NO_VALUES), FAILED);
    txn_abort(call);
    struct stat file;
    assert_int_equal(stat(trial->url + strlen("sqlite:"), &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

/* Waiting. */

static void test_store__waiting_ends_with_a_committed_change(void **state) {
    struct trial_store *trial = with_tables(state);
    struct store *store = trial->house.store;
    uint64_t seen = store_commits(store);
    enum status no = REFUSED;
    assert_int_equal(things(&trial->call), 0);
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, bench_add_one, &no), no);
    assert_int_equal(store_wait(store, seen, 1000), seen); /* nothing was changed */
    assert_int_equal((uintptr_t)bench_run(trial, bench_write), DONE);
    assert_int_equal(store_wait(store, seen, INSTANT_HOUR), seen + 1);
    store_wake(store);
    assert_int_equal(store_wait(store, seen + 1, INSTANT_HOUR), seen + 2);
}

/* What another process commits ends a wait at once: two stores at one database are two
 * processes to the server.  A missed notice would end in the minute's wait. */
static void test_store__other_processes_commits_are_heard(void **state) {
    struct trial_store *trial = with_tables(state);
    struct store *mine = trial->house.store;
    struct house other_house = trial->house;
    struct call other;
    struct arena *arena = arena_new((size_t)1 << 20);
    assert_int_equal(store_open(str_of(trial->url), &other_house.store), DONE);
    store_wait(mine, 0, 1000); /* from here on it listens */
    for (int i = 0; i < 3; i++) {
        uint64_t seen = store_commits(mine);
        instant began = instant_read_clock();
        call_init(&other, arena, &other_house, TRIAL_NOW);
        assert_int_equal(txn_begin(&other, TXN_WRITE), DONE);
        const char *titles[] = {"a", "b", "c"};
        assert_int_equal(add(&other, 100 + i, 0, titles[i]), DONE);
        assert_int_equal(txn_commit(&other), DONE);
        assert_true(store_wait(mine, seen, INSTANT_MINUTE) > seen);
        assert_true(instant_read_clock() - began < INSTANT_MINUTE / 2);
    }
    txn_abort(&other);
    arena_free(arena);
    store_close(other_house.store);
}

/* Copying. */

static atomic_bool copied;

static void *write_until_copied(void *what) {
    uintptr_t failed = 0;
    for (id64 id = 1; !copied || id < 20; id += 2) {
        struct call *call = trial_call_new(what);
        char title[32];
        snprintf(title, sizeof title, "t%lld", (long long)id);
        bool is_done =
            txn_begin(call, TXN_WRITE) == DONE && add(call, id, 0, title) == DONE;
        title[0] = 'u';
        is_done =
            is_done && add(call, id + 1, id, title) == DONE && txn_commit(call) == DONE;
        failed += !is_done;
        trial_call_free(call);
    }
    return (void *)failed;
}

static void test_store__copy_is_whole_while_others_write(void **state) {
    struct trial_store *trial = with_tables(state);
    char path[200];
    snprintf(path, sizeof path, "%s/copy.db", trial->workspace);
    if (strcmp(store_kind(trial->house.store), "postgres") == 0) {
        assert_int_equal(store_copy(trial->house.store, path), REFUSED);
        return;
    }
    copied = false;
    pthread_t thread;
    void *failed;
    assert_int_equal(pthread_create(&thread, NULL, write_until_copied, trial), 0);
    enum status answer = store_copy(trial->house.store, path);
    copied = true;
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_int_equal(answer, DONE);
    assert_int_equal((uintptr_t)failed, 0);
    struct house house = trial->house;
    struct call *call = trial_call_new(trial);
    call->house = &house;
    char url[220];
    snprintf(url, sizeof url, "sqlite:%s", path);
    assert_int_equal(store_open(str_of(url), &house.store), DONE);
    assert_int_equal(things(call) % 2, 0); /* pairs, whole */
    trial_call_free(call);
    store_close(house.store);
}

static void test_store__foreign_address_fails(void **state) {
    (void)state;
    struct store *store = NULL;
    assert_int_equal(store_open(STR("mysql:x"), &store), FAILED);
    assert_int_equal(store_open(STR("sqlite:/nowhere/at/all.db"), &store), FAILED);
    assert_int_equal(store_open(STR("postgres:host=/nowhere"), &store), FAILED);
    assert_null(store);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_store__killed_process_loses_nothing_acknowledged),
        TRIAL_ON_POSTGRES(test_store__lost_connection_fails_and_is_replaced),
        TRIAL_ON_POSTGRES(test_store__lost_commit_is_never_done),
        TRIAL_ON_POSTGRES(test_store__dead_idle_connection_is_not_noticed),
        TRIAL_ON_POSTGRES(test_store__connection_commits_durably),
        TRIAL_ON_SQLITE(test_store__file_is_durable_strict_and_private),
        TRIAL_ON_BOTH(test_store__waiting_ends_with_a_committed_change),
        TRIAL_ON_POSTGRES(test_store__other_processes_commits_are_heard),
        TRIAL_ON_BOTH(test_store__copy_is_whole_while_others_write),
        cmocka_unit_test(test_store__foreign_address_fails),
    };
    return trial_run("store durability", tests, LENGTH(tests));
}
