/*
 * Who has to do what by when: each unit its self-report, each assessor the sheet, then
 * the publication where the regulation wants one.
 */
#include "assessment_own.h"

#include "calendar/calendar.h"
#include "notice/notice.h"

#define REMIND_DAYS 2
#define PUBLISH     STR("publish")

static struct duty duty_of(struct call *call, const struct sheet *sheet,
                           const struct day_limit *limit);
static struct str self_step(struct call *call, id64 unit);
static struct str assess_step(struct call *call, struct str role);

enum status duties_open(struct call *call, const struct drawn_sheet *drawing) {
    const struct sheet *sheet = &drawing->sheet;
    const struct rulebook *book = sheet->book;
    const struct assessment *rules = book->assessment;
    const struct self_report *self = rules->self;
    for (size_t i = 0; self != NULL && self->role != NO_INDEX && i < drawing->count;
         i++) {
        struct duty duty = duty_of(call, sheet, self->due);
        duty.step = self_step(call, drawing->lines[i].unit);
        duty.role = book->roles[self->role].code;
        duty.unit = drawing->lines[i].unit;
        duty.act = STR("report-assessment");
        duty.rule = self->due != NULL ? self->due->basis.id : self->basis.id;
        TRY(notice_duty_open(call, &duty));
    }
    for (size_t i = 0; rules->assessors != NULL && i < rules->assessors->role_count;
         i++) {
        struct duty duty = duty_of(call, sheet, rules->due);
        duty.role = book->roles[rules->assessors->roles[i]].code;
        duty.step = assess_step(call, duty.role);
        duty.act = STR("assess");
        duty.rule =
            rules->due != NULL ? rules->due->basis.id : rules->assessors->basis.id;
        TRY(notice_duty_open(call, &duty));
    }
    return DONE;
}

static struct duty duty_of(struct call *call, const struct sheet *sheet,
                           const struct day_limit *limit) {
    struct duty duty = {
        .group = sheet->group,
        .subject = {SUBJECT_ASSESSMENT, sheet->id},
        .site = sheet->site,
        .site_title = STR(""),
        .title = str_format(call->arena, "%.*s考核",
                            STR_ARG(period_title(call->arena, sheet->period.text))),
        .item_class = STR(""),
        .badge = STR("matter-open"),
        .remark = STR("")};
    if (limit != NULL) {
        duty.deadline = (struct calendar_deadline){.hard = duty_day(sheet, limit),
                                                   .unit = CALENDAR_DAY};
        duty.remind_at = calendar_before(call->house->calendar, duty.deadline.hard,
                                         REMIND_DAYS, CALENDAR_DAY);
    }
    return duty;
}

/* 24:00 of that day of the month after the period: 10日前 is until the end of the 10th.
 */
instant duty_day(const struct sheet *sheet, const struct day_limit *limit) {
    return day_end(instant_day(sheet->period.until) + limit->day - 1);
}

static struct str self_step(struct call *call, id64 unit) {
    return str_format(call->arena, "self-%.*s", STR_ARG(id_to_text(call->arena, unit)));
}

static struct str assess_step(struct call *call, struct str role) {
    return str_format(call->arena, "assess-%.*s", STR_ARG(role));
}

enum status duty_close_self(struct call *call, const struct sheet *sheet, id64 unit) {
    return notice_duty_close(call, (struct subject){SUBJECT_ASSESSMENT, sheet->id},
                             self_step(call, unit));
}

enum status duty_close_assess(struct call *call, const struct sheet *sheet,
                              struct str role) {
    return notice_duty_close(call, (struct subject){SUBJECT_ASSESSMENT, sheet->id},
                             assess_step(call, role));
}

/* The sheet is assessed: nobody reports of himself any more, and somebody publishes. */
enum status duty_open_publish(struct call *call, const struct sheet *sheet) {
    const struct assessment *rules = sheet->book->assessment;
    TRY(notice_duty_close(call, (struct subject){SUBJECT_ASSESSMENT, sheet->id},
                          STR("")));
    if (rules->results == NULL || rules->results->visibility != RESULTS_PUBLIC) {
        return DONE;
    }
    struct duty duty = duty_of(call, sheet, rules->due);
    duty.step = PUBLISH;
    duty.role = sheet->book->roles[rules->assessors->roles[0]].code;
    duty.act = STR("publish-results");
    duty.rule = rules->results->basis.id;
    return notice_duty_open(call, &duty);
}

static enum status close_publish(struct call *call, void *what) {
    return notice_duty_close(call, *(struct subject *)what, PUBLISH);
}

enum status assessment_follow_release(struct call *call, id64 manuscript) {
    struct rows *row;
    enum status found =
        store_find(call, &sheet_of_text, &row, bind_int("manuscript", manuscript));
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    struct subject subject = {SUBJECT_ASSESSMENT, row_id(row, "id")};
    return store_transact(call, TXN_WRITE, close_publish, &subject);
}
