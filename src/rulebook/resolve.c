/*
 * References between elements: codes become indexes, steps get the ends they
 * lead to, and what a route says for all its steps is handed down.
 */
#include "rulebook_own.h"

static const struct {
    const char *code;
    struct text title;
    enum item_state state;
} ends[] = {
    {"published", {STR_INIT("已发布"), STR_INIT("Published")}, STATE_PUBLISHED},
    {"internal",
     {STR_INIT("内部交流"), STR_INIT("Internal circulation")},
     STATE_INTERNAL},
    {"refused", {STR_INIT("不予发布"), STR_INIT("Not published")}, STATE_REFUSED},
    {"submitted",
     {STR_INIT("已报送上级网站"), STR_INIT("Submitted to the site above")},
     STATE_SUBMITTED},
};

static void add_ends(struct route *route);
static void resolve_one(struct reader *reader, const struct rulebook *book,
                        const struct pending *pending);
static bool candidate(const struct rulebook *book, const struct pending *pending,
                      size_t index, struct str *out_code);
static bool candidate_step(const struct rulebook *book, size_t index,
                           struct str *out_code);
static bool candidate_choice(const struct rulebook *book, size_t index,
                             struct str *out_code);
static void open_holes(struct rulebook *book);
static void settle_outcome(struct reader *reader, const struct rulebook *book,
                           const struct step *step, struct outcome *outcome);
static void settle_route(struct route *route);
static void settle_step(struct route *route, size_t index);
static void drop_missing(int *indexes, size_t *count);

void resolve(struct reader *reader, struct rulebook *book) {
    for (size_t i = 0; i < book->route_count; i++) {
        add_ends(&book->routes[i]);
    }
    resolve_pending(reader, book);
    if (!str_is_empty(book->without)) {
        open_holes(book);
    }
    for (size_t i = 0; i < book->route_count; i++) {
        settle_route(&book->routes[i]);
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            struct step *step = &book->routes[i].steps[j];
            for (size_t k = 0; k < step->outcome_count; k++) {
                settle_outcome(reader, book, step, &step->outcomes[k]);
            }
        }
    }
}

void resolve_pending(struct reader *reader, const struct rulebook *book) {
    for (const struct pending *pending = reader->pending; pending != NULL;
         pending = pending->next) {
        resolve_one(reader, book, pending);
    }
}

/* Room for them was taken with the array (the schema's spare). */
static void add_ends(struct route *route) {
    for (size_t i = 0; i < LENGTH(ends) && route->steps != NULL; i++) {
        struct step *end = &route->steps[route->step_count++];
        end->code = str_of(ends[i].code);
        end->title = ends[i].title;
        end->kind = STEP_END;
        end->state = ends[i].state;
        end->role = NO_INDEX;
        end->basis = route->basis;
    }
}

static void resolve_one(struct reader *reader, const struct rulebook *book,
                        const struct pending *pending) {
    bool step = pending->refer == REFER_NEXT || pending->refer == REFER_STEP;
    struct str name =
        step ? pruned_successor(reader, pending->node->text) : pending->node->text;
    struct nearest nearest;
    nearest_begin(&nearest, name);
    struct str code;
    for (size_t i = 0; candidate(book, pending, i, &code); i++) {
        if (!str_equal(code, name)) {
            nearest_try(&nearest, code);
            continue;
        }
        if (pending->slot != NULL) {
            *pending->slot = (int)i;
        }
        if (pending->bits != NULL && i < RULEBOOK_STEPS_MOST) {
            *pending->bits |= (uint32_t)1 << i;
        }
        return;
    }
    if (str_is_empty(reader->without)) {
        FAULT_WORD(reader, pending->node, nearest_end(&nearest), "没有“%.*s”。",
                   "There is no “%.*s”.", STR_ARG(pending->node->text));
    }
}

static bool candidate(const struct rulebook *book, const struct pending *pending,
                      size_t index, struct str *out_code) {
#define CODES(refer_, list, count, member)                                               \
    case refer_:                                                                         \
        if (index < book->count) {                                                       \
            *out_code = book->list[index].member;                                        \
            return true;                                                                 \
        }                                                                                \
        return false
    switch (pending->refer) {
        CODES(REFER_ROLE, roles, role_count, code);
        CODES(REFER_UNIT, units, unit_count, code);
        CODES(REFER_UNIT_KIND, unit_kinds, unit_kind_count, code);
        CODES(REFER_ROUTE, routes, route_count, code);
        CODES(REFER_QUESTION, questions, question_count, code);
        CODES(REFER_SERIES, series, series_count, code);
        CODES(REFER_BODY, bodies, body_count, code);
        CODES(REFER_CLASS, classes, class_count, code);
        CODES(REFER_TARGET, targets, target_count, code);
        CODES(REFER_MATTER, matters, matter_count, code);
        CODES(REFER_SETTING, settings, setting_count, code);
        CODES(REFER_REQUIREMENT, requirements, requirement_count, id);
    case REFER_STEP:
    case REFER_NEXT:
        if (pending->route == NULL || index >= pending->route->step_count) {
            return false;
        }
        *out_code = pending->route->steps[index].code;
        return pending->refer == REFER_NEXT ||
               pending->route->steps[index].kind != STEP_END;
    case REFER_ANY_STEP:
        return candidate_step(book, index, out_code);
    case REFER_CHOICE:
        return candidate_choice(book, index, out_code);
    case REFER_DEFINER:
        if (index < book->role_count) {
            *out_code = book->roles[index].code;
            return true;
        }
        index -= book->role_count;
        if (index < book->route_count) {
            *out_code = book->routes[index].code;
            return true;
        }
        return false;
    case REFER_NONE:
        break;
    }
#undef CODES
    return false;
}

static bool candidate_step(const struct rulebook *book, size_t index,
                           struct str *out_code) {
    for (size_t i = 0; i < book->route_count; i++) {
        if (index < book->routes[i].step_count) {
            *out_code = book->routes[i].steps[index].code;
            return true;
        }
        index -= book->routes[i].step_count;
    }
    return false;
}

static bool candidate_choice(const struct rulebook *book, size_t index,
                             struct str *out_code) {
    for (size_t i = 0; i < book->question_count; i++) {
        if (index < book->questions[i].choice_count) {
            *out_code = book->questions[i].choices[index].code;
            return true;
        }
        index -= book->questions[i].choice_count;
    }
    return false;
}

/* What a left-out rule forbade must become possible, for a test to show the
 * difference: a step without its actor is anybody's in the unit, a role without its unit
 * counts everywhere. */
static void open_holes(struct rulebook *book) {
    int anyone = (int)book->role_count;
    for (size_t i = 0; i < book->role_count; i++) {
        struct role *role = &book->roles[i];
        if (role->scope == ROLE_BOUND_UNIT && role->unit == NO_INDEX) {
            role->scope = ROLE_BODY;
        }
    }
    if (book->roles == NULL) {
        return;
    }
    book->roles[book->role_count++] =
        (struct role){.code = STR("anyone"),
                      .title = {STR("本单位任何人"), STR("anyone of the unit")},
                      .scope = ROLE_OWN_UNIT,
                      .unit = NO_INDEX,
                      .open = true,
                      .basis = {.house = true, .path = STR("roles.anyone")}};
    for (size_t i = 0; i < book->route_count; i++) {
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            struct step *step = &book->routes[i].steps[j];
            step->role =
                step->role == NO_INDEX && step->kind != STEP_END ? anyone : step->role;
        }
    }
}

static void settle_route(struct route *route) {
    route->first = 0;
    route->release = NO_INDEX;
    for (size_t i = 0; i < route->step_count; i++) {
        settle_step(route, i);
    }
}

static void settle_step(struct route *route, size_t index) {
    struct step *step = &route->steps[index];
    step->demanded = step->demanded && step->kind == STEP_REVIEW;
    if (step->demanded && index < RULEBOOK_STEPS_MOST) {
        route->demanded |= (uint32_t)1 << index;
    }
    if (step->kind == STEP_RELEASE && route->release == NO_INDEX) {
        route->release = (int)index;
    }
    if (str_is_empty(step->role_basis.path)) {
        step->role_basis = step->basis;
    }
    if (step->channels == NULL && step->kind == STEP_REVIEW) {
        step->channels = route->channels;
    }
    drop_missing(step->asks, &step->ask_count);
    if (step->joint != NULL) {
        drop_missing(step->joint->roles, &step->joint->role_count);
    }
    for (size_t i = 0; i < step->outcome_count; i++) {
        struct outcome *outcome = &step->outcomes[i];
        enum item_state next =
            outcome->next == NO_INDEX ? STATE_DRAFT : route->steps[outcome->next].state;
        bool aside = next == STATE_INTERNAL || next == STATE_REFUSED;
        outcome->kind = outcome->onto != NO_INDEX    ? OUTCOME_ONTO
                        : aside                      ? OUTCOME_ASIDE
                        : outcome->next > (int)index ? OUTCOME_FORWARD
                                                     : OUTCOME_BACK;
    }
}

/* The answer an outcome follows from, as a value of its question; an outcome whose
 * question was left out follows from nothing. */
static void settle_outcome(struct reader *reader, const struct rulebook *book,
                           const struct step *step, struct outcome *outcome) {
    struct outcome_when *when = outcome->when;
    if (when == NULL || when->question == NO_INDEX) {
        outcome->when = NULL;
        return;
    }
    const struct question *question = &book->questions[when->question];
    bool asked = false;
    for (size_t i = 0; i < step->ask_count; i++) {
        asked = asked || step->asks[i] == when->question;
    }
    when->answer = str_is(when->is, "yes") ? 2 : str_is(when->is, "no") ? 1 : 0;
    if (question->kind != QUESTION_YES_NO) {
        when->answer = 0;
        for (size_t i = 0; i < question->choice_count; i++) {
            if (str_equal(question->choices[i].code, when->is)) {
                when->answer = (uint8_t)(i + 1);
            }
        }
    }
    if ((asked && when->answer != 0) || !str_is_empty(reader->without)) {
        return;
    }
    fault_at(reader, when->basis.file, when->basis.line, 1, STR(""),
             "步骤“%.*s”没有问“%.*s”，或者它没有“%.*s”这个回答。",
             "The step “%.*s” does not ask “%.*s”, or that has no answer “%.*s”.",
             STR_ARG(step->code), STR_ARG(question->code), STR_ARG(when->is));
}

static void drop_missing(int *indexes, size_t *count) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (indexes[i] != NO_INDEX) {
            indexes[kept++] = indexes[i];
        }
    }
    *count = kept;
}
