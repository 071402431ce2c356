/*
 * What a move leaves behind, all in the transaction of the decision: the run's new
 * place, the manuscript's state, duties, filing records, archive copies, news, and
 * a further run where the rulebook begins one.
 */
#include "review_own.h"

#include "filing/filing.h"
#include "jobs/jobs.h"
#include "notice/notice.h"
#include "people/people.h"
#include "review_sql.h"

#include <jansson.h>
#include <stdlib.h>

static enum status admit_role(struct call *call, const struct passage *passage, int role);
static enum status file_all(struct call *call, const struct passage *passage,
                            const struct moved *moved);
static enum status file_record(struct call *call, const struct passage *passage,
                               const struct filing_rule *rule);
static enum status put_away(struct call *call, const struct passage *passage,
                            const struct archive_rule *rule);
static enum status tell_author(struct call *call, const struct passage *passage,
                               const struct moved *moved);
static struct str approval_words(struct call *call, const struct passage *passage);
static struct str history_json(struct call *call, const struct decision *decisions,
                               size_t count);

enum status passage_write(struct call *call, struct passage *passage,
                          const struct moved *moved) {
    struct str left = passage->run.step;
    bool stays = moved->next.signers != 0 || moved->owed != NULL ||
                 (moved->take_down && moved->outcome == NULL);
    if (moved->onto != NULL) {
        passage->route = moved->onto;
        passage->run.route = moved->onto->code;
        passage->run.replaced = true;
        TRY(passage_admit_readers(call, passage->book, moved->onto, &passage->run));
    }
    passage_owe_review(call, passage, moved);
    const struct step *step = &passage->route->steps[moved->next.step];
    enum item_state state = moved->next.live != 0 ? STATE_REVIEW_OWED : step->state;
    bool confirmed = passage->position.live != 0 && moved->ended && !moved->take_down;
    passage->run.step = step->code;
    passage->run.state = str_of(item_state_name(state));
    passage->run.round = moved->next.round;
    passage->run.step_since = stays ? passage->run.step_since : call->now;
    passage->run.open = !moved->ended;
    passage->position = moved->next;
    TRY(notice_duty_close(call, passage->run.subject, left));
    if (moved->duty_role != NO_INDEX) {
        TRY(passage_open_duties(call, passage, moved));
    } else {
        passage->run.due = INSTANT_NEVER;
    }
    TRY(run_update(call, passage));
    if (passage->run.subject.kind == SUBJECT_MANUSCRIPT) {
        if (confirmed) { /* what went live first is what the public sees, for good */
            TRY(manuscript_set_live(call, passage->manuscript.id, passage->run.revision));
        }
        TRY(manuscript_move(call, passage->manuscript.id, item_state_name(state),
                            passage->run.id));
    }
    TRY(file_all(call, passage, moved));
    if (moved->archive != NULL) {
        TRY(put_away(call, passage, moved->archive));
    }
    if (passage->run.subject.kind == SUBJECT_RULEBOOK && moved->ended &&
        moved->approves) {
        TRY(effect_begin(call, passage));
    }
    if (passage->run.subject.kind == SUBJECT_MATTER && moved->ended) {
        TRY(passage_conclude(call, passage, moved));
    }
    TRY(tell_author(call, passage, moved));
    if (moved->ended && step->state == STATE_SUBMITTED) {
        TRY(passage_deliver(call, passage));
    }
    return moved->spawn_target == NO_INDEX
               ? DONE
               : passage_spawn(call, passage, moved->spawn_target);
}

enum status run_begin(struct call *call, const struct rulebook *book,
                      const struct route *route, struct run *run) {
    const struct step *first = &route->steps[route->first];
    TRY(site_must_have_values(call, run->site, book)); /* nothing begins before */
    run->id = call_new_id(call);
    run->step = first->code;
    run->state = str_of(item_state_name(first->state));
    run->round = 1;
    run->open = true;
    run->started_at = call->now;
    run->step_since = call->now;
    run->due = INSTANT_NEVER;
    return store_run(
        call, &review_run_insert, NULL, bind_id("id", run->id),
        bind_text("subject_kind", str_of(subject_kind_name(run->subject.kind))),
        bind_id("subject", run->subject.id), bind_id("site_group", run->group),
        bind_id("site", run->site), bind_id("revision", run->revision),
        bind_digest("digest", &run->digest),
        bind_digest("rulebook_digest", &run->rulebook_digest),
        bind_text("route", run->route), bind_text("target", run->target),
        bind_text("step", run->step), bind_text("state", run->state),
        bind_int("round", run->round), bind_int("turn", 0), bind_id("unit", run->unit),
        bind_id("submitter", run->submitter), bind_int("now", call->now),
        bind_id("due", 0));
}

enum status run_update(struct call *call, struct passage *passage) {
    struct run *run = &passage->run;
    int64_t changed = 0;
    TRY(store_run(call, &review_run_update, &changed, bind_id("revision", run->revision),
                  bind_digest("digest", &run->digest), bind_text("route", run->route),
                  bind_text("step", run->step), bind_text("state", run->state),
                  bind_int("round", run->round), bind_int("turn", run->turn),
                  bind_id("submitter", run->submitter), bind_int("now", run->step_since),
                  run->due == INSTANT_NEVER ? bind_id("due", 0)
                                            : bind_int("due", run->due),
                  bind_int("is_open", run->open), bind_id("owed_until", run->owed_until),
                  bind_id("lapse_at", run->lapse_at), bind_int("replaced", run->replaced),
                  bind_id("id", run->id)));
    if (changed != 1) {
        return call_refuse(call, STALE, "", "review.overtaken", NULL);
    }
    run->turn++;
    return DONE;
}

enum status passage_admit_readers(struct call *call, const struct rulebook *book,
                                  const struct route *route, const struct run *run) {
    struct passage passage = {.run = *run, .book = book, .route = route};
    TRY(site_find(call, run->site, &passage.site));
    for (size_t i = 0; i < route->step_count; i++) {
        for (size_t j = 0; j < step_signers(&route->steps[i]); j++) {
            TRY(admit_role(call, &passage, step_signer_role(&route->steps[i], j)));
        }
    }
    return route->owed == NULL ? DONE : admit_role(call, &passage, route->owed->role);
}

static enum status admit_role(struct call *call, const struct passage *passage,
                              int role) {
    if (role == NO_INDEX || passage->book->roles[role].scope == ROLE_NAMED_UNIT) {
        return DONE; /* a named unit is let in when the text is sent to it */
    }
    const struct role *admitted = &passage->book->roles[role];
    id64 unit;
    TRY(passage_role_unit(call, passage, role, &unit));
    return manuscript_admit(call, passage->run.subject.id,
                            admitted->open ? "" : str_text(call->arena, admitted->code),
                            unit);
}

static enum status file_all(struct call *call, const struct passage *passage,
                            const struct moved *moved) {
    for (int i = 0; i < 3 && moved->filings[i] != NULL; i++) {
        const struct filing_rule *rule = moved->filings[i];
        const struct series *series = &passage->book->series[rule->series];
        struct form form;
        if (str_ends(rule->code, "-form")) {
            struct str own;
            TRY(people_code_of_body(call, passage->site.root, series->code, &own));
            TRY(filing_form_open(call, passage->run.group, own, series->pattern,
                                 passage->run.subject, &passage->run.digest, &form));
            struct str id = id_to_text(call->arena, form.id);
            TRY(jobs_add(
                call, REVIEW_FORM_JOB, id, 0,
                str_format(call->arena, "%s %.*s", REVIEW_FORM_JOB, STR_ARG(id))));
        } else {
            TRY(file_record(call, passage, rule));
        }
    }
    return DONE;
}

/* LZ-11.d: who submitted what, with whose approval, to whom; unalterable. */
static enum status file_record(struct call *call, const struct passage *passage,
                               const struct filing_rule *rule) {
    const struct series *series = &passage->book->series[rule->series];
    const struct step *next = &passage->route->steps[passage->position.step];
    struct people_unit unit;
    struct people_brief submitter;
    struct str own;
    TRY(people_code_of_body(call, passage->site.root, series->code, &own));
    TRY(people_unit(call, passage->run.unit, &unit));
    TRY(people_person_brief(call, call->actor.person, &submitter));
    int item_class = passage->item.item_class;
    struct filing_record record = {.series = own,
                                   .pattern = series->pattern,
                                   .group = passage->run.group,
                                   .subject = passage->run.subject,
                                   .digest = passage->run.digest,
                                   .title = passage->revision.content.title,
                                   .item_class =
                                       item_class == NO_INDEX
                                           ? passage->manuscript.item_class
                                           : passage->book->classes[item_class].title.zh,
                                   .unit = unit.id,
                                   .unit_title = unit.title,
                                   .submitter = call->actor.person,
                                   .submitter_name = submitter.name,
                                   .approval = approval_words(call, passage),
                                   .destination = next->title.zh};
    return filing_record(call, &record);
}

static struct str approval_words(struct call *call, const struct passage *passage) {
    struct buffer words;
    buffer_init(&words, call->arena);
    for (size_t i = 0; i < passage->decision_count; i++) {
        const struct decision *decision = &passage->decisions[i];
        int step = route_step(passage->route, decision->step);
        struct str signer;
        if (step == NO_INDEX || passage->route->steps[step].kind != STEP_REVIEW ||
            review_signer(call, decision, call->language, &signer) != DONE) {
            continue;
        }
        struct str at = instant_to_text(call->arena, decision->at);
        buffer_add_format(&words, "%s%.*s %.*s %.*s", words.length > 0 ? "；" : "",
                          STR_ARG(passage->route->steps[step].title.zh), STR_ARG(signer),
                          STR_ARG(at));
    }
    return buffer_str(&words);
}

/* LZ-12.5.b: the final text and every decision on it, kept by the section that had it. */
static enum status put_away(struct call *call, const struct passage *passage,
                            const struct archive_rule *rule) {
    int keeper = route_step(passage->route, rule->keeper_step);
    struct decision *decisions;
    size_t count;
    struct archive_copy copy = {
        .group = passage->run.group,
        .kind = rule->at == STATE_INTERNAL ? ARCHIVE_INTERNAL : ARCHIVE_PUBLISHED,
        .subject = passage->run.subject,
        .digest = passage->run.digest,
        .title = passage->revision.content.title,
        .text = passage->revision.content.body,
        .pattern = rule->series == NO_INDEX
                       ? STR("")
                       : passage->book->series[rule->series].pattern};
    if (keeper == NO_INDEX || passage->route->steps[keeper].role == NO_INDEX) {
        return log_failed("the archive's keeping step is not in the route");
    }
    TRY(passage_role_unit(call, passage, passage->route->steps[keeper].role, &copy.unit));
    copy.unit = copy.unit < 0 ? 0 : copy.unit;
    TRY(approval_history(call, passage->run.id, &decisions, &count));
    copy.history = history_json(call, decisions, count);
    return filing_archive(call, &copy);
}

static struct str history_json(struct call *call, const struct decision *decisions,
                               size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct decision *decision = &decisions[i];
        struct str person = id_to_text(call->arena, decision->person);
        struct str digest = digest_to_text(call->arena, &decision->digest);
        struct str at = instant_to_rfc3339(call->arena, decision->at);
        json_array_append_new(
            list, json_pack("{s:s%, s:s%, s:s%, s:s%, s:s%, s:s%, s:i, s:s%}", "step",
                            decision->step.at, decision->step.length, "outcome",
                            decision->outcome.at, decision->outcome.length, "person",
                            person.at, person.length, "opinion", decision->opinion.at,
                            decision->opinion.length, "digest", digest.at, digest.length,
                            "channel", decision->channel.at, decision->channel.length,
                            "round", decision->round, "at", at.at, at.length));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    struct str json = str_copy(call->arena, str_of(text));
    free(text);
    json_decref(list);
    return json;
}

static enum status tell_author(struct call *call, const struct passage *passage,
                               const struct moved *moved) {
    bool matter = passage->run.subject.kind == SUBJECT_MATTER;
    if ((passage->run.subject.kind != SUBJECT_MANUSCRIPT && !matter) ||
        moved->outcome == NULL) {
        return DONE;
    }
    struct people_brief actor;
    TRY(people_person_brief(call, call->actor.person, &actor));
    struct news news = {
        .person = matter ? passage->matter.opened_by : passage->manuscript.author,
        .subject = passage->run.subject,
        .words = moved->outcome->kind == OUTCOME_BACK    ? STR("news.returned")
                 : moved->outcome->kind == OUTCOME_ASIDE ? STR("news.ended")
                                                         : STR("news.passed"),
        .title = matter ? passage->matter.title : passage->revision.content.title,
        .who = actor.name,
        .remark = passage->route->steps[moved->next.step].title.zh};
    return notice_tell(call, &news);
}
