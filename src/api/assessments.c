/*
 * GET, POST /assessments, GET /assessments/{id}, POST /assessments/{id}/marks, /reports,
 * /close and /publication; GET, POST /commendations: how units did, who says so, and who
 * was named.
 */
#include "entries.h"

#include "assessment/assessment.h"

static enum status run_list(struct exchange *exchange);
static json_t *tell_sheet(struct exchange *exchange, const struct sheet *sheet);
static enum status run_open(struct exchange *exchange);
static enum status run_view(struct exchange *exchange);
static enum status tell_view(struct exchange *exchange, id64 sheet);
static json_t *tell_line(struct exchange *exchange, const struct sheet_view *view,
                         const struct assessed_line *line);
static json_t *tell_cell(struct exchange *exchange, const struct sheet_view *view,
                         size_t index, const struct assessed_cell *cell);
static json_t *tell_mark(struct exchange *exchange, struct str by,
                         const struct assessed_mark *mark);
static enum status run_mark(struct exchange *exchange);
static enum status run_report(struct exchange *exchange);
static size_t read_marks(struct exchange *exchange, struct mark_wish **out_wishes);
static enum status run_close(struct exchange *exchange);
static enum status run_publish(struct exchange *exchange);
static enum status run_given(struct exchange *exchange);
static json_t *tell_given(struct exchange *exchange, const struct commendation *given);
static enum status run_give(struct exchange *exchange);

static const struct member open_members[] = {
    {"site", MEMBER_ID, true}, {"period", MEMBER_TEXT, true}, {0}};
static const struct member mark_members[] = {{"line", MEMBER_ID, true},
                                             {"marks", MEMBER_PAIRS, true},
                                             {"reason", MEMBER_TEXT, false},
                                             {0}};
static const struct member report_members[] = {
    {"line", MEMBER_ID, true}, {"marks", MEMBER_PAIRS, true}, {0}};
static const struct member no_members[] = {{0}};
static const struct member give_members[] = {{"site", MEMBER_ID, true},
                                             {"kind", MEMBER_TEXT, true},
                                             {"of", MEMBER_TEXT, true},
                                             {"subject", MEMBER_ID, true},
                                             {"ground", MEMBER_TEXT, true},
                                             {"assessment", MEMBER_ID, false},
                                             {0}};

const struct endpoint api_assessments = {
    .method = "GET", .pattern = "/assessments", .run = run_list};
const struct endpoint api_assessment_open = {.method = "POST",
                                             .pattern = "/assessments",
                                             .members = open_members,
                                             .run = run_open};
const struct endpoint api_assessment = {
    .method = "GET", .pattern = "/assessments/{id}", .run = run_view};
const struct endpoint api_assessment_mark = {.method = "POST",
                                             .pattern = "/assessments/{id}/marks",
                                             .members = mark_members,
                                             .run = run_mark};
const struct endpoint api_assessment_report = {.method = "POST",
                                               .pattern = "/assessments/{id}/reports",
                                               .members = report_members,
                                               .run = run_report};
const struct endpoint api_assessment_close = {.method = "POST",
                                              .pattern = "/assessments/{id}/close",
                                              .members = no_members,
                                              .run = run_close};
const struct endpoint api_assessment_publish = {.method = "POST",
                                                .pattern =
                                                    "/assessments/{id}/publication",
                                                .members = no_members,
                                                .run = run_publish};
const struct endpoint api_commendations = {
    .method = "GET", .pattern = "/commendations", .run = run_given};
const struct endpoint api_commend = {.method = "POST",
                                     .pattern = "/commendations",
                                     .members = give_members,
                                     .run = run_give};

static enum status run_list(struct exchange *exchange) {
    struct sheets sheets;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "assessments", list);
    TRY(assessment_sheets(exchange->call, exchange->api->group, 0, &sheets));
    for (size_t i = 0; i < sheets.count; i++) {
        json_array_append_new(list, tell_sheet(exchange, &sheets.at[i]));
    }
    return DONE;
}

static json_t *tell_sheet(struct exchange *exchange, const struct sheet *sheet) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, sheet->id));
    json_object_set_new(json, "site", tell_id(exchange, sheet->site));
    json_object_set_new(json, "period", tell_text(sheet->period.text));
    json_object_set_new(json, "state", json_string(sheet_state_name(sheet->state)));
    json_object_set_new(json, "opened_at", tell_instant(exchange, sheet->opened_at));
    json_object_set_new(json, "assessed_at", tell_instant(exchange, sheet->assessed_at));
    json_object_set_new(json, "manuscript", tell_id(exchange, sheet->manuscript));
    return json;
}

static enum status run_open(struct exchange *exchange) {
    id64 sheet;
    TRY(assessment_open(exchange->call, body_id(exchange, "site"),
                        body_text(exchange, "period"), &sheet));
    exchange->status = 201;
    return tell_view(exchange, sheet);
}

static enum status run_view(struct exchange *exchange) {
    id64 sheet = 0;
    TRY(path_id(exchange, &sheet));
    return tell_view(exchange, sheet);
}

static enum status tell_view(struct exchange *exchange, id64 sheet) {
    struct sheet_view view;
    json_t *lines = json_array();
    TRY(assessment_view(exchange->call, sheet, &view));
    for (size_t i = 0; i < view.count; i++) {
        json_array_append_new(lines, tell_line(exchange, &view, &view.lines[i]));
    }
    exchange->answer = tell_sheet(exchange, &view.sheet);
    json_object_set_new(exchange->answer, "answered",
                        json_integer((json_int_t)view.answered));
    json_object_set_new(exchange->answer, "assessors",
                        json_integer((json_int_t)view.assessors));
    json_object_set_new(exchange->answer, "withheld", json_boolean(!view.shows_marks));
    json_object_set_new(exchange->answer, "lines", lines);
    return DONE;
}

/* A sum only where there are points. */
static json_t *tell_line(struct exchange *exchange, const struct sheet_view *view,
                         const struct assessed_line *line) {
    json_t *json = json_object();
    json_t *cells = json_array();
    for (size_t i = 0; i < view->sheet.book->assessment->indicator_count; i++) {
        json_array_append_new(cells, tell_cell(exchange, view, i, &line->cells[i]));
    }
    json_object_set_new(json, "id", tell_id(exchange, line->subject));
    json_object_set_new(json, "unit", tell_id(exchange, line->unit));
    json_object_set_new(json, "title", tell_text(line->title));
    json_object_set_new(json, "sum",
                        view->has_points && view->shows_marks ? json_integer(line->sum)
                                                              : json_null());
    json_object_set_new(json, "own_sum",
                        line->has_self ? json_integer(line->self_sum) : json_null());
    json_object_set_new(json, "indicators", cells);
    return json;
}

static json_t *tell_cell(struct exchange *exchange, const struct sheet_view *view,
                         size_t index, const struct assessed_cell *cell) {
    const struct rulebook *book = view->sheet.book;
    const struct indicator *indicator = &book->assessment->indicators[index];
    json_t *json = json_object();
    json_t *marks = json_array();
    if (cell->self.is_given) {
        json_array_append_new(marks,
                              tell_mark(exchange, STR(ASSESSMENT_SELF), &cell->self));
    }
    for (size_t i = 0; i < view->assessors; i++) {
        if (cell->marks[i].is_given) {
            int role = book->assessment->assessors->roles[i];
            json_array_append_new(
                marks, tell_mark(exchange, book->roles[role].code, &cell->marks[i]));
        }
    }
    json_object_set_new(json, "indicator", tell_text(indicator->code));
    json_object_set_new(json, "rule", tell_text(indicator->basis.id));
    json_object_set_new(json, "number",
                        cell->is_computed ? json_integer(cell->number) : json_null());
    json_object_set_new(json, "computed",
                        cell->is_computed ? json_integer(cell->computed) : json_null());
    json_object_set_new(json, "points",
                        cell->has_points ? json_integer(cell->points) : json_null());
    json_object_set_new(json, "adjusted", json_boolean(cell->is_adjusted));
    json_object_set_new(json, "marks", marks);
    return json;
}

static json_t *tell_mark(struct exchange *exchange, struct str by,
                         const struct assessed_mark *mark) {
    json_t *json = json_object();
    json_object_set_new(json, "by", tell_text(by));
    json_object_set_new(json, "person", tell_person(exchange, mark->person));
    json_object_set_new(json, "at", tell_instant(exchange, mark->at));
    json_object_set_new(json, "points",
                        mark->has_points ? json_integer(mark->points) : json_null());
    json_object_set_new(json, "remark", tell_text(mark->remark));
    json_object_set_new(json, "reason", tell_text(mark->reason));
    json_object_set_new(json, "late", json_boolean(mark->is_late));
    return json;
}

static enum status run_mark(struct exchange *exchange) {
    struct mark_wish *wishes;
    id64 sheet = 0;
    size_t count = read_marks(exchange, &wishes);
    TRY(path_id(exchange, &sheet));
    TRY(assessment_mark(exchange->call, sheet, body_id(exchange, "line"), wishes, count,
                        body_text(exchange, "reason")));
    return tell_view(exchange, sheet);
}

static enum status run_report(struct exchange *exchange) {
    struct mark_wish *wishes;
    id64 sheet = 0;
    size_t count = read_marks(exchange, &wishes);
    TRY(path_id(exchange, &sheet));
    TRY(assessment_report(exchange->call, sheet, body_id(exchange, "line"), wishes,
                          count));
    return tell_view(exchange, sheet);
}

/* What reads as a number is points, anything else a remark. */
static size_t read_marks(struct exchange *exchange, struct mark_wish **out_wishes) {
    struct answer *given;
    size_t count = body_answers(exchange, "marks", &given);
    *out_wishes = TAKE_ARRAY(exchange->call->arena, count + 1, struct mark_wish);
    for (size_t i = 0; i < count; i++) {
        struct mark_wish *wish = &(*out_wishes)[i];
        wish->indicator = given[i].question;
        wish->has_points = str_to_int(given[i].value, &wish->points) == DONE;
        wish->remark = wish->has_points ? STR("") : given[i].value;
    }
    return count;
}

static enum status run_close(struct exchange *exchange) {
    id64 sheet = 0;
    TRY(path_id(exchange, &sheet));
    TRY(assessment_close(exchange->call, sheet));
    return tell_view(exchange, sheet);
}

static enum status run_publish(struct exchange *exchange) {
    id64 sheet = 0;
    id64 manuscript;
    TRY(path_id(exchange, &sheet));
    TRY(assessment_publish(exchange->call, sheet, &manuscript));
    exchange->status = 201;
    exchange->answer = json_pack("{s:o}", "manuscript", tell_id(exchange, manuscript));
    return DONE;
}

static enum status run_given(struct exchange *exchange) {
    struct commendation *given;
    size_t count;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "commendations", list);
    TRY(assessment_given(exchange->call, exchange->api->group, &given, &count));
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, tell_given(exchange, &given[i]));
    }
    return DONE;
}

static json_t *tell_given(struct exchange *exchange, const struct commendation *given) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, given->id));
    json_object_set_new(
        json, "kind",
        json_string(given->kind == NOTICE_COMMEND ? "commend" : "criticise"));
    json_object_set_new(json, "of",
                        json_string(given->of == NOTICE_OF_UNIT ? "unit" : "person"));
    json_object_set_new(json, "subject", tell_id(exchange, given->subject));
    json_object_set_new(json, "unit", tell_id(exchange, given->unit));
    json_object_set_new(json, "name", tell_text(given->name));
    json_object_set_new(json, "ground", tell_text(given->ground));
    json_object_set_new(json, "assessment", tell_id(exchange, given->sheet));
    json_object_set_new(json, "score",
                        given->has_score ? json_integer(given->score) : json_null());
    json_object_set_new(json, "rule", tell_text(given->rule));
    json_object_set_new(json, "given_by", tell_person(exchange, given->given_by));
    json_object_set_new(json, "given_at", tell_instant(exchange, given->given_at));
    json_object_set_new(json, "manuscript", tell_id(exchange, given->manuscript));
    return json;
}

static enum status run_give(struct exchange *exchange) {
    struct commendation wish = {
        .site = body_id(exchange, "site"),
        .kind = str_is(body_text(exchange, "kind"), "commend") ? NOTICE_COMMEND
                                                               : NOTICE_CRITICISE,
        .of =
            str_is(body_text(exchange, "of"), "unit") ? NOTICE_OF_UNIT : NOTICE_OF_PERSON,
        .subject = body_id(exchange, "subject"),
        .ground = body_text(exchange, "ground"),
        .sheet = body_id(exchange, "assessment")};
    TRY(assessment_give(exchange->call, &wish));
    exchange->status = 201;
    exchange->answer = tell_given(exchange, &wish);
    return DONE;
}
