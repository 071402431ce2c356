/*
 * What is said of a line: by the unit of itself, by an assessor, and that an assessor has
 * answered for the whole sheet.
 */
#include "assessment_own.h"

#include <jansson.h>

struct marking {
    id64 sheet;
    id64 subject;
    const struct mark_wish *marks;
    size_t count;
    struct str reason;
    struct sheet_view view;
    const struct assessed_line *line;
    struct str role;
    int index; /* of the assessing role */
    bool is_late;
};

static enum status settle(struct call *call, id64 sheet, const char *what,
                          enum status status);
static enum status mark_line(struct call *call, void *what);
static enum status find_line(struct call *call, struct marking *marking);
static enum status write_marks(struct call *call, const struct marking *marking,
                               const char *act, const struct basis *basis);
static enum status check_marks(struct call *call, const struct marking *marking,
                               const struct basis *basis, bool self);
static enum status check_mark(struct call *call, const struct marking *marking,
                              const struct mark_wish *wish, bool self);
static enum status check_adjustment(struct call *call, const struct marking *marking,
                                    const struct indicator *indicator,
                                    const struct mark_wish *wish);
static enum status has_answered(struct call *call, const struct sheet *sheet,
                                struct str role, bool *out_has);
static enum status report_line(struct call *call, void *what);
static bool is_whole(const struct marking *marking);
static enum status close_sheet(struct call *call, void *what);
static enum status must_be_answered(struct call *call, const struct marking *marking);
static struct json_t *sums_of(const struct sheet_view *view);
static const struct indicator *indicator_of(const struct assessment *rules,
                                            struct str code);

enum status assessment_mark(struct call *call, id64 sheet, id64 subject,
                            const struct mark_wish *marks, size_t count,
                            struct str reason) {
    struct marking marking = {.sheet = sheet,
                              .subject = subject,
                              .marks = marks,
                              .count = count,
                              .reason = str_trim(reason)};
    return settle(call, sheet, "assessment.mark",
                  store_transact(call, TXN_WRITE, mark_line, &marking));
}

/* A refusal is on record in the chain of the sheet's group. */
static enum status settle(struct call *call, id64 sheet, const char *what,
                          enum status status) {
    struct ledger_act act = {.act = what, .subject = {SUBJECT_ASSESSMENT, sheet}};
    struct refusal *refusal = call->refusal;
    struct sheet found;
    if (status == DONE || status == ABSENT || sheet_find(call, sheet, &found) != DONE) {
        call->refusal = refusal;
        return status;
    }
    return ledger_settle(call, found.group, &act, status);
}

static enum status mark_line(struct call *call, void *what) {
    struct marking *marking = what;
    struct site site;
    bool answered = false;
    TRY(find_line(call, marking));
    const struct rulebook *book = marking->view.sheet.book;
    TRY(site_find(call, marking->view.sheet.site, &site));
    TRY(assessor_must_be(call, book, site.root, &marking->index));
    const struct assessor_rule *rule = book->assessment->assessors;
    marking->role = book->roles[rule->roles[marking->index]].code;
    TRY(has_answered(call, &marking->view.sheet, marking->role, &answered));
    if (answered) {
        return call_refuse(call, REFUSED, rule_of(call, &rule->basis),
                           "assessment.answered", NULL);
    }
    TRY(check_marks(call, marking, &rule->basis, false));
    return write_marks(call, marking, "assessment.mark", &rule->basis);
}

static enum status find_line(struct call *call, struct marking *marking) {
    struct sheet sheet;
    TRY(sheet_lock(call, marking->sheet, &sheet));
    TRY(sheet_read(call, &sheet, &marking->view));
    for (size_t i = 0; i < marking->view.count; i++) {
        if (marking->view.lines[i].subject == marking->subject) {
            marking->line = &marking->view.lines[i];
            return DONE;
        }
    }
    return ABSENT;
}

static enum status write_marks(struct call *call, const struct marking *marking,
                               const char *act, const struct basis *basis) {
    struct json_t *said = json_array();
    struct str subject = id_to_text(call->arena, marking->subject);
    for (size_t i = 0; i < marking->count; i++) {
        const struct mark_wish *wish = &marking->marks[i];
        struct str remark = str_trim(wish->remark);
        const struct indicator *indicator =
            indicator_of(marking->view.sheet.book->assessment, wish->indicator);
        bool adjusts = indicator->measure != MEASURE_NONE && marking->index != NO_INDEX;
        struct value points = bind_int("points", wish->points);
        points.kind = wish->has_points ? VALUE_INT : VALUE_NULL;
        TRY(store_run(call, &mark_set, NULL, bind_int("sheet", marking->sheet),
                      bind_int("subject", marking->subject),
                      bind_text("indicator", wish->indicator),
                      bind_text("role", marking->role), points,
                      bind_text("remark", remark),
                      bind_text("reason", adjusts ? marking->reason : STR("")),
                      bind_int("person", call->actor.person), bind_int("now", call->now),
                      bind_int("late", marking->is_late ? 1 : 0)));
        (void)json_array_append_new(
            said, json_pack("{s:s%, s:s%, s:o}", "indicator", wish->indicator.at,
                            wish->indicator.length, "remark", remark.at, remark.length,
                            "points",
                            wish->has_points ? json_integer(wish->points) : json_null()));
    }
    struct ledger_act record = {
        .act = act,
        .subject = {SUBJECT_ASSESSMENT, marking->sheet},
        .rule = basis->id,
        .payload = ledger_payload(
            call,
            json_pack("{s:s%, s:s%, s:s%, s:b, s:o}", "line", subject.at, subject.length,
                      "role", marking->role.at, marking->role.length, "reason",
                      marking->reason.at == NULL ? "" : marking->reason.at,
                      marking->reason.length, "late", marking->is_late ? 1 : 0, "marks",
                      said))};
    return ledger_append(call, marking->view.sheet.group, &record, NULL);
}

static enum status check_marks(struct call *call, const struct marking *marking,
                               const struct basis *basis, bool self) {
    if (marking->count == 0) {
        return call_refuse(call, REFUSED, rule_of(call, basis), "assessment.nothing-said",
                           NULL);
    }
    for (size_t i = 0; i < marking->count; i++) {
        TRY(check_mark(call, marking, &marking->marks[i], self));
    }
    return DONE;
}

static enum status check_mark(struct call *call, const struct marking *marking,
                              const struct mark_wish *wish, bool self) {
    const struct indicator *indicator =
        indicator_of(marking->view.sheet.book->assessment, wish->indicator);
    if (indicator == NULL) {
        return ABSENT;
    }
    const char *rule = rule_of(call, &indicator->basis);
    const char *field = str_text(call->arena, indicator->code);
    const char *title = str_text(call->arena, text_in(indicator->title, call->language));
    if (!indicator_has_points(indicator)) {
        if (wish->has_points) {
            return call_refuse_field(call, field, rule, "assessment.no-points",
                                     "indicator", title, NULL);
        }
        return str_is_empty(str_trim(wish->remark))
                   ? call_refuse_field(call, field, rule, "assessment.remark-missing",
                                       "indicator", title, NULL)
                   : DONE;
    }
    if (!wish->has_points || wish->points < 0 || wish->points > 100000) {
        return call_refuse_field(call, field, rule, "assessment.points-missing",
                                 "indicator", title, NULL);
    }
    if (indicator->measure != MEASURE_NONE) {
        return self ? DONE : check_adjustment(call, marking, indicator, wish);
    }
    return wish->points == 0 || wish->points == indicator->points
               ? DONE
               : call_refuse_field(call, field, rule, "assessment.all-or-nothing",
                                   "indicator", title, "points",
                                   str_text(call->arena, str_format(call->arena, "%d",
                                                                    indicator->points)),
                                   NULL);
}

/* What is computed is never typed; what replaces it stands beside it, with its reason. */
static enum status check_adjustment(struct call *call, const struct marking *marking,
                                    const struct indicator *indicator,
                                    const struct mark_wish *wish) {
    const struct adjustment_rule *rule =
        marking->view.sheet.book->assessment->adjustments;
    const char *title = str_text(call->arena, text_in(indicator->title, call->language));
    if (rule == NULL) {
        return call_refuse_field(call, str_text(call->arena, indicator->code),
                                 rule_of(call, &indicator->basis), "assessment.computed",
                                 "indicator", title, NULL);
    }
    if (str_is_empty(marking->reason)) {
        return call_refuse_field(call, "reason", rule_of(call, &rule->basis),
                                 "assessment.reason-missing", "indicator", title, NULL);
    }
    (void)wish;
    return DONE;
}

static enum status has_answered(struct call *call, const struct sheet *sheet,
                                struct str role, bool *out_has) {
    struct rows *rows;
    bool has = false;
    TRY(store_query(call, &answer_rows, &rows, bind_int("sheet", sheet->id)));
    while (rows_next(rows)) {
        has = has || str_equal(row_text(rows, "role"), role);
    }
    TRY(rows_end(rows));
    *out_has = has;
    return DONE;
}

enum status assessment_report(struct call *call, id64 sheet, id64 subject,
                              const struct mark_wish *marks, size_t count) {
    struct marking marking = {.sheet = sheet,
                              .subject = subject,
                              .marks = marks,
                              .count = count,
                              .reason = STR(""),
                              .role = STR(ASSESSMENT_SELF),
                              .index = NO_INDEX};
    return settle(call, sheet, "assessment.report",
                  store_transact(call, TXN_WRITE, report_line, &marking));
}

static enum status report_line(struct call *call, void *what) {
    struct marking *marking = what;
    bool holds = false;
    TRY(find_line(call, marking));
    const struct sheet *sheet = &marking->view.sheet;
    const struct self_report *rule = sheet->book->assessment->self;
    if (rule == NULL || rule->role == NO_INDEX) {
        return ABSENT;
    }
    const struct role *role = &sheet->book->roles[rule->role];
    TRY(people_holds(call, call->actor.person, str_text(call->arena, role->code),
                     marking->line->unit, &holds));
    if (!holds) {
        return call_refuse(
            call, DENIED, rule_of(call, &rule->basis), "assessment.not-your-unit", "role",
            str_text(call->arena, text_in(role->title, call->language)), NULL);
    }
    if (sheet->assessed_at != 0) {
        return call_refuse(call, REFUSED, rule_of(call, &rule->basis),
                           "assessment.answered", NULL);
    }
    TRY(check_marks(call, marking, &rule->basis, true));
    marking->is_late = rule->due != NULL && call->now >= duty_day(sheet, rule->due);
    if (is_whole(marking)) {
        TRY(duty_close_self(call, sheet, marking->line->unit));
    }
    return write_marks(call, marking, "assessment.report",
                       rule->due != NULL ? &rule->due->basis : &rule->basis);
}

/* The unit has said, before or now, everything that is not computed and not optional. */
static bool is_whole(const struct marking *marking) {
    const struct assessment *rules = marking->view.sheet.book->assessment;
    for (size_t i = 0; i < rules->indicator_count; i++) {
        const struct indicator *indicator = &rules->indicators[i];
        bool said = marking->line->cells[i].self.is_given || indicator->optional ||
                    indicator->measure != MEASURE_NONE;
        for (size_t j = 0; j < marking->count; j++) {
            said = said || str_equal(marking->marks[j].indicator, indicator->code);
        }
        if (!said) {
            return false;
        }
    }
    return true;
}

enum status assessment_close(struct call *call, id64 sheet) {
    struct marking marking = {.sheet = sheet};
    return settle(call, sheet, "assessment.close",
                  store_transact(call, TXN_WRITE, close_sheet, &marking));
}

static enum status close_sheet(struct call *call, void *what) {
    struct marking *marking = what;
    struct sheet sheet;
    struct site site;
    int64_t changed;
    TRY(sheet_lock(call, marking->sheet, &sheet));
    TRY(site_find(call, sheet.site, &site));
    TRY(assessor_must_be(call, sheet.book, site.root, &marking->index));
    TRY(sheet_read(call, &sheet, &marking->view));
    TRY(must_be_answered(call, marking));
    const struct assessment *rules = sheet.book->assessment;
    marking->role = sheet.book->roles[rules->assessors->roles[marking->index]].code;
    TRY(store_run(call, &answer_insert, &changed, bind_int("sheet", sheet.id),
                  bind_text("role", marking->role),
                  bind_int("person", call->actor.person), bind_int("now", call->now)));
    if (changed == 0) {
        return call_refuse(call, STALE, rule_of(call, &rules->assessors->basis),
                           "assessment.answered", NULL);
    }
    TRY(duty_close_assess(call, &sheet, marking->role));
    bool all = marking->view.answered + 1 == marking->view.assessors;
    if (all) {
        TRY(store_run(call, &sheet_set_assessed, NULL, bind_int("now", call->now),
                      bind_int("id", sheet.id)));
        TRY(duty_open_publish(call, &sheet));
    }
    struct ledger_act act = {
        .act = "assessment.close",
        .subject = {SUBJECT_ASSESSMENT, sheet.id},
        .rule = rules->assessors->basis.id,
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:b, s:o}", "role", marking->role.at,
                            marking->role.length, "all", all ? 1 : 0, "sums",
                            all ? sums_of(&marking->view) : json_array()))};
    return ledger_append(call, sheet.group, &act, NULL);
}

/* Everything that this assessor has to say was said. */
static enum status must_be_answered(struct call *call, const struct marking *marking) {
    const struct assessment *rules = marking->view.sheet.book->assessment;
    for (size_t i = 0; i < marking->view.count; i++) {
        const struct assessed_line *line = &marking->view.lines[i];
        for (size_t j = 0; j < rules->indicator_count; j++) {
            const struct assessed_cell *cell = &line->cells[j];
            const struct indicator *indicator = &rules->indicators[j];
            if (cell->is_computed || indicator->optional ||
                cell->marks[marking->index].is_given) {
                continue;
            }
            return call_refuse(
                call, REFUSED, rule_of(call, &indicator->basis), "assessment.unanswered",
                "line", str_text(call->arena, line->title), "indicator",
                str_text(call->arena, text_in(indicator->title, call->language)), NULL);
        }
    }
    return DONE;
}

static struct json_t *sums_of(const struct sheet_view *view) {
    struct json_t *sums = json_array();
    for (size_t i = 0; view->has_points && i < view->count; i++) {
        const struct assessed_line *line = &view->lines[i];
        (void)json_array_append_new(sums, json_pack("{s:s%, s:I}", "line", line->title.at,
                                                    line->title.length, "sum",
                                                    (json_int_t)line->sum));
    }
    return sums;
}

static const struct indicator *indicator_of(const struct assessment *rules,
                                            struct str code) {
    for (size_t i = 0; i < rules->indicator_count; i++) {
        if (str_equal(rules->indicators[i].code, code)) {
            return &rules->indicators[i];
        }
    }
    return NULL;
}
