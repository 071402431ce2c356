-- A unit is sought by its title within its body in every decision whose role is bound to it.
CREATE INDEX people_unit_title ON people_unit (body, title);
