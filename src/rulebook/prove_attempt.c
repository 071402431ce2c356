/*
 * A state and an attempt in the transition function's own terms: where the item stands,
 * what is wished, by whom, and what is answered.
 */
#include "prove_own.h"

static int role_asked(const struct route *route, const struct step *step,
                      const struct attempt *attempt);
static uint8_t good_answer(const struct step *step, const struct outcome *outcome,
                           int asked, const struct question *question);

void attempt_put(const struct proving *proving, const struct state *state,
                 const struct attempt *attempt, struct move *out_move,
                 struct move_facts *out_facts) {
    static const enum move_kind kinds[] = {
        [TRY_DECIDE] = MOVE_DECIDE,     [TRY_EDIT] = MOVE_EDIT,
        [TRY_RECALL] = MOVE_RECALL,     [TRY_RELEASE] = MOVE_RELEASE,
        [TRY_SCHEDULE] = MOVE_SCHEDULE, [TRY_COME_DUE] = MOVE_RELEASE,
        [TRY_WITHDRAW] = MOVE_WITHDRAW, [TRY_RELEASE_FIRST] = MOVE_RELEASE_FIRST,
        [TRY_LAPSE] = MOVE_LAPSE,
    };
    const struct rulebook *book = proving->book;
    const struct route *route = &book->routes[state->route];
    const struct step *step = state_step(proving, state);
    *out_move = (struct move){
        .kind = kinds[attempt->kind],
        .step = attempt->lack == LACK_TURN ? (state->step + 1) % (int)route->step_count
                                           : NO_INDEX,
        .outcome = attempt->outcome,
        .signer = attempt->signer,
        .bulk = attempt->lack == LACK_SINGLENESS,
        .reason = attempt->lack != LACK_REASON,
        .channel = attempt->lack == LACK_PAPER ? CHANNEL_FACE : CHANNEL_SYSTEM};
    for (size_t i = 0; attempt->kind == TRY_DECIDE && i < step->ask_count; i++) {
        out_move->answers[i] = attempt_answer(proving, step, attempt, i);
    }
    int role = role_asked(route, step, attempt);
    uint64_t all =
        book->role_count >= 64 ? UINT64_MAX : ((uint64_t)1 << book->role_count) - 1;
    bool machine = attempt->kind == TRY_COME_DUE || attempt->lack == LACK_PERSON ||
                   (attempt->kind == TRY_LAPSE && attempt->actor == NOBODY);
    *out_facts = (struct move_facts){
        .roles = attempt->holds || role == NO_INDEX ? all : all & ~((uint64_t)1 << role),
        .contributor = actor_wrote(state, attempt->actor),
        .submitter = state->marks[0] == attempt->actor ||
                     (attempt->kind == TRY_DECIDE && step->kind == STEP_AUTHOR),
        .of_unit = !machine,
        .machine = machine,
        .proven = attempt->lack != LACK_PASSWORD,
        .stale = attempt->lack == LACK_CURRENCY,
        .standing = state->passed,
        .independent = (state->approved & ~state->own_hand) != 0,
        .blocking = NO_INDEX,
        .live_change = (state->flags & STATE_LIVE) != 0,
        .prepared = UINT32_MAX,
        .clock = attempt->lack == LACK_MUCH_TIME ? CLOCK_HARD_PASSED
                 : attempt->lack == LACK_TIME    ? CLOCK_SOFT_PASSED
                                                 : CLOCK_BEFORE,
        .lapsed = attempt->lack != LACK_PATIENCE};
    if (machine) {
        out_facts->roles = 0;
        out_facts->proven = false;
    }
    for (size_t i = 1; i < proving->mark_count; i++) {
        int decided = state->marks[i] == attempt->actor
                          ? route_step(route, proving->marks[i].step)
                          : NO_INDEX;
        out_facts->decided |= decided == NO_INDEX ? 0 : STEP_BIT(decided);
        out_facts->signed_here =
            out_facts->signed_here ||
            (decided == state->step &&
             (state->signers & STEP_BIT(proving->marks[i].signer)) != 0);
    }
    for (size_t i = 0; state->finding != FINDING_NONE && i < book->prohibition_count;
         i++) {
        const struct prohibition *prohibition = &book->prohibitions[i];
        if (prohibition->severity == SEVERITY_BLOCK &&
            prohibition->ruling == (state->finding == FINDING_RULABLE)) {
            out_facts->blocking = (int)i;
        }
    }
    if (attempt->lack == LACK_PREPARATION) {
        const struct step *of =
            attempt->kind == TRY_RELEASE_FIRST ? &route->steps[route->release] : step;
        out_facts->prepared &= ~STEP_BIT(of->prepared[attempt->index].preparation);
    }
}

uint8_t attempt_answer(const struct proving *proving, const struct step *step,
                       const struct attempt *attempt, size_t index) {
    const struct question *question = &proving->book->questions[step->asks[index]];
    bool here = attempt->index == index;
    if (attempt->outcome >= step->outcome_count) {
        return 0;
    }
    const struct outcome *outcome = &step->outcomes[attempt->outcome];
    if (here && attempt->pick != 0) {
        return attempt->pick;
    }
    if (here && attempt->lack == LACK_GOOD_ANSWER) {
        return answer_bad(question);
    }
    if (outcome->when != NULL && outcome->when->question == step->asks[index]) {
        return here && attempt->lack == LACK_ANSWER ? 0 : outcome->when->answer;
    }
    if (outcome->kind != OUTCOME_FORWARD || (here && attempt->lack == LACK_ANSWER)) {
        return 0;
    }
    return good_answer(step, outcome, step->asks[index], question);
}

struct position state_position(const struct state *state) {
    return (struct position){.step = state->step,
                             .carried = state->carried,
                             .round = state->round,
                             .passed = state->passed,
                             .did = state->did,
                             .signers = state->signers,
                             .live = (state->flags & STATE_OWED) != 0 ? 1 : 0};
}

enum lane state_lane(const struct state *state) {
    return (state->flags & STATE_HURRIED) != 0 ? LANE_EMERGENCY : LANE_ORDINARY;
}

int mark_of(const struct proving *proving, struct str step, size_t signer) {
    for (size_t i = 1; i < proving->mark_count; i++) {
        if (proving->marks[i].signer == signer &&
            str_equal(proving->marks[i].step, step)) {
            return (int)i;
        }
    }
    return NO_INDEX;
}

bool actor_wrote(const struct state *state, uint8_t actor) {
    return actor == A_WRITER ||
           (actor < A_WRITER && (state->writers & STEP_BIT(actor)) != 0);
}

/* The post that the wish is refused without. */
static int role_asked(const struct route *route, const struct step *step,
                      const struct attempt *attempt) {
    if (attempt->kind == TRY_WITHDRAW && route->release != NO_INDEX) {
        return route->steps[route->release].role;
    }
    if (attempt->kind == TRY_RELEASE_FIRST) {
        return route->owed == NULL ? NO_INDEX : route->owed->role;
    }
    return attempt->kind == TRY_DECIDE ? step_signer_role(step, attempt->signer)
                                       : step->role;
}

/* One that bars nothing, leads to no other outcome and, if there is such a one, is part
 * of an approval. */
static uint8_t good_answer(const struct step *step, const struct outcome *outcome,
                           int asked, const struct question *question) {
    uint8_t good = 0;
    for (uint8_t value = answers_most(question); value > 0; value--) {
        bool approves =
            question->kind != QUESTION_CHOICE || question->choices[value - 1].approves;
        bool better =
            good == 0 || approves ||
            (question->kind == QUESTION_CHOICE && !question->choices[good - 1].approves);
        bool elsewhere = outcome->when == NULL && answer_leads(step, asked, value);
        good = !question_is_bad(question, value) && better && !elsewhere ? value : good;
    }
    return good == 0 ? 1 : good;
}

/* Does *value* (0: any) of the question lead to an outcome of its own? */
bool answer_leads(const struct step *step, int asked, uint8_t value) {
    for (size_t i = 0; i < step->outcome_count; i++) {
        const struct outcome_when *when = step->outcomes[i].when;
        if (when != NULL && when->question == asked &&
            (value == 0 || when->answer == value)) {
            return true;
        }
    }
    return false;
}

uint8_t answer_bad(const struct question *question) {
    for (uint8_t value = 1; value <= answers_most(question); value++) {
        if (question_is_bad(question, value)) {
            return value;
        }
    }
    return 0;
}

uint8_t answers_most(const struct question *question) {
    return question->kind == QUESTION_YES_NO   ? 2
           : question->kind == QUESTION_CHOICE ? (uint8_t)question->choice_count
                                               : 1;
}

const struct step *state_step(const struct proving *proving, const struct state *state) {
    return &proving->book->routes[state->route].steps[state->step];
}
