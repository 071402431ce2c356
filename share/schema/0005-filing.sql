-- Numbers without gaps, and what is put on record for good.

-- The last number given of each series; the row is locked by the act that takes one.
CREATE TABLE series (
    site_group  bigint NOT NULL,
    code        text NOT NULL,      -- "review-form", "filing-record" …
    year        bigint NOT NULL,
    last        bigint NOT NULL,    -- the last number given
    PRIMARY KEY (site_group, code, year)
) STRICT;

-- 报送备案 (LZ-11.d): one row for each submission, in its transaction.
CREATE TABLE filing_record (
    id              bigint NOT NULL PRIMARY KEY,
    site_group      bigint NOT NULL,
    series          text NOT NULL,
    year            bigint NOT NULL,
    serial          bigint NOT NULL,    -- gapless by group, series and year
    number_text     text NOT NULL,      -- as it is printed
    subject_kind    text NOT NULL,      -- as in the ledger
    subject         bigint NOT NULL,
    digest          text NOT NULL,      -- of the text submitted
    title           text NOT NULL,
    item_class      text NOT NULL,
    unit            bigint NOT NULL,    -- the department
    unit_title      text NOT NULL,      -- its name at that time
    submitter       bigint NOT NULL,
    submitter_name  text NOT NULL,
    approval        text NOT NULL,      -- the head's approval in words
    destination     text NOT NULL,      -- where it was submitted to
    at              bigint NOT NULL,
    UNIQUE (site_group, series, year, serial)
) STRICT;

CREATE INDEX filing_record_by_subject ON filing_record (subject_kind, subject, id);
CREATE INDEX filing_record_by_unit ON filing_record (site_group, unit, id);

-- Forms: numbered in the act, made into a PDF once, afterwards never changed.
CREATE TABLE form (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    series        text NOT NULL,
    year          bigint NOT NULL,
    number        bigint NOT NULL,
    number_text   text NOT NULL,      -- as it is printed
    subject_kind  text NOT NULL,
    subject       bigint NOT NULL,
    digest        text NOT NULL,      -- of the text it is about
    opened_at     bigint NOT NULL,
    made_at       bigint NOT NULL,    -- 0 until the PDF is made
    made_by       bigint NOT NULL,    -- 0 is the machine
    pdf           text NOT NULL,      -- digest of the PDF, '' until it is made
    content       text NOT NULL,      -- JSON of what stands on it
    UNIQUE (site_group, series, year, number),
    UNIQUE (series, subject_kind, subject, digest)
) STRICT;

-- Archives of the sections (LZ-12.5.b): final text and whole decision history.
CREATE TABLE archive_copy (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    unit          bigint NOT NULL,    -- the section that handled it
    kind          bigint NOT NULL,    -- 1 internal circulation, 2 published
    subject_kind  text NOT NULL,
    subject       bigint NOT NULL,
    digest        text NOT NULL,      -- of the final text
    title         text NOT NULL,
    content       text NOT NULL,      -- the whole content, as JSON
    history       text NOT NULL,
    at            bigint NOT NULL,
    UNIQUE (kind, subject_kind, subject, digest)
) STRICT;

CREATE INDEX archive_copy_by_unit ON archive_copy (unit, kind, id);

-- sqlite:
CREATE TRIGGER filing_record_is_fixed BEFORE UPDATE ON filing_record
BEGIN SELECT RAISE(ABORT, 'a filing record cannot be changed'); END;
CREATE TRIGGER filing_record_stays BEFORE DELETE ON filing_record
BEGIN SELECT RAISE(ABORT, 'a filing record cannot be removed'); END;
CREATE TRIGGER archive_copy_is_fixed BEFORE UPDATE ON archive_copy
BEGIN SELECT RAISE(ABORT, 'an archive copy cannot be changed'); END;
CREATE TRIGGER archive_copy_stays BEFORE DELETE ON archive_copy
BEGIN SELECT RAISE(ABORT, 'an archive copy cannot be removed'); END;
-- INSERT OR REPLACE would remove without asking the triggers above.
CREATE TRIGGER filing_record_is_not_replaced BEFORE INSERT ON filing_record
WHEN EXISTS (SELECT 1 FROM filing_record
              WHERE id = NEW.id OR (site_group = NEW.site_group AND series = NEW.series
                                    AND year = NEW.year AND serial = NEW.serial))
BEGIN SELECT RAISE(ABORT, 'a filing record cannot be replaced'); END;
CREATE TRIGGER archive_copy_is_not_replaced BEFORE INSERT ON archive_copy
WHEN EXISTS (SELECT 1 FROM archive_copy WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an archive copy cannot be replaced'); END;
CREATE TRIGGER form_is_fixed BEFORE UPDATE ON form
WHEN OLD.made_at <> 0 OR NEW.number <> OLD.number OR NEW.year <> OLD.year
     OR NEW.series <> OLD.series OR NEW.subject <> OLD.subject OR NEW.digest <> OLD.digest
BEGIN SELECT RAISE(ABORT, 'a form cannot be changed once it is made'); END;
CREATE TRIGGER form_stays BEFORE DELETE ON form
BEGIN SELECT RAISE(ABORT, 'a form cannot be removed'); END;
-- postgres:
CREATE FUNCTION filing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% cannot be changed or removed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER filing_record_stays BEFORE UPDATE OR DELETE ON filing_record
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_copy_stays BEFORE UPDATE OR DELETE ON archive_copy
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER form_stays BEFORE DELETE ON form
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER form_is_fixed BEFORE UPDATE ON form
    FOR EACH ROW
    WHEN (OLD.made_at <> 0 OR NEW.number <> OLD.number OR NEW.year <> OLD.year
          OR NEW.series <> OLD.series OR NEW.subject <> OLD.subject
          OR NEW.digest <> OLD.digest)
    EXECUTE FUNCTION filing_refuse();
-- both:
