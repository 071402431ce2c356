/*
 * Only for render.c and render_frame.c: a page under way, and what is around its own
 * matter.
 */
#ifndef PUBLICATION_RENDER_OWN_H
#define PUBLICATION_RENDER_OWN_H

#include "publication_own.h"

struct frame {
    struct call *call;
    const struct view *view;
    struct str path; /* of this page, below the site's root */
    struct str up;   /* from it to the root */
    struct model *model;
};

/* Begin the page at *path*: marks of the site, and unless it is XML the links and the
 * menu; *column* is the page's, or NULL. */
struct frame frame_make(struct call *call, const struct view *view, struct str path,
                        const struct column *column);

/* The way from the top; to *column* itself only if the page lies below it. */
void frame_add_crumbs(struct frame *frame, const struct column *column, bool whole);

/* The feed of *column*; NULL: of the site. */
void frame_add_feed(struct frame *frame, const struct column *column);

/* The picture by which the page is counted, where the rulebook has that done. */
void frame_add_seen(struct frame *frame);

/* From this page to *path*, and the whole address of *path*. */
struct str frame_link(const struct frame *frame, struct str path);
struct str frame_address(const struct frame *frame, struct str path);

/* "OWN - the site's title", and words of the theme. */
struct str frame_title(struct frame *frame, struct str own);
struct str frame_say(struct frame *frame, const char *key);

/* Fill the template *page* and hold what came out against the guideline; FAILED, with a
 * line in the log, if it lacks something.  *column* and *item* are NULL without. */
MUST_CHECK enum status frame_finish(struct frame *frame, const char *page,
                                    const struct column *column,
                                    const struct item_view *item, struct buffer *out);

/* Where the text comes from: what it names, or the body that speaks. */
struct str item_source(const struct view *view, const struct content *content);

#endif
