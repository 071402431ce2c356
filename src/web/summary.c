/*
 * 统计: a month, a quarter or a year by unit, class and column; on screen, as PDF, as a
 * workbook.  Every figure is counted by the act; nothing here adds one.
 */
#include "entries.h"
#include "listing.h"

#include "paper/paper.h"
#include "people/people.h"
#include "site/site.h"
#include "tally/tally.h"

#define SECTIONS 3

static enum status run_screen(struct visit *visit);
static enum status run_pdf(struct visit *visit);
static enum status run_xlsx(struct visit *visit);
static enum status read_summary(struct visit *visit, struct site *site,
                                const struct rulebook **out_book,
                                struct summary *out_summary);
static enum status fill_notes(struct visit *visit, struct model *part, id64 site,
                              const struct rulebook *book);
static enum status fill_missing(struct visit *visit, struct model *part,
                                const struct rulebook *book);
static void fill_section(struct visit *visit, struct model *part, int section,
                         const struct tally_lines *lines);
static struct str second_cell(const struct tally_line *line, int section);
static struct paper_table set_table(struct visit *visit, int section,
                                    const struct tally_lines *lines);
static enum status find_number(struct visit *visit, const struct summary *summary,
                               struct str *out_number);
static struct str figure(struct arena *arena, int64_t number);

static const struct field summary_fields[] = {
    {.name = "period", .kind = FIELD_TEXT, .most = 8, .label = "summary.period"},
    {.name = NULL},
};
const struct entry summary_show = {.method = "GET",
                                   .pattern = "/summary",
                                   .fields = summary_fields,
                                   .may = WEB_STAFF,
                                   .run = run_screen};
const struct entry summary_pdf = {.method = "GET",
                                  .pattern = "/summary.pdf",
                                  .fields = summary_fields,
                                  .may = WEB_STAFF,
                                  .run = run_pdf};
const struct entry summary_export = {.method = "GET",
                                     .pattern = "/summary.xlsx",
                                     .fields = summary_fields,
                                     .may = WEB_STAFF,
                                     .run = run_xlsx};

static const char *const figure_words[TALLY_FIGURES] = {
    [TALLY_SUBMITTED] = "summary.submitted", [TALLY_RELEASED] = "summary.released",
    [TALLY_RETURNED] = "summary.returned",   [TALLY_LATE] = "summary.late",
    [TALLY_WITHDRAWN] = "summary.withdrawn",
};
static const char *const section_words[SECTIONS] = {"summary.by-unit", "summary.by-class",
                                                    "summary.by-column"};
static const char *const second_words[SECTIONS] = {NULL, "edit.class", "edit.column"};

static enum status run_screen(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct summary summary;
    struct site site;
    TRY(read_summary(visit, &site, &book, &summary));
    struct model *part = model_part(web_model(visit), "summary");
    struct model *back = model_part(part, "back");
    struct str period = summary.period.text;
    model_text(part, "path", STR("/summary"));
    const struct tally_lines *lists[SECTIONS] = {&summary.units, &summary.classes,
                                                 &summary.columns};
    model_text(back, "href", STR("/archive"));
    model_words(back, "label", "archive.title");
    model_text(part, "title", part_period(visit, period));
    struct str number;
    TRY(find_number(visit, &summary, &number));
    if (!str_is_empty(number)) {
        model_text(
            part, "number",
            web_say(visit, "summary.number", "number", str_text(arena, number), NULL));
    }
    model_words(part, "sub",
                summary.period.ended ? "summary.about" : "summary.not-ended");
    model_url(part, "pdf",
              str_format(arena, "/summary.pdf?period=%.*s", STR_ARG(period)));
    model_url(part, "xlsx",
              str_format(arena, "/summary.xlsx?period=%.*s", STR_ARG(period)));
    part_periods(visit, part, period);
    for (int i = 0; i < TALLY_FIGURES; i++) {
        struct model *total = model_list_add(part, "figures");
        model_words(total, "label", figure_words[i]);
        model_text(total, "count", figure(arena, summary.totals[i]));
    }
    TRY(fill_missing(visit, part, book));
    TRY(fill_notes(visit, part, site.id, book));
    for (int i = 0; i < SECTIONS; i++) {
        fill_section(visit, part, i, lists[i]);
    }
    return web_page(visit, "summary");
}

static enum status read_summary(struct visit *visit, struct site *site,
                                const struct rulebook **out_book,
                                struct summary *out_summary) {
    struct call *call = visit->call;
    struct str period = request_typed(visit->request, "period");
    if (str_is_empty(period)) {
        period = str_part(day_to_text(call->arena, instant_day(call->now)), 0, 7);
    }
    TRY(part_rulebook(visit, site, out_book));
    return tally_summary(call, visit->web->options.group, *out_book, period, out_summary);
}

/* What the catalogue expected and did not come, and units that have none (YZ-12). */
static enum status fill_missing(struct visit *visit, struct model *part,
                                const struct rulebook *book) {
    struct call *call = visit->call;
    struct catalogue_items items;
    struct people_unit unit;
    id64 *units;
    size_t count;
    TRY(tally_catalogue(call, visit->web->options.group, 0, &items));
    TRY(tally_without_catalogue(call, visit->web->options.group, book, &units, &count));
    for (size_t i = 0; i < items.count; i++) {
        if (items.at[i].missing) {
            TRY(people_unit(call, items.at[i].unit, &unit));
            model_flag(part, "warned", true);
            model_text(
                model_list_add(part, "notes"), "text",
                web_say(
                    visit, "summary.missing", "unit", str_text(call->arena, unit.title),
                    "title", str_text(call->arena, items.at[i].title), "due",
                    str_text(call->arena,
                             day_to_text(call->arena, instant_day(items.at[i].due) - 1)),
                    NULL));
        }
    }
    for (size_t i = 0; i < count; i++) {
        TRY(people_unit(call, units[i], &unit));
        struct model *note = model_list_add(part, "notes");
        model_flag(part, "warned", true);
        model_text(note, "text",
                   web_say(visit, "summary.no-catalogue", "unit",
                           str_text(call->arena, unit.title), NULL));
        web_cite(visit, model_part(note, "rule"), book->release_catalogue->basis.id);
    }
    return DONE;
}

/* Columns that hold nothing; those of the regulation with their article. */
static enum status fill_notes(struct visit *visit, struct model *part, id64 site,
                              const struct rulebook *book) {
    struct empty_column *columns;
    size_t count;
    TRY(tally_empty_columns(visit->call, site, book, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        struct model *note = model_list_add(part, "notes");
        model_flag(part, "warned", true);
        model_text(note, "text",
                   web_say(visit, "summary.empty-column", "column",
                           str_text(visit->call->arena, columns[i].title), NULL));
        if (!str_is_empty(columns[i].rule)) {
            web_cite(visit, model_part(note, "rule"), columns[i].rule);
        }
    }
    return DONE;
}

static void fill_section(struct visit *visit, struct model *part, int section,
                         const struct tally_lines *lines) {
    struct arena *arena = visit->call->arena;
    struct model *shown = model_list_add(part, "sections");
    model_words(shown, "title", section_words[section]);
    model_flag(shown, "empty", lines->count == 0);
    model_words(model_list_add(shown, "heads"), "text", "people.unit");
    if (section > 0) {
        model_words(model_list_add(shown, "heads"), "text", second_words[section]);
    }
    for (int i = 0; i < TALLY_FIGURES; i++) {
        struct model *head = model_list_add(shown, "heads");
        model_words(head, "text", figure_words[i]);
        model_flag(head, "figure", true);
    }
    for (size_t i = 0; i < lines->count; i++) {
        struct model *row = model_list_add(shown, "rows");
        model_text(row, "name", lines->at[i].unit_title);
        if (section > 0) {
            model_text(model_list_add(row, "cells"), "text",
                       second_cell(&lines->at[i], section));
        }
        for (int j = 0; j < TALLY_FIGURES; j++) {
            struct model *cell = model_list_add(row, "cells");
            model_text(cell, "text", figure(arena, lines->at[i].figures[j]));
            model_words(cell, "label", figure_words[j]);
            model_flag(cell, "figure", true);
        }
    }
}

static struct str second_cell(const struct tally_line *line, int section) {
    return section == 1 ? line->item_class : line->column_title;
}

static enum status run_pdf(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct summary summary;
    struct site site;
    struct bytes pdf;
    TRY(read_summary(visit, &site, &book, &summary));
    const struct tally_lines *lists[SECTIONS] = {&summary.units, &summary.classes,
                                                 &summary.columns};
    struct paper_table tables[SECTIONS];
    size_t count = 0;
    for (int i = 0; i < SECTIONS; i++) {
        if (lists[i]->count > 0) {
            tables[count++] = set_table(visit, i, lists[i]);
        }
    }
    struct str foot[] = {
        web_say(visit, "summary.foot", "at",
                str_text(arena, instant_to_text(arena, visit->call->now)), NULL),
        web_say(visit, summary.period.ended ? "summary.about" : "summary.not-ended",
                NULL)};
    struct str period = part_period(visit, summary.period.text);
    struct str number;
    TRY(find_number(visit, &summary, &number));
    if (!str_is_empty(number)) {
        period = str_format(arena, "%.*s　%.*s", STR_ARG(period),
                            STR_ARG(web_say(visit, "summary.number", "number",
                                            str_text(arena, number), NULL)));
    }
    struct paper_form form = {
        .language = visit->call->language,
        .title = str_format(arena, "%.*s%.*s",
                            STR_ARG(text_in(book->issuer, visit->call->language)),
                            STR_ARG(web_say(visit, "summary.paper-title", NULL))),
        .number = period,
        .page_words = web_say(visit, "review.form-page", "page", "{page}", "pages",
                              "{pages}", NULL),
        .tables = tables,
        .table_count = count,
        .foot = foot,
        .foot_count = LENGTH(foot),
        .qr = STR(""),
        .made_at = visit->call->now};
    TRY(paper_form_pdf(arena, &form, &pdf));
    response_body(visit->response, 200, "application/pdf",
                  (struct str){(const char *)pdf.at, pdf.length});
    response_download(visit->response,
                      str_format(arena, "summary-%.*s.pdf", STR_ARG(summary.period.text)),
                      "application/pdf", false);
    return DONE;
}

static struct paper_table set_table(struct visit *visit, int section,
                                    const struct tally_lines *lines) {
    static const double plain[] = {3, 1, 1, 1, 1, 1};
    static const double wide[] = {2.2, 3, 1, 1, 1, 1, 1};
    struct arena *arena = visit->call->arena;
    size_t lead = section > 0 ? 2 : 1;
    size_t columns = lead + TALLY_FIGURES;
    struct paper_row *rows = TAKE_ARRAY(arena, lines->count + 2, struct paper_row);
    struct paper_cell *title = TAKE_ARRAY(arena, 1, struct paper_cell);
    struct paper_cell *head = TAKE_ARRAY(arena, columns, struct paper_cell);
    *title = (struct paper_cell){.text = web_say(visit, section_words[section], NULL),
                                 .columns = (int)columns,
                                 .head = true};
    head[0] =
        (struct paper_cell){.text = web_say(visit, "people.unit", NULL), .head = true};
    if (section > 0) {
        head[1] = (struct paper_cell){.text = web_say(visit, second_words[section], NULL),
                                      .head = true};
    }
    for (int i = 0; i < TALLY_FIGURES; i++) {
        head[lead + (size_t)i] =
            (struct paper_cell){.text = web_say(visit, figure_words[i], NULL),
                                .head = true,
                                .align = PAPER_CENTRE};
    }
    rows[0] = (struct paper_row){title, 1};
    rows[1] = (struct paper_row){head, columns};
    for (size_t i = 0; i < lines->count; i++) {
        struct paper_cell *cells = TAKE_ARRAY(arena, columns, struct paper_cell);
        cells[0].text = lines->at[i].unit_title;
        if (section > 0) {
            cells[1].text = second_cell(&lines->at[i], section);
        }
        for (int j = 0; j < TALLY_FIGURES; j++) {
            cells[lead + (size_t)j] = (struct paper_cell){
                .text = figure(arena, lines->at[i].figures[j]), .align = PAPER_RIGHT};
        }
        rows[i + 2] = (struct paper_row){cells, columns};
    }
    return (struct paper_table){.widths = section > 0 ? wide : plain,
                                .columns = columns,
                                .rows = rows,
                                .row_count = lines->count + 2,
                                .head_rows = 2};
}

/* One row for each unit and class, then for each unit and column. */
static enum status run_xlsx(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct summary summary;
    struct site site;
    size_t columns = 3 + TALLY_FIGURES;
    TRY(read_summary(visit, &site, &book, &summary));
    const struct tally_lines *lists[SECTIONS] = {&summary.units, &summary.classes,
                                                 &summary.columns};
    size_t rows = summary.units.count + summary.classes.count + summary.columns.count;
    struct str *heads = TAKE_ARRAY(arena, columns, struct str);
    struct str *cells = TAKE_ARRAY(arena, rows * columns + 1, struct str);
    struct str *cell = cells;
    heads[0] = web_say(visit, "people.unit", NULL);
    heads[1] = web_say(visit, second_words[1], NULL);
    heads[2] = web_say(visit, second_words[2], NULL);
    for (int i = 0; i < TALLY_FIGURES; i++) {
        heads[3 + i] = web_say(visit, figure_words[i], NULL);
    }
    for (int i = 0; i < SECTIONS; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct tally_line *line = &lists[i]->at[j];
            *cell++ = line->unit_title;
            *cell++ = line->item_class;
            *cell++ = line->column_title;
            for (int k = 0; k < TALLY_FIGURES; k++) {
                *cell++ = figure(arena, line->figures[k]);
            }
        }
    }
    struct paper_list list = {.title = part_period(visit, summary.period.text),
                              .heads = heads,
                              .columns = columns,
                              .cells = cells,
                              .row_count = rows};
    return listing_send(visit, &list);
}

/* Empty where a summary has none. */
static enum status find_number(struct visit *visit, const struct summary *summary,
                               struct str *out_number) {
    *out_number = STR("");
    enum status status = tally_number(visit->call, visit->web->options.group,
                                      &summary->period, out_number);
    return status == ABSENT ? DONE : status;
}

static struct str figure(struct arena *arena, int64_t number) {
    return str_format(arena, "%lld", (long long)number);
}
