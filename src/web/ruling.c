/*
 * 裁定: the writer says why a finding is none, the person whom the rulebook names
 * answers; both on the record, for one digest.
 */
#include "entries.h"
#include "listing.h"

#include "people/people.h"
#include "screening/screening.h"
#include "site/site.h"

static enum status run_form(struct visit *visit);
static enum status run_ask(struct visit *visit);
static enum status run_answer(struct visit *visit);
static enum status find_text(struct visit *visit, struct manuscript *manuscript,
                             struct revision *out_text);
static enum status find_finding(struct visit *visit, const struct digest *digest,
                                int64_t number, struct finding *out_finding);
static enum status find_ruling(struct visit *visit, id64 manuscript,
                               const struct digest *digest, const struct finding *finding,
                               struct ruling *out_ruling, bool *out_any);
static enum status fill_ruling(struct visit *visit, const struct manuscript *manuscript,
                               const struct finding *finding, int64_t number,
                               const struct ruling *ruling);
static const struct prohibition *prohibition_of(const struct rulebook *book,
                                                struct str rule);

static const struct field form_fields[] = {
    {.name = "finding", .kind = FIELD_INT, .label = "ruling.title"},
    {.name = NULL},
};
const struct entry ruling_form = {.method = "GET",
                                  .pattern = "/manuscripts/{manuscript}/rulings",
                                  .fields = form_fields,
                                  .may = WEB_STAFF,
                                  .run = run_form};

static const struct field ask_fields[] = {
    {.name = "finding", .kind = FIELD_INT, .required = true, .label = "ruling.title"},
    {.name = "digest", .kind = FIELD_TEXT, .required = true, .label = "digest.whole"},
    {.name = "ground",
     .kind = FIELD_LINES,
     .required = true,
     .most = 1000,
     .label = "ruling.ground"},
    {.name = NULL},
};
const struct entry ruling_ask = {.method = "POST",
                                 .pattern = "/manuscripts/{manuscript}/ruling",
                                 .fields = ask_fields,
                                 .may = WEB_STAFF,
                                 .form = &ruling_form,
                                 .run = run_ask};

static const struct field answer_fields[] = {
    {.name = "finding", .kind = FIELD_INT, .required = true, .label = "ruling.title"},
    {.name = "digest", .kind = FIELD_TEXT, .required = true, .label = "digest.whole"},
    {.name = "answer",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = "cleared|stands",
     .label = "ruling.answer"},
    WEB_REASON_FIELD("ruling.reason"),
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry ruling_answer = {.method = "POST",
                                    .pattern = "/manuscripts/{manuscript}/ruling/answer",
                                    .fields = answer_fields,
                                    .may = WEB_STAFF,
                                    .form = &ruling_form,
                                    .run = run_answer};

static enum status run_form(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision text;
    struct finding finding;
    struct ruling ruling = {0};
    bool any = false;
    int64_t number = request_int(visit->request, "finding");
    number = number < 1 ? 1 : number;
    TRY(find_text(visit, &manuscript, &text));
    struct str back = str_format(call->arena, "/manuscripts/%.*s",
                                 STR_ARG(id_to_text(call->arena, manuscript.id)));
    enum status found = find_finding(visit, &text.digest, number, &finding);
    if (found == ABSENT) { /* the link is older than the text: say so, lead on */
        return web_go_saying(visit, back, "ruling.gone", NULL);
    }
    TRY(found);
    TRY(find_ruling(visit, manuscript.id, &text.digest, &finding, &ruling, &any));
    TRY(part_head(visit, &manuscript, &text, NULL, back.at, "signed.see"));
    TRY(fill_ruling(visit, &manuscript, &finding, number, any ? &ruling : NULL));
    return web_page(visit, "ruling");
}

static enum status run_ask(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision text;
    struct finding finding;
    id64 ruling;
    int64_t number = request_int(visit->request, "finding");
    TRY(find_text(visit, &manuscript, &text));
    struct str digest = digest_to_text(call->arena, &text.digest);
    if (!str_equal(digest, request_text(visit->request, "digest"))) {
        return call_refuse(call, STALE, "", "review.newer-text", NULL);
    }
    TRY(find_finding(visit, &text.digest, number, &finding));
    TRY(screening_ask(call, manuscript.id, &text.digest, finding.rule, finding.shown,
                      request_text(visit->request, "ground"), &ruling));
    return web_go_saying(visit,
                         str_format(call->arena, "/manuscripts/%.*s",
                                    STR_ARG(id_to_text(call->arena, manuscript.id))),
                         "ruling.asked", NULL);
}

static enum status run_answer(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision text;
    struct finding finding;
    struct ruling ruling;
    bool any = false;
    TRY(find_text(visit, &manuscript, &text));
    struct str digest = digest_to_text(call->arena, &text.digest);
    if (!str_equal(digest, request_text(visit->request, "digest"))) {
        return call_refuse(call, STALE, "", "review.newer-text", NULL);
    }
    TRY(find_finding(visit, &text.digest, request_int(visit->request, "finding"),
                     &finding));
    TRY(find_ruling(visit, manuscript.id, &text.digest, &finding, &ruling, &any));
    if (!any) {
        return ABSENT;
    }
    TRY(web_prove(visit, "password"));
    TRY(screening_answer(call, ruling.id,
                         str_is(request_text(visit->request, "answer"), "cleared"),
                         request_text(visit->request, "reason")));
    return web_go_saying(visit,
                         str_format(call->arena, "/manuscripts/%.*s",
                                    STR_ARG(id_to_text(call->arena, manuscript.id))),
                         "ruling.done", NULL);
}

/* The text in question: the draft in its writer's hands, else the newest revision. */
static enum status find_text(struct visit *visit, struct manuscript *manuscript,
                             struct revision *out_text) {
    int version;
    TRY(part_manuscript(visit, manuscript));
    bool drafting = str_is(manuscript->state, "draft") ||
                    str_is(manuscript->state, "proof") ||
                    str_is(manuscript->state, "second-proof");
    if (!drafting && manuscript->revision != 0) {
        return manuscript_revision(visit->call, manuscript->revision, out_text);
    }
    struct revision text = {.manuscript = manuscript->id};
    TRY(manuscript_draft(visit->call, manuscript->id, &text.content, &version));
    text.digest = content_digest(&text.content);
    *out_text = text;
    return DONE;
}

static enum status find_finding(struct visit *visit, const struct digest *digest,
                                int64_t number, struct finding *out_finding) {
    struct findings findings;
    TRY(screening_find(visit->call, digest, &findings));
    if (number < 1 || (size_t)number > findings.count) {
        return ABSENT;
    }
    *out_finding = findings.at[number - 1];
    return DONE;
}

static enum status find_ruling(struct visit *visit, id64 manuscript,
                               const struct digest *digest, const struct finding *finding,
                               struct ruling *out_ruling, bool *out_any) {
    struct ruling *rulings;
    size_t count;
    TRY(screening_rulings(visit->call, manuscript, &rulings, &count));
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&rulings[i].digest, digest) &&
            str_equal(rulings[i].rule, finding->rule) &&
            str_equal(rulings[i].shown, finding->shown)) {
            *out_ruling = rulings[i];
            *out_any = true;
        }
    }
    return DONE;
}

static enum status fill_ruling(struct visit *visit, const struct manuscript *manuscript,
                               const struct finding *finding, int64_t number,
                               const struct ruling *ruling) {
    static const char *const answers[][2] = {{"cleared", "ruling.cleared"},
                                             {"stands", "ruling.stands"}};
    struct call *call = visit->call;
    const struct rulebook *book;
    struct people_brief person;
    bool rules = false;
    struct model *part = model_part(web_model(visit), "ruling");
    struct model *shown = model_list_add(part, "finding");
    TRY(site_rulebook(call, manuscript->site, &book));
    part_finding(visit, shown, manuscript->id, (int)number, finding);
    const struct prohibition *prohibition = prohibition_of(book, finding->rule);
    if (prohibition != NULL && prohibition->ruler != NO_INDEX) {
        const struct role *role = &book->roles[prohibition->ruler];
        struct str title = text_in(role->title, call->language);
        model_text(
            part, "judge",
            web_say(visit, "ruling.by", "role", str_text(call->arena, title), NULL));
        struct site site;
        TRY(site_find(call, manuscript->site, &site));
        TRY(people_holds(call, call->actor.person, str_text(call->arena, role->code),
                         people_anywhere_in(site.root), &rules));
    }
    web_cite(visit, model_part(part, "rule"), finding->rule);
    model_text(part, "ground", ruling == NULL ? STR("") : ruling->asked_why);
    if (ruling == NULL) {
        return DONE;
    }
    TRY(people_person_brief(call, ruling->asked_by, &person));
    struct model *asked = model_part(part, "asked");
    model_text(asked, "who", person.name);
    web_moment(visit, model_part(asked, "when"), ruling->asked_at);
    model_flag(part, "answer", rules && !ruling->answered);
    for (size_t i = 0; i < LENGTH(answers); i++) {
        struct model *answer = model_list_add(part, "answers");
        model_text(answer, "value", str_of(answers[i][0]));
        model_words(answer, "label", answers[i][1]);
    }
    return DONE;
}

static const struct prohibition *prohibition_of(const struct rulebook *book,
                                                struct str rule) {
    for (size_t i = 0; i < book->prohibition_count; i++) {
        if (str_equal(book->prohibitions[i].basis.id, rule)) {
            return &book->prohibitions[i];
        }
    }
    return NULL;
}
