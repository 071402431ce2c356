/*
 * Reading rulebooks, and the shelf where the loaded ones stand.
 */
#ifndef RULEBOOK_SHELF_H
#define RULEBOOK_SHELF_H

#include "element.h"

/* ---- Reading ---- */

struct fault {
    struct str file;
    int line;   /* from 1 */
    int column; /* from 1 */
    struct text sentence;
    struct str suggestion; /* the word that was probably meant, or empty */
    struct fault *next;
};

/*
 * Read the rulebook at *path* (its directory, or one file) into a new arena
 * that the book owns; *without* leaves out every element that rests on exactly
 * that requirement, for tests that show what the rule is good for (empty: the
 * whole book).  REFUSED with every fault in file order in *out_faults* (in
 * *arena*), the book untouched; FAILED if the files cannot be read.
 * Limits: 1 MiB a file, 64 levels, no aliases, anchors or tags.
 */
MUST_CHECK enum status rulebook_read(struct arena *arena, const char *path,
                                     struct str without, struct rulebook **out_book,
                                     struct fault **out_faults);

/* As rulebook_read, with the element at the path *remove* ("definitions[4]",
 * "roles.liaison") taken out of the text first: for cases about loading. */
MUST_CHECK enum status rulebook_read_removing(struct arena *arena, const char *path,
                                              struct str without, struct str remove,
                                              struct rulebook **out_book,
                                              struct fault **out_faults);

/* The files of a rulebook as texts: what an editor holds. */
struct rulebook_file {
    struct str name; /* "routes.yaml", "regulation.txt", "cases/news.yaml", "x.words" */
    struct str text;
};
struct rulebook_files {
    struct rulebook_file *at;
    size_t count;
};

/* Every file of the rulebook in the directory *path*, its cases too, in order of name; of
 * a child also its parent's, as "parent/routes.yaml".  ABSENT if there is none; REFUSED
 * if a file is larger than 1 MiB. */
MUST_CHECK enum status rulebook_load_files(struct arena *arena, const char *path,
                                           struct rulebook_files *out_files);

/* The files as a directory that rulebook_read reads; rulebook.yaml is written last. */
MUST_CHECK enum status rulebook_write_files(const struct rulebook_files *files,
                                            const char *directory);

/* As rulebook_read, of texts at hand; the book has no path. */
MUST_CHECK enum status rulebook_read_files(struct arena *arena,
                                           const struct rulebook_files *files,
                                           struct rulebook **out_book,
                                           struct fault **out_faults);

/* Give a book and all it holds back; NULL is fine.  Not for books on a shelf. */
void rulebook_free(struct rulebook *book);

/* "rulebook.yaml:14:5: …" lines, in *language*. */
struct str faults_as_text(struct arena *arena, const struct fault *faults,
                          struct str language);

/* ---- The shelf: process-lived, safe to use from every thread ---- */

struct shelf;

/* A shelf with every rulebook found as a subdirectory of *directories*
 * (NULL-ended, missing ones skipped).  REFUSED with the faults if one is unsound. */
MUST_CHECK enum status shelf_open(struct arena *arena, const char *const *directories,
                                  struct shelf **out_shelf, struct fault **out_faults);
void shelf_free(struct shelf *shelf);

/* The book with this digest; NULL if it does not stand here. */
const struct rulebook *shelf_find(struct shelf *shelf, const struct digest *digest);
const struct rulebook *shelf_find_text(struct shelf *shelf, struct str digest);

/* The newest version of a code that was put on the shelf; NULL if none. */
const struct rulebook *shelf_latest(struct shelf *shelf, struct str code);

/* Every book, in the order it was added; at most *most*, the count is returned. */
size_t shelf_all(struct shelf *shelf, const struct rulebook **out_books, size_t most);

/* Put a book on the shelf as the newest of its code; the shelf owns it from now on.  One
 * with the same digest becomes the newest instead and the new one is freed.  Gives back
 * the one that stands there. */
const struct rulebook *shelf_add(struct shelf *shelf, struct rulebook *book);

/*
 * Keep a copy of a book's files below *directory*, named by code and digest, so that
 * what began under this version is judged by it after another one is installed.  DONE
 * at once if it is there.
 */
MUST_CHECK enum status rulebook_keep(const struct rulebook *book, const char *directory);

/* The same for texts at hand; *out_book* is read from the folder they are kept in.
 * REFUSED with the faults if they are unsound. */
MUST_CHECK enum status rulebook_keep_files(struct arena *arena,
                                           const struct rulebook_files *files,
                                           const char *directory,
                                           struct rulebook **out_book,
                                           struct fault **out_faults);

/*
 * Put on the shelf what was kept below *directory* since it was opened, by whichever
 * process; what stands there is not read again.  A book that is unsound is logged and
 * left out: nothing can begin under it.
 */
MUST_CHECK enum status shelf_take_in(struct shelf *shelf, const char *directory);

/* ---- Telling what a rulebook says ---- */

/* A route as numbered sentences. */
struct str rulebook_explain(struct arena *arena, const struct rulebook *book,
                            const struct route *route, struct str language);

/* What explain_svg needs beside the route; all may be empty. */
struct drawing {
    int current;             /* step to fill; NO_INDEX */
    struct str link;         /* "/rules/{article}": {requirement} and {step} are put in */
    const struct str *notes; /* below each step ("2 件，0.5 天"), one a step, or NULL */
    struct str id;           /* prefix of element ids, so that two may stand on a page */
};

/* A route as SVG: no style, steps as links, return paths below. */
struct str rulebook_draw(struct arena *arena, const struct rulebook *book,
                         const struct route *route, const struct drawing *drawing,
                         struct str language);

/* One thing that two versions say differently, as a sentence:
 * "办公室主任不再签批新闻信息。"
 */
struct departure {
    struct text sentence;
    struct str rule; /* the requirement it rests on, or empty */
    struct str path; /* of the element, "routes.news.steps.office-review" */
};
struct departures {
    struct departure *at;
    size_t count;
};

/* Everything that *after* says otherwise than *before*, in the order of the language's
 * sections.  None if they only look different. */
void rulebook_compare(struct arena *arena, const struct rulebook *before,
                      const struct rulebook *after, struct departures *out_changes);

/* ---- Cases ---- */

struct case_answer {
    struct str question;
    struct str answer; /* yes, no, tick, a choice's code, or text */
};

struct case_given {
    struct str item_class;
    struct str route; /* subject rulebook, or empty */
    struct str target;
    struct str step; /* brought there by the sample persons; empty: a new draft */
    struct str
        author; /* the post that writes it; empty: the sample department's writer */
    struct str unit_kind; /* of the unit that writes; empty: a department */
    struct str pair; /* class of a manuscript whose every decision is there, named in the
                        field "interpretation" */
    struct str column; /* path; empty: the first that takes the class */
    struct str title;
    struct str body;
    struct str carried; /* the leader's instruction on the way, a choice's code */
    struct str origin;  /* day of origin, 2022-03-01 */
    struct str now;     /* the clock, 2022-03-06 or an RFC 3339 instant */
    struct str remove;  /* for load cases: path of an element taken out of the file */
    struct case_answer *fields; /* further metadata: code and value */
    size_t field_count;
};

struct case_act {
    struct str person; /* a sample person: handler, liaison, dept-head, … */
    struct str act;    /* submit, decide, edit, recall, release, … */
    struct str step;   /* the step meant; empty: where it stands */
    struct str outcome;
    struct str reason;
    struct str value; /* what the act is about: a new text, a column, a role */
    struct str channel;
    struct case_answer *answers;
    size_t answer_count;
};

struct case_then {
    struct str status;  /* done, refused, denied, stale, absent */
    struct str article; /* requirement ID the refusal cites */
    struct str state;   /* item state afterwards */
    struct str step;
    struct str ledger; /* act in the ledger */
    struct str screen; /* path of a screen */
    struct str shows;  /* text that stands on it */
    struct str hides;  /* text that does not */
    struct str public_file;
    bool public_present;
    struct str fault; /* load cases: part of the fault's sentence */
};

struct rulebook_case {
    struct str file;
    int line;
    struct str sentence;
    struct str *proves;
    size_t proves_count;
    struct case_given given;
    struct case_act *acts;
    size_t act_count;
    struct case_then then;
    struct rulebook_case *next;
};

/* The cases beside a rulebook (<path>/cases, every .yaml), in file order; of a child
 * behind its own those of its parent that it does not tell anew (in the same words). */
MUST_CHECK enum status rulebook_read_cases(struct arena *arena, const char *path,
                                           const struct rulebook *book,
                                           struct rulebook_case **out_cases,
                                           struct fault **out_faults);

/* The same of texts at hand. */
MUST_CHECK enum status rulebook_read_case_files(struct arena *arena,
                                                const struct rulebook_files *files,
                                                const struct rulebook *book,
                                                struct rulebook_case **out_cases,
                                                struct fault **out_faults);

/* Do two cases of *book* tell the same: situation, acts, answer, in the same words? */
bool rulebook_same_case(struct arena *arena, const struct rulebook *book,
                        const struct rulebook_case *one,
                        const struct rulebook_case *other);

/* Requirement → rules → cases, as text and as JSON. */
struct str rulebook_map_text(struct arena *arena, const struct rulebook *book,
                             const struct rulebook_case *cases, struct str language);
struct str rulebook_map_json(struct arena *arena, const struct rulebook *book,
                             const struct rulebook_case *cases);

/* Of several rulebooks at once, kind by kind: how many requirements each has and how many
 * a rule and a case stand for; as a table, or as JSON. */
struct str rulebook_map_table(struct arena *arena, const struct rulebook *const *books,
                              const struct rulebook_case *const *cases, size_t count,
                              bool as_json);

/* The JSON schema of rulebook files, for editors' completion. */
struct str rulebook_schema_json(struct arena *arena);

#endif
