/*
 * Time limits, and the routes on which texts, versions and matters are decided.  Part of
 * element.h.
 */
#ifndef RULEBOOK_ELEMENT_ROUTE_H
#define RULEBOOK_ELEMENT_ROUTE_H

#include "element_book.h"

/* ---- Time ---- */

enum time_unit { UNIT_MINUTE, UNIT_HOUR, UNIT_CALENDAR_DAY, UNIT_WORKING_DAY };

/* As the calendar counts it. */
enum calendar_unit time_unit_counted(enum time_unit unit);

enum clock_start {
    START_STEP,     /* the duty began */
    START_ORIGIN,   /* the information came into being (its date) */
    START_EVENT,    /* the sudden event began */
    START_OUTSIDE,  /* it was published by another channel */
    START_APPROVAL, /* the head approved */
};

enum clock_nature {
    NATURE_REMINDER, /* measured; a reminder, nothing else */
    NATURE_SOFT,     /* after it the act needs a stated reason */
    NATURE_HARD,     /* after it the item is a listed breach as well */
};

enum lane { LANE_ORDINARY, LANE_EMERGENCY, LANE_EVERY };

struct deadline {
    struct basis basis; /* may be a number of our own under an article: house and id */
    struct str code;
    struct text title;
    enum clock_start start;
    enum clock_nature nature;
    enum time_unit unit;
    int amount;   /* 0: simultaneous, at once */
    int remind;   /* units before the end when a reminder goes out; 0 none */
    int escalate; /* the role that is told once it has passed, or NO_INDEX */
    enum lane lane;
    bool release;      /* runs until release */
    struct str *steps; /* or until these steps are done, by code */
    size_t step_count;
    int *routes; /* only on these; none: on every route */
    size_t route_count;
};

/* ---- Routes ---- */

enum item_state {
    STATE_DRAFT,
    STATE_PROOF,
    STATE_SECOND_PROOF,
    STATE_DEPT_REVIEW,
    STATE_OFFICE_REVIEW,
    STATE_LEADER_REVIEW,
    STATE_DISPOSITION,
    STATE_FINAL_CHECK,
    STATE_CONSULTING,
    STATE_HELD,
    STATE_APPROVED, /* every decision is there; waits for release */
    STATE_SCHEDULED,
    STATE_PUBLISHED,
    STATE_REVIEW_OWED, /* public by a grant, its review still to be finished */
    STATE_INTERNAL,
    STATE_REFUSED,
    STATE_SUBMITTED, /* handed to the site above */
    STATE_WITHDRAWN,
    STATE_HIDDEN,
    STATE_EXPIRED,
    STATE_CANCELLED,
    STATE_REPLACED,
    STATE_ARCHIVED,
};

/* "second-proof" and back; the word of badges and of the API. */
const char *item_state_name(enum item_state state);
MUST_CHECK enum status item_state_from_name(struct str name, enum item_state *out_state);

enum step_kind {
    STEP_AUTHOR,  /* the writing side has it: draft, proof, second proof; may edit */
    STEP_REVIEW,  /* a verdict */
    STEP_FORWARD, /* sent on without a verdict (the liaison's submission) */
    STEP_RELEASE, /* every demanded decision is there; the releaser's turn */
    STEP_END,     /* published, internal, refused, submitted */
};

/* Who may not, or must, do a step: a set of bits. */
enum hand {
    HAND_CONTRIBUTOR = 1 << 0, /* wrote any of the text or its attachments */
    HAND_SUBMITTER = 1 << 1,   /* sent it in */
    HAND_DECIDER = 1 << 2,     /* decided at the steps named */
};

struct hand_rule {
    struct basis basis;
    unsigned never; /* enum hand: these may not */
    unsigned only;  /* enum hand: nobody else may */
    uint32_t steps; /* for HAND_DECIDER: bits of steps of this route */
};

enum outcome_kind {
    OUTCOME_FORWARD, /* goes on; at a review step it is the approving one */
    OUTCOME_BACK,    /* to an earlier step */
    OUTCOME_ASIDE,   /* another end (internal, refused) */
    OUTCOME_ONTO,    /* another route takes its place, and begins anew (YZ-10.7) */
};

/* This outcome, and no other that goes on, follows from an answer given in the same
 * form: a sensitive text goes to two leaders, one that may wait is held. */
struct outcome_when {
    struct basis basis;
    int question;
    struct str is;  /* yes, no, or a choice's code */
    uint8_t answer; /* the same as a value of *question* */
};

struct outcome {
    struct basis basis;
    struct str code; /* pass, fail, release, internal, second-proof */
    struct text title;
    int next; /* step index; NO_INDEX with *onto* */
    int onto; /* the route that replaces this one; NO_INDEX */
    enum outcome_kind kind;
    bool reason;               /* needs a written reason */
    bool new_round;            /* the next step opens a new round */
    struct str only_as;        /* allowed only if the carried answer is this choice */
    struct outcome_when *when; /* NULL: whatever was answered */
};

/* A step may be done only as an earlier carried answer says (LZ-12.5.a). */
struct as_instructed {
    struct basis basis;
    int step;     /* where it was answered */
    int question; /* index in the rulebook */
};

enum channel {
    CHANNEL_SYSTEM = 1 << 0,
    CHANNEL_FACE = 1 << 1, /* 面签: paper, its scan or number entered and confirmed */
    CHANNEL_EXCHANGE = 1 << 2, /* the document exchange system */
};

struct channel_rule {
    struct basis basis;
    unsigned channels; /* enum channel */
};

/* An act that must have been done on this very text first (LZ-11.b, BZ-16.a). */
enum preparation {
    PREPARE_PROOFREADING,   /* the proofreading run was gone through */
    PREPARE_ATTACHMENTS,    /* every attachment opened and confirmed */
    PREPARE_COLUMN,         /* the column is assigned to the unit */
    PREPARE_DISCLOSURE,     /* the disclosure option allows the column */
    PREPARE_LIAISON,        /* the unit has a person named for it */
    PREPARE_LEGAL_BASIS,    /* the law it rests on was shown and ticked */
    PREPARE_LATER_DAY,      /* the day to which it was put off has come (YZ-10.6) */
    PREPARE_INTERPRETATION, /* its interpretation is approved or public (YZ-9.1.c) */
};

struct preparation_rule {
    struct basis basis;
    enum preparation preparation;
};

/*
 * Several people sign the step, in any order: one for the step's own role, and one for
 * each of these, each of them another person.  The step has passed with *need* of these
 * signatures; whoever returns it returns it for all.
 */
#define RULEBOOK_SIGNERS_MOST 8
struct joint_rule {
    struct basis basis;
    int *roles; /* beside the step's own */
    size_t role_count;
    int need; /* signatures in all; 0: every one */
};

struct step {
    struct basis basis;
    struct str code;
    struct text title;
    enum step_kind kind;
    enum item_state state;
    int role;                /* who acts; NO_INDEX at an end */
    struct basis role_basis; /* cited when somebody else tries; may equal basis */
    struct basis gate;       /* cited when something later is tried before it passed */
    bool demanded;           /* its approval must stand on the digest for a release */
    bool signature;          /* the password again, in the same request */
    bool edits;              /* its actor may change the text (and becomes contributor) */
    struct hand_rule *hands;
    size_t hand_count;
    int *asks; /* questions, in the order of the form */
    size_t ask_count;
    struct preparation_rule *prepared;
    size_t prepared_count;
    struct outcome *outcomes;
    size_t outcome_count;
    struct as_instructed *as_instructed; /* NULL: freely */
    struct channel_rule *channels;       /* NULL: the system only */
    struct joint_rule *joint;            /* NULL: one person decides */
};

/* What passes along a route. */
enum route_subject { ROUTE_OF_MANUSCRIPT, ROUTE_OF_RULEBOOK, ROUTE_OF_MATTER };

/* What a release asks for, beyond the releaser's role. */
struct release_gate {
    struct basis basis; /* LZ-4.a: cited when a demanded decision is missing */
};

/* What follows when the time for an owed review has run out. */
enum owed_end {
    OWED_WITHDRAW, /* the page is taken down */
    OWED_ESCALATE, /* it stays, and *escalate* is told */
};

/*
 * Live, review owed: in an emergency *role* may put a text before the public while
 * *steps* have not decided yet.  Only an article grants it, never our own default: its
 * own words, *words*, stand in the regulation and say that release comes first and
 * review after (law_grants_release_first).  What the reviewers find is final at once: a
 * text that one of them returns is taken down.
 */
struct owed_rule {
    struct basis basis;
    struct str words; /* of the article, verbatim */
    int role;
    uint32_t steps; /* bits: decisions that may be owed */
    enum time_unit unit;
    int amount; /* from going live until the last of them */
    enum owed_end then;
    int escalate; /* who is told when the time has run out; NO_INDEX */
};

struct route {
    struct basis basis;
    struct str code;
    struct text title;
    enum route_subject subject;
    struct step *steps; /* in order; the ends follow the written ones */
    size_t step_count;
    int first;         /* where a manuscript begins */
    int release;       /* the release step; NO_INDEX if nothing is released here */
    uint32_t demanded; /* bits of steps whose approval must stand */
    struct release_gate *gate;
    struct channel_rule *channels; /* for every review step without its own */
    struct basis central;          /* BZ-11: units never release; empty id if not said */
    struct owed_rule *owed;        /* NULL: nothing is released before its review */
};

/* A change of a live item takes the whole route again. */
struct change_rule {
    struct basis basis; /* BZ-13.0, LZ-4.a */
};

#endif
