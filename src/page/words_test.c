/*
 * Words: the files of this house, and what is refused.
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
static struct buffer errors;

static int set_up(void **state) {
    (void)state;
    arena = arena_new((size_t)16 << 20);
    buffer_init(&errors, arena);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *write_words(const char *chinese, const char *english) {
    char folder[] = "/tmp/shenfa-words-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *zh = str_format(arena, "%s/zh-CN/test.words", folder).at;
    const char *en = str_format(arena, "%s/en/test.words", folder).at;
    assert_int_equal(file_write(zh, bytes_of_str(str_of(chinese))), DONE);
    assert_int_equal(file_write(en, bytes_of_str(str_of(english))), DONE);
    return str_text(arena, str_of(folder));
}

static void remove_words(const char *folder) {
    static const char *const parts[] = {"/zh-CN/test.words", "/en/test.words", "/zh-CN",
                                        "/en", ""};
    for (size_t i = 0; i < LENGTH(parts); i++) {
        const char *path = str_format(arena, "%s%s", folder, parts[i]).at;
        assert_int_equal(i < 2 ? unlink(path) : rmdir(path), 0);
    }
}

static void test_words__say_fills_and_chooses(void **state) {
    (void)state;
    const char *folder =
        write_words("# 注释\na.left = 还剩 {days} 个工作日\na.by = {who}\n",
                    "a.left = {days} working {days|day|days} left\n"
                    "a.by = by {who}\n");
    struct words *words = NULL;
    assert_int_equal(words_load(folder, &errors, &words), DONE);
    static const struct {
        const char *language, *key, *name, *value, *said;
    } table[] = {
        {"zh-CN", "a.left", "days", "3", "还剩 3 个工作日"},
        {"en", "a.left", "days", "3", "3 working days left"},
        {"en", "a.left", "days", "1", "1 working day left"},
        {"fr", "a.left", "days", "1", "还剩 1 个工作日"},
        {"en", "a.by", "nobody", "x", "by "},
        {"en", "a.unknown", "x", "y", "a.unknown"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct refusal_argument argument = {table[i].name, str_of(table[i].value)};
        struct str said = words_say(words, arena, str_of(table[i].language), table[i].key,
                                    &argument, 1);
        assert_string_equal(str_text(arena, said), table[i].said);
    }
    words_free(words);
    remove_words(folder);
}

static void test_words__faults_are_told_all_at_once(void **state) {
    (void)state;
    const char *folder =
        write_words("a = 甲\na = 乙\nno equals sign\nb = {open\nc = {x}\n"
                    "d = 丁\nspace key = x\n",
                    "a = A\nb = B\nc = C\n");
    struct words *words = NULL;
    assert_int_equal(words_load(folder, &errors, &words), REFUSED);
    const char *told = str_text(arena, buffer_str(&errors));
    static const char *const expected[] = {
        "test.words:2: a is given twice",
        "test.words:3: expected",
        "test.words:4: a placeholder is",
        "c uses {x} in zh-CN but not in en",
        "d is missing in en",
        "test.words:7: expected",
    };
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_non_null(strstr(told, expected[i]));
    }
    remove_words(folder);
}

/* Every sentence of the house exists in every language, with the same placeholders. */
static void test_words__house_is_complete(void **state) {
    (void)state;
    const char *source = getenv("SHENFA_SOURCE");
    struct words *words = NULL;
    enum status status =
        words_load(str_format(arena, "%s/share/words", source).at, &errors, &words);
    if (status != DONE) {
        print_error("%.*s", STR_ARG(buffer_str(&errors)));
    }
    assert_int_equal(status, DONE);
    assert_true(words_know(words, "common.product"));
    words_free(words);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words__say_fills_and_chooses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_words__faults_are_told_all_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_words__house_is_complete, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
