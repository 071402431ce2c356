/*
 * 浏览量: views of every site of the group, of its columns and of its items, on one
 * screen and as a workbook.
 */
#include "entries.h"
#include "listing.h"

#include "paper/paper.h"
#include "site/site.h"
#include "tally/tally.h"

#define ITEMS_SHOWN    200
#define ITEMS_EXPORTED 5000
#define SECTIONS       3

static enum status run_screen(struct visit *visit);
static enum status run_xlsx(struct visit *visit);
static enum status read_views(struct visit *visit, size_t most, id64 *out_site,
                              struct views *out_views);
static enum status fill_rule(struct visit *visit, struct model *part,
                             const struct views *views);
static void fill_sites(struct visit *visit, struct model *part, const struct views *views,
                       id64 chosen);
static void fill_section(struct visit *visit, struct model *part, int section,
                         const struct view_lines *lines);
static struct str first_cell(struct visit *visit, int section,
                             const struct view_line *line);
static struct str number_text(struct arena *arena, int64_t number);

static const struct field views_fields[] = {
    {.name = "period", .kind = FIELD_TEXT, .most = 8, .label = "summary.period"},
    {.name = "of", .kind = FIELD_TEXT, .most = 13, .label = "views.site"},
    {.name = NULL},
};
const struct entry views_show = {.method = "GET",
                                 .pattern = "/views",
                                 .fields = views_fields,
                                 .may = WEB_STAFF,
                                 .run = run_screen};
const struct entry views_export = {.method = "GET",
                                   .pattern = "/views.xlsx",
                                   .fields = views_fields,
                                   .may = WEB_STAFF,
                                   .run = run_xlsx};

static const char *const kind_words[VIEW_KINDS] = {
    [VIEW_READER] = "views.readers",
    [VIEW_ROBOT] = "views.robots",
    [VIEW_STAFF] = "views.staff",
};
static const char *const section_words[SECTIONS] = {"views.by-site", "views.by-column",
                                                    "views.by-item"};
static const char *const first_words[SECTIONS] = {"views.site", "views.column",
                                                  "views.item"};

static enum status run_screen(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    struct views views;
    id64 site = 0;
    TRY(read_views(visit, ITEMS_SHOWN, &site, &views));
    const struct view_lines *lists[SECTIONS] = {&views.sites, &views.columns,
                                                &views.items};
    struct model *part = model_part(web_model(visit), "summary");
    struct model *back = model_part(part, "back");
    struct str period = views.period.text;
    model_text(back, "href", STR("/archive"));
    model_words(back, "label", "archive.title");
    model_words(part, "title", "views.title");
    model_text(part, "path", STR("/views"));
    TRY(fill_rule(visit, part, &views));
    model_url(part, "xlsx",
              str_format(arena, "/views.xlsx?period=%.*s&of=%.*s", STR_ARG(period),
                         STR_ARG(site == 0 ? STR("") : id_to_text(arena, site))));
    part_periods(visit, part, period);
    fill_sites(visit, part, &views, site);
    for (int kind = 0; kind < VIEW_KINDS; kind++) {
        struct model *total = model_list_add(part, "figures");
        model_words(total, "label", kind_words[kind]);
        model_text(total, "count", number_text(arena, views.totals[kind]));
    }
    for (int section = 0; section < SECTIONS; section++) {
        fill_section(visit, part, section, lists[section]);
    }
    return web_page(visit, "summary");
}

/* What is no site of ours is all of them. */
static enum status read_views(struct visit *visit, size_t most, id64 *out_site,
                              struct views *out_views) {
    struct call *call = visit->call;
    struct str period = request_typed(visit->request, "period");
    id64 site = 0;
    if (str_is_empty(period)) {
        period = str_part(day_to_text(call->arena, instant_day(call->now)), 0, 7);
    }
    if (id_from_text(request_typed(visit->request, "of"), &site) != DONE) {
        site = 0;
    }
    TRY(tally_views(call, visit->web->options.group, site, period, most, out_views));
    *out_site = site;
    return DONE;
}

/* How it is counted and which article has it so; or that nobody counts. */
static enum status fill_rule(struct visit *visit, struct model *part,
                             const struct views *views) {
    for (size_t i = 0; i < views->sites.count; i++) {
        const struct rulebook *book;
        if (!views->sites.at[i].is_counted) {
            continue;
        }
        TRY(site_rulebook(visit->call, views->sites.at[i].site, &book));
        model_words(part, "sub", views->period.ended ? "views.about" : "views.not-ended");
        if (!str_is_empty(book->page_views->basis.id)) {
            web_cite(visit, model_part(part, "rule"), book->page_views->basis.id);
        }
        return DONE;
    }
    model_words(part, "sub", "views.silent");
    return DONE;
}

static void fill_sites(struct visit *visit, struct model *part, const struct views *views,
                       id64 chosen) {
    struct model *sites = model_part(part, "sites");
    struct model *every = model_list_add(sites, "options");
    model_text(every, "value", STR(""));
    model_words(every, "label", "views.every-site");
    for (size_t i = 0; i < views->sites.count; i++) {
        const struct view_line *site = &views->sites.at[i];
        struct model *option = model_list_add(sites, "options");
        model_text(option, "value", id_to_text(visit->call->arena, site->site));
        model_text(option, "label", site->site_title);
        model_flag(option, "chosen", site->site == chosen);
    }
}

static void fill_section(struct visit *visit, struct model *part, int section,
                         const struct view_lines *lines) {
    struct model *shown = model_list_add(part, "sections");
    model_words(shown, "title", section_words[section]);
    model_flag(shown, "empty", lines->count == 0);
    model_words(model_list_add(shown, "heads"), "text", first_words[section]);
    if (section == 2) {
        model_words(model_list_add(shown, "heads"), "text", "views.column");
    }
    if (section > 0) {
        model_words(model_list_add(shown, "heads"), "text", "views.site");
    }
    for (int kind = 0; kind < VIEW_KINDS; kind++) {
        struct model *head = model_list_add(shown, "heads");
        model_words(head, "text", kind_words[kind]);
        model_flag(head, "figure", true);
    }
    for (size_t i = 0; i < lines->count; i++) {
        const struct view_line *line = &lines->at[i];
        struct model *row = model_list_add(shown, "rows");
        model_text(row, "name", first_cell(visit, section, line));
        if (section == 2) {
            model_text(model_list_add(row, "cells"), "text", line->column_title);
        }
        if (section > 0) {
            model_text(model_list_add(row, "cells"), "text", line->site_title);
        }
        for (int kind = 0; kind < VIEW_KINDS; kind++) {
            struct model *cell = model_list_add(row, "cells");
            model_text(cell, "text",
                       number_text(visit->call->arena, line->numbers[kind]));
            model_words(cell, "label", kind_words[kind]);
            model_flag(cell, "figure", true);
        }
    }
}

static struct str first_cell(struct visit *visit, int section,
                             const struct view_line *line) {
    if (section == 0) {
        return line->is_counted
                   ? line->site_title
                   : web_say(visit, "views.uncounted", "site",
                             str_text(visit->call->arena, line->site_title), NULL);
    }
    if (section == 1) {
        return line->column == 0 ? web_say(visit, "views.home", NULL)
                                 : line->column_title;
    }
    return str_is_empty(line->title) ? web_say(visit, "views.gone", NULL) : line->title;
}

/* One row for each site, then for each column, then for each item. */
static enum status run_xlsx(struct visit *visit) {
    static const char *const lead[] = {"views.site", "views.column", "views.item",
                                       "views.address"};
    struct arena *arena = visit->call->arena;
    size_t columns = LENGTH(lead) + VIEW_KINDS;
    struct views views;
    id64 site;
    TRY(read_views(visit, ITEMS_EXPORTED, &site, &views));
    const struct view_lines *lists[SECTIONS] = {&views.sites, &views.columns,
                                                &views.items};
    size_t rows = views.sites.count + views.columns.count + views.items.count;
    struct str *heads = TAKE_ARRAY(arena, columns, struct str);
    struct str *cells = TAKE_ARRAY(arena, rows * columns + 1, struct str);
    struct str *cell = cells;
    for (size_t i = 0; i < columns; i++) {
        heads[i] = web_say(
            visit, i < LENGTH(lead) ? lead[i] : kind_words[i - LENGTH(lead)], NULL);
    }
    for (int section = 0; section < SECTIONS; section++) {
        for (size_t i = 0; i < lists[section]->count; i++) {
            const struct view_line *line = &lists[section]->at[i];
            *cell++ = line->site_title;
            *cell++ = section == 1   ? first_cell(visit, section, line)
                      : section == 2 ? line->column_title
                                     : STR("");
            *cell++ = section == 2 ? first_cell(visit, section, line) : STR("");
            *cell++ = line->path;
            for (int kind = 0; kind < VIEW_KINDS; kind++) {
                *cell++ = number_text(arena, line->numbers[kind]);
            }
        }
    }
    struct paper_list list = {.title = web_say(visit, "views.title", NULL),
                              .heads = heads,
                              .columns = columns,
                              .cells = cells,
                              .row_count = rows};
    return listing_send(visit, &list);
}

static struct str number_text(struct arena *arena, int64_t number) {
    return str_format(arena, "%lld", (long long)number);
}
