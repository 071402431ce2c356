/*
 * The cases of each regulation on a real store, and their negative controls: with
 * the rule left out that a case proves, the case must fail.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial_store.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL_BOOK 30 /* controls; a larger book's are sampled */

static struct sandbox *sandbox; /* forked once, before any thread */
static const char *chosen;      /* code of the rulebook, from the command line */

struct stand {
    struct trial_store *trial;
    const char *kind;
};

static struct call *open_place(void *owner, struct shelf *shelf, instant now) {
    struct stand *stand = owner;
    stand->trial = trial_store_new(stand->kind);
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

static const char *book_path(struct arena *arena, const char *code) {
    const char *source = getenv("SHENFA_SOURCE");
    source = source == NULL ? "." : source;
    const char *path = str_format(arena, "%s/rulebooks/%s", source, code).at;
    /* Beside the twelve: one for what none of them says. */
    return file_exists(path)
               ? path
               : str_format(arena, "%s/tests/rulebooks/%s", source, code).at;
}

static struct rulebook_case *cases_of(struct arena *arena, const char *path) {
    struct rulebook *book = NULL;
    struct rulebook_case *cases = NULL;
    struct fault *faults = NULL;
    enum status status = rulebook_read(arena, path, STR(""), &book, &faults);
    if (status == DONE) {
        status = rulebook_read_cases(arena, path, book, &cases, &faults);
        rulebook_free(book);
    }
    if (status != DONE) {
        print_error("%s", faults_as_text(arena, faults, STR("en")).at);
    }
    assert_int_equal(status, DONE);
    return cases;
}

/* Every how manieth control is run. */
static size_t stride_of(const struct rulebook_case *cases) {
    size_t controls = 0;
    for (; cases != NULL; cases = cases->next) {
        controls += cases->proves_count;
    }
    return getenv("SHENFA_ALL_CONTROLS") != NULL || controls <= SMALL_BOOK ? 1 : 3;
}

/* Every case passes; with *controls* each fails without each rule it proves. */
static void run_book(const char *code, const char *kind, bool controls) {
    struct arena *arena = arena_new((size_t)1 << 28);
    const char *path = book_path(arena, code);
    struct stand stand = {.kind = kind};
    struct trial_place place = {&stand, open_place, close_place};
    size_t wrong = 0;
    size_t count = 0;
    size_t unmade = 0;
    size_t seen = 0;
    size_t stride = controls ? stride_of(cases_of(arena, path)) : 1;
    for (struct rulebook_case *one = cases_of(arena, path); one != NULL;
         one = one->next) {
        for (size_t i = 0; i < (controls ? one->proves_count : 1); i++) {
            struct trial_verdict verdict = {0};
            struct str without = controls ? one->proves[i] : STR("");
            if (seen++ % stride != 0) {
                continue;
            }
            assert_int_equal(trial_case(arena, &place, path, without, one, &verdict),
                             DONE);
            count++;
            unmade += str_starts(verdict.why, "the situation") ? 1 : 0;
            if (controls && getenv("SHENFA_TRIAL_TELL") != NULL) {
                print_message("%.*s without %.*s: %.*s\n", STR_ARG(one->sentence),
                              STR_ARG(without), STR_ARG(verdict.why));
            }
            if (verdict.passed == controls) {
                wrong++;
                print_error("%.*s:%d %.*s%s%.*s: %.*s\n", STR_ARG(one->file), one->line,
                            STR_ARG(one->sentence), controls ? " passes without " : "",
                            STR_ARG(without), STR_ARG(verdict.why));
            }
        }
    }
    print_message("%s: %zu %s, %zu of them stopped at the situation\n", code, count,
                  controls ? "negative controls" : "cases", unmade);
    assert_int_equal(wrong, 0);
    arena_free(arena);
}

/* The rulebooks of this house, in order of their codes. */
static size_t all_codes(struct arena *arena, const char *codes[64]) {
    const char *root = book_path(arena, "");
    size_t count = 0;
    struct dirent **entries;
    int found = scandir(root, &entries, NULL, alphasort);
    assert_true(found > 0);
    for (int i = 0; i < found; i++) {
        const char *head =
            str_format(arena, "%s/%s/rulebook.yaml", root, entries[i]->d_name).at;
        if (count < 64 && file_exists(head)) {
            codes[count++] = str_copy(arena, str_of(entries[i]->d_name)).at;
        }
        free(entries[i]);
    }
    free(entries);
    return count;
}

/* The same on PostgreSQL, where there is one. */
static void test_cases__on_postgres(void **state) {
    (void)state;
    if (getenv("SHENFA_TEST_POSTGRES") == NULL) {
        print_message("left out: SHENFA_TEST_POSTGRES is not set\n");
        return;
    }
    struct arena *arena = arena_new((size_t)1 << 24);
    const char *codes[64];
    size_t count = all_codes(arena, codes);
    for (size_t i = 0; i < count; i++) {
        run_book(codes[i], "postgres", false);
    }
    arena_free(arena);
}

static void test_cases__on_sqlite(void **state) {
    (void)state;
    run_book(chosen, "sqlite", false);
}

/* With a rule left out that a case proves, the case fails.  Each of a small book's rules;
 * of a large one every third unless SHENFA_ALL_CONTROLS is set: all of them take long. */
static void test_cases__without_its_rules(void **state) {
    (void)state;
    run_book(chosen, "sqlite", true);
}

/* Every requirement that is enforced now is proven by a case. */
static void test_cases__every_enforced_requirement_has_one(void **state) {
    struct arena *arena = arena_new((size_t)1 << 28);
    const char *codes[64];
    size_t count = all_codes(arena, codes);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *path = book_path(arena, codes[i]);
        struct rulebook_case *cases = cases_of(arena, path);
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        assert_int_equal(rulebook_read(arena, path, STR(""), &book, &faults), DONE);
        for (size_t j = 0; j < book->requirement_count; j++) {
            bool proven = !str_is_empty(book->requirements[j].later);
            for (struct rulebook_case *one = cases; one != NULL; one = one->next) {
                for (size_t k = 0; k < one->proves_count; k++) {
                    proven =
                        proven || str_equal(one->proves[k], book->requirements[j].id);
                }
            }
            if (!proven) {
                print_error("no case proves %.*s\n", STR_ARG(book->requirements[j].id));
            }
            assert_true(proven);
        }
        rulebook_free(book);
    }
    arena_free(arena);
}

/* With the code of a rulebook: its cases and controls on SQLite; without one: what is
 * asked of all of them. */
int main(int count, char **arguments) {
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_cases__every_enforced_requirement_has_one),
        cmocka_unit_test(test_cases__on_postgres),
    };
    static const struct CMUnitTest one[] = {
        cmocka_unit_test(test_cases__on_sqlite),
        cmocka_unit_test(test_cases__without_its_rules),
    };
    chosen = count > 1 ? arguments[1] : NULL;
    /* Hundreds of stores: in memory where there is such a place. */
    setenv("TMPDIR", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", 0);
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = chosen == NULL ? cmocka_run_group_tests(all, NULL, NULL)
                                : cmocka_run_group_tests(one, NULL, NULL);
    sandbox_stop(sandbox);
    return failed;
}
