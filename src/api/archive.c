/*
 * GET /archive, POST /archive/{id}/loans, /archive/loans/{id}/answer and /return;
 * GET /summary, GET /views, GET /catalogue: what is kept, what was counted, and what was
 * expected and came.
 */
#include "entries.h"

#include "archive/archive.h"
#include "tally/tally.h"

#define FILES_MOST 1000
#define ITEMS_MOST 1000

static enum status run_files(struct exchange *exchange);
static enum status run_ask(struct exchange *exchange);
static enum status run_lend(struct exchange *exchange);
static enum status run_return(struct exchange *exchange);
static enum status tell_loan(struct exchange *exchange, id64 id);
static json_t *tell_file(struct exchange *exchange, const struct archive_file *file);
static enum status run_summary(struct exchange *exchange);
static json_t *tell_line(struct exchange *exchange, const struct tally_line *line);
static enum status run_views(struct exchange *exchange);
static json_t *tell_views(struct exchange *exchange, const struct view_line *line);
static enum status run_catalogue(struct exchange *exchange);

static const struct field files_query[] = {
    {.name = "year", .kind = FIELD_INT, .label = "archive.year"}, {0}};
static const struct member ask_members[] = {
    {"purpose", MEMBER_TEXT, true}, {"due", MEMBER_DAY, true}, {0}};
static const struct member lend_members[] = {
    {"agreed", MEMBER_TEXT, true}, {"words", MEMBER_TEXT, false}, {0}};
static const struct member return_members[] = {{"remark", MEMBER_TEXT, false}, {0}};
static const struct field summary_query[] = {
    {.name = "period", .kind = FIELD_TEXT, .label = "summary.period"}, {0}};

const struct endpoint api_archive = {
    .method = "GET", .pattern = "/archive", .query = files_query, .run = run_files};
const struct endpoint api_loan_ask = {.method = "POST",
                                      .pattern = "/archive/{id}/loans",
                                      .members = ask_members,
                                      .run = run_ask};
const struct endpoint api_loan_answer = {.method = "POST",
                                         .pattern = "/archive/loans/{id}/answer",
                                         .members = lend_members,
                                         .run = run_lend};
const struct endpoint api_loan_return = {.method = "POST",
                                         .pattern = "/archive/loans/{id}/return",
                                         .members = return_members,
                                         .run = run_return};
const struct endpoint api_summary = {
    .method = "GET", .pattern = "/summary", .query = summary_query, .run = run_summary};
static const struct field views_query[] = {
    {.name = "period", .kind = FIELD_TEXT, .label = "summary.period"},
    {.name = "site", .kind = FIELD_ID, .label = "views.site"},
    {0}};
const struct endpoint api_views = {
    .method = "GET", .pattern = "/views", .query = views_query, .run = run_views};
const struct endpoint api_catalogue = {
    .method = "GET", .pattern = "/catalogue", .run = run_catalogue};

static enum status run_files(struct exchange *exchange) {
    struct archive_filter filter = {.year = (int)request_int(exchange->request, "year")};
    struct archive_files files;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "files", list);
    do {
        TRY(archive_list(exchange->call, exchange->api->group, &filter, &files));
        for (size_t i = 0; i < files.count; i++) {
            filter.before = files.at[i].id;
            json_array_append_new(list, tell_file(exchange, &files.at[i]));
        }
    } while (files.more && files.count > 0 && json_array_size(list) < FILES_MOST);
    return DONE;
}

static json_t *tell_file(struct exchange *exchange, const struct archive_file *file) {
    const char *state = file->destroyed_at != 0  ? "destroyed"
                        : file->destruction != 0 ? "on-a-list"
                        : file->loan != 0        ? "lent"
                                                 : "here";
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, file->id));
    json_object_set_new(json, "number", tell_text(file->number));
    json_object_set_new(json, "title", tell_text(file->title));
    json_object_set_new(json, "unit", tell_id(exchange, file->unit));
    json_object_set_new(json, "digest", tell_digest(exchange, &file->digest));
    json_object_set_new(json, "filed_at", tell_instant(exchange, file->filed_at));
    json_object_set_new(json, "years", json_integer(file->years));
    json_object_set_new(json, "kept_until", tell_day(exchange, file->kept_until));
    json_object_set_new(json, "state", json_string(state));
    json_object_set_new(json, "loan", tell_id(exchange, file->loan));
    return json;
}

static enum status run_ask(struct exchange *exchange) {
    id64 file = 0;
    id64 loan;
    TRY(path_id(exchange, &file));
    TRY(archive_ask(exchange->call, file, body_text(exchange, "purpose"),
                    body_day(exchange, "due"), &loan));
    exchange->status = 201;
    return tell_loan(exchange, loan);
}

static enum status run_lend(struct exchange *exchange) {
    id64 loan = 0;
    TRY(path_id(exchange, &loan));
    TRY(archive_lend(exchange->call, loan, str_is(body_text(exchange, "agreed"), "yes"),
                     body_text(exchange, "words")));
    return tell_loan(exchange, loan);
}

static enum status run_return(struct exchange *exchange) {
    id64 loan = 0;
    TRY(path_id(exchange, &loan));
    TRY(archive_take_back(exchange->call, loan, body_text(exchange, "remark")));
    return tell_loan(exchange, loan);
}

static enum status tell_loan(struct exchange *exchange, id64 id) {
    struct loan loan;
    TRY(archive_loan(exchange->call, id, &loan));
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, loan.id));
    json_object_set_new(json, "file", tell_id(exchange, loan.file));
    json_object_set_new(json, "number", tell_text(loan.number));
    json_object_set_new(json, "borrower", tell_person(exchange, loan.borrower));
    json_object_set_new(json, "purpose", tell_text(loan.purpose));
    json_object_set_new(json, "due", tell_day(exchange, loan.due));
    json_object_set_new(json, "agreed", json_boolean(loan.agreed));
    json_object_set_new(json, "answered_by", tell_person(exchange, loan.answered_by));
    json_object_set_new(json, "answered_at", tell_instant(exchange, loan.answered_at));
    json_object_set_new(json, "returned_at", tell_instant(exchange, loan.returned_at));
    exchange->answer = json;
    return DONE;
}

static enum status run_summary(struct exchange *exchange) {
    const struct rulebook *book;
    struct summary summary;
    TRY(book_in_force(exchange, &book));
    TRY(tally_summary(exchange->call, exchange->api->group, book,
                      request_text(exchange->request, "period"), &summary));
    struct str number = STR("");
    enum status numbered =
        tally_number(exchange->call, exchange->api->group, &summary.period, &number);
    if (numbered != DONE && numbered != ABSENT) {
        return numbered;
    }
    const struct tally_lines *lists[] = {&summary.units, &summary.classes,
                                         &summary.columns};
    static const char *const names[] = {"units", "classes", "columns"};
    json_t *json = json_pack("{s:o, s:b, s:o}", "period", tell_text(summary.period.text),
                             "ended", summary.period.ended, "number", tell_text(number));
    for (size_t i = 0; i < LENGTH(lists); i++) {
        json_t *list = json_array();
        for (size_t j = 0; j < lists[i]->count; j++) {
            json_array_append_new(list, tell_line(exchange, &lists[i]->at[j]));
        }
        json_object_set_new(json, names[i], list);
    }
    exchange->answer = json;
    return DONE;
}

static json_t *tell_line(struct exchange *exchange, const struct tally_line *line) {
    static const char *const names[TALLY_FIGURES] = {
        [TALLY_SUBMITTED] = "submitted", [TALLY_RELEASED] = "released",
        [TALLY_RETURNED] = "returned",   [TALLY_LATE] = "late",
        [TALLY_WITHDRAWN] = "withdrawn",
    };
    json_t *json = json_object();
    json_object_set_new(json, "unit", tell_id(exchange, line->unit));
    json_object_set_new(json, "unit_title", tell_text(line->unit_title));
    json_object_set_new(json, "class", tell_text(line->item_class));
    json_object_set_new(json, "column", tell_id(exchange, line->column));
    for (int i = 0; i < TALLY_FIGURES; i++) {
        json_object_set_new(json, names[i], json_integer(line->figures[i]));
    }
    return json;
}

static enum status run_views(struct exchange *exchange) {
    struct views views;
    TRY(tally_views(exchange->call, exchange->api->group,
                    request_id(exchange->request, "site"),
                    request_text(exchange->request, "period"), ITEMS_MOST, &views));
    const struct view_lines *lists[] = {&views.sites, &views.columns, &views.items};
    static const char *const names[] = {"sites", "columns", "items"};
    json_t *json = json_pack("{s:o, s:b}", "period", tell_text(views.period.text),
                             "ended", views.period.ended);
    for (size_t i = 0; i < LENGTH(lists); i++) {
        json_t *list = json_array();
        for (size_t j = 0; j < lists[i]->count; j++) {
            json_t *line = tell_views(exchange, &lists[i]->at[j]);
            if (i == 0) {
                json_object_set_new(line, "counted",
                                    json_boolean(lists[i]->at[j].is_counted));
            } else {
                json_object_set_new(line, "column",
                                    tell_id(exchange, lists[i]->at[j].column));
            }
            json_array_append_new(list, line);
        }
        json_object_set_new(json, names[i], list);
    }
    exchange->answer = json;
    return DONE;
}

static json_t *tell_views(struct exchange *exchange, const struct view_line *line) {
    static const char *const names[VIEW_KINDS] = {
        [VIEW_READER] = "views", [VIEW_ROBOT] = "robots", [VIEW_STAFF] = "staff"};
    json_t *json = json_object();
    json_object_set_new(json, "site", tell_id(exchange, line->site));
    if (line->manuscript != 0) {
        json_object_set_new(json, "manuscript", tell_id(exchange, line->manuscript));
        json_object_set_new(json, "title", tell_text(line->title));
    }
    json_object_set_new(json, "address", tell_text(line->path));
    for (int i = 0; i < VIEW_KINDS; i++) {
        json_object_set_new(json, names[i], json_integer(line->numbers[i]));
    }
    return json;
}

static enum status run_catalogue(struct exchange *exchange) {
    struct catalogue_items items;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "entries", list);
    TRY(tally_catalogue(exchange->call, exchange->api->group, 0, &items));
    for (size_t i = 0; i < items.count; i++) {
        const struct catalogue_item *item = &items.at[i];
        json_t *json = json_object();
        json_object_set_new(json, "id", tell_id(exchange, item->id));
        json_object_set_new(json, "unit", tell_id(exchange, item->unit));
        json_object_set_new(json, "title", tell_text(item->title));
        json_object_set_new(json, "kind", json_string(catalogue_kind_name(item->kind)));
        json_object_set_new(json, "days", json_integer(item->days));
        json_object_set_new(json, "responsible", tell_text(item->responsible));
        json_object_set_new(json, "approved_at",
                            tell_instant(exchange, item->approved_at));
        json_object_set_new(json, "last", tell_instant(exchange, item->last));
        json_object_set_new(json, "due", tell_instant(exchange, item->due));
        json_object_set_new(json, "missing", json_boolean(item->missing));
        json_array_append_new(list, json);
    }
    return DONE;
}
