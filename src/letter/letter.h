/*
 * letter: what citizens write to a mailbox (来信), and the clocks of the answer.
 *
 * Mailboxes are the rulebook's (`mailboxes`): which unit runs one, who receives, who
 * answers, where a letter may go, how often somebody looks, and what time there is.  A
 * letter comes in by the site's present mailbox, by phone or by post and is entered by a
 * receiver; it is transferred, returned with a reason, referred upward, answered, and
 * closed by telling its writer.  Each clock is a duty with a day.
 *
 * Who wrote, how he is reached and what he wrote are personal data.  They are read by the
 * receivers of the mailbox and by whoever answers where the letter lies, and by nobody
 * else; whoever watches over compliance, or is told of what is late, knows of the letter
 * and its clocks without them.
 * They never go into the ledger, a duty or a message.
 */
#ifndef LETTER_LETTER_H
#define LETTER_LETTER_H

#include "base/base.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

enum letter_state {
    LETTER_RECEIVED,    /* with its mailbox */
    LETTER_TRANSFERRED, /* with another unit */
    LETTER_ANSWERED,    /* the writer is still to be told */
    LETTER_CLOSED,
    LETTER_STATES
};
const char *letter_state_name(enum letter_state state);

struct letter {
    id64 id;
    id64 group;
    id64 body;
    struct str mailbox; /* code in the rulebook */
    struct str number;  /* 局长信箱 2026-0001 */
    struct str title;
    bool is_withheld; /* the next three are empty: the asker has no part in it */
    struct str words;
    struct str writer;
    struct str contact;
    struct str channel; /* site, phone, post */
    instant received_at;
    id64 entered_by;
    instant entered_at;
    enum letter_state state;
    id64 unit;              /* where it lies */
    instant due;            /* of the answer; INSTANT_NEVER without a limit */
    instant pass_due;       /* of a transfer from its mailbox; INSTANT_NEVER */
    instant refer_due;      /* of asking those above; INSTANT_NEVER */
    instant transferred_at; /* 0: it lies where it was received */
    instant referred_at;    /* 0: not referred upward */
    struct str answer;      /* withheld with the words */
    id64 answered_by;
    instant answered_at;
    struct str told_how; /* phone, mail, post, site, visit */
    instant told_at;     /* 0: the writer was not told yet */
    bool is_late;        /* open past its end, or done after it */
};

/* What came in. */
struct letter_wish {
    struct str mailbox;
    struct str title;
    struct str words;
    struct str writer;
    struct str contact;
    struct str channel;
    instant received_at; /* 0: now */
};

/*
 * Enter a letter of a mailbox of the body of *site*.  It has its number, without gaps in
 * its mailbox and year, and its clocks from the receipt on.  ABSENT if the rulebook has
 * no such mailbox; DENIED, citing its article, unless the actor receives there; REFUSED,
 * by field, for a letter without title or words, a channel that is none, and a receipt
 * that lies ahead or more than a year back.
 */
MUST_CHECK enum status letter_receive(struct call *call, const struct site *site,
                                      const struct letter_wish *wish, id64 *out_letter);

/*
 * Transfer it from its mailbox to *unit*, by a receiver.  A transfer after its time is
 * recorded as late.  The time for the answer runs on from the receipt, or starts again,
 * as the rulebook says.  REFUSED, citing the article, where the rulebook lets it go to no
 * unit or not to that one, and without a reason; STALE unless it lies in its mailbox.
 */
MUST_CHECK enum status letter_transfer(struct call *call, id64 letter, id64 unit,
                                       struct str reason);

/* Give it back to its mailbox, by who would have to answer it, with a reason; the clocks
 * are again those of the receipt. */
MUST_CHECK enum status letter_return(struct call *call, id64 letter, struct str reason);

/*
 * Refer it upward (转请示), by who would answer, with a note.  Within its limit that
 * satisfies the clock of the answer: the letter stays open, without an end, until it is
 * answered.  REFUSED where the rulebook knows of no referral, or if it was referred.
 */
MUST_CHECK enum status letter_refer(struct call *call, id64 letter, struct str note);

/*
 * Answer it: *answer* is what its writer is told.  DENIED, citing the article, unless the
 * actor answers where the letter lies; STALE if it is answered.  Where the rulebook wants
 * the writer told, it stays open until letter_tell; else that closes it.
 */
MUST_CHECK enum status letter_answer(struct call *call, id64 letter, struct str answer);

/* The writer was told, in the way *how*, at *at* (0: now): closed.  By a receiver or who
 * answered.  REFUSED, citing the article, without a way, or for an instant before the
 * answer or ahead. */
MUST_CHECK enum status letter_tell(struct call *call, id64 letter, struct str how,
                                   instant at);

/* One letter; ABSENT, as if there were none, for who has no part in it. */
MUST_CHECK enum status letter_find(struct call *call, id64 letter,
                                   struct letter *out_letter);

/* A step of its way; whoever may read the letter may read them. */
struct letter_move {
    struct str act;    /* receive, transfer, return, refer, answer, tell */
    id64 unit;         /* where it lay from then on */
    struct str reason; /* withheld with the words */
    id64 person;
    instant at;
    instant until; /* of the next step, or call->now while it is open */
    bool late;
};
struct letter_moves {
    struct letter_move *at;
    size_t count;
};
MUST_CHECK enum status letter_moves(struct call *call, id64 letter,
                                    struct letter_moves *out_moves);

struct letter_filter {
    struct str mailbox; /* empty: any */
    bool open_only;
    bool late_only;
};
struct letters {
    struct letter *at;
    size_t count;
};
/* Of the body of *site*, those the actor may know of, newest receipt first; of the newest
 * 1,000. */
MUST_CHECK enum status letter_list(struct call *call, const struct site *site,
                                   const struct letter_filter *filter,
                                   struct letters *out_letters);

/* What this actor could do with it; for showing. */
struct letter_acts {
    bool transfer, give_back, refer, answer, tell;
};
MUST_CHECK enum status letter_may(struct call *call, const struct letter *letter,
                                  struct letter_acts *out_acts);

/* The units to which it may be transferred, but the one where it lies. */
MUST_CHECK enum status letter_targets(struct call *call, const struct letter *letter,
                                      id64 **out_units, size_t *out_count);

/* The rule of its mailbox in the version in force; ABSENT if that has none any more. */
MUST_CHECK enum status letter_rule(struct call *call, const struct letter *letter,
                                   const struct mailbox_rule **out_rule);

/* ---- Mailboxes, and looking at them ---- */

struct mailbox {
    const struct mailbox_rule *rule;
    bool receives;     /* the actor does: enters letters, looks */
    bool watches;      /* he knows of its letters, without their words */
    int64_t today;     /* letters received today */
    int64_t open;      /* not closed yet */
    bool looked;       /* somebody did today */
    civil_day *missed; /* demanded days that went by without, newest first */
    size_t missed_count;
};

/*
 * The mailboxes of the body of *site* that the actor has to do with, in the order of the
 * rulebook.  Missed are days that have ended: every day, or working days, as the rulebook
 * says, after the day on which the mailbox came into force; the newest 60 of a year.
 */
#define LETTER_MISSED_MOST 60
MUST_CHECK enum status letter_mailboxes(struct call *call, const struct site *site,
                                        struct mailbox **out_mailboxes,
                                        size_t *out_count);

/*
 * Look at today's letters of a mailbox: recorded once a day with their number, none
 * included; the next day's look becomes a duty.  *out_letters may be NULL.  ABSENT if
 * there is no such mailbox; DENIED unless the actor receives there.
 */
MUST_CHECK enum status letter_look(struct call *call, const struct site *site,
                                   struct str mailbox, int64_t *out_letters);

/* A reaction: a version came into force for *site* at *at*; mailboxes that are new begin
 * then.  Doing it again does no harm. */
MUST_CHECK enum status letter_follow_site(struct call *call, id64 site, instant at);

#endif
