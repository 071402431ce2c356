/* Only for src/filing. */
#ifndef FILING_FILING_OWN_H
#define FILING_FILING_OWN_H

#include "filing.h"
#include "paper/paper.h"
#include "store/store.h"

/* Rows of one page of a list; the statements ask for one more to see if there is more. */
#define FILING_PAGE 50

/* The subject of a row, by its kind's name. */
struct subject filing_row_subject(struct rows *rows);

/* What stands on a form as JSON, and as paper. */
struct str form_content_json(struct call *call, const struct filing_form *content,
                             struct str number);
struct paper_form form_content_paper(struct arena *arena,
                                     const struct filing_form *content,
                                     const struct form *form, instant made_at);

/* Where bytes of this digest are kept below the workspace: archive/ab/<hex>.pdf */
const char *form_archive_path(struct call *call, const struct digest *digest);

#endif
