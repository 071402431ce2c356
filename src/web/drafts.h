/*
 * Only for src/web: what the check of a draft and its cases show.
 */
#ifndef WEB_DRAFTS_H
#define WEB_DRAFTS_H

#include "parts.h"

#include "rulebook/rulebook.h"
#include "site/site.h"
#include "version/version.h"

/* The part "check": faults at their places, or the difference to the version in force,
 * the route drawn, the values left open; with *prove* the proof as well. */
MUST_CHECK enum status drafts_check(struct visit *visit, const struct site *site,
                                    const struct rulebook_files *files, bool prove);

/* The part "cases": the last run of the draft's cases. */
MUST_CHECK enum status drafts_cases(struct visit *visit,
                                    const struct version_draft *draft);

/* "14:05 已存". */
struct str drafts_saved(struct visit *visit, const struct version_draft *draft);

/* "routes.yaml 第 12 行：…" */
struct str drafts_fault(const struct visit *visit, const struct fault *fault);

/* A list "changes" of *part*: what *after* says otherwise than *before*, in words with
 * their articles; the flag "same" if nothing. */
void drafts_changes(struct visit *visit, struct model *part,
                    const struct rulebook *before, const struct rulebook *after);

/* The day that the form asks a version to be in force from; 0: with its approval. */
civil_day drafts_from(const struct visit *visit);

#endif
