/*
 * Lists of manuscripts, of what the asker may know of.
 */
#include "manuscript_own.h"

#include "manuscript_sql.h"

#define OWN_MOST 200

#define FILTER_BINDINGS(filter)                                                          \
    bind_int("site", (filter)->site), bind_int("site_column", (filter)->column),         \
        bind_int("unit", (filter)->unit), bind_int("author", (filter)->author),          \
        bind_text("state", (filter)->state),                                             \
        bind_text("item_class", (filter)->item_class),                                   \
        bind_text("words", (filter)->words),                                             \
        bind_int("changed_from", (filter)->changed_from),                                \
        bind_int("origin_from", (filter)->origin_from),                                  \
        bind_int("origin_until", (filter)->origin_until)

enum status manuscript_list(struct call *call, const struct manuscript_filter *filter,
                            struct manuscript **out_manuscripts, size_t *out_count,
                            int64_t *out_total) {
    struct reader_keys keys;
    struct rows *rows;
    int size = filter->page_size < 1     ? 50
               : filter->page_size > 200 ? 200
                                         : filter->page_size;
    int page = filter->page < 1 ? 1 : filter->page;
    size_t count = 0;
    struct manuscript *manuscripts =
        TAKE_ARRAY(call->arena, (size_t)size, struct manuscript);
    TRY(manuscript_reader_keys(call, &keys));
    TRY(store_find(call, &manuscript_list_total, &rows, FILTER_BINDINGS(filter),
                   READER_BINDINGS(&keys)));
    int64_t total = row_int(rows, "total");
    TRY(store_query(call, &manuscript_list_rows, &rows, FILTER_BINDINGS(filter),
                    READER_BINDINGS(&keys), bind_text("sort", filter->sort),
                    bind_int("most", size),
                    bind_int("first", (int64_t)(page - 1) * size)));
    while (rows_next(rows)) {
        struct manuscript_row row;
        manuscript_read_row(rows, &row);
        manuscripts[count++] = row.manuscript;
    }
    TRY(rows_end(rows));
    *out_manuscripts = manuscripts;
    *out_count = count;
    *out_total = total;
    return DONE;
}

enum status manuscript_own(struct call *call, bool sent, size_t most,
                           struct manuscript **out_manuscripts, size_t *out_count) {
    struct reader_keys keys;
    struct rows *rows;
    size_t count = 0;
    most = most > OWN_MOST ? OWN_MOST : most;
    struct manuscript *manuscripts = TAKE_ARRAY(call->arena, most, struct manuscript);
    TRY(manuscript_reader_keys(call, &keys));
    TRY(store_query(call, sent ? &manuscript_own_sent : &manuscript_own_drafts, &rows,
                    bind_int("author", call->actor.person), UNIT_BINDINGS(&keys),
                    READER_BINDINGS(&keys), bind_int("most", (int64_t)most)));
    while (rows_next(rows)) {
        struct manuscript_row row;
        manuscript_read_row(rows, &row);
        manuscripts[count++] = row.manuscript;
    }
    TRY(rows_end(rows));
    *out_manuscripts = manuscripts;
    *out_count = count;
    return DONE;
}
