/*
 * What the tests of the store work on.
 */
#include "store_bench.h"

#include <pthread.h>

static const char *const nothing[] = {NULL};
static const char *const by_id[] = {"id", NULL};

const struct statement add_thing = {
    "add_thing",
    "INSERT INTO trial_thing (id, owner, title, body, digest) VALUES (?1, ?2, ?3, ?4, "
    "?5)",
    "INSERT INTO trial_thing (id, owner, title, body, digest) VALUES ($1, $2, $3, $4, "
    "$5)",
    (const char *const[]){"id", "owner", "title", "body", "digest", NULL},
};
const struct statement find_thing = {
    "find_thing",
    "SELECT id, owner, title, body, digest, owner IS NULL AS orphan FROM trial_thing "
    "WHERE id = ?1",
    "SELECT id, owner, title, body, digest, owner IS NULL AS orphan FROM trial_thing "
    "WHERE id = $1",
    by_id,
};
const struct statement list_things = {
    "list_things",
    "SELECT id, title FROM trial_thing WHERE owner = ?1 ORDER BY id",
    "SELECT id, title FROM trial_thing WHERE owner = $1 ORDER BY id",
    (const char *const[]){"owner", NULL},
};
const struct statement count_things = {
    "count_things",
    "SELECT count(*) AS things, sum(id) AS total FROM trial_thing",
    "SELECT count(*) AS things, sum(id) AS total FROM trial_thing",
    nothing,
};
const struct statement retitle_all = {
    "retitle_all",
    "UPDATE trial_thing SET title = title || ?1",
    "UPDATE trial_thing SET title = title || $1",
    (const char *const[]){"more", NULL},
};
const struct statement find_count = {
    "find_count",
    "SELECT number FROM trial_counter WHERE id = ?1",
    "SELECT number FROM trial_counter WHERE id = $1 FOR UPDATE",
    by_id,
};
const struct statement see_count = {
    "see_count",
    "SELECT number FROM trial_counter WHERE id = ?1",
    "SELECT number FROM trial_counter WHERE id = $1",
    by_id,
};
const struct statement set_count = {
    "set_count",
    "UPDATE trial_counter SET number = ?2 WHERE id = ?1",
    "UPDATE trial_counter SET number = $2 WHERE id = $1",
    (const char *const[]){"id", "number", NULL},
};

static const char tables[] =
    "CREATE TABLE trial_thing (id bigint PRIMARY KEY, "
    "owner bigint REFERENCES trial_thing (id), "
    "title text UNIQUE, body bytea, digest text, CHECK (title <> 'bad')) STRICT;"
    "CREATE TABLE trial_counter (id bigint PRIMARY KEY, number bigint NOT NULL) STRICT;"
    "INSERT INTO trial_counter (id, number) VALUES (1, 0), (2, 0);";

struct trial_store *with_tables(void **state) {
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

enum status add(struct call *call, id64 id, id64 owner, const char *title) {
    struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(str_of(title)));
    return store_run(call, &add_thing, NULL, bind_int("id", id), bind_id("owner", owner),
                     bind_text_or_null("title", str_of(title)),
                     bind_bytes("body", bytes_of_str(STR("b\0dy"))),
                     bind_digest("digest", &digest));
}

int64_t things(struct call *call) {
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    assert_int_equal(txn_commit(call), DONE);
    return row_int(rows, "things");
}

enum status bench_add_one(struct call *call, void *what) {
    TRY(add(call, 1, 0, "one"));
    return *(enum status *)what;
}

void *bench_run(struct trial_store *trial, void *(*run)(void *)) {
    pthread_t thread;
    void *answer;
    assert_int_equal(pthread_create(&thread, NULL, run, trial), 0);
    assert_int_equal(pthread_join(thread, &answer), 0);
    return answer;
}

void *bench_count(void *what) {
    struct call *call = trial_call_new(what);
    int64_t count = things(call);
    trial_call_free(call);
    return (void *)(uintptr_t)count;
}

void *bench_write(void *what) {
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
