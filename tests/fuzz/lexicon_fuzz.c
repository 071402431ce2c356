/*
 * Folding and the lexicon: the first line of the input is searched for the others;
 * every hit is checked, and their number against plain comparing.
 */
#include "fuzz.h"

#include "text/text.h"

#include <string.h>

#define WORDS_MOST 32

struct checking {
    const struct folded *text;
    const struct folded *words;
    size_t hits;
};

static bool check(void *to, const struct lexicon_hit *hit) {
    struct checking *checking = to;
    const struct folded *word = &checking->words[hit->word];
    fuzz_expect(hit->to <= checking->text->count && hit->to - hit->from == word->count);
    fuzz_expect(memcmp(checking->text->points + hit->from, word->points,
                       word->count * sizeof *word->points) == 0);
    checking->hits++;
    return true;
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str rest = {(const char *)input.at, input.length};
    struct str words[WORDS_MOST];
    struct folded folded[WORDS_MOST];
    size_t count = 0;
    size_t expected = 0;
    if (!utf8_is_valid(rest) || rest.length > 4096) {
        return;
    }
    struct str line = str_cut(&rest, '\n');
    struct folded text = text_fold(arena, line, FOLD_TIGHT);
    for (size_t i = 0; i < text.count; i++) {
        fuzz_expect(text.from[i] < text.to[i] && text.to[i] <= line.length);
    }
    while (rest.length > 0 && count < WORDS_MOST) {
        words[count] = str_cut(&rest, '\n');
        folded[count] = text_fold(arena, words[count], FOLD_TIGHT);
        bool is_new = folded[count].count > 0;
        for (size_t i = 0; i < count && is_new; i++) {
            is_new = folded[i].count != folded[count].count ||
                     memcmp(folded[i].points, folded[count].points,
                            folded[i].count * sizeof(uint32_t)) != 0;
        }
        for (size_t at = 0; is_new && at + folded[count].count <= text.count; at++) {
            expected += memcmp(text.points + at, folded[count].points,
                               folded[count].count * sizeof(uint32_t)) == 0;
        }
        count++;
    }
    struct lexicon *lexicon = lexicon_new(words, count, FOLD_TIGHT);
    struct checking checking = {&text, folded, 0};
    lexicon_find(lexicon, &text, check, &checking);
    fuzz_expect(checking.hits == expected);
    lexicon_free(lexicon);
}
