-- Decisions about digests.  Rows are added, and a paper signature confirmed
-- once; nothing else ever changes here.

CREATE TABLE decision (
    id              bigint NOT NULL PRIMARY KEY,
    subject_kind    text NOT NULL,      -- as in the ledger
    subject         bigint NOT NULL,
    digest          text NOT NULL,      -- what was decided on
    terms           text NOT NULL,      -- digest of targets and window, or empty
    run             bigint NOT NULL,
    round           bigint NOT NULL,
    turn            bigint,             -- its place in the run; NULL while a paper one waits
    step            text NOT NULL,
    outcome         text NOT NULL,
    answers         text NOT NULL,      -- JSON object: question to value
    opinion         text NOT NULL,
    person          bigint NOT NULL,
    role            text NOT NULL,
    unit            bigint NOT NULL,
    by_contributor  smallint NOT NULL,  -- the signer wrote part of the text
    channel         text NOT NULL,
    face_day        bigint NOT NULL,    -- days since 1970 on the paper, 0 otherwise
    paper_number    text NOT NULL,
    scan            text NOT NULL,      -- digest of the scan, or empty
    entered_by      bigint,
    confirmed_by    bigint,             -- paper only: the second person
    at              bigint NOT NULL,
    UNIQUE (run, turn)
) STRICT;

CREATE INDEX decision_by_subject ON decision (subject_kind, subject, at);

-- sqlite:
CREATE TRIGGER decision_stays BEFORE DELETE ON decision
BEGIN
    SELECT RAISE(ABORT, 'a decision cannot be removed');
END;
CREATE TRIGGER decision_is_fixed BEFORE UPDATE ON decision
WHEN OLD.confirmed_by IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.outcome <> OLD.outcome
     OR NEW.person <> OLD.person OR NEW.step <> OLD.step OR NEW.answers <> OLD.answers
     OR NEW.run <> OLD.run OR NEW.round <> OLD.round OR NEW.channel <> OLD.channel
     OR NEW.channel = 'system'
BEGIN
    SELECT RAISE(ABORT, 'a decision cannot be changed');
END;
-- postgres:
CREATE FUNCTION decision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision cannot be changed or removed';
END
$$;
CREATE TRIGGER decision_stays BEFORE DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION decision_refuse();
CREATE TRIGGER decision_is_fixed BEFORE UPDATE ON decision
    FOR EACH ROW
    WHEN (OLD.confirmed_by IS NOT NULL OR NEW.digest <> OLD.digest
          OR NEW.outcome <> OLD.outcome OR NEW.person <> OLD.person OR NEW.step <> OLD.step
          OR NEW.answers <> OLD.answers OR NEW.run <> OLD.run OR NEW.round <> OLD.round
          OR NEW.channel <> OLD.channel OR NEW.channel = 'system')
    EXECUTE FUNCTION decision_refuse();
-- both:
