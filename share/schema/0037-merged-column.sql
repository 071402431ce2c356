-- Columns that were merged into others (SZ-13.a): closed, their items stay at their
-- addresses, their own list leads on.

CREATE TABLE site_column_merge (
    site_column  bigint NOT NULL PRIMARY KEY REFERENCES site_column (id),
    into_column  bigint NOT NULL REFERENCES site_column (id),
    merged_at    bigint NOT NULL
) STRICT;
