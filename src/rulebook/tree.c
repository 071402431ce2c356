/*
 * A YAML file as a tree that remembers where every word stood.
 *
 * Only the plain part of YAML: maps, lists and scalars.  Aliases, anchors,
 * tags, a second document, keys that are not scalars, duplicate keys, deep
 * nesting and outsized files are refused.
 */
#include "rulebook_own.h"

#include <yaml.h>

struct growing {
    struct reader *reader;
    yaml_parser_t parser;
    struct str file;
    size_t nodes;
    bool broken; /* a fault after which nothing more can be read */
};

static struct node *read_document(struct growing *growing);
static struct node *read_node(struct growing *growing, const yaml_event_t *event,
                              int depth);
static struct node *read_children(struct growing *growing, const yaml_event_t *event,
                                  int depth);
static void add_entry(struct growing *growing, struct node *map, struct node ***end,
                      const struct node *key, struct node *value);
static bool next_event(struct growing *growing, yaml_event_t *out_event);
static void syntax_fault(struct growing *growing);
static void refuse_extras(struct growing *growing, const yaml_event_t *event);
static int line_of(yaml_mark_t mark);
static int column_of(yaml_mark_t mark);

struct node *tree_read(struct reader *reader, struct str file, struct str text) {
    if (text.length > FILE_MOST) {
        fault_at(reader, file, 1, 1, STR(""), "文件超过 1 MiB。",
                 "The file is larger than 1 MiB.");
        return NULL;
    }
    if (!utf8_is_valid(text)) {
        fault_at(reader, file, 1, 1, STR(""), "文件不是 UTF-8 编码，请另存为 UTF-8。",
                 "The file is not UTF-8; save it as UTF-8.");
        return NULL;
    }
    struct growing growing = {.reader = reader, .file = file};
    if (!yaml_parser_initialize(&growing.parser)) {
        log_fatal("out of memory");
    }
    yaml_parser_set_encoding(&growing.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&growing.parser, (const unsigned char *)text.at,
                                 text.length);
    struct node *root = read_document(&growing);
    yaml_parser_delete(&growing.parser);
    if (!growing.broken && (root == NULL || root->kind != NODE_MAP)) {
        fault_at(reader, file, 1, 1, STR(""), "文件应是“名称: 内容”的列表。",
                 "The file must be a map of names and contents.");
        return NULL;
    }
    return growing.broken ? NULL : root;
}

void tree_join(struct reader *reader, struct node *map, struct node *more) {
    struct node **end = &map->first;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    for (struct node *entry = more->first, *next; entry != NULL; entry = next) {
        next = entry->next;
        entry->next = NULL;
        const struct node *other = node_get(map, str_text(reader->arena, entry->key));
        if (other != NULL) {
            FAULT_KEY(reader, entry, STR(""), "“%.*s”已在 %.*s 第 %d 行写过。",
                      "“%.*s” stands already in %.*s, line %d.", STR_ARG(entry->key),
                      STR_ARG(other->file), other->key_line);
            continue;
        }
        *end = entry;
        end = &entry->next;
    }
}

struct node *node_get(const struct node *map, const char *key) {
    for (struct node *entry = map->first; entry != NULL; entry = entry->next) {
        if (str_is(entry->key, key)) {
            return entry;
        }
    }
    return NULL;
}

size_t node_count(const struct node *node) {
    size_t count = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        count++;
    }
    return count;
}

void tree_digest(struct digesting *digesting, const struct node *node) {
    static const char *const kinds[] = {"scalar", "list", "map"};
    digest_add_field(digesting, "key", node->key);
    digest_add_field(digesting, kinds[node->kind], node->text);
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        tree_digest(digesting, child);
    }
    digest_add_field(digesting, "end", STR(""));
}

static struct node *read_document(struct growing *growing) {
    struct node *root = NULL;
    bool second = false;
    for (bool ended = false; !ended && !growing->broken;) {
        yaml_event_t event;
        if (!next_event(growing, &event)) {
            break;
        }
        switch (event.type) {
        case YAML_STREAM_END_EVENT:
            ended = true;
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (second) {
                fault_at(growing->reader, growing->file, line_of(event.start_mark),
                         column_of(event.start_mark), STR(""),
                         "一个文件只写一份，去掉“---”。",
                         "One file holds one document; take the “---” out.");
                growing->broken = true;
            }
            second = true;
            break;
        case YAML_ALIAS_EVENT:
        case YAML_SCALAR_EVENT:
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
            root = read_node(growing, &event, 1);
            break;
        default:
            break;
        }
        yaml_event_delete(&event);
    }
    return root;
}

/* The node that begins with *event*; NULL once broken. */
static struct node *read_node(struct growing *growing, const yaml_event_t *event,
                              int depth) {
    struct reader *reader = growing->reader;
    refuse_extras(growing, event);
    if (depth > NESTING_MOST || ++growing->nodes > NODES_MOST) {
        fault_at(reader, growing->file, line_of(event->start_mark),
                 column_of(event->start_mark), STR(""), "嵌套过深或内容过多。",
                 "Nested too deep, or too much in one file.");
        growing->broken = true;
    }
    if (growing->broken) {
        return NULL;
    }
    struct node *node = TAKE(reader->arena, struct node);
    node->file = growing->file;
    node->line = line_of(event->start_mark);
    node->column = column_of(event->start_mark);
    node->key_line = node->line; /* until it has a name; the root never has one */
    node->key_column = node->column;
    if (event->type == YAML_SCALAR_EVENT) {
        node->kind = NODE_SCALAR;
        node->text =
            str_copy(reader->arena, (struct str){(const char *)event->data.scalar.value,
                                                 event->data.scalar.length});
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return node;
    }
    node->kind = event->type == YAML_MAPPING_START_EVENT ? NODE_MAP : NODE_LIST;
    node->first = read_children(growing, event, depth);
    return growing->broken ? NULL : node;
}

static struct node *read_children(struct growing *growing, const yaml_event_t *opening,
                                  int depth) {
    bool map = opening->type == YAML_MAPPING_START_EVENT;
    struct node holder = {.kind = NODE_MAP};
    struct node **end = &holder.first;
    struct node *key = NULL;
    while (!growing->broken) {
        yaml_event_t event;
        if (!next_event(growing, &event)) {
            break;
        }
        bool ended =
            event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT;
        struct node *node = ended ? NULL : read_node(growing, &event, depth + 1);
        yaml_event_delete(&event);
        if (ended) {
            break;
        }
        if (node == NULL) {
            continue;
        }
        if (!map) {
            *end = node;
            end = &node->next;
        } else if (key == NULL) {
            key = node;
        } else {
            add_entry(growing, &holder, &end, key, node);
            key = NULL;
        }
    }
    return holder.first;
}

static void add_entry(struct growing *growing, struct node *map, struct node ***end,
                      const struct node *key, struct node *value) {
    struct reader *reader = growing->reader;
    if (key->kind != NODE_SCALAR || str_is_empty(key->text)) {
        FAULT(reader, key, "名称应是一个词。", "A name must be a single word.");
        return;
    }
    value->key = key->text;
    value->key_line = key->line;
    value->key_column = key->column;
    const struct node *other = node_get(map, str_text(reader->arena, key->text));
    if (other != NULL) {
        FAULT(reader, key, "“%.*s”重复，第 %d 行已有。",
              "“%.*s” stands twice; first on line %d.", STR_ARG(key->text),
              other->key_line);
        return;
    }
    **end = value;
    *end = &value->next;
}

static bool next_event(struct growing *growing, yaml_event_t *out_event) {
    if (yaml_parser_parse(&growing->parser, out_event)) {
        return true;
    }
    syntax_fault(growing);
    growing->broken = true;
    return false;
}

/* libyaml names the place of the problem, or (an unclosed quote) of its beginning. */
static void syntax_fault(struct growing *growing) {
    const yaml_parser_t *parser = &growing->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
    bool unclosed = parser->error == YAML_SCANNER_ERROR && parser->context != NULL &&
                    str_equal(str_of(problem), STR("found unexpected end of stream"));
    yaml_mark_t mark = unclosed ? parser->context_mark : parser->problem_mark;
    int since = parser->context != NULL ? line_of(parser->context_mark) : line_of(mark);
    fault_at(growing->reader, growing->file, line_of(mark), column_of(mark), STR(""),
             "YAML 写法有误（%s；从第 %d 行开始的部分）。请检查缩进、引号和冒号。",
             "Not valid YAML (%s; in what begins on line %d). Check indentation, quotes "
             "and colons.",
             problem, since);
}

static void refuse_extras(struct growing *growing, const yaml_event_t *event) {
    const unsigned char *anchor = NULL;
    const unsigned char *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        growing->broken = true;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor != NULL || tag != NULL) {
        fault_at(growing->reader, growing->file, line_of(event->start_mark),
                 column_of(event->start_mark), STR(""),
                 "不使用锚点、别名和标签（& * !），请写出全文。",
                 "Anchors, aliases and tags (& * !) are not used; write it out.");
    }
}

static int line_of(yaml_mark_t mark) { return (int)mark.line + 1; }

static int column_of(yaml_mark_t mark) { return (int)mark.column + 1; }
