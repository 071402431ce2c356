-- Statements of src/manuscript.

-- manuscript_insert: a new manuscript, in draft.
INSERT INTO manuscript (id, site_group, site, site_column, unit, author, item_class, title,
                        state, state_since, run, revision, live_revision, draft_version,
                        epoch, origin, migrated, created_at, changed_at, removed_at)
VALUES (:id, :site_group, :site, :site_column, :unit, :author, :item_class, :title,
        :state, :now, NULL, NULL, NULL, :draft_version, 0, :origin, :migrated, :now, :now, NULL);

-- manuscript_row: one manuscript by id, removed ones too.
SELECT id, site_group, site, site_column, unit, author, item_class, title, state,
       state_since, run, revision, live_revision, draft_version, epoch, origin, migrated,
       created_at, changed_at, removed_at
  FROM manuscript
 WHERE id = :id;

-- manuscript_row_locked: the same, its row locked; SQLite has one writer anyway.
SELECT id, site_group, site, site_column, unit, author, item_class, title, state,
       state_since, run, revision, live_revision, draft_version, epoch, origin, migrated,
       created_at, changed_at, removed_at
  FROM manuscript
 WHERE id = :id;

-- manuscript_row_locked (postgres): the writers of one manuscript go one after another.
SELECT id, site_group, site, site_column, unit, author, item_class, title, state,
       state_since, run, revision, live_revision, draft_version, epoch, origin, migrated,
       created_at, changed_at, removed_at
  FROM manuscript
 WHERE id = :id
   FOR UPDATE;

-- manuscript_set_draft: the draft moved on by one save.
UPDATE manuscript
   SET title = :title, draft_version = :draft_version, origin = :origin, changed_at = :now
 WHERE id = :id;

-- manuscript_set_place: another column or class.
UPDATE manuscript
   SET site = :site, site_column = :site_column, item_class = :item_class, changed_at = :now
 WHERE id = :id;

-- manuscript_set_state: moved along its route; a NULL run keeps the one it has.
UPDATE manuscript
   SET state = :state, state_since = :now, changed_at = :now, run = COALESCE(:run, run)
 WHERE id = :id;

-- manuscript_set_revision: the newest revision.
UPDATE manuscript
   SET revision = :revision
 WHERE id = :id;

-- manuscript_set_live_revision: what the public sees; contributors are counted anew.
UPDATE manuscript
   SET live_revision = :live_revision, epoch = epoch + :released, changed_at = :now
 WHERE id = :id;

-- manuscript_set_removed: put away, or (NULL) fetched back.
UPDATE manuscript
   SET removed_at = :removed_at, changed_at = :now
 WHERE id = :id;

-- manuscript_draft_insert: the working copy as one save leaves it.
INSERT INTO draft (manuscript, version, title, body, fields, attachments, saved_by, saved_at)
VALUES (:manuscript, :version, :title, :body, :fields, :attachments, :saved_by, :now);

-- manuscript_draft_trim: keep the last fifty saves.
DELETE FROM draft
 WHERE manuscript = :manuscript AND version <= :version;

-- manuscript_draft_row: one state of the working copy.
SELECT version, title, body, fields, attachments, saved_by, saved_at
  FROM draft
 WHERE manuscript = :manuscript AND version = :version;

-- manuscript_contributor_insert: somebody wrote part of it; the first time counts.
INSERT INTO contributor (manuscript, epoch, person, first_at)
VALUES (:manuscript, :epoch, :person, :now)
    ON CONFLICT (manuscript, epoch, person) DO NOTHING;

-- manuscript_contributors_again: who wrote what was public counts for its correction too.
INSERT INTO contributor (manuscript, epoch, person, first_at)
SELECT c.manuscript, c.epoch + 1, c.person, :now
  FROM contributor c
 WHERE c.manuscript = :manuscript
   AND c.epoch = (SELECT m.epoch - 1 FROM manuscript m WHERE m.id = :manuscript)
    ON CONFLICT (manuscript, epoch, person) DO NOTHING;

-- manuscript_contributors_copy: who wrote it below wrote what was handed up.
INSERT INTO contributor (manuscript, epoch, person, first_at)
SELECT DISTINCT :manuscript, 0, c.person, :now
  FROM contributor c
 WHERE c.manuscript = :source
    ON CONFLICT (manuscript, epoch, person) DO NOTHING;

-- manuscript_received_insert: a manuscript that came from a site below.
INSERT INTO manuscript_received (manuscript, source, digest, received_at)
VALUES (:manuscript, :source, :digest, :now);

-- manuscript_received_row: where one came from.
SELECT source, digest
  FROM manuscript_received
 WHERE manuscript = :manuscript;

-- manuscript_received_rows: what one became above; as many as there are sites above.
SELECT manuscript
  FROM manuscript_received
 WHERE source = :source
 ORDER BY received_at, manuscript;

-- manuscript_received_take: somebody goes on with it; the first counts.
UPDATE manuscript_received
   SET taken_by = :person
 WHERE manuscript = :manuscript AND taken_by IS NULL;

-- manuscript_set_author: whose hands it is in.
UPDATE manuscript
   SET author = :author
 WHERE id = :id;

-- manuscript_contributor_rows: who wrote any of it since the last release; at most 500.
SELECT c.person AS person
  FROM contributor c
  JOIN manuscript m ON m.id = c.manuscript AND m.epoch = c.epoch
 WHERE c.manuscript = :manuscript
 ORDER BY c.first_at, c.person
 LIMIT 500;

-- manuscript_revision_insert: a draft made immutable.
INSERT INTO revision (id, manuscript, number, digest, title, body, fields, attachments,
                      made_by, made_at)
VALUES (:id, :manuscript, :number, :digest, :title, :body, :fields, :attachments,
        :made_by, :now);

-- manuscript_revision_row: one revision by id.
SELECT id, manuscript, number, digest, title, body, fields, attachments, made_by, made_at
  FROM revision
 WHERE id = :id;

-- manuscript_revision_row_by_number: one revision of a manuscript.
SELECT id, manuscript, number, digest, title, body, fields, attachments, made_by, made_at
  FROM revision
 WHERE manuscript = :manuscript AND number = :number;

-- manuscript_revision_with: whether a digest is that of a revision.
SELECT id FROM revision WHERE digest = :digest ORDER BY id LIMIT 1;

-- manuscript_revision_rows: all revisions of a manuscript, newest first; at most 500.
SELECT id, manuscript, number, digest, title, made_by, made_at
  FROM revision
 WHERE manuscript = :manuscript
 ORDER BY number DESC
 LIMIT 500;

-- manuscript_reader_insert: some holders may know of it; once is enough.
INSERT INTO manuscript_reader (manuscript, reader)
VALUES (:manuscript, :reader)
    ON CONFLICT (manuscript, reader) DO NOTHING;

-- manuscript_reader_row: one row if the actor, by any of his posts, may know of it.
SELECT 1 AS known
  FROM manuscript_reader
 WHERE manuscript = :manuscript
   AND reader IN (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6, :reader7,
                            :reader8, :reader9, :reader10, :reader11,
                            :reader12, :reader13, :reader14,
                            :reader15, :reader16, :reader17,
                            :reader18, :reader19, :reader20,
                            :reader21, :reader22, :reader23,
                            :reader24, :reader25, :reader26,
                            :reader27, :reader28, :reader29,
                            :reader30, :reader31, :reader32)
 LIMIT 1;

-- manuscript_own_drafts: what a person has in hand and may still know of, newest first; at
-- most :most rows.  Its own unit always may; the other readers are looked at for those who
-- have gone to another unit.
SELECT m.id, m.site_group, m.site, m.site_column, m.unit, m.author, m.item_class, m.title,
       m.state, m.state_since, m.run, m.revision, m.live_revision, m.draft_version, m.epoch,
       m.origin, m.migrated, m.created_at, m.changed_at, m.removed_at
  FROM manuscript m
 WHERE m.author = :author AND m.state = 'draft' AND m.removed_at IS NULL
   AND (m.unit IN (:unit1, :unit2, :unit3, :unit4, :unit5, :unit6, :unit7, :unit8, :unit9,
                   :unit10)
        OR EXISTS (SELECT 1 FROM manuscript_reader r
                    WHERE r.manuscript = m.id AND r.reader IN
                          (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6,
                           :reader7, :reader8, :reader9, :reader10, :reader11, :reader12,
                           :reader13, :reader14, :reader15, :reader16, :reader17, :reader18,
                           :reader19, :reader20, :reader21, :reader22, :reader23, :reader24,
                           :reader25, :reader26, :reader27, :reader28, :reader29, :reader30,
                           :reader31, :reader32)))
 ORDER BY m.changed_at DESC, m.id DESC
 LIMIT :most;

-- manuscript_own_sent: the same of what the person has sent on its way.
SELECT m.id, m.site_group, m.site, m.site_column, m.unit, m.author, m.item_class, m.title,
       m.state, m.state_since, m.run, m.revision, m.live_revision, m.draft_version, m.epoch,
       m.origin, m.migrated, m.created_at, m.changed_at, m.removed_at
  FROM manuscript m
 WHERE m.author = :author AND m.run IS NOT NULL AND m.state <> 'draft'
   AND m.removed_at IS NULL
   AND (m.unit IN (:unit1, :unit2, :unit3, :unit4, :unit5, :unit6, :unit7, :unit8, :unit9,
                   :unit10)
        OR EXISTS (SELECT 1 FROM manuscript_reader r
                    WHERE r.manuscript = m.id AND r.reader IN
                          (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6,
                           :reader7, :reader8, :reader9, :reader10, :reader11, :reader12,
                           :reader13, :reader14, :reader15, :reader16, :reader17, :reader18,
                           :reader19, :reader20, :reader21, :reader22, :reader23, :reader24,
                           :reader25, :reader26, :reader27, :reader28, :reader29, :reader30,
                           :reader31, :reader32)))
 ORDER BY m.changed_at DESC, m.id DESC
 LIMIT :most;

-- manuscript_list_rows: a page of what the actor may know of, in the order asked for, else newest first; at most 200.
SELECT m.id, m.site_group, m.site, m.site_column, m.unit, m.author, m.item_class, m.title,
       m.state, m.state_since, m.run, m.revision, m.live_revision, m.draft_version, m.epoch,
       m.origin, m.migrated, m.created_at, m.changed_at, m.removed_at
  FROM manuscript m
 WHERE m.removed_at IS NULL
   AND (:site = 0 OR m.site = :site)
   AND (:site_column = 0 OR m.site_column = :site_column)
   AND (:unit = 0 OR m.unit = :unit)
   AND (:author = 0 OR m.author = :author)
   AND (:state = '' OR m.state = :state)
   AND (:item_class = '' OR m.item_class = :item_class)
   AND (:words = '' OR instr(m.title, :words) > 0)
   AND m.changed_at >= :changed_from
   AND (:origin_from = 0 OR m.origin >= :origin_from)
   AND (:origin_until = 0 OR (m.origin > 0 AND m.origin <= :origin_until))
   AND EXISTS (SELECT 1 FROM manuscript_reader r
                WHERE r.manuscript = m.id
                  AND r.reader IN (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6, :reader7,
                            :reader8, :reader9, :reader10, :reader11,
                            :reader12, :reader13, :reader14,
                            :reader15, :reader16, :reader17,
                            :reader18, :reader19, :reader20,
                            :reader21, :reader22, :reader23,
                            :reader24, :reader25, :reader26,
                            :reader27, :reader28, :reader29,
                            :reader30, :reader31, :reader32))
 ORDER BY CASE WHEN :sort = 'title' THEN m.title WHEN :sort = 'state' THEN m.state END,
          CASE WHEN :sort = 'origin' THEN m.origin WHEN :sort = 'handler' THEN m.author END DESC,
          m.changed_at DESC, m.id DESC
 LIMIT :most OFFSET :first;

-- manuscript_list_rows (postgres): position() for instr().
SELECT m.id, m.site_group, m.site, m.site_column, m.unit, m.author, m.item_class, m.title,
       m.state, m.state_since, m.run, m.revision, m.live_revision, m.draft_version, m.epoch,
       m.origin, m.migrated, m.created_at, m.changed_at, m.removed_at
  FROM manuscript m
 WHERE m.removed_at IS NULL
   AND (:site = 0 OR m.site = :site)
   AND (:site_column = 0 OR m.site_column = :site_column)
   AND (:unit = 0 OR m.unit = :unit)
   AND (:author = 0 OR m.author = :author)
   AND (:state = '' OR m.state = :state)
   AND (:item_class = '' OR m.item_class = :item_class)
   AND (:words = '' OR position(:words in m.title) > 0)
   AND m.changed_at >= :changed_from
   AND (:origin_from = 0 OR m.origin >= :origin_from)
   AND (:origin_until = 0 OR (m.origin > 0 AND m.origin <= :origin_until))
   AND EXISTS (SELECT 1 FROM manuscript_reader r
                WHERE r.manuscript = m.id
                  AND r.reader IN (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6, :reader7,
                            :reader8, :reader9, :reader10, :reader11,
                            :reader12, :reader13, :reader14,
                            :reader15, :reader16, :reader17,
                            :reader18, :reader19, :reader20,
                            :reader21, :reader22, :reader23,
                            :reader24, :reader25, :reader26,
                            :reader27, :reader28, :reader29,
                            :reader30, :reader31, :reader32))
 ORDER BY CASE WHEN :sort = 'title' THEN m.title WHEN :sort = 'state' THEN m.state END,
          CASE WHEN :sort = 'origin' THEN m.origin WHEN :sort = 'handler' THEN m.author END DESC,
          m.changed_at DESC, m.id DESC
 LIMIT :most OFFSET :first;

-- manuscript_list_total: how many there are of them.
SELECT count(*) AS total
  FROM manuscript m
 WHERE m.removed_at IS NULL
   AND (:site = 0 OR m.site = :site)
   AND (:site_column = 0 OR m.site_column = :site_column)
   AND (:unit = 0 OR m.unit = :unit)
   AND (:author = 0 OR m.author = :author)
   AND (:state = '' OR m.state = :state)
   AND (:item_class = '' OR m.item_class = :item_class)
   AND (:words = '' OR instr(m.title, :words) > 0)
   AND m.changed_at >= :changed_from
   AND (:origin_from = 0 OR m.origin >= :origin_from)
   AND (:origin_until = 0 OR (m.origin > 0 AND m.origin <= :origin_until))
   AND EXISTS (SELECT 1 FROM manuscript_reader r
                WHERE r.manuscript = m.id
                  AND r.reader IN (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6, :reader7,
                            :reader8, :reader9, :reader10, :reader11,
                            :reader12, :reader13, :reader14,
                            :reader15, :reader16, :reader17,
                            :reader18, :reader19, :reader20,
                            :reader21, :reader22, :reader23,
                            :reader24, :reader25, :reader26,
                            :reader27, :reader28, :reader29,
                            :reader30, :reader31, :reader32));

-- manuscript_list_total (postgres): position() for instr().
SELECT count(*) AS total
  FROM manuscript m
 WHERE m.removed_at IS NULL
   AND (:site = 0 OR m.site = :site)
   AND (:site_column = 0 OR m.site_column = :site_column)
   AND (:unit = 0 OR m.unit = :unit)
   AND (:author = 0 OR m.author = :author)
   AND (:state = '' OR m.state = :state)
   AND (:item_class = '' OR m.item_class = :item_class)
   AND (:words = '' OR position(:words in m.title) > 0)
   AND m.changed_at >= :changed_from
   AND (:origin_from = 0 OR m.origin >= :origin_from)
   AND (:origin_until = 0 OR (m.origin > 0 AND m.origin <= :origin_until))
   AND EXISTS (SELECT 1 FROM manuscript_reader r
                WHERE r.manuscript = m.id
                  AND r.reader IN (:reader1, :reader2, :reader3, :reader4, :reader5, :reader6, :reader7,
                            :reader8, :reader9, :reader10, :reader11,
                            :reader12, :reader13, :reader14,
                            :reader15, :reader16, :reader17,
                            :reader18, :reader19, :reader20,
                            :reader21, :reader22, :reader23,
                            :reader24, :reader25, :reader26,
                            :reader27, :reader28, :reader29,
                            :reader30, :reader31, :reader32));
