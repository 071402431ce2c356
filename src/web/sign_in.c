/*
 * Coming in and going out: sign-in, the demonstration's accounts, the lock on
 * a page that was left alone.
 */
#include "entries.h"

#define KEPT_MOST ((size_t)4 * 1024 * 1024)

static enum status run_home(struct visit *visit);
static enum status run_form(struct visit *visit);
static enum status run_sign_in(struct visit *visit);
static enum status run_sign_out(struct visit *visit);
static enum status run_unlock(struct visit *visit);
static enum status run_enter(struct visit *visit);
static enum status come_in(struct visit *visit, const struct people_session *session);
static enum status show_kept(struct visit *visit, struct str kept);
static enum status fill_demo(struct visit *visit, struct model *model);
static struct str unit_of(struct visit *visit, id64 person, struct str *out_posts);

const struct entry home_show = {
    .method = "GET", .pattern = "/", .may = WEB_ANYBODY, .run = run_home};

const struct entry sign_in_form = {
    .method = "GET", .pattern = "/sign-in", .may = WEB_ANYBODY, .run = run_form};

static const struct field sign_in_fields[] = {
    {.name = "account", .kind = FIELD_TEXT, .required = true, .label = "sign-in.account"},
    {.name = "password",
     .kind = FIELD_SECRET,
     .required = true,
     .most = 1024,
     .label = "sign-in.password"},
    {.name = "code", .kind = FIELD_TEXT, .label = "sign-in.code"},
    {.name = "next", .kind = FIELD_TEXT, .most = 1000, .label = "form.guard"},
    {.name = "kept", .kind = FIELD_SECRET, .most = KEPT_MOST, .label = "form.guard"},
    {.name = NULL},
};
const struct entry sign_in = {.method = "POST",
                              .pattern = "/sign-in",
                              .fields = sign_in_fields,
                              .body_most = KEPT_MOST,
                              .may = WEB_ANYBODY,
                              .form = &sign_in_form,
                              .run = run_sign_in};

const struct entry sign_out = {
    .method = "POST", .pattern = "/sign-out", .may = WEB_ANYBODY, .run = run_sign_out};

static const struct field unlock_fields[] = {
    {.name = "password",
     .kind = FIELD_SECRET,
     .required = true,
     .most = 1024,
     .label = "sign-in.password"},
    WEB_CODE_FIELD,
    {.name = NULL},
};
const struct entry unlock = {.method = "POST",
                             .pattern = "/unlock",
                             .fields = unlock_fields,
                             .may = WEB_ANYBODY,
                             .run = run_unlock};

static const struct field enter_fields[] = {
    {.name = "person", .kind = FIELD_TEXT, .required = true, .label = "sign-in.account"},
    {.name = "next", .kind = FIELD_TEXT, .most = 1000, .label = "form.guard"},
    {.name = NULL},
};
const struct entry demo_enter = {.method = "POST",
                                 .pattern = "/demo/enter",
                                 .fields = enter_fields,
                                 .may = WEB_ANYBODY,
                                 .form = &sign_in_form,
                                 .run = run_enter};

static enum status run_home(struct visit *visit) {
    return web_go(visit, visit->signed_in ? "/desk" : "/sign-in");
}

/* Shown by its address, and again after a wrong password. */
static enum status run_form(struct visit *visit) {
    struct str problem = STR("");
    if (visit->signed_in && !visit->again) {
        return web_go(visit, "/desk");
    }
    if (visit->no != NULL) {
        problem = web_say_refusal(visit, visit->no);
    }
    struct str next = visit->again ? request_typed(visit->request, "next")
                                   : request_query(visit->request, "next");
    struct str kept = visit->again ? request_text(visit->request, "kept") : STR("");
    return sign_in_show(visit, visit->again ? visit->status : 200, problem, next, kept);
}

enum status sign_in_show(struct visit *visit, int status, struct str problem,
                         struct str next, struct str kept) {
    visit->status = status;
    struct model *model = web_model(visit);
    struct str help = visit->web->options.help;
    bool expired = kept.length > 0 || visit_cookie(visit, "session").length > 0;
    model_text(model, "problem", problem);
    model_flag(model, "code", true); /* of whom it is asked is nobody's business */
    model_text(model, "next", web_local_path(next, ""));
    model_text(model, "kept", kept);
    model_text(model, "help",
               help.length == 0 ? help
                                : web_say(visit, "web.help", "whom",
                                          str_text(visit->call->arena, help), NULL));
    if (visit->web->options.demo) {
        TRY(fill_demo(visit, model));
    }
    bool plain = visit->web->options.demo && kept.length == 0;
    return web_page(visit, expired && !plain ? "expired" : "sign-in");
}

static enum status run_sign_in(struct visit *visit) {
    const struct request *request = visit->request;
    struct people_session session;
    TRY(people_sign_in_with(visit->call, request_text(request, "account"),
                            request_text(request, "password"),
                            request_text(request, "code"), request->peer, &session));
    return come_in(visit, &session);
}

static enum status run_enter(struct visit *visit) {
    struct people_session session;
    if (!visit->web->options.demo) {
        return ABSENT;
    }
    TRY(people_sign_in_as(visit->call, request_text(visit->request, "person"),
                          visit->request->peer, &session));
    return come_in(visit, &session);
}

static enum status come_in(struct visit *visit, const struct people_session *session) {
    struct str next = request_text(visit->request, "next");
    visit_set_session(visit, session);
    if (session->must_change || session->must_enrol) {
        return web_go(visit, session->must_change ? "/password" : "/second-factor");
    }
    if (strcmp(visit->entry->pattern, "/sign-in") == 0 &&
        show_kept(visit, request_text(visit->request, "kept")) == DONE) {
        return DONE;
    }
    response_redirect(visit->response, web_local_path(next, "/desk"));
    return DONE;
}

/* What the same person had typed: the filled form, to be sent once more by hand. */
static enum status show_kept(struct visit *visit, struct str kept) {
    struct str path;
    struct str form;
    struct request *typed;
    if (kept.length == 0) {
        return ABSENT;
    }
    TRY(seal_open(visit, kept, visit->session.person, &path, &form));
    TRY(request_repost(visit->request, visit->web->route_list, visit->web->route_count,
                       path, form, &typed));
    const struct entry *entry = typed->route->owner;
    if (entry->form == NULL || !web_may(visit, entry->may)) {
        return ABSENT;
    }
    visit->request = typed;
    visit->entry = entry;
    visit->no = NULL;
    return answer_again(visit, 200, "web.kept");
}

static enum status run_sign_out(struct visit *visit) {
    if (visit->signed_in) {
        TRY(people_session_end(visit->call, visit->session.id));
    }
    visit_set_cookie(visit, "session", STR(""), -1);
    return web_go(visit, "/sign-in");
}

/* The page stays open; the person who had it open proves to be back. */
static enum status run_unlock(struct visit *visit) {
    struct str password = request_text(visit->request, "password");
    struct str code = request_text(visit->request, "one-time");
    if (visit->signed_in) {
        TRY(people_prove_with(visit->call, password, code));
    } else {
        id64 typed_by = visit_typed_by(visit);
        struct people_person person;
        struct people_session session;
        TRY(people_person(visit->call, typed_by, &person));
        TRY(people_sign_in_with(visit->call, person.login, password, code,
                                visit->request->peer, &session));
        visit_set_session(visit, &session);
    }
    return web_json(visit, str_format(visit->call->arena, "{\"csrf\": \"%.*s\"}",
                                      STR_ARG(visit_token(visit))));
}

/* Everyone to be, by the unit of the first post. */
static enum status fill_demo(struct visit *visit, struct model *model) {
    struct people_persons persons;
    struct people_page page = {.limit = 100};
    struct model *demo = model_part(model, "demo");
    struct str units[32];
    struct model *groups[32];
    size_t count = 0;
    TRY(people_persons(visit->call, &page, &persons));
    model_text(demo, "reset", visit->web->options.demo_reset);
    model_text(demo, "password", visit->web->options.demo_password);
    for (size_t i = 0; i < persons.count; i++) {
        const struct people_person *person = &persons.at[i];
        if (person->login.length == 0 || person->gone) {
            continue;
        }
        struct str posts;
        struct str unit = unit_of(visit, person->id, &posts);
        size_t at = 0;
        while (at < count && !str_equal(units[at], unit)) {
            at++;
        }
        if (at == LENGTH(units)) {
            continue;
        }
        if (at == count) {
            units[count] = unit;
            groups[count] = model_list_add(demo, "groups");
            model_text(groups[count++], "name", unit);
        }
        struct model *one = model_list_add(groups[at], "people");
        model_text(one, "id", person->login);
        model_text(one, "name", person->name);
        model_text(one, "post", posts);
    }
    return DONE;
}

/* *out_posts*: what the person holds; a post elsewhere is named with its unit. */
static struct str unit_of(struct visit *visit, id64 person, struct str *out_posts) {
    struct people_holdings holdings;
    struct buffer posts;
    *out_posts = STR("");
    if (people_holdings(visit->call, person, &holdings) != DONE || holdings.count == 0) {
        return web_say(visit, "web.no-unit", NULL);
    }
    buffer_init(&posts, visit->call->arena);
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        buffer_add_text(&posts, i == 0 ? "" : "、");
        if (holding->unit != holdings.at[0].unit) {
            buffer_add(&posts, holding->unit_title);
            buffer_add_text(&posts, " ");
        }
        buffer_add(&posts, holding->title);
    }
    *out_posts = buffer_str(&posts);
    return holdings.at[0].unit_title;
}
