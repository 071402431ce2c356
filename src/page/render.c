/*
 * Rendering: walks the instructions with a stack of contexts on the C stack.
 */
#include "page_own.h"

struct context {
    const struct value *value;
    const struct context *outer;
};

/* The blocks one {{<parent}} brings; the outermost parent's win. */
struct frame {
    const struct page *page;
    uint32_t from;
    uint32_t to;
    const struct frame *outer;
};

struct rendering {
    struct set *set;
    const struct words *words;
    struct str language;
    struct buffer *out;
    size_t start;
    int depth;
    bool failed;
};

static void run(struct rendering *r, const struct page *page, uint32_t from, uint32_t to,
                const struct context *context, const struct frame *frame);
static void run_section(struct rendering *r, const struct page *page, uint32_t at,
                        const struct context *context, const struct frame *frame);
static void run_inside(struct rendering *r, const struct page *page, uint32_t at,
                       const struct value *value, const struct context *context,
                       const struct frame *frame);
static void run_block(struct rendering *r, const struct page *page, uint32_t at,
                      const struct context *context, const struct frame *frame);
static const struct instruction *override_of(const struct instruction *block,
                                             const struct frame *frame,
                                             const struct page **out_page);
static void keep_quoted(struct rendering *r, size_t before);
static const struct value *look_up(const struct instruction *at,
                                   const struct context *context);
static const struct value *look_outward(const struct name *name,
                                        const struct context *context);
static void put(struct rendering *r, const struct value *value,
                const struct context *context, enum op op);
static void put_text(struct buffer *out, struct str text, enum op op);
static void put_url_part(struct buffer *out, struct str text);
static void put_words(struct rendering *r, struct str key, const struct context *context,
                      bool plain);
static const struct value *look_piece(const struct name *name,
                                      const struct context *context);
static void put_piece(struct rendering *r, const struct piece *piece,
                      const struct context *context, bool plain);

enum status set_render(struct set *set, uint32_t page, const struct words *words,
                       struct str language, const struct model *model,
                       struct buffer *out) {
    struct rendering r = {.set = set,
                          .words = words,
                          .language = language,
                          .out = out,
                          .start = out->length};
    struct value root = {.kind = VALUE_PART, .part = (struct model *)(uintptr_t)model};
    struct context context = {.value = &root};
    struct page *chosen = &set->pages[page];
    size_t usual = __atomic_load_n(&chosen->usual, __ATOMIC_RELAXED);
    buffer_room(out, usual + usual / 8);
    out->length = r.start;
    run(&r, chosen, 0, chosen->length, &context, NULL);
    if (r.failed) {
        out->length = r.start;
        return log_failed("the page %.*s nests too deeply or prints too much",
                          STR_ARG(chosen->name));
    }
    __atomic_store_n(&chosen->usual, out->length - r.start, __ATOMIC_RELAXED);
    return DONE;
}

static void run(struct rendering *r, const struct page *page, uint32_t from, uint32_t to,
                const struct context *context, const struct frame *frame) {
    if (r->depth == DEPTH_MOST || r->out->length - r->start > PAGE_MOST) {
        r->failed = true;
    }
    if (r->failed) {
        return;
    }
    r->depth++;
    for (uint32_t at = from; at < to; at = page->code[at].end) {
        const struct instruction *now = &page->code[at];
        switch (now->op) {
        case OP_TEXT:
            buffer_add(r->out, now->text);
            break;
        case OP_VALUE:
        case OP_PLAIN:
        case OP_HTML:
        case OP_URL:
        case OP_URL_PART:
            put(r, look_up(now, context), context, now->op);
            break;
        case OP_WORDS:
            put_words(r, now->text, context, now->plain);
            break;
        case OP_SECTION:
            run_section(r, page, at, context, frame);
            break;
        case OP_INVERTED:
            if (!value_is_true(look_up(now, context))) {
                run(r, page, at + 1, now->end, context, frame);
            }
            break;
        case OP_PARTIAL: {
            const struct page *part = &r->set->pages[now->page];
            run(r, part, 0, part->length, context, NULL);
            break;
        }
        case OP_PARENT: {
            const struct page *parent = &r->set->pages[now->page];
            struct frame brought = {page, at + 1, now->end, frame};
            run(r, parent, 0, parent->length, context, &brought);
            break;
        }
        case OP_BLOCK:
            run_block(r, page, at, context, frame);
            break;
        }
    }
    r->depth--;
}

static void run_section(struct rendering *r, const struct page *page, uint32_t at,
                        const struct context *context, const struct frame *frame) {
    const struct value *value = look_up(&page->code[at], context);
    if (!value_is_true(value)) {
        return;
    }
    if (value->kind != VALUE_LIST) {
        run_inside(r, page, at, value, context, frame);
        return;
    }
    for (const struct member *member = value->list->first; member != NULL && !r->failed;
         member = member->next) {
        run_inside(r, page, at, &member->value, context, frame);
    }
}

static void run_inside(struct rendering *r, const struct page *page, uint32_t at,
                       const struct value *value, const struct context *context,
                       const struct frame *frame) {
    struct context inner = {.value = value, .outer = context};
    run(r, page, at + 1, page->code[at].end, &inner, frame);
}

static void run_block(struct rendering *r, const struct page *page, uint32_t at,
                      const struct context *context, const struct frame *frame) {
    const struct instruction *block = &page->code[at];
    const struct page *from = page;
    const struct instruction *override = override_of(block, frame, &from);
    size_t before = r->out->length;
    if (override == NULL) {
        run(r, page, at + 1, block->end, context, frame);
    } else {
        run(r, from, (uint32_t)(override - from->code) + 1, override->end, context,
            frame);
    }
    if (block->plain && override != NULL) {
        keep_quoted(r, before);
    }
}

/* What the outermost template says about this block, or NULL for its default. */
static const struct instruction *override_of(const struct instruction *block,
                                             const struct frame *frame,
                                             const struct page **out_page) {
    const struct instruction *found = NULL;
    for (; frame != NULL; frame = frame->outer) {
        for (uint32_t at = frame->from; at < frame->to; at = frame->page->code[at].end) {
            const struct instruction *candidate = &frame->page->code[at];
            if (candidate->op == OP_BLOCK && candidate->path->hash == block->path->hash &&
                str_equal(candidate->path->text, block->path->text)) {
                found = candidate;
                *out_page = frame->page;
            }
        }
    }
    return found;
}

/* A block inside quotes may not leave them: what tries to is not printed. */
static void keep_quoted(struct rendering *r, size_t before) {
    for (size_t i = before; i < r->out->length; i++) {
        char byte = r->out->at[i];
        if (byte == '"' || byte == '\'' || byte == '<' || byte == '>') {
            log_fault("a block inside an attribute or title held a quote or a tag");
            r->out->length = before;
        }
    }
}

static const struct value *look_up(const struct instruction *at,
                                   const struct context *context) {
    if (at->path_length == 0) {
        return context->value;
    }
    const struct value *value = look_outward(&at->path[0], context);
    for (uint32_t i = 1; i < at->path_length && value != NULL; i++) {
        value = value->kind == VALUE_PART ? model_find(value->part, &at->path[i]) : NULL;
    }
    return value;
}

static const struct value *look_outward(const struct name *name,
                                        const struct context *context) {
    for (; context != NULL; context = context->outer) {
        const struct value *found = context->value->kind == VALUE_PART
                                        ? model_find(context->value->part, name)
                                        : NULL;
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static void put(struct rendering *r, const struct value *value,
                const struct context *context, enum op op) {
    if (value == NULL) {
        return;
    }
    switch (value->kind) {
    case VALUE_TEXT:
        put_text(r->out, value->text, op);
        break;
    case VALUE_HTML:
        if (op == OP_HTML) {
            buffer_add(r->out, value->text);
        } else {
            put_text(r->out, value->text, op);
        }
        break;
    case VALUE_URL:
        put_text(r->out, value->text, op == OP_PLAIN ? OP_PLAIN : OP_VALUE);
        break;
    case VALUE_INT:
        buffer_add_int(r->out, value->number);
        break;
    case VALUE_WORDS:
        put_words(r, value->text, context, op == OP_PLAIN);
        break;
    case VALUE_REFUSAL:
        put_text(r->out,
                 words_refusal(r->words, r->out->arena, r->language, value->refusal), op);
        break;
    case VALUE_NONE:
    case VALUE_FLAG:
    case VALUE_PART:
    case VALUE_LIST:
        break;
    }
}

static void put_text(struct buffer *out, struct str text, enum op op) {
    if (op == OP_PLAIN) {
        buffer_add(out, text);
    } else if (op == OP_URL) {
        buffer_add_escaped(out, url_is_harmless(text) ? text : STR("#"));
    } else if (op == OP_URL_PART) {
        put_url_part(out, text);
    } else {
        buffer_add_escaped(out, text);
    }
}

static void put_url_part(struct buffer *out, struct str text) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
                     byte == '.' || byte == '~' || byte == '/';
        if (plain) {
            buffer_add_char(out, (char)byte);
        } else {
            char *room = buffer_room(out, 3);
            room[0] = '%';
            room[1] = digits[byte >> 4];
            room[2] = digits[byte & 15];
        }
    }
}

static void put_words(struct rendering *r, struct str key, const struct context *context,
                      bool plain) {
    const struct sentence *sentence = words_find(r->words, r->language, key);
    if (sentence == NULL) {
        put_text(r->out, key, plain ? OP_PLAIN : OP_VALUE);
        return;
    }
    if (r->depth >= DEPTH_MOST) {
        r->failed = true;
        return;
    }
    r->depth++; /* a sentence may name another one */
    for (size_t i = 0; i < sentence->count; i++) {
        put_piece(r, &sentence->pieces[i], context, plain);
    }
    r->depth--;
}

/* A placeholder may be dotted, as {failure.number}. */
static const struct value *look_piece(const struct name *name,
                                      const struct context *context) {
    if (str_find(name->text, STR(".")) == name->text.length) {
        return look_outward(name, context);
    }
    struct str rest = name->text;
    struct name part = name_of(str_cut(&rest, '.'));
    const struct value *value = look_outward(&part, context);
    while (value != NULL && rest.length > 0) {
        part = name_of(str_cut(&rest, '.'));
        value = value->kind == VALUE_PART ? model_find(value->part, &part) : NULL;
    }
    return value;
}

static void put_piece(struct rendering *r, const struct piece *piece,
                      const struct context *context, bool plain) {
    enum op op = plain ? OP_PLAIN : OP_VALUE;
    if (piece->kind == PIECE_TEXT) {
        put_text(r->out, piece->text, op);
        return;
    }
    const struct value *value = look_piece(&piece->name, context);
    if (piece->kind == PIECE_NAME) {
        put(r, value, context, op);
        return;
    }
    bool one = value != NULL && ((value->kind == VALUE_INT && value->number == 1) ||
                                 (value->kind == VALUE_TEXT && str_is(value->text, "1")));
    put_text(r->out, one ? piece->text : piece->many, op);
}
