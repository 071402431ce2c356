-- The second factor: one-time codes, and codes that stand in for them once.

-- How an account proves what its holder has; no row is none.
CREATE TABLE people_factor (
    account  bigint NOT NULL PRIMARY KEY REFERENCES people_account (id),
    seed     text NOT NULL,   -- sealed with the keyring's "factors"; empty: not active
    pending  text NOT NULL,   -- one being set up, sealed; or empty
    step     bigint NOT NULL, -- of the last code taken: no other of it or before it is
    made_at  bigint NOT NULL
) STRICT;

-- Recovery codes not yet used.
CREATE TABLE people_recovery (
    account  bigint NOT NULL REFERENCES people_account (id),
    code     text NOT NULL, -- digest with the account
    made_at  bigint NOT NULL,
    PRIMARY KEY (account, code)
) STRICT;

-- What a session was opened with: 0 the password alone, 1 a one-time code too, 2 a
-- recovery code: then the holder sets up anew before anything else.
ALTER TABLE people_session ADD COLUMN factor smallint NOT NULL DEFAULT 0;
