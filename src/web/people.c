/*
 * 机构人员: units, their posts, who holds them; appointments and the list import.
 */
#include "entries.h"
#include "listing.h"

#include "people/people.h"
#include "site/site.h"

#define READERS                                                                          \
    "office|dept-head|office-director|" PEOPLE_ROLE_SECURITY "|" PEOPLE_ROLE_AUDIT

static enum status run_units(struct visit *visit);
static enum status run_unit(struct visit *visit);
static enum status run_person(struct visit *visit);
static enum status run_appoint_form(struct visit *visit);
static enum status run_appoint(struct visit *visit);
static enum status run_end_form(struct visit *visit);
static enum status run_end(struct visit *visit);
static enum status run_import_form(struct visit *visit);
static enum status run_import(struct visit *visit);
static enum status run_sample(struct visit *visit);
static enum status fill_tree(struct visit *visit, id64 here);
static enum status fill_unit(struct visit *visit, const struct people_unit *unit);
static enum status add_post(struct visit *visit, struct model *part,
                            const struct people_post *post, bool keeps);
static enum status roles_here(struct visit *visit, struct people_roles *out_roles);
static enum status find_holding(struct visit *visit, struct people_holding *out_holding);
static bool keeps_people(struct visit *visit);
static struct str since(struct visit *visit, const struct people_holding *holding);
static void show_report(struct visit *visit, const struct people_import_report *report);

const struct entry people_show = {
    .method = "GET", .pattern = "/people", .may = READERS, .run = run_units};
const struct entry people_unit_show = {
    .method = "GET", .pattern = "/people/units/{unit}", .may = READERS, .run = run_unit};
const struct entry people_person_show = {.method = "GET",
                                         .pattern = "/people/persons/{person}",
                                         .may = READERS,
                                         .run = run_person};
const struct entry people_appoint_form = {.method = "GET",
                                          .pattern = "/people/posts/{post}/appoint",
                                          .may = READERS,
                                          .run = run_appoint_form};

static const struct field appoint_fields[] = {
    {.name = "person", .kind = FIELD_ID, .required = true, .label = "people.holder"},
    {.name = "from", .kind = FIELD_DAY, .label = "people.from"},
    {.name = "until", .kind = FIELD_DAY, .label = "people.until"},
    {.name = "replaces", .kind = FIELD_FLAG, .label = "people.replaces"},
    {.name = NULL},
};
const struct entry people_appoint_post = {.method = "POST",
                                          .pattern = "/people/posts/{post}/appoint",
                                          .fields = appoint_fields,
                                          .may = READERS,
                                          .form = &people_appoint_form,
                                          .run = run_appoint};

const struct entry people_end_form = {
    .method = "GET",
    .pattern = "/people/persons/{person}/appointments/{appointment}/end",
    .may = READERS,
    .run = run_end_form};

static const struct field end_fields[] = {
    {.name = "until", .kind = FIELD_DAY, .label = "people.until"},
    {.name = "reason", .kind = FIELD_LINES, .most = 300, .label = "withdraw.reason"},
    {.name = NULL},
};
const struct entry people_end_post = {
    .method = "POST",
    .pattern = "/people/persons/{person}/appointments/{appointment}/end",
    .fields = end_fields,
    .may = READERS,
    .form = &people_end_form,
    .run = run_end};

const struct entry people_import_form = {
    .method = "GET", .pattern = "/people/import", .may = READERS, .run = run_import_form};

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
                                         .may = READERS,
                                         .form = &people_import_form,
                                         .run = run_import};
const struct entry people_import_sample = {.method = "GET",
                                           .pattern = "/people/import/sample.csv",
                                           .may = READERS,
                                           .run = run_sample};

static enum status run_units(struct visit *visit) {
    TRY(fill_tree(visit, 0));
    return web_page(visit, "people");
}

static enum status run_unit(struct visit *visit) {
    struct people_unit unit;
    id64 id;
    TRY(request_id_parameter(visit->request, "unit", &id));
    TRY(people_unit(visit->call, id, &unit));
    TRY(fill_tree(visit, id));
    TRY(fill_unit(visit, &unit));
    return web_page(visit, "people");
}

static enum status run_person(struct visit *visit) {
    struct call *call = visit->call;
    struct people_person person;
    struct people_holdings holdings;
    id64 id;
    bool keeps = keeps_people(visit);
    TRY(request_id_parameter(visit->request, "person", &id));
    TRY(people_person(call, id, &person));
    TRY(people_appointments(call, id, true, &holdings));
    struct model *part = model_part(web_model(visit), "someone");
    struct model *back = model_part(part, "back");
    model_text(back, "href", STR("/people"));
    model_words(back, "label", "people.title");
    model_text(part, "name", person.name);
    model_text(part, "account",
               person.gone ? web_say(visit, "people.gone", NULL)
               : str_is_empty(person.login)
                   ? web_say(visit, "people.without-account", NULL)
                   : web_say(visit, "people.account", "login",
                             str_text(call->arena, person.login), NULL));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        struct model *row = model_list_add(part, "posts");
        bool current = holding->from <= call->now && holding->until > call->now;
        model_text(row, "name", holding->title);
        model_text(row, "unit", holding->unit_title);
        model_text(row, "span", since(visit, holding));
        model_flag(row, "current", current);
        if (current && keeps && id != call->actor.person) {
            model_text(
                row, "href",
                str_format(call->arena, "/people/persons/%.*s/appointments/%.*s/end",
                           STR_ARG(id_to_text(call->arena, id)),
                           STR_ARG(id_to_text(call->arena, holding->appointment))));
        }
    }
    return web_page(visit, "person");
}

static enum status run_appoint_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_post post;
    struct people_persons persons;
    struct people_page page = {.limit = 500};
    id64 id;
    TRY(request_id_parameter(visit->request, "post", &id));
    TRY(people_post(call, id, &post));
    TRY(people_persons(call, &page, &persons));
    struct change change = {
        .title = web_say(visit, "people.appoint-title", "unit",
                         str_text(call->arena, post.unit_title), "post",
                         str_text(call->arena, post.title), NULL),
        .action = str_format(call->arena, "/people/posts/%.*s/appoint",
                             STR_ARG(id_to_text(call->arena, id))),
        .back = str_format(call->arena, "/people/units/%.*s",
                           STR_ARG(id_to_text(call->arena, post.unit))),
        .button = "people.appoint-do",
        .heavy = post.holder != 0};
    struct model *part = change_open(visit, &change);
    struct model *field =
        change_field(visit, part, "is-choice", "person", "people.holder", true, STR(""));
    for (size_t i = 0; i < persons.count; i++) {
        if (!persons.at[i].gone && persons.at[i].id != call->actor.person) {
            change_option(visit, field, "person", STR(""),
                          id_to_text(call->arena, persons.at[i].id), persons.at[i].name);
        }
    }
    change_field(visit, part, "is-date", "from", "people.from", false, STR(""));
    change_field(visit, part, "is-date", "until", "people.until", false, STR(""));
    if (post.holder != 0) {
        change_field(visit, part, "is-tick", "replaces", "people.replaces", false,
                     STR(""));
        model_list_add_text(part, "effects",
                            web_say(visit, "people.replaced", "name",
                                    str_text(call->arena, post.holder_name), NULL));
    }
    return web_page(visit, "change");
}

static enum status run_appoint(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct people_post post;
    struct people_roles roles;
    id64 id;
    civil_day from = request_day(request, "from");
    civil_day until = request_day(request, "until");
    TRY(request_id_parameter(request, "post", &id));
    TRY(people_post(call, id, &post));
    TRY(roles_here(visit, &roles));
    bool later = from != INT32_MIN && from > instant_day(call->now);
    struct people_appointing appointing = {.post = id,
                                           .person = request_id(request, "person"),
                                           .from = later ? day_start(from) : 0,
                                           .until =
                                               until == INT32_MIN ? 0 : day_end(until),
                                           .replaces = request_flag(request, "replaces")};
    if (from != INT32_MIN && from < instant_day(call->now)) {
        return call_refuse_field(call, "from", "", "people.from-past", NULL);
    }
    TRY(people_appoint(call, &roles, &appointing, NULL, NULL));
    return web_go_saying(visit,
                         str_format(call->arena, "/people/units/%.*s",
                                    STR_ARG(id_to_text(call->arena, post.unit))),
                         "people.appointed", NULL);
}

static enum status run_end_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_holding holding;
    TRY(find_holding(visit, &holding));
    struct str person = id_to_text(call->arena, holding.person);
    struct change change = {
        .title = web_say(visit, "people.end-title", "name",
                         str_text(call->arena, holding.name), "post",
                         str_text(call->arena, holding.title), NULL),
        .action = str_format(call->arena, "/people/persons/%.*s/appointments/%.*s/end",
                             STR_ARG(person),
                             STR_ARG(id_to_text(call->arena, holding.appointment))),
        .back = str_format(call->arena, "/people/persons/%.*s", STR_ARG(person)),
        .button = "people.end-do",
        .heavy = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-date", "until", "people.until", false, STR(""));
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", false, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "people.end-rights", NULL));
    return web_page(visit, "change");
}

static enum status run_end(struct visit *visit) {
    struct call *call = visit->call;
    struct people_holding holding;
    civil_day until = request_day(visit->request, "until");
    TRY(find_holding(visit, &holding));
    TRY(people_appointment_end(call, holding.appointment,
                               until == INT32_MIN ? 0 : day_end(until),
                               request_text(visit->request, "reason")));
    return web_go_saying(visit,
                         str_format(call->arena, "/people/persons/%.*s",
                                    STR_ARG(id_to_text(call->arena, holding.person))),
                         "people.ended", NULL);
}

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
    TRY(roles_here(visit, &roles));
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

static enum status fill_tree(struct visit *visit, id64 here) {
    struct call *call = visit->call;
    struct people_units units;
    struct people_posts posts;
    int64_t held = 0;
    int64_t vacant = 0;
    TRY(people_units(call, false, &units));
    TRY(people_posts(call, 0, false, &posts));
    struct model *part = model_part(web_model(visit), "people");
    int64_t *depths = TAKE_ARRAY(call->arena, units.count + 1, int64_t);
    for (size_t i = 0; i < units.count; i++) {
        const struct people_unit *unit = &units.at[i];
        struct model *row = model_list_add(part, "tree");
        int64_t count = 0;
        bool empty = false;
        depths[i] = 1;
        for (size_t j = 0; j < i; j++) {
            depths[i] = units.at[j].id == unit->parent ? depths[j] + 1 : depths[i];
        }
        for (size_t j = 0; j < posts.count; j++) {
            if (posts.at[j].unit == unit->id) {
                count += posts.at[j].holder != 0;
                empty = empty || posts.at[j].holder == 0;
            }
        }
        if (unit->parent == 0) {
            model_text(part, "body", unit->title);
        }
        model_text(row, "href",
                   str_format(call->arena, "/people/units/%.*s",
                              STR_ARG(id_to_text(call->arena, unit->id))));
        model_text(row, "name", unit->title);
        model_int(row, "count", count);
        model_int(row, "depth", depths[i] > 3 ? 3 : depths[i]);
        model_flag(row, "here", unit->id == here);
        model_flag(row, "vacant", empty);
    }
    for (size_t i = 0; i < posts.count; i++) {
        held += posts.at[i].holder != 0;
        vacant += posts.at[i].holder == 0;
    }
    model_text(part, "counts",
               web_say(visit, "people.counts", "held",
                       str_format(call->arena, "%lld", (long long)held).at, "vacant",
                       str_format(call->arena, "%lld", (long long)vacant).at, NULL));
    if (keeps_people(visit)) {
        model_text(part, "import", STR("/people/import"));
    }
    return DONE;
}

static enum status fill_unit(struct visit *visit, const struct people_unit *unit) {
    struct people_posts posts;
    bool keeps = keeps_people(visit);
    struct model *part = model_part(web_model(visit), "unit");
    TRY(people_posts(visit->call, unit->id, false, &posts));
    model_text(part, "name", unit->title);
    for (size_t i = 0; i < posts.count; i++) {
        TRY(add_post(visit, model_list_add(part, "posts"), &posts.at[i], keeps));
    }
    return DONE;
}

static enum status add_post(struct visit *visit, struct model *part,
                            const struct people_post *post, bool keeps) {
    struct call *call = visit->call;
    struct people_holdings history;
    model_text(part, "name", post->title);
    model_flag(part, "vacant", post->holder == 0);
    if (post->holder != 0) {
        model_text(part, "holder", post->holder_name);
        model_text(part, "href",
                   str_format(call->arena, "/people/persons/%.*s",
                              STR_ARG(id_to_text(call->arena, post->holder))));
        TRY(people_post_history(call, post->id, &history));
        for (size_t i = 0; i < history.count; i++) {
            if (history.at[i].person == post->holder && history.at[i].until > call->now) {
                model_text(part, "span", since(visit, &history.at[i]));
                break;
            }
        }
    }
    if (keeps) {
        struct model *act = model_list_add(part, "acts");
        model_text(act, "href",
                   str_format(call->arena, "/people/posts/%.*s/appoint",
                              STR_ARG(id_to_text(call->arena, post->id))));
        model_words(act, "label", "people.appoint");
    }
    return DONE;
}

static enum status roles_here(struct visit *visit, struct people_roles *out_roles) {
    const struct rulebook *book;
    struct site *sites;
    size_t count;
    TRY(site_list(visit->call, visit->web->options.group, &sites, &count));
    if (count == 0) {
        return ABSENT;
    }
    TRY(site_rulebook(visit->call, sites[0].id, &book));
    *out_roles = people_roles_of(visit->call, book);
    return DONE;
}

static enum status find_holding(struct visit *visit, struct people_holding *out_holding) {
    struct people_holdings holdings;
    id64 person;
    id64 appointment;
    TRY(request_id_parameter(visit->request, "person", &person));
    TRY(request_id_parameter(visit->request, "appointment", &appointment));
    TRY(people_appointments(visit->call, person, true, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        if (holdings.at[i].appointment == appointment) {
            *out_holding = holdings.at[i];
            return DONE;
        }
    }
    return ABSENT;
}

/* Politeness: the acts ask again. */
static bool keeps_people(struct visit *visit) {
    struct refusal *before = visit->call->refusal;
    bool keeps = people_must_be_office(visit->call) == DONE;
    visit->call->refusal = before;
    return keeps;
}

static struct str since(struct visit *visit, const struct people_holding *holding) {
    struct arena *arena = visit->call->arena;
    struct str from = day_to_text(arena, instant_day(holding->from));
    if (holding->until == INSTANT_NEVER) {
        return web_say(visit, "people.since", "date", str_text(arena, from), NULL);
    }
    struct str until = day_to_text(arena, instant_day(holding->until));
    return web_say(visit, "people.from-until", "from", str_text(arena, from), "until",
                   str_text(arena, until), NULL);
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
