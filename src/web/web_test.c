/*
 * The door on the real listener and a real store: who is let in, what a form
 * keeps, how each kind of no is answered.
 */
#include "entries.h"
#include "rulebook/rulebook.h"
#include "trial_store.h"
#include "web_client.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PASSWORD "Xiaolu-2026-shang"
#define BEGIN    TRIAL_NOW

/* ---- a house with two screens of its own ---- */

static enum status run_note_form(struct visit *visit) {
    web_form_text(visit, "title", STR("stored <title>"));
    return web_page(visit, "note");
}

static enum status run_note(struct visit *visit) {
    struct str title = request_text(visit->request, "title");
    struct call *call = visit->call;
    if (str_is(title, "field")) {
        return call_refuse_field(call, "title", "", "form.fill-in", "label",
                                 "common.save", NULL);
    }
    if (str_is(title, "rule")) {
        return call_refuse(call, REFUSED, "LZ-12.3.b", "common.stale", NULL);
    }
    if (str_is(title, "stale")) {
        return call_refuse(call, STALE, "", "common.stale", NULL);
    }
    if (str_is(title, "denied")) {
        return call_refuse(call, DENIED, "", "web.not-yours", NULL);
    }
    if (str_is(title, "fail")) {
        return FAILED;
    }
    if (str_is(title, "absent")) {
        return ABSENT;
    }
    return web_go_saying(visit, STR("/notes/1"), "web.help", "whom",
                         str_text(call->arena, title), NULL);
}

static enum status run_plain(struct visit *visit) { return web_page(visit, "note"); }

static const struct field note_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .required = true, .label = "common.search"},
    {.name = "body", .kind = FIELD_LINES, .label = "common.save"},
    {.name = "secret", .kind = FIELD_SECRET, .label = "common.save"},
    {.name = NULL},
};
static const struct entry note_form = {.method = "GET",
                                       .pattern = "/notes/{note}",
                                       .may = WEB_SIGNED_IN,
                                       .run = run_note_form};
static const struct entry note = {.method = "POST",
                                  .pattern = "/notes/{note}",
                                  .fields = note_fields,
                                  .may = WEB_SIGNED_IN,
                                  .form = &note_form,
                                  .run = run_note};
static const struct entry bare = {.method = "POST",
                                  .pattern = "/bare",
                                  .fields = note_fields,
                                  .may = WEB_SIGNED_IN,
                                  .run = run_note};
static const struct entry heads = {
    .method = "GET", .pattern = "/heads", .may = "dept-head", .run = run_plain};
static const struct entry security = {.method = "GET",
                                      .pattern = "/accounts",
                                      .may = PEOPLE_ROLE_SECURITY,
                                      .run = run_plain};
static const struct entry staff = {
    .method = "GET", .pattern = "/manuscripts", .may = WEB_STAFF, .run = run_plain};
static const struct entry desk = {
    .method = "GET", .pattern = "/desk", .may = WEB_SIGNED_IN, .run = run_plain};

static const struct entry *const entries[] = {
    &note_form,     &note,
    &bare,          &heads,
    &security,      &staff,
    &desk,          &home_show,
    &sign_in_form,  &sign_in,
    &sign_out,      &unlock,
    &demo_enter,    &language_choose,
    &password_form, &password_change,
    &settings_form, &settings_change,
    NULL,
};

/* Small templates that show what the skeleton fills in. */
static const char *const templates[][2] = {
    {"frame.html",
     "<html lang=\"{{lang}}\" class=\"{{size}}\"><title>{{$title}}{{/title}}</title>"
     "<p>person={{person.name}}/{{person.post}}</p>"
     "<input name=\"csrf\" value=\"{{csrf}}\"><input name=\"key\" value=\"{{key}}\">"
     "{{#nav}}[{{label}}{{#here}}*{{/here}}]{{/nav}}"
     "{{#notice}}<p>notice={{role}}:{{text}}</p>{{/notice}}"
     "{{#errors.list}}<p>error={{field}}:{{text}}</p>{{/errors.list}}"
     "{{#no}}{{#sentences}}<p>no={{.}}</p>{{/sentences}}"
     "{{#rules}}<a href=\"{{href}}\">{{text}}</a>{{/rules}}{{/no}}"
     "{{#workspace.demo}}DEMO{{/workspace.demo}}{{$main}}{{/main}}"},
    {"note.html",
     "{{<frame}}{{$title}}note{{/title}}{{$main}}<input name=\"title\" "
     "value=\"{{form.title}}\"><textarea name=\"body\">{{form.body}}</textarea>"
     "secret={{form.secret}}{{/main}}{{/frame}}"},
    {"sign-in.html",
     "{{<frame}}{{$title}}sign-in{{/title}}{{$main}}problem={{problem}} <input "
     "name=\"next\" value=\"{{next}}\"><input name=\"account\" "
     "value=\"{{form.account}}\">"
     "{{#demo}}{{#groups}}<h3>{{name}}</h3>{{#people}}<button value=\"{{id}}\">{{name}}"
     "</button>{{/people}}{{/groups}}{{/demo}}{{/main}}{{/frame}}"},
    {"expired.html",
     "{{<frame}}{{$title}}expired{{/title}}{{$main}}<input name=\"next\" "
     "value=\"{{next}}\"><input name=\"kept\" value=\"{{kept}}\">{{/main}}{{/frame}}"},
    {"missing.html", "{{<frame}}{{$title}}missing{{/title}}{{/frame}}"},
    {"refused.html", "{{<frame}}{{$title}}refused{{/title}}{{/frame}}"},
    {"failed.html", "{{<frame}}{{$title}}failed{{/title}}{{$main}}{{failure.number}}{{/"
                    "main}}{{/frame}}"},
    {"password.html", "{{<frame}}{{$title}}password{{/title}}{{$main}}{{why}}{{/main}}"
                      "{{/frame}}"},
    {"settings.html", "{{<frame}}{{$title}}settings{{/title}}{{/frame}}"},
};

struct front {
    struct trial_store *trial;
    struct arena *arena;
    struct words *words;
    struct pages *pages;
    struct web *web;
    struct server *server;
    struct web_client *client;
    id64 li;
};

static _Atomic instant clock_at;

static instant fixed_clock(void) { return clock_at; }

static const char *write_pages(struct front *door) {
    const char *folder = str_format(door->arena, "%s/pages", door->trial->workspace).at;
    for (size_t i = 0; i < LENGTH(templates); i++) {
        const char *file = str_format(door->arena, "%s/%s", folder, templates[i][0]).at;
        assert_int_equal(file_write(file, bytes_of_str(str_of(templates[i][1]))), DONE);
    }
    return folder;
}

static void open_pages(struct front *door, const char *folder) {
    struct buffer errors;
    const char *words =
        str_format(door->arena, "%s/share/words", getenv("SHENFA_SOURCE")).at;
    buffer_init(&errors, door->arena);
    if (words_load(words, &errors, &door->words) != DONE ||
        pages_load(folder, door->words, &errors, &door->pages) != DONE) {
        fail_msg("%s", str_text(door->arena, buffer_str(&errors)));
    }
}

static id64 add_person(struct call *call, const char *name, const char *login,
                       const char *password) {
    struct people_person person = {
        .name = str_of(name), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    id64 account = 0;
    assert_int_equal(people_person_save(call, &person), DONE);
    assert_int_equal(people_account_request(call, person.id, str_of(login), &account),
                     DONE);
    assert_int_equal(people_account_open(call, account, str_of(password), true), DONE);
    return person.id;
}

static void found_people(struct front *door) {
    static struct people_role lines[] = {{.role = STR_INIT("dept-head")},
                                         {.role = STR_INIT("handler")}};
    static const struct people_roles roles = {lines, LENGTH(lines), NULL, 0};
    struct call *call = &door->trial->call;
    call->door = DOOR_CLI;
    struct people_unit body = {.code = STR("bureau"),
                               .kind = STR("body"),
                               .title = STR("示范市统计局"),
                               .english = STR(""),
                               .aliases = STR("")};
    assert_int_equal(people_unit_save(call, &body), DONE);
    struct people_unit unit = {.code = STR("industry"),
                               .kind = STR("section"),
                               .title = STR("工业科"),
                               .english = STR(""),
                               .aliases = STR(""),
                               .parent = body.id};
    assert_int_equal(people_unit_save(call, &unit), DONE);
    door->li = add_person(call, "李小兰", "li.xiaolan", PASSWORD);
    id64 chen = add_person(call, "陈立", "chen.li", PASSWORD);
    id64 mo = add_person(call, "莫岚", "mo.lan", PASSWORD);
    const struct {
        id64 person;
        const char *role, *title;
    } posts[] = {{door->li, "handler", "经办人"},
                 {chen, "dept-head", "科长"},
                 {mo, PEOPLE_ROLE_SECURITY, "安全管理员"}};
    for (size_t i = 0; i < LENGTH(posts); i++) {
        struct people_post post = {.unit = unit.id,
                                   .role = str_of(posts[i].role),
                                   .title = str_of(posts[i].title),
                                   .english = STR("")};
        assert_int_equal(people_post_save(call, &roles, &post), DONE);
        struct people_appointing appointing = {.post = post.id,
                                               .person = posts[i].person};
        assert_int_equal(people_appoint(call, &roles, &appointing, NULL, NULL), DONE);
    }
}

static void listen_at(struct front *door, bool demo, const struct entry *const *screens) {
    struct web_options options = {.house = &door->trial->house,
                                  .words = door->words,
                                  .pages = door->pages,
                                  .name = STR("示范市统计局网站"),
                                  .help = STR("安全管理员，内线 8012"),
                                  .demo = demo,
                                  .entries = screens,
                                  .clock = fixed_clock};
    assert_int_equal(web_open(&options, &door->web), DONE);
    struct http_options http = {
        .address = "127.0.0.1:0", .handle = web_handle, .owner = door->web};
    http.routes = web_routes(door->web, &http.route_count);
    assert_int_equal(http_serve(&http, &door->server), DONE);
    door->client = web_client_new(door->arena, http_address(door->server));
}

static struct front *new_front(void **state) {
    static struct front door;
    door = (struct front){.trial = *state, .arena = arena_new((size_t)64 << 20)};
    clock_at = BEGIN;
    found_people(&door);
    return &door;
}

static struct front *open_door(void **state, bool demo) {
    struct front *door = new_front(state);
    open_pages(door, write_pages(door));
    listen_at(door, demo, entries);
    return door;
}

/* With the house's own templates and entries. */
static struct front *open_house(void **state, bool demo) {
    struct front *door = new_front(state);
    const char *source = getenv("SHENFA_SOURCE");
    open_pages(door, str_format(door->arena, "%s/share/pages/admin", source).at);
    listen_at(door, demo, NULL);
    return door;
}

static void close_door(struct front *door) {
    http_stop(door->server);
    web_close(door->web);
    pages_free(door->pages);
    words_free(door->words);
    arena_free(door->arena);
}

static void sign_in_as(struct front *door, const char *login) {
    web_get(door->client, "/sign-in");
    struct web_answer answer =
        web_post(door->client, "/sign-in",
                 str_format(door->arena, "account=%s&password=%s", login, PASSWORD).at);
    if (answer.status != 303) {
        fail_msg("%s: %s", login, answer.body);
    }
}

static void assert_has(struct web_answer answer, const char *part) {
    if (strstr(answer.body, part) == NULL) {
        fail_msg("\"%s\" is not in: %s\n%s", part, answer.head, answer.body);
    }
}

static void assert_lacks(struct web_answer answer, const char *part) {
    if (strstr(answer.body, part) != NULL) {
        fail_msg("\"%s\" is in: %s\n%s", part, answer.head, answer.body);
    }
}

/* ---- coming in ---- */

static void test_web__sign_in_and_out(void **state) {
    struct front *door = open_door(state, false);
    struct web_client *client = door->client;
    assert_string_equal(web_get(client, "/").location, "/sign-in");
    struct web_answer answer = web_get(client, "/notes/1");
    assert_int_equal(answer.status, 401);
    assert_string_equal(web_field(client, "next"), "/notes/1");
    answer = web_post(client, "/sign-in", "account=li.xiaolan&password=wrong");
    assert_int_equal(answer.status, 403);
    assert_has(answer, "problem=账号、口令或动态码不对");
    assert_string_equal(web_field(client, "account"), "li.xiaolan");
    answer = web_post(client, "/sign-in",
                      "account=li.xiaolan&next=/notes/1&password=" PASSWORD);
    assert_int_equal(answer.status, 303);
    assert_string_equal(answer.location, "/notes/1");
    assert_non_null(strstr(answer.head, "Set-Cookie: session="));
    assert_non_null(strstr(answer.head, "HttpOnly; SameSite=Strict"));
    answer = web_get(client, "/notes/1");
    assert_int_equal(answer.status, 200);
    assert_has(answer, "person=李小兰/");
    const char *session = web_cookie(client, "session");
    assert_int_equal(web_post(client, "/sign-out", "").status, 303);
    assert_string_equal(web_cookie(client, "session"), "");
    web_client_header(client, str_format(door->arena, "Cookie: session=%s", session).at);
    assert_int_equal(web_get(client, "/notes/1").status, 401);
    close_door(door);
}

static void test_web__next_stays_in_the_house(void **state) {
    struct front *door = open_door(state, true);
    static const char *const table[] = {"//evil.example/", "https://evil.example/",
                                        "javascript:alert(1)", "/\\evil.example", ""};
    for (size_t i = 0; i < LENGTH(table); i++) {
        web_cookie_drop(door->client, "session");
        web_get(door->client, "/sign-in");
        struct web_answer answer =
            web_post(door->client, "/demo/enter",
                     str_format(door->arena, "person=li.xiaolan&next=%s", table[i]).at);
        assert_int_equal(answer.status, 303);
        assert_string_equal(answer.location, "/desk");
    }
    close_door(door);
}

static void test_web__demonstration_shows_everyone(void **state) {
    struct front *door = open_door(state, true);
    struct web_answer answer = web_get(door->client, "/sign-in");
    assert_has(answer, "DEMO");
    assert_has(answer, "<h3>工业科</h3>");
    assert_has(answer, "<button value=\"chen.li\">陈立</button>");
    close_door(door);
}

static void test_web__nobody_enters_a_real_workspace_without_password(void **state) {
    struct front *door = open_door(state, false);
    struct web_answer answer = web_get(door->client, "/sign-in");
    assert_lacks(answer, "DEMO");
    assert_lacks(answer, "陈立");
    assert_int_equal(web_post(door->client, "/demo/enter", "person=chen.li").status, 404);
    assert_string_equal(web_cookie(door->client, "session"), "");
    close_door(door);
}

/* A link in a mail comes without the cookie; the page that sends it to itself is no
 * sign-in, and only an arrival from another site gets it. */
static void test_web__arrival_from_a_mail(void **state) {
    struct front *door = open_door(state, false);
    web_client_header(door->client, "Sec-Fetch-Site: cross-site");
    web_client_header(door->client, "Sec-Fetch-Mode: navigate");
    struct web_answer answer = web_get(door->client, "/notes/1");
    assert_int_equal(answer.status, 200);
    assert_has(answer, "http-equiv=\"refresh\"");
    web_client_header(door->client, NULL);
    web_client_header(door->client, "Sec-Fetch-Site: same-origin");
    assert_int_equal(web_get(door->client, "/notes/1").status, 401);
    close_door(door);
}

/* ---- forms ---- */

static void test_web__each_no_has_its_answer(void **state) {
    static const struct {
        const char *path, *form;
        int status;
        const char *part, *typed; /* what the page shows; the title it keeps */
    } table[] = {
        {"/notes/1", "body=b", 422, "error=title:请填写搜索", ""},
        {"/notes/1", "title=%20%0A", 422, "error=title:请填写搜索", ""},
        {"/notes/1", "title=field", 422, "error=title:请填写保存", "field"},
        {"/notes/1", "title=rule", 409, "no=这一页打开之后", "rule"},
        {"/notes/1", "title=rule", 409, "href=\"/rules/LZ-12.3.b\"", "rule"},
        {"/notes/1", "title=stale", 409, "no=这一页打开之后", "stale"},
        {"/notes/1", "title=denied", 403, "no=这一页不在您的岗位范围内", "denied"},
        {"/notes/1", "title=fail", 500, "<title>failed</title>", NULL},
        {"/notes/1", "title=absent", 404, "<title>missing</title>", NULL},
        {"/bare", "title=rule", 409, "<title>refused</title>", NULL},
        {"/bare", "", 422, "<title>refused</title>", NULL},
    };
    struct front *door = open_door(state, true);
    web_get(door->client, "/sign-in");
    web_post(door->client, "/demo/enter", "person=li.xiaolan");
    for (size_t i = 0; i < LENGTH(table); i++) {
        web_get(door->client, "/notes/1");
        assert_string_equal(web_field(door->client, "title"), "stored <title>");
        struct web_answer answer = web_post(
            door->client, table[i].path,
            str_format(door->arena, "%s&secret=hidden&body=%%3Ckept%%3E", table[i].form)
                .at);
        if (answer.status != table[i].status) {
            fail_msg("%s: %d, not %d", table[i].form, answer.status, table[i].status);
        }
        assert_has(answer, table[i].part);
        assert_lacks(answer, "hidden");
        if (table[i].typed != NULL) {
            assert_string_equal(web_field(door->client, "title"), table[i].typed);
        }
    }
    struct web_answer answer = web_post(door->client, "/notes/1", "title=x&body=%3Ckept");
    assert_int_equal(answer.status, 303);
    close_door(door);
}

static void test_web__done_is_said_once_on_the_next_page(void **state) {
    struct front *door = open_door(state, true);
    web_get(door->client, "/sign-in");
    web_post(door->client, "/demo/enter", "person=li.xiaolan");
    web_get(door->client, "/notes/1");
    struct web_answer answer = web_post(door->client, "/notes/1", "title=%3Cb%3E");
    assert_string_equal(answer.location, "/notes/1");
    assert_has(web_get(door->client, "/notes/1"),
               "notice=good:忘记密码：请联系&lt;b&gt;");
    assert_lacks(web_get(door->client, "/notes/1"), "notice=");
    web_client_header(door->client, "Cookie: notice=bm90LmEua2V5");
    assert_lacks(web_get(door->client, "/notes/1"), "notice=");
    close_door(door);
}

/* A wish without the token, with another's, or from another site changes nothing. */
static void test_web__forged_forms_are_refused(void **state) {
    struct front *door = open_door(state, true);
    struct web_client *client = door->client;
    struct web_client *other = web_client_new(door->arena, http_address(door->server));
    web_get(client, "/sign-in");
    web_post(client, "/demo/enter", "person=li.xiaolan");
    web_get(other, "/sign-in");
    web_post(other, "/demo/enter", "person=chen.li");
    web_get(other, "/notes/1");
    const char *type = "application/x-www-form-urlencoded";
    const char *forms[] = {
        "title=x",
        "title=x&csrf=", "title=x&csrf=sm3:00000000000000000000000000000000000",
        str_format(door->arena, "title=x&csrf=%s", web_field(other, "csrf")).at};
    for (size_t i = 0; i < LENGTH(forms); i++) {
        struct web_answer answer =
            web_post_plain(client, "/notes/1", type, bytes_of_str(str_of(forms[i])));
        assert_int_equal(answer.status, 403);
        assert_has(answer, "您输入的内容还在");
        assert_string_equal(web_field(client, "title"), "x");
    }
    assert_int_equal(web_post(client, "/notes/1", "title=x").status, 303);
    static const char *const foreign[] = {
        "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: null",
        "Origin: https://evil.example", "Origin: http://127.0.0.1:1"};
    for (size_t i = 0; i < LENGTH(foreign); i++) {
        web_get(client, "/notes/1");
        web_client_header(client, foreign[i]); /* stands before the client's own */
        assert_int_equal(web_post(client, "/notes/1", "title=x").status, 403);
        web_client_header(client, NULL);
    }
    close_door(door);
}

/* Fifteen minutes later: what was typed travels sealed, and comes back to its writer. */
static void test_web__typed_text_outlives_the_session(void **state) {
    struct front *door = open_door(state, true);
    struct web_client *client = door->client;
    web_get(client, "/sign-in");
    web_post(client, "/demo/enter", "person=li.xiaolan");
    web_get(client, "/notes/7");
    clock_at += PEOPLE_SESSION_IDLE + INSTANT_MINUTE;
    struct web_answer answer =
        web_post(client, "/notes/7", "title=%E7%A8%BF%E4%BB%B6%26&body=long&secret=s");
    assert_int_equal(answer.status, 401);
    assert_has(answer, "<title>expired</title>");
    assert_lacks(answer, "稿件&amp;");
    const char *kept = web_field(client, "kept");
    assert_true(strlen(kept) > 40);
    const char *form =
        str_format(door->arena, "kept=%s&password=%s&account=", kept, PASSWORD).at;
    struct web_client *other = web_client_new(door->arena, http_address(door->server));
    web_get(other, "/sign-in");
    answer = web_post(other, "/sign-in", str_format(door->arena, "%schen.li", form).at);
    assert_int_equal(answer.status, 303); /* somebody else: nothing of it */
    assert_lacks(answer, "稿件");
    answer =
        web_post(client, "/sign-in", str_format(door->arena, "%sli.xiaolan", form).at);
    assert_int_equal(answer.status, 200);
    assert_has(answer, "notice=attention:您输入的内容还在，请再提交一次");
    assert_string_equal(web_field(client, "title"), "稿件&");
    assert_has(answer, ">long</textarea>");
    assert_lacks(answer, "secret=s"); /* passwords are not carried */
    assert_int_equal(web_post(client, "/notes/7", "title=again").status, 303);
    close_door(door);
}

static void test_web__a_locked_page_opens_for_its_person(void **state) {
    struct front *door = open_door(state, false);
    struct web_client *client = door->client;
    sign_in_as(door, "li.xiaolan");
    web_get(client, "/notes/1");
    clock_at += PEOPLE_SESSION_IDLE + INSTANT_MINUTE;
    assert_int_equal(web_post(client, "/unlock", "password=wrong").status, 403);
    struct web_answer answer = web_post(client, "/unlock", "password=" PASSWORD);
    assert_int_equal(answer.status, 200);
    assert_has(answer, "{\"csrf\": \"");
    assert_has(web_get(client, "/notes/1"), "person=李小兰");
    close_door(door);
}

/* ---- rights ---- */

static void test_web__pages_follow_posts(void **state) {
    static const struct {
        const char *login, *path;
        int status;
    } table[] = {
        {"li.xiaolan", "/heads", 403},       {"chen.li", "/heads", 200},
        {"mo.lan", "/heads", 403},           {"mo.lan", "/accounts", 200},
        {"chen.li", "/accounts", 403},       {"mo.lan", "/manuscripts", 403},
        {"li.xiaolan", "/manuscripts", 200}, {"mo.lan", "/desk", 200},
    };
    struct front *door = open_door(state, true);
    for (size_t i = 0; i < LENGTH(table); i++) {
        web_cookie_drop(door->client, "session");
        web_get(door->client, "/sign-in");
        web_post(door->client, "/demo/enter",
                 str_format(door->arena, "person=%s", table[i].login).at);
        struct web_answer answer = web_get(door->client, table[i].path);
        if (answer.status != table[i].status) {
            fail_msg("%s %s: %d", table[i].login, table[i].path, answer.status);
        }
        bool security_admin = strcmp(table[i].login, "mo.lan") == 0;
        answer = web_get(door->client, "/desk");
        assert_has(answer, "[工作台*]");
        (security_admin ? assert_has : assert_lacks)(answer, "[账号授权]");
        (security_admin ? assert_lacks : assert_has)(answer, "[稿件]");
        assert_lacks(answer, "[规章]"); /* this house has no such page */
    }
    close_door(door);
}

static void test_web__language_and_looks_are_kept(void **state) {
    struct front *door = open_door(state, true);
    struct web_client *client = door->client;
    assert_has(web_get(client, "/sign-in"), "lang=\"zh-CN\"");
    web_client_header(client, "Accept-Language: en-GB,en;q=0.9");
    assert_has(web_get(client, "/sign-in"), "lang=\"en\"");
    web_client_header(client, NULL);
    struct web_answer answer = web_post(client, "/language", "language=en&back=/sign-in");
    assert_string_equal(answer.location, "/sign-in");
    assert_has(web_get(client, "/sign-in"), "lang=\"en\"");
    web_post(client, "/demo/enter", "person=li.xiaolan");
    web_get(client, "/settings");
    assert_int_equal(web_post(client, "/settings", "size=size-large").status, 303);
    assert_has(web_get(client, "/desk"), "class=\"size-large\"");
    assert_int_equal(web_post(client, "/settings", "size=enormous").status, 422);
    close_door(door);
}

static void test_web__password_is_changed(void **state) {
    struct front *door = open_door(state, false);
    struct web_client *client = door->client;
    sign_in_as(door, "li.xiaolan");
    web_get(client, "/password");
    static const char *const wrong[] = {
        "old=wrong&new=Qiaoliang.7788.bei&again=Qiaoliang.7788.bei",
        "old=" PASSWORD "&new=Qiaoliang.7788.bei&again=other",
        "old=" PASSWORD "&new=short&again=short",
    };
    static const char *const fields[] = {"error=old:", "error=again:", "error=new:"};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct web_answer answer = web_post(client, "/password", wrong[i]);
        assert_int_equal(answer.status, 422);
        assert_has(answer, fields[i]);
    }
    struct web_answer answer =
        web_post(client, "/password",
                 "old=" PASSWORD "&new=Qiaoliang.7788.bei&again=Qiaoliang.7788.bei");
    assert_int_equal(answer.status, 303);
    assert_has(web_get(client, "/desk"), "person=李小兰");
    close_door(door);
}

/* GB/T 22239: told a week before the password ends, and nothing before that. */
static void test_web__an_ending_password_is_said(void **state) {
    struct front *door = open_house(state, false);
    struct web_client *client = door->client;
    static const struct {
        int days;
        const char *said;
    } table[] = {{82, NULL}, {83, "还有 7 天到期"}, {89, "还有 1 天到期"}};
    sign_in_as(door, "li.xiaolan");
    web_get(client, "/password");
    assert_int_equal(web_post(client, "/password",
                              "old=" PASSWORD
                              "&new=Qiaoliang.7788.bei&again=Qiaoliang.7788.bei")
                         .status,
                     303);
    for (size_t i = 0; i < LENGTH(table); i++) {
        clock_at = BEGIN + table[i].days * INSTANT_DAY + INSTANT_HOUR;
        client = web_client_new(door->arena, http_address(door->server));
        web_get(client, "/sign-in");
        assert_int_equal(
            web_post(client, "/sign-in", "account=li.xiaolan&password=Qiaoliang.7788.bei")
                .status,
            303);
        struct web_answer answer = web_get(client, "/settings");
        assert_int_equal(answer.status, 200);
        (table[i].said == NULL ? assert_lacks : assert_has)(
            answer, table[i].said == NULL ? "天到期" : table[i].said);
        assert_lacks(web_get(client, "/password"), "天到期");
    }
    close_door(door);
}

/* A rulebook's thirty days: on the thirtieth nothing opens before the new password, and
 * the page says why, with the article. */
static void test_web__an_old_password_is_renewed_first(void **state) {
    struct front *door = open_house(state, false);
    struct call *call = &door->trial->call;
    struct days_rule age = {.basis = {.id = STR("CS-9.c")}, .days = 30};
    struct account_rules accounts = {.age = &age};
    struct rulebook book = {.accounts = &accounts};
    struct people_unit unit;
    sign_in_as(door, "li.xiaolan");
    web_get(door->client, "/password");
    assert_int_equal(web_post(door->client, "/password",
                              "old=" PASSWORD
                              "&new=Qiaoliang.7788.bei&again=Qiaoliang.7788.bei")
                         .status,
                     303);
    struct people_holdings held;
    assert_int_equal(people_holdings(call, door->li, &held), DONE);
    assert_int_equal(people_unit(call, held.at[0].unit, &unit), DONE);
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(people_rule_accounts(call, 1, unit.body, &book, STR("")), DONE);
    assert_int_equal(txn_commit(call), DONE);
    for (int days = 29; days <= 30; days++) {
        clock_at = BEGIN + days * INSTANT_DAY + INSTANT_HOUR;
        struct web_client *client =
            web_client_new(door->arena, http_address(door->server));
        web_get(client, "/sign-in");
        assert_int_equal(
            web_post(client, "/sign-in", "account=li.xiaolan&password=Qiaoliang.7788.bei")
                .status,
            303);
        assert_int_equal(web_get(client, "/settings").status, days < 30 ? 200 : 303);
        struct web_answer answer = web_get(client, "/password");
        (days < 30 ? assert_lacks : assert_has)(answer, "已经用满 30 天");
        (days < 30 ? assert_lacks : assert_has)(answer, "CS-9.c");
    }
    close_door(door);
}

/* The pages as they ship: whole, in both languages, with the fields of the guard. */
static void test_web__house_pages_are_whole(void **state) {
    static const struct {
        const char *path;
        int status;
    } table[] = {{"/settings", 200}, {"/password", 200}, {"/no-such-page", 404}};
    static const char *const languages[] = {"zh-CN", "en"};
    struct front *door = open_house(state, false);
    for (size_t i = 0; i < LENGTH(languages); i++) {
        struct web_client *client =
            web_client_new(door->arena, http_address(door->server));
        door->client = client;
        web_client_header(
            client, str_format(door->arena, "Accept-Language: %s", languages[i]).at);
        struct web_answer answer = web_get(client, "/sign-in");
        assert_int_equal(answer.status, 200);
        assert_has(answer, "内线 8012");
        answer = web_post(client, "/sign-in", "account=li.xiaolan&password=wrong");
        assert_has(answer, "role=\"alert\"");
        sign_in_as(door, "li.xiaolan");
        for (size_t j = 0; j < LENGTH(table); j++) {
            answer = web_get(client, table[j].path);
            assert_int_equal(answer.status, table[j].status);
            assert_has(answer,
                       str_format(door->arena, "<html lang=\"%s\"", languages[i]).at);
            assert_has(answer, "</html>");
            assert_has(answer, "李小兰");
            assert_true(strlen(web_field(client, "csrf")) > 40);
            assert_true(strlen(web_field(client, "key")) > 20);
        }
    }
    close_door(door);
}

static void test_web__every_entry_says_who_may(void **state) {
    (void)state;
    for (size_t i = 0; web_entries[i] != NULL; i++) {
        const struct entry *entry = web_entries[i];
        assert_non_null(entry->may);
        assert_non_null(entry->run);
        assert_true(strcmp(entry->method, "GET") == 0 ||
                    strcmp(entry->method, "POST") == 0);
        if (entry->form != NULL) {
            assert_string_equal(entry->form->method, "GET");
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_SQLITE(test_web__sign_in_and_out),
        TRIAL_ON_SQLITE(test_web__next_stays_in_the_house),
        TRIAL_ON_SQLITE(test_web__demonstration_shows_everyone),
        TRIAL_ON_SQLITE(test_web__nobody_enters_a_real_workspace_without_password),
        TRIAL_ON_SQLITE(test_web__arrival_from_a_mail),
        TRIAL_ON_SQLITE(test_web__each_no_has_its_answer),
        TRIAL_ON_SQLITE(test_web__done_is_said_once_on_the_next_page),
        TRIAL_ON_SQLITE(test_web__forged_forms_are_refused),
        TRIAL_ON_SQLITE(test_web__typed_text_outlives_the_session),
        TRIAL_ON_SQLITE(test_web__a_locked_page_opens_for_its_person),
        TRIAL_ON_BOTH(test_web__pages_follow_posts),
        TRIAL_ON_SQLITE(test_web__language_and_looks_are_kept),
        TRIAL_ON_SQLITE(test_web__password_is_changed),
        TRIAL_ON_SQLITE(test_web__an_ending_password_is_said),
        TRIAL_ON_SQLITE(test_web__an_old_password_is_renewed_first),
        TRIAL_ON_SQLITE(test_web__house_pages_are_whole),
        cmocka_unit_test(test_web__every_entry_says_who_may),
    };
    return trial_run("web", tests, LENGTH(tests));
}
