/*
 * Words of a PDF (ISO 32000-1), page by page; runs in the sandbox.
 *
 * Poppler does the reading.  It looks for character tables in files, which a run may
 * not: pdf_warm has it read in the zygote the four that Chinese programs ask for, as
 * many as poppler keeps.  A file that wants another one ends its run, and is then
 * named as unread like any other; no letter is passed over in silence for want of a
 * table.  A page that is a picture, or shows one over half of itself, is told beside
 * its words, so that a person looks at it.
 */
#include "text/text_own.h"

#include <poppler.h>

#define PAGES_MOST    2000
#define WORDS_MOST    ((size_t)16 << 20)
#define MARKS_NOTHING 0xfffd /* a letter that stands for no character */

/* Poppler forgets its tables with its last document, so the zygote keeps one open;
 * NULL: the tables are not there. */
static PopplerDocument *warm;

/* Words of dc:creator in XMP (ISO 16684-1). */
struct creator_reader {
    struct xml_reader xml;
    struct buffer words;
    bool inside;
};

static enum status refuse(struct buffer *out, enum unpack_fault fault);
static enum unpack_fault read_pages(struct arena *arena, PopplerDocument *pdf,
                                    struct buffer *out);
static void read_page(PopplerPage *page, struct str number, struct buffer *out,
                      bool *out_needs_eyes);
static void add_comments(PopplerPage *page, struct str number, struct buffer *out);
static bool is_mostly_picture(PopplerPage *page);
static bool has_strange_letters(struct str text);
static void add_properties(struct arena *arena, PopplerDocument *pdf, struct buffer *out);
static void add_creators(struct arena *arena, PopplerDocument *pdf, struct buffer *lines);
static void creator_start(struct xml_reader *xml, struct str name,
                          const char **attributes);
static void creator_end(struct xml_reader *xml, struct str name);
static void creator_words(struct xml_reader *xml, struct str text);
static void add_files(PopplerDocument *pdf, struct buffer *out);
static struct str str_of_glib(const char *text);
static void add_object(struct buffer *pdf, size_t *places, size_t *count,
                       const char *content);
static struct str warming_pdf(struct arena *arena);

enum status pdf_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    GError *error = NULL;
    if (warm == NULL) {
        return refuse(out, UNPACK_BROKEN);
    }
    GBytes *bytes = g_bytes_new_static(input.at, input.length);
    PopplerDocument *pdf = poppler_document_new_from_bytes(bytes, NULL, &error);
    g_bytes_unref(bytes);
    if (pdf == NULL) {
        bool locked = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
        g_clear_error(&error);
        return refuse(out, locked ? UNPACK_LOCKED : UNPACK_BROKEN);
    }
    enum unpack_fault fault = read_pages(arena, pdf, out);
    if (fault == 0) {
        add_properties(arena, pdf, out);
        add_files(pdf, out);
    }
    g_object_unref(pdf);
    return fault == 0 ? DONE : refuse(out, fault);
}

void pdf_warm(void) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct str file = warming_pdf(arena);
    GBytes *bytes = g_bytes_new(file.at, file.length);
    PopplerDocument *pdf = poppler_document_new_from_bytes(bytes, NULL, NULL);
    g_bytes_unref(bytes);
    struct buffer out;
    buffer_init(&out, arena);
    if (pdf != NULL && read_pages(arena, pdf, &out) == 0 &&
        str_find(buffer_str(&out), STR("审审审审")) < out.length) {
        warm = pdf;
    } else {
        log_note("text: PDF files will be named as unread: poppler-data is not there");
    }
    arena_free(arena);
}

static enum status refuse(struct buffer *out, enum unpack_fault fault) {
    out->length = 0;
    buffer_add_char(out, (char)fault);
    return REFUSED;
}

static enum unpack_fault read_pages(struct arena *arena, PopplerDocument *pdf,
                                    struct buffer *out) {
    int count = poppler_document_get_n_pages(pdf);
    if (count > PAGES_MOST) {
        return UNPACK_TOO_MUCH;
    }
    for (int i = 0; i < count && out->length <= WORDS_MOST; i++) {
        struct str number = str_format(arena, "%d", i + 1);
        bool needs_eyes;
        PopplerPage *page = poppler_document_get_page(pdf, i);
        if (page == NULL) {
            return UNPACK_BROKEN;
        }
        read_page(page, number, out, &needs_eyes);
        if (needs_eyes) {
            office_add_part(out, PART_SCAN, false, number, STR(""));
        }
        add_comments(page, number, out);
        g_object_unref(page);
    }
    return out->length > WORDS_MOST ? UNPACK_TOO_MUCH : 0;
}

static void read_page(PopplerPage *page, struct str number, struct buffer *out,
                      bool *out_needs_eyes) {
    char *text = poppler_page_get_text(page);
    struct str words = str_of_glib(text);
    office_add_part(out, PART_PAGE, false, number, words);
    *out_needs_eyes = str_trim(words).length == 0 || has_strange_letters(words) ||
                      is_mostly_picture(page);
    g_free(text);
}

/* What stands in notes, stamps and highlights beside the text. */
static void add_comments(PopplerPage *page, struct str number, struct buffer *out) {
    GList *annotations = poppler_page_get_annot_mapping(page);
    for (GList *at = annotations; at != NULL; at = at->next) {
        char *said = poppler_annot_get_contents(((PopplerAnnotMapping *)at->data)->annot);
        struct str words = str_of_glib(said);
        if (str_trim(words).length > 0) {
            office_add_part(out, PART_COMMENT, false, number, words);
        }
        g_free(said);
    }
    poppler_page_free_annot_mapping(annotations);
}

static bool is_mostly_picture(PopplerPage *page) {
    GList *pictures = poppler_page_get_image_mapping(page);
    double width;
    double height;
    bool found = false;
    poppler_page_get_size(page, &width, &height);
    for (GList *at = pictures; at != NULL; at = at->next) {
        const PopplerRectangle *area = &((PopplerImageMapping *)at->data)->area;
        found =
            found || (area->x2 - area->x1) * (area->y2 - area->y1) * 2 > width * height;
    }
    poppler_page_free_image_mapping(pictures);
    return found;
}

/* A font whose letters have no meaning of their own gives U+FFFD or private ones. */
static bool has_strange_letters(struct str text) {
    for (size_t at = 0; at < text.length;) {
        uint32_t point = utf8_next(text, &at);
        if (point == MARKS_NOTHING || (point >= 0xe000 && point <= 0xf8ff)) {
            return true;
        }
    }
    return false;
}

static void add_properties(struct arena *arena, PopplerDocument *pdf,
                           struct buffer *out) {
    const struct {
        const char *name;
        char *value;
    } rows[] = {
        {"title", poppler_document_get_title(pdf)},
        {"author", poppler_document_get_author(pdf)},
        {"subject", poppler_document_get_subject(pdf)},
        {"keywords", poppler_document_get_keywords(pdf)},
    };
    struct buffer lines;
    buffer_init(&lines, arena);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str value = str_trim(str_of_glib(rows[i].value));
        if (value.length > 0) {
            buffer_add_format(&lines, "%s: %.*s\n", rows[i].name, STR_ARG(value));
        }
        g_free(rows[i].value);
    }
    add_creators(arena, pdf, &lines);
    if (lines.length > 0) {
        office_add_part(out, PART_PROPERTY, false, STR(""), buffer_str(&lines));
    }
}

/* A second copy of the properties, which may name whom the first does not. */
static void add_creators(struct arena *arena, PopplerDocument *pdf,
                         struct buffer *lines) {
    struct creator_reader reader = {
        .xml = {.start = creator_start, .end = creator_end, .words = creator_words}};
    char *metadata = poppler_document_get_metadata(pdf);
    buffer_init(&reader.words, arena);
    if (metadata != NULL && xml_read(&reader.xml, bytes_of_str(str_of(metadata))) == 0) {
        struct str said = str_trim(buffer_str(&reader.words));
        if (str_find(buffer_str(lines), said) == lines->length && said.length > 0) {
            buffer_add_format(lines, "creator: %.*s\n", STR_ARG(said));
        }
    }
    g_free(metadata);
}

static void creator_start(struct xml_reader *xml, struct str name,
                          const char **attributes) {
    struct creator_reader *reader = (struct creator_reader *)xml;
    (void)attributes;
    reader->inside = reader->inside || str_is(name, "creator");
}

static void creator_end(struct xml_reader *xml, struct str name) {
    struct creator_reader *reader = (struct creator_reader *)xml;
    reader->inside = reader->inside && !str_is(name, "creator");
}

/* A list has its names on lines of their own. */
static void creator_words(struct xml_reader *xml, struct str text) {
    struct creator_reader *reader = (struct creator_reader *)xml;
    if (reader->inside && str_trim(text).length > 0) {
        buffer_add_char(&reader->words, ' ');
        buffer_add(&reader->words, str_trim(text));
    }
}

static void add_files(PopplerDocument *pdf, struct buffer *out) {
    GList *files = poppler_document_get_attachments(pdf);
    for (GList *at = files; at != NULL; at = at->next) {
        struct str name = str_of_glib(((PopplerAttachment *)at->data)->name);
        office_add_part(out, PART_EMBEDDED, false, name, STR(""));
        g_object_unref(at->data);
    }
    g_list_free(files);
}

/* What is no valid text is nothing; the asker would not believe the whole answer. */
static struct str str_of_glib(const char *text) {
    struct str said = text == NULL ? STR("") : str_of(text);
    return utf8_is_valid(said) ? said : STR("");
}

/* A page with 审 in each of the four encodings of Adobe-GB1 that are kept ready. */
static struct str warming_pdf(struct arena *arena) {
    static const char page[] =
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources"
        "<</Font<</A 6 0 R/B 7 0 R/C 8 0 R/D 9 0 R>>>>>>";
    static const char words[] = "BT /A 9 Tf 9 9 Td <C9F3> Tj /B 9 Tf 9 0 Td <5BA1> Tj "
                                "/C 9 Tf 9 0 Td <5BA1> Tj /D 9 Tf 9 0 Td <0D2C> Tj ET";
    static const char family[] =
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/S/CIDSystemInfo"
        "<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>";
    static const char *const encodings[] = {"GBK-EUC-H", "UniGB-UCS2-H", "UniGB-UTF16-H",
                                            "Identity-H"};
    struct str stream = str_format(arena, "<</Length %zu>>stream\n%s\nendstream",
                                   sizeof words - 1, words);
    const char *const objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                                   "<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
                                   str_text(arena, stream), family};
    struct buffer pdf;
    size_t places[16];
    size_t count = 0;
    buffer_init(&pdf, arena);
    buffer_add_text(&pdf, "%PDF-1.4\n");
    for (size_t i = 0; i < LENGTH(objects); i++) {
        add_object(&pdf, places, &count, objects[i]);
    }
    for (size_t i = 0; i < LENGTH(encodings); i++) {
        struct str font = str_format(arena,
                                     "<</Type/Font/Subtype/Type0/BaseFont/S/Encoding/%s"
                                     "/DescendantFonts[5 0 R]>>",
                                     encodings[i]);
        add_object(&pdf, places, &count, str_text(arena, font));
    }
    size_t table = pdf.length;
    buffer_add_format(&pdf, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&pdf, "%010zu 00000 n \n", places[i]);
    }
    buffer_add_format(&pdf,
                      "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                      count + 1, table);
    return buffer_str(&pdf);
}

static void add_object(struct buffer *pdf, size_t *places, size_t *count,
                       const char *content) {
    places[(*count)++] = pdf->length;
    buffer_add_format(pdf, "%zu 0 obj\n%s\nendobj\n", *count, content);
}
