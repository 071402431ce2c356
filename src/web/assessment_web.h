/*
 * Only for src/web: what the screens of the assessment share.
 */
#ifndef WEB_ASSESSMENT_WEB_H
#define WEB_ASSESSMENT_WEB_H

#include "archive_web.h"

#include "assessment/assessment.h"

/* 2026年11月考核. */
struct str assessment_title(struct visit *visit, struct str period);

/* A code of part_badge. */
const char *assessment_badge(enum sheet_state state);

/* "/assessment/SHEET", "/assessment/SHEET/LINE" and what follows. */
struct str assessment_path(struct visit *visit, id64 sheet, id64 line, const char *more);

/* What a cell says: its points or its number, its remarks; and beside it what was
 * counted, what was computed before it was adjusted. */
struct str assessment_cell(struct visit *visit, const struct sheet_view *view,
                           const struct indicator *indicator,
                           const struct assessed_cell *cell);
struct str assessment_beside(struct visit *visit, const struct indicator *indicator,
                             const struct assessed_cell *cell);

/* True if the indicator has points. */
bool assessment_counts(const struct indicator *indicator);

/* The main site of the body that this person looks at, and its rulebook. */
MUST_CHECK enum status assessment_site(struct visit *visit, struct site *out_site,
                                       const struct rulebook **out_book);

#endif
