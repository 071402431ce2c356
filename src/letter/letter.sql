-- Statements of src/letter.

-- letter_mailbox_begin: a mailbox, since when; no row changes for one that has begun.
INSERT INTO letter_mailbox (site_group, body, mailbox, since)
VALUES (:group, :body, :mailbox, :since)
ON CONFLICT (site_group, body, mailbox) DO NOTHING;

-- letter_mailbox_row: since when there is a mailbox.
SELECT since
  FROM letter_mailbox
 WHERE site_group = :group AND body = :body AND mailbox = :mailbox;

-- letter_mailbox_rows: the mailboxes that ever began in a body; at most 100.
SELECT mailbox
  FROM letter_mailbox
 WHERE site_group = :group AND body = :body
 ORDER BY mailbox
 LIMIT 100;

-- letter_insert: one letter, as it is entered.
INSERT INTO letter (id, site_group, body, mailbox, year, number, shown, title, words, writer,
                    contact, channel, received_at, entered_by, entered_at, state, unit, due,
                    pass_due, refer_due, transferred_at, referred_at, answer, answered_by,
                    answered_at, told_how, told_at)
VALUES (:id, :group, :body, :mailbox, :year, :number, :shown, :title, :words, :writer,
        :contact, :channel, :received_at, :person, :now, :state, :unit, :due,
        :pass_due, :refer_due, NULL, NULL, '', NULL,
        NULL, '', NULL);

-- letter_lock: the letter's row, held to the end of the act.
SELECT id FROM letter WHERE id = :id FOR UPDATE;

-- letter_set_place: where it lies from now on, and until when it is to be answered.
UPDATE letter
   SET state = :state, unit = :unit, due = :due, transferred_at = :transferred_at
 WHERE id = :id;

-- letter_set_referred: asked of those above; it stays open without an end.
UPDATE letter
   SET referred_at = :now, due = NULL
 WHERE id = :id;

-- letter_set_answer: what its writer is told.
UPDATE letter
   SET state = :state, answer = :answer, answered_by = :person, answered_at = :now
 WHERE id = :id;

-- letter_set_told: its writer was told.
UPDATE letter
   SET state = :state, told_how = :how, told_at = :at
 WHERE id = :id;

-- letter_move_insert: one step of its way.
INSERT INTO letter_move (id, letter, act, unit, reason, person, at, late)
VALUES (:id, :letter, :act, :unit, :reason, :person, :at, :late);

-- letter_move_rows: the steps of its way, in order; at most 500.
SELECT act, unit, reason, person, at, late
  FROM letter_move
 WHERE letter = :letter
 ORDER BY at, id
 LIMIT 500;

-- letter_row: one letter.
SELECT l.id, l.site_group, l.body, l.mailbox, l.shown, l.title, l.words, l.writer,
       l.contact, l.channel, l.received_at, l.entered_by, l.entered_at, l.state, l.unit,
       l.due, l.pass_due, l.refer_due, l.transferred_at, l.referred_at, l.answer,
       l.answered_by, l.answered_at, l.told_how, l.told_at,
       (SELECT COUNT(*) FROM letter_move m WHERE m.letter = l.id AND m.late = 1) AS lates
  FROM letter l
 WHERE l.id = :id;

-- letter_rows: the letters of a body, of one mailbox or of all (''), newest receipt first;
-- at most 1000.
SELECT l.id, l.site_group, l.body, l.mailbox, l.shown, l.title, l.words, l.writer,
       l.contact, l.channel, l.received_at, l.entered_by, l.entered_at, l.state, l.unit,
       l.due, l.pass_due, l.refer_due, l.transferred_at, l.referred_at, l.answer,
       l.answered_by, l.answered_at, l.told_how, l.told_at,
       (SELECT COUNT(*) FROM letter_move m WHERE m.letter = l.id AND m.late = 1) AS lates
  FROM letter l
 WHERE l.site_group = :group AND l.body = :body
       AND (:mailbox = '' OR l.mailbox = :mailbox)
 ORDER BY l.received_at DESC, l.id DESC
 LIMIT 1000;

-- letter_counts: how many letters of a mailbox were received in a span, and how many of
-- all are open.
SELECT CAST(COALESCE(SUM(CASE WHEN received_at >= :from AND received_at < :until
                              THEN 1 ELSE 0 END), 0) AS bigint) AS received,
       CAST(COALESCE(SUM(CASE WHEN state <> 'closed' THEN 1 ELSE 0 END), 0) AS bigint)
           AS open
  FROM letter
 WHERE site_group = :group AND body = :body AND mailbox = :mailbox;

-- letter_look_insert: somebody looked on that day; no row changes if somebody did before.
INSERT INTO letter_look (site_group, body, mailbox, day, person, at, letters)
VALUES (:group, :body, :mailbox, :day, :person, :now, :letters)
ON CONFLICT (site_group, body, mailbox, day) DO NOTHING;

-- letter_look_rows: the days of a span on which somebody looked, newest first; at most 400.
SELECT day
  FROM letter_look
 WHERE site_group = :group AND body = :body AND mailbox = :mailbox
       AND day >= :from AND day <= :until
 ORDER BY day DESC
 LIMIT 400;
