/*
 * One line of a sheet: what was computed, what the unit said of itself, what assessors
 * say; the forms for both, and the items behind the figures.
 */
#include "assessment_web.h"

#include "people/people.h"
#include "site/site.h"

#include <string.h>

#define LINES "line-*"

static enum status run_line(struct visit *visit);
static enum status fill_marks(struct visit *visit, struct model *record,
                              const struct sheet_view *view,
                              const struct assessed_line *line);
static void add_mark(struct visit *visit, struct model *section, struct str indicator,
                     struct str who, const struct assessed_mark *mark);
static void fill_cells(struct visit *visit, struct model *record,
                       const struct sheet_view *view, const struct assessed_line *line);
static enum status fill_items(struct visit *visit, struct model *record,
                              const struct sheet_view *view,
                              const struct assessed_line *line);
static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct sheet_view *view,
                             const struct assessed_line *line);
static enum status run_mark_form(struct visit *visit);
static enum status run_report_form(struct visit *visit);
static enum status show_form(struct visit *visit, bool self);
static void add_field(struct visit *visit, struct model *part,
                      const struct indicator *indicator, const struct assessed_cell *cell,
                      bool self);
static void add_choice(struct visit *visit, struct model *part,
                       const struct indicator *indicator, const char *name,
                       struct str label, struct str value, bool self);
static void add_option(struct model *field, struct str chosen, struct str value,
                       struct str label);
static struct str present(struct visit *visit, const struct indicator *indicator,
                          const struct assessed_cell *cell, bool self);
static struct str typed(const struct visit *visit, const char *name, struct str stored);
static enum status run_mark(struct visit *visit);
static enum status run_report(struct visit *visit);
static enum status take(struct visit *visit, bool self);
static enum status read_wishes(struct visit *visit, const struct sheet_view *view,
                               const struct assessed_line *line, bool self,
                               struct mark_wish *wishes, size_t *out_count);
static bool is_new(const struct assessed_cell *cell, const struct mark_wish *wish,
                   bool self);
static void name_fields(struct visit *visit);
static enum status find_line(struct visit *visit, struct sheet_view *out_view,
                             const struct assessed_line **out_line);

const struct entry assessment_line_show = {.method = "GET",
                                           .pattern = "/assessment/{sheet}/{line}",
                                           .may = WEB_STAFF,
                                           .run = run_line};
static const struct field mark_fields[] = {
    {.name = LINES, .kind = FIELD_LINES, .most = 2000, .label = "assessments.mark"},
    {.name = "reason", .kind = FIELD_LINES, .most = 1000, .label = "assessments.reason"},
    {.name = NULL},
};
const struct entry assessment_mark_form = {.method = "GET",
                                           .pattern = "/assessment/{sheet}/{line}/mark",
                                           .may = WEB_STAFF,
                                           .run = run_mark_form};
const struct entry assessment_mark_post = {.method = "POST",
                                           .pattern = "/assessment/{sheet}/{line}/mark",
                                           .fields = mark_fields,
                                           .may = WEB_STAFF,
                                           .form = &assessment_mark_form,
                                           .run = run_mark};
const struct entry assessment_report_form = {.method = "GET",
                                             .pattern =
                                                 "/assessment/{sheet}/{line}/report",
                                             .may = WEB_STAFF,
                                             .run = run_report_form};
const struct entry assessment_report_post = {.method = "POST",
                                             .pattern =
                                                 "/assessment/{sheet}/{line}/report",
                                             .fields = mark_fields,
                                             .may = WEB_STAFF,
                                             .form = &assessment_report_form,
                                             .run = run_report};

static enum status run_line(struct visit *visit) {
    const struct assessed_line *line;
    struct sheet_view view;
    TRY(find_line(visit, &view, &line));
    const char *back =
        str_text(visit->call->arena, assessment_path(visit, view.sheet.id, 0, ""));
    struct model *record = record_open(visit, line->title, back, "assessments.sheet");
    model_text(record, "sub", assessment_title(visit, view.sheet.period.text));
    part_badge(record, "badge", str_of(assessment_badge(view.sheet.state)));
    fill_cells(visit, record, &view, line);
    TRY(fill_marks(visit, record, &view, line));
    TRY(fill_items(visit, record, &view, line));
    TRY(fill_acts(visit, record, &view, line));
    return web_page(visit, "record");
}

static void fill_cells(struct visit *visit, struct model *record,
                       const struct sheet_view *view, const struct assessed_line *line) {
    static const char *const heads[] = {"assessments.indicator", "assessments.result",
                                        "assessments.counted", "assessments.article",
                                        NULL};
    const struct assessment *rules = view->sheet.book->assessment;
    struct model *section =
        record_section(visit, record, "assessments.indicators", heads);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        const struct indicator *indicator = &rules->indicators[i];
        struct model *row = record_row(section);
        record_cell(row, text_in(indicator->title, visit->call->language));
        record_cell(row, assessment_cell(visit, view, indicator, &line->cells[i]));
        record_cell(row, assessment_beside(visit, indicator, &line->cells[i]));
        record_cell(row, str_is_empty(indicator->basis.id)
                             ? web_say(visit, "assessments.house", NULL)
                             : web_article(visit, indicator->basis.id));
    }
    if (view->has_points && view->shows_marks) {
        record_pair(visit, record, "assessments.sum",
                    str_format(visit->call->arena, "%lld", (long long)line->sum));
    }
    if (line->has_self) {
        record_pair(visit, record, "assessments.self",
                    str_format(visit->call->arena, "%lld", (long long)line->self_sum));
    }
}

static enum status fill_marks(struct visit *visit, struct model *record,
                              const struct sheet_view *view,
                              const struct assessed_line *line) {
    static const char *const heads[] = {"assessments.indicator",
                                        "assessments.by",
                                        "assessments.mark",
                                        "assessments.reason",
                                        "assessments.who",
                                        "assessments.at",
                                        NULL};
    const struct rulebook *book = view->sheet.book;
    const struct assessment *rules = book->assessment;
    struct model *section = record_section(visit, record, "assessments.said", heads);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        struct str title = text_in(rules->indicators[i].title, visit->call->language);
        add_mark(visit, section, title, web_say(visit, "assessments.self", NULL),
                 &line->cells[i].self);
        for (size_t j = 0; j < view->assessors; j++) {
            const struct role *role = &book->roles[rules->assessors->roles[j]];
            add_mark(visit, section, title, text_in(role->title, visit->call->language),
                     &line->cells[i].marks[j]);
        }
    }
    return DONE;
}

static void add_mark(struct visit *visit, struct model *section, struct str indicator,
                     struct str who, const struct assessed_mark *mark) {
    struct arena *arena = visit->call->arena;
    if (!mark->is_given) {
        return;
    }
    struct model *row = record_row(section);
    record_cell(row, indicator);
    record_cell(row, mark->is_late
                         ? str_format(arena, "%.*s %.*s", STR_ARG(who),
                                      STR_ARG(web_say(visit, "assessments.late", NULL)))
                         : who);
    record_cell(row, mark->has_points ? str_format(arena, "%lld", (long long)mark->points)
                                      : mark->remark);
    record_cell(row, mark->reason);
    record_cell(row, archive_who(visit, mark->person));
    record_cell(row, instant_to_text(arena, mark->at));
}

static enum status fill_items(struct visit *visit, struct model *record,
                              const struct sheet_view *view,
                              const struct assessed_line *line) {
    static const char *const heads[] = {"manuscripts.by-title", "assessments.at", NULL};
    struct arena *arena = visit->call->arena;
    struct released_items items;
    id64 last = 0;
    bool column = line->subject != line->unit;
    TRY(assessment_items(visit->call, &view->sheet, column ? 0 : line->unit, &items));
    if (items.count == 0) {
        return DONE;
    }
    struct model *section = record_section(visit, record, "assessments.items", heads);
    for (size_t i = 0; i < items.count; i++) {
        if (items.at[i].manuscript == last ||
            (column && items.at[i].column != line->subject)) {
            continue;
        }
        last = items.at[i].manuscript;
        struct model *row = record_row(section);
        record_cell(row, items.at[i].title);
        record_cell(row, instant_to_text(arena, items.at[i].at));
    }
    return DONE;
}

static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct sheet_view *view,
                             const struct assessed_line *line) {
    const struct rulebook *book = view->sheet.book;
    const struct self_report *self = book->assessment->self;
    bool reports = false;
    if (view->sheet.state != SHEET_OPEN) {
        return DONE;
    }
    if (view->is_assessor) {
        record_act(visit, record,
                   assessment_path(visit, view->sheet.id, line->subject, "/mark"),
                   "assessments.mark-it", true);
    }
    if (self != NULL && self->role != NO_INDEX) {
        TRY(people_holds(visit->call, visit->call->actor.person,
                         str_text(visit->call->arena, book->roles[self->role].code),
                         line->unit, &reports));
    }
    if (reports) {
        record_act(visit, record,
                   assessment_path(visit, view->sheet.id, line->subject, "/report"),
                   "assessments.report-it", true);
    }
    return DONE;
}

static enum status run_mark_form(struct visit *visit) { return show_form(visit, false); }

static enum status run_report_form(struct visit *visit) { return show_form(visit, true); }

static enum status show_form(struct visit *visit, bool self) {
    const struct assessed_line *line;
    struct sheet_view view;
    TRY(find_line(visit, &view, &line));
    const struct assessment *rules = view.sheet.book->assessment;
    struct change change = {
        .title = line->title,
        .action = assessment_path(visit, view.sheet.id, line->subject,
                                  self ? "/report" : "/mark"),
        .back = assessment_path(visit, view.sheet.id, line->subject, ""),
        .button = self ? "assessments.report-it" : "assessments.save"};
    struct model *part = change_open(visit, &change);
    const struct basis *basis =
        self && rules->self != NULL ? &rules->self->basis : &rules->assessors->basis;
    if (!str_is_empty(basis->id)) {
        web_cite(visit, model_part(part, "rule"), basis->id);
    }
    bool adjusts = false;
    for (size_t i = 0; i < rules->indicator_count; i++) {
        const struct indicator *indicator = &rules->indicators[i];
        bool computed = indicator->measure != MEASURE_NONE;
        bool counts = assessment_counts(indicator);
        if (computed && (!counts || (!self && rules->adjustments == NULL))) {
            continue;
        }
        adjusts = adjusts || (computed && !self);
        add_field(visit, part, indicator, &line->cells[i], self);
    }
    if (adjusts) {
        change_field(visit, part, "is-lines", "reason", "assessments.reason", false,
                     STR(""));
    }
    return web_page(visit, "change");
}

static void add_field(struct visit *visit, struct model *part,
                      const struct indicator *indicator, const struct assessed_cell *cell,
                      bool self) {
    struct arena *arena = visit->call->arena;
    const char *name = str_format(arena, "line-%.*s", STR_ARG(indicator->code)).at;
    struct str label = text_in(indicator->title, visit->call->language);
    struct str value = typed(visit, name, present(visit, indicator, cell, self));
    if (assessment_counts(indicator) && indicator->measure == MEASURE_NONE) {
        add_choice(visit, part, indicator, name, label, value, self);
        return;
    }
    struct model *field = change_field_called(
        visit, part, assessment_counts(indicator) ? "is-number" : "is-lines", name, label,
        !self && indicator->measure == MEASURE_NONE && !indicator->optional, value);
    if (cell->is_computed && assessment_counts(indicator)) {
        model_text(
            field, "help",
            web_say(
                visit, self ? "assessments.computed-beside" : "assessments.computed-help",
                "points", str_format(arena, "%lld", (long long)cell->computed).at, NULL));
    }
    if (!str_is_empty(indicator->basis.id)) {
        web_cite(visit, model_part(field, "rule"), indicator->basis.id);
    }
}

/* All or nothing. */
static void add_choice(struct visit *visit, struct model *part,
                       const struct indicator *indicator, const char *name,
                       struct str label, struct str value, bool self) {
    struct arena *arena = visit->call->arena;
    struct str points = str_format(arena, "%d", indicator->points);
    struct model *field =
        change_field_called(visit, part, "is-choice", name, label, false, value);
    add_option(
        field, value, STR(""),
        web_say(visit, self ? "assessments.unsaid" : "assessments.unmarked", NULL));
    add_option(
        field, value, points,
        web_say(visit, "assessments.full", "points", str_text(arena, points), NULL));
    add_option(field, value, STR("0"), web_say(visit, "assessments.nil", NULL));
    if (!str_is_empty(indicator->basis.id)) {
        web_cite(visit, model_part(field, "rule"), indicator->basis.id);
    }
}

static void add_option(struct model *field, struct str chosen, struct str value,
                       struct str label) {
    struct model *option = model_list_add(field, "options");
    model_text(option, "value", value);
    model_text(option, "label", label);
    model_flag(option, "chosen", str_equal(chosen, value));
}

/* What this reader said before; of an assessor among several, nothing is assumed. */
static struct str present(struct visit *visit, const struct indicator *indicator,
                          const struct assessed_cell *cell, bool self) {
    const struct assessed_mark *mark = self ? &cell->self : &cell->marks[0];
    if (!mark->is_given) {
        return STR("");
    }
    return assessment_counts(indicator)
               ? str_format(visit->call->arena, "%lld", (long long)mark->points)
               : mark->remark;
}

static struct str typed(const struct visit *visit, const char *name, struct str stored) {
    for (size_t i = 0; visit->again && i < request_count(visit->request, LINES); i++) {
        if (str_is(request_name_at(visit->request, LINES, i), name)) {
            return request_text_at(visit->request, LINES, i);
        }
    }
    return stored;
}

static enum status run_mark(struct visit *visit) { return take(visit, false); }

static enum status run_report(struct visit *visit) { return take(visit, true); }

static enum status take(struct visit *visit, bool self) {
    size_t most = request_count(visit->request, LINES);
    struct mark_wish *wishes = TAKE_ARRAY(visit->call->arena, most + 1, struct mark_wish);
    const struct assessed_line *line;
    struct sheet_view view;
    size_t count;
    TRY(find_line(visit, &view, &line));
    TRY(read_wishes(visit, &view, line, self, wishes, &count));
    enum status said =
        self ? assessment_report(visit->call, view.sheet.id, line->subject, wishes, count)
             : assessment_mark(visit->call, view.sheet.id, line->subject, wishes, count,
                               request_text(visit->request, "reason"));
    if (said == REFUSED) {
        name_fields(visit);
    }
    TRY(said);
    return web_go_saying(visit, assessment_path(visit, view.sheet.id, line->subject, ""),
                         self ? "assessments.reported" : "assessments.marked", NULL);
}

/* What was left as it is is no wish. */
static enum status read_wishes(struct visit *visit, const struct sheet_view *view,
                               const struct assessed_line *line, bool self,
                               struct mark_wish *wishes, size_t *out_count) {
    const struct request *request = visit->request;
    const struct assessment *rules = view->sheet.book->assessment;
    size_t count = 0;
    for (size_t i = 0; i < request_count(request, LINES); i++) {
        struct str name = request_name_at(request, LINES, i);
        struct str said = str_trim(request_text_at(request, LINES, i));
        struct str code = str_part(name, strlen("line-"), name.length);
        for (size_t j = 0; j < rules->indicator_count && !str_is_empty(said); j++) {
            struct mark_wish wish = {.indicator = code, .remark = STR("")};
            if (!str_equal(rules->indicators[j].code, code)) {
                continue;
            }
            wish.has_points = assessment_counts(&rules->indicators[j]) &&
                              str_to_int(said, &wish.points) == DONE;
            wish.remark = wish.has_points ? STR("") : said;
            if (is_new(&line->cells[j], &wish, self)) {
                wishes[count++] = wish;
            }
        }
    }
    *out_count = count;
    return DONE;
}

static bool is_new(const struct assessed_cell *cell, const struct mark_wish *wish,
                   bool self) {
    const struct assessed_mark *mark = self ? &cell->self : &cell->marks[0];
    if (!self && cell->is_computed && !mark->is_given && wish->has_points &&
        wish->points == cell->computed) {
        return false;
    }
    return !mark->is_given || mark->has_points != wish->has_points ||
           mark->points != wish->points || !str_equal(mark->remark, wish->remark);
}

/* The act names an indicator, the form "line-" and the indicator. */
static void name_fields(struct visit *visit) {
    for (struct refusal *no = visit->call->refusal; no != NULL; no = no->next) {
        if (no->field != NULL && strcmp(no->field, "reason") != 0) {
            no->field = str_format(visit->call->arena, "line-%s", no->field).at;
        }
    }
}

static enum status find_line(struct visit *visit, struct sheet_view *out_view,
                             const struct assessed_line **out_line) {
    id64 sheet;
    id64 subject;
    TRY(request_id_parameter(visit->request, "sheet", &sheet));
    TRY(request_id_parameter(visit->request, "line", &subject));
    TRY(assessment_view(visit->call, sheet, out_view));
    for (size_t i = 0; i < out_view->count; i++) {
        if (out_view->lines[i].subject == subject) {
            *out_line = &out_view->lines[i];
            return out_view->sheet.group == visit->web->options.group ? DONE : ABSENT;
        }
    }
    return ABSENT;
}
