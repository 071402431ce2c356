/*
 * Serves a directory as the public listener does, until its standard input ends: for
 * script/bench, which measures it beside nginx.  Usage: static_bench DIR ADDRESS
 */
#include "http/http.h"

#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct server *server = NULL;
    char byte;
    if (argc != 3) {
        return 2;
    }
    struct http_options options = {.address = argv[2],
                                   .files = argv[1],
                                   .files_prefix = "/",
                                   .is_public = true,
                                   .pool = true};
    if (http_serve(&options, &server) != DONE) {
        return 3;
    }
    printf("%s\n", http_address(server));
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    http_stop(server);
    return 0;
}
