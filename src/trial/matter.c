/*
 * The acts of a case on matters: one is opened for the sample department, and the newest
 * of a kind is answered.
 */
#include "trial_own.h"

#include "matter/matter.h"
#include "people/people.h"
#include "site/site.h"

static enum status act_open_matter(struct hearing *hearing, const struct case_act *act);
static enum status fill_line(struct hearing *hearing, const struct case_act *act,
                             struct matter_line *lines, size_t count);
static enum status decide_on(struct call *call, const struct matter *matter, bool agreed,
                             struct str words);
static enum status act_answer_matter(struct hearing *hearing, const struct case_act *act);

static const struct {
    const char *name;
    enum status (*ask)(struct hearing *hearing, const struct case_act *act);
} asks[] = {
    {"open-matter", act_open_matter},
    {"answer-matter", act_answer_matter},
};

bool hearing_asks(struct str act) {
    for (size_t i = 0; i < LENGTH(asks); i++) {
        if (str_is(act, asks[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_ask(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(asks); i++) {
        if (str_is(act->act, asks[i].name)) {
            return asks[i].ask(hearing, act);
        }
    }
    return ABSENT;
}

/* *value* is the kind: for the sample department, titled by the reason, the lines of the
 * form among the answers; a line that is not written reads 样例, "none" leaves it empty.
 */
static enum status act_open_matter(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct matter matter;
    struct matter_wish wish = {.kind = act->value,
                               .unit = hearing->bureau.department.id,
                               .title = act->reason,
                               .words = STR("")};
    for (size_t i = 0; i < hearing->book->matter_count; i++) {
        const struct matter_rule *rule = &hearing->book->matters[i];
        if (!str_equal(rule->code, act->value)) {
            continue;
        }
        struct matter_line *lines =
            TAKE_ARRAY(call->arena, rule->field_count + 1, struct matter_line);
        for (size_t j = 0; j < rule->field_count; j++) {
            lines[j] = (struct matter_line){
                rule->fields[j].code,
                rule->fields[j].only_count > 0 ? rule->fields[j].only[0] : STR("样例")};
            for (size_t k = 0; k < act->answer_count; k++) {
                if (str_equal(act->answers[k].question, rule->fields[j].code)) {
                    lines[j].value = str_is(act->answers[k].answer, "none")
                                         ? STR("")
                                         : act->answers[k].answer;
                }
            }
        }
        if (rule->register_count > 0) {
            TRY(fill_line(hearing, act, lines, rule->field_count));
        }
        wish.lines = lines;
        wish.line_count = rule->field_count;
    }
    return review_open_matter(call, hearing->bureau.site.group, hearing->book, &wish,
                              &matter);
}

/* Of a line of the register, what the case does not give: the liaison of the department,
 * on the first column. */
static enum status fill_line(struct hearing *hearing, const struct case_act *act,
                             struct matter_line *lines, size_t count) {
    struct people_holdings holders;
    struct people_person person = {.login = STR("")};
    struct column *columns;
    size_t column_count;
    TRY(people_holders(hearing->call, "liaison", hearing->bureau.department.id,
                       &holders));
    if (holders.count > 0) {
        TRY(people_person(hearing->call, holders.at[0].person, &person));
    }
    TRY(site_columns(hearing->call, hearing->bureau.site.id, &columns, &column_count));
    for (size_t i = 0; i < count; i++) {
        bool given = false;
        for (size_t j = 0; j < act->answer_count; j++) {
            given = given || str_equal(act->answers[j].question, lines[i].field);
        }
        if (!given && str_is(lines[i].field, "account")) {
            lines[i].value = person.login;
        } else if (!given && str_is(lines[i].field, "columns") && column_count > 0) {
            lines[i].value = columns[0].path;
        } else if (!given && str_is(lines[i].field, "rights")) {
            lines[i].value = STR("上传");
        }
    }
    return DONE;
}

/* The newest of its kind. */
static enum status act_answer_matter(struct hearing *hearing,
                                     const struct case_act *act) {
    struct matters matters;
    TRY(matter_list(hearing->call, hearing->bureau.site.group, 0, act->value, &matters));
    return matters.count == 0
               ? ABSENT
               : trial_answer_matter(hearing->call, hearing->book, &matters.at[0],
                                     !str_is(act->outcome, "no"), act->reason);
}

enum status trial_answer_matter(struct call *call, const struct rulebook *book,
                                const struct matter *matter, bool agreed,
                                struct str words) {
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    struct matter_reply reply = {.words = words, .agreed = agreed, .seen = matter->about};
    return rule != NULL && matter_way(book, rule) != NULL
               ? decide_on(call, matter, agreed, words)
               : matter_answer(call, book, matter->id, &reply);
}

/* On its route: the outcome of the present step that leads on, or the one that ends it.
 */
static enum status decide_on(struct call *call, const struct matter *matter, bool agreed,
                             struct str words) {
    struct subject subject = {SUBJECT_MATTER, matter->id};
    struct offer offer;
    struct run run;
    TRY(review_offer(call, subject, 0, &offer));
    int chosen = step_forward(offer.step);
    for (size_t i = 0; i < offer.step->outcome_count && !agreed; i++) {
        bool aside = offer.step->outcomes[i].kind == OUTCOME_ASIDE;
        chosen = aside ? (int)i : chosen;
    }
    struct verdict verdict = {
        .run = offer.run.id,
        .seen = offer.run.digest,
        .step = offer.step->code,
        .outcome = chosen == NO_INDEX ? STR("") : offer.step->outcomes[chosen].code,
        .role = STR(""),
        .opinion = words,
        .channel = STR(""),
        .paper_number = STR("")};
    return review_decide(call, subject, &verdict, &run);
}
