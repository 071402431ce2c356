/*
 * Sentences of a difference in both languages, and who of two lists is whose partner.
 */
#include "differ_own.h"

#include <string.h>

static void fill(struct buffer *buffer, const char *pattern, const struct text *values,
                 size_t count, bool english);
static size_t member_count(const struct schema *schema, const char *members,
                           size_t count);
static void code_members(struct differ *differ, const struct rulebook *book,
                         const struct route *route, const struct schema *schema,
                         const char *members, size_t count, struct str *out_codes);
static void spell(struct differ *differ, struct buffer *buffer,
                  const struct rulebook *book, const struct route *route,
                  const struct schema *schema, const char *thing);

void differ_add(struct differ *differ, const struct place *place, const char *zh,
                const char *en, const struct text *values, size_t count) {
    struct departures *changes = &differ->changes;
    if (changes->count == differ->room) {
        size_t room = differ->room == 0 ? 32 : differ->room * 2;
        struct departure *more = TAKE_ARRAY(differ->arena, room, struct departure);
        if (changes->count > 0) {
            memcpy(more, changes->at, changes->count * sizeof *more);
        }
        changes->at = more;
        differ->room = room;
    }
    changes->at[changes->count++] =
        (struct departure){.sentence = differ_text(differ, zh, en, values, count),
                           .rule = place->rule,
                           .path = place->path};
}

struct text differ_text(struct differ *differ, const char *zh, const char *en,
                        const struct text *values, size_t count) {
    struct buffer chinese;
    struct buffer english;
    buffer_init(&chinese, differ->arena);
    buffer_init(&english, differ->arena);
    fill(&chinese, zh, values, count, false);
    fill(&english, en, values, count, true);
    return (struct text){buffer_str(&chinese), buffer_str(&english)};
}

struct text differ_cite(struct differ *differ, const struct rulebook *book,
                        const struct basis *basis) {
    const struct requirement *requirement = rulebook_requirement(book, basis->id);
    if (requirement == NULL) {
        return (struct text){STR("本机关默认"), STR("our own default")};
    }
    struct text values[] = {requirement->cite};
    return basis->house ? differ_text(differ, "{0}（取值为本机关默认）",
                                      "{0} (the figure is ours)", values, LENGTH(values))
                        : requirement->cite;
}

void pair_members(struct differ *differ, const struct place *place,
                  const struct schema_field *field, const char *before, const char *after,
                  struct pairing *out_pairing) {
    const struct schema *schema = field->schema;
    struct arena *arena = differ->arena;
    struct pairing pairing = {
        .was = *(char *const *)(const void *)(before + field->offset),
        .is = *(char *const *)(const void *)(after + field->offset),
        .had = *(const size_t *)(const void *)(before + field->count_offset),
        .has = *(const size_t *)(const void *)(after + field->count_offset)};
    pairing.had = member_count(schema, pairing.was, pairing.had);
    pairing.has = member_count(schema, pairing.is, pairing.has);
    struct str *was = TAKE_ARRAY(arena, pairing.had + 1, struct str);
    struct str *is = TAKE_ARRAY(arena, pairing.has + 1, struct str);
    code_members(differ, differ->before, place->route_before, schema, pairing.was,
                 pairing.had, was);
    code_members(differ, differ->after, place->route_after, schema, pairing.is,
                 pairing.has, is);
    pairing.partner = TAKE_ARRAY(arena, pairing.had + 1, int);
    pairing.known = TAKE_ARRAY(arena, pairing.has + 1, bool);
    for (size_t i = 0; i < pairing.had; i++) {
        pairing.partner[i] = NO_INDEX;
        for (size_t j = 0; j < pairing.has && pairing.partner[i] == NO_INDEX; j++) {
            if (!pairing.known[j] && str_equal(was[i], is[j])) {
                pairing.partner[i] = (int)j;
                pairing.known[j] = true;
            }
        }
    }
    *out_pairing = pairing;
}

bool said_among(const struct said *list, size_t count, struct str code) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(list[i].code, code)) {
            return true;
        }
    }
    return false;
}

bool said_same_order(const struct said *a, const struct said *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(a[i].code, b[i].code)) {
            return false;
        }
    }
    return true;
}

/* In English a value that follows other words begins small, unless it is a name. */
static void fill(struct buffer *buffer, const char *pattern, const struct text *values,
                 size_t count, bool english) {
    for (const char *at = pattern; *at != '\0'; at++) {
        size_t index = at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}'
                           ? (size_t)(at[1] - '0')
                           : count;
        if (index >= count) {
            buffer_add_char(buffer, *at);
            continue;
        }
        struct str value = english ? values[index].en : values[index].zh;
        bool small = english && buffer->length > 0 && value.length > 1 &&
                     buffer->at[buffer->length - 1] == ' ' && value.at[0] >= 'A' &&
                     value.at[0] <= 'Z' && value.at[1] >= 'a' && value.at[1] <= 'z';
        if (small) {
            buffer_add_char(buffer, (char)(value.at[0] - 'A' + 'a'));
            value = str_part(value, 1, value.length);
        }
        buffer_add(buffer, value);
        at += 2;
    }
}

/* The ends of a route were not written by anybody. */
static size_t member_count(const struct schema *schema, const char *members,
                           size_t count) {
    const struct step *steps = (const struct step *)(const void *)members;
    while (strcmp(schema->name, "step") == 0 && count > 0 &&
           steps[count - 1].kind == STEP_END) {
        count--;
    }
    return count;
}

static void code_members(struct differ *differ, const struct rulebook *book,
                         const struct route *route, const struct schema *schema,
                         const char *members, size_t count, struct str *out_codes) {
    for (size_t i = 0; i < count; i++) {
        const char *member = members + i * schema->size;
        out_codes[i] = said_element(schema, member).code;
        if (str_is_empty(out_codes[i])) {
            struct buffer buffer;
            buffer_init(&buffer, differ->arena);
            spell(differ, &buffer, book, route, schema, member);
            out_codes[i] = buffer_str(&buffer);
        }
    }
}

/* All that a member without a code says, to know it again. */
static void spell(struct differ *differ, struct buffer *buffer,
                  const struct rulebook *book, const struct route *route,
                  const struct schema *schema, const char *thing) {
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        struct said *list;
        if (field->want == WANT_WORDS || field->want == WANT_STRS ||
            field->want == WANT_REFS || field->want == WANT_BITS) {
            size_t count = said_values(differ->arena, book, route, field, thing, &list);
            for (size_t j = 0; j < count; j++) {
                buffer_add(buffer, list[j].code);
                buffer_add_char(buffer, ',');
            }
        } else if (field->want != WANT_SELF && field->want != WANT_ONE &&
                   field->want != WANT_MANY) {
            buffer_add(buffer, said_value(differ->arena, book, route, field, thing).code);
        }
        buffer_add_char(buffer, '\n');
    }
}
