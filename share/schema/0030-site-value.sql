-- What a body decided where its regulation left a value open (及格线, 每天开通小时数).

CREATE TABLE site_value (
    site      bigint NOT NULL REFERENCES site (id),
    code      text NOT NULL,       -- of the value in the rulebook's settings
    value     text NOT NULL,
    given_by  bigint,              -- NULL: the machine's operator, at the founding
    given_at  bigint NOT NULL,
    sample    smallint NOT NULL,   -- 1: a demonstration's, decided by nobody
    PRIMARY KEY (site, code)
) STRICT;
