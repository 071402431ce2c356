/*
 * Where a letter goes: to another unit, back to its mailbox, to those above.
 */
#include "letter_own.h"

struct moving {
    struct handling handling;
    id64 unit;
    struct str reason;
};

static enum status run(struct call *call, id64 letter, struct moving *moving,
                       const char *act, enum status (*move)(struct call *, void *));
static enum status transfer(struct call *call, void *what);
static enum status check_target(struct call *call, const struct moving *moving);
static enum status give_back(struct call *call, void *what);
static enum status refer(struct call *call, void *what);
static enum status place(struct call *call, struct moving *moving,
                         enum letter_state state, instant transferred_at);
static enum status is_target(struct call *call, const struct handling *handling,
                             const struct people_unit *unit, bool *out_is);
static enum status want_reason(struct call *call, const struct moving *moving,
                               const struct basis *basis);

enum status letter_transfer(struct call *call, id64 letter, id64 unit,
                            struct str reason) {
    struct moving moving = {.unit = unit, .reason = str_trim(reason)};
    return run(call, letter, &moving, "letter.transfer", transfer);
}

enum status letter_return(struct call *call, id64 letter, struct str reason) {
    struct moving moving = {.reason = str_trim(reason)};
    return run(call, letter, &moving, "letter.return", give_back);
}

enum status letter_refer(struct call *call, id64 letter, struct str note) {
    struct moving moving = {.reason = str_trim(note)};
    return run(call, letter, &moving, "letter.refer", refer);
}

/* Who may not know of the letter hears of none. */
static enum status run(struct call *call, id64 letter, struct moving *moving,
                       const char *act, enum status (*move)(struct call *, void *)) {
    struct letter seen;
    TRY(letter_find(call, letter, &seen));
    TRY(handling_of(call, letter, &moving->handling));
    struct ledger_act record = {.act = act, .subject = {SUBJECT_LETTER, letter}};
    return ledger_settle(call, seen.group, &record,
                         store_transact(call, TXN_WRITE, move, moving));
}

static enum status transfer(struct call *call, void *what) {
    struct moving *moving = what;
    struct handling *handling = &moving->handling;
    struct letter *letter = &handling->letter;
    TRY(handling_lock(call, handling, LETTER_RECEIVED, LETTER_RECEIVED));
    TRY(must_receive(call, handling));
    TRY(check_target(call, moving));
    TRY(want_reason(call, moving, &handling->rule->transfer->basis));
    bool late = call->now >= letter->pass_due;
    letter->due =
        letter->referred_at != 0 ? INSTANT_NEVER : onward_end(call, handling, call->now);
    letter->unit = moving->unit;
    TRY(place(call, moving, LETTER_TRANSFERRED, call->now));
    const struct answer_limit *passing = handling->rule->passing;
    return note_move(call, handling, "transfer", moving->reason, late,
                     passing != NULL ? passing->basis.id
                                     : handling->rule->transfer->basis.id);
}

static enum status check_target(struct call *call, const struct moving *moving) {
    const struct handling *handling = &moving->handling;
    const struct letter_transfer *rule = handling->rule->transfer;
    struct people_unit unit;
    bool is = false;
    const char *title =
        str_text(call->arena, text_in(handling->rule->title, call->language));
    if (rule == NULL) {
        return call_refuse(call, REFUSED, str_text(call->arena, handling->rule->basis.id),
                           "letter.stays", "mailbox", title, NULL);
    }
    enum status found = people_unit(call, moving->unit, &unit);
    if (found == FAILED) {
        return FAILED;
    }
    if (found == DONE) {
        TRY(is_target(call, handling, &unit, &is));
    }
    return is ? DONE
              : call_refuse_field(call, "unit", str_text(call->arena, rule->basis.id),
                                  "letter.not-there", "mailbox", title, NULL);
}

/* A unit of the body that the rule names, or any; never the one that has it. */
static enum status is_target(struct call *call, const struct handling *handling,
                             const struct people_unit *unit, bool *out_is) {
    const struct letter_transfer *rule = handling->rule->transfer;
    bool named = rule->unit_count == 0;
    for (size_t i = 0; i < rule->unit_count && !named; i++) {
        struct people_unit wanted;
        if (rule->units[i] == NO_INDEX) {
            continue;
        }
        enum status found =
            people_unit_in(call, handling->site.root,
                           handling->book->units[rule->units[i]].code, &wanted);
        if (found == FAILED) {
            return FAILED;
        }
        named = found == DONE && wanted.id == unit->id;
    }
    *out_is = named && unit->body == handling->site.root && unit->id != unit->body &&
              unit->closed_at == 0 && unit->id != handling->letter.unit;
    return DONE;
}

enum status letter_targets(struct call *call, const struct letter *letter,
                           id64 **out_units, size_t *out_count) {
    struct handling handling;
    struct people_units units;
    size_t count = 0;
    TRY(handling_of(call, letter->id, &handling));
    TRY(people_units(call, false, &units));
    id64 *found = TAKE_ARRAY(call->arena, units.count + 1, id64);
    bool goes = handling.rule != NULL && handling.rule->transfer != NULL;
    for (size_t i = 0; goes && i < units.count; i++) {
        bool is = false;
        TRY(is_target(call, &handling, &units.at[i], &is));
        if (is) {
            found[count++] = units.at[i].id;
        }
    }
    *out_units = found;
    *out_count = count;
    return DONE;
}

static enum status give_back(struct call *call, void *what) {
    struct moving *moving = what;
    struct handling *handling = &moving->handling;
    struct letter *letter = &handling->letter;
    TRY(handling_lock(call, handling, LETTER_TRANSFERRED, LETTER_TRANSFERRED));
    TRY(must_answer(call, handling));
    struct basis basis = handling->rule->basis;
    (void)answerer_of(handling, &basis);
    TRY(want_reason(call, moving, &basis));
    bool late = call->now >= letter->due;
    letter->due = letter->referred_at != 0
                      ? INSTANT_NEVER
                      : end_of(call, handling->rule->limit, letter->received_at);
    letter->unit = handling->owner;
    TRY(place(call, moving, LETTER_RECEIVED, 0));
    return note_move(call, handling, "return", moving->reason, late, basis.id);
}

static enum status refer(struct call *call, void *what) {
    struct moving *moving = what;
    struct handling *handling = &moving->handling;
    struct letter *letter = &handling->letter;
    const struct answer_limit *rule =
        handling->rule == NULL ? NULL : handling->rule->referral;
    TRY(handling_lock(call, handling, LETTER_RECEIVED, LETTER_TRANSFERRED));
    TRY(must_answer(call, handling));
    if (rule == NULL) {
        return call_refuse(call, REFUSED, "", "letter.no-referral", NULL);
    }
    if (letter->referred_at != 0) {
        return call_refuse(call, STALE, str_text(call->arena, rule->basis.id),
                           "letter.is-referred", NULL);
    }
    TRY(want_reason(call, moving, &rule->basis));
    letter->referred_at = call->now;
    letter->due = INSTANT_NEVER;
    TRY(store_run(call, &letter_set_referred, NULL, bind_int("now", call->now),
                  bind_id("id", letter->id)));
    TRY(renew_duties(call, handling, false));
    return note_move(call, handling, "refer", moving->reason,
                     call->now >= letter->refer_due, rule->basis.id);
}

static enum status place(struct call *call, struct moving *moving,
                         enum letter_state state, instant transferred_at) {
    struct letter *letter = &moving->handling.letter;
    letter->state = state;
    letter->transferred_at = transferred_at;
    TRY(store_run(call, &letter_set_place, NULL,
                  bind_text("state", str_of(letter_state_name(state))),
                  bind_id("unit", letter->unit), bind_end("due", letter->due),
                  bind_id("transferred_at", transferred_at), bind_id("id", letter->id)));
    return renew_duties(call, &moving->handling, state == LETTER_RECEIVED);
}

static enum status want_reason(struct call *call, const struct moving *moving,
                               const struct basis *basis) {
    return str_is_empty(moving->reason)
               ? call_refuse_field(call, "reason", str_text(call->arena, basis->id),
                                   "letter.reason-missing", NULL)
               : DONE;
}
