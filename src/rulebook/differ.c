/*
 * What differs between two versions of a rulebook, in words.
 *
 * The tables of schema.c are walked over both books at once, so that nothing a rulebook
 * can say is passed over in silence; for what people ask first (who signs, in which
 * order, how soon) differ_route.c has sentences of its own.  Only what the books say
 * counts: layout, comments and the number of the version do not.
 */
#include "differ_own.h"

#include <string.h>

static void compare_fields(struct differ *differ, const struct place *place,
                           const struct schema *schema, const char *before,
                           const char *after);
static void compare_field(struct differ *differ, const struct place *place,
                          const struct schema_field *field, const char *before,
                          const char *after);
static void compare_self(struct differ *differ, const struct place *place,
                         const struct schema_field *field, const char *before,
                         const char *after);
static void compare_value(struct differ *differ, const struct place *place,
                          const struct schema_field *field, const char *before,
                          const char *after);
static void compare_set(struct differ *differ, const struct place *place,
                        const struct schema_field *field, const char *before,
                        const char *after);
static void compare_one(struct differ *differ, const struct place *place,
                        const struct schema_field *field, const char *before,
                        const char *after);
static void compare_many(struct differ *differ, const struct place *place,
                         const struct schema_field *field, const char *before,
                         const char *after);
static void compare_basis(struct differ *differ, const struct place *place,
                          const struct schema *schema, const char *before,
                          const char *after);
static bool is_inherited(const struct basis *own, const struct basis *heir);
static void compare_articles(struct differ *differ);
static struct text part_title(const struct schema_field *field);
static struct place place_below(struct differ *differ, const struct place *place,
                                const struct schema_field *field, const char *before,
                                const char *after);

void rulebook_compare(struct arena *arena, const struct rulebook *before,
                      const struct rulebook *after, struct departures *out_changes) {
    struct differ differ = {.arena = arena, .before = before, .after = after};
    struct place whole = {.owner = {STR(""), STR("")}, .rule = STR(""), .path = STR("")};
    compare_articles(&differ);
    compare_fields(&differ, &whole, &schema_rulebook, (const char *)before,
                   (const char *)after);
    *out_changes = differ.changes;
}

bool rulebook_same_case(struct arena *arena, const struct rulebook *book,
                        const struct rulebook_case *one,
                        const struct rulebook_case *other) {
    struct differ differ = {.arena = arena, .before = book, .after = book};
    struct place whole = {.owner = {STR(""), STR("")}, .rule = STR(""), .path = STR("")};
    compare_fields(&differ, &whole, schema_case_file.fields[0].schema, (const char *)one,
                   (const char *)other);
    return differ.changes.count == 0;
}

static void compare_fields(struct differ *differ, const struct place *place,
                           const struct schema *schema, const char *before,
                           const char *after) {
    bool timed = strcmp(schema->name, "deadline") == 0;
    if (timed) {
        differ_span(differ, place, (const struct deadline *)(const void *)before,
                    (const struct deadline *)(const void *)after);
    }
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        bool span = strcmp(field->key, "amount") == 0 || strcmp(field->key, "unit") == 0;
        bool number = schema == schema_rulebook.fields[0].schema &&
                      strcmp(field->key, "version") == 0;
        if (!number && !(timed && span)) {
            compare_field(differ, place, field, before, after);
        }
    }
    if (schema->ruling != RULED_NOT) {
        compare_basis(differ, place, schema, before, after);
    }
}

static void compare_field(struct differ *differ, const struct place *place,
                          const struct schema_field *field, const char *before,
                          const char *after) {
    switch (field->want) {
    case WANT_WORDS:
    case WANT_STRS:
    case WANT_REFS:
    case WANT_BITS:
        compare_set(differ, place, field, before, after);
        break;
    case WANT_SELF:
        if (strcmp(field->key, "by") == 0) {
            differ_actor(differ, place, (const struct step *)(const void *)before,
                         (const struct step *)(const void *)after);
        } else {
            compare_self(differ, place, field, before, after);
        }
        break;
    case WANT_ONE:
        compare_one(differ, place, field, before, after);
        break;
    case WANT_MANY:
        compare_many(differ, place, field, before, after);
        break;
    default:
        compare_value(differ, place, field, before, after);
        break;
    }
}

/* A part that is written by itself and kept in what is around it. */
static void compare_self(struct differ *differ, const struct place *place,
                         const struct schema_field *field, const char *before,
                         const char *after) {
    struct place below = *place;
    struct text values[] = {key_title(field->key)};
    if (str_is_empty(place->owner.zh)) {
        below.owner = differ_text(differ, "{0}", "The {0}", values, LENGTH(values));
        below.path = str_of(field->key);
    }
    compare_fields(differ, &below, field->schema, before, after);
}

static void compare_value(struct differ *differ, const struct place *place,
                          const struct schema_field *field, const char *before,
                          const char *after) {
    struct said was =
        said_value(differ->arena, differ->before, place->route_before, field, before);
    struct said is =
        said_value(differ->arena, differ->after, place->route_after, field, after);
    struct text values[] = {place->owner, key_title(field->key), was.title, is.title};
    if (str_equal(was.code, is.code)) {
        return;
    }
    if (field->want == WANT_BOOL && str_is(is.code, "true")) {
        differ_say(differ, place, "{0}：现在{1}。", "{0}: now {1}.", values);
    } else if (field->want == WANT_BOOL) {
        differ_say(differ, place, "{0}：不再{1}。", "{0}: no longer {1}.", values);
    } else if (str_is_empty(was.code)) {
        differ_say(differ, place, "{0}：{1}定为“{3}”。", "{0}: {1} is now “{3}”.",
                   values);
    } else if (str_is_empty(is.code)) {
        differ_say(differ, place, "{0}：不再规定{1}（原为“{2}”）。",
                   "{0}: no {1} any more (it was “{2}”).", values);
    } else {
        differ_say(differ, place, "{0}：{1}由“{2}”改为“{3}”。",
                   "{0}: {1} changes from “{2}” to “{3}”.", values);
    }
}

static void compare_set(struct differ *differ, const struct place *place,
                        const struct schema_field *field, const char *before,
                        const char *after) {
    struct said *was;
    struct said *is;
    size_t had = said_values(differ->arena, differ->before, place->route_before, field,
                             before, &was);
    size_t has =
        said_values(differ->arena, differ->after, place->route_after, field, after, &is);
    struct text values[] = {place->owner, key_title(field->key), {STR(""), STR("")}};
    size_t common = 0;
    for (size_t i = 0; i < has; i++) {
        if (!said_among(was, had, is[i].code)) {
            values[2] = is[i].title;
            differ_say(differ, place, "{0}：{1}增加“{2}”。", "{0}: {1} now with “{2}”.",
                       values);
        } else {
            common++;
        }
    }
    for (size_t i = 0; i < had; i++) {
        if (!said_among(is, has, was[i].code)) {
            values[2] = was[i].title;
            differ_say(differ, place, "{0}：{1}不再有“{2}”。",
                       "{0}: {1} no longer with “{2}”.", values);
        }
    }
    if (common == had && common == has && !said_same_order(was, is, had)) {
        differ_say(differ, place, "{0}：{1}的次序改变。", "{0}: {1} in another order.",
                   values);
    }
}

static void compare_one(struct differ *differ, const struct place *place,
                        const struct schema_field *field, const char *before,
                        const char *after) {
    const char *was = *(char *const *)(const void *)(before + field->offset);
    const char *is = *(char *const *)(const void *)(after + field->offset);
    if (was == NULL && is == NULL) {
        return;
    }
    if (differ_is_handed_down(place, field, was, is)) {
        return; /* said once, of the route */
    }
    struct place below = place_below(differ, place, field, was, is);
    struct text values[] = {below.owner};
    if (was == NULL) {
        differ_say(differ, &below, "增加规定：{0}。", "New: {0}.", values);
    } else if (is == NULL) {
        differ_say(differ, &below, "不再规定：{0}。", "No longer: {0}.", values);
    } else {
        compare_fields(differ, &below, field->schema, was, is);
    }
}

/* By code; members without one are the same if they say the same. */
static void compare_many(struct differ *differ, const struct place *place,
                         const struct schema_field *field, const char *before,
                         const char *after) {
    struct pairing pairing;
    pair_members(differ, place, field, before, after, &pairing);
    bool steps = strcmp(field->schema->name, "step") == 0;
    for (size_t i = 0; i < pairing.had; i++) {
        const char *was = pairing.was + i * field->schema->size;
        if (pairing.partner[i] == NO_INDEX) {
            struct place below = place_below(differ, place, field, was, NULL);
            differ_gone(differ, &below, field, was, place);
        } else {
            const char *is =
                pairing.is + (size_t)pairing.partner[i] * field->schema->size;
            struct place below = place_below(differ, place, field, was, is);
            compare_fields(differ, &below, field->schema, was, is);
        }
    }
    for (size_t i = 0; i < pairing.has; i++) {
        if (!pairing.known[i]) {
            const char *is = pairing.is + i * field->schema->size;
            struct place below = place_below(differ, place, field, NULL, is);
            differ_new(differ, &below, field, is, place);
        }
    }
    if (steps) {
        differ_order(differ, place, &pairing);
    }
}

static void compare_basis(struct differ *differ, const struct place *place,
                          const struct schema *schema, const char *before,
                          const char *after) {
    const struct basis *was =
        (const struct basis *)(const void *)(before + schema->basis_offset);
    const struct basis *is =
        (const struct basis *)(const void *)(after + schema->basis_offset);
    bool inherited =
        is_inherited(was, place->heir_before) && is_inherited(is, place->heir_after);
    if (inherited || (str_equal(was->id, is->id) && was->house == is->house)) {
        return;
    }
    struct text values[] = {place->owner, differ_cite(differ, differ->before, was),
                            differ_cite(differ, differ->after, is)};
    differ_say(differ, place, "{0}：依据由{1}改为{2}。",
               "{0}: it rests on {2}, no longer on {1}.", values);
}

static bool is_inherited(const struct basis *own, const struct basis *heir) {
    return heir != NULL && str_equal(own->path, heir->path);
}

static void compare_articles(struct differ *differ) {
    const struct rulebook *books[] = {differ->before, differ->after};
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < books[side]->article_count; i++) {
            const struct article *here = &books[side]->articles[i];
            const struct article *there = rulebook_article(books[1 - side], here->number);
            struct text values[] = {{here->number, here->number}};
            struct place place = {.rule = STR(""), .path = STR("regulation.txt")};
            if (there == NULL && side == 0) {
                differ_say(differ, &place, "原文不再有{0}。",
                           "The text no longer has {0}.", values);
            } else if (there == NULL) {
                differ_say(differ, &place, "原文增加{0}。", "The text now has {0}.",
                           values);
            } else if (side == 0 && !str_equal(here->words, there->words)) {
                differ_say(differ, &place, "原文{0}的文字有改动。",
                           "The wording of {0} is changed.", values);
            }
        }
    }
}

/* Two parts share their key with something else. */
static struct text part_title(const struct schema_field *field) {
    return strcmp(field->schema->name, "effect_date") == 0  ? key_title("effect-date")
           : strcmp(field->schema->name, "form_field") == 0 ? key_title("form-field")
                                                            : key_title(field->key);
}

/* Where a member or part stands; *before* or *after* may be NULL. */
static struct place place_below(struct differ *differ, const struct place *place,
                                const struct schema_field *field, const char *before,
                                const char *after) {
    const struct schema *schema = field->schema;
    struct place below = *place;
    struct said said = said_element(schema, after != NULL ? after : before);
    if (after != NULL && before != NULL) {
        said = said_element(schema, before); /* a new title is told of the old one */
    }
    bool listed = field->want == WANT_MANY && !str_is_empty(said.title.zh);
    struct text values[] = {place->owner, part_title(field), said.title};
    bool top = str_is_empty(place->owner.zh);
    below.owner = differ_text(differ,
                              listed ? (top ? "{1}“{2}”" : "{0}的{1}“{2}”")
                                     : (top ? "{1}" : "{0}的{1}"),
                              listed ? (top ? "The {1} “{2}”" : "{0}, {1} “{2}”")
                                     : (top ? "The {1}" : "{0}, {1}"),
                              values, LENGTH(values));
    below.path = str_format(differ->arena, "%.*s%s%s%s%.*s", STR_ARG(place->path),
                            str_is_empty(place->path) ? "" : ".", field->key,
                            str_is_empty(said.code) ? "" : ".", STR_ARG(said.code));
    if (schema->ruling != RULED_NOT) {
        size_t at = schema->basis_offset;
        below.heir_before = place->basis_before;
        below.heir_after = place->basis_after;
        below.basis_before =
            before == NULL ? NULL : (const struct basis *)(const void *)(before + at);
        below.basis_after =
            after == NULL ? NULL : (const struct basis *)(const void *)(after + at);
        const struct basis *basis =
            after != NULL ? below.basis_after : below.basis_before;
        below.rule = basis != NULL ? basis->id : place->rule;
    }
    differ_enter_route(differ, &below, schema, before, after);
    return below;
}
