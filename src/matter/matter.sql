-- Statements of src/matter.

-- matter_insert: one matter, as it is opened.
INSERT INTO matter (id, site_group, kind, rulebook, year, unit, title, words, opened_by,
                    opened_at, answer, answered_by, answered_at)
VALUES (:id, :site_group, :kind, :rulebook, :year, :unit, :title, :words, :opened_by,
        :opened_at, :answer, :answered_by, :answered_at);

-- matter_set_answer: the answer to an open one.
UPDATE matter
   SET answer = :answer, answered_by = :person, answered_at = :now
 WHERE id = :id AND answered_at IS NULL;

-- matter_row: one matter by id.
SELECT id, site_group, kind, rulebook, year, unit, title, words, opened_by, opened_at,
       answer, answered_by, answered_at
  FROM matter
 WHERE id = :id;

-- matter_rows: matters of a group, of one kind or of all (''), newest first; at most 500.
SELECT id, site_group, kind, rulebook, year, unit, title, words, opened_by, opened_at,
       answer, answered_by, answered_at
  FROM matter
 WHERE site_group = :site_group AND (:kind = '' OR kind = :kind)
 ORDER BY opened_at DESC, id DESC
 LIMIT 500;
