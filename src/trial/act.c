/*
 * The acts that a case can have sample persons do, by their names; here those on its
 * manuscript and on who holds which post.
 */
#include "trial_own.h"

#include "people/people.h"
#include "publication/publication.h"

static enum status act_submit(struct hearing *hearing, const struct case_act *act);
static enum status act_decide(struct hearing *hearing, const struct case_act *act);
static enum status act_edit(struct hearing *hearing, const struct case_act *act);
static struct str repeated(struct hearing *hearing, const struct case_act *act);
static enum status act_recall(struct hearing *hearing, const struct case_act *act);
static enum status act_change(struct hearing *hearing, const struct case_act *act);
static enum status act_release(struct hearing *hearing, const struct case_act *act);
static enum status act_release_first(struct hearing *hearing, const struct case_act *act);
static enum status act_lapse(struct hearing *hearing, const struct case_act *act);
static enum status act_decide_together(struct hearing *hearing,
                                       const struct case_act *act);
static enum status act_withdraw(struct hearing *hearing, const struct case_act *act);
static enum status act_dismiss(struct hearing *hearing, const struct case_act *act);
static enum status act_appoint(struct hearing *hearing, const struct case_act *act);
static enum status act_begin(struct hearing *hearing, const struct case_act *act);
static enum status verdict_meant(struct hearing *hearing, const struct case_act *act,
                                 const struct run *now, struct verdict *out_verdict);
static enum status make_stranger(struct hearing *hearing, id64 *out_person);
static const struct step *step_meant(struct hearing *hearing, const struct run *run,
                                     const struct case_act *act);
static enum status present_run(struct hearing *hearing, struct run *out_run);

static const struct {
    const char *name;
    enum status (*act)(struct hearing *hearing, const struct case_act *act);
} acts[] = {
    {"submit", act_submit},
    {"decide", act_decide},
    {"edit", act_edit},
    {"recall", act_recall},
    {"change", act_change},
    {"release", act_release},
    {"release-first", act_release_first},
    {"lapse", act_lapse},
    {"decide-together", act_decide_together},
    {"withdraw", act_withdraw},
    {"appoint", act_appoint},
    {"dismiss", act_dismiss},
    {"begin", act_begin},
};

enum status hearing_act(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    id64 person = 0;
    TRY(hearing_person(hearing, act->person, &person));
    call->door = DOOR_WEB;
    call->actor = (struct actor){.person = person, .freshly_proven = true};
    if (hearing_looks(act->act)) {
        return hearing_look(hearing, act);
    }
    if (hearing_counts(act->act)) {
        return hearing_count(hearing, act);
    }
    if (hearing_renews(act->act)) {
        return hearing_renew(hearing, act);
    }
    if (hearing_assesses(act->act)) {
        return hearing_assess(hearing, act);
    }
    if (hearing_keeps(act->act)) {
        return hearing_keep(hearing, act);
    }
    if (hearing_builds(act->act)) {
        return hearing_build(hearing, act);
    }
    if (hearing_operates(act->act)) {
        return hearing_operate(hearing, act);
    }
    if (hearing_mails(act->act)) {
        return hearing_mail(hearing, act);
    }
    if (hearing_asks(act->act)) {
        return hearing_ask(hearing, act);
    }
    for (size_t i = 0; i < LENGTH(acts); i++) {
        if (str_is(act->act, acts[i].name)) {
            return acts[i].act(hearing, act);
        }
    }
    hearing->why = str_format(call->arena, "a case cannot do “%.*s”", STR_ARG(act->act));
    return REFUSED;
}

enum status hearing_person(struct hearing *hearing, struct str name, id64 *out_person) {
    struct call *call = hearing->call;
    struct people_holdings holdings;
    int role = rulebook_role(hearing->book, name);
    if (str_is(name, "author") || str_is(name, "handler")) {
        *out_person = hearing->bureau.writer;
        return DONE;
    }
    if (str_is(name, "machine")) {
        *out_person = 0;
        return DONE;
    }
    if (str_is(name, "stranger")) {
        return make_stranger(hearing, out_person);
    }
    id64 unit = role != NO_INDEX && hearing->book->roles[role].scope == ROLE_OWN_UNIT
                    ? hearing->bureau.department.id
                    : 0;
    TRY(people_holders(call, str_text(call->arena, name), unit, &holdings));
    if (holdings.count == 0) {
        hearing->why = str_format(call->arena, "nobody is “%.*s”", STR_ARG(name));
        return REFUSED;
    }
    *out_person = holdings.at[0].person;
    return DONE;
}

size_t hearing_answers(struct hearing *hearing, const struct case_act *act,
                       struct answer *good, size_t count, struct answer **out_answers) {
    struct answer *answers =
        TAKE_ARRAY(hearing->call->arena, count + act->answer_count + 1, struct answer);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        answers[kept] = good[i];
        for (size_t j = 0; j < act->answer_count; j++) {
            if (str_equal(act->answers[j].question, good[i].question)) {
                answers[kept].value = act->answers[j].answer;
            }
        }
        kept += str_is(answers[kept].value, "none") ? 0 : 1;
    }
    *out_answers = answers;
    return kept;
}

static enum status act_submit(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    const struct rulebook *book;
    struct item_facts item;
    struct no no;
    struct run run;
    struct content draft;
    struct answer *answers = NULL;
    struct answer good[2 * RULEBOOK_QUESTIONS_MOST];
    size_t count = 0;
    int version;
    int index;
    TRY(review_item_facts(call, hearing->manuscript, &book, &item));
    if (rulebook_route_for(book, &item, &index, &no) != DONE) {
        return rulebook_refuse(call, book, &no);
    }
    const struct route *route = &book->routes[index];
    for (size_t i = 0; i < route->step_count; i++) {
        struct answer *part;
        if (route->steps[i].kind != STEP_AUTHOR) {
            continue;
        }
        size_t asked = trial_good_answers(call, book, &route->steps[i], &part);
        for (size_t j = 0; j < asked && count < LENGTH(good); j++) {
            bool again = false;
            for (size_t k = 0; k < count; k++) {
                again = again || str_equal(good[k].question, part[j].question);
            }
            if (!again) {
                good[count++] = part[j];
            }
        }
    }
    count = hearing_answers(hearing, act, good, count, &answers);
    TRY(manuscript_draft(call, hearing->manuscript, &draft, &version));
    return review_submit(call, hearing->manuscript, version, answers, count, &run);
}

/* As reactions do in a process that serves: what was returned while it was public before
 * its review comes down. */
static enum status act_decide(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct verdict verdict;
    struct run run;
    struct run after;
    TRY(present_run(hearing, &run));
    TRY(verdict_meant(hearing, act, &run, &verdict));
    TRY(review_decide(call, subject, &verdict, &after));
    return run.owed_until != 0 && after.owed_until == 0 &&
                   !str_is(after.state, "published")
               ? publication_take_down(call, hearing->manuscript, &run.digest, call->now)
               : DONE;
}

/* The same, as one of several items in one act. */
static enum status act_decide_together(struct hearing *hearing,
                                       const struct case_act *act) {
    struct call *call = hearing->call;
    struct verdict verdict;
    struct decided_item *results;
    struct run run;
    TRY(present_run(hearing, &run));
    TRY(verdict_meant(hearing, act, &run, &verdict));
    TRY(review_decide_all(call, &hearing->manuscript, &verdict, 1, &results));
    if (results[0].status != DONE) {
        call->refusal = results[0].refusal;
    }
    return results[0].status;
}

static enum status verdict_meant(struct hearing *hearing, const struct case_act *act,
                                 const struct run *now, struct verdict *out_verdict) {
    struct call *call = hearing->call;
    struct run run = *now;
    struct revision revision;
    struct answer *good;
    struct answer *answers;
    const struct step *step = step_meant(hearing, &run, act);
    if (step == NULL) {
        hearing->why = STR("the route has no such step");
        return REFUSED;
    }
    TRY(manuscript_revision(call, run.revision, &revision));
    struct digest *files =
        TAKE_ARRAY(call->arena, revision.content.attachment_count + 1, struct digest);
    for (size_t i = 0; i < revision.content.attachment_count; i++) {
        files[i] = revision.content.attachments[i].digest;
    }
    int forward = step_forward(step);
    size_t count = trial_good_answers(call, hearing->book, step, &good);
    count = hearing_answers(hearing, act, good, count, &answers);
    struct verdict verdict = {
        .run = run.id,
        .seen = run.digest,
        .step = step->code,
        .outcome = !str_is_empty(act->outcome) ? act->outcome
                   : forward == NO_INDEX       ? STR("")
                                               : step->outcomes[forward].code,
        .role = STR(""),
        .answers = answers,
        .answer_count = count,
        .opinion = str_is_empty(act->reason) ? STR("") : act->reason,
        .confirmed = files,
        .confirmed_count =
            str_is(act->value, "files-unseen") ? 0 : revision.content.attachment_count,
        .channel = act->channel,
        .paper_number = STR("")};
    if (str_is(act->channel, DECISION_ON_PAPER)) {
        verdict.signer = call->actor.person;
    }
    *out_verdict = verdict;
    return DONE;
}

static enum status act_edit(struct hearing *hearing, const struct case_act *act) {
    struct content content;
    struct dropped dropped;
    int version;
    TRY(manuscript_draft(hearing->call, hearing->manuscript, &content, &version));
    content.body = repeated(hearing, act);
    return manuscript_save(hearing->call, hearing->manuscript, version, &content,
                           &version, &dropped);
}

/* The value, as often as the answer "times" says. */
static struct str repeated(struct hearing *hearing, const struct case_act *act) {
    struct buffer text;
    int64_t times = hearing_number(act, "times", 1);
    buffer_init(&text, hearing->call->arena);
    for (int64_t i = 0; i < times; i++) {
        buffer_add(&text, act->value);
    }
    return buffer_str(&text);
}

int64_t hearing_number(const struct case_act *act, const char *question,
                       int64_t otherwise) {
    int64_t number = otherwise;
    for (size_t i = 0; i < act->answer_count; i++) {
        if (str_is(act->answers[i].question, question) &&
            str_to_int(act->answers[i].answer, &number) != DONE) {
            number = otherwise;
        }
    }
    return number;
}

static enum status act_recall(struct hearing *hearing, const struct case_act *act) {
    struct run run;
    return review_recall(hearing->call, hearing->manuscript, act->reason, &run);
}

static enum status act_change(struct hearing *hearing, const struct case_act *act) {
    (void)act;
    return manuscript_begin_change(hearing->call, hearing->manuscript);
}

static enum status act_release(struct hearing *hearing, const struct case_act *act) {
    struct manuscript manuscript;
    struct revision revision;
    struct release *releases;
    size_t count;
    TRY(manuscript_peek(hearing->call, hearing->manuscript, &manuscript));
    TRY(manuscript_revision(hearing->call, manuscript.revision, &revision));
    struct release_order order = {.manuscript = hearing->manuscript,
                                  .seen = revision.digest,
                                  .reason = act->reason};
    return publication_release(hearing->call, &order, &releases, &count);
}

static enum status act_release_first(struct hearing *hearing,
                                     const struct case_act *act) {
    struct manuscript manuscript;
    struct revision revision;
    struct release *releases;
    size_t count;
    TRY(manuscript_peek(hearing->call, hearing->manuscript, &manuscript));
    TRY(manuscript_revision(hearing->call, manuscript.revision, &revision));
    struct release_order order = {.manuscript = hearing->manuscript,
                                  .seen = revision.digest,
                                  .reason = act->reason};
    return publication_release_first(hearing->call, &order, &releases, &count);
}

/* So many minutes later the clock looks whether an owed review is late. */
static enum status act_lapse(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    int64_t minutes = 0;
    size_t count = 0;
    TRY(str_to_int(act->value, &minutes));
    call->now += minutes * INSTANT_MINUTE;
    call->door = DOOR_CLOCK;
    return publication_lapse(call, &count);
}

static enum status act_withdraw(struct hearing *hearing, const struct case_act *act) {
    return publication_withdraw(hearing->call, hearing->manuscript, WITHDRAW_REMOVAL,
                                act->reason, 0);
}

/* "liaison" in the sample department, or "liaison info-centre" elsewhere. */
static enum status act_appoint(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct people_roles roles = people_roles_of(call, hearing->book);
    struct people_unit unit = hearing->bureau.department;
    struct str rest = act->value;
    struct str role = str_cut(&rest, ' ');
    id64 person;
    if (!str_is_empty(rest)) {
        TRY(people_unit_find(call, rest, &unit));
    }
    TRY(hearing_new_person(hearing, "卢晴", &person));
    int index = rulebook_role(hearing->book, role);
    struct text title = index == NO_INDEX
                            ? (struct text){role, role}
                            : role_title_in(&hearing->book->roles[index],
                                            rulebook_unit_kind(hearing->book, unit.kind));
    return trial_seat(call, &roles, unit.id, str_text(call->arena, role),
                      str_text(call->arena, title.zh), person);
}

/* Whoever holds that role in the sample department leaves it. */
static enum status act_dismiss(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct people_holdings holdings;
    TRY(people_holders(call, str_text(call->arena, act->value),
                       hearing->bureau.department.id, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        TRY(people_appointment_end(call, holdings.at[i].appointment, 0, STR("调离")));
    }
    return holdings.count == 0 ? ABSENT : DONE;
}

/* "notices", or "notices industry" for that unit: a new manuscript of the actor's own
 * unit in that column, of the class that the outcome names (else the book's first). */
static enum status act_begin(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct people_holdings holdings;
    struct column column;
    struct people_unit unit;
    struct str rest = act->value;
    struct str path = str_cut(&rest, ' ');
    TRY(site_column_find_path(call, hearing->bureau.site.id, path, &column));
    TRY(people_holdings(call, call->actor.person, &holdings));
    if (holdings.count == 0) {
        return REFUSED;
    }
    unit.id = holdings.at[0].unit;
    if (!str_is_empty(rest)) {
        TRY(people_unit_find(call, rest, &unit));
    }
    return manuscript_begin(call, column.id, unit.id,
                            str_is_empty(act->outcome) ? hearing->book->classes[0].code
                                                       : act->outcome,
                            STR("全市工业经济运行情况"), &hearing->manuscript);
}

/* A liaison of another department, who has no part in the manuscript. */
static enum status make_stranger(struct hearing *hearing, id64 *out_person) {
    struct call *call = hearing->call;
    struct people_unit unit;
    struct people_holdings office;
    enum status found = people_unit_find(call, STR("trade"), &unit);
    struct actor before = call->actor;
    if (found == DONE) {
        struct people_holdings holdings;
        TRY(people_holders(call, "liaison", unit.id, &holdings));
        *out_person = holdings.at[0].person;
        return DONE;
    }
    TRY(people_holders(call, "office-director", 0, &office));
    call->actor = (struct actor){.person = office.at[0].person, .freshly_proven = true};
    unit = (struct people_unit){.parent = hearing->bureau.department.parent,
                                .code = STR("trade"),
                                .kind = STR("department"),
                                .title = STR("贸易科"),
                                .english = STR("Trade Section"),
                                .aliases = STR("")};
    struct people_roles roles = people_roles_of(call, hearing->book);
    TRY(people_unit_save(call, &unit));
    TRY(hearing_new_person(hearing, "蒙新", out_person));
    int role = rulebook_role(hearing->book, STR("liaison"));
    const char *title =
        role == NO_INDEX
            ? "信息员"
            : str_text(call->arena,
                       role_title_in(&hearing->book->roles[role],
                                     rulebook_unit_kind(hearing->book, STR("department")))
                           .zh);
    enum status seated = trial_seat(call, &roles, unit.id, "liaison", title, *out_person);
    call->actor = before;
    return seated;
}

enum status hearing_new_person(struct hearing *hearing, const char *name,
                               id64 *out_person) {
    struct people_person person = {
        .name = str_of(name), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    TRY(people_person_save(hearing->call, &person));
    *out_person = person.id;
    return DONE;
}

static enum status present_run(struct hearing *hearing, struct run *out_run) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct actor before = hearing->call->actor;
    hearing->call->actor = (struct actor){.person = hearing->bureau.writer};
    enum status status = review_run(hearing->call, subject, out_run);
    hearing->call->actor = before;
    return status;
}

static const struct step *step_meant(struct hearing *hearing, const struct run *run,
                                     const struct case_act *act) {
    int route = rulebook_route(hearing->book, run->route);
    struct str code = str_is_empty(act->step) ? run->step : act->step;
    int step =
        route == NO_INDEX ? NO_INDEX : route_step(&hearing->book->routes[route], code);
    return step == NO_INDEX ? NULL : &hearing->book->routes[route].steps[step];
}
