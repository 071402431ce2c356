/*
 * Aho–Corasick (1975) over a double array (Aoe 1989), on folded code points.
 *
 * A state is a place in the arrays; its child by symbol c is at base + c and names
 * its parent in check.  Words are sorted first, so that every state is a range of
 * them; states are placed breadth first, which lets the failure links be set on the
 * way.  Places that are all but full are passed over for good: without that the
 * search for a free place is quadratic (45 s for 100,000 words, else 0.2 s).
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_BITS   8
#define PAGE_COUNT  (0x110000u >> PAGE_BITS)
#define DENSE_TENTH 9 /* of ten places taken: begin behind them next time */

struct key {
    const uint32_t *symbols;
    size_t length;
    uint32_t word;
};

struct state {
    int32_t base;
    int32_t parent; /* −1 is a free place; the root's is its own */
    int32_t fail;
    int32_t output; /* word + 1, or 0 */
    int32_t link;   /* nearest state by failure with an output, or 0 */
};

struct lexicon {
    enum fold fold;
    struct state *states;
    size_t room;
    uint16_t *pages[PAGE_COUNT]; /* code point → symbol, by pages */
    uint32_t symbol_count;
    uint32_t *lengths; /* of the words, folded */
    size_t word_count;
};

/* A state and the sorted words that pass through it. */
struct range {
    uint32_t state;
    uint32_t from;
    uint32_t to;
    uint32_t depth;
};

struct building {
    struct lexicon *lexicon;
    struct key *keys;
    size_t key_count;
    struct range *queue;
    size_t queued;
    size_t first_free;
};

static void read_words(struct building *building, struct arena *arena,
                       const struct str *words, size_t count);
static uint32_t symbol_of(const struct lexicon *lexicon, uint32_t point);
static uint32_t symbol_for(struct lexicon *lexicon, uint32_t point);
static int key_order(const void *a, const void *b);
static void build(struct building *building);
static size_t children_of(const struct building *building, const struct range *range,
                          struct range *children, uint32_t *symbols);
static size_t find_base(struct building *building, const uint32_t *symbols, size_t count);
static void make_room(struct lexicon *lexicon, size_t room);
static void place_child(struct building *building, const struct range *parent,
                        struct range child, uint32_t symbol);
static int32_t child_of(const struct lexicon *lexicon, int32_t state, uint32_t symbol);
static void *grow(void *at, size_t count, size_t size);

struct lexicon *lexicon_new(const struct str *words, size_t count, enum fold fold) {
    struct lexicon *lexicon = grow(NULL, 1, sizeof *lexicon);
    memset(lexicon, 0, sizeof *lexicon);
    lexicon->fold = fold;
    lexicon->word_count = count;
    lexicon->lengths = grow(NULL, count + 1, sizeof *lexicon->lengths);
    struct arena *arena = arena_new(SIZE_MAX / 2);
    struct building building = {.lexicon = lexicon};
    read_words(&building, arena, words, count);
    qsort(building.keys, building.key_count, sizeof *building.keys, key_order);
    build(&building);
    free(building.queue);
    arena_free(arena);
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon) {
    if (lexicon == NULL) {
        return;
    }
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        free(lexicon->pages[i]);
    }
    free(lexicon->states);
    free(lexicon->lengths);
    free(lexicon);
}

void lexicon_find(const struct lexicon *lexicon, const struct folded *text,
                  lexicon_teller tell, void *to) {
    int32_t state = 0;
    for (size_t i = 0; i < text->count; i++) {
        uint32_t symbol = symbol_of(lexicon, text->points[i]);
        int32_t next = symbol == 0 ? 0 : child_of(lexicon, state, symbol);
        while (next == 0 && state != 0 && symbol != 0) {
            state = lexicon->states[state].fail;
            next = child_of(lexicon, state, symbol);
        }
        state = next;
        for (int32_t found =
                 lexicon->states[state].output != 0 ? state : lexicon->states[state].link;
             found != 0; found = lexicon->states[found].link) {
            size_t word = (size_t)lexicon->states[found].output - 1;
            struct lexicon_hit hit = {word, i + 1 - lexicon->lengths[word], i + 1};
            if (!tell(to, &hit)) {
                return;
            }
        }
    }
}

size_t lexicon_size(const struct lexicon *lexicon) {
    size_t size = sizeof *lexicon + lexicon->room * sizeof *lexicon->states +
                  lexicon->word_count * sizeof *lexicon->lengths;
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        size += lexicon->pages[i] != NULL ? sizeof(uint16_t) << PAGE_BITS : 0;
    }
    return size;
}

/* Fold the words and number their code points in the order they come up. */
static void read_words(struct building *building, struct arena *arena,
                       const struct str *words, size_t count) {
    struct lexicon *lexicon = building->lexicon;
    building->keys = TAKE_ARRAY(arena, count + 1, struct key);
    for (size_t i = 0; i < count; i++) {
        struct folded folded = text_fold(arena, words[i], lexicon->fold);
        lexicon->lengths[i] = (uint32_t)folded.count;
        for (size_t k = 0; k < folded.count; k++) {
            folded.points[k] = symbol_for(lexicon, folded.points[k]);
        }
        if (folded.count > 0) {
            building->keys[building->key_count++] =
                (struct key){folded.points, folded.count, (uint32_t)i};
        }
    }
}

static uint32_t symbol_of(const struct lexicon *lexicon, uint32_t point) {
    const uint16_t *page = lexicon->pages[point >> PAGE_BITS];
    return page == NULL ? 0 : page[point & ((1u << PAGE_BITS) - 1)];
}

/* Symbols begin at 1; beyond 65,535 different characters a word cannot be found. */
static uint32_t symbol_for(struct lexicon *lexicon, uint32_t point) {
    uint16_t **page = &lexicon->pages[point >> PAGE_BITS];
    if (*page == NULL) {
        *page = grow(NULL, (size_t)1 << PAGE_BITS, sizeof **page);
        memset(*page, 0, sizeof(uint16_t) << PAGE_BITS);
    }
    uint16_t *symbol = &(*page)[point & ((1u << PAGE_BITS) - 1)];
    if (*symbol == 0 && lexicon->symbol_count < UINT16_MAX) {
        *symbol = (uint16_t)++lexicon->symbol_count;
    }
    return *symbol;
}

static int key_order(const void *a, const void *b) {
    const struct key *one = a;
    const struct key *other = b;
    size_t shared = one->length < other->length ? one->length : other->length;
    for (size_t i = 0; i < shared; i++) {
        if (one->symbols[i] != other->symbols[i]) {
            return one->symbols[i] < other->symbols[i] ? -1 : 1;
        }
    }
    if (one->length != other->length) {
        return one->length < other->length ? -1 : 1;
    }
    return (one->word > other->word) - (one->word < other->word);
}

static void build(struct building *building) {
    struct lexicon *lexicon = building->lexicon;
    size_t states_most = 1;
    for (size_t i = 0; i < building->key_count; i++) {
        states_most += building->keys[i].length;
    }
    building->queue = grow(NULL, states_most, sizeof *building->queue);
    struct range *children = grow(NULL, lexicon->symbol_count + 1u, sizeof *children);
    uint32_t *symbols = grow(NULL, lexicon->symbol_count + 1u, sizeof *symbols);
    make_room(lexicon, lexicon->symbol_count + 2u);
    lexicon->states[0] = (struct state){.parent = 0};
    building->first_free = 1;
    building->queue[0] = (struct range){0, 0, (uint32_t)building->key_count, 0};
    building->queued = 1;
    for (size_t i = 0; i < building->queued; i++) {
        struct range range = building->queue[i];
        size_t count = children_of(building, &range, children, symbols);
        if (count == 0) {
            continue;
        }
        size_t base = find_base(building, symbols, count);
        lexicon->states[range.state].base = (int32_t)base;
        for (size_t k = 0; k < count; k++) {
            children[k].state = (uint32_t)(base + symbols[k]);
            lexicon->states[children[k].state].parent = (int32_t)range.state;
        }
        for (size_t k = 0; k < count; k++) {
            place_child(building, &range, children[k], symbols[k]);
        }
    }
    free(children);
    free(symbols);
}

/* Words that end in the state come first in its range; the others part by their
 * next symbol. */
static size_t children_of(const struct building *building, const struct range *range,
                          struct range *children, uint32_t *symbols) {
    size_t count = 0;
    for (uint32_t i = range->from; i < range->to; i++) {
        const struct key *key = &building->keys[i];
        if (key->length == range->depth) {
            continue;
        }
        uint32_t symbol = key->symbols[range->depth];
        if (count == 0 || symbols[count - 1] != symbol) {
            symbols[count] = symbol;
            children[count++] = (struct range){.from = i, .depth = range->depth + 1};
        }
        children[count - 1].to = i + 1;
    }
    return count;
}

/* The first base at which every child finds a free place. */
static size_t find_base(struct building *building, const uint32_t *symbols,
                        size_t count) {
    struct lexicon *lexicon = building->lexicon;
    size_t start = building->first_free;
    size_t taken = 0;
    for (size_t at = start > symbols[0] ? start : symbols[0];; at++) {
        size_t base = at - symbols[0];
        make_room(lexicon, base + symbols[count - 1] + 1);
        if (at == 0 || lexicon->states[at].parent >= 0) {
            taken++;
            continue;
        }
        bool fits = true;
        for (size_t k = 1; k < count && fits; k++) {
            fits = lexicon->states[base + symbols[k]].parent < 0;
        }
        if (!fits) {
            continue;
        }
        if (taken * 10 >= (at - start + 1) * DENSE_TENTH) {
            building->first_free = at;
        }
        return base;
    }
}

static void make_room(struct lexicon *lexicon, size_t room) {
    if (room <= lexicon->room) {
        return;
    }
    size_t more = lexicon->room < 1024 ? 1024 : lexicon->room * 2;
    more = more < room ? room : more;
    lexicon->states = grow(lexicon->states, more, sizeof *lexicon->states);
    for (size_t i = lexicon->room; i < more; i++) {
        lexicon->states[i] = (struct state){.parent = -1};
    }
    lexicon->room = more;
}

/* Everything shorter stands already, so the failure link can be followed. */
static void place_child(struct building *building, const struct range *parent,
                        struct range child, uint32_t symbol) {
    struct lexicon *lexicon = building->lexicon;
    struct state *state = &lexicon->states[child.state];
    int32_t fail = 0;
    if (parent->state != 0) {
        int32_t from = lexicon->states[parent->state].fail;
        fail = child_of(lexicon, from, symbol);
        while (fail == 0 && from != 0) {
            from = lexicon->states[from].fail;
            fail = child_of(lexicon, from, symbol);
        }
    }
    state->fail = fail;
    state->link = lexicon->states[fail].output != 0 ? fail : lexicon->states[fail].link;
    const struct key *first = &building->keys[child.from];
    state->output = first->length == child.depth ? (int32_t)first->word + 1 : 0;
    building->queue[building->queued++] = child;
}

/* The child of *state*, 0 if there is none: the root is nobody's child. */
static int32_t child_of(const struct lexicon *lexicon, int32_t state, uint32_t symbol) {
    size_t place = (size_t)lexicon->states[state].base + symbol;
    return place > 0 && place < lexicon->room && lexicon->states[place].parent == state
               ? (int32_t)place
               : 0;
}

static void *grow(void *at, size_t count, size_t size) {
    void *grown = reallocarray(at, count, size);
    if (grown == NULL) {
        log_fatal("out of memory");
    }
    return grown;
}
