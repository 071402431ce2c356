/*
 * Child rulebooks: what the parent allows is changed, what it does not is refused with
 * the article; the child is checked, mapped and proved as a whole, from a directory, from
 * texts at hand and from a kept copy.
 */
#include "rulebook/rulebook.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    struct arena *arena;
    char directory[64];
};

static const char parent[] =
    "rulebook: {code: small, prefix: SM, version: '1', zh: 小办法, en: Small Rules,\n"
    "  issuer: 局, issuer-en: Bureau, issued: 2021-03-08, status: in-force, site: x}\n"
    "requirements:\n"
    "  SM-1: {kind: route, cite: 第一条, cite-en: Article 1, article: 第一条, zh: 审,"
    " en: Review.}\n"
    "  SM-2: {kind: deadline, cite: 第二条, cite-en: Article 2, article: 第二条, zh: 快,"
    " en: Soon.}\n"
    "  SM-3: {kind: org, cite: 第三条, cite-en: Article 3, article: 第三条, zh: 自订,"
    " en: Own rules.}\n"
    "allows:\n"
    "  - {path: deadlines.*.amount, how: not-more, basis: SM-3}\n"
    "  - {path: routes.*.steps.*, how: add, basis: SM-3}\n"
    "roles:\n"
    "  clerk: {zh: 经办人, en: Clerk, scope: own-unit, basis: SM-1}\n"
    "  head: {zh: 科长, en: Section head, scope: own-unit, basis: SM-1}\n"
    "classes:\n"
    "  news: {zh: 新闻信息, en: News, route: plain, basis: SM-1}\n"
    "prohibitions:\n"
    "  marks: {zh: 密级标志, en: Marks, detector: classification-mark, severity: block,"
    " way: 去掉, way-en: Remove it., basis: SM-1}\n"
    "deadlines:\n"
    "  check: {zh: 审核时限, en: Time to review, start: step, nature: soft,"
    " unit: working-day, amount: 5, until-steps: [review], basis: SM-2}\n"
    "routes:\n"
    "  plain:\n"
    "    zh: 一般路线\n"
    "    en: Plain route\n"
    "    basis: SM-1\n"
    "    release-gate: {basis: SM-1}\n"
    "    steps:\n"
    "      draft: {zh: 拟稿, en: Draft, kind: author, state: draft, by: clerk,"
    " basis: SM-1, outcomes: {submit: {zh: 送, en: Submit, next: review}}}\n"
    "      review: {zh: 科室审核, en: Section's review, kind: review,"
    " state: dept-review, by: head, basis: SM-1, hands: [{never: [contributor]}],"
    " outcomes: {pass: {zh: 过, en: Pass, next: release},"
    " fail: {zh: 退, en: Fail, next: draft, reason: true, new-round: true}}}\n"
    "      release: {zh: 发布, en: Release, kind: release, state: approved, by: head,"
    " basis: SM-1, outcomes: {released: {zh: 发, en: Released, next: published}}}\n";

#define HEAD                                                                                \
    "rulebook: {code: own, parent: small, prefix: OW, version: '1', zh: 本单位细则,\n" \
    "  en: Own Rules, issuer: 一处, issuer-en: Section One, status: in-force, site: "     \
    "x}\n"
#define SECOND_STEP                                                                      \
    "      second: {zh: 复核, en: Second look, kind: review, state: office-review,"    \
    " by: head, basis: SM-3, hands: [{never: [contributor]}],"                           \
    " outcomes: {pass: {zh: 过, en: Pass, next: release},"                              \
    " fail: {zh: 退, en: Fail, next: draft, reason: true, new-round: true}}}\n"

static const struct {
    const char *child;
    const char *fault; /* part of the fault's sentence; NULL: it loads */
    const char *article;
    int line;
} rows[] = {
    {"", NULL, NULL, 0},
    {"deadlines: {check: {amount: 3}}\n", NULL, NULL, 0},
    {"deadlines: {check: {amount: 5, unit: working-day}}\n", NULL, NULL, 0},
    {"requirements:\n  OW-1: {kind: org, cite: 细则一, cite-en: Rule 1, article: 第三条,"
     " zh: 复核, en: A second look., later: supervision}\n",
     NULL, NULL, 0},
    {"routes:\n  plain:\n    steps:\n      review: {outcomes: {pass: {next: "
     "second}}}\n" SECOND_STEP,
     NULL, NULL, 0},
    {"deadlines:\n  check:\n    amount: 8\n", "deadlines.check.amount", "第二条", 5},
    {"deadlines: {check: {nature: reminder}}\n", "deadlines.check.nature", "第二条", 3},
    {"prohibitions: {marks: {severity: note}}\n", "prohibitions.marks.severity", "第一条",
     3},
    {"routes: {plain: {steps: {review: {by: clerk}}}}\n", "routes.plain.steps.review.by",
     "第一条", 3},
    {"routes: {plain: {steps: {draft: {outcomes: {submit: {next: release}}}}}}\n",
     "outcomes.submit.next", "第一条", 3},
    {"roles: {clerk: {every-member: true}}\n", "roles.clerk.every-member", "第一条", 3},
    {"allows:\n  - {path: roles.*, how: any, basis: SM-3}\n", "allows", "统一默认", 3},
    {"requirements:\n  SM-9: {kind: org, cite: 九, cite-en: Nine, article: 第三条,"
     " zh: 九, en: Nine., later: supervision}\n",
     "requirements.SM-9", "统一默认", 4},
    {"routes:\n  plain:\n    steps:\n      draft: {outcomes: {submit: {next: "
     "second}}}\n" SECOND_STEP,
     "outcomes.submit.next", "第一条", 6},
};

static int set_up(void **state) {
    struct room *room = calloc(1, sizeof *room);
    room->arena = arena_new((size_t)1 << 28);
    strcpy(room->directory, "/tmp/rulebook-test-XXXXXX");
    assert_non_null(mkdtemp(room->directory));
    *state = room;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk) {
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state) {
    struct room *room = *state;
    nftw(room->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(room->arena);
    free(room);
    return 0;
}

static void write_file(struct room *room, const char *name, const char *text) {
    const char *path = str_format(room->arena, "%s/%s", room->directory, name).at;
    assert_int_equal(file_write(path, bytes_of_str(str_of(text))), DONE);
}

/* The child beside its parent, as two directories. */
static const char *write_child(struct room *room, const char *child) {
    write_file(room, "small/rulebook.yaml", parent);
    write_file(room, "own/rulebook.yaml", str_format(room->arena, HEAD "%s", child).at);
    return str_format(room->arena, "%s/own", room->directory).at;
}

static struct rulebook *read_child(struct room *room, const char *child) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *path = write_child(room, child);
    enum status status = rulebook_read(room->arena, path, STR(""), &book, &faults);
    if (status != DONE) {
        print_error("%s", faults_as_text(room->arena, faults, STR("zh-CN")).at);
    }
    assert_int_equal(status, DONE);
    return book;
}

static void test_child__only_what_the_parent_allows(void **state) {
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        if (rows[i].fault == NULL) {
            rulebook_free(read_child(room, rows[i].child));
            continue;
        }
        const char *path = write_child(room, rows[i].child);
        enum status status = rulebook_read(room->arena, path, STR(""), &book, &faults);
        if (status != REFUSED) {
            fail_msg("let through: %s", rows[i].child);
        }
        struct str sentence = faults->sentence.zh;
        bool said = str_find(sentence, str_of(rows[i].fault)) < sentence.length &&
                    str_find(sentence, str_of(rows[i].article)) < sentence.length;
        if (!said || faults->line != rows[i].line) {
            print_error("%d %.*s\n", faults->line, STR_ARG(sentence));
        }
        assert_true(said);
        assert_int_equal(faults->line, rows[i].line);
        assert_true(str_is(faults->file, "rulebook.yaml"));
    }
}

static void test_child__is_the_parent_with_its_own(void **state) {
    struct room *room = *state;
    struct rulebook *book = read_child(
        room, "deadlines: {check: {amount: 3}}\n"
              "routes:\n  plain:\n    steps:\n"
              "      review: {outcomes: {pass: {next: second}}}\n" SECOND_STEP);
    struct departures changes;
    struct rulebook *above = NULL;
    struct fault *faults = NULL;
    struct proof proof;
    const char *path = str_format(room->arena, "%s/small", room->directory).at;
    assert_int_equal(rulebook_read(room->arena, path, STR(""), &above, &faults), DONE);
    assert_true(str_is(book->code, "own"));
    assert_true(str_is(book->parent, "small"));
    assert_int_equal(book->deadlines[0].amount, 3);
    assert_int_equal(book->requirement_count, above->requirement_count);
    const struct route *route = &book->routes[0];
    assert_true(str_is(route->steps[1].code, "review"));
    assert_true(str_is(route->steps[2].code, "second"));
    assert_true((route->demanded & 1U << 2) != 0);
    rulebook_compare(room->arena, above, book, &changes);
    bool told = false;
    for (size_t i = 0; i < changes.count; i++) {
        told = told || str_is(changes.at[i].sentence.zh,
                              "科长现在审核新闻信息（“复核”，在“科室审核”之后）。");
    }
    assert_true(told);
    rulebook_prove(room->arena, book, NULL, &proof);
    assert_int_equal(proof.answer, PROOF_HOLDS);
    rulebook_free(above);
    rulebook_free(book);
}

static void test_child__takes_its_parent_along(void **state) {
    struct room *room = *state;
    struct rulebook *book = read_child(room, "deadlines: {check: {amount: 2}}\n");
    struct rulebook *other = NULL;
    struct rulebook *kept = NULL;
    struct rulebook_files files;
    struct fault *faults = NULL;
    const char *shelf = str_format(room->arena, "%s/kept", room->directory).at;
    assert_int_equal(
        rulebook_load_files(room->arena, str_text(room->arena, book->path), &files),
        DONE);
    assert_int_equal(files.count, 2);
    assert_int_equal(rulebook_read_files(room->arena, &files, &other, &faults), DONE);
    assert_true(digest_equal(&book->digest, &other->digest));
    rulebook_free(other);
    assert_int_equal(rulebook_keep_files(room->arena, &files, shelf, &kept, &faults),
                     DONE);
    assert_true(digest_equal(&book->digest, &kept->digest));
    assert_int_equal(kept->deadlines[0].amount, 2);
    /* A later parent is another one's affair. */
    write_file(room, "small/rulebook.yaml", "rulebook: {}\n");
    assert_int_equal(rulebook_read(room->arena, str_text(room->arena, kept->path),
                                   STR(""), &other, &faults),
                     DONE);
    assert_true(digest_equal(&book->digest, &other->digest));
    rulebook_free(other);
    rulebook_free(kept);
    rulebook_free(book);
}

static void test_child__has_its_parents_cases(void **state) {
    static const char case_text[] =
        "cases:\n"
        "  - {case: %s, proves: [SM-1], given: {class: news, step: review},"
        " when: [{by: head, does: decide, step: review, outcome: pass}],"
        " then: {status: done}}\n";
    struct room *room = *state;
    struct rulebook_case *cases = NULL;
    struct fault *faults = NULL;
    struct rulebook *book = read_child(room, "");
    write_file(room, "small/cases/a.yaml", str_format(room->arena, case_text, "一").at);
    write_file(room, "small/cases/b.yaml", str_format(room->arena, case_text, "二").at);
    write_file(room, "own/cases/own.yaml", str_format(room->arena, case_text, "二").at);
    const char *path = str_text(room->arena, book->path);
    assert_int_equal(rulebook_read_cases(room->arena, path, book, &cases, &faults), DONE);
    assert_true(str_is(cases->sentence, "二"));
    assert_true(str_is(cases->file, "own.yaml"));
    assert_true(str_is(cases->next->sentence, "一"));
    assert_null(cases->next->next);
    rulebook_free(book);
}

static void test_child__without_its_parent_is_none(void **state) {
    struct room *room = *state;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    write_file(room, "own/rulebook.yaml", HEAD);
    const char *path = str_format(room->arena, "%s/own", room->directory).at;
    assert_int_equal(rulebook_read(room->arena, path, STR(""), &book, &faults), REFUSED);
    assert_int_equal(faults->line, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_child__only_what_the_parent_allows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_child__is_the_parent_with_its_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_child__takes_its_parent_along, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_child__has_its_parents_cases, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_child__without_its_parent_is_none, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
