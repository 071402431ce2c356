/*
 * Every screen over a sample bureau, through the real listener: who may see it and who
 * may not, in both languages, and no sentence that nobody wrote.
 */
#include "calendar/calendar.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "web_client.h"
#include "web_own.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

struct office {
    struct trial_store *trial;
    struct arena *arena;
    struct words *words;
    struct pages *pages;
    struct shelf *shelf;
    struct web *web;
    struct server *server;
    struct web_client *client;
    struct trial_bureau bureau;
    const struct rulebook *book;
    struct str item_class;
    const char *column;
    const char *draft;
    const char *text; /* stands at the leader's step */
};

static void open_office_of(struct office *office, void **state, const char *code,
                           const char *item_class);

static instant office_now = TRIAL_NOW; /* one test looks a month later */
static instant fixed_clock(void) { return office_now; }

static const char *place(struct office *office, const char *name) {
    return str_format(office->arena, "%s/%s", getenv("SHENFA_SOURCE"), name).at;
}

static void open_pages(struct office *office) {
    struct buffer errors;
    buffer_init(&errors, office->arena);
    if (words_load(place(office, "share/words"), &errors, &office->words) != DONE ||
        pages_load(place(office, "share/pages/admin"), office->words, &errors,
                   &office->pages) != DONE) {
        fail_msg("%s", str_text(office->arena, buffer_str(&errors)));
    }
}

static const char *write_text(struct office *office, const char *title,
                              const char *step) {
    struct call *call = &office->trial->call;
    struct column *columns;
    size_t count;
    id64 manuscript;
    int version;
    struct dropped dropped;
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>全市工业增加值同比增长6.1%。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    assert_int_equal(site_columns(call, office->bureau.site.id, &columns, &count), DONE);
    assert_true(count > 0);
    office->column = str_text(office->arena, id_to_text(office->arena, columns[0].id));
    call->actor = (struct actor){.person = office->bureau.writer, .freshly_proven = true};
    assert_int_equal(manuscript_begin(call, columns[0].id, office->bureau.department.id,
                                      office->item_class, content.title, &manuscript),
                     DONE);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    if (step != NULL) {
        assert_int_equal(trial_walk(call, manuscript, str_of(step)), DONE);
    }
    call->actor = (struct actor){0};
    return str_text(office->arena, id_to_text(office->arena, manuscript));
}

static void open_office(struct office *office, void **state) {
    open_office_of(office, state, "liuzhou-stats", "statistics");
    office->text = write_text(office, "前三季度工业经济分析", "leader-review");
}

static void open_office_of(struct office *office, void **state, const char *code,
                           const char *item_class) {
    const char *books = NULL;
    struct fault *faults = NULL;
    *office = (struct office){.trial = *state, .arena = arena_new((size_t)64 << 20)};
    struct house *house = &office->trial->house;
    struct call *call = &office->trial->call;
    books = place(office, "rulebooks");
    const char *const directories[] = {books, NULL};
    assert_int_equal(
        calendar_open(place(office, "share/calendar/cn.tsv"), &house->calendar), DONE);
    assert_int_equal(shelf_open(office->arena, directories, &office->shelf, &faults),
                     DONE);
    open_pages(office);
    house->words = office->words;
    house->shelf = office->shelf;
    house->sandbox = sandbox;
    call->door = DOOR_CLI;
    office->book = shelf_latest(office->shelf, str_of(code));
    office->item_class = str_of(item_class);
    assert_non_null(office->book);
    assert_int_equal(trial_found(call, office->book, true, &office->bureau), DONE);
    office->draft = write_text(office, "一篇草稿", NULL);
    struct web_options options = {.house = house,
                                  .words = office->words,
                                  .pages = office->pages,
                                  .group = office->bureau.site.group,
                                  .name = STR("示范市统计局网站"),
                                  .public_base = STR("http://127.0.0.1"),
                                  .help = STR(""),
                                  .rulebooks = str_of(books),
                                  .demo = true,
                                  .clock = fixed_clock};
    assert_int_equal(web_open(&options, &office->web), DONE);
    struct http_options http = {
        .address = "127.0.0.1:0", .handle = web_handle, .owner = office->web};
    http.routes = web_routes(office->web, &http.route_count);
    assert_int_equal(http_serve(&http, &office->server), DONE);
}

static void close_office(struct office *office) {
    http_stop(office->server);
    web_close(office->web);
    pages_free(office->pages);
    words_free(office->words);
    shelf_free(office->shelf);
    calendar_close(office->trial->house.calendar);
    arena_free(office->arena);
}

static void enter(struct office *office, const char *login, const char *language) {
    office->client = web_client_new(office->arena, http_address(office->server));
    web_get(office->client, "/sign-in");
    const char *form = str_format(office->arena, "person=%s", login).at;
    struct web_answer answer = web_post(office->client, "/demo/enter", form);
    if (answer.status != 303) {
        fail_msg("%s: %s", login, answer.body);
    }
    web_get(office->client, "/desk");
    form = str_format(office->arena, "language=%s&back=/desk", language).at;
    assert_int_equal(web_post(office->client, "/language", form).status, 303);
}

/* The key of a sentence nobody wrote comes back as itself. */
static void assert_no_keys(const char *path, const char *body) {
    static const char *const stems[] = {
        "manuscripts.",   "manuscript.", "people.",  "columns.", "ledger.",
        "entry.",         "rules.",      "face.",    "ruling.",  "act.",
        "badge.",         "import.",     "listing.", "fields.",  "review.",
        "difference.",    "accounts.",   "units.",   "persons.", "table.",
        "matters.",       "versions.",   "forms.",   "nav.",     "assessments.",
        "commendations.", "drafts.",     "values.",  "open.",    "statement."};
    for (size_t i = 0; i < LENGTH(stems); i++) {
        for (const char *at = strstr(body, stems[i]); at != NULL;
             at = strstr(at + 1, stems[i])) {
            char before = at[-1];
            char after = at[strlen(stems[i])];
            if ((before == '>' || before == ' ') && after >= 'a' && after <= 'z') {
                fail_msg("%s shows a key: %.60s", path, at);
            }
        }
    }
}

static void see(struct office *office, const char *path, int wanted) {
    struct web_answer answer = web_get(office->client, path);
    if (answer.status != wanted) {
        fail_msg("%s: %d instead of %d\n%s", path, answer.status, wanted, answer.body);
    }
    assert_no_keys(path, answer.body);
}

/* What a worker does meanwhile. */
static void do_jobs(struct office *office) {
    size_t count = 0;
    const struct job_handler *handlers = ledger_handlers(&count);
    struct call *call = trial_call_new(office->trial);
    call->now = fixed_clock();
    assert_int_equal(jobs_do_next(call, handlers, count), DONE);
    trial_call_free(call);
}

static const char *of(struct office *office, const char *id, const char *more) {
    return str_format(office->arena, "/manuscripts/%s%s", id, more).at;
}

/* A star stands where the rulebook demands the field: Liuzhou wants the disclosure and
 * says nothing of the source. */
static void test_screens__star_where_the_rulebook_demands(void **state) {
    static const char star[] = " <span class=\"must\">*</span></label>";
    struct office office;
    open_office(&office, state);
    enter(&office, "li.xiaolan", "zh-CN");
    const char *page = web_get(office.client, of(&office, office.draft, "/edit")).body;
    const char *source = strstr(page, "<label for=\"f-source\">");
    const char *disclosure = strstr(page, "<label for=\"f-disclosure\">");
    assert_true(source != NULL && disclosure != NULL);
    assert_true(strstr(source, star) > strstr(source, "</label>"));
    assert_true(strstr(disclosure, star) < strstr(disclosure, "</label>"));
    close_office(&office);
}

static void test_screens__writer_sees_his_screens(void **state) {
    static const char *const languages[] = {"zh-CN", "en"};
    struct office office;
    open_office(&office, state);
    for (size_t i = 0; i < LENGTH(languages); i++) {
        enter(&office, "li.xiaolan", languages[i]);
        see(&office, "/manuscripts", 200);
        see(&office, "/manuscripts?q=%E5%B7%A5%E4%B8%9A&state=leader-review&sort=origin",
            200);
        see(&office, "/manuscripts?from=2026-12-02&to=2026-12-02", 200);
        see(&office, of(&office, office.draft, ""), 200);
        see(&office, of(&office, office.text, ""), 200);
        see(&office, of(&office, office.text, "/difference?from=1&to=1"), 200);
        see(&office, of(&office, office.text, "/difference?from=1&to=99"), 404);
        see(&office, of(&office, office.text, "/face-signature"), 200);
        see(&office, of(&office, office.draft, "/face-signature"), 409);
        see(&office, of(&office, office.text, "/change"), 200);
        see(&office, "/rules", 200);
        see(&office, "/rules/LZ-12.4", 200);
        see(&office, "/rules/LZ-99", 404);
        see(&office, "/columns", 200);
        see(&office, str_format(office.arena, "/columns/%s", office.column).at, 200);
        see(&office, "/columns/new", 403);
        see(&office, "/columns/list?sort=-owner", 200);
        see(&office, "/columns/list.xlsx", 200);
        see(&office, "/forms?q=none", 200);
        see(&office, "/forms.xlsx", 200);
        see(&office, "/summary", 200);
        see(&office, "/summary?period=2026-Q4", 200);
        see(&office, "/summary.pdf?period=2026-12", 200);
        see(&office, "/running", 403);
        see(&office, "/views", 200);
        see(&office, "/views?period=2026-Q4&of=x", 200);
        see(&office, "/views.xlsx?period=2026", 200);
        see(&office, "/summary.xlsx?period=2026", 200);
        see(&office, "/registers", 200);
        see(&office, "/registers.pdf?year=2026", 200);
        see(&office, "/registers.xlsx", 200);
        see(&office, "/registers/reprints", 200);
        see(&office, "/registers/interpretations.pdf", 200);
        see(&office, "/registers/face-signatures?year=2026", 200);
        see(&office, "/columns/list.pdf", 200);
        see(&office, "/columns/renewal", 200);
        see(&office, "/columns/renewal?state=late&sort=-due", 200);
        see(&office, "/columns/renewal.xlsx", 200);
        see(&office, "/columns/renewal.pdf", 200);
        see(&office, "/columns/renewal/1", 404);
        see(&office, "/catalogue", 200);
        see(&office, "/catalogue.xlsx", 200);
        see(&office, "/catalogue/new", 303);
        see(&office, "/archive", 200);
        see(&office, "/archive?state=archive-due&year=2026&q=x", 200);
        see(&office, "/archive.xlsx", 200);
        see(&office, "/archive/loans", 200);
        see(&office, "/archive/loans.xlsx", 200);
        see(&office, "/archive/custody", 200);
        see(&office, "/archive/custody.xlsx", 200);
        see(&office, "/archive/custody/new", 303);
        see(&office, "/archive/destructions", 200);
        see(&office, "/archive/destructions.xlsx", 200);
        see(&office, "/archive/destructions/new", 200);
        see(&office, "/archive/sealed?year=2026", 200);
        see(&office, "/archive/sealed.xlsx", 200);
        see(&office, "/archive/packages", 200);
        see(&office, "/archive/packages.xlsx", 200);
        see(&office, "/archive/packages/new", 200);
        see(&office, "/ledger", 403);
        see(&office, "/ledger.xlsx", 403);
        see(&office, "/release", 403); /* that desk is the data centre's here */
    }
    close_office(&office);
}

static void test_screens__others_see_theirs_and_no_more(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "luo.ping", "zh-CN");
    see(&office, "/ledger", 200);
    see(&office, "/ledger?chain=house&kind=person", 200);
    see(&office, "/ledger?who=nobody", 200);
    see(&office, "/ledger.xlsx?who=nobody", 200);
    see(&office, "/ledger.xlsx?chain=house", 200);
    see(&office, "/ledger/1", 200);
    see(&office, "/ledger/999999", 404);
    see(&office, "/people", 200);
    see(&office, "/manuscripts", 403);
    see(&office, of(&office, office.text, ""), 403);
    see(&office, "/people/import", 403);
    web_get(office.client, "/ledger");
    assert_int_equal(web_post(office.client, "/ledger/verify", "").status, 303);
    struct web_answer answer = web_get(office.client, "/ledger");
    assert_non_null(strstr(answer.body, "正在核对"));
    do_jobs(&office);
    answer = web_get(office.client, "/ledger/verify");
    assert_null(strstr(answer.body, "<html"));
    assert_non_null(strstr(answer.body, "无改动"));
    assert_null(strstr(answer.body, "hx-trigger"));
    enter(&office, "liang.zhiyuan", "zh-CN");
    see(&office, "/columns/new", 200);
    close_office(&office);
}

/* The address of the first link on the page that begins with *start*. */
static const char *link_on(struct office *office, const char *body, const char *start) {
    const char *at = strstr(body, start);
    if (at == NULL) {
        fail_msg("no link to %s in %s", start, body);
    }
    return str_format(office->arena, "%.*s", (int)strcspn(at, "\""), at).at;
}

static int post(struct office *office, const char *path, const char *form) {
    web_get(office->client, "/desk"); /* the token */
    return web_post(office->client, path, form).status;
}

static void test_screens__accounts_are_the_security_administrators(void **state) {
    static const char *const others[] = {"li.xiaolan", "huang.min", "luo.ping",
                                         "qin.hai"};
    struct office office;
    open_office(&office, state);
    for (size_t i = 0; i < LENGTH(others); i++) {
        enter(&office, others[i], "zh-CN");
        see(&office, "/running", i < 2 ? 403 : 200);
        see(&office, "/accounts", 403);
        see(&office, "/accounts.xlsx", 403);
    }
    enter(&office, "mo.lan", "zh-CN");
    see(&office, "/accounts?state=active&sort=-name", 200);
    see(&office, "/accounts?q=nobody-at-all", 200);
    see(&office, "/accounts.xlsx?q=li", 200);
    struct web_answer answer = web_get(office.client, "/accounts?q=li.xiaolan");
    assert_null(strstr(answer.body, "chen.li"));
    const char *account = link_on(&office, answer.body, "/accounts/0");
    see(&office, account, 200);
    const char *act = str_format(office.arena, "%s/disable", account).at;
    see(&office, act, 200);
    assert_int_equal(post(&office, act, "reason=left&password=wrong"), 422);
    assert_int_equal(post(&office, act, "reason=left&password=" TRIAL_PASSWORD), 303);
    act = str_format(office.arena, "%s/open", account).at;
    see(&office, act, 200);
    web_get(office.client, "/desk");
    answer = web_post(office.client, act, "password=" TRIAL_PASSWORD);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body, "first-password"));
    answer = web_get(office.client, account);
    assert_non_null(strstr(answer.body, "首登"));
    see(&office, "/people/units/new", 403);
    close_office(&office);
}

static void test_screens__office_keeps_units_posts_and_people(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "mo.lan", "zh-CN");
    see(&office, "/people/persons/new", 403);
    enter(&office, "wei.jia", "zh-CN");
    see(&office, "/people", 200);
    see(&office, "/people/posts?vacant=no&sort=holder", 200);
    see(&office, "/people/posts.xlsx", 200);
    see(&office, "/people/persons?q=li", 200);
    see(&office, "/people/persons.xlsx", 200);
    see(&office, "/people/units/new", 200);
    struct web_answer answer = web_get(office.client, "/people");
    const char *body = link_on(&office, answer.body, "/people/units/0");
    const char *id = body + strlen("/people/units/");
    const char *form =
        str_format(office.arena,
                   "title=%%E6%%A3%%80%%E6%%B5%%8B%%E7%%AB%%99&code=lab&kind="
                   "section&parent=%s&order=9",
                   id)
            .at;
    assert_int_equal(post(&office, "/people/units/new", "title=&code=Lab!&kind="), 422);
    assert_int_equal(post(&office, "/people/units/new", form), 303);
    answer = web_get(office.client, "/people");
    const char *row = strstr(answer.body, "检测站");
    assert_non_null(row);
    const char *unit = NULL;
    for (const char *at = strstr(answer.body, "href=\"/people/units/");
         at != NULL && at < row; at = strstr(at + 1, "href=\"/people/units/")) {
        unit = str_format(office.arena, "%.*s", (int)strcspn(at + 6, "\""), at + 6).at;
    }
    assert_non_null(unit);
    see(&office, unit, 200);
    const char *act = str_format(office.arena, "%s/posts/new", unit).at;
    see(&office, act, 200);
    assert_int_equal(post(&office, act, "role=dept-head&title="), 303);
    see(&office, str_format(office.arena, "%s/change", unit).at, 200);
    answer = web_get(office.client, unit);
    const char *appoint = link_on(&office, answer.body, "/people/posts/0");
    see(&office, appoint, 200);
    const char *history =
        str_format(office.arena, "%.*s", (int)(strrchr(appoint, '/') - appoint), appoint)
            .at;
    see(&office, history, 200);
    assert_int_equal(
        post(&office, str_format(office.arena, "%s/close", unit).at, "reason=x"),
        409); /* while it has a post */
    assert_int_equal(
        post(&office, str_format(office.arena, "%s/close", history).at, "reason=x"), 303);
    assert_int_equal(
        post(&office, str_format(office.arena, "%s/close", unit).at, "reason=x"), 303);
    assert_int_equal(
        post(&office, "/people/persons/new", "name=%E5%BC%A0%E8%8A%B8&pinyin=zhang+yun"),
        303);
    answer = web_get(office.client, "/people/persons?q=zhang");
    const char *person = link_on(&office, answer.body, "/people/persons/0");
    see(&office, person, 200);
    see(&office, str_format(office.arena, "%s/change", person).at, 200);
    act = str_format(office.arena, "%s/leave", person).at;
    see(&office, act, 200);
    assert_int_equal(post(&office, act, "reason=x&password=" TRIAL_PASSWORD), 303);
    close_office(&office);
}

static void test_screens__versions_are_seen_by_all(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "li.xiaolan", "en");
    struct web_answer answer = web_get(office.client, "/rules/versions");
    assert_int_equal(answer.status, 200);
    const char *version = link_on(&office, answer.body, "/rules/versions/");
    see(&office, version, 200);
    see(&office, "/rules/versions/0000000000000", 404);
    const char *act = str_format(office.arena, "%s/propose", version).at;
    assert_int_equal(post(&office, act, "password=" TRIAL_PASSWORD), 403); /* no keeper */
    see(&office, "/rules/statement", 200);
    see(&office, "/rules/statement.pdf", 200);
    see(&office, "/rules/values", 200);
    see(&office, "/rules/schema.json", 200);
    assert_int_equal(post(&office, "/rules/drafts", ""), 403); /* no keeper */
    see(&office, "/matters", 200); /* this rulebook wants none */
    see(&office, "/matters/new?kind=plan", 404);
    enter(&office, "luo.ping", "en");
    see(&office, "/matters", 403);
    close_office(&office);
}

/* A draft from its beginning to the version: the check as a fragment, a save that was
 * overtaken, the cases, what holds it back. */
static void test_screens__a_draft_of_the_rulebook(void **state) {
    struct office office;
    struct people_holdings keepers;
    struct call *call = &((struct trial_store *)*state)->call;
    open_office(&office, state);
    assert_int_equal(people_holders(call, "rule-keeper", 0, &keepers), DONE);
    struct people_person keeper;
    assert_int_equal(people_person(call, keepers.at[0].person, &keeper), DONE);
    txn_abort(call);
    enter(&office, str_text(office.arena, keeper.login), "zh-CN");
    struct web_answer begun = web_post(office.client, "/rules/drafts", "");
    assert_int_equal(begun.status, 303);
    struct web_answer list = web_get(office.client, "/rules/versions");
    const char *draft = link_on(&office, list.body, "/rules/drafts/");
    see(&office, draft, 200);
    see(&office, str_format(office.arena, "%s/cases", draft).at, 200);
    see(&office, str_format(office.arena, "%s?file=requirements.yaml", draft).at, 200);
    const char *check = str_format(office.arena, "%s/check", draft).at;
    struct web_answer answer = web_post(
        office.client, check, "file=rulebook.yaml&text=rulebok%3A+x%0A&version=1");
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body, "rulebok"));
    assert_non_null(strstr(answer.body, "data-line=\"1\""));
    const char *save = str_format(office.arena, "%s/save", draft).at;
    assert_int_equal(
        post(&office, save, "file=cases%2Fflow.yaml&text=cases%3A+%5B%5D%0A&version=1"),
        303);
    assert_int_equal(
        post(&office, save, "file=cases%2Fflow.yaml&text=cases%3A+x%0A&version=1"), 409);
    assert_int_equal(post(&office, str_format(office.arena, "%s/cases", draft).at, ""),
                     303);
    assert_int_equal(
        post(&office, str_format(office.arena, "%s/propose", draft).at, "password=wrong"),
        422);
    assert_int_equal(post(&office, str_format(office.arena, "%s/propose", draft).at,
                          "password=" TRIAL_PASSWORD),
                     409); /* it says the same: only cases were taken out */
    assert_int_equal(post(&office, str_format(office.arena, "%s/close", draft).at, ""),
                     303);
    see(&office, draft, 200);
    enter(&office, "luo.ping", "zh-CN");
    see(&office, draft, 403);
    close_office(&office);
}

/* What is late stands on the map under its article: with its title and a way there for
 * who may know of it, without for others. */
static void test_screens__the_map_says_what_is_open(void **state) {
    struct office office;
    open_office(&office, state);
    office_now = TRIAL_NOW + 30 * INSTANT_DAY;
    enter(&office, "li.xiaolan", "zh-CN");
    assert_non_null(strstr(web_get(office.client, "/rules").body, "待解决"));
    struct web_answer article = web_get(office.client, "/rules/LZ-12.4");
    assert_non_null(strstr(article.body, "“前三季度工业经济分析”已过期限"));
    assert_non_null(strstr(article.body, of(&office, office.text, "")));
    assert_null(strstr(web_get(office.client, "/rules/LZ-6.a").body, "已过期限"));
    enter(&office, "qin.hai", "zh-CN");
    article = web_get(office.client, "/rules/LZ-12.4");
    assert_null(strstr(article.body, "前三季度工业经济分析"));
    assert_non_null(strstr(article.body, "一件稿件已过期限"));
    close_office(&office);
    office_now = TRIAL_NOW;
}

static void test_screens__a_summary_has_its_number(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "li.xiaolan", "zh-CN");
    struct web_answer answer = web_get(office.client, "/summary?period=2026-12");
    assert_non_null(strstr(answer.body, "结束后编号"));
    assert_null(strstr(answer.body, "月报"));
    office_now = TRIAL_NOW + 40 * INSTANT_DAY;
    enter(&office, "li.xiaolan", "zh-CN");
    answer = web_get(office.client, "/summary?period=2026-12");
    assert_non_null(strstr(answer.body, "编号：月报 2027-01"));
    answer = web_get(office.client, "/summary.pdf?period=2026-Q4");
    assert_int_equal(answer.status, 200);
    close_office(&office);
    office_now = TRIAL_NOW;
}

static void test_screens__entry_is_checked_again(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "luo.ping", "zh-CN");
    struct web_answer answer = web_get(office.client, "/ledger/2");
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body, "与链上一致"));
    close_office(&office);
}

/* How many statements the page takes; the visit before it has woken the session. */
static uint64_t cost_of(struct office *office, const char *path) {
    see(office, path, 200);
    uint64_t before = store_asked(office->trial->house.store);
    see(office, path, 200);
    return store_asked(office->trial->house.store) - before;
}

static void test_screens__desk_asks_as_often_over_many_manuscripts(void **state) {
    struct office office;
    open_office(&office, state);
    enter(&office, "li.xiaolan", "zh-CN");
    uint64_t sent = cost_of(&office, "/desk");
    uint64_t drafted = cost_of(&office, "/desk?tab=drafts");
    assert_true(sent > 0 && sent < 18);
    assert_true(drafted > 0 && drafted < 18);
    for (int i = 0; i < 6; i++) {
        write_text(&office, "又一篇分析", "leader-review");
        write_text(&office, "又一篇草稿", NULL);
    }
    assert_int_equal(cost_of(&office, "/desk"), sent);
    assert_non_null(strstr(web_get(office.client, "/desk").body, "又一篇分析"));
    assert_int_equal(cost_of(&office, "/desk?tab=drafts"), drafted);
    assert_non_null(
        strstr(web_get(office.client, "/desk?tab=drafts").body, "又一篇草稿"));
    close_office(&office);
}

/* Asked for by the writer's department, and agreed to: each by whoever holds the role. */
static void agree(struct office *office, const char *opener, const char *answerer,
                  struct matter_wish wish) {
    struct call *call = &office->trial->call;
    struct people_holdings asking;
    struct people_holdings agreeing;
    struct matter matter;
    wish.unit = office->bureau.department.id;
    wish.words = STR("");
    call->now += INSTANT_MINUTE;
    assert_int_equal(people_holders(call, opener, 0, &asking), DONE);
    assert_int_equal(people_holders(call, answerer, 0, &agreeing), DONE);
    assert_true(asking.count > 0 && agreeing.count > 0);
    call->actor = (struct actor){.person = asking.at[0].person};
    assert_int_equal(
        review_open_matter(call, office->bureau.site.group, office->book, &wish, &matter),
        DONE);
    call->actor = (struct actor){.person = agreeing.at[0].person, .freshly_proven = true};
    assert_int_equal(trial_answer_matter(call, office->book, &matter, true, STR("同意")),
                     DONE);
    call->actor = (struct actor){0};
}

/* A new line of the register for the writer. */
static void register_writer(struct office *office, const char *rights) {
    struct matter_line lines[] = {{STR("name"), STR("李小兰")},
                                  {STR("unit"), STR("工业科")},
                                  {STR("columns"), STR("disclosure")},
                                  {STR("rights"), str_of(rights)},
                                  {STR("account"), STR("li.xiaolan")}};
    struct matter_wish wish = {.kind = STR("administrator"),
                               .title = STR("李小兰"),
                               .lines = lines,
                               .line_count = LENGTH(lines)};
    agree(office, "site-manager", "rights-keeper", wish);
}

/* Who loses his line in the register while he writes is told so by its article, and finds
 * on the page whatever he had typed. */
static void test_screens__lapsed_right_keeps_what_was_typed(void **state) {
    static const char save[] = "title=%E4%B8%80%E7%AF%87%E8%8D%89%E7%A8%BF&then=stay"
                               "&body=%3Cp%3Ehalf-a-sentence%3C%2Fp%3E&version=2";
    struct office office;
    open_office_of(&office, state, "education", "information");
    const char *save_at = of(&office, office.draft, "/save");
    const char *begin =
        str_format(office.arena, "title=a-typed-title&column=%s&class=information",
                   office.column)
            .at;
    register_writer(&office, "维护");
    enter(&office, "li.xiaolan", "zh-CN");
    see(&office, of(&office, office.draft, "/edit"), 200);
    struct web_answer answer = web_post(office.client, save_at, save);
    assert_int_equal(answer.status, 403);
    assert_non_null(strstr(answer.body, "half-a-sentence"));
    assert_non_null(strstr(answer.body, "/rules/ED-15.a"));
    web_get(office.client, "/manuscripts/new");
    answer = web_post(office.client, "/manuscripts/new", begin);
    assert_int_equal(answer.status, 403);
    assert_non_null(strstr(answer.body, "a-typed-title"));
    assert_non_null(strstr(answer.body, "/rules/ED-15.a"));
    answer = web_get(office.client, of(&office, office.draft, "/edit"));
    assert_null(strstr(answer.body, "half-a-sentence")); /* nothing was written */
    register_writer(&office, "上传");
    assert_int_equal(web_post(office.client, save_at, save).status, 303);
    answer = web_get(office.client, of(&office, office.draft, "/edit"));
    assert_non_null(strstr(answer.body, "half-a-sentence"));
    assert_int_equal(web_post(office.client, "/manuscripts/new", begin).status, 303);
    close_office(&office);
}

/* What the technical review agreed to stands on the screen until it is opened, as it was
 * agreed to and for nobody else (ZJ-10). */
static void test_screens__a_sub_site_is_opened_as_reviewed(void **state) {
    struct office office;
    struct people_holdings held;
    struct matter_line lines[] = {
        {STR("name"), STR("East-Branch")},  {STR("unit"), STR("工业科")},
        {STR("hosting"), STR("市局机房")},  {STR("developer"), STR("李小兰")},
        {STR("security"), STR("每周巡检")}, {STR("design"), STR("沿用主站")}};
    struct matter_wish wish = {.kind = STR("sub-site"),
                               .title = STR("east"),
                               .lines = lines,
                               .line_count = LENGTH(lines)};
    static const char typed[] = "title=%s&code=east&domain=east.example.gov.cn&"
                                "unit=%s&contact=a-typed-contact";
    open_office_of(&office, state, "quality", "ordinary");
    struct call *call = &office.trial->call;
    assert_int_equal(people_holders(call, "site-manager", 0, &held), DONE);
    const char *own =
        str_text(office.arena, id_to_text(office.arena, office.bureau.department.id));
    const char *other = str_text(office.arena, id_to_text(office.arena, held.at[0].unit));
    const char *right = str_format(office.arena, typed, "East-Branch", own).at;
    assert_true(held.at[0].unit != office.bureau.department.id);
    enter(&office, "li.xiaolan", "zh-CN");
    see(&office, "/sites", 200);
    assert_null(strstr(web_get(office.client, "/sites").body, "code=east"));
    struct web_answer answer = web_post(office.client, "/sites/new", right);
    assert_int_equal(answer.status, 422);
    assert_non_null(strstr(answer.body, "/rules/ZJ-10"));
    agree(&office, "liaison", "site-manager", wish);
    answer = web_get(office.client, "/sites");
    assert_non_null(strstr(answer.body, "/sites/new?code=east"));
    answer = web_get(office.client, "/sites/new?code=east");
    assert_non_null(strstr(answer.body, "value=\"East-Branch\""));
    assert_non_null(strstr(answer.body, "value=\"east\""));
    answer = web_post(office.client, "/sites/new",
                      str_format(office.arena, typed, "East-Branch", other).at);
    assert_int_equal(answer.status, 422);
    assert_non_null(strstr(answer.body, "/rules/ZJ-10"));
    assert_non_null(strstr(answer.body, "a-typed-contact"));
    answer = web_post(office.client, "/sites/new",
                      str_format(office.arena, typed, "Another-Name", own).at);
    assert_int_equal(answer.status, 422);
    assert_non_null(strstr(answer.body, "East-Branch"));
    assert_int_equal(web_post(office.client, "/sites/new", right).status, 303);
    answer = web_get(office.client, "/sites");
    assert_null(strstr(answer.body, "/sites/new?code=east"));
    assert_non_null(strstr(answer.body, "east.example.gov.cn"));
    close_office(&office);
}

/* Days and numbers of a list stay on one line, what is long may be broken. */
static void test_screens__a_list_keeps_days_whole(void **state) {
    struct office office;
    open_office_of(&office, state, "education", "information");
    enter(&office, "li.xiaolan", "zh-CN");
    struct web_answer answer = web_get(office.client, "/administrators");
    assert_non_null(strstr(answer.body, "<td class=\"nowrap\">2026-12-0"));
    assert_non_null(strstr(answer.body, "<span class=\"second nowrap\">"));
    assert_non_null(strstr(answer.body, "<td>信息公开、")); /* all the columns */
    close_office(&office);
}

/* A sheet from its drawing up to a criticism that the regulation does not know. */
static void test_screens__a_sheet_and_whom_it_names(void **state) {
    struct office office;
    open_office(&office, state);
    const char *unit =
        str_text(office.arena, id_to_text(office.arena, office.bureau.department.id));
    enter(&office, "wei.jia", "zh-CN");
    see(&office, "/assessment", 200);
    see(&office, "/assessment/new", 200);
    assert_int_equal(post(&office, "/assessment/new", "period=2026-11"), 422);
    assert_int_equal(post(&office, "/assessment/new", "period=2026-Q3"), 303);
    assert_int_equal(post(&office, "/assessment/new", "period=2026-Q3"), 409);
    const char *sheet =
        link_on(&office, web_get(office.client, "/assessment").body, "/assessment/0");
    const char *line = str_format(office.arena, "%s/%s", sheet, unit).at;
    see(&office, sheet, 200);
    see(&office, line, 200);
    see(&office, str_format(office.arena, "%s/mark", line).at, 200);
    see(&office, str_format(office.arena, "%s/sheet.xlsx", sheet).at, 200);
    see(&office, "/assessment.xlsx", 200);
    const char *close = str_format(office.arena, "%s/close", sheet).at;
    assert_int_equal(post(&office, close, ""), 303);
    assert_int_equal(post(&office, close, ""), 409);
    assert_int_equal(post(&office, str_format(office.arena, "%s/publish", sheet).at, ""),
                     409); /* results are internal here */
    see(&office, "/commendations", 200);
    see(&office, "/commendations/new", 200);
    const char *on = sheet + strlen("/assessment/");
    const char *person = str_format(office.arena,
                                    "kind=criticise&of=person&person=li.xiaolan&ground="
                                    "late&sheet=%s",
                                    on)
                             .at;
    web_get(office.client, "/desk");
    struct web_answer answer = web_post(office.client, "/commendations/new", person);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(answer.body, "/rules/LZ-15"));
    assert_int_equal(post(&office, "/commendations/new",
                          str_format(office.arena,
                                     "kind=criticise&of=unit&unit=%s&ground=late"
                                     "&sheet=%s",
                                     unit, on)
                              .at),
                     303);
    assert_non_null(strstr(web_get(office.client, "/commendations").body, "late"));
    enter(&office, "li.xiaolan", "en");
    see(&office, "/assessment", 200);
    see(&office, sheet, 200); /* the own line, now that all have answered */
    see(&office, line, 200);
    assert_int_equal(post(&office, "/assessment/new", "period=2026-Q2"), 403);
    enter(&office, "luo.ping", "zh-CN");
    see(&office, sheet, 403);
    close_office(&office);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_screens__writer_sees_his_screens),
        TRIAL_ON_BOTH(test_screens__star_where_the_rulebook_demands),
        TRIAL_ON_BOTH(test_screens__others_see_theirs_and_no_more),
        TRIAL_ON_BOTH(test_screens__accounts_are_the_security_administrators),
        TRIAL_ON_BOTH(test_screens__office_keeps_units_posts_and_people),
        TRIAL_ON_BOTH(test_screens__versions_are_seen_by_all),
        TRIAL_ON_BOTH(test_screens__a_draft_of_the_rulebook),
        TRIAL_ON_BOTH(test_screens__the_map_says_what_is_open),
        TRIAL_ON_BOTH(test_screens__lapsed_right_keeps_what_was_typed),
        TRIAL_ON_BOTH(test_screens__a_sub_site_is_opened_as_reviewed),
        TRIAL_ON_BOTH(test_screens__a_sheet_and_whom_it_names),
        TRIAL_ON_SQLITE(test_screens__a_list_keeps_days_whole),
        TRIAL_ON_SQLITE(test_screens__a_summary_has_its_number),
        TRIAL_ON_SQLITE(test_screens__entry_is_checked_again),
        TRIAL_ON_BOTH(test_screens__desk_asks_as_often_over_many_manuscripts),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("screens", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
