/*
 * Negative control of the sandbox: a kernel that says the filter stands where it does
 * not, one that has no filters, and, to show that this test can tell them apart, one that
 * does what it is asked.  Only with the last does anything start.
 *
 * The linker puts __wrap_prctl in the place of prctl (--wrap=prctl).
 */
#include "sandbox/sandbox.h"
#include "text/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>

#include <cmocka.h>

int __wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d);
int __real_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d);

static enum { HONEST, PRETENDING, WITHOUT } kernel;

int __wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d) {
    if (what == PR_SET_SECCOMP && kernel == PRETENDING) {
        return 0;
    }
    if (what == PR_SET_SECCOMP && kernel == WITHOUT) {
        errno = EINVAL;
        return -1;
    }
    return __real_prctl(what, a, b, c, d);
}

static void test_sandbox__does_not_start_without_its_filter(void **state) {
    struct sandbox *sandbox = NULL;
    (void)state;
    kernel = PRETENDING;
    assert_int_equal(sandbox_start(&text_parsers, &sandbox), REFUSED);
    kernel = WITHOUT;
    assert_int_equal(sandbox_start(&text_parsers, &sandbox), REFUSED);
    assert_null(sandbox);
    kernel = HONEST;
    assert_int_equal(sandbox_start(&text_parsers, &sandbox), DONE);
    sandbox_stop(sandbox);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox__does_not_start_without_its_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
