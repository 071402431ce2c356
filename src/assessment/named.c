/*
 * Commendation and criticism: who may be named is the rulebook's, who is named a person
 * decides; the record keeps the ground and the score that it rests on.
 */
#include "assessment_own.h"

#include <jansson.h>

static enum status give(struct call *call, struct commendation *wish,
                        const struct site *site, const struct rulebook *book);
static enum status find_rule(struct call *call, const struct rulebook *book,
                             const struct commendation *wish,
                             const struct notice_rule **out_rule);
static enum status name_subject(struct call *call, const struct site *site,
                                struct commendation *wish);
static enum status name_person(struct call *call, const struct site *site,
                               struct commendation *wish);
static enum status take_score(struct call *call, const struct rulebook *book,
                              struct commendation *wish);
static enum status make_text(struct call *call, const struct rulebook *book,
                             const struct notice_rule *rule, struct commendation *wish);
static enum status write_down(struct call *call, void *what);
static struct commendation read_row(struct rows *rows);

enum status assessment_give(struct call *call, struct commendation *wish) {
    const struct rulebook *book;
    struct site site;
    TRY(site_find(call, wish->site, &site));
    TRY(site_rulebook(call, wish->site, &book));
    wish->id = call_new_id(call);
    struct ledger_act act = {.act = "assessment.name",
                             .subject = {SUBJECT_ASSESSMENT, wish->id}};
    if (book->assessment == NULL || book->assessment->notice_count == 0) {
        return ABSENT;
    }
    return ledger_settle(call, site.group, &act, give(call, wish, &site, book));
}

static enum status give(struct call *call, struct commendation *wish,
                        const struct site *site, const struct rulebook *book) {
    const struct notice_rule *rule;
    int index;
    TRY(assessor_must_be(call, book, site->root, &index));
    TRY(find_rule(call, book, wish, &rule));
    wish->rule = rule->basis.id;
    wish->ground = str_trim(wish->ground);
    wish->given_by = call->actor.person;
    wish->given_at = call->now;
    if (str_is_empty(wish->ground)) {
        return call_refuse_field(call, "ground", rule_of(call, &rule->basis),
                                 "assessment.ground-missing", NULL);
    }
    TRY(name_subject(call, site, wish));
    TRY(take_score(call, book, wish));
    if (!str_is_empty(rule->column)) {
        TRY(make_text(call, book, rule, wish));
    }
    return store_transact(call, TXN_WRITE, write_down, wish);
}

/* What the regulation has no notice for is refused by the article of that kind. */
static enum status find_rule(struct call *call, const struct rulebook *book,
                             const struct commendation *wish,
                             const struct notice_rule **out_rule) {
    const struct assessment *rules = book->assessment;
    const struct notice_rule *nearest = &rules->notices[0];
    for (size_t i = 0; i < rules->notice_count; i++) {
        const struct notice_rule *rule = &rules->notices[i];
        if (rule->kind != wish->kind) {
            continue;
        }
        nearest = rule;
        if ((rule->of & (unsigned)wish->of) != 0) {
            *out_rule = rule;
            return DONE;
        }
    }
    bool person = wish->of == NOTICE_OF_PERSON;
    return call_refuse(call, REFUSED, rule_of(call, &nearest->basis),
                       wish->kind == NOTICE_CRITICISE
                           ? (person ? "assessment.no-criticism-of-person"
                                     : "assessment.no-criticism-of-unit")
                           : (person ? "assessment.no-praise-of-person"
                                     : "assessment.no-praise-of-unit"),
                       NULL);
}

static enum status name_subject(struct call *call, const struct site *site,
                                struct commendation *wish) {
    struct people_unit unit;
    if (wish->of == NOTICE_OF_PERSON) {
        return name_person(call, site, wish);
    }
    TRY(people_unit(call, wish->subject, &unit));
    wish->unit = unit.id;
    wish->name = unit.title;
    return unit.body == site->root && unit.parent != 0 ? DONE : ABSENT;
}

/* Of the body: the unit that was said, else that of the first post. */
static enum status name_person(struct call *call, const struct site *site,
                               struct commendation *wish) {
    struct people_holdings holdings;
    struct people_person person;
    id64 unit = 0;
    TRY(people_person(call, wish->subject, &person));
    TRY(people_holdings(call, wish->subject, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        if (holding->body == site->root && (unit == 0 || holding->unit == wish->unit)) {
            unit = holding->unit;
        }
    }
    wish->unit = unit;
    wish->name = person.name;
    return unit == 0 ? ABSENT : DONE;
}

/* On the result of an assessment, where the rulebook has any (LZ-15). */
static enum status take_score(struct call *call, const struct rulebook *book,
                              struct commendation *wish) {
    const struct assessment *rules = book->assessment;
    struct sheet_view view;
    struct sheet sheet;
    if (wish->sheet == 0) {
        return rules->period == NULL || rules->indicator_count == 0
                   ? DONE
                   : call_refuse_field(call, "sheet", str_text(call->arena, wish->rule),
                                       "assessment.sheet-missing", NULL);
    }
    TRY(sheet_find(call, wish->sheet, &sheet));
    TRY(sheet_read(call, &sheet, &view));
    wish->period = sheet.period.text;
    for (size_t i = 0; i < view.count && sheet.assessed_at != 0; i++) {
        if (view.lines[i].unit == wish->unit && sheet.site == wish->site) {
            wish->has_score = view.has_points;
            wish->score = view.lines[i].sum;
            return DONE;
        }
    }
    return call_refuse_field(call, "sheet", str_text(call->arena, wish->rule),
                             "assessment.not-on-sheet", "name",
                             str_text(call->arena, wish->name), NULL);
}

static enum status make_text(struct call *call, const struct rulebook *book,
                             const struct notice_rule *rule, struct commendation *wish) {
    struct buffer html;
    bool praise = wish->kind == NOTICE_COMMEND;
    buffer_init(&html, call->arena);
    buffer_add_text(&html, "<p>");
    buffer_add_escaped(&html, wish->ground);
    buffer_add_text(&html, "</p>");
    if (wish->has_score) {
        buffer_add_format(&html, "<p>%.*s考核%lld分。</p>",
                          STR_ARG(period_title(call->arena, wish->period)),
                          (long long)wish->score);
    }
    return text_begin(
        call, book, wish->site, rule->column, book->classes[rule->item_class].code,
        str_format(call->arena, praise ? "关于表扬%.*s的通报" : "关于批评%.*s的通报",
                   STR_ARG(wish->name)),
        buffer_str(&html), &wish->manuscript);
}

static enum status write_down(struct call *call, void *what) {
    const struct commendation *wish = what;
    const char *kind = wish->kind == NOTICE_COMMEND ? "commend" : "criticise";
    const char *of = wish->of == NOTICE_OF_UNIT ? "unit" : "person";
    struct site site;
    struct value score = bind_int("score", wish->score);
    score.kind = wish->has_score ? VALUE_INT : VALUE_NULL;
    TRY(site_find(call, wish->site, &site));
    TRY(store_run(call, &commend_insert, NULL, bind_int("id", wish->id),
                  bind_int("group", site.group), bind_int("site", wish->site),
                  bind_text("kind", str_of(kind)), bind_text("of_kind", str_of(of)),
                  bind_int("subject", wish->subject), bind_int("unit", wish->unit),
                  bind_text("name", wish->name), bind_text("ground", wish->ground),
                  bind_id("sheet", wish->sheet), score, bind_text("rule", wish->rule),
                  bind_int("person", wish->given_by), bind_int("now", call->now),
                  bind_id("manuscript", wish->manuscript)));
    struct ledger_act act = {
        .act = "assessment.name",
        .subject = {SUBJECT_ASSESSMENT, wish->id},
        .rule = wish->rule,
        .payload = ledger_payload(
            call, json_pack("{s:s, s:s, s:s%, s:s%, s:o}", "kind", kind, "of", of, "name",
                            wish->name.at, wish->name.length, "ground", wish->ground.at,
                            wish->ground.length, "score",
                            wish->has_score ? json_integer(wish->score) : json_null()))};
    return ledger_append(call, site.group, &act, NULL);
}

enum status assessment_given(struct call *call, id64 group,
                             struct commendation **out_rows, size_t *out_count) {
    struct commendation *given = TAKE_ARRAY(call->arena, 500, struct commendation);
    size_t count = 0;
    struct rows *rows;
    TRY(store_query(call, &commend_rows, &rows, bind_int("group", group)));
    while (rows_next(rows)) {
        given[count++] = read_row(rows);
    }
    TRY(rows_end(rows));
    *out_rows = given;
    *out_count = count;
    return DONE;
}

static struct commendation read_row(struct rows *rows) {
    return (struct commendation){
        .id = row_id(rows, "id"),
        .site = row_id(rows, "site"),
        .kind =
            str_is(row_text(rows, "kind"), "commend") ? NOTICE_COMMEND : NOTICE_CRITICISE,
        .of =
            str_is(row_text(rows, "of_kind"), "unit") ? NOTICE_OF_UNIT : NOTICE_OF_PERSON,
        .subject = row_id(rows, "subject"),
        .unit = row_id(rows, "unit"),
        .name = row_text(rows, "name"),
        .ground = row_text(rows, "ground"),
        .sheet = row_id(rows, "sheet"),
        .has_score = !row_is_null(rows, "score"),
        .score = row_int(rows, "score"),
        .rule = row_text(rows, "rule"),
        .given_by = row_id(rows, "given_by"),
        .given_at = row_int(rows, "given_at"),
        .manuscript = row_id(rows, "manuscript"),
        .period = row_text(rows, "period"),
        .is_public = row_int(rows, "releases") > 0};
}
