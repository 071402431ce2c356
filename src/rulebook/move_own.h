/*
 * Private to the transition function: move.c grants wishes, move_check.c asks, and
 * move_follow.c says what comes of it.  Each check is DONE or what move_no answers.
 */
#ifndef RULEBOOK_MOVE_OWN_H
#define RULEBOOK_MOVE_OWN_H

#include "rulebook_own.h"

#define BIT(index)     ((uint32_t)1 << (index))
#define ROLE_BIT(role) ((uint64_t)1 << (role))

/* Everything about one wish, so that the checks below read as sentences. */
struct asking {
    const struct rulebook *book;
    const struct route *route;
    const struct position *position;
    const struct move *move;
    const struct move_facts *facts;
    const struct step *step; /* the present one */
    enum lane lane;
    struct no *no;
};

const struct basis *move_gate(const struct asking *asking);
enum status move_check_turn(struct asking *asking);
enum status move_not_yet(struct asking *asking, int wanted);
enum status move_check_actor(struct asking *asking);
enum status move_check_signer(struct asking *asking);
enum status move_check_bulk(struct asking *asking);
enum status move_check_hands(struct asking *asking);
enum status move_check_channel(struct asking *asking);
enum status move_check_outcome(struct asking *asking, const struct outcome *outcome);
enum status move_check_when(struct asking *asking, const struct outcome *outcome);
enum status move_check_answers(struct asking *asking, const struct outcome *outcome);
enum status move_check_prepared(struct asking *asking, const struct step *step);
enum status move_check_findings(struct asking *asking);
enum status move_check_standing(struct asking *asking);
enum status move_say_missing(struct asking *asking, uint32_t missing,
                             const struct basis *basis);
enum status move_check_clock(struct asking *asking);
void move_go_on(struct asking *asking, const struct outcome *outcome, bool approving,
                struct moved *moved);
void move_settle_duties(struct asking *asking, struct moved *moved);
struct text move_role_title(const struct asking *asking, int role);
enum status move_no(struct asking *asking, enum status status, const struct basis *basis,
                    const char *words);
enum status move_no_with(struct asking *asking, enum status status,
                         const struct basis *basis, const char *words, const char *name,
                         struct text value);

#endif
