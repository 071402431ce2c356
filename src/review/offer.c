/*
 * What a person finds at the present step: the form, or who has it.
 */
#include "review_own.h"

#include "people/people.h"

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
    const struct role *role = &passage.book->roles[offer.step->role];
    TRY(passage_role_unit(call, &passage, offer.step->role, &offer.unit));
    TRY(passage_roles(call, &passage, call->actor.person, &roles));
    offer.role = role->code;
    offer.holders = holders_words(call, role, offer.unit);
    bool holds = (roles & (uint64_t)1 << offer.step->role) != 0;
    TRY(hands_allow(call, &passage, call->actor.person, &offer.may_decide));
    offer.may_decide = offer.may_decide && holds;
    *out_offer = offer;
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
    bool allowed = true;
    for (size_t i = 0; i < step->hand_count; i++) {
        const struct hand_rule *rule = &step->hands[i];
        unsigned mine = (facts.contributor ? (unsigned)HAND_CONTRIBUTOR : 0U) |
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
    if (people_holders(call, str_text(call->arena, role->code), unit, &holdings) != DONE) {
        return STR("");
    }
    for (size_t i = 0; i < holdings.count && i < 5; i++) {
        buffer_add_text(&words, i == 0 ? "" : "、");
        buffer_add(&words, holdings.at[i].name);
    }
    return words.length > 0 ? buffer_str(&words) : text_in(role->title, call->language);
}
