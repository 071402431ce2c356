/*
 * The public listener: the published tree, and nothing else of the workspace.
 *
 * In the role "public" it is all that its process does: settings, store and keys are not
 * opened, and what it must know (its address and its site) stands in
 * WORKSPACE/public.conf, which the office writes.
 */
#include "app_own.h"

#include "http/http.h"
#include "notary/notary.h"
#include "publication/publication.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct public_listener {
    struct house house; /* the workspace's directory and no more */
    struct str site;    /* shown to who asks for none of the others */
    struct str sites;   /* "CODE DOMAIN", with ", " between */
    struct server *server;
};

static struct str site_of_host(const struct public_listener *listener, struct str host);
static void answer(void *owner, const struct request *request, struct response *response);

enum status public_start(struct arena *arena, const char *workspace, struct str site,
                         struct str sites, const char *address,
                         struct public_listener **out_listener) {
    struct public_listener *listener = TAKE(arena, struct public_listener);
    struct http_options http = {
        .address = address, .handle = answer, .owner = listener, .is_public = true};
    listener->house.workspace = workspace;
    listener->site = site;
    listener->sites = sites;
    TRY(http_serve(&http, &listener->server));
    *out_listener = listener;
    return DONE;
}

const char *public_address(const struct public_listener *listener) {
    return http_address(listener->server);
}

void public_drain(struct public_listener *listener, int seconds) {
    if (listener != NULL) {
        http_drain(listener->server, seconds);
    }
}

void public_stop(struct public_listener *listener) {
    if (listener != NULL) {
        http_stop(listener->server);
    }
}

/* By the domain that was asked for; on one machine also by CODE.localhost. */
static struct str site_of_host(const struct public_listener *listener, struct str host) {
    struct str rest = listener->sites;
    struct str name = str_cut(&host, ':');
    while (!str_is_empty(rest)) {
        struct str entry = str_cut(&rest, ',');
        entry = str_trim(entry);
        struct str code = str_cut(&entry, ' ');
        bool local = name.length == code.length + strlen(".localhost") &&
                     str_ends(name, ".localhost") &&
                     str_equal(str_part(name, 0, code.length), code);
        if (local || (!str_is_empty(entry) && str_equal(entry, name))) {
            return code;
        }
    }
    return listener->site;
}

/* What the tree says was withdrawn, moved or never there; the files themselves. */
static void answer(void *owner, const struct request *request,
                   struct response *response) {
    const struct public_listener *listener = owner;
    struct public_answer found;
    struct call call;
    struct stat facts;
    call_init(&call, request->arena, &listener->house, request->at);
    found = (struct public_answer){.status = 200, .type = "text/plain; charset=utf-8"};
    enum status status = notary_locate(&call, request->path, &found.file);
    if (status == ABSENT) {
        status = publication_locate(&call, site_of_host(listener, request->host),
                                    request->path, &found);
    }
    if (status != DONE) {
        response_body(response, 503, "text/plain; charset=utf-8", STR("503"));
        return;
    }
    response->status = found.status;
    if (found.no_index) {
        response_header(response, "X-Robots-Tag", STR("noindex"));
    }
    if (found.status == 301) {
        response_header(response, "Location", found.target);
        return;
    }
    int file = str_is_empty(found.file)
                   ? -1
                   : open(str_text(request->arena, found.file), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &facts) != 0) {
        if (file >= 0) {
            close(file);
        }
        struct str text = str_format(request->arena, "%d", found.status);
        response_body(response, found.status == 200 ? 404 : found.status,
                      "text/plain; charset=utf-8", text);
        return;
    }
    response_header(response, "Content-Type", str_of(found.type));
    response_file(response, file, (uint64_t)facts.st_size);
}
