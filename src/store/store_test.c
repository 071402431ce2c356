/*
 * The contract of store.h, sentence by sentence, on both databases.
 */
#include "trial_store.h"

static const char *const no_parameters[] = {NULL};

/* SQLite's safety settings are read back from the handle itself. */
static void test_store__commits_are_durable(void **state) {
    struct call *call = &((struct trial_store *)*state)->call;
    static const struct {
        struct statement statement;
        const char *column;
        const char *expected; /* NULL: a number */
        int64_t number;
        enum txn_kind kind;
    } settings[] = {
        {{"wal", "PRAGMA journal_mode", NULL, no_parameters},
         "journal_mode",
         "wal",
         0,
         TXN_WRITE},
        {{"full", "PRAGMA synchronous", NULL, no_parameters},
         "synchronous",
         NULL,
         2,
         TXN_WRITE},
        {{"keys", "PRAGMA foreign_keys", NULL, no_parameters},
         "foreign_keys",
         NULL,
         1,
         TXN_WRITE},
        {{"trust", "PRAGMA trusted_schema", NULL, no_parameters},
         "trusted_schema",
         NULL,
         0,
         TXN_WRITE},
        {{"only", "PRAGMA query_only", NULL, no_parameters},
         "query_only",
         NULL,
         1,
         TXN_READ},
        {{"read keys", "PRAGMA foreign_keys", NULL, no_parameters},
         "foreign_keys",
         NULL,
         1,
         TXN_READ},
    };
    for (size_t i = 0; i < LENGTH(settings); i++) {
        struct rows *rows;
        assert_int_equal(txn_begin(call, settings[i].kind), DONE);
        assert_int_equal(store_find(call, &settings[i].statement, &rows, NO_VALUES),
                         DONE);
        if (settings[i].expected != NULL) {
            assert_true(str_is(row_text(rows, settings[i].column), settings[i].expected));
        } else {
            assert_int_equal(row_int(rows, settings[i].column), settings[i].number);
        }
        assert_int_equal(txn_commit(call), DONE);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_SQLITE(test_store__commits_are_durable),
    };
    return trial_run("store", tests, LENGTH(tests));
}
