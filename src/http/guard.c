/*
 * The head of a request, judged before anybody sees it: one length, one host, no
 * transfer coding, well-formed names and values, a path that is decoded once and
 * does not climb.
 */
#include "http_own.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool is_token(struct str name);
static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value,
                                   size_t value_size);

/*
 * NULL, or why the head is refused.  Two lengths, or a length beside a transfer
 * coding, let two servers in a row disagree where a request ends; the library
 * takes them, so they end here.  Browsers and our clients always send a length.
 */
const char *guard_head(struct exchange *exchange, struct MHD_Connection *connection,
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

/* Path and query; the path is decoded once and may not climb. */
bool guard_target(struct exchange *exchange) {
    struct request *request = &exchange->request;
    struct str query = exchange->target;
    struct str path = str_cut(&query, '?');
    if (!str_starts(path, "/") ||
        http_decode(exchange->arena, path, false, &request->path) != DONE) {
        return false;
    }
    request->query = query;
    struct str below = str_part(request->path, 1, request->path.length);
    below.length -= str_ends(below, "/"); /* one slash at the end names the folder */
    if (below.length > 0 && !file_path_is_tame(below)) {
        return false;
    }
    return str_find(exchange->target, STR("#")) == exchange->target.length;
}

/* Behind a proxy on a unix socket, and only there, its word about the other end counts.
 */
void guard_peer(struct exchange *exchange, struct MHD_Connection *connection) {
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
