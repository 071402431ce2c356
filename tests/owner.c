/*
 * The owner of the database, and the articles he meddles with.
 */
#include "owner.h"

#include "manuscript/manuscript.h"
#include "trial/trial.h"

#include <stdlib.h>
#include <string.h>

#define SENTENCES_MOST 256

/* A statement for *sql*, the same one each time: the store knows prepared statements by
 * their address, so none of them may make room for another.  $1 is the manuscript, $2
 * another one. */
static const struct statement *statement_of(const char *sql) {
    static struct statement kept[SENTENCES_MOST];
    static const char *const both[] = {"manuscript", "other", NULL};
    static const char *const one[] = {"manuscript", NULL};
    static const char *const none[] = {NULL};
    size_t at = 0;
    while (at < SENTENCES_MOST && kept[at].name != NULL &&
           strcmp(kept[at].postgres, sql) != 0) {
        at++;
    }
    assert_true(at < SENTENCES_MOST);
    if (kept[at].name == NULL) {
        char *sqlite = strdup(sql);
        char *postgres = strdup(sql);
        assert_non_null(sqlite);
        assert_non_null(postgres);
        for (char *sign = sqlite; (sign = strchr(sign, '$')) != NULL;) {
            *sign = '?';
        }
        kept[at] = (struct statement){.name = "test_owner",
                                      .sqlite = sqlite,
                                      .postgres = postgres,
                                      .parameters = strstr(sql, "$2") != NULL   ? both
                                                    : strstr(sql, "$1") != NULL ? one
                                                                                : none};
    }
    return &kept[at];
}

enum status owner_run(struct yard *yard, const char *sql, id64 manuscript, id64 other) {
    const struct value values[] = {bind_id("manuscript", manuscript),
                                   bind_id("other", other)};
    size_t count = strstr(sql, "$2") != NULL ? 2 : strstr(sql, "$1") != NULL ? 1 : 0;
    return store_run_values(yard->call, statement_of(sql), NULL, values, count);
}

/* What keeps the program itself from it does not keep him. */
void owner_drop_triggers(struct yard *yard) {
    static const char *const triggers[][2] = {
        {"decision_stays", "decision"},
        {"decision_is_fixed", "decision"},
        {"approval_signature_stays", "approval_signature"},
        {"approval_signature_is_fixed", "approval_signature"},
        {"revision_is_fixed", "revision"},
        {"revision_stays", "revision"},
        {"ledger_entry_is_fixed", "ledger_entry"}};
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
        assert_int_equal(owner_run(yard, str_text(call->arena, sql), 0, 0), DONE);
    }
    if (postgres) { /* what he took from himself he can give himself back */
        assert_int_equal(
            owner_run(yard,
                      "GRANT ALL ON ledger_entry, approval_signature TO CURRENT_USER", 0,
                      0),
            DONE);
    }
    assert_int_equal(txn_commit(call), DONE);
}

id64 owner_article(struct yard *yard, size_t number, const char *step) {
    struct content draft;
    struct dropped dropped;
    struct attachment attachment;
    int version;
    struct bytes file = bytes_of_str(STR("姓名,单位\n李小兰,工业科\n"));
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

struct decision owner_decision(struct yard *yard, id64 manuscript, const char *step) {
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

void owner_does(struct yard *yard, const char *sql, id64 one) {
    txn_abort(yard->call);
    assert_int_equal(txn_begin(yard->call, TXN_WRITE), DONE);
    assert_int_equal(owner_run(yard, sql, one, 0), DONE);
    assert_int_equal(txn_commit(yard->call), DONE);
}
