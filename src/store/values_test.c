/*
 * Values into statements and out of rows, on both databases.
 */
#include "store_bench.h"

#include <string.h>

static const char *const nothing[] = {NULL};
static const char *const by_id[] = {"id", NULL};

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

/* Steps to find one thing by its key, and to look at all of them. */
static void steps_of_reading(struct call *call, uint64_t *out_one, uint64_t *out_all) {
    const struct store *store = call->house->store;
    struct rows *rows;
    uint64_t before = store_stepped(store);
    assert_int_equal(store_find(call, &find_thing, &rows, bind_int("id", 3)), DONE);
    *out_one = store_stepped(store) - before;
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    *out_all = store_stepped(store) - before - *out_one;
}

static void test_store__steps_tell_a_search_from_a_walk(void **state) {
    struct call *call = &with_tables(state)->call;
    struct digest none = {0};
    uint64_t one[2];
    uint64_t all[2];
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (int i = 0; i < 500; i++) {
        if (i == 10) {
            steps_of_reading(call, &one[0], &all[0]);
        }
        assert_int_equal(store_run(call, &add_thing, NULL, bind_digest("digest", &none),
                                   bind_int("id", i), bind_id("owner", 0),
                                   bind_text_or_null("title", STR("")),
                                   bind_bytes("body", bytes_of_str(STR("")))),
                         DONE);
    }
    steps_of_reading(call, &one[1], &all[1]);
    txn_abort(call);
    bool tells = strcmp(store_kind(call->house->store), "sqlite") == 0;
    assert_int_equal(one[0] > 0, tells);
    assert_int_equal(one[0], one[1]);
    assert_int_equal(all[1] > 5 * all[0], tells);
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
        TRIAL_ON_BOTH(test_store__steps_tell_a_search_from_a_walk),
    };
    return trial_run("store values", tests, LENGTH(tests));
}
