/*
 * The owner of the database approves by SQL, as well as he can: nothing is published, and
 * the alarm is raised.  Then he writes the ledger anew with every hash made again: both
 * verifiers of an export, which need nothing of ours, find it without any checkpoint.
 */
#include "keys/keys.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notary/notary.h"
#include "notice/notice.h"
#include "owner.h"
#include "publication/publication.h"
#include "review/review.h"
#include "sandbox/sandbox.h"
#include "text/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static struct sandbox *sandbox; /* forked once, before any thread */

/* ---- approvals by SQL ---- */

/* A signature by a key of his own over the very bytes that would be right. */
static struct str forge(struct yard *yard, id64 manuscript, bool as_registrar) {
    struct call *call = yard->call;
    struct key_pair pair;
    struct key_signature signature;
    struct signature right;
    id64 id = owner_decision(yard, manuscript, "leader-review").id;
    assert_int_equal(approval_signature(call, id, "review.decide", &right), DONE);
    assert_int_equal(key_pair_new(KEY_SM2, &pair), DONE);
    struct str key = key_public_to_text(call->arena, &pair.open);
    size_t end = str_find(right.statement, STR("\nkey ")) + strlen("\nkey ");
    struct str text =
        str_format(call->arena, "%.*s%.*s\n", (int)end, right.statement.at, STR_ARG(key));
    assert_int_equal(key_sign(&pair, bytes_of_str(text), &signature), DONE);
    struct str signed_text =
        bytes_to_hex(call->arena, (struct bytes){signature.at, KEY_SIGNATURE_SIZE});
    struct str body =
        str_format(call->arena,
                   "shenfa signing key 1\nperson %lld\nkey %.*s\norigin password\nat 1\n",
                   (long long)right.signer, STR_ARG(key));
    assert_int_equal(key_sign(&pair, bytes_of_str(body), &signature), DONE);
    struct str certificate =
        str_format(call->arena, "%.*s password 1 %.*s", STR_ARG(key),
                   STR_ARG(bytes_to_hex(
                       call->arena, (struct bytes){signature.at, KEY_SIGNATURE_SIZE})));
    return str_format(
        call->arena,
        "INSERT INTO approval_signature SELECT id, 'review.decide', person, '%.*s', "
        "'%.*s', '%.*s', '%.*s', at FROM decision WHERE " DECISION,
        STR_ARG(key), STR_ARG(as_registrar ? STR("") : certificate), STR_ARG(text),
        STR_ARG(signed_text));
}

static size_t count_of(struct yard *yard, const char *act) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = str_of(act), .limit = 500};
    assert_int_equal(ledger_read(yard->call, yard->bureau.site.group, &filter, &list),
                     DONE);
    return list.count;
}

static size_t news_of(struct yard *yard, const char *role) {
    struct news_list list;
    size_t count = 0;
    assert_int_equal(notice_news(yard->call, yard_holder(yard, role), 0, &list), DONE);
    for (size_t i = 0; i < list.count; i++) {
        count += str_is(list.at[i].words, "news.forged") ? 1 : 0;
    }
    return count;
}

/* Everything else that guards the gate is content with the rows: it is the signature
 * that stops them. */
static bool passes_without_signatures(struct yard *yard, id64 manuscript) {
    struct manuscript found;
    struct revision revision;
    struct clearance clearance;
    bool independent = false;
    assert_int_equal(manuscript_peek(yard->call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(yard->call, found.revision, &revision), DONE);
    return review_clear_for_release(yard->call, manuscript, &revision.digest, STR("补发"),
                                    &clearance) == DONE &&
           rulebook_is_decided(clearance.book, clearance.route, clearance.pasts,
                               clearance.decision_count, &independent) &&
           independent;
}

static void test_forged__what_is_approved_by_sql_is_not_published(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 releaser = yard_holder(&yard, "site-operator");
    id64 manuscript = owner_article(&yard, 1, "");
    id64 id = owner_decision(&yard, manuscript, "leader-review").id;
    struct digest seen = owner_decision(&yard, manuscript, "leader-review").digest;
    owner_drop_triggers(&yard);
    static const char removal[] = "DELETE FROM approval_signature WHERE " SIGNED;
    struct {
        const char *sentence;
        struct str signature;
    } const forgeries[] = {
        {"a row alone", STR("")},
        {"signed by a key of his own", forge(&yard, manuscript, false)},
        {"signed by a registrar of his own", forge(&yard, manuscript, true)},
    };
    txn_abort(call);
    /* The decision of the head of the bureau becomes a row that he did not sign. */
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(owner_run(&yard, removal, manuscript, 0), DONE);
    assert_int_equal(
        owner_run(&yard, "UPDATE decision SET id = id + 1 WHERE id = $1", id, 0), DONE);
    assert_int_equal(txn_commit(call), DONE);
    for (size_t i = 0; i < LENGTH(forgeries); i++) {
        if (!str_is_empty(forgeries[i].signature)) {
            assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
            assert_int_equal(owner_run(&yard,
                                       str_text(call->arena, forgeries[i].signature),
                                       manuscript, 0),
                             DONE);
            assert_int_equal(txn_commit(call), DONE);
        }
        yard_become(&yard, releaser);
        assert_true(passes_without_signatures(&yard, manuscript));
        txn_abort(call);
        if (yard_release(&yard, manuscript, &seen, 0) != REFUSED) {
            fail_msg("%s: it is published", forgeries[i].sentence);
        }
        assert_int_equal(count_of(&yard, "publication.forged"), i + 1);
        assert_int_equal(news_of(&yard, "audit-admin"), i + 1);
        assert_int_equal(news_of(&yard, "security-admin"), i + 1);
        txn_abort(call);
        assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
        assert_int_equal(owner_run(&yard, removal, manuscript, 0), DONE);
        assert_int_equal(txn_commit(call), DONE);
    }
    yard_close(trial);
}

/* What was ordered for later is carried out as it was signed, or not at all. */
static void test_forged__a_schedule_that_was_altered_is_not_carried_out(void **state) {
    static const char *const alterations[] = {
        "UPDATE publication_release SET scheduled_for = scheduled_for - 1 WHERE "
        "manuscript = "
        "$1",
        "UPDATE publication_release SET releaser = releaser + 1 WHERE manuscript = $1",
        "UPDATE publication_release SET act = act + 1 WHERE manuscript = $1",
        "DELETE FROM approval_signature WHERE act = 'publication.schedule'",
        NULL /* as it was: this one is carried out */
    };
    struct trial_store *trial = *state;
    struct yard yard;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    owner_drop_triggers(&yard);
    for (size_t i = 0; i < LENGTH(alterations); i++) {
        struct manuscript found;
        size_t count;
        id64 manuscript = owner_article(&yard, i, "");
        struct digest seen = owner_decision(&yard, manuscript, "leader-review").digest;
        yard_become(&yard, yard_holder(&yard, "site-operator"));
        assert_int_equal(yard_release(&yard, manuscript, &seen, call->now + INSTANT_HOUR),
                         DONE);
        if (alterations[i] != NULL) {
            owner_does(&yard, alterations[i], manuscript);
        }
        yard_become(&yard, 0);
        call->door = DOOR_CLOCK;
        call->now += 2 * INSTANT_HOUR;
        assert_int_equal(publication_release_due(call, &count), DONE);
        call->door = DOOR_API;
        assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
        assert_int_equal(found.live_revision != 0, alterations[i] == NULL);
        txn_abort(call);
    }
    assert_int_equal(count_of(&yard, "publication.forged"), LENGTH(alterations) - 1);
    yard_close(trial);
}

/* A workspace of before the signatures: what was decided then is sealed as it stands, and
 * nothing can be added to it afterwards. */
static void test_forged__what_was_decided_before_is_sealed_once(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct signature_report report;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 old = owner_article(&yard, 1, "");
    id64 altered = owner_article(&yard, 2, "");
    owner_drop_triggers(&yard);
    owner_does(&yard, "DELETE FROM approval_signature", 0);
    owner_does(&yard, "DELETE FROM approval_epoch", 0);
    /* Here the entry and the mark beside the keys say that signing had begun. */
    assert_int_equal(approval_begin(call), FAILED);
    owner_does(&yard, "UPDATE ledger_entry SET act = 'x' WHERE act = 'approval.begin'",
               0);
    call->now += INSTANT_SECOND;
    assert_int_equal(approval_begin(call), DONE);
    owner_does(&yard, "UPDATE decision SET opinion = 'x' WHERE " DECISION, altered);
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    struct digest seen = owner_decision(&yard, altered, "leader-review").digest;
    assert_int_equal(yard_release(&yard, altered, &seen, 0), REFUSED);
    seen = owner_decision(&yard, old, "leader-review").digest;
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, old, &seen, 0), DONE);
    assert_int_equal(review_verify_signatures(call, &report), DONE);
    assert_string_equal(str_text(call->arena, report.wrong), "missing");
    /* A later act sets the mark; whoever takes the beginning away again is found by it,
     * though the ledger says nothing. */
    call->now += INSTANT_SECOND;
    owner_article(&yard, 3, "dept-review");
    owner_does(&yard, "DELETE FROM approval_epoch", 0);
    owner_does(&yard, "UPDATE ledger_entry SET act = 'x' WHERE act = 'approval.begin'",
               0);
    assert_int_equal(approval_begin(call), FAILED);
    yard_close(trial);
}

/* ---- an export ---- */

struct lines {
    struct arena *arena;
    json_t *list;
    size_t at;
};

static bool keep_line(void *to, struct str line) {
    struct lines *lines = to;
    json_array_append_new(lines->list, json_loadb(line.at, line.length, 0, NULL));
    return true;
}

static enum status next_line(void *from, struct str *out_line) {
    struct lines *lines = from;
    if (lines->at == json_array_size(lines->list)) {
        return ABSENT;
    }
    char *text = json_dumps(json_array_get(lines->list, lines->at++), JSON_COMPACT);
    *out_line = str_copy(lines->arena, str_of(text));
    free(text);
    return DONE;
}

static struct str field(struct arena *arena, const json_t *line, const char *name) {
    const json_t *value = json_object_get(line, name);
    return json_is_string(value)
               ? (struct str){json_string_value(value), json_string_length(value)}
               : str_format(arena, "%lld", (long long)json_integer_value(value));
}

/* Payloads, entries and links hashed anew, chain by chain, as far as he can. */
static void hash_again(struct arena *arena, json_t *list) {
    static const char *const fields[] = {
        "version",        "group", "sequence",     "at",      "person",  "post",
        "door",           "act",   "subject_kind", "subject", "outcome", "digest",
        "payload_digest", "key",   "rule",         "previous"};
    struct str previous = STR("");
    struct str chain = STR("");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *line = json_array_get(list, i);
        struct digesting digesting;
        struct bytes salt;
        previous = str_equal(chain, field(arena, line, "group")) ? previous : STR("");
        chain = field(arena, line, "group");
        assert_int_equal(bytes_from_hex(arena, field(arena, line, "salt"), &salt), DONE);
        digest_begin(&digesting, DIGEST_SM3);
        digest_add_field(&digesting, "salt",
                         (struct str){(const char *)salt.at, salt.length});
        digest_add_field(&digesting, "payload", field(arena, line, "payload"));
        struct digest digest = digest_end(&digesting);
        struct str text = digest_to_text(arena, &digest);
        json_object_set_new(line, "payload_digest", json_stringn(text.at, text.length));
        json_object_set_new(line, "previous", json_stringn(previous.at, previous.length));
        digest_begin(&digesting, DIGEST_SM3);
        for (size_t f = 0; f < LENGTH(fields); f++) {
            digest_add_field(&digesting, fields[f], field(arena, line, fields[f]));
        }
        digest = digest_end(&digesting);
        previous = digest_to_text(arena, &digest);
        json_object_set_new(line, "hash", json_stringn(previous.at, previous.length));
    }
}

/* What both say of it: the sequence of the entry found, 0 if all is whole. */
static int64_t ask_both(struct trial_store *trial, struct lines *lines) {
    struct arena *arena = lines->arena;
    struct notary_known known = {.checkpoints = STR("")};
    struct notary_verdict verdict;
    struct buffer text;
    char answer[400] = "";
    lines->at = 0;
    buffer_init(&text, arena);
    for (struct str line; next_line(lines, &line) == DONE;) {
        buffer_add(&text, line);
        buffer_add_char(&text, '\n');
    }
    lines->at = 0;
    assert_int_equal(notary_check(arena, next_line, lines, &known, &verdict), DONE);
    assert_true(verdict.fault == NOTARY_WHOLE || verdict.fault == NOTARY_FAULT_APPROVAL);
    const char *path = str_format(arena, "%s/export", trial->workspace).at;
    assert_int_equal(file_write(path, bytes_of_str(buffer_str(&text))), DONE);
    for (int which = 0; which < 2; which++) {
        struct str command =
            str_format(arena, "python3 %s/share/verify/%s %s", getenv("SHENFA_SOURCE"),
                       which == 0 ? "verify_ledger.py" : "verify_approvals.py", path);
        FILE *said = popen(command.at, "re");
        assert_non_null(said);
        assert_non_null(fgets(answer, sizeof answer, said));
        int status = WEXITSTATUS(pclose(said));
        bool wanted = which == 1 && verdict.fault != NOTARY_WHOLE;
        struct str entry = str_format(arena, "entry %lld:", (long long)verdict.sequence);
        if (status != (wanted ? 1 : 0) || (wanted && strstr(answer, entry.at) == NULL)) {
            fail_msg("we say %s at %lld, the other verifier %d: %s",
                     notary_fault_name(verdict.fault), (long long)verdict.sequence,
                     status, answer);
        }
    }
    return verdict.sequence;
}

/* The payload of the last entry of *act* becomes what *change* makes of it. */
static void change_payload(struct lines *lines, const char *act,
                           void (*change)(json_t *payload, json_t *entry)) {
    for (size_t i = json_array_size(lines->list); i > 0; i--) {
        json_t *line = json_array_get(lines->list, i - 1);
        if (strcmp(json_string_value(json_object_get(line, "act")), act) == 0) {
            json_t *payload =
                json_loads(json_string_value(json_object_get(line, "payload")), 0, NULL);
            change(payload, line);
            char *text = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
            json_object_set_new(line, "payload", json_string(text));
            free(text);
            json_decref(payload);
            return;
        }
    }
    fail_msg("the export has no %s", act);
}

static json_t *signed_of(json_t *payload) {
    return json_array_get(json_object_get(payload, "signed"), 0);
}
static void leave(json_t *payload, json_t *entry) { (void)payload, (void)entry; }
static void flip(json_t *payload, json_t *entry) {
    (void)entry;
    char *copy =
        strdup(json_string_value(json_object_get(signed_of(payload), "signature")));
    copy[70] = copy[70] == '0' ? '1' : '0';
    json_object_set_new(signed_of(payload), "signature", json_string(copy));
    free(copy);
}
static void reword(json_t *payload, json_t *entry) {
    (void)entry;
    char *copy =
        strdup(json_string_value(json_object_get(signed_of(payload), "statement")));
    strstr(copy, "verdict ")[8] ^= 1;
    json_object_set_new(signed_of(payload), "statement", json_string(copy));
    free(copy);
}
static void leave_out(json_t *payload, json_t *entry) {
    (void)entry;
    json_object_del(payload, "signed");
}
static void another_person(json_t *payload, json_t *entry) {
    (void)payload;
    json_object_set_new(entry, "person", json_string("184"));
}
static void another_text(json_t *payload, json_t *entry) {
    (void)payload;
    json_object_set_new(
        entry, "digest",
        json_string("sm3:0000000000000000000000000000000000000000000000000"
                    "000000000000000"));
}
static void by_the_house(json_t *payload, json_t *entry) {
    (void)entry;
    json_object_set_new(signed_of(payload), "certificate", json_string(""));
}

static void
test_forged__a_ledger_written_anew_is_found_without_a_checkpoint(void **state) {
    static const struct {
        const char *sentence;
        void (*change)(json_t *payload, json_t *entry);
    } attacks[] = {
        {"a bit of a signature", flip}, {"another verdict", reword},
        {"no signature", leave_out},    {"another person", another_person},
        {"another text", another_text}, {"no certificate", by_the_house},
    };
    struct trial_store *trial = *state;
    struct yard yard;
    struct ledger_groups groups;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 manuscript = owner_article(&yard, 1, "");
    struct digest seen = owner_decision(&yard, manuscript, "leader-review").digest;
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, manuscript, &seen, 0), DONE);
    assert_int_equal(ledger_groups(call, &groups), DONE);
    for (size_t i = 0; i <= LENGTH(attacks); i++) {
        struct lines lines = {.arena = call->arena, .list = json_array()};
        for (size_t j = 0; j < groups.count; j++) {
            assert_int_equal(
                ledger_export(call, groups.at[j], 0, true, keep_line, &lines), DONE);
        }
        change_payload(&lines, "review.decide",
                       i < LENGTH(attacks) ? attacks[i].change : leave);
        hash_again(call->arena, lines.list);
        int64_t found = ask_both(trial, &lines);
        if ((found == 0) != (i == LENGTH(attacks))) {
            fail_msg("%s: %lld", i < LENGTH(attacks) ? attacks[i].sentence : "nothing",
                     (long long)found);
        }
        json_decref(lines.list);
    }
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_forged__what_is_approved_by_sql_is_not_published),
        TRIAL_ON_BOTH(test_forged__a_schedule_that_was_altered_is_not_carried_out),
        TRIAL_ON_BOTH(test_forged__what_was_decided_before_is_sealed_once),
        TRIAL_ON_SQLITE(test_forged__a_ledger_written_anew_is_found_without_a_checkpoint),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("forged", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
