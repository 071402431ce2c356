/*
 * Duties and the desk on both databases; messages through a real mail server and
 * a real web server (tests/outlets.py), awaited by what they tell.
 */
#include "notice/notice.h"
#include "page/page.h"
#include "people/people.h"
#include "trial_store.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GROUP ((id64)7)

/* A bureau of two sections and an office, with somebody in each post. */
struct bureau {
    struct call *call;
    id64 industry; /* 工业科 */
    id64 general;  /* 综合科 */
    id64 li;       /* handler in industry */
    id64 chen;     /* dept-head in industry */
    id64 huang;    /* section-reviewer in general */
    id64 wei;      /* section-reviewer in general, too */
    id64 chens_appointment;
};

static struct people_role role_lines[] = {
    {.role = STR_INIT("handler"), .name = STR_INIT("经办人")},
    {.role = STR_INIT("dept-head"), .name = STR_INIT("科长")},
    {.role = STR_INIT("section-reviewer"), .name = STR_INIT("审核岗")},
};
static const struct people_roles roles = {.at = role_lines, .count = LENGTH(role_lines)};

static id64 unit_of(struct call *call, const char *code, const char *title, id64 parent) {
    struct people_unit unit = {.parent = parent,
                               .code = str_of(code),
                               .kind = STR("department"),
                               .title = str_of(title)};
    assert_int_equal(people_unit_save(call, &unit), DONE);
    return unit.id;
}

static id64 person_of(struct call *call, const char *name, const char *mail, id64 unit,
                      const char *role, id64 *out_appointment) {
    struct people_person person = {.name = str_of(name), .mail = str_of(mail)};
    struct people_post post = {.unit = unit, .role = str_of(role), .title = str_of(role)};
    assert_int_equal(people_person_save(call, &person), DONE);
    assert_int_equal(people_post_save(call, &roles, &post), DONE);
    const struct people_appointing appointing = {.post = post.id, .person = person.id};
    assert_int_equal(people_appoint(call, &roles, &appointing, out_appointment, NULL),
                     DONE);
    return person.id;
}

static struct bureau bureau_of(struct trial_store *trial) {
    struct call *call = &trial->call;
    struct bureau bureau = {.call = call};
    call->door = DOOR_CLI; /* the machine's operator founds the bureau */
    id64 body = unit_of(call, "bureau", "示范市统计局", 0);
    bureau.industry = unit_of(call, "industry", "工业科", body);
    bureau.general = unit_of(call, "general", "综合科", body);
    bureau.li =
        person_of(call, "李小兰", "li@example.gov.cn", bureau.industry, "handler", NULL);
    bureau.chen = person_of(call, "陈立", "chen@example.gov.cn", bureau.industry,
                            "dept-head", &bureau.chens_appointment);
    bureau.huang = person_of(call, "黄敏", "huang@example.gov.cn", bureau.general,
                             "section-reviewer", NULL);
    bureau.wei = person_of(call, "韦芳", "refused@example.gov.cn", bureau.general,
                           "section-reviewer", NULL);
    call->now += INSTANT_MINUTE;
    return bureau;
}

static struct duty duty_of(id64 manuscript, const char *title, const char *role,
                           id64 unit, instant due) {
    return (struct duty){
        .group = GROUP,
        .subject = {SUBJECT_MANUSCRIPT, manuscript},
        .step = STR("section-review"),
        .role = str_of(role),
        .unit = unit,
        .site_title = STR("示范市统计局网站"),
        .title = str_of(title),
        .item_class = STR("统计分析"),
        .badge = STR("office-review"),
        .act = STR("review"),
        .remark = STR("工业科 陈立已签"),
        .round = 1,
        .deadline = {.hard = due, .unit = CALENDAR_WORKING_DAY, .house = 2},
        .rule = STR("LZ-12.3.a"),
    };
}

static enum status open_work(struct call *call, void *what) {
    return notice_duty_open(call, what);
}

static id64 open_duty(struct call *call, struct duty duty) {
    assert_int_equal(store_transact(call, TXN_WRITE, open_work, &duty), DONE);
    return duty.id;
}

static struct duties desk_of(struct call *call, id64 person) {
    struct duties duties;
    assert_int_equal(notice_desk(call, person, &duties), DONE);
    return duties;
}

static instant days_on(instant now, int days) {
    return day_end((civil_day)(instant_day(now) + days));
}

static void test_desk__shows_late_first_then_due_then_the_rest(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    instant now = call->now;
    open_duty(call, duty_of(1, "无期限", "section-reviewer", bureau.general, 0));
    open_duty(call,
              duty_of(2, "将到", "section-reviewer", bureau.general, days_on(now, 1)));
    open_duty(call,
              duty_of(3, "超期", "section-reviewer", bureau.general, days_on(now, -2)));
    open_duty(call, duty_of(4, "别科的", "section-reviewer", bureau.industry, now));
    open_duty(call, duty_of(5, "别岗的", "dept-head", bureau.general, now));
    struct duties desk = desk_of(call, bureau.huang);
    assert_int_equal(desk.count, 3);
    assert_false(desk.more);
    assert_true(str_is(desk.at[0].title, "超期"));
    assert_true(str_is(desk.at[1].title, "将到"));
    assert_true(str_is(desk.at[2].title, "无期限"));

    const struct duty *first = &desk.at[0];
    assert_int_equal(first->subject.kind, SUBJECT_MANUSCRIPT);
    assert_int_equal(first->subject.id, 3);
    assert_true(first->since == now);
    assert_true(first->deadline.hard == days_on(now, -2));
    assert_int_equal(first->deadline.unit, CALENDAR_WORKING_DAY);
    assert_int_equal(first->deadline.house, 2);
    assert_true(str_is(first->step, "section-review"));
    assert_true(str_is(first->role, "section-reviewer"));
    assert_true(first->unit == bureau.general);
    assert_true(str_is(first->site_title, "示范市统计局网站"));
    assert_true(str_is(first->item_class, "统计分析"));
    assert_true(str_is(first->badge, "office-review"));
    assert_true(str_is(first->act, "review"));
    assert_true(str_is(first->remark, "工业科 陈立已签"));
    assert_true(str_is(first->rule, "LZ-12.3.a"));
    assert_int_equal(first->round, 1);

    struct duty_count count;
    assert_int_equal(notice_desk_count(call, bureau.huang, &count), DONE);
    assert_int_equal(count.open, 3);
    assert_int_equal(count.late, 1);
    assert_true(count.next == days_on(now, 1));
    assert_int_equal(notice_desk_count(call, bureau.li, &count), DONE);
    assert_int_equal(count.open, 0);
    assert_true(count.next == 0);
}

static void test_desk__follows_the_appointments_of_this_instant(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    open_duty(call, duty_of(1, "待审", "dept-head", bureau.industry, 0));
    assert_int_equal(desk_of(call, bureau.chen).count, 1);
    assert_int_equal(
        people_appointment_end(call, bureau.chens_appointment, 0, STR("轮岗")), DONE);
    call->now += INSTANT_SECOND;
    assert_int_equal(desk_of(call, bureau.chen).count, 0);
}

static void test_desk__keeps_the_barred_away(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct duty duty = duty_of(1, "自己写的", "section-reviewer", bureau.general, 0);
    bool is_there = true;
    duty.barred = &bureau.huang;
    duty.barred_count = 1;
    open_duty(call, duty);
    assert_int_equal(desk_of(call, bureau.huang).count, 0);
    assert_int_equal(desk_of(call, bureau.wei).count, 1);
    assert_int_equal(
        notice_is_on_desk(call, bureau.huang, duty.subject, duty.step, &is_there), DONE);
    assert_false(is_there);
    assert_int_equal(
        notice_is_on_desk(call, bureau.wei, duty.subject, duty.step, &is_there), DONE);
    assert_true(is_there);
    struct duties open;
    assert_int_equal(notice_duties_of(call, duty.subject, &open), DONE);
    assert_int_equal(open.count, 1);
    assert_true(str_is(open.at[0].holder, "韦芳"));
}

static void test_desk__knows_duties_of_one_person_and_of_a_whole_unit(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct duty own = duty_of(1, "退给本人", "handler", bureau.industry, 0);
    own.person = bureau.li;
    open_duty(call, own);
    open_duty(call, duty_of(2, "全科可办", "", bureau.industry, 0));
    open_duty(call, duty_of(3, "全局该岗", "section-reviewer", 0, 0));
    assert_int_equal(desk_of(call, bureau.li).count, 2);
    assert_int_equal(desk_of(call, bureau.chen).count, 1);
    assert_true(str_is(desk_of(call, bureau.chen).at[0].title, "全科可办"));
    assert_true(str_is(desk_of(call, bureau.huang).at[0].title, "全局该岗"));
    struct duties open;
    assert_int_equal(
        notice_duties_of(call, (struct subject){SUBJECT_MANUSCRIPT, 2}, &open), DONE);
    assert_true(str_is(open.at[0].holder, "李小兰、陈立") ||
                str_is(open.at[0].holder, "陈立、李小兰"));
    struct duty nobody = duty_of(4, "没有人", "", 0, 0);
    assert_int_equal(store_transact(call, TXN_WRITE, open_work, &nobody), FAILED);
}

static void test_waiting__says_of_many_what_is_said_of_each(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct store *store = call->house->store;
    const id64 subjects[] = {6, 5, 4, 3, 2, 1};
    struct duty *waiting;
    struct duty own = duty_of(1, "退给本人", "handler", bureau.industry, 0);
    struct duty barred = duty_of(5, "黄敏写过", "section-reviewer", bureau.general, 0);
    own.person = bureau.li;
    barred.barred = &bureau.huang;
    barred.barred_count = 1;
    open_duty(call, own);
    open_duty(call, duty_of(2, "全科可办", "", bureau.industry, 0));
    open_duty(call, duty_of(3, "全局该岗", "section-reviewer", 0, 0));
    open_duty(call, duty_of(4, "本科该岗", "section-reviewer", bureau.general, 0));
    open_duty(call, barred);
    assert_int_equal(
        notice_waiting(call, SUBJECT_MANUSCRIPT, subjects, LENGTH(subjects), &waiting),
        DONE);
    assert_int_equal(waiting[0].id, 0); /* nobody has the sixth */
    for (size_t i = 1; i < LENGTH(subjects); i++) {
        struct duties each;
        assert_int_equal(
            notice_duties_of(call, (struct subject){SUBJECT_MANUSCRIPT, subjects[i]},
                             &each),
            DONE);
        assert_int_equal(waiting[i].id, each.at[0].id);
        assert_true(str_equal(waiting[i].title, each.at[0].title));
        assert_true(str_equal(waiting[i].holder, each.at[0].holder));
    }
    /* By role, ten cost as much as one; asked one by one they would not. */
    uint64_t before = store_asked(store);
    const id64 one[] = {4};
    assert_int_equal(notice_waiting(call, SUBJECT_MANUSCRIPT, one, 1, &waiting), DONE);
    uint64_t for_one = store_asked(store) - before;
    for (id64 subject = 10; subject < 20; subject++) {
        open_duty(call,
                  duty_of(subject, "又一篇", "section-reviewer", bureau.general, 0));
    }
    const id64 ten[] = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    before = store_asked(store);
    assert_int_equal(notice_waiting(call, SUBJECT_MANUSCRIPT, ten, 10, &waiting), DONE);
    assert_int_equal(store_asked(store) - before, for_one);
    assert_true(waiting[9].id != 0);
    before = store_asked(store);
    for (size_t i = 0; i < LENGTH(ten); i++) {
        struct duties each;
        assert_int_equal(
            notice_duties_of(call, (struct subject){SUBJECT_MANUSCRIPT, ten[i]}, &each),
            DONE);
    }
    assert_true(store_asked(store) - before > for_one);
}

static enum status close_work(struct call *call, void *what) {
    const struct duty *duty = what;
    return notice_duty_close(call, duty->subject, duty->step);
}

static void
test_duty__the_same_is_replaced_and_closing_takes_a_step_or_all(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct duty duty = duty_of(1, "第一次", "section-reviewer", bureau.general, 0);
    open_duty(call, duty);
    duty.title = STR("第二次");
    open_duty(call, duty);
    struct duty other = duty;
    other.step = STR("disposition");
    open_duty(call, other);
    struct duties desk = desk_of(call, bureau.huang);
    assert_int_equal(desk.count, 2);
    assert_true(str_is(desk.at[0].title, "第二次"));
    assert_int_equal(store_transact(call, TXN_WRITE, close_work, &duty), DONE);
    desk = desk_of(call, bureau.huang);
    assert_int_equal(desk.count, 1);
    assert_true(str_is(desk.at[0].step, "disposition"));
    other.step = STR("");
    assert_int_equal(store_transact(call, TXN_WRITE, close_work, &other), DONE);
    assert_int_equal(desk_of(call, bureau.huang).count, 0);
    assert_int_equal(store_transact(call, TXN_WRITE, close_work, &other), DONE);
}

static enum status open_and_fail(struct call *call, void *what) {
    TRY(notice_duty_open(call, what));
    return call_refuse(call, REFUSED, "", "notice.nobody-waits", NULL);
}

static void test_duty__an_undone_act_leaves_neither_duty_nor_job(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct jobs_state jobs;
    struct duty duty =
        duty_of(1, "撤销的", "section-reviewer", bureau.general, days_on(call->now, 0));
    assert_int_equal(store_transact(call, TXN_WRITE, open_and_fail, &duty), REFUSED);
    assert_int_equal(desk_of(call, bureau.huang).count, 0);
    assert_int_equal(jobs_look(call, &jobs), DONE);
    assert_int_equal(jobs.waiting, 0);
    open_duty(call, duty);
    assert_int_equal(jobs_look(call, &jobs), DONE);
    assert_int_equal(jobs.waiting,
                     2); /* to tell today, and to look when the day is over */
}

static enum status stop_work(struct call *call, void *what) {
    return notice_duty_stop(call, *(struct subject *)what, STR("市司法局"));
}

static enum status resume_work(struct call *call, void *what) {
    const struct calendar_deadline deadline = {.hard = days_on(call->now, 3),
                                               .unit = CALENDAR_DAY};
    return notice_duty_resume(call, *(struct subject *)what, &deadline);
}

static void test_duty__a_stopped_clock_is_not_late(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct duty duty =
        duty_of(1, "征询中", "section-reviewer", bureau.general, days_on(call->now, 1));
    struct duty_count count;
    struct duties late;
    open_duty(call, duty);
    assert_int_equal(store_transact(call, TXN_WRITE, stop_work, &duty.subject), DONE);
    call->now += 5 * INSTANT_DAY;
    assert_int_equal(notice_desk_count(call, bureau.huang, &count), DONE);
    assert_int_equal(count.late, 0);
    struct duties desk = desk_of(call, bureau.huang);
    assert_true(desk.at[0].deadline.stopped);
    assert_true(str_is(desk.at[0].deadline.waiting, "市司法局"));
    assert_int_equal(store_transact(call, TXN_WRITE, resume_work, &duty.subject), DONE);
    desk = desk_of(call, bureau.huang);
    assert_false(desk.at[0].deadline.stopped);
    assert_true(desk.at[0].deadline.hard == days_on(call->now, 3));
    call->now += 5 * INSTANT_DAY;
    assert_int_equal(notice_late(call, GROUP, &late), DONE);
    assert_int_equal(late.count, 1);
    assert_int_equal(notice_late(call, GROUP + 1, &late), DONE);
    assert_int_equal(late.count, 0);
}

/* Wednesday 2026-12-02; the Friday is the 4th. */
static void test_remind__is_once_a_working_day(void **state) {
    static const struct {
        int days;
        enum status answer;
    } rows[] = {
        {0, DONE},                             /* Wednesday */
        {0, REFUSED}, {1, DONE},    {2, DONE}, /* Friday */
        {3, REFUSED}, {4, REFUSED},            /* the weekend */
        {5, DONE},
    };
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct calendar *calendar;
    struct str path = str_format(trial->arena, "%s/calendar/cn.tsv", trial->house.share);
    struct duty duty = duty_of(1, "催", "section-reviewer", bureau.general, 0);
    instant began = call->now;
    assert_int_equal(calendar_open(path.at, &calendar), DONE);
    trial->house.calendar = calendar;
    assert_int_equal(notice_remind(call, duty.subject), REFUSED);
    assert_string_equal(call->refusal->words, "notice.nobody-waits");
    open_duty(call, duty);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        call_forgive(call);
        call->now = began + rows[i].days * INSTANT_DAY;
        assert_int_equal(notice_remind(call, duty.subject), rows[i].answer);
        if (rows[i].answer == REFUSED) {
            assert_string_equal(call->refusal->words, "notice.reminded");
        }
    }
    assert_true(desk_of(call, bureau.huang).at[0].reminded_at == call->now);
    txn_abort(call);
    trial->house.calendar = NULL;
    calendar_close(calendar);
}

static enum status tell_work(struct call *call, void *what) {
    return notice_tell(call, what);
}

static void test_news__tell_what_happened_to_ones_own(void **state) {
    struct bureau bureau = bureau_of(*state);
    struct call *call = bureau.call;
    struct news_list list;
    int64_t unseen;
    struct news news = {.person = bureau.li,
                        .subject = {SUBJECT_MANUSCRIPT, 1},
                        .words = STR("news.released"),
                        .title = STR("运行分析"),
                        .who = STR("梁志远"),
                        .remark = STR("zwgk/tjfx/2026/1187")};
    call->actor.person = bureau.chen;
    assert_int_equal(store_transact(call, TXN_WRITE, tell_work, &news), DONE);
    struct news own = news;
    own.person = bureau.chen; /* what one did oneself is no news */
    assert_int_equal(store_transact(call, TXN_WRITE, tell_work, &own), DONE);
    assert_int_equal(notice_news(call, bureau.chen, 0, &list), DONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(notice_news(call, bureau.li, 0, &list), DONE);
    assert_int_equal(list.count, 1);
    assert_true(str_is(list.at[0].words, "news.released"));
    assert_true(str_is(list.at[0].who, "梁志远"));
    assert_true(str_is(list.at[0].remark, "zwgk/tjfx/2026/1187"));
    assert_false(list.at[0].seen);
    assert_int_equal(notice_news_unseen(call, bureau.li, &unseen), DONE);
    assert_int_equal(unseen, 1);
    txn_abort(call);
    assert_int_equal(notice_news_see(call, bureau.li), DONE);
    assert_int_equal(notice_news_unseen(call, bureau.li, &unseen), DONE);
    assert_int_equal(unseen, 0);
    assert_int_equal(notice_news(call, bureau.li, list.at[0].id, &list), DONE);
    assert_int_equal(list.count, 0);
}

/* ---- messages ---- */

/* The servers, and what they tell. */
struct outlets {
    pid_t process;
    int input; /* closed to end them */
    FILE *telling;
    int mail;
    int hook;
    struct words *words;
};

static bool outlets_open(struct outlets *outlets) {
    int input[2];
    int output[2];
    const char *source = getenv("SHENFA_SOURCE");
    char path[512];
    if (system("/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null") != 0) {
        print_message("python3-aiosmtpd is not installed: no mail was sent\n");
        return false;
    }
    snprintf(path, sizeof path, "%s/tests/outlets.py", source != NULL ? source : ".");
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    outlets->process = fork();
    if (outlets->process == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        close(input[1]);
        close(output[0]);
        execl(path, path, "secret", (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    outlets->input = input[1];
    outlets->telling = fdopen(output[0], "r");
    return true;
}

/* The next thing told; waits for it. */
static json_t *outlets_hear(struct outlets *outlets) {
    char *line = NULL;
    size_t room = 0;
    assert_true(getline(&line, &room, outlets->telling) > 0);
    json_t *told = json_loads(line, 0, NULL);
    free(line);
    assert_non_null(told);
    return told;
}

/* End them; gives how much they told that nobody asked for. */
static int outlets_close(struct outlets *outlets) {
    char *line = NULL;
    size_t room = 0;
    int left = 0;
    close(outlets->input);
    while (getline(&line, &room, outlets->telling) > 0) {
        left++;
    }
    free(line);
    fclose(outlets->telling);
    words_free(outlets->words);
    waitpid(outlets->process, NULL, 0);
    return left;
}

/* Write notice.conf with the servers' ports and *more* lines. */
static bool connect_outlets(struct trial_store *trial, struct outlets *outlets,
                            const char *hook_path, const char *more) {
    struct buffer errors;
    if (!outlets_open(outlets)) {
        return false;
    }
    buffer_init(&errors, trial->arena);
    struct str words = str_format(trial->arena, "%s/words", trial->house.share);
    assert_int_equal(words_load(words.at, &errors, &outlets->words), DONE);
    trial->house.words = outlets->words;
    json_t *ports = outlets_hear(outlets);
    assert_int_equal(
        json_unpack(ports, "{s:i, s:i}", "mail", &outlets->mail, "hook", &outlets->hook),
        0);
    json_decref(ports);
    struct str path = str_format(trial->arena, "%s/notice.conf", trial->workspace);
    struct str text =
        str_format(trial->arena,
                   "# outlets of a test\nmail = smtp://127.0.0.1:%d\nmail-from = "
                   "shenfa@example.gov.cn\n"
                   "mail-tls = none\nhook = http://127.0.0.1:%d%s\nhook-key = secret\n"
                   "office = https://office.example.gov.cn\n%s",
                   outlets->mail, outlets->hook, hook_path, more);
    assert_int_equal(file_write(path.at, bytes_of_str(text)), DONE);
    return true;
}

/* Do everything that is due; gives how many jobs that were. */
static int do_jobs(struct call *call) {
    size_t count;
    int done = 0;
    const struct job_handler *handlers = notice_handlers(&count);
    txn_abort(call);
    while (jobs_do_next(call, handlers, count) == DONE) {
        done++;
        assert_in_range(done, 1, 100);
    }
    return done;
}

static const char *told(json_t *json, const char *key) {
    const char *text = json_string_value(json_object_get(json, key));
    assert_non_null(text);
    return text;
}

static bool contains(const char *text, const char *part) {
    return strstr(text, part) != NULL;
}

static void test_message__what_is_due_today_is_told_at_once(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    if (!connect_outlets(trial, &outlets, "/hook", "")) {
        skip();
    }
    struct duty duty =
        duty_of(1, "今天\r\nBcc: x@example.com 到期的稿件，题目长到要分成几段编码",
                "dept-head", bureau.industry, days_on(call->now, 0));
    open_duty(call, duty);
    open_duty(call,
              duty_of(2, "后天", "dept-head", bureau.industry, days_on(call->now, 2)));
    assert_int_equal(do_jobs(call), 3); /* tell, mail, hook */
    json_t *one = outlets_hear(&outlets);
    json_t *other = outlets_hear(&outlets);
    json_t *mail = strcmp(told(one, "kind"), "mail") == 0 ? one : other;
    json_t *hook = mail == one ? other : one;

    assert_string_equal(told(mail, "from"), "shenfa@example.gov.cn");
    assert_string_equal(json_string_value(json_array_get(json_object_get(mail, "to"), 0)),
                        "chen@example.gov.cn");
    assert_true(contains(told(mail, "subject"), "审发：今天到期：今天"));
    assert_true(contains(told(mail, "subject"), "题目长到要分成几段编码"));
    assert_true(contains(told(mail, "text"), "陈立，您好"));
    assert_true(contains(told(mail, "text"), "今天 24:00 到期"));
    assert_true(contains(told(mail, "text"), "https://office.example.gov.cn"));
    assert_false(contains(told(mail, "text"), "后天"));
    assert_true(json_integer_value(json_object_get(mail, "longest")) <= 78);
    json_t *headers = json_object_get(mail, "headers");
    for (size_t i = 0; i < json_array_size(headers); i++) {
        assert_string_not_equal(json_string_value(json_array_get(headers, i)), "bcc");
    }

    assert_true(json_is_true(json_object_get(hook, "signed")));
    json_t *body = json_object_get(hook, "body");
    assert_string_equal(told(body, "why"), "today");
    assert_string_equal(told(json_object_get(body, "person"), "name"), "陈立");
    json_t *first = json_array_get(json_object_get(body, "duties"), 0);
    assert_int_equal(json_array_size(json_object_get(body, "duties")), 1);
    assert_true(contains(told(first, "title"), "今天"));
    assert_string_equal(told(first, "due"), "2026-12-03T00:00:00+08:00");
    json_decref(one);
    json_decref(other);
    assert_int_equal(do_jobs(call), 0);
    assert_int_equal(outlets_close(&outlets), 0);
}

static void test_message__an_emergency_calls_at_once_whatever_its_end(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    if (!connect_outlets(trial, &outlets, "/hook", "")) {
        skip();
    }
    struct duty duty =
        duty_of(1, "汛情通报", "dept-head", bureau.industry, days_on(call->now, 5));
    duty.urgent = true;
    open_duty(call, duty);
    duty.subject.id = 2;
    duty.urgent = false; /* the same without: for the digest */
    open_duty(call, duty);
    assert_int_equal(do_jobs(call), 3); /* tell, mail, hook */
    for (int i = 0; i < 2; i++) {
        json_t *one = outlets_hear(&outlets);
        if (strcmp(told(one, "kind"), "mail") == 0) {
            assert_true(contains(told(one, "subject"), "突发事件，请立即办理：汛情通报"));
        } else {
            assert_string_equal(told(json_object_get(one, "body"), "why"), "urgent");
        }
        json_decref(one);
    }
    assert_int_equal(outlets_close(&outlets), 0);
}

static void test_message__nothing_is_told_of_what_is_closed_meanwhile(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    if (!connect_outlets(trial, &outlets, "/hook", "")) {
        skip();
    }
    struct duty duty = duty_of(1, "退回", "handler", bureau.industry, 0);
    duty.person = bureau.li;
    duty.returned = true;
    open_duty(call, duty);
    assert_int_equal(store_transact(call, TXN_WRITE, close_work, &duty), DONE);
    assert_int_equal(do_jobs(call), 1);
    duty.subject.id = 2;
    open_duty(call, duty); /* the same, left open, is told */
    assert_int_equal(do_jobs(call), 3);
    json_t *one = outlets_hear(&outlets);
    json_decref(outlets_hear(&outlets));
    json_decref(one);
    assert_int_equal(outlets_close(&outlets), 0);
}

static void test_message__titles_are_withheld_if_the_bureau_says_so(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    if (!connect_outlets(trial, &outlets, "/hook",
                         "titles = withheld\nlanguage = en\n")) {
        skip();
    }
    struct duty duty = duty_of(1, "不宜外传的标题", "handler", bureau.industry, 0);
    duty.returned = true;
    open_duty(call, duty);
    assert_int_equal(do_jobs(call), 3);
    for (int i = 0; i < 2; i++) {
        json_t *told = outlets_hear(&outlets);
        char *text = json_dumps(told, 0);
        assert_false(contains(text, "不宜外传"));
        assert_true(contains(text, "one item was returned to you"));
        free(text);
        json_decref(told);
    }
    assert_int_equal(outlets_close(&outlets), 0);
}

static void test_message__a_refused_one_is_tried_again(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    if (!connect_outlets(trial, &outlets, "/fail", "")) {
        skip();
    }
    struct duty duty = duty_of(1, "退回", "section-reviewer", bureau.general, 0);
    duty.returned = true;     /* told at once, and without an end */
    duty.person = bureau.wei; /* whose mailbox the server refuses */
    open_duty(call, duty);
    assert_int_equal(do_jobs(call), 3);
    json_t *hook = outlets_hear(&outlets); /* answered 500 */
    assert_string_equal(told(hook, "kind"), "hook");
    json_decref(hook);
    assert_int_equal(do_jobs(call), 0);
    call->now += JOBS_WAIT_FIRST;
    assert_int_equal(do_jobs(call), 2);
    json_decref(outlets_hear(&outlets));
    for (int i = 0; i < 6; i++) {
        call->now += JOBS_WAIT_MOST;
        assert_int_equal(do_jobs(call), 2);
        json_decref(outlets_hear(&outlets));
    }
    struct job *jobs;
    size_t count;
    assert_int_equal(jobs_list_given_up(call, 10, &jobs, &count), DONE);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_true(contains(str_text(call->arena, jobs[i].reason),
                             str_is(jobs[i].kind, "notice.mail") ? "(550)" : "(500)"));
    }
    assert_int_equal(outlets_close(&outlets), 0);
}

/* Told before the end and after it, once each, and the one above; nothing if it is done.
 */
static void test_clock__reminds_before_the_end_and_escalates_after(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct news_list news;
    struct ledger_report report;
    instant begun = call->now;
    for (int done = 0; done < 2; done++) {
        struct duty duty = duty_of(1 + done, "稿", "section-reviewer", bureau.general,
                                   days_on(begun, 3));
        duty.remind_at = begun + INSTANT_DAY;
        duty.escalate_role = STR("dept-head");
        duty.escalate_unit = bureau.industry;
        call->now = begun;
        open_duty(call, duty);
        assert_int_equal(do_jobs(call), 0);
        if (done == 1) {
            assert_int_equal(store_transact(call, TXN_WRITE, close_work, &duty), DONE);
        }
        call->now = begun + INSTANT_DAY;
        assert_true(done == 1 ? do_jobs(call) == 1 : do_jobs(call) > 1);
        call->now = days_on(begun, 3);
        assert_true(done == 1 ? do_jobs(call) == 1 : do_jobs(call) > 1);
        assert_int_equal(do_jobs(call), 0);
    }
    assert_int_equal(notice_news(call, bureau.chen, 0, &news), DONE);
    assert_int_equal(news.count, 1);
    assert_true(str_is(news.at[0].words, "news.late"));
    assert_int_equal(ledger_verify(call, GROUP, NULL, &report), DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
}

static void test_message__the_digest_comes_twice_a_working_day(void **state) {
    struct trial_store *trial = *state;
    struct bureau bureau = bureau_of(trial);
    struct call *call = bureau.call;
    struct outlets outlets = {0};
    struct calendar *calendar;
    struct str path = str_format(trial->arena, "%s/calendar/cn.tsv", trial->house.share);
    if (!connect_outlets(trial, &outlets, "/hook", "")) {
        skip();
    }
    assert_int_equal(calendar_open(path.at, &calendar), DONE);
    trial->house.calendar = calendar;
    open_duty(call,
              duty_of(1, "甲稿", "dept-head", bureau.industry, days_on(call->now, 5)));
    open_duty(call, duty_of(2, "乙稿", "dept-head", bureau.industry, 0));
    assert_int_equal(notice_digest_plan(call), DONE);
    assert_int_equal(notice_digest_plan(call), DONE); /* planned once */
    assert_int_equal(do_jobs(call), 0);
    static const struct {
        const char *at;
        int jobs;
    } rows[] = {
        {"2026-12-02T14:00:00+08:00", 3}, {"2026-12-03T08:29:59+08:00", 0},
        {"2026-12-03T08:30:00+08:00", 3}, {"2026-12-04T14:00:00+08:00", 3},
        {"2026-12-05T14:00:00+08:00", 0}, /* a Saturday */
        {"2026-12-07T08:30:00+08:00", 3},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(instant_from_rfc3339(str_of(rows[i].at), &call->now), DONE);
        assert_int_equal(do_jobs(call), rows[i].jobs);
        for (int heard = 0; heard < rows[i].jobs - 1; heard++) {
            json_t *event = outlets_hear(&outlets);
            if (strcmp(told(event, "kind"), "mail") == 0) {
                assert_string_equal(told(event, "subject"), "审发：2 件等您处理");
                assert_true(contains(told(event, "text"), "1. 甲稿"));
                assert_true(contains(told(event, "text"), "2. 乙稿"));
            }
            json_decref(event);
        }
    }
    assert_int_equal(outlets_close(&outlets), 0);
    txn_abort(call);
    trial->house.calendar = NULL;
    calendar_close(calendar);
}

static void test_outlets__a_wrong_line_is_refused(void **state) {
    static const char *const wrong[] = {
        "mial = smtp://x\n",  "mail = http://x\nmail-from = a@b\n",
        "mail = smtp://x\n",  "hook = file:///etc/passwd\nhook-key = k\n",
        "hook = https://x\n", "mail-tls = perhaps\n",
        "titles\n",
    };
    struct trial_store *trial = *state;
    struct notice_outlets outlets;
    struct str path = str_format(trial->arena, "%s/notice.conf", trial->workspace);
    assert_int_equal(notice_outlets_read(&trial->call, &outlets), ABSENT);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        assert_int_equal(file_write(path.at, bytes_of_str(str_of(wrong[i]))), DONE);
        assert_int_equal(notice_outlets_read(&trial->call, &outlets), REFUSED);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_desk__shows_late_first_then_due_then_the_rest),
        TRIAL_ON_BOTH(test_desk__follows_the_appointments_of_this_instant),
        TRIAL_ON_BOTH(test_desk__keeps_the_barred_away),
        TRIAL_ON_BOTH(test_desk__knows_duties_of_one_person_and_of_a_whole_unit),
        TRIAL_ON_BOTH(test_waiting__says_of_many_what_is_said_of_each),
        TRIAL_ON_BOTH(test_duty__the_same_is_replaced_and_closing_takes_a_step_or_all),
        TRIAL_ON_BOTH(test_duty__an_undone_act_leaves_neither_duty_nor_job),
        TRIAL_ON_BOTH(test_duty__a_stopped_clock_is_not_late),
        TRIAL_ON_BOTH(test_remind__is_once_a_working_day),
        TRIAL_ON_BOTH(test_clock__reminds_before_the_end_and_escalates_after),
        TRIAL_ON_BOTH(test_news__tell_what_happened_to_ones_own),
        TRIAL_ON_BOTH(test_message__what_is_due_today_is_told_at_once),
        TRIAL_ON_BOTH(test_message__an_emergency_calls_at_once_whatever_its_end),
        TRIAL_ON_BOTH(test_message__nothing_is_told_of_what_is_closed_meanwhile),
        TRIAL_ON_SQLITE(test_message__titles_are_withheld_if_the_bureau_says_so),
        TRIAL_ON_SQLITE(test_message__a_refused_one_is_tried_again),
        TRIAL_ON_BOTH(test_message__the_digest_comes_twice_a_working_day),
        TRIAL_ON_SQLITE(test_outlets__a_wrong_line_is_refused),
    };
    return trial_run("notice", tests, LENGTH(tests));
}
