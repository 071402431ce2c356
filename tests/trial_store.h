/*
 * trial_store: a migrated store of its own for every test, on each database.
 *
 *     static void test_people__name_is_unique(void **state) {
 *         struct trial_store *trial = *state;
 *         struct call *call = &trial->call;
 *         assert_int_equal(people_add(call, …), DONE);
 *     }
 *
 *     int main(void) {
 *         static const struct CMUnitTest tests[] = {
 *             TRIAL_ON_BOTH(test_people__name_is_unique),
 *             cmocka_unit_test(test_people__something_without_store),
 *         };
 *         return trial_run("people", tests, LENGTH(tests));
 *     }
 *
 * The call's clock stands at TRIAL_NOW until the test sets call->now; its actor
 * is the machine until the test says who asks.  house.workspace is a temporary
 * directory, house.share the source's share/.  Everything is gone after the
 * test.
 *
 * PostgreSQL is used if SHENFA_TEST_POSTGRES holds a libpq keyword string whose
 * role may create databases (script/with-postgres COMMAND… sets it); each test gets
 * a fresh database.  Without it trial_run leaves those tests out and says so.
 */
#ifndef TRIAL_STORE_H
#define TRIAL_STORE_H

#include "base/base.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Wednesday 2026-12-02 09:00 in the office's time. */
#define TRIAL_NOW ((instant)1796173200 * INSTANT_SECOND)

struct trial_store {
    struct house house;
    struct arena *arena; /* the call's */
    struct call call;
    char url[512];       /* of the store, for programs run by the test */
    char workspace[128]; /* a temporary directory */
    char database[64];   /* on PostgreSQL, the name of the test's own */
};

/* A test once on SQLite and once on PostgreSQL; it finds a trial_store in *state. */
#define TRIAL_ON_BOTH(test) TRIAL_ON_SQLITE(test), TRIAL_ON_POSTGRES(test)
#define TRIAL_ON_SQLITE(test)                                                            \
    { #test " (sqlite)", test, trial_set_up_sqlite, trial_tear_down, NULL }
#define TRIAL_ON_POSTGRES(test)                                                          \
    { #test " (postgres)", test, trial_set_up_postgres, trial_tear_down, NULL }

/*
 * As cmocka_run_group_tests, without the tests of a database that is not there, and only
 * those whose names match the environment's SHENFA_TEST_ONLY ("*(sqlite)"), if it is set.
 */
int trial_run(const char *name, const struct CMUnitTest *tests, size_t count);

/* A further call on the same house, for a second actor or thread; ended by
 * trial_call_free. */
struct call *trial_call_new(const struct trial_store *trial);
void trial_call_free(struct call *call);

/* The same fixture for programs that are no cmocka tests; "sqlite" or "postgres". */
struct trial_store *trial_store_new(const char *kind);
void trial_store_free(struct trial_store *trial);

int trial_set_up_sqlite(void **state);
int trial_set_up_postgres(void **state);
int trial_tear_down(void **state);

#endif
