/*
 * Only for src/web: a list that fits in memory.  Its screen fills it with the rows that
 * its filters let through; here they are sorted by a head, cut into pages, or sent as a
 * workbook.  The first column is the link.
 */
#ifndef WEB_TABLE_H
#define WEB_TABLE_H

#include "listing.h"

#define TABLE_COLUMNS_MOST 9

struct table_column {
    const char *name;  /* as the address says it: sort=name, sort=-name */
    const char *words; /* its head */
    bool figure;
};

struct table_row {
    struct str href; /* empty: no link */
    struct str cells[TABLE_COLUMNS_MOST];
    struct str keys[TABLE_COLUMNS_MOST]; /* sorted by these; empty: by the cell */
    struct str badge;                    /* a code of part_badge, shown in its column */
    int badge_column;
    struct str second; /* below the first cell */
};

struct table {
    struct visit *visit;
    const struct listing *listing; /* names must hold "sort" and "page" */
    const char *title;             /* words */
    const struct table_column *columns;
    size_t column_count;
    struct table_row *rows;
    size_t count;
    size_t room;
    bool plain; /* few rows that belong to something else: no filters, no workbook */
};

/* The part "table" of the page, for filters, acts and a sentence below the title. */
struct model *table_part(const struct table *table);

/* The link above the heading, to what the list is a part of. */
void table_back(const struct table *table, struct str href, const char *words);

/* A field to search in, q; what was typed is a filter like the others. */
void table_search(const struct table *table, const char *words);

/* One more row, all empty. */
struct table_row *table_add(struct table *table);

/* The cell *column* of *row* as the badge *code* (part_badge), in words for search and
 * workbook. */
void table_badge(const struct table *table, struct table_row *row, int column,
                 const char *code);

/* A button above the list. */
void table_act(const struct table *table, struct str href, const char *words, bool main);

/* True if *text* is part of one of the cells of *row*, or empty. */
bool table_row_holds(const struct table *table, const struct table_row *row,
                     struct str text);

/* Take the newest row away again. */
void table_drop(struct table *table);

/* Answer with the page; or, at an address ending in .xlsx, with the workbook, which is
 * recorded.  *empty* are the words for a list without rows. */
MUST_CHECK enum status table_answer(struct table *table, const char *empty);

/* The three addresses of a list for the office's staff: page, workbook, sheet. */
#define TABLE_ENTRIES(name_, pattern_, fields_, run_)                                    \
    const struct entry name_##_show = {.method = "GET",                                  \
                                       .pattern = pattern_,                              \
                                       .fields = fields_,                                \
                                       .may = WEB_STAFF,                                 \
                                       .run = run_};                                     \
    const struct entry name_##_export = {.method = "GET",                                \
                                         .pattern = pattern_ ".xlsx",                    \
                                         .fields = fields_,                              \
                                         .may = WEB_STAFF,                               \
                                         .run = run_};                                   \
    const struct entry name_##_paper = {.method = "GET",                                 \
                                        .pattern = pattern_ ".pdf",                      \
                                        .fields = fields_,                               \
                                        .may = WEB_STAFF,                                \
                                        .run = run_}

#endif
