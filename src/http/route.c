/*
 * Routes: patterns cut once, matched part by part.  A part written out wins
 * over a parameter in the same place, and both over a rest.
 */
#include "http_own.h"

static void cut_pattern(struct arena *arena, const struct http_route *route,
                        struct routed *out);
static bool matches(const struct routed *routed, const struct str *parts, size_t count);
static int rank(const struct routed *routed);
static size_t cut_path(struct str path, struct str *parts);
static void set_parameters(const struct routed *routed, const struct str *parts,
                           size_t count, struct request *request);

void routes_build(struct arena *arena, const struct http_route *const *routes,
                  size_t count, struct routes *out_routes) {
    out_routes->at = TAKE_ARRAY(arena, count + 1, struct routed);
    out_routes->count = count;
    for (size_t i = 0; i < count; i++) {
        cut_pattern(arena, routes[i], &out_routes->at[i]);
    }
}

void routes_match(const struct routes *routes, struct request *request) {
    struct str parts[PARTS_MOST];
    size_t count = cut_path(request->path, parts);
    struct str method = str_is(request->method, "HEAD") ? STR("GET") : request->method;
    const struct routed *best = NULL;
    request->problem = 404;
    for (size_t i = 0; i < routes->count; i++) {
        const struct routed *routed = &routes->at[i];
        if (!matches(routed, parts, count)) {
            continue;
        }
        if (!str_is(method, routed->route->method)) {
            request->problem = request->problem == 404 ? 405 : request->problem;
        } else if (best == NULL || rank(routed) > rank(best)) {
            best = routed;
        }
    }
    if (best != NULL) {
        request->problem = 0;
        request->route = best->route;
        set_parameters(best, parts, count, request);
    }
}

struct str routes_allow(const struct routes *routes, struct arena *arena,
                        struct str path) {
    struct str parts[PARTS_MOST];
    size_t count = cut_path(path, parts);
    struct buffer allow;
    buffer_init(&allow, arena);
    for (size_t i = 0; i < routes->count; i++) {
        struct str method = str_of(routes->at[i].route->method);
        bool known = str_find(buffer_str(&allow), method) < allow.length;
        if (matches(&routes->at[i], parts, count) && !known) {
            buffer_add_text(&allow, allow.length > 0 ? ", " : "");
            buffer_add(&allow, method);
            buffer_add_text(&allow, str_is(method, "GET") ? ", HEAD" : "");
        }
    }
    return buffer_str(&allow);
}

static void cut_pattern(struct arena *arena, const struct http_route *route,
                        struct routed *out) {
    struct str parts[PARTS_MOST];
    (void)arena;
    out->route = route;
    out->count = cut_path(str_of(route->pattern), parts);
    size_t parameters = 0;
    for (size_t i = 0; i < out->count; i++) {
        struct str part = parts[i];
        bool parameter = str_starts(part, "{") && str_ends(part, "}");
        bool rest = parameter && str_ends(part, "...}");
        if (parameter) {
            part = str_part(part, 1, part.length - (rest ? 4 : 1));
            parameters++;
        }
        out->parts[i] =
            (struct route_part){.text = part, .parameter = parameter, .rest = rest};
        if (rest && i + 1 < out->count) {
            log_fatal("%s: the rest must come last", route->pattern);
        }
    }
    if (route->pattern[0] != '/' || parameters > PARAMETERS_MOST ||
        out->count > PARTS_MOST) {
        log_fatal("%s is no pattern", route->pattern);
    }
}

static bool matches(const struct routed *routed, const struct str *parts, size_t count) {
    if (count > PARTS_MOST) {
        return false;
    }
    for (size_t i = 0; i < routed->count; i++) {
        const struct route_part *part = &routed->parts[i];
        if (part->rest) {
            return count > i;
        }
        if (i >= count || parts[i].length == 0) {
            return false;
        }
        if (!part->parameter && !str_equal(part->text, parts[i])) {
            return false;
        }
    }
    return count == routed->count;
}

static int rank(const struct routed *routed) {
    int rank = 0;
    for (size_t i = 0; i < PARTS_MOST; i++) {
        int part = 0;
        if (i < routed->count && !routed->parts[i].rest) {
            part = routed->parts[i].parameter ? 1 : 2;
        }
        rank = rank * 3 + part;
    }
    return rank;
}

/* The parts after the leading slash; a path of more is cut to PARTS_MOST + 1. */
static size_t cut_path(struct str path, struct str *parts) {
    struct str rest = str_part(path, 1, path.length);
    size_t count = 0;
    while (rest.length > 0 || (count > 0 && str_ends(path, "/"))) {
        if (count == PARTS_MOST) {
            return PARTS_MOST + 1;
        }
        bool last = str_find(rest, STR("/")) == rest.length;
        parts[count++] = str_cut(&rest, '/');
        if (last) {
            break;
        }
    }
    return count;
}

static void set_parameters(const struct routed *routed, const struct str *parts,
                           size_t count, struct request *request) {
    size_t at = 0;
    for (size_t i = 0; i < routed->count; i++) {
        const struct route_part *part = &routed->parts[i];
        if (!part->parameter) {
            continue;
        }
        struct str value = parts[i];
        if (part->rest) {
            const char *end = parts[count - 1].at + parts[count - 1].length;
            value.length = (size_t)(end - value.at);
        }
        request->parameters[at++] = (struct request_header){part->text, value};
    }
}
