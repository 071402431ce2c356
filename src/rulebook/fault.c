/*
 * Faults of a rulebook's text: where, what, and what was probably meant.
 */
#include "rulebook_own.h"

#define NEAR_ENOUGH 3

static struct str format_with(struct arena *arena, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));
static size_t distance_between(struct str a, struct str b);

void fault_at(struct reader *reader, struct str file, int line, int column,
              struct str suggestion, const char *zh, const char *en, ...) {
    if (reader->fault_count >= FAULTS_MOST) {
        return;
    }
    struct fault *fault = TAKE(reader->faulty, struct fault);
    fault->file = str_copy(reader->faulty, file);
    fault->line = line;
    fault->column = column;
    fault->suggestion = str_copy(reader->faulty, suggestion);
    va_list values;
    va_start(values, en);
    va_list again;
    va_copy(again, values);
    fault->sentence.zh = format_with(reader->faulty, zh, values);
    fault->sentence.en = format_with(reader->faulty, en, again);
    va_end(again);
    va_end(values);
    *reader->faults_end = fault;
    reader->faults_end = &fault->next;
    reader->fault_count++;
}

struct str faults_as_text(struct arena *arena, const struct fault *faults,
                          struct str language) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    bool english = str_is(language, "en");
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        buffer_add(&buffer, fault->file);
        buffer_add_format(&buffer, ":%d:%d: ", fault->line, fault->column);
        buffer_add(&buffer, text_in(fault->sentence, language));
        if (!str_is_empty(fault->suggestion)) {
            buffer_add_text(&buffer, english ? " Did you mean “" : " 是否应为“");
            buffer_add(&buffer, fault->suggestion);
            buffer_add_text(&buffer, english ? "”?" : "”？");
        }
        buffer_add_char(&buffer, '\n');
    }
    return buffer_str(&buffer);
}

void nearest_begin(struct nearest *nearest, struct str word) {
    *nearest = (struct nearest){.word = word, .distance = NEAR_ENOUGH + 1};
}

void nearest_try(struct nearest *nearest, struct str candidate) {
    size_t distance = distance_between(nearest->word, candidate);
    if (distance < nearest->distance && distance * 2 < candidate.length + 1) {
        nearest->distance = distance;
        nearest->best = candidate;
    }
}

struct str nearest_end(const struct nearest *nearest) {
    return nearest->best;
}

static struct str format_with(struct arena *arena, const char *format, va_list values) {
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        return STR("");
    }
    char *text = arena_take(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, values);
    return (struct str){text, (size_t)length};
}

/* Levenshtein's, over bytes, for words short enough to be keys. */
static size_t distance_between(struct str a, struct str b) {
    enum { MOST = 48 };
    if (a.length > MOST || b.length > MOST) {
        return MOST;
    }
    size_t row[MOST + 1];
    for (size_t j = 0; j <= b.length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[b.length];
}
