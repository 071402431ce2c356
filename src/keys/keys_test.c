/*
 * Signatures and locks: what is whole passes, and one bit anywhere does not.
 */
#include "keys/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const enum key_profile profiles[] = {KEY_SM2, KEY_ED25519};

static void test_keys__a_signature_fits_its_bytes_only(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(profiles); i++) {
        struct key_pair pair;
        struct key_pair other;
        struct key_signature signature;
        unsigned char text[] = "关于政府开放日的通知";
        struct bytes bytes = {text, sizeof text};
        assert_int_equal(key_pair_new(profiles[i], &pair), DONE);
        assert_int_equal(key_pair_new(profiles[i], &other), DONE);
        assert_int_equal(key_sign(&pair, bytes, &signature), DONE);
        assert_true(key_signed(&pair.open, bytes, &signature));
        assert_false(key_signed(&other.open, bytes, &signature));
        for (size_t bit = 0; bit < sizeof text * 8; bit += 5) {
            text[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_false(key_signed(&pair.open, bytes, &signature));
            text[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        for (size_t bit = 0; bit < KEY_SIGNATURE_SIZE * 8; bit += 7) {
            signature.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_false(key_signed(&pair.open, bytes, &signature));
            signature.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        assert_true(key_signed(&pair.open, bytes, &signature));
    }
}

static void test_keys__a_key_is_read_back_from_its_text(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < LENGTH(profiles); i++) {
        struct key_pair pair;
        struct key_public read;
        assert_int_equal(key_pair_new(profiles[i], &pair), DONE);
        struct str text = key_public_to_text(arena, &pair.open);
        assert_int_equal(key_public_from_text(text, &read), DONE);
        assert_true(key_public_equal(&pair.open, &read));
        text.length--;
        assert_int_equal(key_public_from_text(text, &read), REFUSED);
    }
    struct key_public none;
    assert_int_equal(key_public_from_text(STR("rsa:00"), &none), REFUSED);
    arena_free(arena);
}

static void test_keys__a_pair_that_others_may_read_is_refused(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct key_pair pair;
    struct key_pair read;
    char path[] = "/tmp/shenfa-key-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(key_pair_new(KEY_SM2, &pair), DONE);
    assert_int_equal(key_pair_write(path, &pair), FAILED); /* none is written over */
    unlink(path);
    assert_int_equal(key_pair_write(path, &pair), DONE);
    assert_int_equal(key_pair_read(arena, path, &read), DONE);
    assert_memory_equal(&read, &pair, sizeof pair);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(key_pair_read(arena, path, &read), REFUSED);
    unlink(path);
    arena_free(arena);
}

static void test_keys__a_lock_opens_with_its_secret_only(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct key_secret secret = {{1}};
    struct key_secret other = {{2}};
    struct bytes plain = bytes_of_str(STR("密钥"));
    struct bytes read;
    struct bytes locked = key_lock(arena, &secret, STR("a"), plain);
    unsigned char *at = arena_copy(arena, locked.at, locked.length);
    assert_int_equal(key_unlock(arena, &secret, STR("a"), locked, &read), DONE);
    assert_int_equal(read.length, plain.length);
    assert_memory_equal(read.at, plain.at, plain.length);
    assert_int_equal(key_unlock(arena, &other, STR("a"), locked, &read), REFUSED);
    assert_int_equal(key_unlock(arena, &secret, STR("b"), locked, &read), REFUSED);
    for (size_t bit = 0; bit < locked.length * 8; bit++) {
        at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(key_unlock(arena, &secret, STR("a"),
                                    (struct bytes){at, locked.length}, &read),
                         REFUSED);
        at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t length = 0; length < locked.length; length++) {
        assert_int_equal(key_unlock(arena, &secret, STR("a"),
                                    (struct bytes){locked.at, length}, &read),
                         REFUSED);
    }
    arena_free(arena);
}

static void test_keys__two_secrets_are_needed_together(void **state) {
    (void)state;
    struct key_secret one;
    struct key_secret other;
    struct bytes salt = bytes_of_str(STR("0123456789abcdef"));
    assert_int_equal(key_secret_from_password(STR("one"), salt, &one), DONE);
    assert_int_equal(key_secret_from_password(STR("other"), salt, &other), DONE);
    struct key_secret both = key_secret_of_both(&one, &other);
    struct key_secret turned = key_secret_of_both(&other, &one);
    struct key_secret twice = key_secret_of_both(&one, &one);
    assert_memory_equal(both.at, turned.at, KEY_SECRET_SIZE);
    assert_memory_not_equal(both.at, one.at, KEY_SECRET_SIZE);
    assert_memory_not_equal(both.at, twice.at, KEY_SECRET_SIZE);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys__a_signature_fits_its_bytes_only),
        cmocka_unit_test(test_keys__a_key_is_read_back_from_its_text),
        cmocka_unit_test(test_keys__a_pair_that_others_may_read_is_refused),
        cmocka_unit_test(test_keys__a_lock_opens_with_its_secret_only),
        cmocka_unit_test(test_keys__two_secrets_are_needed_together),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
