/*
 * Folding and the lexicon, the latter against a matcher that only compares.
 */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BIG_WORDS  "../shared/data/lexicon/sensitive_terms.tsv"
#define MORE_WORDS "../shared/data/lexicon/place_names.tsv"

struct hits {
    struct lexicon_hit at[4096];
    size_t count;
};

static int set_up(void **state) {
    *state = arena_new((size_t)1 << 30);
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static bool note(void *to, const struct lexicon_hit *hit) {
    struct hits *hits = to;
    if (hits->count < LENGTH(hits->at)) {
        hits->at[hits->count] = *hit;
    }
    hits->count++;
    return true;
}

static struct str unfolded(struct arena *arena, const struct folded *folded) {
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < folded->count; i++) {
        utf8_add(&out, folded->points[i]);
    }
    return buffer_str(&out);
}

static void test_fold__one_word_however_it_is_typed(void **state) {
    static const struct {
        const char *text;
        const char *form;
        const char *tight;
    } rows[] = {
        {"絕密★", "绝密★", "绝密★"},
        {"机 密", "机 密", "机密"},
        {"机\xe3\x80\x80密", "机 密", "机密"},
        {"内\xe2\x80\x8b部", "内部", "内部"},
        {"内.部·文—件", NULL, "内部文件"},
        {"ＡＢｃ１２３", "abc123", "abc123"},
        {"秘密☆５年", NULL, "秘密★5年"},
        {"㊙", "秘", "秘"},
        {"①", "1", "1"},
        {"é", "e", "e"},
        {"", "", ""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct folded form = text_fold(*state, str_of(rows[i].text), FOLD_FORM);
        struct folded tight = text_fold(*state, str_of(rows[i].text), FOLD_TIGHT);
        if (rows[i].form != NULL) {
            assert_string_equal(str_text(*state, unfolded(*state, &form)), rows[i].form);
        }
        assert_string_equal(str_text(*state, unfolded(*state, &tight)), rows[i].tight);
    }
}

static void test_fold__points_know_their_bytes(void **state) {
    struct str text = STR("a 機\xe2\x80\x8b密 ★x");
    struct folded folded = text_fold(*state, text, FOLD_TIGHT);
    assert_int_equal(folded.count, 5);
    static const char *const sources[] = {"a", "機", "密", "★", "x"};
    for (size_t i = 0; i < folded.count; i++) {
        assert_true(str_is(str_part(text, folded.from[i], folded.to[i]), sources[i]));
    }
}

static void test_lexicon__tells_every_hit(void **state) {
    static const struct str words[] = {
        STR_INIT("he"),   STR_INIT("she"),  STR_INIT("his"), STR_INIT("hers"),
        STR_INIT("机密"), STR_INIT("密件"), STR_INIT(""),    STR_INIT("he")};
    static const struct lexicon_hit expected[] = {
        {1, 1, 4}, {0, 2, 4}, {3, 2, 6}, {4, 6, 8}, {5, 7, 9}};
    struct lexicon *lexicon = lexicon_new(words, LENGTH(words), FOLD_FORM);
    struct folded text = text_fold(*state, STR("uSHErs機密件"), FOLD_FORM);
    struct hits hits = {.count = 0};
    lexicon_find(lexicon, &text, note, &hits);
    assert_int_equal(hits.count, LENGTH(expected));
    for (size_t i = 0; i < hits.count; i++) {
        assert_memory_equal(&hits.at[i], &expected[i], sizeof expected[i]);
    }
    lexicon_free(lexicon);
    lexicon = lexicon_new(NULL, 0, FOLD_FORM);
    hits.count = 0;
    lexicon_find(lexicon, &text, note, &hits);
    assert_int_equal(hits.count, 0);
    lexicon_free(lexicon);
    lexicon_free(NULL);
}

/* Count what only comparing finds; equal words count once. */
static size_t compared(struct arena *arena, const struct str *words, size_t count,
                       const struct folded *text, enum fold fold) {
    size_t found = 0;
    for (size_t word = 0; word < count; word++) {
        struct folded key = text_fold(arena, words[word], fold);
        bool first = key.count > 0;
        for (size_t other = 0; other < word && first; other++) {
            struct folded earlier = text_fold(arena, words[other], fold);
            first =
                earlier.count != key.count ||
                memcmp(earlier.points, key.points, key.count * sizeof *key.points) != 0;
        }
        for (size_t at = 0; first && at + key.count <= text->count; at++) {
            found += memcmp(text->points + at, key.points,
                            key.count * sizeof *key.points) == 0;
        }
    }
    return found;
}

static void test_lexicon__agrees_with_comparing(void **state) {
    uint32_t seed = 11;
    for (int round = 0; round < 200; round++) {
        struct arena *arena = arena_new((size_t)64 << 20);
        struct str words[30];
        for (size_t i = 0; i < LENGTH(words); i++) {
            struct buffer word;
            buffer_init(&word, arena);
            seed = seed * 1103515245u + 12345u;
            for (uint32_t k = 0; k < 1 + (seed >> 16) % 4; k++) {
                seed = seed * 1103515245u + 12345u;
                utf8_add(&word, 0x4e00 + (seed >> 16) % 3);
            }
            words[i] = buffer_str(&word);
        }
        struct buffer text;
        buffer_init(&text, arena);
        for (size_t i = 0; i < 60; i++) {
            seed = seed * 1103515245u + 12345u;
            utf8_add(&text, 0x4e00 + (seed >> 16) % 4);
        }
        struct folded folded = text_fold(arena, buffer_str(&text), FOLD_FORM);
        struct lexicon *lexicon = lexicon_new(words, LENGTH(words), FOLD_FORM);
        struct hits hits = {.count = 0};
        lexicon_find(lexicon, &folded, note, &hits);
        assert_int_equal(hits.count,
                         compared(arena, words, LENGTH(words), &folded, FOLD_FORM));
        for (size_t i = 0; i < hits.count && i < LENGTH(hits.at); i++) {
            struct folded key = text_fold(arena, words[hits.at[i].word], FOLD_FORM);
            assert_int_equal(key.count, hits.at[i].to - hits.at[i].from);
            assert_memory_equal(folded.points + hits.at[i].from, key.points,
                                key.count * sizeof *key.points);
        }
        lexicon_free(lexicon);
        arena_free(arena);
    }
    (void)state;
}

/* The first column of a table under ../shared, or nothing where there is none. */
static size_t add_column(struct arena *arena, const char *path, struct str *words,
                         size_t count, size_t most) {
    const char *source = getenv("SHENFA_SOURCE");
    struct bytes bytes;
    struct str whole = str_format(arena, "%s/%s", source == NULL ? "." : source, path);
    if (file_read(arena, whole.at, (size_t)64 << 20, &bytes) != DONE) {
        return count;
    }
    struct str rest = {(const char *)bytes.at, bytes.length};
    (void)str_cut(&rest, '\n');
    while (rest.length > 0 && count < most) {
        struct str line = str_cut(&rest, '\n');
        words[count] = str_cut(&line, '\t');
        count += utf8_is_valid(words[count]);
    }
    return count;
}

static void test_lexicon__a_hundred_thousand_words(void **state) {
    size_t most = 100000;
    struct str *words = TAKE_ARRAY(*state, most, struct str);
    size_t count = add_column(*state, BIG_WORDS, words, 0, most);
    count = add_column(*state, MORE_WORDS, words, count, most);
    if (count < most) {
        skip(); /* ../shared is not here */
    }
    struct lexicon *lexicon = lexicon_new(words, count, FOLD_FORM);
    assert_true(lexicon_size(lexicon) < (size_t)32 << 20);
    struct buffer text;
    buffer_init(&text, *state);
    for (size_t i = 0; i < count; i += 997) {
        buffer_add(&text, words[i]);
        buffer_add_text(&text, "，");
    }
    struct folded folded = text_fold(*state, buffer_str(&text), FOLD_FORM);
    struct hits hits = {.count = 0};
    lexicon_find(lexicon, &folded, note, &hits);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new((size_t)1 << 20);
        struct folded key = text_fold(arena, words[i], FOLD_FORM);
        for (size_t at = 0; key.count > 0 && at + key.count <= folded.count; at++) {
            found += folded.points[at] == key.points[0] &&
                     memcmp(folded.points + at, key.points,
                            key.count * sizeof *key.points) == 0;
        }
        arena_free(arena);
    }
    assert_true(hits.count > 100);
    assert_true(hits.count <= found); /* equal words are found once */
    struct hits seen = {.count = 0};
    for (size_t i = 0; i < hits.count && i < LENGTH(hits.at); i++) {
        struct folded key = text_fold(*state, words[hits.at[i].word], FOLD_FORM);
        assert_memory_equal(folded.points + hits.at[i].from, key.points,
                            key.count * sizeof *key.points);
        seen.count++;
    }
    lexicon_free(lexicon);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold__one_word_however_it_is_typed),
        cmocka_unit_test(test_fold__points_know_their_bytes),
        cmocka_unit_test(test_lexicon__tells_every_hit),
        cmocka_unit_test(test_lexicon__agrees_with_comparing),
        cmocka_unit_test(test_lexicon__a_hundred_thousand_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
