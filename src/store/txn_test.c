/*
 * Transactions: what is kept, what is seen, who waits and who runs again, on both
 * databases.
 */
#include "store_bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS    8
#define INCREMENTS 25

/* Transactions. */

static void test_store__any_no_rolls_back(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    static const enum status answers[] = {ABSENT, DENIED, REFUSED, STALE, FAILED, DONE};
    for (size_t i = 0; i < LENGTH(answers); i++) {
        enum status answer = answers[i];
        assert_int_equal(store_transact(call, TXN_WRITE, bench_add_one, &answer),
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
    assert_int_equal(store_transact(call, TXN_WRITE, bench_add_one, what), answer);
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

static void test_store__reader_keeps_its_view(void **state) {
    struct trial_store *trial = with_tables(state);
    struct call *call = &trial->call;
    struct rows *rows;
    assert_int_equal(txn_begin(call, TXN_READ), DONE);
    assert_int_equal(store_find(call, &count_things, &rows, NO_VALUES), DONE);
    assert_int_equal(row_int(rows, "things"), 0);
    assert_int_equal((uintptr_t)bench_run(trial, bench_write), DONE);
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
    assert_int_equal((uintptr_t)bench_run(trial, bench_write), DONE);
    assert_int_equal(count_again(call, &count), DONE);
    assert_int_equal(count, 0);
    assert_int_equal(store_transact(call, TXN_READ, count_again, &count), DONE);
    assert_int_equal(count, 0);
    assert_int_equal(store_run(call, &retitle_all, NULL, bind_text("more", STR("!"))),
                     FAILED);
    assert_int_equal(store_transact(call, TXN_WRITE, bench_add_one, &done), DONE);
    assert_int_equal(count_again(call, &count), DONE);
    assert_int_equal(count, 2);
    assert_int_equal((uintptr_t)bench_run(trial, bench_count), 2);
}

static void test_store__reader_never_waits_for_the_writer(void **state) {
    struct trial_store *trial = with_tables(state);
    assert_int_equal(txn_begin(&trial->call, TXN_WRITE), DONE);
    assert_int_equal(add(&trial->call, 1, 0, "unseen"), DONE);
    assert_int_equal((uintptr_t)bench_run(trial, bench_count), 0);
    assert_int_equal(txn_commit(&trial->call), DONE);
    assert_int_equal((uintptr_t)bench_run(trial, bench_count), 1);
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
    assert_int_equal(pthread_create(&thread, NULL, bench_count, trial), 0);
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
    /* The victim may meet the other once more before that one is through. */
    bool is_postgres = strcmp(store_kind(trial->house.store), "postgres") == 0;
    assert_in_range(crossings[0].attempts + crossings[1].attempts, is_postgres ? 3 : 2,
                    is_postgres ? 10 : 2);
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

int main(void) {
    static const struct CMUnitTest tests[] = {
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
    };
    return trial_run("store transactions", tests, LENGTH(tests));
}
