-- Statements of src/site.

-- site_group_insert: a new group.
INSERT INTO site_group (id, code, title, created_at)
VALUES (:id, :code, :title, :now);

-- site_group_first_row: the oldest group; one row.
SELECT id, code, title
  FROM site_group
 ORDER BY id
 LIMIT 1;

-- site_insert: a new site.
INSERT INTO site (id, site_group, code, title, title_en, kind, domain, id_code, body,
                  sponsor, contact, icp, police, theme, rulebook, rulebook_digest)
VALUES (:id, :site_group, :code, :title, :title_en, :kind, :domain, :id_code, :body,
        :sponsor, :contact, :icp, :police, :theme, :rulebook, :rulebook_digest);

-- site_change_row: other marks of a site; its code, group and rulebook stay.
UPDATE site
   SET title = :title, title_en = :title_en, domain = :domain, id_code = :id_code,
       sponsor = :sponsor, contact = :contact, icp = :icp, police = :police, theme = :theme
 WHERE id = :id;

-- site_set_theme: another theme for a site that wears what it is thought to.
UPDATE site
   SET theme = :theme
 WHERE id = :id AND theme = :former;

-- site_design_insert: a site was put on another design.
INSERT INTO site_design (id, site, theme, digest, former, former_digest, restored, reason,
                         changed_by, changed_at)
VALUES (:id, :site, :theme, :digest, :former, :former_digest, :restored, :reason, :person,
        :now);

-- site_design_rows: the changes of a site's design, newest first; at most 100.
SELECT theme, digest, former, former_digest, restored, reason, changed_by, changed_at
  FROM site_design
 WHERE site = :site
 ORDER BY changed_at DESC, id DESC
 LIMIT 100;

-- site_row: one site by id.
SELECT id, site_group, code, title, title_en, kind, domain, id_code, body,
       sponsor, contact, icp, police, theme, rulebook, rulebook_digest,
       (SELECT u.body FROM people_unit u WHERE u.id = site.body) AS root
  FROM site
 WHERE id = :id;

-- site_row_by_code: one site of a group by its code.
SELECT id, site_group, code, title, title_en, kind, domain, id_code, body,
       sponsor, contact, icp, police, theme, rulebook, rulebook_digest,
       (SELECT u.body FROM people_unit u WHERE u.id = site.body) AS root
  FROM site
 WHERE site_group = :site_group AND code = :code;

-- site_row_of_unit: the main site of a unit's body; the first, if it has several.
SELECT id, site_group, code, title, title_en, kind, domain, id_code, body,
       sponsor, contact, icp, police, theme, rulebook, rulebook_digest,
       (SELECT u.body FROM people_unit u WHERE u.id = site.body) AS root
  FROM site
 WHERE site_group = :site_group
   AND body IN (SELECT u.id
                  FROM people_unit u
                 WHERE u.body = (SELECT o.body FROM people_unit o WHERE o.id = :unit))
 ORDER BY CASE kind WHEN 'main' THEN 0 ELSE 1 END, id
 LIMIT 1;

-- site_unit_of_body: whether a unit is one of a body's; one row if so.
SELECT id
  FROM people_unit
 WHERE id = :unit AND body = :body;

-- site_rows: all sites of a group, the founding one first; at most 1000.
SELECT id, site_group, code, title, title_en, kind, domain, id_code, body,
       sponsor, contact, icp, police, theme, rulebook, rulebook_digest,
       (SELECT u.body FROM people_unit u WHERE u.id = site.body) AS root
  FROM site
 WHERE site_group = :site_group
 ORDER BY CASE code WHEN 'main' THEN 0 ELSE 1 END, code
 LIMIT 1000;

-- site_set_rulebook: put a rulebook version in force.
UPDATE site
   SET rulebook = :rulebook, rulebook_digest = :rulebook_digest
 WHERE id = :id;

-- site_value_set: what the body decided; a later value takes its place.
INSERT INTO site_value (site, code, value, given_by, given_at, sample)
VALUES (:site, :code, :value, :person, :now, :sample)
    ON CONFLICT (site, code)
    DO UPDATE SET value = excluded.value, given_by = excluded.given_by,
                  given_at = excluded.given_at, sample = excluded.sample;

-- site_value_rows: the values of a site; at most 100.
SELECT code, value, given_by, given_at, sample
  FROM site_value
 WHERE site = :site
 ORDER BY code
 LIMIT 100;

-- site_column_insert: a new column.
INSERT INTO site_column (id, site, parent, code, path, title, title_en, type, summary,
                         keywords, owner, position, is_open, on_home)
VALUES (:id, :site, :parent, :code, :path, :title, :title_en, :type, :summary,
        :keywords, :owner, :position, :is_open, :on_home);

-- site_merge_insert: a column that was merged into another.
INSERT INTO site_column_merge (site_column, into_column, merged_at)
VALUES (:site_column, :into_column, :now);

-- site_merge_row: into which column one was merged.
SELECT into_column
  FROM site_column_merge
 WHERE site_column = :site_column;

-- site_column_update: what may change of a column; its path never does.
UPDATE site_column
   SET title = :title, title_en = :title_en, type = :type, summary = :summary,
       keywords = :keywords, owner = :owner, position = :position, on_home = :on_home
 WHERE id = :id;

-- site_column_shut: close a column.
UPDATE site_column
   SET is_open = 0
 WHERE id = :id AND is_open = 1;

-- site_column_row: one column by id.
SELECT id, site, parent, code, path, title, title_en, type, summary, keywords, owner,
       position, is_open, on_home
  FROM site_column
 WHERE id = :id;

-- site_column_row_by_path: one column of a site by its path.
SELECT id, site, parent, code, path, title, title_en, type, summary, keywords, owner,
       position, is_open, on_home
  FROM site_column
 WHERE site = :site AND path = :path;

-- site_column_rows: the columns of a site, siblings by position; at most 5000.
SELECT id, site, parent, code, path, title, title_en, type, summary, keywords, owner,
       position, is_open, on_home
  FROM site_column
 WHERE site = :site
 ORDER BY position, code
 LIMIT 5000;

-- site_column_class_insert: a class the column takes.
INSERT INTO site_column_class (site_column, item_class)
VALUES (:site_column, :item_class);

-- site_column_class_clear: forget the classes before they are set anew.
DELETE FROM site_column_class
 WHERE site_column = :site_column;

-- site_column_class_rows: classes a column takes; at most 200.
SELECT item_class
  FROM site_column_class
 WHERE site_column = :site_column
 ORDER BY item_class
 LIMIT 200;

-- site_column_unit_insert: a unit that may submit.
INSERT INTO site_column_unit (site_column, unit)
VALUES (:site_column, :unit);

-- site_column_unit_clear: forget the units before they are set anew.
DELETE FROM site_column_unit
 WHERE site_column = :site_column;

-- site_column_unit_rows: units that may submit; at most 1000.
SELECT unit
  FROM site_column_unit
 WHERE site_column = :site_column
 ORDER BY unit
 LIMIT 1000;
