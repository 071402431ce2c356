/*
 * The end of a duty's time: a reminder before it, and what follows once it has passed.
 *
 * Both are jobs that the duty's own act made.  They look at the duty again when they
 * come due: one that was fulfilled needs nothing, one whose clock was stopped or set
 * anew is looked at later.
 */
#include "notice_own.h"
#include "notice_sql.h"

#include <jansson.h>

struct late {
    struct job *job;
    struct duty duty;
    struct duty_holders holders;
    struct people_holdings above; /* to whom it is escalated */
};

static enum status plan_late(struct call *call, id64 duty, struct str role, id64 unit,
                             instant at);
static enum status look_later(struct call *call, void *what);
static enum status late_work(struct call *call, void *what);
static enum status tell_above(struct call *call, const struct late *late);
static void read_subject(const struct job *job, id64 *out_duty, struct str *out_role,
                         id64 *out_unit);

enum status clock_plan(struct call *call, const struct duty *duty, instant due) {
    if (due == INSTANT_NEVER || due <= call->now) {
        return DONE; /* what was late when it came is not this duty's lateness */
    }
    if (duty->remind_at > call->now && duty->remind_at < due) {
        const struct order order = {WHY_SOON, duty->id, 0};
        TRY(jobs_add(call, "notice.tell", order_text(call->arena, &order),
                     duty->remind_at,
                     str_format(call->arena, "notice:soon:%lld", (long long)duty->id)));
    }
    return plan_late(call, duty->id, duty->escalate_role, duty->escalate_unit, due);
}

enum status late_tell(struct call *call, struct job *job) {
    struct late late = {.job = job};
    struct str role;
    id64 unit;
    id64 id;
    bool is_open;
    read_subject(job, &id, &role, &unit);
    enum status status = duty_find(call, id, &late.duty, &is_open);
    if (status == ABSENT || (status == DONE && !is_open)) {
        return DONE;
    }
    TRY(status);
    instant due =
        late.duty.deadline.hard != 0 ? late.duty.deadline.hard : late.duty.deadline.soft;
    if (late.duty.deadline.stopped || due > call->now) {
        return store_transact(call, TXN_WRITE, look_later, &late);
    }
    TRY(duty_holders(call, &late.duty, &late.holders));
    if (!str_is_empty(role)) {
        TRY(people_holders(call, str_text(call->arena, role), unit, &late.above));
    }
    return store_transact(call, TXN_WRITE, late_work, &late);
}

static enum status plan_late(struct call *call, id64 duty, struct str role, id64 unit,
                             instant at) {
    struct str subject = str_format(call->arena, "%lld %lld %.*s", (long long)duty,
                                    (long long)unit, STR_ARG(role));
    struct str key =
        str_format(call->arena, "notice.late:%lld:%lld", (long long)duty, (long long)at);
    return jobs_add(call, "notice.late", subject, at, key);
}

static enum status look_later(struct call *call, void *what) {
    const struct late *late = what;
    const struct calendar_deadline *deadline = &late->duty.deadline;
    instant due = deadline->hard != 0 ? deadline->hard : deadline->soft;
    struct str role;
    id64 unit;
    id64 id;
    read_subject(late->job, &id, &role, &unit);
    TRY(plan_late(call, id, role, unit,
                  deadline->stopped || due <= call->now ? call->now + INSTANT_DAY : due));
    return jobs_complete(call, late->job);
}

static enum status late_work(struct call *call, void *what) {
    const struct late *late = what;
    const struct duty *duty = &late->duty;
    struct ledger_act act = {
        .act = "notice.late",
        .subject = duty->subject,
        .rule = duty->rule,
        .payload = ledger_payload(call, json_pack("{s:s%,s:s%}", "step", duty->step.at,
                                                  duty->step.length, "role",
                                                  duty->role.at, duty->role.length))};
    struct sending sending = {.job = late->job,
                              .why = WHY_LATE,
                              .duty = duty->id,
                              .holders = &late->holders,
                              .slot = STR("late")};
    TRY(send_to_holders(call, &sending));
    TRY(tell_above(call, late));
    TRY(jobs_complete(call, late->job));
    return ledger_append(call, duty->group, &act, NULL);
}

static enum status tell_above(struct call *call, const struct late *late) {
    struct buffer who;
    struct duty_holders above = {
        .at = TAKE_ARRAY(call->arena, late->above.count + 1, struct duty_holder)};
    buffer_init(&who, call->arena);
    for (size_t i = 0; i < late->holders.count; i++) {
        buffer_add_text(&who, i > 0 ? "、" : "");
        buffer_add(&who, late->holders.at[i].name);
    }
    for (size_t i = 0; i < late->above.count; i++) {
        struct news news = {.person = late->above.at[i].person,
                            .subject = late->duty.subject,
                            .words = STR("news.late"),
                            .title = late->duty.title,
                            .who = buffer_str(&who),
                            .remark = late->duty.item_class};
        above.at[above.count].person = news.person;
        above.at[above.count++].name = late->above.at[i].name;
        TRY(notice_tell(call, &news));
    }
    struct sending sending = {.job = late->job,
                              .why = WHY_ESCALATED,
                              .duty = late->duty.id,
                              .holders = &above,
                              .slot = STR("late")};
    return send_to_holders(call, &sending);
}

/* "DUTY UNIT ROLE"; the role may be empty. */
static void read_subject(const struct job *job, id64 *out_duty, struct str *out_role,
                         id64 *out_unit) {
    struct str rest = job->subject;
    struct str duty = str_cut(&rest, ' ');
    struct str unit = str_cut(&rest, ' ');
    if (str_to_int(duty, out_duty) != DONE || str_to_int(unit, out_unit) != DONE) {
        *out_duty = 0;
        *out_unit = 0;
    }
    *out_role = rest;
}
