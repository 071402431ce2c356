/*
 * Live, review owed: only an article grants it.  None of the twelve regulations has such
 * an article, and each refuses the construct however it is planted; with the words of a
 * grant added to its text, the very same construct is accepted.
 */
#include "rulebook/rulebook.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define GRANT "特别紧急的可以先行发布，并在三十分钟内补办审核"

struct planting {
    struct arena *arena;
    const char *from; /* the rulebook's folder */
    char to[64];      /* its copy */
    const struct rulebook *book;
};

static const char *source_of(void) {
    const char *source = getenv("SHENFA_SOURCE");
    return source != NULL ? source : "..";
}

static struct str read_whole(struct arena *arena, const char *path) {
    struct bytes bytes;
    assert_int_equal(file_read(arena, path, (size_t)1 << 20, &bytes), DONE);
    return (struct str){(const char *)bytes.at, bytes.length};
}

/* Every occurrence of *old* in *text* followed by *more*. */
static struct str with_more(struct arena *arena, struct str text, const char *old,
                            struct str more) {
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t at; (at = str_find(text, str_of(old))) < text.length;) {
        size_t end = at + strlen(old);
        buffer_add(&out, str_part(text, 0, end));
        buffer_add(&out, more);
        text = str_part(text, end, text.length);
    }
    buffer_add(&out, text);
    return buffer_str(&out);
}

/* The first manuscript route of the book, one of whose demanded steps would be owed. */
static const struct step *owed_step(const struct rulebook *book,
                                    const struct route **out_route) {
    for (size_t i = 0; i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        for (size_t j = 0; j < route->step_count; j++) {
            if (route->subject == ROUTE_OF_MANUSCRIPT && route->steps[j].demanded) {
                *out_route = route;
                return &route->steps[j];
            }
        }
    }
    fail_msg("no step could be owed");
    return NULL;
}

/* Copy the book with the construct on that route (and those written like it), and *law*
 * at the end of each of the regulation's articles. */
static void plant(const struct planting *planting, const char *construct,
                  const char *law) {
    struct arena *arena = planting->arena;
    const struct route *route = NULL;
    struct dirent **entries;
    owed_step(planting->book, &route);
    int count = scandir(planting->from, &entries, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        struct str name = str_of(entries[i]->d_name);
        const char *from = str_format(arena, "%s/%.*s", planting->from, STR_ARG(name)).at;
        const char *to = str_format(arena, "%s/%.*s", planting->to, STR_ARG(name)).at;
        if (str_ends(name, ".yaml") || str_ends(name, ".txt")) {
            struct str text = read_whole(arena, from);
            if (str_is(name, "regulation.txt")) {
                struct str line = str_format(arena, "%s\n", law);
                struct buffer out;
                buffer_init(&out, arena);
                for (struct str rest = text; rest.length > 0;) {
                    struct str one = str_cut(&rest, '\n');
                    bool article = one.length > 90; /* no heading */
                    buffer_add(&out, one);
                    buffer_add(&out, article && law[0] != '\0' ? line : STR("\n"));
                }
                text = buffer_str(&out);
            }
            const char *head = str_format(arena, "\n  %.*s:\n", STR_ARG(route->code)).at;
            size_t routes = str_find(text, STR("\nroutes:\n"));
            if (routes < text.length) {
                struct str before = str_part(text, 0, routes);
                struct str rest = str_part(text, routes, text.length);
                rest = with_more(arena, rest, head, str_of(construct));
                text = str_format(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(rest));
            }
            bool first = str_is(name, "rulebook.yaml");
            if (first && planting->book->emergency == NULL) {
                text = str_format(arena, "%.*s\nemergency: {alert: true, house: true}\n",
                                  STR_ARG(text));
            }
            assert_int_equal(file_write(to, bytes_of_str(text)), DONE);
        }
        free(entries[i]);
    }
    free(entries);
}

static enum status read_planted(const struct planting *planting,
                                struct fault **out_faults) {
    struct rulebook *book = NULL;
    *out_faults = NULL;
    enum status status =
        rulebook_read(planting->arena, planting->to, STR(""), &book, out_faults);
    if (status == DONE) {
        rulebook_free(book);
    }
    return status;
}

static const char *construct_of(const struct planting *planting, const char *basis,
                                const char *words) {
    const struct route *route;
    const struct step *step = owed_step(planting->book, &route);
    return str_format(planting->arena,
                      "    review-owed: {words: %s, by: %.*s, owes: [%.*s], within: 30, "
                      "unit: minute, then: withdraw, %s}\n",
                      words, STR_ARG(planting->book->roles[step->role].code),
                      STR_ARG(step->code), basis)
        .at;
}

/* Refused, for this reason and no other. */
static void must_refuse(const struct planting *planting, const char *construct,
                        const char *law) {
    struct fault *faults;
    plant(planting, construct, law);
    assert_int_equal(read_planted(planting, &faults), REFUSED);
    for (const struct fault *one = faults; one != NULL; one = one->next) {
        if (str_find(one->sentence.en, STR("Only an article can grant")) != 0) {
            fail_msg("%s", faults_as_text(planting->arena, faults, STR("en")).at);
        }
    }
}

static void try_book(const char *code) {
    struct arena *arena = arena_new((size_t)1 << 28);
    struct planting planting = {.arena = arena};
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    planting.from = str_format(arena, "%s/rulebooks/%s", source_of(), code).at;
    strcpy(planting.to, "/tmp/shenfa-grant-XXXXXX");
    assert_non_null(mkdtemp(planting.to));
    assert_int_equal(rulebook_read(arena, planting.from, STR(""), &book, &faults), DONE);
    planting.book = book;
    const struct route *route;
    const struct step *step = owed_step(book, &route);
    struct str rule =
        str_is_empty(step->basis.id) ? book->requirements[0].id : step->basis.id;
    const char *cited = str_format(arena, "basis: %.*s", STR_ARG(rule)).at;
    const char *house = str_format(arena, "basis: %.*s, house: true", STR_ARG(rule)).at;
    /* Our own default, though it quotes the words; an article that does not have them;
     * an article's own words that say something else. */
    must_refuse(&planting, construct_of(&planting, "house: true", GRANT), "");
    must_refuse(&planting, construct_of(&planting, house, GRANT), GRANT "。");
    must_refuse(&planting, construct_of(&planting, cited, GRANT), "");
    must_refuse(&planting, construct_of(&planting, cited, "第"), "");
    /* And with an article that says so, the very same is accepted. */
    plant(&planting, construct_of(&planting, cited, GRANT), GRANT "。");
    enum status status = read_planted(&planting, &faults);
    if (status != DONE) {
        fail_msg("%s: %s", code, faults_as_text(arena, faults, STR("en")).at);
    }
    const char *remove = str_format(arena, "rm -r %s", planting.to).at;
    assert_int_equal(system(remove), 0);
    rulebook_free(book);
    arena_free(arena);
}

static size_t codes_of(struct arena *arena, const char **codes, size_t most) {
    const char *root = str_format(arena, "%s/rulebooks", source_of()).at;
    struct dirent **entries;
    size_t count = 0;
    int found = scandir(root, &entries, NULL, alphasort);
    assert_true(found > 0);
    for (int i = 0; i < found; i++) {
        const char *head =
            str_format(arena, "%s/%s/rulebook.yaml", root, entries[i]->d_name).at;
        if (count < most && file_exists(head)) {
            codes[count++] = str_copy(arena, str_of(entries[i]->d_name)).at;
        }
        free(entries[i]);
    }
    free(entries);
    return count;
}

static void test_grant__each_of_the_twelve_refuses_it(void **state) {
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 24);
    const char *codes[64];
    size_t count = codes_of(arena, codes, LENGTH(codes));
    assert_int_equal(count, 12);
    for (size_t i = 0; i < count; i++) {
        try_book(codes[i]);
    }
    arena_free(arena);
}

/* Not one sentence of the twelve regulations could be quoted. */
static void test_grant__no_sentence_of_the_twelve_says_so(void **state) {
    (void)state;
    struct arena *arena = arena_new((size_t)1 << 28);
    const char *codes[64];
    size_t sentences = 0;
    size_t count = codes_of(arena, codes, LENGTH(codes));
    for (size_t i = 0; i < count; i++) {
        struct rulebook *book = NULL;
        struct fault *faults = NULL;
        const char *path = str_format(arena, "%s/rulebooks/%s", source_of(), codes[i]).at;
        assert_int_equal(rulebook_read(arena, path, STR(""), &book, &faults), DONE);
        assert_true(book->article_count > 0);
        for (size_t j = 0; j < book->article_count; j++) {
            struct str rest = book->articles[j].words;
            while (rest.length > 0) {
                size_t end = str_find(rest, STR("。"));
                struct str sentence = str_part(rest, 0, end);
                rest = str_part(rest, end + strlen("。"), rest.length);
                sentences++;
                if (law_grants_release_first(sentence)) {
                    fail_msg("%s: %.*s", codes[i], STR_ARG(sentence));
                }
            }
        }
        rulebook_free(book);
    }
    print_message("%zu sentences\n", sentences);
    assert_true(sentences > 300);
    arena_free(arena);
}

static void test_grant__what_words_grant_it(void **state) {
    static const struct {
        const char *words;
        bool grants;
    } table[] = {
        {"特别紧急的可以先行发布，并在三十分钟内补办审核", true},
        {"突发事件信息可先发后审", true},
        {"情况紧急的，先予公开，事后二十四小时内补审", true},
        {"坚持先审后发", false},
        {"先审核、后公开", false},
        {"坚持先审后发，发布的信息要经审核", false},
        {"不得先发布后审核", false},
        {"严禁先发后审", false},
        {"发布须经审核", false},
        {"先行发布。事后补审", false}, /* two sentences */
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        if (law_grants_release_first(str_of(table[i].words)) != table[i].grants) {
            fail_msg("%s", table[i].words);
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grant__each_of_the_twelve_refuses_it),
        cmocka_unit_test(test_grant__no_sentence_of_the_twelve_says_so),
        cmocka_unit_test(test_grant__what_words_grant_it),
    };
    return cmocka_run_group_tests_name("grant", tests, NULL, NULL);
}
