/*
 * What changed between two bodies, for the review page: paragraphs first, then
 * the characters of paragraphs that were changed and not replaced.
 */
#include "text/text_own.h"

#define ALIKE_LEAST 3 /* of ten characters, for two paragraphs to be one changed */
/* Every step of the script begins at most three pieces. */
#define PIECES_MOST (3 * ((size_t)STEPS_MOST + 3))
#define ISLAND_MOST 1 /* kept characters between two changes that only confuse */

struct comparing {
    struct arena *arena;
    const struct body_words *before;
    const struct body_words *after;
    struct difference result;
};

static void match_paragraphs(struct comparing *comparing, size_t *match);
static void tell_gap(struct comparing *comparing, size_t before, size_t before_end,
                     size_t after, size_t after_end);
static void tell_whole(struct comparing *comparing, enum change change, size_t number);
static bool tell_within(struct comparing *comparing, size_t before, size_t after,
                        bool even_if_unlike);
static struct changed_paragraph *add_paragraph(struct comparing *comparing);
static int64_t difference_of_line(struct arena *arena, struct str before,
                                  struct str after, struct changed_paragraph *out_line);
static uint32_t *code_points(struct arena *arena, struct str text, size_t **out_at,
                             size_t *out_count);
static void drop_islands(size_t *match, size_t count, size_t b_count);
static void add_piece(struct changed_paragraph *line, enum change change,
                      struct str text);

enum status text_difference(struct arena *arena, struct str before, struct str after,
                            struct difference *out_difference) {
    struct body_words words[2];
    TRY(text_words(arena, before, &words[0]));
    TRY(text_words(arena, after, &words[1]));
    struct comparing comparing = {
        .arena = arena, .before = &words[0], .after = &words[1]};
    size_t a_count = words[0].paragraph_count;
    size_t b_count = words[1].paragraph_count;
    comparing.result.paragraphs =
        TAKE_ARRAY(arena, a_count + b_count + 1, struct changed_paragraph);
    size_t *match = TAKE_ARRAY(arena, a_count + 1, size_t);
    match_paragraphs(&comparing, match);
    size_t b = 0;
    for (size_t a = 0; a <= a_count;) {
        size_t gap = a;
        while (a < a_count && match[a] == NOT_MATCHED) {
            a++;
        }
        size_t b_end = a < a_count ? match[a] : b_count;
        tell_gap(&comparing, gap, a, b, b_end);
        if (a == a_count) {
            break;
        }
        if (!tell_within(&comparing, a, b_end, true)) {
            return FAILED; /* cannot be: the paragraphs are equal */
        }
        a++;
        b = b_end + 1;
    }
    *out_difference = comparing.result;
    return DONE;
}

void text_difference_in_line(struct arena *arena, struct str before, struct str after,
                             struct changed_paragraph *out_line) {
    *out_line = (struct changed_paragraph){
        .change = str_equal(before, after) ? CHANGE_NONE : CHANGE_WITHIN};
    (void)difference_of_line(arena, before, after, out_line);
}

static void match_paragraphs(struct comparing *comparing, size_t *match) {
    size_t a_count = comparing->before->paragraph_count;
    size_t b_count = comparing->after->paragraph_count;
    struct numbering *numbering = numbering_new(comparing->arena, a_count + b_count);
    uint32_t *a = TAKE_ARRAY(comparing->arena, a_count + 1, uint32_t);
    uint32_t *b = TAKE_ARRAY(comparing->arena, b_count + 1, uint32_t);
    for (size_t i = 0; i < a_count; i++) {
        a[i] = numbering_of(numbering, comparing->before->paragraphs[i].html);
    }
    for (size_t i = 0; i < b_count; i++) {
        b[i] = numbering_of(numbering, comparing->after->paragraphs[i].html);
    }
    difference_match(a, a_count, b, b_count, match);
}

/* Between two kept paragraphs: those that resemble each other are paired in
 * order, the others were removed or added. */
static void tell_gap(struct comparing *comparing, size_t before, size_t before_end,
                     size_t after, size_t after_end) {
    while (before < before_end && after < after_end) {
        bool alone = before_end - before == 1 && after_end - after == 1;
        if (tell_within(comparing, before, after, false)) {
            before++;
            after++;
        } else if (alone || before_end - before >= after_end - after) {
            tell_whole(comparing, CHANGE_REMOVED, before++);
        } else {
            tell_whole(comparing, CHANGE_ADDED, after++);
        }
    }
    while (before < before_end) {
        tell_whole(comparing, CHANGE_REMOVED, before++);
    }
    while (after < after_end) {
        tell_whole(comparing, CHANGE_ADDED, after++);
    }
}

static void tell_whole(struct comparing *comparing, enum change change, size_t number) {
    const struct body_words *words =
        change == CHANGE_REMOVED ? comparing->before : comparing->after;
    struct changed_paragraph *line = add_paragraph(comparing);
    line->change = change;
    line->kind = words->paragraphs[number].kind;
    line->before = number;
    line->after = number;
    line->pieces = TAKE_ARRAY(comparing->arena, 1, struct changed_piece);
    add_piece(line, change, words->paragraphs[number].text);
    int64_t length = (int64_t)utf8_count(words->paragraphs[number].text);
    comparing->result.added += change == CHANGE_ADDED ? length : 0;
    comparing->result.removed += change == CHANGE_REMOVED ? length : 0;
}

/* Tell the two as one paragraph; false, telling nothing, if they are unlike. */
static bool tell_within(struct comparing *comparing, size_t before, size_t after,
                        bool even_if_unlike) {
    const struct paragraph *a = &comparing->before->paragraphs[before];
    const struct paragraph *b = &comparing->after->paragraphs[after];
    int64_t a_length = (int64_t)utf8_count(a->text);
    int64_t b_length = (int64_t)utf8_count(b->text);
    int64_t longer = a_length > b_length ? a_length : b_length;
    if (!even_if_unlike &&
        (a_length < b_length ? a_length : b_length) * 10 < longer * ALIKE_LEAST) {
        return false;
    }
    struct changed_paragraph line = {.kind = b->kind, .before = before, .after = after};
    line.change = str_equal(a->html, b->html) ? CHANGE_NONE : CHANGE_WITHIN;
    int64_t kept = difference_of_line(comparing->arena, a->text, b->text, &line);
    if (!even_if_unlike && kept * 10 < longer * ALIKE_LEAST) {
        return false;
    }
    comparing->result.removed += a_length - kept;
    comparing->result.added += b_length - kept;
    *add_paragraph(comparing) = line;
    return true;
}

static struct changed_paragraph *add_paragraph(struct comparing *comparing) {
    return &comparing->result.paragraphs[comparing->result.count++];
}

/* Fill in the pieces; the number of characters kept. */
static int64_t difference_of_line(struct arena *arena, struct str before,
                                  struct str after, struct changed_paragraph *out_line) {
    if (str_equal(before, after)) {
        out_line->pieces = TAKE_ARRAY(arena, 1, struct changed_piece);
        add_piece(out_line, CHANGE_NONE, before);
        return (int64_t)utf8_count(before);
    }
    size_t *a_at;
    size_t *b_at;
    size_t a_count;
    size_t b_count;
    uint32_t *a = code_points(arena, before, &a_at, &a_count);
    uint32_t *b = code_points(arena, after, &b_at, &b_count);
    size_t *match = TAKE_ARRAY(arena, a_count + 1, size_t);
    difference_match(a, a_count, b, b_count, match);
    drop_islands(match, a_count, b_count);
    size_t most = 2 * (a_count + b_count) + 2;
    most = most < PIECES_MOST ? most : PIECES_MOST;
    out_line->pieces = TAKE_ARRAY(arena, most, struct changed_piece);
    out_line->piece_count = 0;
    int64_t kept = 0;
    size_t b_next = 0;
    for (size_t i = 0; i < a_count;) {
        size_t from = i;
        while (i < a_count && match[i] == NOT_MATCHED) {
            i++;
        }
        size_t b_end = i < a_count ? match[i] : b_count;
        add_piece(out_line, CHANGE_REMOVED, str_part(before, a_at[from], a_at[i]));
        add_piece(out_line, CHANGE_ADDED, str_part(after, b_at[b_next], b_at[b_end]));
        b_next = b_end;
        from = i;
        while (i < a_count && match[i] == b_next) {
            i++;
            b_next++;
        }
        add_piece(out_line, CHANGE_NONE, str_part(before, a_at[from], a_at[i]));
        kept += (int64_t)(i - from);
    }
    add_piece(out_line, CHANGE_ADDED, str_part(after, b_at[b_next], b_at[b_count]));
    return kept;
}

static uint32_t *code_points(struct arena *arena, struct str text, size_t **out_at,
                             size_t *out_count) {
    uint32_t *points = TAKE_ARRAY(arena, text.length + 1, uint32_t);
    size_t *at = TAKE_ARRAY(arena, text.length + 1, size_t);
    size_t count = 0;
    for (size_t position = 0; position < text.length;) {
        at[count] = position;
        points[count++] = utf8_next(text, &position);
    }
    at[count] = text.length;
    *out_at = at;
    *out_count = count;
    return points;
}

/* A single character kept between two changes is chance, not a common word. */
static void drop_islands(size_t *match, size_t count, size_t b_count) {
    for (size_t i = 0; i < count;) {
        size_t from = i;
        while (i < count && match[i] != NOT_MATCHED &&
               (i == from || match[i] == match[i - 1] + 1)) {
            i++;
        }
        bool at_border = from == 0 || i == count || match[from] == 0 ||
                         (i > from && match[i - 1] + 1 == b_count);
        if (i > from && i - from <= ISLAND_MOST && !at_border) {
            match[from] = NOT_MATCHED;
        }
        i += i == from;
    }
}

static void add_piece(struct changed_paragraph *line, enum change change,
                      struct str text) {
    if (text.length > 0) {
        line->pieces[line->piece_count++] = (struct changed_piece){change, text};
    }
}
