/*
 * Decisions: on the screen, and on paper with a second person behind them.
 */
#include "review_own.h"

#include "notary/notary.h"
#include "people/people.h"
#include "review_sql.h"

#include <jansson.h>

struct deciding {
    struct subject subject;
    const struct verdict *verdict;
    id64 run;
    struct passage passage;
};

struct confirming {
    struct str reason; /* why it is declined */
    id64 run;
    id64 decision;
    struct passage passage;
};

static enum status decide(struct call *call, void *what);
static enum status confirm(struct call *call, void *what);
static enum status decline(struct call *call, void *what);
static enum status must_be_second(struct call *call, const struct passage *passage,
                                  const struct decision *paper);
static enum status must_be_at(struct call *call, const struct passage *passage,
                              const struct verdict *verdict);
static enum status ask(struct call *call, const struct passage *passage,
                       const struct verdict *verdict, const struct wish *wish,
                       struct moved *out_moved);
static enum status record(struct call *call, struct deciding *deciding,
                          const struct wish *wish, bool waits);
static enum status note(struct call *call, const struct passage *passage,
                        const struct step *step, const char *act,
                        const struct verdict *verdict, int round);
static struct ledger_act act_of(const struct passage *passage, const struct step *step,
                                const char *act, struct str payload);
static const struct step *step_now(const struct passage *passage);
static bool is_on_paper(const struct verdict *verdict);
static enum status already_done(struct call *call, id64 run, struct run *out_run);
static struct verdict verdict_of(const struct decision *decision);

enum status review_decide(struct call *call, struct subject subject,
                          const struct verdict *verdict, struct run *out_run) {
    struct deciding deciding = {.subject = subject, .verdict = verdict};
    TRY(passage_find(call, subject, verdict->run, &deciding.run));
    enum status repeated = already_done(call, deciding.run, out_run);
    if (repeated != ABSENT) {
        return repeated;
    }
    enum status status = store_transact(call, TXN_WRITE, decide, &deciding);
    if (status == DONE) {
        *out_run = deciding.passage.run;
        return DONE;
    }
    if (deciding.passage.run.id == 0) {
        return status;
    }
    struct ledger_act wanted = act_of(&deciding.passage, step_now(&deciding.passage),
                                      "review.decide", STR("{}"));
    return ledger_settle(call, deciding.passage.run.group, &wanted, status);
}

enum status review_decide_all(struct call *call, const id64 *manuscripts,
                              const struct verdict *verdicts, size_t count,
                              struct decided_item **out_results) {
    struct decided_item *results =
        TAKE_ARRAY(call->arena, count + 1, struct decided_item);
    struct str key = call->key;
    enum status status = DONE;
    if (count == 0 || count > REVIEW_TOGETHER_MOST) {
        return call_refuse_field(call, "item", "", "review.too-many", NULL);
    }
    for (size_t i = 0; i < count && status != FAILED; i++) {
        struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscripts[i]};
        struct verdict verdict = verdicts[i];
        verdict.bulk = true;
        if (!str_is_empty(key)) {
            call->key = str_format(call->arena, "%.*s/%.*s", STR_ARG(key),
                                   STR_ARG(id_to_text(call->arena, manuscripts[i])));
        }
        results[i].manuscript = manuscripts[i];
        status = review_decide(call, subject, &verdict, &results[i].run);
        results[i].status = status;
        results[i].refusal = call->refusal;
        call_forgive(call);
    }
    call->key = key;
    if (status == FAILED) {
        return FAILED;
    }
    *out_results = results;
    return DONE;
}

enum status review_confirm_face(struct call *call, struct subject subject, id64 decision,
                                struct run *out_run) {
    struct confirming confirming = {.decision = decision};
    struct decision paper;
    TRY(approval_find(call, decision, &paper));
    if (paper.subject.kind != subject.kind || paper.subject.id != subject.id) {
        return ABSENT;
    }
    TRY(passage_find(call, subject, paper.run, &confirming.run));
    enum status status = store_transact(call, TXN_WRITE, confirm, &confirming);
    if (status == DONE) {
        *out_run = confirming.passage.run;
        return DONE;
    }
    if (confirming.passage.run.id == 0) {
        return status;
    }
    struct ledger_act wanted = act_of(&confirming.passage, step_now(&confirming.passage),
                                      "review.confirm-paper", STR("{}"));
    return ledger_settle(call, confirming.passage.run.group, &wanted, status);
}

enum status review_decline_face(struct call *call, struct subject subject, id64 decision,
                                struct str reason) {
    struct confirming confirming = {.decision = decision, .reason = str_trim(reason)};
    struct decision paper;
    TRY(approval_find(call, decision, &paper));
    if (paper.subject.kind != subject.kind || paper.subject.id != subject.id) {
        return ABSENT;
    }
    TRY(passage_find(call, subject, paper.run, &confirming.run));
    return store_transact(call, TXN_WRITE, decline, &confirming);
}

static enum status decide(struct call *call, void *what) {
    struct deciding *deciding = what;
    const struct verdict *verdict = deciding->verdict;
    struct passage *passage = &deciding->passage;
    bool on_paper = is_on_paper(verdict);
    struct wish wish = {.person = on_paper ? verdict->signer : call->actor.person,
                        .seen = verdict->seen,
                        .answers = verdict->answers,
                        .answer_count = verdict->answer_count,
                        .confirmed = verdict->confirmed,
                        .confirmed_count = verdict->confirmed_count,
                        .paper_complete = on_paper};
    struct moved moved;
    TRY(passage_open(call, deciding->run, true, passage));
    TRY(must_be_at(call, passage, verdict));
    if (on_paper) {
        TRY(paper_must_fit(call, passage, verdict));
    }
    TRY(ask(call, passage, verdict, &wish, &moved));
    bool takes_effect = passage->run.subject.kind != SUBJECT_MANUSCRIPT ||
                        (passage->position.live != 0 && !moved.take_down);
    if (moved.ended && takes_effect) { /* in force, agreed to, or live for good */
        TRY(passage_must_be_signed(call, passage));
    }
    TRY(notary_may_decide(call));
    TRY(record(call, deciding, &wish, on_paper));
    if (on_paper) {
        return note(call, passage, step_now(passage), "review.enter-paper", verdict,
                    passage->run.round);
    }
    passage->run.submitter =
        passage->route->steps[passage->position.step].kind == STEP_AUTHOR
            ? call->actor.person
            : passage->run.submitter;
    int round = passage->run.round;
    const struct step *step = step_now(passage);
    TRY(passage_write(call, passage, &moved));
    return note(call, passage, step, moved.take_down ? "review.reject" : "review.decide",
                verdict, round);
}

static enum status confirm(struct call *call, void *what) {
    struct confirming *confirming = what;
    struct passage *passage = &confirming->passage;
    struct decision paper;
    struct moved moved;
    TRY(passage_open(call, confirming->run, true, passage));
    TRY(approval_find(call, confirming->decision, &paper));
    struct verdict verdict = verdict_of(&paper);
    struct digest confirmed[MANUSCRIPT_FILES_MOST];
    struct wish wish = {.person = paper.person,
                        .seen = paper.digest,
                        .answers = paper.answers,
                        .answer_count = paper.answer_count,
                        .paper_complete = true};
    const struct content *content = &passage->revision.content;
    for (size_t i = 0; i < content->attachment_count && i < MANUSCRIPT_FILES_MOST; i++) {
        confirmed[wish.confirmed_count++] = content->attachments[i].digest;
    }
    wish.confirmed = confirmed; /* the paper lists them with their digests */
    TRY(must_be_at(call, passage, &verdict));
    TRY(must_be_second(call, passage, &paper));
    TRY(ask(call, passage, &verdict, &wish, &moved));
    TRY(notary_may_decide(call));
    TRY(approval_confirm(call, confirming->decision, passage->run.turn + 1));
    passage->made[passage->made_count] = paper;
    passage->made[passage->made_count++].turn = passage->run.turn + 1;
    int round = passage->run.round;
    const struct step *step = step_now(passage);
    TRY(passage_write(call, passage, &moved));
    return note(call, passage, step, "review.confirm-paper", &verdict, round);
}

static enum status decline(struct call *call, void *what) {
    struct confirming *confirming = what;
    struct passage *passage = &confirming->passage;
    struct decision paper;
    TRY(passage_open(call, confirming->run, true, passage));
    TRY(approval_find(call, confirming->decision, &paper));
    TRY(must_be_second(call, passage, &paper));
    if (str_is_empty(confirming->reason)) {
        return call_refuse_field(call, "reason", "", "review.paper-how-differs", NULL);
    }
    TRY(approval_decline(call, confirming->decision));
    struct ledger_act record =
        act_of(passage, step_now(passage), "review.decline-paper",
               ledger_payload(call, json_pack("{s:s%}", "reason", confirming->reason.at,
                                              confirming->reason.length)));
    record.digest = paper.digest;
    return ledger_append(call, passage->run.group, &record, NULL);
}

/* Neither who entered it nor whose name it bears, but somebody with a post here. */
static enum status must_be_second(struct call *call, const struct passage *passage,
                                  const struct decision *paper) {
    uint64_t roles = 0;
    if (paper->entered_by == call->actor.person || paper->person == call->actor.person) {
        return call_refuse(call, DENIED, "", "review.paper-second-person", NULL);
    }
    TRY(passage_roles(call, passage, call->actor.person, &roles));
    return roles != 0 ? DONE
                      : call_refuse(call, DENIED, "", "review.paper-no-post", NULL);
}

static enum status must_be_at(struct call *call, const struct passage *passage,
                              const struct verdict *verdict) {
    if (!passage->run.open) {
        return call_refuse(call, STALE, "", "review.run-ended", NULL);
    }
    if (route_step(passage->route, verdict->step) == NO_INDEX) {
        const struct step *now = &passage->route->steps[passage->position.step];
        return call_refuse(call, STALE, "", "review.moved-on", "step",
                           str_text(call->arena, text_in(now->title, call->language)),
                           NULL);
    }
    return DONE;
}

/* Ask the rulebook, and put its no into words. */
static enum status ask(struct call *call, const struct passage *passage,
                       const struct verdict *verdict, const struct wish *wish,
                       struct moved *out_moved) {
    int wanted = route_step(passage->route, verdict->step);
    const struct step *step = &passage->route->steps[wanted];
    struct move move = {.kind = MOVE_DECIDE,
                        .step = wanted,
                        .reason = !str_is_empty(str_trim(verdict->opinion))};
    struct move_facts facts;
    struct no no;
    int outcome = step_outcome(step, verdict->outcome);
    if (outcome == NO_INDEX) {
        return call_refuse_field(
            call, "outcome", str_text(call->arena, step->basis.id),
            "review.outcome-unknown", "step",
            str_text(call->arena, text_in(step->title, call->language)), NULL);
    }
    move.outcome = (uint8_t)outcome;
    move.bulk = verdict->bulk;
    TRY(signer_of(call, passage, wish->person, verdict->role, &move.signer));
    move.channel =
        (uint8_t)(is_on_paper(verdict)                            ? CHANNEL_FACE
                  : str_is(verdict->channel, "document-exchange") ? CHANNEL_EXCHANGE
                                                                  : CHANNEL_SYSTEM);
    TRY(move_answers(call, passage->book, step, wish->answers, wish->answer_count,
                     &move));
    TRY(passage_facts(call, passage, wish, &facts));
    enum status answer = rulebook_move(passage->book, passage->route, &passage->position,
                                       &move, &facts, passage->lane, out_moved, &no);
    return answer == DONE ? DONE : rulebook_refuse(call, passage->book, &no);
}

static enum status record(struct call *call, struct deciding *deciding,
                          const struct wish *wish, bool waits) {
    struct passage *passage = &deciding->passage;
    const struct verdict *verdict = deciding->verdict;
    const struct step *step = &passage->route->steps[passage->position.step];
    uint8_t signer = 0;
    TRY(signer_of(call, passage, wish->person, verdict->role, &signer));
    int role = step_signer_role(step, signer);
    struct decision decision = {.subject = passage->run.subject,
                                .digest = passage->run.digest,
                                .terms = verdict->terms,
                                .run = passage->run.id,
                                .round = passage->run.round,
                                .turn = waits ? 0 : passage->run.turn + 1,
                                .step = step->code,
                                .outcome = verdict->outcome,
                                .answers = (struct answer *)verdict->answers,
                                .answer_count = verdict->answer_count,
                                .opinion = str_trim(verdict->opinion),
                                .person = wish->person,
                                .role = passage->book->roles[role].code,
                                .channel = waits ? STR(DECISION_ON_PAPER)
                                           : str_is_empty(verdict->channel)
                                               ? STR(DECISION_IN_SYSTEM)
                                               : verdict->channel,
                                .face_day = verdict->face_day,
                                .paper_number = verdict->paper_number,
                                .scan = verdict->scan,
                                .entered_by = waits ? call->actor.person : 0};
    TRY(passage_role_unit(call, passage, role, &decision.unit));
    TRY(passage_wrote(call, passage, wish->person, &decision.by_contributor));
    TRY(approval_record(call, &decision));
    passage->made[passage->made_count++] = decision;
    for (size_t i = 0; i < verdict->confirmed_count; i++) {
        TRY(store_run(call, &review_confirmation_insert, NULL,
                      bind_id("run", decision.run), bind_int("round", decision.round),
                      bind_text("step", decision.step),
                      bind_digest("attachment", &verdict->confirmed[i]),
                      bind_id("person", wish->person), bind_int("now", call->now)));
    }
    return DONE;
}

/* Of the step that was decided and its round; the passage has moved on. */
static enum status note(struct call *call, const struct passage *passage,
                        const struct step *step, const char *act,
                        const struct verdict *verdict, int round) {
    struct ledger_act record = act_of(passage, step, act, STR(""));
    record.rule = step->basis.id;
    return passage_note(call, passage, &record,
                        json_pack("{s:s%, s:s%, s:s%, s:i}", "step", step->code.at,
                                  step->code.length, "outcome", verdict->outcome.at,
                                  verdict->outcome.length, "opinion", verdict->opinion.at,
                                  verdict->opinion.length, "round", round));
}

enum status signer_of(struct call *call, const struct passage *passage, id64 person,
                      struct str role, uint8_t *out_signer) {
    const struct step *step = step_now(passage);
    uint64_t roles = 0;
    *out_signer = 0;
    if (step->joint == NULL) {
        return DONE;
    }
    if (!str_is_empty(role)) {
        *out_signer = signer_with(passage->book, step, role);
        return DONE;
    }
    TRY(passage_roles(call, passage, person, &roles));
    for (size_t i = step_signers(step); i > 0; i--) {
        int index = step_signer_role(step, i - 1);
        bool wanted = (passage->position.signers & 1U << (i - 1)) == 0;
        if (wanted && index != NO_INDEX && (roles & (uint64_t)1 << index) != 0) {
            *out_signer = (uint8_t)(i - 1);
        }
    }
    return DONE;
}

static struct ledger_act act_of(const struct passage *passage, const struct step *step,
                                const char *act, struct str payload) {
    struct str post = step->role == NO_INDEX
                          ? STR("")
                          : text_in(passage->book->roles[step->role].title, STR("zh-CN"));
    return (struct ledger_act){.act = act,
                               .subject = passage->run.subject,
                               .digest = passage->run.digest,
                               .payload = payload,
                               .rule = STR(""),
                               .post = post};
}

static const struct step *step_now(const struct passage *passage) {
    return &passage->route->steps[passage->position.step];
}

static bool is_on_paper(const struct verdict *verdict) {
    return str_is(verdict->channel, DECISION_ON_PAPER);
}

/* ABSENT unless this very wish was carried out before. */
static enum status already_done(struct call *call, id64 run, struct run *out_run) {
    struct passage passage;
    struct ledger_entry entry;
    if (str_is_empty(call->key)) {
        return ABSENT;
    }
    TRY(passage_open(call, run, false, &passage));
    TRY(ledger_find_key(call, passage.run.group, call->key, &entry));
    *out_run = passage.run;
    return DONE;
}

static struct verdict verdict_of(const struct decision *decision) {
    return (struct verdict){.run = decision->run,
                            .seen = decision->digest,
                            .step = decision->step,
                            .outcome = decision->outcome,
                            .answers = decision->answers,
                            .answer_count = decision->answer_count,
                            .opinion = decision->opinion,
                            .terms = decision->terms,
                            .channel = decision->channel,
                            .signer = decision->person,
                            .face_day = decision->face_day,
                            .paper_number = decision->paper_number,
                            .scan = decision->scan};
}
