-- Units, posts, persons and appointments; accounts, sessions and tokens.

-- The tree of units.  A body (局, 区政府) has no parent.
CREATE TABLE people_unit (
    id         bigint NOT NULL PRIMARY KEY,
    parent     bigint REFERENCES people_unit (id),
    body       bigint NOT NULL,   -- the unit at the root; its own id for a body
    code       text NOT NULL UNIQUE, -- [a-z0-9-]
    kind       text NOT NULL,     -- a unit kind of the rulebook
    title      text NOT NULL,
    title_en   text NOT NULL,
    place      bigint NOT NULL,   -- among its siblings
    closed_at  bigint             -- NULL while it stands
) STRICT;

-- Further names by which regulations and tables call a unit.
CREATE TABLE people_alias (
    alias  text NOT NULL PRIMARY KEY,
    unit   bigint NOT NULL REFERENCES people_unit (id)
) STRICT;

CREATE INDEX people_alias_unit ON people_alias (unit);

-- A post exists without a person.
CREATE TABLE people_post (
    id         bigint NOT NULL PRIMARY KEY,
    unit       bigint NOT NULL REFERENCES people_unit (id),
    role       text NOT NULL,     -- role code of the rulebook, or an administrator's
    title      text NOT NULL,
    title_en   text NOT NULL,
    closed_at  bigint
) STRICT;

CREATE INDEX people_post_unit ON people_post (unit, role);
CREATE INDEX people_post_role ON people_post (role, unit);

CREATE TABLE people_person (
    id       bigint NOT NULL PRIMARY KEY,
    name     text NOT NULL,
    pinyin   text NOT NULL,       -- key of sorting
    mail     text NOT NULL,
    phone    text NOT NULL,
    gone_at  bigint               -- when the person left; NULL while here
) STRICT;

CREATE INDEX people_person_order ON people_person (pinyin, name, id);

-- Who held which post when.  Ended, never removed.
CREATE TABLE people_appointment (
    id            bigint NOT NULL PRIMARY KEY,
    post          bigint NOT NULL REFERENCES people_post (id),
    person        bigint NOT NULL REFERENCES people_person (id),
    from_at       bigint NOT NULL, -- holds from here
    until_at      bigint NOT NULL, -- and before here; 9223372036854775807 is open
    appointed_by  bigint NOT NULL, -- person; 0 the machine's operator
    ended_by      bigint,          -- person; NULL unless an act ended it
    reason        text NOT NULL    -- why it ended
) STRICT;

CREATE INDEX people_appointment_person ON people_appointment (person, until_at);
CREATE INDEX people_appointment_post ON people_appointment (post, until_at);

-- One account a person.
CREATE TABLE people_account (
    id             bigint NOT NULL PRIMARY KEY,
    person         bigint NOT NULL UNIQUE REFERENCES people_person (id),
    login          text NOT NULL UNIQUE,
    state          smallint NOT NULL, -- 0 requested, 1 active, 2 disabled
    password       text NOT NULL,     -- argon2id with its parameters; empty: none yet
    must_change    smallint NOT NULL, -- the password was set by somebody else
    sample         smallint NOT NULL, -- of a demonstration; enters without a password
    password_at    bigint NOT NULL,   -- when it was set
    signed_in_at   bigint NOT NULL    -- the last time; 0 never
) STRICT;

-- Passwords an account had, so that the last ones are not taken again.
CREATE TABLE people_old_password (
    account   bigint NOT NULL REFERENCES people_account (id),
    set_at    bigint NOT NULL,
    password  text NOT NULL,
    PRIMARY KEY (account, set_at)
) STRICT;

-- Wrong passwords by login, whether there is such an account or not, so that both
-- cost the same and lock alike.
CREATE TABLE people_attempt (
    login         text NOT NULL PRIMARY KEY, -- digest of what was typed
    failed        bigint NOT NULL,           -- in a row
    locked_until  bigint NOT NULL,
    last_at       bigint NOT NULL
) STRICT;

CREATE INDEX people_attempt_last ON people_attempt (last_at);

CREATE TABLE people_session (
    id         bigint NOT NULL PRIMARY KEY,
    token      text NOT NULL UNIQUE,  -- digest of the cookie
    account    bigint NOT NULL REFERENCES people_account (id),
    person     bigint NOT NULL,
    opened_at  bigint NOT NULL,
    seen_at    bigint NOT NULL,
    before_at  bigint NOT NULL,       -- the sign-in before this; 0 none
    address    text NOT NULL
) STRICT;

CREATE INDEX people_session_account ON people_session (account);
CREATE INDEX people_session_person ON people_session (person);

-- Bearer tokens of programs that act as a person.
CREATE TABLE people_token (
    id          bigint NOT NULL PRIMARY KEY,
    token       text NOT NULL UNIQUE, -- digest of the secret
    person      bigint NOT NULL REFERENCES people_person (id),
    title       text NOT NULL,
    made_at     bigint NOT NULL,
    until_at    bigint NOT NULL,
    used_at     bigint NOT NULL,      -- the start of the day; 0 never
    revoked_at  bigint
) STRICT;

CREATE INDEX people_token_person ON people_token (person);

-- One row once the workspace is founded.
CREATE TABLE people_founding (
    id          smallint NOT NULL PRIMARY KEY, -- 1
    founded_at  bigint NOT NULL
) STRICT;

-- sqlite:
CREATE TRIGGER people_appointment_stays BEFORE DELETE ON people_appointment
BEGIN
    SELECT RAISE(ABORT, 'an appointment cannot be removed');
END;
-- postgres:
CREATE FUNCTION people_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an appointment cannot be removed';
END
$$;
CREATE TRIGGER people_appointment_stays BEFORE DELETE ON people_appointment
    FOR EACH ROW EXECUTE FUNCTION people_refuse();
-- both:
