/*
 * The operator's lexicons, the product's list of wrong words, and a sector's words
 * beside its rulebook.  A list points a person to a word; it decides nothing.
 */
#include "screening/screening_own.h"

struct telling {
    struct scan *scan;
    const struct place *place;
    struct str line;
    const struct folded *folded;
    const struct word_set *set;
    enum detector detector;
};

static void find_in(struct scan *scan, const struct place *place, struct str line,
                    const struct folded *folded, const struct word_set *set,
                    enum detector detector);
static bool tell(void *to, const struct lexicon_hit *hit);

void scan_words(struct scan *scan, const struct place *place, struct str line) {
    if (scan->lexicon.count + scan->wrong.count + scan->sector.count == 0) {
        return;
    }
    struct arena *arena = scan->scratch;
    struct folded form = text_fold(arena, line, FOLD_FORM);
    find_in(scan, place, line, &form, &scan->wrong, DETECTOR_WRONG_WORD);
    if (scan->lexicon.count + scan->sector.count > 0) {
        struct folded tight = text_fold(arena, line, FOLD_TIGHT);
        find_in(scan, place, line, &tight, &scan->lexicon, DETECTOR_LEXICON);
        find_in(scan, place, line, &tight, &scan->sector, DETECTOR_SECTOR_WORDS);
    }
}

static void find_in(struct scan *scan, const struct place *place, struct str line,
                    const struct folded *folded, const struct word_set *set,
                    enum detector detector) {
    struct telling telling = {scan, place, line, folded, set, detector};
    if (set->count > 0) {
        lexicon_find(set->lexicon, folded, tell, &telling);
    }
}

static bool tell(void *to, const struct lexicon_hit *hit) {
    struct telling *telling = to;
    const struct listed_word *word = &telling->set->words[hit->word];
    struct sighting sighting = {.detector = telling->detector,
                                .from = telling->folded->from[hit->from],
                                .to = telling->folded->to[hit->to - 1]};
    sighting.shown = str_part(telling->line, sighting.from, sighting.to);
    if (word->right.length > 0) {
        sighting.remedy = REMEDY_REPLACE;
        sighting.offer = word->right;
    }
    scan_add(telling->scan, telling->place, &sighting);
    return telling->scan->found.count < FINDINGS_MOST;
}
