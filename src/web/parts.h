/*
 * Only for src/web: parts of pages that several screens show, filled once.
 */
#ifndef WEB_PARTS_H
#define WEB_PARTS_H

#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "review/review.h"
#include "web_own.h"

/* parts/badge: the state *code* with its icon and tint (UI.md's vocabulary). */
void part_badge(struct model *parent, const char *key, struct str code);

/* parts/due: a deadline in words, with the article it rests on; nothing without one. */
void part_due(const struct visit *visit, struct model *parent,
              const struct calendar_deadline *deadline, struct str rule);

/* parts/head, and what review and sign want of a manuscript beside it. */
MUST_CHECK enum status part_head(struct visit *visit, const struct manuscript *manuscript,
                                 const struct revision *revision, const struct run *run,
                                 const char *back, const char *back_words);

/* The same into *part*, for a page that says more about it. */
MUST_CHECK enum status part_head_into(struct visit *visit, struct model *part,
                                      const struct manuscript *manuscript,
                                      const struct revision *revision,
                                      const struct run *run, const char *back,
                                      const char *back_words);

/* parts/route-card: the passage as it stands, from its decisions; or the route ahead. */
MUST_CHECK enum status part_route(struct visit *visit, struct subject subject,
                                  const struct offer *offer);
MUST_CHECK enum status part_route_ahead(struct visit *visit, id64 manuscript);

/* parts/findings: what was found in the text with *digest*. */
MUST_CHECK enum status part_findings(struct visit *visit, id64 manuscript,
                                     const struct digest *digest,
                                     const struct content *content);

/* A revision's difference to *before* as HTML with <ins> and <del>. */
MUST_CHECK enum status part_difference(struct visit *visit, const struct content *before,
                                       const struct content *after, struct str *out_html);

/* "38 KB", "1.2 MB". */
struct str part_size(struct arena *arena, int64_t size);

/* "12月2日 星期三，工作日" in the reader's language. */
struct str part_today(const struct visit *visit);

/* What the editor's form holds, with what the draft has and the form does not show. */
MUST_CHECK enum status edit_typed(struct visit *visit, id64 manuscript,
                                  struct content *out_content);

/* The three texts of an overtaken save (409). */
MUST_CHECK enum status conflict_show(struct visit *visit,
                                     const struct manuscript *manuscript);

/* The way of a matter that somebody answers, step by step (parts/route). */
struct matter;
struct rulebook;
MUST_CHECK enum status matter_route(struct visit *visit, const struct rulebook *book,
                                    const struct matter *matter);

/* sites.c: where the site's front is shown as it would be in the design with that digest,
 * in that one or not at all. */
struct str site_preview_path(struct arena *arena, id64 site, struct str theme,
                             const struct digest *design);

/* The fields of the editor's form, as the manuscript's class and rulebook ask for them.
 */
struct content;
MUST_CHECK enum status edit_fields(struct visit *visit,
                                   const struct manuscript *manuscript,
                                   const struct content *content);

/* The id in the path, and the manuscript if the visitor may know of it. */
MUST_CHECK enum status part_manuscript(struct visit *visit,
                                       struct manuscript *out_manuscript);

struct site;
/* The site whose rulebook, columns and registers an office page is about: the one that
 * ?site= names, kept from then on; else the first of a body where this person works. */
/* "periods": the months of a year back, its quarters, and two years, *chosen* among them;
 * and what one of them is called (tally_period). */
void part_periods(struct visit *visit, struct model *part, struct str chosen);
struct str part_period(struct visit *visit, struct str period);

/* Does this person work under more than one body? */
bool part_several_bodies(const struct visit *visit);
MUST_CHECK enum status part_site(struct visit *visit, struct site *out_site);
/* That site (may be NULL) and the rulebook in force for it. */
MUST_CHECK enum status part_rulebook(struct visit *visit, struct site *out_site,
                                     const struct rulebook **out_book);

/* One finding of parts/findings, with its remedies. */
struct finding;
void part_finding(struct visit *visit, struct model *list, id64 manuscript, int number,
                  const struct finding *finding);

/* What an entry of the ledger did, in words ("review.decide": 作出决定). */
struct str part_act(const struct visit *visit, struct str act);

/* 经过 of a manuscript, newest first: "events" of the screen. */
MUST_CHECK enum status part_history(struct visit *visit,
                                    const struct manuscript *manuscript);

/* The review form of a manuscript's text, opened by its release or by a step of its
 * passage; *out_any is false if none was. */
struct form;
MUST_CHECK enum status part_form(struct visit *visit, const struct manuscript *manuscript,
                                 struct form *out_form, bool *out_any);

/* May the present step be signed on paper? */
bool part_takes_paper(const struct offer *offer);

#endif
