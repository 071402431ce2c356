/*
 * How far reactions have followed a chain.  The cursor moves in the transaction
 * of what the reaction did, and only from where the reaction read it: that is
 * what makes a consequence happen exactly once, also after a crash.
 */
#include "ledger_own.h"

enum status ledger_cursor(struct call *call, const char *name, id64 group,
                          int64_t *out_sequence) {
    struct rows *row;
    enum status status =
        store_find(call, &ledger_cursor_read, &row, bind_text("name", str_of(name)),
                   bind_int("group", group));
    if (status == ABSENT) {
        *out_sequence = 0;
        return DONE;
    }
    TRY(status);
    *out_sequence = row_int(row, "sequence");
    return DONE;
}

enum status ledger_cursor_set(struct call *call, const char *name, id64 group,
                              int64_t from, int64_t to) {
    int64_t moved = 0;
    TRY(store_run(call, &ledger_cursor_insert, NULL, bind_text("name", str_of(name)),
                  bind_int("group", group)));
    TRY(store_run(call, &ledger_cursor_move, &moved, bind_text("name", str_of(name)),
                  bind_int("group", group), bind_int("from", from), bind_int("to", to)));
    return moved == 1 ? DONE : STALE;
}
