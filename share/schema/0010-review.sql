-- Passages along a route.

CREATE TABLE review_run (
    id              bigint NOT NULL PRIMARY KEY,
    subject_kind    text NOT NULL,
    subject         bigint NOT NULL,
    site_group      bigint NOT NULL,
    site            bigint NOT NULL,
    revision        bigint,              -- manuscripts: the revision decided on
    digest          text NOT NULL,
    rulebook_digest text NOT NULL,       -- the version it began with
    route           text NOT NULL,
    target          text NOT NULL,       -- site code, empty for its own
    step            text NOT NULL,
    state           text NOT NULL,
    round           bigint NOT NULL,
    turn            bigint NOT NULL,     -- decisions so far: two at once cannot both be next
    unit            bigint NOT NULL,
    submitter       bigint NOT NULL,
    started_at      bigint NOT NULL,
    step_since      bigint NOT NULL,
    due             bigint,              -- of the present step
    is_open         smallint NOT NULL
) STRICT;

CREATE INDEX review_run_by_subject ON review_run (subject_kind, subject, started_at);

-- Attachments a reviewer confirmed one by one (逐件确认).
CREATE TABLE review_confirmation (
    run        bigint NOT NULL REFERENCES review_run (id),
    round      bigint NOT NULL,
    step       text NOT NULL,
    attachment text NOT NULL,            -- digest
    person     bigint NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (run, round, step, attachment)
) STRICT;
