/*
 * Drafts of a version: saved without loss, overtaken saves told, kept only when sound,
 * proposed as every version; values that the regulation leaves open hold activation up.
 */
#include "calendar/calendar.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "owner.h"
#include "people/people.h"
#include "review/review.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "version/version.h"

#include <stdlib.h>
#include <string.h>

struct bench {
    struct trial_store *trial;
    struct call *call;
    struct shelf *shelf;
    struct calendar *calendar;
    const struct rulebook *book;
    struct trial_bureau bureau;
};

static const char *source(struct bench *bench, const char *name) {
    return str_format(bench->call->arena, "%s/%s", getenv("SHENFA_SOURCE"), name).at;
}

static void open_bench(struct bench *bench, void **state, const char *code) {
    struct trial_store *trial = *state;
    struct fault *faults = NULL;
    *bench = (struct bench){.trial = trial, .call = &trial->call};
    const char *const directories[] = {source(bench, "rulebooks"), NULL};
    assert_int_equal(shelf_open(bench->call->arena, directories, &bench->shelf, &faults),
                     DONE);
    assert_int_equal(
        calendar_open(source(bench, "share/calendar/cn.tsv"), &bench->calendar), DONE);
    trial->house.shelf = bench->shelf;
    trial->house.calendar = bench->calendar;
    bench->call->door = DOOR_CLI;
    bench->call->language = STR("zh-CN");
    bench->book = shelf_latest(bench->shelf, str_of(code));
    assert_int_equal(trial_found(bench->call, bench->book, false, &bench->bureau), DONE);
    bench->call->door = DOOR_WEB;
}

static void close_bench(struct bench *bench) {
    txn_abort(bench->call);
    shelf_free(bench->shelf);
    calendar_close(bench->calendar);
}

static id64 holder(struct bench *bench, const char *role) {
    struct people_holdings holdings;
    assert_int_equal(people_holders(bench->call, role, 0, &holdings), DONE);
    assert_true(holdings.count > 0);
    return holdings.at[0].person;
}

static void speak_for(struct bench *bench, id64 person) {
    call_forgive(bench->call);
    bench->call->actor = (struct actor){.person = person, .freshly_proven = true};
}

static struct str file_of(const struct rulebook_files *files, const char *name) {
    for (size_t i = 0; i < files->count; i++) {
        if (str_is(files->at[i].name, name)) {
            return files->at[i].text;
        }
    }
    fail_msg("no file %s", name);
    return STR("");
}

static struct str exchanged(struct bench *bench, struct str text, const char *from,
                            const char *to) {
    size_t at = str_find(text, str_of(from));
    assert_true(at < text.length);
    return str_format(bench->call->arena, "%.*s%s%.*s", STR_ARG(str_part(text, 0, at)),
                      to, STR_ARG(str_part(text, at + strlen(from), text.length)));
}

static void test_version__saved_without_loss(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct rulebook_files files;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, bench.bureau.site.id, bench.book, &draft),
                     DONE);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    struct str text = file_of(&files, "rulebook.yaml");
    struct str first = exchanged(&bench, text, "amount: 2", "amount: 1");
    struct str second = exchanged(&bench, text, "amount: 2", "amount: 3");
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), first, &draft), DONE);
    assert_int_equal(draft.version, 2);
    assert_int_equal(/* the same once more is no new save, whatever was seen */
                     version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), first,
                                        &draft),
                     DONE);
    assert_int_equal(draft.version, 2);
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), second, &draft),
        STALE);
    assert_string_equal(call->refusal->words, "version.overtaken");
    call_forgive(call);
    assert_int_equal(
        version_draft_save(call, draft.id, 2, STR("rulebook.yaml"), second, &draft),
        DONE);
    assert_int_equal(
        version_draft_save(call, draft.id, 3, STR("none.yaml"), second, &draft), REFUSED);
    call_forgive(call);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    assert_true(str_equal(file_of(&files, "rulebook.yaml"), second));
    close_bench(&bench);
}

static void test_version__only_the_keeper_writes(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct version_run run;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    id64 site = bench.bureau.site.id;
    speak_for(&bench, bench.bureau.writer);
    assert_int_equal(version_draft_begin(call, site, bench.book, &draft), DENIED);
    assert_string_equal(call->refusal->words, "site.not-rulebook-keeper");
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, site, bench.book, &draft), DONE);
    speak_for(&bench, bench.bureau.writer);
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), STR("x"), &draft),
        DENIED);
    assert_int_equal(version_run_ask(call, draft.id, &run), DENIED);
    assert_int_equal(version_draft_close(call, draft.id, NULL), DENIED);
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_close(call, draft.id, NULL), DONE);
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), STR("x"), &draft),
        REFUSED);
    assert_string_equal(call->refusal->words, "version.closed");
    close_bench(&bench);
}

/* The head's decision as the office's form would send it, with a key of its own. */
static void decide(struct bench *bench, const struct rulebook *book) {
    struct call *call = bench->call;
    struct subject subject = {SUBJECT_RULEBOOK, review_rulebook_subject(book)};
    struct offer offer;
    struct run run;
    struct answer *answers;
    speak_for(bench, holder(bench, "office-director"));
    call->key = digest_to_text(call->arena, &book->digest);
    assert_int_equal(review_offer(call, subject, 0, &offer), DONE);
    struct verdict verdict = {.run = offer.run.id,
                              .step = offer.step->code,
                              .outcome = STR("pass"),
                              .role = STR(""),
                              .opinion = STR("同意"),
                              .channel = STR(""),
                              .paper_number = STR(""),
                              .seen = book->digest};
    verdict.answer_count = trial_good_answers(call, book, offer.step, &answers);
    verdict.answers = answers;
    assert_int_equal(review_decide(call, subject, &verdict, &run), DONE);
    call->key = STR("");
}

static void test_version__kept_only_when_sound_and_new(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct rulebook_files files;
    struct fault *faults = NULL;
    const struct rulebook *book = NULL;
    struct run run;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, bench.bureau.site.id, bench.book, &draft),
                     DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), REFUSED);
    assert_string_equal(call->refusal->words, "version.says-the-same");
    call_forgive(call);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    struct str text = file_of(&files, "rulebook.yaml");
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"),
                           exchanged(&bench, text, "amount: 2", "amount: two"), &draft),
        DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), REFUSED);
    assert_non_null(faults);
    assert_true(str_is(faults->file, "rulebook.yaml"));
    assert_int_equal(
        version_draft_save(call, draft.id, 2, STR("rulebook.yaml"),
                           exchanged(&bench, text, "code: liuzhou-stats", "code: other"),
                           &draft),
        DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), REFUSED);
    assert_string_equal(call->refusal->words, "version.other-code");
    call_forgive(call);
    assert_int_equal(version_draft_save(call, draft.id, 3, STR("rulebook.yaml"),
                                        exchanged(&bench, text, "amount: 2", "amount: 1"),
                                        &draft),
                     DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), REFUSED);
    assert_string_equal(call->refusal->words, "version.number-taken");
    call_forgive(call);
    text = exchanged(&bench, text, "version: \"1\"", "version: \"2\"");
    assert_int_equal(
        version_draft_save(call, draft.id, draft.version, STR("rulebook.yaml"),
                           exchanged(&bench, text, "amount: 2", "amount: 1"), &draft),
        DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), DONE);
    assert_ptr_equal(shelf_find(bench.shelf, &book->digest), book);
    assert_int_equal(review_propose_rulebook(call, bench.bureau.site.id, book, 0, &run),
                     DONE);
    assert_int_equal(version_draft_close(call, draft.id, book), DONE);
    assert_int_equal(version_draft_find(call, draft.id, &draft), DONE);
    assert_false(draft.open);
    assert_true(str_equal(draft.proposed, digest_to_text(call->arena, &book->digest)));
    decide(&bench, book);
    const struct rulebook *now;
    assert_int_equal(site_rulebook(call, bench.bureau.site.id, &now), DONE);
    assert_ptr_equal(now, book);
    close_bench(&bench);
}

static const struct rulebook *in_force(struct bench *bench) {
    const struct rulebook *now = NULL;
    assert_int_equal(site_rulebook(bench->call, bench->bureau.site.id, &now), DONE);
    return now;
}

static void do_jobs(struct bench *bench) {
    size_t count;
    const struct job_handler *handlers = review_handlers(&count);
    txn_abort(bench->call);
    while (jobs_do_next(bench->call, handlers, count) == DONE) {
        /* until nothing is due */
    }
}

/* Approved today, the present version stays until the day that was chosen. */
static void test_version__comes_into_force_on_its_day(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct rulebook_files files;
    struct fault *faults = NULL;
    const struct rulebook *book = NULL;
    struct effect effect;
    struct run run;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    id64 site = bench.bureau.site.id;
    civil_day today = instant_day(call->now);
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, site, bench.book, &draft), DONE);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    struct str text = exchanged(&bench, file_of(&files, "rulebook.yaml"),
                                "version: \"1\"", "version: \"2\"");
    assert_int_equal(version_draft_save(call, draft.id, 1, STR("rulebook.yaml"),
                                        exchanged(&bench, text, "amount: 2", "amount: 1"),
                                        &draft),
                     DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), DONE);
    assert_int_equal(review_propose_rulebook(call, site, book, today - 1, &run), REFUSED);
    assert_string_equal(call->refusal->words, "review.effect-odd");
    call_forgive(call);
    assert_int_equal(review_propose_rulebook(call, site, book, today + 9, &run), DONE);
    assert_int_equal(review_effect(call, run.id, &effect), DONE);
    assert_int_equal(effect.from, today + 9);
    assert_false(effect.waits);
    decide(&bench, book);
    assert_int_equal(review_effect(call, run.id, &effect), DONE);
    assert_true(effect.waits);
    call->now = day_start(today + 9) - 1;
    do_jobs(&bench);
    assert_ptr_equal(in_force(&bench), bench.book);
    call->now = day_start(today + 9);
    do_jobs(&bench);
    assert_ptr_equal(in_force(&bench), book);
    assert_int_equal(review_effect(call, run.id, &effect), DONE);
    assert_false(effect.waits);
    close_bench(&bench);
}

/* A version with this number and time limit, proposed and approved. */
static const struct rulebook *approve(struct bench *bench, const char *number,
                                      const char *amount, civil_day from) {
    struct version_draft draft;
    struct rulebook_files files;
    struct fault *faults = NULL;
    const struct rulebook *book = NULL;
    struct run run;
    struct call *call = bench->call;
    id64 site = bench->bureau.site.id;
    speak_for(bench, holder(bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, site, bench->book, &draft), DONE);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    struct str text =
        exchanged(bench, file_of(&files, "rulebook.yaml"), "version: \"1\"", number);
    assert_int_equal(version_draft_save(call, draft.id, 1, STR("rulebook.yaml"),
                                        exchanged(bench, text, "amount: 2", amount),
                                        &draft),
                     DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), DONE);
    assert_int_equal(review_propose_rulebook(call, site, book, from, &run), DONE);
    assert_int_equal(version_draft_close(call, draft.id, book), DONE);
    decide(bench, book);
    return book;
}

/* What waits for its day is overtaken by what is decided later for an earlier day, and
 * not by what is decided for a day behind it. */
static void test_version__a_later_decision_overtakes(void **state) {
    struct bench bench;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    civil_day today = instant_day(call->now);
    const struct rulebook *second =
        approve(&bench, "version: \"2\"", "amount: 1", today + 9);
    const struct rulebook *third = approve(&bench, "version: \"3\"", "amount: 3", 0);
    const struct rulebook *fourth =
        approve(&bench, "version: \"4\"", "amount: 4", today + 4);
    const struct rulebook *fifth =
        approve(&bench, "version: \"5\"", "amount: 5", today + 6);
    assert_ptr_not_equal(second, third);
    assert_ptr_equal(in_force(&bench), third);
    call->now = day_start(today + 4);
    do_jobs(&bench);
    assert_ptr_equal(in_force(&bench), fourth);
    call->now = day_start(today + 9);
    do_jobs(&bench);
    assert_ptr_equal(in_force(&bench), fifth);
    close_bench(&bench);
}

/* The day is part of what was signed: brought forward by the owner of the database, the
 * version does not come into force at all, and the job that would have done it is given
 * up with the reason. */
static void test_version__day_moved_by_sql_puts_nothing_in_force(void **state) {
    struct bench bench;
    struct job *jobs;
    size_t count;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    struct yard owner = {.call = call};
    civil_day today = instant_day(call->now);
    approve(&bench, "version: \"2\"", "amount: 1", today + 9);
    owner_does(&owner, "UPDATE review_effect SET from_day = from_day - 8", 0);
    owner_does(&owner, "UPDATE job SET due_at = 0 WHERE kind = 'review.version'", 0);
    call->now = day_start(today + 1);
    do_jobs(&bench);
    assert_ptr_equal(in_force(&bench), bench.book);
    assert_int_equal(jobs_list_given_up(call, 10, &jobs, &count), DONE);
    assert_int_equal(count, 1);
    owner_does(&owner, "UPDATE review_effect SET from_day = from_day + 8", 0);
    assert_int_equal(jobs_retry(call, jobs[0].id), DONE);
    do_jobs(&bench); /* the job alone moved: it waits again */
    assert_ptr_equal(in_force(&bench), bench.book);
    call->now = day_start(today + 9);
    do_jobs(&bench);
    assert_ptr_not_equal(in_force(&bench), bench.book);
    close_bench(&bench);
}

struct noting {
    id64 run;
    struct version_case one;
};

static enum status note(struct call *call, void *what) {
    const struct noting *noting = what;
    TRY(version_run_count(call, noting->run, 2));
    TRY(version_run_note(call, noting->run, 0, &noting->one));
    TRY(version_run_note(call, noting->run, 0, &noting->one)); /* a worker began again */
    return version_run_end(call, noting->run, STR(""));
}

/* Asked for once for each version of the draft; what the worker noted is read back. */
static void test_version__runs_of_its_cases(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct version_run run;
    struct version_run again;
    struct version_case *cases;
    size_t count;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, bench.bureau.site.id, bench.book, &draft),
                     DONE);
    assert_int_equal(version_run_last(call, draft.id, &run), ABSENT);
    assert_int_equal(version_run_ask(call, draft.id, &run), DONE);
    assert_int_equal(version_run_ask(call, draft.id, &again), DONE);
    assert_true(run.id == again.id);
    struct noting noting = {.run = run.id,
                            .one = {.sentence = STR("不能发布"),
                                    .place = STR("flow.yaml:2"),
                                    .former = true,
                                    .why = STR("status should be"),
                                    .what = STR("status"),
                                    .wanted = STR("refused"),
                                    .found = STR("done")}};
    assert_int_equal(store_transact(call, TXN_WRITE, note, &noting), DONE);
    assert_int_equal(version_run_cases(call, run.id, &cases, &count), DONE);
    assert_int_equal(count, 1);
    assert_true(cases[0].former && !cases[0].passed);
    assert_true(str_is(cases[0].wanted, "refused"));
    assert_int_equal(version_run_last(call, draft.id, &run), DONE);
    assert_true(run.ended_at != 0 && run.total == 2);
    assert_int_equal(version_run_ask(call, draft.id, &again), DONE);
    assert_true(run.id != again.id);
    close_bench(&bench);
}

/* The pass mark has no default: a bureau that has not given it is not founded under the
 * regulation, and the demonstration's is marked. */
static void test_value__activation_waits_for_it(void **state) {
    struct bench bench;
    struct site_value *values;
    struct str value;
    size_t count;
    open_bench(&bench, state, "mashan");
    struct call *call = bench.call;
    id64 site = bench.bureau.site.id;
    assert_int_equal(site_values(call, site, &values, &count), DONE);
    assert_int_equal(count, 1);
    assert_true(values[0].sample);
    assert_int_equal(site_value(call, site, STR("pass-mark"), &value), DONE);
    assert_true(str_is(value, "60"));
    speak_for(&bench, bench.bureau.writer);
    assert_int_equal(
        site_give_value(call, site, bench.book, STR("pass-mark"), STR("70"), false),
        DENIED);
    int route = rulebook_route_of(bench.book, ROUTE_OF_RULEBOOK);
    assert_int_not_equal(route, NO_INDEX);
    int role = bench.book->routes[route].steps[0].role;
    speak_for(&bench,
              holder(&bench, str_text(call->arena, bench.book->roles[role].code)));
    assert_int_equal(
        site_give_value(call, site, bench.book, STR("pass-mark"), STR("0"), false),
        REFUSED);
    assert_string_equal(call->refusal->field, "value");
    call_forgive(call);
    assert_int_equal(
        site_give_value(call, site, bench.book, STR("no-mark"), STR("7"), false), ABSENT);
    assert_int_equal(
        site_give_value(call, site, bench.book, STR("pass-mark"), STR("70"), false),
        DONE);
    assert_int_equal(site_value(call, site, STR("pass-mark"), &value), DONE);
    assert_true(str_is(value, "70"));
    assert_int_equal(site_must_have_values(call, site, bench.book), DONE);
    close_bench(&bench);
}

/* A version that leaves another value open waits for it, at the proposal and once more
 * when it would come into force. */
static void test_value__a_new_version_waits_for_its_own(void **state) {
    struct bench bench;
    struct version_draft draft;
    struct rulebook_files files;
    struct fault *faults = NULL;
    const struct rulebook *book = NULL;
    struct run run;
    open_bench(&bench, state, "liuzhou-stats");
    struct call *call = bench.call;
    id64 site = bench.bureau.site.id;
    speak_for(&bench, holder(&bench, "rule-keeper"));
    assert_int_equal(version_draft_begin(call, site, bench.book, &draft), DONE);
    assert_int_equal(version_draft_files(call, draft.id, &files), DONE);
    struct str text = str_format(
        call->arena,
        "%.*s\nsettings:\n  quorum: {zh: 到会人数, en: Quorum, kind: whole-number,"
        " least: 2, sample: 3, basis: LZ-18}\n",
        STR_ARG(exchanged(&bench, file_of(&files, "rulebook.yaml"), "version: \"1\"",
                          "version: \"2\"")));
    assert_int_equal(
        version_draft_save(call, draft.id, 1, STR("rulebook.yaml"), text, &draft), DONE);
    assert_int_equal(version_draft_keep(call, draft.id, &book, &faults), DONE);
    assert_int_equal(review_propose_rulebook(call, site, book, 0, &run), REFUSED);
    assert_string_equal(call->refusal->words, "site.value-missing");
    assert_true(str_is(call->refusal->rule, "LZ-18"));
    call_forgive(call);
    assert_int_equal(site_put_in_force(call, site, book), REFUSED);
    call_forgive(call);
    assert_int_equal(site_give_value(call, site, book, STR("quorum"), STR("3"), false),
                     DONE);
    assert_int_equal(review_propose_rulebook(call, site, book, 0, &run), DONE);
    close_bench(&bench);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_version__saved_without_loss),
        TRIAL_ON_BOTH(test_version__only_the_keeper_writes),
        TRIAL_ON_BOTH(test_version__kept_only_when_sound_and_new),
        TRIAL_ON_BOTH(test_version__comes_into_force_on_its_day),
        TRIAL_ON_BOTH(test_version__a_later_decision_overtakes),
        TRIAL_ON_BOTH(test_version__day_moved_by_sql_puts_nothing_in_force),
        TRIAL_ON_BOTH(test_version__runs_of_its_cases),
        TRIAL_ON_BOTH(test_value__activation_waits_for_it),
        TRIAL_ON_BOTH(test_value__a_new_version_waits_for_its_own),
    };
    return trial_run("version", tests, LENGTH(tests));
}
