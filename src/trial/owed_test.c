/*
 * What is public before its review waits for people as a duty with a clock: it stands on
 * their desks until the article's time, and when that has passed somebody is told.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "publication/publication.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial_store.h"

#include <stdlib.h>

static struct sandbox *sandbox; /* forked once, before any thread */

static struct trial_bureau found_bureau(struct trial_store *trial) {
    struct trial_bureau bureau;
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    trial->house.sandbox = sandbox;
    const char *days = str_format(arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    const char *const directories[] = {
        str_format(arena, "%s/tests/rulebooks", getenv("SHENFA_SOURCE")).at, NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    trial->call.door = DOOR_CLI;
    assert_int_equal(trial_found(&trial->call,
                                 shelf_latest(trial->house.shelf, STR("urgent")), false,
                                 &bureau),
                     DONE);
    trial->call.door = DOOR_WEB;
    return bureau;
}

static void close_bureau(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static id64 holder_of(struct call *call, const char *role) {
    struct people_holdings holdings;
    assert_int_equal(people_holders(call, role, 0, &holdings), DONE);
    assert_true(holdings.count > 0);
    return holdings.at[0].person;
}

/* An emergency of that class, at the office's review, put live by the officer on duty. */
static id64 put_live(struct call *call, const struct trial_bureau *bureau,
                     const char *item_class) {
    struct release *releases;
    struct column column;
    struct dropped dropped;
    struct manuscript found;
    struct revision revision;
    size_t count;
    id64 manuscript;
    int version;
    struct field_value fields[] = {
        {STR("disclosure"), STR("active")},
        {STR("origin"), day_to_text(call->arena, instant_day(call->now))},
        {STR("source"), STR("值班室")},
        {STR("emergency-at"), instant_to_rfc3339(call->arena, call->now)}};
    struct content content = {.title = STR("关于临时停水的通告"),
                              .body = STR("<p>因管道抢修，城区部分停水。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    call->actor = (struct actor){.person = bureau->writer, .freshly_proven = true};
    assert_int_equal(
        site_column_find_path(call, bureau->site.id, STR("notices"), &column), DONE);
    assert_int_equal(manuscript_begin(call, column.id, bureau->department.id,
                                      str_of(item_class), content.title, &manuscript),
                     DONE);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_walk(call, manuscript, STR("office-review")), DONE);
    call->actor =
        (struct actor){.person = holder_of(call, "duty-officer"), .freshly_proven = true};
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(call, found.revision, &revision), DONE);
    struct release_order order = {
        .manuscript = manuscript, .seen = revision.digest, .reason = STR("抢修")};
    assert_int_equal(publication_release_first(call, &order, &releases, &count), DONE);
    assert_int_equal(count, 1);
    return manuscript;
}

static void do_jobs(struct call *call) {
    size_t count;
    const struct job_handler *handlers = notice_handlers(&count);
    struct actor before = call->actor;
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    for (int i = 0; i < 200; i++) {
        enum status status = jobs_do_next(call, handlers, count);
        if (status == ABSENT) {
            break;
        }
        assert_int_equal(status, DONE);
    }
    call->door = DOOR_WEB;
    call->actor = before;
}

static size_t told_late(struct call *call, id64 manuscript, const char *rule) {
    struct ledger_list list;
    size_t count = 0;
    assert_int_equal(
        ledger_history(
            call, (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript}, &list),
        DONE);
    for (size_t i = 0; i < list.count; i++) {
        count += str_is(list.at[i].act, "notice.late") && str_is(list.at[i].rule, rule);
    }
    return count;
}

static void test_owed__the_review_is_a_duty_with_the_articles_clock(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct trial_bureau bureau = found_bureau(trial);
    struct duties duties;
    instant began = call->now;
    id64 manuscript = put_live(call, &bureau, "outage");
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    bool is = false;
    assert_int_equal(notice_duties_of(call, subject, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(str_is(duties.at[0].step, "office-review"));
    assert_true(str_is(duties.at[0].badge, "review-owed"));
    assert_true(str_is(duties.at[0].rule, "UR-7"));
    assert_int_equal(duties.at[0].deadline.hard, began + 2 * INSTANT_HOUR);
    assert_int_equal(notice_is_on_desk(call, holder_of(call, "office-director"), subject,
                                       STR("office-review"), &is),
                     DONE);
    assert_true(is);
    /* The next step has what is left of the same time. */
    call->now = began + INSTANT_HOUR;
    call->actor = (struct actor){.person = bureau.writer};
    assert_int_equal(trial_step(call, manuscript, STR(""), STR("")), DONE);
    assert_int_equal(notice_duties_of(call, subject, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(str_is(duties.at[0].step, "leader-review"));
    assert_int_equal(duties.at[0].deadline.hard, began + 2 * INSTANT_HOUR);
    /* After it somebody is told, once, and the page stays: so says this article. */
    do_jobs(call);
    assert_int_equal(told_late(call, manuscript, "UR-7"), 0);
    call->now = began + 2 * INSTANT_HOUR + INSTANT_MINUTE;
    do_jobs(call);
    assert_int_equal(told_late(call, manuscript, "UR-7"), 1);
    size_t lapsed = 0;
    assert_int_equal(publication_lapse(call, &lapsed), DONE);
    assert_int_equal(lapsed, 0);
    close_bureau(trial);
}

/* Who wrote it counts as its writer while the review is owed, and after. */
static void test_owed__its_writer_stays_its_writer(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct trial_bureau bureau = found_bureau(trial);
    id64 *contributors;
    size_t count;
    size_t lapsed = 0;
    struct manuscript found;
    id64 manuscript = put_live(call, &bureau, "alert");
    assert_int_equal(manuscript_contributors(call, manuscript, &contributors, &count),
                     DONE);
    assert_int_equal(count, 1);
    assert_true(contributors[0] == bureau.writer);
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_true(str_is(found.state, "review-owed") && found.live_revision != 0);
    call->now += 29 * INSTANT_MINUTE;
    assert_int_equal(publication_lapse(call, &lapsed), DONE);
    assert_int_equal(lapsed, 0);
    call->now += INSTANT_MINUTE;
    assert_int_equal(publication_lapse(call, &lapsed), DONE);
    assert_int_equal(lapsed, 1);
    assert_int_equal(publication_lapse(call, &lapsed), DONE);
    assert_int_equal(lapsed, 0);
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_true(str_is(found.state, "office-review") && found.live_revision == 0);
    assert_int_equal(manuscript_contributors(call, manuscript, &contributors, &count),
                     DONE);
    assert_int_equal(count, 1);
    close_bureau(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_owed__the_review_is_a_duty_with_the_articles_clock),
        TRIAL_ON_BOTH(test_owed__its_writer_stays_its_writer),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("owed", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
