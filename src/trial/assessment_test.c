/*
 * A month of Mashan District, from four releases to 84 points before the public; what is
 * frozen, what is withheld and who may not; on both databases.
 */
#include "assessment/assessment.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox;

static instant noon(const char *day) {
    civil_day found;
    assert_int_equal(day_from_text(str_of(day), &found), DONE);
    return day_start(found) + 12 * INSTANT_HOUR;
}

static id64 draft(struct yard *yard, const char *title) {
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2027-01-01")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>经济运行平稳。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct dropped dropped;
    struct column column;
    id64 manuscript;
    int version;
    assert_int_equal(site_column_find_path(yard->call, yard->bureau.site.id,
                                           STR("common/work"), &column),
                     DONE);
    assert_int_equal(manuscript_begin(yard->call, column.id, yard->bureau.department.id,
                                      STR("information"), content.title, &manuscript),
                     DONE);
    assert_int_equal(
        manuscript_save(yard->call, manuscript, 1, &content, &version, &dropped), DONE);
    return manuscript;
}

static void publish(struct yard *yard, const char *day, const char *title) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT};
    struct release *releases;
    struct run run;
    size_t count;
    yard->call->now = noon(day);
    yard_become(yard, yard->bureau.writer);
    subject.id = draft(yard, title);
    assert_int_equal(trial_walk(yard->call, subject.id, STR("")), DONE);
    assert_int_equal(review_run(yard->call, subject, &run), DONE);
    struct people_holdings holders;
    assert_int_equal(
        people_holders(yard->call, "liaison", yard->bureau.department.id, &holders),
        DONE);
    yard_become(yard, holders.at[0].person);
    struct release_order order = {.manuscript = subject.id, .seen = run.digest};
    assert_int_equal(publication_release(yard->call, &order, &releases, &count), DONE);
}

static void four_weeks(struct yard *yard) {
    publish(yard, "2027-01-04", "第一周");
    publish(yard, "2027-01-12", "第二周");
    publish(yard, "2027-01-20", "第三周");
    publish(yard, "2027-01-31", "第四周");
}

static id64 draw_up(struct yard *yard, const char *day) {
    struct sheets sheets;
    size_t count;
    yard->call->now = noon(day);
    yard_become(yard, 0);
    yard->call->door = DOOR_CLOCK;
    assert_int_equal(assessment_open_due(yard->call, &count), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(assessment_open_due(yard->call, &count), DONE);
    assert_int_equal(count, 0);
    yard->call->door = DOOR_API;
    assert_int_equal(assessment_sheets(yard->call, yard->bureau.site.group, 0, &sheets),
                     DONE);
    assert_int_equal(sheets.count, 1);
    return sheets.at[0].id;
}

static struct assessed_line line_of(struct yard *yard, id64 sheet, id64 unit) {
    struct sheet_view view;
    txn_abort(yard->call);
    assert_int_equal(assessment_view(yard->call, sheet, &view), DONE);
    for (size_t i = 0; i < view.count; i++) {
        if (view.lines[i].subject == unit) {
            return view.lines[i];
        }
    }
    fail();
    return (struct assessed_line){0};
}

static struct mark_wish points(const char *indicator, int64_t number) {
    return (struct mark_wish){.indicator = str_of(indicator),
                              .has_points = true,
                              .points = number,
                              .remark = STR("")};
}

static enum status judge(struct yard *yard, id64 sheet, id64 unit, bool good) {
    const struct mark_wish marks[] = {
        points("deputy", good ? 10 : 0), points("responsibility", good ? 5 : 0),
        points("solved", good ? 5 : 0), points("named", good ? 10 : 0)};
    return assessment_mark(yard->call, sheet, unit, marks, LENGTH(marks), STR(""));
}

static void judge_all(struct yard *yard, id64 sheet) {
    struct sheet_view view;
    assert_int_equal(assessment_view(yard->call, sheet, &view), DONE);
    for (size_t i = 0; i < view.count; i++) {
        assert_int_equal(judge(yard, sheet, view.lines[i].subject,
                               view.lines[i].subject == yard->bureau.department.id),
                         DONE);
    }
}

/* The example of the regulation: 30 + 30 + 24 = 84. */
static void test_assessment__thirty_thirty_and_four_items_are_84(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    yard_open(trial, sandbox, "mashan", &yard);
    id64 unit = yard.bureau.department.id;
    four_weeks(&yard);
    id64 sheet = draw_up(&yard, "2027-02-01");
    publish(&yard, "2027-02-02", "二月的不算");
    yard_become(&yard, yard_holder(&yard, "site-manager"));
    judge_all(&yard, sheet);
    struct assessed_line line = line_of(&yard, sheet, unit);
    assert_int_equal(line.cells[4].number, 4);
    assert_int_equal(line.cells[4].points, 30);
    assert_int_equal(line.cells[5].points, 24);
    assert_int_equal(line.sum, 84);
    assert_true(line.is_complete);
    struct released_items items;
    struct sheet_view view;
    assert_int_equal(assessment_view(yard.call, sheet, &view), DONE);
    assert_int_equal(assessment_items(yard.call, &view.sheet, unit, &items), DONE);
    assert_int_equal(items.count, 4); /* the items behind the points */
    yard_close(trial);
}

static void test_assessment__what_is_computed_is_never_typed(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    yard_open(trial, sandbox, "mashan", &yard);
    id64 unit = yard.bureau.department.id;
    const struct mark_wish more[] = {points("volume", 30)};
    four_weeks(&yard);
    id64 sheet = draw_up(&yard, "2027-02-01");
    id64 manager = yard_holder(&yard, "site-manager");
    yard_become(&yard, manager);
    assert_int_equal(assessment_mark(yard.call, sheet, unit, more, 1, STR(" ")), REFUSED);
    assert_string_equal(yard.call->refusal->words, "assessment.reason-missing");
    assert_int_equal(line_of(&yard, sheet, unit).cells[5].points, 24);
    yard_become(&yard, manager);
    assert_int_equal(
        assessment_mark(yard.call, sheet, unit, more, 1, STR("一条误计给别的单位")),
        DONE);
    struct assessed_cell cell = line_of(&yard, sheet, unit).cells[5];
    assert_true(cell.is_adjusted);
    assert_int_equal(cell.computed, 24);
    assert_int_equal(cell.points, 30);
    assert_true(str_is(cell.marks[0].reason, "一条误计给别的单位"));
    /* Nothing changes once the assessor has answered. */
    yard_become(&yard, manager);
    assert_int_equal(assessment_close(yard.call, sheet), REFUSED);
    yard_become(&yard, manager);
    judge_all(&yard, sheet);
    assert_int_equal(assessment_close(yard.call, sheet), DONE);
    assert_int_equal(assessment_close(yard.call, sheet), STALE);
    yard_become(&yard, manager);
    assert_int_equal(judge(&yard, sheet, unit, false), REFUSED);
    yard_close(trial);
}

static size_t duties_open(struct yard *yard, id64 sheet) {
    struct duties duties;
    txn_abort(yard->call);
    assert_int_equal(notice_duties_of(yard->call,
                                      (struct subject){SUBJECT_ASSESSMENT, sheet},
                                      &duties),
                     DONE);
    return duties.count;
}

static void test_assessment__a_unit_reads_its_own_line_when_all_is_said(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct sheet_view view;
    struct duties duties;
    yard_open(trial, sandbox, "mashan", &yard);
    id64 unit = yard.bureau.department.id;
    id64 sheet;
    publish(&yard, "2027-01-04", "一月");
    sheet = draw_up(&yard, "2027-02-01");
    id64 manager = yard_holder(&yard, "site-manager");
    const struct mark_wish own[] = {points("deputy", 10)};
    const struct mark_wish rest[] = {points("responsibility", 5), points("solved", 0),
                                     points("named", 10)};
    yard_become(&yard, manager);
    assert_int_equal(assessment_report(yard.call, sheet, unit, own, 1), DENIED);
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(assessment_report(yard.call, sheet, unit, own, 0), REFUSED);
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(assessment_report(yard.call, sheet, unit, own, 1), DONE);
    size_t open = duties_open(&yard, sheet);
    assert_int_equal(assessment_report(yard.call, sheet, unit, rest, LENGTH(rest)), DONE);
    assert_int_equal(duties_open(&yard, sheet), open - 1);
    assert_int_equal(line_of(&yard, sheet, unit).self_sum, 25);
    yard_become(&yard, manager);
    judge_all(&yard, sheet);
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(assessment_view(yard.call, sheet, &view), DONE);
    assert_int_equal(view.count, 1);
    assert_false(view.shows_marks);
    assert_false(view.lines[0].cells[0].has_points);
    assert_int_equal(view.lines[0].sum, 0);
    yard_become(&yard, manager);
    assert_int_equal(assessment_close(yard.call, sheet), DONE);
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(assessment_view(yard.call, sheet, &view), DONE);
    assert_int_equal(view.lines[0].sum, 46);
    assert_int_equal(view.sheet.state, SHEET_ASSESSED);
    /* Its publication is a duty until the text is public. */
    assert_int_equal(
        notice_duties_of(yard.call, (struct subject){SUBJECT_ASSESSMENT, sheet}, &duties),
        DONE);
    assert_int_equal(duties.count, 1);
    assert_true(str_is(duties.at[0].act, "publish-results"));
    yard_close(trial);
}

static void test_assessment__public_results_walk_their_route(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct sheet_view view;
    struct duties duties;
    struct content content;
    struct release *releases;
    struct run run;
    size_t count;
    id64 text;
    int version;
    yard_open(trial, sandbox, "mashan", &yard);
    four_weeks(&yard);
    id64 sheet = draw_up(&yard, "2027-02-01");
    id64 manager = yard_holder(&yard, "site-manager");
    yard_become(&yard, manager);
    assert_int_equal(assessment_publish(yard.call, sheet, &text), REFUSED);
    yard_become(&yard, manager);
    judge_all(&yard, sheet);
    assert_int_equal(assessment_close(yard.call, sheet), DONE);
    yard.call->key = STR("wish-1"); /* as every door gives one */
    assert_int_equal(assessment_publish(yard.call, sheet, &text), DONE);
    assert_int_equal(assessment_publish(yard.call, sheet, &text), STALE);
    yard.call->key = STR("");
    yard_become(&yard, manager);
    assert_int_equal(manuscript_draft(yard.call, text, &content, &version), DONE);
    assert_true(str_find(content.body, STR("<td>84</td>")) < content.body.length);
    assert_int_equal(trial_walk(yard.call, text, STR("")), DONE);
    yard_become(&yard, manager);
    assert_int_equal(assessment_view(yard.call, sheet, &view), DONE);
    assert_int_equal(view.sheet.state, SHEET_ASSESSED);
    struct subject subject = {SUBJECT_MANUSCRIPT, text};
    assert_int_equal(review_run(yard.call, subject, &run), DONE);
    struct release_order order = {.manuscript = text, .seen = run.digest};
    assert_int_equal(publication_release(yard.call, &order, &releases, &count), DONE);
    assert_int_equal(assessment_follow_release(yard.call, text), DONE);
    assert_int_equal(assessment_follow_release(yard.call, text), DONE);
    txn_abort(yard.call);
    assert_int_equal(assessment_view(yard.call, sheet, &view), DONE);
    assert_int_equal(view.sheet.state, SHEET_CLOSED);
    assert_int_equal(
        notice_duties_of(yard.call, (struct subject){SUBJECT_ASSESSMENT, sheet}, &duties),
        DONE);
    assert_int_equal(duties.count, 0);
    yard_close(trial);
}

static void test_notice__names_whom_the_rulebook_lets(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct commendation *given;
    size_t count;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 sheet = draw_up(&yard, "2027-01-02");
    id64 office = yard_holder(&yard, "office-reviewer");
    yard_become(&yard, office);
    assert_int_equal(assessment_close(yard.call, sheet), DONE);
    struct commendation person = {.site = yard.bureau.site.id,
                                  .kind = NOTICE_CRITICISE,
                                  .of = NOTICE_OF_PERSON,
                                  .subject = yard.bureau.writer,
                                  .ground = STR("报送不及时"),
                                  .sheet = sheet};
    assert_int_equal(assessment_give(yard.call, &person), REFUSED);
    assert_true(str_is(yard.call->refusal->rule, "LZ-15"));
    yard_become(&yard, office);
    person.kind = NOTICE_COMMEND;
    assert_int_equal(assessment_give(yard.call, &person), DONE);
    struct commendation unit = {.site = yard.bureau.site.id,
                                .kind = NOTICE_CRITICISE,
                                .of = NOTICE_OF_UNIT,
                                .subject = yard.bureau.department.id,
                                .ground = STR("全季没有报送")};
    assert_int_equal(assessment_give(yard.call, &unit), REFUSED); /* on no assessment */
    yard_become(&yard, yard.bureau.writer);
    unit.sheet = sheet;
    assert_int_equal(assessment_give(yard.call, &unit), DENIED);
    yard_become(&yard, office);
    assert_int_equal(assessment_give(yard.call, &unit), DONE);
    assert_int_equal(assessment_given(yard.call, yard.bureau.site.group, &given, &count),
                     DONE);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_true(given[i].has_score);
        assert_int_equal(given[i].score, 0);
        assert_true(str_is(given[i].period, "2026-Q4"));
    }
    yard_close(trial);
}

/* One that is published: the same wish twice makes one record and one draft. */
static void test_notice__is_made_into_a_text_once(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct commendation *given;
    size_t count;
    yard_open(trial, sandbox, "cixi", &yard);
    id64 director = yard_holder(&yard, "office-director");
    struct commendation wish = {.site = yard.bureau.site.id,
                                .kind = NOTICE_CRITICISE,
                                .of = NOTICE_OF_PERSON,
                                .subject = yard.bureau.writer,
                                .ground = STR("上传的信息<多次>出错")};
    struct content content;
    int version;
    yard_become(&yard, director);
    yard.call->key = STR("wish-2");
    assert_int_equal(assessment_give(yard.call, &wish), DONE);
    id64 text = wish.manuscript;
    assert_true(text != 0);
    assert_int_equal(assessment_give(yard.call, &wish), STALE);
    yard.call->key = STR("");
    yard_become(&yard, director);
    assert_int_equal(manuscript_draft(yard.call, text, &content, &version), DONE);
    assert_true(str_find(content.body, STR("&lt;多次&gt;")) < content.body.length);
    assert_int_equal(assessment_given(yard.call, yard.bureau.site.group, &given, &count),
                     DONE);
    assert_int_equal(count, 1);
    assert_false(given[0].has_score);
    assert_false(given[0].is_public);
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_assessment__thirty_thirty_and_four_items_are_84),
        TRIAL_ON_BOTH(test_assessment__what_is_computed_is_never_typed),
        TRIAL_ON_BOTH(test_assessment__a_unit_reads_its_own_line_when_all_is_said),
        TRIAL_ON_BOTH(test_assessment__public_results_walk_their_route),
        TRIAL_ON_BOTH(test_notice__names_whom_the_rulebook_lets),
        TRIAL_ON_BOTH(test_notice__is_made_into_a_text_once),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("assessment", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
