/*
 * Lists in memory: heads that sort, pages, the same rows as a workbook.
 */
#include "table.h"

#include "paper/paper.h"
#include "sheet.h"

#include <string.h>

#define ROWS_A_PAGE 50

struct order {
    size_t column;
    bool down;
};

static struct order order_of(const struct table *table);
static void sort_rows(struct table *table, struct order order);
static struct str key_of(const struct table_row *row, size_t column);
static void fill_heads(const struct table *table, struct model *part, struct order order);
static void fill_row(const struct table *table, struct model *part,
                     const struct table_row *row);
static bool stays_whole(struct str text);
static void fill_empty(const struct table *table, struct model *part, const char *empty);
static enum status send_rows(const struct table *table);
static void offer_paper(const struct table *table, struct model *part);
static enum status print_rows(const struct table *table);
static bool is_filtered(const struct table *table);

struct model *table_part(const struct table *table) {
    return model_part(web_model(table->visit), "table");
}

void table_back(const struct table *table, struct str href, const char *words) {
    struct model *back = model_part(table_part(table), "back");
    model_text(back, "href", href);
    model_words(back, "label", words);
}

void table_search(const struct table *table, const char *words) {
    struct model *search = model_part(table_part(table), "search");
    struct str typed = request_typed(table->visit->request, "q");
    model_words(search, "label", words);
    model_text(search, "value", typed);
    listing_chosen(table->visit, table_part(table), table->listing, "q", words, typed);
}

struct table_row *table_add(struct table *table) {
    if (table->count == table->room) {
        struct arena *arena = table->visit->call->arena;
        size_t room = table->room == 0 ? 64 : 2 * table->room;
        struct table_row *rows = TAKE_ARRAY(arena, room, struct table_row);
        if (table->count > 0) {
            memcpy(rows, table->rows, table->count * sizeof *rows);
        }
        table->rows = rows;
        table->room = room;
    }
    struct table_row *row = &table->rows[table->count++];
    *row = (struct table_row){.href = STR(""), .badge = STR(""), .second = STR("")};
    for (size_t i = 0; i < TABLE_COLUMNS_MOST; i++) {
        row->cells[i] = row->keys[i] = STR("");
    }
    return row;
}

void table_badge(const struct table *table, struct table_row *row, int column,
                 const char *code) {
    struct str words = str_format(table->visit->call->arena, "badge.%s", code);
    row->badge = str_of(code);
    row->badge_column = column;
    row->cells[column] = web_say(table->visit, words.at, NULL);
}

void table_act(const struct table *table, struct str href, const char *words, bool main) {
    struct model *act = model_list_add(table_part(table), "acts");
    model_text(act, "href", href);
    model_words(act, "label", words);
    model_flag(act, "main", main);
}

bool table_row_holds(const struct table *table, const struct table_row *row,
                     struct str text) {
    for (size_t i = 0; i < table->column_count; i++) {
        if (str_find(row->cells[i], text) < row->cells[i].length) {
            return true;
        }
    }
    return str_is_empty(text);
}

void table_drop(struct table *table) { table->count--; }

enum status table_answer(struct table *table, const char *empty) {
    struct visit *visit = table->visit;
    struct order order = order_of(table);
    sort_rows(table, order);
    if (str_ends(visit->request->path, ".xlsx")) {
        return send_rows(table);
    }
    if (str_ends(visit->request->path, ".pdf")) {
        return print_rows(table);
    }
    struct model *part = table_part(table);
    size_t from = (size_t)(listing_page(visit) - 1) * ROWS_A_PAGE;
    model_words(part, "title", table->title);
    model_text(part, "path", str_of(table->listing->path));
    model_int(part, "count", (int64_t)table->count);
    model_flag(part, "plain", table->plain);
    fill_heads(table, part, order);
    for (size_t i = from; i < table->count && i < from + ROWS_A_PAGE; i++) {
        fill_row(table, part, &table->rows[i]);
    }
    if (is_filtered(table)) {
        model_text(part, "clear", str_of(table->listing->path));
    }
    if (table->count == 0) {
        fill_empty(table, part, empty);
    } else if (!table->plain) {
        struct listing file = {
            str_format(visit->call->arena, "%s.xlsx", table->listing->path).at,
            table->listing->names};
        model_url(part, "export", listing_address(visit, &file, "page", STR("")));
        offer_paper(table, part);
    }
    listing_pages(visit, part, table->listing, ROWS_A_PAGE, (int64_t)table->count);
    return web_page(visit, "table");
}

/* The head that the address names; no such head: as the screen added the rows. */
static struct order order_of(const struct table *table) {
    struct str sort = request_typed(table->visit->request, "sort");
    struct order order = {.column = table->column_count};
    if (str_starts(sort, "-")) {
        order.down = true;
        sort = str_part(sort, 1, sort.length);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        order.column = str_is(sort, table->columns[i].name) ? i : order.column;
    }
    return order;
}

/* Rows with equal keys stay as they stood. */
static void sort_rows(struct table *table, struct order order) {
    if (order.column == table->column_count || table->count < 2) {
        return;
    }
    struct arena *arena = table->visit->call->arena;
    struct table_row *spare = TAKE_ARRAY(arena, table->count, struct table_row);
    struct table_row *from = table->rows;
    struct table_row *to = spare;
    for (size_t width = 1; width < table->count; width *= 2) {
        for (size_t low = 0; low < table->count; low += 2 * width) {
            size_t middle = low + width < table->count ? low + width : table->count;
            size_t high = low + 2 * width < table->count ? low + 2 * width : table->count;
            size_t left = low;
            size_t right = middle;
            for (size_t at = low; at < high; at++) {
                int sign = left < middle && right < high
                               ? str_compare(key_of(&from[left], order.column),
                                             key_of(&from[right], order.column))
                               : 0;
                bool takes_left = left < middle &&
                                  (right >= high || (order.down ? sign >= 0 : sign <= 0));
                to[at] = takes_left ? from[left++] : from[right++];
            }
        }
        struct table_row *swap = from;
        from = to;
        to = swap;
    }
    table->rows = from;
}

static struct str key_of(const struct table_row *row, size_t column) {
    return str_is_empty(row->keys[column]) ? row->cells[column] : row->keys[column];
}

static void fill_heads(const struct table *table, struct model *part,
                       struct order order) {
    struct visit *visit = table->visit;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        struct model *head = model_list_add(part, "heads");
        bool here = i == order.column;
        struct str next = str_format(visit->call->arena, "%s%s",
                                     here && !order.down ? "-" : "", column->name);
        model_words(head, "label", column->words);
        model_url(head, "href", listing_address(visit, table->listing, "sort", next));
        model_text(head, "sort",
                   !here        ? STR("none")
                   : order.down ? STR("descending")
                                : STR("ascending"));
        model_flag(head, "figure", column->figure);
    }
}

static void fill_row(const struct table *table, struct model *part,
                     const struct table_row *row) {
    struct model *shown = model_list_add(part, "rows");
    model_url(shown, "href", row->href);
    model_text(shown, "name", row->cells[0]);
    model_text(shown, "second", row->second);
    model_flag(shown, "whole", stays_whole(row->cells[0]));
    model_flag(shown, "second-whole", stays_whole(row->second));
    for (size_t i = 1; i < table->column_count; i++) {
        struct model *cell = model_list_add(shown, "cells");
        model_text(cell, "text", row->cells[i]);
        model_flag(cell, "figure", table->columns[i].figure);
        model_flag(cell, "whole", stays_whole(row->cells[i]));
        if ((int)i == row->badge_column && !str_is_empty(row->badge)) {
            part_badge(cell, "badge", row->badge);
        }
    }
}

/* A day, a time, a number as people write it, a state: not broken over lines. */
static bool stays_whole(struct str text) {
    size_t length = utf8_count(text);
    bool figures = false;
    for (size_t i = 0; i < text.length; i++) {
        figures = figures || (text.at[i] >= '0' && text.at[i] <= '9');
    }
    return length <= (figures ? 16 : 8);
}

static void fill_empty(const struct table *table, struct model *part, const char *empty) {
    struct model *nothing = model_part(part, "empty");
    bool filtered = is_filtered(table);
    model_words(nothing, "text", filtered ? "table.no-match" : empty);
    if (filtered) {
        struct model *way = model_list_add(nothing, "ways");
        model_text(way, "href", str_of(table->listing->path));
        model_words(way, "label", "manuscripts.clear");
    }
}

static enum status send_rows(const struct table *table) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct str *heads = TAKE_ARRAY(arena, table->column_count, struct str);
    struct str *cells =
        TAKE_ARRAY(arena, table->count * table->column_count + 1, struct str);
    for (size_t i = 0; i < table->column_count; i++) {
        heads[i] = web_say(visit, table->columns[i].words, NULL);
        for (size_t j = 0; j < table->count; j++) {
            cells[j * table->column_count + i] = table->rows[j].cells[i];
        }
    }
    struct paper_list list = {.title = web_say(visit, table->title, NULL),
                              .heads = heads,
                              .columns = table->column_count,
                              .cells = cells,
                              .row_count = table->count};
    return listing_send(visit, &list);
}

/* Where the list has an address for it. */
static void offer_paper(const struct table *table, struct model *part) {
    struct visit *visit = table->visit;
    const char *path = str_format(visit->call->arena, "%s.pdf", table->listing->path).at;
    for (size_t i = 0; web_entries[i] != NULL; i++) {
        if (strcmp(web_entries[i]->pattern, path) == 0) {
            struct listing file = {path, table->listing->names};
            model_url(part, "print", listing_address(visit, &file, "page", STR("")));
            return;
        }
    }
}

static enum status print_rows(const struct table *table) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    size_t columns = table->column_count;
    struct str *heads = TAKE_ARRAY(arena, columns, struct str);
    struct str *cells = TAKE_ARRAY(arena, table->count * columns + 1, struct str);
    for (size_t i = 0; i < columns; i++) {
        heads[i] = web_say(visit, table->columns[i].words, NULL);
        for (size_t j = 0; j < table->count; j++) {
            cells[j * columns + i] = table->rows[j].cells[i];
        }
    }
    struct sheet sheet = {.title = web_say(visit, table->title, NULL),
                          .number = visit->web->options.name,
                          .heads = heads,
                          .columns = columns,
                          .cells = cells,
                          .row_count = table->count,
                          .foot = STR(""),
                          .file = "list"};
    return sheet_send(visit, &sheet);
}

static bool is_filtered(const struct table *table) {
    for (size_t i = 0; table->listing->names[i] != NULL; i++) {
        const char *name = table->listing->names[i];
        if (strcmp(name, "sort") != 0 && strcmp(name, "page") != 0 &&
            !str_is_empty(request_typed(table->visit->request, name))) {
            return true;
        }
    }
    return false;
}
