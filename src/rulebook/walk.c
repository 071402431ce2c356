/*
 * The walker: binds a tree to the structures of element.h by the schema
 * tables.  It knows no word of the language; every fault is noted and the walk
 * goes on, so that all of them are shown at once.
 */
#include "rulebook_own.h"

#include <string.h>

struct walking {
    struct reader *reader;
    const struct schema *schema;
    const struct node *node;
    char *thing;
    struct str path;
    const struct basis *own; /* what parts of this element inherit */
    struct route *route;     /* the route around a step */
};

static void set_defaults(const struct schema *schema, char *thing);
static void bind_entries(struct walking *walking);
static void bind(struct walking *walking, const struct schema_field *field,
                 const struct node *node);
static void bind_number(struct walking *walking, const struct schema_field *field,
                        const struct node *node);
static void bind_truth(struct walking *walking, const struct node *node, bool *slot);
static void bind_day(struct walking *walking, const struct node *node, civil_day *slot);
static int read_word(struct walking *walking, const struct schema_field *field,
                     const struct node *node);
static void bind_words(struct walking *walking, const struct schema_field *field,
                       const struct node *node);
static void bind_strings(struct walking *walking, const struct schema_field *field,
                         const struct node *node);
static void bind_references(struct walking *walking, const struct schema_field *field,
                            const struct node *node);
static void bind_many(struct walking *walking, const struct schema_field *field,
                      const struct node *node);
static void bind_one(struct walking *walking, const struct schema_field *field,
                     const struct node *node);
static void place_basis(const struct walking *walking);
static const struct basis *bind_basis(struct walking *walking, const struct basis *heir);
static void note_element(struct reader *reader, const struct basis *basis);
static void check_demanded(struct walking *walking);
static void unknown_word(struct walking *walking, const struct node *node);
static bool is_scalar(struct walking *walking, const struct node *node);
static void refer_to(struct walking *walking, const struct node *node, enum refer refer,
                     int *slot, uint32_t *bits);
static struct str path_below(struct reader *reader, struct str path,
                             const struct node *node, size_t index);

void walk(struct reader *reader, const struct schema *schema, const struct node *node,
          void *thing, struct str path, const struct basis *heir, void *route) {
    struct walking walking = {.reader = reader,
                              .schema = schema,
                              .node = node,
                              .thing = thing,
                              .path = path,
                              .own = heir,
                              .route = route};
    set_defaults(schema, thing);
    place_basis(&walking);
    struct node shorthand = {.kind = NODE_MAP};
    if (node->kind == NODE_SCALAR && schema->shorthand != NULL) {
        struct node *only = arena_copy(reader->arena, node, sizeof *node);
        only->key = str_of(schema->shorthand);
        only->next = NULL;
        shorthand = *node;
        shorthand.kind = NODE_MAP;
        shorthand.first = only;
        walking.node = arena_copy(reader->arena, &shorthand, sizeof shorthand);
    } else if (node->kind != NODE_MAP) {
        FAULT(reader, node, "%.*s 应写成“名称: 内容”。",
              "%.*s must be a map of names and contents.", STR_ARG(path));
        return;
    }
    if (schema->keyed) {
        *(struct str *)(void *)(walking.thing + schema->code_offset) = node->key;
    }
    if (schema->ruling != RULED_NOT) {
        walking.own = bind_basis(&walking, heir);
    }
    bind_entries(&walking);
    check_demanded(&walking);
}

/* References that are not written name nothing. */
static void set_defaults(const struct schema *schema, char *thing) {
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        if (field->want == WANT_REF) {
            *(int *)(void *)(thing + field->offset) = NO_INDEX;
        } else if (field->want == WANT_BOOL) {
            *(bool *)(void *)(thing + field->offset) = field->least != 0;
        } else if (field->want == WANT_SELF) {
            set_defaults(field->schema, thing);
        }
    }
}

static void bind_entries(struct walking *walking) {
    const struct schema *schema = walking->schema;
    for (const struct node *entry = walking->node->first; entry != NULL;
         entry = entry->next) {
        bool ruling = schema->ruling != RULED_NOT &&
                      (str_is(entry->key, "basis") || str_is(entry->key, "house"));
        const struct schema_field *found = NULL;
        for (size_t i = 0; i < schema->field_count && found == NULL; i++) {
            found = str_is(entry->key, schema->fields[i].key) ? &schema->fields[i] : NULL;
        }
        if (found != NULL) {
            bind(walking, found, entry);
        } else if (!ruling) {
            unknown_word(walking, entry);
        }
    }
}

static void bind(struct walking *walking, const struct schema_field *field,
                 const struct node *node) {
    void *slot = walking->thing + field->offset;
    switch (field->want) {
    case WANT_STR:
        if (is_scalar(walking, node)) {
            *(struct str *)slot = node->text;
            refer_to(walking, node, field->refer, NULL, NULL);
        }
        break;
    case WANT_INT:
        bind_number(walking, field, node);
        break;
    case WANT_BOOL:
        bind_truth(walking, node, slot);
        break;
    case WANT_DAY:
        bind_day(walking, node, slot);
        break;
    case WANT_WORD:
        *(int *)slot = read_word(walking, field, node);
        break;
    case WANT_WORDS:
        bind_words(walking, field, node);
        break;
    case WANT_STRS:
        bind_strings(walking, field, node);
        break;
    case WANT_REF:
        if (is_scalar(walking, node)) {
            refer_to(walking, node, field->refer, slot, NULL);
        }
        break;
    case WANT_REFS:
    case WANT_BITS:
        bind_references(walking, field, node);
        break;
    case WANT_SELF:
        walk(walking->reader, field->schema, node, walking->thing,
             path_below(walking->reader, walking->path, node, 0), walking->own,
             walking->route);
        break;
    case WANT_ONE:
        bind_one(walking, field, node);
        break;
    case WANT_MANY:
        bind_many(walking, field, node);
        break;
    }
}

static void bind_number(struct walking *walking, const struct schema_field *field,
                        const struct node *node) {
    int64_t number = 0;
    if (!is_scalar(walking, node)) {
        return;
    }
    if (str_to_int(node->text, &number) != DONE) {
        FAULT(walking->reader, node, "“%s”应是整数，写的是“%.*s”。",
              "“%s” must be a whole number, not “%.*s”.", field->key,
              STR_ARG(node->text));
    } else if (number < field->least || number > field->most) {
        FAULT(walking->reader, node, "“%s”应在 %d 到 %d 之间。",
              "“%s” must be between %d and %d.", field->key, field->least, field->most);
    } else {
        *(int *)(void *)(walking->thing + field->offset) = (int)number;
    }
}

/* Only the two plain words: YAML's yes, no, on and off are not truth values here. */
static void bind_truth(struct walking *walking, const struct node *node, bool *slot) {
    bool yes = node->kind == NODE_SCALAR && !node->quoted && str_is(node->text, "true");
    bool no = node->kind == NODE_SCALAR && !node->quoted && str_is(node->text, "false");
    if (!yes && !no) {
        FAULT(walking->reader, node, "“%.*s”只能写 true 或 false。",
              "“%.*s” is either true or false.", STR_ARG(node->key));
        return;
    }
    *slot = yes;
}

static void bind_day(struct walking *walking, const struct node *node, civil_day *slot) {
    if (is_scalar(walking, node) && day_from_text(node->text, slot) != DONE) {
        FAULT(walking->reader, node, "“%.*s”应是日期，如 2021-03-08。",
              "“%.*s” must be a date such as 2021-03-08.", STR_ARG(node->key));
    }
}

static int read_word(struct walking *walking, const struct schema_field *field,
                     const struct node *node) {
    if (!is_scalar(walking, node)) {
        return field->words[0].value;
    }
    struct nearest nearest;
    nearest_begin(&nearest, node->text);
    struct buffer all;
    buffer_init(&all, walking->reader->arena);
    for (const struct word *word = field->words; word->name != NULL; word++) {
        if (str_is(node->text, word->name)) {
            return word->value;
        }
        nearest_try(&nearest, str_of(word->name));
        buffer_add_format(&all, "%s%s", all.length > 0 ? ", " : "", word->name);
    }
    FAULT_WORD(walking->reader, node, nearest_end(&nearest),
               "“%s”不能写“%.*s”，可写 %.*s。", "“%s” cannot be “%.*s”; it may be %.*s.",
               field->key, STR_ARG(node->text), STR_ARG(buffer_str(&all)));
    return field->words[0].value;
}

static void bind_words(struct walking *walking, const struct schema_field *field,
                       const struct node *node) {
    if (node->kind != NODE_LIST) {
        FAULT(walking->reader, node, "“%s”应是列表。", "“%s” must be a list.",
              field->key);
        return;
    }
    unsigned *slot = (unsigned *)(void *)(walking->thing + field->offset);
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        *slot |= (unsigned)read_word(walking, field, item);
    }
}

static void bind_strings(struct walking *walking, const struct schema_field *field,
                         const struct node *node) {
    if (node->kind != NODE_LIST) {
        FAULT(walking->reader, node, "“%s”应是列表。", "“%s” must be a list.",
              field->key);
        return;
    }
    struct str *texts =
        TAKE_ARRAY(walking->reader->arena, node_count(node) + 1, struct str);
    size_t count = 0;
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        if (is_scalar(walking, item)) {
            texts[count++] = item->text;
            refer_to(walking, item, field->refer, NULL, NULL);
        }
    }
    *(struct str **)(void *)(walking->thing + field->offset) = texts;
    *(size_t *)(void *)(walking->thing + field->count_offset) = count;
}

static void bind_references(struct walking *walking, const struct schema_field *field,
                            const struct node *node) {
    void *slot = walking->thing + field->offset;
    if (node->kind != NODE_LIST) {
        FAULT(walking->reader, node, "“%s”应是列表。", "“%s” must be a list.",
              field->key);
        return;
    }
    int *indexes = NULL;
    size_t count = 0;
    if (field->want == WANT_REFS) {
        indexes = TAKE_ARRAY(walking->reader->arena, node_count(node) + 1, int);
        *(int **)slot = indexes;
    }
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        if (!is_scalar(walking, item)) {
            continue;
        }
        if (indexes != NULL) {
            indexes[count] = NO_INDEX;
            refer_to(walking, item, field->refer, &indexes[count++], NULL);
        } else {
            refer_to(walking, item, field->refer, NULL, slot);
        }
    }
    if (indexes != NULL) {
        *(size_t *)(void *)(walking->thing + field->count_offset) = count;
    }
}

static void bind_many(struct walking *walking, const struct schema_field *field,
                      const struct node *node) {
    const struct schema *schema = field->schema;
    if (node->kind != (schema->keyed ? NODE_MAP : NODE_LIST)) {
        FAULT(walking->reader, node,
              schema->keyed ? "“%s”应写成“代码: 内容”。" : "“%s”应是列表（- 开头）。",
              schema->keyed ? "“%s” must be a map of codes and contents."
                            : "“%s” must be a list of “- …”.",
              field->key);
        return;
    }
    size_t count = node_count(node);
    char *things =
        arena_take_array(walking->reader->arena, count + schema->spare + 1, schema->size);
    size_t index = 0;
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        char *thing = things + index * schema->size;
        struct str path = path_below(walking->reader, walking->path, node, 0);
        walk(walking->reader, schema, item, thing,
             path_below(walking->reader, path, item, index), walking->own,
             schema->of_route ? (void *)walking->thing : (void *)walking->route);
        index++;
    }
    *(char **)(void *)(walking->thing + field->offset) = things;
    *(size_t *)(void *)(walking->thing + field->count_offset) = count;
}

static void bind_one(struct walking *walking, const struct schema_field *field,
                     const struct node *node) {
    char *thing = arena_take(walking->reader->arena, field->schema->size);
    walk(walking->reader, field->schema, node, thing,
         path_below(walking->reader, walking->path, node, 0), walking->own,
         field->schema->of_route ? (void *)walking->thing : (void *)walking->route);
    *(char **)(void *)(walking->thing + field->offset) = thing;
}

/* What cites a rule has a place from the start: the checks speak of it even when nothing
 * in it could be read. */
static void place_basis(const struct walking *walking) {
    const struct schema *schema = walking->schema;
    if (schema->ruling == RULED_NOT) {
        return;
    }
    struct basis *basis = (struct basis *)(void *)(walking->thing + schema->basis_offset);
    basis->path = walking->path;
    basis->file = walking->node->file;
    basis->line = walking->node->line;
}

/* Read `basis` and `house`, and put the element on the list of rules. */
static const struct basis *bind_basis(struct walking *walking, const struct basis *heir) {
    const struct schema *schema = walking->schema;
    struct basis *basis = (struct basis *)(void *)(walking->thing + schema->basis_offset);
    const struct node *cited = node_get(walking->node, "basis");
    const struct node *house = node_get(walking->node, "house");
    if (cited == NULL && house == NULL && schema->ruling == RULED_HEIR && heir != NULL) {
        *basis = *heir;
        return basis;
    }
    if (house != NULL) {
        bind_truth(walking, house, &basis->house);
    }
    if (cited != NULL && is_scalar(walking, cited)) {
        basis->id = cited->text;
    }
    if (str_is_empty(basis->id) && !basis->house) {
        FAULT(walking->reader, walking->node,
              "“%.*s”没有写依据：写 basis: 要求编号，或 house: "
              "true（本规章未规定，默认）。",
              "“%.*s” cites nothing: write basis: and a requirement, or house: true (our "
              "default).",
              STR_ARG(walking->path));
    }
    note_element(walking->reader, basis);
    return basis;
}

static void note_element(struct reader *reader, const struct basis *basis) {
    if (reader->element_count == reader->element_room) {
        size_t room = reader->element_room == 0 ? 256 : reader->element_room * 2;
        struct basis *more = TAKE_ARRAY(reader->arena, room, struct basis);
        if (reader->element_count > 0) {
            memcpy(more, reader->elements, reader->element_count * sizeof *more);
        }
        reader->elements = more;
        reader->element_room = room;
    }
    reader->elements[reader->element_count++] = *basis;
}

static void check_demanded(struct walking *walking) {
    if (!str_is_empty(walking->reader->without)) {
        return; /* parts are missing on purpose */
    }
    const struct schema *schema = walking->schema;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        if (field->demanded && node_get(walking->node, field->key) == NULL) {
            FAULT(walking->reader, walking->node, "%.*s 缺少“%s”。", "%.*s lacks “%s”.",
                  STR_ARG(walking->path), field->key);
        }
    }
}

static void unknown_word(struct walking *walking, const struct node *node) {
    const struct schema *schema = walking->schema;
    struct nearest nearest;
    nearest_begin(&nearest, node->key);
    for (size_t i = 0; i < schema->field_count; i++) {
        nearest_try(&nearest, str_of(schema->fields[i].key));
    }
    if (schema->ruling != RULED_NOT) {
        nearest_try(&nearest, STR("basis"));
        nearest_try(&nearest, STR("house"));
    }
    FAULT_KEY(walking->reader, node, nearest_end(&nearest), "不认识的词“%.*s”。",
              "Unknown word “%.*s”.", STR_ARG(node->key));
}

static bool is_scalar(struct walking *walking, const struct node *node) {
    if (node->kind == NODE_SCALAR && !str_is_empty(node->text)) {
        return true;
    }
    struct str name = str_is_empty(node->key) ? walking->path : node->key;
    FAULT(walking->reader, node, "“%.*s”应写一个词或一句话。",
          "“%.*s” must be a word or a sentence.", STR_ARG(name));
    return false;
}

static void refer_to(struct walking *walking, const struct node *node, enum refer refer,
                     int *slot, uint32_t *bits) {
    if (refer == REFER_NONE) {
        return;
    }
    struct reader *reader = walking->reader;
    struct pending *pending = TAKE(reader->arena, struct pending);
    *pending = (struct pending){.node = node,
                                .refer = refer,
                                .slot = slot,
                                .bits = bits,
                                .route = walking->route};
    *reader->pending_end = pending;
    reader->pending_end = &pending->next;
}

static struct str path_below(struct reader *reader, struct str path,
                             const struct node *node, size_t index) {
    const char *dot = path.length > 0 ? "." : "";
    if (str_is_empty(node->key)) {
        return str_format(reader->arena, "%.*s[%zu]", STR_ARG(path), index + 1);
    }
    return str_format(reader->arena, "%.*s%s%.*s", STR_ARG(path), dot,
                      STR_ARG(node->key));
}
