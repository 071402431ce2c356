-- What whole sites are shown with, and which items belong together.

-- What every page of a site shows around its own matter, as the tree was last written
-- with it; another one now means that the whole site is to be written anew.
CREATE TABLE publication_frame (
    site     bigint NOT NULL PRIMARY KEY REFERENCES site (id),
    frame    text NOT NULL,     -- digest over theme, marks of the site and the menu
    shown_at bigint NOT NULL    -- when the tree was first whole with it
) STRICT;

-- A released text and the manuscript it interprets, or that interprets it; both pages
-- link to each other while both are public.
CREATE TABLE publication_link (
    release_id bigint NOT NULL PRIMARY KEY REFERENCES publication_release (id),
    manuscript bigint NOT NULL,   -- whose release it is
    other      bigint NOT NULL    -- the manuscript that its field "interpretation" names
) STRICT;

CREATE INDEX publication_link_by_manuscript ON publication_link (manuscript);
CREATE INDEX publication_link_by_other ON publication_link (other);
CREATE INDEX publication_release_by_successor ON publication_release (successor, state);
