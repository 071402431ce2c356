/*
 * manuscript: identity, working copy, immutable revisions, attachments.
 *
 * A manuscript is one item on its way to the public, and stays the same
 * manuscript through every change after that.  People type into its *draft*, a
 * working copy with a version number: a save names the version it was typed
 * over, and one that comes too late is STALE and loses nothing, neither side's.
 * A *revision* is a draft made immutable, with a canonical digest over title,
 * body, fields and attachments; everything that is ever decided, found or
 * released is bound to that digest.
 *
 * Whoever saved any part of the text since the last release is a contributor,
 * not only the one who submits it.
 */
#ifndef MANUSCRIPT_MANUSCRIPT_H
#define MANUSCRIPT_MANUSCRIPT_H

#include "base/base.h"

/* Limits of one manuscript; beyond them the answer is a field message. */
#define MANUSCRIPT_TITLE_MOST 400                /* bytes, after trimming */
#define MANUSCRIPT_BODY_MOST  ((size_t)4 << 20)  /* bytes of HTML */
#define MANUSCRIPT_FILE_MOST  ((size_t)20 << 20) /* bytes of one attachment */
#define MANUSCRIPT_FILES_MOST 40

/*
 * The named fields beside title and body.  The set is closed; which of them a
 * class demands is the rulebook's matter.  Values are text: days as
 * 2026-12-02, instants as RFC 3339, choices by their code.
 */
struct field_value {
    struct str name;
    struct str value;
};

/* A file that goes with the text: an attachment for the public, or a picture
 * that stands in the body. */
struct attachment {
    struct str name; /* as the uploader called it, cleaned */
    struct digest digest;
    int64_t size;
    struct str media_type; /* found from the bytes, not from the name */
    struct str alt;        /* pictures: what they show */
    bool in_body;
    const char *traces; /* told by manuscript_keep_file alone: what it took out */
};

/* What a draft or a revision says. */
struct content {
    struct str title;
    struct str body;            /* sanitised HTML; save sanitises what it is given */
    struct field_value *fields; /* sorted by name, none empty */
    size_t field_count;
    struct attachment *attachments; /* in their order */
    size_t attachment_count;
};

struct manuscript {
    id64 id;
    id64 group;
    id64 site;
    id64 column;
    id64 unit;             /* the drafting unit */
    id64 author;           /* who began it, the handler (经办人) */
    struct str item_class; /* code in the rulebook */
    struct str title;
    struct str state; /* code of the state, "draft" … "published" (CONCEPTS §5) */
    instant state_since;
    id64 run;           /* the passage under way, 0 if none */
    id64 revision;      /* the newest revision, 0 if none */
    id64 live_revision; /* what the public sees, 0 if nothing */
    int draft_version;
    civil_day origin; /* 产生日期; 0 if not yet given */
    bool migrated;    /* came in as already public */
    instant created_at;
    instant changed_at;
};

struct revision {
    id64 id;
    id64 manuscript;
    int number; /* 1, 2, … within the manuscript */
    struct digest digest;
    struct content content;
    id64 made_by;
    instant made_at;
};

/* The canonical digest of a content: version 1, named length-prefixed fields in
 * fixed order, attachments in theirs with their own digests. */
struct digest content_digest(const struct content *content);

/* A field's value, or the empty string. */
struct str content_field(const struct content *content, const char *name);

/* True if *name* is one of the fields a manuscript may have. */
bool content_field_is_known(struct str name);

/*
 * Begin a manuscript in *unit* for *column*: the actor becomes its author and
 * first contributor.  DENIED unless the actor holds a drafting role of the
 * site's rulebook in that unit, and for manuscript_must_be_registered.
 */
MUST_CHECK enum status manuscript_begin(struct call *call, id64 column, id64 unit,
                                        struct str item_class, struct str title,
                                        id64 *out_manuscript);

/*
 * Save the draft over version *seen*.  The body is sanitised first, outside any
 * transaction; what that dropped is told in *out_dropped* (kinds and counts, for
 * the writer).  STALE if the draft has moved on: nothing is written, and
 * manuscript_conflict shows the three texts.  REFUSED with field messages for
 * what does not fit, or if the manuscript is not in its author's hands; DENIED for
 * manuscript_must_be_registered, as for manuscript_place (in the new column),
 * manuscript_revise and manuscript_begin_change.
 */
struct dropped {
    int pieces;
    struct str kinds; /* "script 2, style 14" */
};
MUST_CHECK enum status manuscript_save(struct call *call, id64 manuscript, int seen,
                                       const struct content *content, int *out_version,
                                       struct dropped *out_dropped);

/* Another column, class or unit for a draft; the same rules as for a new one. */
MUST_CHECK enum status manuscript_place(struct call *call, id64 manuscript, int seen,
                                        id64 column, struct str item_class,
                                        int *out_version);

/* The draft as it stands, with its version. */
MUST_CHECK enum status manuscript_draft(struct call *call, id64 manuscript,
                                        struct content *out_content, int *out_version);

/* The draft as version *seen* left it, for the three-way view; ABSENT when that
 * version is older than the last fifty. */
MUST_CHECK enum status manuscript_draft_at(struct call *call, id64 manuscript, int seen,
                                           struct content *out_content);

/*
 * Make the draft a revision.  If its digest is that of the newest revision,
 * that one is given and nothing is written.
 */
MUST_CHECK enum status manuscript_revise(struct call *call, id64 manuscript,
                                         struct revision *out_revision);

/*
 * Put a file into the content-addressed store and tell what it is.  The type is
 * read from the bytes and must agree with the name; REFUSED with a sentence for
 * a type not taken or a size over the limit.  It is kept as text_without_traces leaves
 * it: digest and size are those of what is kept, and *traces* names what was taken out
 * (traces_name), for the uploader.  Files that an old site published stand outside; see
 * docs/decisions/foreign-bytes.md.
 */
MUST_CHECK enum status manuscript_keep_file(struct call *call, struct str name,
                                            struct bytes bytes,
                                            struct attachment *out_attachment);

/* The bytes of a kept file; ABSENT if there is none of that digest, FAILED if
 * they no longer have it. */
MUST_CHECK enum status manuscript_file(struct call *call, const struct digest *digest,
                                       struct bytes *out_bytes);

/*
 * Find a manuscript that this actor may see: one of a unit he holds a post in,
 * or one that has come, or will come, by a step whose role he holds.  ABSENT
 * for all others, as if it did not exist; the three administrators see none.
 */
MUST_CHECK enum status manuscript_find(struct call *call, id64 manuscript,
                                       struct manuscript *out_manuscript);

/* As manuscript_find, locking its row for the open write transaction and asking
 * no permission: the first thing an act of a stage does. */
MUST_CHECK enum status manuscript_lock(struct call *call, id64 manuscript,
                                       struct manuscript *out_manuscript);

/* The same without a lock, for the house itself: never for what is shown to a person. */
MUST_CHECK enum status manuscript_peek(struct call *call, id64 manuscript,
                                       struct manuscript *out_manuscript);

/* A revision by id, by number, or by digest (the newest with it). */
MUST_CHECK enum status manuscript_revision(struct call *call, id64 revision,
                                           struct revision *out_revision);
MUST_CHECK enum status manuscript_revision_number(struct call *call, id64 manuscript,
                                                  int number,
                                                  struct revision *out_revision);
MUST_CHECK enum status manuscript_revisions(struct call *call, id64 manuscript,
                                            struct revision **out_revisions,
                                            size_t *out_count); /* without contents */

/* Is there a revision with this digest? */
MUST_CHECK enum status
manuscript_has_revision(struct call *call, const struct digest *digest, bool *out_has);

/* Everyone who wrote any of it since the last release. */
MUST_CHECK enum status manuscript_contributors(struct call *call, id64 manuscript,
                                               id64 **out_persons, size_t *out_count);

/* A list for people: filters that are empty or 0 do not filter. */
struct manuscript_filter {
    id64 site;
    id64 column;
    id64 unit;
    id64 author;
    struct str state;
    struct str item_class;
    struct str words; /* in the title */
    instant changed_from;
    civil_day origin_from; /* 产生日期, both days included */
    civil_day origin_until;
    struct str
        sort; /* "title", "state", "origin", "handler"; else the last changed first */
    int page; /* from 1 */
    int page_size; /* at most 200 */
};
MUST_CHECK enum status manuscript_list(struct call *call,
                                       const struct manuscript_filter *filter,
                                       struct manuscript **out_manuscripts,
                                       size_t *out_count, int64_t *out_total);

/*
 * What the actor began and may still know of, last changed first, at most *most* (200):
 * drafts, or with *sent* what is on its way or has been.  Costs the same however many
 * manuscripts there are.
 */
MUST_CHECK enum status manuscript_own(struct call *call, bool sent, size_t most,
                                      struct manuscript **out_manuscripts,
                                      size_t *out_count);

/* Remove an own draft that was never submitted; it can be fetched back for 30 days. */
MUST_CHECK enum status manuscript_remove(struct call *call, id64 manuscript);
MUST_CHECK enum status manuscript_fetch_back(struct call *call, id64 manuscript);

/*
 * Begin a change of a live item: the draft becomes a copy of what is live, and
 * the whole route is walked again (BZ-13.0); the public keeps the old text
 * meanwhile.
 */
MUST_CHECK enum status manuscript_begin_change(struct call *call, id64 manuscript);

/*
 * DENIED where a register of administrators (site_must_be_registered) grants *person* no
 * right to work in *column* on this text: to upload it, or to change it once it is
 * public.
 */
struct column;
MUST_CHECK enum status manuscript_must_be_registered(struct call *call, id64 person,
                                                     const struct manuscript *manuscript,
                                                     const struct column *column);

/*
 * Written by the later stages, inside their transactions.
 * manuscript_move: the state changed, under *run* (0 keeps it).
 * manuscript_set_live: what the public sees; 0 for nothing any more.  A new live
 * revision begins a new set of contributors.
 * manuscript_set_owed: the public sees *revision* before its review is finished; who
 * wrote it still counts as contributor to it.
 */
MUST_CHECK enum status manuscript_move(struct call *call, id64 manuscript,
                                       const char *state, id64 run);
MUST_CHECK enum status manuscript_set_live(struct call *call, id64 manuscript,
                                           id64 revision);
MUST_CHECK enum status manuscript_set_owed(struct call *call, id64 manuscript,
                                           id64 revision);

/* A public text that was taken away to be mended is in its author's hands again; whoever
 * wrote it still counts as contributor.  Inside the withdrawal's transaction. */
MUST_CHECK enum status manuscript_take_back(struct call *call, id64 manuscript);

/*
 * Hand a decided text up to the site *to* of another body (BZ-14): a manuscript of that
 * site, in its intake's hands, written by the same persons; *rule* is the article that
 * sends it.  Inside review's transaction, with *source* locked.  REFUSED if no column
 * there is open.  The duty to go on with it (step MANUSCRIPT_RECEIVED) is that of the
 * column's owner; whoever of that unit submits it first becomes its author
 * (manuscript_take_received, which does nothing to other manuscripts).
 */
#define MANUSCRIPT_RECEIVED "received"
struct site;
MUST_CHECK enum status manuscript_receive(struct call *call,
                                          const struct manuscript *source,
                                          const struct revision *revision,
                                          const struct site *to, struct str rule,
                                          id64 *out_manuscript);
MUST_CHECK enum status manuscript_take_received(struct call *call, id64 manuscript);

/*
 * What a change of a column by a person leaves to be told to the public (SZ-13.b): where
 * the rulebook's setting "column-notice" names a column, a notice is drafted for it, once
 * for each entry of the ledger, in the hands of the unit that made the change.  Said by
 * the reactions.
 */
struct ledger_entry;
MUST_CHECK enum status manuscript_announce(struct call *call,
                                           const struct ledger_entry *entry);

/* Where it came from (0: written here), and what became of it above, through all levels:
 * for stages, which ask no permission. */
MUST_CHECK enum status manuscript_source(struct call *call, id64 manuscript,
                                         id64 *out_source);
MUST_CHECK enum status manuscript_copies(struct call *call, id64 manuscript,
                                         id64 **out_copies, size_t *out_count);

/* Let the holders of *role* in *unit* (people_anywhere_in: of the body) know of it; an
 * empty role is the whole unit.  Said by review for every step of the route it takes. */
MUST_CHECK enum status manuscript_admit(struct call *call, id64 manuscript,
                                        const char *role, id64 unit);

/*
 * Bring in manuscripts from JSON lines as drafts of the actor.  All faults are
 * told at once with their line; with any fault nothing is brought in.
 */
struct import_fault {
    int line;
    struct refusal *refusal; /* everything wrong with the line, one behind the other */
};
struct import_report {
    int taken;
    struct import_fault *faults;
    size_t fault_count;
};
MUST_CHECK enum status manuscript_import(struct call *call, id64 column, id64 unit,
                                         struct str item_class, struct bytes lines,
                                         struct import_report *out_report);

/* What an old site knows beside the text. */
struct migrated_facts {
    civil_day published; /* 0 if unknown */
    struct str old_address;
    struct str old_id;
};

/* Lines read and cleaned, each with its number in the file. */
struct import_lines {
    struct content *contents;
    struct migrated_facts *facts;
    int *numbers;
    size_t count;
};

/*
 * Read such a file: UTF-8 with or without its mark, UTF-16, GB18030.  REFUSED with every
 * fault of every line in *out_report*, and for a file that is no text, has no line or
 * more than *most*.
 */
MUST_CHECK enum status manuscript_read_lines(struct call *call, struct bytes bytes,
                                             size_t most, struct import_lines *out_lines,
                                             struct import_report *out_report);

/* An item that is public already: a manuscript that is live from the start, marked
 * as migrated.  Inside the transaction of publication's migration, which answers
 * for it and writes the ledger. */
MUST_CHECK enum status manuscript_take_migrated(struct call *call, id64 column, id64 unit,
                                                struct str item_class,
                                                const struct content *content,
                                                struct manuscript *out_manuscript,
                                                struct revision *out_revision);

#endif
