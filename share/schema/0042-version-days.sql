-- From which day a version of a rulebook is to be in force, where its proposer chose a day
-- after that of the decision.
CREATE TABLE review_effect (
    run       bigint NOT NULL PRIMARY KEY REFERENCES review_run (id),
    from_day  bigint NOT NULL,    -- civil day, counted from 1970-01-01
    waits     smallint NOT NULL   -- 1 from the approval until that day has come
) STRICT;
