-- How often columns must be renewed: what is watched, and what was missed.

-- One demand on one column, home page or unit.  Other terms are another watch.
CREATE TABLE renewal_watch (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    site          bigint NOT NULL REFERENCES site (id),
    cadence       text NOT NULL,      -- code in the rulebook
    terms         text NOT NULL,      -- what it asks for, as "items 1 week 0 0"
    subject_kind  text NOT NULL,      -- column; site: its home page; unit
    subject       bigint NOT NULL,
    since         bigint NOT NULL,    -- its clock runs from then
    window_from   bigint NOT NULL,    -- the window under way, or the first one to come
    window_until  bigint NOT NULL,    -- its end: the first instant that is late
    late_since    bigint NOT NULL,    -- when the first window ended that was missed; 0: not late
    ended_at      bigint              -- NULL while it is asked for
) STRICT;

CREATE INDEX renewal_watch_by_site ON renewal_watch (site, subject_kind, subject)
    WHERE ended_at IS NULL;
CREATE INDEX renewal_watch_by_end ON renewal_watch (window_until) WHERE ended_at IS NULL;

-- A window that passed without enough.  It stays, whatever is released afterwards.
CREATE TABLE renewal_miss (
    id            bigint NOT NULL PRIMARY KEY,
    watch         bigint NOT NULL REFERENCES renewal_watch (id),
    window_from   bigint NOT NULL,
    window_until  bigint NOT NULL,
    least         bigint NOT NULL,    -- what was asked for
    counted       bigint NOT NULL,    -- what there was
    noted_at      bigint NOT NULL,
    UNIQUE (watch, window_from, window_until)
) STRICT;

-- Counting a window reads its own releases alone.
CREATE INDEX publication_release_by_time ON publication_release (site_column, released_at);

-- The owner's word that nothing has changed, where a rule takes it for an update.
CREATE TABLE renewal_check (
    id          bigint NOT NULL PRIMARY KEY,
    watch       bigint NOT NULL REFERENCES renewal_watch (id),
    checked_by  bigint NOT NULL,
    checked_at  bigint NOT NULL
) STRICT;

CREATE INDEX renewal_check_by_watch ON renewal_check (watch, checked_at);
