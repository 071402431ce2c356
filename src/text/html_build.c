/*
 * Builds the tree that is written from the events of the source.
 *
 * Invariants of the tree, whatever the events say: the root, quotations, cells,
 * list items and figures hold blocks; a list holds items, a table sections, a
 * section rows, a row cells; p, headings and captions hold words.  Cells, items
 * and figures may hold words directly, two stretches of which are kept apart by
 * br.  Formats never hold blocks: a format that spans blocks is opened anew in
 * each.  Blanks are collapsed as a browser does; none stands at the border of a
 * block.
 */
#include "text/text_own.h"

#define FRAMES_MOST  512 /* deeper elements of the source are unwrapped */
#define FORMATS_MOST 24
#define DEPTH_MOST   48 /* of blocks in what is written */
#define NODES_MOST   600000

struct frame {
    enum role role;       /* what its end has to undo */
    struct html_node *at; /* the holder before it */
    struct str layout;    /* the layout class before it */
    bool closes_words;    /* it began a caption or heading */
};

struct format {
    enum tag tag;
    struct str written;
    struct html_node *placed; /* in the present block, or NULL */
};

struct builder {
    struct arena *arena;
    int *dropped;
    struct html_node *root;
    struct html_node *at;    /* the holder that takes the next block */
    struct html_node *block; /* where words go; NULL between blocks */
    struct html_node *words; /* the innermost format in the block, or the block */
    struct str layout;       /* class for paragraphs that are made here */
    struct frame frames[FRAMES_MOST];
    size_t depth;      /* of the source */
    size_t dropping;   /* elements open inside one that is left out */
    size_t words_only; /* captions and headings open in the source */
    struct format formats[FORMATS_MOST];
    size_t format_count;
    bool has_words; /* since the start of the block or the last br */
    bool is_begun;  /* the block has words */
    bool blank_pending;
    int breaks_pending;
    size_t nodes;
};

static void start(struct builder *builder, const struct html_element *element);
static void end(struct builder *builder);
static void add_words(struct builder *builder, struct str text);
static void note_attributes(struct builder *builder, const struct html_element *element);
static struct frame *push(struct builder *builder);
static void start_block(struct builder *builder, enum tag tag,
                        const struct html_element *element);
static void start_holder(struct builder *builder, enum tag tag,
                         const struct html_element *element);
static struct html_node *parent_for(struct builder *builder, enum tag tag);
static void start_format(struct builder *builder, enum tag tag,
                         const struct html_element *element);
static void break_words(struct builder *builder);
static void end_block(struct builder *builder);
static void end_format(struct builder *builder);
static void enter_flow(struct builder *builder);
static void enter_words(struct builder *builder);
static struct html_node *add_node(struct builder *builder, struct html_node *parent,
                                  enum tag tag, struct str written);
static struct html_node *nearest(struct html_node *node, enum tag a, enum tag b);
static size_t depth_of(const struct html_node *node);
static bool holds_flow(enum tag tag);
static bool takes_words(enum tag tag);
static bool is_word_tag(enum tag tag);
static bool ends_in_words(const struct html_node *node);

enum status html_build(struct arena *arena, struct bytes events,
                       int dropped[DROPPED_KINDS], struct html_node **out_root) {
    struct builder *builder = TAKE(arena, struct builder);
    struct html_element *element = TAKE(arena, struct html_element);
    builder->arena = arena;
    builder->dropped = dropped;
    builder->root = TAKE(arena, struct html_node);
    builder->at = builder->root;
    builder->layout = STR("");
    size_t position = 0;
    size_t open = 0;
    enum html_event event;
    struct str text;
    while (builder->nodes < NODES_MOST &&
           html_next_event(events, &position, &event, element, &text)) {
        switch (event) {
        case EVENT_START:
            open++;
            start(builder, element);
            break;
        case EVENT_END:
            if (open > 0) { /* libxml2 ends a broken document once too often */
                open--;
                end(builder);
            }
            break;
        case EVENT_TEXT:
            if (builder->dropping == 0) {
                add_words(builder, text);
            }
            break;
        }
    }
    if (position != events.length) {
        return REFUSED;
    }
    *out_root = builder->root;
    return DONE;
}

bool html_is_empty(const struct html_node *node) {
    switch (node->tag) {
    case TAG_TEXT:
    case TAG_IMG:
    case TAG_HR:
    case TAG_TD:
    case TAG_TH:
        return false;
    default:
        break;
    }
    for (const struct html_node *child = node->first; child != NULL;
         child = child->next) {
        if (!html_is_empty(child)) {
            return false;
        }
    }
    return true;
}

static void start(struct builder *builder, const struct html_element *element) {
    const struct html_rule *rule = html_rule_of(element->name);
    if (builder->dropping > 0 || rule->role == ROLE_DROP) {
        if (builder->dropping++ == 0 && rule->missed != DROPPED_KINDS) {
            builder->dropped[rule->missed]++;
        }
        return;
    }
    note_attributes(builder, element);
    switch (rule->role) {
    case ROLE_BLOCK:
        start_block(builder, rule->tag, element);
        return;
    case ROLE_HOLDER:
        start_holder(builder, rule->tag, element);
        return;
    case ROLE_FORMAT:
        start_format(builder, rule->tag, element);
        return;
    default:
        break;
    }
    struct frame *frame = push(builder);
    struct str written;
    switch (rule->role) {
    case ROLE_BREAK:
        break_words(builder);
        if (frame != NULL) {
            struct str layout = html_layout_class(builder->arena, element);
            frame->role = ROLE_BREAK;
            builder->layout = layout.length > 0 ? layout : builder->layout;
        }
        break;
    case ROLE_BR:
        builder->breaks_pending += builder->is_begun;
        builder->has_words = false;
        builder->blank_pending = false;
        break;
    case ROLE_HR:
        break_words(builder);
        if (builder->words_only == 0) {
            enter_flow(builder);
            add_node(builder, builder->at, TAG_HR, STR(""));
        }
        break;
    case ROLE_IMG:
        if (html_attributes_of(builder->arena, TAG_IMG, element, &written)) {
            enter_words(builder);
            add_node(builder, builder->words, TAG_IMG, written);
        } else {
            builder->dropped[DROPPED_PICTURE]++;
        }
        break;
    default:
        break;
    }
}

static void end(struct builder *builder) {
    if (builder->dropping > 0) {
        builder->dropping--;
        return;
    }
    if (builder->depth-- > FRAMES_MOST) {
        return;
    }
    struct frame *frame = &builder->frames[builder->depth];
    switch (frame->role) {
    case ROLE_FORMAT:
        end_format(builder);
        return;
    case ROLE_BREAK:
        break_words(builder);
        break;
    case ROLE_BLOCK:
    case ROLE_HOLDER:
        end_block(builder);
        builder->at = frame->at;
        builder->words_only -= frame->closes_words;
        break;
    default:
        break;
    }
    builder->layout = frame->layout;
}

/* Words, their blanks collapsed.  U+3000 and U+00A0 are no blanks here: people
 * indent with them. */
static void add_words(struct builder *builder, struct str text) {
    for (size_t i = 0; i < text.length;) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte <= 0x20 || byte == 0x7f) {
            builder->blank_pending = builder->blank_pending || builder->has_words;
            i++;
            continue;
        }
        size_t from = i;
        while (i < text.length && (unsigned char)text.at[i] > 0x20 &&
               text.at[i] != 0x7f) {
            i++;
        }
        enter_words(builder);
        struct str piece = str_copy(builder->arena, str_part(text, from, i));
        add_node(builder, builder->words, TAG_TEXT, piece);
    }
}

static void note_attributes(struct builder *builder, const struct html_element *element) {
    bool styled = str_is(element->name, "font");
    for (size_t i = 0; i < element->attribute_count; i++) {
        struct str name = element->attributes[i].name;
        builder->dropped[DROPPED_SCRIPT] += str_starts(name, "on");
        styled = styled || str_is(name, "style");
    }
    builder->dropped[DROPPED_STYLE] += styled;
}

/* A frame for an element of the source, undoing nothing yet; NULL when too deep. */
static struct frame *push(struct builder *builder) {
    if (builder->depth++ >= FRAMES_MOST) {
        return NULL;
    }
    struct frame *frame = &builder->frames[builder->depth - 1];
    *frame =
        (struct frame){.role = ROLE_UNWRAP, .at = builder->at, .layout = builder->layout};
    return frame;
}

static void start_block(struct builder *builder, enum tag tag,
                        const struct html_element *element) {
    struct frame *frame = push(builder);
    bool belongs = tag == TAG_CAPTION
                       ? builder->at->tag == TAG_TABLE && builder->at->first == NULL
                   : tag == TAG_FIGCAPTION ? builder->at->tag == TAG_FIGURE
                                           : true;
    break_words(builder);
    if (frame == NULL || builder->words_only > 0 || !belongs) {
        if (frame != NULL) {
            frame->role = ROLE_BREAK;
        }
        return;
    }
    if (tag != TAG_CAPTION) {
        enter_flow(builder);
    }
    struct str written;
    if (!html_attributes_of(builder->arena, tag, element, &written)) {
        written = STR("");
    }
    if (tag == TAG_P && written.length == 0 && builder->layout.length > 0) {
        written = str_format(builder->arena, " class=\"%.*s\"", STR_ARG(builder->layout));
    }
    frame->role = ROLE_BLOCK;
    frame->closes_words = tag != TAG_P;
    builder->words_only += tag != TAG_P;
    builder->block = add_node(builder, builder->at, tag, written);
    builder->words = builder->block;
}

static void start_holder(struct builder *builder, enum tag tag,
                         const struct html_element *element) {
    struct frame *frame = push(builder);
    break_words(builder);
    struct html_node *parent =
        frame == NULL || builder->words_only > 0 ? NULL : parent_for(builder, tag);
    if (parent == NULL) {
        if (frame != NULL) {
            frame->role = ROLE_BREAK;
        }
        return;
    }
    if (tag == TAG_THEAD && parent->last != NULL && parent->last->tag != TAG_CAPTION) {
        tag = TAG_TBODY;
    }
    struct str written;
    if (!html_attributes_of(builder->arena, tag, element, &written)) {
        written = STR("");
    }
    frame->role = ROLE_HOLDER;
    builder->layout = STR("");
    builder->at = add_node(builder, parent, tag, written);
}

/* Where a holder goes; NULL where it may not stand.  Missing sections and rows
 * of a table are made. */
static struct html_node *parent_for(struct builder *builder, enum tag tag) {
    struct html_node *parent;
    switch (tag) {
    case TAG_LI:
        parent = nearest(builder->at, TAG_UL, TAG_OL);
        return parent;
    case TAG_THEAD:
    case TAG_TBODY:
        return nearest(builder->at, TAG_TABLE, TAG_TABLE);
    case TAG_TR:
    case TAG_TD:
    case TAG_TH:
        parent = nearest(builder->at, TAG_TABLE, TAG_TABLE);
        if (parent == NULL) {
            return NULL;
        }
        if (tag != TAG_TR && builder->at->tag != TAG_TABLE &&
            nearest(builder->at, TAG_TR, TAG_TABLE)->tag == TAG_TR) {
            return nearest(builder->at, TAG_TR, TAG_TABLE);
        }
        if (nearest(builder->at, TAG_TBODY, TAG_THEAD) != NULL &&
            depth_of(nearest(builder->at, TAG_TBODY, TAG_THEAD)) > depth_of(parent)) {
            parent = nearest(builder->at, TAG_TBODY, TAG_THEAD);
        } else if (parent->last != NULL && parent->last->implied) {
            parent = parent->last;
        } else {
            parent = add_node(builder, parent, TAG_TBODY, STR(""));
            parent->implied = true;
        }
        return tag == TAG_TR ? parent : add_node(builder, parent, TAG_TR, STR(""));
    default:
        if (depth_of(builder->at) >= DEPTH_MOST ||
            (tag == TAG_FIGURE && builder->at->tag == TAG_FIGURE)) {
            return NULL;
        }
        if ((builder->at->tag == TAG_UL || builder->at->tag == TAG_OL) &&
            builder->at->last != NULL) {
            return builder->at->last; /* a list put between two items */
        }
        enter_flow(builder);
        return builder->at;
    }
}

static void start_format(struct builder *builder, enum tag tag,
                         const struct html_element *element) {
    struct frame *frame = push(builder);
    struct str written = STR("");
    bool ours = html_attributes_of(builder->arena, tag, element, &written);
    for (size_t i = 0; i < element->attribute_count && !ours; i++) {
        builder->dropped[DROPPED_LINK] += str_is(element->attributes[i].name, "href");
    }
    for (size_t i = 0; i < builder->format_count; i++) {
        ours = ours && builder->formats[i].tag != tag; /* bold in bold is bold */
    }
    if (frame == NULL || !ours || builder->format_count == FORMATS_MOST) {
        return;
    }
    frame->role = ROLE_FORMAT;
    builder->formats[builder->format_count++] =
        (struct format){.tag = tag, .written = written};
}

/* A border between paragraphs; inside a caption or heading it is a new line. */
static void break_words(struct builder *builder) {
    if (builder->words_only == 0) {
        end_block(builder);
        return;
    }
    if (builder->is_begun && builder->breaks_pending == 0) {
        builder->breaks_pending = 1;
    }
    builder->has_words = false;
    builder->blank_pending = false;
}

static void end_block(struct builder *builder) {
    builder->block = NULL;
    builder->words = NULL;
    builder->has_words = false;
    builder->is_begun = false;
    builder->blank_pending = false;
    builder->breaks_pending = 0;
    for (size_t i = 0; i < builder->format_count; i++) {
        builder->formats[i].placed = NULL;
    }
}

static void end_format(struct builder *builder) {
    builder->format_count--;
    if (builder->block != NULL) {
        struct html_node *outer =
            builder->format_count == 0
                ? NULL
                : builder->formats[builder->format_count - 1].placed;
        for (size_t i = builder->format_count; i > 0 && outer == NULL; i--) {
            outer = builder->formats[i - 1].placed;
        }
        builder->words = outer != NULL ? outer : builder->block;
    }
}

/* Make sure that the holder may hold blocks: in a list that needs an item, in a
 * table a cell. */
static void enter_flow(struct builder *builder) {
    end_block(builder);
    if (holds_flow(builder->at->tag)) {
        return;
    }
    bool is_list = builder->at->tag == TAG_UL || builder->at->tag == TAG_OL;
    enum tag tag = is_list ? TAG_LI : TAG_TD;
    struct html_node *parent = parent_for(builder, tag);
    builder->at = add_node(builder, parent, tag, STR(""));
}

/* Make sure that words can be added: a block, its pending br and blank, and the
 * formats that are on. */
static void enter_words(struct builder *builder) {
    if (builder->block == NULL) {
        enter_flow(builder);
        if (takes_words(builder->at->tag)) {
            builder->block = builder->at;
            builder->breaks_pending = ends_in_words(builder->at);
        } else {
            struct str written = builder->layout.length == 0
                                     ? STR("")
                                     : str_format(builder->arena, " class=\"%.*s\"",
                                                  STR_ARG(builder->layout));
            builder->block = add_node(builder, builder->at, TAG_P, written);
        }
        builder->words = builder->block;
    }
    for (; builder->breaks_pending > 0; builder->breaks_pending--) {
        add_node(builder, builder->words, TAG_BR, STR(""));
        builder->blank_pending = false;
    }
    if (builder->blank_pending) {
        add_node(builder, builder->words, TAG_TEXT, STR(" "));
    }
    builder->blank_pending = false;
    builder->has_words = true;
    builder->is_begun = true;
    for (size_t i = 0; i < builder->format_count; i++) {
        struct format *format = &builder->formats[i];
        if (format->placed == NULL) {
            format->placed =
                add_node(builder, builder->words, format->tag, format->written);
        }
        builder->words = format->placed;
    }
}

static struct html_node *add_node(struct builder *builder, struct html_node *parent,
                                  enum tag tag, struct str written) {
    struct html_node *node = TAKE(builder->arena, struct html_node);
    builder->nodes++;
    node->tag = tag;
    node->written = written;
    node->parent = parent;
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    return node;
}

/* *node* or the nearest holder around it that is an *a* or a *b*. */
static struct html_node *nearest(struct html_node *node, enum tag a, enum tag b) {
    while (node != NULL && node->tag != a && node->tag != b) {
        node = node->parent;
    }
    return node;
}

static size_t depth_of(const struct html_node *node) {
    size_t depth = 0;
    for (; node->parent != NULL; node = node->parent) {
        depth++;
    }
    return depth;
}

static bool holds_flow(enum tag tag) {
    return tag == TAG_ROOT || tag == TAG_BLOCKQUOTE || takes_words(tag);
}

static bool takes_words(enum tag tag) {
    return tag == TAG_LI || tag == TAG_TD || tag == TAG_TH || tag == TAG_FIGURE;
}

static bool is_word_tag(enum tag tag) {
    return tag == TAG_TEXT || tag == TAG_BR || tag == TAG_IMG ||
           (tag >= TAG_STRONG && tag <= TAG_A);
}

/* True if the last thing seen in *node* is words and not a block. */
static bool ends_in_words(const struct html_node *node) {
    bool words = false;
    for (const struct html_node *child = node->first; child != NULL;
         child = child->next) {
        if (!html_is_empty(child)) {
            words = is_word_tag(child->tag);
        }
    }
    return words;
}
