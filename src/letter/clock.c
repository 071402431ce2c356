/*
 * The clocks of a letter, each of them a duty with a day; and the days on which somebody
 * has to look.
 */
#include "letter_own.h"

static enum status ask_answerer(struct call *call, const struct handling *handling,
                                struct duty *duty);
static enum status ask_receiver(struct call *call, const struct handling *handling,
                                struct duty *duty);
static enum status ask_teller(struct call *call, const struct handling *handling,
                              struct duty *duty);
static enum status open_duty(struct call *call, const struct handling *handling, int role,
                             id64 unit, const struct answer_limit *limit, instant due,
                             struct duty *duty);
static instant remind_end(const struct handling *handling, instant due);
static struct answer_limit onward_limit(const struct handling *handling);

instant end_of(struct call *call, const struct answer_limit *limit, instant from) {
    return limit == NULL ? INSTANT_NEVER
                         : calendar_due(call->house->calendar, from, limit->amount,
                                        time_unit_counted(limit->unit), NULL);
}

instant onward_end(struct call *call, const struct handling *handling, instant at) {
    const struct transferred_clock *onward = handling->rule->onward;
    if (onward == NULL || onward->clock == CLOCK_RUNS_ON) {
        return end_of(call, handling->rule->limit, handling->letter.received_at);
    }
    struct answer_limit again = {.unit = onward->unit, .amount = onward->amount};
    return end_of(call, &again, at);
}

enum status renew_duties(struct call *call, const struct handling *handling,
                         bool returned) {
    const struct letter *letter = &handling->letter;
    struct basis basis;
    struct duty duty = {
        .group = letter->group,
        .subject = {SUBJECT_LETTER, letter->id},
        .site = handling->site.id,
        .site_title = handling->site.title,
        .title = letter->title,
        .item_class = letter->number,
        .badge = str_format(call->arena, "letter-%s", letter_state_name(letter->state)),
        .remark = STR(""),
        .returned = returned};
    TRY(notice_duty_close(call, duty.subject, STR("")));
    if (letter->state == LETTER_CLOSED) {
        return DONE;
    }
    if (letter->state == LETTER_ANSWERED) {
        return ask_teller(call, handling, &duty);
    }
    return answerer_of(handling, &basis) == NO_INDEX
               ? ask_receiver(call, handling, &duty)
               : ask_answerer(call, handling, &duty);
}

static enum status ask_answerer(struct call *call, const struct handling *handling,
                                struct duty *duty) {
    const struct letter *letter = &handling->letter;
    const struct mailbox_rule *rule = handling->rule;
    struct answer_limit onward = onward_limit(handling);
    struct basis basis;
    bool moved = letter->transferred_at != 0;
    duty->step = STR("answer");
    duty->act = STR("answer-letter");
    return open_duty(call, handling, answerer_of(handling, &basis), letter->unit,
                     moved ? &onward : rule->limit, letter->due, duty);
}

/* Where nobody answers in the mailbox itself, it has to go on. */
static enum status ask_receiver(struct call *call, const struct handling *handling,
                                struct duty *duty) {
    const struct mailbox_rule *rule = handling->rule;
    const struct letter *letter = &handling->letter;
    bool passes = letter->pass_due != INSTANT_NEVER;
    if (rule->receiver == NULL) {
        return DONE;
    }
    duty->step = STR("transfer");
    duty->act = STR("transfer-letter");
    return open_duty(call, handling, rule->receiver->role, handling->owner,
                     passes ? rule->passing : rule->limit,
                     passes ? letter->pass_due : letter->due, duty);
}

static enum status ask_teller(struct call *call, const struct handling *handling,
                              struct duty *duty) {
    const struct mailbox_rule *rule = handling->rule;
    struct answer_limit limit = rule->limit == NULL
                                    ? (struct answer_limit){.unit = UNIT_WORKING_DAY}
                                    : *rule->limit;
    struct basis basis;
    limit.basis = rule->told == NULL ? limit.basis : rule->told->basis;
    duty->step = STR("tell");
    duty->act = STR("tell-writer");
    return open_duty(call, handling, answerer_of(handling, &basis), handling->letter.unit,
                     &limit, handling->letter.due, duty);
}

/* *limit* gives unit and article, *due* the end itself. */
static enum status open_duty(struct call *call, const struct handling *handling, int role,
                             id64 unit, const struct answer_limit *limit, instant due,
                             struct duty *duty) {
    const struct mailbox_rule *rule = handling->rule;
    if (role == NO_INDEX) {
        return DONE;
    }
    duty->role = handling->book->roles[role].code;
    TRY(place_of(call, handling, role, unit, &duty->unit));
    duty->rule = limit == NULL ? rule->basis.id : limit->basis.id;
    duty->deadline = (struct calendar_deadline){.unit = CALENDAR_WORKING_DAY};
    if (limit != NULL && due != INSTANT_NEVER) {
        enum calendar_unit counted = time_unit_counted(limit->unit);
        bool ours = limit->basis.house && str_is_empty(limit->basis.id);
        duty->deadline = (struct calendar_deadline){
            .hard = due, .unit = counted, .house = ours ? limit->amount : 0};
        instant first = remind_end(handling, due);
        duty->remind_at =
            rule->remind == 0
                ? 0
                : calendar_before(call->house->calendar, first, rule->remind, counted);
    }
    if (rule->escalate != NO_INDEX) {
        duty->escalate_role = handling->book->roles[rule->escalate].code;
        TRY(place_of(call, handling, rule->escalate, handling->owner,
                     &duty->escalate_unit));
    }
    return notice_duty_open(call, duty);
}

/* Whoever may pass it on is reminded while he still may in time. */
static instant remind_end(const struct handling *handling, instant due) {
    const struct letter *letter = &handling->letter;
    bool passes = letter->state == LETTER_RECEIVED && letter->pass_due < due;
    return passes ? letter->pass_due : due;
}

/* The limit that counts after a transfer, with its article. */
static struct answer_limit onward_limit(const struct handling *handling) {
    const struct transferred_clock *onward = handling->rule->onward;
    const struct answer_limit *limit = handling->rule->limit;
    if (onward != NULL && onward->clock == CLOCK_STARTS_AGAIN) {
        return (struct answer_limit){
            .basis = onward->basis, .unit = onward->unit, .amount = onward->amount};
    }
    return limit == NULL ? (struct answer_limit){.basis = handling->rule->basis,
                                                 .unit = UNIT_WORKING_DAY}
                         : *limit;
}

bool is_look_demanded(struct call *call, const struct look_rule *rule, civil_day day) {
    return rule->each == LOOK_EVERY_DAY ||
           calendar_is_working(call->house->calendar, day, NULL);
}

civil_day next_look(struct call *call, const struct look_rule *rule, civil_day day) {
    do {
        day++;
    } while (!is_look_demanded(call, rule, day));
    return day;
}
