/*
 * Answers that no screen makes itself: the three kinds of no, the page that is
 * not there, the session that has ended, the machine that failed.
 */
#include "web_own.h"

static bool can_show_form(const struct visit *visit);
static void start_page_again(struct visit *visit);
static enum status show_refused(struct visit *visit, int status);
static struct refusal *without_fields(struct visit *visit, const struct refusal *no);
static bool is_arrival(const struct visit *visit);
static enum status answer_arrival(struct visit *visit);

enum status answer_missing(struct visit *visit) {
    start_page_again(visit);
    visit->status = 404;
    if (!visit->signed_in) {
        response_body(visit->response, 404, "text/plain; charset=utf-8",
                      web_say(visit, "web.missing", NULL));
        return DONE;
    }
    return web_page(visit, "missing");
}

enum status answer_failed(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    struct bytes number = call_random(visit->call, 4);
    struct str shown = bytes_to_hex(arena, number);
    log_fault("%.*s: %.*s %s was not answered", STR_ARG(shown),
              STR_ARG(visit->request->method),
              visit->entry != NULL ? visit->entry->pattern : "");
    start_page_again(visit);
    visit->status = 500;
    visit->signed_in = false; /* rendered from little */
    struct model *failure = model_part(web_model(visit), "failure");
    model_text(failure, "number", shown);
    return web_page(visit, "failed");
}

enum status answer_problem(struct visit *visit, int problem) {
    if (problem == 404) {
        return answer_missing(visit);
    }
    const char *words = problem == 405   ? "web.wrong-method"
                        : problem == 413 ? "web.too-large"
                                         : "web.no-form";
    call_refuse(visit->call, REFUSED, "", words, NULL);
    return answer_no(visit, problem);
}

/*
 * No session.  A link in a mail arrives without the cookie, because it was
 * followed from another site: such an arrival is sent to itself once, and comes
 * with the cookie then.
 */
enum status answer_expired(struct visit *visit) {
    bool post =
        !str_is(visit->request->method, "GET") && !str_is(visit->request->method, "HEAD");
    struct str next = visit->request->target;
    struct str kept = STR("");
    if (!post && is_arrival(visit)) {
        return answer_arrival(visit);
    }
    if (post) {
        kept = seal_typed(visit, visit_typed_by(visit));
        const struct entry *form = visit->entry->form;
        next = form != NULL ? visit->request->path : STR("/desk");
        if (form == NULL || strcmp(form->pattern, visit->entry->pattern) != 0) {
            next = STR("/desk");
        }
    }
    return sign_in_show(visit, 401, STR(""), next, kept);
}

enum status answer_no(struct visit *visit, int status) {
    visit->no = visit->call->refusal;
    call_forgive(visit->call);
    if (can_show_form(visit)) {
        return answer_again(visit, status, visit->said);
    }
    return show_refused(visit, status);
}

enum status answer_again(struct visit *visit, int status, const char *said) {
    visit->said = said;
    if (!can_show_form(visit)) {
        if (visit->no == NULL && said != NULL) {
            call_refuse(visit->call, DENIED, "", said, NULL);
            visit->no = visit->call->refusal;
            visit->said = NULL;
            call_forgive(visit->call);
        }
        return show_refused(visit, status);
    }
    start_page_again(visit);
    visit->again = true;
    visit->status = status;
    enum status shown = visit->entry->form->run(visit);
    if (shown == DONE) {
        return DONE;
    }
    call_forgive(visit->call);
    return shown == FAILED ? FAILED : show_refused(visit, status);
}

static bool can_show_form(const struct visit *visit) {
    return visit->entry != NULL && visit->entry->form != NULL && !visit->again &&
           visit->request->problem == 0;
}

static void start_page_again(struct visit *visit) {
    visit->model = NULL;
    visit->form = NULL;
}

static enum status show_refused(struct visit *visit, int status) {
    start_page_again(visit);
    visit->again = false;
    visit->status = status;
    visit->no = without_fields(visit, visit->no);
    if (!visit->signed_in) {
        struct str said = visit->no != NULL ? web_say_refusal(visit, visit->no)
                                            : web_say(visit, "web.no-form", NULL);
        response_body(visit->response, status, "text/plain; charset=utf-8", said);
        return DONE;
    }
    return web_page(visit, "refused");
}

/* No form is shown, so what would stand at its fields is said with the rest. */
static struct refusal *without_fields(struct visit *visit, const struct refusal *no) {
    struct refusal *first = NULL;
    struct refusal **end = &first;
    for (; no != NULL; no = no->next) {
        struct refusal *copy = TAKE(visit->call->arena, struct refusal);
        *copy = *no;
        copy->field = NULL;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static bool is_arrival(const struct visit *visit) {
    struct str site = request_header(visit->request, "sec-fetch-site");
    struct str mode = request_header(visit->request, "sec-fetch-mode");
    return str_is(mode, "navigate") &&
           (str_is(site, "cross-site") || str_is(site, "same-site")) &&
           visit_cookie(visit, "session").length == 0;
}

static enum status answer_arrival(struct visit *visit) {
    response_body(visit->response, 200, "text/html; charset=utf-8",
                  STR("<!DOCTYPE html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
                      "<meta http-equiv=\"refresh\" content=\"0\"><title>审发</title>"
                      "</html>"));
    return DONE;
}
