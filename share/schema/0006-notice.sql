-- Duties: what is to be done, by which post, by when.  A row carries what the
-- desk shows, so that the desk reads nothing else.

CREATE TABLE duty (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    subject_kind  text NOT NULL,      -- as in the ledger
    subject       bigint NOT NULL,
    step          text NOT NULL,      -- code in the rulebook
    role          text NOT NULL,      -- role code of the post that must act; '' is any post of the unit
    unit          bigint NOT NULL,    -- unit of that post; 0 is any
    person        bigint NOT NULL,    -- only this person; 0 is whoever holds the post
    site          bigint NOT NULL,    -- 0 is none
    site_title    text NOT NULL,
    title         text NOT NULL,      -- of the manuscript
    item_class    text NOT NULL,      -- title of its class
    badge         text NOT NULL,      -- code of the state it is in
    act           text NOT NULL,      -- code of what is asked: review, sign, revise, release …
    remark        text NOT NULL,
    round         bigint NOT NULL,
    since         bigint NOT NULL,    -- when it came to this post
    soft          bigint NOT NULL,    -- "in principle" limit, 0 is none
    hard          bigint NOT NULL,    -- limit, 0 is none
    due           bigint NOT NULL,    -- what it is sorted by: hard, else soft; the largest number without or while stopped
    unit_of_time  bigint NOT NULL,    -- 1 days, 2 working days, 3 hours
    provisional   smallint NOT NULL,  -- counted over days not announced yet
    house         bigint NOT NULL,    -- the amount, if the limit is ours and not the regulation's
    stopped       smallint NOT NULL,  -- the clock does not run
    waiting       text NOT NULL,      -- for whom it does not
    rule          text NOT NULL,      -- requirement ID, or ''
    reminded_at   bigint NOT NULL,    -- 0 is never
    closed_at     bigint              -- NULL while it is open
) STRICT;

CREATE INDEX duty_by_post ON duty (role, unit, person) WHERE closed_at IS NULL;
CREATE INDEX duty_by_person ON duty (person) WHERE closed_at IS NULL;
CREATE INDEX duty_by_subject ON duty (subject_kind, subject) WHERE closed_at IS NULL;
CREATE INDEX duty_by_group ON duty (site_group, due) WHERE closed_at IS NULL;

-- Persons who must not fulfil a duty although they hold its post.
CREATE TABLE duty_barred (
    duty    bigint NOT NULL REFERENCES duty (id),
    person  bigint NOT NULL,
    PRIMARY KEY (duty, person)
) STRICT;

-- 动态: what happened to what a person sent or keeps.
CREATE TABLE news (
    id            bigint NOT NULL PRIMARY KEY,
    person        bigint NOT NULL,    -- who is told
    subject_kind  text NOT NULL,
    subject       bigint NOT NULL,
    words         text NOT NULL,      -- key of the sentence
    title         text NOT NULL,
    who           text NOT NULL,      -- who did it
    remark        text NOT NULL,
    at            bigint NOT NULL,
    seen          smallint NOT NULL
) STRICT;

CREATE INDEX news_by_person ON news (person, id);
CREATE INDEX news_unseen ON news (person) WHERE seen = 0;
