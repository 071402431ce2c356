/*
 * The half of cleaning that runs in the sandbox: libxml2 reads the HTML and what
 * it sees is told as events.  It decides nothing; whatever it says, the writer on
 * the other side puts out only what it knows.
 *
 * libxml2 ends <b> where a paragraph begins and forgets it.  A browser opens it again
 * with the next words (HTML, 13.2.4.3, the list of active formatting elements), and so
 * do we: a format that ended without an end tag of its own waits in *kept* until words
 * come, until its end tag does, or until the cell it began in ends.
 */
#include "text/text_own.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define OPEN_MOST  512 /* deeper ones are told, but nothing is opened again in them */
#define KEPT_MOST  8
#define LOOKS_BACK 64 /* bytes of an end tag */

struct open_element {
    struct str name;
    bool is_ours; /* opened again; libxml2 does not know of it */
};

struct kept_format {
    struct str name;
    size_t depth; /* at which it began */
};

struct telling {
    struct arena *arena;
    htmlParserCtxtPtr parser;
    struct buffer *out;
    struct open_element open[OPEN_MOST];
    size_t depth;
    struct kept_format kept[KEPT_MOST];
    size_t kept_count;
};

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes);
static void on_end(void *context, const xmlChar *name);
static void on_characters(void *context, const xmlChar *at, int length);
static void on_error(void *context, xmlErrorPtr error);
static void close_format(struct telling *telling, struct str name);
static void open_again(struct telling *telling);
static void close_ours(struct telling *telling);
static void open_element(struct telling *telling, struct str name, bool is_ours);
static void keep_format(struct telling *telling, struct str name, size_t depth);
static void forget_kept(struct telling *telling, size_t depth);
static bool is_kept_format(struct str name);
static bool has_end_tag(const struct telling *telling, struct str name);
static bool is_blank(const xmlChar *at, int length);
static void add_number(struct buffer *out, size_t number);
static void add_text(struct buffer *out, struct str text);
static struct str str_of_xml(const xmlChar *text);

enum status html_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    /* Blanks between inline elements are words' borders, never ignorable. */
    htmlSAXHandler handler = {.startElement = on_start,
                              .endElement = on_end,
                              .characters = on_characters,
                              .ignorableWhitespace = on_characters,
                              .cdataBlock = on_characters,
                              .serror = on_error,
                              .initialized = XML_SAX2_MAGIC};
    if (input.length == 0) {
        return DONE;
    }
    htmlParserCtxtPtr parser = htmlNewParserCtxt();
    if (parser == NULL) {
        return REFUSED;
    }
    struct telling *telling = TAKE(arena, struct telling);
    telling->arena = arena;
    telling->parser = parser;
    telling->out = out;
    *parser->sax = handler;
    parser->userData = telling;
    htmlDocPtr tree = htmlCtxtReadMemory(
        parser, (const char *)input.at, (int)input.length, NULL, "UTF-8",
        HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
    xmlFreeDoc(tree);
    htmlFreeParserCtxt(parser);
    return DONE;
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes) {
    struct telling *telling = context;
    struct buffer *out = telling->out;
    size_t count = 0;
    enum role role = html_rule_of(str_of_xml(name))->role;
    if (role == ROLE_FORMAT || role == ROLE_IMG) {
        open_again(telling);
    }
    while (attributes != NULL && count < ATTRIBUTES_MOST &&
           attributes[2 * count] != NULL) {
        count++;
    }
    open_element(telling, str_of_xml(name), false);
    add_number(out, count);
    for (size_t i = 0; i < count; i++) {
        add_text(out, str_of_xml(attributes[2 * i]));
        add_text(out, str_of_xml(attributes[2 * i + 1]));
    }
}

static void on_end(void *context, const xmlChar *name) {
    struct telling *telling = context;
    struct str ended = str_of_xml(name);
    close_ours(telling);
    buffer_add_char(telling->out, EVENT_END);
    telling->depth -= telling->depth > 0;
    if (is_kept_format(ended) && !has_end_tag(telling, ended)) {
        keep_format(telling, ended, telling->depth);
    }
    if (str_is(ended, "td") || str_is(ended, "th") || str_is(ended, "caption") ||
        str_is(ended, "body")) {
        forget_kept(telling, telling->depth);
    }
}

static void on_characters(void *context, const xmlChar *at, int length) {
    struct telling *telling = context;
    if (!is_blank(at, length)) {
        open_again(telling);
    }
    buffer_add_char(telling->out, EVENT_TEXT);
    add_text(telling->out,
             (struct str){(const char *)at, length > 0 ? (size_t)length : 0});
}

/* An end tag of an element that libxml2 has ended before: the format is over. */
static void on_error(void *context, xmlErrorPtr error) {
    struct telling *telling = ((htmlParserCtxtPtr)error->ctxt)->userData;
    struct str name = error->str1 == NULL ? STR("") : str_of(error->str1);
    (void)context;
    if (error->code != XML_ERR_TAG_NAME_MISMATCH || !is_kept_format(name)) {
        return;
    }
    close_format(telling, name);
    for (size_t i = telling->kept_count; i > 0; i--) {
        if (str_equal(telling->kept[i - 1].name, name)) {
            memmove(&telling->kept[i - 1], &telling->kept[i],
                    (telling->kept_count - i) * sizeof telling->kept[0]);
            telling->kept_count--;
            return;
        }
    }
}

/* End what was opened again, wherever it stands among other formats: these go on. */
static void close_format(struct telling *telling, struct str name) {
    size_t end = telling->depth;
    size_t place = end <= OPEN_MOST ? end : 0;
    while (place > 0 && is_kept_format(telling->open[place - 1].name) &&
           !str_equal(telling->open[place - 1].name, name)) {
        place--;
    }
    if (place == 0 || !telling->open[place - 1].is_ours) {
        return;
    }
    for (size_t i = place - 1; i < end; i++) {
        buffer_add_char(telling->out, EVENT_END);
    }
    telling->depth = place - 1;
    for (size_t i = place; i < end; i++) {
        open_element(telling, telling->open[i].name, telling->open[i].is_ours);
        add_number(telling->out, 0);
    }
}

/* What waits begins anew, before words. */
static void open_again(struct telling *telling) {
    for (size_t i = 0; i < telling->kept_count && telling->depth < OPEN_MOST; i++) {
        open_element(telling, telling->kept[i].name, true);
        add_number(telling->out, 0);
    }
    telling->kept_count = telling->depth < OPEN_MOST ? 0 : telling->kept_count;
}

/* What was opened again inside an element that ends now waits once more. */
static void close_ours(struct telling *telling) {
    size_t end = telling->depth;
    while (telling->depth > 0 && telling->depth <= OPEN_MOST &&
           telling->open[telling->depth - 1].is_ours) {
        buffer_add_char(telling->out, EVENT_END);
        telling->depth--;
    }
    for (size_t i = telling->depth; i < end; i++) {
        keep_format(telling, telling->open[i].name, telling->depth);
    }
}

/* Its attributes are to follow. */
static void open_element(struct telling *telling, struct str name, bool is_ours) {
    if (telling->depth < OPEN_MOST) {
        telling->open[telling->depth] =
            (struct open_element){str_copy(telling->arena, name), is_ours};
    }
    telling->depth++;
    buffer_add_char(telling->out, EVENT_START);
    add_text(telling->out, name);
}

static void keep_format(struct telling *telling, struct str name, size_t depth) {
    for (size_t i = 0; i < telling->kept_count; i++) {
        if (str_equal(telling->kept[i].name, name)) {
            return;
        }
    }
    size_t place = telling->kept_count; /* those that began further out come first */
    if (place == KEPT_MOST) {
        return;
    }
    for (; place > 0 && telling->kept[place - 1].depth > depth; place--) {
        telling->kept[place] = telling->kept[place - 1];
    }
    telling->kept[place] = (struct kept_format){str_copy(telling->arena, name), depth};
    telling->kept_count++;
}

/* Those that began deeper. */
static void forget_kept(struct telling *telling, size_t depth) {
    size_t count = 0;
    for (size_t i = 0; i < telling->kept_count; i++) {
        if (telling->kept[i].depth <= depth) {
            telling->kept[count++] = telling->kept[i];
        }
    }
    telling->kept_count = count;
}

/* Links and small letters do not go on; a browser knows more, but writes no others. */
static bool is_kept_format(struct str name) {
    enum tag tag = html_rule_of(name)->tag;
    return tag == TAG_STRONG || tag == TAG_EM || tag == TAG_U || tag == TAG_S;
}

/* When an element is ended by its own end tag, libxml2 stands behind that. */
static bool has_end_tag(const struct telling *telling, struct str name) {
    const xmlChar *base = telling->parser->input->base;
    const xmlChar *at = telling->parser->input->cur;
    if (at == NULL || at == base || at[-1] != '>') {
        return false;
    }
    for (size_t back = 0; at > base + 1 && back < LOOKS_BACK; back++) {
        at--;
        if (at[-1] == '<') {
            struct str tag = {(const char *)at, back + 1};
            return tag.length > name.length + 1 && tag.at[0] == '/' &&
                   xmlStrncasecmp(at + 1, (const xmlChar *)name.at, (int)name.length) ==
                       0 &&
                   !((tag.at[name.length + 1] | 0x20) >= 'a' &&
                     (tag.at[name.length + 1] | 0x20) <= 'z');
        }
    }
    return false;
}

static bool is_blank(const xmlChar *at, int length) {
    for (int i = 0; i < length; i++) {
        if (at[i] > 0x20) {
            return false;
        }
    }
    return true;
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
