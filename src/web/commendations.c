/*
 * 通报: the register of who was commended or criticised, and the form for one more.
 */
#include "assessment_web.h"

#include "people/people.h"
#include "site/site.h"

static enum status run_list(struct visit *visit);
static void add_given(struct table *table, const struct commendation *given);
static enum status run_new_form(struct visit *visit);
static enum status add_subjects(struct visit *visit, struct model *part,
                                const struct site *site);
static enum status add_sheets(struct visit *visit, struct model *part,
                              const struct site *site);
static enum status run_new(struct visit *visit);
static const char *kind_words(enum notice_kind kind);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "sort", "page", NULL};
static const struct listing listing = {"/commendations", list_names};
TABLE_ENTRIES(commendations, "/commendations", list_fields, run_list);

static const struct field new_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .choices = "commend|criticise",
     .required = true,
     .label = "commendations.kind"},
    {.name = "of",
     .kind = FIELD_CHOICE,
     .choices = "unit|person",
     .required = true,
     .label = "commendations.of"},
    {.name = "unit", .kind = FIELD_ID, .label = "people.unit"},
    {.name = "person", .kind = FIELD_TEXT, .most = 80, .label = "commendations.login"},
    {.name = "sheet", .kind = FIELD_ID, .label = "commendations.sheet"},
    {.name = "ground",
     .kind = FIELD_LINES,
     .required = true,
     .most = 2000,
     .label = "commendations.ground"},
    {.name = NULL},
};
const struct entry commendation_new = {.method = "GET",
                                       .pattern = "/commendations/new",
                                       .may = WEB_STAFF,
                                       .run = run_new_form};
const struct entry commendation_add = {.method = "POST",
                                       .pattern = "/commendations/new",
                                       .fields = new_fields,
                                       .may = WEB_STAFF,
                                       .form = &commendation_new,
                                       .run = run_new};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"name", "commendations.name", false},
        {"kind", "commendations.kind", false},
        {"ground", "commendations.ground", false},
        {"sheet", "commendations.sheet", false},
        {"score", "commendations.score", true},
        {"rule", "assessments.article", false},
        {"when", "commendations.when", false},
    };
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "commendations.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str searched = request_typed(visit->request, "q");
    const struct rulebook *book;
    struct commendation *given;
    struct site site;
    size_t count;
    bool may = false;
    TRY(assessment_site(visit, &site, &book));
    TRY(assessment_given(visit->call, site.group, &given, &count));
    for (size_t i = 0; i < count; i++) {
        if (given[i].site == site.id) {
            add_given(&table, &given[i]);
            if (!table_row_holds(&table, &table.rows[table.count - 1], searched)) {
                table_drop(&table);
            }
        }
    }
    table_back(&table, STR("/assessment"), "assessments.title");
    table_search(&table, "manuscripts.words");
    bool named = book->assessment != NULL && book->assessment->notice_count > 0;
    model_words(table_part(&table), "sub",
                named ? "commendations.about" : "commendations.silent");
    TRY(assessment_may(visit->call, site.id, &may));
    if (named && may) {
        table_act(&table, STR("/commendations/new"), "commendations.give", true);
    }
    return table_answer(&table, "commendations.nothing");
}

static void add_given(struct table *table, const struct commendation *given) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct table_row *row = table_add(table);
    row->href =
        given->manuscript == 0
            ? (given->sheet == 0 ? STR("")
                                 : assessment_path(visit, given->sheet, given->unit, ""))
            : str_format(arena, "/manuscripts/%.*s",
                         STR_ARG(id_to_text(arena, given->manuscript)));
    row->cells[0] = given->name;
    row->cells[1] = web_say(visit, kind_words(given->kind), NULL);
    row->cells[2] = given->ground;
    row->cells[3] =
        str_is_empty(given->period) ? STR("") : assessment_title(visit, given->period);
    row->cells[4] =
        given->has_score ? str_format(arena, "%lld", (long long)given->score) : STR("");
    row->cells[5] = web_article(visit, given->rule);
    row->cells[6] = day_to_text(arena, instant_day(given->given_at));
}

static const char *kind_words(enum notice_kind kind) {
    return kind == NOTICE_COMMEND ? "commendations.commend" : "commendations.criticise";
}

static enum status run_new_form(struct visit *visit) {
    const struct rulebook *book;
    struct site site;
    TRY(assessment_site(visit, &site, &book));
    if (book->assessment == NULL || book->assessment->notice_count == 0) {
        return web_go_saying(visit, STR("/commendations"), "commendations.silent", NULL);
    }
    struct change change = {.title = web_say(visit, "commendations.give", NULL),
                            .action = STR("/commendations/new"),
                            .back = STR("/commendations"),
                            .button = "commendations.give"};
    struct model *part = change_open(visit, &change);
    web_cite(visit, model_part(part, "rule"), book->assessment->notices[0].basis.id);
    struct model *field = change_field(visit, part, "is-choice", "kind",
                                       "commendations.kind", true, STR("commend"));
    change_option(visit, field, "kind", STR("commend"), STR("commend"),
                  web_say(visit, "commendations.commend", NULL));
    change_option(visit, field, "kind", STR("commend"), STR("criticise"),
                  web_say(visit, "commendations.criticise", NULL));
    field = change_field(visit, part, "is-choice", "of", "commendations.of", true,
                         STR("unit"));
    change_option(visit, field, "of", STR("unit"), STR("unit"),
                  web_say(visit, "commendations.unit", NULL));
    change_option(visit, field, "of", STR("unit"), STR("person"),
                  web_say(visit, "commendations.person", NULL));
    TRY(add_subjects(visit, part, &site));
    TRY(add_sheets(visit, part, &site));
    change_field(visit, part, "is-lines", "ground", "commendations.ground", true,
                 STR(""));
    return web_page(visit, "change");
}

static enum status add_subjects(struct visit *visit, struct model *part,
                                const struct site *site) {
    struct people_units units;
    struct model *field =
        change_field(visit, part, "is-choice", "unit", "people.unit", false, STR(""));
    TRY(people_units(visit->call, false, &units));
    for (size_t i = 0; i < units.count; i++) {
        if (units.at[i].body == site->root && units.at[i].parent != 0) {
            change_option(visit, field, "unit", STR(""),
                          id_to_text(visit->call->arena, units.at[i].id),
                          units.at[i].title);
        }
    }
    field = change_field(visit, part, "is-line", "person", "commendations.login", false,
                         STR(""));
    model_text(field, "help", web_say(visit, "commendations.login-help", NULL));
    return DONE;
}

static enum status add_sheets(struct visit *visit, struct model *part,
                              const struct site *site) {
    struct sheets sheets;
    TRY(assessment_sheets(visit->call, site->group, site->id, &sheets));
    if (sheets.count == 0) {
        return DONE;
    }
    struct model *field = change_field(visit, part, "is-choice", "sheet",
                                       "commendations.sheet", false, STR(""));
    for (size_t i = 0; i < sheets.count; i++) {
        if (sheets.at[i].assessed_at != 0) {
            change_option(visit, field, "sheet", STR(""),
                          id_to_text(visit->call->arena, sheets.at[i].id),
                          assessment_title(visit, sheets.at[i].period.text));
        }
    }
    return DONE;
}

static enum status run_new(struct visit *visit) {
    const struct request *request = visit->request;
    const struct rulebook *book;
    struct people_person person;
    struct site site;
    TRY(assessment_site(visit, &site, &book));
    struct commendation wish = {
        .site = site.id,
        .kind = str_is(request_text(request, "kind"), "commend") ? NOTICE_COMMEND
                                                                 : NOTICE_CRITICISE,
        .of = str_is(request_text(request, "of"), "unit") ? NOTICE_OF_UNIT
                                                          : NOTICE_OF_PERSON,
        .subject = request_id(request, "unit"),
        .unit = request_id(request, "unit"),
        .sheet = request_id(request, "sheet"),
        .ground = request_text(request, "ground")};
    if (wish.of == NOTICE_OF_PERSON) {
        enum status found =
            people_person_find(visit->call, request_text(request, "person"), &person);
        if (found == ABSENT) {
            return call_refuse_field(visit->call, "person", "", "commendations.nobody",
                                     NULL);
        }
        TRY(found);
        wish.subject = person.id;
    }
    TRY(assessment_give(visit->call, &wish));
    return web_go_saying(
        visit, STR("/commendations"),
        wish.manuscript != 0 ? "commendations.drafted" : "commendations.given", NULL);
}
