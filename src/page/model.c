/*
 * Models: small chunks of named values.  A row of a list fits its first chunk, so
 * that a list page takes one piece of memory per row.
 */
#include "page_own.h"

static struct value *add(struct model *model, const char *key, enum value_kind kind);
static struct member *add_member(struct model *model, const char *key);

struct model *model_new(struct arena *arena) {
    struct model *model = TAKE(arena, struct model);
    model->arena = arena;
    model->last = &model->first;
    return model;
}

struct arena *model_arena(const struct model *model) {
    return model->arena;
}

void model_text(struct model *model, const char *key, struct str value) {
    add(model, key, VALUE_TEXT)->text = value;
}

void model_int(struct model *model, const char *key, int64_t value) {
    add(model, key, VALUE_INT)->number = value;
}

void model_flag(struct model *model, const char *key, bool value) {
    add(model, key, VALUE_FLAG)->number = value;
}

void model_html(struct model *model, const char *key, struct str value) {
    add(model, key, VALUE_HTML)->text = value;
}

void model_url(struct model *model, const char *key, struct str value) {
    add(model, key, VALUE_URL)->text = url_is_harmless(value) ? value : STR("#");
}

void model_words(struct model *model, const char *key, const char *words_key) {
    add(model, key, VALUE_WORDS)->text = str_of(words_key);
}

void model_refusal(struct model *model, const char *key, const struct refusal *refusal) {
    add(model, key, VALUE_REFUSAL)->refusal = refusal;
}

struct model *model_part(struct model *model, const char *key) {
    struct name name = name_of(str_of(key));
    const struct value *found = model_find(model, &name);
    if (found != NULL && found->kind == VALUE_PART) {
        return found->part;
    }
    struct model *part = model_new(model->arena);
    add(model, key, VALUE_PART)->part = part;
    return part;
}

struct model *model_list_add(struct model *model, const char *key) {
    struct member *member = add_member(model, key);
    member->value.kind = VALUE_PART;
    member->value.part = model_new(model->arena);
    return member->value.part;
}

void model_list_add_text(struct model *model, const char *key, struct str value) {
    struct member *member = add_member(model, key);
    member->value.kind = VALUE_TEXT;
    member->value.text = value;
}

const struct value *model_find(const struct model *model, const struct name *name) {
    for (const struct chunk *chunk = &model->first; chunk != NULL; chunk = chunk->next) {
        for (unsigned i = 0; i < chunk->count; i++) {
            if (chunk->hashes[i] == name->hash &&
                str_equal(chunk->names[i], name->text)) {
                return &chunk->values[i];
            }
        }
    }
    return NULL;
}

bool value_is_true(const struct value *value) {
    if (value == NULL) {
        return false;
    }
    switch (value->kind) {
    case VALUE_NONE:
        return false;
    case VALUE_INT:
    case VALUE_FLAG:
        return value->number != 0;
    case VALUE_TEXT:
    case VALUE_HTML:
    case VALUE_URL:
    case VALUE_WORDS:
        return value->text.length > 0;
    case VALUE_REFUSAL:
        return value->refusal != NULL;
    case VALUE_LIST:
        return value->list->first != NULL;
    case VALUE_PART:
        return true;
    }
    return false;
}

static struct value *add(struct model *model, const char *key, enum value_kind kind) {
    struct chunk *chunk = model->last;
    if (chunk->count == CHUNK) {
        chunk->next = TAKE(model->arena, struct chunk);
        chunk = model->last = chunk->next;
    }
    unsigned at = chunk->count++;
    chunk->names[at] = str_of(key);
    chunk->hashes[at] = name_hash(chunk->names[at]);
    chunk->values[at].kind = kind;
    return &chunk->values[at];
}

static struct member *add_member(struct model *model, const char *key) {
    struct name name = name_of(str_of(key));
    const struct value *found = model_find(model, &name);
    struct list *list = NULL;
    if (found != NULL && found->kind == VALUE_LIST) {
        list = found->list;
    } else {
        list = TAKE(model->arena, struct list);
        add(model, key, VALUE_LIST)->list = list;
    }
    struct member *member = TAKE(model->arena, struct member);
    if (list->last == NULL) {
        list->first = member;
    } else {
        list->last->next = member;
    }
    list->last = member;
    return member;
}
