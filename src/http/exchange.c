/*
 * One request under way: judged, read, handled, answered, given back.
 *
 * libmicrohttpd calls exchange_answer when the head is complete, then with each
 * piece of the body, then once more when all is here.
 */
#include "http_own.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXCHANGE_MOST ((size_t)256 * 1024 * 1024)
#define SMALL_FILE    ((uint64_t)64 * 1024)

static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection,
                             const char *method, const char *version);
static bool is_for_files(const struct exchange *exchange);
static bool answer_file(struct exchange *exchange, struct MHD_Connection *connection,
                        bool missing);
static size_t body_limit(const struct exchange *exchange);
static enum MHD_Result take_body(struct exchange *exchange,
                                 struct MHD_Connection *connection, const char *upload,
                                 size_t *upload_size);
static enum MHD_Result handle(struct exchange *exchange,
                              struct MHD_Connection *connection);
static enum MHD_Result refuse(struct exchange *exchange,
                              struct MHD_Connection *connection, int status,
                              const char *why);
static enum MHD_Result send_response(struct exchange *exchange,
                                     struct MHD_Connection *connection,
                                     const struct response *response, bool close_after);
static struct MHD_Response *make_response(const struct response *response);
static void add_headers(const struct exchange *exchange, const struct response *response,
                        struct MHD_Response *made);

/* First of all calls for a request: keep what was asked for, byte by byte. */
void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection) {
    struct server *server = cls;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    (void)connection;
    if (exchange == NULL) {
        log_fatal("out of memory");
    }
    size_t most = server->options.arena_most;
    exchange->server = server;
    exchange->arena = spares_take(&server->spares, most > 0 ? most : EXCHANGE_MOST);
    exchange->target = str_copy(exchange->arena, str_of(uri));
    return exchange;
}

enum MHD_Result exchange_answer(void *cls, struct MHD_Connection *connection,
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

void exchange_completed(void *cls, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode why) {
    struct server *server = cls;
    struct exchange *exchange = *state;
    struct link *link = link_of(connection);
    (void)why;
    *state = NULL;
    if (link != NULL) {
        atomic_store(&link->received, 0);
        link_set_phase(link, PHASE_WAITING);
        if (atomic_load(&server->draining)) {
            shutdown(link->socket, SHUT_RD);
        }
    }
    if (exchange != NULL) {
        free(exchange->body);
        spares_return(&server->spares, exchange->arena);
        free(exchange);
    }
}

/* The head is complete: judge it, and answer at once what needs no body. */
static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection,
                             const char *method, const char *version) {
    struct server *server = exchange->server;
    struct request *request = &exchange->request;
    link_set_phase(link_of(connection), PHASE_BODY);
    request->arena = exchange->arena;
    request->at = instant_read_clock();
    request->method = str_copy(exchange->arena, str_of(method));
    request->target = exchange->target;
    request->loopback = server->loopback;
    const char *fault = guard_head(exchange, connection, version);
    if (fault != NULL) {
        return refuse(exchange, connection, 400, fault);
    }
    if (!guard_target(exchange)) {
        return refuse(exchange, connection, 400, "the address is not well-formed");
    }
    if (server->options.admitted != NULL) {
        guard_peer(exchange, connection);
        if (!http_ranges_admit(server->options.admitted, request->peer, request->at)) {
            return MHD_NO; /* closed without a word */
        }
    }
    if (exchange->body_wanted == 0 && is_for_files(exchange)) {
        return MHD_YES; /* an answer in this first call would end the connection */
    }
    guard_peer(exchange, connection);
    routes_match(&server->routes, request);
    if (exchange->body_wanted > body_limit(exchange)) {
        request->problem = request->problem != 0 ? request->problem : 413;
        return handle(exchange, connection);
    }
    return MHD_YES;
}

static bool is_for_files(const struct exchange *exchange) {
    const struct server *server = exchange->server;
    bool reading = str_is(exchange->request.method, "GET") ||
                   str_is(exchange->request.method, "HEAD");
    return server->files != NULL && reading &&
           str_starts(exchange->request.path, server->files_prefix.at);
}

static bool answer_file(struct exchange *exchange, struct MHD_Connection *connection,
                        bool missing) {
    struct server *server = exchange->server;
    struct str path = exchange->request.path;
    if (!is_for_files(exchange)) {
        return false;
    }
    path = str_part(path, server->files_prefix.length, path.length);
    exchange->answered =
        files_answer(server->files, connection, exchange->request.method, path, missing);
    if (exchange->answered) {
        link_set_phase(link_of(connection), PHASE_ANSWER);
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
        link_dawdles(exchange->server, link)) {
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
    if (request->route == NULL && request->problem == 0) {
        if (answer_file(exchange, connection, false)) {
            return MHD_YES;
        }
        guard_peer(exchange, connection);
        routes_match(&server->routes, request);
    }
    bool unread = exchange->body_wanted > exchange->body_length;
    link_set_phase(link_of(connection), PHASE_ANSWER);
    request->body = (struct bytes){exchange->body, exchange->body_length};
    if (request->problem == 0 && request->route->fields != NULL) {
        form_read(request);
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
    struct MHD_Response *made = make_response(response);
    if (made == NULL) {
        log_fault("no response could be made");
        return MHD_NO;
    }
    add_headers(exchange, response, made);
    if (close_after || atomic_load(&exchange->server->draining)) {
        MHD_add_response_header(made, "Connection", "close");
    }
    link_set_phase(link_of(connection), PHASE_ANSWER);
    exchange->answered = true;
    enum MHD_Result result =
        MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

/* A small file goes out with its head in one piece; the head alone and then the file
 * would be two. */
static struct MHD_Response *make_response(const struct response *response) {
    if (response->file < 0) {
        return MHD_create_response_from_buffer(response->body.length,
                                               (void *)(uintptr_t)response->body.at,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t size = (size_t)response->file_size;
    if (response->file_size > SMALL_FILE) {
        return MHD_create_response_from_fd64(response->file_size, response->file);
    }
    char *bytes = malloc(size + 1);
    if (bytes == NULL) {
        log_fatal("out of memory");
    }
    bool whole = pread(response->file, bytes, size, 0) == (ssize_t)size;
    close(response->file);
    if (!whole) {
        free(bytes);
        return NULL;
    }
    return MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
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
