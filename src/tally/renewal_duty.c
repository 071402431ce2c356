/*
 * The duty to renew: one for the window under way, until there is enough in it, and for a
 * column that is late the one that was missed last, so that it is told and escalated.
 */
#include "tally_own.h"

#include "calendar/calendar.h"
#include "notice/notice.h"

#define STEP_HEAD "renewal-"
#define AHEAD     (31 * INSTANT_DAY) /* what is due later is on nobody's desk yet */

static struct duty make_duty(struct call *call, const struct rulebook *book,
                             const struct watch *watch, const struct watched *watched);
static void name_post(const struct rulebook *book, const struct watched *watched,
                      int role, struct str *out_role, id64 *out_unit);
static const struct duty *missed_last(const struct watch *watch,
                                      const struct duties *open, const char *head);

enum status watch_duty(struct call *call, const struct rulebook *book,
                       const struct watch *watch, bool asked) {
    struct duties open;
    struct duty wanted = {0};
    const char *head =
        str_format(call->arena, STEP_HEAD "%.*s ", STR_ARG(watch->cadence)).at;
    bool due =
        asked && watch->window.until - call->now <= AHEAD &&
        (watch->rule->window == CADENCE_SPAN || watch->counted < watch->rule->least);
    TRY(notice_duties_of(call, watch->subject, &open));
    if (due) {
        struct watched watched;
        TRY(watch_about(call, watch, &watched));
        wanted = make_duty(call, book, watch, &watched);
    }
    const struct duty *missed = asked ? missed_last(watch, &open, head) : NULL;
    bool stands = false;
    for (size_t i = 0; i < open.count; i++) {
        const struct duty *duty = &open.at[i];
        bool same = due && str_equal(duty->step, wanted.step) &&
                    duty->unit == wanted.unit && str_equal(duty->role, wanted.role);
        stands = stands || same;
        if (str_starts(duty->step, head) && !same && duty != missed) {
            TRY(notice_duty_close(call, watch->subject, duty->step));
        }
    }
    return due && !stands ? notice_duty_open(call, &wanted) : DONE;
}

/* Its step names the window by its last day: another window is another duty. */
static struct duty make_duty(struct call *call, const struct rulebook *book,
                             const struct watch *watch, const struct watched *watched) {
    const struct cadence_rule *rule = watch->rule;
    bool by_work = rule->window == CADENCE_WORKING_DAY ||
                   (rule->window == CADENCE_SPAN && rule->unit == CADENCE_WORKING_DAYS);
    struct str last = day_to_text(call->arena, calendar_last_day(watch->window.until));
    struct duty duty = {
        .group = watch->group,
        .subject = watch->subject,
        .step = str_format(call->arena, STEP_HEAD "%.*s %.*s", STR_ARG(rule->code),
                           STR_ARG(last)),
        .site = watch->site,
        .site_title = watched->site.title,
        .title = watched->title,
        .item_class = rule->title.zh,
        .badge = STR("due-soon"),
        .act = STR("renew"),
        .remark = STR(""),
        .round = 1,
        .deadline = {.hard = watch->window.until,
                     .unit = by_work ? CALENDAR_WORKING_DAY : CALENDAR_DAY},
        .rule = rule->basis.id};
    if (rule->basis.house && rule->window == CADENCE_SPAN &&
        rule->unit != CADENCE_MONTHS) {
        duty.deadline.house = rule->within;
    }
    if (by_work) {
        (void)calendar_is_working(call->house->calendar,
                                  calendar_last_day(watch->window.until),
                                  &duty.deadline.provisional);
    }
    if (rule->remind > 0) {
        duty.remind_at = calendar_before(call->house->calendar, watch->window.until,
                                         rule->remind, CALENDAR_DAY);
    }
    duty.unit = watched->owner;
    duty.role = STR("");
    name_post(book, watched, rule->role, &duty.role, &duty.unit);
    name_post(book, watched, rule->escalate, &duty.escalate_role, &duty.escalate_unit);
    return duty;
}

/* A role of units is the owner's; any other is wherever it is held in the body. */
static void name_post(const struct rulebook *book, const struct watched *watched,
                      int role, struct str *out_role, id64 *out_unit) {
    if (role != NO_INDEX) {
        bool own = book->roles[role].scope == ROLE_OWN_UNIT;
        *out_role = book->roles[role].code;
        *out_unit = own ? watched->owner : people_anywhere_in(watched->site.root);
    }
}

static const struct duty *missed_last(const struct watch *watch,
                                      const struct duties *open, const char *head) {
    const struct duty *last = NULL;
    for (size_t i = 0; i < open->count && watch->late_since != 0; i++) {
        const struct duty *duty = &open->at[i];
        if (str_starts(duty->step, head) && duty->deadline.hard <= watch->window.from &&
            (last == NULL || duty->deadline.hard > last->deadline.hard)) {
            last = duty;
        }
    }
    return last;
}
