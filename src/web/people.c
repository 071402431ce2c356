/*
 * 机构人员: units, their posts, who holds them.
 */
#include "entries.h"
#include "staff.h"

static enum status run_units(struct visit *visit);
static enum status run_unit(struct visit *visit);
static enum status run_person(struct visit *visit);
static enum status fill_tree(struct visit *visit, id64 here);
static enum status fill_unit(struct visit *visit, const struct people_unit *unit);
static enum status add_post(struct visit *visit, struct model *part,
                            const struct people_post *post, bool keeps);
static void add_act(struct model *part, const char *list, struct str href,
                    const char *words);

const struct entry people_show = {
    .method = "GET", .pattern = "/people", .may = STAFF_READERS, .run = run_units};
const struct entry people_unit_show = {.method = "GET",
                                       .pattern = "/people/units/{unit}",
                                       .may = STAFF_READERS,
                                       .run = run_unit};
const struct entry people_person_show = {.method = "GET",
                                         .pattern = "/people/persons/{person}",
                                         .may = STAFF_READERS,
                                         .run = run_person};
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
    bool keeps = staff_keeps(visit);
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
        if (holding->stands_for != 0) {
            model_text(row, "stands-for",
                       web_say(visit, "people.stands-for", "name",
                               str_text(call->arena, holding->principal_name), NULL));
        }
        model_text(row, "unit", holding->unit_title);
        model_text(row, "span", staff_span(visit, holding));
        model_flag(row, "current", current);
        if (current && keeps && id != call->actor.person) {
            model_text(
                row, "href",
                str_format(call->arena, "/people/persons/%.*s/appointments/%.*s/end",
                           STR_ARG(id_to_text(call->arena, id)),
                           STR_ARG(id_to_text(call->arena, holding->appointment))));
        }
    }
    if (keeps && !person.gone && id != call->actor.person) {
        add_act(part, "acts", staff_person_path(visit, id, "/change"), "persons.change");
        if (str_is_empty(person.login)) {
            add_act(part, "acts",
                    str_format(call->arena, "/accounts/new?person=%.*s",
                               STR_ARG(id_to_text(call->arena, id))),
                    "accounts.ask");
        }
        add_act(part, "acts", staff_person_path(visit, id, "/leave"), "persons.leave");
    }
    return web_page(visit, "person");
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
    model_text(part, "posts", STR("/people/posts"));
    model_text(part, "persons", STR("/people/persons"));
    if (staff_keeps(visit)) {
        model_text(part, "import", STR("/people/import"));
    }
    return DONE;
}

static enum status fill_unit(struct visit *visit, const struct people_unit *unit) {
    struct people_posts posts;
    bool keeps = staff_keeps(visit);
    struct model *part = model_part(web_model(visit), "unit");
    TRY(people_posts(visit->call, unit->id, false, &posts));
    model_text(part, "name", unit->title);
    for (size_t i = 0; i < posts.count; i++) {
        TRY(add_post(visit, model_list_add(part, "posts"), &posts.at[i], keeps));
    }
    if (keeps) {
        struct arena *arena = visit->call->arena;
        struct str below = str_format(arena, "/people/units/new?parent=%.*s",
                                      STR_ARG(id_to_text(arena, unit->id)));
        add_act(part, "unit-acts", staff_unit_path(visit, unit->id, "/posts/new"),
                "people.add-post");
        add_act(part, "unit-acts", below, "people.add-unit");
        add_act(part, "unit-acts", staff_unit_path(visit, unit->id, "/change"),
                "people.change-unit");
        if (posts.count == 0 && unit->parent != 0) {
            add_act(part, "unit-acts", staff_unit_path(visit, unit->id, "/close"),
                    "people.close-unit");
        }
    }
    return DONE;
}

static void add_act(struct model *part, const char *list, struct str href,
                    const char *words) {
    struct model *act = model_list_add(part, list);
    model_url(act, "href", href);
    model_words(act, "label", words);
}

static enum status add_post(struct visit *visit, struct model *part,
                            const struct people_post *post, bool keeps) {
    struct call *call = visit->call;
    struct people_holdings history;
    id64 held = 0; /* the holder's appointment */
    model_text(part, "name", post->title);
    model_flag(part, "vacant", post->holder == 0);
    if (post->holder != 0) {
        model_text(part, "holder", post->holder_name);
        model_text(part, "href",
                   str_format(call->arena, "/people/persons/%.*s",
                              STR_ARG(id_to_text(call->arena, post->holder))));
        TRY(people_post_history(call, post->id, &history));
        for (size_t i = 0; i < history.count; i++) {
            const struct people_holding *one = &history.at[i];
            if (one->until <= call->now) {
                continue;
            }
            if (one->stands_for != 0) {
                model_list_add_text(part, "deputies",
                                    web_say(visit, "people.deputy-is", "name",
                                            str_text(call->arena, one->name), "span",
                                            str_text(call->arena, staff_span(visit, one)),
                                            NULL));
            } else if (one->person == post->holder && held == 0) {
                model_text(part, "span", staff_span(visit, one));
                held = one->appointment;
            }
        }
    }
    if (keeps && held != 0) {
        add_act(part, "acts",
                str_format(call->arena, "/people/persons/%.*s/appointments/%.*s/deputy",
                           STR_ARG(id_to_text(call->arena, post->holder)),
                           STR_ARG(id_to_text(call->arena, held))),
                "people.set-deputy");
    }
    if (keeps) {
        add_act(part, "acts", staff_post_path(visit, post->id, "/appoint"),
                "people.appoint");
        add_act(part, "acts", staff_post_path(visit, post->id, "/change"),
                "people.rename-post");
    }
    if (keeps && post->holder == 0) {
        add_act(part, "acts", staff_post_path(visit, post->id, "/close"),
                "people.close-post");
    }
    add_act(part, "acts", staff_post_path(visit, post->id, ""), "persons.history");
    return DONE;
}

enum status staff_roles(struct visit *visit, struct people_roles *out_roles) {
    const struct rulebook *book;
    TRY(part_rulebook(visit, NULL, &book));
    *out_roles = people_roles_of(visit->call, book);
    return DONE;
}

bool staff_keeps(struct visit *visit) { return web_may(visit, WEB_OFFICE); }

struct str staff_span(struct visit *visit, const struct people_holding *holding) {
    struct arena *arena = visit->call->arena;
    struct str from = day_to_text(arena, instant_day(holding->from));
    if (holding->until == INSTANT_NEVER) {
        return web_say(visit, "people.since", "date", str_text(arena, from), NULL);
    }
    struct str until =
        day_to_text(arena, instant_day(holding->until - 1)); /* that day included */
    return web_say(visit, "people.from-until", "from", str_text(arena, from), "until",
                   str_text(arena, until), NULL);
}

struct str staff_unit_path(struct visit *visit, id64 unit, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/people/units/%.*s%s", STR_ARG(id_to_text(arena, unit)),
                      more);
}

struct str staff_post_path(struct visit *visit, id64 post, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/people/posts/%.*s%s", STR_ARG(id_to_text(arena, post)),
                      more);
}

struct str staff_person_path(struct visit *visit, id64 person, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/people/persons/%.*s%s", STR_ARG(id_to_text(arena, person)),
                      more);
}
