/*
 * The frame of every page: what layout.html and alone.html ask for, the
 * sidebar computed from the person's posts, and what a form shows again.
 */
#include "parts.h"
#include "web_own.h"

#include "notice/notice.h"
#include "site/site.h"

#define IDLE_SECONDS (PEOPLE_SESSION_IDLE / INSTANT_SECOND)
#define NAV_MOST     8
#define THUMBS       4

/* An entry of the sidebar; shown if the person may and the house has such a page. */
struct nav {
    const char *href;
    const char *icon;
    const char *words;
    const char *may;
};

static const struct nav navs[] = {
    {"/desk", "home", "nav.desk", WEB_SIGNED_IN},
    {"/manuscripts", "file-text", "nav.manuscripts", WEB_STAFF},
    {"/release", "rocket", "nav.release", "desk:release"},
    {"/columns", "layout-columns", "nav.columns", WEB_STAFF},
    {"/rules", "gavel", "nav.rules", WEB_SIGNED_IN},
    {"/matters", "messages", "nav.matters", "matters"},
    {"/letters", "inbox", "nav.letters", "letters"},
    {"/archive", "archive", "nav.archive", WEB_STAFF},
    {"/people", "sitemap", "nav.people", WEB_OFFICE "|dept-head"},
    {"/sites", "world", "nav.sites", WEB_STAFF},
    {"/ledger", "fingerprint", "nav.ledger", PEOPLE_ROLE_AUDIT "|" WEB_OFFICE},
    {"/running", "settings", "nav.running", PEOPLE_ROLE_SYSTEM},
    {"/accounts", "shield-lock", "nav.accounts", PEOPLE_ROLE_SECURITY},
    {"/audit", "eye-check", "nav.audit", PEOPLE_ROLE_AUDIT},
};

static void fill_looks(struct visit *visit, struct model *model);
static void fill_workspace(struct visit *visit, struct model *model);
static void fill_person(struct visit *visit, struct model *model);
static void warn_of_password(struct visit *visit, struct model *model);
static void fill_nav(struct visit *visit, struct model *model);
static void fill_bodies(struct visit *visit, struct model *model);
static bool house_has(const struct web *web, const char *path);
static bool is_here(const struct visit *visit, const char *href);
static void fill_counts(struct visit *visit, struct model *model, int64_t *out_desk);
static void fill_notice(struct visit *visit, struct model *model);
static void add_notice(struct model *model, const char *role, const char *icon,
                       struct str text);
static void fill_no(struct visit *visit, struct model *model);
static void add_errors(struct visit *visit, struct model *model);
static void add_refusals(struct visit *visit, struct model *model);
static void add_typed(void *to, const struct field *field, struct str typed);

struct model *web_model(struct visit *visit) {
    if (visit->model == NULL) {
        visit->model = model_new(visit->call->arena);
        frame_fill(visit);
    }
    return visit->model;
}

struct model *web_form(struct visit *visit) {
    web_model(visit);
    return visit->form;
}

void web_waiting(struct visit *visit, int64_t count) {
    visit->waiting = count;
    visit->has_waiting = true;
}

void web_form_text(struct visit *visit, const char *name, struct str value) {
    struct model *form = web_form(visit);
    if (!visit->again) {
        model_text(form, name, value);
    }
}

void web_form_flag(struct visit *visit, const char *name, bool value) {
    struct model *form = web_form(visit);
    if (!visit->again) {
        model_flag(form, name, value);
    }
}

void frame_fill(struct visit *visit) {
    struct model *model = visit->model;
    struct arena *arena = visit->call->arena;
    model_text(model, "lang", visit->call->language);
    model_text(model, "csrf", visit_token(visit));
    model_text(model, "key", bytes_to_base64(arena, call_random(visit->call, 18)));
    bool get = str_is(visit->request->method, "GET");
    model_url(model, "path", get ? visit->request->target : STR("/desk"));
    fill_looks(visit, model);
    fill_workspace(visit, model);
    if (visit->signed_in) {
        model_int(model, "idle", IDLE_SECONDS);
        fill_person(visit, model);
        fill_nav(visit, model);
        fill_bodies(visit, model);
        model_flag(model, "seeks", web_may(visit, WEB_STAFF));
    }
    fill_notice(visit, model);
    visit->form = model_part(model, "form");
    if (visit->again) {
        request_each_typed(visit->request, add_typed, visit->form);
    }
    fill_no(visit, model);
}

/* The cookie "look" holds words: size-large or size-huge, dense, keys. */
static void fill_looks(struct visit *visit, struct model *model) {
    struct str look = visit_cookie(visit, "look");
    struct str size = STR("");
    bool dense = false;
    bool keys = look.length == 0;
    while (look.length > 0) {
        struct str word = str_cut(&look, '.');
        dense = dense || str_is(word, "dense");
        keys = keys || str_is(word, "keys");
        if (str_is(word, "size-large") || str_is(word, "size-huge")) {
            size = word;
        }
    }
    model_text(model, "size", size);
    model_flag(model, "dense", dense);
    model_flag(model, "keys", keys);
}

static void fill_workspace(struct visit *visit, struct model *model) {
    const struct web_options *options = &visit->web->options;
    struct model *workspace = model_part(model, "workspace");
    model_text(workspace, "name", options->name);
    model_flag(workspace, "demo", options->demo);
    model_text(workspace, "reset", options->demo_reset);
    model_text(workspace, "password", options->demo_password);
}

static void fill_person(struct visit *visit, struct model *model) {
    struct model *person = model_part(model, "person");
    struct str post = STR("");
    if (visit_holdings(visit) == DONE && visit->holdings.count > 0) {
        const struct people_holding *first = &visit->holdings.at[0];
        post = str_format(visit->call->arena, "%.*s %.*s", STR_ARG(first->unit_title),
                          STR_ARG(first->title));
    }
    model_text(person, "name", visit->session.name);
    model_flag(model, "factor", visit->session.has_factor);
    model_text(person, "post", post);
    warn_of_password(visit, model);
}

/* Before it ends, on every page but the one where it is changed. */
static void warn_of_password(struct visit *visit, struct model *model) {
    int days = visit->session.days_left;
    if (days > PEOPLE_PASSWORD_WARNING || visit->session.must_change ||
        str_starts(visit->request->target, "/password")) {
        return;
    }
    struct model *part = model_part(model, "expiring");
    const char *text = str_format(visit->call->arena, "%d", days).at;
    model_text(part, "text", web_say(visit, "office.password-ends", "days", text, NULL));
}

static void fill_nav(struct visit *visit, struct model *model) {
    int64_t waiting = 0;
    int shown = 0;
    fill_counts(visit, model, &waiting);
    for (size_t i = 0; i < LENGTH(navs) && shown < NAV_MOST; i++) {
        const struct nav *nav = &navs[i];
        if (!house_has(visit->web, nav->href) || !web_may(visit, nav->may)) {
            continue;
        }
        bool thumb = shown++ < THUMBS;
        for (int list = 0; list < (thumb ? 1 : 2); list++) {
            struct model *entry = model_list_add(model, list == 0 ? "nav" : "nav-more");
            model_text(entry, "href", str_of(nav->href));
            model_text(entry, "icon", str_of(nav->icon));
            model_words(entry, "label", nav->words);
            model_flag(entry, "here", is_here(visit, nav->href));
            model_flag(entry, "thumb", thumb);
            model_int(entry, "count", i == 0 ? waiting : 0);
        }
    }
}

/* Which body's things a page shows; the desk and the list of manuscripts show all of them
 * until one is chosen. */
static void fill_bodies(struct visit *visit, struct model *model) {
    static const char *const pages[] = {"/desk",    "/manuscripts",   "/manuscripts/new",
                                        "/columns", "/matters",       "/letters",
                                        "/sites",   "/rules",         "/forms",
                                        "/people",  "/rules/versions"};
    struct call *call = visit->call;
    struct refusal *before = call->refusal;
    const struct request *request = visit->request;
    struct str asked = request_query(request, "site");
    struct site *sites;
    struct site chosen;
    size_t count = 0;
    bool about = false;
    for (size_t i = 0; i < LENGTH(pages); i++) {
        about = about || str_is(request->path, pages[i]);
    }
    bool known = about && part_several_bodies(visit) &&
                 part_site(visit, &chosen) == DONE &&
                 site_list(call, visit->web->options.group, &sites, &count) == DONE;
    call->refusal = before;
    if (!known) {
        return;
    }
    struct model *part = model_part(model, "bodies");
    bool all = str_is(request->path, "/desk") || str_is(request->path, "/manuscripts");
    if (all) {
        struct model *entry = model_list_add(part, "sites");
        model_text(entry, "href", request->path);
        model_words(entry, "label", "office.all-bodies");
        model_flag(entry, "here", str_is_empty(asked));
    }
    for (size_t i = 0; i < count; i++) {
        bool works_here = false;
        for (size_t j = 0; j < visit->holdings.count; j++) {
            works_here = works_here || visit->holdings.at[j].body == sites[i].root;
        }
        if (!works_here) {
            continue;
        }
        struct model *entry = model_list_add(part, "sites");
        model_text(entry, "href",
                   str_format(call->arena, "%.*s?site=%.*s", STR_ARG(request->path),
                              STR_ARG(sites[i].code)));
        model_text(entry, "label", sites[i].title);
        model_flag(entry, "here",
                   all ? str_equal(sites[i].code, asked) : sites[i].id == chosen.id);
    }
}

static bool house_has(const struct web *web, const char *path) {
    for (size_t i = 0; i < web->route_count; i++) {
        if (strcmp(web->routes[i].pattern, path) == 0 &&
            strcmp(web->routes[i].method, "GET") == 0) {
            return true;
        }
    }
    return false;
}

static bool is_here(const struct visit *visit, const char *href) {
    struct str path = visit->request->path;
    size_t length = strlen(href);
    return str_starts(path, href) && (path.length == length || path.at[length] == '/');
}

/* Counts are a courtesy: a page is shown without them rather than not at all. */
static void fill_counts(struct visit *visit, struct model *model, int64_t *out_desk) {
    struct duty_count duties;
    int64_t news = 0;
    if (visit->has_waiting) {
        *out_desk = visit->waiting;
    } else if (notice_desk_count(visit->call, visit->session.person, &duties) == DONE) {
        *out_desk = duties.open;
    }
    if (house_has(visit->web, "/news") &&
        notice_news_unseen(visit->call, visit->session.person, &news) == DONE) {
        model_int(model, "news", news);
    }
}

/* What the last act said on its way here (web_go_saying), shown once. */
static void fill_notice(struct visit *visit, struct model *model) {
    struct str sealed = visit_cookie(visit, "notice");
    struct bytes bytes;
    if (visit->said != NULL) {
        add_notice(model, "attention", "info-circle", web_say(visit, visit->said, NULL));
        return;
    }
    if (sealed.length == 0) {
        return;
    }
    visit_set_cookie(visit, "notice", STR(""), -1);
    if (bytes_from_base64(visit->call->arena, sealed, &bytes) != DONE) {
        return;
    }
    struct str rest = {(const char *)bytes.at, bytes.length};
    struct refusal said = {.words = str_text(visit->call->arena, str_cut(&rest, '\n'))};
    for (size_t i = 0; i < LENGTH(said.arguments) && rest.length > 0; i++) {
        said.arguments[i].name = str_text(visit->call->arena, str_cut(&rest, '\n'));
        said.arguments[i].value = str_cut(&rest, '\n');
    }
    if (utf8_is_valid((struct str){(const char *)bytes.at, bytes.length}) &&
        words_know(visit->web->options.words, said.words)) {
        add_notice(model, "good", "circle-check", web_say_refusal(visit, &said));
    }
}

static void add_notice(struct model *model, const char *role, const char *icon,
                       struct str text) {
    struct model *notice = model_part(model, "notice");
    model_text(notice, "role", str_of(role));
    model_text(notice, "icon", str_of(icon));
    model_text(notice, "text", text);
}

static void fill_no(struct visit *visit, struct model *model) {
    if (visit->no == NULL) {
        return;
    }
    add_errors(visit, model);
    add_refusals(visit, model);
}

/* What can be mended in a field: on top of the form, and under the field. */
static void add_errors(struct visit *visit, struct model *model) {
    struct model *errors = model_part(model, "errors");
    struct model *wrong = model_part(model, "wrong");
    bool any = false;
    for (const struct refusal *no = visit->no; no != NULL; no = no->next) {
        if (no->field != NULL) {
            struct str text = web_say_refusal(visit, no);
            struct model *error = model_list_add(errors, "list");
            model_text(error, "field", str_of(no->field));
            model_text(error, "text", text);
            if (no->rule.length > 0) {
                web_cite(visit, model_part(error, "rule"), no->rule);
            }
            model_text(wrong, no->field, text);
            any = true;
        }
    }
    model_flag(errors, "any", any);
}

/* What a rule forbids: sentences, and the articles they rest on. */
static void add_refusals(struct visit *visit, struct model *model) {
    struct model *part = NULL;
    for (const struct refusal *no = visit->no; no != NULL; no = no->next) {
        if (no->field != NULL) {
            continue;
        }
        if (part == NULL) {
            part = model_part(model, "no");
        }
        model_list_add_text(part, "sentences", web_say_refusal(visit, no));
        if (no->rule.length > 0) {
            web_cite(visit, model_list_add(part, "rules"), no->rule);
            model_flag(part, "recorded", str_is(visit->request->method, "POST"));
        }
    }
}

static void add_typed(void *to, const struct field *field, struct str typed) {
    struct model *form = to;
    if (strcmp(field->name, "csrf") == 0 || strcmp(field->name, "key") == 0) {
        return;
    }
    if (field->many) {
        model_list_add_text(form, field->name, typed);
    } else if (field->kind == FIELD_FLAG) {
        model_flag(form, field->name, true);
    } else {
        model_text(form, field->name, typed);
    }
}
