/*
 * Only for gate.c, release.c and schedule.c: one order to release, under way.
 */
#ifndef PUBLICATION_RELEASE_OWN_H
#define PUBLICATION_RELEASE_OWN_H

#include "publication_own.h"

#include "approval/approval.h"
#include "review/review.h"

struct ordering {
    const struct release_order *order;
    id64 act;
    bool planned; /* carries out a schedule: its rows are there */
    id64 orderer; /* … and who signed it */
    bool first;   /* before its review, as an article grants it */
    struct manuscript manuscript;
    struct revision revision;
    struct clearance clearance;
    id64 columns[RELEASE_TARGETS];
    size_t column_count;
    struct release releases[RELEASE_TARGETS];
    size_t release_count;
};

/*
 * Look again at everything that a release needs, inside the act's transaction, and fill
 * *ordering* with what it needs: the manuscript (locked while writing), its revision, the
 * decisions and the columns.  Answers as publication_release does.
 */
MUST_CHECK enum status gate_check(struct call *call, struct ordering *ordering);

/* What the releaser signs with *act*: this text, there, at that moment, on these
 * decisions. */
struct testimony gate_testify(struct call *call, const struct ordering *ordering,
                              const char *act);

/* The act of a release, on its *ordering*, inside a write transaction: through the gate,
 * then carried out or written down as a schedule. */
MUST_CHECK enum status release_act(struct call *call, void *what);

#endif
