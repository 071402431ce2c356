/*
 * One request from the listener to the answer: the order of the checks.
 *
 * Whatever happens, exactly one response is made; a failure is logged with the
 * number that the person is shown.
 */
#include "web_own.h"

#include <strings.h>

static const struct field guard_fields[] = {
    {.name = "csrf", .kind = FIELD_SECRET, .label = "form.guard"},
    {.name = "key", .kind = FIELD_SECRET, .label = "form.guard"},
};

static void make_route(struct web *web, const struct entry *entry);
static void settle(struct visit *visit, enum status status);
static enum status receive(struct visit *visit);
static enum status receive_post(struct visit *visit);
static const char *first_of_all(const struct visit *visit);
static enum status answer_of(struct visit *visit, enum status status);
static bool has_field_refusal(const struct visit *visit);

enum status web_open(const struct web_options *options, struct web **out_web) {
    struct arena *arena = arena_new((size_t)4 << 20);
    struct web *web = TAKE(arena, struct web);
    web->arena = arena;
    web->in_force = TAKE(arena, struct in_force);
    pthread_mutex_init(&web->in_force->lock, NULL);
    web->options = *options;
    const struct entry *const *entries =
        options->entries != NULL ? options->entries : web_entries;
    size_t count = 0;
    while (entries[count] != NULL) {
        count++;
    }
    web->routes = TAKE_ARRAY(arena, count + 1, struct http_route);
    web->route_list = TAKE_ARRAY(arena, count + 1, const struct http_route *);
    for (size_t i = 0; i < count; i++) {
        make_route(web, entries[i]);
    }
    *out_web = web;
    return DONE;
}

void web_close(struct web *web) {
    if (web != NULL) {
        pthread_mutex_destroy(&web->in_force->lock);
        arena_free(web->arena);
    }
}

const struct http_route *const *web_routes(const struct web *web, size_t *out_count) {
    *out_count = web->route_count;
    return web->route_list;
}

void web_handle(void *owner, const struct request *request, struct response *response) {
    struct web *web = owner;
    struct call call;
    instant now = web->options.clock != NULL ? web->options.clock() : request->at;
    call_init(&call, request->arena, web->options.house, now);
    call.door = DOOR_WEB;
    struct visit visit = {.call = &call,
                          .request = request,
                          .response = response,
                          .web = web,
                          .status = 200,
                          .visitor = STR("")};
    settle(&visit, receive(&visit));
}

/* A route's own fields, and for POST the two of the guard before them. */
static void make_route(struct web *web, const struct entry *entry) {
    struct http_route *route = &web->routes[web->route_count];
    if (entry->may == NULL || entry->run == NULL) {
        log_fatal("%s %s does not say who may or what it does", entry->method,
                  entry->pattern);
    }
    size_t own = 0;
    while (entry->fields != NULL && entry->fields[own].name != NULL) {
        own++;
    }
    bool post = strcmp(entry->method, "GET") != 0;
    size_t guard = post ? LENGTH(guard_fields) : 0;
    struct field *fields = TAKE_ARRAY(web->arena, own + guard + 1, struct field);
    memcpy(fields, guard_fields, guard * sizeof *fields);
    if (own > 0) {
        memcpy(fields + guard, entry->fields, own * sizeof *fields);
    }
    *route = (struct http_route){.method = entry->method,
                                 .pattern = entry->pattern,
                                 .body_most = entry->body_most,
                                 .fields = fields,
                                 .owner = entry};
    web->route_list[web->route_count++] = route;
}

static void settle(struct visit *visit, enum status status) {
    if (status == DONE) {
        return;
    }
    call_forgive(visit->call);
    if (status == ABSENT && answer_missing(visit) == DONE) {
        return;
    }
    if (answer_failed(visit) != DONE) {
        response_body(visit->response, 500, "text/plain; charset=utf-8",
                      STR("对不起，刚才没有做成。Sorry, that did not work.\n"));
    }
}

static enum status receive(struct visit *visit) {
    const struct request *request = visit->request;
    visit->background = request_header(request, "x-background").length > 0;
    TRY(visit_open(visit));
    if (request->problem != 0) {
        return answer_problem(visit, request->problem);
    }
    visit->entry = request->route->owner;
    const char *may = visit->entry->may;
    if (strcmp(visit->entry->method, "GET") != 0) {
        return receive_post(visit);
    }
    if (!visit->signed_in && strcmp(may, WEB_ANYBODY) != 0) {
        return answer_expired(visit);
    }
    const char *first = first_of_all(visit);
    if (first != NULL) {
        return web_go(visit, "%s", first);
    }
    if (!web_may(visit, may)) {
        call_refuse(visit->call, DENIED, "", "web.not-yours", NULL);
        return answer_no(visit, 403);
    }
    return answer_of(visit, visit->entry->run(visit));
}

static enum status receive_post(struct visit *visit) {
    const char *may = visit->entry->may;
    if (!visit_is_from_here(visit)) {
        log_note("a form from another site was refused");
        call_refuse(visit->call, DENIED, "", "web.other-site", NULL);
        visit->entry = NULL;
        return answer_no(visit, 403);
    }
    if (!visit->signed_in && strcmp(may, WEB_ANYBODY) != 0) {
        return answer_expired(visit);
    }
    if (!visit_token_is_right(visit)) {
        return answer_again(visit, 403, "web.form-expired");
    }
    const char *first = first_of_all(visit);
    if (first != NULL) {
        return web_go(visit, "%s", first);
    }
    if (!web_may(visit, may)) {
        call_refuse(visit->call, DENIED, "", "web.not-yours", NULL);
        visit->entry = NULL; /* its form is not this person's either */
        return answer_no(visit, 403);
    }
    if (visit->request->faults != NULL) {
        visit->call->refusal = visit->request->faults;
        return answer_no(visit, 422);
    }
    visit->call->key = request_text(visit->request, "key");
    return answer_of(visit, visit->entry->run(visit));
}

/* A given password is changed, and a demanded second factor set up, before anything else
 * is open; NULL if nothing stands before this entry. */
static const char *first_of_all(const struct visit *visit) {
    const char *pattern = visit->entry->pattern;
    bool open = !visit->signed_in || strcmp(visit->entry->may, WEB_ANYBODY) == 0 ||
                strcmp(pattern, "/password") == 0;
    if (open) {
        return NULL;
    }
    if (visit->session.must_change) {
        return "/password";
    }
    bool setting_up = strncmp(pattern, "/second-factor", 14) == 0;
    return visit->session.must_enrol && !setting_up ? "/second-factor" : NULL;
}

static enum status answer_of(struct visit *visit, enum status status) {
    switch (status) {
    case REFUSED:
        return answer_no(visit, has_field_refusal(visit) ? 422 : 409);
    case STALE:
        return answer_no(visit, 409);
    case DENIED:
        return answer_no(visit, 403);
    default:
        return status;
    }
}

static bool has_field_refusal(const struct visit *visit) {
    for (const struct refusal *no = visit->call->refusal; no != NULL; no = no->next) {
        if (no->field != NULL) {
            return true;
        }
    }
    return false;
}
