/*
 * The prover, proved: the books of this house hold; each of the broken ones tells the
 * story that stands beside it; and each fault planted in the transition function itself
 * is found by a claim that does not know of it.
 */
#include "rulebook/rulebook.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROOF_BYTES ((size_t)1 << 30)

static const char *source_of(void) {
    const char *source = getenv("SHENFA_SOURCE");
    return source != NULL ? source : "..";
}

static struct rulebook *book_at(struct arena *arena, const char *path,
                                const char *without, struct fault **out_faults) {
    struct rulebook *book = NULL;
    struct str whole = str_format(arena, "%s/%s", source_of(), path);
    enum status status =
        rulebook_read(arena, str_text(arena, whole), str_of(without), &book, out_faults);
    assert_true(status == DONE || status == REFUSED);
    return status == DONE ? book : NULL;
}

/* ---- the books of this house ---- */

static void test_prove__every_book_of_the_house_holds(void **state) {
    (void)state;
    struct arena *names = arena_new((size_t)1 << 24);
    size_t books = 0;
    struct str rulebooks = str_format(names, "%s/rulebooks", source_of());
    DIR *directory = opendir(str_text(names, rulebooks));
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "schema") == 0) {
            continue;
        }
        struct arena *arena = arena_new(PROOF_BYTES);
        struct fault *faults = NULL;
        struct proof proof;
        const char *path =
            str_text(arena, str_format(arena, "rulebooks/%s", entry->d_name));
        struct rulebook *book = book_at(arena, path, "", &faults);
        assert_non_null(book);
        rulebook_prove(arena, book, NULL, &proof);
        print_message("%s: %zu states, %llu wishes\n", entry->d_name, proof.states,
                      (unsigned long long)proof.wishes);
        if (proof.answer != PROOF_HOLDS) {
            print_message("%s",
                          str_text(arena, proof_as_text(arena, book, &proof, STR("en"))));
        }
        assert_int_equal(proof.answer, PROOF_HOLDS);
        assert_true(proof.met[CLAIM_DECIDED] > 0);
        assert_true(proof.met[CLAIM_RETURN] > 0);
        assert_int_equal(proof_is_vacuous(book, &proof, CLAIM_EMERGENCY),
                         book->emergency == NULL);
        rulebook_free(book);
        arena_free(arena);
        books++;
    }
    closedir(directory);
    arena_free(names);
    assert_true(books >= 2);
}

/* The thirteenth says what the twelve do not; its claims have something to judge. */
static void test_prove__the_grant_and_the_signatures_of_the_thirteenth(void **state) {
    (void)state;
    struct arena *arena = arena_new(PROOF_BYTES);
    struct fault *faults = NULL;
    struct proof proof;
    struct rulebook *book = book_at(arena, "tests/rulebooks/urgent", "", &faults);
    assert_non_null(book);
    rulebook_prove(arena, book, NULL, &proof);
    if (proof.answer != PROOF_HOLDS) {
        print_message("%s",
                      str_text(arena, proof_as_text(arena, book, &proof, STR("en"))));
    }
    assert_int_equal(proof.answer, PROOF_HOLDS);
    assert_true(proof.met[CLAIM_OWED] > 0);
    assert_true(proof.met[CLAIM_JOINT] > 0);
    assert_false(proof_is_vacuous(book, &proof, CLAIM_OWED));
    print_message("urgent: %zu states, %llu wishes\n", proof.states,
                  (unsigned long long)proof.wishes);
    rulebook_free(book);
    arena_free(arena);
}

/* ---- broken books ---- */

/* What is told about a book: the reader's faults, then the story in both languages. */
static struct str tell(struct arena *arena, const char *name) {
    struct buffer out;
    struct fault *faults = NULL;
    struct proof proof;
    const char *path = str_text(arena, str_format(arena, "tests/broken/%s.yaml", name));
    buffer_init(&out, arena);
    struct rulebook *book = book_at(arena, path, "", &faults);
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        buffer_add_format(&out, "line %d: %.*s\n", fault->line,
                          STR_ARG(fault->sentence.en));
    }
    if (book == NULL) { /* told by the reader already; the prover finds it as well */
        book = book_at(arena, path, "-", &faults);
        assert_non_null(book);
    }
    rulebook_prove(arena, book, NULL, &proof);
    buffer_add_text(&out, "\n");
    buffer_add(&out, proof_as_text(arena, book, &proof, STR("zh-CN")));
    buffer_add_text(&out, "\n");
    buffer_add(&out, proof_as_text(arena, book, &proof, STR("en")));
    if (strcmp(name, "sound") == 0) {
        assert_int_equal(proof.answer, PROOF_HOLDS);
    } else {
        assert_int_equal(proof.answer, PROOF_BROKEN);
    }
    rulebook_free(book);
    return buffer_str(&out);
}

static void test_prove__broken_books_tell_their_stories(void **state) {
    (void)state;
    struct arena *names = arena_new((size_t)1 << 24);
    size_t books = 0;
    const char *kept = getenv("SHENFA_TELL"); /* a directory: write the stories there */
    struct str broken = str_format(names, "%s/tests/broken", source_of());
    DIR *directory = opendir(str_text(names, broken));
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct str file = str_of(entry->d_name);
        if (!str_ends(file, ".yaml")) {
            continue;
        }
        struct arena *arena = arena_new(PROOF_BYTES);
        struct str name = str_part(file, 0, file.length - strlen(".yaml"));
        struct str told = tell(arena, str_text(arena, name));
        struct bytes expected = {0};
        if (kept != NULL) {
            struct str to = str_format(arena, "%s/%.*s.story", kept, STR_ARG(name));
            assert_int_equal(file_write(str_text(arena, to), bytes_of_str(told)), DONE);
        }
        struct str beside =
            str_format(arena, "%.*s/%.*s.story", STR_ARG(broken), STR_ARG(name));
        assert_int_equal(file_read(arena, str_text(arena, beside), 65536, &expected),
                         DONE);
        struct str story = {(const char *)expected.at, expected.length};
        if (!str_equal(told, story)) {
            print_message("%s tells:\n%.*s\n", entry->d_name, STR_ARG(told));
        }
        assert_true(str_equal(told, story));
        arena_free(arena);
        books++;
    }
    closedir(directory);
    arena_free(names);
    assert_true(books >= 13);
}

/* ---- faults planted in the transition function ---- */

#define MOVE_ARGUMENTS                                                                   \
    const struct rulebook *book, const struct route *route,                              \
        const struct position *position, const struct move *move,                        \
        const struct move_facts *facts, enum lane lane, struct moved *out_moved,         \
        struct no *out_no

typedef enum status mover(MOVE_ARGUMENTS);

/* The wish as it would have to be for the check to have nothing against it. */
#define FAULTY(name, change)                                                             \
    static enum status name(MOVE_ARGUMENTS) {                                            \
        struct position p = *position;                                                   \
        struct move m = *move;                                                           \
        struct move_facts f = *facts;                                                    \
        const struct step *step = &route->steps[position->step];                         \
        (void)step;                                                                      \
        change;                                                                          \
        return rulebook_move(book, route, &p, &m, &f, lane, out_moved, out_no);          \
    }

static void complete(struct position *position, struct move_facts *facts,
                     const struct route *route) {
    position->step = (uint8_t)route->release;
    position->passed = UINT32_MAX;
    facts->standing = UINT32_MAX;
    facts->independent = true;
}

FAULTY(
    no_gate, if (m.kind == MOVE_RELEASE && route->release != NO_INDEX &&
                 step->kind != STEP_END) { complete(&p, &f, route); })
FAULTY(
    no_gate_for_schedules, if (m.kind == MOVE_SCHEDULE && route->release != NO_INDEX &&
                               step->kind != STEP_END) { complete(&p, &f, route); })
FAULTY(
    no_gate_in_emergencies,
    if (m.kind == MOVE_RELEASE && lane == LANE_EMERGENCY && route->release != NO_INDEX &&
        step->kind != STEP_END) { complete(&p, &f, route); })
FAULTY(
    no_gate_for_changes,
    if (m.kind == MOVE_RELEASE && f.live_change && route->release != NO_INDEX &&
        step->kind != STEP_END) { complete(&p, &f, route); })
FAULTY(any_post, f.roles = UINT64_MAX; f.machine = false)
FAULTY(any_hands, f.contributor = false; f.decided = 0;
       f.submitter = f.submitter && m.kind == MOVE_RECALL)
FAULTY(same_hands_twice, f.decided = 0)
FAULTY(no_password, f.proven = true)
FAULTY(any_text, f.stale = false)
FAULTY(any_finding, f.blocking = NO_INDEX)
FAULTY(
    due_without_recheck, if (f.machine) { f.blocking = NO_INDEX; })
FAULTY(any_turn, m.step = NO_INDEX)
FAULTY(any_time, f.clock = CLOCK_BEFORE)
FAULTY(no_reason, m.reason = true)
FAULTY(no_preparation, f.prepared = UINT32_MAX)
FAULTY(no_paper, f.paper_complete = true)
FAULTY(author_alone, f.independent = true)
FAULTY(late_recall, p.did = 0; p.round = 1)
FAULTY(anyones_recall, f.submitter = true)
FAULTY(
    anyone_withdraws, if (m.kind == MOVE_WITHDRAW) { f.roles = UINT64_MAX; })
FAULTY(
    any_instruction, if (step->as_instructed != NULL) { p.carried = 1; })
FAULTY(machine_decides, f.roles |= f.machine ? UINT64_MAX : 0;
       f.machine = f.machine && m.kind == MOVE_RELEASE; f.proven = true)

FAULTY(any_clock, f.lapsed = true)
FAULTY(
    lapse_by_hand, if (m.kind == MOVE_LAPSE) { f.machine = true; })
FAULTY(
    anyone_releases_first, if (m.kind == MOVE_RELEASE_FIRST) { f.roles = UINT64_MAX; })
FAULTY(
    writer_releases_first,
    if (m.kind == MOVE_RELEASE_FIRST) { f.contributor = f.submitter = false; })
FAULTY(
    first_past_what_may_not_be_owed,
    if (m.kind == MOVE_RELEASE_FIRST && route->owed != NULL && step->kind != STEP_END) {
        p.step = (uint8_t)route_step(route, STR("office-review"));
        complete(&p, &f, route);
        p.step = (uint8_t)route_step(route, STR("office-review"));
    })
FAULTY(signs_twice, f.signed_here = false)
FAULTY(several_at_once, m.bulk = false)

/* Answers nobody gave. */
FAULTY(
    no_answers, for (size_t i = 0; i < step->ask_count;
                     i++) { m.answers[i] = m.answers[i] == 0 ? 1 : m.answers[i]; })
FAULTY(
    bad_answers, for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &book->questions[step->asks[i]];
        bool bad = question_is_bad(question, m.answers[i]) && m.answers[i] != 0;
        m.answers[i] = bad ? (uint8_t)(3 - m.answers[i]) : m.answers[i];
    })

/* What it answers is not what it should. */
static enum status edit_keeps_approvals(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (status == DONE && move->kind == MOVE_EDIT) {
        out_moved->next.passed = position->passed;
    }
    return status;
}

static enum status first_in_any_lane(MOVE_ARGUMENTS) {
    return rulebook_move(book, route, position, move, facts,
                         move->kind == MOVE_RELEASE_FIRST ? LANE_EMERGENCY : lane,
                         out_moved, out_no);
}

static enum status first_without_a_grant(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (move->kind == MOVE_RELEASE_FIRST && route->owed == NULL && status == REFUSED) {
        *out_moved = (struct moved){.next = *position, .spawn_target = NO_INDEX};
        out_moved->next.live = 1;
        return DONE;
    }
    return status;
}

static enum status returned_stays_live(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (status == DONE && move->kind == MOVE_DECIDE) {
        out_moved->next.live = position->live;
    }
    return status;
}

static enum status one_signature_is_enough(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    const struct step *step = &route->steps[position->step];
    if (status == DONE && out_moved->next.signers != 0) {
        out_moved->next.step = (uint8_t)step->outcomes[step_forward(step)].next;
        out_moved->next.passed |= (uint32_t)1 << position->step;
        out_moved->next.signers = 0;
    }
    return status;
}

static enum status signatures_outlive_a_return(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (status == DONE && move->kind == MOVE_DECIDE &&
        out_moved->outcome->kind == OUTCOME_BACK) {
        out_moved->next.signers = position->signers;
    }
    return status;
}

static enum status another_route_keeps_approvals(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (status == DONE && out_moved->onto != NULL) {
        out_moved->next.step = (uint8_t)out_moved->onto->release;
        out_moved->next.passed = out_moved->onto->demanded;
    }
    return status;
}

static enum status return_goes_on(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    const struct step *step = &route->steps[position->step];
    if (status == DONE && move->kind == MOVE_DECIDE && step->kind == STEP_REVIEW &&
        out_moved->outcome->kind == OUTCOME_BACK && step_forward(step) != NO_INDEX) {
        out_moved->next.step = (uint8_t)step->outcomes[step_forward(step)].next;
        out_moved->next.passed = position->passed | (uint32_t)1 << position->step;
        out_moved->next.round = position->round;
        out_moved->next.did = position->did | (uint32_t)1 << position->step;
    }
    return status;
}

static enum status return_keeps_approvals(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (status == DONE && move->kind == MOVE_DECIDE &&
        out_moved->outcome->kind == OUTCOME_BACK) {
        out_moved->next.passed = position->passed;
    }
    return status;
}

static enum status no_return(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    bool back = status == DONE && move->kind == MOVE_DECIDE &&
                out_moved->outcome->kind == OUTCOME_BACK;
    return back ? REFUSED : status;
}

static enum status no_release(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    return move->kind == MOVE_RELEASE ? REFUSED : status;
}

static enum status withdraw_what_is_not_live(MOVE_ARGUMENTS) {
    enum status status =
        rulebook_move(book, route, position, move, facts, lane, out_moved, out_no);
    if (move->kind == MOVE_WITHDRAW && status == REFUSED) {
        *out_moved = (struct moved){.next = *position, .spawn_target = NO_INDEX};
        return DONE;
    }
    return status;
}

#define URGENT "tests/rulebooks/urgent"

static const struct planted {
    const char *name;
    mover *move;
    const char *book;
    enum claim found_by;
} planted[] = {
    {"no gate", no_gate, "tests/broken/sound.yaml", CLAIM_DECIDED},
    {"no gate for schedules", no_gate_for_schedules, "tests/broken/sound.yaml",
     CLAIM_DECIDED},
    {"no gate in emergencies", no_gate_in_emergencies, "tests/broken/sound.yaml",
     CLAIM_DECIDED},
    {"no gate for changes", no_gate_for_changes, "tests/broken/sound.yaml",
     CLAIM_DECIDED},
    {"any post", any_post, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"any hands", any_hands, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"the same hands twice", same_hands_twice, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"no password", no_password, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"any turn", any_turn, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"the machine decides", machine_decides, "tests/broken/sound.yaml", CLAIM_ENTITLED},
    {"any text", any_text, "tests/broken/sound.yaml", CLAIM_CURRENT},
    {"any finding", any_finding, "tests/broken/sound.yaml", CLAIM_FINDING},
    {"due without recheck", due_without_recheck, "tests/broken/sound.yaml",
     CLAIM_FINDING},
    {"any time", any_time, "tests/broken/sound.yaml", CLAIM_LATE},
    {"no reason", no_reason, "tests/broken/sound.yaml", CLAIM_COMPLETE},
    {"no preparation", no_preparation, "rulebooks/bazhong-nr", CLAIM_COMPLETE},
    {"no paper", no_paper, "rulebooks/liuzhou-stats", CLAIM_COMPLETE},
    {"no answers", no_answers, "tests/broken/sound.yaml", CLAIM_COMPLETE},
    {"bad answers", bad_answers, "tests/broken/sound.yaml", CLAIM_COMPLETE},
    {"the author alone", author_alone, "tests/broken/nobody-else.yaml",
     CLAIM_INDEPENDENT},
    {"an edit keeps approvals", edit_keeps_approvals, "tests/broken/late-edit.yaml",
     CLAIM_DECIDED},
    {"an edit keeps approvals, told by the record", edit_keeps_approvals,
     "tests/broken/late-edit.yaml", CLAIM_REPLAY},
    {"a return goes on", return_goes_on, "tests/broken/sound.yaml", CLAIM_DECIDED},
    {"a return keeps approvals", return_keeps_approvals, "rulebooks/liuzhou-stats",
     CLAIM_REPLAY},
    {"late recall", late_recall, "tests/broken/sound.yaml", CLAIM_RECALL},
    {"anyone's recall", anyones_recall, "tests/broken/sound.yaml", CLAIM_RECALL},
    {"anyone withdraws", anyone_withdraws, "tests/broken/sound.yaml", CLAIM_WITHDRAW},
    {"withdraws what is not live", withdraw_what_is_not_live, "tests/broken/sound.yaml",
     CLAIM_WITHDRAW},
    {"first without a grant", first_without_a_grant, "tests/broken/sound.yaml",
     CLAIM_DECIDED},
    {"first in any lane", first_in_any_lane, URGENT, CLAIM_DECIDED},
    {"first past what may not be owed", first_past_what_may_not_be_owed, URGENT,
     CLAIM_DECIDED},
    {"anyone releases first", anyone_releases_first, URGENT, CLAIM_ENTITLED},
    {"the writer releases first", writer_releases_first, URGENT, CLAIM_INDEPENDENT},
    {"a returned text stays live", returned_stays_live, URGENT, CLAIM_OWED},
    {"taken down before its time", any_clock, URGENT, CLAIM_OWED},
    {"taken down by hand", lapse_by_hand, URGENT, CLAIM_OWED},
    {"one signs twice", signs_twice, URGENT, CLAIM_JOINT},
    {"one signature is enough", one_signature_is_enough, URGENT, CLAIM_DECIDED},
    {"signatures outlive a return", signatures_outlive_a_return, URGENT, CLAIM_REPLAY},
    {"several at once where one review is demanded", several_at_once, "rulebooks/shizhu",
     CLAIM_ENTITLED},
    {"another route keeps approvals", another_route_keeps_approvals, "rulebooks/yunzhou",
     CLAIM_REPLAY},
    {"any instruction", any_instruction, "rulebooks/liuzhou-stats", CLAIM_WAY_OUT},
    {"no return", no_return, "tests/broken/sound.yaml", CLAIM_REACH},
    {"no release", no_release, "tests/broken/sound.yaml", CLAIM_WAY_OUT},
};

static void test_prove__faults_planted_in_the_function_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(planted); i++) {
        struct arena *arena = arena_new(PROOF_BYTES);
        const struct planted *one = &planted[i];
        struct prove_engine engine = {
            one->move, one->found_by == CLAIM_REPLAY ? rulebook_replay : NULL};
        struct fault *faults = NULL;
        struct proof proof;
        struct rulebook *book = book_at(arena, one->book, "-", &faults);
        assert_non_null(book);
        rulebook_prove(arena, book, &engine, &proof);
        if (proof.answer != PROOF_BROKEN || proof.broken != one->found_by) {
            print_message("%s: %s\n%s\n", one->name,
                          proof.answer == PROOF_BROKEN ? claim_name(proof.broken)
                                                       : "not found",
                          str_text(arena, proof_as_text(arena, book, &proof, STR("en"))));
        }
        assert_int_equal(proof.answer, PROOF_BROKEN);
        assert_int_equal(proof.broken, one->found_by);
        assert_true(proof.story_count > 2);
        rulebook_free(book);
        arena_free(arena);
    }
}

/* ---- what proves nothing about the regulation ---- */

static void test_prove__a_route_of_our_own_is_told(void **state) {
    (void)state;
    struct arena *arena = arena_new(PROOF_BYTES);
    struct fault *faults = NULL;
    struct proof proof;
    struct rulebook *book = book_at(arena, "tests/broken/sound.yaml", "", &faults);
    assert_non_null(book);
    rulebook_prove(arena, book, NULL, &proof);
    struct str told = proof_as_text(arena, book, &proof, STR("en"));
    assert_true(str_find(told, STR("our own default")) == told.length);
    book->routes[0].basis.house = true;
    told = proof_as_text(arena, book, &proof, STR("en"));
    assert_true(str_find(told, STR("our own default")) < told.length);
    book->emergency = NULL; /* and a claim with nothing to judge */
    rulebook_prove(arena, book, NULL, &proof);
    assert_true(proof_is_vacuous(book, &proof, CLAIM_EMERGENCY));
    assert_false(proof_is_vacuous(book, &proof, CLAIM_DECIDED));
    told = proof_as_text(arena, book, &proof, STR("en"));
    assert_true(str_find(told, STR("vacuously")) < told.length);
    rulebook_free(book);
    arena_free(arena);
}

/* ---- what is too large is not proved ---- */

static void test_prove__more_marks_than_there_is_room_for_is_no_proof(void **state) {
    (void)state;
    struct arena *arena = arena_new(PROOF_BYTES);
    struct fault *faults = NULL;
    struct proof proof;
    struct rulebook *book = book_at(arena, "rulebooks/liuzhou-stats", "", &faults);
    assert_non_null(book);
    /* Every step looks back at every other. */
    struct route *route = &book->routes[0];
    struct hand_rule all = {.never = HAND_DECIDER, .steps = UINT32_MAX};
    for (size_t i = 0; i < book->route_count; i++) {
        struct step *step = &book->routes[i].steps[0];
        step->hands = &all;
        step->hand_count = 1;
    }
    assert_true(route->step_count > 12);
    rulebook_prove(arena, book, NULL, &proof);
    assert_int_equal(proof.answer, PROOF_TOO_LARGE);
    struct str told = proof_as_text(arena, book, &proof, STR("en"));
    assert_true(str_find(told, STR("Not proved")) < told.length);
    rulebook_free(book);
    arena_free(arena);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prove__every_book_of_the_house_holds),
        cmocka_unit_test(test_prove__the_grant_and_the_signatures_of_the_thirteenth),
        cmocka_unit_test(test_prove__broken_books_tell_their_stories),
        cmocka_unit_test(test_prove__faults_planted_in_the_function_are_found),
        cmocka_unit_test(test_prove__a_route_of_our_own_is_told),
        cmocka_unit_test(test_prove__more_marks_than_there_is_room_for_is_no_proof),
    };
    return cmocka_run_group_tests_name("prove", tests, NULL, NULL);
}
