/*
 * Decisions, written once and read back.
 */
#include "approval_own.h"

#include "people/people.h"

#include <jansson.h>

static enum status answers_from_json(struct arena *arena, struct str json,
                                     struct decision *decision);
static enum status read_decisions(struct call *call, struct rows *rows,
                                  struct decision **out_decisions, size_t *out_count);
static enum status read_decision(struct call *call, struct rows *rows,
                                 struct decision *decision);

enum status approval_record(struct call *call, struct decision *decision) {
    bool on_paper = !str_is(decision->channel, DECISION_IN_SYSTEM);
    id64 id = call_new_id(call);
    TRY(approval_begin(call));
    TRY(people_stands_for(call, decision->person, decision->role, decision->unit,
                          &decision->stands_for));
    TRY(store_run(
        call, &approval_insert, NULL, bind_id("id", id),
        bind_text("subject_kind", str_of(subject_kind_name(decision->subject.kind))),
        bind_id("subject", decision->subject.id),
        bind_digest("digest", &decision->digest),
        bind_text("terms", digest_to_text(call->arena, &decision->terms)),
        bind_id("run", decision->run), bind_int("round", decision->round),
        decision->turn == 0 ? bind_id("turn", 0) : bind_int("turn", decision->turn),
        bind_text("step", decision->step), bind_text("outcome", decision->outcome),
        bind_text("answers", answers_to_json(call->arena, decision)),
        bind_text("opinion", decision->opinion), bind_id("person", decision->person),
        bind_text("role", decision->role), bind_int("unit", decision->unit),
        bind_int("by_contributor", decision->by_contributor),
        bind_text("channel", decision->channel), bind_int("face_day", decision->face_day),
        bind_text("paper_number", decision->paper_number),
        bind_text("scan", digest_to_text(call->arena, &decision->scan)),
        bind_id("entered_by", on_paper ? decision->entered_by : 0),
        bind_id("confirmed_by", 0), bind_int("at", call->now),
        bind_id("stands_for", decision->stands_for)));
    decision->id = id;
    decision->at = call->now;
    return DONE;
}

enum status approval_confirm(struct call *call, id64 decision, int turn) {
    int64_t changed = 0;
    TRY(store_run(call, &approval_set_confirmed, &changed, bind_int("turn", turn),
                  bind_id("id", decision), bind_id("person", call->actor.person)));
    return changed == 1 ? DONE : STALE;
}

enum status approval_decline(struct call *call, id64 decision) {
    int64_t changed = 0;
    TRY(store_run(call, &approval_set_declined, &changed, bind_id("id", decision),
                  bind_id("person", call->actor.person)));
    return changed == 1 ? DONE : STALE;
}

enum status approval_find(struct call *call, id64 decision,
                          struct decision *out_decision) {
    struct rows *row;
    TRY(store_find(call, &approval_row, &row, bind_id("id", decision)));
    return read_decision(call, row, out_decision);
}

enum status approval_set(struct call *call, id64 run, int round,
                         struct decision **out_decisions, size_t *out_count) {
    struct rows *rows;
    TRY(store_query(call, &approval_rows_of_round, &rows, bind_id("run", run),
                    bind_int("round", round)));
    return read_decisions(call, rows, out_decisions, out_count);
}

enum status approval_history(struct call *call, id64 run, struct decision **out_decisions,
                             size_t *out_count) {
    struct rows *rows;
    TRY(store_query(call, &approval_rows, &rows, bind_id("run", run)));
    return read_decisions(call, rows, out_decisions, out_count);
}

enum status approval_page(struct call *call, id64 after, int limit,
                          struct decision **out_decisions, size_t *out_count) {
    struct rows *rows;
    TRY(store_query(call, &approval_rows_after, &rows, bind_int("after", after),
                    bind_int("most", limit)));
    return read_decisions(call, rows, out_decisions, out_count);
}

struct str decision_answer(const struct decision *decision, const char *question) {
    for (size_t i = 0; i < decision->answer_count; i++) {
        if (str_is(decision->answers[i].question, question)) {
            return decision->answers[i].value;
        }
    }
    return STR("");
}

static enum status read_decisions(struct call *call, struct rows *rows,
                                  struct decision **out_decisions, size_t *out_count) {
    size_t room = 16;
    size_t count = 0;
    struct decision *decisions = TAKE_ARRAY(call->arena, room, struct decision);
    while (rows_next(rows)) {
        if (count == room) {
            struct decision *more = TAKE_ARRAY(call->arena, room * 2, struct decision);
            for (size_t i = 0; i < count; i++) {
                more[i] = decisions[i];
            }
            decisions = more;
            room *= 2;
        }
        TRY(read_decision(call, rows, &decisions[count++]));
    }
    TRY(rows_end(rows));
    *out_decisions = decisions;
    *out_count = count;
    return DONE;
}

static enum status read_decision(struct call *call, struct rows *rows,
                                 struct decision *decision) {
    id64 id = row_id(rows, "id");
    struct subject subject = {0};
    TRY(subject_kind_from_name(row_text(rows, "subject_kind"), &subject.kind));
    subject.id = row_id(rows, "subject");
    *decision = (struct decision){
        .id = id,
        .subject = subject,
        .digest = row_digest(rows, "digest"),
        .terms = row_digest(rows, "terms"),
        .run = row_id(rows, "run"),
        .round = (int)row_int(rows, "round"),
        .turn = (int)row_int(rows, "turn"),
        .step = row_text(rows, "step"),
        .outcome = row_text(rows, "outcome"),
    };
    TRY(answers_from_json(call->arena, row_text(rows, "answers"), decision));
    decision->opinion = row_text(rows, "opinion");
    decision->person = row_id(rows, "person");
    decision->role = row_text(rows, "role");
    decision->unit = row_id(rows, "unit");
    decision->by_contributor = row_int(rows, "by_contributor") != 0;
    decision->channel = row_text(rows, "channel");
    decision->face_day = (civil_day)row_int(rows, "face_day");
    decision->paper_number = row_text(rows, "paper_number");
    decision->scan = row_digest(rows, "scan");
    decision->entered_by = row_id(rows, "entered_by");
    decision->confirmed_by = row_id(rows, "confirmed_by");
    decision->at = row_int(rows, "at");
    decision->stands_for = row_id(rows, "stands_for");
    return DONE;
}

struct str answers_to_json(struct arena *arena, const struct decision *decision) {
    json_t *object = json_object();
    for (size_t i = 0; i < decision->answer_count; i++) {
        const struct answer *answer = &decision->answers[i];
        json_object_setn_new(object, answer->question.at, answer->question.length,
                             json_stringn(answer->value.at, answer->value.length));
    }
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    struct str json = str_copy(arena, str_of(text));
    free(text);
    json_decref(object);
    return json;
}

static enum status answers_from_json(struct arena *arena, struct str json,
                                     struct decision *decision) {
    json_t *object = json_loadb(json.at, json.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return log_failed("the answers of decision %lld are not a JSON object",
                          (long long)decision->id);
    }
    decision->answers = TAKE_ARRAY(arena, json_object_size(object), struct answer);
    const char *question;
    json_t *value;
    json_object_foreach(object, question, value) {
        decision->answers[decision->answer_count++] =
            (struct answer){.question = str_copy(arena, str_of(question)),
                            .value = str_copy(arena, str_of(json_string_value(value)))};
    }
    json_decref(object);
    return DONE;
}
