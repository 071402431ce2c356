/*
 * Folding: the same word, however it was typed, becomes the same row of code
 * points, and each knows the bytes it came from.
 */
#include "text/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#define STAR       0x2605
#define PARTS_MOST 24 /* the longest compatibility form has 18 code points */

struct pair {
    uint32_t traditional;
    uint32_t simplified;
};

static const struct pair pairs[] = {
#include "simplified_table.h"
};

static size_t fold_point(uint32_t point, enum fold fold, uint32_t *out_parts);
static size_t decompose(uint32_t point, uint32_t *out_parts);
static uint32_t simplified(uint32_t point);
static int pair_order(const void *key, const void *pair);
static bool is_kept(uint32_t point, enum fold fold);

struct folded text_fold(struct arena *arena, struct str text, enum fold fold) {
    uint32_t parts[PARTS_MOST];
    size_t room = 0;
    for (size_t position = 0; position < text.length;) {
        room += fold_point(utf8_next(text, &position), fold, parts);
    }
    struct folded folded = {.points = TAKE_ARRAY(arena, room + 1, uint32_t),
                            .from = TAKE_ARRAY(arena, room + 1, uint32_t),
                            .to = TAKE_ARRAY(arena, room + 1, uint32_t)};
    for (size_t position = 0; position < text.length;) {
        size_t from = position;
        size_t count = fold_point(utf8_next(text, &position), fold, parts);
        for (size_t i = 0; i < count; i++, folded.count++) {
            folded.points[folded.count] = parts[i];
            folded.from[folded.count] = (uint32_t)from;
            folded.to[folded.count] = (uint32_t)position;
        }
    }
    return folded;
}

static size_t fold_point(uint32_t point, enum fold fold, uint32_t *out_parts) {
    size_t count = 1;
    if (point < 0x80) {
        out_parts[0] = point >= 'A' && point <= 'Z' ? point + 32 : point;
    } else if (point >= 0x3400 && point < 0xa000) {
        out_parts[0] = simplified(point);
    } else {
        count = decompose(point, out_parts);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t part = out_parts[i];
        if (fold == FOLD_TIGHT && (part == '*' || part == 0x2606 || part == 0x2b50)) {
            part = STAR;
        }
        if (is_kept(part, fold)) {
            out_parts[kept++] = part;
        }
    }
    return kept;
}

/* NFKC by single characters, case folded, without what is ignorable; accents part
 * from their letters and fall, so that e and é are one. */
static size_t decompose(uint32_t point, uint32_t *out_parts) {
    utf8proc_int32_t parts[PARTS_MOST];
    int last_class = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)point, parts, PARTS_MOST,
                                UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                    UTF8PROC_IGNORE | UTF8PROC_STRIPMARK,
                                &last_class);
    if (count < 0 || count > PARTS_MOST) {
        out_parts[0] = point;
        return 1;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        uint32_t part = (uint32_t)parts[i];
        out_parts[i] = part >= 0x3400 && part < 0xa000 ? simplified(part) : part;
    }
    return (size_t)count;
}

static uint32_t simplified(uint32_t point) {
    const struct pair *pair =
        bsearch(&point, pairs, LENGTH(pairs), sizeof pairs[0], pair_order);
    return pair == NULL ? point : pair->simplified;
}

static int pair_order(const void *key, const void *pair) {
    uint32_t a = *(const uint32_t *)key;
    uint32_t b = ((const struct pair *)pair)->traditional;
    return (a > b) - (a < b);
}

static bool is_kept(uint32_t point, enum fold fold) {
    if (fold == FOLD_FORM || (point >= 0x3400 && point < 0xa000) || point == STAR) {
        return true;
    }
    switch (utf8proc_category((utf8proc_int32_t)point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}
