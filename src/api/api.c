/*
 * One request: who comes, what is wanted, the act, the answer.
 */
#include "api_own.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX   "/api/v1"
#define KEY_MOST 128

static char *pattern_of(const struct endpoint *endpoint);
static void answer(struct exchange *exchange);
static enum status come_in(struct exchange *exchange);
static bool may(struct exchange *exchange, enum status *out_status);
static enum status read_version(struct exchange *exchange);
static enum status read_key(struct exchange *exchange);
static void write_answer(struct exchange *exchange);
static struct str language_of(const struct request *request);

enum status api_open(const struct api_options *options, struct api **out_api) {
    struct api *api = calloc(1, sizeof *api);
    size_t count = 0;
    while (api_endpoints[count] != NULL) {
        count++;
    }
    if (api == NULL) {
        log_fatal("out of memory");
    }
    *api = (struct api){.house = options->house, .group = options->group, .count = count};
    api->routes = calloc(count, sizeof *api->routes);
    api->route_list = calloc(count, sizeof *api->route_list);
    if (api->routes == NULL || api->route_list == NULL) {
        log_fatal("out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        const struct endpoint *endpoint = api_endpoints[i];
        api->routes[i] = (struct http_route){.method = endpoint->method,
                                             .pattern = pattern_of(endpoint),
                                             .body_most = endpoint->body_most,
                                             .fields = endpoint->query,
                                             .owner = endpoint};
        api->route_list[i] = &api->routes[i];
    }
    *out_api = api;
    return DONE;
}

void api_close(struct api *api) {
    if (api == NULL) {
        return;
    }
    for (size_t i = 0; i < api->count; i++) {
        free((void *)(uintptr_t)api->routes[i].pattern);
    }
    free(api->route_list);
    free(api->routes);
    free(api);
}

bool api_has(struct str path) {
    return str_is(path, "/api") || str_starts(path, "/api/");
}

const struct http_route *const *api_routes(const struct api *api, size_t *out_count) {
    *out_count = api->count;
    return api->route_list;
}

void api_handle(struct api *api, const struct request *request,
                struct response *response) {
    struct call call;
    call_init(&call, request->arena, api->house, request->at);
    call.door = DOOR_API;
    call.language = language_of(request);
    struct exchange exchange = {.api = api,
                                .call = &call,
                                .request = request,
                                .response = response,
                                .status = 200};
    if (request->route != NULL) {
        exchange.endpoint = request->route->owner;
    }
    answer(&exchange);
    json_decref(exchange.body);
    json_decref(exchange.answer);
}

static char *pattern_of(const struct endpoint *endpoint) {
    size_t size = sizeof PREFIX + strlen(endpoint->pattern);
    char *pattern = malloc(size);
    if (pattern == NULL) {
        log_fatal("out of memory");
    }
    snprintf(pattern, size, PREFIX "%s", endpoint->pattern);
    return pattern;
}

static void answer(struct exchange *exchange) {
    const struct request *request = exchange->request;
    if (request->problem != 0 || exchange->endpoint == NULL) {
        int status = request->problem == 0 ? 404 : request->problem;
        problem_status(exchange, status,
                       status == 404   ? "api.no-address"
                       : status == 405 ? "api.no-method"
                       : status == 413 ? "api.too-large"
                                       : "api.bad-request");
        return;
    }
    if (come_in(exchange) != DONE) {
        return;
    }
    enum status status = DONE;
    if (!may(exchange, &status)) {
        problem_answer(exchange, status);
        return;
    }
    if (request->faults != NULL) {
        exchange->call->refusal = request->faults;
        problem_answer(exchange, REFUSED);
        return;
    }
    status = read_key(exchange);
    if (status == DONE && exchange->endpoint->if_match) {
        status = read_version(exchange);
        if (exchange->answered) {
            return;
        }
    }
    if (status == DONE && exchange->endpoint->members != NULL) {
        status = read_body(exchange);
        if (exchange->answered) {
            return;
        }
    }
    if (status == DONE) {
        struct subject granted;
        bool again = exchange->endpoint->again != NULL && was_granted(exchange, &granted);
        status = again ? exchange->endpoint->again(exchange)
                       : exchange->endpoint->run(exchange);
    }
    if (status != DONE) {
        problem_answer(exchange, status);
    } else if (!exchange->answered) {
        write_answer(exchange);
    }
}

static enum status come_in(struct exchange *exchange) {
    struct str given = request_header(exchange->request, "authorization");
    enum status status = ABSENT;
    if (str_starts(given, "Bearer ")) {
        status =
            people_token_open(exchange->call, str_trim(str_part(given, 7, given.length)));
    }
    if (status == FAILED) {
        problem_answer(exchange, FAILED);
    } else if (status != DONE) {
        response_header(exchange->response, "WWW-Authenticate",
                        STR("Bearer realm=\"shenfa\""));
        problem_status(exchange, 401, "api.no-token");
    }
    return status;
}

static bool may(struct exchange *exchange, enum status *out_status) {
    struct str roles = str_of(exchange->endpoint->may);
    if (str_is_empty(roles)) {
        return true;
    }
    while (!str_is_empty(roles)) {
        bool holds = false;
        struct str role = str_cut(&roles, '|');
        *out_status = people_holds(exchange->call, exchange->call->actor.person,
                                   str_text(exchange->call->arena, role), 0, &holds);
        if (*out_status != DONE || holds) {
            return holds && *out_status == DONE;
        }
    }
    *out_status = call_refuse(exchange->call, DENIED, "", "api.not-yours", NULL);
    return false;
}

/* If-Match: "12", or * for whatever there is. */
static enum status read_version(struct exchange *exchange) {
    struct str given = request_header(exchange->request, "if-match");
    int64_t version = 0;
    if (str_is_empty(given)) {
        problem_status(exchange, 428, "api.no-if-match");
        return DONE;
    }
    if (str_is(given, "*")) {
        return DONE;
    }
    bool quoted = given.length > 2 && given.at[0] == '"' && str_ends(given, "\"");
    if (!quoted || str_to_int(str_part(given, 1, given.length - 1), &version) != DONE ||
        version < 1 || version > INT32_MAX) {
        problem_status(exchange, 412, "api.stale");
        return DONE;
    }
    exchange->seen = (int)version;
    return DONE;
}

static enum status read_key(struct exchange *exchange) {
    struct str key = request_header(exchange->request, "idempotency-key");
    if (key.length > KEY_MOST) {
        return call_refuse_field(exchange->call, "Idempotency-Key", "", "api.key-long",
                                 NULL);
    }
    if (!str_is(exchange->request->method, "GET")) {
        exchange->call->key = key;
    }
    return DONE;
}

static void write_answer(struct exchange *exchange) {
    if (exchange->answer == NULL) {
        exchange->response->status = 204;
        return;
    }
    char *text = json_dumps(exchange->answer, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text == NULL) {
        log_fatal("an answer is no JSON: the program builds it wrongly");
    }
    struct str body = str_copy(exchange->call->arena, str_of(text));
    free(text);
    response_body(exchange->response, exchange->status, "application/json; charset=utf-8",
                  body);
}

static struct str language_of(const struct request *request) {
    return str_starts(request_header(request, "accept-language"), "en") ? STR("en")
                                                                        : STR("zh-CN");
}
