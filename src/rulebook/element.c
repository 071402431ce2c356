/*
 * Finding elements of a rulebook by code, ID or printed number.
 */
#include "rulebook_own.h"

#include <string.h>

#define FIND(book, list, count, code_)                                                   \
    for (size_t i = 0; i < (book)->count; i++) {                                         \
        if (str_equal((book)->list[i].code, (code_))) {                                  \
            return (int)i;                                                               \
        }                                                                                \
    }                                                                                    \
    return NO_INDEX

struct str text_in(struct text text, struct str language) {
    return str_is(language, "en") ? text.en : text.zh;
}

enum calendar_unit time_unit_counted(enum time_unit unit) {
    static const enum calendar_unit units[] = {
        [UNIT_MINUTE] = CALENDAR_MINUTE,
        [UNIT_HOUR] = CALENDAR_HOUR,
        [UNIT_CALENDAR_DAY] = CALENDAR_DAY,
        [UNIT_WORKING_DAY] = CALENDAR_WORKING_DAY,
    };
    return units[unit];
}

int rulebook_role(const struct rulebook *book, struct str code) {
    FIND(book, roles, role_count, code);
}

int rulebook_unit(const struct rulebook *book, struct str code_or_alias) {
    for (size_t i = 0; i < book->unit_count; i++) {
        const struct unit *unit = &book->units[i];
        if (str_equal(unit->code, code_or_alias) ||
            str_equal(unit->title.zh, code_or_alias) ||
            str_equal(unit->title.en, code_or_alias)) {
            return (int)i;
        }
        for (size_t j = 0; j < unit->alias_count; j++) {
            if (str_equal(unit->aliases[j], code_or_alias)) {
                return (int)i;
            }
        }
    }
    return NO_INDEX;
}

int rulebook_unit_kind(const struct rulebook *book, struct str code) {
    FIND(book, unit_kinds, unit_kind_count, code);
}

int rulebook_class(const struct rulebook *book, struct str code) {
    FIND(book, classes, class_count, code);
}

int rulebook_route(const struct rulebook *book, struct str code) {
    FIND(book, routes, route_count, code);
}

int rulebook_target(const struct rulebook *book, struct str code) {
    FIND(book, targets, target_count, code);
}

int rulebook_question(const struct rulebook *book, struct str code) {
    FIND(book, questions, question_count, code);
}

int rulebook_body(const struct rulebook *book, struct str code) {
    FIND(book, bodies, body_count, code);
}

int route_step(const struct route *route, struct str code) {
    FIND(route, steps, step_count, code);
}

int step_outcome(const struct step *step, struct str code) {
    FIND(step, outcomes, outcome_count, code);
}

size_t step_signers(const struct step *step) {
    return 1 + (step->joint == NULL ? 0 : step->joint->role_count);
}

int step_signer_role(const struct step *step, size_t signer) {
    return signer == 0 ? step->role : step->joint->roles[signer - 1];
}

size_t step_signatures(const struct step *step) {
    size_t all = step_signers(step);
    size_t need = step->joint == NULL ? 1 : (size_t)step->joint->need;
    return need == 0 || need > all ? all : need;
}

/* "先" and, with no review between, a word for releasing, and review after that. */
bool law_grants_release_first(struct str words) {
    static const char *const ends[] = {"。", "；", "！", "？", "\n"};
    static const char *const forbids[] = {"不得", "严禁", "禁止", "不准", "不能"};
    static const char *const releases[] = {"发布", "公开", "刊发", "上网", "发"};
    for (size_t i = 0; i < LENGTH(ends); i++) {
        if (str_find(words, str_of(ends[i])) + strlen(ends[i]) < words.length) {
            return false; /* more than one sentence */
        }
    }
    for (size_t i = 0; i < LENGTH(forbids); i++) {
        if (str_find(words, str_of(forbids[i])) < words.length) {
            return false;
        }
    }
    for (struct str rest = words; str_find(rest, STR("先")) < rest.length;) {
        rest = str_part(rest, str_find(rest, STR("先")) + strlen("先"), rest.length);
        size_t review = str_find(rest, STR("审"));
        size_t release = rest.length;
        for (size_t i = 0; i < LENGTH(releases); i++) {
            size_t at = str_find(rest, str_of(releases[i]));
            release = at < release ? at : release;
        }
        if (release < review && review < rest.length) {
            return true;
        }
    }
    return false;
}

struct text role_title_in(const struct role *role, int unit_kind) {
    for (size_t i = 0; i < role->title_count && unit_kind != NO_INDEX; i++) {
        if (role->titles[i].unit_kind == unit_kind) {
            return role->titles[i].title;
        }
    }
    return role->title;
}

const struct role_limit *role_limit_in(const struct role *role, enum role_number number,
                                       int unit_kind) {
    for (size_t i = 0; i < role->limit_count; i++) {
        const struct role_limit *limit = &role->limits[i];
        if (limit->number != number) {
            continue;
        }
        if (limit->unit_kind_count == 0) {
            return limit;
        }
        for (size_t j = 0; j < limit->unit_kind_count; j++) {
            if (limit->unit_kinds[j] == unit_kind) {
                return limit;
            }
        }
    }
    return NULL;
}

const struct column_rule *rulebook_column(const struct rulebook *book, struct str path) {
    for (size_t i = 0; i < book->column_count; i++) {
        if (str_equal(book->columns[i].path, path)) {
            return &book->columns[i];
        }
    }
    return NULL;
}

bool rulebook_lists_host(const struct rulebook *book, struct str host) {
    for (size_t i = 0; i < book->host_count; i++) {
        struct str listed = book->hosts[i].host;
        if (host.length < listed.length) {
            continue;
        }
        size_t start = host.length - listed.length;
        bool below = start == 0 || host.at[start - 1] == '.';
        if (below && str_equal(str_part(host, start, host.length), listed)) {
            return true;
        }
    }
    return false;
}

const struct requirement *rulebook_requirement(const struct rulebook *book,
                                               struct str id) {
    for (size_t i = 0; i < book->requirement_count; i++) {
        if (str_equal(book->requirements[i].id, id)) {
            return &book->requirements[i];
        }
    }
    return NULL;
}

const struct article *rulebook_article(const struct rulebook *book, struct str number) {
    for (size_t i = 0; i < book->article_count; i++) {
        if (str_equal(book->articles[i].number, number)) {
            return &book->articles[i];
        }
    }
    return NULL;
}

const struct setting *rulebook_setting(const struct rulebook *book, struct str code) {
    for (size_t i = 0; i < book->setting_count; i++) {
        if (str_equal(book->settings[i].code, code)) {
            return &book->settings[i];
        }
    }
    return NULL;
}

int rulebook_days(const struct rulebook *book, const struct days_rule *rule,
                  struct str value) {
    int64_t days = 0;
    if (rule == NULL || rule->days > 0) {
        return rule == NULL ? 0 : rule->days;
    }
    const struct setting *setting = rulebook_setting(book, rule->setting);
    if (setting == NULL) {
        return 0; /* left out for a test */
    }
    struct str given = setting_fits(setting, value) ? value : setting->value;
    return str_to_int(given, &days) == DONE ? (int)days : 0;
}

bool setting_fits(const struct setting *setting, struct str value) {
    int64_t number = 0;
    if (setting->kind == SETTING_WORDS) {
        return !str_is_empty(str_trim(value)) && value.length <= 200;
    }
    return str_to_int(value, &number) == DONE && number >= setting->least &&
           (setting->most == 0 || number <= setting->most);
}
