/*
 * A change of staff is told in the act that makes it (CS-6.d): each receiver has a duty
 * of its own until its receipt is there; who holds no post any more loses his account the
 * same day, and a vacant post is a task (ED-15.c).
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "matter/matter.h"
#include "notice/notice.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

struct personnel {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct people_roles roles;
};

static struct personnel personnel_open(struct trial_store *trial, const char *code);
static void personnel_close(struct trial_store *trial);
static void acts_as(struct personnel *personnel, const char *role);
static struct people_holding holder_of(struct personnel *personnel, const char *role);
static struct people_person newcomer(struct personnel *personnel, const char *name);
static void dismiss(struct personnel *personnel, const char *role, instant until);
static size_t duties_at(struct personnel *personnel, struct subject subject,
                        const char *step, struct duty *out_duty);
static enum people_account_state account_of(struct personnel *personnel, id64 person);
static id64 opened_account(struct personnel *personnel, id64 person, const char *login);

static void test_staff__both_are_told_in_the_act_and_each_confirms(void **state) {
    struct trial_store *trial = *state;
    struct personnel personnel = personnel_open(trial, "changshan-tax");
    struct call *call = personnel.call;
    struct subject unit = {SUBJECT_UNIT, personnel.bureau.department.id};
    struct duty office;
    struct duty centre;
    struct matters receipts;
    struct matter receipt;
    /* An act that comes to nothing tells nobody. */
    acts_as(&personnel, "liaison");
    struct people_holding liaison = holder_of(&personnel, "liaison");
    assert_int_equal(people_appointment_end(call, liaison.appointment, 0, STR("调离")),
                     DENIED);
    call_forgive(call);
    assert_int_equal(duties_at(&personnel, unit, "", &office), 0);
    dismiss(&personnel, "liaison", 0);
    assert_int_equal(duties_at(&personnel, unit, "note-liaison-change-office", &office),
                     1);
    assert_int_equal(duties_at(&personnel, unit, "note-liaison-change-centre", &centre),
                     1);
    assert_true(office.since == call->now && centre.since == call->now);
    assert_true(office.deadline.hard > call->now);
    /* It stands on the desk of each, and of each alone. */
    bool is_on = false;
    assert_int_equal(notice_is_on_desk(call, holder_of(&personnel, "data-keeper").person,
                                       unit, STR("note-liaison-change-centre"), &is_on),
                     DONE);
    assert_true(is_on);
    assert_int_equal(notice_is_on_desk(call, holder_of(&personnel, "data-keeper").person,
                                       unit, STR("note-liaison-change-office"), &is_on),
                     DONE);
    assert_false(is_on);
    /* A receipt says who confirmed and when, and ends this duty, not the other. */
    call->now += INSTANT_HOUR;
    struct matter_wish wish = {.kind = STR("liaison-change-centre"),
                               .unit = unit.id,
                               .title = STR("工业科信息员离任"),
                               .words = STR("")};
    acts_as(&personnel, "data-keeper");
    assert_int_equal(review_open_matter(call, personnel.bureau.site.group, personnel.book,
                                        &wish, &receipt),
                     DONE);
    assert_int_equal(
        matter_list(call, personnel.bureau.site.group, 0, wish.kind, &receipts), DONE);
    assert_int_equal(receipts.count, 1);
    assert_true(receipts.at[0].opened_by == call->actor.person);
    assert_true(receipts.at[0].opened_at == call->now);
    assert_int_equal(duties_at(&personnel, unit, "note-liaison-change-centre", &centre),
                     0);
    assert_int_equal(duties_at(&personnel, unit, "note-liaison-change-office", &office),
                     1);
    personnel_close(trial);
}

static void test_staff__without_the_teller_nobody_is_told(void **state) {
    struct trial_store *trial = *state;
    struct personnel personnel = personnel_open(trial, "changshan-tax");
    struct subject unit = {SUBJECT_UNIT, personnel.bureau.department.id};
    struct duty duty;
    trial->house.staff_changed = NULL; /* the control: the duties come from the act */
    dismiss(&personnel, "liaison", 0);
    assert_int_equal(duties_at(&personnel, unit, "", &duty), 0);
    personnel_close(trial);
}

static void test_staff__account_ends_with_the_last_post(void **state) {
    struct trial_store *trial = *state;
    struct personnel personnel = personnel_open(trial, "education");
    struct call *call = personnel.call;
    struct people_accounts idle;
    struct duty duty;
    struct people_holding head = holder_of(&personnel, "dept-head");
    struct subject post = {SUBJECT_POST, head.post};
    struct people_person other = newcomer(&personnel, "卢晴");
    opened_account(&personnel, head.person, "head.one");
    /* With another post he keeps it. */
    acts_as(&personnel, "office-director");
    struct people_holding liaison = holder_of(&personnel, "liaison");
    struct people_appointing second = {
        .post = liaison.post, .person = head.person, .replaces = true};
    assert_int_equal(people_appoint(call, &personnel.roles, &second, NULL, NULL), DONE);
    dismiss(&personnel, "dept-head", 0);
    assert_int_equal(account_of(&personnel, head.person), PEOPLE_ACCOUNT_ACTIVE);
    assert_int_equal(duties_at(&personnel, post, "succeed", &duty), 1);
    assert_string_equal(str_text(call->arena, duty.rule), "ED-15.c");
    struct people_holdings rest;
    assert_int_equal(people_appointments(call, head.person, false, &rest), DONE);
    for (size_t i = 0; i < rest.count; i++) {
        assert_int_equal(
            people_appointment_end(call, rest.at[i].appointment, 0, STR("调离")), DONE);
    }
    assert_int_equal(account_of(&personnel, head.person), PEOPLE_ACCOUNT_DISABLED);
    assert_int_equal(people_idle_accounts(call, &idle), DONE);
    assert_int_equal(idle.count, 0);
    /* The task ends with a successor, not before. */
    assert_int_equal(duties_at(&personnel, post, "succeed", &duty), 1);
    struct people_appointing next = {.post = head.post, .person = other.id};
    assert_int_equal(people_appoint(call, &personnel.roles, &next, NULL, NULL), DONE);
    assert_int_equal(duties_at(&personnel, post, "succeed", &duty), 0);
    personnel_close(trial);
}

static void test_staff__end_set_beforehand_is_seen_by_the_clock(void **state) {
    struct trial_store *trial = *state;
    struct personnel personnel = personnel_open(trial, "education");
    struct call *call = personnel.call;
    struct people_holding head = holder_of(&personnel, "dept-head");
    struct people_accounts idle;
    struct duty duty;
    size_t shut = 0;
    opened_account(&personnel, head.person, "head.two");
    struct people_holdings all;
    assert_int_equal(people_appointments(call, head.person, false, &all), DONE);
    assert_int_equal(all.count, 1);
    dismiss(&personnel, "dept-head", call->now + INSTANT_DAY);
    assert_int_equal(account_of(&personnel, head.person), PEOPLE_ACCOUNT_ACTIVE);
    call->now += INSTANT_DAY + INSTANT_MINUTE;
    assert_int_equal(people_idle_accounts(call, &idle), DONE);
    assert_int_equal(idle.count, 1);
    assert_true(idle.at[0].person == head.person);
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    assert_int_equal(people_lapse(call, &shut), DONE);
    assert_int_equal(shut, 1);
    assert_int_equal(account_of(&personnel, head.person), PEOPLE_ACCOUNT_DISABLED);
    struct subject post = {SUBJECT_POST, head.post};
    assert_int_equal(duties_at(&personnel, post, "succeed", &duty), 1);
    personnel_close(trial);
}

static void test_staff__other_regulations_leave_the_account(void **state) {
    struct trial_store *trial = *state;
    struct personnel personnel = personnel_open(trial, "changshan-tax");
    struct people_accounts idle;
    struct people_holding head = holder_of(&personnel, "dept-head");
    opened_account(&personnel, head.person, "head.three");
    dismiss(&personnel, "dept-head", 0);
    assert_int_equal(account_of(&personnel, head.person), PEOPLE_ACCOUNT_ACTIVE);
    assert_int_equal(people_idle_accounts(personnel.call, &idle), DONE);
    assert_int_equal(idle.count, 1); /* but it is listed */
    personnel_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_staff__both_are_told_in_the_act_and_each_confirms),
        TRIAL_ON_BOTH(test_staff__without_the_teller_nobody_is_told),
        TRIAL_ON_BOTH(test_staff__account_ends_with_the_last_post),
        TRIAL_ON_BOTH(test_staff__end_set_beforehand_is_seen_by_the_clock),
        TRIAL_ON_BOTH(test_staff__other_regulations_leave_the_account),
    };
    return trial_run("staff", tests, LENGTH(tests));
}

static struct personnel personnel_open(struct trial_store *trial, const char *code) {
    struct personnel personnel = {.call = &trial->call};
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *days = str_format(arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    personnel.book = shelf_latest(trial->house.shelf, str_of(code));
    personnel.call->door = DOOR_CLI;
    assert_int_equal(
        trial_found(personnel.call, personnel.book, false, &personnel.bureau), DONE);
    personnel.call->door = DOOR_WEB;
    personnel.roles = people_roles_of(personnel.call, personnel.book);
    return personnel;
}

static void personnel_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static struct people_holding holder_of(struct personnel *personnel, const char *role) {
    struct people_holdings holders;
    id64 unit = personnel->bureau.department.id;
    assert_int_equal(people_holders(personnel->call, role, unit, &holders), DONE);
    if (holders.count == 0) {
        assert_int_equal(people_holders(personnel->call, role, 0, &holders), DONE);
    }
    assert_true(holders.count > 0);
    return holders.at[0];
}

static void acts_as(struct personnel *personnel, const char *role) {
    personnel->call->actor = (struct actor){.person = holder_of(personnel, role).person,
                                            .freshly_proven = true};
}

static struct people_person newcomer(struct personnel *personnel, const char *name) {
    struct people_person person = {
        .name = str_of(name), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    acts_as(personnel, "office-director");
    assert_int_equal(people_person_save(personnel->call, &person), DONE);
    return person;
}

static void dismiss(struct personnel *personnel, const char *role, instant until) {
    struct people_holding holding = holder_of(personnel, role);
    acts_as(personnel, "office-director");
    assert_int_equal(
        people_appointment_end(personnel->call, holding.appointment, until, STR("调离")),
        DONE);
}

/* How many duties of the subject stand at *step* ("": at any); the last one is given. */
static size_t duties_at(struct personnel *personnel, struct subject subject,
                        const char *step, struct duty *out_duty) {
    struct duties duties;
    size_t count = 0;
    assert_int_equal(notice_duties_of(personnel->call, subject, &duties), DONE);
    for (size_t i = 0; i < duties.count; i++) {
        if (step[0] == '\0' || str_is(duties.at[i].step, step)) {
            *out_duty = duties.at[i];
            count++;
        }
    }
    return count;
}

static enum people_account_state account_of(struct personnel *personnel, id64 person) {
    struct people_accounts accounts;
    assert_int_equal(people_accounts(personnel->call, NULL, &accounts), DONE);
    for (size_t i = 0; i < accounts.count; i++) {
        if (accounts.at[i].person == person) {
            return accounts.at[i].state;
        }
    }
    fail_msg("no account");
    return PEOPLE_ACCOUNT_REQUESTED;
}

/* By the security administrator of the sample bureau, or before the founding is over. */
static id64 opened_account(struct personnel *personnel, id64 person, const char *login) {
    struct call *call = personnel->call;
    id64 account;
    acts_as(personnel, "office-director");
    assert_int_equal(people_account_request(call, person, str_of(login), &account), DONE);
    call->door = DOOR_CLI;
    call->actor = (struct actor){0};
    enum status opened =
        people_account_open(call, account, STR("Kq7#mountain-River"), false);
    call->door = DOOR_WEB;
    if (opened == DENIED) {
        call_forgive(call);
        acts_as(personnel, PEOPLE_ROLE_SECURITY);
        opened = people_account_open(call, account, STR("Kq7#mountain-River"), false);
    }
    assert_int_equal(opened, DONE);
    acts_as(personnel, "office-director");
    return account;
}
