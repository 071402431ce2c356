-- Several bodies on one installation: each has its own units, known to its own rulebook by
-- the rulebook's codes, and its own founding.

-- The code by which the body's rulebook knows the unit: unique in the body, while code is
-- unique in the installation.
ALTER TABLE people_unit ADD COLUMN known text NOT NULL DEFAULT '';
UPDATE people_unit SET known = code;
CREATE UNIQUE INDEX people_unit_known ON people_unit (body, known);

-- Further names of units, each once in its body.
CREATE TABLE people_name (
    body   bigint NOT NULL,       -- the unit at the root
    alias  text NOT NULL,
    unit   bigint NOT NULL REFERENCES people_unit (id),
    PRIMARY KEY (body, alias)
) STRICT;

CREATE INDEX people_name_unit ON people_name (unit);

INSERT INTO people_name (body, alias, unit)
SELECT u.body, a.alias, a.unit
  FROM people_alias a
  JOIN people_unit u ON u.id = a.unit;

DROP TABLE people_alias;

-- Bodies whose founding is over: from then on the machine's operator has no say over their
-- units and posts.
CREATE TABLE people_body (
    body        bigint NOT NULL PRIMARY KEY REFERENCES people_unit (id),
    founded_at  bigint NOT NULL
) STRICT;

INSERT INTO people_body (body, founded_at)
SELECT u.id, f.founded_at
  FROM people_unit u, people_founding f
 WHERE u.parent IS NULL;

-- An appointment with its person, post, unit and body, and whom it stands in for.
DROP VIEW people_holding;
CREATE VIEW people_holding AS
SELECT a.id, a.person, p.name, a.post, o.role, o.title, u.id AS unit, u.known AS unit_code,
       u.title AS unit_title, u.body, a.from_at, a.until_at, a.appointed_by, a.ended_by,
       a.reason, a.stands_for, s.person AS principal, sp.name AS principal_name
  FROM people_appointment a
  JOIN people_person p ON p.id = a.person
  JOIN people_post o ON o.id = a.post
  JOIN people_unit u ON u.id = o.unit
  LEFT JOIN people_appointment s ON s.id = a.stands_for
  LEFT JOIN people_person sp ON sp.id = s.person;

-- What a post of the whole body may read was admitted for any body ("ROLE@0000000000000");
-- it is one's own body's from now on ("ROLE@*" and the body's id as people meet it).
UPDATE manuscript_reader
   SET reader = substr(reader, 1, length(reader) - 13) || '*'
                || (SELECT substr(d.digits, CAST((u.id >> 60) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 55) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 50) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 45) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 40) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 35) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 30) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 25) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 20) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 15) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 10) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST((u.id >> 5) & 31 AS integer) + 1, 1)
                        || substr(d.digits, CAST(u.id & 31 AS integer) + 1, 1)
                      FROM people_unit u
                      CROSS JOIN (SELECT '0123456789abcdefghjkmnpqrstvwxyz' AS digits) d
                     WHERE u.parent IS NULL
                     ORDER BY u.id
                     LIMIT 1)
 WHERE substr(reader, length(reader) - 13) = '@0000000000000'
   AND EXISTS (SELECT 1 FROM people_unit);
