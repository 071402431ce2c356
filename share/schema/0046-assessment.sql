-- Appraisal (考核): sheets of periods, what was computed, what was said, who was named.

-- The sheet of a period of a site's body.
CREATE TABLE assessment_sheet (
    id          bigint NOT NULL PRIMARY KEY,
    site_group  bigint NOT NULL,
    site        bigint NOT NULL REFERENCES site (id),
    period      text NOT NULL,      -- 2026-11, 2026-Q4, 2026-H2, 2026
    rulebook    text NOT NULL,      -- digest of the version it is drawn up under
    opened_by   bigint NOT NULL,    -- 0: the clock
    opened_at   bigint NOT NULL,
    assessed_at bigint NOT NULL,    -- when every assessor had answered; 0 until then
    manuscript  bigint,             -- the results as a text; NULL until one is made
    UNIQUE (site, period)
) STRICT;

-- Who or what has a line on a sheet, as it was called then.
CREATE TABLE assessment_line (
    sheet   bigint NOT NULL REFERENCES assessment_sheet (id),
    subject bigint NOT NULL,        -- a unit or a column
    unit    bigint NOT NULL,        -- the unit concerned: itself, or the column's owner
    place   bigint NOT NULL,        -- its place on the sheet, from 1
    title   text NOT NULL,
    PRIMARY KEY (sheet, subject)
) STRICT;

-- What was computed when the sheet was opened; never changed.
CREATE TABLE assessment_figure (
    sheet     bigint NOT NULL,
    subject   bigint NOT NULL,
    indicator text NOT NULL,        -- code in the rulebook
    number    bigint NOT NULL,      -- what was counted
    points    bigint NOT NULL,      -- what that gives; 0 where there are no points
    PRIMARY KEY (sheet, subject, indicator)
) STRICT;

-- What a unit ('self') or an assessor (role code) said of a line by an indicator.
CREATE TABLE assessment_mark (
    sheet     bigint NOT NULL,
    subject   bigint NOT NULL,
    indicator text NOT NULL,
    role      text NOT NULL,        -- 'self', or the assessor's role
    points    bigint,               -- NULL: a remark without points
    remark    text NOT NULL,
    reason    text NOT NULL,        -- why a computed figure was adjusted; else empty
    person    bigint NOT NULL,
    at        bigint NOT NULL,
    late      smallint NOT NULL,    -- after its day
    PRIMARY KEY (sheet, subject, indicator, role)
) STRICT;

-- Assessors who have answered for the whole sheet.
CREATE TABLE assessment_answer (
    sheet  bigint NOT NULL,
    role   text NOT NULL,
    person bigint NOT NULL,
    at     bigint NOT NULL,
    PRIMARY KEY (sheet, role)
) STRICT;

-- 通报: who was commended or criticised, and on what ground.
CREATE TABLE assessment_notice (
    id         bigint NOT NULL PRIMARY KEY,
    site_group bigint NOT NULL,
    site       bigint NOT NULL,
    kind       text NOT NULL,       -- commend, criticise
    of_kind    text NOT NULL,       -- unit, person
    subject    bigint NOT NULL,
    unit       bigint NOT NULL,     -- the unit, or the person's
    name       text NOT NULL,
    ground     text NOT NULL,
    sheet      bigint,              -- the sheet it rests on; NULL: none
    score      bigint,              -- the sum there; NULL where there are no points
    rule       text NOT NULL,       -- requirement ID that allows it
    given_by   bigint NOT NULL,
    given_at   bigint NOT NULL,
    manuscript bigint               -- it is published as this text; NULL: it is not
) STRICT;

CREATE INDEX assessment_sheet_by_group ON assessment_sheet (site_group, period);
CREATE INDEX assessment_sheet_by_text ON assessment_sheet (manuscript);
CREATE INDEX assessment_notice_by_group ON assessment_notice (site_group, given_at);
