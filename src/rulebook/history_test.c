/*
 * Random histories: twelve people with shifting posts do what they like to one text
 * after another, through the transition function and the record's arithmetic, exactly
 * as the review stage asks them.  Whatever becomes live is then looked at by a model
 * that knows only the record: who did what to which text, and who held what when.
 *
 * Each planted fault of the second test must be found by it.
 */
#include "rulebook/rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PEOPLE       12
#define TICKS        160
#define TEXTS        4 /* so that a text comes back now and then */
#define RECORDS_MOST 256
#define BIT(index)   ((uint32_t)1 << (index))

typedef enum status mover(const struct rulebook *book, const struct route *route,
                          const struct position *position, const struct move *move,
                          const struct move_facts *facts, enum lane lane,
                          struct moved *out_moved, struct no *out_no);

/* One line of the record. */
struct entry {
    enum { DECIDED, EDITED, RELEASED, RELEASED_FIRST, RECALLED } what;
    int person; /* -1: the machine */
    int step;
    int outcome;
    int signer; /* whose signature, where several sign */
    int round;
    int text;
    uint8_t answers[RULEBOOK_QUESTIONS_MOST];
    uint64_t posts;   /* the person held, at that moment */
    uint16_t writers; /* at that moment */
    bool blocked;     /* an open finding was on the text */
};

struct history {
    const struct rulebook *book;
    const struct route *route;
    mover *move;
    uint64_t random;
    uint64_t posts[PEOPLE];
    uint16_t writers;
    int submitter;
    struct position position;
    enum lane lane;
    int text;
    bool blocked[TEXTS];
    bool scheduled;
    int scheduled_text;
    bool live_before;
    size_t stays; /* texts that stayed public although somebody sent them back */
    struct entry entries[RECORDS_MOST];
    size_t count;
};

static uint32_t roll(struct history *history, uint32_t below) {
    history->random ^= history->random << 13;
    history->random ^= history->random >> 7;
    history->random ^= history->random << 17;
    return (uint32_t)((history->random * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static bool often(struct history *history, uint32_t percent) {
    return roll(history, 100) < percent;
}

static struct entry *note(struct history *history, int person) {
    struct entry *entry = &history->entries[history->count++];
    *entry = (struct entry){.person = person,
                            .step = history->position.step,
                            .round = history->position.round,
                            .text = history->text,
                            .posts = person < 0 ? 0 : history->posts[person],
                            .writers = history->writers,
                            .blocked = history->blocked[history->text]};
    return entry;
}

static void begin(struct history *history, const struct rulebook *book,
                  const struct route *route, mover *move, uint64_t seed) {
    *history = (struct history){.book = book,
                                .route = route,
                                .move = move,
                                .random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    for (size_t i = 0; i < PEOPLE; i++) {
        for (size_t j = 0; j < book->role_count; j++) {
            history->posts[i] |= often(history, 40) ? (uint64_t)1 << j : 0;
        }
    }
    history->writers = (uint16_t)BIT(roll(history, PEOPLE));
    history->submitter = -2;
    history->lane =
        book->emergency != NULL && often(history, 20) ? LANE_EMERGENCY : LANE_ORDINARY;
    history->live_before = often(history, 20);
    history->position = route_start(route);
}

/* The decisions of the present round, as the review stage reads them. */
static size_t pasts_of(const struct history *history, struct past *pasts) {
    size_t count = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *entry = &history->entries[i];
        if (entry->what == DECIDED && entry->round == history->position.round) {
            struct past *past = &pasts[count++];
            *past = (struct past){.step = entry->step,
                                  .outcome = entry->outcome,
                                  .signer = (uint8_t)entry->signer,
                                  .current = entry->text == history->text,
                                  .by_contributor =
                                      (entry->writers & BIT(entry->person)) != 0};
            memcpy(past->answers, entry->answers, sizeof past->answers);
        }
    }
    return count;
}

static struct move_facts facts_of(struct history *history, int person, bool submitting) {
    struct past pasts[RECORDS_MOST];
    struct move_facts facts = {.blocking = NO_INDEX,
                               .prepared = often(history, 95) ? UINT32_MAX : 0,
                               .machine = person < 0,
                               .proven = person >= 0 && often(history, 95),
                               .of_unit = often(history, 50),
                               .stale = often(history, 2),
                               .live_change = history->live_before,
                               .clock =
                                   (uint8_t)(often(history, 5) ? roll(history, 3) : 0),
                               .late_reason = often(history, 30),
                               .lapsed = often(history, 30)};
    size_t count = pasts_of(history, pasts);
    struct position derived = rulebook_replay(history->book, history->route,
                                              history->position.round, pasts, count);
    derived.signers = derived.step == history->position.step ? derived.signers : 0;
    derived.step = history->position.step;
    derived.live = history->position.live;
    history->position = derived;
    rulebook_standing(history->route, &derived, pasts, count, &facts);
    for (size_t i = 0; history->blocked[history->text] && facts.blocking == NO_INDEX &&
                       i < history->book->prohibition_count;
         i++) {
        facts.blocking =
            history->book->prohibitions[i].severity == SEVERITY_BLOCK ? (int)i : NO_INDEX;
    }
    if (person < 0) {
        facts.of_unit = false;
        return facts;
    }
    facts.roles = history->posts[person];
    facts.contributor = (history->writers & BIT(person)) != 0;
    facts.submitter = submitting || history->submitter == person;
    int latest[RULEBOOK_STEPS_MOST][RULEBOOK_SIGNERS_MOST];
    memset(latest, 0xFF, sizeof latest);
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *entry = &history->entries[i];
        if (entry->what == DECIDED) {
            latest[entry->step][entry->signer] = entry->person;
        }
    }
    for (size_t i = 0; i < history->route->step_count; i++) {
        for (size_t j = 0; j < RULEBOOK_SIGNERS_MOST; j++) {
            bool own = latest[i][j] == person;
            facts.decided |= own ? BIT(i) : 0;
            facts.signed_here = facts.signed_here || (own && i == derived.step &&
                                                      (derived.signers & BIT(j)) != 0);
        }
    }
    return facts;
}

static uint8_t answer_to(struct history *history, const struct step *step,
                         const struct outcome *outcome, int asked) {
    const struct question *question = &history->book->questions[asked];
    uint8_t most = question->kind == QUESTION_YES_NO   ? 2
                   : question->kind == QUESTION_CHOICE ? (uint8_t)question->choice_count
                                                       : 1;
    if (outcome->when != NULL && outcome->when->question == asked && often(history, 95)) {
        return outcome->when->answer;
    }
    (void)step;
    uint8_t answer = (uint8_t)(1 + roll(history, most));
    for (int i = 0; i < 4 && question_is_bad(question, answer) && often(history, 90);
         i++) {
        answer = (uint8_t)(1 + roll(history, most));
    }
    return often(history, 2) ? 0 : answer;
}

/* Ask as the stage asks, and write down what is answered. */
static enum status ask(struct history *history, int person, struct move *move,
                       bool submitting, struct moved *out_moved) {
    struct no no;
    struct move_facts facts = facts_of(history, person, submitting);
    return history->move(history->book, history->route, &history->position, move, &facts,
                         history->lane, out_moved, &no);
}

static void decide(struct history *history, int person) {
    const struct step *step = &history->route->steps[history->position.step];
    struct moved moved;
    if (step->outcome_count == 0) {
        return;
    }
    uint8_t outcome = (uint8_t)roll(history, (uint32_t)step->outcome_count);
    if (step->outcomes[outcome].kind != OUTCOME_FORWARD && often(history, 75)) {
        outcome = 0;
    }
    struct move move = {.kind = MOVE_DECIDE,
                        .step = NO_INDEX,
                        .outcome = outcome,
                        .signer = (uint8_t)roll(history, (uint32_t)step_signers(step)),
                        .reason = often(history, 90)};
    for (size_t i = 0; i < step->ask_count; i++) {
        move.answers[i] =
            answer_to(history, step, &step->outcomes[outcome], step->asks[i]);
    }
    bool submitting = step->kind == STEP_AUTHOR;
    if (ask(history, person, &move, submitting, &moved) != DONE) {
        return;
    }
    struct entry *entry = note(history, person);
    entry->what = DECIDED;
    entry->outcome = outcome;
    entry->signer = move.signer;
    bool onward = step->outcomes[outcome].kind == OUTCOME_FORWARD;
    history->stays += !onward && moved.next.live != 0 ? 1 : 0;
    memcpy(entry->answers, move.answers, sizeof entry->answers);
    history->submitter = submitting ? person : history->submitter;
    history->position = moved.next;
    if (moved.ended && history->route->steps[moved.next.step].state == STATE_PUBLISHED) {
        note(history, person)->what = RELEASED;
    }
}

static void edit(struct history *history, int person) {
    struct move move = {.kind = MOVE_EDIT, .step = NO_INDEX};
    struct moved moved;
    if (ask(history, person, &move, false, &moved) != DONE) {
        return;
    }
    history->position = moved.next;
    history->text = (int)roll(history, TEXTS);
    history->writers |= (uint16_t)BIT(person);
    note(history, person)->what = EDITED;
}

static void recall(struct history *history, int person) {
    struct move move = {.kind = MOVE_RECALL, .step = NO_INDEX};
    struct moved moved;
    if (ask(history, person, &move, false, &moved) == DONE) {
        note(history, person)->what = RECALLED;
        history->position = moved.next;
    }
}

static void release(struct history *history, int person, bool later) {
    struct move move = {.kind = later ? MOVE_SCHEDULE : MOVE_RELEASE, .step = NO_INDEX};
    struct moved moved;
    if (person < 0 && !history->scheduled) {
        return;
    }
    if (ask(history, person, &move, false, &moved) != DONE) {
        return;
    }
    if (later) {
        history->scheduled = true;
        return;
    }
    note(history, person)->what = RELEASED;
    history->position = moved.next;
}

/* Before its review; or the clock, when that was not finished. */
static void release_first(struct history *history, int person) {
    struct move move = {.kind = person < 0 ? MOVE_LAPSE : MOVE_RELEASE_FIRST,
                        .step = NO_INDEX};
    struct moved moved;
    if (ask(history, person, &move, false, &moved) != DONE) {
        return;
    }
    if (person >= 0) {
        note(history, person)->what = RELEASED_FIRST;
    }
    history->position = moved.next;
}

static void tick(struct history *history) {
    int person = (int)roll(history, PEOPLE);
    const struct step *step = &history->route->steps[history->position.step];
    bool writing = step->kind == STEP_AUTHOR || step->edits;
    uint32_t act = roll(history, 100);
    if (act < 4) {
        uint64_t post = (uint64_t)1 << roll(history, (uint32_t)history->book->role_count);
        history->posts[person] ^= post;
    } else if (act < 6) {
        history->blocked[roll(history, TEXTS)] ^= true;
    } else if (act < (writing ? 16U : 8U)) {
        edit(history, person);
    } else if (act < 18) {
        recall(history, person);
    } else if (act < 24) {
        release(history, person, true);
    } else if (act < 28) {
        release(history, -1, false);
    } else if (act < 34 && history->book->emergency != NULL) {
        release_first(history, act < 29 ? -1 : person);
    } else if (act < 45 || step->kind == STEP_RELEASE) {
        release(history, person, false);
    } else {
        decide(history, person);
    }
}

/* ---- the model, which knows only the record ---- */

/* Does this record approve of *text* at *step*, by somebody entitled at that moment? */
static bool approves(const struct history *history, size_t at, int step, int text) {
    const struct entry *entry = &history->entries[at];
    const struct step *one = &history->route->steps[step];
    if (entry->what != DECIDED || entry->step != step || entry->text != text ||
        one->outcomes[entry->outcome].next <= step) {
        return false;
    }
    for (size_t i = 0; i < one->ask_count; i++) {
        const struct question *question = &history->book->questions[one->asks[i]];
        if (question->kind == QUESTION_CHOICE &&
            (entry->answers[i] == 0 ||
             !question->choices[entry->answers[i] - 1].approves)) {
            return false;
        }
    }
    int role = step_signer_role(one, (size_t)entry->signer);
    if (role != NO_INDEX && (entry->posts & (uint64_t)1 << role) == 0) {
        return false;
    }
    bool wrote = (entry->writers & BIT(entry->person)) != 0;
    for (size_t i = 0; i < one->hand_count; i++) {
        if (wrote && (one->hands[i].never & HAND_CONTRIBUTOR) != 0) {
            return false;
        }
        for (size_t j = 0; j < at; j++) { /* the latest word at a step is whose? */
            const struct entry *other = &history->entries[j];
            bool looked_at =
                other->what == DECIDED && (one->hands[i].steps & BIT(other->step)) != 0;
            bool latest = true;
            for (size_t k = j + 1; k < at; k++) {
                latest = latest && !(history->entries[k].what == DECIDED &&
                                     history->entries[k].step == other->step &&
                                     history->entries[k].signer == other->signer);
            }
            if (looked_at && latest && other->person == entry->person &&
                (one->hands[i].never & HAND_DECIDER) != 0) {
                return false;
            }
        }
    }
    return true;
}

/* Was a text sent back to *step* or before it, after record *at*? */
static bool undone(const struct history *history, size_t at, size_t until, int step) {
    for (size_t i = at + 1; i < until; i++) {
        const struct entry *entry = &history->entries[i];
        if (entry->what != DECIDED) {
            continue;
        }
        int next = history->route->steps[entry->step].outcomes[entry->outcome].next;
        if (next <= entry->step && next <= step) {
            return true;
        }
    }
    return false;
}

/* Do the signatures on *text* at *step* before record *at* make an approval: as many as
 * are needed, each of another post and another person? */
static bool is_approved(const struct history *history, size_t at, int step, int text,
                        bool *other_eye) {
    const struct step *one = &history->route->steps[step];
    uint32_t signers = 0;
    uint32_t people = 0;
    size_t posts = 0;
    size_t persons = 0;
    for (size_t j = 0; j < at; j++) {
        const struct entry *entry = &history->entries[j];
        if (!approves(history, j, step, text) || undone(history, j, at, step)) {
            continue;
        }
        signers |= BIT(entry->signer);
        people |= BIT(entry->person);
        *other_eye = *other_eye || (one->kind == STEP_REVIEW &&
                                    (entry->writers & BIT(entry->person)) == 0);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        posts += (signers & BIT(i)) != 0 ? 1 : 0;
        persons += (people & BIT(i)) != 0 ? 1 : 0;
    }
    return posts >= step_signatures(one) && persons >= step_signatures(one);
}

/* The same for what went live before its review: an article grants it, to this post, in
 * an emergency, and every decision is there that may not be owed. */
static bool is_forbidden_first(const struct history *history, size_t at) {
    const struct entry *release = &history->entries[at];
    const struct owed_rule *owed = history->route->owed;
    bool other_eye = false;
    if (owed == NULL || history->lane != LANE_EMERGENCY || release->blocked ||
        (release->posts & (uint64_t)1 << owed->role) == 0 ||
        (release->writers & BIT(release->person)) != 0) {
        return true;
    }
    for (size_t i = 0; i < history->route->step_count; i++) {
        bool demanded = history->route->steps[i].demanded && (owed->steps & BIT(i)) == 0;
        if (demanded && !is_approved(history, at, (int)i, release->text, &other_eye)) {
            return true;
        }
    }
    return false;
}

/* True if the release at record *at* must not have been. */
static bool is_forbidden(const struct history *history, size_t at) {
    const struct entry *release = &history->entries[at];
    bool other_eye = false;
    if (release->what == RELEASED_FIRST) {
        return is_forbidden_first(history, at);
    }
    if (release->blocked) {
        return true;
    }
    for (size_t i = 0; i < history->route->step_count; i++) {
        bool found = is_approved(history, at, (int)i, release->text, &other_eye);
        if (history->route->steps[i].demanded && !found) {
            return true;
        }
    }
    if (release->step != history->route->release || release->person < 0) {
        return !other_eye;
    }
    const struct step *step = &history->route->steps[release->step];
    bool holds =
        step->role == NO_INDEX || (release->posts & (uint64_t)1 << step->role) != 0;
    return !other_eye || !holds;
}

struct tally {
    size_t live;
    size_t first; /* of these, before their review */
    size_t forbidden;
    size_t acts;
};

static struct tally run(const struct rulebook *const *books, size_t book_count,
                        mover *move, size_t histories, uint64_t seed) {
    struct tally tally = {0};
    struct history history;
    for (size_t i = 0; i < histories; i++) {
        const struct rulebook *book = books[i % book_count];
        const struct route *route = &book->routes[(i / book_count) % book->route_count];
        if (route->subject != ROUTE_OF_MANUSCRIPT) {
            route = &book->routes[0];
        }
        begin(&history, book, route, move, seed + i);
        for (size_t t = 0; t < TICKS && history.count + 2 < RECORDS_MOST &&
                           route->steps[history.position.step].kind != STEP_END;
             t++) {
            tick(&history);
        }
        for (size_t j = 0; j < history.count; j++) {
            bool first = history.entries[j].what == RELEASED_FIRST;
            if (history.entries[j].what == RELEASED || first) {
                tally.live++;
                tally.first += first ? 1 : 0;
                tally.forbidden += is_forbidden(&history, j) ? 1 : 0;
            }
        }
        tally.forbidden += history.stays;
        tally.acts += history.count;
    }
    return tally;
}

struct shelf_of_three {
    struct arena *arena;
    const struct rulebook *books[3];
};

static int set_up(void **state) {
    static const char *const paths[] = {"rulebooks/liuzhou-stats", "rulebooks/bazhong-nr",
                                        "tests/rulebooks/urgent"};
    const char *source = getenv("SHENFA_SOURCE");
    struct shelf_of_three *shelf = calloc(1, sizeof *shelf);
    shelf->arena = arena_new((size_t)1 << 26);
    for (size_t i = 0; i < LENGTH(paths); i++) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        struct str path =
            str_format(shelf->arena, "%s/%s", source != NULL ? source : "..", paths[i]);
        assert_int_equal(rulebook_read(shelf->arena, str_text(shelf->arena, path),
                                       STR(""), &book, &faults),
                         DONE);
        arena_defer(shelf->arena, (void (*)(void *))rulebook_free, book);
        shelf->books[i] = book;
    }
    *state = shelf;
    return 0;
}

static int tear_down(void **state) {
    struct shelf_of_three *shelf = *state;
    arena_free(shelf->arena);
    free(shelf);
    return 0;
}

static void test_history__nothing_forbidden_becomes_live(void **state) {
    struct shelf_of_three *shelf = *state;
    struct tally tally =
        run(shelf->books, LENGTH(shelf->books), rulebook_move, 100000, 1);
    print_message(
        "100000 histories, %zu acts, %zu live, %zu of them before their review, "
        "%zu forbidden\n",
        tally.acts, tally.live, tally.first, tally.forbidden);
    assert_int_equal(tally.forbidden, 0);
    assert_true(tally.live > 20000);
    assert_true(tally.first > 500);
}

#define FAULTY(name, change)                                                             \
    static enum status name(const struct rulebook *book, const struct route *route,      \
                            const struct position *position, const struct move *move,    \
                            const struct move_facts *facts, enum lane lane,              \
                            struct moved *out_moved, struct no *out_no) {                \
        struct position p = *position;                                                   \
        struct move_facts f = *facts;                                                    \
        change;                                                                          \
        return rulebook_move(book, route, &p, move, &f, lane, out_moved, out_no);        \
    }

FAULTY(any_post, f.roles = UINT64_MAX)
FAULTY(any_hands, f.contributor = false; f.decided = 0)
FAULTY(any_finding, f.blocking = NO_INDEX)
FAULTY(signs_twice, f.signed_here = false)
FAULTY(
    anyone_first, if (move->kind == MOVE_RELEASE_FIRST) { f.roles = UINT64_MAX; })
FAULTY(
    any_moment, if (move->kind == MOVE_RELEASE && route->release != NO_INDEX) {
        p.step = (uint8_t)route->release;
        p.passed = UINT32_MAX;
        f.standing = UINT32_MAX;
        f.independent = true;
    })

static void test_history__planted_faults_are_found(void **state) {
    static const struct {
        const char *name;
        mover *move;
    } table[] = {{"any post", any_post},
                 {"any hands", any_hands},
                 {"any finding", any_finding},
                 {"one signs twice", signs_twice},
                 {"anyone releases first", anyone_first},
                 {"any moment", any_moment}};
    struct shelf_of_three *shelf = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct tally tally =
            run(shelf->books, LENGTH(shelf->books), table[i].move, 3000, 7);
        print_message("%s: %zu of %zu live texts are forbidden\n", table[i].name,
                      tally.forbidden, tally.live);
        assert_true(tally.forbidden > 0);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history__nothing_forbidden_becomes_live),
        cmocka_unit_test(test_history__planted_faults_are_found),
    };
    return cmocka_run_group_tests_name("history", tests, set_up, tear_down);
}
