/*
 * What is kept of each act: a step of the letter's way, and an entry in the ledger, which
 * says where the letter lies and until when, and nothing that is the writer's.
 */
#include "letter_own.h"

#include <jansson.h>

enum status note_move(struct call *call, const struct handling *handling, const char *act,
                      struct str reason, bool late, struct str rule) {
    const struct letter *letter = &handling->letter;
    struct str unit = id_to_text(call->arena, letter->unit);
    struct str due = letter->due == INSTANT_NEVER
                         ? STR("")
                         : instant_to_text(call->arena, letter->due);
    TRY(store_run(call, &letter_move_insert, NULL, bind_id("id", call_new_id(call)),
                  bind_id("letter", letter->id), bind_text("act", str_of(act)),
                  bind_id("unit", letter->unit), bind_text("reason", reason),
                  bind_int("person", call->actor.person), bind_int("at", call->now),
                  bind_int("late", late)));
    json_t *payload = json_pack("{s:s%, s:s%, s:s%, s:s%, s:s, s:b}", "number",
                                letter->number.at, letter->number.length, "mailbox",
                                letter->mailbox.at, letter->mailbox.length, "unit",
                                unit.at, unit.length, "due", due.at, due.length, "state",
                                letter_state_name(letter->state), "late", (int)late);
    struct ledger_act record = {.act = str_format(call->arena, "letter.%s", act).at,
                                .subject = {SUBJECT_LETTER, letter->id},
                                .payload = ledger_payload(call, payload),
                                .rule = rule};
    return ledger_append(call, letter->group, &record, NULL);
}
