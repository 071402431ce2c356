/*
 * Releases ordered for later: carried out at their moment, or called off.
 */
#include "publication_sql.h"
#include "release_own.h"

#include "ledger/ledger.h"
#include "notary/notary.h"

#include <jansson.h>

struct cancelling {
    id64 release;
    id64 group;
    struct str reason;
};

static enum status run_due(struct call *call, const struct release *due);
static enum status cancel_act(struct call *call, void *what);

enum status publication_release_due(struct call *call, size_t *out_count) {
    struct release *due;
    size_t count;
    size_t done = 0;
    if (notary_may_decide(call) == REFUSED) { /* they wait, and are not called off */
        call_forgive(call);
        *out_count = 0;
        return DONE;
    }
    TRY(release_query(call, &publication_due, VALUES(bind_int("now", call->now)), 100,
                      &due, &count));
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++) {
            seen = due[j].act == due[i].act;
        }
        if (!seen) {
            TRY(run_due(call, &due[i]));
            done++;
        }
    }
    *out_count = done;
    return DONE;
}

enum status publication_cancel(struct call *call, id64 release, struct str reason) {
    struct release found;
    struct manuscript manuscript;
    TRY(publication_find(call, release, &found));
    TRY(manuscript_find(call, found.manuscript, &manuscript));
    struct cancelling cancelling = {release, found.group, str_trim(reason)};
    struct ledger_act act = {.act = "publication.cancel",
                             .subject = {.kind = SUBJECT_RELEASE, .id = release}};
    return ledger_settle(call, found.group, &act,
                         store_transact(call, TXN_WRITE, cancel_act, &cancelling));
}

/* At its moment everything is asked again; what no longer holds is called off,
 * and the ledger says why. */
static enum status run_due(struct call *call, const struct release *due) {
    struct ordering *ordering = TAKE(call->arena, struct ordering);
    struct release_order order = {.manuscript = due->manuscript,
                                  .seen = due->digest,
                                  .when = due->scheduled_for,
                                  .reason = due->reason};
    struct release *scheduled;
    size_t count;
    id64 columns[RELEASE_TARGETS];
    TRY(release_query(call, &publication_scheduled,
                      VALUES(bind_id("manuscript", due->manuscript)), 64, &scheduled,
                      &count));
    for (size_t i = 0; i < count; i++) {
        if (scheduled[i].act == due->act && order.column_count < RELEASE_TARGETS) {
            columns[order.column_count++] = scheduled[i].column;
        }
    }
    order.columns = columns;
    *ordering = (struct ordering){
        .order = &order, .act = due->act, .planned = true, .orderer = due->releaser};
    struct manuscript manuscript = {
        .id = due->manuscript, .group = due->group, .title = due->title};
    struct ledger_act act = {
        .act = "publication.release",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = due->manuscript},
        .digest = due->digest};
    enum status done = store_transact(call, TXN_WRITE, release_act, ordering);
    done = ledger_settle(call, due->group, &act, alarm_settle(call, &manuscript, done));
    if (done == DONE || done == FAILED) {
        return done;
    }
    struct str why = call->refusal == NULL ? STR("") : str_of(call->refusal->words);
    call_forgive(call);
    for (size_t i = 0; i < count; i++) {
        struct cancelling cancelling = {scheduled[i].id, due->group, why};
        if (scheduled[i].act == due->act) {
            TRY(store_transact(call, TXN_WRITE, cancel_act, &cancelling));
        }
    }
    return DONE;
}

static enum status cancel_act(struct call *call, void *what) {
    struct cancelling *cancelling = what;
    struct release release;
    struct manuscript manuscript;
    TRY(publication_find(call, cancelling->release, &release));
    TRY(manuscript_lock(call, release.manuscript, &manuscript));
    TRY(publication_find(call, cancelling->release, &release));
    if (release.state != RELEASE_SCHEDULED) {
        return call_refuse(call, REFUSED, "", "publication.not-scheduled", NULL);
    }
    if (call->actor.person != 0) {
        struct column column;
        TRY(right_to_release(call, release.site));
        TRY(site_column_find(call, release.column, &column));
        TRY(manuscript_must_be_registered(call, call->actor.person, &manuscript,
                                          &column));
    }
    TRY(store_run(call, &publication_set_state, NULL, bind_id("id", release.id),
                  bind_text("state", STR("cancelled")), bind_int("ended_at", call->now),
                  bind_int("ended_by", call->actor.person),
                  bind_text("reason", cancelling->reason), bind_int("successor", 0)));
    if (str_is(manuscript.state, "scheduled")) {
        TRY(manuscript_move(call, manuscript.id, "approved", 0));
    }
    struct ledger_act record = {
        .act = "publication.cancel",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = release.manuscript},
        .digest = release.digest,
        .payload =
            ledger_payload(call, json_pack("{s:s#}", "reason", cancelling->reason.at,
                                           (int)cancelling->reason.length))};
    return ledger_append(call, cancelling->group, &record, NULL);
}
