/*
 * Bad input of every kind to an import, and two people typing in one draft: every problem
 * is named with its line, and nothing is half taken or lost.
 */
#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

struct bench {
    struct call *call;
    struct trial_bureau bureau;
    struct str item_class;
    id64 column;
};

static struct bench bench_open(struct trial_store *trial) {
    struct bench bench = {.call = &trial->call};
    struct arena *arena = trial->call.arena;
    struct fault *faults = NULL;
    struct column column;
    const char *source = getenv("SHENFA_SOURCE");
    const char *days =
        str_text(arena, str_format(arena, "%s/share/calendar/cn.tsv", source));
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    trial->house.sandbox = sandbox;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    const struct rulebook *book = shelf_latest(trial->house.shelf, STR("liuzhou-stats"));
    bench.item_class = book->classes[1].code;
    bench.call->door = DOOR_CLI;
    assert_int_equal(trial_found(bench.call, book, false, &bench.bureau), DONE);
    bench.call->door = DOOR_WEB;
    assert_int_equal(
        site_column_find_path(bench.call, bench.bureau.site.id, STR("tjdt"), &column),
        DONE);
    bench.column = column.id;
    bench.call->actor.person = bench.bureau.writer;
    return bench;
}

static void bench_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static enum status bring(struct bench *bench, struct bytes lines,
                         struct import_report *report) {
    call_forgive(bench->call);
    return manuscript_import(bench->call, bench->column, bench->bureau.department.id,
                             bench->item_class, lines, report);
}

static int64_t manuscripts(struct bench *bench) {
    struct manuscript_filter filter = {.page = 1,
                                       .page_size = 10,
                                       .state = STR(""),
                                       .item_class = STR(""),
                                       .words = STR(""),
                                       .sort = STR("")};
    struct manuscript *list;
    size_t count;
    int64_t total;
    assert_int_equal(manuscript_list(bench->call, &filter, &list, &count, &total), DONE);
    return total;
}

#define WHOLE(literal) "" literal, sizeof(literal) - 1
#define GOOD           "{\"title\":\"甲\",\"body\":\"<p>正文</p>\"}\n"

static void test_import__every_problem_is_told_and_nothing_is_taken(void **state) {
    static const struct {
        const char *line; /* the second of three, the others are good */
        const char *words[3];
    } rows[] = {
        {"[1,2]", {"manuscript.line-no-json"}},
        {"{\"title\":\"乙\",\"body\":\"x", {"manuscript.line-no-json"}}, /* cut off */
        {"{\"title\":\"乙\",\"title\":\"丙\",\"body\":\"x\"}",
         {"manuscript.line-no-json"}},
        {"{\"body\":\"x\"}", {"manuscript.line-no-title"}},
        {"{\"title\":\"  \",\"body\":\"x\"}", {"manuscript.line-no-title"}},
        {"{\"title\":7,\"body\":\"x\"}", {"manuscript.line-no-title"}},
        {"{\"title\":\"乙\"}", {"manuscript.line-no-body"}},
        {"{\"title\":\"乙\",\"body\":null}", {"manuscript.line-no-body"}},
        {"{\"title\":\"乙\",\"body\":\"x\",\"body_format\":\"rtf\"}",
         {"manuscript.line-format"}},
        {"{\"title\":\"乙\",\"body\":\"x\",\"pub_date\":\"2026-02-30\"}",
         {"manuscript.line-no-day"}},
        {"{\"title\":\"乙\",\"body\":\"x\",\"origin_date\":\"昨天\"}",
         {"manuscript.line-no-day"}},
        {"{\"title\":\"乙\",\"body\":\"x\",\"source\":[\"a\"]}",
         {"manuscript.line-no-text"}},
        {"{\"title\":\"\",\"pub_date\":\"x\",\"url\":1}",
         {"manuscript.line-no-text", "manuscript.line-no-title",
          "manuscript.line-no-body"}}, /* and the day, the fourth */
    };
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    int64_t before = manuscripts(&bench);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct import_report report;
        struct str file = str_format(bench.call->arena, GOOD "%s\n" GOOD, rows[i].line);
        assert_int_equal(bring(&bench, bytes_of_str(file), &report), REFUSED);
        assert_string_equal(bench.call->refusal->words, "manuscript.import-faults");
        assert_int_equal(report.fault_count, 1);
        assert_int_equal(report.faults[0].line, 2);
        const struct refusal *said = report.faults[0].refusal;
        for (size_t k = 0; k < LENGTH(rows[i].words) && rows[i].words[k] != NULL; k++) {
            assert_non_null(said);
            assert_string_equal(said->words, rows[i].words[k]);
            said = said->next;
        }
        assert_int_equal(report.taken, 0);
        assert_int_equal(manuscripts(&bench), before);
    }
    bench_close(trial);
}

static void test_import__all_lines_are_told_at_once(void **state) {
    static const char file[] =
        GOOD "\n"
             "{\"title\":\"乙\",\"body\":\"x\",\"url\":\"http://a/1\"}\n"
             "no json\n"
             "{\"title\":\"丙\",\"body\":\"x\",\"url\":\"http://a/1\"}\n"
             "{\"title\":\"丁\",\"body\":\"x\",\"id\":\"7\"}\n"
             "{\"title\":\"戊\"}\n"
             "{\"title\":\"己\",\"body\":\"x\",\"id\":\"7\"}\n";
    static const struct {
        int line;
        const char *words;
    } rows[] = {{4, "manuscript.line-no-json"},
                {5, "manuscript.line-twin"},
                {7, "manuscript.line-no-body"},
                {8, "manuscript.line-twin"}};
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct import_report report;
    assert_int_equal(bring(&bench, bytes_of_str(str_of(file)), &report), REFUSED);
    assert_int_equal(report.fault_count, LENGTH(rows));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(report.faults[i].line, rows[i].line);
        assert_string_equal(report.faults[i].refusal->words, rows[i].words);
    }
    assert_true(str_is(report.faults[1].refusal->arguments[1].value, "3"));
    bench_close(trial);
}

static void test_import__files_of_other_programs(void **state) {
    static const struct {
        const char *bytes;
        size_t length;
        const char *words; /* of the refusal; NULL: taken */
    } rows[] = {
        {WHOLE("\xef\xbb\xbf" GOOD), NULL},
        {WHOLE("{\"title\":\"\xc9\xf3\xb7\xa2\",\"body\":\"\xd5\xfd\xce\xc4\"}\r\n"),
         NULL},
        {WHOLE(GOOD "{\"title\":\"乙\",\"body\":\"x\"}"), NULL}, /* no end of line */
        {WHOLE("\xef\xbb\xbf{\"title\":\"\xc9\xf3\"}"), "manuscript.import-characters"},
        {WHOLE("PK\3\4\0\0\0"), "manuscript.import-characters"},
        {WHOLE(""), "manuscript.import-empty"},
        {WHOLE(" \n\r\n"), "manuscript.import-empty"},
    };
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct import_report report = {0};
        int64_t before = manuscripts(&bench);
        struct bytes bytes = {(const unsigned char *)rows[i].bytes, rows[i].length};
        enum status status = bring(&bench, bytes, &report);
        if (rows[i].words == NULL) {
            assert_int_equal(status, DONE);
            assert_int_equal(manuscripts(&bench), before + report.taken);
            assert_true(report.taken > 0);
        } else {
            assert_int_equal(status, REFUSED);
            assert_string_equal(bench.call->refusal->words, rows[i].words);
            assert_int_equal(manuscripts(&bench), before);
        }
    }
    struct manuscript_filter filter = {.page = 1,
                                       .page_size = 10,
                                       .state = STR(""),
                                       .item_class = STR(""),
                                       .words = STR("审发"),
                                       .sort = STR("")};
    struct manuscript *list;
    size_t count;
    int64_t total;
    assert_int_equal(manuscript_list(bench.call, &filter, &list, &count, &total), DONE);
    assert_int_equal(total, 1); /* the one in GB18030 */
    bench_close(trial);
}

static void test_import__huge_lines_are_told(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct import_report report;
    size_t length = (size_t)17 << 20;
    char *file = malloc(length + 1);
    assert_non_null(file);
    memset(file, 'x', length);
    memcpy(file, "{\"title\":\"a\",\"body\":\"", 21);
    memcpy(file + length - 2, "\"}", 2);
    struct bytes bytes = {(const unsigned char *)file, length};
    assert_int_equal(bring(&bench, bytes, &report), REFUSED);
    assert_string_equal(report.faults[0].refusal->words, "manuscript.line-long");
    bytes.length = (size_t)9 << 20; /* within a line's length, beyond a body's */
    memcpy(file + bytes.length - 2, "\"}", 2);
    assert_int_equal(bring(&bench, bytes, &report), REFUSED);
    assert_string_equal(report.faults[0].refusal->words, "manuscript.line-long");
    free(file);
    bench_close(trial);
}

/* A column that is none, or that does not take the class: nothing is begun. */
static void test_import__a_column_that_is_none(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct import_report report;
    int64_t before = manuscripts(&bench);
    bench.column = 12345;
    assert_int_not_equal(bring(&bench, bytes_of_str(STR(GOOD GOOD)), &report), DONE);
    assert_int_equal(manuscripts(&bench), before);
    bench_close(trial);
}

/* Both typed over the same version: the second to save is told, and the three texts are
 * there with everything that anybody typed. */
static void test_draft__two_people_lose_nothing(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct call *call = bench.call;
    id64 manuscript;
    int version = 1;
    int newer;
    struct dropped dropped;
    struct content base = {.title = STR("通知"),
                           .body = STR("<p>一</p>\n<p>二</p>\n<p>三</p>\n")};
    struct content hers = {.title = STR("通知"),
                           .body = STR("<p>一，她写的</p>\n<p>二</p>\n<p>三</p>\n")};
    struct content his = {.title = STR("通知"),
                          .body = STR("<p>一</p>\n<p>二</p>\n<p>三，他写的</p>\n")};
    struct content now;
    struct content then;
    struct merge merge;
    assert_int_equal(manuscript_begin(call, bench.column, bench.bureau.department.id,
                                      bench.item_class, STR("通知"), &manuscript),
                     DONE);
    assert_int_equal(
        manuscript_save(call, manuscript, version, &base, &version, &dropped), DONE);
    assert_int_equal(manuscript_save(call, manuscript, version, &hers, &newer, &dropped),
                     DONE);
    assert_int_equal(manuscript_save(call, manuscript, version, &his, &newer, &dropped),
                     STALE);
    assert_int_equal(manuscript_draft(call, manuscript, &now, &newer), DONE);
    assert_int_equal(newer, version + 1);
    assert_true(str_equal(now.body, hers.body)); /* the late one wrote nothing over it */
    assert_int_equal(manuscript_draft_at(call, manuscript, version, &then), DONE);
    assert_true(str_equal(then.body, base.body));
    assert_int_equal(text_merge(call->arena, then.body, his.body, now.body, &merge),
                     DONE);
    assert_int_equal(merge.conflicts, 0);
    assert_true(str_is(merge.html, "<p>一，她写的</p>\n<p>二</p>\n<p>三，他写的</p>\n"));
    his.body = merge.html;
    assert_int_equal(manuscript_save(call, manuscript, newer, &his, &newer, &dropped),
                     DONE);
    bench_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_import__every_problem_is_told_and_nothing_is_taken),
        TRIAL_ON_BOTH(test_import__all_lines_are_told_at_once),
        TRIAL_ON_BOTH(test_import__files_of_other_programs),
        TRIAL_ON_SQLITE(test_import__huge_lines_are_told),
        TRIAL_ON_BOTH(test_import__a_column_that_is_none),
        TRIAL_ON_BOTH(test_draft__two_people_lose_nothing),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("import", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
