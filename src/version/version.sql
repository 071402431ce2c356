-- Statements of src/version.

-- version_draft_insert: a new draft.
INSERT INTO rulebook_draft (id, site, code, origin, version, started_by, started_at,
                            changed_by, changed_at)
VALUES (:id, :site, :code, :origin, 1, :person, :now, :person, :now);

-- version_draft_row: one draft.
SELECT id, site, code, origin, version, started_by, started_at, changed_by, changed_at,
       proposed, closed_at
  FROM rulebook_draft
 WHERE id = :id;

-- version_draft_row_locked: one draft that is about to change.
SELECT id, site, code, origin, version, started_by, started_at, changed_by, changed_at,
       proposed, closed_at
  FROM rulebook_draft
 WHERE id = :id;
-- version_draft_row_locked (postgres): those who save go one after another.
SELECT id, site, code, origin, version, started_by, started_at, changed_by, changed_at,
       proposed, closed_at
  FROM rulebook_draft
 WHERE id = :id
   FOR UPDATE;

-- version_draft_rows: the drafts of a site that are worked on; at most 50.
SELECT id, site, code, origin, version, started_by, started_at, changed_by, changed_at,
       proposed, closed_at
  FROM rulebook_draft
 WHERE site = :site AND closed_at IS NULL
 ORDER BY changed_at DESC, id DESC
 LIMIT 50;

-- version_draft_proposed: the draft that became a version.
SELECT id, site, code, origin, version, started_by, started_at, changed_by, changed_at,
       proposed, closed_at
  FROM rulebook_draft
 WHERE site = :site AND proposed = :proposed
 ORDER BY closed_at DESC
 LIMIT 1;

-- version_draft_touch: after a save.
UPDATE rulebook_draft
   SET version = :version, changed_by = :person, changed_at = :now
 WHERE id = :id;

-- version_draft_set_closed: put away, or proposed as the version with a digest.
UPDATE rulebook_draft
   SET closed_at = :now, proposed = :proposed
 WHERE id = :id;

-- version_file_insert: a file as a save leaves it.
INSERT INTO rulebook_draft_file (draft, name, version, text, saved_by, saved_at)
VALUES (:draft, :name, :version, :text, :person, :now);

-- version_file_rows: the newest of each file of a draft, in order of name.
SELECT f.name, f.text
  FROM rulebook_draft_file f
 WHERE f.draft = :draft
   AND f.version = (SELECT max(g.version)
                      FROM rulebook_draft_file g
                     WHERE g.draft = f.draft AND g.name = f.name)
 ORDER BY f.name;

-- version_run_insert: a run of the cases is asked for.
INSERT INTO rulebook_run (id, draft, version, asked_by, asked_at, total, fault)
VALUES (:id, :draft, :version, :person, :now, 0, '');

-- version_run_row: one run.
SELECT id, draft, version, asked_by, asked_at, total, ended_at, fault
  FROM rulebook_run
 WHERE id = :id;

-- version_run_newest: the newest run of a draft.
SELECT id, draft, version, asked_by, asked_at, total, ended_at, fault
  FROM rulebook_run
 WHERE draft = :draft
 ORDER BY asked_at DESC, id DESC
 LIMIT 1;

-- version_run_set_total: the worker has counted the cases.
UPDATE rulebook_run
   SET total = :total
 WHERE id = :id;

-- version_run_set_ended: the run is over.
UPDATE rulebook_run
   SET ended_at = :now, fault = :fault
 WHERE id = :id;

-- version_case_insert: what one case said; a worker that begins again says it again.
INSERT INTO rulebook_run_case (run, position, sentence, place, former, passed, why, what,
                               wanted, found)
VALUES (:run, :position, :sentence, :place, :former, :passed, :why, :what, :wanted, :found)
    ON CONFLICT (run, position) DO NOTHING;

-- version_case_rows: what the cases of a run said, in their order.
SELECT sentence, place, former, passed, why, what, wanted, found
  FROM rulebook_run_case
 WHERE run = :run
 ORDER BY position;
