/*
 * Values of elements as people read them: a referred element by its title, a word of a
 * closed list by its name, several as a list.
 */
#include "rulebook_own.h"

#include <string.h>

static struct text both(struct str text);
static struct said said_index(const struct rulebook *book, const struct route *route,
                              enum refer refer, int index);
static struct said said_word(const struct word *word);

struct said said_value(struct arena *arena, const struct rulebook *book,
                       const struct route *route, const struct schema_field *field,
                       const char *thing) {
    const void *slot = thing + field->offset;
    struct said said = {.code = STR("")};
    switch (field->want) {
    case WANT_STR:
        said.code = *(const struct str *)slot;
        break;
    case WANT_INT:
        said.code = str_format(arena, "%d", *(const int *)slot);
        break;
    case WANT_BOOL:
        said.code = *(const bool *)slot ? STR("true") : STR("false");
        break;
    case WANT_DAY:
        said.code = *(const civil_day *)slot == 0
                        ? STR("")
                        : day_to_text(arena, *(const civil_day *)slot);
        break;
    case WANT_WORD: {
        const char *name = word_name(field->words, *(const int *)slot);
        return said_word(&(struct word){name, 0});
    }
    case WANT_REF:
        return said_index(book, route, field->refer, *(const int *)slot);
    default:
        return said;
    }
    said.title = both(said.code);
    return said;
}

size_t said_values(struct arena *arena, const struct rulebook *book,
                   const struct route *route, const struct schema_field *field,
                   const char *thing, struct said **out_list) {
    const void *slot = thing + field->offset;
    size_t most = field->want == WANT_STRS || field->want == WANT_REFS
                      ? *(const size_t *)(const void *)(thing + field->count_offset)
                      : 32;
    struct said *list = TAKE_ARRAY(arena, most + 1, struct said);
    size_t count = 0;
    if (field->want == WANT_WORDS) {
        for (const struct word *word = field->words; word->name != NULL; word++) {
            if ((*(const unsigned *)slot & (unsigned)word->value) != 0 && count < most) {
                list[count++] = said_word(word);
            }
        }
    } else if (field->want == WANT_BITS) {
        for (int i = 0; i < RULEBOOK_STEPS_MOST; i++) {
            if ((*(const uint32_t *)slot & (uint32_t)1 << i) != 0) {
                list[count++] = said_index(book, route, REFER_STEP, i);
            }
        }
    } else if (field->want == WANT_STRS) {
        for (; count < most; count++) {
            struct str text = (*(struct str *const *)slot)[count];
            list[count] = (struct said){text, both(text)};
        }
    } else {
        for (; count < most; count++) {
            list[count] =
                said_index(book, route, field->refer, (*(int *const *)slot)[count]);
        }
    }
    *out_list = list;
    return count;
}

struct said said_element(const struct schema *schema, const char *thing) {
    struct said said = {.code = STR("")};
    bool titled = false;
    if (schema->keyed) {
        said.code = *(const struct str *)(const void *)(thing + schema->code_offset);
        said.title = both(said.code);
    }
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        const struct str *text =
            (const struct str *)(const void *)(thing + field->offset);
        if (field->want != WANT_STR) {
            continue;
        }
        if (strcmp(field->key, "zh") == 0) {
            said.title.zh = *text;
            titled = true;
        } else if (strcmp(field->key, "en") == 0) {
            said.title.en = *text;
        } else if (!titled && str_is_empty(said.title.zh)) {
            said.title = both(*text);
        }
        if (!schema->keyed && strcmp(field->key, "code") == 0) {
            said.code = *text;
        }
    }
    return said;
}

static struct text both(struct str text) { return (struct text){text, text}; }

#define TITLE_OF(refer_, list, count, code_)                                             \
    case refer_:                                                                         \
        if (index >= 0 && (size_t)index < book->count) {                                 \
            return (struct said){book->list[index].code_, book->list[index].title};      \
        }                                                                                \
        break

static struct said said_index(const struct rulebook *book, const struct route *route,
                              enum refer refer, int index) {
    switch (refer) {
        TITLE_OF(REFER_ROLE, roles, role_count, code);
        TITLE_OF(REFER_UNIT, units, unit_count, code);
        TITLE_OF(REFER_UNIT_KIND, unit_kinds, unit_kind_count, code);
        TITLE_OF(REFER_ROUTE, routes, route_count, code);
        TITLE_OF(REFER_QUESTION, questions, question_count, code);
        TITLE_OF(REFER_SERIES, series, series_count, code);
        TITLE_OF(REFER_BODY, bodies, body_count, code);
        TITLE_OF(REFER_CLASS, classes, class_count, code);
        TITLE_OF(REFER_TARGET, targets, target_count, code);
        TITLE_OF(REFER_MATTER, matters, matter_count, code);
        TITLE_OF(REFER_SETTING, settings, setting_count, code);
    case REFER_STEP:
    case REFER_NEXT:
        if (route != NULL && index >= 0 && (size_t)index < route->step_count) {
            return (struct said){route->steps[index].code, route->steps[index].title};
        }
        break;
    default:
        break;
    }
    return (struct said){STR(""), {STR(""), STR("")}};
}
#undef TITLE_OF

static struct said said_word(const struct word *word) {
    struct text title = value_title(word->name);
    struct str code = str_of(word->name);
    return (struct said){code, str_is_empty(title.zh) ? both(code) : title};
}
