/*
 * 账号: who may sign in, kept by the security administrator: opened with a password that
 * its holder must change, locked, unlocked, ended.  Posts are the office's.
 */
#include "entries.h"
#include "table.h"

#include "people/people.h"

#define KEEPER PEOPLE_ROLE_SECURITY

/* Whoever keeps more has a directory, not this table. */
#define ACCOUNTS_MOST 20000

static enum status run_list(struct visit *visit);
static enum status fill_idle(struct visit *visit, struct model *part);
static enum status add_account(struct table *table, const struct people_account *account);
static enum status run_account(struct visit *visit);
static enum status fill_posts(struct visit *visit, struct model *part, id64 person);
static enum status fill_sessions(struct visit *visit, struct model *part, id64 person);
static enum status run_open_form(struct visit *visit);
static enum status run_open(struct visit *visit);
static enum status run_disable_form(struct visit *visit);
static enum status run_disable(struct visit *visit);
static enum status run_unlock(struct visit *visit);
static enum status run_end_session(struct visit *visit);
static enum status run_ask_form(struct visit *visit);
static enum status run_ask(struct visit *visit);
static enum status find_account(struct visit *visit, struct people_account *out_account);
static const char *state_of(const struct people_account *account);
static struct str address(struct visit *visit, id64 account, const char *act);
static struct str moment_text(struct visit *visit, instant at);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "accounts.seek"},
    {.name = "state", .kind = FIELD_TEXT, .label = "manuscripts.state"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "state", "sort", "page", NULL};
static const struct listing listing = {"/accounts", list_names};

const struct entry accounts_show = {.method = "GET",
                                    .pattern = "/accounts",
                                    .fields = list_fields,
                                    .may = KEEPER,
                                    .run = run_list};
const struct entry accounts_export = {.method = "GET",
                                      .pattern = "/accounts.xlsx",
                                      .fields = list_fields,
                                      .may = KEEPER,
                                      .run = run_list};
const struct entry account_show = {
    .method = "GET", .pattern = "/accounts/{account}", .may = KEEPER, .run = run_account};
const struct entry account_open_form = {.method = "GET",
                                        .pattern = "/accounts/{account}/open",
                                        .may = KEEPER,
                                        .run = run_open_form};
const struct entry account_disable_form = {.method = "GET",
                                           .pattern = "/accounts/{account}/disable",
                                           .may = KEEPER,
                                           .run = run_disable_form};

static const struct field open_fields[] = {WEB_PROOF_FIELD, {.name = NULL}};
const struct entry account_open_post = {.method = "POST",
                                        .pattern = "/accounts/{account}/open",
                                        .fields = open_fields,
                                        .may = KEEPER,
                                        .form = &account_open_form,
                                        .run = run_open};

static const struct field disable_fields[] = {
    WEB_REASON_FIELD("withdraw.reason"), WEB_PROOF_FIELD, {.name = NULL}};
const struct entry account_disable_post = {.method = "POST",
                                           .pattern = "/accounts/{account}/disable",
                                           .fields = disable_fields,
                                           .may = KEEPER,
                                           .form = &account_disable_form,
                                           .run = run_disable};

const struct entry account_unlock_post = {.method = "POST",
                                          .pattern = "/accounts/{account}/unlock",
                                          .may = KEEPER,
                                          .run = run_unlock};

static const struct field session_fields[] = {
    {.name = "session", .kind = FIELD_ID, .required = true, .label = "accounts.session"},
    {.name = NULL},
};
const struct entry account_end_session = {.method = "POST",
                                          .pattern = "/accounts/{account}/end-session",
                                          .fields = session_fields,
                                          .may = KEEPER,
                                          .run = run_end_session};

static const struct field form_fields[] = {
    {.name = "person", .kind = FIELD_ID, .label = "accounts.person"},
    {.name = NULL},
};
const struct entry account_ask_form = {.method = "GET",
                                       .pattern = "/accounts/new",
                                       .fields = form_fields,
                                       .may = KEEPER "|" WEB_OFFICE,
                                       .run = run_ask_form};

static const struct field ask_fields[] = {
    {.name = "person", .kind = FIELD_ID, .required = true, .label = "accounts.person"},
    {.name = "login",
     .kind = FIELD_TEXT,
     .required = true,
     .most = 32,
     .label = "accounts.login"},
    {.name = NULL},
};
const struct entry account_ask_post = {.method = "POST",
                                       .pattern = "/accounts/new",
                                       .fields = ask_fields,
                                       .may = KEEPER "|" WEB_OFFICE,
                                       .form = &account_ask_form,
                                       .run = run_ask};

static const char *const states[] = {"requested", "active", "first", "locked",
                                     "disabled"};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"login", "accounts.login", false},    {"name", "accounts.name", false},
        {"state", "manuscripts.state", false}, {"posts", "accounts.posts", false},
        {"last", "accounts.last", false},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "nav.accounts",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str wanted = request_typed(visit->request, "state");
    struct str chosen = STR("");
    struct people_page page = {.limit = 500,
                               .search = request_typed(visit->request, "q")};
    struct people_accounts accounts;
    table_search(&table, "accounts.seek");
    struct model *filter =
        listing_filter(visit, table_part(&table), "state", "manuscripts.state");
    for (size_t i = 0; i < LENGTH(states); i++) {
        struct str label =
            web_say(visit, str_format(call->arena, "accounts.is-%s", states[i]).at, NULL);
        listing_option(filter, visit, "state", str_of(states[i]), label);
        chosen = str_is(wanted, states[i]) ? label : chosen;
    }
    listing_chosen(visit, table_part(&table), &listing, "state", "manuscripts.state",
                   chosen);
    do {
        TRY(people_accounts(call, &page, &accounts));
        for (size_t i = 0; i < accounts.count; i++) {
            if (str_is_empty(wanted) || str_is(wanted, state_of(&accounts.at[i]))) {
                TRY(add_account(&table, &accounts.at[i]));
            }
        }
        page.first += (int64_t)accounts.count;
    } while (accounts.more && page.first < ACCOUNTS_MOST);
    table_act(&table, STR("/accounts/new"), "accounts.new", true);
    model_words(table_part(&table), "sub", "accounts.about");
    TRY(fill_idle(visit, table_part(&table)));
    return table_answer(&table, "accounts.nothing");
}

/* Open accounts with no post behind them. */
static enum status fill_idle(struct visit *visit, struct model *part) {
    struct people_accounts idle;
    TRY(people_idle_accounts(visit->call, &idle));
    model_flag(part, "warned", idle.count > 0);
    for (size_t i = 0; i < idle.count; i++) {
        struct model *note = model_list_add(part, "notes");
        model_text(note, "text",
                   web_say(visit, "accounts.idle", "name",
                           str_text(visit->call->arena, idle.at[i].name), "login",
                           str_text(visit->call->arena, idle.at[i].login), NULL));
        model_text(note, "href", address(visit, idle.at[i].id, "/disable"));
        model_words(note, "label", "accounts.idle-do");
    }
    return DONE;
}

static enum status add_account(struct table *table,
                               const struct people_account *account) {
    struct visit *visit = table->visit;
    struct call *call = visit->call;
    struct people_person person;
    const char *state = state_of(account);
    TRY(people_person(call, account->person, &person));
    struct table_row *row = table_add(table);
    row->href = address(visit, account->id, "");
    row->cells[0] = account->login;
    row->cells[1] = account->name;
    row->keys[1] = person.pinyin;
    row->cells[2] =
        web_say(visit, str_format(call->arena, "accounts.is-%s", state).at, NULL);
    row->cells[3] = person.posts;
    row->cells[4] = moment_text(visit, account->signed_in_at);
    row->badge = str_format(call->arena, "account-%s", state);
    row->badge_column = 2;
    return DONE;
}

static enum status run_account(struct visit *visit) {
    struct call *call = visit->call;
    struct people_account account;
    struct people_person person;
    TRY(find_account(visit, &account));
    TRY(people_person(call, account.person, &person));
    struct model *part = model_part(web_model(visit), "account");
    const char *state = state_of(&account);
    bool own = account.person == call->actor.person;
    model_text(part, "login", account.login);
    model_text(part, "name", account.name);
    part_badge(part, "badge", str_format(call->arena, "account-%s", state));
    model_words(part, "state", str_format(call->arena, "accounts.says-%s", state).at);
    if (account.locked_until != 0) {
        web_moment(visit, model_part(part, "locked-until"), account.locked_until);
        model_text(part, "unlock", address(visit, account.id, "/unlock"));
    }
    model_int(part, "failed", account.failed);
    if (account.signed_in_at != 0) {
        web_moment(visit, model_part(part, "last"), account.signed_in_at);
    }
    if (account.password_at != 0) {
        web_moment(visit, model_part(part, "password-at"), account.password_at);
    }
    model_flag(part, "own", own);
    if (!own) {
        bool opened = account.state == PEOPLE_ACCOUNT_ACTIVE;
        struct model *act = model_list_add(part, "acts");
        model_text(act, "href", address(visit, account.id, "/open"));
        model_words(act, "label", opened ? "accounts.reset" : "accounts.open");
        model_flag(act, "main", !opened);
        if (account.state != PEOPLE_ACCOUNT_DISABLED) {
            act = model_list_add(part, "acts");
            model_text(act, "href", address(visit, account.id, "/disable"));
            model_words(act, "label", "accounts.disable");
            act = model_list_add(part, "acts");
            model_text(act, "href", address(visit, account.id, "/recovery"));
            model_words(act, "label", "factor.help");
        }
    }
    TRY(fill_posts(visit, part, account.person));
    TRY(fill_sessions(visit, part, account.person));
    model_text(part, "action", address(visit, account.id, "/end-session"));
    return web_page(visit, "account");
}

static enum status fill_posts(struct visit *visit, struct model *part, id64 person) {
    struct people_holdings holdings;
    TRY(people_holdings(visit->call, person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        struct model *row = model_list_add(part, "posts");
        model_text(row, "unit", holdings.at[i].unit_title);
        model_text(row, "title", holdings.at[i].title);
    }
    return DONE;
}

static enum status fill_sessions(struct visit *visit, struct model *part, id64 person) {
    struct people_sessions sessions;
    TRY(people_sessions(visit->call, person, &sessions));
    for (size_t i = 0; i < sessions.count; i++) {
        struct model *row = model_list_add(part, "sessions");
        model_text(row, "id", id_to_text(visit->call->arena, sessions.at[i].id));
        web_moment(visit, model_part(row, "since"), sessions.at[i].opened_at);
        web_moment(visit, model_part(row, "seen"), sessions.at[i].seen_at);
        model_text(row, "from", sessions.at[i].address);
    }
    return DONE;
}

static enum status run_open_form(struct visit *visit) {
    struct people_account account;
    TRY(find_account(visit, &account));
    bool opened = account.state == PEOPLE_ACCOUNT_ACTIVE;
    struct change change = {
        .title = web_say(visit, opened ? "accounts.reset-title" : "accounts.open-title",
                         "name", str_text(visit->call->arena, account.name), "login",
                         str_text(visit->call->arena, account.login), NULL),
        .action = address(visit, account.id, "/open"),
        .back = address(visit, account.id, ""),
        .button = opened ? "accounts.reset-do" : "accounts.open-do",
        .warns = true,
        .proof = true};
    struct model *part = change_open(visit, &change);
    static const char *const effects[] = {"accounts.effect-password",
                                          "accounts.effect-sessions"};
    for (size_t i = 0; i < LENGTH(effects); i++) {
        model_list_add_text(part, "effects", web_say(visit, effects[i], NULL));
    }
    return web_page(visit, "change");
}

/* The answer itself shows the password: no other page ever can. */
static enum status run_open(struct visit *visit) {
    struct call *call = visit->call;
    struct people_account account;
    TRY(find_account(visit, &account));
    TRY(web_prove(visit, "password"));
    struct str password = people_password_make(call);
    TRY(people_account_open(call, account.id, password, false));
    struct model *part = model_part(web_model(visit), "opened");
    model_text(part, "name", account.name);
    model_text(part, "login", account.login);
    model_text(part, "password", password);
    model_text(part, "back", address(visit, account.id, ""));
    return web_page(visit, "account-opened");
}

static enum status run_disable_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_account account;
    struct people_sessions sessions;
    struct people_holdings holdings;
    TRY(find_account(visit, &account));
    TRY(people_sessions(call, account.person, &sessions));
    TRY(people_holdings(call, account.person, &holdings));
    struct change change = {.title = web_say(visit, "accounts.disable-title", "name",
                                             str_text(call->arena, account.name), "login",
                                             str_text(call->arena, account.login), NULL),
                            .action = address(visit, account.id, "/disable"),
                            .back = address(visit, account.id, ""),
                            .button = "accounts.disable-do",
                            .heavy = true,
                            .proof = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", true, STR(""));
    model_list_add_text(part, "effects",
                        web_say(visit, "accounts.effect-disable", "sessions",
                                str_format(call->arena, "%zu", sessions.count).at,
                                "posts",
                                str_format(call->arena, "%zu", holdings.count).at, NULL));
    return web_page(visit, "change");
}

static enum status run_disable(struct visit *visit) {
    struct people_account account;
    TRY(find_account(visit, &account));
    TRY(web_prove(visit, "password"));
    TRY(people_account_disable(visit->call, account.id,
                               request_text(visit->request, "reason")));
    return web_go_saying(visit, address(visit, account.id, ""), "accounts.disabled",
                         NULL);
}

static enum status run_unlock(struct visit *visit) {
    struct people_account account;
    TRY(find_account(visit, &account));
    TRY(people_account_unlock(visit->call, account.id));
    return web_go_saying(visit, address(visit, account.id, ""), "accounts.unlocked",
                         NULL);
}

static enum status run_end_session(struct visit *visit) {
    struct people_account account;
    struct people_sessions sessions;
    id64 wanted = request_id(visit->request, "session");
    TRY(find_account(visit, &account));
    TRY(people_sessions(visit->call, account.person, &sessions));
    for (size_t i = 0; i < sessions.count; i++) {
        if (sessions.at[i].id == wanted) {
            TRY(people_session_end(visit->call, wanted));
        }
    }
    return web_go_saying(visit, address(visit, account.id, ""), "accounts.session-ended",
                         NULL);
}

static enum status run_ask_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_persons persons;
    struct people_page page = {.limit = 500};
    id64 wanted = request_id(visit->request, "person");
    bool keeps = web_may(visit, KEEPER);
    struct change change = {.title = web_say(visit, "accounts.new-title", NULL),
                            .action = STR("/accounts/new"),
                            .back = keeps ? STR("/accounts") : STR("/people"),
                            .button = "accounts.new-do"};
    struct model *part = change_open(visit, &change);
    struct model *field = change_field(visit, part, "is-choice", "person",
                                       "accounts.person", true, STR(""));
    model_words(field, "help", "accounts.person-help");
    struct str stored = wanted == 0 ? STR("") : id_to_text(call->arena, wanted);
    TRY(people_persons(call, &page, &persons));
    for (size_t i = 0; i < persons.count; i++) {
        if (!persons.at[i].gone && str_is_empty(persons.at[i].login)) {
            change_option(visit, field, "person", stored,
                          id_to_text(call->arena, persons.at[i].id), persons.at[i].name);
        }
    }
    field =
        change_field(visit, part, "is-line", "login", "accounts.login", true, STR(""));
    model_words(field, "help", "accounts.login-help");
    return web_page(visit, "change");
}

/* The office asks, and the security administrator opens; the latter goes on at once. */
static enum status run_ask(struct visit *visit) {
    id64 person = request_id(visit->request, "person");
    id64 account;
    TRY(people_account_request(visit->call, person, request_text(visit->request, "login"),
                               &account));
    if (web_may(visit, KEEPER)) {
        return web_go(visit, "%.*s", STR_ARG(address(visit, account, "/open")));
    }
    return web_go_saying(visit,
                         str_format(visit->call->arena, "/people/persons/%.*s",
                                    STR_ARG(id_to_text(visit->call->arena, person))),
                         "accounts.asked", NULL);
}

static enum status find_account(struct visit *visit, struct people_account *out_account) {
    id64 id;
    TRY(request_id_parameter(visit->request, "account", &id));
    return people_account(visit->call, id, out_account);
}

static const char *state_of(const struct people_account *account) {
    return account->state == PEOPLE_ACCOUNT_REQUESTED  ? "requested"
           : account->state == PEOPLE_ACCOUNT_DISABLED ? "disabled"
           : account->locked_until != 0                ? "locked"
           : account->must_change                      ? "first"
                                                       : "active";
}

static struct str address(struct visit *visit, id64 account, const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/accounts/%.*s%s", STR_ARG(id_to_text(arena, account)),
                      act);
}

static struct str moment_text(struct visit *visit, instant at) {
    return at == 0 ? STR("") : instant_to_text(visit->call->arena, at);
}
