-- An agreed matter opens the way once: the act that relied on it is named here.
CREATE TABLE matter_redeemed (
    matter  bigint NOT NULL PRIMARY KEY REFERENCES matter (id),
    act     text NOT NULL,      -- "site.column-close" …
    at      bigint NOT NULL     -- when
) STRICT;
