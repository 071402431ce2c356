/*
 * Verifications as work of their own: asked for in the office, carried out by a worker
 * that notes how far it has come, and kept with what they found.
 */
#include "ledger_own.h"

#include "jobs/jobs.h"

#include <jansson.h>
#include <string.h>

#define VERIFY_JOB "ledger-verify"

/* One that has not ended by then was given up by its worker. */
#define UNDER_WAY_MOST INSTANT_HOUR

struct asking {
    id64 group;
    id64 id;
};

struct walking {
    struct call *call;
    const struct job *job;
    id64 id;
    int64_t before; /* entries of the chains that are through */
    int64_t done;
    struct ledger_report report;
};

static enum status ask(struct call *call, void *what);
static enum status work(struct call *call, struct job *job);
static enum status note_step(void *what, int64_t entries);
static enum status write_step(struct call *call, void *what);
static enum status write_end(struct call *call, void *what);
static enum ledger_fault fault_named(struct str name);

enum status ledger_verification_ask(struct call *call, id64 group) {
    struct asking asking = {.group = group};
    return store_transact(call, TXN_WRITE, ask, &asking);
}

enum status ledger_verification_last(struct call *call, id64 group,
                                     struct ledger_verification *out_verification) {
    struct rows *row;
    TRY(store_find(call, &ledger_verification_newest, &row, bind_int("group", group)));
    *out_verification = (struct ledger_verification){
        .id = row_id(row, "id"),
        .asked_by = row_id(row, "asked_by"),
        .asked_at = row_int(row, "asked_at"),
        .done = row_int(row, "done"),
        .total = row_int(row, "total"),
        .ended_at = row_is_null(row, "ended_at") ? 0 : row_int(row, "ended_at"),
        .fault = fault_named(row_text(row, "fault")),
        .bad_group = row_int(row, "bad_group"),
        .bad = row_int(row, "bad")};
    return DONE;
}

const struct job_handler *ledger_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {{.kind = VERIFY_JOB, .work = work}};
    *out_count = LENGTH(handlers);
    return handlers;
}

static enum status ask(struct call *call, void *what) {
    struct asking *asking = what;
    struct ledger_verification last;
    struct ledger_checkpoint site;
    struct ledger_checkpoint house;
    enum status found = ledger_verification_last(call, asking->group, &last);
    if (found == FAILED) {
        return FAILED;
    }
    if (found == DONE && last.ended_at == 0 &&
        last.asked_at > call->now - UNDER_WAY_MOST) {
        return DONE;
    }
    asking->id = call_new_id(call);
    TRY(ledger_head(call, asking->group, &site));
    TRY(ledger_head(call, LEDGER_HOUSE, &house));
    TRY(store_run(call, &ledger_verification_insert, NULL, bind_id("id", asking->id),
                  bind_id("group", asking->group), bind_id("person", call->actor.person),
                  bind_int("now", call->now),
                  bind_int("total", site.sequence + house.sequence)));
    TRY(jobs_add(call, VERIFY_JOB, id_to_text(call->arena, asking->id), 0, STR("")));
    struct ledger_act act = {.act = "ledger.verify",
                             .subject = {SUBJECT_GROUP, asking->group}};
    return ledger_append(call, asking->group, &act, NULL);
}

/* Both chains; the first fault ends it. */
static enum status work(struct call *call, struct job *job) {
    struct walking walking = {.call = call, .job = job};
    struct rows *row;
    if (id_from_text(job->subject, &walking.id) != DONE) {
        return ABSENT;
    }
    TRY(store_find(call, &ledger_verification_group, &row, bind_id("id", walking.id)));
    const id64 chains[] = {row_id(row, "site_group"), LEDGER_HOUSE};
    txn_abort(call); /* the view: nothing is open while hashing */
    for (size_t i = 0; i < LENGTH(chains); i++) {
        TRY(ledger_verify_watched(call, chains[i], NULL, note_step, &walking,
                                  &walking.report));
        walking.before += walking.report.entries;
        if (walking.report.fault != LEDGER_WHOLE) {
            break;
        }
    }
    walking.done = walking.before;
    return store_transact(call, TXN_WRITE, write_end, &walking);
}

static enum status note_step(void *what, int64_t entries) {
    struct walking *walking = what;
    walking->done = walking->before + entries;
    return store_transact(walking->call, TXN_WRITE, write_step, walking);
}

static enum status write_step(struct call *call, void *what) {
    const struct walking *walking = what;
    return store_run(call, &ledger_verification_step, NULL, bind_id("id", walking->id),
                     bind_int("done", walking->done));
}

static enum status write_end(struct call *call, void *what) {
    const struct walking *walking = what;
    const struct ledger_report *report = &walking->report;
    TRY(store_run(call, &ledger_verification_end, NULL, bind_id("id", walking->id),
                  bind_int("done", walking->done), bind_int("now", call->now),
                  bind_text("fault", str_of(ledger_fault_name(report->fault))),
                  bind_int("bad_group", report->bad == 0 ? 0 : report->group),
                  bind_int("bad", report->bad)));
    return jobs_complete(call, walking->job);
}

static enum ledger_fault fault_named(struct str name) {
    for (int fault = LEDGER_WHOLE; fault <= LEDGER_FAULT_CHECKPOINT; fault++) {
        if (str_is(name, ledger_fault_name((enum ledger_fault)fault))) {
            return (enum ledger_fault)fault;
        }
    }
    return LEDGER_FAULT_ENTRY; /* a word that nobody here wrote */
}
