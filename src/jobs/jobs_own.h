/*
 * Only for src/jobs.
 */
#ifndef JOBS_JOBS_OWN_H
#define JOBS_JOBS_OWN_H

#include "jobs/jobs.h"

/* When the next waiting job comes due (a lease ends); INSTANT_NEVER if none waits. */
MUST_CHECK enum status queue_next_due(struct call *call, instant *out_due);

#endif
