/*
 * Submission: a draft becomes a revision, is screened, and stands before the first
 * person who did not write it.
 */
#include "review_own.h"

#include "matter/matter.h"
#include "notary/notary.h"
#include "people/people.h"
#include "review_sql.h"
#include "screening/screening.h"

#include <jansson.h>

struct submitting {
    id64 manuscript;
    int seen;
    const struct answer *declarations;
    size_t count;
    struct revision revision;
    struct passage passage;
};

static enum status already_submitted(struct call *call,
                                     const struct manuscript *manuscript,
                                     struct run *out_run);
static enum status submit(struct call *call, void *what);
static enum status choose_route(struct call *call, const struct rulebook *book,
                                const struct item_facts *item,
                                const struct route **out_route);
static enum status open_run(struct call *call, const struct submitting *submitting,
                            const struct manuscript *manuscript, id64 *out_run);
static enum status continue_run(struct call *call, const struct submitting *submitting,
                                struct passage *passage);
static enum status run_in_authors_hands(struct call *call, id64 manuscript,
                                        id64 *out_run);
static enum status pass_authors_steps(struct call *call, struct submitting *submitting);
static struct str first_target(const struct content *content);
static enum status recall(struct call *call, void *what);

enum status review_submit(struct call *call, id64 manuscript, int seen,
                          const struct answer *declarations, size_t count,
                          struct run *out_run) {
    struct submitting submitting = {.manuscript = manuscript,
                                    .seen = seen,
                                    .declarations = declarations,
                                    .count = count};
    struct manuscript found;
    struct findings findings;
    const struct rulebook *book;
    TRY(manuscript_find(call, manuscript, &found));
    enum status before = already_submitted(call, &found, out_run);
    if (before != ABSENT) {
        return before;
    }
    if (found.draft_version != seen) {
        return call_refuse(call, STALE, "", "manuscript.overtaken", NULL);
    }
    TRY(site_rulebook(call, found.site, &book));
    struct ledger_act wanted = {.act = "review.submit",
                                .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                                .payload = STR("{}"),
                                .rule = STR(""),
                                .post = STR("")};
    TRY(ledger_settle(call, found.group, &wanted, check_request(call, book, &found)));
    /* The revision is made on the way; the wish is carried out by the submission. */
    struct str wish = call->key;
    call->key = STR("");
    enum status revised = manuscript_revise(call, manuscript, &submitting.revision);
    call->key = wish;
    TRY(revised);
    wanted.digest = submitting.revision.digest;
    TRY(ledger_settle(call, found.group, &wanted,
                      check_weight(call, book, &submitting.revision.content)));
    TRY(screening_run(call, book, &submitting.revision.content, &findings));
    enum status status = matter_must_be_noted(call, found.group, book, found.unit);
    status =
        status == DONE ? store_transact(call, TXN_WRITE, submit, &submitting) : status;
    if (status == DONE) {
        *out_run = submitting.passage.run;
        return DONE;
    }
    return ledger_settle(call, found.group, &wanted, status);
}

/* ABSENT unless this very wish was carried out before: the run as it stands now. */
static enum status already_submitted(struct call *call,
                                     const struct manuscript *manuscript,
                                     struct run *out_run) {
    struct ledger_entry entry;
    TRY(ledger_find_key(call, manuscript->group, call->key, &entry));
    if (!str_is(entry.act, "review.submit") || entry.subject.id != manuscript->id) {
        return ABSENT;
    }
    return review_run(call, entry.subject, out_run);
}

enum status review_item_facts(struct call *call, id64 manuscript,
                              const struct rulebook **out_rulebook,
                              struct item_facts *out_facts) {
    struct manuscript found;
    struct content content;
    const struct rulebook *book;
    int version;
    TRY(manuscript_find(call, manuscript, &found));
    TRY(manuscript_draft(call, manuscript, &content, &version));
    TRY(site_rulebook(call, found.site, &book));
    TRY(item_facts_of(call, book, &found, &content, first_target(&content), out_facts));
    *out_rulebook = book;
    return DONE;
}

struct recalling {
    id64 run;
    struct str reason;
    struct passage passage;
};

enum status review_recall(struct call *call, id64 manuscript, struct str reason,
                          struct run *out_run) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct recalling recalling = {.reason = str_trim(reason)};
    TRY(passage_find(call, subject, 0, &recalling.run));
    TRY(store_transact(call, TXN_WRITE, recall, &recalling));
    *out_run = recalling.passage.run;
    return DONE;
}

static enum status submit(struct call *call, void *what) {
    struct submitting *submitting = what;
    struct passage *passage = &submitting->passage;
    struct manuscript manuscript;
    TRY(manuscript_lock(call, submitting->manuscript, &manuscript));
    if (manuscript.draft_version != submitting->seen) {
        return call_refuse(call, STALE, "", "manuscript.overtaken", NULL);
    }
    id64 run = 0;
    TRY(run_in_authors_hands(call, submitting->manuscript, &run));
    if (run != 0) {
        TRY(passage_open(call, run, true, passage));
        TRY(continue_run(call, submitting, passage));
    } else {
        TRY(manuscript_take_received(call, submitting->manuscript));
        TRY(open_run(call, submitting, &manuscript, &run));
        TRY(passage_open(call, run, true, passage));
    }
    TRY(notary_may_decide(call));
    return pass_authors_steps(call, submitting);
}

/* The open run that waits for the author; 0 if none is open.  REFUSED if all open
 * ones are in other hands. */
static enum status run_in_authors_hands(struct call *call, id64 manuscript,
                                        id64 *out_run) {
    struct run *runs;
    size_t count;
    bool any = false;
    TRY(review_runs(call, (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                    &runs, &count));
    for (size_t i = 0; i < count; i++) {
        struct passage passage;
        if (!runs[i].open) {
            continue;
        }
        any = true;
        TRY(passage_open(call, runs[i].id, false, &passage));
        if (passage.route->steps[passage.position.step].kind == STEP_AUTHOR) {
            *out_run = runs[i].id;
            return DONE;
        }
    }
    return any ? call_refuse(call, REFUSED, "", "review.under-way", NULL) : DONE;
}

/* The author's own steps in a row: the draft is handed in, the proof confirmed. */
static enum status pass_authors_steps(struct call *call, struct submitting *submitting) {
    struct passage *passage = &submitting->passage;
    const struct step *step = &passage->route->steps[passage->position.step];
    if (step->kind != STEP_AUTHOR) {
        return call_refuse(
            call, REFUSED, str_text(call->arena, step->basis.id), "review.not-in-hand",
            "step", str_text(call->arena, text_in(step->title, call->language)), NULL);
    }
    const struct step *first = step;
    while (step->kind == STEP_AUTHOR) {
        TRY(pass_authors_step(call, passage, submitting->declarations,
                              submitting->count));
        step = &passage->route->steps[passage->position.step];
    }
    struct ledger_act record = {.act = "review.submit",
                                .subject = passage->run.subject,
                                .digest = passage->run.digest,
                                .rule = first->basis.id,
                                .post = STR("")};
    return passage_note(
        call, passage, &record,
        json_pack("{s:s%, s:s%, s:s%, s:i}", "route", passage->run.route.at,
                  passage->run.route.length, "from", first->code.at, first->code.length,
                  "to", step->code.at, step->code.length, "round", passage->run.round));
}

enum status pass_authors_step(struct call *call, struct passage *passage,
                              const struct answer *declarations, size_t count) {
    const struct step *step = &passage->route->steps[passage->position.step];
    struct wish wish = {.person = call->actor.person,
                        .seen = passage->run.digest,
                        .answers = declarations,
                        .answer_count = count};
    struct answer *asked = TAKE_ARRAY(call->arena, count + 1, struct answer);
    size_t asked_count = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < step->ask_count; j++) {
            if (str_equal(passage->book->questions[step->asks[j]].code,
                          declarations[i].question)) {
                asked[asked_count++] = declarations[i];
            }
        }
    }
    const struct content *content = &passage->revision.content;
    struct digest *files =
        TAKE_ARRAY(call->arena, content->attachment_count + 1, struct digest);
    for (size_t i = 0; i < content->attachment_count; i++) {
        files[wish.confirmed_count++] =
            content->attachments[i].digest; /* put there by him */
    }
    wish.confirmed = files;
    struct move move = {
        .kind = MOVE_DECIDE, .step = NO_INDEX, .reason = true, .channel = CHANNEL_SYSTEM};
    struct move_facts facts;
    struct moved moved;
    struct no no;
    int outcome = step_forward(step);
    if (outcome == NO_INDEX) {
        return log_failed("the author's step %.*s leads nowhere", STR_ARG(step->code));
    }
    move.outcome = (uint8_t)outcome;
    TRY(move_answers(call, passage->book, step, asked, asked_count, &move));
    passage->run.submitter = call->actor.person;
    TRY(passage_facts(call, passage, &wish, &facts));
    enum status answer = rulebook_move(passage->book, passage->route, &passage->position,
                                       &move, &facts, passage->lane, &moved, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, passage->book, &no);
    }
    struct decision decision = {.subject = passage->run.subject,
                                .digest = passage->run.digest,
                                .run = passage->run.id,
                                .round = passage->run.round,
                                .turn = passage->run.turn + 1,
                                .step = step->code,
                                .outcome = step->outcomes[outcome].code,
                                .answers = asked,
                                .answer_count = asked_count,
                                .opinion = STR(""),
                                .person = call->actor.person,
                                .role = passage->book->roles[step->role].code,
                                .unit = passage->run.unit,
                                .by_contributor = true,
                                .channel = STR(DECISION_IN_SYSTEM),
                                .paper_number = STR("")};
    TRY(approval_record(call, &decision));
    passage->made[passage->made_count++] = decision;
    return passage_write(call, passage, &moved);
}

static enum status open_run(struct call *call, const struct submitting *submitting,
                            const struct manuscript *manuscript, id64 *out_run) {
    struct item_facts item;
    const struct rulebook *book;
    const struct route *route = NULL;
    struct site site;
    struct str target = first_target(&submitting->revision.content);
    TRY(site_find(call, manuscript->site, &site));
    TRY(site_rulebook(call, site.id, &book));
    TRY(item_facts_of(call, book, manuscript, &submitting->revision.content, target,
                      &item));
    TRY(choose_route(call, book, &item, &route));
    struct run run = {.subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript->id},
                      .group = site.group,
                      .site = site.id,
                      .revision = submitting->revision.id,
                      .digest = submitting->revision.digest,
                      .rulebook_digest = book->digest,
                      .route = route->code,
                      .target = target,
                      .unit = manuscript->unit,
                      .submitter = call->actor.person};
    TRY(run_begin(call, book, route, &run));
    TRY(passage_admit_readers(call, book, route, &run));
    *out_run = run.id;
    return DONE;
}

/* The same run with another text; with another route if the class was changed. */
static enum status continue_run(struct call *call, const struct submitting *submitting,
                                struct passage *passage) {
    const struct route *route = NULL;
    struct item_facts item;
    const struct content *content = &submitting->revision.content;
    TRY(item_facts_of(call, passage->book, &passage->manuscript, content,
                      passage->run.target, &item));
    TRY(choose_route(call, passage->book, &item, &route));
    if (route != passage->route && !passage->run.replaced) {
        struct position start = route_rejoin(route, &passage->position);
        passage->route = route;
        passage->run.route = route->code;
        passage->run.step = route->steps[start.step].code;
        passage->run.round = start.round;
        TRY(passage_admit_readers(call, passage->book, route, &passage->run));
    }
    passage->run.revision = submitting->revision.id;
    passage->run.digest = submitting->revision.digest;
    TRY(run_update(call, passage));
    return passage_open(call, passage->run.id, true, passage);
}

static enum status choose_route(struct call *call, const struct rulebook *book,
                                const struct item_facts *item,
                                const struct route **out_route) {
    int route;
    struct no no;
    enum status answer = rulebook_route_for(book, item, &route, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, book, &no);
    }
    *out_route = &book->routes[route];
    return DONE;
}

static enum status recall(struct call *call, void *what) {
    struct recalling *recalling = what;
    struct passage *passage = &recalling->passage;
    struct wish wish = {.person = call->actor.person};
    struct move move = {.kind = MOVE_RECALL,
                        .step = NO_INDEX,
                        .reason = !str_is_empty(recalling->reason)};
    struct move_facts facts;
    struct moved moved;
    struct no no;
    TRY(passage_open(call, recalling->run, true, passage));
    wish.seen = passage->run.digest;
    TRY(passage_facts(call, passage, &wish, &facts));
    enum status answer = rulebook_move(passage->book, passage->route, &passage->position,
                                       &move, &facts, passage->lane, &moved, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, passage->book, &no);
    }
    TRY(passage_write(call, passage, &moved));
    struct ledger_act record = {
        .act = "review.recall",
        .subject = passage->run.subject,
        .digest = passage->run.digest,
        .payload =
            ledger_payload(call, json_pack("{s:s%}", "reason", recalling->reason.at,
                                           recalling->reason.length)),
        .rule = STR(""),
        .post = STR("")};
    return ledger_append(call, passage->run.group, &record, NULL);
}

/* BZ-14: an item for a site above goes there first; its own site follows in parallel
 * when the office says so. */
static struct str first_target(const struct content *content) {
    struct str rest = content_field(content, "targets");
    return str_cut(&rest, ' ');
}
