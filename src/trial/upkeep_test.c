/*
 * One machine under several rulebooks, on both databases: the strictest counts for
 * backups and logs, a backup that is missing is one duty until there is one, and no log
 * is taken away that somebody's rulebook wants kept.
 */
#include "upkeep/upkeep.h"

#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"

#include <stdlib.h>

static struct sandbox *sandbox; /* forked once, before any thread */

static struct call *open_machine(void **state, const char *const *codes, size_t count) {
    struct trial_store *trial = *state;
    struct arena *arena = trial->call.arena;
    struct fault *faults = NULL;
    const struct rulebook *books[4];
    struct trial_bureau bureaus[4];
    const char *source = getenv("SHENFA_SOURCE");
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    trial->house.sandbox = sandbox;
    assert_int_equal(
        calendar_open(str_format(arena, "%s/share/calendar/cn.tsv", source).at,
                      &trial->house.calendar),
        DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    for (size_t i = 0; i < count; i++) {
        books[i] = shelf_latest(trial->house.shelf, str_of(codes[i]));
    }
    trial->call.door = DOOR_CLI;
    assert_int_equal(trial_found_several(&trial->call, books, count, true, bureaus),
                     DONE);
    return &trial->call;
}

static void close_machine(void **state) {
    struct trial_store *trial = *state;
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static void as_clock(struct call *call) {
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    call_forgive(call);
}

static void as_role(struct call *call, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(call, role, 0, &holders), DONE);
    call->actor = (struct actor){.person = holders.at[0].person, .freshly_proven = true};
    call->door = DOOR_WEB;
    call_forgive(call);
}

static enum status record(struct call *call, bool whole) {
    struct backup_record record = {.began_at = call->now - INSTANT_MINUTE,
                                   .ended_at = call->now,
                                   .whole = whole,
                                   .files = 12,
                                   .size = 3456,
                                   .checksum = whole ? STR("sha256:ab") : STR("")};
    call->actor = (struct actor){0};
    call->door = DOOR_CLI;
    call_forgive(call);
    txn_abort(call);
    return upkeep_record_backup(call, &record);
}

static size_t count_duties(struct call *call, struct str *out_rule) {
    struct duties duties;
    assert_int_equal(
        notice_duties_of(call, (struct subject){SUBJECT_WORKSPACE, 1}, &duties), DONE);
    if (out_rule != NULL && duties.count > 0) {
        *out_rule = duties.at[0].rule;
    }
    return duties.count;
}

static const char *log_of(struct call *call, int age) {
    struct str day = day_to_text(call->arena, instant_day(call->now) - age);
    return str_format(call->arena, "%s/" UPKEEP_LOGS "/%.*s.log", call->house->workspace,
                      STR_ARG(day))
        .at;
}

static void write_log(struct call *call, int age) {
    assert_int_equal(file_write(log_of(call, age), bytes_of_str(STR("{}\n"))), DONE);
}

static void test_upkeep__the_strictest_rulebook_counts(void **state) {
    static const char *const codes[] = {"quality", "shizhu", "bazhong-nr", "weather"};
    struct upkeep_bounds bounds;
    struct call *call = open_machine(state, codes, LENGTH(codes));
    assert_int_equal(upkeep_bounds(call, &bounds), DONE);
    assert_int_equal(bounds.logs.days, 184);
    assert_true(str_is(bounds.logs.rule, "SZ-1"));
    assert_int_equal(bounds.backups.days, 1);
    assert_true(str_is(bounds.backups.rule, "ZJ-18.2.a"));
    close_machine(state);
}

static void test_upkeep__the_strictest_is_not_the_last(void **state) {
    static const char *const codes[] = {"shizhu", "bazhong-nr", "quality"};
    struct upkeep_bounds bounds;
    struct call *call = open_machine(state, codes, LENGTH(codes));
    assert_int_equal(upkeep_bounds(call, &bounds), DONE);
    assert_int_equal(bounds.logs.days, 184);
    assert_int_equal(bounds.backups.days, 1);
    close_machine(state);
}

/* What binds a person follows the version in force, in the transaction that puts it so.
 */
static void test_upkeep__a_new_version_binds_passwords(void **state) {
    static const char *const codes[] = {"weather"};
    struct call *call = open_machine(state, codes, LENGTH(codes));
    const struct rulebook *next = shelf_latest(call->house->shelf, STR("changshan-tax"));
    struct people_password_rule rule;
    struct people_holdings holders;
    struct site *sites;
    size_t count;
    id64 group;
    assert_int_equal(site_group_first(call, &group), DONE);
    assert_int_equal(site_list(call, group, &sites, &count), DONE);
    assert_int_equal(people_holders(call, "site-admin", 0, &holders), DONE);
    assert_int_equal(people_password_rule(call, holders.at[0].person, &rule), DONE);
    assert_int_equal(rule.days, 90);
    assert_true(str_is_empty(rule.days_rule));
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(site_put_in_force(call, sites[0].id, next), DONE);
    assert_int_equal(txn_commit(call), DONE);
    assert_int_equal(people_password_rule(call, holders.at[0].person, &rule), DONE);
    assert_int_equal(rule.days, 30);
    assert_true(str_is(rule.days_rule, "CS-9.c"));
    assert_int_equal(rule.former, 5);
    close_machine(state);
}

static void test_upkeep__releases_suggest_an_interval(void **state) {
    static const struct {
        size_t releases;
        int days;
    } table[] = {{0, 30}, {3, 30}, {4, 7}, {29, 7}, {30, 1}, {500, 1}};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        assert_int_equal(upkeep_suggest_days(table[i].releases), table[i].days);
    }
}

static void test_upkeep__who_says_nothing_asks_for_nothing(void **state) {
    static const char *const codes[] = {"weather"};
    struct upkeep_bounds bounds;
    struct backup_state found;
    struct call *call = open_machine(state, codes, LENGTH(codes));
    assert_int_equal(upkeep_bounds(call, &bounds), DONE);
    assert_int_equal(bounds.logs.days, 0);
    assert_int_equal(bounds.backups.days, 0);
    as_clock(call);
    assert_int_equal(upkeep_look(call), DONE);
    call->now += 400 * INSTANT_DAY;
    assert_int_equal(upkeep_look(call), DONE);
    assert_int_equal(upkeep_backup_state(call, &found), DONE);
    assert_false(found.is_missed);
    assert_int_equal(found.due, INSTANT_NEVER);
    assert_int_equal(count_duties(call, NULL), 0);
    close_machine(state);
}

/* Of Monday's daily copy the next is Tuesday's; it is missed when Wednesday begins. */
static void test_upkeep__a_missed_backup_is_one_duty(void **state) {
    static const char *const codes[] = {"quality"};
    struct call *call = open_machine(state, codes, 1);
    struct backup_state found;
    struct duties desk;
    struct str rule = STR("");
    instant last;
    as_clock(call);
    assert_int_equal(upkeep_look(call), DONE); /* from here on it is counted */
    call->now += INSTANT_DAY;
    assert_int_equal(upkeep_look(call), DONE);
    assert_int_equal(count_duties(call, NULL), 0);
    call->now += INSTANT_DAY;
    assert_int_equal(upkeep_look(call), DONE);
    assert_int_equal(count_duties(call, &rule), 1);
    assert_true(str_is(rule, "ZJ-18.2.a"));

    assert_int_equal(record(call, true), DONE);
    last = call->now;
    assert_int_equal(count_duties(call, NULL), 0);
    call->now = day_start(instant_day(last) + 2) - 1;
    as_clock(call);
    assert_int_equal(upkeep_look(call), DONE);
    assert_int_equal(count_duties(call, NULL), 0);
    call->now++;
    for (int i = 0; i < 3; i++) { /* as often as it looks */
        assert_int_equal(upkeep_look(call), DONE);
        assert_int_equal(count_duties(call, NULL), 1);
    }
    assert_int_equal(upkeep_backup_state(call, &found), DONE);
    assert_true(found.is_missed);
    assert_false(found.failed);
    assert_int_equal(found.last, last);
    assert_int_equal(found.due, day_start(instant_day(last) + 2));
    as_role(call, PEOPLE_ROLE_SYSTEM);
    assert_int_equal(notice_desk(call, call->actor.person, &desk), DONE);
    assert_int_equal(desk.count, 1);
    assert_true(str_is(desk.at[0].act, "backup"));
    as_role(call, PEOPLE_ROLE_AUDIT);
    assert_int_equal(notice_desk(call, call->actor.person, &desk), DONE);
    assert_int_equal(desk.count, 0);
    close_machine(state);
}

/* Also where no rulebook asks for backups; and a copy that failed is none. */
static void test_upkeep__a_failed_backup_is_told_at_once(void **state) {
    static const char *const codes[] = {"weather"};
    struct call *call = open_machine(state, codes, 1);
    struct backup_records records;
    struct backup_state found;
    struct ledger_filter filter = {.limit = 1};
    struct ledger_list list;
    id64 group;
    as_role(call, PEOPLE_ROLE_SYSTEM);
    struct backup_record claimed = {.whole = true, .checksum = STR("sha256:ab")};
    assert_int_equal(upkeep_record_backup(call, &claimed), DENIED);
    assert_int_equal(record(call, false), DONE);
    assert_int_equal(count_duties(call, NULL), 1);
    assert_int_equal(upkeep_backup_state(call, &found), DONE);
    assert_true(found.failed);
    assert_int_equal(found.last, 0);
    call->now += INSTANT_HOUR;
    assert_int_equal(record(call, true), DONE);
    assert_int_equal(count_duties(call, NULL), 0);
    assert_int_equal(upkeep_backups(call, 10, &records), DONE);
    assert_int_equal(records.count, 2);
    assert_true(records.at[0].whole);
    assert_int_equal(records.at[0].size, 3456);
    assert_false(records.at[1].whole);
    assert_int_equal(site_group_first(call, &group), DONE);
    assert_int_equal(ledger_read(call, group, &filter, &list), DONE);
    assert_true(str_is(list.at[0].act, "workspace.backup"));
    close_machine(state);
}

static void test_upkeep__no_log_goes_before_its_time(void **state) {
    static const char *const codes[] = {"quality", "bazhong-nr"};
    static const int ages[] = {0, 1, 59, 60, 61, 200};
    struct call *call = open_machine(state, codes, 2);
    struct log_state found;
    struct ledger_filter filter = {.limit = 1};
    struct ledger_list list;
    id64 group;
    size_t count = 0;
    const char *place =
        str_format(call->arena, "%s/" UPKEEP_LOGS, call->house->workspace).at;
    const char *notes = str_format(call->arena, "%s/notes.txt", place).at;
    assert_int_equal(file_make_directory(place), DONE);
    assert_int_equal(file_write(notes, bytes_of_str(STR("x"))), DONE);
    for (size_t i = 0; i < LENGTH(ages); i++) {
        write_log(call, ages[i]);
    }
    as_role(call, PEOPLE_ROLE_AUDIT);
    assert_int_equal(upkeep_prune_logs(call, 60, &count), DENIED);
    for (int days = 1; days < 60; days += 29) { /* whoever wishes it */
        as_role(call, PEOPLE_ROLE_SYSTEM);
        assert_int_equal(upkeep_prune_logs(call, days, &count), REFUSED);
        assert_true(str_is(call->refusal->rule, "ZJ-18.5"));
        as_clock(call);
        assert_int_equal(upkeep_prune_logs(call, days, &count), REFUSED);
        call->door = DOOR_CLI;
        assert_int_equal(upkeep_prune_logs(call, days, &count), REFUSED);
    }
    as_clock(call);
    assert_int_equal(upkeep_prune_logs(call, 0, &count), DONE);
    assert_int_equal(count, 0);
    assert_int_equal(upkeep_logs(call, &found), DONE);
    assert_int_equal(found.files, LENGTH(ages));
    assert_int_equal(upkeep_prune_logs(call, 60, &count), DONE);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < LENGTH(ages); i++) {
        assert_int_equal(file_exists(log_of(call, ages[i])), ages[i] <= 60);
    }
    assert_true(file_exists(notes));
    assert_int_equal(upkeep_logs(call, &found), DONE);
    assert_int_equal(found.oldest, instant_day(call->now) - 60);
    assert_int_equal(site_group_first(call, &group), DONE);
    assert_int_equal(ledger_read(call, group, &filter, &list), DONE);
    assert_true(str_is(list.at[0].act, "workspace.logs-pruned"));
    close_machine(state);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_upkeep__the_strictest_rulebook_counts),
        TRIAL_ON_BOTH(test_upkeep__the_strictest_is_not_the_last),
        TRIAL_ON_BOTH(test_upkeep__who_says_nothing_asks_for_nothing),
        cmocka_unit_test(test_upkeep__releases_suggest_an_interval),
        TRIAL_ON_BOTH(test_upkeep__a_new_version_binds_passwords),
        TRIAL_ON_BOTH(test_upkeep__a_missed_backup_is_one_duty),
        TRIAL_ON_BOTH(test_upkeep__a_failed_backup_is_told_at_once),
        TRIAL_ON_BOTH(test_upkeep__no_log_goes_before_its_time),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("upkeep", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
