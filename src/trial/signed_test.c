/*
 * Whoever owns the database alters what was signed, in every way there is, article by
 * article: each is stopped at the gate and named.  Then he approves by SQL, as well as he
 * can: nothing is published, and the alarm is raised.  Last he writes the ledger anew
 * with every hash made again: both verifiers of an export, that need nothing of ours,
 * find it without any checkpoint.
 *
 * SHENFA_SIGNED_ARTICLES makes it larger.
 */
#include "approval/approval.h"
#include "keys/keys.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notary/notary.h"
#include "notice/notice.h"
#include "publication/publication.h"
#include "review/review.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define ARTICLES      100
#define ARTICLES_MOST 1000

/* The decision that is attacked, and the signature on it. */
#define DECISION "subject = $1 AND step = 'leader-review'"
#define SIGNED   "about IN (SELECT id FROM decision WHERE " DECISION ")"
#define OTHERS                                                                           \
    "(SELECT d.id FROM decision d WHERE d.subject = $2 AND d.step = 'leader-review')"
/* A revision whose content is not that of its digest is not read by anybody. */
#define UNREADABLE "unreadable"
#define ZEROS      "0000000000000000000000000000000000000000000000000000000000000000"

static struct sandbox *sandbox; /* forked once, before any thread */

/* ---- the owner of the database ---- */

/* $1 is the manuscript, $2 another one. */
static enum status run_sql(struct yard *yard, const char *sql, id64 manuscript,
                           id64 other) {
    static const char *const names[] = {"manuscript", "other", NULL};
    struct call *call = yard->call;
    bool is_two = strstr(sql, "$2") != NULL;
    bool is_one = is_two || strstr(sql, "$1") != NULL;
    struct buffer sqlite;
    buffer_init(&sqlite, call->arena);
    for (const char *at = sql; *at != '\0'; at++) {
        buffer_add_char(&sqlite, *at == '$' ? '?' : *at);
    }
    const char **used = TAKE_ARRAY(call->arena, 3, const char *);
    used[0] = is_one ? names[0] : NULL;
    used[1] = is_two ? names[1] : NULL;
    /* Prepared statements are known by their address: each has its own. */
    struct statement *statement = TAKE(call->arena, struct statement);
    *statement = (struct statement){.name = "test_owner",
                                    .sqlite = str_text(call->arena, buffer_str(&sqlite)),
                                    .postgres = sql,
                                    .parameters = used};
    const struct value values[] = {bind_id("manuscript", manuscript),
                                   bind_id("other", other)};
    return store_run_values(call, statement, NULL, values, is_two ? 2 : is_one ? 1 : 0);
}

/* What keeps the program itself from it does not keep him. */
static void drop_triggers(struct yard *yard) {
    static const char *const triggers[][2] = {
        {"decision_stays", "decision"},
        {"decision_is_fixed", "decision"},
        {"approval_signature_stays", "approval_signature"},
        {"approval_signature_is_fixed", "approval_signature"},
        {"revision_is_fixed", "revision"},
        {"revision_stays", "revision"}};
    struct call *call = yard->call;
    bool postgres = strcmp(store_kind(call->house->store), "postgres") == 0;
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (size_t i = 0; i < LENGTH(triggers); i++) {
        struct str sql =
            postgres
                ? str_format(call->arena, "DROP TRIGGER IF EXISTS %s ON %s",
                             triggers[i][0], triggers[i][1])
                : str_format(call->arena, "DROP TRIGGER IF EXISTS %s", triggers[i][0]);
        assert_int_equal(run_sql(yard, str_text(call->arena, sql), 0, 0), DONE);
    }
    assert_int_equal(txn_commit(call), DONE);
}

struct mutation {
    const char *sentence;
    const char *wrong; /* what is named; behind a star, not of this decision alone */
    const char *sql[3];
};

static const struct mutation mutations[] = {
    {"a word of the body is another",
     UNREADABLE,
     {"UPDATE revision SET body = replace(body, '两', '三') WHERE manuscript = $1"}},
    {"the title is another",
     UNREADABLE,
     {"UPDATE revision SET title = title || '。' WHERE manuscript = $1"}},
    {"a field is another",
     UNREADABLE,
     {"UPDATE revision SET fields = replace(fields, '工业科', '农业科') WHERE manuscript "
      "= "
      "$1"}},
    {"the attachment is another file",
     UNREADABLE,
     {"UPDATE revision SET attachments = replace(attachments, 'sm3:', 'sha256:') WHERE "
      "manuscript = $1"}},
    {"the attachment has another name",
     UNREADABLE,
     {"UPDATE revision SET attachments = replace(attachments, '名单', '名册') WHERE "
      "manuscript = $1"}},
    {"a bit of the signature is flipped",
     "signature",
     {"UPDATE approval_signature SET signature = substr(signature, 1, 40) || CASE WHEN "
      "substr(signature, 41, 1) = '0' THEN '1' ELSE '0' END || substr(signature, 42) "
      "WHERE " SIGNED}},
    {"a word of what was signed is another",
     "round",
     {"UPDATE approval_signature SET statement = replace(statement, 'round 1', 'round "
      "2') "
      "WHERE " SIGNED}},
    {"another person's key stands there",
     "key",
     {"UPDATE approval_signature SET key = (SELECT k.key FROM people_key k WHERE "
      "k.person "
      "<> signer ORDER BY k.id LIMIT 1) WHERE " SIGNED}},
    {"another person's key and certificate",
     "key",
     {"UPDATE approval_signature SET key = (SELECT k.key FROM people_key k WHERE "
      "k.person "
      "<> signer ORDER BY k.id LIMIT 1), certificate = (SELECT k.certificate FROM "
      "people_key k WHERE k.person <> signer ORDER BY k.id LIMIT 1) WHERE " SIGNED}},
    {"the certificate says another origin",
     "key",
     {"UPDATE approval_signature SET certificate = replace(certificate, ' machine ', "
      "' password ') WHERE " SIGNED}},
    {"the registrar is said to have signed it",
     "key",
     {"UPDATE approval_signature SET certificate = '' WHERE " SIGNED}},
    {"another approver",
     "approver",
     {"UPDATE decision SET person = (SELECT b.person FROM decision b WHERE b.subject = "
      "$1 "
      "AND b.step = 'dept-review') WHERE " DECISION}},
    {"another signer",
     "signer",
     {"UPDATE approval_signature SET signer = (SELECT b.person FROM decision b WHERE "
      "b.subject = $1 AND b.step = 'dept-review') WHERE " SIGNED}},
    {"as somebody's deputy",
     "stands-for",
     {"UPDATE decision SET stands_for = 7 WHERE " DECISION}},
    {"in another role",
     "role",
     {"UPDATE decision SET role = 'office-head' WHERE " DECISION}},
    {"in another unit", "unit", {"UPDATE decision SET unit = unit + 1 WHERE " DECISION}},
    {"at another step",
     "step",
     {"UPDATE decision SET step = 'section-review' WHERE " DECISION}},
    {"with another verdict",
     "verdict",
     {"UPDATE decision SET outcome = outcome || 'x' WHERE " DECISION}},
    {"with another answer",
     "answers",
     {"UPDATE decision SET answers = '{\"x\":\"y\"}' WHERE " DECISION}},
    {"with another opinion",
     "opinion",
     {"UPDATE decision SET opinion = opinion || '！' WHERE " DECISION}},
    {"for other targets",
     "terms",
     {"UPDATE decision SET terms = 'sm3:" ZEROS "' WHERE " DECISION}},
    {"by another channel",
     "channel",
     {"UPDATE decision SET channel = 'document-exchange' WHERE " DECISION}},
    {"by one who wrote in it",
     "contributor",
     {"UPDATE decision SET by_contributor = 1 - by_contributor WHERE " DECISION}},
    {"a day earlier, when he held the post",
     "decided-at",
     {"UPDATE decision SET at = at - 86400000000 WHERE " DECISION}},
    {"in another round",
     "round",
     {"UPDATE decision SET round = round + 1 WHERE " DECISION}},
    {"in another place of the round",
     "turn",
     {"UPDATE decision SET turn = turn + 40 WHERE " DECISION}},
    {"about another text",
     "digest",
     {"UPDATE decision SET digest = (SELECT r.digest FROM revision r WHERE r.manuscript "
      "= "
      "$2) WHERE " DECISION}},
    {"with the signature of another article",
     "subject",
     {"UPDATE approval_signature SET statement = (SELECT s.statement FROM "
      "approval_signature s WHERE s.about = " OTHERS "), signature = (SELECT s.signature "
      "FROM approval_signature s WHERE s.about = " OTHERS "), key = (SELECT s.key FROM "
      "approval_signature s WHERE s.about = " OTHERS ") WHERE " SIGNED}},
    {"an old approval for a text edited since",
     "*digest",
     {"UPDATE revision SET title = (SELECT r.title FROM revision r WHERE r.manuscript = "
      "$2), "
      "digest = (SELECT r.digest FROM revision r WHERE r.manuscript = $2) WHERE "
      "manuscript "
      "= $1",
      "UPDATE decision SET digest = (SELECT r.digest FROM revision r WHERE r.manuscript "
      "= "
      "$2) WHERE subject = $1",
      "UPDATE review_run SET digest = (SELECT r.digest FROM revision r WHERE "
      "r.manuscript "
      "= $2) WHERE subject = $1"}},
    {"for another column",
     "*column",
     {"UPDATE manuscript SET site_column = (SELECT m.site_column + 1 FROM manuscript m "
      "WHERE m.id = $1) WHERE id = $1"}},
    {"as another class",
     "*class",
     {"UPDATE manuscript SET item_class = item_class || 'x' WHERE id = $1"}},
    {"for another site",
     "*target",
     {"UPDATE review_run SET target = 'city' WHERE subject = $1"}},
    {"the signature is removed",
     "missing",
     {"DELETE FROM approval_signature WHERE " SIGNED}},
    {"the decision is removed", "decision", {"DELETE FROM decision WHERE " DECISION}},
    {"a further decision is written",
     "*missing",
     {"INSERT INTO decision SELECT id + 1, subject_kind, subject, digest, terms, run, "
      "round, "
      "turn + 40, step, outcome, answers, opinion, person, role, unit, by_contributor, "
      "channel, face_day, paper_number, scan, entered_by, confirmed_by, at, stands_for "
      "FROM "
      "decision WHERE " DECISION}},
    {"a further decision with a copied signature",
     "*turn",
     {"INSERT INTO decision SELECT id + 1, subject_kind, subject, digest, terms, run, "
      "round, "
      "turn + 40, step, outcome, answers, opinion, person, role, unit, by_contributor, "
      "channel, face_day, paper_number, scan, entered_by, confirmed_by, at, stands_for "
      "FROM "
      "decision WHERE " DECISION,
      "INSERT INTO approval_signature SELECT about + 1, act, signer, key, certificate, "
      "statement, signature, at FROM approval_signature WHERE " SIGNED}},
};

/* ---- the articles ---- */

static id64 article(struct yard *yard, size_t number, struct bytes file,
                    const char *step) {
    struct content draft;
    struct dropped dropped;
    struct attachment attachment;
    int version;
    struct str title =
        str_format(yard->call->arena, "全市普查业务培训班第%zu期开班", number);
    id64 manuscript = yard_draft(yard, str_text(yard->call->arena, title));
    assert_int_equal(manuscript_keep_file(yard->call, STR("名单.csv"), file, &attachment),
                     DONE);
    assert_int_equal(manuscript_draft(yard->call, manuscript, &draft, &version), DONE);
    draft.attachments = &attachment;
    draft.attachment_count = 1;
    assert_int_equal(
        manuscript_save(yard->call, manuscript, version, &draft, &version, &dropped),
        DONE);
    assert_int_equal(trial_walk(yard->call, manuscript, str_of(step)), DONE);
    return manuscript;
}

/* As whoever releases asks before he presses. */
static enum status ask_gate(struct yard *yard, id64 manuscript, id64 releaser) {
    struct manuscript found;
    struct revision revision;
    TRY(manuscript_peek(yard->call, manuscript, &found));
    TRY(manuscript_revision(yard->call, found.revision, &revision));
    struct release_order order = {
        .manuscript = manuscript, .seen = revision.digest, .reason = STR("补发")};
    yard_become(yard, releaser);
    return publication_ask(yard->call, &order);
}

/* What the gate names; empty if it said no for another reason. */
static struct str named_by_gate(const struct call *call, const char *name) {
    const struct refusal *refusal = call->refusal;
    if (refusal == NULL || strcmp(refusal->words, REVIEW_NOT_SIGNED) != 0) {
        return STR("");
    }
    for (size_t i = 0; i < LENGTH(refusal->arguments); i++) {
        if (refusal->arguments[i].name != NULL &&
            strcmp(refusal->arguments[i].name, name) == 0) {
            return refusal->arguments[i].value;
        }
    }
    return STR("");
}

static struct decision decision_of(struct yard *yard, id64 manuscript, const char *step) {
    struct run run;
    const struct step *now;
    struct decision *decisions;
    size_t count;
    assert_true(yard_stands(yard, manuscript, &run, &now));
    assert_int_equal(approval_history(yard->call, run.id, &decisions, &count), DONE);
    for (size_t i = 0; i < count; i++) {
        if (str_is(decisions[i].step, step)) {
            return decisions[i];
        }
    }
    fail_msg("%s was not decided", step);
    return decisions[0];
}

static void attack(struct yard *yard, const struct mutation *mutation, id64 manuscript,
                   id64 other, id64 releaser) {
    struct call *call = yard->call;
    struct signature_report report = {.wrong = STR("")};
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript};
    id64 attacked = decision_of(yard, manuscript, "leader-review").id;
    id64 place = 0;
    bool elsewhere = mutation->wrong[0] == '*';
    const char *wrong = mutation->wrong + (elsewhere ? 1 : 0);
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (size_t i = 0; i < LENGTH(mutation->sql) && mutation->sql[i] != NULL; i++) {
        assert_int_equal(run_sql(yard, mutation->sql[i], manuscript, other), DONE);
    }
    enum status asked = ask_gate(yard, manuscript, releaser);
    struct str named = asked == FAILED ? STR(UNREADABLE) : named_by_gate(call, "what");
    if (str_is_empty(named)) {
        assert_int_equal(review_verify_subject(call, subject, &report), DONE);
        named = report.wrong;
        place = report.about;
    } else if (id_from_text(named_by_gate(call, "decision"), &place) != DONE) {
        place = 0;
    }
    if (asked == DONE || !str_is(named, wrong)) {
        fail_msg("%s: the gate says %s, and %.*s is named, not %s", mutation->sentence,
                 status_name(asked), STR_ARG(named), wrong);
    }
    if (asked != FAILED && !elsewhere && place != attacked) {
        fail_msg("%s: another decision is named", mutation->sentence);
    }
    txn_abort(call);
    call_forgive(call);
}

static void test_signed__every_alteration_is_stopped_and_named(void **state) {
    static id64 manuscripts[ARTICLES_MOST];
    struct trial_store *trial = *state;
    struct yard yard;
    size_t count = yard_size("SHENFA_SIGNED_ARTICLES", ARTICLES);
    struct bytes file = bytes_of_str(STR("姓名,单位\n李小兰,工业科\n"));
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 releaser = yard_holder(&yard, "site-operator");
    assert_true(count <= ARTICLES_MOST);
    for (size_t i = 0; i < count; i++) {
        manuscripts[i] = article(&yard, i, file, "");
        assert_int_equal(ask_gate(&yard, manuscripts[i], releaser), DONE);
    }
    drop_triggers(&yard);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < LENGTH(mutations); j++) {
            attack(&yard, &mutations[j], manuscripts[i], manuscripts[(i + 1) % count],
                   releaser);
        }
        /* What was rolled back is whole again: it was the alteration that was found. */
        assert_int_equal(ask_gate(&yard, manuscripts[i], releaser), DONE);
    }
    print_message("%zu alterations of %zu articles: %zu stopped and named\n",
                  LENGTH(mutations), count, LENGTH(mutations) * count);
    yard_close(trial);
}

/* ---- approvals by SQL ---- */

/* A signature by a key of his own over the very bytes that would be right. */
static struct str forge(struct yard *yard, id64 manuscript, bool as_registrar) {
    struct call *call = yard->call;
    struct key_pair pair;
    struct key_signature signature;
    struct signature right;
    id64 id = decision_of(yard, manuscript, "leader-review").id;
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

static void test_signed__what_is_approved_by_sql_is_not_published(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct bytes file = bytes_of_str(STR("姓名,单位\n李小兰,工业科\n"));
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 releaser = yard_holder(&yard, "site-operator");
    id64 manuscript = article(&yard, 1, file, "");
    id64 id = decision_of(&yard, manuscript, "leader-review").id;
    struct digest seen = decision_of(&yard, manuscript, "leader-review").digest;
    drop_triggers(&yard);
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
    assert_int_equal(run_sql(&yard, removal, manuscript, 0), DONE);
    assert_int_equal(
        run_sql(&yard, "UPDATE decision SET id = id + 1 WHERE id = $1", id, 0), DONE);
    assert_int_equal(txn_commit(call), DONE);
    for (size_t i = 0; i < LENGTH(forgeries); i++) {
        if (!str_is_empty(forgeries[i].signature)) {
            assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
            assert_int_equal(run_sql(&yard, str_text(call->arena, forgeries[i].signature),
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
        assert_int_equal(run_sql(&yard, removal, manuscript, 0), DONE);
        assert_int_equal(txn_commit(call), DONE);
    }
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_signed__every_alteration_is_stopped_and_named),
        TRIAL_ON_BOTH(test_signed__what_is_approved_by_sql_is_not_published),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("signed", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
