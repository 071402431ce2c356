/*
 * How a no is told: a problem (RFC 9457) with the sentence, the article, and what
 * is to be mended.
 */
#include "api_own.h"

#include "page/page.h"

#include <stdlib.h>

static int status_of(const struct exchange *exchange, enum status status);
static const char *words_of(enum status status);
static struct str sentence(struct exchange *exchange, const char *words);
static void send(struct exchange *exchange, int status, json_t *problem);
static const char *title_of(int status);

void problem_answer(struct exchange *exchange, enum status status) {
    const struct refusal *refusal = exchange->call->refusal;
    int code = status_of(exchange, status);
    if (status == FAILED || status == ABSENT || refusal == NULL) {
        problem_status(exchange, code, words_of(status));
        return;
    }
    json_t *problem = tell_refusal(exchange, refusal);
    if (refusal->field != NULL || refusal->next != NULL) {
        json_t *errors = json_array();
        for (const struct refusal *each = refusal; each != NULL; each = each->next) {
            json_array_append_new(errors, tell_refusal(exchange, each));
        }
        json_object_set_new(problem, "errors", errors);
    }
    json_object_del(problem, "field");
    send(exchange, code, problem);
}

void problem_status(struct exchange *exchange, int status, const char *words) {
    json_t *problem = json_object();
    struct str detail = sentence(exchange, words);
    json_object_set_new(problem, "detail", tell_text(detail));
    json_object_set_new(problem, "code", json_string(words));
    send(exchange, status, problem);
}

static int status_of(const struct exchange *exchange, enum status status) {
    const struct refusal *refusal = exchange->call->refusal;
    switch (status) {
    case ABSENT:
        return 404;
    case DENIED:
        return 403;
    case REFUSED:
        return refusal != NULL && refusal->field != NULL ? 422 : 409;
    case STALE:
        return exchange->endpoint != NULL && exchange->endpoint->if_match ? 412 : 409;
    case DONE:
    case FAILED:
        break;
    }
    return 500;
}

static const char *words_of(enum status status) {
    switch (status) {
    case ABSENT:
        return "api.absent";
    case DENIED:
        return "api.not-yours";
    case REFUSED:
        return "api.refused";
    case STALE:
        return "api.stale";
    case DONE:
    case FAILED:
        break;
    }
    return "api.failed";
}

json_t *tell_refusal(struct exchange *exchange, const struct refusal *refusal) {
    struct str said = words_refusal(exchange->api->house->words, exchange->call->arena,
                                    exchange->call->language, refusal);
    json_t *json = json_object();
    if (refusal->field != NULL) {
        json_object_set_new(json, "field", json_string(refusal->field));
    }
    json_object_set_new(json, "detail", tell_text(said));
    json_object_set_new(json, "code", json_string(refusal->words));
    if (!str_is_empty(refusal->rule)) {
        json_object_set_new(json, "rule", tell_text(refusal->rule));
        json_object_set_new(json, "article",
                            tell_text(article_of(exchange, refusal->rule)));
    }
    return json;
}

static struct str sentence(struct exchange *exchange, const char *words) {
    return words_say(exchange->api->house->words, exchange->call->arena,
                     exchange->call->language, words, NULL, 0);
}

/* Takes *problem* over. */
static void send(struct exchange *exchange, int status, json_t *problem) {
    json_t *whole = json_pack("{s:s,s:s,s:i,s:s%}", "type", "about:blank", "title",
                              title_of(status), "status", status, "instance",
                              exchange->request->path.at, exchange->request->path.length);
    json_object_update(whole, problem);
    json_decref(problem);
    char *text = json_dumps(whole, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(whole);
    if (text == NULL) {
        log_fatal("a problem is no JSON: the program builds it wrongly");
    }
    struct str body = str_copy(exchange->call->arena, str_of(text));
    free(text);
    response_body(exchange->response, status, "application/problem+json; charset=utf-8",
                  body);
    exchange->answered = true;
}

static const char *title_of(int status) {
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
    };
    for (size_t i = 0; i < LENGTH(titles); i++) {
        if (titles[i].status == status) {
            return titles[i].title;
        }
    }
    return "Internal Server Error";
}
