/*
 * Only for src/page: names, values, compiled words and compiled templates.
 */
#ifndef PAGE_PAGE_OWN_H
#define PAGE_PAGE_OWN_H

#include "page.h"

#define DEPTH_MOST 64
#define PAGE_MOST  ((size_t)16 * 1024 * 1024)
#define PATH_MOST  8

/* A name with its hash, so that looking it up compares numbers first. */
struct name {
    struct str text;
    uint32_t hash;
};

static inline uint32_t name_hash(struct str text) {
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.at[i]) * 16777619U;
    }
    return hash;
}

static inline struct name name_of(struct str text) {
    return (struct name){text, name_hash(text)};
}

/* ---- values ---- */

enum value_kind {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_HTML,
    VALUE_URL,
    VALUE_INT,
    VALUE_FLAG,
    VALUE_WORDS,
    VALUE_REFUSAL,
    VALUE_PART,
    VALUE_LIST,
};

struct value {
    enum value_kind kind;
    union {
        struct str text; /* TEXT, HTML, URL, WORDS */
        int64_t number;  /* INT, FLAG */
        const struct refusal *refusal;
        struct model *part;
        struct list *list;
    };
};

struct member {
    struct value value;
    struct member *next;
};

struct list {
    struct member *first;
    struct member *last;
};

#define CHUNK 8

struct chunk {
    uint32_t hashes[CHUNK];
    struct str names[CHUNK];
    struct value values[CHUNK];
    struct chunk *next;
    unsigned count;
};

struct model {
    struct arena *arena;
    struct chunk *last;
    struct chunk first;
};

/* The value of *name* in this part alone, or NULL. */
const struct value *model_find(const struct model *model, const struct name *name);
bool value_is_true(const struct value *value);

/* ---- words ---- */

/* A piece of a sentence: literal text, a placeholder, or a choice by a placeholder. */
struct piece {
    struct str text; /* literal; for a choice what one gets */
    struct str many; /* for a choice what any other number gets */
    struct name name;
    enum { PIECE_TEXT, PIECE_NAME, PIECE_CHOICE } kind;
};

struct sentence {
    const struct piece *pieces;
    size_t count;
};

/* NULL if nobody wrote it. */
const struct sentence *words_find(const struct words *words, struct str language,
                                  struct str key);

/* ---- templates ---- */

enum op {
    OP_TEXT,
    OP_VALUE,    /* escaped */
    OP_PLAIN,    /* in a .txt template: as it is */
    OP_HTML,     /* {{{ }}}: as it is if typed so, else escaped */
    OP_URL,      /* the start of an address */
    OP_URL_PART, /* further on in an address: percent-encoded */
    OP_WORDS,
    OP_SECTION,
    OP_INVERTED,
    OP_PARTIAL,
    OP_PARENT,
    OP_BLOCK,
};

struct instruction {
    enum op op;
    bool plain;    /* OP_WORDS in a .txt template */
    uint32_t end;  /* the instruction after the body */
    uint32_t page; /* OP_PARTIAL, OP_PARENT */
    uint32_t path_length;
    struct str text;         /* OP_TEXT, OP_WORDS */
    const struct name *path; /* names of a value; one for a block; none for {{.}} */
};

struct page {
    struct str name;
    struct str file;
    struct str source;
    struct instruction *code;
    uint32_t length;
    bool plain;   /* .txt: no escaping */
    bool html;    /* .html: knows script and style */
    size_t usual; /* bytes it printed last time, to reserve */
};

/* All templates of one reading. */
struct set {
    struct arena *arena;
    struct page *pages;
    uint32_t count;
    uint64_t stamp; /* of the files' names, sizes and times */
};

/* ABSENT: count. */
uint32_t set_find(const struct set *set, struct str name);

/* Compile one page of *set*; faults go to *errors*. */
void page_compile(const struct set *set, struct page *page, const struct words *words,
                  struct buffer *errors);

enum status set_render(struct set *set, uint32_t page, const struct words *words,
                       struct str language, const struct model *model,
                       struct buffer *out);

/* ---- where in the HTML a tag stands ---- */

enum place {
    PLACE_TEXT,
    PLACE_TAG,      /* between attributes */
    PLACE_VALUE,    /* in a quoted attribute */
    PLACE_URL,      /* in a quoted attribute that holds an address */
    PLACE_UNQUOTED, /* in an attribute without quotes, or just after "=" */
    PLACE_RAW,      /* in a script or style */
    PLACE_COMMENT,  /* in a comment or declaration */
};

struct html_state {
    enum place place;
    char quote;
    bool url_start;   /* nothing of the address was seen yet */
    bool raw_follows; /* the open tag is a script or style */
    bool html;
    bool blank; /* in a tag: the last byte was a blank */
    bool cut;   /* in a tag: a mustache tag stood directly after a name or value */
    struct str raw_name;
    struct str text_only; /* the open tag's or element's end tag: title or textarea */
    bool in_text_only;
    char attribute[24];
    size_t attribute_length;
    const char *forbidden; /* why what was just read is refused, or NULL */
};

void html_state_init(struct html_state *state, bool html);
void html_state_read(struct html_state *state, struct str text);

/* A mustache tag stands here; what follows may not continue a name. */
void html_state_tag(struct html_state *state);

#endif
