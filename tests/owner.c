/*
 * The owner of the database, and the articles he meddles with.
 */
#include "owner.h"

#include "manuscript/manuscript.h"
#include "trial/trial.h"

#include <string.h>

/* $1 is the manuscript, $2 another one. */
enum status owner_run(struct yard *yard, const char *sql, id64 manuscript, id64 other) {
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
