/*
 * A letter with the rule of its mailbox, and what of it the asker may read.
 */
#include "letter_own.h"

static enum status rule_of(struct call *call, struct str code, struct handling *handling);
static enum letter_state state_of(struct str name);

static const char *const state_names[LETTER_STATES] = {"received", "transferred",
                                                       "answered", "closed"};

const char *letter_state_name(enum letter_state state) { return state_names[state]; }

enum status letter_find(struct call *call, id64 id, struct letter *out_letter) {
    struct handling handling;
    enum reading reading;
    TRY(handling_of(call, id, &handling));
    TRY(reading_of(call, &handling, &reading));
    if (reading == READS_NOTHING) {
        return ABSENT;
    }
    withhold(&handling.letter, reading);
    *out_letter = handling.letter;
    return DONE;
}

enum status letter_rule(struct call *call, const struct letter *letter,
                        const struct mailbox_rule **out_rule) {
    struct handling handling;
    TRY(handling_of(call, letter->id, &handling));
    if (handling.rule == NULL) {
        return ABSENT;
    }
    *out_rule = handling.rule;
    return DONE;
}

/* Who has no part in it knows nothing; who watches, not what is the writer's. */
void withhold(struct letter *letter, enum reading reading) {
    if (reading == READS_ALL) {
        return;
    }
    letter->is_withheld = true;
    letter->words = STR("");
    letter->writer = STR("");
    letter->contact = STR("");
    letter->answer = STR("");
}

enum status letter_moves(struct call *call, id64 id, struct letter_moves *out_moves) {
    struct letter letter;
    struct rows *rows;
    struct letter_moves moves = {.at = TAKE_ARRAY(call->arena, 500, struct letter_move)};
    TRY(letter_find(call, id, &letter));
    TRY(store_query(call, &letter_move_rows, &rows, bind_id("letter", id)));
    while (rows_next(rows) && moves.count < 500) {
        struct letter_move *move = &moves.at[moves.count++];
        *move = (struct letter_move){
            .act = row_text(rows, "act"),
            .unit = row_id(rows, "unit"),
            .reason = letter.is_withheld ? STR("") : row_text(rows, "reason"),
            .person = row_id(rows, "person"),
            .at = row_int(rows, "at"),
            .until = call->now,
            .late = row_int(rows, "late") != 0};
        if (moves.count > 1) {
            moves.at[moves.count - 2].until = move->at;
        }
    }
    TRY(rows_end(rows));
    if (letter.state == LETTER_CLOSED && moves.count > 0) {
        moves.at[moves.count - 1].until = moves.at[moves.count - 1].at;
    }
    *out_moves = moves;
    return DONE;
}

enum status handling_of(struct call *call, id64 id, struct handling *out_handling) {
    struct handling handling = {.book = NULL};
    struct rows *row;
    TRY(store_find(call, &letter_row, &row, bind_id("id", id)));
    read_letter(call, row, &handling.letter);
    TRY(site_of_unit(call, handling.letter.group, handling.letter.body, &handling.site));
    enum status ruled = rule_of(call, handling.letter.mailbox, &handling);
    if (ruled != DONE && ruled != ABSENT) {
        return ruled;
    }
    *out_handling = handling;
    return DONE;
}

enum status handling_of_mailbox(struct call *call, const struct site *site,
                                struct str code, struct handling *out_handling) {
    struct handling handling = {.site = *site};
    TRY(rule_of(call, code, &handling));
    handling.letter = (struct letter){.group = site->group,
                                      .body = site->root,
                                      .mailbox = handling.rule->code,
                                      .unit = handling.owner};
    *out_handling = handling;
    return DONE;
}

static enum status rule_of(struct call *call, struct str code,
                           struct handling *handling) {
    struct people_unit owner;
    TRY(site_rulebook(call, handling->site.id, &handling->book));
    for (size_t i = 0; i < handling->book->mailbox_count; i++) {
        if (str_equal(handling->book->mailboxes[i].code, code)) {
            handling->rule = &handling->book->mailboxes[i];
        }
    }
    if (handling->rule == NULL || handling->rule->owner == NO_INDEX) {
        handling->rule = NULL;
        return ABSENT;
    }
    TRY(people_unit_in(call, handling->site.root,
                       handling->book->units[handling->rule->owner].code, &owner));
    handling->owner = owner.id;
    return DONE;
}

enum status handling_lock(struct call *call, struct handling *handling,
                          enum letter_state first, enum letter_state second) {
    struct rows *row;
    id64 id = handling->letter.id;
    TRY(store_find(call, &letter_lock, &row, bind_id("id", id)));
    TRY(store_find(call, &letter_row, &row, bind_id("id", id)));
    read_letter(call, row, &handling->letter);
    if (handling->rule == NULL) {
        return call_refuse(call, REFUSED, "", "letter.no-mailbox", NULL);
    }
    enum letter_state state = handling->letter.state;
    return state == first || state == second
               ? DONE
               : call_refuse(call, STALE, "", "letter.other-state", NULL);
}

void read_letter(struct call *call, struct rows *row, struct letter *out_letter) {
    struct letter letter = {
        .id = row_id(row, "id"),
        .group = row_id(row, "site_group"),
        .body = row_id(row, "body"),
        .mailbox = row_text(row, "mailbox"),
        .number = row_text(row, "shown"),
        .title = row_text(row, "title"),
        .words = row_text(row, "words"),
        .writer = row_text(row, "writer"),
        .contact = row_text(row, "contact"),
        .channel = row_text(row, "channel"),
        .received_at = row_int(row, "received_at"),
        .entered_by = row_id(row, "entered_by"),
        .entered_at = row_int(row, "entered_at"),
        .state = state_of(row_text(row, "state")),
        .unit = row_id(row, "unit"),
        .due = row_is_null(row, "due") ? INSTANT_NEVER : row_int(row, "due"),
        .pass_due =
            row_is_null(row, "pass_due") ? INSTANT_NEVER : row_int(row, "pass_due"),
        .refer_due =
            row_is_null(row, "refer_due") ? INSTANT_NEVER : row_int(row, "refer_due"),
        .answer = row_text(row, "answer"),
        .answered_by = row_id(row, "answered_by"),
        .told_how = row_text(row, "told_how")};
    letter.transferred_at =
        row_is_null(row, "transferred_at") ? 0 : row_int(row, "transferred_at");
    letter.referred_at =
        row_is_null(row, "referred_at") ? 0 : row_int(row, "referred_at");
    letter.answered_at =
        row_is_null(row, "answered_at") ? 0 : row_int(row, "answered_at");
    letter.told_at = row_is_null(row, "told_at") ? 0 : row_int(row, "told_at");
    letter.is_late = row_int(row, "lates") > 0 ||
                     (letter.state != LETTER_CLOSED && call->now >= letter.due);
    *out_letter = letter;
}

static enum letter_state state_of(struct str name) {
    for (int i = 0; i < LETTER_STATES; i++) {
        if (str_is(name, state_names[i])) {
            return (enum letter_state)i;
        }
    }
    log_fault("a letter is in a state that is not known");
    return LETTER_CLOSED;
}
