-- Statements of src/approval.

-- approval_insert: one decision; its place (run, turn) is unique.
INSERT INTO decision (id, subject_kind, subject, digest, terms, run, round, turn, step, outcome,
                      answers, opinion, person, role, unit, by_contributor, channel,
                      face_day, paper_number, scan, entered_by, confirmed_by, at,
                      stands_for)
VALUES (:id, :subject_kind, :subject, :digest, :terms, :run, :round, :turn, :step, :outcome,
        :answers, :opinion, :person, :role, :unit, :by_contributor, :channel,
        :face_day, :paper_number, :scan, :entered_by, :confirmed_by, :at,
        :stands_for);

-- approval_set_confirmed: the second person stands behind a paper signature.
UPDATE decision
   SET confirmed_by = :person, turn = :turn
 WHERE id = :id AND channel <> 'system' AND confirmed_by IS NULL AND entered_by <> :person;

-- approval_set_declined: the second person found that it is not what the paper says.
UPDATE decision
   SET confirmed_by = :person
 WHERE id = :id AND channel <> 'system' AND confirmed_by IS NULL AND entered_by <> :person;

-- approval_rows: everything decided in a run, oldest first; at most 1000.
SELECT id, subject_kind, subject, digest, terms, run, round, turn, step, outcome, answers,
       opinion, person, role, unit, by_contributor, channel, face_day, paper_number, scan,
       entered_by, confirmed_by, at, stands_for
  FROM decision
 WHERE run = :run
 ORDER BY at, id
 LIMIT 1000;

-- approval_row: one decision.
SELECT id, subject_kind, subject, digest, terms, run, round, turn, step, outcome, answers,
       opinion, person, role, unit, by_contributor, channel, face_day, paper_number, scan,
       entered_by, confirmed_by, at, stands_for
  FROM decision
 WHERE id = :id;

-- approval_rows_of_round: what counts in one round; at most 200.
SELECT id, subject_kind, subject, digest, terms, run, round, turn, step, outcome, answers,
       opinion, person, role, unit, by_contributor, channel, face_day, paper_number, scan,
       entered_by, confirmed_by, at, stands_for
  FROM decision
 WHERE run = :run AND round = :round AND turn IS NOT NULL
 ORDER BY turn
 LIMIT 200;
