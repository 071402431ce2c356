/*
 * What detectors compare with: small files of facts in share/lexicon, the rulebook's
 * own words, and the operator's lists.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

#include <stdlib.h>

/* Counted up when detectors or readers see more than before: all is screened anew. */
#define SCREENING_VERSION "3"
#define FACT_FILE_MOST    ((size_t)4 << 20)

static enum status read_facts(struct scan *scan, const char *name, struct str *out_text);
static bool next_line(struct str *rest, struct str *out_line);
static enum status read_divisions(struct scan *scan);
static int code_order(const void *a, const void *b);
static enum status read_cards(struct scan *scan);
static enum status read_lists(struct call *call, void *what);
static enum status read_wrong_words(struct scan *scan, size_t listed,
                                    const struct listed_word *words);
static enum status read_sector_words(struct scan *scan);
static void make_lexicon(struct scan *scan, struct word_set *set, enum fold fold);
static void free_lexicon(void *lexicon);

/* The operator's lists, read in one transaction. */
struct lists {
    struct listed_word *words[WORDS_OFFICE_NUMBER + 1];
    size_t counts[WORDS_OFFICE_NUMBER + 1];
    bool numbers_confirmed;
};

enum status scan_prepare(struct scan *scan) {
    struct lists lists = {0};
    TRY(scan_read_facts(scan));
    TRY(store_transact(scan->call, TXN_READ, read_lists, &lists));
    scan->lexicon.words = lists.words[WORDS_LEXICON];
    scan->lexicon.count = lists.counts[WORDS_LEXICON];
    scan->office_numbers = lists.words[WORDS_OFFICE_NUMBER];
    scan->office_number_count = lists.counts[WORDS_OFFICE_NUMBER];
    scan->numbers_confirmed = lists.numbers_confirmed;
    TRY(read_wrong_words(scan, lists.counts[WORDS_WRONG], lists.words[WORDS_WRONG]));
    TRY(read_sector_words(scan));
    return DONE;
}

enum status scan_read_facts(struct scan *scan) {
    TRY(read_divisions(scan));
    return read_cards(scan);
}

struct digest scan_basis(struct scan *scan) {
    const struct word_set *const sets[] = {&scan->lexicon, &scan->wrong, &scan->sector};
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "screening", STR(SCREENING_VERSION));
    digest_add_field(&digesting, "rulebook",
                     digest_to_text(scan->call->arena, &scan->book->digest));
    for (size_t i = 0; i < LENGTH(sets); i++) {
        for (size_t k = 0; k < sets[i]->count; k++) {
            digest_add_field(&digesting, "word", sets[i]->words[k].word);
            digest_add_field(&digesting, "right", sets[i]->words[k].right);
        }
        digest_add_field(&digesting, "set", STR(""));
    }
    for (size_t i = 0; i < scan->office_number_count; i++) {
        digest_add_field(&digesting, "number", scan->office_numbers[i].word);
    }
    digest_add_field(&digesting, "confirmed",
                     scan->numbers_confirmed ? STR("1") : STR("0"));
    return digest_end(&digesting);
}

void scan_make_lexicons(struct scan *scan) {
    make_lexicon(scan, &scan->lexicon, FOLD_TIGHT);
    make_lexicon(scan, &scan->wrong, FOLD_FORM);
    make_lexicon(scan, &scan->sector, FOLD_TIGHT);
}

static enum status read_facts(struct scan *scan, const char *name, struct str *out_text) {
    struct bytes bytes;
    const char *path =
        str_text(scan->call->arena, str_format(scan->call->arena, "%s/lexicon/%s",
                                               scan->call->house->share, name));
    if (file_read(scan->call->arena, path, FACT_FILE_MOST, &bytes) != DONE) {
        return log_failed("screening: %s cannot be read", path);
    }
    *out_text = (struct str){(const char *)bytes.at, bytes.length};
    return DONE;
}

/* The next line that is neither empty nor a comment. */
static bool next_line(struct str *rest, struct str *out_line) {
    while (rest->length > 0) {
        struct str line = str_trim(str_cut(rest, '\n'));
        if (line.length > 0 && line.at[0] != '#') {
            *out_line = line;
            return true;
        }
    }
    return false;
}

static enum status read_divisions(struct scan *scan) {
    struct str text;
    TRY(read_facts(scan, "divisions.txt", &text));
    uint32_t *codes = TAKE_ARRAY(scan->call->arena, text.length / 3 + 1, uint32_t);
    size_t count = 0;
    struct str line;
    while (next_line(&text, &line)) {
        int64_t prefecture;
        int64_t county;
        TRY(str_to_int(str_cut(&line, ' '), &prefecture));
        while (line.length > 0) {
            TRY(str_to_int(str_cut(&line, ' '), &county));
            codes[count++] = (uint32_t)(prefecture * 100 + county);
        }
    }
    qsort(codes, count, sizeof *codes, code_order);
    scan->facts.divisions = codes;
    scan->facts.division_count = count;
    return DONE;
}

static int code_order(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* Lines "length first-three ending ending …". */
static enum status read_cards(struct scan *scan) {
    struct str text;
    TRY(read_facts(scan, "card-bins.txt", &text));
    struct card_range *cards =
        TAKE_ARRAY(scan->call->arena, text.length / 3 + 1, struct card_range);
    size_t count = 0;
    struct str line;
    while (next_line(&text, &line)) {
        int64_t length;
        TRY(str_to_int(str_cut(&line, ' '), &length));
        struct str head = str_cut(&line, ' ');
        while (line.length > 0) {
            struct str end = str_cut(&line, ' ');
            struct str bin =
                str_format(scan->call->arena, "%.*s%.*s", STR_ARG(head), STR_ARG(end));
            int64_t number;
            TRY(str_to_int(bin, &number));
            cards[count++] =
                (struct card_range){(uint32_t)number, (int)bin.length, (int)length};
        }
    }
    scan->facts.cards = cards;
    scan->facts.card_count = count;
    return DONE;
}

static enum status read_lists(struct call *call, void *what) {
    struct lists *lists = what;
    for (int list = 0; list <= WORDS_OFFICE_NUMBER; list++) {
        TRY(screening_words(call, (enum word_list)list, &lists->words[list],
                            &lists->counts[list]));
    }
    struct rows *row;
    TRY(store_find(call, &screening_numbers_confirmed, &row, NO_VALUES));
    lists->numbers_confirmed = row_int(row, "confirmed") > 0;
    return DONE;
}

/* The bureau's own pairs come first, so that they win over the product's. */
static enum status read_wrong_words(struct scan *scan, size_t listed,
                                    const struct listed_word *words) {
    struct str text;
    TRY(read_facts(scan, "wrong-words.txt", &text));
    struct word_set *set = &scan->wrong;
    set->words =
        TAKE_ARRAY(scan->call->arena, listed + text.length / 2 + 1, struct listed_word);
    for (size_t i = 0; i < listed; i++) {
        set->words[set->count++] = words[i];
    }
    struct str line;
    while (next_line(&text, &line)) {
        struct str wrong = str_cut(&line, ' ');
        set->words[set->count++] = (struct listed_word){
            .list = WORDS_WRONG, .word = wrong, .right = str_trim(line)};
    }
    return DONE;
}

/* A bureau's changed file in the workspace comes before the one we ship. */
static enum status read_sector_words(struct scan *scan) {
    const struct prohibition *prohibition =
        prohibition_of(scan->book, DETECTOR_SECTOR_WORDS);
    if (prohibition == NULL || prohibition->words_file.length == 0 ||
        !file_path_is_tame(prohibition->words_file)) {
        return DONE;
    }
    struct arena *arena = scan->call->arena;
    const struct {
        const char *directory;
        const char *below;
    } places[] = {{scan->call->house->workspace, "rulebooks"},
                  {scan->call->house->share, "rulebooks"},
                  {scan->call->house->share, "../rulebooks"}};
    for (size_t i = 0; i < LENGTH(places); i++) {
        struct bytes bytes;
        struct str path = str_format(
            arena, "%s/%s/%.*s/%.*s",
            places[i].directory == NULL ? "." : places[i].directory, places[i].below,
            STR_ARG(scan->book->code), STR_ARG(prohibition->words_file));
        if (file_read(arena, str_text(arena, path), FACT_FILE_MOST, &bytes) != DONE) {
            continue;
        }
        struct str text = {(const char *)bytes.at, bytes.length};
        struct str line;
        scan->sector.words = TAKE_ARRAY(arena, text.length / 2 + 1, struct listed_word);
        while (next_line(&text, &line)) {
            scan->sector.words[scan->sector.count++] =
                (struct listed_word){.list = WORDS_LEXICON, .word = line};
        }
        return DONE;
    }
    return log_failed("screening: the words %.*s of rulebook %.*s are not there",
                      STR_ARG(prohibition->words_file), STR_ARG(scan->book->code));
}

static void make_lexicon(struct scan *scan, struct word_set *set, enum fold fold) {
    if (set->count == 0) {
        return;
    }
    struct str *words = TAKE_ARRAY(scan->call->arena, set->count, struct str);
    for (size_t i = 0; i < set->count; i++) {
        words[i] = set->words[i].word;
    }
    set->lexicon = lexicon_new(words, set->count, fold);
    arena_defer(scan->call->arena, free_lexicon, set->lexicon);
}

static void free_lexicon(void *lexicon) { lexicon_free(lexicon); }
