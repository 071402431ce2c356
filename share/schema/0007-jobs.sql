-- Jobs: work that follows an act and is done outside its transaction, once:
-- mail, webhooks, scheduled releases, forms as PDF.

CREATE TABLE job (
    id          bigint NOT NULL PRIMARY KEY,
    kind        text NOT NULL,     -- names its handler: 'mail', 'form-pdf' …
    subject     text NOT NULL,     -- what it is about, in the handler's own words
    job_key     text,              -- at most one job has it; NULL is none
    state       text NOT NULL CHECK (state IN ('waiting', 'done', 'given-up')),
    due_at      bigint NOT NULL,   -- not before; while leased, the end of the lease
    lease       bigint NOT NULL,   -- who is at work on it, 0 is nobody
    attempts    bigint NOT NULL,   -- begun so far
    reason      text NOT NULL,     -- why the last attempt failed, '' if none did
    added_at    bigint NOT NULL,
    ended_at    bigint NOT NULL,   -- when it was done or given up, 0 before
    UNIQUE (job_key)
) STRICT;

-- What is due next; a handful of rows however many jobs were done.
CREATE INDEX job_by_due ON job (due_at, id) WHERE state = 'waiting';

-- Given up, for those who look after the machine.
CREATE INDEX job_by_end ON job (state, ended_at, id) WHERE state <> 'waiting';
