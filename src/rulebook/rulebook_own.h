/* Only for src/rulebook: the reader's tree, its schema tables and its pen. */
#ifndef RULEBOOK_RULEBOOK_OWN_H
#define RULEBOOK_RULEBOOK_OWN_H

#include "rulebook.h"

#include <stdarg.h>

#define FILE_MOST    ((size_t)1024 * 1024)
#define NESTING_MOST 64
#define NODES_MOST   100000
#define FAULTS_MOST  200
#define ENDS_MOST    6 /* kinds of ends a route can have */

/* ---- The tree that libyaml's events become ---- */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct str text; /* of a scalar */
    bool quoted;
    struct str file;
    int line; /* from 1 */
    int column;
    struct str key; /* as an entry of a map; empty in a list */
    int key_line;
    int key_column;
    struct node *first; /* children, in order */
    struct node *next;
};

struct node *node_get(const struct node *map, const char *key);
size_t node_count(const struct node *node);

/* ---- The reader: one reading under way ---- */

struct pending;
struct pruned;

struct reader {
    struct arena *arena;  /* of the book under construction */
    struct arena *faulty; /* of the faults, the caller's */
    struct fault *faults;
    struct fault **faults_end;
    size_t fault_count;
    bool failed; /* the machine failed, not the text */
    struct str without;
    struct str parent_prefix; /* of a child: the IDs of its parent begin with it */
    struct pruned *pruned;
    struct pending *pending;
    struct pending **pending_end;
    struct basis *elements; /* grows; moved into the book at the end */
    size_t element_count;
    size_t element_room;
};

/* Note a fault at a place; *zh* and *en* are formats for the same arguments. */
void fault_at(struct reader *reader, struct str file, int line, int column,
              struct str suggestion, const char *zh, const char *en, ...)
    __attribute__((format(printf, 6, 8), format(printf, 7, 8)));
/* As above, at a node, or at its key. */
#define FAULT(reader, node, zh, ...)                                                     \
    fault_at((reader), (node)->file, (node)->line, (node)->column, STR(""), (zh),        \
             __VA_ARGS__)
#define FAULT_KEY(reader, node, hint, zh, ...)                                           \
    fault_at((reader), (node)->file, (node)->key_line, (node)->key_column, (hint), (zh), \
             __VA_ARGS__)
#define FAULT_WORD(reader, node, hint, zh, ...)                                          \
    fault_at((reader), (node)->file, (node)->line, (node)->column, (hint), (zh),         \
             __VA_ARGS__)

/* The candidate nearest to *word*, if near enough to be meant; else empty. */
struct nearest {
    struct str word;
    struct str best;
    size_t distance;
};
void nearest_begin(struct nearest *nearest, struct str word);
void nearest_try(struct nearest *nearest, struct str candidate);
struct str nearest_end(const struct nearest *nearest);

/* tree.c: one file's text; NULL with a fault if it is no single YAML map. */
struct node *tree_read(struct reader *reader, struct str file, struct str text);
/* Join *more*'s entries to *map*, refusing a section that stands in both. */
void tree_join(struct reader *reader, struct node *map, struct node *more);

/* read.c: the .yaml files of a directory, in order of name; FAILED without one. */
enum status list_files(struct reader *reader, const char *path, char **out_names,
                       size_t *out_count);
enum status read_file(struct reader *reader, const char *path, struct str name,
                      struct rulebook_files *files);
void read_text(struct reader *reader, struct str name, struct str text,
               struct node **root);
#define FILES_MOST 64

/* Where a rulebook is read from: a path, or files at hand beside that path. */
struct source {
    const char *path;
    const struct rulebook_files *files; /* NULL until they are read */
};
enum status read_source(struct reader *reader, struct source *source,
                        struct node **out_root);

/* child.c: a rulebook that names a parent becomes the parent with what it overrides;
 * *source* then holds the parent's text of the law. */
enum status child_join_parent(struct reader *reader, struct source *source,
                              struct node **root);
/* The code of the parent that a tree names, or empty; the directory that stands for it:
 * "parent" below *path* (a kept copy), else its neighbour. */
struct str child_names_parent(const struct node *root);
const char *child_parent_folder(struct arena *arena, const char *path, struct str code);

/* files.c: the case files beside a rulebook, and those of its parent. */
enum status rulebook_load_cases(struct arena *arena, const char *path, struct str parent,
                                struct rulebook_files *out_files);

/* prune.c: write out `like:` routes; leave out what rests on reader->without. */
void tree_expand(struct reader *reader, struct node *root);
void tree_prune(struct reader *reader, struct node *root);
/* The step that stands in for a removed one (the one after it); empty if there is
 * none, *name* itself if it was not removed. */
struct str pruned_successor(const struct reader *reader, struct str name);

/* A digest of what the tree says, whatever its layout and comments. */
void tree_digest(struct digesting *digesting, const struct node *node);

/* ---- Schema tables ---- */

enum want {
    WANT_STR,
    WANT_INT,
    WANT_BOOL,
    WANT_DAY,
    WANT_WORD,  /* one of a closed list, into an enum */
    WANT_WORDS, /* several of them, or-ed into unsigned */
    WANT_STRS,  /* list of strings */
    WANT_REF,   /* the code of another element, into int */
    WANT_REFS,  /* several, into an array of int */
    WANT_BITS,  /* several steps of this route, into uint32_t */
    WANT_SELF,  /* a map whose fields go into this very struct */
    WANT_ONE,   /* a map, into a pointer */
    WANT_MANY,  /* a list of maps, or a map keyed by code, into an array */
};

/* What a reference names. */
enum refer {
    REFER_NONE,
    REFER_ROLE,
    REFER_UNIT,
    REFER_UNIT_KIND,
    REFER_ROUTE,
    REFER_QUESTION,
    REFER_SERIES,
    REFER_BODY,
    REFER_STEP,     /* of the same route */
    REFER_NEXT,     /* a step of the same route, or an end */
    REFER_ANY_STEP, /* of some route; only checked */
    REFER_CHOICE,   /* of some question; only checked */
    REFER_DEFINER,  /* a role or a route; only checked */
    REFER_CLASS,
    REFER_TARGET,
    REFER_REQUIREMENT,
    REFER_MATTER,
    REFER_SETTING, /* only checked */
};

struct word {
    const char *name;
    int value;
};

struct schema;

struct schema_field {
    const char *key;
    enum want want;
    size_t offset;
    size_t count_offset;
    const struct schema *schema;
    const struct word *words; /* ends with a NULL name */
    enum refer refer;
    int least;
    int most;
    bool demanded;
    const char *note; /* for editors */
};

enum ruling {
    RULED_NOT,  /* carries no citation */
    RULED_MUST, /* basis or house */
    RULED_HEIR, /* its own, or that of what it belongs to */
};

struct schema {
    const char *name;
    size_t size;
    enum ruling ruling;
    size_t basis_offset;
    bool keyed; /* members of a map, by code */
    size_t code_offset;
    const char *shorthand; /* a lone scalar stands for this field */
    size_t spare;          /* extra room behind an array */
    bool of_route;         /* its members are the steps of the route around them */
    bool likable;          /* may be written as `like` another, `with` words exchanged */
    const struct schema_field *fields;
    size_t field_count;
};

extern const struct schema schema_rulebook;
extern const struct schema schema_case_file;
extern const struct word item_state_words[];
extern const struct word mechanism_words[];
extern const struct word channel_words[];
extern const struct word detector_words[];
extern const struct word preparation_words[];

const char *word_name(const struct word *words, int value);

/* What a case file holds (cases.c binds it). */
struct case_file {
    struct rulebook_case *cases;
    size_t case_count;
};

/* walk.c: bind *node* to *thing* by *schema*; faults go to the reader. */
void walk(struct reader *reader, const struct schema *schema, const struct node *node,
          void *thing, struct str path, const struct basis *heir, void *route);

struct pending {
    const struct node *node;
    enum refer refer;
    int *slot;      /* set to the index, or NULL: only check */
    uint32_t *bits; /* or this bit is set */
    struct route *route;
    struct pending *next;
};

/* resolve.c: ends, references, what routes hand down to their steps. */
void resolve(struct reader *reader, struct rulebook *book);
void resolve_pending(struct reader *reader, const struct rulebook *book);

/* check.c, check_route.c, check_matter.c: what only shows when the whole is there. */
void check_rulebook(struct reader *reader, struct rulebook *book,
                    const struct node *root);
void check_route(struct reader *reader, const struct rulebook *book,
                 const struct route *route, const struct node *node);
void check_matters(struct reader *reader, const struct rulebook *book,
                   const struct node *root);

/* check_assessment.c */
void check_assessment(struct reader *reader, const struct rulebook *book,
                      const struct node *root);

/* record.c: is this outcome with these answers an approval; and the position before a
 * decision becomes the one after. */
bool outcome_approves(const struct rulebook *book, const struct step *step,
                      const struct outcome *outcome, const uint8_t *answers);
void position_settle(const struct rulebook *book, const struct step *step,
                     const struct outcome *outcome, const uint8_t *answers, size_t signer,
                     struct position *next);

/* regulation.c: the law's own words, article by article. */
void regulation_read(struct reader *reader, struct rulebook *book, struct str file,
                     struct str text);

/* title.c: what a key or a word of a closed list is called; empty if it has no title. */
struct text key_title(const char *key);
struct text value_title(const char *name);

/* said.c: a value as people read it, and the code by which it is compared.  *route* is
 * the one around a step. */
struct said {
    struct str code;
    struct text title;
};
struct said said_value(struct arena *arena, const struct rulebook *book,
                       const struct route *route, const struct schema_field *field,
                       const char *thing);
size_t said_values(struct arena *arena, const struct rulebook *book,
                   const struct route *route, const struct schema_field *field,
                   const char *thing, struct said **out_list);
/* An element by its code and its title; both may be empty. */
struct said said_element(const struct schema *schema, const char *thing);

/* The name of a book's folder among those that are kept: its code and eight bytes of its
 * digest. */
struct str book_folder(struct arena *arena, const struct rulebook *book);

#endif
