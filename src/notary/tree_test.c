/*
 * The tree against RFC 6962's definition, written out the slow way, and every proof of
 * every small tree, whole and mutilated.
 */
#include "notary/notary_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MOST 40

static struct digest hashes[MOST];

static void make_hashes(enum digest_profile profile) {
    for (unsigned char i = 0; i < MOST; i++) {
        hashes[i] = digest_of(profile, (struct bytes){&i, 1});
    }
}

/* MTH of RFC 6962, section 2.1, word for word. */
static struct digest slow_root(enum digest_profile profile, size_t from, size_t count) {
    unsigned char bytes[1 + 2 * DIGEST_SIZE];
    if (count == 1) {
        bytes[0] = 0;
        memcpy(bytes + 1, hashes[from].at, DIGEST_SIZE);
        return digest_of(profile, (struct bytes){bytes, 1 + DIGEST_SIZE});
    }
    size_t half = 1;
    while (half * 2 < count) {
        half *= 2;
    }
    struct digest left = slow_root(profile, from, half);
    struct digest right = slow_root(profile, from + half, count - half);
    bytes[0] = 1;
    memcpy(bytes + 1, left.at, DIGEST_SIZE);
    memcpy(bytes + 1 + DIGEST_SIZE, right.at, DIGEST_SIZE);
    return digest_of(profile, (struct bytes){bytes, sizeof bytes});
}

static struct digest root_of(enum digest_profile profile, size_t count) {
    struct notary_tree tree;
    notary_tree_begin(&tree, profile);
    for (size_t i = 0; i < count; i++) {
        notary_tree_add(&tree, &hashes[i]);
    }
    return notary_tree_root(&tree);
}

static enum status next(void *from, struct digest *out_hash) {
    size_t *at = from;
    *out_hash = hashes[(*at)++];
    return DONE;
}

static void test_tree__root_is_that_of_the_rfc(void **state) {
    static const enum digest_profile profiles[] = {DIGEST_SM3, DIGEST_SHA256};
    (void)state;
    for (size_t p = 0; p < LENGTH(profiles); p++) {
        make_hashes(profiles[p]);
        for (size_t count = 1; count <= MOST; count++) {
            struct digest slow = slow_root(profiles[p], 0, count);
            struct digest root = root_of(profiles[p], count);
            assert_true(digest_equal(&slow, &root));
        }
    }
}

/* Known answer: RFC 9162's own test vectors hash leaves of bytes; ours are hashes, so the
 * anchor is the root of nothing, which is the hash of nothing. */
static void test_tree__root_of_nothing(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct digest root = root_of(DIGEST_SHA256, 0);
    assert_true(str_is(digest_to_text(arena, &root),
                       "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
                       "52b855"));
    arena_free(arena);
}

static void break_path(struct notary_path *path, size_t step) {
    path->at[step].at[step % DIGEST_SIZE] ^= 1;
}

static void test_tree__a_path_shows_its_own_leaf_only(void **state) {
    (void)state;
    make_hashes(DIGEST_SM3);
    for (int64_t size = 1; size <= MOST; size++) {
        for (int64_t place = 0; place < size; place++) {
            struct notary_path path;
            struct digest root;
            size_t at = 0;
            assert_int_equal(
                notary_path_to(DIGEST_SM3, next, &at, place, size, &path, &root), DONE);
            assert_true(notary_path_includes(&path, &hashes[place], place, size, &root));
            for (int64_t other = 0; other < size; other++) {
                bool same = other == place;
                assert_int_equal(
                    notary_path_includes(&path, &hashes[other], place, size, &root),
                    same);
                assert_int_equal(
                    notary_path_includes(&path, &hashes[place], other, size, &root),
                    same);
            }
            for (size_t step = 0; step < path.count; step++) {
                break_path(&path, step);
                assert_false(
                    notary_path_includes(&path, &hashes[place], place, size, &root));
                break_path(&path, step);
            }
            path.count++;
            assert_false(notary_path_includes(&path, &hashes[place], place, size, &root));
        }
    }
}

static void test_tree__growth_is_shown_and_forgery_is_not(void **state) {
    (void)state;
    make_hashes(DIGEST_SM3);
    for (int64_t size = 1; size <= MOST; size++) {
        for (int64_t older = 1; older <= size; older++) {
            struct notary_path path;
            struct digest root;
            size_t at = 0;
            struct digest before = root_of(DIGEST_SM3, (size_t)older);
            assert_int_equal(
                notary_path_between(DIGEST_SM3, next, &at, older, size, &path, &root),
                DONE);
            assert_true(notary_path_grows(&path, older, size, &before, &root));
            for (size_t step = 0; step < path.count; step++) {
                break_path(&path, step);
                assert_false(notary_path_grows(&path, older, size, &before, &root));
                break_path(&path, step);
            }
            /* One entry before *older* was another one. */
            hashes[older / 2].at[0] ^= 1;
            struct digest rewritten = root_of(DIGEST_SM3, (size_t)size);
            struct digest other = root_of(DIGEST_SM3, (size_t)older);
            hashes[older / 2].at[0] ^= 1;
            assert_false(older == size &&
                         notary_path_grows(&path, older, size, &before, &rewritten));
            if (older / 2 < older) {
                assert_false(notary_path_grows(&path, older, size, &other, &root));
            }
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree__root_is_that_of_the_rfc),
        cmocka_unit_test(test_tree__root_of_nothing),
        cmocka_unit_test(test_tree__a_path_shows_its_own_leaf_only),
        cmocka_unit_test(test_tree__growth_is_shown_and_forgery_is_not),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
