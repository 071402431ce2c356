/*
 * The gate, and what follows when something went through it.
 */
#include "review_own.h"

#include "review_sql.h"

#define LAPSED_MOST 100

static enum status clear(struct call *call, id64 manuscript, enum move_kind kind,
                         const struct digest *seen, struct str late_reason,
                         struct clearance *out_clearance);
static enum status find_owed(struct call *call, id64 manuscript, id64 *out_run);

enum status review_clear_for_release(struct call *call, id64 manuscript,
                                     const struct digest *seen, struct str late_reason,
                                     struct clearance *out_clearance) {
    return clear(call, manuscript, MOVE_RELEASE, seen, late_reason, out_clearance);
}

enum status review_clear_first(struct call *call, id64 manuscript,
                               const struct digest *seen,
                               struct clearance *out_clearance) {
    return clear(call, manuscript, MOVE_RELEASE_FIRST, seen, STR(""), out_clearance);
}

static enum status clear(struct call *call, id64 manuscript, enum move_kind kind,
                         const struct digest *seen, struct str late_reason,
                         struct clearance *out_clearance) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct wish wish = {.person = call->actor.person, .seen = *seen};
    struct move move = {
        .kind = kind, .step = NO_INDEX, .reason = true, .channel = CHANNEL_SYSTEM};
    struct passage *passage = TAKE(call->arena, struct passage);
    struct move_facts facts;
    struct no no;
    id64 run;
    TRY(passage_find(call, subject, 0, &run));
    TRY(passage_open(call, run, store_is_writing(call), passage));
    TRY(passage_facts(call, passage, &wish, &facts));
    facts.late_reason = facts.late_reason || !str_is_empty(str_trim(late_reason));
    if (call->door == DOOR_CLOCK) {
        facts.proven = true; /* the schedule was signed when it was ordered */
    }
    struct clearance clearance = {.run = passage->run,
                                  .decisions = passage->decisions,
                                  .decision_count = passage->decision_count,
                                  .book = passage->book,
                                  .route = passage->route,
                                  .pasts = passage->pasts,
                                  .passage = passage};
    enum status answer =
        rulebook_move(passage->book, passage->route, &passage->position, &move, &facts,
                      passage->lane, &clearance.moved, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, passage->book, &no);
    }
    *out_clearance = clearance;
    return DONE;
}

enum status review_released(struct call *call, const struct clearance *clearance) {
    struct passage passage;
    TRY(passage_open(call, clearance->run.id, true, &passage));
    return passage_write(call, &passage, &clearance->moved);
}

enum status review_lapsed(struct call *call, id64 **out_manuscripts, size_t *out_count) {
    id64 *manuscripts = TAKE_ARRAY(call->arena, LAPSED_MOST, id64);
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &review_run_lapsed, &rows, bind_int("now", call->now)));
    while (rows_next(rows) && count < LAPSED_MOST) {
        manuscripts[count++] = row_id(rows, "subject");
    }
    TRY(rows_end(rows));
    *out_manuscripts = manuscripts;
    *out_count = count;
    return DONE;
}

enum status review_taken_down(struct call *call, id64 manuscript, bool lapsed,
                              bool for_good) {
    struct move move = {.kind = lapsed ? MOVE_LAPSE : MOVE_WITHDRAW,
                        .step = NO_INDEX,
                        .reason = true,
                        .channel = CHANNEL_SYSTEM};
    struct wish wish = {.person = call->actor.person};
    struct passage passage;
    struct move_facts facts;
    struct moved moved;
    struct no no;
    id64 run;
    TRY(find_owed(call, manuscript, &run));
    if (run == 0) {
        return DONE;
    }
    TRY(passage_open(call, run, true, &passage));
    wish.seen = passage.run.digest;
    TRY(passage_facts(call, &passage, &wish, &facts));
    if (!lapsed) { /* publication has asked who may take down */
        facts.roles = UINT64_MAX;
        facts.proven = true;
    }
    enum status answer = rulebook_move(passage.book, passage.route, &passage.position,
                                       &move, &facts, passage.lane, &moved, &no);
    if (answer != DONE) {
        return rulebook_refuse(call, passage.book, &no);
    }
    if (for_good) {
        moved.ended = true;
        moved.duty_role = NO_INDEX;
    }
    return passage_write(call, &passage, &moved);
}

/* The open run whose review is owed; 0 if there is none. */
static enum status find_owed(struct call *call, id64 manuscript, id64 *out_run) {
    struct run *runs;
    size_t count;
    *out_run = 0;
    TRY(runs_of(call, (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                &runs, &count));
    for (size_t i = 0; i < count; i++) {
        *out_run = runs[i].open && runs[i].owed_until != 0 ? runs[i].id : *out_run;
    }
    return DONE;
}
