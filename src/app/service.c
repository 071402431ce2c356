/*
 * Everything that listens: the office's listener, the public one, and the worker, in one
 * process.
 */
#include "app_own.h"

#include "api/api.h"
#include "http/http.h"
#include "publication/publication.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"
#include "web/web.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAIN_SECONDS 10

struct service {
    struct estate *estate;
    struct web *web;
    struct api *api;
    struct server *office;
    struct server *public_server;
    struct worker *worker;
    struct str public_base;
    struct str site_title;
    struct str site_code; /* of the site that the public listener shows */
};

static enum status start(struct service *service, const char *office,
                         const char *public_address);
static enum status start_public(struct service *service, const char *address);
static enum status start_office(struct service *service, const char *address);
static const struct http_route *const *office_routes(struct service *service,
                                                     size_t *out_count);
static void answer_office(void *owner, const struct request *request,
                          struct response *response);
static enum status find_site(struct service *service);
static void answer_public(void *owner, const struct request *request,
                          struct response *response);
static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address);

enum status service_start(struct estate *estate, const char *office,
                          const char *public_address, struct service **out_service) {
    struct service *service = TAKE(estate->arena, struct service);
    service->estate = estate;
    if (office == NULL) {
        office = str_text(estate->arena, estate->config.office);
    }
    if (public_address == NULL) {
        public_address = str_text(estate->arena, estate->config.public_address);
    }
    enum status started = start(service, office, public_address);
    if (started != DONE) {
        service_stop(service);
        return started;
    }
    *out_service = service;
    return DONE;
}

const char *service_office(const struct service *service) {
    return http_address(service->office);
}

const char *service_public(const struct service *service) {
    return http_address(service->public_server);
}

void service_stop(struct service *service) {
    if (service == NULL) {
        return;
    }
    if (service->office != NULL) {
        http_drain(service->office, DRAIN_SECONDS);
    }
    if (service->public_server != NULL) {
        http_drain(service->public_server, DRAIN_SECONDS);
    }
    worker_stop(service->worker);
    http_stop(service->office);
    http_stop(service->public_server);
    if (service->web != NULL) {
        web_close(service->web);
    }
    api_close(service->api);
}

static enum status start(struct service *service, const char *office,
                         const char *public_address) {
    struct estate *estate = service->estate;
    if (estate->group == 0) {
        fputs(
            "shenfa: the founding of this workspace was not finished; remove it and run "
            "shenfa init again\n",
            stderr);
        return REFUSED;
    }
    if (!demo_is_safe(estate, office, public_address)) {
        fputs("shenfa: a demonstration lets anybody enter as anybody, so it is served on "
              "loopback addresses only\n",
              stderr);
        return REFUSED;
    }
    struct call call;
    struct arena *arena = arena_new((size_t)1 << 30);
    call_init(&call, arena, &estate->house, instant_read_clock());
    enum status replayed = publication_replay(&call);
    txn_abort(&call);
    arena_free(arena);
    TRY(replayed);
    TRY(find_site(service));
    TRY(start_public(service, public_address));
    service->public_base =
        str_format(estate->arena, "http://%s", http_address(service->public_server));
    TRY(start_office(service, office));
    return worker_start(estate, &service->worker);
}

static enum status start_office(struct service *service, const char *address) {
    struct estate *estate = service->estate;
    struct web_options options = {.house = &estate->house,
                                  .words = estate->words,
                                  .pages = estate->pages,
                                  .group = estate->group,
                                  .name = service->site_title,
                                  .public_base = service->public_base,
                                  .help = STR(""),
                                  .rulebooks = str_of(estate->rulebooks),
                                  .demo = estate->config.demo,
                                  .demo_password = STR(TRIAL_PASSWORD),
                                  .demo_reset = STR("")};
    struct api_options api = {.house = &estate->house, .group = estate->group};
    TRY(web_open(&options, &service->web));
    TRY(api_open(&api, &service->api));
    struct http_options http = {.address = address,
                                .handle = answer_office,
                                .owner = service,
                                .files = place_static(estate->arena),
                                .files_prefix = "/static/",
                                .files_seconds = 3600};
    http.routes = office_routes(service, &http.route_count);
    return http_serve(&http, &service->office);
}

/* Both doors stand in the office's listener, side by side. */
static const struct http_route *const *office_routes(struct service *service,
                                                     size_t *out_count) {
    size_t pages = 0;
    size_t acts = 0;
    const struct http_route *const *web = web_routes(service->web, &pages);
    const struct http_route *const *api = api_routes(service->api, &acts);
    const struct http_route **both =
        TAKE_ARRAY(service->estate->arena, pages + acts, const struct http_route *);
    for (size_t i = 0; i < pages + acts; i++) {
        both[i] = i < pages ? web[i] : api[i - pages];
    }
    *out_count = pages + acts;
    return both;
}

static void answer_office(void *owner, const struct request *request,
                          struct response *response) {
    const struct service *service = owner;
    if (api_has(request->path)) {
        api_handle(service->api, request, response);
    } else {
        web_handle(service->web, request, response);
    }
}

static enum status start_public(struct service *service, const char *address) {
    struct http_options http = {
        .address = address, .handle = answer_public, .owner = service, .is_public = true};
    return http_serve(&http, &service->public_server);
}

static enum status find_site(struct service *service) {
    struct estate *estate = service->estate;
    struct arena *arena = arena_new((size_t)1 << 24);
    struct call call;
    struct site *sites;
    size_t count = 0;
    call_init(&call, arena, &estate->house, instant_read_clock());
    enum status status = site_list(&call, estate->group, &sites, &count);
    if (status == DONE && count > 0) {
        service->site_code = str_copy(estate->arena, sites[0].code);
        service->site_title = str_copy(estate->arena, sites[0].title);
    }
    txn_abort(&call);
    arena_free(arena);
    return status != DONE ? status : count > 0 ? DONE : ABSENT;
}

/* What the store says was withdrawn, moved or never there; the files themselves. */
static void answer_public(void *owner, const struct request *request,
                          struct response *response) {
    const struct service *service = owner;
    struct public_answer answer;
    struct call call;
    struct stat facts;
    call_init(&call, request->arena, &service->estate->house, request->at);
    enum status status =
        publication_locate(&call, service->site_code, request->path, &answer);
    if (status != DONE) {
        response_body(response, 503, "text/plain; charset=utf-8", STR("503"));
        return;
    }
    response->status = answer.status;
    if (answer.no_index) {
        response_header(response, "X-Robots-Tag", STR("noindex"));
    }
    if (answer.status == 301) {
        response_header(response, "Location", answer.target);
        return;
    }
    int file = str_is_empty(answer.file)
                   ? -1
                   : open(str_text(request->arena, answer.file), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &facts) != 0) {
        if (file >= 0) {
            close(file);
        }
        struct str text = str_format(request->arena, "%d", answer.status);
        response_body(response, answer.status == 200 ? 404 : answer.status,
                      "text/plain; charset=utf-8", text);
        return;
    }
    response_header(response, "Content-Type", str_of(answer.type));
    response_file(response, file, (uint64_t)facts.st_size);
}

static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address) {
    return !estate->config.demo ||
           (http_address_is_loopback(office) && http_address_is_loopback(public_address));
}
