/*
 * The shortest edit script of Myers (1986), "An O(ND) Difference Algorithm", with
 * a bound on D: beyond it the middle is told as replaced.  Memory is D² / 2 words,
 * so at most four megabytes.
 */
#include "text/text_own.h"

#include <string.h>

struct script {
    const uint32_t *a;
    const uint32_t *b;
    int64_t a_count;
    int64_t b_count;
    int32_t *reach[STEPS_MOST + 1]; /* after d steps, by diagonal −d … d */
};

static int64_t walk(struct script *script, struct arena *arena);
static int32_t step(const int32_t *before, int64_t d, int64_t k);
static void trace_back(const struct script *script, int64_t steps, size_t offset,
                       size_t *match);

void difference_match(const uint32_t *a, size_t a_count, const uint32_t *b,
                      size_t b_count, size_t *match) {
    size_t start = 0;
    while (start < a_count && start < b_count && a[start] == b[start]) {
        match[start] = start;
        start++;
    }
    while (a_count > start && b_count > start && a[a_count - 1] == b[b_count - 1]) {
        match[--a_count] = --b_count;
    }
    for (size_t i = start; i < a_count; i++) {
        match[i] = NOT_MATCHED;
    }
    if (a_count == start || b_count == start || a_count - start > INT32_MAX / 2 ||
        b_count - start > INT32_MAX / 2) {
        return;
    }
    struct arena *scratch = arena_new((size_t)16 << 20); /* STEPS_MOST needs a quarter */
    struct script *script = TAKE(scratch, struct script);
    script->a = a + start;
    script->b = b + start;
    script->a_count = (int64_t)(a_count - start);
    script->b_count = (int64_t)(b_count - start);
    int64_t steps = walk(script, scratch);
    if (steps >= 0) {
        trace_back(script, steps, start, match);
    }
    arena_free(scratch);
}

/* How many steps it takes, or -1 if more than STEPS_MOST. */
static int64_t walk(struct script *script, struct arena *arena) {
    for (int64_t d = 0; d <= STEPS_MOST; d++) {
        int32_t *reach = TAKE_ARRAY(arena, (size_t)(2 * d + 1), int32_t);
        script->reach[d] = reach;
        for (int64_t k = -d; k <= d; k += 2) {
            int64_t x = d == 0 ? 0 : step(script->reach[d - 1], d, k);
            int64_t y = x - k;
            while (x < script->a_count && y >= 0 && y < script->b_count &&
                   script->a[x] == script->b[y]) {
                x++;
                y++;
            }
            reach[k + d] = (int32_t)x;
            if (x >= script->a_count && y >= script->b_count) {
                return d;
            }
        }
    }
    return -1;
}

/* Where diagonal *k* begins in step *d*: down from k + 1, or right from k − 1. */
static int32_t step(const int32_t *before, int64_t d, int64_t k) {
    const int32_t *middle = before + (d - 1);
    if (k == -d || (k != d && middle[k - 1] < middle[k + 1])) {
        return middle[k + 1];
    }
    return middle[k - 1] + 1;
}

static void trace_back(const struct script *script, int64_t steps, size_t offset,
                       size_t *match) {
    int64_t x = script->a_count;
    int64_t y = script->b_count;
    for (int64_t d = steps; d >= 0; d--) {
        int64_t k = x - y;
        int64_t begin = d == 0 ? 0 : step(script->reach[d - 1], d, k);
        while (x > begin) { /* the snake */
            x--;
            y--;
            match[offset + (size_t)x] = offset + (size_t)y;
        }
        if (d > 0) {
            const int32_t *middle = script->reach[d - 1] + (d - 1);
            bool down = k == -d || (k != d && middle[k - 1] < middle[k + 1]);
            k += down ? 1 : -1;
            x = middle[k];
            y = x - k;
        }
    }
}

/* Texts by number: open addressing over FNV-1a. */
struct numbering {
    struct str *texts;
    uint32_t *slots; /* number + 1, 0 is free */
    size_t slot_count;
    uint32_t count;
};

struct numbering *numbering_new(struct arena *arena, size_t most) {
    struct numbering *numbering = TAKE(arena, struct numbering);
    numbering->slot_count = 16;
    while (numbering->slot_count < 2 * most) {
        numbering->slot_count *= 2;
    }
    numbering->texts = TAKE_ARRAY(arena, most + 1, struct str);
    numbering->slots = TAKE_ARRAY(arena, numbering->slot_count, uint32_t);
    return numbering;
}

uint32_t numbering_of(struct numbering *numbering, struct str text) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    }
    size_t slot = (size_t)(hash ^ hash >> 32) & (numbering->slot_count - 1);
    while (numbering->slots[slot] != 0) {
        uint32_t number = numbering->slots[slot] - 1;
        if (str_equal(numbering->texts[number], text)) {
            return number;
        }
        slot = (slot + 1) & (numbering->slot_count - 1);
    }
    numbering->texts[numbering->count] = text;
    numbering->slots[slot] = ++numbering->count;
    return numbering->count - 1;
}
