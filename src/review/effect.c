/*
 * From which day an approved version of a rulebook is in force: with its approval, or on
 * the later day that its proposer chose and its deciders saw; then a job puts it in
 * force.
 */
#include "review_own.h"

#include "jobs/jobs.h"
#include "site/site.h"

#include "review_sql.h"

struct taking {
    const struct job *job;
    id64 run;
};

static enum status wait_for(struct call *call, id64 run, civil_day from);
static enum status take_effect(struct call *call, void *what);

enum status effect_choose(struct call *call, id64 run, civil_day from) {
    civil_day today = instant_day(call->now);
    if (from == 0 || from == today) {
        return DONE;
    }
    if (from < today || from > today + REVIEW_EFFECT_DAYS_MOST) {
        return call_refuse_field(
            call, "from", "", "review.effect-odd", "most",
            str_format(call->arena, "%d", REVIEW_EFFECT_DAYS_MOST).at, NULL);
    }
    return store_run(call, &review_effect_insert, NULL, bind_id("run", run),
                     bind_int("from_day", from));
}

enum status review_effect(struct call *call, id64 run, struct effect *out_effect) {
    struct rows *row;
    *out_effect = (struct effect){0};
    enum status found = store_find(call, &review_effect_of, &row, bind_id("run", run));
    if (found == DONE) {
        *out_effect = (struct effect){.from = (civil_day)row_int(row, "from_day"),
                                      .waits = row_int(row, "waits") != 0};
    }
    return found == ABSENT ? DONE : found;
}

/* A day that has come while it was being decided is no longer waited for.  What was
 * decided before, for the same day or a later one, has been overtaken. */
enum status effect_begin(struct call *call, const struct passage *passage) {
    struct effect effect;
    id64 run = passage->run.id;
    civil_day today = instant_day(call->now);
    TRY(review_effect(call, run, &effect));
    TRY(store_run(call, &review_effect_overtake, NULL, bind_id("run", run),
                  bind_int("day", effect.from > today ? effect.from : today),
                  bind_id("site", passage->run.site)));
    if (effect.from <= today) {
        return site_put_in_force(call, passage->run.site, passage->book);
    }
    TRY(site_must_have_values(call, passage->run.site, passage->book));
    TRY(store_run(call, &review_effect_set, NULL, bind_id("run", run),
                  bind_int("waits", 1)));
    return wait_for(call, run, effect.from);
}

static enum status wait_for(struct call *call, id64 run, civil_day from) {
    struct str id = id_to_text(call->arena, run);
    return jobs_add(call, REVIEW_VERSION_JOB, id, day_start(from),
                    str_format(call->arena, "%s %.*s %lld", REVIEW_VERSION_JOB,
                               STR_ARG(id), (long long)call->now));
}

enum status do_version(struct call *call, struct job *job) {
    struct taking taking = {.job = job};
    TRY(id_from_text(job->subject, &taking.run));
    return store_transact(call, TXN_WRITE, take_effect, &taking);
}

/* Once: whoever does the job a second time finds nothing that waits.  What was decided,
 * and for which day, is asked for again. */
static enum status take_effect(struct call *call, void *what) {
    const struct taking *taking = what;
    struct passage passage;
    struct effect effect;
    TRY(passage_open_unasked(call, taking->run, &passage));
    TRY(review_effect(call, taking->run, &effect));
    if (!effect.waits) {
        return jobs_complete(call, taking->job);
    }
    TRY(passage_must_be_signed(call, &passage));
    if (effect.from > instant_day(call->now)) { /* somebody has moved the job */
        TRY(jobs_complete(call, taking->job));
        return wait_for(call, taking->run, effect.from);
    }
    TRY(store_run(call, &review_effect_set, NULL, bind_id("run", taking->run),
                  bind_int("waits", 0)));
    TRY(jobs_complete(call, taking->job));
    return site_put_in_force(call, passage.run.site, passage.book);
}
