/* Only for src/rulebook: what the parts of the prover share. */
#ifndef RULEBOOK_PROVE_OWN_H
#define RULEBOOK_PROVE_OWN_H

#include "prove.h"
#include "rulebook_own.h"

#define MARKS_MOST 12
#define NOBODY     0xF

/* Acting persons: those with a mark by their number, then these two, who are always to
 * be found: the author, or whoever else wrote in it and bears no mark; and somebody who
 * has had nothing to do with it. */
#define A_WRITER   0xD
#define A_STRANGER 0xE

#define STEP_BIT(index) ((uint32_t)1 << (index))

enum state_flag {
    STATE_LIVE = 1 << 0,     /* an earlier text of it is live */
    STATE_SCHEDULE = 1 << 1, /* a person has ordered its release for later */
    STATE_HURRIED = 1 << 2,  /* the emergency lane */
    STATE_TOUCHED = 1 << 3,  /* somebody besides the writing side has acted in this run */
    STATE_TAKEN_OFF = 1 << 4, /* it was live and is not any more */
    STATE_OWED = 1 << 5,      /* live, its review owed */
};

enum finding { FINDING_NONE, FINDING_RULABLE, FINDING_FINAL };

/*
 * A state of the walk.  Persons are known by what they did: the marks name the person
 * who sent it in ([0]) and who decided last at each step that a hand rule looks at;
 * persons are numbered in the order of their first mark, so that states that differ
 * only in who is who are one.  No holes: compared byte by byte.
 */
struct state {
    /* The run's position, as the transition function knows it. */
    uint32_t passed;
    uint32_t did;
    /* The history, as the judge keeps it. */
    uint32_t approved; /* steps that approve of the present text and were not undone */
    uint32_t own_hand; /* of these, by somebody who had written in it */
    uint32_t owed;     /* steps that sent it back and have not approved since */
    uint16_t writers;  /* persons with marks who wrote in it */
    uint8_t route;
    uint8_t step;
    uint8_t carried;
    uint8_t round; /* 1, or 2 for every later one */
    uint8_t flags;
    uint8_t finding;
    uint8_t marks[MARKS_MOST];
    uint8_t signers; /* of the position */
    uint8_t given;   /* the same, as the judge keeps it */
    uint8_t eye;     /* one of these is by somebody who had written nothing */
    uint8_t spare[5];
};

enum attempt_kind {
    TRY_DECIDE,
    TRY_EDIT,
    TRY_RECALL,
    TRY_RELEASE,
    TRY_SCHEDULE,
    TRY_COME_DUE, /* the machine, at the moment of the schedule */
    TRY_WITHDRAW,
    TRY_RELEASE_FIRST,
    TRY_LAPSE, /* the machine, when the time for the owed review has run out */
    /* What happens without the transition function. */
    HAPPEN_RULING,  /* the blocking finding is ruled to be none */
    HAPPEN_FINDING, /* a list is changed, the text screened again */
    HAPPEN_CANCEL,  /* the schedule is taken back */
    HAPPEN_REROUTE, /* the class is changed at the author's: another route */
    HAPPEN_CHANGE,  /* the live item is opened for a change: a new run */
    HAPPEN_EXPIRY,
};

/* What is wrong with a wish, one thing at a time; LACK_POST goes with any actor. */
enum lack {
    LACK_NOTHING,
    LACK_PASSWORD,
    LACK_CURRENCY, /* names a text that is not the present one */
    LACK_PERSON,   /* no person at all */
    LACK_TURN,     /* another step is meant */
    LACK_REASON,
    LACK_PREPARATION, /* the one at *index* */
    LACK_ANSWER,      /* to the question at *index* */
    LACK_GOOD_ANSWER, /* the same */
    LACK_PAPER,       /* signed on paper, which is not complete */
    LACK_TIME,        /* the soft deadline has passed, no reason stated */
    LACK_MUCH_TIME,   /* the hard one */
    LACK_SINGLENESS,  /* one of several items in one act */
    LACK_PATIENCE,    /* the time has not run out */
    LACKS
};

struct attempt {
    uint8_t kind;
    uint8_t actor;
    uint8_t holds; /* the post of the step */
    uint8_t outcome;
    uint8_t lack;
    uint8_t index;  /* of the question or preparation */
    uint8_t pick;   /* a choice's value for the question at *index*; a route; a finding */
    uint8_t lane;   /* HAPPEN_CHANGE and TRY_EDIT: 1 if in the emergency lane then */
    uint8_t signer; /* whose signature, where several sign */
};

/* What a mark stands for: who decided last at a step, or gave one of its signatures. */
struct mark {
    struct str step;
    uint8_t signer;
    bool
        kept; /* a hand rule looks back to it; else it counts while others have to sign */
};

/* One walk. */
struct proving {
    struct arena *arena;
    const struct rulebook *book;
    struct prove_engine engine;
    struct proof *proof;
    struct mark marks[MARKS_MOST]; /* [0] is the submitter's */
    size_t mark_count;
    bool too_large;

    /* Every state found, in order; the table finds them again. */
    struct state *states;
    uint32_t *parents;
    struct attempt *attempts; /* that led there from the parent */
    size_t state_count;
    size_t state_room;
    uint32_t *table;
    size_t table_room;

    /* Every way from state to state that a person can take. */
    uint32_t (*edges)[2];
    size_t edge_count;
    size_t edge_room;

    uint32_t current;   /* the state being walked on from */
    uint32_t *reached;  /* bits of steps, by route */
    uint32_t *happened; /* bits of outcomes, by route and step */
};

struct breach {
    enum claim claim;
    const struct basis *basis;
};

/* prove_wish.c: the wishes of a state, asked one after another.  *try* answers false to
 * stop. */
bool attempts_of(struct proving *proving, const struct state *state,
                 bool (*try)(struct proving *proving, const struct state *state,
                             const struct attempt *attempt));

/* prove_attempt.c: the wish in the transition function's own terms. */
void attempt_put(const struct proving *proving, const struct state *state,
                 const struct attempt *attempt, struct move *out_move,
                 struct move_facts *out_facts);
/* What the wish answers to the question at *index* of its step; 0 nothing. */
uint8_t attempt_answer(const struct proving *proving, const struct step *step,
                       const struct attempt *attempt, size_t index);
struct position state_position(const struct state *state);
enum lane state_lane(const struct state *state);
int mark_of(const struct proving *proving, struct str step, size_t signer);
bool actor_wrote(const struct state *state, uint8_t actor);
const struct step *state_step(const struct proving *proving, const struct state *state);
/* Does *value* (0: any) of the question lead to an outcome of its own? */
bool answer_leads(const struct step *step, int asked, uint8_t value);
uint8_t answer_bad(const struct question *question);   /* the first; 0: none is */
uint8_t answers_most(const struct question *question); /* answers are 1 … */

/* prove_judge.c: what the history says, whatever the transition function thinks.
 * *next* comes with the position moved and leaves with the history. */
void judge_remember(const struct proving *proving, const struct state *state,
                    const struct attempt *attempt, struct state *next);
/* True if the acceptance of *attempt* breaks something. */
bool judge_attempt(struct proving *proving, const struct state *state,
                   const struct attempt *attempt, const struct state *next,
                   struct breach *out_breach);
const struct basis *basis_of_step(const struct route *route, int step);

/* prove_state.c: states and their numbers. */
struct state state_begin(const struct proving *proving, size_t route, unsigned flags);
/* Let the acting person bear what the attempt gives, and number persons anew;
 * *out_names*, if not NULL, says which old number each new one was. */
void state_mark(const struct proving *proving, const struct state *before,
                const struct attempt *attempt, struct state *next, uint8_t *out_names);
/* Find it or add it; true if it is new. */
bool state_add(struct proving *proving, const struct state *state, uint32_t parent,
               const struct attempt *attempt, uint32_t *out_number);
void edge_add(struct proving *proving, uint32_t from, uint32_t to);
/* The first state from which no end can be reached; UINT32_MAX if there is none. */
uint32_t state_without_way_out(struct proving *proving);

/* prove_story.c */
void story_tell(struct proving *proving, uint32_t from, const struct attempt *last,
                const struct breach *breach);

#endif
