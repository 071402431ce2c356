/*
 * The public listener on a published tree, as the program serves it; for wrk.
 * Usage: serve-bench ADDRESS DIR; ends on SIGTERM.
 */
#include "http/http.h"

#include <signal.h>

static void missing(void *owner, const struct request *request,
                    struct response *response) {
    (void)owner;
    (void)request;
    response->status = 404;
}

int main(int count, char **words) {
    if (count != 3) {
        fprintf(stderr, "usage: serve-bench ADDRESS DIR\n");
        return 2;
    }
    sigset_t ending;
    int signal_number;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    const struct http_options options = {.address = words[1],
                                         .handle = missing,
                                         .files = words[2],
                                         .files_prefix = "/",
                                         .is_public = true,
                                         .pool = true};
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
