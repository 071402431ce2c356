/*
 * The passage of a manuscript under the Liuzhou regulation, and what is refused on it.
 */
#include "approval/approval.h"
#include "base/base.h"
#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "people/people.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

/* A bureau under Liuzhou's rulebook with one draft in it. */
struct bench {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    id64 column;
    id64 manuscript;
};

static struct bench bench_open(struct trial_store *trial) {
    struct bench bench = {.call = &trial->call};
    struct fault *faults = NULL;
    struct column column;
    const char *source = getenv("SHENFA_SOURCE");
    struct arena *arena = trial->call.arena;
    trial->house.sandbox = sandbox;
    if (trial->house.calendar == NULL) {
        assert_int_equal(
            calendar_open(
                str_text(arena, str_format(arena, "%s/share/calendar/cn.tsv", source)),
                &trial->house.calendar),
            DONE);
    }
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    bench.book = shelf_latest(trial->house.shelf, STR("liuzhou-stats"));
    bench.call->door = DOOR_CLI;
    assert_int_equal(trial_found(bench.call, bench.book, false, &bench.bureau), DONE);
    bench.call->door = DOOR_WEB;
    assert_int_equal(
        site_column_find_path(bench.call, bench.bureau.site.id, STR("tjdt"), &column),
        DONE);
    bench.column = column.id;
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = STR("全市普查业务培训班开班"),
                              .body = STR("<p>培训班为期两天。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct dropped dropped;
    int version;
    bench.call->actor =
        (struct actor){.person = bench.bureau.writer, .freshly_proven = true};
    assert_int_equal(
        manuscript_begin(bench.call, bench.column, bench.bureau.department.id,
                         bench.book->classes[1].code, content.title, &bench.manuscript),
        DONE);
    assert_int_equal(
        manuscript_save(bench.call, bench.manuscript, 1, &content, &version, &dropped),
        DONE);
    assert_int_equal(version, 2);
    return bench;
}

static void bench_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static struct subject subject_of(const struct bench *bench) {
    return (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = bench->manuscript};
}

static void test_review__passes_every_step_to_the_release_desk(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct manuscript found;
    struct ledger_report report;
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("")), DONE);
    assert_int_equal(manuscript_peek(bench.call, bench.manuscript, &found), DONE);
    assert_true(str_is(found.state, "approved"));
    assert_int_equal(ledger_verify(bench.call, bench.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    bench_close(trial);
}

static void test_review__gate_refuses_until_every_decision_stands(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    static const char *const steps[] = {"dept-review", "section-review", "leader-review",
                                        "disposition", "final-check"};
    struct offer offer;
    struct clearance clearance;
    for (size_t i = 0; i < LENGTH(steps); i++) {
        assert_int_equal(trial_walk(bench.call, bench.manuscript, str_of(steps[i])),
                         DONE);
        assert_int_equal(review_offer(bench.call, subject_of(&bench), 0, &offer), DONE);
        assert_true(str_is(offer.step->code, steps[i]));
        assert_int_equal(review_clear_for_release(bench.call, bench.manuscript,
                                                  &offer.run.digest, STR(""), &clearance),
                         REFUSED);
        assert_true(str_starts(bench.call->refusal->rule, "LZ-"));
        call_forgive(bench.call);
    }
    bench_close(trial);
}

/* One more draft of the same class. */
static id64 another_draft(struct bench *bench) {
    struct content content;
    struct dropped dropped;
    id64 manuscript;
    int version;
    bench->call->actor =
        (struct actor){.person = bench->bureau.writer, .freshly_proven = true};
    assert_int_equal(manuscript_draft(bench->call, bench->manuscript, &content, &version),
                     DONE);
    assert_int_equal(
        manuscript_begin(bench->call, bench->column, bench->bureau.department.id,
                         bench->book->classes[1].code, content.title, &manuscript),
        DONE);
    assert_int_equal(
        manuscript_save(bench->call, manuscript, 1, &content, &version, &dropped), DONE);
    return manuscript;
}

static size_t decided_on(struct bench *bench, id64 manuscript) {
    struct ledger_list list;
    size_t count = 0;
    assert_int_equal(
        ledger_history(bench->call,
                       (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                       &list),
        DONE);
    for (size_t i = 0; i < list.count; i++) {
        count +=
            str_is(list.at[i].act, "review.decide") && list.at[i].outcome == LEDGER_DONE;
    }
    return count;
}

/* Several items in one act: one whose text has moved on leaves the others done, each
 * with an entry of its own, and the answer says which. */
static void test_review__several_at_once_each_by_itself(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    id64 ids[] = {bench.manuscript, another_draft(&bench), another_draft(&bench)};
    struct verdict verdicts[LENGTH(ids)];
    struct decided_item *results;
    struct people_holdings heads;
    struct answer *answers;
    assert_int_equal(
        people_holders(bench.call, "dept-head", bench.bureau.department.id, &heads),
        DONE);
    for (size_t i = 0; i < LENGTH(ids); i++) {
        struct offer offer;
        assert_int_equal(trial_walk(bench.call, ids[i], STR("dept-review")), DONE);
        bench.call->actor =
            (struct actor){.person = heads.at[0].person, .freshly_proven = true};
        assert_int_equal(
            review_offer(bench.call,
                         (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = ids[i]}, 0,
                         &offer),
            DONE);
        verdicts[i] = (struct verdict){.seen = offer.run.digest,
                                       .step = offer.step->code,
                                       .outcome = STR("pass"),
                                       .opinion = STR("同意"),
                                       .channel = STR(""),
                                       .paper_number = STR("")};
        verdicts[i].answer_count =
            trial_good_answers(bench.call, bench.book, offer.step, &answers);
        verdicts[i].answers = answers;
    }
    verdicts[1].seen = digest_of(DIGEST_SM3, bytes_of_str(STR("another text")));
    bench.call->key = STR("0123456789ABCDEF");
    assert_int_equal(review_decide_all(bench.call, ids, verdicts, LENGTH(ids), &results),
                     DONE);
    for (size_t i = 0; i < LENGTH(ids); i++) {
        assert_true(results[i].manuscript == ids[i]);
        assert_int_equal(results[i].status, i == 1 ? STALE : DONE);
        assert_true((results[i].refusal != NULL) == (i == 1));
        assert_int_equal(decided_on(&bench, ids[i]), i == 1 ? 0 : 1);
    }
    /* The same wish again does nothing twice. */
    assert_int_equal(review_decide_all(bench.call, ids, verdicts, LENGTH(ids), &results),
                     DONE);
    assert_int_equal(results[0].status, DONE);
    assert_int_equal(decided_on(&bench, ids[0]), 1);
    /* Where one review each is the rule, none of them. */
    struct bulk_rule *bulk = bench.book->bulk;
    assert_true(bulk != NULL && bulk->allow);
    bulk->allow = false;
    bench.call->key = STR("");
    struct offer offer;
    assert_int_equal(
        review_offer(bench.call,
                     (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = ids[1]}, 0,
                     &offer),
        DONE);
    verdicts[1].seen = offer.run.digest;
    assert_int_equal(review_decide_all(bench.call, &ids[1], &verdicts[1], 1, &results),
                     DONE);
    assert_int_equal(results[0].status, REFUSED);
    assert_string_equal(results[0].refusal->words, "rulebook.one-by-one");
    assert_int_equal(decided_on(&bench, ids[1]), 0);
    bench_close(trial);
}

static void test_review__decision_on_a_stale_digest_is_stale(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct people_holdings heads;
    struct offer offer;
    struct run run;
    struct answer *answers;
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("dept-review")), DONE);
    assert_int_equal(
        people_holders(bench.call, "dept-head", bench.bureau.department.id, &heads),
        DONE);
    bench.call->actor.person = heads.at[0].person;
    assert_int_equal(review_offer(bench.call, subject_of(&bench), 0, &offer), DONE);
    struct verdict verdict = {
        .seen = digest_of(DIGEST_SM3, bytes_of_str(STR("another text"))),
        .step = STR("dept-review"),
        .outcome = STR("pass"),
        .opinion = STR(""),
        .channel = STR(""),
        .paper_number = STR("")};
    verdict.answer_count =
        trial_good_answers(bench.call, bench.book, offer.step, &answers);
    verdict.answers = answers;
    assert_int_equal(review_decide(bench.call, subject_of(&bench), &verdict, &run),
                     STALE);
    call_forgive(bench.call);
    verdict.seen = offer.run.digest;
    assert_int_equal(review_decide(bench.call, subject_of(&bench), &verdict, &run), DONE);
    bench_close(trial);
}

static void test_review__return_walks_through_the_head_again(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct offer offer;
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("section-review")),
                     DONE);
    assert_int_equal(
        trial_step(bench.call, bench.manuscript, STR("fail"), STR("请补数据来源")), DONE);
    assert_int_equal(review_offer(bench.call, subject_of(&bench), 0, &offer), DONE);
    assert_true(str_is(offer.step->code, "second-proof"));
    assert_int_equal(offer.run.round, 2);
    assert_int_equal(trial_step(bench.call, bench.manuscript, STR(""), STR("")), DONE);
    assert_int_equal(review_offer(bench.call, subject_of(&bench), 0, &offer), DONE);
    assert_true(str_is(offer.step->code, "dept-review"));
    bench_close(trial);
}

static void test_review__the_desk_follows_the_duty(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct people_holdings heads;
    struct duties duties;
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("dept-review")), DONE);
    assert_int_equal(
        people_holders(bench.call, "dept-head", bench.bureau.department.id, &heads),
        DONE);
    assert_int_equal(notice_desk(bench.call, heads.at[0].person, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(str_is(duties.at[0].title, "全市普查业务培训班开班"));
    assert_int_equal(trial_step(bench.call, bench.manuscript, STR(""), STR("")), DONE);
    assert_int_equal(notice_desk(bench.call, heads.at[0].person, &duties), DONE);
    assert_int_equal(duties.count, 0);
    bench_close(trial);
}

static void test_review__second_press_of_submit_answers_the_same(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct run first;
    struct run second;
    bench.call->key = STR("press-1");
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("dept-review")), DONE);
    assert_int_equal(review_run(bench.call, subject_of(&bench), &first), DONE);
    assert_int_equal(review_submit(bench.call, bench.manuscript, 2, NULL, 0, &second),
                     DONE);
    assert_int_equal(second.id, first.id);
    assert_int_equal(second.turn, first.turn);
    bench.call->key = STR("press-2"); /* another wish is none of the first */
    assert_int_equal(review_submit(bench.call, bench.manuscript, 2, NULL, 0, &second),
                     REFUSED);
    bench_close(trial);
}

/* A deputy signs in the absent head's post and is shown so; what he wrote he does not. */
static void test_review__deputy_signs_but_never_his_own(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct people_holdings heads;
    struct people_unit office;
    struct people_posts posts;
    struct offer offer;
    struct run run;
    struct answer *answers;
    struct decision *decisions;
    struct str signer;
    size_t count;
    struct people_roles roles = people_roles_of(bench.call, bench.book);
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("dept-review")), DONE);
    assert_int_equal(
        people_holders(bench.call, "dept-head", bench.bureau.department.id, &heads),
        DONE);
    assert_int_equal(people_unit_find(bench.call, STR(PEOPLE_UNIT_OFFICE), &office),
                     DONE);
    assert_int_equal(people_posts(bench.call, office.id, false, &posts), DONE);
    id64 keeper = 0; /* of appointments: whoever is in the office and no administrator */
    for (size_t i = 0; i < posts.count; i++) {
        keeper = str_is(posts.at[i].role, "system-admin") ||
                         str_is(posts.at[i].role, "security-admin") ||
                         str_is(posts.at[i].role, "audit-admin")
                     ? keeper
                     : posts.at[i].holder;
    }
    bench.call->actor.person = keeper;
    struct people_appointing author = {.person = bench.bureau.writer,
                                       .until = bench.call->now + 5 * INSTANT_DAY,
                                       .stands_for = heads.at[0].appointment};
    assert_int_equal(people_appoint(bench.call, &roles, &author, NULL, NULL), DONE);
    bench.call->actor.person = bench.bureau.writer;
    assert_int_equal(review_offer(bench.call, subject_of(&bench), 0, &offer), DONE);
    struct verdict verdict = {.seen = offer.run.digest,
                              .step = STR("dept-review"),
                              .outcome = STR("pass"),
                              .opinion = STR(""),
                              .channel = STR(""),
                              .paper_number = STR("")};
    verdict.answer_count =
        trial_good_answers(bench.call, bench.book, offer.step, &answers);
    verdict.answers = answers;
    assert_int_equal(review_decide(bench.call, subject_of(&bench), &verdict, &run),
                     DENIED);
    call_forgive(bench.call);
    bench.call->actor.person = keeper;
    struct people_persons persons;
    id64 other = 0;
    const struct people_page all = {.limit = 100, .search = STR("")};
    assert_int_equal(people_persons(bench.call, &all, &persons), DONE);
    for (size_t i = 0; i < persons.count && other == 0; i++) {
        struct people_role_codes codes;
        assert_int_equal(people_roles_on(bench.call, persons.at[i].id, 0, &codes), DONE);
        other = codes.count == 1 && str_is(codes.at[0], "bureau-leader")
                    ? persons.at[i].id
                    : 0;
    }
    assert_int_not_equal(other, 0);
    struct people_appointing leader = {.person = other,
                                       .until = bench.call->now + 5 * INSTANT_DAY,
                                       .stands_for = heads.at[0].appointment};
    assert_int_equal(people_appoint(bench.call, &roles, &leader, NULL, NULL), DONE);
    bench.call->actor.person = other;
    assert_int_equal(review_decide(bench.call, subject_of(&bench), &verdict, &run), DONE);
    assert_int_equal(approval_history(bench.call, run.id, &decisions, &count), DONE);
    assert_int_equal(decisions[count - 1].stands_for, heads.at[0].person);
    assert_int_equal(
        review_signer(bench.call, &decisions[count - 1], STR("zh-CN"), &signer), DONE);
    bench_close(trial);
}

/* The entry names the step that was decided, its post and its article, not the next
 * one's. */
static void test_review__the_ledger_names_the_step_that_was_decided(void **state) {
    static const struct {
        const char *step, *rule;
    } steps[] = {{"leader-review", "LZ-12.4"}, {"section-review", "LZ-12.3"}};
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct ledger_list history;
    assert_int_equal(trial_walk(bench.call, bench.manuscript, STR("disposition")), DONE);
    assert_int_equal(ledger_history(bench.call, subject_of(&bench), &history), DONE);
    for (size_t i = 0; i < LENGTH(steps); i++) {
        const struct ledger_entry *entry = &history.at[history.count - 1 - i];
        int step = route_step(&bench.book->routes[0], str_of(steps[i].step));
        assert_true(str_starts(entry->rule, steps[i].rule));
        assert_true(str_is(entry->act, "review.decide"));
        assert_non_null(
            strstr(str_text(bench.call->arena, entry->payload), steps[i].step));
        assert_true(str_equal(
            entry->post,
            bench.book->roles[bench.book->routes[0].steps[step].role].title.zh));
    }
    bench_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_review__passes_every_step_to_the_release_desk),
        TRIAL_ON_BOTH(test_review__gate_refuses_until_every_decision_stands),
        TRIAL_ON_BOTH(test_review__several_at_once_each_by_itself),
        TRIAL_ON_BOTH(test_review__decision_on_a_stale_digest_is_stale),
        TRIAL_ON_BOTH(test_review__return_walks_through_the_head_again),
        TRIAL_ON_BOTH(test_review__the_desk_follows_the_duty),
        TRIAL_ON_BOTH(test_review__second_press_of_submit_answers_the_same),
        TRIAL_ON_BOTH(test_review__deputy_signs_but_never_his_own),
        TRIAL_ON_BOTH(test_review__the_ledger_names_the_step_that_was_decided),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("review", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
