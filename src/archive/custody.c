/*
 * Custody: one named person for the files of a unit; handed over in person, counted.
 */
#include "archive_own.h"

struct handing {
    struct custody custody;
};

static enum status hand_over(struct call *call, void *what);
static enum status take(struct call *call, void *what);
static enum status count_files(struct call *call, struct custody *custody);
static enum status open_duty(struct call *call, const struct custody *custody);
static enum status note_taken(struct call *call, const struct custody *custody);
static struct custody read_custody(struct rows *rows);
static enum status is_seen(struct call *call, const struct eye *eye,
                           const struct custody *custody, bool *out_sees);
static enum status custody_row(struct call *call, id64 id, struct custody *out_custody);
static enum status collect(struct call *call, id64 group, struct rows *rows,
                           struct custodies *out_custodies);

enum status archive_hand_over(struct call *call, id64 group, id64 unit, id64 keeper,
                              struct str place, struct str remark, id64 *out_custody) {
    struct handing handing = {.custody = {.id = call_new_id(call),
                                          .group = group,
                                          .unit = unit,
                                          .keeper = keeper,
                                          .place = str_trim(place),
                                          .remark = str_trim(remark),
                                          .offered_at = call->now}};
    struct ledger_act act = act_of("archive.hand-over", handing.custody.id);
    TRY(ledger_settle(call, group, &act,
                      store_transact(call, TXN_WRITE, hand_over, &handing)));
    *out_custody = handing.custody.id;
    return DONE;
}

static enum status hand_over(struct call *call, void *what) {
    struct handing *handing = what;
    struct custody *custody = &handing->custody;
    struct keeping keeping;
    struct rows *row;
    bool may = false;
    TRY(must_keep(call, custody->group, custody->unit));
    TRY(keeping_of(call, custody->group, custody->unit, &keeping));
    const struct custody_rule *rule = book_custody(keeping.book);
    TRY(may_keep(call, keeping.book, custody->unit, custody->keeper, &may));
    if (!may) {
        return call_refuse_field(
            call, "keeper", rule == NULL ? "" : str_text(call->arena, rule->basis.id),
            "archive.no-keeper-role", NULL);
    }
    if (str_is_empty(custody->place)) {
        return call_refuse_field(call, "place", "", "archive.place-missing", NULL);
    }
    enum status found =
        store_find(call, &archive_custody_present, &row,
                   bind_int("group", custody->group), bind_int("unit", custody->unit));
    if (found != DONE && found != ABSENT) {
        return found;
    }
    custody->giver = found == ABSENT ? 0 : call->actor.person;
    bool at_once = custody->keeper == call->actor.person;
    if (at_once) {
        custody->taken_at = call->now;
        TRY(count_files(call, custody));
    }
    TRY(store_run(call, &archive_custody_void, NULL, bind_int("group", custody->group),
                  bind_int("unit", custody->unit)));
    TRY(store_run(call, &archive_custody_insert, NULL, bind_int("id", custody->id),
                  bind_int("group", custody->group), bind_int("unit", custody->unit),
                  bind_int("keeper", custody->keeper), bind_int("giver", custody->giver),
                  bind_text("place", custody->place),
                  bind_text("remark", custody->remark), bind_int("now", call->now),
                  bind_id("taken_at", custody->taken_at),
                  bind_int("files", custody->files), bind_int("lent", custody->lent)));
    if (at_once) {
        return note_taken(call, custody);
    }
    TRY(open_duty(call, custody));
    struct str keeper = id_to_text(call->arena, custody->keeper);
    return note(call, custody->group, "archive.hand-over", custody->id, NULL,
                rule == NULL ? NULL : &rule->basis,
                json_pack("{s:s%}", "keeper", keeper.at, keeper.length));
}

enum status archive_take(struct call *call, id64 custody) {
    struct custody found;
    TRY(custody_row(call, custody, &found));
    struct ledger_act act = act_of("archive.take", custody);
    return ledger_settle(call, found.group, &act,
                         store_transact(call, TXN_WRITE, take, &found));
}

static enum status take(struct call *call, void *what) {
    struct custody *custody = what;
    int64_t changed;
    if (custody->keeper != call->actor.person) {
        return call_refuse(call, DENIED, "", "archive.not-receiver", NULL);
    }
    TRY(count_files(call, custody));
    TRY(store_run(call, &archive_custody_set_taken, &changed, bind_int("now", call->now),
                  bind_int("files", custody->files), bind_int("lent", custody->lent),
                  bind_int("id", custody->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "archive.taken", NULL);
    }
    TRY(notice_duty_close(call, (struct subject){SUBJECT_ARCHIVE, custody->id},
                          STR("custody")));
    return note_taken(call, custody);
}

static enum status count_files(struct call *call, struct custody *custody) {
    struct rows *row;
    TRY(store_find(call, &archive_count, &row, bind_int("group", custody->group),
                   bind_int("unit", custody->unit)));
    custody->files = row_int(row, "files");
    custody->lent = row_int(row, "lent");
    return DONE;
}

static enum status open_duty(struct call *call, const struct custody *custody) {
    struct people_unit unit;
    TRY(people_unit(call, custody->unit, &unit));
    struct duty duty = {.group = custody->group,
                        .subject = {SUBJECT_ARCHIVE, custody->id},
                        .step = STR("custody"),
                        .role = STR(""),
                        .person = custody->keeper,
                        .site_title = STR(""),
                        .title = unit.title,
                        .item_class = custody->place,
                        .badge = STR("archive-offered"),
                        .act = STR("take"),
                        .remark = STR(""),
                        .rule = STR("")};
    return notice_duty_open(call, &duty);
}

static enum status note_taken(struct call *call, const struct custody *custody) {
    struct str keeper = id_to_text(call->arena, custody->keeper);
    struct str giver = id_to_text(call->arena, custody->giver);
    return note(call, custody->group, "archive.take", custody->id, NULL, NULL,
                json_pack("{s:s%, s:s%, s:s%, s:I, s:I}", "keeper", keeper.at,
                          keeper.length, "giver", giver.at, giver.length, "place",
                          custody->place.at, custody->place.length, "files",
                          (json_int_t)custody->files, "lent", (json_int_t)custody->lent));
}

enum status archive_custodies(struct call *call, id64 group, id64 unit,
                              struct custodies *out_custodies) {
    struct rows *rows;
    if (unit == 0) {
        TRY(store_query(call, &archive_custody_all, &rows, bind_int("group", group)));
    } else {
        TRY(store_query(call, &archive_custody_of, &rows, bind_int("group", group),
                        bind_int("unit", unit)));
    }
    return collect(call, group, rows, out_custodies);
}

enum status archive_custody(struct call *call, id64 custody,
                            struct custody *out_custody) {
    struct custody found;
    struct eye eye;
    bool sees = false;
    TRY(custody_row(call, custody, &found));
    TRY(eye_open(call, found.group, &eye));
    TRY(is_seen(call, &eye, &found, &sees));
    if (!sees) {
        return ABSENT;
    }
    *out_custody = found;
    return DONE;
}

/* By whoever sees the unit's files, and by the two whose hands they pass through. */
static enum status is_seen(struct call *call, const struct eye *eye,
                           const struct custody *custody, bool *out_sees) {
    struct subject none = {0};
    id64 me = call->actor.person;
    if (custody->keeper == me || custody->giver == me) {
        *out_sees = true;
        return DONE;
    }
    return eye_sees(call, eye, custody->unit, none, out_sees);
}

/* One without asking who wants to know. */
static enum status custody_row(struct call *call, id64 id, struct custody *out_custody) {
    struct rows *row;
    TRY(store_find(call, &archive_custody_row, &row, bind_int("id", id)));
    *out_custody = read_custody(row);
    return DONE;
}

enum status archive_unkept(struct call *call, id64 group, id64 **out_units,
                           size_t *out_count) {
    id64 *units = TAKE_ARRAY(call->arena, 500, id64);
    size_t count = 0;
    struct rows *rows;
    struct subject none = {0};
    struct eye eye;
    size_t seen = 0;
    TRY(store_query(call, &archive_custody_missing, &rows, bind_int("group", group)));
    while (rows_next(rows)) {
        units[count++] = row_id(rows, "unit");
    }
    TRY(rows_end(rows));
    TRY(eye_open(call, group, &eye));
    for (size_t i = 0; i < count; i++) {
        bool sees = false;
        TRY(eye_sees(call, &eye, units[i], none, &sees));
        if (sees) {
            units[seen++] = units[i];
        }
    }
    count = seen;
    *out_units = units;
    *out_count = count;
    return DONE;
}

static enum status collect(struct call *call, id64 group, struct rows *rows,
                           struct custodies *out_custodies) {
    struct custodies list = {.at = TAKE_ARRAY(call->arena, 500, struct custody)};
    struct eye eye;
    size_t seen = 0;
    while (rows_next(rows)) {
        list.at[list.count++] = read_custody(rows);
    }
    TRY(rows_end(rows));
    TRY(eye_open(call, group, &eye));
    for (size_t i = 0; i < list.count; i++) {
        bool sees = false;
        TRY(is_seen(call, &eye, &list.at[i], &sees));
        if (sees) {
            list.at[seen++] = list.at[i];
        }
    }
    list.count = seen;
    *out_custodies = list;
    return DONE;
}

static struct custody read_custody(struct rows *rows) {
    return (struct custody){.id = row_id(rows, "id"),
                            .group = row_id(rows, "site_group"),
                            .unit = row_id(rows, "unit"),
                            .keeper = row_id(rows, "keeper"),
                            .giver = row_id(rows, "giver"),
                            .place = row_text(rows, "place"),
                            .remark = row_text(rows, "remark"),
                            .offered_at = row_int(rows, "offered_at"),
                            .taken_at = row_int(rows, "taken_at"),
                            .files = row_int(rows, "files"),
                            .lent = row_int(rows, "lent")};
}
