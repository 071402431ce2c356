-- Deputies: an appointment to a post that stands in for another for a period, and the
-- decision that says for whom it was taken.

-- The appointment it stands in for; NULL: the post is held in its own right.
ALTER TABLE people_appointment ADD COLUMN stands_for bigint;

-- The absent person in whose post was decided; NULL: the signer's own.
ALTER TABLE decision ADD COLUMN stands_for bigint;

CREATE INDEX people_appointment_deputy ON people_appointment (stands_for);

-- An appointment with its person, post and unit, and whom it stands in for.
CREATE VIEW people_holding AS
SELECT a.id, a.person, p.name, a.post, o.role, o.title, u.id AS unit, u.code AS unit_code,
       u.title AS unit_title, a.from_at, a.until_at, a.appointed_by, a.ended_by, a.reason,
       a.stands_for, s.person AS principal, sp.name AS principal_name
  FROM people_appointment a
  JOIN people_person p ON p.id = a.person
  JOIN people_post o ON o.id = a.post
  JOIN people_unit u ON u.id = o.unit
  LEFT JOIN people_appointment s ON s.id = a.stands_for
  LEFT JOIN people_person sp ON sp.id = s.person;
