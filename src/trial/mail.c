/*
 * The acts of a case on citizens' letters: the newest that came in, and the mailboxes.
 */
#include "trial_own.h"

#include "ledger/ledger.h"
#include "letter/letter.h"

static enum status receive(struct hearing *hearing, const struct case_act *act);
static enum status transfer(struct hearing *hearing, const struct case_act *act);
static enum status give_back(struct hearing *hearing, const struct case_act *act);
static enum status refer(struct hearing *hearing, const struct case_act *act);
static enum status answer(struct hearing *hearing, const struct case_act *act);
static enum status tell(struct hearing *hearing, const struct case_act *act);
static enum status look_at(struct hearing *hearing, const struct case_act *act);
static enum status show_letter(struct hearing *hearing, const struct case_act *act);
static enum status show_mailboxes(struct hearing *hearing, const struct case_act *act);
static struct str given(const struct case_act *act, const char *name,
                        const char *otherwise);
static struct str end_text(struct hearing *hearing, instant end);

static const struct {
    const char *name;
    enum status (*mail)(struct hearing *hearing, const struct case_act *act);
} mails[] = {{"receive-letter", receive},  {"transfer-letter", transfer},
             {"return-letter", give_back}, {"refer-letter", refer},
             {"answer-letter", answer},    {"tell-writer", tell},
             {"look-at-letters", look_at}, {"letter", show_letter},
             {"mailboxes", show_mailboxes}};

bool hearing_mails(struct str act) {
    for (size_t i = 0; i < LENGTH(mails); i++) {
        if (str_is(act, mails[i].name)) {
            return true;
        }
    }
    return false;
}

/* The mailboxes began with the founding, as reactions tell them in a process that serves.
 */
enum status hearing_mail(struct hearing *hearing, const struct case_act *act) {
    struct ledger_entry first;
    TRY(ledger_entry_find(hearing->call, hearing->bureau.site.group, 1, &first));
    TRY(letter_follow_site(hearing->call, hearing->bureau.site.id, first.at));
    for (size_t i = 0; i < LENGTH(mails); i++) {
        if (str_is(act->act, mails[i].name)) {
            return mails[i].mail(hearing, act);
        }
    }
    return ABSENT;
}

/* Into the mailbox *value*, by post; the reason is what it is about.  The answers may
 * give "words", "writer" and "contact". */
static enum status receive(struct hearing *hearing, const struct case_act *act) {
    struct letter_wish wish = {.mailbox = act->value,
                               .title = str_is_empty(act->reason) ? STR("咨询一件事")
                                                                  : act->reason,
                               .words = given(act, "words", "请问怎样办理？"),
                               .writer = given(act, "writer", "韦来信"),
                               .contact = given(act, "contact", "13900000000"),
                               .channel = STR("post")};
    return letter_receive(hearing->call, &hearing->bureau.site, &wish, &hearing->letter);
}

/* To the unit *value*, or to the sample department. */
static enum status transfer(struct hearing *hearing, const struct case_act *act) {
    struct people_unit unit = hearing->bureau.department;
    if (!str_is_empty(act->value)) {
        TRY(people_unit_find(hearing->call, act->value, &unit));
    }
    return letter_transfer(hearing->call, hearing->letter, unit.id, act->reason);
}

static enum status give_back(struct hearing *hearing, const struct case_act *act) {
    return letter_return(hearing->call, hearing->letter, act->reason);
}

static enum status refer(struct hearing *hearing, const struct case_act *act) {
    return letter_refer(hearing->call, hearing->letter, act->reason);
}

static enum status answer(struct hearing *hearing, const struct case_act *act) {
    return letter_answer(hearing->call, hearing->letter, act->reason);
}

/* In the way *value*, now. */
static enum status tell(struct hearing *hearing, const struct case_act *act) {
    return letter_tell(hearing->call, hearing->letter, act->value, 0);
}

/* "2 letters": of today, in the mailbox *value*. */
static enum status look_at(struct hearing *hearing, const struct case_act *act) {
    int64_t letters = 0;
    TRY(letter_look(hearing->call, &hearing->bureau.site, act->value, &letters));
    hearing->shown = str_format(hearing->call->arena, "%lld letters", (long long)letters);
    return DONE;
}

/* "局长信箱 2023-0001 received due 2023-10-08 00:00 transfer 2023-09-28 00:00", what the
 * asker reads of its writer, and each step of its way. */
static enum status show_letter(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct letter letter;
    struct letter_moves moves;
    struct buffer text;
    (void)act;
    TRY(letter_find(call, hearing->letter, &letter));
    TRY(letter_moves(call, hearing->letter, &moves));
    buffer_init(&text, call->arena);
    buffer_add_format(
        &text, "%.*s %s due %.*s transfer %.*s%s%s%s%s\n", STR_ARG(letter.number),
        letter_state_name(letter.state), STR_ARG(end_text(hearing, letter.due)),
        STR_ARG(end_text(hearing, letter.pass_due)), letter.is_late ? " late" : "",
        letter.referred_at != 0 ? " referred" : "", letter.told_at != 0 ? " told" : "",
        letter.is_withheld ? " withheld" : "");
    buffer_add_format(&text, "writer %.*s %.*s\n", STR_ARG(letter.writer),
                      STR_ARG(letter.contact));
    for (size_t i = 0; i < moves.count; i++) {
        struct people_unit unit;
        TRY(people_unit(call, moves.at[i].unit, &unit));
        buffer_add_format(&text, "%.*s %.*s%s\n", STR_ARG(moves.at[i].act),
                          STR_ARG(unit.title), moves.at[i].late ? " late" : "");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* "director-mailbox 0 today 1 open missed 2026-12-05": those of the actor. */
static enum status show_mailboxes(struct hearing *hearing, const struct case_act *act) {
    struct mailbox *boxes;
    struct buffer text;
    size_t count;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(letter_mailboxes(hearing->call, &hearing->bureau.site, &boxes, &count));
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&text, "%.*s %lld today %lld open",
                          STR_ARG(boxes[i].rule->code), (long long)boxes[i].today,
                          (long long)boxes[i].open);
        for (size_t j = 0; j < boxes[i].missed_count; j++) {
            buffer_add_format(
                &text, " missed %.*s",
                STR_ARG(day_to_text(hearing->call->arena, boxes[i].missed[j])));
        }
        buffer_add_text(&text, "\n");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static struct str given(const struct case_act *act, const char *name,
                        const char *otherwise) {
    for (size_t i = 0; i < act->answer_count; i++) {
        if (str_is(act->answers[i].question, name)) {
            return act->answers[i].answer;
        }
    }
    return str_of(otherwise);
}

static struct str end_text(struct hearing *hearing, instant end) {
    return end == INSTANT_NEVER ? STR("none")
                                : instant_to_text(hearing->call->arena, end);
}
