/*
 * The lines of a sheet and what is computed of them: counted once, when the sheet is
 * drawn up, from what tally reads out of the record.
 */
#include "assessment_own.h"

static enum status add_units(struct call *call, struct drawn_sheet *drawing);
static bool is_assessed(const struct rulebook *book, struct str kind);
static enum status add_columns(struct call *call, struct drawn_sheet *drawing);
static struct drawn_figure count_line(const struct drawn_sheet *drawing,
                                      const struct drawn_line *line,
                                      const struct indicator *indicator);
static int64_t figure_of(const struct drawn_sheet *drawing, const struct drawn_line *line,
                         enum measure measure);
static size_t days_of(const struct drawn_sheet *drawing, const struct drawn_line *line,
                      int64_t *out_items);

enum status figures_draw(struct call *call, struct drawn_sheet *drawing) {
    const struct sheet *sheet = &drawing->sheet;
    const struct rulebook *book = sheet->book;
    const struct assessment *rules = book->assessment;
    TRY(tally_released(call, sheet->group, 0, sheet->period.from, sheet->period.until,
                       &drawing->items));
    TRY(tally_summary(call, sheet->group, book, sheet->period.text, &drawing->summary));
    drawing->lines = TAKE_ARRAY(call->arena, LINES_MOST, struct drawn_line);
    drawing->days = TAKE_ARRAY(call->arena, drawing->items.count + 1, civil_day);
    if (rules->assessed != NULL && rules->assessed->what == ASSESSED_COLUMNS) {
        TRY(add_columns(call, drawing));
    } else {
        TRY(add_units(call, drawing));
    }
    for (size_t i = 0; i < drawing->count; i++) {
        struct drawn_line *line = &drawing->lines[i];
        line->figures =
            TAKE_ARRAY(call->arena, rules->indicator_count + 1, struct drawn_figure);
        for (size_t j = 0; j < rules->indicator_count; j++) {
            line->figures[j] = count_line(drawing, line, &rules->indicators[j]);
        }
    }
    return DONE;
}

static enum status add_units(struct call *call, struct drawn_sheet *drawing) {
    struct people_units units;
    TRY(people_units(call, false, &units));
    for (size_t i = 0; i < units.count && drawing->count < LINES_MOST; i++) {
        const struct people_unit *unit = &units.at[i];
        if (unit->parent != 0 && unit->body == drawing->body &&
            is_assessed(drawing->sheet.book, unit->kind)) {
            drawing->lines[drawing->count++] = (struct drawn_line){
                .subject = unit->id, .unit = unit->id, .title = unit->title};
        }
    }
    return DONE;
}

static bool is_assessed(const struct rulebook *book, struct str kind) {
    const struct assessed_rule *rule = book->assessment->assessed;
    bool found = rule == NULL || rule->unit_kind_count == 0;
    for (size_t i = 0; !found && i < rule->unit_kind_count; i++) {
        int index = rule->unit_kinds[i];
        found = index != NO_INDEX && str_equal(book->unit_kinds[index].code, kind);
    }
    return found;
}

static enum status add_columns(struct call *call, struct drawn_sheet *drawing) {
    struct column *columns;
    size_t count;
    TRY(site_columns(call, drawing->sheet.site, &columns, &count));
    for (size_t i = 0; i < count && drawing->count < LINES_MOST; i++) {
        if (columns[i].open) {
            drawing->lines[drawing->count++] =
                (struct drawn_line){.subject = columns[i].id,
                                    .unit = columns[i].owner,
                                    .is_column = true,
                                    .title = columns[i].title};
        }
    }
    return DONE;
}

static struct drawn_figure count_line(const struct drawn_sheet *drawing,
                                      const struct drawn_line *line,
                                      const struct indicator *indicator) {
    struct drawn_figure figure = {.is_computed = indicator->measure != MEASURE_NONE};
    int64_t items;
    size_t count = days_of(drawing, line, &items);
    if (indicator->measure == MEASURE_FREQUENCY) {
        figure.number = (int64_t)count;
        figure.points =
            frequency_points(indicator, &drawing->sheet.period, drawing->days, count);
    } else if (figure.is_computed) {
        figure.number = indicator->measure == MEASURE_RELEASED
                            ? items
                            : figure_of(drawing, line, indicator->measure);
        figure.points = figure.number * indicator->per_item;
    }
    return figure;
}

static int64_t figure_of(const struct drawn_sheet *drawing, const struct drawn_line *line,
                         enum measure measure) {
    const struct tally_lines *lines =
        line->is_column ? &drawing->summary.columns : &drawing->summary.units;
    enum tally_figure figure = measure == MEASURE_SUBMITTED  ? TALLY_SUBMITTED
                               : measure == MEASURE_RETURNED ? TALLY_RETURNED
                               : measure == MEASURE_LATE     ? TALLY_LATE
                                                             : TALLY_WITHDRAWN;
    int64_t sum = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct tally_line *found = &lines->at[i];
        if (line->is_column ? found->column == line->subject
                            : found->unit == line->unit) {
            sum += found->figures[figure];
        }
    }
    return sum;
}

/* The days on which it released something, each once, into *days*, and how many items: an
 * item in several columns is one of its unit's.  Items stand together. */
static size_t days_of(const struct drawn_sheet *drawing, const struct drawn_line *line,
                      int64_t *out_items) {
    const struct released_items *items = &drawing->items;
    size_t count = 0;
    id64 last = 0;
    *out_items = 0;
    for (size_t i = 0; i < items->count; i++) {
        const struct released_item *item = &items->at[i];
        civil_day day = instant_day(item->at);
        bool again = false;
        if (item->manuscript == last || (line->is_column ? item->column != line->subject
                                                         : item->unit != line->unit)) {
            continue;
        }
        last = item->manuscript;
        *out_items += 1;
        for (size_t j = 0; j < count; j++) {
            again = again || drawing->days[j] == day;
        }
        if (!again) {
            drawing->days[count++] = day;
        }
    }
    return count;
}

enum status figures_write(struct call *call, const struct drawn_sheet *drawing) {
    const struct assessment *rules = drawing->sheet.book->assessment;
    for (size_t i = 0; i < drawing->count; i++) {
        const struct drawn_line *line = &drawing->lines[i];
        TRY(store_run(call, &line_insert, NULL, bind_int("sheet", drawing->sheet.id),
                      bind_int("subject", line->subject), bind_int("unit", line->unit),
                      bind_int("place", (int64_t)i + 1),
                      bind_text("title", line->title)));
        for (size_t j = 0; j < rules->indicator_count; j++) {
            if (line->figures[j].is_computed) {
                TRY(store_run(call, &figure_insert, NULL,
                              bind_int("sheet", drawing->sheet.id),
                              bind_int("subject", line->subject),
                              bind_text("indicator", rules->indicators[j].code),
                              bind_int("number", line->figures[j].number),
                              bind_int("points", line->figures[j].points)));
            }
        }
    }
    return DONE;
}
