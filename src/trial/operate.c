/*
 * The acts of a case on how the machine and its accounts are kept: who signs in with
 * which password, who keeps the site's, which logs go, which backups there are.
 */
#include "trial_own.h"

#include "notice/notice.h"
#include "people/people.h"
#include "site/site.h"
#include "upkeep/upkeep.h"

#define FIRST_PASSWORD "Hongyan-2026-Yunjing"

struct owner {
    id64 person;
    struct str login;
};

static enum status sign_in(struct hearing *hearing, const struct case_act *act);
static enum status change_password(struct hearing *hearing, const struct case_act *act);
static enum status hand_over(struct hearing *hearing, const struct case_act *act);
static enum status give_value(struct hearing *hearing, const struct case_act *act);
static enum status prune_logs(struct hearing *hearing, const struct case_act *act);
static enum status record_backup(struct hearing *hearing, const struct case_act *act);
static enum status look_operations(struct hearing *hearing, const struct case_act *act);
static void add_bound(struct buffer *text, const char *name,
                      const struct upkeep_bound *bound);
static const char *log_of(struct hearing *hearing, int age);
static enum status take_account(struct hearing *hearing, id64 person,
                                struct owner *out_owner);
static enum status enter(struct hearing *hearing, const struct owner *owner,
                         const char *password, struct people_session *out_session);
static enum status as_security(struct hearing *hearing);
static void show_session(struct hearing *hearing, const struct people_session *session);

static const int log_ages[] = {1, 60, 61, 184, 185, 400};

static const struct {
    const char *name;
    enum status (*operate)(struct hearing *hearing, const struct case_act *act);
} operations[] = {
    {"sign-in", sign_in},
    {"change-password", change_password},
    {"hand-over", hand_over},
    {"give-value", give_value},
    {"prune-logs", prune_logs},
    {"record-backup", record_backup},
    {"look-operations", look_operations},
};

bool hearing_operates(struct str act) {
    for (size_t i = 0; i < LENGTH(operations); i++) {
        if (str_is(act, operations[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_operate(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(operations); i++) {
        if (str_is(act->act, operations[i].name)) {
            return operations[i].operate(hearing, act);
        }
    }
    return ABSENT;
}

/* *value* days after the actor has set a password of his own.  "renew CS-9.c": it must be
 * changed first; "given": somebody else knows it, or the post has just come; "open 59
 * SZ-29.a": so many days are left. */
static enum status sign_in(struct hearing *hearing, const struct case_act *act) {
    struct owner owner;
    struct people_session session;
    int64_t days = 0;
    TRY(str_to_int(act->value, &days));
    TRY(take_account(hearing, hearing->call->actor.person, &owner));
    hearing->call->now += days * INSTANT_DAY;
    TRY(enter(hearing, &owner, FIRST_PASSWORD, &session));
    show_session(hearing, &session);
    return DONE;
}

/* The actor wants the password again that was his *value* passwords ago, the present one
 * counted. */
static enum status change_password(struct hearing *hearing, const struct case_act *act) {
    struct owner owner;
    struct people_session session;
    int64_t ago = 0;
    TRY(str_to_int(act->value, &ago));
    TRY(take_account(hearing, hearing->call->actor.person, &owner));
    TRY(enter(hearing, &owner, FIRST_PASSWORD, &session));
    struct str present = STR(FIRST_PASSWORD);
    for (int64_t i = 1; i < ago; i++) {
        struct str next = people_password_make(hearing->call);
        hearing->call->now += INSTANT_MINUTE;
        TRY(people_password_change(hearing->call, present, STR(""), next));
        present = next;
    }
    return people_password_change(hearing->call, present, STR(""), STR(FIRST_PASSWORD));
}

/* The post *value* goes from its holder to somebody new, who then signs in. */
static enum status hand_over(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct people_roles roles = people_roles_of(call, hearing->book);
    struct people_holdings holders;
    struct people_person person = {
        .name = STR("卢晴"), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    struct owner owner;
    struct people_session session;
    struct actor office = call->actor;
    TRY(people_holders(call, str_text(call->arena, act->value), 0, &holders));
    if (holders.count == 0) {
        return ABSENT;
    }
    TRY(people_person_save(call, &person));
    TRY(take_account(hearing, person.id, &owner));
    struct people_appointing appointing = {
        .post = holders.at[0].post, .person = person.id, .replaces = true};
    call->actor = office;
    TRY(people_appoint(call, &roles, &appointing, NULL, NULL));
    TRY(enter(hearing, &owner, FIRST_PASSWORD, &session));
    show_session(hearing, &session);
    return DONE;
}

/* "password-days 45": what the regulation leaves to the body; "sub-backup-days 3 east":
 * to that further site. */
static enum status give_value(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct str rest = act->value;
    struct str code = str_cut(&rest, ' ');
    struct str value = str_cut(&rest, ' ');
    id64 site = hearing->bureau.site.id;
    struct site *sites;
    size_t count;
    TRY(site_list(call, hearing->bureau.site.group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        site = str_equal(sites[i].code, rest) ? sites[i].id : site;
    }
    return site_give_value(call, site, hearing->book, code, value, false);
}

/* There are logs of so many days ago; those of more than *value* days go.  "left 1 60".
 */
static enum status prune_logs(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct buffer text;
    int64_t days = 0;
    size_t count;
    TRY(str_to_int(act->value, &days));
    TRY(file_make_directory(
        str_format(call->arena, "%s/" UPKEEP_LOGS, call->house->workspace).at));
    for (size_t i = 0; i < LENGTH(log_ages); i++) {
        TRY(file_write(log_of(hearing, log_ages[i]), bytes_of_str(STR("{}\n"))));
    }
    TRY(upkeep_prune_logs(call, (int)days, &count));
    buffer_init(&text, call->arena);
    buffer_add_text(&text, "left");
    for (size_t i = 0; i < LENGTH(log_ages); i++) {
        if (file_exists(log_of(hearing, log_ages[i]))) {
            buffer_add_format(&text, " %d", log_ages[i]);
        }
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* By the machine: "whole" or "failed". */
static enum status record_backup(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct backup_record record = {.began_at = call->now,
                                   .ended_at = call->now,
                                   .whole = str_is(act->value, "whole"),
                                   .files = 1,
                                   .size = 1,
                                   .checksum = STR("sha256:0")};
    call->door = DOOR_CLI;
    return upkeep_record_backup(call, &record);
}

/* *value* days later the clock looks.  "logs 60 ZJ-18.5", "backups 1 ZJ-18.2.a", "duty
 * backup system-admin ZJ-18.2.a". */
static enum status look_operations(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct upkeep_bounds bounds;
    struct sub_site_backups subs;
    struct duties duties;
    struct buffer text;
    int64_t days = 0;
    TRY(str_to_int(act->value, &days));
    call->now += days * INSTANT_DAY;
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    TRY(upkeep_look(call));
    TRY(upkeep_bounds(call, &bounds));
    buffer_init(&text, call->arena);
    add_bound(&text, "logs", &bounds.logs);
    add_bound(&text, "backups", &bounds.backups);
    TRY(upkeep_sub_sites(call, &subs));
    for (size_t i = 0; i < subs.count; i++) {
        buffer_add_format(&text, "sub-site %.*s %d%s %.*s\n", STR_ARG(subs.at[i].code),
                          subs.at[i].days, subs.at[i].is_stated ? "" : " missing",
                          STR_ARG(subs.at[i].rule));
    }
    TRY(notice_duties_of(call, (struct subject){SUBJECT_WORKSPACE, 1}, &duties));
    for (size_t i = 0; i < duties.count; i++) {
        buffer_add_format(&text, "duty %.*s %.*s %.*s\n", STR_ARG(duties.at[i].step),
                          STR_ARG(duties.at[i].role), STR_ARG(duties.at[i].rule));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static void add_bound(struct buffer *text, const char *name,
                      const struct upkeep_bound *bound) {
    if (bound->days > 0) {
        buffer_add_format(text, "%s %d %.*s\n", name, bound->days, STR_ARG(bound->rule));
    }
}

static const char *log_of(struct hearing *hearing, int age) {
    struct call *call = hearing->call;
    struct str day = day_to_text(call->arena, instant_day(call->now) - age);
    return str_format(call->arena, "%s/" UPKEEP_LOGS "/%.*s.log", call->house->workspace,
                      STR_ARG(day))
        .at;
}

/* His account, asked for, opened by the security administrator, with a password that he
 * has set himself. */
static enum status take_account(struct hearing *hearing, id64 person,
                                struct owner *out_owner) {
    struct call *call = hearing->call;
    struct people_person found;
    struct people_session session;
    id64 account = 0;
    TRY(people_person(call, person, &found));
    struct owner owner = {person, found.login};
    if (str_is_empty(owner.login)) {
        owner.login =
            str_format(call->arena, "k%.*s", STR_ARG(id_to_text(call->arena, person)));
        TRY(as_security(hearing));
        TRY(people_account_request(call, person, owner.login, &account));
        struct str given = people_password_make(call);
        TRY(people_account_open(call, account, given, false));
        call->now += INSTANT_MINUTE; /* each was set at another time */
        TRY(enter(hearing, &owner, given.at, &session));
        TRY(people_password_change(call, given, STR(""), STR(FIRST_PASSWORD)));
    }
    *out_owner = owner;
    return DONE;
}

static enum status enter(struct hearing *hearing, const struct owner *owner,
                         const char *password, struct people_session *out_session) {
    return people_sign_in(hearing->call, owner->login, str_of(password), STR("192.0.2.1"),
                          out_session);
}

static enum status as_security(struct hearing *hearing) {
    struct people_holdings holders;
    TRY(people_holders(hearing->call, PEOPLE_ROLE_SECURITY, 0, &holders));
    if (holders.count == 0) {
        return ABSENT;
    }
    hearing->call->actor =
        (struct actor){.person = holders.at[0].person, .freshly_proven = true};
    return DONE;
}

static void show_session(struct hearing *hearing, const struct people_session *session) {
    struct arena *arena = hearing->call->arena;
    struct str rule = session->password_rule;
    hearing->shown =
        session->must_renew ? str_format(arena, "renew %.*s", STR_ARG(rule))
        : session->must_change
            ? STR("given")
            : str_format(arena, "open %d %.*s", session->days_left, STR_ARG(rule));
}
