/*
 * What a paper signature and a form's answers must look like before the rulebook
 * is asked.
 */
#include "review_own.h"

#include "people/people.h"

static bool answer_value(const struct question *question, struct str answer,
                         uint8_t *out_value);

enum status paper_must_fit(struct call *call, const struct passage *passage,
                           const struct verdict *verdict) {
    struct people_brief signer;
    enum status answer = DONE;
    bool wrote = false;
    TRY(passage_wrote(call, passage, call->actor.person, &wrote));
    if (wrote) {
        return call_refuse(call, DENIED, "", "review.paper-by-contributor", NULL);
    }
    TRY(people_person_brief(call, verdict->signer, &signer));
    if (verdict->signer == 0 || str_is_empty(signer.name)) {
        answer = call_refuse_field(call, "signer", "", "review.paper-signer", NULL);
    }
    if (verdict->face_day == 0 || verdict->face_day > instant_day(call->now)) {
        answer = call_refuse_field(call, "face-day", "", "review.paper-day", NULL);
    }
    if (str_is_empty(str_trim(verdict->paper_number)) && digest_is_none(&verdict->scan)) {
        answer = call_refuse_field(call, "scan", "", "review.paper-proof", NULL);
    }
    return answer;
}

enum status move_answers(struct call *call, const struct rulebook *book,
                         const struct step *step, const struct answer *answers,
                         size_t count, struct move *move) {
    enum status status = DONE;
    for (size_t i = 0; i < count; i++) {
        bool asked = false;
        for (size_t j = 0; j < step->ask_count && !asked; j++) {
            const struct question *question = &book->questions[step->asks[j]];
            if (!str_equal(question->code, answers[i].question)) {
                continue;
            }
            asked = true;
            if (!answer_value(question, answers[i].value, &move->answers[j])) {
                status = call_refuse_field(
                    call, str_text(call->arena, question->code),
                    str_text(call->arena, question->basis.id), "review.answer-unknown",
                    "question",
                    str_text(call->arena, text_in(question->title, call->language)),
                    NULL);
            }
        }
        if (!asked) {
            status = call_refuse_field(call, str_text(call->arena, answers[i].question),
                                       "", "review.question-unknown", "question",
                                       str_text(call->arena, answers[i].question), NULL);
        }
    }
    return status;
}

enum status passage_wrote(struct call *call, const struct passage *passage, id64 person,
                          bool *out_wrote) {
    id64 *contributors;
    size_t count;
    if (passage->run.subject.kind != SUBJECT_MANUSCRIPT) {
        *out_wrote = passage->run.submitter == person;
        return DONE;
    }
    TRY(manuscript_contributors(call, passage->manuscript.id, &contributors, &count));
    *out_wrote = false;
    for (size_t i = 0; i < count; i++) {
        *out_wrote = *out_wrote || contributors[i] == person;
    }
    return DONE;
}

/* The small numbers of move.h: 0 unanswered, tick 1, no 1, yes 2, choices from 1. */
static bool answer_value(const struct question *question, struct str answer,
                         uint8_t *out_value) {
    *out_value = 0;
    if (str_is_empty(str_trim(answer))) {
        return true;
    }
    switch (question->kind) {
    case QUESTION_TICK:
        *out_value = str_is(answer, "yes") || str_is(answer, "tick");
        return *out_value == 1 || str_is(answer, "no");
    case QUESTION_YES_NO:
        *out_value = str_is(answer, "yes") ? 2 : str_is(answer, "no") ? 1 : 0;
        return *out_value != 0;
    case QUESTION_CHOICE:
        for (size_t i = 0; i < question->choice_count; i++) {
            if (str_equal(question->choices[i].code, answer)) {
                *out_value = (uint8_t)(i + 1);
                return true;
            }
        }
        return false;
    case QUESTION_TEXT:
        *out_value = 1;
        return true;
    }
    return false;
}
