/*
 * Units: a tree below a body, each with a code that never changes and names by
 * which regulations call it.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

#define CODE_MOST  40 /* of a unit in its body, and of a body */
#define DEPTH_MOST 16

static enum status must_keep(struct call *call, const struct people_unit *unit);
static enum status give_code(struct call *call, struct people_unit *unit);
static void read_unit(struct rows *rows, struct people_unit *out_unit);
static enum status add_aliases(struct call *call, struct people_unit *unit);
static enum status add_all_aliases(struct call *call, struct people_units *units);
static void add_alias(struct call *call, struct people_unit *unit, struct str alias);
static void put_in_order(struct call *call, const struct people_units *from,
                         struct people_units *to, id64 parent, int depth);
static enum status check_fields(struct call *call, const struct people_unit *unit);
static bool is_code(struct str code);
static enum status find_body(struct call *call, const struct people_unit *unit,
                             bool is_new, id64 *out_body);
static enum status write_unit(struct call *call, struct people_unit *unit, bool is_new);
static enum status write_aliases(struct call *call, const struct people_unit *unit);
static enum status close_work(struct call *call, void *what);

enum status people_unit(struct call *call, id64 unit, struct people_unit *out_unit) {
    struct rows *row;
    struct people_unit found;
    TRY(store_find(call, &people_unit_by_id, &row, bind_int("unit", unit)));
    read_unit(row, &found);
    TRY(add_aliases(call, &found));
    *out_unit = found;
    return DONE;
}

enum status people_unit_find(struct call *call, struct str name,
                             struct people_unit *out_unit) {
    return people_unit_in(call, 0, name, out_unit);
}

enum status people_unit_in(struct call *call, id64 body, struct str name,
                           struct people_unit *out_unit) {
    struct rows *row;
    struct people_unit found;
    struct str trimmed = str_trim(name);
    TRY(body == 0
            ? store_find(call, &people_unit_by_name, &row, bind_text("name", trimmed))
            : store_find(call, &people_unit_in_body, &row, bind_int("body", body),
                         bind_text("name", trimmed)));
    read_unit(row, &found);
    TRY(add_aliases(call, &found));
    *out_unit = found;
    return DONE;
}

enum status people_units(struct call *call, bool closed, struct people_units *out_units) {
    struct people_units all = {0};
    struct people_units ordered = {0};
    struct rows *rows;
    TRY(store_query(call, &people_units_all, &rows, bind_int("closed", closed)));
    while (rows_next(rows)) {
        all.at = list_grow(call->arena, all.at, all.count, sizeof *all.at);
        read_unit(rows, &all.at[all.count++]);
    }
    TRY(rows_end(rows));
    TRY(add_all_aliases(call, &all));
    put_in_order(call, &all, &ordered, 0, 0);
    *out_units = ordered;
    return DONE;
}

enum status people_code_of_body(struct call *call, id64 body, struct str code,
                                struct str *out_code) {
    struct rows *row;
    *out_code = code;
    enum status status = store_find(call, &people_body_code, &row, bind_int("body", body),
                                    bind_text("first", STR(PEOPLE_BODY_FIRST)));
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    *out_code = str_format(call->arena, "%.*s/%.*s", STR_ARG(row_text(row, "code")),
                           STR_ARG(code));
    return DONE;
}

enum status people_unit_save(struct call *call, struct people_unit *unit) {
    struct unit_wish wish = {.unit = unit};
    struct ledger_act act = {.act = "people.unit", .subject = {SUBJECT_UNIT, unit->id}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, unit_save_work, &wish));
}

enum status people_unit_close(struct call *call, id64 unit, struct str reason) {
    struct people_unit closing = {.id = unit};
    struct unit_wish wish = {&closing, reason};
    struct ledger_act act = {.act = "people.unit-close", .subject = {SUBJECT_UNIT, unit}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, close_work, &wish));
}

enum status unit_save_work(struct call *call, void *what) {
    struct unit_wish *wish = what;
    struct people_unit unit = *wish->unit;
    bool is_new = unit.id == 0;
    TRY(must_keep(call, &unit));
    TRY(check_fields(call, &unit));
    if (is_new) {
        unit.id = call_new_id(call);
    }
    TRY(find_body(call, &unit, is_new, &unit.body));
    TRY(people_must_be_office_of(call, unit.body));
    if (is_new) {
        TRY(give_code(call, &unit));
    }
    TRY(write_unit(call, &unit, is_new));
    TRY(write_aliases(call, &unit));
    struct ledger_act act = {
        .act = "people.unit",
        .subject = {SUBJECT_UNIT, unit.id},
        .payload = ledger_payload(
            call, json_pack("{s:s%,s:s%,s:s%,s:b}", "code", unit.code.at,
                            unit.code.length, "title", unit.title.at, unit.title.length,
                            "kind", unit.kind.at, unit.kind.length, "new", is_new))};
    TRY(ledger_append(call, LEDGER_HOUSE, &act, NULL));
    *wish->unit = unit;
    return DONE;
}

/* Who changes a unit keeps it already. */
static enum status must_keep(struct call *call, const struct people_unit *unit) {
    struct people_unit above;
    enum status found =
        people_unit(call, unit->id == 0 ? unit->parent : unit->id, &above);
    if (found == ABSENT && unit->id == 0) {
        return people_is_operator(call) ? DONE : people_must_be_office(call);
    }
    TRY(found);
    return people_must_be_office_of(call, above.body);
}

/* Once in the body as its rulebook has it, and so once in the installation: below a
 * further body the body's code goes before it. */
static enum status give_code(struct call *call, struct people_unit *unit) {
    struct rows *row;
    unit->known = unit->code;
    enum status further =
        unit->parent == 0
            ? ABSENT
            : store_find(call, &people_body_code, &row, bind_int("body", unit->body),
                         bind_text("first", STR(PEOPLE_BODY_FIRST)));
    if (further == DONE) {
        unit->code = str_format(call->arena, "%.*s-%.*s", STR_ARG(row_text(row, "code")),
                                STR_ARG(unit->known));
    } else if (further != ABSENT) {
        return further;
    }
    enum status taken =
        store_find(call, &people_unit_taken, &row, bind_text("code", unit->code),
                   bind_int("body", unit->body), bind_text("known", unit->known));
    if (taken == DONE) {
        return call_refuse_field(call, "code", "", "people.code-taken", "code",
                                 str_text(call->arena, unit->code), NULL);
    }
    return taken == ABSENT ? DONE : taken;
}

static void read_unit(struct rows *rows, struct people_unit *out_unit) {
    *out_unit = (struct people_unit){.id = row_id(rows, "id"),
                                     .parent = row_id(rows, "parent"),
                                     .body = row_id(rows, "body"),
                                     .code = row_text(rows, "code"),
                                     .known = row_text(rows, "known"),
                                     .kind = row_text(rows, "kind"),
                                     .title = row_text(rows, "title"),
                                     .english = row_text(rows, "title_en"),
                                     .order = (int)row_int(rows, "place"),
                                     .closed_at = row_int(rows, "closed_at"),
                                     .aliases = STR("")};
}

static enum status add_aliases(struct call *call, struct people_unit *unit) {
    struct rows *rows;
    TRY(store_query(call, &people_aliases_of, &rows, bind_int("unit", unit->id)));
    while (rows_next(rows)) {
        add_alias(call, unit, row_text(rows, "alias"));
    }
    return rows_end(rows);
}

static enum status add_all_aliases(struct call *call, struct people_units *units) {
    struct rows *rows;
    TRY(store_query(call, &people_aliases_all, &rows, NO_VALUES));
    while (rows_next(rows)) {
        id64 unit = row_id(rows, "unit");
        for (size_t i = 0; i < units->count; i++) {
            if (units->at[i].id == unit) {
                add_alias(call, &units->at[i], row_text(rows, "alias"));
            }
        }
    }
    return rows_end(rows);
}

static void add_alias(struct call *call, struct people_unit *unit, struct str alias) {
    unit->aliases = str_format(call->arena, "%.*s%s%.*s", STR_ARG(unit->aliases),
                               str_is_empty(unit->aliases) ? "" : "、", STR_ARG(alias));
}

static void put_in_order(struct call *call, const struct people_units *from,
                         struct people_units *to, id64 parent, int depth) {
    for (size_t i = 0; i < from->count && depth < DEPTH_MOST; i++) {
        if (from->at[i].parent == parent) {
            to->at = list_grow(call->arena, to->at, to->count, sizeof *to->at);
            to->at[to->count++] = from->at[i];
            put_in_order(call, from, to, from->at[i].id, depth + 1);
        }
    }
}

static enum status check_fields(struct call *call, const struct people_unit *unit) {
    enum status status = DONE;
    if (!is_code(unit->code)) {
        status = call_refuse_field(call, "code", "", "people.code", NULL);
    }
    if (str_is_empty(str_trim(unit->title))) {
        status = call_refuse_field(call, "title", "", "people.title-missing", NULL);
    }
    if (str_is_empty(unit->kind)) {
        status = call_refuse_field(call, "kind", "", "people.kind-missing", NULL);
    }
    return status;
}

static bool is_code(struct str code) {
    bool good = code.length > 0 && code.length <= CODE_MOST;
    for (size_t i = 0; i < code.length; i++) {
        char byte = code.at[i];
        good = good && ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                        byte == '-');
    }
    return good;
}

/* The parent's body; on the way up, a unit must not meet itself.  A body is entered by
 * the machine's operator alone. */
static enum status find_body(struct call *call, const struct people_unit *unit,
                             bool is_new, id64 *out_body) {
    if (unit->parent == 0 && (!is_new || people_is_operator(call))) {
        *out_body = unit->id;
        return DONE;
    }
    id64 above = unit->parent;
    for (int depth = 0; depth < DEPTH_MOST; depth++) {
        struct people_unit parent;
        struct rows *row;
        enum status status =
            store_find(call, &people_unit_by_id, &row, bind_int("unit", above));
        if (status == ABSENT || above == unit->id) {
            break;
        }
        TRY(status);
        read_unit(row, &parent);
        if (parent.closed_at != 0) {
            break;
        }
        if (parent.parent == 0) {
            *out_body = parent.id;
            return DONE;
        }
        above = parent.parent;
    }
    return call_refuse_field(call, "parent", "", "people.parent", NULL);
}

static enum status write_unit(struct call *call, struct people_unit *unit, bool is_new) {
    if (is_new) {
        return store_run(call, &people_unit_insert, NULL, bind_int("unit", unit->id),
                         bind_id("parent", unit->parent), bind_int("body", unit->body),
                         bind_text("code", unit->code), bind_text("known", unit->known),
                         bind_text("kind", unit->kind), bind_text("title", unit->title),
                         bind_text("title_en", unit->english),
                         bind_int("place", unit->order));
    }
    int64_t changed = 0;
    TRY(store_run(call, &people_unit_update, &changed, bind_int("unit", unit->id),
                  bind_id("parent", unit->parent), bind_int("body", unit->body),
                  bind_text("kind", unit->kind), bind_text("title", unit->title),
                  bind_text("title_en", unit->english), bind_int("place", unit->order)));
    return changed == 1 ? DONE : ABSENT;
}

static enum status write_aliases(struct call *call, const struct people_unit *unit) {
    struct str rest = unit->aliases;
    TRY(store_run(call, &people_aliases_drop, NULL, bind_int("unit", unit->id)));
    while (!str_is_empty(rest)) {
        size_t end = str_find(rest, STR("、"));
        struct str alias = str_trim(str_part(rest, 0, end));
        rest = str_part(rest, end + strlen("、"), rest.length);
        int64_t added = 1;
        if (!str_is_empty(alias)) {
            TRY(store_run(call, &people_alias_add, &added, bind_int("body", unit->body),
                          bind_text("alias", alias), bind_int("unit", unit->id)));
        }
        if (added == 0) {
            return call_refuse_field(call, "aliases", "", "people.alias-taken", "alias",
                                     str_text(call->arena, alias), NULL);
        }
    }
    return DONE;
}

static enum status close_work(struct call *call, void *what) {
    struct unit_wish *wish = what;
    struct rows *row;
    id64 unit = wish->unit->id;
    struct people_unit closing;
    TRY(people_unit(call, unit, &closing));
    TRY(people_must_be_office_of(call, closing.body));
    TRY(store_find(call, &people_unit_lock, &row, bind_int("unit", unit)));
    TRY(store_find(call, &people_unit_children, &row, bind_int("unit", unit)));
    if (row_int(row, "units") > 0 || row_int(row, "posts") > 0) {
        return call_refuse(call, REFUSED, "", "people.unit-not-empty", NULL);
    }
    TRY(store_run(call, &people_unit_shut, NULL, bind_int("unit", unit),
                  bind_int("now", call->now)));
    struct ledger_act act = {
        .act = "people.unit-close",
        .subject = {SUBJECT_UNIT, unit},
        .payload = ledger_payload(
            call, json_pack("{s:s%}", "reason", wish->reason.at, wish->reason.length))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}
