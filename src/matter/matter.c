/*
 * Matters: opened and answered.
 */
#include "matter_own.h"

#include "calendar/calendar.h"
#include "filing/filing.h"
#include "ledger/ledger.h"
#include "matter_sql.h"
#include "notice/notice.h"
#include "people/people.h"

#include <jansson.h>
#include <string.h>

#define LINES_MOST 100
#define ANSWERED   "matter.answer"

struct opening {
    const struct rulebook *book;
    const struct matter_wish *wish;
    const struct matter_rule *rule;
    id64 body;
    struct matter matter;
};

struct answering {
    const struct rulebook *book;
    const struct matter_rule *rule;
    const struct matter_reply *reply;
    struct matter matter;
};

static enum status check_lines(struct call *call, const struct matter_rule *rule,
                               const struct matter_wish *wish);
static enum status check_unique(struct call *call, id64 group, id64 body,
                                const struct matter_rule *rule,
                                const struct matter_wish *wish);
static struct str line_of(const struct matter_wish *wish, struct str field);
static instant due_of(struct call *call, const struct matter_rule *rule,
                      const struct matter_wish *wish, bool complete);
static enum status insert(struct call *call, void *what);
static enum status insert_form(struct call *call, struct opening *opening);
static enum status answer(struct call *call, void *what);
static enum status set_answer(struct call *call, struct answering *answering);
static enum status check_reply(struct call *call, const struct answering *answering);
static enum status note(struct call *call, const struct matter *matter,
                        const struct matter_rule *rule, const char *act);
static void read_matter(struct rows *rows, struct matter *out_matter);

enum status matter_open(struct call *call, id64 group, const struct rulebook *book,
                        const struct matter_wish *wish, struct matter *out_matter) {
    struct opening opening = {
        .book = book, .wish = wish, .rule = matter_rule_of(book, wish->kind)};
    if (opening.rule == NULL) {
        return ABSENT;
    }
    bool each = opening.rule->kind == MATTER_EACH_UNIT_EACH_VERSION;
    bool complete = each || matter_is_complete_when_entered(opening.rule);
    TRY(matter_must_hold(call, book, opening.rule,
                         each ? opening.rule->answerer : opening.rule->opener,
                         wish->unit));
    if (str_is_empty(str_trim(wish->title))) {
        return call_refuse_field(call, "title", "", "matter.title-missing", NULL);
    }
    TRY(check_lines(call, opening.rule, wish));
    TRY(matter_body(call, wish->unit, &opening.body));
    TRY(check_unique(call, group, opening.body, opening.rule, wish));
    TRY(matter_must_follow(call, group, opening.body, book, opening.rule, wish));
    if (matter_leads_to(book, opening.rule, PERMIT_THEME) &&
        digest_is_none(&wish->about)) {
        return call_refuse_field(call, "title",
                                 str_text(call->arena, opening.rule->basis.id),
                                 "matter.about-missing", NULL);
    }
    opening.matter = (struct matter){.id = call_new_id(call),
                                     .group = group,
                                     .kind = opening.rule->code,
                                     .rulebook = book->digest,
                                     .year = date_of_day(instant_day(call->now)).year,
                                     .unit = wish->unit,
                                     .title = str_trim(wish->title),
                                     .words = str_trim(wish->words),
                                     .opened_by = call->actor.person,
                                     .opened_at = call->now,
                                     .answer = complete ? str_trim(wish->title) : STR(""),
                                     .answered_by = complete ? call->actor.person : 0,
                                     .answered_at = complete ? call->now : 0,
                                     .agreed = complete,
                                     .number = STR(""),
                                     .about = wish->about,
                                     .due = due_of(call, opening.rule, wish, complete)};
    TRY(store_transact(call, TXN_WRITE, insert, &opening));
    *out_matter = opening.matter;
    return DONE;
}

enum status matter_answer(struct call *call, const struct rulebook *book, id64 matter,
                          const struct matter_reply *reply) {
    struct answering answering = {.book = book, .reply = reply};
    TRY(matter_find(call, matter, &answering.matter));
    answering.rule = matter_rule_of(book, answering.matter.kind);
    return answering.rule == NULL ? ABSENT
                                  : store_transact(call, TXN_WRITE, answer, &answering);
}

enum status matter_conclude(struct call *call, const struct rulebook *book, id64 matter,
                            const struct matter_reply *reply) {
    struct answering answering = {.book = book, .reply = reply};
    TRY(matter_find(call, matter, &answering.matter));
    answering.rule = matter_rule_of(book, answering.matter.kind);
    if (answering.rule == NULL || matter_way(book, answering.rule) == NULL) {
        return log_failed("a matter that takes no route was decided on one");
    }
    return set_answer(call, &answering);
}

enum status matter_lock(struct call *call, id64 matter, struct matter *out_matter) {
    struct rows *row;
    TRY(store_find(call, &matter_row_lock, &row, bind_id("id", matter)));
    return matter_find(call, matter, out_matter);
}

const struct route *matter_way(const struct rulebook *book,
                               const struct matter_rule *rule) {
    return rule->route == NO_INDEX ? NULL : &book->routes[rule->route];
}

enum status matter_find(struct call *call, id64 matter, struct matter *out_matter) {
    struct rows *row;
    TRY(store_find(call, &matter_row, &row, bind_id("id", matter)));
    read_matter(row, out_matter);
    return DONE;
}

const struct matter_rule *matter_rule_of(const struct rulebook *book, struct str kind) {
    for (size_t i = 0; i < book->matter_count; i++) {
        if (str_equal(book->matters[i].code, kind)) {
            return &book->matters[i];
        }
    }
    return NULL;
}

struct str matter_receipt_step(struct arena *arena, const struct matter_rule *rule) {
    return str_format(arena, "note-%.*s", STR_ARG(rule->code));
}

bool matter_wants_answer(const struct matter_rule *rule) {
    return rule->body != NO_INDEX || rule->answerer != NO_INDEX ||
           rule->route != NO_INDEX;
}

enum status matter_list(struct call *call, id64 group, id64 body, struct str kind,
                        struct matters *out_matters) {
    struct rows *rows;
    struct matters matters = {.at = TAKE_ARRAY(call->arena, 500, struct matter)};
    TRY(store_query(call, &matter_rows, &rows, bind_id("site_group", group),
                    bind_int("body", body), bind_text("kind", kind)));
    while (rows_next(rows) && matters.count < 500) {
        read_matter(rows, &matters.at[matters.count++]);
    }
    TRY(rows_end(rows));
    *out_matters = matters;
    return DONE;
}

enum status matter_lines(struct call *call, id64 matter, struct matter_line **out_lines,
                         size_t *out_count) {
    struct rows *rows;
    struct matter_line *lines = TAKE_ARRAY(call->arena, LINES_MOST, struct matter_line);
    size_t count = 0;
    TRY(store_query(call, &matter_line_rows, &rows, bind_id("matter", matter)));
    while (rows_next(rows) && count < LINES_MOST) {
        lines[count++] =
            (struct matter_line){row_text(rows, "field"), row_text(rows, "value")};
    }
    TRY(rows_end(rows));
    *out_lines = lines;
    *out_count = count;
    return DONE;
}

bool matter_is_complete_when_entered(const struct matter_rule *rule) {
    bool answered = rule->answerer != NO_INDEX || rule->body != NO_INDEX;
    return rule->kind == MATTER_RECORDED || rule->kind == MATTER_EACH_CHANGE ||
           (rule->kind == MATTER_EACH_UNIT && !answered);
}

static enum status check_lines(struct call *call, const struct matter_rule *rule,
                               const struct matter_wish *wish) {
    enum status answer = DONE;
    for (size_t i = 0; i < rule->field_count; i++) {
        const struct matter_field *field = &rule->fields[i];
        struct str value = str_trim(line_of(wish, field->code));
        bool listed = field->only_count == 0 || str_is_empty(value);
        for (size_t j = 0; j < field->only_count && !listed; j++) {
            listed = str_equal(field->only[j], value);
        }
        civil_day day;
        if (field->due && !str_is_empty(value) && day_from_text(value, &day) != DONE) {
            listed = false;
        }
        if (!listed) {
            answer = call_refuse_field(
                call, str_text(call->arena, field->code),
                str_text(call->arena, field->basis.id), "matter.line-not-so", "line",
                str_text(call->arena, text_in(field->title, call->language)), "value",
                str_text(call->arena, value), NULL);
        }
        if (!field->optional && str_is_empty(value)) {
            answer = call_refuse_field(
                call, str_text(call->arena, field->code),
                str_text(call->arena, field->basis.id), "matter.line-missing", "line",
                str_text(call->arena, text_in(field->title, call->language)), NULL);
        }
    }
    return answer;
}

/* One to one: what stands in such a line stands in no other matter of the kind that was
 * not declined. */
static enum status check_unique(struct call *call, id64 group, id64 body,
                                const struct matter_rule *rule,
                                const struct matter_wish *wish) {
    for (size_t i = 0; i < rule->field_count; i++) {
        const struct matter_field *field = &rule->fields[i];
        struct str value = str_trim(line_of(wish, field->code));
        struct rows *row;
        if (!field->unique || str_is_empty(value)) {
            continue;
        }
        enum status found =
            store_find(call, &matter_line_taken, &row, bind_id("site_group", group),
                       bind_int("body", body), bind_text("kind", rule->code),
                       bind_text("field", field->code), bind_text("value", value));
        if (found == ABSENT) {
            continue;
        }
        TRY(found);
        return call_refuse_field(
            call, str_text(call->arena, field->code),
            str_text(call->arena, field->basis.id), "matter.line-taken", "line",
            str_text(call->arena, text_in(field->title, call->language)), "value",
            str_text(call->arena, value), NULL);
    }
    return DONE;
}

static struct str line_of(const struct matter_wish *wish, struct str field) {
    for (size_t i = 0; i < wish->line_count; i++) {
        if (str_equal(wish->lines[i].field, field)) {
            return wish->lines[i].value;
        }
    }
    return STR("");
}

instant matter_limit(struct call *call, const struct matter_rule *rule) {
    if (rule->limit == NULL) {
        return INSTANT_NEVER;
    }
    return calendar_due(call->house->calendar, call->now, rule->limit->amount,
                        time_unit_counted(rule->limit->unit), NULL);
}

static instant due_of(struct call *call, const struct matter_rule *rule,
                      const struct matter_wish *wish, bool complete) {
    for (size_t i = 0; i < rule->field_count && !complete; i++) {
        civil_day day;
        if (rule->fields[i].due &&
            day_from_text(str_trim(line_of(wish, rule->fields[i].code)), &day) == DONE) {
            return day_start(day + 1);
        }
    }
    return complete ? INSTANT_NEVER : matter_limit(call, rule);
}

static enum status insert(struct call *call, void *what) {
    struct opening *opening = what;
    const struct matter *matter = &opening->matter;
    TRY(store_run(
        call, &matter_insert, NULL, bind_id("id", matter->id),
        bind_id("site_group", matter->group), bind_text("kind", matter->kind),
        bind_digest("rulebook", &matter->rulebook), bind_int("year", matter->year),
        bind_id("unit", matter->unit), bind_text("title", matter->title),
        bind_text("words", matter->words), bind_id("opened_by", matter->opened_by),
        bind_int("opened_at", matter->opened_at), bind_text("answer", matter->answer),
        bind_id("answered_by", matter->answered_by),
        bind_id("answered_at", matter->answered_at)));
    TRY(insert_form(call, opening));
    if (opening->rule->kind == MATTER_EACH_CHANGE) {
        TRY(notice_duty_close(call, (struct subject){SUBJECT_UNIT, matter->unit},
                              matter_receipt_step(call->arena, opening->rule)));
    }
    if (matter->answered_at == 0) {
        TRY(matter_ask(call, opening->book, opening->rule, opening->body, matter));
    }
    return note(call, matter, opening->rule, "matter.open");
}

/* The number is taken under its series' lock, to the end of the transaction. */
static enum status insert_form(struct call *call, struct opening *opening) {
    const struct matter_rule *rule = opening->rule;
    struct matter *matter = &opening->matter;
    struct str series = STR("");
    int64_t number = 0;
    if (rule->series != NO_INDEX) {
        TRY(people_code_of_body(call, opening->body,
                                opening->book->series[rule->series].code, &series));
        TRY(filing_number(call, matter->group, series, matter->year, &number));
        matter->number =
            filing_number_text(call->arena, opening->book->series[rule->series].pattern,
                               matter->year, number);
    }
    TRY(store_run(call, &matter_form_insert, NULL, bind_id("matter", matter->id),
                  bind_text("series", series), bind_int("year", matter->year),
                  bind_int("number", number), bind_text("shown", matter->number),
                  matter->due == INSTANT_NEVER ? bind_id("due", 0)
                                               : bind_int("due", matter->due)));
    if (!digest_is_none(&matter->about)) {
        TRY(store_run(call, &matter_about_insert, NULL, bind_id("matter", matter->id),
                      bind_digest("digest", &matter->about)));
    }
    for (size_t i = 0; i < rule->field_count; i++) {
        struct str value = str_trim(line_of(opening->wish, rule->fields[i].code));
        TRY(store_run(call, &matter_line_insert, NULL, bind_id("matter", matter->id),
                      bind_text("field", rule->fields[i].code),
                      bind_text("value", value)));
    }
    if (matter->answered_at == 0) {
        return DONE;
    }
    return store_run(call, &matter_verdict_insert, NULL, bind_id("matter", matter->id),
                     bind_int("agreed", 1));
}

static enum status answer(struct call *call, void *what) {
    struct answering *answering = what;
    TRY(check_reply(call, answering));
    return set_answer(call, answering);
}

static enum status set_answer(struct call *call, struct answering *answering) {
    struct matter *matter = &answering->matter;
    int64_t changed = 0;
    matter->answer = str_trim(answering->reply->words);
    matter->agreed = answering->reply->agreed;
    matter->answered_by = call->actor.person;
    matter->answered_at = call->now;
    TRY(store_run(call, &matter_set_answer, &changed, bind_text("answer", matter->answer),
                  bind_id("person", matter->answered_by),
                  bind_int("now", matter->answered_at), bind_id("id", matter->id)));
    if (changed != 1) {
        return call_refuse(call, STALE, "", "matter.answered", NULL);
    }
    TRY(store_run(call, &matter_verdict_insert, NULL, bind_id("matter", matter->id),
                  bind_int("agreed", matter->agreed)));
    TRY(notice_duty_close(call, (struct subject){SUBJECT_MATTER, matter->id}, STR("")));
    return note(call, matter, answering->rule, ANSWERED);
}

static enum status check_reply(struct call *call, const struct answering *answering) {
    const struct matter_rule *rule = answering->rule;
    const struct matter *matter = &answering->matter;
    const char *basis = str_text(call->arena, rule->basis.id);
    if (rule->route != NO_INDEX) {
        return call_refuse(call, REFUSED, basis, "matter.has-a-way", NULL);
    }
    if (rule->body != NO_INDEX) {
        TRY(matter_must_sit(call, answering->book, rule, matter->unit));
    } else {
        TRY(matter_must_hold(call, answering->book, rule, rule->answerer, matter->unit));
    }
    if (str_is_empty(str_trim(answering->reply->words))) {
        return call_refuse_field(call, "answer", "", "matter.answer-missing", NULL);
    }
    if (!digest_is_none(&matter->about) &&
        !digest_equal(&matter->about, &answering->reply->seen)) {
        return call_refuse(call, STALE, basis, "matter.other-shown", NULL);
    }
    if (matter_is_signed(answering->book, rule) && !call->actor.freshly_proven) {
        return call_refuse_field(call, "password", basis, "matter.prove-yourself", NULL);
    }
    return DONE;
}

/* An answer is a decision, and signed. */
static enum status note(struct call *call, const struct matter *matter,
                        const struct matter_rule *rule, const char *act) {
    struct str id = id_to_text(call->arena, matter->id);
    struct str about = digest_is_none(&matter->about)
                           ? STR("")
                           : digest_to_text(call->arena, &matter->about);
    json_t *payload =
        json_pack("{s:s%, s:s%, s:s%, s:s%}", "matter", id.at, id.length, "kind",
                  matter->kind.at, matter->kind.length, "title", matter->title.at,
                  matter->title.length, "about", about.at, about.length);
    bool answers = strcmp(act, ANSWERED) == 0;
    enum status status = answers ? matter_sign(call, matter, payload) : DONE;
    struct ledger_act record = {.act = act,
                                .subject = {.kind = SUBJECT_UNIT, .id = matter->unit},
                                .digest = matter->rulebook,
                                .payload = ledger_payload(call, payload),
                                .rule = rule->basis.id,
                                .post = STR(""),
                                /* the decision on its way is the wish, and has its key */
                                .follows = answers && rule->route != NO_INDEX};
    TRY(status);
    return ledger_append(call, matter->group, &record, NULL);
}

static void read_matter(struct rows *rows, struct matter *out_matter) {
    *out_matter = (struct matter){
        .id = row_id(rows, "id"),
        .group = row_id(rows, "site_group"),
        .kind = row_text(rows, "kind"),
        .rulebook = row_digest(rows, "rulebook"),
        .year = (int)row_int(rows, "year"),
        .unit = row_id(rows, "unit"),
        .title = row_text(rows, "title"),
        .words = row_text(rows, "words"),
        .opened_by = row_id(rows, "opened_by"),
        .opened_at = row_int(rows, "opened_at"),
        .answer = row_text(rows, "answer"),
        .answered_by = row_id(rows, "answered_by"),
        .answered_at =
            row_is_null(rows, "answered_at") ? 0 : row_int(rows, "answered_at"),
        .agreed = row_int(rows, "agreed") != 0,
        .number = row_text(rows, "shown"),
        .about = row_digest(rows, "about"), /* empty: about none */
        .redeemed_at = row_int(rows, "redeemed_at"),
        .due = row_is_null(rows, "due") ? INSTANT_NEVER : row_int(rows, "due")};
}
