/*
 * UTF-8 at the edge: what enters is checked here once, so that everything
 * above may assume valid text.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "str.h"

/* True if *text* is well-formed UTF-8 without zero bytes and surrogates. */
bool utf8_is_valid(struct str text);

/* Code points in valid text. */
size_t utf8_count(struct str text);

/* The code point at *position* of valid text, and step over it. */
uint32_t utf8_next(struct str text, size_t *position);

/* Append one code point; an impossible one becomes U+FFFD. */
void utf8_add(struct buffer *buffer, uint32_t code_point);

#endif
