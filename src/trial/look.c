/*
 * The acts of a case that only look: each shows a text, in which the case expects
 * something to stand or not to stand.
 */
#include "trial_own.h"

#include "filing/filing.h"
#include "matter/matter.h"
#include "people/people.h"

#include <string.h>

static enum status look_manuscript(struct hearing *hearing, const struct case_act *act);
static enum status look_pair(struct hearing *hearing, const struct case_act *act);
static enum status look_route(struct hearing *hearing, const struct case_act *act);
static enum status look_due(struct hearing *hearing, const struct case_act *act);
static enum status look_history(struct hearing *hearing, const struct case_act *act);
static enum status look_filing(struct hearing *hearing, const struct case_act *act);
static enum status look_archive(struct hearing *hearing, const struct case_act *act);
static enum status look_unit(struct hearing *hearing, const struct case_act *act);
static enum status look_body(struct hearing *hearing, const struct case_act *act);
static enum status look_desk(struct hearing *hearing, const struct case_act *act);
static enum status look_rulebook(struct hearing *hearing, const struct case_act *act);
static enum status look_sight(struct hearing *hearing, const struct case_act *act);
static enum status look_outside(struct hearing *hearing, const struct case_act *act);
static enum status look_matters(struct hearing *hearing, const struct case_act *act);
static enum status look_columns(struct hearing *hearing, const struct case_act *act);
static enum status look_form(struct hearing *hearing, const struct case_act *act);
static struct str run_text(struct hearing *hearing, const struct run *run);
static struct str effect_words(struct arena *arena, const struct effect_date *effect);
static enum status add_matter_form(struct call *call, const struct matter *matter,
                                   struct buffer *text);

static const struct {
    const char *name;
    enum status (*look)(struct hearing *hearing, const struct case_act *act);
} looks[] = {
    {"look", look_manuscript},
    {"route", look_route},
    {"look-pair", look_pair},
    {"due", look_due},
    {"history", look_history},
    {"filing", look_filing},
    {"archive", look_archive},
    {"find-unit", look_unit},
    {"body", look_body},
    {"open-desk", look_desk},
    {"read-rulebook", look_rulebook},
    {"sight", look_sight},
    {"outside", look_outside},
    {"matters", look_matters},
    {"columns", look_columns},
    {"form", look_form},
    {"standings", look_standings},
    {"duties", look_duties},
    {"staff", look_staff},
    {"uninterpreted", look_uninterpreted},
};

bool hearing_looks(struct str act) {
    for (size_t i = 0; i < LENGTH(looks); i++) {
        if (str_is(act, looks[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_look(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(looks); i++) {
        if (str_is(act->act, looks[i].name)) {
            return looks[i].look(hearing, act);
        }
    }
    return ABSENT;
}

static enum status look_manuscript(struct hearing *hearing, const struct case_act *act) {
    struct manuscript manuscript;
    (void)act;
    TRY(manuscript_find(hearing->call, hearing->manuscript, &manuscript));
    hearing->shown = manuscript.title;
    return DONE;
}

/* The state of the manuscript that goes with it. */
static enum status look_pair(struct hearing *hearing, const struct case_act *act) {
    struct manuscript manuscript;
    (void)act;
    TRY(manuscript_peek(hearing->call, hearing->pair, &manuscript));
    hearing->shown = manuscript.state;
    return DONE;
}

/* The route it would take, in the sentences of `explain`. */
static enum status look_route(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    const struct rulebook *book;
    struct item_facts item;
    struct no no;
    int route;
    (void)act;
    TRY(review_item_facts(call, hearing->manuscript, &book, &item));
    if (rulebook_route_for(book, &item, &route, &no) != DONE) {
        return rulebook_refuse(call, book, &no);
    }
    hearing->shown =
        rulebook_explain(call->arena, book, &book->routes[route], STR("zh-CN"));
    return DONE;
}

/* "section-review 2026-12-04 24:00", or "none": when the present step is due. */
static enum status look_due(struct hearing *hearing, const struct case_act *act) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct run run;
    (void)act;
    TRY(review_run(hearing->call, subject, &run));
    hearing->shown = run_text(hearing, &run);
    return DONE;
}

static struct str run_text(struct hearing *hearing, const struct run *run) {
    struct arena *arena = hearing->call->arena;
    if (run->due == INSTANT_NEVER) {
        return str_format(arena, "%.*s none", STR_ARG(run->step));
    }
    return str_format(arena, "%.*s %.*s", STR_ARG(run->step),
                      STR_ARG(instant_to_text(arena, run->due)));
}

/* 经过: what was decided where, under the stage that the rulebook gives the step. */
static enum status look_history(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct run run;
    struct decision *decisions;
    size_t count;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(review_run(call, subject, &run));
    TRY(approval_history(call, run.id, &decisions, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < hearing->book->stage_count; j++) {
            const struct history_stage *stage = &hearing->book->stages[j];
            for (size_t k = 0; k < stage->step_count; k++) {
                if (str_equal(stage->steps[k], decisions[i].step)) {
                    buffer_add(&text, stage->title.zh);
                    buffer_add_char(&text, ' ');
                }
            }
        }
        buffer_add_format(&text, "%.*s:%.*s ", STR_ARG(decisions[i].step),
                          STR_ARG(decisions[i].outcome));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static enum status look_filing(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct filing_records records;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(filing_records_of(call, subject, &records));
    for (size_t i = 0; i < records.count; i++) {
        buffer_add_format(
            &text, "%.*s %.*s %.*s %.*s\n", STR_ARG(records.at[i].number_text),
            STR_ARG(records.at[i].title), STR_ARG(records.at[i].submitter_name),
            STR_ARG(records.at[i].destination));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* What the unit of the actor's first post keeps: kind and title. */
static enum status look_archive(struct hearing *hearing, const struct case_act *act) {
    static const struct {
        enum archive_kind kind;
        const char *name;
    } kinds[] = {{ARCHIVE_INTERNAL, "internal"}, {ARCHIVE_PUBLISHED, "published"}};
    struct call *call = hearing->call;
    struct people_holdings holdings;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < LENGTH(kinds) && holdings.count > 0; i++) {
        struct archive_copies copies;
        TRY(filing_archived(call, holdings.at[0].unit, kinds[i].kind, 0, &copies));
        for (size_t j = 0; j < copies.count; j++) {
            buffer_add_format(&text, "%s %.*s\n", kinds[i].name,
                              STR_ARG(copies.at[j].title));
        }
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static enum status look_unit(struct hearing *hearing, const struct case_act *act) {
    struct people_unit unit;
    TRY(people_unit_find(hearing->call, act->value, &unit));
    hearing->shown = str_format(hearing->call->arena, "%.*s %.*s", STR_ARG(unit.code),
                                STR_ARG(unit.title));
    return DONE;
}

/* The members of a body as the posts give them: "组长 周正国 成员 陈立". */
static enum status look_body(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    int index = rulebook_body(hearing->book, act->value);
    struct buffer text;
    buffer_init(&text, call->arena);
    if (index == NO_INDEX) {
        return ABSENT;
    }
    const struct body *body = &hearing->book->bodies[index];
    for (size_t i = 0; i < body->seat_count; i++) {
        struct people_holdings holdings;
        struct str role = hearing->book->roles[body->seats[i].role].code;
        TRY(people_holders(call, str_text(call->arena, role), 0, &holdings));
        buffer_add(&text, body->seats[i].title.zh);
        for (size_t j = 0; j < holdings.count; j++) {
            buffer_add_format(&text, " %.*s:%.*s", STR_ARG(role),
                              STR_ARG(holdings.at[j].name));
        }
        buffer_add_text(&text, holdings.count == 0 ? " 空缺\n" : "\n");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* Who has a desk is the rulebook's matter; the article stands with it. */
static enum status look_desk(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    static const char *const names[] = {"release-desk", "compliance", "secrecy"};
    for (size_t i = 0; i < hearing->book->desk_count; i++) {
        const struct desk_right *right = &hearing->book->desks[i];
        bool has = false;
        if (!str_is(act->value, names[right->desk])) {
            continue;
        }
        TRY(people_holds(call, call->actor.person,
                         str_text(call->arena, hearing->book->roles[right->role].code), 0,
                         &has));
        if (has) {
            hearing->shown = right->basis.id;
            return DONE;
        }
        return call_refuse(call, DENIED, str_text(call->arena, right->basis.id),
                           "rulebook.not-your-role", NULL);
    }
    return call_refuse(call, DENIED, "", "rulebook.not-your-role", NULL);
}

/* What the rulebook's page says of the regulation itself. */
static enum status look_rulebook(struct hearing *hearing, const struct case_act *act) {
    const struct rulebook *book = hearing->book;
    struct arena *arena = hearing->call->arena;
    struct buffer text;
    (void)act;
    buffer_init(&text, arena);
    buffer_add(&text, book->title.zh);
    if (book->interpreter != NULL && book->interpreter->unit != NO_INDEX) {
        buffer_add_format(&text, "\n解释 %.*s",
                          STR_ARG(book->units[book->interpreter->unit].title.zh));
    }
    if (book->effect != NULL) {
        buffer_add_format(&text, "\n施行 %.*s",
                          STR_ARG(effect_words(arena, book->effect)));
    }
    for (size_t i = 0; i < book->principle_count; i++) {
        buffer_add_format(&text, "\n原则 %.*s", STR_ARG(book->principles[i].words.zh));
    }
    if (book->predecessor != NULL) {
        buffer_add_format(&text, "\n废止 %.*s", STR_ARG(book->predecessor->number));
    }
    for (size_t i = 0; i < book->legal_count; i++) {
        buffer_add_format(&text, "\n依据 %.*s", STR_ARG(book->legals[i].correct));
    }
    for (size_t i = 0; i < book->matter_count; i++) {
        buffer_add_format(&text, "\n事项 %.*s", STR_ARG(book->matters[i].title.zh));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static struct str effect_words(struct arena *arena, const struct effect_date *effect) {
    struct str day = day_to_text(arena, effect->from);
    if (effect->on_activation) {
        return STR("自启用之日起");
    }
    return effect->month_only ? str_part(day, 0, strlen("2023-07")) : day;
}

static enum status look_sight(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < hearing->book->sight_count; i++) {
        const struct sight *sight = &hearing->book->sights[i];
        if (str_equal(hearing->book->roles[sight->role].code, act->value)) {
            hearing->shown = sight->own_unit_only ? STR("own unit only") : STR("all");
            return DONE;
        }
    }
    hearing->shown = STR("");
    return DONE;
}

/* Was it elsewhere before the site had it?  *value* is the field's instant. */
static enum status look_outside(struct hearing *hearing, const struct case_act *act) {
    instant elsewhere = 0;
    struct str rest = act->value;
    struct str order = str_cut(&rest, ' ');
    TRY(instant_from_rfc3339(rest, &elsewhere));
    const struct outside_rule *rule = rulebook_outside(
        hearing->book, str_is(order, "site-first") ? ORDER_SITE_FIRST : ORDER_SAME_TIME,
        elsewhere, hearing->call->now);
    hearing->shown = rule == NULL ? STR("in order") : rule->basis.id;
    return DONE;
}

/* The newest form of a series (*value*, else review-form): its number and what stands on
 * it, as kept beside its PDF. */
static enum status look_form(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct forms forms;
    struct form form;
    struct str series = str_is_empty(act->value) ? STR("review-form") : act->value;
    TRY(filing_forms(call, hearing->bureau.site.group, series,
                     date_of_day(instant_day(call->now)).year, 0, &forms));
    if (forms.count == 0) {
        return ABSENT;
    }
    TRY(review_make_form(call, forms.at[0].id, &form));
    hearing->shown = str_format(call->arena, "%.*s %.*s", STR_ARG(form.number_text),
                                STR_ARG(form.content));
    return DONE;
}

/* The tree: path, title, owner's code, whom it is open to, how many items stand in it. */
static enum status look_columns(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct column *columns;
    size_t count;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(site_columns(call, hearing->bureau.site.id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        struct column_terms terms;
        struct people_unit owner;
        TRY(people_unit(call, columns[i].owner, &owner));
        TRY(site_column_terms(call, columns[i].id, &terms));
        buffer_add_format(&text, "%.*s %.*s %.*s%s%s\n", STR_ARG(columns[i].path),
                          STR_ARG(columns[i].title), STR_ARG(owner.code),
                          terms.unit_count > 0 ? " exclusive" : "",
                          columns[i].open ? "" : " closed");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* What is open and answered, and what is missing this year or of a unit. */
static enum status look_matters(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    id64 group = hearing->bureau.site.group;
    struct matters matters;
    struct matter_gap *gaps;
    size_t count;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(matter_list(call, group, 0, STR(""), &matters));
    TRY(matter_gaps(call, group, hearing->bureau.site.root, hearing->book,
                    date_of_day(instant_day(call->now)).year, &gaps, &count));
    for (size_t i = 0; i < matters.count; i++) {
        const struct matter *matter = &matters.at[i];
        buffer_add_format(&text, "%.*s %s %.*s", STR_ARG(matter->kind),
                          matter->answered_at == 0 ? "open"
                          : matter->agreed         ? "answered"
                                                   : "declined",
                          STR_ARG(matter->title));
        TRY(add_matter_form(call, matter, &text));
    }
    for (size_t i = 0; i < count; i++) {
        struct people_unit unit = {.title = STR("")};
        if (gaps[i].unit != 0) {
            TRY(people_unit(call, gaps[i].unit, &unit));
        }
        buffer_add_format(&text, "missing %.*s %d %.*s\n", STR_ARG(gaps[i].rule->code),
                          gaps[i].year, STR_ARG(unit.title));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* " 备案 2026-0001 due 2026-12-07 00:00 kind=开设", as far as the matter has them. */
static enum status add_matter_form(struct call *call, const struct matter *matter,
                                   struct buffer *text) {
    struct matter_line *lines;
    size_t count;
    if (!str_is_empty(matter->number)) {
        buffer_add_format(text, " %.*s", STR_ARG(matter->number));
    }
    if (matter->due != INSTANT_NEVER) {
        buffer_add_format(text, " due %.*s",
                          STR_ARG(instant_to_text(call->arena, matter->due)));
    }
    TRY(matter_lines(call, matter->id, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(text, " %.*s=%.*s", STR_ARG(lines[i].field),
                          STR_ARG(lines[i].value));
    }
    buffer_add_char(text, '\n');
    return DONE;
}
