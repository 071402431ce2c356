/*
 * The gate, and what follows when something went through it.
 */
#include "review_own.h"

enum status review_clear_for_release(struct call *call, id64 manuscript,
                                     const struct digest *seen, struct str late_reason,
                                     struct clearance *out_clearance) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct wish wish = {.person = call->actor.person, .seen = *seen};
    struct move move = {.kind = MOVE_RELEASE, .step = NO_INDEX, .reason = true, .channel = CHANNEL_SYSTEM};
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
    enum status answer = rulebook_move(passage->book, passage->route, &passage->position, &move,
                                       &facts, passage->lane, &clearance.moved, &no);
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
