/*
 * Only for src/web: a form or a list as paper.
 */
#ifndef WEB_SHEET_H
#define WEB_SHEET_H

#include "web_own.h"

struct sheet_pair {
    struct str label;
    struct str value;
};

/* Pairs above, rows of *columns* cells under their heads below; either may be none. */
struct sheet {
    struct str title;
    struct str number;
    const struct sheet_pair *pairs;
    size_t pair_count;
    const struct str *heads;
    size_t columns;
    const struct str *cells;
    size_t row_count;
    struct str foot;
    const char *file; /* its name, without .pdf */
};

/* Answer with its PDF. */
MUST_CHECK enum status sheet_send(struct visit *visit, const struct sheet *sheet);

#endif
