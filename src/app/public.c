/*
 * The public listener: the published tree, and nothing else of the workspace.
 *
 * In the role "public" it is all that its process does: settings, store and keys are not
 * opened, and what it must know (its address, its site, where the staff sit) stands in
 * WORKSPACE/public.conf, which the office writes.  Pages that are counted have a picture,
 * which it answers and counts; once a minute the sums go into the drop box.
 */
#include "app_own.h"

#include "http/http.h"
#include "notary/notary.h"
#include "publication/publication.h"
#include "tally/tally.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DROP_SECONDS 60

struct public_listener {
    struct house house; /* the workspace's directory and no more */
    struct str site;    /* shown to who asks for none of the others */
    struct str sites;   /* "CODE DOMAIN", with ", " between */
    struct http_ranges staff;
    struct server *server;
    struct view_counter *counter;
    pthread_t dropper;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool is_stopping;
};

static enum status start_counting(struct public_listener *listener, struct arena *arena);
static void *drop_views(void *what);
static void stop_counting(struct public_listener *listener);
static struct str site_of_host(const struct public_listener *listener, struct str host);
static void answer(void *owner, const struct request *request, struct response *response);
static bool answer_seen(const struct public_listener *listener, struct call *call,
                        const struct request *request, struct response *response);
static bool is_look(const struct request *request);

enum status public_start(struct arena *arena, const char *workspace,
                         const struct public_config *config, const char *address,
                         struct public_listener **out_listener) {
    struct public_listener *listener = TAKE(arena, struct public_listener);
    struct http_options http = {
        .address = address, .handle = answer, .owner = listener, .is_public = true};
    listener->house.workspace = workspace;
    listener->site = config->site;
    listener->sites = config->sites;
    TRY(http_ranges_read(arena, config->staff, &listener->staff));
    TRY(start_counting(listener, arena));
    enum status served = http_serve(&http, &listener->server);
    if (served != DONE) {
        fprintf(stderr,
                "shenfa: cannot serve the public site on %s; another address is given "
                "with --public\n",
                address);
        stop_counting(listener);
        return served;
    }
    *out_listener = listener;
    return DONE;
}

static enum status start_counting(struct public_listener *listener, struct arena *arena) {
    struct call call;
    pthread_condattr_t monotonic;
    call_init(&call, arena, &listener->house, instant_read_clock());
    TRY(view_counter_new(&call, &listener->counter));
    pthread_mutex_init(&listener->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&listener->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&listener->dropper, NULL, drop_views, listener) != 0) {
        view_counter_free(listener->counter);
        return log_failed("the thread that hands on counted views could not be started");
    }
    return DONE;
}

/* Each minute, and once more at the end.  A drop that fails has said so, and its views
 * go with the next. */
static void *drop_views(void *what) {
    struct public_listener *listener = what;
    struct timespec next;
    bool stopping = false;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (!stopping) {
        int waited = 0;
        next.tv_sec += DROP_SECONDS;
        pthread_mutex_lock(&listener->lock);
        while (!listener->is_stopping && waited == 0) {
            waited = pthread_cond_timedwait(&listener->woken, &listener->lock, &next);
        }
        stopping = listener->is_stopping;
        pthread_mutex_unlock(&listener->lock);
        if (view_counter_drop(listener->counter) == ABSENT) {
            log_fault("counted views cannot be handed on: %s/drop is not there",
                      listener->house.workspace);
        }
    }
    return NULL;
}

static void stop_counting(struct public_listener *listener) {
    pthread_mutex_lock(&listener->lock);
    listener->is_stopping = true;
    pthread_cond_signal(&listener->woken);
    pthread_mutex_unlock(&listener->lock);
    pthread_join(listener->dropper, NULL);
    pthread_cond_destroy(&listener->woken);
    pthread_mutex_destroy(&listener->lock);
    view_counter_free(listener->counter);
}

const char *public_address(const struct public_listener *listener) {
    return http_address(listener->server);
}

void public_drain(struct public_listener *listener, int seconds) {
    if (listener != NULL) {
        http_drain(listener->server, seconds);
    }
}

void public_stop(struct public_listener *listener) {
    if (listener != NULL) {
        http_stop(listener->server);
        stop_counting(listener);
    }
}

/* By the domain that was asked for; on one machine also by CODE.localhost. */
static struct str site_of_host(const struct public_listener *listener, struct str host) {
    struct str rest = listener->sites;
    struct str name = str_cut(&host, ':');
    while (!str_is_empty(rest)) {
        struct str entry = str_cut(&rest, ',');
        entry = str_trim(entry);
        struct str code = str_cut(&entry, ' ');
        bool local = name.length == code.length + strlen(".localhost") &&
                     str_ends(name, ".localhost") &&
                     str_equal(str_part(name, 0, code.length), code);
        if (local || (!str_is_empty(entry) && str_equal(entry, name))) {
            return code;
        }
    }
    return listener->site;
}

/* What the tree says was withdrawn, moved or never there; the files themselves. */
static void answer(void *owner, const struct request *request,
                   struct response *response) {
    const struct public_listener *listener = owner;
    struct public_answer found;
    struct call call;
    struct stat facts;
    call_init(&call, request->arena, &listener->house, request->at);
    if (answer_seen(listener, &call, request, response)) {
        return;
    }
    found = (struct public_answer){.status = 200, .type = "text/plain; charset=utf-8"};
    enum status status = notary_locate(&call, request->path, &found.file);
    if (status == ABSENT) {
        status = publication_locate(&call, site_of_host(listener, request->host),
                                    request->path, &found);
    }
    if (status != DONE) {
        response_body(response, 503, "text/plain; charset=utf-8", STR("503"));
        return;
    }
    response->status = found.status;
    if (found.no_index) {
        response_header(response, "X-Robots-Tag", STR("noindex"));
    }
    if (found.status == 301) {
        response_header(response, "Location", found.target);
        return;
    }
    int file = str_is_empty(found.file)
                   ? -1
                   : open(str_text(request->arena, found.file), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &facts) != 0) {
        if (file >= 0) {
            close(file);
        }
        struct str text = str_format(request->arena, "%d", found.status);
        response_body(response, found.status == 200 ? 404 : found.status,
                      "text/plain; charset=utf-8", text);
        return;
    }
    response_header(response, "Content-Type", str_of(found.type));
    response_file(response, file, (uint64_t)facts.st_size);
}

/* The picture of a page that is public, and one more view of it. */
static bool answer_seen(const struct public_listener *listener, struct call *call,
                        const struct request *request, struct response *response) {
    static const char picture[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4"
                                  "\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
    struct public_answer found;
    struct page_view view = {.site = site_of_host(listener, request->host),
                             .agent = request_header(request, "user-agent"),
                             .peer = request->peer,
                             .at = request->at};
    if (publication_seen_page(request->path, &view.page) != DONE ||
        publication_locate(call, view.site, view.page, &found) != DONE ||
        found.status != 200) {
        return false;
    }
    view.is_staff = http_ranges_admit(&listener->staff, request->peer, request->at);
    if (is_look(request)) {
        (void)view_counter_see(listener->counter, &view);
    }
    response_body(response, 200, "image/gif", (struct str){picture, sizeof picture - 1});
    response_header(response, "Cache-Control", STR("no-store"));
    return true;
}

/* Not what a browser fetches in case somebody will look. */
static bool is_look(const struct request *request) {
    struct str purpose = request_header(request, "sec-purpose");
    if (str_is_empty(purpose)) {
        purpose = request_header(request, "purpose");
    }
    return str_is(request->method, "GET") &&
           str_find(purpose, STR("prefetch")) == purpose.length;
}
