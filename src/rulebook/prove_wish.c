/*
 * Everything that can be wished in a state, and what can befall it: by each person
 * known to the run and by a stranger, with the step's post and without it but with
 * every other, and with each single thing lacking that a rule could ask for.
 */
#include "prove_own.h"

#define NO_QUESTION 0xFF

typedef bool trier(struct proving *proving, const struct state *state,
                   const struct attempt *attempt);

static bool try_end(struct proving *proving, const struct state *state, trier *try);
static bool try_decisions(struct proving *proving, const struct state *state,
                          uint8_t actor, trier *try);
static bool try_picks(struct proving *proving, const struct state *state,
                      struct attempt attempt, trier *try);
static bool try_lacks(struct proving *proving, const struct state *state,
                      struct attempt attempt, trier *try);
static bool try_edits(struct proving *proving, const struct state *state, uint8_t actor,
                      trier *try);
static bool try_releases(struct proving *proving, const struct state *state,
                         uint8_t actor, trier *try);
static bool try_events(struct proving *proving, const struct state *state, trier *try);
static bool try_owed(struct proving *proving, const struct state *state,
                     const uint8_t *actors, size_t count, trier *try);
static int role_asked(const struct route *route, const struct step *step,
                      const struct attempt *attempt);
static bool try_routes(struct proving *proving, const struct state *state,
                       struct attempt attempt, trier *try);
static size_t actors_of(const struct state *state, uint8_t *out_actors);
static bool has_finding(const struct rulebook *book, bool ruling);
static uint8_t good_answer(const struct step *step, const struct outcome *outcome,
                           int asked, const struct question *question);
static bool is_lead(const struct step *step, int asked, uint8_t value);
static uint8_t bad_answer(const struct question *question);
static uint8_t answers_most(const struct question *question);
static const struct step *step_of(const struct proving *proving,
                                  const struct state *state);

bool attempts_of(struct proving *proving, const struct state *state, trier *try) {
    const struct step *step = step_of(proving, state);
    uint8_t actors[MARKS_MOST + 2];
    if (step->kind == STEP_END) {
        return try_end(proving, state, try);
    }
    size_t count = actors_of(state, actors);
    for (size_t i = 0; i < count; i++) {
        struct attempt recall = {.kind = TRY_RECALL, .actor = actors[i], .holds = 1};
        if (!try_decisions(proving, state, actors[i], try) ||
            !try_edits(proving, state, actors[i], try) || !try(proving, state, &recall) ||
            !try_releases(proving, state, actors[i], try)) {
            return false;
        }
    }
    struct attempt withdraw = {.kind = TRY_WITHDRAW, .actor = A_STRANGER, .holds = 1};
    return try(proving, state, &withdraw) && try_events(proving, state, try) &&
           try_owed(proving, state, actors, count, try);
}

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
    const struct step *step = step_of(proving, state);
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
        return bad_answer(question);
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

/* ---- Wishes, kind by kind ---- */

/* What has ended can be taken off, changed or outlived; nothing else may happen. */
static bool try_end(struct proving *proving, const struct state *state, trier *try) {
    bool live = step_of(proving, state)->state == STATE_PUBLISHED &&
                (state->flags & STATE_TAKEN_OFF) == 0;
    static const struct attempt table[] = {
        {.kind = TRY_WITHDRAW, .actor = A_STRANGER, .holds = 1},
        {.kind = TRY_WITHDRAW, .actor = A_STRANGER, .holds = 0},
        {.kind = TRY_WITHDRAW, .actor = A_STRANGER, .holds = 1, .lack = LACK_PASSWORD},
        {.kind = TRY_WITHDRAW, .actor = A_STRANGER, .holds = 1, .lack = LACK_CURRENCY},
        {.kind = TRY_RELEASE, .actor = A_STRANGER, .holds = 1},
        {.kind = TRY_SCHEDULE, .actor = A_STRANGER, .holds = 1},
        {.kind = TRY_DECIDE, .actor = A_STRANGER, .holds = 1},
        {.kind = TRY_EDIT, .actor = A_STRANGER, .holds = 1},
        {.kind = TRY_RECALL, .actor = A_STRANGER, .holds = 1},
    };
    if ((state->flags & STATE_TAKEN_OFF) != 0) {
        return true;
    }
    for (size_t i = 0; i < LENGTH(table); i++) {
        if (!try(proving, state, &table[i])) {
            return false;
        }
    }
    struct attempt expiry = {.kind = HAPPEN_EXPIRY};
    struct attempt change = {.kind = HAPPEN_CHANGE};
    bool of_manuscript =
        proving->book->routes[state->route].subject == ROUTE_OF_MANUSCRIPT;
    return !live || !of_manuscript ||
           (try(proving, state, &expiry) && try_routes(proving, state, change, try));
}

static bool try_decisions(struct proving *proving, const struct state *state,
                          uint8_t actor, trier *try) {
    const struct step *step = step_of(proving, state);
    for (size_t i = 0; i < step->outcome_count * step_signers(step); i++) {
        for (uint8_t holds = 0; holds < 2; holds++) {
            struct attempt attempt = {.kind = TRY_DECIDE,
                                      .actor = actor,
                                      .holds = holds,
                                      .outcome = (uint8_t)(i % step->outcome_count),
                                      .signer = (uint8_t)(i / step->outcome_count),
                                      .index = NO_QUESTION};
            if (!try(proving, state, &attempt)) {
                return false;
            }
            if (holds != 0 && step->kind != STEP_RELEASE &&
                (!try_picks(proving, state, attempt, try) ||
                 (actor == A_STRANGER && !try_lacks(proving, state, attempt, try)))) {
                return false;
            }
        }
    }
    return true;
}

/* The other answers that are no fault, and those that lead elsewhere: each choice, each
 * carried answer. */
static bool try_picks(struct proving *proving, const struct state *state,
                      struct attempt attempt, trier *try) {
    const struct step *step = step_of(proving, state);
    const struct outcome *outcome = &step->outcomes[attempt.outcome];
    bool asked = outcome->kind == OUTCOME_FORWARD || outcome->when != NULL;
    for (size_t i = 0; asked && i < step->ask_count; i++) {
        const struct question *question = &proving->book->questions[step->asks[i]];
        uint8_t usual = attempt_answer(proving, step, &attempt, i);
        bool leads = is_lead(step, step->asks[i], 0);
        bool many = question->kind == QUESTION_CHOICE || question->carries || leads;
        for (uint8_t value = 1; many && value <= answers_most(question); value++) {
            struct attempt other = attempt;
            other.index = (uint8_t)i;
            other.pick = value;
            if (value != usual && (leads || !question_is_bad(question, value)) &&
                !try(proving, state, &other)) {
                return false;
            }
        }
    }
    return true;
}

static bool try_lacks(struct proving *proving, const struct state *state,
                      struct attempt attempt, trier *try) {
    static const uint8_t simple[] = {LACK_PASSWORD,  LACK_CURRENCY, LACK_PERSON,
                                     LACK_TURN,      LACK_REASON,   LACK_PAPER,
                                     LACK_SINGLENESS};
    const struct step *step = step_of(proving, state);
    for (size_t i = 0; i < LENGTH(simple); i++) {
        attempt.lack = simple[i];
        if (!try(proving, state, &attempt)) {
            return false;
        }
    }
    if (step->outcomes[attempt.outcome].kind != OUTCOME_FORWARD) {
        return true;
    }
    attempt.lack = LACK_PREPARATION;
    for (size_t i = 0; i < step->prepared_count; i++) {
        attempt.index = (uint8_t)i;
        if (!try(proving, state, &attempt)) {
            return false;
        }
    }
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &proving->book->questions[step->asks[i]];
        attempt.index = (uint8_t)i;
        attempt.lack = LACK_ANSWER;
        if (!question->optional && !try(proving, state, &attempt)) {
            return false;
        }
        attempt.lack = LACK_GOOD_ANSWER;
        if (question->effect != EFFECT_WARN && bad_answer(question) != 0 &&
            !try(proving, state, &attempt)) {
            return false;
        }
    }
    return true;
}

/* A new text: clean or with a finding, in the same lane or in the other. */
static bool try_edits(struct proving *proving, const struct state *state, uint8_t actor,
                      trier *try) {
    const struct step *step = step_of(proving, state);
    bool writing = step->kind == STEP_AUTHOR || step->edits;
    bool hurried = (state->flags & STATE_HURRIED) != 0;
    struct attempt attempt = {
        .kind = TRY_EDIT, .actor = actor, .holds = 1, .lane = hurried ? 1 : 0};
    if (!writing) {
        return actor != A_STRANGER || try(proving, state, &attempt);
    }
    struct attempt without_post = attempt;
    without_post.holds = 0;
    if (!try(proving, state, &without_post) || !try(proving, state, &attempt)) {
        return false;
    }
    for (uint8_t finding = FINDING_RULABLE; finding <= FINDING_FINAL; finding++) {
        attempt.pick = finding;
        if (has_finding(proving->book, finding == FINDING_RULABLE) &&
            !try(proving, state, &attempt)) {
            return false;
        }
    }
    attempt.pick = FINDING_NONE;
    attempt.lane = hurried ? 0 : 1;
    return proving->book->emergency == NULL || actor != A_STRANGER ||
           try(proving, state, &attempt);
}

static bool try_releases(struct proving *proving, const struct state *state,
                         uint8_t actor, trier *try) {
    static const uint8_t simple[] = {LACK_PASSWORD, LACK_CURRENCY, LACK_PERSON, LACK_TIME,
                                     LACK_MUCH_TIME};
    const struct step *step = step_of(proving, state);
    for (uint8_t kind = TRY_RELEASE; kind <= TRY_SCHEDULE; kind++) {
        for (uint8_t holds = 0; holds < 2; holds++) {
            struct attempt attempt = {.kind = kind, .actor = actor, .holds = holds};
            if (!try(proving, state, &attempt)) {
                return false;
            }
        }
        bool once = actor == A_STRANGER && step->kind == STEP_RELEASE;
        struct attempt attempt = {.kind = kind, .actor = actor, .holds = 1};
        for (size_t i = 0; once && i < LENGTH(simple); i++) {
            attempt.lack = simple[i];
            /* A release by no person is the schedule's, tried where there is one. */
            bool due = kind == TRY_RELEASE && attempt.lack == LACK_PERSON;
            if (!due && !try(proving, state, &attempt)) {
                return false;
            }
        }
        attempt.lack = LACK_PREPARATION;
        for (size_t i = 0; once && i < step->prepared_count; i++) {
            attempt.index = (uint8_t)i;
            if (!try(proving, state, &attempt)) {
                return false;
            }
        }
    }
    return true;
}

static bool try_events(struct proving *proving, const struct state *state, trier *try) {
    const struct route *route = &proving->book->routes[state->route];
    bool of_manuscript = route->subject == ROUTE_OF_MANUSCRIPT;
    const struct {
        bool possible;
        struct attempt attempt;
    } table[] = {
        {(state->flags & STATE_SCHEDULE) != 0, {.kind = TRY_COME_DUE, .actor = NOBODY}},
        {(state->flags & STATE_SCHEDULE) != 0,
         {.kind = TRY_COME_DUE, .actor = NOBODY, .lack = LACK_CURRENCY}},
        {(state->flags & STATE_SCHEDULE) != 0, {.kind = HAPPEN_CANCEL}},
        {state->finding == FINDING_RULABLE, {.kind = HAPPEN_RULING}},
        {of_manuscript && state->finding == FINDING_NONE &&
             has_finding(proving->book, true),
         {.kind = HAPPEN_FINDING}},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        if (table[i].possible && !try(proving, state, &table[i].attempt)) {
            return false;
        }
    }
    struct attempt reroute = {.kind = HAPPEN_REROUTE};
    return route->steps[state->step].kind != STEP_AUTHOR || !of_manuscript ||
           try_routes(proving, state, reroute, try);
}

/* What goes live before its review, by everybody and with everything lacking that the
 * grant asks for; and the end of its time. */
static bool try_owed(struct proving *proving, const struct state *state,
                     const uint8_t *actors, size_t count, trier *try) {
    static const uint8_t simple[] = {LACK_PASSWORD, LACK_CURRENCY, LACK_PERSON};
    const struct route *route = &proving->book->routes[state->route];
    for (size_t i = route->owed == NULL ? count - 1 : 0; i < count; i++) {
        struct attempt attempt = {.kind = TRY_RELEASE_FIRST, .actor = actors[i]};
        if (!try(proving, state, &attempt)) {
            return false;
        }
        attempt.holds = 1;
        if (!try(proving, state, &attempt)) {
            return false;
        }
        if (route->owed == NULL) {
            break; /* nobody may; one is asked */
        }
        for (size_t j = 0; j < LENGTH(simple) && actors[i] == A_STRANGER; j++) {
            attempt.lack = simple[j];
            if (!try(proving, state, &attempt)) {
                return false;
            }
        }
    }
    const struct step *release =
        &route->steps[route->release == NO_INDEX ? 0 : route->release];
    struct attempt unprepared = {.kind = TRY_RELEASE_FIRST,
                                 .actor = A_STRANGER,
                                 .holds = 1,
                                 .lack = LACK_PREPARATION};
    for (size_t i = 0; route->owed != NULL && i < release->prepared_count; i++) {
        unprepared.index = (uint8_t)i;
        if (!try(proving, state, &unprepared)) {
            return false;
        }
    }
    const struct attempt lapse = {.kind = TRY_LAPSE, .actor = NOBODY};
    const struct attempt early = {
        .kind = TRY_LAPSE, .actor = NOBODY, .lack = LACK_PATIENCE};
    const struct attempt hand = {.kind = TRY_LAPSE, .actor = A_STRANGER, .holds = 1};
    return try(proving, state, &lapse) && try(proving, state, &early) &&
           try(proving, state, &hand);
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

/* To every other route of a manuscript; a change of a live item also to the same. */
static bool try_routes(struct proving *proving, const struct state *state,
                       struct attempt attempt, trier *try) {
    const struct rulebook *book = proving->book;
    bool hurried = (state->flags & STATE_HURRIED) != 0;
    for (size_t i = 0; i < book->route_count; i++) {
        bool other = i != state->route || attempt.kind == HAPPEN_CHANGE;
        if (book->routes[i].subject != ROUTE_OF_MANUSCRIPT || !other) {
            continue;
        }
        attempt.pick = (uint8_t)i;
        for (uint8_t lane = 0; lane < 2; lane++) {
            attempt.lane = lane;
            bool possible = attempt.kind == HAPPEN_CHANGE
                                ? lane == 0 || book->emergency != NULL
                                : (lane == 1) == hurried;
            if (possible && !try(proving, state, &attempt)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- Small answers ---- */

static size_t actors_of(const struct state *state, uint8_t *out_actors) {
    size_t count = 0;
    for (size_t i = 0; i < MARKS_MOST; i++) {
        if (state->marks[i] != NOBODY && state->marks[i] == count) {
            out_actors[count] = (uint8_t)count;
            count++;
        }
    }
    out_actors[count++] = A_WRITER;
    out_actors[count++] = A_STRANGER;
    return count;
}

static bool has_finding(const struct rulebook *book, bool ruling) {
    for (size_t i = 0; i < book->prohibition_count; i++) {
        if (book->prohibitions[i].severity == SEVERITY_BLOCK &&
            book->prohibitions[i].ruling == ruling) {
            return true;
        }
    }
    return false;
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
        bool elsewhere = outcome->when == NULL && is_lead(step, asked, value);
        good = !question_is_bad(question, value) && better && !elsewhere ? value : good;
    }
    return good == 0 ? 1 : good;
}

/* Does *value* (0: any) of the question lead to an outcome of its own? */
static bool is_lead(const struct step *step, int asked, uint8_t value) {
    for (size_t i = 0; i < step->outcome_count; i++) {
        const struct outcome_when *when = step->outcomes[i].when;
        if (when != NULL && when->question == asked &&
            (value == 0 || when->answer == value)) {
            return true;
        }
    }
    return false;
}

static uint8_t bad_answer(const struct question *question) {
    for (uint8_t value = 1; value <= answers_most(question); value++) {
        if (question_is_bad(question, value)) {
            return value;
        }
    }
    return 0;
}

static uint8_t answers_most(const struct question *question) {
    return question->kind == QUESTION_YES_NO   ? 2
           : question->kind == QUESTION_CHOICE ? (uint8_t)question->choice_count
                                               : 1;
}

static const struct step *step_of(const struct proving *proving,
                                  const struct state *state) {
    return &proving->book->routes[state->route].steps[state->step];
}
