/*
 * A summary: what each unit submitted, released, had returned, kept too long and lost.
 */
#include "tally_own.h"

#include "site/site.h"

#define LINES_MOST 20000

struct counting {
    struct call *call;
    const struct rulebook *book;
    struct summary *summary;
};

static enum status count_entries(struct counting *counting, id64 group);
static enum status count_decisions(struct counting *counting, id64 group);
static bool is_return(struct call *call, struct str rulebook, struct str route,
                      struct str step, struct str outcome);
static void add(struct counting *counting, struct rows *rows, enum tally_figure figure,
                int64_t number);
static struct tally_line *line_for(struct call *call, struct tally_lines *lines,
                                   id64 unit, struct str item_class, id64 column);
static enum status add_units(struct call *call, struct tally_lines *lines);
static enum status name_lines(struct counting *counting);
static struct str class_title(const struct counting *counting, struct str code);

enum status tally_summary(struct call *call, id64 group, const struct rulebook *book,
                          struct str period, struct summary *out_summary) {
    struct summary summary = {0};
    struct counting counting = {call, book, &summary};
    TRY(tally_period(call, period, &summary.period));
    TRY(add_units(call, &summary.units));
    TRY(count_entries(&counting, group));
    TRY(count_decisions(&counting, group));
    TRY(name_lines(&counting));
    *out_summary = summary;
    return DONE;
}

enum status tally_released(struct call *call, id64 group, id64 unit, instant from,
                           instant until, struct released_items *out_items) {
    struct released_items items = {
        .at = TAKE_ARRAY(call->arena, LINES_MOST, struct released_item)};
    struct rows *rows;
    TRY(store_query(call, &tally_released_rows, &rows, bind_int("group", group),
                    bind_int("unit_low", unit),
                    bind_int("unit_high", unit == 0 ? INT64_MAX : unit),
                    bind_int("from", from), bind_int("until", until)));
    while (rows_next(rows)) {
        items.at[items.count++] =
            (struct released_item){.manuscript = row_id(rows, "manuscript"),
                                   .unit = row_id(rows, "unit"),
                                   .column = row_id(rows, "site_column"),
                                   .title = row_text(rows, "title"),
                                   .at = row_int(rows, "at")};
    }
    TRY(rows_end(rows));
    *out_items = items;
    return DONE;
}

static enum status count_entries(struct counting *counting, id64 group) {
    static const struct {
        const char *act;
        enum tally_figure figure;
    } acts[] = {{"review.submit", TALLY_SUBMITTED},
                {"publication.release", TALLY_RELEASED},
                {"publication.withdraw", TALLY_WITHDRAWN},
                {"notice.late", TALLY_LATE}};
    struct rows *rows;
    TRY(store_query(counting->call, &tally_entries, &rows, bind_int("group", group),
                    bind_int("from", counting->summary->period.from),
                    bind_int("until", counting->summary->period.until)));
    while (rows_next(rows)) {
        struct str act = row_text(rows, "act");
        for (size_t i = 0; i < LENGTH(acts); i++) {
            if (str_is(act, acts[i].act)) {
                add(counting, rows, acts[i].figure, row_int(rows, "number"));
            }
        }
    }
    return rows_end(rows);
}

static enum status count_decisions(struct counting *counting, id64 group) {
    struct rows *rows;
    TRY(store_query(counting->call, &tally_decisions, &rows, bind_int("group", group),
                    bind_int("from", counting->summary->period.from),
                    bind_int("until", counting->summary->period.until)));
    while (rows_next(rows)) {
        if (is_return(counting->call, row_text(rows, "rulebook_digest"),
                      row_text(rows, "route"), row_text(rows, "step"),
                      row_text(rows, "outcome"))) {
            add(counting, rows, TALLY_RETURNED, row_int(rows, "number"));
        }
    }
    return rows_end(rows);
}

/* What an outcome meant under the version it was taken under. */
static bool is_return(struct call *call, struct str digest, struct str route,
                      struct str step, struct str outcome) {
    const struct rulebook *book = shelf_find_text(call->house->shelf, digest);
    int index = book == NULL ? NO_INDEX : rulebook_route(book, route);
    int at = index == NO_INDEX ? NO_INDEX : route_step(&book->routes[index], step);
    if (at == NO_INDEX) {
        return false;
    }
    const struct step *decided = &book->routes[index].steps[at];
    int chosen = step_outcome(decided, outcome);
    return chosen != NO_INDEX && decided->outcomes[chosen].kind == OUTCOME_BACK;
}

static void add(struct counting *counting, struct rows *rows, enum tally_figure figure,
                int64_t number) {
    struct summary *summary = counting->summary;
    struct call *call = counting->call;
    id64 unit = row_id(rows, "unit");
    struct str item_class = row_text(rows, "item_class");
    id64 column = row_id(rows, "site_column");
    line_for(call, &summary->units, unit, STR(""), 0)->figures[figure] += number;
    line_for(call, &summary->classes, unit, item_class, 0)->figures[figure] += number;
    line_for(call, &summary->columns, unit, STR(""), column)->figures[figure] += number;
    summary->totals[figure] += number;
}

static struct tally_line *line_for(struct call *call, struct tally_lines *lines,
                                   id64 unit, struct str item_class, id64 column) {
    if (lines->at == NULL) {
        lines->at = TAKE_ARRAY(call->arena, LINES_MOST, struct tally_line);
    }
    for (size_t i = lines->count; i > 0; i--) {
        struct tally_line *line = &lines->at[i - 1];
        if (line->unit == unit && line->column == column &&
            str_equal(line->item_class, item_class)) {
            return line;
        }
    }
    if (lines->count < LINES_MOST) {
        lines->count++;
    }
    struct tally_line *line = &lines->at[lines->count - 1];
    *line = (struct tally_line){.unit = unit,
                                .unit_title = STR(""),
                                .item_class = item_class,
                                .column = column,
                                .column_title = STR("")};
    return line;
}

/* A unit without anything stands there with noughts: that is what is looked for. */
static enum status add_units(struct call *call, struct tally_lines *lines) {
    struct people_units units;
    TRY(people_units(call, false, &units));
    for (size_t i = 0; i < units.count; i++) {
        if (units.at[i].parent != 0) {
            line_for(call, lines, units.at[i].id, STR(""), 0);
        }
    }
    return DONE;
}

static enum status name_lines(struct counting *counting) {
    struct tally_lines *lists[] = {&counting->summary->units, &counting->summary->classes,
                                   &counting->summary->columns};
    struct call *call = counting->call;
    for (size_t i = 0; i < LENGTH(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            struct tally_line *line = &lists[i]->at[j];
            struct people_unit unit;
            struct column column;
            TRY(people_unit(call, line->unit, &unit));
            line->unit_title = unit.title;
            if (line->column != 0) {
                TRY(site_column_find(call, line->column, &column));
                line->column_title = column.title;
            }
            line->item_class = str_is_empty(line->item_class)
                                   ? STR("")
                                   : class_title(counting, line->item_class);
        }
    }
    return DONE;
}

static struct str class_title(const struct counting *counting, struct str code) {
    int index = rulebook_class(counting->book, code);
    return index == NO_INDEX
               ? code
               : text_in(counting->book->classes[index].title, counting->call->language);
}

enum status tally_empty_columns(struct call *call, id64 site, const struct rulebook *book,
                                struct empty_column **out_columns, size_t *out_count) {
    struct empty_column *columns = TAKE_ARRAY(call->arena, 500, struct empty_column);
    struct empty_column *others = TAKE_ARRAY(call->arena, 500, struct empty_column);
    size_t count = 0;
    size_t other_count = 0;
    struct rows *rows;
    TRY(store_query(call, &tally_empty, &rows, bind_int("site", site)));
    while (rows_next(rows)) {
        struct empty_column column = {.column = row_id(rows, "id"),
                                      .path = row_text(rows, "path"),
                                      .title = row_text(rows, "title"),
                                      .owner = row_id(rows, "owner"),
                                      .rule = STR("")};
        const struct column_rule *rule = rulebook_column(book, column.path);
        if (rule != NULL && !str_is_empty(rule->basis.id)) {
            column.rule = rule->basis.id;
            columns[count++] = column;
        } else {
            others[other_count++] = column;
        }
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < other_count; i++) {
        columns[count++] = others[i];
    }
    *out_columns = columns;
    *out_count = count;
    return DONE;
}
