/*
 * Rows: cells that a backend filled, read by the names of their columns.
 */
#include "store_own.h"

#include <string.h>

static const struct value *cell(struct rows *rows, const char *column, size_t step);
static const struct value *cell_of(struct rows *rows, const char *column,
                                   enum value_kind kind);

struct rows *rows_new(struct txn *txn, const struct statement *statement, size_t size,
                      size_t count) {
    struct rows *rows = arena_take(txn->arena, size);
    rows->statement = statement;
    rows->cells = TAKE_ARRAY(txn->arena, count, struct value);
    rows->count = count;
    rows->txn = txn;
    rows->next = txn->rows;
    txn->rows = rows;
    return rows;
}

void rows_release(struct rows *rows) {
    struct txn *txn = rows->txn;
    if (txn == NULL) {
        return;
    }
    for (struct rows **at = &txn->rows; *at != NULL; at = &(*at)->next) {
        if (*at == rows) {
            *at = rows->next;
            break;
        }
    }
    txn->store->backend->end(rows);
    rows->txn = NULL;
}

bool rows_next(struct rows *rows) {
    struct txn *txn = rows->txn;
    if (txn == NULL) {
        return false;
    }
    rows->cursor = 0;
    if (txn->store->backend->next(rows)) {
        return true;
    }
    if (rows->answer != DONE) {
        txn->is_spoiled = true;
    }
    rows_release(rows);
    return false;
}

enum status rows_end(struct rows *rows) {
    rows_release(rows);
    return rows->answer;
}

void cell_set_bytes(struct rows *rows, size_t column, enum value_kind kind,
                    const void *at, size_t length) {
    char *copy = arena_take_unset(rows->txn->arena, length + 1);
    if (length > 0) {
        memcpy(copy, at, length);
    }
    copy[length] = '\0';
    rows->cells[column].kind = kind;
    rows->cells[column].text = (struct str){copy, length};
}

int64_t row_int(struct rows *rows, const char *column) {
    return cell_of(rows, column, VALUE_INT)->number;
}

id64 row_id(struct rows *rows, const char *column) { return row_int(rows, column); }

struct str row_text(struct rows *rows, const char *column) {
    const struct value *found = cell_of(rows, column, VALUE_TEXT);
    return found->kind == VALUE_NULL ? STR("") : found->text;
}

struct bytes row_bytes(struct rows *rows, const char *column) {
    const struct value *found = cell_of(rows, column, VALUE_BYTES);
    return found->kind == VALUE_NULL ? bytes_of_str(STR("")) : bytes_of_str(found->text);
}

struct digest row_digest(struct rows *rows, const char *column) {
    struct str text = row_text(rows, column);
    struct digest digest = {0};
    if (!str_is_empty(text) && digest_from_text(text, &digest) != DONE) {
        log_fault("%s: the column %s holds no digest", rows->statement->name, column);
    }
    return digest;
}

bool row_is_null(struct rows *rows, const char *column) {
    return cell(rows, column, 0)->kind == VALUE_NULL;
}

/* A NULL cell answers to every kind; its number is 0. */
static const struct value *cell_of(struct rows *rows, const char *column,
                                   enum value_kind kind) {
    const struct value *found = cell(rows, column, 1);
    if (found->kind != kind && found->kind != VALUE_NULL) {
        log_fatal("%s: the column %s is of another kind", rows->statement->name, column);
    }
    return found;
}

/* The search begins where the reader of the select list is, and moves by *step*. */
static const struct value *cell(struct rows *rows, const char *column, size_t step) {
    for (size_t tried = 0; tried < rows->count; tried++) {
        size_t at = rows->cursor + tried;
        at = at >= rows->count ? at - rows->count : at;
        if (strcmp(rows->cells[at].name, column) == 0) {
            rows->cursor = at + step >= rows->count ? 0 : at + step;
            return &rows->cells[at];
        }
    }
    log_fatal("%s has no column %s", rows->statement->name, column);
}
