/*
 * Cleaning HTML: whatever comes in, what goes out is in the normal form, comes to a
 * standstill, and holds no '<' that is not ours.
 */
#include "fuzz.h"

#include "text/text_own.h"

#define PASSES_MOST 4

static struct str clean(struct arena *arena, struct str html) {
    int dropped[DROPPED_KINDS] = {0};
    struct html_node *root;
    struct buffer events;
    buffer_init(&events, arena);
    fuzz_expect(html_parse(arena, bytes_of_str(html), &events) == DONE);
    struct bytes told = bytes_of_str(buffer_str(&events));
    fuzz_expect(html_build(arena, told, dropped, &root) == DONE);
    return html_write(arena, root);
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str html = {(const char *)input.at, input.length};
    if (!utf8_is_valid(html)) {
        return;
    }
    struct str before = clean(arena, html);
    struct str after = clean(arena, before);
    for (int pass = 0; pass < PASSES_MOST && !str_equal(before, after); pass++) {
        before = after;
        after = clean(arena, before);
    }
    fuzz_expect(str_equal(before, after));
    struct body_words words;
    struct str *blocks;
    size_t count;
    fuzz_expect(text_words(arena, after, &words) == DONE);
    fuzz_expect(html_blocks(arena, after, &blocks, &count) == DONE);
    for (size_t i = 0; i < words.link_count; i++) {
        fuzz_expect(!str_starts(words.links[i].address, "javascript:"));
    }
}
