/*
 * text: what the program does with words, before anyone decides about them.
 *
 * HTML that people paste is parsed in the sandbox and written anew from a closed
 * list of elements and attributes, never filtered: every '<' in what comes out is
 * this module's own.  It knows nothing of government; what a found word means is
 * for screening to say.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/base.h"
#include "sandbox/sandbox.h"

/* The parsers that the program gives to sandbox_start. */
extern const struct sandbox_table text_parsers;

/* ---- HTML ------------------------------------------------------------------ */

#define TEXT_HTML_MOST ((size_t)8 << 20) /* bytes taken, and given back */

/* What cleaning can leave out. */
enum dropped_kind {
    DROPPED_SCRIPT,   /* scripts and event attributes */
    DROPPED_EMBEDDED, /* frames, plug-ins, video, sound, drawings */
    DROPPED_PICTURE,  /* pictures that are not kept files of ours */
    DROPPED_LINK,     /* links to schemes we do not write */
    DROPPED_FORM,     /* form fields */
    DROPPED_ELEMENT,  /* any other element with its content */
    DROPPED_STYLE,    /* colours, fonts and sizes: the text itself is kept */
    DROPPED_KINDS
};

struct cleaned {
    struct str html;
    int dropped[DROPPED_KINDS];
};

/*
 * Clean a body.  What comes out is valid UTF-8 in one normal form that cleaning
 * does not change again, one block to a line, made only of
 *   p h2 h3 h4 blockquote hr ul ol[start] li
 *   table caption thead tbody tr th[colspan rowspan scope] td[colspan rowspan]
 *   figure figcaption strong em u s sub sup br
 *   a[href]: http, https, mailto, or relative
 *   img[src alt width height]: src is "/files/" and a name without '/'
 *   class on p, h2–h4, td and th: no-indent centre right signature date docnum
 * h1 becomes h2, h5 and h6 become h4; text outside any block gets a paragraph.
 * All text is kept except inside script, style and other elements whose content
 * is not text.  Uses the call's sandbox.  REFUSED with words if *html* is too
 * long or cannot be read.
 */
MUST_CHECK enum status text_clean_html(struct call *call, struct str html,
                                       struct cleaned *out_cleaned);

/* How many things the writer would miss: everything dropped but styles. */
int cleaned_pieces(const struct cleaned *cleaned);

/* "script 2, picture 1, style 14"; empty when nothing was dropped. */
struct str cleaned_kinds(struct arena *arena, const struct cleaned *cleaned);

/* "script", "embedded", … */
const char *dropped_kind_name(enum dropped_kind kind);

#endif
