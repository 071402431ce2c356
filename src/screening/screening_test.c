/*
 * Screenings kept by digest, rulings and lists, on both databases.
 */
#include "calendar/calendar.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "pdf_files.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "screening/screening.h"
#include "site/site.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "zip_files.h"

#include <stdlib.h>
#include <unistd.h>

/* Made by rule; it belongs to nobody. */
#define SAMPLE_ID "450205199001011236"

static struct sandbox *sandbox; /* forked once, before any thread */

struct bench {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    id64 manuscript;
    int version;
    id64 head;
    id64 office; /* somebody of the office */
};

static id64 holder_in(struct bench *bench, const char *unit_code) {
    for (size_t i = 0; i < bench->book->role_count; i++) {
        const struct role *role = &bench->book->roles[i];
        struct people_holdings held;
        if (role->scope == ROLE_BOUND_UNIT &&
            str_is(bench->book->units[role->unit].code, unit_code)) {
            const char *code = str_text(bench->call->arena, role->code);
            assert_int_equal(people_holders(bench->call, code, 0, &held), DONE);
            if (held.count > 0) {
                return held.at[0].person;
            }
        }
    }
    fail();
    return 0;
}

static struct bench bench_open(struct trial_store *trial) {
    struct bench bench = {.call = &trial->call};
    struct fault *faults = NULL;
    struct column column;
    struct people_holdings heads;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *days =
        str_text(arena, str_format(arena, "%s/share/calendar/cn.tsv", source));
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    trial->house.sandbox = sandbox;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    bench.book = shelf_latest(trial->house.shelf, STR("liuzhou-stats"));
    bench.call->door = DOOR_CLI;
    assert_int_equal(trial_found(bench.call, bench.book, false, &bench.bureau), DONE);
    bench.call->door = DOOR_WEB;
    assert_int_equal(
        site_column_find_path(bench.call, bench.bureau.site.id, STR("tjdt"), &column),
        DONE);
    bench.call->actor.person = bench.bureau.writer;
    assert_int_equal(manuscript_begin(bench.call, column.id, bench.bureau.department.id,
                                      bench.book->classes[1].code, STR("培训班开班"),
                                      &bench.manuscript),
                     DONE);
    bench.version = 1;
    assert_int_equal(
        people_holders(bench.call, "dept-head", bench.bureau.department.id, &heads),
        DONE);
    bench.head = heads.at[0].person;
    bench.office = holder_in(&bench, "office");
    return bench;
}

static void bench_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

/* Save and revise; the revision with its digest. */
static struct revision written(struct bench *bench, struct content content) {
    struct revision revision;
    struct dropped dropped;
    bench->call->actor.person = bench->bureau.writer;
    assert_int_equal(manuscript_save(bench->call, bench->manuscript, bench->version,
                                     &content, &bench->version, &dropped),
                     DONE);
    assert_int_equal(manuscript_revise(bench->call, bench->manuscript, &revision), DONE);
    return revision;
}

static struct revision written_body(struct bench *bench, const char *body) {
    return written(bench,
                   (struct content){.title = STR("培训班开班"), .body = str_of(body)});
}

static struct findings screened(struct bench *bench, const struct revision *revision) {
    struct findings findings;
    assert_int_equal(
        screening_run(bench->call, bench->book, &revision->content, &findings), DONE);
    return findings;
}

static const struct prohibition *blocking(struct bench *bench,
                                          const struct revision *revision) {
    int index;
    assert_int_equal(
        screening_blocking(bench->call, bench->book, &revision->digest, &index), DONE);
    return index == NO_INDEX ? NULL : &bench->book->prohibitions[index];
}

static void test_screening__an_id_number_blocks_until_it_is_masked(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    bool done = true;
    struct revision revision =
        written_body(&bench, "<p>前言</p>\n<p>身份证号 " SAMPLE_ID "。</p>");
    assert_int_equal(screening_is_done(bench.call, &revision.digest, &done), DONE);
    assert_false(done);
    struct findings findings = screened(&bench, &revision);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.blocking, 1);
    const struct finding *finding = &findings.at[0];
    assert_int_equal(finding->paragraph, 2);
    assert_true(str_is(finding->rule, "LZ-4.b"));
    assert_true(str_is(finding->offer, "4502**********1236"));
    assert_int_equal(finding->from, (int)sizeof "身份证号 " - 1);
    assert_int_equal(screening_is_done(bench.call, &revision.digest, &done), DONE);
    assert_true(done);
    assert_int_equal(blocking(&bench, &revision)->detector, DETECTOR_CITIZEN_ID);

    struct findings again = screened(&bench, &revision);
    assert_int_equal(again.count, 1);
    assert_true(str_equal(again.at[0].shown, finding->shown));
    struct findings kept;
    assert_int_equal(screening_find(bench.call, &revision.digest, &kept), DONE);
    assert_int_equal(kept.blocking, 1);

    revision = written_body(&bench, "<p>前言</p>\n<p>身份证号 4502**********1236。</p>");
    assert_int_equal(screened(&bench, &revision).count, 0);
    assert_null(blocking(&bench, &revision));
    bench_close(trial);
}

static struct attachment kept_file(struct bench *bench, struct str name,
                                   struct bytes bytes) {
    struct attachment file;
    bench->call->actor.person = bench->bureau.writer;
    assert_int_equal(manuscript_keep_file(bench->call, name, bytes, &file), DONE);
    return file;
}

static void
test_screening__attachments_are_read_and_those_unread_are_named(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    static const char *const pages[] = {"q 595 0 0 842 0 0 cm /P Do Q",
                                        "BT /F 9 Tf 9 9 Td (" SAMPLE_ID ") Tj ET"};
    struct attachment files[] = {
        kept_file(&bench, STR("名单.csv"),
                  bytes_of_str(STR("姓名,证件\n李," SAMPLE_ID "\n机密★\n"))),
        kept_file(&bench, STR("图.pdf"), bytes_of_str(STR("%PDF-1.4\n%%EOF\n"))),
        kept_file(&bench, STR("表.pdf"), pdf_pages(bench.call->arena, pages, 2)),
    };
    struct revision revision =
        written(&bench, (struct content){.title = STR("名单"),
                                         .body = STR("<p>见附件。</p>"),
                                         .attachments = files,
                                         .attachment_count = LENGTH(files)});
    struct findings findings = screened(&bench, &revision);
    static const struct {
        const char *field;
        const char *part;
        const char *words;
    } rows[] = {
        {"名单.csv", "body", "screening.citizen-id"},
        {"名单.csv", "body", "screening.classification-mark"},
        {"图.pdf", "", "screening.open-file"},
        {"表.pdf", "scan 1", "screening.open-scan"},
        {"表.pdf", "page 2", "screening.citizen-id"},
    };
    assert_int_equal(findings.count, LENGTH(rows));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_string_equal(str_text(bench.call->arena, findings.at[i].field),
                            rows[i].field);
        assert_string_equal(str_text(bench.call->arena, findings.at[i].part),
                            rows[i].part);
        assert_string_equal(str_text(bench.call->arena, findings.at[i].words),
                            rows[i].words);
    }
    assert_int_equal(findings.blocking, 3);
    assert_true(digest_equal(&findings.at[0].attachment, &files[0].digest));
    assert_true(findings.partial);
    assert_true(str_is(findings.unread, "图.pdf、表.pdf/1"));
    bench_close(trial);
}

/* A docx comes in without its author; a PDF cannot, and a note says whom it names. */
static void test_screening__whom_a_file_names_is_said_where_it_stays(void **state) {
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        "/Resources<</Font<</F 4 0 R>>>>>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (words) Tj ET   \nendstream",
        "<</Type/Metadata/Subtype/XML/Length 49>>stream\n"
        "<a><creator><li>Huang Min</li></creator><b/></a> \nendstream",
        "<</Author(Li Xiaolan)/Title(words)>>",
    };
    static const struct zip_file docx[] = {
        {"word/document.xml", "<a><t>正文</t></a>"},
        {"docProps/core.xml", "<c><creator>李小兰</creator></c>"},
        {"_xmlsignatures/sig1.xml", "<a/>"}};
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct arena *arena = bench.call->arena;
    struct attachment files[] = {
        kept_file(&bench, STR("a.docx"), zip_files(arena, docx, 2, 0)),
        kept_file(&bench, STR("s.docx"), zip_files(arena, docx, 3, 0)),
        kept_file(&bench, STR("b.pdf"),
                  pdf_objects(arena, objects, LENGTH(objects), "/Info 7 0 R"))};
    assert_string_equal(files[0].traces, "maker");
    assert_string_equal(files[1].traces, "none");
    struct revision revision =
        written(&bench, (struct content){.title = STR("名单"),
                                         .body = STR("<p>见附件。</p>"),
                                         .attachments = files,
                                         .attachment_count = LENGTH(files)});
    struct findings findings = screened(&bench, &revision);
    static const struct {
        const char *field;
        const char *shown;
    } rows[] = {{"s.docx", "李小兰"}, {"b.pdf", "Li Xiaolan、Huang Min"}};
    assert_int_equal(findings.count, LENGTH(rows));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_true(str_is(findings.at[i].words, "screening.maker"));
        assert_true(str_is(findings.at[i].field, rows[i].field));
        assert_true(str_is(findings.at[i].shown, rows[i].shown));
        assert_true(str_is(findings.at[i].part, "property"));
        assert_int_equal(findings.at[i].severity, SEVERITY_NOTE);
    }
    assert_int_equal(findings.blocking, 0);
    assert_false(findings.partial);
    assert_null(blocking(&bench, &revision));
    bench_close(trial);
}

/* The file is taken away after its first reading: whoever read it again would fail. */
static void test_screening__a_file_is_read_once_for_all_texts(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct call *call = bench.call;
    struct attachment file =
        kept_file(&bench, STR("名单.csv"), bytes_of_str(STR("李," SAMPLE_ID "\n")));
    struct content content = {.title = STR("一"),
                              .body = STR("<p>见附件。</p>"),
                              .attachments = &file,
                              .attachment_count = 1};
    struct revision first = written(&bench, content);
    assert_int_equal(screened(&bench, &first).blocking, 1);
    content.title = STR("二");
    file.name = STR("人员.csv");
    struct revision second = written(&bench, content);
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){file.digest.at, DIGEST_SIZE});
    struct str path = str_format(call->arena, "%s/blobs/%.2s/sm3-%.*s",
                                 call->house->workspace, hex.at, STR_ARG(hex));
    struct findings findings;
    assert_int_equal(unlink(str_text(call->arena, path)), 0);
    findings = screened(&bench, &second);
    assert_int_equal(findings.blocking, 1);
    assert_true(str_is(findings.at[0].field, "人员.csv"));
    /* A changed list has it read anew, and then it is missed. */
    struct listed_word word = {.list = WORDS_LEXICON, .word = STR("某个新词")};
    id64 added;
    call->actor.person = bench.office;
    assert_int_equal(screening_word_add(call, &word, &added), DONE);
    assert_int_equal(screening_run(call, bench.book, &second.content, &findings), FAILED);
    bench_close(trial);
}

static void purge_once(struct bench *bench) {
    size_t count;
    struct job_handler const *handlers = screening_handlers(&count);
    txn_abort(bench->call);
    assert_int_equal(screening_purge_plan(bench->call), DONE);
    assert_int_equal(jobs_do_next(bench->call, handlers, count), DONE);
}

static void test_screening__results_of_forgotten_drafts_are_purged(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct revision revision = written_body(&bench, "<p>留下。</p>");
    struct content draft = {.title = STR("培训班开班"), .body = STR("<p>只是草稿。</p>")};
    struct digest digest = content_digest(&draft);
    struct findings findings;
    bool done;
    assert_int_equal(screened(&bench, &revision).count, 0);
    assert_int_equal(screening_run(bench.call, bench.book, &draft, &findings), DONE);
    bench.call->now += 23 * INSTANT_HOUR;
    purge_once(&bench);
    assert_int_equal(screening_is_done(bench.call, &digest, &done), DONE);
    assert_true(done);
    bench.call->now += 2 * INSTANT_HOUR;
    bench.call->now = day_start(instant_day(bench.call->now) + 1) + 4 * INSTANT_HOUR;
    purge_once(&bench);
    assert_int_equal(screening_is_done(bench.call, &digest, &done), DONE);
    assert_false(done);
    assert_int_equal(screening_is_done(bench.call, &revision.digest, &done), DONE);
    assert_true(done);
    bench_close(trial);
}

static void test_screening__pictures_and_reprints_lack_their_words(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct field_value fields[] = {{STR("reprint-source"), STR("新华社")}};
    struct revision revision = written(
        &bench, (struct content){.title = STR("转载"),
                                 .body = STR("<p><img src=\"/files/sm3:0a\"></p>"),
                                 .fields = fields,
                                 .field_count = 1});
    struct findings findings = screened(&bench, &revision);
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.at[0].remedy, REMEDY_ALT);
    assert_int_equal(findings.at[1].remedy, REMEDY_FIELD);
    assert_true(str_is(findings.at[1].offer, "reprint-url"));
    bench_close(trial);
}

static void test_screening__a_sector_has_words_of_its_own(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct revision revision = written_body(&bench, "<p>公布测 绘成果目录。</p>");
    assert_int_equal(screened(&bench, &revision).count, 0);
    bench.book = shelf_latest(trial->house.shelf, STR("bazhong-nr"));
    struct findings findings = screened(&bench, &revision);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.judge, 1);
    assert_int_equal(findings.at[0].detector, DETECTOR_SECTOR_WORDS);
    assert_true(str_is(findings.at[0].shown, "测 绘成果"));
    bench_close(trial);
}

static size_t unanswered(struct bench *bench) {
    struct manuscript manuscript;
    struct unanswered *list;
    size_t count;
    assert_int_equal(manuscript_peek(bench->call, bench->manuscript, &manuscript), DONE);
    assert_int_equal(screening_unanswered(bench->call, manuscript.group, &list, &count),
                     DONE);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list[i].manuscript, bench->manuscript);
    }
    return count;
}

static void test_ruling__the_named_person_answers_for_this_text_only(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct call *call = bench.call;
    struct revision revision = written_body(&bench, "<p>编号 " SAMPLE_ID "</p>");
    struct findings findings = screened(&bench, &revision);
    struct str rule = findings.at[0].rule;
    struct str shown = findings.at[0].shown;
    id64 ruling;
    bool on_desk;
    struct subject subject = {SUBJECT_MANUSCRIPT, bench.manuscript};

    assert_int_equal(screening_ask(call, bench.manuscript, &revision.digest, rule,
                                   STR("another"), STR("不是证件号"), &ruling),
                     STALE);
    call_forgive(call);
    assert_int_equal(screening_ask(call, bench.manuscript, &revision.digest, rule, shown,
                                   STR("  "), &ruling),
                     REFUSED);
    call_forgive(call);
    assert_int_equal(unanswered(&bench), 1); /* by nobody, until it is asked about */
    assert_int_equal(screening_ask(call, bench.manuscript, &revision.digest, rule, shown,
                                   STR("这是物资编号"), &ruling),
                     DONE);
    assert_int_equal(unanswered(&bench), 0);
    assert_int_equal(screening_ask(call, bench.manuscript, &revision.digest, rule, shown,
                                   STR("再问"), &ruling),
                     REFUSED);
    assert_string_equal(call->refusal->words, "screening.already-asked");
    call_forgive(call);
    assert_int_equal(
        notice_is_on_desk(call, bench.head, subject, STR("ruling"), &on_desk), DONE);
    assert_true(on_desk);

    assert_int_equal(screening_answer(call, ruling, true, STR("自己判定")), DENIED);
    call_forgive(call);
    call->actor.person = bench.office;
    assert_int_equal(screening_answer(call, ruling, true, STR("不该我判")), DENIED);
    call_forgive(call);
    assert_non_null(blocking(&bench, &revision));

    call->actor.person = bench.head;
    assert_int_equal(screening_answer(call, ruling, true, STR("确是物资编号")), DONE);
    assert_null(blocking(&bench, &revision));
    assert_int_equal(screening_answer(call, ruling, false, STR("改主意")), STALE);
    call_forgive(call);
    assert_int_equal(
        notice_is_on_desk(call, bench.head, subject, STR("ruling"), &on_desk), DONE);
    assert_false(on_desk);

    struct ruling *rulings;
    size_t count;
    assert_int_equal(screening_rulings(call, bench.manuscript, &rulings, &count), DONE);
    assert_int_equal(count, 1);
    assert_true(rulings[0].answered && rulings[0].passes);
    assert_true(str_is(rulings[0].answer_why, "确是物资编号"));
    struct findings kept = screened(&bench, &revision);
    assert_true(kept.at[0].ruled);
    assert_int_equal(kept.blocking, 0);
    struct ledger_list history;
    assert_int_equal(ledger_history(call, subject, &history), DONE);
    assert_true(str_is(history.at[history.count - 1].act, "screening.rule"));

    struct revision other = written_body(&bench, "<p>另一编号 " SAMPLE_ID "</p>");
    (void)screened(&bench, &other);
    assert_non_null(blocking(&bench, &other));
    assert_int_equal(unanswered(&bench), 1);
    struct revision clean = written_body(&bench, "<p>没有编号</p>");
    (void)screened(&bench, &clean);
    assert_int_equal(unanswered(&bench), 0); /* the text is another now */
    bench_close(trial);
}

static void test_list__the_office_keeps_it_and_a_change_screens_anew(void **state) {
    struct trial_store *trial = *state;
    struct bench bench = bench_open(trial);
    struct call *call = bench.call;
    struct revision revision =
        written_body(&bench, "<p>审柱甲后，电话0772-2825566。</p>");
    struct findings findings = screened(&bench, &revision);
    int before = findings.notes;
    assert_int_equal(findings.judge, 1); /* the telephone warns */
    struct listed_word word = {.list = WORDS_WRONG,
                               .word = STR("柱甲后"),
                               .right = STR("甲后"),
                               .note = STR("")};
    id64 id;
    assert_int_equal(screening_word_add(call, &word, &id), DENIED);
    call_forgive(call);
    call->actor.person = bench.office;
    assert_int_equal(screening_word_add(call, &word, &id), DONE);
    assert_int_equal(screening_word_add(call, &word, &id), REFUSED);
    call_forgive(call);
    assert_int_equal(screened(&bench, &revision).notes, before + 1);
    assert_int_equal(screening_word_remove(call, id), DONE);
    assert_int_equal(screening_word_remove(call, id), ABSENT);
    assert_int_equal(screened(&bench, &revision).notes, before);

    assert_int_equal(screening_confirm_numbers(call), DONE);
    assert_int_equal(screened(&bench, &revision).blocking, 1);
    struct listed_word number = {.list = WORDS_OFFICE_NUMBER,
                                 .word = STR("0772-2825566"),
                                 .right = STR(""),
                                 .note = STR("综合科")};
    assert_int_equal(screening_word_add(call, &number, &id), DONE);
    findings = screened(&bench, &revision);
    assert_int_equal(findings.blocking + findings.judge, 0);
    number.word = STR("综合科");
    assert_int_equal(screening_word_add(call, &number, &id), REFUSED);
    struct listed_word *words;
    size_t count;
    assert_int_equal(screening_words(call, WORDS_OFFICE_NUMBER, &words, &count), DONE);
    assert_int_equal(count, 1);
    bench_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_screening__an_id_number_blocks_until_it_is_masked),
        TRIAL_ON_BOTH(test_screening__attachments_are_read_and_those_unread_are_named),
        TRIAL_ON_BOTH(test_screening__whom_a_file_names_is_said_where_it_stays),
        TRIAL_ON_BOTH(test_screening__a_file_is_read_once_for_all_texts),
        TRIAL_ON_BOTH(test_screening__results_of_forgotten_drafts_are_purged),
        TRIAL_ON_BOTH(test_screening__pictures_and_reprints_lack_their_words),
        TRIAL_ON_BOTH(test_screening__a_sector_has_words_of_its_own),
        TRIAL_ON_BOTH(test_ruling__the_named_person_answers_for_this_text_only),
        TRIAL_ON_BOTH(test_list__the_office_keeps_it_and_a_change_screens_anew),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("screening", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
