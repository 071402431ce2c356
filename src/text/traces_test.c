/*
 * What a file tells of its making, planted and looked for: nothing of it is left, nothing
 * else is changed, and what cannot be rewritten safely is left alone.
 */
#include "text/text.h"
#include "zip_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#define NAMESPACES                                                                       \
    " xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"               \
    "core-properties\""                                                                  \
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
#define RELATION(type, target)                                                           \
    "<Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/" type              \
    "\" Target=\"" target "\"/>"

struct fixture {
    struct house house;
    struct call call;
};

/* Planted in every corner that is emptied; in no member that is kept. */
static const char *const planted[] = {"李小兰", "周正国", "示范市统计局", "黄敏",
                                      "内部编号"};

static const char core[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><cp:coreProperties" NAMESPACES ">"
    "<dc:title>工业产值表</dc:title><dc:creator>李小兰</dc:creator>"
    "<cp:lastModifiedBy>周正国<!-- 周正国 --></cp:lastModifiedBy><dc:language/>"
    "</cp:coreProperties>";
static const char application[] =
    "<Properties><Application>Office</Application><Company>示范市统计局</Company>"
    "<Manager><b>黄敏</b></Manager><Pages>2</Pages></Properties>";
static const char custom[] =
    "<Properties><property pid=\"2\" name=\"内部编号\"><v>李小兰</v></property>"
    "<property name=\"周正国\"/></Properties>";
static const char relations[] =
    "<Relationships>" RELATION("package/2006/relationships/metadata/core-properties",
                               "/meta/who.psmdcp") "</Relationships>";

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

static struct bytes without(struct call *call, const char *name, struct bytes bytes,
                            enum traces *out_traces) {
    const struct file_type *type;
    struct bytes kept;
    assert_int_equal(text_file_type(call, str_of(name), bytes, &type), DONE);
    assert_int_equal(text_without_traces(call, type, bytes, &kept, out_traces), DONE);
    return kept;
}

static bool same(struct bytes a, struct bytes b) {
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static bool holds(struct bytes bytes, const char *words) {
    return memmem(bytes.at, bytes.length, words, strlen(words)) != NULL;
}

static uint32_t little(const unsigned char *at, int size) {
    uint32_t value = 0;
    for (int i = size; i > 0; i--) {
        value = value << 8 | at[i - 1];
    }
    return value;
}

/* A second, simple reading of an archive from its first byte on: each local head names
 * its own length.  The packed bytes of *name*; with *out_plain* also unpacked. */
static struct bytes member(struct arena *arena, struct bytes zip, const char *name,
                           struct bytes *out_plain) {
    for (size_t at = 0; at + 30 < zip.length && little(zip.at + at, 4) == 0x04034b50;) {
        size_t packed = little(zip.at + at + 18, 4);
        size_t size = little(zip.at + at + 22, 4);
        size_t name_length = little(zip.at + at + 26, 2);
        size_t from = at + 30 + name_length + little(zip.at + at + 28, 2);
        struct str found = {(const char *)zip.at + at + 30, name_length};
        struct bytes bytes = {zip.at + from, packed};
        if (str_is(found, name)) {
            unsigned char *plain = arena_take(arena, size + 1);
            if (little(zip.at + at + 8, 2) == 0) {
                memcpy(plain, bytes.at, size);
            } else {
                z_stream stream = {.next_in = (z_const Bytef *)bytes.at,
                                   .avail_in = (uInt)packed,
                                   .next_out = plain,
                                   .avail_out = (uInt)size + 1};
                assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
                assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
                inflateEnd(&stream);
            }
            *out_plain = (struct bytes){plain, size};
            return bytes;
        }
        at = from + packed;
    }
    fail_msg("%s is not in the archive", name);
    return (struct bytes){0};
}

/* The planted words are in no byte of the archive, packed or unpacked. */
static bool tells_anything(struct arena *arena, struct bytes zip,
                           const struct zip_file *files, size_t count) {
    bool told = false;
    for (size_t i = 0; i < count; i++) {
        struct bytes plain;
        (void)member(arena, zip, files[i].name, &plain);
        for (size_t k = 0; k < LENGTH(planted); k++) {
            told = told || holds(plain, planted[k]) || holds(zip, planted[k]);
        }
    }
    return told;
}

static void test_traces__the_maker_of_a_package_is_left_out(void **state) {
    static const struct {
        const char *name;
        const char *main;
    } rows[] = {{"a.docx", "word/document.xml"},
                {"a.xlsx", "xl/workbook.xml"},
                {"a.pptx", "ppt/presentation.xml"}};
    struct call *call = &((struct fixture *)*state)->call;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct zip_file files[] = {{"[Content_Types].xml", "<Types/>"},
                                         {"_rels/.rels", relations},
                                         {rows[i].main, "<a>正文正文正文正文正文</a>"},
                                         {"docProps/core.xml", core},
                                         {"DOCPROPS/APP.XML", application},
                                         {"docProps/custom.xml", custom},
                                         {"meta/who.psmdcp", core},
                                         {"word/media/p.bin", "0123456789"}};
        struct bytes zip = zip_files(call->arena, files, LENGTH(files), 0);
        enum traces traces;
        assert_true(tells_anything(call->arena, zip, files, LENGTH(files)));
        struct bytes kept = without(call, rows[i].name, zip, &traces);
        assert_int_equal(traces, TRACES_MAKER);
        assert_false(tells_anything(call->arena, kept, files, LENGTH(files)));
        static const size_t unchanged[] = {0, 1, 2, 7};
        for (size_t k = 0; k < LENGTH(unchanged); k++) {
            struct bytes plain;
            const char *name = files[unchanged[k]].name;
            assert_true(same(member(call->arena, zip, name, &plain),
                             member(call->arena, kept, name, &plain)));
        }
        struct bytes plain;
        (void)member(call->arena, kept, "docProps/core.xml", &plain);
        assert_true(holds(plain,
                          "<dc:title>工业产值表</dc:title><dc:creator></dc:creator>"
                          "<cp:lastModifiedBy></cp:lastModifiedBy><dc:language/>"));
        (void)member(call->arena, kept, "DOCPROPS/APP.XML", &plain);
        assert_true(
            holds(plain, "<Company></Company><Manager></Manager><Pages>2</Pages>"));
        (void)member(call->arena, kept, "docProps/custom.xml", &plain);
        assert_true(same(plain, bytes_of_str(STR("<Properties></Properties>"))));
        /* What is kept is read as before, and a second passage changes nothing. */
        const struct file_type *type;
        struct document document;
        assert_int_equal(text_file_type(call, str_of(rows[i].name), kept, &type), DONE);
        assert_int_equal(text_document(call, type, kept, &document), DONE);
        assert_true(same(without(call, rows[i].name, kept, &traces), kept));
        assert_int_equal(traces, TRACES_NONE);
    }
}

/* Words between, before and behind the members are words of nobody's document. */
static void test_traces__nothing_stands_between_the_members(void **state) {
    static const struct zip_file files[] = {{"word/document.xml", "<a>正文</a>"}};
    struct call *call = &((struct fixture *)*state)->call;
    struct bytes zip = zip_files(call->arena, files, 1, 0);
    struct buffer longer;
    buffer_init(&longer, call->arena);
    const char *central = memmem(zip.at, zip.length, "PK\1\2", 4);
    size_t from = (size_t)(central - (const char *)zip.at);
    buffer_add(&longer, (struct str){(const char *)zip.at, from});
    buffer_add_text(&longer, "李小兰");
    buffer_add(&longer, (struct str){central, zip.length - from});
    char *end = longer.at + longer.length - 22;
    end[16] = (char)(little((unsigned char *)end + 16, 1) + strlen("李小兰"));
    end[20] = (char)strlen("周正国");
    buffer_add_text(&longer, "周正国");
    struct bytes told = bytes_of_str(buffer_str(&longer));
    enum traces traces;
    assert_true(tells_anything(call->arena, told, files, 1));
    assert_true(same(without(call, "a.docx", told, &traces), zip));
    assert_int_equal(traces, TRACES_NONE);
}

/* What is signed, locked, too large, lying or broken is kept byte for byte: screening
 * tells what it cannot read.  Other types are not touched. */
static void test_traces__what_cannot_be_rewritten_is_left_alone(void **state) {
    struct call *call = &((struct fixture *)*state)->call;
    struct arena *arena = call->arena;
    char *spaces = arena_take(arena, ((size_t)8 << 20) + 1);
    memset(spaces, ' ', (size_t)8 << 20);
    char *large = arena_take(arena, ((size_t)1 << 20) + sizeof core + 1);
    memset(large, ' ', (size_t)1 << 20);
    strcpy(large + ((size_t)1 << 20), core);
    const struct zip_file rows[][2] = {
        {{"_xmlsignatures/origin.sigs", "x"}, {"docProps/core.xml", core}},
        {{"_XMLSIGNATURES/sig1.xml", "<a/>"}, {"docProps/core.xml", core}},
        {{"bomb.bin", spaces}, {"docProps/core.xml", core}},
        {{"docProps/core.xml", core}, {"docProps/core.xml", core}},
        {{"../out.xml", "<a/>"}, {"docProps/core.xml", core}},
        {{"a.xml", "<a/>"}, {"docProps/core.xml", "<creator>李小兰"}},
        {{"a.xml", "<a/>"}, {"docProps/core.xml", "<!DOCTYPE a [<!ENTITY b '李'>]><a/>"}},
        {{"a.xml", "<a/>"}, {"docProps/core.xml", large}},
        {{"_rels/.rels", "<Relationships>"}, {"docProps/core.xml", core}},
    };
    enum traces traces;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct zip_file files[] = {
            {"word/document.xml", "<a/>"}, rows[i][0], rows[i][1]};
        struct bytes zip = zip_files(arena, files, LENGTH(files), 0);
        assert_true(same(without(call, "a.docx", zip, &traces), zip));
        assert_int_equal(traces, TRACES_NONE);
    }
    const struct zip_file sound[] = {{"word/document.xml", "<a/>"},
                                     {"docProps/core.xml", core}};
    struct bytes zip = zip_files(arena, sound, 2, 0);
    for (size_t cut = 22; cut + 64 < zip.length; cut += 7) {
        struct bytes less = {zip.at, zip.length - cut};
        assert_true(same(without(call, "a.docx", less, &traces), less));
    }
    struct bytes locked = zip_files(arena, sound, 2, 1);
    assert_true(same(without(call, "a.docx", locked, &traces), locked));
    struct bytes csv = bytes_of_str(STR("creator,李小兰\n"));
    assert_true(same(without(call, "a.csv", csv, &traces), csv));
    assert_int_equal(traces, TRACES_NONE);
}

/* One field of the second record at a time: it lies over the first, is longer than the
 * file, has another sum or size. */
static void test_traces__lying_records_are_left_alone(void **state) {
    static const struct {
        size_t offset;
        const char *bytes;
        size_t length;
    } rows[] = {
        {42, "\0\0\0\0", 4}, {42, "\x01\0\0\0", 4},       {20, "\xff\xff\xff\0", 4},
        {28, "\xff\x7f", 2}, {16, "\x01\x02\x03\x04", 4}, {24, "\x03\0\0\0", 4},
        {10, "\x0c\0", 2},
    };
    static const struct zip_file files[] = {{"word/document.xml", "<a/>"},
                                            {"docProps/core.xml", core}};
    struct call *call = &((struct fixture *)*state)->call;
    struct bytes zip = zip_files(call->arena, files, 2, 0);
    const char *first = memmem(zip.at, zip.length, "PK\1\2", 4);
    size_t from = (size_t)(first - (const char *)zip.at) + 46 + strlen(files[0].name);
    enum traces traces;
    (void)without(call, "a.docx", zip, &traces);
    assert_int_equal(traces, TRACES_MAKER);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *copy = arena_copy(call->arena, zip.at, zip.length);
        memcpy(copy + from + rows[i].offset, rows[i].bytes, rows[i].length);
        struct bytes lying = {(const unsigned char *)copy, zip.length};
        assert_true(same(without(call, "a.docx", lying, &traces), lying));
        assert_int_equal(traces, TRACES_NONE);
    }
}

static void add_segment(struct buffer *out, int kind, const char *at, size_t length) {
    const char head[] = {(char)0xff, (char)kind, (char)((length + 2) >> 8),
                         (char)(length + 2)};
    buffer_add(out, (struct str){head, sizeof head});
    buffer_add(out, (struct str){at, length});
}

/* Orientation 6, a maker and a place, as a camera writes them (Exif 2.3 §4.6). */
static const char exif[] = "Exif\0\0II\x2a\0\x08\0\0\0\x03\0"
                           "\x0f\x01\x02\0\x07\0\0\0\x32\0\0\0"
                           "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
                           "\x25\x88\x04\0\x01\0\0\0\x3a\0\0\0"
                           "\0\0\0\0"
                           "HUAWEI\0\0"
                           "\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0";

static void test_traces__a_photograph_tells_no_place_and_stands_upright(void **state) {
    static const char frame[] = "\x08\0\x10\0\x18\1\1\x11\0";
    static const char scan[] = "\1\1\0\0\x3f\0";
    static const char pixels[] = "\x12\xff\0\x34\xff\xd0\x56";
    struct call *call = &((struct fixture *)*state)->call;
    struct buffer jpeg;
    buffer_init(&jpeg, call->arena);
    buffer_add(&jpeg, (struct str){"\xff\xd8", 2});
    add_segment(&jpeg, 0xe1, exif, sizeof exif - 1);
    add_segment(&jpeg, 0xe1, "http://ns.adobe.com/xap/1.0/\0<a>李小兰</a>", 42);
    add_segment(&jpeg, 0xe2, "ICC_PROFILE\0\1\1colours", 21);
    add_segment(&jpeg, 0xed, "Photoshop 3.0\0周正国", 23);
    add_segment(&jpeg, 0xfe, "黄敏", 6);
    add_segment(&jpeg, 0xc0, frame, sizeof frame - 1);
    add_segment(&jpeg, 0xda, scan, sizeof scan - 1);
    buffer_add(&jpeg, (struct str){pixels, sizeof pixels - 1});
    buffer_add(&jpeg, (struct str){"\xff\xd9李小兰", 11});
    struct bytes bytes = bytes_of_str(buffer_str(&jpeg));
    enum traces traces;
    struct bytes kept = without(call, "a.jpg", bytes, &traces);
    assert_int_equal(traces, TRACES_PLACE);
    static const char *const gone[] = {"HUAWEI",   "李小兰", "周正国",   "黄敏",
                                       "\x25\x88", "adobe",  "Photoshop"};
    for (size_t i = 0; i < LENGTH(gone); i++) {
        assert_true(holds(bytes, gone[i]));
        assert_false(holds(kept, gone[i]));
    }
    assert_true(holds(kept, "colours"));
    assert_non_null(memmem(kept.at, kept.length, pixels, sizeof pixels - 1));
    assert_non_null(memmem(kept.at, kept.length, "\x01\x12\0\3\0\0\0\1\0\x06", 10));
    assert_true(same(without(call, "a.jpg", kept, &traces), kept));
    assert_int_equal(traces, TRACES_NONE);
}

static void add_chunk(struct buffer *out, const char *kind, const char *at,
                      size_t length) {
    char size[4] = {0, 0, (char)(length >> 8), (char)length};
    struct str inside = {at, length};
    uLong sum = crc32(crc32(0, (const Bytef *)kind, 4), (const Bytef *)at, (uInt)length);
    buffer_add(out, (struct str){size, 4});
    buffer_add_text(out, kind);
    buffer_add(out, inside);
    for (int i = 3; i >= 0; i--) {
        buffer_add_char(out, (char)(sum >> 8 * i & 0xff));
    }
}

static void test_traces__a_png_tells_no_names_and_no_time(void **state) {
    struct call *call = &((struct fixture *)*state)->call;
    struct buffer png;
    struct buffer clean;
    struct buffer *both[] = {&png, &clean};
    for (size_t i = 0; i < 2; i++) {
        buffer_init(both[i], call->arena);
        buffer_add(both[i], (struct str){"\x89PNG\r\n\x1a\n", 8});
        add_chunk(both[i], "IHDR", "\0\0\0\1\0\0\0\1\x08\0\0\0\0", 13);
        if (i == 0) {
            add_chunk(both[i], "tEXt", "Author\0Li Xiaolan", 17);
            add_chunk(both[i], "zTXt", "Author\0\0x", 9);
            add_chunk(both[i], "iTXt", "Author\0\0\0\0\0李小兰", 20);
            add_chunk(both[i], "eXIf", exif + 6, sizeof exif - 7);
            add_chunk(both[i], "tIME", "\x07\xea\x0b\x16\x0a\0\0", 7);
        }
        add_chunk(both[i], "IDAT", "x\x9c\x63\0\0\0\2\0\1", 9);
        add_chunk(both[i], "IEND", "", 0);
    }
    enum traces traces;
    struct bytes kept = without(call, "a.png", bytes_of_str(buffer_str(&png)), &traces);
    assert_int_equal(traces, TRACES_PLACE);
    assert_true(same(kept, bytes_of_str(buffer_str(&clean))));
    assert_true(same(without(call, "a.png", kept, &traces), kept));
    assert_int_equal(traces, TRACES_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces__the_maker_of_a_package_is_left_out),
        cmocka_unit_test(test_traces__nothing_stands_between_the_members),
        cmocka_unit_test(test_traces__what_cannot_be_rewritten_is_left_alone),
        cmocka_unit_test(test_traces__lying_records_are_left_alone),
        cmocka_unit_test(test_traces__a_photograph_tells_no_place_and_stands_upright),
        cmocka_unit_test(test_traces__a_png_tells_no_names_and_no_time),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
