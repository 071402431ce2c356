/*
 * The stores that tests run on.  This is the one place besides src/store that
 * speaks to libpq: making and dropping a database is no part of the contract.
 */
#include "trial_store.h"

#include "site/site.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALL_MOST ((size_t)256 * 1024 * 1024)

static const char *server_address(void);
static const char *share_directory(void);
static void make_database(struct trial_store *trial);
static void drop_database(const struct trial_store *trial);
static bool on_server(const char *command);
static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk);

int trial_run(const char *name, const struct CMUnitTest *tests, size_t count) {
    struct CMUnitTest *wanted = calloc(count, sizeof *wanted);
    size_t kept = 0;
    size_t left_out = 0;
    for (size_t i = 0; i < count; i++) {
        if (tests[i].setup_func == trial_set_up_postgres && server_address() == NULL) {
            left_out++;
        } else {
            wanted[kept++] = tests[i];
        }
    }
    if (getenv("SHENFA_TEST_ONLY") != NULL) {
        cmocka_set_test_filter(getenv("SHENFA_TEST_ONLY"));
    }
    int failed = _cmocka_run_group_tests(name, wanted, kept, NULL, NULL);
    if (left_out > 0) {
        printf("%zu tests on PostgreSQL left out: SHENFA_TEST_POSTGRES is not set "
               "(script/with-postgres sets it)\n",
               left_out);
    }
    free(wanted);
    return failed;
}

struct call *trial_call_new(const struct trial_store *trial) {
    struct call *call = calloc(1, sizeof *call);
    call_init(call, arena_new(CALL_MOST), &trial->house, TRIAL_NOW);
    return call;
}

void trial_call_free(struct call *call) {
    txn_abort(call);
    arena_free(call->arena);
    free(call);
}

struct trial_store *trial_store_new(const char *kind) {
    struct trial_store *trial = calloc(1, sizeof *trial);
    const char *temporary = getenv("TMPDIR");
    snprintf(trial->workspace, sizeof trial->workspace, "%s/shenfa-trial-XXXXXX",
             temporary == NULL ? "/tmp" : temporary);
    if (mkdtemp(trial->workspace) == NULL) {
        log_fatal("no temporary directory can be made");
    }
    if (strcmp(kind, "postgres") == 0) {
        make_database(trial);
    } else {
        snprintf(trial->url, sizeof trial->url, "sqlite:%s/shenfa.db", trial->workspace);
    }
    trial->house.workspace = trial->workspace;
    trial->house.share = share_directory();
    trial->house.staff_changed = site_follow_staff;
    trial->arena = arena_new(CALL_MOST);
    call_init(&trial->call, trial->arena, &trial->house, TRIAL_NOW);
    char schema[4096];
    snprintf(schema, sizeof schema, "%s/schema", trial->house.share);
    if (store_open(str_of(trial->url), &trial->house.store) != DONE ||
        store_migrate(trial->house.store, schema, NULL) != DONE) {
        log_fatal("the store of a test cannot be made");
    }
    return trial;
}

void trial_store_free(struct trial_store *trial) {
    if (trial == NULL) {
        return;
    }
    txn_abort(&trial->call);
    arena_free(trial->arena);
    store_close(trial->house.store);
    drop_database(trial);
    nftw(trial->workspace, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(trial);
}

int trial_set_up_sqlite(void **state) {
    *state = trial_store_new("sqlite");
    return 0;
}

int trial_set_up_postgres(void **state) {
    *state = trial_store_new("postgres");
    return 0;
}

int trial_tear_down(void **state) {
    trial_store_free(*state);
    return 0;
}

static const char *server_address(void) {
    const char *address = getenv("SHENFA_TEST_POSTGRES");
    return address == NULL || address[0] == '\0' ? NULL : address;
}

static const char *share_directory(void) {
    static char share[4000];
    const char *source = getenv("SHENFA_SOURCE");
    snprintf(share, sizeof share, "%s/share", source == NULL ? "." : source);
    return share;
}

/* Its language is Chinese, so that a text column which forgot COLLATE "C" sorts
 * otherwise than on SQLite.  libpq lets a later dbname win over an earlier one. */
static void make_database(struct trial_store *trial) {
    static atomic_int made;
    char command[256];
    snprintf(trial->database, sizeof trial->database, "trial_%d_%d", (int)getpid(),
             ++made);
    snprintf(command, sizeof command,
             "CREATE DATABASE %s TEMPLATE template0 "
             "LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'",
             trial->database);
    if (!on_server(command)) {
        log_fatal("no database can be made on the server of SHENFA_TEST_POSTGRES");
    }
    snprintf(trial->url, sizeof trial->url, "postgres:%s dbname=%s", server_address(),
             trial->database);
}

static void drop_database(const struct trial_store *trial) {
    if (trial->database[0] != '\0') {
        char command[160];
        snprintf(command, sizeof command, "DROP DATABASE %s WITH (FORCE)",
                 trial->database);
        (void)on_server(command); /* what stays goes with the server */
    }
}

static bool on_server(const char *command) {
    PGconn *connection = PQconnectdb(server_address());
    PGresult *result = PQexec(connection, command);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_done) {
        log_fault("%s: %s", command, PQerrorMessage(connection));
    }
    PQclear(result);
    PQfinish(connection);
    return is_done;
}

static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk) {
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}
