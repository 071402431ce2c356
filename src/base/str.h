/*
 * A string: a pointer and a length, borrowed, never owned.  Text is valid
 * UTF-8 from the edge inward; a zero byte is allowed only in `struct bytes`.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "arena.h"
#include "status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct str {
    const char *at;
    size_t length;
};

/* From a literal, and for tables of constants. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                \
    { "" literal, sizeof(literal) - 1 }
/* For "%.*s". */
#define STR_ARG(string) (int)(string).length, (string).at

struct str str_of(const char *text); /* NULL gives the empty string */
bool str_equal(struct str a, struct str b);
bool str_is(struct str a, const char *text);
int str_compare(struct str a, struct str b); /* byte order */
bool str_starts(struct str text, const char *prefix);
bool str_ends(struct str text, const char *suffix);
bool str_is_empty(struct str text); /* nothing at all */
struct str
str_trim(struct str text); /* without ASCII and ideographic blanks at both ends */
struct str str_part(struct str text, size_t from, size_t to); /* clipped to the text */

/* Position of *needle*, or the text's length if it does not occur. */
size_t str_find(struct str text, struct str needle);

/* Cut *text* at the first *mark*: what is before it is returned, *text* keeps
 * what follows.  Without a mark the whole is returned and *text* is empty. */
struct str str_cut(struct str *text, char mark);

/* A whole decimal number within the range of int64_t; blanks and signs other
 * than one leading '-' are refused with REFUSED. */
MUST_CHECK enum status str_to_int(struct str text, int64_t *out_number);

/* Copies in the arena.  str_text is zero-terminated. */
struct str str_copy(struct arena *arena, struct str text);
const char *str_text(struct arena *arena, struct str text);
struct str str_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * A buffer that grows in an arena.  BUFFER_MOST bounds it; outgrowing it ends
 * the process like any other outgrown call, so check sizes of input first.
 */
struct buffer {
    struct arena *arena;
    char *at;
    size_t length;
    size_t room;
};

void buffer_init(struct buffer *buffer, struct arena *arena);
void buffer_add(struct buffer *buffer, struct str text);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_add_int(struct buffer *buffer, int64_t number);
/* Text as HTML, XML or SVG, between tags or in a quoted attribute: & < > " ' escaped. */
void buffer_add_escaped(struct buffer *buffer, struct str text);
char *buffer_room(struct buffer *buffer, size_t size); /* raw room, counted as added */
struct str buffer_str(const struct buffer *buffer);

#endif
