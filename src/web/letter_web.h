/*
 * Only for src/web: what the screens of letters share.
 */
#ifndef WEB_LETTER_WEB_H
#define WEB_LETTER_WEB_H

#include "archive_web.h"

#include "letter/letter.h"

/* "/letters/ID/transfer". */
struct str letter_path(struct visit *visit, id64 letter, const char *more);

/* Code of part_badge: how it stands. */
const char *letter_badge(const struct visit *visit, const struct letter *letter);

/* "letters.by-phone": how it came, or how its writer was told. */
struct str letter_channel(struct visit *visit, struct str channel);

/* "2026-12-02T09:30", as a field for a moment has it. */
struct str letter_moment(struct visit *visit, instant at);

#endif
