/*
 * Only for src/http: the exchange of one request and its response, the routes
 * cut into parts, and the files of a listener.
 */
#ifndef HTTP_HTTP_OWN_H
#define HTTP_HTTP_OWN_H

#include "http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define HEADERS_MOST    100
#define COOKIES_MOST    50
#define PAIRS_MOST      2000
#define BODY_MOST       ((size_t)64 * 1024)
#define PARTS_MOST      12
#define PARAMETERS_MOST 8

/* ---- routes ---- */

struct route_part {
    struct str text; /* the literal, or the parameter's name */
    bool parameter;
    bool rest;
};

struct routed {
    const struct http_route *route;
    struct route_part parts[PARTS_MOST];
    size_t count;
};

struct routes {
    struct routed *at;
    size_t count;
};

/* The process ends if a pattern is none: it is a constant of the program. */
void routes_build(struct arena *arena, const struct http_route *const *routes,
                  size_t count, struct routes *out_routes);

/* Set the request's route and parameters, or its problem (404, 405). */
void routes_match(const struct routes *routes, struct request *request);

/* The methods this path knows, "GET, POST", for Allow. */
struct str routes_allow(const struct routes *routes, struct arena *arena,
                        struct str path);

/* ---- forms ---- */

/* Read query or body into the typed fields of the request's route. */
void form_read(struct request *request);

/* ---- files ---- */

struct files;

/* FAILED (logged) if the directory cannot be opened. */
enum status files_open(const char *directory, int seconds, bool is_public,
                       struct files **out_files);
void files_close(struct files *files);

/* Answer from the tree: true if it did (200, 206, 304, 416), false if there is no such
 * file. *path* is decoded and relative; *missing* sends 404.html with status 404. */
bool files_answer(struct files *files, struct MHD_Connection *connection,
                  struct str method, struct str path, bool missing);

/* ---- headers every response carries ---- */

struct fixed_header {
    const char *name;
    const char *value;
};

extern const struct fixed_header security_headers[];
extern const size_t security_header_count;

/* ---- addresses ---- */

/* Bind and listen; *out_name* is the address with its real port, in malloc'd memory. */
enum status address_listen(const char *address, int *out_socket, char **out_name,
                           char **out_path);

/* ---- who may connect ---- */

struct sockaddr;
bool admit_socket(const struct http_ranges *ranges, const struct sockaddr *peer);

/* ---- what leaves a listener (outlet.c) ---- */

/* From now on nothing leaves this connection but answers; false if its number is too
 * high to be watched: then it must not be served. */
bool outlet_guard(int socket);
void outlet_open(int socket, bool open); /* an answer is under way, or no longer */
void outlet_forget(int socket);          /* the connection is about to be closed */

/* ---- arenas of requests ---- */

#define SPARES_MOST 16

struct spares {
    pthread_mutex_t lock;
    struct arena *at[SPARES_MOST];
    size_t count;
};

void spares_init(struct spares *spares);
void spares_release(struct spares *spares);

/* An empty arena of at most *most* bytes, the same in every call. */
struct arena *spares_take(struct spares *spares, size_t most);
void spares_return(struct spares *spares, struct arena *arena);

/* ---- connections and requests ---- */

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
    struct spares spares;
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

void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_answer(void *cls, struct MHD_Connection *connection,
                                const char *url, const char *method, const char *version,
                                const char *upload, size_t *upload_size, void **state);
void exchange_completed(void *cls, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode why);

/* NULL, or why the head is refused; sets the headers, the host and the body's length. */
const char *guard_head(struct exchange *exchange, struct MHD_Connection *connection,
                       const char *version);

/* Path and query; false if they are not well-formed or would climb. */
bool guard_target(struct exchange *exchange);

/* Who is at the other end. */
void guard_peer(struct exchange *exchange, struct MHD_Connection *connection);

struct link *link_of(struct MHD_Connection *connection);
void link_set_phase(struct link *link, enum phase phase);

/* True if it sends a head or a body too slowly, or has been idle for too long. */
bool link_dawdles(const struct server *server, const struct link *link);

#endif
