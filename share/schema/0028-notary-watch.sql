-- What the notary tells people of, and since when nothing leaves.

-- Since when checkpoints should leave the machine and do not; 0: they do, or none should.
ALTER TABLE notary_state ADD COLUMN held_since bigint NOT NULL DEFAULT 0;

-- Of what the administrators were told last, as enum notary_condition; 0: all is well.
ALTER TABLE notary_state ADD COLUMN told smallint NOT NULL DEFAULT 0;
