/*
 * What may happen next: route selection and the transition function.
 *
 * Pure: the same arguments give the same answer; no clock, no store, no
 * allocation.  The stages gather the facts, ask, and write down what is
 * answered; the exhaustive prover asks the same function about every state.
 */
#ifndef RULEBOOK_MOVE_H
#define RULEBOOK_MOVE_H

#include "element.h"

/* ---- A no ---- */

struct no_argument {
    const char *name;
    struct text value; /* borrowed from the rulebook */
};

/*
 * Why not: REFUSED (a rule), DENIED (another person could) or STALE.  *words*
 * is a key of share/words ("rulebook.…"); *basis* the element that says no.
 */
struct no {
    enum status status;
    const struct basis *basis; /* NULL: a rule of the house without an article */
    const char *words;
    struct no_argument arguments[5];
    int role; /* who could, or whose step it is now; NO_INDEX if nobody */
    int step; /* the step that is missing or has it; NO_INDEX if none */
};

/* Hand a no to the asker: adds the call's refusal in its language and gives the
 * status back.  Adds the arguments "article" (第十二条第三项) and "role". */
enum status rulebook_refuse(struct call *call, const struct rulebook *book,
                            const struct no *no);

/* ---- Which route ---- */

struct item_facts {
    int item_class;  /* index, NO_INDEX if not chosen */
    int target;      /* index, NO_INDEX for the own site */
    unsigned flags;  /* enum item_flag */
    unsigned fields; /* enum item_field: those that are filled in */
    int unit_kind;   /* of the owning unit */
    enum disclosure disclosure;
};

/* The route of an item, or the no that names the missing field or condition. */
MUST_CHECK enum status rulebook_route_for(const struct rulebook *book,
                                          const struct item_facts *item, int *out_route,
                                          struct no *out_no);

/* As above for the routes of other subjects (ROUTE_OF_RULEBOOK); NO_INDEX if none. */
int rulebook_route_of(const struct rulebook *book, enum route_subject subject);

/* ---- Where a run stands, what is wished, what is known ---- */

/* Small and closed: the whole state of a run as far as the rules look at it.
 * The review stage stores it by codes and sets it again from them. */
struct position {
    uint8_t step;    /* index in the route */
    uint8_t carried; /* answer of the carrying question on this text; 0 none */
    uint16_t round;  /* 1, and one more with each second proof */
    uint32_t passed; /* bits: steps whose approval stands on the current text */
    uint32_t did;    /* bits: steps decided in this round, whatever the verdict */
    uint8_t signers; /* bits: signatures that a step which several sign has so far */
    uint8_t live;    /* 1: the text is public already, its review owed */
};

/* Where every run begins. */
struct position route_start(const struct route *route);

enum move_kind {
    MOVE_DECIDE,   /* an outcome of the present step; "submit" is one of a draft step */
    MOVE_EDIT,     /* a new text replaces the current one */
    MOVE_RECALL,   /* the author takes it back before the first decision */
    MOVE_RELEASE,  /* now */
    MOVE_SCHEDULE, /* for later; asked again at its moment with MOVE_RELEASE */
    MOVE_WITHDRAW, /* a live item */
    MOVE_RELEASE_FIRST, /* now, its review owed: only where an article grants it */
    MOVE_LAPSE,         /* the time for the owed review has run out */
};

struct move {
    enum move_kind kind;
    int step;        /* the step that is meant; NO_INDEX: the present one */
    uint8_t outcome; /* index in that step */
    uint8_t answers[RULEBOOK_QUESTIONS_MOST]; /* in the order of step->asks */
    bool reason;                              /* a written reason came along */
    uint8_t channel;                          /* enum channel; 0 = the system */
    uint8_t signer; /* whose signature, where several sign: 0 the step's own role's */
    bool bulk;      /* one of several items in one act */
};

enum clock_class { CLOCK_BEFORE, CLOCK_SOFT_PASSED, CLOCK_HARD_PASSED };

struct move_facts {
    /* The actor, as to this manuscript. */
    uint64_t roles;   /* bits: roles held here (own unit, bound unit or body) */
    uint32_t decided; /* bits: steps where the actor made the latest decision */
    bool contributor; /* wrote any of this revision or the ones it grew from */
    bool submitter;   /* sent it in */
    bool of_unit;     /* belongs to the manuscript's own unit */
    bool machine;     /* nobody: a schedule came due */
    bool proven;      /* the password was given in this request */
    bool signed_here; /* gave one of the signatures that the step has so far */

    /* The text. */
    bool stale;        /* the wish names a digest that is not the current one */
    uint32_t standing; /* bits: steps with an approval on exactly this digest and its
                          terms, by a person who was entitled when deciding */
    bool independent;  /* one of these by somebody who wrote none of it */
    int blocking;      /* prohibition of an open blocking finding; NO_INDEX if none */
    bool live_change;  /* it changes an item that is live */
    uint32_t prepared; /* bits (1 << enum preparation): what is done for this text */

    /* The paper, for CHANNEL_FACE. */
    bool paper_complete; /* signer, day, entered by a non-contributor, scan or number,
                            confirmed by a second person */

    /* Time. */
    uint8_t clock;    /* enum clock_class, as to deadlines that run until release */
    bool late_reason; /* the reason for lateness is stated */
    bool lapsed;      /* the time for an owed review has run out */
};

/* ---- The answer ---- */

/* What must be written in the same transaction as the move. */
struct moved {
    struct position next;
    const struct outcome *outcome; /* NULL unless decided */
    bool approves;                 /* the step's approval now stands on the digest */
    bool voids;                    /* approvals given to the earlier text are void */
    bool ended;
    int duty_role;                       /* who acts next; NO_INDEX at an end */
    const struct deadline *deadlines[3]; /* of the next step; NULL-ended if fewer */
    const struct filing_rule *filings[3];
    const struct archive_rule *archive;
    int spawn_target;             /* begin a run for this target too; NO_INDEX */
    bool alert;                   /* emergency: call the people concerned at once */
    uint8_t duty_signers;         /* bits: whose signatures the next step waits for */
    const struct route *onto;     /* *next* is a position on this route; NULL: the same */
    const struct owed_rule *owed; /* it goes live now; its review is owed from now on */
    bool take_down;               /* what went live first is to be taken down */
};

/*
 * One move.  Asked in this order, so that the most helpful no comes first:
 * the text (stale), the state (whose step it is), the person (role, hands),
 * the terms (questions, findings, preparations, deadline, decisions missing).
 * On DONE *out_moved* is set, on anything else only *out_no*.
 */
MUST_CHECK enum status rulebook_move(const struct rulebook *book,
                                     const struct route *route,
                                     const struct position *position,
                                     const struct move *move,
                                     const struct move_facts *facts, enum lane lane,
                                     struct moved *out_moved, struct no *out_no);

/* One decision of the present round, as it was recorded. */
struct past {
    int step;
    int outcome;
    uint8_t signer;                           /* as struct move has it */
    uint8_t answers[RULEBOOK_QUESTIONS_MOST]; /* in the order of step->asks */
    bool current;                             /* given on the present text */
    bool by_contributor;                      /* by somebody who wrote in that text */
};

/* The position that *count* decisions of *round*, in their order, have led to, by the
 * same arithmetic as rulebook_move; what was decided on an earlier text was done, but
 * does not stand.  Decisions whose step or outcome is NO_INDEX are passed over; without
 * any, the step is the route's first (a new round begins where the run says). */
struct position rulebook_replay(const struct rulebook *book, const struct route *route,
                                int round, const struct past *pasts, size_t count);

/* What stands of these decisions at *position*: sets the facts standing and independent.
 * Of several on one step the latest counts. */
void rulebook_standing(const struct route *route, const struct position *position,
                       const struct past *pasts, size_t count, struct move_facts *facts);

/*
 * The record looked at by itself, without any position: is the latest word of every
 * demanded step an approval of the present text, and one of these by somebody who wrote
 * none of it (*out_other_eye*)?  The gate asks it beside rulebook_move, so that a
 * mistake in the arithmetic of positions alone lets nothing out.
 */
bool rulebook_is_decided(const struct rulebook *book, const struct route *route,
                         const struct past *pasts, size_t count, bool *out_other_eye);

/* The same for what is to go live with its review owed: the latest word of every step
 * that may not owe it. */
bool rulebook_is_granted(const struct rulebook *book, const struct route *route,
                         const struct past *pasts, size_t count);

/* Where a run stands whose item was given another class, and so this route: at its
 * beginning, in a new round. */
struct position route_rejoin(const struct route *route, const struct position *position);

/* The rule that a publication elsewhere at *elsewhere* breaks if the site has it at
 * *here* (0: not yet): it came first (BZ-9.a), or at another time (BZ-9.b).  NULL if
 * none; *order* says which is asked. */
const struct outside_rule *rulebook_outside(const struct rulebook *book,
                                            enum channel_order order, instant elsewhere,
                                            instant here);

/* Steps whose approval must stand on the digest for a release. */
uint32_t rulebook_demanded(const struct route *route);

/* The bits of demanded steps that do not stand: what the release desk shows. */
uint32_t rulebook_missing(const struct route *route, uint32_t standing);

/* May somebody with *roles* (bits) change the text at this position? */
bool rulebook_may_edit(const struct route *route, const struct position *position,
                       uint64_t roles);

/* The outcome that goes on from a step ("submit", "pass") when no answer takes it
 * elsewhere; NO_INDEX if several. */
int step_forward(const struct step *step);

/* True if this answer to this question is a bad one / an unanswered demanded one. */
bool question_is_bad(const struct question *question, uint8_t answer);

/* ---- What lies ahead, for the editor's preview and `explain` ---- */

struct preview_step {
    const struct step *step;
    const struct deadline *deadline; /* of the lane; NULL if none */
};

/* The steps an item takes when everything passes; at most RULEBOOK_STEPS_MOST. */
size_t rulebook_preview(const struct rulebook *book, const struct route *route,
                        enum lane lane,
                        struct preview_step out_steps[RULEBOOK_STEPS_MOST]);

/* The deadline that runs while *step* (code) of *route* is open in *lane*; NULL if none.
 */
const struct deadline *rulebook_step_deadline(const struct rulebook *book,
                                              const struct route *route, struct str step,
                                              enum lane lane);

#endif
