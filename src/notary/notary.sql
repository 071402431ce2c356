-- Statements of src/notary.

-- notary_checkpoint_put: a checkpoint; the same size is only renewed.
INSERT INTO notary_checkpoint (site_group, size, at, root, note)
VALUES (:group, :size, :at, :root, :note)
    ON CONFLICT (site_group, size) DO UPDATE SET at = :at, note = :note;

-- notary_checkpoint_newest: of one chain; at most one row.
SELECT size, at, root, note
  FROM notary_checkpoint
 WHERE site_group = :group
 ORDER BY size DESC
 LIMIT 1;

-- notary_checkpoint_first_from: the smallest one of at least a size; at most one row.
SELECT size, at, root, note
  FROM notary_checkpoint
 WHERE site_group = :group AND size >= :size
 ORDER BY size
 LIMIT 1;

-- notary_checkpoints_newest: of all chains; as many rows as there are chains.
SELECT c.site_group, c.size, c.at, c.root, c.note
  FROM notary_checkpoint c
 WHERE c.size = (SELECT max(m.size) FROM notary_checkpoint m
                  WHERE m.site_group = c.site_group)
 ORDER BY c.site_group
 LIMIT 1024;

-- notary_state_put: the one row, at the first time.
INSERT INTO notary_state (id, taken, trouble, sent, ways)
VALUES (1, 0, 0, 0, 0)
    ON CONFLICT DO NOTHING;

-- notary_state_taken: checkpoints were taken, or could not be and so do not leave.
UPDATE notary_state
   SET taken = CASE WHEN :trouble = 0 THEN :at ELSE taken END, trouble = :trouble,
       held_since = CASE WHEN :trouble <> 0 AND held_since = 0 THEN :at
                         ELSE held_since END
 WHERE id = 1;

-- notary_state_sent: the newest left the machine.
UPDATE notary_state
   SET sent = :at, ways = :ways, held_since = 0
 WHERE id = 1;

-- notary_state_held: they should have left, and did not (:held 1); or none need.
UPDATE notary_state
   SET held_since = CASE WHEN :held = 0 THEN 0 WHEN held_since = 0 THEN :at
                         ELSE held_since END
 WHERE id = 1;

-- notary_state_told: of what the administrators were told.
UPDATE notary_state SET told = :told WHERE id = 1;

-- notary_state_read: at most one row.
SELECT taken, trouble, sent, ways, held_since, told
  FROM notary_state
 WHERE id = 1;
