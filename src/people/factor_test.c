/*
 * One-time codes: the standard's own figures, and every way around them, on both
 * databases.  A second house at the same database stands for another process.
 */
#include "ledger/ledger.h"
#include "people/people_own.h"
#include "rulebook/rulebook.h"
#include "trial_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PASSWORD "Xiaolu-2026-shang"
#define OTHER    "Qiaoliang.7788.bei"
#define STEP     (30 * INSTANT_SECOND)

static const struct people_roles no_roles;

struct bench {
    struct trial_store *trial;
    struct call *call;
    id64 person;
    id64 account;
};

static id64 add_person(struct call *call, const char *name) {
    struct people_person person = {.name = str_of(name)};
    assert_int_equal(people_person_save(call, &person), DONE);
    return person.id;
}

static void seat(struct call *call, id64 person, id64 unit, const char *role) {
    struct people_post post = {.unit = unit, .role = str_of(role), .title = str_of(role)};
    assert_int_equal(people_post_save(call, &no_roles, &post), DONE);
    struct people_appointing appointing = {.post = post.id, .person = person};
    assert_int_equal(people_appoint(call, &no_roles, &appointing, NULL, NULL), DONE);
}

/* One person with an account and a password of his own; with *role*, or none. */
static struct bench open_desk(void **state, const char *role) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct bench desk = {.trial = trial, .call = call};
    struct people_unit body = {
        .code = STR("bureau"), .kind = STR("body"), .title = STR("统计局")};
    struct people_session session;
    call->door = DOOR_CLI;
    assert_int_equal(people_unit_save(call, &body), DONE);
    desk.person = add_person(call, "莫岚");
    if (role != NULL) {
        seat(call, desk.person, body.id, role);
    }
    assert_int_equal(people_account_request(call, desk.person, STR("mo"), &desk.account),
                     DONE);
    assert_int_equal(people_account_open(call, desk.account, STR(OTHER), false), DONE);
    assert_int_equal(people_sign_in(call, STR("mo"), STR(OTHER), STR(""), &session),
                     DONE);
    call->door = DOOR_WEB;
    assert_int_equal(people_password_change(call, STR(OTHER), STR(""), STR(PASSWORD)),
                     DONE);
    return desk;
}

static const char *code_at(struct call *call, struct str seed, instant at) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char bytes[64];
    uint32_t bits = 0;
    int held = 0;
    size_t length = 0;
    for (size_t i = 0; i < seed.length; i++) {
        bits = (bits << 5) | (uint32_t)(strchr(alphabet, seed.at[i]) - alphabet);
        held += 5;
        if (held >= 8) {
            bytes[length++] = (unsigned char)(bits >> (held - 8));
            held -= 8;
        }
    }
    int code = factor_code((struct bytes){bytes, length}, at / STEP);
    return str_format(call->arena, "%06d", code).at;
}

static enum status sign_in(struct call *call, const char *code,
                           struct people_session *out_session) {
    enum status status = people_sign_in_with(call, STR("mo"), STR(PASSWORD), str_of(code),
                                             STR(""), out_session);
    call_forgive(call);
    return status;
}

/* Set up, as the person who is signed in; gives the seed. */
static struct str enrol(struct bench *desk, struct people_recovery *out_recovery) {
    struct call *call = desk->call;
    struct people_factor factor;
    assert_int_equal(people_prove(call, STR(PASSWORD)), DONE);
    assert_int_equal(people_factor_begin(call), DONE);
    call->actor.freshly_proven = false;
    assert_int_equal(people_factor(call, &factor), DONE);
    assert_int_equal(factor.seed.length, 32);
    assert_int_equal(people_factor_confirm(call,
                                           str_of(code_at(call, factor.seed, call->now)),
                                           out_recovery),
                     DONE);
    return factor.seed;
}

/* RFC 6238, appendix B, its last six digits. */
static void test_factor__the_standards_figures(void **state) {
    (void)state;
    static const struct {
        int64_t seconds;
        int code;
    } table[] = {
        {59, 287082},       {1111111109, 81804},  {1111111111, 50471},
        {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130},
    };
    struct bytes seed = bytes_of_str(STR("12345678901234567890"));
    for (size_t i = 0; i < LENGTH(table); i++) {
        assert_int_equal(factor_code(seed, table[i].seconds / 30), table[i].code);
    }
}

/* What an independent program shows for the seed is what opens. */
static void test_factor__an_independent_authenticator_agrees(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct people_recovery recovery;
    char shown[16] = "";
    struct str seed = enrol(&desk, &recovery);
    if (access("/usr/bin/oathtool", X_OK) != 0) {
        print_message("oathtool is not installed: not compared\n");
        return;
    }
    struct str command =
        str_format(desk.call->arena, "/usr/bin/oathtool --totp -b %.*s --now='@%lld'",
                   STR_ARG(seed), (long long)((desk.call->now + STEP) / INSTANT_SECOND));
    FILE *tool = popen(command.at, "r");
    assert_non_null(fgets(shown, sizeof shown, tool));
    pclose(tool);
    shown[6] = '\0';
    desk.call->now += STEP;
    struct people_session session;
    assert_int_equal(sign_in(desk.call, shown, &session), DONE);
}

static void test_factor__setting_up_asks_for_proof_and_a_right_code(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct people_session other;
    struct people_recovery recovery;
    struct people_factor factor;
    struct rows *row;
    call->actor.freshly_proven = false;
    assert_int_equal(people_factor_confirm(call, STR("000000"), &recovery), REFUSED);
    assert_int_equal(people_factor_begin(call), DENIED);
    call_forgive(call);
    struct actor self = call->actor;
    assert_int_equal(sign_in(call, "", &other), DONE);
    call->actor = self;
    assert_int_equal(people_prove(call, STR(PASSWORD)), DONE);
    assert_int_equal(people_factor_begin(call), DONE);
    call->actor.freshly_proven = false;
    assert_int_equal(people_factor(call, &factor), DONE);
    assert_false(factor.active);
    struct str wrong = str_of(code_at(call, factor.seed, call->now + 3 * STEP));
    assert_int_equal(people_factor_confirm(call, wrong, &recovery), REFUSED);
    call_forgive(call);
    struct str right = str_of(code_at(call, factor.seed, call->now));
    assert_int_equal(people_factor_confirm(call, right, &recovery), DONE);
    assert_int_equal(people_session_open(call, other.token, &other), ABSENT);
    call->actor = self;
    assert_int_equal(people_factor(call, &factor), DONE);
    assert_true(factor.active);
    assert_int_equal(factor.recovery_left, 10);
    assert_int_equal(factor.seed.length, 0); /* never shown again */
    assert_int_equal(
        store_find(call, &people_factor_find, &row, bind_int("account", desk.account)),
        DONE);
    assert_true(str_starts(row_text(row, "seed"), "1.1.")); /* sealed */
}

static void test_factor__a_code_is_taken_once(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct people_recovery recovery;
    struct people_session session;
    struct str seed = enrol(&desk, &recovery);
    const char *used = code_at(call, seed, call->now);
    assert_int_equal(sign_in(call, "", &session), DENIED);
    assert_int_equal(sign_in(call, used, &session), DENIED); /* it confirmed */
    const char *next = code_at(call, seed, call->now + STEP);
    assert_int_equal(sign_in(call, code_at(call, seed, call->now - STEP), &session),
                     DENIED);                              /* before the last */
    assert_int_equal(sign_in(call, next, &session), DONE); /* the telephone is fast */
    assert_true(session.has_factor);
    assert_false(session.must_enrol);
    assert_int_equal(people_prove_with(call, STR(PASSWORD), str_of(next)), DENIED);
    assert_string_equal(call->refusal->words, "people.code-wrong");
    call_forgive(call);
    assert_int_equal(people_prove(call, STR(PASSWORD)), DENIED);
    assert_false(call->actor.freshly_proven);
    call_forgive(call);
    call->now += 2 * STEP;
    const char *fresh = code_at(call, seed, call->now);
    assert_int_equal(people_prove_with(call, STR("wrong"), str_of(fresh)), DENIED);
    call_forgive(call); /* and the code is not used up by a wrong password */
    assert_int_equal(people_prove_with(call, STR(PASSWORD), str_of(fresh)), DONE);
    assert_true(call->actor.freshly_proven);
    assert_int_equal(sign_in(call, fresh, &session), DENIED);
    call->now += 10 * STEP;
    assert_int_equal(sign_in(call, code_at(call, seed, call->now - 2 * STEP), &session),
                     DENIED); /* too old */
}

static void test_factor__guessing_locks(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct people_recovery recovery;
    struct people_session session;
    struct str seed = enrol(&desk, &recovery);
    call->now += 10 * STEP;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(sign_in(call, i % 2 == 0 ? "abcdef" : "", &session), DENIED);
    }
    const char *right = code_at(call, seed, call->now);
    assert_int_equal(sign_in(call, right, &session), DENIED); /* locked */
    call->now += 16 * INSTANT_MINUTE;
    assert_int_equal(sign_in(call, code_at(call, seed, call->now), &session), DONE);
}

/* A recovery code stands in once, and leads to setting up anew and nowhere else. */
static void test_factor__recovery_keeps_the_factor(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct people_recovery recovery;
    struct people_session session;
    struct str first = enrol(&desk, &recovery);
    const char *one = str_text(call->arena, recovery.codes[3]);
    assert_int_equal(sign_in(call, one, &session), DONE);
    assert_true(session.must_enrol);
    call->now += 2 * STEP;
    struct str second = enrol(&desk, &recovery);
    assert_int_equal(people_session_open(call, session.token, &session), DONE);
    assert_false(session.must_enrol);
    assert_int_equal(sign_in(call, one, &session), DENIED);
    call->now += 2 * STEP;
    assert_int_equal(sign_in(call, code_at(call, first, call->now), &session), DENIED);
    assert_int_equal(sign_in(call, code_at(call, second, call->now), &session), DONE);
    one = str_text(call->arena, recovery.codes[0]);
    assert_int_equal(sign_in(call, one, &session), DONE);
    assert_int_equal(sign_in(call, one, &session), DENIED);
}

/* A new password by the security administrator leaves the factor; his help is a code. */
static void test_factor__no_reset_goes_around_it(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct people_recovery recovery, help;
    struct people_session session;
    enrol(&desk, &recovery);
    call->door = DOOR_CLI;
    call->actor = (struct actor){0};
    assert_int_equal(people_account_open(call, desk.account, STR(PASSWORD), false), DONE);
    assert_int_equal(sign_in(call, "", &session), DENIED);
    call->actor = (struct actor){0};
    assert_int_equal(people_factor_help(call, desk.account, &help), DONE);
    assert_int_equal(help.count, 1);
    assert_int_equal(sign_in(call, str_text(call->arena, recovery.codes[0]), &session),
                     DENIED); /* the former ones are void */
    assert_int_equal(sign_in(call, str_text(call->arena, help.codes[0]), &session), DONE);
    assert_true(session.must_enrol);
    call->door = DOOR_WEB;
    assert_int_equal(people_factor_help(call, desk.account, &help), DENIED);
    call_forgive(call);
    struct ledger_report report;
    assert_int_equal(ledger_verify(call, LEDGER_HOUSE, NULL, &report), DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
}

static void test_factor__posts_demand_it(void **state) {
    struct bench desk = open_desk(state, PEOPLE_ROLE_SECURITY);
    struct call *call = desk.call;
    static const struct {
        const char *setting;
        bool demanded;
    } table[] = {
        {"administrators", true},
        {"nobody", false},
        {"everybody", true},
        {"dept-head", false},
        {"", false},
        {"dept-head security-admin", true},
        {"dept-head administrators", true},
    };
    struct people_session session;
    assert_int_equal(sign_in(call, "", &session), DONE);
    assert_true(session.must_enrol); /* by default */
    struct str token = session.token;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct people_security security = {.second_factor = str_of(table[i].setting)};
        desk.trial->house.security = &security;
        assert_int_equal(people_session_open(call, token, &session), DONE);
        assert_int_equal(session.must_enrol, table[i].demanded);
    }
    desk.trial->house.security = NULL;
}

/* Ended, disabled, dismissed, changed in one process: the next request of another knows.
 */
static void test_session__revocation_reaches_every_process(void **state) {
    struct bench desk = open_desk(state, NULL);
    struct call *call = desk.call;
    struct house other = desk.trial->house;
    struct arena *arena = arena_new((size_t)16 << 20);
    struct call there;
    struct people_session session;
    assert_int_equal(store_open(str_of(desk.trial->url), &other.store), DONE);
    for (int way = 0; way < 4; way++) {
        call_init(&there, arena, &other, call->now);
        assert_int_equal(sign_in(call, "", &session), DONE);
        struct str token = session.token;
        assert_int_equal(people_session_open(&there, token, &session), DONE);
        txn_abort(&there);
        call->door = DOOR_CLI;
        switch (way) {
        case 0:
            assert_int_equal(people_session_end(call, session.id), DONE);
            break;
        case 1:
            call->actor = (struct actor){0};
            assert_int_equal(people_account_open(call, desk.account, STR(OTHER), false),
                             DONE);
            assert_int_equal(
                people_account_open(call, desk.account, STR(PASSWORD), false), DONE);
            break;
        case 2:
            call->actor = (struct actor){0};
            assert_int_equal(people_account_disable(call, desk.account, STR("x")), DONE);
            assert_int_equal(people_session_open(&there, token, &session), ABSENT);
            assert_int_equal(
                people_account_open(call, desk.account, STR(PASSWORD), false), DONE);
            break;
        default:
            call->actor = (struct actor){0};
            assert_int_equal(people_person_leave(call, desk.person, STR("调离")), DONE);
        }
        txn_abort(&there);
        assert_int_equal(people_session_open(&there, token, &session), ABSENT);
        txn_abort(&there);
    }
    arena_free(arena);
    store_close(other.store);
}

struct demand {
    id64 site;
    const struct rulebook *book;
};

static enum status demand_work(struct call *call, void *what) {
    const struct demand *demand = what;
    return people_demand_factor(call, demand->site, demand->book);
}

/* The rulebook demands it of a post that the settings do not name; another version of it,
 * or an end of the appointment, no longer. */
static void test_factor__the_rulebook_demands_it_of_a_post(void **state) {
    struct role roles[] = {{.code = STR_INIT("handler")},
                           {.code = STR_INIT("audit-admin"), .second_factor = true}};
    struct rulebook strict = {.roles = roles, .role_count = 2};
    struct rulebook mild = {.roles = roles, .role_count = 1};
    static const struct people_security nobody = {.second_factor = STR_INIT("nobody")};
    struct trial_store *trial = *state;
    trial->house.security = &nobody;
    struct bench desk = open_desk(state, "audit-admin");
    struct people_session session;
    static const struct {
        bool strict;
        id64 site;
        bool demanded;
    } table[] = {{true, 5, true}, {false, 6, true}, {false, 5, false}};
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct demand demand = {table[i].site, table[i].strict ? &strict : &mild};
        txn_abort(desk.call);
        assert_int_equal(store_transact(desk.call, TXN_WRITE, demand_work, &demand),
                         DONE);
        desk.call->door = DOOR_WEB;
        assert_int_equal(
            people_sign_in(desk.call, STR("mo"), STR(PASSWORD), STR(""), &session), DONE);
        assert_int_equal(session.must_enrol, table[i].demanded);
        /* Where no page would ask him to set it up, nothing is signed without it. */
        desk.call->door = DOOR_API;
        assert_int_equal(people_prove(desk.call, STR(PASSWORD)),
                         table[i].demanded ? DENIED : DONE);
        assert_int_equal(desk.call->actor.key == NULL, table[i].demanded);
        call_forgive(desk.call);
    }
    trial->house.security = NULL;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_factor__the_rulebook_demands_it_of_a_post),
        cmocka_unit_test(test_factor__the_standards_figures),
        TRIAL_ON_SQLITE(test_factor__an_independent_authenticator_agrees),
        TRIAL_ON_BOTH(test_factor__setting_up_asks_for_proof_and_a_right_code),
        TRIAL_ON_BOTH(test_factor__a_code_is_taken_once),
        TRIAL_ON_BOTH(test_factor__guessing_locks),
        TRIAL_ON_BOTH(test_factor__recovery_keeps_the_factor),
        TRIAL_ON_BOTH(test_factor__no_reset_goes_around_it),
        TRIAL_ON_SQLITE(test_factor__posts_demand_it),
        TRIAL_ON_BOTH(test_session__revocation_reaches_every_process),
    };
    return trial_run("factor", tests, LENGTH(tests));
}
