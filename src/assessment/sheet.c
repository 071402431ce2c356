/*
 * Sheets: drawn up once for a period that has ended, by an assessor or by the clock.
 */
#include "assessment_own.h"

#include <jansson.h>

static enum status must_open(struct call *call, const struct rulebook *book, id64 body);
static enum status check_period(struct call *call, const struct rulebook *book,
                                struct str text, struct period *out_period);
static struct str period_of(struct arena *arena, enum assessment_span span, instant at);
static enum status draw_up(struct call *call, void *what);
static enum status open_last(struct call *call, const struct site *site, size_t *opened);
static enum status read_sheet(struct call *call, struct rows *row,
                              struct sheet *out_sheet);

static const char *const state_names[] = {"open", "assessed", "closed"};

const char *sheet_state_name(enum sheet_state state) { return state_names[state]; }

enum status assessment_open(struct call *call, id64 site, struct str period,
                            id64 *out_sheet) {
    struct drawn_sheet drawing = {0};
    const struct rulebook *book;
    struct site found;
    TRY(site_find(call, site, &found));
    TRY(site_rulebook(call, site, &book));
    drawing.sheet = (struct sheet){.id = call_new_id(call),
                                   .group = found.group,
                                   .site = site,
                                   .book = book,
                                   .opened_by = call->actor.person};
    drawing.body = found.root;
    if (book->assessment == NULL || book->assessment->period == NULL) {
        return ABSENT;
    }
    struct ledger_act act = {.act = "assessment.open",
                             .subject = {SUBJECT_ASSESSMENT, drawing.sheet.id}};
    enum status status = must_open(call, book, found.root);
    status =
        status == DONE ? check_period(call, book, period, &drawing.sheet.period) : status;
    status = status == DONE ? figures_draw(call, &drawing) : status;
    status = status == DONE ? store_transact(call, TXN_WRITE, draw_up, &drawing) : status;
    TRY(ledger_settle(call, found.group, &act, status));
    *out_sheet = drawing.sheet.id;
    return DONE;
}

static enum status must_open(struct call *call, const struct rulebook *book, id64 body) {
    int index;
    if (call->door == DOOR_CLOCK && call->actor.person == 0) {
        return DONE;
    }
    return assessor_must_be(call, book, body, &index);
}

/* A whole period of the rulebook's length that is over. */
static enum status check_period(struct call *call, const struct rulebook *book,
                                struct str text, struct period *out_period) {
    const struct assessment_period *rule = book->assessment->period;
    struct period period;
    TRY(tally_period(call, text, &period));
    if (!str_equal(text, period_of(call->arena, rule->span, period.from))) {
        return call_refuse_field(call, "period", rule_of(call, &rule->basis),
                                 "assessment.other-span", "period",
                                 str_text(call->arena, text), NULL);
    }
    if (!period.ended) {
        return call_refuse_field(
            call, "period", rule_of(call, &rule->basis), "assessment.not-ended", "day",
            str_text(call->arena, day_to_text(call->arena, instant_day(period.until))),
            NULL);
    }
    *out_period = period;
    return DONE;
}

static struct str period_of(struct arena *arena, enum assessment_span span, instant at) {
    struct date date = date_of_day(instant_day(at));
    switch (span) {
    case SPAN_MONTH:
        return tally_period_of(arena, at, false);
    case SPAN_QUARTER:
        return tally_period_of(arena, at, true);
    case SPAN_HALF_YEAR:
        return str_format(arena, "%d-H%d", date.year, date.month > 6 ? 2 : 1);
    case SPAN_YEAR:
        break;
    }
    return str_format(arena, "%d", date.year);
}

struct str assessment_period_before(struct arena *arena, const struct rulebook *book,
                                    instant at) {
    enum assessment_span span = book->assessment->period->span;
    struct date date = date_of_day(instant_day(at));
    int months = span == SPAN_MONTH       ? 1
                 : span == SPAN_QUARTER   ? 3
                 : span == SPAN_HALF_YEAR ? 6
                                          : 12;
    date.month -= (date.month - 1) % months;
    date.day = 1;
    return period_of(arena, span, day_start(day_of_date(date)) - 1);
}

static enum status draw_up(struct call *call, void *what) {
    const struct drawn_sheet *drawing = what;
    const struct sheet *sheet = &drawing->sheet;
    const struct assessment_period *rule = sheet->book->assessment->period;
    struct str digest = digest_to_text(call->arena, &sheet->book->digest);
    int64_t changed;
    TRY(store_run(call, &sheet_insert, &changed, bind_int("id", sheet->id),
                  bind_int("group", sheet->group), bind_int("site", sheet->site),
                  bind_text("period", sheet->period.text), bind_text("rulebook", digest),
                  bind_int("person", sheet->opened_by), bind_int("now", call->now)));
    if (changed == 0) {
        return call_refuse(call, STALE, rule_of(call, &rule->basis),
                           "assessment.there-already", NULL);
    }
    TRY(figures_write(call, drawing));
    TRY(duties_open(call, drawing));
    struct ledger_act act = {
        .act = "assessment.open",
        .subject = {SUBJECT_ASSESSMENT, sheet->id},
        .rule = rule->basis.id,
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:i}", "period", sheet->period.text.at,
                            sheet->period.text.length, "rulebook", digest.at,
                            digest.length, "lines", (int)drawing->count))};
    return ledger_append(call, sheet->group, &act, NULL);
}

enum status assessment_open_due(struct call *call, size_t *out_count) {
    struct site *sites;
    size_t count;
    size_t opened = 0;
    id64 group;
    enum status founded = site_group_first(call, &group);
    if (founded != DONE) {
        return founded == ABSENT ? DONE : founded;
    }
    TRY(site_list(call, group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        bool main = true; /* of its body; further sites are assessed with it */
        for (size_t j = 0; j < i; j++) {
            main = main && sites[j].root != sites[i].root;
        }
        if (main) {
            TRY(open_last(call, &sites[i], &opened));
        }
    }
    if (out_count != NULL) {
        *out_count = opened;
    }
    return DONE;
}

/* Not of a time before there was anything to count. */
static enum status open_last(struct call *call, const struct site *site, size_t *opened) {
    const struct rulebook *book;
    struct ledger_entry founding;
    struct period period;
    struct rows *row;
    id64 sheet;
    enum status held = site_rulebook(call, site->id, &book);
    if (held != DONE || book->assessment == NULL || book->assessment->period == NULL) {
        return held == ABSENT ? DONE : held;
    }
    struct str text = assessment_period_before(call->arena, book, call->now);
    TRY(tally_period(call, text, &period));
    TRY(ledger_entry_find(call, site->group, 1, &founding));
    enum status there = store_find(call, &sheet_of_period, &row,
                                   bind_int("site", site->id), bind_text("period", text));
    if (there != ABSENT || founding.at >= period.until) {
        return there == ABSENT ? DONE : there;
    }
    enum status drawn = assessment_open(call, site->id, text, &sheet);
    if (drawn == STALE) { /* somebody else in the same moment */
        call_forgive(call);
        return DONE;
    }
    *opened += drawn == DONE ? 1 : 0;
    return drawn;
}

enum status assessment_sheets(struct call *call, id64 group, id64 site,
                              struct sheets *out_sheets) {
    struct sheets sheets = {.at = TAKE_ARRAY(call->arena, 500, struct sheet)};
    struct rows *rows;
    TRY(store_query(call, &sheet_rows, &rows, bind_int("group", group),
                    bind_int("site_low", site),
                    bind_int("site_high", site == 0 ? INT64_MAX : site)));
    while (rows_next(rows)) {
        enum status status = read_sheet(call, rows, &sheets.at[sheets.count]);
        sheets.count += status == DONE ? 1 : 0;
    }
    TRY(rows_end(rows));
    *out_sheets = sheets;
    return DONE;
}

enum status sheet_find(struct call *call, id64 id, struct sheet *out_sheet) {
    struct rows *row;
    TRY(store_find(call, &sheet_row, &row, bind_int("id", id)));
    return read_sheet(call, row, out_sheet);
}

enum status sheet_lock(struct call *call, id64 id, struct sheet *out_sheet) {
    struct rows *row;
    TRY(store_find(call, &sheet_row_locked, &row, bind_int("id", id)));
    return sheet_find(call, id, out_sheet);
}

/* ABSENT where the shelf does not hold the version it was drawn up under. */
static enum status read_sheet(struct call *call, struct rows *row,
                              struct sheet *out_sheet) {
    struct sheet sheet = {
        .id = row_id(row, "id"),
        .group = row_id(row, "site_group"),
        .site = row_id(row, "site"),
        .book = shelf_find_text(call->house->shelf, row_text(row, "rulebook")),
        .opened_by = row_id(row, "opened_by"),
        .opened_at = row_int(row, "opened_at"),
        .assessed_at = row_int(row, "assessed_at"),
        .manuscript = row_id(row, "manuscript")};
    if (sheet.book == NULL || sheet.book->assessment == NULL) {
        return ABSENT;
    }
    const struct results_rule *results = sheet.book->assessment->results;
    bool awaits = results != NULL && results->visibility == RESULTS_PUBLIC &&
                  row_int(row, "releases") == 0;
    sheet.state = sheet.assessed_at == 0 ? SHEET_OPEN
                  : awaits               ? SHEET_ASSESSED
                                         : SHEET_CLOSED;
    TRY(tally_period(call, row_text(row, "period"), &sheet.period));
    *out_sheet = sheet;
    return DONE;
}
