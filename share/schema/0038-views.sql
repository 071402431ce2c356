-- Views of public pages (CX-10): one counter for every site of the group.  Nothing here
-- tells who looked.

-- 浏览量: what was looked at on a day.  A site has at most one row for a page and a day.
CREATE TABLE page_view (
    site        bigint NOT NULL REFERENCES site (id),
    day         bigint NOT NULL,   -- day of the office's calendar
    site_column bigint NOT NULL,   -- 0 for the home page
    manuscript  bigint NOT NULL,   -- 0 for the column's own list pages
    readers     bigint NOT NULL,   -- neither robots nor staff
    robots      bigint NOT NULL,   -- who say so themselves
    staff       bigint NOT NULL,   -- from the offices' addresses
    PRIMARY KEY (site, day, site_column, manuscript)
) STRICT;

-- Drops of counted views that were merged, each once: a drop is named by the run of the
-- public process that wrote it and a number that only grows.
CREATE TABLE view_run (
    run   text NOT NULL PRIMARY KEY,
    last  bigint NOT NULL,   -- number of the newest one merged
    drops bigint NOT NULL,   -- how many were merged; more than last is a mistake
    views bigint NOT NULL,   -- what they added to page_view
    at    bigint NOT NULL    -- when the last was merged
) STRICT;
