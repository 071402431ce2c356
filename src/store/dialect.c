/*
 * The shared dialect of share/schema, read for one database.
 *
 * Types are bigint, smallint, text and bytea; tables are STRICT.  SQLite knows
 * integers and BLOB instead; PostgreSQL has no STRICT and its text compares by
 * the database's language unless told COLLATE "C".  Comments, quoted text and
 * blocks for one database are left as they stand.
 */
#include "store_own.h"

#include <ctype.h>
#include <string.h>

enum audience { FOR_BOTH, FOR_ME, FOR_OTHER };

struct reader {
    struct str text;
    size_t at;
    bool is_postgres;
    enum audience audience;
    struct str last;   /* the last word or sign outside comments */
    struct str before; /* the one before it */
    struct buffer out;
};

static bool read_mark(struct reader *reader);
static struct str read_token(struct reader *reader);
static size_t quoted_length(struct str rest);
static size_t dollar_length(struct str rest);
static size_t length_through(struct str rest, size_t from, struct str end);
static void add_word(struct reader *reader, struct str word);
static bool is_type_here(const struct reader *reader);
static bool is_word(struct str token);
static bool is_word_byte(char byte);
static bool word_is(struct str word, const char *lower);

struct str dialect_text(struct arena *arena, struct str text, const char *kind) {
    struct reader reader = {.text = text, .is_postgres = strcmp(kind, "postgres") == 0};
    buffer_init(&reader.out, arena);
    while (reader.at < text.length) {
        if (read_mark(&reader)) {
            continue;
        }
        struct str token = read_token(&reader);
        if (reader.audience == FOR_OTHER) {
            continue;
        }
        if (reader.audience == FOR_BOTH && is_word(token)) {
            add_word(&reader, token);
        } else {
            buffer_add(&reader.out, token);
        }
        if (!isspace((unsigned char)token.at[0]) && !str_starts(token, "--") &&
            !str_starts(token, "/*")) {
            reader.before = reader.last;
            reader.last = token;
        }
    }
    return buffer_str(&reader.out);
}

/* A line that is nothing but "-- sqlite:", "-- postgres:" or "-- both:". */
static bool read_mark(struct reader *reader) {
    if (reader->at > 0 && reader->text.at[reader->at - 1] != '\n') {
        return false;
    }
    struct str rest = str_part(reader->text, reader->at, reader->text.length);
    size_t length = str_find(rest, STR("\n"));
    struct str line = str_trim(str_part(rest, 0, length));
    if (str_is(line, "-- both:")) {
        reader->audience = FOR_BOTH;
    } else if (str_is(line, "-- sqlite:")) {
        reader->audience = reader->is_postgres ? FOR_OTHER : FOR_ME;
    } else if (str_is(line, "-- postgres:")) {
        reader->audience = reader->is_postgres ? FOR_ME : FOR_OTHER;
    } else {
        return false;
    }
    reader->at += length < rest.length ? length + 1 : length;
    return true;
}

/* One word, blank, sign, comment or quotation; never empty. */
static struct str read_token(struct reader *reader) {
    struct str rest = str_part(reader->text, reader->at, reader->text.length);
    size_t length = 1;
    if (str_starts(rest, "--")) {
        length = str_find(rest, STR("\n"));
    } else if (str_starts(rest, "/*")) {
        length = length_through(rest, 2, STR("*/"));
    } else if (rest.at[0] == '\'' || rest.at[0] == '"') {
        length = quoted_length(rest);
    } else if (rest.at[0] == '$') {
        length = dollar_length(rest);
    } else if (is_word_byte(rest.at[0])) {
        while (length < rest.length && is_word_byte(rest.at[length])) {
            length++;
        }
    }
    reader->at += length;
    return str_part(rest, 0, length);
}

/* A doubled quote reads as two quotations in a row, which changes nothing here. */
static size_t quoted_length(struct str rest) {
    return length_through(rest, 1, str_part(rest, 0, 1));
}

/* $tag$ … $tag$, PostgreSQL's quotation of a function's text. */
static size_t dollar_length(struct str rest) {
    size_t tag = 1;
    while (tag < rest.length && is_word_byte(rest.at[tag])) {
        tag++;
    }
    if (tag == rest.length || rest.at[tag] != '$') {
        return 1;
    }
    return length_through(rest, tag + 1, str_part(rest, 0, tag + 1));
}

static size_t length_through(struct str rest, size_t from, struct str end) {
    size_t found = from + str_find(str_part(rest, from, rest.length), end) + end.length;
    return found < rest.length ? found : rest.length;
}

static void add_word(struct reader *reader, struct str word) {
    static const char *const integers[] = {"bigint", "smallint"};
    bool is_integer = word_is(word, integers[0]) || word_is(word, integers[1]);
    if (!reader->is_postgres && is_integer) {
        buffer_add_text(&reader->out, "INTEGER");
    } else if (!reader->is_postgres && word_is(word, "bytea")) {
        buffer_add_text(&reader->out, "BLOB");
    } else if (reader->is_postgres && word_is(word, "text") && is_type_here(reader)) {
        buffer_add_text(&reader->out, "text COLLATE \"C\"");
    } else if (!(reader->is_postgres && word_is(word, "strict") &&
                 str_is(reader->last, ")"))) {
        buffer_add(&reader->out, word);
    }
}

/* A type follows a column's name, which opens a list, follows a comma or COLUMN. */
static bool is_type_here(const struct reader *reader) {
    return is_word(reader->last) &&
           (str_is(reader->before, "(") || str_is(reader->before, ",") ||
            word_is(reader->before, "column"));
}

static bool is_word(struct str token) {
    return token.length > 0 && is_word_byte(token.at[0]);
}

static bool is_word_byte(char byte) {
    return isalnum((unsigned char)byte) || byte == '_';
}

static bool word_is(struct str word, const char *lower) {
    return word.length == strlen(lower) && strncasecmp(word.at, lower, word.length) == 0;
}
