/*
 * What only shows when the whole rulebook is there: citations that exist,
 * requirements that nothing rests on, mechanisms without a definition, limits.
 */
#include "rulebook_own.h"

static void check_citations(struct reader *reader, const struct rulebook *book);
static void check_requirements(struct reader *reader, const struct rulebook *book,
                               const struct node *root);
static void check_requirement(struct reader *reader, const struct rulebook *book,
                              const struct requirement *requirement,
                              const struct node *node);
static void check_mechanisms(struct reader *reader, const struct rulebook *book,
                             const struct node *root);
static bool is_defined(const struct rulebook *book, unsigned mechanism);
static void check_questions(struct reader *reader, const struct rulebook *book,
                            const struct node *root);
static bool is_asked(const struct rulebook *book, int question);
static bool leads_on(const struct rulebook *book, int question);
static void check_functions(struct reader *reader, const struct rulebook *book,
                            const struct node *root);
static void check_cadences(struct reader *reader, const struct rulebook *book,
                           const struct node *root);
static void check_cadence_columns(struct reader *reader, const struct rulebook *book,
                                  const struct cadence_rule *cadence,
                                  const struct node *node);
static void check_cadence_dates(struct reader *reader, const struct cadence_rule *cadence,
                                const struct node *node);
static void check_settings(struct reader *reader, const struct rulebook *book,
                           const struct node *root);
static void check_days(struct reader *reader, const struct rulebook *book,
                       const struct days_rule *rule, const struct node *node);
static void check_limits(struct reader *reader, const struct rulebook *book,
                         const struct node *root);
static void check_mailboxes(struct reader *reader, const struct rulebook *book,
                            const struct node *root);
static const struct node *entry(const struct node *root, const char *section,
                                struct str code);

static const struct text mechanism_titles[] = {
    {STR_INIT("采集"), STR_INIT("collection")},
    {STR_INIT("审核"), STR_INIT("review")},
    {STR_INIT("发布"), STR_INIT("release")},
    {STR_INIT("更新"), STR_INIT("update")},
};

void check_rulebook(struct reader *reader, struct rulebook *book,
                    const struct node *root) {
    check_limits(reader, book, root);
    check_functions(reader, book, root);
    check_cadences(reader, book, root);
    check_settings(reader, book, root);
    check_days(reader, book, book->accounts == NULL ? NULL : book->accounts->age,
               node_get(root, "accounts"));
    check_days(reader, book, book->logs, node_get(root, "logs"));
    check_days(reader, book, book->backups, node_get(root, "backups"));
    check_days(reader, book, book->sub_backups, node_get(root, "sub-site-backups"));
    check_assessment(reader, book, root);
    check_citations(reader, book);
    check_mechanisms(reader, book, root);
    if (!str_is_empty(reader->without)) {
        return; /* no proof for a book with a hole in it */
    }
    check_requirements(reader, book, root);
    check_questions(reader, book, root);
    check_mailboxes(reader, book, root);
    for (size_t i = 0; i < book->route_count; i++) {
        const struct node *node = entry(root, "routes", book->routes[i].code);
        if (node != NULL) { /* else it was no map, which has been said */
            check_route(reader, book, &book->routes[i], node);
        }
    }
    check_matters(reader, book, root);
}

static void check_citations(struct reader *reader, const struct rulebook *book) {
    for (size_t i = 0; i < reader->element_count; i++) {
        const struct basis *basis = &reader->elements[i];
        if (str_is_empty(basis->id) || rulebook_requirement(book, basis->id) != NULL) {
            continue;
        }
        struct nearest nearest;
        nearest_begin(&nearest, basis->id);
        for (size_t j = 0; j < book->requirement_count; j++) {
            nearest_try(&nearest, book->requirements[j].id);
        }
        fault_at(reader, basis->file, basis->line, 1, nearest_end(&nearest),
                 "%.*s 的依据“%.*s”不在要求清单中。",
                 "%.*s rests on “%.*s”, which is not among the requirements.",
                 STR_ARG(basis->path), STR_ARG(basis->id));
    }
}

static void check_requirements(struct reader *reader, const struct rulebook *book,
                               const struct node *root) {
    for (size_t i = 0; i < book->requirement_count; i++) {
        const struct requirement *requirement = &book->requirements[i];
        if (str_is_empty(requirement->id)) {
            continue; /* nothing was written behind its code, which was said there */
        }
        const struct node *node = entry(root, "requirements", requirement->id);
        check_requirement(reader, book, requirement, node != NULL ? node : root);
    }
}

static void check_requirement(struct reader *reader, const struct rulebook *book,
                              const struct requirement *requirement,
                              const struct node *node) {
    bool ruled = false;
    for (size_t i = 0; i < reader->element_count && !ruled; i++) {
        ruled = str_equal(reader->elements[i].id, requirement->id);
    }
    if (!ruled && str_is_empty(requirement->later)) {
        FAULT_KEY(
            reader, node, STR(""),
            "要求 %.*s 没有任何规则以它为依据，也没有写 later: 由哪个阶段承担。",
            "No rule rests on %.*s, and no later: names the stage that will own it.",
            STR_ARG(requirement->id));
    }
    if (!str_starts(requirement->id, str_text(reader->arena, book->prefix)) &&
        (str_is_empty(book->parent_prefix) ||
         !str_starts(requirement->id, str_text(reader->arena, book->parent_prefix)))) {
        FAULT_KEY(reader, node, STR(""), "要求编号应以“%.*s-”开头。",
                  "Requirement IDs begin with “%.*s-”.", STR_ARG(book->prefix));
    }
    if (book->article_count > 0 && rulebook_article(book, requirement->article) == NULL) {
        FAULT(reader, node, "规章原文中没有“%.*s”。",
              "The regulation's text has no article “%.*s”.",
              STR_ARG(requirement->article));
    }
}

static void check_mechanisms(struct reader *reader, const struct rulebook *book,
                             const struct node *root) {
    const struct mechanism_demand *demand = book->mechanism_demand;
    const struct node *node = node_get(root, "mechanisms");
    for (size_t i = 0; demand != NULL && i < LENGTH(mechanism_titles); i++) {
        unsigned mechanism = 1U << i;
        if ((demand->needs & mechanism) == 0 || is_defined(book, mechanism)) {
            continue;
        }
        FAULT_KEY(reader, node != NULL ? node : root, STR(""),
                  "%.*s 要求的机制“%.*s”（%.*s）没有定义。",
                  "%.*s demands the mechanism “%.*s” (%.*s), which is not defined.",
                  STR_ARG(demand->basis.id), STR_ARG(mechanism_titles[i].zh),
                  STR_ARG(mechanism_titles[i].en));
    }
}

static bool is_defined(const struct rulebook *book, unsigned mechanism) {
    for (size_t i = 0; i < book->mechanism_count; i++) {
        if ((unsigned)book->mechanisms[i].mechanism == mechanism &&
            book->mechanisms[i].by_count > 0) {
            return true;
        }
    }
    return false;
}

static void check_questions(struct reader *reader, const struct rulebook *book,
                            const struct node *root) {
    for (size_t i = 0; i < book->question_count; i++) {
        const struct question *question = &book->questions[i];
        const struct node *node = entry(root, "questions", question->code);
        node = node != NULL ? node : root;
        if (!is_asked(book, (int)i)) {
            FAULT_KEY(reader, node, STR(""), "问题“%.*s”没有在任何步骤提出。",
                      "The question “%.*s” is asked at no step.",
                      STR_ARG(question->code));
        }
        if (question->kind == QUESTION_CHOICE && question->choice_count < 2) {
            FAULT_KEY(reader, node, STR(""), "选择题至少要有两个选项。",
                      "A choice needs at least two choices.");
        }
        if (question->kind == QUESTION_YES_NO && question->bad == 0 &&
            !question->spawns && !leads_on(book, (int)i)) {
            FAULT_KEY(reader, node, STR(""), "是非题要写明哪个回答不行（bad）。",
                      "A yes-no question must say which answer is bad.");
        }
    }
}

static bool is_asked(const struct rulebook *book, int question) {
    for (size_t i = 0; i < book->route_count; i++) {
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            const struct step *step = &book->routes[i].steps[j];
            for (size_t k = 0; k < step->ask_count; k++) {
                if (step->asks[k] == question) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* An outcome follows from its answer. */
static bool leads_on(const struct rulebook *book, int question) {
    for (size_t i = 0; i < book->route_count; i++) {
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            const struct step *step = &book->routes[i].steps[j];
            for (size_t k = 0; k < step->outcome_count; k++) {
                const struct outcome_when *when = step->outcomes[k].when;
                if (when != NULL && when->question == question) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* What the site is there for has a column. */
static void check_functions(struct reader *reader, const struct rulebook *book,
                            const struct node *root) {
    const struct site_rules *rules = book->site_rules;
    const struct node *node = node_get(root, "site-rules");
    for (size_t i = 0; rules != NULL && i < rules->function_count; i++) {
        const struct site_function *function = &rules->functions[i];
        if (rulebook_column(book, function->column) == NULL &&
            str_is_empty(reader->without)) {
            FAULT_KEY(reader, node != NULL ? node : root, STR(""),
                      "网站功能“%.*s”没有栏目“%.*s”。",
                      "The function “%.*s” has no column “%.*s”.",
                      STR_ARG(function->title.zh), STR_ARG(function->column));
        }
    }
}

/* One window, of the calendar or from the last release; and something it is about. */
static void check_cadences(struct reader *reader, const struct rulebook *book,
                           const struct node *root) {
    for (size_t i = 0; i < book->cadence_count; i++) {
        const struct cadence_rule *cadence = &book->cadences[i];
        const struct node *node = entry(root, "cadences", cadence->code);
        bool spans = cadence->window == CADENCE_SPAN;
        if (node == NULL || node->kind != NODE_MAP) {
            continue; /* which has been said */
        }
        if (spans != (cadence->within > 0) || spans != (node_get(node, "unit") != NULL)) {
            FAULT_KEY(reader, node, STR(""),
                      "更新频次“%.*s”要写 per:，或者写 within: 和 unit:，不能都写。",
                      "“%.*s” needs per:, or within: and unit:, and not both.",
                      STR_ARG(cadence->code));
        } else if (spans &&
                   (cadence->least != 1 || cadence->scope == CADENCE_EACH_UNIT)) {
            FAULT_KEY(reader, node, STR(""),
                      "“%.*s”从上次发布起算，只能是栏目或首页的 least: 1。",
                      "“%.*s” runs from the last release: for columns or the home page, "
                      "and least: 1.",
                      STR_ARG(cadence->code));
        }
        if (cadence->confirm && (spans || cadence->least != 1)) {
            FAULT_KEY(reader, node, STR(""),
                      "“%.*s”的 or-confirmed 只用于 per: 和 least: 1。",
                      "“%.*s”: or-confirmed goes with per: and least: 1.",
                      STR_ARG(cadence->code));
        }
        check_cadence_columns(reader, book, cadence, node);
        check_cadence_dates(reader, cadence, node);
    }
}

static void check_cadence_columns(struct reader *reader, const struct rulebook *book,
                                  const struct cadence_rule *cadence,
                                  const struct node *node) {
    if ((cadence->scope == CADENCE_COLUMNS) != (cadence->column_count > 0) ||
        (cadence->scope != CADENCE_EACH_UNIT && cadence->unit_kind_count > 0)) {
        FAULT_KEY(
            reader, node, STR(""),
            "“%.*s”的 columns: 只用于 scope: columns，unit-kinds: 只用于 each-unit。",
            "“%.*s”: columns: goes with scope: columns, unit-kinds: with each-unit.",
            STR_ARG(cadence->code));
    }
    for (size_t i = 0; i < cadence->column_count; i++) {
        if (rulebook_column(book, cadence->columns[i]) == NULL &&
            str_is_empty(reader->without)) {
            FAULT_KEY(reader, node, STR(""), "更新频次“%.*s”没有栏目“%.*s”。",
                      "“%.*s” has no column “%.*s”.", STR_ARG(cadence->code),
                      STR_ARG(cadence->columns[i]));
        }
    }
}

/* Days that every year has. */
static void check_cadence_dates(struct reader *reader, const struct cadence_rule *cadence,
                                const struct node *node) {
    if ((cadence->window == CADENCE_DATES) != (cadence->date_count > 0) ||
        (cadence->date_count > 0 && cadence->scope == CADENCE_EACH_UNIT)) {
        FAULT_KEY(reader, node, STR(""),
                  "“%.*s”的 per: date 和 on: 要一起写，不用于 each-unit。",
                  "“%.*s”: per: date and on: go together, and not with each-unit.",
                  STR_ARG(cadence->code));
    }
    for (size_t i = 0; i < cadence->date_count; i++) {
        civil_day day;
        struct str text =
            str_format(reader->arena, "2027-%.*s", STR_ARG(cadence->dates[i]));
        if (day_from_text(text, &day) != DONE) {
            FAULT_KEY(reader, node, STR(""), "“%.*s”不是每年都有的日期，写成 01-10。",
                      "“%.*s” is no day of every year; write it as 01-10.",
                      STR_ARG(cadence->dates[i]));
        }
    }
}

/* A default or sample that could not be given either. */
static void check_settings(struct reader *reader, const struct rulebook *book,
                           const struct node *root) {
    for (size_t i = 0; i < book->setting_count; i++) {
        const struct setting *setting = &book->settings[i];
        const struct node *node = entry(root, "settings", setting->code);
        bool unfit =
            !str_is_empty(setting->value) && !setting_fits(setting, setting->value);
        bool sample =
            str_is_empty(setting->value) && !setting_fits(setting, setting->sample);
        if (unfit || sample) {
            FAULT_KEY(reader, node != NULL ? node : root, STR(""),
                      "“%.*s”的默认值不合要求；没有默认值的要写一个样例值（sample）。",
                      "The default of “%.*s” does not fit; one without a default needs a "
                      "sample.",
                      STR_ARG(setting->code));
        }
    }
}

/* A figure, or a number that the body gives. */
static void check_days(struct reader *reader, const struct rulebook *book,
                       const struct days_rule *rule, const struct node *node) {
    if (rule == NULL || node == NULL || !str_is_empty(reader->without)) {
        return;
    }
    const struct setting *setting = rulebook_setting(book, rule->setting);
    if ((rule->days > 0) == !str_is_empty(rule->setting)) {
        FAULT_KEY(reader, node, STR(""),
                  "天数（days）和取值（setting）要写一个，也只能写一个。",
                  "Either days or a setting is to be written, and not both.");
    } else if (setting != NULL &&
               (setting->kind != SETTING_NUMBER || setting->least < 1)) {
        FAULT_KEY(reader, node, STR(""), "“%.*s”要是不小于 1 的整数。",
                  "“%.*s” must be a whole number of at least 1.", STR_ARG(setting->code));
    }
}

/* Somebody takes its letters in, and somebody answers them; a clock that starts again
 * says how long it runs. */
static void check_mailboxes(struct reader *reader, const struct rulebook *book,
                            const struct node *root) {
    for (size_t i = 0; i < book->mailbox_count; i++) {
        const struct mailbox_rule *box = &book->mailboxes[i];
        const struct node *node = entry(root, "mailboxes", box->code);
        node = node != NULL ? node : root;
        if (box->receiver == NULL) {
            FAULT_KEY(reader, node, STR(""), "信箱“%.*s”没有收件人（received-by）。",
                      "Nobody receives the letters of “%.*s” (received-by).",
                      STR_ARG(box->code));
        }
        if (box->answerer == NULL && box->transfer == NULL) {
            FAULT_KEY(reader, node, STR(""),
                      "信箱“%.*s”没有答复人，也不转交（answered-by 或 transfer-to）。",
                      "Nobody answers the letters of “%.*s”, and they go nowhere "
                      "(answered-by or transfer-to).",
                      STR_ARG(box->code));
        }
        if (box->onward != NULL && box->onward->clock == CLOCK_STARTS_AGAIN &&
            box->onward->amount == 0) {
            FAULT_KEY(reader, node, STR(""),
                      "信箱“%.*s”转交后重新计算，要写多长（amount、unit）。",
                      "The clock of “%.*s” starts again with a transfer and needs an "
                      "amount and a unit.",
                      STR_ARG(box->code));
        }
    }
}

static void check_limits(struct reader *reader, const struct rulebook *book,
                         const struct node *root) {
    for (size_t i = 0; i < book->class_count && str_is_empty(reader->without); i++) {
        const struct item_class *one = &book->classes[i];
        const struct node *node = entry(root, "classes", one->code);
        if (one->route == NO_INDEX && one->way_count == 0) {
            FAULT_KEY(reader, node != NULL ? node : root, STR(""),
                      "类别“%.*s”没有路线（route 或 ways）。",
                      "The class “%.*s” takes no route (route or ways).",
                      STR_ARG(one->code));
        }
    }
    if (book->role_count > RULEBOOK_ROLES_MOST) {
        FAULT(reader, root, "角色最多 %d 个。", "There can be at most %d roles.",
              RULEBOOK_ROLES_MOST);
    }
    for (size_t i = 0; i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        const struct node *node = entry(root, "routes", route->code);
        if (route->step_count > RULEBOOK_STEPS_MOST) {
            FAULT(reader, node != NULL ? node : root, "一条路线最多 %d 步。",
                  "A route has at most %d steps.", RULEBOOK_STEPS_MOST - ENDS_MOST);
        }
        for (size_t j = 0; j < route->step_count; j++) {
            if (route->steps[j].ask_count > RULEBOOK_QUESTIONS_MOST) {
                FAULT(reader, node != NULL ? node : root, "一步最多提 %d 个问题。",
                      "A step asks at most %d questions.", RULEBOOK_QUESTIONS_MOST);
            }
        }
    }
}

static const struct node *entry(const struct node *root, const char *section,
                                struct str code) {
    const struct node *node = node_get(root, section);
    for (node = node != NULL ? node->first : NULL; node != NULL; node = node->next) {
        if (str_equal(node->key, code)) {
            return node;
        }
    }
    return NULL;
}
