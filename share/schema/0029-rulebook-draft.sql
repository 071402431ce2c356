-- Drafts of a rulebook's next version, file by file, and what its cases said of them.

CREATE TABLE rulebook_draft (
    id          bigint NOT NULL PRIMARY KEY,
    site        bigint NOT NULL REFERENCES site (id),
    code        text NOT NULL,       -- of the rulebook
    origin      text NOT NULL,       -- digest of the version it was taken from
    version     bigint NOT NULL,     -- counts its saves, for whoever saves next
    started_by  bigint NOT NULL,
    started_at  bigint NOT NULL,
    changed_by  bigint NOT NULL,
    changed_at  bigint NOT NULL,
    proposed    text,                -- digest of the version it became; NULL before
    closed_at   bigint               -- proposed or put away; NULL while it is worked on
) STRICT;

CREATE INDEX rulebook_draft_by_site ON rulebook_draft (site, changed_at);

-- A file as each save left it; the newest of a name counts, the older ones stay.
CREATE TABLE rulebook_draft_file (
    draft     bigint NOT NULL REFERENCES rulebook_draft (id),
    name      text NOT NULL,         -- "routes.yaml", "cases/news.yaml"
    version   bigint NOT NULL,       -- of the draft, at that save
    text      text NOT NULL,
    saved_by  bigint NOT NULL,
    saved_at  bigint NOT NULL,
    PRIMARY KEY (draft, name, version)
) STRICT;

-- The cases run once on a draft as it stood, by a worker.
CREATE TABLE rulebook_run (
    id        bigint NOT NULL PRIMARY KEY,
    draft     bigint NOT NULL REFERENCES rulebook_draft (id),
    version   bigint NOT NULL,       -- of the draft
    asked_by  bigint NOT NULL,
    asked_at  bigint NOT NULL,
    total     bigint NOT NULL,       -- cases to run; 0 until a worker has counted them
    ended_at  bigint,                -- NULL while it waits or runs
    fault     text NOT NULL          -- why it could not be run; empty if it could
) STRICT;

CREATE INDEX rulebook_run_by_draft ON rulebook_run (draft, asked_at);

-- What one case said.
CREATE TABLE rulebook_run_case (
    run       bigint NOT NULL REFERENCES rulebook_run (id),
    position  bigint NOT NULL,       -- from 0
    sentence  text NOT NULL,
    place     text NOT NULL,         -- "news.yaml:12"
    former    smallint NOT NULL,     -- 1: a case of the version in force that the draft
                                     -- does not have, or not in the same words
    passed    smallint NOT NULL,
    why       text NOT NULL,         -- what came instead; empty if it passed
    what      text NOT NULL,         -- the same in parts: what differs (status, article, …),
    wanted    text NOT NULL,         -- what was expected,
    found     text NOT NULL,         -- and what came; empty for another reason
    PRIMARY KEY (run, position)
) STRICT;
