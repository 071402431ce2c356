/*
 * Roles: what a rulebook says of them, and who has them at an instant.
 */
#include "people_own.h"

#include "rulebook/rulebook.h"

#include <string.h>

static struct people_role line_of(const struct rulebook *book, const struct role *role,
                                  int kind);
static void add_line(struct call *call, struct people_roles *roles,
                     struct people_role line);
static bool role_is_bound_to(const struct role *role, int kind);
static enum status refuse_holder(struct call *call, const char *role, id64 unit,
                                 const char *rule);

struct people_roles people_roles_of(struct call *call, const struct rulebook *rulebook) {
    struct people_roles roles = {0};
    for (size_t i = 0; i < rulebook->role_count; i++) {
        const struct role *role = &rulebook->roles[i];
        for (size_t kind = 0; kind < rulebook->unit_kind_count; kind++) {
            if (role_is_bound_to(role, (int)kind)) {
                add_line(call, &roles, line_of(rulebook, role, (int)kind));
            }
        }
        add_line(call, &roles, line_of(rulebook, role, NO_INDEX));
    }
    roles.kind_count = rulebook->unit_kind_count;
    roles.kinds = TAKE_ARRAY(call->arena, roles.kind_count, struct people_kind);
    for (size_t i = 0; i < roles.kind_count; i++) {
        roles.kinds[i].code = rulebook->unit_kinds[i].code;
        roles.kinds[i].name = rulebook->unit_kinds[i].title.zh;
    }
    return roles;
}

bool role_is_admin(struct str role) {
    return str_is(role, PEOPLE_ROLE_SYSTEM) || str_is(role, PEOPLE_ROLE_SECURITY) ||
           str_is(role, PEOPLE_ROLE_AUDIT);
}

const struct people_role *role_in(const struct people_roles *roles, struct str role,
                                  struct str kind, bool *out_known) {
    const struct people_role *found = NULL;
    *out_known = false;
    for (size_t i = 0; roles != NULL && i < roles->count; i++) {
        const struct people_role *line = &roles->at[i];
        if (!str_equal(line->role, role)) {
            continue;
        }
        *out_known = true;
        if (str_equal(line->kind, kind)) {
            return line;
        }
        if (str_is_empty(line->kind)) {
            found = line;
        }
    }
    return found;
}

enum status people_holds(struct call *call, id64 person, const char *role, id64 unit,
                         bool *out_holds) {
    struct rows *row;
    enum status status =
        store_find(call, &people_holding_find, &row, bind_int("person", person),
                   bind_int("now", call->now), bind_text("role", str_of(role)),
                   BIND_UNIT_RANGE(unit));
    if (status != DONE && status != ABSENT) {
        return status;
    }
    *out_holds = status == DONE;
    return DONE;
}

enum status people_must_hold(struct call *call, id64 person, const char *role, id64 unit,
                             const char *rule) {
    bool holds = false;
    TRY(people_holds(call, person, role, unit, &holds));
    return holds ? DONE : refuse_holder(call, role, unit, rule);
}

enum status people_roles_on(struct call *call, id64 person, id64 unit,
                            struct people_role_codes *out_codes) {
    struct people_holdings holdings;
    struct people_role_codes codes = {0};
    TRY(people_holdings(call, person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        struct str role = holdings.at[i].role;
        bool here = unit == 0 || holdings.at[i].unit == unit ||
                    people_anywhere_in(holdings.at[i].body) == unit;
        if (!here) {
            continue;
        }
        size_t place = 0;
        while (place < codes.count && str_compare(codes.at[place], role) < 0) {
            place++;
        }
        if (place < codes.count && str_equal(codes.at[place], role)) {
            continue;
        }
        codes.at = list_grow(call->arena, codes.at, codes.count, sizeof *codes.at);
        memmove(&codes.at[place + 1], &codes.at[place],
                (codes.count - place) * sizeof *codes.at);
        codes.at[place] = role;
        codes.count++;
    }
    *out_codes = codes;
    return DONE;
}

enum status people_holdings(struct call *call, id64 person,
                            struct people_holdings *out_holdings) {
    struct rows *rows;
    TRY(store_query(call, &people_holdings_of, &rows, bind_int("person", person),
                    bind_int("now", call->now)));
    return holdings_read(call, rows, out_holdings);
}

enum status people_holders(struct call *call, const char *role, id64 unit,
                           struct people_holdings *out_holdings) {
    struct rows *rows;
    TRY(store_query(call, &people_appointments_in_role, &rows,
                    bind_text("role", str_of(role)), BIND_UNIT_RANGE(unit),
                    bind_int("until", call->now + 1), bind_int("from", call->now),
                    bind_int("deputies", true)));
    return holdings_read(call, rows, out_holdings);
}

enum status people_stands_for(struct call *call, id64 person, struct str role, id64 unit,
                              id64 *out_principal) {
    struct rows *row;
    enum status status = store_find(
        call, &people_standing_find, &row, bind_int("person", person),
        bind_int("now", call->now), bind_text("role", role), BIND_UNIT_RANGE(unit));
    if (status != DONE && status != ABSENT) {
        return status;
    }
    *out_principal = status == DONE ? row_id(row, "principal") : 0;
    return DONE;
}

enum status holdings_read(struct call *call, struct rows *rows,
                          struct people_holdings *out_holdings) {
    struct people_holdings holdings = {0};
    while (rows_next(rows)) {
        holdings.at =
            list_grow(call->arena, holdings.at, holdings.count, sizeof *holdings.at);
        holdings.at[holdings.count++] =
            (struct people_holding){.appointment = row_id(rows, "id"),
                                    .person = row_id(rows, "person"),
                                    .name = row_text(rows, "name"),
                                    .post = row_id(rows, "post"),
                                    .role = row_text(rows, "role"),
                                    .title = row_text(rows, "title"),
                                    .unit = row_id(rows, "unit"),
                                    .unit_code = row_text(rows, "unit_code"),
                                    .unit_title = row_text(rows, "unit_title"),
                                    .body = row_id(rows, "body"),
                                    .from = row_int(rows, "from_at"),
                                    .until = row_int(rows, "until_at"),
                                    .appointed_by = row_int(rows, "appointed_by"),
                                    .ended_by = row_int(rows, "ended_by"),
                                    .reason = row_text(rows, "reason"),
                                    .stands_for = row_id(rows, "stands_for"),
                                    .principal = row_id(rows, "principal"),
                                    .principal_name = row_text(rows, "principal_name")};
    }
    TRY(rows_end(rows));
    *out_holdings = holdings;
    return DONE;
}

static struct people_role line_of(const struct rulebook *book, const struct role *role,
                                  int kind) {
    const struct role_limit *least = role_limit_in(role, ROLE_AT_LEAST_ONE, kind);
    const struct role_limit *most = role_limit_in(role, ROLE_AT_MOST_ONE, kind);
    struct people_role line = {.role = role->code,
                               .name = role->title.zh,
                               .least = least != NULL,
                               .most = most != NULL,
                               .rule = most != NULL    ? most->basis.id
                                       : least != NULL ? least->basis.id
                                                       : role->basis.id};
    if (kind != NO_INDEX) {
        line.kind = book->unit_kinds[kind].code;
    }
    for (size_t i = 0; i < role->title_count; i++) {
        if (role->titles[i].unit_kind == kind) {
            line.title = role->titles[i].title.zh;
        }
    }
    if (role->scope == ROLE_BOUND_UNIT && role->unit != NO_INDEX) {
        line.unit = book->units[role->unit].code;
    }
    return line;
}

static void add_line(struct call *call, struct people_roles *roles,
                     struct people_role line) {
    roles->at = list_grow(call->arena, roles->at, roles->count, sizeof *roles->at);
    roles->at[roles->count++] = line;
}

/* Whether the rulebook says something of the role in units of this kind alone. */
static bool role_is_bound_to(const struct role *role, int kind) {
    for (size_t i = 0; i < role->title_count; i++) {
        if (role->titles[i].unit_kind == kind) {
            return true;
        }
    }
    for (size_t i = 0; i < role->limit_count; i++) {
        for (size_t k = 0; k < role->limits[i].unit_kind_count; k++) {
            if (role->limits[i].unit_kinds[k] == kind) {
                return true;
            }
        }
    }
    return false;
}

static enum status refuse_holder(struct call *call, const char *role, id64 unit,
                                 const char *rule) {
    struct people_holdings holders;
    TRY(people_holders(call, role, unit, &holders));
    struct str names = STR("");
    for (size_t i = 0; i < holders.count && i < 5; i++) {
        names = str_format(call->arena, "%.*s%s%.*s", STR_ARG(names), i == 0 ? "" : "、",
                           STR_ARG(holders.at[i].name));
    }
    if (holders.count == 0) {
        return call_refuse(call, DENIED, rule, "people.nobody-holds", "role", role, NULL);
    }
    return call_refuse(call, DENIED, rule, "people.not-holder", "role", role, "holder",
                       str_text(call->arena, names), NULL);
}
