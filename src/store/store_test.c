/*
 * The contract of store.h, sentence by sentence, on both databases.
 */
#include "trial_store.h"

#include "store_own.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS    8
#define INCREMENTS 25

static const char *const nothing[] = {NULL};
static const char *const by_id[] = {"id", NULL};

static const struct statement add_thing = {
    "add_thing",
    "INSERT INTO trial_thing (id, owner, title, body, digest) VALUES (?1, ?2, ?3, ?4, "
    "?5)",
    "INSERT INTO trial_thing (id, owner, title, body, digest) VALUES ($1, $2, $3, $4, "
    "$5)",
    (const char *const[]){"id", "owner", "title", "body", "digest", NULL},
};
static const struct statement find_thing = {
    "find_thing",
    "SELECT id, owner, title, body, digest, owner IS NULL AS orphan FROM trial_thing "
    "WHERE id = ?1",
    "SELECT id, owner, title, body, digest, owner IS NULL AS orphan FROM trial_thing "
    "WHERE id = $1",
    by_id,
};
static const struct statement list_things = {
    "list_things",
    "SELECT id, title FROM trial_thing WHERE owner = ?1 ORDER BY id",
    "SELECT id, title FROM trial_thing WHERE owner = $1 ORDER BY id",
    (const char *const[]){"owner", NULL},
};
static const struct statement count_things = {
    "count_things",
    "SELECT count(*) AS things, sum(id) AS total FROM trial_thing",
    "SELECT count(*) AS things, sum(id) AS total FROM trial_thing",
    nothing,
};
static const struct statement retitle_all = {
    "retitle_all",
    "UPDATE trial_thing SET title = title || ?1",
    "UPDATE trial_thing SET title = title || $1",
    (const char *const[]){"more", NULL},
};
static const struct statement find_count = {
    "find_count",
    "SELECT number FROM trial_counter WHERE id = ?1",
    "SELECT number FROM trial_counter WHERE id = $1 FOR UPDATE",
    by_id,
};
static const struct statement see_count = {
    "see_count",
    "SELECT number FROM trial_counter WHERE id = ?1",
    "SELECT number FROM trial_counter WHERE id = $1",
    by_id,
};
static const struct statement set_count = {
    "set_count",
    "UPDATE trial_counter SET number = ?2 WHERE id = ?1",
    "UPDATE trial_counter SET number = $2 WHERE id = $1",
    (const char *const[]){"id", "number", NULL},
};

static const char tables[] =
    "CREATE TABLE trial_thing (id bigint PRIMARY KEY, owner bigint REFERENCES "
    "trial_thing "
    "(id), title text UNIQUE, body bytea, digest text, CHECK (title <> 'bad')) STRICT;"
    "CREATE TABLE trial_counter (id bigint PRIMARY KEY, number bigint NOT NULL) STRICT;"
    "INSERT INTO trial_counter (id, number) VALUES (1, 0), (2, 0);";

/* The test's store, with the two tables above. */
static struct trial_store *with_tables(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct str text =
        dialect_text(trial->arena, str_of(tables), store_kind(trial->house.store));
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(
        call->txn->store->backend->script(call->txn, str_text(trial->arena, text)), DONE);
    assert_int_equal(txn_commit(call), DONE);
    return trial;
}

/* Helpers in the tests' own words. */

static enum status add(struct call *call, id64 id, id64 owner, const char *title) {
    struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(str_of(title)));
    return store_run(call, &add_thing, NULL, bind_int("id", id), bind_id("owner", owner),
                     bind_text_or_null("title", str_of(title)),
                     bind_bytes("body", bytes_of_str(STR("b\0dy"))),
                     bind_digest("digest", &digest));
}

static int64_t things(struct call *call) {
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    assert_int_equal(txn_commit(call), DONE);
    return row_int(rows, "things");
}

static enum status add_one_and_answer(struct call *call, void *what) {
    TRY(add(call, 1, 0, "one"));
    return *(enum status *)what;
}

static void *count_in_thread(void *what);

static void *run_in_thread(struct trial_store *trial, void *(*run)(void *)) {
    pthread_t thread;
    void *answer;
    assert_int_equal(pthread_create(&thread, NULL, run, trial), 0);
    assert_int_equal(pthread_join(thread, &answer), 0);
    return answer;
}

/* Values. */

static void test_store__values_come_back_as_they_went(void **state) {
    struct call *call = &with_tables(state)->call;
    char *long_text = arena_take(call->arena, 100001);
    memset(long_text, 'x', 100000);
    const struct {
        id64 id;
        struct str title;
        struct bytes body;
    } table[] = {
        {1, STR("a"), bytes_of_str(STR(""))},
        {INT64_MAX, STR("柳州市统计局 𠮷"), bytes_of_str(STR("\0\x01\xff"))},
        {INT64_MIN, {long_text, 100000}, {(unsigned char *)long_text, 100000}},
        {-1, STR("'; DROP TABLE trial_thing; --"), bytes_of_str(STR("'"))},
    };
    struct digest digest = digest_of(DIGEST_SHA256, bytes_of_str(STR("x")));
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct rows *rows;
        assert_int_equal(store_run(call, &add_thing, NULL, bind_digest("digest", &digest),
                                   bind_int("id", table[i].id),
                                   bind_id("owner", table[i].id),
                                   bind_text("title", table[i].title),
                                   bind_bytes("body", table[i].body)),
                         DONE);
        assert_int_equal(store_find(call, &find_thing, &rows, bind_id("id", table[i].id)),
                         DONE);
        assert_true(row_int(rows, "id") == table[i].id);
        assert_true(row_id(rows, "owner") == table[i].id);
        assert_true(str_equal(row_text(rows, "title"), table[i].title));
        struct bytes body = row_bytes(rows, "body");
        assert_int_equal(body.length, table[i].body.length);
        assert_memory_equal(body.at, table[i].body.at, body.length);
        struct digest read = row_digest(rows, "digest");
        assert_true(digest_equal(&read, &digest));
        assert_int_equal(row_int(rows, "orphan"), 0);
    }
    txn_abort(call);
}

static void test_store__null_reads_as_zero_or_empty(void **state) {
    struct call *call = &with_tables(state)->call;
    struct digest none = {0};
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_run(call, &add_thing, NULL, bind_int("id", 7),
                               bind_id("owner", 0), bind_text_or_null("title", STR("")),
                               bind_bytes("body", bytes_of_str(STR(""))),
                               bind_digest("digest", &none)),
                     DONE);
    assert_int_equal(store_find(call, &find_thing, &rows, bind_id("id", 7)), DONE);
    assert_true(row_is_null(rows, "owner") && row_id(rows, "owner") == 0);
    assert_true(row_is_null(rows, "title") && str_is_empty(row_text(rows, "title")));
    assert_false(row_is_null(rows, "body"));
    struct digest read = row_digest(rows, "digest");
    assert_true(digest_is_none(&read));
    assert_int_equal(row_int(rows, "orphan"), 1);
    txn_abort(call);
}

static void test_store__sums_are_whole_and_fractions_fail(void **state) {
    static const struct {
        const char *sql;
        enum status answer; /* of reading the row */
        int64_t expected;
    } table[] = {
        {"SELECT sum(v) AS x FROM (SELECT CAST(9223372036854775806 AS bigint) AS v "
         "UNION ALL SELECT CAST(1 AS bigint)) AS t",
         DONE, INT64_MAX},
        {"SELECT sum(v) AS x FROM (SELECT CAST(-9223372036854775807 AS bigint) AS v "
         "UNION ALL SELECT CAST(-1 AS bigint)) AS t",
         DONE, INT64_MIN},
        {"SELECT sum(v) AS x FROM (SELECT CAST(120000 AS bigint) AS v UNION ALL SELECT "
         "CAST(-120000 AS bigint)) AS t",
         DONE, 0},
        {"SELECT sum(v) AS x FROM (SELECT CAST(100000000 AS bigint) AS v) AS t", DONE,
         100000000},
        {"SELECT 2 > 1 AS x", DONE, 1},
        {"SELECT CAST(7 AS smallint) AS x", DONE, 7},
        {"SELECT 1.5 AS x", FAILED, 0},
        {"SELECT avg(v) AS x FROM (SELECT 1 AS v UNION ALL SELECT 2) AS t", FAILED, 0},
    };
    struct call *call = &with_tables(state)->call;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct statement *statement = TAKE(call->arena, struct statement);
        *statement = (struct statement){"sum", table[i].sql, table[i].sql, nothing};
        struct rows *rows;
        assert_int_equal(txn_begin(call, TXN_READ), DONE);
        assert_int_equal(store_find(call, statement, &rows, NO_VALUES), table[i].answer);
        if (table[i].answer == DONE) {
            assert_true(row_int(rows, "x") == table[i].expected);
        }
        txn_abort(call);
    }
}

static void test_store__text_with_a_zero_byte_fails(void **state) {
    struct call *call = &with_tables(state)->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_run(call, &retitle_all, NULL, bind_text("more", STR("a\0b"))),
                     FAILED);
    txn_abort(call);
}

/* Rows. */

static void test_store__rows_read_forward_and_nest(void **state) {
    struct call *call = &with_tables(state)->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(add(call, 1, 1, "a"), DONE);
    assert_int_equal(add(call, 2, 1, "b"), DONE);
    assert_int_equal(add(call, 3, 2, "c"), DONE);
    struct buffer seen;
    buffer_init(&seen, call->arena);
    struct rows *outer;
    assert_int_equal(store_query(call, &list_things, &outer, bind_id("owner", 1)), DONE);
    while (rows_next(outer)) {
        struct rows *inner; /* the same statement, while the outer is being read */
        buffer_add(&seen, row_text(outer, "title"));
        assert_int_equal(store_query(call, &list_things, &inner,
                                     bind_id("owner", row_id(outer, "id"))),
                         DONE);
        while (rows_next(inner)) {
            buffer_add(&seen, row_text(inner, "title"));
            buffer_add_int(&seen, row_id(inner, "id"));
        }
        assert_int_equal(rows_end(inner), DONE);
        buffer_add_char(&seen, ';');
    }
    assert_false(rows_next(outer));
    assert_int_equal(rows_end(outer), DONE);
    assert_true(str_is(buffer_str(&seen), "aa1b2;bc3;"));
    txn_abort(call);
}

static void test_store__text_sorts_by_its_bytes(void **state) {
    static const char *const expected[] = {"B", "_", "a", "一", "上", "中"};
    static const struct statement sorted = {
        "sorted",
        "SELECT title FROM trial_thing ORDER BY title",
        "SELECT title FROM trial_thing ORDER BY title",
        nothing,
    };
    struct call *call = &with_tables(state)->call;
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (size_t i = LENGTH(expected); i > 0; i--) {
        assert_int_equal(add(call, (id64)i, 0, expected[i - 1]), DONE);
    }
    assert_int_equal(store_query(call, &sorted, &rows, NO_VALUES), DONE);
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_true(rows_next(rows));
        assert_true(str_is(row_text(rows, "title"), expected[i]));
    }
    txn_abort(call);
}

static void test_store__found_row_outlives_the_transaction(void **state) {
    struct call *call = &with_tables(state)->call;
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(add(call, 1, 0, "kept"), DONE);
    assert_int_equal(store_find(call, &find_thing, &rows, bind_id("id", 2)), ABSENT);
    assert_int_equal(store_find(call, &find_thing, &rows, bind_id("id", 1)), DONE);
    assert_int_equal(txn_commit(call), DONE);
    assert_true(str_is(row_text(rows, "title"), "kept"));
    assert_int_equal(row_id(rows, "id"), 1);
}

static void test_store__end_of_transaction_releases_rows(void **state) {
    struct call *call = &with_tables(state)->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(add(call, 1, 1, "a"), DONE);
    assert_int_equal(add(call, 2, 1, "b"), DONE);
    struct rows *rows;
    assert_int_equal(store_query(call, &list_things, &rows, bind_id("owner", 1)), DONE);
    assert_true(rows_next(rows));
    assert_int_equal(txn_commit(call), DONE);
    assert_false(rows_next(rows));
    assert_int_equal(things(call), 2);
}

static void test_store__counts_changed_rows(void **state) {
    struct call *call = &with_tables(state)->call;
    static const struct statement insert_or_not = {
        "insert_or_not",
        "INSERT INTO trial_counter (id, number) VALUES (?1, 0) ON CONFLICT DO NOTHING",
        "INSERT INTO trial_counter (id, number) VALUES ($1, 0) ON CONFLICT DO NOTHING",
        by_id,
    };
    static const struct statement insert_returning = {
        "insert_returning",
        "INSERT INTO trial_counter (id, number) VALUES (?1, 9) RETURNING number",
        "INSERT INTO trial_counter (id, number) VALUES ($1, 9) RETURNING number",
        by_id,
    };
    int64_t changed = -1;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(store_run(call, &insert_or_not, &changed, bind_id("id", 1)), DONE);
    assert_int_equal(changed, 0);
    assert_int_equal(store_run(call, &insert_or_not, &changed, bind_id("id", 3)), DONE);
    assert_int_equal(changed, 1);
    assert_int_equal(add(call, 1, 0, "a"), DONE);
    assert_int_equal(add(call, 2, 0, "b"), DONE);
    assert_int_equal(store_run(call, &retitle_all, &changed, bind_text("more", STR("!"))),
                     DONE);
    assert_int_equal(changed, 2);
    struct rows *rows; /* happens although nobody reads its row */
    assert_int_equal(store_query(call, &insert_returning, &rows, bind_id("id", 4)), DONE);
    assert_int_equal(rows_end(rows), DONE);
    assert_int_equal(store_find(call, &see_count, &rows, bind_id("id", 4)), DONE);
    assert_int_equal(row_int(rows, "number"), 9);
    txn_abort(call);
}

/* Transactions. */

static void test_store__any_no_rolls_back(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    static const enum status answers[] = {ABSENT, DENIED, REFUSED, STALE, FAILED, DONE};
    for (size_t i = 0; i < LENGTH(answers); i++) {
        enum status answer = answers[i];
        assert_int_equal(store_transact(call, TXN_WRITE, add_one_and_answer, &answer),
                         answers[i]);
        assert_null(call->txn);
        assert_int_equal(things(call), answers[i] == DONE);
    }
}

static void test_store__abandoned_transaction_rolls_back(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *other = trial_call_new(trial);
    assert_int_equal(txn_begin(other, TXN_WRITE), DONE);
    assert_int_equal(add(other, 1, 0, "lost"), DONE);
    arena_free(other->arena);
    free(other);
    assert_int_equal(things(&trial->call), 0);
    assert_int_equal(txn_begin(&trial->call, TXN_WRITE), DONE); /* the place is free */
    txn_abort(&trial->call);
    txn_abort(&trial->call);
}

static void test_store__violations_answer_stale(void **state) {
    struct call *call = &with_tables(state)->call;
    static const struct {
        id64 id;
        id64 owner;
        const char *title;
        enum status answer;
    } table[] = {
        {2, 0, "taken", STALE},  /* unique */
        {1, 0, "other", STALE},  /* primary key */
        {2, 99, "other", STALE}, /* foreign key */
        {2, 0, "bad", FAILED},   /* check */
        {2, 1, "good", DONE},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        bool is_done = table[i].answer == DONE;
        assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
        assert_int_equal(add(call, 1, 0, "taken"), DONE);
        assert_int_equal(add(call, table[i].id, table[i].owner, table[i].title),
                         table[i].answer);
        /* After a failure nothing more runs and nothing is committed. */
        assert_int_equal(add(call, 3, 0, "three"), is_done ? DONE : FAILED);
        assert_int_equal(txn_commit(call), is_done ? DONE : FAILED);
        assert_int_equal(things(call), is_done ? 3 : 0);
    }
}

static enum status outer_swallows(struct call *call, void *what) {
    enum status answer = *(enum status *)what;
    assert_int_equal(store_transact(call, TXN_WRITE, add_one_and_answer, what), answer);
    return DONE;
}

static enum status only_answers(struct call *call, void *what) {
    (void)call;
    return *(enum status *)what;
}

static enum status outer_swallows_a_question(struct call *call, void *what) {
    assert_int_equal(store_transact(call, TXN_READ, only_answers, what), ABSENT);
    return add(call, 2, 0, "two");
}

static void test_store__inner_act_belongs_to_the_outer(void **state) {
    struct call *call = &with_tables(state)->call;
    enum status refused = REFUSED;
    enum status absent = ABSENT;
    enum status done = DONE;
    assert_int_equal(store_transact(call, TXN_WRITE, outer_swallows, &refused), FAILED);
    assert_int_equal(things(call), 0);
    assert_int_equal(store_transact(call, TXN_WRITE, outer_swallows_a_question, &absent),
                     DONE);
    assert_int_equal(things(call), 1);
    assert_int_equal(store_transact(call, TXN_WRITE, outer_swallows, &done), DONE);
    assert_int_equal(things(call), 2);
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_transact(call, TXN_WRITE, only_answers, &done), FAILED);
    txn_abort(call);
}

static void *write_five(void *what) {
    struct call *call = trial_call_new(what);
    enum status answer = txn_begin(call, TXN_WRITE);
    if (answer == DONE) {
        answer = add(call, 5, 0, "five");
    }
    if (answer == DONE) {
        answer = txn_commit(call);
    }
    trial_call_free(call);
    return (void *)(uintptr_t)answer;
}

static void test_store__reader_keeps_its_view(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    assert_int_equal(row_int(rows, "things"), 0);
    assert_int_equal((uintptr_t)run_in_thread(trial, write_five), DONE);
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    assert_int_equal(row_int(rows, "things"), 0);
    assert_int_equal(txn_commit(call), DONE);
    assert_int_equal(things(call), 1);
}

static enum status count_again(struct call *call, void *what) {
    struct rows *rows;
    TRY(store_find(call, &count_things, &rows, NO_VALUES));
    *(int64_t *)what = row_int(rows, "things");
    return DONE;
}

static void test_store__queries_alone_share_one_view(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    int64_t count = -1;
    enum status done = DONE;
    assert_int_equal(count_again(call, &count), DONE);
    assert_int_equal((uintptr_t)run_in_thread(trial, write_five), DONE);
    assert_int_equal(count_again(call, &count), DONE);
    assert_int_equal(count, 0);
    assert_int_equal(store_transact(call, TXN_READ, count_again, &count), DONE);
    assert_int_equal(count, 0);
    assert_int_equal(store_run(call, &retitle_all, NULL, bind_text("more", STR("!"))),
                     FAILED);
    assert_int_equal(store_transact(call, TXN_WRITE, add_one_and_answer, &done), DONE);
    assert_int_equal(count_again(call, &count), DONE);
    assert_int_equal(count, 2);
    assert_int_equal((uintptr_t)run_in_thread(trial, count_in_thread), 2);
}

static void *count_in_thread(void *what) {
    struct call *call = trial_call_new(what);
    int64_t count = things(call);
    trial_call_free(call);
    return (void *)(uintptr_t)count;
}

static void test_store__reader_never_waits_for_the_writer(void **state) {
    struct trial_store *trial = with_tables(state);
    assert_int_equal(txn_begin(&trial->call, TXN_WRITE), DONE);
    assert_int_equal(add(&trial->call, 1, 0, "unseen"), DONE);
    assert_int_equal((uintptr_t)run_in_thread(trial, count_in_thread), 0);
    assert_int_equal(txn_commit(&trial->call), DONE);
    assert_int_equal((uintptr_t)run_in_thread(trial, count_in_thread), 1);
}

static void test_store__reader_cannot_write(void **state) {
    struct call *call = &with_tables(state)->call;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(add(call, 1, 0, "a"), FAILED);
    txn_abort(call);
    assert_int_equal(things(call), 0);
}

static void test_store__more_readers_than_handles_wait(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *calls[HANDLES_MOST];
    pthread_t thread;
    void *count;
    for (size_t i = 0; i < HANDLES_MOST; i++) {
        calls[i] = trial_call_new(trial);
        assert_int_equal(txn_begin(calls[i], TXN_READ), DONE);
    }
    assert_int_equal(pthread_create(&thread, NULL, count_in_thread, trial), 0);
    txn_abort(calls[0]);
    assert_int_equal(pthread_join(thread, &count), 0);
    for (size_t i = 0; i < HANDLES_MOST; i++) {
        trial_call_free(calls[i]);
    }
}

/* Many writers. */

static enum status increment(struct call *call, void *what) {
    (void)what;
    struct rows *rows;
    TRY(store_find(call, &find_count, &rows, bind_id("id", 1)));
    return store_run(call, &set_count, NULL, bind_id("id", 1),
                     bind_int("number", row_int(rows, "number") + 1));
}

static void *increment_often(void *what) {
    uintptr_t done = 0;
    for (int i = 0; i < INCREMENTS; i++) {
        struct call *call = trial_call_new(what);
        done += store_transact(call, TXN_WRITE, increment, NULL) == DONE;
        trial_call_free(call);
    }
    return (void *)done;
}

static void test_store__eight_writers_lose_no_increment(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, increment_often, trial), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *done;
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_int_equal((uintptr_t)done, INCREMENTS);
    }
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_find(call, &see_count, &rows, bind_id("id", 1)), DONE);
    assert_int_equal(row_int(rows, "number"), THREADS * INCREMENTS);
    txn_abort(call);
}

/* Two acts that lock two rows in opposite order. */

struct crossing {
    struct trial_store *trial;
    pthread_barrier_t *both_hold_one;
    id64 first;
    id64 second;
    int attempts;
    size_t refusals;
    enum status answer;
};

static enum status cross(struct call *call, void *what) {
    struct crossing *crossing = what;
    struct rows *rows;
    crossing->attempts++;
    call_refuse(call, REFUSED, "", "trial.said", NULL);
    TRY(store_find(call, &find_count, &rows, bind_id("id", crossing->first)));
    if (crossing->attempts == 1 &&
        strcmp(store_kind(call->house->store), "postgres") == 0) {
        pthread_barrier_wait(crossing->both_hold_one);
    }
    TRY(store_find(call, &find_count, &rows, bind_id("id", crossing->second)));
    return store_run(call, &set_count, NULL, bind_id("id", crossing->second),
                     bind_int("number", row_int(rows, "number") + 1));
}

static void *run_crossing(void *what) {
    struct crossing *crossing = what;
    struct call *call = trial_call_new(crossing->trial);
    call_refuse(call, REFUSED, "", "trial.before", NULL);
    crossing->answer = store_transact(call, TXN_WRITE, cross, crossing);
    for (struct refusal *each = call->refusal; each != NULL; each = each->next) {
        crossing->refusals++;
    }
    trial_call_free(call);
    return NULL;
}

static void test_store__deadlock_runs_again(void **state) {
    struct trial_store *trial = with_tables(state);
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    struct crossing crossings[] = {
        {.trial = trial, .both_hold_one = &barrier, .first = 1, .second = 2},
        {.trial = trial, .both_hold_one = &barrier, .first = 2, .second = 1},
    };
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run_crossing, &crossings[i]),
                         0);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(crossings[i].answer, DONE);
        assert_int_equal(crossings[i].refusals,
                         2); /* what the lost attempt said is gone */
    }
    bool is_postgres = strcmp(store_kind(trial->house.store), "postgres") == 0;
    assert_int_equal(crossings[0].attempts + crossings[1].attempts, is_postgres ? 3 : 2);
    pthread_barrier_destroy(&barrier);
}

static enum status meet_again(struct call *call, void *what) {
    int *attempts = what;
    ++*attempts;
    call->txn->again = true; /* as a serialisation failure leaves it */
    return FAILED;
}

static void test_store__runs_at_most_five_times(void **state) {
    struct call *call = &with_tables(state)->call;
    int attempts = 0;
    assert_int_equal(store_transact(call, TXN_WRITE, meet_again, &attempts), FAILED);
    assert_int_equal(attempts, 5);
}

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
    assert_int_equal(row_int(rows, "ended"), expected);
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
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, add_one_and_answer, &no),
                     no);
    assert_int_equal(store_wait(store, seen, 1000), seen); /* nothing was changed */
    assert_int_equal((uintptr_t)run_in_thread(trial, write_five), DONE);
    assert_int_equal(store_wait(store, seen, INSTANT_HOUR), seen + 1);
    store_wake(store);
    assert_int_equal(store_wait(store, seen + 1, INSTANT_HOUR), seen + 2);
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
        TRIAL_ON_BOTH(test_store__values_come_back_as_they_went),
        TRIAL_ON_BOTH(test_store__null_reads_as_zero_or_empty),
        TRIAL_ON_BOTH(test_store__sums_are_whole_and_fractions_fail),
        TRIAL_ON_BOTH(test_store__text_with_a_zero_byte_fails),
        TRIAL_ON_BOTH(test_store__rows_read_forward_and_nest),
        TRIAL_ON_BOTH(test_store__text_sorts_by_its_bytes),
        TRIAL_ON_BOTH(test_store__found_row_outlives_the_transaction),
        TRIAL_ON_BOTH(test_store__end_of_transaction_releases_rows),
        TRIAL_ON_BOTH(test_store__counts_changed_rows),
        TRIAL_ON_BOTH(test_store__any_no_rolls_back),
        TRIAL_ON_BOTH(test_store__abandoned_transaction_rolls_back),
        TRIAL_ON_BOTH(test_store__violations_answer_stale),
        TRIAL_ON_BOTH(test_store__inner_act_belongs_to_the_outer),
        TRIAL_ON_BOTH(test_store__reader_keeps_its_view),
        TRIAL_ON_BOTH(test_store__queries_alone_share_one_view),
        TRIAL_ON_BOTH(test_store__reader_never_waits_for_the_writer),
        TRIAL_ON_BOTH(test_store__reader_cannot_write),
        TRIAL_ON_BOTH(test_store__more_readers_than_handles_wait),
        TRIAL_ON_BOTH(test_store__eight_writers_lose_no_increment),
        TRIAL_ON_BOTH(test_store__deadlock_runs_again),
        TRIAL_ON_BOTH(test_store__runs_at_most_five_times),
        TRIAL_ON_BOTH(test_store__killed_process_loses_nothing_acknowledged),
        TRIAL_ON_POSTGRES(test_store__lost_connection_fails_and_is_replaced),
        TRIAL_ON_POSTGRES(test_store__lost_commit_is_never_done),
        TRIAL_ON_POSTGRES(test_store__dead_idle_connection_is_not_noticed),
        TRIAL_ON_POSTGRES(test_store__connection_commits_durably),
        TRIAL_ON_SQLITE(test_store__file_is_durable_strict_and_private),
        TRIAL_ON_BOTH(test_store__waiting_ends_with_a_committed_change),
        TRIAL_ON_BOTH(test_store__copy_is_whole_while_others_write),
        cmocka_unit_test(test_store__foreign_address_fails),
    };
    return trial_run("store", tests, LENGTH(tests));
}
