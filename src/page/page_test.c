/*
 * Templates: what they print, and what they are refused for.
 */
#include "page_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static struct words *words;
static char folder[64];

static int set_up(void **state) {
    (void)state;
    arena = arena_new((size_t)64 << 20);
    strcpy(folder, "/tmp/shenfa-page-XXXXXX");
    assert_non_null(mkdtemp(folder));
    static const char said[] = "t.hello = 你好 {name}\nt.days = {n} {n|day|days}\n"
                               "t.deep = no {part.number}\n";
    const char *file = str_format(arena, "%s/words/zh-CN/t.words", folder).at;
    assert_int_equal(file_write(file, bytes_of_str(str_of(said))), DONE);
    struct buffer errors;
    buffer_init(&errors, arena);
    assert_int_equal(
        words_load(str_format(arena, "%s/words", folder).at, &errors, &words), DONE);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    words_free(words);
    const char *argv = str_format(arena, "rm -rf '%s'", folder).at;
    assert_int_equal(system(argv), 0);
    arena_free(arena);
    return 0;
}

static void write_page(const char *name, const char *text) {
    const char *file = str_format(arena, "%s/pages/%s", folder, name).at;
    assert_int_equal(file_write(file, bytes_of_str(str_of(text))), DONE);
}

static enum status load(struct pages **out_pages, const char **out_errors) {
    struct buffer errors;
    buffer_init(&errors, arena);
    enum status status =
        pages_load(str_format(arena, "%s/pages", folder).at, words, &errors, out_pages);
    *out_errors = str_text(arena, buffer_str(&errors));
    return status;
}

static const char *render(struct pages *pages, const char *name,
                          const struct model *model) {
    struct buffer out;
    buffer_init(&out, arena);
    assert_int_equal(page_render(pages, name, STR("zh-CN"), model, &out), DONE);
    return str_text(arena, buffer_str(&out));
}

static struct model *sample(void) {
    struct model *model = model_new(arena);
    model_text(model, "name", STR("<李> & \"O'Neil\""));
    model_html(model, "body", STR("<p>正文</p>"));
    model_text(model, "raw", STR("<script>alert(1)</script>"));
    model_text(model, "js", STR("JavaScript:alert(1)"));
    model_text(model, "path", STR("/a/b"));
    model_text(model, "term", STR("a&b=c d/中"));
    model_url(model, "query", STR("/list?a=1&b=2"));
    model_url(model, "bad", STR("data:text/html,x"));
    model_int(model, "n", 1);
    model_flag(model, "yes", true);
    model_flag(model, "no", false);
    model_words(model, "said", "t.hello");
    model_text(model_part(model, "part"), "number", STR("7F"));
    model_list_add_text(model, "tags", STR("甲"));
    model_list_add_text(model, "tags", STR("乙"));
    for (int i = 0; i < 2; i++) {
        struct model *row = model_list_add(model, "rows");
        model_int(row, "i", i);
        model_int(model_part(row, "deep"), "er", i * 10);
    }
    return model;
}

static void test_page__prints(void **state) {
    (void)state;
    static const struct {
        const char *template, *printed;
    } table[] = {
        {"{{name}}", "&lt;李&gt; &amp; &quot;O&#39;Neil&quot;"},
        {"{{{body}}}|{{body}}", "<p>正文</p>|&lt;p&gt;正文&lt;/p&gt;"},
        {"{{{raw}}}{{&raw}}", "&lt;script&gt;alert(1)&lt;/script&gt;"
                              "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"<a href=\"{{js}}\">", "<a href=\"#\">"},
        {"<a href=\"{{bad}}\">", "<a href=\"#\">"},
        {"<a href='{{path}}'>", "<a href='/a/b'>"},
        {"<a href=\"{{query}}\">", "<a href=\"/list?a=1&amp;b=2\">"},
        {"<a href=\"/s?q={{term}}\">", "<a href=\"/s?q=a%26b%3Dc%20d/%E4%B8%AD\">"},
        {"<a href=\"{{#no}}x{{/no}}{{js}}\">", "<a href=\"#\">"},
        {"<p title=\"{{name}}\">",
         "<p title=\"&lt;李&gt; &amp; &quot;O&#39;Neil&quot;\">"},
        {"{{#rows}}{{i}}:{{deep.er}};{{/rows}}", "0:0;1:10;"},
        {"{{#tags}}[{{.}}]{{/tags}}", "[甲][乙]"},
        {"{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}N{{/no}}{{^gone}}G{{/gone}}", "yNG"},
        {"<option{{#yes}} selected{{/yes}}>", "<option selected>"},
        {"{{'t.hello'}}", "你好 &lt;李&gt; &amp; &quot;O&#39;Neil&quot;"},
        {"{{'t.days'}}{{#rows}}{{/rows}}", "1 day"},
        {"{{'t.deep'}}", "no 7F"},
        {"{{said}}", "你好 &lt;李&gt; &amp; &quot;O&#39;Neil&quot;"},
        {"<title>{{name}}</title>",
         "<title>&lt;李&gt; &amp; &quot;O&#39;Neil&quot;</title>"},
        {"<script src=\"/static/a.js\"></script>{{path}}",
         "<script src=\"/static/a.js\"></script>/a/b"},
        {"a\n{{! note }}\n{{#yes}}\nb\n{{/yes}}\nc", "a\nb\nc"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        write_page("t.html", table[i].template);
        struct pages *pages = NULL;
        const char *errors;
        enum status status = load(&pages, &errors);
        if (status != DONE) {
            fail_msg("%s: %s", table[i].template, errors);
        }
        assert_string_equal(render(pages, "t", sample()), table[i].printed);
        pages_free(pages);
    }
}

/* Each of these would let a value out of its place, or print nothing where all goes well.
 */
static void test_page__refuses_at_load(void **state) {
    (void)state;
    static const struct {
        const char *template, *fault;
    } table[] = {
        {"\n\n{{#open}}", ":3: {{#open}} is never closed"},
        {"{{/shut}}", "closes nothing"},
        {"{{#a}}{{/b}}", "closes nothing"},
        {"{{>nobody}}", "no template named nobody"},
        {"{{<nobody}}{{/nobody}}", "no template named nobody"},
        {"{{'t.unknown'}}", "no such sentence"},
        {"{{", "has no end"},
        {"{{}}", "names nothing"},
        {"{{=<% %>=}}", "delimiters"},
        {"<p {{a}}>", "a value may stand"},
        {"<p class={{a}}>", "a value may stand"},
        {"<p class=x{{a}}>", "a value may stand"},
        {"<{{a}}>", "a value may stand"},
        {"<!-- {{a}} -->", "a value may stand"},
        {"<script>{{a}}</script>", "a value may stand"},
        {"<script>alert(1)</script>", "inline code"},
        {"<style>p{}</style>", "style element"},
        {"<p style=\"x\">", "style="},
        {"<p onclick=\"{{a}}\">", "event attribute"},
        {"<p oNclick='x'>", "event attribute"},
        {"<p hx-on:click='x'>", "would run"},
        {"<noscript>", "hides"},
        {"<textarea><a title=\"</textarea><script>{{a}}\">", "nothing but text"},
        {"<scr{{#a}}ipt{{/a}}>{{b}}", "put a blank"},
        {"<a hr{{#a}}ef{{/a}}=\"{{b}}\">", "put a blank"},
        {"<a {{#a}}x{{/a}}href=\"{{b}}\">", "put a blank"},
        {"<{{! x}}script>", "put a blank"},
        {"{{#a}}<p title=\"{{/a}}{{b}}", "different places"},
        {"<a href=\"{{$u}}{{/u}}\">", "a block may stand"},
        {"<a href=\"{{'t.hello'}}\">", "a sentence may stand"},
        {"<p {{>t}}>", "may not stand inside"},
        {"<p class=\"", "ends inside"},
        {"\xff", "not UTF-8"},
        {"{{a b}}", "no blanks"},
        {"{{a..b}}", "is no name"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        write_page("t.html", table[i].template);
        struct pages *pages = NULL;
        const char *errors;
        enum status status = load(&pages, &errors);
        if (status != REFUSED || strstr(errors, table[i].fault) == NULL) {
            fail_msg("%s: %s", table[i].template, errors);
        }
    }
}

static void test_page__inherits(void **state) {
    (void)state;
    write_page("base.html", "<title>{{$title}}none{{/title}}</title>"
                            "<body class=\"{{$kind}}plain{{/kind}}\">{{$body}}{{/body}}");
    write_page("layout.html", "{{<base}}{{$kind}}office{{/kind}}{{/base}}");
    write_page("parts/row.html", "<li>{{i}}</li>");
    write_page("desk.html", "{{<layout}}{{$title}}{{name}}{{/title}}\n{{$body}}"
                            "{{#rows}}{{>parts/row}}{{/rows}}{{/body}}{{/layout}}");
    write_page("evil.html", "{{<base}}{{$kind}}\" onclick=\"{{path}}{{/kind}}{{/base}}");
    write_page("mail.txt", "{{name}} <{{{path}}}>");
    struct pages *pages = NULL;
    const char *errors;
    assert_int_equal(load(&pages, &errors), DONE);
    assert_string_equal(render(pages, "desk", sample()),
                        "<title>&lt;李&gt; &amp; &quot;O&#39;Neil&quot;</title>"
                        "<body class=\"office\"><li>0</li><li>1</li>");
    assert_string_equal(render(pages, "evil", sample()),
                        "<title>none</title><body class=\"\">");
    assert_string_equal(render(pages, "mail.txt", sample()), "<李> & \"O'Neil\" </a/b>");
    struct buffer out;
    buffer_init(&out, arena);
    assert_int_equal(page_render(pages, "none", STR("en"), sample(), &out), ABSENT);
    pages_free(pages);
}

/* Two hands that fill one part both show. */
static void test_page__a_part_asked_for_twice_is_one(void **state) {
    (void)state;
    write_page("t.html", "{{head.title}} {{head.version}}");
    struct pages *pages = NULL;
    const char *errors;
    assert_int_equal(load(&pages, &errors), DONE);
    struct model *model = model_new(arena);
    model_text(model_part(model, "head"), "title", STR("通知"));
    model_int(model_part(model, "head"), "version", 7);
    assert_string_equal(render(pages, "t", model), "通知 7");
    pages_free(pages);
}

static void test_page__endless_nesting_fails(void **state) {
    (void)state;
    write_page("loop.html", "x{{>loop}}");
    struct pages *pages = NULL;
    const char *errors;
    assert_int_equal(load(&pages, &errors), DONE);
    struct buffer out;
    buffer_init(&out, arena);
    assert_int_equal(page_render(pages, "loop", STR("en"), sample(), &out), FAILED);
    assert_int_equal(out.length, 0);
    pages_free(pages);
}

static void test_page__watching_reads_again(void **state) {
    (void)state;
    write_page("t.html", "one");
    struct pages *pages = NULL;
    const char *errors;
    assert_int_equal(load(&pages, &errors), DONE);
    write_page("t.html", "second");
    assert_string_equal(render(pages, "t", sample()), "one");
    pages_watch(pages, true);
    assert_string_equal(render(pages, "t", sample()), "second");
    write_page("t.html", "{{#broken}}");
    assert_string_equal(render(pages, "t", sample()), "second");
    pages_free(pages);
}

/* Every template that ships compiles, and every sentence it names exists. */
static void test_page__house_templates_load(void **state) {
    (void)state;
    static const char *const folders[] = {"share/pages", "share/themes"};
    const char *source = getenv("SHENFA_SOURCE");
    struct buffer errors;
    buffer_init(&errors, arena);
    struct words *house = NULL;
    assert_int_equal(
        words_load(str_format(arena, "%s/share/words", source).at, &errors, &house),
        DONE);
    for (size_t i = 0; i < LENGTH(folders); i++) {
        const char *path = str_format(arena, "%s/%s", source, folders[i]).at;
        struct str parts[2] = {STR("admin"), STR("default")};
        const char *whole = str_format(arena, "%s/%.*s", path, STR_ARG(parts[i])).at;
        struct pages *pages = NULL;
        if (!file_exists(whole)) {
            continue;
        }
        enum status status = pages_load(whole, house, &errors, &pages);
        if (status != DONE) {
            print_error("%.*s", STR_ARG(buffer_str(&errors)));
        }
        assert_int_equal(status, DONE);
        pages_free(pages);
    }
    words_free(house);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_page__prints),
        TEST(test_page__refuses_at_load),
        TEST(test_page__inherits),
        TEST(test_page__a_part_asked_for_twice_is_one),
        TEST(test_page__endless_nesting_fails),
        TEST(test_page__watching_reads_again),
        TEST(test_page__house_templates_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
