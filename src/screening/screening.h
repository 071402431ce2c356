/*
 * screening: what a machine can see in a text before people decide about it.
 *
 * A screening looks at one revision, or at a draft on its way to become one, and
 * gives findings, each with its place, its severity, the prohibition of the
 * rulebook it rests on and a remedy.  The result is bound to the digest: the same
 * text under the same rulebook, lexicons and allow-list is screened once, and so is
 * a file, whatever texts carry it.  It runs
 * outside every transaction, foreign bytes are parsed in the sandbox, and nobody's
 * words are changed: a remedy is an offer.
 *
 * A finding that blocks stops the text until it is gone or the person whom the
 * rulebook names has ruled, on the record and for this digest only, that it is
 * none.  The product never says that a text is cleared; it says what it found.
 */
#ifndef SCREENING_SCREENING_H
#define SCREENING_SCREENING_H

#include "base/base.h"
#include "manuscript/manuscript.h"
#include "rulebook/rulebook.h"

enum remedy {
    REMEDY_NONE,
    REMEDY_MASK,    /* put *offer* in its place: 138****1234 */
    REMEDY_REPLACE, /* a wrong word and the right one */
    REMEDY_ALT,     /* say what the picture shows */
    REMEDY_FIELD,   /* fill in a field: *offer* is its name */
};

struct finding {
    enum detector detector; /* NONE: a file, page or inner file that a person must open */
    enum severity severity; /* after allow-lists and rulings */
    struct str rule;        /* requirement ID of the prohibition */
    struct str words;       /* key of share/words for its sentence */
    struct str shown;       /* what was found, masked where it must not be shown */
    struct str field;       /* "title", "body", a field's name, or an attachment's name */
    struct digest attachment; /* none unless in one */
    struct str part;          /* of an attachment: "sheet 底稿", "page 3"; or empty */
    int paragraph;            /* of the body, from 1; 0 elsewhere */
    int from;                 /* bytes into the paragraph's plain text (or the field) */
    int length;
    enum remedy remedy;
    struct str offer;
    bool ruled;        /* a ruling let it pass */
    struct str ruling; /* its reason */
};

struct findings {
    struct finding *at;
    size_t count;
    int blocking; /* severity block, not ruled */
    int judge;
    int notes;
    bool partial;      /* a file could not be read and must be looked at by hand … */
    struct str unread; /* … these, separated by 、; each is a finding without detector */
};

/*
 * Screen *content* under *book* and keep the result for its digest.  Outside any
 * transaction.  DONE at once if this digest has been screened under the present
 * lists.
 */
MUST_CHECK enum status screening_run(struct call *call, const struct rulebook *book,
                                     const struct content *content,
                                     struct findings *out_findings);

/*
 * Results of drafts that came to nothing are removed after a day, what was found in a
 * file after thirty; the job plans its successor, screening_purge_plan the first one.
 */
struct job_handler;
const struct job_handler *screening_handlers(size_t *out_count);
MUST_CHECK enum status screening_purge_plan(struct call *call);

/* What was found in a digest; ABSENT if it was not screened. */
MUST_CHECK enum status screening_find(struct call *call, const struct digest *digest,
                                      struct findings *out_findings);

/* For the transition function, inside a transaction: was this digest screened, and
 * which prohibition (index in *book*) blocks it; NO_INDEX if none does.  A digest
 * that was never screened is blocked by nothing here; acts ask screening_is_done
 * too. */
MUST_CHECK enum status screening_is_done(struct call *call, const struct digest *digest,
                                         bool *out_done);
MUST_CHECK enum status screening_blocking(struct call *call, const struct rulebook *book,
                                          const struct digest *digest,
                                          int *out_prohibition);

/*
 * A ruling: the author says why a finding is none (*ask*), the person whom the
 * prohibition names as its ruler answers (*answer*), both on the record and for
 * this digest.  REFUSED where the rulebook allows no ruling (a secrecy mark),
 * DENIED for anybody else; nobody rules on what he wrote himself.
 */
MUST_CHECK enum status screening_ask(struct call *call, id64 manuscript,
                                     const struct digest *digest, struct str rule,
                                     struct str shown, struct str reason,
                                     id64 *out_ruling);
MUST_CHECK enum status screening_answer(struct call *call, id64 ruling, bool passes,
                                        struct str reason);

struct ruling {
    id64 id;
    id64 manuscript;
    struct digest digest;
    struct str rule;
    struct str shown;
    struct str asked_why;
    id64 asked_by;
    instant asked_at;
    bool answered;
    bool passes;
    struct str answer_why;
    id64 answered_by;
    instant answered_at;
};
MUST_CHECK enum status screening_rulings(struct call *call, id64 manuscript,
                                         struct ruling **out_rulings, size_t *out_count);

/* Those of a group that nobody has answered, the oldest first; at most 500. */
MUST_CHECK enum status screening_rulings_waiting(struct call *call, id64 group,
                                                 struct ruling **out_rulings,
                                                 size_t *out_count);

/* What the machine found in texts of a group that are in hand, submitted and not yet out,
 * and nobody has answered: neither is the text another now, nor was it asked of anybody
 * whether it is one.  Remarks are left out; of the 200 oldest such texts. */
struct unanswered {
    id64 manuscript;
    struct finding finding;
};
MUST_CHECK enum status screening_unanswered(struct call *call, id64 group,
                                            struct unanswered **out_list,
                                            size_t *out_count);

/*
 * The operator's lists: words that a person should look at, wrong words with their
 * right ones, the office's own telephone numbers.  Kept by the office, each change
 * in the ledger.  Telephone numbers only warn until the bureau has confirmed its
 * list.
 */
enum word_list { WORDS_LEXICON, WORDS_WRONG, WORDS_OFFICE_NUMBER };
struct listed_word {
    id64 id;
    enum word_list list;
    struct str word;
    struct str right; /* of a wrong word */
    struct str note;
};
MUST_CHECK enum status screening_word_add(struct call *call,
                                          const struct listed_word *word, id64 *out_word);
MUST_CHECK enum status screening_word_remove(struct call *call, id64 word);
MUST_CHECK enum status screening_words(struct call *call, enum word_list list,
                                       struct listed_word **out_words, size_t *out_count);
MUST_CHECK enum status screening_confirm_numbers(struct call *call);

#endif
