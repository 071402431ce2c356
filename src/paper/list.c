/*
 * Lists as xlsx.  Only strings are written: a cell that begins with '=' stays
 * text, whoever typed it.  Rows go out as they come (constant memory); the
 * library wants a file, so it gets one of its own in the temporary directory.
 */
#include "paper.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define ROWS_MOST        1048574
#define CELL_MOST        32767 /* what a cell holds, in UTF-16 units */
#define SHEET_TITLE_MOST 31
#define XLSX_MOST        ((size_t)256 << 20)

static enum status write_book(struct arena *arena, const struct paper_list *list,
                              const char *path);
static void write_rows(struct arena *arena, const struct paper_list *list,
                       lxw_worksheet *sheet, lxw_format *bold);
static double column_width(const struct paper_list *list, size_t column);
static const char *sheet_title(struct arena *arena, struct str title);
static const char *cell_text(struct arena *arena, struct str text);

enum status paper_list_xlsx(struct arena *arena, const struct paper_list *list,
                            struct bytes *out_xlsx) {
    if (list->row_count > ROWS_MOST || list->columns == 0 || list->columns > 100) {
        return REFUSED;
    }
    const char *directory = getenv("TMPDIR");
    struct str path = str_format(arena, "%s/shenfa-list-XXXXXX",
                                 directory != NULL ? directory : "/tmp");
    char *name = arena_copy(arena, path.at, path.length + 1);
    int file = mkstemp(name);
    if (file < 0) {
        return log_failed("no temporary file for a list: %m");
    }
    close(file);
    enum status status = write_book(arena, list, name);
    if (status == DONE) {
        status = file_read(arena, name, XLSX_MOST, out_xlsx);
    }
    unlink(name);
    return status;
}

static enum status write_book(struct arena *arena, const struct paper_list *list,
                              const char *path) {
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *book = workbook_new_opt(path, &options);
    if (book == NULL) {
        return log_failed("cannot begin a list");
    }
    lxw_doc_properties properties = {.created = (time_t)(list->made_at / INSTANT_SECOND)};
    workbook_set_properties(book, &properties);
    lxw_format *bold = workbook_add_format(book);
    format_set_bold(bold);
    lxw_worksheet *sheet = workbook_add_worksheet(book, sheet_title(arena, list->title));
    if (sheet == NULL) {
        workbook_close(book);
        return log_failed("cannot make the sheet of a list");
    }
    for (size_t i = 0; i < list->columns; i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(list, i),
                             NULL);
    }
    worksheet_freeze_panes(sheet, 2, 0);
    write_rows(arena, list, sheet, bold);
    lxw_error error = workbook_close(book);
    return error == LXW_NO_ERROR
               ? DONE
               : log_failed("cannot write a list: %s", lxw_strerror(error));
}

static void write_rows(struct arena *arena, const struct paper_list *list,
                       lxw_worksheet *sheet, lxw_format *bold) {
    worksheet_write_string(sheet, 0, 0, cell_text(arena, list->remark), NULL);
    for (size_t i = 0; i < list->columns; i++) {
        worksheet_write_string(sheet, 1, (lxw_col_t)i, cell_text(arena, list->heads[i]),
                               bold);
    }
    for (size_t row = 0; row < list->row_count; row++) {
        for (size_t i = 0; i < list->columns; i++) {
            worksheet_write_string(sheet, (lxw_row_t)(row + 2), (lxw_col_t)i,
                                   cell_text(arena, list->cells[row * list->columns + i]),
                                   NULL);
        }
    }
}

/* By the widest of the head and the first rows; a Chinese character counts two. */
static double column_width(const struct paper_list *list, size_t column) {
    size_t widest = list->heads[column].length;
    for (size_t row = 0; row < list->row_count && row < 100; row++) {
        struct str text = list->cells[row * list->columns + column];
        widest = text.length > widest ? text.length : widest;
    }
    double width = (double)widest * 2 / 3 + 3; /* three bytes make two places */
    return width < 8 ? 8 : width > 60 ? 60 : width;
}

/* Without what a sheet's name must not have. */
static const char *sheet_title(struct arena *arena, struct str title) {
    struct buffer buffer;
    size_t position = 0;
    buffer_init(&buffer, arena);
    for (int count = 0; position < title.length && count < SHEET_TITLE_MOST;) {
        uint32_t point = utf8_next(title, &position);
        if (point >= ' ' && (point > 127 || strchr("[]:*?/\\'", (int)point) == NULL)) {
            utf8_add(&buffer, point);
            count += point > 0xffff ? 2 : 1;
        }
    }
    struct str cleaned = str_trim(buffer_str(&buffer));
    return cleaned.length > 0 ? str_text(arena, cleaned) : "1";
}

static const char *cell_text(struct arena *arena, struct str text) {
    size_t position = 0;
    for (int count = 0; position < text.length;) {
        size_t before = position;
        count += utf8_next(text, &position) > 0xffff ? 2 : 1;
        if (count > CELL_MOST) {
            return str_text(arena, str_part(text, 0, before));
        }
    }
    return str_text(arena, text);
}
