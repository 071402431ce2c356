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

-- matter_form_insert: its number and the day its answer is due.
INSERT INTO matter_form (matter, series, year, number, shown, due)
VALUES (:matter, :series, :year, :number, :shown, :due);

-- matter_about_insert: what exactly it is about.
INSERT INTO matter_about (matter, digest)
VALUES (:matter, :digest);

-- matter_line_insert: one line of its form.
INSERT INTO matter_line (matter, field, value)
VALUES (:matter, :field, :value);

-- matter_line_rows: the lines of its form; at most 100.
SELECT field, value
  FROM matter_line
 WHERE matter = :matter
 ORDER BY field
 LIMIT 100;

-- matter_line_taken: a matter of the kind that has this value in this line and was not
-- declined; at most one row.
SELECT m.id
  FROM matter_line l
  JOIN matter m ON m.id = l.matter
  LEFT JOIN matter_verdict v ON v.matter = m.id
 WHERE m.site_group = :site_group AND m.kind = :kind AND l.field = :field
       AND l.value = :value AND COALESCE(v.agreed, 1) = 1
       AND m.unit IN (SELECT u.id FROM people_unit u WHERE u.body = :body)
 LIMIT 1;

-- matter_line_newest: the newest agreed matter of the kind with this value in this line; at
-- most one row.
SELECT m.id
  FROM matter_line l
  JOIN matter m ON m.id = l.matter
  JOIN matter_verdict v ON v.matter = m.id
 WHERE m.site_group = :site_group AND m.kind = :kind AND l.field = :field
       AND l.value = :value AND v.agreed = 1
       AND m.unit IN (SELECT u.id FROM people_unit u WHERE u.body = :body)
 ORDER BY m.answered_at DESC, m.id DESC
 LIMIT 1;

-- matter_verdict_insert: whether the answer agrees.
INSERT INTO matter_verdict (matter, agreed)
VALUES (:matter, :agreed);

-- matter_row: one matter by id.
SELECT m.id, m.site_group, m.kind, m.rulebook, m.year, m.unit, m.title, m.words,
       m.opened_by, m.opened_at, m.answer, m.answered_by, m.answered_at,
       COALESCE(f.shown, '') AS shown, f.due, COALESCE(v.agreed, 0) AS agreed,
       COALESCE(a.digest, '') AS about, COALESCE(r.at, 0) AS redeemed_at
  FROM matter m
  LEFT JOIN matter_form f ON f.matter = m.id
  LEFT JOIN matter_verdict v ON v.matter = m.id
  LEFT JOIN matter_about a ON a.matter = m.id
  LEFT JOIN matter_redeemed r ON r.matter = m.id
 WHERE m.id = :id;

-- matter_row_lock: one matter, held to the end of the act.
SELECT id FROM matter WHERE id = :id FOR UPDATE;

-- matter_rows: matters of a body's units (0: of all), of one kind or of all (''), newest
-- first; at most 500.
SELECT m.id, m.site_group, m.kind, m.rulebook, m.year, m.unit, m.title, m.words,
       m.opened_by, m.opened_at, m.answer, m.answered_by, m.answered_at,
       COALESCE(f.shown, '') AS shown, f.due, COALESCE(v.agreed, 0) AS agreed,
       COALESCE(a.digest, '') AS about, COALESCE(r.at, 0) AS redeemed_at
  FROM matter m
  LEFT JOIN matter_form f ON f.matter = m.id
  LEFT JOIN matter_verdict v ON v.matter = m.id
  LEFT JOIN matter_about a ON a.matter = m.id
  LEFT JOIN matter_redeemed r ON r.matter = m.id
 WHERE m.site_group = :site_group AND (:kind = '' OR m.kind = :kind)
   AND (:body = 0 OR m.unit IN (SELECT u.id FROM people_unit u WHERE u.body = :body))
 ORDER BY m.opened_at DESC, m.id DESC
 LIMIT 500;

-- matter_redeem_insert: the act that relied on an agreed matter.
INSERT INTO matter_redeemed (matter, act, at)
VALUES (:matter, :act, :at);
