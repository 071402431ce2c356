/*
 * archive: what is kept after the work is done, and how it ends.
 *
 * A *file* is an archive copy that filing put away with its number: the final text with
 * its whole history.  It is kept at least as long as the rulebook says, counted from
 * the end of the year of filing; a unit may keep it longer, and nobody shorter.  One
 * named person keeps the files of a unit and hands them over in person, counted.  A
 * file is lent for a purpose until a day, by whoever the rulebook names; it is
 * destroyed only after its term, by a numbered list that another approves and witnesses
 * confirm, and its line stays for ever.
 *
 * What was taken out of public view is kept byte for byte and sealed: who opens it says
 * why, and that is entered in the ledger before anything is shown.
 *
 * What is kept in a body is kept by that body's rulebook and by its people: another body
 * of the installation has no word in it, nor under the same rulebook.  Where the rulebook
 * is silent nothing is lent, opened or destroyed.
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include "base/base.h"
#include "filing/filing.h"
#include "rulebook/rulebook.h"

#define ARCHIVE_FOR_EVER 0

/* ---- files ---- */

struct archive_file {
    id64 id; /* of the copy */
    id64 group;
    id64 unit; /* that keeps it */
    enum archive_kind kind;
    struct str number; /* 档 2026-0001 */
    struct subject subject;
    struct digest digest; /* of the final text */
    struct str title;
    instant filed_at;
    int years;            /* of keeping, as it stands; ARCHIVE_FOR_EVER */
    int years_least;      /* what the rulebook asks for */
    civil_day kept_until; /* last day; 0 for ever */
    id64 loan;            /* out now; 0 none */
    id64 borrower;
    civil_day due;
    id64 destruction; /* the open or done list it stands on; 0 none */
    instant destroyed_at;
};

struct archive_files {
    struct archive_file *at;
    size_t count;
    bool more;
};

/* Which files: zero is any.  *before* an id, for the next page. */
struct archive_filter {
    id64 unit;
    int kind; /* enum archive_kind */
    int year; /* of filing */
    id64 before;
};

/* Newest first, 200 a page; only those that this person may know of: of a unit he holds
 * a post in, all for whom the rulebook names to approve or open, and what manuscript_find
 * lets him see. */
MUST_CHECK enum status archive_list(struct call *call, id64 group,
                                    const struct archive_filter *filter,
                                    struct archive_files *out_files);

/* One; ABSENT for who may not know of it. */
MUST_CHECK enum status archive_find(struct call *call, id64 file,
                                    struct archive_file *out_file);

/* Its text and history: for the keeper, and for whoever it is lent to while it is.
 * DENIED for others; ABSENT once destroyed.  The reading is entered. */
MUST_CHECK enum status archive_read(struct call *call, id64 file,
                                    struct archive_copy *out_copy);

/*
 * Keep it *years* (ARCHIVE_FOR_EVER) instead.  By the keeper.  REFUSED, citing the
 * rulebook, for anything shorter than now.
 */
MUST_CHECK enum status archive_lengthen(struct call *call, id64 file, int years,
                                        struct str reason);

/* ---- custody ---- */

struct custody {
    id64 id;
    id64 group;
    id64 unit;
    id64 keeper;
    id64 giver; /* 0: the first */
    struct str place;
    struct str remark;
    instant offered_at;
    instant taken_at; /* 0: not confirmed yet */
    int64_t files;    /* counted when taken */
    int64_t lent;
};

struct custodies {
    struct custody *at;
    size_t count;
};

/*
 * Hand the files of *unit* over to *keeper*; the first keeper takes them himself and at
 * once.  DENIED unless the actor keeps them now (without a keeper: holds a keeping role
 * of the rulebook in the unit); REFUSED if *keeper* holds none.  A former offer that was
 * not taken is void.
 */
MUST_CHECK enum status archive_hand_over(struct call *call, id64 group, id64 unit,
                                         id64 keeper, struct str place, struct str remark,
                                         id64 *out_custody);

/* Confirm, by who was named.  Counts the files; STALE if it was taken or is void. */
MUST_CHECK enum status archive_take(struct call *call, id64 custody);

/* Of a unit, newest first; of all units (0) the present ones and open offers: what this
 * actor may know of, as with files, and what passes through his own hands. */
MUST_CHECK enum status archive_custodies(struct call *call, id64 group, id64 unit,
                                         struct custodies *out_custodies);
MUST_CHECK enum status archive_custody(struct call *call, id64 custody,
                                       struct custody *out_custody);

/* Units that keep files and have no keeper (YZ-13.a), of those whose files he sees. */
MUST_CHECK enum status archive_unkept(struct call *call, id64 group, id64 **out_units,
                                      size_t *out_count);

/* ---- loans ---- */

struct loan {
    id64 id;
    id64 file;
    struct str number;
    struct str title;
    id64 unit;
    id64 borrower;
    struct str purpose;
    civil_day due;
    instant asked_at;
    id64 answered_by;
    instant answered_at; /* 0: open */
    bool agreed;
    struct str answer;
    instant returned_at; /* 0: out, if agreed */
    id64 returned_to;
    struct str remark;
};

struct loans {
    struct loan *at;
    size_t count;
};

/* Ask for it until *due*.  REFUSED without a purpose, for a day past or beyond the
 * rulebook's days, for what is destroyed or stands on a list, and where the rulebook lets
 * nobody lend. */
MUST_CHECK enum status archive_ask(struct call *call, id64 file, struct str purpose,
                                   civil_day due, id64 *out_loan);

/* Lend it, or not, by whom the rulebook names and never by the borrower.  REFUSED while
 * it is out.  The borrower has a duty until it is back: reminded before, told when late.
 */
MUST_CHECK enum status archive_lend(struct call *call, id64 loan, bool agreed,
                                    struct str words);

/* It is back; said by the keeper, never by the borrower alone. */
MUST_CHECK enum status archive_take_back(struct call *call, id64 loan, struct str remark);

/* Of a file, newest first; of all (0) those asked for and those out, by day due. */
MUST_CHECK enum status archive_loans(struct call *call, id64 group, id64 file,
                                     struct loans *out_loans);
MUST_CHECK enum status archive_loan(struct call *call, id64 loan, struct loan *out_loan);

/* ---- destruction ---- */

struct destruction_line {
    id64 file;
    struct str number;
    struct str title;
    struct digest digest;
    instant filed_at;
    civil_day kept_until;
};

struct witness {
    id64 person;
    instant at; /* 0: not yet */
};

struct destruction {
    id64 id;
    id64 group;
    id64 unit;
    struct str number; /* 销毁 2026-0001 */
    struct digest digest;
    struct str reason;
    id64 proposed_by;
    instant proposed_at;
    id64 answered_by;
    instant answered_at;
    bool agreed;
    struct str answer;
    instant done_at;
    struct destruction_line *lines; /* filled in by archive_destruction alone */
    size_t line_count;
    struct witness *witnesses;
    size_t witness_count;
};

struct destructions {
    struct destruction *at;
    size_t count;
};

#define ARCHIVE_LIST_MOST 500 /* files on one list */

/*
 * Propose to destroy *files* of one unit, by its keeper, naming the witnesses: as many as
 * the rulebook asks for, neither the actor nor who may approve alone.  REFUSED, naming
 * the file, where one is within its term, lent, on another list, or still public.
 */
struct destruction_wish {
    const id64 *files;
    size_t file_count;
    const id64 *witnesses;
    size_t witness_count;
    struct str reason;
};
MUST_CHECK enum status archive_propose(struct call *call, id64 group,
                                       const struct destruction_wish *wish,
                                       id64 *out_destruction);

/* Approve it or not, signed, by whom the rulebook names, never the proposer or a witness.
 */
MUST_CHECK enum status archive_decide(struct call *call, id64 destruction, bool agreed,
                                      struct str words);

/*
 * Confirm having looked on, signed.  With the last of them text and history are emptied
 * and what the public saw is removed; number, title, digest and this list stay for ever.
 */
MUST_CHECK enum status archive_witness(struct call *call, id64 destruction);

/* The lists over files that this actor may know of, and those that he proposed or looks
 * on at; of one of the others ABSENT. */
MUST_CHECK enum status archive_destructions(struct call *call, id64 group,
                                            struct destructions *out_list);
MUST_CHECK enum status archive_destruction(struct call *call, id64 destruction,
                                           struct destruction *out_destruction);

/* ---- what was taken out of public view ---- */

struct sealed_page {
    struct str site; /* code */
    struct str path;
    struct digest digest; /* of its bytes */
};

struct sealing {
    id64 manuscript;
    struct str title;
    struct str kind; /* correction, expiry, removal, seal */
    struct str reason;
    instant at;
    id64 by;
    int64_t sequence; /* of the entry */
    struct sealed_page *pages;
    size_t page_count;
};

struct sealings {
    struct sealing *at;
    size_t count;
};

/* 删除（隐藏）记录: what was taken away in *year*, from the ledger, newest first. */
MUST_CHECK enum status archive_sealings(struct call *call, id64 group, int year,
                                        struct sealings *out_sealings);

/*
 * Open one page, saying why, signed; by whom the rulebook names.  Entered in the ledger
 * first.  FAILED if the bytes are not those that were kept; ABSENT if none were, or they
 * were destroyed.
 */
MUST_CHECK enum status archive_open(struct call *call, id64 group, int64_t sequence,
                                    size_t page, struct str reason,
                                    struct bytes *out_bytes);

/* ---- the package of a year ---- */

/*
 * Everything that was released, or ended in internal circulation, in *year*, written
 * below *directory*, which must be empty or absent:
 *
 *   items/0001/       content.json (what was decided on), page.html (what the public
 *                     saw), attachments/, metadata.json, decisions.json, form-SERIES.pdf
 *                     and .json, history.jsonl (its entries with payloads and salts)
 *   manifest.json     every file above with size and SHA-256
 *   ledger.jsonl      the chain, whose last entry "archive.export" names the manifest
 *   checkpoints.txt   the newest signed checkpoints, and key.txt, where there are some
 *   verify_archive.py, verify_ledger.py, README.txt
 *
 * A byte changed anywhere is found by verify_archive.py, with Python and nothing of ours.
 * By whom the rulebook names to approve or open, with the items of his bodies alone, and
 * by the machine's operator, with all.  REFUSED if *directory* holds something, or if
 * *year* has not begun.
 */
struct exported {
    int64_t items;
    int64_t files;
    int64_t bytes;
    int64_t missing; /* pages, files or forms that should be there and are not */
    struct digest manifest;
};
MUST_CHECK enum status archive_export(struct call *call, id64 group, int year,
                                      const char *directory,
                                      struct exported *out_exported);

/* The same asked for on screen: a job writes it below WORKSPACE/archive/packages, and
 * beside the folder the whole of it as one tar archive, to be fetched. */
MUST_CHECK enum status archive_order(struct call *call, id64 group, int year);
struct job_handler;
const struct job_handler *archive_handlers(size_t *out_count);

/* The packages that were written, newest first, from the ledger; at most 200. */
struct package_note {
    int64_t sequence; /* of the entry */
    int year;
    instant at;
    id64 by;
    int64_t items;
    int64_t files;
    struct str folder; /* as it was written to */
    struct str bodies; /* what it is about, as ids; empty: all of the installation */
    struct digest manifest;
    bool is_here; /* as one file, that archive_fetch gives this person */
};
MUST_CHECK enum status archive_packages(struct call *call, id64 group,
                                        struct package_note **out_notes,
                                        size_t *out_count);

/* The package that entry *sequence* is about, as one file open for reading, which the
 * caller closes; entered in the ledger first.  By whom may have one written; ABSENT if it
 * does not lie below WORKSPACE/archive/packages. */
struct fetched {
    int file;
    uint64_t size;
    struct str name; /* 2026-0abc….tar */
};
MUST_CHECK enum status archive_fetch(struct call *call, id64 group, int64_t sequence,
                                     struct fetched *out_fetched);

MUST_CHECK enum status archive_may_export(struct call *call, id64 group, bool *out_may);

/* ---- may this person? for showing what can be done ---- */

MUST_CHECK enum status archive_keeps(struct call *call, id64 group, id64 unit,
                                     bool *out_keeps);
MUST_CHECK enum status archive_may_lend(struct call *call, id64 group, id64 unit,
                                        bool *out_may);
MUST_CHECK enum status archive_may_destroy(struct call *call, id64 group, id64 unit,
                                           bool *out_may);
MUST_CHECK enum status archive_may_open(struct call *call, id64 group, id64 unit,
                                        bool *out_may);

#endif
