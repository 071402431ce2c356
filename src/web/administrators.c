/*
 * 网站管理员登记: the register that rights rest on (ED-15), on screen, in xlsx and on
 * paper; its lines are matters.
 */
#include "entries.h"
#include "parts.h"
#include "table.h"

#include "people/people.h"
#include "site/site.h"

static enum status run_list(struct visit *visit);
static enum status add_line(struct table *table, const struct site *site,
                            const struct registered_line *line);
static enum status titles_of(struct visit *visit, const struct site *site,
                             struct str paths, struct str *out_titles);
static enum status end_of(struct visit *visit, const struct registered_line *line,
                          instant *out_end);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "sort", "page", NULL};
static const struct listing listing = {"/administrators", list_names};

const struct entry administrators_show = {.method = "GET",
                                          .pattern = "/administrators",
                                          .fields = list_fields,
                                          .may = WEB_STAFF,
                                          .run = run_list};
const struct entry administrators_export = {.method = "GET",
                                            .pattern = "/administrators.xlsx",
                                            .fields = list_fields,
                                            .may = WEB_STAFF,
                                            .run = run_list};
const struct entry administrators_paper = {.method = "GET",
                                           .pattern = "/administrators.pdf",
                                           .fields = list_fields,
                                           .may = WEB_STAFF,
                                           .run = run_list};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"name", "accounts.name", false},
        {"state", "manuscripts.state", false},
        {"unit", "people.unit", false},
        {"columns", "administrators.columns", false},
        {"rights", "administrators.rights", false},
        {"account", "accounts.login", false},
        {"from", "administrators.from", false},
        {"to", "administrators.to", false},
        {"by", "administrators.by", false},
    };
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "administrators.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct registered_line *lines;
    struct site site;
    size_t count;
    TRY(part_site(visit, &site));
    TRY(site_register(visit->call, &site, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        struct str typed = request_text(visit->request, "q");
        struct str name = lines[i].matter.title;
        if (str_is_empty(typed) || str_find(name, typed) < name.length) {
            TRY(add_line(&table, &site, &lines[i]));
        }
    }
    table_search(&table, "accounts.name");
    model_words(table_part(&table), "sub", "administrators.about");
    return table_answer(&table, "administrators.nothing");
}

static enum status add_line(struct table *table, const struct site *site,
                            const struct registered_line *line) {
    struct visit *visit = table->visit;
    struct call *call = visit->call;
    struct people_unit unit;
    struct people_brief by;
    instant end = INSTANT_NEVER;
    const char *state = line->in_force                  ? "in-force"
                        : line->matter.answered_at == 0 ? "open"
                                                        : "over";
    TRY(people_unit(call, line->matter.unit, &unit));
    TRY(people_person_brief(call, line->matter.answered_by, &by));
    TRY(end_of(visit, line, &end));
    struct table_row *row = table_add(table);
    row->href = str_format(call->arena, "/matters/%.*s",
                           STR_ARG(id_to_text(call->arena, line->matter.id)));
    row->cells[0] = line->matter.title;
    row->second = line->matter.number;
    row->cells[1] =
        web_say(visit, str_format(call->arena, "administrators.is-%s", state).at, NULL);
    row->cells[2] = unit.title;
    TRY(titles_of(visit, site, line->columns, &row->cells[3]));
    row->cells[4] = line->rights;
    row->cells[5] = line->account;
    row->cells[6] = line->matter.answered_at == 0
                        ? STR("")
                        : day_to_text(call->arena, instant_day(line->matter.answered_at));
    row->cells[7] =
        end == INSTANT_NEVER ? STR("") : day_to_text(call->arena, instant_day(end));
    row->cells[8] = by.name;
    return DONE;
}

/* The columns by their titles; one that is there no more by its code. */
static enum status titles_of(struct visit *visit, const struct site *site,
                             struct str paths, struct str *out_titles) {
    struct buffer text;
    buffer_init(&text, visit->call->arena);
    while (!str_is_empty(paths)) {
        struct column column;
        struct str path = site_register_word(&paths);
        if (str_is_empty(path)) {
            continue;
        }
        enum status found = site_column_find_path(visit->call, site->id, path, &column);
        if (found == FAILED) {
            return FAILED;
        }
        struct str title = found == DONE ? column.title : path;
        buffer_add_format(&text, "%s%.*s", text.length == 0 ? "" : "、", STR_ARG(title));
    }
    *out_titles = buffer_str(&text);
    return DONE;
}

/* The end of the appointment it rests on; none while that is open, or without one. */
static enum status end_of(struct visit *visit, const struct registered_line *line,
                          instant *out_end) {
    struct people_holdings holdings;
    instant end = 0;
    if (line->person == 0) {
        return DONE;
    }
    TRY(people_appointments(visit->call, line->person, true, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        bool rests = holding->unit == line->matter.unit &&
                     holding->from <= line->matter.opened_at &&
                     holding->until > line->matter.opened_at;
        end = rests && holding->until > end ? holding->until : end;
    }
    *out_end = end == 0 ? INSTANT_NEVER : end;
    return DONE;
}
