-- What is public before its review is finished, where an article grants it; and a route
-- that another one has replaced.

-- Until when the review of what went live first is owed; NULL: nothing is owed.
ALTER TABLE review_run ADD COLUMN owed_until bigint;

-- When it is taken down if the review is still owed; NULL: it stays, and somebody is told.
ALTER TABLE review_run ADD COLUMN lapse_at bigint;

-- 1: an answer put this route in the place of the class's; a new submission keeps it.
ALTER TABLE review_run ADD COLUMN replaced smallint NOT NULL DEFAULT 0;

CREATE INDEX review_run_lapsing ON review_run (lapse_at) WHERE lapse_at IS NOT NULL;
