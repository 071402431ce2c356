/*
 * How often columns are renewed: counted from the releases, judged when a window has
 * ended, a duty of the owner until there is enough; on both databases.
 */
#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "sandbox/sandbox.h"
#include "tally/tally.h"
#include "text/text.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox;

/* A Monday and the first of a month: its week and its month are whole. */
static const struct date monday = {2027, 2, 1};

static void start(void **state, const char *code, struct yard *yard) {
    yard_open(*state, sandbox, code, yard);
    yard->call->now = day_start(day_of_date(monday));
    assert_int_equal(
        tally_follow_site(yard->call, yard->bureau.site.id, yard->call->now, false),
        DONE);
}

static void until(struct yard *yard, struct date date) {
    yard->call->now = day_start(day_of_date(date)) + 9 * INSTANT_HOUR;
    assert_int_equal(tally_renew_due(yard->call, NULL), DONE);
}

static id64 column_of(struct yard *yard, const char *path) {
    struct column column;
    assert_int_equal(
        site_column_find_path(yard->call, yard->bureau.site.id, str_of(path), &column),
        DONE);
    return column.id;
}

static id64 publish(struct yard *yard, const char *path) {
    struct call *call = yard->call;
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = STR("全市工业经济运行情况"),
                              .body = STR("<p>前三季度，工业经济运行平稳。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct dropped dropped;
    id64 manuscript;
    int version;
    yard_become(yard, yard->bureau.writer);
    assert_int_equal(
        manuscript_begin(call, column_of(yard, path), yard->bureau.department.id,
                         yard->book->classes[0].code, content.title, &manuscript),
        DONE);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_release(call, manuscript), DONE);
    yard_become(yard, 0);
    assert_int_equal(tally_follow_release(call, manuscript), DONE);
    call->now += INSTANT_MINUTE;
    return manuscript;
}

static struct renewal standing(struct yard *yard, const char *path, const char *cadence) {
    struct renewals renewals;
    struct renewal found = {0};
    assert_int_equal(tally_renewals(yard->call, yard->bureau.site.id, 0, &renewals),
                     DONE);
    for (size_t i = 0; i < renewals.count; i++) {
        if (str_is(renewals.at[i].path, path) &&
            str_is(renewals.at[i].rule->code, cadence)) {
            found = renewals.at[i];
        }
    }
    return found;
}

static struct duties duties_of(struct yard *yard, const char *path) {
    struct subject subject = {SUBJECT_COLUMN, column_of(yard, path)};
    struct duties duties;
    assert_int_equal(notice_duties_of(yard->call, subject, &duties), DONE);
    return duties;
}

static size_t missed_acts(struct yard *yard) {
    struct ledger_filter filter = {.act = STR("tally.missed"), .limit = 50};
    struct ledger_list list;
    assert_int_equal(ledger_read(yard->call, yard->bureau.site.group, &filter, &list),
                     DONE);
    return list.count;
}

static void put_in_force(struct yard *yard, const struct rulebook *book) {
    assert_int_equal(txn_begin(yard->call, TXN_WRITE), DONE);
    assert_int_equal(site_put_in_force(yard->call, yard->bureau.site.id, book), DONE);
    assert_int_equal(txn_commit(yard->call), DONE);
    assert_int_equal(
        tally_follow_site(yard->call, yard->bureau.site.id, yard->call->now, true), DONE);
}

/* Each is a duty of its own; twenty texts of one day fulfil the one and not the other. */
static void test_renewal__two_demands_on_one_column(void **state) {
    struct yard yard;
    start(state, "daqing", &yard);
    assert_int_equal(duties_of(&yard, "notices").count, 2);
    until(&yard, (struct date){2027, 2, 2});
    for (int i = 0; i < 20; i++) {
        publish(&yard, "notices");
    }
    struct renewal weekly = standing(&yard, "notices", "twice-weekly");
    struct renewal monthly = standing(&yard, "notices", "twenty-monthly");
    assert_int_equal(weekly.counted, 1);
    assert_int_equal(monthly.counted, 20);
    assert_true(weekly.due == day_start(day_of_date((struct date){2027, 2, 8})));
    assert_true(monthly.due == day_start(day_of_date((struct date){2027, 4, 1})));
    struct duties duties = duties_of(&yard, "notices");
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].deadline.hard == weekly.due);
    assert_string_equal(str_text(yard.call->arena, duties.at[0].rule), "DQ-7");
    until(&yard, (struct date){2027, 2, 4});
    publish(&yard, "notices");
    assert_int_equal(duties_of(&yard, "notices").count, 0);
    assert_int_equal(standing(&yard, "general", "twice-weekly").counted, 0);
    yard_close(*state);
}

/* Judged once however often the clock looks; on record for good; late until it has been
 * renewed enough again, and told as such beside the window under way. */
static void test_renewal__a_window_that_was_missed(void **state) {
    struct yard yard;
    struct duties late;
    struct missed_window *windows;
    size_t count;
    start(state, "daqing", &yard);
    until(&yard, (struct date){2027, 2, 3});
    id64 manuscript = publish(&yard, "notices");
    until(&yard, (struct date){2027, 2, 8});
    until(&yard, (struct date){2027, 2, 8});
    assert_int_equal(tally_follow_release(yard.call, manuscript), DONE);
    assert_int_equal(
        tally_follow_site(yard.call, yard.bureau.site.id, yard.call->now, true), DONE);
    struct renewal weekly = standing(&yard, "notices", "twice-weekly");
    assert_true(weekly.late_since == day_start(day_of_date((struct date){2027, 2, 8})));
    assert_int_equal(weekly.missed, 1);
    assert_int_equal(missed_acts(&yard), 2); /* of notices and of general */
    assert_int_equal(duties_of(&yard, "notices").count, 3);
    assert_int_equal(notice_late(yard.call, yard.bureau.site.group, &late), DONE);
    assert_int_equal(late.count, 2);
    assert_int_equal(tally_missed(yard.call, weekly.id, &windows, &count), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(windows[0].counted, 1);
    assert_int_equal(windows[0].least, 2);
    assert_true(windows[0].until == weekly.late_since);
    until(&yard, (struct date){2027, 2, 9});
    publish(&yard, "notices");
    assert_true(standing(&yard, "notices", "twice-weekly").late_since != 0);
    until(&yard, (struct date){2027, 2, 10});
    publish(&yard, "notices");
    weekly = standing(&yard, "notices", "twice-weekly");
    assert_true(weekly.late_since == 0);
    assert_int_equal(weekly.missed, 1);
    assert_int_equal(duties_of(&yard, "notices").count, 1); /* the month's */
    yard_close(*state);
}

/* A clock that stood still for weeks judges each week by what was released in it. */
static void test_renewal__a_clock_that_stood_still(void **state) {
    struct yard yard;
    start(state, "daqing", &yard);
    yard.call->now = day_start(day_of_date((struct date){2027, 2, 10}));
    publish(&yard, "notices");
    yard.call->now = day_start(day_of_date((struct date){2027, 2, 12}));
    publish(&yard, "notices");
    until(&yard, (struct date){2027, 3, 1});
    struct renewal weekly = standing(&yard, "notices", "twice-weekly");
    assert_int_equal(weekly.missed, 3); /* not the second week */
    assert_true(weekly.late_since == day_start(day_of_date((struct date){2027, 2, 22})));
    yard_close(*state);
}

/* What is withdrawn counts no more: the span runs from the release before it. */
static void test_renewal__a_withdrawn_text_counts_no_more(void **state) {
    struct yard yard;
    start(state, "shizhu", &yard);
    publish(&yard, "news/county");
    instant first = standing(&yard, "news/county", "news").due;
    until(&yard, (struct date){2027, 2, 5});
    id64 manuscript = publish(&yard, "news/county");
    instant second = standing(&yard, "news/county", "news").due;
    assert_true(first == day_end(day_of_date((struct date){2027, 2, 8})));
    assert_true(second == day_end(day_of_date((struct date){2027, 2, 12})));
    assert_true(duties_of(&yard, "news/county").at[0].deadline.hard == second);
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(
        publication_withdraw(yard.call, manuscript, WITHDRAW_REMOVAL, STR("误发"), 0),
        DONE);
    assert_int_equal(tally_follow_release(yard.call, manuscript), DONE);
    assert_true(standing(&yard, "news/county", "news").due == first);
    assert_int_equal(duties_of(&yard, "news/county").count, 1);
    assert_true(duties_of(&yard, "news/county").at[0].deadline.hard == first);
    yard_close(*state);
}

/* Its cadences ask each column, from now on. */
static void ask_each_column(struct yard *yard) {
    static const char named[] = "scope: columns\n    columns: [notices, general]";
    struct arena *arena = yard->call->arena;
    struct rulebook_files files;
    struct rulebook *book;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_load_files(arena, yard->book->path.at, &files), DONE);
    for (size_t i = 0; i < files.count; i++) {
        struct str rest = files.at[i].text;
        struct buffer text;
        buffer_init(&text, arena);
        for (size_t at; (at = str_find(rest, str_of(named))) < rest.length;) {
            buffer_add(&text, str_part(rest, 0, at));
            buffer_add_text(&text, "scope: each-column");
            rest = str_part(rest, at + sizeof named - 1, rest.length);
        }
        buffer_add(&text, rest);
        files.at[i].text = buffer_str(&text);
    }
    if (rulebook_read_files(arena, &files, &book, &faults) != DONE) {
        fail_msg("%s", faults_as_text(arena, faults, STR("en")).at);
    }
    yard->book = shelf_add(yard->call->house->shelf, book);
    put_in_force(yard, yard->book);
}

static id64 add_column(struct yard *yard, const char *code) {
    struct column_terms terms = {0};
    struct column column = {.site = yard->bureau.site.id,
                            .code = str_of(code),
                            .title = STR("临时"),
                            .title_en = STR("Extra"),
                            .type = STR("工作动态"),
                            .summary = STR("临时"),
                            .keywords = STR("临时"),
                            .owner = yard->bureau.department.id,
                            .open = true};
    assert_int_equal(site_column_add(yard->call, &column, &terms, &column.id), DONE);
    return column.id;
}

static void follow_site(struct yard *yard) {
    assert_int_equal(
        tally_follow_site(yard->call, yard->bureau.site.id, yard->call->now, true), DONE);
}

/* What is due in half a year is on nobody's desk until the last month before. */
static void test_renewal__far_ones_wait(void **state) {
    struct yard yard;
    start(state, "shizhu", &yard);
    assert_int_equal(duties_of(&yard, "documents/policies").count, 0);
    until(&yard, (struct date){2027, 6, 30});
    assert_int_equal(tally_follow_sites(yard.call, true), DONE);
    assert_int_equal(duties_of(&yard, "documents/policies").count, 0);
    until(&yard, (struct date){2027, 7, 2});
    assert_int_equal(tally_follow_sites(yard.call, true), DONE);
    struct duties duties = duties_of(&yard, "documents/policies");
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].deadline.hard ==
                day_end(day_of_date((struct date){2027, 8, 1})));
    yard_close(*state);
}

/* A new column is asked from its founding; one that is given away asks its new owner; one
 * that is merged or closed asks for nothing. */
static void test_renewal__follows_the_columns(void **state) {
    struct yard yard;
    struct column column;
    struct column_terms terms = {0};
    start(state, "daqing", &yard);
    instant since = standing(&yard, "notices", "twice-weekly").from;
    ask_each_column(&yard);
    yard.call->actor = (struct actor){0};
    yard.call->door = DOOR_CLI;
    until(&yard, (struct date){2027, 2, 3});
    id64 merged = add_column(&yard, "merged");
    id64 kept = add_column(&yard, "kept");
    follow_site(&yard);
    assert_true(standing(&yard, "notices", "twice-weekly").from == since);
    assert_true(standing(&yard, "kept", "twice-weekly").from ==
                day_start(day_of_date((struct date){2027, 2, 8})));
    struct duties duties = duties_of(&yard, "kept");
    assert_int_equal(duties.count, 1); /* its first whole month is far */
    assert_true(duties.at[0].unit == yard.bureau.department.id);
    assert_int_equal(duties_of(&yard, "merged").count, 1);
    assert_int_equal(site_column_merge(yard.call, merged, kept, STR("内容太少")), DONE);
    follow_site(&yard);
    assert_int_equal(duties_of(&yard, "merged").count, 0);
    assert_true(standing(&yard, "merged", "twice-weekly").id == 0);
    assert_int_equal(site_column_find(yard.call, kept, &column), DONE);
    column.owner = standing(&yard, "notices", "twice-weekly").owner;
    assert_int_equal(site_column_change(yard.call, &column, &terms), DONE);
    follow_site(&yard);
    duties = duties_of(&yard, "kept");
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].unit == column.owner);
    assert_int_equal(site_column_close(yard.call, kept, STR("不再需要")), DONE);
    follow_site(&yard);
    follow_site(&yard);
    assert_int_equal(duties_of(&yard, "kept").count, 0);
    assert_true(standing(&yard, "kept", "twice-weekly").id == 0);
    yard_close(*state);
}

/* Another rulebook: what it does not ask for ends, with its duties. */
static void test_renewal__another_rulebook(void **state) {
    struct yard yard;
    struct renewals renewals;
    struct trial_store *trial = *state;
    start(state, "daqing", &yard);
    const struct rulebook *other =
        shelf_latest(yard.call->house->shelf, STR("liuzhou-stats"));
    assert_non_null(other);
    put_in_force(&yard, other);
    assert_int_equal(tally_renewals(yard.call, yard.bureau.site.id, 0, &renewals), DONE);
    assert_int_equal(renewals.count, 0);
    assert_int_equal(duties_of(&yard, "notices").count, 0);
    until(&yard, (struct date){2027, 2, 15});
    assert_int_equal(missed_acts(&yard), 0);
    yard_close(trial);
}

/* Who is told when a column is late sees all; a unit that keeps its columns, its own. */
static void test_renewal__who_supervises(void **state) {
    static const struct {
        const char *role;
        bool may;
    } table[] = {{"centre-head", true}, {"liaison", false}, {"dept-head", false}};
    struct yard yard;
    start(state, "daqing", &yard);
    for (size_t i = 0; i < LENGTH(table); i++) {
        bool may = !table[i].may;
        yard_become(&yard, yard_holder(&yard, table[i].role));
        assert_int_equal(
            tally_may_supervise(yard.call, &yard.bureau.site, yard.book, &may), DONE);
        assert_int_equal(may, table[i].may);
    }
    yard_close(*state);
}

/* What a page asks for grows with nothing but the windows under way. */
static void test_renewal__costs_its_own_window(void **state) {
    struct renewals renewals;
    uint64_t steps[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct trial_store *trial = trial_store_new("sqlite");
        void *place = trial;
        struct yard yard;
        start(&place, "daqing", &yard);
        until(&yard, (struct date){2027, 2, 2});
        for (int j = 0; j < (i == 0 ? 2 : 42); j++) {
            publish(&yard, "notices");
        }
        until(&yard, (struct date){2027, 4, 7});
        uint64_t before = store_stepped(trial->house.store);
        assert_int_equal(tally_renewals(yard.call, yard.bureau.site.id, 0, &renewals),
                         DONE);
        steps[i] = store_stepped(trial->house.store) - before;
        yard_close(trial);
        trial_store_free(trial);
    }
    assert_true(steps[0] > 0);
    assert_true(steps[1] <= steps[0] + 40);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_renewal__two_demands_on_one_column),
        TRIAL_ON_BOTH(test_renewal__a_window_that_was_missed),
        TRIAL_ON_BOTH(test_renewal__a_clock_that_stood_still),
        TRIAL_ON_BOTH(test_renewal__a_withdrawn_text_counts_no_more),
        TRIAL_ON_BOTH(test_renewal__far_ones_wait),
        TRIAL_ON_BOTH(test_renewal__follows_the_columns),
        TRIAL_ON_BOTH(test_renewal__another_rulebook),
        TRIAL_ON_SQLITE(test_renewal__who_supervises),
        cmocka_unit_test(test_renewal__costs_its_own_window),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("renewal", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
