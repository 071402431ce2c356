-- What the ledger says of a manuscript's releases, in order: each release is held against
-- it before it is shown.
CREATE INDEX ledger_entry_publication
    ON ledger_entry (subject, sequence, act, digest)
 WHERE act IN ('publication.release', 'publication.release-first', 'publication.migrate',
               'publication.withdraw');
