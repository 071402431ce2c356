/*
 * The public listener on a published tree, as the program serves it; for wrk.
 * Usage: serve-bench ADDRESS WORKSPACE SITE; ends on SIGTERM.
 */
#include "http/http.h"
#include "publication/publication.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
    struct house house;
    struct str site;
};

static void answer(void *owner, const struct request *request,
                   struct response *response) {
    const struct tree *tree = owner;
    struct public_answer found;
    struct call call;
    struct stat facts;
    call_init(&call, request->arena, &tree->house, request->at);
    if (publication_locate(&call, tree->site, request->path, &found) != DONE) {
        response->status = 503;
        return;
    }
    int file = open(str_text(request->arena, found.file), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &facts) != 0) {
        response->status = 404;
        return;
    }
    response->status = found.status;
    response_header(response, "Content-Type", str_of(found.type));
    response_file(response, file, (uint64_t)facts.st_size);
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: serve-bench ADDRESS WORKSPACE SITE\n");
        return 2;
    }
    sigset_t ending;
    int signal_number;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    struct tree tree = {.house = {.workspace = words[2]}, .site = str_of(words[3])};
    const struct http_options options = {
        .address = words[1], .handle = answer, .owner = &tree, .is_public = true};
    struct server *server;
    if (http_serve(&options, &server) != DONE) {
        return 3;
    }
    puts(http_address(server));
    fflush(stdout);
    sigwait(&ending, &signal_number);
    http_stop(server);
    return 0;
}
