-- What is kept: its number, how long, by whom, lent to whom, and how it ends.

-- 档号: given with the copy, in its transaction.
CREATE TABLE archive_number (
    copy        bigint NOT NULL PRIMARY KEY REFERENCES archive_copy (id),
    site_group  bigint NOT NULL,
    year        bigint NOT NULL,    -- of filing
    number      bigint NOT NULL,    -- gapless by group and year
    shown       text NOT NULL,      -- as it is printed
    UNIQUE (site_group, year, number)
) STRICT;

-- A term of keeping beyond what the rulebook asks for; only ever longer, the newest counts.
CREATE TABLE archive_term (
    id       bigint NOT NULL PRIMARY KEY,
    copy     bigint NOT NULL REFERENCES archive_copy (id),
    years    bigint NOT NULL,       -- 0 is for ever
    reason   text NOT NULL,
    set_by   bigint NOT NULL,
    set_at   bigint NOT NULL
) STRICT;

CREATE INDEX archive_term_by_copy ON archive_term (copy, id);

-- 保管 and 移交: who keeps the files of a unit; the newest that was taken counts.
CREATE TABLE archive_custody (
    id          bigint NOT NULL PRIMARY KEY,
    site_group  bigint NOT NULL,
    unit        bigint NOT NULL,
    keeper      bigint NOT NULL,    -- who takes them
    giver       bigint NOT NULL,    -- who handed them over; 0 for the first keeper
    place       text NOT NULL,      -- room, cabinet, volume
    remark      text NOT NULL,
    offered_at  bigint NOT NULL,
    taken_at    bigint,             -- NULL until the receiver confirms
    files       bigint NOT NULL,    -- counted when taken
    lent        bigint NOT NULL     -- of them out on loan
) STRICT;

CREATE INDEX archive_custody_by_unit ON archive_custody (site_group, unit, id);

-- 借阅: asked for, allowed or not, returned.
CREATE TABLE archive_loan (
    id           bigint NOT NULL PRIMARY KEY,
    copy         bigint NOT NULL REFERENCES archive_copy (id),
    borrower     bigint NOT NULL,
    purpose      text NOT NULL,
    due          bigint NOT NULL,   -- last day, days since 1970
    asked_at     bigint NOT NULL,
    answered_by  bigint,
    answered_at  bigint,            -- NULL while nobody has answered
    agreed       smallint NOT NULL,
    answer       text NOT NULL,
    returned_at  bigint,            -- NULL while it is out
    returned_to  bigint,
    remark       text NOT NULL      -- the state in which it came back
) STRICT;

CREATE INDEX archive_loan_by_copy ON archive_loan (copy, id);
CREATE UNIQUE INDEX archive_loan_out ON archive_loan (copy)
    WHERE agreed = 1 AND returned_at IS NULL;

-- 销毁清册: proposed, decided, witnessed, carried out.  Its lines stay for ever.
CREATE TABLE archive_destruction (
    id           bigint NOT NULL PRIMARY KEY,
    site_group   bigint NOT NULL,
    unit         bigint NOT NULL,
    year         bigint NOT NULL,
    number       bigint NOT NULL,   -- gapless by group and year
    shown        text NOT NULL,
    digest       text NOT NULL,     -- of its lines; what is approved and witnessed
    reason       text NOT NULL,
    witnesses    bigint NOT NULL,   -- how many must look on
    proposed_by  bigint NOT NULL,
    proposed_at  bigint NOT NULL,
    answered_by  bigint,
    answered_at  bigint,            -- NULL while nobody has decided
    agreed       smallint NOT NULL,
    answer       text NOT NULL,
    done_at      bigint,            -- when the last witness confirmed
    UNIQUE (site_group, year, number)
) STRICT;

CREATE TABLE archive_destruction_line (
    destruction  bigint NOT NULL REFERENCES archive_destruction (id),
    position     bigint NOT NULL,   -- from 1
    copy         bigint NOT NULL REFERENCES archive_copy (id),
    shown        text NOT NULL,     -- the file's number
    title        text NOT NULL,
    digest       text NOT NULL,     -- of the final text
    filed_at     bigint NOT NULL,
    kept_until   bigint NOT NULL,   -- last day of its term
    PRIMARY KEY (destruction, position)
) STRICT;

CREATE INDEX archive_destruction_line_by_copy ON archive_destruction_line (copy);

-- 监销: who is to look on, and when each confirmed.
CREATE TABLE archive_witness (
    destruction  bigint NOT NULL REFERENCES archive_destruction (id),
    person       bigint NOT NULL,
    at           bigint,            -- NULL until confirmed
    PRIMARY KEY (destruction, person)
) STRICT;

-- Copies that were filed before files had numbers get theirs, in their order.
-- sqlite:
INSERT INTO archive_number (copy, site_group, year, number, shown)
SELECT id, site_group, year, number, '档 ' || year || '-' || printf('%04d', number)
  FROM (SELECT id, site_group, year,
               ROW_NUMBER() OVER (PARTITION BY site_group, year ORDER BY id) AS number
          FROM (SELECT id, site_group,
                       CAST(strftime('%Y', at / 1000000 + 28800, 'unixepoch') AS integer) AS year
                  FROM archive_copy));
-- postgres:
INSERT INTO archive_number (copy, site_group, year, number, shown)
SELECT id, site_group, year, number, '档 ' || year || '-' || lpad(number::text, 4, '0')
  FROM (SELECT id, site_group, year,
               ROW_NUMBER() OVER (PARTITION BY site_group, year ORDER BY id) AS number
          FROM (SELECT id, site_group,
                       EXTRACT(YEAR FROM to_timestamp(at / 1000000 + 28800)
                                         AT TIME ZONE 'UTC')::bigint AS year
                  FROM archive_copy) AS filed) AS counted;
-- both:
INSERT INTO series (site_group, code, year, last)
SELECT site_group, 'archive-file', year, MAX(number)
  FROM archive_number
 GROUP BY site_group, year;

-- A copy still never changes, but for losing its text by a list that was approved and
-- whose every witness has confirmed.
-- sqlite:
DROP TRIGGER archive_copy_is_fixed;
CREATE TRIGGER archive_copy_is_fixed BEFORE UPDATE ON archive_copy
WHEN NEW.content <> '' OR NEW.history <> '' OR NEW.id <> OLD.id
     OR NEW.site_group <> OLD.site_group OR NEW.unit <> OLD.unit OR NEW.kind <> OLD.kind
     OR NEW.subject_kind <> OLD.subject_kind OR NEW.subject <> OLD.subject
     OR NEW.digest <> OLD.digest OR NEW.title <> OLD.title OR NEW.at <> OLD.at
     OR NOT EXISTS (SELECT 1
                      FROM archive_destruction_line l
                      JOIN archive_destruction d ON d.id = l.destruction
                     WHERE l.copy = OLD.id AND d.agreed = 1
                       AND (SELECT COUNT(*) FROM archive_witness w
                             WHERE w.destruction = d.id AND w.at IS NOT NULL) >= d.witnesses)
BEGIN SELECT RAISE(ABORT, 'an archive copy cannot be changed'); END;
CREATE TRIGGER archive_number_is_fixed BEFORE UPDATE ON archive_number
BEGIN SELECT RAISE(ABORT, 'a file keeps its number'); END;
CREATE TRIGGER archive_number_stays BEFORE DELETE ON archive_number
BEGIN SELECT RAISE(ABORT, 'a file keeps its number'); END;
CREATE TRIGGER archive_term_is_fixed BEFORE UPDATE ON archive_term
BEGIN SELECT RAISE(ABORT, 'a term is only followed by a longer one'); END;
CREATE TRIGGER archive_term_stays BEFORE DELETE ON archive_term
BEGIN SELECT RAISE(ABORT, 'a term is only followed by a longer one'); END;
CREATE TRIGGER archive_destruction_stays BEFORE DELETE ON archive_destruction
BEGIN SELECT RAISE(ABORT, 'a list of what was destroyed stays'); END;
CREATE TRIGGER archive_destruction_is_fixed BEFORE UPDATE ON archive_destruction
WHEN OLD.done_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.number <> OLD.number
     OR NEW.witnesses <> OLD.witnesses
     OR (OLD.answered_at IS NOT NULL AND NEW.agreed <> OLD.agreed)
BEGIN SELECT RAISE(ABORT, 'a list of what was destroyed stays'); END;
CREATE TRIGGER archive_destruction_line_is_fixed BEFORE UPDATE ON archive_destruction_line
BEGIN SELECT RAISE(ABORT, 'a list of what was destroyed stays'); END;
CREATE TRIGGER archive_destruction_line_stays BEFORE DELETE ON archive_destruction_line
BEGIN SELECT RAISE(ABORT, 'a list of what was destroyed stays'); END;
-- postgres:
CREATE FUNCTION archive_copy_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content <> '' OR NEW.history <> '' OR NEW.id <> OLD.id
       OR NEW.site_group <> OLD.site_group OR NEW.unit <> OLD.unit OR NEW.kind <> OLD.kind
       OR NEW.subject_kind <> OLD.subject_kind OR NEW.subject <> OLD.subject
       OR NEW.digest <> OLD.digest OR NEW.title <> OLD.title OR NEW.at <> OLD.at
       OR NOT EXISTS (SELECT 1
                        FROM archive_destruction_line l
                        JOIN archive_destruction d ON d.id = l.destruction
                       WHERE l.copy = OLD.id AND d.agreed = 1
                         AND (SELECT COUNT(*) FROM archive_witness w
                               WHERE w.destruction = d.id AND w.at IS NOT NULL) >= d.witnesses)
    THEN
        RAISE EXCEPTION 'an archive copy cannot be changed';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER archive_copy_stays ON archive_copy;
CREATE TRIGGER archive_copy_stays BEFORE DELETE ON archive_copy
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_copy_is_fixed BEFORE UPDATE ON archive_copy
    FOR EACH ROW EXECUTE FUNCTION archive_copy_refuse();
CREATE TRIGGER archive_number_stays BEFORE UPDATE OR DELETE ON archive_number
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_term_stays BEFORE UPDATE OR DELETE ON archive_term
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_destruction_stays BEFORE DELETE ON archive_destruction
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_destruction_is_fixed BEFORE UPDATE ON archive_destruction
    FOR EACH ROW
    WHEN (OLD.done_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.number <> OLD.number
          OR NEW.witnesses <> OLD.witnesses
          OR (OLD.answered_at IS NOT NULL AND NEW.agreed <> OLD.agreed))
    EXECUTE FUNCTION filing_refuse();
CREATE TRIGGER archive_destruction_line_stays BEFORE UPDATE OR DELETE ON archive_destruction_line
    FOR EACH ROW EXECUTE FUNCTION filing_refuse();
-- both:
