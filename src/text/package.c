/*
 * A docx, xlsx or pptx (ECMA-376, ISO/IEC 29500-2) without the names of its makers; runs
 * in the sandbox.
 *
 * The archive is written anew from its checked directory: every member but the changed
 * properties keeps its packed bytes, and nothing stands between the members, so that no
 * word hides there.  A changed part is stored unpacked, hence the same whatever zlib is
 * linked.  A second passage changes nothing.
 */
#include "text/text_own.h"

#include <strings.h>
#include <zlib.h>

#define PART_MOST  ((size_t)1 << 20) /* of one part of properties */
#define PARTS_MOST 16
#define FLAG_UTF8  0x0800               /* APPNOTE §4.4.4: of the name */
#define FLAGS_KEPT (FLAG_UTF8 | 0x0006) /* and how it was deflated */
#define VERSION    20
#define NO_TIME    ((uint32_t)33 << 16) /* 1980-01-01 00:00 */
#define SIGNATURES "_xmlsignatures/"
#define PROPERTY_TARGET                                                                  \
    "-properties" /* core-, extended-, custom-: the relation's type                      \
                   */

/* Parts of properties, by the package's relations. */
struct relations_reader {
    struct xml_reader xml;
    struct arena *arena;
    struct str targets[PARTS_MOST];
    size_t count;
};

/* Copies a part, without what tells of its maker. */
struct cutting {
    struct xml_reader xml;
    struct str part;
    struct buffer kept;
    size_t done; /* bytes of the part that are copied or cut */
    size_t from; /* where the cut under way begins */
    bool is_whole;
    int depth; /* inside what is cut */
    bool has_cut;
};

static enum unpack_fault take_out(struct arena *arena, struct packed *packed,
                                  size_t count, bool *out_told);
static bool is_signed(const struct packed *packed, size_t count);
static enum unpack_fault read_relations(struct arena *arena, const struct packed *packed,
                                        size_t count, struct relations_reader *relations);
static void relation_start(struct xml_reader *xml, struct str name,
                           const char **attributes);
static bool tells_properties(const struct relations_reader *relations, struct str name);
static enum unpack_fault cut_part(struct arena *arena, struct packed *packed,
                                  bool *out_told);
static void cut_start(struct xml_reader *xml, struct str name, const char **attributes);
static void cut_end(struct xml_reader *xml, struct str name);
static void ignore_end(struct xml_reader *xml, struct str name);
static void ignore_words(struct xml_reader *xml, struct str text);
static bool same_name(struct str a, struct str b);
static void write_archive(struct arena *arena, const struct packed *packed, size_t count,
                          struct buffer *out);
static void add_common(struct buffer *out, const struct packed *packed);
static void add(struct buffer *out, uint64_t value, size_t size);

enum status package_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    struct packed *packed;
    size_t count;
    bool told = false;
    if (zip_directory(arena, input, &packed, &count) != 0 || is_signed(packed, count) ||
        take_out(arena, packed, count, &told) != 0) {
        return REFUSED;
    }
    buffer_add_char(out, (char)told);
    write_archive(arena, packed, count, out);
    return DONE;
}

static enum unpack_fault take_out(struct arena *arena, struct packed *packed,
                                  size_t count, bool *out_told) {
    struct relations_reader relations = {
        .xml = {.start = relation_start, .end = ignore_end, .words = ignore_words},
        .arena = arena};
    enum unpack_fault fault = read_relations(arena, packed, count, &relations);
    size_t parts = 0;
    for (size_t i = 0; i < count && fault == 0; i++) {
        if (tells_properties(&relations, packed[i].name)) {
            fault = ++parts > PARTS_MOST ? UNPACK_TOO_MUCH
                                         : cut_part(arena, &packed[i], out_told);
        }
    }
    return fault;
}

/* A signature would no longer fit. */
static bool is_signed(const struct packed *packed, size_t count) {
    struct str folder = STR(SIGNATURES);
    for (size_t i = 0; i < count; i++) {
        if (same_name(str_part(packed[i].name, 0, folder.length), folder)) {
            return true;
        }
    }
    return false;
}

static enum unpack_fault read_relations(struct arena *arena, const struct packed *packed,
                                        size_t count,
                                        struct relations_reader *relations) {
    for (size_t i = 0; i < count; i++) {
        if (same_name(packed[i].name, STR("_rels/.rels"))) {
            struct bytes xml;
            enum unpack_fault fault = packed[i].size > PART_MOST
                                          ? UNPACK_TOO_MUCH
                                          : packed_unpack(arena, &packed[i], &xml);
            return fault != 0 ? fault : xml_read(&relations->xml, xml);
        }
    }
    return 0;
}

static void relation_start(struct xml_reader *xml, struct str name,
                           const char **attributes) {
    struct relations_reader *relations = (struct relations_reader *)xml;
    struct str target = xml_attribute(attributes, "Target");
    if (str_is(name, "Relationship") &&
        str_ends(xml_attribute(attributes, "Type"), PROPERTY_TARGET) &&
        relations->count < PARTS_MOST) {
        size_t slash = str_starts(target, "/") ? 1 : 0;
        relations->targets[relations->count++] =
            str_copy(relations->arena, str_part(target, slash, target.length));
    }
}

static bool tells_properties(const struct relations_reader *relations, struct str name) {
    static const char *const usual[] = {"docProps/core.xml", "docProps/app.xml",
                                        "docProps/custom.xml"};
    bool found = false;
    for (size_t i = 0; i < LENGTH(usual); i++) {
        found = found || same_name(name, str_of(usual[i]));
    }
    for (size_t i = 0; i < relations->count; i++) {
        found = found || same_name(name, relations->targets[i]);
    }
    return found;
}

static enum unpack_fault cut_part(struct arena *arena, struct packed *packed,
                                  bool *out_told) {
    struct cutting cutting = {
        .xml = {.start = cut_start, .end = cut_end, .words = ignore_words}};
    struct bytes bytes;
    if (packed->size > PART_MOST) {
        return UNPACK_TOO_MUCH;
    }
    enum unpack_fault fault = packed_unpack(arena, packed, &bytes);
    if (fault != 0 || bytes.length == 0) {
        return fault;
    }
    cutting.part = (struct str){(const char *)bytes.at, bytes.length};
    buffer_init(&cutting.kept, arena);
    fault = xml_read(&cutting.xml, bytes);
    if (fault != 0 || !cutting.has_cut) {
        return fault;
    }
    buffer_add(&cutting.kept, str_part(cutting.part, cutting.done, bytes.length));
    packed->bytes = bytes_of_str(buffer_str(&cutting.kept));
    packed->method = PACKED_STORED;
    packed->flags &= FLAG_UTF8;
    packed->size = (uint32_t)packed->bytes.length;
    packed->sum = (uint32_t)crc32(0, packed->bytes.at, (uInt)packed->bytes.length);
    *out_told = true;
    return 0;
}

/* Part 1 §15.2.12: core, extended and custom properties.  A property that somebody made
 * has a name of his own too, so it goes whole. */
static void cut_start(struct xml_reader *xml, struct str name, const char **attributes) {
    static const struct {
        const char *name;
        bool is_whole;
    } rows[] = {{"creator", false},
                {"lastModifiedBy", false},
                {"Company", false},
                {"Manager", false},
                {"property", true}};
    struct cutting *cutting = (struct cutting *)xml;
    (void)attributes;
    for (size_t i = 0; i < LENGTH(rows) && cutting->depth == 0; i++) {
        if (str_is(name, rows[i].name)) {
            cutting->depth = 1;
            cutting->is_whole = rows[i].is_whole;
            cutting->from = rows[i].is_whole ? xml->tag_from : xml->tag_to;
            return;
        }
    }
    cutting->depth += cutting->depth > 0;
}

static void cut_end(struct xml_reader *xml, struct str name) {
    struct cutting *cutting = (struct cutting *)xml;
    (void)name;
    if (cutting->depth == 0 || --cutting->depth > 0) {
        return;
    }
    size_t to = cutting->is_whole ? xml->tag_to : xml->tag_from;
    if (to > cutting->from) {
        buffer_add(&cutting->kept, str_part(cutting->part, cutting->done, cutting->from));
        cutting->done = to;
        cutting->has_cut = true;
    }
}

static void ignore_end(struct xml_reader *xml, struct str name) {
    (void)xml;
    (void)name;
}

static void ignore_words(struct xml_reader *xml, struct str text) {
    (void)xml;
    (void)text;
}

/* Names of parts are the same in both cases (ISO/IEC 29500-2 §6.2.2.3). */
static bool same_name(struct str a, struct str b) {
    return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

static void write_archive(struct arena *arena, const struct packed *packed, size_t count,
                          struct buffer *out) {
    size_t *places = TAKE_ARRAY(arena, count + 1, size_t);
    size_t begin = out->length;
    for (size_t i = 0; i < count; i++) {
        places[i] = out->length - begin;
        add(out, 0x04034b50, 4);
        add_common(out, &packed[i]);
        buffer_add(out, packed[i].name);
        buffer_add(
            out, (struct str){(const char *)packed[i].bytes.at, packed[i].bytes.length});
    }
    size_t from = out->length - begin;
    for (size_t i = 0; i < count; i++) {
        add(out, 0x02014b50, 4);
        add(out, VERSION, 2);
        add_common(out, &packed[i]);
        add(out, 0, 2);         /* no comment */
        add(out, 0, 2 + 2 + 4); /* first disk, no attributes */
        add(out, places[i], 4);
        buffer_add(out, packed[i].name);
    }
    size_t size = out->length - begin - from;
    add(out, 0x06054b50, 4);
    add(out, 0, 4);
    add(out, count, 2);
    add(out, count, 2);
    add(out, size, 4);
    add(out, from, 4);
    add(out, 0, 2);
}

/* The fields that a local head and a record of the directory share. */
static void add_common(struct buffer *out, const struct packed *packed) {
    add(out, VERSION, 2);
    add(out, packed->flags & FLAGS_KEPT, 2);
    add(out, packed->method, 2);
    add(out, NO_TIME, 4);
    add(out, packed->sum, 4);
    add(out, packed->bytes.length, 4);
    add(out, packed->size, 4);
    add(out, packed->name.length, 2);
    add(out, 0, 2);
}

static void add(struct buffer *out, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        buffer_add_char(out, (char)(value >> 8 * i & 0xff));
    }
}
