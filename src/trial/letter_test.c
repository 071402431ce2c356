/*
 * Citizens' letters: clocks, who reads them, who may do what, looking day by day; on both
 * databases.
 */
#include "letter/letter.h"

#include "ledger/ledger.h"
#include "notice/notice.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>

#define WRITER  "韦来信"
#define CONTACT "13900000000"
#define WORDS   "我家门口的计量秤不准。"

static struct sandbox *sandbox;

struct counter {
    struct trial_store *trial;
    struct yard yard;
    struct call *call;
    struct site *site;
};

/* A further store of the same kind. */
static struct trial_store *another(const struct trial_store *trial) {
    return trial_store_new(trial->database[0] != '\0' ? "postgres" : "sqlite");
}

static struct counter open_counter(void **state, const char *book, struct date day) {
    struct counter counter = {.trial = *state};
    counter.trial->call.now = day_start(day_of_date(day)) + 9 * INSTANT_HOUR;
    yard_open(counter.trial, sandbox, book, &counter.yard);
    counter.call = counter.yard.call;
    return counter;
}

static void be(struct counter *counter, const char *role) {
    counter->site = &counter->yard.bureau.site;
    yard_become(&counter->yard, yard_holder(&counter->yard, role));
}

static enum status enter(struct counter *counter, const char *mailbox, instant received,
                         id64 *out_letter) {
    struct letter_wish wish = {.mailbox = str_of(mailbox),
                               .title = STR("计量秤"),
                               .words = STR(WORDS),
                               .writer = STR(WRITER),
                               .contact = STR(CONTACT),
                               .channel = STR("phone"),
                               .received_at = received};
    return letter_receive(counter->call, counter->site, &wish, out_letter);
}

static id64 entered(struct counter *counter, const char *mailbox) {
    id64 letter = 0;
    be(counter, "mail-dispatcher");
    assert_int_equal(enter(counter, mailbox, 0, &letter), DONE);
    return letter;
}

static struct letter read_back(struct counter *counter, id64 id) {
    struct letter letter;
    assert_int_equal(letter_find(counter->call, id, &letter), DONE);
    return letter;
}

static const char *last_day(struct counter *counter, instant due) {
    return due == INSTANT_NEVER
               ? "none"
               : str_text(counter->call->arena,
                          day_to_text(counter->call->arena, instant_day(due - 1)));
}

static struct duty only_duty(struct counter *counter, id64 letter) {
    struct duties duties;
    assert_int_equal(notice_duties_of(counter->call,
                                      (struct subject){SUBJECT_LETTER, letter}, &duties),
                     DONE);
    assert_int_equal(duties.count, 1);
    return duties.at[0];
}

/* Working days by the official calendar, make-up days too; on transfer as the rulebook
 * says; each of them a duty of who has the letter. */
static void test_letter__has_the_clocks_of_its_rulebook(void **state) {
    static const struct {
        const char *book, *mailbox;
        struct date day;
        int hours; /* until the transfer */
        const char *due, *pass_due, *moved_due;
        const char *article; /* of the clock after the transfer */
    } table[] = {
        {"quality",
         "director-mailbox",
         {2023, 9, 22},
         72,
         "2023-10-07",
         "2023-09-27",
         "2023-10-07",
         "ZJ-15.b"},
        {"quality",
         "director-mailbox",
         {2026, 12, 1},
         24,
         "2026-12-08",
         "2026-12-04",
         "2026-12-08",
         "ZJ-15.b"},
        {"complaints-12365",
         "complaints",
         {2023, 9, 22},
         72,
         "2023-10-07",
         "2023-09-25",
         "2023-09-27",
         "TS-1.d"},
        {"complaints-12365",
         "complaints",
         {2026, 12, 1},
         24,
         "2026-12-08",
         "2026-12-02",
         "2026-12-04",
         "TS-1.d"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct trial_store *trial = another(*state);
        void *own = trial;
        struct counter counter = open_counter(&own, table[i].book, table[i].day);
        id64 id = entered(&counter, table[i].mailbox);
        struct letter letter = read_back(&counter, id);
        assert_string_equal(last_day(&counter, letter.due), table[i].due);
        assert_string_equal(last_day(&counter, letter.pass_due), table[i].pass_due);
        counter.call->now += table[i].hours * INSTANT_HOUR;
        be(&counter, "mail-dispatcher");
        assert_int_equal(letter_transfer(counter.call, id,
                                         counter.yard.bureau.department.id,
                                         STR("属工业科业务")),
                         DONE);
        be(&counter, "mail-handler");
        letter = read_back(&counter, id);
        assert_string_equal(last_day(&counter, letter.due), table[i].moved_due);
        assert_false(letter.is_late);
        struct duty duty = only_duty(&counter, id);
        assert_true(duty.deadline.hard == letter.due);
        assert_true(str_is(duty.rule, table[i].article));
        assert_true(str_is(duty.act, "answer-letter"));
        assert_true(duty.unit == counter.yard.bureau.department.id);
        counter.call->now = letter.due;
        assert_true(read_back(&counter, id).is_late);
        yard_close(counter.trial);
        trial_store_free(trial);
    }
}

/* As if there were none, for everybody but its receivers and who answers where it lies;
 * who watches reads nothing that is the writer's. */
static void test_letter__is_read_by_those_concerned_alone(void **state) {
    struct counter counter =
        open_counter(state, "complaints-12365", (struct date){2026, 12, 1});
    struct letter_filter any = {.mailbox = STR("")};
    struct letter letter;
    struct letters letters;
    struct letter_moves moves;
    id64 id = entered(&counter, "complaints");
    assert_int_equal(letter_transfer(counter.call, id, counter.yard.bureau.department.id,
                                     STR("来电人姓韦")),
                     DONE);
    id64 dispatcher = yard_holder(&counter.yard, "mail-dispatcher");
    id64 handler = yard_holder(&counter.yard, "mail-handler");
    id64 watcher = yard_holder(&counter.yard, "office-director");
    size_t readers = 0;
    for (size_t i = 0; i < counter.yard.people_count; i++) {
        id64 person = counter.yard.people[i];
        bool concerned = person == dispatcher || person == handler;
        yard_become(&counter.yard, person);
        enum status found = letter_find(counter.call, id, &letter);
        assert_int_equal(found, concerned || person == watcher ? DONE : ABSENT);
        assert_int_equal(letter_list(counter.call, counter.site, &any, &letters), DONE);
        assert_int_equal(letters.count, found == DONE ? 1 : 0);
        if (found != DONE) {
            assert_int_equal(letter_moves(counter.call, id, &moves), ABSENT);
            assert_int_equal(letter_answer(counter.call, id, STR("已办")), ABSENT);
            continue;
        }
        assert_true(letter.is_withheld == !concerned);
        assert_true(letters.at[0].is_withheld == !concerned);
        assert_true(str_is(letter.writer, concerned ? WRITER : ""));
        assert_true(str_is(letter.contact, concerned ? CONTACT : ""));
        assert_true(str_is(letter.words, concerned ? WORDS : ""));
        assert_int_equal(letter_moves(counter.call, id, &moves), DONE);
        assert_int_equal(moves.count, 2);
        assert_true(str_is(moves.at[1].reason, concerned ? "来电人姓韦" : ""));
        readers += concerned;
    }
    assert_int_equal(readers, 2);
    /* Given back, it is no longer the department's. */
    yard_become(&counter.yard, handler);
    assert_int_equal(letter_return(counter.call, id, STR("不属本科业务")), DONE);
    assert_int_equal(letter_find(counter.call, id, &letter), ABSENT);
    yard_become(&counter.yard, 0);
    assert_int_equal(letter_find(counter.call, id, &letter), ABSENT);
    yard_close(counter.trial);
}

static void do_jobs(struct call *call) {
    size_t count;
    const struct job_handler *handlers = notice_handlers(&count);
    struct actor before = call->actor;
    call->actor = (struct actor){0};
    for (int i = 0; i < 200; i++) {
        enum status status = jobs_do_next(call, handlers, count);
        if (status == ABSENT) {
            break;
        }
        assert_int_equal(status, DONE);
    }
    call->actor = before;
}

static size_t told_late(struct counter *counter, id64 letter) {
    struct ledger_filter filter = {
        .subject = {SUBJECT_LETTER, letter}, .act = STR("notice.late"), .limit = 50};
    struct ledger_list list;
    assert_int_equal(ledger_read(counter->call, counter->site->group, &filter, &list),
                     DONE);
    return list.count;
}

/* Once its time has passed it is on record, and who is above is told: without its writer.
 * What was answered in time is told of to nobody. */
static void test_letter__late_is_escalated(void **state) {
    struct counter counter = open_counter(state, "quality", (struct date){2026, 12, 1});
    struct news_list news;
    id64 late = entered(&counter, "director-mailbox");
    id64 prompt = entered(&counter, "director-mailbox");
    id64 unit = counter.yard.bureau.department.id;
    assert_int_equal(letter_transfer(counter.call, late, unit, STR("属工业科")), DONE);
    assert_int_equal(letter_transfer(counter.call, prompt, unit, STR("属工业科")), DONE);
    be(&counter, "mail-handler");
    assert_int_equal(letter_answer(counter.call, prompt, STR("已办")), DONE);
    assert_int_equal(letter_tell(counter.call, prompt, STR("post"), 0), DONE);
    instant due = read_back(&counter, late).due;
    counter.call->now = due - INSTANT_MINUTE;
    do_jobs(counter.call);
    assert_int_equal(told_late(&counter, late), 0);
    counter.call->now = due + INSTANT_MINUTE;
    do_jobs(counter.call);
    assert_int_equal(told_late(&counter, late), 1);
    assert_int_equal(told_late(&counter, prompt), 0);
    be(&counter, "office-director");
    assert_int_equal(notice_news(counter.call, counter.call->actor.person, 0, &news),
                     DONE);
    assert_int_equal(news.count, 1);
    assert_true(news.at[0].subject.id == late);
    struct letter letter = read_back(&counter, late);
    assert_true(letter.is_withheld && letter.is_late);
    assert_true(str_is(letter.writer, "") && str_is(letter.words, ""));
    yard_close(counter.trial);
}

static bool stands_in(struct str text, const char *part) {
    return str_find(text, str_of(part)) < text.length;
}

/* Not in an entry, not in a duty: neither who wrote, nor what, nor what was answered. */
static void test_letter__leaves_nothing_of_its_writer_on_record(void **state) {
    struct counter counter =
        open_counter(state, "complaints-12365", (struct date){2026, 12, 1});
    static const char *const personal[] = {WRITER, CONTACT, WORDS, "请来电人", "姓韦"};
    struct ledger_filter all = {.act = STR("letter."), .limit = 500};
    struct ledger_list list;
    id64 id = entered(&counter, "complaints");
    assert_int_equal(letter_transfer(counter.call, id, counter.yard.bureau.department.id,
                                     STR("来电人姓韦")),
                     DONE);
    struct duty duty = only_duty(&counter, id);
    be(&counter, "mail-handler");
    assert_int_equal(letter_answer(counter.call, id, STR("请来电人来复秤。")), DONE);
    assert_int_equal(letter_tell(counter.call, id, STR("phone"), 0), DONE);
    assert_int_equal(ledger_read(counter.call, counter.site->group, &all, &list), DONE);
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < list.count; i++) {
        assert_true(stands_in(list.at[i].payload, "互动来信 2026-0001"));
        for (size_t j = 0; j < LENGTH(personal); j++) {
            assert_false(stands_in(list.at[i].payload, personal[j]));
        }
    }
    for (size_t j = 0; j < LENGTH(personal); j++) {
        assert_false(stands_in(duty.title, personal[j]));
        assert_false(stands_in(duty.remark, personal[j]));
        assert_false(stands_in(duty.item_class, personal[j]));
    }
    yard_close(counter.trial);
}

/* What is refused takes no number; each mailbox and year has its own. */
static void test_letter__is_numbered_without_gaps(void **state) {
    struct counter counter =
        open_counter(state, "complaints-12365", (struct date){2026, 12, 30});
    struct letter_wish wish = {.mailbox = STR("complaints"),
                               .title = STR("x"),
                               .words = STR(" "),
                               .channel = STR("phone")};
    id64 id = entered(&counter, "complaints");
    assert_true(str_is(read_back(&counter, id).number, "互动来信 2026-0001"));
    assert_int_equal(letter_receive(counter.call, counter.site, &wish, &id), REFUSED);
    assert_int_equal(
        enter(&counter, "complaints", counter.call->now + INSTANT_MINUTE, &id), REFUSED);
    assert_int_equal(
        enter(&counter, "complaints", counter.call->now - 400 * INSTANT_DAY, &id),
        REFUSED);
    assert_int_equal(enter(&counter, "nowhere", 0, &id), ABSENT);
    id = entered(&counter, "complaints");
    assert_true(str_is(read_back(&counter, id).number, "互动来信 2026-0002"));
    id = entered(&counter, "director-mailbox");
    assert_true(str_is(read_back(&counter, id).number, "局长信箱 2026-0001"));
    counter.call->now += 3 * INSTANT_DAY;
    id = entered(&counter, "complaints");
    assert_true(str_is(read_back(&counter, id).number, "互动来信 2027-0001"));
    yard_close(counter.trial);
}

/* An act that came too late, or not in its turn, changes nothing. */
static void test_letter__takes_each_step_once(void **state) {
    struct counter counter =
        open_counter(state, "complaints-12365", (struct date){2026, 12, 1});
    struct letter_acts acts;
    id64 unit = counter.yard.bureau.department.id;
    id64 id = entered(&counter, "complaints");
    struct letter letter = read_back(&counter, id);
    assert_int_equal(letter_may(counter.call, &letter, &acts), DONE);
    assert_true(acts.transfer && acts.answer && !acts.give_back && !acts.refer &&
                !acts.tell);
    assert_int_equal(letter_tell(counter.call, id, STR("phone"), 0), STALE);
    assert_int_equal(letter_refer(counter.call, id, STR("请示")), REFUSED);
    assert_int_equal(letter_transfer(counter.call, id, letter.unit, STR("x")), REFUSED);
    assert_int_equal(letter_transfer(counter.call, id, unit, STR(" ")), REFUSED);
    assert_int_equal(letter_transfer(counter.call, id, unit, STR("属工业科")), DONE);
    assert_int_equal(letter_transfer(counter.call, id, unit, STR("属工业科")), STALE);
    assert_int_equal(letter_answer(counter.call, id, STR("已办")), DENIED);
    be(&counter, "mail-handler");
    assert_int_equal(letter_answer(counter.call, id, STR("")), REFUSED);
    assert_int_equal(letter_answer(counter.call, id, STR("已办")), DONE);
    assert_int_equal(letter_answer(counter.call, id, STR("又办")), STALE);
    assert_int_equal(letter_return(counter.call, id, STR("x")), STALE);
    assert_true(str_is(only_duty(&counter, id).act, "tell-writer"));
    assert_int_equal(letter_tell(counter.call, id, STR("pigeon"), 0), REFUSED);
    assert_int_equal(
        letter_tell(counter.call, id, STR("phone"), counter.call->now + INSTANT_HOUR),
        REFUSED);
    assert_int_equal(
        letter_tell(counter.call, id, STR("phone"), counter.call->now - INSTANT_HOUR),
        REFUSED);
    assert_int_equal(letter_tell(counter.call, id, STR("phone"), 0), DONE);
    letter = read_back(&counter, id);
    assert_int_equal(letter.state, LETTER_CLOSED);
    assert_true(str_is(letter.answer, "已办"));
    assert_false(letter.is_late);
    yard_close(counter.trial);
}

static struct mailbox mailbox_of(struct counter *counter, const char *code) {
    struct mailbox *boxes;
    size_t count;
    assert_int_equal(letter_mailboxes(counter->call, counter->site, &boxes, &count),
                     DONE);
    for (size_t i = 0; i < count; i++) {
        if (str_is(boxes[i].rule->code, code)) {
            return boxes[i];
        }
    }
    fail_msg("no such mailbox");
    return boxes[0];
}

static int64_t looks(struct counter *counter) {
    struct ledger_filter filter = {.act = STR("letter.look"), .limit = 500};
    struct ledger_list list;
    assert_int_equal(ledger_read(counter->call, counter->site->group, &filter, &list),
                     DONE);
    return (int64_t)list.count;
}

/* Once a day, none included; a day without is missed when it has ended. */
static void test_look__is_recorded_day_by_day(void **state) {
    static const struct {
        const char *book;
        size_t missed[7]; /* on each day from Thursday on, nobody having looked since */
    } table[] = {
        {"complaints-12365", {0, 0, 1, 2, 3, 4, 5}},
        {"changshan-tax", {0, 0, 1, 1, 1, 2, 3}},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct trial_store *trial = another(*state);
        void *own = trial;
        struct counter counter =
            open_counter(&own, table[i].book, (struct date){2026, 12, 2});
        instant founded = counter.call->now;
        int64_t letters = -1;
        (void)entered(&counter, "complaints");
        assert_int_equal(letter_follow_site(counter.call, counter.site->id, founded),
                         DONE);
        assert_false(mailbox_of(&counter, "complaints").looked);
        assert_int_equal(letter_follow_site(counter.call, counter.site->id, founded),
                         DONE);
        counter.call->now += INSTANT_DAY;
        assert_int_equal(mailbox_of(&counter, "complaints").missed_count,
                         table[i].missed[0]);
        assert_int_equal(
            letter_look(counter.call, counter.site, STR("complaints"), &letters), DONE);
        assert_int_equal(letters, 0);
        (void)entered(&counter, "complaints");
        assert_int_equal(
            letter_look(counter.call, counter.site, STR("complaints"), &letters), DONE);
        assert_int_equal(letters, 1);
        assert_int_equal(looks(&counter), 1); /* once a day */
        assert_true(mailbox_of(&counter, "complaints").looked);
        for (size_t day = 1; day < LENGTH(table[i].missed); day++) {
            counter.call->now += INSTANT_DAY;
            assert_int_equal(mailbox_of(&counter, "complaints").missed_count,
                             table[i].missed[day]);
        }
        be(&counter, "dept-head");
        assert_int_equal(
            letter_look(counter.call, counter.site, STR("complaints"), &letters), DENIED);
        yard_close(counter.trial);
        trial_store_free(trial);
    }
}

/* The day on which somebody has to look next is a duty; it waits for the look. */
static void test_look__is_a_duty(void **state) {
    struct counter counter =
        open_counter(state, "changshan-tax", (struct date){2026, 12, 4}); /* Friday */
    struct duties duties;
    int mine = 0;
    be(&counter, "mail-dispatcher");
    assert_int_equal(
        letter_follow_site(counter.call, counter.site->id, counter.call->now), DONE);
    assert_int_equal(notice_desk(counter.call, counter.call->actor.person, &duties),
                     DONE);
    for (size_t i = 0; i < duties.count; i++) {
        if (str_is(duties.at[i].act, "look-at-letters")) {
            assert_string_equal(last_day(&counter, duties.at[i].deadline.hard),
                                "2026-12-07");
            assert_true(str_is(duties.at[i].rule, "CS-10.a"));
            mine++;
        }
    }
    assert_int_equal(mine, 2); /* one for each mailbox */
    yard_close(counter.trial);
}

/* A list costs as much over many letters as over few. */
static void test_list__asks_as_often_over_many_letters(void **state) {
    struct counter counter =
        open_counter(state, "complaints-12365", (struct date){2026, 12, 1});
    struct letter_filter any = {.mailbox = STR("")};
    struct letters letters;
    uint64_t asked[2];
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 10; i++) {
            id64 id = entered(&counter, "complaints");
            if (i % 2 == 0) {
                assert_int_equal(letter_transfer(counter.call, id,
                                                 counter.yard.bureau.department.id,
                                                 STR("属工业科业务")),
                                 DONE);
            }
        }
        be(&counter, "mail-handler");
        uint64_t before = store_asked(counter.trial->house.store);
        assert_int_equal(letter_list(counter.call, counter.site, &any, &letters), DONE);
        asked[round] = store_asked(counter.trial->house.store) - before;
        assert_int_equal(letters.count, 5 * (round + 1)); /* those that lie with it */
    }
    assert_int_equal(asked[1], asked[0]);
    yard_close(counter.trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_letter__has_the_clocks_of_its_rulebook),
        TRIAL_ON_BOTH(test_letter__is_read_by_those_concerned_alone),
        TRIAL_ON_BOTH(test_letter__late_is_escalated),
        TRIAL_ON_BOTH(test_letter__leaves_nothing_of_its_writer_on_record),
        TRIAL_ON_BOTH(test_letter__is_numbered_without_gaps),
        TRIAL_ON_BOTH(test_letter__takes_each_step_once),
        TRIAL_ON_BOTH(test_list__asks_as_often_over_many_letters),
        TRIAL_ON_BOTH(test_look__is_recorded_day_by_day),
        TRIAL_ON_BOTH(test_look__is_a_duty),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("letter", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
