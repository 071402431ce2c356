/*
 * Only for release.c and withdrawal.c: what sending out and taking away both show.
 */
#ifndef WEB_RELEASE_WEB_H
#define WEB_RELEASE_WEB_H

#include "entries.h"
#include "parts.h"

#include "publication/publication.h"

/* The live release of a manuscript; ABSENT if there is none. */
MUST_CHECK enum status release_live(struct visit *visit, id64 manuscript,
                                    struct release *out_release);

/* How many pages, lists and feeds change, among the "effects" of *part*. */
void release_say_effect(struct visit *visit, struct model *part,
                        const struct publication_effect *effect, const char *words);

#endif
