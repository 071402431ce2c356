/*
 * A form or a list as paper, set from what its screen shows.
 */
#include "sheet.h"

#include "paper/paper.h"

#define WIDEST 32

static struct paper_table set_pairs(struct arena *arena, const struct sheet *sheet);
static struct paper_table set_rows(struct arena *arena, const struct sheet *sheet);
static double share_of(const struct sheet *sheet, size_t column);
static double width_of(struct str text);

enum status sheet_send(struct visit *visit, const struct sheet *sheet) {
    struct call *call = visit->call;
    struct paper_table tables[2];
    size_t count = 0;
    struct bytes pdf;
    if (sheet->pair_count > 0) {
        tables[count++] = set_pairs(call->arena, sheet);
    }
    if (sheet->columns > 0) {
        tables[count++] = set_rows(call->arena, sheet);
    }
    struct str foot[] = {
        sheet->foot,
        web_say(visit, "summary.foot", "at",
                str_text(call->arena, instant_to_text(call->arena, call->now)), NULL)};
    bool plain = str_is_empty(sheet->foot);
    struct paper_form form = {.language = call->language,
                              .title = sheet->title,
                              .number = sheet->number,
                              .page_words = web_say(visit, "review.form-page", "page",
                                                    "{page}", "pages", "{pages}", NULL),
                              .tables = tables,
                              .table_count = count,
                              .foot = plain ? &foot[1] : foot,
                              .foot_count = plain ? 1 : LENGTH(foot),
                              .qr = STR(""),
                              .made_at = call->now};
    TRY(paper_form_pdf(call->arena, &form, &pdf));
    response_body(visit->response, 200, "application/pdf",
                  (struct str){(const char *)pdf.at, pdf.length});
    response_download(visit->response, str_format(call->arena, "%s.pdf", sheet->file),
                      "application/pdf", false);
    return DONE;
}

static struct paper_table set_pairs(struct arena *arena, const struct sheet *sheet) {
    static const double widths[] = {1, 3.5};
    struct paper_row *rows = TAKE_ARRAY(arena, sheet->pair_count, struct paper_row);
    for (size_t i = 0; i < sheet->pair_count; i++) {
        struct paper_cell *cells = TAKE_ARRAY(arena, 2, struct paper_cell);
        cells[0] = (struct paper_cell){.text = sheet->pairs[i].label, .head = true};
        cells[1].text = sheet->pairs[i].value;
        rows[i] = (struct paper_row){cells, 2};
    }
    return (struct paper_table){
        .widths = widths, .columns = 2, .rows = rows, .row_count = sheet->pair_count};
}

static struct paper_table set_rows(struct arena *arena, const struct sheet *sheet) {
    size_t columns = sheet->columns;
    double *widths = TAKE_ARRAY(arena, columns, double);
    struct paper_row *rows = TAKE_ARRAY(arena, sheet->row_count + 1, struct paper_row);
    for (size_t i = 0; i <= sheet->row_count; i++) {
        struct paper_cell *cells = TAKE_ARRAY(arena, columns, struct paper_cell);
        for (size_t j = 0; j < columns; j++) {
            cells[j].text =
                i == 0 ? sheet->heads[j] : sheet->cells[(i - 1) * columns + j];
            cells[j].head = i == 0;
        }
        rows[i] = (struct paper_row){cells, columns};
    }
    for (size_t j = 0; j < columns; j++) {
        widths[j] = share_of(sheet, j);
    }
    return (struct paper_table){.widths = widths,
                                .columns = columns,
                                .rows = rows,
                                .row_count = sheet->row_count + 1,
                                .head_rows = 1};
}

/* More of the line for longer cells, within reason. */
static double share_of(const struct sheet *sheet, size_t column) {
    double widest = width_of(sheet->heads[column]);
    for (size_t i = 0; i < sheet->row_count; i++) {
        double width = width_of(sheet->cells[i * sheet->columns + column]);
        widest = width > widest ? width : widest;
    }
    return 2 + (widest > WIDEST ? WIDEST : widest) / 8;
}

/* In half squares: a Chinese character takes two, a letter one. */
static double width_of(struct str text) {
    double width = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        width += byte < 0x80 ? 1 : byte >= 0xC0 ? 2 : 0;
    }
    return width;
}
