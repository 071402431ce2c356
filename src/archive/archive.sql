-- Statements of src/archive.

-- archive_file_page: files of a group, newest first, with what stands open on each.
SELECT c.id, c.site_group, c.unit, c.kind, c.subject_kind, c.subject, c.digest, c.title,
       c.at, COALESCE(n.shown, '') AS shown, COALESCE(n.year, 0) AS year,
       COALESCE((SELECT MAX(t.id) FROM archive_term t WHERE t.copy = c.id), 0) AS term,
       COALESCE(l.id, 0) AS loan, COALESCE(l.borrower, 0) AS borrower,
       COALESCE(l.due, 0) AS due,
       COALESCE((SELECT MAX(d.id)
                   FROM archive_destruction_line i
                   JOIN archive_destruction d ON d.id = i.destruction
                  WHERE i.copy = c.id AND (d.answered_at IS NULL OR d.agreed = 1)), 0)
           AS destruction
  FROM archive_copy c
  LEFT JOIN archive_number n ON n.copy = c.id
  LEFT JOIN archive_loan l ON l.copy = c.id AND l.agreed = 1 AND l.returned_at IS NULL
 WHERE c.site_group = :group AND c.id < :before
       AND c.unit BETWEEN :unit_low AND :unit_high
       AND c.kind BETWEEN :kind_low AND :kind_high
       AND (:year = 0 OR n.year = :year)
 ORDER BY c.id DESC
 LIMIT 201;

-- archive_file_row: one of them.
SELECT c.id, c.site_group, c.unit, c.kind, c.subject_kind, c.subject, c.digest, c.title,
       c.at, COALESCE(n.shown, '') AS shown, COALESCE(n.year, 0) AS year,
       COALESCE((SELECT MAX(t.id) FROM archive_term t WHERE t.copy = c.id), 0) AS term,
       COALESCE(l.id, 0) AS loan, COALESCE(l.borrower, 0) AS borrower,
       COALESCE(l.due, 0) AS due,
       COALESCE((SELECT MAX(d.id)
                   FROM archive_destruction_line i
                   JOIN archive_destruction d ON d.id = i.destruction
                  WHERE i.copy = c.id AND (d.answered_at IS NULL OR d.agreed = 1)), 0)
           AS destruction
  FROM archive_copy c
  LEFT JOIN archive_number n ON n.copy = c.id
  LEFT JOIN archive_loan l ON l.copy = c.id AND l.agreed = 1 AND l.returned_at IS NULL
 WHERE c.id = :id;

-- archive_file_lock: the file's number, which every act on it holds to its end.
SELECT copy FROM archive_number WHERE copy = :id FOR UPDATE;

-- archive_term_years: one term.
SELECT years FROM archive_term WHERE id = :id;

-- archive_term_insert: a longer term.
INSERT INTO archive_term (id, copy, years, reason, set_by, set_at)
VALUES (:id, :copy, :years, :reason, :person, :now);

-- archive_custody_insert: a hand-over, taken at once where *taken_at* is given.
INSERT INTO archive_custody (id, site_group, unit, keeper, giver, place, remark, offered_at,
                             taken_at, files, lent)
VALUES (:id, :group, :unit, :keeper, :giver, :place, :remark, :now, :taken_at, :files, :lent);

-- archive_custody_void: offers of a unit that nobody took.
DELETE FROM archive_custody WHERE site_group = :group AND unit = :unit AND taken_at IS NULL;

-- archive_custody_set_taken: the receiver confirms, once.
UPDATE archive_custody
   SET taken_at = :now, files = :files, lent = :lent
 WHERE id = :id AND taken_at IS NULL;

-- archive_custody_row: one hand-over.
SELECT id, site_group, unit, keeper, giver, place, remark, offered_at, taken_at, files, lent
  FROM archive_custody
 WHERE id = :id;

-- archive_custody_present: who keeps the files of a unit now; at most one row.
SELECT id, site_group, unit, keeper, giver, place, remark, offered_at, taken_at, files, lent
  FROM archive_custody
 WHERE site_group = :group AND unit = :unit AND taken_at IS NOT NULL
 ORDER BY id DESC
 LIMIT 1;

-- archive_custody_of: hand-overs of a unit, newest first; at most 200.
SELECT id, site_group, unit, keeper, giver, place, remark, offered_at, taken_at, files, lent
  FROM archive_custody
 WHERE site_group = :group AND unit = :unit
 ORDER BY id DESC
 LIMIT 200;

-- archive_custody_all: of every unit the present one and what is offered; at most 500.
SELECT id, site_group, unit, keeper, giver, place, remark, offered_at, taken_at, files, lent
  FROM archive_custody c
 WHERE c.site_group = :group
       AND (c.taken_at IS NULL
            OR c.id = (SELECT MAX(o.id)
                         FROM archive_custody o
                        WHERE o.site_group = c.site_group AND o.unit = c.unit
                          AND o.taken_at IS NOT NULL))
 ORDER BY unit, id
 LIMIT 500;

-- archive_custody_missing: units with files and without a keeper; at most 500.
SELECT DISTINCT c.unit
  FROM archive_copy c
 WHERE c.site_group = :group
       AND NOT EXISTS (SELECT 1
                         FROM archive_custody k
                        WHERE k.site_group = c.site_group AND k.unit = c.unit
                          AND k.taken_at IS NOT NULL)
 LIMIT 500;

-- archive_count: how many files a unit has, and how many of them are lent.
SELECT COUNT(*) AS files,
       COALESCE(SUM(CASE WHEN EXISTS (SELECT 1
                                        FROM archive_loan l
                                       WHERE l.copy = c.id AND l.agreed = 1
                                         AND l.returned_at IS NULL) THEN 1 ELSE 0 END), 0)
           AS lent
  FROM archive_copy c
 WHERE c.site_group = :group AND c.unit = :unit
       AND NOT EXISTS (SELECT 1
                         FROM archive_destruction_line i
                         JOIN archive_destruction d ON d.id = i.destruction
                        WHERE i.copy = c.id AND d.done_at IS NOT NULL);

-- archive_loan_insert: somebody asks for a file.
INSERT INTO archive_loan (id, copy, borrower, purpose, due, asked_at, answered_by,
                          answered_at, agreed, answer, returned_at, returned_to, remark)
VALUES (:id, :copy, :borrower, :purpose, :due, :now, NULL, NULL, 0, '', NULL, NULL, '');

-- archive_loan_set_answer: allowed or not, once.
UPDATE archive_loan
   SET answered_by = :person, answered_at = :now, agreed = :agreed, answer = :answer
 WHERE id = :id AND answered_at IS NULL;

-- archive_loan_set_returned: it is back, once.
UPDATE archive_loan
   SET returned_at = :now, returned_to = :person, remark = :remark
 WHERE id = :id AND agreed = 1 AND returned_at IS NULL;

-- archive_loan_row: one loan with its file.
SELECT l.id, l.copy, COALESCE(n.shown, '') AS shown, c.title, c.unit, l.borrower, l.purpose,
       l.due, l.asked_at, l.answered_by, l.answered_at, l.agreed, l.answer, l.returned_at,
       l.returned_to, l.remark
  FROM archive_loan l
  JOIN archive_copy c ON c.id = l.copy
  LEFT JOIN archive_number n ON n.copy = c.id
 WHERE l.id = :id;

-- archive_loan_of: loans of a file, newest first; at most 500.
SELECT l.id, l.copy, COALESCE(n.shown, '') AS shown, c.title, c.unit, l.borrower, l.purpose,
       l.due, l.asked_at, l.answered_by, l.answered_at, l.agreed, l.answer, l.returned_at,
       l.returned_to, l.remark
  FROM archive_loan l
  JOIN archive_copy c ON c.id = l.copy
  LEFT JOIN archive_number n ON n.copy = c.id
 WHERE l.copy = :copy
 ORDER BY l.id DESC
 LIMIT 500;

-- archive_loan_open: asked for or out, of a group, by the day due; at most 500.
SELECT l.id, l.copy, COALESCE(n.shown, '') AS shown, c.title, c.unit, l.borrower, l.purpose,
       l.due, l.asked_at, l.answered_by, l.answered_at, l.agreed, l.answer, l.returned_at,
       l.returned_to, l.remark
  FROM archive_loan l
  JOIN archive_copy c ON c.id = l.copy
  LEFT JOIN archive_number n ON n.copy = c.id
 WHERE c.site_group = :group
       AND (l.answered_at IS NULL OR (l.agreed = 1 AND l.returned_at IS NULL))
 ORDER BY l.due, l.id
 LIMIT 500;

-- archive_destruction_insert: a list, proposed.
INSERT INTO archive_destruction (id, site_group, unit, year, number, shown, digest, reason,
                                 witnesses, proposed_by, proposed_at, answered_by,
                                 answered_at, agreed, answer, done_at)
VALUES (:id, :group, :unit, :year, :number, :shown, :digest, :reason,
        :witnesses, :person, :now, NULL, NULL, 0, '', NULL);

-- archive_destruction_line_insert: one file of it.
INSERT INTO archive_destruction_line (destruction, position, copy, shown, title, digest,
                                      filed_at, kept_until)
VALUES (:destruction, :position, :copy, :shown, :title, :digest, :filed_at, :kept_until);

-- archive_witness_insert: who is to look on.
INSERT INTO archive_witness (destruction, person, at)
VALUES (:destruction, :person, NULL);

-- archive_destruction_set_answer: decided, once.
UPDATE archive_destruction
   SET answered_by = :person, answered_at = :now, agreed = :agreed, answer = :answer
 WHERE id = :id AND answered_at IS NULL;

-- archive_witness_set: one has looked on, once.
UPDATE archive_witness
   SET at = :now
 WHERE destruction = :id AND person = :person AND at IS NULL;

-- archive_copies_empty: text and history of a list's files are gone.
UPDATE archive_copy
   SET content = '', history = ''
 WHERE id IN (SELECT l.copy FROM archive_destruction_line l WHERE l.destruction = :id);

-- archive_destruction_set_done: it was carried out.
UPDATE archive_destruction
   SET done_at = :now
 WHERE id = :id AND done_at IS NULL;

-- archive_destruction_row: one list.
SELECT id, site_group, unit, shown, digest, reason, proposed_by, proposed_at, answered_by,
       answered_at, agreed, answer, done_at
  FROM archive_destruction
 WHERE id = :id;

-- archive_destruction_lock: a list, held to the end of the act.
SELECT id FROM archive_destruction WHERE id = :id FOR UPDATE;

-- archive_destruction_rows: all lists of a group, newest first; at most 500.
SELECT id, site_group, unit, shown, digest, reason, proposed_by, proposed_at, answered_by,
       answered_at, agreed, answer, done_at
  FROM archive_destruction
 WHERE site_group = :group
 ORDER BY id DESC
 LIMIT 500;

-- archive_destruction_lines: the files of a list, in order; at most 500.
SELECT copy, shown, title, digest, filed_at, kept_until
  FROM archive_destruction_line
 WHERE destruction = :id
 ORDER BY position
 LIMIT 500;

-- archive_witnesses: of a list, in the order of their names' ids.
SELECT person, at
  FROM archive_witness
 WHERE destruction = :id
 ORDER BY person;
