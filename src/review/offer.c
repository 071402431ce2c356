/*
 * What a person finds at the present step: the form, or who has it.
 */
#include "review_own.h"

#include "people/people.h"

static uint8_t first_wanted(const struct passage *passage, uint64_t roles,
                            uint8_t signer);
static enum status fill_signatures(struct call *call, const struct passage *passage,
                                   struct offer *offer);
static enum status offer_first(struct call *call, const struct passage *passage,
                               struct offer *offer);
static struct str holders_words(struct call *call, const struct role *role, id64 unit);

enum status review_offer(struct call *call, struct subject subject, id64 run,
                         struct offer *out_offer) {
    struct passage passage;
    struct offer offer = {.role = STR("")};
    uint64_t roles = 0;
    TRY(passage_find(call, subject, run, &run));
    TRY(passage_open(call, run, false, &passage));
    offer.run = passage.run;
    offer.book = passage.book;
    offer.route = passage.route;
    offer.position = passage.position;
    offer.step = &passage.route->steps[passage.position.step];
    if (!passage.run.open || offer.step->role == NO_INDEX) {
        *out_offer = offer;
        return DONE;
    }
    uint8_t signer = 0;
    TRY(passage_roles(call, &passage, call->actor.person, &roles));
    TRY(signer_of(call, &passage, call->actor.person, STR(""), &signer));
    signer = first_wanted(&passage, roles, signer);
    int wanted = step_signer_role(offer.step, signer);
    const struct role *role = &passage.book->roles[wanted];
    TRY(passage_role_unit(call, &passage, wanted, &offer.unit));
    offer.role = role->code;
    offer.holders = holders_words(call, role, offer.unit);
    bool holds = (roles & (uint64_t)1 << wanted) != 0;
    TRY(hands_allow(call, &passage, call->actor.person, &offer.may_decide));
    offer.may_decide = offer.may_decide && holds;
    TRY(fill_signatures(call, &passage, &offer));
    TRY(offer_first(call, &passage, &offer));
    *out_offer = offer;
    return DONE;
}

/* Whose signature is waited for: *signer*'s own if it is wanted, else the next. */
static uint8_t first_wanted(const struct passage *passage, uint64_t roles,
                            uint8_t signer) {
    const struct step *step = &passage->route->steps[passage->position.step];
    int own = step_signer_role(step, signer);
    bool holds = own != NO_INDEX && (roles & (uint64_t)1 << own) != 0;
    bool wanted = (passage->position.signers & 1U << signer) == 0;
    for (size_t i = 0; !(holds && wanted) && i < step_signers(step); i++) {
        if ((passage->position.signers & 1U << i) == 0) {
            return (uint8_t)i;
        }
    }
    return signer;
}

/* Who has signed beside whom, and who has still to. */
static enum status fill_signatures(struct call *call, const struct passage *passage,
                                   struct offer *offer) {
    const struct step *step = offer->step;
    if (step->joint == NULL) {
        return DONE;
    }
    for (size_t i = 0; i < step_signers(step); i++) {
        int index = step_signer_role(step, i);
        struct cosignature *signature = &offer->signatures[offer->signature_count++];
        id64 unit;
        TRY(passage_role_unit(call, passage, index, &unit));
        *signature = (struct cosignature){
            .title = passage->book->roles[index].title,
            .holders = holders_words(call, &passage->book->roles[index], unit),
            .signer = STR("")};
        bool stands = (passage->position.signers & 1U << i) != 0;
        for (size_t j = passage->decision_count; stands && j > 0; j--) {
            const struct past *past = &passage->pasts[j - 1];
            if (past->step == passage->position.step && past->signer == i) {
                TRY(review_signer(call, &passage->decisions[j - 1], call->language,
                                  &signature->signer));
                break;
            }
        }
    }
    return DONE;
}

/* Could this person put it live now, its review owed?  Asked of the rulebook, for showing
 * the button; the password comes with the act. */
static enum status offer_first(struct call *call, const struct passage *passage,
                               struct offer *offer) {
    struct move move = {.kind = MOVE_RELEASE_FIRST,
                        .step = NO_INDEX,
                        .reason = true,
                        .channel = CHANNEL_SYSTEM};
    struct wish wish = {.person = call->actor.person, .seen = passage->run.digest};
    struct move_facts facts;
    struct moved moved;
    struct no no;
    if (passage->route->owed == NULL) {
        return DONE;
    }
    TRY(passage_facts(call, passage, &wish, &facts));
    facts.proven = true;
    offer->may_release_first =
        rulebook_move(passage->book, passage->route, &passage->position, &move, &facts,
                      passage->lane, &moved, &no) == DONE;
    return DONE;
}

/* Would the hands of the present step let this person decide?  The same rules as in
 * rulebook_move, asked without a wish, only to show or not to show the form. */
enum status hands_allow(struct call *call, const struct passage *passage, id64 person,
                        bool *out_allowed) {
    const struct step *step = &passage->route->steps[passage->position.step];
    struct wish wish = {.person = person, .seen = passage->run.digest};
    struct move_facts facts;
    TRY(passage_facts(call, passage, &wish, &facts));
    bool allowed = !facts.signed_here;
    for (size_t i = 0; i < step->hand_count; i++) {
        const struct hand_rule *rule = &step->hands[i];
        unsigned mine =
            (facts.contributor ? (unsigned)HAND_CONTRIBUTOR : 0U) |
            (facts.submitter ? (unsigned)HAND_SUBMITTER : 0U) |
            ((facts.decided & rule->steps) != 0 ? (unsigned)HAND_DECIDER : 0U);
        allowed = allowed && (rule->never & mine) == 0 &&
                  (rule->only == 0 || (rule->only & mine) != 0);
    }
    *out_allowed = allowed;
    return DONE;
}

/* "黄敏、韦佳", or the post where it is vacant. */
static struct str holders_words(struct call *call, const struct role *role, id64 unit) {
    struct people_holdings holdings;
    struct buffer words;
    buffer_init(&words, call->arena);
    if (people_holders(call, str_text(call->arena, role->code), unit, &holdings) !=
        DONE) {
        return STR("");
    }
    for (size_t i = 0; i < holdings.count && i < 5; i++) {
        buffer_add_text(&words, i == 0 ? "" : "、");
        buffer_add(&words, holdings.at[i].name);
    }
    return words.length > 0 ? buffer_str(&words) : text_in(role->title, call->language);
}
