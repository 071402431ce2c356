/*
 * The transition function.  Refusals come in the order of the questions a
 * person would ask: is it this text, is it this step's turn, is it mine to do,
 * and is all there.
 */
#include "move_own.h"

static enum status decide(struct asking *asking, struct moved *out_moved);
static enum status edit(struct asking *asking, struct moved *out_moved);
static enum status recall(struct asking *asking, struct moved *out_moved);
static enum status release(struct asking *asking, struct moved *out_moved);
static enum status withdraw(struct asking *asking, struct moved *out_moved);
static enum status release_first(struct asking *asking, struct moved *out_moved);
static enum status check_grant(struct asking *asking);
static enum status lapse(struct asking *asking, struct moved *out_moved);

struct position route_start(const struct route *route) {
    return (struct position){.step = (uint8_t)route->first, .round = 1};
}

struct position route_rejoin(const struct route *route, const struct position *position) {
    struct position start = route_start(route);
    start.round =
        (uint16_t)(position->round < UINT16_MAX ? position->round + 1 : UINT16_MAX);
    return start;
}

enum status rulebook_move(const struct rulebook *book, const struct route *route,
                          const struct position *position, const struct move *move,
                          const struct move_facts *facts, enum lane lane,
                          struct moved *out_moved, struct no *out_no) {
    struct asking asking = {.book = book,
                            .route = route,
                            .position = position,
                            .move = move,
                            .facts = facts,
                            .step = &route->steps[position->step],
                            .lane = lane,
                            .no = out_no};
    *out_no = (struct no){.role = NO_INDEX, .step = NO_INDEX};
    if (facts->stale) {
        return move_no(&asking, STALE, NULL, "rulebook.stale");
    }
    switch (move->kind) {
    case MOVE_DECIDE:
        return decide(&asking, out_moved);
    case MOVE_EDIT:
        return edit(&asking, out_moved);
    case MOVE_RECALL:
        return recall(&asking, out_moved);
    case MOVE_RELEASE:
    case MOVE_SCHEDULE:
        return release(&asking, out_moved);
    case MOVE_WITHDRAW:
        return withdraw(&asking, out_moved);
    case MOVE_RELEASE_FIRST:
        return release_first(&asking, out_moved);
    case MOVE_LAPSE:
        return lapse(&asking, out_moved);
    }
    return move_no(&asking, REFUSED, NULL, "rulebook.no-such-outcome");
}

bool rulebook_may_edit(const struct route *route, const struct position *position,
                       uint64_t roles) {
    const struct step *step = &route->steps[position->step];
    bool writing = step->kind == STEP_AUTHOR || (step->edits && position->live == 0);
    return writing && (step->role == NO_INDEX || (roles & ROLE_BIT(step->role)) != 0);
}

bool question_is_bad(const struct question *question, uint8_t answer) {
    switch (question->kind) {
    case QUESTION_TICK:
    case QUESTION_TEXT:
        return answer == 0 && !question->optional;
    case QUESTION_YES_NO:
        return answer == question->bad && answer != 0;
    case QUESTION_CHOICE:
        return answer > 0 && answer <= question->choice_count &&
               question->choices[answer - 1].bad;
    }
    return true;
}

/* ---- The eight wishes ---- */

static enum status decide(struct asking *asking, struct moved *out_moved) {
    TRY(move_check_turn(asking));
    if (asking->step->kind == STEP_RELEASE) {
        return move_no(asking, REFUSED, &asking->step->basis, "rulebook.use-release");
    }
    TRY(move_check_signer(asking));
    TRY(move_check_actor(asking));
    TRY(move_check_hands(asking));
    TRY(move_check_bulk(asking));
    if (asking->move->outcome >= asking->step->outcome_count) {
        return move_no(asking, REFUSED, &asking->step->basis, "rulebook.no-such-outcome");
    }
    const struct outcome *outcome = &asking->step->outcomes[asking->move->outcome];
    TRY(move_check_channel(asking));
    TRY(move_check_outcome(asking, outcome));
    TRY(move_check_when(asking, outcome));
    TRY(move_check_answers(asking, outcome));
    bool approving =
        outcome_approves(asking->book, asking->step, outcome, asking->move->answers);
    if (outcome->kind == OUTCOME_FORWARD) {
        TRY(move_check_prepared(asking, asking->step));
        TRY(move_check_findings(asking));
    }
    move_go_on(asking, outcome, approving, out_moved);
    return DONE;
}

static enum status edit(struct asking *asking, struct moved *out_moved) {
    if (asking->step->kind == STEP_END) {
        return move_no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (asking->step->kind != STEP_AUTHOR && !asking->step->edits) {
        return move_no_with(asking, REFUSED, &asking->step->basis,
                            "rulebook.no-edit-here", "step", asking->step->title);
    }
    TRY(move_check_actor(asking));
    if (asking->position->live != 0) {
        return move_no_with(asking, REFUSED, &asking->route->owed->basis,
                            "rulebook.public-already", "step", asking->step->title);
    }
    *out_moved = (struct moved){.next = *asking->position,
                                .voids = asking->position->passed != 0 ||
                                         asking->position->signers != 0,
                                .spawn_target = NO_INDEX};
    out_moved->next.passed = 0;
    out_moved->next.signers = 0;
    out_moved->next.carried = 0;
    move_settle_duties(asking, out_moved);
    return DONE;
}

/* Only before the first decision: nobody but the writing side has acted yet. */
static enum status recall(struct asking *asking, struct moved *out_moved) {
    uint32_t others = 0;
    for (size_t i = 0; i < asking->route->step_count; i++) {
        others |= asking->route->steps[i].kind == STEP_AUTHOR ? 0 : BIT(i);
    }
    if (asking->step->kind == STEP_END) {
        return move_no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (asking->step->kind == STEP_AUTHOR) {
        return move_no_with(asking, REFUSED, &asking->step->basis,
                            "rulebook.not-submitted", "step", asking->step->title);
    }
    if (!asking->facts->submitter) {
        return move_no(asking, DENIED, NULL, "rulebook.only-submitter");
    }
    if ((asking->position->did & others) != 0 || asking->position->round > 1) {
        return move_no(asking, REFUSED, NULL, "rulebook.too-late-to-recall");
    }
    if (asking->position->live != 0) {
        return move_no_with(asking, REFUSED, &asking->route->owed->basis,
                            "rulebook.public-already", "step", asking->step->title);
    }
    *out_moved =
        (struct moved){.next = route_start(asking->route), .spawn_target = NO_INDEX};
    move_settle_duties(asking, out_moved);
    return DONE;
}

static enum status release(struct asking *asking, struct moved *out_moved) {
    if (asking->step->kind != STEP_RELEASE) {
        return move_not_yet(asking, asking->route->release);
    }
    const struct basis *central = &asking->route->central;
    bool holds = asking->step->role == NO_INDEX ||
                 (asking->facts->roles & ROLE_BIT(asking->step->role)) != 0;
    if (!holds && asking->facts->of_unit && !str_is_empty(central->id)) {
        asking->no->role = asking->step->role;
        return move_no_with(asking, DENIED, central, "rulebook.units-do-not-release",
                            "role", move_role_title(asking, asking->step->role));
    }
    bool due = asking->facts->machine && asking->move->kind == MOVE_RELEASE;
    if (!due) {
        TRY(move_check_actor(asking));
        TRY(move_check_hands(asking));
    }
    TRY(move_check_standing(asking));
    TRY(move_check_prepared(asking, asking->step));
    TRY(move_check_findings(asking));
    TRY(move_check_clock(asking));
    if (asking->move->kind == MOVE_SCHEDULE) {
        *out_moved = (struct moved){.next = *asking->position, .spawn_target = NO_INDEX};
        move_settle_duties(asking, out_moved);
        return DONE;
    }
    if (asking->step->outcome_count == 0) {
        return move_no(asking, REFUSED, &asking->step->basis, "rulebook.no-such-outcome");
    }
    move_go_on(asking, &asking->step->outcomes[0], false, out_moved);
    return DONE;
}

/* Taking down what is live is the releaser's; the run has ended and stays so. */
static enum status withdraw(struct asking *asking, struct moved *out_moved) {
    int release_step = asking->route->release;
    bool live = asking->step->state == STATE_PUBLISHED || asking->position->live != 0;
    if (!live || release_step == NO_INDEX) {
        return move_no(asking, REFUSED, NULL, "rulebook.not-live");
    }
    const struct step *releaser = &asking->route->steps[release_step];
    if (releaser->role != NO_INDEX &&
        (asking->facts->roles & ROLE_BIT(releaser->role)) == 0) {
        asking->no->role = releaser->role;
        return move_no_with(asking, DENIED, &releaser->role_basis,
                            "rulebook.not-your-role", "role",
                            move_role_title(asking, releaser->role));
    }
    if (!asking->facts->proven) {
        return move_no(asking, DENIED, &releaser->basis, "rulebook.prove-yourself");
    }
    *out_moved = (struct moved){.next = *asking->position,
                                .ended = asking->position->live == 0,
                                .take_down = asking->position->live != 0,
                                .duty_role = NO_INDEX,
                                .spawn_target = NO_INDEX};
    if (asking->position->live != 0) { /* its review goes on without it */
        out_moved->next.live = 0;
        move_settle_duties(asking, out_moved);
    }
    return DONE;
}

/* Live, review owed.  It relaxes what check_standing asks by the steps that the grant
 * names and by nothing else: the rest of the release's terms hold. */
static enum status release_first(struct asking *asking, struct moved *out_moved) {
    const struct route *route = asking->route;
    TRY(check_grant(asking));
    uint32_t stands = asking->facts->standing & asking->position->passed;
    uint32_t missing = rulebook_missing(route, stands) & ~route->owed->steps;
    if (missing != 0) {
        return move_say_missing(asking, missing, move_gate(asking));
    }
    TRY(move_check_prepared(asking, &route->steps[route->release]));
    TRY(move_check_findings(asking));
    *out_moved = (struct moved){
        .next = *asking->position, .owed = route->owed, .spawn_target = NO_INDEX};
    out_moved->next.live = 1;
    move_settle_duties(asking, out_moved);
    return DONE;
}

/* Is there a grant, is this its case, and is this its person? */
static enum status check_grant(struct asking *asking) {
    const struct owed_rule *owed = asking->route->owed;
    if (asking->step->kind == STEP_END) {
        return move_no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (owed == NULL || asking->route->release == NO_INDEX) {
        return move_no_with(asking, REFUSED, move_gate(asking), "rulebook.review-first",
                            "step", asking->step->title);
    }
    if (asking->lane != LANE_EMERGENCY) {
        return move_no(asking, REFUSED, &owed->basis, "rulebook.emergency-only");
    }
    if (asking->position->live != 0) {
        return move_no_with(asking, REFUSED, &owed->basis, "rulebook.public-already",
                            "step", asking->step->title);
    }
    if ((owed->steps & BIT(asking->position->step)) == 0) {
        return move_not_yet(asking, asking->route->release);
    }
    bool holds =
        owed->role == NO_INDEX || (asking->facts->roles & ROLE_BIT(owed->role)) != 0;
    asking->no->role = owed->role;
    if (asking->facts->machine || !holds) {
        return move_no_with(asking, DENIED, &owed->basis, "rulebook.not-your-grant",
                            "role", move_role_title(asking, owed->role));
    }
    if (asking->facts->contributor || asking->facts->submitter) {
        return move_no_with(asking, DENIED, &owed->basis, "rulebook.own-text", "step",
                            asking->step->title);
    }
    return asking->facts->proven
               ? DONE
               : move_no(asking, DENIED, &owed->basis, "rulebook.prove-yourself");
}

/* The clock's alone: what nobody has reviewed in time is taken down, and its review goes
 * on as if it had never been public. */
static enum status lapse(struct asking *asking, struct moved *out_moved) {
    const struct owed_rule *owed = asking->route->owed;
    if (asking->position->live == 0 || owed == NULL) {
        return move_no(asking, REFUSED, NULL, "rulebook.not-live");
    }
    if (!asking->facts->machine || !asking->facts->lapsed) {
        return move_no(asking, REFUSED, &owed->basis, "rulebook.not-lapsed");
    }
    if (owed->then != OWED_WITHDRAW) {
        return move_no(asking, REFUSED, &owed->basis, "rulebook.stays-live");
    }
    *out_moved = (struct moved){
        .next = *asking->position, .take_down = true, .spawn_target = NO_INDEX};
    out_moved->next.live = 0;
    move_settle_duties(asking, out_moved);
    return DONE;
}

const struct basis *move_gate(const struct asking *asking) {
    return asking->route->gate == NULL ? &asking->step->basis
                                       : &asking->route->gate->basis;
}
