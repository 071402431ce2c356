/*
 * The exhaustive proof: every state that a run under a rulebook can come to, walked.
 *
 * The walk asks the one transition function about every wish in every state; what it
 * answers is judged by statements of this part's own, over the history of what was
 * decided, so that a mistake in the function does not excuse itself.  Why so few
 * persons, texts and moments stand for all of them is argued in docs/prover.md.
 */
#ifndef RULEBOOK_PROVE_H
#define RULEBOOK_PROVE_H

#include "move.h"

/* More states than this are an answer of their own: the proof was not finished. */
#define PROVE_STATES_MOST 1000000

/* What is proved.  SCHEDULE to CHANGE are the first two seen on the ways that people
 * suspect; they are counted by themselves, so that a proof about nothing shows. */
enum claim {
    CLAIM_DECIDED,     /* no release without every demanded decision on this very text */
    CLAIM_INDEPENDENT, /* no author or contributor alone */
    CLAIM_ENTITLED,    /* who decides may: post, hands, password, turn */
    CLAIM_COMPLETE,    /* answers, preparations and reasons are there */
    CLAIM_CURRENT,     /* nothing is done on a text that was replaced */
    CLAIM_RETURN,      /* every rejection leads back to a review of what changed */
    CLAIM_FINDING,     /* a finding that blocks is answered before release */
    CLAIM_LATE,        /* a late release states its reason */
    CLAIM_SCHEDULE,    /* what was scheduled is asked again at its moment */
    CLAIM_EMERGENCY,   /* the fast lane asks for every decision */
    CLAIM_CHANGE,      /* a change of what is live takes the whole route again */
    CLAIM_RECALL,      /* only the submitter takes it back, before the first decision */
    CLAIM_WITHDRAW,    /* only what is live, only by the releaser */
    CLAIM_OWED,        /* live before its review: by the article's terms alone */
    CLAIM_JOINT,       /* of several signatures each by another person */
    CLAIM_REPLAY,      /* the decisions on record lead to the same position */
    CLAIM_WAY_OUT,     /* no dead end */
    CLAIM_REACH,       /* every step and every outcome can happen */
    CLAIMS
};

/* What is being proved and the law for it, "没有…" / "No release without …". */
struct text claim_title(enum claim claim);
const char *claim_name(enum claim claim); /* "decided" */

enum proof_answer { PROOF_HOLDS, PROOF_BROKEN, PROOF_TOO_LARGE };

struct proof {
    enum proof_answer answer;
    size_t states;
    uint64_t wishes;      /* asked of the transition function */
    uint64_t met[CLAIMS]; /* how often there was something to judge; 0: vacuous */

    /* Of a broken one: the shortest history that breaks it, in sentences. */
    enum claim broken;
    int route;
    const struct basis *basis; /* the rule that is broken; never NULL if broken */
    struct text *story;
    size_t story_count;
};

/* The functions that are walked: rulebook_move and rulebook_replay, unless a test puts
 * faulty ones in their place to see that they are found.  Without *replay* the record is
 * not compared. */
struct prove_engine {
    enum status (*move)(const struct rulebook *book, const struct route *route,
                        const struct position *position, const struct move *move,
                        const struct move_facts *facts, enum lane lane,
                        struct moved *out_moved, struct no *out_no);
    struct position (*replay)(const struct rulebook *book, const struct route *route,
                              int round, const struct past *pasts, size_t count);
};

/* Walk *book*; *engine* NULL is the real one.  The proof lives in *arena*. */
void rulebook_prove(struct arena *arena, const struct rulebook *book,
                    const struct prove_engine *engine, struct proof *out_proof);

/* For people: what was walked and what holds, or the story with its article. */
struct str proof_as_text(struct arena *arena, const struct rulebook *book,
                         const struct proof *proof, struct str language);

/* True if this holds because there was nothing to judge, in a book that has releases. */
bool proof_is_vacuous(const struct rulebook *book, const struct proof *proof,
                      enum claim claim);

/* True for a route of a manuscript that no article names: what holds on it is our doing.
 */
bool proof_is_of_default(const struct route *route);

/* The last sentence of the story: which claim is broken and by what article. */
struct text proof_verdict(struct arena *arena, const struct rulebook *book,
                          const struct proof *proof);

#endif
