/*
 * Runs: rows, look-ups, and the passage that a move is made on.
 */
#include "review_own.h"

#include "people/people.h"
#include "review_sql.h"

#include <string.h>

/* How a passage is looked at: locked for a writer, with the actor's permission, or by
 * the house itself, with its decisions or without. */
enum look { LOOK_TO_WRITE, LOOK_AS_ACTOR, LOOK_UNASKED, LOOK_AROUND };

static enum status open_passage(struct call *call, id64 run, enum look look,
                                struct passage *out_passage);
static enum status lock_subject(struct call *call, id64 run);
static enum status open_manuscript(struct call *call, enum look look,
                                   struct passage *passage);
static enum status derive_position(struct call *call, struct passage *passage);

enum status review_run(struct call *call, struct subject subject, struct run *out_run) {
    struct run *runs;
    size_t count;
    TRY(review_runs(call, subject, &runs, &count));
    if (count == 0) {
        return ABSENT;
    }
    *out_run = runs[0];
    for (size_t i = 0; i < count; i++) {
        if (runs[i].open) {
            *out_run = runs[i];
            break;
        }
    }
    return DONE;
}

enum status review_runs(struct call *call, struct subject subject, struct run **out_runs,
                        size_t *out_count) {
    if (subject.kind == SUBJECT_MANUSCRIPT) {
        struct manuscript manuscript;
        TRY(manuscript_find(call, subject.id, &manuscript));
    }
    return runs_of(call, subject, out_runs, out_count);
}

enum status review_runs_peek(struct call *call, struct subject subject,
                             struct run **out_runs, size_t *out_count) {
    return runs_of(call, subject, out_runs, out_count);
}

enum status runs_of(struct call *call, struct subject subject, struct run **out_runs,
                    size_t *out_count) {
    struct rows *rows;
    struct run *runs = TAKE_ARRAY(call->arena, 200, struct run);
    size_t count = 0;
    TRY(store_query(call, &review_run_rows, &rows,
                    bind_text("subject_kind", str_of(subject_kind_name(subject.kind))),
                    bind_id("subject", subject.id)));
    while (rows_next(rows) && count < 200) {
        review_read_run(rows, &runs[count++]);
    }
    TRY(rows_end(rows));
    *out_runs = runs;
    *out_count = count;
    return DONE;
}

enum status passage_find(struct call *call, struct subject subject, id64 run,
                         id64 *out_run) {
    struct run *runs;
    size_t count;
    if (call->actor.person == 0) { /* the clock, carrying out what was ordered */
        TRY(runs_of(call, subject, &runs, &count));
    } else {
        TRY(review_runs(call, subject, &runs, &count));
    }
    for (size_t i = 0; i < count; i++) {
        if (run == 0 ? runs[i].open : runs[i].id == run) {
            *out_run = runs[i].id;
            return DONE;
        }
    }
    return call_refuse(call, run == 0 ? REFUSED : ABSENT, "", "review.no-run", NULL);
}

enum status passage_open(struct call *call, id64 run, bool lock,
                         struct passage *out_passage) {
    return open_passage(call, run, lock ? LOOK_TO_WRITE : LOOK_AS_ACTOR, out_passage);
}

enum status passage_open_unasked(struct call *call, id64 run,
                                 struct passage *out_passage) {
    return open_passage(call, run, LOOK_UNASKED, out_passage);
}

enum status passage_around(struct call *call, id64 run, struct passage *out_passage) {
    return open_passage(call, run, LOOK_AROUND, out_passage);
}

static enum status open_passage(struct call *call, id64 run, enum look look,
                                struct passage *out_passage) {
    struct rows *row;
    struct passage passage = {0};
    if (look == LOOK_TO_WRITE) {
        TRY(lock_subject(call, run));
        TRY(store_find(call, &review_run_row_locked, &row, bind_id("id", run)));
    } else {
        TRY(store_find(call, &review_run_row, &row, bind_id("id", run)));
    }
    review_read_run(row, &passage.run);
    passage.book = shelf_find(call->house->shelf, &passage.run.rulebook_digest);
    if (passage.book == NULL) {
        return log_failed("the rulebook that a run began with is not on the shelf");
    }
    int route = rulebook_route(passage.book, passage.run.route);
    if (route == NO_INDEX) {
        return log_failed("a run's route is not in its rulebook");
    }
    passage.route = &passage.book->routes[route];
    TRY(site_find(call, passage.run.site, &passage.site));
    if (passage.run.subject.kind == SUBJECT_MANUSCRIPT) {
        TRY(open_manuscript(call, look, &passage));
    } else if (passage.run.subject.kind == SUBJECT_MATTER) {
        TRY(matter_find(call, passage.run.subject.id, &passage.matter));
    } else {
        struct effect effect;
        TRY(review_effect(call, run, &effect));
        passage.from = effect.from;
    }
    if (look != LOOK_AROUND) {
        TRY(approval_set(call, passage.run.id, passage.run.round, &passage.decisions,
                         &passage.decision_count));
        TRY(derive_position(call, &passage));
    }
    *out_passage = passage;
    return DONE;
}

/* The subject before its run, as in every act: two that lock them the other way round
 * wait for each other.  What a run is about never changes. */
static enum status lock_subject(struct call *call, id64 run) {
    struct rows *row;
    struct run found;
    struct manuscript manuscript;
    struct matter matter;
    TRY(store_find(call, &review_run_row, &row, bind_id("id", run)));
    review_read_run(row, &found);
    if (found.subject.kind == SUBJECT_MATTER) {
        return matter_lock(call, found.subject.id, &matter);
    }
    return found.subject.kind == SUBJECT_MANUSCRIPT
               ? manuscript_lock(call, found.subject.id, &manuscript)
               : DONE;
}

void review_read_run(struct rows *rows, struct run *out_run) {
    struct run run = {.id = row_id(rows, "id")};
    enum status known =
        subject_kind_from_name(row_text(rows, "subject_kind"), &run.subject.kind);
    if (known != DONE) {
        run.subject.kind = SUBJECT_NONE;
    }
    run.subject.id = row_id(rows, "subject");
    run.group = row_id(rows, "site_group");
    run.site = row_id(rows, "site");
    run.revision = row_id(rows, "revision");
    run.digest = row_digest(rows, "digest");
    run.rulebook_digest = row_digest(rows, "rulebook_digest");
    run.route = row_text(rows, "route");
    run.target = row_text(rows, "target");
    run.step = row_text(rows, "step");
    run.state = row_text(rows, "state");
    run.round = (int)row_int(rows, "round");
    run.turn = (int)row_int(rows, "turn");
    run.unit = row_id(rows, "unit");
    run.submitter = row_id(rows, "submitter");
    run.started_at = row_int(rows, "started_at");
    run.step_since = row_int(rows, "step_since");
    run.due = row_is_null(rows, "due") ? INSTANT_NEVER : row_int(rows, "due");
    run.owed_until = row_is_null(rows, "owed_until") ? 0 : row_int(rows, "owed_until");
    run.lapse_at = row_is_null(rows, "lapse_at") ? 0 : row_int(rows, "lapse_at");
    run.replaced = row_int(rows, "replaced") != 0;
    run.open = row_int(rows, "is_open") != 0;
    *out_run = run;
}

static enum status open_manuscript(struct call *call, enum look look,
                                   struct passage *passage) {
    id64 id = passage->run.subject.id;
    if (look == LOOK_TO_WRITE) {
        TRY(manuscript_lock(call, id, &passage->manuscript));
    } else if (look == LOOK_UNASKED || look == LOOK_AROUND) {
        TRY(manuscript_peek(call, id, &passage->manuscript));
    } else {
        TRY(manuscript_find(call, id, &passage->manuscript));
    }
    TRY(manuscript_revision(call, passage->run.revision, &passage->revision));
    TRY(item_facts_of(call, passage->book, &passage->manuscript,
                      &passage->revision.content, passage->run.target, &passage->item));
    passage->lane =
        (passage->item.flags & ITEM_EMERGENCY) != 0 ? LANE_EMERGENCY : LANE_ORDINARY;
    return DONE;
}

/* Where the run stands, from its decisions alone, by the rulebook's own arithmetic. */
static enum status derive_position(struct call *call, struct passage *passage) {
    struct past *pasts =
        TAKE_ARRAY(call->arena, passage->decision_count + 1, struct past);
    for (size_t i = 0; i < passage->decision_count; i++) {
        const struct decision *decision = &passage->decisions[i];
        struct move move = {0};
        int step = route_step(passage->route, decision->step);
        pasts[i].step = step;
        pasts[i].outcome = NO_INDEX;
        if (step == NO_INDEX) {
            continue;
        }
        const struct step *decided = &passage->route->steps[step];
        pasts[i].outcome = step_outcome(decided, decision->outcome);
        pasts[i].signer = signer_with(passage->book, decided, decision->role);
        pasts[i].current = digest_equal(&decision->digest, &passage->run.digest);
        pasts[i].by_contributor = decision->by_contributor;
        TRY(move_answers(call, passage->book, decided, decision->answers,
                         decision->answer_count, &move));
        memcpy(pasts[i].answers, move.answers, sizeof pasts[i].answers);
    }
    passage->pasts = pasts;
    passage->position = rulebook_replay(passage->book, passage->route, passage->run.round,
                                        pasts, passage->decision_count);
    int step = route_step(passage->route, passage->run.step);
    if (step != passage->position.step) {
        passage->position.signers = 0;
    }
    passage->position.step = (uint8_t)(step == NO_INDEX ? 0 : step);
    passage->position.live = passage->run.owed_until != 0 ? 1 : 0;
    return DONE;
}

uint8_t signer_with(const struct rulebook *book, const struct step *step,
                    struct str role) {
    for (size_t i = 0; i < step_signers(step); i++) {
        int index = step_signer_role(step, i);
        if (index != NO_INDEX && str_equal(book->roles[index].code, role)) {
            return (uint8_t)i;
        }
    }
    return 0;
}
