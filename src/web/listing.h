/*
 * Only for src/web: lists whose filters are their address, and the form of a change.
 */
#ifndef WEB_LISTING_H
#define WEB_LISTING_H

#include "parts.h"

/* A list at *path* with the query fields *names* (ends with NULL). */
struct listing {
    const char *path;
    const char *const *names;
};

/* Its address as it stands, with *name* set to *value*; the page begins anew unless
 * *name* is "page". */
struct str listing_address(const struct visit *visit, const struct listing *listing,
                           const char *name, struct str value);

/* A filter to choose from, *name* with the heading *words*: 全部 first. */
struct model *listing_filter(const struct visit *visit, struct model *part,
                             const char *name, const char *words);
void listing_option(struct model *filter, const struct visit *visit, const char *name,
                    struct str value, struct str label);

/* What is chosen for *name*, in words, with the address that drops it; nothing if it is
 * empty. */
void listing_chosen(const struct visit *visit, struct model *part,
                    const struct listing *listing, const char *name, const char *words,
                    struct str label);

/* parts/pager for *total* rows, *size* a page; nothing if one page holds them. */
void listing_pages(const struct visit *visit, struct model *part,
                   const struct listing *listing, int64_t size, int64_t total);

/* The page asked for, from 1. */
int64_t listing_page(const struct visit *visit);

/* Answer with *list* as a workbook, named after the address; its remark says what was
 * filtered and when.  The export itself is recorded. */
struct paper_list;
MUST_CHECK enum status listing_send(struct visit *visit, struct paper_list *list);

/* ---- change.html ---- */

struct change {
    struct str title;
    struct str action;
    struct str back;
    const char *button; /* words */
    bool heavy;         /* its effects are shown, its button is red */
    bool warns;         /* its effects are shown */
    bool proof;
};
struct model *change_open(struct visit *visit, const struct change *change);

/* One field of it (parts/field): *kind* is "is-line", "is-date", "is-lines", "is-choice",
 * "is-tick"; what was typed comes before *stored*. */
struct model *change_field(struct visit *visit, struct model *change, const char *kind,
                           const char *name, const char *words, bool must,
                           struct str stored);
/* The same with a label and a value of its own: a line of a form that a rulebook has. */
struct model *change_field_called(struct visit *visit, struct model *change,
                                  const char *kind, const char *name, struct str label,
                                  bool must, struct str value);
void change_option(struct visit *visit, struct model *field, const char *name,
                   struct str stored, struct str value, struct str label);

#endif
