-- Statements of src/notice.
--
-- Who holds a post is looked up where the duties are read, in people's own
-- tables: the desk is one query, and an appointment that ends takes its duties
-- off the desk at once.

-- notice_duty_insert: one duty.
INSERT INTO duty (id, site_group, subject_kind, subject, step, role, unit, person, site,
                  site_title, title, item_class, badge, act, remark, round, since, soft,
                  hard, due, unit_of_time, provisional, house, stopped, waiting, rule,
                  reminded_at, closed_at)
VALUES (:id, :group, :subject_kind, :subject, :step, :role, :unit, :person, :site,
        :site_title, :title, :item_class, :badge, :act, :remark, :round, :since, :soft,
        :hard, :due, :unit_of_time, :provisional, :house, :stopped, :waiting, :rule,
        0, NULL);

-- notice_duty_bar: a person is kept off a duty.
INSERT INTO duty_barred (duty, person)
VALUES (:duty, :person)
    ON CONFLICT DO NOTHING;

-- notice_duty_close_same: make room for one of the same key.
UPDATE duty
   SET closed_at = :now
 WHERE subject_kind = :kind AND subject = :subject AND step = :step AND role = :role
       AND unit = :unit AND person = :person AND closed_at IS NULL;

-- notice_duty_close_step: close those of one step.
UPDATE duty
   SET closed_at = :now
 WHERE subject_kind = :kind AND subject = :subject AND step = :step AND closed_at IS NULL;

-- notice_duty_close_all: close those of all steps.
UPDATE duty
   SET closed_at = :now
 WHERE subject_kind = :kind AND subject = :subject AND closed_at IS NULL;

-- notice_duty_set_clock: the clock of a subject's duties stops or runs again.
UPDATE duty
   SET soft = :soft, hard = :hard, due = :due, unit_of_time = :unit_of_time,
       provisional = :provisional, house = :house, stopped = :stopped, waiting = :waiting
 WHERE subject_kind = :kind AND subject = :subject AND closed_at IS NULL;

-- notice_duty_stop_clock: it stops and keeps its limits to be shown.
UPDATE duty
   SET due = 9223372036854775807, stopped = 1, waiting = :waiting
 WHERE subject_kind = :kind AND subject = :subject AND closed_at IS NULL;

-- notice_duty_set_reminded: the holders of a duty were reminded.
UPDATE duty
   SET reminded_at = :now
 WHERE id = :id;

-- notice_duty_select: one duty, open or closed.
SELECT id, site_group, subject_kind, subject, step, role, unit, person, site, site_title,
       title, item_class, badge, act, remark, round, since, soft, hard, unit_of_time,
       provisional, house, stopped, waiting, rule, reminded_at, closed_at
  FROM duty
 WHERE id = :id;

-- notice_duty_of: the open duties of a subject; as many as its step has holders' posts.
SELECT id, site_group, subject_kind, subject, step, role, unit, person, site, site_title,
       title, item_class, badge, act, remark, round, since, soft, hard, unit_of_time,
       provisional, house, stopped, waiting, rule, reminded_at, closed_at
  FROM duty
 WHERE subject_kind = :kind AND subject = :subject AND closed_at IS NULL
 ORDER BY since, id
 LIMIT 201;

-- notice_waiting_rows: the open duties of several subjects, the oldest first; as many as
-- their steps have holders' posts.
SELECT id, site_group, subject_kind, subject, step, role, unit, person, site, site_title,
       title, item_class, badge, act, remark, round, since, soft, hard, unit_of_time,
       provisional, house, stopped, waiting, rule, reminded_at, closed_at
  FROM duty
 WHERE subject_kind = :kind AND closed_at IS NULL
   AND subject IN (:subject1, :subject2, :subject3, :subject4, :subject5,
                     :subject6, :subject7, :subject8, :subject9, :subject10,
                     :subject11, :subject12, :subject13, :subject14, :subject15,
                     :subject16, :subject17, :subject18, :subject19, :subject20)
 ORDER BY since, id
 LIMIT 201;

-- notice_waiting_holders: who must fulfil several duties by the role they name; in no unit
-- it is anybody who holds the role.  A person with two such posts stands there twice.
SELECT d.id AS duty, p.id AS person, p.name
  FROM duty d
  JOIN people_post o ON o.role = d.role AND o.unit >= d.unit
                    AND o.unit <= CASE WHEN d.unit > 0 THEN d.unit
                                       ELSE 9223372036854775807 END
  JOIN people_unit u ON u.id = o.unit AND d.unit IN (u.id, 0, -u.body)
  JOIN people_appointment a ON a.post = o.id AND a.until_at > :now AND a.from_at <= :now
  JOIN people_person p ON p.id = a.person
 WHERE d.id IN (:duty1, :duty2, :duty3, :duty4, :duty5, :duty6, :duty7, :duty8, :duty9,
                :duty10, :duty11, :duty12, :duty13, :duty14, :duty15, :duty16, :duty17,
                :duty18, :duty19, :duty20)
   AND NOT EXISTS (SELECT 1 FROM duty_barred b WHERE b.duty = d.id AND b.person = a.person)
 ORDER BY d.id, a.from_at, a.id;

-- notice_duty_late: open duties of a group whose limit has passed, longest first.
SELECT id, site_group, subject_kind, subject, step, role, unit, person, site, site_title,
       title, item_class, badge, act, remark, round, since, soft, hard, unit_of_time,
       provisional, house, stopped, waiting, rule, reminded_at, closed_at
  FROM duty
 WHERE site_group = :group AND due <= :now AND closed_at IS NULL
 ORDER BY due, id
 LIMIT 201;

-- notice_duty_is_barred: at most one row.
SELECT person
  FROM duty_barred
 WHERE duty = :duty AND person = :person;

-- notice_desk_rows: what a person can act on now: duties of the posts held, and the
-- person's own, earliest end first.
SELECT d.id, d.site_group, d.subject_kind, d.subject, d.step, d.role, d.unit, d.person,
       d.site, d.site_title, d.title, d.item_class, d.badge, d.act, d.remark, d.round,
       d.since, d.soft, d.hard, d.unit_of_time, d.provisional, d.house, d.stopped,
       d.waiting, d.rule, d.reminded_at, d.closed_at
  FROM duty d
 WHERE d.id IN (SELECT o.id
                  FROM people_appointment a
                  JOIN people_post p ON p.id = a.post
                  JOIN people_unit u ON u.id = p.unit
                  JOIN duty o ON o.role IN (p.role, '') AND o.unit IN (p.unit, 0, -u.body)
                                 AND o.person = 0 AND o.closed_at IS NULL
                 WHERE a.person = :person AND a.until_at > :now AND a.from_at <= :now
                       AND p.closed_at IS NULL
                 UNION
                SELECT m.id
                  FROM duty m
                 WHERE m.person = :person AND m.closed_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM duty_barred b
                        WHERE b.duty = d.id AND b.person = :person)
 ORDER BY d.due, d.since, d.id
 LIMIT 201;

-- notice_desk_sums: how many these are, how many late, and the next end; one row.
SELECT count(*) AS open,
       coalesce(sum(CASE WHEN d.due <= :now THEN 1 ELSE 0 END), 0) AS late,
       coalesce(min(CASE WHEN d.due > :now THEN d.due END), 9223372036854775807) AS next
  FROM duty d
 WHERE d.id IN (SELECT o.id
                  FROM people_appointment a
                  JOIN people_post p ON p.id = a.post
                  JOIN people_unit u ON u.id = p.unit
                  JOIN duty o ON o.role IN (p.role, '') AND o.unit IN (p.unit, 0, -u.body)
                                 AND o.person = 0 AND o.closed_at IS NULL
                 WHERE a.person = :person AND a.until_at > :now AND a.from_at <= :now
                       AND p.closed_at IS NULL
                 UNION
                SELECT m.id
                  FROM duty m
                 WHERE m.person = :person AND m.closed_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM duty_barred b
                        WHERE b.duty = d.id AND b.person = :person);

-- notice_desk_has: whether one of these is about a subject at a step; at most one row.
SELECT d.id
  FROM duty d
 WHERE d.subject_kind = :kind AND d.subject = :subject AND d.step = :step
       AND d.closed_at IS NULL
       AND (d.person = :person
            OR (d.person = 0
                AND EXISTS (SELECT 1
                              FROM people_appointment a
                              JOIN people_post p ON p.id = a.post
                              JOIN people_unit u ON u.id = p.unit
                             WHERE a.person = :person AND a.until_at > :now
                                   AND a.from_at <= :now AND p.closed_at IS NULL
                                   AND (d.role = p.role OR d.role = '')
                                   AND d.unit IN (p.unit, 0, -u.body))))
       AND NOT EXISTS (SELECT 1 FROM duty_barred b
                        WHERE b.duty = d.id AND b.person = :person)
 ORDER BY d.id
 LIMIT 1;

-- notice_waited_for: persons with something on their desk, for the digest; as many as
-- there are people at most.
SELECT a.person
  FROM (SELECT DISTINCT o.role, o.unit
          FROM duty o
         WHERE o.closed_at IS NULL AND o.person = 0) d
  JOIN people_unit u ON d.unit IN (u.id, 0, -u.body)
  JOIN people_post p ON p.unit = u.id AND (d.role = p.role OR d.role = '')
  JOIN people_appointment a ON a.post = p.id
 WHERE p.closed_at IS NULL AND a.until_at > :now AND a.from_at <= :now
 UNION
SELECT m.person
  FROM duty m
 WHERE m.closed_at IS NULL AND m.person > 0
 ORDER BY person;

-- notice_news_insert: something happened.
INSERT INTO news (id, person, subject_kind, subject, words, title, who, remark, at, seen)
VALUES (:id, :person, :subject_kind, :subject, :words, :title, :who, :remark, :at, 0);

-- notice_news_page: newest first.
SELECT id, person, subject_kind, subject, words, title, who, remark, at, seen
  FROM news
 WHERE person = :person AND id < :before
 ORDER BY id DESC
 LIMIT 51;

-- notice_news_count: what was not seen; one row.
SELECT count(*) AS unseen
  FROM news
 WHERE person = :person AND seen = 0;

-- notice_news_set_seen: all of it was.
UPDATE news
   SET seen = 1
 WHERE person = :person AND seen = 0;
