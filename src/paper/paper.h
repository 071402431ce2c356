/*
 * paper: a form as PDF, a list as xlsx, a QR code.
 *
 * It sets what it is handed and knows neither forms nor rules.  The same input
 * gives the same bytes, given the same fonts and libraries: the instant comes
 * from the caller.  Texts are valid UTF-8; every text can be found and copied
 * in the PDF.
 */
#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

#include "base/base.h"

/* ---- Forms ---- */

enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };

struct paper_cell {
    struct str text; /* lines are broken as needed and at '\n' */
    int columns;     /* how many it spans; 0 is one */
    bool head;       /* a label: set in the heavier face */
    enum paper_align align;
};

struct paper_row {
    const struct paper_cell *cells; /* their spans add up to the table's columns */
    size_t count;
};

struct paper_table {
    const double *widths; /* shares of the line, one a column */
    size_t columns;
    const struct paper_row *rows;
    size_t row_count;
    size_t head_rows; /* the first ones are repeated on every page */
};

/* A form on A4, black on white, lines of half a point. */
struct paper_form {
    struct str language;   /* "zh-CN": which shapes the characters take */
    struct str title;      /* centred above the first page, small above the others */
    struct str number;     /* left below the title, on every page */
    struct str page_words; /* "第 {page} 页，共 {pages} 页", right of it */
    const struct paper_table *tables;
    size_t table_count;
    const struct str *foot; /* lines below the last table */
    size_t foot_count;
    struct str qr;   /* text of the code beside the foot; empty is none */
    instant made_at; /* stands in the file as its date */
};

/*
 * Set the form.  A row that does not fit begins the next page; one too high for
 * that is continued line by line.  REFUSED if a row's spans do not fill its
 * table or the code's text is too long for a code; FAILED if the machine breaks.
 */
MUST_CHECK enum status paper_form_pdf(struct arena *arena, const struct paper_form *form,
                                      struct bytes *out_pdf);

/* ---- Lists ---- */

/* A list as a workbook of one sheet: the remark (filter and time) in line 1, the
 * heads in line 2, then the rows.  Every cell is text, so none can be a formula. */
struct paper_list {
    struct str title; /* of the sheet; at most 31 characters of it are used */
    struct str remark;
    const struct str *heads;
    size_t columns;          /* 1–100 */
    const struct str *cells; /* row by row */
    size_t row_count;
    instant made_at;
};

/* REFUSED for more rows than a sheet holds (1,048,574). */
MUST_CHECK enum status paper_list_xlsx(struct arena *arena, const struct paper_list *list,
                                       struct bytes *out_xlsx);

/* ---- QR codes ---- */

struct paper_qr {
    int size;                  /* modules a side */
    const unsigned char *dark; /* size × size, 1 is dark, row by row */
};

/* The code of *text* with error correction M; REFUSED if it is empty or too long
 * (about 2,300 bytes). */
MUST_CHECK enum status paper_qr(struct arena *arena, struct str text,
                                struct paper_qr *out_qr);

/* Its dark modules as the `d` of one SVG path, in a view box of size + 8 with the
 * quiet zone around. */
struct str paper_qr_path(struct arena *arena, const struct paper_qr *qr);

/* The same as lines of width 1 to be stroked, at half the length: for pages that are
 * written by the ten thousand. */
struct str paper_qr_lines(struct arena *arena, const struct paper_qr *qr);

/* A whole <svg> element with role img and *label* as its name. */
struct str paper_qr_svg(struct arena *arena, const struct paper_qr *qr, struct str label);

#endif
