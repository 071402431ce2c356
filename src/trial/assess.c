/*
 * The acts of a case on assessments: of a sheet (the newest there is), of a line on it
 * (the sample department's, or the column's that is named), and notices.
 */
#include "trial_own.h"

#include "assessment/assessment.h"
#include "notice/notice.h"

static enum status open_sheet(struct hearing *hearing, const struct case_act *act);
static enum status mark(struct hearing *hearing, const struct case_act *act);
static enum status report(struct hearing *hearing, const struct case_act *act);
static enum status say(struct hearing *hearing, const struct case_act *act, bool self);
static enum status find_subject(struct hearing *hearing, const struct case_act *act,
                                id64 *out_subject);
static enum status mark_all(struct hearing *hearing, const struct case_act *act);
static struct mark_wish wish_of(struct hearing *hearing, struct str indicator,
                                struct str said);
static enum status close_sheet(struct hearing *hearing, const struct case_act *act);
static enum status publish(struct hearing *hearing, const struct case_act *act);
static enum status give(struct hearing *hearing, const struct case_act *act);
static enum status look(struct hearing *hearing, const struct case_act *act);
static void add_line(struct hearing *hearing, struct buffer *text,
                     const struct sheet_view *view, const struct assessed_line *line);
static void add_cell(struct hearing *hearing, struct buffer *text,
                     const struct sheet_view *view, const struct indicator *indicator,
                     const struct assessed_cell *cell);
static enum status add_duties(struct hearing *hearing, struct buffer *text, id64 sheet);
static enum status newest(struct hearing *hearing, struct sheet *out_sheet);
static enum status look_notices(struct hearing *hearing, const struct case_act *act);

static const struct {
    const char *name;
    enum status (*assess)(struct hearing *hearing, const struct case_act *act);
} assessments[] = {
    {"assess", open_sheet},
    {"mark", mark},
    {"mark-all", mark_all},
    {"report-self", report},
    {"close-assessment", close_sheet},
    {"publish-results", publish},
    {"give-notice", give},
    {"look-results", look},
    {"look-notices", look_notices},
};

bool hearing_assesses(struct str act) {
    for (size_t i = 0; i < LENGTH(assessments); i++) {
        if (str_is(act, assessments[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_assess(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(assessments); i++) {
        if (str_is(act->act, assessments[i].name)) {
            return assessments[i].assess(hearing, act);
        }
    }
    return ABSENT;
}

/* *value* is the period; "due": the clock draws up what there is to draw up. */
static enum status open_sheet(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    id64 sheet;
    size_t count;
    if (str_is(act->value, "due")) {
        call->actor = (struct actor){.person = 0};
        call->door = DOOR_CLOCK;
        TRY(assessment_open_due(call, &count));
        return count == 0 ? ABSENT : DONE;
    }
    return assessment_open(call, hearing->bureau.site.id, act->value, &sheet);
}

/* The answers are indicators with "yes", "no", points or a remark; *reason* is that of an
 * adjustment; *value* names a column in place of the department. */
static enum status mark(struct hearing *hearing, const struct case_act *act) {
    return say(hearing, act, false);
}

static enum status report(struct hearing *hearing, const struct case_act *act) {
    return say(hearing, act, true);
}

static enum status say(struct hearing *hearing, const struct case_act *act, bool self) {
    struct call *call = hearing->call;
    struct mark_wish *wishes =
        TAKE_ARRAY(call->arena, act->answer_count + 1, struct mark_wish);
    struct sheet sheet;
    id64 subject;
    TRY(newest(hearing, &sheet));
    TRY(find_subject(hearing, act, &subject));
    for (size_t i = 0; i < act->answer_count; i++) {
        wishes[i] = wish_of(hearing, act->answers[i].question, act->answers[i].answer);
    }
    return self ? assessment_report(call, sheet.id, subject, wishes, act->answer_count)
                : assessment_mark(call, sheet.id, subject, wishes, act->answer_count,
                                  act->reason);
}

static enum status find_subject(struct hearing *hearing, const struct case_act *act,
                                id64 *out_subject) {
    struct column column;
    *out_subject = hearing->bureau.department.id;
    if (str_is_empty(act->value)) {
        return DONE;
    }
    TRY(site_column_find_path(hearing->call, hearing->bureau.site.id, act->value,
                              &column));
    *out_subject = column.id;
    return DONE;
}

/* Every line the same, whatever else is to be said of it: points with "no". */
static enum status mark_all(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct sheet_view view;
    struct sheet sheet;
    (void)act;
    TRY(newest(hearing, &sheet));
    TRY(assessment_view(call, sheet.id, &view));
    const struct assessment *rules = sheet.book->assessment;
    struct mark_wish *wishes =
        TAKE_ARRAY(call->arena, rules->indicator_count + 1, struct mark_wish);
    for (size_t i = 0; i < view.count; i++) {
        size_t count = 0;
        for (size_t j = 0; j < rules->indicator_count; j++) {
            const struct indicator *indicator = &rules->indicators[j];
            if (indicator->measure == MEASURE_NONE && !indicator->optional &&
                (view.assessors > 1 || !view.lines[i].cells[j].marks[0].is_given)) {
                wishes[count++] =
                    wish_of(hearing, indicator->code,
                            indicator->points > 0 ? STR("no") : STR("样例"));
            }
        }
        if (count > 0) {
            TRY(assessment_mark(call, sheet.id, view.lines[i].subject, wishes, count,
                                STR("")));
        }
    }
    return DONE;
}

static struct mark_wish wish_of(struct hearing *hearing, struct str code,
                                struct str said) {
    const struct assessment *rules = hearing->book->assessment;
    struct mark_wish wish = {.indicator = code, .remark = STR("")};
    int64_t full = 0;
    for (size_t i = 0; i < rules->indicator_count; i++) {
        full = str_equal(rules->indicators[i].code, code) ? rules->indicators[i].points
                                                          : full;
    }
    wish.has_points = true;
    if (str_is(said, "yes") || str_is(said, "no")) {
        wish.points = str_is(said, "yes") ? full : 0;
    } else if (str_to_int(said, &wish.points) != DONE) {
        wish.has_points = false;
        wish.remark = said;
    }
    return wish;
}

static enum status close_sheet(struct hearing *hearing, const struct case_act *act) {
    struct sheet sheet;
    (void)act;
    TRY(newest(hearing, &sheet));
    return assessment_close(hearing->call, sheet.id);
}

/* The text becomes that of the case, who made it its author. */
static enum status publish(struct hearing *hearing, const struct case_act *act) {
    struct sheet sheet;
    (void)act;
    TRY(newest(hearing, &sheet));
    TRY(assessment_publish(hearing->call, sheet.id, &hearing->manuscript));
    hearing->bureau.writer = hearing->call->actor.person;
    return DONE;
}

/* *value* is "commend unit", "criticise person" …: the sample department or its writer,
 * on the newest sheet where there is one; *reason* is the ground. */
static enum status give(struct hearing *hearing, const struct case_act *act) {
    struct str rest = act->value;
    struct str kind = str_cut(&rest, ' ');
    bool unit = str_is(rest, "unit");
    struct commendation wish = {
        .site = hearing->bureau.site.id,
        .kind = str_is(kind, "commend") ? NOTICE_COMMEND : NOTICE_CRITICISE,
        .of = unit ? NOTICE_OF_UNIT : NOTICE_OF_PERSON,
        .subject = unit ? hearing->bureau.department.id : hearing->bureau.writer,
        .unit = hearing->bureau.department.id,
        .ground = act->reason};
    struct sheet sheet;
    enum status found = newest(hearing, &sheet);
    wish.sheet = found == DONE ? sheet.id : 0;
    TRY(assessment_give(hearing->call, &wish));
    if (wish.manuscript != 0) {
        hearing->manuscript = wish.manuscript;
        hearing->bureau.writer = hearing->call->actor.person;
    }
    return DONE;
}

/* "2026-11 closed": the newest sheet as this person reads it, and what is still to be
 * done about it. */
static enum status look(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct sheet_view view;
    struct sheet sheet;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(newest(hearing, &sheet));
    TRY(assessment_view(call, sheet.id, &view));
    buffer_add_format(&text, "%.*s %s\n", STR_ARG(sheet.period.text),
                      sheet_state_name(view.sheet.state));
    for (size_t i = 0; i < view.count; i++) {
        add_line(hearing, &text, &view, &view.lines[i]);
    }
    TRY(add_duties(hearing, &text, sheet.id));
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* "工业科 leader=10 volume=4:24 sum=84 self=80". */
static void add_line(struct hearing *hearing, struct buffer *text,
                     const struct sheet_view *view, const struct assessed_line *line) {
    const struct assessment *rules = view->sheet.book->assessment;
    buffer_add(text, line->title);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        add_cell(hearing, text, view, &rules->indicators[i], &line->cells[i]);
    }
    if (view->has_points && view->shows_marks) {
        buffer_add_format(text, " sum=%lld", (long long)line->sum);
    }
    if (line->has_self) {
        buffer_add_format(text, " self=%lld", (long long)line->self_sum);
    }
    buffer_add_text(text, "\n");
}

static void add_cell(struct hearing *hearing, struct buffer *text,
                     const struct sheet_view *view, const struct indicator *indicator,
                     const struct assessed_cell *cell) {
    (void)hearing;
    buffer_add_format(text, " %.*s=", STR_ARG(indicator->code));
    if (cell->is_computed) {
        buffer_add_format(text, "%lld:", (long long)cell->number);
    }
    if (cell->has_points) {
        buffer_add_format(text, "%lld", (long long)cell->points);
    }
    if (cell->is_adjusted) {
        buffer_add_format(text, "(computed %lld)", (long long)cell->computed);
    }
    if (cell->self.is_late) {
        buffer_add_text(text, "(late)");
    }
    for (size_t i = 0; i < view->assessors; i++) {
        if (cell->marks[i].is_given) {
            buffer_add_format(text, "%.*s%.*s", STR_ARG(cell->marks[i].remark),
                              STR_ARG(cell->marks[i].reason));
        }
    }
}

static enum status add_duties(struct hearing *hearing, struct buffer *text, id64 sheet) {
    struct duties duties;
    TRY(notice_duties_of(hearing->call, (struct subject){SUBJECT_ASSESSMENT, sheet},
                         &duties));
    for (size_t i = 0; i < duties.count; i++) {
        const struct duty *duty = &duties.at[i];
        struct str end = duty->deadline.hard == 0
                             ? STR("-")
                             : instant_to_text(hearing->call->arena, duty->deadline.hard);
        buffer_add_format(text, "duty %.*s %.*s %.*s %.*s\n", STR_ARG(duty->act),
                          STR_ARG(duty->role), STR_ARG(end), STR_ARG(duty->rule));
    }
    return DONE;
}

static enum status newest(struct hearing *hearing, struct sheet *out_sheet) {
    struct sheets sheets;
    TRY(assessment_sheets(hearing->call, hearing->bureau.site.group,
                          hearing->bureau.site.id, &sheets));
    if (sheets.count == 0) {
        return ABSENT;
    }
    *out_sheet = sheets.at[0];
    return DONE;
}

/* "criticise unit 工业科 LZ-15 score=12 public": the register, newest first. */
static enum status look_notices(struct hearing *hearing, const struct case_act *act) {
    struct commendation *rows;
    struct buffer text;
    size_t count;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(assessment_given(hearing->call, hearing->bureau.site.group, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&text, "%s %s %.*s %.*s",
                          rows[i].kind == NOTICE_COMMEND ? "commend" : "criticise",
                          rows[i].of == NOTICE_OF_UNIT ? "unit" : "person",
                          STR_ARG(rows[i].name), STR_ARG(rows[i].rule));
        if (rows[i].has_score) {
            buffer_add_format(&text, " score=%lld", (long long)rows[i].score);
        }
        buffer_add_text(&text, rows[i].is_public ? " public\n" : "\n");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}
