/*
 * 考核: the periods and their sheets, units by indicators; drawn up, closed, turned into
 * a text for the public.
 */
#include "assessment_web.h"

#include "paper/paper.h"
#include "people/people.h"
#include "site/site.h"

static enum status run_list(struct visit *visit);
static enum status run_new_form(struct visit *visit);
static enum status run_new(struct visit *visit);
static enum status run_sheet(struct visit *visit);
static void fill_head(struct visit *visit, struct model *part,
                      const struct sheet_view *view);
static void pair(struct visit *visit, struct model *part, const char *words,
                 struct str value, const struct basis *basis);
static void fill_missing(struct visit *visit, struct model *part,
                         const struct sheet_view *view);
static void fill_acts(struct visit *visit, struct model *part,
                      const struct sheet_view *view);
static void add_once(struct visit *visit, struct model *part, id64 sheet,
                     const char *path, const char *words);
static void fill_table(struct visit *visit, struct model *part,
                       const struct sheet_view *view);
static void add_head(struct model *part, struct str text, bool figure);
static void add_cell(struct model *row, struct str label, struct str text,
                     struct str second, bool figure);
static enum status run_xlsx(struct visit *visit);
static struct str *fill_row(struct visit *visit, struct str *cell,
                            const struct sheet_view *view,
                            const struct assessed_line *line);
static enum status run_close(struct visit *visit);
static enum status run_publish(struct visit *visit);
static enum status view_sheet(struct visit *visit, struct sheet_view *out_view);

static const struct field list_fields[] = {
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"sort", "page", NULL};
static const struct listing listing = {"/assessment", list_names};
TABLE_ENTRIES(assessments, "/assessment", list_fields, run_list);

static const struct field new_fields[] = {
    {.name = "period",
     .kind = FIELD_TEXT,
     .required = true,
     .most = 8,
     .label = "assessments.period"},
    {.name = NULL},
};
const struct entry assessment_new = {
    .method = "GET", .pattern = "/assessment/new", .may = WEB_STAFF, .run = run_new_form};
const struct entry assessment_add = {.method = "POST",
                                     .pattern = "/assessment/new",
                                     .fields = new_fields,
                                     .may = WEB_STAFF,
                                     .form = &assessment_new,
                                     .run = run_new};
const struct entry assessment_show = {.method = "GET",
                                      .pattern = "/assessment/{sheet}",
                                      .may = WEB_STAFF,
                                      .run = run_sheet};
const struct entry assessment_export = {.method = "GET",
                                        .pattern = "/assessment/{sheet}/sheet.xlsx",
                                        .may = WEB_STAFF,
                                        .run = run_xlsx};
const struct entry assessment_close_post = {.method = "POST",
                                            .pattern = "/assessment/{sheet}/close",
                                            .may = WEB_STAFF,
                                            .form = &assessment_show,
                                            .run = run_close};
const struct entry assessment_publish_post = {.method = "POST",
                                              .pattern = "/assessment/{sheet}/publish",
                                              .may = WEB_STAFF,
                                              .form = &assessment_show,
                                              .run = run_publish};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"period", "assessments.period", false},
        {"state", "manuscripts.state", false},
        {"opened", "assessments.opened", false},
        {"assessed", "assessments.assessed", false},
    };
    struct arena *arena = visit->call->arena;
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "assessments.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    const struct rulebook *book;
    struct sheets sheets;
    struct site site;
    bool may = false;
    TRY(assessment_site(visit, &site, &book));
    TRY(assessment_sheets(visit->call, site.group, site.id, &sheets));
    for (size_t i = 0; i < sheets.count; i++) {
        const struct sheet *sheet = &sheets.at[i];
        struct table_row *row = table_add(&table);
        row->href = assessment_path(visit, sheet->id, 0, "");
        row->cells[0] = assessment_title(visit, sheet->period.text);
        row->keys[0] = sheet->period.text;
        table_badge(&table, row, 1, assessment_badge(sheet->state));
        row->cells[2] = instant_to_text(arena, sheet->opened_at);
        row->cells[3] = sheet->assessed_at == 0
                            ? STR("")
                            : instant_to_text(arena, sheet->assessed_at);
    }
    table_back(&table, STR("/archive"), "archive.title");
    bool draws = book->assessment != NULL && book->assessment->period != NULL;
    model_words(table_part(&table), "sub",
                draws ? "assessments.about" : "assessments.silent");
    TRY(assessment_may(visit->call, site.id, &may));
    table_act(&table, STR("/commendations"), "commendations.title", false);
    if (draws && may) {
        table_act(&table, STR("/assessment/new"), "assessments.draw", true);
    }
    return table_answer(&table, "assessments.nothing");
}

static enum status run_new_form(struct visit *visit) {
    const struct rulebook *book;
    struct site site;
    TRY(assessment_site(visit, &site, &book));
    if (book->assessment == NULL || book->assessment->period == NULL) {
        return web_go_saying(visit, STR("/assessment"), "assessments.silent", NULL);
    }
    struct change change = {.title = web_say(visit, "assessments.draw", NULL),
                            .action = STR("/assessment/new"),
                            .back = STR("/assessment"),
                            .button = "assessments.draw"};
    struct model *part = change_open(visit, &change);
    web_cite(visit, model_part(part, "rule"), book->assessment->period->basis.id);
    change_field(visit, part, "is-line", "period", "assessments.period", true,
                 assessment_period_before(visit->call->arena, book, visit->call->now));
    return web_page(visit, "change");
}

static enum status run_new(struct visit *visit) {
    const struct rulebook *book;
    struct site site;
    id64 sheet;
    TRY(assessment_site(visit, &site, &book));
    TRY(assessment_open(visit->call, site.id, request_text(visit->request, "period"),
                        &sheet));
    return web_go_saying(visit, assessment_path(visit, sheet, 0, ""), "assessments.drawn",
                         NULL);
}

static enum status run_sheet(struct visit *visit) {
    struct sheet_view view;
    TRY(view_sheet(visit, &view));
    struct model *part = model_part(web_model(visit), "sheet");
    fill_head(visit, part, &view);
    fill_missing(visit, part, &view);
    fill_acts(visit, part, &view);
    fill_table(visit, part, &view);
    return web_page(visit, "assessment");
}

static void fill_head(struct visit *visit, struct model *part,
                      const struct sheet_view *view) {
    struct arena *arena = visit->call->arena;
    const struct sheet *sheet = &view->sheet;
    const struct assessment *rules = sheet->book->assessment;
    struct model *back = model_part(part, "back");
    model_text(back, "href", STR("/assessment"));
    model_words(back, "label", "assessments.title");
    model_text(part, "title", assessment_title(visit, sheet->period.text));
    model_words(part, "sub",
                view->is_assessor && sheet->state == SHEET_OPEN
                    ? "assessments.as-assessor"
                : view->shows_marks ? "assessments.as-reader"
                                    : "assessments.withheld");
    model_text(part, "xlsx", assessment_path(visit, sheet->id, 0, "/sheet.xlsx"));
    part_badge(part, "badge", str_of(assessment_badge(sheet->state)));
    pair(visit, part, "assessments.opened", instant_to_text(arena, sheet->opened_at),
         rules->period == NULL ? NULL : &rules->period->basis);
    pair(visit, part, "assessments.answered",
         str_format(arena, "%zu / %zu", view->answered, view->assessors),
         &rules->assessors->basis);
    if (rules->due != NULL) {
        civil_day due = instant_day(sheet->period.until) + rules->due->day - 1;
        pair(visit, part, "assessments.due", day_to_text(arena, due), &rules->due->basis);
    }
    if (rules->results != NULL) {
        bool open = rules->results->visibility == RESULTS_PUBLIC;
        pair(visit, part, "assessments.results",
             web_say(visit, open ? "assessments.public" : "assessments.internal", NULL),
             &rules->results->basis);
    }
}

static void pair(struct visit *visit, struct model *part, const char *words,
                 struct str value, const struct basis *basis) {
    struct model *shown = model_list_add(part, "pairs");
    model_words(shown, "label", words);
    model_text(shown, "value", value);
    if (basis != NULL && !str_is_empty(basis->id)) {
        web_cite(visit, model_part(shown, "rule"), basis->id);
    }
}

/* Self-reports that have not come, lines that nobody has marked. */
static void fill_missing(struct visit *visit, struct model *part,
                         const struct sheet_view *view) {
    struct arena *arena = visit->call->arena;
    const struct assessment *rules = view->sheet.book->assessment;
    size_t silent = 0;
    size_t open = 0;
    for (size_t i = 0; i < view->count; i++) {
        silent += view->lines[i].has_self ? 0 : 1;
        open += view->lines[i].is_complete ? 0 : 1;
    }
    if (view->sheet.state != SHEET_OPEN || !view->is_assessor) {
        return;
    }
    if (rules->self != NULL && silent > 0) {
        model_flag(part, "warned", true);
        model_text(model_list_add(part, "notes"), "text",
                   web_say(visit, "assessments.silent-units", "count",
                           str_format(arena, "%zu", silent).at, NULL));
    }
    if (open > 0) {
        model_flag(part, "warned", true);
        model_text(model_list_add(part, "notes"), "text",
                   web_say(visit, "assessments.open-lines", "count",
                           str_format(arena, "%zu", open).at, NULL));
    }
}

static void fill_acts(struct visit *visit, struct model *part,
                      const struct sheet_view *view) {
    const struct sheet *sheet = &view->sheet;
    const struct results_rule *results = sheet->book->assessment->results;
    if (view->is_assessor && sheet->state == SHEET_OPEN) {
        add_once(visit, part, sheet->id, "/close", "assessments.close");
    }
    if (view->is_assessor && sheet->assessed_at != 0 && sheet->manuscript == 0 &&
        results != NULL && results->visibility == RESULTS_PUBLIC) {
        add_once(visit, part, sheet->id, "/publish", "assessments.publish");
    }
    if (sheet->manuscript != 0 && view->is_assessor) {
        struct model *act = model_list_add(part, "acts");
        model_flag(part, "can", true);
        model_text(
            act, "href",
            str_format(visit->call->arena, "/manuscripts/%.*s",
                       STR_ARG(id_to_text(visit->call->arena, sheet->manuscript))));
        model_words(act, "label", "assessments.text");
    }
}

static void add_once(struct visit *visit, struct model *part, id64 sheet,
                     const char *path, const char *words) {
    struct model *once = model_list_add(part, "once");
    model_flag(part, "can", true);
    model_flag(once, "main", true);
    model_text(once, "action", assessment_path(visit, sheet, 0, path));
    model_words(once, "label", words);
}

static void fill_table(struct visit *visit, struct model *part,
                       const struct sheet_view *view) {
    struct arena *arena = visit->call->arena;
    const struct assessment *rules = view->sheet.book->assessment;
    struct str language = visit->call->language;
    struct str sum = web_say(visit, "assessments.sum", NULL);
    struct str self = web_say(visit, "assessments.self", NULL);
    add_head(part, web_say(visit, "assessments.line", NULL), false);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        const struct indicator *indicator = &rules->indicators[i];
        add_head(part, text_in(indicator->title, language), assessment_counts(indicator));
    }
    if (view->has_points) {
        add_head(part, sum, true);
    }
    if (rules->self != NULL) {
        add_head(part, self, true);
    }
    for (size_t i = 0; i < view->count; i++) {
        const struct assessed_line *line = &view->lines[i];
        struct model *row = model_list_add(part, "rows");
        model_text(row, "href",
                   assessment_path(visit, view->sheet.id, line->subject, ""));
        model_text(row, "name", line->title);
        for (size_t j = 0; j < rules->indicator_count; j++) {
            const struct indicator *indicator = &rules->indicators[j];
            add_cell(row, text_in(indicator->title, language),
                     assessment_cell(visit, view, indicator, &line->cells[j]),
                     assessment_beside(visit, indicator, &line->cells[j]),
                     assessment_counts(indicator));
        }
        if (view->has_points) {
            add_cell(row, sum,
                     view->shows_marks ? str_format(arena, "%lld", (long long)line->sum)
                                       : STR(""),
                     STR(""), true);
        }
        if (rules->self != NULL) {
            add_cell(row, self,
                     line->has_self ? str_format(arena, "%lld", (long long)line->self_sum)
                                    : web_say(visit, "assessments.none", NULL),
                     STR(""), true);
        }
    }
}

static void add_head(struct model *part, struct str text, bool figure) {
    struct model *head = model_list_add(part, "heads");
    model_text(head, "text", text);
    model_flag(head, "figure", figure);
}

static void add_cell(struct model *row, struct str label, struct str text,
                     struct str second, bool figure) {
    struct model *cell = model_list_add(row, "cells");
    model_text(cell, "label", str_is_empty(text) ? STR("") : label);
    model_text(cell, "text", text);
    model_text(cell, "second", second);
    model_flag(cell, "figure", figure);
}

static enum status run_xlsx(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    struct sheet_view view;
    TRY(view_sheet(visit, &view));
    const struct assessment *rules = view.sheet.book->assessment;
    size_t columns =
        1 + rules->indicator_count + (view.has_points ? 1 : 0) + (rules->self != NULL);
    struct str *heads = TAKE_ARRAY(arena, columns, struct str);
    struct str *cells = TAKE_ARRAY(arena, view.count * columns + 1, struct str);
    struct str *cell = cells;
    size_t head = 0;
    heads[head++] = web_say(visit, "assessments.line", NULL);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        heads[head++] = text_in(rules->indicators[i].title, visit->call->language);
    }
    if (view.has_points) {
        heads[head++] = web_say(visit, "assessments.sum", NULL);
    }
    if (rules->self != NULL) {
        heads[head++] = web_say(visit, "assessments.self", NULL);
    }
    for (size_t i = 0; i < view.count; i++) {
        cell = fill_row(visit, cell, &view, &view.lines[i]);
    }
    struct paper_list list = {.title = assessment_title(visit, view.sheet.period.text),
                              .heads = heads,
                              .columns = columns,
                              .cells = cells,
                              .row_count = view.count};
    return listing_send(visit, &list);
}

static struct str *fill_row(struct visit *visit, struct str *cell,
                            const struct sheet_view *view,
                            const struct assessed_line *line) {
    struct arena *arena = visit->call->arena;
    const struct assessment *rules = view->sheet.book->assessment;
    *cell++ = line->title;
    for (size_t i = 0; i < rules->indicator_count; i++) {
        struct str text =
            assessment_cell(visit, view, &rules->indicators[i], &line->cells[i]);
        *cell++ = line->cells[i].is_adjusted
                      ? str_format(arena, "%.*s %.*s", STR_ARG(text),
                                   STR_ARG(assessment_beside(visit, &rules->indicators[i],
                                                             &line->cells[i])))
                      : text;
    }
    if (view->has_points) {
        *cell++ =
            view->shows_marks ? str_format(arena, "%lld", (long long)line->sum) : STR("");
    }
    if (rules->self != NULL) {
        *cell++ = line->has_self ? str_format(arena, "%lld", (long long)line->self_sum)
                                 : STR("");
    }
    return cell;
}

static enum status run_close(struct visit *visit) {
    id64 sheet;
    TRY(request_id_parameter(visit->request, "sheet", &sheet));
    TRY(assessment_close(visit->call, sheet));
    return web_go_saying(visit, assessment_path(visit, sheet, 0, ""),
                         "assessments.closed", NULL);
}

/* The draft is the writer's from here on, on the page where drafts are written. */
static enum status run_publish(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    id64 manuscript;
    id64 sheet;
    TRY(request_id_parameter(visit->request, "sheet", &sheet));
    TRY(assessment_publish(visit->call, sheet, &manuscript));
    return web_go_saying(
        visit,
        str_format(arena, "/manuscripts/%.*s", STR_ARG(id_to_text(arena, manuscript))),
        "assessments.drafted", NULL);
}

static enum status view_sheet(struct visit *visit, struct sheet_view *out_view) {
    id64 sheet;
    TRY(request_id_parameter(visit->request, "sheet", &sheet));
    TRY(assessment_view(visit->call, sheet, out_view));
    return out_view->sheet.group == visit->web->options.group ? DONE : ABSENT;
}

/* ---- what the screens share ---- */

struct str assessment_title(struct visit *visit, struct str period) {
    struct arena *arena = visit->call->arena;
    struct str rest = period;
    const char *year = str_text(arena, str_cut(&rest, '-'));
    bool quarter = str_starts(rest, "Q");
    bool half = str_starts(rest, "H");
    if (rest.length == 0) {
        return web_say(visit, "assessments.year", "year", year, NULL);
    }
    const char *part =
        str_text(arena, quarter || half ? str_part(rest, 1, rest.length) : rest);
    return web_say(visit,
                   half      ? "assessments.half"
                   : quarter ? "assessments.quarter"
                             : "assessments.month",
                   "year", year, "part", part[0] == '0' ? part + 1 : part, NULL);
}

const char *assessment_badge(enum sheet_state state) {
    return state == SHEET_OPEN       ? "assessment-open"
           : state == SHEET_ASSESSED ? "assessment-assessed"
                                     : "assessment-closed";
}

struct str assessment_path(struct visit *visit, id64 sheet, id64 line, const char *more) {
    struct arena *arena = visit->call->arena;
    struct str id = id_to_text(arena, sheet);
    if (line == 0) {
        return str_format(arena, "/assessment/%.*s%s", STR_ARG(id), more);
    }
    return str_format(arena, "/assessment/%.*s/%.*s%s", STR_ARG(id),
                      STR_ARG(id_to_text(arena, line)), more);
}

bool assessment_counts(const struct indicator *indicator) {
    return indicator->points > 0 || indicator->per_item > 0 || indicator->weekly > 0 ||
           indicator->half_monthly > 0 || indicator->monthly > 0;
}

struct str assessment_cell(struct visit *visit, const struct sheet_view *view,
                           const struct indicator *indicator,
                           const struct assessed_cell *cell) {
    struct buffer text;
    buffer_init(&text, visit->call->arena);
    if (cell->has_points) {
        buffer_add_int(&text, cell->points);
    } else if (cell->is_computed && !assessment_counts(indicator)) {
        buffer_add_int(&text, cell->number);
    }
    bool first = true;
    for (size_t i = 0; i < view->assessors; i++) {
        if (!str_is_empty(cell->marks[i].remark)) {
            buffer_add_text(&text, first ? "" : "；");
            buffer_add(&text, cell->marks[i].remark);
            first = false;
        }
    }
    return buffer_str(&text);
}

struct str assessment_beside(struct visit *visit, const struct indicator *indicator,
                             const struct assessed_cell *cell) {
    struct arena *arena = visit->call->arena;
    const char *number = str_format(arena, "%lld", (long long)cell->number).at;
    const char *points = str_format(arena, "%lld", (long long)cell->computed).at;
    if (!cell->is_computed || !assessment_counts(indicator)) {
        return STR("");
    }
    if (cell->is_adjusted) {
        return web_say(visit, "assessments.adjusted", "points", points, NULL);
    }
    return web_say(visit,
                   indicator->measure == MEASURE_FREQUENCY ? "assessments.days"
                                                           : "assessments.count",
                   "count", number, NULL);
}

enum status assessment_site(struct visit *visit, struct site *out_site,
                            const struct rulebook **out_book) {
    struct site site;
    TRY(part_site(visit, &site));
    TRY(site_of_unit(visit->call, site.group, site.root, out_site));
    return site_rulebook(visit->call, out_site->id, out_book);
}
