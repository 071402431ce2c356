/*
 * Duties: opened and closed in the transaction of the act they follow from.
 */
#include "notice_own.h"
#include "notice_sql.h"

static instant sort_key(const struct calendar_deadline *deadline);
static enum status bar_persons(struct call *call, const struct duty *duty);
static enum status order_messages(struct call *call, const struct duty *duty);
static bool may_remind(const struct call *call, const struct duty *duty);
static enum status remind_work(struct call *call, void *what);
static struct duty read_duty(struct rows *rows);
static enum status name_holders(struct call *call, struct duties *duties);
static enum status holders_by_post(struct call *call, const struct duty *duty,
                                   struct people_holdings *out_holdings);
static bool is_among(const struct duty_holders *holders, id64 person);

enum status notice_duty_open(struct call *call, struct duty *duty) {
    struct str kind = str_of(subject_kind_name(duty->subject.kind));
    const struct calendar_deadline *deadline = &duty->deadline;
    if (str_is_empty(duty->role) && duty->unit == 0 && duty->person == 0) {
        return log_failed("a duty at %.*s is nobody's", STR_ARG(duty->step));
    }
    TRY(store_run(call, &notice_duty_close_same, NULL, bind_int("now", call->now),
                  bind_text("kind", kind), bind_int("subject", duty->subject.id),
                  bind_text("step", duty->step), bind_text("role", duty->role),
                  bind_int("unit", duty->unit), bind_int("person", duty->person)));
    id64 id = call_new_id(call);
    TRY(store_run(
        call, &notice_duty_insert, NULL, bind_int("id", id),
        bind_int("group", duty->group), bind_text("subject_kind", kind),
        bind_int("subject", duty->subject.id), bind_text("step", duty->step),
        bind_text("role", duty->role), bind_int("unit", duty->unit),
        bind_int("person", duty->person), bind_int("site", duty->site),
        bind_text("site_title", duty->site_title), bind_text("title", duty->title),
        bind_text("item_class", duty->item_class), bind_text("badge", duty->badge),
        bind_text("act", duty->act), bind_text("remark", duty->remark),
        bind_int("round", duty->round), bind_int("since", call->now),
        bind_int("soft", deadline->soft), bind_int("hard", deadline->hard),
        bind_int("due", sort_key(deadline)),
        bind_int("unit_of_time", (int)deadline->unit),
        bind_int("provisional", deadline->provisional),
        bind_int("house", deadline->house), bind_int("stopped", deadline->stopped),
        bind_text("waiting", deadline->waiting), bind_text("rule", duty->rule)));
    duty->id = id;
    duty->since = call->now;
    TRY(bar_persons(call, duty));
    TRY(clock_plan(call, duty, sort_key(deadline)));
    return order_messages(call, duty);
}

/* Late first, then due, then without limit: the order of one number. */
static instant sort_key(const struct calendar_deadline *deadline) {
    if (deadline->stopped) {
        return INSTANT_NEVER;
    }
    instant due = deadline->hard != 0 ? deadline->hard : deadline->soft;
    return due != 0 ? due : INSTANT_NEVER;
}

static enum status bar_persons(struct call *call, const struct duty *duty) {
    for (size_t i = 0; i < duty->barred_count; i++) {
        TRY(store_run(call, &notice_duty_bar, NULL, bind_int("duty", duty->id),
                      bind_int("person", duty->barred[i])));
    }
    return DONE;
}

/* At once only an emergency, what came back and what ends today; the rest is for the
 * digest. */
static enum status order_messages(struct call *call, const struct duty *duty) {
    if (duty->urgent) {
        return message_order(call, duty, WHY_URGENT);
    }
    if (duty->returned) {
        return message_order(call, duty, WHY_RETURNED);
    }
    if (sort_key(&duty->deadline) <= day_end(instant_day(call->now))) {
        return message_order(call, duty, WHY_TODAY);
    }
    return DONE;
}

enum status notice_duty_close(struct call *call, struct subject subject,
                              struct str step) {
    struct value kind = bind_text("kind", str_of(subject_kind_name(subject.kind)));
    if (str_is_empty(step)) {
        return store_run(call, &notice_duty_close_all, NULL, bind_int("now", call->now),
                         kind, bind_int("subject", subject.id));
    }
    return store_run(call, &notice_duty_close_step, NULL, bind_int("now", call->now),
                     kind, bind_int("subject", subject.id), bind_text("step", step));
}

enum status notice_duty_stop(struct call *call, struct subject subject,
                             struct str waiting) {
    return store_run(call, &notice_duty_stop_clock, NULL, bind_text("waiting", waiting),
                     bind_text("kind", str_of(subject_kind_name(subject.kind))),
                     bind_int("subject", subject.id));
}

enum status notice_duty_resume(struct call *call, struct subject subject,
                               const struct calendar_deadline *deadline) {
    return store_run(
        call, &notice_duty_set_clock, NULL, bind_int("soft", deadline->soft),
        bind_int("hard", deadline->hard), bind_int("due", sort_key(deadline)),
        bind_int("unit_of_time", (int)deadline->unit),
        bind_int("provisional", deadline->provisional),
        bind_int("house", deadline->house), bind_int("stopped", deadline->stopped),
        bind_text("waiting", deadline->waiting),
        bind_text("kind", str_of(subject_kind_name(subject.kind))),
        bind_int("subject", subject.id));
}

enum status notice_duties_of(struct call *call, struct subject subject,
                             struct duties *out_duties) {
    struct rows *rows;
    struct duties duties;
    TRY(store_query(call, &notice_duty_of, &rows,
                    bind_text("kind", str_of(subject_kind_name(subject.kind))),
                    bind_int("subject", subject.id)));
    TRY(duty_collect(call, rows, &duties));
    TRY(name_holders(call, &duties));
    *out_duties = duties;
    return DONE;
}

enum status notice_remind(struct call *call, struct subject subject) {
    return store_transact(call, TXN_WRITE, remind_work, &subject);
}

static enum status remind_work(struct call *call, void *what) {
    const struct subject *subject = what;
    struct duties duties;
    bool reminded = false;
    TRY(notice_duties_of(call, *subject, &duties));
    for (size_t i = 0; i < duties.count; i++) {
        const struct duty *duty = &duties.at[i];
        if (may_remind(call, duty)) {
            TRY(store_run(call, &notice_duty_set_reminded, NULL,
                          bind_int("now", call->now), bind_int("id", duty->id)));
            TRY(message_order(call, duty, WHY_REMINDED));
            reminded = true;
        }
    }
    if (!reminded) {
        return call_refuse(call, REFUSED, "",
                           duties.count > 0 ? "notice.reminded" : "notice.nobody-waits",
                           NULL);
    }
    return DONE;
}

/* Once a working day: a day of work has begun since the last time. */
static bool may_remind(const struct call *call, const struct duty *duty) {
    if (duty->reminded_at == 0) {
        return true;
    }
    const struct calendar *calendar = call->house->calendar;
    for (civil_day day = instant_day(duty->reminded_at) + 1;
         day <= instant_day(call->now); day++) {
        if (calendar == NULL || calendar_is_working(calendar, day, NULL)) {
            return true;
        }
    }
    return false;
}

enum status notice_late(struct call *call, id64 group, struct duties *out_duties) {
    struct rows *rows;
    struct duties duties;
    TRY(store_query(call, &notice_duty_late, &rows, bind_int("group", group),
                    bind_int("now", call->now)));
    TRY(duty_collect(call, rows, &duties));
    TRY(name_holders(call, &duties));
    *out_duties = duties;
    return DONE;
}

enum status duty_find(struct call *call, id64 id, struct duty *out_duty, bool *out_open) {
    struct rows *row;
    TRY(store_find(call, &notice_duty_select, &row, bind_int("id", id)));
    *out_open = row_is_null(row, "closed_at");
    *out_duty = read_duty(row);
    return DONE;
}

enum status duty_collect(struct call *call, struct rows *rows,
                         struct duties *out_duties) {
    size_t room = 8; /* a usual desk; the most is made when it is needed */
    struct duties duties = {.at = TAKE_ARRAY(call->arena, room, struct duty)};
    while (rows_next(rows)) {
        if (duties.count == DUTIES_MOST) {
            duties.more = true;
            break;
        }
        if (duties.count == room) {
            struct duty *wider = TAKE_ARRAY(call->arena, DUTIES_MOST, struct duty);
            for (size_t i = 0; i < duties.count; i++) {
                wider[i] = duties.at[i];
            }
            duties.at = wider;
            room = DUTIES_MOST;
        }
        duties.at[duties.count++] = read_duty(rows);
    }
    TRY(rows_end(rows));
    *out_duties = duties;
    return DONE;
}

static struct duty read_duty(struct rows *rows) {
    struct duty duty = {0};
    duty.id = row_id(rows, "id");
    duty.group = row_id(rows, "site_group");
    if (subject_kind_from_name(row_text(rows, "subject_kind"), &duty.subject.kind) !=
        DONE) {
        log_fault("a duty has a subject of a kind that is not known");
    }
    duty.subject.id = row_id(rows, "subject");
    duty.step = row_text(rows, "step");
    duty.role = row_text(rows, "role");
    duty.unit = row_id(rows, "unit");
    duty.person = row_id(rows, "person");
    duty.site = row_id(rows, "site");
    duty.site_title = row_text(rows, "site_title");
    duty.title = row_text(rows, "title");
    duty.item_class = row_text(rows, "item_class");
    duty.badge = row_text(rows, "badge");
    duty.act = row_text(rows, "act");
    duty.remark = row_text(rows, "remark");
    duty.round = (int)row_int(rows, "round");
    duty.since = row_int(rows, "since");
    duty.deadline.soft = row_int(rows, "soft");
    duty.deadline.hard = row_int(rows, "hard");
    duty.deadline.unit = (enum calendar_unit)row_int(rows, "unit_of_time");
    duty.deadline.provisional = row_int(rows, "provisional") != 0;
    duty.deadline.house = row_int(rows, "house");
    duty.deadline.stopped = row_int(rows, "stopped") != 0;
    duty.deadline.waiting = row_text(rows, "waiting");
    duty.rule = row_text(rows, "rule");
    duty.reminded_at = row_int(rows, "reminded_at");
    return duty;
}

/* "黄敏、陈立". */
static enum status name_holders(struct call *call, struct duties *duties) {
    for (size_t i = 0; i < duties->count; i++) {
        struct duty_holders holders;
        struct buffer names;
        buffer_init(&names, call->arena);
        TRY(duty_holders(call, &duties->at[i], &holders));
        for (size_t h = 0; h < holders.count; h++) {
            buffer_add_text(&names, h > 0 ? "、" : "");
            buffer_add(&names, holders.at[h].name);
        }
        duties->at[i].holder = buffer_str(&names);
    }
    return DONE;
}

enum status duty_holders(struct call *call, const struct duty *duty,
                         struct duty_holders *out_holders) {
    struct people_holdings holdings = {0};
    struct people_brief brief;
    struct duty_holders holders = {0};
    if (duty->person != 0) {
        TRY(people_person_brief(call, duty->person, &brief));
        holders.at = TAKE(call->arena, struct duty_holder);
        holders.at[holders.count++] = (struct duty_holder){duty->person, brief.name};
        *out_holders = holders;
        return DONE;
    }
    TRY(holders_by_post(call, duty, &holdings));
    holders.at = TAKE_ARRAY(call->arena, holdings.count + 1, struct duty_holder);
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        struct rows *barred;
        if (is_among(&holders, holding->person)) {
            continue;
        }
        enum status status =
            store_find(call, &notice_duty_is_barred, &barred, bind_int("duty", duty->id),
                       bind_int("person", holding->person));
        if (status == ABSENT) {
            holders.at[holders.count++] =
                (struct duty_holder){holding->person, holding->name};
        } else if (status != DONE) {
            return status;
        }
    }
    *out_holders = holders;
    return DONE;
}

/* Without a role it is anybody who holds a post of the unit. */
static enum status holders_by_post(struct call *call, const struct duty *duty,
                                   struct people_holdings *out_holdings) {
    if (!str_is_empty(duty->role)) {
        return people_holders(call, str_text(call->arena, duty->role), duty->unit,
                              out_holdings);
    }
    struct people_posts posts;
    TRY(people_posts(call, duty->unit, false, &posts));
    struct people_holdings holdings = {
        .at = TAKE_ARRAY(call->arena, posts.count + 1, struct people_holding)};
    for (size_t i = 0; i < posts.count; i++) {
        if (posts.at[i].holder != 0) {
            holdings.at[holdings.count].person = posts.at[i].holder;
            holdings.at[holdings.count++].name = posts.at[i].holder_name;
        }
    }
    *out_holdings = holdings;
    return DONE;
}

static bool is_among(const struct duty_holders *holders, id64 person) {
    for (size_t i = 0; i < holders->count; i++) {
        if (holders->at[i].person == person) {
            return true;
        }
    }
    return false;
}
