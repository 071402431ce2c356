/*
 * The gate before a page is written: the tags that the national guideline for
 * government websites (国办发〔2017〕47号) demands are there, filled, and equal to
 * what the reader sees.  It reads the finished bytes, not the model, so that no
 * theme, ours or another's, can leave them out.  The visible twin of a tag is
 * the text of the element that says data-shows="TAG"; the sanitiser lets no
 * such attribute through, so a manuscript cannot pretend to be one.
 */
#include "publication_own.h"

#include <string.h>

static bool has_meta(struct arena *arena, struct str head, const struct demand *demand);
static bool shows(struct arena *arena, struct str html, const struct demand *demands,
                  size_t count, uint32_t *out_seen);
static struct str escaped(struct arena *arena, struct str text);

bool lint_page(struct arena *arena, struct str html, const struct demand *demands,
               size_t count, const char **out_missing) {
    struct str head = str_part(html, 0, str_find(html, STR("</head>")));
    uint32_t seen = 0;
    if (!shows(arena, html, demands, count, &seen)) {
        *out_missing = "a visible value that differs from its tag";
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (str_is_empty(demands[i].value) ||
            (demands[i].meta && !has_meta(arena, head, &demands[i])) ||
            (demands[i].shown && (seen & (uint32_t)1 << i) == 0)) {
            *out_missing = demands[i].tag;
            return false;
        }
    }
    return true;
}

static bool has_meta(struct arena *arena, struct str head, const struct demand *demand) {
    struct str opening = address_join(
        arena, address_join(arena, STR("<meta name=\""), str_of(demand->tag)),
        STR("\" content=\""));
    size_t at = str_find(head, opening);
    if (at == head.length) {
        return false;
    }
    struct str rest = str_part(head, at + opening.length, head.length);
    return str_equal(str_cut(&rest, '"'), escaped(arena, demand->value));
}

/* One pass over the marks; *out_seen* has a bit for each demand that is met.
 * False if a mark shows anything but its demand's value. */
static bool shows(struct arena *arena, struct str html, const struct demand *demands,
                  size_t count, uint32_t *out_seen) {
    struct str rest = html;
    const struct str mark = STR("data-shows=\"");
    for (;;) {
        size_t at = str_find(rest, mark);
        if (at == rest.length) {
            return true;
        }
        rest = str_part(rest, at + mark.length, rest.length);
        struct str tag = str_cut(&rest, '"');
        (void)str_cut(&rest, '>');
        struct str text = str_part(rest, 0, str_find(rest, STR("<")));
        for (size_t i = 0; i < count; i++) {
            if (!str_is(tag, demands[i].tag)) {
                continue;
            }
            if (!str_equal(str_trim(text), escaped(arena, demands[i].value))) {
                return false;
            }
            *out_seen |= (uint32_t)1 << i;
        }
    }
}

static struct str escaped(struct arena *arena, struct str text) {
    struct buffer out;
    buffer_init(&out, arena);
    buffer_add_escaped(&out, str_trim(text));
    return buffer_str(&out);
}
