/*
 * The regulations contradict each other on 46 points, and one engine obeys each of
 * them: every point is a setting, and two rulebooks stand on its two sides.  What each
 * side says is found by acts on a real store, not by reading the rulebook; and the one
 * side's situation under the other's rulebook must not give the one side's answer.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POINTS 46

static struct sandbox *sandbox; /* forked once, before any thread */

struct stand {
    struct trial_store *trial;
};

struct side {
    struct str book;
    struct str sentence; /* of its case */
};

struct point {
    struct str number;
    struct str setting;
    struct side sides[2];
};

static struct call *open_place(void *owner, struct shelf *shelf, instant now) {
    struct stand *stand = owner;
    stand->trial = trial_store_new("sqlite");
    struct trial_store *trial = stand->trial;
    const char *days =
        str_format(trial->arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    trial->house.sandbox = sandbox;
    trial->house.shelf = shelf;
    trial->call.now = now;
    trial->call.door = DOOR_CLI;
    return &trial->call;
}

static void close_place(void *owner, struct call *call) {
    struct stand *stand = owner;
    (void)call;
    calendar_close(stand->trial->house.calendar);
    trial_store_free(stand->trial);
}

static const char *in_source(struct arena *arena, const char *folder, struct str name) {
    const char *source = getenv("SHENFA_SOURCE");
    return str_format(arena, "%s/%s/%.*s", source == NULL ? "." : source, folder,
                      STR_ARG(name))
        .at;
}

static struct rulebook *read_book(struct arena *arena, struct str code) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_read(arena, in_source(arena, "rulebooks", code), STR(""),
                                   &book, &faults),
                     DONE);
    return book;
}

/* The case with that sentence: of the rulebook, or of those made for this test. */
static const struct rulebook_case *find_case(struct arena *arena,
                                             const struct side *side) {
    static const char *const folders[] = {"rulebooks", "tests/contradictions"};
    struct rulebook *book = read_book(arena, side->book);
    const struct rulebook_case *found = NULL;
    for (size_t i = 0; i < LENGTH(folders) && found == NULL; i++) {
        const char *path = in_source(arena, folders[i], side->book);
        struct rulebook_case *cases = NULL;
        struct fault *faults = NULL;
        if (!file_exists(path)) {
            continue;
        }
        if (rulebook_read_cases(arena, path, book, &cases, &faults) != DONE) {
            fail_msg("%s", faults_as_text(arena, faults, STR("en")).at);
        }
        for (const struct rulebook_case *one = cases; one != NULL && found == NULL;
             one = one->next) {
            found = str_equal(one->sentence, side->sentence) ? one : NULL;
        }
    }
    rulebook_free(book);
    return found;
}

static bool runs_under(struct arena *arena, const struct rulebook_case *one,
                       struct str book, struct str *out_why) {
    struct stand stand = {NULL};
    struct trial_place place = {&stand, open_place, close_place};
    struct trial_verdict verdict = {0};
    assert_int_equal(trial_case(arena, &place, in_source(arena, "rulebooks", book),
                                STR(""), one, &verdict),
                     DONE);
    *out_why = verdict.why;
    return verdict.passed;
}

static size_t read_points(struct arena *arena, struct point points[POINTS + 1]) {
    struct bytes bytes;
    size_t count = 0;
    const char *path =
        in_source(arena, "tests/contradictions", STR("contradictions.tsv"));
    assert_int_equal(file_read(arena, path, (size_t)1 << 20, &bytes), DONE);
    struct str rest = {(const char *)bytes.at, bytes.length};
    while (rest.length > 0 && count <= POINTS) {
        struct str line = str_cut(&rest, '\n');
        if (str_is_empty(line) || str_starts(line, "#")) {
            continue;
        }
        struct point *point = &points[count++];
        point->number = str_cut(&line, '\t');
        point->setting = str_cut(&line, '\t');
        for (int i = 0; i < 2; i++) {
            point->sides[i].book = str_cut(&line, '\t');
            point->sides[i].sentence = str_cut(&line, '\t');
        }
    }
    return count;
}

static void test_contradictions__each_is_a_setting_with_two_sides(void **state) {
    struct point points[POINTS + 1];
    struct arena *names = arena_new((size_t)1 << 24);
    size_t count = read_points(names, points);
    size_t run = 0;
    size_t wrong = 0;
    (void)state;
    assert_int_equal(count, POINTS);
    for (size_t i = 0; i < count; i++) {
        const struct point *point = &points[i];
        struct arena *arena = arena_new((size_t)1 << 28);
        struct str number = str_format(arena, "C%zu", i + 1);
        assert_true(str_equal(point->number, number));
        assert_false(str_equal(point->sides[0].book, point->sides[1].book));
        for (int j = 0; j < 2; j++) {
            const struct side *side = &point->sides[j];
            struct str other = point->sides[1 - j].book;
            struct str why;
            const struct rulebook_case *one = find_case(arena, side);
            if (one == NULL) {
                fail_msg("%.*s: %.*s has no case “%.*s”", STR_ARG(point->number),
                         STR_ARG(side->book), STR_ARG(side->sentence));
            }
            run++;
            if (!runs_under(arena, one, side->book, &why)) {
                print_error("%.*s %.*s: %.*s: %.*s\n", STR_ARG(point->number),
                            STR_ARG(side->book), STR_ARG(side->sentence), STR_ARG(why));
                wrong++;
            }
            if (runs_under(arena, one, other, &why)) {
                print_error("%.*s: %.*s says the same as %.*s: %.*s\n",
                            STR_ARG(point->number), STR_ARG(other), STR_ARG(side->book),
                            STR_ARG(side->sentence));
                wrong++;
            }
        }
        arena_free(arena);
    }
    print_message("%zu points, %zu sides run\n", count, run);
    arena_free(names);
    assert_int_equal(wrong, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contradictions__each_is_a_setting_with_two_sides),
    };
    /* A store for each side: in memory where there is such a place. */
    setenv("TMPDIR", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", 0);
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sandbox_stop(sandbox);
    return failed;
}
