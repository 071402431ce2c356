-- The queue of jobs.  A lease is held by its number: whoever lost it changes nothing.

-- jobs_insert: gives no rows; changes none if the key is taken.
INSERT INTO job (id, kind, subject, job_key, state, due_at, lease, attempts, reason,
                 added_at, ended_at)
VALUES (:id, :kind, :subject, :key, 'waiting', :due, 0, 0, '', :now, 0)
    ON CONFLICT (job_key) DO NOTHING;

-- jobs_find_key: the waiting job with a key; at most one row.
SELECT id, lease, due_at
  FROM job
 WHERE job_key = :key AND state = 'waiting'
   FOR UPDATE;

-- jobs_delete: gives no rows.
DELETE FROM job WHERE id = :job;

-- jobs_find_due: the job that has been due longest; at most one row.
SELECT id, kind, subject, attempts, reason, due_at, added_at
  FROM job
 WHERE state = 'waiting' AND due_at <= :now
 ORDER BY due_at, id
 LIMIT 1
   FOR UPDATE SKIP LOCKED;

-- jobs_find_next_due: when the next job comes due; one row, NULL if none waits.
SELECT min(due_at) AS due_at
  FROM job
 WHERE state = 'waiting';

-- jobs_lease: gives no rows.
UPDATE job
   SET lease = :lease, due_at = :until, attempts = :attempt
 WHERE id = :job;

-- jobs_mark_done: gives no rows; changes one unless the lease is lost.
UPDATE job
   SET state = 'done', lease = 0, reason = '', ended_at = :now
 WHERE id = :job AND lease = :lease AND state = 'waiting';

-- jobs_is_done: whether a job was done; at most one row.
SELECT state = 'done' AS is_done
  FROM job
 WHERE id = :job;

-- jobs_mark_failed: gives no rows; changes one unless the lease is lost.
UPDATE job
   SET state = :state, lease = 0, reason = :reason, due_at = :due, ended_at = :ended
 WHERE id = :job AND lease = :lease AND state = 'waiting';

-- jobs_count: how many wait, are overdue, were given up; one row.
SELECT (SELECT count(*) FROM job WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM job WHERE state = 'waiting' AND due_at < :overdue) AS overdue,
       (SELECT count(*) FROM job WHERE state = 'given-up') AS given_up;

-- jobs_given_up: the latest first; at most :most rows.
SELECT id, kind, subject, attempts, reason, due_at, added_at, ended_at
  FROM job
 WHERE state = 'given-up'
 ORDER BY ended_at DESC, id DESC
 LIMIT :most;

-- jobs_set_waiting: gives no rows; changes one if the job was given up.
UPDATE job
   SET state = 'waiting', due_at = :now, attempts = 0, ended_at = 0
 WHERE id = :job AND state = 'given-up';

-- jobs_delete_done: gives no rows.
DELETE FROM job WHERE state = 'done' AND ended_at < :before;
