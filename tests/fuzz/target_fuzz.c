/*
 * What a request asks for: a path that is let in is text, stays below the root and holds
 * nothing that a file system or a log reads otherwise.
 */
#include "fuzz.h"

#include "http/http_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct exchange *exchange = TAKE(arena, struct exchange);
    exchange->arena = arena;
    exchange->target = (struct str){(const char *)input.at, input.length};
    exchange->request.arena = arena;
    if (!guard_target(exchange)) {
        return;
    }
    struct str path = exchange->request.path;
    fuzz_expect(utf8_is_valid(path) && str_starts(path, "/"));
    struct str below = str_part(path, 1, path.length);
    below.length -= str_ends(below, "/");
    fuzz_expect(below.length == 0 || file_path_is_tame(below));
}
