/*
 * 先行发布: an emergency goes live with its review owed, where an article grants it.
 * The page says what that means before it is done.
 */
#include "entries.h"
#include "listing.h"
#include "parts.h"

#include "publication/publication.h"

static enum status run_form(struct visit *visit);
static enum status run_post(struct visit *visit);
static void say_effects(struct visit *visit, struct model *part,
                        const struct offer *offer);

const struct entry first_form = {.method = "GET",
                                 .pattern = "/release/{manuscript}/first",
                                 .may = WEB_STAFF,
                                 .run = run_form};

static const struct field first_fields[] = {
    {.name = "digest", .kind = FIELD_TEXT, .required = true, .label = "digest.whole"},
    WEB_REASON_FIELD("first.reason"),
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry first_post = {.method = "POST",
                                 .pattern = "/release/{manuscript}/first",
                                 .fields = first_fields,
                                 .may = WEB_STAFF,
                                 .form = &first_form,
                                 .run = run_post};

static enum status run_form(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct offer offer;
    TRY(part_manuscript(visit, &manuscript));
    TRY(review_offer(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id}, 0,
                     &offer));
    struct str here = str_format(call->arena, "/manuscripts/%.*s",
                                 STR_ARG(id_to_text(call->arena, manuscript.id)));
    struct change change = {
        .title = web_say(visit, "first.title", "title",
                         str_text(call->arena, manuscript.title), NULL),
        .action = str_format(call->arena, "/release/%.*s/first",
                             STR_ARG(id_to_text(call->arena, manuscript.id))),
        .back = here,
        .button = "first.do",
        .heavy = true,
        .proof = true};
    struct model *part = change_open(visit, &change);
    struct model *kept = model_list_add(part, "kept");
    model_text(kept, "name", STR("digest"));
    model_text(kept, "value", digest_to_text(call->arena, &offer.run.digest));
    if (offer.route->owed != NULL) {
        web_cite(visit, model_part(part, "rule"), offer.route->owed->basis.id);
        say_effects(visit, part, &offer);
    }
    change_field(visit, part, "is-lines", "reason", "first.reason", true, STR(""));
    return web_page(visit, "change");
}

/* What is public at once, which decisions are owed, until when, and what follows. */
static void say_effects(struct visit *visit, struct model *part,
                        const struct offer *offer) {
    static const char *const within[] = {"first.within-minutes", "first.within-hours",
                                         "first.within-days",
                                         "first.within-working-days"};
    struct call *call = visit->call;
    const struct owed_rule *owed = offer->route->owed;
    struct buffer steps;
    buffer_init(&steps, call->arena);
    for (size_t i = 0; i < offer->route->step_count; i++) {
        if ((owed->steps & (uint32_t)1 << i) != 0) {
            bool english = str_is(call->language, "en");
            buffer_add_text(&steps, steps.length == 0 ? "" : english ? ", " : "、");
            buffer_add(&steps, text_in(offer->route->steps[i].title, call->language));
        }
    }
    model_list_add_text(part, "effects", web_say(visit, "first.public", NULL));
    model_list_add_text(part, "effects",
                        web_say(visit, within[owed->unit], "steps",
                                str_text(call->arena, buffer_str(&steps)), "amount",
                                str_format(call->arena, "%d", owed->amount).at, NULL));
    model_list_add_text(part, "effects",
                        web_say(visit,
                                owed->then == OWED_WITHDRAW ? "first.then-withdraw"
                                                            : "first.then-escalate",
                                NULL));
    model_list_add_text(part, "effects", web_say(visit, "first.returned", NULL));
}

static enum status run_post(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct release *releases;
    struct applied applied;
    size_t count;
    TRY(part_manuscript(visit, &manuscript));
    struct release_order order = {.manuscript = manuscript.id,
                                  .reason = request_text(visit->request, "reason")};
    if (digest_from_text(request_text(visit->request, "digest"), &order.seen) != DONE) {
        return call_refuse_field(call, "digest", "", "form.not-a-choice", NULL);
    }
    TRY(web_prove(visit, "password"));
    TRY(publication_release_first(call, &order, &releases, &count));
    if (count > 0) {
        TRY(publication_apply(call, releases[0].site, &applied));
    }
    return web_go(visit, "/release/%.*s/done",
                  STR_ARG(id_to_text(call->arena, manuscript.id)));
}
