/*
 * What the regulation wants on record and nobody has entered; computed, never kept.
 */
#include "matter_own.h"

#include "people/people.h"

#define GAPS_MOST 1000

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
        TRY(matter_body(call, unit, &body));
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
