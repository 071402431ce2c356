/*
 * Strings, bytes, UTF-8 and ids.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int set_up(void **state) {
    *state = arena_new((size_t)1 << 20);
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static void test_str__trim_takes_ideographic_blanks(void **state) {
    (void)state;
    assert_true(str_is(str_trim(STR("\xe3\x80\x80\xe3\x80\x80 a b \n")), "a b"));
    assert_true(str_is(str_trim(STR(" \t ")), ""));
}

static void test_str__cut_walks_a_path(void **state) {
    (void)state;
    struct str rest = STR("a/b//c");
    assert_true(str_is(str_cut(&rest, '/'), "a"));
    assert_true(str_is(str_cut(&rest, '/'), "b"));
    assert_true(str_is(str_cut(&rest, '/'), ""));
    assert_true(str_is(str_cut(&rest, '/'), "c"));
    assert_true(str_is_empty(rest));
}

static void test_str__whole_numbers_only(void **state) {
    static const struct {
        const char *text;
        enum status status;
        int64_t number;
    } rows[] = {
        {"0", DONE, 0},
        {"-9223372036854775808", DONE, INT64_MIN},
        {"9223372036854775807", DONE, INT64_MAX},
        {"9223372036854775808", REFUSED, 0},
        {"", REFUSED, 0},
        {"-", REFUSED, 0},
        {"+1", REFUSED, 0},
        {" 1", REFUSED, 0},
        {"1e3", REFUSED, 0},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t number = 0;
        assert_int_equal(str_to_int(str_of(rows[i].text), &number), rows[i].status);
        assert_true(number == rows[i].number);
    }
}

static void test_utf8__refuses_what_rfc_3629_refuses(void **state) {
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {"审发", true},          {"\xf0\xa0\xae\xb7", true},  {"\xc0\x80", false},
        {"\xed\xa0\x80", false}, {"\xf4\x90\x80\x80", false}, {"\xe5\xae", false},
        {"\x80", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(utf8_is_valid(str_of(rows[i].text)), rows[i].valid);
    }
    assert_false(utf8_is_valid((struct str){"a\0b", 3}));
    assert_int_equal(utf8_count(STR("审发a")), 3);
}

static void test_bytes__base64_has_one_spelling(void **state) {
    struct bytes back;
    struct str text = bytes_to_base64(*state, bytes_of_str(STR("shenfa")));
    assert_int_equal(bytes_from_base64(*state, text, &back), DONE);
    assert_memory_equal(back.at, "shenfa", 6);
    assert_int_equal(bytes_from_base64(*state, STR("QR"), &back), REFUSED);
    assert_int_equal(bytes_from_base64(*state, STR("QQ"), &back), DONE);
}

static void test_call__ids_go_to_text_and_back(void **state) {
    struct call call;
    call_init(&call, *state, NULL, (instant)1800000000 * INSTANT_SECOND);
    id64 first = call_new_id(&call);
    id64 second = call_new_id(&call);
    id64 back;
    assert_true(first > 0 && first != second);
    assert_int_equal(id_from_text(id_to_text(*state, first), &back), DONE);
    assert_true(back == first);
    assert_int_equal(id_from_text(STR("zzzzzzzzzzzzz"), &back), ABSENT);
    assert_int_equal(id_from_text(STR("0000000000000"), &back), ABSENT);
}

static void test_file__paths_that_leave_are_not_tame(void **state) {
    (void)state;
    assert_true(file_path_is_tame(STR("zwgk/tjfx/2026/1187.html")));
    static const char *const wild[] = {"",   "/etc", "a/../b", "a//b",
                                       "a/", "./a",  "a\\b",   "a\nb"};
    for (size_t i = 0; i < LENGTH(wild); i++) {
        assert_false(file_path_is_tame(str_of(wild[i])));
    }
}

static void test_digest__known_answers(void **state) {
    struct digest sm3 = digest_of(DIGEST_SM3, bytes_of_str(STR("abc")));
    assert_true(
        str_is(digest_to_text(*state, &sm3),
               "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    struct digest back;
    assert_int_equal(digest_from_text(digest_to_text(*state, &sm3), &back), DONE);
    assert_true(digest_equal(&sm3, &back));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str__trim_takes_ideographic_blanks),
        cmocka_unit_test(test_str__cut_walks_a_path),
        cmocka_unit_test(test_str__whole_numbers_only),
        cmocka_unit_test(test_utf8__refuses_what_rfc_3629_refuses),
        cmocka_unit_test(test_bytes__base64_has_one_spelling),
        cmocka_unit_test(test_call__ids_go_to_text_and_back),
        cmocka_unit_test(test_file__paths_that_leave_are_not_tame),
        cmocka_unit_test(test_digest__known_answers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
