/*
 * The parsers of names and values: what they read, what they refuse, and that
 * no prefix or mutation of good input makes them read beyond it.
 */
#include "http_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new((size_t)64 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* "name=value;name=value", files as "name=@file(type)value". */
static const char *written(const struct pairs *pairs) {
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->at[i];
        buffer_add_text(&out, i > 0 ? ";" : "");
        buffer_add_format(&out, "%.*s=", STR_ARG(pair->name));
        if (pair->is_file) {
            buffer_add_format(&out, "@%.*s(%.*s)", STR_ARG(pair->file),
                              STR_ARG(pair->type));
        }
        buffer_add(&out, pair->value);
    }
    return str_text(arena, buffer_str(&out));
}

static void test_pairs__urlencoded(void **state) {
    (void)state;
    static const struct {
        const char *text, *pairs; /* NULL: refused */
    } table[] = {
        {"", ""},
        {"a=1", "a=1"},
        {"a=1&b=2&a=3", "a=1;b=2;a=3"},
        {"a=b+c%20d", "a=b c d"},
        {"%E6%A0%87%E9%A2%98=%E4%BA%BA", "标题=人"},
        {"a", "a="},
        {"a==b", "a==b"},
        {"&&a=1&", "a=1"},
        {"a=%", NULL},
        {"a=%4", NULL},
        {"a=%zz", NULL},
        {"a=%00", NULL},
        {"a=%ff", NULL},
        {"a=%ed%a0%80", NULL},
        {"%c0%af=x", NULL},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct pairs pairs = {NULL, 0};
        enum status status = http_read_urlencoded(arena, str_of(table[i].text), &pairs);
        assert_int_equal(status, table[i].pairs == NULL ? REFUSED : DONE);
        if (table[i].pairs != NULL) {
            assert_string_equal(written(&pairs), table[i].pairs);
        }
    }
}

static void test_pairs__urlencoded_has_a_limit(void **state) {
    (void)state;
    struct buffer many;
    buffer_init(&many, arena);
    struct pairs pairs = {NULL, 0};
    for (int i = 0; i < 2000; i++) {
        buffer_add_text(&many, "a=1&");
    }
    assert_int_equal(http_read_urlencoded(arena, buffer_str(&many), &pairs), DONE);
    assert_int_equal(pairs.count, 2000);
    buffer_add_text(&many, "a=1");
    assert_int_equal(http_read_urlencoded(arena, buffer_str(&many), &pairs), REFUSED);
}

#define TYPE  "multipart/form-data; boundary=xYz"
#define PART  "Content-Disposition: form-data; "
#define FIELD "--xYz\r\n" PART "name=\"t\"\r\n\r\n稿件\r\n"
#define END   "--xYz--\r\n"

static void test_pairs__multipart(void **state) {
    (void)state;
    static const struct {
        const char *type, *body, *pairs;
    } table[] = {
        {TYPE, FIELD END, "t=稿件"},
        {TYPE, "--xYz--", ""},
        {"multipart/form-data; charset=utf-8; boundary=\"xYz\"", FIELD END, "t=稿件"},
        {TYPE,
         FIELD "--xYz\r\n" PART "name=f; filename=\"C:\\\\x\\\\表 1.docx\"\r\n"
               "Content-Type: a/b\r\n\r\nab\r\n--x\r\n\r\ncd\r\n" END,
         "t=稿件;f=@表 1.docx(a/b)ab\r\n--x\r\n\r\ncd"},
        {TYPE, "--xYz\r\n" PART "name=\"a%22b\"; filename=\"\"\r\n\r\n\r\n" END,
         "a\"b=@()"},
        {TYPE, "--xYz\r\ncontent-disposition:form-data;name=q\r\n\r\n\r\n" END, "q="},
        {TYPE, "", NULL},
        {TYPE, "--xYz", NULL},
        {TYPE, "--xYz\r\n", NULL},
        {TYPE, "preamble\r\n" FIELD END, NULL},
        {TYPE, FIELD, NULL},
        {TYPE, "--xYz\n" PART "name=t\n\nx\n--xYz--", NULL},
        {TYPE, "--xYz\r\n\r\nno head\r\n" END, NULL},
        {TYPE, "--xYz\r\nContent-Type: a/b\r\n\r\nx\r\n" END, NULL},
        {TYPE, "--xYz\r\nContent-Disposition: attachment; name=t\r\n\r\nx\r\n" END, NULL},
        {TYPE, "--xYz\r\n" PART "name=\"t\r\n\r\nx\r\n" END, NULL},
        {TYPE, "--xYz\r\n" PART "name=a; name=b\r\n\r\nx\r\n" END, NULL},
        {TYPE, "--xYz\r\n" PART "name=t\r\n\r\n\xff\r\n" END, NULL},
        {TYPE,
         "--xYz\r\n" PART "name=t\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n" END,
         NULL},
        {"multipart/form-data", FIELD END, NULL},
        {"multipart/form-data; boundary=", FIELD END, NULL},
        {"multipart/form-data; boundary=a b", FIELD END, NULL},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct pairs pairs = {NULL, 0};
        struct bytes body = bytes_of_str(str_of(table[i].body));
        enum status status =
            http_read_multipart(arena, str_of(table[i].type), body, &pairs);
        if ((status == DONE) != (table[i].pairs != NULL)) {
            fail_msg("%s answered %s", table[i].body, status_name(status));
        }
        if (table[i].pairs != NULL) {
            assert_string_equal(written(&pairs), table[i].pairs);
        }
    }
}

/* Every prefix, and every single changed byte, ends in an answer (the sanitizers watch).
 */
static void test_pairs__no_input_leads_astray(void **state) {
    (void)state;
    static const char good[] = FIELD "--xYz\r\n" PART "name=\"f\"; filename=\"a.txt\"\r\n"
                                     "Content-Type: text/plain\r\n\r\nbytes\r\n" END;
    static const unsigned char changes[] = {0,   '\r', '\n', '"', '-',
                                            ';', '%',  '\\', 0xff};
    size_t length = sizeof good - 1;
    for (size_t i = 0; i <= length; i++) {
        struct arena *one = arena_new((size_t)1 << 20);
        struct pairs pairs;
        unsigned char *bytes = malloc(i + 1);
        assert_non_null(bytes);
        memcpy(bytes, good, i);
        enum status status =
            http_read_multipart(one, str_of(TYPE), (struct bytes){bytes, i}, &pairs);
        assert_true(status == DONE || status == REFUSED);
        for (size_t j = 0; i < length && j < LENGTH(changes); j++) {
            unsigned char *changed = malloc(length);
            assert_non_null(changed);
            memcpy(changed, good, length);
            changed[i] = changes[j];
            struct bytes body = {changed, length};
            status = http_read_multipart(one, str_of(TYPE), body, &pairs);
            assert_true(status == DONE || status == REFUSED);
            struct str text = {(const char *)changed, length};
            status = http_read_urlencoded(one, text, &pairs);
            assert_true(status == DONE || status == REFUSED);
            free(changed);
        }
        free(bytes);
        arena_free(one);
    }
}

static void test_pairs__cookies(void **state) {
    (void)state;
    static const struct {
        const char *header, *name, *value;
    } table[] = {
        {"a=1; b=2", "b", "2"},
        {"a=1;b=2", "b", "2"},
        {"ab=1; b=2", "b", "2"},
        {"b=1; b=2", "b", "1"},
        {"", "b", ""},
        {"b", "b", ""},
        {"a=b=2; c=3", "b", ""},
        {"B=1", "b", ""},
        {";;;b=2", "b", "2"},
        {"__Host-s=x", "s", ""},
        {"s=\"q\"", "s", "\"q\""},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct str value = http_read_cookie(str_of(table[i].header), table[i].name);
        assert_string_equal(str_text(arena, value), table[i].value);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_pairs__urlencoded), TEST(test_pairs__urlencoded_has_a_limit),
        TEST(test_pairs__multipart),  TEST(test_pairs__no_input_leads_astray),
        TEST(test_pairs__cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
