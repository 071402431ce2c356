/*
 * The published tests of the Mustache specification, when they are at hand (../shared),
 * and which of them this dialect leaves out on purpose.
 */
#include "page_own.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct left_out {
    const char *file, *name, *why;
};

static const struct left_out left_out[] = {
    {"interpolation", "Triple Mustache", "{{{ }}} prints only typed HTML unescaped"},
    {"interpolation", "Ampersand", "{{{ }}} prints only typed HTML unescaped"},
    {"interpolation", "Implicit Iterators - Triple Mustache", "as above"},
    {"interpolation", "Implicit Iterators - Ampersand", "as above"},
    {"sections", "Implicit Iterator - Triple mustache", "as above"},
    {"sections", "Implicit Iterator - Ampersand", "as above"},
    {"~inheritance", "Triple Mustache", "as above"},
    {"interpolation", "Implicit Iterators - Basic Interpolation", "a model is a part"},
    {"interpolation", "Implicit Iterators - HTML Escaping", "a model is a part"},
    {"interpolation", "Implicit Iterators - Basic Integer Interpolation",
     "a model is a part"},
    {"sections", "Implicit Iterator - Root-level", "a model is a part"},
    {"sections", "Implicit Iterator - Array", "no lists of lists"},
    {"partials", "Failed Lookup", "an unknown partial is an error"},
    {"partials", "Standalone Without Previous Line", "partials are not indented"},
    {"partials", "Standalone Without Newline", "partials are not indented"},
    {"partials", "Standalone Indentation", "partials are not indented"},
    {"comments", "Variable Name Collision", "half a tag is no HTML"},
    {"partials", "Recursion", "half a tag is no HTML"},
    {"~inheritance", "Inherit", "a line with two tags keeps its end"},
    {"~inheritance", "Override parent with newlines",
     "a line with two tags keeps its end"},
    {"~inheritance", "Inherit indentation", "nothing is indented again"},
    {"~inheritance", "Standalone parent", "nothing is indented again"},
    {"~inheritance", "Standalone block", "nothing is indented again"},
    {"~inheritance", "Block reindentation", "nothing is indented again"},
    {"~inheritance", "Intrinsic indentation", "nothing is indented again"},
    {"~inheritance", "Nested block reindentation", "nothing is indented again"},
};

static const char *why_left_out(const char *file, const char *name) {
    for (size_t i = 0; i < LENGTH(left_out); i++) {
        if (strcmp(left_out[i].file, file) == 0 && strcmp(left_out[i].name, name) == 0) {
            return left_out[i].why;
        }
    }
    return NULL;
}

static void fill(struct model *model, json_t *from);

static struct str text_of(struct arena *arena, json_t *value) {
    if (json_is_string(value)) {
        return str_of(json_string_value(value));
    }
    return str_of(str_format(arena, "%g", json_number_value(value)).at);
}

static void fill_one(struct model *model, const char *key, json_t *value) {
    size_t index;
    json_t *member;
    if (json_is_object(value)) {
        fill(model_part(model, key), value);
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, member) {
            if (json_is_object(member)) {
                fill(model_list_add(model, key), member);
            } else {
                model_list_add_text(model, key, text_of(model_arena(model), member));
            }
        }
    } else if (json_is_boolean(value)) {
        model_flag(model, key, json_is_true(value));
    } else if (json_is_integer(value)) {
        model_int(model, key, json_integer_value(value));
    } else if (!json_is_null(value)) {
        model_text(model, key, text_of(model_arena(model), value));
    }
}

static void fill(struct model *model, json_t *from) {
    const char *key;
    json_t *value;
    json_object_foreach(from, key, value) { fill_one(model, key, value); }
}

static bool passes(const char *file, json_t *test) {
    struct arena *arena = arena_new((size_t)8 << 20);
    char folder[] = "/tmp/shenfa-spec-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *text = json_string_value(json_object_get(test, "template"));
    const char *path = str_format(arena, "%s/main.html", folder).at;
    assert_int_equal(file_write(path, bytes_of_str(str_of(text))), DONE);
    const char *name;
    json_t *partial;
    json_object_foreach(json_object_get(test, "partials"), name, partial) {
        path = str_format(arena, "%s/%s.html", folder, name).at;
        struct str part = str_of(json_string_value(partial));
        assert_int_equal(file_write(path, bytes_of_str(part)), DONE);
    }
    static struct words *words;
    struct buffer errors, out;
    buffer_init(&errors, arena);
    buffer_init(&out, arena);
    if (words == NULL) {
        path = str_format(arena, "%s/words", folder).at;
        assert_int_equal(file_make_directory(str_format(arena, "%s/zh-CN", path).at),
                         DONE);
        assert_int_equal(words_load(path, &errors, &words), DONE);
    }
    struct pages *pages = NULL;
    struct model *model = model_new(arena);
    fill(model, json_object_get(test, "data"));
    const char *expected = json_string_value(json_object_get(test, "expected"));
    bool same = pages_load(folder, words, &errors, &pages) == DONE &&
                page_render(pages, "main", STR("zh-CN"), model, &out) == DONE &&
                str_is(buffer_str(&out), expected);
    if (!same &&
        why_left_out(file, json_string_value(json_object_get(test, "name"))) == NULL) {
        print_error("%s / %s\n  expected %s\n  printed  %.*s%.*s\n", file,
                    json_string_value(json_object_get(test, "name")), expected,
                    STR_ARG(buffer_str(&out)), STR_ARG(buffer_str(&errors)));
    }
    pages_free(pages);
    assert_int_equal(system(str_format(arena, "rm -rf '%s'", folder).at), 0);
    arena_free(arena);
    return same;
}

static void test_spec__published_cases(void **state) {
    (void)state;
    static const char *const files[] = {"comments", "interpolation", "sections",
                                        "inverted", "partials",      "~inheritance"};
    struct arena *arena = arena_new((size_t)1 << 20);
    size_t passed = 0, skipped = 0, failed = 0;
    for (size_t i = 0; i < LENGTH(files); i++) {
        const char *path = str_format(arena, "%s/../shared/data/mustache/%s.json",
                                      getenv("SHENFA_SOURCE"), files[i])
                               .at;
        json_t *root = json_load_file(path, 0, NULL);
        if (root == NULL) {
            print_message("the specification's tests are not at hand: skipped\n");
            arena_free(arena);
            skip();
        }
        size_t index;
        json_t *test;
        json_array_foreach(json_object_get(root, "tests"), index, test) {
            const char *name = json_string_value(json_object_get(test, "name"));
            bool out = why_left_out(files[i], name) != NULL;
            bool good = passes(files[i], test);
            skipped += out;
            passed += good && !out;
            failed += !good && !out;
        }
        json_decref(root);
    }
    print_message("mustache: %zu passed, %zu left out on purpose, %zu failed\n", passed,
                  skipped, failed);
    arena_free(arena);
    assert_int_equal(failed, 0);
    assert_true(passed > 120);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_spec__published_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
