/*
 * What is kept: terms that only grow, hands that change, loans that end, lists that need
 * four people and leave a line, seals that tell who opened them; on both databases.
 */
#include "archive/archive.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "publication/publication.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <string.h>

static struct sandbox *sandbox;

struct hall {
    struct trial_store *trial;
    struct yard yard;
    struct call *call;
    id64 group;
    id64 unit;
    id64 file;
    id64 manuscript;
    id64 keeper, second, approver, director, leader, writer;
};

static id64 new_person(struct hall *hall, const char *name, const char *login, id64 unit,
                       const char *role) {
    struct people_person person = {
        .name = str_of(name), .pinyin = str_of(login), .mail = STR(""), .phone = STR("")};
    struct people_roles roles = people_roles_of(hall->call, hall->yard.book);
    yard_become(&hall->yard, yard_holder(&hall->yard, "office-director"));
    assert_int_equal(people_person_save(hall->call, &person), DONE);
    assert_int_equal(trial_seat(hall->call, &roles, unit, role, "保管员", person.id),
                     DONE);
    return person.id;
}

/* A bureau with one item released, and so one file kept. */
static struct hall open_hall(void **state) {
    struct hall hall = {.trial = *state};
    struct archive_filter filter = {0};
    struct archive_files files;
    yard_open(hall.trial, sandbox, "yunzhou", &hall.yard);
    hall.call = hall.yard.call;
    hall.group = hall.yard.bureau.site.group;
    hall.writer = hall.yard.bureau.writer;
    hall.keeper = yard_holder(&hall.yard, "register-keeper");
    hall.approver = yard_holder(&hall.yard, "office-director");
    hall.director = yard_holder(&hall.yard, "centre-head");
    hall.leader = yard_holder(&hall.yard, "main-leader");
    hall.manuscript = yard_publish(&hall.yard, "全区工业经济运行情况", NULL, 0);
    yard_become(&hall.yard, hall.keeper);
    assert_int_equal(archive_list(hall.call, hall.group, &filter, &files), DONE);
    assert_int_equal(files.count, 1);
    hall.file = files.at[0].id;
    hall.unit = files.at[0].unit;
    hall.second = new_person(&hall, "石磊", "shilei", hall.unit, "register-keeper");
    return hall;
}

static void be(struct hall *hall, id64 person) { yard_become(&hall->yard, person); }

/* Somebody of another unit. */
static id64 new_outsider(struct hall *hall) {
    id64 unit = hall->yard.bureau.department.id;
    assert_true(unit != hall->unit);
    return new_person(hall, "韦远", "weiyuan", unit, "dept-head");
}

static const char *refused_as(struct hall *hall) {
    return hall->call->refusal == NULL ? "(nothing)" : hall->call->refusal->words;
}

static int64_t entries(struct hall *hall, const char *act) {
    struct ledger_filter filter = {.act = str_of(act), .limit = 500};
    struct ledger_list list;
    int64_t done = 0;
    assert_int_equal(ledger_read(hall->call, hall->group, &filter, &list), DONE);
    for (size_t i = 0; i < list.count; i++) {
        done += list.at[i].outcome == LEDGER_DONE;
    }
    return done;
}

static struct archive_file look(struct hall *hall) {
    struct archive_file file;
    assert_int_equal(archive_find(hall->call, hall->file, &file), DONE);
    return file;
}

static void test_file__is_numbered_and_kept_as_long_as_the_rules_say(void **state) {
    struct hall hall = open_hall(state);
    be(&hall, hall.keeper);
    struct archive_file file = look(&hall);
    assert_string_equal(str_text(hall.call->arena, file.number), "档 2026-0001");
    assert_int_equal(file.years, 30);
    assert_string_equal(
        str_text(hall.call->arena, day_to_text(hall.call->arena, file.kept_until)),
        "2056-12-31");
    yard_close(hall.trial);
}

static void test_term__grows_and_never_shrinks(void **state) {
    static const struct {
        int years;
        enum status status;
        const char *words;
        int after;
    } table[] = {
        {29, REFUSED, "archive.never-shorter", 30},
        {50, DONE, NULL, 50},
        {49, REFUSED, "archive.never-shorter", 50},
        {30, REFUSED, "archive.never-shorter", 50},
        {-1, REFUSED, "archive.years-odd", 50},
        {ARCHIVE_FOR_EVER, DONE, NULL, ARCHIVE_FOR_EVER},
        {999, REFUSED, "archive.never-less-than-ever", ARCHIVE_FOR_EVER},
    };
    struct hall hall = open_hall(state);
    for (size_t i = 0; i < LENGTH(table); i++) {
        be(&hall, hall.keeper);
        assert_int_equal(
            archive_lengthen(hall.call, hall.file, table[i].years, STR("有查考价值")),
            table[i].status);
        if (table[i].words != NULL) {
            assert_string_equal(refused_as(&hall), table[i].words);
        }
        assert_int_equal(look(&hall).years, table[i].after);
    }
    be(&hall, hall.writer);
    assert_int_equal(archive_lengthen(hall.call, hall.file, 0, STR("x")), DENIED);
    assert_int_equal(entries(&hall, "archive.lengthen"), 2);
    yard_close(hall.trial);
}

static void test_custody__passes_from_hand_to_hand(void **state) {
    struct hall hall = open_hall(state);
    struct custodies list;
    struct custody one;
    id64 *units;
    size_t count;
    id64 first;
    id64 second;
    be(&hall, hall.keeper);
    assert_int_equal(archive_unkept(hall.call, hall.group, &units, &count), DONE);
    assert_int_equal(count, 1);
    be(&hall, hall.keeper);
    assert_int_equal(archive_hand_over(hall.call, hall.group, hall.unit, hall.keeper,
                                       STR("档案室3柜"), STR(""), &first),
                     DONE);
    assert_int_equal(archive_unkept(hall.call, hall.group, &units, &count), DONE);
    assert_int_equal(count, 0);
    /* Another holder of the post is not the keeper. */
    be(&hall, hall.second);
    assert_int_equal(archive_lengthen(hall.call, hall.file, 40, STR("x")), DENIED);
    assert_string_equal(refused_as(&hall), "archive.kept-by");
    be(&hall, hall.keeper);
    assert_int_equal(archive_hand_over(hall.call, hall.group, hall.unit, hall.writer,
                                       STR("3柜"), STR(""), &second),
                     REFUSED);
    assert_string_equal(refused_as(&hall), "archive.no-keeper-role");
    be(&hall, hall.keeper);
    assert_int_equal(archive_hand_over(hall.call, hall.group, hall.unit, hall.second,
                                       STR("档案室3柜"), STR("轮岗"), &second),
                     DONE);
    struct duties duties;
    assert_int_equal(notice_desk(hall.call, hall.second, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_int_equal(archive_take(hall.call, second), DENIED);
    be(&hall, hall.second);
    assert_int_equal(archive_take(hall.call, second), DONE);
    assert_int_equal(archive_take(hall.call, second), STALE);
    assert_int_equal(notice_desk(hall.call, hall.second, &duties), DONE);
    assert_int_equal(duties.count, 0);
    assert_int_equal(archive_custodies(hall.call, hall.group, hall.unit, &list), DONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].files, 1);
    assert_true(list.at[0].giver == hall.keeper);
    id64 outsider = new_outsider(&hall);
    be(&hall, outsider);
    assert_int_equal(archive_custodies(hall.call, hall.group, 0, &list), DONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(archive_custody(hall.call, second, &one), ABSENT);
    be(&hall, hall.second);
    assert_int_equal(archive_custody(hall.call, second, &one), DONE);
    be(&hall, hall.keeper);
    assert_int_equal(archive_lengthen(hall.call, hall.file, 40, STR("x")), DENIED);
    yard_close(hall.trial);
}

static id64 ask(struct hall *hall, int days) {
    id64 loan;
    be(hall, hall->writer);
    assert_int_equal(archive_ask(hall->call, hall->file, STR("编写年鉴"),
                                 instant_day(hall->call->now) + days, &loan),
                     DONE);
    return loan;
}

static void test_loan__ends_with_its_return(void **state) {
    struct hall hall = open_hall(state);
    struct archive_copy copy;
    struct duties duties;
    id64 loan;
    be(&hall, hall.writer);
    civil_day day = instant_day(hall.call->now);
    assert_int_equal(archive_ask(hall.call, hall.file, STR(" "), day + 7, &loan),
                     REFUSED);
    assert_string_equal(refused_as(&hall), "archive.purpose-missing");
    be(&hall, hall.writer);
    assert_int_equal(archive_ask(hall.call, hall.file, STR("x"), day + 31, &loan),
                     REFUSED);
    assert_string_equal(refused_as(&hall), "archive.due-far");
    assert_string_equal(str_text(hall.call->arena, hall.call->refusal->rule), "YZ-13.b");
    loan = ask(&hall, 7);
    be(&hall, hall.writer);
    assert_int_equal(archive_read(hall.call, hall.file, &copy), DENIED);
    assert_int_equal(archive_lend(hall.call, loan, true, STR("")), DENIED);
    be(&hall, hall.keeper);
    assert_int_equal(archive_lend(hall.call, loan, true, STR("同意")), DONE);
    assert_true(look(&hall).borrower == hall.writer);
    be(&hall, hall.writer);
    assert_int_equal(archive_read(hall.call, hall.file, &copy), DONE);
    assert_true(copy.text.length > 0 && copy.history.length > 2);
    assert_int_equal(notice_desk(hall.call, hall.writer, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_true(duties.at[0].deadline.hard == day_end(day + 7));
    /* Nobody else gets it meanwhile. */
    be(&hall, hall.approver);
    id64 other;
    assert_int_equal(archive_ask(hall.call, hall.file, STR("x"), day + 3, &other),
                     REFUSED);
    assert_string_equal(refused_as(&hall), "archive.is-lent");
    /* Late: it stands among what is late until it is back. */
    hall.call->now += 9 * INSTANT_DAY;
    assert_int_equal(notice_late(hall.call, hall.group, &duties), DONE);
    assert_int_equal(duties.count, 1);
    be(&hall, hall.writer);
    assert_int_equal(archive_take_back(hall.call, loan, STR("")), DENIED);
    be(&hall, hall.keeper);
    assert_int_equal(archive_take_back(hall.call, loan, STR("完好")), DONE);
    assert_int_equal(archive_take_back(hall.call, loan, STR("")), STALE);
    assert_int_equal(notice_late(hall.call, hall.group, &duties), DONE);
    assert_int_equal(duties.count, 0);
    be(&hall, hall.writer);
    assert_int_equal(archive_read(hall.call, hall.file, &copy), DENIED);
    yard_close(hall.trial);
}

static enum status propose(struct hall *hall, id64 *out_list) {
    id64 witnesses[] = {hall->director, hall->leader};
    struct destruction_wish wish = {.files = &hall->file,
                                    .file_count = 1,
                                    .witnesses = witnesses,
                                    .witness_count = LENGTH(witnesses),
                                    .reason = STR("保管期满，无继续保存价值")};
    be(hall, hall->keeper);
    return archive_propose(hall->call, hall->group, &wish, out_list);
}

static void withdraw(struct hall *hall) {
    be(hall, yard_holder(&hall->yard, "site-operator"));
    assert_int_equal(publication_withdraw(hall->call, hall->manuscript, WITHDRAW_REMOVAL,
                                          STR("到期下线"), 0),
                     DONE);
}

static void test_destruction__needs_the_term_and_four_people(void **state) {
    struct hall hall = open_hall(state);
    struct archive_copy copy;
    struct destruction list;
    id64 id;
    assert_int_equal(propose(&hall, &id), REFUSED);
    assert_string_equal(refused_as(&hall), "archive.within-term");
    assert_string_equal(str_text(hall.call->arena, hall.call->refusal->rule), "YZ-13.b");
    hall.call->now = day_end(day_of_date((struct date){2056, 12, 31}));
    assert_int_equal(propose(&hall, &id), REFUSED);
    assert_string_equal(refused_as(&hall), "archive.still-public");
    withdraw(&hall);
    id64 loan = ask(&hall, 7);
    be(&hall, hall.keeper);
    assert_int_equal(archive_lend(hall.call, loan, true, STR("")), DONE);
    assert_int_equal(propose(&hall, &id), REFUSED);
    assert_string_equal(refused_as(&hall), "archive.lent-stays");
    be(&hall, hall.keeper);
    assert_int_equal(archive_take_back(hall.call, loan, STR("")), DONE);
    assert_int_equal(propose(&hall, &id), DONE);
    assert_int_equal(propose(&hall, &id), REFUSED);
    assert_string_equal(refused_as(&hall), "archive.on-a-list");
    be(&hall, hall.keeper);
    struct destructions lists;
    assert_int_equal(archive_destructions(hall.call, hall.group, &lists), DONE);
    assert_int_equal(lists.count, 1);
    id = lists.at[0].id;
    id64 outsider = new_outsider(&hall);
    be(&hall, outsider);
    assert_int_equal(archive_destructions(hall.call, hall.group, &lists), DONE);
    assert_int_equal(lists.count, 0);
    assert_int_equal(archive_destruction(hall.call, id, &list), ABSENT);
    be(&hall, hall.director);
    assert_int_equal(archive_destructions(hall.call, hall.group, &lists), DONE);
    assert_int_equal(lists.count, 1);
    be(&hall, hall.keeper);
    assert_int_equal(archive_decide(hall.call, id, true, STR("")), DENIED);
    be(&hall, hall.director);
    assert_int_equal(archive_witness(hall.call, id), REFUSED); /* not approved yet */
    be(&hall, hall.approver);
    hall.call->actor.freshly_proven = false;
    assert_int_equal(archive_decide(hall.call, id, true, STR("")), DENIED);
    be(&hall, hall.approver);
    assert_int_equal(archive_decide(hall.call, id, true, STR("同意")), DONE);
    be(&hall, hall.writer);
    assert_int_equal(archive_witness(hall.call, id), DENIED);
    be(&hall, hall.director);
    assert_int_equal(archive_witness(hall.call, id), DONE);
    assert_int_equal(archive_witness(hall.call, id), STALE);
    assert_int_equal(filing_archive_copy(hall.call, hall.file, &copy), DONE);
    assert_true(copy.text.length > 0);
    be(&hall, hall.leader);
    assert_int_equal(archive_witness(hall.call, id), DONE);
    assert_int_equal(filing_archive_copy(hall.call, hall.file, &copy), DONE);
    assert_int_equal(copy.text.length, 0);
    assert_int_equal(copy.history.length, 0);
    assert_true(copy.title.length > 0);
    assert_int_equal(archive_destruction(hall.call, id, &list), DONE);
    assert_true(list.done_at == hall.call->now);
    assert_int_equal(list.line_count, 1);
    assert_string_equal(str_text(hall.call->arena, list.lines[0].number), "档 2026-0001");
    assert_int_equal(entries(&hall, "archive.destroy"), 1);
    be(&hall, hall.keeper);
    assert_true(look(&hall).destroyed_at != 0);
    yard_close(hall.trial);
}

/* The rows themselves refuse, whoever writes them. */
static void test_archive__rows_stay_whatever_the_program_does(void **state) {
    struct hall hall = open_hall(state);
    static const char *const none[] = {NULL};
#define RAW(text)                                                                        \
    { .name = text, .sqlite = text, .postgres = text, .parameters = none }
    static const struct statement raws[] = {
        RAW("UPDATE archive_copy SET content = '', history = ''"),
        RAW("UPDATE archive_copy SET title = 'x'"),
        RAW("DELETE FROM archive_copy"),
        RAW("DELETE FROM archive_number"),
        RAW("UPDATE archive_number SET number = 7"),
    };
    for (size_t i = 0; i < LENGTH(raws); i++) {
        txn_abort(hall.call);
        assert_int_equal(txn_begin(hall.call, TXN_WRITE), DONE);
        assert_int_not_equal(store_run_values(hall.call, &raws[i], NULL, NULL, 0), DONE);
        txn_abort(hall.call);
    }
    be(&hall, hall.keeper);
    assert_int_equal(look(&hall).years, 30);
    yard_close(hall.trial);
}

static void test_seal__tells_who_opened_it(void **state) {
    struct hall hall = open_hall(state);
    struct sealings sealings;
    struct bytes page;
    withdraw(&hall);
    be(&hall, hall.approver);
    assert_int_equal(archive_sealings(hall.call, hall.group, 2026, &sealings), DONE);
    assert_int_equal(sealings.count, 1);
    assert_int_equal(sealings.at[0].page_count, 1);
    int64_t entry = sealings.at[0].sequence;
    be(&hall, hall.writer);
    assert_int_equal(archive_open(hall.call, hall.group, entry, 0, STR("想看看"), &page),
                     DENIED);
    assert_int_equal(entries(&hall, "archive.open"), 0);
    be(&hall, hall.approver);
    assert_int_equal(archive_open(hall.call, hall.group, entry, 0, STR(" "), &page),
                     REFUSED);
    be(&hall, hall.approver);
    assert_int_equal(
        archive_open(hall.call, hall.group, entry, 0, STR("行政复议调取"), &page), DONE);
    assert_true(page.length > 100);
    assert_int_equal(entries(&hall, "archive.open"), 1);
    /* One byte of it changed on disk is not handed out. */
    struct str hex = bytes_to_hex(
        hall.call->arena, (struct bytes){sealings.at[0].pages[0].digest.at, DIGEST_SIZE});
    const char *path = str_format(hall.call->arena, "%s/archive/evidence/%.*s.html",
                                  hall.trial->workspace, STR_ARG(hex))
                           .at;
    unsigned char *bytes = arena_copy(hall.call->arena, page.at, page.length);
    bytes[page.length / 2] ^= 1;
    assert_int_equal(file_write(path, (struct bytes){bytes, page.length}), DONE);
    be(&hall, hall.approver);
    assert_int_equal(
        archive_open(hall.call, hall.group, entry, 0, STR("行政复议调取"), &page),
        FAILED);
    yard_close(hall.trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_file__is_numbered_and_kept_as_long_as_the_rules_say),
        TRIAL_ON_BOTH(test_term__grows_and_never_shrinks),
        TRIAL_ON_BOTH(test_custody__passes_from_hand_to_hand),
        TRIAL_ON_BOTH(test_loan__ends_with_its_return),
        TRIAL_ON_BOTH(test_destruction__needs_the_term_and_four_people),
        TRIAL_ON_BOTH(test_archive__rows_stay_whatever_the_program_does),
        TRIAL_ON_BOTH(test_seal__tells_who_opened_it),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("keep", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
