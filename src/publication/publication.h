/*
 * publication: from a decided text to the page the public reads, and back.
 *
 * It guarantees:
 *  - Nothing is released without every decision that the rulebook demands, taken
 *    on exactly the digest and terms that are released, at least one of them by
 *    somebody who wrote none of it; checked inside the act's own transaction,
 *    whatever door the wish came through, and again when a schedule falls due.
 *  - What stands in the published tree is what the store says is live: an act
 *    commits together with the journal of the files it changes; the journal is
 *    worked off at once, and again after a crash, with the same result.
 *  - A file is whole or absent: written beside, synced, renamed, its directory
 *    synced.  A release costs a bounded number of files whatever the site holds.
 *  - A withdrawal is committed first; readers, rebuild and guard treat the item
 *    as gone from then on; the answer comes when every public trace is removed.
 *  - Every file written is listed with its digest in a manifest, a hash tree by
 *    directory.
 *
 * Public addresses are generated, never taken from titles:
 * COLUMN/PATH/YEAR/NUMBER.html, NUMBER counting the column's releases from 1.
 * A site's tree stands in WORKSPACE/public/SITE.
 */
#ifndef PUBLICATION_PUBLICATION_H
#define PUBLICATION_PUBLICATION_H

#include "approval/approval.h"
#include "base/base.h"
#include "site/site.h"

struct job_handler;

/* What a release is now.  The names in the store are those in brackets. */
enum release_state {
    RELEASE_SCHEDULED, /* [scheduled] ordered for a later moment, checked again then */
    RELEASE_LIVE,      /* [live] */
    RELEASE_EXPIRED,   /* [expired] stays at its address and in its column's list, both
                          saying so (T-05); it leaves home page and feeds */
    RELEASE_CORRECTED, /* [corrected] taken away to be mended; its address is kept: 410 */
    RELEASE_WITHDRAWN, /* [withdrawn] 410, without a title */
    RELEASE_SEALED,    /* [sealed] emergency: the same 404 as a page that never was */
    RELEASE_REPLACED,  /* [replaced] a newer revision stands at its address */
    RELEASE_CANCELLED, /* [cancelled] a schedule that was called off or did not hold */
};
const char *release_state_name(enum release_state state);

/* One revision in one column of one site. */
struct release {
    id64 id;
    id64 act; /* the order it belongs to: releases to several columns share it */
    id64 group;
    id64 site;
    id64 column;
    id64 manuscript;
    id64 revision;
    struct digest digest;
    struct digest terms;
    int64_t number;  /* in its column, from 1; 0 while scheduled */
    struct str path; /* below the site's root, "zwgk/tjfx/2026/1187.html" */
    struct str title;
    civil_day origin_day; /* when the thing itself was made (产生日期); 0 if unknown */
    instant released_at;  /* by the server's clock; the date the public sees */
    instant changed_at;   /* a later revision took the same address then; else 0 */
    id64 releaser;
    enum release_state state;
    instant scheduled_for; /* 0 unless ordered for later */
    instant ended_at;      /* when it ceased to be live; else 0 */
    struct str reason;     /* of the withdrawal; of the lateness, while it is live */
    id64 successor;        /* manuscript that takes its place; else 0 */
    bool migrated;         /* was public on the old site already */
};

/* What the releaser asks for. */
struct release_order {
    id64 manuscript;
    struct digest seen;  /* the digest of the text on the releaser's screen */
    const id64 *columns; /* where to; none: the columns the decisions were given for */
    size_t column_count; /* at most 8 */
    instant when;        /* 0: now */
    struct str reason; /* why it is late, where a rule asks for it (BZ-15); else empty */
};

/*
 * Release.  STALE if the manuscript's text is no longer *seen*; ABSENT for a
 * manuscript the actor may not know of; DENIED if the actor does not hold the
 * releasing role; REFUSED, each reason citing its article, if a decision is
 * missing or was taken on another text or other terms, if only contributors
 * decided, if screening blocks, if it is withdrawn, or if a target lies outside
 * what was approved.  The same order with the same idempotency key answers as
 * it did before.
 *
 * Where an article demands that a document and its interpretation come out together
 * (YZ-9.1.c), the order for the document releases both, each with its own ledger entry,
 * in one transaction: both or neither.  *out_releases* are the document's.
 *
 * The files are not yet changed when it returns: publication_apply does that
 * (called by the reaction to the ledger's entry, and by doors that wait for it).
 * With *order->when* in the future the release is RELEASE_SCHEDULED.
 */
MUST_CHECK enum status publication_release(struct call *call,
                                           const struct release_order *order,
                                           struct release **out_releases,
                                           size_t *out_count);

/*
 * Put an emergency before the public while its review is still owed.  Refused, citing the
 * article that demands the review, unless the rulebook has an article that grants it; the
 * rest as publication_release, save that nothing is scheduled.  From then on the review
 * has its own time: publication_lapse takes down what it has not passed.
 */
MUST_CHECK enum status publication_release_first(struct call *call,
                                                 const struct release_order *order,
                                                 struct release **out_releases,
                                                 size_t *out_count);

/* Take down what was public before its review and whose time has run out; the address is
 * kept for the text that passes. */
MUST_CHECK enum status publication_lapse(struct call *call, size_t *out_count);

/* The text with this digest was returned by a reviewer while it was public before its
 * review (ledger act "review.reject", at *since*): it comes down.  Doing it again does no
 * harm. */
MUST_CHECK enum status publication_take_down(struct call *call, id64 manuscript,
                                             const struct digest *digest, instant since);

/* The terms of a release to these columns, as a decision is given for them
 * (struct verdict.terms): a digest that does not depend on their order. */
struct digest publication_terms(struct call *call, const id64 *columns, size_t count);

/* Why a release would be refused now: as publication_release, changing nothing;
 * the reasons stand in call->refusal.  For the release desk. */
MUST_CHECK enum status publication_ask(struct call *call,
                                       const struct release_order *order);

/* Carry out the schedules that have fallen due, each checked again from the
 * start; one that no longer holds is cancelled and says why in the ledger. */
MUST_CHECK enum status publication_release_due(struct call *call, size_t *out_count);

/* Call off a schedule. */
MUST_CHECK enum status publication_cancel(struct call *call, id64 release,
                                          struct str reason);

/*
 * What stands in each column of a site, parents before children, judged by the settings
 * of its rulebook: "column-late-days" without a new item make it late (BZ-5.2.b),
 * "column-merge-days" without one a column to be merged (SZ-13.a), unless the rulebook
 * itself names it.
 */
struct column_standing {
    struct column column;
    int64_t held;   /* items that hold an address */
    instant newest; /* 0 if there is none */
    bool is_empty;
    bool is_late;
    struct str rule; /* requirement behind late and empty; empty if there is none */
    bool to_merge;
    struct str merge_rule;
};
MUST_CHECK enum status publication_standings(struct call *call, id64 site,
                                             struct column_standing **out_standings,
                                             size_t *out_count);

/* Live items of the classes that "interpretation-classes" of the rulebook lists (BZ-10)
 * which no public text interprets yet, oldest first; at most 500. */
MUST_CHECK enum status publication_uninterpreted(struct call *call, id64 site,
                                                 struct release **out_releases,
                                                 size_t *out_count);

enum withdrawal {
    WITHDRAW_CORRECTION, /* 更正: an error; the address is kept for the mended text, which
                            is in its author's hands again and walks the whole route */
    WITHDRAW_EXPIRY,     /* 到期, 废止: the page stays and says so */
    WITHDRAW_REMOVAL,    /* 撤下 */
    WITHDRAW_SEAL,       /* 应急屏蔽: as if it had never been */
    WITHDRAW_UNREVIEWED, /* 补审未过: it was public before its review, and was returned or
                            not reviewed in time; no person asks for this one */
};

/*
 * Withdraw a manuscript everywhere: from all columns of all sites that carry it.
 * Committed first, then page, lists, feeds and site map, then DONE.  What the public
 * saw is kept in WORKSPACE/archive/evidence, and the ledger names its digests; FAILED
 * after the commit means that the files are not yet gone and the journal will see to it.
 * *reason* is demanded. *successor*, a manuscript or 0, is linked from an expired page.
 */
MUST_CHECK enum status publication_withdraw(struct call *call, id64 manuscript,
                                            enum withdrawal kind, struct str reason,
                                            id64 successor);

/* The same by the machine, after a restore: a withdrawal that the backup does not know.
 * REFUSED if nothing of it is public, ABSENT if there is no such manuscript.  The files
 * come with publication_rebuild. */
MUST_CHECK enum status publication_withdraw_again(struct call *call, id64 manuscript,
                                                  enum withdrawal kind,
                                                  struct str reason);

/* What a withdrawal or release touches, in figures for the person who asks. */
struct publication_effect {
    size_t pages;
    size_t lists; /* list and front pages */
    size_t feeds; /* feeds, and shards of site map and search */
};
MUST_CHECK enum status publication_effect_of(struct call *call, id64 manuscript,
                                             struct publication_effect *out_effect);
/* The same for a release that is only asked for. */
MUST_CHECK enum status publication_effect_of_order(struct call *call,
                                                   const struct release_order *order,
                                                   struct publication_effect *out_effect);

/*
 * An item that was public on an old site: released with its old date, marked
 * as migrated.  It keeps its old address if that is a plain path to an .html
 * file that the program will never want for itself.  No decisions are asked for: the two
 * persons and the manifest of the migration are (manuscript_migrate), inside whose
 * transaction this runs; the ledger has an entry for it.  The files come with
 * publication_rebuild.
 */
struct migrated_item {
    id64 manuscript;
    id64 revision;
    struct digest digest;
    id64 column;
    struct str title;
    civil_day origin_day;
    instant released_at;
    struct str old_path; /* below the old site's root; may be empty */
};
MUST_CHECK enum status publication_migrate(struct call *call,
                                           const struct migrated_item *item,
                                           id64 *out_release);

/*
 * Take over an old site's public items from JSON lines (as manuscript_import reads
 * them): the actor and *second* answer for them, both holders of a post and no
 * administrators.  Every fault is told at once with its line, and with any fault
 * nothing is taken.  One ledger entry names the digest of all items, and each item
 * has its own.  Up to PUBLICATION_TAKE_OVER_SOME items are shown by publication_apply,
 * each file by itself; for more publication_rebuild is quicker, and must be run.
 */
#define PUBLICATION_TAKE_OVER_SOME 500
struct migration {
    id64 column;
    id64 unit;
    struct str item_class;
    id64 second;
    struct bytes lines;
};
struct import_report;
MUST_CHECK enum status publication_take_over(struct call *call,
                                             const struct migration *migration,
                                             struct import_report *out_report,
                                             struct digest *out_manifest);

/* Bring the tree of a site up to date with its journal. */
struct applied {
    size_t acts;
    size_t written;
    size_t removed;
};
MUST_CHECK enum status publication_apply(struct call *call, id64 site,
                                         struct applied *out_applied);

/* The same for every site: at start, before anything is served. */
MUST_CHECK enum status publication_replay(struct call *call);

/*
 * Render a whole site anew beside the old tree and swap the two in one step.
 * An interrupted rebuild goes on where its last synced mark stands.  *progress*
 * (may be NULL) hears from time to time; answering false stops it, to be taken
 * up again.  REFUSED, citing its article, where the design that was decided on is
 * lost (site_design_place).
 */
struct rebuild {
    int threads; /* 0: one per processor */
    bool (*progress)(void *listener, size_t done, size_t all);
    void *listener;
};
MUST_CHECK enum status publication_rebuild(struct call *call, id64 site,
                                           const struct rebuild *rebuild,
                                           struct applied *out_applied);

/* How far the rebuild under way has come; ABSENT if there is none. */
struct rebuild_progress {
    instant begun_at;
    int64_t done; /* items that are written and synced */
    int64_t all;
};
MUST_CHECK enum status publication_progress(struct call *call, id64 site,
                                            struct rebuild_progress *out_progress);

/*
 * After a site's marks or theme have changed (*at* that instant): if its pages show
 * something else around their matter now, a job writes the site anew.  After a column was
 * added or changed: its own pages, and those that name it, through the journal; a job if
 * they are more than 2,000.  Doing it again does no harm.
 */
MUST_CHECK enum status publication_follow_site(struct call *call, id64 site, instant at);
MUST_CHECK enum status publication_follow_column(struct call *call, id64 column,
                                                 instant at);

/* At start: the same job for sites whose theme has changed on disk, whose rebuild was
 * broken off, or whose tree is not there. */
MUST_CHECK enum status publication_look(struct call *call);

/*
 * One page of *site* as it would be in *theme*: front, a column's front, an item, site
 * map, styles, by its path below the site's root; nothing is written.  STALE unless the
 * theme's files are those with the digest *design* (site_design), so that who decides on
 * a design is shown that one or none (QX-6); ABSENT for what is not there.
 */
MUST_CHECK enum status publication_preview(struct call *call, id64 site, struct str theme,
                                           const struct digest *design, struct str path,
                                           struct str *out_page);

/* The job that writes a site anew. */
const struct job_handler *publication_handlers(size_t *out_count);

/*
 * Go through everything that is live and say which is the first that nobody ordered with
 * his signature: a row written below the gate.  What was taken over as migrated, and what
 * was released before signing began, is passed over.
 */
MUST_CHECK enum status publication_verify_orders(struct call *call,
                                                 struct signature_report *out_report);

/* Compare the tree with the manifest; each difference is told to *difference*. */
enum tampering { FILE_MISSING, FILE_CHANGED, FILE_FOREIGN };
struct verified {
    size_t files;
    size_t differences;
    struct digest root;
};
MUST_CHECK enum status publication_verify(struct call *call, id64 site,
                                          void (*difference)(void *listener,
                                                             struct str path,
                                                             enum tampering kind),
                                          void *listener, struct verified *out_verified);

/*
 * Hold a site's tree, or only *paths* below its root, against the manifest, and with
 * *repair* put right what differs: what should be there is rendered anew from what the
 * store says now, so nothing withdrawn comes back; what should not be there goes; bytes
 * that did not belong are kept in WORKSPACE/quarantine.  Anything found is entered in
 * the ledger ("publication.tampering") and told to the audit and security
 * administrators.  A whole tree is read beside the publishers; only where something
 * differs do they and it wait for each other.
 */
struct guarded {
    size_t looked;
    size_t changed;
    size_t missing;
    size_t foreign;
    size_t restored;
    bool
        forged; /* the manifest is not the one that the ledger names (whole trees only) */
    size_t unproven;      /* releases that the ledger does not know (whole trees only) */
    struct str paths[10]; /* the first ones */
    size_t path_count;
};
MUST_CHECK enum status publication_guard(struct call *call, id64 site,
                                         const struct str *paths, size_t count,
                                         bool repair, struct guarded *out_guarded);

/*
 * Find the releases that are called public and that the ledger does not know so: planted
 * or changed below the program.  Nothing shows them; each is entered in the ledger once
 * ("publication.unproven") and told to the audit and security administrators.
 */
MUST_CHECK enum status publication_doubt(struct call *call, id64 site, size_t *out_count);

/* Enter the root of a site's manifest in the ledger ("publication.manifest", as the
 * entry's digest), if it is another than last time: the signed checkpoints then cover
 * every file that was public. */
MUST_CHECK enum status publication_manifest_note(struct call *call, id64 site);

/* That root; no digest if nothing was published yet. */
MUST_CHECK enum status publication_manifest_root(struct call *call, id64 site,
                                                 struct digest *out_root);

/* Look-ups.  Results live in the call's arena. */
MUST_CHECK enum status publication_find(struct call *call, id64 release,
                                        struct release *out_release);
MUST_CHECK enum status publication_of_manuscript(struct call *call, id64 manuscript,
                                                 struct release **out_releases,
                                                 size_t *out_count);

/* A site's releases in one state, newest first, after *before* (0: from the top). */
MUST_CHECK enum status publication_list(struct call *call, id64 site,
                                        enum release_state state, instant before,
                                        size_t most, struct release **out_releases,
                                        size_t *out_count);

/* Everything released in a group in [from, until), whatever became of it, in the order of
 * release; after *after* (0: from the first), at most *most* (500). */
MUST_CHECK enum status publication_released(struct call *call, id64 group, instant from,
                                            instant until, id64 after, size_t most,
                                            struct release **out_releases,
                                            size_t *out_count);

/*
 * Where the public listener finds the answer to a path: a file, a type, a
 * status.  "/zz/…" is the same page under the elder stylesheet.  Needs no
 * store.  404 and 410 come with a page too, if the theme has one.
 */
struct public_answer {
    int status;        /* 200, 301, 404, 410 */
    struct str file;   /* absolute path, empty if there is no body */
    const char *type;  /* "text/html; charset=utf-8", … */
    struct str target; /* of a 301, relative to the server's root */
    bool no_index;     /* answer with X-Robots-Tag: noindex */
};
MUST_CHECK enum status publication_locate(struct call *call, struct str site_code,
                                          struct str path,
                                          struct public_answer *out_answer);

/*
 * A page that is counted has a picture at an address of its own, "/s/seen/PAGE.gif", and
 * the same below /zz/: which page that is, without its first '/'; ABSENT for any other
 * path.  Whether there is such a page is not asked.
 */
MUST_CHECK enum status publication_seen_page(struct str path, struct str *out_page);

#endif
