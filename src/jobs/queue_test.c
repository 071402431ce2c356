/*
 * Jobs: added with their act, done once, tried again, given up.
 */
#include "jobs/jobs.h"
#include "trial_store.h"

#include <stdatomic.h>
#include <string.h>

#define MANY    40
#define WORKERS 4
#define FAR     (TRIAL_NOW + 1000 * INSTANT_DAY)

/* What the handlers below saw. */
static struct trial_store *trial;
static atomic_int works;
static _Atomic enum status answer_next;
static _Atomic instant clock_now;

static instant read_clock(void) { return clock_now; }

static void begin(void **state) {
    trial = *state;
    works = 0;
    answer_next = DONE;
    clock_now = TRIAL_NOW;
}

static enum status answer(struct call *call, struct job *job) {
    (void)call;
    works++;
    if (answer_next != DONE) {
        job->reason = STR("the mail server is away");
    }
    return answer_next;
}

struct effect {
    const struct job *job;
    enum status answer;
};

/* The effect of a job: one more row, which never comes due. */
static enum status take_effect(struct call *call, void *what) {
    struct effect *effect = what;
    TRY(jobs_add(call, "effect", effect->job->subject, FAR, STR("")));
    TRY(jobs_complete(call, effect->job));
    return effect->answer;
}

static enum status with_effect(struct call *call, struct job *job) {
    works++;
    struct effect effect = {job, answer_next};
    return store_transact(call, TXN_WRITE, take_effect, &effect);
}

/* While the first worker is at it, its lease runs out and a second does the job. */
static enum status with_slow_effect(struct call *call, struct job *job) {
    static const struct job_handler second[] = {{"slow", with_effect, 0, 0}};
    struct call *later = trial_call_new(trial);
    works++;
    later->now = call->now + 9 * INSTANT_MINUTE;
    assert_int_equal(jobs_do_next(later, second, 1), ABSENT);
    later->now = call->now + 11 * INSTANT_MINUTE;
    assert_int_equal(jobs_do_next(later, second, 1), DONE);
    trial_call_free(later);
    return with_effect(call, job);
}

static const struct job_handler handlers[] = {
    {"answer", answer, 0, 0},
    {"thrice", answer, 3, 0},
    {"effect-of", with_effect, 0, 0},
    {"slow", with_slow_effect, 0, 0},
};

static enum status add_key(const char *kind, const char *subject, instant not_before,
                           const char *key) {
    struct call *call = &trial->call;
    TRY(txn_begin(call, TXN_WRITE));
    enum status added = jobs_add(call, kind, str_of(subject), not_before, str_of(key));
    if (added != DONE) {
        txn_abort(call);
        return added;
    }
    return txn_commit(call);
}

static enum status do_next_at(instant now) {
    trial->call.now = now;
    return jobs_do_next(&trial->call, handlers, LENGTH(handlers));
}

static struct jobs_state look(void) {
    struct jobs_state state;
    assert_int_equal(jobs_look(&trial->call, &state), DONE);
    return state;
}

static void test_jobs__are_added_with_their_act_or_not_at_all(void **state) {
    begin(state);
    assert_int_equal(txn_begin(&trial->call, TXN_WRITE), DONE);
    assert_int_equal(jobs_add(&trial->call, "answer", STR("1"), 0, STR("")), DONE);
    txn_abort(&trial->call);
    assert_int_equal(do_next_at(TRIAL_NOW), ABSENT);
    assert_int_equal(add_key("answer", "1", 0, ""), DONE);
    assert_int_equal(do_next_at(TRIAL_NOW), DONE);
    assert_int_equal(do_next_at(FAR), ABSENT);
    assert_int_equal(works, 1);
}

static void test_jobs__a_key_is_single_also_afterwards(void **state) {
    begin(state);
    assert_int_equal(add_key("answer", "1", 0, "once"), DONE);
    assert_int_equal(add_key("answer", "2", 0, "once"), DONE);
    assert_int_equal(look().waiting, 1);
    assert_int_equal(do_next_at(TRIAL_NOW), DONE);
    assert_int_equal(add_key("answer", "3", 0, "once"), DONE);
    assert_int_equal(look().waiting, 0);
    int64_t forgotten;
    assert_int_equal(jobs_forget(&trial->call, TRIAL_NOW, &forgotten), DONE);
    assert_int_equal(forgotten, 0);
    assert_int_equal(jobs_forget(&trial->call, TRIAL_NOW + 1, &forgotten), DONE);
    assert_int_equal(forgotten, 1);
    assert_int_equal(add_key("answer", "3", 0, "once"), DONE);
    assert_int_equal(look().waiting, 1);
}

static void test_jobs__wait_until_they_are_due(void **state) {
    begin(state);
    instant due = TRIAL_NOW + INSTANT_HOUR;
    assert_int_equal(add_key("answer", "1", due, ""), DONE);
    assert_int_equal(do_next_at(due - 1), ABSENT);
    assert_int_equal(do_next_at(due), DONE);
    assert_int_equal(works, 1);
}

static void test_jobs__are_tried_again_with_growing_waits(void **state) {
    static const instant waits[] = {0, 30 * INSTANT_SECOND, 60 * INSTANT_SECOND};
    begin(state);
    assert_int_equal(add_key("thrice", "1", 0, "k"), DONE);
    answer_next = FAILED;
    instant now = TRIAL_NOW;
    for (size_t i = 0; i < LENGTH(waits); i++) {
        now += waits[i];
        assert_int_equal(do_next_at(now - 1), ABSENT);
        assert_int_equal(look().given_up, 0);
        assert_int_equal(do_next_at(now), DONE);
    }
    assert_int_equal(works, 3);
    assert_int_equal(do_next_at(FAR), ABSENT);
    struct job *jobs;
    size_t count;
    assert_int_equal(jobs_list_given_up(&trial->call, 10, &jobs, &count), DONE);
    assert_int_equal(count, 1);
    assert_true(str_is(jobs[0].reason, "the mail server is away"));
    assert_int_equal(jobs[0].attempt, 3);
    assert_int_equal(jobs[0].ended_at, now);
    answer_next = DONE;
    assert_int_equal(jobs_retry(&trial->call, jobs[0].id), DONE);
    assert_int_equal(jobs_retry(&trial->call, jobs[0].id), ABSENT);
    assert_int_equal(do_next_at(FAR), DONE);
    assert_int_equal(look().given_up + look().waiting, 0);
}

static void test_jobs__a_lasting_no_gives_up_at_once(void **state) {
    static const enum status noes[] = {REFUSED, DENIED, ABSENT};
    begin(state);
    for (size_t i = 0; i < LENGTH(noes); i++) {
        answer_next = noes[i];
        assert_int_equal(add_key("answer", "1", 0, ""), DONE);
        assert_int_equal(do_next_at(TRIAL_NOW), DONE);
        assert_int_equal(look().given_up, i + 1);
    }
    assert_int_equal(add_key("unheard-of", "1", 0, ""), DONE);
    assert_int_equal(do_next_at(TRIAL_NOW), DONE);
    assert_int_equal(look().given_up, LENGTH(noes) + 1);
    assert_int_equal(look().waiting, 0);
}

static void test_jobs__effect_and_completion_are_one(void **state) {
    begin(state);
    assert_int_equal(add_key("effect-of", "1", 0, ""), DONE);
    answer_next = FAILED;
    assert_int_equal(do_next_at(TRIAL_NOW), DONE);
    assert_int_equal(look().waiting, 1); /* the job alone */
    answer_next = DONE;
    assert_int_equal(do_next_at(TRIAL_NOW + INSTANT_MINUTE), DONE);
    assert_int_equal(look().waiting, 1); /* its effect alone */
    assert_int_equal(do_next_at(TRIAL_NOW + INSTANT_DAY), ABSENT);
    assert_int_equal(works, 2);
}

static void test_jobs__lost_lease_has_no_effect(void **state) {
    begin(state);
    assert_int_equal(add_key("slow", "1", 0, ""), DONE);
    assert_int_equal(do_next_at(TRIAL_NOW), DONE);
    assert_int_equal(works, 3);
    assert_int_equal(look().waiting, 1); /* one effect, the second worker's */
    assert_int_equal(look().given_up, 0);
}

static enum status cancel(const char *key) {
    TRY(txn_begin(&trial->call, TXN_WRITE));
    enum status cancelled = jobs_cancel(&trial->call, str_of(key));
    if (cancelled != DONE) {
        txn_abort(&trial->call);
        return cancelled;
    }
    return txn_commit(&trial->call);
}

static enum status cancelled_meanwhile;

static enum status cancel_self(struct call *call, struct job *job) {
    (void)call;
    (void)job;
    struct call *other = trial_call_new(trial);
    other->now = TRIAL_NOW;
    assert_int_equal(txn_begin(other, TXN_WRITE), DONE);
    cancelled_meanwhile = jobs_cancel(other, STR("k"));
    trial_call_free(other);
    return DONE;
}

static void test_jobs__can_be_taken_back_before_work_begins(void **state) {
    static const struct job_handler table[] = {{"self", cancel_self, 0, 0}};
    begin(state);
    assert_int_equal(cancel("k"), ABSENT);
    assert_int_equal(add_key("self", "1", 0, "k"), DONE);
    assert_int_equal(cancel("k"), DONE);
    assert_int_equal(look().waiting, 0);
    assert_int_equal(add_key("self", "2", 0, "k"), DONE);
    assert_int_equal(jobs_do_next(&trial->call, table, 1), DONE);
    assert_int_equal(cancelled_meanwhile, STALE);
    assert_int_equal(cancel("k"), ABSENT);
}

/* Wait for the store's commits until *waiting* jobs wait; a minute is a failure. */
static bool settles_at(int64_t waiting) {
    struct store *store = trial->house.store;
    for (int i = 0; i < 1000; i++) {
        uint64_t seen = store_commits(store);
        if (look().waiting == waiting) {
            return true;
        }
        if (store_wait(store, seen, INSTANT_MINUTE) == seen) {
            return false;
        }
    }
    return false;
}

static void test_jobs__many_workers_do_each_job_once(void **state) {
    begin(state);
    struct jobs *jobs;
    assert_int_equal(
        jobs_start(&trial->house, handlers, LENGTH(handlers), WORKERS, read_clock, &jobs),
        DONE);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(add_key("effect-of", "1", 0, ""), DONE);
    }
    while (works < MANY) {
        store_wait(trial->house.store, store_commits(trial->house.store),
                   INSTANT_SECOND / 100);
    }
    assert_true(settles_at(MANY)); /* as many effects as jobs */
    assert_int_equal(works, MANY);
    jobs_stop(jobs);
}

static void test_jobs__workers_wake_at_the_due_instant(void **state) {
    begin(state);
    struct jobs *jobs;
    assert_int_equal(
        jobs_start(&trial->house, handlers, LENGTH(handlers), 1, read_clock, &jobs),
        DONE);
    assert_int_equal(add_key("answer", "1", TRIAL_NOW + INSTANT_DAY, ""), DONE);
    assert_int_equal(works, 0);
    clock_now = TRIAL_NOW + INSTANT_DAY;
    store_wake(trial->house.store);
    assert_true(settles_at(0));
    jobs_stop(jobs);
    assert_int_equal(works, 1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_jobs__are_added_with_their_act_or_not_at_all),
        TRIAL_ON_BOTH(test_jobs__a_key_is_single_also_afterwards),
        TRIAL_ON_BOTH(test_jobs__wait_until_they_are_due),
        TRIAL_ON_BOTH(test_jobs__are_tried_again_with_growing_waits),
        TRIAL_ON_BOTH(test_jobs__a_lasting_no_gives_up_at_once),
        TRIAL_ON_BOTH(test_jobs__effect_and_completion_are_one),
        TRIAL_ON_BOTH(test_jobs__lost_lease_has_no_effect),
        TRIAL_ON_BOTH(test_jobs__can_be_taken_back_before_work_begins),
        TRIAL_ON_BOTH(test_jobs__many_workers_do_each_job_once),
        TRIAL_ON_BOTH(test_jobs__workers_wake_at_the_due_instant),
    };
    return trial_run("jobs", tests, LENGTH(tests));
}
