/*
 * The walk itself: from every beginning, breadth first, until nothing new is found or
 * something is accepted that must not be; so the first breach has the shortest story.
 */
#include "prove_own.h"

#include <string.h>

#define PASTS_MOST 256

static bool collect_marks(struct proving *proving);
static bool add_marks(struct proving *proving, const struct step *step, bool kept);
static void begin(struct proving *proving);
static bool take(struct proving *proving, const struct state *state,
                 const struct attempt *attempt);
static bool befall(struct proving *proving, const struct state *state,
                   const struct attempt *attempt);
static bool arrive(struct proving *proving, const struct state *before,
                   const struct attempt *attempt, struct state *next);
static void settle_end(const struct proving *proving, struct state *next);
static void note_refusal(struct proving *proving, const struct state *state,
                         const struct attempt *attempt);
static bool replay_agrees(const struct proving *proving, uint32_t number);
static size_t pasts_of(const struct proving *proving, uint32_t number,
                       struct past out_pasts[PASTS_MOST]);
static bool opens_round(const struct proving *proving, const struct state *before,
                        const struct attempt *attempt);
static void look_for_dead_end(struct proving *proving);
static void look_for_unreached(struct proving *proving);
static bool find_unreached(const struct proving *proving, size_t *out_route,
                           const struct basis **out_basis);

void rulebook_prove(struct arena *arena, const struct rulebook *book,
                    const struct prove_engine *engine, struct proof *out_proof) {
    static const struct prove_engine real = {rulebook_move, rulebook_replay};
    struct proof proof = {.answer = PROOF_HOLDS, .route = NO_INDEX};
    struct proving *proving = TAKE(arena, struct proving);
    *proving = (struct proving){.arena = arena,
                                .book = book,
                                .engine = engine == NULL ? real : *engine,
                                .proof = &proof,
                                .mark_count = 1};
    proving->reached = TAKE_ARRAY(arena, book->route_count + 1, uint32_t);
    proving->happened =
        TAKE_ARRAY(arena, (book->route_count + 1) * RULEBOOK_STEPS_MOST, uint32_t);
    if (!collect_marks(proving) || book->route_count > UINT8_MAX) {
        proving->too_large = true;
    } else {
        begin(proving);
    }
    for (size_t i = 0; i < proving->state_count && !proving->too_large; i++) {
        struct state state = proving->states[i];
        proving->current = (uint32_t)i;
        if (!attempts_of(proving, &state, take)) {
            break;
        }
    }
    if (proof.answer == PROOF_HOLDS && proving->too_large) {
        proof.answer = PROOF_TOO_LARGE;
    }
    if (proof.answer == PROOF_HOLDS) {
        look_for_dead_end(proving);
    }
    if (proof.answer == PROOF_HOLDS) {
        look_for_unreached(proving);
    }
    proof.states = proving->state_count;
    *out_proof = proof;
}

bool proof_is_vacuous(const struct rulebook *book, const struct proof *proof,
                      enum claim claim) {
    (void)book;
    return proof->answer == PROOF_HOLDS && proof->met[claim] == 0;
}

/* The steps that a hand rule looks back to: who decided there must be known. */
static bool collect_marks(struct proving *proving) {
    for (size_t i = 0; i < proving->book->route_count; i++) {
        const struct route *route = &proving->book->routes[i];
        uint32_t looked_at = 0;
        for (size_t j = 0; j < route->step_count; j++) {
            for (size_t k = 0; k < route->steps[j].hand_count; k++) {
                looked_at |= route->steps[j].hands[k].steps;
            }
        }
        for (size_t j = 0; j < route->step_count; j++) {
            bool kept = (looked_at & STEP_BIT(j)) != 0;
            if ((kept || route->steps[j].joint != NULL) &&
                !add_marks(proving, &route->steps[j], kept)) {
                return false;
            }
        }
    }
    return true;
}

/* One for each signature of the step; false if there is no room. */
static bool add_marks(struct proving *proving, const struct step *step, bool kept) {
    for (size_t i = 0; i < step_signers(step); i++) {
        int known = mark_of(proving, step->code, i);
        if (known != NO_INDEX) {
            proving->marks[known].kept = proving->marks[known].kept || kept;
            continue;
        }
        if (proving->mark_count == MARKS_MOST) {
            return false;
        }
        proving->marks[proving->mark_count++] =
            (struct mark){.step = step->code, .signer = (uint8_t)i, .kept = kept};
    }
    return true;
}

static void begin(struct proving *proving) {
    const struct rulebook *book = proving->book;
    struct attempt none = {0};
    uint32_t number;
    for (size_t i = 0; i < book->route_count; i++) {
        bool hurried =
            book->routes[i].subject == ROUTE_OF_MANUSCRIPT && book->emergency != NULL;
        for (unsigned lane = 0; lane < (hurried ? 2U : 1U); lane++) {
            struct state state = state_begin(proving, i, lane == 0 ? 0 : STATE_HURRIED);
            state_add(proving, &state, UINT32_MAX, &none, &number);
            proving->reached[i] |= STEP_BIT(state.step);
        }
    }
}

/* One wish: asked of the transition function, judged if it was accepted. */
static bool take(struct proving *proving, const struct state *state,
                 const struct attempt *attempt) {
    const struct rulebook *book = proving->book;
    const struct route *route = &book->routes[state->route];
    struct position position = state_position(state);
    struct breach breach;
    struct move move;
    struct move_facts facts;
    struct moved moved;
    struct no no;
    if (attempt->kind >= HAPPEN_RULING) {
        return befall(proving, state, attempt);
    }
    proving->proof->wishes++;
    attempt_put(proving, state, attempt, &move, &facts);
    if (proving->engine.move(book, route, &position, &move, &facts, state_lane(state),
                             &moved, &no) != DONE) {
        note_refusal(proving, state, attempt);
        return true;
    }
    struct state next = *state;
    if (moved.onto != NULL) {
        next.route = (uint8_t)(moved.onto - book->routes);
    }
    next.step = moved.next.step;
    next.carried = moved.next.carried;
    next.round = moved.next.round > 1 ? 2 : 1;
    next.passed = moved.next.passed;
    next.did = moved.next.did;
    next.signers = moved.next.signers;
    next.flags = (uint8_t)(moved.next.live != 0 ? next.flags | STATE_OWED
                                                : next.flags & ~STATE_OWED);
    judge_remember(proving, state, attempt, &next);
    if (judge_attempt(proving, state, attempt, &next, &breach)) {
        story_tell(proving, proving->current, attempt, &breach);
        return false;
    }
    state_mark(proving, state, attempt, &next, NULL);
    return arrive(proving, state, attempt, &next);
}

/* What happens by itself, or by an act that is no move. */
static bool befall(struct proving *proving, const struct state *state,
                   const struct attempt *attempt) {
    struct state next = *state;
    unsigned lane = attempt->lane != 0 ? STATE_HURRIED : 0;
    switch ((enum attempt_kind)attempt->kind) {
    case HAPPEN_RULING:
        next.finding = FINDING_NONE;
        break;
    case HAPPEN_FINDING:
        next.finding = FINDING_RULABLE;
        break;
    case HAPPEN_CANCEL:
        next.flags &= (uint8_t)~STATE_SCHEDULE;
        break;
    case HAPPEN_REROUTE: {
        struct position old = state_position(state);
        struct position start = route_rejoin(&proving->book->routes[attempt->pick], &old);
        next.route = attempt->pick;
        next.step = start.step;
        next.carried = start.carried;
        next.passed = start.passed;
        next.did = start.did;
        next.round = 2;
        next.signers = 0;
        next.approved = 0;
        next.own_hand = 0;
        next.owed = 0;
        next.given = 0;
        next.eye = 0;
        break;
    }
    case HAPPEN_CHANGE:
        next = state_begin(proving, attempt->pick, STATE_LIVE | lane);
        break;
    case HAPPEN_EXPIRY:
        next.flags |= STATE_TAKEN_OFF;
        break;
    default:
        return true;
    }
    return arrive(proving, state, attempt, &next);
}

static bool arrive(struct proving *proving, const struct state *before,
                   const struct attempt *attempt, struct state *next) {
    uint32_t number = 0;
    settle_end(proving, next);
    bool added = state_add(proving, next, proving->current, attempt, &number);
    if (proving->too_large) {
        return false;
    }
    proving->reached[next->route] |= STEP_BIT(next->step);
    proving->proof->met[CLAIM_REACH] += added ? 1 : 0;
    if (attempt->kind != HAPPEN_FINDING && attempt->kind < HAPPEN_CHANGE) {
        edge_add(proving, proving->current, number);
    }
    if (added && proving->engine.replay != NULL && !replay_agrees(proving, number)) {
        struct breach breach = {
            CLAIM_REPLAY,
            basis_of_step(&proving->book->routes[before->route], before->step)};
        story_tell(proving, number, NULL, &breach);
        return false;
    }
    return true;
}

/* What has ended keeps nothing but how: histories that ended alike are one. */
static void settle_end(const struct proving *proving, struct state *next) {
    if (proving->book->routes[next->route].steps[next->step].kind != STEP_END) {
        return;
    }
    uint8_t step = next->step;
    *next = state_begin(proving, next->route, next->flags & STATE_TAKEN_OFF);
    next->step = step;
}

static void note_refusal(struct proving *proving, const struct state *state,
                         const struct attempt *attempt) {
    uint64_t *met = proving->proof->met;
    bool releasing = attempt->kind == TRY_RELEASE || attempt->kind == TRY_SCHEDULE ||
                     attempt->kind == TRY_COME_DUE;
    met[CLAIM_CURRENT] += attempt->lack == LACK_CURRENCY ? 1 : 0;
    met[CLAIM_FINDING] += state->finding != FINDING_NONE ? 1 : 0;
    met[CLAIM_LATE] += releasing && attempt->lack >= LACK_TIME ? 1 : 0;
}

const struct basis *basis_of_step(const struct route *route, int step) {
    return &route->steps[step].basis;
}

/* ---- The decisions on record, replayed ---- */

static bool replay_agrees(const struct proving *proving, uint32_t number) {
    const struct state *state = &proving->states[number];
    const struct route *route = &proving->book->routes[state->route];
    struct past pasts[PASTS_MOST];
    uint32_t others = 0;
    if (route->steps[state->step].kind == STEP_END) {
        return true;
    }
    size_t count = pasts_of(proving, number, pasts);
    for (size_t i = 0; i < route->step_count; i++) {
        others |= route->steps[i].kind == STEP_AUTHOR ? 0 : STEP_BIT(i);
    }
    struct position replayed =
        proving->engine.replay(proving->book, route, state->round, pasts, count);
    struct move_facts facts = {.blocking = NO_INDEX};
    rulebook_standing(route, &replayed, pasts, count, &facts);
    bool other_eye = false;
    bool decided = rulebook_is_decided(proving->book, route, pasts, count, &other_eye);
    bool complete = rulebook_missing(route, facts.standing) == 0 && route->demanded != 0;
    if (route->steps[state->step].kind == STEP_RELEASE &&
        (decided != complete || (decided && other_eye != facts.independent))) {
        return false;
    }
    return (replayed.passed & others) == (state->passed & others) &&
           (replayed.did & others) == (state->did & others) &&
           replayed.carried == state->carried && replayed.signers == state->signers &&
           (facts.standing & route->demanded) == (state->approved & route->demanded) &&
           facts.independent == ((state->approved & ~state->own_hand) != 0);
}

/* The decisions of the present round along the way to a state, oldest first. */
static size_t pasts_of(const struct proving *proving, uint32_t number,
                       struct past out_pasts[PASTS_MOST]) {
    struct past found[PASTS_MOST];
    size_t count = 0;
    bool current = true;
    while (proving->parents[number] != UINT32_MAX && count < PASTS_MOST) {
        const struct attempt *attempt = &proving->attempts[number];
        const struct state *before = &proving->states[proving->parents[number]];
        if (opens_round(proving, before, attempt)) {
            break;
        }
        current = current && attempt->kind != TRY_EDIT;
        if (attempt->kind == TRY_DECIDE) {
            struct move move;
            struct move_facts facts;
            attempt_put(proving, before, attempt, &move, &facts);
            struct past *past = &found[count++];
            *past = (struct past){.step = before->step,
                                  .outcome = attempt->outcome,
                                  .signer = attempt->signer,
                                  .current = current,
                                  .by_contributor = facts.contributor};
            memcpy(past->answers, move.answers, sizeof past->answers);
        }
        number = proving->parents[number];
    }
    for (size_t i = 0; i < count; i++) {
        out_pasts[i] = found[count - 1 - i];
    }
    return count;
}

static bool opens_round(const struct proving *proving, const struct state *before,
                        const struct attempt *attempt) {
    const struct step *step = &proving->book->routes[before->route].steps[before->step];
    const struct outcome *outcome =
        attempt->kind == TRY_DECIDE ? &step->outcomes[attempt->outcome] : NULL;
    return attempt->kind == HAPPEN_REROUTE || attempt->kind == HAPPEN_CHANGE ||
           (outcome != NULL && (outcome->new_round || outcome->kind == OUTCOME_ONTO));
}

/* ---- What only shows at the end ---- */

static void look_for_dead_end(struct proving *proving) {
    uint32_t lost = state_without_way_out(proving);
    proving->proof->met[CLAIM_REPLAY] = proving->state_count;
    proving->proof->met[CLAIM_WAY_OUT] = proving->state_count;
    if (lost != UINT32_MAX) {
        const struct state *state = &proving->states[lost];
        struct breach breach = {
            CLAIM_WAY_OUT,
            basis_of_step(&proving->book->routes[state->route], state->step)};
        story_tell(proving, lost, NULL, &breach);
    }
}

static void look_for_unreached(struct proving *proving) {
    struct breach breach = {CLAIM_REACH, NULL};
    size_t route;
    if (find_unreached(proving, &route, &breach.basis)) {
        proving->proof->route = (int)route;
        story_tell(proving, UINT32_MAX, NULL, &breach);
    }
}

static bool find_unreached(const struct proving *proving, size_t *out_route,
                           const struct basis **out_basis) {
    for (size_t i = 0; i < proving->book->route_count; i++) {
        const struct route *route = &proving->book->routes[i];
        *out_route = i;
        for (size_t j = 0; j < route->step_count; j++) {
            const struct step *step = &route->steps[j];
            uint32_t happened = proving->happened[i * RULEBOOK_STEPS_MOST + j];
            if (step->kind == STEP_END) {
                continue;
            }
            *out_basis = &step->basis;
            if ((proving->reached[i] & STEP_BIT(j)) == 0) {
                return true;
            }
            for (size_t k = 0; k < step->outcome_count; k++) {
                *out_basis = &step->outcomes[k].basis;
                if ((happened & STEP_BIT(k)) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}
