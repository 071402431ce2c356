/*
 * http: bytes to one request, one response to bytes.
 *
 * What reaches a handler has been checked: the framing is unambiguous (one length, one
 * host, no transfer coding), the path is decoded once and stays below the root, every
 * text is valid UTF-8, the body kept to the limit of its route and came at a bearable
 * rate, and the fields the route declares are typed.  A field that does not fit its type
 * is a fault beside the kept input, never an error in the handler.  Fields nobody
 * declared are not seen by anybody.
 *
 * Every response carries the security headers of its listener, whoever made it.
 *
 * libmicrohttpd runs below, one thread per connection: a handler may block.  The listener
 * of a static tree may use a pool of epoll threads instead, because nothing in it blocks.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/base.h"

/* ---- routes and their fields ---- */

enum field_kind {
    FIELD_TEXT,    /* one line, trimmed */
    FIELD_LINES,   /* several lines, ends of line as \n */
    FIELD_SECRET,  /* a password: not trimmed, never shown again */
    FIELD_HTML,    /* markup for the sanitiser */
    FIELD_INT,     /* a whole number */
    FIELD_ID,      /* an id64 in its 13 characters */
    FIELD_DAY,     /* 2026-12-02 */
    FIELD_INSTANT, /* 2026-12-02T09:30, in the office's time if it names no offset */
    FIELD_FLAG,    /* a box: given is true */
    FIELD_CHOICE,  /* one of *choices* */
    FIELD_FILE,    /* an upload */
};

/*
 * A name that ends with '*' stands for a family, "q-*" for every field whose name
 * begins with "q-": questions that only the page shown knew.  They are read like one
 * field given several times, request_name_at telling them apart.
 */
struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    bool many;           /* may be given several times */
    size_t most;         /* characters, or bytes of a file; 0 is 200, or 1 MiB for text of
                            several lines and markup, 20 MiB for a file */
    const char *label;   /* key of share/words */
    const char *choices; /* "pass|return|escalate" */
    const char *rule;    /* the requirement that demands the field, or NULL */
};

/*
 * One address.  In *pattern* a part "{name}" matches one part of the path and is found by
 * request_parameter; "{name...}" at the end matches the rest.  Parts written out win over
 * parameters.  *fields* ends with a field without a name; for GET they are read from the
 * query, else from a form (urlencoded or multipart).  A route without fields takes any
 * body as it is (request->body).
 */
struct http_route {
    const char *method;
    const char *pattern;
    size_t body_most; /* bytes; 0 is 64 KiB */
    const struct field *fields;
    const void *owner; /* for the handler */
};

/* ---- a request ---- */

struct upload {
    struct str name; /* as the browser gave it, without folders */
    struct str type; /* as the browser claims; believe nothing of it */
    struct bytes bytes;
};

struct request_header {
    struct str name; /* lower case */
    struct str value;
};

struct http_form;

struct request {
    struct arena *arena; /* for the whole exchange */
    const struct http_route *route;
    /*
     * Why the listener itself would refuse: 0, or 404 (no such path), 405, 411, 413, 415,
     * 400 (a form that is none).  The handler only chooses how to say it.
     */
    int problem;
    struct str method;
    struct str path;   /* decoded */
    struct str query;  /* as it came */
    struct str target; /* path and query as they came */
    struct str host;
    struct str peer; /* the other end's address; behind a proxy on a unix socket what the
                        proxy says in X-Real-IP */
    bool loopback;   /* the listener's own address is a loopback one */
    bool secure;     /* the person's browser speaks TLS: a trusted proxy says so */
    instant at;      /* when its head was complete */
    struct bytes body;
    struct refusal *faults; /* of the fields, in the order of their table */
    struct http_form *form;
    const struct request_header *headers;
    size_t header_count;
    struct request_header parameters[8];
};

/* The value of a header (name in lower case), or the empty string. */
struct str request_header(const struct request *request, const char *name);
struct str request_cookie(const struct request *request, const char *name);
struct str request_parameter(const struct request *request, const char *name);

/* A parameter that is an id; ABSENT if it is none. */
MUST_CHECK enum status request_id_parameter(const struct request *request,
                                            const char *name, id64 *out_id);

/* One name of the query, decoded; empty if it is not there or no UTF-8. */
struct str request_query(const struct request *request, const char *name);

/*
 * Declared fields.  A field that was not given, or has a fault, reads as empty, 0, false
 * or NULL; `request_typed` gives the text as it was typed, faulty or not.  The name must
 * be one of the route's fields.
 */
bool request_given(const struct request *request, const char *name);
struct str request_typed(const struct request *request, const char *name);
struct str request_text(const struct request *request, const char *name);
int64_t request_int(const struct request *request, const char *name);
id64 request_id(const struct request *request, const char *name);
civil_day request_day(const struct request *request, const char *name); /* or INT32_MIN */
instant request_instant(const struct request *request, const char *name);
bool request_flag(const struct request *request, const char *name);
const struct upload *request_file(const struct request *request, const char *name);

/* For fields that may be given several times: how many, and the text, id or file at *at*.
 */
size_t request_count(const struct request *request, const char *name);
struct str request_text_at(const struct request *request, const char *name, size_t at);
struct str request_name_at(const struct request *request, const char *name, size_t at);
id64 request_id_at(const struct request *request, const char *name, size_t at);
const struct upload *request_file_at(const struct request *request, const char *name,
                                     size_t at);

/* Every declared field as it was typed, to carry it on: call *each* for all values given
 * but secrets and files. */
void request_each_typed(const struct request *request,
                        void (*each)(void *to, const struct field *field,
                                     struct str typed),
                        void *to);

/*
 * The request as if *form* (urlencoded) had been posted to *path*: for showing an input
 * again that was typed before.  ABSENT if none of *routes* takes it.
 */
MUST_CHECK enum status request_repost(const struct request *request,
                                      const struct http_route *const *routes,
                                      size_t route_count, struct str path,
                                      struct str form, struct request **out_request);

/* ---- a response ---- */

struct response_header {
    const char *name;
    struct str value;
    struct response_header *next;
};

struct response {
    struct arena *arena;
    int status; /* 200 unless set */
    struct str body;
    int file; /* a descriptor to send instead of the body, -1 if none; closed after */
    uint64_t file_size;
    struct response_header *headers;
};

/* A header stands once: a second value takes the place of the first, but for Set-Cookie.
 */
void response_header(struct response *response, const char *name, struct str value);
void response_body(struct response *response, int status, const char *type,
                   struct str body);

/* 303 See Other: what answers every act done by a form. */
void response_redirect(struct response *response, struct str location);

/* A file's bytes under *name*; *attachment* makes the browser keep it (RFC 6266), and the
 * type is then only honoured inside a sandbox. */
void response_download(struct response *response, struct str name, const char *type,
                       bool attachment);
void response_file(struct response *response, int file, uint64_t size);

struct cookie {
    const char *name;
    struct str value;
    bool secure;
    int64_t seconds; /* of life; 0 until the browser closes, negative removes it */
};

/* HttpOnly, SameSite=Strict, Path=/. */
void response_cookie(struct response *response, const struct cookie *cookie);

/* ---- who may connect ---- */

/* Addresses, and the time in which they hold. */
struct http_range {
    unsigned char at[16];
    int bits;
    instant from;
    instant until;
};
struct http_ranges {
    struct http_range *at;
    size_t count;
};

/* "10.1.0.0/16, 192.168.7.20 until 2026-12-31, 2001:db8::/32 from 2026-12-01": days of
 * the office's calendar, both included.  REFUSED, logged, if one is none. */
MUST_CHECK enum status http_ranges_read(struct arena *arena, struct str text,
                                        struct http_ranges *out_ranges);
bool http_ranges_admit(const struct http_ranges *ranges, struct str address, instant now);

/* ---- a listener ---- */

struct server;

struct http_options {
    const char *address; /* "127.0.0.1:8080", "[::1]:0", "unix:/run/shenfa/office.sock" */
    const struct http_route *const *routes;
    size_t route_count;
    void (*handle)(void *owner, const struct request *request, struct response *response);
    void *owner;
    /* Files below *files_prefix* ("/static/", or "/" for a published tree) come from the
     * directory *files*; what is not there goes to the routes and the handler. */
    const char *files;
    const char *files_prefix;
    int files_seconds; /* Cache-Control: max-age; 0 is "no-cache" (always asked again) */
    bool is_public;    /* a public listener: no no-store, and 404.html of the tree */
    bool pool;         /* epoll pool: only where the handler never blocks */
    /* Only these may connect; NULL is everybody.  Others are closed before a byte of
     * theirs is read, and a range that has run out ends open connections at their next
     * request.  On a unix socket the proxy's X-Real-IP is judged, elsewhere no header. */
    const struct http_ranges *admitted;
    int connections;   /* at most; 0 is 1,000 */
    int idle_seconds;  /* 0 is 60: idle, or still sending its head */
    int body_rate;     /* bytes a second a body must keep up after 10 s; 0 is 1,000 */
    size_t arena_most; /* of one exchange; 0 is 256 MiB */
};

/* Listen and serve until http_stop.  REFUSED with a log line if the address is none or is
 * in use.  Owned by the caller. */
MUST_CHECK enum status http_serve(const struct http_options *options,
                                  struct server **out_server);

/* What it listens on, with the real port: "127.0.0.1:41234". */
const char *http_address(const struct server *server);

/* Take no new connections, let those that are answered finish, at most *seconds*.  True
 * if all did. */
bool http_drain(struct server *server, int seconds);

/* End at once what is left, and give everything back.  NULL is fine. */
void http_stop(struct server *server);

/* True for "127.0.0.1:8080", "[::1]:8080", "localhost:8080" and unix sockets. */
bool http_address_is_loopback(const char *address);

/* ---- parsers, for other doors and for tests ---- */

struct pair {
    struct str name;
    struct str value;
    struct str file; /* an upload's file name */
    struct str type;
    bool is_file;
};

struct pairs {
    struct pair *at;
    size_t count;
};

/* application/x-www-form-urlencoded and queries.  REFUSED on a broken escape, on text
 * that is not UTF-8, or on more than 2,000 pairs. */
MUST_CHECK enum status http_read_urlencoded(struct arena *arena, struct str text,
                                            struct pairs *out_pairs);

/* multipart/form-data (RFC 7578); *type* is the whole Content-Type.  REFUSED on anything
 * that is not well-formed, or on more than 2,000 parts.  Values point into *body*. */
MUST_CHECK enum status http_read_multipart(struct arena *arena, struct str type,
                                           struct bytes body, struct pairs *out_pairs);

/* %XX decoded once; REFUSED on a broken escape, a zero byte or text that is not UTF-8. */
MUST_CHECK enum status http_decode(struct arena *arena, struct str text, bool plus,
                                   struct str *out_text);

/* The value of one cookie in a Cookie header, or empty. */
struct str http_read_cookie(struct str header, const char *name);

/* The content type for a file name, by its extension. */
const char *http_type_of(struct str name);

#endif
