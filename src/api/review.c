/*
 * The passage of a manuscript: submitted, decided, recalled; its decisions,
 * findings, history and form.  A matter that takes a route is decided on as well.
 */
#include "entries.h"

static enum status run_submit(struct exchange *exchange);
static enum status run_offer(struct exchange *exchange);
static enum status run_decide(struct exchange *exchange);
static enum status run_matter_offer(struct exchange *exchange);
static enum status run_matter_decide(struct exchange *exchange);
static enum status offer_on(struct exchange *exchange, struct subject subject);
static enum status decide_on(struct exchange *exchange, struct subject subject);
static enum status run_decide_all(struct exchange *exchange);
static json_t *tell_decided(struct exchange *exchange, const struct decided_item *item);
static enum status run_recall(struct exchange *exchange);
static enum status run_decisions(struct exchange *exchange);
static enum status run_findings(struct exchange *exchange);
static enum status run_history(struct exchange *exchange);
static enum status run_form(struct exchange *exchange);
static enum status run_form_pdf(struct exchange *exchange);
static enum status show_manuscript(struct exchange *exchange);
static enum status show_run(struct exchange *exchange);
static enum status find_manuscript(struct exchange *exchange,
                                   struct manuscript *out_manuscript);
static json_t *tell_step(struct exchange *exchange, const struct offer *offer);
static json_t *tell_signature(const struct signature *signature);
static json_t *tell_signatures(struct exchange *exchange, const struct offer *offer);
static json_t *tell_decision(struct exchange *exchange, const struct decision *decision);
static json_t *tell_finding(struct exchange *exchange, const struct finding *finding);
static enum status find_form(struct exchange *exchange, struct form *out_form);

static const struct member submit_members[] = {{"declarations", MEMBER_PAIRS, false},
                                               {0}};
static const struct member decide_members[] = {{"digest", MEMBER_DIGEST, true},
                                               {"step", MEMBER_TEXT, true},
                                               {"outcome", MEMBER_TEXT, true},
                                               {"role", MEMBER_TEXT, false},
                                               {"answers", MEMBER_PAIRS, false},
                                               {"opinion", MEMBER_TEXT, false},
                                               {"confirmed", MEMBER_DIGESTS, false},
                                               {"columns", MEMBER_IDS, false},
                                               {"password", MEMBER_TEXT, false},
                                               {"code", MEMBER_TEXT, false},
                                               {0}};
static const struct member recall_members[] = {{"reason", MEMBER_TEXT, false}, {0}};

const struct endpoint api_submit = {.method = "POST",
                                    .pattern = "/manuscripts/{id}/submission",
                                    .members = submit_members,
                                    .if_match = true,
                                    .run = run_submit,
                                    .again = show_manuscript};
const struct endpoint api_offer = {
    .method = "GET", .pattern = "/manuscripts/{id}/step", .run = run_offer};
const struct endpoint api_decide = {.method = "POST",
                                    .pattern = "/manuscripts/{id}/decisions",
                                    .members = decide_members,
                                    .run = run_decide,
                                    .again = show_run};
const struct endpoint api_matter_offer = {
    .method = "GET", .pattern = "/matters/{id}/step", .run = run_matter_offer};
const struct endpoint api_matter_decide = {.method = "POST",
                                           .pattern = "/matters/{id}/decisions",
                                           .members = decide_members,
                                           .run = run_matter_decide};
static const struct member decide_all_members[] = {{"manuscripts", MEMBER_IDS, true},
                                                   {"digests", MEMBER_DIGESTS, true},
                                                   {"step", MEMBER_TEXT, true},
                                                   {"outcome", MEMBER_TEXT, true},
                                                   {"answers", MEMBER_PAIRS, false},
                                                   {"opinion", MEMBER_TEXT, false},
                                                   {"password", MEMBER_TEXT, false},
                                                   {"code", MEMBER_TEXT, false},
                                                   {0}};
const struct endpoint api_decide_all = {.method = "POST",
                                        .pattern = "/decisions",
                                        .members = decide_all_members,
                                        .run = run_decide_all};
const struct endpoint api_decisions = {
    .method = "GET", .pattern = "/manuscripts/{id}/decisions", .run = run_decisions};
const struct endpoint api_recall = {.method = "POST",
                                    .pattern = "/manuscripts/{id}/recall",
                                    .members = recall_members,
                                    .run = run_recall,
                                    .again = show_manuscript};
const struct endpoint api_findings = {
    .method = "GET", .pattern = "/manuscripts/{id}/findings", .run = run_findings};
const struct endpoint api_history = {
    .method = "GET", .pattern = "/manuscripts/{id}/history", .run = run_history};
const struct endpoint api_form = {
    .method = "GET", .pattern = "/manuscripts/{id}/form", .run = run_form};
const struct endpoint api_form_pdf = {
    .method = "GET", .pattern = "/manuscripts/{id}/form.pdf", .run = run_form_pdf};

static enum status run_submit(struct exchange *exchange) {
    struct answer *declarations;
    struct content content;
    struct run run;
    id64 id = 0;
    int seen = exchange->seen;
    size_t count = body_answers(exchange, "declarations", &declarations);
    TRY(path_id(exchange, &id));
    if (seen == 0) {
        TRY(manuscript_draft(exchange->call, id, &content, &seen));
    }
    TRY(review_submit(exchange->call, id, seen, declarations, count, &run));
    return answer_manuscript(exchange, id);
}

static enum status run_offer(struct exchange *exchange) {
    struct manuscript manuscript;
    TRY(find_manuscript(exchange, &manuscript));
    return offer_on(exchange, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id});
}

static enum status run_matter_offer(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return offer_on(exchange, (struct subject){SUBJECT_MATTER, id});
}

static enum status offer_on(struct exchange *exchange, struct subject subject) {
    struct offer offer;
    TRY(review_offer(exchange->call, subject, 0, &offer));
    exchange->answer = json_pack(
        "{s:o,s:o,s:b,s:b,s:o,s:o,s:o,s:o}", "run", tell_run(exchange, &offer.run),
        "step", tell_step(exchange, &offer), "may_decide", offer.may_decide,
        "may_release_first", offer.may_release_first, "signatures",
        tell_signatures(exchange, &offer), "role", tell_text(offer.role), "unit",
        tell_id(exchange, offer.unit), "holders", tell_text(offer.holders));
    return DONE;
}

static enum status run_decide(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return decide_on(exchange, (struct subject){SUBJECT_MANUSCRIPT, id});
}

static enum status run_matter_decide(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return decide_on(exchange, (struct subject){SUBJECT_MATTER, id});
}

static enum status decide_on(struct exchange *exchange, struct subject subject) {
    struct answer *answers;
    struct digest *confirmed;
    id64 *columns;
    struct run run;
    size_t columns_count = body_ids(exchange, "columns", &columns);
    TRY(prove(exchange));
    struct verdict verdict = {.seen = body_digest(exchange, "digest"),
                              .step = body_text(exchange, "step"),
                              .outcome = body_text(exchange, "outcome"),
                              .role = body_text(exchange, "role"),
                              .opinion = body_text(exchange, "opinion"),
                              .channel = STR(""),
                              .paper_number = STR("")};
    verdict.answer_count = body_answers(exchange, "answers", &answers);
    verdict.answers = answers;
    verdict.confirmed_count = body_digests(exchange, "confirmed", &confirmed);
    verdict.confirmed = confirmed;
    if (columns_count > 0) {
        verdict.terms = publication_terms(exchange->call, columns, columns_count);
    }
    TRY(review_decide(exchange->call, subject, &verdict, &run));
    exchange->answer = json_pack("{s:o}", "run", tell_run(exchange, &run));
    return DONE;
}

/* One verdict for several items, digests in the order of the manuscripts. */
static enum status run_decide_all(struct exchange *exchange) {
    struct call *call = exchange->call;
    struct decided_item *results;
    struct answer *answers;
    struct digest *digests;
    id64 *ids;
    size_t count = body_ids(exchange, "manuscripts", &ids);
    if (body_digests(exchange, "digests", &digests) != count) {
        return call_refuse_field(call, "digests", "", "api.digests-match", NULL);
    }
    size_t answered = body_answers(exchange, "answers", &answers);
    struct verdict *verdicts = TAKE_ARRAY(call->arena, count + 1, struct verdict);
    for (size_t i = 0; i < count; i++) {
        verdicts[i] = (struct verdict){.seen = digests[i],
                                       .step = body_text(exchange, "step"),
                                       .outcome = body_text(exchange, "outcome"),
                                       .role = STR(""),
                                       .answers = answers,
                                       .answer_count = answered,
                                       .opinion = body_text(exchange, "opinion"),
                                       .channel = STR(""),
                                       .paper_number = STR("")};
    }
    TRY(prove(exchange));
    TRY(review_decide_all(call, ids, verdicts, count, &results));
    if (count == 1 && results[0].refusal != NULL) {
        call->refusal = results[0].refusal;
        return results[0].status;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, tell_decided(exchange, &results[i]));
    }
    exchange->answer = json_pack("{s:o}", "results", list);
    return DONE;
}

static json_t *tell_decided(struct exchange *exchange, const struct decided_item *item) {
    static const char *const names[] = {
        [DONE] = "done",       [ABSENT] = "absent", [DENIED] = "denied",
        [REFUSED] = "refused", [STALE] = "stale",   [FAILED] = "failed"};
    json_t *json =
        json_pack("{s:o,s:s}", "manuscript", tell_id(exchange, item->manuscript),
                  "status", names[item->status]);
    if (item->status == DONE) {
        json_object_set_new(json, "run", tell_run(exchange, &item->run));
    } else if (item->refusal != NULL) {
        json_t *no = tell_refusal(exchange, item->refusal);
        json_object_update(json, no);
        json_decref(no);
    }
    return json;
}

static enum status run_recall(struct exchange *exchange) {
    struct run run;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(review_recall(exchange->call, id, body_text(exchange, "reason"), &run));
    return answer_manuscript(exchange, id);
}

static enum status run_decisions(struct exchange *exchange) {
    struct manuscript manuscript;
    struct run *runs;
    size_t run_count = 0;
    TRY(find_manuscript(exchange, &manuscript));
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "decisions", list);
    TRY(review_runs(exchange->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id},
                    &runs, &run_count));
    for (size_t i = run_count; i > 0; i--) {
        struct decision *decisions;
        size_t count = 0;
        TRY(approval_history(exchange->call, runs[i - 1].id, &decisions, &count));
        for (size_t j = 0; j < count; j++) {
            json_array_append_new(list, tell_decision(exchange, &decisions[j]));
        }
    }
    return DONE;
}

static enum status run_findings(struct exchange *exchange) {
    struct manuscript manuscript;
    struct revision revision;
    struct findings findings;
    TRY(find_manuscript(exchange, &manuscript));
    TRY(manuscript_revision(exchange->call, manuscript.revision, &revision));
    TRY(screening_find(exchange->call, &revision.digest, &findings));
    json_t *list = json_array();
    for (size_t i = 0; i < findings.count; i++) {
        json_array_append_new(list, tell_finding(exchange, &findings.at[i]));
    }
    exchange->answer = json_pack(
        "{s:o,s:o,s:i,s:i,s:i,s:b}", "digest", tell_digest(exchange, &revision.digest),
        "findings", list, "blocking", findings.blocking, "judge", findings.judge, "notes",
        findings.notes, "partial", findings.partial);
    return DONE;
}

static enum status run_history(struct exchange *exchange) {
    struct manuscript manuscript;
    struct ledger_list list;
    TRY(find_manuscript(exchange, &manuscript));
    TRY(ledger_history(exchange->call,
                       (struct subject){SUBJECT_MANUSCRIPT, manuscript.id}, &list));
    json_t *entries = json_array();
    for (size_t i = 0; i < list.count; i++) {
        json_array_append_new(entries, tell_entry(exchange, &list.at[i]));
    }
    exchange->answer = json_pack("{s:o}", "entries", entries);
    return DONE;
}

static enum status run_form(struct exchange *exchange) {
    struct form form;
    TRY(find_form(exchange, &form));
    json_t *content = str_is_empty(form.content)
                          ? json_null()
                          : json_loadb(form.content.at, form.content.length, 0, NULL);
    exchange->answer = json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o}", "number", tell_text(form.number_text), "digest",
        tell_digest(exchange, &form.digest), "opened_at",
        tell_instant(exchange, form.opened_at), "made_at",
        tell_instant(exchange, form.made_at), "pdf", tell_digest(exchange, &form.pdf),
        "content", content == NULL ? json_null() : content);
    return DONE;
}

static enum status run_form_pdf(struct exchange *exchange) {
    struct form form;
    struct bytes pdf;
    TRY(find_form(exchange, &form));
    TRY(filing_form_pdf(exchange->call, &form, &pdf));
    response_body(exchange->response, 200, "application/pdf",
                  (struct str){(const char *)pdf.at, pdf.length});
    response_download(
        exchange->response,
        str_format(exchange->call->arena, "%.*s.pdf", STR_ARG(form.number_text)),
        "application/pdf", true);
    exchange->answered = true;
    return DONE;
}

static enum status show_manuscript(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return answer_manuscript(exchange, id);
}

static enum status show_run(struct exchange *exchange) {
    struct manuscript manuscript;
    struct run run;
    TRY(find_manuscript(exchange, &manuscript));
    TRY(review_run(exchange->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id},
                   &run));
    exchange->answer = json_pack("{s:o}", "run", tell_run(exchange, &run));
    return DONE;
}

static enum status find_manuscript(struct exchange *exchange,
                                   struct manuscript *out_manuscript) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return manuscript_find(exchange->call, id, out_manuscript);
}

/* Where several sign: the posts, who has signed, and for whom it waits. */
static json_t *tell_signatures(struct exchange *exchange, const struct offer *offer) {
    json_t *list = json_array();
    for (size_t i = 0; i < offer->signature_count; i++) {
        const struct cosignature *signature = &offer->signatures[i];
        struct str post = text_in(signature->title, exchange->call->language);
        json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "post", tell_text(post),
                                              "holders", tell_text(signature->holders),
                                              "signer", tell_text(signature->signer)));
    }
    return list;
}

/* What the step asks and which outcomes it has, as the decision form shows them. */
static json_t *tell_step(struct exchange *exchange, const struct offer *offer) {
    const struct step *step = offer->step;
    struct str language = exchange->call->language;
    json_t *outcomes = json_array();
    json_t *questions = json_array();
    if (step == NULL) {
        json_decref(outcomes);
        json_decref(questions);
        return json_null();
    }
    for (size_t i = 0; i < step->outcome_count; i++) {
        const struct outcome *outcome = &step->outcomes[i];
        json_array_append_new(
            outcomes,
            json_pack("{s:o,s:o,s:b,s:o}", "code", tell_text(outcome->code), "title",
                      tell_text(text_in(outcome->title, language)), "reason",
                      outcome->reason, "rule", tell_text(outcome->basis.id)));
    }
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &offer->book->questions[step->asks[i]];
        json_array_append_new(
            questions,
            json_pack("{s:o,s:o,s:b,s:o}", "code", tell_text(question->code), "title",
                      tell_text(text_in(question->title, language)), "optional",
                      question->optional, "rule", tell_text(question->basis.id)));
    }
    return json_pack("{s:o,s:o,s:b,s:o,s:o,s:o}", "code", tell_text(step->code), "title",
                     tell_text(text_in(step->title, language)), "signature",
                     step->signature, "rule", tell_text(step->basis.id), "outcomes",
                     outcomes, "questions", questions);
}

/* What a stranger needs to check it. */
static json_t *tell_signature(const struct signature *signature) {
    json_t *json = json_object();
    json_object_set_new(json, "act", tell_text(signature->act));
    json_object_set_new(json, "statement", tell_text(signature->statement));
    json_object_set_new(json, "key", tell_text(signature->key));
    json_object_set_new(json, "certificate", tell_text(signature->certificate));
    json_object_set_new(json, "signature", tell_text(signature->signature));
    return json;
}

static json_t *tell_decision(struct exchange *exchange, const struct decision *decision) {
    json_t *answers = json_object();
    for (size_t i = 0; i < decision->answer_count; i++) {
        json_object_set_new(
            answers, str_text(exchange->call->arena, decision->answers[i].question),
            tell_text(decision->answers[i].value));
    }
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, decision->id));
    json_object_set_new(json, "run", tell_id(exchange, decision->run));
    json_object_set_new(json, "round", json_integer(decision->round));
    json_object_set_new(json, "turn", json_integer(decision->turn));
    json_object_set_new(json, "step", tell_text(decision->step));
    json_object_set_new(json, "outcome", tell_text(decision->outcome));
    json_object_set_new(json, "digest", tell_digest(exchange, &decision->digest));
    json_object_set_new(json, "answers", answers);
    json_object_set_new(json, "opinion", tell_text(decision->opinion));
    json_object_set_new(json, "person", tell_person(exchange, decision->person));
    if (decision->stands_for != 0) {
        json_object_set_new(json, "stands_for",
                            tell_person(exchange, decision->stands_for));
    }
    json_object_set_new(json, "role", tell_text(decision->role));
    json_object_set_new(json, "unit", tell_id(exchange, decision->unit));
    json_object_set_new(json, "by_contributor", json_boolean(decision->by_contributor));
    struct signature signature;
    if (approval_signature_newest(exchange->call, decision->id, &signature) == DONE) {
        json_object_set_new(json, "signed", tell_signature(&signature));
    }
    json_object_set_new(json, "channel", tell_text(decision->channel));
    json_object_set_new(json, "at", tell_instant(exchange, decision->at));
    return json;
}

static json_t *tell_finding(struct exchange *exchange, const struct finding *finding) {
    static const char *const severities[] = {
        [SEVERITY_BLOCK] = "block", [SEVERITY_JUDGE] = "judge", [SEVERITY_NOTE] = "note"};
    json_t *json = json_object();
    json_object_set_new(json, "severity", json_string(severities[finding->severity]));
    json_object_set_new(json, "code", tell_text(finding->words));
    json_object_set_new(json, "rule", tell_text(finding->rule));
    json_object_set_new(json, "article", tell_text(article_of(exchange, finding->rule)));
    json_object_set_new(json, "shown", tell_text(finding->shown));
    json_object_set_new(json, "field", tell_text(finding->field));
    json_object_set_new(json, "part", tell_text(finding->part));
    json_object_set_new(json, "paragraph", json_integer(finding->paragraph));
    json_object_set_new(json, "from", json_integer(finding->from));
    json_object_set_new(json, "length", json_integer(finding->length));
    json_object_set_new(json, "offer", tell_text(finding->offer));
    json_object_set_new(json, "ruled", json_boolean(finding->ruled));
    return json;
}

/* The form of the text that is decided on now, else that of an earlier run. */
static enum status find_form(struct exchange *exchange, struct form *out_form) {
    struct manuscript manuscript;
    struct run *runs;
    size_t count = 0;
    TRY(find_manuscript(exchange, &manuscript));
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript.id};
    TRY(review_runs(exchange->call, subject, &runs, &count));
    for (size_t i = 0; i < count; i++) {
        const struct rulebook *book =
            shelf_find(exchange->api->house->shelf, &runs[i].rulebook_digest);
        for (size_t f = 0; book != NULL && f < book->filing_count; f++) {
            const struct series *series = &book->series[book->filings[f].series];
            enum status status =
                review_form_of(exchange->call, runs[i].site, series->code, subject,
                               &runs[i].digest, out_form);
            if (status != ABSENT) {
                return status;
            }
        }
    }
    return ABSENT;
}
