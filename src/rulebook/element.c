/*
 * Finding elements of a rulebook by code, ID or printed number.
 */
#include "rulebook_own.h"

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
