/*
 * Series of numbers.  The row of a series is the lock: whoever takes a number
 * holds it to the end of the transaction, so the order of numbers is the order
 * of commits, and what is rolled back was never given.
 */
#include "filing_own.h"
#include "filing_sql.h"

static void add_number(struct buffer *buffer, struct str name, int year, int64_t number);

enum status filing_number(struct call *call, id64 group, struct str series, int year,
                          int64_t *out_number) {
    struct rows *row;
    if (call->txn == NULL) {
        return log_failed("a number is taken inside an act's transaction");
    }
    TRY(store_find(call, &filing_series_next, &row, bind_int("group", group),
                   bind_text("series", series), bind_int("year", year)));
    *out_number = row_int(row, "last");
    return DONE;
}

struct str filing_number_text(struct arena *arena, struct str pattern, int year,
                              int64_t number) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    while (pattern.length > 0) {
        buffer_add(&buffer, str_cut(&pattern, '{'));
        if (pattern.length > 0) {
            add_number(&buffer, str_cut(&pattern, '}'), year, number);
        }
    }
    return buffer_str(&buffer);
}

static void add_number(struct buffer *buffer, struct str name, int year, int64_t number) {
    struct str width = name;
    name = str_cut(&width, ':');
    int64_t places = 0;
    if (str_is(name, "year")) {
        buffer_add_int(buffer, year);
    } else if (str_is(name, "number")) {
        if (str_to_int(width, &places) != DONE || places < 0 || places > 12) {
            places = 0;
        }
        buffer_add_format(buffer, "%0*lld", (int)places, (long long)number);
    }
}
