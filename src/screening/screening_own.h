/*
 * Only for src/screening: a scan under way and the detectors that it calls.
 */
#ifndef SCREENING_SCREENING_OWN_H
#define SCREENING_SCREENING_OWN_H

#include "screening/screening.h"
#include "store/store.h"
#include "text/text.h"

#define SCREENING_KEPT (24 * INSTANT_HOUR) /* of a text that is no revision */
#define FINDINGS_MOST  500                 /* of one text; the rest would help nobody */

/* Where a stretch of text stands. */
struct place {
    struct str field;
    struct digest attachment;
    struct str part;
    int paragraph; /* from 1, 0 outside the body */
    size_t from;   /* bytes of the field or paragraph before this stretch */
};

/* Words of one list, ready to be found. */
struct word_set {
    struct lexicon *lexicon;
    struct listed_word *words;
    size_t count;
};

/* Facts that detectors compare with, read from share/lexicon. */
struct card_range {
    uint32_t bin;
    int bin_length;
    int card_length;
};
struct fact_files {
    uint32_t *divisions; /* sorted */
    size_t division_count;
    struct card_range *cards;
    size_t card_count;
};

struct file_read_anew {
    const struct attachment *file;
    struct str json;
};

struct scan {
    struct call *call;
    struct arena *scratch; /* of one line; cleared after it */
    const struct rulebook *book;
    const struct content *content;
    struct fact_files facts;
    struct word_set lexicon;
    struct word_set wrong;
    struct word_set sector;
    struct listed_word *office_numbers;
    size_t office_number_count;
    bool numbers_confirmed;
    struct digest basis;
    struct findings found;
    struct file_read_anew *read; /* attachments whose findings are not kept yet */
    size_t read_count;
};

/* What a detector says; scan_add fills in the rest from the rulebook. */
struct sighting {
    enum detector detector;
    size_t from; /* bytes of the stretch */
    size_t to;
    bool uncertain; /* a person judges even where the rule would block */
    struct str shown;
    enum remedy remedy;
    struct str offer;
};

/* Note a sighting, if the rulebook has a prohibition for it. */
void scan_add(struct scan *scan, const struct place *place,
              const struct sighting *sighting);

/* The severity and rule that a detector has in the book; NULL if none. */
const struct prohibition *prohibition_of(const struct rulebook *book,
                                         enum detector detector);

/* Look at one stretch of text with every detector of words and numbers. */
void scan_text(struct scan *scan, const struct place *place, struct str text);

/* The detectors of one line. */
void scan_marks(struct scan *scan, const struct place *place, struct str line);
void scan_numbers(struct scan *scan, const struct place *place, struct str line);
void scan_words(struct scan *scan, const struct place *place, struct str line);

/* The whole content: fields, body, pictures, attachments, and what it lacks. */
MUST_CHECK enum status scan_content(struct scan *scan);

/* One attachment, and what is kept about those that were read. */
MUST_CHECK enum status scan_attachment(struct scan *scan, const struct attachment *file);
MUST_CHECK enum status scan_keep_files(struct call *call, const struct scan *scan);

/* Read the files of facts alone. */
MUST_CHECK enum status scan_read_facts(struct scan *scan);

/* Read the facts and the operator's lists. */
MUST_CHECK enum status scan_prepare(struct scan *scan);

/* The digest of everything a result depends on beside the content. */
struct digest scan_basis(struct scan *scan);

/* Make the lexicons of the words that scan_prepare read. */
void scan_make_lexicons(struct scan *scan);

/* Keeping results: findings as JSON. */
struct str findings_to_json(struct call *call, const struct findings *findings);
MUST_CHECK enum status findings_from_json(struct call *call, struct str json,
                                          struct findings *out_findings);

/* Put answered rulings into the findings of a digest, count again and name the files
 * that could not be read. */
MUST_CHECK enum status findings_settle(struct call *call, const struct digest *digest,
                                       struct findings *findings);

#endif
