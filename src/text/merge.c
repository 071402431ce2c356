/*
 * Two changes of one body, merged by outermost blocks: where only one side
 * changed a run of blocks its text is taken, where both did a person decides.
 */
#include "text/text_own.h"

struct side {
    struct str *blocks;
    uint32_t *numbers;
    size_t count;
    size_t *match; /* base block → block of this side */
};

struct merging {
    struct arena *arena;
    struct side base;
    struct side mine;
    struct side theirs;
    struct merge result;
    struct buffer html;
};

static enum status read_side(struct arena *arena, struct str html, struct side *side);
static void number_side(struct arena *arena, struct numbering *numbering,
                        struct side *side);
static void add_part(struct merging *merging, size_t base, size_t base_end, size_t mine,
                     size_t mine_end, size_t theirs, size_t theirs_end);
static struct str run_of(const struct side *side, size_t from, size_t to);

enum status text_merge(struct arena *arena, struct str base, struct str mine,
                       struct str theirs, struct merge *out_merge) {
    struct merging merging = {.arena = arena};
    TRY(read_side(arena, base, &merging.base));
    TRY(read_side(arena, mine, &merging.mine));
    TRY(read_side(arena, theirs, &merging.theirs));
    size_t all = merging.base.count + merging.mine.count + merging.theirs.count;
    struct numbering *numbering = numbering_new(arena, all);
    number_side(arena, numbering, &merging.base);
    struct side *const sides[] = {&merging.mine, &merging.theirs};
    for (size_t i = 0; i < LENGTH(sides); i++) {
        number_side(arena, numbering, sides[i]);
        sides[i]->match = TAKE_ARRAY(arena, merging.base.count + 1, size_t);
        difference_match(merging.base.numbers, merging.base.count, sides[i]->numbers,
                         sides[i]->count, sides[i]->match);
    }
    merging.result.parts = TAKE_ARRAY(arena, 2 * all + 2, struct merge_part);
    buffer_init(&merging.html, arena);
    size_t b = 0;
    size_t m = 0;
    size_t t = 0;
    for (size_t i = 0; i < merging.base.count; i++) {
        size_t m_at = merging.mine.match[i];
        size_t t_at = merging.theirs.match[i];
        if (m_at == NOT_MATCHED || t_at == NOT_MATCHED) {
            continue;
        }
        add_part(&merging, b, i, m, m_at, t, t_at);
        add_part(&merging, i, i + 1, m_at, m_at + 1, t_at, t_at + 1);
        b = i + 1;
        m = m_at + 1;
        t = t_at + 1;
    }
    add_part(&merging, b, merging.base.count, m, merging.mine.count, t,
             merging.theirs.count);
    merging.result.html = buffer_str(&merging.html);
    *out_merge = merging.result;
    return DONE;
}

static enum status read_side(struct arena *arena, struct str html, struct side *side) {
    return html_blocks(arena, html, &side->blocks, &side->count);
}

static void number_side(struct arena *arena, struct numbering *numbering,
                        struct side *side) {
    side->numbers = TAKE_ARRAY(arena, side->count + 1, uint32_t);
    for (size_t i = 0; i < side->count; i++) {
        side->numbers[i] = numbering_of(numbering, side->blocks[i]);
    }
}

static void add_part(struct merging *merging, size_t base, size_t base_end, size_t mine,
                     size_t mine_end, size_t theirs, size_t theirs_end) {
    struct merge_part part = {.base = run_of(&merging->base, base, base_end),
                              .mine = run_of(&merging->mine, mine, mine_end),
                              .theirs = run_of(&merging->theirs, theirs, theirs_end)};
    if (part.base.length + part.mine.length + part.theirs.length == 0) {
        return;
    }
    if (str_equal(part.mine, part.theirs)) {
        part.side = MERGE_SAME;
    } else if (str_equal(part.base, part.theirs)) {
        part.side = MERGE_MINE;
    } else if (str_equal(part.base, part.mine)) {
        part.side = MERGE_THEIRS;
    } else {
        part.side = MERGE_CONFLICT;
        merging->result.conflicts++;
    }
    buffer_add(&merging->html, part.side == MERGE_THEIRS ? part.theirs : part.mine);
    merging->result.parts[merging->result.count++] = part;
}

/* Blocks of one side that follow each other are one stretch of its body. */
static struct str run_of(const struct side *side, size_t from, size_t to) {
    if (from >= to) {
        return STR("");
    }
    const char *start = side->blocks[from].at;
    const struct str *last = &side->blocks[to - 1];
    return (struct str){start, (size_t)(last->at + last->length - start)};
}
