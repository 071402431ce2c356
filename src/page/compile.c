/*
 * From template text to a flat list of instructions.
 *
 * One pass: literal text is followed by html_state, so that at every tag it is
 * known whether a value may stand there and how it must be escaped.  A section
 * has to close where it opened (text, tag, the same attribute); therefore what
 * is known at a tag holds whether the sections before it were printed or not.
 */
#include "page_own.h"

#include <stdarg.h>
#include <string.h>

#define OPEN_MOST 64

struct open {
    char type; /* '#', '^', '<' or '$' */
    struct str name;
    uint32_t at;
    int line;
    struct html_state state;
};

struct compiling {
    const struct set *set;
    struct page *page;
    const struct words *words;
    struct buffer *errors;
    struct str source;
    size_t position;
    int line;
    uint32_t room;
    struct open opens[OPEN_MOST];
    size_t open_count;
    struct html_state state;
};

/* A tag as read: its type (a letter of "&{#^/!><$=", "'" for words, 0 for a value). */
struct tag {
    char type;
    struct str name;
    size_t start;
    size_t end;
};

static bool read_tag(struct compiling *c, size_t start, struct tag *out_tag);
static bool stands_alone(const struct compiling *c, const struct tag *tag,
                         size_t *out_from, size_t *out_to);
static void add_text(struct compiling *c, struct str text);
static void read_literal(struct compiling *c, struct str text);
static void take_tag(struct compiling *c, const struct tag *tag);
static void add_value(struct compiling *c, const struct tag *tag);
static void add_words(struct compiling *c, const struct tag *tag);
static void add_partial(struct compiling *c, const struct tag *tag);
static void open_section(struct compiling *c, const struct tag *tag);
static void close_section(struct compiling *c, const struct tag *tag);
static void check_balance(struct compiling *c, const struct open *open);
static uint32_t page_named(struct compiling *c, struct str name);
static void set_path(struct compiling *c, struct instruction *to, struct str name);
static struct instruction *add(struct compiling *c, enum op op);
static void fault(struct compiling *c, int line, const char *format, ...)
    PRINTF_LIKE(3, 4);
static bool is_blank(char byte);

void page_compile(const struct set *set, struct page *page, const struct words *words,
                  struct buffer *errors) {
    struct compiling c = {.set = set,
                          .page = page,
                          .words = words,
                          .errors = errors,
                          .source = page->source,
                          .line = 1};
    html_state_init(&c.state, page->html);
    while (c.position < c.source.length) {
        struct str rest = str_part(c.source, c.position, c.source.length);
        size_t start = c.position + str_find(rest, STR("{{"));
        struct tag tag;
        if (start == c.source.length) {
            add_text(&c, rest);
            break;
        }
        if (!read_tag(&c, start, &tag)) {
            return;
        }
        size_t from = tag.start;
        size_t to = tag.end;
        stands_alone(&c, &tag, &from, &to);
        add_text(&c, str_part(c.source, c.position, from));
        take_tag(&c, &tag);
        for (size_t i = from; i < to; i++) {
            c.line += c.source.at[i] == '\n';
        }
        c.position = to;
    }
    for (size_t i = 0; i < c.open_count; i++) {
        fault(&c, c.opens[i].line, "{{%c%.*s}} is never closed", c.opens[i].type,
              STR_ARG(c.opens[i].name));
    }
    if (c.open_count == 0 && !page->plain && c.state.place != PLACE_TEXT) {
        fault(&c, c.line, "the template ends inside a tag");
    }
}

static bool read_tag(struct compiling *c, size_t start, struct tag *out_tag) {
    bool triple = str_starts(str_part(c->source, start, c->source.length), "{{{");
    size_t inside = start + (triple ? 3 : 2);
    struct str close = triple ? STR("}}}") : STR("}}");
    struct str rest = str_part(c->source, inside, c->source.length);
    size_t length = str_find(rest, close);
    if (length == rest.length) {
        for (size_t i = c->position; i < start; i++) {
            c->line += c->source.at[i] == '\n';
        }
        fault(c, c->line, "this tag has no end");
        return false;
    }
    struct str name = str_part(rest, 0, length);
    char type = triple ? '{' : 0;
    if (!triple && name.length > 0 && strchr("&#^/!><$='", name.at[0]) != NULL) {
        type = name.at[0];
        name = str_part(name, 1, name.length);
    }
    if (type == '\'') {
        name = str_trim(name);
        name = str_ends(name, "'") ? str_part(name, 0, name.length - 1) : STR("");
    }
    *out_tag = (struct tag){.type = type,
                            .name = str_trim(name),
                            .start = start,
                            .end = inside + length + close.length};
    return true;
}

/* A section, comment, partial or block alone on its line takes the line with it. */
static bool stands_alone(const struct compiling *c, const struct tag *tag,
                         size_t *out_from, size_t *out_to) {
    if (tag->type == 0 || strchr("#^/!><$", tag->type) == NULL) {
        return false;
    }
    size_t from = tag->start;
    while (from > 0 &&
           (c->source.at[from - 1] == ' ' || c->source.at[from - 1] == '\t')) {
        from--;
    }
    size_t to = tag->end;
    while (to < c->source.length &&
           (c->source.at[to] == ' ' || c->source.at[to] == '\t')) {
        to++;
    }
    if (to < c->source.length && c->source.at[to] == '\r') {
        to++;
    }
    bool first = from == 0 || c->source.at[from - 1] == '\n';
    bool last = to == c->source.length || c->source.at[to] == '\n';
    if (!first || !last || from < c->position) {
        return false;
    }
    *out_from = from;
    *out_to = to < c->source.length ? to + 1 : to;
    return true;
}

static void add_text(struct compiling *c, struct str text) {
    if (text.length == 0) {
        return;
    }
    bool between_blocks = c->open_count > 0 && c->opens[c->open_count - 1].type == '<';
    if (!between_blocks) {
        add(c, OP_TEXT)->text = text;
    }
    while (text.length > 0) {
        size_t end = str_find(text, STR("\n"));
        end = end < text.length ? end + 1 : end;
        if (!between_blocks) {
            read_literal(c, str_part(text, 0, end));
        }
        c->line += text.at[end - 1] == '\n';
        text = str_part(text, end, text.length);
    }
}

static void read_literal(struct compiling *c, struct str text) {
    if (c->page->plain) {
        return;
    }
    c->state.forbidden = NULL;
    html_state_read(&c->state, text);
    if (c->state.forbidden != NULL) {
        fault(c, c->line, "%s", c->state.forbidden);
    }
}

static void take_tag(struct compiling *c, const struct tag *tag) {
    html_state_tag(&c->state);
    if (tag->name.length == 0 && tag->type != '!') {
        fault(c, c->line, "this tag names nothing");
        return;
    }
    switch (tag->type) {
    case '!':
        break;
    case '=':
        fault(c, c->line, "delimiters cannot be changed");
        break;
    case '\'':
        add_words(c, tag);
        break;
    case '>':
        add_partial(c, tag);
        break;
    case '#':
    case '^':
    case '<':
    case '$':
        open_section(c, tag);
        break;
    case '/':
        close_section(c, tag);
        break;
    default:
        add_value(c, tag);
        break;
    }
}

static void add_value(struct compiling *c, const struct tag *tag) {
    enum op op = tag->type == 0 ? OP_VALUE : OP_HTML;
    if (c->page->plain) {
        op = OP_PLAIN;
    } else if (c->state.place == PLACE_URL) {
        op = c->state.url_start ? OP_URL : OP_URL_PART;
        c->state.url_start = false;
    } else if (c->state.place == PLACE_VALUE) {
        op = OP_VALUE;
    } else if (c->state.place != PLACE_TEXT) {
        fault(c, c->line, "{{%.*s}}: a value may stand in text or in a quoted attribute",
              STR_ARG(tag->name));
    } else if (c->state.in_text_only) {
        op = OP_VALUE;
    }
    set_path(c, add(c, op), tag->name);
}

static void add_words(struct compiling *c, const struct tag *tag) {
    const char *key = str_text(c->set->arena, tag->name);
    if (!words_know(c->words, key)) {
        fault(c, c->line, "{{'%s'}}: no such sentence in the words", key);
    }
    if (!c->page->plain && c->state.place != PLACE_TEXT &&
        c->state.place != PLACE_VALUE) {
        fault(c, c->line,
              "{{'%s'}}: a sentence may stand in text or in a quoted attribute", key);
    }
    struct instruction *words = add(c, OP_WORDS);
    words->text = tag->name;
    words->plain = c->page->plain;
}

static void add_partial(struct compiling *c, const struct tag *tag) {
    if (c->state.place != PLACE_TEXT || c->state.in_text_only) {
        fault(c, c->line, "{{>%.*s}}: a partial may not stand inside a tag",
              STR_ARG(tag->name));
    }
    add(c, OP_PARTIAL)->page = page_named(c, tag->name);
}

static void open_section(struct compiling *c, const struct tag *tag) {
    if (c->open_count == OPEN_MOST) {
        fault(c, c->line, "sections are nested too deeply");
        return;
    }
    bool in_parent = c->open_count > 0 && c->opens[c->open_count - 1].type == '<';
    struct open *open = &c->opens[c->open_count++];
    *open = (struct open){.type = tag->type,
                          .name = tag->name,
                          .at = c->page->length,
                          .line = c->line,
                          .state = c->state};
    if (tag->type == '#' || tag->type == '^') {
        if (in_parent) {
            fault(c, c->line, "only blocks may stand directly inside {{<…}}");
        }
        set_path(c, add(c, tag->type == '#' ? OP_SECTION : OP_INVERTED), tag->name);
    } else if (tag->type == '<') {
        if (c->state.place != PLACE_TEXT) {
            fault(c, c->line, "{{<%.*s}} may not stand inside a tag", STR_ARG(tag->name));
        }
        add(c, OP_PARENT)->page = page_named(c, tag->name);
    } else {
        struct instruction *block = add(c, OP_BLOCK);
        block->path =
            arena_copy(c->set->arena,
                       &(struct name){.text = tag->name, .hash = name_hash(tag->name)},
                       sizeof(struct name));
        block->path_length = 1;
        block->plain = c->state.place == PLACE_VALUE || c->state.in_text_only;
        if (in_parent) {
            html_state_init(&c->state, c->page->html);
        } else if (c->state.place != PLACE_TEXT && c->state.place != PLACE_VALUE) {
            fault(c, c->line,
                  "{{$%.*s}}: a block may stand in text or in a quoted "
                  "attribute that is no address",
                  STR_ARG(tag->name));
        }
        open->state = in_parent ? c->state : open->state;
    }
}

static void close_section(struct compiling *c, const struct tag *tag) {
    struct open *open = c->open_count == 0 ? NULL : &c->opens[c->open_count - 1];
    if (open == NULL || !str_equal(open->name, tag->name)) {
        fault(c, c->line, "{{/%.*s}} closes nothing that is open here",
              STR_ARG(tag->name));
        return;
    }
    c->open_count--;
    c->page->code[open->at].end = c->page->length;
    if (open->type == '<') {
        c->state = open->state;
    } else if (!c->page->plain) {
        check_balance(c, open);
    }
}

static void check_balance(struct compiling *c, const struct open *open) {
    if (c->state.place != open->state.place ||
        c->state.in_text_only != open->state.in_text_only ||
        (c->state.place != PLACE_TEXT && c->state.quote != open->state.quote &&
         c->state.place != PLACE_TAG)) {
        fault(c, c->line,
              "{{%c%.*s}} opens and closes in different places of the HTML (line %d)",
              open->type, STR_ARG(open->name), open->line);
    }
    c->state.url_start = open->state.url_start;
    c->state.blank = c->state.blank && open->state.blank;
    c->state.raw_follows = c->state.raw_follows || open->state.raw_follows;
    if (c->state.place == PLACE_TAG && !c->state.blank) {
        c->state.cut = true;
    }
}

static uint32_t page_named(struct compiling *c, struct str name) {
    uint32_t found = set_find(c->set, name);
    if (found == c->set->count) {
        fault(c, c->line, "there is no template named %.*s", STR_ARG(name));
    }
    return found;
}

static void set_path(struct compiling *c, struct instruction *to, struct str name) {
    struct name path[PATH_MOST];
    uint32_t length = 0;
    if (str_is(name, ".")) {
        return;
    }
    for (struct str rest = name; rest.length > 0 && length < PATH_MOST;) {
        path[length++] = name_of(str_cut(&rest, '.'));
        if (path[length - 1].text.length == 0 ||
            (length == PATH_MOST && rest.length > 0)) {
            fault(c, c->line, "%.*s is no name", STR_ARG(name));
        }
    }
    for (size_t i = 0; i < name.length; i++) {
        if (is_blank(name.at[i])) {
            fault(c, c->line, "\"%.*s\": a name has no blanks", STR_ARG(name));
            break;
        }
    }
    to->path = arena_copy(c->set->arena, path, length * sizeof *path);
    to->path_length = length;
}

static struct instruction *add(struct compiling *c, enum op op) {
    struct page *page = c->page;
    if (page->length == c->room) {
        uint32_t room = c->room == 0 ? 16 : c->room * 2;
        struct instruction *grown = TAKE_ARRAY(c->set->arena, room, struct instruction);
        if (page->length > 0) {
            memcpy(grown, page->code, page->length * sizeof *grown);
        }
        page->code = grown;
        c->room = room;
    }
    struct instruction *added = &page->code[page->length++];
    *added = (struct instruction){.op = op, .end = page->length};
    return added;
}

static void fault(struct compiling *c, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char sentence[300];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    buffer_add_format(c->errors, "%.*s:%d: %s\n", STR_ARG(c->page->file), line, sentence);
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n'; }
