/*
 * Sample persons walking a manuscript along its route.
 */
#include "trial/trial.h"

#include "manuscript/manuscript.h"
#include "people/people.h"
#include "publication/publication.h"
#include "rulebook/rulebook.h"

static enum status find_doer(struct call *call, struct subject subject,
                             struct offer *out_offer);
static enum status submit(struct call *call, id64 manuscript, const struct rulebook *book,
                          const struct route *route);
static struct str good_answer(const struct question *question);
static size_t declarations_of(struct call *call, const struct rulebook *book,
                              const struct route *route, struct answer **out_answers);
static enum status step_by(struct call *call, id64 manuscript, const struct offer *offer,
                           struct str outcome, struct str opinion);
static enum status start(struct call *call, id64 manuscript);
static enum status is_under_way(struct call *call, id64 manuscript, bool *out_is);

enum status trial_walk(struct call *call, id64 manuscript, struct str step) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct actor before = call->actor;
    enum status status = start(call, manuscript);
    for (int i = 0; status == DONE && i < 2 * RULEBOOK_STEPS_MOST; i++) {
        struct offer offer;
        status = find_doer(call, subject, &offer);
        bool is_there =
            status == DONE && (str_is_empty(step) ? offer.step->kind == STEP_RELEASE ||
                                                        offer.step->kind == STEP_END
                                                  : str_equal(offer.step->code, step));
        if (status != DONE || is_there) {
            break;
        }
        status = step_by(call, manuscript, &offer, STR(""), STR(""));
    }
    call->actor = before;
    return status;
}

enum status trial_release(struct call *call, id64 manuscript) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct actor before = call->actor;
    struct offer offer;
    struct release *releases;
    size_t count;
    enum status status = trial_walk(call, manuscript, STR(""));
    status = status == DONE ? find_doer(call, subject, &offer) : status;
    if (status == DONE) {
        struct release_order order = {
            .manuscript = manuscript, .seen = offer.run.digest, .reason = STR("样例")};
        status = publication_release(call, &order, &releases, &count);
    }
    call->actor = before;
    return status;
}

enum status trial_step(struct call *call, id64 manuscript, struct str outcome,
                       struct str opinion) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct actor before = call->actor;
    struct offer offer;
    enum status status = find_doer(call, subject, &offer);
    if (status == DONE) {
        status = step_by(call, manuscript, &offer, outcome, opinion);
    }
    call->actor = before;
    return status;
}

size_t trial_good_answers(struct call *call, const struct rulebook *book,
                          const struct step *step, struct answer **out_answers) {
    struct answer *answers = TAKE_ARRAY(call->arena, step->ask_count + 1, struct answer);
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &book->questions[step->asks[i]];
        answers[i] =
            (struct answer){.question = question->code, .value = good_answer(question)};
    }
    *out_answers = answers;
    return step->ask_count;
}

/* A draft that is in nobody's hands, new or a change of what is live, is handed in by its
 * author. */
static enum status start(struct call *call, id64 manuscript) {
    struct manuscript found;
    TRY(manuscript_peek(call, manuscript, &found));
    call->actor = (struct actor){.person = found.author, .freshly_proven = true};
    bool under_way = false;
    TRY(is_under_way(call, manuscript, &under_way));
    return under_way ? DONE : trial_hand_in(call, manuscript);
}

enum status trial_hand_in(struct call *call, id64 manuscript) {
    const struct rulebook *book;
    struct item_facts item;
    struct no no;
    int route;
    TRY(review_item_facts(call, manuscript, &book, &item));
    if (rulebook_route_for(book, &item, &route, &no) != DONE) {
        return rulebook_refuse(call, book, &no);
    }
    return submit(call, manuscript, book, &book->routes[route]);
}

static enum status is_under_way(struct call *call, id64 manuscript, bool *out_is) {
    struct run *runs;
    size_t count;
    TRY(review_runs(call, (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                    &runs, &count));
    *out_is = false;
    for (size_t i = 0; i < count; i++) {
        *out_is = *out_is || runs[i].open;
    }
    return DONE;
}

static enum status submit(struct call *call, id64 manuscript, const struct rulebook *book,
                          const struct route *route) {
    struct content draft;
    struct answer *declarations;
    struct run run;
    int version;
    TRY(manuscript_draft(call, manuscript, &draft, &version));
    size_t count = declarations_of(call, book, route, &declarations);
    return review_submit(call, manuscript, version, declarations, count, &run);
}

static size_t declarations_of(struct call *call, const struct rulebook *book,
                              const struct route *route, struct answer **out_answers) {
    struct answer *all = TAKE_ARRAY(
        call->arena, route->step_count * RULEBOOK_QUESTIONS_MOST + 1, struct answer);
    size_t count = 0;
    for (size_t i = 0; i < route->step_count; i++) {
        struct answer *answers;
        if (route->steps[i].kind != STEP_AUTHOR) {
            continue;
        }
        size_t asked = trial_good_answers(call, book, &route->steps[i], &answers);
        for (size_t j = 0; j < asked; j++) {
            all[count++] = answers[j];
        }
    }
    *out_answers = all;
    return count;
}

/* Among the holders of the present step's role the first whom the hands allow. */
static enum status find_doer(struct call *call, struct subject subject,
                             struct offer *out_offer) {
    struct people_holdings holdings;
    struct manuscript manuscript;
    TRY(manuscript_peek(call, subject.id, &manuscript));
    call->actor = (struct actor){.person = manuscript.author, .freshly_proven = true};
    TRY(review_offer(call, subject, 0, out_offer));
    if (out_offer->may_decide || out_offer->step->kind == STEP_END) {
        return DONE;
    }
    TRY(people_holders(call, str_text(call->arena, out_offer->role), out_offer->unit,
                       &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        call->actor.person = holdings.at[i].person;
        TRY(review_offer(call, subject, 0, out_offer));
        if (out_offer->may_decide) {
            return DONE;
        }
    }
    return call_refuse(call, REFUSED, "", "review.unit-missing", "unit",
                       str_text(call->arena, out_offer->holders), NULL);
}

static enum status step_by(struct call *call, id64 manuscript, const struct offer *offer,
                           struct str outcome, struct str opinion) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    const struct step *step = offer->step;
    struct revision revision;
    struct answer *answers;
    struct run run;
    if (step->kind == STEP_AUTHOR && str_is_empty(outcome)) {
        return submit(call, manuscript, offer->book, offer->route);
    }
    TRY(manuscript_revision(call, offer->run.revision, &revision));
    struct digest *files =
        TAKE_ARRAY(call->arena, revision.content.attachment_count + 1, struct digest);
    for (size_t i = 0; i < revision.content.attachment_count; i++) {
        files[i] = revision.content.attachments[i].digest;
    }
    struct verdict verdict = {.run = offer->run.id,
                              .seen = offer->run.digest,
                              .step = step->code,
                              .outcome = outcome,
                              .role = offer->role,
                              .opinion = opinion,
                              .confirmed = files,
                              .confirmed_count = revision.content.attachment_count,
                              .channel = STR(""),
                              .paper_number = STR("")};
    if (str_is_empty(outcome)) {
        int forward = step_forward(step);
        for (size_t i = 0; forward == NO_INDEX && i < step->outcome_count; i++) {
            forward = step->outcomes[i].kind == OUTCOME_FORWARD ? (int)i : NO_INDEX;
        }
        if (forward == NO_INDEX) {
            return log_failed("the step %.*s leads nowhere", STR_ARG(step->code));
        }
        verdict.outcome = step->outcomes[forward].code;
    }
    verdict.answer_count = trial_good_answers(call, offer->book, step, &answers);
    verdict.answers = answers;
    return review_decide(call, subject, &verdict, &run);
}

static struct str good_answer(const struct question *question) {
    switch (question->kind) {
    case QUESTION_TICK:
        return STR("yes");
    case QUESTION_YES_NO:
        return question->bad == 1 ? STR("yes") : STR("no");
    case QUESTION_CHOICE:
        for (size_t i = 0; i < question->choice_count; i++) {
            if (question->choices[i].approves) {
                return question->choices[i].code;
            }
        }
        for (size_t i = 0; i < question->choice_count; i++) {
            if (!question->choices[i].bad) {
                return question->choices[i].code;
            }
        }
        return STR("");
    case QUESTION_TEXT:
        return STR("已核对");
    }
    return STR("");
}
