/*
 * PDF files for tests, written by ourselves object by object.
 */
#ifndef PDF_FILES_H
#define PDF_FILES_H

#include "base/base.h"

/* Objects 1, 2, … as they are given, object 1 the catalog; *trailer* adds to the
 * trailer's entries. */
struct bytes pdf_objects(struct arena *arena, const char *const *objects, size_t count,
                         const char *trailer);

/* One page for each of *pages*, which are content streams; font /F is Helvetica, /G a
 * Song typeface in GBK that is not in the file, and /P a picture of one pixel. */
struct bytes pdf_pages(struct arena *arena, const char *const *pages, size_t count);

#endif
