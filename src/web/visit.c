/*
 * Who visits: language, cookies, session, and the token every form carries.
 */
#include "web_own.h"

#define VISITOR_SIZE 32

static struct str chosen_language(const struct visit *visit);
static enum status open_session(struct visit *visit);
static struct str token_part(const struct visit *visit);

enum status visit_open(struct visit *visit) {
    visit->call->language = chosen_language(visit);
    TRY(open_session(visit));
    visit->visitor = visit_cookie(visit, "visitor");
    if (!visit->signed_in && visit->visitor.length < 40) {
        visit->visitor =
            bytes_to_base64(visit->call->arena, call_random(visit->call, VISITOR_SIZE));
        visit_set_cookie(visit, "visitor", visit->visitor, 0);
    }
    return DONE;
}

struct str visit_token(struct visit *visit) {
    if (!visit->signed_in) {
        return visit->visitor;
    }
    struct arena *arena = visit->call->arena;
    return str_format(arena, "%.*s.%.*s", STR_ARG(visit->session.csrf),
                      STR_ARG(id_to_text(arena, visit->session.person)));
}

/* Browsers say where a wish came from; what says nothing must still know the token. */
bool visit_is_from_here(const struct visit *visit) {
    struct str site = request_header(visit->request, "sec-fetch-site");
    struct str origin = request_header(visit->request, "origin");
    if (site.length > 0 && !str_is(site, "same-origin") && !str_is(site, "none")) {
        return false;
    }
    if (origin.length == 0) {
        return true;
    }
    if (str_starts(origin, "https://")) {
        origin = str_part(origin, 8, origin.length);
    } else if (str_starts(origin, "http://")) {
        origin = str_part(origin, 7, origin.length);
    } else {
        return false; /* "null" among others */
    }
    return str_equal(origin, visit->request->host);
}

bool visit_token_is_right(struct visit *visit) {
    struct str given = token_part(visit);
    struct str session = visit_cookie(visit, "session");
    if (given.length < 40) {
        return false;
    }
    if (session.length > 0 && people_csrf_is_right(visit->call, session, given)) {
        return true;
    }
    return visit->visitor.length >= 40 &&
           bytes_equal_secret(bytes_of_str(visit->visitor), bytes_of_str(given));
}

id64 visit_typed_by(const struct visit *visit) {
    struct str rest = request_text(visit->request, "csrf");
    id64 person = 0;
    str_cut(&rest, '.');
    return id_from_text(rest, &person) == DONE ? person : 0;
}

enum status visit_holdings(struct visit *visit) {
    if (!visit->has_holdings) {
        TRY(people_holdings(visit->call, visit->session.person, &visit->holdings));
        visit->has_holdings = true;
    }
    return DONE;
}

const char *visit_cookie_name(const struct visit *visit, const char *name) {
    bool plain = !visit->request->secure && visit->request->loopback;
    return str_format(visit->call->arena, "%s%s", plain ? "" : "__Host-", name).at;
}

struct str visit_cookie(const struct visit *visit, const char *name) {
    return request_cookie(visit->request, visit_cookie_name(visit, name));
}

void visit_set_cookie(struct visit *visit, const char *name, struct str value,
                      int64_t seconds) {
    struct cookie cookie = {.name = visit_cookie_name(visit, name),
                            .value = value,
                            .secure = visit->request->secure || !visit->request->loopback,
                            .seconds = seconds};
    response_cookie(visit->response, &cookie);
}

void visit_set_session(struct visit *visit, const struct people_session *session) {
    visit_set_cookie(visit, "session", session->token, 0);
    visit_set_cookie(visit, "visitor", STR(""), -1);
    visit->session = *session;
    visit->signed_in = true;
    visit->has_holdings = false;
    visit->has_waiting = false;
}

/* The cookie of a choice made here, else what the browser asks for, else Chinese. */
static struct str chosen_language(const struct visit *visit) {
    struct str chosen = visit_cookie(visit, "language");
    const struct str *known = words_languages(visit->web->options.words);
    for (size_t i = 0; known[i].length > 0; i++) {
        if (str_equal(known[i], chosen)) {
            return known[i];
        }
    }
    struct str asked = request_header(visit->request, "accept-language");
    return str_starts(asked, "en") ? STR("en") : STR("zh-CN");
}

static enum status open_session(struct visit *visit) {
    struct str token = visit_cookie(visit, "session");
    if (token.length == 0) {
        return DONE;
    }
    enum status status = people_session_open(visit->call, token, &visit->session);
    visit->signed_in = status == DONE;
    return status == ABSENT ? DONE : status;
}

static struct str token_part(const struct visit *visit) {
    struct str rest = request_text(visit->request, "csrf");
    if (rest.length == 0) {
        rest = request_header(visit->request, "x-csrf-token");
    }
    return str_cut(&rest, '.');
}
