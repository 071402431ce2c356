-- Citizens' letters (来信): as they came, where they went, what the writer was told.

-- A mailbox of a body, since the rulebook in force first had it; its days are counted from
-- the day after.
CREATE TABLE letter_mailbox (
    site_group    bigint NOT NULL,
    body          bigint NOT NULL,    -- the body that runs it
    mailbox       text NOT NULL,      -- code in its rulebook
    since         bigint NOT NULL,
    PRIMARY KEY (site_group, body, mailbox)
) STRICT;

-- One letter.  Its words and its writer never change, and stand nowhere else.
CREATE TABLE letter (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    body          bigint NOT NULL,
    mailbox       text NOT NULL,
    year          bigint NOT NULL,    -- of its number
    number        bigint NOT NULL,    -- without gaps by body, mailbox and year
    shown         text NOT NULL,      -- the number as people write it
    title         text NOT NULL,      -- what it is about, in the receiver's words
    words         text NOT NULL,      -- what was written
    writer        text NOT NULL,      -- name; may be empty
    contact       text NOT NULL,      -- where the answer goes; may be empty
    channel       text NOT NULL,      -- how it came: site, phone, post
    received_at   bigint NOT NULL,    -- the clocks begin here
    entered_by    bigint NOT NULL,
    entered_at    bigint NOT NULL,
    state         text NOT NULL,      -- received, transferred, answered, closed
    unit          bigint NOT NULL,    -- where it lies
    due           bigint,             -- of the answer; NULL: no limit
    pass_due      bigint,             -- of a transfer; NULL: no limit
    refer_due     bigint,             -- of asking those above; NULL: no limit
    transferred_at bigint,            -- when it came to *unit*; NULL where it was received
    referred_at   bigint,             -- NULL unless it was referred upward
    answer        text NOT NULL,      -- empty until it is answered
    answered_by   bigint,
    answered_at   bigint,
    told_how      text NOT NULL,      -- how the writer was told: phone, mail, post, site, visit
    told_at       bigint              -- when the writer was told; NULL until then
) STRICT;

CREATE INDEX letter_by_mailbox ON letter (site_group, mailbox, state, received_at);

-- Each step of its way.
CREATE TABLE letter_move (
    id            bigint NOT NULL PRIMARY KEY,
    letter        bigint NOT NULL REFERENCES letter (id),
    act           text NOT NULL,      -- receive, transfer, return, refer, answer, tell
    unit          bigint NOT NULL,    -- where it lies afterwards
    reason        text NOT NULL,
    person        bigint NOT NULL,
    at            bigint NOT NULL,
    late          smallint NOT NULL   -- 1: its time had passed
) STRICT;

CREATE INDEX letter_move_by_letter ON letter_move (letter, at, id);

-- A receiver looked at the letters of a day; once a day, none included.
CREATE TABLE letter_look (
    site_group    bigint NOT NULL,
    body          bigint NOT NULL,
    mailbox       text NOT NULL,
    day           bigint NOT NULL,    -- civil day
    person        bigint NOT NULL,
    at            bigint NOT NULL,
    letters       bigint NOT NULL,    -- received on that day by then
    PRIMARY KEY (site_group, body, mailbox, day)
) STRICT;
