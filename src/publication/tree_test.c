/*
 * The tree: what may be a path, that nothing is written outside, that files
 * are whole or absent.
 */
#include "publication/publication_own.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct scene {
    struct arena *arena;
    char base[128];
    char root[160];
    char outside[160];
};

static int set_up(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    scene->arena = arena_new((size_t)64 << 20);
    snprintf(scene->base, sizeof scene->base, "/tmp/shenfa-tree-XXXXXX");
    assert_non_null(mkdtemp(scene->base));
    snprintf(scene->root, sizeof scene->root, "%s/tree", scene->base);
    snprintf(scene->outside, sizeof scene->outside, "%s/outside", scene->base);
    assert_int_equal(mkdir(scene->outside, 0755), 0);
    *state = scene;
    return 0;
}

static int tear_down(void **state) {
    struct scene *scene = *state;
    assert_int_equal(tree_clear(scene->base), DONE);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static struct str read_back(struct scene *scene, const char *path) {
    struct str name = str_format(scene->arena, "%s/%s", scene->root, path);
    struct bytes bytes = {NULL, 0};
    if (file_read(scene->arena, name.at, 1 << 20, &bytes) != DONE) {
        return STR("(absent)");
    }
    return (struct str){(const char *)bytes.at, bytes.length};
}

static void test_address__only_generated_paths_are_ours(void **state) {
    static const struct {
        const char *path;
        bool ours;
    } rows[] = {
        {"zwgk/tjfx/2026/1187.html", true},
        {"index.html", true},
        {"zwgk/list-100.html", true},
        {"zwgk/2026/7.html.gone", true},
        {"zwgk/2026/7-1.docx", true},
        {"", false},
        {"/", false},
        {"/etc/passwd", false},
        {"..", false},
        {"../x.html", false},
        {"a/../b.html", false},
        {"a/./b.html", false},
        {"a//b.html", false},
        {"a/", false},
        {"a/b.html/", false},
        {"a\\..\\b.html", false},
        {"a/..%2f/b", false},
        {"art/2019/art_77_A.html", true},
        {".htaccess", false},
        {"a/.tmp", false},
        {"-rf", false},
        {"a/-b", false},
        {"a/b.", false},
        {"a/b..html", false},
        {"a b.html", false},
        {"a\nb.html", false},
        {"统计/1.html", false},
        {"a/\xc0\xae\xc0\xae/b", false},
        {"con:/b", false},
        {"a/b.html?x", false},
        {"a/b*.html", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (address_is_ours(str_of(rows[i].path)) != rows[i].ours) {
            fail_msg("row %zu: %s", i, rows[i].path);
        }
    }
    assert_false(address_is_ours((struct str){"a\0b", 3}));
}

static void test_address__columns_keep_off_what_is_reserved(void **state) {
    (void)state;
    assert_true(address_column_fits(STR("zwgk/tjfx")));
    assert_true(address_column_fits(STR("a/zz")));
    static const char *const wild[] = {
        "",       "zz",
        "zz/a",   "s",
        "a//b",   "a/",
        "/a",     "a/../b",
        "A",      "a_b",
        "-a",     "统计",
        "a.html", "0123456789012345678901234567890123456789a"};
    for (size_t i = 0; i < LENGTH(wild); i++) {
        if (address_column_fits(str_of(wild[i]))) {
            fail_msg("%s", wild[i]);
        }
    }
}

static void test_address__an_old_address_stays_where_it_is_in_nobodys_way(void **state) {
    static const struct {
        const char *path;
        bool kept;
    } rows[] = {
        {"art/2019/6/5/art_77_1234.html", true},
        {"xwdt/t20190605_88.shtml", true},
        {"zwgk/2019/5.html", false},
        {"zwgk/index.html", false},
        {"zwgk/list-2.html", false},
        {"old.html", false},
        {"zz/a/b.html", false},
        {"s/style.css", false},
        {"a/../../etc/x.html", false},
        {"a/show.php?id=5", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (address_may_be_kept(str_of(rows[i].path)) != rows[i].kept) {
            fail_msg("%s", rows[i].path);
        }
    }
}

static void test_address__is_made_of_column_year_and_number(void **state) {
    struct scene *scene = *state;
    instant at = (instant)1796175000 * INSTANT_SECOND; /* 2026-12-02 09:30 +08:00 */
    struct str item = address_item(scene->arena, STR("zwgk/tjfx"), at, 1187);
    assert_true(str_is(item, "zwgk/tjfx/2026/1187.html"));
    assert_true(str_is(address_up(scene->arena, item), "../../../"));
    assert_true(str_is(address_folder(scene->arena, item), "zwgk/tjfx/2026/+11"));
    assert_true(
        str_is(address_folder(scene->arena, STR("zwgk/list-205.html")), "zwgk/+list-2"));
    assert_true(str_is(address_folder(scene->arena, STR("zwgk/index.html")), "zwgk"));
    assert_true(str_is(address_folder(scene->arena, STR("index.html")), ""));
    assert_true(str_is(address_attachment(scene->arena, item, 2, STR("docx")),
                       "zwgk/tjfx/2026/1187-2.docx"));
}

/* The oracle is realpath: whatever the tree took lies below its root. */
static void test_tree__random_paths_never_leave_the_root(void **state) {
    struct scene *scene = *state;
    static const char alphabet[] = "ab/.-\\09~%Z\x01\xe7 ";
    struct tree *tree;
    assert_int_equal(tree_open(scene->root, TREE_FRESH, &tree), DONE);
    uint32_t seed = 20261121;
    size_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        char path[12];
        size_t length = 1 + (seed >> 16) % 10;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            path[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        path[length] = '\0';
        if (!address_is_ours((struct str){path, length})) {
            continue;
        }
        struct stat facts;
        char whole[400], real[PATH_MAX];
        snprintf(whole, sizeof whole, "%s/%s", scene->root, path);
        if (lstat(whole, &facts) == 0 || errno == ENOTDIR) {
            continue; /* taken before, perhaps as a directory */
        }
        assert_int_equal(tree_write(tree, str_of(path), STR("x")), DONE);
        assert_non_null(realpath(whole, real));
        assert_true(strncmp(real, scene->root, strlen(scene->root)) == 0);
        taken++;
    }
    tree_close(tree);
    assert_true(taken > 500);
}

static void test_tree__planted_links_are_not_followed(void **state) {
    struct scene *scene = *state;
    struct tree *tree;
    assert_int_equal(tree_open(scene->root, TREE_SAFE, &tree), DONE);
    char link[256];
    snprintf(link, sizeof link, "%s/a", scene->root);
    assert_int_equal(symlink(scene->outside, link), 0);
    assert_int_equal(tree_write(tree, STR("a/1.html"), STR("x")), FAILED);
    assert_int_equal(tree_remove(tree, STR("a/1.html")), FAILED);

    /* A link in place of a file is replaced, and what it points at is kept. */
    char secret[256];
    snprintf(secret, sizeof secret, "%s/secret", scene->outside);
    assert_int_equal(file_write(secret, bytes_of_str(STR("kept"))), DONE);
    snprintf(link, sizeof link, "%s/index.html", scene->root);
    assert_int_equal(symlink(secret, link), 0);
    assert_int_equal(tree_write(tree, STR("index.html"), STR("page")), DONE);
    assert_int_equal(tree_settle(tree), DONE);
    struct bytes kept;
    assert_int_equal(file_read(scene->arena, secret, 100, &kept), DONE);
    assert_memory_equal(kept.at, "kept", 4);
    assert_true(str_is(read_back(scene, "index.html"), "page"));
    tree_close(tree);

    /* A root that is a link is no root. */
    snprintf(link, sizeof link, "%s/linked", scene->base);
    assert_int_equal(symlink(scene->outside, link), 0);
    assert_int_equal(tree_open(link, TREE_SAFE, &tree), FAILED);
}

static void test_tree__nothing_is_seen_before_it_is_settled(void **state) {
    struct scene *scene = *state;
    struct tree *tree;
    assert_int_equal(tree_open(scene->root, TREE_SAFE, &tree), DONE);
    assert_int_equal(tree_write(tree, STR("a/b/1.html"), STR("old")), DONE);
    assert_true(str_is(read_back(scene, "a/b/1.html"), "(absent)"));
    assert_int_equal(tree_settle(tree), DONE);
    assert_true(str_is(read_back(scene, "a/b/1.html"), "old"));
    assert_int_equal(tree_write(tree, STR("a/b/1.html"), STR("new")), DONE);
    tree_close(tree); /* never settled */
    assert_true(str_is(read_back(scene, "a/b/1.html"), "old"));

    assert_int_equal(tree_open(scene->root, TREE_SAFE, &tree), DONE);
    assert_int_equal(tree_remove(tree, STR("a/b/1.html")), DONE);
    assert_int_equal(tree_remove(tree, STR("a/never/2.html")), DONE);
    assert_int_equal(tree_settle(tree), DONE);
    tree_close(tree);
    assert_true(str_is(read_back(scene, "a/b/1.html"), "(absent)"));
}

static void test_tree__many_directories_and_files_in_one_go(void **state) {
    struct scene *scene = *state;
    struct tree *tree;
    assert_int_equal(tree_open(scene->root, TREE_SAFE, &tree), DONE);
    for (int i = 0; i < 300; i++) {
        char path[40];
        snprintf(path, sizeof path, "c%d/%d/%d.html", i % 90, 2000 + i % 7, i);
        assert_int_equal(tree_write(tree, str_of(path), str_of(path)), DONE);
    }
    assert_int_equal(tree_settle(tree), DONE);
    tree_close(tree);
    for (int i = 0; i < 300; i++) {
        char path[40];
        snprintf(path, sizeof path, "c%d/%d/%d.html", i % 90, 2000 + i % 7, i);
        assert_true(str_is(read_back(scene, path), path));
    }
}

static void test_tree__two_trees_change_places(void **state) {
    struct scene *scene = *state;
    struct tree *tree;
    char fresh[200];
    snprintf(fresh, sizeof fresh, "%s/next", scene->base);
    assert_int_equal(tree_open(fresh, TREE_FRESH, &tree), DONE);
    assert_int_equal(tree_write(tree, STR("index.html"), STR("new")), DONE);
    assert_int_equal(tree_sync_all(tree), DONE);
    tree_close(tree);
    assert_int_equal(tree_swap(scene->root, fresh), DONE);
    assert_true(str_is(read_back(scene, "index.html"), "new"));
    assert_int_equal(tree_clear(fresh), DONE);
    assert_false(file_exists(fresh));
}

/* A writer that dies half-way leaves the old page, whole. */
static void test_tree__a_killed_writer_leaves_whole_files(void **state) {
    struct scene *scene = *state;
    struct tree *tree;
    assert_int_equal(tree_open(scene->root, TREE_SAFE, &tree), DONE);
    assert_int_equal(tree_write(tree, STR("index.html"), STR("old")), DONE);
    assert_int_equal(tree_settle(tree), DONE);
    pid_t child = fork();
    if (child == 0) {
        _exit(tree_write(tree, STR("index.html"), STR("half")) == DONE ? 0 : 1);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_true(str_is(read_back(scene, "index.html"), "old"));
    tree_close(tree);
}

/* Whichever of them fails and whoever comes to it, the answer is no. */
static void test_sync__one_that_fails_fails_all(void **state) {
    struct scene *scene = *state;
    int descriptors[40];
    const size_t count = sizeof descriptors / sizeof *descriptors;
    for (size_t i = 0; i < count; i++) {
        descriptors[i] = open(scene->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(descriptors[i] >= 0);
    }
    assert_int_equal(sync_together(descriptors, 0), DONE);
    assert_int_equal(sync_together(descriptors, 1), DONE);
    assert_int_equal(sync_together(descriptors, count), DONE);
    for (size_t i = 0; i < count; i += 13) {
        int kept = descriptors[i];
        descriptors[i] = -1;
        assert_int_equal(sync_together(descriptors, count), FAILED);
        descriptors[i] = kept;
    }
    for (size_t i = 0; i < count; i++) {
        close(descriptors[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address__only_generated_paths_are_ours),
        cmocka_unit_test(test_address__columns_keep_off_what_is_reserved),
        cmocka_unit_test(test_address__an_old_address_stays_where_it_is_in_nobodys_way),
        cmocka_unit_test_setup_teardown(test_address__is_made_of_column_year_and_number,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tree__random_paths_never_leave_the_root,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tree__planted_links_are_not_followed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_tree__nothing_is_seen_before_it_is_settled,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tree__many_directories_and_files_in_one_go,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tree__two_trees_change_places, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_tree__a_killed_writer_leaves_whole_files,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sync__one_that_fails_fails_all, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
