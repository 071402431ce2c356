/*
 * Runs of a draft's cases: asked for in the office, carried out by a worker that notes
 * each case as it goes.
 */
#include "version_own.h"

#include "jobs/jobs.h"
#include "version_sql.h"

#define CASES_MOST 4000

struct asking {
    id64 draft;
    struct version_run run;
};

static enum status ask(struct call *call, void *what);
static void read_run(struct rows *rows, struct version_run *out_run);

enum status version_run_ask(struct call *call, id64 draft, struct version_run *out_run) {
    struct asking asking = {.draft = draft};
    TRY(store_transact(call, TXN_WRITE, ask, &asking));
    *out_run = asking.run;
    return DONE;
}

enum status version_run_find(struct call *call, id64 run, struct version_run *out_run) {
    struct rows *row;
    TRY(store_find(call, &version_run_row, &row, bind_id("id", run)));
    read_run(row, out_run);
    return DONE;
}

enum status version_run_last(struct call *call, id64 draft, struct version_run *out_run) {
    struct rows *row;
    TRY(store_find(call, &version_run_newest, &row, bind_id("draft", draft)));
    read_run(row, out_run);
    return DONE;
}

enum status version_run_cases(struct call *call, id64 run,
                              struct version_case **out_cases, size_t *out_count) {
    struct version_case *cases = TAKE_ARRAY(call->arena, CASES_MOST, struct version_case);
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &version_case_rows, &rows, bind_id("run", run)));
    while (rows_next(rows) && count < CASES_MOST) {
        cases[count++] = (struct version_case){.sentence = row_text(rows, "sentence"),
                                               .place = row_text(rows, "place"),
                                               .former = row_int(rows, "former") != 0,
                                               .passed = row_int(rows, "passed") != 0,
                                               .why = row_text(rows, "why"),
                                               .what = row_text(rows, "what"),
                                               .wanted = row_text(rows, "wanted"),
                                               .found = row_text(rows, "found")};
    }
    TRY(rows_end(rows));
    *out_cases = cases;
    *out_count = count;
    return DONE;
}

enum status version_run_count(struct call *call, id64 run, int64_t total) {
    return store_run(call, &version_run_set_total, NULL, bind_id("id", run),
                     bind_int("total", total));
}

enum status version_run_note(struct call *call, id64 run, int64_t position,
                             const struct version_case *one) {
    return store_run(call, &version_case_insert, NULL, bind_id("run", run),
                     bind_int("position", position), bind_text("sentence", one->sentence),
                     bind_text("place", one->place),
                     bind_int("former", one->former ? 1 : 0),
                     bind_int("passed", one->passed ? 1 : 0), bind_text("why", one->why),
                     bind_text("what", one->what), bind_text("wanted", one->wanted),
                     bind_text("found", one->found));
}

enum status version_run_end(struct call *call, id64 run, struct str fault) {
    return store_run(call, &version_run_set_ended, NULL, bind_id("id", run),
                     bind_int("now", call->now), bind_text("fault", fault));
}

static enum status ask(struct call *call, void *what) {
    struct asking *asking = what;
    struct version_draft draft;
    TRY(version_draft_lock(call, asking->draft, &draft));
    enum status found = version_run_last(call, draft.id, &asking->run);
    if (found == FAILED) {
        return FAILED;
    }
    if (found == DONE && asking->run.ended_at == 0 &&
        asking->run.version == draft.version) {
        return DONE;
    }
    asking->run = (struct version_run){.id = call_new_id(call),
                                       .draft = draft.id,
                                       .version = draft.version,
                                       .asked_by = call->actor.person,
                                       .asked_at = call->now,
                                       .fault = STR("")};
    TRY(store_run(call, &version_run_insert, NULL, bind_id("id", asking->run.id),
                  bind_id("draft", draft.id), bind_int("version", draft.version),
                  bind_id("person", call->actor.person), bind_int("now", call->now)));
    return jobs_add(call, VERSION_CASES_JOB,
                    str_format(call->arena, "%.*s 0",
                               STR_ARG(id_to_text(call->arena, asking->run.id))),
                    0, STR(""));
}

static void read_run(struct rows *rows, struct version_run *out_run) {
    *out_run = (struct version_run){
        .id = row_id(rows, "id"),
        .draft = row_id(rows, "draft"),
        .version = row_int(rows, "version"),
        .asked_by = row_id(rows, "asked_by"),
        .asked_at = row_int(rows, "asked_at"),
        .total = row_int(rows, "total"),
        .ended_at = row_is_null(rows, "ended_at") ? 0 : row_int(rows, "ended_at"),
        .fault = row_text(rows, "fault")};
}
