/*
 * Everything that listens: the office's listener, the public one, and the worker, in one
 * process or each in its own.  Apart, the office does not write the published tree (the
 * worker does, and the office waits for it), and the public listener opens neither
 * settings nor store nor keys.
 */
#include "app_own.h"

#include "api/api.h"
#include "approval/approval.h"
#include "http/http.h"
#include "notary/notary.h"
#include "publication/publication.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"
#include "web/web.h"

#define DRAIN_SECONDS 10

struct service {
    struct estate *estate;
    int parts;
    struct web *web;
    struct api *api;
    struct http_ranges office_from;
    struct server *office;
    struct public_listener *public_listener;
    struct worker *worker;
    struct str public_base;
    struct str site_title;
    struct str site_code; /* of the site that the public listener shows */
    struct str sites;     /* and what it shows to who asks for another's domain */
};

static enum status start(struct service *service, const char *office,
                         const char *public_name);
static enum status replay(struct estate *estate);
static struct public_config what_public_knows(const struct service *service);
static enum status tell_public(const struct service *service);
static enum status admit(struct service *service, const char *office);
static enum status start_office(struct service *service, const char *address);
static const struct http_route *const *office_routes(struct service *service,
                                                     size_t *out_count);
static void answer_office(void *owner, const struct request *request,
                          struct response *response);
static enum status find_site(struct service *service);
static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address);

enum status service_start(struct estate *estate, int parts, const char *office,
                          const char *public_name, struct service **out_service) {
    struct service *service = TAKE(estate->arena, struct service);
    service->estate = estate;
    service->parts = parts;
    if (office == NULL) {
        office = str_text(estate->arena, estate->config.office);
    }
    if (public_name == NULL) {
        public_name = str_text(estate->arena, estate->config.public_address);
    }
    enum status started = start(service, office, public_name);
    if (started != DONE) {
        service_stop(service);
        return started;
    }
    *out_service = service;
    return DONE;
}

enum status service_start_public(struct arena *arena, const char *workspace,
                                 const char *address, struct service **out_service) {
    struct service *service = TAKE(arena, struct service);
    struct public_config config;
    service->parts = PART_PUBLIC;
    TRY(config_read_public(arena, workspace, &config));
    if (address == NULL) {
        address = str_text(arena, config.address);
    }
    TRY(public_start(arena, workspace, &config, address, &service->public_listener));
    *out_service = service;
    return DONE;
}

const char *service_office(const struct service *service) {
    return service->office == NULL ? NULL : http_address(service->office);
}

const char *service_public(const struct service *service) {
    return service->public_listener == NULL ? NULL
                                            : public_address(service->public_listener);
}

void service_stop(struct service *service) {
    if (service == NULL) {
        return;
    }
    if (service->office != NULL) {
        http_drain(service->office, DRAIN_SECONDS);
    }
    public_drain(service->public_listener, DRAIN_SECONDS);
    worker_stop(service->worker);
    http_stop(service->office);
    public_stop(service->public_listener);
    if (service->web != NULL) {
        web_close(service->web);
    }
    api_close(service->api);
}

static enum status start(struct service *service, const char *office,
                         const char *public_name) {
    struct estate *estate = service->estate;
    if (estate->group == 0) {
        fputs(
            "shenfa: the founding of this workspace was not finished; remove it and run "
            "shenfa init again\n",
            stderr);
        return REFUSED;
    }
    if (!demo_is_safe(estate, office, public_name)) {
        fputs("shenfa: a demonstration lets anybody enter as anybody, so it is served on "
              "loopback addresses only\n",
              stderr);
        return REFUSED;
    }
    estate->house.tree_apart = (service->parts & PART_WORKER) == 0;
    if ((service->parts & PART_WORKER) != 0) {
        TRY(replay(estate));
    }
    TRY(find_site(service));
    TRY(tell_public(service));
    if ((service->parts & PART_PUBLIC) != 0) {
        struct public_config config = what_public_knows(service);
        TRY(public_start(estate->arena, estate->config.workspace, &config, public_name,
                         &service->public_listener));
        public_name = public_address(service->public_listener);
    }
    service->public_base = str_format(estate->arena, "http://%s", public_name);
    if ((service->parts & PART_OFFICE) != 0) {
        TRY(admit(service, office));
        TRY(start_office(service, office));
    }
    return (service->parts & PART_WORKER) != 0 ? worker_start(estate, &service->worker)
                                               : DONE;
}

static enum status replay(struct estate *estate) {
    struct call call;
    struct arena *arena = arena_new((size_t)1 << 30);
    call_init(&call, arena, &estate->house, instant_read_clock());
    notary_tidy(&call);
    enum status replayed = publication_replay(&call);
    /* A workspace of before the signatures is sealed now, not in somebody's first act; a
     * trouble there is told, stops every act that decides, and leaves the rest alone. */
    if (replayed == DONE && approval_begin(&call) != DONE) {
        log_fault("decisions cannot be signed until this is looked into");
    }
    txn_abort(&call);
    arena_free(arena);
    return replayed;
}

static struct public_config what_public_knows(const struct service *service) {
    const struct config *config = &service->estate->config;
    return (struct public_config){.address = config->public_address,
                                  .site = service->site_code,
                                  .sites = service->sites,
                                  .staff = str_is_empty(config->staff_from)
                                               ? config->office_from
                                               : config->staff_from};
}

/* What a public process by itself must know, once. */
static enum status tell_public(const struct service *service) {
    const struct estate *estate = service->estate;
    struct public_config config = what_public_knows(service);
    const char *path = str_text(estate->arena, str_format(estate->arena, "%s/public.conf",
                                                          estate->config.workspace));
    if (file_exists(path)) { /* its address is the operator's word */
        struct public_config before;
        TRY(config_read_public(estate->arena, estate->config.workspace, &before));
        if (str_equal(before.sites, config.sites) &&
            str_equal(before.staff, config.staff)) {
            return DONE;
        }
        config.address = before.address;
        config.site = before.site;
    }
    return config_write_public(estate->config.workspace, &config);
}

/* An office that a network can reach names who may come. */
static enum status admit(struct service *service, const char *office) {
    struct estate *estate = service->estate;
    TRY(http_ranges_read(estate->arena, estate->config.office_from,
                         &service->office_from));
    if (service->office_from.count == 0 && !http_address_is_loopback(office)) {
        fprintf(stderr,
                "shenfa: %s can be reached from a network; set office-from in "
                "shenfa.conf to the addresses that may connect\n",
                office);
        return REFUSED;
    }
    return DONE;
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
    if (!file_exists(http.files)) {
        log_fault("%s is not built: pages come without styles and scripts", http.files);
        http.files = NULL;
    }
    if (service->office_from.count > 0) {
        http.admitted = &service->office_from;
    }
    http.routes = office_routes(service, &http.route_count);
    enum status served = http_serve(&http, &service->office);
    if (served == REFUSED) {
        fprintf(stderr,
                "shenfa: cannot serve the office on %s; another address is given with "
                "--office\n",
                address);
    }
    return served;
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
    struct buffer named;
    buffer_init(&named, estate->arena);
    for (size_t i = 0; status == DONE && i < count; i++) {
        buffer_add_format(&named, "%s%.*s %.*s", i == 0 ? "" : ", ",
                          STR_ARG(sites[i].code), STR_ARG(sites[i].domain));
    }
    service->sites = buffer_str(&named);
    txn_abort(&call);
    arena_free(arena);
    return status != DONE ? status : count > 0 ? DONE : ABSENT;
}

static bool demo_is_safe(const struct estate *estate, const char *office,
                         const char *public_address) {
    return !estate->config.demo ||
           (http_address_is_loopback(office) && http_address_is_loopback(public_address));
}
