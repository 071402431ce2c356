/*
 * What screens say: pages, ways on, sentences, articles, points in time, and
 * who may.
 */
#include "parts.h"

#include "site/site.h"

#include <stdarg.h>

#define NOTICE_SECONDS 60
#define BOOKS_MOST     64

static bool role_may(struct visit *visit, struct str role);
static bool is_office(struct visit *visit);
static bool has_role(const struct visit *visit, struct str role);
static bool has_desk(struct visit *visit, enum desk desk);
static bool has_matters(struct visit *visit);
static bool has_mailboxes(struct visit *visit);
static bool is_role(const struct rulebook *book, int role,
                    const struct people_holding *held);
static bool keeps_columns(struct visit *visit);
static const struct rulebook *in_force(struct visit *visit, id64 body);
static size_t ask_in_force(struct visit *visit, struct in_force_book *out_books);
static bool is_administrator(const struct visit *visit);
static void read_pairs(struct refusal *out, va_list pairs);

enum status web_page(struct visit *visit, const char *page) {
    struct buffer out;
    buffer_init(&out, visit->call->arena);
    enum status status = page_render(visit->web->options.pages, page,
                                     visit->call->language, web_model(visit), &out);
    if (status == ABSENT) {
        return log_failed("there is no template named %s", page);
    }
    TRY(status);
    response_body(visit->response, visit->status, "text/html; charset=utf-8",
                  buffer_str(&out));
    return DONE;
}

enum status web_go(struct visit *visit, const char *path, ...) {
    char where[1024];
    va_list arguments;
    va_start(arguments, path);
    int length = vsnprintf(where, sizeof where, path, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof where) {
        return log_failed("a way on is too long");
    }
    struct str copy = str_copy(visit->call->arena, str_of(where));
    response_redirect(visit->response, copy);
    return DONE;
}

enum status web_go_saying(struct visit *visit, struct str path, const char *words, ...) {
    struct arena *arena = visit->call->arena;
    struct refusal said = {.words = words};
    struct buffer out;
    va_list pairs;
    va_start(pairs, words);
    read_pairs(&said, pairs);
    va_end(pairs);
    buffer_init(&out, arena);
    buffer_add_text(&out, words);
    for (size_t i = 0; i < LENGTH(said.arguments) && said.arguments[i].name; i++) {
        buffer_add_format(&out, "\n%s\n%.*s", said.arguments[i].name,
                          STR_ARG(said.arguments[i].value));
    }
    visit_set_cookie(visit, "notice",
                     bytes_to_base64(arena, bytes_of_str(buffer_str(&out))),
                     NOTICE_SECONDS);
    response_redirect(visit->response, str_copy(arena, path));
    return DONE;
}

enum status web_json(struct visit *visit, struct str json) {
    response_body(visit->response, visit->status, "application/json", json);
    return DONE;
}

struct str web_say(const struct visit *visit, const char *words, ...) {
    struct refusal said = {.words = words};
    va_list pairs;
    va_start(pairs, words);
    read_pairs(&said, pairs);
    va_end(pairs);
    return web_say_refusal(visit, &said);
}

struct str web_say_refusal(const struct visit *visit, const struct refusal *refusal) {
    const struct words *words = visit->web->options.words;
    struct refusal said = *refusal;
    for (size_t i = 0; i < LENGTH(said.arguments) && said.arguments[i].name; i++) {
        struct refusal_argument *argument = &said.arguments[i];
        const char *key = str_text(visit->call->arena, argument->value);
        if (strcmp(argument->name, "label") == 0 && words_know(words, key)) {
            argument->value =
                words_say(words, visit->call->arena, visit->call->language, key, NULL, 0);
        }
    }
    return words_refusal(words, visit->call->arena, visit->call->language, &said);
}

bool web_may(struct visit *visit, const char *may) {
    if (strcmp(may, WEB_ANYBODY) == 0) {
        return true;
    }
    if (!visit->signed_in) {
        return false;
    }
    if (strcmp(may, WEB_SIGNED_IN) == 0) {
        return true;
    }
    if (visit_holdings(visit) != DONE) {
        return false;
    }
    struct str rest = str_of(may);
    while (rest.length > 0) {
        if (role_may(visit, str_cut(&rest, '|'))) {
            return true;
        }
    }
    return false;
}

void web_cite(const struct visit *visit, struct model *part, struct str rule) {
    struct arena *arena = visit->call->arena;
    model_text(part, "href", str_format(arena, "/rules/%.*s", STR_ARG(rule)));
    model_text(part, "text", web_article(visit, rule));
}

struct str web_article(const struct visit *visit, struct str rule) {
    const struct rulebook *books[BOOKS_MOST];
    struct shelf *shelf = visit->call->house->shelf;
    size_t count = shelf == NULL ? 0 : shelf_all(shelf, books, BOOKS_MOST);
    for (size_t i = count; i > 0; i--) {
        for (size_t j = 0; j < books[i - 1]->requirement_count; j++) {
            const struct requirement *found = &books[i - 1]->requirements[j];
            if (str_equal(found->id, rule)) {
                return text_in(found->cite, visit->call->language);
            }
        }
    }
    return rule;
}

void web_moment(const struct visit *visit, struct model *part, instant at) {
    struct arena *arena = visit->call->arena;
    struct date then = date_of_day(instant_day(at));
    struct date now = date_of_day(instant_day(visit->call->now));
    bool today = instant_day(at) == instant_day(visit->call->now);
    const char *words = today                   ? "web.moment-today"
                        : then.year == now.year ? "web.moment-year"
                                                : "web.moment-far";
    const char *year = str_format(arena, "%d", then.year).at;
    const char *month = str_format(arena, "%d", then.month).at;
    const char *day = str_format(arena, "%d", then.day).at;
    const char *clock =
        str_format(arena, "%02d:%02d", instant_hour(at), instant_minute(at)).at;
    model_text(part, "at", instant_to_rfc3339(arena, at));
    model_text(part, "text",
               web_say(visit, words, "year", year, "month", month, "day", day, "clock",
                       clock, NULL));
}

enum status web_prove(struct visit *visit, const char *field) {
    struct call *call = visit->call;
    struct refusal *before = call->refusal;
    enum status proven = people_prove_with(call, request_text(visit->request, field),
                                           request_text(visit->request, "one-time"));
    if (proven != DENIED) {
        return proven;
    }
    struct refusal *said = call->refusal;
    bool wrong = said != NULL && strcmp(said->words, "people.password-wrong") == 0;
    if (said != NULL && strcmp(said->words, "people.code-wrong") == 0) {
        call->refusal = before;
        return call_refuse_field(call, "one-time", "", "people.code-wrong", NULL);
    }
    if (!wrong) {
        return DENIED; /* locked meanwhile: its own sentence */
    }
    call->refusal = before;
    return call_refuse_field(call, field, "", "web.password-first", NULL);
}

struct str web_public_base(struct visit *visit, id64 site) {
    struct str base = visit->web->options.public_base;
    struct site found;
    struct refusal *before = visit->call->refusal;
    enum status status = site_find(visit->call, site, &found);
    visit->call->refusal = before;
    if (status != DONE || str_is(found.code, "main")) {
        return base;
    }
    size_t scheme = str_find(base, STR("://"));
    struct str rest = str_part(base, scheme + 3, base.length);
    struct str host = str_cut(&rest, ':');
    struct arena *arena = visit->call->arena;
    return str_is(host, "127.0.0.1") || str_is(host, "localhost")
               ? str_format(arena, "%.*s://%.*s.localhost%s%.*s", (int)scheme, base.at,
                            STR_ARG(found.code), str_is_empty(rest) ? "" : ":",
                            STR_ARG(rest))
               : str_format(arena, "%.*s://%.*s", (int)scheme, base.at,
                            STR_ARG(found.domain));
}

struct str web_local_path(struct str path, const char *otherwise) {
    bool local = str_starts(path, "/") && url_is_harmless(path) && path.length < 1000;
    return local ? path : str_of(otherwise);
}

static bool role_may(struct visit *visit, struct str role) {
    if (str_is(role, WEB_STAFF)) {
        return !is_administrator(visit);
    }
    if (str_is(role, "desk:release")) {
        if (!visit->asked_release_desk) {
            visit->has_release_desk = has_desk(visit, DESK_RELEASE);
            visit->asked_release_desk = true;
        }
        return visit->has_release_desk;
    }
    if (str_is(role, "matters")) {
        return !is_administrator(visit) && has_matters(visit);
    }
    if (str_is(role, "letters")) {
        return !is_administrator(visit) && has_mailboxes(visit);
    }
    if (str_is(role, WEB_KEEPER)) {
        return keeps_columns(visit);
    }
    if (str_is(role, WEB_OFFICE)) {
        return is_office(visit);
    }
    return has_role(visit, role);
}

/* As people_must_be_office has it, from what the visit knows of the person. */
static bool is_office(struct visit *visit) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        const struct people_holding *held = &visit->holdings.at[i];
        if (str_is(held->unit_code, PEOPLE_UNIT_OFFICE) &&
            !str_is(held->role, PEOPLE_ROLE_SYSTEM) &&
            !str_is(held->role, PEOPLE_ROLE_SECURITY) &&
            !str_is(held->role, PEOPLE_ROLE_AUDIT)) {
            return true;
        }
    }
    return false;
}

static bool has_role(const struct visit *visit, struct str role) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        if (str_equal(visit->holdings.at[i].role, role)) {
            return true;
        }
    }
    return false;
}

/* Which role a desk belongs to is the word of the rulebook in force where it is held. */
static bool has_desk(struct visit *visit, enum desk desk) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        const struct people_holding *held = &visit->holdings.at[i];
        const struct rulebook *book = in_force(visit, held->body);
        for (size_t j = 0; book != NULL && j < book->desk_count; j++) {
            const struct desk_right *right = &book->desks[j];
            if (right->desk == desk &&
                str_equal(book->roles[right->role].code, held->role)) {
                return true;
            }
        }
    }
    return false;
}

static bool has_matters(struct visit *visit) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        const struct rulebook *book = in_force(visit, visit->holdings.at[i].body);
        if (book != NULL && book->matter_count > 0) {
            return true;
        }
    }
    return false;
}

/* Holds a role that receives or answers letters, or watches over them. */
static bool has_mailboxes(struct visit *visit) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        const struct people_holding *held = &visit->holdings.at[i];
        const struct rulebook *book = in_force(visit, held->body);
        for (size_t j = 0; book != NULL && j < book->mailbox_count; j++) {
            const struct mailbox_rule *box = &book->mailboxes[j];
            if ((box->receiver != NULL && is_role(book, box->receiver->role, held)) ||
                (box->answerer != NULL && is_role(book, box->answerer->role, held)) ||
                (box->transfer != NULL && is_role(book, box->transfer->answerer, held)) ||
                is_role(book, box->escalate, held)) {
                return true;
            }
        }
        for (size_t j = 0;
             book != NULL && book->mailbox_count > 0 && j < book->desk_count; j++) {
            if (book->desks[j].desk == DESK_COMPLIANCE &&
                is_role(book, book->desks[j].role, held)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_role(const struct rulebook *book, int role,
                    const struct people_holding *held) {
    return role != NO_INDEX && str_equal(book->roles[role].code, held->role);
}

/* As site's acts have it: whom the rulebook names, else the site's manager and operator.
 */
static bool keeps_columns(struct visit *visit) {
    for (size_t i = 0; i < visit->holdings.count; i++) {
        const struct people_holding *held = &visit->holdings.at[i];
        const struct rulebook *book = in_force(visit, held->body);
        size_t named = book == NULL ? 0 : book->column_keeper_count;
        bool keeps = named == 0 && (str_is(held->role, "site-manager") ||
                                    str_is(held->role, "site-operator"));
        for (size_t j = 0; j < named && !keeps; j++) {
            int role = book->column_keepers[j].role;
            keeps = role != NO_INDEX && str_equal(book->roles[role].code, held->role);
        }
        if (keeps) {
            return true;
        }
    }
    return false;
}

/* Where a body's main site stands; asked of the store at most once a second, by whichever
 * page comes first and without holding the lock, for others wait with a connection in
 * hand; books on the shelf stay.  NULL if there is none. */
static const struct rulebook *in_force(struct visit *visit, id64 body) {
    struct in_force *cached = visit->web->in_force;
    struct in_force_book books[WEB_BODIES_MOST];
    const struct rulebook *book = NULL;
    pthread_mutex_lock(&cached->lock);
    bool old =
        cached->count == 0 || visit->call->now - cached->asked_at >= INSTANT_SECOND;
    pthread_mutex_unlock(&cached->lock);
    size_t count = old ? ask_in_force(visit, books) : 0;
    pthread_mutex_lock(&cached->lock);
    if (count > 0) {
        memcpy(cached->at, books, count * sizeof *books);
        cached->count = count;
        cached->asked_at = visit->call->now;
    }
    for (size_t i = 0; i < cached->count && book == NULL; i++) {
        book = cached->at[i].body == body ? cached->at[i].book : NULL;
    }
    pthread_mutex_unlock(&cached->lock);
    return book;
}

static size_t ask_in_force(struct visit *visit, struct in_force_book *out_books) {
    struct refusal *before = visit->call->refusal;
    struct site *sites;
    size_t count;
    size_t kept = 0;
    if (site_list(visit->call, visit->web->options.group, &sites, &count) != DONE) {
        visit->call->refusal = before;
        return 0;
    }
    for (int pass = 0; pass < 2;
         pass++) { /* main sites stand before others of their body */
        for (size_t i = 0; i < count && kept < WEB_BODIES_MOST; i++) {
            const struct rulebook *book =
                shelf_find(visit->call->house->shelf, &sites[i].rulebook_digest);
            if (str_is(sites[i].kind, "main") == (pass == 0) && book != NULL) {
                out_books[kept++] = (struct in_force_book){sites[i].root, book};
            }
        }
    }
    return kept;
}

static bool is_administrator(const struct visit *visit) {
    return has_role(visit, STR(PEOPLE_ROLE_SYSTEM)) ||
           has_role(visit, STR(PEOPLE_ROLE_SECURITY)) ||
           has_role(visit, STR(PEOPLE_ROLE_AUDIT));
}

static void read_pairs(struct refusal *out, va_list pairs) {
    for (size_t i = 0; i < LENGTH(out->arguments); i++) {
        const char *name = va_arg(pairs, const char *);
        if (name == NULL) {
            return;
        }
        out->arguments[i].name = name;
        out->arguments[i].value = str_of(va_arg(pairs, const char *));
    }
}
