-- Statements of src/assessment.

-- sheet_insert: the sheet of a period, once.
INSERT INTO assessment_sheet (id, site_group, site, period, rulebook, opened_by, opened_at,
                              assessed_at, manuscript)
VALUES (:id, :group, :site, :period, :rulebook, :person, :now, 0, NULL)
ON CONFLICT (site, period) DO NOTHING;

-- sheet_row: one sheet, and whether its results are before the public.
SELECT s.id, s.site_group, s.site, s.period, s.rulebook, s.opened_by, s.opened_at,
       s.assessed_at, s.manuscript,
       (SELECT COUNT(*) FROM publication_release r
         WHERE r.manuscript = s.manuscript AND r.number > 0) AS releases
  FROM assessment_sheet s
 WHERE s.id = :id;

-- sheet_row_locked: the acts on one sheet go one after another.
SELECT id FROM assessment_sheet WHERE id = :id;

-- sheet_row_locked (postgres): the acts on one sheet go one after another.
SELECT id FROM assessment_sheet WHERE id = :id FOR UPDATE;

-- sheet_rows: the sheets of a site, or of all of a group, newest period first; at most 500.
SELECT s.id, s.site_group, s.site, s.period, s.rulebook, s.opened_by, s.opened_at,
       s.assessed_at, s.manuscript,
       (SELECT COUNT(*) FROM publication_release r
         WHERE r.manuscript = s.manuscript AND r.number > 0) AS releases
  FROM assessment_sheet s
 WHERE s.site_group = :group AND s.site BETWEEN :site_low AND :site_high
 ORDER BY s.period DESC, s.site
 LIMIT 500;

-- sheet_of_period: the sheet of a site's period.
SELECT id FROM assessment_sheet WHERE site = :site AND period = :period;

-- sheet_of_text: the sheet whose results are that text.
SELECT id FROM assessment_sheet WHERE manuscript = :manuscript;

-- sheet_set_assessed: every assessor has answered, once.
UPDATE assessment_sheet SET assessed_at = :now WHERE id = :id AND assessed_at = 0;

-- sheet_set_text: the text of its results, once.
UPDATE assessment_sheet SET manuscript = :manuscript
 WHERE id = :id AND manuscript IS NULL AND assessed_at <> 0;

-- line_insert: a line of a sheet.
INSERT INTO assessment_line (sheet, subject, unit, place, title)
VALUES (:sheet, :subject, :unit, :place, :title);

-- line_rows: the lines of a sheet; at most 1000.
SELECT subject, unit, title
  FROM assessment_line
 WHERE sheet = :sheet
 ORDER BY place
 LIMIT 1000;

-- figure_insert: what was computed.
INSERT INTO assessment_figure (sheet, subject, indicator, number, points)
VALUES (:sheet, :subject, :indicator, :number, :points);

-- figure_rows: everything computed of a sheet.
SELECT subject, indicator, number, points
  FROM assessment_figure
 WHERE sheet = :sheet
 ORDER BY subject, indicator
 LIMIT 50000;

-- mark_set: what was said, in place of what the same one said before.
INSERT INTO assessment_mark (sheet, subject, indicator, role, points, remark, reason, person,
                             at, late)
VALUES (:sheet, :subject, :indicator, :role, :points, :remark, :reason, :person, :now, :late)
ON CONFLICT (sheet, subject, indicator, role) DO UPDATE
   SET points = excluded.points, remark = excluded.remark, reason = excluded.reason,
       person = excluded.person, at = excluded.at, late = excluded.late;

-- mark_rows: everything said of a sheet.
SELECT subject, indicator, role, points, remark, reason, person, at, late
  FROM assessment_mark
 WHERE sheet = :sheet
 ORDER BY subject, indicator, role
 LIMIT 100000;

-- answer_insert: an assessor has answered for the sheet, once.
INSERT INTO assessment_answer (sheet, role, person, at)
VALUES (:sheet, :role, :person, :now)
ON CONFLICT (sheet, role) DO NOTHING;

-- answer_rows: who has answered.
SELECT role, person, at FROM assessment_answer WHERE sheet = :sheet ORDER BY role LIMIT 64;

-- commend_insert: a commendation or a criticism.
INSERT INTO assessment_notice (id, site_group, site, kind, of_kind, subject, unit, name,
                               ground, sheet, score, rule, given_by, given_at, manuscript)
VALUES (:id, :group, :site, :kind, :of_kind, :subject, :unit, :name, :ground, :sheet, :score,
        :rule, :person, :now, :manuscript);

-- commend_rows: the register of a group, newest first; at most 500.
SELECT n.id, n.site, n.kind, n.of_kind, n.subject, n.unit, n.name, n.ground, n.sheet, n.score,
       n.rule, n.given_by, n.given_at, n.manuscript,
       COALESCE(s.period, '') AS period,
       (SELECT COUNT(*) FROM publication_release r
         WHERE r.manuscript = n.manuscript AND r.number > 0) AS releases
  FROM assessment_notice n
  LEFT JOIN assessment_sheet s ON s.id = n.sheet
 WHERE n.site_group = :group
 ORDER BY n.given_at DESC, n.id DESC
 LIMIT 500;
