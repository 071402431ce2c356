/*
 * Whoever owns the database alters what was signed, in every way there is, article by
 * article: each is stopped at the gate and named.
 *
 * SHENFA_SIGNED_ARTICLES makes it larger.
 */
#include "approval/approval.h"
#include "manuscript/manuscript.h"
#include "owner.h"
#include "publication/publication.h"
#include "review/review.h"
#include "sandbox/sandbox.h"
#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARTICLES      100
#define ARTICLES_MOST 1000

#define OTHERS                                                                           \
    "(SELECT d.id FROM decision d WHERE d.subject = $2 AND d.step = 'leader-review')"
/* A revision whose content is not that of its digest is not read by anybody. */
#define UNREADABLE "unreadable"
#define ZEROS      "0000000000000000000000000000000000000000000000000000000000000000"

static struct sandbox *sandbox; /* forked once, before any thread */

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

static void attack(struct yard *yard, const struct mutation *mutation, id64 manuscript,
                   id64 other, id64 releaser) {
    struct call *call = yard->call;
    struct signature_report report = {.wrong = STR("")};
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript};
    id64 attacked = owner_decision(yard, manuscript, "leader-review").id;
    id64 place = 0;
    bool elsewhere = mutation->wrong[0] == '*';
    const char *wrong = mutation->wrong + (elsewhere ? 1 : 0);
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    for (size_t i = 0; i < LENGTH(mutation->sql) && mutation->sql[i] != NULL; i++) {
        assert_int_equal(owner_run(yard, mutation->sql[i], manuscript, other), DONE);
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
        for (const struct refusal *no = call->refusal; no != NULL; no = no->next) {
            print_message("%s %.*s\n", no->words, STR_ARG(no->rule));
        }
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
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    if (strcmp(store_kind(trial->house.store), "postgres") == 0) {
        count = count / 10 + 1; /* the same statements: a sample is enough */
    }
    id64 releaser = yard_holder(&yard, "site-operator");
    assert_true(count <= ARTICLES_MOST);
    for (size_t i = 0; i < count; i++) {
        struct yard own = yard_beside(trial, &yard); /* with room of its own */
        manuscripts[i] = owner_article(&own, i, "");
        assert_int_equal(ask_gate(&own, manuscripts[i], releaser), DONE);
        yard_leave(&own);
    }
    owner_drop_triggers(&yard);
    for (size_t i = 0; i < count; i++) {
        struct yard own = yard_beside(trial, &yard);
        for (size_t j = 0; j < LENGTH(mutations); j++) {
            attack(&own, &mutations[j], manuscripts[i], manuscripts[(i + 1) % count],
                   releaser);
        }
        /* What was rolled back is whole again: it was the alteration that was found. */
        assert_int_equal(ask_gate(&own, manuscripts[i], releaser), DONE);
        yard_leave(&own);
    }
    print_message("%zu alterations of %zu articles: %zu stopped and named\n",
                  LENGTH(mutations), count, LENGTH(mutations) * count);
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_signed__every_alteration_is_stopped_and_named),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("signed", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
