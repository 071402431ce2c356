/*
 * Reads what html_write writes, and nothing else: a closed list of tags, double
 * quotes, six character references.  Anything else is TOKEN_WRONG.
 */
#include "text/text_own.h"

#include <string.h>

static enum tag tag_of(struct str name);
static size_t resolved_length(struct str written, char *out_byte);

struct token html_next_token(struct str html, size_t *position) {
    size_t from = *position;
    if (from >= html.length) {
        return (struct token){.kind = TOKEN_END, .from = from, .to = from};
    }
    if (html.at[from] != '<') {
        const char *next = memchr(html.at + from, '<', html.length - from);
        *position = next == NULL ? html.length : (size_t)(next - html.at);
        return (struct token){.kind = TOKEN_WORDS, .from = from, .to = *position};
    }
    const char *close = memchr(html.at + from, '>', html.length - from);
    if (close == NULL) {
        return (struct token){.kind = TOKEN_WRONG};
    }
    *position = (size_t)(close - html.at) + 1;
    bool closes = html.at[from + 1] == '/';
    struct str name = str_part(html, from + 1 + closes, *position - 1);
    struct str attributes = name;
    name = str_cut(&attributes, ' ');
    struct token token = {.kind = closes ? TOKEN_CLOSE : TOKEN_OPEN,
                          .tag = tag_of(name),
                          .from = from,
                          .to = *position,
                          .attributes = attributes};
    if (token.tag == TAG_ROOT) {
        token.kind = TOKEN_WRONG;
    }
    return token;
}

struct str token_attribute(const struct token *token, const char *name,
                           bool *out_is_there) {
    struct str rest = token->attributes;
    while (rest.length > 0) {
        struct str found = str_cut(&rest, '=');
        if (!str_starts(rest, "\"")) {
            break;
        }
        rest = str_part(rest, 1, rest.length);
        struct str value = str_cut(&rest, '"');
        if (str_is(str_trim(found), name)) {
            if (out_is_there != NULL) {
                *out_is_there = true;
            }
            return value;
        }
    }
    if (out_is_there != NULL) {
        *out_is_there = false;
    }
    return STR("");
}

void html_add_resolved(struct buffer *out, struct str written, size_t base,
                       uint32_t *places) {
    for (size_t i = 0; i < written.length;) {
        char byte = written.at[i];
        size_t length = 1;
        if (byte == '&') {
            length = resolved_length(str_part(written, i, written.length), &byte);
        }
        if (places != NULL) {
            places[out->length] = (uint32_t)(base + i);
        }
        buffer_add_char(out, byte);
        i += length;
    }
}

enum status html_blocks(struct arena *arena, struct str html, struct str **out_blocks,
                        size_t *out_count) {
    size_t most = 0;
    for (size_t i = 0; i < html.length; i++) {
        most += html.at[i] == '\n'; /* every outermost block ends its line */
    }
    struct str *blocks = TAKE_ARRAY(arena, most + 1, struct str);
    size_t count = 0;
    size_t depth = 0;
    size_t start = 0;
    size_t position = 0;
    for (;;) {
        struct token token = html_next_token(html, &position);
        bool is_void = token.tag == TAG_BR || token.tag == TAG_HR || token.tag == TAG_IMG;
        if (token.kind == TOKEN_END) {
            break;
        }
        if (token.kind == TOKEN_WRONG || (token.kind == TOKEN_CLOSE && depth == 0) ||
            (token.kind == TOKEN_OPEN && !is_void && depth > 200)) {
            return REFUSED;
        }
        depth += token.kind == TOKEN_OPEN && !is_void;
        depth -= token.kind == TOKEN_CLOSE;
        if (depth == 0 && token.kind != TOKEN_WORDS) {
            if (position >= html.length || html.at[position] != '\n') {
                return REFUSED;
            }
            position++;
            blocks[count++] = str_part(html, start, position);
            start = position;
        }
    }
    if (start != html.length || depth != 0) {
        return REFUSED;
    }
    *out_blocks = blocks;
    *out_count = count;
    return DONE;
}

static enum tag tag_of(struct str name) {
    for (enum tag tag = TAG_P; tag < TAGS; tag++) {
        if (str_is(name, tag_name(tag))) {
            return tag;
        }
    }
    return TAG_ROOT;
}

/* The length of the reference at the start of *written*, at least 1. */
static size_t resolved_length(struct str written, char *out_byte) {
    static const struct {
        const char *reference;
        char byte;
    } rows[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                {"&quot;", '"'}, {"&#39;", '\''}, {"&#96;", '`'}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (str_starts(written, rows[i].reference)) {
            *out_byte = rows[i].byte;
            return strlen(rows[i].reference);
        }
    }
    *out_byte = '&';
    return 1;
}
