/*
 * Setting a form: pango breaks the lines, cairo draws them.
 *
 * The form is set twice with the same code, first without ink to count the
 * pages, then with ink.  Lengths are points from the upper left corner.
 */
#include "paper.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#define MILLIMETRE   (72.0 / 25.4)
#define PAGE_WIDTH   (210 * MILLIMETRE)
#define PAGE_HEIGHT  (297 * MILLIMETRE)
#define MARGIN_LEFT  (25 * MILLIMETRE) /* the side that is bound */
#define MARGIN_RIGHT (20 * MILLIMETRE)
#define MARGIN_TOP   (20 * MILLIMETRE)
#define MARGIN_END   (PAGE_HEIGHT - 18 * MILLIMETRE)
#define LINE_WIDTH   (PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT)
#define RULE         0.5
#define PADDING      4.0
#define QR_SIDE      (24 * MILLIMETRE)
/* A row higher than this may be continued on the next page if at least so much
 * of it fits here. */
#define SPLIT_ABOVE 150.0
#define SPLIT_LEAST 70.0

#define TEXT_FACE   "FangSong,STFangsong,FangSong_GB2312,Noto Serif CJK SC,serif"
#define HEAD_FACE   "SimHei,Noto Sans CJK SC,sans-serif"
#define TITLE_SIZE  18.0
#define TEXT_SIZE   10.5
#define SMALL_SIZE  9.0
#define LINE_HEIGHT 1.5 /* of the size; fonts differ too much in their own */

/* One cell of the row being set, broken into lines. */
struct set_cell {
    PangoLayout *layout;
    double left;
    double width;
    int next;  /* first line not set yet */
    int count; /* lines */
    double *tops;
    double *bottoms;
};

struct sheet {
    struct arena *arena;
    const struct paper_form *form;
    cairo_t *cairo;
    PangoContext *context;
    bool inked;
    int page;
    int pages;
    double y;
    const struct paper_table *table; /* whose heads open the next page; NULL outside */
};

static enum status check_form(const struct paper_form *form);
static cairo_status_t add_bytes(void *to, const unsigned char *at, unsigned int length);
static cairo_surface_t *open_surface(struct arena *arena, const struct paper_form *form,
                                     struct buffer *buffer);
static void set_form(struct sheet *sheet, const struct paper_qr *qr);
static void begin_page(struct sheet *sheet);
static struct str page_line(struct sheet *sheet);
static void set_line(struct sheet *sheet, struct str text, const char *face, double size,
                     enum paper_align align, double left, double width,
                     double *out_height);
static void set_table(struct sheet *sheet, const struct paper_table *table);
static void set_row(struct sheet *sheet, const struct paper_table *table,
                    const struct paper_row *row);
static void lay_row(struct sheet *sheet, const struct paper_table *table,
                    const struct paper_row *row, struct set_cell *cells);
static void lay_cell(struct sheet *sheet, const struct paper_cell *cell,
                     struct set_cell *set);
static double rest_height(const struct set_cell *cell);
static double row_height(const struct set_cell *cells, size_t count);
static void set_slice(struct sheet *sheet, struct set_cell *cells, size_t count,
                      double room);
static int lines_within(const struct set_cell *cell, double room);
static void draw_cell(struct sheet *sheet, const struct set_cell *cell, int until,
                      double height);
static void set_foot(struct sheet *sheet, const struct paper_qr *qr);
static void draw_qr(struct sheet *sheet, const struct paper_qr *qr, double left,
                    double top);
static PangoLayout *layout_of(struct sheet *sheet, struct str text, const char *face,
                              double size, double width, enum paper_align align);
static void set_line_height(PangoLayout *layout, int height);

enum status paper_form_pdf(struct arena *arena, const struct paper_form *form,
                           struct bytes *out_pdf) {
    struct paper_qr qr = {0};
    struct buffer buffer;
    TRY(check_form(form));
    if (!str_is_empty(form->qr)) {
        TRY(paper_qr(arena, form->qr, &qr));
    }
    buffer_init(&buffer, arena);
    cairo_surface_t *surface = open_surface(arena, form, &buffer);
    cairo_t *cairo = cairo_create(surface);
    PangoContext *context = pango_cairo_create_context(cairo);
    pango_cairo_context_set_resolution(context, 72); /* a unit is a point */
    pango_context_set_language(
        context, pango_language_from_string(str_text(arena, form->language)));
    struct sheet sheet = {
        .arena = arena, .form = form, .cairo = cairo, .context = context};
    set_form(&sheet, &qr);
    sheet.pages = sheet.page;
    sheet.inked = true;
    set_form(&sheet, &qr);
    cairo_show_page(cairo);
    g_object_unref(context);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        return log_failed("cannot make a PDF: %s", cairo_status_to_string(status));
    }
    *out_pdf = bytes_of_str(buffer_str(&buffer));
    return DONE;
}

static enum status check_form(const struct paper_form *form) {
    for (size_t t = 0; t < form->table_count; t++) {
        const struct paper_table *table = &form->tables[t];
        for (size_t r = 0; r < table->row_count; r++) {
            size_t spans = 0;
            for (size_t c = 0; c < table->rows[r].count; c++) {
                int columns = table->rows[r].cells[c].columns;
                spans += columns > 1 ? (size_t)columns : 1;
            }
            if (spans != table->columns) {
                return REFUSED;
            }
        }
    }
    return DONE;
}

static cairo_status_t add_bytes(void *to, const unsigned char *at, unsigned int length) {
    buffer_add(to, (struct str){(const char *)at, length});
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *open_surface(struct arena *arena, const struct paper_form *form,
                                     struct buffer *buffer) {
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(add_bytes, buffer, PAGE_WIDTH, PAGE_HEIGHT);
    struct str made_at = instant_to_rfc3339(arena, form->made_at);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   str_text(arena, made_at));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE,
                                   str_text(arena, made_at));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                   str_text(arena, form->title));
    return surface;
}

static void set_form(struct sheet *sheet, const struct paper_qr *qr) {
    sheet->page = 0;
    sheet->table = NULL;
    begin_page(sheet);
    for (size_t i = 0; i < sheet->form->table_count; i++) {
        set_table(sheet, &sheet->form->tables[i]);
    }
    set_foot(sheet, qr);
}

/* Title, number and page; on a page that continues a table, its heads. */
static void begin_page(struct sheet *sheet) {
    const struct paper_form *form = sheet->form;
    bool first = sheet->page == 0;
    if (!first && sheet->inked) {
        cairo_show_page(sheet->cairo);
    }
    sheet->page++;
    sheet->y = MARGIN_TOP;
    double height = 0;
    set_line(sheet, form->title, first ? HEAD_FACE : TEXT_FACE,
             first ? TITLE_SIZE : SMALL_SIZE, PAPER_CENTRE, MARGIN_LEFT, LINE_WIDTH,
             &height);
    sheet->y += height + (first ? 10 : 2);
    set_line(sheet, form->number, TEXT_FACE, TEXT_SIZE, PAPER_LEFT, MARGIN_LEFT,
             LINE_WIDTH / 2, &height);
    set_line(sheet, page_line(sheet), TEXT_FACE, TEXT_SIZE, PAPER_RIGHT,
             MARGIN_LEFT + LINE_WIDTH / 2, LINE_WIDTH / 2, &height);
    sheet->y += height + PADDING;
    if (sheet->table != NULL) {
        const struct paper_table *table = sheet->table;
        sheet->table = NULL; /* heads themselves are not continued */
        for (size_t i = 0; i < table->head_rows; i++) {
            set_row(sheet, table, &table->rows[i]);
        }
        sheet->table = table;
    }
}

/* "第 {page} 页，共 {pages} 页" with its numbers. */
static struct str page_line(struct sheet *sheet) {
    struct str rest = sheet->form->page_words;
    struct buffer buffer;
    buffer_init(&buffer, sheet->arena);
    while (rest.length > 0) {
        buffer_add(&buffer, str_cut(&rest, '{'));
        struct str name = str_cut(&rest, '}');
        if (str_is(name, "page")) {
            buffer_add_int(&buffer, sheet->page);
        } else if (str_is(name, "pages")) {
            buffer_add_int(&buffer, sheet->pages);
        }
    }
    return buffer_str(&buffer);
}

static void set_line(struct sheet *sheet, struct str text, const char *face, double size,
                     enum paper_align align, double left, double width,
                     double *out_height) {
    int height;
    PangoLayout *layout = layout_of(sheet, text, face, size, width, align);
    pango_layout_get_size(layout, NULL, &height);
    if (sheet->inked) {
        cairo_move_to(sheet->cairo, left, sheet->y);
        pango_cairo_show_layout(sheet->cairo, layout);
    }
    *out_height = (double)height / PANGO_SCALE;
}

static void set_table(struct sheet *sheet, const struct paper_table *table) {
    for (size_t i = 0; i < table->row_count; i++) {
        sheet->table = i >= table->head_rows ? table : NULL;
        set_row(sheet, table, &table->rows[i]);
    }
    sheet->table = NULL;
}

static void set_row(struct sheet *sheet, const struct paper_table *table,
                    const struct paper_row *row) {
    struct set_cell *cells = TAKE_ARRAY(sheet->arena, row->count, struct set_cell);
    lay_row(sheet, table, row, cells);
    double height = row_height(cells, row->count);
    double room = MARGIN_END - sheet->y;
    bool may_split = height > SPLIT_ABOVE && room >= SPLIT_LEAST;
    if (height > room && !may_split) {
        begin_page(sheet);
    }
    while (row_height(cells, row->count) > MARGIN_END - sheet->y) {
        set_slice(sheet, cells, row->count, MARGIN_END - sheet->y);
        begin_page(sheet);
    }
    set_slice(sheet, cells, row->count, MARGIN_END - sheet->y);
}

static void lay_row(struct sheet *sheet, const struct paper_table *table,
                    const struct paper_row *row, struct set_cell *cells) {
    double shares = 0;
    double left = MARGIN_LEFT;
    size_t column = 0;
    for (size_t i = 0; i < table->columns; i++) {
        shares += table->widths[i];
    }
    for (size_t i = 0; i < row->count; i++) {
        int span = row->cells[i].columns > 1 ? row->cells[i].columns : 1;
        cells[i].left = left;
        for (int s = 0; s < span; s++) {
            cells[i].width += table->widths[column++] / shares * LINE_WIDTH;
        }
        left += cells[i].width;
        lay_cell(sheet, &row->cells[i], &cells[i]);
    }
}

static void lay_cell(struct sheet *sheet, const struct paper_cell *cell,
                     struct set_cell *set) {
    set->layout = layout_of(sheet, cell->text, cell->head ? HEAD_FACE : TEXT_FACE,
                            TEXT_SIZE, set->width - 2 * PADDING, cell->align);
    set->count = pango_layout_get_line_count(set->layout);
    set->tops = TAKE_ARRAY(sheet->arena, (size_t)set->count, double);
    set->bottoms = TAKE_ARRAY(sheet->arena, (size_t)set->count, double);
    PangoLayoutIter *lines = pango_layout_get_iter(set->layout);
    for (int i = 0; i < set->count; i++) {
        int top;
        int bottom;
        pango_layout_iter_get_line_yrange(lines, &top, &bottom);
        set->tops[i] = (double)top / PANGO_SCALE;
        set->bottoms[i] = (double)bottom / PANGO_SCALE;
        pango_layout_iter_next_line(lines);
    }
    pango_layout_iter_free(lines);
}

static double rest_height(const struct set_cell *cell) {
    return cell->next < cell->count
               ? cell->bottoms[cell->count - 1] - cell->tops[cell->next]
               : 0;
}

static double row_height(const struct set_cell *cells, size_t count) {
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        double height = rest_height(&cells[i]) + 2 * PADDING;
        most = height > most ? height : most;
    }
    return most;
}

/* Set as many lines of the row as fit into *room*, and frame them. */
static void set_slice(struct sheet *sheet, struct set_cell *cells, size_t count,
                      double room) {
    double height = 0;
    for (size_t i = 0; i < count; i++) {
        int until = lines_within(&cells[i], room - 2 * PADDING);
        if (until > cells[i].next) {
            double used = cells[i].bottoms[until - 1] - cells[i].tops[cells[i].next];
            height = used > height ? used : height;
        }
    }
    height += 2 * PADDING;
    for (size_t i = 0; i < count; i++) {
        int until = lines_within(&cells[i], room - 2 * PADDING);
        draw_cell(sheet, &cells[i], until, height);
        cells[i].next = until;
    }
    sheet->y += height;
}

/* At least one line, so that a page always moves on. */
static int lines_within(const struct set_cell *cell, double room) {
    int until = cell->next;
    while (
        until < cell->count &&
        (until == cell->next || cell->bottoms[until] - cell->tops[cell->next] <= room)) {
        until++;
    }
    return until;
}

static void draw_cell(struct sheet *sheet, const struct set_cell *cell, int until,
                      double height) {
    if (!sheet->inked) {
        return;
    }
    cairo_t *cairo = sheet->cairo;
    cairo_set_line_width(cairo, RULE);
    cairo_rectangle(cairo, cell->left, sheet->y, cell->width, height);
    cairo_stroke(cairo);
    PangoLayoutIter *lines = pango_layout_get_iter(cell->layout);
    double origin = sheet->y + PADDING;
    for (int i = 0; i < until; i++) {
        if (i >= cell->next) {
            PangoRectangle extents;
            pango_layout_iter_get_line_extents(lines, NULL, &extents);
            double baseline = (double)pango_layout_iter_get_baseline(lines) / PANGO_SCALE;
            cairo_move_to(cairo, cell->left + PADDING + (double)extents.x / PANGO_SCALE,
                          origin + baseline - cell->tops[cell->next]);
            pango_cairo_show_layout_line(cairo,
                                         pango_layout_iter_get_line_readonly(lines));
        }
        pango_layout_iter_next_line(lines);
    }
    pango_layout_iter_free(lines);
}

static void set_foot(struct sheet *sheet, const struct paper_qr *qr) {
    double width = qr->size > 0 ? LINE_WIDTH - QR_SIDE - 4 * PADDING : LINE_WIDTH;
    double needed = (double)sheet->form->foot_count * 2 * TEXT_SIZE;
    needed = qr->size > 0 && needed < QR_SIDE ? QR_SIDE : needed;
    if (sheet->y + 2 * PADDING + needed > MARGIN_END) {
        begin_page(sheet);
    }
    sheet->y += 2 * PADDING;
    if (qr->size > 0 && sheet->inked) {
        draw_qr(sheet, qr, MARGIN_LEFT + LINE_WIDTH - QR_SIDE, sheet->y);
    }
    for (size_t i = 0; i < sheet->form->foot_count; i++) {
        double height;
        set_line(sheet, sheet->form->foot[i], TEXT_FACE, TEXT_SIZE, PAPER_LEFT,
                 MARGIN_LEFT, width, &height);
        sheet->y += height + 2;
    }
}

static void draw_qr(struct sheet *sheet, const struct paper_qr *qr, double left,
                    double top) {
    double module = QR_SIDE / qr->size;
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0; x < qr->size; x++) {
            if (qr->dark[y * qr->size + x]) {
                cairo_rectangle(sheet->cairo, left + x * module, top + y * module, module,
                                module);
            }
        }
    }
    /* One path, so that no hair lines show between the modules. */
    cairo_fill(sheet->cairo);
}

static PangoLayout *layout_of(struct sheet *sheet, struct str text, const char *face,
                              double size, double width, enum paper_align align) {
    static const PangoAlignment alignments[] = {[PAPER_LEFT] = PANGO_ALIGN_LEFT,
                                                [PAPER_CENTRE] = PANGO_ALIGN_CENTER,
                                                [PAPER_RIGHT] = PANGO_ALIGN_RIGHT};
    PangoLayout *layout = pango_layout_new(sheet->context);
    arena_defer(sheet->arena, g_object_unref, layout);
    PangoFontDescription *font = pango_font_description_from_string(face);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE));
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, alignments[align]);
    pango_layout_set_text(layout, text.at, (int)text.length);
    set_line_height(layout, (int)(size * LINE_HEIGHT * PANGO_SCALE));
    return layout;
}

static void set_line_height(PangoLayout *layout, int height) {
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_line_height_new_absolute(height));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
}
