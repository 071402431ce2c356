/*
 * A sheet whole: what was computed, what the units and the assessors said, and what
 * counts of it.  The unified points prevail; a unit's own stand beside them (MS-4.0).
 */
#include "assessment_own.h"

static enum status read_lines(struct call *call, struct sheet_view *view);
static enum status read_figures(struct call *call, struct sheet_view *view);
static enum status read_marks(struct call *call, struct sheet_view *view);
static void take_mark(struct rows *rows, const struct rulebook *book,
                      struct assessed_line *line, struct assessed_cell *cell);
static enum status read_answers(struct call *call, struct sheet_view *view);
static void settle_line(const struct sheet_view *view, struct assessed_line *line);
static void settle_cell(const struct sheet_view *view, const struct indicator *indicator,
                        struct assessed_cell *cell);
static struct assessed_line *line_of(struct sheet_view *view, id64 subject);
static int indicator_of(const struct assessment *rules, struct str code);

bool indicator_has_points(const struct indicator *indicator) {
    return indicator->points > 0 || indicator->per_item > 0 || indicator->weekly > 0 ||
           indicator->half_monthly > 0 || indicator->monthly > 0;
}

enum status sheet_read(struct call *call, const struct sheet *sheet,
                       struct sheet_view *out_view) {
    const struct assessment *rules = sheet->book->assessment;
    struct sheet_view view = {
        .sheet = *sheet,
        .assessors = rules->assessors == NULL ? 0 : rules->assessors->role_count,
        .shows_marks = true};
    for (size_t i = 0; i < rules->indicator_count; i++) {
        view.has_points = view.has_points || indicator_has_points(&rules->indicators[i]);
    }
    TRY(read_lines(call, &view));
    TRY(read_figures(call, &view));
    TRY(read_marks(call, &view));
    TRY(read_answers(call, &view));
    for (size_t i = 0; i < view.count; i++) {
        settle_line(&view, &view.lines[i]);
    }
    *out_view = view;
    return DONE;
}

static enum status read_lines(struct call *call, struct sheet_view *view) {
    size_t indicators = view->sheet.book->assessment->indicator_count;
    struct rows *rows;
    view->lines = TAKE_ARRAY(call->arena, LINES_MOST, struct assessed_line);
    TRY(store_query(call, &line_rows, &rows, bind_int("sheet", view->sheet.id)));
    while (rows_next(rows)) {
        struct assessed_line *line = &view->lines[view->count++];
        *line = (struct assessed_line){
            .subject = row_id(rows, "subject"),
            .unit = row_id(rows, "unit"),
            .title = row_text(rows, "title"),
            .cells = TAKE_ARRAY(call->arena, indicators + 1, struct assessed_cell)};
        for (size_t i = 0; i < indicators; i++) {
            line->cells[i].marks =
                TAKE_ARRAY(call->arena, view->assessors + 1, struct assessed_mark);
        }
    }
    return rows_end(rows);
}

static enum status read_figures(struct call *call, struct sheet_view *view) {
    struct rows *rows;
    TRY(store_query(call, &figure_rows, &rows, bind_int("sheet", view->sheet.id)));
    while (rows_next(rows)) {
        struct assessed_line *line = line_of(view, row_id(rows, "subject"));
        int index =
            indicator_of(view->sheet.book->assessment, row_text(rows, "indicator"));
        if (line != NULL && index != NO_INDEX) {
            struct assessed_cell *cell = &line->cells[index];
            cell->is_computed = true;
            cell->number = row_int(rows, "number");
            cell->computed = row_int(rows, "points");
        }
    }
    return rows_end(rows);
}

static enum status read_marks(struct call *call, struct sheet_view *view) {
    struct rows *rows;
    TRY(store_query(call, &mark_rows, &rows, bind_int("sheet", view->sheet.id)));
    while (rows_next(rows)) {
        struct assessed_line *line = line_of(view, row_id(rows, "subject"));
        int index =
            indicator_of(view->sheet.book->assessment, row_text(rows, "indicator"));
        if (line != NULL && index != NO_INDEX) {
            take_mark(rows, view->sheet.book, line, &line->cells[index]);
        }
    }
    return rows_end(rows);
}

static void take_mark(struct rows *rows, const struct rulebook *book,
                      struct assessed_line *line, struct assessed_cell *cell) {
    const struct assessor_rule *assessors = book->assessment->assessors;
    struct str role = row_text(rows, "role");
    struct assessed_mark mark = {.is_given = true,
                                 .has_points = !row_is_null(rows, "points"),
                                 .points = row_int(rows, "points"),
                                 .remark = row_text(rows, "remark"),
                                 .reason = row_text(rows, "reason"),
                                 .person = row_id(rows, "person"),
                                 .at = row_int(rows, "at"),
                                 .is_late = row_int(rows, "late") != 0};
    if (str_is(role, ASSESSMENT_SELF)) {
        cell->self = mark;
        line->has_self = true;
        return;
    }
    for (size_t i = 0; assessors != NULL && i < assessors->role_count; i++) {
        if (str_equal(book->roles[assessors->roles[i]].code, role)) {
            cell->marks[i] = mark;
        }
    }
}

static enum status read_answers(struct call *call, struct sheet_view *view) {
    struct rows *rows;
    TRY(store_query(call, &answer_rows, &rows, bind_int("sheet", view->sheet.id)));
    while (rows_next(rows)) {
        view->answered++;
    }
    return rows_end(rows);
}

static void settle_line(const struct sheet_view *view, struct assessed_line *line) {
    const struct assessment *rules = view->sheet.book->assessment;
    line->is_complete = true;
    for (size_t i = 0; i < rules->indicator_count; i++) {
        const struct indicator *indicator = &rules->indicators[i];
        struct assessed_cell *cell = &line->cells[i];
        settle_cell(view, indicator, cell);
        line->sum += cell->has_points ? cell->points : 0;
        line->self_sum += cell->self.has_points ? cell->self.points : 0;
        for (size_t j = 0; j < view->assessors; j++) {
            line->is_complete =
                line->is_complete &&
                (cell->is_computed || indicator->optional || cell->marks[j].is_given);
        }
    }
}

static void settle_cell(const struct sheet_view *view, const struct indicator *indicator,
                        struct assessed_cell *cell) {
    if (!indicator_has_points(indicator)) {
        return;
    }
    cell->has_points = cell->is_computed;
    cell->points = cell->computed;
    for (size_t i = 0; i < view->assessors; i++) {
        if (cell->marks[i].has_points) {
            cell->is_adjusted =
                cell->is_computed && cell->marks[i].points != cell->computed;
            cell->has_points = true;
            cell->points = cell->marks[i].points;
        }
    }
}

static struct assessed_line *line_of(struct sheet_view *view, id64 subject) {
    for (size_t i = 0; i < view->count; i++) {
        if (view->lines[i].subject == subject) {
            return &view->lines[i];
        }
    }
    return NULL;
}

static int indicator_of(const struct assessment *rules, struct str code) {
    for (size_t i = 0; i < rules->indicator_count; i++) {
        if (str_equal(rules->indicators[i].code, code)) {
            return (int)i;
        }
    }
    return NO_INDEX;
}
