/*
 * How many entries of a chain are written and verified a second: 200,000 entries of
 * SM3 on SQLite, each with a payload of some 160 bytes, appended 1,000 a transaction.
 * Processor time, one thread.  Prints one line; asserts that the chain is whole.
 */
#include "ledger/ledger.h"
#include "store/store.h"

#include <stdlib.h>
#include <time.h>

#define ENTRIES 200000
#define BATCH   1000
#define GROUP   ((id64)7)

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum status append_batch(struct call *call, void *what) {
    const struct ledger_act act = {
        .act = "review.decide",
        .subject = {SUBJECT_MANUSCRIPT, 42},
        .payload =
            STR("{\"answers\":{\"accuracy\":\"yes\",\"legality\":\"yes\","
                "\"timeliness\":\"yes\",\"truth\":\"yes\"},\"opinion\":\"同意"
                "发布，请注意表格口径\",\"outcome\":\"pass\",\"step\":\"office\"}"),
        .rule = STR("LZ-12.3.b"),
        .post = STR("综合科 科长")};
    (void)what;
    for (int i = 0; i < BATCH; i++) {
        TRY(ledger_append(call, GROUP, &act, NULL));
    }
    return DONE;
}

static enum status measure(struct call *call) {
    struct ledger_report report;
    double start = seconds();
    for (int i = 0; i < ENTRIES / BATCH; i++) {
        TRY(store_transact(call, TXN_WRITE, append_batch, NULL));
        arena_clear(call->arena);
    }
    double written = seconds();
    TRY(ledger_verify(call, GROUP, NULL, &report));
    double verified = seconds();
    printf("ledger: %d entries; appended %.0f/s, verified %.0f/s, %s\n", ENTRIES,
           ENTRIES / (written - start), ENTRIES / (verified - written),
           ledger_fault_name(report.fault));
    return report.fault == LEDGER_WHOLE ? DONE : REFUSED;
}

int main(int count, char **arguments) {
    struct store *store;
    char url[4096];
    int applied;
    if (count != 3) {
        fprintf(stderr, "usage: ledger-bench SHARE DIRECTORY\n");
        return 2;
    }
    char schema[4096];
    snprintf(schema, sizeof schema, "%s/schema", arguments[1]);
    snprintf(url, sizeof url, "sqlite:%s/ledger-bench.db", arguments[2]);
    if (store_open(str_of(url), &store) != DONE ||
        store_migrate(store, schema, &applied) != DONE) {
        return 3;
    }
    struct arena *arena = arena_new((size_t)1 << 30);
    struct house house = {.store = store};
    struct call call;
    call_init(&call, arena, &house, instant_read_clock());
    enum status status = measure(&call);
    arena_free(arena);
    store_close(store);
    return status == DONE ? 0 : 1;
}
