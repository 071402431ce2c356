/*
 * The route of a text on a page: the steps taken, by whom and how, and those ahead with
 * whoever holds their posts.
 */
#include "parts.h"

#include "people/people.h"

static struct str signatures_of(struct visit *visit, const struct offer *offer);
static void add_step_done(struct visit *visit, struct model *part,
                          const struct offer *offer, const struct step *step,
                          const struct decision *decision);
static enum status add_step_ahead(struct visit *visit, struct model *part,
                                  const struct rulebook *book, const struct step *step,
                                  id64 unit);

enum status part_route(struct visit *visit, struct subject subject,
                       const struct offer *offer) {
    struct call *call = visit->call;
    struct model *model = web_model(visit);
    struct model *route = model_part(model, "route");
    struct decision *decisions;
    size_t count;
    (void)subject;
    TRY(approval_history(call, offer->run.id, &decisions, &count));
    model_text(route, "about", text_in(offer->route->title, call->language));
    if (!str_is_empty(offer->route->basis.id)) {
        web_cite(visit, model_part(route, "article"), offer->route->basis.id);
    }
    for (size_t i = 0; i < count; i++) {
        int step = route_step(offer->route, decisions[i].step);
        if (step != NO_INDEX && decisions[i].turn != 0) { /* one on paper may wait */
            add_step_done(visit, model_list_add(route, "steps"), offer,
                          &offer->route->steps[step], &decisions[i]);
        }
    }
    struct preview_step ahead[RULEBOOK_STEPS_MOST];
    size_t steps = rulebook_preview(offer->book, offer->route, LANE_ORDINARY, ahead);
    bool reached = false;
    for (size_t i = 0; i < steps && offer->run.open; i++) {
        bool now = ahead[i].step == offer->step;
        reached = reached || now;
        if (!reached) {
            continue;
        }
        struct model *part = model_list_add(route, "steps");
        if (now && offer->signature_count > 0) { /* what is said first stays */
            model_text(part, "who", signatures_of(visit, offer));
        }
        TRY(add_step_ahead(visit, part, offer->book, ahead[i].step, offer->run.unit));
        model_flag(part, "now", now);
        model_flag(part, "mine", now && offer->may_decide);
    }
    if (!reached && offer->run.open) {
        struct model *part = model_list_add(route, "steps");
        TRY(add_step_ahead(visit, part, offer->book, offer->step, offer->run.unit));
        model_flag(part, "now", true);
        model_flag(part, "mine", offer->may_decide);
    }
    return DONE;
}

enum status part_route_ahead(struct visit *visit, id64 manuscript) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct item_facts item;
    struct preview_step ahead[RULEBOOK_STEPS_MOST];
    struct manuscript found;
    struct no no;
    int index;
    TRY(review_item_facts(call, manuscript, &book, &item));
    TRY(manuscript_find(call, manuscript, &found));
    struct model *route = model_part(web_model(visit), "route");
    enum status answer = rulebook_route_for(book, &item, &index, &no);
    if (answer != DONE) {
        struct refusal *before = call->refusal;
        call->refusal = NULL;
        enum status told = rulebook_refuse(call, book, &no);
        model_text(route, "about", web_say_refusal(visit, call->refusal));
        call->refusal = before;
        return told == FAILED ? FAILED : DONE;
    }
    enum lane lane = (item.flags & ITEM_EMERGENCY) != 0 ? LANE_EMERGENCY : LANE_ORDINARY;
    size_t steps = rulebook_preview(book, &book->routes[index], lane, ahead);
    model_text(route, "about", text_in(book->routes[index].title, call->language));
    if (!str_is_empty(book->routes[index].basis.id)) {
        web_cite(visit, model_part(route, "article"), book->routes[index].basis.id);
    }
    for (size_t i = 0; i < steps; i++) {
        TRY(add_step_ahead(visit, model_list_add(route, "steps"), book, ahead[i].step,
                           found.unit));
    }
    return DONE;
}

bool part_takes_paper(const struct offer *offer) {
    const struct channel_rule *rule =
        offer->step->channels != NULL ? offer->step->channels : offer->route->channels;
    return offer->step->kind == STEP_REVIEW && rule != NULL &&
           (rule->channels & (unsigned)CHANNEL_FACE) != 0;
}

/* Where several sign: who has, and for whom it waits. */
static struct str signatures_of(struct visit *visit, const struct offer *offer) {
    struct call *call = visit->call;
    struct buffer words;
    buffer_init(&words, call->arena);
    for (size_t i = 0; i < offer->signature_count; i++) {
        const struct cosignature *signature = &offer->signatures[i];
        bool signed_by = !str_is_empty(signature->signer);
        struct str who = signed_by ? signature->signer : signature->holders;
        buffer_add_text(&words, i == 0 ? "" : "；");
        buffer_add(
            &words,
            web_say(visit, signed_by ? "review.signed-by" : "review.signs-yet", "post",
                    str_text(call->arena, text_in(signature->title, call->language)),
                    "who", str_text(call->arena, who), NULL));
    }
    return buffer_str(&words);
}

static void add_step_done(struct visit *visit, struct model *part,
                          const struct offer *offer, const struct step *step,
                          const struct decision *decision) {
    struct call *call = visit->call;
    struct str signer;
    int outcome = step_outcome(step, decision->outcome);
    bool back = outcome != NO_INDEX && step->outcomes[outcome].kind != OUTCOME_FORWARD;
    (void)offer;
    model_text(part, "name", text_in(step->title, call->language));
    model_flag(part, "done", true);
    if (review_signer(call, decision, call->language, &signer) == DONE) {
        model_text(part, "who", signer);
    }
    web_moment(visit, model_part(part, "when"), decision->at);
    if (back) {
        part_badge(part, "badge", STR("return"));
    } else if (str_is(decision->channel, DECISION_ON_PAPER)) {
        part_badge(part, "badge", STR("on-paper"));
    }
    model_text(part, "opinion", decision->opinion);
    if (!str_is_empty(step->basis.id)) {
        web_cite(visit, model_part(part, "rule"), step->basis.id);
    }
}

static enum status add_step_ahead(struct visit *visit, struct model *part,
                                  const struct rulebook *book, const struct step *step,
                                  id64 unit) {
    struct call *call = visit->call;
    struct people_holdings holders = {0};
    struct people_unit bound;
    struct buffer names;
    buffer_init(&names, call->arena);
    model_text(part, "name", text_in(step->title, call->language));
    if (step->role == NO_INDEX) {
        return DONE;
    }
    const struct role *role = &book->roles[step->role];
    struct people_unit own;
    TRY(people_unit(call, unit, &own));
    id64 where = role->scope == ROLE_OWN_UNIT ? unit : people_anywhere_in(own.body);
    if (role->scope == ROLE_BOUND_UNIT &&
        people_unit_in(call, own.body, book->units[role->unit].code, &bound) == DONE) {
        where = bound.id;
    }
    if (!role->open) {
        TRY(people_holders(call, str_text(call->arena, role->code), where, &holders));
    }
    for (size_t i = 0; i < holders.count && i < 4; i++) {
        buffer_add_text(&names, i == 0 ? "" : "、");
        buffer_add(&names, holders.at[i].name);
    }
    if (role->open) {
        model_text(part, "who", text_in(role->title, call->language));
    } else if (holders.count > 0) {
        model_text(part, "who", buffer_str(&names));
    } else {
        model_flag(part, "vacant", true);
        model_text(part, "vacant-why",
                   web_say(visit, "route.vacant", "role",
                           str_text(call->arena, text_in(role->title, call->language)),
                           NULL));
    }
    if (!str_is_empty(step->basis.id)) {
        web_cite(visit, model_part(part, "rule"), step->basis.id);
    }
    return DONE;
}
