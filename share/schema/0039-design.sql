-- What a redesign is about, and which design each site wore when.

-- The digest of what was shown to those who decide on a matter: a matter agreed to speaks
-- for exactly these bytes.  Only matters about something that can be shown stand here.
CREATE TABLE matter_about (
    matter  bigint NOT NULL PRIMARY KEY REFERENCES matter (id),
    digest  text NOT NULL
) STRICT;

-- A site put on another design, or took the former one back; rows are only added.
CREATE TABLE site_design (
    id             bigint NOT NULL PRIMARY KEY,
    site           bigint NOT NULL REFERENCES site (id),
    theme          text NOT NULL,      -- worn from then on
    digest         text NOT NULL,      -- of its files at that moment
    former         text NOT NULL,      -- theme worn until then
    former_digest  text NOT NULL,      -- of its files at that moment; empty: they were gone
    restored       smallint NOT NULL,  -- 1: the former design was taken back
    reason         text NOT NULL,      -- why it was taken back
    changed_by     bigint,
    changed_at     bigint NOT NULL
) STRICT;

CREATE INDEX site_design_by_site ON site_design (site, changed_at);
