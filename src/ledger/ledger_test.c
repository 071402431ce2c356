/*
 * The chain on both databases: how it grows, and that nothing done to it behind
 * its back, by the database's owner with the triggers gone, stays unseen.
 */
#include "ledger/ledger_own.h"
#include "trial_store.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>

#define GROUP ((id64)7)

struct wish {
    id64 group;
    struct ledger_act act;
    int64_t sequence;
};

static const struct ledger_act sign_act = {
    .act = "review.decide",
    .subject = {SUBJECT_MANUSCRIPT, 42},
    .payload = STR_INIT("{\"opinion\":\"同意\"}"),
    .rule = STR_INIT("LZ-12.2"),
    .post = STR_INIT("综合科 科长"),
};

static enum status append_work(struct call *call, void *what) {
    struct wish *wish = what;
    return ledger_append(call, wish->group, &wish->act, &wish->sequence);
}

static enum status append(struct call *call, id64 group, const struct ledger_act *act,
                          int64_t *out_sequence) {
    struct wish wish = {group, *act, 0};
    enum status status = store_transact(call, TXN_WRITE, append_work, &wish);
    if (status == DONE && out_sequence != NULL) {
        *out_sequence = wish.sequence;
    }
    return status;
}

static void append_many(struct call *call, id64 group, int count) {
    for (int i = 0; i < count; i++) {
        call->now += INSTANT_SECOND;
        struct ledger_act act = sign_act;
        act.subject.id = 100 + i;
        assert_int_equal(append(call, group, &act, NULL), DONE);
    }
}

static struct ledger_report verify(struct call *call, id64 group,
                                   const struct ledger_checkpoint *known) {
    struct ledger_report report;
    assert_int_equal(ledger_verify(call, group, known, &report), DONE);
    return report;
}

/* SQL that no module has: what an attacker types. */
static enum status run_raw_work(struct call *call, void *what) {
    const struct statement *statement = what;
    return store_run(call, statement, NULL, NO_VALUES);
}

static enum status run_raw(struct trial_store *trial, const char *sql) {
    static const char *const none[] = {NULL};
    struct statement *statement = TAKE(trial->arena, struct statement);
    const char *text = str_text(trial->arena, str_of(sql));
    *statement = (struct statement){"attack", text, text, none};
    struct call *call = trial_call_new(trial);
    enum status status = store_transact(call, TXN_WRITE, run_raw_work, statement);
    trial_call_free(call);
    return status;
}

static void take_the_guards_away(struct trial_store *trial) {
    static const char *const sqlite[] = {"DROP TRIGGER ledger_entry_is_fixed",
                                         "DROP TRIGGER ledger_entry_stays",
                                         "DROP TRIGGER ledger_entry_is_not_replaced",
                                         "DROP TRIGGER ledger_payload_is_only_erased",
                                         "DROP TRIGGER ledger_payload_stays"};
    static const char *const postgres[] = {
        "GRANT ALL ON ledger_entry, ledger_payload TO CURRENT_USER",
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "ALTER TABLE ledger_payload DISABLE TRIGGER USER"};
    bool is_sqlite = strcmp(store_kind(trial->house.store), "sqlite") == 0;
    size_t count = is_sqlite ? LENGTH(sqlite) : LENGTH(postgres);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(run_raw(trial, is_sqlite ? sqlite[i] : postgres[i]), DONE);
    }
}

static void test_ledger__chain_grows_without_gaps(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    call->actor.person = 5;
    call->door = DOOR_WEB;
    append_many(call, GROUP, 30);
    struct ledger_list list;
    assert_int_equal(ledger_tail(call, GROUP, 0, 100, &list), DONE);
    assert_int_equal(list.count, 30);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.at[i].sequence, i + 1);
        assert_int_equal(list.at[i].subject.id, 100 + i);
        assert_true(i == 0 || digest_equal(&list.at[i].previous, &list.at[i - 1].hash));
    }
    assert_true(str_is(list.at[0].payload, "{\"opinion\":\"同意\"}"));
    assert_true(str_is(list.at[0].post, "综合科 科长"));
    assert_int_equal(list.at[0].person, 5);
    struct ledger_report report = verify(call, GROUP, NULL);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    assert_int_equal(report.entries, 30);
    assert_int_equal(report.head.sequence, 30);
}

static void test_ledger__sha256_chain_verifies_too(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(ledger_begin(call, GROUP, DIGEST_SHA256), DONE);
    assert_int_equal(txn_commit(call), DONE);
    append_many(call, GROUP, 3);
    struct ledger_report report = verify(call, GROUP, NULL);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    assert_int_equal(report.head.hash.profile, DIGEST_SHA256);
}

static void test_ledger__order_is_the_sequence_not_the_clock(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    append_many(call, GROUP, 1);
    instant later = call->now;
    call->now -= INSTANT_DAY;
    assert_int_equal(append(call, GROUP, &sign_act, NULL), DONE);
    struct ledger_entry entry;
    assert_int_equal(ledger_entry_find(call, GROUP, 2, &entry), DONE);
    assert_true(entry.at == later);
    assert_int_equal(verify(call, GROUP, NULL).fault, LEDGER_WHOLE);
}

static void test_ledger__database_refuses_to_change_it(void **state) {
    static const char *const attempts[] = {
        "UPDATE ledger_entry SET act = 'x' WHERE sequence = 2",
        "DELETE FROM ledger_entry WHERE sequence = 2", "DELETE FROM ledger_entry",
        "UPDATE ledger_payload SET payload = '{}' WHERE sequence = 2",
        "DELETE FROM ledger_payload WHERE sequence = 2"};
    struct trial_store *trial = *state;
    append_many(&trial->call, GROUP, 3);
    for (size_t i = 0; i < LENGTH(attempts); i++) {
        assert_int_not_equal(run_raw(trial, attempts[i]), DONE);
    }
    if (strcmp(store_kind(trial->house.store), "postgres") == 0) {
        assert_int_not_equal(run_raw(trial, "TRUNCATE ledger_entry"), DONE);
        assert_int_not_equal(run_raw(trial, "TRUNCATE ledger_payload"), DONE);
    } else {
        assert_int_not_equal(run_raw(trial,
                                     "INSERT OR REPLACE INTO ledger_entry SELECT * FROM "
                                     "ledger_entry WHERE sequence = 2"),
                             DONE);
    }
    assert_int_equal(verify(&trial->call, GROUP, NULL).fault, LEDGER_WHOLE);
}

/* Every chain has ten entries and is attacked by its own number as a group; $G is
 * replaced by it. */
static const struct attack {
    const char *what;
    const char *sql[4];
    enum ledger_fault fault;
    int64_t bad;
} attacks[] = {
    {"nothing (control)", {NULL}, LEDGER_WHOLE, 0},
    {"alter the act",
     {"UPDATE ledger_entry SET act = 'review.return' WHERE site_group = $G AND sequence "
      "= "
      "4"},
     LEDGER_FAULT_ENTRY,
     4},
    {"alter the person",
     {"UPDATE ledger_entry SET person = 99 WHERE site_group = $G AND sequence = 10"},
     LEDGER_FAULT_ENTRY,
     10},
    {"alter the instant",
     {"UPDATE ledger_entry SET at = at + 1 WHERE site_group = $G AND sequence = 1"},
     LEDGER_FAULT_ENTRY,
     1},
    {"alter the post",
     {"UPDATE ledger_entry SET post = '' WHERE site_group = $G AND sequence = 5"},
     LEDGER_FAULT_ENTRY,
     5},
    {"alter the digest to one that reads as none",
     {"UPDATE ledger_entry SET digest = 'x' WHERE site_group = $G AND sequence = 5"},
     LEDGER_FAULT_ENTRY,
     5},
    {"alter the subject's kind to an unknown one",
     {"UPDATE ledger_entry SET subject_kind = 'x' WHERE site_group = $G AND sequence = "
      "5"},
     LEDGER_FAULT_ENTRY,
     5},
    {"turn a done act into a refused one",
     {"UPDATE ledger_entry SET outcome = 1 WHERE site_group = $G AND sequence = 5"},
     LEDGER_FAULT_ENTRY,
     5},
    {"give it another rule",
     {"UPDATE ledger_entry SET rule = 'LZ-1' WHERE site_group = $G AND sequence = 5"},
     LEDGER_FAULT_ENTRY,
     5},
    {"delete from the middle",
     {"DELETE FROM ledger_entry WHERE site_group = $G AND sequence = 6"},
     LEDGER_FAULT_MISSING,
     6},
    {"delete the first",
     {"DELETE FROM ledger_entry WHERE site_group = $G AND sequence = 1"},
     LEDGER_FAULT_MISSING,
     1},
    {"delete the last",
     {"DELETE FROM ledger_entry WHERE site_group = $G AND sequence = 10"},
     LEDGER_FAULT_HEAD,
     10},
    {"delete all",
     {"DELETE FROM ledger_entry WHERE site_group = $G"},
     LEDGER_FAULT_HEAD,
     1},
    {"insert at the end",
     {"INSERT INTO ledger_entry SELECT site_group, 11, version, at, person, post, door, "
      "act, subject_kind, subject, outcome, digest, payload_digest, wish, rule, hash, "
      "hash FROM ledger_entry WHERE site_group = $G AND sequence = 10"},
     LEDGER_FAULT_ENTRY,
     11},
    {"insert in the middle and count the rest up",
     {"UPDATE ledger_entry SET sequence = sequence + 100 WHERE site_group = $G AND "
      "sequence > 5",
      "UPDATE ledger_entry SET sequence = sequence - 99 WHERE site_group = $G AND "
      "sequence > 100",
      "INSERT INTO ledger_entry SELECT site_group, 6, version, at, person, post, door, "
      "act, subject_kind, subject, outcome, digest, payload_digest, wish, rule, hash, "
      "hash FROM ledger_entry WHERE site_group = $G AND sequence = 5"},
     LEDGER_FAULT_ENTRY,
     6},
    {"swap two",
     {"UPDATE ledger_entry SET sequence = 1000 WHERE site_group = $G AND sequence = 3",
      "UPDATE ledger_entry SET sequence = 3 WHERE site_group = $G AND sequence = 7",
      "UPDATE ledger_entry SET sequence = 7 WHERE site_group = $G AND sequence = 1000"},
     LEDGER_FAULT_CHAIN,
     3},
    {"change a payload",
     {"UPDATE ledger_payload SET payload = '{\"opinion\":\"不同意\"}' WHERE site_group = "
      "$G AND sequence = 8"},
     LEDGER_FAULT_PAYLOAD,
     8},
    {"delete a payload",
     {"DELETE FROM ledger_payload WHERE site_group = $G AND sequence = 8"},
     LEDGER_FAULT_PAYLOAD,
     8},
    {"erase a payload without saying so",
     {"UPDATE ledger_payload SET salt = NULL, payload = NULL, erased_by = 9 WHERE "
      "site_group = $G AND sequence = 8"},
     LEDGER_FAULT_PAYLOAD,
     8},
    {"move the head back with the last entry",
     {"DELETE FROM ledger_entry WHERE site_group = $G AND sequence = 10",
      "UPDATE ledger_head SET sequence = 9 WHERE site_group = $G"},
     LEDGER_FAULT_HEAD,
     9},
    {"remove the head",
     {"DELETE FROM ledger_head WHERE site_group = $G"},
     LEDGER_FAULT_HEAD,
     1},
};

static void attack(struct trial_store *trial, const struct attack *attack, id64 group) {
    for (size_t i = 0; i < LENGTH(attack->sql) && attack->sql[i] != NULL; i++) {
        struct str rest = str_of(attack->sql[i]);
        struct buffer sql;
        buffer_init(&sql, trial->arena);
        for (size_t at = str_find(rest, STR("$G")); at < rest.length;
             at = str_find(rest, STR("$G"))) {
            buffer_add(&sql, str_part(rest, 0, at));
            buffer_add_int(&sql, group);
            rest = str_part(rest, at + 2, rest.length);
        }
        buffer_add(&sql, rest);
        assert_int_equal(run_raw(trial, str_text(trial->arena, buffer_str(&sql))), DONE);
    }
}

static void test_ledger__every_attack_is_found(void **state) {
    struct trial_store *trial = *state;
    for (size_t i = 0; i < LENGTH(attacks); i++) {
        append_many(&trial->call, (id64)(10 + i), 10);
    }
    take_the_guards_away(trial);
    for (size_t i = 0; i < LENGTH(attacks); i++) {
        attack(trial, &attacks[i], (id64)(10 + i));
    }
    for (size_t i = 0; i < LENGTH(attacks); i++) {
        struct ledger_report report = verify(&trial->call, (id64)(10 + i), NULL);
        if (report.fault != attacks[i].fault || report.bad != attacks[i].bad) {
            fail_msg("%s: found %s at %" PRId64, attacks[i].what,
                     ledger_fault_name(report.fault), report.bad);
        }
    }
}

/* Rewrite an entry and give it the hash that the program itself would give. */
static void rewrite(struct trial_store *trial, id64 group, int64_t sequence) {
    struct rows *row;
    struct ledger_link link;
    struct call *call = trial_call_new(trial);
    assert_int_equal(store_find(call, &ledger_entry_select, &row,
                                bind_int("group", group), bind_int("sequence", sequence)),
                     DONE);
    ledger_link_read(row, &link);
    link.entry.act = STR("review.return");
    struct digest hash = ledger_hash(DIGEST_SM3, &link);
    struct str sql = str_format(
        trial->arena,
        "UPDATE ledger_entry SET act = 'review.return', hash = '%.*s' WHERE site_group = "
        "%d AND sequence = %d",
        STR_ARG(digest_to_text(trial->arena, &hash)), (int)group, (int)sequence);
    trial_call_free(call);
    assert_int_equal(run_raw(trial, str_text(trial->arena, sql)), DONE);
}

/* Its successor no longer continues it; if it is the last, the head does not. */
static void test_ledger__recomputed_hash_is_found(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    append_many(call, 20, 10);
    append_many(call, 21, 10);
    take_the_guards_away(trial);
    rewrite(trial, 20, 5);
    rewrite(trial, 21, 10);
    struct ledger_report report = verify(call, 20, NULL);
    assert_int_equal(report.fault, LEDGER_FAULT_CHAIN);
    assert_int_equal(report.bad, 6);
    report = verify(call, 21, NULL);
    assert_int_equal(report.fault, LEDGER_FAULT_HEAD);
    assert_int_equal(report.bad, 10);
}

/* The whole end cut off and the head written back: only a checkpoint knows. */
static void test_ledger__checkpoint_finds_a_cut_end(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    append_many(call, GROUP, 5);
    struct ledger_checkpoint five;
    assert_int_equal(ledger_head(call, GROUP, &five), DONE);
    append_many(call, GROUP, 5);
    struct ledger_checkpoint ten;
    assert_int_equal(ledger_head(call, GROUP, &ten), DONE);
    take_the_guards_away(trial);
    assert_int_equal(run_raw(trial, "DELETE FROM ledger_entry WHERE sequence > 7"), DONE);
    assert_int_equal(
        run_raw(trial, "UPDATE ledger_head SET sequence = 7, hash = (SELECT hash FROM "
                       "ledger_entry WHERE sequence = 7)"),
        DONE);
    call->now += INSTANT_SECOND;
    assert_int_equal(verify(call, GROUP, NULL).fault, LEDGER_WHOLE);
    assert_int_equal(verify(call, GROUP, &five).fault, LEDGER_WHOLE);
    assert_int_equal(verify(call, GROUP, &ten).fault, LEDGER_FAULT_CHECKPOINT);
    assert_int_equal(verify(call, GROUP, &ten).bad, 8);
}

static void test_ledger__wish_is_granted_once(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    call->actor.person = 5;
    call->key = STR("key-1");
    int64_t sequence = 0;
    assert_int_equal(append(call, GROUP, &sign_act, &sequence), DONE);
    assert_int_equal(append(call, GROUP, &sign_act, NULL), STALE);
    assert_string_equal(call->refusal->words, "ledger.repeated");
    struct ledger_entry entry;
    assert_int_equal(ledger_find_key(call, GROUP, STR("key-1"), &entry), DONE);
    assert_int_equal(entry.sequence, sequence);
    assert_int_equal(ledger_find_key(call, GROUP, STR("key-2"), &entry), ABSENT);
    struct ledger_act second = sign_act;
    second.follows = true;
    assert_int_equal(append(call, GROUP, &second, NULL), DONE);
    call->actor.person = 6;
    assert_int_equal(ledger_find_key(call, GROUP, STR("key-1"), &entry), ABSENT);
    assert_int_equal(append(call, GROUP, &sign_act, NULL), DONE);
    assert_int_equal(verify(call, GROUP, NULL).entries, 3);
}

static void test_ledger__refusals_are_bounded_and_counted(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    call->actor.person = 5;
    (void)call_refuse(call, REFUSED, "LZ-4.a", "review.gate", NULL);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(ledger_settle(call, GROUP, &sign_act, REFUSED), REFUSED);
    }
    assert_int_equal(ledger_settle(call, GROUP, &sign_act, FAILED), FAILED);
    assert_int_equal(verify(call, GROUP, NULL).entries, 20);
    call->actor.person = 6;
    assert_int_equal(ledger_refused(call, GROUP, &sign_act), DONE);
    call->actor.person = 5;
    call->now += INSTANT_MINUTE;
    assert_int_equal(ledger_refused(call, GROUP, &sign_act), DONE);
    struct ledger_entry entry;
    assert_int_equal(ledger_entry_find(call, GROUP, 22, &entry), DONE);
    assert_int_equal(entry.outcome, LEDGER_REFUSED);
    assert_true(str_is(entry.rule, "LZ-12.2"));
    assert_true(str_is(entry.payload, "{\"asked\":{\"opinion\":\"同意\"},\"withheld\":30,"
                                      "\"words\":\"review.gate\"}"));
    assert_int_equal(verify(call, GROUP, NULL).fault, LEDGER_WHOLE);
}

static void test_ledger__act_that_fails_leaves_nothing(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(ledger_append(call, GROUP, &sign_act, NULL), DONE);
    txn_abort(call);
    assert_int_equal(ledger_append(call, GROUP, &sign_act, NULL), FAILED);
    assert_int_equal(verify(call, GROUP, NULL).entries, 0);
}

struct crowd {
    struct trial_store *trial;
    id64 person;
    int done;
};

static void *append_in_a_crowd(void *what) {
    struct crowd *crowd = what;
    for (int i = 0; i < 25; i++) {
        struct call *call = trial_call_new(crowd->trial);
        call->actor.person = crowd->person;
        crowd->done += append(call, GROUP, &sign_act, NULL) == DONE;
        trial_call_free(call);
    }
    return NULL;
}

static void test_ledger__crowd_leaves_no_gap(void **state) {
    struct trial_store *trial = *state;
    struct crowd crowds[4];
    pthread_t threads[LENGTH(crowds)];
    for (size_t i = 0; i < LENGTH(crowds); i++) {
        crowds[i] = (struct crowd){trial, (id64)i + 1, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, append_in_a_crowd, &crowds[i]),
                         0);
    }
    for (size_t i = 0; i < LENGTH(crowds); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].done, 25);
    }
    struct ledger_report report = verify(&trial->call, GROUP, NULL);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    assert_int_equal(report.entries, 100);
}

static void test_ledger__filter_and_history(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    static const char *const acts[] = {"review.decide", "review.return",
                                       "publication.release", "reviews.count"};
    for (int i = 0; i < 12; i++) {
        struct ledger_act act = sign_act;
        act.act = acts[i % 4];
        act.subject.id = 100 + i % 3;
        call->actor.person = 1 + i % 2;
        call->now += INSTANT_HOUR;
        assert_int_equal(append(call, GROUP, &act, NULL), DONE);
    }
    struct ledger_list list;
    struct ledger_filter all = {.limit = 5};
    assert_int_equal(ledger_read(call, GROUP, &all, &list), DONE);
    assert_int_equal(list.count, 5);
    assert_int_equal(list.at[0].sequence, 12);
    all.before = list.at[4].sequence;
    assert_int_equal(ledger_read(call, GROUP, &all, &list), DONE);
    assert_int_equal(list.at[0].sequence, 7);
    struct ledger_filter module = {.act = STR("review.")};
    assert_int_equal(ledger_read(call, GROUP, &module, &list), DONE);
    assert_int_equal(list.count, 6);
    struct ledger_filter one = {
        .act = STR("review.decide"), .person = 1, .subject = {SUBJECT_MANUSCRIPT, 101}};
    assert_int_equal(ledger_read(call, GROUP, &one, &list), DONE);
    assert_int_equal(list.count, 1);
    struct ledger_filter day = {.from = TRIAL_NOW + 2 * INSTANT_HOUR,
                                .until = TRIAL_NOW + 4 * INSTANT_HOUR};
    assert_int_equal(ledger_read(call, GROUP, &day, &list), DONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(
        ledger_history(call, (struct subject){SUBJECT_MANUSCRIPT, 100}, &list), DONE);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.at[0].sequence, 1);
    assert_int_equal(list.at[3].sequence, 10);
}

static void test_ledger__cursor_moves_once(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    int64_t at = 9;
    assert_int_equal(ledger_cursor(call, "screen", GROUP, &at), DONE);
    assert_int_equal(at, 0);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(ledger_cursor_set(call, "screen", GROUP, 0, 3), DONE);
    assert_int_equal(txn_commit(call), DONE);
    struct call *late = trial_call_new(trial);
    assert_int_equal(txn_begin(late, TXN_WRITE), DONE);
    assert_int_equal(ledger_cursor_set(late, "screen", GROUP, 0, 2), STALE);
    txn_abort(late);
    assert_int_equal(ledger_cursor(late, "screen", GROUP, &at), DONE);
    assert_int_equal(at, 3);
    trial_call_free(late);
}

static enum status erase_work(struct call *call, void *what) {
    return ledger_erase(call, GROUP, *(int64_t *)what, STR(""), STR("保存期满"));
}

static void test_ledger__erased_payload_keeps_the_chain(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    int64_t third = 3;
    append_many(call, GROUP, 5);
    assert_int_equal(store_transact(call, TXN_WRITE, erase_work, &third), DONE);
    assert_int_equal(store_transact(call, TXN_WRITE, erase_work, &third), DONE);
    struct ledger_entry entry;
    assert_int_equal(ledger_entry_find(call, GROUP, 3, &entry), DONE);
    assert_true(entry.erased && str_is_empty(entry.payload));
    struct ledger_report report = verify(call, GROUP, NULL);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    assert_int_equal(report.entries, 6);
}

struct lines {
    struct arena *arena;
    int count;
    int payloads;
};

static bool take_line(void *to, struct str line) {
    struct lines *lines = to;
    json_t *json = json_loadb(line.at, line.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    lines->count++;
    assert_int_equal(json_integer_value(json_object_get(json, "sequence")), lines->count);
    lines->payloads += json_object_get(json, "payload") != NULL;
    assert_null(json_object_get(json, "password"));
    json_decref(json);
    return true;
}

static void test_ledger__export_tells_payloads_only_if_asked(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    append_many(call, GROUP, 7);
    struct lines lines = {.arena = trial->arena};
    assert_int_equal(ledger_export(call, GROUP, 0, false, take_line, &lines), DONE);
    assert_int_equal(lines.count, 7);
    assert_int_equal(lines.payloads, 0);
    lines.count = 0;
    assert_int_equal(ledger_export(call, GROUP, 0, true, take_line, &lines), DONE);
    assert_int_equal(lines.payloads, 7);
}

static void test_ledger__kinds_have_names(void **state) {
    (void)state;
    for (int kind = 0; kind < SUBJECT_KINDS; kind++) {
        enum subject_kind found;
        const char *name = subject_kind_name((enum subject_kind)kind);
        assert_non_null(name);
        assert_int_equal(subject_kind_from_name(str_of(name), &found), DONE);
        assert_int_equal(found, kind);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger__kinds_have_names),
        TRIAL_ON_BOTH(test_ledger__chain_grows_without_gaps),
        TRIAL_ON_BOTH(test_ledger__sha256_chain_verifies_too),
        TRIAL_ON_BOTH(test_ledger__order_is_the_sequence_not_the_clock),
        TRIAL_ON_BOTH(test_ledger__database_refuses_to_change_it),
        TRIAL_ON_BOTH(test_ledger__every_attack_is_found),
        TRIAL_ON_BOTH(test_ledger__recomputed_hash_is_found),
        TRIAL_ON_BOTH(test_ledger__checkpoint_finds_a_cut_end),
        TRIAL_ON_BOTH(test_ledger__wish_is_granted_once),
        TRIAL_ON_BOTH(test_ledger__refusals_are_bounded_and_counted),
        TRIAL_ON_BOTH(test_ledger__act_that_fails_leaves_nothing),
        TRIAL_ON_BOTH(test_ledger__crowd_leaves_no_gap),
        TRIAL_ON_BOTH(test_ledger__filter_and_history),
        TRIAL_ON_BOTH(test_ledger__cursor_moves_once),
        TRIAL_ON_BOTH(test_ledger__erased_payload_keeps_the_chain),
        TRIAL_ON_BOTH(test_ledger__export_tells_payloads_only_if_asked),
    };
    return trial_run("ledger", tests, LENGTH(tests));
}
