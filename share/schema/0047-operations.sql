-- What the rulebook in force at a site says of accounts; people meets it here.
CREATE TABLE people_account_rule (
    site         bigint NOT NULL PRIMARY KEY, -- whose rulebook
    body         bigint NOT NULL, -- the unit at the root of its body
    days         bigint NOT NULL, -- a password is changed after so many; 0: nothing said
    days_rule    text NOT NULL,   -- requirement
    former       bigint NOT NULL, -- so many passwords are not taken again; 0: nothing said
    former_rule  text NOT NULL,
    keeper       text NOT NULL,   -- role that one person holds in the body; or empty
    keeper_rule  text NOT NULL
) STRICT;

CREATE INDEX people_account_rule_body ON people_account_rule (body);

-- Each copy that was taken of the workspace, or tried.
CREATE TABLE upkeep_backup (
    id         bigint NOT NULL PRIMARY KEY,
    began_at   bigint NOT NULL,
    ended_at   bigint NOT NULL,
    result     smallint NOT NULL, -- 1 whole, 0 failed
    files      bigint NOT NULL,
    size       bigint NOT NULL,   -- bytes of all its files
    checksum   text NOT NULL,     -- of its manifest; empty if it failed
    with_keys  smallint NOT NULL  -- 1: the keys are in it, locked
) STRICT;

CREATE INDEX upkeep_backup_time ON upkeep_backup (ended_at, result);

-- Since when this workspace looks whether backups are missed; one row.
CREATE TABLE upkeep_watch (
    id     bigint NOT NULL PRIMARY KEY, -- 1
    since  bigint NOT NULL
) STRICT;
