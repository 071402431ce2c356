/* Only for src/letter: a letter under its rule, and what the files share. */
#ifndef LETTER_LETTER_OWN_H
#define LETTER_LETTER_OWN_H

#include "letter.h"
#include "letter_sql.h"

#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "store/store.h"

/* What the actor may know of a letter. */
enum reading {
    READS_NOTHING,
    READS_CLOCKS, /* that it is there, and its clocks */
    READS_ALL
};

/* A mailbox in force, and one of its letters. */
struct handling {
    struct site site; /* the body's main site, for its rulebook */
    const struct rulebook *book;
    const struct mailbox_rule *rule; /* NULL: this version has no such mailbox */
    id64 owner;                      /* the unit that runs it; 0: there is none */
    struct letter letter;            /* whole, whoever asks */
};

/* letter.c: the letter with its rule; ABSENT without the letter. */
MUST_CHECK enum status handling_of(struct call *call, id64 letter,
                                   struct handling *out_handling);
/* The mailbox *code* of the body of *site*; ABSENT if its rulebook has none. */
MUST_CHECK enum status handling_of_mailbox(struct call *call, const struct site *site,
                                           struct str code,
                                           struct handling *out_handling);
/* The row again, locked; STALE (letter.other-state) unless it is in one of the states
 * *first*, *second* and its mailbox is still in force. */
MUST_CHECK enum status handling_lock(struct call *call, struct handling *handling,
                                     enum letter_state first, enum letter_state second);

/* letter.c: a row of letter_row or letter_rows. */
void read_letter(struct call *call, struct rows *row, struct letter *out_letter);

/* letter.c: take away what *reading* does not let the actor read. */
void withhold(struct letter *letter, enum reading reading);

/* An end, NULL for none. */
static inline struct value bind_end(const char *name, instant end) {
    return end == INSTANT_NEVER ? bind_id(name, 0) : bind_int(name, end);
}

/* right.c: */

/* In which unit *role* counts (people_holds, duties); 0 for one that is nowhere. */
MUST_CHECK enum status place_of(struct call *call, const struct handling *handling,
                                int role, id64 unit, id64 *out_place);
MUST_CHECK enum status is_receiver(struct call *call, const struct handling *handling,
                                   bool *out_is);
/* Who answers it where it lies: a role, NO_INDEX for nobody, and the article. */
int answerer_of(const struct handling *handling, struct basis *out_basis);
MUST_CHECK enum status is_answerer(struct call *call, const struct handling *handling,
                                   bool *out_is);
/* Keeps the compliance desk, or is told of late letters. */
MUST_CHECK enum status is_watcher(struct call *call, const struct handling *handling,
                                  bool *out_is);
MUST_CHECK enum status reading_of(struct call *call, const struct handling *handling,
                                  enum reading *out_reading);
/* DENIED, citing the article. */
MUST_CHECK enum status must_receive(struct call *call, const struct handling *handling);
MUST_CHECK enum status must_answer(struct call *call, const struct handling *handling);

/* clock.c: */

/* When *limit* (NULL: none) ends that runs from *from*. */
instant end_of(struct call *call, const struct answer_limit *limit, instant from);
/* The time for the answer after a transfer at *at*. */
instant onward_end(struct call *call, const struct handling *handling, instant at);
/* The letter's duties as it now stands, in place of those it had. */
MUST_CHECK enum status renew_duties(struct call *call, const struct handling *handling,
                                    bool returned);
/* The first day after *day* on which somebody has to look. */
civil_day next_look(struct call *call, const struct look_rule *rule, civil_day day);
bool is_look_demanded(struct call *call, const struct look_rule *rule, civil_day day);

/* note.c: the step and its entry, last of an act.  *reason* stands in the step alone. */
MUST_CHECK enum status note_move(struct call *call, const struct handling *handling,
                                 const char *act, struct str reason, bool late,
                                 struct str rule);

#endif
