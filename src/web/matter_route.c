/*
 * The way of an application: what is opened by whom and answered by whom, one kind after
 * another as the rulebook has them follow, and what the last yes opens the way to.
 */
#include "entries.h"
#include "parts.h"

#include "matter/matter.h"
#include "people/people.h"

#define CHAIN_MOST 8

static size_t chain_of(const struct rulebook *book, const struct matter_rule *rule,
                       const struct matter_rule **chain);
static enum status add_rule(struct visit *visit, struct model *route,
                            const struct rulebook *book, const struct matter_rule *rule,
                            const struct matter *about, id64 body, bool *may_be_now);
static enum status add_step(struct visit *visit, struct model *route,
                            const struct matter_rule *rule, const char *words,
                            id64 person, instant at, struct text post, bool *may_be_now);

enum status matter_route(struct visit *visit, const struct rulebook *book,
                         const struct matter *matter) {
    static const char *const permits[] = {[PERMIT_COLUMN] = "matters.permits-column",
                                          [PERMIT_SUB_SITE] = "matters.permits-site",
                                          [PERMIT_THEME] = "matters.permits-theme"};
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    const struct matter_rule *chain[CHAIN_MOST];
    struct people_unit unit;
    bool may_be_now = true;
    if (rule == NULL || !matter_wants_answer(rule)) {
        return DONE;
    }
    TRY(people_unit(visit->call, matter->unit, &unit));
    size_t count = chain_of(book, rule, chain);
    struct model *route = model_part(web_model(visit), "route");
    for (size_t i = 0; i < count; i++) {
        TRY(add_rule(visit, route, book, chain[i], matter, unit.body, &may_be_now));
    }
    enum matter_permit permit = chain[count - 1]->permit;
    if (permit != PERMIT_NOTHING) {
        struct model *step = model_list_add(route, "steps");
        model_words(step, "name", permits[permit]);
        model_flag(step, "now", may_be_now);
    }
    model_flag(route, "any", true);
    return DONE;
}

/* From the first kind of the way to the last, *rule* among them. */
static size_t chain_of(const struct rulebook *book, const struct matter_rule *rule,
                       const struct matter_rule **chain) {
    size_t count = 0;
    const struct matter_rule *first = rule;
    for (int i = 0; i < CHAIN_MOST && first->follows != NO_INDEX; i++) {
        first = &book->matters[first->follows];
    }
    while (first != NULL && count < CHAIN_MOST) {
        const struct matter_rule *next = NULL;
        chain[count++] = first;
        for (size_t i = 0; i < book->matter_count && next == NULL; i++) {
            int follows = book->matters[i].follows;
            next = follows != NO_INDEX && &book->matters[follows] == first
                       ? &book->matters[i]
                       : NULL;
        }
        first = next;
    }
    return count;
}

/* The newest of this kind about the same thing says how far it is. */
static enum status add_rule(struct visit *visit, struct model *route,
                            const struct rulebook *book, const struct matter_rule *rule,
                            const struct matter *about, id64 body, bool *may_be_now) {
    struct matters matters;
    struct matter found = {0};
    TRY(matter_list(visit->call, about->group, body, rule->code, &matters));
    for (size_t i = 0; i < matters.count && found.id == 0; i++) {
        bool same = str_equal(rule->code, about->kind)
                        ? matters.at[i].id == about->id
                        : str_equal(matters.at[i].title, about->title);
        found = same ? matters.at[i] : found;
    }
    struct text none = {STR(""), STR("")};
    TRY(add_step(
        visit, route, rule, "matters.step-open", found.opened_by, found.opened_at,
        rule->opener == NO_INDEX ? none : book->roles[rule->opener].title, may_be_now));
    return add_step(visit, route, rule, "matters.step-answer", found.answered_by,
                    found.answered_at,
                    rule->body != NO_INDEX       ? book->bodies[rule->body].title
                    : rule->answerer != NO_INDEX ? book->roles[rule->answerer].title
                                                 : none,
                    may_be_now);
}

static enum status add_step(struct visit *visit, struct model *route,
                            const struct matter_rule *rule, const char *words,
                            id64 person, instant at, struct text post, bool *may_be_now) {
    struct call *call = visit->call;
    struct people_brief who;
    struct model *step = model_list_add(route, "steps");
    struct str title = text_in(rule->title, call->language);
    model_text(step, "name",
               web_say(visit, words, "matter", str_text(call->arena, title), NULL));
    if (!str_is_empty(rule->basis.id)) {
        web_cite(visit, model_part(step, "rule"), rule->basis.id);
    }
    if (at == 0) {
        model_text(step, "who", text_in(post, call->language));
        model_flag(step, "now", *may_be_now);
        *may_be_now = false;
        return DONE;
    }
    TRY(people_person_brief(call, person, &who));
    model_text(step, "who", who.name);
    model_flag(step, "done", true);
    web_moment(visit, model_part(step, "when"), at);
    return DONE;
}
