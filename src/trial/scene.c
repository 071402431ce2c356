/*
 * The situation of a case: its manuscript, written by the sample department and
 * brought to its step by the sample persons.
 */
#include "trial_own.h"

#include "people/people.h"
#include "site/site.h"
#include "tally/tally.h"

static enum status change_kind(struct hearing *hearing);
static enum status write_draft(struct hearing *hearing, struct str item_class);
static enum status choose_column(struct hearing *hearing, id64 unit, id64 *out_column);
static void fill_fields(struct hearing *hearing, struct content *content);
static void set_field(struct content *content, const char *name, struct str value);
static enum status walk_there(struct hearing *hearing);
static enum status instruct(struct hearing *hearing);

enum status hearing_begin(struct hearing *hearing) {
    const struct case_given *given = &hearing->one->given;
    TRY(tally_follow_sites(hearing->call, false));
    if (!str_is_empty(given->unit_kind)) {
        TRY(change_kind(hearing));
    }
    if (str_is_empty(given->item_class)) {
        return DONE;
    }
    if (!str_is_empty(given->pair)) {
        TRY(write_draft(hearing, given->pair));
        TRY(trial_walk(hearing->call, hearing->manuscript, STR("")));
        hearing->pair = hearing->manuscript;
    }
    TRY(write_draft(hearing, given->item_class));
    return str_is_empty(given->step) ? DONE : walk_there(hearing);
}

/* The sample department becomes a unit of another kind: a township, an internal body. */
static enum status change_kind(struct hearing *hearing) {
    struct people_holdings office;
    TRY(people_holders(hearing->call, "office-director", 0, &office));
    if (office.count == 0) {
        return REFUSED;
    }
    hearing->call->actor = (struct actor){.person = office.at[0].person};
    hearing->bureau.department.kind = hearing->one->given.unit_kind;
    return people_unit_save(hearing->call, &hearing->bureau.department);
}

static enum status write_draft(struct hearing *hearing, struct str item_class) {
    struct call *call = hearing->call;
    const struct case_given *given = &hearing->one->given;
    id64 column;
    call->door = DOOR_WEB;
    id64 unit = hearing->bureau.department.id;
    if (!str_is_empty(given->author)) {
        struct people_holdings holdings;
        TRY(hearing_person(hearing, given->author, &hearing->bureau.writer));
        TRY(people_holdings(call, hearing->bureau.writer, &holdings));
        unit = holdings.count == 0 ? unit : holdings.at[0].unit;
    }
    call->actor =
        (struct actor){.person = hearing->bureau.writer, .freshly_proven = true};
    TRY(choose_column(hearing, unit, &column));
    return hearing_write(hearing, column, unit, item_class);
}

enum status hearing_write(struct hearing *hearing, id64 column, id64 unit,
                          struct str item_class) {
    struct call *call = hearing->call;
    const struct case_given *given = &hearing->one->given;
    struct content content = {
        .title = str_is_empty(given->title) ? STR("全市工业经济运行情况") : given->title,
        .body = str_is_empty(given->body) ? STR("<p>前三季度，全市工业经济运行平稳。</p>")
                                          : given->body};
    struct dropped dropped;
    int version = 0;
    TRY(manuscript_begin(call, column, unit, item_class, content.title,
                         &hearing->manuscript));
    struct content empty;
    TRY(manuscript_draft(call, hearing->manuscript, &empty, &version));
    fill_fields(hearing, &content);
    return manuscript_save(call, hearing->manuscript, version, &content, &version,
                           &dropped);
}

/* The column that the case names, else the first open one that takes the class from the
 * unit. */
static enum status choose_column(struct hearing *hearing, id64 unit, id64 *out_column) {
    struct call *call = hearing->call;
    struct column *columns;
    struct column named;
    size_t count;
    if (!str_is_empty(hearing->one->given.column)) {
        TRY(site_column_find_path(call, hearing->bureau.site.id,
                                  hearing->one->given.column, &named));
        *out_column = named.id;
        return DONE;
    }
    TRY(site_columns(call, hearing->bureau.site.id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        if (site_column_takes(call, &columns[i], hearing->one->given.item_class, unit) ==
            DONE) {
            *out_column = columns[i].id;
            return DONE;
        }
        call_forgive(call);
    }
    return REFUSED;
}

/* Everything that a class may ask for, then what the case says instead. */
static void fill_fields(struct hearing *hearing, struct content *content) {
    const struct case_given *given = &hearing->one->given;
    struct str today = day_to_text(hearing->call->arena, instant_day(hearing->call->now));
    bool reprint = str_is(given->item_class, "reprint");
    content->fields =
        TAKE_ARRAY(hearing->call->arena, 32 + given->field_count, struct field_value);
    set_field(content, "disclosure", STR("active"));
    set_field(content, "origin", str_is_empty(given->origin) ? today : given->origin);
    set_field(content, "source", STR("工业科"));
    set_field(content, "catalogue", STR("policy"));
    set_field(content, "meeting-name", STR("局长办公会"));
    set_field(content, "meeting-date", today);
    set_field(content, "meeting-number", STR("2026-11"));
    if (reprint) {
        set_field(content, "reprint-source", STR("自然资源部"));
        set_field(content, "reprint-url", STR("https://www.mnr.gov.cn/dt/ywbb/1.html"));
    }
    if (!str_is_empty(given->target)) {
        set_field(content, "targets", given->target);
    }
    if (hearing->pair != 0) {
        set_field(content, "interpretation",
                  id_to_text(hearing->call->arena, hearing->pair));
    }
    for (size_t i = 0; i < given->field_count; i++) {
        set_field(content, str_text(hearing->call->arena, given->fields[i].question),
                  given->fields[i].answer);
    }
}

/* "none" takes a field away. */
static void set_field(struct content *content, const char *name, struct str value) {
    size_t at = 0;
    while (at < content->field_count && !str_is(content->fields[at].name, name)) {
        at++;
    }
    if (str_is(value, "none")) {
        for (; at + 1 < content->field_count; at++) {
            content->fields[at] = content->fields[at + 1];
        }
        content->field_count -= at < content->field_count ? 1 : 0;
        return;
    }
    content->fields[at] = (struct field_value){str_of(name), value};
    content->field_count += at == content->field_count ? 1 : 0;
}

static enum status walk_there(struct hearing *hearing) {
    const struct case_given *given = &hearing->one->given;
    if (!str_is_empty(given->carried)) {
        TRY(instruct(hearing));
    }
    TRY(trial_walk(hearing->call, hearing->manuscript, given->step));
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct run run;
    hearing->call->actor = (struct actor){.person = hearing->bureau.writer};
    TRY(review_run(hearing->call, subject, &run));
    return str_equal(run.step, given->step) ? DONE : REFUSED;
}

/* Up to the step whose question is carried, and that step with the case's answer. */
static enum status instruct(struct hearing *hearing) {
    const struct rulebook *book = hearing->book;
    for (size_t i = 0; i < book->route_count; i++) {
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            const struct step *step = &book->routes[i].steps[j];
            for (size_t k = 0; k < step->ask_count; k++) {
                const struct question *question = &book->questions[step->asks[k]];
                if (!question->carries) {
                    continue;
                }
                struct case_answer answer = {question->code, hearing->one->given.carried};
                struct case_act act = {.person = book->roles[step->role].code,
                                       .act = STR("decide"),
                                       .answers = &answer,
                                       .answer_count = 1};
                TRY(trial_walk(hearing->call, hearing->manuscript, step->code));
                return hearing_act(hearing, &act);
            }
        }
    }
    return REFUSED;
}
