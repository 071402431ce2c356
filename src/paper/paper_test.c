/*
 * Paper is read back by other programs: pdftotext finds every word, unzip and
 * the XML show the cells, zbarimg reads the code (where they are installed).
 */
#include "paper/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int open_arena(void **state) {
    *state = arena_new((size_t)256 << 20);
    return 0;
}

static int close_arena(void **state) {
    arena_free(*state);
    return 0;
}

static bool is_installed(const char *program) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s >/dev/null", program);
    return system(command) == 0;
}

/* What *command* says about a file of *bytes*; "%s" in it is the file. */
static struct str told(struct arena *arena, struct bytes bytes, const char *suffix,
                       const char *command) {
    struct str path = str_format(arena, "/tmp/paper-XXXXXX%s", suffix);
    char *name = arena_copy(arena, path.at, path.length + 1);
    int file = mkstemps(name, (int)strlen(suffix));
    assert_int_equal(write(file, bytes.at, bytes.length), (ssize_t)bytes.length);
    close(file);
    struct buffer line;
    struct str rest = str_of(command);
    buffer_init(&line, arena);
    for (size_t i = 0; i < rest.length; i++) {
        if (rest.at[i] == '%') {
            buffer_add_text(&line, name);
        } else {
            buffer_add_char(&line, rest.at[i]);
        }
    }
    FILE *pipe = popen(str_text(arena, buffer_str(&line)), "r");
    struct buffer buffer;
    char chunk[4096];
    buffer_init(&buffer, arena);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, pipe)) > 0;) {
        buffer_add(&buffer, (struct str){chunk, got});
    }
    assert_int_equal(pclose(pipe), 0);
    unlink(name);
    return buffer_str(&buffer);
}

/* Without blanks and line ends: how lines break is no matter. */
static struct str dense(struct arena *arena, struct str text) {
    struct buffer buffer;
    size_t position = 0;
    buffer_init(&buffer, arena);
    while (position < text.length) {
        uint32_t point = utf8_next(text, &position);
        if (point > ' ' && point != 0x3000) {
            utf8_add(&buffer, point);
        }
    }
    return buffer_str(&buffer);
}

static bool holds(struct arena *arena, struct str text, const char *part) {
    return str_find(dense(arena, text), dense(arena, str_of(part))) <
           dense(arena, text).length;
}

static int count_of(struct str text, const char *part) {
    int count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += str_starts(str_part(text, i, text.length), part);
    }
    return count;
}

static const double head_widths[] = {3, 6, 3, 6};
static const double step_widths[] = {3, 7, 3, 5};

static const struct paper_cell title_cells[] = {
    {.text = STR_INIT("标题"), .head = true},
    {.text = STR_INIT("2026年前三季度全市工业经济运行分析"), .columns = 3},
};
static const struct paper_cell unit_cells[] = {
    {.text = STR_INIT("单位、经办人"), .head = true},
    {.text = STR_INIT("工业科　李小兰")},
    {.text = STR_INIT("版本"), .head = true},
    {.text = STR_INIT("第5版 SM3 7f3a 91c2 04be d85e")},
};
static const struct paper_row head_rows[] = {{title_cells, 2}, {unit_cells, 4}};

static const struct paper_cell step_heads[] = {
    {.text = STR_INIT("步骤"), .head = true},
    {.text = STR_INIT("意见"), .head = true},
    {.text = STR_INIT("签署"), .head = true},
    {.text = STR_INIT("时间、方式、依据"), .head = true},
};

/* A form with *steps* rows of signatures, the last with a long opinion. */
static struct paper_form form_of(struct arena *arena, size_t steps, size_t long_lines) {
    struct paper_table *tables = TAKE_ARRAY(arena, 2, struct paper_table);
    struct paper_row *rows = TAKE_ARRAY(arena, steps + 1, struct paper_row);
    rows[0] = (struct paper_row){step_heads, 4};
    for (size_t i = 1; i <= steps; i++) {
        struct paper_cell *cells = TAKE_ARRAY(arena, 4, struct paper_cell);
        struct buffer opinion;
        buffer_init(&opinion, arena);
        buffer_add_format(&opinion, "意见%zu：同意，用字㙍𠮷䶮无误。", i);
        for (size_t l = 0; i == steps && l < long_lines; l++) {
            buffer_add_format(&opinion, "第%zu句很长的意见须完整保留。", l);
        }
        cells[0].text = str_format(arena, "第%zu步", i);
        cells[1].text = buffer_str(&opinion);
        cells[2].text = STR("周正国");
        cells[3].text = STR("2026-12-02 10:40　系统　第十二条第四项");
        rows[i] = (struct paper_row){cells, 4};
    }
    tables[0] = (struct paper_table){head_widths, 4, head_rows, 2, 0};
    tables[1] = (struct paper_table){step_widths, 4, rows, steps + 1, 1};
    static const struct str foot[] = {
        STR_INIT("由存证 184,150-184,207 生成。打印 2026-12-02 14:20 黄敏"),
        STR_INIT("核对：tjj.example.gov.cn/v/2026-0187"),
    };
    return (struct paper_form){
        .language = STR("zh-CN"),
        .title = STR("示范市统计局网站信息发布审查表"),
        .number = STR("编号　审表 2026-0187"),
        .page_words = STR("第 {page} 页，共 {pages} 页"),
        .tables = tables,
        .table_count = 2,
        .foot = foot,
        .foot_count = 2,
        .qr = STR("https://tjj.example.gov.cn/v/2026-0187"),
        .made_at = 1796192400 * INSTANT_SECOND,
    };
}

static void test_paper__every_cell_can_be_found_in_the_pdf(void **state) {
    struct arena *arena = *state;
    struct paper_form form = form_of(arena, 6, 0);
    struct bytes pdf;
    assert_int_equal(paper_form_pdf(arena, &form, &pdf), DONE);
    assert_memory_equal(pdf.at, "%PDF-", 5);
    const char *keep = getenv("PAPER_KEEP");
    if (keep != NULL) {
        assert_int_equal(file_write(keep, pdf), DONE);
    }
    if (!is_installed("pdftotext")) {
        skip();
    }
    struct str text = told(arena, pdf, ".pdf", "pdftotext -layout % -");
    for (size_t t = 0; t < form.table_count; t++) {
        for (size_t r = 0; r < form.tables[t].row_count; r++) {
            const struct paper_row *row = &form.tables[t].rows[r];
            for (size_t c = 0; c < row->count; c++) {
                struct str raw = told(arena, pdf, ".pdf", "pdftotext -raw % -");
                assert_true(holds(arena, raw, str_text(arena, row->cells[c].text)));
            }
        }
    }
    assert_true(holds(arena, text, "示范市统计局网站信息发布审查表"));
    assert_true(holds(arena, text, "审表 2026-0187"));
    assert_true(holds(arena, text, "第 1 页，共 1 页"));
    assert_true(holds(arena, text, "由存证 184,150-184,207 生成"));
}

static void test_paper__long_forms_repeat_their_heads_and_lose_nothing(void **state) {
    struct arena *arena = *state;
    struct paper_form form = form_of(arena, 30, 300);
    struct bytes pdf;
    assert_int_equal(paper_form_pdf(arena, &form, &pdf), DONE);
    const char *keep = getenv("PAPER_KEEP_LONG");
    if (keep != NULL) {
        assert_int_equal(file_write(keep, pdf), DONE);
    }
    if (!is_installed("pdftotext")) {
        skip();
    }
    struct str text = told(arena, pdf, ".pdf", "pdftotext -raw % -");
    int pages = count_of(text, "\f");
    assert_true(pages >= 3);
    assert_int_equal(count_of(text, "时间、方式、依据"), pages);
    /* A sentence may stand on two pages; none of its characters is lost. */
    assert_int_equal(count_of(text, "句"), 300);
    assert_int_equal(count_of(text, "留"), 300);
    assert_int_equal(count_of(text, "周正国"), 30);
    for (int i = 1; i <= pages; i++) {
        struct str line = str_format(arena, "第 %d 页，共 %d 页", i, pages);
        assert_true(holds(arena, text, str_text(arena, line)));
    }
}

static void test_paper__the_same_form_gives_the_same_bytes(void **state) {
    struct arena *arena = *state;
    struct paper_form form = form_of(arena, 12, 40);
    struct bytes one;
    struct bytes other;
    assert_int_equal(paper_form_pdf(arena, &form, &one), DONE);
    assert_int_equal(paper_form_pdf(arena, &form, &other), DONE);
    assert_int_equal(one.length, other.length);
    assert_memory_equal(one.at, other.at, one.length);
    form.made_at += INSTANT_SECOND;
    assert_int_equal(paper_form_pdf(arena, &form, &other), DONE);
    assert_true(one.length != other.length || memcmp(one.at, other.at, one.length) != 0);
}

static void test_paper__a_row_that_does_not_fill_its_table_is_refused(void **state) {
    static const struct paper_row row = {title_cells, 1};
    static const struct paper_table table = {head_widths, 4, &row, 1, 0};
    struct paper_form form = {.tables = &table, .table_count = 1};
    struct bytes pdf;
    assert_int_equal(paper_form_pdf(*state, &form, &pdf), REFUSED);
}

static void test_paper__the_code_on_the_form_is_read_by_a_reader(void **state) {
    struct arena *arena = *state;
    struct paper_form form = form_of(arena, 2, 0);
    struct bytes pdf;
    assert_int_equal(paper_form_pdf(arena, &form, &pdf), DONE);
    if (!is_installed("zbarimg") || !is_installed("pdftoppm")) {
        skip();
    }
    struct str read =
        told(arena, pdf, ".pdf",
             "pdftoppm -r 150 -png -singlefile % %p && zbarimg -q --raw %p.png"
             " && rm %p.png");
    assert_true(str_is(str_trim(read), "https://tjj.example.gov.cn/v/2026-0187"));
}

static void test_paper__a_code_as_svg_has_its_modules(void **state) {
    struct arena *arena = *state;
    struct paper_qr qr;
    assert_int_equal(paper_qr(arena, STR("https://example.gov.cn/1"), &qr), DONE);
    assert_true(qr.size >= 21);
    assert_true(qr.dark[0] && qr.dark[6] && !qr.dark[qr.size + 1]); /* the finder */
    struct str svg = paper_qr_svg(arena, &qr, STR("本页 \"二维码\" <1>"));
    assert_true(str_starts(svg, "<svg xmlns"));
    assert_true(holds(arena, svg, "aria-label=\"本页 &quot;二维码&quot; &lt;1&gt;\""));
    assert_true(holds(arena, svg, "M4 4h7v1h-7z"));
    assert_true(str_find(svg, STR("style")) == svg.length);
    assert_int_equal(paper_qr(arena, STR(""), &qr), REFUSED);
}

static void test_paper__a_list_is_text_and_nothing_but_text(void **state) {
    struct arena *arena = *state;
    static const struct str heads[] = {STR_INIT("标题"), STR_INIT("单位")};
    static const struct str cells[] = {
        STR_INIT("=HYPERLINK(\"http://example.com\")"),
        STR_INIT("工业科"),
        STR_INIT("+1-800"),
        STR_INIT("@SUM(1)"),
        STR_INIT("<b>&amp;</b>"),
        STR_INIT("综合科"),
    };
    const struct paper_list list = {
        .title = STR("稿件[全部]/2026"),
        .remark = STR("科审，11月；2026-12-02 09:30"),
        .heads = heads,
        .columns = 2,
        .cells = cells,
        .row_count = 3,
        .made_at = 1796192400 * INSTANT_SECOND,
    };
    struct bytes xlsx;
    assert_int_equal(paper_list_xlsx(arena, &list, &xlsx), DONE);
    assert_memory_equal(xlsx.at, "PK", 2);
    if (!is_installed("python3")) {
        skip();
    }
    struct str sheet =
        told(arena, xlsx, ".xlsx",
             "python3 -c 'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);"
             "sys.stdout.buffer.write(b\"\".join(z.read(n) for n in "
             "z.namelist() if \"sheet\" in n or \"workbook.xml\" in n))' %");
    assert_true(holds(arena, sheet, "=HYPERLINK("));
    assert_true(holds(arena, sheet, "稿件全部2026"));
    assert_true(holds(arena, sheet, "科审，11月；2026-12-02 09:30"));
    assert_true(str_find(sheet, STR("<f>")) == sheet.length);
    assert_true(str_find(sheet, STR("<f ")) == sheet.length);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paper__every_cell_can_be_found_in_the_pdf),
        cmocka_unit_test(test_paper__long_forms_repeat_their_heads_and_lose_nothing),
        cmocka_unit_test(test_paper__the_same_form_gives_the_same_bytes),
        cmocka_unit_test(test_paper__a_row_that_does_not_fill_its_table_is_refused),
        cmocka_unit_test(test_paper__the_code_on_the_form_is_read_by_a_reader),
        cmocka_unit_test(test_paper__a_code_as_svg_has_its_modules),
        cmocka_unit_test(test_paper__a_list_is_text_and_nothing_but_text),
    };
    int failed = cmocka_run_group_tests(tests, open_arena, close_arena);
    return failed;
}
