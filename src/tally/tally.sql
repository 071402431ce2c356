-- Statements of src/tally.  It counts what other rooms have written and changes none of it.

-- tally_entries: acts on manuscripts in a span, by unit, class and column.
SELECT m.unit, m.item_class, m.site_column, e.act, COUNT(*) AS number
  FROM ledger_entry e
  JOIN manuscript m ON m.id = e.subject
 WHERE e.site_group = :group AND e.at >= :from AND e.at < :until AND e.outcome = 0
   AND e.subject_kind = 'manuscript'
   AND e.act IN ('review.submit', 'publication.release', 'publication.withdraw',
                 'notice.late')
 GROUP BY m.unit, m.item_class, m.site_column, e.act
 ORDER BY m.unit, m.item_class, m.site_column, e.act;

-- tally_decisions: decisions in a span, by unit, class, column and what they were.
SELECT m.unit, m.item_class, m.site_column, r.rulebook_digest, r.route, d.step, d.outcome,
       COUNT(*) AS number
  FROM decision d
  JOIN review_run r ON r.id = d.run
  JOIN manuscript m ON m.id = d.subject
 WHERE d.subject_kind = 'manuscript' AND r.site_group = :group
   AND d.at >= :from AND d.at < :until AND d.turn IS NOT NULL
 GROUP BY m.unit, m.item_class, m.site_column, r.rulebook_digest, r.route, d.step, d.outcome
 ORDER BY m.unit, m.item_class, m.site_column;

-- tally_released_rows: items that came before the public in a span, by item and column; the
-- row is that of the first release there; at most 20000.
SELECT r.manuscript, m.unit, r.site_column, MIN(r.title) AS title,
       MIN(r.released_at) AS at
  FROM publication_release r
  JOIN manuscript m ON m.id = r.manuscript
 WHERE r.site_group = :group AND r.number > 0 AND r.migrated = 0
       AND m.unit BETWEEN :unit_low AND :unit_high
 GROUP BY r.manuscript, m.unit, r.site_column
HAVING MIN(r.released_at) >= :from AND MIN(r.released_at) < :until
 ORDER BY r.manuscript, MIN(r.released_at), r.site_column
 LIMIT 20000;

-- tally_paper: signatures on paper of a span, oldest first; at most 5000.
SELECT d.subject, d.step, d.person, d.face_day, d.paper_number, d.entered_by,
       d.confirmed_by, r.rulebook_digest, r.route
  FROM decision d
  JOIN review_run r ON r.id = d.run
 WHERE d.subject_kind = 'manuscript' AND r.site_group = :group AND d.channel <> 'system'
   AND d.at >= :from AND d.at < :until
 ORDER BY d.at, d.id
 LIMIT 5000;

-- tally_empty: open columns of a site in which nothing public stands; at most 500.
SELECT c.id, c.path, c.title, c.owner
  FROM site_column c
 WHERE c.site = :site AND c.is_open = 1
   AND NOT EXISTS (SELECT 1
                     FROM publication_release r
                    WHERE r.site_column = c.id AND r.state IN ('live', 'expired'))
   AND NOT EXISTS (SELECT 1 FROM site_column b WHERE b.parent = c.id)
 ORDER BY c.path
 LIMIT 500;

-- view_merge: note a drop of counted views as merged, once; no row changes for one that was.
INSERT INTO view_run (run, last, drops, views, at)
VALUES (:run, :number, 1, :views, :now)
ON CONFLICT (run) DO UPDATE
   SET last = excluded.last, drops = view_run.drops + 1,
       views = view_run.views + excluded.views, at = excluded.at
 WHERE view_run.last < excluded.last;

-- view_add: views of one page on one day.
INSERT INTO page_view (site, day, site_column, manuscript, readers, robots, staff)
VALUES (:site, :day, :column, :manuscript, :readers, :robots, :staff)
ON CONFLICT (site, day, site_column, manuscript) DO UPDATE
   SET readers = page_view.readers + excluded.readers,
       robots = page_view.robots + excluded.robots,
       staff = page_view.staff + excluded.staff;

-- view_item: the item that stands, or last stood, at an address.
SELECT manuscript, site_column
  FROM publication_release
 WHERE site = :site AND path = :path
 ORDER BY released_at DESC, id DESC
 LIMIT 1;

-- view_title: what an item is called in public, where it still is.
SELECT title, path
  FROM publication_release
 WHERE manuscript = :manuscript AND site = :site AND state IN ('live', 'expired')
 ORDER BY released_at DESC, id DESC
 LIMIT 1;

-- view_by_site: views in a span by site.
SELECT v.site, CAST(SUM(v.readers) AS bigint) AS readers,
       CAST(SUM(v.robots) AS bigint) AS robots, CAST(SUM(v.staff) AS bigint) AS staff
  FROM page_view v
  JOIN site s ON s.id = v.site
 WHERE s.site_group = :group AND v.day >= :from AND v.day < :until
 GROUP BY v.site
 ORDER BY v.site;

-- view_by_column: views in a span by column, its items among them; column 0 is the home
-- page; at most 2000.
SELECT v.site, v.site_column, COALESCE(c.title, '') AS title, COALESCE(c.path, '') AS path,
       CAST(SUM(v.readers) AS bigint) AS readers,
       CAST(SUM(v.robots) AS bigint) AS robots, CAST(SUM(v.staff) AS bigint) AS staff
  FROM page_view v
  JOIN site s ON s.id = v.site
  LEFT JOIN site_column c ON c.id = v.site_column
 WHERE s.site_group = :group AND v.site BETWEEN :site_low AND :site_high
   AND v.day >= :from AND v.day < :until
 GROUP BY v.site, v.site_column, c.title, c.path
 ORDER BY v.site, COALESCE(c.path, '')
 LIMIT 2000;

-- view_by_item: the items that readers looked at most in a span; at most so many.
SELECT v.site, v.site_column, v.manuscript, COALESCE(c.title, '') AS column_title,
       CAST(SUM(v.readers) AS bigint) AS readers,
       CAST(SUM(v.robots) AS bigint) AS robots, CAST(SUM(v.staff) AS bigint) AS staff
  FROM page_view v
  JOIN site s ON s.id = v.site
  LEFT JOIN site_column c ON c.id = v.site_column
 WHERE s.site_group = :group AND v.site BETWEEN :site_low AND :site_high
   AND v.day >= :from AND v.day < :until AND v.manuscript <> 0
 GROUP BY v.site, v.site_column, v.manuscript, c.title
 ORDER BY SUM(v.readers) DESC, v.manuscript, v.site_column
 LIMIT :most;

-- view_check: what is shown, what was merged, and runs of which more was merged than came.
SELECT CAST((SELECT COALESCE(SUM(readers + robots + staff), 0) FROM page_view) AS bigint)
           AS shown,
       CAST((SELECT COALESCE(SUM(views), 0) FROM view_run) AS bigint) AS merged,
       (SELECT COUNT(*) FROM view_run WHERE drops > last) AS doubled;

-- catalogue_insert: one entry, drawn up.
INSERT INTO catalogue_entry (id, site_group, unit, title, kind, days, site_column, item_class,
                             responsible, drawn_by, drawn_at, approved_by, approved_at,
                             ended_by, ended_at)
VALUES (:id, :group, :unit, :title, :kind, :days, :column, :item_class,
        :responsible, :person, :now, NULL, NULL, NULL, NULL);

-- catalogue_set_approved: in force from now on, once.
UPDATE catalogue_entry
   SET approved_by = :person, approved_at = :now
 WHERE id = :id AND approved_at IS NULL AND ended_at IS NULL;

-- catalogue_set_ended: no longer, once.
UPDATE catalogue_entry
   SET ended_by = :person, ended_at = :now
 WHERE id = :id AND ended_at IS NULL;

-- catalogue_row: one entry, with the newest release that counts for it.
SELECT c.id, c.site_group, c.unit, c.title, c.kind, c.days, c.site_column, c.item_class,
       c.responsible, c.drawn_by, c.drawn_at, c.approved_by, c.approved_at, c.ended_at,
       COALESCE((SELECT MAX(r.released_at)
                   FROM publication_release r
                   JOIN manuscript m ON m.id = r.manuscript
                  WHERE r.site_group = c.site_group AND r.number > 0 AND m.unit = c.unit
                    AND (c.site_column IS NULL OR r.site_column = c.site_column)
                    AND (c.item_class = '' OR m.item_class = c.item_class)), 0) AS last
  FROM catalogue_entry c
 WHERE c.id = :id;

-- catalogue_rows: entries of a group in force or drawn up, of one unit or of all.
SELECT c.id, c.site_group, c.unit, c.title, c.kind, c.days, c.site_column, c.item_class,
       c.responsible, c.drawn_by, c.drawn_at, c.approved_by, c.approved_at, c.ended_at,
       COALESCE((SELECT MAX(r.released_at)
                   FROM publication_release r
                   JOIN manuscript m ON m.id = r.manuscript
                  WHERE r.site_group = c.site_group AND r.number > 0 AND m.unit = c.unit
                    AND (c.site_column IS NULL OR r.site_column = c.site_column)
                    AND (c.item_class = '' OR m.item_class = c.item_class)), 0) AS last
  FROM catalogue_entry c
 WHERE c.site_group = :group AND c.ended_at IS NULL
       AND c.unit BETWEEN :unit_low AND :unit_high
 ORDER BY c.unit, c.title, c.id
 LIMIT 1000;

-- catalogue_missing: open units below a body that have no approved entry; at most 500.
SELECT u.id
  FROM people_unit u
 WHERE u.parent IS NOT NULL AND u.closed_at IS NULL
   AND NOT EXISTS (SELECT 1
                     FROM catalogue_entry c
                    WHERE c.site_group = :group AND c.unit = u.id
                      AND c.approved_at IS NOT NULL AND c.ended_at IS NULL)
 ORDER BY u.id
 LIMIT 500;

-- renewal_insert: something more to watch.
INSERT INTO renewal_watch (id, site_group, site, cadence, terms, subject_kind, subject, since,
                           window_from, window_until, late_since, ended_at)
VALUES (:id, :group, :site, :cadence, :terms, :kind, :subject, :since,
        :from, :until, 0, NULL);

-- renewal_site_lock: a site, held while it is settled what is watched there.
SELECT id FROM site WHERE id = :site FOR UPDATE;

-- renewal_row: one watch, held to the end of the act.
SELECT id, site_group, site, cadence, terms, subject_kind, subject, since, window_from,
       window_until, late_since
  FROM renewal_watch
 WHERE id = :id AND ended_at IS NULL
   FOR UPDATE;

-- renewal_look: the same, for looking.
SELECT id, site_group, site, cadence, terms, subject_kind, subject, since, window_from,
       window_until, late_since
  FROM renewal_watch
 WHERE id = :id AND ended_at IS NULL;

-- renewal_rows: what is watched at a site; at most 2000.
SELECT id, site_group, site, cadence, terms, subject_kind, subject, since, window_from,
       window_until, late_since
  FROM renewal_watch
 WHERE site = :site AND ended_at IS NULL
 ORDER BY subject_kind, subject, cadence, id
 LIMIT 2000;

-- renewal_of: watches that a release of a unit in a column of a site may answer; at most 2000.
SELECT id
  FROM renewal_watch
 WHERE site = :site AND ended_at IS NULL
   AND ((subject_kind = 'column' AND subject = :column) OR subject_kind = 'site'
        OR (subject_kind = 'unit' AND subject = :unit))
 ORDER BY id
 LIMIT 2000;

-- renewal_ended: watches whose window has ended and was not judged; at most 200.
SELECT id
  FROM renewal_watch
 WHERE ended_at IS NULL AND window_until <= :now AND late_since <> window_until
 ORDER BY window_until, id
 LIMIT 200;

-- renewal_set: where it stands.
UPDATE renewal_watch
   SET window_from = :from, window_until = :until, late_since = :late
 WHERE id = :id;

-- renewal_end: it is no longer asked for.
UPDATE renewal_watch SET ended_at = :now WHERE id = :id;

-- renewal_miss_insert: a window that passed without enough, once.
INSERT INTO renewal_miss (id, watch, window_from, window_until, least, counted, noted_at)
VALUES (:id, :watch, :from, :until, :least, :counted, :now)
ON CONFLICT DO NOTHING;

-- renewal_misses: those of one watch, newest first; at most 100.
SELECT window_from, window_until, least, counted, noted_at
  FROM renewal_miss
 WHERE watch = :watch
 ORDER BY window_from DESC, window_until DESC
 LIMIT 100;

-- renewal_miss_counts: how many each watch of a site has.
SELECT m.watch, COUNT(*) AS number
  FROM renewal_miss m
  JOIN renewal_watch w ON w.id = m.watch
 WHERE w.site = :site AND w.ended_at IS NULL
 GROUP BY m.watch;

-- renewal_count_column: items, and days with a release, of a column in a window.
SELECT COUNT(DISTINCT manuscript) AS items,
       COUNT(DISTINCT (released_at + 28800000000) / 86400000000) AS days
  FROM publication_release
 WHERE site_column = :subject AND released_at >= :from AND released_at < :until
   AND number > 0 AND state IN ('live', 'expired');

-- renewal_count_home: the same of the columns on a home page.
SELECT COUNT(DISTINCT r.manuscript) AS items,
       COUNT(DISTINCT (r.released_at + 28800000000) / 86400000000) AS days
  FROM site_column c
  JOIN publication_release r ON r.site_column = c.id
 WHERE c.site = :subject AND c.on_home = 1
   AND r.released_at >= :from AND r.released_at < :until
   AND r.number > 0 AND r.state IN ('live', 'expired');

-- renewal_count_unit: the same of what a unit released at a site.
SELECT COUNT(DISTINCT r.manuscript) AS items,
       COUNT(DISTINCT (r.released_at + 28800000000) / 86400000000) AS days
  FROM publication_release r
  JOIN manuscript m ON m.id = r.manuscript
 WHERE r.site = :site AND r.state IN ('live', 'expired')
   AND r.released_at >= :from AND r.released_at < :until
   AND r.number > 0 AND m.unit = :subject;

-- renewal_newest_column: the last release of a column in a window.
SELECT released_at AS at
  FROM publication_release
 WHERE site_column = :subject AND released_at >= :from AND released_at < :until
   AND number > 0 AND state IN ('live', 'expired')
 ORDER BY released_at DESC
 LIMIT 1;

-- renewal_oldest_column: the first one.
SELECT released_at AS at
  FROM publication_release
 WHERE site_column = :subject AND released_at >= :from AND released_at < :until
   AND number > 0 AND state IN ('live', 'expired')
 ORDER BY released_at
 LIMIT 1;

-- renewal_newest_home: the last release of the columns on a home page in a window.
SELECT COALESCE(MAX((SELECT r.released_at
                       FROM publication_release r
                      WHERE r.site_column = c.id
                        AND r.released_at >= :from AND r.released_at < :until
                        AND r.number > 0 AND r.state IN ('live', 'expired')
                      ORDER BY r.released_at DESC
                      LIMIT 1)), 0) AS at
  FROM site_column c
 WHERE c.site = :subject AND c.on_home = 1;

-- renewal_oldest_home: the first one.
SELECT COALESCE(MIN((SELECT r.released_at
                       FROM publication_release r
                      WHERE r.site_column = c.id
                        AND r.released_at >= :from AND r.released_at < :until
                        AND r.number > 0 AND r.state IN ('live', 'expired')
                      ORDER BY r.released_at
                      LIMIT 1)), 0) AS at
  FROM site_column c
 WHERE c.site = :subject AND c.on_home = 1;

-- renewal_check_insert: the owner looked, and nothing has changed.
INSERT INTO renewal_check (id, watch, checked_by, checked_at)
VALUES (:id, :watch, :person, :now);

-- renewal_check_count: how often that was said in a window.
SELECT COUNT(*) AS number
  FROM renewal_check
 WHERE watch = :watch AND checked_at >= :from AND checked_at < :until;
