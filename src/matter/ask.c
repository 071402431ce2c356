/*
 * Who finds an open matter on the desk: the post that answers it, or each seat of the
 * body that does.
 */
#include "matter_own.h"

#include "calendar/calendar.h"
#include "notice/notice.h"
#include "people/people.h"

#define REMIND_HOURS 24

struct asking {
    const struct rulebook *book;
    const struct matter_rule *rule;
    id64 body;
    const struct matter *matter;
};

static enum status ask_role(struct call *call, const struct asking *asking, int role);
static enum status unit_of(struct call *call, const struct asking *asking, int role,
                           id64 *out_unit);

enum status matter_ask(struct call *call, const struct rulebook *book,
                       const struct matter_rule *rule, id64 body,
                       const struct matter *matter) {
    const struct asking asking = {book, rule, body, matter};
    if (rule->answerer != NO_INDEX) {
        return ask_role(call, &asking, rule->answerer);
    }
    const struct body *seats = rule->body == NO_INDEX ? NULL : &book->bodies[rule->body];
    for (size_t i = 0; seats != NULL && i < seats->seat_count; i++) {
        TRY(ask_role(call, &asking, seats->seats[i].role));
    }
    return DONE;
}

static enum status ask_role(struct call *call, const struct asking *asking, int role) {
    const struct matter_rule *rule = asking->rule;
    const struct matter *matter = asking->matter;
    struct calendar_deadline deadline = {.unit = CALENDAR_WORKING_DAY};
    struct duty duty = {.group = matter->group,
                        .subject = {SUBJECT_MATTER, matter->id},
                        .step = STR("answer"),
                        .role = asking->book->roles[role].code,
                        .site_title = STR(""),
                        .title = matter->title,
                        .item_class = rule->title.zh,
                        .badge = STR("matter-open"),
                        .act = STR("answer"),
                        .remark = STR(""),
                        .rule =
                            rule->limit != NULL ? rule->limit->basis.id : rule->basis.id};
    if (matter->due != INSTANT_NEVER) {
        deadline.hard = matter->due;
        duty.deadline = deadline;
        duty.remind_at = calendar_before(call->house->calendar, matter->due, REMIND_HOURS,
                                         CALENDAR_HOUR);
    }
    TRY(unit_of(call, asking, role, &duty.unit));
    return notice_duty_open(call, &duty);
}

/* Where a role counts for this matter. */
static enum status unit_of(struct call *call, const struct asking *asking, int role,
                           id64 *out_unit) {
    const struct role *wanted = &asking->book->roles[role];
    *out_unit = wanted->scope == ROLE_OWN_UNIT ? asking->matter->unit
                                               : people_anywhere_in(asking->body);
    if (wanted->scope == ROLE_BOUND_UNIT) {
        struct people_unit unit;
        TRY(people_unit_in(call, asking->body, asking->book->units[wanted->unit].code,
                           &unit));
        *out_unit = unit.id;
    }
    return DONE;
}
