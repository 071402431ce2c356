/*
 * Reading rulebooks: every fault with its place and a suggestion, hostile
 * input, the two books of this house, digests, and books with a rule left out.
 */
#include "rulebook/rulebook.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    struct arena *arena;
    char directory[64];
    const char *source; /* rulebooks/ of this house */
};

/* A small sound rulebook; the tables below break one line each. */
static const char *const sound[] = {
    /* 1 */ "rulebook: {code: small, prefix: SM, version: '1', zh: 小, en: Small,",
    /* 2 */
    "  issuer: 局, issuer-en: Bureau, issued: 2021-03-08, status: in-force, site: x}",
    /* 3 */ "requirements:",
    /* 4 */
    "  SM-1: {kind: route, cite: 第一条, cite-en: Article 1, article: 第一条, zh: 审, "
    "en: Review.}",
    /* 5 */ "roles:",
    /* 6 */ "  clerk: {zh: 经办人, en: Clerk, scope: own-unit, basis: SM-1}",
    /* 7 */ "  head: {zh: 负责人, en: Head, scope: own-unit, house: true}",
    /* 8 */ "routes:",
    /* 9 */ "  plain:",
    /* 10 */ "    zh: 路线",
    /* 11 */ "    en: Route",
    /* 12 */ "    basis: SM-1",
    /* 13 */ "    release-gate: {basis: SM-1}",
    /* 14 */ "    steps:",
    /* 15 */ "      draft:",
    /* 16 */
    "        {zh: 拟稿, en: Draft, kind: author, state: draft, by: clerk, basis: SM-1,",
    /* 17 */ "         outcomes: {submit: {zh: 送, en: Submit, next: review}}}",
    /* 18 */ "      review:",
    /* 19 */
    "        {zh: 审核, en: Review, kind: review, state: dept-review, by: head, basis: "
    "SM-1,",
    /* 20 */ "         outcomes: {pass: {zh: 过, en: Pass, next: release},",
    /* 21 */ "           fail: {zh: 退, en: Fail, next: draft, reason: true}}}",
    /* 22 */ "      release:",
    /* 23 */
    "        {zh: 发布, en: Release, kind: release, state: approved, by: head, basis: "
    "SM-1,",
    /* 24 */ "         outcomes: {released: {zh: 发, en: Released, next: published}}}",
};

static int set_up(void **state) {
    struct room *room = calloc(1, sizeof *room);
    room->arena = arena_new((size_t)1 << 26);
    strcpy(room->directory, "/tmp/rulebook-test-XXXXXX");
    assert_non_null(mkdtemp(room->directory));
    const char *source = getenv("SHENFA_SOURCE");
    room->source = str_format(room->arena, "%s/rulebooks", source ? source : "..").at;
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

static enum status read_text(struct room *room, struct str text, struct rulebook **book,
                             struct fault **faults) {
    const char *file = str_format(room->arena, "%s/rulebook.yaml", room->directory).at;
    assert_int_equal(file_write(file, bytes_of_str(text)), DONE);
    return rulebook_read(room->arena, room->directory, STR(""), book, faults);
}

/* The small book with line *number* written as *line*; 0 leaves it sound. */
static struct str with_line(struct room *room, int number, const char *line) {
    struct buffer buffer;
    buffer_init(&buffer, room->arena);
    for (size_t i = 0; i < LENGTH(sound); i++) {
        buffer_add_text(&buffer, (int)i + 1 == number ? line : sound[i]);
        buffer_add_char(&buffer, '\n');
    }
    return buffer_str(&buffer);
}

static const struct rulebook *book_of(struct room *room, const char *code,
                                      const char *without) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *path = str_format(room->arena, "%s/%s", room->source, code).at;
    enum status status =
        rulebook_read(room->arena, path, str_of(without), &book, &faults);
    if (status != DONE) {
        print_error("%s", faults_as_text(room->arena, faults, STR("en")).at);
    }
    assert_int_equal(status, DONE);
    arena_defer(room->arena, (void (*)(void *))rulebook_free, book);
    return book;
}

static void test_read__a_small_sound_rulebook(void **state) {
    struct room *room = *state;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    enum status status = read_text(room, with_line(room, 0, ""), &book, &faults);
    print_message("%s", faults_as_text(room->arena, faults, STR("en")).at);
    assert_int_equal(status, DONE);
    assert_int_equal(book->route_count, 1);
    assert_int_equal(book->routes[0].demanded, 1U << 1);
    rulebook_free(book);
}

static void test_read__faults_have_place_and_suggestion(void **state) {
    static const struct {
        int number;
        const char *line;
        int at_line;
        int at_column;
        const char *says;
        const char *hint;
    } table[] = {
        {5, "rolls:", 5, 1, "Unknown word “rolls”.", "roles"},
        {6, "  clerk: {zh: 经办人, en: Clerk, scop: own-unit, basis: SM-1}", 6, 31,
         "Unknown word “scop”.", "scope"},
        {6, "  clerk: {zh: 经办人, en: Clerk, scope: own-unt, basis: SM-1}", 6, 38,
         "“scope” cannot be “own-unt”; it may be own-unit, bound-unit, body, "
         "parent-unit, named-unit.",
         "own-unit"},
        {6, "  clerk: {zh: 经办人, en: Clerk, scope: own-unit}", 6, 10,
         "“roles.clerk” cites nothing: write basis: and a requirement, or house: true "
         "(our default).",
         ""},
        {6, "  clerk: {zh: 经办人, en: Clerk, scope: own-unit, basis: SM-9}", 6, 1,
         "roles.clerk rests on “SM-9”, which is not among the requirements.", "SM-1"},
        {7, "  head: {zh: 负责人, en: Head, scope: own-unit, house: yes}", 7, 53,
         "“house” is either true or false.", ""},
        {7, "  clerk: {zh: 负责人, en: Head, scope: own-unit, house: true}", 7, 3,
         "“clerk” stands twice; first on line 6.", ""},
        {7, "  head: {zh: 负责人, scope: own-unit, house: true}", 7, 9,
         "roles.head lacks “en”.", ""},
        {7, "  head: &x {zh: 负责人, en: Head, scope: own-unit, house: true}", 7, 9,
         "Anchors, aliases and tags (& * !) are not used; write it out.", ""},
        {7, "  head: *x", 7, 9,
         "Anchors, aliases and tags (& * !) are not used; write it out.", ""},
        {7, "  head: !!map {zh: 负责人, en: Head, scope: own-unit, house: true}", 7, 9,
         "Anchors, aliases and tags (& * !) are not used; write it out.", ""},
        {17, "         outcomes: {submit: {zh: 送, en: Submit, next: reveiw}}}", 17, 55,
         "There is no “reveiw”.", "review"},
        {19,
         "        {zh: 审核, en: Review, kind: review, state: dept-review, by: haed, "
         "basis: SM-1,",
         19, 68, "There is no “haed”.", "head"},
        {20, "         outcomes: {pass: {zh: 过, en: Pass, next: published},", 22, 7,
         "No way leads to the step “release”.", ""},
        {17, "         outcomes: {submit: {zh: 送, en: Submit, next: release}}}", 18, 7,
         "No way leads to the step “review”.", ""},
        {21, "           fail: {zh: 退, en: Fail, next: draft}}}", 18, 7,
         "The return “fail” must ask for a reason (reason: true).", ""},
        {24, "         }", 22, 7, "The step “release” is a dead end: it has no outcomes.",
         ""},
        {13, "    subject: manuscript", 9, 3, "The route “plain” lacks a release-gate.",
         ""},
        {4,
         "  SM-1: {kind: route, cite: 第一条, cite-en: Article 1, article: 第一条, en: "
         "R.}",
         4, 9, "requirements.SM-1 lacks “zh”.", ""},
        {2,
         "  issuer: 局, issuer-en: Bureau, issued: 2021-02-30, status: in-force, site: "
         "x}",
         2, 41, "“issued” must be a date such as 2021-03-08.", ""},
    };
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        struct str text = with_line(room, table[i].number, table[i].line);
        assert_int_equal(read_text(room, text, &book, &faults), REFUSED);
        const struct fault *found = faults;
        while (found != NULL && !str_is(found->sentence.en, table[i].says)) {
            found = found->next;
        }
        if (found == NULL) {
            print_error("row %zu:\n%s", i,
                        faults_as_text(room->arena, faults, STR("en")).at);
        }
        assert_non_null(found);
        if (found->line != table[i].at_line || found->column != table[i].at_column) {
            print_error("row %zu at %d:%d\n", i, found->line, found->column);
        }
        assert_int_equal(found->line, table[i].at_line);
        assert_int_equal(found->column, table[i].at_column);
        assert_string_equal(str_text(room->arena, found->suggestion), table[i].hint);
        assert_true(found->sentence.zh.length > 0);
    }
}

static void test_read__all_faults_are_shown_at_once(void **state) {
    struct room *room = *state;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    struct str text =
        with_line(room, 6, "  clerk: {zh: 经办人, scope: own, basis: SM-8, colour: red}");
    assert_int_equal(read_text(room, text, &book, &faults), REFUSED);
    size_t count = 0;
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        count++;
    }
    assert_int_equal(count, 4);
}

static void test_read__hostile_input_ends_in_a_sentence(void **state) {
    struct room *room = *state;
    struct buffer deep;
    buffer_init(&deep, room->arena);
    for (int i = 0; i < 5000; i++) {
        buffer_add_char(&deep, '[');
    }
    struct buffer large;
    buffer_init(&large, room->arena);
    for (int i = 0; i < 200000; i++) {
        buffer_add_text(&large, "a: 1\n ");
    }
    const struct str table[] = {
        STR("%\x91"),
        STR("\xff\xfe\x00\x00"),
        STR(""),
        STR("- a\n- b\n"),
        STR("a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n"),
        STR("a: b: c"),
        STR("a: \"unclosed"),
        STR("? [a, b]\n: c\n"),
        STR("a: 1\n---\nb: 2\n"),
        STR("{"),
        STR("\t- a"),
        STR("routes: {x: {like: y, with: 3}}"),
        STR("routes: {x: {like: x}}"),
        STR("routes: {x: {steps: {a: 1, b: [], c: {}}}}"),
        STR("rulebook: []\nroles: 7\nroutes: [[[]]]\nfields: {a: b}\n"),
        buffer_str(&deep),
        buffer_str(&large),
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        assert_int_equal(read_text(room, table[i], &book, &faults), REFUSED);
        assert_non_null(faults);
        assert_true(faults->sentence.zh.length > 0 && faults->sentence.en.length > 0);
        assert_true(faults->line >= 1 && faults->column >= 1);
    }
}

/* A word where a map belongs, in every part: what is said of it still has a place. */
static void test_read__every_fault_has_a_place(void **state) {
    struct room *room = *state;
    static const char *const parts[] = {
        "interpreter",   "effect",
        "replaces",      "legal-basis",
        "principles",    "unit-kinds",
        "units",         "sight",
        "desks",         "site-rules",
        "column-person", "column-keepers",
        "columns",       "bodies",
        "fields",        "classes",
        "disclosure",    "catalogue",
        "higher-sites",  "targets",
        "questions",     "prohibitions",
        "deadlines",     "cadences",
        "series",        "filings",
        "archives",      "archiving",
        "page-limit",    "page-views",
        "accounts",      "logs",
        "backups",       "sub-site-backups",
        "help",          "release-catalogue",
        "assessment",    "matters",
        "mailboxes",     "stages",
        "mechanisms",    "definitions",
        "outside",       "changes",
        "emergency",     "bulk",
        "settings",      "allows",
    };
    static const char *const words[] = {": 3\n", ": {one: 3}\n", ": [3]\n", ": {}\n"};
    for (size_t i = 0; i < LENGTH(parts) * LENGTH(words); i++) {
        struct buffer text;
        buffer_init(&text, room->arena);
        buffer_add(&text, with_line(room, 0, ""));
        buffer_add_text(&text, parts[i / LENGTH(words)]);
        buffer_add_text(&text, words[i % LENGTH(words)]);
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        if (read_text(room, buffer_str(&text), &book, &faults) == DONE) {
            rulebook_free(book);
            continue;
        }
        for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
            if (fault->line < 1 || fault->column < 1 || str_is_empty(fault->file)) {
                print_error("%s: %s\n", str_text(room->arena, buffer_str(&text)),
                            str_text(room->arena, fault->sentence.en));
            }
            assert_true(fault->line >= 1 && fault->column >= 1);
            assert_true(!str_is_empty(fault->file));
        }
    }
}

/* A rulebook of several files: each fault names its own. */
static void test_read__faults_name_their_file(void **state) {
    struct room *room = *state;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *more = str_format(room->arena, "%s/a-routes.yaml", room->directory).at;
    assert_int_equal(
        file_write(more, bytes_of_str(STR("sight:\n  - {role: clerk, basis: SM-7}\n"
                                          "roles: {}\n"))),
        DONE);
    assert_int_equal(read_text(room, with_line(room, 0, ""), &book, &faults), REFUSED);
    bool cited = false;
    bool doubled = false;
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        cited = cited || (str_is(fault->file, "a-routes.yaml") && fault->line == 2);
        doubled = doubled || (str_is(fault->file, "rulebook.yaml") && fault->line == 5);
    }
    assert_true(cited);
    assert_true(doubled);
}

/* Every prefix of a real file, so that no half-written text does harm. */
static void test_read__truncated_files_are_refused(void **state) {
    struct room *room = *state;
    struct bytes whole;
    const char *path =
        str_format(room->arena, "%s/liuzhou-stats/routes.yaml", room->source).at;
    assert_int_equal(file_read(room->arena, path, (size_t)1 << 20, &whole), DONE);
    for (size_t length = 0; length < whole.length; length += 613) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        struct str part = {(const char *)whole.at, length};
        assert_int_equal(read_text(room, part, &book, &faults), REFUSED);
    }
}

static void test_read__both_regulations_are_sound(void **state) {
    static const struct {
        const char *code;
        size_t requirements;
        size_t enforced;
        const char *article;
        const char *words;
    } table[] = {
        {"liuzhou-stats", 45, 39, "第十第", "未经部门负责人审核确认不得上报。"},
        {"bazhong-nr", 57, 38, "第十四条", "绝不可越级报送。"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        const struct rulebook *book = book_of(room, table[i].code, "");
        size_t enforced = 0;
        for (size_t j = 0; j < book->requirement_count; j++) {
            enforced += str_is_empty(book->requirements[j].later) ? 1 : 0;
        }
        assert_int_equal(book->requirement_count, table[i].requirements);
        assert_int_equal(enforced, table[i].enforced);
        const struct article *article = rulebook_article(book, str_of(table[i].article));
        assert_non_null(article);
        assert_true(str_ends(article->words, table[i].words));
    }
}

/* A column that the regulation names is found by its path, with owner and terms; left out
 * with its requirement it is not there. */
static void test_read__columns_that_a_regulation_names(void **state) {
    struct room *room = *state;
    const struct rulebook *book = book_of(room, "changshan-tax", "");
    const struct column_rule *faq = rulebook_column(book, STR("mailboxes/faq"));
    assert_non_null(faq);
    assert_true(faq->exclusive);
    assert_true(str_is(book->units[faq->owner].code, "office"));
    assert_true(str_is(faq->basis.id, "CS-11.c"));
    assert_null(rulebook_column(book, STR("faq")));
    book = book_of(room, "changshan-tax", "CS-11.c");
    assert_null(rulebook_column(book, STR("mailboxes/faq")));
}

/* Articles that are printed as items: （一）, 一、, 1、 under chapters without a
 * sentence. */
static void test_read__articles_numbered_as_items(void **state) {
    struct room *room = *state;
    const struct rulebook *book = book_of(room, "changshan-tax", "");
    const struct article *article = rulebook_article(book, STR("（十一）"));
    assert_non_null(article);
    assert_true(str_starts(article->words, "论坛、在线咨询"));
    assert_null(rulebook_article(book, STR("1")));
}

static void test_read__digest_follows_content_not_layout(void **state) {
    struct room *room = *state;
    struct rulebook *books[3];
    struct fault *faults = NULL;
    struct str plain = with_line(room, 0, "");
    struct str spaced = str_format(room->arena, "# comment\n\n%.*s\n", STR_ARG(plain));
    struct str other = with_line(room, 10, "    zh: 别的路线");
    assert_int_equal(read_text(room, plain, &books[0], &faults), DONE);
    assert_int_equal(read_text(room, spaced, &books[1], &faults), DONE);
    assert_int_equal(read_text(room, other, &books[2], &faults), DONE);
    assert_true(digest_equal(&books[0]->digest, &books[1]->digest));
    assert_false(digest_equal(&books[0]->digest, &books[2]->digest));
    for (size_t i = 0; i < LENGTH(books); i++) {
        rulebook_free(books[i]);
    }
}

/* Leaving out any requirement that is enforced now removes at least one element. */
static void test_read__every_requirement_can_be_left_out(void **state) {
    static const char *const codes[] = {"liuzhou-stats", "bazhong-nr"};
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(codes); i++) {
        const struct rulebook *whole = book_of(room, codes[i], "");
        for (size_t j = 0; j < whole->requirement_count; j++) {
            const struct requirement *requirement = &whole->requirements[j];
            if (!str_is_empty(requirement->later)) {
                continue;
            }
            const char *id = str_text(room->arena, requirement->id);
            const struct rulebook *part = book_of(room, codes[i], id);
            assert_true(part->element_count < whole->element_count);
            assert_false(digest_equal(&part->digest, &whole->digest));
            for (size_t k = 0; k < part->element_count; k++) {
                assert_false(str_is(part->elements[k].id, id));
            }
        }
    }
}

static void test_read__mechanisms_must_be_defined(void **state) {
    struct room *room = *state;
    const char *path = str_format(room->arena, "%s/liuzhou-stats", room->source).at;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_read_removing(room->arena, path, STR(""),
                                            STR("definitions[4]"), &book, &faults),
                     REFUSED);
    assert_string_equal(
        str_text(room->arena, faults->sentence.en),
        "LZ-1 demands the mechanism “更新” (update), which is not defined.");
    /* Negative control: without the rule the same text loads. */
    assert_int_equal(rulebook_read_removing(room->arena, path, STR("LZ-1"),
                                            STR("definitions[4]"), &book, &faults),
                     DONE);
    rulebook_free(book);
}

/* The file that editors load is what the tables print. */
static void test_schema__the_printed_file_is_current(void **state) {
    struct room *room = *state;
    struct bytes file;
    const char *path =
        str_format(room->arena, "%s/schema/rulebook.schema.json", room->source).at;
    assert_int_equal(file_read(room->arena, path, (size_t)1 << 20, &file), DONE);
    struct str printed = rulebook_schema_json(room->arena);
    assert_true(str_equal(printed, (struct str){(const char *)file.at, file.length}));
}

/* Twelve regulations on one shelf: every requirement has its kind, and either a rule or a
 * later stage. */
static void test_shelf__all_regulations_of_this_house(void **state) {
    struct room *room = *state;
    const char *const directories[] = {room->source, NULL};
    const struct rulebook *books[64];
    struct shelf *shelf = NULL;
    struct fault *faults = NULL;
    size_t requirements = 0;
    size_t later = 0;
    size_t text = 0;
    size_t taken = 0;
    struct timespec before;
    struct timespec after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(shelf_open(room->arena, directories, &shelf, &faults), DONE);
    clock_gettime(CLOCK_MONOTONIC, &after);
    size_t count = shelf_all(shelf, books, LENGTH(books));
    assert_int_equal(count, 12);
    for (size_t i = 0; i < count; i++) {
        struct rulebook_files files;
        const char *path = str_text(room->arena, books[i]->path);
        assert_int_equal(rulebook_load_files(room->arena, path, &files), DONE);
        for (size_t j = 0; j < files.count; j++) {
            bool is_case = str_starts(files.at[j].name, "cases/");
            text += is_case ? 0 : files.at[j].text.length;
        }
        taken += arena_used(books[i]->arena);
        requirements += books[i]->requirement_count;
        for (size_t j = 0; j < books[i]->requirement_count; j++) {
            later += str_is_empty(books[i]->requirements[j].later) ? 0 : 1;
        }
    }
    assert_int_equal(requirements, 498);
    assert_in_range(later, 1, 193); /* 305 and more are enforced now */
    print_message("12 rulebooks in %ld ms, %zu KB\n",
                  (long)((after.tv_sec - before.tv_sec) * 1000 +
                         (after.tv_nsec - before.tv_nsec) / 1000000),
                  taken >> 10);
    /* Reading is a fixed number of passes over the text: what it takes grows with the
     * text and no faster, here some dozen bytes for one. */
    assert_in_range(taken, text, 20 * text);
    shelf_free(shelf);
}

/* Cases are read when they are run: to serve, a process reads the rules alone. */
static void test_shelf__cases_are_not_read_for_serving(void **state) {
    struct room *room = *state;
    const struct rulebook *book = book_of(room, "bazhong-nr", "");
    const char *directories[] = {room->directory, NULL};
    struct rulebook_case *cases = NULL;
    struct shelf *shelf = NULL;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_keep(book, room->directory), DONE);
    assert_int_equal(shelf_open(room->arena, directories, &shelf, &faults), DONE);
    const struct rulebook *kept = shelf_find(shelf, &book->digest);
    const char *path = str_text(room->arena, kept->path);
    assert_int_equal(rulebook_read_cases(room->arena, path, kept, &cases, &faults), DONE);
    shelf_free(shelf);
    const char *broken = str_format(room->arena, "%s/cases/broken.yaml", path).at;
    assert_int_equal(file_write(broken, bytes_of_str(STR("cases: [\"\n"))), DONE);
    assert_int_equal(shelf_open(room->arena, directories, &shelf, &faults), DONE);
    kept = shelf_find(shelf, &book->digest);
    assert_non_null(kept);
    assert_int_equal(rulebook_read_cases(room->arena, path, kept, &cases, &faults),
                     REFUSED);
    shelf_free(shelf);
}

static void test_shelf__keeps_each_version_by_digest(void **state) {
    struct room *room = *state;
    const char *directories[] = {room->source, "/nowhere", NULL};
    struct shelf *shelf = NULL;
    struct fault *faults = NULL;
    assert_int_equal(shelf_open(room->arena, directories, &shelf, &faults), DONE);
    const struct rulebook *first = shelf_latest(shelf, STR("liuzhou-stats"));
    assert_non_null(first);
    struct rulebook *newer = NULL;
    const char *path = str_format(room->arena, "%s/liuzhou-stats", room->source).at;
    assert_int_equal(rulebook_read(room->arena, path, STR("LZ-13"), &newer, &faults),
                     DONE);
    shelf_add(shelf, newer);
    assert_ptr_equal(shelf_latest(shelf, STR("liuzhou-stats")), newer);
    assert_ptr_equal(shelf_find(shelf, &first->digest), first);
    struct rulebook *again = NULL;
    assert_int_equal(rulebook_read(room->arena, path, STR(""), &again, &faults), DONE);
    assert_ptr_equal(shelf_add(shelf, again), first);
    assert_ptr_equal(shelf_latest(shelf, STR("liuzhou-stats")), first);
    shelf_free(shelf);
}

/* A kept copy is the same version, from another place. */
static void test_shelf__a_kept_copy_has_the_same_digest(void **state) {
    struct room *room = *state;
    const struct rulebook *book = book_of(room, "bazhong-nr", "");
    struct shelf *shelf = NULL;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_keep(book, room->directory), DONE);
    assert_int_equal(rulebook_keep(book, room->directory), DONE);
    const char *directories[] = {room->directory, NULL};
    assert_int_equal(shelf_open(room->arena, directories, &shelf, &faults), DONE);
    const struct rulebook *kept = shelf_find(shelf, &book->digest);
    assert_non_null(kept);
    assert_true(str_starts(kept->path, room->directory));
    shelf_free(shelf);
}

static void test_element__aliases_and_titles(void **state) {
    struct room *room = *state;
    const struct rulebook *liuzhou = book_of(room, "liuzhou-stats", "");
    int centre = rulebook_unit(liuzhou, STR("data-centre"));
    assert_int_not_equal(centre, NO_INDEX);
    assert_int_equal(rulebook_unit(liuzhou, STR("数管中心")), centre);
    assert_int_equal(rulebook_unit(liuzhou, STR("局数据管理中心")), centre);
    const struct rulebook *bazhong = book_of(room, "bazhong-nr", "");
    const struct role *liaison = &bazhong->roles[rulebook_role(bazhong, STR("liaison"))];
    int kind = rulebook_unit_kind(bazhong, STR("affiliated"));
    assert_true(str_is(role_title_in(liaison, kind).zh, "网站通讯员"));
    kind = rulebook_unit_kind(bazhong, STR("department"));
    assert_true(str_is(role_title_in(liaison, kind).zh, "网站联络员"));
    const struct role_limit *limit = role_limit_in(liaison, ROLE_AT_MOST_ONE, kind);
    assert_non_null(limit);
    assert_true(str_is(limit->basis.id, "BZ-8.a"));
    assert_true(rulebook_lists_host(bazhong, STR("www.gov.cn")));
    assert_false(rulebook_lists_host(bazhong, STR("evilwww.gov.cn")));
    assert_false(rulebook_lists_host(bazhong, STR("zrzygh.cnbz.gov.cn")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read__a_small_sound_rulebook, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__faults_have_place_and_suggestion,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read__all_faults_are_shown_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__hostile_input_ends_in_a_sentence,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read__every_fault_has_a_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__faults_name_their_file, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__truncated_files_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__both_regulations_are_sound, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__columns_that_a_regulation_names,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read__articles_numbered_as_items, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_read__digest_follows_content_not_layout,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read__every_requirement_can_be_left_out,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read__mechanisms_must_be_defined, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_schema__the_printed_file_is_current, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_shelf__all_regulations_of_this_house, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_shelf__cases_are_not_read_for_serving,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shelf__keeps_each_version_by_digest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_shelf__a_kept_copy_has_the_same_digest,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_element__aliases_and_titles, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
