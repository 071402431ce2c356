-- Verifications of the chains: asked for by a person, carried out by a worker.
-- What was found stays here; the entry of the wish itself stands in the ledger.

CREATE TABLE ledger_verification (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,    -- its chain and that of the house are gone through
    asked_by      bigint NOT NULL,
    asked_at      bigint NOT NULL,
    done          bigint NOT NULL,    -- entries looked at so far
    total         bigint NOT NULL,    -- entries there were when it began
    ended_at      bigint,             -- NULL while it waits or runs
    fault         text NOT NULL,      -- 'whole', or the kind of the first fault
    bad_group     bigint NOT NULL,    -- chain of the first bad entry, 0 if none
    bad           bigint NOT NULL     -- its sequence, 0 if none
) STRICT;

CREATE INDEX ledger_verification_by_time ON ledger_verification (site_group, asked_at);
