-- Approvals are signatures: whose key it is, and what was signed with it.

-- The house's own pair, which certifies every other and signs what nobody proved.  Only
-- the newest is used; an older one stays, as what it signed must be checked for ever.
CREATE TABLE people_registrar (
    number     bigint NOT NULL PRIMARY KEY,
    key        text NOT NULL,     -- public: "sm2:…" or "ed25519:…"
    sealed     text NOT NULL,     -- the secret half, sealed with the keyring's "registrar"
    rehearsal  smallint NOT NULL, -- made for sample persons, whose passwords nobody types
    made_at    bigint NOT NULL
) STRICT;

-- A person's pairs.  A new one follows a password that was set by somebody else; the
-- public halves stay for ever.
CREATE TABLE people_key (
    id           bigint NOT NULL PRIMARY KEY,
    person       bigint NOT NULL REFERENCES people_person (id),
    key          text NOT NULL,   -- public
    wrapped      text NOT NULL,   -- the secret half: locked with the password, then sealed
                                  -- with the keyring's "signing"; of "machine" sealed alone
    certificate  text NOT NULL,   -- by the registrar: its key, origin, instant, signature
    origin       text NOT NULL,   -- password; machine: of a sample person in a rehearsal
    made_at      bigint NOT NULL,
    ended_at     bigint NOT NULL  -- 0: the present one of its origin
) STRICT;

CREATE INDEX people_key_of ON people_key (person, origin, made_at);

-- What was signed.  Rows are added; nothing else ever happens here.
CREATE TABLE approval_signature (
    about        bigint NOT NULL, -- the decision, the release order or the withdrawal
    act          text NOT NULL,   -- as in the ledger; "approval.before": see approval_epoch
    signer       bigint NOT NULL, -- person; 0 the machine
    key          text NOT NULL,   -- public
    certificate  text NOT NULL,   -- of that key; empty: it is the registrar's own
    statement    text NOT NULL,   -- the signed bytes
    signature    text NOT NULL,   -- hexadecimal; of "approval.before" a seal of the keyring
    at           bigint NOT NULL,
    PRIMARY KEY (about, act)
) STRICT;

-- When signing began: decisions of before were sealed as they stood then.
CREATE TABLE approval_epoch (
    number     bigint NOT NULL PRIMARY KEY, -- always 1
    at         bigint NOT NULL,
    decisions  bigint NOT NULL,             -- how many there were
    digest     text NOT NULL                -- over all of them
) STRICT;

-- sqlite:
CREATE TRIGGER approval_signature_stays BEFORE DELETE ON approval_signature
BEGIN
    SELECT RAISE(ABORT, 'a signature cannot be removed');
END;
CREATE TRIGGER approval_signature_is_fixed BEFORE UPDATE ON approval_signature
BEGIN
    SELECT RAISE(ABORT, 'a signature cannot be changed');
END;
-- postgres:
CREATE FUNCTION approval_signature_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature cannot be changed or removed';
END
$$;
CREATE TRIGGER approval_signature_stays BEFORE DELETE OR UPDATE ON approval_signature
    FOR EACH ROW EXECUTE FUNCTION approval_signature_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON approval_signature FROM PUBLIC, CURRENT_USER;
-- both:
