/*
 * What a captured parser could tell: any events must give a body in the normal form
 * or be refused.
 */
#include "fuzz.h"

#include "text/text_own.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    int dropped[DROPPED_KINDS] = {0};
    struct html_node *root;
    struct body_words words;
    if (html_build(arena, input, dropped, &root) != DONE) {
        return;
    }
    struct str html = html_write(arena, root);
    fuzz_expect(utf8_is_valid(html));
    fuzz_expect(text_words(arena, html, &words) == DONE);
}
