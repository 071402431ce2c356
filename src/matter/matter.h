/*
 * matter: things that a regulation wants opened by one post and answered by another,
 * or there once a year, or confirmed by every unit; applications and registers, with a
 * number without gaps and the lines of their form.
 *
 * Which matters there are, who opens and who answers is the rulebook's; a plan
 * (BZ-5.1), an issue for the leading group (BZ-5.6), the acknowledgement of a version
 * (BZ-7.1), a request for support (BZ-19) are rows of its table.  A matter stays open
 * until it is answered, and its words never change.
 *
 * An answer is a decision like any other (approval/approval.h): it is signed over all
 * that it was given to.  Where an act relies on it, its answerer proves himself first and
 * signs with his own key, and the act asks whether what stands there is what he signed.
 *
 * Whoever has to answer finds it on his desk until he has.  Where the rulebook names a
 * route for a matter, several decide on it one after another, as on a text
 * (review/review.h): the last of them answers with his decision.
 */
#ifndef MATTER_MATTER_H
#define MATTER_MATTER_H

#include "base/base.h"
#include "rulebook/rulebook.h"

struct matter {
    id64 id;
    id64 group;
    struct str kind; /* code of the rulebook's matter rule */
    struct digest rulebook;
    int year;
    id64 unit;
    struct str title;
    struct str words;
    id64 opened_by;
    instant opened_at;
    struct str answer; /* empty while it is open */
    id64 answered_by;
    instant answered_at; /* 0 while it is open */
    bool agreed;         /* the answer agrees */
    struct str number;   /* as people write it; empty without a series */
    instant due;         /* of the answer; INSTANT_NEVER without a limit */
    struct digest about; /* of what is shown to who decides; none: nothing is */
    instant redeemed_at; /* 0: no act has relied on it */
};

/* A line of its form, by the code that the rulebook gives it. */
struct matter_line {
    struct str field;
    struct str value;
};

/* What somebody wants opened. */
struct matter_wish {
    struct str kind;
    id64 unit; /* the unit it is about */
    struct str title;
    struct str words;
    const struct matter_line *lines;
    size_t line_count;
    struct digest about; /* of what will be shown; the way to a design must have one */
};

/*
 * Open a matter.  ABSENT if the rulebook has no such matter; DENIED, citing its article,
 * unless the actor holds the opening role; REFUSED for an empty title, and for a line of
 * the form that is missing, citing the line's article, and where what it follows was
 * not agreed to.  What every unit confirms is
 * opened by the answering role and answered with that; what is only recorded, and what
 * takes note of a change, is complete with being entered.  Whoever answers finds it on
 * the desk; one that takes a route is opened by review_open_matter, which begins it.
 */
MUST_CHECK enum status matter_open(struct call *call, id64 group,
                                   const struct rulebook *book,
                                   const struct matter_wish *wish,
                                   struct matter *out_matter);

/* Everything that stands there of an open matter as one digest: what the decisions on its
 * way are bound to. */
MUST_CHECK enum status matter_digest(struct call *call, const struct matter *matter,
                                     struct digest *out_digest);

/* Hold the matter's row to the end of the transaction. */
MUST_CHECK enum status matter_lock(struct call *call, id64 matter,
                                   struct matter *out_matter);

/* What somebody answers. */
struct matter_reply {
    struct str words;
    bool agreed;
    struct digest
        seen; /* of what the matter is about, as it was shown; none if nothing is */
};

/* Answer it.  DENIED, citing its article, unless the actor holds the answering role (in
 * the matter's unit, or a seat of the body); REFUSED if it is to be signed by a person
 * (matter_is_signed) and actor.freshly_proven is not set; STALE if it is answered
 * already, or if what was shown is not what the matter is about.  REFUSED for one that
 * takes a route: it is decided on there. */
MUST_CHECK enum status matter_answer(struct call *call, const struct rulebook *book,
                                     id64 matter, const struct matter_reply *reply);

/* In the transaction of the last decision on its way, by who took it: the answer, signed
 * like every other.  STALE if it is answered already. */
MUST_CHECK enum status matter_conclude(struct call *call, const struct rulebook *book,
                                       id64 matter, const struct matter_reply *reply);

/* The way on which several decide on it; NULL if one person answers, or nobody. */
const struct route *matter_way(const struct rulebook *book,
                               const struct matter_rule *rule);

/* Does an act rely on its answer: a column, a site, a design, rights? */
bool matter_is_signed(const struct rulebook *book, const struct matter_rule *rule);

/* Does the way on which *rule* stands end with *permit*? */
bool matter_leads_to(const struct rulebook *book, const struct matter_rule *rule,
                     enum matter_permit permit);

/* The lines of its form, by field. */
MUST_CHECK enum status matter_lines(struct call *call, id64 matter,
                                    struct matter_line **out_lines, size_t *out_count);

/*
 * For the room that an agreed matter opens the way to (a column, a further site): the
 * rule of *book* that wants one, NULL if there is none, and the newest one titled *title*
 * that was agreed to and that no act has relied on, 0 if there is none; with *about* only
 * one about exactly that counts.  REFUSED if one was agreed to by what stands there, and
 * its answerer signed something else.
 */
MUST_CHECK enum status
matter_permits(struct call *call, id64 group, id64 body, const struct rulebook *book,
               enum matter_permit permit, struct str title, const struct digest *about,
               const struct matter_rule **out_rule, id64 *out_matter);

/* REFUSED unless the answer, and all that it was given to, is what its answerer signed.
 */
MUST_CHECK enum status matter_must_stand(struct call *call, const struct matter *matter);

/* In the transaction of the act that relies on it: it opens the way this once.  STALE if
 * another act was first.  0 is no matter, and DONE. */
MUST_CHECK enum status matter_redeem(struct call *call, id64 matter, const char *act);

/*
 * May *unit* submit?  REFUSED, citing the rule, while a change that blocks is not noted:
 * a holder whom somebody appointed since the founding (YZ-7).
 */
MUST_CHECK enum status matter_must_be_noted(struct call *call, id64 group,
                                            const struct rulebook *book, id64 unit);

/* The newest agreed one of *kind* about a unit of *body* whose form has *value* in the
 * line *field*; ABSENT if there is none, REFUSED if it is not what was signed. */
MUST_CHECK enum status matter_newest_with(struct call *call, id64 group, id64 body,
                                          struct str kind, struct str field,
                                          struct str value, struct matter *out_matter);

/* When the answer to one opened now is due by the rule's own limit; INSTANT_NEVER. */
instant matter_limit(struct call *call, const struct matter_rule *rule);

/* The step of the duty (on the unit) that asks for taking note of a change of staff; it
 * ends when that is entered. */
struct str matter_receipt_step(struct arena *arena, const struct matter_rule *rule);

/* One matter; ABSENT if there is none. */
MUST_CHECK enum status matter_find(struct call *call, id64 matter,
                                   struct matter *out_matter);

/* Would the acts above let this actor?  For showing what can be done; *unit* 0 is any. */
MUST_CHECK enum status matter_may_open(struct call *call, const struct rulebook *book,
                                       const struct matter_rule *rule, id64 unit,
                                       bool *out_may);
MUST_CHECK enum status matter_may_answer(struct call *call, const struct rulebook *book,
                                         const struct matter *matter, bool *out_may);

/* The rule of a kind; NULL if this version has none. */
const struct matter_rule *matter_rule_of(const struct rulebook *book, struct str kind);

/* Does somebody have to answer it?  A plan of the year is only there. */
bool matter_wants_answer(const struct matter_rule *rule);

struct matters {
    struct matter *at;
    size_t count;
};

/* All of a kind (empty: every kind) that are about a unit of *body* (0: any), newest
 * first; at most 500.  Kinds are those of the body's own rulebook. */
MUST_CHECK enum status matter_list(struct call *call, id64 group, id64 body,
                                   struct str kind, struct matters *out_matters);

/*
 * What is missing: of a yearly matter whether *year* has none; of what each unit
 * confirms the units that have not confirmed this version of the rulebook; of what each
 * unit files the units that have filed none; of changes the units whose new holder
 * nobody has taken note of.
 */
struct matter_gap {
    const struct matter_rule *rule;
    int year;  /* 0 unless yearly */
    id64 unit; /* 0 unless by unit */
};
MUST_CHECK enum status matter_gaps(struct call *call, id64 group, id64 body,
                                   const struct rulebook *book, int year,
                                   struct matter_gap **out_gaps, size_t *out_count);

#endif
