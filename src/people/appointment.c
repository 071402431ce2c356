/*
 * Appointments: who holds a post, from when and until when.  An appointment is
 * never removed; it ends, and who ended it and why stays.
 *
 * Invariant, on every path that appoints: nobody appoints himself; nobody holds
 * an administrator's role and any other at the same time; a unit has no more
 * holders of a role than the rulebook allows (LZ-11.a, BZ-8).
 */
#include "people_own.h"

#include <inttypes.h>
#include <jansson.h>

struct end_wish {
    id64 appointment;
    instant until;
    struct str reason;
};

static enum status must_keep_post(struct call *call, id64 post);
static enum status check_deputy(struct call *call, struct appoint_wish *wish);
static enum status check_time(struct call *call, struct people_appointing *appointing);
static enum status check_person(struct call *call,
                                const struct people_appointing *appointing);
static enum status check_post(struct call *call,
                              const struct people_appointing *appointing,
                              struct people_post *out_post);
static enum status check_admin(struct call *call,
                               const struct people_appointing *appointing,
                               const struct people_post *post);
static enum status make_room(struct call *call, struct appoint_wish *wish,
                             const struct people_post *post);
static enum status find_holders(struct call *call,
                                const struct people_appointing *appointing,
                                const struct people_post *post, bool alone,
                                struct people_holdings *out_holders);
static enum status end_former(struct call *call, struct appoint_wish *wish,
                              const struct people_holding *former);
static enum status record_appointment(struct call *call, const struct appoint_wish *wish,
                                      const struct people_post *post);
static enum status end_work(struct call *call, void *what);
static enum status record_end(struct call *call, const struct people_holding *holding,
                              struct str reason, bool follows);
static enum status tell_coming(struct call *call, const struct people_post *post,
                               id64 person);
static bool touches(const struct people_holding *holding,
                    const struct people_appointing *appointing);

enum status people_appoint(struct call *call, const struct people_roles *roles,
                           const struct people_appointing *appointing,
                           id64 *out_appointment, id64 *out_former) {
    struct appoint_wish wish = {.roles = roles, .appointing = *appointing};
    struct ledger_act act = {.act = "people.appoint",
                             .subject = {SUBJECT_POST, appointing->post}};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act,
                      store_transact(call, TXN_WRITE, appoint_work, &wish)));
    if (out_appointment != NULL) {
        *out_appointment = wish.appointment;
    }
    if (out_former != NULL) {
        *out_former = wish.former;
    }
    return DONE;
}

enum status people_appointment_end(struct call *call, id64 appointment, instant until,
                                   struct str reason) {
    struct end_wish wish = {appointment, until, reason};
    struct ledger_act act = {.act = "people.appointment-end"};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, end_work, &wish));
}

enum status people_appointments(struct call *call, id64 person, bool history,
                                struct people_holdings *out_holdings) {
    struct rows *rows;
    TRY(store_query(call, &people_appointments_of_person, &rows,
                    bind_int("person", person),
                    bind_int("after", history ? 0 : call->now)));
    return holdings_read(call, rows, out_holdings);
}

enum status people_post_history(struct call *call, id64 post,
                                struct people_holdings *out_holdings) {
    struct rows *rows;
    TRY(store_query(call, &people_appointments_of_post, &rows, bind_int("post", post)));
    return holdings_read(call, rows, out_holdings);
}

enum status appoint_work(struct call *call, void *what) {
    struct appoint_wish *wish = what;
    struct people_post post = {0};
    wish->former = 0;
    bool deputy = wish->appointing.stands_for != 0;
    TRY(must_keep_post(call, wish->appointing.post));
    if (deputy) {
        TRY(check_deputy(call, wish));
    }
    TRY(check_time(call, &wish->appointing));
    TRY(check_person(call, &wish->appointing));
    TRY(check_post(call, &wish->appointing, &post));
    TRY(check_admin(call, &wish->appointing, &post));
    if (!deputy) {
        TRY(make_room(call, wish, &post));
    }
    TRY(keeper_is_alone(call, wish, &post, &wish->keeper));
    if (wish->keeper) {
        TRY(store_run(call, &people_account_renew, NULL,
                      bind_int("person", wish->appointing.person)));
    }
    wish->appointment = call_new_id(call);
    TRY(store_run(call, &people_appointment_insert, NULL,
                  bind_int("appointment", wish->appointment), bind_int("post", post.id),
                  bind_int("person", wish->appointing.person),
                  bind_int("from", wish->appointing.from),
                  bind_int("until", wish->appointing.until),
                  bind_int("by", call->actor.person),
                  bind_id("stands_for", wish->appointing.stands_for)));
    TRY(tell_coming(call, &post, wish->appointing.person));
    return record_appointment(call, wish, &post);
}

/* The office of the post's body appoints to it. */
static enum status must_keep_post(struct call *call, id64 post) {
    struct people_post found;
    struct people_unit unit;
    enum status status = people_post(call, post, &found);
    if (status == ABSENT) {
        return people_must_be_office(call);
    }
    TRY(status);
    TRY(people_unit(call, found.unit, &unit));
    return people_must_be_office_of(call, unit.body);
}

/* Within the time of the appointment it stands in for, whose post it takes. */
static enum status check_deputy(struct call *call, struct appoint_wish *wish) {
    struct people_appointing *appointing = &wish->appointing;
    struct people_holdings found;
    struct rows *rows;
    TRY(store_query(call, &people_appointment_by_id, &rows,
                    bind_int("appointment", appointing->stands_for)));
    TRY(holdings_read(call, rows, &found));
    if (found.count == 0 || found.at[0].until <= call->now) {
        return call_refuse(call, REFUSED, "", "people.deputy-of-nobody", NULL);
    }
    const struct people_holding *absent = &found.at[0];
    if (absent->stands_for != 0) {
        return call_refuse(call, REFUSED, "", "people.deputy-of-deputy", "name",
                           str_text(call->arena, absent->name), NULL);
    }
    if (appointing->until == 0) {
        return call_refuse_field(call, "until", "", "people.deputy-until", NULL);
    }
    if (appointing->until > absent->until) {
        return call_refuse_field(call, "until", "", "people.deputy-longer", "name",
                                 str_text(call->arena, absent->name), NULL);
    }
    wish->absent = absent->person;
    appointing->post = absent->post;
    if (appointing->from < absent->from && absent->from > call->now) {
        appointing->from = absent->from;
    }
    return DONE;
}

static enum status check_time(struct call *call, struct people_appointing *appointing) {
    if (appointing->from == 0) {
        appointing->from = call->now;
    }
    if (appointing->until == 0) {
        appointing->until = INSTANT_NEVER;
    }
    if (appointing->from < call->now) {
        return call_refuse_field(call, "from", "", "people.from-past", NULL);
    }
    if (appointing->until <= appointing->from) {
        return call_refuse_field(call, "until", "", "people.until-before", NULL);
    }
    return DONE;
}

/* Locks the person, so that two appointments of one person cannot pass each other. */
static enum status check_person(struct call *call,
                                const struct people_appointing *appointing) {
    struct rows *row;
    enum status status = store_find(call, &people_person_lock, &row,
                                    bind_int("person", appointing->person));
    if (status == ABSENT || (status == DONE && !row_is_null(row, "gone_at"))) {
        return call_refuse_field(call, "person", "", "people.no-person", NULL);
    }
    TRY(status);
    if (call->actor.person == appointing->person) {
        return call_refuse(call, REFUSED, "", "people.self-appoint", NULL);
    }
    return DONE;
}

/* Locks the post's unit, so that two appointments into one role cannot either. */
static enum status check_post(struct call *call,
                              const struct people_appointing *appointing,
                              struct people_post *out_post) {
    struct rows *row;
    struct people_post post;
    enum status status = people_post(call, appointing->post, &post);
    if (status == ABSENT || (status == DONE && post.closed_at != 0)) {
        return call_refuse_field(call, "post", "", "people.no-post", NULL);
    }
    TRY(status);
    TRY(store_find(call, &people_unit_lock, &row, bind_int("unit", post.unit)));
    *out_post = post;
    return DONE;
}

static enum status check_admin(struct call *call,
                               const struct people_appointing *appointing,
                               const struct people_post *post) {
    struct people_holdings holdings;
    TRY(people_appointments(call, appointing->person, false, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        if (!touches(holding, appointing)) {
            continue;
        }
        if (holding->post == post->id) {
            return call_refuse(call, REFUSED, "", "people.holds-already", "name",
                               str_text(call->arena, holding->name), NULL);
        }
        if (role_is_admin(post->role) || role_is_admin(holding->role)) {
            return call_refuse(call, REFUSED, "", "people.admin-exclusive", "name",
                               str_text(call->arena, holding->name), "held",
                               str_text(call->arena, holding->title), "wanted",
                               str_text(call->arena, post->title), NULL);
        }
    }
    return DONE;
}

/* As many holders of the role as the unit may have, counted over all its posts. */
static enum status make_room(struct call *call, struct appoint_wish *wish,
                             const struct people_post *post) {
    struct people_unit unit;
    struct people_holdings holders;
    bool known;
    TRY(people_unit(call, post->unit, &unit));
    const struct people_role *line = role_in(wish->roles, post->role, unit.kind, &known);
    int most = role_is_admin(post->role) ? 0 : line == NULL ? 0 : line->most;
    TRY(find_holders(call, &wish->appointing, post, most == 0, &holders));
    size_t count = 0;
    for (size_t i = 0; i < holders.count; i++) {
        const struct people_holding *holder = &holders.at[i];
        bool same_post = holder->post == post->id;
        if (!same_post && (most == 0 || ++count < (size_t)most)) {
            continue;
        }
        if (!wish->appointing.replaces) {
            return call_refuse(
                call, REFUSED, line == NULL ? "" : str_text(call->arena, line->rule),
                "people.role-full", "unit", str_text(call->arena, unit.title), "title",
                str_text(call->arena, post->title), "holder",
                str_text(call->arena, holder->name), NULL);
        }
        TRY(end_former(call, wish, holder));
    }
    return DONE;
}

/* Of the post alone where any number may hold the role: a unit can have thousands. */
static enum status find_holders(struct call *call,
                                const struct people_appointing *appointing,
                                const struct people_post *post, bool alone,
                                struct people_holdings *out_holders) {
    struct rows *rows;
    if (alone) {
        TRY(store_query(call, &people_appointments_in_post, &rows,
                        bind_int("post", post->id), bind_int("until", appointing->until),
                        bind_int("from", appointing->from)));
    } else {
        TRY(store_query(call, &people_appointments_in_role, &rows,
                        bind_text("role", post->role), BIND_UNIT_RANGE(post->unit),
                        bind_int("until", appointing->until),
                        bind_int("from", appointing->from), bind_int("deputies", false)));
    }
    return holdings_read(call, rows, out_holders);
}

static enum status end_former(struct call *call, struct appoint_wish *wish,
                              const struct people_holding *former) {
    struct str reason = STR("接替");
    instant until = wish->appointing.from;
    if (former->from > until) {
        return call_refuse_field(call, "from", "", "people.later-holder", "holder",
                                 str_text(call->arena, former->name), NULL);
    }
    if (former->person == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.self-appoint", NULL);
    }
    wish->former = former->appointment;
    return appointment_shut(call, former, until, reason, true);
}

static enum status record_appointment(struct call *call, const struct appoint_wish *wish,
                                      const struct people_post *post) {
    char person[24];
    snprintf(person, sizeof person, "%" PRId64, wish->appointing.person);
    struct str from = instant_to_rfc3339(call->arena, wish->appointing.from);
    json_t *payload = json_pack("{s:s,s:s%,s:s%,s:s%,s:s%}", "person", person, "unit",
                                post->unit_code.at, post->unit_code.length, "role",
                                post->role.at, post->role.length, "title", post->title.at,
                                post->title.length, "from", from.at, from.length);
    if (wish->absent != 0) {
        struct str absent = id_to_text(call->arena, wish->absent);
        struct str until = instant_to_rfc3339(call->arena, wish->appointing.until);
        json_object_set_new(payload, "stands-for",
                            json_stringn(absent.at, absent.length));
        json_object_set_new(payload, "until", json_stringn(until.at, until.length));
    }
    if (wish->keeper) {
        json_object_set_new(payload, "new-password", json_true());
    }
    struct ledger_act act = {.act =
                                 wish->absent != 0 ? "people.deputy" : "people.appoint",
                             .subject = {SUBJECT_POST, post->id},
                             .payload = ledger_payload(call, payload)};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static enum status end_work(struct call *call, void *what) {
    struct end_wish *wish = what;
    struct people_holdings found;
    struct rows *rows;
    TRY(store_query(call, &people_appointment_by_id, &rows,
                    bind_int("appointment", wish->appointment)));
    TRY(holdings_read(call, rows, &found));
    if (found.count == 0) {
        TRY(people_must_be_office(call));
        return ABSENT;
    }
    TRY(people_must_be_office_of(call, found.at[0].body));
    if (found.at[0].person == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.self-appoint", NULL);
    }
    instant until = wish->until > call->now ? wish->until : call->now;
    enum status shut = appointment_shut(call, &found.at[0], until, wish->reason, false);
    return shut == STALE ? call_refuse(call, STALE, "", "people.ended-already", NULL)
                         : shut;
}

enum status appointment_shut(struct call *call, const struct people_holding *holding,
                             instant until, struct str reason, bool follows) {
    struct people_holdings deputies;
    struct rows *rows;
    int64_t changed = 0;
    until = holding->from > until ? holding->from : until;
    TRY(store_run(call, &people_appointment_shut, &changed,
                  bind_int("appointment", holding->appointment), bind_int("until", until),
                  bind_int("by", call->actor.person), bind_text("reason", reason)));
    if (changed == 0) {
        return STALE;
    }
    if (until <= call->now) {
        TRY(appointment_left(call, holding));
    }
    TRY(record_end(call, holding, reason, follows));
    TRY(store_query(call, &people_deputies_of, &rows,
                    bind_int("appointment", holding->appointment),
                    bind_int("until", until)));
    TRY(holdings_read(call, rows, &deputies));
    for (size_t i = 0; i < deputies.count; i++) {
        TRY(appointment_shut(call, &deputies.at[i], until, reason, true));
    }
    return DONE;
}

static enum status record_end(struct call *call, const struct people_holding *holding,
                              struct str reason, bool follows) {
    char person[24];
    snprintf(person, sizeof person, "%" PRId64, holding->person);
    struct ledger_act act = {
        .act = "people.appointment-end",
        .subject = {SUBJECT_POST, holding->post},
        .follows = follows,
        .payload = ledger_payload(call, json_pack("{s:s,s:s%,s:s%,s:s%}", "person",
                                                  person, "unit", holding->unit_code.at,
                                                  holding->unit_code.length, "role",
                                                  holding->role.at, holding->role.length,
                                                  "reason", reason.at, reason.length))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static enum status tell_coming(struct call *call, const struct people_post *post,
                               id64 person) {
    struct people_brief brief;
    if (call->house->staff_changed == NULL) {
        return DONE;
    }
    TRY(people_person_brief(call, person, &brief));
    struct staff_change change = {
        .post = post->id, .unit = post->unit, .role = post->role, .name = brief.name};
    return call->house->staff_changed(call, &change);
}

static bool touches(const struct people_holding *holding,
                    const struct people_appointing *appointing) {
    return holding->from < appointing->until && holding->until > appointing->from;
}
