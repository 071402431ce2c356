/*
 * jobs: work that follows an act, kept in the store until it is done.
 *
 * A job is added in the transaction of the act that wants it: both are there
 * or neither is.  A worker takes a lease on it, does the work outside any
 * transaction and marks the job done in the transaction of the work's effect.
 * A worker that dies leaves a lease that runs out, and another takes the job;
 * so an effect in the store happens exactly once, one outside it (a mail) at
 * least once.  A failed job is tried again with growing waits and is then given
 * up loudly: logged, listed, and kept until somebody asks for it again.
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "base/base.h"

/* The least wait before a second attempt; it doubles with every further one. */
#define JOBS_WAIT_FIRST (30 * INSTANT_SECOND)
#define JOBS_WAIT_MOST  (6 * INSTANT_HOUR)

/* How late a job is noticed that another process of the workspace added. */
#define JOBS_LOOK_EVERY (5 * INSTANT_SECOND)

struct job {
    id64 id;
    struct str kind;
    struct str subject;
    int64_t attempt;   /* 1 for the first */
    id64 lease;        /* the worker's, for jobs_complete */
    struct str reason; /* of the last failed attempt; a handler sets it before it
                          answers anything but DONE */
    instant due_at;
    instant added_at;
    instant ended_at;
};

/*
 * Add a job in the open transaction of *call*, to be done at *not_before* (0 is
 * at once).  *key* (may be empty) makes it single: if a job with that key was
 * added before, done or not, nothing happens and the answer is DONE.
 * *subject*: what the handler needs to find its work, as text or JSON, without
 * personal data (it is shown to administrators).
 */
MUST_CHECK enum status jobs_add(struct call *call, const char *kind, struct str subject,
                                instant not_before, struct str key);

/* Take back the waiting job with *key*, in the open transaction, so that the key is
 * free again.  ABSENT if there is none or it has ended; STALE if a worker is at it. */
MUST_CHECK enum status jobs_cancel(struct call *call, struct str key);

/*
 * Mark the job done, in the open transaction that holds its effect.  STALE if
 * the lease ran out and another worker has the job: roll the effect back.
 */
MUST_CHECK enum status jobs_complete(struct call *call, const struct job *job);

/*
 * A handler does the work of one kind.  It is called outside any transaction,
 * with a call of the machine (person 0, DOOR_CLOCK) that lives until it returns.
 *   DONE             the work is done; the worker marks the job unless the
 *                    handler has done so with jobs_complete
 *   FAILED, STALE    try again later
 *   other answers    a lasting no: the job is given up at once
 * It must end before its lease: put limits on everything it waits for.
 */
struct job_handler {
    const char *kind;
    enum status (*work)(struct call *call, struct job *job);
    int64_t attempts_most; /* 0: eight, which takes about an hour */
    int64_t lease;         /* microseconds; 0: ten minutes */
};

/*
 * Do one job that is due at call->now, in the thread of the caller: for tests
 * and for commands.  ABSENT if nothing is due.  A job that failed is DONE here:
 * its failure is recorded.
 */
MUST_CHECK enum status jobs_do_next(struct call *call, const struct job_handler *handlers,
                                    size_t count);

/*
 * Workers: *threads* of them, until jobs_stop, which lets the jobs under way
 * end.  They wake when this process commits something, when a job comes due, and
 * every JOBS_LOOK_EVERY.  The handlers must outlive them.  *clock* is
 * instant_read_clock but in tests.
 */
struct jobs;
MUST_CHECK enum status jobs_start(const struct house *house,
                                  const struct job_handler *handlers, size_t count,
                                  size_t threads, instant (*clock)(void),
                                  struct jobs **out_jobs);
void jobs_stop(struct jobs *jobs); /* NULL is fine */

/* How things stand, for the page of the machine's health. */
struct jobs_state {
    int64_t waiting;
    int64_t overdue; /* waiting although due a minute ago */
    int64_t given_up;
};
MUST_CHECK enum status jobs_look(struct call *call, struct jobs_state *out_state);

/* Jobs given up, the latest first, at most *most*. */
MUST_CHECK enum status jobs_list_given_up(struct call *call, size_t most,
                                          struct job **out_jobs, size_t *out_count);

/* Try a job again that was given up, from its first attempt.  ABSENT if there is none. */
MUST_CHECK enum status jobs_retry(struct call *call, id64 job);

/* Forget jobs that were done before *before*; their keys are free again. */
MUST_CHECK enum status jobs_forget(struct call *call, instant before,
                                   int64_t *out_forgotten);

#endif
