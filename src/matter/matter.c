/*
 * Matters: opened, answered, missing.
 */
#include "matter/matter.h"

#include "calendar/calendar.h"
#include "filing/filing.h"
#include "ledger/ledger.h"
#include "matter_sql.h"
#include "notice/notice.h"
#include "people/people.h"
#include "store/store.h"

#include <jansson.h>

#define GAPS_MOST  1000
#define LINES_MOST 100

struct opening {
    const struct rulebook *book;
    const struct matter_wish *wish;
    const struct matter_rule *rule;
    id64 body;
    struct matter matter;
};

struct answering {
    struct matter matter;
    struct str answer;
    const struct matter_reply *reply;
    const struct matter_rule *rule;
};

static bool is_complete_when_entered(const struct matter_rule *rule);
static enum status check_lines(struct call *call, const struct matter_rule *rule,
                               const struct matter_wish *wish);
static enum status check_unique(struct call *call, id64 group, id64 body,
                                const struct matter_rule *rule,
                                const struct matter_wish *wish);
static enum status check_follows(struct call *call, id64 group, id64 body,
                                 const struct rulebook *book,
                                 const struct matter_rule *rule,
                                 const struct matter_wish *wish);
static bool is_about(const struct matter *matter, struct str title,
                     const struct digest *about);
static struct str line_of(const struct matter_wish *wish, struct str field);
static instant due_of(struct call *call, const struct matter_rule *rule,
                      const struct matter_wish *wish, bool complete);
static enum status insert(struct call *call, void *what);
static enum status insert_form(struct call *call, struct opening *opening);
static enum status answer(struct call *call, void *what);
static enum status note(struct call *call, const struct matter *matter,
                        const struct matter_rule *rule, const char *act);
static enum status must_hold(struct call *call, const struct rulebook *book,
                             const struct matter_rule *rule, int role, id64 unit);
static enum status must_sit(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit);
static enum status holds(struct call *call, const struct rulebook *book, int role,
                         id64 unit, bool *out_holds);
static enum status body_of(struct call *call, id64 unit, id64 *out_body);
static enum status asked(struct call *call, enum status status, bool *out_may);
static enum status say_no(struct call *call, const struct matter_rule *rule,
                          struct text who);
static enum status gaps_of(struct call *call, id64 group, id64 body,
                           const struct rulebook *book, const struct matter_rule *rule,
                           int year, struct matter_gap *gaps, size_t *count);
static enum status unnoted(struct call *call, id64 body, const struct rulebook *book,
                           const struct matter_rule *rule, const struct matters *matters,
                           struct matter_gap *gaps, size_t *count);
static bool is_noted(const struct matters *matters, const struct people_holding *holding);
static enum status unconfirmed(struct call *call, id64 body, const struct rulebook *book,
                               const struct matter_rule *rule,
                               const struct matters *matters, struct matter_gap *gaps,
                               size_t *count);
static void read_matter(struct rows *rows, struct matter *out_matter);

enum status matter_open(struct call *call, id64 group, const struct rulebook *book,
                        const struct matter_wish *wish, struct matter *out_matter) {
    struct opening opening = {
        .book = book, .wish = wish, .rule = matter_rule_of(book, wish->kind)};
    if (opening.rule == NULL) {
        return ABSENT;
    }
    bool each = opening.rule->kind == MATTER_EACH_UNIT_EACH_VERSION;
    bool complete = each || is_complete_when_entered(opening.rule);
    TRY(must_hold(call, book, opening.rule,
                  each ? opening.rule->answerer : opening.rule->opener, wish->unit));
    if (str_is_empty(str_trim(wish->title))) {
        return call_refuse_field(call, "title", "", "matter.title-missing", NULL);
    }
    TRY(check_lines(call, opening.rule, wish));
    TRY(body_of(call, wish->unit, &opening.body));
    TRY(check_unique(call, group, opening.body, opening.rule, wish));
    TRY(check_follows(call, group, opening.body, book, opening.rule, wish));
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
    struct answering answering = {.answer = str_trim(reply->words), .reply = reply};
    struct rows *row;
    TRY(store_find(call, &matter_row, &row, bind_id("id", matter)));
    read_matter(row, &answering.matter);
    answering.rule = matter_rule_of(book, answering.matter.kind);
    if (answering.rule == NULL) {
        return ABSENT;
    }
    if (answering.rule->body != NO_INDEX) {
        TRY(must_sit(call, book, answering.rule, answering.matter.unit));
    } else {
        TRY(must_hold(call, book, answering.rule, answering.rule->answerer,
                      answering.matter.unit));
    }
    if (str_is_empty(answering.answer)) {
        return call_refuse_field(call, "answer", "", "matter.answer-missing", NULL);
    }
    if (!digest_is_none(&answering.matter.about) &&
        !digest_equal(&answering.matter.about, &reply->seen)) {
        return call_refuse(call, STALE, str_text(call->arena, answering.rule->basis.id),
                           "matter.other-shown", NULL);
    }
    return store_transact(call, TXN_WRITE, answer, &answering);
}

enum status matter_find(struct call *call, id64 matter, struct matter *out_matter) {
    struct rows *row;
    TRY(store_find(call, &matter_row, &row, bind_id("id", matter)));
    read_matter(row, out_matter);
    return DONE;
}

enum status matter_newest_with(struct call *call, id64 group, id64 body, struct str kind,
                               struct str field, struct str value,
                               struct matter *out_matter) {
    struct rows *row;
    TRY(store_find(call, &matter_line_newest, &row, bind_id("site_group", group),
                   bind_int("body", body), bind_text("kind", kind),
                   bind_text("field", field), bind_text("value", value)));
    return matter_find(call, row_id(row, "id"), out_matter);
}

enum status matter_may_open(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit, bool *out_may) {
    bool each = rule->kind == MATTER_EACH_UNIT_EACH_VERSION;
    return asked(call,
                 must_hold(call, book, rule, each ? rule->answerer : rule->opener, unit),
                 out_may);
}

enum status matter_may_answer(struct call *call, const struct rulebook *book,
                              const struct matter *matter, bool *out_may) {
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    if (rule == NULL || matter->answered_at != 0 || !matter_wants_answer(rule)) {
        *out_may = false;
        return DONE;
    }
    return asked(call,
                 rule->body != NO_INDEX
                     ? must_sit(call, book, rule, matter->unit)
                     : must_hold(call, book, rule, rule->answerer, matter->unit),
                 out_may);
}

const struct matter_rule *matter_rule_of(const struct rulebook *book, struct str kind) {
    for (size_t i = 0; i < book->matter_count; i++) {
        if (str_equal(book->matters[i].code, kind)) {
            return &book->matters[i];
        }
    }
    return NULL;
}

bool matter_leads_to(const struct rulebook *book, const struct matter_rule *rule,
                     enum matter_permit permit) {
    size_t here = (size_t)(rule - book->matters);
    for (size_t hops = 0; hops <= book->matter_count && here < book->matter_count;
         hops++) {
        size_t next = book->matter_count;
        if (book->matters[here].permit == permit) {
            return true;
        }
        for (size_t i = 0; i < book->matter_count; i++) {
            next = book->matters[i].follows == (int)here ? i : next;
        }
        here = next;
    }
    return false;
}

struct str matter_receipt_step(struct arena *arena, const struct matter_rule *rule) {
    return str_format(arena, "note-%.*s", STR_ARG(rule->code));
}

bool matter_wants_answer(const struct matter_rule *rule) {
    return rule->body != NO_INDEX || rule->answerer != NO_INDEX;
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

enum status matter_permits(struct call *call, id64 group, id64 body,
                           const struct rulebook *book, enum matter_permit permit,
                           struct str title, const struct digest *about,
                           const struct matter_rule **out_rule, bool *out_agreed) {
    *out_rule = NULL;
    *out_agreed = false;
    for (size_t i = 0; i < book->matter_count; i++) {
        struct matters matters;
        if (book->matters[i].permit != permit) {
            continue;
        }
        *out_rule = &book->matters[i];
        TRY(matter_list(call, group, body, book->matters[i].code, &matters));
        for (size_t j = 0; j < matters.count; j++) {
            *out_agreed = *out_agreed || is_about(&matters.at[j], title, about);
        }
    }
    return DONE;
}

enum status matter_must_be_noted(struct call *call, id64 group,
                                 const struct rulebook *book, id64 unit) {
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        struct people_holdings holdings;
        struct matters matters;
        id64 body;
        if (!rule->blocks || rule->of_role == NO_INDEX) {
            continue;
        }
        TRY(body_of(call, unit, &body));
        TRY(matter_list(call, group, body, rule->code, &matters));
        TRY(people_holders(call, str_text(call->arena, book->roles[rule->of_role].code),
                           unit, &holdings));
        for (size_t j = 0; j < holdings.count; j++) {
            if (holdings.at[j].appointed_by != 0 &&
                !is_noted(&matters, &holdings.at[j])) {
                return call_refuse(
                    call, REFUSED, str_text(call->arena, rule->basis.id),
                    "matter.change-not-noted", "matter",
                    str_text(call->arena, text_in(rule->title, call->language)), "name",
                    str_text(call->arena, holdings.at[j].name), NULL);
            }
        }
    }
    return DONE;
}

enum status matter_gaps(struct call *call, id64 group, id64 body,
                        const struct rulebook *book, int year,
                        struct matter_gap **out_gaps, size_t *out_count) {
    struct matter_gap *gaps = TAKE_ARRAY(call->arena, GAPS_MOST, struct matter_gap);
    size_t count = 0;
    for (size_t i = 0; i < book->matter_count; i++) {
        TRY(gaps_of(call, group, body, book, &book->matters[i], year, gaps, &count));
    }
    *out_gaps = gaps;
    *out_count = count;
    return DONE;
}

static bool is_complete_when_entered(const struct matter_rule *rule) {
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

/* What comes second waits for what comes first: a plan is approved after its review. */
static enum status check_follows(struct call *call, id64 group, id64 body,
                                 const struct rulebook *book,
                                 const struct matter_rule *rule,
                                 const struct matter_wish *wish) {
    struct matters matters;
    bool agreed = false;
    if (rule->follows == NO_INDEX) {
        return DONE;
    }
    const struct matter_rule *first = &book->matters[rule->follows];
    TRY(matter_list(call, group, body, first->code, &matters));
    for (size_t i = 0; i < matters.count; i++) {
        agreed = agreed || is_about(&matters.at[i], wish->title,
                                    digest_is_none(&wish->about) ? NULL : &wish->about);
    }
    return agreed
               ? DONE
               : call_refuse_field(
                     call, "title", str_text(call->arena, first->basis.id),
                     "matter.not-yet", "first",
                     str_text(call->arena, text_in(first->title, call->language)), NULL);
}

/* Agreed to, by this name, and for exactly this (NULL: whatever was shown). */
static bool is_about(const struct matter *matter, struct str title,
                     const struct digest *about) {
    return matter->agreed && str_equal(matter->title, str_trim(title)) &&
           (about == NULL || digest_equal(&matter->about, about));
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
    static const enum calendar_unit units[] = {
        [UNIT_MINUTE] = CALENDAR_MINUTE,
        [UNIT_HOUR] = CALENDAR_HOUR,
        [UNIT_CALENDAR_DAY] = CALENDAR_DAY,
        [UNIT_WORKING_DAY] = CALENDAR_WORKING_DAY,
    };
    if (rule->limit == NULL) {
        return INSTANT_NEVER;
    }
    return calendar_due(call->house->calendar, call->now, rule->limit->amount,
                        units[rule->limit->unit], NULL);
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
    const struct answering *answering = what;
    int64_t changed = 0;
    TRY(store_run(call, &matter_set_answer, &changed,
                  bind_text("answer", answering->answer),
                  bind_id("person", call->actor.person), bind_int("now", call->now),
                  bind_id("id", answering->matter.id)));
    if (changed != 1) {
        return call_refuse(call, STALE, "", "matter.answered", NULL);
    }
    TRY(store_run(call, &matter_verdict_insert, NULL,
                  bind_id("matter", answering->matter.id),
                  bind_int("agreed", answering->reply->agreed)));
    return note(call, &answering->matter, answering->rule, "matter.answer");
}

static enum status note(struct call *call, const struct matter *matter,
                        const struct matter_rule *rule, const char *act) {
    struct str id = id_to_text(call->arena, matter->id);
    struct str about = digest_is_none(&matter->about)
                           ? STR("")
                           : digest_to_text(call->arena, &matter->about);
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_UNIT, .id = matter->unit},
        .digest = matter->rulebook,
        .payload = ledger_payload(
            call,
            json_pack("{s:s%, s:s%, s:s%, s:s%}", "matter", id.at, id.length, "kind",
                      matter->kind.at, matter->kind.length, "title", matter->title.at,
                      matter->title.length, "about", about.at, about.length)),
        .rule = rule->basis.id,
        .post = STR("")};
    return ledger_append(call, matter->group, &record, NULL);
}

static enum status must_hold(struct call *call, const struct rulebook *book,
                             const struct matter_rule *rule, int role, id64 unit) {
    bool has = false;
    if (role == NO_INDEX) {
        return say_no(call, rule, rule->title);
    }
    TRY(holds(call, book, role, unit, &has));
    return has ? DONE : say_no(call, rule, book->roles[role].title);
}

/* A member of the body: whoever holds the post of one of its seats. */
static enum status must_sit(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit) {
    const struct body *body = &book->bodies[rule->body];
    id64 root = 0;
    TRY(body_of(call, unit, &root));
    for (size_t i = 0; i < body->seat_count; i++) {
        bool has = false;
        TRY(people_holds(call, call->actor.person,
                         str_text(call->arena, book->roles[body->seats[i].role].code),
                         people_anywhere_in(root), &has));
        if (has) {
            return DONE;
        }
    }
    return say_no(call, rule, body->title);
}

static enum status holds(struct call *call, const struct rulebook *book, int role,
                         id64 unit, bool *out_holds) {
    const struct role *wanted = &book->roles[role];
    id64 body = 0;
    TRY(body_of(call, unit, &body));
    return people_holds(call, call->actor.person, str_text(call->arena, wanted->code),
                        wanted->scope == ROLE_OWN_UNIT ? unit : people_anywhere_in(body),
                        out_holds);
}

/* The body above a unit; 0 for none. */
static enum status body_of(struct call *call, id64 unit, id64 *out_body) {
    struct people_unit found;
    *out_body = 0;
    enum status status = unit == 0 ? ABSENT : people_unit(call, unit, &found);
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    *out_body = found.body;
    return DONE;
}

/* A question's answer is no refusal. */
static enum status asked(struct call *call, enum status status, bool *out_may) {
    call_forgive(call);
    if (status == FAILED) {
        return FAILED;
    }
    *out_may = status == DONE;
    return DONE;
}

static enum status say_no(struct call *call, const struct matter_rule *rule,
                          struct text who) {
    return call_refuse(call, DENIED, str_text(call->arena, rule->basis.id),
                       "matter.not-yours", "matter",
                       str_text(call->arena, text_in(rule->title, call->language)),
                       "role", str_text(call->arena, text_in(who, call->language)), NULL);
}

static enum status gaps_of(struct call *call, id64 group, id64 body,
                           const struct rulebook *book, const struct matter_rule *rule,
                           int year, struct matter_gap *gaps, size_t *count) {
    struct matters matters;
    bool there = false;
    TRY(matter_list(call, group, body, rule->code, &matters));
    if (rule->kind == MATTER_EACH_CHANGE) {
        return unnoted(call, body, book, rule, &matters, gaps, count);
    }
    if (rule->kind == MATTER_EACH_UNIT_EACH_VERSION || rule->kind == MATTER_EACH_UNIT) {
        return unconfirmed(call, body, book, rule, &matters, gaps, count);
    }
    for (size_t i = 0; i < matters.count; i++) {
        there = there || matters.at[i].year == year;
    }
    if (rule->kind == MATTER_YEARLY && !there && *count < GAPS_MOST) {
        gaps[(*count)++] = (struct matter_gap){.rule = rule, .year = year};
    }
    return DONE;
}

/* Units whose present holder of the role came after the last note taken of them. */
static enum status unnoted(struct call *call, id64 body, const struct rulebook *book,
                           const struct matter_rule *rule, const struct matters *matters,
                           struct matter_gap *gaps, size_t *count) {
    struct people_holdings holdings;
    if (rule->of_role == NO_INDEX) {
        return DONE;
    }
    TRY(people_holders(call, str_text(call->arena, book->roles[rule->of_role].code),
                       people_anywhere_in(body), &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        if (!is_noted(matters, &holdings.at[i]) && *count < GAPS_MOST) {
            gaps[(*count)++] =
                (struct matter_gap){.rule = rule, .unit = holdings.at[i].unit};
        }
    }
    return DONE;
}

static bool is_noted(const struct matters *matters,
                     const struct people_holding *holding) {
    for (size_t i = 0; i < matters->count; i++) {
        if (matters->at[i].unit == holding->unit &&
            matters->at[i].opened_at >= holding->from) {
            return true;
        }
    }
    return false;
}

/* Units of the kinds that the rulebook knows, save bodies, without this version. */
static enum status unconfirmed(struct call *call, id64 body, const struct rulebook *book,
                               const struct matter_rule *rule,
                               const struct matters *matters, struct matter_gap *gaps,
                               size_t *count) {
    struct people_units units;
    TRY(people_units(call, false, &units));
    for (size_t i = 0; i < units.count; i++) {
        bool there = units.at[i].parent == 0 || (body != 0 && units.at[i].body != body);
        for (size_t j = 0; j < matters->count; j++) {
            bool counts = rule->kind == MATTER_EACH_UNIT
                              ? matters->at[j].agreed
                              : digest_equal(&matters->at[j].rulebook, &book->digest);
            there = there || (matters->at[j].unit == units.at[i].id && counts);
        }
        if (!there && *count < GAPS_MOST) {
            gaps[(*count)++] = (struct matter_gap){.rule = rule, .unit = units.at[i].id};
        }
    }
    return DONE;
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
        .due = row_is_null(rows, "due") ? INSTANT_NEVER : row_int(rows, "due")};
}
