/*
 * The owner of the database approves by SQL, as well as he can: nothing is published, and
 * the alarm is raised.
 */
#include "keys/keys.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "owner.h"
#include "publication/publication.h"
#include "review/review.h"
#include "sandbox/sandbox.h"
#include "text/text.h"

#include <string.h>

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

/* A page put out by rows alone, below the gate, is named by whoever looks. */
static void test_forged__a_release_that_nobody_ordered_is_named(void **state) {
    static const char row[] =
        "INSERT INTO publication_release SELECT id + 1, act + 1, site_group, site, "
        "site_column, manuscript, revision, digest, terms, number + 1, place + 1, "
        "path || 'x', title, origin, released_at, changed_at, releaser, state, "
        "scheduled_for, ended_at, ended_by, reason, successor, migrated FROM "
        "publication_release WHERE manuscript = $1";
    struct trial_store *trial = *state;
    struct yard yard;
    struct signature_report report;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 manuscript = owner_article(&yard, 1, "");
    struct digest seen = owner_decision(&yard, manuscript, "leader-review").digest;
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, manuscript, &seen, 0), DONE);
    assert_int_equal(publication_verify_orders(call, &report), DONE);
    assert_int_equal(report.signatures, 1);
    assert_true(str_is_empty(report.wrong));
    owner_does(&yard, row, manuscript);
    assert_int_equal(publication_verify_orders(call, &report), DONE);
    assert_string_equal(str_text(call->arena, report.wrong), "missing");
    owner_does(&yard,
               "UPDATE publication_release SET digest = 'sm3:"
               "0000000000000000000000000000000000000000000000000000000000000000' WHERE "
               "manuscript = $1",
               manuscript);
    assert_int_equal(publication_verify_orders(call, &report), DONE);
    assert_string_equal(str_text(call->arena, report.wrong), "digest");
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

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_forged__what_is_approved_by_sql_is_not_published),
        TRIAL_ON_BOTH(test_forged__a_schedule_that_was_altered_is_not_carried_out),
        TRIAL_ON_BOTH(test_forged__a_release_that_nobody_ordered_is_named),
        TRIAL_ON_BOTH(test_forged__what_was_decided_before_is_sealed_once),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("forged", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
