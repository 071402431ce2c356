/*
 * The transition function on the real routes: the whole way of each class, every
 * step against every wrong actor, stale texts, edits, instructions, gates.
 */
#include "rulebook/rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BIT(index) ((uint32_t)1 << (index))

struct room {
    struct arena *arena;
    const struct rulebook *liuzhou;
    const struct rulebook *bazhong;
    const char *source;
};

/* A walk: a run's position, and the last answer of the function. */
struct walk {
    const struct rulebook *book;
    const struct route *route;
    struct position position;
    uint32_t standing; /* what the approvals would hold */
    struct move_facts facts;
    struct move move;
    struct moved moved;
    struct no no;
    struct past pasts[64]; /* decisions of the round */
    size_t past_count;
};

static const struct rulebook *read_book(struct room *room, const char *code,
                                        const char *without) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *path = str_format(room->arena, "%s/%s", room->source, code).at;
    assert_int_equal(rulebook_read(room->arena, path, str_of(without), &book, &faults),
                     DONE);
    arena_defer(room->arena, (void (*)(void *))rulebook_free, book);
    return book;
}

static int set_up(void **state) {
    struct room *room = calloc(1, sizeof *room);
    room->arena = arena_new((size_t)1 << 26);
    const char *source = getenv("SHENFA_SOURCE");
    room->source = str_format(room->arena, "%s/rulebooks", source ? source : "..").at;
    room->liuzhou = read_book(room, "liuzhou-stats", "");
    room->bazhong = read_book(room, "bazhong-nr", "");
    *state = room;
    return 0;
}

static int tear_down(void **state) {
    struct room *room = *state;
    arena_free(room->arena);
    free(room);
    return 0;
}

static struct walk begin(const struct rulebook *book, const char *route) {
    struct walk walk = {.book = book};
    int index = rulebook_route(book, str_of(route));
    assert_int_not_equal(index, NO_INDEX);
    walk.route = &book->routes[index];
    walk.position = route_start(walk.route);
    return walk;
}

/* Everything in order: the right role, proven, prepared, nothing blocking. */
static void prepare(struct walk *walk, enum move_kind kind) {
    const struct step *step = &walk->route->steps[walk->position.step];
    walk->facts = (struct move_facts){
        .roles = step->role == NO_INDEX ? 0 : (uint64_t)1 << step->role,
        .proven = true,
        .standing = walk->standing,
        .independent = true,
        .blocking = NO_INDEX,
        .prepared = UINT32_MAX,
        .decided = UINT32_MAX};
    for (size_t i = 0; i < step->hand_count; i++) {
        walk->facts.decided &= (step->hands[i].never & HAND_DECIDER) != 0
                                   ? ~step->hands[i].steps
                                   : UINT32_MAX;
    }
    walk->move = (struct move){.kind = kind, .step = NO_INDEX, .reason = true};
}

/* Good answers to everything; *instruction* for the question that is carried. */
static void answer_well(struct walk *walk, const char *instruction) {
    const struct step *step = &walk->route->steps[walk->position.step];
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &walk->book->questions[step->asks[i]];
        uint8_t answer = 1;
        for (size_t j = 0; question->carries && j < question->choice_count; j++) {
            answer = str_is(question->choices[j].code, instruction) ? (uint8_t)(j + 1)
                                                                    : answer;
        }
        walk->move.answers[i] = answer;
    }
}

static void choose(struct walk *walk, const char *outcome) {
    int index = step_outcome(&walk->route->steps[walk->position.step], str_of(outcome));
    assert_int_not_equal(index, NO_INDEX);
    walk->move.outcome = (uint8_t)index;
}

static enum status ask(struct walk *walk) {
    return rulebook_move(walk->book, walk->route, &walk->position, &walk->move,
                         &walk->facts, LANE_ORDINARY, &walk->moved, &walk->no);
}

static void take(struct walk *walk) {
    if (walk->moved.approves) {
        walk->standing |= BIT(walk->position.step);
    } else if (walk->moved.outcome != NULL) {
        walk->standing &= ~BIT(walk->position.step);
    }
    if (walk->moved.voids) {
        walk->standing = 0;
    }
    walk->position = walk->moved.next;
}

/* Keep the decision, and see that the decisions alone lead to the same place. */
static void record(struct walk *walk) {
    struct past *past = &walk->pasts[walk->past_count++];
    past->step = walk->position.step;
    past->outcome = walk->move.outcome;
    past->current = true;
    memcpy(past->answers, walk->move.answers, sizeof past->answers);
    if (walk->moved.outcome->new_round) {
        walk->past_count = 0;
    }
}

static void assert_replays(const struct walk *walk) {
    if (walk->past_count == 0) {
        return;
    }
    struct position again = rulebook_replay(walk->book, walk->route, walk->position.round,
                                            walk->pasts, walk->past_count);
    assert_int_equal(again.step, walk->position.step);
    assert_int_equal(again.passed, walk->position.passed);
    assert_int_equal(again.carried, walk->position.carried);
    assert_int_equal(again.did, walk->position.did);
}

static void pass(struct walk *walk, const char *outcome, const char *instruction) {
    prepare(walk, MOVE_DECIDE);
    answer_well(walk, instruction);
    choose(walk, outcome);
    enum status status = ask(walk);
    if (status != DONE) {
        print_error("%s at %.*s\n", walk->no.words,
                    STR_ARG(walk->route->steps[walk->position.step].code));
    }
    assert_int_equal(status, DONE);
    record(walk);
    take(walk);
    assert_replays(walk);
}

/* Walk on by the forward outcomes until *step*. */
static void walk_to(struct walk *walk, const char *step) {
    int wanted = route_step(walk->route, str_of(step));
    assert_int_not_equal(wanted, NO_INDEX);
    while (walk->position.step != wanted) {
        const struct step *here = &walk->route->steps[walk->position.step];
        assert_int_not_equal(here->kind, STEP_RELEASE);
        int forward = step_forward(here);
        assert_int_not_equal(forward, NO_INDEX);
        pass(walk,
             str_format(walk->book->arena, "%.*s", STR_ARG(here->outcomes[forward].code))
                 .at,
             "release");
    }
}

static void assert_no(const struct walk *walk, enum status status, enum status wanted,
                      const char *rule, const char *words) {
    if (status != wanted || !str_is(str_of(walk->no.words), words)) {
        print_error("%s %s\n", status_name(status), walk->no.words);
    }
    assert_int_equal(status, wanted);
    assert_string_equal(walk->no.words, words);
    struct str id = walk->no.basis == NULL ? STR("") : walk->no.basis->id;
    assert_true(str_is(id, rule));
}

static const struct {
    const char *code;
    const char *steps; /* in order, separated by blanks, up to release */
} routes[] = {
    {"via-office", "draft proof dept-review report section-review leader-review "
                   "disposition final-check release"},
    {"via-general-section", "draft proof dept-review report section-review leader-review "
                            "disposition final-check release"},
    {"by-deputy-leader", "draft dept-review deputy-sign adoption release"},
    {"by-section-head", "draft dept-review adoption release"},
    {"by-office-director", "draft dept-review director-sign adoption release"},
    {"by-site-admin", "draft admin-check release"},
    {"city-site", "draft office-review portal-check platform-submission"},
    {"activation", "propose approve"},
};

static const struct rulebook *book_with(const struct room *room, const char *route) {
    return rulebook_route(room->liuzhou, str_of(route)) != NO_INDEX ? room->liuzhou
                                                                    : room->bazhong;
}

static void test_move__every_route_in_its_order(void **state) {
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(routes); i++) {
        struct walk walk = begin(book_with(room, routes[i].code), routes[i].code);
        struct str rest = str_of(routes[i].steps);
        while (rest.length > 0) {
            struct str step = str_cut(&rest, ' ');
            const struct step *here = &walk.route->steps[walk.position.step];
            assert_true(str_equal(here->code, step));
            if (here->kind == STEP_RELEASE) {
                prepare(&walk, MOVE_RELEASE);
                assert_int_equal(ask(&walk), DONE);
                take(&walk);
            } else {
                int forward = step_forward(here);
                pass(&walk, str_text(room->arena, here->outcomes[forward].code),
                     "release");
            }
        }
        assert_true(walk.moved.ended);
    }
}

/* At every step of every route, every other role is denied, with an article or
 * the house's own rule; nobody decides on an old text or twice. */
static void test_move__wrong_actors_at_every_step(void **state) {
    struct room *room = *state;
    size_t asked = 0;
    for (size_t i = 0; i < LENGTH(routes); i++) {
        struct walk walk = begin(book_with(room, routes[i].code), routes[i].code);
        while (walk.route->steps[walk.position.step].kind != STEP_END) {
            const struct step *here = &walk.route->steps[walk.position.step];
            bool release = here->kind == STEP_RELEASE;
            for (size_t role = 0; role < walk.book->role_count; role++) {
                for (size_t j = 0; j < here->outcome_count; j++) {
                    prepare(&walk, release ? MOVE_RELEASE : MOVE_DECIDE);
                    answer_well(&walk, "release");
                    walk.move.outcome = (uint8_t)j;
                    walk.facts.roles = (uint64_t)1 << role;
                    if ((int)role == here->role) {
                        continue;
                    }
                    assert_int_equal(ask(&walk), DENIED);
                    assert_int_equal(walk.no.role, here->role);
                    asked++;
                }
            }
            prepare(&walk, release ? MOVE_RELEASE : MOVE_DECIDE);
            walk.facts.stale = true;
            assert_no(&walk, ask(&walk), STALE, "", "rulebook.stale");
            if (here->signature) {
                prepare(&walk, release ? MOVE_RELEASE : MOVE_DECIDE);
                walk.facts.proven = false;
                assert_int_equal(ask(&walk), DENIED);
                assert_string_equal(walk.no.words, "rulebook.prove-yourself");
            }
            if (here->kind == STEP_REVIEW && !str_is(here->code, "disposition")) {
                prepare(&walk, MOVE_DECIDE);
                walk.facts.contributor = true;
                assert_int_equal(ask(&walk), DENIED);
                assert_string_equal(walk.no.words, "rulebook.own-text");
            }
            if (release) {
                prepare(&walk, MOVE_RELEASE);
                assert_int_equal(ask(&walk), DONE);
                take(&walk);
            } else {
                const struct outcome *forward =
                    &here->outcomes[step_forward(here) == NO_INDEX ? 0
                                                                   : step_forward(here)];
                pass(&walk, str_text(room->arena, forward->code), "release");
            }
        }
    }
    assert_true(asked > 400);
}

/* Release before every step's approval, and with any one of them missing. */
static void test_move__release_needs_every_decision(void **state) {
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(routes); i++) {
        struct walk walk = begin(book_with(room, routes[i].code), routes[i].code);
        if (walk.route->release == NO_INDEX) {
            continue;
        }
        const char *gate = str_text(room->arena, walk.route->gate->basis.id);
        uint64_t all = UINT64_MAX;
        while (walk.route->steps[walk.position.step].kind != STEP_RELEASE) {
            const struct step *here = &walk.route->steps[walk.position.step];
            prepare(&walk, MOVE_RELEASE);
            walk.facts.roles = all;
            assert_no(&walk, ask(&walk), REFUSED, gate, "rulebook.not-yet");
            assert_int_equal(walk.no.step, walk.position.step);
            pass(&walk, str_text(room->arena, here->outcomes[step_forward(here)].code),
                 "release");
        }
        for (size_t step = 0; step < walk.route->step_count; step++) {
            if ((walk.route->demanded & BIT(step)) == 0) {
                continue;
            }
            prepare(&walk, MOVE_RELEASE);
            walk.facts.standing &= ~BIT(step);
            assert_no(&walk, ask(&walk), REFUSED, gate, "rulebook.decision-missing");
            assert_int_equal(walk.no.step, (int)step);
        }
        prepare(&walk, MOVE_RELEASE);
        walk.facts.independent = false;
        assert_no(&walk, ask(&walk), REFUSED, gate, "rulebook.no-other-eye");
        prepare(&walk, MOVE_RELEASE);
        walk.facts.machine = true;
        assert_int_equal(ask(&walk), DONE);
        prepare(&walk, MOVE_SCHEDULE);
        walk.facts.machine = true;
        assert_int_equal(ask(&walk), DENIED);
        prepare(&walk, MOVE_RELEASE);
        walk.facts.blocking = 0;
        const char *prohibited =
            str_text(room->arena, walk.book->prohibitions[0].basis.id);
        assert_no(&walk, ask(&walk), REFUSED, prohibited, "rulebook.finding-blocks");
    }
}

static void test_move__liuzhou_returns(void **state) {
    static const struct {
        const char *from;
        const char *outcome;
        const char *instruction;
        const char *to;
        int round;
        const char *rule;
    } table[] = {
        {"dept-review", "fail", "release", "second-proof", 2, "LZ-12.2"},
        {"section-review", "fail", "release", "second-proof", 2, "LZ-12.3.b"},
        {"disposition", "second-proof", "second-proof", "second-proof", 2, "LZ-12.5.a"},
        {"disposition", "internal", "internal", "internal", 1, "LZ-12.5.a"},
        {"final-check", "error", "release", "section-review", 1, ""},
    };
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct walk walk = begin(room->liuzhou, "via-office");
        if (str_is(str_of(table[i].from), "disposition")) {
            walk_to(&walk, "leader-review");
            pass(&walk, "return", table[i].instruction);
        } else {
            walk_to(&walk, table[i].from);
        }
        prepare(&walk, MOVE_DECIDE);
        choose(&walk, table[i].outcome);
        if (walk.route->steps[walk.position.step].outcomes[walk.move.outcome].reason) {
            walk.move.reason = false;
            assert_no(&walk, ask(&walk), REFUSED, table[i].rule,
                      "rulebook.reason-missing");
        }
        pass(&walk, table[i].outcome, table[i].instruction);
        assert_int_equal(walk.position.step, route_step(walk.route, str_of(table[i].to)));
        assert_int_equal(walk.position.round, table[i].round);
        if (str_is(str_of(table[i].to), "second-proof")) {
            assert_int_equal(walk.position.passed, 0);
            prepare(&walk, MOVE_DECIDE);
            answer_well(&walk, "release");
            walk.facts.decided = 0;
            assert_no(&walk, ask(&walk), DENIED, "LZ-12.2", "rulebook.same-person");
            pass(&walk, "submit", "release");
            assert_int_equal(walk.position.step,
                             route_step(walk.route, STR("dept-review")));
        }
    }
}

/* The disposition does what the leader instructed and nothing else. */
static void test_move__disposition_follows_the_instruction(void **state) {
    static const char *const choices[] = {"release", "internal", "second-proof"};
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(choices); i++) {
        struct walk walk = begin(room->liuzhou, "via-general-section");
        walk_to(&walk, "leader-review");
        pass(&walk, "return", choices[i]);
        assert_int_equal(walk.position.step, route_step(walk.route, STR("disposition")));
        for (size_t j = 0; j < LENGTH(choices); j++) {
            prepare(&walk, MOVE_DECIDE);
            choose(&walk, choices[j]);
            if (i == j) {
                assert_int_equal(ask(&walk), DONE);
            } else {
                assert_no(&walk, ask(&walk), REFUSED, "LZ-12.5.a",
                          "rulebook.not-as-instructed");
            }
        }
    }
}

/* One bad answer stops every approving decision, the leader's as well; an
 * unanswered one too. */
static void test_move__every_question_counts(void **state) {
    struct room *room = *state;
    size_t asked = 0;
    for (size_t i = 0; i < LENGTH(routes); i++) {
        struct walk walk = begin(book_with(room, routes[i].code), routes[i].code);
        while (walk.route->steps[walk.position.step].kind != STEP_RELEASE &&
               walk.route->steps[walk.position.step].kind != STEP_END) {
            const struct step *here = &walk.route->steps[walk.position.step];
            int forward = step_forward(here);
            for (size_t j = 0; j < here->ask_count; j++) {
                const struct question *question = &walk.book->questions[here->asks[j]];
                const char *rule = str_text(room->arena, question->basis.id);
                prepare(&walk, MOVE_DECIDE);
                answer_well(&walk, "release");
                walk.move.outcome = (uint8_t)forward;
                walk.move.answers[j] = 0;
                assert_no(&walk, ask(&walk), REFUSED, rule, "rulebook.answer-missing");
                for (uint8_t bad = 1; bad < 4; bad++) {
                    if (question_is_bad(question, bad)) {
                        walk.move.answers[j] = bad;
                        assert_no(&walk, ask(&walk), REFUSED, rule,
                                  "rulebook.answer-bars");
                        asked++;
                    }
                }
            }
            pass(&walk, str_text(room->arena, here->outcomes[forward].code), "release");
        }
    }
    assert_true(asked >= 40);
}

static void test_move__an_edit_voids_approvals(void **state) {
    struct room *room = *state;
    struct walk walk = begin(room->liuzhou, "via-office");
    walk_to(&walk, "dept-review");
    pass(&walk, "fail", "");
    prepare(&walk, MOVE_EDIT);
    assert_int_equal(ask(&walk), DONE);
    walk_to(&walk, "final-check");
    prepare(&walk, MOVE_EDIT);
    assert_no(&walk, ask(&walk), REFUSED, "LZ-12.6.a", "rulebook.no-edit-here");
    assert_false(rulebook_may_edit(walk.route, &walk.position, UINT64_MAX));
}

static void test_move__recall_until_the_first_decision(void **state) {
    struct room *room = *state;
    struct walk walk = begin(room->liuzhou, "via-office");
    prepare(&walk, MOVE_RECALL);
    assert_no(&walk, ask(&walk), REFUSED, "LZ-12.1", "rulebook.not-submitted");
    walk_to(&walk, "dept-review");
    prepare(&walk, MOVE_RECALL);
    assert_no(&walk, ask(&walk), DENIED, "", "rulebook.only-submitter");
    walk.facts.submitter = true;
    assert_int_equal(ask(&walk), DONE);
    assert_int_equal(walk.moved.next.step, walk.route->first);
    walk_to(&walk, "section-review");
    prepare(&walk, MOVE_RECALL);
    walk.facts.submitter = true;
    assert_no(&walk, ask(&walk), REFUSED, "", "rulebook.too-late-to-recall");
}

static void test_move__paper_and_channels(void **state) {
    struct room *room = *state;
    struct walk walk = begin(room->liuzhou, "via-office");
    walk_to(&walk, "dept-review");
    prepare(&walk, MOVE_DECIDE);
    answer_well(&walk, "release");
    walk.move.channel = CHANNEL_FACE;
    assert_no(&walk, ask(&walk), REFUSED, "LZ-13", "rulebook.paper-incomplete");
    walk.facts.paper_complete = true;
    assert_int_equal(ask(&walk), DONE);
    walk = begin(room->bazhong, "by-section-head");
    walk_to(&walk, "dept-review");
    prepare(&walk, MOVE_DECIDE);
    answer_well(&walk, "release");
    walk.move.channel = CHANNEL_FACE;
    walk.facts.paper_complete = true;
    assert_no(&walk, ask(&walk), REFUSED, "BZ-13.2", "rulebook.channel-not-allowed");
}

/* What the regulations' own sentences say, each with the article it answers. */
static void test_move__sentences_of_the_law(void **state) {
    static const struct {
        const char *route;
        const char *at;
        const char *wish; /* step that is wished for */
        enum status status;
        const char *rule;
        const char *words;
    } table[] = {
        {"via-office", "dept-review", "report", REFUSED, "LZ-10.a", "rulebook.not-yet"},
        {"via-office", "section-review", "leader-review", REFUSED, "LZ-12.3.a",
         "rulebook.not-yet"},
        {"via-office", "leader-review", "final-check", REFUSED, "LZ-12.4",
         "rulebook.not-yet"},
        {"via-office", "leader-review", "dept-review", REFUSED, "LZ-12.4",
         "rulebook.already-past"},
        {"city-site", "office-review", "platform-submission", REFUSED, "BZ-14.a",
         "rulebook.not-yet"},
        {"city-site", "office-review", "portal-check", REFUSED, "BZ-14.a",
         "rulebook.not-yet"},
        {"by-deputy-leader", "dept-review", "deputy-sign", REFUSED, "BZ-13.1",
         "rulebook.not-yet"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct walk walk = begin(book_with(room, table[i].route), table[i].route);
        walk_to(&walk, table[i].at);
        prepare(&walk, MOVE_DECIDE);
        walk.facts.roles = UINT64_MAX;
        walk.move.step = route_step(walk.route, str_of(table[i].wish));
        assert_no(&walk, ask(&walk), table[i].status, table[i].rule, table[i].words);
    }
}

static void test_move__preparations_and_time(void **state) {
    static const struct {
        const char *route;
        const char *at;
        enum preparation missing;
        const char *rule;
    } table[] = {
        {"via-office", "proof", PREPARE_PROOFREADING, "LZ-11.b"},
        {"via-office", "proof", PREPARE_LIAISON, "LZ-6.a"},
        {"via-office", "proof", PREPARE_DISCLOSURE, "LZ-0"},
        {"by-section-head", "draft", PREPARE_COLUMN, "BZ-12.a"},
        {"by-section-head", "dept-review", PREPARE_ATTACHMENTS, "BZ-16.a"},
        {"by-section-head", "adoption", PREPARE_ATTACHMENTS, "BZ-16.a"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct walk walk = begin(book_with(room, table[i].route), table[i].route);
        walk_to(&walk, table[i].at);
        prepare(&walk, MOVE_DECIDE);
        answer_well(&walk, "release");
        walk.facts.prepared = ~BIT(table[i].missing);
        assert_int_equal(ask(&walk), REFUSED);
        assert_true(str_is(walk.no.basis->id, table[i].rule));
    }
    struct walk walk = begin(room->bazhong, "by-section-head");
    walk_to(&walk, "release");
    for (uint8_t clock = CLOCK_BEFORE; clock <= CLOCK_HARD_PASSED; clock++) {
        prepare(&walk, MOVE_RELEASE);
        walk.facts.clock = clock;
        if (clock == CLOCK_BEFORE) {
            assert_int_equal(ask(&walk), DONE);
        } else {
            assert_no(&walk, ask(&walk), REFUSED, "BZ-15", "rulebook.late-reason");
        }
        walk.facts.late_reason = true;
        assert_int_equal(ask(&walk), DONE);
    }
}

static void test_move__bazhong_gates(void **state) {
    struct room *room = *state;
    struct walk walk = begin(room->bazhong, "by-deputy-leader");
    walk_to(&walk, "release");
    prepare(&walk, MOVE_RELEASE);
    walk.facts.roles = (uint64_t)1 << rulebook_role(room->bazhong, STR("liaison"));
    walk.facts.of_unit = true;
    assert_no(&walk, ask(&walk), DENIED, "BZ-11", "rulebook.units-do-not-release");
    walk.facts.of_unit = false;
    assert_no(&walk, ask(&walk), DENIED, "BZ-5.3", "rulebook.not-your-role");
    walk = begin(room->bazhong, "by-deputy-leader");
    walk_to(&walk, "deputy-sign");
    prepare(&walk, MOVE_RELEASE);
    walk.facts.live_change = true;
    assert_no(&walk, ask(&walk), REFUSED, "BZ-13.0", "rulebook.not-yet");
    prepare(&walk, MOVE_DECIDE);
    answer_well(&walk, "release");
    walk.facts.decided = BIT(route_step(walk.route, STR("dept-review")));
    assert_no(&walk, ask(&walk), DENIED, "BZ-13.1", "rulebook.decided-before");
    walk = begin(room->bazhong, "city-site");
    walk_to(&walk, "office-review");
    prepare(&walk, MOVE_DECIDE);
    answer_well(&walk, "release");
    walk.move.answers[1] = 2; /* publish on the bureau's site as well */
    assert_int_equal(ask(&walk), DONE);
    assert_int_equal(walk.moved.spawn_target, rulebook_target(room->bazhong, STR("own")));
}

static void test_move__records_written_with_the_act(void **state) {
    struct room *room = *state;
    struct walk walk = begin(room->liuzhou, "via-office");
    walk_to(&walk, "report");
    pass(&walk, "submit", "");
    assert_non_null(walk.moved.filings[0]);
    assert_true(str_is(walk.moved.filings[0]->basis.id, "LZ-11.d"));
    walk_to(&walk, "leader-review");
    pass(&walk, "return", "internal");
    pass(&walk, "internal", "");
    assert_true(walk.moved.ended);
    assert_non_null(walk.moved.archive);
    assert_true(str_is(walk.moved.archive->basis.id, "LZ-12.5.b"));
}

static void test_route__selection(void **state) {
    struct room *room = *state;
    static const struct {
        bool bazhong;
        const char *item_class;
        const char *target;
        unsigned flags;
        unsigned lacks;
        const char *route; /* or NULL: refused */
        const char *rule;
    } table[] = {
        {false, "statistics", "", 0, 0, "via-general-section", ""},
        {false, "government-affairs", "", 0, 0, "via-office", ""},
        {false, "policy-publicity", "", 0, 0, "via-office", ""},
        {false, "positive-news", "", 0, 0, "via-office", ""},
        {false, "", "", 0, FIELD_CLASS, NULL, "LZ-9.4"},
        {false, "statistics", "", 0, FIELD_DISCLOSURE, NULL, "LZ-0"},
        {true, "catalogue", "", 0, 0, "by-deputy-leader", ""},
        {true, "catalogue", "", 0, FIELD_CATALOGUE, NULL, "BZ-13.1"},
        {true, "collective", "", 0, 0, "by-section-head", ""},
        {true, "collective", "", 0, FIELD_MINUTE_NUMBER, NULL, "BZ-13.2"},
        {true, "collective", "", 0, FIELD_MEETING, NULL, "BZ-13.2"},
        {true, "news", "", 0, 0, "by-office-director", ""},
        {true, "news", "", 0, FIELD_ORIGIN_DATE, NULL, "BZ-15"},
        {true, "reprint", "", ITEM_REPRINT | ITEM_HOST_LISTED, 0, "by-site-admin", ""},
        {true, "reprint", "", ITEM_REPRINT, 0, NULL, "BZ-13.4"},
        {true, "news", "", ITEM_REPRINT, 0, "by-office-director", ""},
        {true, "news", "city", 0, 0, "city-site", ""},
        {true, "news", "own", 0, 0, "by-office-director", ""},
        {false, "statistics", "", ITEM_EMERGENCY, 0, NULL, ""},
        {true, "news", "", ITEM_EMERGENCY, 0, "by-office-director", ""},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        const struct rulebook *book = table[i].bazhong ? room->bazhong : room->liuzhou;
        struct item_facts item = {
            .item_class = rulebook_class(book, str_of(table[i].item_class)),
            .target = rulebook_target(book, str_of(table[i].target)),
            .flags = table[i].flags,
            .fields = ~table[i].lacks,
            .unit_kind = NO_INDEX};
        int route = NO_INDEX;
        struct no no = {0};
        enum status status = rulebook_route_for(book, &item, &route, &no);
        if (table[i].route != NULL) {
            assert_int_equal(status, DONE);
            assert_true(str_is(book->routes[route].code, table[i].route));
        } else {
            assert_int_equal(status, REFUSED);
            assert_true(str_is(no.basis == NULL ? STR("") : no.basis->id, table[i].rule));
        }
    }
}

/* With a rule left out, what it forbade is no longer refused by it. */
static void test_move__pruned_rules_no_longer_act(void **state) {
    struct room *room = *state;
    const struct rulebook *book = read_book(room, "liuzhou-stats", "LZ-12.3.b");
    const struct route *route = &book->routes[rulebook_route(book, STR("via-office"))];
    const struct step *step = &route->steps[route_step(route, STR("section-review"))];
    assert_int_equal(step_outcome(step, STR("fail")), NO_INDEX);
    book = read_book(room, "liuzhou-stats", "LZ-12.4");
    route = &book->routes[rulebook_route(book, STR("via-office"))];
    assert_int_equal(route_step(route, STR("leader-review")), NO_INDEX);
    step = &route->steps[route_step(route, STR("section-review"))];
    assert_int_equal(step->outcomes[0].next, route_step(route, STR("disposition")));
    book = read_book(room, "liuzhou-stats", "LZ-4.a");
    struct walk walk = begin(book, "via-office");
    walk_to(&walk, "release");
    prepare(&walk, MOVE_RELEASE);
    walk.facts.standing = 0;
    assert_int_equal(ask(&walk), DONE);
    book = read_book(room, "liuzhou-stats", "LZ-5.1");
    walk = begin(book, "via-office");
    walk_to(&walk, "release");
    prepare(&walk, MOVE_RELEASE);
    walk.facts.roles = (uint64_t)1 << rulebook_role(book, STR("anyone"));
    assert_int_equal(ask(&walk), DONE);
}

/* What leads somewhere leads there: a sensitive text to the two leaders, one that may
 * wait to its day, and neither to the unit's own leader. */
static void test_move__answers_lead(void **state) {
    static const struct {
        const char *question;
        uint8_t answer;
        const char *outcome;
        enum status status;
        const char *words;
    } table[] = {
        {"sensitive", 1, "pass", DONE, NULL},
        {"sensitive", 2, "pass", REFUSED, "rulebook.answer-leads"},
        {"sensitive", 2, "escalate", DONE, NULL},
        {"sensitive", 1, "escalate", REFUSED, "rulebook.not-so-answered"},
        {"suitable-now", 1, "pass", REFUSED, "rulebook.answer-leads"},
        {"suitable-now", 1, "hold", DONE, NULL},
        {"suitable-now", 1, "fail", DONE, NULL},
    };
    struct room *room = *state;
    const struct rulebook *book = read_book(room, "yunzhou", "");
    const struct route *route = &book->routes[rulebook_route(book, STR("department"))];
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct walk walk = begin(book, "department");
        walk.position.step = (uint8_t)route_step(route, STR("office-review"));
        prepare(&walk, MOVE_DECIDE);
        const struct step *step = &route->steps[walk.position.step];
        for (size_t j = 0; j < step->ask_count; j++) {
            const struct question *question = &book->questions[step->asks[j]];
            walk.move.answers[j] = question->bad == 1 ? 2 : 1;
            if (str_is(question->code, table[i].question)) {
                walk.move.answers[j] = table[i].answer;
            }
        }
        choose(&walk, table[i].outcome);
        assert_int_equal(ask(&walk), table[i].status);
        if (table[i].words != NULL) {
            assert_string_equal(walk.no.words, table[i].words);
        }
    }
}

/* A class takes its way by the kind of the unit that writes; another kind has none. */
static void test_route__ways_by_kind_of_unit(void **state) {
    static const struct {
        const char *kind;
        const char *route; /* NULL: refused */
    } table[] = {{"department", "department"},
                 {"township", "township"},
                 {"internal-body", "internal-body"},
                 {"stationed", "department"},
                 {"leadership", NULL},
                 {"no such kind", NULL}};
    struct room *room = *state;
    const struct rulebook *book = read_book(room, "yunzhou", "");
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct item_facts item = {.item_class = rulebook_class(book, STR("news")),
                                  .target = NO_INDEX,
                                  .fields = UINT32_MAX,
                                  .unit_kind =
                                      rulebook_unit_kind(book, str_of(table[i].kind))};
        int found = NO_INDEX;
        struct no no = {0};
        enum status status = rulebook_route_for(book, &item, &found, &no);
        assert_int_equal(status, table[i].route == NULL ? REFUSED : DONE);
        if (table[i].route == NULL) {
            assert_true(str_is(no.basis->id, "YZ-2.a"));
        } else {
            assert_true(str_is(book->routes[found].code, table[i].route));
        }
    }
}

/* A deadline that names its routes runs on no other. */
static void test_move__deadlines_of_one_route(void **state) {
    struct room *room = *state;
    const struct rulebook *book = read_book(room, "weather", "");
    const struct route *general = &book->routes[rulebook_route(book, STR("by-office"))];
    const struct route *major =
        &book->routes[rulebook_route(book, STR("by-deputy-leader"))];
    const struct deadline *day =
        rulebook_step_deadline(book, general, STR("release"), LANE_ORDINARY);
    const struct deadline *half =
        rulebook_step_deadline(book, major, STR("release"), LANE_ORDINARY);
    assert_int_equal(day->amount, 24);
    assert_int_equal(half->amount, 12);
    assert_false(deadline_runs(book, day, major, LANE_ORDINARY));
    assert_false(deadline_runs(book, half, general, LANE_ORDINARY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_move__every_route_in_its_order),
        cmocka_unit_test(test_move__wrong_actors_at_every_step),
        cmocka_unit_test(test_move__release_needs_every_decision),
        cmocka_unit_test(test_move__liuzhou_returns),
        cmocka_unit_test(test_move__disposition_follows_the_instruction),
        cmocka_unit_test(test_move__every_question_counts),
        cmocka_unit_test(test_move__an_edit_voids_approvals),
        cmocka_unit_test(test_move__recall_until_the_first_decision),
        cmocka_unit_test(test_move__paper_and_channels),
        cmocka_unit_test(test_move__sentences_of_the_law),
        cmocka_unit_test(test_move__preparations_and_time),
        cmocka_unit_test(test_move__bazhong_gates),
        cmocka_unit_test(test_move__records_written_with_the_act),
        cmocka_unit_test(test_route__selection),
        cmocka_unit_test(test_move__pruned_rules_no_longer_act),
        cmocka_unit_test(test_move__answers_lead),
        cmocka_unit_test(test_route__ways_by_kind_of_unit),
        cmocka_unit_test(test_move__deadlines_of_one_route),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
