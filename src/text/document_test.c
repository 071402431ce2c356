/*
 * Files from strangers: types, characters, pictures, words of office files, and the
 * archives that must not be unpacked.
 */
#include "pdf_files.h"
#include "text/text.h"
#include "zip_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct house house;
    struct call call;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_int_equal(sandbox_start(&text_parsers, &fixture->house.sandbox), DONE);
    call_init(&fixture->call, arena_new((size_t)1 << 30), &fixture->house,
              (instant)1800000000 * INSTANT_SECOND);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    sandbox_stop(fixture->house.sandbox);
    arena_free(fixture->call.arena);
    free(fixture);
    return 0;
}

static enum status read_file_of(void **state, const char *name, struct bytes bytes,
                                struct document *document) {
    struct call *call = &((struct fixture *)*state)->call;
    const struct file_type *type;
    call_forgive(call);
    TRY(text_file_type(call, str_of(name), bytes, &type));
    return text_document(call, type, bytes, document);
}

static void assert_refused(void **state, const char *name, struct bytes bytes,
                           const char *words) {
    struct document document;
    assert_int_equal(read_file_of(state, name, bytes, &document), REFUSED);
    assert_string_equal(((struct fixture *)*state)->call.refusal->words, words);
}

static void test_file_type__name_and_content_agree(void **state) {
    static const struct {
        const char *name;
        const char *content;
        const char *media_type; /* or the words of the refusal */
    } rows[] = {
        {"a.pdf", "%PDF-1.7", "application/pdf"},
        {"A.PNG", "\x89PNG\r\n\x1a\n", "image/png"},
        {"a.jpeg", "\xff\xd8\xff\xe0", "image/jpeg"},
        {"a.txt", "审发", "text/plain"},
        {"a.docx", "PK\3\4 word/document.xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"a.docx", "PK\3\4 xl/workbook.xml", "text.file-differs"},
        {"a.png", "%PDF-1.7", "text.file-differs"},
        {"a.txt", "\x01\x02", "text.file-differs"},
        {"a.exe", "MZ", "text.file-not-taken"},
        {"a.svg", "<svg/>", "text.file-not-taken"},
        {"a.html", "<p>", "text.file-not-taken"},
        {"docx", "PK\3\4", "text.file-not-taken"},
        {"a.pdf.exe", "%PDF-1.7", "text.file-not-taken"},
        {"a.txt", "", "text.file-empty"},
    };
    struct call *call = &((struct fixture *)*state)->call;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct file_type *type;
        call_forgive(call);
        enum status status = text_file_type(call, str_of(rows[i].name),
                                            bytes_of_str(str_of(rows[i].content)), &type);
        assert_string_equal(status == DONE ? type->media_type : call->refusal->words,
                            rows[i].media_type);
    }
}

static void test_decode__reads_what_excel_and_wps_save(void **state) {
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } rows[] = {
        {"审发", 6, "审发"},
        {"\xef\xbb\xbf审", 6, "审"},
        {"\xc9\xf3\xb7\xa2,1", 6, "审发,1"},
        {"\x82\x35\x95\x33", 4, "\xe3\xb1\xae"}, /* four bytes of GB18030 */
        {"\xff\xfe\xa1\x5b\x61\x00", 6, "审a"},
        {"\xfe\xff\x5b\xa1\x00\x61", 6, "审a"},
        {"\xff\xff", 2, NULL},
        {"\xc9", 1, NULL},
        {"a\0b", 3, NULL},
        {"\xef\xbb\xbf\xc9\xf3", 5, NULL},
        {"", 0, ""},
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct bytes bytes = {(const unsigned char *)rows[i].bytes, rows[i].length};
        struct str text;
        enum status status = text_decode(arena, bytes, &text);
        assert_int_equal(status, rows[i].text == NULL ? REFUSED : DONE);
        if (status == DONE && i != 3) {
            assert_string_equal(str_text(arena, text), rows[i].text);
        }
    }
}

static void test_document__every_corner_of_docx(void **state) {
    static const struct zip_file files[] = {
        {"[Content_Types].xml", "<Types/>"},
        {"word/document.xml",
         "<w:document xmlns:w='w' xmlns:mc='m'><w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙"
         "</w:t></w:r></w:p><w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>"
         "<w:t>框</w:t></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:t>框</w:t>"
         "</mc:Fallback></mc:AlternateContent><w:del><w:r><w:delText>删</w:delText>"
         "</w:r></w:del></w:p></w:document>"},
        {"word/header1.xml", "<w:hdr xmlns:w='w'><w:p><w:t>眉</w:t></w:p></w:hdr>"},
        {"word/comments.xml", "<w:c xmlns:w='w'><w:p><w:t>批</w:t></w:p></w:c>"},
        {"word/footnotes.xml", "<w:f xmlns:w='w'><w:p><w:t>注</w:t></w:p></w:f>"},
        {"docProps/core.xml", "<c xmlns:d='d'><d:creator>作者</d:creator></c>"},
        {"word/embeddings/book.xlsx", "PK"},
    };
    static const struct {
        enum part_kind kind;
        const char *text;
    } expected[] = {
        {PART_BODY, "甲\t乙\n框\n\n"}, {PART_REVISION, "删\n"},
        {PART_HEADER, "眉\n"},         {PART_COMMENT, "批\n"},
        {PART_NOTE, "注\n"},           {PART_PROPERTY, "creator: 作者\n"},
        {PART_EMBEDDED, ""},
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct document document;
    assert_int_equal(read_file_of(state, "a.docx",
                                  zip_files(arena, files, LENGTH(files), 0), &document),
                     DONE);
    assert_true(document.is_read);
    assert_int_equal(document.count, LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_int_equal(document.parts[i].kind, expected[i].kind);
        assert_string_equal(str_text(arena, document.parts[i].text), expected[i].text);
    }
    assert_true(str_is(document.parts[6].name, "word/embeddings/book.xlsx"));
}

static void test_document__hidden_sheets_are_read_and_said(void **state) {
    static const struct zip_file files[] = {
        {"xl/workbook.xml",
         "<workbook xmlns:r='r'><sheets><sheet name='公开' sheetId='1' r:id='rId1'/>"
         "<sheet name='底稿' sheetId='2' state='veryHidden' r:id='rId2'/></sheets>"
         "</workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<R><Relationship Id='rId1' Target='worksheets/sheet1.xml'/>"
         "<Relationship Id='rId2' Target='/xl/worksheets/sheet2.xml'/></R>"},
        {"xl/sharedStrings.xml", "<sst><si><t>姓名</t><rPh><t>xing</t></rPh></"
                                 "si><si><r><t>李</t></r><r><t>小兰</t>"
                                 "</r></si></sst>"},
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData><row r='1'><c t='s'><v>0</v></c><c><v>42</v></c></row>"
         "<row r='2'><c t='inlineStr'><is><t>内联</t></is></c></row></sheetData>"
         "<headerFooter><oddHeader>&amp;C页眉</oddHeader></headerFooter></worksheet>"},
        {"xl/worksheets/sheet2.xml",
         "<worksheet><sheetData><row><c t='s'><v>1</v></c><c t='s'><v>9</v></c></row>"
         "</sheetData></worksheet>"},
        {"xl/drawings/drawing1.xml", "<d xmlns:a='a'><a:p><a:t>图框</a:t></a:p></d>"},
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct document document;
    assert_int_equal(read_file_of(state, "a.xlsx",
                                  zip_files(arena, files, LENGTH(files), 0), &document),
                     DONE);
    assert_int_equal(document.count, 3);
    assert_string_equal(str_text(arena, document.parts[0].text),
                        "姓名\t42\n内联\n&C页眉\n");
    assert_false(document.parts[0].hidden);
    assert_true(str_is(document.parts[1].name, "底稿"));
    assert_true(document.parts[1].hidden);
    assert_true(str_starts(document.parts[1].text, "李小兰"));
    assert_int_equal(document.parts[2].kind, PART_DRAWING);
}

/* Programs that mark their names as UTF-8 (flag 11 of APPNOTE §4.4.4) are many. */
static void test_document__names_marked_as_utf8_are_read(void **state) {
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct zip_file files[] = {{"word/document.xml", "<a><t>审发</t></a>"},
                               {"b.xml", "<b/>"}};
    struct bytes zip = zip_files(arena, files, 2, ZIP_NAMES_ARE_UTF8);
    struct document document;
    assert_int_equal(read_file_of(state, "a.docx", zip, &document), DONE);
    assert_int_equal(document.count, 1);
    assert_true(str_is(str_trim(document.parts[0].text), "审发"));
}

static void test_document__hostile_archives_are_refused(void **state) {
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct zip_file twice[] = {{"word/document.xml", "<a/>"},
                               {"word/document.xml", "<b/>"}};
    assert_refused(state, "a.docx", zip_files(arena, twice, 2, 0), "text.file-wild");
    struct zip_file climbing[] = {{"word/document.xml", "<a/>"}, {"../evil.xml", "<b/>"}};
    assert_refused(state, "a.docx", zip_files(arena, climbing, 2, 0), "text.file-wild");
    struct zip_file absolute[] = {{"word/document.xml", "<a/>"},
                                  {"/etc/evil.xml", "<b/>"}};
    assert_refused(state, "a.docx", zip_files(arena, absolute, 2, 0), "text.file-wild");

    struct zip_file dtd[] = {
        {"word/document.xml", "<!DOCTYPE a [<!ENTITY x 'y'>]><a><t>&x;</t></a>"}};
    assert_refused(state, "a.docx", zip_files(arena, dtd, 1, 0), "text.file-broken");
    struct buffer deep;
    buffer_init(&deep, arena);
    for (int i = 0; i < 300; i++) {
        buffer_add_text(&deep, "<a>");
    }
    struct zip_file nested[] = {
        {"word/document.xml", str_text(arena, buffer_str(&deep))}};
    assert_refused(state, "a.docx", zip_files(arena, nested, 1, 0), "text.file-broken");

    size_t size = (size_t)8 << 20;
    char *zeros = arena_take(arena, size + 1);
    memset(zeros, ' ', size);
    struct zip_file bomb[] = {{"word/document.xml", zeros}};
    assert_refused(state, "a.docx", zip_files(arena, bomb, 1, 0), "text.file-bomb");

    struct zip_file *many = TAKE_ARRAY(arena, 2001, struct zip_file);
    for (size_t i = 0; i < 2001; i++) {
        many[i].name = str_text(arena, str_format(arena, "word/document.xml%zu", i));
        many[i].content = "";
    }
    assert_refused(state, "a.docx", zip_files(arena, many, 2001, 0), "text.file-bomb");
}

/* Change one field of a sound archive at a time. */
static void test_document__lying_directories_are_refused(void **state) {
    static const struct {
        size_t offset; /* in the first central record */
        const char *bytes;
        size_t length;
        const char *words;
    } rows[] = {
        {8, "\x01\x00", 2, "text.file-locked"},
        {10, "\x0c\x00", 2, "text.file-broken"},         /* bzip2 */
        {20, "\xff\xff\xff\x00", 4, "text.file-broken"}, /* longer than the file */
        {28, "\xff\x7f", 2, "text.file-broken"},
        {42, "\x01\x00\x00\x00", 4, "text.file-broken"}, /* no head there */
        {16, "\x01\x02\x03\x04", 4, "text.file-broken"}, /* another sum */
        {24, "\x03\x00\x00\x00", 4, "text.file-broken"}, /* shorter than it unpacks to */
        {24, "\x05\x00\x00\x00", 4, "text.file-broken"}, /* longer */
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct zip_file files[] = {{"word/document.xml", "<a/>"}, {"b.xml", "<b/>"}};
    struct bytes sound = zip_files(arena, files, 2, 0);
    struct document document;
    assert_int_equal(read_file_of(state, "a.docx", sound, &document), DONE);
    const char *central = memmem(sound.at, sound.length, "PK\1\2", 4);
    size_t from = (size_t)(central - (const char *)sound.at);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *copy = arena_copy(arena, sound.at, sound.length);
        memcpy(copy + from + rows[i].offset, rows[i].bytes, rows[i].length);
        assert_refused(state, "a.docx",
                       (struct bytes){(const unsigned char *)copy, sound.length},
                       rows[i].words);
    }
    /* Two records over the same bytes. */
    char *copy = arena_copy(arena, sound.at, sound.length);
    char *second = memmem(copy + from + 46, sound.length - from - 46, "PK\1\2", 4);
    memcpy(second + 42, copy + from + 42, 4);
    assert_refused(state, "a.docx",
                   (struct bytes){(const unsigned char *)copy, sound.length},
                   "text.file-broken");
    assert_refused(state, "a.docx", (struct bytes){sound.at, sound.length - 9},
                   "text.file-broken");
}

static const struct document_part *part_of(const struct document *document,
                                           enum part_kind kind) {
    for (size_t i = 0; i < document->count; i++) {
        if (document->parts[i].kind == kind) {
            return &document->parts[i];
        }
    }
    return NULL;
}

static void test_pdf__words_are_read_page_by_page(void **state) {
    static const char *const pages[] = {
        "BT /F 12 Tf 72 700 Td (450202199001011234) Tj ET",
        "BT /G 12 Tf 72 700 Td <BBFAC3DCA1EFC8FDC4EA> Tj ET",
        /* Under a black bar and in white, the words are there all the same. */
        "BT /F 12 Tf 1 g 72 700 Td (hidden) Tj ET 0 g 0 690 300 30 re f",
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct document document;
    assert_int_equal(read_file_of(state, "a.pdf", pdf_pages(arena, pages, 3), &document),
                     DONE);
    assert_true(document.is_read);
    assert_int_equal(document.count, 3);
    static const char *const words[] = {"450202199001011234", "机密★三年", "hidden"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(document.parts[i].kind, PART_PAGE);
        assert_true(str_is(str_trim(document.parts[i].text), words[i]));
    }
}

static void test_pdf__what_eyes_must_see_is_said(void **state) {
    static const char *const pages[] = {
        "BT /F 12 Tf 72 700 Td (words) Tj ET",
        "q 595 0 0 842 0 0 cm /P Do Q", /* a scan */
        "BT /F 9 Tf 72 20 Td (page 3) Tj ET q 500 0 0 700 0 40 cm /P Do Q",
        "BT /F 9 Tf 72 20 Td (a small picture) Tj ET q 50 0 0 70 0 40 cm /P Do Q",
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct document document;
    assert_int_equal(read_file_of(state, "a.pdf", pdf_pages(arena, pages, 4), &document),
                     DONE);
    assert_int_equal(document.count, 6);
    assert_int_equal(document.parts[2].kind, PART_SCAN);
    assert_true(str_is(document.parts[2].name, "2"));
    assert_int_equal(document.parts[4].kind, PART_SCAN);
    assert_true(str_is(document.parts[4].name, "3"));
}

static void test_pdf__notes_properties_and_files_are_found(void **state) {
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>",
        "<</Type/Annot/Subtype/Text/Rect[9 9 20 20]/Contents(look here)>>",
        "<</Type/Filespec/F(a.xlsx)/UF(a.xlsx)/EF<</F 6 0 R>>>>",
        "<</Type/EmbeddedFile/Length 1>>stream\nx\nendstream",
        "<</Author(Li Xiaolan)>>",
    };
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct bytes pdf = pdf_objects(arena, objects, LENGTH(objects), "/Info 7 0 R");
    struct document document;
    assert_int_equal(read_file_of(state, "a.pdf", pdf, &document), DONE);
    assert_true(str_is(part_of(&document, PART_COMMENT)->text, "look here"));
    assert_true(str_is(part_of(&document, PART_COMMENT)->name, "1"));
    assert_true(str_is(part_of(&document, PART_PROPERTY)->text, "author: Li Xiaolan\n"));
    assert_true(str_is(part_of(&document, PART_EMBEDDED)->name, "a.xlsx"));
    assert_non_null(part_of(&document, PART_SCAN)); /* its page has no words */
}

static void test_pdf__locked_and_broken_ones_are_refused(void **state) {
    static const char *const locked[] = {
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>",
        "<</Filter/Standard/V 1/R 2/P -4"
        "/O<0000000000000000000000000000000000000000000000000000000000000000>"
        "/U<1111111111111111111111111111111111111111111111111111111111111111>>>"};
    struct arena *arena = ((struct fixture *)*state)->call.arena;
    struct bytes pdf = pdf_objects(
        arena, locked, 3,
        "/Encrypt 3 0 "
        "R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]");
    assert_refused(state, "a.pdf", pdf, "text.file-locked");
    assert_refused(state, "a.pdf", bytes_of_str(STR("%PDF-1.4 and nothing else")),
                   "text.file-broken");
    /* A table of characters that is not kept ready: the run ends, nothing is guessed. */
    static const char *const foreign[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
        "/Resources<</Font<</G 5 0 R>>>>>>",
        "<</Length 37>>stream\nBT /G 12 Tf 9 9 Td <BBFAC3DC> Tj ET   \nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/S/Encoding/GBpc-EUC-H/DescendantFonts[6 0 "
        "R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/S/CIDSystemInfo"
        "<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>"};
    assert_refused(state, "a.pdf", pdf_objects(arena, foreign, 6, ""),
                   "text.file-broken");
}

/* Real files of LibreOffice; its absence is told in words and proves nothing else. */
static void test_older__files_are_read_through_libreoffice(void **state) {
    static const struct {
        const char *name; /* in tests/golden/older */
        const char *as;
        const char *words;
    } rows[] = {
        {"letter.doc", "a.doc", "证件号 450205199001011236。"},
        {"letter.doc", "a.wps", "关于核对名单的通知"},
        {"sheet.xls", "a.xls", "李小兰\t证件450205199001011236"},
        {"sheet.xls", "a.et", "姓名\t证件"},
    };
    struct call *call = &((struct fixture *)*state)->call;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct bytes bytes;
        struct document document;
        struct str path = str_format(call->arena, "%s/tests/golden/older/%s",
                                     getenv("SHENFA_SOURCE"), rows[i].name);
        assert_int_equal(
            file_read(call->arena, str_text(call->arena, path), 1 << 20, &bytes), DONE);
        enum status status = read_file_of(state, rows[i].as, bytes, &document);
        if (status == REFUSED && call->refusal != NULL &&
            strcmp(call->refusal->words, "text.convert-missing") == 0) {
            print_message("LibreOffice is not installed: only its absence was tested\n");
            return;
        }
        assert_int_equal(status, DONE);
        size_t found = 0;
        for (size_t k = 0; k < document.count; k++) {
            found += str_find(document.parts[k].text, str_of(rows[i].words)) <
                     document.parts[k].text.length;
        }
        assert_int_equal(found, 1);
    }
    unsigned char broken[4096] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                                 "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0";
    assert_refused(state, "a.doc", (struct bytes){broken, sizeof broken},
                   "text.convert-failed");
    assert_refused(state, "a.xls", (struct bytes){broken, sizeof broken},
                   "text.file-differs");
}

static void test_picture__size_and_metadata(void **state) {
    static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\1\0\0\0\0\x80"
                                       "\x08\2\0\0\0crc0\0\0\0\4tEXtabcdcrc0"
                                       "\0\0\0\0IENDcrc0";
    static const unsigned char jpeg[] = "\xff\xd8\xff\xe1\0\x22"
                                        "Exif\0\0MM\0\x2a\0\0\0\x08\0\1\x88\x25\0\4\0\0\0"
                                        "\1\0\0\0\x1a\0\0\0\0\xff\xc0\0\x0b"
                                        "\x08\0\x20\0\x40\1\1\x11\0\xff\xda\0\2";
    static const unsigned char gif[] = "GIF89a\x05\0\x06\0\0\0\0;";
    static const struct {
        struct bytes bytes;
        struct picture picture;
    } rows[] = {
        {{png, sizeof png - 1}, {256, 128, false, true, {0}}},
        {{jpeg, sizeof jpeg - 1}, {64, 32, true, true, {0}}},
        {{gif, sizeof gif - 1}, {5, 6, false, false, {0}}},
    };
    struct call *call = &((struct fixture *)*state)->call;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct picture picture;
        assert_int_equal(text_picture(call, rows[i].bytes, &picture), DONE);
        assert_int_equal(picture.width, rows[i].picture.width);
        assert_int_equal(picture.height, rows[i].picture.height);
        assert_int_equal(picture.tells_place, rows[i].picture.tells_place);
        assert_int_equal(picture.tells_device, rows[i].picture.tells_device);
        for (size_t cut = 0; cut + 4 < rows[i].bytes.length; cut += 3) {
            struct bytes less = {rows[i].bytes.at, cut};
            (void)!text_picture(call, less, &picture);
        }
    }
    call_forgive(call);
    unsigned char *huge = arena_copy(call->arena, png, sizeof png - 1);
    memcpy(huge + 16, "\0\1\0\0\0\1\0\0", 8);
    struct picture picture;
    assert_int_equal(text_picture(call, (struct bytes){huge, sizeof png - 1}, &picture),
                     REFUSED);
    assert_string_equal(call->refusal->words, "text.picture-too-large");
}

/* Pictures as cameras and programs write them; a photograph stays turned the way it was.
 */
static void test_picture__traces_are_left_out(void **state) {
    static const struct {
        const char *name;
        const char *traces[6];
        bool tells_place;
        size_t length; /* of what is left, looked at by another program */
    } rows[] = {
        {"gps.jpg",
         {"Huawei", "P60-SN-8H2K", "SERIAL-0042", "shot by", "TRAILER-GPS", "\0\0\0\x43"},
         true,
         633},
        {"meta.png",
         {"Author", "Xiaolan", "xmpmeta", "Huawei", "SERIAL-0042"},
         true,
         156},
        {"meta.gif", {"made at"}, false, 1476},
    };
    struct call *call = &((struct fixture *)*state)->call;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct bytes bytes;
        struct picture picture;
        struct picture again;
        struct str path = str_format(call->arena, "%s/tests/fuzz/corpus/picture/%s",
                                     getenv("SHENFA_SOURCE"), rows[i].name);
        assert_int_equal(
            file_read(call->arena, str_text(call->arena, path), 1 << 20, &bytes), DONE);
        assert_int_equal(text_picture(call, bytes, &picture), DONE);
        assert_int_equal(picture.width, 24);
        assert_int_equal(picture.height, 16);
        assert_int_equal(picture.tells_place, rows[i].tells_place);
        assert_true(picture.tells_device);
        assert_int_equal(picture.bytes.length, rows[i].length);
        for (size_t k = 0; k < LENGTH(rows[i].traces) && rows[i].traces[k] != NULL; k++) {
            size_t length = k == 5 ? 4 : strlen(rows[i].traces[k]);
            assert_non_null(memmem(bytes.at, bytes.length, rows[i].traces[k], length));
            assert_null(memmem(picture.bytes.at, picture.bytes.length, rows[i].traces[k],
                               length));
        }
        assert_int_equal(text_picture(call, picture.bytes, &again), DONE);
        assert_false(again.tells_place || again.tells_device);
        assert_int_equal(again.bytes.length, picture.bytes.length);
        assert_memory_equal(again.bytes.at, picture.bytes.at, picture.bytes.length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_type__name_and_content_agree),
        cmocka_unit_test(test_decode__reads_what_excel_and_wps_save),
        cmocka_unit_test(test_document__every_corner_of_docx),
        cmocka_unit_test(test_document__hidden_sheets_are_read_and_said),
        cmocka_unit_test(test_document__names_marked_as_utf8_are_read),
        cmocka_unit_test(test_document__hostile_archives_are_refused),
        cmocka_unit_test(test_document__lying_directories_are_refused),
        cmocka_unit_test(test_pdf__words_are_read_page_by_page),
        cmocka_unit_test(test_pdf__what_eyes_must_see_is_said),
        cmocka_unit_test(test_pdf__notes_properties_and_files_are_found),
        cmocka_unit_test(test_pdf__locked_and_broken_ones_are_refused),
        cmocka_unit_test(test_older__files_are_read_through_libreoffice),
        cmocka_unit_test(test_picture__size_and_metadata),
        cmocka_unit_test(test_picture__traces_are_left_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
