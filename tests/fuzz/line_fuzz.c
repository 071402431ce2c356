/*
 * One line of an import: a content whose body is clean, or a refusal in words.
 */
#include "fuzz.h"

#include "manuscript/manuscript_own.h"
#include "text/text.h"

#include <stdlib.h>

static struct house house; /* with a real sandbox, forked before the first line */

static void stop(void) { sandbox_stop(house.sandbox); }

void fuzz_one(struct arena *arena, struct bytes input) {
    struct call call;
    struct content content;
    struct migrated_facts facts;
    struct body_words words;
    if (house.sandbox == NULL) {
        fuzz_expect(sandbox_start(&text_parsers, &house.sandbox) == DONE);
        atexit(stop);
    }
    call_init(&call, arena, &house, (instant)1800000000 * INSTANT_SECOND);
    struct str line = {(const char *)input.at, input.length};
    if (manuscript_read_line(&call, line, &content, &facts) != DONE) {
        fuzz_expect(call.refusal != NULL && call.refusal->words != NULL);
        return;
    }
    fuzz_expect(content.title.length > 0 && utf8_is_valid(content.title));
    fuzz_expect(text_words(arena, content.body, &words) == DONE);
}
