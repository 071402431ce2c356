/*
 * Words of docx, pptx and ofd, from every corner of them; runs in the sandbox.
 * All three mark words and the ends of lines with a few element names, so that one
 * table of names reads them; workbooks are in workbook.c.
 */
#include "text/text_own.h"

#include <string.h>

#define WORDS_MOST ((size_t)16 << 20)

/* Reads one XML file into words and, apart, words that were deleted in it. */
struct prose_reader {
    struct xml_reader xml;
    struct buffer words;
    struct buffer deleted;
    struct buffer *into; /* NULL outside an element that holds words */
    int skipping;        /* depth inside an element read elsewhere */
};

/* Reads properties as "name: value". */
struct property_reader {
    struct xml_reader xml;
    struct buffer lines;
    struct buffer value;
};

static enum unpack_fault read_entry(struct arena *arena, const struct entry *entry,
                                    struct buffer *out);
static enum part_kind kind_of(struct str name);
static enum unpack_fault read_prose(struct arena *arena, const struct entry *entry,
                                    enum part_kind kind, struct buffer *out);
static void prose_start(struct xml_reader *xml, struct str name, const char **attributes);
static void prose_end(struct xml_reader *xml, struct str name);
static void prose_words(struct xml_reader *xml, struct str text);
static enum unpack_fault read_properties(struct arena *arena, const struct entry *entry,
                                         struct buffer *out);
static void property_start(struct xml_reader *xml, struct str name,
                           const char **attributes);
static void property_end(struct xml_reader *xml, struct str name);
static void property_words(struct xml_reader *xml, struct str text);
static void add_length(struct buffer *out, size_t length);

enum status office_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    struct entries entries = {0};
    enum unpack_fault fault = zip_unpack(arena, input, &entries);
    if (fault == 0 && entry_named(&entries, STR("xl/workbook.xml")) != NULL) {
        fault = workbook_read(arena, &entries, out);
    }
    for (size_t i = 0; i < entries.count && fault == 0; i++) {
        fault = read_entry(arena, &entries.at[i], out);
        if (out->length > WORDS_MOST) {
            fault = UNPACK_TOO_MUCH;
        }
    }
    if (fault != 0) {
        out->length = 0;
        buffer_add_char(out, (char)fault);
        return REFUSED;
    }
    return DONE;
}

void office_add_part(struct buffer *out, enum part_kind kind, bool hidden,
                     struct str name, struct str text) {
    buffer_add_char(out, (char)kind);
    buffer_add_char(out, (char)hidden);
    add_length(out, name.length);
    buffer_add(out, name);
    add_length(out, text.length);
    buffer_add(out, text);
}

static enum unpack_fault read_entry(struct arena *arena, const struct entry *entry,
                                    struct buffer *out) {
    enum part_kind kind = kind_of(entry->name);
    if (kind == PART_KINDS) {
        return 0;
    }
    if (kind == PART_EMBEDDED) {
        office_add_part(out, kind, false, entry->name, STR(""));
        return 0;
    }
    if (entry->bytes.length == 0) {
        return 0;
    }
    return kind == PART_PROPERTY ? read_properties(arena, entry, out)
                                 : read_prose(arena, entry, kind, out);
}

static enum part_kind kind_of(struct str name) {
    static const struct {
        const char *start;
        const char *end;
        enum part_kind kind;
    } rows[] = {
        {"word/document.xml", "", PART_BODY},
        {"word/header", ".xml", PART_HEADER},
        {"word/footer", ".xml", PART_HEADER},
        {"word/footnotes.xml", "", PART_NOTE},
        {"word/endnotes.xml", "", PART_NOTE},
        {"word/comments", ".xml", PART_COMMENT},
        {"word/charts/", ".xml", PART_DRAWING},
        {"word/diagrams/data", ".xml", PART_DRAWING},
        {"word/embeddings/", "", PART_EMBEDDED},
        {"xl/comments", ".xml", PART_COMMENT},
        {"xl/threadedComments/", ".xml", PART_COMMENT},
        {"xl/drawings/drawing", ".xml", PART_DRAWING},
        {"xl/charts/", ".xml", PART_DRAWING},
        {"xl/embeddings/", "", PART_EMBEDDED},
        {"ppt/slides/slide", ".xml", PART_SLIDE},
        {"ppt/notesSlides/", ".xml", PART_NOTE},
        {"ppt/comments/", ".xml", PART_COMMENT},
        {"ppt/charts/", ".xml", PART_DRAWING},
        {"ppt/embeddings/", "", PART_EMBEDDED},
        {"docProps/", ".xml", PART_PROPERTY},
        {"OFD.xml", "", PART_PROPERTY},
        {"Doc_", "/Content.xml", PART_BODY},
        {"Doc_", "Annotation.xml", PART_COMMENT},
    };
    if (str_ends(name, ".rels") || str_ends(name, "/")) {
        return PART_KINDS;
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (str_starts(name, rows[i].start) && str_ends(name, rows[i].end)) {
            return rows[i].kind;
        }
    }
    return PART_KINDS;
}

static enum unpack_fault read_prose(struct arena *arena, const struct entry *entry,
                                    enum part_kind kind, struct buffer *out) {
    struct prose_reader reader = {
        .xml = {.start = prose_start, .end = prose_end, .words = prose_words}};
    buffer_init(&reader.words, arena);
    buffer_init(&reader.deleted, arena);
    enum unpack_fault fault = xml_read(&reader.xml, entry->bytes);
    if (fault != 0) {
        return fault;
    }
    if (str_trim(buffer_str(&reader.words)).length > 0) {
        office_add_part(out, kind, false, STR(""), buffer_str(&reader.words));
    }
    if (reader.deleted.length > 0) {
        office_add_part(out, PART_REVISION, false, STR(""), buffer_str(&reader.deleted));
    }
    return 0;
}

/* t: words of Word, PowerPoint and drawings; TextCode: of OFD; v: of charts.  A
 * Fallback repeats for old programs what stands beside it. */
static void prose_start(struct xml_reader *xml, struct str name,
                        const char **attributes) {
    struct prose_reader *reader = (struct prose_reader *)xml;
    (void)attributes;
    if (reader->skipping > 0 || str_is(name, "Fallback")) {
        reader->skipping++;
    } else if (str_is(name, "t") || str_is(name, "TextCode") || str_is(name, "v") ||
               str_is(name, "text")) {
        reader->into = &reader->words;
    } else if (str_is(name, "delText")) {
        reader->into = &reader->deleted;
    } else if (str_is(name, "tab")) {
        buffer_add_char(&reader->words, '\t');
    } else if (str_is(name, "br") || str_is(name, "cr")) {
        buffer_add_char(&reader->words, '\n');
    }
}

static void prose_end(struct xml_reader *xml, struct str name) {
    struct prose_reader *reader = (struct prose_reader *)xml;
    if (reader->skipping > 0) {
        reader->skipping--;
        return;
    }
    if (str_is(name, "p") || str_is(name, "TextObject") || str_is(name, "pt") ||
        (str_is(name, "text") && reader->into != NULL)) {
        buffer_add_char(&reader->words, '\n');
    }
    if (str_is(name, "del") && reader->deleted.length > 0) {
        buffer_add_char(&reader->deleted, '\n');
    }
    reader->into = NULL;
}

static void prose_words(struct xml_reader *xml, struct str text) {
    struct prose_reader *reader = (struct prose_reader *)xml;
    if (reader->into != NULL && reader->skipping == 0) {
        buffer_add(reader->into, text);
    }
}

static enum unpack_fault read_properties(struct arena *arena, const struct entry *entry,
                                         struct buffer *out) {
    struct property_reader reader = {
        .xml = {.start = property_start, .end = property_end, .words = property_words}};
    buffer_init(&reader.lines, arena);
    buffer_init(&reader.value, arena);
    enum unpack_fault fault = xml_read(&reader.xml, entry->bytes);
    if (fault == 0 && reader.lines.length > 0) {
        office_add_part(out, PART_PROPERTY, false, STR(""), buffer_str(&reader.lines));
    }
    return fault;
}

static void property_start(struct xml_reader *xml, struct str name,
                           const char **attributes) {
    (void)name;
    (void)attributes;
    ((struct property_reader *)xml)->value.length = 0;
}

static void property_end(struct xml_reader *xml, struct str name) {
    struct property_reader *reader = (struct property_reader *)xml;
    struct str value = str_trim(buffer_str(&reader->value));
    if (value.length > 0) {
        buffer_add(&reader->lines, name);
        buffer_add_text(&reader->lines, ": ");
        buffer_add(&reader->lines, value);
        buffer_add_char(&reader->lines, '\n');
    }
    reader->value.length = 0;
}

static void property_words(struct xml_reader *xml, struct str text) {
    buffer_add(&((struct property_reader *)xml)->value, text);
}

static void add_length(struct buffer *out, size_t length) {
    uint32_t small = (uint32_t)length;
    memcpy(buffer_room(out, sizeof small), &small, sizeof small);
}
