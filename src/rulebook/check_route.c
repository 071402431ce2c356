/*
 * The shape of a route: every step can be reached and left, every way ends,
 * and no way leads to release past a demanded decision.
 */
#include "rulebook_own.h"

#define BIT(index) ((uint32_t)1 << (index))

static void check_step(struct reader *reader, const struct route *route, size_t index,
                       uint32_t reached, const struct node *node);
static void check_release(struct reader *reader, const struct route *route,
                          uint32_t reached, const struct node *node);
static void check_outcomes(struct reader *reader, const struct step *step,
                           const struct node *node);
static void check_joint(struct reader *reader, const struct rulebook *book,
                        const struct step *step, const struct node *node);
static void check_grant(struct reader *reader, const struct rulebook *book,
                        const struct route *route);
static void check_grant_words(struct reader *reader, const struct rulebook *book,
                              const struct owed_rule *owed);
static uint32_t outlets(const struct route *route);
static uint32_t reach(const struct route *route, uint32_t without);
static bool can_end(const struct route *route, size_t from);

void check_route(struct reader *reader, const struct rulebook *book,
                 const struct route *route, const struct node *node) {
    if (route->step_count == 0 || route->step_count > RULEBOOK_STEPS_MOST) {
        if (route->step_count == 0) {
            FAULT_KEY(reader, node, STR(""), "路线“%.*s”没有步骤。",
                      "The route “%.*s” has no steps.", STR_ARG(route->code));
        }
        return;
    }
    uint32_t reached = reach(route, 0);
    const struct node *steps = node_get(node, "steps");
    for (size_t i = 0; i < route->step_count; i++) {
        const struct node *place = NULL;
        if (steps != NULL) {
            place = node_get(steps, str_text(reader->arena, route->steps[i].code));
        }
        check_step(reader, route, i, reached, place != NULL ? place : node);
        check_joint(reader, book, &route->steps[i], place != NULL ? place : node);
    }
    check_release(reader, route, reached, node);
    check_grant(reader, book, route);
}

static void check_step(struct reader *reader, const struct route *route, size_t index,
                       uint32_t reached, const struct node *node) {
    const struct step *step = &route->steps[index];
    if (step->kind == STEP_END) {
        return;
    }
    if ((reached & BIT(index)) == 0) {
        FAULT_KEY(reader, node, STR(""), "步骤“%.*s”走不到。",
                  "No way leads to the step “%.*s”.", STR_ARG(step->code));
        return;
    }
    if (step->outcome_count == 0) {
        FAULT_KEY(reader, node, STR(""), "步骤“%.*s”没有出路（outcomes）。",
                  "The step “%.*s” is a dead end: it has no outcomes.",
                  STR_ARG(step->code));
    } else if (!can_end(route, index)) {
        FAULT_KEY(reader, node, STR(""), "从步骤“%.*s”走不到终点。",
                  "From the step “%.*s” no way leads to an end.", STR_ARG(step->code));
    }
    check_outcomes(reader, step, node);
}

static void check_outcomes(struct reader *reader, const struct step *step,
                           const struct node *node) {
    size_t forward = 0;
    for (size_t i = 0; i < step->outcome_count; i++) {
        const struct outcome *outcome = &step->outcomes[i];
        forward += outcome->kind == OUTCOME_FORWARD ? 1 : 0;
        if ((outcome->next == NO_INDEX) == (outcome->onto == NO_INDEX)) {
            FAULT_KEY(
                reader, node, STR(""),
                "出路“%.*s”要写通向哪一步（next），或者改走哪条路线（onto），只写一个。",
                "The outcome “%.*s” names the step it leads to (next) or the route "
                "that takes over (onto), one of the two.",
                STR_ARG(outcome->code));
        }
        if (step->as_instructed != NULL && str_is_empty(outcome->only_as)) {
            FAULT_KEY(reader, node, STR(""),
                      "“%.*s”只能按批示办理，出路“%.*s”缺少 only-as。",
                      "“%.*s” acts as instructed, so its outcome “%.*s” needs only-as.",
                      STR_ARG(step->code), STR_ARG(outcome->code));
        }
        if (outcome->kind == OUTCOME_BACK && !outcome->reason) {
            FAULT_KEY(reader, node, STR(""),
                      "退回“%.*s”必须要求写明理由（reason: true）。",
                      "The return “%.*s” must ask for a reason (reason: true).",
                      STR_ARG(outcome->code));
        }
    }
    if (step->kind == STEP_RELEASE && (step->outcome_count != 1 || forward != 1)) {
        FAULT_KEY(reader, node, STR(""), "发布步骤恰有一个出路，通向终点。",
                  "A release step has exactly one outcome, to an end.");
    }
    if (step->kind == STEP_AUTHOR && forward != 1) {
        FAULT_KEY(reader, node, STR(""), "起草方步骤“%.*s”恰有一个向前的出路。",
                  "The author's step “%.*s” has exactly one outcome that goes on.",
                  STR_ARG(step->code));
    }
}

static void check_release(struct reader *reader, const struct route *route,
                          uint32_t reached, const struct node *node) {
    if (route->release != NO_INDEX && route->gate == NULL) {
        FAULT_KEY(reader, node, STR(""), "路线“%.*s”缺少 release-gate。",
                  "The route “%.*s” lacks a release-gate.", STR_ARG(route->code));
    }
    if (route->demanded == 0) {
        FAULT_KEY(reader, node, STR(""), "路线“%.*s”不经任何审核就能发布。",
                  "The route “%.*s” reaches release without any review.",
                  STR_ARG(route->code));
    }
    for (size_t i = 0; i < route->step_count; i++) {
        bool demanded = (route->demanded & reached & BIT(i)) != 0;
        if (demanded && (reach(route, BIT(i)) & outlets(route)) != 0) {
            FAULT_KEY(reader, node, STR(""), "不经过“%.*s”也能走到发布。",
                      "Release can be reached past “%.*s”.",
                      STR_ARG(route->steps[i].code));
        }
    }
}

/* What is only about one person's decision does not go with several signatures. */
static void check_joint(struct reader *reader, const struct rulebook *book,
                        const struct step *step, const struct node *node) {
    const struct joint_rule *joint = step->joint;
    if (joint == NULL) {
        return;
    }
    size_t signers = step_signers(step);
    if (step->kind != STEP_REVIEW || joint->role_count == 0 ||
        signers > RULEBOOK_SIGNERS_MOST || (size_t)joint->need > signers ||
        joint->need == 1) {
        FAULT_KEY(
            reader, node, STR(""),
            "会签“%.*s”应是审核步骤，写出另外一到七个角色（roles），至少签两个（need）。",
            "What several sign (“%.*s”) is a review, with one to seven further roles "
            "and at least two signatures (need).",
            STR_ARG(step->code));
    }
    bool carries = false;
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &book->questions[step->asks[i]];
        carries = carries || question->carries || question->spawns;
    }
    bool onward = false;
    for (size_t i = 0; i < step->outcome_count; i++) {
        onward = onward || (step->outcomes[i].kind == OUTCOME_FORWARD &&
                            step->outcomes[i].when != NULL);
    }
    unsigned channels = step->channels == NULL ? 0 : step->channels->channels;
    if (carries || onward || step->edits || (channels & CHANNEL_FACE) != 0) {
        FAULT_KEY(reader, node, STR(""),
                  "会签“%.*s”不能改稿、不能面签，也不能带批示或按回答另走一步。",
                  "What several sign (“%.*s”) is not edited, not signed on paper, and "
                  "neither carries an answer nor goes on by one.",
                  STR_ARG(step->code));
    }
}

/* Live, review owed: an article grants it, in words, for emergencies. */
static void check_grant(struct reader *reader, const struct rulebook *book,
                        const struct route *route) {
    const struct owed_rule *owed = route->owed;
    if (owed == NULL) {
        return;
    }
    check_grant_words(reader, book, owed);
    bool fits = owed->steps != 0 && (owed->steps & ~route->demanded) == 0;
    if (!fits || book->emergency == NULL || route->release == NO_INDEX ||
        (owed->then == OWED_ESCALATE && owed->escalate == NO_INDEX)) {
        fault_at(
            reader, owed->basis.file, owed->basis.line, 1, STR(""),
            "先发后审要写明欠哪些必经的审核（owes）和应急规定（emergency）；到时上报的，"
            "写明报谁（escalate）。",
            "What is released before its review says which demanded decisions are "
            "owed (owes) and has the emergency rule; if it escalates, to whom.");
    }
}

/* A default of ours grants nothing, nor does an article that does not say so. */
static void check_grant_words(struct reader *reader, const struct rulebook *book,
                              const struct owed_rule *owed) {
    const struct requirement *requirement = rulebook_requirement(book, owed->basis.id);
    const struct article *article =
        requirement == NULL ? NULL : rulebook_article(book, requirement->article);
    bool stands = article != NULL && !str_is_empty(owed->words) &&
                  str_find(article->words, owed->words) < article->words.length;
    if (owed->basis.house || !stands || !law_grants_release_first(owed->words)) {
        fault_at(
            reader, owed->basis.file, owed->basis.line, 1, STR(""),
            "未审先发只能由条款明文授权：basis 写那一条，words 照抄其中“先发布、后补审”"
            "的原话。%.*s 没有这样的话。",
            "Only an article can grant release before review: name it as basis, and "
            "quote as words what it says of releasing first and reviewing after. "
            "%.*s says nothing of the kind.",
            STR_ARG(requirement == NULL ? STR("—") : requirement->id));
    }
}

/* Bits of the steps by which a text leaves the house. */
static uint32_t outlets(const struct route *route) {
    uint32_t bits = 0;
    for (size_t i = 0; i < route->step_count; i++) {
        const struct step *step = &route->steps[i];
        bool leaves = step->kind == STEP_RELEASE || step->state == STATE_PUBLISHED ||
                      step->state == STATE_SUBMITTED;
        bits |= leaves ? BIT(i) : 0;
    }
    return bits;
}

/* Bits of the steps that can be reached from the first, not through *without*. */
static uint32_t reach(const struct route *route, uint32_t without) {
    uint32_t seen = BIT((size_t)route->first) & ~without;
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < route->step_count; i++) {
            const struct step *step = &route->steps[i];
            for (size_t j = 0; (seen & BIT(i)) != 0 && j < step->outcome_count; j++) {
                int next = step->outcomes[j].next;
                uint32_t bit = next == NO_INDEX ? 0 : BIT((size_t)next) & ~without;
                grown = grown || (bit & ~seen) != 0;
                seen |= bit;
            }
        }
    }
    return seen;
}

static bool can_end(const struct route *route, size_t from) {
    struct route part = *route;
    part.first = (int)from;
    uint32_t reached = reach(&part, 0);
    for (size_t i = 0; i < route->step_count; i++) {
        if (route->steps[i].kind == STEP_END && (reached & BIT(i)) != 0) {
            return true;
        }
    }
    return false;
}
