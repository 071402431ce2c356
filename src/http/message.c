/*
 * What handlers ask of a request and say in a response.
 */
#include "http_own.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

static void add_attachment_name(struct buffer *out, struct str name);

/*
 * The policy of every response.  Nothing may run, load or be framed that did
 * not come from this listener as a file of its own.
 */
const struct fixed_header security_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
     "base-uri 'none'; object-src 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};
const size_t security_header_count = LENGTH(security_headers);

struct str request_header(const struct request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_is(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }
    return STR("");
}

struct str request_cookie(const struct request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_is(request->headers[i].name, "cookie")) {
            struct str value = http_read_cookie(request->headers[i].value, name);
            if (value.length > 0) {
                return value;
            }
        }
    }
    return STR("");
}

struct str request_parameter(const struct request *request, const char *name) {
    for (size_t i = 0; i < LENGTH(request->parameters); i++) {
        if (str_is(request->parameters[i].name, name)) {
            return request->parameters[i].value;
        }
    }
    return STR("");
}

enum status request_id_parameter(const struct request *request, const char *name,
                                 id64 *out_id) {
    return id_from_text(request_parameter(request, name), out_id);
}

struct str request_query(const struct request *request, const char *name) {
    struct str rest = request->query;
    while (rest.length > 0) {
        struct str value = str_cut(&rest, '&');
        struct str text;
        if (str_is(str_cut(&value, '='), name) &&
            http_decode(request->arena, value, true, &text) == DONE) {
            return text;
        }
    }
    return STR("");
}

enum status request_repost(const struct request *request,
                           const struct http_route *const *routes, size_t route_count,
                           struct str path, struct str form,
                           struct request **out_request) {
    struct arena *arena = request->arena;
    struct request *made = TAKE(arena, struct request);
    struct request_header *headers =
        TAKE_ARRAY(arena, request->header_count + 1, struct request_header);
    *made = *request;
    headers[0] = (struct request_header){STR("content-type"),
                                         STR("application/x-www-form-urlencoded")};
    if (request->header_count > 0) {
        memcpy(headers + 1, request->headers, request->header_count * sizeof *headers);
    }
    made->headers = headers;
    made->header_count = request->header_count + 1;
    made->method = STR("POST");
    made->path = path;
    made->target = path;
    made->query = STR("");
    made->body = bytes_of_str(form);
    made->route = NULL;
    made->faults = NULL;
    made->form = NULL;
    memset(made->parameters, 0, sizeof made->parameters);
    struct routes known;
    routes_build(arena, routes, route_count, &known);
    routes_match(&known, made);
    if (made->problem != 0 || made->route->fields == NULL) {
        return ABSENT;
    }
    form_read(made);
    if (made->problem != 0) {
        return ABSENT;
    }
    *out_request = made;
    return DONE;
}

void response_header(struct response *response, const char *name, struct str value) {
    bool many = strcmp(name, "Set-Cookie") == 0;
    for (struct response_header *at = response->headers; at != NULL && !many;
         at = at->next) {
        if (strcasecmp(at->name, name) == 0) {
            at->value = value;
            return;
        }
    }
    struct response_header *header = TAKE(response->arena, struct response_header);
    header->name = name;
    header->value = value;
    header->next = response->headers;
    response->headers = header;
}

void response_body(struct response *response, int status, const char *type,
                   struct str body) {
    response->status = status;
    response->body = body;
    response_header(response, "Content-Type", str_of(type));
}

void response_redirect(struct response *response, struct str location) {
    response->status = 303;
    response_header(response, "Location", location);
}

void response_file(struct response *response, int file, uint64_t size) {
    if (response->file >= 0) {
        close(response->file);
    }
    response->file = file;
    response->file_size = size;
}

void response_download(struct response *response, struct str name, const char *type,
                       bool attachment) {
    struct buffer value;
    buffer_init(&value, response->arena);
    buffer_add_text(&value, attachment ? "attachment" : "inline");
    add_attachment_name(&value, name);
    response_header(response, "Content-Disposition", buffer_str(&value));
    response_header(response, "Content-Type", str_of(type));
    response_header(response, "Content-Security-Policy",
                    STR("default-src 'none'; style-src 'self'; img-src 'self'; sandbox"));
}

void response_cookie(struct response *response, const struct cookie *cookie) {
    struct buffer value;
    buffer_init(&value, response->arena);
    buffer_add_format(&value, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict", cookie->name,
                      STR_ARG(cookie->value));
    if (cookie->secure) {
        buffer_add_text(&value, "; Secure");
    }
    if (cookie->seconds != 0) {
        buffer_add_format(&value, "; Max-Age=%lld",
                          cookie->seconds < 0 ? 0LL : (long long)cookie->seconds);
    }
    response_header(response, "Set-Cookie", buffer_str(&value));
}

const char *http_type_of(struct str name) {
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".xml", "application/xml; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".gif", "image/gif"},
        {".webp", "image/webp"},
        {".ico", "image/vnd.microsoft.icon"},
        {".pdf", "application/pdf"},
        {".woff2", "font/woff2"},
        {".zip", "application/zip"},
        {".doc", "application/msword"},
        {".xls", "application/vnd.ms-excel"},
        {".docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".csv", "text/csv; charset=utf-8"},
    };
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (str_ends(name, types[i].ending)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

/* RFC 6266: a plain name for old browsers, the real one percent-encoded. */
static void add_attachment_name(struct buffer *out, struct str name) {
    static const char digits[] = "0123456789ABCDEF";
    buffer_add_text(out, "; filename=\"");
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        bool plain = byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\' &&
                     byte != '%' && byte != '/';
        buffer_add_char(out, plain ? byte : '_');
    }
    buffer_add_text(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' ||
                     byte == '_';
        if (plain) {
            buffer_add_char(out, (char)byte);
        } else {
            char *room = buffer_room(out, 3);
            room[0] = '%';
            room[1] = digits[byte >> 4];
            room[2] = digits[byte & 15];
        }
    }
}
