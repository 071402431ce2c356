/*
 * Listeners: libmicrohttpd below, the guard in front of every handler.
 *
 * One thread per connection and no suspending: a slow handler stalls nobody
 * else.  Every connection has a mark of what it is doing since when; a watch
 * looks at the marks each second and ends those that dawdle, because the
 * library's own timer starts again with every byte.
 */
#include "http_own.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MOST        ((size_t)64 * 1024)
#define EXCHANGE_MOST    ((size_t)256 * 1024 * 1024)
#define CONNECTIONS_MOST 1000
#define IDLE_SECONDS     60
#define BODY_RATE        1000
#define BODY_GRACE       10 /* seconds before the rate counts */

enum phase { PHASE_WAITING, PHASE_BODY, PHASE_ANSWER };

/* One connection, from accept to close. */
struct link {
    struct link *next;
    struct link *previous;
    int socket;
    atomic_int phase;
    atomic_llong since;    /* seconds, of the phase */
    atomic_llong received; /* bytes of the body */
};

struct server {
    struct MHD_Daemon *daemon;
    struct http_options options;
    struct routes routes;
    struct arena *arena;
    struct files *files;
    struct str files_prefix;
    char *name;
    char *path; /* of a unix socket */
    int socket;
    bool loopback;
    atomic_bool draining;
    pthread_t watch;
    pthread_mutex_t lock; /* links, stopping */
    pthread_cond_t change;
    struct link *links;
    bool stopping;
};

/* One request under way. */
struct exchange {
    struct server *server;
    struct arena *arena;
    struct request request;
    struct str target;
    unsigned char *body;
    size_t body_length;
    size_t body_wanted;
    bool begun;
    bool answered;
};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection,
                              const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **state);
static void *note_target(void *cls, const char *uri, struct MHD_Connection *connection);
static void completed(void *cls, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why);
static void connection_changed(void *cls, struct MHD_Connection *connection,
                               void **socket_context,
                               enum MHD_ConnectionNotificationCode what);
static size_t keep_escaped(void *cls, struct MHD_Connection *connection, char *text);
static void library_says(void *cls, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection,
                             const char *method, const char *version);
static const char *guard(struct exchange *exchange, struct MHD_Connection *connection,
                         const char *version);
static bool is_token(struct str name);
static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value,
                                   size_t value_size);
static bool read_target(struct exchange *exchange);
static void read_peer(struct exchange *exchange, struct MHD_Connection *connection);
static bool answer_file(struct exchange *exchange, struct MHD_Connection *connection,
                        bool missing);
static size_t body_limit(const struct exchange *exchange);
static enum MHD_Result take_body(struct exchange *exchange,
                                 struct MHD_Connection *connection, const char *upload,
                                 size_t *upload_size);
static bool dawdles(const struct server *server, const struct link *link, int64_t now);
static enum MHD_Result handle(struct exchange *exchange,
                              struct MHD_Connection *connection);
static enum MHD_Result refuse(struct exchange *exchange,
                              struct MHD_Connection *connection, int status,
                              const char *why);
static enum MHD_Result send_response(struct exchange *exchange,
                                     struct MHD_Connection *connection,
                                     const struct response *response, bool close_after);
static void add_headers(const struct exchange *exchange, const struct response *response,
                        struct MHD_Response *made);
static struct link *link_of(struct MHD_Connection *connection);
static void set_phase(struct link *link, enum phase phase);
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
        flags, 0, NULL, NULL, answer, server, MHD_OPTION_LISTEN_SOCKET, server->socket,
        MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)idle,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MOST, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        note_target, server, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server, MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
    return server->daemon != NULL;
}

/* First of all calls for a request: keep what was asked for, byte by byte. */
static void *note_target(void *cls, const char *uri, struct MHD_Connection *connection) {
    struct server *server = cls;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    (void)connection;
    if (exchange == NULL) {
        log_fatal("out of memory");
    }
    size_t most = server->options.arena_most;
    exchange->server = server;
    exchange->arena = arena_new(most > 0 ? most : EXCHANGE_MOST);
    exchange->target = str_copy(exchange->arena, str_of(uri));
    return exchange;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection,
                              const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **state) {
    struct exchange *exchange = *state;
    (void)cls;
    (void)url;
    if (exchange == NULL) {
        return MHD_NO;
    }
    if (!exchange->begun) {
        exchange->begun = true;
        return begin(exchange, connection, method, version);
    }
    if (*upload_size > 0) {
        return take_body(exchange, connection, upload, upload_size);
    }
    return exchange->answered ? MHD_YES : handle(exchange, connection);
}

/* The head is complete: judge it, and answer at once what needs no body. */
static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection,
                             const char *method, const char *version) {
    struct server *server = exchange->server;
    struct request *request = &exchange->request;
    set_phase(link_of(connection), PHASE_BODY);
    request->arena = exchange->arena;
    request->at = instant_read_clock();
    request->method = str_copy(exchange->arena, str_of(method));
    request->target = exchange->target;
    request->loopback = server->loopback;
    const char *fault = guard(exchange, connection, version);
    if (fault != NULL) {
        return refuse(exchange, connection, 400, fault);
    }
    if (!read_target(exchange)) {
        return refuse(exchange, connection, 400, "the address is not well-formed");
    }
    if (exchange->body_wanted == 0 && answer_file(exchange, connection, false)) {
        return MHD_YES;
    }
    read_peer(exchange, connection);
    routes_match(&server->routes, request);
    if (exchange->body_wanted > body_limit(exchange)) {
        request->problem = request->problem != 0 ? request->problem : 413;
        exchange->body_wanted = 0;
        return handle(exchange, connection);
    }
    return MHD_YES;
}

/*
 * NULL, or why the head is refused.  Two lengths, or a length beside a transfer
 * coding, let two servers in a row disagree where a request ends; the library
 * takes them, so they end here.  Browsers and our clients always send a length.
 */
static const char *guard(struct exchange *exchange, struct MHD_Connection *connection,
                         const char *version) {
    struct request *request = &exchange->request;
    struct request_header *headers =
        TAKE_ARRAY(exchange->arena, HEADERS_MOST, struct request_header);
    request->headers = headers;
    int found =
        MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, exchange);
    if (found < 0 || request->header_count >= HEADERS_MOST) {
        return "there are too many headers";
    }
    int lengths = 0;
    int hosts = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        struct str name = headers[i].name;
        struct str value = headers[i].value;
        if (!is_token(name) || !utf8_is_valid(value)) {
            return "a header is not well-formed";
        }
        for (size_t j = 0; j < value.length; j++) {
            unsigned char byte = (unsigned char)value.at[j];
            if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
                return "a header is not well-formed";
            }
        }
        if (str_is(name, "transfer-encoding")) {
            return "send the length of the body instead of a transfer coding";
        }
        if (str_is(name, "content-length")) {
            int64_t length = -1;
            lengths++;
            if (str_starts(value, "-") || str_to_int(value, &length) != DONE) {
                return "the length is no number";
            }
            exchange->body_wanted = (size_t)length;
        }
        if (str_is(name, "host")) {
            hosts++;
            request->host = value;
        }
    }
    if (lengths > 1 || hosts > 1) {
        return "a header that may stand once stands twice";
    }
    if (hosts == 0 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0) {
        return "there is no host";
    }
    for (size_t i = 0; i < request->host.length; i++) {
        if (strchr("/\\@?#<>\"' \t,", request->host.at[i]) != NULL) {
            return "the host is not well-formed";
        }
    }
    return NULL;
}

static bool is_token(struct str name) {
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        if (byte <= ' ' || byte >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", byte) != NULL) {
            return false;
        }
    }
    return name.length > 0;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value,
                                   size_t value_size) {
    struct exchange *exchange = cls;
    struct request *request = &exchange->request;
    (void)kind;
    if (request->header_count == HEADERS_MOST) {
        return MHD_NO;
    }
    struct request_header *header =
        (struct request_header *)(uintptr_t)&request->headers[request->header_count++];
    char *lower = arena_take(exchange->arena, name_size + 1);
    for (size_t i = 0; i < name_size; i++) {
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
    }
    header->name = (struct str){lower, name_size};
    header->value =
        str_copy(exchange->arena, (struct str){value == NULL ? "" : value, value_size});
    return MHD_YES;
}

/* Path and query; the path is decoded once and may not climb. */
static bool read_target(struct exchange *exchange) {
    struct request *request = &exchange->request;
    struct str query = exchange->target;
    struct str path = str_cut(&query, '?');
    if (!str_starts(path, "/") ||
        http_decode(exchange->arena, path, false, &request->path) != DONE) {
        return false;
    }
    request->query = query;
    for (size_t i = 0; i < request->path.length; i++) {
        unsigned char byte = (unsigned char)request->path.at[i];
        if (byte < ' ' || byte == 0x7f || byte == '\\') {
            return false;
        }
    }
    struct str rest = str_part(request->path, 1, request->path.length);
    while (rest.length > 0) {
        struct str part = str_cut(&rest, '/');
        bool empty = part.length == 0; /* "a//b"; a slash at the end leaves none */
        if (empty || str_is(part, ".") || str_is(part, "..")) {
            return false;
        }
    }
    return str_find(exchange->target, STR("#")) == exchange->target.length;
}

/* Behind a proxy on a unix socket, and only there, its word about the other end counts.
 */
static void read_peer(struct exchange *exchange, struct MHD_Connection *connection) {
    struct request *request = &exchange->request;
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (exchange->server->path != NULL) {
        request->peer = request_header(request, "x-real-ip");
        request->secure = str_is(request_header(request, "x-forwarded-proto"), "https");
        return;
    }
    if (info != NULL && info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)info->client_addr;
        inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
    } else if (info != NULL && info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)info->client_addr;
        inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
    }
    request->peer = str_copy(exchange->arena, str_of(text));
}

static bool answer_file(struct exchange *exchange, struct MHD_Connection *connection,
                        bool missing) {
    struct server *server = exchange->server;
    struct str path = exchange->request.path;
    bool reading = str_is(exchange->request.method, "GET") ||
                   str_is(exchange->request.method, "HEAD");
    if (server->files == NULL || !reading || !str_starts(path, server->files_prefix.at)) {
        return false;
    }
    path = str_part(path, server->files_prefix.length, path.length);
    exchange->answered =
        files_answer(server->files, connection, exchange->request.method, path, missing);
    if (exchange->answered) {
        set_phase(link_of(connection), PHASE_ANSWER);
    }
    return exchange->answered;
}

static size_t body_limit(const struct exchange *exchange) {
    const struct http_route *route = exchange->request.route;
    if (route == NULL || strcmp(route->method, "GET") == 0) {
        return 0;
    }
    return route->body_most > 0 ? route->body_most : BODY_MOST;
}

static enum MHD_Result take_body(struct exchange *exchange,
                                 struct MHD_Connection *connection, const char *upload,
                                 size_t *upload_size) {
    struct link *link = link_of(connection);
    if (exchange->answered) {
        *upload_size = 0;
        return MHD_YES;
    }
    if (*upload_size > exchange->body_wanted - exchange->body_length ||
        dawdles(exchange->server, link, seconds_now())) {
        return MHD_NO;
    }
    if (exchange->body == NULL) {
        exchange->body = malloc(exchange->body_wanted);
        if (exchange->body == NULL) {
            log_fatal("out of memory");
        }
    }
    memcpy(exchange->body + exchange->body_length, upload, *upload_size);
    exchange->body_length += *upload_size;
    atomic_store(&link->received, (long long)exchange->body_length);
    *upload_size = 0;
    return MHD_YES;
}

/* The whole request is here. */
static enum MHD_Result handle(struct exchange *exchange,
                              struct MHD_Connection *connection) {
    struct server *server = exchange->server;
    struct request *request = &exchange->request;
    struct response response = {.arena = exchange->arena, .status = 200, .file = -1};
    bool unread = request->problem != 0;
    set_phase(link_of(connection), PHASE_ANSWER);
    request->body = (struct bytes){exchange->body, exchange->body_length};
    if (request->problem == 0 && request->route->fields != NULL) {
        form_read(request);
        unread = false;
    }
    if (request->problem == 405) {
        response_header(&response, "Allow",
                        routes_allow(&server->routes, exchange->arena, request->path));
    }
    if (request->problem == 404 && server->options.is_public &&
        answer_file(exchange, connection, true)) {
        return MHD_YES;
    }
    if (server->options.handle == NULL) {
        return refuse(exchange, connection,
                      request->problem == 0 ? 404 : request->problem,
                      "there is nothing at this address");
    }
    server->options.handle(server->options.owner, request, &response);
    return send_response(exchange, connection, &response, unread);
}

static enum MHD_Result refuse(struct exchange *exchange,
                              struct MHD_Connection *connection, int status,
                              const char *why) {
    struct response response = {.arena = exchange->arena, .file = -1};
    response_body(&response, status, "text/plain; charset=utf-8",
                  str_format(exchange->arena, "%d: %s\n", status, why));
    return send_response(exchange, connection, &response, true);
}

static enum MHD_Result send_response(struct exchange *exchange,
                                     struct MHD_Connection *connection,
                                     const struct response *response, bool close_after) {
    struct MHD_Response *made =
        response->file >= 0
            ? MHD_create_response_from_fd64(response->file_size, response->file)
            : MHD_create_response_from_buffer(response->body.length,
                                              (void *)(uintptr_t)response->body.at,
                                              MHD_RESPMEM_PERSISTENT);
    if (made == NULL) {
        log_fault("no response could be made");
        return MHD_NO;
    }
    add_headers(exchange, response, made);
    if (close_after || atomic_load(&exchange->server->draining)) {
        MHD_add_response_header(made, "Connection", "close");
    }
    set_phase(link_of(connection), PHASE_ANSWER);
    exchange->answered = true;
    enum MHD_Result result =
        MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

static void add_headers(const struct exchange *exchange, const struct response *response,
                        struct MHD_Response *made) {
    bool policy = false;
    bool caching = false;
    for (const struct response_header *header = response->headers; header != NULL;
         header = header->next) {
        policy = policy || strcasecmp(header->name, "Content-Security-Policy") == 0;
        caching = caching || strcasecmp(header->name, "Cache-Control") == 0;
        /* Refused by the library if a value holds an end of line. */
        if (MHD_add_response_header(made, header->name,
                                    str_text(exchange->arena, header->value)) !=
            MHD_YES) {
            log_fault("the header %s could not be set", header->name);
        }
    }
    for (size_t i = 0; i < security_header_count; i++) {
        if (i > 0 || !policy) {
            MHD_add_response_header(made, security_headers[i].name,
                                    security_headers[i].value);
        }
    }
    if (!caching) {
        MHD_add_response_header(made, "Cache-Control",
                                exchange->server->options.is_public ? "no-cache"
                                                                    : "no-store");
    }
}

static void completed(void *cls, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why) {
    struct server *server = cls;
    struct exchange *exchange = *state;
    struct link *link = link_of(connection);
    (void)why;
    *state = NULL;
    if (link != NULL) {
        atomic_store(&link->received, 0);
        set_phase(link, PHASE_WAITING);
        if (atomic_load(&server->draining)) {
            shutdown(link->socket, SHUT_RD);
        }
    }
    if (exchange != NULL) {
        free(exchange->body);
        arena_free(exchange->arena);
        free(exchange);
    }
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
        set_phase(link, PHASE_WAITING);
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
        free(link);
        pthread_cond_broadcast(&server->change);
    }
    pthread_mutex_unlock(&server->lock);
}

static struct link *link_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void set_phase(struct link *link, enum phase phase) {
    if (link != NULL) {
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
        int64_t now = seconds_now();
        for (struct link *link = server->links; link != NULL; link = link->next) {
            if (dawdles(server, link, now)) {
                shutdown(link->socket, SHUT_RDWR);
            }
        }
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static bool dawdles(const struct server *server, const struct link *link, int64_t now) {
    const struct http_options *options = &server->options;
    int64_t spent = now - atomic_load(&link->since);
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
