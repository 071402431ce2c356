/*
 * The half of cleaning that runs in the sandbox: libxml2 reads the HTML and what
 * it sees is told as events.  It decides nothing; whatever it says, the writer on
 * the other side puts out only what it knows.
 */
#include "text/text_own.h"

#include <libxml/HTMLparser.h>
#include <string.h>

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes);
static void on_end(void *context, const xmlChar *name);
static void on_characters(void *context, const xmlChar *at, int length);
static void add_number(struct buffer *out, size_t number);
static void add_text(struct buffer *out, struct str text);
static struct str str_of_xml(const xmlChar *text);

enum status html_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    /* Blanks between inline elements are words' borders, never ignorable. */
    htmlSAXHandler handler = {.startElement = on_start,
                              .endElement = on_end,
                              .characters = on_characters,
                              .ignorableWhitespace = on_characters,
                              .cdataBlock = on_characters};
    (void)arena;
    if (input.length == 0) {
        return DONE;
    }
    htmlParserCtxtPtr parser = htmlNewParserCtxt();
    if (parser == NULL) {
        return REFUSED;
    }
    *parser->sax = handler;
    parser->userData = out;
    htmlDocPtr tree = htmlCtxtReadMemory(
        parser, (const char *)input.at, (int)input.length, NULL, "UTF-8",
        HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
    xmlFreeDoc(tree);
    htmlFreeParserCtxt(parser);
    return DONE;
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes) {
    struct buffer *out = context;
    size_t count = 0;
    while (attributes != NULL && count < ATTRIBUTES_MOST &&
           attributes[2 * count] != NULL) {
        count++;
    }
    buffer_add_char(out, EVENT_START);
    add_text(out, str_of_xml(name));
    add_number(out, count);
    for (size_t i = 0; i < count; i++) {
        add_text(out, str_of_xml(attributes[2 * i]));
        add_text(out, str_of_xml(attributes[2 * i + 1]));
    }
}

static void on_end(void *context, const xmlChar *name) {
    (void)name;
    buffer_add_char(context, EVENT_END);
}

static void on_characters(void *context, const xmlChar *at, int length) {
    struct buffer *out = context;
    buffer_add_char(out, EVENT_TEXT);
    add_text(out, (struct str){(const char *)at, length > 0 ? (size_t)length : 0});
}

static void add_number(struct buffer *out, size_t number) {
    uint32_t small = (uint32_t)number;
    memcpy(buffer_room(out, sizeof small), &small, sizeof small);
}

static void add_text(struct buffer *out, struct str text) {
    add_number(out, text.length);
    buffer_add(out, text);
}

static struct str str_of_xml(const xmlChar *text) { return str_of((const char *)text); }
