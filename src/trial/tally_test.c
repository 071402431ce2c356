/*
 * Figures that nobody types, and a catalogue whose day moves with each release; on both
 * databases.
 */
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "sandbox/sandbox.h"
#include "tally/tally.h"
#include "text/text.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox;

static const struct tally_line *line_of(const struct tally_lines *lines, id64 unit) {
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->at[i].unit == unit) {
            return &lines->at[i];
        }
    }
    return NULL;
}

static struct summary sum(struct yard *yard, const char *period) {
    struct summary summary;
    txn_abort(yard->call);
    assert_int_equal(tally_summary(yard->call, yard->bureau.site.group, yard->book,
                                   str_of(period), &summary),
                     DONE);
    return summary;
}

static void test_summary__counts_what_the_record_says(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "yunzhou", &yard);
    id64 unit = yard.bureau.department.id;
    yard_publish(&yard, "第一篇", NULL, 0);
    id64 second = yard_publish(&yard, "第二篇", NULL, 0);
    assert_int_equal(
        publication_withdraw(yard.call, second, WITHDRAW_REMOVAL, STR("误发"), 0), DONE);
    struct summary summary = sum(&yard, "2026-12");
    const struct tally_line *line = line_of(&summary.units, unit);
    assert_non_null(line);
    assert_int_equal(line->figures[TALLY_SUBMITTED], 2);
    assert_int_equal(line->figures[TALLY_RELEASED], 2);
    assert_int_equal(line->figures[TALLY_WITHDRAWN], 1);
    assert_int_equal(line->figures[TALLY_RETURNED], 0);
    assert_int_equal(summary.totals[TALLY_RELEASED], 2);
    assert_int_equal(summary.classes.count, 1);
    assert_true(summary.classes.at[0].item_class.length > 0);
    assert_int_equal(summary.columns.count, 1);
    assert_true(summary.columns.at[0].column_title.length > 0);
    assert_true(summary.units.count > 1); /* those without anything stand there too */
    assert_false(summary.period.ended);
    assert_int_equal(sum(&yard, "2026-Q4").totals[TALLY_RELEASED], 2);
    assert_int_equal(sum(&yard, "2026").totals[TALLY_RELEASED], 2);
    assert_int_equal(sum(&yard, "2026-11").totals[TALLY_RELEASED], 0);
    assert_int_equal(sum(&yard, "2027-01").totals[TALLY_SUBMITTED], 0);
    yard_close(trial);
}

static const char *number_of(struct yard *yard, const char *text) {
    struct period period;
    struct str number;
    assert_int_equal(tally_period(yard->call, str_of(text), &period), DONE);
    enum status status =
        tally_number(yard->call, yard->bureau.site.group, &period, &number);
    return status == DONE ? str_text(yard->call->arena, number)
                          : (status == ABSENT ? "none" : "no answer");
}

/* In the order of the periods, whichever is looked at first; without gaps; for good. */
static void test_summary__numbers_follow_the_periods(void **state) {
    static const struct {
        struct date day; /* of looking */
        const char *period;
        const char *number;
    } table[] = {
        {{2026, 12, 20}, "2026-12", "none"},
        {{2027, 1, 5}, "2026-12", "月报 2027-01"},
        {{2027, 1, 5}, "2026-11", "none"}, /* before there was anything */
        {{2027, 1, 5}, "2026-Q4", "季报 2027-01"},
        {{2027, 1, 5}, "2026", "none"},
        {{2027, 4, 2}, "2027-03", "月报 2027-04"}, /* those between have theirs now */
        {{2027, 4, 2}, "2027-01", "月报 2027-02"},
        {{2027, 4, 2}, "2027-02", "月报 2027-03"},
        {{2027, 4, 2}, "2027-Q1", "季报 2027-02"},
        {{2028, 1, 3}, "2026-12", "月报 2027-01"},
        {{2028, 1, 3}, "2027-04", "月报 2028-01"}, /* of the year it is given in */
    };
    struct ledger_filter filter = {.act = STR("tally.number"), .limit = 50};
    struct ledger_list list;
    struct yard yard;
    yard_open(*state, sandbox, "liuzhou-stats", &yard);
    yard_become(&yard, yard_holder(&yard, "office-director"));
    for (size_t i = 0; i < LENGTH(table); i++) {
        yard.call->now = day_start(day_of_date(table[i].day));
        assert_string_equal(number_of(&yard, table[i].period), table[i].number);
    }
    assert_int_equal(ledger_read(yard.call, yard.bureau.site.group, &filter, &list),
                     DONE);
    assert_int_equal(list.count, 5 + 2); /* five months, two quarters */
    yard_close(*state);
}

static void test_summary__a_return_is_what_its_rulebook_meant(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 manuscript = yard_draft(&yard, "退回的一篇");
    assert_int_equal(yard_submit(&yard, manuscript), DONE);
    yard_become(&yard, yard_holder(&yard, "dept-head"));
    assert_int_equal(yard_decide(&yard, manuscript, NULL, "fail"), DONE);
    struct summary summary = sum(&yard, "2026-12");
    assert_int_equal(summary.totals[TALLY_SUBMITTED], 1);
    assert_int_equal(summary.totals[TALLY_RETURNED], 1);
    assert_int_equal(summary.totals[TALLY_RELEASED], 0);
    yard_close(trial);
}

/* What a reprint says of its source stands in the register, seen by who may see it. */
static void test_register__of_reprints_follows_from_what_was_released(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    struct field_value fields[] = {
        {STR("author"), STR("王明")},
        {STR("disclosure"), STR("active")},
        {STR("origin"), STR("2026-12-01")},
        {STR("reprint-at"), STR("2026-11-30")},
        {STR("reprint-source"), STR("国家统计局")},
        {STR("reprint-url"), STR("https://www.stats.gov.cn/1.html")},
        {STR("source"), STR("国家统计局")}};
    struct content content = {.title = STR("转载的一篇"),
                              .body = STR("<p>原文。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT};
    struct column column;
    struct dropped dropped;
    struct release *releases;
    struct reprint *reprints;
    struct run run;
    size_t count;
    int version;
    yard_open(trial, sandbox, "yunzhou", &yard);
    struct call *call = yard.call;
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(
        site_column_find_path(call, yard.bureau.site.id, STR("affairs"), &column), DONE);
    assert_int_equal(manuscript_begin(call, column.id, yard.bureau.department.id,
                                      STR("reprint"), content.title, &subject.id),
                     DONE);
    assert_int_equal(manuscript_save(call, subject.id, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_walk(call, subject.id, STR("")), DONE);
    assert_int_equal(review_run(call, subject, &run), DONE);
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    struct release_order order = {.manuscript = subject.id, .seen = run.digest};
    assert_int_equal(publication_release(call, &order, &releases, &count), DONE);
    id64 group = yard.bureau.site.group;
    assert_int_equal(tally_reprints(call, group, 2026, &reprints, &count), DONE);
    assert_int_equal(count, 1);
    assert_string_equal(str_text(call->arena, reprints[0].source), "国家统计局");
    assert_string_equal(str_text(call->arena, reprints[0].author), "王明");
    assert_int_equal(tally_reprints(call, group, 2025, &reprints, &count), DONE);
    assert_int_equal(count, 0);
    yard_become(&yard, yard_holder(&yard, PEOPLE_ROLE_AUDIT));
    assert_int_equal(tally_reprints(call, group, 2026, &reprints, &count), DONE);
    assert_int_equal(count, 0); /* an administrator knows of no manuscript */
    yard_close(trial);
}

static void test_period__is_a_month_a_quarter_or_a_year(void **state) {
    static const struct {
        const char *text;
        enum status status;
        const char *from, *until;
    } table[] = {
        {"2026-11", DONE, "2026-11-01", "2026-12-01"},
        {"2026-12", DONE, "2026-12-01", "2027-01-01"},
        {"2026-Q1", DONE, "2026-01-01", "2026-04-01"},
        {"2026-Q4", DONE, "2026-10-01", "2027-01-01"},
        {"2026", DONE, "2026-01-01", "2027-01-01"},
        {"2026-13", REFUSED, NULL, NULL},
        {"2026-Q5", REFUSED, NULL, NULL},
        {"2026-", REFUSED, NULL, NULL},
        {"26-01", REFUSED, NULL, NULL},
        {"2026-1", REFUSED, NULL, NULL},
        {"", REFUSED, NULL, NULL},
        {"' OR 1", REFUSED, NULL, NULL},
    };
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct period period;
        enum status status = tally_period(call, str_of(table[i].text), &period);
        if (status != table[i].status) {
            fail_msg("%s: %d", table[i].text, status);
        }
        if (status == DONE) {
            assert_string_equal(
                str_text(call->arena, day_to_text(call->arena, instant_day(period.from))),
                table[i].from);
            assert_string_equal(
                str_text(call->arena,
                         day_to_text(call->arena, instant_day(period.until))),
                table[i].until);
        }
    }
    struct str before = tally_period_before(call->arena, TRIAL_NOW, false);
    assert_string_equal(str_text(call->arena, before), "2026-11");
    before = tally_period_before(call->arena, TRIAL_NOW, true);
    assert_string_equal(str_text(call->arena, before), "2026-Q3");
}

static void test_catalogue__its_day_moves_with_each_release(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    struct catalogue_items items;
    struct duties duties;
    id64 *units;
    size_t before;
    size_t after;
    yard_open(trial, sandbox, "yunzhou", &yard);
    struct call *call = yard.call;
    id64 group = yard.bureau.site.group;
    struct catalogue_item item = {.unit = yard.bureau.department.id,
                                  .title = STR("工业经济月报"),
                                  .kind = CATALOGUE_PERIODIC,
                                  .item_class = STR(""),
                                  .responsible = STR("工业科")};
    assert_int_equal(tally_without_catalogue(call, group, yard.book, &units, &before),
                     DONE);
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(tally_draw(call, group, yard.book, &item), DENIED);
    id64 head = yard_holder(&yard, "dept-head");
    yard_become(&yard, head);
    assert_int_equal(tally_draw(call, group, yard.book, &item), REFUSED);
    assert_string_equal(call->refusal->words, "tally.days-missing");
    item.days = 30;
    yard_become(&yard, head);
    assert_int_equal(tally_draw(call, group, yard.book, &item), DONE);
    assert_true(item.due == INSTANT_NEVER);
    assert_int_equal(tally_approve(call, yard.book, item.id), DENIED);
    yard_become(&yard, yard_holder(&yard, "office-director"));
    assert_int_equal(tally_approve(call, yard.book, item.id), DONE);
    assert_int_equal(tally_approve(call, yard.book, item.id), STALE);
    assert_int_equal(tally_without_catalogue(call, group, yard.book, &units, &after),
                     DONE);
    assert_int_equal(after, before - 1);
    assert_int_equal(tally_catalogue(call, group, 0, &items), DONE);
    instant first = day_end(instant_day(call->now) + 30);
    assert_true(items.at[0].due == first);
    assert_int_equal(notice_desk(call, head, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].deadline.hard == first);
    /* Late: told, listed, still a duty. */
    call->now += 31 * INSTANT_DAY;
    assert_int_equal(tally_catalogue(call, group, 0, &items), DONE);
    assert_true(items.at[0].missing);
    /* A release of the unit answers it, and the next day stands. */
    id64 manuscript = yard_publish(&yard, "十二月工业经济", NULL, 0);
    yard_become(&yard, 0);
    assert_int_equal(tally_follow_release(call, manuscript), DONE);
    assert_int_equal(tally_follow_release(call, manuscript), DONE);
    assert_int_equal(tally_catalogue(call, group, 0, &items), DONE);
    assert_false(items.at[0].missing);
    instant next = day_end(instant_day(call->now) + 30);
    assert_true(items.at[0].due == next);
    assert_int_equal(notice_desk(call, head, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].deadline.hard == next);
    yard_become(&yard, head);
    assert_int_equal(tally_end(call, yard.book, item.id, STR("")), REFUSED);
    assert_int_equal(tally_end(call, yard.book, item.id, STR("并入季报")), DONE);
    assert_int_equal(notice_desk(call, head, &duties), DONE);
    assert_int_equal(duties.count, 0);
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_summary__counts_what_the_record_says),
        TRIAL_ON_BOTH(test_summary__numbers_follow_the_periods),
        TRIAL_ON_BOTH(test_summary__a_return_is_what_its_rulebook_meant),
        TRIAL_ON_BOTH(test_register__of_reprints_follows_from_what_was_released),
        TRIAL_ON_SQLITE(test_period__is_a_month_a_quarter_or_a_year),
        TRIAL_ON_BOTH(test_catalogue__its_day_moves_with_each_release),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("tally", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
