/*
 * Keys that two processes share, that grow old, and that nobody else may read.
 */
#include "base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define START ((instant)1796173200 * INSTANT_SECOND)

static const struct keyring_purpose forms = {"forms", INSTANT_DAY, 2 * INSTANT_DAY};
static const struct keyring_purpose seeds = {"seeds", 0, 0};

static struct arena *arena;
static struct house house;
static struct call call;
static char workspace[64];

static int set_up(void **state) {
    (void)state;
    arena = arena_new((size_t)16 << 20);
    strcpy(workspace, "/tmp/shenfa-keyring-XXXXXX");
    assert_non_null(mkdtemp(workspace));
    house = (struct house){.workspace = workspace};
    call_init(&call, arena, &house, START);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    assert_int_equal(system(str_format(arena, "rm -rf '%s'", workspace).at), 0);
    arena_free(arena);
    return 0;
}

static struct str seal(const struct keyring_purpose *purpose, const char *context) {
    struct str sealed;
    assert_int_equal(keyring_seal(&call, purpose, str_of(context),
                                  bytes_of_str(STR("李小兰 typed this")), &sealed),
                     DONE);
    assert_true(str_find(sealed, STR("typed")) == sealed.length);
    return sealed;
}

static enum status unseal(const struct keyring_purpose *purpose, const char *context,
                          struct str sealed) {
    struct bytes plain;
    enum status status = keyring_open(&call, purpose, str_of(context), sealed, &plain);
    if (status == DONE) {
        assert_true(str_is((struct str){(const char *)plain.at, plain.length},
                           "李小兰 typed this"));
    }
    return status;
}

static void test_keyring__opens_only_what_it_sealed(void **state) {
    (void)state;
    struct str sealed = seal(&forms, "a");
    assert_int_equal(unseal(&forms, "a", sealed), DONE);
    assert_int_equal(unseal(&forms, "b", sealed), ABSENT);
    assert_int_equal(unseal(&seeds, "a", sealed), ABSENT);
    assert_int_equal(unseal(&forms, "a", STR("")), ABSENT);
    assert_int_equal(unseal(&forms, "a", STR("1.1.AAAA")), ABSENT);
    assert_int_equal(unseal(&forms, "a", STR("2.1.AAAA")), ABSENT);
    for (size_t i = 4; i < sealed.length; i++) {
        struct str bent = str_copy(arena, sealed);
        ((char *)(uintptr_t)bent.at)[i] = bent.at[i] == 'A' ? 'B' : 'A';
        if (unseal(&forms, "a", bent) == DONE) { /* the last letter's unused bits */
            assert_int_equal(i, sealed.length - 1);
        }
    }
}

static void test_keyring__processes_share_the_keys(void **state) {
    (void)state;
    int ends[2];
    char text[512];
    assert_int_equal(pipe(ends), 0);
    pid_t other = fork();
    if (other == 0) {
        struct str sealed;
        bool good =
            keyring_seal(&call, &forms, STR("a"), bytes_of_str(STR("李小兰 typed this")),
                         &sealed) == DONE &&
            write(ends[1], sealed.at, sealed.length) == (ssize_t)sealed.length;
        _exit(good ? 0 : 1);
    }
    seal(&forms, "a"); /* both begin at once and agree on one key */
    int ended = 0;
    assert_int_equal(waitpid(other, &ended, 0), other);
    assert_int_equal(ended, 0);
    ssize_t got = read(ends[0], text, sizeof text);
    close(ends[0]);
    close(ends[1]);
    assert_true(got > 0);
    assert_int_equal(unseal(&forms, "a", (struct str){text, (size_t)got}), DONE);
}

static void test_keyring__keys_grow_old(void **state) {
    (void)state;
    struct str first = seal(&forms, "a");
    call.now = START + INSTANT_DAY;
    struct str second = seal(&forms, "a");
    assert_true(str_starts(first, "1.1.") && str_starts(second, "1.2."));
    assert_int_equal(unseal(&forms, "a", first), DONE);
    call.now = START + 3 * INSTANT_DAY; /* two days after its successor was made */
    assert_int_equal(unseal(&forms, "a", first), ABSENT);
    assert_int_equal(unseal(&forms, "a", second), DONE);
    struct str lasting = seal(&seeds, "a");
    assert_int_equal(keyring_rotate(&call, &seeds), DONE);
    call.now += 1000 * INSTANT_DAY;
    assert_true(str_starts(seal(&seeds, "a"), "1.2."));
    assert_int_equal(unseal(&seeds, "a", lasting), DONE);
}

static void test_keyring__others_may_not_read(void **state) {
    (void)state;
    struct str sealed = seal(&forms, "a");
    const char *path = str_format(arena, "%s/keys/forms", workspace).at;
    const char *directory = str_format(arena, "%s/keys", workspace).at;
    struct stat facts;
    struct str text;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(stat(directory, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(unseal(&forms, "a", sealed), FAILED);
    assert_int_equal(keyring_seal(&call, &forms, STR("a"), bytes_of_str(sealed), &text),
                     FAILED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(unseal(&forms, "a", sealed), DONE);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_keyring__opens_only_what_it_sealed),
        TEST(test_keyring__processes_share_the_keys),
        TEST(test_keyring__keys_grow_old),
        TEST(test_keyring__others_may_not_read),
    };
    return cmocka_run_group_tests_name("keyring", tests, NULL, NULL);
}
