/*
 * Cleaning HTML: what is kept, what is written, that it is a fixed point, and
 * that no input makes a '<' that is not ours.
 */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct house house;
    struct call call;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_int_equal(sandbox_start(&text_parsers, &fixture->house.sandbox), DONE);
    call_init(&fixture->call, arena_new((size_t)1 << 30), &fixture->house,
              (instant)1800000000 * INSTANT_SECOND);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    sandbox_stop(fixture->house.sandbox);
    arena_free(fixture->call.arena);
    free(fixture);
    return 0;
}

static struct cleaned clean(void **state, const char *html) {
    struct fixture *fixture = *state;
    struct cleaned cleaned;
    assert_int_equal(text_clean_html(&fixture->call, str_of(html), &cleaned), DONE);
    struct cleaned again;
    assert_int_equal(text_clean_html(&fixture->call, cleaned.html, &again), DONE);
    assert_true(str_equal(cleaned.html, again.html));
    return cleaned;
}

struct row {
    const char *html;
    const char *expected;
};

static void check(void **state, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct cleaned cleaned = clean(state, rows[i].html);
        assert_string_equal(
            str_text(((struct fixture *)*state)->call.arena, cleaned.html),
            rows[i].expected);
    }
}

static void test_html__keeps_words_and_regular_blocks(void **state) {
    static const struct row rows[] = {
        {"", ""},
        {"审发", "<p>审发</p>\n"},
        {"<p>a</p><p>b", "<p>a</p>\n<p>b</p>\n"},
        {"<p>　　全角缩进&nbsp;x</p>", "<p>　　全角缩进\xc2\xa0x</p>\n"},
        {"<p> a \n b </p>", "<p>a b</p>\n"},
        {"<p></p><p><b> </b></p>", ""},
        {"<h1>t</h1><h6>s</h6>", "<h2>t</h2>\n<h4>s</h4>\n"},
        {"<div>a<div>b</div>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"},
        {"<p>a<br>b<br></p>", "<p>a<br>b</p>\n"},
        {"<p>1 < 2 & \"3\" `4`</p>", "<p>1 &lt; 2 &amp; &quot;3&quot; &#96;4&#96;</p>\n"},
        {"<blockquote>q</blockquote><hr>",
         "<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n"},
        {"<o:p>w</o:p><span lang=EN-US>x</span>", "<p>wx</p>\n"},
        {"<pre>a\nb</pre>", "<p>a b</p>\n"},
    };
    check(state, rows, LENGTH(rows));
}

static void test_html__formats_never_hold_blocks(void **state) {
    static const struct row rows[] = {
        {"<strong>a<p>b</p>c</strong>",
         "<p><strong>a</strong></p>\n<p><strong>b</strong></"
         "p>\n<p><strong>c</strong></p>\n"},
        {"<p>a <b> b </b> c</p>", "<p>a <strong>b</strong> c</p>\n"},
        {"<p><b>a</b> <u>b</u> <u>c</u></p>",
         "<p><strong>a</strong> <u>b</u> <u>c</u></p>\n"},
        {"<p><b><b>x</b></b><i></i></p>", "<p><strong>x</strong></p>\n"},
        {"<p><strike>a</strike><ins>b</ins>x<sub>2</sub><sup>3</sup></p>",
         "<p><s>a</s><u>b</u>x<sub>2</sub><sup>3</sup></p>\n"},
    };
    check(state, rows, LENGTH(rows));
}

static void test_html__lists_and_tables_are_made_regular(void **state) {
    static const struct row rows[] = {
        {"<ul><li>a<ul><li>b</ul><li>c</ul>",
         "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>\n"},
        {"<ol start=3><li>a</li><ol><li>b</li></ol></ol>",
         "<ol start=\"3\">\n<li>a<ol>\n<li>b</li>\n</ol>\n</li>\n</ol>\n"},
        {"<ul>x</ul>", "<ul>\n<li>x</li>\n</ul>\n"},
        {"<li>x", "<p>x</p>\n"},
        {"<table><tr><td>a<td></table>",
         "<table>\n<tbody>\n<tr><td>a</td><td></td></tr>\n</tbody>\n</table>\n"},
        {"<table><caption>c<p>d</p></caption><thead><tr><th scope=col>h</th></tr></thead>"
         "<tr><td rowspan=2 colspan=1><p>a</p><p>b</p></td></tr></table>",
         "<table>\n<caption>c<br>d</caption>\n<thead>\n<tr><th "
         "scope=\"col\">h</th></tr>\n"
         "</thead>\n<tbody>\n<tr><td rowspan=\"2\"><p>a</p>\n<p>b</p>\n</td></tr>\n"
         "</tbody>\n</table>\n"},
        {"<table><tr>stray<td>a</td></tr></table>",
         "<table>\n<tbody>\n<tr><td>stray</td><td>a</td></tr>\n</tbody>\n</table>\n"},
        {"<table><tr><td><div>a</div><div>b</div></td></tr></table>",
         "<table>\n<tbody>\n<tr><td>a<br>b</td></tr>\n</tbody>\n</table>\n"},
        {"<figure "
         "class=table><table><tr><td>a</td></tr></table><figcaption>f</figcaption>"
         "</figure>",
         "<figure><table>\n<tbody>\n<tr><td>a</td></tr>\n</tbody>\n</table>\n"
         "<figcaption>f</figcaption>\n</figure>\n"},
        {"<table></table><ul></ul>", ""},
    };
    check(state, rows, LENGTH(rows));
}

static void test_html__attributes_come_from_closed_lists(void **state) {
    static const struct row rows[] = {
        {"<p class='MsoNormal centre date' id=x onclick=y style='color:red'>a</p>",
         "<p class=\"centre date\">a</p>\n"},
        {"<p align=right>a</p><p style='TEXT-ALIGN: center'>b</p>",
         "<p class=\"right\">a</p>\n<p class=\"centre\">b</p>\n"},
        {"<center>a<p>b</p></center>c",
         "<p class=\"centre\">a</p>\n<p class=\"centre\">b</p>\n<p>c</p>\n"},
        {"<a href='https://www.gov.cn/a?b=1&c=\"2\"' target=_blank>x</a>",
         "<p><a href=\"https://www.gov.cn/a?b=1&amp;c=&quot;2&quot;\">x</a></p>\n"},
        {"<img src=/files/sm3:0a.png alt='' width=10px height=0 onerror=x>",
         "<p><img src=\"/files/sm3:0a.png\" alt=\"\" width=\"10\"></p>\n"},
        {"<img src=/files/../x><img src=//e/x.png><img src='data:image/png;base64,AA'>",
         ""},
    };
    check(state, rows, LENGTH(rows));
}

static void test_html__links_to_other_schemes_become_words(void **state) {
    static const struct {
        const char *address;
        bool kept;
    } rows[] = {
        {"https://a.cn/", true},
        {"HTTP://a.cn", true},
        {"mailto:a@b.cn", true},
        {"../x.html", true},
        {"/files/a", true},
        {"#note", true},
        {"javascript:alert(1)", false},
        {" java\nscript:alert(1)", false},
        {"&#1;javascript:alert(1)", false},
        {"jav&#x09;ascript:alert(1)", false},
        {"data:text/html,x", false},
        {"vbscript:x", false},
        {"file:///etc/passwd", false},
        {"//evil.cn/", false},
        {"/\\evil.cn", false},
        {"\\\\evil.cn", false},
        {"https:evil.cn", false},
        {"https:///evil", false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena *arena = ((struct fixture *)*state)->call.arena;
        struct str html = str_format(arena, "<a href=\"%s\">x</a>", rows[i].address);
        struct cleaned cleaned = clean(state, str_text(arena, html));
        if (str_starts(cleaned.html, "<p><a href=") != rows[i].kept) {
            fail_msg("%s", rows[i].address);
        }
        assert_int_equal(cleaned.dropped[DROPPED_LINK], !rows[i].kept);
    }
}

static void test_html__what_is_dropped_is_counted(void **state) {
    struct cleaned cleaned =
        clean(state, "<p onclick=x>a<script>b</script><style>c</style></p><iframe src=x>d"
                     "</iframe><svg><script>e</script><a>f</a></svg><img src=x.png>"
                     "<select><option>g</select><template><p>h</p></template>"
                     "<font color=red>k</font><a href='javascript:x'>l</a>");
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    assert_string_equal(str_text(arena, cleaned.html), "<p>a</p>\n<p>kl</p>\n");
    assert_string_equal(
        str_text(arena, cleaned_kinds(arena, &cleaned)),
        "script 2, embedded 2, picture 1, link 1, form 1, element 1, style 1");
    assert_int_equal(cleaned_pieces(&cleaned), 8);
}

static void test_html__deep_nesting_is_flattened_and_loses_no_words(void **state) {
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    static const char *const tags[] = {"div", "b", "blockquote", "ul", "span", "table"};
    for (size_t i = 0; i < LENGTH(tags); i++) {
        struct buffer html;
        buffer_init(&html, arena);
        for (int depth = 0; depth < 5000; depth++) {
            buffer_add_format(&html, "<%s>", tags[i]);
        }
        buffer_add_text(&html, "deep");
        struct cleaned cleaned = clean(state, str_text(arena, buffer_str(&html)));
        assert_true(str_find(cleaned.html, STR("deep")) < cleaned.html.length);
    }
}

static void test_html__too_long_is_refused_with_words(void **state) {
    struct fixture *fixture = *state;
    struct str html = {arena_take(fixture->call.arena, TEXT_HTML_MOST + 1),
                       TEXT_HTML_MOST + 1};
    struct cleaned cleaned;
    assert_int_equal(text_clean_html(&fixture->call, html, &cleaned), REFUSED);
    assert_string_equal(fixture->call.refusal->words, "text.too-long");
    call_forgive(&fixture->call);
}

/* libxml2 ends a format where a paragraph begins; a browser does not. */
static void test_clean__formats_go_on_over_paragraphs(void **state) {
    static const struct row rows[] = {
        {"<b><p>a</p><p>b</p></b><p>c</p>",
         "<p><strong>a</strong></p>\n<p><strong>b</strong></p>\n<p>c</p>\n"},
        {"<i><b><p>a</p><p>b</p></b><p>c</p></i>d",
         "<p><em><strong>a</strong></em></p>\n<p><em><strong>b</strong></em></p>\n"
         "<p><em>c</em></p>\n<p>d</p>\n"},
        {"<p>x<b>a<p>b</b>c<p>d",
         "<p>x<strong>a</strong></p>\n<p><strong>b</strong>c</p>\n<p>d</p>\n"},
        {"<u><p>a</p>\n<p>b</p></u>\n<p>c</p>",
         "<p><u>a</u></p>\n<p><u>b</u></p>\n<p>c</p>\n"},
        {"<strong><p>a</p><p>b</p></strong><p>c</p>",
         "<p><strong>a</strong></p>\n<p><strong>b</strong></p>\n<p>c</p>\n"},
        {"<B STYLE='x'><P>a</P><P>b</P></B >c",
         "<p><strong>a</strong></p>\n<p><strong>b</strong></p>\n<p>c</p>\n"},
        {"<b><h2>a</h2><p>b</p></b>c",
         "<h2><strong>a</strong></h2>\n<p><strong>b</strong></p>\n<p>c</p>\n"},
        {"<b><p>a<i>b</b>c</i>d</p>", "<p><strong>a<em>b</em></strong><em>c</em>d</p>\n"},
        {"<b>a</b><p>b</p>", "<p><strong>a</strong></p>\n<p>b</p>\n"},
        {"<p><b>a</b></p><p>b</p>", "<p><strong>a</strong></p>\n<p>b</p>\n"},
        /* A cell keeps what was left open in it to itself. */
        {"<table><tr><td><p><b>a</p></td><td>b</td></tr></table><p>c</p>",
         "<table>\n<tbody>\n<tr><td><p><strong>a</strong></p>\n"
         "</td><td>b</td></tr>\n</tbody>\n</table>\n<p>c</p>\n"},
    };
    check(state, rows, LENGTH(rows));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean__formats_go_on_over_paragraphs),
        cmocka_unit_test(test_html__keeps_words_and_regular_blocks),
        cmocka_unit_test(test_html__formats_never_hold_blocks),
        cmocka_unit_test(test_html__lists_and_tables_are_made_regular),
        cmocka_unit_test(test_html__attributes_come_from_closed_lists),
        cmocka_unit_test(test_html__links_to_other_schemes_become_words),
        cmocka_unit_test(test_html__what_is_dropped_is_counted),
        cmocka_unit_test(test_html__deep_nesting_is_flattened_and_loses_no_words),
        cmocka_unit_test(test_html__too_long_is_refused_with_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
