/*
 * The transition function.  Refusals come in the order of the questions a
 * person would ask: is it this text, is it this step's turn, is it mine to do,
 * and is all there.
 */
#include "rulebook_own.h"

#define BIT(index)     ((uint32_t)1 << (index))
#define ROLE_BIT(role) ((uint64_t)1 << (role))

/* Everything about one wish, so that the checks below read as sentences. */
struct asking {
    const struct rulebook *book;
    const struct route *route;
    const struct position *position;
    const struct move *move;
    const struct move_facts *facts;
    const struct step *step; /* the present one */
    enum lane lane;
    struct no *no;
};

static enum status decide(struct asking *asking, struct moved *out_moved);
static enum status edit(struct asking *asking, struct moved *out_moved);
static enum status recall(struct asking *asking, struct moved *out_moved);
static enum status release(struct asking *asking, struct moved *out_moved);
static enum status withdraw(struct asking *asking, struct moved *out_moved);
static enum status release_first(struct asking *asking, struct moved *out_moved);
static enum status check_grant(struct asking *asking);
static enum status lapse(struct asking *asking, struct moved *out_moved);
static const struct basis *gate_of(const struct asking *asking);
static enum status check_turn(struct asking *asking);
static enum status not_yet(struct asking *asking, int wanted);
static enum status check_actor(struct asking *asking);
static enum status check_signer(struct asking *asking);
static enum status check_bulk(struct asking *asking);
static enum status check_hands(struct asking *asking);
static enum status check_hand(struct asking *asking, const struct hand_rule *rule);
static enum status check_channel(struct asking *asking);
static enum status check_outcome(struct asking *asking, const struct outcome *outcome);
static enum status check_when(struct asking *asking, const struct outcome *outcome);
static bool follows(struct asking *asking, const struct outcome_when *when);
static enum status check_answers(struct asking *asking, const struct outcome *outcome);
static enum status check_prepared(struct asking *asking, const struct step *step);
static enum status check_findings(struct asking *asking);
static enum status check_standing(struct asking *asking);
static enum status say_missing(struct asking *asking, uint32_t missing,
                               const struct basis *basis);
static enum status check_clock(struct asking *asking);
static void go_on(struct asking *asking, const struct outcome *outcome, bool approving,
                  struct moved *moved);
static void settle_route(struct asking *asking, const struct outcome *outcome,
                         struct moved *moved);
static void settle_live(struct asking *asking, const struct outcome *outcome,
                        bool approving, struct moved *moved);
static void settle_duties(struct asking *asking, struct moved *moved);
static void settle_records(struct asking *asking, struct str step, struct moved *moved);
static bool names_step(const struct filing_rule *filing, struct str step);
static struct text title_of_role(const struct asking *asking, int role);
static enum status no(struct asking *asking, enum status status,
                      const struct basis *basis, const char *words);
static enum status no_with(struct asking *asking, enum status status,
                           const struct basis *basis, const char *words, const char *name,
                           struct text value);

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
        return no(&asking, STALE, NULL, "rulebook.stale");
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
    return no(&asking, REFUSED, NULL, "rulebook.no-such-outcome");
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
    TRY(check_turn(asking));
    if (asking->step->kind == STEP_RELEASE) {
        return no(asking, REFUSED, &asking->step->basis, "rulebook.use-release");
    }
    TRY(check_signer(asking));
    TRY(check_actor(asking));
    TRY(check_hands(asking));
    TRY(check_bulk(asking));
    if (asking->move->outcome >= asking->step->outcome_count) {
        return no(asking, REFUSED, &asking->step->basis, "rulebook.no-such-outcome");
    }
    const struct outcome *outcome = &asking->step->outcomes[asking->move->outcome];
    TRY(check_channel(asking));
    TRY(check_outcome(asking, outcome));
    TRY(check_when(asking, outcome));
    TRY(check_answers(asking, outcome));
    bool approving =
        outcome_approves(asking->book, asking->step, outcome, asking->move->answers);
    if (outcome->kind == OUTCOME_FORWARD) {
        TRY(check_prepared(asking, asking->step));
        TRY(check_findings(asking));
    }
    go_on(asking, outcome, approving, out_moved);
    return DONE;
}

static enum status edit(struct asking *asking, struct moved *out_moved) {
    if (asking->step->kind == STEP_END) {
        return no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (asking->step->kind != STEP_AUTHOR && !asking->step->edits) {
        return no_with(asking, REFUSED, &asking->step->basis, "rulebook.no-edit-here",
                       "step", asking->step->title);
    }
    TRY(check_actor(asking));
    if (asking->position->live != 0) {
        return no_with(asking, REFUSED, &asking->route->owed->basis,
                       "rulebook.public-already", "step", asking->step->title);
    }
    *out_moved = (struct moved){.next = *asking->position,
                                .voids = asking->position->passed != 0 ||
                                         asking->position->signers != 0,
                                .spawn_target = NO_INDEX};
    out_moved->next.passed = 0;
    out_moved->next.signers = 0;
    out_moved->next.carried = 0;
    settle_duties(asking, out_moved);
    return DONE;
}

/* Only before the first decision: nobody but the writing side has acted yet. */
static enum status recall(struct asking *asking, struct moved *out_moved) {
    uint32_t others = 0;
    for (size_t i = 0; i < asking->route->step_count; i++) {
        others |= asking->route->steps[i].kind == STEP_AUTHOR ? 0 : BIT(i);
    }
    if (asking->step->kind == STEP_END) {
        return no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (asking->step->kind == STEP_AUTHOR) {
        return no_with(asking, REFUSED, &asking->step->basis, "rulebook.not-submitted",
                       "step", asking->step->title);
    }
    if (!asking->facts->submitter) {
        return no(asking, DENIED, NULL, "rulebook.only-submitter");
    }
    if ((asking->position->did & others) != 0 || asking->position->round > 1) {
        return no(asking, REFUSED, NULL, "rulebook.too-late-to-recall");
    }
    if (asking->position->live != 0) {
        return no_with(asking, REFUSED, &asking->route->owed->basis,
                       "rulebook.public-already", "step", asking->step->title);
    }
    *out_moved =
        (struct moved){.next = route_start(asking->route), .spawn_target = NO_INDEX};
    settle_duties(asking, out_moved);
    return DONE;
}

static enum status release(struct asking *asking, struct moved *out_moved) {
    if (asking->step->kind != STEP_RELEASE) {
        return not_yet(asking, asking->route->release);
    }
    const struct basis *central = &asking->route->central;
    bool holds = asking->step->role == NO_INDEX ||
                 (asking->facts->roles & ROLE_BIT(asking->step->role)) != 0;
    if (!holds && asking->facts->of_unit && !str_is_empty(central->id)) {
        asking->no->role = asking->step->role;
        return no_with(asking, DENIED, central, "rulebook.units-do-not-release", "role",
                       title_of_role(asking, asking->step->role));
    }
    bool due = asking->facts->machine && asking->move->kind == MOVE_RELEASE;
    if (!due) {
        TRY(check_actor(asking));
        TRY(check_hands(asking));
    }
    TRY(check_standing(asking));
    TRY(check_prepared(asking, asking->step));
    TRY(check_findings(asking));
    TRY(check_clock(asking));
    if (asking->move->kind == MOVE_SCHEDULE) {
        *out_moved = (struct moved){.next = *asking->position, .spawn_target = NO_INDEX};
        settle_duties(asking, out_moved);
        return DONE;
    }
    if (asking->step->outcome_count == 0) {
        return no(asking, REFUSED, &asking->step->basis, "rulebook.no-such-outcome");
    }
    go_on(asking, &asking->step->outcomes[0], false, out_moved);
    return DONE;
}

/* Taking down what is live is the releaser's; the run has ended and stays so. */
static enum status withdraw(struct asking *asking, struct moved *out_moved) {
    int release_step = asking->route->release;
    bool live = asking->step->state == STATE_PUBLISHED || asking->position->live != 0;
    if (!live || release_step == NO_INDEX) {
        return no(asking, REFUSED, NULL, "rulebook.not-live");
    }
    const struct step *releaser = &asking->route->steps[release_step];
    if (releaser->role != NO_INDEX &&
        (asking->facts->roles & ROLE_BIT(releaser->role)) == 0) {
        asking->no->role = releaser->role;
        return no_with(asking, DENIED, &releaser->role_basis, "rulebook.not-your-role",
                       "role", title_of_role(asking, releaser->role));
    }
    if (!asking->facts->proven) {
        return no(asking, DENIED, &releaser->basis, "rulebook.prove-yourself");
    }
    *out_moved = (struct moved){.next = *asking->position,
                                .ended = asking->position->live == 0,
                                .take_down = asking->position->live != 0,
                                .duty_role = NO_INDEX,
                                .spawn_target = NO_INDEX};
    if (asking->position->live != 0) { /* its review goes on without it */
        out_moved->next.live = 0;
        settle_duties(asking, out_moved);
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
        return say_missing(asking, missing, gate_of(asking));
    }
    TRY(check_prepared(asking, &route->steps[route->release]));
    TRY(check_findings(asking));
    *out_moved = (struct moved){
        .next = *asking->position, .owed = route->owed, .spawn_target = NO_INDEX};
    out_moved->next.live = 1;
    settle_duties(asking, out_moved);
    return DONE;
}

/* Is there a grant, is this its case, and is this its person? */
static enum status check_grant(struct asking *asking) {
    const struct owed_rule *owed = asking->route->owed;
    if (asking->step->kind == STEP_END) {
        return no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (owed == NULL || asking->route->release == NO_INDEX) {
        return no_with(asking, REFUSED, gate_of(asking), "rulebook.review-first", "step",
                       asking->step->title);
    }
    if (asking->lane != LANE_EMERGENCY) {
        return no(asking, REFUSED, &owed->basis, "rulebook.emergency-only");
    }
    if (asking->position->live != 0) {
        return no_with(asking, REFUSED, &owed->basis, "rulebook.public-already", "step",
                       asking->step->title);
    }
    if ((owed->steps & BIT(asking->position->step)) == 0) {
        return not_yet(asking, asking->route->release);
    }
    bool holds =
        owed->role == NO_INDEX || (asking->facts->roles & ROLE_BIT(owed->role)) != 0;
    asking->no->role = owed->role;
    if (asking->facts->machine || !holds) {
        return no_with(asking, DENIED, &owed->basis, "rulebook.not-your-grant", "role",
                       title_of_role(asking, owed->role));
    }
    if (asking->facts->contributor || asking->facts->submitter) {
        return no_with(asking, DENIED, &owed->basis, "rulebook.own-text", "step",
                       asking->step->title);
    }
    return asking->facts->proven
               ? DONE
               : no(asking, DENIED, &owed->basis, "rulebook.prove-yourself");
}

/* The clock's alone: what nobody has reviewed in time is taken down, and its review goes
 * on as if it had never been public. */
static enum status lapse(struct asking *asking, struct moved *out_moved) {
    const struct owed_rule *owed = asking->route->owed;
    if (asking->position->live == 0 || owed == NULL) {
        return no(asking, REFUSED, NULL, "rulebook.not-live");
    }
    if (!asking->facts->machine || !asking->facts->lapsed) {
        return no(asking, REFUSED, &owed->basis, "rulebook.not-lapsed");
    }
    if (owed->then != OWED_WITHDRAW) {
        return no(asking, REFUSED, &owed->basis, "rulebook.stays-live");
    }
    *out_moved = (struct moved){
        .next = *asking->position, .take_down = true, .spawn_target = NO_INDEX};
    out_moved->next.live = 0;
    settle_duties(asking, out_moved);
    return DONE;
}

static const struct basis *gate_of(const struct asking *asking) {
    return asking->route->gate == NULL ? &asking->step->basis
                                       : &asking->route->gate->basis;
}

/* ---- Whose turn, who, how ---- */

static enum status check_turn(struct asking *asking) {
    int wanted = asking->move->step;
    if (asking->step->kind == STEP_END) {
        return no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (wanted != NO_INDEX && wanted != asking->position->step) {
        return not_yet(asking, wanted);
    }
    return DONE;
}

/* Something was wished out of its turn: name the step that has it now, and the
 * rule that puts it before what was wished. */
static enum status not_yet(struct asking *asking, int wanted) {
    const struct step *step = asking->step;
    if (step->kind == STEP_END) {
        return no(asking, REFUSED, NULL, "rulebook.ended");
    }
    bool ahead = wanted == NO_INDEX || wanted > asking->position->step;
    bool release = wanted != NO_INDEX && wanted == asking->route->release;
    const struct basis *basis =
        str_is_empty(step->gate.path) ? &step->basis : &step->gate;
    if (release && asking->route->gate != NULL) {
        basis = &asking->route->gate->basis;
    }
    if (release && asking->facts->live_change && asking->book->change != NULL) {
        basis = &asking->book->change->basis;
    }
    asking->no->role = step->role;
    asking->no->step = asking->position->step;
    asking->no->arguments[1] =
        (struct no_argument){"holder", title_of_role(asking, step->role)};
    if (wanted != NO_INDEX) {
        asking->no->arguments[2] =
            (struct no_argument){"wanted", asking->route->steps[wanted].title};
    }
    return no_with(asking, REFUSED, basis,
                   ahead ? "rulebook.not-yet" : "rulebook.already-past", "step",
                   step->title);
}

/* Each signature once, and each by another person. */
static enum status check_signer(struct asking *asking) {
    const struct step *step = asking->step;
    size_t signer = asking->move->signer;
    if (signer >= step_signers(step)) {
        return no(asking, REFUSED, &step->basis, "rulebook.no-such-outcome");
    }
    if (step->joint == NULL) {
        return DONE;
    }
    asking->no->role = step_signer_role(step, signer);
    if ((asking->position->signers & BIT(signer)) != 0) {
        return no_with(asking, REFUSED, &step->joint->basis, "rulebook.signed-already",
                       "role", title_of_role(asking, step_signer_role(step, signer)));
    }
    if (asking->facts->signed_here) {
        return no_with(asking, DENIED, &step->joint->basis, "rulebook.one-signature",
                       "step", step->title);
    }
    return DONE;
}

/* One act on several items, where the regulation lets one review each (SZ-19.b). */
static enum status check_bulk(struct asking *asking) {
    const struct bulk_rule *rule = asking->book->bulk;
    if (!asking->move->bulk || (rule != NULL && rule->allow)) {
        return DONE;
    }
    return no_with(asking, REFUSED, rule == NULL ? NULL : &rule->basis,
                   "rulebook.one-by-one", "step", asking->step->title);
}

static enum status check_actor(struct asking *asking) {
    const struct step *step = asking->step;
    bool signs = asking->move->kind == MOVE_DECIDE && asking->move->signer > 0;
    int role = signs ? step_signer_role(step, asking->move->signer) : step->role;
    const struct basis *basis = signs ? &step->joint->basis : &step->role_basis;
    bool holds = role == NO_INDEX || (asking->facts->roles & ROLE_BIT(role)) != 0;
    if (asking->facts->machine || !holds) {
        asking->no->role = role;
        asking->no->step = asking->position->step;
        asking->no->arguments[1] = (struct no_argument){"step", step->title};
        return no_with(asking, DENIED, basis, "rulebook.not-your-role", "role",
                       title_of_role(asking, role));
    }
    bool signing = step->signature && asking->move->kind != MOVE_EDIT;
    if (signing && !asking->facts->proven) {
        return no(asking, DENIED, &step->basis, "rulebook.prove-yourself");
    }
    return DONE;
}

static enum status check_hands(struct asking *asking) {
    for (size_t i = 0; i < asking->step->hand_count; i++) {
        TRY(check_hand(asking, &asking->step->hands[i]));
    }
    return DONE;
}

static enum status check_hand(struct asking *asking, const struct hand_rule *rule) {
    const struct move_facts *facts = asking->facts;
    unsigned mine = (facts->contributor ? (unsigned)HAND_CONTRIBUTOR : 0U) |
                    (facts->submitter ? (unsigned)HAND_SUBMITTER : 0U) |
                    ((facts->decided & rule->steps) != 0 ? (unsigned)HAND_DECIDER : 0U);
    unsigned barred = rule->never & mine;
    asking->no->role = asking->step->role;
    asking->no->step = asking->position->step;
    if ((barred & HAND_CONTRIBUTOR) != 0) {
        return no_with(asking, DENIED, &rule->basis, "rulebook.own-text", "step",
                       asking->step->title);
    }
    if ((barred & HAND_SUBMITTER) != 0) {
        return no_with(asking, DENIED, &rule->basis, "rulebook.own-submission", "step",
                       asking->step->title);
    }
    if ((barred & HAND_DECIDER) != 0) {
        return no_with(asking, DENIED, &rule->basis, "rulebook.decided-before", "step",
                       asking->step->title);
    }
    if (rule->only != 0 && (rule->only & mine) == 0) {
        return no_with(asking, DENIED, &rule->basis, "rulebook.same-person", "step",
                       asking->step->title);
    }
    return DONE;
}

static enum status check_channel(struct asking *asking) {
    unsigned channel =
        asking->move->channel == 0 ? (unsigned)CHANNEL_SYSTEM : asking->move->channel;
    const struct channel_rule *rule = asking->step->channels;
    unsigned allowed = rule == NULL ? (unsigned)CHANNEL_SYSTEM : rule->channels;
    const struct basis *basis = rule == NULL ? &asking->step->basis : &rule->basis;
    if ((allowed & channel) == 0) {
        return no_with(asking, REFUSED, basis, "rulebook.channel-not-allowed", "step",
                       asking->step->title);
    }
    if (channel == CHANNEL_FACE && !asking->facts->paper_complete) {
        return no_with(asking, REFUSED, basis, "rulebook.paper-incomplete", "step",
                       asking->step->title);
    }
    return DONE;
}

/* ---- What is decided ---- */

static enum status check_outcome(struct asking *asking, const struct outcome *outcome) {
    if (outcome->next == NO_INDEX && outcome->onto == NO_INDEX) {
        return no(asking, REFUSED, &outcome->basis, "rulebook.no-such-outcome");
    }
    if (outcome->reason && !asking->move->reason) {
        return no_with(asking, REFUSED, &outcome->basis, "rulebook.reason-missing",
                       "outcome", outcome->title);
    }
    const struct as_instructed *rule = asking->step->as_instructed;
    if (rule == NULL || rule->question == NO_INDEX) {
        return DONE;
    }
    const struct question *question = &asking->book->questions[rule->question];
    uint8_t carried = asking->position->carried;
    bool known = carried > 0 && carried <= question->choice_count;
    if (known && str_equal(question->choices[carried - 1].code, outcome->only_as)) {
        return DONE;
    }
    struct text none = {STR("无"), STR("none")};
    asking->no->arguments[1] = (struct no_argument){"outcome", outcome->title};
    return no_with(asking, REFUSED, &rule->basis, "rulebook.not-as-instructed",
                   "instruction", known ? question->choices[carried - 1].title : none);
}

/* An answer that leads somewhere leads there, and nothing else leads there.  A return to
 * the author stays open whatever was answered. */
static enum status check_when(struct asking *asking, const struct outcome *outcome) {
    if (outcome->when != NULL) {
        if (follows(asking, outcome->when)) {
            return DONE;
        }
        return no_with(asking, REFUSED, &outcome->when->basis, "rulebook.not-so-answered",
                       "outcome", outcome->title);
    }
    for (size_t i = 0;
         outcome->kind == OUTCOME_FORWARD && i < asking->step->outcome_count; i++) {
        const struct outcome *other = &asking->step->outcomes[i];
        if (other->when != NULL && follows(asking, other->when)) {
            asking->no->arguments[1] = (struct no_argument){"outcome", outcome->title};
            return no_with(asking, REFUSED, &other->when->basis, "rulebook.answer-leads",
                           "wanted", other->title);
        }
    }
    return DONE;
}

static bool follows(struct asking *asking, const struct outcome_when *when) {
    for (size_t i = 0; i < asking->step->ask_count; i++) {
        if (asking->step->asks[i] == when->question) {
            return asking->move->answers[i] == when->answer && when->answer != 0;
        }
    }
    return false;
}

/* Going on asks for every answer; a return needs none but what is bad in it. */
static enum status check_answers(struct asking *asking, const struct outcome *outcome) {
    const struct step *step = asking->step;
    bool onward = outcome->kind == OUTCOME_FORWARD;
    bool approving =
        outcome_approves(asking->book, asking->step, outcome, asking->move->answers);
    for (size_t i = 0; onward && i < step->ask_count; i++) {
        const struct question *question = &asking->book->questions[step->asks[i]];
        uint8_t answer = asking->move->answers[i];
        uint8_t most = question->kind == QUESTION_YES_NO ? 2
                       : question->kind == QUESTION_CHOICE
                           ? (uint8_t)question->choice_count
                           : 1;
        if (answer > most || (answer == 0 && !question->optional)) {
            return no_with(asking, REFUSED, &question->basis, "rulebook.answer-missing",
                           "question", question->title);
        }
        bool stops = question->effect != EFFECT_WARN &&
                     (outcome->when == NULL || outcome->when->question != step->asks[i]);
        if (approving && stops && question_is_bad(question, answer)) {
            return no_with(asking, REFUSED, &question->basis, "rulebook.answer-bars",
                           "question", question->title);
        }
    }
    return DONE;
}

static enum status check_prepared(struct asking *asking, const struct step *step) {
    static const char *const words[] = {
        "rulebook.proofread-first",  "rulebook.confirm-attachments",
        "rulebook.column-not-yours", "rulebook.not-for-public",
        "rulebook.no-liaison",       "rulebook.tick-legal-basis",
        "rulebook.later-day",        "rulebook.interpretation-first",
    };
    for (size_t i = 0; i < step->prepared_count; i++) {
        const struct preparation_rule *rule = &step->prepared[i];
        if ((asking->facts->prepared & BIT(rule->preparation)) == 0) {
            return no_with(asking, REFUSED, &rule->basis, words[rule->preparation],
                           "step", step->title);
        }
    }
    return DONE;
}

static enum status check_findings(struct asking *asking) {
    int blocking = asking->facts->blocking;
    if (blocking == NO_INDEX) {
        return DONE;
    }
    const struct prohibition *prohibition = &asking->book->prohibitions[blocking];
    asking->no->role = prohibition->ruler;
    asking->no->arguments[1] = (struct no_argument){"way", prohibition->way};
    return no_with(asking, REFUSED, &prohibition->basis, "rulebook.finding-blocks",
                   "finding", prohibition->title);
}

/* The gate: every demanded approval on exactly this digest, and one of them by
 * somebody who wrote none of it. */
static enum status check_standing(struct asking *asking) {
    const struct route *route = asking->route;
    const struct release_gate *gate = route->gate;
    uint32_t missing = rulebook_missing(route, asking->facts->standing) |
                       rulebook_missing(route, asking->position->passed);
    if (gate == NULL && !str_is_empty(asking->book->without)) {
        return DONE; /* a test shows what the gate is good for */
    }
    if (missing != 0) {
        return say_missing(asking, missing, gate_of(asking));
    }
    if (!asking->facts->independent) {
        return no(asking, REFUSED, gate_of(asking), "rulebook.no-other-eye");
    }
    return DONE;
}

/* The first of the steps that have not decided, and who has it. */
static enum status say_missing(struct asking *asking, uint32_t missing,
                               const struct basis *basis) {
    size_t first = 0;
    while ((missing & BIT(first)) == 0) {
        first++;
    }
    const struct step *step = &asking->route->steps[first];
    asking->no->role = step->role;
    asking->no->step = (int)first;
    asking->no->arguments[1] =
        (struct no_argument){"role", title_of_role(asking, step->role)};
    return no_with(asking, REFUSED, basis, "rulebook.decision-missing", "step",
                   step->title);
}

static enum status check_clock(struct asking *asking) {
    if (asking->facts->clock == CLOCK_BEFORE || asking->facts->late_reason) {
        return DONE;
    }
    enum clock_nature nature =
        asking->facts->clock == CLOCK_HARD_PASSED ? NATURE_HARD : NATURE_SOFT;
    for (size_t i = 0; i < asking->book->deadline_count; i++) {
        const struct deadline *deadline = &asking->book->deadlines[i];
        bool runs = deadline_runs(asking->book, deadline, asking->route, asking->lane);
        if (deadline->release && runs && deadline->nature == nature) {
            return no_with(asking, REFUSED, &deadline->basis, "rulebook.late-reason",
                           "deadline", deadline->title);
        }
    }
    return DONE;
}

/* ---- What follows ---- */

static void go_on(struct asking *asking, const struct outcome *outcome, bool approving,
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
        settle_duties(asking, moved);
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
    settle_duties(asking, moved);
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
    settle_duties(asking, moved);
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

static void settle_duties(struct asking *asking, struct moved *moved) {
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

/* ---- Saying no ---- */

static struct text title_of_role(const struct asking *asking, int role) {
    if (role == NO_INDEX) {
        return (struct text){STR(""), STR("")};
    }
    return asking->book->roles[role].title;
}

static enum status no(struct asking *asking, enum status status,
                      const struct basis *basis, const char *words) {
    return no_with(asking, status, basis, words, NULL,
                   (struct text){{NULL, 0}, {NULL, 0}});
}

static enum status no_with(struct asking *asking, enum status status,
                           const struct basis *basis, const char *words, const char *name,
                           struct text value) {
    asking->no->status = status;
    asking->no->basis = basis;
    asking->no->words = words;
    asking->no->arguments[0] = (struct no_argument){name, value};
    return status;
}
