/*
 * What rulebooks say of accounts, on both databases: of two bodies the strictest counts,
 * a post with one keeper has one, and a password that is barred is barred.
 */
#include "people/people_own.h"
#include "rulebook/rulebook.h"
#include "trial_store.h"

#define FIRST  "Xiaolu-2026-shang"
#define SECOND "Qiaoliang.7788.bei"
#define THIRD  "Shanhu.3311.dong"

static struct people_role role_lines[] = {{.role = STR_INIT("handler")},
                                          {.role = STR_INIT("site-admin")}};
static const struct people_roles roles = {role_lines, LENGTH(role_lines), NULL, 0};

static struct role keeper_role[] = {{.code = STR_INIT("site-admin")}};

struct ruling {
    id64 site;
    id64 body;
    const struct account_rules *rules;
};

struct two_bodies {
    struct call *call;
    id64 bodies[2];
    id64 person;
};

static enum status rule_work(struct call *call, void *what) {
    const struct ruling *ruling = what;
    struct rulebook book = {.roles = keeper_role, .role_count = 1};
    struct account_rules rules = *ruling->rules;
    book.accounts = &rules;
    return people_rule_accounts(call, ruling->site, ruling->body, &book, STR(""));
}

static void rule(struct two_bodies *desk, id64 site, int body,
                 const struct account_rules *rules) {
    struct ruling ruling = {site, desk->bodies[body], rules};
    txn_abort(desk->call);
    assert_int_equal(store_transact(desk->call, TXN_WRITE, rule_work, &ruling), DONE);
}

static void rule_days(struct two_bodies *desk, id64 site, int body, int days,
                      const char *id) {
    struct days_rule age = {.basis = {.id = str_of(id)}, .days = days};
    struct account_rules rules = {.age = days == 0 ? NULL : &age};
    rule(desk, site, body, &rules);
}

static id64 add_person(struct call *call, const char *name) {
    struct people_person person = {.name = str_of(name)};
    assert_int_equal(people_person_save(call, &person), DONE);
    return person.id;
}

static id64 add_post(struct call *call, id64 unit, const char *role) {
    struct people_post post = {.unit = unit, .role = str_of(role), .title = str_of(role)};
    assert_int_equal(people_post_save(call, &roles, &post), DONE);
    return post.id;
}

static enum status appoint(struct call *call, id64 post, id64 person, bool replaces) {
    struct people_appointing appointing = {
        .post = post, .person = person, .replaces = replaces};
    return people_appoint(call, &roles, &appointing, NULL, NULL);
}

static void open_account(struct call *call, id64 person, const char *login) {
    struct people_session session;
    id64 account;
    call->door = DOOR_CLI;
    call->actor = (struct actor){0};
    assert_int_equal(people_account_request(call, person, str_of(login), &account), DONE);
    assert_int_equal(people_account_open(call, account, STR(SECOND), false), DONE);
    call->now += INSTANT_MINUTE;
    assert_int_equal(people_sign_in(call, str_of(login), STR(SECOND), STR(""), &session),
                     DONE);
    assert_int_equal(people_password_change(call, STR(SECOND), STR(""), STR(FIRST)),
                     DONE);
    call->door = DOOR_CLI;
    call->actor = (struct actor){0};
}

/* A person who works in two bodies, with a password of his own. */
static struct two_bodies open_desk(void **state) {
    static const char *const codes[] = {"bureau", "weather"};
    struct trial_store *trial = *state;
    struct two_bodies desk = {.call = &trial->call};
    desk.call->door = DOOR_CLI;
    desk.person = add_person(desk.call, "李小兰");
    for (int i = 0; i < 2; i++) {
        struct people_unit body = {
            .code = str_of(codes[i]), .kind = STR("body"), .title = str_of(codes[i])};
        assert_int_equal(people_unit_save(desk.call, &body), DONE);
        desk.bodies[i] = body.id;
        assert_int_equal(appoint(desk.call, add_post(desk.call, body.id, "handler"),
                                 desk.person, false),
                         DONE);
    }
    open_account(desk.call, desk.person, "li");
    return desk;
}

static void test_accounts__the_strictest_of_the_bodies_counts(void **state) {
    static const struct {
        int first; /* days in the first body … */
        int second;
        int days;
        const char *rule;
    } table[] = {{0, 0, 90, ""},         {120, 0, 90, ""},        {60, 0, 60, "SZ-29.a"},
                 {60, 30, 30, "CS-9.c"}, {45, 60, 45, "SZ-29.a"}, {90, 0, 90, "SZ-29.a"}};
    struct two_bodies desk = open_desk(state);
    struct people_session session;
    instant changed = desk.call->now;
    for (size_t i = 0; i < LENGTH(table); i++) {
        rule_days(&desk, 5, 0, table[i].first, "SZ-29.a");
        rule_days(&desk, 6, 1, table[i].second, "CS-9.c");
        for (int early = 1; early >= 0; early--) {
            desk.call->now = changed + (table[i].days - early) * INSTANT_DAY;
            assert_int_equal(
                people_sign_in(desk.call, STR("li"), STR(FIRST), STR(""), &session),
                DONE);
            assert_int_equal(session.must_renew, early == 0);
            assert_int_equal(session.must_change, early == 0);
            assert_int_equal(session.password_days, table[i].days);
            assert_true(str_is(session.password_rule, table[i].rule));
            desk.call->actor = (struct actor){.person = desk.person};
            desk.call->door = DOOR_API; /* where no page would ask for another */
            assert_int_equal(people_prove(desk.call, STR(FIRST)),
                             early == 1 ? DONE : DENIED);
            assert_int_equal(desk.call->actor.freshly_proven, early == 1);
            call_forgive(desk.call);
            desk.call->actor = (struct actor){0};
            desk.call->door = DOOR_WEB;
        }
    }
}

/* Who has left the strict body is bound by it no more; whose machine never asks is asked
 * by the rulebook. */
static void test_accounts__a_rule_binds_in_its_body_alone(void **state) {
    static const struct people_security asvs = {.passwords = PEOPLE_PASSWORDS_ASVS,
                                                .second_factor = STR_INIT("nobody")};
    struct trial_store *trial = *state;
    struct two_bodies desk = open_desk(state);
    struct people_password_rule found;
    struct people_holdings held;
    trial->house.security = &asvs;
    assert_int_equal(people_password_rule(desk.call, desk.person, &found), DONE);
    assert_int_equal(found.days, 0);
    rule_days(&desk, 6, 1, 30, "CS-9.c");
    assert_int_equal(people_password_rule(desk.call, desk.person, &found), DONE);
    assert_int_equal(found.days, 30);
    assert_int_equal(people_holdings(desk.call, desk.person, &held), DONE);
    for (size_t i = 0; i < held.count; i++) {
        if (held.at[i].body == desk.bodies[1]) {
            txn_abort(desk.call);
            assert_int_equal(
                people_appointment_end(desk.call, held.at[i].appointment, 0, STR("调离")),
                DONE);
        }
    }
    assert_int_equal(people_password_rule(desk.call, desk.person, &found), DONE);
    assert_int_equal(found.days, 0);
    trial->house.security = NULL;
}

/* The profile asvs bars the present password alone; the rulebook bars more. */
static void test_accounts__former_passwords_are_barred_by_the_rulebook(void **state) {
    static const struct people_security asvs = {.passwords = PEOPLE_PASSWORDS_ASVS,
                                                .second_factor = STR_INIT("nobody")};
    struct trial_store *trial = *state;
    struct two_bodies desk = open_desk(state);
    struct call *call = desk.call;
    struct people_session session;
    struct reuse_rule reuse = {.basis = {.id = STR("CS-9.c")}, .last = 2};
    struct account_rules rules = {.reuse = &reuse};
    trial->house.security = &asvs;
    rule(&desk, 6, 1, &rules);
    assert_int_equal(people_sign_in(call, STR("li"), STR(FIRST), STR(""), &session),
                     DONE);
    call->now += INSTANT_MINUTE;
    assert_int_equal(people_password_change(call, STR(FIRST), STR(""), STR(THIRD)), DONE);
    assert_int_equal(people_password_change(call, STR(THIRD), STR(""), STR(FIRST)),
                     REFUSED);
    assert_true(str_is(call->refusal->rule, "CS-9.c"));
    assert_string_equal(call->refusal->words, "people.password-reused");
    call_forgive(call);
    /* Three back is none of the last two. */
    assert_int_equal(people_password_change(call, STR(THIRD), STR(""), STR(SECOND)),
                     DONE);
    trial->house.security = NULL;
}

static void test_accounts__one_keeper_in_the_body(void **state) {
    struct two_bodies desk = open_desk(state);
    struct call *call = desk.call;
    struct keeper_rule keeper = {.basis = {.id = STR("QX-10")}, .role = 0};
    struct account_rules rules = {.keeper = &keeper};
    struct people_session session;
    id64 post = add_post(call, desk.bodies[1], "site-admin");
    id64 beside = add_post(call, desk.bodies[1], "site-admin");
    id64 elsewhere = add_post(call, desk.bodies[0], "site-admin");
    id64 former = add_person(call, "覃海");
    id64 other = add_person(call, "罗平");
    rule(&desk, 6, 1, &rules);
    assert_int_equal(appoint(call, post, former, false), DONE);
    for (int replaces = 0; replaces < 2;
         replaces++) { /* not that one's post either way */
        assert_int_equal(appoint(call, beside, other, replaces == 1), REFUSED);
        assert_true(str_is(call->refusal->rule, "QX-10"));
        call_forgive(call);
    }
    assert_int_equal(appoint(call, elsewhere, other, false), DONE);

    struct people_holdings held;
    assert_int_equal(people_holdings(call, former, &held), DONE);
    txn_abort(call);
    struct people_appointing deputy = {.post = post,
                                       .person = other,
                                       .until = call->now + INSTANT_DAY,
                                       .stands_for = held.at[0].appointment};
    assert_int_equal(people_appoint(call, &roles, &deputy, NULL, NULL), REFUSED);
    assert_true(str_is(call->refusal->rule, "QX-10"));
    call_forgive(call);

    /* Handed over: nothing goes on, also in a session that is open, before he has a
     * password of his own. */
    assert_int_equal(people_sign_in(call, STR("li"), STR(FIRST), STR(""), &session),
                     DONE);
    assert_false(session.must_change);
    struct str token = session.token;
    call->actor = (struct actor){0};
    assert_int_equal(appoint(call, post, desk.person, true), DONE);
    assert_int_equal(people_session_open(call, token, &session), DONE);
    assert_true(session.must_change);
    assert_false(session.must_renew);
    call->now += INSTANT_MINUTE;
    assert_int_equal(people_password_change(call, STR(FIRST), STR(""), STR(THIRD)), DONE);
    assert_int_equal(people_session_open(call, token, &session), DONE);
    assert_false(session.must_change);
    assert_int_equal(people_holdings(call, former, &held), DONE);
    assert_int_equal(held.count, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_accounts__the_strictest_of_the_bodies_counts),
        TRIAL_ON_BOTH(test_accounts__a_rule_binds_in_its_body_alone),
        TRIAL_ON_BOTH(test_accounts__former_passwords_are_barred_by_the_rulebook),
        TRIAL_ON_BOTH(test_accounts__one_keeper_in_the_body),
    };
    return trial_run("account-rule", tests, LENGTH(tests));
}
