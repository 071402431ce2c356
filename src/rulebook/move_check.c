/*
 * What is asked of a wish before it is granted, each question by itself.
 */
#include "move_own.h"

static enum status check_hand(struct asking *asking, const struct hand_rule *rule);
static bool follows(struct asking *asking, const struct outcome_when *when);

/* ---- Whose turn, who, how ---- */

enum status move_check_turn(struct asking *asking) {
    int wanted = asking->move->step;
    if (asking->step->kind == STEP_END) {
        return move_no(asking, REFUSED, NULL, "rulebook.ended");
    }
    if (wanted != NO_INDEX && wanted != asking->position->step) {
        return move_not_yet(asking, wanted);
    }
    return DONE;
}

/* Something was wished out of its turn: name the step that has it now, and the
 * rule that puts it before what was wished. */
enum status move_not_yet(struct asking *asking, int wanted) {
    const struct step *step = asking->step;
    if (step->kind == STEP_END) {
        return move_no(asking, REFUSED, NULL, "rulebook.ended");
    }
    bool ahead = wanted == NO_INDEX || wanted > asking->position->step;
    bool release = wanted != NO_INDEX && wanted == asking->route->release;
    const struct basis *basis =
        str_is_empty(step->gate.path) ? &step->basis : &step->gate;
    if (release && asking->route->gate != NULL) {
        basis = &asking->route->gate->basis;
    }
    if (release && asking->facts->live_change && asking->book->change != NULL) {
        basis = &asking->book->change->basis;
    }
    asking->no->role = step->role;
    asking->no->step = asking->position->step;
    asking->no->arguments[1] =
        (struct no_argument){"holder", move_role_title(asking, step->role)};
    if (wanted != NO_INDEX) {
        asking->no->arguments[2] =
            (struct no_argument){"wanted", asking->route->steps[wanted].title};
    }
    return move_no_with(asking, REFUSED, basis,
                        ahead ? "rulebook.not-yet" : "rulebook.already-past", "step",
                        step->title);
}

/* Each signature once, and each by another person. */
enum status move_check_signer(struct asking *asking) {
    const struct step *step = asking->step;
    size_t signer = asking->move->signer;
    if (signer >= step_signers(step)) {
        return move_no(asking, REFUSED, &step->basis, "rulebook.no-such-outcome");
    }
    if (step->joint == NULL) {
        return DONE;
    }
    asking->no->role = step_signer_role(step, signer);
    if ((asking->position->signers & BIT(signer)) != 0) {
        return move_no_with(asking, REFUSED, &step->joint->basis,
                            "rulebook.signed-already", "role",
                            move_role_title(asking, step_signer_role(step, signer)));
    }
    if (asking->facts->signed_here) {
        return move_no_with(asking, DENIED, &step->joint->basis, "rulebook.one-signature",
                            "step", step->title);
    }
    return DONE;
}

/* One act on several items, where the regulation lets one review each (SZ-19.b). */
enum status move_check_bulk(struct asking *asking) {
    const struct bulk_rule *rule = asking->book->bulk;
    if (!asking->move->bulk || (rule != NULL && rule->allow)) {
        return DONE;
    }
    return move_no_with(asking, REFUSED, rule == NULL ? NULL : &rule->basis,
                        "rulebook.one-by-one", "step", asking->step->title);
}

enum status move_check_actor(struct asking *asking) {
    const struct step *step = asking->step;
    bool signs = asking->move->kind == MOVE_DECIDE && asking->move->signer > 0;
    int role = signs ? step_signer_role(step, asking->move->signer) : step->role;
    const struct basis *basis = signs ? &step->joint->basis : &step->role_basis;
    bool holds = role == NO_INDEX || (asking->facts->roles & ROLE_BIT(role)) != 0;
    if (asking->facts->machine || !holds) {
        asking->no->role = role;
        asking->no->step = asking->position->step;
        asking->no->arguments[1] = (struct no_argument){"step", step->title};
        return move_no_with(asking, DENIED, basis, "rulebook.not-your-role", "role",
                            move_role_title(asking, role));
    }
    bool signing = step->signature && asking->move->kind != MOVE_EDIT;
    if (signing && !asking->facts->proven) {
        return move_no(asking, DENIED, &step->basis, "rulebook.prove-yourself");
    }
    return DONE;
}

enum status move_check_hands(struct asking *asking) {
    for (size_t i = 0; i < asking->step->hand_count; i++) {
        TRY(check_hand(asking, &asking->step->hands[i]));
    }
    return DONE;
}

static enum status check_hand(struct asking *asking, const struct hand_rule *rule) {
    const struct move_facts *facts = asking->facts;
    unsigned mine = (facts->contributor ? (unsigned)HAND_CONTRIBUTOR : 0U) |
                    (facts->submitter ? (unsigned)HAND_SUBMITTER : 0U) |
                    ((facts->decided & rule->steps) != 0 ? (unsigned)HAND_DECIDER : 0U);
    unsigned barred = rule->never & mine;
    asking->no->role = asking->step->role;
    asking->no->step = asking->position->step;
    if ((barred & HAND_CONTRIBUTOR) != 0) {
        return move_no_with(asking, DENIED, &rule->basis, "rulebook.own-text", "step",
                            asking->step->title);
    }
    if ((barred & HAND_SUBMITTER) != 0) {
        return move_no_with(asking, DENIED, &rule->basis, "rulebook.own-submission",
                            "step", asking->step->title);
    }
    if ((barred & HAND_DECIDER) != 0) {
        return move_no_with(asking, DENIED, &rule->basis, "rulebook.decided-before",
                            "step", asking->step->title);
    }
    if (rule->only != 0 && (rule->only & mine) == 0) {
        return move_no_with(asking, DENIED, &rule->basis, "rulebook.same-person", "step",
                            asking->step->title);
    }
    return DONE;
}

enum status move_check_channel(struct asking *asking) {
    unsigned channel =
        asking->move->channel == 0 ? (unsigned)CHANNEL_SYSTEM : asking->move->channel;
    const struct channel_rule *rule = asking->step->channels;
    unsigned allowed = rule == NULL ? (unsigned)CHANNEL_SYSTEM : rule->channels;
    const struct basis *basis = rule == NULL ? &asking->step->basis : &rule->basis;
    if ((allowed & channel) == 0) {
        return move_no_with(asking, REFUSED, basis, "rulebook.channel-not-allowed",
                            "step", asking->step->title);
    }
    if (channel == CHANNEL_FACE && !asking->facts->paper_complete) {
        return move_no_with(asking, REFUSED, basis, "rulebook.paper-incomplete", "step",
                            asking->step->title);
    }
    return DONE;
}

/* ---- What is decided ---- */

enum status move_check_outcome(struct asking *asking, const struct outcome *outcome) {
    if (outcome->next == NO_INDEX && outcome->onto == NO_INDEX) {
        return move_no(asking, REFUSED, &outcome->basis, "rulebook.no-such-outcome");
    }
    if (outcome->reason && !asking->move->reason) {
        return move_no_with(asking, REFUSED, &outcome->basis, "rulebook.reason-missing",
                            "outcome", outcome->title);
    }
    const struct as_instructed *rule = asking->step->as_instructed;
    if (rule == NULL || rule->question == NO_INDEX) {
        return DONE;
    }
    const struct question *question = &asking->book->questions[rule->question];
    uint8_t carried = asking->position->carried;
    bool known = carried > 0 && carried <= question->choice_count;
    if (known && str_equal(question->choices[carried - 1].code, outcome->only_as)) {
        return DONE;
    }
    struct text none = {STR("无"), STR("none")};
    asking->no->arguments[1] = (struct no_argument){"outcome", outcome->title};
    return move_no_with(asking, REFUSED, &rule->basis, "rulebook.not-as-instructed",
                        "instruction",
                        known ? question->choices[carried - 1].title : none);
}

/* An answer that leads somewhere leads there, and nothing else leads there.  A return to
 * the author stays open whatever was answered. */
enum status move_check_when(struct asking *asking, const struct outcome *outcome) {
    if (outcome->when != NULL) {
        if (follows(asking, outcome->when)) {
            return DONE;
        }
        return move_no_with(asking, REFUSED, &outcome->when->basis,
                            "rulebook.not-so-answered", "outcome", outcome->title);
    }
    for (size_t i = 0;
         outcome->kind == OUTCOME_FORWARD && i < asking->step->outcome_count; i++) {
        const struct outcome *other = &asking->step->outcomes[i];
        if (other->when != NULL && follows(asking, other->when)) {
            asking->no->arguments[1] = (struct no_argument){"outcome", outcome->title};
            return move_no_with(asking, REFUSED, &other->when->basis,
                                "rulebook.answer-leads", "wanted", other->title);
        }
    }
    return DONE;
}

static bool follows(struct asking *asking, const struct outcome_when *when) {
    for (size_t i = 0; i < asking->step->ask_count; i++) {
        if (asking->step->asks[i] == when->question) {
            return asking->move->answers[i] == when->answer && when->answer != 0;
        }
    }
    return false;
}

/* Going on asks for every answer; a return needs none but what is bad in it. */
enum status move_check_answers(struct asking *asking, const struct outcome *outcome) {
    const struct step *step = asking->step;
    bool onward = outcome->kind == OUTCOME_FORWARD;
    bool approving =
        outcome_approves(asking->book, asking->step, outcome, asking->move->answers);
    for (size_t i = 0; onward && i < step->ask_count; i++) {
        const struct question *question = &asking->book->questions[step->asks[i]];
        uint8_t answer = asking->move->answers[i];
        uint8_t most = question->kind == QUESTION_YES_NO ? 2
                       : question->kind == QUESTION_CHOICE
                           ? (uint8_t)question->choice_count
                           : 1;
        if (answer > most || (answer == 0 && !question->optional)) {
            return move_no_with(asking, REFUSED, &question->basis,
                                "rulebook.answer-missing", "question", question->title);
        }
        bool stops = question->effect != EFFECT_WARN &&
                     (outcome->when == NULL || outcome->when->question != step->asks[i]);
        if (approving && stops && question_is_bad(question, answer)) {
            return move_no_with(asking, REFUSED, &question->basis, "rulebook.answer-bars",
                                "question", question->title);
        }
    }
    return DONE;
}

enum status move_check_prepared(struct asking *asking, const struct step *step) {
    static const char *const words[] = {
        "rulebook.proofread-first",  "rulebook.confirm-attachments",
        "rulebook.column-not-yours", "rulebook.not-for-public",
        "rulebook.no-liaison",       "rulebook.tick-legal-basis",
        "rulebook.later-day",        "rulebook.interpretation-first",
    };
    for (size_t i = 0; i < step->prepared_count; i++) {
        const struct preparation_rule *rule = &step->prepared[i];
        if ((asking->facts->prepared & BIT(rule->preparation)) == 0) {
            return move_no_with(asking, REFUSED, &rule->basis, words[rule->preparation],
                                "step", step->title);
        }
    }
    return DONE;
}

enum status move_check_findings(struct asking *asking) {
    int blocking = asking->facts->blocking;
    if (blocking == NO_INDEX) {
        return DONE;
    }
    const struct prohibition *prohibition = &asking->book->prohibitions[blocking];
    asking->no->role = prohibition->ruler;
    asking->no->arguments[1] = (struct no_argument){"way", prohibition->way};
    return move_no_with(asking, REFUSED, &prohibition->basis, "rulebook.finding-blocks",
                        "finding", prohibition->title);
}

/* The gate: every demanded approval on exactly this digest, and one of them by
 * somebody who wrote none of it. */
enum status move_check_standing(struct asking *asking) {
    const struct route *route = asking->route;
    const struct release_gate *gate = route->gate;
    uint32_t missing = rulebook_missing(route, asking->facts->standing) |
                       rulebook_missing(route, asking->position->passed);
    if (gate == NULL && !str_is_empty(asking->book->without)) {
        return DONE; /* a test shows what the gate is good for */
    }
    if (missing != 0) {
        return move_say_missing(asking, missing, move_gate(asking));
    }
    if (!asking->facts->independent) {
        return move_no(asking, REFUSED, move_gate(asking), "rulebook.no-other-eye");
    }
    return DONE;
}

/* The first of the steps that have not decided, and who has it. */
enum status move_say_missing(struct asking *asking, uint32_t missing,
                             const struct basis *basis) {
    size_t first = 0;
    while ((missing & BIT(first)) == 0) {
        first++;
    }
    const struct step *step = &asking->route->steps[first];
    asking->no->role = step->role;
    asking->no->step = (int)first;
    asking->no->arguments[1] =
        (struct no_argument){"role", move_role_title(asking, step->role)};
    return move_no_with(asking, REFUSED, basis, "rulebook.decision-missing", "step",
                        step->title);
}

enum status move_check_clock(struct asking *asking) {
    if (asking->facts->clock == CLOCK_BEFORE || asking->facts->late_reason) {
        return DONE;
    }
    enum clock_nature nature =
        asking->facts->clock == CLOCK_HARD_PASSED ? NATURE_HARD : NATURE_SOFT;
    for (size_t i = 0; i < asking->book->deadline_count; i++) {
        const struct deadline *deadline = &asking->book->deadlines[i];
        bool runs = deadline_runs(asking->book, deadline, asking->route, asking->lane);
        if (deadline->release && runs && deadline->nature == nature) {
            return move_no_with(asking, REFUSED, &deadline->basis, "rulebook.late-reason",
                                "deadline", deadline->title);
        }
    }
    return DONE;
}

/* ---- Saying no ---- */

struct text move_role_title(const struct asking *asking, int role) {
    if (role == NO_INDEX) {
        return (struct text){STR(""), STR("")};
    }
    return asking->book->roles[role].title;
}

enum status move_no(struct asking *asking, enum status status, const struct basis *basis,
                    const char *words) {
    return move_no_with(asking, status, basis, words, NULL,
                        (struct text){{NULL, 0}, {NULL, 0}});
}

enum status move_no_with(struct asking *asking, enum status status,
                         const struct basis *basis, const char *words, const char *name,
                         struct text value) {
    asking->no->status = status;
    asking->no->basis = basis;
    asking->no->words = words;
    asking->no->arguments[0] = (struct no_argument){name, value};
    return status;
}
