/*
 * What the kernel tells of a tree: every kind of touch is heard, new folders included,
 * and nothing is heard where nothing happened.
 */
#include "app/app_own.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char root[64];
    struct arena *arena;
    struct treewatch *watch;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->root, "/tmp/shenfa-tree-XXXXXX");
    fixture->arena = arena_new((size_t)16 << 20);
    assert_non_null(mkdtemp(fixture->root));
    assert_int_equal(
        file_write(str_format(fixture->arena, "%s/a/b/page.html", fixture->root).at,
                   bytes_of_str(STR("page"))),
        DONE);
    fixture->watch = treewatch_new(fixture->root);
    assert_non_null(fixture->watch);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    struct str remove = str_format(fixture->arena, "rm -rf %s", fixture->root);
    treewatch_free(fixture->watch);
    assert_int_equal(system(remove.at), 0);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static const char *path_of(struct fixture *fixture, const char *name) {
    return str_format(fixture->arena, "%s/%s", fixture->root, name).at;
}

static struct touched *hear(struct fixture *fixture, bool something) {
    struct touched *touched = TAKE(fixture->arena, struct touched);
    struct pollfd watched = {.fd = treewatch_descriptor(fixture->watch),
                             .events = POLLIN};
    assert_int_equal(poll(&watched, 1, something ? 10000 : 50), something);
    assert_true(treewatch_read(fixture->watch, fixture->arena, touched));
    return touched;
}

static bool has(const struct touched *touched, const char *path) {
    for (size_t i = 0; i < touched->count; i++) {
        if (str_is(touched->paths[i], path)) {
            return true;
        }
    }
    return false;
}

static void test_treewatch__every_touch_is_heard(void **state) {
    struct fixture *fixture = *state;
    const char *page = path_of(fixture, "a/b/page.html");
    struct touched *touched = hear(fixture, false); /* control */
    assert_int_equal(touched->count, 0);
    assert_false(touched->all);
    FILE *file = fopen(page, "a");
    assert_non_null(file);
    fputs("more", file);
    fclose(file);
    assert_true(has(hear(fixture, true), "a/b/page.html"));
    assert_int_equal(chmod(page, 0600), 0);
    assert_true(has(hear(fixture, true), "a/b/page.html"));
    assert_int_equal(rename(page, path_of(fixture, "a/other.html")), 0);
    touched = hear(fixture, true);
    assert_true(has(touched, "a/b/page.html"));
    assert_true(has(touched, "a/other.html"));
    assert_int_equal(unlink(path_of(fixture, "a/other.html")), 0);
    assert_true(has(hear(fixture, true), "a/other.html"));
    assert_int_equal(symlink("/etc/passwd", page), 0);
    assert_true(has(hear(fixture, true), "a/b/page.html"));
}

static void test_treewatch__new_folders_are_watched_too(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(
        file_write(path_of(fixture, "c/d/casino.html"), bytes_of_str(STR("casino"))),
        DONE);
    struct touched *touched = hear(fixture, true);
    for (int i = 0; i < 20 && !has(touched, "c/d/casino.html"); i++) {
        touched = hear(fixture, true);
    }
    assert_true(has(touched, "c/d/casino.html"));
    assert_int_equal(unlink(path_of(fixture, "c/d/casino.html")), 0);
    assert_true(has(hear(fixture, true), "c/d/casino.html"));
}

static void test_treewatch__an_exchanged_tree_is_told_whole(void **state) {
    struct fixture *fixture = *state;
    char aside[80];
    snprintf(aside, sizeof aside, "%s.aside", fixture->root);
    assert_int_equal(rename(fixture->root, aside), 0);
    assert_true(hear(fixture, true)->all);
    assert_int_equal(rename(aside, fixture->root), 0);
    assert_true(hear(fixture, true)->all);
    assert_int_equal(rename(path_of(fixture, "a"), path_of(fixture, "z")), 0);
    assert_true(hear(fixture, true)->all); /* a folder went: look at everything */
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_treewatch__every_touch_is_heard, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_treewatch__new_folders_are_watched_too,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_treewatch__an_exchanged_tree_is_told_whole,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests_name("treewatch", tests, NULL, NULL);
}
