/*
 * Writes the tree: one block to a line, nothing that is empty.
 */
#include "text/text_own.h"

static void write_node(struct buffer *out, const struct html_node *node);
static bool ends_its_line(enum tag tag);
static bool begins_with_line(enum tag tag);

struct str html_write(struct arena *arena, const struct html_node *root) {
    struct buffer out;
    buffer_init(&out, arena);
    for (const struct html_node *node = root->first; node != NULL; node = node->next) {
        write_node(&out, node);
    }
    return buffer_str(&out);
}

/* The depth of the tree is bounded where it is built. */
static void write_node(struct buffer *out, const struct html_node *node) {
    if (node->tag == TAG_TEXT) {
        html_add_escaped(out, node->written);
        return;
    }
    bool is_void = node->tag == TAG_BR || node->tag == TAG_HR || node->tag == TAG_IMG;
    if (!is_void && html_is_empty(node)) {
        return;
    }
    buffer_add_char(out, '<');
    buffer_add_text(out, tag_name(node->tag));
    buffer_add(out, node->written);
    buffer_add_char(out, '>');
    if (!is_void) {
        buffer_add_text(out, begins_with_line(node->tag) ? "\n" : "");
        for (const struct html_node *child = node->first; child != NULL;
             child = child->next) {
            write_node(out, child);
        }
        buffer_add_text(out, "</");
        buffer_add_text(out, tag_name(node->tag));
        buffer_add_char(out, '>');
    }
    buffer_add_text(out, ends_its_line(node->tag) ? "\n" : "");
}

static bool ends_its_line(enum tag tag) {
    return tag < TAG_STRONG && tag != TAG_TD && tag != TAG_TH;
}

static bool begins_with_line(enum tag tag) {
    return tag == TAG_UL || tag == TAG_OL || tag == TAG_TABLE || tag == TAG_THEAD ||
           tag == TAG_TBODY || tag == TAG_BLOCKQUOTE;
}
