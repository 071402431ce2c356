-- Statements of src/review.

-- review_run_insert: a passage begins.
INSERT INTO review_run (id, subject_kind, subject, site_group, site, revision, digest,
                        rulebook_digest, route, target, step, state, round, turn, unit,
                        submitter, started_at, step_since, due, is_open)
VALUES (:id, :subject_kind, :subject, :site_group, :site, :revision, :digest,
        :rulebook_digest, :route, :target, :step, :state, :round, :turn, :unit,
        :submitter, :now, :now, :due, 1);

-- review_run_update: the passage moved on; only from the turn it was read at.
UPDATE review_run
   SET revision = :revision, digest = :digest, route = :route, step = :step, state = :state,
       round = :round, turn = :turn + 1, submitter = :submitter, step_since = :now,
       due = :due, is_open = :is_open, owed_until = :owed_until, lapse_at = :lapse_at,
       replaced = :replaced
 WHERE id = :id AND turn = :turn;

-- review_run_row: one passage.
SELECT id, subject_kind, subject, site_group, site, revision, digest, rulebook_digest, route,
       target, step, state, round, turn, unit, submitter, started_at, step_since, due, is_open,
       owed_until, lapse_at, replaced
  FROM review_run
 WHERE id = :id;

-- review_run_row_locked: the same, its row locked; SQLite has one writer anyway.
SELECT id, subject_kind, subject, site_group, site, revision, digest, rulebook_digest, route,
       target, step, state, round, turn, unit, submitter, started_at, step_since, due, is_open,
       owed_until, lapse_at, replaced
  FROM review_run
 WHERE id = :id;

-- review_run_row_locked (postgres): the deciders of one run go one after another.
SELECT id, subject_kind, subject, site_group, site, revision, digest, rulebook_digest, route,
       target, step, state, round, turn, unit, submitter, started_at, step_since, due, is_open,
       owed_until, lapse_at, replaced
  FROM review_run
 WHERE id = :id
   FOR UPDATE;

-- review_run_rows: all passages of a subject, newest first; at most 200.
SELECT id, subject_kind, subject, site_group, site, revision, digest, rulebook_digest, route,
       target, step, state, round, turn, unit, submitter, started_at, step_since, due, is_open,
       owed_until, lapse_at, replaced
  FROM review_run
 WHERE subject_kind = :subject_kind AND subject = :subject
 ORDER BY started_at DESC, id DESC
 LIMIT 200;

-- review_confirmation_insert: a reviewer confirmed one attachment.
INSERT INTO review_confirmation (run, round, step, attachment, person, at)
VALUES (:run, :round, :step, :attachment, :person, :now)
    ON CONFLICT (run, round, step, attachment) DO NOTHING;

-- review_run_lapsed: manuscripts that are public before their review, whose time has run
-- out; at most 100.
SELECT subject FROM review_run
 WHERE lapse_at IS NOT NULL AND lapse_at <= :now AND is_open = 1
   AND subject_kind = 'manuscript'
 ORDER BY lapse_at, id
 LIMIT 100;

-- review_effect_insert: the day that was chosen for a version.
INSERT INTO review_effect (run, from_day, waits) VALUES (:run, :from_day, 0);

-- review_effect_of: the day that was chosen, if one was.
SELECT from_day, waits
  FROM review_effect
 WHERE run = :run;

-- review_effect_overtake: versions of a site whose day has not come, when a later decision has one in force by then.
UPDATE review_effect SET waits = 0
 WHERE waits = 1 AND run <> :run AND from_day >= :day
   AND run IN (SELECT id FROM review_run WHERE site = :site);

-- review_effect_set: it is approved and waits for its day, or the day has come.
UPDATE review_effect SET waits = :waits WHERE run = :run;
