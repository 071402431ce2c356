-- Matters with a form: a number without gaps, lines that the rulebook asks for, an answer
-- that agrees or does not, and the day by which it is due.

CREATE TABLE matter_form (
    matter    bigint NOT NULL PRIMARY KEY REFERENCES matter (id),
    series    text NOT NULL,      -- code of the series; empty: not numbered
    year      bigint NOT NULL,    -- of its number
    number    bigint NOT NULL,    -- 0: not numbered
    shown     text NOT NULL,      -- the number as people write it; empty: not numbered
    due       bigint              -- when the answer is due; NULL without a limit
) STRICT;

CREATE INDEX matter_form_by_number ON matter_form (series, year, number);

-- One line of the form, as it was filled in.
CREATE TABLE matter_line (
    matter  bigint NOT NULL REFERENCES matter (id),
    field   text NOT NULL,        -- code of the line in the rulebook
    value   text NOT NULL,
    PRIMARY KEY (matter, field)
) STRICT;

-- Whether the answer agrees; only answered matters stand here.
CREATE TABLE matter_verdict (
    matter  bigint NOT NULL PRIMARY KEY REFERENCES matter (id),
    agreed  smallint NOT NULL
) STRICT;
