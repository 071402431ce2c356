-- Statements of src/people.

-- people_unit_by_id: one unit.
SELECT u.id, u.parent, u.body, u.code, u.known, u.kind, u.title, u.title_en, u.place,
       u.closed_at
  FROM people_unit u
 WHERE u.id = :unit;

-- people_unit_lock: one unit, held until the end of the transaction.
SELECT id, closed_at
  FROM people_unit
 WHERE id = :unit
   FOR UPDATE;

-- people_unit_by_name: a standing unit of any body by code, title or alias, the code first;
-- one row.
SELECT u.id, u.parent, u.body, u.code, u.known, u.kind, u.title, u.title_en, u.place,
       u.closed_at,
       CASE :name WHEN u.code THEN 0 WHEN u.known THEN 1 WHEN u.title THEN 2 ELSE 3 END
       AS nearness
  FROM people_unit u
 WHERE u.closed_at IS NULL
   AND (u.code = :name OR u.known = :name OR u.title = :name
        OR u.id IN (SELECT n.unit FROM people_name n WHERE n.alias = :name))
 ORDER BY nearness, u.id
 LIMIT 1;

-- people_unit_in_body: the same in one body, which is asked in every decision: each name is
-- sought by its index, so that it costs the same among any number of bodies.
SELECT u.id, u.parent, u.body, u.code, u.known, u.kind, u.title, u.title_en, u.place,
       u.closed_at, n.nearness
  FROM (SELECT id, 0 AS nearness FROM people_unit WHERE code = :name
        UNION ALL
        SELECT id, 1 FROM people_unit WHERE body = :body AND known = :name
        UNION ALL
        SELECT id, 2 FROM people_unit WHERE body = :body AND title = :name
        UNION ALL
        SELECT unit, 3 FROM people_name WHERE body = :body AND alias = :name) n
  JOIN people_unit u ON u.id = n.id
 WHERE u.body = :body AND u.closed_at IS NULL
 ORDER BY n.nearness, u.id
 LIMIT 1;

-- people_unit_taken: whether a code is taken, or what a body's rulebook calls a unit by.
SELECT id
  FROM people_unit
 WHERE code = :code OR (body = :body AND known = :known)
 LIMIT 1;

-- people_body_code: the code of a body other than that of the founding.
SELECT code
  FROM people_unit
 WHERE id = :body AND code <> :first;

-- people_units_all: every unit; as many as a body has.
SELECT u.id, u.parent, u.body, u.code, u.known, u.kind, u.title, u.title_en, u.place,
       u.closed_at
  FROM people_unit u
 WHERE u.closed_at IS NULL OR :closed = 1
 ORDER BY u.place, u.code;

-- people_aliases_all: every alias.
SELECT unit, alias
  FROM people_name
 ORDER BY unit, alias;

-- people_aliases_of: those of one unit.
SELECT unit, alias
  FROM people_name
 WHERE unit = :unit
 ORDER BY alias;

-- people_alias_add: one more name of a unit.
INSERT INTO people_name (body, alias, unit)
VALUES (:body, :alias, :unit)
    ON CONFLICT DO NOTHING;

-- people_aliases_drop: names of a unit, before they are written anew.
DELETE FROM people_name
 WHERE unit = :unit;

-- people_unit_insert: a new unit.
INSERT INTO people_unit (id, parent, body, code, known, kind, title, title_en, place)
VALUES (:unit, :parent, :body, :code, :known, :kind, :title, :title_en, :place);

-- people_unit_update: a changed unit; its code stays.
UPDATE people_unit
   SET parent = :parent, body = :body, kind = :kind, title = :title,
       title_en = :title_en, place = :place
 WHERE id = :unit;

-- people_unit_shut: a unit that no longer stands.
UPDATE people_unit
   SET closed_at = :now
 WHERE id = :unit AND closed_at IS NULL;

-- people_unit_children: how many standing units and open posts a unit has; one row.
SELECT (SELECT count(*) FROM people_unit WHERE parent = :unit AND closed_at IS NULL)
       AS units,
       (SELECT count(*) FROM people_post WHERE unit = :unit AND closed_at IS NULL)
       AS posts;

-- people_post_by_id: one post with its unit and present holder.
SELECT o.id, o.unit, o.role, o.title, o.title_en, o.closed_at, u.code AS unit_code,
       u.title AS unit_title, u.kind AS unit_kind, p.id AS holder, p.name AS holder_name
  FROM people_post o
  JOIN people_unit u ON u.id = o.unit
  LEFT JOIN people_appointment a
         ON a.post = o.id AND a.from_at <= :now AND a.until_at > :now
        AND a.stands_for IS NULL
  LEFT JOIN people_person p ON p.id = a.person
 WHERE o.id = :post;

-- people_posts_open: open posts, those of a unit or all, in the order of units.
SELECT o.id, o.unit, o.role, o.title, o.title_en, o.closed_at, u.code AS unit_code,
       u.title AS unit_title, u.kind AS unit_kind, p.id AS holder, p.name AS holder_name
  FROM people_post o
  JOIN people_unit u ON u.id = o.unit
  LEFT JOIN people_appointment a
         ON a.post = o.id AND a.from_at <= :now AND a.until_at > :now
        AND a.stands_for IS NULL
  LEFT JOIN people_person p ON p.id = a.person
 WHERE o.closed_at IS NULL AND o.unit >= :unit_low AND o.unit <= :unit_high
   AND (:body = 0 OR u.body = :body) AND (:vacant = 0 OR p.id IS NULL)
 ORDER BY u.place, u.code, o.role, o.id;

-- people_post_like: an open post of a unit with a role, a vacant one first; one row.
SELECT o.id
  FROM people_post o
  LEFT JOIN people_appointment a ON a.post = o.id AND a.until_at > :now
 WHERE o.unit = :unit AND o.role = :role AND o.title = :title AND o.closed_at IS NULL
   AND a.id IS NULL
 ORDER BY o.id
 LIMIT 1;

-- people_post_insert: a new post.
INSERT INTO people_post (id, unit, role, title, title_en)
VALUES (:post, :unit, :role, :title, :title_en);

-- people_post_update: a post's title; role and unit stay.
UPDATE people_post
   SET title = :title, title_en = :title_en
 WHERE id = :post;

-- people_post_shut: a post that is no longer filled.
UPDATE people_post
   SET closed_at = :now
 WHERE id = :post AND closed_at IS NULL;

-- people_person_by_id: one person with the login.
SELECT p.id, p.name, p.pinyin, p.mail, p.phone, p.gone_at, c.login
  FROM people_person p
  LEFT JOIN people_account c ON c.person = p.id
 WHERE p.id = :person;

-- people_person_lock: one person, held until the end of the transaction.
SELECT id, name, gone_at
  FROM people_person
 WHERE id = :person
   FOR UPDATE;

-- people_person_by_login: one person by the account's name.
SELECT p.id, p.name, p.pinyin, p.mail, p.phone, p.gone_at, c.login
  FROM people_person p
  JOIN people_account c ON c.person = p.id
 WHERE c.login = :login;

-- people_persons_named: persons of a name who are here; at most two rows.
SELECT p.id
  FROM people_person p
  LEFT JOIN people_account c ON c.person = p.id
 WHERE p.name = :name AND p.gone_at IS NULL AND (:without_account = 0 OR c.id IS NULL)
 ORDER BY p.id
 LIMIT 2;

-- people_persons_page: a page of those who are here, by name; at most :most rows.
SELECT p.id, p.name, p.pinyin, p.mail, p.phone, p.gone_at, c.login
  FROM people_person p
  LEFT JOIN people_account c ON c.person = p.id
 WHERE p.gone_at IS NULL
   AND (instr(p.name, :search) > 0 OR instr(p.pinyin, :search) > 0
        OR instr(coalesce(c.login, ''), :search) > 0)
 ORDER BY p.pinyin, p.name, p.id
 LIMIT :most OFFSET :first;

-- people_persons_page (postgres): the same with its name for instr.
SELECT p.id, p.name, p.pinyin, p.mail, p.phone, p.gone_at, c.login
  FROM people_person p
  LEFT JOIN people_account c ON c.person = p.id
 WHERE p.gone_at IS NULL
   AND (strpos(p.name, :search) > 0 OR strpos(p.pinyin, :search) > 0
        OR strpos(coalesce(c.login, ''), :search) > 0)
 ORDER BY p.pinyin, p.name, p.id
 LIMIT :most OFFSET :first;

-- people_person_insert: a new person.
INSERT INTO people_person (id, name, pinyin, mail, phone)
VALUES (:person, :name, :pinyin, :mail, :phone);

-- people_person_update: a changed person.
UPDATE people_person
   SET name = :name, pinyin = :pinyin, mail = :mail, phone = :phone
 WHERE id = :person;

-- people_person_go: a person who left.
UPDATE people_person
   SET gone_at = :now
 WHERE id = :person AND gone_at IS NULL;

-- people_appointment_insert: a person in a post.
INSERT INTO people_appointment (id, post, person, from_at, until_at, appointed_by, reason,
                                stands_for)
VALUES (:appointment, :post, :person, :from, :until, :by, '', :stands_for);

-- people_appointment_shut: an appointment that ends; nothing if it has ended by then.
UPDATE people_appointment
   SET until_at = :until, ended_by = :by, reason = :reason
 WHERE id = :appointment AND until_at > :until;

-- people_appointment_by_id: one appointment.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE id = :appointment;

-- people_appointments_of_person: those that end after an instant, newest first; 500.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE person = :person AND until_at > :after
 ORDER BY from_at DESC, id DESC
 LIMIT 500;

-- people_appointments_of_post: who held a post, newest first; 500.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE post = :post
 ORDER BY from_at DESC, id DESC
 LIMIT 500;

-- people_appointments_in_role: of a role in a unit, those that touch a time; few rows.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE role = :role AND unit >= :unit_low AND unit <= :unit_high
   AND (:body = 0 OR body = :body)
   AND from_at < :until AND until_at > :from AND (:deputies = 1 OR stands_for IS NULL)
 ORDER BY from_at, id;

-- people_appointments_in_post: of one post, those that touch a time; few rows.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE post = :post AND from_at < :until AND until_at > :from AND stands_for IS NULL
 ORDER BY from_at, id;

-- people_holdings_of: what a person holds now, in the order of appointment.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE person = :person AND from_at <= :now AND until_at > :now
 ORDER BY from_at, id;

-- people_standing_find: how a person holds a role now, in his own right first.
SELECT principal
  FROM people_holding
 WHERE person = :person AND from_at <= :now AND until_at > :now
   AND role = :role AND unit >= :unit_low AND unit <= :unit_high
   AND (:body = 0 OR body = :body)
 ORDER BY CASE WHEN stands_for IS NULL THEN 0 ELSE 1 END, id
 LIMIT 1;

-- people_deputies_of: who stands in for an appointment after an instant; few rows.
SELECT id, person, name, post, role, title, unit, unit_code, unit_title, body, from_at,
       until_at, appointed_by, ended_by, reason, stands_for, principal, principal_name
  FROM people_holding
 WHERE stands_for = :appointment AND until_at > :until
 ORDER BY from_at, id;

-- people_holding_find: whether a person holds a role now; the first such appointment.
SELECT a.id
  FROM people_appointment a
  JOIN people_post o ON o.id = a.post
  JOIN people_unit u ON u.id = o.unit
 WHERE a.person = :person AND a.from_at <= :now AND a.until_at > :now
   AND o.role = :role AND o.unit >= :unit_low AND o.unit <= :unit_high
   AND (:body = 0 OR u.body = :body)
 LIMIT 1;

-- people_office_find: whether a person holds a post in a unit now, by the code that the
-- rulebook of its body knows; body 0 is any.
SELECT a.id
  FROM people_appointment a
  JOIN people_post o ON o.id = a.post
  JOIN people_unit u ON u.id = o.unit
 WHERE a.person = :person AND a.from_at <= :now AND a.until_at > :now AND u.known = :code
   AND (:body = 0 OR u.body = :body)
   AND o.role NOT IN ('system-admin', 'security-admin', 'audit-admin')
 LIMIT 1;

-- people_office_anybody: whether anybody holds a post in a unit of a body now, by its code.
SELECT a.id
  FROM people_unit u
  JOIN people_post o ON o.unit = u.id
  JOIN people_appointment a ON a.post = o.id
 WHERE u.body = :body AND u.known = :code AND a.from_at <= :now AND a.until_at > :now
   AND o.role NOT IN ('system-admin', 'security-admin', 'audit-admin')
 LIMIT 1;

-- people_account_by_id: one account.
SELECT c.id, c.person, p.name, c.login, c.state, c.password, c.must_change, c.sample,
       c.password_at, c.signed_in_at
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE c.id = :account;

-- people_account_lock: one account, held until the end of the transaction.
SELECT id, person, login, state, password, password_at
  FROM people_account
 WHERE id = :account
   FOR UPDATE;

-- people_account_by_login: one account by its name.
SELECT c.id, c.person, p.name, c.login, c.state, c.password, c.must_change, c.sample,
       c.password_at, c.signed_in_at
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE c.login = :login;

-- people_account_by_person: a person's account.
SELECT c.id, c.person, p.name, c.login, c.state, c.password, c.must_change, c.sample,
       c.password_at, c.signed_in_at
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE c.person = :person;

-- people_accounts_page: a page of accounts by login; at most :most rows.
SELECT c.id, c.person, p.name, c.login, c.state, c.password, c.must_change, c.sample,
       c.password_at, c.signed_in_at
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE instr(p.name, :search) > 0 OR instr(c.login, :search) > 0
 ORDER BY c.login
 LIMIT :most OFFSET :first;

-- people_accounts_page (postgres): the same with its name for instr.
SELECT c.id, c.person, p.name, c.login, c.state, c.password, c.must_change, c.sample,
       c.password_at, c.signed_in_at
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE strpos(p.name, :search) > 0 OR strpos(c.login, :search) > 0
 ORDER BY c.login
 LIMIT :most OFFSET :first;

-- people_accounts_idle: open accounts without a post, now or to come; at most 500.
SELECT c.id, c.person, p.name, c.login
  FROM people_account c
  JOIN people_person p ON p.id = c.person
 WHERE c.state = 1
   AND NOT EXISTS (SELECT 1
                     FROM people_appointment a
                    WHERE a.person = c.person AND a.until_at > :now)
 ORDER BY c.login
 LIMIT 500;

-- people_account_insert: an account without a password; nothing if login or person has one.
INSERT INTO people_account (id, person, login, state, password, must_change, sample,
                            password_at, signed_in_at)
VALUES (:account, :person, :login, 0, '', 1, 0, 0, 0)
    ON CONFLICT DO NOTHING;

-- people_account_password: a new password, which opens the account.
UPDATE people_account
   SET password = :password, must_change = :must_change, sample = :sample,
       password_at = :now, state = 1
 WHERE id = :account;

-- people_account_rehash: the same password, hashed with today's parameters.
UPDATE people_account
   SET password = :password
 WHERE id = :account;

-- people_account_state: open or closed.
UPDATE people_account
   SET state = :state
 WHERE id = :account;

-- people_account_signed_in: the last sign-in.
UPDATE people_account
   SET signed_in_at = :now
 WHERE id = :account;

-- people_old_password_insert: a password that is being replaced.
INSERT INTO people_old_password (account, set_at, password)
VALUES (:account, :set_at, :password)
    ON CONFLICT DO NOTHING;

-- people_old_passwords: the last ones; at most :most rows.
SELECT password
  FROM people_old_password
 WHERE account = :account
 ORDER BY set_at DESC
 LIMIT :most;

-- people_attempt_insert: nothing if there is a row.
INSERT INTO people_attempt (login, failed, locked_until, last_at)
VALUES (:login, 0, 0, :now)
    ON CONFLICT DO NOTHING;

-- people_attempt_lock: wrong passwords of a login, held until the end.
SELECT failed, locked_until
  FROM people_attempt
 WHERE login = :login
   FOR UPDATE;

-- people_attempt_read: wrong passwords of a login; at most one row.
SELECT failed, locked_until
  FROM people_attempt
 WHERE login = :login;

-- people_attempt_set: count on.
UPDATE people_attempt
   SET failed = :failed, locked_until = :locked_until, last_at = :now
 WHERE login = :login;

-- people_attempt_drop: a login is in good standing again.
DELETE FROM people_attempt
 WHERE login = :login;

-- people_attempts_sweep: forget what is long ago.
DELETE FROM people_attempt
 WHERE last_at < :before AND locked_until < :before;

-- people_session_insert: a session.
INSERT INTO people_session (id, token, account, person, opened_at, seen_at, before_at,
                            address, factor)
VALUES (:session, :token, :account, :person, :now, :now, :before, :address, :factor);

-- people_session_by_token: a session with its account and person.
SELECT s.id, s.account, s.person, s.opened_at, s.seen_at, s.before_at, s.address, p.name,
       p.gone_at, c.state, c.must_change, c.sample, c.password_at, s.factor,
       CASE WHEN f.seed <> '' THEN 1 ELSE 0 END AS has_factor
  FROM people_session s
  JOIN people_account c ON c.id = s.account
  LEFT JOIN people_factor f ON f.account = s.account
  JOIN people_person p ON p.id = s.person
 WHERE s.token = :token;

-- people_session_by_id: a session with its account and person.
SELECT s.id, s.account, s.person, s.opened_at, s.seen_at, s.before_at, s.address, p.name,
       p.gone_at, c.state, c.must_change, c.sample, c.password_at, s.factor,
       CASE WHEN f.seed <> '' THEN 1 ELSE 0 END AS has_factor
  FROM people_session s
  JOIN people_account c ON c.id = s.account
  LEFT JOIN people_factor f ON f.account = s.account
  JOIN people_person p ON p.id = s.person
 WHERE s.id = :session;

-- people_sessions_open: sessions that still live, the newest first; at most 500.
SELECT s.id, s.account, s.person, s.opened_at, s.seen_at, s.before_at, s.address, p.name,
       p.gone_at, c.state, c.must_change, c.sample, c.password_at, s.factor,
       CASE WHEN f.seed <> '' THEN 1 ELSE 0 END AS has_factor
  FROM people_session s
  JOIN people_account c ON c.id = s.account
  LEFT JOIN people_factor f ON f.account = s.account
  JOIN people_person p ON p.id = s.person
 WHERE s.person >= :person_low AND s.person <= :person_high
   AND s.seen_at > :seen_after AND s.opened_at > :opened_after
 ORDER BY s.opened_at DESC, s.id DESC
 LIMIT 500;

-- people_session_touch: it is awake.
UPDATE people_session
   SET seen_at = :now
 WHERE id = :session AND seen_at < :now;

-- people_session_token: another cookie for it.
UPDATE people_session
   SET token = :token
 WHERE id = :session;

-- people_session_delete: it has ended.
DELETE FROM people_session
 WHERE id = :session;

-- people_sessions_of_account: all end but one (0: all).
DELETE FROM people_session
 WHERE account = :account AND id <> :but;

-- people_sessions_sweep: forget those that are over.
DELETE FROM people_session
 WHERE seen_at <= :seen_before OR opened_at <= :opened_before;

-- people_token_insert: a bearer token.
INSERT INTO people_token (id, token, person, title, made_at, until_at, used_at)
VALUES (:id, :token, :person, :title, :now, :until, 0);

-- people_token_by_digest: a token that lives, of a person who may come in.
SELECT t.id, t.person, t.used_at
  FROM people_token t
  JOIN people_person p ON p.id = t.person
  JOIN people_account c ON c.person = t.person
 WHERE t.token = :token AND t.revoked_at IS NULL AND t.until_at > :now
   AND p.gone_at IS NULL AND c.state = 1;

-- people_token_by_id: whose it is.
SELECT id, person
  FROM people_token
 WHERE id = :id AND revoked_at IS NULL;

-- people_tokens_of: tokens that live; few rows.
SELECT t.id, t.person, p.name, t.title, t.made_at, t.until_at, t.used_at
  FROM people_token t
  JOIN people_person p ON p.id = t.person
 WHERE t.person = :person AND t.revoked_at IS NULL AND t.until_at > :now
 ORDER BY t.made_at DESC, t.id DESC
 LIMIT 500;

-- people_token_use: the day it was used.
UPDATE people_token
   SET used_at = :day
 WHERE id = :id AND used_at < :day;

-- people_token_end: it no longer opens anything.
UPDATE people_token
   SET revoked_at = :now
 WHERE id = :id AND revoked_at IS NULL;

-- people_tokens_end: none of a person's opens anything any more.
UPDATE people_token
   SET revoked_at = :now
 WHERE person = :person AND revoked_at IS NULL;

-- people_founding_find: whether the workspace is founded.
SELECT founded_at
  FROM people_founding
 WHERE id = 1;

-- people_body_find: whether the founding of a body is over.
SELECT founded_at
  FROM people_body
 WHERE body = :body;

-- people_body_insert: it is.
INSERT INTO people_body (body, founded_at)
VALUES (:body, :now)
    ON CONFLICT DO NOTHING;

-- people_bodies_unfounded: bodies whose founding is not over.
SELECT u.id
  FROM people_unit u
 WHERE u.parent IS NULL AND u.closed_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM people_body b WHERE b.body = u.id)
 ORDER BY u.id;

-- people_founding_insert: it is.
INSERT INTO people_founding (id, founded_at)
VALUES (1, :now)
    ON CONFLICT DO NOTHING;

-- people_factor_find: the second factor of an account, with what is left of its recovery.
SELECT f.seed, f.pending, f.step,
       (SELECT count(*) FROM people_recovery r WHERE r.account = f.account) AS recovery_left
  FROM people_factor f
 WHERE f.account = :account;

-- people_factor_lock: the second factor, held until the end of the transaction.
SELECT account, seed, pending, step
  FROM people_factor
 WHERE account = :account
   FOR UPDATE;

-- people_factor_pend: a seed being set up; the present one stays meanwhile.
INSERT INTO people_factor (account, seed, pending, step, made_at)
VALUES (:account, '', :pending, 0, :now)
    ON CONFLICT (account) DO UPDATE SET pending = excluded.pending;

-- people_factor_activate: the seed that was set up, with the step of the code that proved it.
UPDATE people_factor
   SET seed = :seed, pending = '', step = :step, made_at = :now
 WHERE account = :account;

-- people_factor_step: a code was taken.
UPDATE people_factor
   SET step = :step
 WHERE account = :account;

-- people_recovery_insert: one recovery code.
INSERT INTO people_recovery (account, code, made_at)
VALUES (:account, :code, :now);

-- people_recovery_take: a recovery code is used up.
DELETE FROM people_recovery
 WHERE account = :account AND code = :code;

-- people_recovery_drop: the recovery codes of before.
DELETE FROM people_recovery
 WHERE account = :account;

-- people_session_factor: what a session was proven with.
UPDATE people_session
   SET factor = :factor
 WHERE id = :session;

-- people_registrar_newest: the house's own pair; at most one row.
SELECT number, key, sealed, rehearsal
  FROM people_registrar
 ORDER BY number DESC
 LIMIT 1;

-- people_registrar_by_key: whether a key is, or was, the house's own.
SELECT number, key, sealed, rehearsal
  FROM people_registrar
 WHERE key = :key;

-- people_registrar_insert: the first, or the next; nothing if somebody was faster.
INSERT INTO people_registrar (number, key, sealed, rehearsal, made_at)
VALUES (:number, :key, :sealed, :rehearsal, :now)
    ON CONFLICT DO NOTHING;

-- people_key_present: the pair that a person signs with; at most one row.
SELECT id, person, key, wrapped, certificate, origin, made_at
  FROM people_key
 WHERE person = :person AND origin = :origin AND ended_at = 0
 ORDER BY made_at DESC, id DESC
 LIMIT 1;

-- people_key_insert: a new pair.
INSERT INTO people_key (id, person, key, wrapped, certificate, origin, made_at, ended_at)
VALUES (:id, :person, :key, :wrapped, :certificate, :origin, :now, 0);

-- people_key_end: another pair takes its place.
UPDATE people_key
   SET ended_at = :now
 WHERE person = :person AND origin = :origin AND ended_at = 0;

-- people_key_rewrap: the same pair under a new password.
UPDATE people_key
   SET wrapped = :wrapped
 WHERE id = :id;

-- people_account_rule_drop: what a site's rulebook said of accounts so far.
DELETE FROM people_account_rule
 WHERE site = :site;

-- people_account_rule_insert: what it says now.
INSERT INTO people_account_rule (site, body, days, days_rule, former, former_rule, keeper,
                                 keeper_rule)
VALUES (:site, :body, :days, :days_rule, :former, :former_rule, :keeper, :keeper_rule);

-- people_account_rules_of: what binds a person, of every body where he holds a post now.
SELECT r.days, r.days_rule, r.former, r.former_rule
  FROM people_appointment a
  JOIN people_post o ON o.id = a.post
  JOIN people_unit u ON u.id = o.unit
  JOIN people_account_rule r ON r.body = u.body
 WHERE a.person = :person AND a.from_at <= :now AND a.until_at > :now
 ORDER BY r.site;

-- people_account_rule_keeper: whether one person alone holds a role in a body.
SELECT keeper_rule
  FROM people_account_rule
 WHERE body = :body AND keeper = :role
 ORDER BY site
 LIMIT 1;

-- people_account_renew: its holder sets a new password before anything else.
UPDATE people_account
   SET must_change = 1
 WHERE person = :person AND state = 1;

-- people_factor_role_drop: what a site's rulebook demanded so far.
DELETE FROM people_factor_role
 WHERE site = :site;

-- people_factor_role_insert: a role whose holders must have a second factor.
INSERT INTO people_factor_role (site, role)
VALUES (:site, :role)
    ON CONFLICT DO NOTHING;

-- people_factor_role_held: whether a person holds one of those now; at most one row.
SELECT r.role
  FROM people_factor_role r
  JOIN people_post o ON o.role = r.role
  JOIN people_appointment a ON a.post = o.id
 WHERE a.person = :person AND a.from_at <= :now AND a.until_at > :now
 LIMIT 1;
