/*
 * The regulation map: each requirement, the elements that rest on it, the cases
 * that prove them; or the stage that will own it.
 */
#include "rulebook_own.h"

#include <jansson.h>
#include <stdlib.h>

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
