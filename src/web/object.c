/*
 * The decision on a version of the rulebook, or on a matter.
 */
#include "object.h"

#include "decision_form.h"

const struct field object_fields[] = {
    {.name = "digest", .kind = FIELD_TEXT, .required = true, .label = "digest.whole"},
    {.name = "act", .kind = FIELD_TEXT, .required = true, .label = "review.step"},
    {.name = "opinion", .kind = FIELD_LINES, .most = 2000, .label = "review.opinion"},
    {.name = "q-*", .kind = FIELD_LINES, .most = 1000, .label = "review.opinion"},
    WEB_PROOF_FIELD,
    {.name = NULL},
};

enum status object_show(struct visit *visit, const struct run *run, struct str action) {
    struct model *object = model_part(web_model(visit), "object");
    struct offer offer;
    TRY(review_offer(visit->call, run->subject, run->id, &offer));
    TRY(part_route(visit, run->subject, &offer));
    model_flag(object, "routed", true);
    if (run->open && offer.may_decide && offer.step->kind == STEP_REVIEW) {
        TRY(decision_form_fill(visit, &offer, NULL));
        model_text(object, "step", text_in(offer.step->title, visit->call->language));
        model_text(object, "action", action);
        model_text(object, "digest", digest_to_text(visit->call->arena, &run->digest));
    } else if (run->open) {
        model_text(object, "holders", offer.holders);
    }
    return DONE;
}

enum status object_decide(struct visit *visit, struct subject subject) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct answer *answers;
    struct offer offer;
    struct run run;
    TRY(review_offer(call, subject, 0, &offer));
    struct verdict verdict = {.run = offer.run.id,
                              .step = offer.step->code,
                              .outcome = request_text(request, "act"),
                              .role = STR(""),
                              .opinion = request_text(request, "opinion"),
                              .channel = STR(""),
                              .paper_number = STR("")};
    if (digest_from_text(request_text(request, "digest"), &verdict.seen) != DONE) {
        return call_refuse_field(call, "digest", "", "form.not-a-choice", NULL);
    }
    verdict.answer_count = decision_form_answers(visit, &answers);
    verdict.answers = answers;
    TRY(web_prove(visit, "password"));
    return review_decide(call, subject, &verdict, &run);
}
