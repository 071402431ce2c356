/*
 * 任免: who comes to a post, from when to when, and how it ends.
 */
#include "entries.h"
#include "staff.h"

static enum status run_appoint_form(struct visit *visit);
static enum status run_appoint(struct visit *visit);
static enum status run_end_form(struct visit *visit);
static enum status run_end(struct visit *visit);
static enum status run_deputy_form(struct visit *visit);
static enum status run_deputy(struct visit *visit);
static void add_persons(struct visit *visit, struct model *field, const char *name,
                        const struct people_persons *persons, id64 but);
static enum status find_holding(struct visit *visit, struct people_holding *out_holding);

const struct entry people_appoint_form = {.method = "GET",
                                          .pattern = "/people/posts/{post}/appoint",
                                          .may = STAFF_READERS,
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
                                          .may = STAFF_READERS,
                                          .form = &people_appoint_form,
                                          .run = run_appoint};

const struct entry people_end_form = {
    .method = "GET",
    .pattern = "/people/persons/{person}/appointments/{appointment}/end",
    .may = STAFF_READERS,
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
    .may = STAFF_READERS,
    .form = &people_end_form,
    .run = run_end};

const struct entry people_deputy_form = {
    .method = "GET",
    .pattern = "/people/persons/{person}/appointments/{appointment}/deputy",
    .may = STAFF_READERS,
    .run = run_deputy_form};

static const struct field deputy_fields[] = {
    {.name = "deputy", .kind = FIELD_ID, .required = true, .label = "people.deputy"},
    {.name = "from", .kind = FIELD_DAY, .label = "people.from"},
    {.name = "until", .kind = FIELD_DAY, .required = true, .label = "people.deputy-end"},
    {.name = NULL},
};
const struct entry people_deputy_post = {
    .method = "POST",
    .pattern = "/people/persons/{person}/appointments/{appointment}/deputy",
    .fields = deputy_fields,
    .may = STAFF_READERS,
    .form = &people_deputy_form,
    .run = run_deputy};

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
    add_persons(visit, field, "person", &persons, 0);
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
    TRY(staff_roles(visit, &roles));
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

static enum status run_deputy_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_holding holding;
    struct people_persons persons;
    const struct people_page page = {.limit = 500};
    TRY(find_holding(visit, &holding));
    TRY(people_persons(call, &page, &persons));
    struct change change = {
        .title = web_say(visit, "people.deputy-title", "name",
                         str_text(call->arena, holding.name), "post",
                         str_text(call->arena, holding.title), NULL),
        .action = staff_person_path(
            visit, holding.person,
            str_text(call->arena,
                     str_format(call->arena, "/appointments/%.*s/deputy",
                                STR_ARG(id_to_text(call->arena, holding.appointment))))),
        .back = staff_unit_path(visit, holding.unit, ""),
        .button = "people.deputy-do",
        .heavy = true};
    struct model *part = change_open(visit, &change);
    struct model *field =
        change_field(visit, part, "is-choice", "deputy", "people.deputy", true, STR(""));
    add_persons(visit, field, "deputy", &persons, holding.person);
    change_field(visit, part, "is-date", "from", "people.from", false, STR(""));
    change_field(visit, part, "is-date", "until", "people.deputy-end", true, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "people.deputy-rights", NULL));
    return web_page(visit, "change");
}

static enum status run_deputy(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct people_holding holding;
    struct people_roles roles;
    civil_day from = request_day(request, "from");
    TRY(find_holding(visit, &holding));
    TRY(staff_roles(visit, &roles));
    if (from != INT32_MIN && from < instant_day(call->now)) {
        return call_refuse_field(call, "from", "", "people.from-past", NULL);
    }
    bool later = from != INT32_MIN && from > instant_day(call->now);
    const struct people_appointing appointing = {
        .person = request_id(request, "deputy"),
        .from = later ? day_start(from) : 0,
        .until = day_end(request_day(request, "until")),
        .stands_for = holding.appointment};
    TRY(people_appoint(call, &roles, &appointing, NULL, NULL));
    return web_go_saying(visit, staff_unit_path(visit, holding.unit, ""),
                         "people.deputised", NULL);
}

/* Everybody here but the actor, who appoints nobody to himself, and *but*. */
static void add_persons(struct visit *visit, struct model *field, const char *name,
                        const struct people_persons *persons, id64 but) {
    struct call *call = visit->call;
    change_option(visit, field, name, STR(""), STR(""),
                  web_say(visit, "people.choose", NULL));
    for (size_t i = 0; i < persons->count; i++) {
        const struct people_person *person = &persons->at[i];
        if (!person->gone && person->id != call->actor.person && person->id != but) {
            change_option(visit, field, name, STR(""),
                          id_to_text(call->arena, person->id), person->name);
        }
    }
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
