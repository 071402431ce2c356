/*
 * The language of cases: situation, acts, expected answer.
 */
#include "rulebook_own.h"

#include <stddef.h>

#define AT(type, member) offsetof(struct type, member)
#define FIELDS(list)     .fields = (list), .field_count = LENGTH(list)
#define STRING(key_, type, member)                                                       \
    { .key = (key_), .want = WANT_STR, .offset = AT(type, member) }
#define REFERRING(key_, type, member, to)                                                \
    { .key = (key_), .want = WANT_STR, .offset = AT(type, member), .refer = (to) }
#define NEEDED(key_, type, member)                                                       \
    { .key = (key_), .want = WANT_STR, .offset = AT(type, member), .demanded = true }
#define MANY(key_, type, member, count, of)                                              \
    {                                                                                    \
        .key = (key_), .want = WANT_MANY, .offset = AT(type, member),                    \
        .count_offset = AT(type, count), .schema = &(of)                                 \
    }
#define SELF(key_, of)                                                                   \
    { .key = (key_), .want = WANT_SELF, .schema = &(of) }

static const struct schema_field answer_fields[] = {STRING("value", case_answer, answer)};
static const struct schema schema_answer = {.name = "answer",
                                            .size = sizeof(struct case_answer),
                                            .keyed = true,
                                            .code_offset = AT(case_answer, question),
                                            .shorthand = "value",
                                            FIELDS(answer_fields)};

static const struct schema_field given_fields[] = {
    REFERRING("class", rulebook_case, given.item_class, REFER_CLASS),
    REFERRING("route", rulebook_case, given.route, REFER_ROUTE),
    REFERRING("target", rulebook_case, given.target, REFER_TARGET),
    REFERRING("step", rulebook_case, given.step, REFER_ANY_STEP),
    REFERRING("author", rulebook_case, given.author, REFER_DEFINER),
    STRING("column", rulebook_case, given.column),
    STRING("unit-kind", rulebook_case, given.unit_kind),
    REFERRING("pair", rulebook_case, given.pair, REFER_CLASS),
    STRING("title", rulebook_case, given.title),
    STRING("body", rulebook_case, given.body),
    REFERRING("instruction", rulebook_case, given.carried, REFER_CHOICE),
    STRING("origin", rulebook_case, given.origin),
    STRING("now", rulebook_case, given.now),
    STRING("remove", rulebook_case, given.remove),
    MANY("fields", rulebook_case, given.fields, given.field_count, schema_answer),
};
static const struct schema schema_given = {.name = "given", FIELDS(given_fields)};

static const struct schema_field act_fields[] = {
    NEEDED("by", case_act, person),
    NEEDED("does", case_act, act),
    REFERRING("step", case_act, step, REFER_ANY_STEP),
    STRING("outcome", case_act, outcome),
    STRING("reason", case_act, reason),
    STRING("value", case_act, value),
    STRING("channel", case_act, channel),
    MANY("answers", case_act, answers, answer_count, schema_answer),
};
static const struct schema schema_act = {
    .name = "act", .size = sizeof(struct case_act), FIELDS(act_fields)};

static const struct schema_field then_fields[] = {
    STRING("status", rulebook_case, then.status),
    REFERRING("article", rulebook_case, then.article, REFER_REQUIREMENT),
    STRING("state", rulebook_case, then.state),
    REFERRING("step", rulebook_case, then.step, REFER_ANY_STEP),
    STRING("ledger", rulebook_case, then.ledger),
    STRING("screen", rulebook_case, then.screen),
    STRING("shows", rulebook_case, then.shows),
    STRING("hides", rulebook_case, then.hides),
    STRING("public", rulebook_case, then.public_file),
    {.key = "present",
     .want = WANT_BOOL,
     .offset = AT(rulebook_case, then.public_present),
     .least = 1},
    STRING("fault", rulebook_case, then.fault),
};
static const struct schema schema_then = {.name = "then", FIELDS(then_fields)};

static const struct schema_field case_fields[] = {
    NEEDED("case", rulebook_case, sentence),
    {.key = "proves",
     .want = WANT_STRS,
     .offset = AT(rulebook_case, proves),
     .count_offset = AT(rulebook_case, proves_count),
     .refer = REFER_REQUIREMENT,
     .demanded = true},
    SELF("given", schema_given),
    MANY("when", rulebook_case, acts, act_count, schema_act),
    SELF("then", schema_then),
};
static const struct schema schema_case = {
    .name = "case", .size = sizeof(struct rulebook_case), FIELDS(case_fields)};

static const struct schema_field file_fields[] = {
    MANY("cases", case_file, cases, case_count, schema_case),
};
const struct schema schema_case_file = {
    .name = "case file", .size = sizeof(struct case_file), FIELDS(file_fields)};
