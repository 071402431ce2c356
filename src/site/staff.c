/*
 * What a change of staff asks of whom, by the rulebook of the site where the unit works:
 * receipts (CS-6.d: the office and the information centre, each its own), a successor for
 * a post that falls vacant, and the end of an account that has no post (ED-15.c).  It is
 * asked inside the act that changes the staff: there is no change that nobody was told
 * of.
 */
#include "site_own.h"

#include "calendar/calendar.h"
#include "matter/matter.h"
#include "notice/notice.h"
#include "people/people.h"

#define REMIND_HOURS 4
#define SUCCEED_DAYS 5 /* ours: no regulation has a figure */
#define STEP_SUCCEED "succeed"

struct telling {
    const struct staff_change *change;
    const struct rulebook *book;
    struct site site;
    struct people_unit unit;
};

static enum status ask_receipt(struct call *call, const struct telling *telling,
                               const struct matter_rule *rule);
static enum status ask_successor(struct call *call, const struct telling *telling,
                                 const struct matter_rule *rule);
static enum status is_vacant(struct call *call, id64 post, bool *out_vacant);
static enum status unit_of(struct call *call, const struct telling *telling, int role,
                           id64 *out_unit);
static struct calendar_deadline limit_of(struct call *call,
                                         const struct matter_rule *rule);
static bool is_about(const struct rulebook *book, const struct matter_rule *rule,
                     struct str role);

enum status site_follow_staff(struct call *call, struct staff_change *change) {
    struct telling telling = {.change = change};
    id64 group;
    bool founding = call->actor.person == 0 && call->door == DOOR_CLI;
    enum status there =
        founding || call->house->shelf == NULL || call->house->calendar == NULL
            ? ABSENT
            : site_group_first(call, &group);
    if (there == DONE) {
        there = site_of_unit(call, group, change->unit, &telling.site);
    }
    if (there != DONE) {
        return there == ABSENT ? DONE : there;
    }
    telling.book = shelf_find(call->house->shelf, &telling.site.rulebook_digest);
    if (telling.book == NULL) {
        return DONE;
    }
    TRY(people_unit(call, change->unit, &telling.unit));
    for (size_t i = 0; i < telling.book->matter_count; i++) {
        const struct matter_rule *rule = &telling.book->matters[i];
        if (rule->kind != MATTER_EACH_CHANGE) {
            continue;
        }
        change->suspend = change->suspend || rule->suspends;
        if (rule->successor != NO_INDEX) {
            TRY(ask_successor(call, &telling, rule));
        }
        if (is_about(telling.book, rule, change->role)) {
            TRY(ask_receipt(call, &telling, rule));
        }
    }
    return DONE;
}

/* Stands until its receipt is entered: matter_open closes it. */
static enum status ask_receipt(struct call *call, const struct telling *telling,
                               const struct matter_rule *rule) {
    const struct staff_change *change = telling->change;
    struct calendar_deadline deadline = limit_of(call, rule);
    struct duty duty = {
        .group = telling->site.group,
        .subject = {SUBJECT_UNIT, change->unit},
        .step = matter_receipt_step(call->arena, rule),
        .role = telling->book->roles[rule->opener].code,
        .remind_at = calendar_before(call->house->calendar, deadline.hard, REMIND_HOURS,
                                     CALENDAR_HOUR),
        .site = telling->site.id,
        .site_title = telling->site.title,
        .title = str_format(call->arena, "%.*s：%.*s %.*s", STR_ARG(rule->title.zh),
                            STR_ARG(telling->unit.title), STR_ARG(change->name)),
        .item_class = telling->unit.title,
        .badge = STR("matter-open"),
        .act = STR("receipt"),
        .remark = STR(""),
        .deadline = deadline,
        .rule = rule->basis.id};
    TRY(unit_of(call, telling, rule->opener, &duty.unit));
    return notice_duty_open(call, &duty);
}

/* A vacant post is a task until somebody holds it. */
static enum status ask_successor(struct call *call, const struct telling *telling,
                                 const struct matter_rule *rule) {
    const struct staff_change *change = telling->change;
    struct subject subject = {SUBJECT_POST, change->post};
    struct people_post post;
    bool vacant = false;
    if (!change->left) {
        return notice_duty_close(call, subject, STR(STEP_SUCCEED));
    }
    TRY(is_vacant(call, change->post, &vacant));
    if (!vacant) {
        return DONE;
    }
    TRY(people_post(call, change->post, &post));
    struct calendar_deadline deadline = {.hard = calendar_due(call->house->calendar,
                                                              call->now, SUCCEED_DAYS,
                                                              CALENDAR_WORKING_DAY, NULL),
                                         .unit = CALENDAR_WORKING_DAY};
    struct duty duty = {.group = telling->site.group,
                        .subject = subject,
                        .step = STR(STEP_SUCCEED),
                        .role = telling->book->roles[rule->successor].code,
                        .remind_at = calendar_before(call->house->calendar, deadline.hard,
                                                     1, CALENDAR_WORKING_DAY),
                        .site = telling->site.id,
                        .site_title = telling->site.title,
                        .title =
                            str_format(call->arena, "%.*s %.*s",
                                       STR_ARG(telling->unit.title), STR_ARG(post.title)),
                        .item_class = telling->unit.title,
                        .badge = STR("matter-open"),
                        .act = STR("succeed"),
                        .remark = STR(""),
                        .deadline = deadline,
                        .rule = rule->basis.id};
    TRY(unit_of(call, telling, rule->successor, &duty.unit));
    return notice_duty_open(call, &duty);
}

static enum status is_vacant(struct call *call, id64 post, bool *out_vacant) {
    struct people_holdings history;
    TRY(people_post_history(call, post, &history));
    *out_vacant = true;
    for (size_t i = 0; i < history.count; i++) {
        *out_vacant = *out_vacant && history.at[i].until <= call->now;
    }
    return DONE;
}

/* Where a role counts for this change. */
static enum status unit_of(struct call *call, const struct telling *telling, int role,
                           id64 *out_unit) {
    const struct role *wanted = &telling->book->roles[role];
    *out_unit = wanted->scope == ROLE_OWN_UNIT ? telling->change->unit
                                               : people_anywhere_in(telling->site.root);
    if (wanted->scope == ROLE_BOUND_UNIT) {
        struct people_unit unit;
        TRY(people_unit_in(call, telling->site.root,
                           telling->book->units[wanted->unit].code, &unit));
        *out_unit = unit.id;
    }
    return DONE;
}

/* The rulebook's, or the end of this day: "at once" has no figure. */
static struct calendar_deadline limit_of(struct call *call,
                                         const struct matter_rule *rule) {
    instant due = matter_limit(call, rule);
    return (struct calendar_deadline){
        .hard = due == INSTANT_NEVER ? day_start(instant_day(call->now) + 1) : due,
        .unit = CALENDAR_WORKING_DAY};
}

static bool is_about(const struct rulebook *book, const struct matter_rule *rule,
                     struct str role) {
    return rule->of_role != NO_INDEX && str_equal(book->roles[rule->of_role].code, role);
}
