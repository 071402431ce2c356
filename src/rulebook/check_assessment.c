/*
 * An assessment that says what an engine needs: who assesses, what counts by what, where
 * results go.
 */
#include "rulebook_own.h"

static void check_parts(struct reader *reader, const struct assessment *rules,
                        const struct node *node);
static void check_indicator(struct reader *reader, const struct assessment *rules,
                            const struct indicator *indicator, const struct node *node);
static void check_place(struct reader *reader, const struct rulebook *book,
                        struct str column, int item_class, const struct node *node);

void check_assessment(struct reader *reader, const struct rulebook *book,
                      const struct node *root) {
    const struct assessment *rules = book->assessment;
    const struct node *node = node_get(root, "assessment");
    if (rules == NULL || !str_is_empty(reader->without)) {
        return;
    }
    node = node != NULL ? node : root;
    check_parts(reader, rules, node);
    for (size_t i = 0; i < rules->indicator_count; i++) {
        check_indicator(reader, rules, &rules->indicators[i], node);
    }
    if (rules->results != NULL && rules->results->visibility == RESULTS_PUBLIC) {
        check_place(reader, book, rules->results->column, rules->results->item_class,
                    node);
    }
    for (size_t i = 0; i < rules->notice_count; i++) {
        const struct notice_rule *rule = &rules->notices[i];
        if (rule->of == 0) {
            FAULT_KEY(reader, node, STR(""), "通报要写对象（of）：单位、个人。",
                      "A notice says of whom (of): unit, person.");
        }
        if (!str_is_empty(rule->column) || rule->item_class != NO_INDEX) {
            check_place(reader, book, rule->column, rule->item_class, node);
        }
    }
}

static void check_parts(struct reader *reader, const struct assessment *rules,
                        const struct node *node) {
    if (rules->assessors == NULL || rules->assessors->role_count == 0) {
        FAULT_KEY(reader, node, STR(""), "考核要写由谁考核（assessors）。",
                  "An assessment says who assesses (assessors).");
    }
    if ((rules->period == NULL) != (rules->indicator_count == 0)) {
        FAULT_KEY(reader, node, STR(""),
                  "考核周期（period）和指标（indicators）要一起写。",
                  "Period and indicators stand together.");
    }
    if (rules->self != NULL && rules->assessed != NULL &&
        rules->assessed->what == ASSESSED_COLUMNS) {
        FAULT_KEY(reader, node, STR(""), "自测只用于考核单位。",
                  "Only units report of themselves.");
    }
}

/* Several assessors say their remarks; points of several would need a rule of their own.
 */
static void check_indicator(struct reader *reader, const struct assessment *rules,
                            const struct indicator *indicator, const struct node *node) {
    bool steps =
        indicator->weekly > 0 || indicator->half_monthly > 0 || indicator->monthly > 0;
    bool counted = indicator->measure != MEASURE_NONE;
    bool frequency = indicator->measure == MEASURE_FREQUENCY;
    bool points = indicator->points > 0 || indicator->per_item > 0 || steps;
    if ((counted && indicator->points > 0) || (!counted && indicator->per_item > 0) ||
        (frequency && indicator->per_item > 0) || (steps && !frequency)) {
        FAULT_KEY(reader, node, STR(""),
                  "指标“%.*s”：分值（points）用于评定，每件得分（per-item）用于计数，"
                  "每周、每半月、每月得分用于更新频率。",
                  "“%.*s”: points are for what is judged, per-item for what is counted, "
                  "weekly, half-monthly and monthly for the frequency.",
                  STR_ARG(indicator->code));
    }
    if (points && rules->assessors != NULL && rules->assessors->role_count > 1) {
        FAULT_KEY(reader, node, STR(""), "指标“%.*s”：几方共同评议的不计分。",
                  "“%.*s”: where several assess there are no points.",
                  STR_ARG(indicator->code));
    }
}

static void check_place(struct reader *reader, const struct rulebook *book,
                        struct str column, int item_class, const struct node *node) {
    if (rulebook_column(book, column) == NULL || item_class == NO_INDEX) {
        FAULT_KEY(
            reader, node, STR(""),
            "公开的考核结果和通报要写栏目（column）和类别（class），没有栏目“%.*s”。",
            "What is published names its column and class; there is no column “%.*s”.",
            STR_ARG(column));
    }
}
