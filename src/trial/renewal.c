/*
 * The acts of a case on how often columns are renewed: texts are released, days pass, and
 * each column shows where it stands.
 */
#include "trial_own.h"

#include "publication/publication.h"
#include "tally/tally.h"

static enum status publish(struct hearing *hearing, const struct case_act *act);
static enum status find_column(struct hearing *hearing, struct str path,
                               struct column *out_column);
static enum status find_writer(struct hearing *hearing, const struct column *column,
                               id64 *out_unit);
static bool takes_from(struct hearing *hearing, const struct column *column, id64 unit,
                       struct str *out_class);
static enum status seat_unit(struct hearing *hearing, id64 unit, id64 *out_writer);
static enum status wait(struct hearing *hearing, const struct case_act *act);
static enum status confirm(struct hearing *hearing, const struct case_act *act);
static enum status show(struct hearing *hearing, const struct case_act *act);
static enum status add_renewal(struct hearing *hearing, const struct renewal *renewal,
                               struct buffer *text);

static const struct {
    const char *name;
    enum status (*renew)(struct hearing *hearing, const struct case_act *act);
} renews[] = {
    {"publish", publish}, {"wait", wait}, {"confirm", confirm}, {"renewals", show}};

bool hearing_renews(struct str act) {
    for (size_t i = 0; i < LENGTH(renews); i++) {
        if (str_is(act, renews[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_renew(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(renews); i++) {
        if (str_is(act->act, renews[i].name)) {
            return renews[i].renew(hearing, act);
        }
    }
    return ABSENT;
}

/* As many texts as the answer "times" says, in the column *value* (empty: the first of
 * which something is asked), each along its whole route; by the actor's unit where it
 * may, else by the owner's. */
static enum status publish(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct column column;
    struct str item_class;
    id64 unit;
    TRY(find_column(hearing, act->value, &column));
    TRY(find_writer(hearing, &column, &unit));
    if (!takes_from(hearing, &column, unit, &item_class)) {
        hearing->why = STR("the column takes nothing");
        return REFUSED;
    }
    struct actor writer = call->actor;
    for (int64_t i = 0; i < hearing_number(act, "times", 1); i++) {
        call->actor = writer;
        TRY(hearing_write(hearing, column.id, unit, item_class));
        TRY(trial_release(call, hearing->manuscript));
        TRY(tally_follow_release(call, hearing->manuscript));
        call->now += INSTANT_MINUTE;
    }
    return DONE;
}

static enum status find_column(struct hearing *hearing, struct str path,
                               struct column *out_column) {
    struct call *call = hearing->call;
    const struct rulebook *book = hearing->book;
    struct column *columns;
    size_t count;
    bool home = book->cadence_count > 0 && book->cadences[0].scope == CADENCE_HOME_PAGE;
    if (str_is_empty(path) && book->cadence_count > 0 &&
        book->cadences[0].column_count > 0) {
        path = book->cadences[0].columns[0];
    }
    if (!str_is_empty(path)) {
        return site_column_find_path(call, hearing->bureau.site.id, path, out_column);
    }
    TRY(site_columns(call, hearing->bureau.site.id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        if (columns[i].open && (columns[i].on_home || !home)) {
            *out_column = columns[i];
            return DONE;
        }
    }
    return ABSENT;
}

/* The call's actor is the writer afterwards. */
static enum status find_writer(struct hearing *hearing, const struct column *column,
                               id64 *out_unit) {
    struct call *call = hearing->call;
    struct people_holdings holdings;
    struct str item_class;
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        if (takes_from(hearing, column, holdings.at[i].unit, &item_class)) {
            *out_unit = holdings.at[i].unit;
            return DONE;
        }
    }
    *out_unit = column->owner;
    return seat_unit(hearing, column->owner, &call->actor.person);
}

/* The first class that it takes. */
static bool takes_from(struct hearing *hearing, const struct column *column, id64 unit,
                       struct str *out_class) {
    const struct rulebook *book = hearing->book;
    for (size_t i = 0; i < book->class_count; i++) {
        *out_class = book->classes[i].code;
        if (site_column_takes(hearing->call, column, *out_class, unit) == DONE) {
            return true;
        }
        call_forgive(hearing->call);
    }
    return false;
}

/* Somebody in each post that a unit of its own may have: one who writes, others who
 * review. */
static enum status seat_unit(struct hearing *hearing, id64 unit, id64 *out_writer) {
    static const char *const names[] = {"林写", "林审", "林核", "林办", "林复", "林签"};
    struct call *call = hearing->call;
    struct people_roles roles = people_roles_of(call, hearing->book);
    struct people_holdings office;
    size_t used = 1;
    id64 writer = 0;
    TRY(people_holders(call, "office-director", 0, &office));
    call->actor.person = office.count > 0 ? office.at[0].person : 0;
    for (size_t i = 0; i < hearing->book->role_count; i++) {
        const struct role *role = &hearing->book->roles[i];
        const char *code = str_text(call->arena, role->code);
        bool writes = str_is(role->code, "liaison") || str_is(role->code, "handler");
        struct people_holdings holdings;
        id64 person = writer;
        if (role->scope != ROLE_OWN_UNIT || (role->open && writer != 0)) {
            continue;
        }
        TRY(people_holders(call, code, unit, &holdings));
        if (writes && writer == 0 && !role->open && holdings.count > 0) {
            writer = holdings.at[0].person;
        }
        if (holdings.count > 0) {
            continue;
        }
        if (!writes || writer == 0) {
            TRY(hearing_new_person(hearing, names[writes ? 0 : used++ % LENGTH(names)],
                                   &person));
        }
        writer = writes ? person : writer;
        TRY(trial_seat(call, &roles, unit, code, str_text(call->arena, role->title.zh),
                       person));
    }
    *out_writer = writer;
    return writer == 0 ? ABSENT : DONE;
}

/* Until the morning of the day *value*, or until that instant; then the clock looks. */
static enum status wait(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    civil_day day;
    instant at;
    if (day_from_text(act->value, &day) == DONE) {
        call->now = day_start(day) + 9 * INSTANT_HOUR;
    } else {
        TRY(instant_from_rfc3339(act->value, &at));
        call->now = at;
    }
    call->door = DOOR_CLOCK;
    return tally_renew_due(call, NULL);
}

/* The column *value* has been looked at, and nothing has changed. */
static enum status confirm(struct hearing *hearing, const struct case_act *act) {
    struct renewals renewals;
    TRY(tally_renewals(hearing->call, hearing->bureau.site.id, 0, &renewals));
    for (size_t i = 0; i < renewals.count; i++) {
        if (str_equal(renewals.at[i].path, act->value)) {
            return tally_confirm(hearing->call, renewals.at[i].id);
        }
    }
    return ABSENT;
}

/* "news items 0/1 due 2026-12-09 late since 2026-12-10 missed 1 SZ-15.2" */
static enum status show(struct hearing *hearing, const struct case_act *act) {
    struct renewals renewals;
    struct buffer text;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(tally_renewals(hearing->call, hearing->bureau.site.id, 0, &renewals));
    for (size_t i = 0; i < renewals.count; i++) {
        TRY(add_renewal(hearing, &renewals.at[i], &text));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static enum status add_renewal(struct hearing *hearing, const struct renewal *renewal,
                               struct buffer *text) {
    struct arena *arena = hearing->call->arena;
    const struct cadence_rule *rule = renewal->rule;
    struct str last = day_to_text(arena, instant_day(renewal->due) - 1);
    buffer_add(text, renewal->subject.kind == SUBJECT_SITE     ? STR("home")
                     : renewal->subject.kind == SUBJECT_COLUMN ? renewal->path
                                                               : renewal->title);
    buffer_add_format(text, " %s %lld/%d due %.*s",
                      rule->counts == CADENCE_ITEMS ? "items" : "times",
                      (long long)renewal->counted, rule->least, STR_ARG(last));
    if (renewal->late_since != 0) {
        struct str since = day_to_text(arena, instant_day(renewal->late_since));
        buffer_add_format(text, " late since %.*s", STR_ARG(since));
    }
    if (renewal->missed > 0) {
        buffer_add_format(text, " missed %lld", (long long)renewal->missed);
    }
    buffer_add_format(text, " %.*s\n", STR_ARG(rule->basis.id));
    return DONE;
}
