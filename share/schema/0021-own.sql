-- What somebody has sent on its way, found without looking at the drafts and at what
-- others wrote: the desk reads the newest of it.

CREATE INDEX manuscript_sent ON manuscript (author, changed_at) WHERE run IS NOT NULL;
