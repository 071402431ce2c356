/*
 * Races: many clients wish for what excludes each other, at once, on each database; the
 * histories they leave must be ones that one after another could have made, and the
 * witness of yard.h must find what is live lawful.
 *
 *   approve while edited      heads sign one text while the author takes it back, writes
 *                             another and hands that in
 *   double approve            several hands on one signature
 *   withdraw while publishing releases, withdrawals and changes of one item
 *   two schedulers            several clocks carry out one schedule
 *
 * SHENFA_RACE_CLIENTS and SHENFA_RACE_ROUNDS make it larger (script/torture races).
 */
#include "approval/approval.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MOST 64

static struct sandbox *sandbox; /* forked once, before any thread */

struct race;

/* What client *number* does; it may use nothing of the others. */
typedef enum status racer(struct race *race, struct yard *yard, size_t number);

struct race {
    struct trial_store *trial;
    struct yard yard;
    racer *run;
    size_t clients;
    pthread_barrier_t start;
    id64 manuscript;
    struct run at;
    struct verdict verdict; /* a filled-in form of the present step */
    id64 head;
    id64 operator;
    enum status answers[CLIENTS_MOST];
};

struct client {
    struct race *race;
    size_t number;
};

static void *go(void *what) {
    const struct client *client = what;
    struct race *race = client->race;
    struct yard yard = yard_beside(race->trial, &race->yard);
    pthread_barrier_wait(&race->start);
    race->answers[client->number] = race->run(race, &yard, client->number);
    yard_leave(&yard);
    return NULL;
}

/* All at once; how many were DONE.  Nothing may fail. */
static size_t start(struct race *race, racer *run) {
    pthread_t threads[CLIENTS_MOST];
    struct client clients[CLIENTS_MOST];
    size_t done = 0;
    race->run = run;
    assert_int_equal(pthread_barrier_init(&race->start, NULL, (unsigned)race->clients),
                     0);
    for (size_t i = 0; i < race->clients; i++) {
        clients[i] = (struct client){race, i};
        assert_int_equal(pthread_create(&threads[i], NULL, go, &clients[i]), 0);
    }
    for (size_t i = 0; i < race->clients; i++) {
        pthread_join(threads[i], NULL);
        assert_int_not_equal(race->answers[i], FAILED);
        done += race->answers[i] == DONE ? 1 : 0;
    }
    pthread_barrier_destroy(&race->start);
    txn_abort(race->yard.call); /* what it saw before is no longer so */
    return done;
}

/* A manuscript brought to *step*, and the form for it. */
static void prepare(struct race *race, const char *step, const char *outcome) {
    struct yard *yard = &race->yard;
    const struct step *stands;
    struct answer *answers;
    race->manuscript = yard_draft(yard, "赛跑");
    assert_int_equal(trial_walk(yard->call, race->manuscript, str_of(step)), DONE);
    assert_true(yard_stands(yard, race->manuscript, &race->at, &stands));
    race->verdict = (struct verdict){.run = race->at.id,
                                     .seen = race->at.digest,
                                     .step = stands->code,
                                     .outcome = str_of(outcome),
                                     .opinion = STR("同意"),
                                     .channel = STR(""),
                                     .paper_number = STR("")};
    race->verdict.answer_count =
        trial_good_answers(yard->call, yard->book, stands, &answers);
    race->verdict.answers = answers;
}

static enum status press(struct race *race, struct yard *yard, id64 person) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = race->manuscript};
    struct run run;
    yard_become(yard, person);
    return review_decide(yard->call, subject, &race->verdict, &run);
}

/* Decisions at the step of the form, on its text. */
static size_t decisions_of(struct race *race) {
    struct decision *decisions;
    size_t count;
    size_t found = 0;
    assert_int_equal(approval_history(race->yard.call, race->at.id, &decisions, &count),
                     DONE);
    for (size_t i = 0; i < count; i++) {
        found += str_equal(decisions[i].step, race->verdict.step) &&
                         digest_equal(&decisions[i].digest, &race->at.digest)
                     ? 1
                     : 0;
    }
    return found;
}

static size_t releases_in(struct race *race, enum release_state state) {
    struct release *releases;
    size_t count;
    size_t found = 0;
    yard_become(&race->yard, race->yard.bureau.writer);
    assert_int_equal(
        publication_of_manuscript(race->yard.call, race->manuscript, &releases, &count),
        DONE);
    for (size_t i = 0; i < count; i++) {
        found += releases[i].state == state ? 1 : 0;
    }
    return found;
}

/* ---- the four races ---- */

static enum status approve(struct race *race, struct yard *yard, size_t number) {
    (void)number;
    return press(race, yard, race->head);
}

static void race_double_approve(struct race *race) {
    prepare(race, "dept-review", "pass");
    size_t done = start(race, approve);
    assert_int_equal(done, 1);
    assert_int_equal(decisions_of(race), 1);
}

static enum status approve_or_edit(struct race *race, struct yard *yard, size_t number) {
    struct run run;
    if (number % 2 == 0) {
        return press(race, yard, race->head);
    }
    yard_become(yard, yard->bureau.writer);
    TRY(review_recall(yard->call, race->manuscript, STR("还要改"), &run));
    TRY(yard_write(yard, race->manuscript, "<p>换成另一个说法。</p>"));
    return yard_submit(yard, race->manuscript);
}

static void race_approve_while_edited(struct race *race) {
    struct run run;
    const struct step *step;
    prepare(race, "dept-review", "pass");
    start(race, approve_or_edit);
    assert_true(decisions_of(race) <= 1);
    /* Whoever won: what goes out in the end was signed as it is. */
    assert_int_equal(trial_walk(race->yard.call, race->manuscript, STR("")), DONE);
    assert_true(yard_stands(&race->yard, race->manuscript, &run, &step));
    yard_become(&race->yard, race->operator);
    enum status released = yard_release(&race->yard, race->manuscript, &run.digest, 0);
    if (released != DONE) {
        print_message("the text that won cannot be released: %s\n",
                      race->yard.call->refusal == NULL ? status_name(released)
                                                       : race->yard.call->refusal->words);
    }
    assert_int_equal(released, DONE);
    assert_true(yard_is_lawful(&race->yard, race->manuscript));
}

static enum status publish_or_withdraw(struct race *race, struct yard *yard,
                                       size_t number) {
    yard_become(yard, race->operator);
    switch (number % 4) {
    case 0:
    case 1:
        return yard_release(yard, race->manuscript, &race->at.digest, 0);
    case 2:
        return publication_withdraw(yard->call, race->manuscript, WITHDRAW_REMOVAL,
                                    STR("撤下"), 0);
    default:
        yard_become(yard, yard->bureau.writer);
        return manuscript_begin_change(yard->call, race->manuscript);
    }
}

static void race_withdraw_while_publishing(struct race *race) {
    struct manuscript found;
    size_t withdrawn = 0;
    size_t released = 0;
    prepare(race, "", "");
    start(race, publish_or_withdraw);
    for (size_t i = 0; i < race->clients; i++) {
        bool done = race->answers[i] == DONE;
        released += done && i % 4 < 2 ? 1 : 0;
        withdrawn += done && i % 4 == 2 ? 1 : 0;
    }
    assert_int_equal(released, 1);
    assert_true(withdrawn <= 1);
    assert_int_equal(manuscript_peek(race->yard.call, race->manuscript, &found), DONE);
    assert_int_equal(releases_in(race, RELEASE_LIVE), withdrawn == 0 ? 1 : 0);
    assert_int_equal(releases_in(race, RELEASE_WITHDRAWN), withdrawn);
    assert_true((found.live_revision != 0) == (withdrawn == 0));
    assert_true(yard_is_lawful(&race->yard, race->manuscript));
}

static enum status carry_out(struct race *race, struct yard *yard, size_t number) {
    size_t count;
    (void)race;
    (void)number;
    yard_become(yard, 0);
    yard->call->door = DOOR_CLOCK;
    return publication_release_due(yard->call, &count);
}

static void race_two_schedulers(struct race *race) {
    instant later = race->yard.call->now + INSTANT_HOUR;
    prepare(race, "", "");
    yard_become(&race->yard, race->operator);
    assert_int_equal(yard_release(&race->yard, race->manuscript, &race->at.digest, later),
                     DONE);
    assert_int_equal(releases_in(race, RELEASE_SCHEDULED), 1);
    race->yard.call->now += 2 * INSTANT_HOUR;
    start(race, carry_out);
    assert_int_equal(releases_in(race, RELEASE_LIVE), 1);
    assert_int_equal(releases_in(race, RELEASE_SCHEDULED), 0);
    assert_int_equal(releases_in(race, RELEASE_CANCELLED), 0);
    assert_true(yard_is_lawful(&race->yard, race->manuscript));
}

static void tell(void *listener, struct str path, enum tampering kind) {
    static const char *const kinds[] = {"missing", "changed", "foreign"};
    (void)listener;
    print_message("%.*s is %s\n", STR_ARG(path), kinds[kind]);
}

static void test_races__leave_only_what_one_after_another_could(void **state) {
    static void (*const races[])(struct race * race) = {
        race_double_approve, race_approve_while_edited, race_withdraw_while_publishing,
        race_two_schedulers};
    struct trial_store *trial = *state;
    struct race race = {.trial = trial};
    struct ledger_report report;
    struct verified verified;
    struct yard root;
    size_t rounds = yard_size("SHENFA_RACE_ROUNDS", 5);
    race.clients = yard_size("SHENFA_RACE_CLIENTS", 8);
    race.clients = race.clients > CLIENTS_MOST ? CLIENTS_MOST : race.clients;
    yard_open(trial, sandbox, "liuzhou-stats", &root);
    race.head = yard_holder(&root, "dept-head");
    race.operator= yard_holder(&root, "site-operator");
    for (size_t i = 0; i < rounds * LENGTH(races); i++) {
        txn_abort(root.call); /* an old view would keep the log from being emptied */
        race.yard = yard_beside(trial, &root);
        races[i % LENGTH(races)](&race);
        root.call->now = race.yard.call->now + INSTANT_MINUTE;
        yard_leave(&race.yard);
    }
    print_message("%zu clients, %zu rounds of each of %zu races\n", race.clients, rounds,
                  LENGTH(races));
    txn_abort(root.call); /* its view is of before the last race */
    assert_int_equal(ledger_verify(root.call, root.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    yard_become(&root, 0);
    assert_int_equal(publication_apply(root.call, root.bureau.site.id, NULL), DONE);
    assert_int_equal(
        publication_verify(root.call, root.bureau.site.id, tell, NULL, &verified), DONE);
    assert_int_equal(verified.differences, 0);
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_races__leave_only_what_one_after_another_could),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("races", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
