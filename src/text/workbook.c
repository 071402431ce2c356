/*
 * Words of a workbook: every sheet, hidden ones too, a row to a line and cells
 * parted by tabs.  Runs in the sandbox.
 */
#include "text/text_own.h"

#define SHEETS_MOST     500
#define SHARED_MOST     2000000
#define SHEET_TEXT_MOST ((size_t)16 << 20)

struct sheet {
    struct str name;
    struct str relation;
    struct str path; /* of its entry */
    bool hidden;
};

struct workbook {
    struct arena *arena;
    struct sheet sheets[SHEETS_MOST];
    size_t sheet_count;
    struct str *shared;
    size_t shared_count;
    size_t shared_most; /* items in the file, whatever their prefix */
};

struct book_reader {
    struct xml_reader xml;
    struct workbook *book;
};

struct shared_reader {
    struct xml_reader xml;
    struct workbook *book;
    struct buffer text;
    bool in_text;
    bool phonetic;
};

enum cell_kind { CELL_AS_WRITTEN, CELL_SHARED };

struct sheet_reader {
    struct xml_reader xml;
    const struct workbook *book;
    struct buffer text;
    struct buffer value;
    enum cell_kind kind;
    bool in_value;
    bool row_begun;
};

static void book_start(struct xml_reader *xml, struct str name, const char **attributes);
static void relation_start(struct xml_reader *xml, struct str name,
                           const char **attributes);
static void no_end(struct xml_reader *xml, struct str name);
static void no_words(struct xml_reader *xml, struct str text);
static enum unpack_fault read_shared(struct workbook *book,
                                     const struct entries *entries);
static void shared_start(struct xml_reader *xml, struct str name,
                         const char **attributes);
static void shared_end(struct xml_reader *xml, struct str name);
static void shared_words(struct xml_reader *xml, struct str text);
static enum unpack_fault read_sheet(const struct workbook *book,
                                    const struct sheet *sheet, const struct entry *entry,
                                    struct buffer *out);
static void sheet_start(struct xml_reader *xml, struct str name, const char **attributes);
static void sheet_end(struct xml_reader *xml, struct str name);
static void sheet_words(struct xml_reader *xml, struct str text);

enum unpack_fault workbook_read(struct arena *arena, const struct entries *entries,
                                struct buffer *out) {
    struct workbook *book = TAKE(arena, struct workbook);
    book->arena = arena;
    struct book_reader reader = {
        .xml = {.start = book_start, .end = no_end, .words = no_words}, .book = book};
    enum unpack_fault fault =
        xml_read(&reader.xml, entry_named(entries, STR("xl/workbook.xml"))->bytes);
    const struct entry *relations =
        entry_named(entries, STR("xl/_rels/workbook.xml.rels"));
    reader.xml.start = relation_start;
    if (fault == 0 && relations != NULL) {
        fault = xml_read(&reader.xml, relations->bytes);
    }
    if (fault == 0) {
        fault = read_shared(book, entries);
    }
    for (size_t i = 0; i < book->sheet_count && fault == 0; i++) {
        const struct entry *entry = entry_named(entries, book->sheets[i].path);
        if (entry != NULL && entry->bytes.length > 0) {
            fault = read_sheet(book, &book->sheets[i], entry, out);
        }
    }
    return fault;
}

static void book_start(struct xml_reader *xml, struct str name, const char **attributes) {
    struct workbook *book = ((struct book_reader *)xml)->book;
    if (str_is(name, "sheet") && book->sheet_count < SHEETS_MOST) {
        struct sheet *sheet = &book->sheets[book->sheet_count++];
        sheet->name = str_copy(book->arena, xml_attribute(attributes, "name"));
        sheet->relation = str_copy(book->arena, xml_attribute(attributes, "id"));
        sheet->hidden = xml_attribute(attributes, "state").length > 0 &&
                        !str_is(xml_attribute(attributes, "state"), "visible");
    }
}

static void relation_start(struct xml_reader *xml, struct str name,
                           const char **attributes) {
    struct workbook *book = ((struct book_reader *)xml)->book;
    struct str id = xml_attribute(attributes, "Id");
    struct str target = xml_attribute(attributes, "Target");
    for (size_t i = 0; i < book->sheet_count && str_is(name, "Relationship"); i++) {
        if (str_equal(book->sheets[i].relation, id)) {
            bool absolute = str_starts(target, "/");
            book->sheets[i].path =
                absolute ? str_copy(book->arena, str_part(target, 1, target.length))
                         : str_format(book->arena, "xl/%.*s", STR_ARG(target));
        }
    }
}

static void no_end(struct xml_reader *xml, struct str name) {
    (void)xml;
    (void)name;
}

static void no_words(struct xml_reader *xml, struct str text) {
    (void)xml;
    (void)text;
}

static enum unpack_fault read_shared(struct workbook *book,
                                     const struct entries *entries) {
    const struct entry *entry = entry_named(entries, STR("xl/sharedStrings.xml"));
    if (entry == NULL || entry->bytes.length == 0) {
        return 0;
    }
    struct str all = {(const char *)entry->bytes.at, entry->bytes.length};
    size_t most = 1;
    for (size_t at = 0; at + 3 < all.length; at++) {
        most += (all.at[at] == '<' || all.at[at] == ':') && all.at[at + 1] == 's' &&
                all.at[at + 2] == 'i';
    }
    if (most > SHARED_MOST) {
        return UNPACK_TOO_MUCH;
    }
    book->shared = TAKE_ARRAY(book->arena, most, struct str);
    book->shared_most = most;
    struct shared_reader reader = {
        .xml = {.start = shared_start, .end = shared_end, .words = shared_words},
        .book = book};
    buffer_init(&reader.text, book->arena);
    return xml_read(&reader.xml, entry->bytes);
}

static void shared_start(struct xml_reader *xml, struct str name,
                         const char **attributes) {
    struct shared_reader *reader = (struct shared_reader *)xml;
    (void)attributes;
    if (str_is(name, "si")) {
        reader->text.length = 0;
    }
    reader->phonetic = reader->phonetic || str_is(name, "rPh");
    reader->in_text = str_is(name, "t") && !reader->phonetic;
}

static void shared_end(struct xml_reader *xml, struct str name) {
    struct shared_reader *reader = (struct shared_reader *)xml;
    reader->in_text = false;
    if (str_is(name, "rPh")) {
        reader->phonetic = false;
    }
    struct workbook *book = reader->book;
    if (str_is(name, "si") && book->shared_count < book->shared_most) {
        book->shared[book->shared_count++] =
            str_copy(book->arena, buffer_str(&reader->text));
    }
}

static void shared_words(struct xml_reader *xml, struct str text) {
    struct shared_reader *reader = (struct shared_reader *)xml;
    if (reader->in_text) {
        buffer_add(&reader->text, text);
    }
}

static enum unpack_fault read_sheet(const struct workbook *book,
                                    const struct sheet *sheet, const struct entry *entry,
                                    struct buffer *out) {
    struct sheet_reader reader = {
        .xml = {.start = sheet_start, .end = sheet_end, .words = sheet_words},
        .book = book};
    buffer_init(&reader.text, book->arena);
    buffer_init(&reader.value, book->arena);
    enum unpack_fault fault = xml_read(&reader.xml, entry->bytes);
    if (fault != 0) {
        return fault;
    }
    if (reader.text.length > SHEET_TEXT_MOST) {
        return UNPACK_TOO_MUCH;
    }
    office_add_part(out, PART_SHEET, sheet->hidden, sheet->name,
                    buffer_str(&reader.text));
    return 0;
}

static void sheet_start(struct xml_reader *xml, struct str name,
                        const char **attributes) {
    struct sheet_reader *reader = (struct sheet_reader *)xml;
    if (str_is(name, "row")) {
        reader->row_begun = false;
    } else if (str_is(name, "c")) {
        reader->kind =
            str_is(xml_attribute(attributes, "t"), "s") ? CELL_SHARED : CELL_AS_WRITTEN;
        reader->value.length = 0;
    }
    /* v: a value; t: words of an inline string; headers and footers of the page. */
    reader->in_value = str_is(name, "v") || str_is(name, "t") ||
                       str_ends(name, "Header") || str_ends(name, "Footer");
}

static void sheet_end(struct xml_reader *xml, struct str name) {
    struct sheet_reader *reader = (struct sheet_reader *)xml;
    reader->in_value = false;
    bool is_page_line = str_ends(name, "Header") || str_ends(name, "Footer");
    if (str_is(name, "row")) {
        buffer_add_char(&reader->text, '\n');
        reader->row_begun = false;
        return;
    }
    if ((!str_is(name, "c") && !is_page_line) || reader->value.length == 0 ||
        reader->text.length > SHEET_TEXT_MOST) {
        return;
    }
    struct str value = buffer_str(&reader->value);
    int64_t index;
    if (reader->kind == CELL_SHARED && !is_page_line) {
        bool known = str_to_int(value, &index) == DONE && index >= 0 &&
                     (size_t)index < reader->book->shared_count;
        value = known ? reader->book->shared[index] : STR("");
    }
    buffer_add_text(&reader->text, reader->row_begun ? "\t" : "");
    buffer_add(&reader->text, value);
    buffer_add_text(&reader->text, is_page_line ? "\n" : "");
    reader->row_begun = !is_page_line;
    reader->value.length = 0;
}

static void sheet_words(struct xml_reader *xml, struct str text) {
    struct sheet_reader *reader = (struct sheet_reader *)xml;
    if (reader->in_value) {
        buffer_add(&reader->value, text);
    }
}
