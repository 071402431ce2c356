/*
 * Units, appointments, accounts, sessions and tables on both databases.
 */
#include "ledger/ledger.h"
#include "people/people_own.h"
#include "trial_store.h"

#include <pthread.h>
#include <string.h>

#define PASSWORD "Xiaolu-2026-shang"
#define OTHER    "Qiaoliang.7788.bei"

static struct people_role role_lines[] = {
    {.role = STR_INIT("handler"), .name = STR_INIT("经办人")},
    {.role = STR_INIT("dept-head"), .name = STR_INIT("科室负责人"), .most = 1},
    {.role = STR_INIT("office-reviewer"),
     .name = STR_INIT("办公室审核"),
     .unit = STR_INIT("office")},
    {.role = STR_INIT("liaison"),
     .name = STR_INIT("信息员"),
     .title = STR_INIT("网站联络员"),
     .kind = STR_INIT("section"),
     .least = 1,
     .most = 1,
     .rule = STR_INIT("BZ-8.a")},
    {.role = STR_INIT("liaison"),
     .name = STR_INIT("信息员"),
     .title = STR_INIT("网站通讯员"),
     .kind = STR_INIT("district-bureau"),
     .least = 1,
     .most = 1,
     .rule = STR_INIT("BZ-8.b")},
};
static struct people_kind kind_lines[] = {
    {STR_INIT("section"), STR_INIT("科室")},
    {STR_INIT("district-bureau"), STR_INIT("区（分）局")},
};
static const struct people_roles roles = {role_lines, LENGTH(role_lines), kind_lines,
                                          LENGTH(kind_lines)};

/* A small bureau: an office with its reviewer (who then acts), a section, a person. */
struct bureau {
    struct trial_store *trial;
    struct call *call;
    id64 body;
    id64 office;
    id64 section;
    id64 reviewer;
    id64 li;
};

static id64 add_unit(struct call *call, const char *code, const char *kind,
                     const char *title, id64 parent) {
    struct people_unit unit = {.code = str_of(code),
                               .kind = str_of(kind),
                               .title = str_of(title),
                               .english = STR(""),
                               .aliases = STR(""),
                               .parent = parent};
    assert_int_equal(people_unit_save(call, &unit), DONE);
    return unit.id;
}

static id64 add_person(struct call *call, const char *name, const char *pinyin) {
    struct people_person person = {.name = str_of(name),
                                   .pinyin = str_of(pinyin),
                                   .mail = STR(""),
                                   .phone = STR("")};
    assert_int_equal(people_person_save(call, &person), DONE);
    return person.id;
}

static id64 add_post(struct call *call, id64 unit, const char *role, const char *title) {
    struct people_post post = {
        .unit = unit, .role = str_of(role), .title = str_of(title), .english = STR("")};
    assert_int_equal(people_post_save(call, &roles, &post), DONE);
    return post.id;
}

static enum status appoint(struct call *call, id64 post, id64 person, bool replaces) {
    struct people_appointing appointing = {
        .post = post, .person = person, .replaces = replaces};
    return people_appoint(call, &roles, &appointing, NULL, NULL);
}

static id64 add_account(struct call *call, id64 person, const char *login, bool lasting) {
    id64 account = 0;
    assert_int_equal(people_account_request(call, person, str_of(login), &account), DONE);
    assert_int_equal(people_account_open(call, account, STR(PASSWORD), lasting), DONE);
    return account;
}

static struct bureau found_bureau(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    call->door = DOOR_CLI;
    struct bureau bureau = {.trial = trial, .call = call};
    bureau.body = add_unit(call, "bureau", "body", "柳州市统计局", 0);
    bureau.office = add_unit(call, "office", "section", "办公室", bureau.body);
    bureau.section = add_unit(call, "general", "section", "综合科", bureau.body);
    bureau.reviewer = add_person(call, "黄敏", "huang min");
    bureau.li = add_person(call, "李小兰", "li xiaolan");
    id64 post = add_post(call, bureau.office, "office-reviewer", "");
    assert_int_equal(appoint(call, post, bureau.reviewer, false), DONE);
    return bureau;
}

static void act_as(struct call *call, id64 person) {
    call->actor = (struct actor){.person = person};
    call->door = DOOR_WEB;
    call_forgive(call);
}

static void assert_refused(struct call *call, const char *words, const char *rule) {
    assert_non_null(call->refusal);
    assert_string_equal(call->refusal->words, words);
    assert_true(str_is(call->refusal->rule, rule));
    call_forgive(call);
}

static void assert_ledger_whole(struct call *call) {
    struct ledger_report report;
    assert_int_equal(ledger_verify(call, LEDGER_HOUSE, NULL, &report), DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
}

static void test_unit__tree_and_names(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    struct people_unit centre = {.code = STR("data-centre"),
                                 .kind = STR("section"),
                                 .title = STR("数据管理中心"),
                                 .english = STR("Data Centre"),
                                 .aliases = STR("数管中心、信息中心"),
                                 .parent = bureau.body};
    assert_int_equal(people_unit_save(call, &centre), DONE);
    struct people_unit found;
    static const char *const names[] = {"data-centre", "数据管理中心", "数管中心",
                                        " 信息中心 "};
    for (size_t i = 0; i < LENGTH(names); i++) {
        assert_int_equal(people_unit_find(call, str_of(names[i]), &found), DONE);
        assert_int_equal(found.id, centre.id);
        assert_int_equal(found.body, bureau.body);
    }
    assert_int_equal(people_unit_find(call, STR("没有"), &found), ABSENT);
    struct people_units units;
    assert_int_equal(people_units(call, false, &units), DONE);
    assert_int_equal(units.count, 4);
    assert_int_equal(units.at[0].id, bureau.body);
    found = units.at[0];
    found.parent = centre.id; /* a body below its own child */
    assert_int_equal(people_unit_save(call, &found), REFUSED);
    assert_refused(call, "people.parent", "");
    centre.id = 0;
    assert_int_equal(people_unit_save(call, &centre), REFUSED);
    assert_refused(call, "people.code-taken", "");
}

static void test_unit__bad_fields_are_all_named(void **state) {
    struct bureau bureau = found_bureau(state);
    struct people_unit unit = {.code = STR("Büro 1"), .kind = STR(""), .title = STR(" ")};
    assert_int_equal(people_unit_save(bureau.call, &unit), REFUSED);
    int count = 0;
    for (struct refusal *each = bureau.call->refusal; each != NULL; each = each->next) {
        count++;
    }
    assert_int_equal(count, 3);
}

static void test_appointment__only_the_office_appoints(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 post = add_post(call, bureau.section, "dept-head", "科长");
    act_as(call, bureau.li);
    assert_int_equal(appoint(call, post, bureau.reviewer, false), DENIED);
    assert_refused(call, "people.only-office", "");
    act_as(call, bureau.reviewer);
    assert_int_equal(appoint(call, post, bureau.reviewer, false), REFUSED);
    assert_refused(call, "people.self-appoint", "");
    assert_int_equal(appoint(call, post, bureau.li, false), DONE);
    bool holds = false;
    assert_int_equal(people_holds(call, bureau.li, "dept-head", bureau.section, &holds),
                     DONE);
    assert_true(holds);
    assert_int_equal(people_holds(call, bureau.li, "dept-head", bureau.office, &holds),
                     DONE);
    assert_false(holds);
    call->actor.person = 0;
    call->door = DOOR_CLOCK; /* the machine by itself has no say either */
    assert_int_equal(appoint(call, post, bureau.reviewer, true), DENIED);
    assert_ledger_whole(call);
}

static void test_appointment__second_liaison_is_refused_or_replaces(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 first = add_post(call, bureau.section, "liaison", "");
    id64 second = add_post(call, bureau.section, "liaison", "随便");
    struct people_post post;
    assert_int_equal(people_post(call, second, &post), DONE);
    assert_true(str_is(post.title, "网站联络员")); /* BZ-8.a: it cannot be swapped */
    id64 wang = add_person(call, "王", "wang");
    assert_int_equal(appoint(call, first, bureau.li, false), DONE);
    call->now += 3 * INSTANT_DAY;
    assert_int_equal(appoint(call, second, wang, false), REFUSED);
    assert_refused(call, "people.role-full", "BZ-8.a");
    assert_int_equal(appoint(call, second, wang, true), DONE);
    struct people_holdings holdings;
    assert_int_equal(people_holders(call, "liaison", bureau.section, &holdings), DONE);
    assert_int_equal(holdings.count, 1);
    assert_int_equal(holdings.at[0].person, wang);
    assert_int_equal(people_appointments(call, bureau.li, true, &holdings), DONE);
    assert_int_equal(holdings.count, 1);
    assert_true(holdings.at[0].until == call->now);
    assert_true(str_is(holdings.at[0].reason, "接替"));
    assert_ledger_whole(call);
}

static void test_post__role_must_fit_the_unit(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    static const struct {
        const char *role;
        const char *words;
    } wrong[] = {{"king", "people.no-role"}, {"office-reviewer", "people.role-not-here"}};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct people_post post = {.unit = bureau.section,
                                   .role = str_of(wrong[i].role),
                                   .title = STR("岗"),
                                   .english = STR("")};
        assert_int_equal(people_post_save(call, &roles, &post), REFUSED);
        assert_refused(call, wrong[i].words, "");
    }
    struct people_post liaison = {.unit = bureau.body, .role = STR("liaison")};
    assert_int_equal(people_post_save(call, &roles, &liaison), REFUSED);
    assert_refused(call, "people.role-not-here", "");
    struct people_posts vacant;
    id64 post = add_post(call, bureau.section, "dept-head", "科长");
    assert_int_equal(people_posts(call, 0, true, &vacant), DONE);
    assert_int_equal(vacant.count, 1);
    assert_int_equal(vacant.at[0].id, post);
}

static void test_appointment__administrators_exclude_everything(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    static const char *const admins[] = {PEOPLE_ROLE_SYSTEM, PEOPLE_ROLE_SECURITY,
                                         PEOPLE_ROLE_AUDIT};
    id64 posts[LENGTH(admins)];
    id64 head = add_post(call, bureau.section, "dept-head", "科长");
    for (size_t i = 0; i < LENGTH(admins); i++) {
        posts[i] = add_post(call, bureau.body, admins[i], admins[i]);
    }
    for (size_t i = 0; i < LENGTH(admins); i++) {
        id64 person = add_person(call, admins[i], "");
        assert_int_equal(appoint(call, posts[i], person, i > 0), DONE);
        assert_int_equal(appoint(call, head, person, true), REFUSED);
        assert_refused(call, "people.admin-exclusive", "");
        assert_int_equal(appoint(call, posts[(i + 1) % 3], person, true), REFUSED);
        assert_refused(call, "people.admin-exclusive", "");
        assert_int_equal(appoint(call, posts[i], bureau.reviewer, true), REFUSED);
        assert_refused(call, "people.admin-exclusive", "");
        struct people_role_codes codes;
        assert_int_equal(people_roles_on(call, person, 0, &codes), DONE);
        assert_int_equal(codes.count, 1);
        /* An administrator's post in the office gives no say over appointments. */
        act_as(call, person);
        assert_int_equal(appoint(call, head, bureau.li, true), DENIED);
        assert_refused(call, "people.only-office", "");
        call->actor.person = 0;
        call->door = DOOR_CLI;
    }
    /* Neither does a later appointment get around it. */
    id64 late = add_person(call, "晚", "");
    struct people_appointing later = {
        .post = head, .person = late, .from = call->now + 10 * INSTANT_DAY};
    assert_int_equal(people_appoint(call, &roles, &later, NULL, NULL), DONE);
    assert_int_equal(appoint(call, posts[0], late, true), REFUSED);
    assert_refused(call, "people.admin-exclusive", "");
}

static void test_appointment__ends_and_takes_its_rights_along(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 post = add_post(call, bureau.section, "dept-head", "科长");
    struct people_appointing appointing = {.post = post,
                                           .person = bureau.li,
                                           .from = call->now + INSTANT_DAY,
                                           .until = call->now + 3 * INSTANT_DAY};
    id64 appointment;
    bool holds = true;
    assert_int_equal(people_appoint(call, &roles, &appointing, &appointment, NULL), DONE);
    assert_int_equal(people_holds(call, bureau.li, "dept-head", 0, &holds), DONE);
    assert_false(holds);
    call->now += INSTANT_DAY;
    assert_int_equal(people_must_hold(call, bureau.li, "dept-head", 0, "LZ-10.a"), DONE);
    assert_int_equal(people_appointment_end(call, appointment, 0, STR("调离")), DONE);
    assert_int_equal(people_must_hold(call, bureau.li, "dept-head", 0, "LZ-10.a"),
                     DENIED);
    assert_refused(call, "people.nobody-holds", "LZ-10.a");
    assert_int_equal(people_appointment_end(call, appointment, 0, STR("")), STALE);
    struct people_holdings history;
    assert_int_equal(people_post_history(call, post, &history), DONE);
    assert_int_equal(history.count, 1);
    assert_true(str_is(history.at[0].reason, "调离"));
    struct people_brief brief;
    assert_int_equal(people_person_brief(call, bureau.reviewer, &brief), DONE);
    assert_true(str_is(brief.post, "办公室 办公室审核"));
    assert_int_equal(people_person_brief(call, 12345, &brief), DONE);
    assert_true(str_is_empty(brief.name));
}

static enum status deputise(struct call *call, id64 appointment, id64 person,
                            instant until, id64 *out_deputy) {
    struct people_appointing appointing = {
        .person = person, .until = until, .stands_for = appointment};
    return people_appoint(call, &roles, &appointing, out_deputy, NULL);
}

static void test_deputy__holds_the_post_for_a_period(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 head = add_post(call, bureau.section, "dept-head", "科长");
    id64 chen = add_person(call, "陈立", "chen li");
    id64 third = add_person(call, "韦宁", "wei ning");
    struct people_appointing own = {
        .post = head, .person = chen, .until = call->now + 30 * INSTANT_DAY};
    id64 appointment;
    id64 deputy;
    id64 principal = 1;
    struct people_post post;
    assert_int_equal(people_appoint(call, &roles, &own, &appointment, NULL), DONE);
    assert_int_equal(deputise(call, appointment, bureau.li, 0, NULL), REFUSED);
    assert_refused(call, "people.deputy-until", "");
    assert_int_equal(
        deputise(call, appointment, bureau.li, call->now + 31 * INSTANT_DAY, NULL),
        REFUSED);
    assert_refused(call, "people.deputy-longer", "");
    assert_int_equal(
        deputise(call, appointment, bureau.li, call->now + 9 * INSTANT_DAY, &deputy),
        DONE);
    assert_int_equal(deputise(call, deputy, third, call->now + 2 * INSTANT_DAY, NULL),
                     REFUSED);
    assert_refused(call, "people.deputy-of-deputy", "");
    /* Both hold the role; the post is still its holder's, and no role is fuller for it.
     */
    assert_int_equal(people_must_hold(call, bureau.li, "dept-head", 0, ""), DONE);
    assert_int_equal(
        people_stands_for(call, bureau.li, STR("dept-head"), bureau.section, &principal),
        DONE);
    assert_int_equal(principal, chen);
    assert_int_equal(
        people_stands_for(call, chen, STR("dept-head"), bureau.section, &principal),
        DONE);
    assert_int_equal(principal, 0);
    assert_int_equal(people_post(call, head, &post), DONE);
    assert_int_equal(post.holder, chen);
    /* It ends by its date … */
    call->now += 9 * INSTANT_DAY;
    assert_int_equal(people_must_hold(call, bureau.li, "dept-head", 0, ""), DENIED);
    call_forgive(call);
}

static void test_deputy__ends_with_the_appointment_it_stands_for(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 head = add_post(call, bureau.section, "dept-head", "科长");
    id64 chen = add_person(call, "陈立", "chen li");
    struct people_appointing own = {.post = head, .person = chen};
    id64 appointment;
    assert_int_equal(people_appoint(call, &roles, &own, &appointment, NULL), DONE);
    assert_int_equal(
        deputise(call, appointment, bureau.li, call->now + 9 * INSTANT_DAY, NULL), DONE);
    assert_int_equal(people_appointment_end(call, appointment, 0, STR("调离")), DONE);
    assert_int_equal(people_must_hold(call, bureau.li, "dept-head", 0, ""), DENIED);
    call_forgive(call);
    assert_int_equal(
        deputise(call, appointment, bureau.li, call->now + 9 * INSTANT_DAY, NULL),
        REFUSED);
    assert_refused(call, "people.deputy-of-nobody", "");
}

static void test_founding__operator_loses_his_say(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    static const char *const admins[] = {PEOPLE_ROLE_SYSTEM, PEOPLE_ROLE_SECURITY,
                                         PEOPLE_ROLE_AUDIT};
    add_account(call, bureau.li, "li", false);
    id64 chen = add_person(call, "陈立", "chen li");
    id64 security = 0;
    id64 sample = add_account(call, chen, "chen", true);
    struct people_session session;
    assert_int_equal(people_sign_in_as(call, STR("li"), STR(""), &session), ABSENT);
    assert_int_equal(people_sign_in_as(call, STR("CHEN"), STR(""), &session), DONE);
    call->actor = (struct actor){0};
    for (size_t i = 0; i < LENGTH(admins); i++) {
        assert_int_equal(people_found(call), REFUSED);
        assert_refused(call, "people.found-admin", "");
        id64 post = add_post(call, bureau.body, admins[i], admins[i]);
        id64 person = add_person(call, admins[i], "");
        assert_int_equal(appoint(call, post, person, false), DONE);
        security = i == 1 ? person : security;
    }
    assert_int_equal(people_found(call), DONE);
    struct people_person person = {.name = STR("新"), .pinyin = STR("")};
    assert_int_equal(people_person_save(call, &person), DENIED);
    call_forgive(call);
    id64 account = 0;
    assert_int_equal(
        people_account_request(call, bureau.reviewer, STR("huang"), &account), DENIED);
    assert_int_equal(people_sign_in_as(call, STR("chen"), STR(""), &session), DONE);
    act_as(call, security);
    assert_int_equal(people_account_open(call, sample, STR(OTHER), true), DONE);
    assert_int_equal(people_sign_in_as(call, STR("chen"), STR(""), &session), ABSENT);
    call->actor.person = 0;
    call->door = DOOR_CLI;
    struct str secret;
    assert_int_equal(people_token_new(call, bureau.li, STR("接口"), 0, &secret), DONE);
}

static const struct password_owner owner = {.login = STR_INIT("li99"),
                                            .name = STR_INIT("李小兰"),
                                            .pinyin = STR_INIT("li xiaolan")};

static void check_password(struct call *call, const char *password, const char *words) {
    enum status status =
        password_check(call, "password", str_of(password), &owner, NULL, 0);
    if (words == NULL) {
        assert_int_equal(status, DONE);
    } else {
        assert_int_equal(status, REFUSED);
        assert_refused(call, words, "");
    }
}

static void test_password__every_broken_rule_is_named(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    static const struct {
        const char *password;
        const char *words; /* NULL: it is good */
    } cases[] = {
        {"Short-1", "people.password-length"},
        {"onlysmallletters", "people.password-classes"},
        {"small-and-sign", "people.password-classes"},
        {"Tingche-chang-li99", "people.password-login"},
        {"Xiaolan-LiXiaolan-7", "people.password-login"},
        {"Da-shenfa-2026-men", "people.password-login"},
        {"Yong李小兰-2026-bei", "people.password-login"},
        {PASSWORD, NULL},
        {"汉字口令也可以用来登录Ab1", NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        check_password(call, cases[i].password, cases[i].words);
    }
    static const struct password_owner admin = {.login = STR_INIT("admin")};
    assert_int_equal(password_check(call, "password", STR("admin"), &admin, NULL, 0),
                     REFUSED);
    int count = 0;
    for (struct refusal *each = call->refusal; each != NULL; each = each->next) {
        count++;
    }
    assert_int_equal(count, 4);
    call_forgive(call);
    for (int i = 0; i < 20; i++) {
        struct str made = people_password_make(call);
        check_password(call, str_text(call->arena, made), NULL);
    }
}

/* From the operator's file, from leaked passwords, words and names; as typed, without
 * digits and signs, with signs for letters. */
static void test_password__common_ones_are_refused(void **state) {
    struct bureau bureau = found_bureau(state);
    static const char *const common[] = {
        "Password1234!",     "Wo-Ai-Ni-1314-520", "Qwertyuiop-123",  "1Q2w3e4r5t6y",
        "P@ssw0rd-2026",     "!@#Sunshine2026#!", "Monkey-11223344", "2026.Dragon.2026",
        "Football-99-99-99", "5uper5tar-2026-7",  "Elizabeth-1988!", "Mississippi-2026",
        "Trustno1-2026-!!",
    };
    assert_true(password_list_count >= 100000);
    for (size_t i = 1; i < password_list_count; i++) { /* sorted: the search needs it */
        assert_true(strcmp(password_list + password_list_places[i - 1],
                           password_list + password_list_places[i]) < 0);
    }
    for (size_t i = 0; i < LENGTH(common); i++) {
        check_password(bureau.call, common[i], "people.password-common");
    }
    check_password(bureau.call, PASSWORD, NULL);
    check_password(bureau.call, "Gutta-pfahl-wirrsaal-4", NULL);
}

/* ASVS: longer instead of mixed, and no old age. */
static void test_password__profile_asvs(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    static const struct people_security asvs = {.passwords = PEOPLE_PASSWORDS_ASVS};
    struct people_session session;
    bureau.trial->house.security = &asvs;
    check_password(call, "onlysmallletters", NULL);
    check_password(call, "Short-2026-abc", "people.password-length-asvs");
    struct password_owner with_code = owner;
    with_code.second_factor = true;
    assert_int_equal(
        password_check(call, "password", STR("gutta-pfahlw"), &with_code, NULL, 0), DONE);
    add_account(call, bureau.li, "li", false);
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &session),
                     DONE);
    call->door = DOOR_WEB;
    assert_int_equal(people_password_change(call, STR(PASSWORD), STR(""), STR(OTHER)),
                     DONE);
    call->now += 60 * INSTANT_DAY;
    assert_int_equal(people_sign_in(call, STR("li"), STR(OTHER), STR(""), &session),
                     DONE);
    call->now += 40 * INSTANT_DAY;
    assert_int_equal(people_sign_in(call, STR("li"), STR(OTHER), STR(""), &session),
                     DONE);
    assert_false(session.must_change);
    bureau.trial->house.security = NULL; /* the national profile demands a new one */
    assert_int_equal(people_session_open(call, session.token, &session), DONE);
    assert_true(session.must_change);
    assert_int_equal(session.days_left, 0);
}

static void test_sign_in__opens_a_session(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", true);
    act_as(call, 0);
    struct people_session session;
    assert_int_equal(
        people_sign_in(call, STR(" Li "), STR(PASSWORD), STR("10.0.0.7"), &session),
        DONE);
    assert_int_equal(session.token.length, 43);
    assert_int_equal(session.csrf.length, 43);
    assert_false(session.must_change);
    assert_int_equal(session.person, bureau.li);
    assert_true(people_csrf_is_right(call, session.token, session.csrf));
    assert_false(people_csrf_is_right(call, session.token, STR("")));
    assert_false(people_csrf_is_right(call, session.csrf, session.csrf));
    act_as(call, 0);
    struct people_session again;
    assert_int_equal(people_session_open(call, session.token, &again), DONE);
    assert_int_equal(call->actor.person, bureau.li);
    assert_int_equal(call->actor.session, session.id);
    assert_true(str_equal(again.csrf, session.csrf));
    struct people_session rotated;
    assert_int_equal(people_session_rotate(call, &rotated), DONE);
    assert_int_equal(people_session_open(call, session.token, &again), ABSENT);
    assert_int_equal(people_session_open(call, rotated.token, &again), DONE);
    assert_int_equal(people_session_end(call, again.id), DONE);
    assert_int_equal(people_session_open(call, rotated.token, &again), ABSENT);
    assert_ledger_whole(call);
}

static void test_session__ends_with_idleness_and_with_its_day(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", true);
    struct people_session session;
    struct people_session again;
    assert_int_equal(people_sign_in_as(call, STR("li"), STR(""), &session), DONE);
    call->now += PEOPLE_SESSION_IDLE - 1;
    assert_int_equal(people_session_open(call, session.token, &again), DONE);
    call->now += PEOPLE_SESSION_IDLE;
    assert_int_equal(people_session_open(call, session.token, &again), ABSENT);
    assert_int_equal(people_sign_in_as(call, STR("li"), STR(""), &session), DONE);
    instant opened = call->now;
    while (call->now - opened < PEOPLE_SESSION_ABSOLUTE - 10 * INSTANT_MINUTE) {
        call->now += 10 * INSTANT_MINUTE;
        assert_int_equal(people_session_open(call, session.token, &again), DONE);
    }
    call->now += 10 * INSTANT_MINUTE;
    assert_int_equal(people_session_open(call, session.token, &again), ABSENT);
}

static void test_sign_in__stranger_and_wrong_password_are_alike(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 account = add_account(call, bureau.li, "li", true);
    static const char *const logins[] = {"li", "nobody"};
    struct people_session session = {.id = 77};
    for (size_t i = 0; i < LENGTH(logins); i++) {
        for (int attempt = 0; attempt < 5; attempt++) {
            act_as(call, 0);
            assert_int_equal(
                people_sign_in(call, str_of(logins[i]), STR("wrong"), STR(""), &session),
                DENIED);
            assert_int_equal(session.id, 77);
            assert_refused(call, "people.sign-in", "");
        }
    }
    /* Locked: the right password does not open it either, in the same words. */
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &session),
                     DENIED);
    assert_refused(call, "people.sign-in", "");
    struct people_account found;
    assert_int_equal(people_account(call, account, &found), DONE);
    assert_int_equal(found.failed, 5);
    assert_true(found.locked_until == call->now + 15 * INSTANT_MINUTE);
    call->now += 15 * INSTANT_MINUTE;
    assert_int_equal(people_sign_in(call, STR("li"), STR("wrong"), STR(""), &session),
                     DENIED);
    assert_int_equal(people_account(call, account, &found), DONE);
    assert_true(found.locked_until == call->now + 30 * INSTANT_MINUTE);
    call->actor = (struct actor){0};
    call->door = DOOR_CLI;
    assert_int_equal(people_account_unlock(call, account), DONE);
    call_forgive(call);
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &session),
                     DONE);
}

/* The time of a sign-in is that of its one hash, whoever is asked for. */
static void test_sign_in__always_costs_one_hash(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 account = add_account(call, bureau.li, "li", true);
    id64 closed = add_account(call, add_person(call, "停用", ""), "closed", true);
    assert_int_equal(people_account_disable(call, closed, STR("")), DONE);
    assert_int_equal(
        people_account_request(call, bureau.reviewer, STR("huang"), &account), DONE);
    static const struct {
        const char *login;
        const char *password;
        enum status answer;
    } cases[] = {{"li", PASSWORD, DONE},      {"li", "wrong", DENIED},
                 {"nobody", "wrong", DENIED}, {"closed", PASSWORD, DENIED},
                 {"huang", "", DENIED},       {"", "", DENIED}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct people_session session;
        int64_t before = password_hashing().begun;
        assert_int_equal(people_sign_in(call, str_of(cases[i].login),
                                        str_of(cases[i].password), STR(""), &session),
                         cases[i].answer);
        assert_int_equal(password_hashing().begun - before, 1);
        call_forgive(call);
    }
}

static void *hash_one(void *what) {
    *(bool *)what = password_fits(password_nobody(), STR("x"), NULL);
    return NULL;
}

static void test_password__two_are_hashed_at_a_time(void **state) {
    pthread_t threads[6];
    bool fits[LENGTH(threads)];
    (void)state;
    for (size_t i = 0; i < LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hash_one, &fits[i]), 0);
    }
    for (size_t i = 0; i < LENGTH(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_false(fits[i]);
    }
    assert_int_equal(password_hashing().most, 2);
    assert_int_equal(password_hashing().now, 0);
}

struct race {
    struct bureau *bureau;
    id64 post;
    id64 person;
    enum status answer;
};

static void *race_to_appoint(void *what) {
    struct race *race = what;
    struct call *call = trial_call_new(race->bureau->trial);
    call->door = DOOR_CLI;
    race->answer = appoint(call, race->post, race->person, false);
    trial_call_free(call);
    return NULL;
}

static void run_race(struct race *races) {
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race_to_appoint, &races[i]),
                         0);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal((races[0].answer == DONE) + (races[1].answer == DONE), 1);
    assert_int_equal((races[0].answer == REFUSED) + (races[1].answer == REFUSED), 1);
}

/* Two at once: two liaisons for one unit, and two roles for one person. */
static void test_appointment__nobody_slips_past_another(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    for (int round = 0; round < 5; round++) {
        char code[16];
        snprintf(code, sizeof code, "unit-%d", round);
        id64 unit = add_unit(call, code, "section", "科", bureau.body);
        id64 person = add_person(call, "甲", "");
        struct race liaisons[2] = {
            {&bureau, add_post(call, unit, "liaison", ""), person, FAILED},
            {&bureau, add_post(call, unit, "liaison", ""), add_person(call, "乙", ""),
             FAILED}};
        struct race roles_of_one[2] = {
            {&bureau, add_post(call, unit, "dept-head", "科长"),
             add_person(call, "丙", ""), FAILED},
            {&bureau, add_post(call, bureau.body, PEOPLE_ROLE_AUDIT, "审计管理员"), 0,
             FAILED}};
        roles_of_one[1].person = roles_of_one[0].person;
        run_race(liaisons);
        run_race(roles_of_one);
    }
    assert_ledger_whole(call);
}

static void test_prove__is_asked_in_the_same_request(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", true);
    act_as(call, bureau.li);
    assert_int_equal(people_prove(call, STR("wrong")), DENIED);
    assert_refused(call, "people.password-wrong", "");
    assert_false(call->actor.freshly_proven);
    assert_int_equal(people_prove(call, STR(PASSWORD)), DONE);
    assert_true(call->actor.freshly_proven);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(people_prove(call, STR("wrong")), DENIED);
        assert_refused(call, i < 4 ? "people.password-wrong" : "people.locked", "");
    }
    assert_int_equal(people_prove(call, STR(PASSWORD)), DENIED);
    assert_refused(call, "people.locked", "");
    /* The sign-in is counted apart. */
    struct people_session session;
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &session),
                     DONE);
    act_as(call, bureau.reviewer);
    assert_int_equal(people_prove(call, STR(PASSWORD)), DENIED);
    assert_refused(call, "people.no-account", "");
}

static void test_password__changes_and_ends_other_sessions(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", false);
    struct people_session first;
    struct people_session second;
    struct people_session found;
    act_as(call, 0);
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &first),
                     DONE);
    assert_true(first.must_change);
    assert_int_equal(people_sign_in(call, STR("li"), STR(PASSWORD), STR(""), &second),
                     DONE);
    call->door = DOOR_WEB;
    assert_int_equal(people_password_change(call, STR("wrong"), STR(""), STR(OTHER)),
                     DENIED);
    call_forgive(call);
    assert_int_equal(people_password_change(call, STR(PASSWORD), STR(""), STR(PASSWORD)),
                     REFUSED);
    assert_refused(call, "people.password-recent", "");
    assert_int_equal(people_password_change(call, STR(PASSWORD), STR(""), STR(OTHER)),
                     DONE);
    assert_int_equal(people_session_open(call, first.token, &found), ABSENT);
    assert_int_equal(people_session_open(call, second.token, &found), DONE);
    assert_false(found.must_change);
    assert_int_equal(found.days_left, PASSWORD_DAYS);
    assert_int_equal(people_password_change(call, STR(OTHER), STR(""), STR(PASSWORD)),
                     REFUSED);
    assert_refused(call, "people.password-recent", "");
    call->now += 91 * INSTANT_DAY;
    assert_int_equal(people_sign_in(call, STR("li"), STR(OTHER), STR(""), &found),
                     DENIED);
    call_forgive(call);
    struct people_account account;
    assert_int_equal(people_account(call, found.account, &account), DONE);
    assert_int_equal(account.state, PEOPLE_ACCOUNT_DISABLED); /* unused for 90 days */
}

static void test_account__only_security_and_never_ones_own(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 mo = add_person(call, "莫岚", "mo lan");
    id64 post = add_post(call, bureau.body, PEOPLE_ROLE_SECURITY, "安全管理员");
    assert_int_equal(appoint(call, post, mo, false), DONE);
    id64 own = add_account(call, mo, "mo", true);
    id64 li = 0;
    act_as(call, bureau.reviewer);
    assert_int_equal(people_account_request(call, bureau.li, STR("li"), &li), DONE);
    assert_int_equal(people_account_open(call, li, STR(PASSWORD), true), DENIED);
    assert_refused(call, "people.only-security", "");
    act_as(call, mo);
    assert_int_equal(people_account_open(call, own, STR(OTHER), false), REFUSED);
    assert_refused(call, "people.own-account", "");
    assert_int_equal(people_account_open(call, li, STR(PASSWORD), false), DONE);
    struct people_session session;
    struct people_session found;
    struct call *other = trial_call_new(bureau.trial);
    assert_int_equal(
        people_sign_in(other, STR("li"), STR(PASSWORD), STR("10.0.0.9"), &session), DONE);
    assert_true(session.must_change);
    struct str token = str_copy(call->arena, session.token);
    struct people_sessions sessions;
    assert_int_equal(people_sessions(call, 0, &sessions), DONE);
    assert_int_equal(sessions.count, 1);
    assert_true(str_is(sessions.at[0].address, "10.0.0.9"));
    assert_int_equal(people_sessions(other, mo, &sessions), DENIED);
    assert_int_equal(people_account_disable(call, li, STR("调离")), DONE);
    trial_call_free(other);
    other = trial_call_new(bureau.trial);
    assert_int_equal(people_session_open(other, token, &found), ABSENT);
    assert_int_equal(people_sign_in(other, STR("li"), STR(PASSWORD), STR(""), &found),
                     DENIED);
    trial_call_free(other);
    struct people_accounts accounts;
    struct people_page page = {.search = STR("li")};
    assert_int_equal(people_accounts(call, &page, &accounts), DONE);
    assert_int_equal(accounts.count, 1);
    assert_int_equal(accounts.at[0].state, PEOPLE_ACCOUNT_DISABLED);
}

static void test_person__leaving_ends_everything(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", true);
    id64 post = add_post(call, bureau.section, "dept-head", "科长");
    assert_int_equal(appoint(call, post, bureau.li, false), DONE);
    struct str secret;
    assert_int_equal(people_token_new(call, bureau.li, STR("接口"), 0, &secret), DONE);
    struct people_session session;
    assert_int_equal(people_sign_in_as(call, STR("li"), STR(""), &session), DONE);
    assert_int_equal(people_token_open(call, secret), DONE);
    act_as(call, bureau.reviewer);
    assert_int_equal(people_person_leave(call, bureau.li, STR("退休")), DONE);
    bool holds = true;
    assert_int_equal(people_holds(call, bureau.li, "dept-head", 0, &holds), DONE);
    assert_false(holds);
    struct people_session found;
    assert_int_equal(people_session_open(call, session.token, &found), ABSENT);
    assert_int_equal(people_token_open(call, secret), ABSENT);
    assert_int_equal(appoint(call, post, bureau.li, false), REFUSED);
    assert_refused(call, "people.no-person", "");
    assert_ledger_whole(call);
}

static void test_token__acts_as_its_person(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    add_account(call, bureau.li, "li", true);
    act_as(call, bureau.li);
    struct str secret;
    assert_int_equal(people_token_new(call, bureau.li, STR("接口"), 0, &secret), DENIED);
    assert_refused(call, "people.prove-first", "");
    assert_int_equal(people_prove(call, STR(PASSWORD)), DONE);
    assert_int_equal(people_token_new(call, bureau.reviewer, STR("x"), 0, &secret),
                     DENIED);
    assert_refused(call, "people.token-other", "");
    assert_int_equal(people_token_new(call, bureau.li, STR("接口"), 0, &secret), DONE);
    act_as(call, 0);
    assert_int_equal(people_token_open(call, STR("shenfa_wrong")), ABSENT);
    assert_int_equal(call->actor.person, 0);
    assert_int_equal(people_token_open(call, secret), DONE);
    assert_int_equal(call->actor.person, bureau.li);
    assert_false(call->actor.freshly_proven);
    struct people_tokens tokens;
    assert_int_equal(people_tokens(call, bureau.li, &tokens), DONE);
    assert_int_equal(tokens.count, 1);
    assert_int_equal(people_token_revoke(call, tokens.at[0].id), DONE);
    assert_int_equal(people_token_open(call, secret), ABSENT);
}

static const char units_table[] =
    "单位代码,单位名称,类型,上级代码,别名\r\n"
    "data-centre,数据管理中心,科室,bureau,数管中心\r\n"
    "\r\n"
    "yufeng,\"鱼峰\"\"分\"\"局\",district-bureau,bureau,\r\n";

static void test_import__units_then_persons(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    act_as(call, bureau.reviewer);
    struct people_import_report report;
    assert_int_equal(
        people_import(call, &roles, bytes_of_str(str_of(units_table)), &report), DONE);
    assert_int_equal(report.units, 2);
    struct people_unit unit;
    assert_int_equal(people_unit_find(call, STR("数管中心"), &unit), DONE);
    assert_true(str_is(unit.kind, "section"));
    assert_int_equal(people_unit_find(call, STR("yufeng"), &unit), DONE);
    assert_true(str_is(unit.title, "鱼峰\"分\"局"));
    static const char persons[] = "\xef\xbb\xbf姓名;账号;邮箱;单位;角色;职务\n"
                                  "陈立;chen;chen@example.gov.cn;综合科;dept-head;科长\n"
                                  "陈立;chen;;数管中心;经办人;\n"
                                  "韦红;;;yufeng;信息员;\n"
                                  "李小兰;li;;综合科;信息员;\n";
    assert_int_equal(people_import(call, &roles, bytes_of_str(str_of(persons)), &report),
                     DONE);
    assert_int_equal(report.persons, 3);
    assert_int_equal(report.appointments, 4);
    assert_int_equal(report.accounts, 2);
    struct people_person person;
    assert_int_equal(people_person_find(call, STR("chen"), &person), DONE);
    assert_true(str_is(person.posts, "综合科 科长、数据管理中心 经办人"));
    assert_int_equal(people_person_find(call, STR("li"), &person), DONE);
    assert_int_equal(person.id, bureau.li);
    assert_true(str_is(person.posts, "综合科 网站联络员"));
    /* Once more: nothing is doubled. */
    assert_int_equal(people_import(call, &roles, bytes_of_str(str_of(persons)), &report),
                     DONE);
    assert_int_equal(report.appointments, 0);
    struct people_persons page;
    assert_int_equal(people_persons(call, NULL, &page), DONE);
    assert_int_equal(page.count, 4);
    assert_ledger_whole(call);
}

static void test_import__gb18030_and_tabs(void **state) {
    struct bureau bureau = found_bureau(state);
    struct people_import_report report;
    /* 姓名 TAB 拼音 / 韦红 TAB wei hong */
    static const char gbk[] = "\xd0\xd5\xc3\xfb\t\xc6\xb4\xd2\xf4\r\n"
                              "\xce\xa4\xba\xec\twei hong\r\n";
    assert_int_equal(
        people_import(bureau.call, &roles, bytes_of_str(str_of(gbk)), &report), DONE);
    struct people_persons page;
    struct people_page search = {.search = STR("韦红")};
    assert_int_equal(people_persons(bureau.call, &search, &page), DONE);
    assert_int_equal(page.count, 1);
    assert_true(str_is(page.at[0].pinyin, "wei hong"));
}

static void test_import__all_mistakes_at_once_and_nothing_done(void **state) {
    struct bureau bureau = found_bureau(state);
    struct call *call = bureau.call;
    id64 tan = add_person(call, "覃海", "");
    id64 post = add_post(call, bureau.body, PEOPLE_ROLE_SYSTEM, "系统管理员");
    assert_int_equal(appoint(call, post, tan, false), DONE);
    act_as(call, bureau.reviewer);
    static const char persons[] = "姓名,账号,单位,角色\n"
                                  "甲,jia,综合科,信息员\n"
                                  ",yi,综合科,handler\n"
                                  "丙,BAD LOGIN,综合科,handler\n"
                                  "丁,,没有科,handler\n"
                                  "\"戊\n\",,综合科,king\n"
                                  "己,,综合科,信息员\n"
                                  "覃海,,综合科,handler\n"
                                  "黄敏,,综合科,handler\n";
    static const struct {
        int line;
        const char *column;
        const char *words;
    } expected[] = {
        {3, "姓名", "people.name"},      {4, "账号", "people.login"},
        {5, "单位", "people.no-unit"},   {6, "角色", "people.no-role"},
        {8, "", "people.role-full"},     {9, "", "people.admin-exclusive"},
        {10, "", "people.self-appoint"},
    };
    struct people_import_report report;
    assert_int_equal(people_import(call, &roles, bytes_of_str(str_of(persons)), &report),
                     REFUSED);
    assert_refused(call, "people.import-errors", "");
    assert_int_equal(report.error_count, LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_int_equal(report.errors[i].line, expected[i].line);
        assert_string_equal(report.errors[i].words, expected[i].words);
        assert_true(str_is(report.errors[i].column, expected[i].column));
    }
    struct people_person person;
    assert_int_equal(people_person_find(call, STR("jia"), &person), ABSENT);
    assert_ledger_whole(call);
}

static void test_import__five_thousand_lines_fit_into_one_call(void **state) {
    struct bureau bureau = found_bureau(state);
    struct people_import_report report;
    struct buffer table;
    buffer_init(&table, bureau.call->arena);
    buffer_add_text(&table, "姓名,账号,单位,角色\n");
    for (int i = 0; i < 5000; i++) {
        buffer_add_format(&table, "职工%d,user%d,综合科,经办人\n", i, i);
    }
    size_t before = arena_used(bureau.call->arena);
    assert_int_equal(
        people_import(bureau.call, &roles, bytes_of_str(buffer_str(&table)), &report),
        DONE);
    assert_int_equal(report.persons, 5000);
    assert_in_range(arena_used(bureau.call->arena) - before, 1, (size_t)100 << 20);
    buffer_add_text(&table, "多一人,more,综合科,经办人\n");
    assert_int_equal(
        people_import(bureau.call, &roles, bytes_of_str(buffer_str(&table)), &report),
        REFUSED);
    assert_string_equal(report.errors[0].words, "people.import-long");
}

static void test_import__bad_files_say_what_to_do(void **state) {
    struct bureau bureau = found_bureau(state);
    static const struct {
        const char *table;
        const char *words;
    } cases[] = {
        {"", "people.import-empty"},
        {"姓名\n", "people.import-empty"},
        {"姓名,星座\n甲,x\n", "people.import-unknown"},
        {"姓名,姓名\n甲,x\n", "people.import-twice"},
        {"单位名称\n甲\n", "people.import-missing"},
        {"\xff\xff\xff\xff", "people.import-encoding"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct people_import_report report;
        assert_int_equal(people_import(bureau.call, &roles,
                                       bytes_of_str(str_of(cases[i].table)), &report),
                         REFUSED);
        assert_true(report.error_count > 0);
        assert_string_equal(report.errors[0].words, cases[i].words);
        call_forgive(bureau.call);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_unit__tree_and_names),
        TRIAL_ON_SQLITE(test_unit__bad_fields_are_all_named),
        TRIAL_ON_BOTH(test_appointment__only_the_office_appoints),
        TRIAL_ON_BOTH(test_appointment__second_liaison_is_refused_or_replaces),
        TRIAL_ON_BOTH(test_post__role_must_fit_the_unit),
        TRIAL_ON_BOTH(test_appointment__administrators_exclude_everything),
        TRIAL_ON_BOTH(test_appointment__ends_and_takes_its_rights_along),
        TRIAL_ON_BOTH(test_deputy__holds_the_post_for_a_period),
        TRIAL_ON_BOTH(test_deputy__ends_with_the_appointment_it_stands_for),
        TRIAL_ON_BOTH(test_founding__operator_loses_his_say),
        TRIAL_ON_SQLITE(test_password__every_broken_rule_is_named),
        TRIAL_ON_SQLITE(test_password__common_ones_are_refused),
        TRIAL_ON_SQLITE(test_password__profile_asvs),
        TRIAL_ON_BOTH(test_sign_in__opens_a_session),
        TRIAL_ON_BOTH(test_session__ends_with_idleness_and_with_its_day),
        TRIAL_ON_BOTH(test_sign_in__stranger_and_wrong_password_are_alike),
        TRIAL_ON_SQLITE(test_sign_in__always_costs_one_hash),
        cmocka_unit_test(test_password__two_are_hashed_at_a_time),
        TRIAL_ON_BOTH(test_appointment__nobody_slips_past_another),
        TRIAL_ON_BOTH(test_prove__is_asked_in_the_same_request),
        TRIAL_ON_BOTH(test_password__changes_and_ends_other_sessions),
        TRIAL_ON_BOTH(test_account__only_security_and_never_ones_own),
        TRIAL_ON_BOTH(test_person__leaving_ends_everything),
        TRIAL_ON_BOTH(test_token__acts_as_its_person),
        TRIAL_ON_BOTH(test_import__units_then_persons),
        TRIAL_ON_BOTH(test_import__gb18030_and_tabs),
        TRIAL_ON_BOTH(test_import__all_mistakes_at_once_and_nothing_done),
        TRIAL_ON_SQLITE(test_import__five_thousand_lines_fit_into_one_call),
        TRIAL_ON_SQLITE(test_import__bad_files_say_what_to_do),
    };
    return trial_run("people", tests, LENGTH(tests));
}
