/*
 * XML inside office files, by expat: no DTD, hence no entities of its own; a bound
 * on depth.
 */
#include "text/text_own.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#define XML_DEPTH_MOST 256

struct xml_parsing {
    XML_Parser parser;
    struct xml_reader *reader;
    int depth;
};

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes);
static void on_end(void *context, const XML_Char *name);
static void on_words(void *context, const XML_Char *at, int length);
static void on_doctype(void *context, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public_id, int has_internal);
static void tell_tag(struct xml_parsing *parsing);
static struct str without_prefix(const char *name);

enum unpack_fault xml_read(struct xml_reader *reader, struct bytes xml) {
    struct xml_parsing parsing = {.reader = reader};
    parsing.parser = XML_ParserCreate(NULL);
    if (parsing.parser == NULL || xml.length > INT_MAX) {
        XML_ParserFree(parsing.parser);
        return UNPACK_TOO_MUCH;
    }
    XML_SetUserData(parsing.parser, &parsing);
    XML_SetElementHandler(parsing.parser, on_start, on_end);
    XML_SetCharacterDataHandler(parsing.parser, on_words);
    XML_SetStartDoctypeDeclHandler(parsing.parser, on_doctype);
    enum XML_Status status =
        XML_Parse(parsing.parser, (const char *)xml.at, (int)xml.length, 1);
    XML_ParserFree(parsing.parser);
    return status == XML_STATUS_OK ? 0 : UNPACK_XML;
}

struct str xml_attribute(const char **attributes, const char *name) {
    for (; attributes[0] != NULL; attributes += 2) {
        if (str_is(without_prefix(attributes[0]), name)) {
            return str_of(attributes[1]);
        }
    }
    return STR("");
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes) {
    struct xml_parsing *parsing = context;
    if (++parsing->depth > XML_DEPTH_MOST) {
        XML_StopParser(parsing->parser, XML_FALSE);
        return;
    }
    tell_tag(parsing);
    parsing->reader->start(parsing->reader, without_prefix(name), attributes);
}

static void on_end(void *context, const XML_Char *name) {
    struct xml_parsing *parsing = context;
    parsing->depth--;
    tell_tag(parsing);
    parsing->reader->end(parsing->reader, without_prefix(name));
}

static void on_words(void *context, const XML_Char *at, int length) {
    struct xml_parsing *parsing = context;
    parsing->reader->words(parsing->reader, (struct str){at, (size_t)length});
}

static void on_doctype(void *context, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public_id, int has_internal) {
    (void)name;
    (void)system;
    (void)public_id;
    (void)has_internal;
    XML_StopParser(((struct xml_parsing *)context)->parser, XML_FALSE);
}

/* The end of an empty tag stands behind it and is no bytes long. */
static void tell_tag(struct xml_parsing *parsing) {
    parsing->reader->tag_from = (size_t)XML_GetCurrentByteIndex(parsing->parser);
    parsing->reader->tag_to =
        parsing->reader->tag_from + (size_t)XML_GetCurrentByteCount(parsing->parser);
}

static struct str without_prefix(const char *name) {
    const char *colon = strchr(name, ':');
    return str_of(colon == NULL ? name : colon + 1);
}
