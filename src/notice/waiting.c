/*
 * Where several subjects are now, in as many queries as for one: what a list of the
 * own manuscripts shows beside each.
 */
#include "notice_own.h"
#include "notice_sql.h"

#define HOLDERS_MOST 100

#define TWENTY(name, at)                                                                 \
    FIVE(name, at, 0, "1", "2", "3", "4", "5"),                                          \
        FIVE(name, at, 5, "6", "7", "8", "9", "10"),                                     \
        FIVE(name, at, 10, "11", "12", "13", "14", "15"),                                \
        FIVE(name, at, 15, "16", "17", "18", "19", "20")
#define FIVE(name, at, from, a, b, c, d, e)                                              \
    bind_int(name a, (at)[from]), bind_int(name b, (at)[(from) + 1]),                    \
        bind_int(name c, (at)[(from) + 2]), bind_int(name d, (at)[(from) + 3]),          \
        bind_int(name e, (at)[(from) + 4])

static enum status read_oldest(struct call *call, struct str kind, const id64 *asked,
                               struct duty *duties, size_t count);
static enum status read_holders(struct call *call, struct duty *duties, size_t count);
static enum status read_other_holders(struct call *call, struct duty *duties,
                                      size_t count);
static bool is_by_role(const struct duty *duty);
static void add_name(struct call *call, struct duty *duty, struct str name);
static struct duty *duty_of_subject(struct duty *duties, const id64 *subjects,
                                    size_t count, id64 subject);
static struct duty *duty_with_id(struct duty *duties, size_t count, id64 id);

enum status notice_waiting(struct call *call, enum subject_kind kind,
                           const id64 *subjects, size_t count, struct duty **out_duties) {
    id64 asked[NOTICE_WAITING_MOST] = {0};
    struct str name = str_of(subject_kind_name(kind));
    count = count > NOTICE_WAITING_MOST ? NOTICE_WAITING_MOST : count;
    struct duty *duties = TAKE_ARRAY(call->arena, count + 1, struct duty);
    for (size_t i = 0; i < count; i++) {
        asked[i] = subjects[i];
    }
    if (count > 0) {
        TRY(read_oldest(call, name, asked, duties, count));
        TRY(read_holders(call, duties, count));
        TRY(read_other_holders(call, duties, count));
    }
    *out_duties = duties;
    return DONE;
}

static enum status read_oldest(struct call *call, struct str kind, const id64 *asked,
                               struct duty *duties, size_t count) {
    struct rows *rows;
    struct duties found;
    TRY(store_query(call, &notice_waiting_rows, &rows, bind_text("kind", kind),
                    TWENTY("subject", asked)));
    TRY(duty_collect(call, rows, &found));
    for (size_t i = 0; i < found.count; i++) {
        struct duty *duty = duty_of_subject(duties, asked, count, found.at[i].subject.id);
        if (duty != NULL && duty->id == 0) {
            *duty = found.at[i];
            duty->holder = STR("");
        }
    }
    return DONE;
}

static enum status read_holders(struct call *call, struct duty *duties, size_t count) {
    struct rows *rows;
    struct duty *duty = NULL;
    id64 asked[NOTICE_WAITING_MOST] = {0};
    id64 named[HOLDERS_MOST];
    size_t name_count = 0;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        asked[i] = is_by_role(&duties[i]) ? duties[i].id : 0;
        any = any || asked[i] != 0;
    }
    if (!any) {
        return DONE;
    }
    TRY(store_query(call, &notice_waiting_holders, &rows, bind_int("now", call->now),
                    TWENTY("duty", asked)));
    while (rows_next(rows)) {
        id64 id = row_id(rows, "duty");
        id64 person = row_id(rows, "person");
        struct str name = row_text(rows, "name");
        if (duty == NULL || duty->id != id) {
            duty = duty_with_id(duties, count, id);
            name_count = 0;
        }
        bool again = false;
        for (size_t i = 0; i < name_count; i++) {
            again = again || named[i] == person;
        }
        if (duty != NULL && !again && name_count < HOLDERS_MOST) {
            named[name_count++] = person;
            add_name(call, duty, name);
        }
    }
    return rows_end(rows);
}

/* Those of one person, and those of whoever has a post in a unit; mostly the asker's. */
static enum status read_other_holders(struct call *call, struct duty *duties,
                                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct duty_holders holders;
        if (duties[i].id == 0 || is_by_role(&duties[i])) {
            continue;
        }
        TRY(duty_holders(call, &duties[i], &holders));
        for (size_t h = 0; h < holders.count; h++) {
            add_name(call, &duties[i], holders.at[h].name);
        }
    }
    return DONE;
}

static bool is_by_role(const struct duty *duty) {
    return duty->id != 0 && duty->person == 0 && !str_is_empty(duty->role);
}

/* "黄敏、陈立". */
static void add_name(struct call *call, struct duty *duty, struct str name) {
    duty->holder =
        str_is_empty(duty->holder)
            ? name
            : str_format(call->arena, "%.*s、%.*s", STR_ARG(duty->holder), STR_ARG(name));
}

static struct duty *duty_of_subject(struct duty *duties, const id64 *subjects,
                                    size_t count, id64 subject) {
    for (size_t i = 0; i < count; i++) {
        if (subjects[i] == subject) {
            return &duties[i];
        }
    }
    return NULL;
}

static struct duty *duty_with_id(struct duty *duties, size_t count, id64 id) {
    for (size_t i = 0; i < count; i++) {
        if (duties[i].id == id) {
            return &duties[i];
        }
    }
    return NULL;
}
