/*
 * version: the next version of a rulebook while it is being written.
 *
 * A draft holds the rulebook's files as texts, begins as a copy of a version that stands
 * on the shelf, and is saved file by file without loss: every save is kept, and whoever
 * saves on top of another's save is told (STALE).  What is sound becomes a version in the
 * workspace's folder; it comes into force only as every version does, by the reviewed act
 * of `review`.
 *
 * Only who may propose versions writes here (site_must_keep_rulebook).
 */
#ifndef VERSION_VERSION_H
#define VERSION_VERSION_H

#include "rulebook/rulebook.h"
#include "site/site.h"

#define VERSION_FILE_MOST ((size_t)512 * 1024) /* bytes of one file */

struct version_draft {
    id64 id;
    id64 site;
    struct str code;
    struct digest origin; /* the version it was taken from */
    int64_t version;      /* 1, 2, 3 … with every save */
    id64 started_by;
    instant started_at;
    id64 changed_by;
    instant changed_at;
    struct str proposed; /* digest of the version it became, or empty */
    bool open;           /* neither proposed nor put away */
};

struct version_drafts {
    struct version_draft *at;
    size_t count;
};

/* A draft taken from *origin*, a version that was read from a directory (ABSENT if its
 * files are gone).  On the ledger as "version.draft". */
MUST_CHECK enum status version_draft_begin(struct call *call, id64 site,
                                           const struct rulebook *origin,
                                           struct version_draft *out_draft);

MUST_CHECK enum status version_draft_find(struct call *call, id64 draft,
                                          struct version_draft *out_draft);

/* The draft that became the version with this digest; ABSENT if it came otherwise. */
MUST_CHECK enum status version_draft_of(struct call *call, id64 site,
                                        const struct digest *proposed,
                                        struct version_draft *out_draft);

/* Those of the site that are worked on, the one changed last first; at most 50. */
MUST_CHECK enum status version_draft_list(struct call *call, id64 site,
                                          struct version_drafts *out_drafts);

/* Its files as they stand now. */
MUST_CHECK enum status version_draft_files(struct call *call, id64 draft,
                                           struct rulebook_files *out_files);

/*
 * Save one file on top of the draft's version *seen*.  The same text is DONE and no new
 * version.  STALE if somebody saved since; REFUSED for a draft that is closed, a file it
 * does not have, or a text that is larger than VERSION_FILE_MOST.
 */
MUST_CHECK enum status version_draft_save(struct call *call, id64 draft, int64_t seen,
                                          struct str name, struct str text,
                                          struct version_draft *out_draft);

/* Put it away, or note the version it became.  On the ledger as "version.close". */
MUST_CHECK enum status version_draft_close(struct call *call, id64 draft,
                                           const struct rulebook *proposed);

/*
 * The draft's files as a rulebook: REFUSED with its faults if it is unsound.  The caller
 * frees the book.
 */
MUST_CHECK enum status version_draft_read(struct call *call,
                                          const struct rulebook_files *files,
                                          struct rulebook **out_book,
                                          struct fault **out_faults);

/* A sound draft as a version: kept in the workspace, standing on the shelf.  REFUSED as
 * version_draft_read, and if it says the same as a version that stands there already or
 * has the number of one. */
MUST_CHECK enum status version_draft_keep(struct call *call, id64 draft,
                                          const struct rulebook **out_book,
                                          struct fault **out_faults);

/* ---- Its cases, run by a worker ---- */

struct version_run {
    id64 id;
    id64 draft;
    int64_t version; /* of the draft */
    id64 asked_by;
    instant asked_at;
    int64_t total;    /* 0: not counted yet */
    instant ended_at; /* 0 while it waits or runs */
    struct str fault; /* why it could not be run */
};

struct version_case {
    struct str sentence;
    struct str place;
    bool former; /* told otherwise, or not at all, in the draft */
    bool passed;
    struct str why;  /* in English, for the log; people read the three below */
    struct str what; /* what differs: "status", "article", "state", "step", "shown" */
    struct str wanted;
    struct str found;
};

/* The kind of the job; its subject is the run's id, a blank, and where to go on. */
#define VERSION_CASES_JOB "rulebook-cases"

/* Ask for a run on the draft as it stands; DONE and nothing new while one is under way
 * on the same version. */
MUST_CHECK enum status version_run_ask(struct call *call, id64 draft,
                                       struct version_run *out_run);
MUST_CHECK enum status version_run_find(struct call *call, id64 run,
                                        struct version_run *out_run);

/* The newest of the draft; ABSENT if there was none. */
MUST_CHECK enum status version_run_last(struct call *call, id64 draft,
                                        struct version_run *out_run);

/* What its cases said so far, in their order. */
MUST_CHECK enum status version_run_cases(struct call *call, id64 run,
                                         struct version_case **out_cases,
                                         size_t *out_count);

/* For the worker, each in a transaction of the caller's: how many there are, what one
 * said, and the end. */
MUST_CHECK enum status version_run_count(struct call *call, id64 run, int64_t total);
MUST_CHECK enum status version_run_note(struct call *call, id64 run, int64_t position,
                                        const struct version_case *one);
MUST_CHECK enum status version_run_end(struct call *call, id64 run, struct str fault);

#endif
