-- Posts whose holders must have a second factor, because the rulebook in force says so.
CREATE TABLE people_factor_role (
    site  bigint NOT NULL, -- whose rulebook
    role  text NOT NULL,   -- role code
    PRIMARY KEY (site, role)
) STRICT;
