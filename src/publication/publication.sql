-- Statements of src/publication.

-- publication_site_insert: what a site's publication counts; nothing if it is there.
INSERT INTO publication_site (site, code, next_place, root, applied_at)
VALUES (:site, :code, 1, '', 0)
ON CONFLICT (site) DO NOTHING;

-- publication_column_insert: the counter of a column; nothing if it is there.
INSERT INTO publication_column (site_column, site, next_number)
VALUES (:site_column, :site, 1)
ON CONFLICT (site_column) DO NOTHING;

-- publication_place_lock: the next place in a site, locked for who takes it.
SELECT next_place FROM publication_site WHERE site = :site
   FOR UPDATE;

-- publication_place_take: the place is taken.
UPDATE publication_site SET next_place = next_place + 1 WHERE site = :site;

-- publication_number_lock: the next number in a column, locked for who takes it.
SELECT next_number FROM publication_column WHERE site_column = :site_column
   FOR UPDATE;

-- publication_number_take: the number is taken.
UPDATE publication_column SET next_number = next_number + 1
 WHERE site_column = :site_column;

-- publication_counters: how far a column has come; at most one row.
SELECT next_number FROM publication_column WHERE site_column = :site_column;

-- publication_site_row: what a site's publication counts; at most one row.
SELECT code, next_place, root, applied_at FROM publication_site WHERE site = :site;

-- publication_insert: one release, made by its order.
INSERT INTO publication_release
       (id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
        place, path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
        ended_at, ended_by, reason, successor, migrated)
VALUES (:id, :act, :site_group, :site, :site_column, :manuscript, :revision, :digest, :terms,
        :number, :place, :path, :title, :origin, :released_at, :changed_at, :releaser, :state,
        :scheduled_for, 0, 0, :reason, 0, :migrated);

-- publication_row: one release by id.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE id = :id;

-- publication_live_after: everything that is live, by id; at most 200.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE state = 'live' AND id > :after
 ORDER BY id
 LIMIT 200;

-- publication_row_locked: one release by id, locked.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE id = :id
   FOR UPDATE;

-- publication_by_manuscript: all releases of a manuscript, newest first; at most 200.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE manuscript = :manuscript
 ORDER BY id DESC
 LIMIT 200;

-- publication_present: the releases of a manuscript that hold an address; at most 64.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE manuscript = :manuscript AND state IN ('live', 'expired', 'corrected')
 ORDER BY id
 LIMIT 64;

-- publication_scheduled: the schedules of a manuscript that are open; at most 64.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE manuscript = :manuscript AND state = 'scheduled'
 ORDER BY id
 LIMIT 64;

-- publication_due: schedules that have fallen due, oldest first; at most 100.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE state = 'scheduled' AND scheduled_for <= :now
 ORDER BY scheduled_for, id
 LIMIT 100;

-- publication_at_number: who holds a number of a column now, and after it who held it before; at most 8.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site_column = :site_column AND number = :number
   AND state IN ('live', 'expired', 'corrected', 'withdrawn', 'sealed')
 ORDER BY id DESC
 LIMIT 8;

-- publication_between: what is public between two numbers of a column, newest first; at most 40.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site_column = :site_column AND number BETWEEN :low AND :high
   AND state IN ('live', 'expired')
 ORDER BY number DESC
 LIMIT 40;

-- publication_released_between: everything released in a group in a span, by id.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site_group = :group AND id > :after AND number > 0
   AND released_at >= :from AND released_at < :until
 ORDER BY id
 LIMIT :most;

-- publication_newest: the newest of a column that still hold, at most :most.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site_column = :site_column AND number > 0 AND state = 'live'
 ORDER BY number DESC
 LIMIT :most;

-- publication_newest_of_site: the newest of a site that still hold, at most :most.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site = :site AND place > 0 AND state = 'live'
 ORDER BY place DESC
 LIMIT :most;

-- publication_places: what is public between two places of a site, in their order, as the
-- site map names it: all of it stands in an index; at most 250.
SELECT path, released_at, changed_at
  FROM publication_release
 WHERE site = :site AND place BETWEEN :low AND :high
   AND state IN ('live', 'expired')
 ORDER BY place
 LIMIT 250;

-- publication_titles: what is public between two places of a site, in their order, as the
-- search looks through it; at most 1,000.
SELECT path, title, released_at, state
  FROM publication_release
 WHERE site = :site AND place BETWEEN :low AND :high
   AND state IN ('live', 'expired')
 ORDER BY place
 LIMIT 1000;

-- publication_held: what holds an address between two places of a site; at most 1,000.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site = :site AND place BETWEEN :low AND :high
   AND state IN ('live', 'expired', 'corrected', 'withdrawn')
 ORDER BY place
 LIMIT 1000;

-- publication_in_state: a site's releases in one state, newest first, released before :before; at most :most.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site = :site AND state = :state AND released_at < :before
 ORDER BY released_at DESC, id DESC
 LIMIT :most;

-- publication_place_of: the place of a release in its site.
SELECT place FROM publication_release WHERE id = :id;

-- publication_set_state: a release ceases to be what it was.
UPDATE publication_release
   SET state = :state, ended_at = :ended_at, ended_by = :ended_by, reason = :reason,
       successor = :successor
 WHERE id = :id;

-- publication_replace: another revision takes the address of this one.
UPDATE publication_release
   SET state = 'replaced', ended_at = :ended_at
 WHERE id = :id AND state IN ('live', 'expired', 'corrected');

-- publication_take_place: a schedule becomes a release at its moment.
UPDATE publication_release
   SET state = 'live', number = :number, place = :place, path = :path,
       released_at = :released_at, changed_at = :changed_at
 WHERE id = :id AND state = 'scheduled';

-- publication_journal_insert: an act whose files are to be changed.
INSERT INTO publication_journal (id, site, release_id, act, planned_at, done_at)
VALUES (:id, :site, :release, :act, :now, NULL);

-- publication_operation_insert: one file of a journal.
INSERT INTO publication_operation (journal, position, kind, site_column, number, path)
VALUES (:journal, :position, :kind, :site_column, :number, :path);

-- publication_journal_open: the journals of a site not yet worked off, oldest first; at most 200.
SELECT id FROM publication_journal
 WHERE site = :site AND done_at IS NULL
 ORDER BY id
 LIMIT 200;

-- publication_journal_since: the journals of a site planned since an instant; at most 10,000.
SELECT id FROM publication_journal
 WHERE site = :site AND planned_at >= :since
 ORDER BY id
 LIMIT 10000;

-- publication_operations: the files of a journal in order; at most 1,000.
SELECT kind, site_column, number, path FROM publication_operation
 WHERE journal = :journal
 ORDER BY position
 LIMIT 1000;

-- publication_journal_done: its files and directories are synced.
UPDATE publication_journal SET done_at = :now WHERE id = :id;

-- publication_journals_done: a rebuild has carried out all of them.
UPDATE publication_journal SET done_at = :now
 WHERE site = :site AND planned_at >= :since AND done_at IS NULL;

-- publication_sites_open: sites with a journal not worked off; at most 1,000.
SELECT DISTINCT site FROM publication_journal
 WHERE done_at IS NULL
 ORDER BY site
 LIMIT 1000;

-- publication_file_put: a file of the tree and its digest.
INSERT INTO publication_file (site, path, folder, digest, size, release_id)
VALUES (:site, :path, :folder, :digest, :size, :release)
ON CONFLICT (site, path) DO UPDATE
   SET digest = excluded.digest, size = excluded.size, release_id = excluded.release_id;

-- publication_file_drop: a file that is gone.
DELETE FROM publication_file WHERE site = :site AND path = :path;

-- publication_files_clear: the manifest of a site, before it is written anew.
DELETE FROM publication_file WHERE site = :site;

-- publication_folders_clear: and its hash tree.
DELETE FROM publication_folder WHERE site = :site;

-- publication_file_row: one file; at most one row.
SELECT digest, size, release_id FROM publication_file WHERE site = :site AND path = :path;

-- publication_files: the files of a site after a path, in order; at most 1,000.
SELECT path, folder, digest, size, release_id FROM publication_file
 WHERE site = :site AND path > :after
 ORDER BY path
 LIMIT 1000;

-- publication_files_in: the files of a folder; at most a few hundred by the way folders are made.
SELECT path, digest FROM publication_file
 WHERE site = :site AND folder = :folder
 ORDER BY path
 LIMIT 100000;

-- publication_folders_in: the folders of a folder.
SELECT path, digest FROM publication_folder
 WHERE site = :site AND above = :above
 ORDER BY path
 LIMIT 100000;

-- publication_folder_row: one folder; at most one row.
SELECT above, digest FROM publication_folder WHERE site = :site AND path = :path;

-- publication_folders_after: folders of a site in order, from the root (:first) or after a path.
SELECT path, digest FROM publication_folder
 WHERE site = :site AND (path > :after OR (path = :after AND :first = 1))
 ORDER BY path
 LIMIT 200;

-- publication_files_astray: how many files lie in folders that the hash tree has not; one row.
SELECT count(*) AS astray FROM publication_file
 WHERE site = :site
   AND folder NOT IN (SELECT path FROM publication_folder WHERE site = :site);

-- publication_folder_put: a folder and its digest.
INSERT INTO publication_folder (site, path, above, digest)
VALUES (:site, :path, :above, :digest)
ON CONFLICT (site, path) DO UPDATE SET digest = excluded.digest;

-- publication_folder_drop: a folder that is empty.
DELETE FROM publication_folder WHERE site = :site AND path = :path;

-- publication_set_root: the tree was changed and this is its root.
UPDATE publication_site SET root = :root, applied_at = :now WHERE site = :site;

-- publication_at_path: who holds an address of a site; at most one row.
SELECT id FROM publication_release
 WHERE site = :site AND path = :path AND state IN ('live', 'expired', 'corrected')
 LIMIT 1;

-- publication_rebuild_row: the rebuild under way; at most one row.
SELECT id, theme, begun_at, place FROM publication_rebuild WHERE site = :site;

-- publication_rebuild_begin: a rebuild begins.
INSERT INTO publication_rebuild (site, id, theme, begun_at, place)
VALUES (:site, :id, :theme, :now, 0)
ON CONFLICT (site) DO UPDATE
   SET id = excluded.id, theme = excluded.theme, begun_at = excluded.begun_at, place = 0;

-- publication_rebuild_mark: all up to this place is written and synced.
UPDATE publication_rebuild SET place = :place WHERE site = :site;

-- publication_rebuild_end: it stands.
DELETE FROM publication_rebuild WHERE site = :site;

-- publication_held_in_column: what holds an address of a column, after a number; at most 200.
SELECT id, act, site_group, site, site_column, manuscript, revision, digest, terms, number,
       path, title, origin, released_at, changed_at, releaser, state, scheduled_for,
       ended_at, reason, successor, migrated
  FROM publication_release
 WHERE site_column = :site_column AND number > :after
   AND state IN ('live', 'expired', 'corrected', 'withdrawn')
 ORDER BY number
 LIMIT 200;

-- publication_held_count: how many hold an address of a column.
SELECT COUNT(*) AS items FROM publication_release
 WHERE site_column = :site_column AND number > 0
   AND state IN ('live', 'expired', 'corrected', 'withdrawn');

-- publication_ended_since: was a manuscript taken away for good since an instant; at most one row.
SELECT id FROM publication_release
 WHERE manuscript = :manuscript AND state IN ('withdrawn', 'sealed') AND ended_at >= :since
   AND reason <> ''
 LIMIT 1;

-- publication_link_insert: a release and the manuscript that its text names.
INSERT INTO publication_link (release_id, manuscript, other)
VALUES (:release, :manuscript, :other)
ON CONFLICT (release_id) DO NOTHING;

-- publication_any_link: does any text name another; at most one row.
SELECT release_id FROM publication_link LIMIT 1;

-- publication_interpreted: the public items that a manuscript's public text interprets, or by which it is interpreted; at most 50.
-- The state is made a value of its own: by its index nearly every release would be looked at.
SELECT r.id AS id, r.act AS act, r.site_group AS site_group, r.site AS site,
       r.site_column AS site_column, r.manuscript AS manuscript, r.revision AS revision,
       r.digest AS digest, r.terms AS terms, r.number AS number, r.path AS path,
       r.title AS title, r.origin AS origin, r.released_at AS released_at,
       r.changed_at AS changed_at, r.releaser AS releaser, r.state AS state,
       r.scheduled_for AS scheduled_for, r.ended_at AS ended_at, r.reason AS reason,
       r.successor AS successor, r.migrated AS migrated
  FROM publication_release r
 WHERE r.state || '' IN ('live', 'expired')
   AND r.id IN (SELECT m.id FROM publication_release m
                 WHERE m.manuscript IN (SELECT l.other FROM publication_link l
                                          JOIN publication_release o ON o.id = l.release_id
                                         WHERE l.manuscript = :manuscript
                                           AND o.state IN ('live', 'expired'))
                 UNION
                SELECT l.release_id FROM publication_link l
                 WHERE l.other = :manuscript)
 ORDER BY r.released_at DESC, r.id DESC
 LIMIT 50;

-- publication_column_counts: how much stands in each column of a site, and the newest.
SELECT site_column, count(*) AS held, max(released_at) AS newest
  FROM publication_release
 WHERE site = :site AND state IN ('live', 'expired')
 GROUP BY site_column
 ORDER BY site_column;

-- publication_not_interpreted: live items that no public text interprets, oldest first; at
-- most 500.
SELECT r.id, r.act, r.site_group, r.site, r.site_column, r.manuscript, r.revision, r.digest,
       r.terms, r.number, r.path, r.title, r.origin, r.released_at, r.changed_at,
       r.releaser, r.state, r.scheduled_for, r.ended_at, r.reason, r.successor, r.migrated
  FROM publication_release r
 WHERE r.site = :site AND r.state = 'live'
   AND NOT EXISTS (SELECT 1 FROM publication_link l
                     JOIN publication_release o ON o.id = l.release_id
                    WHERE l.other = r.manuscript AND o.state IN ('live', 'expired'))
   AND NOT EXISTS (SELECT 1 FROM publication_link l
                     JOIN publication_release o ON o.manuscript = l.other
                    WHERE l.release_id = r.id AND o.state IN ('live', 'expired'))
 ORDER BY r.released_at, r.id
 LIMIT 500;

-- publication_named: the items whose page names a manuscript, linked or succeeded, while public; at most 50.
-- The state is made a value of its own: by its index nearly every release would be looked at.
SELECT r.id AS id, r.act AS act, r.site_group AS site_group, r.site AS site,
       r.site_column AS site_column, r.manuscript AS manuscript, r.revision AS revision,
       r.digest AS digest, r.terms AS terms, r.number AS number, r.path AS path,
       r.title AS title, r.origin AS origin, r.released_at AS released_at,
       r.changed_at AS changed_at, r.releaser AS releaser, r.state AS state,
       r.scheduled_for AS scheduled_for, r.ended_at AS ended_at, r.reason AS reason,
       r.successor AS successor, r.migrated AS migrated
  FROM publication_release r
 WHERE r.state || '' IN ('live', 'expired')
   AND r.id IN (SELECT m.id FROM publication_release m
                 WHERE m.manuscript IN (SELECT l.other FROM publication_link l
                                         WHERE l.manuscript = :manuscript)
                 UNION
                SELECT l.release_id FROM publication_link l
                 WHERE l.other = :manuscript
                 UNION
                SELECT e.id FROM publication_release e
                 WHERE e.successor = :manuscript AND e.state = 'expired')
 ORDER BY r.id
 LIMIT 50;

-- publication_frame_row: with what a site's tree was written; at most one row.
SELECT frame, shown_at FROM publication_frame WHERE site = :site;

-- publication_frame_put: the tree is whole with this.
INSERT INTO publication_frame (site, frame, shown_at)
VALUES (:site, :frame, :now)
ON CONFLICT (site) DO UPDATE SET frame = excluded.frame, shown_at = excluded.shown_at;

-- publication_sites: sites that have a tree; at most 1,000.
SELECT site FROM publication_site ORDER BY site LIMIT 1000;

-- publication_unproven_numbers: what a column shows between two numbers and the ledger does not know so; at most 200.
-- Known: the newest entry that released the manuscript names this text and this address,
-- and none after it withdrew it; the end of its validity leaves an expired one in place.
SELECT r.id AS id, r.path AS path, r.released_at AS released_at, r.title AS title,
       r.manuscript AS manuscript
  FROM publication_release r
 WHERE r.site_column = :site_column AND r.number BETWEEN :low AND :high
   AND r.state IN ('live', 'expired')
   AND NOT EXISTS (
       SELECT 1 FROM ledger_entry e
         LEFT JOIN ledger_payload p
                ON p.site_group = e.site_group AND p.sequence = e.sequence
         JOIN revision v ON v.id = r.revision
        WHERE e.subject = r.manuscript
          AND e.act IN ('publication.release', 'publication.release-first', 'publication.migrate', 'publication.withdraw')
          AND e.act <> 'publication.withdraw' AND e.outcome = 0
          AND e.subject_kind = 'manuscript' AND +e.site_group = r.site_group
          AND e.digest = r.digest AND v.digest = r.digest AND v.title = r.title
          AND (e.act = 'publication.migrate' OR p.payload IS NULL
               OR replace(p.payload, '"path":"' || r.path || '"', '') <> p.payload)
          AND NOT EXISTS (
              SELECT 1 FROM ledger_entry l
                LEFT JOIN ledger_payload q
                       ON q.site_group = l.site_group AND q.sequence = l.sequence
               WHERE l.subject = r.manuscript
                 AND l.act IN ('publication.release', 'publication.release-first', 'publication.migrate', 'publication.withdraw')
                 AND l.sequence > e.sequence AND l.outcome = 0
                 AND l.subject_kind = 'manuscript' AND +l.site_group = r.site_group
                 AND (l.act <> 'publication.withdraw' OR r.state = 'live'
                      OR replace(q.payload, '"kind":"expiry"', '') = q.payload)))
 ORDER BY r.id
 LIMIT 200;

-- publication_unproven_places: the same between two places of a site, after a release; at most 200.
SELECT r.id AS id, r.path AS path, r.released_at AS released_at, r.title AS title,
       r.manuscript AS manuscript
  FROM publication_release r
 WHERE r.site = :site AND r.place BETWEEN :low AND :high AND r.id > :after
   AND r.state IN ('live', 'expired')
   AND NOT EXISTS (
       SELECT 1 FROM ledger_entry e
         LEFT JOIN ledger_payload p
                ON p.site_group = e.site_group AND p.sequence = e.sequence
         JOIN revision v ON v.id = r.revision
        WHERE e.subject = r.manuscript
          AND e.act IN ('publication.release', 'publication.release-first', 'publication.migrate', 'publication.withdraw')
          AND e.act <> 'publication.withdraw' AND e.outcome = 0
          AND e.subject_kind = 'manuscript' AND +e.site_group = r.site_group
          AND e.digest = r.digest AND v.digest = r.digest AND v.title = r.title
          AND (e.act = 'publication.migrate' OR p.payload IS NULL
               OR replace(p.payload, '"path":"' || r.path || '"', '') <> p.payload)
          AND NOT EXISTS (
              SELECT 1 FROM ledger_entry l
                LEFT JOIN ledger_payload q
                       ON q.site_group = l.site_group AND q.sequence = l.sequence
               WHERE l.subject = r.manuscript
                 AND l.act IN ('publication.release', 'publication.release-first', 'publication.migrate', 'publication.withdraw')
                 AND l.sequence > e.sequence AND l.outcome = 0
                 AND l.subject_kind = 'manuscript' AND +l.site_group = r.site_group
                 AND (l.act <> 'publication.withdraw' OR r.state = 'live'
                      OR replace(q.payload, '"kind":"expiry"', '') = q.payload)))
 ORDER BY r.id
 LIMIT 200;
