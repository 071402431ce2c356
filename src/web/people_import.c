/*
 * 导入名单: units, or persons with their posts, from a table as Excel and WPS save it.
 */
#include "entries.h"
#include "staff.h"

static enum status run_import_form(struct visit *visit);
static enum status run_import(struct visit *visit);
static enum status run_sample(struct visit *visit);
static void show_report(struct visit *visit, const struct people_import_report *report);

const struct entry people_import_form = {.method = "GET",
                                         .pattern = "/people/import",
                                         .may = WEB_OFFICE,
                                         .run = run_import_form};

static const struct field import_fields[] = {
    {.name = "file",
     .kind = FIELD_FILE,
     .required = true,
     .most = (size_t)4 << 20,
     .label = "import.file"},
    {.name = NULL},
};
const struct entry people_import_post = {.method = "POST",
                                         .pattern = "/people/import",
                                         .fields = import_fields,
                                         .body_most = (size_t)5 << 20,
                                         .may = WEB_OFFICE,
                                         .form = &people_import_form,
                                         .run = run_import};
const struct entry people_import_sample = {.method = "GET",
                                           .pattern = "/people/import/sample.csv",
                                           .may = STAFF_READERS,
                                           .run = run_sample};

static enum status run_import_form(struct visit *visit) {
    static const char *const heads[] = {"name", "pinyin", "login", "mail", "phone",
                                        "unit", "role",   "title", "units"};
    struct arena *arena = visit->call->arena;
    TRY(people_must_be_office(visit->call));
    struct model *part = model_part(web_model(visit), "import");
    model_text(part, "sample", STR("/people/import/sample.csv"));
    for (size_t i = 0; i < LENGTH(heads); i++) {
        struct model *column = model_list_add(part, "columns");
        model_words(column, "name", str_format(arena, "import.head-%s", heads[i]).at);
        model_words(column, "what", str_format(arena, "import.what-%s", heads[i]).at);
        model_flag(column, "must", i == 0);
    }
    return web_page(visit, "people-import");
}

/* All of it or nothing; with mistakes the page lists every one. */
static enum status run_import(struct visit *visit) {
    struct call *call = visit->call;
    struct people_roles roles;
    struct people_import_report report = {0};
    const struct upload *file = request_file(visit->request, "file");
    TRY(staff_roles(visit, &roles));
    enum status status = people_import(call, &roles, file->bytes, &report);
    if (status == REFUSED && report.error_count > 0) {
        call_forgive(call);
        visit->status = 422;
        show_report(visit, &report);
        return run_import_form(visit);
    }
    TRY(status);
    return web_go_saying(visit, STR("/people"), "import.taken", "units",
                         str_format(call->arena, "%d", report.units).at, "persons",
                         str_format(call->arena, "%d", report.persons).at, "posts",
                         str_format(call->arena, "%d", report.appointments).at, NULL);
}

static enum status run_sample(struct visit *visit) {
    visit->response->body =
        STR("\xef\xbb\xbf姓名,拼音,账号,邮箱,电话,单位,角色,职务\r\n");
    visit->response->status = 200;
    response_download(visit->response, STR("people.csv"), "text/csv; charset=utf-8",
                      true);
    return DONE;
}

static void show_report(struct visit *visit, const struct people_import_report *report) {
    struct arena *arena = visit->call->arena;
    struct model *part = model_part(web_model(visit), "import-faults");
    model_flag(part, "any", true);
    model_int(part, "count", (int64_t)report->error_count);
    for (size_t i = 0; i < report->error_count; i++) {
        const struct people_import_error *error = &report->errors[i];
        struct model *row = model_list_add(part, "list");
        model_int(row, "line", error->line);
        model_text(row, "column", error->column);
        model_text(row, "value", error->value);
        model_text(
            row, "text",
            web_say(visit, error->words, "value", str_text(arena, error->value), NULL));
    }
}
