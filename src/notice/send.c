/*
 * The jobs behind messages.
 *
 * An act orders one job for a duty; that job finds the holders and orders one
 * mail and one hook for each, in the transaction that marks it done; so a retry
 * repeats one message to one person and no more.
 */
#include "notice_own.h"
#include "notice_sql.h"

/* When digests are made, in minutes after midnight. */
static const int digest_times[] = {8 * 60 + 30, 14 * 60};

static enum status tell_holders(struct call *call, struct job *job);
static enum status make_digest(struct call *call, struct job *job);
static enum status order_for_holders(struct call *call, void *what);
static enum status order_digest(struct call *call, void *what);
static enum status collect_waited_for(struct call *call,
                                      struct duty_holders *out_holders);
static enum status add_both(struct call *call, const struct sending *sending,
                            id64 person);
static enum status plan_work(struct call *call, void *what);
static instant next_digest(const struct calendar *calendar, instant now);
static bool is_working(const struct calendar *calendar, civil_day day);

const struct job_handler *notice_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = "notice.tell", .work = tell_holders},
        {.kind = "notice.late", .work = late_tell},
        {.kind = "notice.digest", .work = make_digest},
        {.kind = "notice.mail", .work = mail_send},
        {.kind = "notice.hook", .work = hook_send},
    };
    *out_count = LENGTH(handlers);
    return handlers;
}

enum status message_order(struct call *call, const struct duty *duty,
                          enum message_why why) {
    const struct order order = {why, duty->id, 0};
    struct str key = str_format(call->arena, "notice:%s:%lld:%d", message_why_name(why),
                                (long long)duty->id, (int)instant_day(call->now));
    return jobs_add(call, "notice.tell", order_text(call->arena, &order), 0, key);
}

static enum status tell_holders(struct call *call, struct job *job) {
    struct order order;
    struct duty duty;
    struct duty_holders holders;
    bool is_open;
    TRY(order_from_text(job->subject, &order));
    enum status status = duty_find(call, order.duty, &duty, &is_open);
    if (status == ABSENT || (status == DONE && !is_open)) {
        return DONE;
    }
    TRY(status);
    TRY(duty_holders(call, &duty, &holders));
    struct sending sending = {
        .job = job,
        .why = order.why,
        .duty = order.duty,
        .holders = &holders,
        .slot = day_to_text(call->arena, instant_day(job->added_at)),
    };
    return store_transact(call, TXN_WRITE, order_for_holders, &sending);
}

static enum status order_for_holders(struct call *call, void *what) {
    const struct sending *sending = what;
    TRY(send_to_holders(call, sending));
    return jobs_complete(call, sending->job);
}

enum status send_to_holders(struct call *call, const struct sending *sending) {
    for (size_t i = 0; i < sending->holders->count; i++) {
        TRY(add_both(call, sending, sending->holders->at[i].person));
    }
    return DONE;
}

static enum status add_both(struct call *call, const struct sending *sending,
                            id64 person) {
    static const char *const kinds[] = {"notice.mail", "notice.hook"};
    const struct order order = {sending->why, sending->duty, person};
    struct str subject = order_text(call->arena, &order);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct str key = str_format(call->arena, "%s:%.*s:%.*s", kinds[i],
                                    STR_ARG(subject), STR_ARG(sending->slot));
        TRY(jobs_add(call, kinds[i], subject, 0, key));
    }
    return DONE;
}

static enum status make_digest(struct call *call, struct job *job) {
    struct duty_holders persons = {0};
    if (is_working(call->house->calendar, instant_day(job->due_at))) {
        TRY(collect_waited_for(call, &persons));
    }
    struct sending sending = {
        .job = job,
        .why = WHY_DIGEST,
        .holders = &persons,
        .slot = job->subject,
    };
    return store_transact(call, TXN_WRITE, order_digest, &sending);
}

static enum status collect_waited_for(struct call *call,
                                      struct duty_holders *out_holders) {
    size_t room = 64;
    struct duty_holders persons = {.at =
                                       TAKE_ARRAY(call->arena, room, struct duty_holder)};
    struct rows *rows;
    TRY(store_query(call, &notice_waited_for, &rows, bind_int("now", call->now)));
    while (rows_next(rows)) {
        if (persons.count == room) {
            struct duty_holder *wider =
                TAKE_ARRAY(call->arena, 2 * room, struct duty_holder);
            for (size_t i = 0; i < room; i++) {
                wider[i] = persons.at[i];
            }
            persons.at = wider;
            room *= 2;
        }
        persons.at[persons.count++].person = row_id(rows, "person");
    }
    TRY(rows_end(rows));
    *out_holders = persons;
    return DONE;
}

static enum status order_digest(struct call *call, void *what) {
    TRY(plan_work(call, NULL));
    return order_for_holders(call, what);
}

enum status notice_digest_plan(struct call *call) {
    return store_transact(call, TXN_WRITE, plan_work, NULL);
}

static enum status plan_work(struct call *call, void *what) {
    (void)what;
    instant next = next_digest(call->house->calendar, call->now);
    struct str slot = instant_to_rfc3339(call->arena, next);
    struct str key = str_format(call->arena, "notice.digest:%.*s", STR_ARG(slot));
    return jobs_add(call, "notice.digest", slot, next, key);
}

static instant next_digest(const struct calendar *calendar, instant now) {
    for (civil_day day = instant_day(now);; day++) {
        for (size_t i = 0; is_working(calendar, day) && i < LENGTH(digest_times); i++) {
            instant at = day_start(day) + digest_times[i] * INSTANT_MINUTE;
            if (at > now) {
                return at;
            }
        }
    }
}

static bool is_working(const struct calendar *calendar, civil_day day) {
    return calendar == NULL || calendar_is_working(calendar, day, NULL);
}
