/*
 * shenfa serve: the office's listener, the public one, and the worker, in one process.
 */
#include "app_own.h"

#include "api/api.h"
#include "http/http.h"
#include "publication/publication.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAIN_SECONDS 10

static enum exit_status run(struct cli *cli);

const struct command app_serve = {
    .words = "serve",
    .usage = "serve DIR [--office ADDR] [--public ADDR]",
    .summary = "serve a workspace until it is told to stop",
    .options = "office= public=",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = run,
};

/* Everything that listens. */
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

static enum status start(struct service *service, struct cli *cli);
static enum status start_public(struct service *service, const char *address);
static enum status start_office(struct service *service, const char *address);
static const struct http_route *const *office_routes(struct service *service,
                                                     size_t *out_count);
static void answer_office(void *owner, const struct request *request,
                          struct response *response);
static enum status find_site(struct service *service);
static void stop(struct service *service);
static void wait_for_signal(void);
static void answer_public(void *owner, const struct request *request,
                          struct response *response);
static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address);

static enum exit_status run(struct cli *cli) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct service service = {.estate = &estate};
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stopping, NULL); /* every thread inherits this */
    enum status status = estate_open(process, cli->arguments[0], &estate);
    if (status == DONE) {
        status = start(&service, cli);
    }
    if (status == DONE) {
        printf("Office:  http://%s/\nPublic:  http://%s/\n", http_address(service.office),
               http_address(service.public_server));
        if (estate.config.demo) {
            puts(
                "Sign in: this is a demonstration; choose a person on the sign-in page.\n"
                "Signing asks for the password: " TRIAL_PASSWORD);
        }
        fflush(stdout);
        wait_for_signal();
    }
    stop(&service);
    estate_close(&estate);
    arena_free(process);
    return status == DONE ? EXIT_DONE : status == FAILED ? EXIT_FAILED : EXIT_NO;
}

static enum status start(struct service *service, struct cli *cli) {
    struct estate *estate = service->estate;
    const char *office = cli_option(cli, "office");
    const char *public_address = cli_option(cli, "public");
    if (office == NULL) {
        office = str_text(estate->arena, estate->config.office);
    }
    if (public_address == NULL) {
        public_address = str_text(estate->arena, estate->config.public_address);
    }
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

static void stop(struct service *service) {
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

static void wait_for_signal(void) {
    sigset_t stopping;
    int signal_number;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    while (sigwait(&stopping, &signal_number) == EINTR) {
    }
}

static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address) {
    return !estate->config.demo ||
           (http_address_is_loopback(office) && http_address_is_loopback(public_address));
}
