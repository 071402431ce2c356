/*
 * Takes a cleaned body apart into paragraphs with their places, pictures and
 * links.  A paragraph ends at every border of a block, so that words directly in
 * a cell or an item are paragraphs like those in a p.
 */
#include "text/text_own.h"

#define HOLDERS_MOST 256

struct reading {
    struct arena *arena;
    struct str html;
    struct body_words words;
    enum tag holders[HOLDERS_MOST];
    size_t depth;
    bool open; /* a paragraph is under way */
    size_t from, to;
};

static void make_room(struct reading *reading);
static enum status note_token(struct reading *reading, const struct token *token);
static void note_words(struct reading *reading, const struct token *token);
static void end_paragraph(struct reading *reading);
static enum paragraph_kind kind_of(const struct reading *reading);
static void note_picture(struct reading *reading, const struct token *token);
static void note_link(struct reading *reading, const struct token *token);
static struct str resolved(struct arena *arena, struct str written);
static void fill_text(struct arena *arena, struct paragraph *paragraph);
static bool is_blank(struct str words);

enum status text_words(struct arena *arena, struct str html,
                       struct body_words *out_words) {
    struct reading *reading = TAKE(arena, struct reading);
    reading->arena = arena;
    reading->html = html;
    make_room(reading);
    size_t position = 0;
    for (;;) {
        struct token token = html_next_token(html, &position);
        if (token.kind == TOKEN_END) {
            break;
        }
        TRY(note_token(reading, &token));
    }
    if (reading->depth != 0 || reading->open) {
        return REFUSED;
    }
    *out_words = reading->words;
    return DONE;
}

enum status text_plain(struct arena *arena, struct str html, struct str *out_text) {
    struct body_words words;
    TRY(text_words(arena, html, &words));
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < words.paragraph_count; i++) {
        buffer_add(&out, words.paragraphs[i].text);
        buffer_add_char(&out, '\n');
    }
    *out_text = buffer_str(&out);
    return DONE;
}

/* Every border of a block ends at most one paragraph. */
static void make_room(struct reading *reading) {
    size_t borders = 1;
    size_t pictures = 1;
    size_t links = 1;
    size_t position = 0;
    for (;;) {
        struct token token = html_next_token(reading->html, &position);
        if (token.kind == TOKEN_END || token.kind == TOKEN_WRONG) {
            break;
        }
        borders += token.kind != TOKEN_WORDS && token.tag < TAG_STRONG;
        pictures += token.kind == TOKEN_OPEN && token.tag == TAG_IMG;
        links += token.kind == TOKEN_OPEN && token.tag == TAG_A;
    }
    reading->words.paragraphs = TAKE_ARRAY(reading->arena, borders, struct paragraph);
    reading->words.pictures = TAKE_ARRAY(reading->arena, pictures, struct body_picture);
    reading->words.links = TAKE_ARRAY(reading->arena, links, struct body_link);
}

static enum status note_token(struct reading *reading, const struct token *token) {
    if (token->kind == TOKEN_WRONG) {
        return REFUSED;
    }
    if (token->kind == TOKEN_WORDS) {
        note_words(reading, token);
        return DONE;
    }
    if (token->tag >= TAG_STRONG) { /* formats, br and pictures are words */
        note_words(reading, token);
        if (token->kind == TOKEN_OPEN && token->tag == TAG_IMG) {
            note_picture(reading, token);
        } else if (token->kind == TOKEN_OPEN && token->tag == TAG_A) {
            note_link(reading, token);
        }
        return DONE;
    }
    end_paragraph(reading);
    if (token->tag == TAG_HR) {
        return DONE;
    }
    if (token->kind == TOKEN_OPEN) {
        if (reading->depth == HOLDERS_MOST) {
            return REFUSED;
        }
        reading->holders[reading->depth++] = token->tag;
        return DONE;
    }
    if (reading->depth == 0 || reading->holders[reading->depth - 1] != token->tag) {
        return REFUSED;
    }
    reading->depth--;
    return DONE;
}

static void note_words(struct reading *reading, const struct token *token) {
    if (!reading->open) {
        if (token->kind == TOKEN_WORDS &&
            is_blank(str_part(reading->html, token->from, token->to))) {
            return; /* the line's end after a block */
        }
        reading->open = true;
        reading->from = token->from;
    }
    reading->to = token->to;
}

static void end_paragraph(struct reading *reading) {
    if (!reading->open) {
        return;
    }
    struct paragraph *paragraph =
        &reading->words.paragraphs[reading->words.paragraph_count++];
    paragraph->kind = kind_of(reading);
    paragraph->from = reading->from;
    paragraph->html = str_part(reading->html, reading->from, reading->to);
    fill_text(reading->arena, paragraph);
    reading->open = false;
}

static enum paragraph_kind kind_of(const struct reading *reading) {
    for (size_t i = reading->depth; i > 0; i--) {
        switch (reading->holders[i - 1]) {
        case TAG_H2:
        case TAG_H3:
        case TAG_H4:
            return PARAGRAPH_HEADING;
        case TAG_LI:
            return PARAGRAPH_ITEM;
        case TAG_TD:
        case TAG_TH:
            return PARAGRAPH_CELL;
        case TAG_CAPTION:
        case TAG_FIGCAPTION:
            return PARAGRAPH_CAPTION;
        case TAG_P:
            continue; /* a p in a cell is the cell's */
        default:
            return PARAGRAPH_WORDS;
        }
    }
    return PARAGRAPH_WORDS;
}

static void note_picture(struct reading *reading, const struct token *token) {
    struct body_picture *picture =
        &reading->words.pictures[reading->words.picture_count++];
    picture->paragraph = reading->words.paragraph_count;
    picture->from = token->from;
    picture->source = resolved(reading->arena, token_attribute(token, "src", NULL));
    picture->alt =
        resolved(reading->arena, token_attribute(token, "alt", &picture->has_alt));
}

static void note_link(struct reading *reading, const struct token *token) {
    struct body_link *link = &reading->words.links[reading->words.link_count++];
    link->paragraph = reading->words.paragraph_count;
    link->address = resolved(reading->arena, token_attribute(token, "href", NULL));
}

static struct str resolved(struct arena *arena, struct str written) {
    struct buffer out;
    buffer_init(&out, arena);
    html_add_resolved(&out, written, 0, NULL);
    return buffer_str(&out);
}

static void fill_text(struct arena *arena, struct paragraph *paragraph) {
    /* Resolved text is never longer than what is written: no room to spare. */
    struct buffer out = {.arena = arena,
                         .at = arena_take(arena, paragraph->html.length + 1),
                         .room = paragraph->html.length + 1};
    uint32_t *places = TAKE_ARRAY(arena, paragraph->html.length + 1, uint32_t);
    size_t position = 0;
    for (;;) {
        struct token token = html_next_token(paragraph->html, &position);
        if (token.kind == TOKEN_END) {
            break;
        }
        size_t at = paragraph->from + token.from;
        if (token.kind == TOKEN_WORDS) {
            html_add_resolved(&out, str_part(paragraph->html, token.from, token.to), at,
                              places);
        } else if (token.tag == TAG_BR) {
            places[out.length] = (uint32_t)at;
            buffer_add_char(&out, '\n');
        }
    }
    places[out.length] = (uint32_t)(paragraph->from + paragraph->html.length);
    paragraph->text = buffer_str(&out);
    paragraph->places = places;
}

static bool is_blank(struct str words) {
    for (size_t i = 0; i < words.length; i++) {
        if (words.at[i] != ' ' && words.at[i] != '\n') {
            return false;
        }
    }
    return true;
}
