/*
 * A no of the rulebook, handed to the asker in their language.
 */
#include "rulebook_own.h"

static const char *value_of(struct call *call, struct text value);

enum status rulebook_refuse(struct call *call, const struct rulebook *book,
                            const struct no *no) {
    const struct requirement *requirement =
        no->basis == NULL ? NULL : rulebook_requirement(book, no->basis->id);
    const char *rule = requirement == NULL ? "" : str_text(call->arena, requirement->id);
    struct text house = {STR_INIT("本规章未规定，系统默认"), STR_INIT("our default")};
    const char *article = value_of(call, requirement == NULL ? house : requirement->cite);
    const char *names[LENGTH(no->arguments)] = {NULL};
    const char *values[LENGTH(no->arguments)] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < LENGTH(no->arguments); i++) {
        if (no->arguments[i].name != NULL) {
            names[count] = no->arguments[i].name;
            values[count++] = value_of(call, no->arguments[i].value);
        }
    }
    return call_refuse(call, no->status, rule, no->words, "article", article, names[0],
                       values[0], names[1], values[1], names[2], values[2], names[3],
                       values[3], names[4], values[4], NULL);
}

static const char *value_of(struct call *call, struct text value) {
    return str_text(call->arena, text_in(value, call->language));
}
