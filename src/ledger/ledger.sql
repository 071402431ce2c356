-- Statements of src/ledger.

-- ledger_head_lock: where a chain ends, held until the end of the transaction.
SELECT profile, sequence, at, hash
  FROM ledger_head
 WHERE site_group = :group
   FOR UPDATE;

-- ledger_head_read: where a chain ends; at most one row.
SELECT profile, sequence, at, hash
  FROM ledger_head
 WHERE site_group = :group;

-- ledger_head_insert: begin a chain; nothing if it has begun.
INSERT INTO ledger_head (site_group, profile, sequence, at, hash)
VALUES (:group, :profile, 0, 0, '')
    ON CONFLICT DO NOTHING;

-- ledger_head_move: the chain has grown by one.
UPDATE ledger_head
   SET sequence = :sequence, at = :at, hash = :hash
 WHERE site_group = :group;

-- ledger_heads: all chains; as many as there are site groups.
SELECT site_group
  FROM ledger_head
 ORDER BY site_group;

-- ledger_entry_insert: one act.
INSERT INTO ledger_entry (site_group, sequence, version, at, person, post, door, act,
                          subject_kind, subject, outcome, digest, payload_digest, wish,
                          rule, previous, hash)
VALUES (:group, :sequence, :version, :at, :person, :post, :door, :act,
        :subject_kind, :subject, :outcome, :digest, :payload_digest, :wish,
        :rule, :previous, :hash);

-- ledger_payload_insert: what the act said.
INSERT INTO ledger_payload (site_group, sequence, salt, payload)
VALUES (:group, :sequence, :salt, :payload);

-- ledger_payload_state: whether a payload is still there; at most one row.
SELECT sequence, erased_by
  FROM ledger_payload
 WHERE site_group = :group AND sequence = :sequence
   FOR UPDATE;

-- ledger_payload_erase: salt and payload go, the entry stays.
UPDATE ledger_payload
   SET salt = NULL, payload = NULL, erased_by = :erased_by
 WHERE site_group = :group AND sequence = :sequence AND erased_by IS NULL;

-- ledger_wish_find: what a wish already did; at most one row.
SELECT sequence
  FROM ledger_entry
 WHERE site_group = :group AND person = :person AND wish = :wish AND wish <> '';

-- ledger_entry_select: one entry.
SELECT e.site_group, e.sequence, e.version, e.at, e.person, e.post, e.door, e.act,
       e.subject_kind, e.subject, e.outcome, e.digest, e.payload_digest, e.wish,
       e.rule, e.previous, e.hash, p.salt, p.payload, p.erased_by
  FROM ledger_entry e
  LEFT JOIN ledger_payload p ON p.site_group = e.site_group AND p.sequence = e.sequence
 WHERE e.site_group = :group AND e.sequence = :sequence;

-- ledger_entries_after: a chain from a place on, oldest first; at most :most rows.
SELECT e.site_group, e.sequence, e.version, e.at, e.person, e.post, e.door, e.act,
       e.subject_kind, e.subject, e.outcome, e.digest, e.payload_digest, e.wish,
       e.rule, e.previous, e.hash, p.salt, p.payload, p.erased_by
  FROM ledger_entry e
  LEFT JOIN ledger_payload p ON p.site_group = e.site_group AND p.sequence = e.sequence
 WHERE e.site_group = :group AND e.sequence > :after
 ORDER BY e.sequence
 LIMIT :most;

-- ledger_entries_filtered: a chain, newest first; at most :most rows.
SELECT e.site_group, e.sequence, e.version, e.at, e.person, e.post, e.door, e.act,
       e.subject_kind, e.subject, e.outcome, e.digest, e.payload_digest, e.wish,
       e.rule, e.previous, e.hash, p.salt, p.payload, p.erased_by
  FROM ledger_entry e
  LEFT JOIN ledger_payload p ON p.site_group = e.site_group AND p.sequence = e.sequence
 WHERE e.site_group = :group AND e.sequence < :before
   AND e.at >= :from AND e.at < :until
   AND e.act >= :act_low AND e.act <= :act_high
   AND e.person >= :person_low AND e.person <= :person_high
   AND e.subject_kind >= :kind_low AND e.subject_kind <= :kind_high
   AND e.subject >= :subject_low AND e.subject <= :subject_high
 ORDER BY e.sequence DESC
 LIMIT :most;

-- ledger_entries_of_subject: what was done to one thing, newest first; :most rows.
SELECT e.site_group, e.sequence, e.version, e.at, e.person, e.post, e.door, e.act,
       e.subject_kind, e.subject, e.outcome, e.digest, e.payload_digest, e.wish,
       e.rule, e.previous, e.hash, p.salt, p.payload, p.erased_by
  FROM ledger_entry e
  LEFT JOIN ledger_payload p ON p.site_group = e.site_group AND p.sequence = e.sequence
 WHERE e.subject = :subject AND e.subject_kind = :kind AND e.outcome = 0
 ORDER BY e.sequence DESC
 LIMIT :most;

-- ledger_rules_counted: how often each rule was applied and how often it said no in a
-- time; one row a rule.
SELECT rule, sum(CASE WHEN outcome = 0 THEN 1 ELSE 0 END) AS done,
       sum(CASE WHEN outcome = 0 THEN 0 ELSE 1 END) AS refused
  FROM ledger_entry
 WHERE site_group = :group AND at >= :from AND at < :until AND rule IS NOT NULL
   AND rule <> ''
 GROUP BY rule
 ORDER BY rule
 LIMIT 1000;

-- ledger_erasure_find: the entry that records an erasure; at most one row.
SELECT sequence
  FROM ledger_entry
 WHERE site_group = :group AND sequence = :sequence AND act = 'ledger.erase'
   AND subject_kind = 'entry' AND subject = :subject;

-- ledger_refusals_lock: a person's refusals of this minute; at most one row.
SELECT since, written, withheld
  FROM ledger_refusals
 WHERE site_group = :group AND person = :person
   FOR UPDATE;

-- ledger_refusals_insert: a person's first refusal.
INSERT INTO ledger_refusals (site_group, person, since, written, withheld)
VALUES (:group, :person, :since, 0, 0)
    ON CONFLICT DO NOTHING;

-- ledger_refusals_set: count on.
UPDATE ledger_refusals
   SET since = :since, written = :written, withheld = :withheld
 WHERE site_group = :group AND person = :person;

-- ledger_cursor_read: how far a reaction has come; at most one row.
SELECT sequence
  FROM reaction_cursor
 WHERE name = :name AND site_group = :group;

-- ledger_cursor_insert: a reaction's first step; nothing if it has a cursor.
INSERT INTO reaction_cursor (name, site_group, sequence)
VALUES (:name, :group, 0)
    ON CONFLICT DO NOTHING;

-- ledger_cursor_move: one step, if nobody else has made it.
UPDATE reaction_cursor
   SET sequence = :to
 WHERE name = :name AND site_group = :group AND sequence = :from;

-- ledger_verification_insert: a verification somebody asked for.
INSERT INTO ledger_verification (id, site_group, asked_by, asked_at, done, total, ended_at,
                                 fault, bad_group, bad)
VALUES (:id, :group, :person, :now, 0, :total, NULL, 'whole', 0, 0);

-- ledger_verification_step: how far it has come.
UPDATE ledger_verification
   SET done = :done
 WHERE id = :id;

-- ledger_verification_end: what it found.
UPDATE ledger_verification
   SET done = :done, ended_at = :now, fault = :fault, bad_group = :bad_group, bad = :bad
 WHERE id = :id;

-- ledger_verification_newest: the newest of a group; one row.
SELECT id, asked_by, asked_at, done, total, ended_at, fault, bad_group, bad
  FROM ledger_verification
 WHERE site_group = :group
 ORDER BY asked_at DESC, id DESC
 LIMIT 1;

-- ledger_verification_group: whose chain one is about.
SELECT site_group
  FROM ledger_verification
 WHERE id = :id;
