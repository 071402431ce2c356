/*
 * The release catalogue: drawn up by the unit, approved, and from then on a duty with a
 * day that each release which counts for it moves on.
 */
#include "tally_own.h"

#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "site/site.h"

#include <jansson.h>

#define REMIND_DAYS 1
#define STEP        STR("catalogue")

struct acting {
    const struct rulebook *book;
    struct catalogue_item item;
    struct str reason;
};

static enum status draw(struct call *call, void *what);
static enum status check_entry(struct call *call, const struct rulebook *book,
                               const struct catalogue_item *item);
static enum status approve(struct call *call, void *what);
static enum status end(struct call *call, void *what);
static enum status renew_duty(struct call *call, const struct rulebook *book,
                              const struct catalogue_item *item);
static enum status follow(struct call *call, void *what);
static enum status book_of(struct call *call, const struct catalogue_item *item,
                           const struct rulebook **out_book);
static enum status must_draw(struct call *call, const struct rulebook *book, id64 unit);
static enum status must_approve(struct call *call, const struct rulebook *book);
static enum status say_no(struct call *call, const struct rulebook *book, int role);
static struct catalogue_item read_item(struct call *call, struct rows *rows);
static enum status collect(struct call *call, struct rows *rows,
                           struct catalogue_items *out_items);
static enum status note(struct call *call, const struct catalogue_item *item,
                        const struct rulebook *book, const char *act, struct str reason);

static const char *const kind_names[] = {"routine", "periodic", "occasional"};

const char *catalogue_kind_name(enum catalogue_kind kind) { return kind_names[kind]; }

enum status tally_draw(struct call *call, id64 group, const struct rulebook *book,
                       struct catalogue_item *item) {
    struct acting acting = {.book = book, .item = *item};
    if (book->release_catalogue == NULL) {
        return ABSENT;
    }
    acting.item.id = call_new_id(call);
    acting.item.group = group;
    acting.item.title = str_trim(item->title);
    acting.item.responsible = str_trim(item->responsible);
    struct ledger_act act = {.act = "tally.draw",
                             .subject = {SUBJECT_CATALOGUE, acting.item.id}};
    TRY(ledger_settle(call, group, &act, store_transact(call, TXN_WRITE, draw, &acting)));
    return tally_catalogue_item(call, acting.item.id, item);
}

static enum status draw(struct call *call, void *what) {
    const struct acting *acting = what;
    const struct catalogue_item *item = &acting->item;
    TRY(must_draw(call, acting->book, item->unit));
    TRY(check_entry(call, acting->book, item));
    TRY(store_run(call, &catalogue_insert, NULL, bind_int("id", item->id),
                  bind_int("group", item->group), bind_int("unit", item->unit),
                  bind_text("title", item->title),
                  bind_text("kind", str_of(kind_names[item->kind])),
                  bind_int("days", item->days), bind_id("column", item->column),
                  bind_text("item_class", item->item_class),
                  bind_text("responsible", item->responsible),
                  bind_int("person", call->actor.person), bind_int("now", call->now)));
    const id64 barred[] = {call->actor.person};
    const struct catalogue_rule *rule = acting->book->release_catalogue;
    struct duty duty = {.group = item->group,
                        .subject = {SUBJECT_CATALOGUE, item->id},
                        .step = STR("approve"),
                        .role = acting->book->roles[rule->approver].code,
                        .barred = barred,
                        .barred_count = LENGTH(barred),
                        .site_title = STR(""),
                        .title = item->title,
                        .item_class = item->responsible,
                        .badge = STR("matter-open"),
                        .act = STR("approve-catalogue"),
                        .remark = STR(""),
                        .rule = rule->basis.id};
    TRY(notice_duty_open(call, &duty));
    return note(call, item, acting->book, "tally.draw", STR(""));
}

static enum status check_entry(struct call *call, const struct rulebook *book,
                               const struct catalogue_item *item) {
    const char *basis = str_text(call->arena, book->release_catalogue->basis.id);
    if (str_is_empty(item->title)) {
        return call_refuse_field(call, "title", basis, "tally.title-missing", NULL);
    }
    if (str_is_empty(item->responsible)) {
        return call_refuse_field(call, "responsible", basis, "tally.body-missing", NULL);
    }
    bool regular = item->kind != CATALOGUE_OCCASIONAL;
    if (item->days < 0 || item->days > 400 || regular != (item->days > 0)) {
        return call_refuse_field(call, "days", basis,
                                 regular ? "tally.days-missing" : "tally.days-none",
                                 NULL);
    }
    return DONE;
}

enum status tally_approve(struct call *call, const struct rulebook *book, id64 id) {
    struct acting acting = {.book = book};
    TRY(tally_catalogue_item(call, id, &acting.item));
    struct ledger_act act = {.act = "tally.approve", .subject = {SUBJECT_CATALOGUE, id}};
    return ledger_settle(call, acting.item.group, &act,
                         store_transact(call, TXN_WRITE, approve, &acting));
}

static enum status approve(struct call *call, void *what) {
    struct acting *acting = what;
    struct catalogue_item *item = &acting->item;
    int64_t changed;
    TRY(must_approve(call, acting->book));
    if (item->drawn_by == call->actor.person) {
        return call_refuse(
            call, DENIED,
            str_text(call->arena, acting->book->release_catalogue->basis.id),
            "tally.own-entry", NULL);
    }
    TRY(store_run(call, &catalogue_set_approved, &changed,
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_int("id", item->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "tally.settled", NULL);
    }
    TRY(notice_duty_close(call, (struct subject){SUBJECT_CATALOGUE, item->id}, STR("")));
    TRY(tally_catalogue_item(call, item->id, item));
    TRY(renew_duty(call, acting->book, item));
    return note(call, item, acting->book, "tally.approve", STR(""));
}

enum status tally_end(struct call *call, const struct rulebook *book, id64 id,
                      struct str reason) {
    struct acting acting = {.book = book, .reason = str_trim(reason)};
    TRY(tally_catalogue_item(call, id, &acting.item));
    struct ledger_act act = {.act = "tally.end", .subject = {SUBJECT_CATALOGUE, id}};
    return ledger_settle(call, acting.item.group, &act,
                         store_transact(call, TXN_WRITE, end, &acting));
}

static enum status end(struct call *call, void *what) {
    const struct acting *acting = what;
    const struct catalogue_item *item = &acting->item;
    int64_t changed;
    bool may = false;
    TRY(tally_may_approve(call, acting->book, &may));
    if (!may) {
        TRY(must_draw(call, acting->book, item->unit));
    }
    if (str_is_empty(acting->reason)) {
        return call_refuse_field(call, "reason", "", "archive.reason-missing", NULL);
    }
    TRY(store_run(call, &catalogue_set_ended, &changed,
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_int("id", item->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "tally.settled", NULL);
    }
    TRY(notice_duty_close(call, (struct subject){SUBJECT_CATALOGUE, item->id}, STR("")));
    return note(call, item, acting->book, "tally.end", acting->reason);
}

/* One for the whole unit, with the next day; replaces the one that stood there. */
static enum status renew_duty(struct call *call, const struct rulebook *book,
                              const struct catalogue_item *item) {
    const struct catalogue_rule *rule = book->release_catalogue;
    if (item->due == INSTANT_NEVER) {
        return DONE;
    }
    struct duty duty = {.group = item->group,
                        .subject = {SUBJECT_CATALOGUE, item->id},
                        .step = STEP,
                        .role = book->roles[rule->drawer].code,
                        .unit = item->unit,
                        .remind_at = calendar_before(call->house->calendar, item->due,
                                                     REMIND_DAYS, CALENDAR_DAY),
                        .escalate_role = book->roles[rule->approver].code,
                        .site_title = STR(""),
                        .title = item->title,
                        .item_class = item->responsible,
                        .badge = STR("due-soon"),
                        .act = STR("publish-catalogue"),
                        .remark = STR(""),
                        .deadline = {.hard = item->due, .unit = CALENDAR_DAY},
                        .rule = rule->basis.id};
    return notice_duty_open(call, &duty);
}

enum status tally_follow_release(struct call *call, id64 manuscript) {
    struct manuscript found;
    struct catalogue_items items;
    enum status status = manuscript_peek(call, manuscript, &found);
    if (status != DONE) {
        return status == ABSENT ? DONE : status;
    }
    TRY(tally_catalogue(call, found.group, found.unit, &items));
    for (size_t i = 0; i < items.count; i++) {
        if (items.at[i].approved_at == 0 || items.at[i].kind == CATALOGUE_OCCASIONAL) {
            continue;
        }
        struct acting acting = {.item = items.at[i]};
        TRY(book_of(call, &items.at[i], &acting.book));
        if (acting.book->release_catalogue != NULL) {
            TRY(store_transact(call, TXN_WRITE, follow, &acting));
        }
    }
    return renewal_follow_release(call, &found);
}

/* The duty that stands there may be this very one: then nothing changes. */
static enum status follow(struct call *call, void *what) {
    const struct acting *acting = what;
    struct subject subject = {SUBJECT_CATALOGUE, acting->item.id};
    struct duties open;
    TRY(notice_duties_of(call, subject, &open));
    for (size_t i = 0; i < open.count; i++) {
        if (str_equal(open.at[i].step, STEP) &&
            open.at[i].deadline.hard == acting->item.due) {
            return DONE;
        }
    }
    TRY(notice_duty_close(call, subject, STEP));
    return renew_duty(call, acting->book, &acting->item);
}

static enum status book_of(struct call *call, const struct catalogue_item *item,
                           const struct rulebook **out_book) {
    struct site *sites;
    size_t count;
    TRY(site_list(call, item->group, &sites, &count));
    return count == 0 ? ABSENT : site_rulebook(call, sites[0].id, out_book);
}

static enum status must_draw(struct call *call, const struct rulebook *book, id64 unit) {
    bool may = false;
    TRY(tally_may_draw(call, book, unit, &may));
    return may ? DONE : say_no(call, book, book->release_catalogue->drawer);
}

static enum status must_approve(struct call *call, const struct rulebook *book) {
    bool may = false;
    TRY(tally_may_approve(call, book, &may));
    return may || book->release_catalogue == NULL
               ? (may ? DONE : ABSENT)
               : say_no(call, book, book->release_catalogue->approver);
}

static enum status say_no(struct call *call, const struct rulebook *book, int role) {
    struct str title = text_in(book->roles[role].title, call->language);
    return call_refuse(call, DENIED,
                       str_text(call->arena, book->release_catalogue->basis.id),
                       "archive.not-yours", "role", str_text(call->arena, title), NULL);
}

enum status tally_may_draw(struct call *call, const struct rulebook *book, id64 unit,
                           bool *out_may) {
    const struct catalogue_rule *rule = book->release_catalogue;
    *out_may = false;
    return rule == NULL
               ? DONE
               : people_holds(call, call->actor.person,
                              str_text(call->arena, book->roles[rule->drawer].code), unit,
                              out_may);
}

enum status tally_may_approve(struct call *call, const struct rulebook *book,
                              bool *out_may) {
    const struct catalogue_rule *rule = book->release_catalogue;
    *out_may = false;
    return rule == NULL
               ? DONE
               : people_holds(call, call->actor.person,
                              str_text(call->arena, book->roles[rule->approver].code), 0,
                              out_may);
}

enum status tally_catalogue(struct call *call, id64 group, id64 unit,
                            struct catalogue_items *out_items) {
    struct rows *rows;
    TRY(store_query(call, &catalogue_rows, &rows, bind_int("group", group),
                    bind_int("unit_low", unit),
                    bind_int("unit_high", unit == 0 ? INT64_MAX : unit)));
    return collect(call, rows, out_items);
}

enum status tally_catalogue_item(struct call *call, id64 item,
                                 struct catalogue_item *out_item) {
    struct rows *row;
    TRY(store_find(call, &catalogue_row, &row, bind_int("id", item)));
    *out_item = read_item(call, row);
    return DONE;
}

enum status tally_without_catalogue(struct call *call, id64 group,
                                    const struct rulebook *book, id64 **out_units,
                                    size_t *out_count) {
    id64 *units = TAKE_ARRAY(call->arena, 500, id64);
    size_t found = 0;
    size_t count = 0;
    struct rows *rows;
    TRY(store_query(call, &catalogue_missing, &rows, bind_int("group", group)));
    while (rows_next(rows)) {
        units[found++] = row_id(rows, "id");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; book->release_catalogue != NULL && i < found; i++) {
        const struct role *role = &book->roles[book->release_catalogue->drawer];
        struct people_holdings holders;
        TRY(people_holders(call, str_text(call->arena, role->code), units[i], &holders));
        if (holders.count > 0) {
            units[count++] = units[i];
        }
    }
    *out_units = units;
    *out_count = count;
    return DONE;
}

static enum status collect(struct call *call, struct rows *rows,
                           struct catalogue_items *out_items) {
    struct catalogue_items items = {
        .at = TAKE_ARRAY(call->arena, CATALOGUE_MOST, struct catalogue_item)};
    while (rows_next(rows)) {
        items.at[items.count++] = read_item(call, rows);
    }
    TRY(rows_end(rows));
    *out_items = items;
    return DONE;
}

/* The day runs from the last release that counts, at first from the approval. */
static struct catalogue_item read_item(struct call *call, struct rows *rows) {
    struct str kind = row_text(rows, "kind");
    struct catalogue_item item = {.id = row_id(rows, "id"),
                                  .group = row_id(rows, "site_group"),
                                  .unit = row_id(rows, "unit"),
                                  .title = row_text(rows, "title"),
                                  .days = (int)row_int(rows, "days"),
                                  .column = row_id(rows, "site_column"),
                                  .item_class = row_text(rows, "item_class"),
                                  .responsible = row_text(rows, "responsible"),
                                  .drawn_by = row_id(rows, "drawn_by"),
                                  .drawn_at = row_int(rows, "drawn_at"),
                                  .approved_by = row_id(rows, "approved_by"),
                                  .approved_at = row_int(rows, "approved_at"),
                                  .ended_at = row_int(rows, "ended_at"),
                                  .last = row_int(rows, "last"),
                                  .due = INSTANT_NEVER};
    for (int i = 0; i <= CATALOGUE_OCCASIONAL; i++) {
        item.kind = str_is(kind, kind_names[i]) ? (enum catalogue_kind)i : item.kind;
    }
    if (item.approved_at != 0 && item.ended_at == 0 && item.days > 0) {
        instant from = item.last > item.approved_at ? item.last : item.approved_at;
        item.due = day_end(instant_day(from) + item.days);
        item.missing = call->now >= item.due;
    }
    return item;
}

static enum status note(struct call *call, const struct catalogue_item *item,
                        const struct rulebook *book, const char *act, struct str reason) {
    struct str unit = id_to_text(call->arena, item->unit);
    struct ledger_act record = {
        .act = act,
        .subject = {SUBJECT_CATALOGUE, item->id},
        .rule =
            book->release_catalogue == NULL ? STR("") : book->release_catalogue->basis.id,
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:s, s:i, s:s%}", "title", item->title.at,
                            item->title.length, "unit", unit.at, unit.length, "kind",
                            kind_names[item->kind], "days", item->days, "reason",
                            reason.at == NULL ? "" : reason.at, reason.length))};
    return ledger_append(call, item->group, &record, NULL);
}
