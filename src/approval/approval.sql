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

-- approval_rows_after: all decisions by id; at most :most.
SELECT id, subject_kind, subject, digest, terms, run, round, turn, step, outcome, answers,
       opinion, person, role, unit, by_contributor, channel, face_day, paper_number, scan,
       entered_by, confirmed_by, at, stands_for
  FROM decision
 WHERE id > :after
 ORDER BY id
 LIMIT :most;

-- approval_signature_insert: what was signed; its place (about, act) is unique.
INSERT INTO approval_signature (about, act, signer, key, certificate, statement, signature, at)
VALUES (:about, :act, :signer, :key, :certificate, :statement, :signature, :now);

-- approval_signature_row: one signature.
SELECT about, act, signer, key, certificate, statement, signature, at
  FROM approval_signature
 WHERE about = :about AND act = :act;

-- approval_signature_newest_row: the last signature about a thing; at most one row.
SELECT about, act, signer, key, certificate, statement, signature, at
  FROM approval_signature
 WHERE about = :about
 ORDER BY at DESC, act DESC
 LIMIT 1;

-- approval_signatures_after: all signatures in their order; at most :most.
SELECT about, act, signer, key, certificate, statement, signature, at
  FROM approval_signature
 WHERE about > :about OR (about = :about AND act > :act)
 ORDER BY about, act
 LIMIT :most;

-- approval_epoch_row: since when decisions are signed; at most one row.
SELECT at, decisions, digest
  FROM approval_epoch
 WHERE number = 1;

-- approval_epoch_insert: from now on; nothing if it has begun.
INSERT INTO approval_epoch (number, at, decisions, digest)
VALUES (1, :now, 0, '')
    ON CONFLICT DO NOTHING;

-- approval_epoch_set: what there was before.
UPDATE approval_epoch
   SET decisions = :decisions, digest = :digest
 WHERE number = 1;
