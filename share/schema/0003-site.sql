-- Sites, their columns, and the rulebook version in force for each.

-- The workspace's body of sites; one ledger each.
CREATE TABLE site_group (
    id          bigint NOT NULL PRIMARY KEY,
    code        text NOT NULL UNIQUE,
    title       text NOT NULL,
    created_at  bigint NOT NULL   -- microseconds since 1970 UTC, as everywhere
) STRICT;

-- One public site, or the superior platform that takes submissions (kind 'platform').
CREATE TABLE site (
    id              bigint NOT NULL PRIMARY KEY,
    site_group      bigint NOT NULL REFERENCES site_group (id),
    code            text NOT NULL,     -- [a-z0-9-], first part of paths below the main site
    title           text NOT NULL,     -- SiteName
    title_en        text NOT NULL,
    kind            text NOT NULL,     -- main, sub, platform
    domain          text NOT NULL,     -- SiteDomain, without scheme
    id_code         text NOT NULL,     -- SiteIDCode, ten characters
    body            bigint,            -- the unit in whose name it is run
    sponsor         text NOT NULL,
    contact         text NOT NULL,
    icp             text NOT NULL,
    police          text NOT NULL,
    theme           text NOT NULL,
    rulebook        text NOT NULL,     -- code
    rulebook_digest text NOT NULL,     -- the version in force
    UNIQUE (site_group, code)
) STRICT;

-- A section of a site with exactly one owner (BZ-7.2).
CREATE TABLE site_column (
    id        bigint NOT NULL PRIMARY KEY,
    site      bigint NOT NULL REFERENCES site (id),
    parent    bigint REFERENCES site_column (id),
    code      text NOT NULL,
    path      text NOT NULL,      -- codes from the top, joined by '/'
    title     text NOT NULL,
    title_en  text NOT NULL,
    type      text NOT NULL,      -- ColumnType
    summary   text NOT NULL,      -- ColumnDescription
    keywords  text NOT NULL,      -- ColumnKeywords
    owner     bigint NOT NULL,    -- unit
    position  bigint NOT NULL,
    is_open   smallint NOT NULL,
    on_home   smallint NOT NULL,
    UNIQUE (site, path)
) STRICT;

-- Item classes a column takes; none stands for every class.
CREATE TABLE site_column_class (
    site_column bigint NOT NULL REFERENCES site_column (id),
    item_class  text NOT NULL,
    PRIMARY KEY (site_column, item_class)
) STRICT;

-- Units that may submit beside the owner; none stands for every unit.
CREATE TABLE site_column_unit (
    site_column bigint NOT NULL REFERENCES site_column (id),
    unit        bigint NOT NULL,
    PRIMARY KEY (site_column, unit)
) STRICT;
