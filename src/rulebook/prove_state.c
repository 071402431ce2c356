/*
 * The states of a walk: made, told apart, counted; and the ways between them.
 */
#include "prove_own.h"

#include <string.h>

#define NO_STATE UINT32_MAX

static size_t marks_given(const struct proving *proving, const struct state *before,
                          const struct attempt *attempt, size_t out_marks[2]);
static void forget_signatures(const struct proving *proving, struct state *next);
static uint64_t hash_of(const struct state *state);
static void grow_states(struct proving *proving);
static void grow_table(struct proving *proving);
static uint32_t worst_of(const struct proving *proving, const bool *ends);
static bool is_end(const struct proving *proving, const struct state *state);

struct state state_begin(const struct proving *proving, size_t route, unsigned flags) {
    struct position start = route_start(&proving->book->routes[route]);
    struct state state;
    memset(&state, 0, sizeof state); /* holes too: states are compared as bytes */
    memset(state.marks, NOBODY, sizeof state.marks);
    state.route = (uint8_t)route;
    state.step = start.step;
    state.round = (uint8_t)start.round;
    state.flags = (uint8_t)flags;
    return state;
}

void state_mark(const struct proving *proving, const struct state *before,
                const struct attempt *attempt, struct state *next, uint8_t *out_names) {
    uint8_t old_names[16];
    uint8_t number = 0;
    size_t given[2];
    size_t count = marks_given(proving, before, attempt, given);
    uint16_t writers = next->writers;
    bool known = attempt->actor < A_WRITER;
    if (attempt->kind == TRY_EDIT && known) {
        writers |= (uint16_t)STEP_BIT(attempt->actor);
    }
    if (attempt->actor == A_WRITER) {
        writers |= (uint16_t)STEP_BIT(A_WRITER);
    }
    for (size_t i = 0; i < count; i++) {
        next->marks[given[i]] = attempt->actor;
    }
    forget_signatures(proving, next);
    next->writers = 0;
    for (size_t i = 0; i < MARKS_MOST; i++) {
        if (next->marks[i] == NOBODY) {
            continue;
        }
        uint8_t found = 0;
        while (found < number && old_names[found] != next->marks[i]) {
            found++;
        }
        if (found == number) {
            old_names[number++] = next->marks[i];
            next->writers |=
                (writers & STEP_BIT(next->marks[i])) != 0 ? (uint16_t)STEP_BIT(found) : 0;
        }
        next->marks[i] = found;
    }
    if (out_names != NULL) {
        memcpy(out_names, old_names, number);
    }
}

bool state_add(struct proving *proving, const struct state *state, uint32_t parent,
               const struct attempt *attempt, uint32_t *out_number) {
    if (2 * (proving->state_count + 1) > proving->table_room) {
        grow_table(proving);
    }
    size_t at = hash_of(state) & (proving->table_room - 1);
    while (proving->table[at] != NO_STATE) {
        uint32_t number = proving->table[at];
        if (memcmp(&proving->states[number], state, sizeof *state) == 0) {
            *out_number = number;
            return false;
        }
        at = (at + 1) & (proving->table_room - 1);
    }
    if (proving->state_count == PROVE_STATES_MOST) {
        proving->too_large = true;
        *out_number = 0;
        return false;
    }
    if (proving->state_count == proving->state_room) {
        grow_states(proving);
    }
    uint32_t number = (uint32_t)proving->state_count++;
    proving->table[at] = number;
    proving->states[number] = *state;
    proving->parents[number] = parent;
    proving->attempts[number] = *attempt;
    *out_number = number;
    return true;
}

void edge_add(struct proving *proving, uint32_t from, uint32_t to) {
    if (proving->edge_count == proving->edge_room) {
        size_t room = proving->edge_room == 0 ? 4096 : 2 * proving->edge_room;
        uint32_t(*edges)[2] = arena_take_array(proving->arena, room, sizeof *edges);
        if (proving->edge_count > 0) {
            memcpy(edges, proving->edges, proving->edge_count * sizeof *edges);
        }
        proving->edges = edges;
        proving->edge_room = room;
    }
    proving->edges[proving->edge_count][0] = from;
    proving->edges[proving->edge_count][1] = to;
    proving->edge_count++;
}

/* Backwards from the ends, along the ways that a person can take. */
uint32_t state_without_way_out(struct proving *proving) {
    size_t count = proving->state_count;
    uint32_t *first = TAKE_ARRAY(proving->arena, count + 2, uint32_t);
    uint32_t *before = TAKE_ARRAY(proving->arena, proving->edge_count + 1, uint32_t);
    uint32_t *queue = TAKE_ARRAY(proving->arena, count + 1, uint32_t);
    bool *ends = TAKE_ARRAY(proving->arena, count + 1, bool);
    size_t queued = 0;
    for (size_t i = 0; i < proving->edge_count; i++) {
        first[proving->edges[i][1] + 2]++;
    }
    for (size_t i = 2; i < count + 2; i++) {
        first[i] += first[i - 1];
    }
    for (size_t i = 0; i < proving->edge_count; i++) {
        before[first[proving->edges[i][1] + 1]++] = proving->edges[i][0];
    }
    for (size_t i = 0; i < count; i++) {
        if (is_end(proving, &proving->states[i])) {
            ends[i] = true;
            queue[queued++] = (uint32_t)i;
        }
    }
    for (size_t at = 0; at < queued; at++) {
        for (uint32_t i = first[queue[at]]; i < first[queue[at] + 1]; i++) {
            if (!ends[before[i]]) {
                ends[before[i]] = true;
                queue[queued++] = before[i];
            }
        }
    }
    return worst_of(proving, ends);
}

/* The first that is lost; where all is lost from the beginning, the first of those that
 * have come furthest. */
static uint32_t worst_of(const struct proving *proving, const bool *ends) {
    uint32_t first = NO_STATE;
    uint32_t furthest = NO_STATE;
    for (size_t i = 0; i < proving->state_count; i++) {
        bool further = furthest == NO_STATE ||
                       proving->states[i].step > proving->states[furthest].step;
        first = first == NO_STATE && !ends[i] ? (uint32_t)i : first;
        furthest = !ends[i] && further ? (uint32_t)i : furthest;
    }
    bool from_the_start = first != NO_STATE && proving->parents[first] == NO_STATE;
    return from_the_start ? furthest : first;
}

/* Who hands in bears the submitter's mark, who decides that of the step. */
static size_t marks_given(const struct proving *proving, const struct state *before,
                          const struct attempt *attempt, size_t out_marks[2]) {
    const struct step *step = &proving->book->routes[before->route].steps[before->step];
    size_t count = 0;
    if (attempt->kind != TRY_DECIDE) {
        return 0;
    }
    if (step->kind == STEP_AUTHOR) {
        out_marks[count++] = 0;
    }
    int mark = mark_of(proving, step->code, attempt->signer);
    if (mark != NO_INDEX) {
        out_marks[count++] = (size_t)mark;
    }
    return count;
}

/* Who signed beside others is asked only until the last has; unless a hand rule asks. */
static void forget_signatures(const struct proving *proving, struct state *next) {
    struct str step = proving->book->routes[next->route].steps[next->step].code;
    for (size_t i = 1; i < proving->mark_count; i++) {
        const struct mark *mark = &proving->marks[i];
        bool counts = str_equal(mark->step, step) &&
                      ((next->signers | next->given) & STEP_BIT(mark->signer)) != 0;
        if (!mark->kept && !counts) {
            next->marks[i] = NOBODY;
        }
    }
}

static uint64_t hash_of(const struct state *state) {
    uint64_t words[sizeof *state / 8];
    uint64_t hash = 0;
    memcpy(words, state, sizeof words);
    for (size_t i = 0; i < LENGTH(words); i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

_Static_assert(sizeof(struct state) % 8 == 0, "the hash takes whole words");

static void grow_states(struct proving *proving) {
    size_t room = proving->state_room == 0 ? 4096 : 2 * proving->state_room;
    struct state *states = TAKE_ARRAY(proving->arena, room, struct state);
    uint32_t *parents = TAKE_ARRAY(proving->arena, room, uint32_t);
    struct attempt *attempts = TAKE_ARRAY(proving->arena, room, struct attempt);
    size_t count = proving->state_count;
    if (count > 0) {
        memcpy(states, proving->states, count * sizeof *states);
        memcpy(parents, proving->parents, count * sizeof *parents);
        memcpy(attempts, proving->attempts, count * sizeof *attempts);
    }
    proving->states = states;
    proving->parents = parents;
    proving->attempts = attempts;
    proving->state_room = room;
}

static void grow_table(struct proving *proving) {
    proving->table_room = proving->table_room == 0 ? 16384 : 2 * proving->table_room;
    proving->table = TAKE_ARRAY(proving->arena, proving->table_room, uint32_t);
    memset(proving->table, 0xFF, proving->table_room * sizeof *proving->table);
    for (size_t i = 0; i < proving->state_count; i++) {
        size_t at = hash_of(&proving->states[i]) & (proving->table_room - 1);
        while (proving->table[at] != NO_STATE) {
            at = (at + 1) & (proving->table_room - 1);
        }
        proving->table[at] = (uint32_t)i;
    }
}

static bool is_end(const struct proving *proving, const struct state *state) {
    return proving->book->routes[state->route].steps[state->step].kind == STEP_END;
}
