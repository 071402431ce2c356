-- Statements of src/filing.

-- filing_series_next: take the next number; the row stays locked to the end of the
-- transaction.
INSERT INTO series (site_group, code, year, last)
VALUES (:group, :series, :year, 1)
    ON CONFLICT (site_group, code, year) DO UPDATE SET last = series.last + 1
RETURNING last;

-- filing_record_insert: one submission.
INSERT INTO filing_record (id, site_group, series, year, serial, number_text, subject_kind,
                           subject, digest, title, item_class, unit, unit_title, submitter,
                           submitter_name, approval, destination, at)
VALUES (:id, :group, :series, :year, :serial, :number_text, :subject_kind,
        :subject, :digest, :title, :item_class, :unit, :unit_title, :submitter,
        :submitter_name, :approval, :destination, :at);

-- filing_record_page: records of a group, of one unit or of all, newest first.
SELECT id, site_group, series, year, serial, number_text, subject_kind, subject, digest,
       title, item_class, unit, unit_title, submitter, submitter_name, approval,
       destination, at
  FROM filing_record
 WHERE site_group = :group AND id < :before AND unit BETWEEN :unit_low AND :unit_high
 ORDER BY id DESC
 LIMIT 51;

-- filing_record_of: records of one subject, oldest first.
SELECT id, site_group, series, year, serial, number_text, subject_kind, subject, digest,
       title, item_class, unit, unit_title, submitter, submitter_name, approval,
       destination, at
  FROM filing_record
 WHERE subject_kind = :kind AND subject = :subject
 ORDER BY id
 LIMIT 51;

-- filing_form_insert: a form with its number and without its PDF.
INSERT INTO form (id, site_group, series, year, number, number_text, subject_kind, subject,
                  digest, opened_at, made_at, made_by, pdf, content)
VALUES (:id, :group, :series, :year, :number, :number_text, :subject_kind, :subject,
        :digest, :opened_at, 0, 0, '', '');

-- filing_form_set_made: its PDF is kept; nothing if it was made before.
UPDATE form
   SET made_at = :made_at, made_by = :made_by, pdf = :pdf, content = :content
 WHERE id = :id AND made_at = 0;

-- filing_form_select: one form.
SELECT id, site_group, series, year, number, number_text, subject_kind, subject, digest,
       opened_at, made_at, made_by, pdf, content
  FROM form
 WHERE id = :id;

-- filing_form_select_of: the form of a series for one text; at most one row.
SELECT id, site_group, series, year, number, number_text, subject_kind, subject, digest,
       opened_at, made_at, made_by, pdf, content
  FROM form
 WHERE series = :series AND subject_kind = :kind AND subject = :subject
       AND digest = :digest;

-- filing_form_select_numbered: by its number; at most one row.
SELECT id, site_group, series, year, number, number_text, subject_kind, subject, digest,
       opened_at, made_at, made_by, pdf, content
  FROM form
 WHERE site_group = :group AND series = :series AND year = :year AND number = :number;

-- filing_form_page: the register of a series in a year, newest first, without contents.
SELECT id, site_group, series, year, number, number_text, subject_kind, subject, digest,
       opened_at, made_at, made_by, pdf, '' AS content
  FROM form
 WHERE site_group = :group AND series = :series AND year = :year AND number < :before
 ORDER BY number DESC
 LIMIT 51;

-- filing_archive_insert: one copy; nothing if the same text of the same kind is there.
INSERT INTO archive_copy (id, site_group, unit, kind, subject_kind, subject, digest, title,
                          content, history, at)
VALUES (:id, :group, :unit, :kind, :subject_kind, :subject, :digest, :title,
        :content, :history, :at)
    ON CONFLICT DO NOTHING;

-- filing_archive_number_insert: the number of a file that was just put away.
INSERT INTO archive_number (copy, site_group, year, number, shown)
VALUES (:copy, :group, :year, :number, :shown);

-- filing_archive_page: what a section keeps of one kind, newest first, without texts.
SELECT id, site_group, unit, kind, subject_kind, subject, digest, title, '' AS content,
       '' AS history, at
  FROM archive_copy
 WHERE unit = :unit AND kind = :kind AND id < :before
 ORDER BY id DESC
 LIMIT 51;

-- filing_archive_select: one copy whole.
SELECT id, site_group, unit, kind, subject_kind, subject, digest, title, content, history, at
  FROM archive_copy
 WHERE id = :id;
