-- Manuscripts that one body's site hands to another's on the same installation: submitted
-- level by level (BZ-14), each level deciding by its own rulebook.

-- A manuscript that came from a site below; it is decided on and released anew here.
CREATE TABLE manuscript_received (
    manuscript   bigint NOT NULL PRIMARY KEY REFERENCES manuscript (id),
    source       bigint NOT NULL REFERENCES manuscript (id), -- at the site below
    digest       text NOT NULL,       -- of the text as it was decided on there
    received_at  bigint NOT NULL,
    taken_by     bigint               -- who submitted it first at this level; NULL until then
) STRICT;

CREATE INDEX manuscript_received_source ON manuscript_received (source);
