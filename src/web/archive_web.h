/*
 * Only for src/web: what the screens of the archive share.
 */
#ifndef WEB_ARCHIVE_WEB_H
#define WEB_ARCHIVE_WEB_H

#include "entries.h"
#include "table.h"

#include "archive/archive.h"

/* Codes of part_badge: how a file, a list for destruction stands. */
const char *archive_state(const struct call *call, const struct archive_file *file);
const char *archive_list_state(const struct destruction *list);

/* Until when it is kept, in words. */
struct str archive_term(struct visit *visit, const struct archive_file *file);

/* "/archive/files/ID/borrow". */
struct str archive_path(struct visit *visit, const char *list, id64 id, const char *more);

/* The first unit of the actor's whose files he keeps; 0 if there is none. */
MUST_CHECK enum status archive_own_unit(struct visit *visit, id64 *out_unit);

/* A person's name, empty for nobody. */
struct str archive_who(struct visit *visit, id64 person);

/* ---- record.html: one thing, its facts, its lines, what can be done ---- */

struct model *record_open(struct visit *visit, struct str title, const char *back,
                          const char *back_words);
void record_pair(struct visit *visit, struct model *record, const char *words,
                 struct str value);
void record_act(struct visit *visit, struct model *record, struct str href,
                const char *words, bool main);

/* A table below: heads in words, ended by NULL; a row takes as many cells. */
struct model *record_section(struct visit *visit, struct model *record, const char *words,
                             const char *const *heads);
struct model *record_row(struct model *section);
void record_cell(struct model *row, struct str text);

#endif
