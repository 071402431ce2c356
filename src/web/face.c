/*
 * 面签: a signature given on paper, entered by one person and confirmed by a second
 * (LZ-13).  Until then the step stays open.
 */
#include "decision_form.h"
#include "entries.h"
#include "listing.h"

#include "people/people.h"

static enum status run_form(struct visit *visit);
static enum status run_enter(struct visit *visit);
static enum status run_confirm(struct visit *visit);
static enum status run_scan(struct visit *visit);
static enum status find_offer(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision);
static enum status find_waiting(struct visit *visit, const struct offer *offer,
                                struct decision *out_decision, bool *out_any);
static enum status fill_declined(struct visit *visit, struct model *face,
                                 const struct offer *offer);
static enum status fill_entry(struct visit *visit, struct model *face,
                              const struct offer *offer);
static void add_question(struct visit *visit, struct model *face,
                         const struct question *question);
static void add_option(struct visit *visit, struct model *part, const char *name,
                       struct str value, struct str label);
static enum status fill_confirm(struct visit *visit, struct model *face,
                                const struct manuscript *manuscript,
                                const struct offer *offer,
                                const struct decision *waiting);
static struct str here(struct visit *visit, id64 manuscript, const char *more);

static const struct field form_fields[] = {
    {.name = "again", .kind = FIELD_FLAG, .label = "face.title"},
    {.name = NULL},
};
const struct entry face_form = {.method = "GET",
                                .pattern = "/manuscripts/{manuscript}/face-signature",
                                .fields = form_fields,
                                .may = WEB_STAFF,
                                .run = run_form};

static const struct field enter_fields[] = {
    {.name = "revision", .kind = FIELD_INT, .required = true, .label = "review.revision"},
    {.name = "signer", .kind = FIELD_ID, .required = true, .label = "face.signer"},
    {.name = "act", .kind = FIELD_TEXT, .required = true, .label = "face.outcome"},
    {.name = "date", .kind = FIELD_DAY, .required = true, .label = "face.date"},
    {.name = "number", .kind = FIELD_TEXT, .most = 60, .label = "face.number"},
    {.name = "opinion", .kind = FIELD_LINES, .most = 2000, .label = "review.opinion"},
    {.name = "q-*", .kind = FIELD_LINES, .most = 1000, .label = "review.opinion"},
    {.name = "scan", .kind = FIELD_FILE, .label = "face.scan"},
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry face_enter = {.method = "POST",
                                 .pattern = "/manuscripts/{manuscript}/face-signature",
                                 .fields = enter_fields,
                                 .body_most = (size_t)22 << 20,
                                 .may = WEB_STAFF,
                                 .form = &face_form,
                                 .run = run_enter};

static const struct field confirm_fields[] = {
    {.name = "number", .kind = FIELD_ID, .required = true, .label = "face.title"},
    {.name = "agrees",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = "yes|no",
     .label = "face.confirm"},
    {.name = "reason", .kind = FIELD_LINES, .most = 1000, .label = "face.how-differs"},
    WEB_PROOF_FIELD_OPTIONAL,
    {.name = NULL},
};
const struct entry face_confirm = {.method = "POST",
                                   .pattern =
                                       "/manuscripts/{manuscript}/face-signature/confirm",
                                   .fields = confirm_fields,
                                   .may = WEB_STAFF,
                                   .form = &face_form,
                                   .run = run_confirm};

const struct entry face_scan = {.method = "GET",
                                .pattern =
                                    "/manuscripts/{manuscript}/face-signature/scan",
                                .may = WEB_STAFF,
                                .run = run_scan};

static enum status run_form(struct visit *visit) {
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct decision waiting;
    bool any = false;
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    const char *back = str_text(visit->call->arena, here(visit, manuscript.id, ""));
    TRY(part_head(visit, &manuscript, &revision, &offer.run, back, "signed.see"));
    struct model *face = model_part(web_model(visit), "face");
    model_text(face, "step", text_in(offer.step->title, visit->call->language));
    if (!str_is_empty(offer.step->basis.id)) {
        web_cite(visit, model_part(face, "rule"), offer.step->basis.id);
    }
    TRY(find_waiting(visit, &offer, &waiting, &any));
    bool again =
        str_is(visit->request->method, "GET") && request_flag(visit->request, "again");
    if (any && !again) {
        TRY(fill_confirm(visit, face, &manuscript, &offer, &waiting));
    } else {
        TRY(fill_entry(visit, face, &offer));
    }
    return web_page(visit, "face-signature");
}

static enum status run_enter(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct attachment scan = {0};
    struct run run;
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    if (request_int(request, "revision") != revision.number) {
        return call_refuse(call, STALE, "", "review.newer-text", NULL);
    }
    size_t count = request_count(request, "q-*");
    struct answer *answers = TAKE_ARRAY(call->arena, count + 1, struct answer);
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, "q-*", i);
        answers[i] = (struct answer){.question = str_part(name, 2, name.length),
                                     .value = request_text_at(request, "q-*", i)};
    }
    struct verdict verdict = {.run = offer.run.id,
                              .seen = revision.digest,
                              .step = offer.step->code,
                              .outcome = request_text(request, "act"),
                              .role = STR(""),
                              .answers = answers,
                              .answer_count = count,
                              .opinion = request_text(request, "opinion"),
                              .channel = STR(DECISION_ON_PAPER),
                              .signer = request_id(request, "signer"),
                              .face_day = request_day(request, "date"),
                              .paper_number = request_text(request, "number")};
    const struct upload *upload = request_file(request, "scan");
    if (upload != NULL && upload->bytes.length > 0) {
        TRY(manuscript_keep_file(call, upload->name, upload->bytes, &scan));
        verdict.scan = scan.digest;
    }
    TRY(web_prove(visit, "password"));
    TRY(review_decide(call, offer.run.subject, &verdict, &run));
    bool without = scan.traces != NULL && strcmp(scan.traces, "none") != 0;
    return web_go_saying(visit, here(visit, manuscript.id, ""),
                         without ? "face.entered-without" : "face.entered", NULL);
}

static enum status run_confirm(struct visit *visit) {
    struct manuscript manuscript;
    struct run run;
    TRY(part_manuscript(visit, &manuscript));
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript.id};
    id64 paper = request_id(visit->request, "number");
    if (str_is(request_text(visit->request, "agrees"), "no")) {
        TRY(review_decline_face(visit->call, subject, paper,
                                request_text(visit->request, "reason")));
        return web_go_saying(visit, here(visit, manuscript.id, ""), "face.left-open",
                             NULL);
    }
    TRY(web_prove(visit, "password"));
    TRY(review_confirm_face(visit->call, subject, paper, &run));
    return web_go(visit, "/manuscripts/%.*s/signed",
                  STR_ARG(id_to_text(visit->call->arena, manuscript.id)));
}

/* The scan of the paper that waits, for the person who compares it. */
static enum status run_scan(struct visit *visit) {
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct decision waiting;
    struct bytes bytes;
    bool any = false;
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    TRY(find_waiting(visit, &offer, &waiting, &any));
    if (!any || digest_is_none(&waiting.scan)) {
        return ABSENT;
    }
    TRY(manuscript_file(visit->call, &waiting.scan, &bytes));
    visit->response->status = 200;
    visit->response->body = (struct str){(const char *)bytes.at, bytes.length};
    response_download(visit->response, STR("scan"), "application/octet-stream", true);
    return DONE;
}

static enum status find_offer(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision) {
    TRY(part_manuscript(visit, manuscript));
    TRY(review_offer(visit->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id}, 0,
                     out_offer));
    if (!out_offer->run.open || !part_takes_paper(out_offer)) {
        return ABSENT;
    }
    return manuscript_revision(visit->call, out_offer->run.revision, out_revision);
}

/* The newest paper signature of the present step that waits for its second person. */
static enum status find_waiting(struct visit *visit, const struct offer *offer,
                                struct decision *out_decision, bool *out_any) {
    struct decision *decisions;
    size_t count;
    *out_any = false;
    TRY(approval_history(visit->call, offer->run.id, &decisions, &count));
    for (size_t i = 0; i < count; i++) {
        const struct decision *decision = &decisions[i];
        bool open = str_is(decision->channel, DECISION_ON_PAPER) &&
                    decision->confirmed_by == 0 && decision->turn == 0 &&
                    str_equal(decision->step, offer->step->code) &&
                    digest_equal(&decision->digest, &offer->run.digest);
        if (open && (!*out_any || decision->at >= out_decision->at)) {
            *out_decision = *decision;
            *out_any = true;
        }
    }
    return DONE;
}

/* The newest entry of this step that the second person found to differ. */
static enum status fill_declined(struct visit *visit, struct model *face,
                                 const struct offer *offer) {
    struct decision *decisions;
    size_t count;
    TRY(approval_history(visit->call, offer->run.id, &decisions, &count));
    for (size_t i = count; i > 0; i--) {
        const struct decision *decision = &decisions[i - 1];
        struct people_brief second;
        if (decision->turn == 0 && decision->confirmed_by != 0 &&
            str_equal(decision->step, offer->step->code) &&
            digest_equal(&decision->digest, &offer->run.digest)) {
            TRY(people_person_brief(visit->call, decision->confirmed_by, &second));
            model_text(face, "declined",
                       web_say(visit, "face.declined", "who",
                               str_text(visit->call->arena, second.name), NULL));
            return DONE;
        }
    }
    return DONE;
}

static enum status fill_entry(struct visit *visit, struct model *face,
                              const struct offer *offer) {
    struct call *call = visit->call;
    struct people_holdings holders;
    const char *role = str_text(call->arena, offer->role);
    TRY(fill_declined(visit, face, offer));
    TRY(people_holders(call, role, offer->unit, &holders));
    for (size_t i = 0; i < holders.count; i++) {
        struct model *signer = model_list_add(face, "signers");
        struct str id = id_to_text(call->arena, holders.at[i].person);
        model_text(signer, "value", id);
        model_text(signer, "label", holders.at[i].name);
        model_flag(signer, "chosen",
                   str_equal(request_typed(visit->request, "signer"), id));
    }
    for (size_t i = 0; i < offer->step->ask_count; i++) {
        add_question(visit, face, &offer->book->questions[offer->step->asks[i]]);
    }
    struct model *field =
        change_field(visit, face, "is-choice", "act", "face.outcome", true, STR(""));
    for (size_t i = 0; i < offer->step->outcome_count; i++) {
        const struct outcome *outcome = &offer->step->outcomes[i];
        change_option(visit, field, "act", STR(""), outcome->code,
                      text_in(outcome->title, call->language));
    }
    struct str today = day_to_text(call->arena, instant_day(call->now));
    change_field(visit, face, "is-date", "date", "face.date", true, today);
    change_field(visit, face, "is-line", "number", "face.number", false, STR(""));
    change_field(visit, face, "is-lines", "opinion", "review.opinion", false, STR(""));
    return DONE;
}

static void add_question(struct visit *visit, struct model *face,
                         const struct question *question) {
    struct call *call = visit->call;
    struct str name = str_format(call->arena, "q-%.*s", STR_ARG(question->code));
    struct str yes = web_say(visit, "common.yes", NULL);
    if (question->kind == QUESTION_TEXT) {
        (void)change_field_called(
            visit, face, "is-lines", name.at, text_in(question->title, call->language),
            !question->optional, decision_form_typed(visit, name.at));
        return;
    }
    struct model *part = model_list_add(face, "questions");
    model_text(part, "name", name);
    model_text(part, "label", text_in(question->title, call->language));
    model_flag(part, "must", !question->optional);
    if (!str_is_empty(question->basis.id)) {
        web_cite(visit, model_part(part, "rule"), question->basis.id);
    }
    if (question->kind == QUESTION_TICK) {
        add_option(visit, part, name.at, STR("yes"), yes);
    } else if (question->kind == QUESTION_YES_NO) {
        add_option(visit, part, name.at, STR("yes"), yes);
        add_option(visit, part, name.at, STR("no"), web_say(visit, "common.no", NULL));
    }
    for (size_t i = 0; i < question->choice_count; i++) {
        add_option(visit, part, name.at, question->choices[i].code,
                   text_in(question->choices[i].title, call->language));
    }
}

static void add_option(struct visit *visit, struct model *part, const char *name,
                       struct str value, struct str label) {
    struct model *option = model_list_add(part, "options");
    model_text(option, "value", value);
    model_text(option, "label", label);
    model_flag(option, "chosen", str_equal(decision_form_typed(visit, name), value));
}

static enum status fill_confirm(struct visit *visit, struct model *face,
                                const struct manuscript *manuscript,
                                const struct offer *offer,
                                const struct decision *waiting) {
    struct call *call = visit->call;
    struct people_brief signer;
    struct people_brief enterer;
    struct model *part = model_part(face, "confirm");
    bool own = waiting->entered_by == call->actor.person ||
               waiting->person == call->actor.person;
    model_flag(part, "own", own);
    model_text(part, "typed-reason", request_typed(visit->request, "reason"));
    TRY(people_person_brief(call, waiting->person, &signer));
    TRY(people_person_brief(call, waiting->entered_by, &enterer));
    model_text(part, "signer", signer.name);
    model_text(part, "date", day_to_text(call->arena, waiting->face_day));
    model_text(part, "entered-by", enterer.name);
    model_text(part, "number", id_to_text(call->arena, waiting->id));
    int outcome = step_outcome(offer->step, waiting->outcome);
    if (outcome != NO_INDEX) {
        struct model *answer = model_list_add(part, "answers");
        model_words(answer, "label", "face.outcome");
        model_text(answer, "value",
                   text_in(offer->step->outcomes[outcome].title, call->language));
    }
    if (!str_is_empty(waiting->paper_number)) {
        struct model *answer = model_list_add(part, "answers");
        model_words(answer, "label", "face.number");
        model_text(answer, "value", waiting->paper_number);
    }
    if (!str_is_empty(waiting->opinion)) {
        struct model *answer = model_list_add(part, "answers");
        model_words(answer, "label", "review.opinion");
        model_text(answer, "value", waiting->opinion);
    }
    if (!digest_is_none(&waiting->scan)) {
        struct model *scan = model_part(part, "scan");
        model_text(scan, "href", here(visit, manuscript->id, "/face-signature/scan"));
        model_words(scan, "label", "review.download");
    }
    return DONE;
}

static struct str here(struct visit *visit, id64 manuscript, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/manuscripts/%.*s%s",
                      STR_ARG(id_to_text(arena, manuscript)), more);
}
