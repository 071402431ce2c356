/*
 * Who has to do what next and by when: the duties of a step, their deadlines, and the
 * time for a review that is owed.
 */
#include "review_own.h"

#include "notice/notice.h"
#include "people/people.h"

static enum status open_duty(struct call *call, struct passage *passage,
                             const struct moved *moved, int duty_role);
static enum status admit_named(struct call *call, const struct passage *passage,
                               int role);
static void owe_by_then(const struct passage *passage, struct duty *duty);
static enum status set_clock(struct call *call, const struct passage *passage,
                             const struct deadline *first, struct duty *duty);
static void bar_hands(struct call *call, const struct passage *passage,
                      const struct step *step, const id64 *contributors, size_t count,
                      struct duty *duty);
static const char *act_word(const struct step *step);

/* From going live until the last owed decision, or until it is taken down. */
void passage_owe_review(struct call *call, struct passage *passage,
                        const struct moved *moved) {
    struct run *run = &passage->run;
    if (moved->owed != NULL) {
        run->owed_until =
            calendar_due(call->house->calendar, call->now, moved->owed->amount,
                         time_unit_counted(moved->owed->unit), NULL);
        run->lapse_at = moved->owed->then == OWED_WITHDRAW ? run->owed_until : 0;
    } else if (moved->next.live == 0) {
        run->owed_until = 0;
        run->lapse_at = 0;
    }
}

/* One for each signature that is wanted; most steps want one. */
enum status passage_open_duties(struct call *call, struct passage *passage,
                                const struct moved *moved) {
    const struct step *step = &passage->route->steps[moved->next.step];
    if (step->joint == NULL) {
        return open_duty(call, passage, moved, moved->duty_role);
    }
    for (size_t i = 0; i < step_signers(step); i++) {
        if ((moved->duty_signers & 1U << i) != 0) {
            TRY(open_duty(call, passage, moved, step_signer_role(step, i)));
        }
    }
    return DONE;
}

enum status passage_deadline(struct call *call, const struct passage *passage,
                             const struct deadline *const *deadlines,
                             struct calendar_deadline *out_deadline,
                             const struct deadline **out_first) {
    struct calendar_deadline limit = {0};
    *out_first = NULL;
    for (int i = 0; i < 3 && deadlines[i] != NULL; i++) {
        const struct deadline *deadline = deadlines[i];
        instant start = passage_clock_start(passage, deadline->start);
        if (start == 0) {
            continue;
        }
        instant due = calendar_due(call->house->calendar, start, deadline->amount,
                                   time_unit_counted(deadline->unit), &limit.provisional);
        bool is_soft = deadline->nature == NATURE_SOFT;
        instant *end = is_soft ? &limit.soft : &limit.hard;
        if (*end == 0 || due < *end) {
            *end = due;
            limit.unit = time_unit_counted(deadline->unit);
            limit.house = deadline->basis.house ? deadline->amount : 0;
            *out_first = deadline;
        }
    }
    *out_deadline = limit;
    return DONE;
}

static enum status open_duty(struct call *call, struct passage *passage,
                             const struct moved *moved, int duty_role) {
    TRY(admit_named(call, passage, duty_role));
    const struct step *step = &passage->route->steps[moved->next.step];
    const struct role *role = &passage->book->roles[duty_role];
    bool is_back = moved->outcome != NULL && moved->outcome->kind == OUTCOME_BACK;
    const struct deadline *first;
    id64 *contributors = NULL;
    size_t count = 0;
    struct duty duty = {.group = passage->run.group,
                        .subject = passage->run.subject,
                        .step = step->code,
                        .role = role->open ? STR("") : role->code,
                        .site = passage->site.id,
                        .site_title = passage->site.title,
                        .badge = passage->run.state,
                        .act = str_of(act_word(step)),
                        .remark = STR(""),
                        .round = passage->run.round,
                        .title = STR(""),
                        .item_class = STR(""),
                        .returned = is_back,
                        .urgent = moved->alert};
    TRY(passage_role_unit(call, passage, duty_role, &duty.unit));
    if (passage->run.subject.kind == SUBJECT_MANUSCRIPT) {
        int item_class = passage->item.item_class;
        duty.title = passage->revision.content.title;
        duty.item_class = item_class == NO_INDEX
                              ? passage->manuscript.item_class
                              : passage->book->classes[item_class].title.zh;
        TRY(manuscript_contributors(call, passage->manuscript.id, &contributors, &count));
        if (step->kind == STEP_AUTHOR) {
            duty.person = passage->manuscript.author;
        }
    } else if (passage->run.subject.kind == SUBJECT_MATTER) {
        const struct matter_rule *rule =
            matter_rule_of(passage->book, passage->matter.kind);
        duty.title = passage->matter.title;
        duty.item_class = rule == NULL ? STR("") : rule->title.zh;
    } else {
        duty.title = passage->book->title.zh;
    }
    struct people_brief actor;
    TRY(people_person_brief(call, call->actor.person, &actor));
    duty.remark =
        str_format(call->arena, "%.*s %.*s", STR_ARG(actor.post), STR_ARG(actor.name));
    bar_hands(call, passage, step, contributors, count, &duty);
    TRY(passage_deadline(call, passage, moved->deadlines, &duty.deadline, &first));
    duty.rule =
        first == NULL || str_is_empty(first->basis.id) ? step->basis.id : first->basis.id;
    TRY(set_clock(call, passage, first, &duty));
    owe_by_then(passage, &duty);
    passage->run.due = duty.deadline.hard != 0   ? duty.deadline.hard
                       : duty.deadline.soft != 0 ? duty.deadline.soft
                                                 : INSTANT_NEVER;
    return notice_duty_open(call, &duty);
}

/* Another unit reads a text only when it is asked about it. */
static enum status admit_named(struct call *call, const struct passage *passage,
                               int role) {
    if (role == NO_INDEX || passage->book->roles[role].scope != ROLE_NAMED_UNIT) {
        return DONE;
    }
    id64 unit;
    TRY(passage_role_unit(call, passage, role, &unit));
    return manuscript_admit(call, passage->run.subject.id,
                            str_text(call->arena, passage->book->roles[role].code), unit);
}

/* What is public already is reviewed before its time has run out, whatever else binds. */
static void owe_by_then(const struct passage *passage, struct duty *duty) {
    const struct owed_rule *owed = passage->route->owed;
    instant due = duty->deadline.hard != 0 ? duty->deadline.hard : duty->deadline.soft;
    if (passage->run.owed_until == 0 || owed == NULL ||
        (due != 0 && due < passage->run.owed_until)) {
        return;
    }
    duty->deadline.soft = 0;
    duty->deadline.hard = passage->run.owed_until;
    duty->deadline.unit = time_unit_counted(owed->unit);
    duty->rule = owed->basis.id;
    duty->urgent = true;
    if (owed->escalate != NO_INDEX) {
        duty->escalate_role = passage->book->roles[owed->escalate].code;
    }
}

/* When its holders are reminded, and who is told when it is late. */
static enum status set_clock(struct call *call, const struct passage *passage,
                             const struct deadline *first, struct duty *duty) {
    if (first == NULL) {
        return DONE;
    }
    instant due = duty->deadline.hard != 0 ? duty->deadline.hard : duty->deadline.soft;
    if (first->remind > 0) {
        duty->remind_at = calendar_before(call->house->calendar, due, first->remind,
                                          duty->deadline.unit);
    }
    if (first->escalate != NO_INDEX) {
        duty->escalate_role = passage->book->roles[first->escalate].code;
        return passage_role_unit(call, passage, first->escalate, &duty->escalate_unit);
    }
    return DONE;
}

/* Who may not do it does not find it on the desk. */
static void bar_hands(struct call *call, const struct passage *passage,
                      const struct step *step, const id64 *contributors, size_t count,
                      struct duty *duty) {
    id64 *barred = TAKE_ARRAY(call->arena, NOTICE_BARRED_MOST, id64);
    size_t barred_count = 0;
    for (size_t i = 0; i < step->hand_count; i++) {
        const struct hand_rule *rule = &step->hands[i];
        for (size_t j = 0; (rule->never & HAND_CONTRIBUTOR) != 0 && j < count; j++) {
            if (barred_count < NOTICE_BARRED_MOST) {
                barred[barred_count++] = contributors[j];
            }
        }
        if ((rule->never & HAND_SUBMITTER) != 0 && barred_count < NOTICE_BARRED_MOST) {
            barred[barred_count++] = passage->run.submitter;
        }
        for (size_t j = 0;
             (rule->never & HAND_DECIDER) != 0 && j < passage->decision_count; j++) {
            int decided = route_step(passage->route, passage->decisions[j].step);
            bool named =
                decided != NO_INDEX && (rule->steps & (uint32_t)1 << decided) != 0;
            if (named && barred_count < NOTICE_BARRED_MOST) {
                barred[barred_count++] = passage->decisions[j].person;
            }
        }
    }
    for (size_t i = 0; i < passage->decision_count; i++) {
        bool signed_here = passage->position.signers != 0 &&
                           passage->pasts[i].step == passage->position.step &&
                           passage->pasts[i].current;
        if (signed_here && barred_count < NOTICE_BARRED_MOST) {
            barred[barred_count++] = passage->decisions[i].person;
        }
    }
    duty->barred = barred;
    duty->barred_count = barred_count;
}

static const char *act_word(const struct step *step) {
    switch (step->kind) {
    case STEP_AUTHOR:
        return "revise";
    case STEP_FORWARD:
        return "submit";
    case STEP_RELEASE:
        return "release";
    default:
        return step->state == STATE_LEADER_REVIEW ? "sign"
               : step->state == STATE_DISPOSITION ? "dispose"
               : step->state == STATE_FINAL_CHECK ? "check"
                                                  : "review";
    }
}
