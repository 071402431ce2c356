/*
 * The regulation map: each requirement, the elements that rest on it, the cases
 * that prove them; or the stage that will own it.
 */
#include "rulebook_own.h"

#include <jansson.h>
#include <stdlib.h>

/* The kinds of requirements; *now*: those about items, columns and sites. */
static const struct {
    const char *name;
    bool now;
} kinds[] = {
    {"org", true},       {"role", true},      {"route", true},
    {"form", true},      {"checklist", true}, {"prohibition", true},
    {"reprint", true},   {"deadline", true},  {"archive", true},
    {"principle", true}, {"column", true},    {"site", true},
    {"cadence", false},  {"link", false},     {"interaction", false},
    {"opinion", false},  {"mail", false},     {"new-media", false},
    {"security", false}, {"log", false},      {"backup", false},
    {"drill", false},    {"duty", false},     {"incident", false},
    {"risk", false},     {"scoring", false},  {"report", false},
    {"sanction", false}, {"training", false}, {"budget", false},
    {NULL, false},
};

struct tally {
    int enforced;
    int total;
};

static struct tally count_kind(const struct rulebook *book,
                               const struct rulebook_case *cases, const char *kind);
static bool is_enforced(const struct rulebook *book, const struct rulebook_case *cases,
                        const struct requirement *requirement);
static struct str table_json(struct arena *arena, const struct rulebook *const *books,
                             const struct rulebook_case *const *cases, size_t count);
static bool proves(const struct rulebook_case *one, struct str id);
static size_t cases_of(const struct rulebook_case *cases, struct str id);
static void add_requirement(struct buffer *buffer, const struct rulebook *book,
                            const struct rulebook_case *cases,
                            const struct requirement *requirement, struct str language);
static json_t *requirement_json(const struct rulebook *book,
                                const struct rulebook_case *cases,
                                const struct requirement *requirement);
static json_t *json_of(struct str text);

struct str rulebook_map_text(struct arena *arena, const struct rulebook *book,
                             const struct rulebook_case *cases, struct str language) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    bool english = str_is(language, "en");
    buffer_add(&buffer, text_in(book->title, language));
    buffer_add_text(&buffer, "\n");
    size_t enforced = 0;
    for (size_t i = 0; i < book->requirement_count; i++) {
        add_requirement(&buffer, book, cases, &book->requirements[i], language);
        enforced += str_is_empty(book->requirements[i].later) ? 1 : 0;
    }
    buffer_add_format(&buffer,
                      english ? "%zu requirements, %zu enforced now\n"
                              : "要求 %zu 项，现已执行 %zu 项\n",
                      book->requirement_count, enforced);
    return buffer_str(&buffer);
}

struct str rulebook_map_json(struct arena *arena, const struct rulebook *book,
                             const struct rulebook_case *cases) {
    json_t *requirements = json_array();
    for (size_t i = 0; i < book->requirement_count; i++) {
        json_array_append_new(requirements,
                              requirement_json(book, cases, &book->requirements[i]));
    }
    json_t *map = json_pack("{s:o, s:o, s:o, s:o}", "rulebook", json_of(book->code),
                            "version", json_of(book->version), "digest",
                            json_of(digest_to_text(arena, &book->digest)), "requirements",
                            requirements);
    char *text = json_dumps(map, JSON_INDENT(2));
    json_decref(map);
    if (text == NULL) {
        log_fatal("out of memory");
    }
    struct str copy = str_copy(arena, str_of(text));
    free(text);
    return copy;
}

struct str rulebook_map_table(struct arena *arena, const struct rulebook *const *books,
                              const struct rulebook_case *const *cases, size_t count,
                              bool as_json) {
    struct buffer text;
    struct tally now = {0};
    if (as_json) {
        return table_json(arena, books, cases, count);
    }
    buffer_init(&text, arena);
    buffer_add_format(&text, "%-12s", "");
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&text, "%9.*s", STR_ARG(books[i]->prefix));
    }
    buffer_add_text(&text, "      all\n");
    for (size_t k = 0; kinds[k].name != NULL; k++) {
        struct tally all = {0};
        buffer_add_format(&text, "%-11s%s", kinds[k].name, kinds[k].now ? "*" : " ");
        for (size_t i = 0; i < count; i++) {
            struct tally here = count_kind(books[i], cases[i], kinds[k].name);
            struct str shown =
                here.total == 0 ? STR("·")
                                : str_format(arena, "%d/%d", here.enforced, here.total);
            /* the dot is one column wide and two bytes long */
            buffer_add_format(&text, here.total == 0 ? "%10.*s" : "%9.*s",
                              STR_ARG(shown));
            all.enforced += here.enforced;
            all.total += here.total;
        }
        struct str shown = str_format(arena, "%d/%d", all.enforced, all.total);
        buffer_add_format(&text, "%9.*s\n", STR_ARG(shown));
        now.enforced += kinds[k].now ? all.enforced : 0;
        now.total += kinds[k].now ? all.total : 0;
    }
    buffer_add_format(
        &text,
        "\n* items, columns and sites: %d of %d enforced by a rule and proven "
        "by a case",
        now.enforced, now.total);
    return buffer_str(&text);
}

static struct tally count_kind(const struct rulebook *book,
                               const struct rulebook_case *cases, const char *kind) {
    struct tally tally = {0};
    for (size_t i = 0; i < book->requirement_count; i++) {
        const struct requirement *requirement = &book->requirements[i];
        if (str_is(requirement->kind, kind)) {
            tally.total++;
            tally.enforced += is_enforced(book, cases, requirement) ? 1 : 0;
        }
    }
    return tally;
}

static bool is_enforced(const struct rulebook *book, const struct rulebook_case *cases,
                        const struct requirement *requirement) {
    bool ruled = false;
    for (size_t i = 0; i < book->element_count && !ruled; i++) {
        ruled = str_equal(book->elements[i].id, requirement->id);
    }
    return ruled && str_is_empty(requirement->later) &&
           cases_of(cases, requirement->id) > 0;
}

static struct str table_json(struct arena *arena, const struct rulebook *const *books,
                             const struct rulebook_case *const *cases, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        for (size_t k = 0; kinds[k].name != NULL; k++) {
            struct tally here = count_kind(books[i], cases[i], kinds[k].name);
            if (here.total > 0) {
                json_object_set_new(row, kinds[k].name,
                                    json_pack("{s:i, s:i}", "enforced", here.enforced,
                                              "total", here.total));
            }
        }
        json_array_append_new(list, json_pack("{s:o, s:o}", "rulebook",
                                              json_of(books[i]->code), "kinds", row));
    }
    char *text = json_dumps(list, JSON_INDENT(2));
    json_decref(list);
    if (text == NULL) {
        log_fatal("out of memory");
    }
    struct str copy = str_copy(arena, str_of(text));
    free(text);
    return copy;
}

static void add_requirement(struct buffer *buffer, const struct rulebook *book,
                            const struct rulebook_case *cases,
                            const struct requirement *requirement, struct str language) {
    bool english = str_is(language, "en");
    buffer_add_text(buffer, "\n");
    buffer_add(buffer, requirement->id);
    buffer_add_text(buffer, "  ");
    buffer_add(buffer, text_in(requirement->cite, language));
    buffer_add_format(buffer, "  [%.*s]  ", STR_ARG(requirement->kind));
    buffer_add(buffer, text_in(requirement->says, language));
    if (!str_is_empty(requirement->later)) {
        buffer_add_format(buffer, english ? "\n    later: %.*s" : "\n    后续阶段：%.*s",
                          STR_ARG(requirement->later));
    }
    for (size_t i = 0; i < book->element_count; i++) {
        if (str_equal(book->elements[i].id, requirement->id)) {
            buffer_add_format(buffer, english ? "\n    rule: %.*s" : "\n    规则：%.*s",
                              STR_ARG(book->elements[i].path));
        }
    }
    for (const struct rulebook_case *one = cases; one != NULL; one = one->next) {
        if (proves(one, requirement->id)) {
            buffer_add_format(buffer,
                              english ? "\n    case: %.*s (%.*s:%d)"
                                      : "\n    案例：%.*s（%.*s:%d）",
                              STR_ARG(one->sentence), STR_ARG(one->file), one->line);
        }
    }
    if (str_is_empty(requirement->later) && cases_of(cases, requirement->id) == 0) {
        buffer_add_text(buffer, english ? "\n    no case yet" : "\n    还没有案例");
    }
    buffer_add_text(buffer, "\n");
}

static json_t *requirement_json(const struct rulebook *book,
                                const struct rulebook_case *cases,
                                const struct requirement *requirement) {
    json_t *rules = json_array();
    json_t *proofs = json_array();
    for (size_t i = 0; i < book->element_count; i++) {
        if (str_equal(book->elements[i].id, requirement->id)) {
            json_array_append_new(rules, json_of(book->elements[i].path));
        }
    }
    for (const struct rulebook_case *one = cases; one != NULL; one = one->next) {
        if (proves(one, requirement->id)) {
            json_array_append_new(
                proofs, json_pack("{s:o, s:o, s:i}", "case", json_of(one->sentence),
                                  "file", json_of(one->file), "line", one->line));
        }
    }
    json_t *object = json_pack(
        "{s:o, s:o, s:{s:o, s:o}, s:{s:o, s:o}, s:o, s:o}", "id",
        json_of(requirement->id), "kind", json_of(requirement->kind), "cite", "zh",
        json_of(requirement->cite.zh), "en", json_of(requirement->cite.en), "says", "zh",
        json_of(requirement->says.zh), "en", json_of(requirement->says.en), "rules",
        rules, "cases", proofs);
    if (!str_is_empty(requirement->later)) {
        json_object_set_new(object, "later", json_of(requirement->later));
    }
    return object;
}

static bool proves(const struct rulebook_case *one, struct str id) {
    for (size_t i = 0; i < one->proves_count; i++) {
        if (str_equal(one->proves[i], id)) {
            return true;
        }
    }
    return false;
}

static size_t cases_of(const struct rulebook_case *cases, struct str id) {
    size_t count = 0;
    for (const struct rulebook_case *one = cases; one != NULL; one = one->next) {
        count += proves(one, id) ? 1 : 0;
    }
    return count;
}

static json_t *json_of(struct str text) { return json_stringn(text.at, text.length); }
