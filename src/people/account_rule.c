/*
 * What rulebooks say of accounts: how old a password may grow, which are not taken again,
 * and whose post has one keeper.  Kept for each site when its rulebook comes into force;
 * a person is bound by those of the bodies where he holds a post, by the strictest of
 * each.
 */
#include "people_own.h"

#include "rulebook/rulebook.h"

static struct str text_of(const struct basis *basis);

enum status people_rule_accounts(struct call *call, id64 site, id64 body,
                                 const struct rulebook *book, struct str days) {
    static const struct account_rules nothing = {0};
    const struct account_rules *rules =
        book->accounts == NULL ? &nothing : book->accounts;
    bool kept = rules->keeper != NULL && rules->keeper->role != NO_INDEX;
    TRY(store_run(call, &people_account_rule_drop, NULL, bind_int("site", site)));
    return store_run(
        call, &people_account_rule_insert, NULL, bind_int("site", site),
        bind_int("body", body), bind_int("days", rulebook_days(book, rules->age, days)),
        bind_text("days_rule",
                  rules->age == NULL ? STR("") : text_of(&rules->age->basis)),
        bind_int("former", rules->reuse == NULL ? 0 : rules->reuse->last),
        bind_text("former_rule",
                  rules->reuse == NULL ? STR("") : text_of(&rules->reuse->basis)),
        bind_text("keeper", kept ? book->roles[rules->keeper->role].code : STR("")),
        bind_text("keeper_rule", kept ? text_of(&rules->keeper->basis) : STR("")));
}

enum status people_password_rule(struct call *call, id64 person,
                                 struct people_password_rule *out_rule) {
    bool national = password_profile(call) == PEOPLE_PASSWORDS_GB;
    struct people_password_rule rule = {.days = national ? PASSWORD_DAYS : 0,
                                        .days_rule = STR(""),
                                        .former_rule = STR("")};
    struct rows *rows;
    TRY(store_query(call, &people_account_rules_of, &rows, bind_int("person", person),
                    bind_int("now", call->now)));
    while (rows_next(rows)) {
        int days = (int)row_int(rows, "days");
        int former = (int)row_int(rows, "former");
        bool unnamed =
            str_is_empty(rule.days_rule); /* of two alike the article is named */
        if (days > 0 &&
            (rule.days == 0 || days < rule.days || (days == rule.days && unnamed))) {
            rule.days = days;
            rule.days_rule = row_text(rows, "days_rule");
        }
        if (former > rule.former) {
            rule.former = former;
            rule.former_rule = row_text(rows, "former_rule");
        }
    }
    TRY(rows_end(rows));
    *out_rule = rule;
    return DONE;
}

enum status keeper_is_alone(struct call *call, const struct appoint_wish *wish,
                            const struct people_post *post, bool *out_keeper) {
    struct people_unit unit;
    struct people_holdings holders;
    struct rows *row;
    *out_keeper = false;
    TRY(people_unit(call, post->unit, &unit));
    enum status found =
        store_find(call, &people_account_rule_keeper, &row, bind_int("body", unit.body),
                   bind_text("role", post->role));
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    struct str rule = row_text(row, "keeper_rule");
    struct rows *rows;
    TRY(store_query(call, &people_appointments_in_role, &rows,
                    bind_text("role", post->role),
                    BIND_UNIT_RANGE(people_anywhere_in(unit.body)),
                    bind_int("until", wish->appointing.until),
                    bind_int("from", wish->appointing.from), bind_int("deputies", true)));
    TRY(holdings_read(call, rows, &holders));
    if (holders.count > 0) {
        return call_refuse(call, REFUSED, str_text(call->arena, rule),
                           "people.one-keeper", "title",
                           str_text(call->arena, post->title), "holder",
                           str_text(call->arena, holders.at[0].name), NULL);
    }
    *out_keeper = true;
    return DONE;
}

static struct str text_of(const struct basis *basis) {
    return basis->id.at == NULL ? STR("") : basis->id;
}
