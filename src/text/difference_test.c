/*
 * Paragraphs with places, differences between bodies, and three-way merges.
 */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static int set_up(void **state) {
    *state = arena_new((size_t)256 << 20);
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static void test_words__every_byte_knows_its_place(void **state) {
    struct str html = STR(
        "<h2>题</h2>\n<p>a&amp;<strong>b</strong><br>c</p>\n<table>\n<tbody>\n<tr><td>"
        "x</td><td><p>y</p>\n</td></tr>\n</tbody>\n</table>\n<figure><img "
        "src=\"/files/a\" "
        "alt=\"&lt;图&gt;\"><figcaption>f</figcaption>\n</figure>\n<ul>\n"
        "<li>i<ul>\n<li>j</li>\n</ul>\n</li>\n</ul>\n<p><a "
        "href=\"x?a&amp;b\">k</a></p>\n");
    static const struct {
        enum paragraph_kind kind;
        const char *text;
    } rows[] = {
        {PARAGRAPH_HEADING, "题"}, {PARAGRAPH_WORDS, "a&b\nc"}, {PARAGRAPH_CELL, "x"},
        {PARAGRAPH_CELL, "y"},     {PARAGRAPH_WORDS, ""},       {PARAGRAPH_CAPTION, "f"},
        {PARAGRAPH_ITEM, "i"},     {PARAGRAPH_ITEM, "j"},       {PARAGRAPH_WORDS, "k"},
    };
    struct body_words words;
    assert_int_equal(text_words(*state, html, &words), DONE);
    assert_int_equal(words.paragraph_count, LENGTH(rows));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct paragraph *paragraph = &words.paragraphs[i];
        assert_int_equal(paragraph->kind, rows[i].kind);
        assert_string_equal(str_text(*state, paragraph->text), rows[i].text);
        for (size_t k = 0; k < paragraph->text.length; k++) {
            char written = html.at[paragraph->places[k]];
            assert_true(written == paragraph->text.at[k] || written == '&' ||
                        (written == '<' && paragraph->text.at[k] == '\n'));
        }
        assert_int_equal(paragraph->places[paragraph->text.length],
                         paragraph->from + paragraph->html.length);
    }
    assert_int_equal(words.picture_count, 1);
    assert_int_equal(words.pictures[0].paragraph, 4);
    assert_true(str_is(words.pictures[0].alt, "<图>"));
    assert_int_equal(words.link_count, 1);
    assert_true(str_is(words.links[0].address, "x?a&b"));
}

static void test_words__refuses_what_is_not_the_normal_form(void **state) {
    static const char *const rows[] = {
        "<p>a",         "<p>a</div>",  "<script>x</script>",
        "<p>a</p></p>", "words alone", "<p",
        "<P>a</P>",     "<p>a</p",     "<p>a</h2>"};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct body_words words;
        assert_int_equal(text_words(*state, str_of(rows[i]), &words), REFUSED);
    }
}

static const char *told(struct arena *arena, const struct changed_paragraph *line) {
    static const char marks[] = "=+-~";
    struct buffer out;
    buffer_init(&out, arena);
    buffer_add_char(&out, marks[line->change]);
    for (size_t i = 0; i < line->piece_count; i++) {
        buffer_add_format(&out, "[%c%.*s]", marks[line->pieces[i].change],
                          STR_ARG(line->pieces[i].text));
    }
    return str_text(arena, buffer_str(&out));
}

static void test_difference__paragraphs_then_characters(void **state) {
    static const struct {
        const char *before;
        const char *after;
        const char *told[6];
    } rows[] = {
        {"", "", {NULL}},
        {"<p>同</p>\n", "<p>同</p>\n", {"=[=同]"}},
        {"<p>a</p>\n", "", {"-[-a]"}},
        {"", "<p>a</p>\n", {"+[+a]"}},
        {"<p>前三季度增长5.1%</p>\n",
         "<p>前三季度增长5.3%</p>\n",
         {"~[=前三季度增长5.][-1][+3][=%]"}},
        {"<p>a</p>\n<p>完全不同的一段</p>\n<p>z</p>\n",
         "<p>a</p>\n<p>something else</p>\n<p>z</p>\n",
         {"=[=a]", "-[-完全不同的一段]", "+[+something else]", "=[=z]"}},
        {"<p>甲乙</p>\n<p>丙丁</p>\n",
         "<p>甲乙</p>\n<p>新增一段</p>\n<p>丙丁</p>\n",
         {"=[=甲乙]", "+[+新增一段]", "=[=丙丁]"}},
        {"<p>加粗</p>\n", "<p><strong>加粗</strong></p>\n", {"~[=加粗]"}},
        {"<p>审柱后发布</p>\n", "<p>审核后发布</p>\n", {"~[=审][-柱][+核][=后发布]"}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct difference difference;
        assert_int_equal(text_difference(*state, str_of(rows[i].before),
                                         str_of(rows[i].after), &difference),
                         DONE);
        for (size_t k = 0; k < difference.count; k++) {
            assert_non_null(rows[i].told[k]);
            assert_string_equal(told(*state, &difference.paragraphs[k]), rows[i].told[k]);
        }
        assert_null(rows[i].told[difference.count]);
    }
}

/* Any difference must give both texts back. */
static void test_difference__pieces_give_both_texts_back(void **state) {
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        struct buffer sides[2];
        for (int side = 0; side < 2; side++) {
            buffer_init(&sides[side], *state);
            for (int i = 0; i < round % 40; i++) {
                seed = seed * 1103515245u + 12345u;
                utf8_add(&sides[side], 0x4e00 + (seed >> 16) % 4);
            }
        }
        struct changed_paragraph line;
        text_difference_in_line(*state, buffer_str(&sides[0]), buffer_str(&sides[1]),
                                &line);
        struct buffer before;
        struct buffer after;
        buffer_init(&before, *state);
        buffer_init(&after, *state);
        for (size_t i = 0; i < line.piece_count; i++) {
            if (line.pieces[i].change != CHANGE_ADDED) {
                buffer_add(&before, line.pieces[i].text);
            }
            if (line.pieces[i].change != CHANGE_REMOVED) {
                buffer_add(&after, line.pieces[i].text);
            }
        }
        assert_true(str_equal(buffer_str(&before), buffer_str(&sides[0])));
        assert_true(str_equal(buffer_str(&after), buffer_str(&sides[1])));
    }
}

static void test_difference__very_different_texts_stay_bounded(void **state) {
    struct buffer sides[2];
    for (int side = 0; side < 2; side++) {
        buffer_init(&sides[side], *state);
        for (uint32_t i = 0; i < 6000; i++) {
            buffer_add_format(&sides[side], "<p>%u</p>\n", 2 * i + (uint32_t)side);
        }
    }
    struct difference difference;
    assert_int_equal(text_difference(*state, buffer_str(&sides[0]), buffer_str(&sides[1]),
                                     &difference),
                     DONE);
    assert_true(difference.count >= 6000 && difference.count <= 12000);
    assert_true(arena_used(*state) < (size_t)200 << 20);
}

static void test_merge__one_sided_changes_are_taken(void **state) {
    struct str base = STR("<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n");
    static const struct {
        const char *mine;
        const char *theirs;
        const char *merged;
        size_t conflicts;
    } rows[] = {
        {"<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n", 0},
        {"<p>A</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>D</p>\n",
         "<p>A</p>\n<p>2</p>\n<p>3</p>\n<p>D</p>\n", 0},
        {"<p>1</p>\n<p>2</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>2</p>\n<p>3</p>\n<p>4</p>\n<p>5</p>\n",
         "<p>1</p>\n<p>2</p>\n<p>4</p>\n<p>5</p>\n", 0},
        {"<p>1</p>\n<p>M</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>T</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>M</p>\n<p>3</p>\n<p>4</p>\n", 1},
        {"<p>1</p>\n<p>S</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>S</p>\n<p>3</p>\n<p>4</p>\n",
         "<p>1</p>\n<p>S</p>\n<p>3</p>\n<p>4</p>\n", 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct merge merge;
        assert_int_equal(text_merge(*state, base, str_of(rows[i].mine),
                                    str_of(rows[i].theirs), &merge),
                         DONE);
        assert_string_equal(str_text(*state, merge.html), rows[i].merged);
        assert_int_equal(merge.conflicts, rows[i].conflicts);
    }
}

static void test_merge__a_table_is_one_block(void **state) {
    struct str table = STR("<table>\n<tbody>\n<tr><td>a</td></tr>\n</tbody>\n</table>\n");
    struct str other = STR("<table>\n<tbody>\n<tr><td>b</td></tr>\n</tbody>\n</table>\n");
    struct merge merge;
    assert_int_equal(text_merge(*state, table, other, table, &merge), DONE);
    assert_true(str_equal(merge.html, other));
    assert_int_equal(merge.parts[0].side, MERGE_MINE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words__every_byte_knows_its_place),
        cmocka_unit_test(test_words__refuses_what_is_not_the_normal_form),
        cmocka_unit_test(test_difference__paragraphs_then_characters),
        cmocka_unit_test(test_difference__pieces_give_both_texts_back),
        cmocka_unit_test(test_difference__very_different_texts_stay_bounded),
        cmocka_unit_test(test_merge__one_sided_changes_are_taken),
        cmocka_unit_test(test_merge__a_table_is_one_block),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
