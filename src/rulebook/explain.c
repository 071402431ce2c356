/*
 * A route in sentences: who does what, what is asked, where each outcome leads,
 * and the article of each; for people who do not read YAML.
 */
#include "rulebook_own.h"

struct telling {
    struct buffer *buffer;
    const struct rulebook *book;
    const struct route *route;
    struct str language;
    bool english;
};

static void tell_step(const struct telling *telling, size_t number,
                      const struct step *step);
static void tell_signers(const struct telling *telling, const struct step *step);
static void tell_grant(const struct telling *telling);
static void tell_hands(const struct telling *telling, const struct step *step);
static void tell_deadline(const struct telling *telling, const struct step *step);
static void tell_questions(const struct telling *telling, const struct step *step);
static void tell_outcomes(const struct telling *telling, const struct step *step);
static void cite(const struct telling *telling, const struct basis *basis);
static void say(const struct telling *telling, const char *zh, const char *en);
static void tell(const struct telling *telling, struct text text);

static const struct text time_units[] = {
    {STR_INIT("分钟"), STR_INIT("minutes")},
    {STR_INIT("小时"), STR_INIT("hours")},
    {STR_INIT("天"), STR_INIT("days")},
    {STR_INIT("个工作日"), STR_INIT("working days")},
};

struct str rulebook_explain(struct arena *arena, const struct rulebook *book,
                            const struct route *route, struct str language) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    struct telling telling = {.buffer = &buffer,
                              .book = book,
                              .route = route,
                              .language = language,
                              .english = str_is(language, "en")};
    tell(&telling, route->title);
    cite(&telling, &route->basis);
    buffer_add_char(&buffer, '\n');
    tell_grant(&telling);
    for (size_t i = 0; i < route->step_count; i++) {
        if (route->steps[i].kind != STEP_END) {
            tell_step(&telling, i + 1, &route->steps[i]);
        }
    }
    return buffer_str(&buffer);
}

static void tell_step(const struct telling *telling, size_t number,
                      const struct step *step) {
    buffer_add_format(telling->buffer, "%zu. ", number);
    tell(telling, step->title);
    say(telling, "：由", ": by the ");
    if (step->role != NO_INDEX) {
        tell(telling, telling->book->roles[step->role].title);
    }
    say(telling, "办理", "");
    cite(telling, &step->basis);
    say(telling, "。", ".");
    tell_signers(telling, step);
    tell_hands(telling, step);
    tell_deadline(telling, step);
    tell_questions(telling, step);
    buffer_add_char(telling->buffer, '\n');
    tell_outcomes(telling, step);
}

/* Who signs beside the step's own role, and how many are needed. */
static void tell_signers(const struct telling *telling, const struct step *step) {
    if (step->joint == NULL) {
        return;
    }
    say(telling, "与", " Signed in any order together with the ");
    for (size_t i = 1; i < step_signers(step); i++) {
        if (i > 1) {
            say(telling, "、", ", the ");
        }
        tell(telling, telling->book->roles[step_signer_role(step, i)].title);
    }
    if (step_signatures(step) == step_signers(step)) {
        say(telling, "会签，不分先后，全部签齐", ", all of them");
    } else {
        buffer_add_format(telling->buffer,
                          telling->english ? ", %zu of %zu"
                                           : "会签，不分先后，签 %zu 个（共 %zu 个）",
                          step_signatures(step), step_signers(step));
    }
    cite(telling, &step->joint->basis);
    say(telling, "。", ".");
}

/* What may be public before which decisions, for how long, and what follows. */
static void tell_grant(const struct telling *telling) {
    const struct owed_rule *owed = telling->route->owed;
    if (owed == NULL) {
        return;
    }
    say(telling, "应急件可以由", "In an emergency the ");
    if (owed->role != NO_INDEX) {
        tell(telling, telling->book->roles[owed->role].title);
    }
    say(telling, "先行发布，欠", " may put it live first; owed are: ");
    bool first = true;
    for (size_t i = 0; i < telling->route->step_count; i++) {
        if ((owed->steps & ((uint32_t)1 << i)) != 0) {
            say(telling, first ? "" : "、", first ? "" : ", ");
            tell(telling, telling->route->steps[i].title);
            first = false;
        }
    }
    buffer_add_format(telling->buffer, telling->english ? ", within %d " : "，%d ",
                      owed->amount);
    tell(telling, time_units[owed->unit]);
    say(telling, "内补审，", ". ");
    if (owed->then == OWED_WITHDRAW) {
        say(telling, "到时没有审完即撤下", "What is not reviewed by then is taken down");
    } else {
        say(telling, "到时没有审完即上报",
            "If it is not reviewed by then, this is told: ");
        tell(telling, telling->book->roles[owed->escalate].title);
    }
    cite(telling, &owed->basis);
    say(telling, "。\n", ".\n");
}

static void tell_hands(const struct telling *telling, const struct step *step) {
    for (size_t i = 0; i < step->hand_count; i++) {
        const struct hand_rule *rule = &step->hands[i];
        if ((rule->never & HAND_CONTRIBUTOR) != 0) {
            say(telling, "写过稿的人不能办理", " Nobody who worked on the text");
            cite(telling, &rule->basis);
            say(telling, "。", ".");
        }
        if ((rule->never & HAND_DECIDER) != 0) {
            say(telling, "前面审核过的人不能办理",
                " Nobody who decided at an earlier step");
            cite(telling, &rule->basis);
            say(telling, "。", ".");
        }
        if (rule->only != 0) {
            say(telling, "只由原经办人办理", " Only the same handler as before");
            cite(telling, &rule->basis);
            say(telling, "。", ".");
        }
    }
    if (step->signature) {
        say(telling, "要签署。", " Signed.");
    }
}

static void tell_deadline(const struct telling *telling, const struct step *step) {
    const struct deadline *deadline =
        rulebook_step_deadline(telling->book, telling->route, step->code, LANE_ORDINARY);
    if (deadline == NULL) {
        return;
    }
    if (deadline->basis.house) {
        say(telling, "本规章未规定具体时限，默认 ",
            " No limit in this regulation; default ");
    } else {
        say(telling, "限 ", " Within ");
    }
    buffer_add_format(telling->buffer, "%d ", deadline->amount);
    tell(telling, time_units[deadline->unit]);
    say(telling, "。", ".");
}

static void tell_questions(const struct telling *telling, const struct step *step) {
    if (step->ask_count == 0) {
        return;
    }
    say(telling, "要回答：", " Asks: ");
    for (size_t i = 0; i < step->ask_count; i++) {
        const struct question *question = &telling->book->questions[step->asks[i]];
        if (i > 0) {
            say(telling, "；", "; ");
        }
        tell(telling, question->title);
        cite(telling, &question->basis);
    }
    say(telling, "。", ".");
}

static void tell_outcomes(const struct telling *telling, const struct step *step) {
    for (size_t i = 0; i < step->outcome_count; i++) {
        const struct outcome *outcome = &step->outcomes[i];
        buffer_add_text(telling->buffer, "   - ");
        tell(telling, outcome->title);
        buffer_add_text(telling->buffer, " → ");
        if (outcome->next != NO_INDEX) {
            tell(telling, telling->route->steps[outcome->next].title);
        } else if (outcome->onto != NO_INDEX) {
            say(telling, "改走“", "instead the route “");
            tell(telling, telling->book->routes[outcome->onto].title);
            say(telling, "”，从头审", "”, from its beginning");
        }
        if (outcome->reason) {
            say(telling, "，要写理由", ", with a reason");
        }
        cite(telling, &outcome->basis);
        buffer_add_char(telling->buffer, '\n');
    }
    if (step->as_instructed != NULL) {
        say(telling, "   只能按批示办理", "   Only as the leader instructed");
        cite(telling, &step->as_instructed->basis);
        buffer_add_char(telling->buffer, '\n');
    }
}

static void cite(const struct telling *telling, const struct basis *basis) {
    const struct requirement *requirement =
        rulebook_requirement(telling->book, basis->id);
    say(telling, "（", " (");
    if (requirement != NULL) {
        tell(telling, requirement->cite);
    } else {
        say(telling, "本规章未规定，默认", "our default");
    }
    say(telling, "）", ")");
}

static void say(const struct telling *telling, const char *zh, const char *en) {
    buffer_add_text(telling->buffer, telling->english ? en : zh);
}

static void tell(const struct telling *telling, struct text text) {
    buffer_add(telling->buffer, text_in(text, telling->language));
}
