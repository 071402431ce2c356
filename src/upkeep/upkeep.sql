-- Statements of src/upkeep.

-- upkeep_backup_insert: a copy that was taken, or tried.
INSERT INTO upkeep_backup (id, began_at, ended_at, result, files, size, checksum, with_keys)
VALUES (:id, :began_at, :ended_at, :result, :files, :size, :checksum, :with_keys);

-- upkeep_backup_newest: the newest first.
SELECT id, began_at, ended_at, result, files, size, checksum, with_keys
  FROM upkeep_backup
 ORDER BY ended_at DESC, id DESC
 LIMIT :most;

-- upkeep_backup_last: the newest whole one.
SELECT ended_at
  FROM upkeep_backup
 WHERE result = 1
 ORDER BY ended_at DESC
 LIMIT 1;

-- upkeep_watch_find: since when it is looked whether backups are missed.
SELECT since
  FROM upkeep_watch
 WHERE id = 1;

-- upkeep_watch_begin: from now on, unless it was already.
INSERT INTO upkeep_watch (id, since)
VALUES (1, :now)
    ON CONFLICT DO NOTHING;

-- upkeep_watch_lock: held until the end of the transaction.
SELECT since
  FROM upkeep_watch
 WHERE id = 1
   FOR UPDATE;
