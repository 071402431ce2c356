/*
 * Values that a regulation leaves open: what the body decided, and that a version which
 * asks for one does not come into force before.
 */
#include "site_own.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site_sql.h"

#include <jansson.h>

#define VALUES_MOST 100

struct giving {
    const struct site *site;
    const struct rulebook *book;
    const struct setting *setting;
    struct str value;
    bool sample;
};

static enum status must_decide(struct call *call, const struct site *site,
                               struct str code);
static enum status value_given(struct call *call, id64 site, struct str code,
                               struct str *out_value);
static enum status give(struct call *call, void *what);
static enum status check_value(struct call *call, const struct setting *setting,
                               struct str value);
static const struct site_value *given(const struct site_value *values, size_t count,
                                      struct str code);

enum status site_give_value(struct call *call, id64 site, const struct rulebook *book,
                            struct str code, struct str value, bool sample) {
    struct site found;
    const struct setting *setting = rulebook_setting(book, code);
    TRY(site_find(call, site, &found));
    if (setting == NULL || !str_equal(book->code, found.rulebook)) {
        return ABSENT;
    }
    struct giving giving = {&found, book, setting, str_trim(value), sample};
    TRY(must_decide(call, &found, code));
    TRY(check_value(call, setting, giving.value));
    return store_transact(call, TXN_WRITE, give, &giving);
}

enum status site_values(struct call *call, id64 site, struct site_value **out_values,
                        size_t *out_count) {
    struct site_value *values = TAKE_ARRAY(call->arena, VALUES_MOST, struct site_value);
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &site_value_rows, &rows, bind_id("site", site)));
    while (rows_next(rows) && count < VALUES_MOST) {
        values[count++] = (struct site_value){.code = row_text(rows, "code"),
                                              .value = row_text(rows, "value"),
                                              .given_by = row_id(rows, "given_by"),
                                              .given_at = row_int(rows, "given_at"),
                                              .sample = row_int(rows, "sample") != 0};
    }
    TRY(rows_end(rows));
    *out_values = values;
    *out_count = count;
    return DONE;
}

enum status site_value(struct call *call, id64 site, struct str code,
                       struct str *out_value) {
    struct site_value *values;
    const struct rulebook *book;
    size_t count;
    TRY(site_rulebook(call, site, &book));
    TRY(site_values(call, site, &values, &count));
    const struct setting *setting = rulebook_setting(book, code);
    const struct site_value *value = given(values, count, code);
    struct str answer = value != NULL     ? value->value
                        : setting != NULL ? setting->value
                                          : STR("");
    if (setting == NULL || str_is_empty(answer)) {
        return ABSENT;
    }
    *out_value = answer;
    return DONE;
}

enum status rule_accounts(struct call *call, id64 site, id64 unit,
                          const struct rulebook *book) {
    const struct days_rule *age = book->accounts == NULL ? NULL : book->accounts->age;
    struct people_unit found;
    struct str days;
    TRY(people_unit(call, unit, &found));
    TRY(value_given(call, site, age == NULL ? STR("") : age->setting, &days));
    return people_rule_accounts(call, site, found.body, book, days);
}

enum status site_days(struct call *call, id64 site, const struct rulebook *book,
                      const struct days_rule *rule, int *out_days) {
    struct str value;
    TRY(value_given(call, site, rule == NULL ? STR("") : rule->setting, &value));
    *out_days = rulebook_days(book, rule, value);
    return DONE;
}

/* Empty if nothing was. */
static enum status value_given(struct call *call, id64 site, struct str code,
                               struct str *out_value) {
    struct site_value *values;
    size_t count;
    *out_value = STR("");
    if (str_is_empty(code)) {
        return DONE;
    }
    TRY(site_values(call, site, &values, &count));
    const struct site_value *value = given(values, count, code);
    *out_value = value == NULL ? STR("") : value->value;
    return DONE;
}

enum status site_must_have_values(struct call *call, id64 site,
                                  const struct rulebook *book) {
    struct site_value *values;
    size_t count;
    enum status answer = DONE;
    if (book->setting_count == 0) {
        return DONE;
    }
    TRY(site_values(call, site, &values, &count));
    for (size_t i = 0; i < book->setting_count; i++) {
        const struct setting *setting = &book->settings[i];
        const struct site_value *value = given(values, count, setting->code);
        bool has = value != NULL && setting_fits(setting, value->value);
        if (!has && str_is_empty(setting->value)) {
            answer = call_refuse(
                call, REFUSED, str_text(call->arena, setting->basis.id),
                "site.value-missing", "value",
                str_text(call->arena, text_in(setting->title, call->language)), "code",
                str_text(call->arena, setting->code), NULL);
        }
    }
    return answer;
}

enum status site_must_keep_rulebook(struct call *call, const struct site *site) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    int route = book == NULL ? NO_INDEX : rulebook_route_of(book, ROUTE_OF_RULEBOOK);
    bool holds = false;
    const struct step *first =
        route == NO_INDEX ? NULL : &book->routes[route].steps[book->routes[route].first];
    if (first != NULL && call->actor.person != 0) {
        struct str role = book->roles[first->role].code;
        TRY(people_holds(call, call->actor.person, str_text(call->arena, role), 0,
                         &holds));
    }
    if (holds) {
        return DONE;
    }
    return call_refuse(
        call, DENIED, first == NULL ? "" : str_text(call->arena, first->role_basis.id),
        "site.not-rulebook-keeper", "role",
        first == NULL ? ""
                      : str_text(call->arena,
                                 text_in(book->roles[first->role].title, call->language)),
        NULL);
}

/* Who founds a site gives what it needs to begin; from then on it is the keeper's. */
static enum status must_decide(struct call *call, const struct site *site,
                               struct str code) {
    struct site_value *values;
    size_t count;
    if (call->actor.person == 0 && call->door == DOOR_CLI) {
        TRY(site_values(call, site->id, &values, &count));
        if (given(values, count, code) == NULL) {
            return DONE;
        }
    }
    return site_must_keep_rulebook(call, site);
}

static enum status give(struct call *call, void *what) {
    const struct giving *giving = what;
    const struct setting *setting = giving->setting;
    TRY(store_run(call, &site_value_set, NULL, bind_id("site", giving->site->id),
                  bind_text("code", setting->code), bind_text("value", giving->value),
                  bind_id("person", call->actor.person), bind_int("now", call->now),
                  bind_int("sample", giving->sample ? 1 : 0)));
    TRY(rule_accounts(call, giving->site->id, giving->site->body, giving->book));
    struct ledger_act record = {
        .act = "site.value",
        .subject = {.kind = SUBJECT_SITE, .id = giving->site->id},
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:b}", "code", setting->code.at,
                            setting->code.length, "value", giving->value.at,
                            giving->value.length, "sample", giving->sample)),
        .rule = setting->basis.id,
        .post = STR("")};
    return ledger_append(call, giving->site->group, &record, NULL);
}

static enum status check_value(struct call *call, const struct setting *setting,
                               struct str value) {
    if (setting_fits(setting, value)) {
        return DONE;
    }
    if (setting->kind == SETTING_WORDS) {
        return call_refuse_field(call, "value", "", "site.value-unfit-words", NULL);
    }
    return call_refuse_field(
        call, "value", str_text(call->arena, setting->basis.id), "site.value-unfit",
        "least", str_format(call->arena, "%d", setting->least).at, "most",
        setting->most == 0 ? "∞" : str_format(call->arena, "%d", setting->most).at, NULL);
}

static const struct site_value *given(const struct site_value *values, size_t count,
                                      struct str code) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(values[i].code, code)) {
            return &values[i];
        }
    }
    return NULL;
}
