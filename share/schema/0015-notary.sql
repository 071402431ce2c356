-- Checkpoints of the ledger's chains, as the signer gave them, and how the notary's
-- work stands.

-- One checkpoint.  Rows are added; the newest one of a size is renewed each minute.
CREATE TABLE notary_checkpoint (
    site_group bigint NOT NULL, -- the chain
    size       bigint NOT NULL, -- entries it covers
    at         bigint NOT NULL, -- instant, by the signer's clock
    root       text NOT NULL,   -- of the tree over the entries
    note       text NOT NULL,   -- the checkpoint itself, signed
    PRIMARY KEY (site_group, size)
) STRICT;

-- How the notary's work stands; one row.
CREATE TABLE notary_state (
    id      smallint NOT NULL PRIMARY KEY, -- always 1
    taken   bigint NOT NULL,               -- when checkpoints were last taken of all chains
    trouble smallint NOT NULL,             -- 0 none, 1 no signer, 2 rolled back, 3 altered
    sent    bigint NOT NULL,               -- when one last left the machine; 0 never
    ways    bigint NOT NULL                -- how many ways took it then
) STRICT;
