/*
 * What follows a decision: where the run stands then, who has a duty, what is written
 * down.
 */
#include "move_own.h"

static void settle_route(struct asking *asking, const struct outcome *outcome,
                         struct moved *moved);
static void settle_live(struct asking *asking, const struct outcome *outcome,
                        bool approving, struct moved *moved);
static void settle_records(struct asking *asking, struct str step, struct moved *moved);
static bool names_step(const struct filing_rule *filing, struct str step);

/* ---- What follows ---- */

void move_go_on(struct asking *asking, const struct outcome *outcome, bool approving,
                struct moved *moved) {
    *moved = (struct moved){.next = *asking->position,
                            .outcome = outcome,
                            .approves = approving,
                            .spawn_target = NO_INDEX};
    if (outcome->kind == OUTCOME_ONTO) {
        settle_route(asking, outcome, moved);
        return;
    }
    position_settle(asking->book, asking->step, outcome, asking->move->answers,
                    asking->move->signer, &moved->next);
    if (moved->next.signers != 0) { /* others have still to sign */
        moved->approves = false;
        move_settle_duties(asking, moved);
        return;
    }
    for (size_t i = 0; i < asking->step->ask_count; i++) {
        const struct question *question = &asking->book->questions[asking->step->asks[i]];
        bool spawns = question->spawns && asking->move->answers[i] == 2;
        for (size_t j = 0; spawns && j < asking->book->target_count; j++) {
            moved->spawn_target =
                asking->book->targets[j].route == NO_INDEX ? (int)j : moved->spawn_target;
        }
    }
    if (outcome->kind == OUTCOME_FORWARD) {
        settle_records(asking, asking->step->code, moved);
    }
    settle_live(asking, outcome, approving, moved);
    move_settle_duties(asking, moved);
}

/* Another route takes its place: in a new round, behind what its author would do, and
 * with nothing approved. */
static void settle_route(struct asking *asking, const struct outcome *outcome,
                         struct moved *moved) {
    const struct route *onto = &asking->book->routes[outcome->onto];
    moved->onto = onto;
    moved->take_down = asking->position->live != 0;
    moved->next = route_rejoin(onto, asking->position);
    const struct step *step = &onto->steps[moved->next.step];
    while (step->kind == STEP_AUTHOR && step_forward(step) != NO_INDEX) {
        moved->next.step = (uint8_t)step->outcomes[step_forward(step)].next;
        step = &onto->steps[moved->next.step];
    }
    asking->route = onto;
    move_settle_duties(asking, moved);
}

/* What went live first: it comes down with the first word against it, and with the last
 * word for it the run has ended, as there is nothing left to release. */
static void settle_live(struct asking *asking, const struct outcome *outcome,
                        bool approving, struct moved *moved) {
    const struct route *route = asking->route;
    uint32_t here = approving ? BIT(asking->position->step) : 0;
    if (asking->position->live == 0) {
        return;
    }
    if (outcome->kind != OUTCOME_FORWARD) {
        moved->next.live = 0;
        moved->take_down = true;
        return;
    }
    bool other_eye =
        asking->facts->independent || (approving && !asking->facts->contributor);
    bool all = rulebook_missing(route, (asking->facts->standing | here) &
                                           moved->next.passed) == 0;
    if (route->steps[moved->next.step].kind == STEP_END) {
        moved->next.live = 0;
    } else if (moved->next.step == route->release && all && other_eye) {
        const struct step *release = &route->steps[route->release];
        settle_records(asking, release->code, moved);
        moved->next.step = (uint8_t)release->outcomes[0].next;
        moved->next.live = 0;
    }
}

void move_settle_duties(struct asking *asking, struct moved *moved) {
    const struct step *step = &asking->route->steps[moved->next.step];
    moved->duty_role = step->role;
    moved->duty_signers =
        (uint8_t)(((1U << step_signers(step)) - 1) & ~(unsigned)moved->next.signers);
    moved->ended = step->kind == STEP_END;
    moved->alert = asking->lane == LANE_EMERGENCY && asking->book->emergency != NULL &&
                   asking->book->emergency->alert && !moved->ended;
    size_t count = 0;
    for (size_t i = 0; i < asking->book->deadline_count; i++) {
        const struct deadline *deadline = &asking->book->deadlines[i];
        bool applies = deadline_runs(asking->book, deadline, asking->route, asking->lane);
        for (size_t j = 0; applies && j < deadline->step_count; j++) {
            if (str_equal(deadline->steps[j], step->code) &&
                count < LENGTH(moved->deadlines)) {
                moved->deadlines[count++] = deadline;
            }
        }
    }
    bool kept = moved->ended && asking->route->subject == ROUTE_OF_MANUSCRIPT;
    for (size_t i = 0; kept && i < asking->book->archive_count; i++) {
        if (asking->book->archives[i].at == step->state) {
            moved->archive = &asking->book->archives[i];
        }
    }
}

static void settle_records(struct asking *asking, struct str step, struct moved *moved) {
    size_t count = 0;
    while (count < LENGTH(moved->filings) && moved->filings[count] != NULL) {
        count++;
    }
    for (size_t i = 0; i < asking->book->filing_count; i++) {
        const struct filing_rule *filing = &asking->book->filings[i];
        if (count < LENGTH(moved->filings) && names_step(filing, step)) {
            moved->filings[count++] = filing;
        }
    }
}

static bool names_step(const struct filing_rule *filing, struct str step) {
    for (size_t i = 0; i < filing->step_count; i++) {
        if (str_equal(filing->steps[i], step)) {
            return true;
        }
    }
    return false;
}
