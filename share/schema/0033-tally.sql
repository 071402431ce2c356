-- What is expected of whom, and what came of it.

-- Counting a period reads its entries and decisions alone.
CREATE INDEX ledger_entry_by_time ON ledger_entry (site_group, at);
CREATE INDEX decision_by_time ON decision (at);

-- 信息发布目录 (YZ-12.a): what a unit releases, how often, who answers for it.
CREATE TABLE catalogue_entry (
    id            bigint NOT NULL PRIMARY KEY,
    site_group    bigint NOT NULL,
    unit          bigint NOT NULL,
    title         text NOT NULL,      -- 类别: what is released
    kind          text NOT NULL,      -- routine, periodic, occasional
    days          bigint NOT NULL,    -- at least once in so many calendar days; 0 for occasional
    site_column   bigint,             -- counts where it is released; NULL: wherever
    item_class    text NOT NULL,      -- counts of this class; empty: of any
    responsible   text NOT NULL,      -- 主体
    drawn_by      bigint NOT NULL,
    drawn_at      bigint NOT NULL,
    approved_by   bigint,
    approved_at   bigint,             -- NULL until approved; it asks for nothing before
    ended_by      bigint,
    ended_at      bigint              -- NULL while it is in force
) STRICT;

CREATE INDEX catalogue_entry_by_unit ON catalogue_entry (site_group, unit, id);
