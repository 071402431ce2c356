/*
 * Numbers without gaps among many at once, records that cannot be changed, and
 * forms that are made once; on both databases.
 */
#include "filing/filing.h"
#include "trial_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROUP  ((id64)7)
#define SERIES STR("review-form")
#define TAKERS 6
#define TAKES  12

static const struct subject subject = {SUBJECT_MANUSCRIPT, 42};

static struct digest text_digest(const char *text) {
    return digest_of(DIGEST_SM3, bytes_of_str(str_of(text)));
}

static enum status take_number(struct call *call, void *what) {
    return filing_number(call, GROUP, SERIES, 2026, what);
}

static enum status take_and_fail(struct call *call, void *what) {
    TRY(filing_number(call, GROUP, SERIES, 2026, what));
    return call_refuse(call, REFUSED, "LZ-12.4", "filing.test", NULL);
}

static void test_number__an_undone_act_leaves_no_gap(void **state) {
    struct trial_store *trial = *state;
    int64_t number = 0;
    int64_t undone = 0;
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, take_number, &number), DONE);
    assert_int_equal(number, 1);
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, take_and_fail, &undone),
                     REFUSED);
    assert_int_equal(undone, 2);
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, take_number, &number), DONE);
    assert_int_equal(number, 2);
}

static void test_number__belongs_to_an_act(void **state) {
    struct trial_store *trial = *state;
    int64_t number = 7;
    assert_int_equal(filing_number(&trial->call, GROUP, SERIES, 2026, &number), FAILED);
    assert_int_equal(number, 7);
}

struct taker {
    const struct trial_store *trial;
    int64_t taken[TAKES];
    int count;
    int failures;
};

/* Every third act is undone after it took its number. */
static void *take_in_a_crowd(void *what) {
    struct taker *taker = what;
    struct call *call = trial_call_new(taker->trial);
    for (int i = 0; i < TAKES; i++) {
        int64_t number = 0;
        bool undone = i % 3 == 2;
        enum status status = store_transact(
            call, TXN_WRITE, undone ? take_and_fail : take_number, &number);
        if (status == DONE) {
            taker->taken[taker->count++] = number;
        }
        taker->failures += status != (undone ? REFUSED : DONE);
    }
    trial_call_free(call);
    return NULL;
}

static void test_number__a_crowd_gets_each_number_once(void **state) {
    struct trial_store *trial = *state;
    struct taker takers[TAKERS] = {0};
    pthread_t threads[TAKERS];
    int given[TAKERS * TAKES + 1] = {0};
    int total = 0;
    for (int i = 0; i < TAKERS; i++) {
        takers[i].trial = trial;
        assert_int_equal(pthread_create(&threads[i], NULL, take_in_a_crowd, &takers[i]),
                         0);
    }
    for (int i = 0; i < TAKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(takers[i].failures, 0);
        for (int n = 0; n < takers[i].count; n++) {
            int64_t number = takers[i].taken[n];
            assert_in_range(number, 1, TAKERS * TAKES);
            given[number]++;
            total++;
        }
    }
    assert_int_equal(total, TAKERS * TAKES * 2 / 3);
    for (int number = 1; number <= total; number++) {
        assert_int_equal(given[number], 1);
    }
}

static void test_number__series_groups_and_years_count_apart(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    int64_t number = 0;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(filing_number(call, GROUP, SERIES, 2026, &number), DONE);
    assert_int_equal(filing_number(call, GROUP, SERIES, 2026, &number), DONE);
    assert_int_equal(number, 2);
    assert_int_equal(filing_number(call, GROUP, SERIES, 2027, &number), DONE);
    assert_int_equal(number, 1);
    assert_int_equal(filing_number(call, GROUP, STR("filing"), 2026, &number), DONE);
    assert_int_equal(number, 1);
    assert_int_equal(filing_number(call, GROUP + 1, SERIES, 2026, &number), DONE);
    assert_int_equal(number, 1);
    assert_int_equal(txn_commit(call), DONE);
}

static void test_number__reads_as_the_rulebook_says(void **state) {
    static const struct {
        const char *pattern;
        int64_t number;
        const char *text;
    } rows[] = {
        {"审表 {year}-{number:4}", 187, "审表 2026-0187"},
        {"{year}年第{number}号", 7, "2026年第7号"},
        {"备{number:3}", 12345, "备12345"},
        {"", 5, ""},
    };
    struct arena *arena = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_true(str_is(
            filing_number_text(arena, str_of(rows[i].pattern), 2026, rows[i].number),
            rows[i].text));
    }
    arena_free(arena);
}

static struct filing_record record_of(const char *title) {
    return (struct filing_record){
        .series = STR("filing"),
        .pattern = STR("报备 {year}-{number:4}"),
        .group = GROUP,
        .subject = subject,
        .digest = text_digest(title),
        .title = str_of(title),
        .item_class = STR("统计分析"),
        .unit = 3,
        .unit_title = STR("工业科"),
        .submitter = 11,
        .submitter_name = STR("李小兰"),
        .approval = STR("陈立 2026-12-01 09:12 系统"),
        .destination = STR("综合科"),
    };
}

static enum status write_record(struct call *call, void *what) {
    return filing_record(call, what);
}

static enum status write_record_and_fail(struct call *call, void *what) {
    TRY(filing_record(call, what));
    return call_refuse(call, REFUSED, "LZ-11.d", "filing.test", NULL);
}

/* LZ-11.d: submission and record are one transaction. */
static void test_record__exists_only_with_its_submission(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct filing_record record = record_of("运行分析");
    struct filing_record undone = record_of("撤销的");
    struct filing_records list;
    assert_int_equal(store_transact(call, TXN_WRITE, write_record_and_fail, &undone),
                     REFUSED);
    assert_int_equal(store_transact(call, TXN_WRITE, write_record, &record), DONE);
    assert_int_equal(record.serial, 1);
    assert_true(str_is(record.number_text, "报备 2026-0001"));
    assert_int_equal(filing_records(call, GROUP, 0, 0, &list), DONE);
    assert_int_equal(list.count, 1);
    assert_false(list.more);
    assert_true(str_is(list.at[0].title, "运行分析"));
    assert_true(str_is(list.at[0].submitter_name, "李小兰"));
    assert_true(str_is(list.at[0].approval, "陈立 2026-12-01 09:12 系统"));
    assert_true(str_is(list.at[0].destination, "综合科"));
    assert_true(digest_equal(&list.at[0].digest, &record.digest));
    assert_true(list.at[0].at == TRIAL_NOW);
    assert_int_equal(list.at[0].subject.kind, SUBJECT_MANUSCRIPT);
    assert_int_equal(filing_records_of(call, subject, &list), DONE);
    assert_int_equal(list.count, 1);
    assert_int_equal(filing_records(call, GROUP, 4, 0, &list), DONE);
    assert_int_equal(list.count, 0);
}

static void test_record__lists_come_in_pages(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct filing_records list;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (int i = 0; i < 60; i++) {
        struct filing_record record = record_of("运行分析");
        assert_int_equal(filing_record(call, &record), DONE);
    }
    assert_int_equal(txn_commit(call), DONE);
    assert_int_equal(filing_records(call, GROUP, 3, 0, &list), DONE);
    assert_int_equal(list.count, 50);
    assert_true(list.more);
    assert_int_equal(list.at[0].serial, 60);
    assert_int_equal(filing_records(call, GROUP, 3, list.at[49].id, &list), DONE);
    assert_int_equal(list.count, 10);
    assert_int_equal(list.at[9].serial, 1);
}

/* What no module does: change or remove what is on record. */
static enum status run_raw(struct call *call, void *what) {
    const struct statement *statement = what;
    return store_run(call, statement, NULL, NO_VALUES);
}

static enum status attack(struct trial_store *trial, const char *sql) {
    static const char *const none[] = {NULL};
    struct statement *statement = TAKE(trial->arena, struct statement);
    *statement = (struct statement){"attack", sql, sql, none};
    struct call *call = trial_call_new(trial);
    enum status status = store_transact(call, TXN_WRITE, run_raw, statement);
    trial_call_free(call);
    return status;
}

static void test_record__the_database_refuses_to_change_it(void **state) {
    static const char *const attacks[] = {
        "UPDATE filing_record SET title = 'x'",
        "DELETE FROM filing_record",
        "UPDATE archive_copy SET content = 'x'",
        "DELETE FROM archive_copy",
        "DELETE FROM form",
        "UPDATE form SET number = 9",
    };
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct filing_record record = record_of("运行分析");
    struct archive_copy copy = {.group = GROUP,
                                .unit = 3,
                                .kind = ARCHIVE_PUBLISHED,
                                .subject = subject,
                                .digest = text_digest("a")};
    struct digest digest = text_digest("a");
    struct form form;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(filing_record(call, &record), DONE);
    assert_int_equal(filing_archive(call, &copy), DONE);
    assert_int_equal(
        filing_form_open(call, GROUP, SERIES, STR("{number}"), subject, &digest, &form),
        DONE);
    assert_int_equal(txn_commit(call), DONE);
    for (size_t i = 0; i < LENGTH(attacks); i++) {
        assert_int_equal(attack(trial, attacks[i]), FAILED);
    }
    /* The same hand on a table that is open to it: the attack itself is sound. */
    assert_int_equal(attack(trial, "UPDATE series SET last = last"), DONE);
}

static void test_archive__keeps_both_kinds_apart(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct archive_copies list;
    struct archive_copy copy = {.group = GROUP,
                                .unit = 3,
                                .kind = ARCHIVE_INTERNAL,
                                .subject = subject,
                                .digest = text_digest("a"),
                                .title = STR("运行分析"),
                                .text = STR("{\"body\":\"正文\"}"),
                                .history = STR("[{\"step\":\"dept-review\"}]")};
    struct archive_copy whole;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(filing_archive(call, &copy), DONE);
    assert_int_equal(filing_archive(call, &copy), DONE); /* kept once */
    copy.kind = ARCHIVE_PUBLISHED;
    assert_int_equal(filing_archive(call, &copy), DONE);
    assert_int_equal(txn_commit(call), DONE);
    for (int kind = ARCHIVE_INTERNAL; kind <= ARCHIVE_PUBLISHED; kind++) {
        assert_int_equal(filing_archived(call, 3, (enum archive_kind)kind, 0, &list),
                         DONE);
        assert_int_equal(list.count, 1);
        assert_int_equal(list.at[0].kind, kind);
        assert_int_equal(filing_archive_copy(call, list.at[0].id, &whole), DONE);
        assert_true(str_is(whole.text, "{\"body\":\"正文\"}"));
        assert_true(str_is(whole.history, "[{\"step\":\"dept-review\"}]"));
    }
    assert_int_equal(filing_archived(call, 4, ARCHIVE_INTERNAL, 0, &list), DONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(filing_archive_copy(call, 1, &whole), ABSENT);
}

static struct form_line lines[] = {
    {STR_INIT("标题"), STR_INIT("2026年前三季度全市工业经济运行分析"), true},
    {STR_INIT("类别"), STR_INIT("统计分析"), false},
    {STR_INIT("来源"), STR_INIT(""), false},
    {STR_INIT("产生日期"), STR_INIT("2026-11-30"), false},
};
static struct form_step steps[] = {
    {STR_INIT("科室负责人"), STR_INIT("通过"), STR_INIT("陈立"),
     STR_INIT("2026-12-01 09:12　面签　扫描件 M-31")},
    {STR_INIT("局领导"), STR_INIT("保密：不涉密　内容：同意　批示：发布"),
     STR_INIT("周正国"), STR_INIT("2026-12-02 10:40　系统　第十二条第四项")},
};
static struct form_attachment attachments[] = {
    {STR_INIT("附表1.xlsx"), STR_INIT("sm3:7f3a91c2")},
};
static const struct filing_form review_form = {
    .language = STR_INIT("zh-CN"),
    .title = STR_INIT("示范市统计局网站信息发布审查表"),
    .none = STR_INIT("无"),
    .number_label = STR_INIT("编号"),
    .fields = lines,
    .field_count = LENGTH(lines),
    .heads = {STR_INIT("步骤"), STR_INIT("意见"), STR_INIT("签署"),
              STR_INIT("时间、方式、依据")},
    .steps = steps,
    .step_count = LENGTH(steps),
    .attachment_heads = {STR_INIT("附件"), STR_INIT("摘要")},
    .attachments = attachments,
    .attachment_count = 1,
    .foot = STR_INIT("由存证 150-207 生成。打印 2026-12-02 14:20 黄敏"),
    .page_words = STR_INIT("第 {page} 页，共 {pages} 页"),
    .address = STR_INIT("https://tjj.example.gov.cn/v/{number}"),
    .address_label = STR_INIT("核对："),
};

static struct form open_form(struct call *call, const char *text) {
    struct digest digest = text_digest(text);
    struct form form = {0};
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(filing_form_open(call, GROUP, SERIES, STR("审表 {year}-{number:4}"),
                                      subject, &digest, &form),
                     DONE);
    assert_int_equal(txn_commit(call), DONE);
    return form;
}

static void test_form__is_numbered_once_and_made_once(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct form first = open_form(call, "text 1");
    struct form again = open_form(call, "text 1");
    struct form second = open_form(call, "text 2");
    assert_true(str_is(first.number_text, "审表 2026-0001"));
    assert_int_equal(again.id, first.id);
    assert_int_equal(again.number, 1);
    assert_int_equal(second.number, 2);

    struct bytes pdf;
    assert_int_equal(filing_form_pdf(call, &first, &pdf), ABSENT);
    call->actor.person = 15;
    assert_int_equal(filing_form_make(call, first.id, &review_form, &first), DONE);
    assert_true(first.made_at == TRIAL_NOW);
    assert_int_equal(first.made_by, 15);
    assert_int_equal(filing_form_pdf(call, &first, &pdf), DONE);
    assert_memory_equal(pdf.at, "%PDF-", 5);

    struct filing_form other = review_form;
    other.title = STR("另一张表");
    call->now += INSTANT_DAY;
    assert_int_equal(filing_form_make(call, first.id, &other, &again), DONE);
    assert_true(digest_equal(&again.pdf, &first.pdf));
    assert_true(again.made_at == TRIAL_NOW);
    assert_true(str_find(again.content, STR("另一张表")) == again.content.length);
    assert_true(str_find(again.content, STR("\"value\":\"无\"")) < again.content.length);
    assert_int_equal(attack(trial, "UPDATE form SET content = 'x' WHERE made_at <> 0"),
                     FAILED);

    struct ledger_list history;
    assert_int_equal(
        ledger_history(call, (struct subject){SUBJECT_FORM, first.id}, &history), DONE);
    assert_int_equal(history.count, 1);
    struct str digest = digest_to_text(call->arena, &first.pdf);
    assert_true(str_find(history.at[0].payload, digest) < history.at[0].payload.length);
}

static void test_form__can_be_found_by_text_and_by_number(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct form form = open_form(call, "text 1");
    struct form found;
    struct forms list;
    struct digest digest = text_digest("text 1");
    struct digest other = text_digest("text 9");
    assert_int_equal(filing_form_of(call, SERIES, subject, &digest, &found), DONE);
    assert_int_equal(found.id, form.id);
    assert_int_equal(filing_form_of(call, SERIES, subject, &other, &found), ABSENT);
    assert_int_equal(filing_form_find(call, GROUP, SERIES, 2026, 1, &found), DONE);
    assert_int_equal(filing_form_find(call, GROUP, SERIES, 2026, 2, &found), ABSENT);
    open_form(call, "text 2");
    assert_int_equal(filing_forms(call, GROUP, SERIES, 2026, 0, &list), DONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].number, 2);
    assert_int_equal(filing_forms(call, GROUP, SERIES, 2026, 2, &list), DONE);
    assert_int_equal(list.count, 1);
}

static void test_form__a_changed_file_is_not_handed_out(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct form form = open_form(call, "text 1");
    struct bytes pdf;
    assert_int_equal(filing_form_make(call, form.id, &review_form, &form), DONE);
    assert_int_equal(filing_form_pdf(call, &form, &pdf), DONE);
    struct str hex = bytes_to_hex(call->arena, (struct bytes){form.pdf.at, DIGEST_SIZE});
    struct str path = str_format(call->arena, "%s/archive/%.2s/%.*s.pdf",
                                 trial->workspace, hex.at, STR_ARG(hex));
    unsigned char *bytes = arena_copy(call->arena, pdf.at, pdf.length);
    bytes[pdf.length / 2] ^= 1;
    assert_int_equal(
        file_write(str_text(call->arena, path), (struct bytes){bytes, pdf.length}), DONE);
    assert_int_equal(filing_form_pdf(call, &form, &pdf), FAILED);
    assert_int_equal(file_remove(str_text(call->arena, path)), DONE);
    assert_int_equal(filing_form_pdf(call, &form, &pdf), FAILED);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_number__an_undone_act_leaves_no_gap),
        TRIAL_ON_BOTH(test_number__belongs_to_an_act),
        TRIAL_ON_BOTH(test_number__a_crowd_gets_each_number_once),
        TRIAL_ON_BOTH(test_number__series_groups_and_years_count_apart),
        cmocka_unit_test(test_number__reads_as_the_rulebook_says),
        TRIAL_ON_BOTH(test_record__exists_only_with_its_submission),
        TRIAL_ON_BOTH(test_record__lists_come_in_pages),
        TRIAL_ON_BOTH(test_record__the_database_refuses_to_change_it),
        TRIAL_ON_BOTH(test_archive__keeps_both_kinds_apart),
        TRIAL_ON_BOTH(test_form__is_numbered_once_and_made_once),
        TRIAL_ON_BOTH(test_form__can_be_found_by_text_and_by_number),
        TRIAL_ON_BOTH(test_form__a_changed_file_is_not_handed_out),
    };
    return trial_run("filing", tests, LENGTH(tests));
}
