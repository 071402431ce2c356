/*
 * Only for src/text: the events between the HTML parser and the writer, and the
 * places in the table of parsers.
 */
#ifndef TEXT_TEXT_OWN_H
#define TEXT_TEXT_OWN_H

#include "text/text.h"

/* Places in text_parsers. */
enum text_parser {
    TEXT_PARSER_HTML,
    TEXT_PARSER_PICTURE,
    TEXT_PARSER_OFFICE,
    TEXT_PARSER_PDF,
    TEXT_PARSER_CONVERT,
    TEXT_PARSER_PACKAGE,
    TEXT_PARSERS,
};

/*
 * HTML as the sandboxed parser tells it: a row of events.  Numbers are uint32_t
 * in the machine's order, texts a length and bytes.
 *   EVENT_START name count (name value)*   EVENT_END   EVENT_TEXT text
 */
enum html_event { EVENT_START = 1, EVENT_END = 2, EVENT_TEXT = 3 };

enum status html_parse(struct arena *arena, struct bytes input, struct buffer *out);

#define ATTRIBUTES_MOST 64

struct html_attribute {
    struct str name;
    struct str value;
};

struct html_element {
    struct str name;
    struct html_attribute attributes[ATTRIBUTES_MOST]; /* further ones are not told */
    size_t attribute_count;
};

/* Read one event; false at the end or if the bytes are no event. */
bool html_next_event(struct bytes events, size_t *position, enum html_event *out_event,
                     struct html_element *out_element, struct str *out_text);

/* The elements that may be written. */
enum tag {
    TAG_ROOT,
    TAG_TEXT,
    TAG_P,
    TAG_H2,
    TAG_H3,
    TAG_H4,
    TAG_BLOCKQUOTE,
    TAG_HR,
    TAG_UL,
    TAG_OL,
    TAG_LI,
    TAG_TABLE,
    TAG_CAPTION,
    TAG_THEAD,
    TAG_TBODY,
    TAG_TR,
    TAG_TH,
    TAG_TD,
    TAG_FIGURE,
    TAG_FIGCAPTION,
    TAG_STRONG,
    TAG_EM,
    TAG_U,
    TAG_S,
    TAG_SUB,
    TAG_SUP,
    TAG_A,
    TAG_BR,
    TAG_IMG,
    TAGS
};

const char *tag_name(enum tag tag);

/* What an element of the source does to what is written. */
enum role {
    ROLE_UNWRAP, /* nothing; its content counts */
    ROLE_BREAK,  /* a paragraph ends before and after it */
    ROLE_BLOCK,  /* holds words: p, headings */
    ROLE_HOLDER, /* holds blocks: lists, tables, quotations, figures */
    ROLE_FORMAT, /* marks words inside a block */
    ROLE_BR,
    ROLE_HR,
    ROLE_IMG,
    ROLE_DROP,    /* left out with all it holds */
    ROLE_NOTHING, /* empty element that nobody misses: meta, link, col */
};

struct html_rule {
    const char *name;
    enum role role;
    enum tag tag;
    enum dropped_kind missed; /* for ROLE_DROP; DROPPED_KINDS: nobody misses it */
};

const struct html_rule *html_rule_of(struct str name);

/* The attributes that *tag* may have, as they are written: ` href="…"`.  False
 * if an element cannot stand without one that is missing or not ours. */
bool html_attributes_of(struct arena *arena, enum tag tag,
                        const struct html_element *element, struct str *out_written);

/* The class that the layout asks for by class, align or style, or empty. */
struct str html_layout_class(struct arena *arena, const struct html_element *element);

struct str html_attribute(const struct html_element *element, const char *name);

/* Append *text* with & < > " ' ` as character references. */
void html_add_escaped(struct buffer *out, struct str text);

/* What is written, as a tree. */
struct html_node {
    enum tag tag;
    bool implied;       /* not in the source, made to keep the tree regular */
    struct str written; /* attributes, or the text of TAG_TEXT */
    struct html_node *parent, *first, *last, *next;
};

/* Build the tree from events.  REFUSED if they are not what html_parse makes. */
MUST_CHECK enum status html_build(struct arena *arena, struct bytes events,
                                  int dropped[DROPPED_KINDS],
                                  struct html_node **out_root);

/* True if nothing in *node* would be seen. */
bool html_is_empty(const struct html_node *node);

struct str html_write(struct arena *arena, const struct html_node *root);

/* One token of a cleaned body. */
enum token_kind { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_WORDS, TOKEN_WRONG };

struct token {
    enum token_kind kind;
    enum tag tag;
    size_t from, to;       /* in the body */
    struct str attributes; /* of an opening tag, as written */
};

struct token html_next_token(struct str html, size_t *position);

/* The value of an attribute as written, or the empty string; *out_is_there may be
 * NULL. */
struct str token_attribute(const struct token *token, const char *name,
                           bool *out_is_there);

/* Resolve the references that html_add_escaped makes, noting for each byte given
 * out where it is written, counted from *base*; *places* may be NULL. */
void html_add_resolved(struct buffer *out, struct str written, size_t base,
                       uint32_t *places);

/* The outermost blocks of a cleaned body. */
MUST_CHECK enum status html_blocks(struct arena *arena, struct str html,
                                   struct str **out_blocks, size_t *out_count);

/* Fill *match*[i] with the place in *b* of the element that *a*[i] stays, or
 * NOT_MATCHED, by the shortest script of Myers (1986).  Beyond STEPS_MOST changes
 * only the common beginning and end are matched. */
#define NOT_MATCHED SIZE_MAX
#define STEPS_MOST  1000
void difference_match(const uint32_t *a, size_t a_count, const uint32_t *b,
                      size_t b_count, size_t *match);

/* Numbers for texts: the same text has the same number, over several lists. */
struct numbering;
struct numbering *numbering_new(struct arena *arena, size_t most);
uint32_t numbering_of(struct numbering *numbering, struct str text);

/*
 * A picture as the sandbox tells it: four int32_t, those of struct picture, and the
 * rewritten picture.
 */
enum status picture_parse(struct arena *arena, struct bytes input, struct buffer *out);

/* Write the picture anew; false if it is none of this kind or broken. */
bool png_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out);
bool jpeg_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out);
bool gif_rewrite(struct bytes bytes, struct picture *picture, struct buffer *out);

/*
 * A document as the sandbox tells it: for each part a byte of enum part_kind, a
 * byte for hidden, then name and text, each a uint32_t and bytes.  When it refuses
 * it tells one byte of enum unpack_fault.
 */
enum status office_parse(struct arena *arena, struct bytes input, struct buffer *out);
enum status pdf_parse(struct arena *arena, struct bytes input, struct buffer *out);

/*
 * A docx, xlsx or pptx without its maker, as the sandbox tells it: one byte, 1 if it
 * told of one and else 0, and the archive written anew.  REFUSED, with nothing told,
 * where the archive cannot be read or is signed.
 */
enum status package_parse(struct arena *arena, struct bytes input, struct buffer *out);

/* The parts that it tells; REFUSED if the bytes are none. */
MUST_CHECK enum status document_told(struct arena *arena, struct bytes told,
                                     struct document *out_document);

/* Bytes of a docx or xlsx for a byte of enum conversion and an older file. */
enum status convert_parse(struct arena *arena, struct bytes input, struct buffer *out);

/* Have poppler read the tables it wants from files, before any input; once, in the
 * zygote. */
void pdf_warm(void);

enum unpack_fault {
    UNPACK_BROKEN = 1, /* not what it says it is, or contradicts itself */
    UNPACK_TOO_MUCH,   /* unpacks to more than the limits */
    UNPACK_WILD,       /* names that leave the archive, or the same name twice */
    UNPACK_LOCKED,     /* encrypted */
    UNPACK_XML,        /* XML that is broken, too deep, or has a DTD */
    UNPACK_FAULTS
};

/* An unpacked entry that the readers want. */
struct entry {
    struct str name;
    struct bytes bytes; /* empty for those that are not XML */
};

struct entries {
    struct entry *at;
    size_t count;
};

/* A record of the central directory, checked against the archive. */
struct packed {
    struct str name;
    struct bytes bytes; /* as they lie in the archive */
    uint64_t from;      /* the local head and these bytes */
    uint64_t to;
    uint32_t flags;
    uint32_t method;
    uint32_t size; /* unpacked, as it says */
    uint32_t sum;  /* CRC-32 of that */
};

#define PACKED_STORED 0 /* a method: as it is */

/* Check the directory of a zip whole; 0, or what is wrong.  Nothing is unpacked. */
enum unpack_fault zip_directory(struct arena *arena, struct bytes zip,
                                struct packed **out_packed, size_t *out_count);

/* Unpack one entry; 0, or BROKEN if it has another size or sum than it says. */
enum unpack_fault packed_unpack(struct arena *arena, const struct packed *packed,
                                struct bytes *out_bytes);

/* Check the directory of a zip, then unpack its XML entries; 0, or what is wrong. */
enum unpack_fault zip_unpack(struct arena *arena, struct bytes zip,
                             struct entries *out_entries);

/* What one XML reading does with what it meets; names come without prefix. */
struct xml_reader {
    void (*start)(struct xml_reader *reader, struct str name, const char **attributes);
    void (*end)(struct xml_reader *reader, struct str name);
    void (*words)(struct xml_reader *reader, struct str text);
    size_t tag_from; /* while start or end runs: where in the XML their tag stands */
    size_t tag_to;
};

/* Read XML without DTD; 0, UNPACK_XML, or UNPACK_TOO_MUCH. */
enum unpack_fault xml_read(struct xml_reader *reader, struct bytes xml);

/* An attribute by its name without prefix, or the empty string. */
struct str xml_attribute(const char **attributes, const char *name);

/* One part under way in the sandbox's answer. */
void office_add_part(struct buffer *out, enum part_kind kind, bool hidden,
                     struct str name, struct str text);

/* Workbooks have their own reader; 0 or a fault. */
enum unpack_fault workbook_read(struct arena *arena, const struct entries *entries,
                                struct buffer *out);
const struct entry *entry_named(const struct entries *entries, struct str name);

#endif
