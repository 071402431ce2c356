-- What the machine saw in a text, what people ruled about it, the operator's lists.

-- One screening of one text under one rulebook version.
CREATE TABLE screening (
    digest          text NOT NULL,     -- of the content
    rulebook_digest text NOT NULL,     -- the version it was screened under
    basis           text NOT NULL,     -- digest of rulebook, lists and facts it rests on
    findings        text NOT NULL,     -- JSON
    screened_at     bigint NOT NULL,
    PRIMARY KEY (digest, rulebook_digest)
) STRICT;

-- A question about a finding and its answer, for one text only.
CREATE TABLE ruling (
    id          bigint NOT NULL PRIMARY KEY,
    manuscript  bigint NOT NULL REFERENCES manuscript (id),
    site_group  bigint NOT NULL,
    digest      text NOT NULL,         -- of the text it is about
    detector    bigint NOT NULL,       -- enum detector
    rule        text NOT NULL,         -- requirement of the prohibition
    shown       text NOT NULL,         -- the finding, masked
    asked_why   text NOT NULL,
    asked_by    bigint NOT NULL,       -- person
    asked_at    bigint NOT NULL,
    role        text NOT NULL,         -- who answers: role …
    unit        bigint NOT NULL,       -- … in this unit, 0 anywhere
    answered    smallint NOT NULL,
    passes      smallint NOT NULL,     -- 1: it is none
    answer_why  text NOT NULL,
    answered_by bigint,
    answered_at bigint
) STRICT;

CREATE INDEX ruling_by_manuscript ON ruling (manuscript, asked_at);
CREATE INDEX ruling_by_digest ON ruling (digest, answered);

-- The operator's lists.  A removed word stays for the record.
CREATE TABLE listed_word (
    id         bigint NOT NULL PRIMARY KEY,
    list       bigint NOT NULL,        -- enum word_list
    word       text NOT NULL,
    right_word text NOT NULL,          -- of a wrong word, else empty
    note       text NOT NULL,
    added_by   bigint NOT NULL,
    added_at   bigint NOT NULL,
    removed_by bigint,
    removed_at bigint
) STRICT;

CREATE INDEX listed_word_by_list ON listed_word (list, word);

-- The bureau has confirmed its list of office numbers; from then on others block.
CREATE TABLE number_confirmation (
    id           bigint NOT NULL PRIMARY KEY,
    confirmed_by bigint NOT NULL,
    confirmed_at bigint NOT NULL
) STRICT;
