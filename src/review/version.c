/*
 * The other subject that passes here: a rulebook version on its way into force.
 */
#include "review_own.h"

#include "people/people.h"

#include <jansson.h>

struct proposing {
    id64 site;
    const struct rulebook *book;
    civil_day from;
    struct run run;
};

#define PROOF_BYTES ((size_t)1 << 30) /* a million states and the ways between them */

static enum status propose(struct call *call, void *what);
static enum status must_be_proved(struct call *call, const struct rulebook *book);

enum status review_propose_rulebook(struct call *call, id64 site,
                                    const struct rulebook *rulebook, civil_day from,
                                    struct run *out_run) {
    struct proposing proposing = {.site = site, .book = rulebook, .from = from};
    struct site facts;
    TRY(site_find(call, site, &facts));
    struct ledger_act act = {
        .act = "review.propose",
        .subject = {SUBJECT_RULEBOOK, review_rulebook_subject(rulebook)},
        .digest = rulebook->digest};
    TRY(ledger_settle(call, facts.group, &act, must_be_proved(call, rulebook)));
    TRY(ledger_settle(call, facts.group, &act,
                      store_transact(call, TXN_WRITE, propose, &proposing)));
    *out_run = proposing.run;
    return DONE;
}

id64 review_rulebook_subject(const struct rulebook *rulebook) {
    uint64_t id = 0;
    for (int i = 0; i < 8; i++) {
        id = id << 8 | rulebook->digest.at[i];
    }
    return (id64)(id >> 1 | 1);
}

/* What could let something past, or hold it for ever, does not come into force. */
static enum status must_be_proved(struct call *call, const struct rulebook *book) {
    struct arena *arena = arena_new(PROOF_BYTES);
    struct proof proof;
    enum status answer = DONE;
    rulebook_prove(arena, book, NULL, &proof);
    if (proof.answer == PROOF_BROKEN) {
        answer = call_refuse(
            call, REFUSED, str_text(call->arena, proof.basis->id),
            "review.rulebook-unsound", "claim",
            str_text(call->arena, text_in(claim_title(proof.broken), call->language)),
            "story",
            str_text(call->arena, proof_as_text(arena, book, &proof, call->language)),
            NULL);
    } else if (proof.answer == PROOF_TOO_LARGE) {
        answer = call_refuse(
            call, REFUSED, "", "review.rulebook-unproved", "most",
            str_text(call->arena, str_format(call->arena, "%d", PROVE_STATES_MOST)),
            NULL);
    }
    arena_free(arena);
    return answer;
}

static enum status propose(struct call *call, void *what) {
    struct proposing *proposing = what;
    const struct rulebook *book = proposing->book;
    struct people_holdings holdings;
    struct passage passage;
    struct site site;
    int route = rulebook_route_of(book, ROUTE_OF_RULEBOOK);
    if (route == NO_INDEX) {
        return call_refuse(call, REFUSED, "", "review.no-rulebook-route", NULL);
    }
    TRY(site_find(call, proposing->site, &site));
    TRY(site_must_have_values(call, site.id, book));
    TRY(people_holdings(call, call->actor.person, &holdings));
    id64 unit = 0;
    for (size_t i = 0; i < holdings.count && unit == 0; i++) {
        unit = holdings.at[i].body == site.root ? holdings.at[i].unit : 0;
    }
    if (unit == 0) {
        return call_refuse(call, DENIED, "", "review.proposer-without-post", NULL);
    }
    struct run run = {
        .subject = {.kind = SUBJECT_RULEBOOK, .id = review_rulebook_subject(book)},
        .group = site.group,
        .site = site.id,
        .digest = book->digest,
        .rulebook_digest = book->digest,
        .route = book->routes[route].code,
        .target = STR(""),
        .unit = unit,
        .submitter = call->actor.person};
    TRY(run_begin(call, book, &book->routes[route], &run));
    TRY(effect_choose(call, run.id, proposing->from));
    TRY(passage_open(call, run.id, true, &passage));
    while (passage.route->steps[passage.position.step].kind == STEP_AUTHOR) {
        TRY(pass_authors_step(call, &passage, NULL, 0));
    }
    proposing->run = passage.run;
    struct str from =
        proposing->from == 0 ? STR("") : day_to_text(call->arena, proposing->from);
    struct ledger_act record = {.act = "review.propose",
                                .subject = run.subject,
                                .digest = book->digest,
                                .rule = STR(""),
                                .post = STR("")};
    return passage_note(call, &passage, &record,
                        json_pack("{s:s%, s:s%, s:s%}", "code", book->code.at,
                                  book->code.length, "version", book->version.at,
                                  book->version.length, "from", from.at, from.length));
}
