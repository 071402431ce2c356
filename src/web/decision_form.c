/*
 * Questions are "q-CODE", attachments "file-N"; their names come from the rulebook and
 * the text, so the tables below hold families.
 */
#include "decision_form.h"

#include "people/people.h"

#include <string.h>

#define DECISION_FIELDS                                                                  \
    {.name = "revision", .kind = FIELD_INT, .label = "review.revision"},                 \
        {.name = "digest",                                                               \
         .kind = FIELD_TEXT,                                                             \
         .required = true,                                                               \
         .label = "digest.whole"},                                                       \
        {.name = "act", .kind = FIELD_TEXT, .required = true, .label = "review.step"},   \
        {.name = "step", .kind = FIELD_TEXT, .label = "review.step"},                    \
        {.name = "post", .kind = FIELD_TEXT, .label = "review.as"},                      \
        {.name = "opinion",                                                              \
         .kind = FIELD_LINES,                                                            \
         .most = 2000,                                                                   \
         .label = "review.opinion"},                                                     \
        {.name = "q-*", .kind = FIELD_LINES, .most = 1000, .label = "review.opinion"}, { \
        .name = "file-*", .kind = FIELD_FLAG, .label = "review.files"                    \
    }

const struct field decision_fields[] = {DECISION_FIELDS, {.name = NULL}};

const struct field signed_fields[] = {
    DECISION_FIELDS,
    WEB_PROOF_FIELD,
    {.name = NULL},
};

static void add_question(struct visit *visit, struct model *decision, const char *name,
                         const struct question *question);
static void add_option(struct visit *visit, struct model *part, struct str value,
                       struct str label, struct str chosen);
static const char *field_of(struct visit *visit, struct str question);
static struct str spoken(struct str value);
static struct str shown_answer(struct visit *visit, const struct question *question,
                               struct str value);
static void keep(struct model *signing, const char *name, struct str value);

enum status decision_form_fill(struct visit *visit, const struct offer *offer,
                               const struct revision *revision) {
    struct call *call = visit->call;
    struct model *decision = model_part(web_model(visit), "decision");
    bool needs_reason = false;
    bool has_main =
        false; /* one button leads on at first sight, whatever the others do */
    (void)revision;
    for (size_t i = 0; i < offer->step->ask_count; i++) {
        const struct question *question = &offer->book->questions[offer->step->asks[i]];
        add_question(visit, decision, field_of(visit, question->code), question);
    }
    for (size_t i = 0; i < offer->step->outcome_count; i++) {
        const struct outcome *outcome = &offer->step->outcomes[i];
        struct model *act = model_list_add(decision, "acts");
        needs_reason = needs_reason || outcome->reason;
        model_text(act, "value", outcome->code);
        model_text(act, "label", text_in(outcome->title, call->language));
        bool main = outcome->kind == OUTCOME_FORWARD && !has_main;
        has_main = has_main || main;
        model_flag(act, "main", main);
        model_flag(act, "heavy", outcome->kind == OUTCOME_BACK);
    }
    model_flag(decision, "may-return", needs_reason);
    model_text(decision, "opinion", decision_form_typed(visit, "opinion"));
    if (!str_is_empty(offer->step->basis.id)) {
        web_cite(visit, model_part(decision, "article"), offer->step->basis.id);
    }
    model_int(decision, "asked", (int64_t)offer->step->ask_count);
    model_int(decision, "answered", 0);
    return DONE;
}

enum status decision_form_read(struct visit *visit, const struct offer *offer,
                               struct verdict *out_verdict) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct revision revision;
    struct verdict verdict = {.run = offer->run.id,
                              .step = request_text(request, "step"),
                              .outcome = request_text(request, "act"),
                              .role = request_text(request, "post"),
                              .opinion = request_text(request, "opinion"),
                              .channel = STR(""),
                              .paper_number = STR("")};
    if (str_is_empty(verdict.step)) {
        verdict.step = offer->step->code;
    }
    if (digest_from_text(request_text(request, "digest"), &verdict.seen) != DONE) {
        return call_refuse_field(call, "digest", "", "form.not-a-choice", NULL);
    }
    struct answer *answers;
    verdict.answer_count = decision_form_answers(visit, &answers);
    verdict.answers = answers;
    TRY(manuscript_revision(call, offer->run.revision, &revision));
    struct digest *files =
        TAKE_ARRAY(call->arena, revision.content.attachment_count + 1, struct digest);
    for (size_t i = 0; i < request_count(request, "file-*"); i++) {
        struct str name = request_name_at(request, "file-*", i);
        int64_t number;
        if (str_to_int(str_part(name, 5, name.length), &number) == DONE && number >= 1 &&
            (size_t)number <= revision.content.attachment_count) {
            files[verdict.confirmed_count++] =
                revision.content.attachments[number - 1].digest;
        }
    }
    verdict.confirmed = files;
    *out_verdict = verdict;
    return DONE;
}

size_t decision_form_answers(struct visit *visit, struct answer **out_answers) {
    const struct request *request = visit->request;
    size_t count = request_count(request, "q-*");
    struct answer *answers = TAKE_ARRAY(visit->call->arena, count + 1, struct answer);
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, "q-*", i);
        answers[i] = (struct answer){.question = str_part(name, 2, name.length),
                                     .value = spoken(request_text_at(request, "q-*", i))};
    }
    *out_answers = answers;
    return count;
}

enum status decision_form_check(struct visit *visit, const struct offer *offer,
                                const struct revision *revision,
                                const struct verdict *verdict) {
    struct call *call = visit->call;
    const struct step *step = offer->step;
    enum status answer = DONE;
    if (!digest_equal(&verdict->seen, &revision->digest)) {
        return call_refuse(call, STALE, "", "review.newer-text", NULL);
    }
    int outcome = step_outcome(step, verdict->outcome);
    if (outcome == NO_INDEX) {
        return call_refuse_field(call, "act", "", "form.not-a-choice", NULL);
    }
    bool onward = step->outcomes[outcome].kind == OUTCOME_FORWARD;
    if (step->outcomes[outcome].reason && str_is_empty(str_trim(verdict->opinion))) {
        answer = call_refuse_field(
            call, "opinion", str_text(call->arena, step->outcomes[outcome].basis.id),
            "review.reason-first", NULL);
    }
    for (size_t i = 0; onward && i < step->ask_count; i++) {
        const struct question *question = &offer->book->questions[step->asks[i]];
        bool answered = false;
        for (size_t j = 0; j < verdict->answer_count; j++) {
            answered =
                answered || str_equal(verdict->answers[j].question, question->code);
        }
        if (!answered && !question->optional) {
            answer = call_refuse_field(
                call, field_of(visit, question->code),
                str_text(call->arena, question->basis.id), "review.answer-first",
                "question",
                str_text(call->arena, text_in(question->title, call->language)), NULL);
        }
    }
    for (size_t i = 0; onward && i < revision->content.attachment_count; i++) {
        const struct attachment *attachment = &revision->content.attachments[i];
        bool confirmed = attachment->in_body;
        for (size_t j = 0; j < verdict->confirmed_count && !confirmed; j++) {
            confirmed = digest_equal(&attachment->digest, &verdict->confirmed[j]);
        }
        if (!confirmed) {
            answer =
                call_refuse_field(call, str_format(call->arena, "file-%zu", i + 1).at, "",
                                  "review.file-first", "name",
                                  str_text(call->arena, attachment->name), NULL);
        }
    }
    return answer;
}

enum status decision_form_show(struct visit *visit, const struct offer *offer,
                               const struct revision *revision,
                               const struct verdict *verdict) {
    struct call *call = visit->call;
    struct model *signing = model_part(web_model(visit), "signing");
    const struct step *step = offer->step;
    int outcome = step_outcome(step, verdict->outcome);
    int held = rulebook_role(offer->book, offer->role); /* one of several may sign */
    const struct role *role = &offer->book->roles[held == NO_INDEX ? step->role : held];
    struct str id = id_to_text(call->arena, offer->run.subject.id);
    struct str post = text_in(role->title, call->language);
    (void)revision;
    model_text(signing, "post", post);
    for (size_t i = 0; i < verdict->answer_count; i++) {
        int asked = rulebook_question(offer->book, verdict->answers[i].question);
        if (asked == NO_INDEX) {
            continue;
        }
        const struct question *question = &offer->book->questions[asked];
        struct model *answer = model_list_add(signing, "answers");
        model_text(answer, "label", text_in(question->title, call->language));
        model_text(answer, "value",
                   shown_answer(visit, question, verdict->answers[i].value));
        keep(signing, field_of(visit, question->code), verdict->answers[i].value);
    }
    if (!str_is_empty(verdict->opinion)) {
        struct model *answer = model_list_add(signing, "answers");
        model_words(answer, "label", "review.opinion");
        model_text(answer, "value", verdict->opinion);
    }
    keep(signing, "digest", digest_to_text(call->arena, &verdict->seen));
    keep(signing, "act", verdict->outcome);
    keep(signing, "step", verdict->step);
    keep(signing, "opinion", verdict->opinion);
    for (size_t i = 0; i < request_count(visit->request, "file-*"); i++) {
        struct str name = request_name_at(visit->request, "file-*", i);
        keep(signing, str_text(call->arena, name), STR("1"));
    }
    if (outcome != NO_INDEX) {
        const struct outcome *chosen = &step->outcomes[outcome];
        struct model *answer = model_list_add(signing, "answers");
        model_words(answer, "label", "sign.outcome");
        model_text(answer, "value", text_in(chosen->title, call->language));
        model_flag(signing, "heavy", chosen->kind == OUTCOME_BACK);
        if (chosen->next != NO_INDEX) {
            struct str next =
                text_in(offer->route->steps[chosen->next].title, call->language);
            model_text(
                signing, "after",
                web_say(visit, "sign.then", "step", str_text(call->arena, next), NULL));
        }
    }
    model_text(signing, "button",
               web_say(visit, "sign.button", "post", str_text(call->arena, post), NULL));
    model_text(signing, "back",
               str_format(call->arena, "/manuscripts/%.*s/review", STR_ARG(id)));
    if (!str_is_empty(step->basis.id)) {
        web_cite(visit, model_part(signing, "rule"), step->basis.id);
    }
    return DONE;
}

bool request_is_typed(const struct visit *visit, const char *name) {
    return !str_is_empty(decision_form_typed(visit, name));
}

static void add_question(struct visit *visit, struct model *decision, const char *name,
                         const struct question *question) {
    struct call *call = visit->call;
    struct str label = text_in(question->title, call->language);
    struct str chosen = decision_form_typed(visit, name);
    struct model *part =
        model_list_add(decision, question->kind == QUESTION_TICK ? "ticks" : "questions");
    model_text(part, "name", str_of(name));
    if (!str_is_empty(question->basis.id)) {
        web_cite(visit, model_part(part, "rule"), question->basis.id);
    }
    if (question->prefill != DETECTOR_NONE) {
        model_words(part, "machine", "review.machine");
    }
    if (question->kind == QUESTION_TICK) {
        model_text(part, "text", label);
        model_flag(part, "ticked", !str_is_empty(chosen));
        return;
    }
    model_text(part, "label", label);
    model_flag(part, "must", !question->optional);
    model_flag(part, "written", question->kind == QUESTION_TEXT);
    model_text(part, "typed", chosen);
    if (question->kind == QUESTION_YES_NO) {
        add_option(visit, part, STR("no"), web_say(visit, "review.no", NULL), chosen);
        add_option(visit, part, STR("yes"), web_say(visit, "review.yes", NULL), chosen);
    }
    for (size_t i = 0; i < question->choice_count; i++) {
        add_option(visit, part, question->choices[i].code,
                   text_in(question->choices[i].title, call->language), chosen);
    }
}

static void add_option(struct visit *visit, struct model *part, struct str value,
                       struct str label, struct str chosen) {
    struct model *option = model_list_add(part, "options");
    (void)visit;
    model_text(option, "value", value);
    model_text(option, "label", label);
    model_flag(option, "chosen", str_equal(value, chosen));
}

struct str decision_form_typed(const struct visit *visit, const char *name) {
    const struct request *request = visit->request;
    static const char *const families[] = {"q-*", "file-*"};
    if (strcmp(visit->entry->method, "POST") != 0 && !visit->again) {
        return STR("");
    }
    if (strcmp(name, "opinion") == 0) {
        return request_typed(request, name);
    }
    for (size_t i = 0; i < LENGTH(families); i++) {
        size_t count = request_count(request, families[i]);
        for (size_t j = 0; j < count; j++) {
            if (str_is(request_name_at(request, families[i], j), name)) {
                struct str text = request_text_at(request, families[i], j);
                return str_is_empty(text) ? STR("1") : text;
            }
        }
    }
    return STR("");
}

static const char *field_of(struct visit *visit, struct str question) {
    return str_format(visit->call->arena, "q-%.*s", STR_ARG(question)).at;
}

/* A ticked box posts "1". */
static struct str spoken(struct str value) {
    return str_is(value, "1") ? STR("yes") : value;
}

static struct str shown_answer(struct visit *visit, const struct question *question,
                               struct str value) {
    for (size_t i = 0; i < question->choice_count; i++) {
        if (str_equal(question->choices[i].code, value)) {
            return text_in(question->choices[i].title, visit->call->language);
        }
    }
    if (question->kind == QUESTION_TEXT) {
        return value;
    }
    bool no = str_is(value, "no");
    return web_say(visit, no ? "review.no" : "review.yes", NULL);
}

static void keep(struct model *signing, const char *name, struct str value) {
    struct model *kept = model_list_add(signing, "kept");
    model_text(kept, "name", str_of(name));
    model_text(kept, "value", value);
}
