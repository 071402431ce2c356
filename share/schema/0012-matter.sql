-- Matters: what one post opens and another answers, on the record until it is answered.
-- A row is added once and answered once; nothing else ever changes here.

CREATE TABLE matter (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    kind          text NOT NULL,      -- code of the matter in the rulebook
    rulebook      text NOT NULL,      -- digest of the version it was opened under
    year          bigint NOT NULL,    -- of its opening, for what is expected yearly
    unit          bigint NOT NULL,    -- the unit it is about
    title         text NOT NULL,
    words         text NOT NULL,      -- what is asked, planned or raised
    opened_by     bigint NOT NULL,
    opened_at     bigint NOT NULL,
    answer        text NOT NULL,      -- empty while it is open
    answered_by   bigint,
    answered_at   bigint              -- NULL while it is open
) STRICT;

CREATE INDEX matter_by_kind ON matter (site_group, kind, opened_at);
