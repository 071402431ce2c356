/*
 * The detectors of marks, numbers and words, each with what must be found and what
 * must not.
 */
#include "screening/screening_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HARD_NEGATIVES "../shared/data/screening/secrecy_words_in_real_text.tsv"

struct fixture {
    struct house house;
    struct call call;
    struct rulebook book;
    struct scan scan;
};

static struct prohibition prohibitions[] = {
    {.basis = {.id = STR_INIT("LZ-4.b")}, .detector = DETECTOR_CLASSIFICATION_MARK},
    {.basis = {.id = STR_INIT("LZ-4.c")}, .detector = DETECTOR_INTERNAL_MARK},
    {.basis = {.id = STR_INIT("LZ-4.b")}, .detector = DETECTOR_CITIZEN_ID},
    {.basis = {.id = STR_INIT("LZ-4.b")}, .detector = DETECTOR_BANK_CARD},
    {.basis = {.id = STR_INIT("LZ-4.b")},
     .detector = DETECTOR_PHONE,
     .until_confirmed = true},
    {.basis = {.id = STR_INIT("LZ-12.6.a")},
     .detector = DETECTOR_WRONG_WORD,
     .severity = SEVERITY_NOTE},
    {.basis = {.id = STR_INIT("LZ-4.b")},
     .detector = DETECTOR_LEXICON,
     .severity = SEVERITY_JUDGE},
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct arena *arena = arena_new((size_t)1 << 30);
    const char *source = getenv("SHENFA_SOURCE");
    struct str share = str_format(arena, "%s/share", source == NULL ? "." : source);
    fixture->house.share = str_text(arena, share);
    call_init(&fixture->call, arena, &fixture->house, 0);
    fixture->book.prohibitions = prohibitions;
    fixture->book.prohibition_count = LENGTH(prohibitions);
    fixture->scan.call = &fixture->call;
    fixture->scan.book = &fixture->book;
    fixture->scan.scratch = arena_new((size_t)64 << 20);
    fixture->scan.found.at = TAKE_ARRAY(arena, FINDINGS_MOST, struct finding);
    assert_int_equal(scan_read_facts(&fixture->scan), DONE);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    arena_free(fixture->scan.scratch);
    arena_free(fixture->call.arena);
    free(fixture);
    return 0;
}

static const struct findings *scanned(void **state, struct str text) {
    struct fixture *fixture = *state;
    struct place place = {.field = STR("body"), .part = STR(""), .paragraph = 1};
    fixture->scan.found.count = 0;
    scan_text(&fixture->scan, &place, text);
    return &fixture->scan.found;
}

struct row {
    const char *text;
    enum detector detector; /* NONE: nothing may be found */
    const char *shown;      /* NULL: not looked at */
};

static void check(void **state, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct findings *found = scanned(state, str_of(rows[i].text));
        if ((found->count > 0) != (rows[i].detector != DETECTOR_NONE)) {
            fail_msg("%s: %zu findings", rows[i].text, found->count);
        }
        if (rows[i].detector != DETECTOR_NONE) {
            assert_int_equal(found->at[0].detector, rows[i].detector);
            if (rows[i].shown != NULL) {
                struct arena *arena = ((struct fixture *)*state)->call.arena;
                assert_string_equal(str_text(arena, found->at[0].shown), rows[i].shown);
            }
        }
    }
}

static void test_mark__stars_terms_and_lines_of_their_own(void **state) {
    static const struct row rows[] = {
        {"机密★", DETECTOR_CLASSIFICATION_MARK, "机密★"},
        {"本件为秘密★10年，请注意。", DETECTOR_CLASSIFICATION_MARK, "秘密★10年"},
        {"绝密☆长期", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"机 密 ★ 三十年", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"機密★", DETECTOR_CLASSIFICATION_MARK, "機密★"},
        {"秘\xe2\x80\x8b密＊５年", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"㊙密★", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"绝密", DETECTOR_CLASSIFICATION_MARK, "绝密"},
        {"　　秘　密　", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"机密    特急", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"密级：秘密", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"文号〔2026〕3号，密级：机密，份数20", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"秘密 10年", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"关于调整经费的请示（机密）", DETECTOR_CLASSIFICATION_MARK, "（机密）"},
        {"【绝密】工作方案", DETECTOR_CLASSIFICATION_MARK, "【绝密】"},
        {"机密文件", DETECTOR_CLASSIFICATION_MARK, NULL},
        {"内部资料　注意保存", DETECTOR_INTERNAL_MARK, NULL},
        {"（内部文件，请勿外传）", DETECTOR_INTERNAL_MARK, NULL},
        {"內部參考", DETECTOR_INTERNAL_MARK, NULL},
        {"工作简报（内部资料 注意保管）", DETECTOR_INTERNAL_MARK, NULL},
        {"注 意 保 密", DETECTOR_INTERNAL_MARK, NULL},
    };
    check(state, rows, LENGTH(rows));
}

static void test_mark__words_alone_are_none(void **state) {
    static const struct row rows[] = {
        {"国家秘密的密级分为绝密、机密、秘密三级。", DETECTOR_NONE, NULL},
        {"（绝密、机密、秘密）", DETECTOR_NONE, NULL},
        {"泄露国家秘密的，依法追究责任。", DETECTOR_NONE, NULL},
        {"商业秘密保护条例", DETECTOR_NONE, NULL},
        {"机密级保密期限不超过二十年", DETECTOR_NONE, NULL},
        {"将内部资料外借他人的", DETECTOR_NONE, NULL},
        {"工作人员应当保守秘密。", DETECTOR_NONE, NULL},
        {"自2026年起保守秘密2026年", DETECTOR_NONE, NULL},
        {"“秘密”", DETECTOR_NONE, NULL},
        {"第 3 期", DETECTOR_NONE, NULL},
        {"", DETECTOR_NONE, NULL},
    };
    check(state, rows, LENGTH(rows));
}

/* Real sentences with the words of marks: fewer than one of a hundred may be found. */
static void test_mark__real_sentences_are_left_alone(void **state) {
    struct fixture *fixture = *state;
    const char *source = getenv("SHENFA_SOURCE");
    struct bytes bytes;
    struct str path = str_format(fixture->call.arena, "%s/" HARD_NEGATIVES,
                                 source == NULL ? "." : source);
    if (file_read(fixture->call.arena, path.at, (size_t)8 << 20, &bytes) != DONE) {
        skip(); /* ../shared is not here */
    }
    struct str rest = {(const char *)bytes.at, bytes.length};
    size_t sentences = 0;
    size_t alarms = 0;
    (void)str_cut(&rest, '\n');
    while (rest.length > 0) {
        struct str line = str_cut(&rest, '\n');
        (void)str_cut(&line, '\t');
        (void)str_cut(&line, '\t');
        const struct findings *found = scanned(state, line);
        sentences++;
        if (found->count > 0) {
            alarms++;
            print_message("found %.*s in %.*s\n", STR_ARG(found->at[0].shown),
                          STR_ARG(line));
        }
    }
    assert_true(sentences >= 900);
    assert_true(alarms * 100 < sentences);
}

/* Numbers made by rule: none of them belongs to anybody. */
static void test_number__citizen_ids(void **state) {
    static const struct row rows[] = {
        {"身份证号：45020519900101123X。", DETECTOR_NONE, NULL}, /* wrong check digit */
        {"450205199001011236", DETECTOR_CITIZEN_ID, "4502**********1236"},
        {"号码 450205 19900101 1236", DETECTOR_CITIZEN_ID, "4502** ******** 1236"},
        {"４５０２０５１９９００１０１１２３６", DETECTOR_CITIZEN_ID, NULL},
        {"4502\xe2\x80\x8b"
         "05199001011236",
         DETECTOR_CITIZEN_ID, NULL},
        {"450205199013011233", DETECTOR_NONE, NULL}, /* month 13 */
        {"11010119900307002X", DETECTOR_CITIZEN_ID, NULL},
        {"11010119900307002x，", DETECTOR_CITIZEN_ID, NULL},
        {"1450205199001011236", DETECTOR_NONE, NULL}, /* 19 digits */
        {"450205900101123", DETECTOR_CITIZEN_ID, "4502*******1123"},
        {"999999900101123", DETECTOR_NONE, NULL}, /* no such division */
        {"202600000000000001", DETECTOR_NONE, NULL},
    };
    (void)rows;
    check(state, rows, LENGTH(rows));
}

static void test_number__bank_cards(void **state) {
    static const struct row rows[] = {
        {"卡号6222020000000000001", DETECTOR_NONE, NULL}, /* Luhn fails */
        {"6222 0200 0000 0000 000", DETECTOR_BANK_CARD, NULL},
        {"金额 1234567890123456.00", DETECTOR_NONE, NULL},
        {"ab6222020000000000000", DETECTOR_NONE, NULL},
    };
    check(state, rows, LENGTH(rows));
}

static void test_number__telephones(void **state) {
    static const struct row rows[] = {
        {"联系人手机13800001234", DETECTOR_PHONE, "138****1234"},
        {"+86 138-0000-1234", DETECTOR_PHONE, NULL},
        {"8613800001234", DETECTOR_PHONE, NULL},
        {"电话 0772-2825566", DETECTOR_PHONE, "0772-****566"},
        {"(010)68888888", DETECTOR_NONE, NULL},
        {"01068888888", DETECTOR_PHONE, NULL},
        {"0772-2825566-8001", DETECTOR_PHONE, NULL},
        {"总额13912345678元", DETECTOR_NONE, NULL},
        {"13912345678.5", DETECTOR_NONE, NULL},
        {"热线12345，传真114", DETECTOR_NONE, NULL},
        {"400-820-8820", DETECTOR_NONE, NULL},
        {"2026-11-30 12:30", DETECTOR_NONE, NULL},
        {"12345678901", DETECTOR_NONE, NULL},
    };
    check(state, rows, LENGTH(rows));
    assert_int_equal(scanned(state, STR("13800001234"))->at[0].severity, SEVERITY_JUDGE);
    ((struct fixture *)*state)->scan.numbers_confirmed = true;
    assert_int_equal(scanned(state, STR("13800001234"))->at[0].severity, SEVERITY_BLOCK);
    struct listed_word listed[] = {{.word = STR_INIT("0772-2825566")}};
    ((struct fixture *)*state)->scan.office_numbers = listed;
    ((struct fixture *)*state)->scan.office_number_count = 1;
    assert_int_equal(scanned(state, STR("电话0772-2825566"))->count, 0);
    assert_int_equal(scanned(state, STR("电话0772-2825567"))->count, 1);
    ((struct fixture *)*state)->scan.office_number_count = 0;
    ((struct fixture *)*state)->scan.numbers_confirmed = false;
}

static void test_number__places_point_at_the_source(void **state) {
    struct str text = STR("第一行\n身份证 ４50205 19900101 1236 完");
    const struct findings *found = scanned(state, text);
    assert_int_equal(found->count, 1);
    struct str source = str_part(text, (size_t)found->at[0].from,
                                 (size_t)(found->at[0].from + found->at[0].length));
    assert_true(str_is(source, "４50205 19900101 1236"));
    assert_true(str_is(found->at[0].offer, "４502** ******** 1236"));
    assert_int_equal(found->at[0].remedy, REMEDY_MASK);
}

/* A line without end, as a sheet can have one, is looked at piece by piece. */
static void test_scan__long_lines_stay_within_memory(void **state) {
    struct fixture *fixture = *state;
    struct buffer text;
    buffer_init(&text, fixture->call.arena);
    while (text.length < (size_t)3 << 20) {
        buffer_add_text(&text, "统计数据，");
    }
    buffer_add_text(&text, "身份证450205199001011236。");
    const struct findings *found = scanned(state, buffer_str(&text));
    assert_int_equal(found->count, 1);
    struct str source = str_part(buffer_str(&text), (size_t)found->at[0].from,
                                 (size_t)(found->at[0].from + found->at[0].length));
    assert_true(str_is(source, "450205199001011236"));
}

static void test_words__are_found_and_corrected(void **state) {
    struct fixture *fixture = *state;
    struct listed_word wrong[] = {{.word = STR_INIT("审柱"), .right = STR_INIT("审核")}};
    struct listed_word listed[] = {{.word = STR_INIT("内部价")}};
    fixture->scan.wrong = (struct word_set){.words = wrong, .count = 1};
    fixture->scan.lexicon = (struct word_set){.words = listed, .count = 1};
    scan_make_lexicons(&fixture->scan);
    const struct findings *found = scanned(state, STR("请審柱后发布，内 部·价除外"));
    assert_int_equal(found->count, 2);
    assert_int_equal(found->at[0].detector, DETECTOR_WRONG_WORD);
    assert_true(str_is(found->at[0].shown, "審柱"));
    assert_true(str_is(found->at[0].offer, "审核"));
    assert_int_equal(found->at[0].severity, SEVERITY_NOTE);
    assert_true(str_is(found->at[1].shown, "内 部·价"));
    fixture->scan.wrong.count = 0;
    fixture->scan.lexicon.count = 0;
}

/* A book without a prohibition finds nothing: what the law does not bar is free. */
static void test_scan__finds_only_what_the_rulebook_bars(void **state) {
    struct fixture *fixture = *state;
    fixture->book.prohibition_count = 0;
    assert_int_equal(scanned(state, STR("机密★ 450205199001011236"))->count, 0);
    fixture->book.prohibition_count = LENGTH(prohibitions);
    assert_int_equal(scanned(state, STR("机密★ 450205199001011236"))->count, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mark__stars_terms_and_lines_of_their_own),
        cmocka_unit_test(test_mark__words_alone_are_none),
        cmocka_unit_test(test_mark__real_sentences_are_left_alone),
        cmocka_unit_test(test_number__citizen_ids),
        cmocka_unit_test(test_number__bank_cards),
        cmocka_unit_test(test_number__telephones),
        cmocka_unit_test(test_number__places_point_at_the_source),
        cmocka_unit_test(test_scan__long_lines_stay_within_memory),
        cmocka_unit_test(test_words__are_found_and_corrected),
        cmocka_unit_test(test_scan__finds_only_what_the_rulebook_bars),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
