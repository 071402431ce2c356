/*
 * What the writer is told, and that he was; and what of all acts this actor could do.
 */
#include "letter_own.h"

#include <string.h>

struct answering {
    struct handling handling;
    struct str text; /* the answer, or the way in which it was told */
    instant at;
};

static enum status run(struct call *call, id64 letter, struct answering *answering,
                       const char *act, enum status (*work)(struct call *, void *));
static enum status answer(struct call *call, void *what);
static enum status tell(struct call *call, void *what);
static enum status must_tell(struct call *call, const struct handling *handling);
static bool is_way(struct str how);

enum status letter_answer(struct call *call, id64 letter, struct str text) {
    struct answering answering = {.text = str_trim(text)};
    return run(call, letter, &answering, "letter.answer", answer);
}

enum status letter_tell(struct call *call, id64 letter, struct str how, instant at) {
    struct answering answering = {.text = how, .at = at == 0 ? call->now : at};
    return run(call, letter, &answering, "letter.tell", tell);
}

static enum status run(struct call *call, id64 letter, struct answering *answering,
                       const char *act, enum status (*work)(struct call *, void *)) {
    struct letter seen;
    TRY(letter_find(call, letter, &seen));
    TRY(handling_of(call, letter, &answering->handling));
    struct ledger_act record = {.act = act, .subject = {SUBJECT_LETTER, letter}};
    return ledger_settle(call, seen.group, &record,
                         store_transact(call, TXN_WRITE, work, answering));
}

static enum status answer(struct call *call, void *what) {
    struct answering *answering = what;
    struct handling *handling = &answering->handling;
    struct letter *letter = &handling->letter;
    TRY(handling_lock(call, handling, LETTER_RECEIVED, LETTER_TRANSFERRED));
    TRY(must_answer(call, handling));
    if (str_is_empty(answering->text)) {
        return call_refuse_field(call, "answer", "", "letter.answer-missing", NULL);
    }
    const struct mailbox_rule *rule = handling->rule;
    letter->state = rule->told == NULL ? LETTER_CLOSED : LETTER_ANSWERED;
    TRY(store_run(call, &letter_set_answer, NULL,
                  bind_text("state", str_of(letter_state_name(letter->state))),
                  bind_text("answer", answering->text),
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_id("id", letter->id)));
    TRY(renew_duties(call, handling, false));
    struct str article = rule->limit == NULL ? rule->basis.id : rule->limit->basis.id;
    bool again = letter->transferred_at != 0 && rule->onward != NULL &&
                 rule->onward->clock == CLOCK_STARTS_AGAIN;
    return note_move(call, handling, "answer", STR(""), call->now >= letter->due,
                     again ? rule->onward->basis.id : article);
}

static enum status tell(struct call *call, void *what) {
    struct answering *answering = what;
    struct handling *handling = &answering->handling;
    struct letter *letter = &handling->letter;
    TRY(handling_lock(call, handling, LETTER_ANSWERED, LETTER_ANSWERED));
    TRY(must_tell(call, handling));
    const struct told_rule *rule = handling->rule->told;
    struct str article = rule == NULL ? STR("") : rule->basis.id;
    if (!is_way(answering->text)) {
        return call_refuse_field(call, "how", str_text(call->arena, article),
                                 "letter.way-missing", NULL);
    }
    if (answering->at > call->now || /* forms know the minute */
        answering->at / INSTANT_MINUTE < letter->answered_at / INSTANT_MINUTE) {
        return call_refuse_field(call, "at", str_text(call->arena, article),
                                 "letter.told-odd", NULL);
    }
    letter->state = LETTER_CLOSED;
    TRY(store_run(call, &letter_set_told, NULL,
                  bind_text("state", str_of(letter_state_name(LETTER_CLOSED))),
                  bind_text("how", answering->text), bind_int("at", answering->at),
                  bind_id("id", letter->id)));
    TRY(renew_duties(call, handling, false));
    return note_move(call, handling, "tell", answering->text,
                     answering->at >= letter->due, article);
}

/* Who answered, or who receives. */
static enum status must_tell(struct call *call, const struct handling *handling) {
    bool receives = false;
    TRY(is_receiver(call, handling, &receives));
    return receives ? DONE : must_answer(call, handling);
}

static bool is_way(struct str how) {
    static const char *const ways[] = {"phone", "mail", "post", "site", "visit"};
    for (size_t i = 0; i < LENGTH(ways); i++) {
        if (str_is(how, ways[i])) {
            return true;
        }
    }
    return false;
}

enum status letter_may(struct call *call, const struct letter *letter,
                       struct letter_acts *out_acts) {
    struct handling handling;
    bool receives = false;
    bool answers = false;
    TRY(handling_of(call, letter->id, &handling));
    TRY(is_receiver(call, &handling, &receives));
    TRY(is_answerer(call, &handling, &answers));
    const struct mailbox_rule *rule = handling.rule;
    enum letter_state state = handling.letter.state;
    bool open = state == LETTER_RECEIVED || state == LETTER_TRANSFERRED;
    *out_acts = (struct letter_acts){
        .transfer = receives && state == LETTER_RECEIVED && rule->transfer != NULL,
        .give_back = answers && state == LETTER_TRANSFERRED,
        .refer =
            answers && open && rule->referral != NULL && handling.letter.referred_at == 0,
        .answer = answers && open,
        .tell = (answers || receives) && state == LETTER_ANSWERED};
    return DONE;
}
