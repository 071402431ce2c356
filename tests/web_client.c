/*
 * A plain HTTP/1.1 client over one connection per request.
 */
#include "web_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct jar {
    const char *name;
    const char *value;
    struct jar *next;
};

struct web_client {
    struct arena *arena;
    const char *address;
    struct jar *jar;
    struct buffer headers;
    const char *page; /* the last one with a body of HTML */
};

static struct web_answer ask(struct web_client *client, const char *method,
                             const char *path, const char *type, struct bytes body);
static int dial(const char *address);
static void say(int socket, struct str text);
static struct str hear(struct arena *arena, int socket);
static struct web_answer read_answer(struct web_client *client, struct str heard);
static void take_cookies(struct web_client *client, const char *head);
static const char *unescape(struct arena *arena, const char *from, size_t length);

struct web_client *web_client_new(struct arena *arena, const char *address) {
    struct web_client *client = TAKE(arena, struct web_client);
    client->arena = arena;
    client->address = address;
    client->page = "";
    buffer_init(&client->headers, arena);
    return client;
}

void web_client_header(struct web_client *client, const char *line) {
    if (line == NULL) {
        buffer_init(&client->headers, client->arena);
    } else {
        buffer_add_format(&client->headers, "%s\r\n", line);
    }
}

struct web_answer web_get(struct web_client *client, const char *path) {
    return ask(client, "GET", path, NULL, (struct bytes){NULL, 0});
}

struct web_answer web_post(struct web_client *client, const char *path,
                           const char *form) {
    struct buffer body;
    buffer_init(&body, client->arena);
    buffer_add_format(&body, "csrf=%s&key=%s%s%s", web_field(client, "csrf"),
                      web_field(client, "key"), form[0] != '\0' ? "&" : "", form);
    return web_post_plain(client, path, "application/x-www-form-urlencoded",
                          bytes_of_str(buffer_str(&body)));
}

struct web_answer web_post_plain(struct web_client *client, const char *path,
                                 const char *type, struct bytes body) {
    return ask(client, "POST", path, type, body);
}

const char *web_field(const struct web_client *client, const char *name) {
    const char *mark = str_format(client->arena, "name=\"%s\" value=\"", name).at;
    const char *at = strstr(client->page, mark);
    if (at == NULL) {
        return "";
    }
    at += strlen(mark);
    return unescape(client->arena, at, strcspn(at, "\""));
}

const char *web_cookie(const struct web_client *client, const char *name) {
    for (const struct jar *jar = client->jar; jar != NULL; jar = jar->next) {
        if (strcmp(jar->name, name) == 0) {
            return jar->value;
        }
    }
    return "";
}

void web_cookie_drop(struct web_client *client, const char *name) {
    for (struct jar **jar = &client->jar; *jar != NULL; jar = &(*jar)->next) {
        if (strcmp((*jar)->name, name) == 0) {
            *jar = (*jar)->next;
            return;
        }
    }
}

struct web_answer web_send(struct web_client *client, const char *method,
                           const char *path, const char *type, struct bytes body) {
    return ask(client, method, path, type, body);
}

static struct web_answer ask(struct web_client *client, const char *method,
                             const char *path, const char *type, struct bytes body) {
    struct buffer head;
    buffer_init(&head, client->arena);
    buffer_add_format(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%.*s",
                      method, path, client->address,
                      STR_ARG(buffer_str(&client->headers)));
    if (client->jar != NULL) {
        buffer_add_text(&head, "Cookie: ");
        for (const struct jar *jar = client->jar; jar != NULL; jar = jar->next) {
            buffer_add_format(&head, "%s%s=%s", jar == client->jar ? "" : "; ", jar->name,
                              jar->value);
        }
        buffer_add_text(&head, "\r\n");
    }
    if (type != NULL) {
        buffer_add_format(&head,
                          "Origin: http://%s\r\nSec-Fetch-Site: same-origin\r\n"
                          "Content-Type: %s\r\nContent-Length: %zu\r\n",
                          client->address, type, body.length);
    }
    buffer_add_text(&head, "\r\n");
    int socket = dial(client->address);
    say(socket, buffer_str(&head));
    say(socket, (struct str){(const char *)body.at, body.length});
    struct str heard = hear(client->arena, socket);
    close(socket);
    return read_answer(client, heard);
}

static int dial(const char *address) {
    struct sockaddr_in where = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    where.sin_port = htons((uint16_t)atoi(strchr(address, ':') + 1));
    int made = socket(AF_INET, SOCK_STREAM, 0);
    if (made < 0 || connect(made, (struct sockaddr *)&where, sizeof where) != 0) {
        log_fatal("nobody listens on %s", address);
    }
    return made;
}

static void say(int socket, struct str text) {
    while (text.length > 0) {
        ssize_t sent = send(socket, text.at, text.length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; /* answered and closed before all was said */
        }
        text = str_part(text, (size_t)sent, text.length);
    }
}

static struct str hear(struct arena *arena, int socket) {
    struct buffer heard;
    buffer_init(&heard, arena);
    for (;;) {
        char part[16384];
        ssize_t got = recv(socket, part, sizeof part, 0);
        if (got <= 0) {
            return buffer_str(&heard);
        }
        buffer_add(&heard, (struct str){part, (size_t)got});
    }
}

static struct web_answer read_answer(struct web_client *client, struct str heard) {
    struct arena *arena = client->arena;
    struct web_answer answer = {.head = "", .body = "", .location = ""};
    size_t end = str_find(heard, STR("\r\n\r\n"));
    answer.head = str_text(arena, str_part(heard, 0, end));
    answer.body = str_text(arena, str_part(heard, end + 4, heard.length));
    if (strncmp(answer.head, "HTTP/1.1 ", 9) == 0) {
        answer.status = atoi(answer.head + 9);
    }
    const char *location = strstr(answer.head, "\r\nLocation: ");
    if (location != NULL) {
        location += 12;
        answer.location =
            str_format(arena, "%.*s", (int)strcspn(location, "\r"), location).at;
    }
    if (strstr(answer.head, "Content-Type: text/html") != NULL) {
        client->page = answer.body;
    }
    take_cookies(client, answer.head);
    return answer;
}

static void take_cookies(struct web_client *client, const char *head) {
    static const char mark[] = "\r\nSet-Cookie: ";
    for (const char *at = strstr(head, mark); at != NULL; at = strstr(at, mark)) {
        at += sizeof mark - 1;
        struct str value = {at, strcspn(at, ";\r")};
        struct str line = {at, strcspn(at, "\r")};
        const char *name = str_text(client->arena, str_cut(&value, '='));
        web_cookie_drop(client, name);
        if (str_find(line, STR("Max-Age=0")) == line.length) {
            struct jar *jar = TAKE(client->arena, struct jar);
            jar->name = name;
            jar->value = str_text(client->arena, value);
            jar->next = client->jar;
            client->jar = jar;
        }
    }
}

static const char *unescape(struct arena *arena, const char *from, size_t length) {
    static const struct {
        const char *entity;
        char byte;
    } table[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < length;) {
        size_t step = 0;
        for (size_t j = 0; step == 0 && j < LENGTH(table); j++) {
            size_t size = strlen(table[j].entity);
            if (size <= length - i && memcmp(from + i, table[j].entity, size) == 0) {
                buffer_add_char(&out, table[j].byte);
                step = size;
            }
        }
        if (step == 0) {
            buffer_add_char(&out, from[i]);
            step = 1;
        }
        i += step;
    }
    return str_text(arena, buffer_str(&out));
}
