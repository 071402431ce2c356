-- Manuscripts, their working copies, their immutable revisions, their files.

CREATE TABLE manuscript (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    site          bigint NOT NULL,
    site_column   bigint NOT NULL,
    unit          bigint NOT NULL,     -- the drafting unit
    author        bigint NOT NULL,     -- the handler
    item_class    text NOT NULL,
    title         text NOT NULL,       -- of the draft
    state         text NOT NULL,
    state_since   bigint NOT NULL,
    run           bigint,              -- the passage under way
    revision      bigint,              -- the newest
    live_revision bigint,              -- what the public sees
    draft_version bigint NOT NULL,
    epoch         bigint NOT NULL,     -- releases so far: contributors are counted since the last
    origin        bigint NOT NULL,     -- day of origin, 0 if not given
    migrated      smallint NOT NULL,
    created_at    bigint NOT NULL,
    changed_at    bigint NOT NULL,
    removed_at    bigint               -- an own draft put away; fetched back within 30 days
) STRICT;

CREATE INDEX manuscript_by_unit ON manuscript (unit, changed_at);
CREATE INDEX manuscript_by_author ON manuscript (author, state, changed_at);
CREATE INDEX manuscript_by_column ON manuscript (site_column, changed_at);
CREATE INDEX manuscript_by_change ON manuscript (site_group, changed_at);
CREATE INDEX manuscript_by_state ON manuscript (site_group, state, changed_at);

-- The working copy as each save left it; the newest counts, fifty are kept.
CREATE TABLE draft (
    manuscript  bigint NOT NULL REFERENCES manuscript (id),
    version     bigint NOT NULL,
    title       text NOT NULL,
    body        text NOT NULL,     -- sanitised HTML
    fields      text NOT NULL,     -- JSON object, sorted names
    attachments text NOT NULL,     -- JSON array in order
    saved_by    bigint NOT NULL,
    saved_at    bigint NOT NULL,
    PRIMARY KEY (manuscript, version)
) STRICT;

-- A text that is decided on.  Never changed, never removed.
CREATE TABLE revision (
    id          bigint NOT NULL PRIMARY KEY,
    manuscript  bigint NOT NULL REFERENCES manuscript (id),
    number      bigint NOT NULL,
    digest      text NOT NULL,
    title       text NOT NULL,
    body        text NOT NULL,
    fields      text NOT NULL,
    attachments text NOT NULL,
    made_by     bigint NOT NULL,
    made_at     bigint NOT NULL,
    UNIQUE (manuscript, number)
) STRICT;

CREATE INDEX revision_by_digest ON revision (digest);

-- Who may know of it: "ROLE@UNIT", an empty role for the whole unit.
CREATE TABLE manuscript_reader (
    manuscript bigint NOT NULL REFERENCES manuscript (id),
    reader     text NOT NULL,
    PRIMARY KEY (manuscript, reader)
) STRICT;

-- Who wrote any of it, by epoch (releases so far).
CREATE TABLE contributor (
    manuscript bigint NOT NULL REFERENCES manuscript (id),
    epoch      bigint NOT NULL,
    person     bigint NOT NULL,
    first_at   bigint NOT NULL,
    PRIMARY KEY (manuscript, epoch, person)
) STRICT;

-- sqlite:
CREATE TRIGGER revision_is_fixed BEFORE UPDATE ON revision
BEGIN
    SELECT RAISE(ABORT, 'a revision cannot be changed');
END;
CREATE TRIGGER revision_stays BEFORE DELETE ON revision
BEGIN
    SELECT RAISE(ABORT, 'a revision cannot be removed');
END;
-- postgres:
CREATE FUNCTION revision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revision cannot be changed or removed';
END
$$;
CREATE TRIGGER revision_is_fixed BEFORE UPDATE OR DELETE ON revision
    FOR EACH ROW EXECUTE FUNCTION revision_refuse();
-- both:
