/*
 * Typed fields: one table of what is typed and what comes of it, and routes.
 */
#include "http_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct field fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .required = true, .most = 10, .label = "l.t"},
    {.name = "body", .kind = FIELD_HTML, .label = "l.b"},
    {.name = "opinion", .kind = FIELD_LINES, .most = 5, .label = "l.o"},
    {.name = "password", .kind = FIELD_SECRET, .label = "l.p"},
    {.name = "count", .kind = FIELD_INT, .label = "l.c"},
    {.name = "unit", .kind = FIELD_ID, .many = true, .label = "l.u"},
    {.name = "origin", .kind = FIELD_DAY, .label = "l.d", .rule = "LZ-15"},
    {.name = "at", .kind = FIELD_INSTANT, .label = "l.i"},
    {.name = "urgent", .kind = FIELD_FLAG, .label = "l.f"},
    {.name = "verdict", .kind = FIELD_CHOICE, .choices = "pass|return", .label = "l.v"},
    {.name = "scan", .kind = FIELD_FILE, .most = 4, .label = "l.s"},
    {.name = NULL},
};
static const struct http_route post = {"POST", "/form", 0, fields, NULL};

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new((size_t)8 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct request *send_form(const char *type, const char *body) {
    struct request *request = TAKE(arena, struct request);
    struct request_header *header = TAKE(arena, struct request_header);
    *header = (struct request_header){STR("content-type"), str_of(type)};
    *request = (struct request){.arena = arena,
                                .route = &post,
                                .headers = header,
                                .header_count = 1,
                                .body = bytes_of_str(str_of(body))};
    form_read(request);
    return request;
}

#define URLENCODED "application/x-www-form-urlencoded"

static void test_form__faults(void **state) {
    (void)state;
    static const struct {
        const char *body, *field, *words; /* NULL: no fault */
    } table[] = {
        {"title=a", NULL, NULL},
        {"", "title", "form.fill-in"},
        {"title=+++", "title", "form.fill-in"},
        {"title=%E4%B8%80%E4%BA%8C%E4%B8%89%E5%9B%9B%E4%BA%94%E5%85%AD%E4%B8%83%E5%85%AB"
         "%E4%B9%9D%E5%8D%81",
         NULL, NULL},
        {"title=12345678901", "title", "form.too-long"},
        {"title=a%0Ab", "title", "form.one-line"},
        {"title=a&title=b", "title", "form.twice"},
        {"title=a&opinion=123456", "opinion", "form.too-long"},
        {"title=a&count=12x", "count", "form.not-a-number"},
        {"title=a&count=99999999999999999999", "count", "form.not-a-number"},
        {"title=a&unit=1", "unit", "form.not-a-choice"},
        {"title=a&origin=2026-02-29", "origin", "form.not-a-day"},
        {"title=a&at=yesterday", "at", "form.not-a-moment"},
        {"title=a&urgent=perhaps", "urgent", "form.not-a-choice"},
        {"title=a&verdict=approve", "verdict", "form.not-a-choice"},
        {"title=a&verdict=pass|return", "verdict", "form.not-a-choice"},
        {"title=a&scan=x", "scan", "form.choose-file"},
        {"title=a&unknown=x", NULL, NULL},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct request *request = send_form(URLENCODED, table[i].body);
        assert_int_equal(request->problem, 0);
        if (table[i].field == NULL) {
            assert_null(request->faults);
            continue;
        }
        assert_non_null(request->faults);
        assert_string_equal(request->faults->field, table[i].field);
        assert_string_equal(request->faults->words, table[i].words);
        assert_null(request->faults->next);
    }
}

static void test_form__values(void **state) {
    (void)state;
    struct request *request =
        send_form(URLENCODED,
                  "title=+a+b+&opinion=1%0D%0A2&password=+p+&count=-7&unit=0000000000001"
                  "&unit=0000000000002&origin=2026-12-02&at=2026-12-02T09:30&urgent=on&"
                  "verdict=return"
                  "&body=%3Cp%3E");
    assert_null(request->faults);
    assert_string_equal(str_text(arena, request_text(request, "title")), "a b");
    assert_string_equal(str_text(arena, request_typed(request, "title")), " a b ");
    assert_string_equal(str_text(arena, request_text(request, "opinion")), "1\n2");
    assert_string_equal(str_text(arena, request_text(request, "password")), " p ");
    assert_int_equal(request_int(request, "count"), -7);
    assert_int_equal(request_count(request, "unit"), 2);
    assert_int_equal(request_id_at(request, "unit", 1), 2);
    assert_string_equal(
        str_text(arena, day_to_text(arena, request_day(request, "origin"))),
        "2026-12-02");
    assert_string_equal(
        str_text(arena, instant_to_rfc3339(arena, request_instant(request, "at"))),
        "2026-12-02T09:30:00+08:00");
    assert_true(request_flag(request, "urgent"));
    assert_string_equal(str_text(arena, request_text(request, "verdict")), "return");
    assert_false(request_given(request, "scan"));
    assert_int_equal(request_day(send_form(URLENCODED, "title=a"), "origin"), INT32_MIN);
}

/* What was typed comes back, faulty or not; passwords and files do not. */
static void collect(void *to, const struct field *field, struct str typed) {
    buffer_add_format(to, "%s=%.*s;", field->name, STR_ARG(typed));
}

static void test_form__nothing_typed_is_lost(void **state) {
    (void)state;
    struct request *request =
        send_form(URLENCODED, "title=12345678901&password=secret&count=x&unit=1&unit=2");
    struct buffer kept;
    buffer_init(&kept, arena);
    request_each_typed(request, collect, &kept);
    assert_string_equal(str_text(arena, buffer_str(&kept)),
                        "title=12345678901;count=x;unit=1;unit=2;");
    assert_int_equal(request_int(request, "count"), 0);
    assert_string_equal(str_text(arena, request_text(request, "title")), "");
}

static void test_form__files(void **state) {
    (void)state;
    static const char head[] =
        "--b\r\nContent-Disposition: form-data; name=title\r\n\r\n"
        "a\r\n--b\r\nContent-Disposition: form-data; name=scan; "
        "filename=\"s.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
    struct request *request = send_form("multipart/form-data; boundary=b",
                                        str_format(arena, "%s%%PDF\r\n--b--", head).at);
    assert_null(request->faults);
    const struct upload *scan = request_file(request, "scan");
    assert_non_null(scan);
    assert_int_equal(scan->bytes.length, 4);
    assert_string_equal(str_text(arena, scan->name), "s.pdf");
    request = send_form("multipart/form-data; boundary=b",
                        str_format(arena, "%s12345\r\n--b--", head).at);
    assert_string_equal(request->faults->words, "form.file-too-large");
    assert_null(request_file(request, "scan"));
    assert_int_equal(send_form("multipart/form-data; boundary=b", "junk")->problem, 400);
    assert_int_equal(send_form("application/json", "{}")->problem, 415);
    assert_int_equal(send_form("text/plain", "title=a")->problem, 415);
    assert_int_equal(send_form(URLENCODED, "title=%ff")->problem, 400);
}

static void test_form__routes(void **state) {
    (void)state;
    static const struct http_route list = {"GET", "/m", 0, NULL, NULL};
    static const struct http_route one = {"GET", "/m/{m}", 0, NULL, NULL};
    static const struct http_route fresh = {"GET", "/m/new", 0, NULL, NULL};
    static const struct http_route act = {"POST", "/m/{m}/revise", 0, NULL, NULL};
    static const struct http_route rest = {"GET", "/r/{path...}", 0, NULL, NULL};
    static const struct http_route home = {"GET", "/", 0, NULL, NULL};
    static const struct http_route *const all[] = {&list, &one,  &fresh,
                                                   &act,  &rest, &home};
    static const struct {
        const char *method, *path;
        const struct http_route *route;
        int problem;
        const char *parameter, *value;
    } table[] = {
        {"GET", "/", &home, 0, NULL, NULL},
        {"GET", "/m", &list, 0, NULL, NULL},
        {"HEAD", "/m", &list, 0, NULL, NULL},
        {"GET", "/m/", NULL, 404, NULL, NULL},
        {"GET", "/m/7", &one, 0, "m", "7"},
        {"GET", "/m/new", &fresh, 0, NULL, NULL},
        {"POST", "/m/7/revise", &act, 0, "m", "7"},
        {"GET", "/m/7/revise", NULL, 405, NULL, NULL},
        {"DELETE", "/m", NULL, 405, NULL, NULL},
        {"TRACE", "/none", NULL, 404, NULL, NULL},
        {"GET", "/r/a/b c", &rest, 0, "path", "a/b c"},
        {"GET", "/r", NULL, 404, NULL, NULL},
        {"GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n", NULL, 404, NULL, NULL},
    };
    struct routes routes;
    routes_build(arena, all, LENGTH(all), &routes);
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct request request = {.arena = arena,
                                  .method = str_of(table[i].method),
                                  .path = str_of(table[i].path)};
        routes_match(&routes, &request);
        assert_ptr_equal(request.route, table[i].route);
        assert_int_equal(request.problem, table[i].problem);
        if (table[i].parameter != NULL) {
            struct str value = request_parameter(&request, table[i].parameter);
            assert_string_equal(str_text(arena, value), table[i].value);
        }
    }
    assert_string_equal(str_text(arena, routes_allow(&routes, arena, STR("/m/7"))),
                        "GET, HEAD");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_form__faults),
        TEST(test_form__values),
        TEST(test_form__nothing_typed_is_lost),
        TEST(test_form__files),
        TEST(test_form__routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
