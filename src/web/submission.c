/*
 * 送审: what will happen, what stands in the way, and the declarations of the rulebook.
 */
#include "entries.h"
#include "parts.h"

#include "people/people.h"
#include "screening/screening.h"
#include "site/site.h"

static enum status run_form(struct visit *visit);
static enum status run_submit(struct visit *visit);
static enum status run_recall(struct visit *visit);
static enum status fill(struct visit *visit, const struct manuscript *manuscript,
                        const struct content *content, int version);
static enum status find_route(struct visit *visit, id64 manuscript,
                              const struct rulebook **out_book,
                              const struct route **out_route);
static enum status add_confirms(struct visit *visit, struct model *part,
                                const struct manuscript *manuscript,
                                const struct rulebook *book, const struct route *route);
static bool is_ticked(const struct visit *visit, const char *name);

const struct entry submit_form = {.method = "GET",
                                  .pattern = "/manuscripts/{manuscript}/submit",
                                  .may = WEB_STAFF,
                                  .run = run_form};

static const struct field submit_fields[] = {
    {.name = "version", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "note", .kind = FIELD_LINES, .most = 500, .label = "submit.note"},
    {.name = "q-*", .kind = FIELD_TEXT, .label = "submit.title"},
    {.name = NULL},
};
const struct entry submit_post = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/submit",
                                  .fields = submit_fields,
                                  .may = WEB_STAFF,
                                  .form = &submit_form,
                                  .run = run_submit};

static const struct field recall_fields[] = {
    {.name = "reason", .kind = FIELD_LINES, .most = 500, .label = "withdraw.reason"},
    {.name = NULL},
};
const struct entry recall_post = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/recall",
                                  .fields = recall_fields,
                                  .may = WEB_STAFF,
                                  .run = run_recall};

static enum status run_form(struct visit *visit) {
    struct manuscript manuscript;
    struct content content;
    int version;
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_draft(visit->call, manuscript.id, &content, &version));
    TRY(part_head(visit, &manuscript, NULL, NULL, "/desk?tab=drafts", "nav.desk"));
    TRY(fill(visit, &manuscript, &content, version));
    TRY(part_route_ahead(visit, manuscript.id));
    return web_page(visit, "submit");
}

static enum status run_submit(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct manuscript manuscript;
    struct run run;
    struct offer offer;
    TRY(part_manuscript(visit, &manuscript));
    size_t count = request_count(request, "q-*");
    struct answer *answers = TAKE_ARRAY(call->arena, count + 1, struct answer);
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, "q-*", i);
        answers[i] = (struct answer){.question = str_part(name, 2, name.length),
                                     .value = STR("yes")};
    }
    enum status status = review_submit(
        call, manuscript.id, (int)request_int(request, "version"), answers, count, &run);
    TRY(status);
    TRY(review_offer(call, run.subject, run.id, &offer));
    return web_go_saying(
        visit, STR("/desk?tab=sent"), "submit.sent-to", "who",
        str_text(call->arena, offer.holders), "step",
        str_text(call->arena, text_in(offer.step->title, call->language)), NULL);
}

static enum status run_recall(struct visit *visit) {
    struct manuscript manuscript;
    struct run run;
    TRY(part_manuscript(visit, &manuscript));
    TRY(review_recall(visit->call, manuscript.id, request_text(visit->request, "reason"),
                      &run));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

static enum status fill(struct visit *visit, const struct manuscript *manuscript,
                        const struct content *content, int version) {
    struct call *call = visit->call;
    struct model *head = model_part(web_model(visit), "manuscript");
    struct model *part = model_part(web_model(visit), "submission");
    const struct rulebook *book;
    const struct route *route;
    struct findings findings;
    struct revision *revisions;
    size_t count;
    struct digest digest = content_digest(content);
    struct str id = id_to_text(call->arena, manuscript->id);
    TRY(find_route(visit, manuscript->id, &book, &route));
    TRY(screening_run(call, book, content, &findings));
    TRY(manuscript_revisions(call, manuscript->id, &revisions, &count));
    model_text(head, "version", str_format(call->arena, "%d", version));
    model_int(head, "revision", count == 0 ? 1 : revisions[0].number + 1);
    model_int(head, "attachments", (int64_t)content->attachment_count);
    struct model *short_digest = model_part(head, "digest");
    model_text(short_digest, "short", digest_to_short(call->arena, &digest));
    model_int(part, "must", findings.blocking);
    model_int(part, "judge", findings.judge);
    model_int(part, "note", findings.notes);
    model_flag(part, "ready", findings.blocking == 0 && route != NULL);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.at[i];
        if (finding->severity != SEVERITY_BLOCK || finding->ruled) {
            continue;
        }
        struct model *block = model_list_add(part, "blocks");
        model_text(block, "text",
                   web_say(visit, str_text(call->arena, finding->words), "shown",
                           str_text(call->arena, finding->shown), "offer",
                           str_text(call->arena, finding->offer), NULL));
        model_text(block, "href",
                   str_format(call->arena, "/manuscripts/%.*s/edit", STR_ARG(id)));
        if (!str_is_empty(finding->rule)) {
            web_cite(visit, model_part(block, "rule"), finding->rule);
        }
    }
    if (route == NULL) {
        struct model *block = model_list_add(part, "blocks");
        model_text(block, "text", web_say_refusal(visit, call->refusal));
        model_text(block, "href",
                   str_format(call->arena, "/manuscripts/%.*s/edit", STR_ARG(id)));
        call_forgive(call);
        return DONE;
    }
    return add_confirms(visit, part, manuscript, book, route);
}

/* NULL, with what is missing in call->refusal, if no route can be chosen yet. */
static enum status find_route(struct visit *visit, id64 manuscript,
                              const struct rulebook **out_book,
                              const struct route **out_route) {
    struct item_facts item;
    struct no no;
    int index;
    TRY(review_item_facts(visit->call, manuscript, out_book, &item));
    *out_route = NULL;
    if (rulebook_route_for(*out_book, &item, &index, &no) != DONE) {
        return rulebook_refuse(visit->call, *out_book, &no) == FAILED ? FAILED : DONE;
    }
    *out_route = &(*out_book)->routes[index];
    return DONE;
}

/* What the author declares at his own steps (LZ-6.b): those still before him. */
static enum status add_confirms(struct visit *visit, struct model *part,
                                const struct manuscript *manuscript,
                                const struct rulebook *book, const struct route *route) {
    struct call *call = visit->call;
    int step = route->first;
    if (manuscript->run != 0) {
        struct offer offer;
        TRY(review_offer(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id}, 0,
                         &offer));
        int now = route_step(route, offer.step->code);
        step = now == NO_INDEX ? step : now;
    }
    while (route->steps[step].kind == STEP_AUTHOR) {
        const struct step *own = &route->steps[step];
        for (size_t i = 0; i < own->ask_count; i++) {
            const struct question *question = &book->questions[own->asks[i]];
            const char *name =
                str_format(call->arena, "q-%.*s", STR_ARG(question->code)).at;
            struct model *confirm = model_list_add(part, "confirms");
            model_text(confirm, "name", str_of(name));
            model_text(confirm, "text", text_in(question->title, call->language));
            model_flag(confirm, "ticked", is_ticked(visit, name));
            if (!str_is_empty(question->basis.id)) {
                web_cite(visit, model_part(confirm, "rule"), question->basis.id);
            }
        }
        int forward = step_forward(own);
        if (forward == NO_INDEX) {
            break;
        }
        step = own->outcomes[forward].next;
    }
    struct model *next = part;
    model_text(next, "next", text_in(route->steps[step].title, call->language));
    return DONE;
}

static bool is_ticked(const struct visit *visit, const char *name) {
    if (!visit->again) {
        return false;
    }
    for (size_t i = 0; i < request_count(visit->request, "q-*"); i++) {
        if (str_is(request_name_at(visit->request, "q-*", i), name)) {
            return true;
        }
    }
    return false;
}
