-- Statements of src/screening.

-- screening_keep: the result of one screening; a newer one of the same text under the
-- same rulebook takes its place.
INSERT INTO screening (digest, rulebook_digest, basis, findings, screened_at)
VALUES (:digest, :rulebook_digest, :basis, :findings, :at)
ON CONFLICT (digest, rulebook_digest)
DO UPDATE SET basis = excluded.basis, findings = excluded.findings,
              screened_at = excluded.screened_at;

-- screening_kept: the result of a text under a rulebook, if it rests on *basis*.
SELECT findings, screened_at
  FROM screening
 WHERE digest = :digest AND rulebook_digest = :rulebook_digest AND basis = :basis;

-- screening_kept_under: the result of a text under a rulebook.
SELECT findings
  FROM screening
 WHERE digest = :digest AND rulebook_digest = :rulebook_digest;

-- screening_newest: the newest result of a text under whatever rulebook.
SELECT findings
  FROM screening
 WHERE digest = :digest
 ORDER BY screened_at DESC, rulebook_digest
 LIMIT 1;

-- screening_file_keep: what was found inside a file; a newer result takes its place.
INSERT INTO screened_file (digest, kind, rulebook_digest, basis, findings, screened_at)
VALUES (:digest, :kind, :rulebook_digest, :basis, :findings, :at)
ON CONFLICT (digest, kind, rulebook_digest)
DO UPDATE SET basis = excluded.basis, findings = excluded.findings,
              screened_at = excluded.screened_at;

-- screening_file_kept: what was found inside a file, if it rests on *basis*.
SELECT findings
  FROM screened_file
 WHERE digest = :digest AND kind = :kind AND rulebook_digest = :rulebook_digest
   AND basis = :basis;

-- screening_old: texts with old results that nobody asked a ruling for; 500 at a time.
SELECT DISTINCT digest
  FROM screening
 WHERE digest > :after AND screened_at < :before
   AND NOT EXISTS (SELECT 1 FROM ruling WHERE ruling.digest = screening.digest)
 ORDER BY digest
 LIMIT 500;

-- screening_purge_text: the old results of one text.
DELETE FROM screening WHERE digest = :digest AND screened_at < :before;

-- screening_purge_files: results of files that are old enough to be read again.
DELETE FROM screened_file WHERE screened_at < :before;

-- screening_ruling_insert: a request for a ruling.
INSERT INTO ruling (id, manuscript, site_group, digest, detector, rule, shown, asked_why,
                    asked_by, asked_at, role, unit, answered, passes, answer_why)
VALUES (:id, :manuscript, :site_group, :digest, :detector, :rule, :shown, :asked_why,
        :asked_by, :asked_at, :role, :unit, 0, 0, '');

-- screening_ruling_same: a request about the same thing that waits for its answer.
SELECT id
  FROM ruling
 WHERE digest = :digest AND rule = :rule AND shown = :shown AND manuscript = :manuscript
   AND answered = 0
 ORDER BY id
 LIMIT 1;

-- screening_ruling_waiting: how many requests of a manuscript wait.
SELECT count(*) AS waiting
  FROM ruling
 WHERE manuscript = :manuscript AND answered = 0;

-- screening_ruling_lock: one ruling, for its answer.
SELECT id, manuscript, site_group, digest, detector, rule, shown, asked_why, asked_by,
       asked_at, role, unit, answered, passes, answer_why, answered_by, answered_at
  FROM ruling
 WHERE id = :id
 FOR UPDATE;

-- screening_ruling_answer: the answer, once.
UPDATE ruling
   SET answered = 1, passes = :passes, answer_why = :answer_why,
       answered_by = :answered_by, answered_at = :answered_at
 WHERE id = :id AND answered = 0;

-- screening_rulings_of: everything asked about a manuscript, newest first.
SELECT id, manuscript, site_group, digest, detector, rule, shown, asked_why, asked_by,
       asked_at, role, unit, answered, passes, answer_why, answered_by, answered_at
  FROM ruling
 WHERE manuscript = :manuscript
 ORDER BY asked_at DESC, id DESC
 LIMIT 500;

-- screening_rulings_open: what nobody of a group has answered, oldest first.
SELECT id, manuscript, site_group, digest, detector, rule, shown, asked_why, asked_by,
       asked_at, role, unit, answered, passes, answer_why, answered_by, answered_at
  FROM ruling
 WHERE site_group = :site_group AND answered = 0
 ORDER BY asked_at, id
 LIMIT 500;

-- screening_in_hand: texts of a group that are neither out nor at an end and in which the
-- machine found something, the oldest first; at most 200.
SELECT m.id, r.digest
  FROM manuscript m
  JOIN revision r ON r.id = m.revision
 WHERE m.site_group = :site_group AND m.removed_at IS NULL
   AND m.state IN ('draft', 'proof', 'second-proof', 'dept-review', 'office-review',
                   'leader-review', 'disposition', 'final-check', 'consulting', 'held',
                   'approved', 'scheduled', 'review-owed')
   AND EXISTS (SELECT 1
                 FROM screening s
                WHERE s.digest = r.digest AND s.findings <> :nothing)
 ORDER BY m.state_since, m.id
 LIMIT 200;

-- screening_rulings_passed: what was ruled to be none in a text, oldest first.
SELECT rule, shown, answer_why
  FROM ruling
 WHERE digest = :digest AND answered = 1 AND passes = 1
 ORDER BY id
 LIMIT 500;

-- screening_word_insert: a word of one of the operator's lists.
INSERT INTO listed_word (id, list, word, right_word, note, added_by, added_at)
VALUES (:id, :list, :word, :right_word, :note, :added_by, :added_at);

-- screening_word_find: one word that is still listed.
SELECT id, list, word, right_word, note
  FROM listed_word
 WHERE id = :id AND removed_at IS NULL;

-- screening_word_same: the same word on the same list.
SELECT id
  FROM listed_word
 WHERE list = :list AND word = :word AND removed_at IS NULL;

-- screening_word_remove_one: a word leaves its list; the row stays for the record.
UPDATE listed_word
   SET removed_at = :removed_at, removed_by = :removed_by
 WHERE id = :id AND removed_at IS NULL;

-- screening_words_of: a list, in the order of the words; at most 200000.
SELECT id, list, word, right_word, note
  FROM listed_word
 WHERE list = :list AND removed_at IS NULL
 ORDER BY word, id
 LIMIT 200000;

-- screening_list_state: a list's size and newest changes, for telling two states apart.
SELECT count(*) AS words, coalesce(max(id), 0) AS newest,
       coalesce(max(removed_at), 0) AS removed
  FROM listed_word
 WHERE list = :list;

-- screening_numbers_confirm: the bureau stands behind its list of numbers.
INSERT INTO number_confirmation (id, confirmed_by, confirmed_at)
VALUES (:id, :confirmed_by, :confirmed_at);

-- screening_numbers_confirmed: whether it does.
SELECT count(*) AS confirmed FROM number_confirmation;
