-- The record of every act: chains of entries, their payloads, their heads, and
-- how far each reaction has followed them.

-- Where each chain ends; its row is the lock under which the chain grows.
CREATE TABLE ledger_head (
    site_group bigint NOT NULL PRIMARY KEY, -- 1 is the house itself
    profile    smallint NOT NULL,           -- digests: 1 SM3, 2 SHA-256
    sequence   bigint NOT NULL,             -- of the last entry; 0 before the first
    at         bigint NOT NULL,             -- instant of the last entry
    hash       text NOT NULL                -- of the last entry; empty before the first
) STRICT;

-- One act.  Rows are added and never changed; every column goes into the hash.
CREATE TABLE ledger_entry (
    site_group     bigint NOT NULL,   -- the chain
    sequence       bigint NOT NULL,   -- 1, 2, 3 … without gaps
    version        smallint NOT NULL, -- of the canonical bytes that were hashed
    at             bigint NOT NULL,   -- instant; never before the previous entry's
    person         bigint NOT NULL,   -- who acted; 0 the machine or a stranger
    post           text NOT NULL,     -- the post acted in, as people read it
    door           smallint NOT NULL, -- 0 web, 1 api, 2 cli, 3 clock
    act            text NOT NULL,     -- module.verb
    subject_kind   text NOT NULL,     -- manuscript, rulebook, …; empty for none
    subject        bigint NOT NULL,   -- its id; 0 for none
    outcome        smallint NOT NULL, -- 0 done, 1 refused
    digest         text NOT NULL,     -- of the revision acted on, or empty
    payload_digest text NOT NULL,     -- of salt and payload
    wish           text NOT NULL,     -- idempotency key, or empty
    rule           text NOT NULL,     -- requirement ID, or empty
    previous       text NOT NULL,     -- hash of the entry before; empty for the first
    hash           text NOT NULL,     -- of all of the above
    PRIMARY KEY (site_group, sequence)
) STRICT;

-- A wish is granted once.
CREATE UNIQUE INDEX ledger_entry_wish ON ledger_entry (site_group, person, wish)
    WHERE wish <> '';

CREATE INDEX ledger_entry_subject ON ledger_entry (subject, sequence);

-- What the acts said, beside the chain so that retention can erase it.
CREATE TABLE ledger_payload (
    site_group bigint NOT NULL,
    sequence   bigint NOT NULL,
    salt       bytea,              -- 16 random bytes; NULL once erased
    payload    text,               -- JSON, keys sorted; NULL once erased
    erased_by  bigint,             -- sequence of the entry that records the erasure
    PRIMARY KEY (site_group, sequence)
) STRICT;

-- How many refusals of a person were written in the present minute.
CREATE TABLE ledger_refusals (
    site_group bigint NOT NULL,
    person     bigint NOT NULL,
    since      bigint NOT NULL, -- instant at which the minute began
    written    bigint NOT NULL, -- entries in this minute
    withheld   bigint NOT NULL, -- counted, and not yet told in an entry
    PRIMARY KEY (site_group, person)
) STRICT;

-- How far a reaction has followed a chain.
CREATE TABLE reaction_cursor (
    name       text NOT NULL,   -- of the reaction
    site_group bigint NOT NULL,
    sequence   bigint NOT NULL, -- of the last entry it has dealt with
    PRIMARY KEY (name, site_group)
) STRICT;

-- sqlite:
CREATE TRIGGER ledger_entry_is_fixed BEFORE UPDATE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'a ledger entry cannot be changed');
END;
CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry
BEGIN
    SELECT RAISE(ABORT, 'a ledger entry cannot be removed');
END;
-- INSERT OR REPLACE would remove without asking the trigger above.
CREATE TRIGGER ledger_entry_is_not_replaced BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry
              WHERE site_group = NEW.site_group AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'a ledger entry cannot be replaced');
END;
CREATE TRIGGER ledger_payload_is_only_erased BEFORE UPDATE ON ledger_payload
WHEN NEW.payload IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.erased_by IS NULL
     OR OLD.erased_by IS NOT NULL
     OR NEW.site_group <> OLD.site_group OR NEW.sequence <> OLD.sequence
BEGIN
    SELECT RAISE(ABORT, 'a payload of the ledger can only be erased');
END;
CREATE TRIGGER ledger_payload_stays BEFORE DELETE ON ledger_payload
BEGIN
    SELECT RAISE(ABORT, 'a payload of the ledger cannot be removed');
END;
CREATE TRIGGER ledger_payload_is_not_replaced BEFORE INSERT ON ledger_payload
WHEN EXISTS (SELECT 1 FROM ledger_payload
              WHERE site_group = NEW.site_group AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'a payload of the ledger cannot be replaced');
END;
-- postgres:
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger cannot be changed';
END
$$;
CREATE TRIGGER ledger_entry_is_fixed BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_stays BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_payload_is_only_erased BEFORE UPDATE ON ledger_payload
    FOR EACH ROW
    WHEN (NEW.payload IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.erased_by IS NULL
          OR OLD.erased_by IS NOT NULL
          OR NEW.site_group <> OLD.site_group OR NEW.sequence <> OLD.sequence)
    EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_payload_stays BEFORE DELETE ON ledger_payload
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_payload_all_stay BEFORE TRUNCATE ON ledger_payload
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM PUBLIC, CURRENT_USER;
REVOKE DELETE, TRUNCATE ON ledger_payload FROM PUBLIC, CURRENT_USER;
-- both:
