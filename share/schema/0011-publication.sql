-- What is public, what is about to change in the published tree, and the
-- digests of every file that stands there.

-- What a site's publication counts and remembers.
CREATE TABLE publication_site (
    site        bigint NOT NULL PRIMARY KEY REFERENCES site (id),
    code        text NOT NULL,     -- directory below WORKSPACE/public
    next_place  bigint NOT NULL,   -- place of the next release in the whole site
    root        text NOT NULL,     -- digest of the manifest's root, or empty
    applied_at  bigint NOT NULL    -- when the tree was last changed
) STRICT;

-- The next number of a column; its row is locked by whoever takes one.
CREATE TABLE publication_column (
    site_column bigint NOT NULL PRIMARY KEY REFERENCES site_column (id),
    site        bigint NOT NULL,
    next_number bigint NOT NULL
) STRICT;

-- One revision of one manuscript in one column.  The row is made by the order,
-- and only its state and what follows from it change later.
CREATE TABLE publication_release (
    id            bigint NOT NULL PRIMARY KEY,
    act           bigint NOT NULL,   -- the order: releases to several columns share it
    site_group    bigint NOT NULL,
    site          bigint NOT NULL REFERENCES site (id),
    site_column   bigint NOT NULL REFERENCES site_column (id),
    manuscript    bigint NOT NULL,
    revision      bigint NOT NULL,
    digest        text NOT NULL,     -- of the revision
    terms         text,              -- digest of the targets; NULL for a migrated item
    number        bigint NOT NULL,   -- in its column, from 1; 0 while scheduled
    place         bigint NOT NULL,   -- in its site, from 1; 0 while scheduled
    path          text NOT NULL,     -- below the site's root; empty while scheduled
    title         text NOT NULL,
    origin        bigint NOT NULL,   -- day of origin, 0 if unknown
    released_at   bigint NOT NULL,   -- server clock; what the public sees as its date
    changed_at    bigint NOT NULL,   -- when this revision replaced an earlier one there, 0
    releaser      bigint NOT NULL,
    state         text NOT NULL,     -- scheduled live expired corrected withdrawn sealed replaced cancelled
    scheduled_for bigint NOT NULL,   -- 0 unless ordered for later
    ended_at      bigint NOT NULL,   -- when it ceased to be live, 0
    ended_by      bigint NOT NULL,   -- who withdrew it, 0
    reason        text NOT NULL,     -- of the withdrawal
    successor     bigint NOT NULL,   -- manuscript that takes its place, 0
    migrated      smallint NOT NULL  -- was public on the old site already
) STRICT;

CREATE INDEX publication_release_by_number ON publication_release (site_column, number);
CREATE INDEX publication_release_by_place ON publication_release (site, place);
CREATE INDEX publication_release_by_manuscript ON publication_release (manuscript, state);
CREATE INDEX publication_release_by_state ON publication_release (site, state, released_at);
CREATE INDEX publication_release_by_path ON publication_release (site, path);
CREATE INDEX publication_release_by_schedule ON publication_release (state, scheduled_for);

-- An act whose files are to be changed; written in the act's transaction.
CREATE TABLE publication_journal (
    id         bigint NOT NULL PRIMARY KEY,
    site       bigint NOT NULL REFERENCES site (id),
    release_id bigint NOT NULL,     -- 0: not about one release
    act        text NOT NULL,       -- release, withdraw, rebuild
    planned_at bigint NOT NULL,
    done_at    bigint               -- NULL until every file and directory is synced
) STRICT;

CREATE INDEX publication_journal_open ON publication_journal (site, done_at, id);

-- The files an act changes, in order.  What is written there is what the store
-- says when the journal is worked off, so working it off twice does no harm.
CREATE TABLE publication_operation (
    journal     bigint NOT NULL REFERENCES publication_journal (id),
    position    bigint NOT NULL,
    kind        text NOT NULL,    -- as enum operation_kind in src/publication
    site_column bigint NOT NULL,  -- 0 for the whole site
    number      bigint NOT NULL,  -- item's number, list page, shard; 0 for others
    path        text NOT NULL,
    PRIMARY KEY (journal, position)
) STRICT;

-- The manifest: every file of the tree with its digest and the release it shows.
CREATE TABLE publication_file (
    site       bigint NOT NULL,
    path       text NOT NULL,
    folder     text NOT NULL,
    digest     text NOT NULL,
    size       bigint NOT NULL,
    release_id bigint NOT NULL,   -- 0 for lists, feeds and the theme's files
    PRIMARY KEY (site, path)
) STRICT;

CREATE INDEX publication_file_by_folder ON publication_file (site, folder, path);

-- The hash tree over it: a folder's digest covers its files and the folders below.
CREATE TABLE publication_folder (
    site   bigint NOT NULL,
    path   text NOT NULL,   -- empty for the root
    above  text NOT NULL,   -- the folder it lies in; '-' for the root
    digest text NOT NULL,
    PRIMARY KEY (site, path)
) STRICT;

CREATE INDEX publication_folder_by_above ON publication_folder (site, above, path);

-- A rebuild under way, so that it can be taken up again.
CREATE TABLE publication_rebuild (
    site       bigint NOT NULL PRIMARY KEY,
    id         bigint NOT NULL,   -- names the fresh tree's directory
    theme      text NOT NULL,     -- digest of the theme and the columns it began with
    begun_at   bigint NOT NULL,
    place      bigint NOT NULL    -- all items up to this place are written and synced
) STRICT;
