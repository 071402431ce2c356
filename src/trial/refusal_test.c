/*
 * A first table of forbidden wishes.  Each is spoken through the acts that every door
 * uses, on a real store, and each must be refused with its article; nothing may have
 * changed, nothing may have become public, and the ledger must have heard of it.
 *
 * A row that is allowed shows that the table can tell the difference.
 */
#include "approval/approval.h"
#include "base/base.h"
#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "people/people.h"
#include "publication/publication.h"
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

/* One bureau under Liuzhou's regulation with one manuscript on its way. */
struct table {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    id64 manuscript;
    struct digest seen;
};

/* ---- who wishes ---- */

static void become(struct table *table, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(table->call, role, 0, &holders), DONE);
    assert_true(holders.count > 0);
    table->call->actor =
        (struct actor){.person = holders.at[0].person, .freshly_proven = true};
}

static void become_writer(struct table *table) {
    table->call->actor =
        (struct actor){.person = table->bureau.writer, .freshly_proven = true};
}

/* ---- wishes ---- */

static enum status release(struct table *table) {
    struct release_order order = {.manuscript = table->manuscript, .seen = table->seen};
    struct release *releases;
    size_t count;
    return publication_release(table->call, &order, &releases, &count);
}

static enum status decide(struct table *table, const char *step, const char *outcome,
                          const char *opinion) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = table->manuscript};
    struct answer *answers = NULL;
    struct offer offer;
    struct run run;
    TRY(review_offer(table->call, subject, 0, &offer));
    int at = route_step(offer.route, str_of(step));
    assert_true(at != NO_INDEX);
    struct verdict verdict = {.seen = table->seen,
                              .step = str_of(step),
                              .outcome = str_of(outcome),
                              .opinion = str_of(opinion),
                              .channel = STR(""),
                              .paper_number = STR("")};
    verdict.answer_count =
        trial_good_answers(table->call, offer.book, &offer.route->steps[at], &answers);
    verdict.answers = answers;
    return review_decide(table->call, subject, &verdict, &run);
}

static enum status release_by_centre(struct table *table) {
    become(table, "site-operator");
    return release(table);
}

static enum status release_by_writer(struct table *table) {
    become_writer(table);
    return release(table);
}

static enum status release_by_head(struct table *table) {
    become(table, "dept-head");
    return release(table);
}

static enum status release_by_office(struct table *table) {
    become(table, "office-reviewer");
    return release(table);
}

static enum status release_by_leader(struct table *table) {
    become(table, "bureau-leader");
    return release(table);
}

static enum status release_by_system_admin(struct table *table) {
    become(table, PEOPLE_ROLE_SYSTEM);
    return release(table);
}

static enum status release_by_security_admin(struct table *table) {
    become(table, PEOPLE_ROLE_SECURITY);
    return release(table);
}

static enum status release_by_audit_admin(struct table *table) {
    become(table, PEOPLE_ROLE_AUDIT);
    return release(table);
}

static enum status release_by_nobody(struct table *table) {
    table->call->actor = (struct actor){0};
    return release(table);
}

static enum status release_unproven(struct table *table) {
    become(table, "site-operator");
    table->call->actor.freshly_proven = false;
    return release(table);
}

static enum status release_other_text(struct table *table) {
    become(table, "site-operator");
    table->seen =
        digest_of(DIGEST_SM3, bytes_of_str(STR("a text that nobody decided on")));
    return release(table);
}

static enum status release_by_schedule(struct table *table) {
    struct release_order order = {.manuscript = table->manuscript,
                                  .seen = table->seen,
                                  .when = table->call->now + INSTANT_HOUR};
    struct release *releases;
    size_t count;
    become(table, "site-operator");
    return publication_release(table->call, &order, &releases, &count);
}

static enum status pass_as_writer(struct table *table) {
    become_writer(table);
    return decide(table, "dept-review", "pass", "");
}

static enum status pass_head_as_office(struct table *table) {
    become(table, "office-reviewer");
    return decide(table, "dept-review", "pass", "");
}

static enum status pass_head_as_admin(struct table *table) {
    become(table, PEOPLE_ROLE_SYSTEM);
    return decide(table, "dept-review", "pass", "");
}

static enum status leader_before_office(struct table *table) {
    become(table, "bureau-leader");
    return decide(table, "leader-review", "return", "");
}

static enum status office_before_head(struct table *table) {
    become(table, "office-reviewer");
    return decide(table, "section-review", "pass", "");
}

static enum status wrong_section(struct table *table) {
    become(table, "general-section-reviewer");
    return decide(table, "section-review", "pass", "");
}

static enum status check_before_leader(struct table *table) {
    become(table, "site-operator");
    return decide(table, "final-check", "clean", "");
}

static enum status head_twice(struct table *table) {
    become(table, "dept-head");
    return decide(table, "dept-review", "pass", "");
}

static enum status head_unproven(struct table *table) {
    become(table, "dept-head");
    table->call->actor.freshly_proven = false;
    return decide(table, "dept-review", "pass", "");
}

static enum status head_on_stale_text(struct table *table) {
    become(table, "dept-head");
    table->seen = digest_of(DIGEST_SM3, bytes_of_str(STR("what stood there yesterday")));
    return decide(table, "dept-review", "pass", "");
}

static enum status return_without_reason(struct table *table) {
    become(table, "dept-head");
    return decide(table, "dept-review", "fail", "");
}

static enum status against_instruction(struct table *table) {
    become(table, "office-reviewer");
    return decide(table, "disposition", "internal", "");
}

static enum status head_with_bad_answer(struct table *table) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = table->manuscript};
    struct answer *answers;
    struct offer offer;
    struct run run;
    become(table, "dept-head");
    TRY(review_offer(table->call, subject, 0, &offer));
    struct verdict verdict = {.seen = table->seen,
                              .step = STR("dept-review"),
                              .outcome = STR("pass"),
                              .opinion = STR(""),
                              .channel = STR(""),
                              .paper_number = STR("")};
    verdict.answer_count =
        trial_good_answers(table->call, offer.book, offer.step, &answers);
    for (size_t i = 0; i < verdict.answer_count; i++) {
        if (str_is(answers[i].question, "damaging")) {
            answers[i].value = STR("yes");
        }
    }
    verdict.answers = answers;
    return review_decide(table->call, subject, &verdict, &run);
}

static enum status edit_under_review(struct table *table) {
    struct content draft;
    struct dropped dropped;
    int version;
    become_writer(table);
    TRY(manuscript_draft(table->call, table->manuscript, &draft, &version));
    draft.body = STR("<p>改一个字。</p>");
    return manuscript_save(table->call, table->manuscript, version, &draft, &version,
                           &dropped);
}

static enum status submit_twice(struct table *table) {
    struct content draft;
    struct run run;
    int version;
    become_writer(table);
    TRY(manuscript_draft(table->call, table->manuscript, &draft, &version));
    return review_submit(table->call, table->manuscript, version, NULL, 0, &run);
}

static enum status recall_late(struct table *table) {
    struct run run;
    become_writer(table);
    return review_recall(table->call, table->manuscript, STR("想再改改"), &run);
}

static enum status withdraw_by_writer(struct table *table) {
    become_writer(table);
    return publication_withdraw(table->call, table->manuscript, WITHDRAW_REMOVAL,
                                STR("不想要了"), 0);
}

static enum status withdraw_without_reason(struct table *table) {
    become(table, "site-operator");
    return publication_withdraw(table->call, table->manuscript, WITHDRAW_REMOVAL,
                                STR(" "), 0);
}

/* ---- the table ---- */

static const struct row {
    const char *sentence;
    const char *step; /* how far the manuscript has come; "released": it is public */
    enum status (*wish)(struct table *table);
    enum status expected;
    const char *article; /* what the refusal cites; "" where no article is behind it */
} rows[] = {
    {"release before the head", "dept-review", release_by_centre, REFUSED, "LZ-"},
    {"release before the office", "section-review", release_by_centre, REFUSED, "LZ-"},
    {"release before the leader", "leader-review", release_by_centre, REFUSED, "LZ-"},
    {"release before the disposition", "disposition", release_by_centre, REFUSED, "LZ-"},
    {"release before the final check", "final-check", release_by_centre, REFUSED, "LZ-"},
    {"schedule before the leader", "leader-review", release_by_schedule, REFUSED, "LZ-"},
    {"schedule before the final check", "final-check", release_by_schedule, REFUSED,
     "LZ-"},
    {"release by the author alone", "", release_by_writer, DENIED, "LZ-"},
    {"release by the head", "", release_by_head, DENIED, "LZ-"},
    {"release by the office", "", release_by_office, DENIED, "LZ-"},
    {"release by the leader", "", release_by_leader, DENIED, "LZ-"},
    {"release by the system administrator", "", release_by_system_admin, ABSENT, ""},
    {"release by the security administrator", "", release_by_security_admin, ABSENT, ""},
    {"release by the audit administrator", "", release_by_audit_admin, ABSENT, ""},
    {"release by nobody", "", release_by_nobody, ABSENT, ""},
    {"release without the password", "", release_unproven, DENIED, "LZ-"},
    {"release of another text", "", release_other_text, STALE, ""},
    {"the head's place taken by the author", "dept-review", pass_as_writer, DENIED,
     "LZ-"},
    {"the head's place taken by the office", "dept-review", pass_head_as_office, DENIED,
     "LZ-"},
    {"the head's place taken by an administrator", "dept-review", pass_head_as_admin,
     ABSENT, ""},
    {"the leader before the office", "section-review", leader_before_office, REFUSED,
     "LZ-"},
    {"the office before the head", "dept-review", office_before_head, REFUSED, "LZ-"},
    {"the other section", "section-review", wrong_section, ABSENT, ""},
    {"the final check before the leader", "leader-review", check_before_leader, REFUSED,
     "LZ-"},
    {"the head a second time", "section-review", head_twice, REFUSED, "LZ-"},
    {"a signature without the password", "dept-review", head_unproven, DENIED, "LZ-"},
    {"a decision on a stale text", "dept-review", head_on_stale_text, STALE, ""},
    {"a return without a reason", "dept-review", return_without_reason, REFUSED, "LZ-"},
    {"a pass with a barring answer", "dept-review", head_with_bad_answer, REFUSED,
     "LZ-4.b"},
    {"a disposition against the leader", "disposition", against_instruction, REFUSED,
     "LZ-12.5.a"},
    {"an edit under review", "leader-review", edit_under_review, REFUSED, ""},
    {"an edit of what is live", "released", edit_under_review, REFUSED, ""},
    {"a second submission", "leader-review", submit_twice, REFUSED, ""},
    {"a recall after the first decision", "section-review", recall_late, REFUSED, ""},
    {"a withdrawal by the author", "released", withdraw_by_writer, DENIED, ""},
    {"a withdrawal without a reason", "released", withdraw_without_reason, REFUSED, ""},
    {"allowed: the centre releases what is complete", "", release_by_centre, DONE, ""},
};

static void table_open(struct trial_store *trial, struct table *table) {
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    table->call = &trial->call;
    trial->house.sandbox = sandbox;
    assert_int_equal(
        calendar_open(
            str_text(arena, str_format(arena, "%s/share/calendar/cn.tsv", source)),
            &trial->house.calendar),
        DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    table->book = shelf_latest(trial->house.shelf, STR("liuzhou-stats"));
    table->call->door = DOOR_CLI;
    assert_int_equal(trial_found(table->call, table->book, false, &table->bureau), DONE);
    table->call->door = DOOR_API;
}

static void table_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

/* A new manuscript, brought as far as the row says. */
static void set_up(struct table *table, const struct row *row) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT};
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(row->sentence),
                              .body = STR("<p>培训班为期两天。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct column column;
    struct dropped dropped;
    struct offer offer;
    int version;
    bool released = strcmp(row->step, "released") == 0;
    become_writer(table);
    assert_int_equal(
        site_column_find_path(table->call, table->bureau.site.id, STR("tjdt"), &column),
        DONE);
    assert_int_equal(manuscript_begin(table->call, column.id, table->bureau.department.id,
                                      STR("government-affairs"), content.title,
                                      &table->manuscript),
                     DONE);
    assert_int_equal(
        manuscript_save(table->call, table->manuscript, 1, &content, &version, &dropped),
        DONE);
    assert_int_equal(trial_walk(table->call, table->manuscript,
                                released ? STR("") : str_of(row->step)),
                     DONE);
    subject.id = table->manuscript;
    assert_int_equal(review_offer(table->call, subject, 0, &offer), DONE);
    table->seen = offer.run.digest;
    if (released) {
        assert_int_equal(release_by_centre(table), DONE);
    }
    call_forgive(table->call);
}

static int64_t entries_of(struct table *table) {
    struct ledger_checkpoint head;
    assert_int_equal(ledger_head(table->call, table->bureau.site.group, &head), DONE);
    return head.sequence;
}

static void test_refusals__no_wish_of_the_table_gets_past(void **state) {
    struct trial_store *trial = *state;
    struct table table = {0};
    table_open(trial, &table);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct row *row = &rows[i];
        struct manuscript before;
        struct manuscript after;
        set_up(&table, row);
        assert_int_equal(manuscript_peek(table.call, table.manuscript, &before), DONE);
        int64_t entries = entries_of(&table);
        table.call->now +=
            2 * INSTANT_MINUTE; /* no two rows share a minute of refusals */
        enum status answer = row->wish(&table);
        if (answer != row->expected) {
            print_message("%s: %s instead of %s\n", row->sentence, status_name(answer),
                          status_name(row->expected));
        }
        assert_int_equal(answer, row->expected);
        if (row->article[0] != '\0') {
            assert_non_null(table.call->refusal);
            assert_true(str_starts(table.call->refusal->rule, row->article));
        }
        assert_int_equal(manuscript_peek(table.call, table.manuscript, &after), DONE);
        if (row->expected != DONE) {
            assert_true(str_equal(before.state, after.state));
            assert_true(before.live_revision == after.live_revision);
        } else {
            assert_true(after.live_revision != 0);
        }
        bool is_recorded = row->article[0] != '\0' || row->expected == DONE;
        if (is_recorded && entries_of(&table) <= entries) {
            print_message("%s: the ledger did not hear of it\n", row->sentence);
        }
        assert_true(!is_recorded || entries_of(&table) > entries);
        call_forgive(table.call);
    }
    struct ledger_report report;
    assert_int_equal(ledger_verify(table.call, table.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    table_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_refusals__no_wish_of_the_table_gets_past),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("refusals", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
