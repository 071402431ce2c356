/*
 * The JSON schema of rulebook files, printed from the very tables that the
 * walker reads, so that an editor's completion cannot drift from the language.
 */
#include "rulebook_own.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *object_schema(const struct schema *schema);
static json_t *described_schema(const struct schema_field *field);
static const char *section_of(enum refer refer);
static json_t *field_schema(const struct schema_field *field);
static json_t *word_schema(const struct schema_field *field);
static json_t *list_of(json_t *items);

struct str rulebook_schema_json(struct arena *arena) {
    json_t *schema = object_schema(&schema_rulebook);
    json_object_del(schema, "required"); /* a rulebook may be split over files */
    json_object_set_new(schema, "$schema",
                        json_string("http://json-schema.org/draft-07/schema#"));
    json_object_set_new(schema, "title", json_string("Shenfa rulebook"));
    char *text = json_dumps(schema, JSON_INDENT(1));
    json_decref(schema);
    if (text == NULL) {
        log_fatal("out of memory");
    }
    struct str copy = str_format(arena, "%s\n", text);
    free(text);
    return copy;
}

static json_t *object_schema(const struct schema *schema) {
    json_t *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        json_object_set_new(properties, field->key, described_schema(field));
        if (field->demanded) {
            json_array_append_new(required, json_string(field->key));
        }
    }
    json_t *object = json_pack("{s:s, s:o, s:b}", "type", "object", "properties",
                               properties, "additionalProperties", 0);
    if (schema->ruling != RULED_NOT) {
        json_object_set_new(
            properties, "basis",
            json_pack("{s:s, s:s}", "type", "string", "x-of", "requirements"));
        json_object_set_new(properties, "house", json_pack("{s:s}", "type", "boolean"));
    }
    if (schema->ruling == RULED_MUST) {
        json_object_set_new(
            object, "anyOf",
            json_pack("[{s:[s]}, {s:[s]}]", "required", "basis", "required", "house"));
    }
    if (schema->likable) {
        json_object_set_new(properties, "like", json_pack("{s:s}", "type", "string"));
        json_object_set_new(properties, "with", json_pack("{s:s}", "type", "object"));
    }
    if (json_array_size(required) > 0) {
        json_object_set(object, "required", required);
    }
    json_decref(required);
    if (schema->shorthand == NULL) {
        return object;
    }
    return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", object);
}

/* What the word is called, and which section's codes may stand there ("x-of"). */
static json_t *described_schema(const struct schema_field *field) {
    json_t *schema = field_schema(field);
    struct text title = key_title(field->key);
    const char *section = section_of(field->refer);
    json_object_set_new(
        schema, "description",
        json_sprintf("%.*s / %.*s", STR_ARG(title.zh), STR_ARG(title.en)));
    if (section != NULL) {
        json_object_set_new(schema, "x-of", json_string(section));
    }
    return schema;
}

static const char *section_of(enum refer refer) {
    switch (refer) {
    case REFER_ROLE:
        return "roles";
    case REFER_UNIT:
        return "units";
    case REFER_UNIT_KIND:
        return "unit-kinds";
    case REFER_ROUTE:
        return "routes";
    case REFER_QUESTION:
        return "questions";
    case REFER_SERIES:
        return "series";
    case REFER_BODY:
        return "bodies";
    case REFER_CLASS:
        return "classes";
    case REFER_REQUIREMENT:
        return "requirements";
    case REFER_SETTING:
        return "settings";
    default:
        return NULL;
    }
}

static json_t *field_schema(const struct schema_field *field) {
    switch (field->want) {
    case WANT_STR:
    case WANT_REF:
        return json_pack("{s:[s, s]}", "type", "string", "number");
    case WANT_INT:
        return json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", field->least,
                         "maximum", field->most);
    case WANT_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case WANT_DAY:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date");
    case WANT_WORD:
        return word_schema(field);
    case WANT_WORDS:
        return list_of(word_schema(field));
    case WANT_STRS:
    case WANT_REFS:
    case WANT_BITS:
        return list_of(json_pack("{s:s}", "type", "string"));
    case WANT_SELF:
    case WANT_ONE:
        return object_schema(field->schema);
    case WANT_MANY:
        if (field->schema->keyed) {
            return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                             object_schema(field->schema));
        }
        return list_of(object_schema(field->schema));
    }
    return json_object();
}

static json_t *word_schema(const struct schema_field *field) {
    json_t *names = json_array();
    for (const struct word *word = field->words; word->name != NULL; word++) {
        json_array_append_new(names, json_string(word->name));
    }
    return json_pack("{s:o}", "enum", names);
}

static json_t *list_of(json_t *items) {
    return json_pack("{s:s, s:o}", "type", "array", "items", items);
}
