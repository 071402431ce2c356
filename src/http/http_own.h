/*
 * Only for src/http: the exchange of one request and its response, the routes
 * cut into parts, and the files of a listener.
 */
#ifndef HTTP_HTTP_OWN_H
#define HTTP_HTTP_OWN_H

#include "http.h"

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

struct MHD_Connection;

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

#endif
