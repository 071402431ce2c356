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
static bool try_routes(struct proving *proving, const struct state *state,
                       struct attempt attempt, trier *try);
static size_t actors_of(const struct state *state, uint8_t *out_actors);
static bool has_finding(const struct rulebook *book, bool ruling);

bool attempts_of(struct proving *proving, const struct state *state, trier *try) {
    const struct step *step = state_step(proving, state);
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

/* ---- Wishes, kind by kind ---- */

/* What has ended can be taken off, changed or outlived; nothing else may happen. */
static bool try_end(struct proving *proving, const struct state *state, trier *try) {
    bool live = state_step(proving, state)->state == STATE_PUBLISHED &&
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
    const struct step *step = state_step(proving, state);
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
    const struct step *step = state_step(proving, state);
    const struct outcome *outcome = &step->outcomes[attempt.outcome];
    bool asked = outcome->kind == OUTCOME_FORWARD || outcome->when != NULL;
    for (size_t i = 0; asked && i < step->ask_count; i++) {
        const struct question *question = &proving->book->questions[step->asks[i]];
        uint8_t usual = attempt_answer(proving, step, &attempt, i);
        bool leads = answer_leads(step, step->asks[i], 0);
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
    const struct step *step = state_step(proving, state);
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
        if (question->effect != EFFECT_WARN && answer_bad(question) != 0 &&
            !try(proving, state, &attempt)) {
            return false;
        }
    }
    return true;
}

/* A new text: clean or with a finding, in the same lane or in the other. */
static bool try_edits(struct proving *proving, const struct state *state, uint8_t actor,
                      trier *try) {
    const struct step *step = state_step(proving, state);
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
    const struct step *step = state_step(proving, state);
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
