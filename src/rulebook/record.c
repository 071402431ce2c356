/*
 * The arithmetic of decisions: where they lead, what of them stands on the present text,
 * and what is an approval.  The moves and the record share it.
 */
#include "rulebook_own.h"

#define BIT(index) ((uint32_t)1 << (index))

static uint32_t approved_on_record(const struct rulebook *book, const struct route *route,
                                   const struct past *pasts, size_t count,
                                   bool *out_other_eye);
static bool waits_for_more(const struct rulebook *book, const struct step *step,
                           const struct outcome *outcome, const uint8_t *answers,
                           size_t signer, struct position *next);
static uint8_t count_of(uint8_t bits);

struct position rulebook_replay(const struct rulebook *book, const struct route *route,
                                int round, const struct past *pasts, size_t count) {
    struct position position = route_start(route);
    position.round = (uint16_t)round;
    for (size_t i = 0; i < count; i++) {
        const struct past *past = &pasts[i];
        if (past->step == NO_INDEX || past->outcome == NO_INDEX) {
            continue;
        }
        const struct step *step = &route->steps[past->step];
        if (step->outcomes[past->outcome].kind == OUTCOME_ONTO) {
            continue; /* the round it opened is another route's */
        }
        position.signers = position.step == past->step ? position.signers : 0;
        position.step = (uint8_t)past->step;
        position_settle(book, step, &step->outcomes[past->outcome], past->answers,
                        past->signer, &position);
        if (!past->current) {
            position.passed &= ~BIT(past->step);
            position.carried = 0;
            position.signers = 0;
        }
        position.round = (uint16_t)round;
    }
    return position;
}

void rulebook_standing(const struct route *route, const struct position *position,
                       const struct past *pasts, size_t count, struct move_facts *facts) {
    uint8_t signers[RULEBOOK_STEPS_MOST] = {0};
    uint32_t current = 0;
    uint32_t others = 0;
    for (size_t i = 0; i < count; i++) {
        if (pasts[i].step == NO_INDEX || pasts[i].outcome == NO_INDEX) {
            continue;
        }
        uint32_t here = BIT(pasts[i].step);
        const struct step *step = &route->steps[pasts[i].step];
        uint8_t *signed_by = &signers[pasts[i].step];
        bool onward =
            pasts[i].current && step->outcomes[pasts[i].outcome].kind == OUTCOME_FORWARD;
        bool again = step->joint == NULL || !onward || *signed_by == 0 ||
                     count_of(*signed_by) >= step_signatures(step);
        bool other = step->kind == STEP_REVIEW && !pasts[i].by_contributor;
        *signed_by =
            (uint8_t)((again ? 0 : *signed_by) | (onward ? BIT(pasts[i].signer) : 0));
        current = pasts[i].current ? current | here : current & ~here;
        /* Of several signatures on one text a single one by another hand is enough. */
        others = other ? others | here : again ? others & ~here : others;
    }
    facts->standing = position->passed & current;
    facts->independent = (facts->standing & others) != 0;
}

bool rulebook_is_decided(const struct rulebook *book, const struct route *route,
                         const struct past *pasts, size_t count, bool *out_other_eye) {
    uint32_t approved = approved_on_record(book, route, pasts, count, out_other_eye);
    return route->demanded != 0 && rulebook_missing(route, approved) == 0;
}

bool rulebook_is_granted(const struct rulebook *book, const struct route *route,
                         const struct past *pasts, size_t count) {
    bool other_eye = false;
    uint32_t approved = approved_on_record(book, route, pasts, count, &other_eye);
    return route->owed != NULL &&
           (rulebook_missing(route, approved) & ~route->owed->steps) == 0;
}

/* Bits of the steps whose latest word is an approval of the present text; where several
 * sign, all the signatures since the step was last begun. */
static uint32_t approved_on_record(const struct rulebook *book, const struct route *route,
                                   const struct past *pasts, size_t count,
                                   bool *out_other_eye) {
    uint8_t signers[RULEBOOK_STEPS_MOST] = {0};
    uint32_t approved = 0;
    uint32_t others = 0;
    for (size_t i = 0; i < count; i++) {
        const struct past *past = &pasts[i];
        if (past->step == NO_INDEX || past->outcome == NO_INDEX) {
            continue;
        }
        const struct step *step = &route->steps[past->step];
        uint32_t here = BIT(past->step);
        bool stands =
            past->current &&
            outcome_approves(book, step, &step->outcomes[past->outcome], past->answers);
        bool again = !stands || (approved & here) != 0 || signers[past->step] == 0;
        bool other = stands && step->kind == STEP_REVIEW && !past->by_contributor;
        signers[past->step] = (uint8_t)((again ? 0 : signers[past->step]) |
                                        (stands ? BIT(past->signer) : 0));
        bool enough = count_of(signers[past->step]) >= step_signatures(step);
        approved = stands && enough ? approved | here : approved & ~here;
        others = other ? others | here : again ? others & ~here : others;
    }
    *out_other_eye = (others & approved) != 0;
    return approved;
}

/* An approval: it goes on, and no carried answer takes it elsewhere. */
bool outcome_approves(const struct rulebook *book, const struct step *step,
                      const struct outcome *outcome, const uint8_t *answers) {
    if (outcome->kind != OUTCOME_FORWARD) {
        return false;
    }
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &book->questions[step->asks[i]];
        if (question->kind == QUESTION_CHOICE && answers[i] > 0 &&
            answers[i] <= question->choice_count &&
            !question->choices[answers[i] - 1].approves) {
            return false;
        }
    }
    return true;
}

/* *next* is the position before, and becomes the one after. */
void position_settle(const struct rulebook *book, const struct step *step,
                     const struct outcome *outcome, const uint8_t *answers, size_t signer,
                     struct position *next) {
    uint32_t here = BIT(next->step);
    bool approving = outcome_approves(book, step, outcome, answers);
    if (waits_for_more(book, step, outcome, answers, signer, next)) {
        next->did |= here;
        next->passed &= ~here;
        return;
    }
    next->step = (uint8_t)outcome->next;
    next->did |= here;
    next->passed = approving ? next->passed | here : next->passed & ~here;
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &book->questions[step->asks[i]];
        if (question->carries && outcome->kind == OUTCOME_FORWARD) {
            next->carried = answers[i];
        }
    }
    if (outcome->kind == OUTCOME_BACK) {
        /* What lies behind the place it returns to must be decided anew. */
        next->passed &= BIT(outcome->next) - 1;
        next->carried = 0;
    }
    if (outcome->new_round) {
        next->round = (uint16_t)(next->round < UINT16_MAX ? next->round + 1 : UINT16_MAX);
        next->did = 0;
        next->passed = 0;
    }
}

/* A signature where several sign, and not the last: it waits where it is. */
static bool waits_for_more(const struct rulebook *book, const struct step *step,
                           const struct outcome *outcome, const uint8_t *answers,
                           size_t signer, struct position *next) {
    uint8_t signers = (uint8_t)(next->signers | BIT(signer));
    bool waits = step->joint != NULL && outcome_approves(book, step, outcome, answers) &&
                 count_of(signers) < step_signatures(step);
    next->signers = waits ? signers : 0;
    return waits;
}

static uint8_t count_of(uint8_t bits) {
    uint8_t count = 0;
    for (; bits != 0; bits &= (uint8_t)(bits - 1)) {
        count++;
    }
    return count;
}
