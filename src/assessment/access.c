/*
 * Who assesses: the holders of the roles that the rulebook names, in the site's body.
 */
#include "assessment_own.h"

enum status assessor_index(struct call *call, const struct rulebook *book, id64 body,
                           int *out_index) {
    const struct assessment *rules = book->assessment;
    int index = NO_INDEX;
    size_t count =
        rules == NULL || rules->assessors == NULL ? 0 : rules->assessors->role_count;
    for (size_t i = 0; i < count && index == NO_INDEX; i++) {
        const struct role *role = &book->roles[rules->assessors->roles[i]];
        bool holds = false;
        TRY(people_holds(call, call->actor.person, str_text(call->arena, role->code),
                         people_anywhere_in(body), &holds));
        index = holds ? (int)i : NO_INDEX;
    }
    *out_index = index;
    return DONE;
}

enum status assessor_must_be(struct call *call, const struct rulebook *book, id64 body,
                             int *out_index) {
    const struct assessment *rules = book->assessment;
    int index;
    if (rules == NULL || rules->assessors == NULL) {
        return ABSENT;
    }
    TRY(assessor_index(call, book, body, &index));
    if (index == NO_INDEX) {
        const struct role *role = &book->roles[rules->assessors->roles[0]];
        return call_refuse(call, DENIED, rule_of(call, &rules->assessors->basis),
                           "assessment.not-assessor", "role",
                           str_text(call->arena, text_in(role->title, call->language)),
                           NULL);
    }
    *out_index = index;
    return DONE;
}

enum status assessor_unit(struct call *call, const struct rulebook *book, id64 body,
                          int index, id64 *out_unit) {
    struct str code = book->roles[book->assessment->assessors->roles[index]].code;
    struct people_holdings holdings;
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        if (str_equal(holdings.at[i].role, code) && holdings.at[i].body == body) {
            *out_unit = holdings.at[i].unit;
            return DONE;
        }
    }
    return ABSENT;
}

enum status assessment_may(struct call *call, id64 site, bool *out_may) {
    const struct rulebook *book;
    struct site found;
    int index;
    TRY(site_find(call, site, &found));
    TRY(site_rulebook(call, site, &book));
    TRY(assessor_index(call, book, found.root, &index));
    *out_may = index != NO_INDEX;
    return DONE;
}

const char *rule_of(struct call *call, const struct basis *basis) {
    return basis == NULL ? "" : str_text(call->arena, basis->id);
}
