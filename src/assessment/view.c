/*
 * A sheet as one person may read it: the assessors all of it, a unit its own lines, and
 * everybody what is before the public anyhow.
 */
#include "assessment_own.h"

static bool is_before_the_public(const struct sheet *sheet);
static enum status keep_own(struct call *call, const struct site *site,
                            struct sheet_view *view);
static void withhold(struct sheet_view *view);

enum status assessment_view(struct call *call, id64 id, struct sheet_view *out_view) {
    struct sheet_view view;
    struct sheet sheet;
    struct site site;
    int index;
    TRY(sheet_find(call, id, &sheet));
    TRY(site_find(call, sheet.site, &site));
    TRY(sheet_read(call, &sheet, &view));
    TRY(assessor_index(call, sheet.book, site.root, &index));
    view.is_assessor = index != NO_INDEX;
    if (!view.is_assessor && !is_before_the_public(&sheet)) {
        TRY(keep_own(call, &site, &view));
        if (sheet.assessed_at == 0) {
            withhold(&view);
        }
    }
    *out_view = view;
    return DONE;
}

static bool is_before_the_public(const struct sheet *sheet) {
    const struct results_rule *results = sheet->book->assessment->results;
    return sheet->state == SHEET_CLOSED && results != NULL &&
           results->visibility == RESULTS_PUBLIC;
}

/* Those who lead the whole body have every unit of it. */
static enum status keep_own(struct call *call, const struct site *site,
                            struct sheet_view *view) {
    const struct results_rule *results = view->sheet.book->assessment->results;
    struct people_holdings holdings;
    size_t kept = 0;
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < view->count; i++) {
        bool own = false;
        for (size_t j = 0; j < holdings.count; j++) {
            own = own || holdings.at[j].unit == view->lines[i].unit ||
                  holdings.at[j].unit == site->root;
        }
        if (own) {
            view->lines[kept++] = view->lines[i];
        }
    }
    view->count = kept;
    return kept > 0 ? DONE
                    : call_refuse(call, DENIED,
                                  rule_of(call, results == NULL ? NULL : &results->basis),
                                  "assessment.not-yours-to-read", NULL);
}

/* What assessors say, and every sum that it is part of. */
static void withhold(struct sheet_view *view) {
    const struct assessment *rules = view->sheet.book->assessment;
    view->shows_marks = false;
    for (size_t i = 0; i < view->count; i++) {
        struct assessed_line *line = &view->lines[i];
        line->sum = 0;
        for (size_t j = 0; j < rules->indicator_count; j++) {
            struct assessed_cell *cell = &line->cells[j];
            for (size_t k = 0; k < view->assessors; k++) {
                cell->marks[k] = (struct assessed_mark){0};
            }
            cell->is_adjusted = false;
            cell->has_points =
                cell->is_computed && indicator_has_points(&rules->indicators[j]);
            cell->points = cell->has_points ? cell->computed : 0;
        }
    }
}

enum status assessment_items(struct call *call, const struct sheet *sheet, id64 unit,
                             struct released_items *out_items) {
    return tally_released(call, sheet->group, unit, sheet->period.from,
                          sheet->period.until, out_items);
}
