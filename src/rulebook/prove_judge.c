/*
 * The judge of the walk.  It keeps the history of what was decided by its own rules and
 * says what must not have been accepted; it reads the rulebook, never the transition
 * function, whose word it judges.
 */
#include "prove_own.h"

static void remember_decision(const struct proving *proving, const struct state *state,
                              const struct attempt *attempt, struct state *next);
static void remember_signature(const struct state *state, const struct attempt *attempt,
                               const struct step *step, struct state *next);
static bool is_approval(const struct proving *proving, const struct step *step,
                        const struct attempt *attempt);
static const struct basis *led_elsewhere(const struct proving *proving,
                                         const struct step *step,
                                         const struct attempt *attempt);
static bool judge_decision(struct proving *proving, const struct state *state,
                           const struct attempt *attempt, struct breach *out_breach);
static bool judge_lack(struct proving *proving, const struct state *state,
                       const struct attempt *attempt, struct breach *out_breach);
static bool judge_hands(const struct proving *proving, const struct state *state,
                        const struct attempt *attempt, struct breach *out_breach);
static bool judge_signature(struct proving *proving, const struct state *state,
                            const struct attempt *attempt, struct breach *out_breach);
static bool judge_release_first(struct proving *proving, const struct state *state,
                                const struct attempt *attempt, struct breach *out_breach);
static bool judge_lapse(struct proving *proving, const struct state *state,
                        const struct attempt *attempt, const struct state *next,
                        struct breach *out_breach);
static bool judge_rejected(struct proving *proving, const struct state *state,
                           const struct attempt *attempt, const struct state *next,
                           struct breach *out_breach);
static bool judge_release(struct proving *proving, const struct state *state,
                          const struct attempt *attempt, const struct state *next,
                          struct breach *out_breach);
static bool judge_outlet(struct proving *proving, const struct state *state,
                         const struct state *next, struct breach *out_breach);
static bool is_late(const struct proving *proving, const struct state *state,
                    const struct attempt *attempt, const struct basis **out_basis);
static bool breach(struct breach *out_breach, enum claim claim,
                   const struct basis *basis);

void judge_remember(const struct proving *proving, const struct state *state,
                    const struct attempt *attempt, struct state *next) {
    switch ((enum attempt_kind)attempt->kind) {
    case TRY_DECIDE:
        remember_decision(proving, state, attempt, next);
        break;
    case TRY_EDIT:
        next->approved = 0;
        next->own_hand = 0;
        next->given = 0;
        next->eye = 0;
        next->finding = attempt->pick;
        next->flags = (uint8_t)(attempt->lane != 0 ? next->flags | STATE_HURRIED
                                                   : next->flags & ~STATE_HURRIED);
        break;
    case TRY_SCHEDULE:
        next->flags |= STATE_SCHEDULE;
        break;
    case TRY_RECALL:
        next->given = 0;
        next->eye = 0;
        break;
    case TRY_WITHDRAW:
        next->flags |= (state->flags & STATE_OWED) != 0 ? 0 : STATE_TAKEN_OFF;
        break;
    default:
        break;
    }
}

bool judge_attempt(struct proving *proving, const struct state *state,
                   const struct attempt *attempt, const struct state *next,
                   struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    const struct step *step = &route->steps[state->step];
    switch ((enum attempt_kind)attempt->kind) {
    case TRY_DECIDE:
        return judge_decision(proving, state, attempt, out_breach) ||
               judge_outlet(proving, state, next, out_breach) ||
               judge_rejected(proving, state, attempt, next, out_breach);
    case TRY_RELEASE_FIRST:
        return judge_release_first(proving, state, attempt, out_breach);
    case TRY_LAPSE:
        return judge_lapse(proving, state, attempt, next, out_breach);
    case TRY_EDIT:
        if ((next->flags & STATE_OWED) != 0) {
            return breach(out_breach, CLAIM_OWED, &route->owed->basis);
        }
        return (!(step->kind == STEP_AUTHOR || step->edits) || !attempt->holds) &&
               breach(out_breach, CLAIM_ENTITLED, &step->role_basis);
    case TRY_RECALL:
        proving->proof->met[CLAIM_RECALL]++;
        return (state->marks[0] != attempt->actor ||
                (state->flags & STATE_TOUCHED) != 0) &&
               breach(out_breach, CLAIM_RECALL, &step->basis);
    case TRY_RELEASE:
    case TRY_SCHEDULE:
    case TRY_COME_DUE:
        return judge_release(proving, state, attempt, next, out_breach);
    case TRY_WITHDRAW: {
        bool live = (step->state == STATE_PUBLISHED && step->kind == STEP_END) ||
                    (state->flags & STATE_OWED) != 0;
        proving->proof->met[CLAIM_WITHDRAW]++;
        return (!live || attempt->lack != LACK_NOTHING || !attempt->holds) &&
               breach(out_breach,
                      attempt->lack == LACK_CURRENCY ? CLAIM_CURRENT : CLAIM_WITHDRAW,
                      route->release == NO_INDEX
                          ? &step->basis
                          : &route->steps[route->release].role_basis);
    }
    default:
        return false;
    }
}

/* ---- The history ---- */

static void remember_decision(const struct proving *proving, const struct state *state,
                              const struct attempt *attempt, struct state *next) {
    const struct step *step = &proving->book->routes[state->route].steps[state->step];
    const struct outcome *outcome = &step->outcomes[attempt->outcome];
    uint32_t here = STEP_BIT(state->step);
    if (step->kind != STEP_AUTHOR) {
        next->flags |= STATE_TOUCHED;
    }
    if (outcome->kind == OUTCOME_ONTO) { /* nothing of the old route counts any more */
        next->approved = 0;
        next->owed = 0;
    } else if (step->joint != NULL && is_approval(proving, step, attempt)) {
        remember_signature(state, attempt, step, next);
        return;
    } else if (outcome->kind == OUTCOME_BACK) {
        /* The return takes back what was approved where it leads and beyond. */
        next->approved &= STEP_BIT(outcome->next) - 1;
        next->owed |= step->kind == STEP_REVIEW ? here : 0;
    } else if (step->kind == STEP_REVIEW) {
        bool approval = is_approval(proving, step, attempt);
        next->approved = approval ? next->approved | here : next->approved & ~here;
        next->owed &= approval ? ~here : UINT32_MAX;
        next->own_hand = actor_wrote(state, attempt->actor) ? next->own_hand | here
                                                            : next->own_hand & ~here;
    }
    next->own_hand &= next->approved;
    next->given = 0;
    next->eye = 0;
}

/* One of several; the last makes them an approval, somebody else's if one of them is. */
static void remember_signature(const struct state *state, const struct attempt *attempt,
                               const struct step *step, struct state *next) {
    uint32_t here = STEP_BIT(state->step);
    size_t count = 0;
    next->given |= (uint8_t)STEP_BIT(attempt->signer);
    next->eye |= actor_wrote(state, attempt->actor) ? 0 : 1;
    for (size_t i = 0; i < RULEBOOK_SIGNERS_MOST; i++) {
        count += (next->given & STEP_BIT(i)) != 0 ? 1 : 0;
    }
    next->approved &= ~here;
    if (count >= step_signatures(step)) {
        next->approved |= here;
        next->owed &= ~here;
        next->own_hand = next->eye != 0 ? next->own_hand & ~here : next->own_hand | here;
        next->given = 0;
        next->eye = 0;
    }
    next->own_hand &= next->approved;
}

/* It goes on, and no answer chosen says that this is no approval. */
static bool is_approval(const struct proving *proving, const struct step *step,
                        const struct attempt *attempt) {
    if (step->outcomes[attempt->outcome].kind != OUTCOME_FORWARD) {
        return false;
    }
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &proving->book->questions[step->asks[i]];
        uint8_t answer = attempt_answer(proving, step, attempt, i);
        if (question->kind == QUESTION_CHOICE && answer > 0 &&
            !question->choices[answer - 1].approves) {
            return false;
        }
    }
    return true;
}

/* The outcome follows from an answer, or another one does: was it so answered? */
static const struct basis *led_elsewhere(const struct proving *proving,
                                         const struct step *step,
                                         const struct attempt *attempt) {
    const struct outcome *outcome = &step->outcomes[attempt->outcome];
    for (size_t i = 0; i < step->ask_count; i++) {
        uint8_t answer = attempt_answer(proving, step, attempt, i);
        for (size_t j = 0; j < step->outcome_count; j++) {
            const struct outcome_when *when = step->outcomes[j].when;
            bool asked = when != NULL && when->question == step->asks[i];
            bool own = j == attempt->outcome;
            bool free = outcome->when == NULL && outcome->kind == OUTCOME_FORWARD;
            if (asked && ((own && answer != when->answer) ||
                          (!own && free && answer == when->answer))) {
                return &when->basis;
            }
        }
    }
    return NULL;
}

/* ---- What must not have been accepted ---- */

static bool judge_decision(struct proving *proving, const struct state *state,
                           const struct attempt *attempt, struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    const struct step *step = &route->steps[state->step];
    if (step->kind == STEP_END || step->kind == STEP_RELEASE) {
        return breach(out_breach, CLAIM_ENTITLED, &step->basis);
    }
    proving->happened[(size_t)state->route * RULEBOOK_STEPS_MOST + state->step] |=
        STEP_BIT(attempt->outcome);
    if (step->kind == STEP_REVIEW) {
        proving->proof->met[CLAIM_ENTITLED]++;
        proving->proof->met[CLAIM_COMPLETE]++;
    }
    if (step->outcomes[attempt->outcome].kind == OUTCOME_BACK) {
        proving->proof->met[CLAIM_RETURN]++;
    }
    if (!attempt->holds && step_signer_role(step, attempt->signer) != NO_INDEX) {
        return breach(out_breach, CLAIM_ENTITLED, &step->role_basis);
    }
    const struct basis *led = led_elsewhere(proving, step, attempt);
    return (led != NULL && breach(out_breach, CLAIM_COMPLETE, led)) ||
           judge_lack(proving, state, attempt, out_breach) ||
           judge_signature(proving, state, attempt, out_breach) ||
           judge_hands(proving, state, attempt, out_breach);
}

/* Where several sign: nobody twice, and no signature twice. */
static bool judge_signature(struct proving *proving, const struct state *state,
                            const struct attempt *attempt, struct breach *out_breach) {
    const struct step *step = &proving->book->routes[state->route].steps[state->step];
    if (step->joint == NULL) {
        return false;
    }
    proving->proof->met[CLAIM_JOINT]++;
    bool again = (state->given & STEP_BIT(attempt->signer)) != 0;
    for (size_t i = 0; i < step_signers(step); i++) {
        int mark = mark_of(proving, step->code, i);
        again = again || ((state->given & STEP_BIT(i)) != 0 &&
                          state->marks[mark] == attempt->actor);
    }
    return again && breach(out_breach, CLAIM_JOINT, &step->joint->basis);
}

/* Before its review: by the grant, and by nothing but the grant. */
static bool judge_release_first(struct proving *proving, const struct state *state,
                                const struct attempt *attempt,
                                struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    const struct owed_rule *owed = route->owed;
    const struct basis *gate = route->gate != NULL ? &route->gate->basis : &route->basis;
    const struct step *step = &route->steps[state->step];
    uint32_t missing = 0;
    for (size_t i = 0; i < route->step_count; i++) {
        bool demanded = route->steps[i].kind == STEP_REVIEW && route->steps[i].demanded;
        missing |= demanded ? STEP_BIT(i) & ~state->approved : 0;
    }
    if (owed == NULL || (state->flags & STATE_HURRIED) == 0 ||
        (missing & ~owed->steps) != 0 || (owed->steps & STEP_BIT(state->step)) == 0 ||
        step->kind != STEP_REVIEW) {
        return breach(out_breach, CLAIM_DECIDED, gate);
    }
    proving->proof->met[CLAIM_OWED]++;
    if (state->finding != FINDING_NONE) {
        return breach(out_breach, CLAIM_FINDING, &owed->basis);
    }
    if (actor_wrote(state, attempt->actor) || state->marks[0] == attempt->actor) {
        return breach(out_breach, CLAIM_INDEPENDENT, &owed->basis);
    }
    if (attempt->lack == LACK_CURRENCY) {
        return breach(out_breach, CLAIM_CURRENT, &owed->basis);
    }
    if (attempt->lack == LACK_PREPARATION) {
        return breach(out_breach, CLAIM_COMPLETE, &owed->basis);
    }
    return ((!attempt->holds && owed->role != NO_INDEX) ||
            attempt->lack != LACK_NOTHING || (state->flags & STATE_OWED) != 0) &&
           breach(out_breach, CLAIM_ENTITLED, &owed->basis);
}

/* The clock takes down what is live and owed, after its time, and only by a grant that
 * says so. */
static bool judge_lapse(struct proving *proving, const struct state *state,
                        const struct attempt *attempt, const struct state *next,
                        struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    bool owed = route->owed != NULL && (state->flags & STATE_OWED) != 0;
    return (!owed || route->owed->then != OWED_WITHDRAW ||
            attempt->lack != LACK_NOTHING || attempt->actor != NOBODY ||
            (next->flags & STATE_OWED) != 0) &&
           breach(out_breach, CLAIM_OWED,
                  owed ? &route->owed->basis : basis_of_step(route, state->step));
}

/* What somebody has sent back or refused is not public any longer. */
static bool judge_rejected(struct proving *proving, const struct state *state,
                           const struct attempt *attempt, const struct state *next,
                           struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    const struct step *step = &route->steps[state->step];
    bool onward = step->outcomes[attempt->outcome].kind == OUTCOME_FORWARD;
    bool ends = proving->book->routes[next->route].steps[next->step].kind == STEP_END;
    return (state->flags & STATE_OWED) != 0 && (!onward || ends) &&
           (next->flags & STATE_OWED) != 0 &&
           breach(out_breach, CLAIM_OWED, &route->owed->basis);
}

/* One thing lacked, and it was accepted all the same: did a rule ask for it? */
static bool judge_lack(struct proving *proving, const struct state *state,
                       const struct attempt *attempt, struct breach *out_breach) {
    const struct step *step = &proving->book->routes[state->route].steps[state->step];
    const struct outcome *outcome = &step->outcomes[attempt->outcome];
    bool onward = attempt->kind != TRY_DECIDE || outcome->kind == OUTCOME_FORWARD;
    switch ((enum lack)attempt->lack) {
    case LACK_PASSWORD:
        return step->signature && attempt->kind != TRY_COME_DUE &&
               breach(out_breach, CLAIM_ENTITLED, &step->basis);
    case LACK_CURRENCY:
        return breach(out_breach, CLAIM_CURRENT, &step->basis);
    case LACK_PERSON:
        return breach(out_breach, CLAIM_ENTITLED, &step->role_basis);
    case LACK_TURN:
        return breach(out_breach, CLAIM_ENTITLED, &step->basis);
    case LACK_REASON:
        return outcome->reason && breach(out_breach, CLAIM_COMPLETE, &outcome->basis);
    case LACK_PREPARATION:
        return onward &&
               breach(out_breach, CLAIM_COMPLETE, &step->prepared[attempt->index].basis);
    case LACK_ANSWER:
        return onward &&
               breach(out_breach, CLAIM_COMPLETE,
                      &proving->book->questions[step->asks[attempt->index]].basis);
    case LACK_GOOD_ANSWER: /* that it led elsewhere was looked at before */
        return (outcome->when == NULL ||
                outcome->when->question != step->asks[attempt->index]) &&
               is_approval(proving, step, attempt) &&
               breach(out_breach, CLAIM_COMPLETE,
                      &proving->book->questions[step->asks[attempt->index]].basis);
    case LACK_PAPER:
        return breach(out_breach, CLAIM_COMPLETE, &step->basis);
    case LACK_SINGLENESS: {
        const struct bulk_rule *bulk = proving->book->bulk;
        return (bulk == NULL || !bulk->allow) &&
               breach(out_breach, CLAIM_ENTITLED,
                      bulk == NULL ? &step->basis : &bulk->basis);
    }
    default:
        return false;
    }
}

/* Who may not, and who alone may: by what this person has done so far. */
static bool judge_hands(const struct proving *proving, const struct state *state,
                        const struct attempt *attempt, struct breach *out_breach) {
    const struct route *route = &proving->book->routes[state->route];
    const struct step *step = &route->steps[state->step];
    for (size_t i = 0; i < step->hand_count; i++) {
        const struct hand_rule *rule = &step->hands[i];
        bool decided = false;
        for (size_t j = 1; j < proving->mark_count; j++) {
            int at = route_step(route, proving->marks[j].step);
            decided = decided || (at != NO_INDEX && state->marks[j] == attempt->actor &&
                                  (rule->steps & STEP_BIT(at)) != 0);
        }
        unsigned is = (actor_wrote(state, attempt->actor) ? HAND_CONTRIBUTOR : 0U) |
                      (decided ? HAND_DECIDER : 0U);
        if (state->marks[0] == attempt->actor || step->kind == STEP_AUTHOR) {
            is |= HAND_SUBMITTER;
        }
        if ((rule->never & is) != 0 || (rule->only != 0 && (rule->only & is) == 0)) {
            return breach(out_breach, CLAIM_ENTITLED, &rule->basis);
        }
    }
    return false;
}

static bool judge_release(struct proving *proving, const struct state *state,
                          const struct attempt *attempt, const struct state *next,
                          struct breach *out_breach) {
    const struct step *step = &proving->book->routes[state->route].steps[state->step];
    const struct basis *late = NULL;
    bool machine = attempt->kind == TRY_COME_DUE;
    if (step->kind == STEP_END) {
        return breach(out_breach, CLAIM_DECIDED, &step->basis);
    }
    if (machine) {
        proving->proof->met[CLAIM_SCHEDULE]++;
    }
    if (judge_outlet(proving, state, next, out_breach)) {
        return true;
    }
    proving->happened[(size_t)state->route * RULEBOOK_STEPS_MOST + state->step] |= 1;
    if (!machine && !attempt->holds && step->role != NO_INDEX) {
        return breach(out_breach, CLAIM_ENTITLED, &step->role_basis);
    }
    if (is_late(proving, state, attempt, &late)) {
        return breach(out_breach, CLAIM_LATE, late);
    }
    return judge_lack(proving, state, attempt, out_breach) ||
           (!machine && judge_hands(proving, state, attempt, out_breach));
}

/* Something leaves the house, or is ordered to: is everything there? */
static bool judge_outlet(struct proving *proving, const struct state *state,
                         const struct state *next, struct breach *out_breach) {
    const struct route *route = &proving->book->routes[next->route];
    const struct step *to = &route->steps[next->step];
    const struct basis *gate = route->gate != NULL ? &route->gate->basis : &route->basis;
    bool leaves = to->kind == STEP_END &&
                  (to->state == STATE_PUBLISHED || to->state == STATE_SUBMITTED);
    bool ordered = (next->flags & ~state->flags & STATE_SCHEDULE) != 0;
    if (!leaves && !ordered) {
        return false;
    }
    proving->proof->met[CLAIM_DECIDED]++;
    proving->proof->met[CLAIM_INDEPENDENT]++;
    proving->proof->met[CLAIM_EMERGENCY] += (state->flags & STATE_HURRIED) != 0 ? 1 : 0;
    proving->proof->met[CLAIM_CHANGE] += (state->flags & STATE_LIVE) != 0 ? 1 : 0;
    uint32_t demanded = 0;
    for (size_t i = 0; i < route->step_count; i++) {
        const struct step *step = &route->steps[i];
        demanded |= step->kind == STEP_REVIEW && step->demanded ? STEP_BIT(i) : 0;
    }
    if (demanded == 0 || (demanded & ~next->approved) != 0) {
        return breach(out_breach, CLAIM_DECIDED, gate);
    }
    if ((next->approved & ~next->own_hand) == 0) {
        return breach(out_breach, CLAIM_INDEPENDENT, gate);
    }
    if (next->owed != 0) {
        return breach(out_breach, CLAIM_RETURN, gate);
    }
    return next->finding != FINDING_NONE && breach(out_breach, CLAIM_FINDING, gate);
}

/* The moment of a deadline that binds this lane has passed, and no reason was stated. */
static bool is_late(const struct proving *proving, const struct state *state,
                    const struct attempt *attempt, const struct basis **out_basis) {
    enum clock_nature nature =
        attempt->lack == LACK_MUCH_TIME ? NATURE_HARD : NATURE_SOFT;
    if (attempt->lack != LACK_TIME && attempt->lack != LACK_MUCH_TIME) {
        return false;
    }
    for (size_t i = 0; i < proving->book->deadline_count; i++) {
        const struct deadline *deadline = &proving->book->deadlines[i];
        if (deadline->release && deadline->nature == nature &&
            deadline_runs(proving->book, deadline, &proving->book->routes[state->route],
                          state_lane(state))) {
            *out_basis = &deadline->basis;
            return true;
        }
    }
    return false;
}

static bool breach(struct breach *out_breach, enum claim claim,
                   const struct basis *basis) {
    *out_breach = (struct breach){claim, basis};
    return true;
}
