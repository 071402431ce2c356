/*
 * Units, posts and people; and the table that brings them in.
 */
#include "entries.h"

static enum status run_me(struct exchange *exchange);
static enum status run_units(struct exchange *exchange);
static enum status run_posts(struct exchange *exchange);
static enum status run_people(struct exchange *exchange);
static enum status run_import(struct exchange *exchange);
static json_t *tell_whole_person(struct exchange *exchange,
                                 const struct people_person *person, bool reachable);
static json_t *tell_holdings(struct exchange *exchange,
                             const struct people_holdings *holdings);
static enum status own_office(struct exchange *exchange, id64 *out_unit);
static enum status roles_in_force(struct exchange *exchange, id64 unit,
                                  struct people_roles *out_roles);

static const struct field posts_query[] = {
    {.name = "unit", .kind = FIELD_ID, .label = "api.field.unit"},
    {.name = "vacant", .kind = FIELD_FLAG, .label = "api.field.vacant"},
    {0}};
static const struct field people_query[] = {
    {.name = "search", .kind = FIELD_TEXT, .label = "api.field.search"},
    {.name = "first", .kind = FIELD_INT, .label = "api.field.first"},
    {.name = "limit", .kind = FIELD_INT, .label = "api.field.limit"},
    {0}};

const struct endpoint api_me = {.method = "GET", .pattern = "/me", .run = run_me};
const struct endpoint api_units = {
    .method = "GET", .pattern = "/units", .run = run_units};
const struct endpoint api_posts = {
    .method = "GET", .pattern = "/posts", .query = posts_query, .run = run_posts};
const struct endpoint api_people = {
    .method = "GET", .pattern = "/people", .query = people_query, .run = run_people};
const struct endpoint api_people_import = {.method = "POST",
                                           .pattern = "/people/import",
                                           .body_most = (size_t)5 << 20,
                                           .run = run_import};

static enum status run_me(struct exchange *exchange) {
    struct people_person person;
    struct people_holdings holdings;
    TRY(people_person(exchange->call, exchange->call->actor.person, &person));
    TRY(people_holdings(exchange->call, person.id, &holdings));
    exchange->answer = tell_whole_person(exchange, &person, true);
    json_object_set_new(exchange->answer, "holds", tell_holdings(exchange, &holdings));
    return DONE;
}

static enum status run_units(struct exchange *exchange) {
    struct people_units units;
    TRY(people_units(exchange->call, false, &units));
    json_t *list = json_array();
    for (size_t i = 0; i < units.count; i++) {
        const struct people_unit *unit = &units.at[i];
        json_array_append_new(
            list,
            json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id", tell_id(exchange, unit->id),
                      "parent", tell_id(exchange, unit->parent), "code",
                      tell_text(unit->code), "kind", tell_text(unit->kind), "title",
                      tell_text(unit->title), "english", tell_text(unit->english),
                      "aliases", tell_text(unit->aliases)));
    }
    exchange->answer = json_pack("{s:o}", "units", list);
    return DONE;
}

static enum status run_posts(struct exchange *exchange) {
    struct people_posts posts;
    TRY(people_posts(exchange->call, request_id(exchange->request, "unit"),
                     request_flag(exchange->request, "vacant"), &posts));
    json_t *list = json_array();
    for (size_t i = 0; i < posts.count; i++) {
        const struct people_post *post = &posts.at[i];
        json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "id",
                                              tell_id(exchange, post->id), "unit",
                                              tell_id(exchange, post->unit), "unit_code",
                                              tell_text(post->unit_code), "role",
                                              tell_text(post->role), "title",
                                              tell_text(post->title), "holder",
                                              tell_person(exchange, post->holder)));
    }
    exchange->answer = json_pack("{s:o}", "posts", list);
    return DONE;
}

/* Names and posts for everybody; how to reach people only for the office. */
static enum status run_people(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct people_page page = {.first = request_int(request, "first"),
                               .limit = (int)request_int(request, "limit"),
                               .search = request_text(request, "search")};
    struct people_persons persons;
    bool reachable = people_must_be_office(exchange->call) == DONE;
    call_forgive(exchange->call);
    page.first = page.first < 0 ? 0 : page.first;
    TRY(people_persons(exchange->call, &page, &persons));
    json_t *list = json_array();
    for (size_t i = 0; i < persons.count; i++) {
        json_array_append_new(list,
                              tell_whole_person(exchange, &persons.at[i], reachable));
    }
    exchange->answer = json_pack("{s:o,s:b}", "people", list, "more", persons.more);
    return DONE;
}

static enum status run_import(struct exchange *exchange) {
    struct people_roles roles;
    struct people_import_report report;
    id64 unit;
    TRY(own_office(exchange, &unit));
    TRY(roles_in_force(exchange, unit, &roles));
    enum status status =
        people_import(exchange->call, &roles, exchange->request->body, &report);
    if (status == REFUSED && report.error_count > 0) {
        call_forgive(exchange->call);
        for (size_t i = 0; i < report.error_count; i++) {
            const struct people_import_error *error = &report.errors[i];
            const char *place = str_format(exchange->call->arena, "%d:%.*s", error->line,
                                           STR_ARG(error->column))
                                    .at;
            status =
                call_refuse_field(exchange->call, place, "", error->words, "value",
                                  str_text(exchange->call->arena, error->value), NULL);
        }
    }
    TRY(status);
    exchange->answer =
        json_pack("{s:i,s:i,s:i,s:i,s:i}", "units", report.units, "persons",
                  report.persons, "posts", report.posts, "appointments",
                  report.appointments, "accounts", report.accounts);
    return DONE;
}

static json_t *tell_whole_person(struct exchange *exchange,
                                 const struct people_person *person, bool reachable) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, person->id));
    json_object_set_new(json, "name", tell_text(person->name));
    json_object_set_new(json, "posts", tell_text(person->posts));
    if (reachable) {
        json_object_set_new(json, "login", tell_text(person->login));
        json_object_set_new(json, "mail", tell_text(person->mail));
        json_object_set_new(json, "phone", tell_text(person->phone));
    }
    return json;
}

static json_t *tell_holdings(struct exchange *exchange,
                             const struct people_holdings *holdings) {
    json_t *list = json_array();
    for (size_t i = 0; i < holdings->count; i++) {
        const struct people_holding *holding = &holdings->at[i];
        json_array_append_new(
            list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "role", tell_text(holding->role),
                            "title", tell_text(holding->title), "unit",
                            tell_id(exchange, holding->unit), "unit_code",
                            tell_text(holding->unit_code), "from",
                            tell_instant(exchange, holding->from), "until",
                            tell_instant(exchange, holding->until)));
    }
    return list;
}

/* The office that imports. */
static enum status own_office(struct exchange *exchange, id64 *out_unit) {
    struct people_holdings holdings;
    TRY(people_holdings(exchange->call, exchange->call->actor.person, &holdings));
    *out_unit = holdings.count == 0 ? 0 : holdings.at[0].unit;
    for (size_t i = 0; i < holdings.count; i++) {
        if (str_is(holdings.at[i].unit_code, PEOPLE_UNIT_OFFICE)) {
            *out_unit = holdings.at[i].unit;
            break;
        }
    }
    return DONE;
}

/* Of the rulebook that the unit works under. */
static enum status roles_in_force(struct exchange *exchange, id64 unit,
                                  struct people_roles *out_roles) {
    const struct rulebook *book;
    struct site site;
    TRY(site_of_unit(exchange->call, exchange->api->group, unit, &site));
    TRY(site_rulebook(exchange->call, site.id, &book));
    *out_roles = people_roles_of(exchange->call, book);
    return DONE;
}
