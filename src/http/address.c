/*
 * Listening sockets from their written form.
 */
#include "http_own.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

static enum status listen_unix(const char *path, int *out_socket);
static enum status read_address(const char *address, struct sockaddr_storage *out_where,
                                socklen_t *out_size);
static char *name_of_socket(int socket);
static char *copy(const char *text);

enum status address_listen(const char *address, int *out_socket, char **out_name,
                           char **out_path) {
    if (strncmp(address, "unix:", 5) == 0) {
        TRY(listen_unix(address + 5, out_socket));
        *out_name = copy(address);
        *out_path = copy(address + 5);
        return DONE;
    }
    struct sockaddr_storage where;
    socklen_t size;
    TRY(read_address(address, &where, &size));
    int made = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (made < 0) {
        return log_failed("no socket for %s: %s", address, strerror(errno));
    }
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (bind(made, (struct sockaddr *)&where, size) != 0 || listen(made, BACKLOG) != 0) {
        log_fault("cannot listen on %s: %s", address, strerror(errno));
        close(made);
        return REFUSED;
    }
    *out_socket = made;
    *out_name = name_of_socket(made);
    *out_path = NULL;
    return DONE;
}

bool http_address_is_loopback(const char *address) {
    return strncmp(address, "unix:", 5) == 0 || strncmp(address, "127.", 4) == 0 ||
           strncmp(address, "[::1]:", 6) == 0 || strncmp(address, "localhost:", 10) == 0;
}

static enum status listen_unix(const char *path, int *out_socket) {
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof where.sun_path || path[0] == '\0') {
        log_fault("%s is no path for a socket", path);
        return REFUSED;
    }
    strcpy(where.sun_path, path);
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return log_failed("no socket for %s: %s", path, strerror(errno));
    }
    struct stat old;
    if (lstat(path, &old) == 0 && S_ISSOCK(old.st_mode)) {
        /* A socket that nobody answers is left over from a process that died. */
        if (connect(made, (struct sockaddr *)&where, sizeof where) == 0) {
            log_fault("%s is in use", path);
            close(made);
            return REFUSED;
        }
        unlink(path);
    }
    if (bind(made, (struct sockaddr *)&where, sizeof where) != 0 ||
        chmod(path, 0660) != 0 || listen(made, BACKLOG) != 0) {
        log_fault("cannot listen on %s: %s", path, strerror(errno));
        close(made);
        return REFUSED;
    }
    *out_socket = made;
    return DONE;
}

static enum status read_address(const char *address, struct sockaddr_storage *out_where,
                                socklen_t *out_size) {
    struct str text = str_of(address);
    size_t colon = text.length;
    while (colon > 0 && text.at[colon - 1] != ':') {
        colon--;
    }
    int64_t port = -1;
    char host[64];
    struct str name = str_part(text, 0, colon > 0 ? colon - 1 : 0);
    if (str_starts(name, "[") && str_ends(name, "]")) {
        name = str_part(name, 1, name.length - 1);
    }
    if (str_is(name, "localhost")) {
        name = STR("127.0.0.1");
    }
    if (colon == 0 || name.length >= sizeof host ||
        str_to_int(str_part(text, colon, text.length), &port) != DONE || port < 0 ||
        port > 65535) {
        log_fault("%s is no address: expected HOST:PORT or unix:PATH", address);
        return REFUSED;
    }
    snprintf(host, sizeof host, "%.*s", STR_ARG(name));
    *out_where = (struct sockaddr_storage){0};
    struct sockaddr_in *four = (struct sockaddr_in *)out_where;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out_where;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        *out_size = sizeof *four;
    } else if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        *out_size = sizeof *six;
    } else {
        log_fault("%s is no address: the host must be numeric or localhost", address);
        return REFUSED;
    }
    return DONE;
}

static char *name_of_socket(int socket) {
    struct sockaddr_storage where;
    socklen_t size = sizeof where;
    char host[INET6_ADDRSTRLEN] = "?";
    char name[80] = "?";
    if (getsockname(socket, (struct sockaddr *)&where, &size) == 0) {
        if (where.ss_family == AF_INET) {
            const struct sockaddr_in *four = (const struct sockaddr_in *)&where;
            inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
            snprintf(name, sizeof name, "%s:%u", host, ntohs(four->sin_port));
        } else {
            const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&where;
            inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
            snprintf(name, sizeof name, "[%s]:%u", host, ntohs(six->sin6_port));
        }
    }
    return copy(name);
}

static char *copy(const char *text) {
    char *made = strdup(text);
    if (made == NULL) {
        log_fatal("out of memory");
    }
    return made;
}
