/*
 * The difference of two versions in words: one change a row, said in both languages with
 * the article it rests on; and no word for what only looks different.
 */
#include "rulebook_own.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    struct arena *arena;
    char directory[64];
    const char *source; /* rulebooks/ of this house */
};

/* A version that is in force; each row of the table below writes one line of it anew. */
static const char base[] =
    "rulebook: {code: small, prefix: SM, version: '1', zh: 小办法, en: Small Rules,\n"
    "  issuer: 局, issuer-en: Bureau, issued: 2021-03-08, status: in-force, site: x}\n"
    "requirements:\n"
    "  SM-1: {kind: route, cite: 第一条, cite-en: Article 1, article: 第一条, zh: 审,"
    " en: Review.}\n"
    "  SM-2: {kind: deadline, cite: 第二条, cite-en: Article 2, article: 第二条, zh: 快,"
    " en: Soon.}\n"
    "unit-kinds:\n"
    "  section: {zh: 科室, en: Section, house: true}\n"
    "units:\n"
    "  office: {zh: 办公室, en: Office, kind: section, house: true}\n"
    "  centre: {zh: 信息中心, en: Information Centre, kind: section, house: true}\n"
    "roles:\n"
    "  clerk: {zh: 经办人, en: Clerk, scope: own-unit, basis: SM-1}\n"
    "  head: {zh: 科长, en: Section head, scope: own-unit, basis: SM-1}\n"
    "  director: {zh: 办公室主任, en: Office director, scope: body, basis: SM-1}\n"
    "  checker: {zh: 审核员, en: Checker, scope: bound-unit, unit: office, basis: SM-1}\n"
    "classes:\n"
    "  news: {zh: 新闻信息, en: News, route: plain, needs: [title], basis: SM-1}\n"
    "  notice: {zh: 通知公告, en: Notices, route: short, basis: SM-1}\n"
    "fields:\n"
    "  - {field: origin-date, basis: SM-1}\n"
    "prohibitions:\n"
    "  marks: {zh: 密级标志, en: Marks, detector: classification-mark, severity: block,"
    " way: 去掉, way-en: Remove it., basis: SM-1}\n"
    "deadlines:\n"
    "  check: {zh: 审核时限, en: Time to review, start: step, nature: soft,"
    " unit: working-day, amount: 2, until-steps: [review], basis: SM-2}\n"
    "questions:\n"
    "  true: {zh: 属实, en: It is true, kind: tick, basis: SM-1}\n"
    "  legal: {zh: 合法, en: It is lawful, kind: tick, basis: SM-1}\n"
    "routes:\n"
    "  plain:\n"
    "    zh: 一般路线\n"
    "    en: Plain route\n"
    "    basis: SM-1\n"
    "    release-gate: {basis: SM-1}\n"
    "    steps:\n"
    "      draft: {zh: 拟稿, en: Draft, kind: author, state: draft, by: clerk,"
    " basis: SM-1, outcomes: {submit: {zh: 送, en: Submit, next: review}}}\n"
    "      review: {zh: 科室审核, en: Section's review, kind: review,"
    " state: dept-review, by: head, basis: SM-1, asks: [true, legal],"
    " outcomes: {pass: {zh: 过, en: Pass, next: sign},"
    " fail: {zh: 退, en: Fail, next: draft, reason: true}}}\n"
    "      sign: {zh: 主任签批, en: Director's signature, kind: review,"
    " state: leader-review, by: director, signature: true, basis: SM-1,"
    " outcomes: {pass: {zh: 过, en: Pass, next: release},"
    " fail: {zh: 退, en: Fail, next: draft, reason: true}}}\n"
    "      release: {zh: 发布, en: Release, kind: release, state: approved, by: checker,"
    " basis: SM-1, outcomes: {released: {zh: 发, en: Released, next: published}}}\n"
    "  short:\n"
    "    like: plain\n"
    "    zh: 简易路线\n"
    "    en: Short route\n"
    "    basis: SM-1\n";

/* Every place of *from* becomes *to*; the sentence that must be among what is said. */
static const struct {
    const char *from;
    const char *to;
    const char *from_too; /* a second place, or NULL */
    const char *to_too;
    const char *zh;
    const char *en;
    const char *rule;
    size_t count;
} rows[] = {
    {"      sign: {zh: 主任签批, en: Director's signature, kind: review,"
     " state: leader-review, by: director, signature: true, basis: SM-1,"
     " outcomes: {pass: {zh: 过, en: Pass, next: release},"
     " fail: {zh: 退, en: Fail, next: draft, reason: true}}}\n",
     "", "next: sign}", "next: release}", "办公室主任不再签批新闻信息。",
     "The office director no longer signs news.", "SM-1", 4},
    {"next: sign}", "next: second}", "      sign: {",
     "      second: {zh: 信息中心审核, en: Centre's review, kind: review,"
     " state: office-review, by: checker, basis: SM-1,"
     " outcomes: {pass: {zh: 过, en: Pass, next: sign},"
     " fail: {zh: 退, en: Fail, next: draft, reason: true}}}\n      sign: {",
     "审核员现在审核新闻信息（“信息中心审核”，在“科室审核”之后）。",
     "The checker now reviews news (“Centre's review”, after “Section's review”).",
     "SM-1", 4},
    {"by: director, signature", "by: head, signature", NULL, NULL,
     "新闻信息的“主任签批”一步改由科长办理，不再由办公室主任办理。",
     "The step “Director's signature” of news is now done by the section head, no longer "
     "by the office director.",
     "SM-1", 2},
    {"signature: true, ", "", NULL, NULL, "新闻信息的“主任签批”一步：不再要签署。",
     "The step “Director's signature” of news: no longer signed.", "SM-1", 2},
    {"asks: [true, legal]", "asks: [legal, true]", NULL, NULL,
     "新闻信息的“科室审核”一步：提问的次序改变。",
     "The step “Section's review” of news: questions asked in another order.", "SM-1", 2},
    {"unit: working-day, amount: 2", "unit: hour, amount: 4", NULL, NULL,
     "时限“审核时限”：由 2 个工作日改为 4 小时。",
     "The deadline “Time to review”: 4 hours instead of 2 working days.", "SM-2", 1},
    {"  notice: {zh: 通知公告, en: Notices, route: short, basis: SM-1}\n", "", NULL, NULL,
     "不再有类别“通知公告”。", "Gone: the class “Notices”.", "SM-1", 1},
    {"classes:\n", "classes:\n  plan: {zh: 规划, en: Plans, route: plain, basis: SM-1}\n",
     NULL, NULL, "增加类别“规划”。", "New: the class “Plans”.", "SM-1", 1},
    {"route: short, basis", "route: plain, basis", NULL, NULL,
     "类别“通知公告”：路线由“简易路线”改为“一般路线”。",
     "The class “Notices”: route changes from “Short route” to “Plain route”.", "SM-1",
     1},
    {"fields:\n", "fields:\n  - {field: source, basis: SM-1}\n", NULL, NULL,
     "必填项目：增加“项目 来源”。", "The field: now “field source”.", "SM-1", 1},
    {"severity: block", "severity: note", NULL, NULL,
     "禁止事项“密级标志”：等级由“必改”改为“提示”。",
     "The prohibition “Marks”: severity changes from “must be mended” to “note”.", "SM-1",
     1},
    {"unit: office, basis", "unit: centre, basis", NULL, NULL,
     "岗位“审核员”：单位由“办公室”改为“信息中心”。",
     "The role “Checker”: unit changes from “Office” to “Information Centre”.", "SM-1",
     1},
    {"way: 去掉,", "way: 删去,", NULL, NULL,
     "禁止事项“密级标志”：处理办法由“去掉”改为“删去”。",
     "The prohibition “Marks”: what to do changes from “去掉” to “删去”.", "SM-1", 1},
    {"next: sign}", "next: sign, reason: true}", NULL, NULL,
     "新闻信息的“科室审核”一步的结果“过”：现在要写理由。",
     "The step “Section's review” of news, outcome “Pass”: now bound to a written "
     "reason.",
     "SM-1", 2},
    {"requirements:\n", "effect: {from: 2021-04-01, basis: SM-1}\nrequirements:\n", NULL,
     NULL, "增加规定：施行日期。", "New: the day it takes effect.", "SM-1", 1},
    {"issuer: 局", "issuer: 厅", NULL, NULL, "规则书：制定机关由“局”改为“厅”。",
     "The rulebook: issuer changes from “局” to “厅”.", "", 1},
    {"en: Marks", "en: Secrecy marks", NULL, NULL,
     "禁止事项“密级标志”：英文名称由“Marks”改为“Secrecy marks”。",
     "The prohibition “Marks”: name in English changes from “Marks” to “Secrecy marks”.",
     "SM-1", 1},
    {"nature: soft", "nature: hard, house: true", NULL, NULL,
     "时限“审核时限”：性质由“逾期须说明”改为“逾期记违规”。",
     "The deadline “Time to review”: nature changes from “a reason when late” to “a "
     "breach when late”.",
     "SM-2", 2},
};

static int set_up(void **state) {
    struct room *room = calloc(1, sizeof *room);
    const char *source = getenv("SHENFA_SOURCE");
    room->arena = arena_new((size_t)1 << 27);
    strcpy(room->directory, "/tmp/rulebook-test-XXXXXX");
    assert_non_null(mkdtemp(room->directory));
    room->source = str_format(room->arena, "%s/rulebooks", source ? source : "..").at;
    *state = room;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk) {
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state) {
    struct room *room = *state;
    nftw(room->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(room->arena);
    free(room);
    return 0;
}

static struct str with(struct room *room, struct str text, const char *from,
                       const char *to) {
    struct buffer buffer;
    struct str wanted = str_of(from);
    size_t at = str_find(text, wanted);
    assert_true(at < text.length);
    buffer_init(&buffer, room->arena);
    buffer_add(&buffer, str_part(text, 0, at));
    buffer_add_text(&buffer, to);
    buffer_add(&buffer, str_part(text, at + wanted.length, text.length));
    return buffer_str(&buffer);
}

static const struct rulebook *book_of(struct room *room, struct str text) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *file = str_format(room->arena, "%s/rulebook.yaml", room->directory).at;
    assert_int_equal(file_write(file, bytes_of_str(text)), DONE);
    enum status status =
        rulebook_read(room->arena, room->directory, STR(""), &book, &faults);
    if (status != DONE) {
        print_error("%s", faults_as_text(room->arena, faults, STR("en")).at);
    }
    assert_int_equal(status, DONE);
    arena_defer(room->arena, (void (*)(void *))rulebook_free, book);
    return book;
}

static void test_differ__one_change_one_sentence(void **state) {
    struct room *room = *state;
    const struct rulebook *before = book_of(room, str_of(base));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str text = with(room, str_of(base), rows[i].from, rows[i].to);
        if (rows[i].from_too != NULL) {
            text = with(room, text, rows[i].from_too, rows[i].to_too);
        }
        struct departures changes;
        bool found = false;
        rulebook_compare(room->arena, before, book_of(room, text), &changes);
        for (size_t j = 0; j < changes.count; j++) {
            const struct departure *change = &changes.at[j];
            found = found || (str_is(change->sentence.zh, rows[i].zh) &&
                              str_is(change->sentence.en, rows[i].en) &&
                              str_is(change->rule, rows[i].rule));
        }
        for (size_t j = 0;
             j < changes.count && (!found || changes.count != rows[i].count); j++) {
            print_error("%s: %.*s | %.*s\n", rows[i].zh,
                        STR_ARG(changes.at[j].sentence.zh),
                        STR_ARG(changes.at[j].sentence.en));
        }
        assert_true(found);
        assert_int_equal(changes.count, rows[i].count);
    }
}

static void test_differ__layout_and_number_say_nothing(void **state) {
    struct room *room = *state;
    const struct rulebook *before = book_of(room, str_of(base));
    struct str text = with(room, str_of(base), "version: '1'", "version: '2'");
    struct departures changes;
    text = with(room, text, "roles:\n", "# the posts\n\nroles:\n");
    rulebook_compare(room->arena, before, book_of(room, text), &changes);
    assert_int_equal(changes.count, 0);
}

static void test_differ__every_regulation_against_itself(void **state) {
    static const char *const codes[] = {"bazhong-nr",       "changshan-tax", "cixi",
                                        "complaints-12365", "daqing",        "education",
                                        "mashan",           "liuzhou-stats", "quality",
                                        "shizhu",           "weather",       "yunzhou"};
    struct room *room = *state;
    for (size_t i = 0; i < LENGTH(codes); i++) {
        struct rulebook *a = NULL;
        struct rulebook *b = NULL;
        struct fault *faults = NULL;
        struct departures changes;
        const char *path = str_format(room->arena, "%s/%s", room->source, codes[i]).at;
        assert_int_equal(rulebook_read(room->arena, path, STR(""), &a, &faults), DONE);
        assert_int_equal(rulebook_read(room->arena, path, STR(""), &b, &faults), DONE);
        rulebook_compare(room->arena, a, b, &changes);
        assert_int_equal(changes.count, 0);
        rulebook_free(a);
        rulebook_free(b);
    }
}

/* Leaving out any one rule of a regulation is seen. */
static void test_differ__a_rule_left_out_is_told(void **state) {
    struct room *room = *state;
    const char *path = str_format(room->arena, "%s/liuzhou-stats", room->source).at;
    struct rulebook *whole = NULL;
    struct fault *faults = NULL;
    assert_int_equal(rulebook_read(room->arena, path, STR(""), &whole, &faults), DONE);
    for (size_t i = 0; i < whole->requirement_count; i++) {
        struct arena *arena = arena_new((size_t)1 << 24);
        struct rulebook *part = NULL;
        struct departures changes;
        struct str id = whole->requirements[i].id;
        if (str_is_empty(whole->requirements[i].later)) {
            assert_int_equal(rulebook_read(arena, path, id, &part, &faults), DONE);
            rulebook_compare(arena, whole, part, &changes);
            assert_true(changes.count > 0);
            rulebook_free(part);
        }
        arena_free(arena);
    }
    rulebook_free(whole);
}

static void check_titles(const struct schema *schema, int depth) {
    for (size_t i = 0; i < schema->field_count && depth < 8; i++) {
        const struct schema_field *field = &schema->fields[i];
        if (str_is_empty(key_title(field->key).zh) ||
            str_is_empty(key_title(field->key).en)) {
            fail_msg("the key %s has no title", field->key);
        }
        for (const struct word *word = field->words; word != NULL && word->name != NULL;
             word++) {
            if (str_is_empty(value_title(word->name).zh) ||
                str_is_empty(value_title(word->name).en)) {
                fail_msg("the word %s has no title", word->name);
            }
        }
        if (field->schema != NULL) {
            check_titles(field->schema, depth + 1);
        }
    }
}

static void test_title__every_word_of_the_language_has_one(void **state) {
    (void)state;
    check_titles(&schema_rulebook, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_differ__one_change_one_sentence, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_differ__layout_and_number_say_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_differ__every_regulation_against_itself,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_differ__a_rule_left_out_is_told, set_up,
                                        tear_down),
        cmocka_unit_test(test_title__every_word_of_the_language_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
