/*
 * Listeners: libmicrohttpd below, the guard in front of every handler.
 *
 * One thread per connection and no suspending: a slow handler stalls nobody
 * else.  Every connection has a mark of what it is doing since when; a watch
 * looks at the marks each second and ends those that dawdle, because the
 * library's own timer starts again with every byte.
 */
#include "http_own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MOST        ((size_t)32 * 1024)
#define HEAD_MOST_POOL   ((size_t)12 * 1024) /* cleared for every request, so it costs */
#define CONNECTIONS_MOST 1000
#define IDLE_SECONDS     60
#define BODY_RATE        1000
#define BODY_GRACE       10 /* seconds before the rate counts */

static void connection_changed(void *cls, struct MHD_Connection *connection,
                               void **socket_context,
                               enum MHD_ConnectionNotificationCode what);
static size_t keep_escaped(void *cls, struct MHD_Connection *connection, char *text);
static void library_says(void *cls, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
static enum MHD_Result admit(void *cls, const struct sockaddr *peer, socklen_t size);
static void *watch(void *cls);
static int64_t seconds_now(void);
static bool start_daemon(struct server *server);

enum status http_serve(const struct http_options *options, struct server **out_server) {
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        log_fatal("out of memory");
    }
    server->options = *options;
    enum status status =
        address_listen(options->address, &server->socket, &server->name, &server->path);
    if (status != DONE) {
        free(server);
        return status;
    }
    server->arena = arena_new((size_t)4 << 20);
    routes_build(server->arena, options->routes, options->route_count, &server->routes);
    server->loopback = http_address_is_loopback(options->address);
    server->files_prefix = str_of(options->files_prefix);
    spares_init(&server->spares);
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&server->change, &clock);
    pthread_condattr_destroy(&clock);
    if (options->files != NULL) {
        status = files_open(options->files, options->files_seconds, options->is_public,
                            &server->files);
    }
    if (status == DONE && !start_daemon(server)) {
        status = log_failed("no listener on %s", options->address);
    }
    if (status != DONE || pthread_create(&server->watch, NULL, watch, server) != 0) {
        http_stop(server);
        return status != DONE ? status : log_failed("no thread for the listener");
    }
    *out_server = server;
    return DONE;
}

const char *http_address(const struct server *server) { return server->name; }

bool http_drain(struct server *server, int seconds) {
    atomic_store(&server->draining, true);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    if (server->socket >= 0 && MHD_quiesce_daemon(server->daemon) >= 0) {
        close(server->socket);
        server->socket = -1;
    }
    pthread_mutex_lock(&server->lock);
    for (struct link *link = server->links; link != NULL; link = link->next) {
        if (atomic_load(&link->phase) == PHASE_WAITING) {
            shutdown(link->socket, SHUT_RDWR);
        }
    }
    int waited = 0;
    while (server->links != NULL && waited == 0) {
        waited = pthread_cond_timedwait(&server->change, &server->lock, &until);
    }
    bool all = server->links == NULL;
    pthread_mutex_unlock(&server->lock);
    return all;
}

void http_stop(struct server *server) {
    if (server == NULL) {
        return;
    }
    if (server->watch != 0) {
        pthread_mutex_lock(&server->lock);
        server->stopping = true;
        pthread_cond_broadcast(&server->change);
        pthread_mutex_unlock(&server->lock);
        pthread_join(server->watch, NULL);
    }
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
    } else if (server->socket >= 0) {
        close(server->socket);
    }
    if (server->path != NULL) {
        unlink(server->path);
    }
    files_close(server->files);
    spares_release(&server->spares);
    arena_free(server->arena);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->change);
    free(server->name);
    free(server->path);
    free(server);
}

static bool start_daemon(struct server *server) {
    const struct http_options *options = &server->options;
    int connections = options->connections > 0 ? options->connections : CONNECTIONS_MOST;
    int idle = options->idle_seconds > 0 ? options->idle_seconds : IDLE_SECONDS;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    flags |= options->pool ? MHD_USE_EPOLL | MHD_USE_TURBO
                           : MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    struct MHD_OptionItem pool[] = {
        {options->pool ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, 2, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(
        flags, 0, admit, server, exchange_answer, server, MHD_OPTION_LISTEN_SOCKET,
        server->socket, MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)idle, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        options->pool ? HEAD_MOST_POOL : HEAD_MOST, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        exchange_new, server, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server, MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
    return server->daemon != NULL;
}

static void connection_changed(void *cls, struct MHD_Connection *connection,
                               void **socket_context,
                               enum MHD_ConnectionNotificationCode what) {
    struct server *server = cls;
    pthread_mutex_lock(&server->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct link *link = calloc(1, sizeof *link);
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (link == NULL || info == NULL) {
            log_fatal("out of memory");
        }
        link->socket = info->connect_fd;
        if (!outlet_guard(link->socket)) {
            log_fault("a connection has number %d and cannot be watched", link->socket);
            shutdown(link->socket, SHUT_RDWR);
        }
        link_set_phase(link, PHASE_WAITING);
        link->next = server->links;
        if (link->next != NULL) {
            link->next->previous = link;
        }
        server->links = link;
        *socket_context = link;
    } else if (*socket_context != NULL) {
        struct link *link = *socket_context;
        *(link->previous == NULL ? &server->links : &link->previous->next) = link->next;
        if (link->next != NULL) {
            link->next->previous = link->previous;
        }
        *socket_context = NULL;
        outlet_forget(link->socket);
        free(link);
        if (server->links == NULL) {
            pthread_cond_broadcast(&server->change);
        }
    }
    pthread_mutex_unlock(&server->lock);
}

/* Before anything is read; a proxy on a unix socket is judged by each request. */
static enum MHD_Result admit(void *cls, const struct sockaddr *peer, socklen_t size) {
    const struct server *server = cls;
    (void)size;
    bool open = server->options.admitted == NULL || server->path != NULL ||
                admit_socket(server->options.admitted, peer);
    return open ? MHD_YES : MHD_NO;
}

struct link *link_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

void link_set_phase(struct link *link, enum phase phase) {
    if (link != NULL) {
        outlet_open(link->socket, phase == PHASE_ANSWER);
        atomic_store_explicit(&link->since, seconds_now(), memory_order_relaxed);
        atomic_store_explicit(&link->phase, (int)phase, memory_order_relaxed);
    }
}

/* Once a second: end who sends a head or a body too slowly. */
static void *watch(void *cls) {
    struct server *server = cls;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&server->lock);
    while (!server->stopping) {
        next.tv_sec++;
        while (!server->stopping &&
               pthread_cond_timedwait(&server->change, &server->lock, &next) == 0) {
        }
        for (struct link *link = server->links; link != NULL; link = link->next) {
            if (link_dawdles(server, link)) {
                shutdown(link->socket, SHUT_RDWR);
            }
        }
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

bool link_dawdles(const struct server *server, const struct link *link) {
    const struct http_options *options = &server->options;
    int64_t spent = seconds_now() - atomic_load(&link->since);
    int64_t rate = options->body_rate > 0 ? options->body_rate : BODY_RATE;
    int64_t idle = options->idle_seconds > 0 ? options->idle_seconds : IDLE_SECONDS;
    int64_t grace = idle < BODY_GRACE ? idle : BODY_GRACE;
    switch ((enum phase)atomic_load(&link->phase)) {
    case PHASE_WAITING:
        return spent > idle;
    case PHASE_BODY:
        return spent > grace && atomic_load(&link->received) < (spent - grace) * rate;
    case PHASE_ANSWER:
        return false;
    }
    return false;
}

static int64_t seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

/* Paths and queries are decoded by us, once, strictly. */
static size_t keep_escaped(void *cls, struct MHD_Connection *connection, char *text) {
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* The library's remarks are about what strangers send: not worth the log. */
static void library_says(void *cls, const char *format, va_list arguments) {
    (void)cls;
    (void)format;
    (void)arguments;
}
